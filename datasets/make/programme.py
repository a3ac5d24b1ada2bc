"""Make the data of the annual programme: six firms in four files, each with a column ``firm``.

programme_ledger.csv holds two years of orders, programme_contacts.csv calls and renewals,
programme_survey.csv what customers say, programme_audit.csv two relationships rated by both sides.
Run ``python datasets/make/programme.py [folder]``. The process and its truths stand in TRUTHS.md.
"""

import math
from dataclasses import dataclass

import numpy as np
from common import write

YEAR = 52
# segment: customers, size of an order, orders a year, chance to stay for the second year, demands
SEGMENTS = {
    "A": (4, 6.0, 7.0, 0.90, 0.9),
    "B": (10, 2.2, 4.5, 0.80, 0.8),
    "C": (18, 0.8, 2.6, 0.70, 0.55),
    "D": (4, 4.0, 5.0, 0.80, 2.1),
}
DISCOUNT = {"A": 0.03, "B": 0.02, "C": 0.0, "D": 0.09}
VISIT, URGENT = 0.7, 0.9  # kUAH
ACCOUNTS, MOST = 300, 8
LOT = 0.6  # share of the accounts whose calls a lot decided
CLIENTS = 120
# component: mean mark, share of the general mood in it, mean importance
COMPONENTS = {
    "core": (5.8, 0.6, 6.5),
    "support": (5.0, 0.7, 5.7),
    "recovery": (4.2, 0.7, 5.3),
    "personal": (4.5, 0.6, 4.9),
}
ITEMS = (4, 4, 3, 3, 3, 3, 3, 4)  # indicators of the eight components of the audit
CULTURE, POWER = 0, "C2.4"
RATERS = 2


@dataclass(frozen=True)
class Firm:
    """What differs between the firms; ``apart`` is the segment of the partner of another culture.

    ``order``: kUAH of a usual order; ``margin``: share of it; ``handling``: cost of an order;
    ``peak``: best number of calls; ``weak``: the component that lags behind; ``problem``: share of
    customers who had a failure.
    """

    order: float
    margin: float
    handling: float
    peak: float
    weak: str
    problem: float
    apart: str
    dealer: str  # which side of that relationship makes deals
    seed: int


FIRMS = (
    Firm(9.0, 0.34, 0.9, 4.0, "recovery", 0.40, "D", "buyer", 35),
    Firm(12.0, 0.27, 1.1, 3.0, "support", 0.34, "A", "buyer", 11),
    Firm(7.0, 0.38, 0.8, 5.0, "personal", 0.30, "D", "supplier", 44),
    Firm(8.0, 0.33, 0.8, 3.5, "recovery", 0.44, "D", "buyer", 47),
    Firm(14.0, 0.25, 1.2, 4.5, "support", 0.32, "A", "supplier", 17),
    Firm(6.5, 0.37, 0.9, 4.0, "personal", 0.38, "D", "buyer", 66),
)


def poisson(rng, mean):
    """Draw from a Poisson distribution: how many waits of a unit rate fit into ``mean``."""
    count, waited = 0, -math.log(1 - rng.random())
    while waited < mean:
        count += 1
        waited -= math.log(1 - rng.random())
    return count


def ledger(rng, firm):
    """Return the orders of a firm's customers, by week."""
    rows, customer = [], 0
    for segment, (count, size, pace, stays, demands) in SEGMENTS.items():
        for place in range(count):
            customer += 1
            scale = size * firm.order * math.exp(0.35 * rng.normal())
            demanding = demands * math.exp(0.5 * rng.normal())
            stayed = rng.random() < stays or place == 0  # the first of a segment is audited
            for first in (0, YEAR) if stayed else (0,):
                for _ in range(max(1, poisson(rng, pace))):
                    week = first + 1 + int(YEAR * rng.random())
                    revenue = scale * math.exp(0.25 * rng.normal())
                    margin = revenue * (firm.margin - DISCOUNT[segment] - 0.02 * demanding)
                    visits = poisson(rng, 0.8 * demanding)
                    urgent = int(rng.random() < min(0.9, 0.22 * demanding))
                    served = firm.handling * demanding * math.exp(0.25 * rng.normal())
                    served += VISIT * visits + URGENT * urgent + 0.06 * demanding * revenue
                    cells = f"{revenue:.2f}", f"{margin:.2f}", visits, urgent, f"{served:.2f}"
                    rows.append((customer, segment, week, *cells))
    return sorted(rows, key=lambda row: (row[2], row[0]))


