"""What several pictures share.

Headings, scales, ticks, thresholds, and labels that keep off each other.
"""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from course.charts.paper import LEADING, SMALL, Paper, measure
from course.figures import Axis, Figure, Mark

ROW = SMALL * LEADING
Scale = Callable[[float], float]


def heading(paper: Paper, figure: Figure, signs: Sequence[tuple[str, str, str]] = ()) -> float:
    """Write title and unit, and name what (name, sign, tone) stand for.

    Returns where the picture may begin.
    """
    y = paper.block(0, 1, figure.title, paper.width, bold=True) + 1
    y += paper.block(0, y, figure.unit, paper.width, tone="muted", size=SMALL) + 7
    x = 0.0
    for name, sign, tone in signs:
        wide = 14 + measure(name, SMALL, True)
        if x and x + wide > paper.width:
            x, y = 0.0, y + ROW + 2
        paper.sign(x + 5, y + ROW / 2, sign, tone, 4)
        paper.text(x + 14, y + ROW / 2, name, tone=tone, size=SMALL, bold=True)
        x += wide + 14
    return y + (ROW + 8 if signs else 0)


def scale(low: float, high: float, start: float, end: float, log: bool = False) -> Scale:
    """Return what turns a value into a place between ``start`` and ``end``."""
    if log:
        low, high = math.log(low), math.log(high)
    step = (end - start) / (high - low) if high != low else 0.0
    return lambda value: start + ((math.log(value) if log else value) - low) * step


def on(axis: Axis, start: float, end: float) -> Scale:
    """Return the `scale` of an axis."""
    return scale(axis.low, axis.high, start, end, axis.log)


def ticks_below(paper: Paper, axis: Axis, at: Scale, top: float, bottom: float) -> float:
    """Draw a horizontal axis with its grid and name; returns where the picture ends."""
    right = -9.0
    for tick in axis.ticks:
        x, wide = at(tick.value), measure(tick.label, SMALL)
        paper.line([(x, top), (x, bottom)], "grid")
        middle = min(max(x, wide / 2), paper.width - wide / 2)
        if middle - wide / 2 > right + 5:  # a label that would touch the one before it is left out
            paper.text(middle, bottom + 10, tick.label, "middle", "muted", SMALL)
            right = middle + wide / 2
    if not axis.label:
        return bottom + 20
    left = min(at(axis.low), paper.width - measure(axis.label, SMALL))
    y = bottom + 19
    return y + paper.block(max(left, 0), y, axis.label, paper.width, tone="muted", size=SMALL) + 2


class _Flag(NamedTuple):
    """The name of a vertical threshold: where its line is, and from where to where its words."""

    row: int
    x: float
    low: float
    high: float
    anchor: str
    words_at: float


def _clash(a: _Flag, b: _Flag) -> bool:
    """Whether a name lies on another or on the line that hangs down from another."""
    if a.row == b.row:
        return a.low < b.high and b.low < a.high
    upper, lower = sorted((a, b))
    return lower.low < upper.x < lower.high


def _flags(
    paper: Paper,
    xs: Sequence[float],
    widths: Sequence[float],
    rows: int,
    placed: tuple[_Flag, ...] = (),
) -> tuple[_Flag, ...] | None:
    """Find room for names in so many rows, those at ``placed`` being settled; None if too few."""
    if len(placed) == len(xs):
        return placed
    x, wide = xs[len(placed)], widths[len(placed)]
    for row in range(rows):
        for flag in (
            _Flag(row, x, x - 2, x + wide, "start", x + 4),
            _Flag(row, x, x - wide, x + 2, "end", x - 4),
        ):
            inside = flag.low >= 0 and flag.high <= paper.width
            if inside and not any(_clash(flag, other) for other in placed):
                settled = _flags(paper, xs, widths, rows, (*placed, flag))
                if settled:
                    return settled
    return None


def thresholds(
    paper: Paper, marks: Sequence[Mark], at: Scale, y: float
) -> tuple[float, Callable[[float], None]]:
    """Keep room for vertical thresholds, their names from ``y`` down.

    Returns
    -------
    tuple of float, callable
        Where the picture may begin, and what draws them once its bottom is known.
    """
    marks = sorted(marks, key=lambda mark: mark.value)
    xs = [at(mark.value) for mark in marks]
    widths = [measure(mark.label, SMALL, True) + 6 for mark in marks]
    settled = (_flags(paper, xs, widths, rows) for rows in range(1, len(marks) + 1))
    flags = next(filter(None, settled), None)
    spare = 2 if flags else 0
    if flags is None:  # a row for each, over its line
        flags = tuple(
            _Flag(row, x, x, x, "middle", min(max(x, wide / 2), paper.width - wide / 2))
            for row, (x, wide) in enumerate(zip(xs, widths, strict=True))
        )
    begin = max((y + (flag.row + 1) * (ROW + 1) + spare for flag in flags), default=y)

    def draw(bottom: float) -> None:
        for mark, flag in zip(marks, flags, strict=True):
            with paper.hover(mark.label):
                below = flag.row + (flag.anchor == "middle")  # no line through its own name
                line = [(flag.x, y + below * (ROW + 1) + 1), (flag.x, bottom)]
                paper.line(line, "ink", 1.3, "4 3", data_part="mark")
        for mark, flag in zip(marks, flags, strict=True):
            middle = y + (flag.row + 0.5) * (ROW + 1)
            paper.text(
                flag.words_at, middle, mark.label, flag.anchor, size=SMALL, bold=True, plate=True
            )

    return begin, draw


def spread(
    wanted: Sequence[float], heights: Sequence[float], low: float, high: float
) -> list[float]:
    """Move middles of labels apart, as little as order and room allow.

    Examples
    --------
    >>> spread([10, 12, 50], [10, 10, 10], 0, 60)
    [10, 20.0, 50]
    >>> spread([50, 52], [10, 10], 0, 60)
    [45.0, 55.0]
    """
    order = sorted(range(len(wanted)), key=lambda k: wanted[k])
    middles = list(wanted)
    edge = low
    for k in order:
        middles[k] = max(middles[k], edge + heights[k] / 2)
        edge = middles[k] + heights[k] / 2
    edge = high
    for k in reversed(order):
        middles[k] = min(middles[k], edge - heights[k] / 2)
        edge = middles[k] - heights[k] / 2
    return middles
