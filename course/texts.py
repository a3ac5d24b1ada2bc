"""Every sentence the interface says, in both languages; a missing sentence raises."""

import re
import sys
import tomllib
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any

Pairs = dict[str, dict[str, str]]  # texts in both languages, by dotted name
LANGS = ("uk", "ru")
LANGUAGE = "language: uk (default) or ru"  # what --lang of a command says
_HERE = Path(__file__).parent
NBSP, MINUS = "\u00a0", "\u2212"
DASH = {"uk": "–", "ru": "—"}
_HOLE = re.compile(r"\{([a-z_]\w*)(?::([^{}|]+(?:\|[^{}|]+){3})\}|\}(\.(?!\.))?)")
_INNER, _LAST = str.maketrans("«»", "„“"), (".", "?", "!", "…")


@cache
def _read(path: Path) -> Pairs:
    """Return the pairs of texts of a file, ``{"card.check": {"uk": …, "ru": …}}``."""
    pairs: Pairs = {}
    _flatten("", tomllib.loads(path.read_text("utf-8")), pairs)
    return pairs


def _flatten(prefix: str, table: dict[str, Any], pairs: Pairs) -> None:
    for name, value in table.items():
        if isinstance(value, dict):
            if all(isinstance(value.get(lang), str) for lang in LANGS):
                pairs[prefix + name] = value
            else:
                _flatten(f"{prefix}{name}.", value, pairs)


@cache
def _shelf(table: str) -> Pairs:
    """Return the entries of the file that holds a table: its own, if a file bears its name."""
    name = {"kind": "card", "state": "card"}.get(table, table)
    own = f"{name}.toml"
    for pattern in (own, f"instruments/{own}", f"grading/*/{own}", f"{name}/texts.toml"):
        for path in _HERE.glob(pattern):
            return _read(path)
    return _read(_HERE / "texts.toml")


@cache
def entries() -> Pairs:
    """Return every interface entry there is."""
    return {
        key: pair
        for path in sorted(_HERE.rglob("*.toml"))
        if "shipped" not in path.parts
        for key, pair in _read(path).items()
    }


def text(key: str, lang: str, /, **values: object) -> str:
    """Return one interface sentence.

    Parameters
    ----------
    key : str
        Dotted name in ``texts.toml``, for example ``"card.check"``. In a browser's Python the same
        name in ``browser.toml`` comes first.
    lang : {"uk", "ru"}
    **values
        What its placeholders stand for; each must be given.

    Raises
    ------
    KeyError
        When the entry, its language or a placeholder's value is missing.

    Examples
    --------
    >>> text("card.check", "uk")
    'Перевірити'
    """
    try:
        there = _shelf("browser").get(f"browser.{key}") if sys.platform == "emscripten" else None
        pattern = (there or _shelf(key.partition(".")[0]).get(key) or entries()[key])[lang]
    except KeyError:
        raise KeyError(
            f"no interface text {key!r} in {lang!r}: add it to texts.toml in both languages"
        ) from None
    return fill(pattern, values, lang)


def bold(words: str) -> str:
    """Return words in the course's mark for bold, which has no place within itself.

    >>> bold("Хто **вже** купив")
    '**Хто вже купив**'
    """
    return f"**{words.replace('**', '')}**"


def fill(pattern: str, values: Mapping[str, Any], lang: str = "uk") -> str:
    """Put ``values`` in place of each ``{name}`` of a pattern; the rest stays as it is.

    With word forms, ``{name:one|few|many|part}``, stands the form that goes with that number.
    Quotes of a value that stands in quotes become inner ones, and its own last mark takes the
    place of a full stop.

    Parameters
    ----------
    pattern : str
    values : mapping
        Name to string or number.
    lang : {"uk", "ru"}

    Examples
    --------
    >>> fill("{m} грн", {"m": "12"})
    '12 грн'
    >>> fill("{n} {n:бал|бали|балів|бала}", {"n": 3})
    '3 бали'
    >>> fill("Плитка «{tile}»: {word}.", {"tile": "План «Б»", "word": "Хто?"})
    'Плитка «План „Б“»: Хто?'
    """

    def put(hole: re.Match[str]) -> str:
        value = values[hole[1]]
        if hole[2]:
            return plural(value, lang, hole[2])
        shown, before = str(value), pattern[: hole.start()]
        if before.count("«") > before.count("»"):
            shown = shown.translate(_INNER)
        return shown + ("" if shown.endswith(_LAST) else hole[3]) if hole[3] else shown

    return _HOLE.sub(put, pattern)


