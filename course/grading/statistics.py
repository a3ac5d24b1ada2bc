"""Item analysis in plain arrays: students in rows, exercises in columns; what cannot be told is NaN or None."""

import heapq
import math

import numpy as np

FEW = 10  # with fewer works a correlation says nothing
_Z = 1.959963984540054  # 97.5 % of the normal distribution
_RARE = 0.05  # no shared mistake counts as less rare than this: a rare one, too, can have a simple cause
_LEVEL = 0.05  # so many pairs of a group are expected to be named when only chance makes answers alike
_BLOCK = 128


def interval(share, n):
    """Return the 95 % interval of a mean share, after Wilson (1927); for partial marks rather too wide.

    Parameters
    ----------
    share : float
        Mean share of the full mark, 0–1, of `n` marks; `n` is at least 1.

    Examples
    --------
    >>> [round(float(end), 4) for end in interval(0.8, 10)]
    [0.4902, 0.9433]
    """
    square = _Z * _Z / n
    half = _Z * np.sqrt(share * (1 - share) / n + square / (4 * n))
    return tuple(np.clip((share + square / 2 + side) / (1 + square), 0, 1) for side in (-half, half))


def discrimination(points):
    """Return the correlation of each exercise with the sum of the others (corrected item–total correlation).

    Parameters
    ----------
    points : array, students × exercises
        Without gaps.

    Returns
    -------
    array of float
        NaN where the exercise or the rest does not vary, or there are fewer than three students.

    Examples
    --------
    >>> discrimination(np.array([[0, 0], [1, 1], [1, 0]])).round(3).tolist()
    [0.5, 0.5]
    """
    found = np.full(points.shape[1], np.nan)
    for place, own in enumerate(points.T):
        rest = points.sum(1) - own
        if len(own) > 2 and min(np.ptp(own), np.ptp(rest)) > 1e-9:
            found[place] = np.clip(np.corrcoef(own, rest)[0, 1], -1, 1)
    return found


def correlation_interval(r, n):
    """Return the 95 % interval of a correlation by Fisher's transformation (1921); `n` is at least 4.

    >>> [round(end, 3) for end in correlation_interval(0.5, 28)]
    [0.156, 0.736]
    """
    middle, half = math.atanh(max(-1 + 1e-12, min(1 - 1e-12, r))), _Z / math.sqrt(n - 3)
    return math.tanh(middle - half), math.tanh(middle + half)


def alpha(points):
    """Return Cronbach's alpha (1951), its 95 % interval (Feldt, 1965), and alpha without each exercise.

    Parameters
    ----------
    points : array, students × exercises
        Without gaps.

    Returns
    -------
    tuple of float, (float, float), array; or None
        None with fewer than two exercises or three students, or when all have the same sum; NaN where that is
        so without one exercise.

    Examples
    --------
    >>> value, (low, high), without = alpha(np.array([[1, 2, 1], [2, 2, 3], [3, 4, 3], [4, 4, 5]]))
    >>> round(value, 3), without.round(3).tolist()
    (0.933, [0.8, 0.96, 0.941])
    """
    value, (n, k) = _alpha(points), points.shape
    if math.isnan(value):
        return None
    ends = tuple(1 - (1 - value) * f_quantile(n - 1, (n - 1) * (k - 1), level) for level in (0.975, 0.025))
    return value, ends, np.array([_alpha(np.delete(points, place, 1)) for place in range(k)])


def f_quantile(above: int, below: int, level: float) -> float:
    """Return the value below which a share `level` of the F distribution lies, to about twelve digits.

    Parameters
    ----------
    above, below : int
        Degrees of freedom of numerator and denominator, at least 1.
    level : float
        Between 0 and 1.

    Examples
    --------
    >>> round(f_quantile(3, 6, 0.95), 4)
    4.7571
    """
    low, high = 0.0, 1.0
    for _ in range(80):  # halves of the unit interval: F is a function of x = above·F / (above·F + below)
        middle = (low + high) / 2
        if _beta(middle, above / 2, below / 2) < level:
            low = middle
        else:
            high = middle
    return below * low / (above * (1 - low))


def _beta(x: float, a: float, b: float) -> float:
    """The regularized incomplete beta function by its continued fraction (DLMF 8.17.22), modified Lentz's method."""
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta(1 - x, b, a)  # where the fraction converges quickly
    lead = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)) / a
    c, d = 1.0, 1 / (1 - (a + b) * x / (a + 1))
    ratio = d
    for m in range(1, 10_000):
        for step in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            c, d = 1 + step / c, 1 / (1 + step * d)
            ratio *= c * d
        if abs(c * d - 1) < 1e-15:
            break
    return lead * ratio


