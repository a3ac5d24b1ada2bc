"""`course report items`: what the bank's exercises are worth, from year to year."""

import math
import re
from argparse import ArgumentParser
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, reduce
from pathlib import Path
from typing import NamedTuple

from course.figures import Mark
from course.grading import GradingError
from course.grading.cells import decimal
from course.grading.pages.group import Group
from course.grading.pages.statistics import interval
from course.grading.semester import bank, estimates
from course.grading.semester.bank import Line
from course.grading.semester.board import Board, short
from course.grading.semester.estimates import Estimate, Sums
from course.texts import LANGS, LANGUAGE, NBSP, beginning, quoted

_FEW = 30  # answers, fewer of which say too little of an exercise
_EASY, _HARD, _WEAK, _RARE, _OFTEN = 0.9, 0.3, 0.3, 0.05, 0.1
_ROOM = 60  # characters of a question in a table


class Told(NamedTuple):
    """One answer over all years: its words, whether right, how many gave it, their rest."""

    words: Mapping[str, str]
    right: bool | None
    n: int
    rest: Sums


@dataclass(frozen=True)
class Item:
    """One version of an exercise over all assignments that had it, the earliest first."""

    lines: Sequence[Line]

    @property
    def last(self) -> Line:
        """The latest assignment."""
        return self.lines[-1]

    @cached_property
    def n(self) -> int:
        """How many students' answers are counted."""
        return sum(line.n for line in self.lines)

    @property
    def seen(self) -> int:
        """How many students it was handed out to."""
        return sum(line.handed_out for line in self.lines)

    @cached_property
    def facility(self) -> Estimate:
        """Mean share of the mark over all answers."""
        return estimates.level(reduce(Sums.joined, (line.sums for line in self.lines)))

    @cached_property
    def rest(self) -> Estimate | None:
        """Correlation with the other exercises, of all assignments together."""
        known = [(line.rest, line.n) for line in self.lines if line.rest is not None]
        return estimates.correlation(known)

    def years(self) -> dict[str, Sums]:
        """Return what each year says of the marks."""
        years: dict[str, Sums] = {}
        for line in self.lines:
            known = years.get(line.year)
            years[line.year] = known.joined(line.sums) if known else line.sums
        return years

    def drift(self, many: int = 1) -> tuple[str, str, Estimate] | None:
        """Return the first and the last year, and the change of facility between them."""
        years = self.years()
        if len(years) < 2:
            return None
        (first, before), *_, (last, after) = years.items()
        return first, last, estimates.shift(before, after, many)

    def choices(self) -> list[Told]:
        """Return the answers of all years; by their words, since they have no other name."""
        told: dict[str, Told] = {}
        for line in self.lines:
            for choice in line.choices:
                sums = Sums(
                    choice.n if choice.rest is not None else 0, choice.rest or 0, choice.spread
                )
                name = choice.text["uk"]
                if known := told.get(name):
                    n, sums = known.n + choice.n, known.rest.joined(sums)
                    told[name] = Told(choice.text, choice.right, n, sums)
                else:
                    told[name] = Told(choice.text, choice.right, choice.n, sums)
        return list(told.values())


def items(lines: Iterable[Line]) -> list[Item]:
    """Return the items, by their names; a changed question is an item of its own.

    What stands before the slash does not count: a bank may be called otherwise next year, and one's
    own exercise stay the same in a shared bank.
    """
    parts: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in sorted(lines, key=lambda line: (line.year, line.closes, line.assignment)):
        parts[line.item.partition("/")[2], line.version].append(line)
    return sorted(map(Item, parts.values()), key=lambda item: (item.last.item, item.last.version))


