"""The student's side of an assignment, and its whole way to a grade."""

import json

import pytest

import course
from course import exercises
from course.assignments import Assignment
from course.lessons import CourseError
from course.texts import text

grading = pytest.importorskip("course.grading.assignment")

SPEC = """
id = "quiz"
title.uk = "Проба"
title.ru = "Проба"
exercises = ["levels/levels-order", "levels/levels-call", "levels/levels-value", "levels/levels-letter"]
zone = "Europe/Kyiv"
opens = 2026-01-01T08:00:00
closes = 2030-01-01T08:00:00
"""


@pytest.fixture
def out(tmp_path, monkeypatch):
    (tmp_path / "spec.toml").write_text(SPEC, "utf-8")
    (tmp_path / "roster.csv").write_text("id,name\n17,Олена\n18,Іван\n", "utf-8")
    grading.assign(tmp_path / "spec.toml", tmp_path / "roster.csv", tmp_path / "out")
    monkeypatch.setenv("COURSE_ANSWERS", str(tmp_path / "answers"))
    return tmp_path / "out"


def named(out, student="17"):
    task = course.assignment(out / "students" / "assignment.json", "uk")
    task.identity()
    assert task._identify({"act": "check", "answer": {"student": student, "name": "Олена"}})["status"] == "saved"
    return task


def act(task, ref, answer, name="check"):
    return task._act(task._exercise(ref), {"act": name, "answer": answer})


def test_nothing_can_be_saved_before_a_name(out):
    task = course.assignment(out / "students" / "assignment.json", "ru")
    state = task._state(task._exercise("levels/levels-value"))
    assert not state["can_check"] and "Сначала" in state["feedback"][0]["text"]
    assert "{" not in state["prompt"] and "…" in state["prompt"]
    assert task.submit().plain.startswith("Сначала") and not list((out / "students").glob("*.jsonl"))


def test_an_unknown_number_is_told_and_an_empty_one_refused(out):
    task = course.assignment(out / "students" / "assignment.json", "uk")
    assert "немає у списку" in task._identify({"act": "check", "answer": {"student": "999", "name": ""}})["error"]
    assert task._identify({"act": "check", "answer": {"student": " ", "name": "x"}})["error"]
    assert task._identify({"act": "check", "answer": ["17"]}) is None


def test_students_get_other_numbers_and_each_the_same_again(out):
    ref = "levels/levels-value"
    prompts = {
        student: named(out, student)._state(named(out, student)._exercise(ref))["prompt"] for student in ("17", "18")
    }
    assert prompts["17"] != prompts["18"]
    task = named(out, "17")
    assert task._state(task._exercise(ref))["prompt"] == prompts["17"]


def test_cards_save_and_never_tell(out):
    task = named(out)
    for ref, exercise in task.chapter.exercises.items():
        answer = {
            "order": [item["id"] for item in exercise.get("item", [])],
            "choice": exercise.get("option", [{"id": ""}])[0]["id"],
            "numeric": "5",
            "text": "текст",
        }[exercise.kind]
        state = act(task, ref, answer)
        assert state["status"] == "saved" and not state["marks"] and not state["whys"] and not state["can_solve"]
        assert task.exercise(ref).spec["main"] == "save"
        kept = act(task, ref, None, "solution")
        assert kept["status"] == "saved" and not kept["feedback"]


