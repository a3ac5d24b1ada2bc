"""Pictures as SVG text: matplotlib draws them, the page's own colours paint them, and nobody else draws."""

import io
import math
import re

# Matplotlib must be given colours; each of these stands for a CSS variable, so a dark theme costs nothing.
INK, MUTED, LINE, GRID, ACCENT, SECOND, PAPER = (f"#{n:02x}f1e{n:x}" for n in range(1, 8))
_NAMES = dict(zip((INK, MUTED, LINE, GRID, ACCENT, SECOND, PAPER),
                  ("--ink", "--ink2", "--line2", "--line", "--accent", "--second", "--bg")))
_WIDTH, _SIZE = 350, 12.5  # on a phone 350 points are squeezed to 290 pixels and must still be readable
_RC = {"svg.fonttype": "none", "svg.hashsalt": "course", "text.parse_math": False, "path.simplify": False}


class _Sheet:
    """Paper of ``_WIDTH`` by ``height`` points, y downwards; without axes, which cost more than all the rest."""

    def __init__(self, height):
        from matplotlib.backends.backend_svg import FigureCanvasSVG
        from matplotlib.figure import Figure

        self.height = height
        self.figure = Figure(figsize=(_WIDTH / 72, height / 72), dpi=72)
        self.figure.patch.set_visible(False)
        FigureCanvasSVG(self.figure)

    def line(self, xs, ys, colour, width=1.0, **style):
        from matplotlib.lines import Line2D
        from matplotlib.transforms import IdentityTransform

        self.figure.add_artist(Line2D(xs, [self.height - y for y in ys], color=colour, lw=width,
                                      transform=IdentityTransform(), **style))

    def mark(self, x, y, sign, colour, filled=True):
        self.line([x], [y], colour, marker=sign, mew=1.8, mfc=colour if filled else PAPER, ms=11 if sign == "*" else 8)

    def bar(self, x, y, width, height, colour, alpha):
        from matplotlib.patches import Rectangle
        from matplotlib.transforms import IdentityTransform

        self.figure.add_artist(Rectangle((x, self.height - y - height), width, height, color=colour, alpha=alpha, lw=0,
                                         transform=IdentityTransform()))

    def text(self, x, y, words, align="left", colour=INK, size=_SIZE, bold=False):
        self.figure.text(x / _WIDTH, 1 - y / self.height, words, ha=align, va="center_baseline", color=colour,
                         size=size, weight="bold" if bold else "normal")

    def svg(self):
        """Return one scalable ``<svg>`` element in the page's colours and font."""
        stream = io.StringIO()
        self.figure.savefig(stream, format="svg", metadata={"Date": None})
        svg = stream.getvalue()[stream.getvalue().index("<svg"):]
        # A style element inside would reach the whole page, and so would the names that every figure repeats.
        svg = re.sub(r"<metadata>.*?</metadata>|<style.*?</style>", "", svg, flags=re.S)
        svg = re.sub(r'(<svg[^>]*?) width="[^"]*" height="[^"]*"', r"\1", svg, count=1)
        svg = re.sub(r'<g id="[^"]*">', "<g>", svg)
        svg = re.sub(r"font:? ?[^;\"]*'DejaVu Sans'[^;\"]*", lambda found: _font(found[0]), svg)
        return re.sub("|".join(_NAMES), lambda found: f"var({_NAMES[found[0]]})", re.sub(r"\s*\n\s*", "\n", svg))


def _font(style):
    size = re.search(r"([\d.]+)px", style)
    weight = "font-weight: 700; " if re.search(r"\b(700|bold)\b", style) else ""
    return f"{weight}font-size: {size[1]}px" if size else "font-family: inherit"


def _drawn(paint):
    """Run a painter inside our settings, leaving the learner's own matplotlib as it was."""
    def run(*args, **kwargs):
        import matplotlib

        with matplotlib.rc_context(_RC):
            return paint(*args, **kwargs).svg()
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
    step, left, right = 40, 124, 298
    sheet = _Sheet(step * len(rows) + 28)
    low, high = min(0, *(row[2] for row in rows)), max(0, *(row[2] for row in rows))
    low -= 0.3 * (high - low) if low else 0  # room for the numbers of negative bars
    scale = (right - left) / (high - low or 1)
    zero = left - low * scale
    for place, (label, small, value, printed) in enumerate(rows):
        y, end, accented = step * (place + 0.5), zero + value * scale, place == best
        sheet.bar(min(zero, end), y - 11, abs(end - zero), 22, ACCENT if accented else LINE, 1 if accented else 0.55)
        sheet.text(left - 8, y - 7, label, "right", bold=accented)
        sheet.text(left - 8, y + 10, small, "right", MUTED, _SIZE - 1.5)
        sheet.text(end + (5 if value >= 0 else -5), y, printed, "left" if value >= 0 else "right", bold=accented)
    sheet.line([zero, zero], [0, step * len(rows)], LINE)
    sheet.text(left, sheet.height - 12, caption, colour=MUTED, size=_SIZE - 1)
    return sheet


