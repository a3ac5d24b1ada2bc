"""What a card says in each state."""

import json

import pytest

from course import attempt, exercises, kinds
from course.answers import Kept
from course.kinds import score
from course.texts import LANGS
from course.widgets import card, fallback

ALL = [exercise for chapter in exercises.chapters().values() for exercise in chapter.exercises.values()]
FIRST = {}
for _exercise in ALL:
    FIRST.setdefault(_exercise.kind.name, _exercise)


def shown(exercise, kept, lang="uk"):
    values = exercises.draw(exercise, "seed", kept.draw)
    key = exercises.key(exercise, values)
    found = None if kept.answer is None else score(exercise.kind.name, key, kept.answer, exercise.points)
    return card.state(exercise, kept, found, attempt.result(exercise, [found]), key, lang, values)


def wrong(exercise):
    key = exercises.key(exercise, exercises.draw(exercise, "seed", 1))
    return {
        "choice": lambda: next(o for o in key["options"] if o != key["right"]),
        "multi": lambda: [o for o in key["options"] if o not in key["right"]][:1],
        "order": lambda: list(key["ranks"])[::-1],
        "match": lambda: {
            next(iter(key["pairs"])): next(o for o in key["options"] if o != next(iter(key["pairs"].values())))
        },
        "classify": lambda: {
            next(iter(key["pairs"])): next(o for o in key["options"] if o != next(iter(key["pairs"].values())))
        },
        "numeric": lambda: "123456789",
        "value": lambda: 1e12,
    }[exercise.kind.name]()


@pytest.mark.parametrize("exercise", ALL, ids=lambda e: f"{e.lesson}/{e.id}")
def test_nothing_before_an_answer_tells_the_key(exercise):
    values = exercises.draw(exercise, "seed", 1)
    told = json.dumps([card.spec(exercise, "uk"), card.state(exercise, Kept(), None, attempt.Result(), {}, "uk", values)], ensure_ascii=False)
    for field in ("right", "wrong", "solution"):
        words = exercise.say(field, "uk", values and values | {"answer": exercises.key(exercise, values)["value"]})
        assert not words or words not in told
    assert '"key"' not in told
    for part in [*exercise.get("option", ()), *exercise.get("row", ())]:
        assert "why" not in part or part["why"]["uk"] not in told


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("kind", list(kinds.kinds()))
def test_untouched(kind, lang):
    state = shown(FIRST[kind], Kept(), lang)
    assert state["status"] == "untouched" and not state["can_solve"] and not state["can_reset"]
    assert state["prompt"] and state["feedback"] == []


@pytest.mark.parametrize("kind", ["choice", "multi", "order", "match", "classify", "numeric", "value"])
def test_wrong_then_attempts_run_out_then_the_solution(kind):
    exercise = FIRST[kind]
    first = shown(exercise, Kept(answer=wrong(exercise), attempts=1))
    assert first["status"] in ("wrong", "partial", "invalid") and not first["can_solve"]
    assert exercise.say("solution", "uk") not in json.dumps(first, ensure_ascii=False)
    last = shown(exercise, Kept(answer=wrong(exercise), attempts=3))
    assert last["can_solve"]
    assert last["can_check"] == (kind == "value")
    solved = shown(exercise, Kept(answer=wrong(exercise), attempts=3, shown=True))
    assert solved["status"] == "shown" and "{" not in solved["feedback"][-1]["text"]


def test_a_wrong_choice_gets_its_own_reason_and_no_other():
    exercise = FIRST["choice"]
    answer = wrong(exercise)
    state = shown(exercise, Kept(answer=answer, attempts=1))
    option = next(option for option in exercise["option"] if option["id"] == answer)
    assert state["whys"] == {answer: option["why"]["uk"]} and state["marks"] == {answer: False}


def test_the_number_is_never_told_before_the_solution():
    exercise = FIRST["numeric"]
    values = exercises.draw(exercise, "seed", 1)
    answer = exercise.words({"uk": "{answer}"}, "uk", values | {"answer": exercises.key(exercise, values)["value"]})
    state = shown(exercise, Kept(answer="1", attempts=3))
    assert answer not in json.dumps(state["feedback"], ensure_ascii=False)
    assert answer in shown(exercise, Kept(answer="1", attempts=3, shown=True))["feedback"][-2]["text"]


def test_slip_gets_its_own_feedback():
    exercise = FIRST["numeric"]
    key = exercises.key(exercise, exercises.draw(exercise, "seed", 1))
    state = shown(exercise, Kept(answer=str(key["wrong"][0]), attempts=1))
    assert state["feedback"][-1]["text"].startswith(exercise["slip"][0]["why"]["uk"][:12])


def test_a_draft_hides_old_feedback():
    exercise = FIRST["choice"]
    state = shown(exercise, Kept(answer=wrong(exercise), draft=exercises.key(exercise)["right"], attempts=1))
    assert state["status"] == "changed" and not state["marks"] and state["can_check"]
    assert state["answer"] == exercises.key(exercise)["right"]


def test_written_answers_are_saved_not_marked():
    for kind, answer in (("text", "слово " * 500), ("canvas", {FIRST["canvas"]["tile"][0]["id"]: "усі"})):
        state = shown(FIRST[kind], Kept(answer=answer, attempts=1))
        assert state["status"] == "saved" and not state["marks"] and state["can_solve"]
    assert "500" in json.dumps(shown(FIRST["text"], Kept(answer="слово " * 500, attempts=1)), ensure_ascii=False)


def test_an_answer_to_a_removed_option_asks_again():
    state = shown(FIRST["choice"], Kept(answer="gone", attempts=1))
    assert state["status"] == "invalid" and "змінено" in state["feedback"][0]["text"]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("exercise", ALL, ids=lambda e: f"{e.lesson}/{e.id}")
def test_fallback_reads_whole_and_keeps_the_key(exercise, lang):
    html, plain = fallback.exercise(exercise, lang)
    assert html == fallback.exercise(exercise, lang)[0] and "<script" not in html and "style=" not in html
    for part in exercise.get("option", ()):
        assert part["text"][lang] in plain
    assert exercise.say("solution", lang) not in plain


@pytest.mark.parametrize("kind", ["choice", "multi", "match", "classify"])
def test_the_solution_marks_what_is_right_beside_the_reason(kind):
    exercise = FIRST[kind]
    key, answer = exercises.key(exercise), wrong(exercise)
    before, state = (shown(exercise, Kept(answer=answer, attempts=3, shown=open_)) for open_ in (False, True))
    if kind in ("choice", "multi"):
        right = [key["right"]] if kind == "choice" else key["right"]
        assert all(state["marks"][name] for name in right) and not any(before["marks"].values())
    else:
        row, option = next(iter(key["pairs"].items()))
        name = next(part["text"]["uk"] for part in exercise["option"] if part["id"] == option)
        assert state["whys"][row] == f"{before['whys'][row]} Правильно: {name}."
        assert set(state["whys"]) == set(key["pairs"])
