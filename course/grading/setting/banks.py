"""The banks of a specification: its own file of exercises, and those that ``[banks]`` names.

A reference is ``name/exercise``: the same id in two banks is two exercises. The words before the
slash are what answers, draws and outcomes are kept under, so no bank is called like anything else
that has a place there.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from course import paths
from course.exercises import Chapter, Exercise, Fault, chapter, chapters, parsed, read
from course.grading import keyfile
from course.grading.setting.source import Source
from course.grading.version import version
from course.texts import LANGS

OWN = "own"
LARGEST = 8 << 20  # bytes of a bank: thousands of exercises
# Names that Windows keeps for devices: no file and no folder can have them.
DEVICE = re.compile(r"con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³]", re.I)
# What else stands before a slash, or is kept under a name of its own.
RESERVED = {OWN, "pool", "pools", "bank", "banks", "review", "peer", "identity", "learner"}
_NAME = re.compile("[a-z][a-z0-9-]{0,29}")


def homes(source: Source) -> dict[str, Chapter]:
    """Return the banks of a specification by name; what is wrong with one is told.

    Parameters
    ----------
    source : Source
        The specification; gets the faults, each in the file where it is.
    """
    named, listed = source.raw.get("bank"), source.raw.get("banks", {})
    own = source.path.parent / (named if isinstance(named, str) else "exercises.toml")
    found: dict[str, Chapter] = {}
    if own.is_file():
        if known := _checked(source, own):
            found[OWN] = known
    elif isinstance(named, str):
        source.fault("bank", f"there is no file {own.name} beside the spec")
    taken = {_resolved(own): OWN} if own.is_file() else {}
    for name, file in listed.items() if isinstance(listed, dict) else ():
        if not isinstance(file, str):
            continue  # its type is told with the others'
        if said := _misnamed(name):
            source.fault(name if name.isprintable() else "banks", said, "banks")
        elif (path := _file(source, name, file)) and (known := _sound(source, name, path, taken)):
            found[name] = known
    return found


def _misnamed(name: str) -> str:
    """Return why a bank cannot be called so; empty when it can."""
    if not _NAME.fullmatch(name):
        said = "a bank's name has small Latin letters, digits and hyphens, 30 at most"
        return f'{said}: write olena = "olena.toml"'
    if name in RESERVED:
        return f"{name!r} has a meaning of its own before a slash; call the bank otherwise"
    if name in chapters():
        return f"{name!r} is a lesson of the course; call the bank otherwise"
    if DEVICE.fullmatch(name):
        return f"Windows lets no file be called {name!r}; call the bank otherwise"
    return ""


def _file(source: Source, name: str, file: str) -> Path | None:
    """Return the file of a bank, which lies in the folder of the spec; a fault when it does not."""
    folder = source.path.parent
    path = folder / file
    outside = "put a copy beside the spec, so that both move together"
    lessons = _resolved(paths.shared("lessons"))
    if "\\" in file or PureWindowsPath(file).drive or PurePosixPath(file).is_absolute():
        said = f'{file!r}: write a path from the spec on, with /: {name} = "banks/{name}.toml"'
    elif (place := _resolved(path)) is None:
        said = f"{file!r} is a link that leads in a circle; {outside}"
    elif lessons and place.is_relative_to(lessons):
        said = f"{file!r} is a lesson of the course; its exercises need no bank: LESSON/exercise"
    elif not place.is_relative_to(_resolved(folder) or folder):
        said = f"{file!r} lies outside the folder of the spec; {outside}"
    elif place.is_dir():
        said = f"{file!r} is a folder; name the file in it"
    elif not place.is_file():
        said = f"there is no file {file!r} where the spec is"
    elif place.stat().st_size > LARGEST:
        said = f"{file!r} has more than {LARGEST >> 20} MiB; split it"
    else:
        return path
    source.fault(name, said, "banks")
    return None


def _resolved(path: Path) -> Path | None:
    """Return where a path leads; None when it leads nowhere, as links in a circle do."""
    try:
        path = path.resolve()
        path.exists()
    except (OSError, RuntimeError, ValueError):
        return None
    return None if path.is_symlink() else path


def _sound(source: Source, name: str, path: Path, taken: dict[Path | None, str]) -> Chapter | None:
    """Return a bank that is one and that no other name stands for."""
    place = _resolved(path)
    if place in taken:
        said = f"the same file as {taken[place]!r}; take one of them out"
        source.fault(name, said, "banks")
        return None
    taken[place] = name
    if (slug := _slug(path)) in chapters():
        said = f"{path.name} is the lesson {slug!r} of the course, whose keys students have"
        hint = f'write {slug}/… for its exercises; a bank of yours has slug = "own"'
        source.fault(name, f"{said}; {hint}", "banks")
        return None
    return _checked(source, path)


def _slug(path: Path) -> str:
    """Return the short name that a file gives itself; empty when it cannot be read."""
    try:
        head = parsed(path).get("lesson")
    except (OSError, ValueError, RecursionError):
        return ""  # what is wrong is told by its checks
    return str(head.get("slug")) if isinstance(head, dict) else ""


def _checked(source: Source, path: Path) -> Chapter | None:
    """Return a bank without faults; those of others are told with their own file and line."""
    from course.authoring.checks import check

    try:
        if wrong := check(path):
            source.faults += wrong
            return None
        return read(path)
    except OSError as error:
        source.faults.append(Fault(path.name, 1, "", "", f"cannot be read: {error.strerror}"))
        return None


def of(spec: Path) -> dict[str, Chapter]:
    """Return the banks of a specification that was found sound."""
    raw = tomllib.loads(spec.read_text("utf-8-sig"))
    own = spec.parent / raw.get("bank", "exercises.toml")
    files = {OWN: own} if own.is_file() else {}
    files |= {name: spec.parent / file for name, file in raw.get("banks", {}).items()}
    return {name: read(path) for name, path in files.items()}


def home(lesson: str, known: Mapping[str, Chapter]) -> Chapter | None:
    """Return the bank or the lesson that stands before the slash of a reference."""
    if lesson in known or lesson == OWN:
        return known.get(lesson)
    return chapter(lesson) if re.fullmatch("[a-z-]+", lesson) else None


def languages(source: Source, refs: Iterable[str], known: Mapping[str, Chapter]) -> None:
    """Give an assignment the languages that all banks it takes from have in common.

    A lesson has both. Two banks without a common language are a fault: no student could read both.
    """
    used = dict.fromkeys(ref.partition("/")[0] for ref in refs)
    banks = {name: known[name].languages for name in used if name in known}
    common = tuple(lang for lang in LANGS if all(lang in each for each in banks.values()))
    if common:
        source.langs = common
        return
    said = "; ".join(f"{name} is in {' and '.join(langs)}" for name, langs in banks.items())
    hint = "no student could read all of it; leave one out, or write its texts in both"
    source.fault("exercises", f"{said}: {hint}")


def notes(refs: Iterable[str], known: Mapping[str, Chapter]) -> Iterator[str]:
    """Yield which bank leaves an assignment one language though another one has both."""
    used = {name: known[name].languages for ref in refs if (name := ref.partition("/")[0]) in known}
    for name, spoken in used.items() if len({*used.values()}) > 1 else ():
        if len(spoken) == 1:
            yield f"{name} is in {spoken[0]} only, and so is the assignment"


def twins(source: Source, exercises: Mapping[str, Exercise], known: Mapping[str, Chapter]) -> None:
    """Refuse a question that two banks have: a group would be asked and counted twice."""
    seen: dict[str, str] = {}
    for ref, exercise in exercises.items():
        # Whoever has a question under another id, as in a bank of his own, asks it all the same.
        first = seen.setdefault(version(exercise.raw | {"id": ""}), ref)
        home = first.partition("/")[0]
        if home != exercise.lesson and {home, exercise.lesson} & known.keys() - {OWN}:
            source.fault("exercises", f"{ref!r} asks the same as {first!r}; remove one", ref)


def credits_of(refs: Iterable[str], known: Mapping[str, Chapter]) -> list[keyfile.Credit]:
    """Return whose questions an assignment has, each with the references to them.

    Parameters
    ----------
    refs : iterable of str
        Of the assignment.
    known : mapping
        Its banks.
    """
    asked = {*refs}
    made: list[keyfile.Credit] = []
    for name, bank in known.items():
        for credit in bank.credits:
            theirs = [f"{name}/{each}" for each in credit.exercises]
            if taken := [ref for ref in theirs if ref in asked]:
                plain: Any = credit.plain(taken)
                made.append(plain)
    return made
