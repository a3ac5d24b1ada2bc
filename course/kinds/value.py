"""A number, Series or DataFrame that the learner computes in pandas and hands over."""

import math
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

from course.kinds import _entry
from course.kinds._answer import Invalid, Score, finite, need
from course.kinds._entry import Key, Pair, Raw, Shown, Sources
from course.kinds._kind import Kind
from course.kinds._moodle import MoodleQuestion, Refused
from course.kinds._told import Answered, Explained, Tabled, Telling
from course.kinds.numeric import DIGITS, Numeric, close
from course.texts import number, text


@dataclass(kw_only=True)
class Slip:
    """A common wrong result, by the name of its truth, and what it tells."""

    truth: str
    why: Pair


@dataclass(kw_only=True)
class Entry(_entry.DrawnEntry):
    """The fields of ``kind = "value"``."""

    truth: str = field(metadata={"write": "the name of a function of course/truths"})
    digits: int = field(metadata=DIGITS)
    sorted: bool = field(default=False, metadata={"write": "true or false"})
    slip: list[Slip] = field(default_factory=list)


class Value(Numeric):
    """Earns the share of right cells, less what one and the same label in every row would earn."""

    Entry: type[_entry.Entry] = Entry
    computed = True
    on_paper = ""
    public = ("digits",)

    def key(self, raw: Raw, sources: Sources) -> Key:
        return {
            "value": sources.truth(raw["truth"]),
            "digits": raw["digits"],
            "sorted": raw.get("sorted", False),
            "wrong": [sources.truth(slip["truth"]) for slip in raw.get("slip", ())],
        }

    def open_key(self, raw: Raw) -> Key:
        return {"value": 0, "digits": 0}

    def readable(self, raw: Raw, answer: Any) -> Score:
        # A table is compared with itself: only its shape can be wrong.
        table = type(answer) is dict and answer.get("index")
        return self.read({"value": answer if table else 0, "digits": 0}, answer)

    def judge(self, key: Key, answer: Any) -> dict[str, Any]:
        truth = key["value"]
        slip = _slip(key, answer)
        if type(truth) is not dict:
            if slip is not None:
                return {"fraction": 0.0, "slip": slip}
            need(type(answer) not in (dict, list, tuple), "wrong-shape")
            numbers = [math.nan if type(wrong) is dict else wrong for wrong in key.get("wrong", ())]
            return super().judge({**key, "wrong": numbers}, finite(answer))
        try:
            columns = _cells(truth, answer, key)
        except Invalid:
            if slip is None:
                raise
            return {"fraction": 0.0, "slip": slip}
        right, of = sum(map(sum, columns.values())), sum(map(len, columns.values()))
        judged: dict[str, Any] = {"detail": {"right": right, "of": of}}
        if "columns" in truth:
            judged["marks"] = {name: all(cells) for name, cells in columns.items()}
        if right < of and slip is not None:
            return {**judged, "slip": slip, "fraction": 0.0}
        free = _constant(truth)
        judged["fraction"] = float(right == of)
        if of > free:
            judged["fraction"] = max(0.0, (right - free) / (of - free))
        return judged

    def explain(self, telling: Telling, key: Key, score: Score, answer: Any) -> Explained:
        explained = super().explain(telling, key, score, answer)
        if score.state != "invalid" or answer is None:
            return explained
        lead = text("lead.unfit", telling.lang)
        return Explained(lines=tuple(replace(line, lead=lead) for line in explained.lines))

    def unreadable(self, reason: str, answer: Any, key: Key, lang: str) -> str:
        if type(answer) is str:
            return text(f"value.{_sort_of_text(answer)}", lang)
        given, wanted = _sort(answer), _sort(key["value"]) if "value" in key else ""
        if given and wanted and given != wanted:
            return text(f"value.{given}_for_{wanted}", lang)
        if reason == "wrong-columns" and given == "table":
            names = ", ".join(f"`{str(name)[:40]}`" for name in list(answer["columns"])[:12])
            return text("value.columns", lang, names=names or "–")
        if reason in ("duplicate", "wrong-type") and given in ("column", "table"):
            return text(f"value.{'twice' if reason == 'duplicate' else 'cells'}", lang)
        return super().unreadable(reason, answer, key, lang)

    def controls(self, raw: Raw, lang: str) -> dict[str, Any]:
        return {"call": text("card.value_wait", lang, call=f'`check("{raw["id"]}", ...)`')}

    def answered(self, telling: Telling, answer: Any) -> list[Answered]:
        if type(answer) is dict:
            return [Answered(self.passed(answer, telling.lang))]
        return [Answered(number(round(answer, telling.raw["digits"] + 2), telling.lang))]

    def listed(self, telling: Telling, answer: Any) -> Tabled | None:
        if _sort(answer) != "column" or not 0 < len(answer["index"]) <= _SHORT:
            return None
        index, cells = answer["index"], answer["values"]
        finite_all = all(type(cell) in _NUMBERS and abs(cell) < _HUGE for cell in cells)
        if len(index) != len(cells) or not finite_all:
            return None
        digits, lang = telling.raw["digits"] + 2, telling.lang
        shown = (number(round(cell, digits), lang) for cell in cells)
        return Tabled((), tuple(zip(map(str, index), shown, strict=True)))

    def passed(self, answer: Any, lang: str) -> str:
        if given := _sort(answer) if isinstance(answer, dict) else "":
            body = answer["values"] if given == "column" else answer["columns"]
            if given == "table":
                return text("card.value_table", lang, n=len(answer["index"]), of=len(body))
            numbers = all(type(cell) in (*_NUMBERS, type(None)) for cell in body)
            sort = "numbers" if numbers else "column"
            return text(f"card.value_{sort}", lang, n=len(answer["index"]))
        finite_number = type(answer) in _NUMBERS and abs(answer) < _HUGE
        return number(answer, lang) if finite_number else super().passed(answer, lang)

    def alike(self, raw: Raw, answer: Any) -> Any:
        return repr(answer)

    def moodle(self, telling: Telling, key: Key, shown: Shown) -> MoodleQuestion:
        raise Refused(
            "its answer is computed in pandas, and Moodle runs no code: "
            "keep it in the notebook, or ask for one number "
            "in an exercise of kind numeric"
        )


