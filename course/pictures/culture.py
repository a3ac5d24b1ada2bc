"""Pictures of lesson 12: temptation, late exit, survival by signs, talks, four plans."""

from collections.abc import Iterable
from functools import cache

from course.datasets import load
from course.figures import Axis, Bar, Bars, Line, Lines, Tick
from course.models import culture as model
from course.models.culture import FIRM_STAYS, RATE, STAYS, STEP, WHOLE, Deal, Survival
from course.pictures import Say

SIGNS = ("late_pay", "reopened", "bonus_cut", "no_forecast", "beaten_story", "turnover")
GROUPS = {"few": (0, 1), "some": (2, 3), "many": (4, 6)}
QUARTER = 8  # by which every instalment is paid
FINE = Deal(500, 6, 500, penalty=100)


@cache
def buyer() -> float:
    """Return the weight of the future for the chain's buyer."""
    return model.future_weight(STAYS, RATE)


@cache
def firm() -> float:
    """Return the weight of the future for the chain itself."""
    return model.future_weight(FIRM_STAYS, RATE)


@cache
def lives(group: str, talk: int | None = None) -> tuple[Survival, ...]:
    """Return how long pairs with so many signs lasted."""
    table = load("yahidna_pairs")
    chosen = table[table[list(SIGNS)].sum(axis=1).between(*GROUPS[group])]
    if talk is not None:
        chosen = chosen[chosen["talk"] == talk]
    return model.kaplan_meier(zip(chosen["quarters"], chosen["ended"], strict=True))


@cache
def gain(deal: Deal, chain: str) -> float:
    """Return what a plan leaves the supplier above working alone, kUAH."""
    return model.above_alone(deal, model.path(deal, chain, "leaves", buyer()))[0]


@cache
def plans() -> dict[str, tuple[float, float | None, float | None]]:
    """Return what each plan is worth, kUAH: expected, pressed, not pressed."""
    lasting = lives("many")[QUARTER - 1].alive
    calm = lives("many")[2].alive  # the share not pressed while nearly nothing was sunk

    def risky(lasting: float, best: float, worst: float) -> tuple[float, float, float]:
        return model.expected(lasting, best, worst), worst, best

    return {
        "whole": risky(lasting, gain(WHOLE, "builder"), gain(WHOLE, "reckoner")),
        "fine": risky(lasting, gain(FINE, "builder"), gain(FINE, "reckoner")),
        "step": risky(calm, gain(STEP, "reckoner"), model.pressed_in(STEP, STEP.instalments - 1)),
        "stop": (0.0, None, None),
    }


def _ticks(say: Say, *values: float) -> tuple[Tick, ...]:
    return tuple(Tick(value, say.number(value)) for value in values)


def _twice(values: Iterable[float]) -> tuple[float, ...]:
    return tuple(value for value in values for _ in range(2))


def temptation(say: Say) -> Lines:
    """Return the weight of the future that is needed by what is sunk."""
    paid = tuple(WHOLE.instalment * n for n in range(WHOLE.instalments + 1))
    needed = tuple(WHOLE.critical(sunk) for sunk in paid)
    most = model.sunk_cap(buyer(), WHOLE.joint, WHOLE.alone, WHOLE.share)
    return Lines(
        title=say("title"),
        unit=say("unit"),
        sentence=say(
            "sentence",
            buyer=say.number(buyer(), 3),
            most=say.number(round(most), 0),
            whole=say.number(WHOLE.whole),
            needed=say.number(needed[-1], 2),
            firm=say.number(firm(), 3),
        ),
        lines=(
            Line(say("needed"), paid, needed, dots=True),
            Line(say("buyer"), paid, (buyer(),) * len(paid), tone="second", dashed=True),
            Line(say("firm"), paid, (firm(),) * len(paid), tone="ink"),
        ),
        x=Axis(say("sunk"), _ticks(say, 0, 500, 1000, 1500, 2000, 2500, 3000)),
        y=Axis("δ", _ticks(say, 0, 0.2, 0.4, 0.6, 0.8, 1)),
    )


