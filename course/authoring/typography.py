"""The typography of both languages.

`course check` holds it, and ``course check --fix`` writes it into the sources. Ukrainian has a
spaced en dash and the apostrophe ’, Russian a spaced em dash; both have «…» with „…“ inside,
no-break spaces that keep a number with its unit and initials with their name, 2400 but 12 500.
Code, formulas, addresses and tags stay as they are.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from course.exercises import Fault
from course.files import write_whole
from course.texts import DASH, LANGS, NBSP

_LETTER = "A-Za-zА-Яа-яЁёІіЇїЄєҐґ"
_UNITS = "%|₴|грн|год|хв|млн|млрд|тис|тыс|шт|км|кг|мин|ч|коп"
# What is not prose: code, formulas, the address of a link, tags, addresses.
_APART = re.compile(
    r"(```.*?```|~~~.*?~~~|`[^`\n]*`|\$\$.*?\$\$|\$[^$\n]+\$|\]\([^)\s]*\)|<[a-zA-Z/!][^>]*>"
    r"|https?://\S+|\\u[0-9a-fA-F]{4})",
    re.S,
)
_RULES: list[tuple[re.Pattern[str], str]] = [
    (re.compile(rf"(?<=[\d}}]) ({_UNITS})(?![{_LETTER}])"), rf"{NBSP}\1"),
    (re.compile(r"(?<=\d)%"), f"{NBSP}%"),
    (re.compile(r"\b(тис|тыс)\. (?=грн)"), rf"\1.{NBSP}"),
    (re.compile(rf"(?<![{_LETTER}])([A-ZА-ЯЁІЇЄҐ])\. (?=[A-ZА-ЯЁІЇЄҐ])"), rf"\1.{NBSP}"),
    (re.compile(r"([№§]) ?(?=\d)"), rf"\1{NBSP}"),
]
# A number in groups of three, and one of five digits or more without groups.
_GROUPED = re.compile(r"(?<![\d,.])\d{1,3}(?:[\u00a0\u202f ]\d{3})+(?!\d)")
_SOLID = re.compile(rf"(?<![\d,.{_LETTER}/#_-])\d{{5,9}}(?![\d{_LETTER}/_-])")
_APOSTROPHE = re.compile("(?<=[А-Яа-яІіЇїЄєҐґ])['ʼ](?=[А-Яа-яІіЇїЄєҐґ])")
_STRING = re.compile(
    r'(?P<lead>(?<![\w-])"?(?P<lang>uk|ru)"?\s*[=:]\s*)'
    r'(?P<quote>"""|"|\'\'\'|\')(?P<words>.*?)(?<!\\)(?P=quote)',
    re.S,
)
_MARK = re.compile(r"^(?:\+\+\+[^\n]*|```\{code-cell\}.*?\n```|---\n.*?\n---)$\n?", re.M | re.S)
_CELL = re.compile(r'^\+\+\+ \{"tags": \["(?P<lang>uk|ru)"\]\}$', re.M)


def mend(words: str, lang: str) -> str:
    r"""Return a text as its language is printed.

    Parameters
    ----------
    words : str
        Prose, with the course's own markup or Markdown in it.
    lang : {"uk", "ru"}

    Examples
    --------
    >>> mend("П'ять рівнів - 2 400 грн, 12500 грн", "uk").replace("\u00a0", "~")
    'П’ять рівнів~– 2400~грн, 12~500~грн'
    >>> mend("«Слова «внутри» – 7,5%», Ф. Котлер", "ru").replace("\u00a0", "~")
    '«Слова „внутри“~— 7,5~%», Ф.~Котлер'
    """
    parts = _APART.split(words)
    parts[::2] = [_prose(part, lang) for part in parts[::2]]
    return _quotes("".join(parts))


def _number(hit: re.Match[str]) -> str:
    """Return a number in groups of three; four digits stay together."""
    digits = re.sub(r"\D", "", hit[0])
    return digits if len(digits) == 4 else f"{int(digits):,}".replace(",", NBSP)


