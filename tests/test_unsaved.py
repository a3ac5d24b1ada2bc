"""An answer that is not on the disk is not saved: nobody says so, no attempt is used, the same press writes it later.

Every scenario runs in a process of its own, because a limit on files would also stop pytest's.
"""

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

import course
from course import exercises
from course.answers import Journal
from course.attempt import Result
from course.lessons import Lesson
from course.texts import text

PAGE = 4096  # bytes; a file has room up to the end of its last page even where nothing is free
REASONS = {
    "limit": "full",
    "full": "full",
    "readonly": "readonly",
    "missing": "missing",
    "other": "other",
}
SPEC = """
id = "quiz"
title.uk = "Проба"
title.ru = "Проба"
attempts = 2
exercises = ["levels/levels-value", "levels/levels-letter", "levels/levels-margin-share"]
zone = "Europe/Kyiv"
opens = 2026-01-01T08:00:00
closes = 2030-01-01T08:00:00
"""


@contextmanager
def limit(_):
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def full(path):
    if path.exists():
        with path.open("ab") as file:
            file.write(b"\n" * (-path.stat().st_size % PAGE))
    filler = path.parent.parent / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * PAGE)
        except OSError:
            pass
    yield
    filler.unlink()


@contextmanager
def readonly(path):
    disk = path.parent.parent
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    yield
    subprocess.run(["mount", "-o", "remount,rw", disk], check=True)


@contextmanager
def missing(path):
    away = path.parent.with_name("away")
    path.parent.mkdir(exist_ok=True)
    path.parent.rename(away)
    path.parent.write_text("a file where the folder should be")
    yield
    path.parent.unlink()
    away.rename(path.parent)


@contextmanager
def other(path):
    away = path.with_name("away")
    path.parent.mkdir(exist_ok=True)
    path.touch()
    path.rename(away)
    path.mkdir()
    yield
    path.rmdir()
    away.rename(path)


def first(kind):
    return next(
        one for one in exercises.chapter("levels").exercises.values() if one.kind.name == kind
    )


def act(lesson, name, act, answer=None):
    return lesson._act(lesson._exercise(name), {"act": act, "answer": answer})


def written(path, name):
    return [
        event["a"]
        for event in Journal(path).refresh()
        if event["x"] == name and event["e"] in ("answer", "set")
    ]


def refused(state, answer, reason):
    assert (
        text(f"journal.{reason}", "uk", path="…").partition(":")[0] in state["error"]
        and "…" not in state["error"]
    )
    assert (state["head"], state["status"], state["answer"]) == ("не збережено", "changed", answer)
    assert state["can_check"] and state["left"] and state["time"] is None and not state["marks"]


def lesson(trouble, reason, folder):
    """Cards of a lesson: a right choice, wrong ones, a number, a text, a hint."""
    path, learner = folder / "levels.jsonl", Lesson("levels", "uk")
    choice, number, words = first("choice"), first("numeric"), first("text")
    right = exercises.key(choice)["right"]
    wrong = [option["id"] for option in choice["option"] if option["id"] != right]
    with trouble(path):
        prompt = learner.exercise(number.id).state["prompt"]
        values = learner.record.values(number)
        value = str(exercises.key(number, values)["value"])
        for _ in range(choice.attempts + 1):
            refused(act(learner, choice.id, "check", wrong[0]), wrong[0], reason)
        for answer in (wrong[1], right):
            refused(act(learner, choice.id, "draft", answer), answer, reason)
            refused(act(learner, choice.id, "check", answer), answer, reason)
        refused(act(learner, number.id, "check", value), value, reason)
        refused(act(learner, words.id, "draft", "моя дум"), "моя дум", reason)
        refused(act(learner, words.id, "check", "моя думка"), "моя думка", reason)
        hinted = act(learner, choice.id, "hint")
        assert hinted["error"] and hinted["can_hint"] and hinted["answer"] == right
        refused(learner.exercise(choice.id).state, right, reason)  # the cell is run again
        assert learner.record.result(choice) == Result()
    assert not written(path, choice.id) and learner.record.of(choice.id).attempts == 0
    learner.export(name="Олена")
    (handed,) = (learner.record.folder.parent / "hand-in").glob("*.md")
    assert "моя думка" in handed.read_text("utf-8")
    for exercise, answer, status in (
        (choice, right, "right"),
        (number, value, "right"),
        (words, "моя думка", "saved"),
    ):
        state = act(learner, exercise.id, "check", answer)
        assert (state["status"], state["error"], written(path, exercise.id)) == (
            status,
            None,
            [answer],
        )
        assert (
            learner.record.of(exercise.id).attempts == 1
            and exercise.id not in learner.record.unsaved
        )
        assert json.dumps(state) == json.dumps(act(learner, exercise.id, "check", answer)), (
            "nothing is written twice"
        )
    again = subprocess.run(
        [
            sys.executable,
            "-c",
            "import course, sys; print(course.lesson('levels', 'uk').exercise(sys.argv[1]).state)",
            number.id,
        ],
        capture_output=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONUTF8": "1"},
    )
    assert repr(prompt)[1:-1] in again.stdout and "'status': 'right'" in again.stdout, again


