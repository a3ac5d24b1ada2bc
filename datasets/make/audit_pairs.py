"""Make audit_pairs.csv and audit_outcomes.csv: 160 relationships rated by both sides, and their fate.

Run ``python datasets/make/audit_pairs.py [folder]``. The process and its truths stand in TRUTHS.md.
"""

import numpy as np
from common import write

COMPONENTS = tuple(
    "culture leadership strategy structure people technology knowledge process".split()
)
GAP_SD = (0.5, 0.7, 0.8, 0.6, 0.6, 0.5, 0.6, 0.5)
RESPONDENTS = (
    1,
    2,
    2,
    2,
    3,
    3,
    3,
    3,
    3,
    4,
    4,
    4,
    4,
    4,
    4,
    5,
    5,
    5,
    5,
)  # one rater is rare but happens
PAIRS, ITEMS, CLASH = 160, 3, 0.22


def make(seed=88):
    """Return {file name: (columns, rows)}."""
    rng = np.random.default_rng(seed)
    base = rng.normal(3.3, 0.45, PAIRS)
    supplier = base[:, None] + rng.normal(0, 0.5, (PAIRS, 8))
    gap = rng.normal(0, 1, (PAIRS, 8)) * GAP_SD
    buyer = supplier - gap
    clash = rng.random(PAIRS) < CLASH
    dealer = 1.2 + 0.6 * rng.random(PAIRS)
    builder = np.clip(dealer + 1.9 + 1.1 * rng.random(PAIRS), 3.9, 4.6)
    supplier_builds = rng.random(PAIRS) < 0.5
    supplier[clash, 0] = np.where(supplier_builds, builder, dealer)[clash]
    buyer[clash, 0] = np.where(supplier_builds, dealer, builder)[clash]
    size = np.abs(supplier - buyer)
    logit = (
        2.2
        - 2.2 * np.maximum(0, size[:, 0] - 0.8)
        - 1.2 * size[:, 1:].mean(axis=1)
        + 0.6 * (base - 3.3)
    )
    alive = rng.random(PAIRS) < 1 / (1 + np.exp(-logit))

    ratings = []
    for pair in range(PAIRS):
        for side, values in (("supplier", supplier[pair]), ("buyer", buyer[pair])):
            respondents = RESPONDENTS[rng.integers(len(RESPONDENTS))]
            scores = np.clip(
                np.rint(values[:, None] + rng.normal(0, 0.6, (respondents, 8, ITEMS))), 1, 5
            )
            for (respondent, component, item), score in np.ndenumerate(scores):
                ratings.append(
                    (pair + 1, side, respondent + 1, COMPONENTS[component], item + 1, int(score))
                )
    outcomes = [(pair, int(lives)) for pair, lives in enumerate(alive, 1)]
    return {
        "audit_pairs.csv": (
            ("pair_id", "side", "respondent", "component", "item", "score"),
            ratings,
        ),
        "audit_outcomes.csv": (("pair_id", "alive_24m"), outcomes),
    }


if __name__ == "__main__":
    write(make())
