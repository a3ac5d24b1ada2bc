"""The paper that pictures are drawn on.

SVG elements, text that is measured before it is placed, colours by role.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from html import escape
from pathlib import Path

# On a phone 320 units are squeezed to 290 pixels; the smaller letters still have 11.5 of them then.
WIDTH, SIZE, SMALL = 320.0, 13.6, 12.9
LEADING = 1.24
_FONT = "system-ui, 'Segoe UI', Helvetica, Arial, 'DejaVu Sans', sans-serif"
# Advances of DejaVu Sans in ems, rounded up: of the fonts that pages use for Cyrillic it is the
# widest.
_EMS = {
    0.20: "\u202f",
    0.30: "'IJijlІіЇї",
    0.35: " ,./:;\\|’ʼ·\u00a0",
    0.40: "()-[]ft",
    0.45: "!r₀₁₂²³",
    0.50: '"*_`–°',
    0.55: "?csz„“”гзсэєґ",
    0.60: "FLkvxyλвтухчь",
    0.65: "$0123456789EPSTYabdeghnopqu{}«»€δβΣГЕЗРТУабеийклоряЁёҐ",
    0.70: "ABCKRVXZΔαАБВСХЧЬЭЯднпцЄ",
    0.75: "NUИЙКъ",
    0.80: "&DGHOQ₴ДЛНОПЦмы",
    0.85: "#+<=>^w~−×±≈≤≥→←↑↓✓≠Ъю",
    0.90: "MМФЫф",
    0.95: "жшщ",
    1.10: "%@Wm—…½№ЖШЩЮ",
}
_EM = {character: em for em, characters in _EMS.items() for character in characters}
_BOLD = 1.15
_HALO = {
    "stroke": "paper",
    "stroke_width": "4",
    "stroke_linejoin": "round",
    "paint_order": "stroke",
}
_SHAPES = {
    "square": ((-1, -1), (1, -1), (1, 1), (-1, 1)),
    "diamond": ((0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)),
    "star": (
        *((0, -1.5), (0.36, -0.46), (1.43, -0.46), (0.57, 0.18), (0.88, 1.21)),
        *((0, 0.58), (-0.88, 1.21), (-0.57, 0.18), (-1.43, -0.46), (-0.36, -0.46)),
    ),
}
Point = tuple[float, float]
_VOWELS, _CONSONANTS = "аеєиіїоуюяыэёaeiouy", "бвгґджзйклмнпрстфхцчшщ"


@cache
def _colours() -> dict[str, str]:
    style = (Path(__file__).parent / "figure.css").read_text("utf-8").partition("}")[0]
    return dict(re.findall(r"--f-(\w+): (#\w+)", style))


def num(value: float) -> str:
    """Write a coordinate, the same on every machine.

    Examples
    --------
    >>> num(3.0), num(-0.04), num(12.25)
    ('3', '0', '12.3')
    """
    shown = f"{round(value, 6) + 1e-7:.1f}"
    return shown.removesuffix(".0") if float(shown) else "0"


def plain(value: float) -> str:
    """Write a number as short as may be, with a decimal comma."""
    return f"{value:g}".replace(".", ",")


def _path(points: Iterable[Point]) -> str:
    return "M" + "L".join(f"{num(x)} {num(y)}" for x, y in points)


@lru_cache(4096)
def measure(words: str, size: float = SIZE, bold: bool = False) -> float:
    """Return how wide a text is at most, in units of the paper.

    Examples
    --------
    >>> measure("Базовий") < measure("Базовий", bold=True) < measure("Відповідальний")
    True
    """
    return sum(_EM.get(character, 1.0) for character in words) * size * (_BOLD if bold else 1)


@lru_cache(2048)
def wrap(words: str, width: float, size: float = SIZE, bold: bool = False) -> tuple[str, ...]:
    """Break a text into lines that are no wider than ``width``.

    A word too long for a line is hyphenated.

    Examples
    --------
    >>> wrap("Відповідальний рівень", 110)
    ('Відповідаль-', 'ний рівень')
    """
    lines: list[str] = []
    for word in re.findall("[^ \n]+", words):
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and measure(joined, size, bold) <= width:
            lines[-1] = joined
            continue
        while measure(word, size, bold) > width and (cut := _cut(word, width, size, bold)):
            lines.append(word[:cut] + "-" * (word[cut - 1] not in "-–/"))
            word = word[cut:]
        lines.append(word)
    return tuple(lines)


def tall(words: str, width: float, size: float = SIZE, bold: bool = False) -> float:
    """Return how high a text is that wraps; nothing is 0."""
    return len(wrap(words, width, size, bold)) * size * LEADING


def _cut(word: str, width: float, size: float, bold: bool) -> int:
    """Return where to break a word.

    The last place between syllables that fits, else the last that fits at all.
    """
    fitting = [at for at in range(1, len(word)) if measure(word[:at] + "-", size, bold) <= width]
    return max((at for at in fitting if _syllables(word, at)), default=max(fitting, default=0))


def _syllables(word: str, at: int) -> bool:
    """Whether a word may be broken here: after a hyphen, or before a consonant and its vowel."""
    before, after = word[:at].lower(), word[at:].lower()
    if before[-1] in "-–/":
        return True
    vowels = set(_VOWELS)
    opens = len(after) > 1 and after[0] in _CONSONANTS and after[1] in vowels
    return opens and len(before) > 1 and bool(vowels & set(before))


class Paper:
    """Paper of so many units across, growing downwards; x to the right, y down.

    Parameters
    ----------
    still : bool
        Literal colours on a white ground, for a picture that stands alone; otherwise the page's
        own.
    width : float
        Units.
    """

    def __init__(self, still: bool = False, width: float = WIDTH) -> None:
        self.width, self.height, self._still, self._parts = width, 0.0, still, [""]
        self._margin = 14.0 if still else 0.0

    def colour(self, tone: str) -> str:
        """Return the paint of a role: a colour, or the name under which the page knows it."""
        return _colours()[tone] if self._still else f"var(--f-{tone})"

    def add(
        self, tag: str, inner: str | float | None = "", **attributes: str | float | None
    ) -> None:
        """Add one element; ``fill`` and ``stroke`` are roles."""
        words = []
        for name, value in attributes.items():
            if value is None:
                continue
            if name in ("fill", "stroke") and value != "none":
                value = self.colour(str(value))
            shown = num(value) if isinstance(value, (int, float)) else value
            words.append(f'{name.replace("_", "-")}="{shown}"')
        self._parts.append(
            f"<{tag} {' '.join(words)}>{inner}</{tag}>" if inner else f"<{tag} {' '.join(words)}/>"
        )

    @contextmanager
    def hover(self, words: str) -> Iterator[None]:
        """Show a text when the pointer rests on what is drawn within."""
        self._parts.append(f"<g><title>{escape(words, quote=False)}</title>")
        yield
        self._parts.append("</g>")

    def text(
        self,
        x: float,
        y: float,
        words: str,
        anchor: str = "start",
        tone: str = "ink",
        size: float = SIZE,
        bold: bool = False,
        halo: bool = False,
        plate: bool = False,
    ) -> None:
        """Write one line; y is its middle.

        With a halo nothing that runs behind it touches its letters; with a plate it stops beside
        them.
        """
        if words and plate:
            wide = measure(words, size, bold) + 2
            left = x - {"start": 1, "middle": wide / 2, "end": wide - 1}[anchor]
            self.rect(left, y - 0.6 * size, wide, 1.2 * size, "paper", data_part="plate")
        if words:
            self.add(
                "text",
                escape(words, quote=False),
                x=x,
                y=y + 0.36 * size,
                text_anchor=None if anchor == "start" else anchor,
                font_size=f"{size:g}",
                font_weight="700" if bold else None,
                fill=tone,
                **(_HALO if halo else {}),
            )

    def block(
        self,
        x: float,
        top: float,
        words: str,
        width: float,
        anchor: str = "start",
        tone: str = "ink",
        size: float = SIZE,
        bold: bool = False,
    ) -> float:
        """Write a text that wraps, from ``top`` down; returns its height."""
        for index, line in enumerate(wrap(words, width, size, bold)):
            self.text(x, top + (index + 0.5) * size * LEADING, line, anchor, tone, size, bold)
        return tall(words, width, size, bold)

    def rect(
        self, x: float, y: float, width: float, height: float, tone: str, **more: str | float | None
    ) -> None:
        """Draw a filled rectangle."""
        self.add(
            "rect", x=x, y=y, width=max(width, 0.0), height=max(height, 0.0), fill=tone, **more
        )

    def line(
        self,
        points: Iterable[Point],
        tone: str,
        width: float = 1.0,
        dash: str | None = None,
        **more: str | float | None,
    ) -> None:
        """Draw a line through points."""
        self.add(
            "path",
            d=_path(points),
            fill="none",
            stroke=tone,
            stroke_width=f"{width:g}",
            stroke_dasharray=dash,
            **more,
        )

    def polygon(self, points: Iterable[Point], tone: str, **more: str) -> None:
        """Fill what lies between points."""
        corners = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self.add("polygon", points=corners, fill=tone, **more)

    def sign(self, x: float, y: float, sign: str, tone: str, radius: float = 4.5) -> None:
        """Draw one of the signs of `course.figures` around a point."""
        if sign in _SHAPES:
            corners = ((x + radius * dx, y + radius * dy) for dx, dy in _SHAPES[sign])
            self.add("path", d=_path(corners) + "Z", fill=tone, data_part="point")
            return
        self.add(
            "circle",
            cx=x,
            cy=y,
            r=radius,
            fill=tone if sign == "circle" else "paper",
            data_part="point",
            stroke=tone,
            stroke_width="1.8",
        )

    def svg(self, lang: str) -> str:
        """Return the picture as one ``<svg>`` element.

        A still has a size, a ground and a font of its own.
        """
        wide, tall = self.width + 2 * self._margin, self.height + 2 * self._margin
        box = " ".join(map(num, (-self._margin, -self._margin, wide, tall)))
        head = f'<svg xmlns="http://www.w3.org/2000/svg" lang="{escape(lang)}" viewBox="{box}"'
        if not self._still:
            return f"{head}>{''.join(self._parts)}</svg>"
        where = f'x="{num(-self._margin)}" y="{num(-self._margin)}" width="{num(wide)}"'
        ground = f'<rect {where} height="{num(tall)}" rx="6" fill="{self.colour("paper")}"/>'
        size = f'width="{num(wide)}" height="{num(tall)}" font-family="{_FONT}"'
        return f"{head} {size}>{ground}{''.join(self._parts)}</svg>"
