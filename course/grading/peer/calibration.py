"""What a reviewer's marks weigh, and what a plan earns: pure arithmetic, every rule of it ours.

Calibrating readers on samples marked by a teacher is a known idea: Calibrated Peer Review of O.
Chapman and M. Fiore (UCLA, about 2000) weighs each of its readers so. The formulas below are
conventions of this course. All marks are shares of the best level: 0 to 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass

HALF, WHOLE = 0.2, 0.5  # kappas from which on a reviewer weighs a half, and one
ENOUGH = 1.5  # weight of the reviewers who settle a mark
PLAIN = 0.1  # how far apart the lecturer's marks of two samples must lie on average
_SAME = 1e-9


@dataclass(frozen=True)
class Calibration:
    """How a reviewer marks the samples.

    Attributes
    ----------
    error : float
        Mean distance to the lecturer's marks.
    bias : float
        Mean difference: above 0 generous, below 0 severe.
    kappa : float
        Agreement with the lecturer: 1 everywhere, 0 as much as chance gives.
    """

    error: float
    bias: float
    kappa: float

    @property
    def weight(self) -> float:
        """What the marks of others weigh: 0, a half or 1.

        A reviewer marks some ten rows of samples, and so few cannot tell finer: in simulated
        classes (``benchmarks/peer.py``) the kappa itself as a weight does no better.

        >>> [Calibration(0.1, 0.0, kappa).weight for kappa in (0.1, 0.2, 0.5)]
        [0.0, 0.5, 1.0]
        """
        return 1.0 if self.kappa >= WHOLE else 0.5 if self.kappa >= HALF else 0.0


def calibration(given: Sequence[float], true: Sequence[float]) -> Calibration:
    """Compare a reviewer's marks of the samples with the lecturer's, row by row.

    Kappa is Cohen's with linear weights (J. Cohen, Psychological Bulletin 70, 1968, 213–220): 1 −
    the mean of |gᵢ − tᵢ| over the rows / the mean of |gᵢ − tⱼ| over all pairs of rows. Whoever
    agrees with the lecturer everywhere has 1; whoever gives one mark to everything, whichever it
    is, or marks without reading, has 0 or about that, since he comes no nearer than his marks dealt
    out at random would.

    Parameters
    ----------
    given, true : sequence of float
        Of the same rows, at least one.

    Examples
    --------
    Two samples, two criteria each. The lecturer gave 0 and 1/3, then 2/3 and 1; the reviewer 1/3
    and 1/3, then 2/3 and 1. One row of four is off by 1/3: 1/12 on average. All sixteen pairs are
    off by 18/48 on average, so kappa is 1 − (4/48) / (18/48) = 14/18.

    >>> one = calibration([1 / 3, 1 / 3, 2 / 3, 1], [0, 1 / 3, 2 / 3, 1])
    >>> round(one.error, 4), round(one.bias, 4), round(one.kappa, 4), one.weight
    (0.0833, 0.0833, 0.7778, 1.0)
    >>> calibration([1, 1, 1, 1], [0, 1 / 3, 2 / 3, 1]).kappa
    0.0
    """
    rows = len(true)
    apart = [abs(mine - yours) for mine, yours in zip(given, true, strict=True)]
    error, bias = sum(apart) / rows, (sum(given) - sum(true)) / rows
    chance = sum(abs(mine - yours) for mine in given for yours in true) / rows**2
    kappa = 1 - error / chance if chance > _SAME else 0.0
    return Calibration(error, bias, kappa if abs(kappa) > _SAME else 0.0)


def apart(one: Sequence[float], other: Sequence[float]) -> float:
    """Return how far the lecturer's marks of two samples lie apart: whether they can calibrate.

    It is the mean distance of all marks to their mean; samples marked alike tell a reader who reads
    from nobody.

    >>> apart([0, 0], [1, 1]), apart([0.5], [0.5])
    (0.5, 0.0)
    """
    marks = [*one, *other]
    mean = sum(marks) / len(marks)
    return sum(abs(mark - mean) for mark in marks) / len(marks)


def weighted_median(values: Sequence[tuple[float, float]]) -> float:
    """Return the value below and above which no more than half of the weight lies.

    Between two such values it is their middle.

    Parameters
    ----------
    values : sequence of (value, weight)
        At least one, weights above 0.

    Examples
    --------
    >>> weighted_median([(0, 0.3), (2, 0.9), (3, 0.4)])
    2
    >>> weighted_median([(1, 0.5), (2, 0.5)])
    1.5
    """
    ordered = sorted(values)
    half, below = sum(weight for _, weight in ordered) / 2, 0.0
    for place, (value, weight) in enumerate(ordered):
        below += weight
        if below > half + _SAME:
            return value
        if below >= half - _SAME:
            after = ordered[place + 1][0]
            return value if after == value else (value + after) / 2
    raise ValueError("no weight")


def spread(totals: Sequence[tuple[float, float]], mark: float) -> float:
    """Return how far the reviewers' totals lie from a plan's mark on average, by weight.

    Parameters
    ----------
    totals : sequence of (total, weight)
    mark : float
        The plan's mark, in the unit of the totals.

    Examples
    --------
    >>> spread([(4, 1.0), (6, 0.5), (8, 0.5)], 5)
    1.5
    """
    weight = sum(weight for _, weight in totals)
    return sum(abs(total - mark) * weight for total, weight in totals) / weight
