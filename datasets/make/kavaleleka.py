"""Make kavaleleka_customers.csv and kavaleleka_offers.csv: a roaster's 140 cafés, 3 offers, 2 channels.

Run ``python datasets/make/kavaleleka.py [folder]``. The process and its truths stand in TRUTHS.md.
"""

import math

import numpy as np
from common import write

# offer: pull of the offer, margin (UAH) for a café of 40 seats
OFFERS = {"blend": (1.0, 240), "training": (0.75, 430), "service": (0.70, 600)}
# channel: pull, cost (UAH) and its spread, fatigue (UAH)
CHANNELS = {"call": (0.62, 7, 3, 3), "visit": (1.0, 21, 6, 5)}


def make(seed=3, noise=0.012):
    """Return {file name: (columns, rows)}; noise is what chance adds to each uplift, standard deviation."""
    rng = np.random.default_rng(seed)
    cafes, offers = [], []
    for number in range(1, 141):
        cafe = f"K{number:03d}"
        seats = 14 + int(rng.integers(0, 60))
        p0 = min(0.25, max(0.01, 0.10 + 0.065 * rng.normal()))
        # The undecided can be moved; those who buy anyway and those who never will cannot.
        open_to = 0.15 * math.exp(-(((p0 - 0.09) / 0.06) ** 2)) + 0.015 * rng.normal()
        dislikes_visits = rng.random() < 0.15
        cafes.append((cafe, seats, f"{p0:.3f}"))
        best = []
        for offer, (pull, margin) in OFFERS.items():
            for channel, (reach, cost, spread, fatigue) in CHANNELS.items():
                uplift = open_to * pull * reach + noise * rng.normal()
                if dislikes_visits and channel == "visit":
                    uplift -= 0.05
                p1 = round(min(0.30, max(0.01, p0 + uplift)), 3)
                while p1 in best:
                    p1 = round(p1 - 0.001, 3) if p1 > 0.15 else round(p1 + 0.001, 3)
                best.append(p1)
                worth = round(
                    min(900, max(80, margin * (seats / 40) ** 0.5 * math.exp(0.15 * rng.normal())))
                )
                price = round(max(2, cost + spread * rng.normal()), 1)
                tired = round(max(0, fatigue * (0.5 + rng.random())), 1)
                if abs((p1 - round(p0, 3)) * worth - price - tired) < 0.01:
                    price += 0.1  # a contact worth exactly nothing would be decided by rounding
                offers.append(
                    (cafe, offer, channel, f"{p1:.3f}", worth, f"{price:.1f}", f"{tired:.1f}")
                )
    return {
        "kavaleleka_customers.csv": (("cafe_id", "seats", "p0"), cafes),
        "kavaleleka_offers.csv": (
            ("cafe_id", "offer", "channel", "p1", "margin_uah", "cost_uah", "fatigue_uah"),
            offers,
        ),
    }


if __name__ == "__main__":
    write(make())
