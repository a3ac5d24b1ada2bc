"""Make teploriven_contacts.csv: calls and meetings of a year among twelve firms and an organiser of fairs.

Run ``python datasets/make/teploriven_contacts.py [folder]``. The process and its truths stand in TRUTHS.md.
"""

import numpy as np
from common import write

WEEKS = 52
# pair of firms: contacts a week
RATES = {
    ("teploriven", "try_dvory"): 2.6,
    ("teploriven", "kresliarnia"): 1.3,
    ("teploriven", "pompa"): 0.9,
    ("teploriven", "plastyna"): 0.8,
    ("teploriven", "montazhnyk"): 0.6,
    ("teploriven", "shkala"): 0.5,
    ("kresliarnia", "try_dvory"): 1.2,
    ("kresliarnia", "zatyshok"): 0.9,
    ("kresliarnia", "vysota"): 0.8,
    ("kresliarnia", "sadyba"): 0.7,
    ("kresliarnia", "montazhnyk"): 0.6,
    ("kresliarnia", "teplomerezha"): 0.7,
    ("montazhnyk", "try_dvory"): 0.8,
    ("montazhnyk", "zatyshok"): 0.5,
    ("montazhnyk", "vysota"): 0.5,
    ("teplomerezha", "try_dvory"): 0.5,
    ("teploriven", "zatyshok"): 0.11,
    ("teploriven", "vysota"): 0.10,
    ("teploriven", "sadyba"): 0.09,
    ("try_dvory", "orenda"): 0.11,
    ("sadyba", "vysota"): 0.05,
    ("plastyna", "pompa"): 0.05,
}
FIRMS = sorted({firm for pair in RATES for firm in pair})
FAIR = "vystavka"  # invites everybody, two to four times a year
STAFF = ("engineer", "sales", "service", "accounting", "director")
# share of each among those who make contact, cumulated
CALLERS = {"teploriven": (0.52, 0.68, 0.84, 0.97, 1.0), "other": (0.40, 0.65, 0.80, 0.95, 1.0)}
FIRST = 0.5  # share of contacts that the first firm of a pair makes


def make(seed=20):
    """Return {file name: (columns, rows)}."""
    rng = np.random.default_rng(seed)
    rows = []
    for pair, rate in RATES.items():
        for week in range(1, WEEKS + 1):
            # Eight chances a week: as good as a Poisson number, and only rng.random is used.
            for _ in range(sum(rng.random() < rate / 8 for _ in range(8))):
                rows.append((week, *_contact(rng, *pair)))
    for firm in FIRMS:
        for _ in range(2 + int(rng.integers(0, 3))):
            rows.append((1 + int(rng.integers(0, WEEKS)), FAIR, firm, "sales"))
    order = sorted(range(len(rows)), key=lambda place: (rows[place][0], place))
    table = [(number, *rows[place]) for number, place in enumerate(order, 1)]
    return {"teploriven_contacts.csv": (("contact_id", "week", "caller", "called", "staff"), table)}


def _contact(rng, one, other):
    caller, called = (one, other) if rng.random() < FIRST else (other, one)
    shares, drawn = CALLERS.get(caller, CALLERS["other"]), rng.random()
    return caller, called, STAFF[sum(drawn >= share for share in shares)]


if __name__ == "__main__":
    write(make())
