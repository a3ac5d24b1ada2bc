"""`course report compare`: groups of a stream, and years, with intervals and without a ranking."""

import math
import re
from argparse import ArgumentParser
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

from course.figures import Mark
from course.grading import GradingError
from course.grading.cells import decimal
from course.grading.pages.group import Group
from course.grading.pages.statistics import Floats
from course.grading.semester import bank, estimates
from course.grading.semester.board import Board, short
from course.grading.semester.estimates import Estimate, Sums
from course.texts import LANGS, LANGUAGE, NBSP

_FEW = 5  # works of a group, fewer of which are not compared
_ALIKE = ("attempts", "counts", "variants", "minutes")  # conditions that change what a mark means
_NAMED = 8  # exercises that a sentence names


@dataclass(frozen=True)
class Cohort:
    """One assignment with those who did it, under the name that the lecturer gives it."""

    label: str
    group: Group

    def share(self, refs: Sequence[str], weights: Floats) -> Floats:
        """Return the share of the points in some exercises of everybody who has any of them."""
        slots = [self.group.refs.index(ref) for ref in refs]
        points, full = self.group.points[:, slots], self.group.given[:, slots] * weights
        some = full.any(1)
        shares: Floats = np.nansum(points * weights, 1)[some] / full.sum(1)[some]
        return shares

    def closed(self) -> dict[str, str]:
        """Return the version of each exercise whose answers are all marked."""
        signs = zip(self.group.refs, bank.versions(self.group), self.group.closed, strict=True)
        return {ref: sign for ref, sign, closed in signs if closed}


class Unit(NamedTuple):
    """A group of the stream: who handed in of how many, mean, difference from all the others."""

    name: str
    n: int
    of: int
    mean: Estimate
    apart: Estimate | None


class Years(NamedTuple):
    """Two years in the exercises that both had."""

    before: Cohort
    after: Cohort
    refs: list[str]
    changed: list[str]
    means: tuple[Estimate, Estimate]
    apart: Estimate | None
    shifts: dict[str, Estimate]


def read(sources: Sequence[str]) -> list[Cohort]:
    """Read ``FOLDER`` or ``FOLDER=LABEL``; without a label the academic year is one."""
    cohorts, places = list[Cohort](), set[Path]()
    for source in sources:
        folder, sign, label = source.rpartition("=")
        if not sign or Path(source).is_dir():
            folder, label = source, ""
        group = Group(folder)
        closes = group.about["closes"] or group.about["opens"]
        label = label.strip() or bank.academic_year(closes) or Path(folder).name
        if label in {cohort.label for cohort in cohorts}:
            said = f"name them apart: {folder}=NAME"
            raise GradingError(f"{source}: two folders are called {label}; {said}")
        if not group.names or not group.closed.any():
            raise GradingError(f"{folder}: nothing is handed in and marked yet")
        if Path(folder).resolve() in places:
            raise GradingError(f"{source}: this folder is named twice; name each year's own")
        places.add(Path(folder).resolve())
        cohorts.append(Cohort(label, group))
    return cohorts


def _natural(name: str) -> list[tuple[int, str]]:
    """Return a key that puts МК-2 before МК-10."""
    parts = re.split(r"([0-9]+)", name)
    return [(int(part), "") if part.isdecimal() else (0, part) for part in parts]


def units(cohort: Cohort) -> list[Unit]:
    """Return the groups of a stream in the order of their names.

    Each is compared with all the others together; the intervals of these differences hold
    together.
    """
    group = cohort.group
    names = sorted((name for name in group.listed if name), key=_natural)
    own = np.array(group.units)
    many = sum((own == name).sum() >= _FEW for name in names)
    listed = []
    for name in names:
        ones, others = group.totals[own == name], group.totals[own != name]
        enough = many > 1 and min(len(ones), len(others)) >= _FEW
        apart = estimates.difference(ones, others, many) if enough else None
        listed.append(Unit(name, len(ones), group.listed[name], estimates.mean(ones), apart))
    return listed


