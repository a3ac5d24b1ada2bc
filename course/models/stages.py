"""Stages of a relation as a Markov chain: who is where later, what a customer is worth.

The stages are those of F. Dwyer, P. Schurr and S. Oh (1987), their end taken as a place that nobody
leaves; the value of a place in such a chain is that of P. Pfeifer and R. Carraway (2000). A matrix
is a list of rows, one for each place: shares of those who are in every place a period later. Money
in thousand UAH (kUAH) a quarter, d what money costs in a period (0.04 is 4 %). A number out of
range raises ValueError. The numbers of `PLANS` are conventions of this course but for shares that
were counted in its panel; all are those of one customer, one that has not signed the clause.
Only how often a quarter fails is counted over all the committed: the supplier fails, not they.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

STAGES = ("lost", "aware", "trial", "growth", "commit")
Row = Sequence[float]
Matrix = Sequence[Row]
DISCOUNT = 0.04  # a quarter
# Counted in the panel and rounded: who goes where from the stages before commitment.
MOVES = {
    "aware": (0.14, 0.53, 0.33, 0.0, 0.0),
    "trial": (0.19, 0.04, 0.49, 0.28, 0.0),
    "growth": (0.08, 0.0, 0.08, 0.72, 0.12),
}
# Lost, back to growth, in a quarter without a failure: those without the clause, as the dairy is.
# Back go 4.4 % of them and 4.6 % of those with it.
QUIET = (0.052, 0.045)
MARGINS = (0.0, -2.0, 6.0, 60.0, 150.0)  # of a customer like the dairy by stage, kUAH a quarter
_HAIR = 1e-9  # shares that add up to 1 on paper may differ by rounding errors


def _share(**numbers: float) -> None:
    for name, value in numbers.items():
        if not 0 <= value <= 1:
            raise ValueError(f"{name} must be from 0 to 1, not {value}")


def _checked(matrix: Matrix) -> None:
    for row in matrix:
        if len(row) != len(matrix) or min(row) < -_HAIR or abs(sum(row) - 1) > _HAIR:
            raise ValueError(f"a row needs {len(matrix)} shares that add up to 1, not {row}")


def _solved(matrix: Matrix, right: Row) -> list[float]:
    """Solve a system of equations by elimination, the largest pivot of a column first."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    size = len(rows)
    for column in range(size):
        pivot = max(range(column, size), key=lambda place: abs(rows[place][column]))
        rows[column], rows[pivot] = rows[pivot], rows[column]
        if not rows[column][column]:
            raise ValueError("a place other than the end has no way out")
        for place in range(size):
            if place != column:
                times = rows[place][column] / rows[column][column]
                rows[place] = [
                    a - times * b for a, b in zip(rows[place], rows[column], strict=True)
                ]
    return [rows[place][size] / rows[place][place] + 0.0 for place in range(size)]  # no -0.0


def after(start: Row, matrix: Matrix, periods: int) -> list[float]:
    """Return the shares in every place after so many periods: the start times the matrix.

    Examples
    --------
    >>> [round(x, 3) for x in after([1, 0, 0], [[0.7, 0.2, 0.1], [0.3, 0.5, 0.2], [0, 0, 1]], 2)]
    [0.55, 0.24, 0.21]
    """
    _checked(matrix)
    shares = list(start)
    for _ in range(periods):
        columns = zip(*matrix, strict=True)
        shares = [sum(a * b for a, b in zip(shares, column, strict=True)) for column in columns]
    return shares


def stage_values(matrix: Matrix, rewards: Row, d: float) -> list[float]:
    """Return what somebody in every place is worth: this period's reward and all later ones.

    Returns
    -------
    list of float
        ``(I - P / (1 + d))^-1 R``, in the unit of the rewards.

    Examples
    --------
    >>> matrix = [[0.7, 0.2, 0.1], [0.3, 0.5, 0.2], [0, 0, 1]]
    >>> [round(value, 2) for value in stage_values(matrix, [30, 10, 0], 0.10)]
    [122.22, 79.44, 0.0]
    """
    _checked(matrix)
    if not d > 0:
        raise ValueError(f"the discount rate d must be above 0, not {d}")
    size = range(len(matrix))
    left = [[(row == column) - matrix[row][column] / (1 + d) for column in size] for row in size]
    return _solved(left, rewards)


def commitment_value(m: float, s: float, b: float, g: float, d: float) -> float:
    """Return the value of a committed customer when that of one a stage lower is known.

    Parameters
    ----------
    m : float
        Margin of a period.
    s, b : float
        Shares of those who stay and of those who slip back; the others are lost.
    g : float
        Value a stage lower, in the unit of m.
    d : float
        Discount rate of a period.

    Returns
    -------
    float
        The root of ``v = m + (s v + b g) / (1 + d)``.

    Examples
    --------
    >>> round(commitment_value(150, 0.8034, 0.0723, 592.1, 0.04), 0)
    840.0
    """
    _share(s=s, b=b, both=s + b)
    if not d > 0:
        raise ValueError(f"the discount rate d must be above 0, not {d}")
    return (m + b * g / (1 + d)) / (1 - s / (1 + d))


def ever(matrix: Matrix, target: int, end: int = 0) -> list[float]:
    """Return the chance of somebody in every place to be in ``target`` before the ``end``.

    Examples
    --------
    >>> chances = ever([[1, 0, 0], [0.2, 0.5, 0.3], [0, 0, 1]], target=2)
    >>> [round(chance, 6) for chance in chances]
    [0.0, 0.6, 1.0]
    """
    _checked(matrix)
    size = range(len(matrix))
    fixed = (target, end)
    left = [
        [(row == column) - (0 if row in fixed else matrix[row][column]) for column in size]
        for row in size
    ]
    return _solved(left, [float(row == target) for row in size])


