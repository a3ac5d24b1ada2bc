"""Make channel_contacts.csv and route_trial.csv: who talks with a bakery's shops, and a trial by lot on its routes.

Run ``python datasets/make/channel_contacts.py [folder]``. The process and its truths stand in TRUTHS.md.
"""

import math

import numpy as np
from common import write

PARTNERS = 90
TIERS = ("chain", "shop", "kiosk")
SHARES = (0.1, 0.4, 1.0)  # of the tiers, cumulated
# department: conversations a quarter for a shop of degree 1, and the share of them followed by a complaint
DEPARTMENTS = {
    "sales": (6.6, 0.02),
    "delivery": (10.2, 0.05),
    "service": (6.0, 0.03),
    "accounting": (2.7, 0.10),
    "callcentre": (4.8, 0.04),
    "management": (1.2, 0.01),
}
# some departments talk more, or less, with shops of a tier
MORE = {
    ("chain", "sales"): 1.6,
    ("chain", "accounting"): 2.0,
    ("chain", "management"): 3.0,
    ("kiosk", "sales"): 0.7,
    ("kiosk", "callcentre"): 1.3,
}
LEAST = 0.3  # degree of the quietest partner, where the mean is 1
ROUTES, SHOPS = 45, 20
WITH_MINUTE = 22  # routes drawn by lot
LEAVING = {0: 0.20, 1: 0.12}  # chance of a shop to leave within the year


def make(seed=13):
    """Return {file name: (columns, rows)}."""
    rng = np.random.default_rng(seed)
    trial = ("route_id", "minute", "left"), _trial(rng)
    columns = ("partner_id", "tier", "department", "contacts", "complaints")
    return {"route_trial.csv": trial, "channel_contacts.csv": (columns, _contacts(rng))}


def _contacts(rng):
    rows = []
    for partner in range(1, PARTNERS + 1):
        drawn = rng.random()
        tier = TIERS[sum(drawn >= share for share in SHARES)]
        # Gamma with shape 2 and mean 1 is half the sum of two exponential numbers; only rng.random is used.
        gamma = -(math.log(1 - rng.random()) + math.log(1 - rng.random())) / 2
        degree = LEAST + (1 - LEAST) * gamma
        for department, (weight, bad) in DEPARTMENTS.items():
            contacts = _poisson(rng, weight * degree * MORE.get((tier, department), 1.0))
            complaints = int(sum(rng.random() < bad for _ in range(contacts)))
            rows.append((partner, tier, department, contacts, complaints))
    return rows


def _poisson(rng, mean):
    """Count exponential waits that fit into 1."""
    count, waited = 0, -math.log(1 - rng.random()) / mean
    while waited < 1:
        count, waited = count + 1, waited - math.log(1 - rng.random()) / mean
    return count


def _trial(rng):
    order = sorted(range(1, ROUTES + 1), key=lambda _: rng.random())
    chosen = set(order[:WITH_MINUTE])
    rows = []
    for route in range(1, ROUTES + 1):
        minute = int(route in chosen)
        rows.append((route, minute, int(sum(rng.random() < LEAVING[minute] for _ in range(SHOPS)))))
    return rows


if __name__ == "__main__":
    write(make())