def _sort(value: Any) -> str:
    """Return "number", "column" or "table"; the empty string for what is none of them."""
    if type(value) in _NUMBERS:
        return "number"
    if type(value) is not dict or type(value.get("index")) is not list:
        return ""
    if type(value.get("columns")) is dict:
        return "table"
    return "column" if type(value.get("values")) is list else ""


def _sort_of_text(answer: str) -> str:
    """Return what stands in the journal as text: nothing, numbers with commas, a number, a list."""
    if answer in ("?", ""):
        return "nothing"
    if re.match(r"\(.*,.*\)$", answer, re.S):
        return "tuple"
    if re.match(r"\s*[-+\u2212]?\d[\d\s]*([.,]\d+)?\s*%?\s*$", answer):
        return "quoted"
    return "list" if answer.startswith("[") else "strange"


def _constant(truth: dict[str, Any]) -> int:
    """Return how many cells the same label in every row would get right.

    Counted over the text columns: unfinished code earns nothing.
    """
    columns = truth["columns"].values() if "columns" in truth else [truth["values"]]
    texts = [
        Counter(cells) for cells in columns if cells and all(type(cell) is str for cell in cells)
    ]
    return sum(max(count.values()) for count in texts)


def _slip(key: Key, answer: Any) -> int | None:
    """Return which known wrong table was handed over, of whatever shape; None when it is none."""
    wrongs = enumerate(key.get("wrong", ()))
    return next((count for count, wrong in wrongs if _equal(wrong, answer, key)), None)


def _equal(wrong: Any, answer: Any, key: Key) -> bool:
    if type(wrong) is not dict:
        return False
    try:
        return all(map(all, _cells(wrong, answer, key).values()))
    except Invalid:  # this wrong result has another shape
        return False


def _cells(truth: dict[str, Any], answer: Any, key: Key) -> dict[str, list[bool]]:
    """Return column -> list of "is this cell right?"; a Series is a single nameless column."""
    body = "columns" if "columns" in truth else "values"
    need(type(answer) is dict and {*map(type, answer)} == {str}, "wrong-shape")
    need(answer.keys() == {"index", body}, "wrong-shape")
    index, mine, wanted = answer["index"], answer[body], truth[body]
    if body == "values":
        mine, wanted = {"": mine}, {"": wanted}
    need(type(mine) is dict and type(index) is list, "wrong-shape")
    need(len(index) <= max(1000, 2 * len(truth["index"])), "wrong-index")
    need({*map(type, mine)} == {str} and mine.keys() == wanted.keys(), "wrong-columns")
    need(
        all(type(cells) is list and len(cells) == len(index) for cells in mine.values()),
        "wrong-shape",
    )
    rows = [_label(each) for each in truth["index"]]
    positions = {_label(each): position for position, each in enumerate(index)}
    need(len(positions) == len(index), "duplicate")
    need(positions.keys() == set(rows), "wrong-index")
    digits, ordered = key["digits"], key.get("sorted", False)
    return {
        name: [
            _same(mine[name][positions[row]], cell, digits)
            and (positions[row] == position or not ordered)
            for position, (row, cell) in enumerate(zip(rows, cells, strict=True))
        ]
        for name, cells in wanted.items()
    }


_EXACT = 2**53  # up to here a whole number and its float are one


def _label(label: Any) -> Any:
    """Return a hashable label: True is not 1, and NaN and null are the same.

    A large number is known by its text: Python hashes whole numbers modulo 2**61 - 1, so that
    multiples of it, sent on purpose, would all collide.
    """
    kind = type(label)
    if kind is str or (kind is int and -_EXACT < label < _EXACT):
        return label
    if label is None or kind is bool:
        return kind.__name__, label
    need(kind in (int, float), "wrong-type")
    if label != label:
        return "NoneType", None
    number = finite(label)
    if number == int(number) and abs(number) < _EXACT:
        return int(number)
    return "number", repr(number) if number == label else repr(label)


def _same(cell: Any, truth: Any, digits: int) -> bool:
    kinds = type(cell), type(truth)
    if kinds[0] in _NUMBERS and kinds[1] in _NUMBERS and cell == cell and truth == truth:
        return close(finite(cell), truth, digits)
    empty = _empty(cell), _empty(truth)
    if any(empty):
        return all(empty)
    need(kinds[0] is kinds[1], "wrong-type")
    return bool(cell == truth)


def _empty(cell: Any) -> bool:
    """Tell whether nothing stands in a cell; raise `Invalid` for what no cell holds."""
    need(type(cell) in (str, bool, int, float, type(None)), "wrong-type")
    return cell is None or cell != cell


_NUMBERS = (int, float)
_HUGE = 1e300  # no printed number
_SHORT = 12  # rows of a column that a document shows
KIND: Kind = Value()
