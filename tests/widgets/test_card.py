"""What a card says in each state."""

import json
import re
from itertools import product
from pathlib import Path

import pytest
from plans import best_plan

from course import attempt, exercises, kinds
from course.answers import Kept
from course.kinds import score
from course.texts import LANGS, text
from course.widgets import card, fallback

ALL = [
    exercise for chapter in exercises.chapters().values() for exercise in chapter.exercises.values()
]
BANK = Path(kinds.__file__).parents[1] / "grading" / "setting" / "template.toml"
FIRST = {}  # of every kind; a kind that no lesson has is known by the example of the bank
for _exercise in [*ALL, *exercises.read(BANK).exercises.values()]:
    FIRST.setdefault(_exercise.kind.name, _exercise)


def shown(exercise, kept, lang="uk", solved=False):
    values = exercises.draw(exercise, "seed", kept.draw)
    key = exercises.key(exercise, values)
    found = (
        None
        if kept.answer is None
        else score(exercise.kind.name, key, kept.answer, exercise.points)
    )
    best = attempt.Result(True, 1.0) if solved else attempt.result(exercise, [found])
    return card.state(exercise, kept, found, best, key, lang, values)


def right(exercise):
    kind, key = exercise.kind.name, exercises.key(exercise, exercises.draw(exercise, "seed", 1))
    if kind == "portfolio":
        return best_plan(key)
    if kind == "order":
        return sorted(key["ranks"], key=lambda name: key["ranks"][name])
    field = {"choice": "right", "multi": "right", "match": "pairs", "classify": "pairs"}.get(
        kind, "value"
    )
    return str(key[field]) if kind == "numeric" else key[field]


def wrong(exercise):
    key = exercises.key(exercise, exercises.draw(exercise, "seed", 1))
    return {
        "choice": lambda: next(o for o in key["options"] if o != key["right"]),
        "multi": lambda: [o for o in key["options"] if o not in key["right"]][:1],
        "order": lambda: list(key["ranks"])[::-1],
        "match": lambda: {
            next(iter(key["pairs"])): next(
                o for o in key["options"] if o != next(iter(key["pairs"].values()))
            )
        },
        "classify": lambda: {
            next(iter(key["pairs"])): next(
                o for o in key["options"] if o != next(iter(key["pairs"].values()))
            )
        },
        "numeric": lambda: "123456789",
        "value": lambda: 1e12,
        "lists": lambda: {"index": [1], "values": ["keep"]},
        "portfolio": lambda: dict.fromkeys("ABCD", "1" * 5) | {"forecast": "30"},
    }[exercise.kind.name]()


@pytest.mark.parametrize("exercise", ALL, ids=lambda e: f"{e.lesson}/{e.id}")
def test_nothing_before_an_answer_tells_the_key(exercise):
    values = exercises.draw(exercise, "seed", 1)
    told = json.dumps(
        [
            card.spec(exercise, "uk"),
            card.state(exercise, Kept(), None, attempt.Result(), {}, "uk", values),
        ],
        ensure_ascii=False,
    )
    for field in ("right", "wrong", "solution"):
        key = exercises.key(exercise, values)
        words = exercise.say(field, "uk", exercises.with_answer(values, key))
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


@pytest.mark.parametrize(
    "kind", ["choice", "multi", "order", "match", "classify", "numeric", "value"]
)
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
    answer = exercise.words(
        {"uk": "{answer}"}, "uk", values | {"answer": exercises.key(exercise, values)["value"]}
    )
    state = shown(exercise, Kept(answer="1", attempts=3))
    assert answer not in json.dumps(state["feedback"], ensure_ascii=False)
    state = shown(exercise, Kept(answer="1", attempts=3, shown=True))
    assert any(answer in line["text"] for line in state["feedback"])


def test_slip_gets_its_own_feedback():
    exercise = FIRST["numeric"]
    key = exercises.key(exercise, exercises.draw(exercise, "seed", 1))
    state = shown(exercise, Kept(answer=str(key["wrong"][0]), attempts=1))
    assert state["feedback"][-1]["text"].startswith(exercise["slip"][0]["why"]["uk"][:12])


WORD = {"uk": "слово", "ru": "слово"}
NO, SOME, ALMOST = ("no", "lead.wrong"), ("part", "lead.some"), ("part", "lead.partial")


def drill(kind):
    """Four items, or four rows that choose from four options; of ticks four are right."""
    parts = [{"id": name, "text": WORD} for name in "abcd"]
    rows = [{"id": name.upper(), "key": name, "text": WORD, "why": WORD} for name in "abcd"]
    ticks = [{**part, "right": True} for part in parts] + [{"id": "e", "text": WORD, "why": WORD}]
    fields = {"order": {"item": parts}, "multi": {"option": ticks}}
    fields = fields.get(kind, {"option": parts, "row": rows})
    return exercises.Exercise("drill", {"id": kind, "kind": kind, "wrong": WORD, **fields})


