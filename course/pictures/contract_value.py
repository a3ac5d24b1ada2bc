"""Pictures of lesson 8: two kinds in one cohort, three rates, lengths of training, five budgets."""

from functools import cache

from course.datasets import load
from course.figures import Axis, Bar, Bars, Line, Lines, Mark, Tick
from course.models import contract as model
from course.models.contract import (
    BUDGET,
    CEILING,
    HIGH_END,
    HORIZON,
    MARGIN,
    PAIR,
    RATE,
    REGULAR,
    SPENT,
    VISITORS,
    WON,
    Renewals,
)
from course.models.satisfaction import wilson_percent
from course.pictures import Say

KINDS = ((6000, 0.6), (4000, 0.9))  # customers of each kind, and how many of them stay a year
YEARS = 5
TRAINING = range(3, 12)  # years to learn from
CEILINGS = (0.30, 0.50)  # what the ceiling may be as well
TARGET = 12


@cache
def counted() -> Renewals:
    """Return the renewals of the club."""
    table = load("subscriptions")
    return model.renewals(zip(table["tenure"], table["churned"], strict=True))


@cache
def base() -> tuple[int, ...]:
    """Return how many renewals each subscriber who still pays has behind him."""
    table = load("subscriptions")
    return tuple(int(tenure) - 1 for tenure in table.loc[table["churned"] == 0, "tenure"])


@cache
def rates() -> dict[str, float]:
    """Return the three averages: of the first renewal, of December, of all renewals counted."""
    table = load("subscriptions")
    faced = int((table["tenure"] >= 23 - table["cohort_month"]).sum())
    return {
        "first": counted()[0][1] / counted()[0][0],
        "december": len(base()) / faced,
        "all": sum(kept for _, kept in counted()) / sum(faced for faced, _ in counted()),
    }


@cache
def worths() -> dict[str, tuple[float, float]]:
    """Return what one new and one present subscriber is worth, UAH, by each rate and by the model.

    New: `HORIZON` margins, the first one now; present: as many, the first one in a month.
    """
    found = {
        name: (
            model.rate_clv_now(MARGIN, RATE, r, HORIZON),
            model.rate_clv_now(MARGIN, RATE, r, HORIZON + 1) - MARGIN,
        )
        for name, r in rates().items()
    }
    return {**found, "model": modelled(*PAIR)}


def modelled(alpha: float, beta: float) -> tuple[float, float]:
    """Return the same two values by the model of those who differ."""
    there = base()
    each = [
        model.sbg_clv_next(MARGIN, RATE, alpha, beta, n, HORIZON) * there.count(n)
        for n in set(there)
    ]
    return model.sbg_clv_now(MARGIN, RATE, alpha, beta, HORIZON), sum(each) / len(there)


def sorting(say: Say) -> Bars:
    """Return who of two kinds is left year after year, and the retention that is seen."""
    (n1, r1), (n2, r2) = KINDS
    rows, seen = [], []
    for year in range(YEARS + 1):
        left = n1 * r1**year, n2 * r2**year
        kept = 100 * model.mixed_retention(n1, r1, n2, r2, year + 1)
        seen.append(say.number(kept, 0))
        rows.append(
            Bar(
                say("year", year=say.number(year + 1)),
                left,
                tuple(say.number(count, 0) for count in left),
                say("note", kept=seen[-1]),
            )
        )
    return Bars(
        title=say("title"),
        unit=say("unit"),
        sentence=say("sentence", first=seen[0], last=seen[-1]),
        series=(say("weak"), say("strong")),
        way="stacked",
        rows=tuple(rows),
    )


def _ticks(say: Say, *values: float) -> tuple[Tick, ...]:
    return tuple(Tick(value, say.number(value)) for value in values)


def retention(say: Say) -> Lines:
    """Return the retention of every renewal with its interval, the curve, and one rate for all."""
    shares = [100 * kept / faced for faced, kept in counted()]
    ends = [wilson_percent(kept, faced) for faced, kept in counted()]
    curve = [100 * model.sbg_retention(t, *PAIR) for t in range(1, len(shares) + 1)]
    whole = 100 * rates()["all"]
    xs = tuple(float(t) for t in range(1, len(shares) + 1))
    return Lines(
        title=say("title"),
        unit=say("unit"),
        sentence=say(
            "sentence",
            first=say.number(shares[0], 1),
            twelfth=say.number(shares[11], 1),
            last=say.number(shares[-1], 1),
            whole=say.number(whole, 1),
        ),
        lines=(
            Line(
                say("data"),
                xs,
                tuple(shares),
                tuple(low for low, _ in ends),
                tuple(high for _, high in ends),
                tone="ink",
                dots=True,
            ),
            Line(say("curve"), xs, tuple(curve), dashed=True),
            Line(say("whole"), xs, (whole,) * len(xs), tone="second"),
        ),
        x=Axis(say("renewal"), _ticks(say, 1, 6, 12, 18, 23)),
        y=Axis("%", _ticks(say, 75, 80, 85, 90, 95, 100)),
    )


