"""Whose questions a bank has, and on what terms they are given on: ``[about]`` of a bank."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from course.texts import LANGS, text

# What `[about]` and each of its parts may say.
FIELDS = ("title", "authors", "licence", "licence_text", "version", "source", "changes")
LONGEST = 300  # characters of a name, a title or a source
MOST = 100  # authors, and parts
_CC = re.compile(r"CC-(BY(?:-NC)?(?:-SA|-ND)?)-([1-4]\.[05])(?:-([A-Z]{2,3}))?")
_ZERO = "CC0-1.0"
# Kinds of licences that ask more than the name of the author, by what they ask.
_KINDS = {
    "ShareAlike": re.compile(r"CC-BY-(NC-)?SA-|A?GPL-|LGPL-|GFDL-|ODbL-|LAL-"),
    "NonCommercial": re.compile(r"CC-BY-NC-"),
    "NoDerivatives": re.compile(r"CC-BY-(NC-)?ND-"),
}


@dataclass(frozen=True)
class Credit:
    """Who made some questions, and on what terms.

    Attributes
    ----------
    title : mapping of str to str
        By language.
    authors : sequence of mapping
        Their names by language.
    licence : str
        An id of SPDX; empty when there is none or `terms` say it.
    terms : mapping of str to str
        In place of `licence`, by language.
    version, source : str
    changes : mapping of str to str
        What its author changed against the source, by language.
    changed : bool
        Whether the file was changed after it was shared.
    exercises : sequence of str
        Their ids; of a bank as a whole, those that none of its parts has.
    """

    title: Mapping[str, str]
    authors: Sequence[Mapping[str, str]] = ()
    licence: str = ""
    terms: Mapping[str, str] | None = None
    version: str = ""
    source: str = ""
    changes: Mapping[str, str] | None = None
    changed: bool = False
    exercises: Sequence[str] = ()

    def plain(self, refs: Iterable[str]) -> dict[str, Any]:
        """Return it as values of JSON, with the references of an assignment."""
        values = {
            "title": dict(self.title),
            "authors": [dict(name) for name in self.authors],
            "licence": self.licence,
            "terms": dict(self.terms) if self.terms else None,
            "version": self.version,
            "source": self.source,
            "changes": dict(self.changes) if self.changes else None,
            "changed": self.changed,
        }
        return values | {"exercises": list(refs)}


def checksum(raw: Mapping[str, Any]) -> str:
    """Return the digits that tell whether a bank says what it said when it was shared.

    They are taken of its values: blanks, remarks, and how lines end do not count.

    Examples
    --------
    >>> shared = {"about": {"version": "1"}, "exercise": []}
    >>> checksum(shared) == checksum(shared | {"about": {"version": "1", "seal": "…"}})
    True
    >>> checksum(shared) == checksum(shared | {"exercise": [{"id": "new"}]})
    False
    """
    about = {name: value for name, value in raw["about"].items() if name != "seal"}
    words = json.dumps({**raw, "about": about}, sort_keys=True, default=str)
    return hashlib.sha256(words.encode()).hexdigest()


def broken(raw: Mapping[str, Any]) -> bool:
    """Tell whether a bank was changed after it was shared; one never shared was not."""
    seal = raw.get("about", {}).get("seal")
    return seal is not None and seal != checksum(raw)


def credits_of(raw: Mapping[str, Any]) -> tuple[Credit, ...]:
    """Return who made the questions of a bank: its parts, then the bank itself for the rest.

    Parameters
    ----------
    raw : dict
        A sound ``exercises.toml``, as read.

    Examples
    --------
    >>> raw = {"lesson": {"title": {"uk": "Рівні"}}, "exercise": [{"id": "who"}]}
    >>> credits_of(raw)
    ()
    >>> (credit,) = credits_of(raw | {"about": {"authors": ["Олена Гнатюк"]}})
    >>> line(credit.plain(credit.exercises), "uk")
    'Питання: «Рівні», Олена Гнатюк.'
    """
    about = raw.get("about")
    if not about:
        return ()
    changed, parts = broken(raw), about.get("part", ())
    held = {name for part in parts for name in part["exercises"]}
    names = [entry.get("id") for entry in raw.get("exercise", ())]
    rest = [name for name in names if type(name) is str and name not in held]
    whole = {"title": raw["lesson"]["title"], **about, "exercises": rest}
    return tuple(_credit(each, changed) for each in (*parts, whole) if each["exercises"])


def _credit(table: Mapping[str, Any], changed: bool) -> Credit:
    return Credit(
        title=_pair(table["title"]) or {},
        authors=tuple(name for each in table.get("authors", ()) if (name := _pair(each))),
        licence=table.get("licence", ""),
        terms=_pair(table.get("licence_text")),
        version=table.get("version", ""),
        source=table.get("source", ""),
        changes=_pair(table.get("changes")),
        changed=changed,
        exercises=tuple(table["exercises"]),
    )


def _pair(words: Any) -> dict[str, str] | None:
    """Return words in both languages: what has one language, or none, stands in both."""
    if not words:
        return None
    if isinstance(words, str):
        return dict.fromkeys(LANGS, words)
    first = next(iter(words.values()))
    return {lang: words.get(lang, first) for lang in LANGS}


def line(credit: Mapping[str, Any], lang: str) -> str:
    """Return the line that names title, authors, source, changes and licence.

    Examples
    --------
    >>> credit = {"title": {"uk": "Рівні"}, "authors": [{"uk": "О. Гнатюк"}]}
    >>> credit["licence"] = "CC-BY-4.0"
    >>> line(credit, "uk")
    'Питання: «Рівні», О. Гнатюк; ліцензія CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/).'
    """
    title = text("credit.questions", lang, title=credit["title"][lang])
    names = [name[lang] for name in credit.get("authors", ())]
    said = [", ".join([title, *names]), *_more(credit, lang)]
    return "; ".join(said).rstrip(".") + "."


def lines(credits: Iterable[Mapping[str, Any]], lang: str) -> list[str]:
    """Return the lines that go with questions, each once."""
    return list(dict.fromkeys(line(credit, lang) for credit in credits))


def _more(credit: Mapping[str, Any], lang: str) -> Iterator[str]:
    for name in ("version", "source"):
        if credit.get(name):
            yield text(f"credit.{name}", lang, **{name: credit[name]})
    if credit.get("changes"):
        yield text("credit.changes", lang, changes=credit["changes"][lang].rstrip("."))
    elif credit.get("changed"):
        yield text("credit.changed", lang)
    if credit.get("licence") or credit.get("terms"):
        yield text("credit.licence", lang, licence=terms(credit, lang))


def course(lang: str) -> str:
    """Return the line that goes with the course's own lessons."""
    said = text("credit.lesson", lang, title=text("credit.course", lang))
    licence = text("credit.licence", lang, licence=terms({"licence": "CC-BY-SA-4.0"}, lang))
    return f"{said}; {licence}."


