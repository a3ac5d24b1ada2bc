"""Pictures as SVG text: the only room that draws what `course.figures` describes."""

from base64 import b64encode
from collections.abc import Callable
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from course import figures
from course.charts import bars, plots, schemes
from course.charts.paper import WIDTH, Paper
from course.figures import Figure

_PAINTERS: dict[type[Figure], Callable[[Paper, Any], None]] = {
    figures.Bars: bars.bars,
    figures.Waterfall: bars.waterfall,
    figures.Dots: bars.dots,
    figures.Pairs: bars.pairs,
    figures.Histogram: bars.histogram,
    figures.Lines: plots.lines,
    figures.Scatter: plots.scatter,
    figures.Radar: plots.radar,
    figures.Ladder: schemes.ladder,
    figures.Matrix: schemes.matrix,
    figures.Timeline: schemes.timeline,
    figures.Network: schemes.network,
}


def svg(figure: Figure, lang: str, still: bool = False, width: float = WIDTH) -> str:
    """Draw a picture.

    Parameters
    ----------
    figure : course.figures.Figure
    lang : {"uk", "ru"}
        Language of its words.
    still : bool
        A picture that stands alone, in literal colours on white; otherwise in the colours that
        `style` gives the page.
    width : float
        Units across; the letters keep their size, so a wide picture has room for more of them.

    Returns
    -------
    str
        One ``<svg>`` element, the same bytes on every machine. It has no text alternative of its
        own: whoever shows it says the figure's ``sentence``.

    Examples
    --------
    >>> from course.figures import Bar, Bars
    >>> rows = (Bar("a", (1.0,), ("1",)), Bar("b", (2.0,), ("2",), accent=True))
    >>> svg(Bars(title="Two bars", sentence="b is twice as long as a.", rows=rows), "uk")[:52]
    '<svg xmlns="http://www.w3.org/2000/svg" lang="uk" vi'
    """
    paper = Paper(still, width)
    _PAINTERS[type(figure)](paper, figure)
    return paper.svg(lang)


@cache
def style() -> str:
    """Return the style sheet of live pictures; they stand in an element of class ``rm-figure``."""
    return (Path(__file__).parent / "figure.css").read_text("utf-8")


def image(figure: Figure, lang: str) -> str:
    """Return a still as an HTML image, its sentence for those who cannot see it.

    Shown without trust or a kernel.
    """
    drawn = svg(figure, lang, still=True)
    source = f"data:image/svg+xml;base64,{b64encode(drawn.encode()).decode()}"
    return f'<img src="{source}" alt="{escape(figure.sentence)}" width="400">'
