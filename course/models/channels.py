"""Who talks with a channel's partners, who depends on whom, and what a bonus pays a driver for.

Dependence is mutual (R. Emerson, 1962): a side depends on the other as far as it cannot do
without it. The index of shares, the bonus for shops kept above a norm and all sums are conventions
of this course. Why a bonus shared by a team moves each of its members less: B. Holmstrom (1982).
Shares and chances are from 0 to 1 unless said, money in thousand UAH. A number out of range raises
ValueError.
"""

import math
from collections.abc import Iterable, Mapping
from functools import cache

SALES = "sales"  # the department of full-time marketers

# Of the lesson: a bakery with 45 routes of 20 shops.
ROUTES, SHOPS = 45, 20
LEAVING = 0.20  # share of shops that leave within a year
EFFECT = 0.07  # by how much a minute at the shelf lowers it: the trial, rounded
NORM = 4  # shops of a route that may leave before the bonus counts
MARGIN = 18.0  # of a shop in a year
MINUTE = 5.0  # what the minute costs a driver in a year: 250 shifts of 20 minutes, 60 UAH an hour
PRICE = 8.0  # of a point: a shop kept above the norm
FUND = 600.0  # for bonuses in a year
BRIGADE = 5  # drivers
STAFF = 70  # all who talk with shops
NEW, NEW_ANYWAY = 120, 90  # new shops a year with the agents' commission, and without
HONEST = (40, 100)  # photos of the shelf in autumn: taken that day, of all


def _shares(**numbers: float) -> None:
    for name, value in numbers.items():
        if not 0 <= value <= 1:
            raise ValueError(f"{name} must be from 0 to 1, not {value}")


def ptm_share(contacts: Mapping[str, float]) -> float:
    """Return the share of contacts that people outside the sales department make.

    Examples
    --------
    >>> ptm_share({"sales": 120, "delivery": 260, "service": 90, "office": 30})
    0.76
    """
    total = sum(contacts.values())
    if not total > 0:
        raise ValueError("there must be a contact or more")
    return 1 - contacts.get(SALES, 0) / total


def relative_dependence(wallet: float, sales: float) -> float:
    """Return how much more the buyer depends on the supplier than the supplier on the buyer.

    Parameters
    ----------
    wallet : float
        Share of this supplier in what the buyer purchases of the kind.
    sales : float
        Share of this buyer in the supplier's sales.

    Returns
    -------
    float
        From -1 (the supplier depends wholly) to 1.

    Examples
    --------
    >>> round(relative_dependence(0.15, 0.24), 2)
    -0.09
    """
    _shares(wallet=wallet, sales=sales)
    return wallet - sales


def price_edge(bonds: float, purchases: float) -> float:
    """Return how much cheaper a rival must be, percent, for the buyer to go.

    Parameters
    ----------
    bonds : float
        What the bonds other than price are worth to the buyer in a year.
    purchases : float
        What he buys in a year, in the same money; above 0.

    Examples
    --------
    >>> round(price_edge(1064, 15600), 2)
    6.82
    """
    if not (bonds >= 0 and purchases > 0):
        raise ValueError(
            f"bonds must be 0 or more and purchases above 0, not {bonds} and {purchases}"
        )
    return 100 * bonds / purchases


@cache
def leaving(shops: int, chance: float) -> tuple[float, ...]:
    """Return the chances that 0, 1, … of so many shops leave, each by the same chance of its own.

    Examples
    --------
    >>> leaving(2, 0.5)
    (0.25, 0.5, 0.25)
    """
    _shares(chance=chance)
    return tuple(
        math.comb(shops, gone) * chance**gone * (1 - chance) ** (shops - gone)
        for gone in range(shops + 1)
    )


def _together(one: Iterable[float], other: tuple[float, ...]) -> tuple[float, ...]:
    first = tuple(one)
    summed = [0.0] * (len(first) + len(other) - 1)
    for i, p in enumerate(first):
        for j, q in enumerate(other):
            summed[i + j] += p * q
    return tuple(summed)


@cache
def points(groups: tuple[tuple[int, float], ...], norm: int) -> float:
    """Return how many shops above the norm are kept, on average.

    Parameters
    ----------
    groups : tuple of (int, float)
        Shops that are counted together, by their chance of leaving.
    norm : int
        How many of them may leave before a shop kept counts; below it there is no fine, so luck
        alone earns points too.

    Examples
    --------
    >>> round(points(((20, 0.20),), 4), 2), round(points(((20, 0.13),), 4), 2)
    (0.7, 1.56)
    """
    gone: tuple[float, ...] = (1.0,)
    for shops, chance in groups:
        gone = _together(gone, leaving(shops, chance))
    return sum(chance * max(0, norm - count) for count, chance in enumerate(gone))


def route_points(effect: float, drivers: int = 1, norm: int = NORM) -> float:
    """Return the points of a route if every driver takes the minute; ``effect`` 0 is luck alone.

    Parameters
    ----------
    effect : float
        By how much the minute lowers the chance of leaving.
    drivers : int
        On how many routes shops are counted together, the norm of a route for each.
    norm : int
        Of one route.

    Examples
    --------
    >>> [round(45 * route_points(effect), 1) for effect in (0, 0.07)]
    [31.4, 70.1]
    """
    groups = ((drivers * SHOPS, LEAVING - effect),)
    return points(groups, drivers * norm) / drivers


def own_points(effect: float, drivers: int = 1, norm: int = NORM) -> float:
    """Return what one driver's minute adds to his own share of points, if the others take theirs.

    Examples
    --------
    >>> [round(own_points(0.07, drivers), 2) for drivers in (1, 5, 45)]
    [0.86, 0.27, 0.03]
    """
    others = (((drivers - 1) * SHOPS, LEAVING - effect),) if drivers > 1 else ()
    without = points((*others, (SHOPS, LEAVING)), drivers * norm) / drivers
    return route_points(effect, drivers, norm) - without


def takes_minute(effect: float, price: float, drivers: int = 1, norm: int = NORM) -> bool:
    """Return whether the bonus pays a driver for the minute.

    Examples
    --------
    >>> [takes_minute(0.07, 8, drivers) for drivers in (1, 5)]
    [True, False]
    """
    return price * own_points(effect, drivers, norm) >= MINUTE


def bonus_result(
    effect: float, price: float, drivers: int = 1, norm: int = NORM
) -> tuple[float, float]:
    """Return what is paid in a year, and the margin of shops kept less it.

    A minute that does not pay is not taken, and then luck alone is paid for.

    Examples
    --------
    >>> [round(amount) for amount in bonus_result(0.07, 8)]
    [561, 573]
    >>> [round(amount) for amount in bonus_result(0.07, 8, 5)]
    [114, -114]
    """
    taken = effect if takes_minute(effect, price, drivers, norm) else 0.0
    paid = price * ROUTES * route_points(taken, drivers, norm)
    return paid, taken * ROUTES * SHOPS * MARGIN - paid


def photo_result(honest: float, effect: float = EFFECT) -> float:
    """Return the margin kept less the pay when every driver is paid for the minute by a photo.

    Parameters
    ----------
    honest : float
        Share of drivers who really take it.
    effect : float
        By how much the minute lowers the chance of leaving.

    Examples
    --------
    >>> round(photo_result(0.4))
    229
    """
    _shares(honest=honest)
    return honest * effect * ROUTES * SHOPS * MARGIN - ROUTES * MINUTE


def commission_result() -> float:
    """Return what the fund brings when it is paid to agents for new shops.

    Examples
    --------
    >>> commission_result()
    -60.0
    """
    return (NEW - NEW_ANYWAY) * MARGIN - FUND
