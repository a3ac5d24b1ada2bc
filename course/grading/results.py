"""Graded work: the one schema of ``graded.jsonl``, its one reader and its one writer.

Everything that comes after grading (pages, marking, the report, exports) knows this file and the
key.
"""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import msgspec

from course.grading import GradingError

FILE = "graded.jsonl"
# The order of the words is the order in every table; a report numbers the states by it.
State = Literal["right", "partial", "wrong", "invalid", "person", "missing", "unattempted"]
Flag = Literal[
    "ok", "no-submission", "another-student", "another-packet", "tampered", "wrong-assignment",
    "unknown-student", "unknown-folder", "mistyped-id", "another-group", "no-identity",
    "identity-changed", "duplicate", "spec-changed",
    "malformed", "torn-lines", "wrong-file", "nested-archive", "bad-archive", "too-large",
    "too-many", "symlink", "path", "unreadable", "no-receipt", "late", "after-closing",
    "over-limit", "over-time", "clock", "other-exercises", "not-drawn",
]  # fmt: skip
Decision = Literal[
    "drop", "accept", "credit", "adjust", "bonus", "extension", "attempts", "time", "numbers"
]
STATES: tuple[State, ...] = get_args(State)
FLAGS: tuple[Flag, ...] = get_args(Flag)[1:]
EMPTY = ("missing", "unattempted")  # states of an exercise without an answer
Points = Annotated[float, msgspec.Meta(ge=0)]
Count = Annotated[int, msgspec.Meta(ge=0)]


class Answer(msgspec.Struct, kw_only=True):
    """What one student's answer to one exercise earns.

    Attributes
    ----------
    attempts : int
        Saves that used an attempt.
    state : str
        As in `course.kinds.Score`; "missing" when there is no answer that counts.
    points, maximum : float
        Less what lateness takes; both 0 when the lecturer took the exercise out afterwards.
    answer : object
        With the bank's ids; None also for a table too long to be kept.
    draw : int or None
        Which of the key's draws it answers; None where everybody has the same exercise.
    slip, marks, reason
        As in `course.kinds.Score`.
    """

    attempts: Count = 0
    state: State
    points: Points
    maximum: Points
    answer: Any = None
    draw: Count | None = None
    slip: Count | None = None
    marks: dict[str, bool] = {}
    reason: str | None = None


class Decided(msgspec.Struct, kw_only=True, omit_defaults=True, frozen=True):
    """What a lecturer decided after the exam, as far as it concerns a student.

    Attributes
    ----------
    exercise : str
        Empty when it concerns the whole work.
    points : float or None
        What an exercise is given, or what is added to the total.
    minutes : int or None
        How many a student has; 0 is without limit.
    group : str
        With whose numbers the answers are marked.
    reason : dict
        In both languages; empty when students are not to read it.
    """

    what: Decision
    date: str
    exercise: str = ""
    points: float | None = None
    attempts: int | None = None
    minutes: int | None = None
    group: str = ""
    closes: str | None = None
    reason: dict[str, str] = {}


class Work(msgspec.Struct, kw_only=True):
    """One student's graded work: a line of ``graded.jsonl``.

    Attributes
    ----------
    student, claimed : str
        Id on the roster; id as the student typed it.
    saved : str or None
        When the last answer that counts was saved, UTC, by the student's clock; a day that no
        calendar has is kept.
    minutes, over : int or None, int
        Whole minutes from naming oneself to that answer, where the assignment has a time limit; how
        many of them are over it.
    source : str or None
        The file that counts, as it was handed in.
    exercises : dict
        By reference, in the order of the key; what a pool did not give this student is not there.
    decided : list of Decided
        What was decided after the exam and changed something for this student.
    """

    student: str
    claimed: str
    name: str
    group: str
    email: str
    lang: Literal["uk", "ru"]
    flags: Annotated[list[Flag], msgspec.Meta(min_length=1)]
    receipt: str | None = None
    saved: str | None = None
    late_days: Count = 0
    minutes: Count | None = None
    over: Count = 0
    points: Points
    maximum: Points  # of this student's exercises
    source: str | None = None
    exercises: dict[str, Answer]
    decided: list[Decided] = []

    @property
    def listed(self) -> bool:
        """Whether the student is on the roster."""
        return "unknown-student" not in self.flags

    @property
    def handed(self) -> bool:
        """Whether anything came that could be read."""
        return "no-submission" not in self.flags

    @property
    def earned(self) -> float | None:
        """Points; None where nothing was handed in and nobody gave any by a decision."""
        given = any([each.what in ("adjust", "bonus") for each in self.decided])
        return self.points if self.handed or given else None

    @property
    def dropped(self) -> set[str]:
        """Exercises that the lecturer took out afterwards."""
        return {ref for ref, answer in self.exercises.items() if not answer.maximum}

    @property
    def waiting(self) -> int:
        """How many written answers still wait for a person."""
        return sum([a.state == "person" and a.maximum > 0 for a in self.exercises.values()])


_decode = msgspec.json.Decoder(Work).decode
line = msgspec.json.Encoder().encode  # a line is this and a newline


def read(folder: str | Path, refs: Collection[str] = ()) -> Iterator[Work]:
    """Yield everybody's work, in the order of the roster, of what `course grade` wrote.

    Parameters
    ----------
    folder : path-like
    refs : collection of str
        Exercises that whoever handed something in must have: `keyfile.common` of a key.

    Raises
    ------
    GradingError
        When the file is missing; or naming the line that is damaged, or about somebody who stands
        there already.
    """
    path = Path(folder) / FILE
    if not path.is_file():
        said = "run course grade, and name the folder that it wrote"
        raise GradingError(f"there is no {path}; {said}")
    seen = set[int]()  # of ids their hashes: a stream of a million costs little
    with open(path, "rb") as file:
        for number, data in enumerate(file, 1):
            try:
                work = _decode(data)
            except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
                said = f"{path}:{number}: not what course grade writes ({error}); run it again"
                raise GradingError(said) from None
            lost = [ref for ref in refs if ref not in work.exercises] if work.saved else ()
            if lost:
                raise GradingError(f"{path}:{number}: {lost[0]} is missing; run course grade again")
            if work.listed and hash(work.student) in seen:
                said = f"{path}:{number}: {work.student} stands there twice"
                raise GradingError(f"{said}; run course grade again")
            if work.listed:
                seen.add(hash(work.student))
            yield work
