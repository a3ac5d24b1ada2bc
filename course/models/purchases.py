"""Customers without a contract: who may still buy, how often and for how much.

Throughout: x repeat purchases of a customer, the first one not counted; t_x the time from his first
purchase to his last; T the time from his first purchase to the end of observation, all in one unit
(the course takes weeks). The model of purchases is the BG/NBD of P. Fader, B. Hardie and K. L. Lee
(2005), that of spending the Gamma-Gamma of P. Fader and B. Hardie (2013). Plain numbers only: an
instrument is to open without numpy. A number out of range raises ValueError.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, fsum, inf, isfinite, lgamma, log


@dataclass(frozen=True)
class Rates:
    """Parameters of the BG/NBD of a whole base.

    Parameters
    ----------
    r, alpha : float
        Purchases a week differ among customers as a gamma with shape r and rate alpha (weeks).
    a, b : float
        The chance to leave after a repeat purchase differs as a beta; a is not 1.
    """

    r: float
    alpha: float
    a: float
    b: float

    def __post_init__(self) -> None:
        values = (self.r, self.alpha, self.a, self.b)
        if not all(isfinite(value) and value > 0 for value in values) or self.a == 1:
            raise ValueError(f"r, alpha, a, b must be above 0, and a not 1; not {values}")


@dataclass(frozen=True)
class Spending:
    """Parameters of the Gamma-Gamma of a whole base; v in the unit of money."""

    p: float
    q: float
    v: float

    def __post_init__(self) -> None:
        if not (self.p > 0 and self.q > 1 and self.v > 0):
            raise ValueError(f"p and v must be above 0 and q above 1, not {self}")

    @property
    def mean(self) -> float:
        """The mean purchase over all customers, ``p v / (q - 1)``."""
        return self.p * self.v / (self.q - 1)


# Fitted by maximum likelihood; tests/models/test_purchases.py fits them again with scipy.
CDNOW = Rates(0.242595, 4.413599, 0.792921, 2.425904)
CDNOW_SPENDING = Spending(6.24958, 3.74422, 15.4435)  # US$
HLYNIANKA = Rates(0.357229, 6.631305, 0.720863, 2.152513)
HLYNIANKA_SPENDING = Spending(3.72017, 4.01858, 729.817)  # UAH


def _known(x: float, t_x: float, T: float) -> None:
    if not (x >= 0 and x == int(x) and 0 <= t_x <= T < inf and (x > 0 or t_x == 0)):
        raise ValueError(
            f"x must be whole, t_x from 0 to T, and 0 for x = 0; not x = {x}, t_x = {t_x}, T = {T}"
        )


def alive(x: float, t_x: float, T: float, rates: Rates = CDNOW) -> float:
    """Return the probability that a customer is still active, 0 to 1.

    Returns
    -------
    float
        ``1 / (1 + a/(b + x - 1) ((alpha + T)/(alpha + t_x))^(r + x))``; 1 for x = 0, because in
        this model nobody leaves before a repeat purchase.

    Examples
    --------
    >>> round(alive(2, 30.43, 38.86), 4), round(alive(1, 1.71, 38.86), 4), alive(0, 0, 38.86)
    (0.7266, 0.2122, 1.0)
    """
    _known(x, t_x, T)
    if x == 0:
        return 1.0
    silence = (rates.r + x) * log((rates.alpha + T) / (rates.alpha + t_x))
    odds = rates.a / (rates.b + x - 1)
    return 1 / (1 + odds * exp(min(silence, 700.0)))  # beyond it no float would hold the power


def _hyp2f1(a: float, b: float, c: float, z: float) -> float:
    """Return Gauss's 2F1 for 0 <= z < 1, by the series of its Euler transform.

    Here c - a - b is below 0, and the transform's terms fall by a power of n besides z^n.
    """
    if not 0 <= z < 1:
        raise ValueError(f"z must be from 0 to 1, not {z}")
    one, two, term, total = c - a, c - b, 1.0, 1.0
    for n in range(100_000):
        term *= (one + n) * (two + n) / ((c + n) * (n + 1)) * z
        total += term
        if abs(term) < 1e-15 * abs(total):
            break
    return float((1 - z) ** (c - a - b) * total)


def _ahead(x: float, since: float, weeks: float, rates: Rates) -> float:
    """Return the purchases ahead of somebody active after x of them in ``since`` weeks."""
    if not 0 <= weeks < inf:
        raise ValueError(f"weeks must be 0 or more, not {weeks}")
    r, a, b = rates.r, rates.a, rates.b
    start = rates.alpha + since
    z = weeks / (start + weeks)
    left = (1 - z) ** (r + x) * _hyp2f1(r + x, b + x, a + b + x - 1, z)
    return float((a + b + x - 1) / (a - 1) * (1 - left))


def newcomer(weeks: float, rates: Rates = CDNOW) -> float:
    """Return the repeat purchases expected of a new customer in his first weeks.

    Examples
    --------
    >>> round(newcomer(39), 4), round(newcomer(78), 4)
    (1.195, 1.858)
    """
    return _ahead(0, 0, weeks, rates)


def expected(x: float, t_x: float, T: float, weeks: float, rates: Rates = CDNOW) -> float:
    """Return the purchases expected of a customer in the weeks after T.

    Returns
    -------
    float
        ``(a+b+x-1)/(a-1) {1 - ((alpha+T)/(alpha+T+w))^(r+x) F}`` times `alive`, where w are the
        weeks and F is ``2F1(r+x, b+x; a+b+x-1; w/(alpha+T+w))``.

    Examples
    --------
    >>> round(expected(2, 30.43, 38.86, 39), 4), round(expected(0, 0, 38.86, 39), 4)
    (1.2259, 0.1948)
    """
    _known(x, t_x, T)
    return _ahead(x, T, weeks, rates) * alive(x, t_x, T, rates)


def own_weight(x: float, p: float = CDNOW_SPENDING.p, q: float = CDNOW_SPENDING.q) -> float:
    """Return how much of the expected purchase is the customer's own mean, 0 to 1.

    Returns
    -------
    float
        ``p x / (p x + q - 1)``; the rest is the mean of all.

    Examples
    --------
    >>> [round(own_weight(x), 3) for x in (0, 1, 2, 7)]
    [0.0, 0.695, 0.82, 0.941]
    """
    if not (x >= 0 and p > 0 and q > 1):
        raise ValueError(f"x must be 0 or more, p above 0 and q above 1, not {x}, {p}, {q}")
    return p * x / (p * x + q - 1)


def spend(x: float, z: float, spending: Spending = CDNOW_SPENDING) -> float:
    """Return the mean purchase expected of a customer.

    Parameters
    ----------
    x, z : float
        His repeat purchases and their mean; z does not matter for x = 0.

    Returns
    -------
    float
        ``p (v + x z) / (p x + q - 1)``, in the unit of v.

    Examples
    --------
    >>> round(spend(1, 11.77), 2), round(spend(7, 73.74), 2), round(spend(0, 0), 2)
    (18.91, 71.46, 35.17)
    """
    if not z >= 0:
        raise ValueError(f"z must be 0 or more, not {z}")
    weight = own_weight(x, spending.p, spending.q)
    return weight * z + (1 - weight) * spending.mean


def log_likelihood(customers: Sequence[tuple[float, float, float]], rates: Rates) -> float:
    """Return the logarithm of how likely the customers (x, t_x, T) are under the model.

    Examples
    --------
    >>> round(log_likelihood([(2, 30.43, 38.86), (0, 0, 38.86)], CDNOW), 4)
    -10.0135
    """
    r, alpha, a, b = rates.r, rates.alpha, rates.a, rates.b
    parts = []
    for x, t_x, T in customers:
        _known(x, t_x, T)
        parts += [lgamma(r + x) - lgamma(r) + r * log(alpha)]
        parts += [lgamma(b + x) - lgamma(b) + lgamma(a + b) - lgamma(a + b + x)]
        parts += [-(r + x) * log(alpha + T) - log(alive(x, t_x, T, rates))]
    return fsum(parts)


def spending_likelihood(customers: Sequence[tuple[float, float]], spending: Spending) -> float:
    """Return the logarithm of how likely the mean purchases z of customers with x of them are.

    Raises
    ------
    ValueError
        When somebody has no repeat purchase, or one of 0.
    """
    p, q, v = spending.p, spending.q, spending.v
    parts = []
    for x, z in customers:
        if not (x > 0 and z > 0):
            raise ValueError(f"x and z must be above 0, not {x} and {z}")
        parts += [lgamma(p * x + q) - lgamma(p * x) - lgamma(q) + q * log(v)]
        parts += [(p * x - 1) * log(z) + p * x * log(x) - (p * x + q) * log(x * z + v)]
    return fsum(parts)


def still_active(x: float, t_x: float, T: float) -> float:
    """Return `alive` of a customer of CDNOW, by its parameters as published.

    Examples
    --------
    >>> round(still_active(2, 30.43, 38.86), 3)
    0.727
    """
    return alive(x, t_x, T, Rates(0.243, 4.414, 0.793, 2.426))


def fair_spend(x: float, z: float) -> float:
    """Return `spend` of a customer of CDNOW, by its parameters as published.

    Examples
    --------
    >>> round(fair_spend(3, 42.50), 2)
    41.57
    """
    return spend(x, z, Spending(6.25, 3.74, 15.44))