def back(trouble, reason, folder):
    """Who goes back to what is on the disk has nothing unsaved."""
    path, learner = folder / "levels.jsonl", Lesson("levels", "uk")
    choice, value = first("choice"), first("value")
    one, two = [option["id"] for option in choice["option"]][:2]
    act(learner, choice.id, "check", one)
    learner.check(value.id, 1.5)
    for name in ("draft", "check"):
        with trouble(path):
            refused(act(learner, choice.id, name, two), two, reason)
            assert act(learner, choice.id, name, one)["time"]
            refused(learner.check(value.id, 2.5).state, 2.5, reason)
            assert learner.check(value.id, 1.5).state["time"]
        assert written(path, choice.id) == [one] and written(path, value.id) == [1.5]


def values(trouble, reason, folder):
    """A value computed in code, handed over again by running its cell again."""
    path, learner, exercise = folder / "levels.jsonl", Lesson("levels", "uk"), first("value")
    key = exercises.key(exercise)["value"]
    import pandas

    right = pandas.Series(key["values"], index=key["index"]) if isinstance(key, dict) else key
    with trouble(path):
        for _ in range(2):
            state = learner.check(exercise.id, right).state
            refused(state, state["answer"], reason)
            assert state["answer"] is not None and state["feedback"][0]["text"].startswith(
                "Ви передали"
            )
    assert not written(path, exercise.id)
    for _ in range(2):
        state = learner.check(exercise.id, right).state
        assert (state["status"], state["error"], len(written(path, exercise.id))) == (
            "right",
            None,
            1,
        )


def instrument(trouble, reason, folder):
    """An instrument: set, shown again, written by the next change or when its cell is run again."""
    path, learner = folder / "levels.jsonl", Lesson("levels", "uk")
    panel = learner.instrument("levels")
    with trouble(path):
        for shown in (panel, learner.instrument("levels")):
            state = shown._act({"act": "set", "values": {"margin": 111}})
            assert "Не збережено" in state["error"] and state["values"]["margin"] == 111
        state = learner.instrument("levels").state
        assert "Не збережено" in state["error"] and state["values"]["margin"] == 111
    assert not written(path, "instrument:levels")
    if reason == "full":
        state = learner.instrument("levels").state
    else:
        state = panel._act({"act": "set", "values": {"margin": 111}})
    assert state["error"] is None and written(path, "instrument:levels")[0]["margin"] == 111
    assert Lesson("levels", "ru").instrument("levels").state["values"]["margin"] == 111


