"""The guide to importing and exporting questions: its commands say what is printed, its halves match."""

import re
import shlex
import zipfile
from pathlib import Path

import pytest

from course.cli import main as course
from course.texts import LANGS

DOCS = Path(__file__).parents[3] / "docs"
FILES = {"list": "questions.txt", "gift": "bank.gift"}  # what a block of this kind is saved as


def blocks(lang):
    guide = (DOCS / f"exchange.{lang}.md").read_text("utf-8")
    return re.findall(r"^```(\w+)\n(.*?)^```$", guide, re.M | re.S)


@pytest.mark.parametrize("lang", LANGS)
def test_every_command_works_and_says_what_is_printed(lang, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    ran, said = 0, []
    for kind, block in blocks(lang):
        if kind in FILES:
            Path(FILES[kind]).write_text(block, "utf-8")
        elif kind == "sh":
            for line in block.splitlines():
                program, *words = shlex.split(line)
                assert program == "course" and course(words) == 0, line
                ran += 1
            said = "".join(capsys.readouterr()).splitlines()
        else:
            assert set(block.splitlines()) <= set(said), said
    assert ran == 6
    moodle = Path("moodle.xml").read_text("utf-8")
    assert moodle.count("essay") == 1, "a bank in one language is exported in that language only"
    export = ["export", "questions", "exercises.toml", "--to", "qti", "--out", "other.zip"]
    (other,) = {*LANGS} - {lang}
    assert course([*export, "--lang", other]) == 2
    assert f"not written in {other}" in capsys.readouterr().err
    assert course(export) == 0
    with zipfile.ZipFile("other.zip") as package:
        assert [name for name in package.namelist() if "test" in name] == [f"test-{lang}.xml"]
    guide = (DOCS / f"exchange.{lang}.md").read_text("utf-8")
    with pytest.raises(SystemExit):
        course(["import", "--help"])
    known = capsys.readouterr().out
    assert all(option in known for option in ("--out", "--from", "--lang"))
    for name in re.findall(r"\]\(([^)#:]+)\)", guide):
        assert (DOCS / name).is_file()


def test_both_halves_are_built_alike():
    commands, marks = ([], [])
    for lang in LANGS:
        guide = (DOCS / f"exchange.{lang}.md").read_text("utf-8")
        commands.append(
            [b.replace(f"--lang {lang}", "") for kind, b in blocks(lang) if kind == "sh"]
        )
        marks.append(re.findall(r"^(#+|\||\d\.|[-+>=]) ", guide, re.M))
    assert commands[0] == commands[1] and marks[0] == marks[1]
