"""Pictures that compare lengths and places along one scale, row by row."""

from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from course.charts.layout import Scale, heading, on, scale, thresholds, ticks_below
from course.charts.paper import SIZE, SMALL, Paper, measure, plain, tall
from course.figures import Bar, Bars, Dots, Histogram, Pairs, Waterfall

# The least share that an axis between two columns of words keeps.
_PLOT = 0.4
_SERIES = ("accent", "second", "third", "rest")
_SERIES_NAMES = ("accent", "second", "third", "muted")


class _Label(NamedTuple):
    """What stands before a row, with a small note below it."""

    words: str
    bold: bool = False
    note: str = ""
    size: float = SIZE

    def tall(self, width: float) -> float:
        return tall(self.words, width, self.size, self.bold) + tall(self.note, width, SMALL)

    def breaks(self, width: float) -> bool:
        return any(measure(word, self.size, self.bold) > width for word in self.words.split())


def _column(paper: Paper, labels: Sequence[_Label], beside: float = 0.0) -> float:
    """Return how wide the column of labels is.

    Where ``beside`` is taken on the other side of the plot, labels wrap until the plot keeps its
    share.
    """
    wide = [measure(label.words, SIZE, label.bold) for label in labels]
    notes = [measure(label.note, SMALL) for label in labels]
    most = min(0.42 * paper.width, (1 - _PLOT) * paper.width - beside)
    return min(most, max((*wide, *notes), default=0.0))


def _whole(labels: list[_Label], width: float) -> list[_Label]:
    """Make letters smaller where a word would break."""
    if any(label.breaks(width) for label in labels):
        return [label._replace(size=SMALL) for label in labels]
    return labels


def _middles(
    paper: Paper, y: float, width: float, labels: Sequence[_Label], heights: Sequence[float]
) -> Iterator[float]:
    """Write the label of each row, right-aligned in its column, and yield the row's middle."""
    for label, height in zip(labels, heights, strict=True):
        middle = y + height / 2
        top = middle - label.tall(width) / 2
        top += paper.block(width, top, label.words, width, "end", size=label.size, bold=label.bold)
        paper.block(width, top, label.note, width, "end", "muted", SMALL)
        yield middle
        y += height


def _lengths(paper: Paper, reach: Sequence[float], left: float, room: float) -> Scale:
    """Return the scale of bars, with room for a number at each end that they reach."""
    low, high = min(reach), max(reach)
    start = left + (room if low < 0 else 0)
    return scale(low, high if high > low else low + 1, start, paper.width - max(room, 12))


def _bar(paper: Paper, said: str, x: float, y: float, wide: float, thick: float, tone: str) -> None:
    with paper.hover(said):
        paper.rect(x, y, wide, thick, tone, data_part="bar")


def bars(paper: Paper, figure: Bars) -> None:
    """Draw `course.figures.Bars`."""
    stacked, rows = figure.way == "stacked", figure.rows
    series = zip(figure.series, _SERIES_NAMES, strict=False)
    y = heading(paper, figure, [(name, "square", tone) for name, tone in series])
    labels = [_Label(row.label, row.accent, row.note) for row in rows]
    width = _column(paper, labels)
    reach = [0.0, *(mark.value for mark in figure.marks)]
    said: list[str] = []
    for row in rows:
        reach += [end for end in (row.low, row.high) if end is not None]
        reach += [sum(row.values)] if stacked else row.values
        said += row.printed[len(row.values) :] if stacked else row.printed
    size = SIZE if len(figure.series) < 2 or stacked else SMALL
    room = max((measure(words, size, True) for words in said), default=0.0) + 8
    at = _lengths(paper, figure.ends or reach, width + 10, room)
    top, draw_marks = thresholds(paper, figure.marks, at, y)
    thick = [22.0 if stacked else max(22.0, 15.0 * len(row.values)) for row in rows]
    heights = [
        max(bar + 12, label.tall(width) + 10) for bar, label in zip(thick, labels, strict=True)
    ]
    draw = _stack if stacked else _side_by_side
    middles = list(_middles(paper, top, width, labels, heights))
    for row, bar, middle in zip(rows, thick, middles, strict=True):
        draw(paper, figure, row, at, middle - bar / 2, size)
    bottom = top + sum(heights)
    paper.line([(at(0), top), (at(0), bottom)], "line")
    draw_marks(bottom)
    if not stacked:
        for row, bar, middle in zip(rows, thick, middles, strict=True):
            _numbers(paper, row, at, middle - bar / 2, bar / len(row.values), size)
    paper.height = bottom + 4


