"""Five relationship levels: what each is worth, where the next pays, how scarce hours change it.

The five levels are Ph. Kotler's; the costs, retentions and hours are conventions of this course.
Money in thousand UAH (kUAH): m yearly margin of a customer, c yearly cost of a level, lam price of
a manager's hour. h hours per customer and year; r yearly retention; i yearly discount rate.
Functions that know all levels take their `Terms`. A number out of range raises ValueError.
"""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from course.models.value import clv_now

Numbers = Sequence[float]
LEVELS = ("basic", "reactive", "accountable", "proactive", "partnership")
COSTS = (0.0, 1.2, 4.8, 16.0, 56.0)
RETENTIONS = (0.60, 0.66, 0.74, 0.80, 0.86)
HOURS = (0.0, 2.0, 8.0, 24.0, 100.0)
DISCOUNT = 0.20
_HAIR = 1e-12  # values that are equal on paper may differ by rounding errors
Range = tuple[float, float]


def level_value(m: float, c: float, r: float, i: float) -> float:
    """Return the value of a customer kept at a level, the first year now and for sure.

    Returns
    -------
    float
        ``(m - c)(1 + i) / (1 + i - r)``, in the unit of m and c.

    Raises
    ------
    ValueError
        When c is negative or r, i are out of range.

    Examples
    --------
    >>> round(level_value(90, 16, 0.80, 0.20), 6)
    222.0
    """
    if not c >= 0:
        raise ValueError(f"cost c must be 0 or more, not {c}")
    return clv_now(m - c, r, i)


def level_threshold(c1: float, r1: float, c2: float, r2: float, i: float) -> float:
    """Return the yearly margin above which the dearer level (c2, r2) beats the cheaper (c1, r1).

    Returns
    -------
    float
        ``(c2/d2 - c1/d1) / (1/d2 - 1/d1)`` with ``d = 1 + i - r``, in the unit of the costs: the
        root of ``level_value(m, c1, r1, i) = level_value(m, c2, r2, i)``.

    Raises
    ------
    ValueError
        When the second level does not keep more customers, or a number is out of range.

    Examples
    --------
    >>> round(level_threshold(1.5, 0.68, 6, 0.77, 0.18), 3)
    26.5
    """
    if not r2 > r1:
        raise ValueError(
            f"the second level must keep more customers: r2 = {r2} is not above r1 = {r1}"
        )
    low, high = -level_value(0, c1, r1, i), -level_value(0, c2, r2, i)
    return (high - low) / (level_value(1, 0, r2, i) - level_value(1, 0, r1, i))


def cost_with_shadow(c: float, h: float, lam: float) -> float:
    """Return ``c + lam h``, the cost of a level when an hour has a price; all three 0 or more.

    Examples
    --------
    >>> round(cost_with_shadow(4.0, 6, 0.639), 3)
    7.834
    """
    if not (c >= 0 and h >= 0 and lam >= 0):
        raise ValueError("cost, hours and the price of an hour must be 0 or more")
    return c + lam * h


@dataclass(frozen=True)
class Terms:
    """What every level costs (kUAH), keeps (retention) and takes (hours) in a year; i as above."""

    costs: Numbers = COSTS
    retentions: Numbers = RETENTIONS
    hours: Numbers = HOURS
    i: float = DISCOUNT

    def priced(self, lam: float) -> list[tuple[float, float]]:
        """Return (cost, retention) of every level when an hour costs ``lam``, kUAH."""
        rows = zip(self.costs, self.retentions, self.hours, strict=True)
        return [(cost_with_shadow(c, h, lam), r) for c, r, h in rows]


TERMS = Terms()


def level_values(m: float, lam: float = 0.0, terms: Terms = TERMS) -> tuple[float, ...]:
    """Return the value of one customer at every level, kUAH, in the order of LEVELS.

    Raises
    ------
    ValueError
        When costs, retentions and hours differ in length or a number is out of range.

    Examples
    --------
    >>> [round(value, 1) for value in level_values(90)]
    [180.0, 197.3, 222.3, 222.0, 120.0]
    """
    return tuple(level_value(m, c, r, terms.i) for c, r in terms.priced(lam))


def best_level(m: float, lam: float = 0.0, terms: Terms = TERMS) -> int:
    """Return the place in LEVELS (0 to 4) of the most valuable level; a tie goes to the lower.

    Examples
    --------
    >>> LEVELS[best_level(90)], LEVELS[best_level(91)], LEVELS[best_level(12)]
    ('accountable', 'proactive', 'basic')
    """
    values = level_values(m, lam, terms)
    equal = max(values) - _HAIR * max(map(abs, values))
    return next(level for level, value in enumerate(values) if value >= equal)


def thresholds(lam: float = 0.0, terms: Terms = TERMS) -> tuple[float, ...]:
    """Return the yearly margins (kUAH) at which each next level begins to pay.

    Raises
    ------
    ValueError
        As `level_threshold`, for instance when a level keeps no more customers than the one before.

    Examples
    --------
    >>> [round(m, 2) for m in thresholds()]
    [12.0, 25.5, 90.67, 282.67]
    >>> [round(m, 2) for m in thresholds(lam=0.5)]
    [22.0, 46.75, 156.0, 548.0]
    """
    return tuple(level_threshold(*low, *high, terms.i) for low, high in pairwise(terms.priced(lam)))