def rows(given):
    return dict(zip("ABCD", given, strict=True))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(
    ("kind", "answer", "said"),
    [
        # of six pairs chance puts three in the right order
        ("order", list("dcab"), NO),  # 1
        ("order", list("dabc"), NO),  # 3
        ("order", list("cabd"), SOME),  # 4
        ("order", list("bacd"), ALMOST),  # 5
        # of four rows chance gets one right; half-way from there to all are two and a half
        ("match", rows("adbc"), NO),
        ("match", rows("abdc"), SOME),
        ("match", rows("abca"), ALMOST),
        ("classify", rows("aaaa"), NO),
        ("classify", rows("abaa"), SOME),
        ("classify", rows("abcc"), ALMOST),
        # chance ticks as many wrong as right
        ("multi", ["a"], SOME),
        ("multi", ["a", "b"], ALMOST),
    ],
)
def test_almost_is_at_least_half_way_from_what_chance_gives(kind, answer, said, lang):
    exercise = drill(kind)
    key = exercises.key(exercise)
    judged = exercise.kind.score(key, answer)
    (line,) = exercise.kind.explain(exercise.told(lang), key, judged, answer).lines
    assert judged.state == "partial" and (line.tone, line.lead) == (said[0], text(said[1], lang))


def test_a_draft_hides_old_feedback():
    exercise = FIRST["choice"]
    state = shown(
        exercise, Kept(answer=wrong(exercise), draft=exercises.key(exercise)["right"], attempts=1)
    )
    assert state["status"] == "changed" and not state["marks"] and state["can_check"]
    assert state["answer"] == exercises.key(exercise)["right"]


def test_written_answers_are_saved_not_marked():
    for kind, answer in (
        ("text", "слово " * 500),
        ("canvas", {FIRST["canvas"]["tile"][0]["id"]: "усі"}),
    ):
        state = shown(FIRST[kind], Kept(answer=answer, attempts=1))
        assert state["status"] == "saved" and not state["marks"] and not state["can_solve"]
    assert "500" in json.dumps(
        shown(FIRST["text"], Kept(answer="слово " * 500, attempts=1)), ensure_ascii=False
    )


def test_an_answer_to_a_removed_option_asks_again():
    state = shown(FIRST["choice"], Kept(answer="gone", attempts=1))
    assert state["status"] == "invalid" and "змінено" in state["feedback"][0]["text"]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("exercise", ALL, ids=lambda e: f"{e.lesson}/{e.id}")
def test_fallback_reads_whole_and_keeps_the_key(exercise, lang):
    html, plain = fallback.exercise(exercise, lang)
    assert (
        html == fallback.exercise(exercise, lang)[0]
        and "<script" not in html
        and "style=" not in html
    )
    for part in exercise.get("option", ()):
        assert part["text"][lang] in plain
    assert exercise.say("solution", lang) not in plain


@pytest.mark.parametrize("kind", ["choice", "multi", "match", "classify"])
def test_the_solution_marks_what_is_right_beside_the_reason(kind):
    exercise = FIRST[kind]
    key, answer = exercises.key(exercise), wrong(exercise)
    before, state = (
        shown(exercise, Kept(answer=answer, attempts=3, shown=open_)) for open_ in (False, True)
    )
    if kind in ("choice", "multi"):
        right = [key["right"]] if kind == "choice" else key["right"]
        assert all(state["marks"][name] for name in right) and not any(before["marks"].values())
    else:
        row, option = next(iter(key["pairs"].items()))
        name = next(part["text"]["uk"] for part in exercise["option"] if part["id"] == option)
        assert state["whys"][row] == f"{before['whys'][row]} Правильно\N{NO-BREAK SPACE}– {name}"
        assert set(state["whys"]) == set(key["pairs"])


CLOSED = ("choice", "multi", "order", "match", "classify", "numeric", "value")


def answers(exercise):
    """Return a few answers, none of them a guess at random: a written one, or a wrong and a right one."""
    if exercise.kind.name == "text":
        return ["слово"]
    if exercise.kind.name == "canvas":
        return [{exercise["tile"][0]["id"]: "слово"}]
    return [wrong(exercise), right(exercise)]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("exercise", ALL, ids=lambda e: f"{e.lesson}/{e.id}")
