"""Does the length of an option give the answer away? Counted over the course, per language."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from course.exercises import Chapter, Exercise, Fault
from course.texts import LANGS

LEVEL = 0.05  # a pooled result less likely than this, by chance, is a fault


@dataclass(frozen=True)
class Longest:
    """How often the right option is the longest.

    Attributes
    ----------
    items : int
        Exercises with one right option.
    longest, expected : float
        How often the right one is longest (a tie counts its share), and how often by chance.
    p : float
        Probability of at least as many by chance.
    """

    items: int
    longest: float
    expected: float
    p: float


def longest(exercises: Iterable[Exercise], lang: str) -> Longest:
    """Count how often the right option of a `choice` is the longest.

    Parameters
    ----------
    exercises : iterable of Exercise
        Those with one right option are counted.
    lang : {"uk", "ru"}

    Returns
    -------
    Longest
        ``p`` is the upper tail of the Poisson binomial distribution, computed exactly.
    """
    count, chances = 0.0, []
    for exercise in exercises:
        lengths = _lengths(exercise, lang)
        if sum(right for right, _ in lengths) != 1:
            continue
        top = max(length for _, length in lengths)
        tied = [right for right, length in lengths if length == top]
        count += sum(tied) / len(tied)
        chances.append(1 / len(lengths))
    return Longest(len(chances), count, sum(chances), _at_least(chances, count))


def _at_least(chances: list[float], count: float) -> float:
    """Return how likely independent events with these chances happen at least so often."""
    counts = [1.0]
    for chance in chances:
        counts = [
            (counts[k] if k < len(counts) else 0.0) * (1 - chance)
            + (counts[k - 1] * chance if k else 0.0)
            for k in range(len(counts) + 1)
        ]
    return min(1.0, math.fsum(counts[math.ceil(count - 1e-9) :]))


def auc(exercise: Exercise, lang: str) -> float | None:
    """Return the share of (right, wrong) pairs in which the right option is longer; ties are half.

    Examples
    --------
    >>> option = lambda words, right: {"text": {"uk": words}, "right": right}
    >>> options = [option("довгий", True), option("ні", False), option("теж ні", False)]
    >>> auc(Exercise("x", {"option": options}), "uk")
    0.75
    """
    lengths = _lengths(exercise, lang)
    rights = [length for right, length in lengths if right]
    wrongs = [length for right, length in lengths if not right]
    if not rights or not wrongs:
        return None
    wins = sum((right > wrong) + (right == wrong) / 2 for right in rights for wrong in wrongs)
    return wins / (len(rights) * len(wrongs))


def pooled(exercises: Iterable[Exercise], lang: str) -> float:
    """Return how likely the lengths of right and wrong options of all `multi` are by chance.

    The Mann-Whitney statistics of the exercises are added up; two-sided, by the normal
    approximation.
    """
    excess, variance = 0.0, 0.0
    for exercise in exercises:
        share, lengths = auc(exercise, lang), _lengths(exercise, lang)
        rights = sum(right for right, _ in lengths)
        if share is not None and rights > 1:
            wrongs = len(lengths) - rights
            excess += (share - 0.5) * rights * wrongs
            variance += rights * wrongs * (len(lengths) + 1) / 12
    return math.erfc(abs(excess) / math.sqrt(2 * variance)) if variance else 1.0


def _lengths(exercise: Exercise, lang: str) -> list[tuple[bool, int]]:
    return [
        (bool(option.get("right")), len(option["text"][lang]))
        for option in exercise.get("option", ())
    ]


def faults(chapters: Iterable[Chapter]) -> Iterator[Fault]:
    """Yield what the lengths of options give away: over the course, and in any single `multi`."""
    lessons = list(chapters)
    listed = [exercise for chapter in lessons for exercise in chapter.exercises.values()]
    for lang in LANGS:
        single = longest(listed, lang)
        if single.p < LEVEL:
            message = (
                f"{lang}: the right option is the longest in {single.longest:g} of {single.items} "
                f"exercises; by chance {single.expected:.1f} (p = {single.p:.3f})"
            )
            yield Fault("lessons", 1, "", "option", message)
        if (p := pooled(listed, lang)) < LEVEL:
            message = (
                f"{lang}: in exercises with several right options length tells right from wrong "
                f"(p = {p:.3f})"
            )
            yield Fault("lessons", 1, "", "option", message)
        for chapter in lessons:
            for exercise in chapter.exercises.values():
                several = sum(right for right, _ in _lengths(exercise, lang)) > 1
                if several and auc(exercise, lang) in (0.0, 1.0):
                    name = f"{chapter.folder.name}/exercises.toml"
                    message = (
                        f"{lang}: every right option is longer than every wrong one, or shorter; "
                        "mix the lengths"
                    )
                    yield Fault(name, 1, exercise.id, "option", message)


def warnings(chapters: Iterable[Chapter]) -> Iterator[str]:
    """Yield a line for every lesson whose right option is the longest too often."""
    for chapter in chapters:
        for lang in LANGS:
            single = longest(chapter.exercises.values(), lang)
            if single.longest > single.expected + 1:
                yield (
                    f"{chapter.folder.name}: {lang}: the right option is the longest "
                    f"in {single.longest:g} of {single.items} exercises "
                    f"(by chance {single.expected:.1f})"
                )
