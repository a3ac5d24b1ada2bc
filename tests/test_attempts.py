"""What a learner may do and what counts: attempts, hints, the solution, a fresh start, drafts, the best result, dues.

Everything is asked of a small lesson of its own, as the browser asks it: a message in, a state out. Nothing here
knows where the rules live.
"""

import json
from datetime import UTC, datetime, timedelta

import pytest

import course
from course import exercises, paths
from course.texts import text

HEAD = """
[lesson]
number = 90
slug = "drill"
minutes = 5
title.uk = "Проба"
title.ru = "Проба"
[[outcome]]
id = 1
text.uk = "лічити"
text.ru = "считать"
"""
ENTRY = """
[[exercise]]
id = "{id}"
kind = "{kind}"
outcomes = [1]
prompt.uk = "{prompt}"
prompt.ru = "{prompt}"
right.uk = "Так."
right.ru = "Да."
wrong.uk = "Ні."
wrong.ru = "Нет."
solution.uk = "Ось розв’язання."
solution.ru = "Вот решение."
{more}
"""
PART = '[[exercise.{field}]]\nid = "{id}"\ntext.uk = "{id}"\ntext.ru = "{id}"\n{more}\n'
HINT = '[[exercise.hint]]\nuk = "{n}"\nru = "{n}"\n'


def entry(name, kind, more, parts=(), hints=0, prompt="Скільки?"):
    """One exercise of the lesson, as TOML."""
    lines = [ENTRY.format(id=name, kind=kind, more=more, prompt=prompt)]
    lines += [PART.format(field=field, id=id, more=more) for field, id, more in parts]
    return "".join(lines + [HINT.format(n=n) for n in range(1, hints + 1)])


