"""Pictures over two axes, and profiles around a circle."""

import math
from collections.abc import Callable, Sequence

from course.charts.layout import (
    ROW,
    Scale,
    flags,
    heading,
    legend,
    on,
    scale,
    spread,
    thresholds,
    ticks_below,
)
from course.charts.paper import LEADING, SMALL, WIDTH, Paper, measure, wrap
from course.figures import Axis, Lines, Mark, Profile, Radar, Scatter, Spot

_TALL = 190.0


def _frame(
    paper: Paper, y: float, axes: tuple[Axis, Axis], marks: Sequence[Mark], right: float
) -> tuple[Scale, Scale, float, float]:
    """Draw both axes with their thresholds; returns the scales, and top and bottom of the plot."""
    across, up = axes
    y += paper.block(0, y, up.label, WIDTH, tone="muted", size=SMALL) + 3
    left = max(measure(tick.label, SMALL) for tick in up.ticks) + 7
    at = on(across, left, right)
    upright = [mark for mark in marks if mark.across == "x"]
    top = y + (flags(upright, at)[1] if upright else 0) + 6
    bottom = top + _TALL
    rise = on(up, bottom, top)
    for tick in up.ticks:
        paper.line([(left, rise(tick.value)), (right, rise(tick.value))], "grid")
        paper.text(left - 6, rise(tick.value), tick.label, "end", "muted", SMALL)
    lines = thresholds(paper, upright, at, y)
    paper.height = ticks_below(paper, across, at, bottom, bottom + 4)
    paper.line([(left, bottom), (right, bottom)], "line")
    lines(bottom)
    for mark in marks:
        if mark.across == "y":
            with paper.hover(mark.label):
                level = rise(mark.value)
                paper.line([(left, level), (right, level)], "ink", 1.3, "4 3", data_part="mark")
            paper.text(right - 3, level - 9, mark.label, "end", size=SMALL, bold=True, halo=True)
    return at, rise, top, bottom


def lines(paper: Paper, figure: Lines) -> None:
    """Draw `course.figures.Lines`."""
    names = [wrap(line.name, 0.3 * WIDTH, SMALL, True) for line in figure.lines]
    right = WIDTH - max(measure(words, SMALL, True) for name in names for words in name) - 10
    at, rise, top, bottom = _frame(
        paper, heading(paper, figure), (figure.x, figure.y), figure.marks, right
    )
    for line in figure.lines:
        if line.low:
            band = [(at(x), rise(y)) for x, y in zip(line.xs, line.high, strict=True)]
            band += [(at(x), rise(y)) for x, y in zip(line.xs[::-1], line.low[::-1], strict=True)]
            paper.add(
                "polygon",
                points=" ".join(f"{x:.1f},{y:.1f}" for x, y in band),
                fill=line.tone,
                opacity="0.16",
            )
    wanted = [rise(line.ys[-1]) for line in figure.lines]
    heights = [len(name) * ROW for name in names]
    for line, name, y in zip(
        figure.lines, names, spread(wanted, heights, top - 8, bottom + 8), strict=True
    ):
        points = [(at(x), rise(v)) for x, v in zip(line.xs, line.ys, strict=True)]
        with paper.hover(line.name):
            paper.line(
                points,
                line.tone,
                2.4,
                "6 4" if line.dashed else None,
                stroke_linejoin="round",
                data_part="line",
            )
            for x, v in points if line.dots else ():
                paper.sign(x, v, "circle", line.tone, 3)
        end = points[-1]
        if abs(y - end[1]) > ROW / 2 or right - end[0] > 4:
            paper.line([end, (right + 5, y)], line.tone, 0.8, "1.5 2")
        for index, words in enumerate(name):
            middle = y + (index - (len(name) - 1) / 2) * ROW
            paper.text(right + 8, middle, words, tone=line.tone, size=SMALL, bold=True)


def scatter(paper: Paper, figure: Scatter) -> None:
    """Draw `course.figures.Scatter`."""
    axes, right = (figure.x, figure.y), WIDTH - 8
    at, rise, top, bottom = _frame(paper, heading(paper, figure), axes, figure.marks, right)
    left = at(figure.x.low)
    taken = [(at(s.x) - 6, rise(s.y) - 6, at(s.x) + 6, rise(s.y) + 6) for s in figure.spots]
    for mark in figure.marks:
        if mark.across == "y":
            y = rise(mark.value)
            taken.append(
                (
                    right - 3 - measure(mark.label, SMALL, True),
                    y - 9 - ROW / 2,
                    right,
                    y - 9 + ROW / 2,
                )
            )
    for index, words in enumerate(figure.corners):
        y = top + 10 if index < 2 else bottom - 10
        x, anchor = (left + 5, "start") if index in (0, 3) else (right - 3, "end")
        paper.text(x, y, words, anchor, "muted", SMALL)
        wide = measure(words, SMALL)
        taken.append(
            (
                x - (wide if anchor == "end" else 0),
                y - 8,
                x + (wide if anchor == "start" else 0),
                y + 8,
            )
        )
    for spot in figure.spots:
        with paper.hover(spot.label):
            paper.sign(at(spot.x), rise(spot.y), spot.sign, spot.tone)
        _name(paper, spot, at(spot.x), rise(spot.y), taken)


