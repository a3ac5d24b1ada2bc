"""Make b2b_wallets.csv: what 256 customers of «БджоМед-Опт» buy elsewhere, and whether they show plans.

Run ``python datasets/make/b2b_wallets.py [folder]``. The process and its truths stand in TRUTHS.md.
"""

import math

import numpy as np
from b2b_ledger import YEAR
from b2b_ledger import make as make_ledger
from common import write

COUNTS = (0.12, 0.30, 0.34, 0.24)  # share of customers with 1, 2, 3, 4 suppliers
OPEN = 0.35  # share that would show its plan of purchases
NOISE = 0.25  # of the share of wallet around what rank and suppliers let expect


def pick(rng, shares):
    """Draw a place by its share."""
    draw = rng.random()
    for place, share in enumerate(shares):
        if draw < share:
            return place
        draw -= share
    return len(shares) - 1


def make(seed=3):
    """Return {file name: (columns, rows)}."""
    rng = np.random.default_rng(seed)
    bought = {}
    for _, customer, _, week, revenue, *_ in make_ledger()["b2b_ledger.csv"][1]:
        if week > YEAR:
            bought[customer] = bought.get(customer, 0.0) + float(revenue)
    rows = []
    for customer in sorted(bought):
        suppliers = 1 + pick(rng, COUNTS)
        rank = 1 + int(rng.random() * suppliers)
        expected = (1 - rank / (suppliers + 1)) * 2 / suppliers
        share = expected * math.exp(NOISE * rng.normal())
        share = 1.0 if suppliers == 1 else min(0.95, max(0.12, share))
        shows = int(rng.random() < OPEN)
        total = f"{bought[customer] / share:.2f}"
        rows.append((customer, total, suppliers, rank, shows))
    columns = ("customer_id", "category_kuah", "suppliers", "rank", "shows_plan")
    return {"b2b_wallets.csv": (columns, rows)}


if __name__ == "__main__":
    write(make())
