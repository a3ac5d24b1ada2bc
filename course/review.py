"""What to ask again of earlier lessons: what was never right, then what is longest ago."""

from collections.abc import Iterable

from course.exercises import Exercise
from course.record import Record

CARDS = 4  # about five minutes


def first(records: Iterable[Record], limit: int = CARDS) -> list[tuple[Record, Exercise]]:
    """Return the exercises that a learner should meet again first.

    A pure function of the journals: of what was answered and a program can mark, first what was
    never wholly right, then what is longest ago.

    Parameters
    ----------
    records : iterable of course.record.Record
        Of earlier lessons.
    limit : int
        At most so many.

    Returns
    -------
    list of tuple of course.record.Record, course.exercises.Exercise
    """
    answered = [
        (record, exercise)
        for record in records
        for exercise in record.chapter.exercises.values()
        if record.result(exercise).done and not (exercise.kind.by_person or exercise.kind.computed)
    ]

    def rank(pair: tuple[Record, Exercise]) -> tuple[bool, str]:
        record, exercise = pair
        return record.result(exercise).fraction == 1, record.of(exercise.id).time or ""

    return sorted(answered, key=rank)[:limit]
