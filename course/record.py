"""What a learner has done in a lesson: the journal replayed, what is unsaved, and what counts."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from course import attempt, exercises
from course.answers import Journal, JournalError, Kept, learner_seed, moment, replay
from course.exercises import Chapter, Exercise, Values
from course.kinds import Key, Score
from course.texts import text

GIVEN = ("answer", "draft", "set")  # events that carry what a learner typed, chose or set
_TRYING = ("reset", "hint", "shown", "answer")  # of one moment, in this order
Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Unsaved:
    """What is on the screen and not on the disk: event, answer, since when (UTC), and why."""

    event: str
    answer: Any
    since: str
    reason: str


@dataclass(frozen=True, slots=True, order=True)
class Try:
    """One answer that could be read: when (UTC), its share of the points, with or without help.

    ``helped``: a hint or the solution was open.
    """

    time: str
    fraction: float
    helped: bool = False

    def moment(self) -> datetime | None:
        """Return when, aware; ``None`` for a time that no clock shows."""
        return moment(self.time)


class Record:
    """What one learner has done in one lesson.

    What could not be written counts for nothing: it waits in ``unsaved``, by exercise, until it is
    written.

    Parameters
    ----------
    chapter : course.exercises.Chapter
    folder : pathlib.Path
        Where the journals are.
    """

    seeded = True  # numbers are drawn with the learner's own seed

    def __init__(self, chapter: Chapter, folder: Path) -> None:
        self.chapter, self.folder = chapter, folder
        self.unsaved: dict[str, Unsaved] = {}
        self.kept: dict[str, Kept] = {}
        self._given: dict[str, list[tuple[Any, int]]] = {}  # every answer ever, with its draw
        self._keys: dict[tuple[str, str, int], Key] = {}
        self._scores: dict[str, list[Score | None]] = {}
        self._steps: dict[str, list[tuple[str, str]]] = {}  # time and event of every attempt
        self._tries: dict[str, tuple[Try, ...]] = {}
        self.journal = Journal(folder / f"{chapter.slug}.jsonl")
        self._generation: int | None = None
        self.refresh()

    def refresh(self) -> None:
        """Take in what any kernel has written since; a file put in another's place is read anew."""
        try:
            events = self.journal.refresh()
        except JournalError:
            events = []  # the next act that cannot be saved says why
        if self._generation != self.journal.generation:
            self.kept, self._given, self._scores = {}, {}, {}
            self._steps, self._tries = {}, {}
            self._generation = self.journal.generation
        for event in events:
            self.take(event)

    def take(self, event: Event) -> None:
        """Replay one event."""
        waits = self.unsaved.get(event["x"])
        if (
            waits
            and (waits.event, waits.answer) == (event["e"], event.get("a"))
            and event["t"] >= waits.since
        ):
            del self.unsaved[event["x"]]  # the system refused, and yet the line is there
        kept = replay(self.kept, event)
        if event["e"] in _TRYING:
            self._steps.setdefault(event["x"], []).append((event["t"], event["e"]))
            self._tries.pop(event["x"], None)
        if event["e"] == "answer":
            self._given.setdefault(event["x"], []).append((event.get("a"), kept.draw))

    def of(self, name: str) -> Kept:
        """Return what is kept of an exercise or an instrument."""
        return self.kept.get(name, Kept())

    def settings(self, name: str) -> dict[str, Any]:
        """Return what was set under a name: a guess, who hands in; nothing when it is damaged."""
        answer = self.of(name).answer
        return answer if isinstance(answer, dict) else {}

    def on_screen(self, name: str) -> Kept:
        """Return what is kept of an exercise, with what could not be saved as its draft."""
        kept, waits = self.of(name), self.unsaved.get(name)
        return replace(kept, draft=waits.answer) if waits else kept

    def write(self, name: str, event: str, answer: Any = None, lang: str = "uk") -> str | None:
        """Append one event; returns the sentence that says why it was not saved, or ``None``."""
        exercise, kept = self.chapter.exercises.get(name), self.of(name)
        now = datetime.now(UTC).isoformat(timespec="milliseconds")[:23] + "Z"
        try:
            if exercise and exercise.drawn and self.seeded:
                # An answer is worth nothing without the numbers it answers.
                learner_seed(self.folder, seed(str(self.folder)))
            digest = exercise.digest if exercise else None
            self.journal.append(name, event, answer, lang=lang, digest=digest, draw=kept.draw)
        except JournalError as error:
            reason = text(f"journal.{error.reason}", lang, path=str(error.path))
            if event in GIVEN:
                self.unsaved[name] = Unsaved(event, answer, now, reason)
            return reason
        if event in GIVEN or event == "reset":
            self.unsaved.pop(name, None)
        self.refresh()
        return None

    def values(self, exercise: Exercise, number: int | None = None) -> Values:
        """Return the numbers that the learner sees, or those of another draw."""
        if not exercise.drawn:
            return {}
        number = number or self.of(exercise.id).draw
        return exercises.draw(exercise, seed(str(self.folder)), number)

    def key(self, exercise: Exercise, number: int) -> Key:
        """Return the key of one draw; made once."""
        name = exercise.id, exercise.digest, number
        if name not in self._keys:
            self._keys[name] = exercises.key(exercise, self.values(exercise, number))
        return self._keys[name]

    def score(self, exercise: Exercise, answer: Any, number: int) -> Score | None:
        """Return the score of an answer to one draw; ``None`` when there is no answer."""
        if answer is None:
            return None
        return exercise.kind.score(self.key(exercise, number), answer, exercise.points)

    def latest(self, exercise: Exercise) -> Score | None:
        """Return the score of the answer that is kept."""
        scores = self._scored(exercise)
        return scores[-1] if scores and self.of(exercise.id).answer is not None else None

    def result(self, exercise: Exercise) -> attempt.Result:
        """Return what counts: whether it was ever done, and the best share of points."""
        return attempt.result(exercise, self._scored(exercise))

    def recent(self, exercise: Exercise) -> attempt.Result:
        """Return what counts of the answers since the last new start."""
        scores = self._scored(exercise)
        start = len(scores) - self.of(exercise.id).attempts
        return attempt.result(exercise, scores[start:])

    def tries(self, exercise: Exercise) -> tuple[Try, ...]:
        """Return every answer that could be read, by time: the order of the lines is no matter."""
        if exercise.id not in self._tries:
            self._tries[exercise.id] = tuple(self._tried(exercise))
        return self._tries[exercise.id]

    def _tried(self, exercise: Exercise) -> Iterator[Try]:
        scores, steps = iter(self._scored(exercise)), []
        for time, event in self._steps.get(exercise.id, ()):
            score = next(scores) if event == "answer" else None
            if event != "answer" or attempt.readable(score):
                steps.append((time, _TRYING.index(event), score.fraction if score else 0.0))
        helped = False
        for time, rank, fraction in sorted(steps):
            if _TRYING[rank] == "answer":
                yield Try(time, fraction, helped)
            else:
                helped = _TRYING[rank] != "reset"

    def _scored(self, exercise: Exercise) -> list[Score | None]:
        """Return the scores of all answers ever given, in their order; each is computed once."""
        given = self._given.get(exercise.id, [])
        scores = self._scores.setdefault(exercise.id, [])
        scores += [self.score(exercise, *answer) for answer in given[len(scores) :]]
        return scores


@cache
def _proposed(folder: str) -> str:
    return os.urandom(16).hex()


@cache
def _kept(folder: str) -> str:
    return learner_seed(folder, _proposed(folder))


def seed(folder: str) -> str:
    """Return the learner's seed; while it cannot be written, the one that will be kept."""
    try:
        return _kept(folder)
    except JournalError:
        return _proposed(folder)
