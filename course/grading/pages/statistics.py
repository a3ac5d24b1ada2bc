"""Item analysis in plain arrays: students in rows, exercises in columns.

What cannot be told is NaN or None.
"""

import heapq
import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int_]
Pair = tuple[int, int, int, int, float]

FEW = 10  # with fewer works a correlation says nothing
_Z = 1.959963984540054  # 97.5 % of the normal distribution
_RARE = 0.05  # no shared mistake is rarer than this: a rare one, too, can have a simple cause
_LEVEL = 0.05  # so many pairs of a group are expected to be named when only chance makes them alike
_BLOCK = 128


def interval(share: float, n: float, z: float = _Z) -> tuple[float, float]:
    """Return the interval of a mean share, after Wilson (1927); of 95 % unless `z` says another.

    For partial marks it is rather too wide.

    Parameters
    ----------
    share : float
        Mean share of the full mark, 0–1, of `n` marks; `n` is at least 1.

    Examples
    --------
    >>> [round(end, 4) for end in interval(0.8, 10)]
    [0.4902, 0.9433]
    """
    square = z * z / n
    half = z * math.sqrt(share * (1 - share) / n + square / (4 * n))
    low, high = ((share + square / 2 + side) / (1 + square) for side in (-half, half))
    return max(0.0, low), min(1.0, high)


def discrimination(points: Floats, full: Floats | None = None) -> Floats:
    """Return the correlation of each exercise with the rest of the work (corrected item–total).

    Parameters
    ----------
    points : array, students × exercises
        NaN where a student did not get an exercise, and is then left out.
    full : array, students × exercises, optional
        Full marks, 0 where a student did not get an exercise: the rest is a share of its own.
        Not needed where everybody has all.

    Returns
    -------
    array of float
        NaN where the exercise or the rest does not vary, or fewer than three students have it.

    Examples
    --------
    >>> discrimination(np.array([[0, 0], [1, 1], [1, 0]])).round(3).tolist()
    [0.5, 0.5]
    >>> nan = np.nan
    >>> points = np.array([[0, 0, nan], [1, 1, nan], [1, 0, nan], [1, nan, 1]])
    >>> discrimination(points, ~np.isnan(points) * 1.0).round(3).tolist()
    [0.577, 0.5, nan]
    """
    correlations = np.full(points.shape[1], np.nan)
    full = ~np.isnan(points) * 1.0 if full is None else full
    for place, own in enumerate(points.T):
        had = ~np.isnan(own)
        own, most = own[had], full[had].sum(1) - full[had, place]
        if len(own) < 3 or not most.all():
            continue
        rest = (np.nansum(points[had], 1) - own) / most
        if min(np.ptp(own), np.ptp(rest)) > 1e-9:
            correlations[place] = np.clip(np.corrcoef(own, rest)[0, 1], -1, 1)
    return correlations


def correlation_interval(r: float, n: int) -> tuple[float, float]:
    """Return the 95 % interval of a correlation by Fisher's transformation (1921).

    `n` is at least 4.

    Examples
    --------
    >>> [round(end, 3) for end in correlation_interval(0.5, 28)]
    [0.156, 0.736]
    """
    middle, half = math.atanh(max(-1 + 1e-12, min(1 - 1e-12, r))), _Z / math.sqrt(n - 3)
    return math.tanh(middle - half), math.tanh(middle + half)


def alpha(points: Floats) -> tuple[float, tuple[float, float], Floats] | None:
    """Return Cronbach's alpha (1951), its 95 % interval, and alpha without each exercise.

    The interval is 1 − exp(ln(1 − alpha) ± z √(2k / ((k − 1)(n − 2)))) of D. G. Bonett, Journal of
    Educational and Behavioral Statistics 27, 2002, 335–340.

    Parameters
    ----------
    points : array, students × exercises
        Without gaps.

    Returns
    -------
    tuple of float, (float, float), array; or None
        None with fewer than two exercises or three students, or when all have the same sum; NaN
        where that is so without one exercise.

    Examples
    --------
    >>> value, ends, without = alpha(np.array([[1, 2, 1], [2, 2, 3], [3, 4, 3], [4, 4, 5]]))
    >>> round(value, 3), without.round(3).tolist()
    (0.933, [0.8, 0.96, 0.941])
    """
    value, (n, k) = _alpha(points), points.shape
    if math.isnan(value):
        return None
    half = _Z * math.sqrt(2 * k / ((k - 1) * (n - 2)))
    low, high = (1 - (1 - value) * math.exp(side) for side in (half, -half))
    return value, (low, high), np.array([_alpha(np.delete(points, at, 1)) for at in range(k)])


def _alpha(points: Floats) -> float:
    n, k = points.shape
    if k < 2 or n < 3 or np.ptp(points.sum(1)) < 1e-9:
        return math.nan
    return float(k / (k - 1) * (1 - points.var(0, ddof=1).sum() / points.sum(1).var(ddof=1)))