def ranges(lam: float = 0.0, terms: Terms = TERMS) -> list[Range | None]:
    """Return for every level the (lowest, highest) yearly margin at which none is better, or None.

    Levels may stand in any order. Of two that keep as many the cheaper has the range, of equal ones
    the first.

    Examples
    --------
    >>> [round(low, 2) for low, _ in ranges()]
    [0.0, 12.0, 25.5, 90.67, 282.67]
    """
    spans: list[Range | None] = []
    levels = terms.priced(lam)
    for level, (cost, kept) in enumerate(levels):
        low, high = 0.0, math.inf
        for other, (other_cost, other_kept) in enumerate(levels):
            if other_kept < kept:
                low = max(low, level_threshold(other_cost, other_kept, cost, kept, terms.i))
            elif other_kept > kept:
                high = min(high, level_threshold(cost, kept, other_cost, other_kept, terms.i))
            elif (other_cost, other) < (cost, level):
                high = -1.0
        spans.append((low, high) if low < high else None)
    return spans


@dataclass(frozen=True)
class Share:
    """What customers take who all have their best level at one price of an hour.

    counts: customers by level; hours: a year; value: kUAH, the price of hours not charged.
    """

    counts: tuple[int, ...]
    hours: float
    value: float


def share(margins: Numbers, lam: float = 0.0, terms: Terms = TERMS) -> Share:
    """Give every customer the best level when an hour costs ``lam``, kUAH.

    Parameters
    ----------
    margins : sequence of float
        Yearly margin of every customer, kUAH, rising.

    Examples
    --------
    >>> three = share([9, 75, 400], lam=0.5)
    >>> three.counts, three.hours, round(three.value, 1)
    ((1, 0, 1, 1, 0), 32.0, 1353.1)
    """
    counts, value = [], 0.0
    for span, cost, kept in zip(ranges(lam, terms), terms.costs, terms.retentions, strict=True):
        low, high = (bisect_right(margins, edge) for edge in span) if span else (0, 0)
        counts.append(high - low)
        value += math.fsum(margins[low:high]) * level_value(1, 0, kept, terms.i)
        value += (high - low) * level_value(0, cost, kept, terms.i)
    used = math.fsum(n * h for n, h in zip(counts, terms.hours, strict=True))
    return Share(tuple(counts), used, value)


class TooFewHours(ValueError):
    """Every level needs more hours than there are."""


@dataclass(frozen=True)
class Allocation:
    """Levels of segments under a limit of hours.

    levels: places in LEVELS, one per segment. price: shadow price of an hour, kUAH. hours: used
    this year. value: of all customers, kUAH, the price of hours not charged. A segment moves as a
    whole, so hours may stay idle.
    """

    levels: tuple[int, ...]
    price: float
    hours: float
    value: float


def allocate(
    segments: Sequence[tuple[float, float]], capacity: float, terms: Terms = TERMS
) -> Allocation:
    """Choose a level for every segment so that the managers' hours suffice.

    Every hour has one price: the smallest at which the best levels fit.

    Parameters
    ----------
    segments : sequence of (customers, margin)
        Number of customers; yearly margin of one of them, kUAH.
    capacity : float
        Hours the managers have in a year.

    Returns
    -------
    Allocation

    Raises
    ------
    ValueError
        When a number is out of range.
    TooFewHours
        When no price makes the hours suffice.

    Notes
    -----
    Maximises ``sum N (m - c - lam h)(1 + i)/(1 + i - r)``: the Lagrangian of a linear program that
    limits the hours of the customers' discounted life; lam is its dual variable.

    Examples
    --------
    >>> plan = allocate([(12, 420), (60, 70), (600, 9)], capacity=1300)
    >>> [LEVELS[level] for level in plan.levels], plan.hours, round(plan.price, 3)
    (['proactive', 'accountable', 'basic'], 768.0, 0.259)
    """
    if not 0 <= capacity < math.inf or any(not 0 <= n < math.inf for n, _ in segments):
        raise ValueError("capacity and numbers of customers must be 0 or more, and finite")

    # At a price of lam a level is worth a - lam b, so levels change only where two of these lines
    # cross.
    life = [
        level_value(h, 0, r, terms.i) for h, r in zip(terms.hours, terms.retentions, strict=True)
    ]
    lines = [zip(level_values(m, 0, terms), life, strict=True) for _, m in segments]
    crossings = {
        (a - c) / (b - d) for line in lines for (a, b), (c, d) in combinations(line, 2) if b != d
    }
    prices = [0.0, *sorted(price for price in crossings if price > 0)]
    # Between two crossings nothing changes: one look in the middle tells how many hours such a
    # price takes.
    looks = [0.0, *((low + high) / 2 for low, high in pairwise(prices)), prices[-1] + 1]
    for price, look in zip([0.0, *prices], looks, strict=True):
        levels = tuple(best_level(m, look, terms) for _, m in segments)
        chosen = list(zip(segments, levels, strict=True))
        used = math.fsum(n * terms.hours[level] for (n, _), level in chosen)
        if used <= capacity:
            value = math.fsum(n * level_values(m, 0, terms)[level] for (n, m), level in chosen)
            return Allocation(levels, price, used, value)
    raise TooFewHours(f"{capacity} hours do not suffice: every level needs more")


def matrix(
    customers: Numbers, margins: Numbers, capacity: float, terms: Terms = TERMS
) -> list[list[int]]:
    """Return the level for every number of customers (row) and margin (column); a cell is a firm.

    Parameters and errors as `allocate`; the result holds places in LEVELS, a list per row.

    Examples
    --------
    >>> [[LEVELS[level] for level in row] for row in matrix([600, 12], [420, 9], capacity=1300)]
    [['reactive', 'basic'], ['partnership', 'basic']]
    """
    return [[allocate([(n, m)], capacity, terms).levels[0] for m in margins] for n in customers]
