"""nbgrader's real cycle: generate, release, collect, autograde, export; the points are those of `course grade`."""

import csv
import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime

import nbformat
import pytest
from simulated import event, handed, journal, submission

from course import cli
from course.grading.exports import nbgrader as bridge
from course.grading.gradebook import FLAGS, GradingError, grade
from course.texts import text

pytestmark = pytest.mark.slow

QUIZ = "rm-quiz-1"
SPEC = f"""
id = "{QUIZ}"
title.uk = "Перша робота"
title.ru = "Первая работа"
closes = 2026-12-08T23:59:00
exercises = ["levels/levels-order", "value-plan/contact-delta", "value-plan/completions", "value-plan/extensions",
             "value-plan/rights-criteria", "value-plan/with-customer", "value-plan/why-advantage"]
[late]
percent_per_day = 15
[points]
"value-plan/completions" = 2.5
[[rubric]]
exercise = "value-plan/why-advantage"
[[rubric.criterion]]
id = "comparison"
title.uk = "Порівняння"
title.ru = "Сравнение"
levels = [0, 1, 2]
level = [{{text = {{uk = "немає", ru = "нет"}}}}, {{text = {{uk = "є", ru = "есть"}}}},
         {{text = {{uk = "точне", ru = "точное"}}}}]
"""
NAMES = {
    "full": "Іван Франко",
    "some": "Ольга Бондар",
    "nothing": "Юрій Гнат",
    "junk": "Ганна Лис",
    "thief": "Петро Кіт",
    "typo": "Лідія Яр",
    "late": "Марко Чай",
    "edited": "Ніна Сад",
    "cheat": "Олег Хитрий",
    "cut": "Яна Обрив",
}
STRANGER = "not-enrolled"
# Importing nbgrader takes seconds, so it is done once; each command then has a process of its own.
COMMANDS = """import json, os, sys
from nbgrader.apps.nbgraderapp import NbGraderApp
for line in sys.stdin:
    folder, words = json.loads(line)
    child = os.fork()
    if not child:
        os.dup2(2, 1)
        os.chdir(folder)
        sys.exit(NbGraderApp.launch_instance(words))
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
pytestmark = pytest.mark.skipif(
    not hasattr(os, "fork"), reason="each command of nbgrader runs in a forked process"
)
# What a student may put into the notebook to be run by the lecturer: it finds the key and leaves a trace of itself.
ATTACK = """import pathlib
keys = [*pathlib.Path.cwd().parents[2].glob("private/*/key.json")]
pathlib.Path({trace!r}).write_text(keys[0].read_text())
import course.grading.exports.nbgrader
course.grading.exports.nbgrader.points = lambda ref: 1.0
"""


@pytest.fixture(scope="module")
def nbgrader(tmp_path_factory):
    """``nbgrader(course directory, words…)`` runs one command as the command line does."""
    path = (
        os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"]
    )  # nbgrader calls alembic by its name
    with (
        open(tmp_path_factory.mktemp("log") / "log", "w+") as log,
        subprocess.Popen(
            [sys.executable, "-c", COMMANDS],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env=os.environ | {"PATH": path},
        ) as commands,
    ):

        def run(course, *words):
            commands.stdin.write(json.dumps([str(course), words]) + "\n")
            commands.stdin.flush()
            code = commands.stdout.readline()
            log.seek(0)
            assert code == "0\n", log.read()[-4000:]

        yield run
        commands.stdin.close()


def handed_in(key):
    """What each student's directory holds besides the notebooks."""

    def right(student, name=None, **how):
        return submission(key, student, name or NAMES[student], skill=1, skip=0, saves=0, **how)

    def handed_as(student, data):
        return {f"{QUIZ}-{student}.jsonl": data}

    loose = journal(key, "some", NAMES["some"], lang="ru", skill=0.4, skip=0.1)
    who = {"student": "cheat", "name": NAMES["cheat"]}
    empty = [event("identity", "set", who, datetime(2026, 12, 2, tzinfo=UTC), "uk")]
    junk = handed_as("junk", b'{"submission":1,"points":100}\n\xff\x00[[[[1e999')
    return {
        "full": handed_as("full", right("full")),
        "some": {f"answers/{QUIZ}.jsonl": "\n".join(loose).encode() + b"\n"},
        "nothing": {},
        "junk": junk | {f"answers/{QUIZ}.jsonl": b"[" * 5000},
        "thief": handed_as("thief", right("full")),
        "typo": handed_as("typ0", right("typ0", NAMES["typo"])),
        "late": handed_as("late", right("late", when=datetime(2026, 12, 10, 9, tzinfo=UTC))),
        "edited": handed_as("edited", right("edited").replace(b'"lang":"uk"}', b'"lang":"ru"}', 1)),
        "cut": handed_as("cut", right("cut")[:-400]),
        "cheat": handed_as("cheat", handed(key, "cheat", NAMES["cheat"], empty)),
        STRANGER: handed_as(STRANGER, right(STRANGER, "Хтось")),
    }


