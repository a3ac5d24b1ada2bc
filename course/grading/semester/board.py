"""A page of sentences, tables and intervals; it looks as the report on a group does."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from course import charts
from course.charts.paper import WIDTH
from course.figures import Axis, Dot, Dots, Mark, Tick
from course.files import write_whole
from course.grading.cells import encode
from course.grading.pages import page, printed, sheet
from course.grading.pages.report import Bullets, Heading, Paragraph, Table
from course.grading.semester.estimates import Estimate
from course.texts import NBSP, number, text

_SIZES = {"wide": 540.0, "narrow": WIDTH}
_STEPS = (1, 2, 5, 10, 20, 25, 50)  # percent between two ticks


def short(refs: Sequence[str]) -> list[str]:
    """Return references without lesson or bank, where that leaves them apart.

    >>> short(["own/a", "anna/b"]), short(["own/a", "anna/a", "anna/b"])
    (['a', 'b'], ['own/a', 'anna/a', 'b'])
    """
    names = [ref.partition("/")[2] for ref in refs]
    return [ref if names.count(name) > 1 else name for ref, name in zip(refs, names, strict=True)]


@dataclass(frozen=True)
class Picture:
    """A picture with the sentence below it."""

    kind: ClassVar[str] = "picture"
    figure: Dots
    words: str


class Board:
    """A page in one language; `shelf` is the table of its texts."""

    def __init__(self, shelf: str, lang: str) -> None:
        self.shelf, self.lang = shelf, lang
        self.blocks: list[Any] = []
        self.title = self.say("title")

    def say(self, key: str, **values: Any) -> str:
        """Return a sentence of the page."""
        return text(f"{self.shelf}.{key}", self.lang, **values)

    def head(self, key: str, level: int = 2, **values: Any) -> None:
        """Begin a part."""
        self.blocks.append(Heading(level, self.say(key, **values)))

    def p(self, key: str, **values: Any) -> None:
        """Add a paragraph."""
        self.blocks.append(Paragraph(self.say(key, **values)))

    def bullets(self, entries: Iterable[str]) -> None:
        """Add a list of sentences, if there are any."""
        if listed := list(entries):
            self.blocks.append(Bullets(listed))

    def table(self, caption: str, heads: Sequence[str], rows: list[list[str]], **on: Any) -> None:
        """Add a table; its caption and heads are keys of texts."""
        named = [self.say(f"head_{head}") for head in heads]
        self.blocks.append(Table(self.say(caption, **on), named, rows))

    def dots(
        self, title: str, rows: Sequence[tuple[str, Estimate, str]], words: str, mark: Mark
    ) -> None:
        """Add a picture of estimates with intervals on one scale of percent, with a threshold.

        Around a threshold of 0 they are changes, and those that are clear are accented.
        """
        ends = [end for _, each, _ in rows for end in (each.low, each.high)] + [mark.value]
        low, high = 100 * min(ends), 100 * max(ends)
        step = next(step for step in _STEPS if (high - low) / step <= 5 or step == _STEPS[-1])
        first, last = math.floor(low / step) * step, math.ceil(high / step) * step
        last = last if last > first else first + step
        ticks = tuple(
            Tick(value / 100, number(value, self.lang)) for value in range(first, last + 1, step)
        )
        changes = mark.value == 0
        drawn = tuple(
            Dot(label, each.value, each.low, each.high, said, changes and each.clear)
            for label, each, said in rows
        )
        axis = Axis(self.say("axis_change" if changes else "axis"), ticks)
        figure = Dots(title=self.say(title), sentence=words, rows=drawn, axis=axis, marks=(mark,))
        self.blocks.append(Picture(figure, words))

    def percent(self, share: float, digits: int = 0) -> str:
        """Return a share as printed; a dash for what cannot be told."""
        if math.isnan(share):
            return "–"
        return number(round(share * 100, 6), self.lang, digits) + NBSP + "%"

    def points(self, share: float) -> str:
        """Return a difference of shares in percentage points, with its sign."""
        shown = number(round(share * 100, 6), self.lang, 0)
        signed = f"+{shown}" if share > 0 and shown != "0" else shown
        return "0" if shown.strip("−") == "0" else signed

    def decimal(self, value: float) -> str:
        """Return a number as printed; a dash for what cannot be told."""
        return "–" if math.isnan(value) else number(round(value, 6), self.lang, 2)

    def ends(self, low: float, high: float, scale: float = 100, digits: int = 0) -> str:
        """Return an interval in brackets; nothing for what cannot be told."""
        if math.isnan(low):
            return ""
        shown = (number(round(end * scale, 6), self.lang, digits) for end in (low, high))
        return f" ({f';{NBSP}'.join(shown)})"

    def html(self) -> str:
        """Return the page as one file that needs nothing else."""
        drawn = {
            place: {
                size: charts.svg(block.figure, self.lang, width=width)
                for size, width in _SIZES.items()
            }
            for place, block in enumerate(self.blocks)
            if isinstance(block, Picture)
        }
        values = {"title": printed(self.title), "blocks": self.blocks, "drawn": drawn}
        return page("report.html", self.lang, sheet("report.css"), **values)

    def write(self, place: Path, rows: Sequence[Sequence[str]]) -> None:
        """Write the page and its figures for a spreadsheet, ``place.html`` and ``place.csv``."""
        place.parent.mkdir(parents=True, exist_ok=True)
        data = encode(rows, ";", "utf-8-sig")
        for ending, content in (("html", self.html().encode()), ("csv", data)):
            path = place.with_name(f"{place.name}.{ending}")
            write_whole(path, content)
            print(path)
