"""Pages that lecturers and students open: jinja2 templates; a page runs and fetches nothing.

What somebody typed is only ever text on them, and the same grades make the same bytes.
"""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from course import charts
from course.texts import NBSP, text

HERE = Path(__file__).parent
POLICY = Markup("default-src 'none'; style-src 'unsafe-inline'")
_DARK = "@media screen and (prefers-color-scheme: dark) {{ {} {} }}"
_BROKEN = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_CARDS = HERE.parents[1] / "widgets" / "view.css"
_OUTCOMES = _CARDS.with_name("outcomes.css")


def clean(words: object) -> Any:
    r"""Return what a template prints; what no page may hold becomes U+FFFD.

    Control characters, halves of characters and non-characters are such.

    Examples
    --------
    >>> clean("a\0b")
    'a�b'
    """
    return words if isinstance(words, Markup) else _BROKEN.sub("\ufffd", str(words))


def rich(words: object) -> Markup:
    """Return an author's text as HTML: bold, code and new lines are kept, the rest is text.

    Examples
    --------
    >>> print(rich("**a** `b` <i>"))
    <b>a</b> <code>b</code> &lt;i&gt;
    """
    safe = str(escape(clean(words))).replace("\n", "<br>")
    bold = re.sub(r"\*\*([^*]+)\*\*", r"<b>\1</b>", safe)
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", bold))


def printed(words: str) -> str:
    r"""Return a text as it may stand on any line of a page.

    Signs that nobody sees are left out: some turn the direction of what follows. No line ends
    within a range, or between a dash and its number.

    Examples
    --------
    >>> printed("a\u202eb\0")
    'ab'
    >>> printed("40–50 %, тобто – 8")
    '40\u2060–\u206050 %, тобто –\xa08'
    """
    kept = (sign if sign.isprintable() or sign == NBSP else " " * sign.isspace() for sign in words)
    joined = re.sub(r"(?<=\d)–(?=\d)", "\u2060–\u2060", "".join(kept))
    return re.sub(r"(?<=[–—]) (?=\d)", NBSP, joined)


@cache
def templates(folder: Path = HERE) -> Environment:
    """Return the templates of a folder, and of this one; what they print is escaped."""
    environment = Environment(
        loader=FileSystemLoader([folder, HERE]),
        autoescape=True,
        auto_reload=False,
        finalize=clean,
        lstrip_blocks=True,
        trim_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters["rich"] = rich
    environment.filters["printed"] = printed
    return environment


def page(template: str, lang: str, style: str, **values: Any) -> str:
    """Return one HTML page that needs nothing else.

    Parameters
    ----------
    template : str
        A file of this folder; ``say(key)`` in it is the interface text in the page's language.
    lang : {"uk", "ru"}
    style : str
        The style sheet that stands in the page.
    **values
        What the template prints.
    """
    known = {"lang": lang, "style": Markup(style), "policy": POLICY, "say": speaker(lang)}
    return templates().get_template(template).render(**known, **values)


def speaker(lang: str) -> Callable[..., str]:
    """Return what gives the interface texts of one language."""
    return lambda key, **values: text(key, lang, **values)


@cache
def sheet(*names: str) -> str:
    """Return style sheets of this folder, one after the other."""
    return "".join((HERE / name).read_text("utf-8") for name in names)


@cache
def card_sheet() -> str:
    """Return the style of the cards outside JupyterLab, light or dark as the reader's system is."""
    css = _CARDS.read_text("utf-8").partition("/* A page with our cards")[0]
    jupyter = (
        "--jp-content-font-color1: rgba(255, 255, 255, .92); --jp-layout-color0: #111;"
        " --jp-layout-color1: #1b1b1b; --jp-layout-color2: #242628;"
    )
    return _by_system(css) + _DARK.format(":root", "{ color-scheme: dark; " + jupyter + " }")


@cache
def paint_sheet() -> str:
    """Return the style of pictures outside JupyterLab, light or dark as the reader's system is."""
    return _by_system(charts.style()) + _OUTCOMES.read_text("utf-8")


def _by_system(css: str) -> str:
    """Let the colours of the dark theme follow the reader's system."""
    themed = re.compile(r'body\[data-jp-theme-light="false"\] (\.[\w-]+) (\{[^}]*\})')
    return themed.sub(lambda rule: _DARK.format(*rule.groups()), css)
