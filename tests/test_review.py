"""Exercises of earlier lessons asked again: which, empty, kept in their own lesson, for a sitting."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from course import review
from course.exercises import chapters, concepts
from course.lessons import Lesson, Page
from course.record import Record
from course.texts import LANGS, text
from tests.test_progress import click, right

EARLIER = "value-plan"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_ANSWERS", str(tmp_path / "answers"))
    return tmp_path / "answers"


def marked(lesson):
    """The exercises of a lesson that can be asked again."""
    every = lesson.chapter.exercises.values()
    return [entry for entry in every if not (entry.kind.by_person or entry.kind.computed)]


def shift(folder, slug, name, days):
    """Let everything that was done with one exercise have happened earlier."""
    path = folder / f"{slug}.jsonl"
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    for line in lines:
        if line.get("x") == name:
            time = datetime.fromisoformat(line["t"]) - timedelta(days=days)
            line["t"] = time.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")


def ids(cards):
    return [view.spec["id"].split(":")[2] for view in cards.views]


def send(view, act, answer=None):
    view._receive(view, {"act": act, "answer": answer, "about": view.state["about"]}, [])
    return view.state


def wrong(exercise):
    """A whole answer that is not right."""
    options = [option["id"] for option in exercise["option"] if not option.get("right")]
    return options[0]


@pytest.mark.parametrize("lang", LANGS)
def test_without_answers_a_sentence_says_what_will_be_here(folder, lang):
    page = Lesson("levels", lang).review()
    assert isinstance(page, Page) and page.plain == text("review.none", lang)
    assert not list(folder.glob("*.jsonl"))


def asked(folder, slug=EARLIER, limit=100):
    """What is asked first of one lesson, read anew from the disk."""
    now = datetime.now(UTC)
    items = review.items([Record(chapters()[slug], folder)], now)
    return [item.exercise.id for item in review.first(items, limit)]


def test_first_comes_what_has_been_due_the_longest_then_what_soon_will_be(folder):
    earlier = Lesson(EARLIER, "uk")
    choices = [entry for entry in marked(earlier) if entry.kind.name == "choice"]
    passed = [entry for entry in marked(earlier) if entry not in choices[:2]][:4]
    for entry in passed:
        click(earlier, entry)
    for entry in choices[:2]:
        click(earlier, entry, wrong(entry))
    for days, entry in enumerate(passed, 1):
        shift(folder, EARLIER, entry.id, days)
    failed, today = choices[:2]
    shift(folder, EARLIER, failed.id, 1.5)
    due = [passed[3].id, passed[2].id, failed.id, passed[1].id]
    assert asked(folder) == [*due, passed[0].id, today.id]
    assert ids(Lesson("levels", "ru").review()) == due[: review.CARDS]


def test_of_what_was_answered_today_what_was_wrong_comes_first(folder):
    earlier = Lesson(EARLIER, "uk")
    choices = [entry for entry in marked(earlier) if entry.kind.name == "choice"]
    click(earlier, choices[0])
    click(earlier, choices[1], wrong(choices[1]))
    assert asked(folder) == [choices[1].id, choices[0].id]


def test_what_a_person_reads_and_what_code_computes_is_not_asked_again(folder):
    earlier = Lesson(EARLIER, "uk")
    for entry in earlier.chapter.exercises.values():
        click(earlier, entry)
    assert set(asked(folder)) == {entry.id for entry in marked(earlier)}


def test_a_card_is_empty_and_its_answer_is_kept_in_its_own_lesson(folder):
    earlier = Lesson(EARLIER, "uk")
    for entry in marked(earlier)[:3]:
        click(earlier, entry)
    before = (folder / f"{EARLIER}.jsonl").read_text("utf-8")
    lesson = Lesson("levels", "uk")
    cards = lesson.review()
    for view in cards.views:
        state = view.state
        assert state["answer"] is None and not state["feedback"] and state["status"] == "untouched"
        assert earlier.title in view.spec["meta"]
    assert (folder / f"{EARLIER}.jsonl").read_text("utf-8") == before, "shown is not answered"
    assert not (folder / "levels.jsonl").exists()

    view, name = cards.views[0], ids(cards)[0]
    exercise = earlier.chapter.exercises[name]
    drawn = Record(chapters()[EARLIER], folder)
    answer = right(exercise, drawn)
    if exercise.drawn:
        answer = str(drawn.key(exercise, 2)["value"])
    state = send(view, "check", answer)
    assert state["status"] == "right" and state["answer"] == answer
    after = Record(chapters()[EARLIER], folder)
    assert after.of(name).attempts == 1 and after.of(name).draw == 2
    # The same sitting: the same cards, this one with its answer, in the other language too.
    again = Lesson("levels", "ru").review()
    assert ids(again) == ids(cards)
    assert [view.state["status"] for view in again.views] == ["right", "untouched", "untouched"]


def test_a_worse_answer_here_takes_nothing_away(folder):
    earlier = Lesson(EARLIER, "uk")
    exercise = next(entry for entry in marked(earlier) if entry.kind.name == "choice")
    click(earlier, exercise)
    (view,) = Lesson("levels", "uk").review().views
    assert send(view, "check", wrong(exercise))["status"] == "wrong"
    assert Record(chapters()[EARLIER], folder).result(exercise).fraction == 1


def test_an_empty_answer_puts_nothing_away(folder):
    earlier = Lesson(EARLIER, "uk")
    exercise = next(entry for entry in marked(earlier) if entry.kind.name == "choice")
    click(earlier, exercise)
    (view,) = Lesson("levels", "uk").review().views
    before = (folder / f"{EARLIER}.jsonl").read_text("utf-8")
    for act, answer in (("check", None), ("check", []), ("draft", None), ("reset", None)):
        state = send(view, act, answer)
        assert state["status"] == "untouched"
    assert send(view, "check", [])["error"] == text("card.empty", "uk")
    for answer in ({"a": 1}, "x" * 60_000, float("nan"), ["nobody"]):
        send(view, "check", answer)
    assert (folder / f"{EARLIER}.jsonl").read_text("utf-8") == before


def test_after_half_a_day_a_new_sitting_begins(folder):
    earlier = Lesson(EARLIER, "uk")
    exercises = [entry for entry in marked(earlier) if entry.kind.name == "choice"]
    click(earlier, exercises[0])
    (view,) = Lesson("levels", "uk").review().views
    send(view, "check", right(exercises[0], earlier.record))
    click(earlier, exercises[1], wrong(exercises[1]))
    assert ids(Lesson("levels", "uk").review()) == [exercises[0].id], "the set of this sitting"
    shift(folder, "levels", "review", 1)
    shift(folder, EARLIER, exercises[0].id, 1)
    cards = Lesson("levels", "uk").review()
    assert set(ids(cards)) == {exercises[1].id, exercises[0].id}
    assert {view.state["status"] for view in cards.views} == {"untouched"}


@pytest.mark.parametrize(
    "kept", [{}, {"cards": 3}, {"cards": ["x"]}, {"cards": ["value-plan/nobody", None]}]
)
def test_a_damaged_set_is_chosen_anew(folder, kept):
    earlier, lesson = Lesson(EARLIER, "uk"), Lesson("levels", "uk")
    exercise = next(entry for entry in marked(earlier) if entry.kind.name == "choice")
    click(earlier, exercise)
    lesson.record.journal.append("review", "set", kept, lang="uk")
    (view,) = lesson.review().views
    assert view.spec["id"].endswith(exercise.id)


def test_what_cannot_be_written_stays_on_the_card(folder, monkeypatch):
    from course.answers import Journal, JournalError

    earlier = Lesson(EARLIER, "uk")
    exercise = next(entry for entry in marked(earlier) if entry.kind.name == "choice")
    click(earlier, exercise)
    (view,) = Lesson("levels", "uk").review().views
    answer, append = right(exercise, earlier.record), Journal.append

    def full(journal, name, event, *rest, **named):
        raise JournalError("full", str(folder))

    monkeypatch.setattr(Journal, "append", full)
    state = send(view, "check", answer)
    assert state["answer"] == answer and state["error"] and state["can_check"]
    monkeypatch.setattr(Journal, "append", append)
    assert send(view, "check", answer)["status"] == "right"


def test_an_exercise_with_numbers_comes_with_other_numbers(folder):
    earlier = Lesson(EARLIER, "uk")
    exercise = next(entry for entry in marked(earlier) if entry.drawn)
    before = click(earlier, exercise).state
    (view,) = Lesson("levels", "uk").review().views
    fresh = view.state
    assert fresh["prompt"] != before["prompt"] and fresh["about"] != before["about"]
    key = Record(chapters()[EARLIER], folder).key(exercise, 2)
    state = send(view, "check", str(key["value"]))
    assert (state["status"], state["prompt"]) == ("right", fresh["prompt"])


def test_only_earlier_lessons_are_asked(folder):
    later = Lesson("audit", "uk")
    click(later, marked(later)[0])
    assert isinstance(Lesson("levels", "uk").review(), Page)


def test_the_time_of_a_sitting_is_that_of_its_first_answer(folder):
    earlier = Lesson(EARLIER, "uk")
    for entry in marked(earlier)[:2]:
        click(earlier, entry)
    cards = Lesson("levels", "uk").review()
    for view in cards.views:
        name = view.spec["id"].split(":")[2]
        exercise = earlier.chapter.exercises[name]
        number = Record(chapters()[EARLIER], folder).of(name).draw + 1
        key = Record(chapters()[EARLIER], folder).key(exercise, number)
        send(
            view, "check", str(key["value"]) if exercise.drawn else right(exercise, earlier.record)
        )
    lines = (folder / "levels.jsonl").read_text("utf-8").splitlines()
    assert len(lines) == 1 and json.loads(lines[0])["t"] <= datetime.now(UTC).isoformat()


# --- hints ----------------------------------------------------------------------------------------------------------
def test_a_hint_opens_though_the_exercise_was_right_long_ago(folder):
    """The button that a fresh card shows does what it says, and costs a shorter way to next time."""
    earlier = Lesson(EARLIER, "uk")
    exercise = next(
        entry for entry in marked(earlier) if entry.kind.name == "choice" and entry.get("hint")
    )
    click(earlier, exercise)
    shift(folder, EARLIER, exercise.id, 9)
    (view,) = Lesson("levels", "uk").review().views
    assert view.state["can_hint"]
    state = send(view, "hint")
    assert exercise["hint"][0]["uk"] in [part["text"] for part in state["feedback"]]
    assert send(view, "check", right(exercise, earlier.record))["status"] == "right"
    tries = Record(chapters()[EARLIER], folder).tries(exercise)
    assert [review.rating(each) for each in tries] == [review.GOOD, review.HARD]


def test_wrong_here_is_wrong_here_and_leads_on(folder):
    earlier = Lesson(EARLIER, "uk")
    exercise = next(entry for entry in marked(earlier) if entry.kind.name == "choice")
    click(earlier, exercise)
    (view,) = Lesson("levels", "uk").review().views
    options = [option["id"] for option in exercise["option"] if not option.get("right")]
    for name in [*options, *options][:3]:
        state = send(view, "check", name)
    assert state["can_solve"] and state["can_reset"] and not state["can_check"]
    assert Record(chapters()[EARLIER], folder).result(exercise).fraction == 1


# --- the start page -------------------------------------------------------------------------------------------------
def portion(lang="uk"):
    """What the start page asks now: what it says above, and the cards."""
    agenda, *cards = Lesson("start", lang).review().views
    return agenda.state, cards


@pytest.mark.parametrize("lang", LANGS)
def test_the_start_page_without_answers_says_what_will_be_here(folder, lang):
    state, cards = portion(lang)
    assert state["sentence"] == text("review.nothing", lang) and not cards and not state["rows"]


def test_the_start_page_asks_only_what_is_due(folder):
    earlier = Lesson(EARLIER, "uk")
    choices = [entry for entry in marked(earlier) if entry.kind.name == "choice"]
    for entry in choices[:2]:
        click(earlier, entry)
    state, cards = portion()
    day = (datetime.now(UTC) + timedelta(days=2)).strftime("%d.%m")
    assert state["sentence"] == text("progress.rested", "uk", day=day, n=2) and not cards
    shift(folder, EARLIER, choices[0].id, 3)
    state, (card,) = portion()
    assert state["sentence"] == text("progress.today", "uk", n=1, minutes=2)
    assert card.spec["id"] == f"review:{EARLIER}:{choices[0].id}"
    assert [row["title"] for row in state["rows"]] == [earlier.chapter.heading("uk")]
    terms = {row["title"] for row in state["concepts"]}
    assert terms == {concepts()[name]["uk"] for name in choices[0]["covers"]}


def test_the_start_page_asks_its_own_exercises_too(folder):
    start = Lesson("start", "uk")
    click(start, start.chapter.exercises["first-call"])
    shift(folder, "start", "first-call", 3)
    _, (card,) = portion()
    assert card.spec["meta"].startswith(start.title) and "0" not in card.spec["meta"]


def test_portion_after_portion_until_nothing_is_due(folder):
    """Run again, the cell brings the next cards; in the middle of a portion it keeps them."""
    earlier = Lesson(EARLIER, "uk")
    wanted = [entry for entry in marked(earlier) if not entry.drawn][:6]
    assert len(wanted) == 6
    for entry in wanted:
        click(earlier, entry)
        shift(folder, EARLIER, entry.id, 5)
    page, asked = Lesson("start", "uk"), []
    for left in (6, 2):
        agenda, *cards = page.review().views
        assert agenda.state["sentence"] == text(
            "progress.today", "uk", n=left, minutes=review.minutes(left)
        )
        assert bool(agenda.state["note"]) == (left > review.CARDS)
        for place, view in enumerate(cards):
            assert view.state["status"] == "untouched"
            again = page.review().views[1:]
            assert [each.spec["id"] for each in again] == [each.spec["id"] for each in cards]
            name = view.spec["id"].split(":")[2]
            assert (
                send(view, "check", right(earlier.chapter.exercises[name], earlier.record))[
                    "status"
                ]
                == "right"
            )
            asked.append(name)
            assert agenda.state != {} and len(cards) > place
    assert sorted(asked) == sorted(entry.id for entry in wanted)
    agenda, *cards = page.review().views
    assert "завтра" not in agenda.state["sentence"] and not agenda.state["rows"]
    assert [each.state["status"] for each in cards] == ["right", "right"], "the last portion stays"


def test_the_strip_on_top_follows_what_is_repeated(folder):
    earlier = Lesson(EARLIER, "uk")
    exercise = next(entry for entry in marked(earlier) if entry.kind.name == "choice")
    click(earlier, exercise)
    shift(folder, EARLIER, exercise.id, 5)
    lesson = Lesson("levels", "ru")
    top, (view,) = lesson.today(), lesson.review().views
    assert top.state["today"]["text"] == text("progress.today", "ru", n=1, minutes=2)
    assert top.state["today"]["exercise"] == view.spec["id"]
    assert top.state["today"]["href"] == chapters()["start"].notebook
    send(view, "check", right(exercise, earlier.record))
    assert (
        top.state["today"]["href"] == ""
        and text("progress.rested", "ru", day="", n=1)[:30] in top.state["today"]["text"]
    )


def test_a_kernel_that_lives_for_days_keeps_each_days_cards_apart(folder):
    """The cards of an earlier day are not written down as today's."""
    earlier = Lesson(EARLIER, "uk")
    choices = [entry for entry in marked(earlier) if entry.kind.name == "choice"]
    click(earlier, choices[0])
    lesson = Lesson("levels", "uk")
    (view,) = lesson.review().views
    send(view, "check", right(choices[0], earlier.record))
    click(earlier, choices[1])
    for slug, name in (("levels", "review"), (EARLIER, choices[0].id), (EARLIER, choices[1].id)):
        shift(folder, slug, name, 20)
    cards = lesson.review().views
    assert len(cards) == 2 and view in cards
    send(view, "check", right(choices[0], earlier.record))
    assert len(lesson._sitting()[1]) == 2
