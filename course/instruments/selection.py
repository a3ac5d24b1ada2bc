"""Terms, refusals and ten places.

The second year of «БджоМед-Опт»: what steps for its customers bring, and what a manager adds.
"""

import csv
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from math import fsum

from course import paths
from course.figures import Axis, Bar, Bars, Figure, Line, Lines, Mark, Tick
from course.instruments import Choice, Field, Grid, Instrument, Note, Slider, Values, Words
from course.models.selection import (
    CREDIT,
    MANAGER,
    PLACES,
    URGENT,
    VISIT,
    WON_SHUT,
    Customer,
    Outcome,
    Terms,
    best,
    growth,
    outcome,
    refusal_gain,
)

YEAR = 52  # weeks; the second year is the last
# field: (least, most, step), percent
LIMITS = {"included": (0, 20, 1), "leave": (0, 100, 5), "goes": (0, 100, 10), "won": (0, 50, 5)}
CHOICES = {
    "fees": ("no", "yes"),
    "discount": ("no", "yes"),
    "refusal": ("none", "last", "all"),
    "places": ("none", "revenue", "profit", "elsewhere", "added"),
}
BASE: dict[str, float | str] = {"included": 5, "leave": 20, "goes": 50, "won": 25}
STEPS: dict[str, float | str] = {**BASE, "fees": "yes", "discount": "yes", "refusal": "last"}
NOTHING: dict[str, float | str] = {**BASE, "fees": "no", "discount": "no", "refusal": "none"}


@dataclass(frozen=True)
class Wallet:
    """A customer of the last year, what he buys of others (kUAH), whether he shows a plan."""

    customer: Customer
    elsewhere: float
    shows: bool


