"""Pictures of lesson 13: who talks with the shops, who is complained of, what a bonus pays for."""

from functools import cache

from course.datasets import load
from course.figures import Axis, Bar, Bars, Dot, Dots, Link, Mark, Network, Node, Tick
from course.models import channels as model
from course.models.channels import BRIGADE, EFFECT, FUND, PRICE, ROUTES
from course.models.satisfaction import wilson_percent
from course.pictures import Say

# Where departments stand around the shop.
PLACES = {
    "management": (0.5, 0.0),
    "sales": (0.06, 0.2),
    "accounting": (0.94, 0.2),
    "service": (0.06, 0.78),
    "callcentre": (0.94, 0.78),
    "delivery": (0.5, 1.0),
}
TEAMS = (1, 3, BRIGADE, ROUTES)
ENDS = (0.025, 0.115)  # of the effect: its 95 % interval in the trial, rounded


@cache
def counted() -> dict[str, tuple[int, int]]:
    """Return (conversations, complaints) of every department."""
    table = load("channel_contacts").groupby("department")[["contacts", "complaints"]].sum()
    return {str(name): (int(row.iloc[0]), int(row.iloc[1])) for name, row in table.iterrows()}


def contact_map(say: Say) -> Network:
    """Return the shop among the departments; the thicker the line, the more conversations."""
    talks = {name: contacts for name, (contacts, _) in counted().items()}
    total, most = sum(talks.values()), max(talks.values())
    shares = {name: say.number(100 * count / total, 0) for name, count in talks.items()}
    nodes = [
        Node(
            name, say(name, share=shares[name]), x, y, "second" if name == model.SALES else "accent"
        )
        for name, (x, y) in PLACES.items()
    ]
    return Network(
        title=say("title"),
        unit=say("unit"),
        sentence=say("sentence", whole=say.number(100 * model.ptm_share(talks), 0), **shares),
        nodes=(Node("shop", say("shop"), 0.5, 0.5, "ink"), *nodes),
        links=tuple(Link("shop", name, weight=talks[name] / most) for name in PLACES),
        height=0.85,
    )


def complaints(say: Say) -> Dots:
    """Return the share of conversations followed by a complaint, by department."""
    rows, named = [], {}
    for name, (contacts, bad) in sorted(
        counted().items(), key=lambda item: -item[1][1] / item[1][0]
    ):
        low, high = wilson_percent(bad, contacts)
        share = 100 * bad / contacts
        printed = say.number(share, 1) + "\u00a0%"
        rows.append(Dot(say(name), share, low, high, printed, name == "accounting"))
        named[name] = say.number(share, 1)
    return Dots(
        title=say("title"),
        unit=say("unit"),
        sentence=say("sentence", **named),
        rows=tuple(rows),
        axis=Axis(say("axis"), tuple(Tick(x, say.number(x)) for x in (0, 5, 10, 15))),
    )


def teams(say: Say) -> Bars:
    """Return what his minute brings a driver in a year when so many routes are counted together."""
    gains = {drivers: PRICE * model.own_points(EFFECT, drivers) for drivers in TEAMS}
    cost = say.number(model.MINUTE)
    return Bars(
        title=say("title"),
        unit=say("unit"),
        sentence=say(
            "sentence",
            cost=cost,
            **{f"of{drivers}": say.number(gain, 1) for drivers, gain in gains.items()},
        ),
        rows=tuple(
            Bar(say(f"team{drivers}"), (gain,), (say.number(gain, 1),), "", gain >= model.MINUTE)
            for drivers, gain in gains.items()
        ),
        marks=(Mark(model.MINUTE, say("mark", cost=cost)),),
    )


def result(effect: float, drivers: int = 1) -> float:
    """Return what a bonus leaves, its fund limited: above it the price of a point falls."""
    paid, left = model.bonus_result(effect, PRICE, drivers)
    return left + max(0.0, paid - FUND)


def plans(say: Say) -> Bars:
    """Return what every plan leaves in a year; two of them with the interval of the trial."""
    good, of = model.HONEST
    honest = good / of
    left = {
        "own": result(EFFECT),
        "photo": model.photo_result(honest),
        "whole": result(EFFECT, ROUTES),
        "agents": model.commission_result(),
        "brigade": result(EFFECT, BRIGADE),
        "equal": -FUND,
    }
    ends = {
        "own": tuple(result(effect) for effect in ENDS),
        "photo": tuple(model.photo_result(honest, effect) for effect in ENDS),
    }
    named = {name: say.number(value, 0) for name, value in left.items()}
    named |= {
        f"{name}_{end}": say.number(value, 0)
        for name, pair in ends.items()
        for end, value in zip(("low", "high"), pair, strict=True)
    }
    return Bars(
        title=say("title"),
        unit=say("unit"),
        sentence=say("sentence", **named),
        rows=tuple(
            Bar(
                say(name),
                (value,),
                (named[name],),
                "",
                name == "own",
                *ends.get(name, (None, None)),
            )
            for name, value in left.items()
        ),
    )
