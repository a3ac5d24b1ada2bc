"""Make yahidna_pairs.csv: 720 pairs of a berry supplier and a chain, early signs, a talk by lot.

Run ``python datasets/make/yahidna_pairs.py [folder]``. The process and its truths stand in TRUTHS.md.
"""

import numpy as np
from common import write

PAIRS = 720
SIGNS = ("late_pay", "reopened", "bonus_cut", "no_forecast", "beaten_story", "turnover")
# Kinds of chain: share of pairs, chance of each sign, chance to end in a quarter without and with talk.
KINDS = (
    (0.45, 0.10, 0.020, 0.020),
    (0.33, 0.42, 0.110, 0.045),
    (0.22, 0.80, 0.240, 0.230),
)
QUIET, QUIET_END = 3, 0.02  # quarters in which little is sunk yet, and the chance to end in one
LAST = 12


def make(seed=12):
    """Return {file name: (columns, rows)}."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(1, PAIRS + 1):
        draw, talk = rng.random(), int(rng.random() < 0.5)
        kind = 0 if draw < KINDS[0][0] else 1 if draw < KINDS[0][0] + KINDS[1][0] else 2
        signs = [int(rng.random() < KINDS[kind][1]) for _ in SIGNS]
        watched = int(rng.integers(5, LAST + 1))  # when the pair began decides how long it is seen
        ended = 0
        for quarter in range(1, watched + 1):
            chance = QUIET_END if quarter <= QUIET else KINDS[kind][2 + talk]
            if rng.random() < chance:
                watched, ended = quarter, 1
                break
        rows.append((number, *signs, talk, watched, ended))
    columns = ("pair_id", *SIGNS, "talk", "quarters", "ended")
    return {"yahidna_pairs.csv": (columns, rows)}


if __name__ == "__main__":
    write(make())
