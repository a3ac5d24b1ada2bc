"""Pictures of lesson 3 that take their numbers from the data of «Кавалелека»."""

from typing import NamedTuple

from course.datasets import load
from course.figures import Axis, Bar, Bars, Line, Lines, Mark, Tick
from course.models.value import contact_value
from course.pictures import Say

WEEK = 30  # contacts that two managers have time for


class Contact(NamedTuple):
    """One offer to one café by one channel: probabilities; margin and what it adds, UAH."""

    cafe: str
    p0: float
    p1: float
    uplift: float
    margin: float
    delta: float


def ranked(by: str) -> list[Contact]:
    """Return every café with one contact, highest in a field of `Contact` first.

    Of equals the first.

    A café gets the contact that is highest in the same field; by p0, which no offer changes, its
    likeliest one.
    """
    p0 = load("kavaleleka_customers").set_index("cafe_id")["p0"]
    best: dict[str, Contact] = {}
    field = "p1" if by == "p0" else by
    for row in load("kavaleleka_offers").itertuples():
        before = p0[row.cafe_id]
        gain = contact_value(row.p1, before, row.margin_uah, row.cost_uah, row.fatigue_uah)
        contact = Contact(row.cafe_id, before, row.p1, row.p1 - before, row.margin_uah, gain)
        if getattr(contact, field) > getattr(best.get(row.cafe_id), field, float("-inf")):
            best[row.cafe_id] = contact
    return sorted(best.values(), key=lambda contact: -getattr(contact, by))


def thirty(say: Say) -> Lines:
    """Return every café's best gain from the highest down, the thirty that are called marked."""
    gains = [contact.delta for contact in ranked("delta")]
    pay = sum(gain >= 0 for gain in gains)
    ranks = tuple(float(rank) for rank in range(1, len(gains) + 1))
    called = Line(say("called"), ranks[:WEEK], tuple(gains[:WEEK]), dots=True)
    rest = Line(say("rest"), ranks[WEEK - 1 :], tuple(gains[WEEK - 1 :]), tone="muted")
    across, up = (1, WEEK, 60, 90, pay, len(gains)), (-20, 0, 20, 40, 60, 80)
    return Lines(
        title=say("title"),
        unit=say("unit"),
        sentence=say(
            "sentence",
            high=say.number(gains[0], 0),
            low=say.number(gains[WEEK - 1], 0),
            total=say.number(sum(gains[:WEEK]), 0),
            pay=str(pay),
            alone=str(len(gains) - pay),
        ),
        lines=(called, rest),
        x=Axis(say("place"), tuple(Tick(rank, str(rank)) for rank in across)),
        y=Axis(say("gain"), tuple(Tick(gain, say.number(gain)) for gain in up)),
        marks=(Mark(pay, say("pays"), "x"),),
    )


def three_ways(say: Say) -> Bars:
    """Return what thirty contacts bring when chosen by each of five rules, gain the last."""
    rules = ("p0", "p1", "uplift", "margin", "delta")
    sums = {by: sum(contact.delta for contact in ranked(by)[:WEEK]) for by in rules}
    said = {by: say.number(value, 0) for by, value in sums.items()}
    rows = tuple(Bar(say(by), (sums[by],), (said[by],), accent=by == "delta") for by in sums)
    return Bars(title=say("title"), unit=say("unit"), sentence=say("sentence", **said), rows=rows)
