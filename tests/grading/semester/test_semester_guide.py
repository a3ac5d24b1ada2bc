"""The guides to several assignments: their commands answer what is printed, their files are read."""

import re
import shlex
import shutil
import tomllib
from pathlib import Path

import msgspec
import pytest

from course.cli import main
from course.grading.exports import total
from course.grading.semester import support
from course.texts import LANGS

ROOT = Path(__file__).parents[3]


def guide(lang):
    return (ROOT / "docs" / f"semester.{lang}.md").read_text("utf-8")


def blocks(lang):
    return re.findall(r"^```(\w*)\n(.*?)^```$", guide(lang), re.M | re.S)


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A copy of the example, graded."""
    work = tmp_path_factory.mktemp("guide") / "rm-quiz"
    shutil.copytree(ROOT / "examples" / "rm-quiz", work)
    given = ["--key", f"{work}/work/private", "--out", f"{work}/grades"]
    assigned = ["--roster", f"{work}/roster.csv", "--out", f"{work}/work"]
    assert main(["assign", f"{work}/spec.toml", *assigned]) == 0
    marks = ["--marks", f"{work}/marks.jsonl"]
    assert main(["grade", f"{work}/submissions.zip", *given, *marks]) == 0
    return work


@pytest.mark.parametrize("lang", LANGS)
def test_every_command_says_what_is_printed(graded, tmp_path, monkeypatch, capsys, lang):
    shutil.copytree(graded, tmp_path / "work")
    monkeypatch.chdir(tmp_path / "work")
    said, ran = "", 0
    for kind, block in blocks(lang):
        if kind == "sh":
            program, *words = shlex.split(block)
            assert program == "course" and main(words) == 0, block
            said, ran = "".join(capsys.readouterr()), ran + 1
        elif kind == "text":
            assert not {*block.splitlines()} - {*said.splitlines()}, said
    assert ran == 3
    named = {*re.findall(r"(?<=`)--\w+", guide(lang))} - {"--lang", "--scale", "--control"}
    helps = ""
    for name in ("compare", "items", "support"):
        with pytest.raises(SystemExit):
            main(["report", name, "--help"])
        helps += capsys.readouterr().out
    assert named and not {option for option in named if option not in helps}


@pytest.mark.parametrize("lang", LANGS)
def test_rules_and_plan_of_a_guide_are_those_that_are_read(lang):
    rules, plan = (tomllib.loads(block) for kind, block in blocks(lang) if kind == "toml")
    assert msgspec.convert(rules, support.Rules) == support.Rules()
    assert {*rules} == {*msgspec.structs.asdict(support.Rules())}
    read = msgspec.convert(plan, total._Plan)
    assert [part.weight for part in read.part] == [40, 60] and read.excuse
    shown = re.findall(r"^\| `\W*(\w+)\W*` \|", guide(lang), re.M)
    assert {*shown} == {"weight", "grades", "best", "resit", "counts", "pass", "missing", "excuse"}


def test_the_two_guides_are_built_alike():
    shapes = [
        (
            re.findall(r"^(#+ (?:\d\.)?)", guide(lang), re.M),
            [kind for kind, _ in blocks(lang)],
            [
                len(re.findall(r"^[^#`|\n].*", part, re.M)) > 0
                for part in guide(lang).split("\n## ")
            ],
        )
        for lang in LANGS
    ]
    assert shapes[0] == shapes[1]
    for lang in LANGS:
        for name in re.findall(r"\]\(([^)#:]+)\)", guide(lang)):
            assert (ROOT / "docs" / name).is_file()
