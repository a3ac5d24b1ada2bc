"""`course import`: questions from elsewhere become a lecturer's ``exercises.toml``.

A file of this folder is a format: its ``NAME`` (what stands after ``--from``), ``ABOUT``, ``takes``
(whether a file looks like it) and ``read``, which returns a `question.Question` for everything that
the file asks, and what to say of the whole. `bank` writes what they become.
"""

import errno
import os
import pkgutil
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from course.files import write_whole
from course.grading import GradingError
from course.grading.imports import bank
from course.grading.imports._text import LARGEST
from course.grading.imports.bank import Loss
from course.grading.imports.question import Question
from course.texts import LANGS

MOST = 10_000  # questions of one file
NAMED = 100  # characters of a question's name
SEVERAL = 3  # questions that lose the same are named in one line from the next on


class Format(Protocol):
    """What each file of this folder is."""

    NAME: str
    ABOUT: str

    def takes(self, name: str, data: bytes) -> bool:
        """Tell whether a file looks like this format."""

    def read(self, name: str, data: bytes) -> tuple[list[Question], list[str]]:
        """Return its questions; `GradingError` when it is no such file."""


@cache
def formats() -> dict[str, Format]:
    """Return the formats by name, the one that takes any text last.

    >>> list(formats())
    ['moodle', 'word', 'aiken', 'gift', 'list']
    """
    modules = [import_module(f"{__name__}.{m.name}") for m in pkgutil.iter_modules(__path__)]
    known = {module.NAME: module for module in modules if hasattr(module, "NAME")}
    first = ["moodle", "word", *sorted(known.keys() - {"moodle", "word", "list"}), "list"]
    return {name: cast(Format, known[name]) for name in first}


def read(path: Path, name: str | None = None) -> tuple[list[Question], list[str]]:
    """Return the questions of a file, and what to say of the whole.

    Raises
    ------
    GradingError
        When it cannot be read.
    """
    if path.stat().st_size > LARGEST:
        raise GradingError(
            f"{path}: more than {LARGEST >> 20} MiB; split it, or leave out pictures"
        )
    data = path.read_bytes()
    known = formats()
    which = name or next((each for each in known if known[each].takes(path.name, data)), "list")
    questions, notes = known[which].read(path.name, data)
    if len(questions) > MOST:
        raise GradingError(f"{path}: {len(questions)} questions; import at most {MOST} at once")
    for question in questions:
        question.name = question.name[:NAMED]
    return questions, notes


def main(words: Sequence[str]) -> int:
    """Run ``course import``; return 0, 1 when the exercises have faults, 2 without any."""
    known = formats()
    what = "Make exercises of a file of questions; say whatever does not come over."
    parser = ArgumentParser("course import", allow_abbrev=False, description=what)
    add = parser.add_argument
    add("file", type=Path, metavar="FILE", help="; ".join(each.ABOUT for each in known.values()))
    said = "the file to write (exercises.toml)"
    add("--out", type=Path, default=Path("exercises.toml"), metavar="EXERCISES", help=said)
    add("--lang", choices=LANGS, help="the language of the questions, when letters do not tell it")
    add("--from", dest="form", choices=known, help="the format, when the file does not tell it")
    options = parser.parse_args(words)
    if options.out.exists():
        said = f"{os.strerror(errno.EEXIST)}; nothing was written: name another with --out"
        raise GradingError(f"{options.out}: {said}")
    questions, notes = read(options.file, options.form)
    lang = options.lang or bank.language(questions)
    written = bank.write(questions, lang, options.file.name)
    report = [f"{options.file.name}: {note}" for note in notes]
    report += lines(options.file.name, written.losses)
    if not written.made:
        nothing = f"{options.file}: no question became an exercise, nothing written"
        raise GradingError("\n".join([*report, nothing]))
    write_whole(options.out, written.toml.encode())
    print(*report, *_summary(options.out, lang, len(questions), written), sep="\n")
    return _checked(options.out)


def lines(name: str, losses: Iterable[Loss]) -> Iterator[str]:
    """Yield a line for each loss; what many questions lose alike stands in one."""
    alike = dict[str, list[Loss]]()
    for loss in losses:
        alike.setdefault(loss.said, []).append(loss)
    for said, each in alike.items():
        if len(each) <= SEVERAL:
            yield from (f"{name}:{loss.line}: {loss.name}: {said}" for loss in each)
        else:
            where = ", ".join(str(loss.line) for loss in each[:30])
            more = ", …" if len(each) > 30 else ""
            yield f"{name}: {len(each)} questions (at {where}{more}): {said}"


def _summary(path: Path, lang: str, count: int, written: bank.Bank) -> Iterator[str]:
    lost = sum(loss.said.startswith("lost") for loss in written.losses)
    yield f"{path} written: {written.made} of {count} questions, language {lang}; losses: {lost}"
    yield f"lost: who wrote them, on what terms: write it in [about] before you share {path.name}"
    if written.fills:
        yield f"general texts: {written.fills}, each marked # {bank.FILL}: write your own there"


def _checked(path: Path) -> int:
    from course.authoring.checks import check

    faults = check(path)
    if faults:
        print(f"left to mend in {path}, as course check says:", *faults, sep="\n")
    return 1 if faults else 0
