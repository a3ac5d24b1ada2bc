"""The border of the commands: a person's mistake is a sentence, Ctrl+C too, a fault of ours a traceback."""

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest
from setting import SPEC, sealed, write_setting
from simulated import event, handed, submission

from course.assignments import Assignment
from course.cli import main
from course.grading import GradingError, commands, gradebook, keyfile, lock
from course.grading.setting import assignment
from course.kinds import value
from course.lessons import CourseError
from course.paths import close

START = datetime(2026, 12, 2, 9, tzinfo=UTC)
TABLES = [
    "assignment.json",
    "graded.jsonl",
    "grades.csv",
    "grades.parquet",
    "key.json",
    "run.json",
    "students.csv",
]


@pytest.fixture
def handed_in(quiz, tmp_path):
    (tmp_path / "in").mkdir()
    for student, name in quiz.names.items():
        (tmp_path / "in" / f"quiz-{student}.jsonl").write_bytes(submission(quiz.key, student, name))
    return tmp_path / "in"


def grade(handed_in, private, out, *more):
    return main(["grade", str(handed_in), "--key", str(private), "--out", str(out), *more])


def test_a_fault_of_ours_stays_a_traceback(monkeypatch):
    def broken(words):
        raise KeyError("ours")

    monkeypatch.setattr(commands, "_command", lambda name: broken)
    with pytest.raises(KeyError):
        main(["grade"])


def test_an_interruption_is_a_sentence(monkeypatch, capsys):
    def stopped(words):
        raise KeyboardInterrupt

    monkeypatch.setattr(commands, "_command", lambda name: stopped)
    assert main(["grade"]) == 130
    assert "stopped; run course grade again" in capsys.readouterr().err


# Ctrl+C comes to the whole group of processes while the second one is at its first batch. A shell
# that started the tests in the background has it ignored, and so would this program have.
INTERRUPTED = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from course.cli import main
from course.grading import gradebook
first, batch = os.getpid(), gradebook.Run.batch
def interrupted(run, start):
    if os.getpid() != first and start == 0:
        os.killpg(0, signal.SIGINT)
    return batch(run, start)
gradebook.Run.batch = interrupted
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.skipif(os.name == "nt", reason="signals of Unix")
def test_ctrl_c_in_two_processes_says_one_sentence_and_leaves_nothing(quiz, tmp_path):
    (tmp_path / "in").mkdir()
    data = [submission(quiz.key, "17", "x", seed=seed, skip=0) for seed in range(7)]
    for number in range(gradebook._ALONE + 1):
        (tmp_path / "in" / f"{number}.jsonl").write_bytes(data[number % 7])
    words = ["grade", "in", "--key", str(quiz.private), "--out", "out"]
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED, *words],
        cwd=tmp_path,
        capture_output=True,
        start_new_session=True,
        text=True,
        timeout=300,
        env=os.environ | {"PYTHONPATH": os.getcwd()},
    )
    assert done.returncode == 130 and "Traceback" not in done.stderr, done.stderr
    assert "stopped" in done.stderr and not any((tmp_path / "out").iterdir())


def test_what_a_killed_run_left_is_removed_by_the_next(quiz, handed_in, tmp_path):
    stale = tmp_path / "out" / ".grading-dead"
    stale.mkdir(parents=True)
    (stale / "spool-1").write_bytes(b"names")
    assert grade(handed_in, quiz.private, tmp_path / "out") == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == TABLES


def test_a_second_grader_is_refused_while_the_first_is_at_work(quiz, handed_in, tmp_path, capsys):
    (tmp_path / "out").mkdir()
    with lock.alone(tmp_path / "out"):
        assert grade(handed_in, quiz.private, tmp_path / "out") == 2
    assert "another course grade is writing into" in capsys.readouterr().err
    assert grade(handed_in, quiz.private, tmp_path / "out") == 0


def test_grades_are_not_put_among_files_to_hand_out(quiz, handed_in, tmp_path, capsys):
    key = assignment.assign(*write_setting(tmp_path / "setting"), tmp_path / "set")
    for out in (tmp_path / "set/students", tmp_path / "set/students/grades"):
        assert grade(handed_in, tmp_path / "set/private", out) == 2
        assert "is a folder for students; name another one for --out" in capsys.readouterr().err
    assert not list((tmp_path / "set/students").glob("*.csv")) and key["id"] == "quiz"


def test_grades_of_another_assignment_are_not_overwritten(quiz, handed_in, tmp_path, capsys):
    assert grade(handed_in, quiz.private, tmp_path / "out") == 0
    before = {path: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    other = SPEC.replace('id = "quiz"', 'id = "exam"')
    assignment.assign(*write_setting(tmp_path / "setting", other), tmp_path / "set")
    assert grade(handed_in, tmp_path / "set/private", tmp_path / "out") == 2
    assert "holds the grades of 'quiz'; name another folder" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in (tmp_path / "out").iterdir()} == before


def test_a_name_after_marks_that_is_no_file_is_refused(quiz, handed_in, tmp_path, capsys):
    assert (
        grade(handed_in, quiz.private, tmp_path / "out", "--marks", str(tmp_path / "markz.jsonl"))
        == 2
    )
    assert "markz.jsonl; look at the name after --marks" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_file_under_a_name_that_is_not_on_the_roster_is_graded_and_flagged(quiz, tmp_path):
    folder = tmp_path / "in" / "Хтось Інший_4711_assignsubmission_file_"
    folder.mkdir(parents=True)
    (folder / "quiz-17.jsonl").write_bytes(submission(quiz.key, "17", "x", skip=0, skill=1))
    gradebook.grade(tmp_path / "in", quiz.private, tmp_path / "out")
    line = json.loads((tmp_path / "out/graded.jsonl").read_bytes().splitlines()[0])
    assert line["student"] == "17" and line["points"] > 0 and line["flags"] == ["unknown-folder"]