@_drawn
def pairs(groups, scale, caption, heads, column, left):
    """Draw pairs of points joined by a line (a dumb-bell chart), grouped under common labels.

    Parameters
    ----------
    groups : list of (str, list of dict)
        Label and its lines; a line has ``a`` and ``b`` (values), ``text`` (printed on the right), ``bold`` and
        the signs ``mark_a``, ``mark_b``: (matplotlib marker, colour, filled).
    scale : list of (float, str)
        Places on the scale and what is printed there, from its lower to its upper end.
    caption : str
        What is measured, with its unit.
    heads : list of (str, str)
        Signs and names of the points with their colours, printed above the chart.
    column : str
        Name of the column of texts.
    left : float
        Room for the labels, points of 350.

    Returns
    -------
    str
        As `bars`.
    """
    step, between, top, right = 21, 9, 26, 290
    bottom = top + step * sum(len(lines) for _, lines in groups) + between * len(groups)
    sheet, low, high = _Sheet(bottom + 42), scale[0][0], scale[-1][0]

    def spot(value):
        return left + (right - left) * (value - low) / (high - low)

    for value, printed in scale:
        sheet.line([spot(value)] * 2, [top, bottom], GRID)
        sheet.text(spot(value), bottom + 11, printed, "center", MUTED, _SIZE - 1)
    y = top + between / 2
    for label, lines in groups:
        sheet.text(left - 10, y + step * len(lines) / 2, label, "right")
        for line in lines:
            here, y = y + step / 2, y + step
            a, b = spot(line["a"]), spot(line["b"])
            sheet.line([a, b], [here, here], line["mark_b"][1], 2.5, alpha=0.6)
            sheet.mark(a, here, *line["mark_a"])
            sheet.mark(b, here, *line["mark_b"])
            sheet.text(344, here, line["text"], "right", bold=line.get("bold", False))
        y += between
    x = 4
    for words, colour in heads:
        sheet.text(x, 10, words, colour=colour, bold=True)
        x += 7.9 * len(words) + 10
    sheet.text(344, 10, column, "right", MUTED)
    sheet.text(left, bottom + 30, caption, colour=MUTED, size=_SIZE - 1)
    return sheet


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
    sheet = _Sheet(286)
    angles = [2 * math.pi * k / len(labels) for k in range(len(labels))]

    def spot(angle, rating):
        radius = 20.5 * (math.nan if rating is None else rating)
        return 175 + radius * math.sin(angle), 155 - radius * math.cos(angle)

    def outline(ratings, *style, **more):
        points = [spot(angle, rating) for angle, rating in zip(angles, ratings)]
        sheet.line(*zip(*points, points[0]), *style, **more)

    for rating in range(1, 6):
        outline([rating] * len(labels), GRID)
        x, y = spot(-math.pi / len(labels), rating * math.cos(math.pi / len(labels)))
        sheet.text(x, y - 1, str(rating), "center", MUTED, _SIZE - 3)
    for angle, label in zip(angles, labels):
        across, up = round(math.sin(angle), 2), round(math.cos(angle), 2)
        sheet.line(*zip(spot(angle, 0), spot(angle, 5)), GRID)
        x, y = spot(angle, 5.35)
        sheet.text(x, y - 6 * up, label, "left" if across > 0 else "right" if across < 0 else "center")
    for (name, ratings), colour, marker, dash in zip(sides, (ACCENT, SECOND), "os", ("-", "--")):
        outline(ratings, colour, 2, marker=marker, ms=6, linestyle=dash)
    (first, _), (second, _) = sides
    sheet.text(4, 10, f"● {first}", colour=ACCENT, bold=True)
    sheet.text(346, 10, f"{second} ■", "right", SECOND, bold=True)
    return sheet
