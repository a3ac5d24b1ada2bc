"""Pictures over two axes, and profiles around a circle."""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

from course.charts.layout import ROW, Scale, heading, on, scale, spread, thresholds, ticks_below
from course.charts.paper import SMALL, Paper, Point, measure, plain, tall, wrap
from course.figures import Axis, Lines, Mark, Profile, Radar, Scatter, Spot

_TALL = 190.0
Box = tuple[float, float, float, float]  # left, top, right, bottom


def _frame(
    paper: Paper, y: float, axes: tuple[Axis, Axis], marks: Sequence[Mark], right: float
) -> tuple[Scale, Scale, float, float]:
    """Draw both axes with their thresholds; returns the scales, and top and bottom of the plot."""
    across, up = axes
    y += paper.block(0, y, up.label, paper.width, tone="muted", size=SMALL) + 3
    left = max(measure(tick.label, SMALL) for tick in up.ticks) + 7
    at = on(across, left, right)
    upright = [mark for mark in marks if mark.across == "x"]
    top, draw_marks = thresholds(paper, upright, at, y)
    top += 6
    bottom = top + _TALL
    rise = on(up, bottom, top)
    for tick in up.ticks:
        level = rise(tick.value)
        paper.line([(left, level), (right, level)], "grid")
        paper.text(left - 6, level, tick.label, "end", "muted", SMALL)
    paper.height = ticks_below(paper, across, at, bottom, bottom + 4)
    paper.line([(left, bottom), (right, bottom)], "line")
    draw_marks(bottom)
    for mark in marks:
        if mark.across == "y":
            level = rise(mark.value)
            with paper.hover(mark.label):
                paper.line([(left, level), (right, level)], "ink", 1.3, "4 3", data_part="mark")
            paper.text(right - 3, level - 9, mark.label, "end", size=SMALL, bold=True, plate=True)
    return at, rise, top, bottom


def lines(paper: Paper, figure: Lines) -> None:
    """Draw `course.figures.Lines`."""
    room = 0.3 * paper.width
    names = [wrap(line.name, room, SMALL, True) for line in figure.lines]
    right = paper.width - max(measure(words, SMALL, True) for name in names for words in name) - 10
    y, axes = heading(paper, figure), (figure.x, figure.y)
    at, rise, top, bottom = _frame(paper, y, axes, figure.marks, right)
    for line in figure.lines:
        if line.low:
            upper = zip(line.xs, line.high, strict=True)
            lower = zip(line.xs[::-1], line.low[::-1], strict=True)
            band = [(at(x), rise(y)) for x, y in (*upper, *lower)]
            paper.polygon(band, line.tone, opacity="0.16")
    wanted = [rise(line.ys[-1]) for line in figure.lines]
    heights = [len(name) * ROW for name in names]
    middles = spread(wanted, heights, top - 8, bottom + 8)
    for line, height, middle in zip(figure.lines, heights, middles, strict=True):
        points = [(at(x), rise(y)) for x, y in zip(line.xs, line.ys, strict=True)]
        dash, join = "6 4" if line.dashed else None, "round"
        with paper.hover(line.name):
            paper.line(points, line.tone, 2.4, dash, stroke_linejoin=join, data_part="line")
            for x, y in points if line.dots else ():
                paper.sign(x, y, "circle", line.tone, 3)
        end = points[-1]
        if abs(middle - end[1]) > ROW / 2 or right - end[0] > 4:
            paper.line([end, (right + 5, middle)], line.tone, 0.8, "1.5 2")
        top = middle - height / 2
        paper.block(right + 8, top, line.name, room, tone=line.tone, size=SMALL, bold=True)


def scatter(paper: Paper, figure: Scatter) -> None:
    """Draw `course.figures.Scatter`."""
    y, axes, right = heading(paper, figure), (figure.x, figure.y), paper.width - 8
    at, rise, top, bottom = _frame(paper, y, axes, figure.marks, right)
    left = at(figure.x.low)
    spots = [(at(spot.x), rise(spot.y)) for spot in figure.spots]
    taken = [_around(x, y, 12, 12) for x, y in spots]
    taken += [(0, top, left, bottom), (0, bottom, paper.width, math.inf)]  # what ticks say
    taken.append((0, -math.inf, paper.width, top - 6))  # what the upright thresholds are called
    upright = [at(mark.value) for mark in figure.marks if mark.across == "x"]
    for mark in figure.marks:
        if mark.across == "y":
            wide = measure(mark.label, SMALL, True) + 3
            taken.append(_around(right - wide / 2, rise(mark.value) - 9, wide, ROW))
    rooms = [min(upright, default=(left + right) / 2) - left - 9]
    rooms.append(right - max(upright, default=(left + right) / 2) - 8)
    for index, words in enumerate(figure.corners):
        on_left = index in (0, 3)
        x, anchor, room = (left + 5, "start", rooms[0]) if on_left else (right - 3, "end", rooms[1])
        # A word is as a rule narrower than it is measured; it breaks only when it must.
        rows = wrap(words, max(1.12 * room, 60.0), SMALL)
        height = len(rows) * ROW
        y = top + 2 if index < 2 else bottom - 3 - height
        for count, row in enumerate(rows):
            paper.text(x, y + (count + 0.5) * ROW, row, anchor, "muted", SMALL, plate=True)
        wide = max((measure(row, SMALL) for row in rows), default=0.0)
        start = x if on_left else x - wide
        taken.append((start, y, start + wide, y + height))
    lines = [(x - 2, top, x + 2, bottom) for x in upright]
    lines += [
        (left, rise(mark.value) - 2, right, rise(mark.value) + 2)
        for mark in figure.marks
        if mark.across == "y"
    ]
    for spot, (x, y) in zip(figure.spots, spots, strict=True):
        with paper.hover(spot.label):
            paper.sign(x, y, spot.sign, spot.tone)
    for spot, (x, y) in zip(figure.spots, spots, strict=True):
        _name(paper, spot, x, y, taken, lines)


