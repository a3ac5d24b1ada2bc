"""What a customer and a contact are worth.

Throughout: m margin per period in any money unit; r probability (0 to 1) that the customer stays
one more period; i discount rate per period (0.2 is 20 %). A number out of its range raises
ValueError.
"""

import math
from collections.abc import Sequence


def _finite(**numbers: float) -> None:
    for name, value in numbers.items():
        if not math.isfinite(value):
            raise ValueError(f"{name} must be a finite number, not {value}")


def _probability(**numbers: float) -> None:
    for name, value in numbers.items():
        if not 0 <= value <= 1:
            raise ValueError(f"{name} must be a probability from 0 to 1, not {value}")


def clv_now(m: float, r: float, i: float) -> float:
    """Return customer lifetime value when the first margin is paid now, for sure.

    Parameters
    ----------
    m, r, i : float
        Margin, retention, discount rate, all per period.

    Returns
    -------
    float
        ``m (1 + i) / (1 + i - r)``, the sum of ``m (r / (1 + i))^t`` over t = 0, 1, 2, …, in the
        unit of m.

    Raises
    ------
    ValueError
        When a number is out of range, or r = 1 with i = 0 (the sum has no end).

    Examples
    --------
    >>> round(clv_now(1800, 0.82, 0.17), 2)
    6017.14
    """
    _finite(m=m, i=i)
    _probability(r=r)
    if i < 0 or 1 + i - r <= 0:
        raise ValueError(f"discount rate i must be 0 or more, and above 0 when r = 1; not {i}")
    return m * (1 + i) / (1 + i - r)


def clv_next(m: float, r: float, i: float) -> float:
    """Return customer lifetime value when the first margin comes in a period, if he stays.

    Parameters and errors as `clv_now`, which it falls short of by exactly m.

    Returns
    -------
    float
        ``m r / (1 + i - r)`` (S. Gupta and D. Lehmann's margin multiple), in the unit of m.

    Examples
    --------
    >>> round(clv_next(1200, 0.70, 0.18), 2)
    1750.0
    """
    return clv_now(m, r, i) * r / (1 + i)


def contact_value(p1: float, p0: float, margin: float, cost: float, fatigue: float = 0) -> float:
    """Return what one contact adds: the uplift, not the likelihood, pays for it.

    Parameters
    ----------
    p1, p0 : float
        Probability of buying with and without the contact.
    margin, cost, fatigue : float
        Margin of the offer; cost of the contact; harm done by one contact more. UAH, the last two 0
        or more.

    Returns
    -------
    float
        ``(p1 - p0) margin - cost - fatigue``, UAH per contact; contact when 0 or more.

    Raises
    ------
    ValueError
        When a number is out of range.

    Examples
    --------
    >>> round(contact_value(0.20, 0.08, 500, 12, 5), 2)
    43.0
    """
    _finite(margin=margin, cost=cost, fatigue=fatigue)
    _probability(p1=p1, p0=p0)
    if cost < 0 or fatigue < 0:
        raise ValueError("cost and fatigue must be 0 or more")
    return (p1 - p0) * margin - cost - fatigue


def relationship_index(xs: Sequence[float]) -> float:
    """Return ``100 mean((x - 1) / 4)``, percent: answers lean from deal (1) to relationship (5).

    Raises
    ------
    ValueError
        When there is no answer or one is off the scale. The index is a convention of this course.

    Examples
    --------
    >>> round(relationship_index([2, 3, 1, 4, 2, 3, 2]), 1)
    35.7
    """
    if not xs or not all(1 <= x <= 5 for x in xs):
        raise ValueError("answers must be numbers from 1 to 5, at least one")
    return 100 * math.fsum((x - 1) / 4 for x in xs) / len(xs)
