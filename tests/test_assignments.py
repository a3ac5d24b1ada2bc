"""The student's side of an assignment, and its whole way to a grade."""

import json

import pytest

import course
from course import exercises
from course.assignments import Assignment
from course.grading import gradebook
from course.grading.setting import assignment as setting
from course.lessons import CourseError
from course.texts import text

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
    setting.assign(tmp_path / "spec.toml", tmp_path / "roster.csv", tmp_path / "out")
    monkeypatch.setenv("COURSE_ANSWERS", str(tmp_path / "answers"))
    return tmp_path / "out"


def named(out, student="17"):
    task = course.assignment(out / "students" / "assignment.json", "uk")
    task.identity()
    assert (
        task._identify({"act": "check", "answer": {"student": student, "name": "Олена"}})["status"]
        == "saved"
    )
    return task


def act(task, ref, answer, name="check"):
    return task._act(task._exercise(ref), {"act": name, "answer": answer})


def test_nothing_can_be_saved_before_a_name(out):
    task = course.assignment(out / "students" / "assignment.json", "ru")
    state = task._state(task._exercise("levels/levels-value"))
    assert not state["can_check"] and "Сначала" in state["feedback"][0]["text"]
    assert "{" not in state["prompt"] and "…" in state["prompt"]
    assert task.submit().plain.startswith("Сначала") and not list(
        (out / "students").glob("*.jsonl")
    )


def test_an_unknown_number_is_told_and_an_empty_one_refused(out):
    task = course.assignment(out / "students" / "assignment.json", "uk")
    assert (
        "немає в списку"
        in task._identify({"act": "check", "answer": {"student": "999", "name": ""}})["error"]
    )
    assert task._identify({"act": "check", "answer": {"student": " ", "name": "x"}})["error"]
    assert task._identify({"act": "check", "answer": ["17"]}) is None


def test_students_get_other_numbers_and_each_the_same_again(out):
    ref = "levels/levels-value"
    prompts = {
        student: named(out, student)._state(named(out, student)._exercise(ref))["prompt"]
        for student in ("17", "18")
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
        }[exercise.kind.name]
        state = act(task, ref, answer)
        assert (
            state["status"] == "saved"
            and not state["marks"]
            and not state["whys"]
            and not state["can_solve"]
        )
        assert task.exercise(ref).spec["main"] == "save"
        kept = act(task, ref, None, "solution")
        assert kept["status"] == "saved" and not kept["feedback"]


