"""What an answer is worth, and what kinds share to read one.

Everything that comes from a learner or a student is an untrusted plain JSON value: whatever
arrives, `Kind.score` returns a `Score`. A faulty *key* is the author's mistake and raises.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

LONGEST = 100_000  # characters of any text, entries of any list
PERSON = "person"  # the state of an answer that somebody has to read


class Invalid(Exception):
    """An answer that cannot be read; its argument is the reason code."""


@dataclass(frozen=True, slots=True)
class Score:
    """What one answer is worth and which feedback applies.

    Attributes
    ----------
    state : str
        "unattempted", "right", "partial", "wrong", "person" (somebody has to read it) or "invalid".
    fraction, points : float
        Share of the full mark, 0 to 1, and the marks.
    marks : Mapping
        Chosen id -> right? (`order`: on a place that it may take?)
    slip : int or None
        Which common wrong result was hit.
    detail : Mapping
        Counts for the message, e.g. ``{"right": 2, "of": 3}``.
    reason : str or None
        Why an answer is invalid, e.g. "unknown-option".
    """

    state: str
    fraction: float = 0.0
    points: float = 0.0
    marks: Mapping[str, bool] = field(default_factory=dict)
    slip: int | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Got:
    """One graded answer, as item statistics know it."""

    answer: Any
    state: str
    slip: int | None
    marks: Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class Mistake:
    """A row of the item statistics: words, who answered so, whether that is right (or None)."""

    label: str
    like: Callable[[Got], bool]
    right: bool | None = None


def ids(given: Any) -> list[Any]:
    """Return what was chosen as a list, a single id too."""
    return [given] if type(given) is str else list(given)


def need(condition: bool, reason: str) -> None:
    """Raise `Invalid` unless the condition holds."""
    if not condition:
        raise Invalid(reason)


def blank(words: Any) -> bool:
    r"""Tell whether a reader would see nothing: spaces, control and zero-width characters.

    >>> blank(" \u200b"), blank("а"), blank(0)
    (True, False, False)
    """
    return type(words) is str and not any(
        char.isprintable() and not char.isspace() for char in words
    )


def finite(value: Any) -> float:
    """Return a number of ours; raise `Invalid` for what is none."""
    if type(value) in (int, float) and -1e300 < value < 1e300:
        return float(value)
    need(type(value) in (int, float), "wrong-type")
    need(value == value and abs(value) != math.inf, "not-a-number")
    raise Invalid("too-large")


def known_ids(answer: Any, known: Iterable[str]) -> list[str]:
    """Return a list of different known ids; raise `Invalid` for anything else."""
    need(type(answer) in (list, tuple) and all(type(each) is str for each in answer), "wrong-type")
    names = set(known)
    need(all(each in names for each in answer), "unknown-option")
    need(len(set(answer)) == len(answer), "duplicate")
    return list(answer)


def filled(answer: Any, known: Iterable[str]) -> dict[str, str]:
    """Return those entries of a mapping from known ids to texts that are not blank."""
    need(type(answer) is dict and {*map(type, answer.values())} <= {str, type(None)}, "wrong-type")
    need(all(len(words or "") <= LONGEST for words in answer.values()), "too-large")
    return {
        each: answer[each] for each in known_ids([*answer], known) if not blank(answer[each] or "")
    }


def public_name(names: Mapping[str, str], name: Any) -> Any:
    """Return the bank's id of a public one; what no student saw stays unknown."""
    return names.get(name, f"?{name}"[:60]) if type(name) is str and name else name