def thirds(totals: Floats) -> tuple[NDArray[np.bool_], NDArray[np.bool_]] | None:
    """Return who belongs to the upper and who to the lower third; equal totals stay together.

    None when there are too few, or too many alike, to be parted.

    Examples
    --------
    >>> [group.tolist() for group in thirds(np.array([5, 1, 3]))]
    [[True, False, False], [False, True, False]]
    """
    size, ordered = len(totals) // 3, np.sort(totals)
    if not size or ordered[-size] - ordered[size - 1] < 1e-9:
        return None
    return totals >= ordered[-size] - 1e-9, totals <= ordered[size - 1] + 1e-9


def alike(answers: Whole, variants: Whole, most: int = 100) -> tuple[list[Pair], int]:
    """Find pairs of students whose wrong answers agree more often than chance explains.

    Only exercises that both have wrong, on the same variant, are compared (Bellezza & Bellezza,
    1989). By chance an answer is met as often as others gave it whose answer is wrong (Frary,
    Tideman & Watts, 1977); of two different answers the more frequent counts. A pair is named when
    the probability of so many agreements (Poisson binomial), times the number of pairs, is below
    0.05.

    Parameters
    ----------
    answers : array of int, students × exercises
        Equal numbers in a column stand for the same wrong answer to the same variant; -1 for any
        other.
    variants : array of int, students × exercises
        Which variant of the exercise the student has.
    most : int
        How many pairs to return.

    Returns
    -------
    list of (int, int, int, int, float), int
        Rows of the two, wrong answers that agree, exercises that both have wrong, agreements
        expected by chance, the least rare first; and how many such pairs there are.

    Examples
    --------
    >>> table = np.array([[0] * 9, [0] * 9] + [[1 + row] * 9 for row in range(8)])
    >>> alike(table, np.zeros_like(table))
    ([(0, 1, 9, 9, 1.0)], 1)
    """
    n = len(answers)
    pairs = n * (n - 1) / 2
    if not pairs:
        return [], 0
    wrong, chance = answers >= 0, _chances(answers, variants)
    left, right = (np.where(wrong, answers, nobody).astype(np.int32) for nobody in (-1, -2))
    ours, theirs = np.where(wrong, variants, -1), np.where(wrong, variants, -2)
    named: list[tuple[Any, ...]] = []
    total = 0
    for a, b in _candidates(left, right, np.log(chance).astype(np.float32), pairs):
        agree, both = left[a] == right[b], ours[a] == theirs[b]
        chances = np.where(both, np.maximum(chance[a], chance[b]), 0)
        tail = _tail(chances, agree.sum(1))
        rare = tail * pairs < _LEVEL
        total += int(rare.sum())
        counted = (tail, a, b, agree.sum(1), both.sum(1), chances.sum(1).round(6))
        named += zip(*(each[rare].tolist() for each in counted), strict=True)
        named = heapq.nsmallest(most, named)
    return [(one, two, same, both, by) for _, one, two, same, both, by in named], total


def _chances(answers: Whole, variants: Whole) -> Floats:
    """Return how often each wrong answer is met among the others who have that variant wrong."""
    chance = np.ones(answers.shape)
    for place, those in enumerate((answers >= 0).T):
        same, all_ = (_sizes(table[those, place]) - 1 for table in (answers, variants))
        chance[those, place] = np.maximum(_RARE, same / np.maximum(all_, 1))
    return chance


def _candidates(
    left: NDArray[np.int32], right: NDArray[np.int32], weight: NDArray[np.float32], pairs: float
) -> Iterator[tuple[Whole, Whole]]:
    """Yield pairs whose common answers are together rare enough to be named at all.

    They come in pieces: a large group may have millions.
    """
    (n, k), least, columns = left.shape, math.log(_LEVEL / pairs), right.T.copy()
    for start in range(0, n, _BLOCK):
        rare = np.zeros((min(_BLOCK, n - start), n - start), np.float32)
        for place in range(k):
            same = left[start : start + _BLOCK, place, None] == columns[place, None, start:]
            rare += same * weight[start : start + _BLOCK, place, None]
        ones, twos = np.nonzero(rare < least + 1e-3)
        ones, twos = ones[ones < twos] + start, twos[ones < twos] + start
        for part in range(0, len(ones), 1 << 17):
            yield ones[part : part + (1 << 17)], twos[part : part + (1 << 17)]


def _sizes(labels: Whole) -> Whole:
    """Return for each how many bear the same label."""
    _, place, counts = np.unique(labels, return_inverse=True, return_counts=True)
    return counts[place]


def _tail(chances: Floats, hits: Whole) -> Floats:
    """Return the probability of at least so many agreements for each row of chances."""
    spread = np.zeros((len(chances), chances.shape[1] + 1))
    spread[:, 0] = 1
    for chance in chances.T[..., None]:
        spread[:, 1:] = spread[:, 1:] * (1 - chance) + spread[:, :-1] * chance
        spread[:, :1] *= 1 - chance
    tail: Floats = np.where(np.arange(spread.shape[1]) >= hits[:, None], spread, 0).sum(1)
    return tail
