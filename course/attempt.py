"""What a learner may do now with an exercise, and what counts: the rules of attempts, pure.

The card shows what this decides; nothing here knows of files, clocks or languages.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeGuard

from course.exercises import Exercise
from course.kinds import Score

SOLUTION_AFTER = 3  # attempts, where their number has no limit


@dataclass(frozen=True, slots=True)
class Rules:
    """What an exercise allows.

    Attributes
    ----------
    limit : int
        Attempts; 0 is without limit.
    hints : int
        How many there are.
    by_person : bool
        Somebody has to read it: it is saved, not checked, and never used up.
    computed : bool
        It comes from code: run again it hands over the same, so there is no new start.
    graded : bool
        It belongs to an assignment: no hints, no solution, no new start.
    """

    limit: int
    hints: int = 0
    by_person: bool = False
    computed: bool = False
    graded: bool = False


@dataclass(frozen=True, slots=True)
class Now:
    """Where a learner stands.

    Attributes
    ----------
    answered, changed : bool
        An answer is kept; something was typed since.
    attempts, hints : int
        Used since the last new start.
    shown : bool
        The solution was shown since the last new start.
    state : str
        Of the kept answer, as in ``course.kinds.Score``; "unattempted" when there is none.
    succeeded : bool
        It was right at least once, ever.
    done : bool
        It was answered at least once, ever; written work is done when it is whole.
    """

    answered: bool = False
    changed: bool = False
    attempts: int = 0
    hints: int = 0
    shown: bool = False
    state: str = "unattempted"
    succeeded: bool = False
    done: bool = False


@dataclass(frozen=True, slots=True)
class May:
    """What is allowed now; without ``answer`` the solution or a new start is the way on."""

    answer: bool
    hint: bool
    solution: bool
    reset: bool


def rules(exercise: Exercise, graded: bool = False) -> Rules:
    """Return what an exercise allows; code may be run as often as one likes.

    Examples
    --------
    >>> rules(Exercise("levels", {"kind": "choice", "hint": [{}]}))
    Rules(limit=3, hints=1, by_person=False, computed=False, graded=False)
    """
    kind = exercise.kind
    limit = 0 if (kind.by_person or kind.computed) and not graded else exercise.attempts
    return Rules(limit, len(exercise.get("hint", ())), kind.by_person, kind.computed, graded)


def may(rules: Rules, now: Now) -> May:
    """Decide what a learner may do.

    After a success everything stays open: the best result counts, so playing on costs nothing.
    Otherwise a shown solution ends the attempts until a new start. Written work can be saved, and
    code run, at any time; the sample is for those who wrote it whole, or tried several times.

    Examples
    --------
    >>> may(Rules(limit=3), Now(answered=True, attempts=3, state="wrong"))
    May(answer=False, hint=False, solution=True, reset=True)
    >>> may(Rules(limit=3), Now(answered=True, attempts=3, state="right", succeeded=True)).answer
    True
    """
    left = not rules.limit or now.attempts < rules.limit
    if rules.graded:
        return May(answer=left, hint=False, solution=False, reset=False)
    free = now.succeeded or rules.by_person or rules.computed
    tried = now.attempts >= (rules.limit or SOLUTION_AFTER)
    written = now.state == "person" and now.done
    return May(
        answer=free or (left and not now.shown),
        hint=now.hints < rules.hints and not now.succeeded,
        solution=not now.shown and (now.succeeded or tried or written),
        reset=now.answered and not rules.computed and (now.shown or not rules.by_person),
    )


def status(rules: Rules, now: Now) -> str:
    """Return the word for where a learner stands.

    Returns
    -------
    str
        "untouched", "changed", "saved", "shown", or the state of the answer: "right", "partial",
        "wrong", "invalid".

    Examples
    --------
    >>> shown = Now(answered=True, state="wrong", shown=True)
    >>> status(Rules(limit=3), Now()), status(Rules(limit=3), shown)
    ('untouched', 'shown')
    """
    if now.changed:
        return "changed"
    if rules.graded:
        return "saved" if now.answered else "untouched"
    if now.shown and now.state not in ("right", "person"):
        return "shown"
    if now.state == "unattempted":
        return "untouched"
    return "saved" if now.state == "person" else now.state


@dataclass(frozen=True, slots=True)
class Result:
    """What counts: whether an answer could ever be read, and the best share of the points."""

    done: bool = False
    fraction: float = 0.0


def readable(score: Score | None) -> TypeGuard[Score]:
    """Tell whether an answer could be read, so that it counts as one."""
    return score is not None and score.state not in ("unattempted", "invalid")


def result(exercise: Exercise, scores: Iterable[Score | None]) -> Result:
    """Return what counts of all answers: the best. Written work is done when it is complete.

    Parameters
    ----------
    exercise : Exercise
    scores : iterable of Score or None
        In any order, new starts included.

    Examples
    --------
    >>> result(Exercise("levels", {"kind": "choice"}), [Score("right", 1.0), Score("wrong")])
    Result(done=True, fraction=1.0)
    """
    counted = [score for score in scores if readable(score)]
    done = [score for score in counted if score.state != "person" or exercise.kind.complete(score)]
    return Result(bool(done), max((score.fraction for score in counted), default=0.0))
