"""Make zernokrok_customers.csv: 672 customers of an inputs distributor, three segments, one year.

Run ``python datasets/make/zernokrok_customers.py [folder]``. The process and its truths stand in TRUTHS.md.
"""

import math

import numpy as np
from common import write

# segment, customers, median yearly margin (kUAH), spread of its logarithm, usual hours a year
SEGMENTS = (("holding", 12, 420, 0.55, 15), ("chain", 60, 70, 0.70, 4), ("farm", 600, 9, 0.75, 0.8))


def make(seed=5):
    """Return {file name: (columns, rows)}."""
    rng = np.random.default_rng(seed)
    rows = []
    for segment, count, median, spread, usual in SEGMENTS:
        for _ in range(count):
            margin = median * math.exp(spread * rng.normal())
            # Hours go to those who ask loudest; margin explains only a little of it.
            hours = usual * math.exp(0.8 * rng.normal()) * (margin / median) ** 0.2
            rows.append((segment, f"{margin:.2f}", f"{round(4 * hours) / 4:.2f}"))
    order = np.argsort(rng.random(len(rows)), kind="stable")
    table = [(f"Z{number:03d}", *rows[place]) for number, place in enumerate(order, 1)]
    return {
        "zernokrok_customers.csv": (("customer_id", "segment", "margin_kuah", "hours_now"), table)
    }


if __name__ == "__main__":
    write(make())