def three_rates(say: Say) -> Bars:
    """Return what a new and a present subscriber is worth by each average and by the model."""
    found = worths()
    averages = rates()
    rows: list[Bar] = []
    named: dict[str, str] = {}
    for name, values in found.items():
        printed = tuple(say.number(value, 0) for value in values)
        named |= {f"{name}_new": printed[0], f"{name}_base": printed[1]}
        note = say("note", r=say.number(100 * averages[name], 1)) if name in averages else ""
        rows.append(Bar(say(name), values, printed, note, accent=name == "model"))
    return Bars(
        title=say("title"),
        unit=say("unit"),
        sentence=say("sentence", **named),
        series=(say("new"), say("base")),
        rows=tuple(rows),
    )


def training(say: Say) -> Lines:
    """Return by how much the curve learnt from so many years misses the twelfth."""
    lines: list[Line] = []
    named: dict[str, str] = {}
    xs = tuple(float(years) for years in TRAINING)
    for name, alive, tone in (("high", HIGH_END, "accent"), ("regular", REGULAR, "second")):
        came = 100 * alive[TARGET] / alive[0]
        errors = [model.horizon_error(alive, years) for years in TRAINING]
        ends = [
            model.interval(
                model.of_survivors(alive[: years + 1]),
                lambda a, b: 100 * model.sbg_survival(TARGET, a, b),
            )
            for years in TRAINING
        ]
        low, high = (tuple(end - came for end in side) for side in zip(*ends, strict=True))
        lines.append(Line(say(name), xs, tuple(errors), low, high, tone, dots=True))
        named |= {f"{name}_{years}": say.number(errors[years - 3], 1) for years in (4, 7)}
    return Lines(
        title=say("title"),
        unit=say("unit"),
        sentence=say("sentence", **named),
        lines=tuple(lines),
        x=Axis(say("years"), _ticks(say, 3, 5, 7, 9, 11)),
        y=Axis(say("points"), _ticks(say, -25, -20, -15, -10, -5, 0, 5)),
        marks=(Mark(0, say("hit"), across="y"),),
    )


def budgets() -> dict[str, float]:
    """Return what each of those who speak in the case would spend on a visitor, whole UAH."""
    k = model.response_speed(SPENT, WON, CEILING)
    averages = rates()
    return {
        "now": SPENT,
        "finance": round(model.best_spend(MARGIN / (1 - averages["first"]), CEILING, k)),
        "ratio": round(model.ratio_spend(worths()["model"][0], CEILING, k)),
        "limit": BUDGET / VISITORS,
        "director": round(model.best_spend(MARGIN / (1 - averages["december"]), CEILING, k)),
    }


def left(spend: float, ceiling: float = CEILING) -> float:
    """Return what a year of visitors leaves at a spend on each, kUAH."""
    k = model.response_speed(SPENT, WON, ceiling)
    return VISITORS * model.left_per_prospect(spend, worths()["model"][0], ceiling, k) / 1000


def plans(say: Say) -> Bars:
    """Return what a year of visitors leaves under every budget, and what the ceiling changes."""
    rows, named = [], {}
    for name, spend in budgets().items():
        ends = [left(spend, ceiling) for ceiling in CEILINGS]
        named[name] = say.number(left(spend), 0)
        rows.append(
            Bar(
                say(name),
                (left(spend),),
                (named[name],),
                say("note", spend=say.number(spend, 0)),
                name == "limit",
                *((None, None) if name == "now" else ends),
            )
        )
        if name == "limit":
            named |= {"low": say.number(ends[0], 0), "high": say.number(ends[1], 0)}
    return Bars(
        title=say("title"),
        unit=say("unit"),
        sentence=say("sentence", **named),
        rows=tuple(rows),
    )
