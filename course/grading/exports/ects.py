"""The sheet of an exam or a credit: the grade of 100, its ECTS letter and the national word."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path

import msgspec

from course.grading import GradingError, results
from course.grading.cells import encode
from course.grading.exports import Export
from course.grading.exports._grades import unread
from course.grading.results import Work
from course.grading.setting.source import lined
from course.texts import LANGS, LANGUAGE, text

NAME, TAKES, ABOUT = "ects", "grades", "the sheet of an exam or a credit"
ENDING = "csv"
NATIONAL = {"A": 5, "B": 4, "C": 4, "D": 3, "E": 3, "FX": 2, "F": 2}
SCALES = Path(__file__).with_name("scales.toml")
Bands = Sequence[tuple[str, int, int]]  # letter, from, to


def options(parser: ArgumentParser) -> None:
    """Add language, kind of control and scale."""
    add = parser.add_argument
    add("--separator", choices=(";", ","), default=";", help="between cells (;)")
    add("--lang", choices=LANGS, default="uk", help=LANGUAGE)
    add("--control", choices=("exam", "credit"), default="exam", help="exam (default) or credit")
    known = ", ".join(scales(SCALES))
    add("--scale", default="technical", help=f"{known}, or your own file like scales.toml")


def write(sources: Sequence[str], options: Namespace) -> Export:
    """Make the sheet of one folder of grades."""
    graded = list(results.read(sources[0]))
    rows = sheet(graded, scale(options.scale), options.lang, options.control)
    return Export(encode(rows, options.separator, "utf-8-sig"), unread(graded))


def sheet(
    graded: Iterable[Work], bands: Bands, lang: str = "uk", control: str = "exam"
) -> list[list[str]]:
    """Lay out the sheet; whose written answers nobody has marked yet stays open.

    The last row tells how points were rounded.
    """
    heads = ("number", "name", "group", "student", "hundred", "ects", "national")
    rows = [[text(f"sheet.{head}", lang) for head in heads]]
    for place, work in enumerate((work for work in graded if work.listed), 1):
        points, state = work.earned, "unmarked" if work.waiting else "absent"
        given = ["", "", text(f"sheet.{state}", lang)]
        if points is not None and work.maximum and not work.waiting:
            given = grades(hundred(points, work.maximum), bands, lang, control)
        rows.append([str(place), work.name, work.group, work.student, *given])
    return [*rows, [], [rule(bands, lang)]]


def grades(whole: int, bands: Bands, lang: str, control: str) -> list[str]:
    """Return a whole number of 100, its letter and its word."""
    letter = next(letter for letter, low, _ in bands if whole >= low)
    passed = "passed" if NATIONAL[letter] > 2 else "failed"
    word = NATIONAL[letter] if control == "exam" else passed
    return [str(whole), letter, text(f"sheet.{control}.{word}", lang)]


def rule(bands: Bands, lang: str) -> str:
    """Return how points were rounded, and the bands."""
    named = ", ".join(f"{letter} {low}–{high}" for letter, low, high in bands)
    return text("sheet.rule", lang, bands=named)


def hundred(points: float, maximum: float) -> int:
    """Return points as a whole number of 100, half rounded up.

    Examples
    --------
    >>> hundred(59.5, 100), hundred(11.9, 20), hundred(11.8999, 20)
    (60, 60, 59)
    """
    share = Decimal(repr(points)) * 100 / Decimal(repr(maximum))
    share = share.quantize(Decimal("1e-6"))  # what is left of binary fractions must not decide
    return min(100, int(share.quantize(Decimal(1), ROUND_HALF_UP)))


def scale(name: str) -> Bands:
    """Return the bands of a scale of ours, or of the first one in a lecturer's own file."""
    known = scales(SCALES)
    if name in known:
        return known[name]
    if not Path(name).exists():
        there = ", ".join(known)
        raise GradingError(f"--scale {name}: no such scale or file; there are {there}")
    return next(iter(scales(Path(name)).values()))


@cache
def scales(path: Path = SCALES) -> dict[str, Bands]:
    """Read scales, and make sure that each gives every whole number 0–100 one letter.

    Returns
    -------
    dict of str to list
        By id ``[(letter, lowest, highest), …]`` from A down to F; the first is the default.

    Raises
    ------
    GradingError
        For other letters, a hole, an overlap, or bands not from 100 down to 0 that pass at `pass`
        (60 unless given).

    Examples
    --------
    >>> scales()["technical"][4]
    ('E', 60, 66)
    """
    said = 'write [[scale]] with id = "…" and bands = [["A", 90, 100], …]'
    listed = lined(path, _Scales, said, "look at its name").scale
    if not listed:
        raise GradingError(f"{path}: write at least one [[scale]]")
    for scale in listed:
        if fault := _fault(scale.bands, scale.passing):
            raise GradingError(f"{path}: scale {scale.id!r}{fault}")
    return {
        scale.id: [(str(letter), int(low), int(high)) for letter, low, high in scale.bands]
        for scale in listed
    }


_Band = list[str | int | float]  # as somebody wrote it


class _Scale(msgspec.Struct, rename={"passing": "pass"}):
    id: str
    bands: list[_Band]
    passing: int = 60


class _Scales(msgspec.Struct):
    scale: list[_Scale]


def _fault(bands: Sequence[_Band], passing: int) -> str:
    """Return what is wrong with the bands of a scale; "" when they are sound."""
    if any(len(band) != 3 for band in bands):
        return ': write bands = [["A", 90, 100], …], each with its letter, from and to'
    if [letter for letter, *_ in bands] != list(NATIONAL):
        return f" needs bands for {', '.join(NATIONAL)}, in this order"
    above = 101
    for letter, low, high in bands:
        if not (type(low) is type(high) is int and low <= high):
            return f": {letter} {low}–{high} must go from a whole number up to one"
        checks = {
            "must end at 100": above <= 100 or high == 100,
            "leaves a hole above it": high >= above - 1,
            "overlaps what is above it": high < above,
            "must begin at 0": letter != "F" or not low,
            f"must begin at pass = {passing}": letter != "E" or low == passing,
        }
        for said, sound in checks.items():
            if not sound:
                return f": {letter} {low}–{high} {said}"
        above = low
    return ""
