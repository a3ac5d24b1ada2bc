"""A semester's total: several graded assignments, each with its weight, in one sheet.

The weights stand on the command line, or in a plan that also knows the best works of several, pass
marks, resits and excuses.
"""

import csv
from argparse import Namespace
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from course.grading import GradingError, results
from course.grading.cells import decimal, encode
from course.grading.exports import Export, ects
from course.grading.results import Work
from course.grading.setting.source import lined
from course.texts import LANGS, text

NAME, TAKES, ABOUT = "sheet", "total", "one sheet with points, percent, the grade of 100 and ECTS"
ENDING = "csv"
_WRITE = "write each folder with its weight: GRADES1=0.4 GRADES2=0.6"
_MOST = 20  # changed grades that the console names
_GIVEN = ("hundred", "ects", "national")  # columns whose change is told
options = ects.options
Works = Mapping[str, Work]
Percent = Annotated[float, msgspec.Meta(ge=0, le=100)]
Names = Annotated[list[str], msgspec.Meta(min_length=1)]


class _Part(msgspec.Struct, forbid_unknown_fields=True, rename={"passing": "pass"}):
    """A part of a plan, as a lecturer writes it."""

    weight: Annotated[float, msgspec.Meta(gt=0)]
    grades: Names
    title: str | dict[str, str] = ""
    best: Annotated[int, msgspec.Meta(ge=1)] | None = None
    passing: Percent = 0
    resit: list[str] = []
    counts: Literal["best", "last"] = "best"


class _Excuse(msgspec.Struct, forbid_unknown_fields=True):
    """A work that does not count for a student, and why."""

    student: str
    grades: str
    reason: Annotated[str, msgspec.Meta(min_length=1)]


class _Plan(msgspec.Struct, forbid_unknown_fields=True):
    part: Annotated[list[_Part], msgspec.Meta(min_length=1)]
    missing: Literal["zero", "open"] = "zero"
    excuse: list[_Excuse] = []


@dataclass(frozen=True)
class Part:
    """A part of the total: its folders of grades, and how they make one share.

    Attributes
    ----------
    title : mapping of str to str
        By language.
    weight : Decimal
        Share of the total.
    works, resits : mapping of str to mapping
        The works of each folder, by student.
    best : int or None
        How many of the works count, the best; None for all. Each weighs the same.
    passing : Decimal
        Percent below which the total fails, whatever the other parts bring.
    counts : {"best", "last"}
        Whether the better result counts, or that of the last resit that came.
    excused : set of (str, str)
        Students and folders that do not count.
    """

    title: Mapping[str, str]
    weight: Decimal
    works: Mapping[str, Works]
    resits: Mapping[str, Works] = field(default_factory=dict)
    best: int | None = None
    passing: Decimal = Decimal(0)
    counts: str = "best"
    excused: frozenset[tuple[str, str]] = frozenset()

    @property
    def folders(self) -> dict[str, Works]:
        """All folders, resits last."""
        return {**self.works, **self.resits}

    def share(self, student: str) -> Decimal | None:
        """Return the share of its points that a student has; None when excused from everything.

        What was not handed in counts as nothing.
        """
        again = [share for works in self.resits.values() if (share := _share(works, student))]
        came = [works for works in self.resits.values() if _handed(works, student)]
        shares = [
            _share(works, student)
            for folder, works in self.works.items()
            if (student, folder) not in self.excused
        ]
        counted = sorted(shares, reverse=True)[: self.best]
        own = sum(counted, Decimal(0)) / len(counted) if counted else None
        if not came:
            return own
        if self.counts == "last":
            return _share(came[-1], student)
        return max([*again, own or Decimal(0)])

    def handed(self, student: str) -> bool:
        """Tell whether anything of the part came, or nothing had to."""
        due = [name for name in self.works if (student, name) not in self.excused]
        came = [self.folders[name] for name in (*due, *self.resits)]
        return not due or any(_handed(works, student) for works in came)


def _share(works: Works, student: str) -> Decimal:
    work = works.get(student)
    if work is None or work.earned is None or not work.maximum:
        return Decimal(0)
    return Decimal(repr(work.earned)) / Decimal(repr(work.maximum))


def _handed(works: Works, student: str) -> bool:
    return student in works and works[student].earned is not None


@dataclass(frozen=True)
class Plan:
    """What a total is made of; without `zero` nobody has a grade who lacks a part."""

    parts: Sequence[Part]
    zero: bool = True
    excuses: Sequence[str] = ()

    def percent(self, student: str) -> float:
        """Return the weighed percent; who is excused from a part has the others weigh more."""
        known = [(part.weight, part.share(student)) for part in self.parts]
        counted = [(weight, share) for weight, share in known if share is not None]
        whole = sum((weight for weight, _ in counted), Decimal(0))
        return float(sum(weight * share for weight, share in counted) / whole * 100) if whole else 0

    def failed(self, student: str) -> list[Part]:
        """Return the parts whose pass mark a student has not reached."""
        return [
            part
            for part in self.parts
            if (share := part.share(student)) is not None and share * 100 < part.passing
        ]


