"""The plan of a class: ``seminar.toml`` beside a lesson, and every fault in it.

Titles of the steps and what is the same in every class stand in ``texts.toml``; a lesson says only
what is its own.
"""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec

from course.teaching import TeachingError, syllabus
from course.teaching.syllabus import Pair, halves


class Step(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A piece of the class; `text` is what this lesson adds to the usual words for its kind."""

    kind: Literal["entry", "case", "vote", "work", "roles", "debate", "again", "close"]
    minutes: int
    text: Pair | None = None


class Role(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Somebody of the case: who, what is wanted (shown to all), what only the player knows."""

    who: Pair
    wants: Pair
    knows: Pair


class Question(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A question without one right answer, and what the lecturer listens for."""

    text: Pair
    listen: Pair


class Trouble(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What usually goes wrong: how it sounds, and what helps."""

    sign: Pair
    help: Pair


class Seminar(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The plan of one class.

    Attributes
    ----------
    bring : dict
        What students have done, and what has to lie on the table.
    step, role, question, trouble : list
    hide : list of str
        Pictures of the lesson that stay off the slides.
    """

    bring: Pair
    step: list[Step]
    role: list[Role]
    question: list[Question]
    trouble: list[Trouble]
    hide: list[str] = []


def read(path: Path) -> Seminar:
    """Read one ``seminar.toml``.

    Raises
    ------
    TeachingError
        When it is missing or has a fault; the first one is named.
    """
    if not path.is_file():
        raise TeachingError(f"{path.parent.name} has no {path.name}")
    if fault := next(faults(path), None):
        raise TeachingError(f"{path.parent.name}/{path.name}: {fault}")
    return _converted(path)


def _converted(path: Path) -> Seminar:
    return msgspec.convert(tomllib.loads(path.read_text("utf-8")), Seminar)


def faults(path: Path) -> Iterator[str]:
    """Yield what is wrong with one ``seminar.toml``, a sentence each."""
    try:
        seminar = _converted(path)
    except (ValueError, RecursionError) as error:  # not TOML, or of another shape
        yield str(error)
        return
    yield from halves(seminar)
    whole, minutes = syllabus.read().class_minutes, sum(step.minutes for step in seminar.step)
    if minutes != whole:
        yield f"the steps take {minutes} minutes, a class has {whole}"
    if any(step.minutes <= 0 for step in seminar.step):
        yield "a step takes at least a minute"
    for name in ("role", "question", "trouble"):
        if len(getattr(seminar, name)) < 3:
            yield f"write at least three [[{name}]]"