def quoted(words: str) -> str:
    """Put a text in quotes; those in it become inner ones.

    Examples
    --------
    >>> quoted("Чому «Зернокрок»?")
    '«Чому „Зернокрок“?»'
    """
    return fill("«{words}»", {"words": words})


def section(prefix: str, lang: str) -> dict[str, str]:
    """Return all texts below ``prefix`` as ``{last part of the key: text}``, placeholders left in.

    Examples
    --------
    >>> section("kind", "ru")["order"]
    'Порядок'
    """
    start = prefix + "."
    return {
        key[len(start) :]: pair[lang]
        for key, pair in _shelf(prefix.partition(".")[0]).items()
        if key.startswith(start)
    }


def beginning(words: str, room: int) -> str:
    """Return the first whole words of a text, not ending with a preposition, and … for the rest.

    Parameters
    ----------
    words : str
    room : int
        Characters, the mark included.

    Examples
    --------
    >>> beginning("Доберіть рівень до кожної дії продавця.", 22)
    'Доберіть рівень…'
    >>> beginning("Доберіть рівень.", 22)
    'Доберіть рівень.'
    """
    if len(words) <= room:
        return words
    whole = words[:room].rpartition(" ")[0] or words[: room - 1]
    whole = re.sub(rf"([ {NBSP}]\w{{1,2}})+$", "", whole)
    return whole.rstrip(f" {NBSP}.,:;–—…") + "…"


def number(value: float | Decimal, lang: str = "uk", digits: int | None = None) -> str:
    r"""Write a number as both languages print it.

    A decimal comma, U+2212 for minus, no-break spaces from five digits on.

    Parameters
    ----------
    value : float
    lang : {"uk", "ru"}
        Both write numbers alike today; the parameter keeps callers honest.
    digits : int, optional
        Decimals, half rounded up. Without it the shortest exact form.

    Examples
    --------
    >>> number(12500.55, "uk", 1)
    '12\xa0500,6'
    >>> number(-3, "ru")
    '−3'
    """
    exact = Decimal(str(value))
    if digits is not None:
        exact = exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    whole, _, rest = f"{abs(exact):f}".partition(".")
    if digits is None:
        rest = rest.rstrip("0")
    grouped = f"{int(whole):,}".replace(",", NBSP) if len(whole) > 4 else whole
    sign = MINUS if exact < 0 else ""
    return sign + grouped + ("," + rest if rest else "")


def plural(count: float, lang: str, forms: str) -> str:
    """Choose the word form that goes with a count.

    Parameters
    ----------
    count : float
        0 or more.
    lang : {"uk", "ru"}
        Both count alike today; the parameter keeps callers honest.
    forms : str
        ``"one|few|many|part"``, for example ``"бал|бали|балів|бала"``; the last goes with a
        fraction.

    Returns
    -------
    str

    Examples
    --------
    >>> [plural(n, "uk", "бал|бали|балів|бала") for n in (1, 3, 5, 11, 21, 1.5)]
    ['бал', 'бали', 'балів', 'балів', 'бал', 'бала']
    """
    single, few, many, part = forms.split("|")
    if count != int(count):
        return part
    last, tens = count % 10, count % 100
    if last == 1 and tens != 11:
        return single
    return few if 2 <= last <= 4 and not 12 <= tens <= 14 else many
