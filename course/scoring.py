"""Marks for answers: pure functions of a key and an answer; no files, no clock, nothing else of the course.

Answers are untrusted plain JSON values. Whatever arrives, `score` returns a `Score`; what cannot be read is
``"invalid"`` and earns nothing. A faulty *key* is the author's mistake and raises.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import combinations

RELATIVE = 0.005  # tolerance of a number: 0.5 %, or half a unit of the last digit asked if that is more
LONGEST_NUMBER, LONGEST = 64, 100_000  # characters of a typed number; of any text, or entries of any list
_SPACES = re.compile("[ \t\u00a0\u2007\u2009\u202f]")
_MARKS = {0x2212: "-", 0x2013: "-", 0x2019: "'", 0x02BC: "'"}
_NUMBER = re.compile(
    r"([+-]?) ?([1-9][0-9]{0,2}(?P<gap>[ ',.])[0-9]{3}(?:(?P=gap)[0-9]{3})*|[0-9]*)"
    r"(?:([.,])([0-9]+))?(?![0-9.,])(.*)"
)
_WORD = re.compile(r"[^\W_]+(?:[-'’ʼ][^\W_]+)*")


class _Invalid(Exception):
    """An answer that cannot be read; its argument is the reason code."""


@dataclass(frozen=True, slots=True)
class Score:
    """What one answer is worth and which feedback applies."""

    state: str  # "unattempted" "right" "partial" "wrong" "person" (somebody has to read it) "invalid"
    fraction: float = 0.0  # share of the full mark, 0..1
    points: float = 0.0
    marks: Mapping = field(default_factory=dict)  # chosen id -> right? (order: on a place that it may take?)
    slip: int | None = None  # which common wrong result was hit
    detail: Mapping = field(default_factory=dict)  # counts for the message, e.g. {"right": 2, "of": 3}
    reason: str | None = None  # code of what makes an answer invalid, e.g. "unknown-option" "not-a-number"


def score(kind, key, answer, points=1.0):
    """Score one answer to one exercise.

    Parameters
    ----------
    kind : str
        ``choice multi order match classify numeric value text canvas``.
    key : dict
        choice ``{"right": id, "options": [ids]}``; multi ``{"right": [ids], "options": [ids]}``;
        order ``{"ranks": {id: [low, high]}}``; match, classify ``{"pairs": {row: id}, "options": [ids]}``;
        numeric ``{"value", "digits", "wrong": [numbers], "unit"}``; value ``{"value", "digits", "sorted",
        "wrong": [truths]}``; text ``{"words": [min, max]}``; canvas ``{"tiles": [ids]}``.
    answer : object
        Plain JSON: id; list of ids (multi, order); ``{row: id}``; number as typed; text; ``{tile: text}``;
        for value a number, ``{"index": [], "values": []}`` or ``{"index": [], "columns": {name: []}}``
        with null or NaN for a missing cell.
    points : float
        Full mark.

    Returns
    -------
    Score
        multi earns right/R − wrong/W, not below 0; order the share of comparable pairs in the right order;
        match, classify, Series and DataFrame the share of right rows or cells; text and canvas nothing.

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
    if kind not in _JUDGES:
        raise ValueError(f"unknown kind of exercise: {kind!r}")
    try:
        container = type(answer) in (list, tuple, dict)
        _need(not (container or type(answer) is str) or len(answer) <= LONGEST, "too-large")
        if answer is None or (container and not answer) or _blank(answer):
            return Score("unattempted")
        found = _JUDGES[kind](key, answer)
    except _Invalid as fault:
        return Score("invalid", reason=fault.args[0])
    fraction = found.get("fraction", 0.0)
    state = "right" if fraction == 1 else "partial" if fraction > 0 else "wrong"
    return Score(**{"state": state, "points": fraction * points, **found})


