"""Pictures of lesson 6 that take their numbers from the model and the contacts."""

from course.datasets import load
from course.figures import Axis, Line, Lines, Link, Mark, Network, Node, Step, Tick, Waterfall
from course.models import spectrum as model
from course.models.satisfaction import wilson_percent
from course.models.spectrum import BREAK, MONEY, MONTHLY, OPEN_VENTURE, PLANS
from course.pictures import Say

FAILED, RENEWALS = 3, 20  # yearly contracts not renewed, of four developers in five years
CHANCES = tuple(q / 100 for q in range(0, 41, 5))
# Where firms stand in the picture: developers on the right, suppliers on the left.
PLACES = {
    "pompa": (0.0, 0.0),
    "shkala": (0.36, 0.0),
    "teploriven": (0.0, 0.27),
    "plastyna": (0.0, 0.72),
    "try_dvory": (0.82, 0.0),
    "kresliarnia": (0.41, 0.44),
    "montazhnyk": (0.5, 0.95),
    "teplomerezha": (1.0, 0.22),
    "sadyba": (1.0, 0.44),
    "zatyshok": (1.0, 0.66),
    "vysota": (1.0, 0.9),
}
ROLES = {"kresliarnia": "accent", "teploriven": "ink"}


def contacts(say: Say) -> Network:
    """Return the firms with a contact a month or more; the thicker the line, the more of them."""
    table = load("teploriven_contacts")
    pairs = model.ties(zip(table["caller"], table["called"], strict=True))
    degree, most = model.degrees(pairs), max(pairs.values())
    nodes = tuple(
        Node(firm, say(firm), x, y, ROLES.get(firm, "muted")) for firm, (x, y) in PLACES.items()
    )
    links = tuple(
        Link(one, other, weight=count / most)
        for (one, other), count in sorted(pairs.items())
        if count >= MONTHLY
    )
    named = {"office": degree["kresliarnia"], "own": degree["teploriven"], "most": most}
    said = say("sentence", **{name: str(count) for name, count in named.items()})
    return Network(
        title=say("title"),
        unit=say("unit"),
        sentence=said,
        nodes=nodes,
        links=links,
        height=1.0,
    )


def chances(say: Say) -> Lines:
    """Return what the forms leave in a year against the chance that the relation ends."""
    plans = {name: PLANS[name] for name in ("contract", "modular", "custom")}
    plans["open"] = OPEN_VENTURE
    tones = {"contract": "ink", "modular": "accent", "custom": "second", "open": "third"}
    lines = tuple(
        Line(
            say(name),
            tuple(100 * q for q in CHANCES),
            tuple(model.plan_result(plan, q) for q in CHANCES),
            tone=tones[name],
            dashed=name == "open",
        )
        for name, plan in plans.items()
    )
    low, high = wilson_percent(FAILED, RENEWALS)
    ends = {"low": low, "q": 100 * BREAK, "high": high}
    marks = tuple(Mark(end, say.number(end, 0)) for end in ends.values())
    named = {"high": say.number(high, 0)}
    named |= {
        name: say.number(model.plan_result(plan, high / 100), 0) for name, plan in plans.items()
    }
    return Lines(
        title=say("title"),
        unit=say("unit"),
        sentence=say("sentence", **named),
        lines=lines,
        x=Axis(say("x"), tuple(Tick(q, say.number(q)) for q in (0, 10, 20, 30, 40))),
        y=Axis(
            say("y"), tuple(Tick(y, say.number(y)) for y in (1200, 1400, 1600, 1800, 2000, 2200))
        ),
        marks=marks,
    )


def step(say: Say) -> Waterfall:
    """Return what a step from the partnership to the joint venture adds and takes."""
    before, after = PLANS["modular"], PLANS["venture"]
    changes = {
        "margin": after.units * after.margin - before.units * before.margin,
        "run": before.run - after.run,
        "money": MONEY * (before.invested - after.invested),
        "risk": BREAK * (before.stake - after.stake),
        "closed": before.closed - after.closed,
    }
    totals = {name: model.plan_result(plan) for name, plan in (("from", before), ("to", after))}
    named = {name: say.number(abs(value), 0) for name, value in {**changes, **totals}.items()}
    steps = [Step(say("from"), totals["from"], named["from"], True)]
    for name, value in changes.items():
        sign = "+" if value > 0 else "−"
        steps.append(Step(say(name), value, sign + named[name]))
    steps.append(Step(say("to"), totals["to"], named["to"], True))
    return Waterfall(
        title=say("title"),
        unit=say("unit"),
        sentence=say("sentence", **named),
        steps=tuple(steps),
    )