def warnings(item: Item, many: int, seen: int) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield what is worth a look: the key of its sentence and what stands in it.

    Only what an interval bears out is said of answers.

    Parameters
    ----------
    item : Item
    many : int
        How many exercises are compared between years.
    seen : int
        Students from whom on an exercise counts as known.
    """
    if item.n < _FEW:
        yield "few", {"n": item.n}
    else:
        yield from _of_answers(item)
    if (drift := item.drift(many)) and drift[2].clear:
        yield "easier" if drift[2].value > 0 else "harder", {"drift": drift}
    if item.last.public:
        yield "public", {}
    if item.seen >= seen:
        yield "seen", {"n": item.seen, "years": ", ".join(item.years())}


def _of_answers(item: Item) -> Iterator[tuple[str, dict[str, object]]]:
    share, rest = item.facility, item.rest
    wrong = [choice for choice in item.choices() if choice.right is False]
    right = [choice.rest for choice in item.choices() if choice.right and choice.rest.n > 1]
    tempting = [
        choice.words
        for choice in wrong
        if choice.n >= _OFTEN * item.n
        and right
        and choice.rest.n > 1
        and all(estimates.gap(choice.rest, each, len(wrong)).low > 0 for each in right)
    ]
    if rest and rest.high < 0:
        yield "key", {"rest": rest}
    elif tempting:
        yield "tempting", {"words": tempting[0]}
    elif share.low > _EASY:
        yield "easy", {"share": share.value}
    elif share.high < _HARD:
        yield "hard", {"share": share.value}
    elif rest and rest.high < _WEAK:
        yield "weak", {"rest": rest}
    dead = [choice.words for choice in wrong if interval(choice.n / item.n, item.n)[1] < _RARE]
    if dead and share.low <= _EASY:
        yield "dead", {"list": dead}


class Page(Board):
    """The statistics in one language."""

    def __init__(self, listed: Sequence[Item], seen: int, lang: str) -> None:
        super().__init__("items", lang)
        self.items, self.seen = listed, seen
        self.many = sum(item.drift() is not None for item in listed) or 1
        years = dict.fromkeys(line.year for item in listed for line in item.lines)
        tasks = {line.assignment for item in listed for line in item.lines}
        self.p("about", n=len(listed), k=len(tasks), years=", ".join(sorted(years)))
        self.p("private")
        self.head("look")
        self._looks()
        self._table()
        self._drift()
        self._answers()
        self.head("how")
        for key in ("facility_what", "rest_what", "seen_what", "drift_what", "version_what"):
            self.p(key, few=_FEW, seen=seen)

    def name(self, item: Item) -> str:
        """Return an item as it is called on the page; of several versions each with its years."""
        several = sum(each.last.item == item.last.item for each in self.items) > 1
        return f"`{item.last.item}`" + (f" ({', '.join(item.years())})" if several else "")

    def _looks(self) -> None:
        quiet, public = 0, []
        for item in self.items:
            told = dict(warnings(item, self.many, self.seen))
            if told.pop("public", None) is not None:
                public.append(self.name(item))
            if told:
                self.head("item", 3, item=self.name(item), prompt=self._prompt(item))
                self.bullets(self.sentence(key, values) for key, values in told.items())
            else:
                quiet += 1
        if public:
            self.p("public_all", list=", ".join(public))
        if quiet:
            self.p("quiet", n=quiet)

    def sentence(self, key: str, values: Mapping[str, object]) -> str:
        """Return a warning in words."""
        said = dict(values)
        match said:
            case {"rest": Estimate() as rest}:
                said["rest"] = self.decimal(rest.value) + self.ends(rest.low, rest.high, 1, 2)
            case {"share": float(share)}:
                said["share"] = self.percent(share)
            case {"words": dict(words)}:
                said["words"] = words[self.lang]
            case {"list": list(names)}:
                said["list"] = ", ".join(quoted(each[self.lang]) for each in names)
            case {"drift": (first, last, Estimate() as drift)}:
                ends = self.ends(drift.low, drift.high)
                said |= {"first": first, "last": last, "drift": self.points(drift.value) + ends}
        return self.say(f"look_{key}", **said)

    def _prompt(self, item: Item) -> str:
        words = re.sub(r"\*\*|`", "", item.last.prompt[self.lang])
        return beginning(re.sub(r"\{[a-z_]\w*\}", "…", words), _ROOM)

    def _table(self) -> None:
        self.head("numbers")
        rows = []
        for item in self.items:
            share, rest = item.facility, item.rest
            shown = self.decimal(rest.value) + self.ends(rest.low, rest.high, 1, 2) if rest else "–"
            rows.append(
                [
                    f"{self.name(item)} {self._prompt(item)}",
                    str(item.n),
                    self.percent(share.value) + self.ends(share.low, share.high),
                    shown,
                    f"{item.seen} ({len(item.years())})",
                ]
            )
        self.table("caption", ("item", "n", "facility", "rest", "seen"), rows)

    def _drift(self) -> None:
        drifts = [(item, drift) for item in self.items if (drift := item.drift(self.many))]
        if not drifts:
            return
        self.head("drift")
        clear = sum(change.clear for _, (_, _, change) in drifts)
        words = self.say("drift_say", n=clear, of=len(drifts))
        names = short([item.last.item for item, _ in drifts])
        rows = [
            (name, change, self.points(change.value))
            for name, (_, (_, _, change)) in zip(names, drifts, strict=True)
        ]
        self.dots("drift_title", rows, words, Mark(0.0, self.say("no_drift")))
        cells = []
        for item, (first, last, change) in drifts:
            years = item.years()
            shares = [
                f"{self.percent(years[y].mean)} ({y}, n{NBSP}={NBSP}{years[y].n})"
                for y in (first, last)
            ]
            cells.append(
                [
                    self.name(item),
                    *shares,
                    self.points(change.value) + self.ends(change.low, change.high),
                ]
            )
        self.table("drift_caption", ("item", "before", "after", "drift"), cells)

    def _answers(self) -> None:
        told = [(item, item.choices()) for item in self.items]
        if not any(choices for _, choices in told):
            return
        self.head("answers")
        self.p("answers_what")
        for item, choices in told:
            if not choices:
                continue
            rows = []
            for choice in sorted(choices, key=lambda choice: -choice.n):
                label = choice.words[self.lang]
                label = self.say("right", words=label) if choice.right else label
                gave = f"{choice.n}{NBSP}({self.percent(choice.n / item.n)})"
                mean = self.percent(choice.rest.mean if choice.rest.n else math.nan)
                rows.append([label, gave, mean])
            on = {"item": self.name(item), "prompt": self._prompt(item)}
            self.table("answers_caption", ("answer", "gave", "mean"), rows, **on)


def table(page: Page, mark: str = ",") -> list[list[str]]:
    """Lay the statistics out for a spreadsheet: one row an item."""
    heads = ("item", "n", "facility", "low", "high", "rest", "low", "high", "drift", "low", "high")
    rows = [[page.say(f"cell_{head}") for head in (*heads, "seen", "years", "public", "look")]]
    for item in page.items:
        drift, empty = item.drift(page.many), Estimate(math.nan, math.nan, math.nan, 0)
        cells: list[str] = []
        for each in (item.facility, item.rest or empty, drift[2] if drift else empty):
            ends = (each.value, each.low, each.high)
            cells += [decimal(None if math.isnan(end) else round(end, 4), mark) for end in ends]
        told = [page.sentence(*warning) for warning in warnings(item, page.many, page.seen)]
        about = [str(item.seen), " ".join(item.years()), page.say(f"cell_{item.last.public}")]
        rows.append([item.last.item, str(item.n), *cells, *about, " ".join(told)])
    return rows


def main(words: Iterable[str]) -> int:
    """Run ``course report items``; return 0, or 2 when it cannot be carried out."""
    what = "Statistics of exercises that carry on from year to year, in one file of yours."
    parser = ArgumentParser("course report items", allow_abbrev=False, description=what)
    add = parser.add_argument
    said = "finished assignments to add: folders that course grade wrote"
    add("grades", nargs="*", type=Path, metavar="GRADES", help=said)
    said = "the file of statistics; it is made when there is none (items.jsonl)"
    add("--bank", type=Path, metavar="FILE", default=Path("items.jsonl"), help=said)
    add(
        "--year",
        metavar="YEAR",
        default="",
        help="the academic year, when the closing day misleads",
    )
    said = "another name for the assignment, when an earlier one had the same id"
    add("--as", dest="name", metavar="NAME", default="", help=said)
    said = "students from whom on an exercise counts as known (1000)"
    add("--seen", type=int, metavar="N", default=1000, help=said)
    add("--lang", choices=LANGS, default="uk", help=LANGUAGE)
    said = "the folder to write into (where the file of statistics is)"
    add("--out", type=Path, metavar="FOLDER", help=said)
    options = parser.parse_args(list(words))
    if options.name and len(options.grades) != 1:
        parser.error("--as names one assignment: name one folder")
    lines = bank.read(options.bank)
    day = datetime.now(UTC).date().isoformat()
    for folder in options.grades:
        new = bank.lines_of(Group(folder), day, options.year, options.name)
        if not new[0].year:
            raise GradingError(
                f"{folder}: its closing day is not known, as after an exam on paper; "
                "name the academic year: --year 2026/27"
            )
        changed = bank.add(lines, new)
        print(f"{folder}: {len(new)} exercises of {new[0].assignment}, {changed} lines changed")
    if not lines:
        raise GradingError(
            f"{options.bank} has nothing in it yet; name a folder that course grade wrote"
        )
    if options.grades:
        options.bank.parent.mkdir(parents=True, exist_ok=True)
        bank.write(options.bank, lines.values())
        print(f"{options.bank}: {len(lines)} lines")
    made = Page(items(lines.values()), options.seen, options.lang)
    out = options.out or options.bank.parent
    made.write(out / f"items-{options.lang}", table(made))
    return 0