def tampered(notebook, trace):
    """A notebook of the points as no honest student has it: a cell removed, one not to be run, code before all."""
    book = nbformat.read(notebook, 4)
    book.cells = [nbformat.v4.new_code_cell(ATTACK.format(trace=str(trace))), *book.cells[:-1]]
    graded = [cell for cell in book.cells if "nbgrader" in cell.metadata]
    graded[0].metadata["tags"] = ["skip-execution"]
    graded[1].source = "2.0"
    nbformat.write(book, notebook)


@pytest.fixture(scope="module")
def setting(tmp_path_factory, nbgrader):
    """An nbgrader course with everything handed in, the key, and what `course grade` makes of it."""
    home = tmp_path_factory.mktemp("nbgrader")
    home.joinpath("spec.toml").write_text(SPEC, "utf-8")
    roster = "".join(f"{name};{one}\n" for one, name in NAMES.items())
    home.joinpath("roster.csv").write_text("name;id\n" + roster, "utf-8")
    course, exchange = home / "course", home / "exchange"
    exchange.mkdir(mode=0o777)
    exchange.chmod(0o777)
    course.mkdir()
    own = f"c = get_config()\nc.CourseDirectory.course_id = 'rm'\nc.Exchange.root = {str(exchange)!r}\n"
    course.joinpath("nbgrader_config.py").write_text(own)
    words = [
        "assign",
        str(home / "spec.toml"),
        "--roster",
        str(home / "roster.csv"),
        "--nbgrader",
        str(course),
    ]
    assert cli.main(words) == cli.main(words) == 0
    config = course.joinpath("nbgrader_config.py").read_text()
    assert config.startswith(own) and config.count("configure(get_config())") == 1
    assert os.name == "nt" or not course.joinpath("private").stat().st_mode & 0o007
    key = json.loads(course.joinpath("private", QUIZ, "key.json").read_bytes())
    nbgrader(course, "generate_assignment", QUIZ)
    shutil.copy(course / "gradebook.db", home)
    nbgrader(course, "release_assignment", QUIZ)
    released = exchange / "rm" / "outbound" / QUIZ
    for student, files in handed_in(key).items():
        inbound = (
            exchange / "rm" / "inbound" / f"{student}+{QUIZ}+2026-12-08 10:00:00.000000 UTC+abc"
        )
        shutil.copytree(released, inbound)
        for name, data in ({"timestamp.txt": b"2026-12-08 10:00:00.000000 UTC"} | files).items():
            inbound.joinpath(name).parent.mkdir(exist_ok=True)
            inbound.joinpath(name).write_bytes(data)
        if student == "cheat":
            tampered(inbound / f"{QUIZ}.ipynb", home / "trace")
    nbgrader(course, "collect", QUIZ)
    marks = course / "grades" / QUIZ / "marks.jsonl"
    marks.parent.mkdir(parents=True)
    marks.write_text(
        json.dumps(
            {
                "v": 1,
                "marker": "m",
                "student": "full",
                "ref": "value-plan/why-advantage",
                "criterion": "comparison",
                "points": 1,
            }
        )
        + "\n"
    )
    grade(course / "submitted", course / "private" / QUIZ, course / "grades" / QUIZ)
    return home, course, key, released


def expected(course):
    """{student: {exercise: points}} of `course grade submitted`, for the students of the roster."""
    lines = map(
        json.loads, course.joinpath("grades", QUIZ, "graded.jsonl").read_text("utf-8").splitlines()
    )
    return {
        line["student"]: {ref: one["points"] for ref, one in line["exercises"].items()}
        for line in lines
        if line["student"] in NAMES
    }


def given(course):
    """{student: {exercise: points}} of nbgrader's gradebook."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        return {
            submission.student_id: {
                one.name.replace("_", "/", 1): one.auto_score
                for page in submission.notebooks
                for one in page.grades
            }
            for submission in book.assignment_submissions(QUIZ)
        }


def said(course, student):
    """Exercise -> what nbgrader's graded notebook shows."""
    book = nbformat.read(course / "autograded" / student / QUIZ / f"{QUIZ}.ipynb", 4)
    return {
        cell.metadata.nbgrader.grade_id.replace("_", "/", 1): cell.outputs[0].text.strip()
        for cell in book.cells
        if "nbgrader" in cell.metadata
    }


