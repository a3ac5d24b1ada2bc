"""The course's own SVG as PNG, for what knows no SVG: by matplotlib, the same bytes always."""

import io
import re
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DOTS = 3  # pixels of a unit
_STEP = re.compile(r"[MLQCZ]|-?[\d.]+")
_POINTS = {"M": 1, "L": 1, "Q": 2, "C": 3}
_ANCHORS = {"start": "left", "middle": "center", "end": "right"}


def png(drawing: str) -> bytes:
    """Return a picture of `course.charts` or `course.documents.formulas` as PNG.

    Parameters
    ----------
    drawing : str
        One ``<svg>`` element in literal colours: text, rectangles, circles, polygons and paths of
        straight lines and Bézier curves.
    """
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    root = ElementTree.fromstring(drawing)
    left, top, wide, tall = map(float, str(root.get("viewBox")).split())
    file = io.BytesIO()
    with matplotlib.rc_context():
        matplotlib.rcdefaults()  # a learner's style is for the learner's plots
        figure = Figure(figsize=(wide / 72, tall / 72), dpi=72 * DOTS)
        FigureCanvasAgg(figure)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(left, left + wide), ylim=(top + tall, top))
        axes.axis("off")
        for order, element in enumerate(root.iter()):
            _draw(axes, element, order)
        figure.savefig(file, format="png", metadata={"Software": None})
    return file.getvalue()


def _draw(axes: "Axes", element: ElementTree.Element, order: int) -> None:
    from matplotlib import patches

    tag = element.tag.rpartition("}")[2]
    if tag == "text":
        _write(axes, element, order)
        return
    if tag not in _PLACES:
        return  # a group, or a title that a pointer shows
    x, y, wide, tall, radius = (float(element.get(name, 0)) for name in _PLACES[tag])
    if tag == "rect":
        corner = float(element.get("rx", 0))
        style = f"round,pad=0,rounding_size={corner}" if corner else "square,pad=0"
        shape: patches.Patch = patches.FancyBboxPatch((x, y), wide, tall, boxstyle=style)
    elif tag == "circle":
        shape = patches.Circle((x, y), radius)
    elif tag == "polygon":
        pairs = [pair.split(",") for pair in str(element.get("points")).split()]
        shape = patches.Polygon([(float(a), float(b)) for a, b in pairs], closed=True)
    else:
        shape = patches.PathPatch(_path(str(element.get("d"))))
    axes.add_patch(shape)
    dash = element.get("stroke-dasharray")
    shape.set(**_paint(element), zorder=order, transform=axes.transData, clip_on=False)
    shape.set_capstyle("round" if element.get("stroke-linecap") == "round" else "butt")
    shape.set_joinstyle("round" if element.get("stroke-linejoin") == "round" else "miter")
    if dash:
        width = float(element.get("stroke-width", 1))
        shape.set_linestyle((0, [float(part) / width for part in dash.split()]))


_NO = ("", "", "", "", "")
_PLACES = {
    "rect": ("x", "y", "width", "height", ""),
    "circle": ("cx", "cy", "", "", "r"),
    "polygon": _NO,
    "path": _NO,
}


def _paint(element: ElementTree.Element) -> dict[str, Any]:
    fill, stroke = element.get("fill", "#000000"), element.get("stroke", "none")
    alpha = float(element.get("opacity", 1))
    return {
        "facecolor": fill,
        "edgecolor": stroke,
        "linewidth": float(element.get("stroke-width", 1)) if stroke != "none" else 0,
        "alpha": alpha if alpha < 1 else None,
    }


def _path(steps: str) -> Any:
    from matplotlib.path import Path

    codes = {"M": Path.MOVETO, "L": Path.LINETO, "Q": Path.CURVE3, "C": Path.CURVE4}
    points, kinds, way = [], [], "M"
    tokens = _STEP.findall(steps)
    while tokens:
        if tokens[0] in "MLQCZ":
            way = tokens.pop(0)
        if way == "Z":
            points.append((0.0, 0.0))
            kinds.append(Path.CLOSEPOLY)
            continue
        for _ in range(_POINTS[way]):
            points.append((float(tokens.pop(0)), float(tokens.pop(0))))
            kinds.append(codes[way])
    return Path(points, kinds)


def _write(axes: "Axes", element: ElementTree.Element, order: int) -> None:
    from matplotlib import patheffects
    from matplotlib.font_manager import FontProperties

    weight = "bold" if element.get("font-weight") else "normal"
    size = float(element.get("font-size", 12))
    effects = []
    if element.get("stroke"):
        halo = float(element.get("stroke-width", 1))
        effects = [patheffects.withStroke(linewidth=halo, foreground=str(element.get("stroke")))]
    axes.text(
        float(element.get("x", 0)),
        float(element.get("y", 0)),
        element.text or "",
        color=element.get("fill", "#000000"),
        ha=_ANCHORS[element.get("text-anchor", "start")],
        va="baseline",
        fontproperties=FontProperties(family="DejaVu Sans", weight=weight, size=size),
        parse_math=False,
        path_effects=effects,
        zorder=order,
        clip_on=False,
    )
