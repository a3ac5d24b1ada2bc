"""``[about]`` of a bank: its faults, and what `course check` says of a sound one."""

import difflib
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from course.credit import FIELDS, LONGEST, MOST, asks, broken, credits_of
from course.exercises import parsed

_USUAL = ("CC-BY-SA-4.0", "CC-BY-4.0", "CC0-1.0", "CC-BY-NC-SA-4.0", "CC-BY-NC-4.0")
_HIDDEN = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}  # characters that nobody sees
_WORDS = f"words in quotes, in one line, at most {LONGEST} characters"
Faults = Iterator[tuple[str, str]]  # field, what to do


def faults(about: Any, langs: Sequence[str], ids: Sequence[str]) -> Faults:
    """Yield what is wrong with ``[about]``: the field and what to do.

    Parameters
    ----------
    about : object
        As read.
    langs : sequence of {"uk", "ru"}
        Of the bank.
    ids : sequence of str
        Of its exercises.

    Examples
    --------
    >>> list(faults({"licence": "CC BY 4.0"}, ["uk"], []))
    [('licence', "no licence 'CC BY 4.0' in the list of SPDX; did you mean 'CC-BY-4.0'?")]
    """
    if not isinstance(about, dict):
        yield "about", "write [about]"
        return
    yield from _table(about, langs, {*FIELDS, "seal", "part"})
    seal = about.get("seal")
    if seal is not None and not (isinstance(seal, str) and re.fullmatch("[0-9a-f]{64}", seal)):
        yield "seal", "course share writes it; take the line out"
    parts = about.get("part", [])
    sound = isinstance(parts, list) and all(isinstance(part, dict) for part in parts)
    if not sound or len(parts) > MOST:
        yield "part", f"write [[about.part]], at most {MOST} times"
        return
    seen = set[str]()
    for part in parts:
        yield from _part(part, langs, ids, seen)


def _part(
    part: Mapping[str, Any], langs: Sequence[str], ids: Sequence[str], seen: set[str]
) -> Faults:
    yield from (
        ("part", f"{field}: {said}") for field, said in _table(part, langs, {*FIELDS, "exercises"})
    )
    if "title" not in part:
        yield "part", "a part needs its title"
    listed = part.get("exercises")
    if not isinstance(listed, list) or not listed or not all(type(each) is str for each in listed):
        yield "part", "exercises: write a list of ids of this file"
        return
    for name in listed:
        if name not in ids:
            yield "part", f"exercises: there is no exercise {name!r} in this file"
        elif name in seen:
            yield "part", f"exercises: {name!r} stands in two places; leave it in one"
        seen.add(name)


def _table(table: Mapping[str, Any], langs: Sequence[str], known: set[str]) -> Faults:
    for name in sorted(table.keys() - known):
        near = difflib.get_close_matches(name, known, 1)
        listed = f"known: {', '.join(each for each in (*FIELDS, 'part') if each in known)}"
        yield name, f"unknown field; {f'did you mean {near[0]!r}?' if near else listed}"
    if "title" in table:
        yield from _pair(table["title"], "title", langs)
    if "authors" in table:
        authors = table["authors"]
        sound = isinstance(authors, list) and 0 < len(authors) <= MOST
        if not sound or not all(_named(name, langs) for name in authors):
            write = 'authors = ["Олена Гнатюк"], or [{uk = "Олена Гнатюк", ru = "Елена Гнатюк"}]'
            yield "authors", f"write a list of names: {write}"
    for name in ("version", "source"):
        if name in table and not _sound(table[name]):
            yield name, f"write {_WORDS}"
    for name in ("licence_text", "changes"):
        if name in table and isinstance(table[name], dict):
            yield from _pair(table[name], name, langs)
        elif name in table and not _sound(table[name]):
            yield name, f"write {_WORDS}; or {' and '.join(f'{name}.{lang}' for lang in langs)}"
    if "licence" in table and "licence_text" in table:
        yield "licence_text", "stands beside licence; one of them says it, take the other out"
    elif "licence" in table and (said := unlisted(table["licence"])):
        yield "licence", said


def _pair(words: Any, name: str, langs: Sequence[str]) -> Faults:
    """Check a text in the languages of the bank."""
    given = words if isinstance(words, dict) else {}
    for lang in langs:
        if not _sound(given.get(lang)):
            yield name, f"{lang}: write {name}.{lang}, {_WORDS}"
    for other in sorted(given.keys() - set(langs)):
        yield name, f"unknown language {other!r}; this file has {' and '.join(langs)}"


def _named(name: Any, langs: Sequence[str]) -> bool:
    """Tell whether a name is one, or one in each language of the bank."""
    return _sound(name) or isinstance(name, dict) and not list(_pair(name, "", langs))


def _sound(words: Any) -> bool:
    return (
        isinstance(words, str)
        and 0 < len(words.strip()) <= LONGEST
        and not any(unicodedata.category(sign) in _HIDDEN for sign in words)
    )


def unlisted(licence: Any) -> str:
    """Return why a licence is none of the list of SPDX; empty when it is one.

    >>> unlisted("CC-BY-SA-4.0"), unlisted("mit")
    ('', "write it as the list of SPDX does: 'MIT'")
    """
    from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

    other = 'for a licence of your own write licence_text = "…" instead, words or an address'
    if not isinstance(licence, str) or len(licence) > 60:
        return f'write an id of SPDX in quotes, for example licence = "{_USUAL[0]}"; {other}'
    try:
        known = str(canonicalize_license_expression(licence))
    except InvalidLicenseExpression:
        near = difflib.get_close_matches(licence.upper().replace(" ", "-"), _USUAL, 1)
        hint = (
            f"did you mean {near[0]!r}?" if near else f"write one of {', '.join(_USUAL)}; {other}"
        )
        return f"no licence {licence!r} in the list of SPDX; {hint}"
    if " " in known or known.startswith("LicenseRef-"):
        return f"write one id of SPDX, for example {_USUAL[0]!r}; {other}"
    return "" if known == licence else f"write it as the list of SPDX does: {known!r}"


def told(path: str | Path) -> Iterator[str]:
    """Yield what a sound bank says of itself: title, authors, licence, whether its seal fits."""
    raw, name = parsed(path), Path(path).name
    for credit in credits_of(raw):
        licence = credit.licence or (credit.terms and next(iter(credit.terms.values())))
        names = [next(iter(name.values())) for name in credit.authors]
        asked = f" ({', '.join(asks(credit.licence))})" if asks(credit.licence) else ""
        said = [
            f"{name}: {next(iter(credit.title.values()))}",
            f"version {credit.version}" if credit.version else "",
            f"authors: {', '.join(names)}" if names else "no authors",
            f"licence: {licence}{asked}" if licence else "no licence: for yourself alone",
            f"{len(credit.exercises)} exercise{'s' * (len(credit.exercises) != 1)}",
        ]
        yield "; ".join(filter(None, said))
    if broken(raw):
        yield f"{name}: the seal does not fit: the file was changed after it was shared"
    elif "seal" in raw.get("about", {}):
        yield f"{name}: the seal fits: nothing was changed since it was shared"
