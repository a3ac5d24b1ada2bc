"""Every kind walks the whole way: entry, key, score, card, still page, journal, statistics, Moodle."""

import ast
import json
from pathlib import Path

import pytest
from plans import best_plan

from course import attempt, exercises, kinds
from course.answers import Journal, Kept, state
from course.authoring import checks
from course.exercises import Exercise
from course.grading.setting.assignment import entry_of, shown_of
from course.kinds import Got, Invalid, Kind, Refused, Score
from course.texts import LANGS, text
from course.widgets import card, fallback

ROOM = Path(kinds.__file__).parent
ALL = [
    exercise for chapter in exercises.chapters().values() for exercise in chapter.exercises.values()
]
BANK = ROOM.parent / "grading" / "setting" / "template.toml"  # an example of every kind
FIRST: dict[str, Exercise] = {}
for _exercise in [*ALL, *exercises.read(BANK).exercises.values()]:
    FIRST.setdefault(_exercise.kind.name, _exercise)
NAMES = sorted(kinds.kinds())
HOSTILE = [
    None, True, 0, -1, 1.5, float("nan"), float("inf"), 10**400, "", " ", "\u200b", "x", "x" * 100_001, [], {}, [[]],
    [None], [1], ["?"], ["a"] * 3, {"a": 1}, {"a": None}, {1: "a"}, {"index": []}, {"index": [], "values": []},
    {"index": [1], "values": [[]]}, {"index": [[]], "values": [1]}, {"index": {}, "columns": []},
    {"index": [None, float("nan")], "values": [1, 2]}, "<script>", "=1+1", ["__class__"], {"__proto__": "x"},
    {"index": [k * (2**61 - 1) for k in range(1, 900)], "values": [0] * 899},
]  # fmt: skip


def values(exercise):
    return exercises.draw(exercise, "seed", 1)


def key(exercise):
    return exercises.key(exercise, values(exercise))


def right(exercise):
    """The answer that earns everything; written work earns nothing by machine.

    Of a kind that is not named here, what stands in its key under ``value``.
    """
    made, raw = key(exercise), exercise.raw
    return {
        "choice": lambda: made["right"], "multi": lambda: made["right"], "order": lambda: list(made["ranks"]),
        "match": lambda: made["pairs"], "classify": lambda: made["pairs"], "text": lambda: "слово " * raw["words"][0],
        "canvas": lambda: dict.fromkeys(made["tiles"], "текст"), "portfolio": lambda: best_plan(made),
    }.get(exercise.kind.name, lambda: made["value"])()  # fmt: skip


def partial(exercise):
    """An answer that is half right, or None where there is none."""
    made = key(exercise)
    if exercise.kind.name == "multi":
        return made["right"][:1] if len(made["right"]) > 1 else None
    if exercise.kind.name == "order":
        first, *rest = made["ranks"]
        return [*rest, first]
    if exercise.kind.name == "portfolio":
        return best_plan(made) | {"A": "11111"}
    if exercise.kind.name in ("match", "classify"):
        row, *rest = made["pairs"]
        wrong = next(option for option in made["options"] if option != made["pairs"][row])
        return {**made["pairs"], row: wrong}
    return None


@pytest.mark.parametrize("name", NAMES)
def test_a_kind_says_all_that_it_must(name):
    kind = kinds.kinds()[name]
    assert kind.name == name and name in FIRST, (
        "neither a lesson nor the bank has an exercise of this kind"
    )
    for method in ("key", "open_key", "judge"):
        assert getattr(type(kind), method) is not getattr(Kind, method)
    assert kind.computed or list(ROOM.glob("*.js")), "a card needs controls"
    assert text(f"kind.{name}", "uk") != text(f"kind.{name}", "ru") or name in (
        "order",
        "text",
        "numeric",
    )
    scripts = "".join(path.read_text("utf-8") for path in ROOM.glob("*.js"))
    assert f"KINDS.{name} = " in scripts


