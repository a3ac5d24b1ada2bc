"""Make subscriptions.csv: how long the subscribers of twelve monthly cohorts of a fitness club paid.

Run ``python datasets/make/subscriptions.py [folder]``. The process and its truths stand in TRUTHS.md.
"""

from common import write
from numpy.random import default_rng

COHORTS = 12  # of last year, January first
MONTHS = 24  # from the first payment of the first cohort to the last payment seen
SIZES = (300, 400)  # subscribers of a cohort
LEAVING = (0.8, 3.2)  # alpha, beta: how the chance of leaving differs between people


def make(seed=20250908):
    """Return {file name: (columns, rows)}."""
    rng = default_rng(seed)
    rows = []
    for cohort in range(COHORTS):
        for _ in range(rng.integers(*SIZES)):
            chance = _beta(rng, *LEAVING)
            tenure, seen = 1, MONTHS - cohort
            while tenure < seen and rng.random() >= chance:
                tenure += 1
            rows.append((len(rows) + 1, cohort, tenure, int(tenure < seen)))
    return {"subscriptions.csv": (("subscriber_id", "cohort_month", "tenure", "churned"), rows)}


def _beta(rng, alpha, beta):
    """Draw from a beta distribution by M. Joehnk's rejection (1964)."""
    while True:
        one, other = rng.random() ** (1 / alpha), rng.random() ** (1 / beta)
        if 0 < one + other <= 1:
            return one / (one + other)


if __name__ == "__main__":
    write(make())
