"""Pictures of order and kinship: ladders, matrices, timelines, networks."""

import math

from course.charts.layout import ROW, heading, scale, spread
from course.charts.paper import LEADING, SIZE, SMALL, WIDTH, Paper, measure, wrap
from course.figures import Cell, Ladder, Matrix, Network, Timeline

_LINE = SIZE * LEADING


def ladder(paper: Paper, figure: Ladder) -> None:
    """Draw `course.figures.Ladder`: stairs that rise to the right, the highest level on top."""
    y, count = heading(paper, figure), len(figure.rungs)
    indent = min(20.0, 96.0 / max(count - 1, 1))
    for index in range(count - 1, -1, -1):
        rung = figure.rungs[index]
        left = index * indent
        room = WIDTH - left - 20
        entry = wrap(rung.entry, room, SMALL) if rung.entry else ()
        beside = entry and measure(rung.label, SIZE, True) + measure(rung.entry, SMALL) + 14 <= room
        lines = len(wrap(rung.label, room, SIZE, True)) * _LINE + (
            0 if beside else len(entry) * ROW
        )
        height = 14 + lines + (len(wrap(rung.text, room, SMALL)) * ROW if rung.text else 0)
        with paper.hover(" – ".join(filter(None, (rung.label, rung.entry, rung.text)))):
            shade = f"shade{min(4, 1 + round(3 * index / max(count - 1, 1)))}"
            paper.rect(left, y, WIDTH - left, height - 3, shade, data_part="level")
            paper.rect(left, y, 4, height - 3, "accent" if rung.accent else "line")
        top = y + 5.5
        after = paper.block(left + 12, top, rung.label, room, bold=True)
        if beside:
            paper.text(WIDTH - 8, top + _LINE / 2, rung.entry, "end", "muted", SMALL)
        else:
            after += paper.block(left + 12, top + after, rung.entry, room, tone="muted", size=SMALL)
        paper.block(left + 12, top + after, rung.text, room, size=SMALL)
        y += height
    paper.height = y


def matrix(paper: Paper, figure: Matrix) -> None:
    """Draw `course.figures.Matrix`.

    The name of a row stands above its cells, so that columns are wide on a phone.
    """
    y, wide = heading(paper, figure), WIDTH / len(figure.columns)
    heads = [wrap(name, wide - 8, SMALL, True) for name in figure.columns]
    for column, head in enumerate(heads):
        for index, words in enumerate(head):
            paper.text(
                (column + 0.5) * wide,
                y + (index + 0.5) * ROW,
                words,
                "middle",
                "muted",
                SMALL,
                True,
            )
    y += max(map(len, heads)) * ROW + 4
    for title, cells in zip(figure.rows, figure.cells, strict=True):
        y += paper.block(0, y, title, WIDTH, size=SMALL, bold=True, tone="muted") + 2
        fits = all(
            measure(word, SIZE, True) <= wide - 12 for cell in cells for word in cell.text.split()
        )
        size = SIZE if fits else SMALL
        lift = 8 if any(cell.check or cell.corner for cell in cells) else 0
        texts = [(wrap(cell.text, wide - 10, size, fits), _small(cell, wide)) for cell in cells]
        height = max(len(words) * _LINE + len(small) * ROW for words, small in texts) + 12 + lift
        for column, (cell, (lines, small)) in enumerate(zip(cells, texts, strict=True)):
            name = f"{title}, {figure.columns[column]}: {cell.text}" + (
                f" ({cell.small})" if cell.small else ""
            )
            with paper.hover(name):
                ground = f"shade{cell.shade}" if cell.shade else "paper"
                edge = "accent" if cell.accent else "grid"
                paper.rect(
                    column * wide + 1.5,
                    y,
                    wide - 3,
                    height,
                    ground,
                    stroke=edge,
                    stroke_width="1.2",
                    data_part="cell",
                )
            paper.text(column * wide + 7, y + 9, cell.corner, tone="muted", size=SMALL)
            if cell.check:
                x = (column + 1) * wide - 13
                paper.line([(x, y + 8), (x + 3, y + 11), (x + 8, y + 5)], "accent", 2)
            x = (column + 0.5) * wide
            top = y + (height - len(lines) * _LINE - len(small) * ROW) / 2 + lift / 2
            for index, part in enumerate(lines):
                paper.text(x, top + (index + 0.5) * _LINE, part, "middle", "ink", size, fits)
            for index, line in enumerate(small):
                paper.text(
                    x,
                    top + len(lines) * _LINE + (index + 0.5) * ROW,
                    line,
                    "middle",
                    "muted",
                    SMALL,
                )
        y += height + 6
    paper.height = y


def _small(cell: Cell, wide: float) -> tuple[str, ...]:
    return wrap(cell.small, wide - 10, SMALL) if cell.small else ()


