"""Make pakuiko_panel.csv: in which stage 220 customers of a packaging plant stood in thirteen quarters.

Run ``python datasets/make/pakuiko_panel.py [folder]``. The process and its truths stand in TRUTHS.md.
"""

import numpy as np
from common import write

QUARTERS = 13
STAGES = ("0-lost", "1-aware", "2-trial", "3-growth", "4-commit")
# customers that begin in a stage
START = {"1-aware": 60, "2-trial": 55, "3-growth": 65, "4-commit": 40}
# shares of those who go, in the order of STAGES
MOVES = {
    "1-aware": (0.15, 0.57, 0.28, 0.0, 0.0),
    "2-trial": (0.20, 0.06, 0.46, 0.28, 0.0),
    "3-growth": (0.09, 0.0, 0.07, 0.73, 0.11),
}
FAILED = 0.25  # share of committed quarters with three late deliveries or more
# By clause: whether the contract says how a failure is mended and how either side may leave. Those
# who sign one leave a little less even in a quarter without failure: they are other customers.
QUIET = {0: (0.03, 0.0, 0.0, 0.06, 0.91), 1: (0.01, 0.0, 0.0, 0.06, 0.93)}
HURT = {0: (0.30, 0.0, 0.0, 0.20, 0.50), 1: (0.12, 0.0, 0.0, 0.28, 0.60)}
CLAUSE = 0.5  # share of customers who sign one when they commit themselves


def make(seed=4):
    """Return {file name: (columns, rows)}."""
    rng = np.random.default_rng(seed)
    stages = [stage for stage, number in START.items() for _ in range(number)]
    rows = []
    for customer, stage in enumerate(stages, 1):
        clause = int(rng.random() < CLAUSE)
        for quarter in range(1, QUARTERS + 1):
            failed = int(stage == "4-commit" and rng.random() < FAILED)
            rows.append((customer, quarter, stage, failed, clause if stage == "4-commit" else 0))
            if stage == "0-lost":
                break
            shares = MOVES.get(stage) or (HURT if failed else QUIET)[clause]
            stage = _drawn(rng, shares)
    return {"pakuiko_panel.csv": (("customer_id", "quarter", "stage", "failed", "clause"), rows)}


def _drawn(rng, shares):
    limits, drawn = np.cumsum(shares), rng.random()
    return STAGES[min(int((limits <= drawn).sum()), len(STAGES) - 1)]


if __name__ == "__main__":
    write(make())