def _words(figure: Bars, row: Bar, index: int) -> str:
    name = f", {figure.series[index]}" if figure.series else ""
    return f"{row.label}{name}: {row.printed[index]}"


def _side_by_side(paper: Paper, figure: Bars, row: Bar, at: Scale, y: float, size: float) -> None:
    single = len(row.values) == 1
    thick = 22.0 if single else 15.0
    for index, value in enumerate(row.values):
        tone = ("accent" if row.accent else "rest") if single else _SERIES[index]
        end, middle = at(value), y + thick / 2
        left, wide = min(at(0), end), abs(end - at(0))
        _bar(paper, _words(figure, row, index), left, y + 1, wide, thick - 2, tone)
        if row.low is not None and row.high is not None:
            _whisker(paper, at(row.low), at(row.high), middle)
        y += thick


def _numbers(paper: Paper, row: Bar, at: Scale, y: float, thick: float, size: float) -> None:
    """Print the values at the ends of their bars, over the thresholds that would strike them."""
    for index, value in enumerate(row.values):
        end, middle = at(value), y + (index + 0.5) * thick
        ends = [end, *(at(edge) for edge in (row.low, row.high) if edge is not None)]
        beyond, anchor = (max(ends) + 5, "start") if value >= 0 else (min(ends) - 5, "end")
        printed, bold = row.printed[index], row.accent
        paper.text(beyond, middle, printed, anchor, size=size, bold=bold, plate=True)


def _whisker(paper: Paper, low: float, high: float, y: float, tone: str = "ink") -> None:
    ends = [[(x, y - 4), (x, y + 4)] for x in (low, high)]
    for ink, width in (("paper", 4), (tone, 1.6)):  # so that it stands out from a bar behind it
        for line in ([(low, y), (high, y)], *ends):
            paper.line(line, ink, width)


def _stack(paper: Paper, figure: Bars, row: Bar, at: Scale, y: float, size: float) -> None:
    edges = [at(run) for run in accumulate(row.values, initial=0.0)]
    middle = y + 11
    for index, (left, right) in enumerate(pairwise(edges)):
        tone, printed = _SERIES[index], row.printed[index]
        _bar(paper, _words(figure, row, index), left, y + 1, right - left - 0.6, 20, tone)
        if measure(printed, SMALL, True) + 6 <= right - left:
            ink = "ink" if tone == "rest" else "paper"
            paper.text((left + right) / 2, middle, printed, "middle", ink, SMALL, True)
    for total in row.printed[len(row.values) :]:
        paper.text(edges[-1] + 5, middle, total, size=size, bold=row.accent)


def waterfall(paper: Paper, figure: Waterfall) -> None:
    """Draw `course.figures.Waterfall`."""
    top, run, ends = heading(paper, figure), 0.0, []
    for step in figure.steps:
        start, run = (0.0, step.value) if step.total else (run, run + step.value)
        ends.append((start, run))
    labels = [_Label(step.label, step.total) for step in figure.steps]
    width = _column(paper, labels)
    room = max(measure(step.printed, SIZE, True) for step in figure.steps) + 8
    reach = [0.0, *(end for both in ends for end in both)]
    at = _lengths(paper, reach, width + 10, room)
    heights = [max(32.0, label.tall(width) + 10) for label in labels]
    middles = _middles(paper, top, width, labels, heights)
    before = None
    for step, (start, end), middle in zip(figure.steps, ends, middles, strict=True):
        if before:
            paper.line([before, (before[0], middle - 10)], "line", 1, "2 2")
        tone = "muted" if step.total else "accent" if step.value >= 0 else "second"
        left, right = sorted((at(start), at(end)))
        said = f"{step.label}: {step.printed}"
        _bar(paper, said, left, middle - 10, right - left, 20, tone)
        paper.text(right + 5, middle, step.printed, bold=step.total)
        before = (at(end), middle + 10)
    bottom = top + sum(heights)
    paper.line([(at(0), top), (at(0), bottom)], "line")
    paper.height = bottom + 4


