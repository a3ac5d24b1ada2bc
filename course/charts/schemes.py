"""Pictures of order and kinship: ladders, matrices, timelines, networks."""

import math

from course.charts.layout import ROW, heading, scale, spread
from course.charts.paper import LEADING, SIZE, SMALL, Paper, Point, measure, tall, wrap
from course.figures import Ladder, Matrix, Network, Timeline

_LINE = SIZE * LEADING


def ladder(paper: Paper, figure: Ladder) -> None:
    """Draw `course.figures.Ladder`: stairs that rise to the right, the highest level on top."""
    y, steps = heading(paper, figure), max(len(figure.rungs) - 1, 1)
    indent = min(20.0, 96.0 / steps)
    for index, rung in reversed(list(enumerate(figure.rungs))):
        left = index * indent
        room = paper.width - left - 20
        wide = measure(rung.label, SIZE, True) + measure(rung.entry, SMALL) + 14
        beside = wide <= room
        entry = 0.0 if beside else tall(rung.entry, room, SMALL)
        lines = tall(rung.label, room, SIZE, True) + entry + tall(rung.text, room, SMALL)
        height = 14 + lines
        with paper.hover(" · ".join(filter(None, (rung.label, rung.entry, rung.text)))):
            shade = f"shade{min(4, 1 + round(3 * index / steps))}"
            paper.rect(left, y, paper.width - left, height - 3, shade, data_part="level")
            paper.rect(left, y, 4, height - 3, "accent" if rung.accent else "line")
        top, left = y + 5.5, left + 12
        below = top + paper.block(left, top, rung.label, room, bold=True)
        if beside:
            paper.text(paper.width - 8, top + _LINE / 2, rung.entry, "end", "muted", SMALL)
        else:
            below += paper.block(left, below, rung.entry, room, tone="muted", size=SMALL)
        paper.block(left, below, rung.text, room, size=SMALL)
        y += height
    paper.height = y


def matrix(paper: Paper, figure: Matrix) -> None:
    """Draw `course.figures.Matrix`.

    The name of a row stands above its cells, so that columns are wide on a phone.
    """
    y, wide = heading(paper, figure), paper.width / len(figure.columns)
    heads = [
        paper.block((column + 0.5) * wide, y, name, wide - 8, "middle", "muted", SMALL, True)
        for column, name in enumerate(figure.columns)
    ]
    y += max(heads) + 4
    for title, cells in zip(figure.rows, figure.cells, strict=True):
        y += paper.block(0, y, title, paper.width, size=SMALL, bold=True, tone="muted") + 2
        words = [word for cell in cells for word in cell.text.split()]
        fits = all(measure(word, SIZE, True) <= wide - 12 for word in words)
        size, room = SIZE if fits else SMALL, wide - 10
        lift = 8 if any(cell.check for cell in cells) else 0
        talls = [
            len(wrap(cell.text, room, size, fits)) * _LINE + tall(cell.small, room, SMALL)
            for cell in cells
        ]
        height = max(talls) + 12 + lift
        for index, (column, cell, inside) in enumerate(
            zip(figure.columns, cells, talls, strict=True)
        ):
            x = index * wide
            small = f" ({cell.small})" if cell.small else ""
            ground = f"shade{cell.shade}" if cell.shade else "paper"
            edge = {"stroke": "accent" if cell.accent else "grid", "stroke_width": "1.2"}
            with paper.hover(f"{title}, {column}: {cell.text}{small}"):
                paper.rect(x + 1.5, y, wide - 3, height, ground, **edge, data_part="cell")
            if cell.check:
                tick = ((-13, 8), (-10, 11), (-5, 5))
                paper.line([(x + wide + dx, y + dy) for dx, dy in tick], "accent", 2)
            x += wide / 2
            top = y + (height - inside + lift) / 2
            lines = wrap(cell.text, room, size, fits)
            for line in lines:
                paper.text(x, top + _LINE / 2, line, "middle", "ink", size, fits)
                top += _LINE
            paper.block(x, top, cell.small, room, "middle", "muted", SMALL)
        y += height + 6
    paper.height = y