def years(cohorts: Sequence[Cohort]) -> list[Years]:
    """Compare each year with the one before it, and the last with the first."""
    pairs = list(pairwise(cohorts))
    if len(cohorts) > 2:
        pairs.append((cohorts[0], cohorts[-1]))
    return [_years(before, after, len(pairs)) for before, after in pairs]


def _former(one: Mapping[str, str], other: Mapping[str, str]) -> dict[str, str]:
    """Return what the later exercises that both have were called earlier.

    A bank may have another name in the later spec; its questions are known by their versions.

    >>> _former({"own/a": "1", "anna/b": "2"}, {"own/a": "9", "olena/b": "2", "olena/c": "3"})
    {'own/a': 'own/a', 'olena/b': 'anna/b'}
    """
    renamed = {sign: ref for ref, sign in one.items() if sign and ref not in other}
    return {
        ref: ref if ref in one else renamed[sign]
        for ref, sign in other.items()
        if ref in one or sign in renamed
    }


def _years(before: Cohort, after: Cohort, many: int) -> Years:
    one, other = before.closed(), after.closed()
    former = _former(one, other)
    refs = [ref for ref, earlier in former.items() if one[earlier] == other[ref]]
    changed = [ref for ref in former if ref not in refs]
    nobody = Estimate(math.nan, math.nan, math.nan, 0)
    if not refs:
        return Years(before, after, refs, changed, (nobody, nobody), None, {})
    weights = np.array([after.group.maxima[after.group.refs.index(ref)] for ref in refs])
    named = [former[ref] for ref in refs], refs
    shares = [each.share(own, weights) for each, own in zip((before, after), named, strict=True)]
    enough = min(map(len, shares)) >= _FEW
    apart = estimates.difference(shares[1], shares[0], many) if enough else None
    shifts = {}
    for ref in refs:
        first = Sums.of(before.share([former[ref]], np.ones(1)))
        last = Sums.of(after.share([ref], np.ones(1)))
        shifts[ref] = estimates.shift(first, last, len(refs))
    means = estimates.mean(shares[0]), estimates.mean(shares[1])
    return Years(before, after, refs, changed, means, apart, shifts)


