"""The command line as a whole: one word for one thing, and the same exit codes, in every command."""

import io
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from course.cli import GRADING, SITE, main
from course.files import OUT
from course.grading import exports
from course.grading.semester import commands as semester
from course.teaching import commands as teaching
from course.texts import LANGUAGE

ONE = ["lab", "copy", "build", "check", *GRADING, *SITE]
# Those that take one more word; what that is, their own help or the code says.
PARTS = {
    "paper": ["print", "read"],
    "peer": ["distribute", "collect"],
    "hub": ["hand-out", "collect", "give-back"],
    "report": list(semester.WHAT),
    "export": [*exports._SOURCES, *teaching.WHAT],
}
EVERY = [*([name] for name in ONE), *([name, part] for name in PARTS for part in PARTS[name])]


def ids(words):
    return " ".join(words)


def told(capsys, words):
    """Return exit code, output and complaint of one command."""
    try:
        code = main(words)
    except SystemExit as end:
        code = end.code
    said = capsys.readouterr()
    return code, said.out, said.err


def options(helped):
    """Return what a help says of each option: ``{"--out": ("FOLDER", "the folder …")}``."""
    below = helped.partition("\noptions:\n")[2].split("\n\n")[0]
    found = {}
    for entry in re.split(r"\n(?=  -)", below):
        words = re.match(r"\s*(?:-h, )?(--[\w-]+)(?: (\S+))?(?:\s{2,}|\n\s+|$)(.*)", entry, re.S)
        found[words[1]] = (words[2], " ".join(words[3].split()))
    return found


def test_the_walk_meets_every_command(capsys):
    code, out, _ = told(capsys, ["--help"])
    assert code == 0 and re.findall(r"^    ([\w-]+)  ", out, re.M) == ONE
    for name in ("paper", "peer", "hub"):
        out = told(capsys, [name, "--help"])[1]
        assert PARTS[name] == re.findall(r"^    ([\w-]+)(?:  |$)", out, re.M)
    for name in ("report", "export"):
        words = " ".join(told(capsys, [name, "--help"])[1].split())
        assert [part for part in PARTS[name] if not re.search(rf"\b{part}\b", words)] == []
    assert [*exports.CLASS] == [*teaching.WHAT]


@pytest.mark.parametrize("words", EVERY, ids=ids)
def test_every_command_says_what_it_takes_in_the_same_words(capsys, monkeypatch, words):
    monkeypatch.setenv("COLUMNS", "300")
    code, out, err = told(capsys, [*words, "--help"])
    assert (code, err) == (0, "") and out.startswith(f"usage: course {words[0]}")
    known = options(out)
    assert [name for name, (_, said) in known.items() if not said] == []
    words_of = {
        "--key": lambda sign, said: sign == "PRIVATE" and said.startswith("the private folder"),
        "--marks": lambda sign, said: sign == "FILE" and said.startswith("what people marked"),
        "--out": lambda sign, said: (
            (sign == "PATH" and said == OUT)
            or (sign != "PATH" and said.startswith("the folder to write into"))
            or (sign in ("PAGE", "EXERCISES") and re.match("the (file|page) to write", said))
        ),
        "--lang": lambda sign, said: (
            said == LANGUAGE
            or (said.startswith("language of ") and said.endswith(": uk (default) or ru"))
            or said.startswith("only this language")
            or said.startswith("the language of the questions")
        ),
    }
    for name, right in words_of.items():
        assert name not in known or right(*known[name]), (name, known[name])


@pytest.mark.parametrize("words", [each for each in EVERY if each != ["lab"]], ids=ids)
@pytest.mark.parametrize("wrong", ["--nonsense", "--ou"], ids=["unknown", "short"])
def test_a_wrong_word_is_wrong_usage_and_tells_the_command(
    capsys, tmp_path, monkeypatch, words, wrong
):
    monkeypatch.chdir(tmp_path)
    code, out, err = told(capsys, [*words, wrong, "x"])
    assert code == 2 and out == "" and not list(tmp_path.iterdir())
    assert err.startswith(f"usage: course {words[0]}"), err
    assert re.fullmatch(r"course [\w -]+: error: .+", err.splitlines()[-1])


NOWHERE = [
    "check nowhere",
    "assign nowhere --roster nowhere --out out",
    "grade nowhere --key nowhere --out out",
    "new exercises nowhere/x.toml",
    "import nowhere",
    "share nowhere --out nowhere.toml",
    "list nowhere",
    "preview nowhere",
    "feedback nowhere",
    "mark nowhere",
    "paper print nowhere --roster nowhere --out out",
    "paper read nowhere --key nowhere --out out",
    "peer distribute nowhere",
    "peer collect nowhere nowhere",
    "hub hand-out nowhere --at nowhere",
    "hub collect --at nowhere --key nowhere --out out",
    "hub give-back nowhere --at nowhere --key nowhere",
    "report nowhere",
    "report compare nowhere",
    "report items nowhere",
    "report support nowhere",
    "export questions nowhere",
    "export grades nowhere --to csv",
    "export handout nowhere",
    "export total nowhere=1",
    "export slides nowhere",
    "export seminar nowhere",
]