def dots(paper: Paper, figure: Dots) -> None:
    """Draw `course.figures.Dots`."""
    y, rows = heading(paper, figure), figure.rows
    labels = [_Label(row.label, row.accent) for row in rows]
    room = max(measure(row.printed, SIZE, row.accent) for row in rows) + 10
    width = _column(paper, labels, 14 + room)
    labels = _whole(labels, width)
    at = on(figure.axis, width + 14, paper.width - room)
    top, draw_marks = thresholds(paper, figure.marks, at, y)
    heights = [max(28.0, label.tall(width) + 8) for label in labels]
    bottom = top + sum(heights)
    paper.height = ticks_below(paper, figure.axis, at, top, bottom)
    draw_marks(bottom)
    middles = _middles(paper, top, width, labels, heights)
    for row, middle in zip(rows, middles, strict=True):
        tone = "accent" if row.accent else "muted"
        with paper.hover(f"{row.label}: {row.printed}"):
            _whisker(paper, at(row.low), at(row.high), middle, tone)
            paper.sign(at(row.value), middle, "circle", tone)
        paper.text(paper.width, middle, row.printed, "end", bold=row.accent)


def pairs(paper: Paper, figure: Pairs) -> None:
    """Draw `course.figures.Pairs`."""
    y = heading(paper, figure, [(end.name, end.sign, end.tone) for end in figure.ends])
    labels = [_Label(group.label) for group in figure.groups]
    pairs = [pair for group in figure.groups for pair in group.pairs]
    room = max(measure(pair.printed, SIZE, pair.accent) for pair in pairs) + 10
    width, thick = _column(paper, labels, 10 + room), 23.0
    labels = _whole(labels, width)
    at = on(figure.axis, width + 10, paper.width - room)
    # The name of the numbers has a row of its own: however long, it takes nothing from the axis.
    top = y + paper.block(paper.width, y, figure.column, paper.width, "end", "muted", SMALL) + 2
    heights = [
        max(thick * len(group.pairs), label.tall(width)) + 7
        for group, label in zip(figure.groups, labels, strict=True)
    ]
    paper.height = ticks_below(paper, figure.axis, at, top, top + sum(heights))
    middles = _middles(paper, top, width, labels, heights)
    for group, middle in zip(figure.groups, middles, strict=True):
        y = middle - thick * (len(group.pairs) - 1) / 2
        for pair in group.pairs:
            first, second = (figure.ends[index] for index in pair.ends)
            ends = f"{first.name} {plain(pair.a)}, {second.name} {plain(pair.b)}"
            with paper.hover(f"{group.label}: {ends}"):
                line = [(at(pair.a), y), (at(pair.b), y)]
                paper.line(line, second.tone, 2.5, opacity="0.55")
                paper.sign(at(pair.a), y, first.sign, first.tone)
                paper.sign(at(pair.b), y, second.sign, second.tone)
            paper.text(paper.width, y, pair.printed, "end", bold=pair.accent)
            y += thick


def histogram(paper: Paper, figure: Histogram) -> None:
    """Draw `course.figures.Histogram`."""
    ticks = figure.x.ticks
    first, last = (measure(tick.label, SMALL) / 2 + 1 for tick in (ticks[0], ticks[-1]))
    at = on(figure.x, first, paper.width - last)
    top, draw_marks = thresholds(paper, figure.marks, at, heading(paper, figure))
    top += 18
    bottom = top + 150
    rise = scale(0, max(figure.counts) or 1, bottom, top)
    paper.height = ticks_below(paper, figure.x, at, bottom, bottom + 4)
    bars = list(zip(pairwise(map(at, figure.edges)), figure.counts, figure.printed, strict=True))
    for (left, right), count, printed in bars:
        _bar(
            paper,
            printed,
            left + 0.4,
            rise(count),
            right - left - 0.8,
            bottom - rise(count),
            "rest",
        )
    paper.line([(at(figure.x.low), bottom), (at(figure.x.high), bottom)], "line")
    draw_marks(bottom)
    edge = 0.0
    for (left, right), count, printed in bars:
        middle, half = (left + right) / 2, measure(printed, SMALL) / 2
        if middle - half > edge:
            paper.text(middle, rise(count) - 9, printed, "middle", size=SMALL, plate=True)
            edge = middle + half + 2