class Page(Board):
    """The comparison in one language; `rows` are its table for a spreadsheet."""

    def __init__(self, cohorts: Sequence[Cohort], lang: str) -> None:
        super().__init__("compare", lang)
        self.cohorts = cohorts
        self.rows: list[list[object]] = []
        self.p("about", list=", ".join(self._called(cohort) for cohort in cohorts))
        self.p("reading")
        if len(cohorts) > 1:
            self._years(years(cohorts))
        for cohort in cohorts:
            self._groups(cohort, units(cohort))
        self.head("limits")
        for key in ("limits_people", "limits_many", "limits_rank"):
            self.p(key)

    def _called(self, cohort: Cohort) -> str:
        return f"{cohort.group.about['title'][self.lang]} ({cohort.label})"

    def mean(self, each: Estimate) -> str:
        """Return a mean share with its interval."""
        return self.percent(each.value) + self.ends(each.low, each.high)

    def apart(self, each: Estimate | None) -> str:
        """Return a difference with its interval."""
        return self.points(each.value) + self.ends(each.low, each.high) if each else "–"

    def clear(self, each: Estimate | None) -> str:
        """Return whether a difference is more than chance explains."""
        if each is None:
            return self.say("few_short")
        return self.say("clear" if each.clear else "unclear")

    # Groups

    def _groups(self, cohort: Cohort, listed: Sequence[Unit]) -> None:
        if len(listed) < 2:
            return
        totals, own = cohort.group.totals, np.array(cohort.group.units)
        self.head("groups", label=cohort.label)
        clear = [unit for unit in listed if unit.apart and unit.apart.clear]
        self.p("groups_clear" if clear else "groups_none", n=len(clear), of=len(listed))
        self.bullets(
            self.say(
                "higher" if unit.apart.value > 0 else "lower",
                name=unit.name,
                by=self.apart(unit.apart),
            )
            for unit in clear
            if unit.apart
        )
        share = estimates.between([totals[own == unit.name] for unit in listed])
        if share:
            words = self.percent(share.value) + self.ends(share.low, share.high)
            self.p("spread", share=words)
        whole = float(totals.mean())
        drawn = [unit for unit in listed if not math.isnan(unit.mean.low)]
        if drawn:
            words = self.say("groups_say", mean=self.percent(whole), n=len(drawn))
            rows = [(unit.name, unit.mean, self.percent(unit.mean.value)) for unit in drawn]
            self.dots("groups_title", rows, words, Mark(whole, self.say("stream")))
        cells = [
            [
                unit.name,
                f"{unit.n}{NBSP}/{NBSP}{unit.of}",
                self.mean(unit.mean),
                self.apart(unit.apart),
                self.clear(unit.apart),
            ]
            for unit in listed
        ]
        self.table("groups_caption", ("group", "handed", "mean", "rest", "seen"), cells)
        if any(unit.apart is None for unit in listed):
            self.p("few", few=_FEW)
        for unit in listed:
            self._row("group", cohort.label, unit.name, unit.n, unit.of, unit.mean, unit.apart)

    # Years

    def _years(self, pairs: Sequence[Years]) -> None:
        self.head("years")
        self.p("years_what")
        known = [pair for pair in pairs if pair.apart]
        self.bullets(self._said(pair) for pair in pairs)
        if known:
            rows = [(self._pair(p), p.apart, self.points(p.apart.value)) for p in known if p.apart]
            words = self.say("years_say", n=len(rows))
            self.dots("years_title", rows, words, Mark(0.0, self.say("same")))
        cells = [
            [
                self._pair(pair),
                str(len(pair.refs)),
                *(f"{self.mean(each)}, n{NBSP}={NBSP}{each.n}" for each in pair.means),
                self.apart(pair.apart),
            ]
            for pair in pairs
            if pair.refs
        ]
        if cells:
            heads = ("years", "common", "before", "after", "difference")
            self.table("years_caption", heads, cells)
        self._handing()
        self._conditions(pairs)
        for pair in pairs:
            self._row_years(pair)
            if pair.refs:
                self._shifts(pair)

    def _pair(self, pair: Years) -> str:
        return f"{pair.before.label}{NBSP}→ {pair.after.label}"

    def _said(self, pair: Years) -> str:
        named = {"pair": self._pair(pair), "k": len(pair.refs)}
        if not pair.refs:
            return self.say("no_common", **named)
        if pair.apart is None:
            return self.say("few_years", **named, few=_FEW)
        if not pair.apart.clear:
            return self.say("years_unclear", **named, by=self.apart(pair.apart))
        key = "years_up" if pair.apart.value > 0 else "years_down"
        return self.say(key, **named, by=self.apart(pair.apart))

    def _handing(self) -> None:
        shares = [len(cohort.group.names) / cohort.group.roster for cohort in self.cohorts]
        told = [
            f"{cohort.label}{NBSP}– {self.percent(share)}"
            for cohort, share in zip(self.cohorts, shares, strict=True)
        ]
        self.p("handed_in", list="; ".join(told))

    def _conditions(self, pairs: Sequence[Years]) -> None:
        abouts: list[Mapping[str, object]] = [{**cohort.group.about} for cohort in self.cohorts]
        differ = [name for name in _ALIKE if len({about.get(name) for about in abouts}) > 1]
        if differ:
            self.p("conditions", list=", ".join(f"`{name}`" for name in differ))
        changed = dict.fromkeys(ref for pair in pairs for ref in pair.changed)
        if changed:
            self.p("changed", list=self._named(list(changed)))
        drawn = {
            entry["ref"]
            for cohort in self.cohorts
            for entry in cohort.group.entries
            if len(entry.get("draws", ())) > 1
        }
        common = dict.fromkeys(ref for pair in pairs for ref in pair.refs if ref in drawn)
        if common:
            self.p("drawn", list=self._named(list(common)))

    def _named(self, refs: Sequence[str]) -> str:
        more = self.say("more", n=len(refs) - _NAMED) if len(refs) > _NAMED else ""
        return ", ".join(f"`{ref}`" for ref in refs[:_NAMED]) + more

    def _shifts(self, pair: Years) -> None:
        self.head("shifts", 3, pair=self._pair(pair))
        clear = sum(each.clear for each in pair.shifts.values())
        words = self.say("shifts_say", n=clear, of=len(pair.shifts))
        names = short([*pair.shifts])
        rows = [
            (name, each, self.points(each.value))
            for name, each in zip(names, pair.shifts.values(), strict=True)
        ]
        self.dots("shifts_title", rows, words, Mark(0.0, self.say("same")))
        cells = [
            [f"`{ref}`", self.apart(each), self.clear(each)] for ref, each in pair.shifts.items()
        ]
        self.table(
            "shifts_caption", ("exercise", "difference", "seen"), cells, pair=self._pair(pair)
        )

    # The table

    def _row(
        self,
        what: str,
        label: str,
        name: str,
        n: int,
        of: object,
        mean: Estimate,
        apart: Estimate | None,
    ) -> None:
        ends = apart or Estimate(math.nan, math.nan, math.nan, 0)
        said = "" if apart is None and what == "year" else self.clear(apart)
        cells = [self.say(f"row_{what}"), label, name, n, of]
        self.rows.append([*cells, *mean[:3], *ends[:3], said])

    def _row_years(self, pair: Years) -> None:
        name = self.say("of_common", k=len(pair.refs))
        if pair.refs:
            size, of = pair.means[1].n, pair.after.group.roster
            self._row("year", self._pair(pair), name, size, of, pair.means[1], pair.apart)
        none = Estimate(math.nan, math.nan, math.nan, 0)
        for ref, each in pair.shifts.items():
            self._row("exercise", self._pair(pair), ref, each.n, "", none, each)


