"""Satisfaction: four components, their importance and performance, recovery, who returns.

The components are those of T. Jones and W. E. Sasser (1995). Marks run from 1 to 7. The rule by
which marks become satisfaction and satisfaction becomes a return is a convention of this course:
the data set ``satisfaction_survey`` follows it. A number out of range raises ValueError.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum, sqrt
from statistics import fmean, median

COMPONENTS = ("core", "support", "recovery", "personal")
QUADRANTS = ("concentrate", "keep", "overkill", "low")  # clockwise from the upper left
LINES: dict[str, Callable[[Sequence[float]], float]] = {"mean": fmean, "median": median}
Z = 1.96  # of a 95 % interval
TOP = 7.0


def wilson(k: int, n: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (E. Wilson, 1927).

    Parameters
    ----------
    k, n : int
        How many of how many, 0 to n of at least 1.

    Returns
    -------
    tuple of float
        Both ends, from 0 to 1.

    Raises
    ------
    ValueError
        When k is not from 0 to n, or n is below 1.

    Examples
    --------
    >>> [round(end, 3) for end in wilson(4, 34)]
    [0.047, 0.266]
    """
    if not (n >= 1 and 0 <= k <= n):
        raise ValueError(f"k must be from 0 to n and n at least 1, not {k} of {n}")
    share = k / n
    middle = share + Z**2 / (2 * n)
    half = Z * sqrt(share * (1 - share) / n + Z**2 / (4 * n**2))
    scale = 1 + Z**2 / n
    return (middle - half) / scale, (middle + half) / scale


def wilson_percent(k: int, n: int) -> tuple[float, float]:
    """Return `wilson` with both ends in percent.

    Examples
    --------
    >>> [round(end, 1) for end in wilson_percent(4, 34)]
    [4.7, 26.6]
    """
    low, high = wilson(k, n)
    return 100 * low, 100 * high


def wilson_low(k: float, n: float) -> float:
    """Return the lower end of `wilson`, from 0 to 1.

    Examples
    --------
    >>> round(wilson_low(18, 20), 4)
    0.699
    """
    return wilson(int(k), int(n))[0]


def quadrant(importance: float, performance: float, line: float, column: float) -> str:
    """Return where an attribute lies on the map of J. Martilla and J. James (1977).

    Parameters
    ----------
    importance, performance : float
        Means of the attribute.
    line, column : float
        Cross-hairs: of importance, of performance. What lies on one counts as above it.

    Returns
    -------
    str
        One of QUADRANTS.

    Examples
    --------
    >>> quadrant(5.5, 4.6, line=5.3, column=5.1)
    'concentrate'
    """
    if importance >= line:
        return "keep" if performance >= column else "concentrate"
    return "overkill" if performance >= column else "low"


def adjusted_difference(a1: float, a0: float, b1: float, b0: float) -> float:
    """Return ``(a1 - a0) - (b1 - b0)``: a difference less that of a control group.

    Parameters
    ----------
    a1, a0 : float
        Means of those to whom it happened: well treated, badly treated.
    b1, b0 : float
        Means of the control group who gave the same marks.

    Examples
    --------
    >>> round(adjusted_difference(5.0, 3.4, 5.5, 4.8), 2)
    0.9
    """
    return (a1 - a0) - (b1 - b0)


def effect(component: str, mark: float, step: float, problem: bool) -> float:
    """Return by how much satisfaction changes when a mark of 1 to 7 goes up by ``step``.

    The mark stops at 7. The foundation works only below 6, personal service only above 4, recovery
    chiefly after a failure.

    Raises
    ------
    KeyError
        When there is no such component.

    Examples
    --------
    >>> [effect("core", mark, 1, False) for mark in (4, 5, 6)]
    [0.75, 0.75, 0.0]
    >>> round(effect("recovery", 3, 1, True), 2), round(effect("recovery", 3, 1, False), 2)
    (0.55, 0.05)
    """
    if not (1 <= mark <= TOP and step >= 0):
        raise ValueError(f"mark must be from 1 to 7 and step 0 or more, not {mark} and {step}")
    return _part(component, min(mark + step, TOP), problem) - _part(component, mark, problem)