WHY = 'why.uk = "Ні."\nwhy.ru = "Нет."'
OPTIONS = [
    ("option", "good", "right = true"),
    *(("option", bad, WHY) for bad in ("b", "c", "d", "e")),
]
SEVERAL = [
    ("option", "a", "right = true"),
    ("option", "b", "right = true"),
    ("option", "c", WHY),
    ("option", "d", WHY),
]
TILES = "".join(
    f'[[exercise.tile]]\nid = "{id}"\nicon = "box"\ntitle.uk = "{id}"\ntitle.ru = "{id}"\n'
    f'help.uk = "{id}"\nhelp.ru = "{id}"\n'
    for id in ("one", "two")
)
BANK = HEAD + "".join([
    entry("thrice", "choice", "points = 2", OPTIONS, hints=2),
    entry("once", "choice", "attempts = 1", OPTIONS),
    entry("twice", "choice", "attempts = 2", OPTIONS),
    entry("free", "choice", "attempts = 0", OPTIONS),
    entry("several", "multi", "points = 3", SEVERAL),
    entry("drawn", "numeric", 'digits = 0\nanswer = "2 * a"\nparameters.a = {from = 10, to = 99, step = 1}', hints=1,
          prompt="{a}"),
    entry("handed", "value", 'digits = 0\ntruth = "contact_best_total"'),
    entry("written", "text", "words = [1, 50]"),
    entry("tiled", "canvas", TILES),
])  # fmt: skip
OF, MARKED = 9, 7
WRONG = ["b", "c", "d", "e"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The folder of answers, with the drill for the only lesson."""
    (tmp_path / "lessons" / "90-drill").mkdir(parents=True)
    (tmp_path / "lessons" / "90-drill" / "exercises.toml").write_text(BANK, "utf-8")
    elsewhere = paths.shared
    monkeypatch.setattr(
        paths, "shared", lambda name: tmp_path / name if name == "lessons" else elsewhere(name)
    )
    monkeypatch.setenv("COURSE_ANSWERS", str(tmp_path / "answers"))
    (tmp_path / "answers").mkdir()
    # One seed for all runs: in one of ninety another draw would bring the same number again.
    (tmp_path / "answers" / "learner.jsonl").write_text('{"seed":"0123456789abcdef"}\n', "utf-8")
    for known in (exercises.chapter, exercises.chapters):
        known.cache_clear()
    yield tmp_path / "answers"
    for known in (exercises.chapter, exercises.chapters):
        known.cache_clear()


class Learner:
    """Somebody in a notebook with one lesson open; ``learner.check("thrice", "b")`` is a click on «Check»."""

    def __init__(self, lang="uk"):
        self.lang, self.lesson = lang, course.lesson("drill", lang)

    def look(self, name):
        return self.lesson.exercise(name).state

    def act(self, name, act, answer=None):
        view = self.lesson.exercise(name)
        view._receive(None, {"act": act, "answer": answer}, None)
        return view.state

    def check(self, name, *answers):
        for answer in answers:
            state = self.act(name, "check", answer)
        return state

    def hand_over(self, *values):
        for value in values:
            state = self.lesson.check("handed", value).state
        return state

    def hints(self, name):
        """How many hints are open."""
        leads = {text("card.hint_n", self.lang, n=n) + "." for n in (1, 2, 3)}
        return sum(part["lead"] in leads for part in self.look(name)["feedback"])

    def solved(self, name):
        """Whether the solution is on the card."""
        return any("розв’язання" in part["text"] for part in self.look(name)["feedback"])

    def last(self, name):
        """Whether the card says that this was the last attempt."""
        button = text("card.other_numbers" if name == "drawn" else "card.reset", self.lang)
        return text("say.last", self.lang, button=button) in [
            part["text"] for part in self.look(name)["feedback"]
        ]

    def number(self):
        """The right answer to the numbers that the drawn exercise shows now."""
        return str(2 * int(self.look("drawn")["prompt"]))

    def progress(self):
        """(done, right, missed or due) of the lesson."""
        state = self.lesson.progress().state
        said, due = state["sentence"], len(state["due"])
        fits = [
            (done, right, due + len(state["missed"]))
            for done in range(OF + 1)
            for right in range(done + 1)
            if said == text("progress.sentence", self.lang, done=done, of=OF, right=right, due=due)
        ]
        (counts,) = fits
        return counts

    def due(self):
        """Ids that the schedule asks again today."""
        return {entry["exercise"] for entry in self.lesson.progress().state["due"]}

    def missed(self):
        """Ids that were answered, never rightly, and are not asked again today."""
        return {entry["exercise"] for entry in self.lesson.progress().state["missed"]}


@pytest.fixture
def learner(folder):
    return Learner()


def cells(learner):
    """What stands in the one row of the strip."""
    (row,) = learner.lesson.progress().state["rows"]
    return [value for _, value in row["cells"]]


# --- attempts -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("name", "limit"), [("once", 1), ("twice", 2), ("thrice", 3)])
def test_wrong_answers_use_up_the_attempts_and_then_nothing_more_counts(learner, name, limit):
    for n in range(1, limit + 1):
        before = learner.look(name)
        assert before["can_check"] and before["left"] and not learner.last(name)
        state = learner.check(name, WRONG[n - 1])
        assert state["status"] == "wrong" and state["head"].endswith(
            text("state.attempt", "uk", n=n, of=limit)
        )
    assert not state["can_check"] and not state["left"] and learner.last(name)
    state = learner.check(name, "good")
    assert (state["status"], state["answer"]) == (
        "wrong",
        WRONG[limit - 1],
    ) and learner.progress() == (1, 0, 1)


def test_without_a_limit_every_answer_counts_and_none_is_the_last(learner):
    for answer in [*WRONG, *WRONG]:
        state = learner.check("free", answer)
        assert state["can_check"] and not learner.last("free")
        assert state["head"] == text("state.wrong", "uk"), (
            "no attempts are counted where none are limited"
        )
    assert learner.check("free", "good")["status"] == "right"


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_the_last_attempt_counts_when_it_is_right(learner, limit):
    name = {1: "once", 2: "twice", 3: "thrice"}[limit]
    state = learner.check(name, *WRONG[: limit - 1], "good")
    assert state["status"] == "right" and not learner.last(name) and learner.progress() == (1, 1, 0)


def test_the_same_answer_again_and_what_cannot_be_read_use_no_attempt(learner):
    learner.check("twice", "b", "b", "b")
    for nothing in ("no such option", None, "", ["b"]):
        state = learner.check("twice", nothing)
        assert state["error"] and state["can_check"], nothing
    assert learner.check("twice", "good")["status"] == "right"


def test_an_empty_check_says_so_and_keeps_nothing(learner):
    state = learner.check("thrice", None)
    assert state["error"] == text("card.empty", "uk") and state["status"] == "untouched"
    assert learner.progress() == (0, 0, 0) and not state["can_reset"]


def test_every_option_ticked_is_a_guess_and_uses_no_attempt(learner):
    state = learner.check("several", ["d", "a", "c", "b"])
    assert state["error"] == text("invalid.everything", "uk") and state["can_check"]
    assert not state["marks"] and learner.progress() == (0, 0, 0)
    assert learner.check("several", ["a", "c", "b"])["head"].endswith(
        text("state.attempt", "uk", n=1, of=3)
    )


def test_attempts_are_counted_on_after_a_restart_and_in_the_other_language(learner):
    learner.check("twice", "b")
    other = Learner("ru")
    assert other.look("twice")["head"].endswith(text("state.attempt", "ru", n=1, of=2))
    assert not other.check("twice", "c")["left"] and not learner.look("twice")["left"]


def test_a_value_from_code_has_as_many_attempts_as_it_needs(learner):
    for value in range(6):
        state = learner.hand_over(value)
        assert state["status"] == "wrong" and state["left"] and not learner.last("handed")
    assert learner.hand_over(2412.908)["status"] == "right"


def test_written_answers_are_saved_as_often_as_one_likes(learner):
    for n in range(6):
        state = learner.check("written", f"слово {n}")
        assert (state["status"], state["answer"]) == ("saved", f"слово {n}") and state["can_check"]
        state = learner.check("tiled", {"one": f"слово {n}"})
        assert (state["status"], state["answer"]) == ("saved", {"one": f"слово {n}"}) and state[
            "can_check"
        ]
    assert not learner.last("written") and not learner.last("tiled")


def test_a_button_of_a_browser_cannot_hand_over_a_value(learner):
    for act in ("check", "draft"):
        assert learner.act("handed", act, 434)["status"] == "untouched"


# --- hints ----------------------------------------------------------------------------------------------------------
def test_hints_open_one_by_one_and_use_no_attempt(learner):
    assert learner.look("thrice")["can_hint"] and learner.hints("thrice") == 0
    for open_, more in ((1, True), (2, False), (2, False)):
        state = learner.act("thrice", "hint")
        assert (
            learner.hints("thrice") == open_
            and state["can_hint"] == more
            and state["status"] == "untouched"
        )
    state = learner.check("thrice", "b")
    assert (
        state["head"].endswith(text("state.attempt", "uk", n=1, of=3))
        and learner.hints("thrice") == 2
    )


def test_there_is_no_hint_where_none_was_written(learner):
    assert not learner.look("once")["can_hint"]
    assert not learner.act("once", "hint")["feedback"]


def test_a_hint_can_be_had_after_the_last_attempt_but_not_after_success(learner):
    learner.check("thrice", "b", "c", "d")
    assert learner.look("thrice")["can_hint"]
    learner.act("thrice", "hint")
    assert learner.hints("thrice") == 1
    learner.act("thrice", "reset")
    assert learner.hints("thrice") == 0
    assert not learner.check("thrice", "good")["can_hint"]
    learner.act("thrice", "hint")
    assert learner.hints("thrice") == 0


# --- the solution ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("name", "after"), [("once", 1), ("twice", 2), ("thrice", 3), ("free", 3)])
def test_the_solution_opens_after_the_attempts_allowed_or_three(learner, name, after):
    for answer in WRONG[:after]:
        assert not learner.look(name)["can_solve"]
        learner.act(name, "solution")
        assert not learner.solved(name)
        learner.check(name, answer)
    assert learner.look(name)["can_solve"] and not learner.solved(name)
    state = learner.act(name, "solution")
    assert learner.solved(name) and (state["status"], state["can_solve"]) == ("shown", False)


def test_the_solution_of_a_value_opens_after_three(learner):
    for value in (1, 2):
        assert not learner.hand_over(value)["can_solve"]
    assert learner.hand_over(3)["can_solve"]
    learner.act("handed", "solution")
    assert learner.solved("handed")


@pytest.mark.parametrize("name", ["once", "thrice", "free"])
def test_the_solution_opens_at_once_after_success_and_changes_nothing(learner, name):
    assert learner.check(name, "good")["can_solve"]
    assert learner.act(name, "solution")["status"] == "right"
    assert learner.solved(name) and learner.progress() == (1, 1, 0)


def test_neither_hints_nor_drafts_open_the_solution(learner):
    for _ in range(3):
        learner.act("thrice", "hint")
        for answer in WRONG:
            learner.act("thrice", "draft", answer)
    assert not learner.look("thrice")["can_solve"]
    learner.act("thrice", "solution")
    assert not learner.solved("thrice")


WHOLE = [("written", "слово"), ("tiled", {"one": "слово", "two": "слово"})]


@pytest.mark.parametrize(("name", "answer"), WHOLE)
def test_a_sample_is_for_those_who_saved_an_answer_of_their_own(learner, name, answer):
    assert not learner.look(name)["can_solve"]
    assert not learner.act(name, "draft", answer)["can_solve"]
    learner.act(name, "solution")
    assert not learner.solved(name)
    assert learner.check(name, answer)["can_solve"]
    assert learner.act(name, "solution")["status"] == "saved" and learner.solved(name)


def test_a_sample_waits_until_everything_is_written_or_was_tried_three_times(learner):
    waits = text("say.sample_waits", "uk")

    def said():
        return waits in [part["text"] for part in learner.look("tiled")["feedback"]]

    assert not learner.check("tiled", {"one": "а"})["can_solve"] and said()
    learner.act("tiled", "solution")
    assert not learner.solved("tiled")
    assert not learner.check("tiled", {"one": "б"})["can_solve"] and said()
    assert learner.check("tiled", {"one": "в"})["can_solve"] and not said()


def test_who_has_read_the_solution_earns_nothing_by_copying_it(learner):
    learner.check("free", "b", "c", "d")
    learner.act("free", "solution")
    assert not learner.look("free")["can_check"]
    assert learner.check("free", "good")["status"] == "shown"
    assert learner.progress() == (1, 0, 1)


# --- a fresh start --------------------------------------------------------------------------------------------------
def test_a_fresh_start_gives_back_every_attempt_and_closes_hints_and_solution(learner):
    learner.check("thrice", "b", "c", "d")
    learner.act("thrice", "hint")
    learner.act("thrice", "solution")
    assert learner.look("thrice")["can_reset"]
    state = learner.act("thrice", "reset")
    assert (state["status"], state["answer"], state["feedback"]) == ("untouched", None, [])
    assert (
        state["can_check"]
        and state["can_hint"]
        and not state["can_solve"]
        and not state["can_reset"]
    )
    assert learner.check("thrice", "b")["head"].endswith(text("state.attempt", "uk", n=1, of=3))
    assert learner.check("thrice", "c")["left"]


def test_a_fresh_start_brings_other_numbers_and_without_an_answer_there_is_none(learner):
    numbers = learner.look("drawn")["prompt"]
    assert learner.act("drawn", "reset")["prompt"] == numbers, (
        "no other numbers until these were answered"
    )
    learner.act("drawn", "draft", "5")
    assert learner.act("drawn", "reset")["answer"] == "5", "nor does it throw a draft away"
    assert learner.look("drawn")["prompt"] == numbers
    learner.check("drawn", "5")
    assert learner.look("drawn")["prompt"] == numbers, "an answer changes no numbers"
    assert learner.act("drawn", "reset")["prompt"] != numbers


@pytest.mark.parametrize(("name", "answer"), [("written", "слово"), ("tiled", {"one": "слово"})])
def test_what_somebody_wrote_is_not_thrown_away_before_the_sample_is_read(learner, name, answer):
    learner.check(name, answer)
    assert not learner.look(name)["can_reset"]
    state = learner.act(name, "reset")
    assert (state["status"], state["answer"]) == ("saved", answer)
    assert learner.progress()[0] == (name == "written"), "one tile of several is not done yet"


def test_a_value_from_code_is_not_reset_by_a_button(learner):
    assert not learner.hand_over(1)["can_reset"]
    assert learner.act("handed", "reset")["status"] == "wrong"


# --- drafts ---------------------------------------------------------------------------------------------------------
def test_a_draft_stays_and_counts_for_nothing(learner):
    for answer in [*WRONG, "good"]:
        state = learner.act("once", "draft", answer)
        assert (state["status"], state["answer"]) == ("changed", answer)
        assert state["can_check"] and not state["feedback"] and not state["marks"]
    assert learner.progress() == (0, 0, 0)
    assert Learner("ru").look("once")["answer"] == "good"
    assert learner.check("once", "good")["status"] == "right"


def test_a_draft_after_a_wrong_answer_hides_its_verdict_and_uses_no_attempt(learner):
    learner.check("twice", "b")
    state = learner.act("twice", "draft", "c")
    assert state["status"] == "changed" and not state["marks"] and not state["whys"]
    assert learner.progress() == (1, 0, 1)
    assert learner.check("twice", "good")["status"] == "right"


def test_a_card_that_was_only_looked_at_keeps_nothing(folder, learner):
    for name, nothing in (("thrice", None), ("written", ""), ("tiled", {}), ("several", [])):
        assert learner.act(name, "draft", nothing)["status"] == "untouched"
    assert not (folder / "drill.jsonl").exists()


# --- the best result ------------------------------------------------------------------------------------------------
def test_the_best_result_outlives_a_fresh_start(learner):
    learner.check("thrice", "good")
    learner.act("thrice", "reset")
    assert learner.progress() == (1, 1, 0)
    learner.check("thrice", "b")
    assert learner.progress() == (1, 1, 0) and learner.due() == set()
    assert Learner("ru").progress() == (1, 1, 0)


@pytest.mark.parametrize(
    ("before", "after", "right"), [("b", "good", ("right", 1, 0)), ("good", "b", ("wrong", 0, 1))]
)
def test_a_journal_put_in_the_place_of_another_is_judged_anew(
    folder, learner, before, after, right
):
    learner.check("free", before)
    assert learner.progress() == (1, 1 - right[1], 1 - right[2])
    other = (folder / "drill.jsonl").read_text("utf-8").replace(f'"{before}"', f'"{after}"')
    (folder / "other.jsonl").write_text(other, "utf-8")
    (folder / "other.jsonl").replace(folder / "drill.jsonl")
    assert (learner.look("free")["status"], *learner.progress()[1:]) == right


def test_a_better_result_after_a_fresh_start_counts(learner):
    learner.check("thrice", "b", "c", "d")
    learner.act("thrice", "reset")
    assert learner.progress() == (1, 0, 1), "what was answered once stays done"
    learner.check("thrice", "good")
    assert learner.progress() == (1, 1, 0)


def test_each_answer_is_judged_by_the_numbers_it_answered(learner):
    before = learner.number()
    learner.check("drawn", before)
    learner.act("drawn", "reset")
    assert learner.number() != before
    assert learner.check("drawn", before)["status"] == "wrong"
    assert learner.progress() == Learner().progress() == (1, 1, 0), "after a restart as well"


@pytest.mark.parametrize("first", [["a"], ["a", "b"]])
def test_a_part_of_the_points_counts_until_more_is_earned(learner, first):
    learner.check("several", first)
    assert learner.progress() == (1, int(len(first) == 2), int(len(first) == 1))
    learner.act("several", "reset")
    learner.check("several", ["a", "c"])
    earned = {1: "1,5", 2: "3"}[len(first)]
    assert text("progress.of", "uk", n=earned, of="10") in cells(learner)


def test_what_a_person_marks_is_done_and_never_right_or_due(learner):
    learner.check("written", "слово")
    assert learner.progress() == (1, 0, 0)
    assert text("progress.of", "uk", n=0, of=MARKED) in cells(learner)


def test_what_cannot_be_read_is_not_done(learner):
    learner.check("drawn", "сім")
    assert learner.progress() == (0, 0, 0)
    assert learner.hand_over("сім")["status"] == "invalid", "code is kept, and says what is wrong"
    assert learner.progress() == (0, 0, 0)


# --- what is due ----------------------------------------------------------------------------------------------------
def answered(folder, days, *events):
    """A journal whose events happened so many days ago; each is (exercise, event, answer)."""
    time = (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="milliseconds")[:23] + "Z"
    with open(folder / "drill.jsonl", "a", encoding="utf-8") as file:
        for name, event, answer in events:
            line = {"v": 1, "t": time, "x": name, "e": event, "lang": "uk", "n": 1}
            file.write(json.dumps(line | ({} if answer is None else {"a": answer})) + "\n")


@pytest.mark.parametrize(("days", "due"), [(0, 0), (0.9, 0), (2.1, 1), (20, 1), (1000, 1)])
def test_a_right_answer_is_due_after_two_days(folder, days, due):
    answered(folder, days, ("once", "answer", "good"))
    assert Learner().progress() == (1, 1, due)


# Whole days where the day counts: 1.1 days before a time soon after midnight are two dates.
@pytest.mark.parametrize("days", [0, 0.4, 1, 15])
def test_what_is_not_right_is_missed_at_once_and_due_the_next_day(folder, days):
    answered(
        folder,
        days,
        ("once", "answer", "b"),
        ("several", "answer", ["a"]),
        ("thrice", "answer", "good"),
    )
    wrong = {"once", "several"}
    learner = Learner()
    assert learner.missed() == (set() if days >= 1 else wrong)
    assert learner.due() == (set() if days < 1 else wrong | ({"thrice"} if days > 2 else set()))


def test_nothing_else_is_due(folder):
    answered(folder, 30, ("written", "answer", "слово"), ("tiled", "answer", {"one": "слово"}),
             ("free", "draft", "good"), ("once", "hint", 0))  # fmt: skip
    assert Learner().due() == set() and Learner().progress() == (1, 0, 0)


def test_answering_again_puts_it_off(folder):
    answered(folder, 30, ("free", "answer", "good"))
    learner = Learner()
    assert learner.due() == {"free"}
    learner.act("free", "reset")
    learner.check("free", "good")
    assert learner.due() == set()
