"""The schedule of repetition: a pure function of the journal's lines, whatever happens to them."""

import json
import random
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course import exercises, mastery, review
from course.exercises import chapters
from course.record import Record, Try

SLUG = "value-plan"
NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
MARKED = [entry for entry in chapters()[SLUG].exercises.values() if review.again(entry)]
ONCE = next(entry for entry in MARKED if entry.kind.name == "choice")
RIGHT = exercises.key(ONCE)["right"]
WRONG = next(option["id"] for option in ONCE["option"] if not option.get("right"))


def at(days, hours=0.0):
    return (NOW - timedelta(days=days, hours=hours)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def line(time, event, answer=None, name=ONCE.id, lang="uk", draw=1):
    said = {"v": 1, "t": time, "x": name, "e": event, "lang": lang, "n": draw}
    return json.dumps(said | ({} if answer is None else {"a": answer}))


def record(folder, lines, torn=""):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{SLUG}.jsonl").write_text("".join(f"{each}\n" for each in lines) + torn, "utf-8")
    (folder / "learner.jsonl").write_text('{"seed":"00112233445566778899aabbccddeeff"}\n')
    return Record(chapters()[SLUG], folder)


def plan(folder, lines, torn="", now=NOW):
    """What is known of each exercise, by its id."""
    return {
        item.exercise.id: item.memory for item in review.items([record(folder, lines, torn)], now)
    }


def ratings(folder, *lines):
    return [rated for _, rated in review.ratings(record(folder, lines).tries(ONCE), NOW)]


# --- ratings ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("steps", "rated"),
    [
        ([("answer", RIGHT)], review.GOOD),
        ([("hint", 0), ("answer", RIGHT)], review.HARD),
        ([("shown", None), ("answer", RIGHT)], review.HARD),
        ([("hint", 0), ("reset", None), ("answer", RIGHT)], review.GOOD),
        ([("answer", WRONG)], review.AGAIN),
        ([("answer", WRONG), ("hint", 0), ("answer", RIGHT)], review.AGAIN),
        ([("draft", WRONG), ("answer", RIGHT), ("answer", WRONG)], review.GOOD),
    ],
)
def test_a_sitting_is_rated_by_its_first_answer_and_the_help_it_had(tmp_path, steps, rated):
    lines = [line(at(1, -n / 60), event, answer) for n, (event, answer) in enumerate(steps)]
    assert ratings(tmp_path, *lines) == [rated]


def test_half_right_is_hard_and_less_is_again():
    halves = [Try(at(1), share) for share in (0.0, 0.49, 0.5, 0.99, 1.0)]
    assert [review.rating(each) for each in halves] == [1, 1, 2, 2, 3]
    assert review.rating(Try(at(1), 0.9, helped=True)) == review.AGAIN


def test_after_half_a_day_an_answer_is_a_new_proof(tmp_path):
    lines = [line(at(5), "answer", WRONG), line(at(5, -11.9), "answer", RIGHT)]
    assert ratings(tmp_path, *lines) == [review.AGAIN]
    assert ratings(tmp_path, *lines, line(at(5, -12), "answer", RIGHT)) == [1, 3]


def test_what_cannot_be_read_is_no_proof(tmp_path):
    assert ratings(tmp_path, line(at(3), "answer", "nobody"), line(at(2), "answer", None)) == []


# --- the plan that FSRS makes of it ---------------------------------------------------------------------------------
def test_the_plan_is_that_of_fsrs_with_its_published_parameters():
    day, days = datetime(2026, 1, 1, 8, tzinfo=UTC), []
    rated = ((day, review.GOOD),)
    for _ in range(4):
        known = review.memory(rated)
        days.append((known.due - known.last).days)
        rated += ((known.due, review.GOOD),)
    assert days == [2, 11, 46, 163]
    forgot = review.memory(((day, review.AGAIN),))
    assert (forgot.due - day).days == 1 and forgot.stability == 0.212
    assert review.memory(((day, review.GOOD),)).recall(day + timedelta(days=2)) == pytest.approx(
        (1 + (0.9 ** (-1 / 0.1542) - 1) * 2 / 2.3065) ** -0.1542
    )


def test_nothing_is_left_to_chance():
    day = datetime(2026, 1, 1, 8, tzinfo=UTC)
    rated = tuple((day + timedelta(days=20 * n), review.GOOD) for n in range(4))
    plans = set()
    for seed in range(20):
        random.seed(seed)
        review.memory.cache_clear()
        plans.add(review.memory(rated))
    assert len(plans) == 1


