"""A number the learner types; every learner may get other parameters."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import Any

from course.kinds import _entry
from course.kinds._answer import Got, Mistake, finite, need
from course.kinds._entry import Key, Pair, Raw, Shown, Sources
from course.kinds._kind import Kind
from course.kinds._moodle import MoodleAnswer, MoodleQuestion
from course.kinds._told import Answered, Telling
from course.texts import text

# Tolerance of a number: 0.5 %, or half a unit of the last digit asked if that is more.
RELATIVE = 0.005
LONGEST_NUMBER = 64  # characters of a typed number
_SPACES = re.compile("[ \t\u00a0\u2007\u2009\u202f]")
_MARKS = {0x2212: "-", 0x2013: "-", 0x2019: "'", 0x02BC: "'"}
_NUMBER = re.compile(
    r"([+-]?) ?([1-9][0-9]{0,2}(?P<gap>[ ',.])[0-9]{3}(?:(?P=gap)[0-9]{3})*|[0-9]*)"
    r"(?:([.,])([0-9]+))?(?![0-9.,])(.*)"
)
DIGITS = {"write": "how many decimals are asked for, 0 to 4"}
WITHIN = {"write": "how far off an answer may lie, 0 or more; 0 wants the exact number"}
LARGEST = 10**12  # of a result, and of how far off: more digits than a card or a spreadsheet shows
_ROUNDING = 1e-13  # share of a number that arithmetic with binary fractions may lose


@dataclass(kw_only=True)
class Slip:
    """A common wrong result and what it tells."""

    answer: str
    why: Pair


@dataclass(kw_only=True)
class Entry(_entry.DrawnEntry):
    """The fields of ``kind = "numeric"``."""

    answer: str = field(metadata={"write": "an expression in quotes"})
    digits: int = field(metadata=DIGITS)
    within: float | None = field(default=None, metadata=WITHIN)
    unit: Pair | None = None
    slip: list[Slip] = field(default_factory=list)


def parse_number(words: Any, unit: str | Sequence[str] | None = None) -> float | None:
    """Read a number as people type it; None when it is not one.

    Comma and point both read as the decimal mark; where both stand, the last one is. Thousands may
    be parted by spaces of any width, apostrophes, or repeated commas or points.

    Parameters
    ----------
    words : str
        At most 64 characters, ASCII digits, no exponent.
    unit : str, list of str, or None
        What may follow the number (spaces, full stops and case aside). With ``"%"`` a percentage
        stays; with None a percent sign divides by 100.

    Returns
    -------
    float or None

    Examples
    --------
    >>> parse_number("12 500,5"), parse_number("1,234.5"), parse_number("1,234"), parse_number("−3")
    (12500.5, 1234.5, 1.234, -3.0)
    >>> parse_number("7,5 %"), parse_number("7,5 %", "%"), parse_number("20,57 тис. ₴", "тис. грн")
    (0.075, 7.5, 20.57)
    """
    if type(words) is not str or len(words) > LONGEST_NUMBER:
        return None
    match = _NUMBER.fullmatch(_SPACES.sub(" ", words).strip().translate(_MARKS))
    if match is None:
        return None
    sign, whole, gap, point, part, tail = match.groups()
    if not (whole or part) or (gap and gap == point):
        return None
    if gap in (",", ".") and not point and whole.count(gap) == 1:
        # "1,234": a lone mark is the decimal one
        whole, part = whole.split(gap)
    value = float(f"{sign}{whole.replace(gap or ' ', '')}.{part or 0}")
    units = [unit] if isinstance(unit, str) else list(unit or ())
    tail, *allowed = (
        re.sub(r"[\s.]", "", each).casefold().replace("₴", "грн") for each in (tail, *units)
    )
    if not tail or tail in allowed:
        return value
    return value / 100 if tail == "%" and not units else None


def close(value: float, truth: float, digits: int, within: float | None = None) -> bool:
    """Tell whether a number is near enough to the right one; the edge itself is right."""
    return abs(value - truth) <= tolerance(truth, digits, within)


def tolerance(truth: float, digits: int, within: float | None = None) -> float:
    """Return how far off an answer may lie.

    It is 0.5 %, or half a unit of the last digit asked, unless an exercise says how far: with 0
    only the number itself is right, whatever binary fractions make of it.

    Examples
    --------
    >>> close(1250, 1254, 0), close(1250, 1254, 0, 3), close(0.3, 0.1 + 0.2, 1, 0)
    (True, False, True)
    """
    if within is not None:
        return float(within * (1 + 1e-9) + _ROUNDING * abs(truth))
    return float(max(RELATIVE * abs(truth), 0.5 * 10.0**-digits) * (1 + 1e-9))


def units(raw: Raw) -> list[str]:
    """Return what may stand behind a number, in both languages."""
    return sorted(set((raw.get("unit") or {}).values()))


class Numeric(Kind):
    """Right within its tolerance; a known slip gets its own explanation."""

    Entry: type[_entry.Entry] = Entry
    public: tuple[str, ...] = ("digits", "unit")
    on_paper = "number"

    def key(self, raw: Raw, sources: Sources) -> Key:
        return {
            "value": sources.evaluate(raw["answer"]),
            "digits": raw["digits"],
            "wrong": [sources.evaluate(slip["answer"]) for slip in raw.get("slip", ())],
            "unit": units(raw) if raw.get("unit") else None,
        } | ({"within": raw["within"]} if "within" in raw else {})

    def open_key(self, raw: Raw) -> Key:
        return {"value": 0, "digits": 0, "unit": units(raw)}

    def judge(self, key: Key, answer: Any) -> dict[str, Any]:
        value = parse_number(answer, key.get("unit")) if type(answer) is str else finite(answer)
        need(value is not None, "not-a-number")
        truths = (key["value"], *key.get("wrong", ()))
        within = key.get("within")
        full, *hits = (close(value or 0.0, truth, key["digits"], within) for truth in truths)
        slip = hits.index(True) if True in hits and not full else None
        return {"fraction": float(full), "slip": slip, "detail": {"value": value}}

    def controls(self, raw: Raw, lang: str) -> dict[str, Any]:
        unit = raw["unit"][lang] if raw.get("unit") else None
        return {"unit": unit, "digits": text(f"card.digits_{raw['digits']}", lang)}

    def answered(self, telling: Telling, answer: Any) -> list[Answered]:
        unit = f" {telling.raw['unit'][telling.lang]}" if telling.raw.get("unit") else ""
        return [Answered(f"{answer}{unit}", typed=True)]

    def alike(self, raw: Raw, answer: Any) -> Any:
        return parse_number(answer, units(raw)) if type(answer) is str else answer

    def mistakes(self, telling: Telling, gots: Iterable[Got]) -> Iterator[Mistake]:
        for count, slip in enumerate(telling.raw.get("slip", ())):
            label = text("report.slip", telling.lang, why=telling.words(slip["why"]))
            yield Mistake(label, partial(_slipped, count))

    def moodle(self, telling: Telling, key: Key, shown: Shown) -> MoodleQuestion:
        raw, lang = telling.raw, telling.lang
        asks = [
            text(f"card.digits_{raw['digits']}", lang),
            text("moodle.number", lang),
            text("moodle.point", lang),
        ]
        if raw.get("unit"):
            asks.append(text("moodle.unit", lang, unit=raw["unit"][lang]))
        whys = [raw["right"], *(slip["why"] for slip in raw.get("slip", ()))]
        answers: list[MoodleAnswer] = []
        for value, why in zip([key["value"], *key["wrong"]], whys, strict=True):
            share, within = "0" if answers else "100", exact(tolerance(value, key["digits"]))
            if "within" in key:  # Moodle adds what binary fractions need
                within = exact(float(key["within"]))
            answers.append(
                MoodleAnswer(share, exact(value), telling.words(why), {"tolerance": within})
            )
        see = telling.say("see") and text("card.see", lang, title=telling.say("see"))
        wrong = "\n".join(filter(None, (telling.say("wrong"), see)))
        answers.append(MoodleAnswer("0", "*", wrong, {"tolerance": "0"}))
        after = {"unitgradingtype": "0", "unitpenalty": "0", "showunits": "3", "unitsleft": "0"}
        return MoodleQuestion(
            "numerical", asks=tuple(asks), combined=False, answers=tuple(answers), after=after
        )


def exact(value: float) -> str:
    """Write a number exactly, with a point and no exponent, as Moodle reads it everywhere."""
    return format(Decimal(repr(value)), "f")


def _slipped(count: int, got: Got) -> bool:
    return got.slip == count


KIND: Kind = Numeric()
