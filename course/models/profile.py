"""Seven rows between deal and relationship, and what an offer to new customers must bring.

The rows are those of the comparison in the slides of the course. A place on a row runs from 1 (as
in transactional marketing) to 5 (as in relationship marketing). Scale, distance, contradiction and
the choice of rows are conventions of this course; places are ordinal, so sums only give a hint.
"""

import math
from collections.abc import Collection, Sequence
from itertools import combinations

from course.models.value import relationship_index

ROWS = ("time", "goal", "service", "contacts", "involvement", "basis", "quality")
APART = 3  # places between the lowest and the highest row of a profile that contradicts itself
Profile = Sequence[float]


def spread(profile: Profile) -> float:
    """Return the distance between the highest and the lowest row.

    Raises
    ------
    ValueError
        When a place is off the scale.

    Examples
    --------
    >>> spread([2, 1, 3, 2, 2, 4, 1])
    3
    """
    relationship_index(profile)
    return max(profile) - min(profile)


def contradicts(profile: Profile) -> bool:
    """Tell whether rows are so far apart that one promises what another breaks.

    Examples
    --------
    >>> contradicts([2, 1, 3, 2, 2, 4, 1]), contradicts([2, 3, 3, 2, 2, 4, 3])
    (True, False)
    """
    return spread(profile) >= APART


def moved(now: Profile, target: Profile, rows: Collection[int]) -> list[float]:
    """Return the profile in which the named rows (places in ROWS) stand where they should.

    Examples
    --------
    >>> moved([2, 1, 3], [3, 3, 4], {1})
    [2, 3, 3]
    """
    return [target[k] if k in rows else now[k] for k in range(len(now))]


def closed(now: Profile, target: Profile, rows: Collection[int]) -> float:
    """Return how many places of distance to the target the named rows close.

    Examples
    --------
    >>> closed([2, 1, 3], [3, 3, 4], {0, 1})
    3
    """
    return sum(abs(target[k] - now[k]) for k in rows)


def best_rows(now: Profile, target: Profile, costs: Sequence[float], limit: float) -> set[int]:
    """Return the rows that close most of the distance for at most ``limit``; the cheapest such.

    Parameters
    ----------
    costs : sequence of float
        Of moving each row to its target, UAH for every new customer.
    limit : float
        UAH for every new customer.

    Examples
    --------
    >>> best_rows([2, 1, 3], [3, 3, 4], [6, 8, 25], limit=20) == {0, 1}
    True
    """
    open_rows = [k for k in range(len(now)) if target[k] != now[k]]
    plans = (set(rows) for n in range(len(now) + 1) for rows in combinations(open_rows, n))
    priced = ((rows, math.fsum(costs[k] for k in rows)) for rows in plans)
    affordable = (
        (closed(now, target, rows), -cost, rows) for rows, cost in priced if cost <= limit
    )
    return max(affordable, key=lambda plan: plan[:2], default=(0.0, 0.0, set()))[2]


def offer_gain(r0: float, r1: float, margin: float, discount: float, cost: float) -> float:
    """Return ``r1 (margin - discount) - cost - r0 margin``, UAH for a new customer.

    What an offer changes within a year: the discount goes to everybody who comes again, also to
    those who would have come without it.

    Parameters
    ----------
    r0, r1 : float
        Share that comes again without the offer and with it, 0 to 1.
    margin, discount : float
        Of a later purchase, UAH; the discount is taken off the margin.
    cost : float
        Of the offer for every new customer, UAH.

    Raises
    ------
    ValueError
        When a share is not from 0 to 1, or an amount is negative.

    Examples
    --------
    >>> round(offer_gain(0.09, 0.15, margin=400, discount=120, cost=8), 6)
    -2.0
    """
    if not (0 <= r0 <= 1 and 0 <= r1 <= 1):
        raise ValueError("shares must be from 0 to 1")
    if min(margin, discount, cost) < 0:
        raise ValueError("margin, discount and cost must be 0 or more")
    return r1 * (margin - discount) - cost - r0 * margin


def return_needed(r0: float, margin: float, discount: float, cost: float) -> float:
    """Return the share that must come again for an offer to pay: ``offer_gain`` is 0 there.

    ``(r0 margin + cost) / (margin - discount)``; more than 1 says that it never pays.

    Raises
    ------
    ValueError
        As `offer_gain`, and when the discount takes the whole margin.

    Examples
    --------
    >>> round(return_needed(0.09, margin=400, discount=120, cost=8), 4)
    0.1571
    """
    offer_gain(r0, 1, margin, discount, cost)
    if discount >= margin:
        raise ValueError("a discount that takes the whole margin never pays")
    return (r0 * margin + cost) / (margin - discount)
