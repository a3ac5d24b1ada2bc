"""`course export`: one file of this folder for each system that exercises or grades go to.

A file says its ``NAME`` (what stands after ``--to``), ``TAKES`` ("questions", "grades", "handout"
or "total"), ``ABOUT`` (for the help), ``ENDING`` (of the file, where ``--out`` names a folder), the
``options`` of its own, and ``write``, which returns the file's bytes and what to tell the lecturer.
"""

import pkgutil
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import NamedTuple, Protocol

from course.files import OUT, meant, write_meant

_SOURCES = {
    "questions": "a lesson's short name, a bank of exercises or an assignment's spec (TOML)",
    "grades": "the folder that course grade wrote",
    "handout": "a lesson's number or short name, to print",
    "total": "folders that course grade wrote, each with its weight: GRADES1=0.4 GRADES2=0.6; or "
    "a plan of the semester (TOML)",
}
CLASS = ("slides", "seminar", "syllabus")  # what `course.teaching` makes
_USUAL = {"questions": "moodle"}  # where they go when --to is not given


class Export(NamedTuple):
    """What a target makes: the bytes of the file, and lines for the console."""

    data: bytes
    said: Sequence[str]


class Target(Protocol):
    """What each file of this folder is."""

    NAME: str
    TAKES: str
    ABOUT: str
    ENDING: str

    def options(self, parser: ArgumentParser) -> None:
        """Add the target's own words to the command line."""

    def write(self, sources: Sequence[str], options: Namespace) -> Export:
        """Make the file; `GradingError` says why it cannot be made."""


@cache
def targets(takes: str) -> dict[str, Target]:
    """Return the targets for questions, grades or a total, by name.

    Examples
    --------
    >>> sorted(targets("grades")), sorted(targets("questions"))
    (['csv', 'ects', 'moodle'], ['moodle', 'qti'])
    """
    modules = [import_module(f"{__name__}.{m.name}") for m in pkgutil.iter_modules(__path__)]
    return {module.NAME: module for module in modules if getattr(module, "TAKES", "") == takes}


def main(words: Sequence[str]) -> int:
    """Run ``course export``; return 0, or 2 when nothing could be written."""
    words = list(words)
    if words[:1] == ["moodle"]:
        words[0] = "questions"
        print("`course export moodle` is now `course export questions`", file=sys.stderr)
    others = f"For the class: {', '.join(f'course export {name}' for name in CLASS)}."
    parser = ArgumentParser("course export", allow_abbrev=False, epilog=others)
    add = parser.add_argument
    said = "exercises; grades; a lesson to print; a sum of assignments; and for the class"
    add("what", choices=[*_SOURCES, *CLASS], help=said)
    add("source", nargs="+", help="; ".join(f"{what}: {said}" for what, said in _SOURCES.items()))
    add("--out", default="", metavar="PATH", help=OUT)
    target = _target(words)
    if target is None:
        listed = [(what, name, t.ABOUT) for what in _SOURCES for name, t in targets(what).items()]
        add("--to", help="; ".join(f"{what} to {name}: {said}" for what, name, said in listed))
        options = parser.parse_args(words)
        names = ", ".join(targets(options.what))
        parser.error(f"say where the {options.what} go: --to {names}")
    add("--to", help=target.ABOUT)
    target.options(parser)
    options = parser.parse_args(words)
    if len(options.source) > 1 and target.TAKES != "total":
        parser.error(f"name one source: {_SOURCES[target.TAKES]}")
    out = options.out
    options.out = meant(out, _name(target, options))
    export = target.write(options.source, options)
    write_meant(out, options.out, export.data)
    print(*export.said, f"{options.out} written", sep="\n")
    return 0


def _name(target: Target, options: Namespace) -> str:
    """Return what the file is called in a folder, ``moodle-levels.xml``: two sources, two files."""
    system = options.what if len(targets(options.what)) == 1 else target.NAME
    source = Path(options.source[0].split("=")[0]).resolve().stem
    lang = getattr(options, "lang", None)
    return "-".join(filter(None, (system, source, lang))) + f".{target.ENDING}"


def _target(words: Sequence[str]) -> Target | None:
    """Return the target that a command line names; the usual or only one needs no name."""
    parser = ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("what", nargs="?")
    parser.add_argument("--to")
    known = parser.parse_known_args(words)[0]
    listed = targets(known.what) if known.what in _SOURCES else {}
    only = next(iter(listed)) if len(listed) == 1 else ""
    return listed.get(known.to or _USUAL.get(known.what, only))