@pytest.mark.parametrize("words", NOWHERE)
def test_what_is_not_there_is_a_sentence_and_nothing_is_left(capsys, tmp_path, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    code, _, err = told(capsys, words.split())
    assert code == 2 and "nowhere" in err and "Errno" not in err
    assert not list(tmp_path.iterdir()), words


def test_every_command_is_asked_for_what_is_not_there():
    asked = {tuple(words.split()[:count]) for words in NOWHERE for count in (1, 2)}
    without = {("lab",), ("copy",), ("build",), ("site",), ("export", "syllabus")}
    assert [words for words in EVERY if tuple(words) not in asked | without] == []


# --- where an export goes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "usual"),
    [
        ("questions levels --variants 1", "moodle-levels.xml"),
        ("questions levels --to qti --variants 1 --lang uk", "qti-levels-uk.zip"),
        ("handout 05 --lang ru", "handout-05-ru.html"),
        ("slides 05 --lang ru", "slides-05-levels-ru.html"),
        ("syllabus", "syllabus-uk.html"),
    ],
)
def test_out_of_an_export_is_a_file_or_a_folder(capsys, tmp_path, monkeypatch, words, usual):
    monkeypatch.chdir(tmp_path)
    file, words = f"my own{Path(usual).suffix}", ["export", *words.split()]
    Path("2026.09").mkdir()
    for out, path in (
        ([], usual),
        (["--out", file], file),
        (["--out", "2026.09"], f"2026.09/{usual}"),
        (["--out", "new/week 5"], f"new/week 5/{usual}"),
        (["--out", "week.5/"], f"week.5/{usual}"),
    ):
        code, said, _ = told(capsys, [*words, *out])
        assert code == 0 and Path(path).stat().st_size > 1000
        assert f"{Path(path)} written" in said.splitlines()
    assert len(list(tmp_path.rglob("*.*"))) == 5 + 2  # and two folders with a dot


def test_an_exported_table_has_a_name_of_its_own(tmp_path, monkeypatch, capsys):
    """`csv-grades.csv`: the folder of grades has a grades.csv already."""
    monkeypatch.chdir(tmp_path)
    Path("grades").mkdir()
    Path("grades", "graded.jsonl").write_text("")
    monkeypatch.chdir("grades")
    target = exports.targets("grades")["csv"]
    monkeypatch.setattr(target, "write", lambda *given: exports.Export(b"made", []))
    assert told(capsys, ["export", "grades", ".", "--to", "csv"])[:2] == (
        0,
        "csv-grades.csv written\n",
    )


def test_several_pages_want_a_folder(tmp_path, capsys):
    out = str(tmp_path / "all.html")
    code, _, err = told(capsys, ["export", "slides", "4", "5", "--out", out])
    assert code == 2 and "2 pages" in err and "--out" in err and not list(tmp_path.iterdir())
    assert told(capsys, ["export", "slides", "5", "levels", "--out", out])[0] == 0


# --- consoles that lack letters ---------------------------------------------------------------------------------

QUIZ = Path(__file__).parent.parent / "examples" / "rm-quiz"
# What a lecturer on Windows does, in a folder with spaces and letters that no code page has all of.
AT_WORK = [
    ("assign spec.toml --roster roster.csv --out робота", 0),
    ("grade submissions.zip --key робота/private --marks marks.jsonl --out оцінки", 0),
    ("feedback оцінки --out сторінки", 0),
    ("report оцінки --lang ru", 0),
    ("export grades оцінки --to ects", 0),
    ("export syllabus --out сторінки", 0),
    ("new exercises ґанок.toml", 0),
    ("list levels --lang uk", 0),
    ("list сьомий", 2),
    ("check ґанок/її.toml", 2),
    ("feedback немає", 2),
    ("lab --lang ґ", 2),
]


@pytest.mark.parametrize("encoding", ["ascii", "cp866", "cp1251", "cp1252"])
def test_a_console_that_lacks_letters_stops_no_command(tmp_path, monkeypatch, encoding):
    folder = tmp_path / "Мої курси" / "ґрупа 1, є її"
    shutil.copytree(QUIZ, folder)
    monkeypatch.chdir(folder)
    streams = {
        name: io.TextIOWrapper(io.BytesIO(), encoding, errors="strict", newline="\n")
        for name in ("stdout", "stderr")
    }
    for name, stream in streams.items():
        monkeypatch.setattr(sys, name, stream)
    for words, right in AT_WORK:
        try:
            code = main(words.split())
        except SystemExit as end:
            code = end.code
        assert code == right, words
    shown = {}
    for name, stream in streams.items():
        stream.flush()
        shown[name] = stream.buffer.getvalue().decode(encoding)
    assert "somyi" in shown["stderr"] or "сьомий" in shown["stderr"]
    assert "?" not in shown["stderr"]


def test_as_a_module_in_a_process_of_its_own(tmp_path):
    """As ``py -m course`` on a console of code page 866, where Python itself sets the streams up."""
    folder = tmp_path / "Моя тека з ґанком"
    folder.mkdir()
    env = os.environ | {"PYTHONIOENCODING": "cp866:strict"}
    run = [sys.executable, "-m", "course", "copy", "ґанок"]
    done = subprocess.run(run, cwd=folder, env=env, capture_output=True)
    assert done.returncode == 0 and done.stderr == b""
    said = done.stdout.decode("cp866")
    assert "Тека курсу: " in said and "gанок" in said and (folder / "ґанок" / "notebooks").is_dir()
