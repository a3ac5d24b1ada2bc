"""Written work shows what it is judged by: four lines a criterion, and one middling answer, scored."""

import copy

import pytest

from course.exercises import Exercise
from course.kinds import kind
from course.widgets import card

PAIR = {"uk": "Текст", "ru": "Строка"}
RAW = {
    "id": "letter",
    "kind": "text",
    "points": 6,
    "words": [60, 120],
    "prompt": PAIR,
    "solution": PAIR,
    "criterion": [{"id": name, "title": PAIR, "level": [PAIR] * 4} for name in ("who", "why")],
    "middling": {"text": PAIR, "marks": [2, 1], "why": PAIR},
}


def faults(**changes):
    return [field for field, _ in kind("text").faults({**copy.deepcopy(RAW), **changes})]


def test_a_sound_rubric_stands_on_the_card():
    assert faults() == []
    rubric = card.spec(Exercise("own", RAW), "ru")["rubric"]
    assert [row["levels"] for row in rubric["rows"]] == [["Строка"] * 4] * 2
    assert rubric["sample"] == {"text": "Строка", "marks": [2, 1], "why": "Строка"}
    assert "rubric" not in card.spec(Exercise("own", {**RAW, "criterion": []}), "ru")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"points": 5}, "points"),
        ({"middling": None}, "middling"),
        ({"criterion": []}, "middling"),
        ({"middling": {**RAW["middling"], "marks": [2]}}, "middling"),
        ({"middling": {**RAW["middling"], "marks": [2, 4]}}, "middling"),
        (
            {"criterion": [{**RAW["criterion"][0], "level": [PAIR] * 3}, RAW["criterion"][1]]},
            "criterion",
        ),
    ],
)
def test_a_faulty_rubric_is_named(changes, field):
    assert field in faults(**changes)
