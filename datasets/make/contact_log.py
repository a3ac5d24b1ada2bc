"""Make contact_log.csv: 1200 service contracts of «Зернокрок», their calls and renewals.

Run ``python datasets/make/contact_log.py [folder]``. The process and its truths stand in TRUTHS.md.
"""

import numpy as np
from common import write

CONTRACTS = 1200
MOST = 8  # calls a quarter
COLUMNS = ("contract_id", "by_lot", "volume_index", "calls", "renewed")


def make(seed=3):
    """Return {file name: (columns, rows)}."""
    rng = np.random.default_rng(seed)
    rows = []
    for contract in range(1, CONTRACTS + 1):
        size = 0.6 * rng.normal()  # logarithm of the volume
        liking = rng.normal()  # the log has no column for it
        by_lot = int(rng.random() < 0.5)
        if by_lot:
            calls = int(rng.integers(0, MOST + 1))
        else:
            wanted = 2.5 + 1.6 * liking + 0.8 * size + rng.normal()
            calls = int(np.clip(round(wanted), 0, MOST))
        odds = -0.6 + 0.70 * calls - 0.085 * calls**2 + 0.9 * liking + 0.3 * size
        renewed = int(rng.random() < 1 / (1 + np.exp(-odds)))
        rows.append((contract, by_lot, f"{np.exp(size):.2f}", calls, renewed))
    return {"contact_log.csv": (COLUMNS, rows)}


if __name__ == "__main__":
    write(make())