def _around(x: float, y: float, wide: float, height: float) -> Box:
    return x - wide / 2, y - height / 2, x + wide / 2, y + height / 2


def _name(
    paper: Paper, spot: Spot, x: float, y: float, taken: list[Box], lines: Sequence[Box]
) -> None:
    """Write a point's name where nothing is yet, off the thresholds' lines if it can be.

    Right, left, above, below, then further off with a line.
    """
    wide = measure(spot.label, SMALL)
    beside = 8 + wide / 2
    tries = [(beside, 0.0), (-beside, 0.0), (0.0, -15.0), (0.0, 15.0)]
    tries += [
        (dx, way * ROW * step)
        for step in range(1, 9)
        for way in (-1, 1)
        for dx in (beside, -beside, 0.0)
    ]
    places = [(dx, dy, _around(x + dx, y + dy, wide, ROW)) for dx, dy in tries]
    inside = [
        (dx, dy, box)
        for dx, dy, box in places
        if box[0] >= 0 and box[2] <= paper.width and box[1] >= 0
    ]
    dx, dy, box = next(
        (
            (dx, dy, box)
            for far, avoid in ((2 * ROW, [*taken, *lines]), (math.inf, taken))
            for dx, dy, box in inside
            if abs(dy) <= far and not any(_overlap(box, other) for other in avoid)
        ),
        places[0],
    )
    if abs(dy) > 16:
        near = x + dx - math.copysign(wide / 2, dx) if dx else x
        paper.line([(x, y), (near, y + dy)], "line", 0.8)
    paper.text(x + dx, y + dy, spot.label, "middle", size=SMALL, plate=True)
    taken.append(box)


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def radar(paper: Paper, figure: Radar) -> None:
    """Draw `course.figures.Radar`."""
    y = heading(paper, figure, [(line.name, line.sign, line.tone) for line in figure.profiles])
    count, room = len(figure.axes), 82.0
    angles = [2 * math.pi * k / count for k in range(count)]
    sines = [(round(math.sin(angle), 6), round(math.cos(angle), 6)) for angle in angles]
    radius = 112.0
    for (sin, _), label in zip(sines, figure.axes, strict=True):
        if abs(sin) > 0.1:
            wide = max(measure(words, SMALL) for words in wrap(label, room, SMALL))
            radius = min(radius, (paper.width / 2 - wide) / abs(sin) - 8)
    heights = [tall(label, room, SMALL) for label in figure.axes]
    x, y = paper.width / 2, y + radius + heights[0] + 4
    high = figure.rings[-1].value
    far = scale(figure.low, high, 0, radius)

    def spot(k: int, value: float) -> Point:
        sin, cos = sines[k % count]
        return x + far(value) * sin, y - far(value) * cos

    for ring in figure.rings:
        paper.line([spot(k, ring.value) for k in range(count + 1)], "grid")
    for k, ((sin, cos), label) in enumerate(zip(sines, figure.axes, strict=True)):
        paper.line([spot(k, figure.low), spot(k, high)], "grid")
        anchor = "middle" if abs(sin) < 0.1 else "start" if sin > 0 else "end"
        top = y - (radius + 7) * cos - heights[k] * (1 + cos) / 2
        paper.block(x + (radius + 7) * sin, top, label, room, anchor, size=SMALL)
    for index, profile in enumerate(figure.profiles):
        _profile(paper, figure.axes, profile, spot, "6 4" if index % 2 else None)
    signs = [
        _around(*spot(k, value), 8, 8)
        for profile in figure.profiles
        for k, value in enumerate(profile.values)
        if value is not None
    ]
    numbers, before = list[tuple[float, str]](), -math.inf
    for ring in figure.rings:
        inner = far(ring.value) * math.cos(math.pi / count)
        if inner - before >= ROW + 2:
            numbers.append((inner, ring.label))
            before = inner

    def between(gap: int) -> list[tuple[Point, str]]:
        turn = (2 * gap - 1) * math.pi / count
        sin, cos = math.sin(turn), math.cos(turn)
        return [((x + off * sin, y - off * cos), label) for off, label in numbers]

    def struck(gap: int) -> int:
        places = between(gap)
        boxes = [_around(*place, measure(label, SMALL), ROW) for place, label in places]
        return sum(_overlap(box, sign) for box in boxes for sign in signs)

    for place, label in between(min(range(count), key=struck)):  # the first gap that is free
        paper.text(*place, label, "middle", "muted", SMALL, halo=True)
    paper.height = y + radius + heights[count // 2] + 12


def _profile(
    paper: Paper,
    axes: Sequence[str],
    profile: Profile,
    spot: Callable[[int, float], Point],
    dash: str | None,
) -> None:
    known = [None if value is None else spot(k, value) for k, value in enumerate(profile.values)]
    with paper.hover(profile.name):
        for here, after in pairwise([*known, known[0]]):
            if here and after:
                paper.line([here, after], profile.tone, 2.2, dash, stroke_linecap="round")
    for name, value, here in zip(axes, profile.values, known, strict=True):
        if here and value is not None:
            with paper.hover(f"{name}, {profile.name}: {plain(round(value, 2))}"):
                paper.sign(*here, profile.sign, profile.tone, 3.8)
