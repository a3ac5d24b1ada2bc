"""Pictures that compare lengths and places along one scale, row by row."""

from course.charts.layout import (
    ROW,
    Scale,
    flags,
    heading,
    legend,
    on,
    scale,
    thresholds,
    ticks_below,
)
from course.charts.paper import LEADING, SIZE, SMALL, WIDTH, Paper, measure, wrap
from course.figures import Bar, Bars, Dots, Histogram, Pairs, Waterfall

_LABELS = 0.42 * WIDTH
_SERIES = ("accent", "second", "third", "rest")


def _column(labels: list[tuple[str, float, bool]]) -> float:
    """Return how wide the column of labels is: (words, size, bold) of each."""
    return min(_LABELS, max((measure(*label) for label in labels), default=0.0))


def _row_label(
    paper: Paper, top: float, height: float, width: float, words: str, note: str, bold: bool
) -> None:
    """Write a label and its small note.

    Right-aligned in their column and in the middle of their row.
    """
    tall = _tall(words, note, width, bold)
    y = top + (height - tall) / 2
    y += paper.block(width, y, words, width, "end", bold=bold)
    paper.block(width, y, note, width, "end", "muted", SMALL)


def _tall(words: str, note: str, width: float, bold: bool) -> float:
    notes = len(wrap(note, width, SMALL)) if note else 0
    return len(wrap(words, width, SIZE, bold)) * SIZE * LEADING + notes * ROW


def bars(paper: Paper, figure: Bars) -> None:
    """Draw `course.figures.Bars`."""
    stacked, rows = figure.way == "stacked", figure.rows
    y = heading(paper, figure)
    y = legend(
        paper, y, [(name, "square", _ink(index)) for index, name in enumerate(figure.series)]
    )
    left = (
        _column(
            [(row.label, SIZE, row.accent) for row in rows]
            + [(row.note, SMALL, False) for row in rows]
        )
        + 10
    )
    sums = [value for row in rows for value in ((sum(row.values),) if stacked else row.values)]
    ends = [end for row in rows for end in (row.low, row.high) if end is not None] + [
        m.value for m in figure.marks
    ]
    low, high = figure.ends or (min(0.0, *sums, *ends), max(0.0, *sums, *ends))
    said = [
        words
        for row in rows
        for words in (row.printed[len(row.values) :] if stacked else row.printed)
    ]
    size = SIZE if len(figure.series) < 2 or stacked else SMALL
    room = max((measure(words, size, True) for words in said), default=0.0) + 8
    at = scale(
        low, high if high > low else low + 1, left + (room if low < 0 else 0), WIDTH - max(room, 12)
    )
    top = y + flags(figure.marks, at)[1] if figure.marks else y
    lines = thresholds(paper, figure.marks, at, y)
    y = top
    for row in rows:
        thick, many = (22.0, 1) if stacked or len(row.values) == 1 else (15.0, len(row.values))
        height = max(thick * many + 12, _tall(row.label, row.note, left - 10, row.accent) + 10)
        _row_label(paper, y, height, left - 10, row.label, row.note, row.accent)
        middle = y + (height - thick * many) / 2
        if stacked:
            _stack(paper, figure, row, at, middle, thick)
        for index, value in enumerate(() if stacked else row.values):
            tone = ("accent" if row.accent else "rest") if many == 1 else _SERIES[index]
            end = at(value)
            with paper.hover(_told(figure, row, index)):
                paper.rect(
                    min(at(0), end), middle + 1, abs(end - at(0)), thick - 2, tone, data_part="bar"
                )
            edge = max(end, at(row.high)) if row.high is not None else end
            if row.low is not None and row.high is not None:
                _whisker(paper, at(row.low), at(row.high), middle + thick / 2)
            beyond, anchor = (edge + 5, "start") if value >= 0 else (end - 5, "end")
            paper.text(
                beyond, middle + thick / 2, row.printed[index], anchor, "ink", size, row.accent
            )
            middle += thick
        y += height
    paper.line([(at(0), top), (at(0), y)], "line")
    lines(y)
    paper.height = y + 4