@pytest.mark.parametrize("exercise", ALL, ids=lambda e: f"{e.lesson}/{e.id}")
def test_the_right_answer_earns_everything_and_can_be_read_without_the_key(exercise):
    answer = right(exercise)
    score = exercises.score(exercise, answer, values(exercise))
    if exercise.kind.by_person:
        assert score.state == "person" and exercise.kind.complete(score)
    else:
        assert score.state == "right" and score.points == exercise.points
    assert exercise.kind.readable(exercise.raw, json.loads(json.dumps(answer))).state == "person"
    assert exercise.kind.unfilled(exercise.raw, answer) == [] and not exercise.kind.refused(
        exercise.raw, answer
    )
    assert exercise.kind.chance(key(exercise)) < 1


@pytest.mark.parametrize("answer", HOSTILE, ids=lambda answer: repr(answer)[:40])
@pytest.mark.parametrize("name", NAMES)
def test_whatever_arrives_is_scored_explained_and_shown(name, answer):
    exercise = FIRST[name]
    made = key(exercise)
    score = exercise.kind.score(made, answer, exercise.points)
    assert score.state in (
        "unattempted",
        "invalid",
        "wrong",
        "partial",
        "person",
    ) or answer == right(exercise)
    assert exercise.kind.readable(exercise.raw, answer).state in (
        "unattempted",
        "invalid",
        "person",
    )
    if score.state == "unattempted":
        return
    for lang in LANGS:
        kept = Kept(answer=answer, attempts=1, time="2026-11-21T20:55:08.123Z")
        best = attempt.result(exercise, [score])
        shown = card.state(exercise, kept, score, best, made, lang, values(exercise))
        json.dumps(shown | {"answer": None})
        assert shown["head"] and "{" not in shown["head"]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("exercise", ALL, ids=lambda e: f"{e.lesson}/{e.id}")
def test_a_half_right_answer_is_marked_and_told_why(exercise, lang):
    answer = partial(exercise)
    if answer is None:
        return
    made = key(exercise)
    score = exercises.score(exercise, answer, values(exercise))
    assert score.state == "partial" and 0 < score.points < exercise.points
    explained = exercise.kind.explain(exercise.told(lang, values(exercise)), made, score, answer)
    assert explained.lines and all(line.text and "{" not in line.text for line in explained.lines)
    assert exercise.kind.meter(score, lang)
    solved = exercise.kind.solved(exercise.told(lang), made, explained)
    assert len(json.dumps(solved.whys, ensure_ascii=False)) >= len(
        json.dumps(dict(explained.whys), ensure_ascii=False)
    )


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("exercise", ALL, ids=lambda e: f"{e.lesson}/{e.id}")
def test_an_answer_in_words_statistics_and_moodle(exercise, lang):
    made, answer, telling = key(exercise), right(exercise), exercise.told(lang, values(exercise))
    lines = exercise.kind.answered(telling, answer)
    assert all(line.text for line in lines)
    if tabled := exercise.kind.tabled(telling, answer):
        columns = len(tabled.head or tabled.rows[0])
        assert tabled.rows and {len(row) for row in tabled.rows} == {columns}
        said = [word for line in lines for word in (line.text, line.label)]
        cells = [cell for row in tabled.rows for cell in row]
        assert all(any(cell in word for word in said) for cell in cells if cell), "nothing is new"
    hash(exercise.kind.alike(exercise.raw, answer))
    wrong = partial(exercise) or answer
    score = exercises.score(exercise, wrong, values(exercise))
    got = Got(wrong, score.state, score.slip, score.marks)
    for mistake in exercise.kind.mistakes(telling, [got]):
        assert mistake.label and mistake.like(got) in (True, False)
    try:
        question = exercise.kind.moodle(telling, made, exercise.shuffled)
    except Refused as reason:
        assert len(str(reason)) > 40
    else:
        assert question.type in ("multichoice", "ordering", "match", "numerical", "essay")


@pytest.mark.parametrize("name", NAMES)
def test_the_still_page_holds_every_part(name):
    exercise = FIRST[name]
    for lang in LANGS:
        html, plain = fallback.exercise(exercise, lang)
        for part in exercise.parts(lang):
            for entry in part.entries:
                assert (entry.get("text") or entry["title"]) in plain
        assert html.startswith("<div")