def test_no_key_is_released(setting):
    _, course, key, released = setting
    files = {
        path.relative_to(released).as_posix(): path.read_bytes()
        for path in released.rglob("*")
        if path.is_file()
    }
    assert set(files) == {
        "assignment.json",
        f"{QUIZ}.ipynb",
        f"{QUIZ}-uk.ipynb",
        f"{QUIZ}-ru.ipynb",
    }
    assert (
        files["assignment.json"] == course.joinpath("source", QUIZ, "assignment.json").read_bytes()
    )
    everything = "\n".join(
        json.dumps(json.loads(data), ensure_ascii=False) for data in files.values()
    )
    assert "course.grading" not in everything and "HIDDEN" not in everything
    for entry in key["exercises"]:
        raw = entry["raw"]
        secrets = [raw.get(name) for name in ("right", "wrong", "solution", "answer")]
        secrets += [
            part.get("why")
            for name in ("option", "row", "confusion", "slip")
            for part in raw.get(name, ())
        ]
        for secret in filter(None, secrets):
            for words in secret.values() if isinstance(secret, dict) else [secret]:
                assert (
                    len(words) < 6 or json.dumps(words, ensure_ascii=False)[1:-1] not in everything
                )
    graded = [
        cell
        for cell in json.loads(files[f"{QUIZ}.ipynb"])["cells"]
        if "nbgrader" in cell["metadata"]
    ]
    shown = [f"# {one['ref']}: {one['points']:g}" for one in key["exercises"]]
    assert ["".join(cell["source"]) for cell in graded] == shown


def test_the_points_are_those_of_course_grade_and_nothing_is_run(setting, nbgrader):
    home, course, key, _ = setting
    nbgrader(course, "autograde", QUIZ, "--no-execute")  # an empty output would mean full marks
    found, wanted = given(course), expected(course)
    assert found.pop(STRANGER) == dict.fromkeys(wanted["full"], 0)
    assert found == wanted
    assert not (home / "trace").exists()
    totals = {student: round(sum(points.values()), 4) for student, points in found.items()}
    best = round(sum(one["points"] for one in key["exercises"]), 4)
    assert totals["full"] == best - 1  # the marker gave one of two points
    assert 0 < totals["some"] < totals["typo"] == best - 2
    assert totals["late"] == pytest.approx((best - 2) * 0.7)
    assert [totals[one] for one in ("nothing", "junk", "thief", "edited", "cheat")] == [0] * 5
    nbgrader(course, "export", "--to", str(home / "grades.csv"))
    with open(home / "grades.csv", newline="") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert {student: float(rows[student]["score"]) for student in totals} == pytest.approx(totals)
    assert {float(row["max_score"]) for row in rows.values()} == {best}
    assert (
        text("grading.flag.another-student", "uk") in said(course, "thief")["levels/levels-order"]
    )
    nobody = text("grading.state.missing", "uk"), text("grading.flag.unknown-student", "uk")
    assert said(course, STRANGER)["levels/levels-order"] == "; ".join(nobody)
    assert said(course, "full")["levels/levels-order"] == text("grading.state.right", "uk")
    assert said(course, "typo")["value-plan/why-advantage"].startswith(
        text("grading.state.person", "uk") + "; "
    )
    states = [
        text(f"grading.state.{state}", "ru")
        for state in ("right", "wrong", "partial", "person", "missing")
    ]
    assert set(said(course, "some").values()) <= {
        f"{state}; {text('grading.flag.no-receipt', 'ru')}" for state in states
    }


def test_a_run_of_the_cells_gives_honest_students_the_same(setting, nbgrader):
    """Without our line nbgrader runs the notebooks; then a cheat is seen only by comparing with `course grade`."""
    home, course, _, _ = setting
    other = home / "other"
    shutil.copytree(
        course,
        other,
        ignore=shutil.ignore_patterns("autograded", "gradebook.db", "submitted", "grades"),
    )
    config = other / "nbgrader_config.py"
    config.write_text(config.read_text().partition("\n# Scores")[0])
    shutil.copytree(course / "grades", other / "grades")
    shutil.copy(home / "gradebook.db", other)
    few = ("full", "some", "nothing", "junk", "cheat")
    for student in few:
        shutil.copytree(course / "submitted" / student, other / "submitted" / student)
        for lang in ("uk", "ru"):
            other.joinpath("submitted", student, QUIZ, f"{QUIZ}-{lang}.ipynb").unlink()
    nbgrader(other, "autograde", QUIZ)
    found, wanted = given(other), expected(course)
    cheated = found.pop("cheat")
    assert found == {student: wanted[student] for student in few if student != "cheat"}
    assert (
        sum(filter(None, cheated.values())) > sum(wanted["cheat"].values()) == 0
        and (home / "trace").exists()
    )