def _alpha(points):
    n, k = points.shape
    if k < 2 or n < 3 or np.ptp(points.sum(1)) < 1e-9:
        return math.nan
    return float(k / (k - 1) * (1 - points.var(0, ddof=1).sum() / points.sum(1).var(ddof=1)))


def thirds(totals):
    """Return who belongs to the upper and who to the lower third; equal totals stay together.

    None when there are too few, or too many alike, to be parted.

    >>> [group.tolist() for group in thirds(np.array([5, 1, 3]))]
    [[True, False, False], [False, True, False]]
    """
    size, ordered = len(totals) // 3, np.sort(totals)
    if not size or ordered[-size] - ordered[size - 1] < 1e-9:
        return None
    return totals >= ordered[-size] - 1e-9, totals <= ordered[size - 1] + 1e-9


def alike(answers, variants, most=100):
    """Find pairs of students whose wrong answers agree more often than chance explains.

    Only exercises that both have wrong, on the same variant, are compared (Bellezza & Bellezza, 1989). By chance an
    answer is met as often as others gave it whose answer is wrong (Frary, Tideman & Watts, 1977); of two different
    answers the more frequent counts. A pair is named when the probability of so many agreements (Poisson binomial),
    times the number of pairs, is below 0.05.

    Parameters
    ----------
    answers : array of int, students × exercises
        Equal numbers in a column stand for the same wrong answer to the same variant; -1 for any other.
    variants : array of int, students × exercises
        Which variant of the exercise the student has.
    most : int
        How many pairs to return.

    Returns
    -------
    list of (int, int, int, int, float), int
        Rows of the two, wrong answers that agree, exercises that both have wrong, agreements expected by chance,
        the least rare first; and how many such pairs there are.

    Examples
    --------
    >>> table = np.array([[0] * 9, [0] * 9] + [[1 + row] * 9 for row in range(8)])
    >>> alike(table, np.zeros_like(table))
    ([(0, 1, 9, 9, 1.0)], 1)
    """
    (n, k), wrong, found, total = answers.shape, answers >= 0, [], 0
    pairs, chance = n * (n - 1) / 2, np.ones((n, k))
    if not pairs:
        return [], 0
    for place, those in enumerate(wrong.T):
        others = [_sizes(table[those, place]) - 1 for table in (answers, variants)]
        chance[those, place] = np.maximum(_RARE, others[0] / np.maximum(others[1], 1))
    least = math.log(_LEVEL / pairs)  # who agrees in answers no rarer than this all together cannot be named
    left, right = (np.where(wrong, answers, nobody).astype(np.int32) for nobody in (-1, -2))
    ours, theirs, columns = np.where(wrong, variants, -1), np.where(wrong, variants, -2), right.T.copy()
    weight = np.log(chance).astype(np.float32)
    for start in range(0, n, _BLOCK):
        rare = np.zeros((min(_BLOCK, n - start), n - start), np.float32)
        for place in range(k):
            same = left[start:start + _BLOCK, place, None] == columns[place, None, start:]
            rare += same * weight[start:start + _BLOCK, place, None]
        ones, twos = np.nonzero(rare < least + 1e-3)
        ones, twos = ones[ones < twos] + start, twos[ones < twos] + start
        for part in range(0, len(ones), 1 << 17):  # in pieces: a large group may have millions of such pairs
            a, b = ones[part:part + (1 << 17)], twos[part:part + (1 << 17)]
            agree, both = left[a] == right[b], ours[a] == theirs[b]
            chances = np.where(both, np.maximum(chance[a], chance[b]), 0)
            tail = _tail(chances, agree.sum(1))
            named = tail * pairs < _LEVEL
            total += int(named.sum())
            counted = (tail, a, b, agree.sum(1), both.sum(1), chances.sum(1).round(6))
            found += zip(*(each[named].tolist() for each in counted), strict=True)
            found = heapq.nsmallest(most, found)
    return [tuple(pair) for _, *pair in found], total


def _sizes(labels):
    """How many bear the same label, for each."""
    _, place, counts = np.unique(labels, return_inverse=True, return_counts=True)
    return counts[place]


def _tail(chances, hits):
    """Probability of at least so many agreements (Poisson binomial), for each row of chances."""
    spread = np.zeros((len(chances), chances.shape[1] + 1))
    spread[:, 0] = 1
    for chance in chances.T[..., None]:
        spread[:, 1:] = spread[:, 1:] * (1 - chance) + spread[:, :-1] * chance
        spread[:, :1] *= 1 - chance
    return np.where(np.arange(spread.shape[1]) >= hits[:, None], spread, 0).sum(1)
