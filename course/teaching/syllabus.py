"""The syllabus: ``lessons/syllabus.toml``, in which loads and weights stand once.

Titles and outcomes are those of the lessons; the scale of grades is that of the exported sheets.
"""

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from course import paths
from course.teaching import TeachingError
from course.texts import LANGS

Pair = dict[str, str]  # one text in both languages


class Load(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Hours of one kind of work: for each lesson, or once."""

    text: Pair
    kind: Literal["class", "lesson", "capstone", "own"]
    hours: float = 0
    hours_a_lesson: float = 0

    def total(self, lessons: int) -> float:
        """Return the hours of the whole course."""
        return self.hours + self.hours_a_lesson * lessons


class Weight(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Points of a hundred for one kind of work, and how it is assessed."""

    points: int
    title: Pair
    text: Pair


class Week(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What a week brings beside its lesson; the weeks after the lessons have nothing else."""

    number: int
    text: Pair


class Syllabus(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """All that the syllabus says of its own."""

    credits: int
    hours_a_credit: int
    class_minutes: int
    admission: int
    about: Pair
    needs: Pair
    load: list[Load]
    weight: list[Weight]
    week: list[Week]
    outcome: list[Pair]
    rule: list[Pair]

    @property
    def hours(self) -> int:
        """Hours of the whole course."""
        return self.credits * self.hours_a_credit


@cache
def read(path: Path | None = None) -> Syllabus:
    """Read the syllabus and make sure that it adds up.

    Parameters
    ----------
    path : pathlib.Path, optional
        Another file than the course's own.

    Raises
    ------
    TeachingError
        When loads are not the hours of the credits, or weights not a hundred.

    Examples
    --------
    >>> syllabus = read()
    >>> syllabus.credits, syllabus.hours, sum(weight.points for weight in syllabus.weight)
    (4, 120, 100)
    """
    path = path or paths.shared("lessons") / "syllabus.toml"
    try:
        syllabus = msgspec.convert(tomllib.loads(path.read_text("utf-8")), Syllabus)
    except ValueError as error:
        raise TeachingError(f"{path.name}: {error}") from None
    hours = sum(load.total(lessons()) for load in syllabus.load)
    if hours != syllabus.hours:
        raise TeachingError(f"{path.name}: loads make {hours:g} hours, credits {syllabus.hours}")
    points = sum(weight.points for weight in syllabus.weight)
    if points != 100:
        raise TeachingError(f"{path.name}: weights make {points}, not 100")
    if half := next(halves(syllabus), None):
        raise TeachingError(f"{path.name}: {half}")
    return syllabus


def halves(part: object) -> Iterator[str]:
    """Yield a sentence for every text that does not stand in both languages.

    Examples
    --------
    >>> list(halves([{"uk": "Так", "en": "Yes"}]))
    ["write uk and ru, not uk and en: 'Так'"]
    """
    if isinstance(part, dict):
        if set(part) != set(LANGS) or not all(words.strip() for words in part.values()):
            words = next(iter(part.values()), "")[:40]
            yield f"write {' and '.join(LANGS)}, not {' and '.join(part)}: {words!r}"
    elif isinstance(part, list):
        for inner in part:
            yield from halves(inner)
    elif isinstance(part, msgspec.Struct):
        for field in part.__struct_fields__:
            yield from halves(getattr(part, field))


def lessons() -> int:
    """Return how many lessons have a class."""
    return len(list(paths.shared("lessons").glob("[0-9]*/seminar.toml")))
