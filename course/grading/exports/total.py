"""A semester's total: several graded assignments, each with its weight, in one sheet."""

from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from course.grading import GradingError, results
from course.grading.cells import decimal, encode
from course.grading.exports import Export, ects
from course.grading.results import Work
from course.texts import text

NAME, TAKES, ABOUT = "sheet", "total", "one sheet with points, percent, the grade of 100 and ECTS"
_WRITE = "write each folder with its weight: GRADES1=0.4 GRADES2=0.6"
options = ects.options


@dataclass(frozen=True)
class Part:
    """One assignment: its folder, its share of the total, and the students on its roster."""

    folder: str
    weight: Decimal
    works: Mapping[str, Work]

    def share(self, student: str) -> Decimal:
        """Return the share of its points that a student has; 0 without a work."""
        work = self.works.get(student)
        if work is None or work.earned is None or not work.maximum:
            return Decimal(0)
        return Decimal(repr(work.earned)) / Decimal(repr(work.maximum))


def write(sources: Sequence[str], options: Namespace) -> Export:
    """Make the sheet of several folders of grades."""
    parts = read(sources)
    rows = sheet(parts, options, ects.scale(options.scale))
    return Export(encode(rows, options.separator, "utf-8-sig"), list(_notes(parts)))


def read(sources: Sequence[str]) -> list[Part]:
    """Read folders with weights; `GradingError` says which word of the command line to change."""
    weights: dict[str, Decimal] = {}
    for source in sources:
        folder, sign, words = source.rpartition("=")
        try:
            weight = Decimal(words.replace(",", ".").removesuffix("%"))
        except InvalidOperation:
            weight = Decimal(0)
        if not sign or not folder or not weight.is_finite() or weight <= 0:
            raise GradingError(f"{source}: {_WRITE}; a weight is a number above 0")
        if Path(folder).resolve() in {Path(known).resolve() for known in weights}:
            raise GradingError(f"{source}: this folder is named twice")
        weights[folder] = weight
    whole = sum(weights.values(), Decimal(0))
    if whole not in (1, 100):
        raise GradingError(f"the weights add up to {whole.normalize():f}; make it 1 or 100")
    return [Part(folder, weight / whole, _roster(folder)) for folder, weight in weights.items()]


def _roster(folder: str) -> dict[str, Work]:
    return {work.student: work for work in results.read(folder) if work.listed}


def sheet(parts: Sequence[Part], options: Namespace, bands: ects.Bands) -> list[list[str]]:
    """Lay out everybody on any of the rosters; who has unmarked answers stays open.

    What was not handed in counts as nothing; who handed in nothing at all has no grade.
    """
    lang, mark = options.lang, "." if options.separator == "," else ","
    heads = ("number", "name", "group", "student", "percent", "hundred", "ects", "national")
    named = [text(f"sheet.{head}", lang) for head in heads]
    shares = [decimal(float(part.weight * 100), mark) for part in parts]
    named[4:4] = [
        f"{Path(p.folder).name} ({share} %)" for p, share in zip(parts, shares, strict=True)
    ]
    rows = [named]
    for place, student in enumerate(_students(parts), 1):
        each = [part.works.get(student) for part in parts]
        known = [work for work in each if work]
        points = [decimal(work.earned if work else None, mark) for work in each]
        given = ["", "", "", text("sheet.absent", lang)]
        if any(work.waiting for work in known):
            given[-1] = text("sheet.unmarked", lang)
        elif any(work.earned is not None for work in known):
            percent = float(sum(part.weight * part.share(student) for part in parts) * 100)
            whole = ects.hundred(percent, 100)
            given = [decimal(round(percent, 2), mark)]
            given += ects.grades(whole, bands, lang, options.control)
        rows.append([str(place), known[0].name, known[0].group, student, *points, *given])
    return [*rows, [], [ects.rule(bands, lang)]]


def _students(parts: Sequence[Part]) -> list[str]:
    """Return everybody, in the order of the rosters."""
    return list(dict.fromkeys(student for part in parts for student in part.works))


def _notes(parts: Sequence[Part]) -> Iterator[str]:
    """Yield what a lecturer should look at: who lacks a part, and ids that bear two names."""
    for part in parts:
        absent = [s for s in _students(parts) if s not in part.works]
        if absent:
            yield f"not on the roster of {part.folder}, it counts 0: {', '.join(absent)}"
        unread = sum(work.waiting for work in part.works.values())
        if unread:
            yield f"{part.folder}: {unread} written answers not marked, their students stay open"
    for student in _students(parts):
        names = {part.works[student].name for part in parts if student in part.works}
        if len(names) > 1:
            yield f"{student} has different names: {', '.join(sorted(names))}"