def write(sources: Sequence[str], options: Namespace) -> Export:
    """Make the sheet of several folders of grades, or of a plan."""
    if len(sources) == 1 and sources[0].endswith(".toml"):
        plan = read_plan(Path(sources[0]))
    else:
        plan = Plan(read(sources))
    rows = sheet(plan, options, ects.scale(options.scale))
    changed = list(changes(options.out, rows, options))
    return Export(
        encode(rows, options.separator, "utf-8-sig"), [*_notes(plan.parts), *plan.excuses, *changed]
    )


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
            said = f"{_WRITE}; a weight is a number above 0; or name a plan, semester.toml"
            raise GradingError(f"{source}: {said}")
        if Path(folder).resolve() in {Path(known).resolve() for known in weights}:
            raise GradingError(f"{source}: this folder is named twice")
        weights[folder] = weight
    whole = _whole(weights.values())
    return [
        Part(dict.fromkeys(LANGS, Path(folder).name), weight / whole, {folder: _roster(folder)})
        for folder, weight in weights.items()
    ]


def _whole(weights: Iterable[Decimal]) -> Decimal:
    whole = sum(weights, Decimal(0))
    if whole not in (1, 100):
        raise GradingError(f"the weights add up to {float(whole):.12g}; make it 1 or 100")
    return whole


def read_plan(path: Path) -> Plan:
    """Read a plan; folders stand beside it. `GradingError` says what to change in it."""
    said = 'a part is [[part]] with weight = 40 and grades = ["folder"]'
    raw = lined(path, _Plan, said, "look at its name")
    named = [name for part in raw.part for name in (*part.grades, *part.resit)]
    places = [(path.parent / name).resolve() for name in named]
    alike = (name for name, place in zip(named, places, strict=True) if places.count(place) > 1)
    if twice := next(alike, None):
        raise GradingError(f"{path}: the folder {twice} is named twice; it may count once")
    for part in raw.part:
        if part.best and part.best > len(part.grades):
            said = f"best = {part.best} of {len(part.grades)} folders"
            raise GradingError(f"{path}: {part.grades[0]}: {said}; name more, or leave best out")
    try:
        whole = _whole([Decimal(repr(part.weight)) for part in raw.part])
    except GradingError as error:
        raise GradingError(f"{path}: {error}") from None
    excused = _excused(path, raw, named)
    parts = [
        Part(
            _title(path, part),
            Decimal(repr(part.weight)) / whole,
            {name: _roster(path.parent / name) for name in part.grades},
            {name: _roster(path.parent / name) for name in part.resit},
            part.best,
            Decimal(repr(part.passing)),
            part.counts,
            excused,
        )
        for part in raw.part
    ]
    students = set(_students(parts))
    for each in raw.excuse:
        if each.student not in students:
            said = "nobody on the rosters has this number"
            raise GradingError(f"{path}: excuse of {each.student}: {said}; look at it")
    excuses = [f"excused: {each.student}, {each.grades}: {each.reason}" for each in raw.excuse]
    return Plan(parts, raw.missing == "zero", excuses)


def _title(path: Path, part: _Part) -> Mapping[str, str]:
    title = part.title or ", ".join(Path(name).name for name in part.grades)
    named = dict.fromkeys(LANGS, title) if isinstance(title, str) else title
    if lost := [lang for lang in LANGS if lang not in named]:
        said = f'write title.{lost[0]} too, or one title = "…" for both languages'
        raise GradingError(f"{path}: {part.grades[0]}: {said}")
    return named


def _excused(path: Path, raw: _Plan, named: Sequence[str]) -> frozenset[tuple[str, str]]:
    for each in raw.excuse:
        if each.grades not in named:
            said = f"no part has the folder {each.grades}; there are {', '.join(named)}"
            raise GradingError(f"{path}: excuse of {each.student}: {said}")
    return frozenset((each.student, each.grades) for each in raw.excuse)


def _roster(folder: str | Path) -> dict[str, Work]:
    return {work.student: work for work in results.read(folder) if work.listed}


def sheet(plan: Plan, options: Namespace, bands: ects.Bands) -> list[list[str]]:
    """Lay out everybody on any of the rosters; who has unmarked answers stays open.

    What was not handed in counts as nothing; who handed in nothing at all, or was excused from
    everything, has no grade.
    """
    lang, mark = options.lang, "." if options.separator == "," else ","
    heads = ("number", "name", "group", "student", "percent", *_GIVEN)
    named = [text(f"sheet.{head}", lang) for head in heads]
    named[4:4] = list(_columns(plan.parts, lang, mark))
    rows = [named]
    for place, student in enumerate(_students(plan.parts), 1):
        known = [
            works[student]
            for part in plan.parts
            for works in part.folders.values()
            if student in works
        ]
        points = list(_points(plan.parts, student, mark))
        given, note = _given(plan, student, known, bands, options), ""
        if failed := plan.failed(student) if given[1] else []:
            titles = ", ".join(part.title[lang] for part in failed)
            note = text("sheet.below", lang, list=titles)
        row = [str(place), known[0].name, known[0].group, student, *points, *given]
        rows.append([*row, note])
    if any(part.passing for part in plan.parts):
        named.append(text("sheet.note", lang))
    else:
        rows = [named, *(row[:-1] for row in rows[1:])]
    return [*rows, [], [ects.rule(bands, lang)]]


