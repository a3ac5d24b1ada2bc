"""Pictures as SVG text: matplotlib draws them, the page's own colours paint them, and nobody else draws."""

import io
import math
import re

# Matplotlib must be given colours; each of these stands for a CSS variable, so a dark theme costs nothing.
INK, MUTED, LINE, GRID, ACCENT, SECOND, PAPER = (f"#{n:02x}f1e{n:x}" for n in range(1, 8))
_NAMES = dict(zip((INK, MUTED, LINE, GRID, ACCENT, SECOND, PAPER),
                  ("--ink", "--ink2", "--line2", "--line", "--accent", "--second", "--bg")))
_SIZE = 13  # points in a picture 400 wide: still readable when it is squeezed to 300 pixels
_RC = {"svg.fonttype": "none", "svg.hashsalt": "course", "text.parse_math": False, "font.size": _SIZE,
       "text.color": INK, "path.simplify": False}


def _axes(height, left, right, bottom, top, width=400):
    """Return a transparent figure of ``width`` by ``height`` points and bare axes; margins in points."""
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width / 72, height / 72), dpi=72)
    FigureCanvasSVG(figure)
    axes = figure.add_axes((left / width, bottom / height, (width - left - right) / width,
                            (height - bottom - top) / height))
    axes.set_axis_off()
    return figure, axes


def _svg(figure):
    """Return the figure as one scalable ``<svg>`` element in the page's colours."""
    stream = io.StringIO()
    figure.savefig(stream, format="svg", transparent=True, metadata={"Date": None})
    svg = stream.getvalue()
    svg = svg[svg.index("<svg"):]
    svg = re.sub(r"<metadata>.*?</metadata>|<style.*?</style>|<g id=\"patch_1\">.*?</g>", "", svg, flags=re.S)
    svg = re.sub(r'(<svg[^>]*?) width="[^"]*" height="[^"]*"', r"\1", svg, count=1)
    svg = re.sub(r'<g id="[^"]*">', "<g>", svg)  # a page may hold many pictures: these names would repeat
    svg = re.sub(r"font:? ?[^;\"]*'DejaVu Sans'[^;\"]*", lambda found: _font(found[0]), svg)
    svg = re.sub(r"\n *", "\n", svg)
    return re.sub("|".join(_NAMES), lambda found: f"var({_NAMES[found[0]]})", svg)


def _font(style):
    size = re.search(r"([\d.]+)px", style)
    weight = "font-weight: 700; " if re.search(r"\b(700|bold)\b", style) else ""
    return f"{weight}font-size: {size[1]}px" if size else "font-family: inherit"


def _drawn(paint):
    """Run a painter inside our settings, leaving the learner's own matplotlib as it was."""
    def run(*args, **kwargs):
        import matplotlib

        with matplotlib.rc_context(_RC):
            return _svg(paint(*args, **kwargs))
    run.__doc__, run.__name__, run.__wrapped__ = paint.__doc__, paint.__name__, paint
    return run


@_drawn
def bars(rows, best, caption):
    """Draw horizontal bars, one of them accented.

    Parameters
    ----------
    rows : list of (str, str, float, str)
        Label, small second line, value, and the value as printed; from the top down.
    best : int
        Place of the accented bar.
    caption : str
        What is measured, with its unit.

    Returns
    -------
    str
        One ``<svg>`` element without size, in CSS colours.
    """
    step = 42
    height = step * len(rows) + 30
    figure, axes = _axes(height, 128, 56, 26, 4)
    low, high = min(0, *(row[2] for row in rows)), max(0, *(row[2] for row in rows))
    if low < 0:  # room for the numbers of negative bars
        low -= 0.3 * (high - low)
    axes.set(xlim=(low, high if high > low else low + 1), ylim=(len(rows) - 0.5, -0.5))
    for place, (label, small, value, printed) in enumerate(rows):
        weight = "bold" if place == best else "normal"
        axes.barh(place, value, height=0.52, color=ACCENT if place == best else LINE, alpha=1 if place == best else 0.55)
        _left(axes, place - (0.16 if small else 0), label, weight=weight)
        _left(axes, place + 0.27, small, size=_SIZE - 1.5, color=MUTED)
        axes.annotate(printed, (value, place), (5 if value >= 0 else -5, 0), textcoords="offset points",
                      va="center", ha="left" if value >= 0 else "right", weight=weight)
    axes.axvline(0, color=LINE, lw=1)
    axes.annotate(caption, (0, 0), (0, -18), xycoords="axes fraction", textcoords="offset points",
                  size=_SIZE - 1, color=MUTED)
    return figure


def _left(axes, y, label, **style):
    if label:
        axes.annotate(label, (0, y), (-8, 0), xycoords=("axes fraction", "data"), textcoords="offset points",
                      va="center", ha="right", **style)