def _prose(words: str, lang: str) -> str:
    words = _SOLID.sub(_number, _GROUPED.sub(_number, words))
    for pattern, new in _RULES:
        words = pattern.sub(new, words)
    if lang == "uk":
        words = _APOSTROPHE.sub("’", words)
    dash = DASH[lang]
    words = re.sub(
        r"(?<=\S)[ \u00a0][–—](?=[ \u00a0\n]|$)[ \u00a0]?",
        lambda hit: f"{NBSP}{dash}" + " " * (hit[0][-1] in " \u00a0"),
        words,
    )
    words = re.sub(rf"(?<=[{_LETTER}»)\d]) - (?=[{_LETTER}«(\d])", f"{NBSP}{dash} ", words)
    return re.sub(r"^[–—] ", f"{dash} ", words, flags=re.M)


def _quotes(words: str) -> str:
    """Put „…“ for «…» inside «…»; code is left out."""
    depth, mended = 0, []
    for part in _APART.split(words):
        if _APART.fullmatch(part):
            mended.append(part)
            continue
        letters = []
        for letter in part:
            if letter == "«":
                letters.append("„" if depth else "«")
                depth += 1
            elif letter == "»" and depth:
                depth -= 1
                letters.append("“" if depth else "»")
            else:
                letters.append(letter)
        mended.append("".join(letters))
    return "".join(mended)


def lesson(source: str) -> str:
    """Return a ``lesson.md`` with its prose mended; its code stays."""
    return "".join(piece if lang is None else mend(piece, lang) for lang, piece in _cells(source))


def _cells(source: str) -> Iterator[tuple[str | None, str]]:
    """Yield (language or None, piece of the source); the pieces together are the source."""
    lang, end = None, 0
    for hit in _MARK.finditer(source):
        yield lang, source[end : hit.start()]
        yield None, hit[0]
        tag = _CELL.match(hit[0].rstrip("\n"))
        lang, end = (tag["lang"] if tag else None), hit.end()
    yield lang, source[end:]


def pairs(source: str) -> str:
    """Return a TOML or JSON source with its pairs mended: what follows ``uk =`` and ``ru =``."""
    return _STRING.sub(
        lambda hit: hit["lead"] + hit["quote"] + mend(hit["words"], hit["lang"]) + hit["quote"],
        source,
    )


def sources(root: Path) -> Iterator[tuple[Path, Callable[[str], str]]]:
    """Yield every file with texts for people, and the function that mends it."""
    for path in sorted(root.glob("lessons/*/lesson.md")):
        yield path, lesson
    tables = [
        *root.glob("lessons/**/*.toml"),
        *root.glob("course/**/*.toml"),
        *root.glob("examples/**/*.toml"),
        *root.glob("bank/**/*.toml"),
        root / "datasets/datapackage.json",
    ]
    for path in sorted(tables):
        # Cues are compared with what learners type, letter by letter.
        if "shipped" not in path.parts and path.parent.name != "models" and path.is_file():
            yield path, pairs
    for lang in LANGS:
        for path in (root / f"README.{lang}.md", root / f"docs/teach.{lang}.md"):
            if path.is_file():
                yield path, lambda source, lang=lang: mend(source, lang)  # type: ignore[misc]


def _changes(root: Path) -> Iterator[tuple[Path, str, str, str]]:
    """Yield path, name below the root, text and mended text of every source to be mended."""
    for path, mended in sources(root):
        before = path.read_text("utf-8")
        after = mended(before)
        if before != after:
            yield path, path.relative_to(root).as_posix(), before, after


def faults(root: Path) -> list[Fault]:
    """Return a fault for every line whose typography is not that of its language."""
    listed = []
    for _, name, before, after in _changes(root):
        pairs = zip(before.split("\n"), after.split("\n"), strict=True)
        for number, (old, new) in enumerate(pairs, 1):
            if old != new:
                listed.append(Fault(name, number, "", "", "typography; run course check --fix"))
    return listed


def fix(root: Path) -> list[str]:
    """Write the typography into the sources; returns the files that changed."""
    changed = []
    for path, name, _, after in _changes(root):
        write_whole(path, after.encode())
        changed.append(name)
    return changed