def test_nothing_is_run_when_the_course_cannot_be_loaded_or_the_source_is_gone(setting, nbgrader):
    home, course, _, _ = setting
    other, trace = home / "broken", home / "trace"
    shutil.copytree(
        course,
        other,
        ignore=shutil.ignore_patterns("autograded", "gradebook.db", "submitted", "grades"),
    )
    shutil.copy(home / "gradebook.db", other)
    shutil.copytree(course / "submitted" / "cheat", other / "submitted" / "cheat")
    trace.unlink(missing_ok=True)
    shutil.rmtree(other / "source")
    nbgrader(other, "autograde", QUIZ)
    assert sum(given(other)["cheat"].values()) == 0 and not trace.exists()
    config = other / "nbgrader_config.py"
    config.write_text(
        config.read_text().replace("import configure\n", "import nothing_of_that_name\n")
    )
    words = [sys.executable, "-m", "nbgrader", "autograde", QUIZ, "--force"]
    done = subprocess.run(words, cwd=other, capture_output=True, text=True)
    assert done.returncode and "the course cannot be loaded" in done.stderr and not trace.exists()


def test_a_key_of_other_exercises_is_put_aside(setting, tmp_path):
    home, course, key, _ = setting
    shutil.copytree(course / "private", tmp_path / "course" / "private")
    tmp_path.joinpath("spec.toml").write_text("attempts = 7\n" + SPEC, "utf-8")
    words = ["assign", str(tmp_path / "spec.toml"), "--roster", str(home / "roster.csv")]
    assert cli.main([*words, "--nbgrader", str(tmp_path / "course")]) == 0
    kept = tmp_path / "course" / "private" / QUIZ / f"key-{key['digest']}.json"
    assert json.loads(kept.read_bytes())["digest"] == key["digest"]
    assert json.loads(kept.with_name("key.json").read_bytes())["digest"] != key["digest"]


@pytest.mark.parametrize(
    ("lines", "added"),
    [
        ("", True),
        (
            "# from course.grading.exports.nbgrader import configure\n# configure(get_config())\n",
            True,
        ),
        (
            "from course.grading.exports.nbgrader import configure\n# configure(get_config())\n",
            True,
        ),
        ("# the course: course.grading.exports.nbgrader\n", True),
        ("c.Exchange.root = '/srv'  # no configure(get_config())", True),
        (
            "from course.grading.exports.nbgrader import configure\n\nconfigure(get_config())\n",
            False,
        ),
        (
            "try:\r\n    from course.grading.exports.nbgrader import configure\r\n\r\n    configure(get_config())\r\n",
            False,
        ),
    ],
)
def test_our_lines_are_added_unless_they_stand_there_as_code(quiz, tmp_path, lines, added):
    config = tmp_path / "nbgrader_config.py"
    config.write_bytes(lines.encode())
    for _ in range(2):  # the second time they are there
        bridge.write(quiz.key, quiz.folder / "set", tmp_path)
        assert config.read_bytes().startswith(lines.encode())
        assert config.read_bytes().count(b"\n    configure(get_config())\n") == added
        assert not lines or added is (len(config.read_bytes()) > len(lines))


def test_without_a_key_nothing_is_given(tmp_path, monkeypatch):
    here = tmp_path / "autograded" / "full" / QUIZ
    here.mkdir(parents=True)
    here.joinpath("private", QUIZ).mkdir(parents=True)
    here.joinpath("private", QUIZ, "key.json").write_text("{}")  # a key of the student's own
    monkeypatch.chdir(here)
    with pytest.raises(GradingError, match="no private/rm-quiz-1/key.json"):
        bridge.points("levels/levels-order")
    with pytest.raises(GradingError):
        bridge.scores(tmp_path, "full", QUIZ, here)


def test_every_flag_has_its_words():
    for flag in FLAGS:
        assert all(bridge.text(f"grading.flag.{flag}", lang) for lang in bridge.LANGS)


def test_neither_folder_named(capsys):
    with pytest.raises(SystemExit):
        cli.main(["assign", "spec.toml", "--roster", "roster.csv"])
    assert "--nbgrader" in capsys.readouterr().err