@pytest.mark.parametrize(
    "time", ["2026-12-05T25:61:61.000Z", "2026-11-31T10:00:00.000Z", "2026-02-30T00:00:00.000Z"]
)
def test_a_time_that_no_clock_shows_is_flagged(quiz, time):
    line = event("own/own-choice", "answer", "x", START, "uk").replace(
        "2026-12-02T09:00:00.000Z", time
    )
    work = gradebook.Grader(quiz.key).grade(handed(quiz.key, "17", "x", [line]), "x.jsonl").work
    assert work.flags == ["clock"]


@pytest.mark.parametrize("line", [b"x\n", b" \n"])
def test_a_file_of_nothing_but_short_lines_ends_soon(quiz, line):
    body = handed(quiz.key, "17", "x", [event("own/own-choice", "answer", "x", START, "uk")])
    start = time.process_time()
    graded = gradebook.Grader(quiz.key).grade(line * (8 << 20) + body, "quiz-17.jsonl")
    assert time.process_time() - start < 2
    assert "torn-lines" in graded.work.flags  # the head is one where it does not stand first
    assert graded.answered == line.isspace()


def test_numbers_that_would_all_collide_are_compared_soon(quiz):
    """Python hashes whole numbers modulo 2**61 - 1."""
    evil = {"index": [k * (2**61 - 1) for k in range(1, 37_000)], "values": [0] * 36_999}
    line = event("audit/audit-culture-gap", "answer", evil, START, "uk")
    start = time.process_time()
    work = (
        gradebook.Grader(quiz.key).grade(handed(quiz.key, "17", "x", [line]), "quiz-17.jsonl").work
    )
    assert time.process_time() - start < 2
    assert work.exercises["audit/audit-culture-gap"].state == "invalid"


def test_labels_of_numbers_made_to_collide_have_hashes_of_their_own():
    labels = [value._label(k * (2**61 - 1)) for k in range(1, 1000)]
    assert (
        len({*map(hash, labels)}) > 990
        and len({hash(k * (2**61 - 1)) for k in range(1, 1000)}) == 1
    )
    assert value._label(1) == value._label(1.0) != value._label(True) and value._label(
        2**60
    ) == value._label(2.0**60)


# --- keys and assignments that the course did not write -------------------------------------------------------------
def strange(quiz, tmp_path, **fields):
    path = tmp_path / "key.json"
    path.write_text(sealed({**json.loads(json.dumps(quiz.key)), **fields}), "utf-8")
    return path


@pytest.mark.parametrize(
    "fields",
    [
        {"id": "../../pwn"}, {"id": "/abs"}, {"format": 99}, {"zone": 5}, {"attempts": -1}, {"counts": "first"},
        {"exercises": []}, {"exercises": [{}]}, {"roster": [["17"]]}, {"closes": "завтра"}, {"late": {}},
        {"title": ["x"]},
    ],
    ids=str,
)  # fmt: skip
def test_a_key_of_another_shape_is_refused_though_its_seal_fits(quiz, tmp_path, fields):
    with pytest.raises(GradingError, match=r"key\.json: .+; run `course assign` again"):
        keyfile.read_key(strange(quiz, tmp_path, **fields))


@pytest.mark.parametrize(
    "field", [{"keys": []}, {"kind": "essay"}, {"raw": {}}, {"draws": [{"n": 1}] * 3}], ids=str
)
def test_an_exercise_of_another_shape_is_refused_too(quiz, tmp_path, field):
    entries = [{**quiz.key["exercises"][0], **field}, *quiz.key["exercises"][1:]]
    with pytest.raises(GradingError, match="run `course assign` again"):
        keyfile.read_key(strange(quiz, tmp_path, exercises=entries))


@pytest.mark.parametrize("name", ["../../../evil", "/abs", "A", "", "x" * 61])
def test_a_student_s_machine_writes_under_no_other_name(quiz, tmp_path, name):
    public = json.loads((quiz.students / "assignment.json").read_bytes())
    (tmp_path / "assignment.json").write_text(sealed(public | {"id": name}), "utf-8")
    with pytest.raises(CourseError):
        Assignment(tmp_path / "assignment.json", "uk")
    assert [path.name for path in tmp_path.iterdir()] == ["assignment.json"]


def test_a_folder_of_a_colleague_is_used_as_it_is(tmp_path, monkeypatch):
    def refuse(path, mode):
        raise PermissionError(1, "Operation not permitted", str(path))

    shared = tmp_path / "shared"
    shared.mkdir(mode=0o777)
    shared.chmod(0o777)
    monkeypatch.setattr("pathlib.Path.chmod", refuse)
    assert close(shared) == shared


def test_a_reader_who_has_read_enough_is_no_mistake(capsys):
    """``course grade … | head``: the command line ends quietly, so the border lets it through."""

    def print_more():
        raise BrokenPipeError(32, "Broken pipe")

    with pytest.raises(BrokenPipeError):
        commands.bordered(print_more, "grade")
    assert capsys.readouterr().err == ""
