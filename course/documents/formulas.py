"""Formulas in TeX as SVG, letters as paths: every page shows them without a font or a net."""

from dataclasses import dataclass
from functools import lru_cache

SIZE = 14.0  # units of an em
_EDGE = 0.8


@dataclass(frozen=True, slots=True)
class Drawn:
    """A formula as SVG.

    Attributes
    ----------
    svg : str
        One ``<svg>`` element in black.
    wide, tall : float
        Units.
    depth : float
        How much of it hangs below the line of writing.
    """

    svg: str
    wide: float
    tall: float
    depth: float


class FormulaError(ValueError):
    """A formula that cannot be drawn; the message has it and what is wrong."""


@lru_cache(1024)
def draw(tex: str) -> Drawn:
    r"""Draw a formula.

    Parameters
    ----------
    tex : str
        Without its dollars; what matplotlib's mathtext knows of TeX.

    Raises
    ------
    FormulaError
        When it cannot be read.

    Examples
    --------
    >>> draw(r"\frac{m}{1+i-r}").tall > draw("m").tall
    True
    """
    from matplotlib.font_manager import FontProperties
    from matplotlib.mathtext import MathTextParser
    from matplotlib.textpath import TextPath

    font, whole = FontProperties(size=SIZE, math_fontfamily="stix"), f"${tex}$"
    try:
        wide, tall, depth = MathTextParser("path").parse(whole, dpi=72, prop=font)[:3]
        path = TextPath((0, 0), whole, size=SIZE, prop=font)
    except ValueError as error:
        raise FormulaError(f"{whole}: {str(error).splitlines()[-1]}") from None
    line = tall - depth
    letters = {1: "M", 2: "L", 3: "Q", 4: "C", 79: "Z"}
    steps = []
    for points, code in path.iter_segments(curves=True):
        if code == 79:
            points = points[:0]
        # TeX counts upwards from the line, SVG down from the top.
        turned = (value if at % 2 == 0 else line - value for at, value in enumerate(points))
        pairs = [f"{round(value, 2) + 0.0:g}" for value in turned]
        steps.append(letters[int(code)] + " ".join(pairs))
    # Letters reach a little over the box that they are set in.
    wide, high = wide + 2 * _EDGE, tall + 2 * _EDGE
    box = f"{-_EDGE:.2f} {-_EDGE:.2f} {wide:.2f} {high:.2f}"
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" width="{wide:.2f}" '
        f'height="{high:.2f}"><path fill="#000000" d="{"".join(steps)}"/></svg>'
    )
    return Drawn(svg, wide, high, depth + _EDGE)
