"""How long two firms that look differently far ahead work together, and what seeing it late costs.

A supplier pays for a plant of use to one customer only, instalment by instalment; the customer may
then press him for a part of what he has put in. In an endlessly repeated game with payoffs
T > R > P > S co-operation with a partner who leaves for good (the grim trigger) holds when the
future counts enough: ``delta >= (T - R) / (T - P)``. That T grows with what the other side has sunk
is a convention of this course. Money in thousand UAH, rounds are quarters counted from 0. A number
out of range raises ValueError.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

CHAINS = ("builder", "reckoner", "hunter")
SUPPLIERS = ("leaves", "pauses", "endures")


def _share(**numbers: float) -> None:
    for name, value in numbers.items():
        if not 0 <= value <= 1:
            raise ValueError(f"{name} must be between 0 and 1, not {value}")


def _not_negative(**numbers: float) -> None:
    for name, value in numbers.items():
        if not (value >= 0 and math.isfinite(value)):
            raise ValueError(f"{name} must be 0 or more, not {value}")


def future_weight(r: float, i: float) -> float:
    """Return what a hryvnia of the next round counts now: ``r / (1 + i)``.

    Parameters
    ----------
    r : float
        Chance that there is a next round for whoever decides, 0 to 1.
    i : float
        Interest per round, 0 or more.

    Examples
    --------
    >>> round(future_weight(0.9, 0.15), 3)
    0.783
    """
    _share(r=r)
    _not_negative(i=i)
    return r / (1 + i)


def critical_weight(t: float, r: float, p: float) -> float:
    """Return the least weight of the future at which co-operation holds: ``(T - R) / (T - P)``.

    Parameters
    ----------
    t, r, p : float
        Payoff of a round: of one who presses, of both who co-operate, of both apart; ``r > p``,
        ``t >= r``.

    Examples
    --------
    >>> critical_weight(5, 3, 1)
    0.5
    """
    if not t >= r > p:
        raise ValueError(f"payoffs must obey T >= R > P, not {t}, {r}, {p}")
    return (t - r) / (t - p)


def payoff_stream(first: float, later: float, i: float, rounds: int) -> float:
    """Return the present value of one payoff now and another in each of the rounds after it.

    Examples
    --------
    >>> round(payoff_stream(500, 150, 0.04, 5), 1)
    1044.5
    """
    _not_negative(i=i)
    if rounds < 1:
        raise ValueError(f"rounds are counted from 1, not {rounds}")
    return first + sum(later / (1 + i) ** n for n in range(1, int(rounds)))


@dataclass(frozen=True)
class Deal:
    """What is offered: instalments of the supplier, payoffs of a quarter, what pressing takes.

    joint and alone: profit of either side together and apart. share: of the money sunk that
    pressing takes in a quarter. returned: part of that which a guarantee gives back. penalty: what
    the customer pays for a quarter of pressing.
    """

    instalment: float
    instalments: int
    joint: float
    alone: float = 150.0
    share: float = 0.3
    returned: float = 0.0
    penalty: float = 0.0

    def __post_init__(self) -> None:
        _not_negative(
            instalment=self.instalment, instalments=self.instalments, penalty=self.penalty
        )
        _share(share=self.share, returned=self.returned)
        if not self.joint > self.alone:
            raise ValueError(f"together must bring more than apart: {self.joint}, {self.alone}")

    @property
    def whole(self) -> float:
        """All instalments."""
        return self.instalment * self.instalments

    def sunk(self, quarter: int) -> float:
        """Return what is paid in by the end of a quarter; each instalment at its beginning."""
        return self.instalment * min(quarter + 1, self.instalments)

    def gain(self, sunk: float) -> float:
        """Return what pressing brings the customer in a quarter; below 0 counts as 0."""
        return max(0.0, self.share * (1 - self.returned) * sunk - self.penalty)

    def critical(self, sunk: float) -> float:
        """Return the least weight of the future that keeps the customer from pressing."""
        return critical_weight(self.joint + self.gain(sunk), self.joint, self.alone)


# Of the lesson, all conventions of this course.
WHOLE = Deal(500, 6, 500)
STEP = Deal(200, 2, 230)
STAYS = 2 / 3  # chance that a buyer of the chain still answers for the deal in the next quarter
FIRM_STAYS = 0.97  # the same of the chain itself
RATE = 0.04  # a quarter
QUARTERS = 20
SIGNS = 4  # of six, seen at the chain of the case


def sunk_cap(
    weight: float, joint: float, alone: float, share: float, penalty: float = 0.0
) -> float:
    """Return the most that can be sunk before the customer finds it worth pressing.

    Parameters
    ----------
    weight : float
        Of the future, for whoever decides on the customer's side; below 1.
    joint, alone : float
        Profit of the customer in a quarter together and apart.
    share : float
        Of the money sunk that pressing takes in a quarter, above 0.
    penalty : float
        Paid for a quarter of pressing.

    Returns
    -------
    float
        ``(weight / (1 - weight) * (joint - alone) + penalty) / share``: the sum at which
        `critical_weight` equals the weight.

    Examples
    --------
    >>> round(sunk_cap(0.6, 400, 200, 0.3))
    1000
    """
    _share(weight=weight, share=share)
    _not_negative(penalty=penalty)
    if weight == 1 or share == 0 or not joint > alone:
        raise ValueError("weight must be below 1, share above 0, joint above alone")
    return (weight / (1 - weight) * (joint - alone) + penalty) / share


@dataclass(frozen=True)
class Quarter:
    """One round: what is sunk by then, whether each side co-operates, what it has (kUAH)."""

    number: int
    sunk: float
    supplier_keeps: bool
    chain_keeps: bool
    supplier: float
    chain: float


def path(
    deal: Deal, chain: str, supplier: str, weight: float, quarters: int = QUARTERS
) -> tuple[Quarter, ...]:
    """Play a deal quarter by quarter.

    Parameters
    ----------
    deal : Deal
    chain : str
        ``builder`` never presses, ``hunter`` always does, ``reckoner`` does in a quarter in which
        the critical weight is above his own.
    supplier : str
        When pressed in the quarter before: ``leaves`` for good, ``pauses`` for a quarter,
        ``endures``. Whoever stands apart pays no instalment.
    weight : float
        Of the future, for the chain.

    Examples
    --------
    >>> played = path(WHOLE, "reckoner", "leaves", 0.641)
    >>> [(q.number, q.sunk, q.supplier) for q in played[3:6]]
    [(3, 2000, 0), (4, 2500, -750.0), (5, 2500, 150.0)]
    """
    if chain not in CHAINS or supplier not in SUPPLIERS:
        raise ValueError(f"unknown behaviour: {chain}, {supplier}")
    _share(weight=weight)
    played: list[Quarter] = []
    paid, pressed, gone = 0, False, False
    for number in range(quarters):
        gone = gone or (pressed and supplier == "leaves")
        keeps = not gone and not (pressed and supplier == "pauses")
        instalment = 0.0
        if keeps and paid < deal.instalments:
            paid, instalment = paid + 1, deal.instalment
        sunk = paid * deal.instalment
        kind = chain == "builder" or (chain == "reckoner" and deal.critical(sunk) <= weight)
        if not keeps:
            money = deal.alone, deal.alone
        elif kind:
            money = deal.joint - instalment, deal.joint
        else:
            taken = deal.share * (1 - deal.returned) * sunk
            money = (
                deal.joint - taken - instalment + deal.penalty,
                deal.joint + taken - deal.penalty,
            )
        played.append(Quarter(number, sunk, keeps, kind, *money))
        pressed = keeps and not kind
    return tuple(played)


def present(amounts: Iterable[float], i: float = RATE) -> float:
    """Return the present value of amounts of consecutive quarters, the first one now.

    Examples
    --------
    >>> round(present([150] * 20), 1)
    2120.1
    """
    _not_negative(i=i)
    return sum(amount / (1 + i) ** n for n, amount in enumerate(amounts))


def above_alone(deal: Deal, played: Iterable[Quarter], i: float = RATE) -> tuple[float, float]:
    """Return by how much a path is worth more than staying apart, to the supplier and to the chain.

    Examples
    --------
    >>> [round(v) for v in above_alone(WHOLE, path(WHOLE, "builder", "leaves", 0.641))]
    [2221, 4947]
    """
    listed = tuple(played)
    return (
        present((q.supplier - deal.alone for q in listed), i),
        present((q.chain - deal.alone for q in listed), i),
    )


def pressed_in(deal: Deal, quarter: int, i: float = RATE, quarters: int = QUARTERS) -> float:
    """Return what a deal leaves the supplier above working alone if pressed once and gone.

    Parameters
    ----------
    quarter : int
        In which he is pressed, counted from 0.

    Examples
    --------
    >>> round(pressed_in(WHOLE, 4)), round(pressed_in(WHOLE, 5)), round(pressed_in(STEP, 1))
    (-1336, -1558, -351)
    """
    if not 0 <= quarter < quarters:
        raise ValueError(f"quarters are counted from 0 to {quarters - 1}, not {quarter}")
    kept = path(deal, "builder", "leaves", 1, quarter)
    pressed = path(deal, "hunter", "endures", 0, quarter + 1)[-1]
    return above_alone(deal, (*kept, pressed), i)[0]


def expected(lasting: float, patient: float, pressed: float) -> float:
    """Return what a plan is worth when a share of partners never presses and the others do.

    Examples
    --------
    >>> round(expected(0.5, 2221, -1336), 1)
    442.5
    """
    _share(lasting=lasting)
    return lasting * patient + (1 - lasting) * pressed


def least_lasting(patient: float, pressed: float, sure: float) -> float:
    """Return the share of patient partners from which a risky plan beats a sure one.

    Examples
    --------
    >>> round(least_lasting(2221, -1336, 738), 3)
    0.583
    """
    if not patient > pressed:
        raise ValueError("a patient partner must bring more than one who presses")
    return (sure - pressed) / (patient - pressed)


@dataclass(frozen=True)
class Survival:
    """One row of a Kaplan-Meier table: still watched, ended, share alive and its error."""

    quarter: int
    at_risk: int
    ended: int
    alive: float
    error: float

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval, kept within 0 and 1."""
        return max(0.0, self.alive - 1.96 * self.error), min(1.0, self.alive + 1.96 * self.error)


