"""``course share``: a bank to give to colleagues, in one file, with its authors and its licence.

The file is written anew from what the bank says, so it has no remarks: those were for oneself. Its
seal tells whoever gets it whether it was changed since; it proves nothing about who wrote it.
Several banks become one collection: each stays a part with its own authors and its own licence.
"""

import json
import re
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from course.credit import FIELDS, LONGEST, MOST, asks, broken, checksum
from course.exercises import Fault, parsed
from course.files import write_whole
from course.grading import GradingError
from course.grading.setting.banks import LARGEST
from course.texts import LANGS, beginning, text
from course.toml_hints import lines

_HEAD = """\
# A bank of exercises for the course of relationship marketing; use it as its licence says.
# Put it beside your spec and name it there: [banks], then NAME = "this-file.toml".
# `course check FILE` says whose it is and whether it was changed since it was shared.

"""
_WANTED = {
    "title": 'title.uk = "…" and title.ru = "…"',
    "authors": 'authors = ["…"]',
    "licence": 'licence = "CC-BY-SA-4.0", or another one of SPDX, or licence_text = "…"',
}
_ABOUT, _PART = re.compile(r"\s*\[about\]"), re.compile(r"\s*\[\[about\.part\]\]")
_BARE = re.compile("[A-Za-z0-9_-]+")
Wanting = tuple[int, str, str]  # of the bank (0) or which part; the field; what to do
# What must not leave the house, as far as a program can tell; no pattern looks at a sign again and
# again, for a text may be of any length.
PRIVATE = {
    "an e-mail address": re.compile(
        r"(?<![\w.+-])[\w.+-]++@(?!(?:[\w-]+\.)*example\.(?:com|org|net)\b)"
        r"[\w-]+(?:\.[\w-]+)*\.[^\W\d]{2,}"
    ),
    "a telephone number": re.compile(r"\+\d(?:[\s\u00a0()-]*\d){9,14}(?!\d)"),
    "a path on this computer": re.compile(
        r"(?<![\w/.:])/(?:home|Users|root|mnt|media|tmp|var|etc)/\w|\b[A-Za-z]:\\|\\\\[\w.-]+\\\w"
        r"|\bfile:/|(?<![\w/])~/\w"
    ),
    "a password in an address": re.compile(r"(?<!\w)\w++://[^\s/:@]+:[^\s/@]+@"),
}


def main(words: Sequence[str]) -> int:
    """Run ``course share``; return 0, or 2 when there is nothing that can be shared."""
    what = (
        "Write a bank for colleagues: one file with title, authors, licence and a seal. It is "
        "refused with faults, without these three, or with e-mail addresses, telephone numbers, "
        "paths on this computer or passwords in its texts. Remarks (#) stay behind."
    )
    parser = ArgumentParser("course share", allow_abbrev=False, description=what)
    add = parser.add_argument
    said = "exercises.toml; of several each stays a part with its authors and licence"
    add("file", type=Path, nargs="+", metavar="FILE", help=said)
    add(
        "--out",
        type=Path,
        required=True,
        metavar="EXERCISES",
        help="the file to write, for colleagues",
    )
    add("--replace", action="store_true", help="write over a file that stands there")
    options = parser.parse_args(words)
    if options.out.exists():
        if any(options.out.samefile(file) for file in options.file if file.exists()):
            raise GradingError(f"{options.out}: that is the bank itself; name another with --out")
        if not options.replace:
            said = "stands there already; name another with --out, or add --replace"
            raise GradingError(f"{options.out} {said}")
    shared, notes = collected(options.file)
    write_whole(options.out, shared.encode())
    print(*notes, f"{options.out} written; it has the answers: for colleagues only", sep="\n")
    return 0


def collected(files: Sequence[Path]) -> tuple[str, list[str]]:
    """Return one file made of banks, sealed, and what to say of it.

    Parameters
    ----------
    files : sequence of pathlib.Path

    Raises
    ------
    GradingError
        With all that keeps them from being shared.
    """
    banks = [_sound(file) for file in files]
    faults = [fault for file, raw in zip(files, banks, strict=True) for fault in _kept(file, raw)]
    if faults:
        raise GradingError("\n".join(map(str, faults)))
    raw = banks[0] if len(banks) == 1 else _joined(files, banks)
    about = {name: value for name, value in raw["about"].items() if name != "seal"}
    if len(about.get("part", ())) > MOST or len(about.get("authors", ())) > MOST:
        raise GradingError(f"more than {MOST} parts or authors in one file; share them apart")
    raw = {"about": about, **{name: value for name, value in raw.items() if name != "about"}}
    about["seal"] = checksum(raw)
    notes = [f"{len(raw['exercise'])} exercises, seal {about['seal'][:16]}…"]
    return _HEAD + written(raw), [*_asked(raw["about"]), *notes]


