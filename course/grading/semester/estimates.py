"""Means and differences with intervals: pure functions of shares and counts.

A family of comparisons shares its risk: with ``many`` comparisons each interval is so wide that
all of them together hold in at least 95 of 100 cases (Bonferroni).
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import fdtri, ndtri, stdtrit

from course.grading.pages.statistics import Floats, interval

_TAIL = 0.025
_MOST = 10
_NONE = (math.nan, math.nan)


class Estimate(NamedTuple):
    """A value with the ends of its interval, of so many students; NaN where it cannot be told."""

    value: float
    low: float
    high: float
    n: int

    @property
    def clear(self) -> bool:
        """Whether the interval leaves zero out."""
        return self.low > 0 or self.high < 0


def mean(values: Floats) -> Estimate:
    """Return the mean of shares with its 95 % interval, after Student (1908).

    Examples
    --------
    >>> [round(number, 3) for number in mean(np.array([0.4, 0.6, 0.8]))[:3]]
    [0.6, 0.103, 1.0]
    """
    n = len(values)
    if n < 2:
        return Estimate(float(values.mean()) if n else math.nan, *_NONE, n)
    half = stdtrit(n - 1, 1 - _TAIL) * values.std(ddof=1) / math.sqrt(n)
    middle = float(values.mean())
    return Estimate(middle, max(0.0, float(middle - half)), min(1.0, float(middle + half)), n)


def difference(ones: Floats, others: Floats, many: int = 1) -> Estimate:
    """Return mean of `ones` less mean of `others` with its interval, after Welch (1947).

    Parameters
    ----------
    ones, others : array of float
        Shares of different people, at least two each.
    many : int
        How many comparisons share the risk.

    Examples
    --------
    >>> ones, others = np.array([3.0, 5, 7]), np.array([1.0, 2, 3])
    >>> [round(number, 3) for number in difference(ones, others)[:3]]
    [3.0, -1.155, 7.155]
    """
    return gap(Sums.of(ones), Sums.of(others), many)


class Sums(NamedTuple):
    """How many values there are, their mean, their variance."""

    n: int
    mean: float
    variance: float

    @classmethod
    def of(cls, values: Floats) -> "Sums":
        """Return what some values say."""
        n = len(values)
        return cls(n, float(values.mean()), float(values.var(ddof=1)) if n > 1 else 0.0)

    def joined(self, other: "Sums") -> "Sums":
        """Return what both say together (Chan, Golub & LeVeque, 1983).

        Examples
        --------
        >>> Sums(2, 1.5, 0.5).joined(Sums(2, 3.5, 0.5))  # of 1, 2 and of 3, 4
        Sums(n=4, mean=2.5, variance=1.6666666666666667)
        """
        n = self.n + other.n
        if not self.n or not other.n:
            return self if self.n else other
        apart = other.mean - self.mean
        squares = sum(max(0, each.n - 1) * each.variance for each in (self, other))
        squares += apart**2 * self.n * other.n / n
        return Sums(n, self.mean + apart * other.n / n, squares / (n - 1))


def gap(one: Sums, other: Sums, many: int = 1) -> Estimate:
    """Return the difference of two means as `difference` does, from what is known of both."""
    n, middle = one.n + other.n, one.mean - other.mean
    parts = [each.variance / each.n for each in (one, other)]
    spread = sum(parts)
    if spread <= 0:
        return Estimate(middle, middle, middle, n)
    freedom = spread**2 / sum(
        part**2 / (each.n - 1) for part, each in zip(parts, (one, other), strict=True)
    )
    half = float(stdtrit(freedom, 1 - _TAIL / many) * math.sqrt(spread))
    return Estimate(middle, middle - half, middle + half, n)


def between(groups: Sequence[Floats]) -> Estimate | None:
    """Return which share of the spread lies between groups: ICC(1) with its 95 % interval.

    After Searle, *Linear Models*, 1971, chapter 9; with groups of unequal size, approximate.

    Returns
    -------
    Estimate or None
        None with fewer than two groups of at least two students, or when nothing varies.

    Examples
    --------
    >>> share = between([np.array([1.0, 2]), np.array([3.0, 4]), np.array([5.0, 6])])
    >>> round(share.value, 3)
    0.882
    """
    groups = [group for group in groups if len(group) > 1]
    sizes = np.array([len(group) for group in groups])
    k, n = len(groups), int(sizes.sum())
    if k < 2:
        return None
    means = np.array([group.mean() for group in groups])
    within = sum(((group - group.mean()) ** 2).sum() for group in groups) / (n - k)
    among = (sizes * (means - np.concatenate(groups).mean()) ** 2).sum() / (k - 1)
    if within <= 1e-12:
        return None
    size, ratio = (n - (sizes**2).sum() / n) / (k - 1), among / within
    ends = [ratio / fdtri(k - 1, n - k, 1 - _TAIL), ratio / fdtri(k - 1, n - k, _TAIL)]
    shares = (max(0.0, float((f - 1) / (f + size - 1))) for f in (ratio, *ends))
    value, low, high = shares
    return Estimate(value, low, high, n)


def level(sums: Sums, many: int = 1) -> Estimate:
    """Return a mean share of marks, right or partial, with its interval.

    Wilson's, with as many right-or-wrong marks as would vary so little (L. Kish, *Survey Sampling*,
    1965: effective size); never fewer than there are marks, nor more than ten times as many.

    Examples
    --------
    >>> [round(end, 4) for end in level(Sums(10, 0.8, 0.8 * 0.2 * 10 / 9))[:3]]
    [0.8, 0.4902, 0.9433]
    """
    n, share = sums.n, sums.mean
    size = n * share * (1 - share) / sums.variance if sums.variance > 0 else n
    z = float(ndtri(1 - _TAIL / many))
    return Estimate(share, *interval(share, min(max(n, size), _MOST * n), z), n)


def shift(before: Sums, after: Sums, many: int = 1) -> Estimate:
    """Return `after` less `before`, two mean shares of different people, with its interval.

    By the intervals of both (R. G. Newcombe, Statistics in Medicine 17, 1998, 873–890, method 10).

    Examples
    --------
    >>> years = Sums(80, 0.6, 0.6 * 0.4 * 80 / 79), Sums(70, 0.8, 0.8 * 0.2 * 70 / 69)
    >>> [round(number, 4) for number in shift(*years)[:3]]
    [0.2, 0.0524, 0.3339]
    """
    one, other = level(before, many), level(after, many)
    middle = other.value - one.value
    down = math.hypot(other.value - other.low, one.high - one.value)
    up = math.hypot(other.high - other.value, one.value - one.low)
    return Estimate(middle, middle - down, middle + up, one.n + other.n)


def correlation(each: Sequence[tuple[float, int]]) -> Estimate | None:
    """Return one correlation of several samples, weighted by Fisher's transformation (1921).

    Parameters
    ----------
    each : sequence of (float, int)
        Correlation and size of each sample; those of fewer than four do not count.

    Examples
    --------
    >>> [round(number, 3) for number in correlation([(0.5, 28)])[:3]]
    [0.5, 0.156, 0.736]
    """
    known = [(r, n) for r, n in each if n > 3 and not math.isnan(r)]
    weight = sum(n - 3 for _, n in known)
    if not weight:
        return None
    near = 1 - 1e-12
    middle = sum(math.atanh(max(-near, min(near, r))) * (n - 3) for r, n in known) / weight
    half = float(ndtri(1 - _TAIL)) / math.sqrt(weight)
    value, low, high = map(math.tanh, (middle, middle - half, middle + half))
    return Estimate(value, low, high, sum(n for _, n in known))
