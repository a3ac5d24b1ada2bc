"""What a customer by contract is worth, when customers differ in how easily they leave.

Retention is counted renewal by renewal: of those who faced the t-th renewal, how many paid again.
The shifted beta-geometric model (sBG; P. Fader and B. Hardie, 2007) gives every customer a chance
of leaving of his own that never changes, spread over customers as a beta distribution with the
parameters ``alpha`` and ``beta``, both above 0. What is spent on winning customers brings the
response of R. Blattberg and J. Deighton (1996). Throughout: m margin per period and i discount rate
per period; money in UAH unless said. A number out of range raises ValueError.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from functools import cache

from course.models.value import clv_now

Renewals = tuple[tuple[int, int], ...]  # (faced, kept) by renewal, the first one first
Pair = tuple[float, float]  # alpha, beta
DROP = 1.92  # of the log-likelihood: half the 95 % point of chi-square with one degree of freedom

# Customers left at the end of years 0 to 12 of 1000 of a firm that sold by yearly contract, from
# Fader and Hardie (2007), who have them from M. Berry and G. Linoff (2004).
REGULAR = (1000, 631, 468, 382, 326, 289, 262, 241, 223, 207, 194, 183, 173)
HIGH_END = (1000, 869, 743, 653, 593, 551, 517, 491, 468, 445, 427, 409, 394)

# Of the lesson: a chain of fitness studios. PAIR is fitted to its subscribers and rounded, the
# rest are conventions of this course.
PAIR = (0.81, 3.27)  # alpha, beta
MARGIN = 280.0  # of a subscriber in a month, UAH
RATE = 0.015  # a month
HORIZON = 36  # months for which a subscriber is counted: the rent of the new studios
VISITORS = 4000  # who come to a free lesson in a year
SPENT, WON, CEILING = 100.0, 0.15, 0.40  # last year's spend per visitor, share won; share reachable
BUDGET = 1_200_000.0  # for winning subscribers in a year, UAH


def _above(**numbers: float) -> None:
    for name, value in numbers.items():
        if not (value > 0 and math.isfinite(value)):
            raise ValueError(f"{name} must be a number above 0, not {value}")


def _counts(**numbers: float) -> None:
    for name, value in numbers.items():
        if value != int(value) or value < 0:
            raise ValueError(f"{name} must be a whole number, 0 or more, not {value}")


def renewals(customers: Iterable[tuple[int, int]]) -> Renewals:
    """Count who faced every renewal and who paid again.

    Parameters
    ----------
    customers : iterable of (int, int)
        Periods paid and whether the customer then left (1) or was still there when the record ended
        (0): the next renewal of the latter has not come yet, so it is not counted.

    Examples
    --------
    >>> renewals([(1, 1), (2, 1), (3, 0)])
    ((3, 2), (2, 1))
    """
    listed = [(int(paid), int(left)) for paid, left in customers]
    longest = max((paid - 1 + left for paid, left in listed), default=0)
    return tuple(
        (
            sum(paid > t or (paid == t and left) for paid, left in listed),
            sum(paid > t for paid, _ in listed),
        )
        for t in range(1, longest + 1)
    )


def of_survivors(alive: Sequence[int]) -> Renewals:
    """Return the renewals of a cohort from how many of it were left at the end of each period.

    Examples
    --------
    >>> of_survivors([1000, 631, 468])
    ((1000, 631), (631, 468))
    """
    return tuple(zip(alive, alive[1:], strict=False))


def sbg_retention(t: float, alpha: float, beta: float) -> float:
    """Return the share of those who face the t-th renewal that pay again.

    Returns
    -------
    float
        ``(beta + t - 1) / (alpha + beta + t - 1)``: it rises with t, though no customer changes,
        because those who leave easily are gone.

    Examples
    --------
    >>> [round(sbg_retention(t, 0.8, 3.2), 3) for t in (1, 2, 3)]
    [0.8, 0.84, 0.867]
    """
    _above(alpha=alpha, beta=beta)
    if not t >= 1:
        raise ValueError(f"renewals are counted from 1, not {t}")
    return (beta + t - 1) / (alpha + beta + t - 1)


def sbg_survival(t: float, alpha: float, beta: float) -> float:
    """Return the share of a cohort still there after t renewals; 1 for t = 0.

    Examples
    --------
    >>> round(sbg_survival(12, 0.704, 1.182), 3)
    0.17
    """
    _counts(t=t)
    return math.prod(sbg_retention(n, alpha, beta) for n in range(1, int(t) + 1))


def log_likelihood(alpha: float, beta: float, counted: Renewals) -> float:
    """Return the logarithm of the chance of all renewals as they were counted.

    Examples
    --------
    >>> round(log_likelihood(0.704, 1.182, of_survivors(REGULAR[:8])), 1)
    -1680.3
    """
    _above(alpha=alpha, beta=beta)
    return sum(
        (faced - kept) * math.log(alpha)
        + kept * math.log(beta + n)
        - faced * math.log(alpha + beta + n)
        for n, (faced, kept) in enumerate(counted)
    )


def _slopes(alpha: float, beta: float, counted: Renewals) -> tuple[float, float]:
    """Return the derivatives of the log-likelihood by ln alpha and by ln beta."""
    a = sum((f - k) / alpha - f / (alpha + beta + n) for n, (f, k) in enumerate(counted))
    b = sum(k / (beta + n) - f / (alpha + beta + n) for n, (f, k) in enumerate(counted))
    return alpha * a, beta * b


@cache
def fit(counted: Renewals) -> Pair:
    """Return the alpha and beta under which what was counted is likeliest.

    Newton's method in the logarithms of both, damped (K. Levenberg, 1944) until a step climbs: on a
    ridge, where few renewals leave many pairs nearly as likely, an undamped one loses its way.

    Raises
    ------
    ValueError
        When there are fewer than two renewals, or retention does not rise: then one rate for all
        fits best and there is no largest likelihood.

    Examples
    --------
    >>> [round(value, 3) for value in fit(of_survivors(REGULAR[:8]))]
    [0.704, 1.182]
    >>> [round(value, 3) for value in fit(of_survivors(HIGH_END[:8]))]
    [0.668, 3.806]
    """
    if len(counted) < 2:
        raise ValueError("two renewals or more are needed to fit two numbers")
    u, v, h, damp = 0.0, 1.0, 1e-5, 1.0
    top = log_likelihood(math.exp(u), math.exp(v), counted)
    for _ in range(500):
        g = _slopes(math.exp(u), math.exp(v), counted)
        gu = _slopes(math.exp(u + h), math.exp(v), counted)
        gv = _slopes(math.exp(u), math.exp(v + h), counted)
        huu, huv, hvv = (gu[0] - g[0]) / h - damp, (gv[0] - g[0]) / h, (gv[1] - g[1]) / h - damp
        fall, step, higher = huu * hvv - huv * huv, 0.0, top
        if huu < 0 < fall:
            du, dv = (huv * g[1] - hvv * g[0]) / fall, (huv * g[0] - huu * g[1]) / fall
            step = max(abs(du), abs(dv))
            if step <= 2:
                higher = log_likelihood(math.exp(u + du), math.exp(v + dv), counted)
        if 0 < step <= 2 and higher >= top:
            u, v, top, damp = u + du, v + dv, higher, damp / 10
        else:  # not yet near the summit, or a step too long
            damp *= 10
            if damp > 1e20:
                break
        if max(u, v) > 12:
            raise ValueError("retention does not rise: one rate for all fits these renewals best")
        if 0 < step < 1e-10:
            break
    return math.exp(u), math.exp(v)


@cache
def edge(counted: Renewals, directions: int = 48) -> tuple[Pair, ...]:
    """Return pairs all around the best one whose log-likelihood is `DROP` below its.

    The least and the largest value of any function of alpha and beta on this edge end its 95 %
    interval by the likelihood (the profile one), if the function has no summit inside.
    """
    alpha, beta = fit(counted)
    floor = log_likelihood(alpha, beta, counted) - DROP
    found = []
    for turn in range(directions):
        x, y = math.cos(math.tau * turn / directions), math.sin(math.tau * turn / directions)

        def at(size: float, x: float = x, y: float = y) -> Pair:
            return alpha * math.exp(size * x), beta * math.exp(size * y)

        low, high = 0.0, 0.01
        while log_likelihood(*at(high), counted) > floor and high < 20:
            low, high = high, 2 * high
        for _ in range(25):
            middle = (low + high) / 2
            if log_likelihood(*at(middle), counted) > floor:
                low = middle
            else:
                high = middle
        found.append(at(low))
    return tuple(found)


def interval(counted: Renewals, measure: Callable[[float, float], float]) -> tuple[float, float]:
    """Return the ends of the 95 % interval of a function of alpha and beta, see `edge`.

    Examples
    --------
    >>> ends = interval(of_survivors(HIGH_END[:5]), lambda a, b: 100 * sbg_survival(12, a, b))
    >>> [round(end, 1) for end in ends]
    [23.2, 37.4]
    """
    values = [measure(alpha, beta) for alpha, beta in edge(counted)]
    return min(values), max(values)


def sbg_clv_now(m: float, i: float, alpha: float, beta: float, periods: float) -> float:
    """Return the value of a customer whose first margin is paid now, over so many margins.

    Returns
    -------
    float
        The sum of ``m S(t) / (1 + i)^t`` over t = 0, 1, …, periods - 1, in the unit of m.

    Examples
    --------
    >>> round(sbg_clv_now(280, 0.015, 0.8, 3.2, 36))
    2543
    """
    _counts(periods=periods)
    if not i >= 0:
        raise ValueError(f"the discount rate i must be 0 or more, not {i}")
    total, alive = 0.0, 1.0
    for t in range(int(periods)):
        total += m * alive / (1 + i) ** t
        alive *= sbg_retention(t + 1, alpha, beta)
    return total


def sbg_clv_next(m: float, i: float, alpha: float, beta: float, n: float, periods: float) -> float:
    """Return the value of a customer who has renewed n times and faces the next renewal.

    The first margin comes in a period, if he stays; so many margins are counted. Who has stayed n
    times has the spread of one with ``beta + n``.

    Returns
    -------
    float
        The sum of ``m S(n + t) / S(n) / (1 + i)^t`` over t = 1, …, periods, in the unit of m.

    Examples
    --------
    >>> round(sbg_clv_next(280, 0.015, 0.8, 3.2, 0, 35) + 280)
    2543
    >>> round(sbg_clv_next(280, 0.015, 0.8, 3.2, 12, 36))
    4606
    """
    _counts(n=n)
    return sbg_clv_now(m, i, alpha, beta + n, periods + 1) - m


def rate_clv_now(m: float, i: float, r: float, periods: float) -> float:
    """Return the value of a customer under one retention rate for all, first margin now.

    Examples
    --------
    >>> round(rate_clv_now(280, 0.015, 0.8, 36))
    1322
    """
    _counts(periods=periods)
    if not 0 <= r <= 1:
        raise ValueError(f"retention r must be from 0 to 1, not {r}")
    return math.fsum(m * (r / (1 + i)) ** t for t in range(int(periods)))


def mixed_retention(n1: float, r1: float, n2: float, r2: float, t: float) -> float:
    """Return the retention seen at the t-th renewal of two kinds of customers mixed.

    Examples
    --------
    >>> [round(mixed_retention(6000, 0.6, 4000, 0.9, t), 4) for t in (1, 2, 6)]
    [0.72, 0.75, 0.8505]
    """
    _above(n1=n1, n2=n2, t=t)
    left, right = n1 * r1 ** (t - 1), n2 * r2 ** (t - 1)
    return float((left * r1 + right * r2) / (left + right))


def undervaluation(n1: float, r1: float, n2: float, r2: float, i: float) -> float:
    """Return by how many percent one rate, that of the first renewal, undervalues two kinds.

    Returns
    -------
    float
        ``100 (1 - one / true)``, both without end and with the first margin now.

    Examples
    --------
    >>> round(undervaluation(6000, 0.6, 4000, 0.9, 0.10), 1)
    17.8
    """
    true = n1 * clv_now(1, r1, i) + n2 * clv_now(1, r2, i)
    return 100 * (1 - (n1 + n2) * clv_now(1, mixed_retention(n1, r1, n2, r2, 1), i) / true)


def response_speed(spent: float, won: float, ceiling: float) -> float:
    """Return k of the response from one year's point: the share won at what was spent.

    Returns
    -------
    float
        ``-ln(1 - won / ceiling) / spent``, per unit of money.

    Examples
    --------
    >>> round(response_speed(5, 0.15, 0.40), 4)
    0.094
    """
    _above(spent=spent)
    if not 0 < won < ceiling <= 1:
        raise ValueError(f"won must be above 0 and below the ceiling: {won}, {ceiling}")
    return -math.log(1 - won / ceiling) / spent


def response(spend: float, ceiling: float, k: float) -> float:
    """Return the share of prospects won by so much spent on each: ``ceiling (1 - e^(-k spend))``.

    Examples
    --------
    >>> round(response(8.655, 0.40, 0.0940), 4)
    0.2227
    """
    _above(ceiling=ceiling, k=k)
    if not spend >= 0:
        raise ValueError(f"spend must be 0 or more, not {spend}")
    return ceiling * (1 - math.exp(-k * spend))


def best_spend(value: float, ceiling: float, k: float) -> float:
    """Return the spend per prospect that leaves most: ``ln(ceiling k value) / k``, or 0.

    There the last customer won costs just his value.

    Examples
    --------
    >>> round(best_spend(60, 0.40, 0.0940007), 3), best_spend(20, 0.40, 0.094)
    (8.655, 0.0)
    """
    _above(ceiling=ceiling, k=k)
    return max(0.0, math.log(ceiling * k * value) / k) if value > 0 else 0.0


def last_cost(spend: float, ceiling: float, k: float) -> float:
    """Return what one customer more costs at so much spent: ``e^(k spend) / (ceiling k)``.

    Examples
    --------
    >>> round(last_cost(8.655, 0.40, 0.0940007), 1)
    60.0
    """
    _above(ceiling=ceiling, k=k)
    return math.exp(k * spend) / (ceiling * k)


def left_per_prospect(spend: float, value: float, ceiling: float, k: float) -> float:
    """Return what a prospect leaves: the share won times the value, less the spend.

    Examples
    --------
    >>> round(left_per_prospect(8.655, 60, 0.40, 0.0940007), 3)
    4.707
    """
    return response(spend, ceiling, k) * value - spend


def ratio_spend(value: float, ceiling: float, k: float, ratio: float = 3.0) -> float:
    """Return the largest spend at which value / cost of a customer is not below a ratio, or 0.

    Examples
    --------
    >>> round(ratio_spend(2500, 0.40, 0.0047)), ratio_spend(60, 0.40, 0.094)
    (208, 0.0)
    """
    _above(ceiling=ceiling, k=k, ratio=ratio)
    if ceiling * k * value <= ratio:
        return 0.0
    low, high = 0.0, value / ratio
    for _ in range(80):
        middle = (low + high) / 2
        if response(middle, ceiling, k) * value >= ratio * middle:
            low = middle
        else:
            high = middle
    return low


def horizon_error(alive: Sequence[int], years: int, at: int = 12) -> float:
    """Return by how many points the curve fitted to the first years misses a later one.

    Returns
    -------
    float
        Forecast less what was seen, percent of the cohort.

    Examples
    --------
    >>> round(horizon_error(HIGH_END, 4), 1), round(horizon_error(HIGH_END, 7), 1)
    (-8.7, -1.6)
    """
    forecast = sbg_survival(at, *fit(of_survivors(alive[: years + 1])))
    return 100 * (forecast - alive[at] / alive[0])
