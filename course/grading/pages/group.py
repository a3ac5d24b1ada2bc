"""Graded works as arrays: what a group answered."""

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course.exercises import Exercise, chapter
from course.grading import GradingError, results
from course.grading.keyfile import Public, common, read_key, read_public
from course.grading.results import STATES, Decided, Work
from course.kinds import Got

Alike = tuple[Hashable, str, int | None]  # what an answer says, its state, its slip
_PARTS = ("option", "item", "row")  # of a student's copy: under ids that the grades do not use
_PERSONAL = {"adjust", "bonus", "extension", "attempts", "time", "numbers"}
_STRANGE = "answers do not fit assignment.json; course grade writes both: run it again"


class Group:
    """Students × exercises; `points` are shares of the full mark before lateness.

    Parameters
    ----------
    folder : path-like
        What `course grade` wrote.
    key : path-like, optional
        The private folder; without it the lecturer's own exercises have no words for their options
        and outcomes.

    Raises
    ------
    GradingError, OSError
        When the folder is not what `course grade` writes.

    Attributes
    ----------
    places : dict
        Exercise -> its number as students see it.
    decided : dict
        What was decided after the exam, with how many students it concerns; what is of single
        students has neither day nor reason.
    numbers : list of int
        Of the exercises that count, as students see them.
    students, units : list of str
        Of each row: the student's id and academic group.
    minutes, over : list of int
        How long each took, where there is a time limit; how much longer than it, if anybody.
    listed : Counter
        How many students of each academic group the roster has.
    bare : list of bool
        Whether of an exercise only the students' copy is known.
    said : list of dict
        Of each exercise: what says the same -> (its number in `answers`, an example).
    dealt : Counter
        How many students of the roster each exercise was given to.
    given : array of bool
        Students × exercises: whether it is theirs. Where a pool gave them another one, points are
        NaN and the state is -1: that is no answer, not even none.
    closed : array of bool
        Exercises that somebody has, and in which nobody has to mark an answer yet.
    earned, full : array
        Points before lateness and full marks in these, NaN and 0 where they are not a student's.
    totals : array
        Everybody's share of the points in them.
    pools : dict
        Places of the exercises of each pool.
    """

    def __init__(self, folder: str | Path, key: str | Path | None = None) -> None:
        self.folder, self.about = Path(folder), read_public(Path(folder) / "assignment.json")
        known = Path(key or folder)
        private = read_key(known) if key or (known / "key.json").is_file() else None
        self.outcomes = {
            (lesson, name): words
            for lesson, each in (private.get("outcomes", {}) if private else {}).items()
            for name, words in each.items()
        }
        self.credits = private.get("credits", []) if private else []
        self.banks = private.get("banks", []) if private else []
        entries: Sequence[Mapping[str, Any]] = (private or self.about)["exercises"]
        dropped = _dropped(folder, self.about)
        self.places = {entry["ref"]: n for n, entry in enumerate(entries, 1)}
        self.numbers = [n for n, entry in enumerate(entries, 1) if entry["ref"] not in dropped]
        self.entries = [entries[number - 1] for number in self.numbers]
        self.refs = [entry["ref"] for entry in self.entries]
        self.exercises = [_exercise(entry) for entry in self.entries]
        self.bare = [exercise.get("bare", False) for exercise in self.exercises]
        self.maxima = np.array([float(entry["points"]) for entry in self.entries])
        self.names: list[str] = []
        self.students: list[str] = []
        self.units: list[str] = []
        self.listed: Counter[str] = Counter()
        self.dealt: Counter[str] = Counter()
        self.late: list[int] = []
        self.minutes: list[int] = []
        self.over: list[int] = []
        self.flags: Counter[str] = Counter()
        self.roster = self.gone = 0
        self.decided: dict[str, tuple[Decided, int]] = {}
        self.said: list[dict[Alike, tuple[int, Got]]] = [{} for _ in self.refs]
        everybody = [ref for ref in common(self.about) if ref in self.refs]
        rows = [row for row in map(self._row, results.read(folder, everybody)) if row]
        table = np.array(rows, float).reshape(len(rows), len(self.refs), 4)
        self.points = table[..., 0]
        self.states, self.answers, self.variants = np.moveaxis(table[..., 1:].astype(int), 2, 0)
        self.given = self.states >= 0
        waits = np.isnan(self.points) & self.given
        self.closed = ~waits.any(0) & (self.given.any(0) | (not rows))
        self.earned = (self.points * self.maxima)[:, self.closed]
        self.full = (self.given * self.maxima)[:, self.closed]
        sums, most = np.nansum(self.earned, 1), self.full.sum(1)
        self.totals = sums / np.where(most > 0, most, 1)
        self.pools = {
            pool["id"]: [self.refs.index(ref) for ref in pool["from"] if ref in self.refs]
            for pool in self.about.get("pools", ())
        }
        self.singles, self.wholes = self._wholes()

    def _wholes(self) -> tuple[NDArray[np.int_], NDArray[np.float64]]:
        """Return places of exercises that everybody has, and the points in what everybody has.

        That are these exercises, and then each pool as one: everybody has as much of it.
        """
        pooled = {slot for slots in self.pools.values() for slot in slots}
        singles = [slot for slot in np.nonzero(self.closed)[0] if slot not in pooled]
        columns = [self.points[:, slot] * self.maxima[slot] for slot in singles]
        for pool in self.about.get("pools", ()):
            slots = self.pools[pool["id"]]
            most = (self.given * self.maxima)[:, slots].sum(1)
            had = self.given[:, slots].any(0)
            if self.closed[slots][had].all() and most.all() and len(slots):
                share = np.nansum((self.points * self.maxima)[:, slots], 1) / most
                columns.append(share * self.maxima[slots[0]] * pool["take"])
        table = np.array(columns, float).reshape(len(columns), len(self.points))
        return np.array(singles, int), table.T

    def _row(self, work: Work) -> list[tuple[float, int, int, int]]:
        self.flags.update(work.flags)
        if not work.listed:
            return []
        for each in work.decided:
            if each.what in _PERSONAL:
                each = Decided(what=each.what, date="", exercise=each.exercise)
            count = self.decided.get(repr(each), (each, 0))[1]
            self.decided[repr(each)] = each, count + 1
        late = self.about["late"]
        factor = 1 - work.late_days * late["percent_per_day"] / 100 if late else 1.0
        self.roster += 1
        self.dealt.update(work.exercises.keys())
        self.listed[work.group] += 1
        self.late += [work.late_days] * bool(work.late_days)
        self.minutes += [] if work.minutes is None else [work.minutes]
        self.over += [work.over] * bool(work.over)
        if not work.saved:
            return []
        if factor <= 0:
            self.gone += 1
            return []
        self.students.append(work.student)
        self.units.append(work.group)
        self.names.append(f"{work.name} ({work.student})".strip())
        given = {each.exercise for each in work.decided if each.what == "adjust"}
        return [
            self._cell(slot, work, 1.0 if ref in given else factor)
            for slot, ref in enumerate(self.refs)
        ]

    def _cell(self, slot: int, work: Work, factor: float) -> tuple[float, int, int, int]:
        """Return points, state, number of the answer and of its draw."""
        answer, code = work.exercises.get(self.refs[slot]), -1
        if answer is None:
            return np.nan, -1, -1, 0
        if answer.state in STATES[:3] and not self.exercises[slot].kind.by_person:
            got = Got(answer.answer, answer.state, answer.slip, answer.marks)
            alike = self._alike(slot, got), got.state, got.slip
            code = self.said[slot].setdefault(alike, (len(self.said[slot]), got))[0]
        share = min(1.0, answer.points / factor / self.maxima[slot])
        if answer.state == "person":
            share = np.nan
        return share, STATES.index(answer.state), code, answer.draw or 0

    def _alike(self, slot: int, got: Got) -> Hashable:
        """Return what answers that say the same have in common.

        None for a table too long to have been kept.
        """
        exercise = self.exercises[slot]
        if got.answer is None:
            return None if got.slip is None else f"slip {got.slip}"
        if self.bare[slot]:
            return repr(got.answer)
        if exercise.kind.readable(exercise.raw, got.answer).state != "person":
            raise GradingError(f"{self.folder}/graded.jsonl: {_STRANGE}")
        like: Hashable = exercise.kind.alike(exercise.raw, got.answer)
        return like

    def gots(self, slot: int) -> list[Got]:
        """Return the different answers to an exercise, by their numbers."""
        return [got for _, got in self.said[slot].values()]

    def who(self, slot: int, like: Callable[[Got], bool]) -> NDArray[np.bool_]:
        """Tell of each student whether the answer to an exercise is one that `like` takes."""
        chosen = np.array([*(bool(like(got)) for got in self.gots(slot)), False])
        of: NDArray[np.bool_] = chosen[self.answers[:, slot]]  # -1, no answer, is the last
        return of

    def mistakes(self) -> NDArray[np.int_]:
        """Return numbers for `statistics.alike`.

        They are equal for the same wrong answer to the same variant, else -1.
        """
        wrong = []
        for slot in range(len(self.refs)):
            counts = [
                alike[0] is not None and got.state != "right"
                for alike, (_, got) in self.said[slot].items()
            ]
            wrong.append(np.array([*counts, False])[self.answers[:, slot]])
        each = self.answers * (self.variants.max() + 1) + self.variants
        return np.where(np.transpose(wrong), each, -1)


def _dropped(folder: str | Path, about: Public) -> set[str]:
    """Return the exercises that the lecturer took out; whom a pool gave none of them knows none."""
    works = results.read(folder)
    if about.get("pools"):
        return set().union(*(work.dropped for work in works))
    anybody = next(works, None)
    return anybody.dropped if anybody else set()


def _exercise(entry: Mapping[str, Any]) -> Exercise:
    lesson, _, name = entry["ref"].partition("/")
    if "raw" in entry:
        return Exercise(lesson, entry["raw"])
    home = chapter(lesson)
    if home and name in home.exercises:
        return home.exercises[name]
    kept = {field: value for field, value in entry.items() if field not in _PARTS}
    return Exercise(lesson, {**kept, "bare": True})