def _part(component: str, mark: float, problem: bool) -> float:
    """Return what a mark contributes to satisfaction."""
    parts = {
        "core": 0.75 * min(mark - 6, 0),
        "support": 0.30 * mark,
        "recovery": (0.55 if problem else 0.05) * mark,
        "personal": 0.38 * max(mark - 4, 0),
    }
    return parts[component]


def return_chance(satisfaction: float, free: bool) -> float:
    """Return the chance (0 to 1) that a customer of this satisfaction comes back.

    Parameters
    ----------
    satisfaction : float
        On the scale of 1 to 7; what lies outside is taken for its end.
    free : bool
        Whether he can go to a rival.

    Examples
    --------
    >>> [round(return_chance(score, True), 2) for score in (4, 5, 6, 7)]
    [0.15, 0.29, 0.53, 0.9]
    >>> [round(return_chance(score, False), 2) for score in (4, 5, 6, 7)]
    [0.77, 0.82, 0.87, 0.92]
    """
    reach = (min(max(satisfaction, 1.0), TOP) - 1) / 6
    return 0.06 + 0.84 * reach**3.2 if free else 0.62 + 0.30 * reach


@dataclass(frozen=True)
class Answer:
    """What one customer said and did: marks by component, from 1 to 7."""

    importance: Mapping[str, float]
    performance: Mapping[str, float]
    problem: bool
    free: bool
    satisfaction: float
    returned: bool

    @classmethod
    def of(cls, row: Mapping[str, float]) -> "Answer":
        """Read a row of ``satisfaction_survey``, its values as numbers."""
        return cls(
            {name: row[f"imp_{name}"] for name in COMPONENTS},
            {name: row[f"perf_{name}"] for name in COMPONENTS},
            bool(row["had_problem"]),
            bool(row["competitive_market"]),
            row["overall_sat"],
            bool(row["repurchased"]),
        )


def rise(answers: Sequence[Answer], component: str, step: float) -> float:
    """Return by how much the mean chance of a return goes up, 0 to 1.

    Every one of the customers gives the component ``step`` marks more, up to 7.
    """
    return fmean(
        return_chance(
            answer.satisfaction
            + effect(component, answer.performance[component], step, answer.problem),
            answer.free,
        )
        - return_chance(answer.satisfaction, answer.free)
        for answer in answers
    )


def slopes(answers: Sequence[Answer]) -> dict[str, tuple[float, float]]:
    """Return for every component its slope and half of the 95 % interval of it.

    Ordinary least squares of satisfaction on the four marks of performance, all at once: by how
    many points satisfaction is higher where this mark is higher by one and the others are equal.

    Raises
    ------
    ValueError
        When there are fewer than ten answers.
    """
    if len(answers) < 10:
        raise ValueError(f"at least 10 answers are needed, not {len(answers)}")
    # Plain numbers: an instrument is to open without numpy.
    rows = [(1.0, *(a.performance[name] for name in COMPONENTS)) for a in answers]
    size = range(len(COMPONENTS) + 1)
    inverse = _inverse([[fsum(row[i] * row[j] for row in rows) for j in size] for i in size])
    sums = [
        fsum(row[i] * a.satisfaction for row, a in zip(rows, answers, strict=True)) for i in size
    ]
    found = [_dot(line, sums) for line in inverse]
    missed = fsum(
        (a.satisfaction - _dot(row, found)) ** 2 for row, a in zip(rows, answers, strict=True)
    )
    noise = missed / (len(answers) - len(found))
    return {
        name: (found[i], Z * sqrt(noise * inverse[i][i])) for i, name in enumerate(COMPONENTS, 1)
    }


def _dot(a: Sequence[float], b: Sequence[float]) -> float:
    return fsum(x * y for x, y in zip(a, b, strict=True))


def _inverse(matrix: list[list[float]]) -> list[list[float]]:
    """Return the inverse of a positive definite matrix, by Gauss and Jordan."""
    size = len(matrix)
    rows = [[*row, *(float(i == j) for j in range(size))] for i, row in enumerate(matrix)]
    for pivot in range(size):
        rows[pivot] = [value / rows[pivot][pivot] for value in rows[pivot]]
        for other in range(size):
            if other != pivot:
                times = rows[other][pivot]
                rows[other] = [
                    value - times * above
                    for value, above in zip(rows[other], rows[pivot], strict=True)
                ]
    return [row[size:] for row in rows]