def timeline(paper: Paper, figure: Timeline) -> None:
    """Draw `course.figures.Timeline`: dots at their times, names beside them."""
    events, y = figure.events, heading(paper, figure)
    left = min(0.3 * paper.width, max(measure(event.when, SMALL, True) for event in events)) + 8
    spine, words = left + 10, left + 34
    room = paper.width - words
    whens = [tall(event.when, left - 8, SMALL, True) for event in events]
    heights = []
    for event, when in zip(events, whens, strict=True):
        lines = tall(event.label, room, SIZE, True) + tall(event.text, room, SMALL)
        heights.append(max(lines, when) + 10)
    first, last = min(e.at for e in events), max(e.at if e.end is None else e.end for e in events)
    bottom = y + max(sum(heights), 30.0 * len(events))
    at = scale(first, last, y + heights[0] / 2, bottom - heights[-1] / 2)
    paper.line([(spine, at(first)), (spine, at(last))], "line", 2)
    wanted = [at(event.at) for event in events]
    middles = spread(wanted, heights, y, bottom)
    times = spread(wanted, [when + 1 for when in whens], y, bottom)  # each beside its dot
    rows = zip(events, whens, heights, middles, times, strict=True)
    for event, when, height, middle, time in rows:
        tone, ink = ("accent", "accent") if event.accent else ("muted", "ink")
        start = (spine, at(event.at))
        with paper.hover(f"{event.when}: {event.label}"):
            if event.end is not None:
                paper.line([start, (spine, at(event.end))], tone, 6, opacity="0.45")
            paper.line([start, (spine + 14, middle), (words - 5, middle)], "line", 0.8)
            if abs(time - start[1]) > ROW / 2:
                paper.line([start, (spine - 8, time)], "line", 0.8)
            paper.sign(*start, "circle", tone)
        top = time - when / 2
        paper.block(left - 4, top, event.when, left - 8, "end", tone, SMALL, True)
        top = middle - height / 2 + 5
        top += paper.block(words, top, event.label, room, bold=True, tone=ink)
        paper.block(words, top, event.text, room, size=SMALL)
    paper.height = bottom + 2


def network(paper: Paper, figure: Network) -> None:
    """Draw `course.figures.Network`."""
    y = heading(paper, figure)
    labels = {node.id: node.label for node in figure.nodes}
    words = [word for label in labels.values() for word in label.split()]
    longest = max(measure(word, SMALL, True) for word in words)
    # Where a third of the paper holds every word, none is hyphenated.
    room = longest if 92.0 < longest <= paper.width / 3 else 92.0
    half = {}
    for node in figure.nodes:
        name = wrap(node.label, room, SMALL, True)
        wide = max(measure(words, SMALL, True) for words in name)
        half[node.id] = (wide / 2 + 7, len(name) * ROW / 2 + 5)
    widest, tallest = (max(sizes) for sizes in zip(*half.values(), strict=True))
    across = scale(0, 1, widest + 1, paper.width - widest - 1)  # an edge has a width of its own
    down = scale(0, 1, y + tallest, y + figure.height * paper.width - tallest)
    centres = {node.id: (across(node.x), down(node.y)) for node in figure.nodes}
    for link in figure.links:
        start, end = centres[link.a], centres[link.b]
        tone, dash = ("second", "5 4") if link.dashed else ("line", None)
        said = f": {link.label}" if link.label else ""
        with paper.hover(f"{labels[link.a]} · {labels[link.b]}{said}"):
            paper.line([start, end], tone, 1.2 + 4 * link.weight, dash, data_part="link")
            if link.arrow:
                _arrow(paper, start, end, half[link.b], tone)
    for link in figure.links:
        if link.label:
            (ax, ay), (bx, by) = centres[link.a], centres[link.b]
            x, middle = (ax + bx) / 2, (ay + by) / 2
            wide = measure(link.label, SMALL) + 6
            paper.rect(x - wide / 2, middle - ROW / 2, wide, ROW, "paper")
            paper.text(x, middle, link.label, "middle", "muted", SMALL)
    for node in figure.nodes:
        (x, middle), (w, h) = centres[node.id], half[node.id]
        with paper.hover(node.label):
            edge = {"stroke": node.tone, "stroke_width": "1.8"}
            paper.rect(x - w, middle - h, 2 * w, 2 * h, "paper", **edge, rx=6)
        ink = "ink" if node.tone == "muted" else node.tone
        paper.block(x, middle - h + 5, node.label, room, "middle", ink, SMALL, True)
    paper.height = y + figure.height * paper.width + 2


def _arrow(paper: Paper, start: Point, end: Point, half: Point, tone: str) -> None:
    """Put the head of an arrow where a line enters the box of its end."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = math.hypot(dx, dy) or 1.0
    inside = min(half[0] / abs(dx) if dx else math.inf, half[1] / abs(dy) if dy else math.inf)
    x, y, ux, uy = end[0] - dx * inside, end[1] - dy * inside, dx / length, dy / length
    base = (x - 9 * ux, y - 9 * uy)
    sides = [(base[0] + way * uy, base[1] - way * ux) for way in (4.5, -4.5)]
    paper.polygon([(x, y), *sides], tone)
