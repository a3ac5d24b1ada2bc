"""Make dzvinkolis_trial.csv: 3000 new customers of a phone repairer, three offers by lot.

Run ``python datasets/make/dzvinkolis.py [folder]``. The process and its truths stand in TRUTHS.md.
"""

import math

import numpy as np
from common import write

CUSTOMERS = {"district": 2100, "station": 900}
# Chance of coming again within a year: as usual, with a discount card, with the open repair.
RETURNS = {
    "district": {"usual": 0.115, "card": 0.145, "open": 0.235},
    "station": {"usual": 0.03, "card": 0.035, "open": 0.04},
}
MARGIN = 400  # UAH, of a later repair
KEPT = {"usual": 1.0, "card": 0.7, "open": 1.0}  # 10 % off the price are 30 % off the margin
SPREAD = 0.25


def make(seed=62):
    """Return {file name: (columns, rows)}."""
    rng = np.random.default_rng(seed)
    people = []
    for place, count in CUSTOMERS.items():
        lots = sorted((rng.random(), offer) for offer in RETURNS[place] for _ in range(count // 3))
        people += [(rng.random(), place, offer) for _, offer in lots]
    rows = []
    for number, (_, place, offer) in enumerate(sorted(people), 1):
        returned = int(rng.random() < RETURNS[place][offer])
        size = math.exp(SPREAD * rng.normal() - SPREAD**2 / 2)
        later = round(MARGIN * KEPT[offer] * size) if returned else 0
        rows.append((f"D{number:04d}", place, offer, returned, later))
    return {
        "dzvinkolis_trial.csv": (("customer_id", "place", "offer", "returned", "later_uah"), rows)
    }


if __name__ == "__main__":
    write(make())