def timeline(paper: Paper, figure: Timeline) -> None:
    """Draw `course.figures.Timeline`: dots at their times, names beside them."""
    events, y = figure.events, heading(paper, figure)
    left = min(0.3 * WIDTH, max(measure(event.when, SMALL, True) for event in events)) + 8
    text = left + 34
    room = WIDTH - text
    heights = []
    for event in events:
        lines = len(wrap(event.label, room, SIZE, True)) * _LINE
        lines += len(wrap(event.text, room, SMALL)) * ROW if event.text else 0
        heights.append(max(lines, len(wrap(event.when, left - 8, SMALL, True)) * ROW) + 10)
    first, last = min(e.at for e in events), max(e.at if e.end is None else e.end for e in events)
    bottom = y + max(sum(heights), 30.0 * len(events))
    at = scale(first, last, y + heights[0] / 2, bottom - heights[-1] / 2)
    spine = left + 10
    paper.line([(spine, at(first)), (spine, at(last))], "line", 2)
    middles = spread([at(event.at) for event in events], heights, y, bottom)
    for event, height, middle in zip(events, heights, middles, strict=True):
        tone = "accent" if event.accent else "muted"
        with paper.hover(f"{event.when}: {event.label}"):
            if event.end is not None:
                paper.line([(spine, at(event.at)), (spine, at(event.end))], tone, 6, opacity="0.45")
            paper.line(
                [(spine, at(event.at)), (spine + 14, middle), (text - 5, middle)], "line", 0.8
            )
            paper.sign(spine, at(event.at), "circle", tone)
        when = wrap(event.when, left - 8, SMALL, True)
        for index, words in enumerate(when):
            paper.text(
                left - 4,
                middle + (index - (len(when) - 1) / 2) * ROW,
                words,
                "end",
                tone,
                SMALL,
                True,
            )
        top = middle - height / 2 + 5
        top += paper.block(
            text, top, event.label, room, bold=True, tone="accent" if event.accent else "ink"
        )
        paper.block(text, top, event.text, room, size=SMALL)
    paper.height = bottom + 2


def network(paper: Paper, figure: Network) -> None:
    """Draw `course.figures.Network`."""
    y = heading(paper, figure)
    names = {node.id: wrap(node.label, 92, SMALL, True) for node in figure.nodes}
    half = {
        key: (max(measure(words, SMALL, True) for words in name) / 2 + 7, len(name) * ROW / 2 + 5)
        for key, name in names.items()
    }
    wide, tall = max(w for w, _ in half.values()), max(h for _, h in half.values())
    centres = {
        node.id: (
            wide + node.x * (WIDTH - 2 * wide),
            y + tall + node.y * (figure.height * WIDTH - 2 * tall),
        )
        for node in figure.nodes
    }
    for link in figure.links:
        (ax, ay), (bx, by) = centres[link.a], centres[link.b]
        tone = "second" if link.dashed else "line"
        with paper.hover(
            f"{names[link.a][0]} – {names[link.b][0]}" + (f": {link.label}" if link.label else "")
        ):
            dash = "5 4" if link.dashed else None
            paper.line([(ax, ay), (bx, by)], tone, 1.2 + 4 * link.weight, dash, data_part="link")
            if link.arrow:
                _arrow(paper, (ax, ay), (bx, by), half[link.b], tone)
    for link in figure.links:
        (ax, ay), (bx, by) = centres[link.a], centres[link.b]
        if link.label:
            x, middle = (ax + bx) / 2, (ay + by) / 2
            room = measure(link.label, SMALL) + 6
            paper.rect(x - room / 2, middle - ROW / 2, room, ROW, "paper")
            paper.text(x, middle, link.label, "middle", "muted", SMALL)
    for node in figure.nodes:
        (x, middle), (w, h) = centres[node.id], half[node.id]
        with paper.hover(node.label):
            paper.rect(
                x - w, middle - h, 2 * w, 2 * h, "paper", stroke=node.tone, stroke_width="1.8", rx=6
            )
        for line, words in enumerate(names[node.id]):
            up = middle + (line - (len(names[node.id]) - 1) / 2) * ROW
            paper.text(
                x, up, words, "middle", "ink" if node.tone == "muted" else node.tone, SMALL, True
            )
    paper.height = y + figure.height * WIDTH + 2


def _arrow(
    paper: Paper,
    start: tuple[float, float],
    end: tuple[float, float],
    half: tuple[float, float],
    tone: str,
) -> None:
    """Put the head of an arrow where a line enters the box of its end."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = math.hypot(dx, dy) or 1.0
    inside = min(half[0] / abs(dx) if dx else math.inf, half[1] / abs(dy) if dy else math.inf)
    x, y, ux, uy = end[0] - dx * inside, end[1] - dy * inside, dx / length, dy / length
    corners = (
        (x, y),
        (x - 9 * ux + 4.5 * uy, y - 9 * uy - 4.5 * ux),
        (x - 9 * ux - 4.5 * uy, y - 9 * uy + 4.5 * ux),
    )
    paper.add("polygon", points=" ".join(f"{a:.1f},{b:.1f}" for a, b in corners), fill=tone)