@cache
def wallets() -> list[Wallet]:
    """Read the customers of the second year, in the order of their numbers."""
    folder = paths.shared("datasets")
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0] * 5)
    with (folder / "b2b_ledger.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if int(row["week"]) <= YEAR:
                continue
            revenue, part = float(row["revenue_kuah"]), float(row["discount_pct"])
            services = VISIT * int(row["visits"]) + URGENT * int(row["urgent_order"])
            services += CREDIT * revenue * int(row["days_late"]) / 365
            line = (
                revenue,
                revenue * part / (100 - part),
                float(row["gross_margin_kuah"]),
                services,
                float(row["cost_to_serve_kuah"]) - services,
            )
            own = sums[row["customer_id"]]
            sums[row["customer_id"]] = [old + new for old, new in zip(own, line, strict=True)]
    found = []
    with (folder / "b2b_wallets.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            customer = Customer(*sums[row["customer_id"]])
            # to the kopeck: what is bought of us alone leaves a hair of nothing
            elsewhere = max(0.0, round(float(row["category_kuah"]) - customer.revenue, 2))
            found.append(Wallet(customer, elsewhere, row["shows_plan"] == "1"))
    return found


@dataclass(frozen=True)
class Reading:
    """A plan: shares from 0 to 1, money in kUAH a year."""

    terms: Terms
    leave: float
    won: float
    refusal: str
    places: str

    def at(self, leave: float) -> Outcome:
        """Return what the terms bring when a share of those whom they concern leaves."""
        customers = [wallet.customer for wallet in wallets()]
        if self.refusal != "all":
            return outcome(customers, self.terms, leave)
        kept = [customer for customer in customers if customer.profit >= 0]
        rest = outcome(kept, self.terms, leave)
        refused = len(customers) - len(kept)
        gain = rest.gain + self.paper
        return Outcome(gain, rest.charged, rest.negative, rest.raised, rest.refused + refused)

    @property
    def outcome(self) -> Outcome:
        """What the terms bring."""
        return self.at(self.leave)

    @property
    def paper(self) -> float:
        """What refusing all who bring a loss would bring, their staying costs counted."""
        customers = [wallet.customer for wallet in wallets()]
        return fsum(
            refusal_gain(one.margin, one.services, one.handling, self.terms.goes)
            for one in customers
            if one.profit < 0
        )

    @property
    def manager(self) -> float:
        """What the manager leaves after his cost; 0 when there is none."""
        if self.places == "none":
            return 0.0
        adds = [
            growth(
                one.elsewhere,
                one.shows,
                one.customer.profit / one.customer.revenue,
                self.won,
                min(self.won, WON_SHUT),
            )
            for one in wallets()
        ]
        orders = {
            "revenue": [one.customer.revenue for one in wallets()],
            "profit": [one.customer.profit for one in wallets()],
            "elsewhere": [one.elsewhere for one in wallets()],
            "added": adds,
        }
        return fsum(adds[place] for place in best(orders[self.places], PLACES)) - MANAGER


def read(values: Values) -> Reading:
    """Read a plan.

    Examples
    --------
    >>> reading = read({**STEPS, "places": "added"})
    >>> round(reading.outcome.gain), reading.outcome.refused, round(reading.manager)
    (2061, 12, 125)
    """
    shares = {name: float(values[name]) / 100 for name in LIMITS}
    terms = Terms(
        included=shares["included"] if values["fees"] == "yes" else 1.0,
        discount_off=values["discount"] == "yes",
        refuse=values["refusal"] == "last",
        goes=shares["goes"],
    )
    return Reading(
        terms, shares["leave"], shares["won"], str(values["refusal"]), str(values["places"])
    )


def controls(say: Words) -> list[Slider | Grid]:
    """Return what can be changed."""
    rows = tuple(
        (
            say(name),
            (Choice(name, say(name), tuple((key, say(f"{name}_is.{key}")) for key in keys)),),
        )
        for name, keys in CHOICES.items()
    )
    sliders = [
        Slider(Field(name, say(name), least, most, "%"), step)
        for name, (least, most, step) in LIMITS.items()
    ]
    return [Grid(say("plan"), (say("choice"),), rows), *sliders]


def draw(reading: Reading, say: Words) -> list[Figure]:
    """Draw what the plan changes, and how it bears customers who leave."""
    found, manager = reading.outcome, reading.manager
    numbers = {"terms": found.gain, "manager": manager, "total": found.gain + manager}
    printed = {name: say.number(value, 0) for name, value in numbers.items()}
    bars = Bars(
        title=say("chart"),
        unit=say("money"),
        sentence=say("said", **printed, paper=say.number(reading.paper, 0)),
        rows=tuple(
            Bar(say(f"bar.{name}"), (value,), (printed[name],), accent=name == "total")
            for name, value in numbers.items()
        ),
    )
    shares = [float(share) for share in range(0, 101, 10)]
    gains = [reading.at(share / 100).gain for share in shares]
    level = reading.paper
    low, high = min(*gains, level, 0.0), max(*gains, level, 1.0)
    step = next(size for size in (250, 500, 1000, 2000, 5000, 10000) if high - low <= 4 * size)
    first = int(low // step) * step
    ticks = tuple(
        Tick(first + part * step, say.number(first + part * step))
        for part in range(int(-((first - high) // step)) + 1)
    )
    limits = say(
        "leaving_said",
        now=say.number(gains[0], 0),
        all=say.number(gains[-1], 0),
        paper=say.number(level, 0),
    )
    lines = Lines(
        title=say("leaving"),
        unit=say("leaving_unit"),
        sentence=limits,
        lines=(
            Line(say("line.terms"), tuple(shares), tuple(gains)),
            Line(say("line.paper"), (0.0, 100.0), (level, level), tone="second", dashed=True),
        ),
        x=Axis(
            say("axis_leave"),
            tuple(Tick(share, say.number(share)) for share in (0, 25, 50, 75, 100)),
        ),
        y=Axis(say("axis_gain"), ticks),
        marks=(Mark(100 * reading.leave, say("now")),),
    )
    return [bars, lines]


def notes(reading: Reading, say: Words) -> list[Note]:
    """Count whom each step concerns."""
    found = reading.outcome
    counts = {
        name: say.number(getattr(found, name))
        for name in ("charged", "negative", "raised", "refused")
    }
    return [Note("plain", say("steps", **counts))]


INSTRUMENT = Instrument(
    name="selection",
    controls=controls,
    cases={
        "today": {**NOTHING, "places": "none"},
        "accountant": {**NOTHING, "refusal": "all", "places": "none"},
        "large": {**NOTHING, "places": "revenue"},
        "steps": {**STEPS, "places": "added"},
    },
    start="today",
    read=read,
    draw=draw,
    notes=notes,
    challenges={
        "worse": lambda reading: (
            reading.refusal == "last"
            and reading.terms.included < 1
            and reading.terms.goes == 0.5
            and reading.outcome.gain < reading.paper
        ),
        "few": lambda reading: (
            reading.refusal == "last"
            and 0 < reading.outcome.refused <= 8
            and reading.leave >= 0.3
            and reading.terms.goes <= 0.5
            and reading.outcome.gain >= 1500
        ),
        "growing": lambda reading: reading.places == "revenue" and reading.manager < -450,
    },
)