def parse_number(text, unit=None):
    """Read a number as people type it; None when it is not one.

    Comma and point both read as the decimal mark; where both stand, the last one is. Thousands may be parted
    by spaces of any width, apostrophes, or repeated commas or points.

    Parameters
    ----------
    text : str
        At most 64 characters, ASCII digits, no exponent.
    unit : str, list of str, or None
        What may follow the number (spaces, full stops and case aside). With ``"%"`` a percentage stays;
        with None a percent sign divides by 100.

    Returns
    -------
    float or None

    Examples
    --------
    >>> parse_number("12 500,5"), parse_number("1,234.5"), parse_number("1,234"), parse_number("−3")
    (12500.5, 1234.5, 1.234, -3.0)
    >>> parse_number("7,5 %"), parse_number("7,5 %", "%"), parse_number("20,57 тис. грн", "тис. грн")
    (0.075, 7.5, 20.57)
    """
    if type(text) is not str or len(text) > LONGEST_NUMBER:
        return None
    found = _NUMBER.fullmatch(_SPACES.sub(" ", text).strip().translate(_MARKS))
    sign, whole, gap, point, part, tail = found.groups() if found else (None,) * 6
    if not (whole or part) or (gap and gap == point):
        return None
    if gap in (",", ".") and not point and whole.count(gap) == 1:  # "1,234": a lone mark is the decimal one
        whole, part = whole.split(gap)
    number = float(f"{sign}{whole.replace(gap or ' ', '')}.{part or 0}")
    units = [unit] if type(unit) is str else list(unit or ())
    tail, *allowed = (re.sub(r"[\s.]", "", each).casefold() for each in (tail, *units))
    if not tail or tail in allowed:
        return number
    return number / 100 if tail == "%" and not units else None


def words(text):
    """Count the words of a text.

    >>> words("Партнерство – це не знижка, а 2 роки роботи.")
    8
    """
    return len(_WORD.findall(text))


def _need(condition, reason):
    if not condition:
        raise _Invalid(reason)


def _blank(text):
    """Tell whether a reader would see nothing: spaces of any kind, control and zero-width characters."""
    return type(text) is str and not any(char.isprintable() and not char.isspace() for char in text)


def _close(number, truth, digits):
    tolerance = max(RELATIVE * abs(truth), 0.5 * 10.0**-digits)
    return abs(number - truth) <= tolerance * (1 + 1e-9)  # the edge itself is right


def _number(value):
    _need(type(value) in (int, float), "wrong-type")
    _need(value == value and abs(value) != math.inf, "not-a-number")
    _need(abs(value) < 1e300, "too-large")
    return float(value)


def _ids(answer, known):
    _need(type(answer) in (list, tuple) and all(type(each) is str for each in answer), "wrong-type")
    _need(all(each in known for each in answer), "unknown-option")
    _need(len(set(answer)) == len(answer), "duplicate")
    return answer


def _texts(answer, known):
    """Return those entries of a mapping from known ids to texts that are not blank."""
    _need(type(answer) is dict and {*map(type, answer.values())} <= {str, type(None)}, "wrong-type")
    _need(all(len(text or "") <= LONGEST for text in answer.values()), "too-large")
    return {each: answer[each] for each in _ids([*answer], known) if not _blank(answer[each] or "")}


def _multi(key, answer):
    marks = {each: each in key["right"] for each in _ids(answer, key["options"])}
    right, of = sum(marks.values()), len(key["right"])
    wrong = len(marks) - right
    share = right / of - (wrong / (len(key["options"]) - of) if wrong else 0)
    return {"fraction": max(0.0, share), "marks": marks, "detail": {"right": right, "wrong": wrong, "of": of}}


def _order(key, answer):
    ranks, items = key["ranks"], _ids(answer, key["ranks"])
    _need(len(items) == len(ranks), "wrong-shape")
    good = sum(ranks[one][1] < ranks[two][0] for one, two in combinations(items, 2))
    of = good + sum(ranks[two][1] < ranks[one][0] for one, two in combinations(items, 2))
    marks = {}
    for place, item in enumerate(items):
        before = sum(ranks[other][1] < ranks[item][0] for other in items)
        after = sum(ranks[item][1] < ranks[other][0] for other in items)
        marks[item] = before <= place < len(items) - after
    return {"fraction": good / of, "marks": marks, "detail": {"pairs": good, "of": of}}


