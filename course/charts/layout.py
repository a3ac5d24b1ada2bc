"""What several pictures share.

Headings, legends, scales, ticks, thresholds, and labels that keep off each other.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import product

from course.charts.paper import LEADING, SMALL, WIDTH, Paper, measure
from course.figures import Axis, Figure, Mark

ROW = SMALL * LEADING
Scale = Callable[[float], float]


def heading(paper: Paper, figure: Figure) -> float:
    """Write title and unit; returns where the picture may begin."""
    y = paper.block(0, 1, figure.title, WIDTH, bold=True) + 1
    return y + paper.block(0, y, figure.unit, WIDTH, tone="muted", size=SMALL) + 7


def scale(low: float, high: float, start: float, end: float, log: bool = False) -> Scale:
    """Return what turns a value into a place between ``start`` and ``end``."""
    if log:
        low, high = math.log(low), math.log(high)
    step = (end - start) / (high - low) if high != low else 0.0
    return lambda value: start + ((math.log(value) if log else value) - low) * step


def on(axis: Axis, start: float, end: float) -> Scale:
    """Return the `scale` of an axis."""
    return scale(axis.low, axis.high, start, end, axis.log)


def legend(paper: Paper, y: float, names: Iterable[tuple[str, str, str]]) -> float:
    """Name what signs and tones stand for, (name, sign, tone).

    Returns where the picture may go on.
    """
    x, entries = 0.0, list(names)
    for name, sign, tone in entries:
        wide = 14 + measure(name, SMALL, True)
        if x and x + wide > WIDTH:
            x, y = 0.0, y + ROW + 2
        paper.sign(x + 5, y + ROW / 2, sign, tone, 4)
        paper.text(x + 14, y + ROW / 2, name, tone=tone, size=SMALL, bold=True)
        x += wide + 14
    return y + (ROW + 8 if entries else 0)


def ticks_below(paper: Paper, axis: Axis, at: Scale, top: float, bottom: float) -> float:
    """Draw a horizontal axis with its grid and name; returns where the picture ends."""
    right = -9.0
    for tick in axis.ticks:
        x, wide = at(tick.value), measure(tick.label, SMALL)
        paper.line([(x, top), (x, bottom)], "grid")
        middle = min(max(x, wide / 2), WIDTH - wide / 2)
        if middle - wide / 2 > right + 5:  # a label that would touch the one before it is left out
            paper.text(middle, bottom + 10, tick.label, "middle", "muted", SMALL)
            right = middle + wide / 2
    if not axis.label:
        return bottom + 20
    left = min(at(axis.low), WIDTH - measure(axis.label, SMALL))
    return (
        bottom
        + 19
        + paper.block(max(left, 0), bottom + 19, axis.label, WIDTH, tone="muted", size=SMALL)
        + 2
    )


def flags(marks: Sequence[Mark], at: Scale) -> tuple[list[tuple[float, float, str, int]], float]:
    """Find room for the names of vertical thresholds above a picture.

    Returns
    -------
    tuple of list, float
        For each mark (x of its line, x of its text, anchor, row), and the height of all rows. No
        name lies on another or on the line of another.
    """
    marks = sorted(marks, key=lambda mark: mark.value)
    widths = [measure(mark.label, SMALL, True) + 6 for mark in marks]
    xs = [at(mark.value) for mark in marks]
    for rows in range(1, len(marks) + 1):
        rows_of_names = _rows(xs, widths, rows)
        if rows_of_names:
            return rows_of_names, rows * (ROW + 1) + 2
    return [
        (x, min(max(x, w / 2), WIDTH - w / 2), "middle", k)
        for k, (x, w) in enumerate(zip(xs, widths, strict=True))
    ], (len(marks) * (ROW + 1))


def _rows(xs: list[float], widths: list[float], rows: int) -> list[tuple[float, float, str, int]]:
    placed: list[tuple[float, float, str, int]] = []
    spans: list[tuple[float, float]] = []

    def fits(x: float, span: tuple[float, float], row: int) -> bool:
        if span[0] < 0 or span[1] > WIDTH:
            return False
        for (other, _, _, level), (low, high) in zip(placed, spans, strict=True):
            if (level == row and span[0] < high and low < span[1]) or (
                level < row and span[0] < other < span[1]
            ):
                return False
            if level > row and low < x < high:
                return False
        return True

    def settle(k: int) -> bool:
        if k == len(xs):
            return True
        for row, anchor in product(range(rows), ("start", "end")):
            x, wide = xs[k], widths[k]
            span = (x - 2, x + wide) if anchor == "start" else (x - wide, x + 2)
            if fits(x, span, row):
                placed.append((x, x + 4 if anchor == "start" else x - 4, anchor, row))
                spans.append(span)
                if settle(k + 1):
                    return True
                placed.pop()
                spans.pop()
        return False

    return placed if settle(0) else []


def thresholds(
    paper: Paper, marks: Sequence[Mark], at: Scale, top: float
) -> Callable[[float], None]:
    """Return what draws thresholds, their names from ``top`` down, once the bottom is known."""
    spots, _ = flags(marks, at)
    marks = sorted(marks, key=lambda mark: mark.value)

    def draw(bottom: float) -> None:
        for mark, (x, _, _, row) in zip(marks, spots, strict=True):
            with paper.hover(mark.label):
                line = [(x, top + row * (ROW + 1) + 1), (x, bottom)]
                paper.line(line, "ink", 1.3, "4 3", data_part="mark")
        for mark, (_, x, anchor, row) in zip(marks, spots, strict=True):
            y = top + (row + 0.5) * (ROW + 1)
            paper.text(x, y, mark.label, anchor, size=SMALL, bold=True, halo=True)

    return draw


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
    places = list(wanted)
    edge = low
    for k in order:
        places[k] = max(places[k], edge + heights[k] / 2)
        edge = places[k] + heights[k] / 2
    edge = high
    for k in reversed(order):
        places[k] = min(places[k], edge - heights[k] / 2)
        edge = places[k] - heights[k] / 2
    return places
