"""Make hlynianka_customers.csv: what «Глинянка», a ceramics shop that closes, tells of its customers.

How it comes about, and what there is to find, stands in TRUTHS.md.
"""

from math import log

import numpy as np
from common import write

CUSTOMERS = 1500
R, ALPHA, A, B = 0.35, 6.0, 0.8, 2.6  # purchases a week and the chance to leave after one
P, Q, V = 4.0, 3.6, 600.0  # hryvnias of a purchase
COLUMNS = ("customer_id", "x", "t_x", "T", "mean_uah")


def gamma(rng, shape):
    """Draw a gamma of rate 1 (G. Marsaglia, W. W. Tsang, 2000)."""
    if shape < 1:
        return gamma(rng, shape + 1) * rng.random() ** (1 / shape)
    d = shape - 1 / 3
    while True:
        z = rng.normal()
        cube = (1 + z / (9 * d) ** 0.5) ** 3
        if cube > 0 and log(1 - rng.random()) < z * z / 2 + d - d * cube + d * log(cube):
            return d * cube


def customer(rng):
    """Return (x, t_x, T, mean of the repeat purchases) of somebody who came 26 to 78 weeks ago."""
    T = round(26 + 52 * rng.random(), 2)
    week = gamma(rng, R) / ALPHA
    leaving, staying = gamma(rng, A), gamma(rng, B)
    chance = leaving / (leaving + staying)
    scale = V / gamma(rng, Q)
    bought, time = [], 0.0
    last = 0.0
    # A customer of next to no rate buys once; the limit keeps the division sound.
    while week > 1e-9:
        time -= log(1 - rng.random()) / week
        if time > T:
            break
        last = time
        bought.append(gamma(rng, P) * scale)
        if rng.random() < chance:
            break
    mean = sum(bought) / len(bought) if bought else 0
    return len(bought), f"{last:.2f}", f"{T:.2f}", f"{mean:.0f}"


def make(seed=1):
    """Return {file name: (columns, rows)}."""
    rng = np.random.default_rng(seed)
    rows = [(number, *customer(rng)) for number in range(1, CUSTOMERS + 1)]
    return {"hlynianka_customers.csv": (COLUMNS, rows)}


if __name__ == "__main__":
    write(make())