def table(page: Page, mark: str = ",") -> list[list[str]]:
    """Lay the comparison out for a spreadsheet; shares and differences are fractions of one."""
    heads = (
        "what",
        "label",
        "name",
        "n",
        "of",
        "mean",
        "low",
        "high",
        "apart",
        "low",
        "high",
        "seen",
    )
    rows = [[page.say(f"cell_{head}") for head in heads]]
    for row in page.rows:
        rows.append(
            [
                ("" if math.isnan(cell) else decimal(round(cell, 4), mark))
                if isinstance(cell, float)
                else str(cell)
                for cell in row
            ]
        )
    return rows


def main(words: Iterable[str]) -> int:
    """Run ``course report compare``; return 0, or 2 when it cannot be carried out."""
    what = "Compare groups of a stream, and years in the exercises that they have in common."
    parser = ArgumentParser("course report compare", allow_abbrev=False, description=what)
    add = parser.add_argument
    said = "a folder that course grade wrote, or FOLDER=NAME of the year; from the earliest on"
    add("grades", nargs="+", metavar="GRADES", help=said)
    add("--lang", choices=LANGS, default="uk", help=LANGUAGE)
    said = "the folder to write into (this folder)"
    add("--out", type=Path, metavar="FOLDER", default=Path(), help=said)
    options = parser.parse_args(list(words))
    made = Page(read(options.grades), options.lang)
    if len(made.rows) == 0:
        raise GradingError(
            "there is nothing to compare: one folder, and no two groups on its roster"
        )
    made.write(options.out / f"compare-{options.lang}", table(made))
    return 0