def test_the_whole_way_to_full_marks(out, tmp_path):
    task = named(out)
    private = json.loads((out / "private" / "key.json").read_text("utf-8"))
    assert private["digest"] == task.public["digest"]
    real = {
        f"levels/{name}": exercise
        for name, exercise in exercises.chapter("levels").exercises.items()
    }
    for ref, exercise in task.chapter.exercises.items():
        source = real[ref]
        by_text = {
            part["text"]["uk"]: part["id"]
            for field in ("option", "item")
            for part in exercise.get(field, [])
        }
        if exercise.kind.name == "choice":
            right = next(option["text"]["uk"] for option in source["option"] if option.get("right"))
            answer = by_text[right]
        elif exercise.kind.name == "order":
            answer = [by_text[item["text"]["uk"]] for item in source["item"]]
        elif exercise.kind.name == "numeric":
            answer = str(exercises.key(source, task.record.values(exercise))["value"])
        else:
            continue
        assert act(task, ref, answer)["status"] == "saved"
    said = task.submit()
    code = said.plain.split("Код квитанції: ")[1].split(".")[0]
    assert "Ще без відповіді" in said.plain and code.count("-") == 2
    gradebook.grade(out / "students", out / "private", tmp_path / "grades")
    rows = [
        json.loads(line)
        for line in (tmp_path / "grades" / "graded.jsonl").read_text("utf-8").splitlines()
    ]
    mine = next(row for row in rows if row["student"] == "17")
    states = {ref: found["state"] for ref, found in mine["exercises"].items()}
    assert [states[ref] for ref in list(real) if ref in states][:3] == [
        "right",
        "right",
        "right",
    ], (
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
    assert (state["status"], state["head"].partition(" · ")[0]) == (
        "changed",
        text("state.unsaved", "uk"),
    )
    assert state["time"] is None, "a card does not say both that it is saved and that it isn't"
    said = task.submit().plain
    unsaved, _, missing = said.partition(text("assignment.missing", "uk", n=3))
    assert text("assignment.unsaved", "uk", n=1) in unsaved and state["prompt"] in unsaved
    assert (
        task._state(task._exercise(first))["prompt"] in missing and state["prompt"] not in missing
    )


@pytest.mark.parametrize(
    ("closes", "late", "key"),
    [
        ("2030-01-01T08:00:00", "", "closes"),
        ("2026-02-01T08:00:00", "", "over"),
        ("2026-02-01T08:00:00", "[late]\npercent_per_day = 5", "closed"),
        ("2026-02-01T08:00:00", "[late]\npercent_per_day = 5\nuntil = 2026-02-03T08:00:00", "over"),
        (
            "2026-02-01T08:00:00",
            "[late]\npercent_per_day = 5\nuntil = 2030-02-03T08:00:00",
            "closed",
        ),
    ],
)
def test_a_student_is_told_whether_answers_still_count(tmp_path, monkeypatch, closes, late, key):
    (tmp_path / "spec.toml").write_text(SPEC.replace("2030-01-01T08:00:00", closes) + late, "utf-8")
    (tmp_path / "roster.csv").write_text("id,name\n17,Олена\n", "utf-8")
    setting.assign(tmp_path / "spec.toml", tmp_path / "roster.csv", tmp_path / "out")
    monkeypatch.setenv("COURSE_ANSWERS", str(tmp_path / "answers"))
    task = course.assignment(tmp_path / "out" / "students" / "assignment.json", "uk")
    assert task._times() == text(
        f"assignment.{key}", "uk", time=task.closes.astimezone().strftime("%d.%m.%Y %H:%M")
    )


@pytest.mark.parametrize("content", ["", "{", "[]", '{"id": 1}', '{"exercises": []}', "null"])
def test_a_broken_assignment_is_told_without_a_traceback(tmp_path, content):
    (tmp_path / "assignment.json").write_text(content)
    with pytest.raises(CourseError, match="Не вдалося прочитати"):
        Assignment(tmp_path / "assignment.json", "uk")
    with pytest.raises(CourseError):
        Assignment(tmp_path / "none.json", "uk")


def handed_out(tmp_path, more, spec=SPEC):
    """The quiz with another line in its spec, opened by nobody yet."""
    (tmp_path / "spec.toml").write_text(spec + more, "utf-8")
    setting.assign(tmp_path / "spec.toml", tmp_path / "roster.csv", tmp_path / "out")
    return course.assignment(tmp_path / "out" / "students" / "assignment.json", "uk")


def as_student(task, student):
    return task._identify({"act": "check", "answer": {"student": student, "name": "Олена"}})


def kept_of(task, ref):
    kept = task.record.of(ref)
    return kept.answer, kept.draft, kept.attempts


def test_another_id_sets_aside_only_answers_to_drawn_numbers(out, tmp_path):
    task = handed_out(tmp_path, "attempts = 1\n")
    as_student(task, "999")
    drawn, text_ref = "levels/levels-value", "levels/levels-letter"
    prompt = task.exercise(drawn).state["prompt"]
    assert act(task, drawn, "5")["status"] == act(task, text_ref, "лист")["status"] == "saved"
    assert len(as_student(task, "999")["feedback"]) == 1  # the same id again changes nothing
    assert kept_of(task, drawn) == ("5", None, 1)
    state = as_student(task, "17")
    assert state["feedback"][1]["text"] == text("assignment.other_id", "uk", n=1)
    assert (
        task.exercise(drawn).state["prompt"] != prompt
        and task.exercise(drawn).state["status"] == "untouched"
    )
    assert kept_of(task, drawn) == (None, None, 0) and kept_of(task, text_ref) == ("лист", None, 1)
    assert task._state(task._exercise(drawn))["prompt"] in task.submit().plain
    assert act(task, drawn, "6")["status"] == "saved"
    act(task, drawn, "7", "draft")
    as_student(task, "18")
    assert kept_of(handed_out(tmp_path, "attempts = 1\n"), drawn) == (None, None, 0)


def test_where_all_have_the_same_numbers_another_id_sets_nothing_aside(out, tmp_path):
    task = handed_out(tmp_path, 'variants = "one"\n')
    as_student(task, "999")
    act(task, "levels/levels-value", "5")
    assert len(as_student(task, "17")["feedback"]) == 1
    assert kept_of(task, "levels/levels-value") == ("5", None, 1)


@pytest.mark.parametrize("name", ["draft", "check"])
def test_an_answer_to_numbers_that_another_notebook_changed_is_not_saved(out, name):
    here, there, drawn, same = named(out), named(out), "levels/levels-value", "levels/levels-letter"
    here.identity(), here.exercise(same)
    old = here.exercise(drawn).state["prompt"]
    as_student(there, "18")
    state = act(here, drawn, "5", name)
    assert state["error"] == text("assignment.other_numbers", "uk") and state["prompt"] != old
    assert state["status"] == "untouched" and kept_of(here, drawn) == (None, None, 0)
    assert act(here, same, "лист")["status"] == "saved"
    assert act(here, drawn, "5")["status"] == "saved"  # now for the numbers shown
    assert here.identity().state["answer"]["student"] == "18"


def edited(task, ref, **fields):
    """The same assignment, opened again after the lecturer changed one exercise."""
    from course.exercises import seal

    entry = next(entry for entry in task.public["exercises"] if entry["ref"] == ref)
    entry.update(fields)
    task.public["digest"] = seal(task.public, "digest", "ids")[:16]
    (task.folder / "assignment.json").write_text(json.dumps(task.public), "utf-8")
    return course.assignment(task.folder / "assignment.json", "uk")


def told(task, ref):
    return [line["text"] for line in task._state(task._exercise(ref))["feedback"]]


def test_an_answer_that_still_fits_a_changed_exercise_stays_and_attempts_begin_anew(out, tmp_path):
    task, ref = handed_out(tmp_path, "attempts = 1\n"), "levels/levels-call"
    as_student(task, "17")
    first, second = [option["id"] for option in task._exercise(ref)["option"][:2]]
    act(task, ref, first)
    assert not act(task, ref, second)["left"] and kept_of(task, ref)[0] == first
    assert told(task, ref) == [text("say.graded_last", "uk")]
    task = edited(task, ref, prompt={"uk": "Інша умова", "ru": "Другое условие"})
    state = task._state(task._exercise(ref))
    assert (state["status"], state["answer"], state["left"]) == ("saved", first, True)
    assert told(task, ref) == [text("assignment.changed", "uk")]
    act(task, ref, second, "draft")
    assert told(task, ref) == [
        text("assignment.changed", "uk")
    ]  # what is only typed is no answer yet
    state = act(task, ref, second)
    assert (state["status"], state["answer"], state["left"]) == ("saved", second, False)
    assert told(task, ref) == [text("say.graded_last", "uk")]
    act(task, ref, first, "draft")
    assert told(task, ref) == [text("say.unsaved_last", "uk")]


def test_an_answer_that_names_what_is_gone_must_be_given_again(out):
    task, ref, order = named(out), "levels/levels-call", "levels/levels-order"
    options, items = task._exercise(ref)["option"], task._exercise(order)["item"]
    act(task, ref, options[0]["id"])
    act(task, order, [item["id"] for item in items])
    act(task, order, [item["id"] for item in items[::-1]], "draft")
    task = edited(task, ref, option=[{**options[0], "id": "corrected"}, *options[1:]])
    task = edited(task, order, item=[{**items[0], "id": "corrected"}, *items[1:]])
    for name in (ref, order):
        state = task._state(task._exercise(name))
        assert (state["status"], state["answer"]) == ("untouched", None)
        assert told(task, name) == [text("assignment.outdated", "uk")]
        assert state["prompt"] in task.submit().plain.partition("Ще без відповіді")[2]
    assert act(task, ref, "corrected")["status"] == "saved" and told(task, ref) == []


def test_a_drawn_exercise_that_changed_must_be_answered_again(out, tmp_path):
    task, ref = handed_out(tmp_path, "attempts = 1\n"), "levels/levels-value"
    as_student(task, "17")
    act(task, ref, "5")
    task = edited(task, ref, digits=3)
    assert kept_of(task, ref) == (None, None, 0) and told(task, ref) == [
        text("assignment.outdated", "uk")
    ]
    assert act(task, ref, "6")["status"] == "saved" and told(task, ref) == [
        text("say.graded_last", "uk")
    ]


@pytest.mark.parametrize("typed", ["abc", "12500 UAH", "1e5", "1,2,3.4", "nan", "٣"])
def test_what_is_no_number_is_told_and_costs_no_attempt(out, typed):
    task, ref = named(out), "levels/levels-value"
    act(task, ref, "5")
    state = act(task, ref, typed)
    assert state["error"] == text("invalid.not-a-number", "uk") and state["status"] == "changed"
    assert kept_of(task, ref) == ("5", typed, 1)


@pytest.mark.parametrize(
    "typed", ["12 500,5", "12’500.5", "-3", "7,5 тис. грн", "7.5 тыс. грн", "0,5"]
)
def test_a_number_is_saved_as_people_type_it(out, typed):
    task, ref = named(out), "levels/levels-value"
    state = act(task, ref, typed)
    assert (state["error"], state["status"], kept_of(task, ref)) == (
        None,
        "saved",
        (typed, None, 1),
    )


@pytest.mark.parametrize("kind", ["choice", "multi", "match", "canvas", "text"])
def test_what_can_be_read_of_each_kind(kind):
    from course.exercises import Exercise

    parts = [{"id": "a"}, {"id": "b"}]
    raw = {"kind": kind, "option": parts, "row": [{"id": "r"}], "tile": parts, "words": [1, 2]}
    exercise = Exercise("own", raw)
    good, bad, empty = {
        "choice": ("b", "c", ""),
        "multi": (["a", "b"], ["c"], []),
        "match": ({"r": "b"}, {"r": "c"}, {"r": ""}),
        "canvas": ({"a": "x"}, {"c": "x"}, {"a": " "}),
        "text": ("=x", ["x"], "\u200b"),
    }[kind]
    assert [
        exercise.kind.readable(exercise.raw, answer).state for answer in (good, bad, empty)
    ] == ["person", "invalid", "unattempted"]


def test_a_value_is_saved_only_when_it_is_a_number_or_a_table(out, tmp_path):
    import numpy
    import pandas

    ref = "levels/levels-margin-share"
    task = handed_out(tmp_path, "attempts = 2\n", SPEC.replace("levels/levels-letter", ref))
    as_student(task, "17")
    table = pandas.DataFrame({"a": [1.5, None]}, index=["x", "y"])
    for unread in (
        len,
        None,
        float("nan"),
        numpy.float64("inf"),
        True,
        "12",
        [1, 2],
        table["a"][:0],
        table[[]],
    ):
        state = task.check(ref, unread).state
        assert state["error"] and (state["status"], kept_of(task, ref)) == (
            "invalid",
            (None, None, 0),
        ), unread
    assert task.check(ref, ...).state["error"] is None
    assert task.check(ref, numpy.float64(12.5)).state["status"] == "saved"
    state = task.check(ref, "12").state
    assert (state["status"], kept_of(task, ref)) == ("invalid", (12.5, None, 1))
    assert state["feedback"][-1]["text"] == text("say.earlier_kept", "uk", value="12,5")
    assert task.check(ref, table).state["error"] is None
    assert kept_of(task, ref) == ({"index": ["x", "y"], "columns": {"a": [1.5, None]}}, None, 2)


@pytest.mark.parametrize("limit", [1, 2, 0])
def test_as_many_answers_are_saved_as_the_lecturer_allows(out, tmp_path, limit):
    task, ref = handed_out(tmp_path, f"attempts = {limit}\n"), "levels/levels-call"
    as_student(task, "17")
    ids = [option["id"] for option in task._exercise(ref)["option"]]
    answers = [ids[n % len(ids)] for n in range(limit or 7)]
    for n, answer in enumerate(answers, 1):
        act(task, ref, ids[n % len(ids)], "draft")
        assert act(task, ref, None, "reset")["answer"] == ids[n % len(ids)]
        state = act(task, ref, answer)
        assert (state["status"], state["answer"]) == ("saved", answer)
        said = " · " + text("state.attempt", "uk", n=n, of=limit) if limit else ""
        assert state["head"] == text("state.saved", "uk") + said
        assert state["can_check"] == (n < limit or not limit)
        assert act(task, ref, answer)["head"] == state["head"], "the same once more uses no attempt"
    state = act(task, ref, ids[len(answers) % len(ids)])
    assert state["answer"] == ids[(len(answers) - bool(limit)) % len(ids)]


def test_an_assignment_gives_neither_hints_nor_solutions_nor_a_fresh_start(out, tmp_path):
    task, ref = handed_out(tmp_path, "attempts = 1\nhints = true\n"), "levels/levels-value"
    as_student(task, "17")
    before = act(task, ref, "5")
    assert not (before["can_hint"] or before["can_solve"] or before["can_reset"])
    for name in ("hint", "solution", "reset"):
        assert act(task, ref, None, name) == before


def test_what_waits_in_the_browser_belongs_to_one_student_and_his_numbers(out):
    def about(lang, name):
        task = course.assignment(out / "students" / "assignment.json", lang)
        return task._state(task.chapter.exercises[name])["about"]

    drawn, written = "levels/levels-value", "levels/levels-letter"
    before = {name: about("uk", name) for name in (drawn, written)}
    task = course.assignment(out / "students" / "assignment.json", "uk")
    seen = [before]
    for student in ("17", "18", "17"):
        task._identify({"act": "check", "answer": {"student": student, "name": ""}})
        seen.append({name: about("uk", name) for name in (drawn, written)})
        assert seen[-1] == {name: about("ru", name) for name in (drawn, written)}
        assert student not in seen[-1][written].split("/")
    for name in (drawn, written):
        assert len({one[name] for one in seen}) == 3 and seen[1] == seen[3]


def test_an_answer_to_the_numbers_of_before_is_not_taken(out):
    task, name = (
        course.assignment(out / "students" / "assignment.json", "uk"),
        "levels/levels-value",
    )
    exercise = task.chapter.exercises[name]
    task._identify({"act": "check", "answer": {"student": "17", "name": ""}})
    about = task._state(exercise)["about"]
    task._identify({"act": "check", "answer": {"student": "18", "name": ""}})
    state = task._act(exercise, {"act": "check", "answer": "12", "about": about})
    assert state["answer"] is None and state["about"] != about
    assert (
        task._act(exercise, {"act": "check", "answer": "12", "about": state["about"]})["answer"]
        == "12"
    )