def kaplan_meier(watched: Iterable[tuple[int, int]]) -> tuple[Survival, ...]:
    """Return the share alive after every quarter, with the error of M. Greenwood (1926).

    Parameters
    ----------
    watched : iterable of (int, int)
        Quarters watched, and whether the relationship ended in the last of them (1) or was still
        alive when watching stopped (0).

    Examples
    --------
    >>> [(s.at_risk, s.ended, s.alive) for s in kaplan_meier([(1, 1), (2, 0), (2, 1), (3, 0)])]
    [(4, 1, 0.75), (3, 1, 0.5), (1, 0, 0.5)]
    """
    listed = [(int(t), int(ended)) for t, ended in watched]
    if any(t < 1 or ended not in (0, 1) for t, ended in listed):
        raise ValueError("quarters are counted from 1; ended is 0 or 1")
    rows, alive, summed = [], 1.0, 0.0
    for quarter in range(1, max((t for t, _ in listed), default=0) + 1):
        at_risk = sum(t >= quarter for t, _ in listed)
        ended = sum(t == quarter and bool(end) for t, end in listed)
        alive *= 1 - ended / at_risk
        if ended < at_risk:
            summed += ended / (at_risk * (at_risk - ended))
        rows.append(Survival(quarter, at_risk, ended, alive, alive * math.sqrt(summed)))
    return tuple(rows)