def terms(credit: Mapping[str, Any], lang: str) -> str:
    """Return the licence as people call it, with its address, or the words in its place.

    Examples
    --------
    >>> terms({"licence": "CC-BY-SA-4.0"}, "uk")
    'CC BY-SA 4.0 (https://creativecommons.org/licenses/by-sa/4.0/)'
    >>> terms({"licence": "MIT"}, "uk")
    'MIT (https://spdx.org/licenses/MIT.html)'
    """
    licence = credit.get("licence")
    if not licence:
        return str(credit["terms"][lang])
    return f"{called(licence)} ({address(licence)})"


def called(licence: str) -> str:
    """Return an id of SPDX as people write it.

    >>> called("CC-BY-NC-SA-3.0-AT"), called("CC0-1.0"), called("MIT")
    ('CC BY-NC-SA 3.0 AT', 'CC0 1.0', 'MIT')
    """
    if licence == _ZERO:
        return "CC0 1.0"
    known = _CC.fullmatch(licence)
    return " ".join(filter(None, ("CC", *known.groups()))) if known else licence


def address(licence: str) -> str:
    """Return where a licence of the list of SPDX can be read."""
    if licence == _ZERO:
        return "https://creativecommons.org/publicdomain/zero/1.0/"
    known = _CC.fullmatch(licence)
    if not known:
        return f"https://spdx.org/licenses/{licence}.html"
    kind, number, place = known.groups()
    below = f"{place.lower()}/" if place else ""
    return f"https://creativecommons.org/licenses/{kind.lower()}/{number}/{below}"


def asks(licence: str) -> list[str]:
    """Return what a licence asks beyond the name of the author.

    >>> asks("CC-BY-NC-SA-4.0"), asks("CC-BY-4.0")
    (['ShareAlike', 'NonCommercial'], [])
    """
    return [kind for kind, pattern in _KINDS.items() if pattern.match(licence)]
