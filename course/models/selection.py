"""Whom to serve and how: the whale curve, share of wallet, concentration, terms, refusals, places.

Money in thousand UAH a year. A customer's profit is margin less cost to serve. Of that cost the
services (visits, urgent orders, late payment) go with the customer; of the handling in the
warehouse only a part does, because people and racks stay. Prices of services, that part and the
order of steps (terms, discount, refusal) are conventions of this course. Plain numbers only: an
instrument is to open without numpy. A number out of range raises ValueError.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import fsum, isfinite

VISIT, URGENT, CREDIT = 1.6, 2.0, 0.22  # kUAH, kUAH, a year's price of what is paid late
INCLUDED = 0.05  # of purchases: services up to it are in the price
GOES = 0.5  # share of handling that is saved when a customer is gone
LEAVE = 0.20  # share of those with harder terms who go away
WON, WON_SHUT = 0.25, 0.05  # of purchases elsewhere, from who shows a plan and who does not
MANAGER, PLACES = 360.0, 10  # kUAH a year; customers he can take


def _shares(name: str, *values: float) -> None:
    if not all(0 <= value <= 1 for value in values):
        raise ValueError(f"{name} must be from 0 to 1, not {values}")


def whale(profits: Iterable[float]) -> list[float]:
    """Return cumulative shares of the total profit, the most profitable customers first.

    Returns
    -------
    list of float
        ``w(k) = sum of the k largest / sum of all``; the last is 1.

    Raises
    ------
    ValueError
        When all together earn nothing: shares of a loss have no meaning.

    Examples
    --------
    >>> whale([10, -5, 20, -5])
    [1.0, 1.5, 1.25, 1.0]
    """
    ordered = sorted(profits, reverse=True)
    total = fsum(ordered)
    if not total > 0:
        raise ValueError(f"the total profit must be above 0, not {total}")
    return [part / total for part in accumulate(ordered)]


def whale_peak(*profits: float) -> float:
    """Return the highest point of the whale curve, percent of the total profit.

    Examples
    --------
    >>> whale_peak(10, -5, 20, -5)
    150.0
    """
    return 100 * max(whale(profits))


def share_of_wallet(ours: float, category: float) -> float:
    """Return which share of its purchases of a category a customer makes with us.

    Examples
    --------
    >>> share_of_wallet(300, 1200)
    0.25
    """
    if not 0 <= ours <= category or category == 0:
        raise ValueError(f"ours must be from 0 to category, not {ours} of {category}")
    return ours / category


def hhi(*sales: float) -> float:
    """Return the Herfindahl-Hirschman index of sums, the squares of their shares together, 0 to 1.

    Examples
    --------
    >>> hhi(50, 30, 20)
    0.38
    """
    total = fsum(sales)
    if not (total > 0 and min(sales) >= 0):
        raise ValueError("sums must be 0 or more, and one of them above 0")
    return round(fsum((part / total) ** 2 for part in sales), 12)


def effective_number(*sales: float) -> float:
    """Return how many equal customers would be as concentrated, ``1 / hhi``.

    Examples
    --------
    >>> effective_number(25, 25, 25, 25), round(effective_number(70, 10, 10, 10), 2)
    (4.0, 1.92)
    """
    return 1 / hhi(*sales)


def refusal_gain(margin: float, services: float, handling: float, goes: float = GOES) -> float:
    """Return what the firm gains when a customer is gone: costs that go less the margin lost.

    Examples
    --------
    >>> refusal_gain(20, 12, 14), refusal_gain(20, 18, 14)
    (-1.0, 5.0)
    """
    _shares("the part that goes", goes)
    return services + goes * handling - margin


def fee(services: float, revenue: float, included: float = INCLUDED) -> float:
    """Return what a customer is charged: services beyond the part that is in the price.

    Examples
    --------
    >>> fee(12, 200, 0.05), fee(8, 200, 0.05)
    (2.0, 0.0)
    """
    if not (services >= 0 and revenue >= 0):
        raise ValueError(f"services and revenue must be 0 or more, not {services}, {revenue}")
    _shares("the part in the price", included)
    return max(0.0, services - included * revenue)


@dataclass(frozen=True)
class Customer:
    """A year of a customer, kUAH: revenue after the discount, given up by it, margin, costs."""

    revenue: float
    discount: float
    margin: float
    services: float
    handling: float

    def __post_init__(self) -> None:
        costs = (self.revenue, self.discount, self.services, self.handling)
        if not (all(isfinite(cost) and cost >= 0 for cost in costs) and isfinite(self.margin)):
            raise ValueError(f"revenue, discount and costs must be 0 or more, not {self}")

    @property
    def profit(self) -> float:
        """Margin less the whole cost to serve."""
        return self.margin - self.services - self.handling

    def kept(self, goes: float = GOES) -> float:
        """Return what would be lost with the customer: margin less the costs that go with him."""
        return -refusal_gain(self.margin, self.services, self.handling, goes)


@dataclass(frozen=True)
class Terms:
    """Steps of the plan: services in the price, discount off if still no use, refusal after it."""

    included: float = INCLUDED
    discount_off: bool = True
    refuse: bool = True
    goes: float = GOES


@dataclass(frozen=True)
class Outcome:
    """What a year of the terms changes, kUAH, and how many customers each step concerns."""

    gain: float
    charged: int
    negative: int
    raised: int
    refused: int


def step(customer: Customer, terms: Terms) -> tuple[str, float]:
    """Return the last step that a customer meets, and what he then brings.

    Returns
    -------
    tuple
        ``same``, ``fee``, ``discount`` or ``refusal``; kUAH above the costs that would go with him.

    Examples
    --------
    >>> step(Customer(100, 10, 15, 9, 4), Terms())
    ('fee', 8.0)
    >>> step(Customer(100, 10, 4, 9, 4), Terms()), step(Customer(100, 0, 4, 9, 4), Terms())
    (('discount', 7.0), ('refusal', 0.0))
    """
    charge = fee(customer.services, customer.revenue, terms.included)
    brings = customer.kept(terms.goes) + charge
    if brings >= 0:
        return ("fee" if charge else "same"), brings
    if terms.discount_off and brings + customer.discount >= 0:
        return "discount", brings + customer.discount
    if terms.refuse:
        return "refusal", 0.0
    if terms.discount_off and customer.discount:
        return "discount", brings + customer.discount
    return ("fee" if charge else "same"), brings


def outcome(customers: Iterable[Customer], terms: Terms, leave: float = LEAVE) -> Outcome:
    """Return what the terms change when a share of those whom they concern goes away.

    Who pays and who gives the service up leave the firm the same; who goes away takes margin and
    a part of the costs along. The next year is taken to be like the last.

    Examples
    --------
    >>> outcome([Customer(100, 10, 15, 9, 4), Customer(100, 0, 4, 9, 4)], Terms(), 0.25)
    Outcome(gain=9.0, charged=2, negative=1, raised=0, refused=1)
    """
    _shares("the share that leaves", leave)
    gains: list[float] = []
    steps: list[str] = []
    charged = negative = 0
    for customer in customers:
        charge = fee(customer.services, customer.revenue, terms.included)
        charged += charge > 0
        negative += customer.kept(terms.goes) + charge < 0
        name, brings = step(customer, terms)
        stays = 1.0 if name == "same" else 1 - leave
        gains.append(stays * brings - customer.kept(terms.goes))
        steps.append(name)
    return Outcome(fsum(gains), charged, negative, steps.count("discount"), steps.count("refusal"))


def growth(
    elsewhere: float, shows: bool, rate: float, won: float = WON, shut: float = WON_SHUT
) -> float:
    """Return the profit that a manager adds: purchases won from rivals by the customer's rate.

    Parameters
    ----------
    elsewhere : float
        What the customer buys of others, kUAH.
    shows : bool
        Whether he shows his plan of purchases.
    rate : float
        His profit per hryvnia of revenue, the cost to serve included; below 0 for who brings loss.
    won, shut : float
        Share of purchases elsewhere that is won when the plan is shown, and when it is not.

    Examples
    --------
    >>> growth(1000, True, 0.1), growth(1000, False, 0.1), growth(1000, True, -0.2)
    (25.0, 5.0, -50.0)
    """
    _shares("the share won", won, shut)
    if not elsewhere >= 0:
        raise ValueError(f"purchases elsewhere must be 0 or more, not {elsewhere}")
    return elsewhere * (won if shows else shut) * rate


def leave_limit(now: float, extra: float) -> float:
    """Return the share of customers that may go away before new terms no longer pay, 0 to 1.

    Parameters
    ----------
    now, extra : float
        What the customers bring above the costs that go with them, and what the terms add.

    Returns
    -------
    float
        ``extra / (now + extra)``, the root of ``(1 - q)(now + extra) = now``.

    Examples
    --------
    >>> leave_limit(120, 40)
    0.25
    """
    if not (now > 0 and extra >= 0):
        raise ValueError(f"now must be above 0 and extra 0 or more, not {now}, {extra}")
    return extra / (now + extra)


def best(values: Sequence[float], places: int = PLACES) -> list[int]:
    """Return the places in a list of its largest values, the largest first; a tie to the earlier.

    Examples
    --------
    >>> best([5, 9, 7], 2)
    [1, 2]
    """
    return sorted(range(len(values)), key=lambda place: -values[place])[:places]