def contacts(rng, firm):
    """Return the accounts with their calls a quarter: chosen by the manager, or by lot."""
    rows = []
    for account in range(1, ACCOUNTS + 1):
        liking = rng.normal()  # the log has no column for it
        by_lot = int(rng.random() < LOT)
        if by_lot:
            calls = int(rng.integers(0, MOST + 1))
        else:
            calls = int(np.clip(round(2.8 + 1.6 * liking + rng.normal()), 0, MOST))
        odds = -0.7 + 0.06 * (2 * firm.peak * calls - calls**2) + 0.9 * liking
        rows.append((account, by_lot, calls, int(rng.random() < 1 / (1 + math.exp(-odds)))))
    return rows


def survey(rng, firm):
    """Return what the people of the customers answered."""
    mood = rng.normal(0, 1, CLIENTS)
    level, share, weight = np.array(list(COMPONENTS.values())).T
    level = level - 0.5 * np.array([name == firm.weak for name in COMPONENTS])
    noise = rng.normal(0, 0.9, (CLIENTS, 4))
    performance = marks(level + mood[:, None] * share + noise, 7)
    importance = marks(weight + rng.normal(0, 0.8, (CLIENTS, 4)), 7)
    problem = rng.random(CLIENTS) < firm.problem
    core, support, recovery, personal = performance.T
    satisfaction = marks(
        4.8
        - 0.6 * problem
        + 0.6 * np.minimum(core - 6, 0)
        + 0.30 * (support - 5)
        + np.where(problem, 0.60, 0.05) * (recovery - 4)
        + 0.35 * np.maximum(personal - 4, 0)
        + rng.normal(0, 0.7, CLIENTS),
        7,
    )
    again = rng.random(CLIENTS) < 0.15 + 0.75 * ((satisfaction - 1) / 6) ** 2
    answers = np.column_stack([importance, performance, problem, satisfaction, again])
    return [(number, *map(int, row)) for number, row in enumerate(answers, 1)]


def audit(rng, firm, orders):
    """Return the ratings of two relationships by both sides: of an A and of a D customer."""
    rows = []
    for segment in ("A", "D"):
        partner = min(customer for customer, name, *_ in orders if name == segment)
        base = 3.4 + 0.3 * rng.normal()
        supplier = base + rng.normal(0, 0.4, len(ITEMS))
        buyer = supplier + rng.normal(0, 0.45, len(ITEMS))
        buyer[CULTURE] = supplier[CULTURE] + 0.3 * rng.normal()
        power = {"supplier": supplier[1], "buyer": buyer[1]}
        if segment == firm.apart:
            dealer, builder = 1.5 + 0.2 * rng.random(), 4.2 + 0.3 * rng.random()
            sides = {"supplier": supplier, "buyer": buyer}
            for side, values in sides.items():
                values[CULTURE] = dealer if side == firm.dealer else builder
                power[side] = 1.5 if side == firm.dealer else 4.2
        for side, values in (("supplier", supplier), ("buyer", buyer)):
            for component, items in enumerate(ITEMS):
                for item in range(1, items + 1):
                    indicator = f"C{component + 1}.{item}"
                    mean = power[side] if indicator == POWER else values[component]
                    for rater in range(1, RATERS + 1):
                        score = int(np.clip(round(mean + 0.55 * rng.normal()), 1, 5))
                        rows.append((partner, side, rater, indicator, score))
    return rows


def marks(values, top):
    """Round to marks from 1 to ``top``."""
    return np.clip(np.rint(values), 1, top)


TABLES = {
    "programme_ledger.csv": (
        "firm",
        "order_id",
        "customer_id",
        "segment",
        "week",
        "revenue_kuah",
        "margin_kuah",
        "visits",
        "urgent_order",
        "cost_kuah",
    ),
    "programme_contacts.csv": ("firm", "account", "by_lot", "calls", "renewed"),
    "programme_survey.csv": (
        "firm",
        "client",
        *(f"imp_{name}" for name in COMPONENTS),
        *(f"perf_{name}" for name in COMPONENTS),
        "had_problem",
        "overall_sat",
        "reordered",
    ),
    "programme_audit.csv": ("firm", "customer_id", "side", "rater", "indicator", "score"),
}


def make():
    """Return {file name: (columns, rows)}."""
    made = {name: (columns, []) for name, columns in TABLES.items()}
    for number, firm in enumerate(FIRMS, 1):
        rng = np.random.default_rng(firm.seed)
        orders = ledger(rng, firm)
        parts = [
            [(place, *row) for place, row in enumerate(orders, 1)],
            contacts(rng, firm),
            survey(rng, firm),
            audit(rng, firm, orders),
        ]
        for (_, rows), part in zip(made.values(), parts, strict=True):
            rows += [(number, *row) for row in part]
    return made


if __name__ == "__main__":
    write(make())