def _name(
    paper: Paper, spot: Spot, x: float, y: float, taken: list[tuple[float, float, float, float]]
) -> None:
    """Write a point's name where nothing is yet.

    Right, left, above, below, then further off with a line.
    """
    wide, half = measure(spot.label, SMALL), ROW / 2
    beside = [(8 + wide / 2, 0.0), (-8 - wide / 2, 0.0)]
    tries = [*beside, (0.0, -15.0), (0.0, 15.0)]
    tries += [
        (dx, dy)
        for step in range(1, 9)
        for dy in (-ROW * step, ROW * step)
        for dx in (*(b for b, _ in beside), 0)
    ]
    for dx, dy in tries:
        box = (x + dx - wide / 2, y + dy - half, x + dx + wide / 2, y + dy + half)
        inside = box[0] >= 0 and box[2] <= WIDTH and box[1] >= 0
        if inside and not any(
            box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in taken
        ):
            break
    if abs(dy) > 16:
        paper.line(
            [(x, y), (x + dx - math.copysign(wide / 2, dx) if dx else x, y + dy)], "line", 0.8
        )
    paper.text(x + dx, y + dy, spot.label, "middle", size=SMALL, halo=True)
    taken.append(box)


def radar(paper: Paper, figure: Radar) -> None:
    """Draw `course.figures.Radar`."""
    y = legend(paper, heading(paper, figure), [(p.name, p.sign, p.tone) for p in figure.profiles])
    count = len(figure.axes)
    angles = [2 * math.pi * k / count for k in range(count)]
    sines = [(round(math.sin(angle), 6), round(math.cos(angle), 6)) for angle in angles]
    labels = [wrap(label, 82, SMALL) for label in figure.axes]
    radius = 112.0
    for (sin, _), name in zip(sines, labels, strict=True):
        if abs(sin) > 0.1:
            beside = max(measure(words, SMALL) for words in name)
            radius = min(radius, (WIDTH / 2 - beside) / abs(sin) - 8)
    centre = (WIDTH / 2, y + radius + ROW * len(labels[0]) + 4)
    high = figure.rings[-1].value
    far = scale(figure.low, high, 0, radius)

    def spot(k: int, value: float) -> tuple[float, float]:
        return centre[0] + far(value) * sines[k][0], centre[1] - far(value) * sines[k][1]

    for ring in figure.rings:
        paper.line([*(spot(k, ring.value) for k in range(count)), spot(0, ring.value)], "grid")
    for k, (sin, cos) in enumerate(sines):
        paper.line([spot(k, figure.low), spot(k, high)], "grid")
        _axis_name(paper, labels[k], centre, radius + 7, sin, cos)
    for index, profile in enumerate(figure.profiles):
        _profile(paper, figure, profile, spot, index)
    shift, before = math.pi / count, -math.inf
    for ring in figure.rings:
        inner = far(ring.value) * math.cos(shift)
        if inner * math.cos(shift) - before >= ROW:
            before = inner * math.cos(shift)
            x = centre[0] - inner * math.sin(shift)
            paper.text(x, centre[1] - before, ring.label, "middle", "muted", SMALL, halo=True)
    paper.height = centre[1] + radius + ROW * len(labels[count // 2]) + 12


def _axis_name(
    paper: Paper,
    name: tuple[str, ...],
    centre: tuple[float, float],
    radius: float,
    sin: float,
    cos: float,
) -> None:
    x, y = centre[0] + radius * sin, centre[1] - radius * cos
    anchor = "middle" if abs(sin) < 0.1 else "start" if sin > 0 else "end"
    height = len(name) * SMALL * LEADING
    top = y - height / 2 - (height / 2) * cos
    for index, words in enumerate(name):
        paper.text(x, top + (index + 0.5) * SMALL * LEADING, words, anchor, "ink", SMALL)


def _profile(
    paper: Paper,
    figure: Radar,
    profile: Profile,
    spot: Callable[[int, float], tuple[float, float]],
    index: int,
) -> None:
    known = [None if value is None else spot(k, value) for k, value in enumerate(profile.values)]
    with paper.hover(profile.name):
        for k, here in enumerate(known):
            after = known[(k + 1) % len(known)]
            if here and after:
                paper.line(
                    [here, after],
                    profile.tone,
                    2.2,
                    "6 4" if index % 2 else None,
                    stroke_linecap="round",
                )
    for name, value, here in zip(figure.axes, profile.values, known, strict=True):
        if here and value is not None:
            with paper.hover(f"{name}, {profile.name}: {round(value, 2):g}".replace(".", ",")):
                paper.sign(*here, profile.sign, profile.tone, 3.8)