def survival(say: Say) -> Lines:
    """Return the share of pairs still together, by the number of signs."""
    lines: list[Line] = []
    named: dict[str, str] = {}
    tones = {"few": "ink", "some": "second", "many": "accent"}
    for name in GROUPS:
        rows = lives(name)
        alive = [100.0] + [100 * row.alive for row in rows]
        ends = [(100.0, 100.0)] + [tuple(100 * end for end in row.interval) for row in rows]
        quarters = [float(q) for q in range(len(alive))]
        # The estimate falls only where a pair parted and is level in between (Kaplan, Meier 1958).
        lines.append(
            Line(
                say(name),
                _twice(quarters)[1:],
                _twice(alive)[:-1],
                _twice(low for low, _ in ends)[:-1],
                _twice(high for _, high in ends)[:-1],
                tone=tones[name],
                dashed=name == "some",
            )
        )
        named |= {f"{name}_3": say.number(alive[3], 0), f"{name}_8": say.number(alive[QUARTER], 0)}
    return Lines(
        title=say("title"),
        unit=say("unit"),
        sentence=say("sentence", **named),
        lines=tuple(lines),
        x=Axis(say("quarter"), _ticks(say, 0, 2, 4, 6, 8, 10, 12)),
        y=Axis("%", _ticks(say, 0, 20, 40, 60, 80, 100)),
    )


def talks(say: Say) -> Bars:
    """Return by how many points a meeting of leaders raised survival, by the number of signs."""
    rows: list[Bar] = []
    named: dict[str, str] = {}
    for name in GROUPS:
        without, met = (lives(name, talk)[QUARTER - 1] for talk in (0, 1))
        effect = 100 * (met.alive - without.alive)
        half = 196 * (met.error**2 + without.error**2) ** 0.5
        named |= {name: say.number(round(effect), 0), f"{name}_half": say.number(round(half), 0)}
        rows.append(
            Bar(
                say(f"{name}_row"),
                (effect,),
                (named[name],),
                say(
                    "note",
                    without=say.number(100 * without.alive, 0),
                    met=say.number(100 * met.alive, 0),
                ),
                name == "some",
                effect - half,
                effect + half,
            )
        )
    return Bars(
        title=say("title"), unit=say("unit"), sentence=say("sentence", **named), rows=tuple(rows)
    )


@cache
def late() -> tuple[float, ...]:
    """Return what the whole plant leaves, kUAH, by how many quarters pass before one goes."""
    played = model.path(WHOLE, "reckoner", "endures", buyer())
    return tuple(
        model.present(quarter.supplier - WHOLE.alone for quarter in played[:n]) for n in range(9)
    )


def exits(say: Say) -> Bars:
    """Return the loss by the quarter after which the supplier leaves."""
    losses = late()
    rows = tuple(
        Bar(
            say("after", quarter=say.number(n)) if n else say("never"),
            (losses[n],),
            (say.number(round(losses[n]), 0),),
            say("pressed") if n >= 5 else "",
            n == 5,
        )
        for n in range(len(losses))
    )
    return Bars(
        title=say("title"),
        unit=say("unit"),
        sentence=say(
            "sentence",
            four=say.number(round(-losses[4]), 0),
            five=say.number(round(-losses[5]), 0),
            eight=say.number(round(-losses[8]), 0),
        ),
        rows=rows,
    )


def four_plans(say: Say) -> Bars:
    """Return what the four proposals leave above working alone."""
    rows: list[Bar] = []
    named: dict[str, str] = {}
    for name, (middle, low, high) in plans().items():
        named[name] = say.number(round(middle), 0)
        rows.append(Bar(say(name), (middle,), (named[name],), "", name == "step", low, high))
        if low is not None and high is not None:
            named |= {f"{name}_low": say.number(round(low), 0)}
            named |= {f"{name}_high": say.number(round(high), 0)}
    return Bars(
        title=say("title"), unit=say("unit"), sentence=say("sentence", **named), rows=tuple(rows)
    )