@_drawn
def pairs(groups, limits, ticks, caption, heads, left=104):
    """Draw pairs of points joined by a line (a dumb-bell chart), grouped under common labels.

    Parameters
    ----------
    groups : list of (str, list of dict)
        Label and its lines; a line has ``a`` and ``b`` (values), ``text`` (printed on the right), and the
        markers ``mark_a``, ``mark_b``: (matplotlib marker, colour, filled).
    limits : (float, float)
        Ends of the scale.
    ticks : list of (float, str)
        Places on the scale and what is printed there.
    caption : str
        What is measured, with its unit.
    heads : (str, str, str)
        Names of the first point, the second point and the column of texts, printed over the first line.
    left : float
        Room for the labels, points of 400.

    Returns
    -------
    str
        As `bars`.
    """
    lines = sum(len(part) for _, part in groups)
    step, between = 21, 9
    height = step * lines + between * len(groups) + 66
    figure, axes = _axes(height, left, 66, 40, 26)
    axes.set(xlim=limits, ylim=(step * lines + between * len(groups), 0))
    for value, label in ticks:
        axes.axvline(value, color=GRID, lw=1, zorder=0)
        axes.annotate(label, (value, 0), (0, -4), xycoords=("data", "axes fraction"), textcoords="offset points",
                      ha="center", va="top", size=_SIZE - 1, color=MUTED)
    y, first = between / 2, True
    for label, part in groups:
        _left(axes, y + step * len(part) / 2, label)
        for line in part:
            y += step
            here = y - step / 2
            axes.plot([line["a"], line["b"]], [here, here], color=line["mark_b"][1], lw=2.5, zorder=1, alpha=0.6)
            for value, (marker, colour, filled) in ((line["a"], line["mark_a"]), (line["b"], line["mark_b"])):
                axes.plot([value], [here], marker, color=colour, mec=colour, mew=1.8, zorder=2, clip_on=False,
                          mfc=colour if filled else PAPER, ms=11 if marker == "*" else 8)
            axes.annotate(line["text"], (1, here), (58, 0), xycoords=("axes fraction", "data"), ha="right",
                          textcoords="offset points", va="center", weight=line.get("weight", "normal"))
            if first:
                _heads(axes, line, here, heads)
                first = False
        y += between
    axes.annotate(caption, (0, 0), (0, -22), xycoords="axes fraction", textcoords="offset points", va="top",
                  size=_SIZE - 1, color=MUTED)
    return figure


def _heads(axes, line, y, heads):
    """Name both ends of the first line and the column of texts, in place of a legend."""
    left, right = ("right", "left") if line["a"] <= line["b"] else ("left", "right")
    for value, side, words, colour in ((line["a"], left, heads[0], line["mark_a"][1]),
                                       (line["b"], right, heads[1], line["mark_b"][1])):
        axes.annotate(words, (value, y), (4 if side == "right" else -4, 9), textcoords="offset points",
                      ha=side, va="bottom", size=_SIZE - 1, color=colour)
    axes.annotate(heads[2], (1, y), (58, 9), xycoords=("axes fraction", "data"), textcoords="offset points",
                  ha="right", va="bottom", size=_SIZE - 1, color=MUTED)


@_drawn
def radar(labels, sides):
    """Draw two profiles on a 1-to-5 radar chart.

    Parameters
    ----------
    labels : list of str
        One per axis, clockwise from the top.
    sides : list of (str, list of float)
        Two names with one rating, 1 to 5, per axis; None breaks the outline there.

    Returns
    -------
    str
        As `bars`.
    """
    figure, axes = _axes(318, 0, 0, 0, 0)
    axes.set(xlim=(-200, 200), ylim=(-159, 159))
    angles = [math.pi / 2 - 2 * math.pi * k / len(labels) for k in range(len(labels))]

    def spot(angle, rating):
        radius = 106 * rating / 5
        return radius * math.cos(angle), radius * math.sin(angle) - 8

    def outline(ratings):
        points = [spot(angle, math.nan if rating is None else rating) for angle, rating in zip(angles, ratings)]
        return tuple(zip(*points, points[0]))

    for rating in range(1, 6):
        axes.plot(*outline([rating] * len(labels)), color=GRID, lw=1)
        axes.annotate(str(rating), spot(angles[0], rating), (4, 0), textcoords="offset points", va="center",
                      size=_SIZE - 3, color=MUTED)
    for angle, label in zip(angles, labels):
        axes.plot(*zip((0, -8), spot(angle, 5)), color=GRID, lw=1)
        across, up = round(math.cos(angle), 2), round(math.sin(angle), 2)
        side = "left" if across > 0 else "right" if across < 0 else "center"
        x, y = spot(angle, 5.4)
        rows = label.split("\n")  # line by line: matplotlib would align them by the width of another font
        for place, row in enumerate(rows):
            axes.text(x, y + 7 * up + 15 * ((len(rows) - 1) * (1 + up) / 2 - place), row, ha=side, va="center")
    looks = (ACCENT, "o", "-", -196, "left"), (SECOND, "s", "--", 196, "right")
    for (name, ratings), (colour, marker, dash, x, side) in zip(sides, looks):
        axes.plot(*outline(ratings), dash, color=colour, marker=marker, ms=6, lw=2)
        glyph = {"o": "●", "s": "■"}[marker]
        axes.text(x, 146, f"{glyph} {name}" if side == "left" else f"{name} {glyph}", ha=side, va="center",
                  color=colour, weight="bold")
    return figure