# --- pure -----------------------------------------------------------------------------------------------------------
moments = st.integers(0, 90 * 24 * 3600).map(
    lambda seconds: (NOW - timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
)
events = st.one_of(
    st.tuples(moments, st.just("answer"), st.sampled_from([RIGHT, WRONG, "nobody"])),
    st.tuples(moments, st.just("hint"), st.just(0)),
    st.tuples(moments, st.sampled_from(["shown", "reset"]), st.none()),
)


@given(st.lists(events, max_size=12), st.randoms(use_true_random=False))
def test_the_order_of_the_lines_is_no_matter(tmp_path_factory, steps, chance):
    """Two kernels write in turn, a clock goes backwards, two folders are joined."""
    folder = tmp_path_factory.mktemp("journal")
    lines = [line(*step) for step in steps]
    mixed = chance.sample(lines, len(lines))
    assert plan(folder, lines) == plan(folder / "mixed", mixed)


@given(st.lists(events, max_size=8), st.integers(0, 400))
def test_reading_again_torn_lines_and_lines_twice_change_nothing(tmp_path_factory, steps, cut):
    folder = tmp_path_factory.mktemp("journal")
    lines = [line(*step) for step in steps]
    kept = plan(folder, lines)
    torn = line(at(1), "answer", RIGHT)
    torn = torn[: cut % len(torn)]  # never whole
    assert plan(folder / "torn", lines, torn) == kept
    assert plan(folder / "twice", [*lines, *lines, "{}", "no json"]) == kept
    assert plan(folder / "again", lines) == kept


@given(st.lists(events, max_size=8), st.booleans())
def test_the_language_and_the_page_are_no_matter(tmp_path_factory, steps, other):
    folder = tmp_path_factory.mktemp("journal")
    both = [line(*step, lang="ru" if other or n % 2 else "uk") for n, step in enumerate(steps)]
    assert plan(folder, [line(*step) for step in steps]) == plan(folder / "ru", both)


@given(st.lists(events, max_size=10), st.floats(0, 400))
def test_a_record_that_grew_knows_what_a_new_one_knows(tmp_path_factory, steps, later):
    folder = tmp_path_factory.mktemp("journal")
    grown = record(folder, [])
    for step in steps:
        with open(folder / f"{SLUG}.jsonl", "a", encoding="utf-8") as file:
            file.write(line(*step) + "\n")
        grown.refresh()
        review.items([grown], NOW)
    now = NOW + timedelta(days=later)
    lines = (folder / f"{SLUG}.jsonl").read_text("utf-8").splitlines()
    known = {item.exercise.id: item.memory for item in review.items([grown], now)}
    assert known == plan(folder / "new", lines, now=now)


@given(st.lists(events, max_size=10), st.sampled_from([RIGHT, WRONG]))
def test_what_is_due_and_answered_now_is_not_due_any_more(tmp_path_factory, steps, answer):
    folder = tmp_path_factory.mktemp("journal")
    lines = [line(*step) for step in steps]
    items = review.items([record(folder, lines)], NOW)
    if any(item.due(NOW) for item in items):
        (after,) = review.items([record(folder, [*lines, line(at(0), "answer", answer)])], NOW)
        assert not after.due(NOW)
        assert after.due(NOW + timedelta(days=40_000)), "and it comes back one day"


@given(st.lists(events, max_size=10), st.floats(0, 1000))
def test_recall_is_a_chance_that_falls(tmp_path_factory, steps, days):
    folder = tmp_path_factory.mktemp("journal")
    for item in review.items([record(folder, [line(*step) for step in steps])], NOW):
        soon, late = item.recall(NOW), item.recall(NOW + timedelta(days=days))
        assert 0 <= late <= soon <= 1


# --- clocks ----------------------------------------------------------------------------------------------------------
def test_an_answer_of_the_future_counts_when_its_time_has_come(tmp_path):
    wrong_clock = line("2031-01-01T00:00:00.000Z", "answer", RIGHT)
    assert plan(tmp_path, [wrong_clock]) == {ONCE.id: None}
    (item,) = review.items([record(tmp_path, [wrong_clock])], NOW)
    assert item.due(NOW) and item.recall(NOW) == 0
    lines = [wrong_clock, line(at(0), "answer", RIGHT)]
    assert plan(tmp_path, lines)[ONCE.id].last == NOW
    late = datetime(2031, 1, 2, tzinfo=UTC)
    assert plan(tmp_path, lines, now=late)[ONCE.id].last.year == 2031


@pytest.mark.parametrize("time", ["2026-02-30T10:00:00.000Z", "2026-13-01T10:00:00.000Z",
                                  "2026-11-01T25:00:00.000Z", "0000-01-01T00:00:00.000Z"])  # fmt: skip
def test_a_day_that_there_is_not_is_not_planned_by(tmp_path, time):
    known = record(tmp_path, [line(time, "answer", RIGHT), line(at(1), "answer", RIGHT)])
    assert len(known.tries(ONCE)) == 2
    assert review.ratings(known.tries(ONCE), NOW) == ((datetime.fromisoformat(at(1)), review.GOOD),)


def test_days_are_those_of_utc(tmp_path):
    (item,) = review.items(
        [record(tmp_path, [line("2026-11-20T20:00:00.000Z", "answer", RIGHT)])], NOW
    )
    before, after = (datetime(2026, 11, 21, 23, 59, tzinfo=UTC), datetime(2026, 11, 22, tzinfo=UTC))
    assert not item.due(before) and item.due(after)
    (item,) = review.items(
        [record(tmp_path, [line("2026-11-20T23:00:00.000Z", "answer", WRONG)])], NOW
    )
    assert not item.due(datetime(2026, 11, 21, 1, tzinfo=UTC)), "the sitting is not over"
    assert item.due(datetime(2026, 11, 21, 11, tzinfo=UTC))


# --- lists -----------------------------------------------------------------------------------------------------------
def test_what_is_due_is_counted_by_lesson_and_by_concept(tmp_path):
    other = next(entry for entry in MARKED if entry.kind.name == "choice" and entry is not ONCE)
    lines = [line(at(9), "answer", WRONG), line(at(9), "answer", "nobody", name=other.id)]
    lines.append(line(at(8), "answer", exercises.key(other)["right"], name=other.id))
    due = [item for item in review.items([record(tmp_path, lines)], NOW) if item.due(NOW)]
    assert [(found.chapter.slug, count) for found, count in review.by_lesson(due)] == [(SLUG, 2)]
    counts = dict(review.by_concept(due))
    trained = [*ONCE["covers"], *other["covers"]]
    assert counts == {name: trained.count(name) for name in trained}


def test_the_next_day_with_something_due_is_told(tmp_path):
    other = next(entry for entry in MARKED if entry.kind.name == "choice" and entry is not ONCE)
    lines = [
        line(at(0.1), "answer", WRONG),
        line(at(0.1), "answer", exercises.key(other)["right"], name=other.id),
    ]
    items = review.items([record(tmp_path, lines)], NOW)
    assert review.following(items, NOW) == (NOW.date() + timedelta(days=1), 1)
    assert review.following([], NOW) is None


@pytest.mark.parametrize(("cards", "minutes"), [(0, 0), (1, 2), (2, 3), (4, 6), (25, 38)])
def test_a_card_takes_a_minute_and_a_half(cards, minutes):
    assert review.minutes(cards) == minutes


# --- mastery ----------------------------------------------------------------------------------------------------------
def test_mastery_is_the_best_result_as_far_as_it_is_remembered(tmp_path):
    known = record(tmp_path, [line(at(30), "answer", RIGHT), line(at(2), "answer", WRONG)])
    (item,) = review.items([known], NOW)
    assert mastery.of(known, ONCE, NOW) == item.recall(NOW) < 1
    assert mastery.of(record(tmp_path, [line(at(0), "answer", RIGHT)]), ONCE, NOW) == 1
    assert mastery.of(record(tmp_path, []), ONCE, NOW) == 0


def test_what_was_not_done_is_nothing_and_what_nobody_marks_is_left_out(tmp_path):
    known = record(tmp_path, [line(at(0), "answer", RIGHT)])
    every = [(known, entry) for entry in chapters()[SLUG].exercises.values()]
    marked = [pair for pair in every if not pair[1].kind.by_person]
    assert mastery.mean(every, NOW) == pytest.approx(1 / len(marked))
    written = [pair for pair in every if pair[1].kind.by_person]
    assert written and mastery.mean(written, NOW) is None


def test_a_concept_counts_all_that_trains_it_once_it_was_met(tmp_path):
    known = record(tmp_path, [line(at(0), "answer", RIGHT)])
    met = mastery.concepts([known])
    assert set(met) == set(ONCE["covers"])
    for concept, pairs in met.items():
        training = [entry for entry in chapters()[SLUG].exercises.values()
                    if concept in entry["covers"] and not entry.kind.by_person]  # fmt: skip
        assert [entry for _, entry in pairs] == training
        assert mastery.mean(pairs, NOW) == pytest.approx(1 / len(training))


# --- what it costs ----------------------------------------------------------------------------------------------------
def test_fsrs_is_loaded_when_something_was_answered_and_not_before(tmp_path):
    code = """
import os, sys
os.environ["COURSE_ANSWERS"] = sys.argv[1]
import course
lesson = course.lesson("start", "uk")
lesson.today(), lesson.review(), lesson.progress()
print("fsrs" in sys.modules)
card = lesson.exercise("first-call")
card._receive(card, {"act": "check", "answer": [o["id"] for o in lesson.chapter.exercises["first-call"]["option"]][0]}, [])
print("fsrs" in sys.modules)"""
    root = Path(__file__).parent.parent
    told = subprocess.run([sys.executable, "-c", code, str(tmp_path / "answers")], cwd=root,
                          capture_output=True, text=True, check=True)  # fmt: skip
    assert told.stdout.split() == ["False", "True"]