def _ink(index: int) -> str:
    return "muted" if _SERIES[index] == "rest" else _SERIES[index]


def _told(figure: Bars, row: Bar, index: int) -> str:
    name = f", {figure.series[index]}" if figure.series else ""
    return f"{row.label}{name}: {row.printed[index]}"


def _whisker(paper: Paper, low: float, high: float, y: float, tone: str = "ink") -> None:
    ends = [[(x, y - 4), (x, y + 4)] for x in (low, high)]
    for line in ([(low, y), (high, y)], *ends):
        paper.line(line, "paper", 4)  # so that it stands out from a bar behind it
    for line in ([(low, y), (high, y)], *ends):
        paper.line(line, tone, 1.6)


def _stack(paper: Paper, figure: Bars, row: Bar, at: Scale, y: float, thick: float) -> None:
    run = 0.0
    for index, value in enumerate(row.values):
        start, run = run, run + value
        with paper.hover(_told(figure, row, index)):
            paper.rect(
                at(start),
                y + 1,
                at(run) - at(start) - 0.6,
                thick - 2,
                _SERIES[index],
                data_part="bar",
            )
        if measure(row.printed[index], SMALL, True) + 6 <= at(run) - at(start):
            tone = "ink" if _SERIES[index] == "rest" else "paper"
            paper.text(
                (at(start) + at(run)) / 2,
                y + thick / 2,
                row.printed[index],
                "middle",
                tone,
                SMALL,
                True,
            )
    for total in row.printed[len(row.values) :]:
        paper.text(at(run) + 5, y + thick / 2, total, bold=row.accent)


def waterfall(paper: Paper, figure: Waterfall) -> None:
    """Draw `course.figures.Waterfall`."""
    y, run, ends = heading(paper, figure), 0.0, []
    for step in figure.steps:
        start, run = (0.0, step.value) if step.total else (run, run + step.value)
        ends.append((start, run))
    left = _column([(step.label, SIZE, step.total) for step in figure.steps]) + 10
    room = max(measure(step.printed, SIZE, True) for step in figure.steps) + 8
    low, high = min(0.0, *map(min, ends)), max(0.0, *map(max, ends))
    at = scale(low, high if high > low else low + 1, left + (room if low < 0 else 0), WIDTH - room)
    top, before = y, None
    for step, (start, end) in zip(figure.steps, ends, strict=True):
        height = max(32.0, _tall(step.label, "", left - 10, step.total) + 10)
        _row_label(paper, y, height, left - 10, step.label, "", step.total)
        middle = y + height / 2
        if before:
            paper.line([before, (before[0], middle - 10)], "line", 1, "2 2")
        tone = "muted" if step.total else "accent" if step.value >= 0 else "second"
        with paper.hover(f"{step.label}: {step.printed}"):
            x, wide = at(min(start, end)), abs(at(end) - at(start))
            paper.rect(x, middle - 10, wide, 20, tone, data_part="bar")
        paper.text(at(max(start, end)) + 5, middle, step.printed, bold=step.total)
        before, y = (at(end), middle + 10), y + height
    paper.line([(at(0), top), (at(0), y)], "line")
    paper.height = y + 4