def _columns(parts: Sequence[Part], lang: str, mark: str) -> Iterator[str]:
    """Yield the heads of a part: a folder alone bears the weight, several are followed by it."""
    for part in parts:
        weight = f"{part.title[lang]} ({decimal(float(part.weight * 100), mark)} %)"
        if len(part.folders) > 1:
            yield from (Path(folder).name for folder in part.folders)
        yield weight


def _points(parts: Sequence[Part], student: str, mark: str) -> Iterator[str]:
    for part in parts:
        for works in part.folders.values():
            work = works.get(student)
            yield decimal(work.earned if work else None, mark)
        if len(part.folders) > 1:
            share = part.share(student)
            yield decimal(None if share is None else round(float(share * 100), 2), mark)


def _given(
    plan: Plan, student: str, known: Sequence[Work], bands: ects.Bands, options: Namespace
) -> list[str]:
    """Return percent, the grade of 100, its letter and its word, or why there is none."""
    lang, mark = options.lang, "." if options.separator == "," else ","
    if any(work.waiting for work in known):
        return ["", "", "", text("sheet.unmarked", lang)]
    if all(part.share(student) is None for part in plan.parts):
        return ["", "", "", text("sheet.excused", lang)]
    whole = any(work.earned is not None for work in known)
    if not plan.zero:
        whole = whole and all(part.handed(student) for part in plan.parts)
    if not whole:
        return ["", "", "", text("sheet.absent", lang)]
    percent = plan.percent(student)
    hundred = ects.hundred(percent, 100)
    if plan.failed(student):
        hundred = min(hundred, next(low for letter, low, _ in bands if letter == "E") - 1)
    shown = decimal(round(percent, 2), mark)
    return [shown, *ects.grades(hundred, bands, lang, options.control)]


def _students(parts: Sequence[Part]) -> list[str]:
    """Return everybody, in the order of the rosters."""
    every = (works for part in parts for works in part.folders.values())
    return list(dict.fromkeys(student for works in every for student in works))


def _notes(parts: Sequence[Part]) -> Iterator[str]:
    """Yield what a lecturer should look at: who lacks a part, and ids that bear two names."""
    for part in parts:
        for folder, works in part.folders.items():
            absent = [
                student
                for student in _students(parts)
                if student not in works and (student, folder) not in part.excused
            ]
            if absent and folder not in part.resits:
                yield f"not on the roster of {folder}, it counts 0: {', '.join(absent)}"
            unread = sum(work.waiting for work in works.values())
            if unread:
                yield f"{folder}: {unread} written answers not marked, their students stay open"
    every = [works for part in parts for works in part.folders.values()]
    for student in _students(parts):
        names = {works[student].name for works in every if student in works}
        if len(names) > 1:
            yield f"{student} has different names: {', '.join(sorted(names))}"


def changes(path: Path, rows: Sequence[Sequence[str]], options: Namespace) -> Iterator[str]:
    """Yield whose grade differs from the sheet that stood at `path` before."""
    try:
        before = list(
            csv.reader(path.read_text("utf-8-sig").splitlines(), delimiter=options.separator)
        )
    except (OSError, UnicodeDecodeError, csv.Error):
        return
    old, new = _grades(before, options.lang), _grades(rows, options.lang)
    if not old:
        return
    changed = [student for student in new if student in old and old[student] != new[student]]
    others = [student for student in new if student not in old]
    gone = [student for student in old if student not in new]
    yield f"since the last sheet: {len(changed)} changed, {len(others)} new, {len(gone)} gone"
    for student in changed[:_MOST]:
        yield f"  {student}: {old[student] or 'no grade'} -> {new[student] or 'no grade'}"
    if len(changed) > _MOST:
        yield f"  and {len(changed) - _MOST} more"


def _grades(rows: Sequence[Sequence[str]], lang: str) -> dict[str, str]:
    """Return the grade of 100 and its letter by student; none when this is no such sheet."""
    heads = rows[0] if rows else []
    named = [text(f"sheet.{head}", lang) for head in ("student", "hundred", "ects")]
    if any(name not in heads for name in named):
        return {}
    who, hundred, letter = map(heads.index, named)
    last = max(who, hundred, letter)
    return {
        row[who]: f"{row[hundred]} {row[letter]}".strip() for row in rows[1:] if len(row) > last
    }