@pytest.mark.parametrize("exercise", ALL, ids=lambda e: f"{e.lesson}/{e.id}")
def test_paper_has_room_for_an_answer(exercise):
    parts = exercise.parts("uk")
    assert all(part.paper in ("", "tick", "place", "words") for part in parts)
    assert any(part.paper for part in parts) or exercise.kind.blanks(exercise.raw) > 0


@pytest.mark.parametrize("name", NAMES)
def test_an_answer_survives_the_journal(name, tmp_path):
    exercise, journal = FIRST[name], Journal(tmp_path / "answers/one.jsonl")
    journal.append(exercise.id, "answer", right(exercise), lang="uk", digest=exercise.digest)
    kept = state(Journal(tmp_path / "answers/one.jsonl").refresh())[exercise.id]
    score = exercises.score(exercise, kept.answer, values(exercise))
    assert score.state in ("right", "person")


@pytest.mark.parametrize("name", NAMES)
def test_a_students_copy_shows_the_same_card(name):
    """Whatever the controls and the lists need is public."""
    exercise = FIRST[name]
    copy = shown_of(entry_of("own/one", exercise), hints=False)
    copy |= {"id": exercise.id, "shuffle": False}
    given = Exercise(exercise.lesson, json.loads(json.dumps(copy)))
    for lang in LANGS:
        assert {part.name for part in given.parts(lang)} == {
            part.name for part in exercise.parts(lang)
        }
        controls = dict(exercise.kind.controls(exercise.raw, lang))
        controls.pop("rubric", None)  # that of an assignment is its lecturer's
        assert exercise.kind.controls(given.raw, lang) == controls
    assert exercise.kind.readable(given.raw, "?").state in ("invalid", "person")


def test_a_kind_that_says_no_more_than_it_must_has_words_for_the_rest():
    for lang in LANGS:
        assert "70 %" in Kind().meter(Score("partial", 0.7), lang).replace("\u00a0", " ")
    with pytest.raises(Refused) as reason:
        Kind().moodle(None, {}, None)
    assert len(str(reason.value)) > 40


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_or_misshapen_field_is_named(name, tmp_path):
    """The schema is the dataclass: leaving out a field that it needs, or an unknown one, is a fault with its name."""
    exercise = FIRST[name]
    for field, (schema, _) in checks._schema(exercise.kind.Entry).items():
        if field in ("id", "kind"):
            continue
        for damage in ({}, {field: {"xx": [None]}}):
            entry = {n: v for n, v in exercise.raw.items() if n != field} | damage
            checker = checks._Checker(tmp_path / "exercises.toml")
            checker.lesson, checker.own, checker.outcomes, checker.topics, checker.page = (
                {},
                False,
                set(),
                set(),
                None,
            )
            checker.table(entry, exercise.kind.Entry)
            needed = schema.default is checks.MISSING and schema.default_factory is checks.MISSING
            if needed or (damage and field not in ("parameters",)):
                assert checker.faults, (field, damage)


def test_nothing_outside_the_room_branches_on_the_name_of_a_kind():
    allowed = {
        "authoring/checks.py"
    }  # deeper checks of formulas, truths and remarks, which kinds may not know
    names = set(NAMES)
    for path in sorted(ROOM.parent.rglob("*.py")):
        where = path.relative_to(ROOM.parent).as_posix()
        if where.startswith("kinds/") or where in allowed:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Compare):
                words = {
                    leaf.value for part in [node.left, *node.comparators] for leaf in ast.walk(part)
                    if isinstance(leaf, ast.Constant) and isinstance(leaf.value, str)
                }  # fmt: skip
                about = ast.unparse(node.left)
                assert not (words & names and "kind" in about), (
                    f"{where}:{node.lineno}: {ast.unparse(node)}"
                )


def test_invalid_is_not_told_as_something_else():
    with pytest.raises(Invalid):
        kinds.kind("numeric").judge({"value": 1, "digits": 0}, "x")
    with pytest.raises(ValueError, match="unknown kind"):
        kinds.kind("essay")
