"""Pictures of lesson 3 that take their numbers from the data of «Кавалелека»."""

from typing import NamedTuple

from course.datasets import load
from course.figures import Bar, Bars
from course.models.value import contact_value
from course.pictures import Say
from course.texts import number

WEEK = 30  # contacts that two managers have time for


class Contact(NamedTuple):
    """One offer to one café by one channel: probabilities, and what it adds, UAH."""

    cafe: str
    p0: float
    p1: float
    delta: float


def chosen(by: str) -> list[Contact]:
    """Return thirty cafés, highest in a field of `Contact`, each with one contact.

    A café gets its most gainful contact when chosen by delta, otherwise its likeliest one: who
    looks at probabilities offers what is likeliest to be taken. Of equals the first wins.
    """
    p0 = load("kavaleleka_customers").set_index("cafe_id")["p0"]
    best: dict[str, Contact] = {}
    for row in load("kavaleleka_offers").itertuples():
        before = p0[row.cafe_id]
        gain = contact_value(row.p1, before, row.margin_uah, row.cost_uah, row.fatigue_uah)
        contact = Contact(row.cafe_id, before, row.p1, gain)
        field = "delta" if by == "delta" else "p1"
        if getattr(contact, field) > getattr(best.get(row.cafe_id), field, float("-inf")):
            best[row.cafe_id] = contact
    return sorted(best.values(), key=lambda contact: -getattr(contact, by))[:WEEK]


def _signed(value: float) -> str:
    return number(value, "uk", 0)


def thirty(say: Say) -> Bars:
    """Return the gain of the best contact of the thirty best cafés."""
    best = chosen("delta")
    rows = tuple(
        Bar(contact.cafe, (contact.delta,), (_signed(contact.delta),), accent=place == 0)
        for place, contact in enumerate(best)
    )
    said = {
        "first": best[0].cafe,
        "high": _signed(best[0].delta),
        "last": best[-1].cafe,
        "low": _signed(best[-1].delta),
        "total": _signed(sum(contact.delta for contact in best)),
    }
    return Bars(title=say("title"), unit=say("unit"), sentence=say("sentence", **said), rows=rows)


def three_ways(say: Say) -> Bars:
    """Return what thirty contacts bring when chosen by p0, by p1 and by their gain."""
    sums = {by: sum(contact.delta for contact in chosen(by)) for by in ("p0", "p1", "delta")}
    rows = tuple(Bar(say(by), (value,), (_signed(value),), accent=by == "delta") for by, value in sums.items())
    said = {by: _signed(value) for by, value in sums.items()}
    return Bars(title=say("title"), unit=say("unit"), sentence=say("sentence", **said), rows=rows)
