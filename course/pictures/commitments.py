"""Pictures of lesson 7 that take their numbers from the model of stages and the panel."""

from dataclasses import replace

from course.datasets import load
from course.figures import Axis, Bar, Bars, Dot, Dots, Link, Network, Node, Tick
from course.models import stages as model
from course.models.satisfaction import wilson_percent
from course.models.stages import MOVES, PLANS, STAGES, WORST
from course.pictures import Say

# Where the stages stand: a way up on the left, the end beside it.
PLACES = {
    "commit": (0.12, 0.0),
    "growth": (0.12, 0.34),
    "trial": (0.12, 0.67),
    "aware": (0.12, 1.0),
    "lost": (0.95, 0.5),  # the frame keeps its right side inside the picture
}
TONES = {"commit": "accent", "lost": "ink"}
CELLS = (("hurt_none", 1, 0), ("hurt_clause", 1, 1), ("quiet_none", 0, 0), ("quiet_clause", 0, 1))


def machine(say: Say) -> Network:
    """Return the stages with the shares that go up, back and to the end in a quarter."""
    rows = {**MOVES, "commit": model.committed(PLANS["words"])}
    links, named = [], {}
    for stage, row in rows.items():
        place = STAGES.index(stage)
        for to, share in zip(STAGES, row, strict=True):
            if share and to != stage:
                label = say.number(100 * share, 0) + "\u00a0%"
                ending = to == "lost"
                back = not ending and STAGES.index(to) < place
                if not back:
                    links.append(Link(stage, to, label, share, arrow=True, dashed=ending))
                named[f"{stage}_{to}"] = say.number(100 * share, 0)
    nodes = tuple(
        Node(stage, say(stage), x, y, TONES.get(stage, "second"))
        for stage, (x, y) in PLACES.items()
    )
    return Network(
        title=say("title"),
        unit=say("unit"),
        sentence=say("sentence", **named),
        nodes=nodes,
        links=tuple(links),
        height=1.1,
    )


def _cells() -> dict[str, tuple[int, int]]:
    """Return (lost, of) of the committed by failure and clause."""
    panel = load("pakuiko_panel")
    following = panel.groupby("customer_id")["stage"].shift(-1)
    held = (panel["stage"] == "4-commit") & following.notna()
    counted = {}
    for name, failed, clause in CELLS:
        rows = held & (panel["failed"] == failed) & (panel["clause"] == clause)
        counted[name] = (int((following[rows] == "0-lost").sum()), int(rows.sum()))
    return counted


def gone(say: Say) -> Dots:
    """Return the shares of the committed lost in the next quarter, each with its interval."""
    rows, named = [], {}
    for name, (lost, of) in _cells().items():
        low, high = wilson_percent(lost, of)
        share = 100 * lost / of
        printed = say.number(share, 1) + "\u00a0%"
        rows.append(Dot(say(name, of=say.number(of)), share, low, high, printed, "hurt" in name))
        named[name] = say.number(share, 1)
    ticks = tuple(Tick(x, say.number(x)) for x in (0, 10, 20, 30, 40, 50))
    return Dots(
        title=say("title"),
        unit=say("unit"),
        sentence=say("sentence", **named),
        rows=tuple(rows),
        axis=Axis(say("axis"), ticks),
    )


def plans(say: Say) -> Bars:
    """Return what the dairy is worth under every plan; that with the clause has an interval."""
    worth = {"ordinary": model.ordinary_value()}
    worth |= {name: model.plan_values(plan)["commit"] for name, plan in PLANS.items()}
    ends = [
        model.plan_values(replace(PLANS["clause"], lost=lost))["commit"] for lost in (WORST, 0.0)
    ]
    named = {name: say.number(value, 0) for name, value in worth.items()}
    interval = {"clause": ends}
    low, high = (say.number(end, 0) for end in ends)
    rows = [
        Bar(say(name), (value,), (named[name],), "", name == "clause", *interval.get(name, ()))
        for name, value in worth.items()
    ]
    return Bars(
        title=say("title"),
        unit=say("unit"),
        sentence=say("sentence", low=low, high=high, **named),
        rows=tuple(rows),
    )