def _pairs(key, answer):
    chosen = _texts(answer, key["pairs"])
    _need(set(chosen.values()) <= set(key["options"]), "unknown-option")
    marks = {row: option == key["pairs"][row] for row, option in chosen.items()}
    right, of = sum(marks.values()), len(key["pairs"])
    found = {"fraction": right / of, "marks": marks, "detail": {"right": right, "of": of}}
    return found if chosen else {"state": "unattempted"}


def _numeric(key, answer):
    number = parse_number(answer, key.get("unit")) if type(answer) is str else _number(answer)
    _need(number is not None, "not-a-number")
    full, *hits = (_close(number, truth, key["digits"]) for truth in (key["value"], *key.get("wrong", ())))
    slip = hits.index(True) if True in hits and not full else None
    return {"fraction": float(full), "slip": slip, "detail": {"value": number}}


def _value(key, answer):
    truth = key["value"]
    if type(truth) is not dict:
        _need(type(answer) not in (dict, list, tuple), "wrong-shape")
        return _numeric(key, _number(answer))
    columns = _cells(truth, answer, key)
    right, of = sum(map(sum, columns.values())), sum(map(len, columns.values()))
    found = {"fraction": right / of, "detail": {"right": right, "of": of}}
    if "columns" in truth:
        found["marks"] = {name: all(cells) for name, cells in columns.items()}
    for slip, wrong in enumerate(key.get("wrong", ()) if right < of else ()):
        try:
            if all(map(all, _cells(wrong, answer, key).values())):
                return {**found, "slip": slip}
        except _Invalid:  # this wrong result has another shape
            pass
    return found


def _cells(truth, answer, key):
    """Return column -> list of "is this cell right?" in the truth's rows; a Series is one nameless column."""
    body = "columns" if "columns" in truth else "values"
    _need(type(answer) is dict and {*map(type, answer)} == {str}, "wrong-shape")
    _need(answer.keys() == {"index", body}, "wrong-shape")
    index, mine, wanted = answer["index"], answer[body], truth[body]
    if body == "values":
        mine, wanted = {"": mine}, {"": wanted}
    _need(type(mine) is dict and type(index) is list, "wrong-shape")
    _need({*map(type, mine)} == {str} and mine.keys() == wanted.keys(), "wrong-columns")
    _need(all(type(cells) is list and len(cells) == len(index) for cells in mine.values()), "wrong-shape")
    rows = [_label(each) for each in truth["index"]]
    place = {_label(each): number for number, each in enumerate(index)}
    _need(len(place) == len(index), "duplicate")
    _need(place.keys() == set(rows), "wrong-index")
    digits, ordered = key["digits"], key.get("sorted", False)
    return {name: [_same(mine[name][place[row]], true, digits) and (place[row] == number or not ordered)
                   for number, (row, true) in enumerate(zip(rows, cells, strict=True))]
            for name, cells in wanted.items()}


def _label(label):
    _need(type(label) in (str, bool, int, float, type(None)), "wrong-type")
    return type(label) is bool, None if label != label else label  # True is not 1; NaN and null are one thing


def _same(cell, truth, digits):
    (_, cell), (_, truth) = _label(cell), _label(truth)
    if cell is None or truth is None:
        return cell is truth
    if type(truth) not in (str, bool):
        return _close(_number(cell), truth, digits)
    _need(type(cell) is type(truth), "wrong-type")
    return cell == truth


def _text(key, answer):
    _need(type(answer) is str, "wrong-type")
    low, high = key["words"]
    return {"state": "person", "detail": {"words": words(answer), "min": low, "max": high}}


def _canvas(key, answer):
    filled, of = len(_texts(answer, key["tiles"])), len(key["tiles"])
    return {"state": "person" if filled else "unattempted", "detail": {"filled": filled, "of": of}}


_JUDGES = {"choice": lambda key, answer: _multi({**key, "right": [key["right"]]}, [answer]),
           "multi": _multi, "order": _order, "match": _pairs, "classify": _pairs, "numeric": _numeric,
           "value": _value, "text": _text, "canvas": _canvas}
