"""Make b2b_ledger.csv, b2b_customers.csv and b2b_prospects.csv: a wholesaler's 420 customers, 104 weeks.

Run ``python datasets/make/b2b_ledger.py [folder]``. The process and its truths stand in TRUTHS.md.
"""

import math

import numpy as np
from common import write

CUSTOMERS, WEEKS, YEAR = 420, 104, 52
# segment: share of customers, factor of their orders, list margin, handling of an order (kUAH)
SEGMENTS = {
    "agro": (0.25, 2.2, 0.16, 2.6),
    "horeca": (0.30, 0.8, 0.24, 1.6),
    "retail": (0.30, 1.0, 0.19, 1.2),
    "industry": (0.15, 1.6, 0.21, 2.1),
}
VISIT, URGENT, CREDIT = 1.6, 2.0, 0.22  # kUAH each; a year's price of money that is paid late
RETURNS = 0.26  # of those who would not order in the second year, the share that care brings back
LOST = 840  # prospects courted in vain


def gamma(rng, shape, rate):
    """Draw from a gamma distribution (Marsaglia and Tsang 2000) by `normal` and `random` alone."""
    if shape < 1:
        return gamma(rng, shape + 1, rate) * (1 - rng.random()) ** (1 / shape)
    d = shape - 1 / 3
    while True:
        x = rng.normal()
        v = (1 + x / math.sqrt(9 * d)) ** 3
        if v > 0 and math.log(1 - rng.random()) < x * x / 2 + d - d * v + d * math.log(v):
            return d * v / rate


def beta(rng, a, b):
    """Draw from a beta distribution."""
    first, second = gamma(rng, a, 1), gamma(rng, b, 1)
    return first / (first + second)


def poisson(rng, mean):
    """Draw from a Poisson distribution: how many waits of a unit rate fit into ``mean``."""
    count, waited = 0, -math.log(1 - rng.random())
    while waited < mean:
        count += 1
        waited -= math.log(1 - rng.random())
    return count


def segment_of(rng):
    """Draw a segment by its share."""
    draw = rng.random()
    for name, (share, *_) in SEGMENTS.items():
        if draw < share:
            return name
        draw -= share
    return name


def orders(rng, start, rate, stop):
    """Return weeks of orders from ``start``: after each repeat order the customer may drop out."""
    weeks = [start]
    while True:
        week = weeks[-1] - math.log(1 - rng.random()) / rate
        if week > WEEKS:
            return weeks
        weeks.append(week)
        if rng.random() < stop:
            return weeks


def make(seed=355):
    """Return {file name: (columns, rows)}."""
    rng = np.random.default_rng(seed)
    cared = set((np.argsort(rng.random(CUSTOMERS))[: CUSTOMERS // 2] + 1).tolist())
    ledger, customers, prospects = [], [], []
    for customer in range(1, CUSTOMERS + 1):
        segment = segment_of(rng)
        _, factor, list_margin, handling = SEGMENTS[segment]
        rate, stop = gamma(rng, 1.2, 6), beta(rng, 0.7, 3.5)
        weeks = orders(rng, 39 * rng.random(), rate, stop)
        saved = rng.random() < RETURNS
        if customer in cared and saved and max(weeks) <= YEAR:
            weeks += orders(rng, YEAR + 39 * rng.random(), rate, stop)
        scale = factor / gamma(rng, 4, 18)
        demanding = math.exp(-0.30 + 0.95 * rng.normal())
        discount = 0.0
        if rng.random() < 0.6:
            discount = beta(rng, 1.2, 18) + 0.035 * math.log(6 * scale / 40)
        discount = round(min(0.15, max(0.0, discount)), 3)
        for week in weeks:
            listed = gamma(rng, 6, 1) * scale
            revenue = listed * (1 - discount)
            visits = poisson(rng, 0.55 * demanding)
            urgent = int(rng.random() < min(0.85, 0.18 * demanding))
            late = round(16 * demanding * gamma(rng, 1.2, 1)) if rng.random() < 0.55 else 0
            late = min(late, 365)
            served = handling * demanding * math.exp(-0.06 + 0.35 * rng.normal())
            served += VISIT * visits + URGENT * urgent + revenue * CREDIT * late / 365
            ledger.append(
                (
                    customer,
                    segment,
                    math.ceil(week) or 1,
                    f"{revenue:.2f}",
                    f"{100 * discount:.1f}",
                    f"{listed * (list_margin - discount):.2f}",
                    visits,
                    urgent,
                    late,
                    f"{served:.2f}",
                )
            )
        customers.append((customer, segment, int(customer in cared)))
        prospects.append((segment, customer, f"{10 * math.exp(0.5 * rng.normal() - 0.125):.2f}"))
    for _ in range(LOST):
        prospects.append((segment_of(rng), 0, f"{5 * math.exp(0.6 * rng.normal() - 0.18):.2f}"))
    order = np.argsort(rng.random(len(prospects)), kind="stable")
    return {
        "b2b_ledger.csv": (
            (
                "order_id",
                "customer_id",
                "segment",
                "week",
                "revenue_kuah",
                "discount_pct",
                "gross_margin_kuah",
                "visits",
                "urgent_order",
                "days_late",
                "cost_to_serve_kuah",
            ),
            [
                (number, *row)
                for number, row in enumerate(sorted(ledger, key=lambda row: (row[2], row[0])), 1)
            ],
        ),
        "b2b_customers.csv": (("customer_id", "segment", "care"), customers),
        "b2b_prospects.csv": (
            ("prospect_id", "segment", "customer_id", "spent_kuah"),
            [(number, *prospects[place]) for number, place in enumerate(order, 1)],
        ),
    }


if __name__ == "__main__":
    write(make())
