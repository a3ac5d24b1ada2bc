"""How firmly a learner stands, by concept and by outcome: what came out best, still remembered.

The mastery of an exercise is the best share of its points times the chance, by FSRS, that it is
still remembered; what was not done is 0. A group's is the mean of what a program can mark.
"""

from collections.abc import Iterable
from datetime import datetime

from course import review
from course.exercises import Exercise
from course.record import Record

Pair = tuple[Record, Exercise]


def of(record: Record, exercise: Exercise, now: datetime) -> float:
    """Return the mastery of one exercise, from 0 to 1; ``now`` is in UTC.

    What code computes is not asked again, so that nothing is known of its forgetting.
    """
    known = review.item(record, exercise, now)
    return record.result(exercise).fraction * (known.recall(now) if known else 1.0)


def mean(pairs: Iterable[Pair], now: datetime) -> float | None:
    """Return the mastery of a group, from 0 to 1; ``None`` when a program can mark nothing of it.

    Parameters
    ----------
    pairs : iterable of tuple of course.record.Record, course.exercises.Exercise
    now : datetime.datetime
        UTC.
    """
    each = [of(*pair, now) for pair in pairs if not pair[1].kind.by_person]
    return sum(each) / len(each) if each else None


def concepts(records: Iterable[Record]) -> dict[str, list[Pair]]:
    """Return the exercises that train each concept of which at least one was answered, by its id.

    Written work is left out: no program marks it.
    """
    trained: dict[str, list[Pair]] = {}
    for record in records:
        for exercise in record.chapter.exercises.values():
            for concept in () if exercise.kind.by_person else exercise.get("covers", ()):
                trained.setdefault(concept, []).append((record, exercise))
    return {
        concept: pairs
        for concept, pairs in trained.items()
        if any(record.result(exercise).done for record, exercise in pairs)
    }