def _sound(file: Path) -> dict[str, Any]:
    """Return what a bank says; GradingError with its faults."""
    from course.authoring.checks import check

    if not file.is_file():
        raise GradingError(f"there is no file {file}")
    if file.stat().st_size > LARGEST:
        raise GradingError(f"{file}: more than {LARGEST >> 20} MiB; split it")
    if faults := check(file):
        raise GradingError("\n".join(map(str, faults)))
    raw = parsed(file)
    if not raw.get("exercise"):
        raise GradingError(f"{file}: no exercises in it; nothing to share")
    return raw


def _kept(file: Path, raw: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what keeps a bank from being shared."""
    rows = lines(file.read_text("utf-8-sig"))
    about, parts = (
        [row for row, line in enumerate(rows, 1) if head.match(line)] for head in (_ABOUT, _PART)
    )
    heads = [*(about or parts or [1])[:1], *parts]
    wanting = [*_unsaid(raw), *(_changed(raw["about"]) if broken(raw) else ())]
    for at, name, said in wanting:
        where = f"part {at}" if at else "about"
        yield Fault(str(file), heads[at if at < len(heads) else 0], where, name, said)
    for path, words in _strings(raw):
        for what, pattern in PRIVATE.items():
            if hit := pattern.search(words):
                row = next((n for n, line in enumerate(rows, 1) if hit[0] in line), 1)
                said = f"{what}, {hit[0]!r}; take it out before the bank is shared"
                yield Fault(str(file), row, "", path, said)


def _unsaid(raw: Mapping[str, Any]) -> Iterator[Wanting]:
    """Yield what a bank does not say of its questions, or a part of it of its own."""
    about = raw.get("about", {})
    for at, table in enumerate(_tables(about)):
        if at == 0 and about.get("part") and {*_held(about)} >= {e["id"] for e in raw["exercise"]}:
            continue  # nothing is left that is not of a part
        for name, write in _WANTED.items():
            if name not in table and not (name == "licence" and "licence_text" in table):
                yield at, name, f"[about] needs it before the bank is shared: write {write}"


def _changed(about: Mapping[str, Any]) -> Iterator[Wanting]:
    """Yield what keeps a bank that was changed since it was shared from being given on."""
    said = "changed since it was shared"
    if any("NoDerivatives" in asks(each.get("licence", "")) for each in _tables(about)):
        yield 0, "licence", f"{said}, and it lets nobody give on what is changed"
    elif not about.get("changes"):
        yield 0, "changes", f'{said}; say what you changed: changes.uk = "…"'


def _tables(about: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [about, *about.get("part", ())]


def _held(about: Mapping[str, Any]) -> Iterator[str]:
    """Yield the ids of exercises that a part has."""
    for part in about.get("part", ()):
        yield from part["exercises"]


def _strings(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text of a bank with the name of its field."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each, path)
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from _strings(each, path if name in LANGS else name)


def _asked(about: Mapping[str, Any]) -> Iterator[str]:
    """Yield what licences ask of whoever takes questions."""
    for table in about.get("part") or [about]:
        licence = table.get("licence")
        kinds = asks(licence or "")
        title = next(iter(table["title"].values())) if "title" in table else ""
        if "ShareAlike" in kinds:
            yield f"{title}: {licence}: what is made of these questions is shared on the same terms"
        if "NonCommercial" in kinds:
            yield f"{title}: {licence}: not where money is made with them"
        if "NoDerivatives" in kinds:
            yield f"{title}: {licence}: nobody may give them on when changed"
        if "licence_text" in table:
            yield f"{title}: its terms are in its own words; read them before you share"


def _joined(files: Sequence[Path], banks: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return several banks as one: a collection, whose parts keep their authors and licences."""
    spoken = {tuple(raw["lesson"].get("languages", LANGS)) for raw in banks}
    if len({frozenset(langs) for langs in spoken}) > 1:
        said = (
            f"{file}: {' and '.join(raw['lesson'].get('languages', LANGS))}"
            for file, raw in zip(files, banks, strict=True)
        )
        hint = "banks of different languages cannot be one file; share them apart"
        raise GradingError("\n".join([*said, hint]))
    if faults := [*_twice(files, banks, "exercise"), *_twice(files, banks, "shared")]:
        raise GradingError("\n".join(faults))
    parts = [part for raw in banks for part in _parts(raw)]
    made: dict[str, Any] = {"about": _whole(banks, parts), "lesson": _lesson(banks)}
    for name in ("outcome", "topic", "shared", "exercise"):
        made[name] = []
    for raw in banks:
        renamed = {name: _renamed(made[name], raw.get(name, ())) for name in ("outcome", "topic")}
        made["shared"] += raw.get("shared", ())
        made["exercise"] += [_moved(entry, renamed) for entry in raw["exercise"]]
    return {name: value for name, value in made.items() if value}


def _twice(files: Sequence[Path], banks: Sequence[Mapping[str, Any]], what: str) -> Iterator[str]:
    """Yield the ids that two banks have: answers and statistics would be mixed up."""
    counts = Counter(str(entry["id"]) for raw in banks for entry in raw.get(what, ()))
    for name in (name for name, count in counts.items() if count > 1):
        where = ", ".join(
            str(file)
            for file, raw in zip(files, banks, strict=True)
            if any(str(entry["id"]) == name for entry in raw.get(what, ()))
        )
        yield f"{where}: each has the id {name!r}; rename one, or share the files apart"


def _parts(raw: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the parts that a bank is of a collection: its own parts, and what is left of it."""
    about = raw["about"]
    held = {*_held(about)}
    rest = [entry["id"] for entry in raw["exercise"] if entry["id"] not in held]
    own = {name: about[name] for name in FIELDS if name in about} | {"exercises": rest}
    return [*about.get("part", ()), *[own] * bool(rest)]


def _whole(banks: Sequence[Mapping[str, Any]], parts: list[dict[str, Any]]) -> dict[str, Any]:
    """Return ``[about]`` of a collection."""
    langs = parts[0]["title"].keys()
    titles = [raw["about"].get("title", raw["lesson"]["title"]) for raw in banks]
    joined = {lang: " + ".join(dict.fromkeys(each[lang] for each in titles)) for lang in langs}
    title = {lang: beginning(words, LONGEST) for lang, words in joined.items()}
    authors: list[Any] = []
    for name in (name for part in parts for name in part["authors"]):
        authors += [name] * (name not in authors)
    made: dict[str, Any] = {"title": title, "authors": authors}
    licences = {part.get("licence") for part in parts}
    (licence,) = licences if len(licences) == 1 else (None,)
    if licence:
        made["licence"] = licence
    else:
        made["licence_text"] = {lang: text("credit.parts", lang) for lang in langs}
    return made | {"part": parts}


def _lesson(banks: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    first = banks[0]["lesson"]
    titles = [raw["lesson"]["title"] for raw in banks]
    joined = {lang: " + ".join(each[lang] for each in titles) for lang in titles[0]}
    minutes = sum(raw["lesson"]["minutes"] for raw in banks)
    langs = {"languages": first["languages"]} if "languages" in first else {}
    return {"number": first["number"], "slug": "own", "minutes": minutes, **langs, "title": joined}


def _renamed(known: list[dict[str, Any]], more: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Add outcomes or topics; return what those of another text are called now."""
    renamed: dict[str, Any] = {}
    for each in more:
        same = next((old for old in known if old["text"] == each["text"]), None)
        taken = {str(old["id"]) for old in known}
        name: Any = each["id"]
        if same:
            name = same["id"]
        elif str(name) in taken and type(name) is int:
            name = next(n for n in range(1, len(taken) + 2) if str(n) not in taken)
        elif str(name) in taken:
            name = next(
                f"{name}-{n}" for n in range(2, len(taken) + 3) if f"{name}-{n}" not in taken
            )
        if not same:
            known.append({**each, "id": name})
        renamed[str(each["id"])] = name
    return renamed


def _moved(entry: Mapping[str, Any], renamed: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return an exercise with the outcomes and topics of the whole; nothing else is touched."""
    moved = dict(entry)
    for field, what in (("outcomes", "outcome"), ("covers", "topic")):
        if field in moved:
            moved[field] = [renamed[what].get(str(name), name) for name in moved[field]]
    return moved


def written(raw: Mapping[str, Any]) -> str:
    r"""Return values as a file of TOML that reads as the same values.

    Examples
    --------
    >>> print(written({"number": 1, "title": {"uk": "Рівні"}, "exercise": [{"id": "who"}]}), end="")
    number = 1
    title.uk = "Рівні"
    <BLANKLINE>
    [[exercise]]
    id = "who"
    """
    return "\n".join(_lines(raw, "")).lstrip("\n") + "\n"


def _lines(table: Mapping[str, Any], path: str) -> Iterator[str]:
    """Yield a table: its own values first, since what stands below a head belongs to it."""
    below = dict[str, Any]()
    for name, value in table.items():
        called = _key(name)
        if _is_pair(value):
            yield from (f"{called}.{lang} = {_value(words)}" for lang, words in value.items())
        elif isinstance(value, dict) or _is_tables(value):
            below[f"{path}.{called}" if path else called] = value
        else:
            yield f"{called} = {_value(value)}"
    for whole, value in below.items():
        for each in value if isinstance(value, list) else [value]:
            yield from [""] * (not path)
            yield f"[[{whole}]]" if isinstance(value, list) else f"[{whole}]"
            if path and isinstance(value, dict):  # [exercise.parameters]: a line for each
                yield from (f"{_key(name)} = {_value(one)}" for name, one in value.items())
            else:
                yield from _lines(each, whole)


def _is_pair(value: Any) -> bool:
    texts = isinstance(value, dict) and all(isinstance(each, str) for each in value.values())
    return texts and bool(value) and value.keys() <= {*LANGS}


def _is_tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(t, dict) for t in value)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_key(name)} = {_value(each)}' for name, each in value.items())}}}"
    if isinstance(value, int | float):
        return repr(value)
    raise GradingError(f"{value!r}: no exercise has a value of this kind; take it out")


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _value(name)