def assignment(trouble, reason, folder):
    """A graded assignment: the file to hand in has only what is saved, and what is not is listed."""
    task = course.assignment(folder.parent / "out/students/assignment.json", "uk")
    path, number, words, value = folder / "quiz.jsonl", *task.chapter.exercises

    def identify(student):
        return task._identify({"act": "check", "answer": {"student": student, "name": "Олена"}})

    task.identity()
    with trouble(path):
        refused(identify("17") | {"marks": {}}, {"student": "17", "name": "Олена"}, reason)
        assert task.identity().state["head"] == "не збережено"
    assert task.submit().plain == text("assignment.name_first", "uk")
    assert identify("17")["status"] == "saved" and not task.record.unsaved
    with trouble(path):
        for _ in range(3):
            refused(act(task, number, "check", "5"), "5", reason)
            refused(act(task, words, "check", "лист"), "лист", reason)
            refused(task.check(value, 12.5).state, 12.5, reason)
        refused(identify("18") | {"marks": {}}, {"student": "18", "name": "Олена"}, reason)
    listed, _, absent = task.submit().plain.partition(
        text("assignment.missing", "uk", n=0).partition("(")[0]
    )
    prompts = [
        text("assignment.who", "uk"),
        *(task._state(task._exercise(name))["prompt"] for name in (number, words)),
    ]
    assert text("assignment.unsaved", "uk", n=4) in listed and not absent
    assert all(prompt in listed for prompt in prompts)
    assert identify("17")["status"] == "saved"
    for name, answer in ((number, "5"), (words, "лист")):
        state = act(task, name, "check", answer)
        assert (state["status"], state["error"], written(path, name)) == ("saved", None, [answer])
        assert task.record.of(name).attempts == 1
    assert (
        task.check(value, 12.5).state["status"] == "saved" and task.record.of(value).attempts == 1
    )
    assert text("assignment.unsaved", "uk", n=1)[:20] not in task.submit().plain
    with trouble(path):
        refused(identify("18") | {"marks": {}}, {"student": "18", "name": "Олена"}, reason)
        assert task.record.of(number).answer == "5", "the numbers are still those of 17"
    assert "1" in identify("18")["feedback"][1]["text"] and task.record.of(number).answer is None
    assert task.record.of(words).answer == "лист"


SCENARIOS = {scene.__name__: scene for scene in (lesson, back, values, instrument, assignment)}
TROUBLES = {trouble.__name__: trouble for trouble in (limit, full, readonly, missing, other)}


@pytest.mark.parametrize("scene", SCENARIOS)
@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.skipif(sys.platform != "linux", reason="limits and mounts of Linux")
def test_what_is_not_on_the_disk_is_not_saved(request, root, tmp_path, trouble, scene):
    top = request.getfixturevalue("disk") if trouble in ("full", "readonly") else tmp_path
    if scene == "assignment":
        from course.grading.setting import assignment as setting

        (tmp_path / "spec.toml").write_text(SPEC, "utf-8")
        (tmp_path / "roster.csv").write_text("id,name\n17,Олена\n18,Іван\n", "utf-8")
        setting.assign(tmp_path / "spec.toml", tmp_path / "roster.csv", top / "out")
    done = subprocess.run(
        [sys.executable, __file__, trouble, scene, top / "answers"],
        env=os.environ | {"COURSE_ANSWERS": str(top / "answers"), "PYTHONPATH": str(root)},
        capture_output=True,
        encoding="utf-8",
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr


def test_a_line_that_is_there_after_all_is_not_written_again(tmp_path, monkeypatch):
    """The system can refuse and yet keep the line, for instance without its end."""
    monkeypatch.setenv("COURSE_ANSWERS", str(tmp_path))
    learner, choice, real = Lesson("levels", "uk"), first("choice"), os.fsync
    right = exercises.key(choice)["right"]

    def refuse(_):
        raise OSError(28, "No space left on device")

    learner.exercise(choice.id)
    monkeypatch.setattr(os, "fsync", refuse)
    refused(act(learner, choice.id, "check", right), right, "full")
    monkeypatch.setattr(os, "fsync", real)
    assert act(learner, choice.id, "check", right)["status"] == "right"
    assert written(tmp_path / "levels.jsonl", choice.id) == [right] and not learner.record.unsaved


@pytest.mark.parametrize("changes", [{"a": "other"}, {"t": "2026-01-01T00:00:00.000Z"}])
def test_what_waits_is_not_taken_for_another_line(tmp_path, monkeypatch, changes):
    """Another kernel's answer, or an older one that is the same, is not the one that was refused."""
    monkeypatch.setenv("COURSE_ANSWERS", str(tmp_path))
    learner, choice = Lesson("levels", "uk"), first("choice")
    right, path = exercises.key(choice)["right"], tmp_path / "levels.jsonl"
    path.mkdir()
    refused(act(learner, choice.id, "check", right), right, "other")
    path.rmdir()
    line = {"v": 1, "t": "2099-01-01T00:00:00.000Z", "x": choice.id, "e": "answer", "a": right}
    path.write_text(json.dumps({**line, "lang": "uk", **changes}) + "\n", "utf-8")
    shown = learner.exercise(choice.id).state
    assert (shown["head"], shown["answer"]) == ("не збережено", right)
    assert choice.id in learner.record.unsaved


if __name__ == "__main__":
    SCENARIOS[sys.argv[2]](TROUBLES[sys.argv[1]], REASONS[sys.argv[1]], Path(sys.argv[3]))