def test_the_whole_way_to_full_marks(out, tmp_path):
    gradebook = pytest.importorskip("course.grading.gradebook")
    task = named(out)
    private = json.loads((out / "private" / "key.json").read_text("utf-8"))
    assert private["digest"] == task.public["digest"]
    real = {f"levels/{name}": exercise for name, exercise in exercises.chapter("levels").exercises.items()}
    for ref, exercise in task.chapter.exercises.items():
        source = real[ref]
        by_text = {part["text"]["uk"]: part["id"] for field in ("option", "item") for part in exercise.get(field, [])}
        if exercise.kind == "choice":
            right = next(option["text"]["uk"] for option in source["option"] if option.get("right"))
            answer = by_text[right]
        elif exercise.kind == "order":
            answer = [by_text[item["text"]["uk"]] for item in source["item"]]
        elif exercise.kind == "numeric":
            answer = str(exercises.key(source, task.record.values(exercise))["value"])
        else:
            continue
        assert act(task, ref, answer)["status"] == "saved"
    said = task.submit()
    code = said.plain.split("Код квитанції: ")[1].split(".")[0]
    assert "Ще без відповіді" in said.plain and code.count("-") == 2
    gradebook.grade(out / "students", out / "private", tmp_path / "grades")
    rows = [json.loads(line) for line in (tmp_path / "grades" / "graded.jsonl").read_text("utf-8").splitlines()]
    mine = next(row for row in rows if row["student"] == "17")
    states = {ref: found["state"] for ref, found in mine["exercises"].items()}
    assert [states[ref] for ref in list(real) if ref in states][:3] == ["right", "right", "right"], (
        states,
        mine["flags"],
    )
    assert mine["receipt"] == code and "tampered" not in mine["flags"]
    other = next(row for row in rows if row["student"] == "18")
    assert other["flags"] == ["no-submission"] and other["points"] == 0


def test_what_is_changed_and_not_saved_is_told_before_handing_in(out):
    task = named(out)
    first, second = list(task.chapter.exercises)[1:3]
    assert act(task, second, "5")["status"] == "saved"
    act(task, second, "6", "draft")
    state = task._state(task._exercise(second))
    assert (state["status"], state["head"].partition(" · ")[0]) == ("changed", text("state.unsaved", "uk"))
    said = task.submit().plain
    unsaved, _, missing = said.partition(text("assignment.missing", "uk", n=3))
    assert text("assignment.unsaved", "uk", n=1) in unsaved and state["prompt"] in unsaved
    assert task._state(task._exercise(first))["prompt"] in missing and state["prompt"] not in missing


@pytest.mark.parametrize(
    ("closes", "late", "key"),
    [
        ("2030-01-01T08:00:00", "", "closes"),
        ("2026-02-01T08:00:00", "", "over"),
        ("2026-02-01T08:00:00", "[late]\npercent_per_day = 5", "closed"),
        ("2026-02-01T08:00:00", "[late]\npercent_per_day = 5\nuntil = 2026-02-03T08:00:00", "over"),
        ("2026-02-01T08:00:00", "[late]\npercent_per_day = 5\nuntil = 2030-02-03T08:00:00", "closed"),
    ],
)
def test_a_student_is_told_whether_answers_still_count(tmp_path, monkeypatch, closes, late, key):
    (tmp_path / "spec.toml").write_text(SPEC.replace("2030-01-01T08:00:00", closes) + late, "utf-8")
    (tmp_path / "roster.csv").write_text("id,name\n17,Олена\n", "utf-8")
    grading.assign(tmp_path / "spec.toml", tmp_path / "roster.csv", tmp_path / "out")
    monkeypatch.setenv("COURSE_ANSWERS", str(tmp_path / "answers"))
    task = course.assignment(tmp_path / "out" / "students" / "assignment.json", "uk")
    assert task._times() == text(f"assignment.{key}", "uk", time=task.closes.astimezone().strftime("%d.%m.%Y %H:%M"))


@pytest.mark.parametrize("content", ["", "{", "[]", '{"id": 1}', '{"exercises": []}', "null"])
def test_a_broken_assignment_is_told_without_a_traceback(tmp_path, content):
    (tmp_path / "assignment.json").write_text(content)
    with pytest.raises(CourseError, match="Не вдалося прочитати"):
        Assignment(tmp_path / "assignment.json", "uk")
    with pytest.raises(CourseError):
        Assignment(tmp_path / "none.json", "uk")