def lasting(matrix: Matrix, end: int = 0) -> list[float]:
    """Return how many periods pass on average before the ``end``, from every place.

    Examples
    --------
    >>> [round(periods, 6) for periods in lasting([[1, 0], [0.1, 0.9]])]
    [0.0, 10.0]
    """
    _checked(matrix)
    size = range(len(matrix))
    left = [
        [(row == column) - (0 if row == end else matrix[row][column]) for column in size]
        for row in size
    ]
    return _solved(left, [float(row != end) for row in size])


def mixed(often: float, hurt: float, quiet: float) -> float:
    """Return a share over all periods from those with a failure and those without.

    Examples
    --------
    >>> round(mixed(0.26, 0.33, 0.052), 4)
    0.1243
    """
    _share(often=often, hurt=hurt, quiet=quiet)
    return often * hurt + (1 - often) * quiet


@dataclass(frozen=True)
class Plan:
    """What the two firms promise each other, and what follows a quarter with a failure.

    often: share of quarters with a failure; lost, back: shares of customers lost and slipped back
    after one; run: what the promise costs in every quarter, kUAH; fine: what one failure costs,
    kUAH.
    """

    often: float
    lost: float
    back: float
    run: float = 0.0
    fine: float = 0.0

    @property
    def cost(self) -> float:
        """What the promise costs in a quarter on average, kUAH."""
        return self.run + self.often * self.fine

    @property
    def most(self) -> float:
        """What it costs in a year in which every quarter fails, kUAH."""
        return 4 * (self.run + self.fine)


# Of the lesson: a packaging plant and a dairy after three late deliveries in a quarter.
PLANS = {
    "words": Plan(often=0.26, lost=0.33, back=0.15),
    "stock": Plan(often=0.10, lost=0.33, back=0.15, run=40),
    "clause": Plan(often=0.26, lost=0.135, back=0.25, fine=40),
    "both": Plan(often=0.10, lost=0.135, back=0.25, run=40, fine=40),
}
MONEY = 200  # for promises in a year, kUAH
WORST = 0.28  # lost after a failure, if the clause works as little as the interval allows


def committed(plan: Plan) -> tuple[float, ...]:
    """Return the row of the committed: quarters with a failure and without, mixed.

    Examples
    --------
    >>> [round(share, 4) for share in committed(PLANS["words"])]
    [0.1243, 0.0, 0.0, 0.0723, 0.8034]
    """
    lost = mixed(plan.often, plan.lost, QUIET[0])
    back = mixed(plan.often, plan.back, QUIET[1])
    return (lost, 0.0, 0.0, back, 1 - lost - back)


def matrix_of(plan: Plan) -> list[Row]:
    """Return the matrix of all stages under a plan."""
    return [(1.0, 0.0, 0.0, 0.0, 0.0), *MOVES.values(), committed(plan)]


def rewards_of(plan: Plan, margins: Row = MARGINS) -> list[float]:
    """Return what a customer brings in a quarter by stage, the promise paid, kUAH."""
    return [*margins[:-1], margins[-1] - plan.cost]


def plan_values(plan: Plan, d: float = DISCOUNT) -> dict[str, float]:
    """Return what a customer is worth by stage under a plan, kUAH.

    Examples
    --------
    >>> {name: round(plan_values(plan)["commit"]) for name, plan in PLANS.items()}
    {'words': 840, 'stock': 840, 'clause': 990, 'both': 911}
    """
    return dict(zip(STAGES, stage_values(matrix_of(plan), rewards_of(plan), d), strict=True))


def failed_value(plan: Plan, d: float = DISCOUNT) -> float:
    """Return what a committed customer is worth in a quarter that has just failed, kUAH.

    Examples
    --------
    >>> [round(failed_value(PLANS[name])) for name in ("words", "clause")]
    [656, 853]
    """
    worth = plan_values(plan, d)
    later = (1 - plan.lost - plan.back) * worth["commit"] + plan.back * worth["growth"]
    return MARGINS[-1] - plan.run - plan.fine + later / (1 + d)


def ordinary_value(d: float = DISCOUNT) -> float:
    """Return what the customer is worth who is sent back to growth and stays there, kUAH.

    Examples
    --------
    >>> round(ordinary_value())
    403
    """
    matrix = matrix_of(PLANS["words"])
    lost, aware, trial, stay, commit = matrix[STAGES.index("growth")]
    matrix[STAGES.index("growth")] = (lost, aware, trial, stay + commit, 0.0)
    return stage_values(matrix, MARGINS, d)[STAGES.index("growth")]


def break_even_loss(plan: Plan, value: float, d: float = DISCOUNT) -> float:
    """Return the share lost after a failure at which the committed are worth ``value``.

    Examples
    --------
    >>> round(break_even_loss(PLANS["clause"], 840), 3)
    0.251
    """
    low, high = 0.0, 1 - plan.back
    for _ in range(60):
        middle = (low + high) / 2
        if plan_values(replace(plan, lost=middle), d)["commit"] >= value:
            low = middle
        else:
            high = middle
    return low


def dairy_cost(plan: Plan, stop: float = 70.0, change: float = 400.0) -> float:
    """Return what the relation costs the buyer in a quarter on average, kUAH.

    Parameters
    ----------
    plan : Plan
    stop : float
        What a quarter with a failure costs the buyer, kUAH; the fine comes back.
    change : float
        What it costs to find and try another supplier, kUAH.

    Examples
    --------
    >>> round(dairy_cost(PLANS["words"]), 2), round(dairy_cost(PLANS["clause"]), 2)
    (67.91, 37.23)
    """
    return plan.often * (stop - plan.fine) + committed(plan)[0] * change
