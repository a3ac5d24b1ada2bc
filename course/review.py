"""What a learner is about to forget: the journal replayed through FSRS, and what to ask again."""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from course.exercises import Exercise
from course.record import Record, Try

if TYPE_CHECKING:
    from fsrs import Scheduler

CARDS = 4  # about five minutes
MINUTES = 1.5  # a card takes
SITTING = timedelta(hours=12)  # what is answered within it was remembered once
RETENTION = 0.9  # what falls below it is due; FSRS's own default
AGAIN, HARD, GOOD = 1, 2, 3  # FSRS's ratings; what is easy, no click tells
# The defaults of FSRS-6. Written here, so that another version of the library plans alike.
PARAMETERS = (
    *(0.212, 1.2931, 2.3065, 8.2956, 6.4133, 0.8334, 3.0194, 0.001, 1.8722, 0.1666, 0.796),
    *(1.4835, 0.0614, 0.2629, 1.6483, 0.6014, 1.8729, 0.5425, 0.0912, 0.0658, 0.1542),
)


@dataclass(frozen=True, slots=True)
class Memory:
    """What FSRS knows of one exercise.

    Attributes
    ----------
    last, due : datetime.datetime
        When it was last remembered or not, and when to ask again. UTC.
    stability : float
        Days until the chance to remember falls to 90 %.
    """

    last: datetime
    due: datetime
    stability: float

    def recall(self, now: datetime) -> float:
        """Return the chance that it is still remembered, from 0 to 1; ``now`` is in UTC."""
        from fsrs import Card

        card = Card(card_id=0, stability=self.stability, last_review=self.last)
        return _scheduler().get_card_retrievability(card, now)


@dataclass(frozen=True, slots=True)
class Item:
    """An answered exercise that can be asked again; without memory its answers have no date yet."""

    record: Record
    exercise: Exercise
    memory: Memory | None

    def due(self, now: datetime) -> bool:
        """Tell whether its day has come, in UTC, and the sitting that answered it is over."""
        if self.memory is None:
            return True
        over = now >= self.memory.last + SITTING
        return over and self.memory.due.date() <= now.date()

    def recall(self, now: datetime) -> float:
        """Return the chance that it is still remembered, from 0 to 1."""
        return self.memory.recall(now) if self.memory else 0.0


@cache
def _scheduler() -> "Scheduler":
    """Return FSRS as the course uses it: whole days and no dice."""
    from fsrs import Scheduler

    return Scheduler(
        PARAMETERS, RETENTION, learning_steps=(), relearning_steps=(), enable_fuzzing=False
    )


def rating(answer: Try) -> int:
    """Return what FSRS is told of the first answer of a sitting.

    Examples
    --------
    >>> at = "2026-11-21T20:55:08.000Z"
    >>> rating(Try(at, 1.0)), rating(Try(at, 1.0, helped=True)), rating(Try(at, 0.4))
    (3, 2, 1)
    """
    if answer.fraction == 1:
        return HARD if answer.helped else GOOD
    return HARD if answer.fraction >= 0.5 and not answer.helped else AGAIN


def ratings(tries: Iterable[Try], now: datetime) -> tuple[tuple[datetime, int], ...]:
    """Return the ratings of all sittings: each is rated by its first answer.

    Parameters
    ----------
    tries : iterable of course.record.Try
        By time.
    now : datetime.datetime
        Aware. An answer dated later, by a clock that was wrong, counts when its time has come.

    Returns
    -------
    tuple of tuple of datetime.datetime, int

    Examples
    --------
    >>> morning, noon, week = (f"2026-11-{day}.000Z" for day in ("02T08:00:00", "02T12:00:00",
    ...                                                          "09T08:00:00"))
    >>> tries = [Try(morning, 0.0), Try(noon, 1.0), Try(week, 1.0)]
    >>> [rated for _, rated in ratings(tries, datetime(2026, 12, 1, tzinfo=UTC))]
    [1, 3]
    """
    rated: list[tuple[datetime, int]] = []
    for answer in tries:
        time = answer.moment()
        if time and time <= now and (not rated or time >= rated[-1][0] + SITTING):
            rated.append((time, rating(answer)))
    return tuple(rated)


@lru_cache(10_000)
def memory(rated: tuple[tuple[datetime, int], ...]) -> Memory | None:
    """Return what is left of an exercise after its ratings; ``None`` without any.

    Examples
    --------
    >>> day = datetime(2026, 11, 2, 8, tzinfo=UTC)
    >>> str(memory(((day, GOOD),)).due.date()), str(memory(((day, AGAIN),)).due.date())
    ('2026-11-04', '2026-11-03')
    """
    if not rated:
        return None
    from fsrs import Card, Rating

    card = Card(card_id=0)
    for time, rate in rated:
        card, _ = _scheduler().review_card(card, Rating(rate), time)
    return Memory(rated[-1][0], card.due, card.stability or 0.0)


def again(exercise: Exercise) -> bool:
    """Tell whether an exercise is ever asked again: a program marks it, and no code answers it."""
    return not (exercise.kind.by_person or exercise.kind.computed)


def item(record: Record, exercise: Exercise, now: datetime) -> Item | None:
    """Return an exercise with its memory, or ``None`` when it was never answered."""
    tries = record.tries(exercise) if again(exercise) else ()
    return Item(record, exercise, memory(ratings(tries, now))) if tries else None


def items(records: Iterable[Record], now: datetime) -> list[Item]:
    """Return what was answered and can be asked again, in the order of the lessons.

    Parameters
    ----------
    records : iterable of course.record.Record
    now : datetime.datetime
        UTC.
    """
    return [
        known
        for record in records
        for exercise in record.chapter.exercises.values()
        if (known := item(record, exercise, now))
    ]


def first(answered: Iterable[Item], limit: int = CARDS) -> list[Item]:
    """Return what to ask first: what has been due the longest, then what soon will be.

    Parameters
    ----------
    answered : iterable of Item
    limit : int
        At most so many.
    """
    never = datetime.min.replace(tzinfo=UTC)

    def rank(known: Item) -> tuple[datetime, float]:
        return (known.memory.due, known.memory.stability) if known.memory else (never, 0.0)

    return sorted(answered, key=rank)[:limit]


def following(answered: Iterable[Item], now: datetime) -> tuple[date, int] | None:
    """Return the next day, in UTC, on which something will be due, and how much of it."""
    days = Counter(
        max(known.memory.due, now).date()
        for known in answered
        if known.memory and not known.due(now)
    )
    return min(days.items()) if days else None


def minutes(cards: int) -> int:
    """Return how long so many cards take, in whole minutes.

    Examples
    --------
    >>> minutes(4), minutes(7)
    (6, 11)
    """
    return math.ceil(MINUTES * cards)


def by_lesson(due: Iterable[Item]) -> list[tuple[Record, int]]:
    """Return how many of these exercises each lesson has."""
    records: dict[str, Record] = {}
    counts: Counter[str] = Counter()
    for known in due:
        slug = known.record.chapter.slug
        records[slug] = known.record
        counts[slug] += 1
    return [(records[slug], count) for slug, count in counts.items()]


def by_concept(due: Iterable[Item]) -> list[tuple[str, int]]:
    """Return how many of these exercises train each concept, by its id; the most first."""
    return Counter(
        concept for known in due for concept in known.exercise.get("covers", ())
    ).most_common()
