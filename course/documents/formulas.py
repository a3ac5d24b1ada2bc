"""Formulas in TeX as SVG, letters as paths: every page shows them without a font or a net."""

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from operator import itemgetter

from course.documents import Run, Runs

SIZE = 14.0  # units of an em
_EDGE = 0.8
_SHORT, _LONGER = re.compile(r"\\([gl]e)\b"), r"\\\1q"  # mathtext knows the longer name only
_TOKEN = re.compile(r"\\([a-zA-Z]+|.)|([_^])|\{([^{}\\_^]*)\}|([a-zA-Z]+)|([^\\_^{}])")
_PLACES = {"_": "sub", "^": "sup"}
_RELATIONS = "=<>≈≥≤±·+−⇒"
_OPENING = "(=<>≈≥≤±·+"
_SIGNS = {
    **{"cdot": "·", "pm": "±", "ge": "≥", "le": "≤", "approx": "≈", "Rightarrow": "⇒"},
    **{"alpha": "α", "beta": "β", "delta": "δ", "lambda": "λ", "Delta": "Δ", "dots": "…"},
    **{"max": "max", "min": "min", "ln": "ln", "%": "%", ",": "\u202f", "quad": "\u2003"},
}


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

    font = FontProperties(size=SIZE, math_fontfamily="stix")
    whole = f"${_SHORT.sub(_LONGER, tex)}$"
    try:
        wide, tall, depth = MathTextParser("path").parse(whole, dpi=72, prop=font)[:3]
        wide, tall, depth = float(wide), float(tall), float(depth)
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


@lru_cache(1024)
def letters(tex: str) -> Runs | None:
    r"""Return a formula of one line as words with their looks; None where it has to be drawn.

    Examples
    --------
    >>> [(run.text, run.look) for run in letters(r"d_1 = -0{,}54\cdot r")]
    [('d', 'italic'), ('1', 'sub'), (' = −0,54 · ', ''), ('r', 'italic')]
    >>> letters(r"\frac{m}{r}")
    """
    if _TOKEN.sub("", tex):
        return None
    pieces: list[tuple[str, str]] = []
    place = before = ""
    for command, script, group, name, sign in _TOKEN.findall(tex):
        if script:
            place = _PLACES[script]
            continue
        if command and command not in _SIGNS:
            return None
        look = place or ("italic" if name else "")
        words = (_SIGNS[command] if command else group or name or sign).replace("-", "−")
        if sign == ",":  # a decimal one stands in braces
            words = ", "
        elif not look:
            words = _spaced(words, before)
        pieces.append((words, look))
        before, place = words.rstrip() or before, ""
    runs = []
    for look, group in groupby(pieces, key=itemgetter(1)):
        words = re.sub(" +", " ", "".join(words for words, _ in group))
        runs.append(Run(words, look))
    return tuple(runs)


def _spaced(sign: str, before: str) -> str:
    """Return a sign with the spaces that printers put around it; a minus may be a number's own."""
    if sign == "−" and before[-1:] in ("", *_OPENING):
        return sign
    if sign in _RELATIONS:
        return f" {sign} "
    return "" if sign == " " else sign
