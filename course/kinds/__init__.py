"""The kinds of exercise, one file each: this folder is their list."""

import pkgutil
from functools import cache
from importlib import import_module
from typing import Any

from course.kinds._answer import Got, Invalid, Score
from course.kinds._entry import Key, Raw
from course.kinds._kind import Kind
from course.kinds._moodle import MoodleQuestion, Refused
from course.kinds._told import Answered, Explained, Line, Part, Picture, Tabled, Telling
from course.kinds.numeric import parse_number

__all__ = [
    "Answered",
    "Explained",
    "Got",
    "Invalid",
    "Key",
    "Kind",
    "Line",
    "MoodleQuestion",
    "Part",
    "Picture",
    "Raw",
    "Refused",
    "Score",
    "Tabled",
    "Telling",
    "by_person",
    "kind",
    "kinds",
    "parse_number",
    "score",
]


@cache
def kinds() -> dict[str, Kind]:
    """Return every kind by its name.

    Examples
    --------
    >>> kinds()["choice"].name
    'choice'
    """
    listed = {}
    for module in pkgutil.iter_modules(__path__):
        if not module.name.startswith("_"):
            listed[module.name] = import_module(f"{__name__}.{module.name}").KIND
            listed[module.name].name = module.name
    return listed


def kind(name: str) -> Kind:
    """Return one kind by its name; ValueError when there is none."""
    if name not in kinds():
        raise ValueError(f"unknown kind of exercise: {name!r}")
    return kinds()[name]


def by_person() -> tuple[str, ...]:
    """Return the kinds that somebody has to read."""
    return tuple(name for name, entry in kinds().items() if entry.by_person)


def score(name: str, key: Key, answer: Any, points: float = 1.0) -> Score:
    """Score one answer to one exercise.

    Parameters
    ----------
    name : str
        The kind.
    key : dict
        choice ``{"right": id, "options": [ids]}``; multi ``{"right": [ids], "options": [ids]}``;
        order ``{"ranks": {id: [low, high]}}``; match, classify ``{"pairs": {row: id}, "options":
        [ids]}``; numeric ``{"value", "digits", "wrong": [numbers], "unit"}``; value ``{"value",
        "digits", "sorted", "wrong": [truths]}``; text ``{"words": [min, max]}``; canvas ``{"tiles":
        [ids]}``; portfolio ``{"numbers", "hours", "basic", "value"}``.
    answer : object
        Plain JSON: id; list of ids (multi, order); ``{row: id}``; number as typed; text; ``{tile:
        text}``; portfolio ``{segment: levels}``; for value a number, ``{"index": [], "values":
        []}`` or ``{"index": [], "columns": {name: []}}`` with null or NaN for a missing cell.
    points : float
        Full mark.

    Returns
    -------
    Score
        multi earns right/R − wrong/W, not below 0; order the share of comparable pairs in the right
        order; match, classify the share of right rows; a table the share of right cells less what
        one label in every row earns; text and canvas nothing.

    Raises
    ------
    ValueError, KeyError, TypeError, ZeroDivisionError
        For a faulty kind or key, never for an answer.

    Examples
    --------
    >>> key = {"right": ["a", "b"], "options": ["a", "b", "c", "d"]}
    >>> s = score("multi", key, ["a", "b", "c"], points=2)
    >>> s.state, s.points, s.marks["c"]
    ('partial', 1.0, False)
    >>> score("choice", {"right": "a", "options": ["a", "b"]}, "z").reason
    'unknown-option'
    """
    return kind(name).score(key, answer, points)