def dots(paper: Paper, figure: Dots) -> None:
    """Draw `course.figures.Dots`."""
    y = heading(paper, figure)
    left = _column([(row.label, SIZE, row.accent) for row in figure.rows]) + 14
    room = max(measure(row.printed, SIZE, True) for row in figure.rows) + 10
    at = on(figure.axis, left, WIDTH - room)
    top = y + (flags(figure.marks, at)[1] if figure.marks else 0)
    heights = [max(28.0, _tall(row.label, "", left - 14, row.accent) + 8) for row in figure.rows]
    lines = thresholds(paper, figure.marks, at, y)
    paper.height = ticks_below(paper, figure.axis, at, top, top + sum(heights))
    lines(top + sum(heights))
    y = top
    for row, height in zip(figure.rows, heights, strict=True):
        _row_label(paper, y, height, left - 14, row.label, "", row.accent)
        tone = "accent" if row.accent else "muted"
        with paper.hover(f"{row.label}: {row.printed}"):
            _whisker(paper, at(row.low), at(row.high), y + height / 2, tone)
            paper.sign(at(row.value), y + height / 2, "circle", tone)
        paper.text(WIDTH, y + height / 2, row.printed, "end", bold=row.accent)
        y += height


def pairs(paper: Paper, figure: Pairs) -> None:
    """Draw `course.figures.Pairs`."""
    y = legend(
        paper, heading(paper, figure), [(end.name, end.sign, end.tone) for end in figure.ends]
    )
    left = _column([(group.label, SIZE, False) for group in figure.groups]) + 14
    printed = [pair.printed for group in figure.groups for pair in group.pairs]
    room = max(measure(words, SIZE, True) for words in (*printed, figure.column)) + 12
    at = on(figure.axis, left, WIDTH - room)
    paper.text(WIDTH, y + ROW / 2, figure.column, "end", "muted", SMALL)
    top = y = y + ROW + 2
    heights = [
        max(23.0 * len(g.pairs), _tall(g.label, "", left - 14, False)) + 7 for g in figure.groups
    ]
    paper.height = ticks_below(paper, figure.axis, at, top, top + sum(heights))
    for group, height in zip(figure.groups, heights, strict=True):
        _row_label(paper, y, height, left - 14, group.label, "", False)
        middle = y + height / 2 - 23.0 * (len(group.pairs) - 1) / 2
        for pair in group.pairs:
            first, second = (figure.ends[index] for index in pair.ends)
            said = f"{group.label}: {first.name} {pair.a:g}, {second.name} {pair.b:g}".replace(
                ".", ","
            )
            with paper.hover(said):
                paper.line(
                    [(at(pair.a), middle), (at(pair.b), middle)], second.tone, 2.5, opacity="0.55"
                )
                paper.sign(at(pair.a), middle, first.sign, first.tone)
                paper.sign(at(pair.b), middle, second.sign, second.tone)
            paper.text(WIDTH, middle, pair.printed, "end", bold=pair.accent)
            middle += 23.0
        y += height


def histogram(paper: Paper, figure: Histogram) -> None:
    """Draw `course.figures.Histogram`."""
    first, last = (
        measure(tick.label, SMALL) / 2 + 1 for tick in (figure.x.ticks[0], figure.x.ticks[-1])
    )
    y, at = heading(paper, figure), on(figure.x, first, WIDTH - last)
    lines = thresholds(paper, figure.marks, at, y)
    top = y + (flags(figure.marks, at)[1] if figure.marks else 0) + 18
    bottom = top + 150
    tall = scale(0, max(figure.counts) or 1, bottom, top)
    paper.height = ticks_below(paper, figure.x, at, bottom, bottom + 4)
    edge = 0.0
    for low, high, count, printed in zip(
        figure.edges[:-1], figure.edges[1:], figure.counts, figure.printed, strict=True
    ):
        x, wide, y = at(low), at(high) - at(low), tall(count)
        with paper.hover(printed):
            paper.rect(x + 0.4, y, wide - 0.8, bottom - y, "rest", data_part="bar")
        said = measure(printed, SMALL)
        if x + wide / 2 - said / 2 > edge and not any(
            abs(at(m.value) - x - wide / 2) < said / 2 for m in figure.marks
        ):
            paper.text(x + wide / 2, y - 9, printed, "middle", "ink", SMALL)
            edge = x + wide / 2 + said / 2 + 2
    paper.line([(at(figure.x.low), bottom), (at(figure.x.high), bottom)], "line")
    lines(bottom)