def test_every_state_offers_a_way_on_or_says_why_there_is_none(exercise, lang):
    button = text("card.other_numbers" if exercise.renewed else "card.reset", lang)
    drafts, attempts, flags = (None, answers(exercise)[0]), (1, 3, 9), (False, True)
    for answer, draft, count, opened, before in product(
        answers(exercise), drafts, attempts, flags, flags
    ):
        kept = Kept(answer=answer, draft=draft, attempts=count, shown=opened)
        state = shown(exercise, kept, lang, before and not exercise.kind.by_person)
        assert state["status"] in ("right", "saved") or state["can_check"] or state["can_reset"], (
            kept
        )
        assert state["left"] or button in state["feedback"][-1]["text"], kept


@pytest.mark.parametrize("kind", kinds.by_person())
def test_a_text_can_be_made_better_after_the_sample_was_read(kind):
    for exercise in (one for one in ALL if one.kind.name == kind):
        (answer,) = answers(exercise)
        before = shown(exercise, Kept(answer=answer, attempts=1))
        assert not before["can_reset"]
        for draft in (None, answer * 2 if kind == "text" else answer | {"x": "y"}):
            state = shown(exercise, Kept(answer=answer, draft=draft, attempts=5, shown=True))
            assert state["left"] and state["can_check"] and state["can_reset"]
            assert state.get("ideas") == before.get("ideas")
            sample = " ".join([state["feedback"][-1]["text"], *state["samples"].values()])
            whole = re.sub(r"(^| )\*\*[^*]+[?:.]\*\*", "", exercise.say("solution", "uk"))
            assert whole.strip() == sample.strip()
            # A sample that names its tiles stands beside them; another one stays whole.
            tiles = [tile["id"] for tile in exercise.get("tile", ())]
            named = exercise.say("solution", "uk").count("**") == 2 * len(tiles)
            assert list(state["samples"]) == (tiles if named else [])


@pytest.mark.parametrize("kind", CLOSED)
def test_after_a_right_answer_one_plays_on_freely(kind):
    exercise = FIRST[kind]
    state = shown(exercise, Kept(answer=right(exercise), attempts=3), solved=True)
    assert state["status"] == "right" and state["left"] and not state["can_check"], (
        "it is checked already"
    )
    state = shown(
        exercise, Kept(answer=right(exercise), draft=wrong(exercise), attempts=3), solved=True
    )
    assert state["can_check"]
    state = shown(exercise, Kept(answer=wrong(exercise), attempts=9), solved=True)
    assert state["can_check"] and state["head"].endswith("правильну відповідь уже зараховано")


@pytest.mark.parametrize("lang", LANGS)
def test_a_text_outside_its_length_is_saved_but_not_complete(lang):
    exercise = FIRST["text"]
    least, most = exercise["words"]
    for count in (least - 1, least, most, most + 1):
        kept, inside = Kept(answer=" ".join(["слово"] * count), attempts=1), least <= count <= most
        graded = card.graded(exercise, kept, lang)
        for state in (shown(exercise, kept, lang), graded):
            assert state["status"] == "saved" and state["complete"] == inside
            words = text("card.words", lang, n=count, least=least, most=most)
            assert (words in state["head"]) != inside
        assert shown(exercise, kept, lang)["feedback"][0]["tone"] == ("ok" if inside else "part")


def test_a_plan_with_empty_tiles_is_saved_but_not_complete():
    exercise = FIRST["canvas"]
    tiles = [tile["id"] for tile in exercise["tile"]]
    state = shown(exercise, Kept(answer={tiles[0]: "кав’ярні"}, attempts=1))
    assert (state["complete"], state["head"]) == (
        False,
        f"Збережено · заповнено плиток: 1 з {len(tiles)}",
    )
    assert shown(exercise, Kept(answer=dict.fromkeys(tiles, "кав’ярні"), attempts=1))["complete"]


def test_a_solution_that_does_not_name_every_tile_is_not_cut():
    exercise = FIRST["canvas"]
    solution = exercise["solution"]["uk"]
    assert (
        exercise.kind.samples(exercise.raw, solution.replace("**Де?**", "**Тут?**"), "uk")[1] == {}
    )


def test_older_hints_are_folded_and_all_of_them_once_the_solution_is_shown():
    exercise = next(
        one for one in ALL if one.kind.name == "numeric" and len(one.get("hint", ())) > 1
    )
    cases = (
        (Kept(hints=1), [False]),
        (Kept(hints=2), [True, False]),
        (Kept(hints=2, shown=True), [True, True]),
    )
    for kept, folds in cases:
        lines = [line for line in shown(exercise, kept)["feedback"] if "Підказка" in line["lead"]]
        assert [line.get("fold", False) for line in lines] == folds


def test_what_a_graded_answer_leaves_open_is_named_to_the_card():
    exercise = FIRST["match"]
    rows = [row["id"] for row in exercise["row"]]
    state = card.graded(
        exercise, Kept(answer={rows[0]: exercise["option"][0]["id"]}, attempts=1), "uk"
    )
    assert state["open"] == rows[1:]
