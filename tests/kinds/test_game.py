"""The simulation as an exercise: what a plan earns, what a learner is told and when."""

import json

import pytest

from course import exercises, kinds
from course.answers import Kept
from course.attempt import Result
from course.authoring import checks
from course.exercises import Exercise
from course.lessons import Lesson
from course.record import Record
from course.simulation import PRESETS, Game
from course.texts import LANGS, number
from course.widgets import card

PAIR = {"uk": "Слово", "ru": "Слово"}
RAW = {
    "id": "plan", "kind": "portfolio", "points": 10, "attempts": 3, "prompt": PAIR, "right": PAIR,
    "wrong": PAIR, "solution": PAIR,
}  # fmt: skip
FREE, TIGHT = Exercise("own", RAW), Exercise("own", RAW | {"hours": 300})
DRAWN = Exercise("own", RAW | {"parameters": {"margin_A": {"values": [0.85, 1.15]},
                                              "age_C": {"values": [-1, 1]}}})  # fmt: skip
BEST = {"A": "44445", "B": "33344", "C": "12222", "D": "33344"}
SECRET = ("31,3", "31 263", "31263")


def score(answer, exercise=FREE):
    return exercises.score(exercise, answer)


def state(answer, lang="uk", exercise=FREE, **kept):
    judged = score(answer, exercise)
    best = Result(True, judged.fraction)
    known = Kept(answer=answer, attempts=1, **kept)
    return card.state(exercise, known, judged, best, exercises.key(exercise), lang)


def test_points_are_straight_between_basic_and_95_percent():
    assert score(PRESETS["basic"]).points == 0
    assert score(BEST).state == "right" and score(BEST).points == 10
    fitting = score(PRESETS["fitting"])
    assert fitting.points == pytest.approx(10 * 0.8776467 / 0.95, rel=1e-6)
    assert fitting.state == "partial"
    below = score(PRESETS["stages"])
    assert (below.state, below.points) == ("wrong", 0)


def test_a_plan_over_the_hours_earns_nothing_and_says_where():
    over = score(BEST, TIGHT)
    assert (over.state, over.points, over.detail["over"]) == ("wrong", 0, 1)
    explained = kinds.kind("portfolio").explain(TIGHT.told("uk"), exercises.key(TIGHT), over, BEST)
    assert "607" in explained.lines[0].text and "300" in explained.lines[0].text


def test_years_may_differ():
    milked = {"A": "44445 44445 34434", "B": "33344", "C": "12222 12222 11222", "D": "33344"}
    assert score(milked).state == "right"
    assert score({**BEST, "A": "44445 44445"}).reason == "levels"


@pytest.mark.parametrize(
    "answer, reason",
    [
        ({"A": "44445"}, "levels"),
        ({**BEST, "A": "44440"}, "levels"),
        ({**BEST, "A": "4444५"}, "levels"),
        ({**BEST, "E": "11111"}, "unknown-option"),
        ({**BEST, "A": 44445}, "wrong-type"),
        ({**BEST, "A": ["44445"]}, "wrong-type"),
        (list(BEST), "wrong-type"),
        ("44445", "wrong-type"),
        (4, "wrong-type"),
    ],
)
def test_what_is_no_plan(answer, reason):
    assert score(answer).reason == reason
    assert FREE.kind.readable(RAW, answer).state == "invalid"


def test_a_forecast_alone_is_no_attempt_and_strange_forecasts_cost_nothing():
    assert score({"forecast": "25"}).state == "unattempted"
    for forecast in ("", "багато", "1e999", "9" * 60, "25,5", "x" * 5000):
        plan = {**BEST, "forecast": forecast, "beside": "44445/1/2/3"}
        assert score(plan).state == "right"
        assert state(plan)["pictures"]


def test_practice_asks_for_a_forecast_first(tmp_path):
    lesson = Lesson.__new__(Lesson)
    chapter = exercises.Chapter(tmp_path, 14, "own", PAIR, 1, {}, {"plan": FREE})
    lesson._open(Record(chapter, tmp_path), "uk")
    asked = lesson._act(FREE, {"act": "check", "answer": BEST})
    assert "прогноз" in asked["error"] and asked["calm"] and asked["answer"] == BEST
    assert lesson.record.of("plan").attempts == 0 and "pictures" not in asked
    told = lesson._act(FREE, {"act": "check", "answer": {**BEST, "forecast": "25 млн"}})
    assert told["status"] == "right" and told["pictures"]
    again = Lesson.__new__(Lesson)
    again._open(Record(chapter, tmp_path), "ru")
    kept = again._state(FREE)
    assert kept["answer"] == {**BEST, "forecast": "25 млн"} and kept["pictures"]


