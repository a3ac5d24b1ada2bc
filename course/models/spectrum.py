"""Forms of relation between two firms: which one four factors suggest, what each leaves in a year.

The seven forms are those of F. E. Webster (1992); asset specificity, uncertainty and frequency are
O. Williamson's. Scales, weights, limits of the index and the numbers of `PLANS` are conventions of
this course. Money in thousand UAH (kUAH); factors run from 0 to 10; q is the probability that the
relation ends within a year, g what money costs in a year (0.18 is 18 %). A number out of range
raises ValueError.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

FORMS = (
    "transactions",
    "repeated",
    "longterm",
    "partnership",
    "alliance",
    "network",
    "integration",
)
LIMITS = (0.10, 0.25, 0.40, 0.58, 0.74, 0.88)  # of the index: where the next form begins
WEIGHTS = (0.35, 0.20, 0.15, 0.30)  # specificity, uncertainty, frequency, joint work
OFTEN = 50.0  # orders a year that make frequency 10: about one a week
GUARD = 8.0  # specificity below which ownership is not advised
MONEY = 0.18  # a year
BREAK = 0.15  # 3 of 20 yearly contracts were not renewed
MONTHLY = 12  # contacts a year that make a tie lasting: one a month
_HAIR = 1e-9  # an index that equals a limit on paper may differ by rounding errors


def _within(low: float, high: float, **numbers: float) -> None:
    for name, value in numbers.items():
        if not low <= value <= high:
            raise ValueError(f"{name} must be from {low:g} to {high:g}, not {value}")


def specificity(invested: float, elsewhere: float) -> float:
    """Return the specificity of an investment: the share that is lost in any other use, times 10.

    Parameters
    ----------
    invested, elsewhere : float
        What was put in and what it is worth with another customer, in the same unit.

    Examples
    --------
    >>> round(specificity(3600, 720), 9), round(specificity(3900, 2340), 9)
    (8.0, 4.0)
    """
    if not 0 <= elsewhere <= invested or not invested > 0:
        raise ValueError(f"worth elsewhere must be from 0 to {invested}, not {elsewhere}")
    return 10 * (1 - elsewhere / invested)


def frequency(orders: float) -> float:
    """Return the frequency of dealings from 0 to 10, 10 from `OFTEN` orders a year.

    Examples
    --------
    >>> frequency(24), frequency(80)
    (4.8, 10.0)
    """
    if not orders >= 0:
        raise ValueError(f"orders must be 0 or more, not {orders}")
    return 10 * min(orders, OFTEN) / OFTEN


def spectrum_index(
    a: float, u: float, f: float, j: float, weights: Sequence[float] = WEIGHTS
) -> float:
    """Return the index of closeness, from 0 to 1: a weighted mean of four factors, over 10.

    Parameters
    ----------
    a, u, f, j : float
        Asset specificity, uncertainty, frequency, need of joint work.
    weights : sequence of float
        0 or more each, in the same order; only their proportions count.

    Examples
    --------
    >>> round(spectrum_index(7, 5, 8, 6), 9)
    0.645
    """
    _within(0, 10, a=a, u=u, f=f, j=j)
    if min(weights) < 0 or not sum(weights) > 0:
        raise ValueError("weights must be 0 or more, and one of them above 0")
    parts = zip(weights, (a, u, f, j), strict=True)
    return sum(weight * factor for weight, factor in parts) / sum(weights) / 10


def form_of(z: float) -> int:
    """Return the place in FORMS that an index suggests; a limit belongs to the form above it.

    Examples
    --------
    >>> [FORMS[form_of(z)] for z in (0.645, 0.58, 0.05)]
    ['alliance', 'alliance', 'transactions']
    """
    _within(0, 1, z=z)
    return bisect_right(LIMITS, z + _HAIR)


def advised(z: float, a: float, hold_up: bool) -> int:
    """Return the place in FORMS after the guard: ownership only against a threat of hold-up.

    Integration needs a specificity of `GUARD` or more and a partner who could use it to dictate
    terms; otherwise the network before it is advised.

    Examples
    --------
    >>> FORMS[advised(0.9, 9, True)], FORMS[advised(0.9, 9, False)], FORMS[advised(0.9, 7, True)]
    ('integration', 'network', 'network')
    """
    form = form_of(z)
    integration = FORMS.index("integration")
    guarded = a >= GUARD - _HAIR and hold_up
    return form if form < integration or guarded else integration - 1


@dataclass(frozen=True)
class Plan:
    """What two firms would do together in a year.

    units a year; margin of one, the wear of tooling already taken off, kUAH; run: what keeping up
    the relation costs, kUAH; invested: kUAH; lost: share of it that is worth nothing elsewhere;
    uncovered: share of that loss which no clause pays back; closed: margin given up with other
    customers, kUAH.
    """

    units: float
    margin: float
    run: float = 0.0
    invested: float = 0.0
    lost: float = 0.0
    uncovered: float = 0.0
    closed: float = 0.0

    @property
    def stake(self) -> float:
        """What is lost for good when the relation ends, kUAH."""
        _within(0, 1, lost=self.lost, uncovered=self.uncovered)
        return self.uncovered * self.lost * self.invested


# Of the lesson: a maker of heat substations and one developer who needs 24 of them a year.
PLANS = {
    "tender": Plan(units=12, margin=90, run=144),
    "contract": Plan(units=24, margin=75, run=120),
    "custom": Plan(24, 140, run=540, invested=3600, lost=0.8, uncovered=0.6),
    "modular": Plan(24, 140, run=540, invested=3900, lost=0.4, uncovered=0.6),
    "venture": Plan(24, 200, run=1530, invested=6000, lost=0.7, uncovered=0.5, closed=1500),
}
OPEN_VENTURE = replace(PLANS["venture"], closed=0.0)


def plan_result(plan: Plan, q: float = BREAK, g: float = MONEY) -> float:
    """Return what a plan leaves in a year on average, kUAH.

    Returns
    -------
    float
        ``units * margin - run - g * invested - q * stake - closed``.

    Examples
    --------
    >>> [round(plan_result(plan), 1) for plan in PLANS.values()]
    [936.0, 1680.0, 1912.8, 1977.6, 375.0]
    """
    _within(0, 1, q=q, g=g)
    earned = plan.units * plan.margin - plan.run - g * plan.invested - plan.closed
    return earned - q * plan.stake


def expected_loss(invested: float, lost: float, uncovered: float, q: float) -> float:
    """Return what an end of the relation costs in a year on average: ``q * stake``.

    Examples
    --------
    >>> round(expected_loss(3600, 0.8, 0.6, 0.15), 6)
    259.2
    """
    _within(0, 1, q=q)
    return q * Plan(0, 0, invested=invested, lost=lost, uncovered=uncovered).stake


def break_even(one: Plan, other: Plan, g: float = MONEY) -> float:
    """Return the probability of an end at which two plans leave the same.

    Raises
    ------
    ValueError
        When both lose the same at an end, so that no probability decides.

    Examples
    --------
    >>> round(break_even(PLANS["custom"], PLANS["contract"]), 3)
    0.285
    """
    if one.stake == other.stake:
        raise ValueError("both plans lose the same when the relation ends")
    return (plan_result(one, 0, g) - plan_result(other, 0, g)) / (one.stake - other.stake)


def needed_margin(plan: Plan, result: float, q: float = BREAK, g: float = MONEY) -> float:
    """Return the margin of one unit at which a plan leaves ``result``, kUAH.

    Examples
    --------
    >>> round(needed_margin(PLANS["venture"], 1977.6), 1)
    266.8
    """
    return plan.margin + (result - plan_result(plan, q, g)) / plan.units


def ties(contacts: Iterable[tuple[str, str]]) -> Counter[tuple[str, str]]:
    """Count contacts by pair of firms, whoever began them; the names of a pair in order.

    Examples
    --------
    >>> ties([("b", "a"), ("a", "b"), ("a", "c")])
    Counter({('a', 'b'): 2, ('a', 'c'): 1})
    """
    return Counter((min(pair), max(pair)) for pair in contacts)


def degrees(pairs: Mapping[tuple[str, str], int], least: int = MONTHLY) -> Counter[str]:
    """Count the partners of every firm with whom it had at least so many contacts.

    Examples
    --------
    >>> degrees({("a", "b"): 20, ("a", "c"): 1}, least=12)
    Counter({'a': 1, 'b': 1})
    """
    return Counter(firm for pair, count in pairs.items() if count >= least for firm in pair)