@pytest.mark.parametrize("lang", LANGS)
def test_before_the_solution_nothing_tells_the_best(lang):
    open_state = state(PRESETS["matrix"], lang)
    shown = json.dumps(open_state, ensure_ascii=False)
    best = Game.of({}, None).best.value
    assert number(best / 1000, lang, 1) not in shown.replace("\\u00a0", "\u00a0")
    solved = state(PRESETS["matrix"], lang, shown=True)
    assert len(solved["pictures"]) == len(open_state["pictures"]) + 2
    assert number(best / 1000, lang, 1) in json.dumps(solved, ensure_ascii=False)


def test_the_dearest_decision_is_named_without_its_cure():
    [_, line] = state(PRESETS["matrix"])["feedback"]
    assert "D, " in line["text"] and "пробні угоди" in line["text"]


@pytest.mark.parametrize("lang", LANGS)
def test_a_graded_card_shows_what_a_plan_brings_and_nothing_it_misses(lang):
    public = Exercise("own", {name: RAW[name] for name in ("id", "kind", "prompt", "points")})
    kept = Kept(answer=PRESETS["matrix"], attempts=1)
    shown = card.graded(public, kept, lang)
    own = state(PRESETS["matrix"], lang)["pictures"]
    assert shown["pictures"] == own and shown["facts"]
    assert not any(word in json.dumps(shown, ensure_ascii=False) for word in SECRET)
    assert card.graded(public, Kept(), lang).get("pictures") is None


def test_another_firm_has_another_optimum_and_its_own_facts():
    both = [{"margin_A": 0.85, "age_C": -1}, {"margin_A": 1.15, "age_C": 1}]
    first, second = (exercises.key(DRAWN, values) for values in both)
    assert first["value"] < second["value"] and first["numbers"] == both[0]
    live = [DRAWN.kind.live(DRAWN.told("uk", values), None) for values in both]
    assert live[0]["facts"]["A"] != live[1]["facts"]["A"]
    assert live[0]["starts"]["C"] != live[1]["starts"]["C"]
    assert json.loads(json.dumps(first)) == first


def test_before_a_student_is_known_nobodys_numbers_are_shown():
    assert "facts" not in card.graded(DRAWN, Kept(), "uk", {}, None, "Спершу назвіть себе.")


@pytest.mark.parametrize(
    "field, value, said",
    [
        ("hours", 0, "above 0"),
        ("hours", "багато", "hours = 300"),
        ("parameters", {"margin_E": {"values": [1]}}, "changes nothing"),
        ("parameters", {"price_A": {"values": [1]}}, "changes nothing"),
        ("parameters", {"margin_A": {"values": [0.1, 1]}}, "0.5 to 2"),
        ("parameters", {"age_A": {"values": [0.5, 1]}}, "-1, 0 and 1"),
        ("parameters", {"fit_A": {"from": -0.05, "to": 0.5, "step": 0.05}}, "-0.1 to 0.1"),
        ("parameters", {"fit_A": {"values": [0.05]}}, "fewer than two draws"),
        ("parameters", {"fit_A": 3}, "[exercise.parameters]"),
        ("parameters", {"fit_A": {"steps": 3}}, "write {from"),
    ],
)
def test_faults_of_an_author_are_named(tmp_path, field, value, said):
    entry = RAW | {field: value}
    checker = checks._Checker(tmp_path / "exercises.toml")
    checker.lesson, checker.own, checker.outcomes, checker.topics, checker.page = (
        {}, True, set(), set(), None,
    )  # fmt: skip
    checker.exercise(entry)
    assert any(said in fault.message for fault in checker.faults), checker.faults


def test_a_sound_entry_has_no_faults(tmp_path):
    checker = checks._Checker(tmp_path / "exercises.toml")
    checker.lesson, checker.own, checker.outcomes, checker.topics, checker.page = (
        {}, True, set(), set(), None,
    )  # fmt: skip
    for exercise in (FREE, TIGHT, DRAWN):
        checker.exercise(exercise.raw)
    assert not checker.faults
