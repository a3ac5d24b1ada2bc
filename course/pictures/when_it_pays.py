"""Pictures of lesson 2: two prices, a famous doubling, four groups, three plans, letters."""

from math import sqrt

import pandas as pd

from course.datasets import load
from course.figures import Bar, Bars, Cell, Matrix
from course.models.retention import care_gain, lifetime, saved_cost
from course.models.satisfaction import wilson_percent
from course.models.value import clv_next, clv_now
from course.pictures import Say
from course.truths.when_it_pays import (
    CARE,
    DISCOUNT,
    YEAR,
    gains,
    kept,
    pays_winning_cost,
    profits,
)

GROUP = 210  # customers with care, and as many without
LONG = 52  # weeks between the first and the last order
BUDGET = 1000  # kUAH


def effect() -> tuple[float, float]:
    """Return both ends of the 95 % interval of what care adds to retention."""
    without, care = kept()
    spread = 1.96 * sqrt((without * (1 - without) + care * (1 - care)) / GROUP)
    return care - without - spread, care - without + spread


def prices(say: Say) -> Bars:
    """Return what one served, one won and one saved customer costs."""
    without, care = kept()
    low, high = effect()
    saved = saved_cost(CARE, without, care)
    ends = saved_cost(CARE, without, without + high), saved_cost(CARE, without, without + low)
    values = {"served": CARE, "won": float(pays_winning_cost()), "saved": saved}
    named = {name: say.number(value, 1) for name, value in values.items()}
    rows = [
        Bar(
            say(name),
            (value,),
            (named[name],),
            say(f"{name}_note"),
            name == "saved",
            *(ends if name == "saved" else (None, None)),
        )
        for name, value in values.items()
    ]
    named |= {"low": say.number(ends[0], 1), "high": say.number(ends[1], 1)}
    said = say("sentence", **named)
    return Bars(title=say("title"), unit=say("unit"), sentence=said, rows=tuple(rows))


def doubling(say: Say) -> Bars:
    """Return what halved churn does to the lifetime and to the discounted multiple."""
    rates = (0.90, 0.95)
    years = tuple(lifetime(r) for r in rates)
    multiples = tuple(clv_next(1, r, 0.15) for r in rates)
    printed = tuple(say.number(value, 2) for value in multiples)
    rises = [say.number(100 * (after / before - 1), 0) for before, after in (years, multiples)]
    whole = tuple(say.number(value, 0) for value in years)
    named = {"short": whole[0], "long": whole[1], "low": printed[0], "high": printed[1]}
    named |= {"years": rises[0], "multiple": rises[1]}
    return Bars(
        title=say("title"),
        unit=say("unit"),
        sentence=say("sentence", **named),
        series=(say("before"), say("after")),
        rows=(
            Bar(say("lifetime"), years, whole, say("rise", rise=rises[0])),
            Bar(say("worth"), multiples, printed, say("rise", rise=rises[1]), accent=True),
        ),
    )


def groups() -> pd.DataFrame:
    """Return customers and profit (kUAH) by (stayed long, paid back the winning)."""
    ledger = load("b2b_ledger")
    ledger["profit"] = ledger["gross_margin_kuah"] - ledger["cost_to_serve_kuah"]
    each = ledger.groupby("customer_id").agg(
        first=("week", "min"), last=("week", "max"), profit=("profit", "sum")
    )
    long = (each["last"] - each["first"] >= LONG).rename("long")
    paid = (each["profit"] >= float(pays_winning_cost())).rename("paid")
    return each.groupby([long, paid])["profit"].agg(["size", "sum"])


def four(say: Say) -> Matrix:
    """Return Reinartz and Kumar's four groups in the ledger."""
    table = groups()
    names = {
        (True, True): "friends",
        (False, True): "butterflies",
        (True, False): "barnacles",
        (False, False): "strangers",
    }
    cells, named = {}, {}
    for place, name in names.items():
        count, profit = table.loc[place]
        named[name] = str(int(count))
        named[f"{name}_profit"] = say.number(profit, 0)
        small = say("cell", n=named[name], profit=named[f"{name}_profit"])
        shade = 2 if place[1] else 0
        cells[place] = Cell(say(name), small, shade, accent=name == "barnacles")
    return Matrix(
        title=say("title"),
        unit=say("unit"),
        sentence=say("sentence", **named),
        columns=(say("short"), say("long")),
        rows=(say("paid"), say("unpaid")),
        cells=tuple(tuple(cells[long, paid] for long in (False, True)) for paid in (True, False)),
    )


def newcomer(r: float) -> float:
    """Return what is left of a new customer after the winning, kUAH, the first margin for sure."""
    ledger = load("b2b_ledger")
    first = ledger[ledger["week"] <= YEAR]
    profit = first["gross_margin_kuah"] - first["cost_to_serve_kuah"]
    margin = float(profit.sum()) / first["customer_id"].nunique()
    return clv_now(margin, r, DISCOUNT) - float(pays_winning_cost())


def worths() -> dict[str, tuple[float, float, float]]:
    """Return what three plans add: by the estimate, by the lower and the upper end of it."""
    without, care = kept()
    margins, listed = profits(), gains() > 0
    win = float(pays_winning_cost())
    spread = 1.96 * sqrt(without * (1 - without) / GROUP)
    fresh = [newcomer(r) for r in (without, without - spread, without + spread)]
    rates = (care, *(without + end for end in effect()))

    def kept_more(chosen: "pd.Series[float]", r: float) -> float:
        return sum(care_gain(m, CARE, without, r, DISCOUNT) for m in chosen)

    rest = (BUDGET - CARE * int(listed.sum())) // win
    every = tuple(kept_more(margins, r) for r in rates)
    some = tuple(kept_more(margins[listed], r) + rest * fresh[0] for r in rates)
    won = tuple(BUDGET // win * each for each in fresh)
    return {
        "every": (every[0], every[1], every[2]),
        "won": (won[0], won[1], won[2]),
        "some": (some[0], some[1], some[2]),
    }


def plans(say: Say) -> Bars:
    """Return what the plans that were argued about add to the value of the customers."""
    rows, named = [], {}
    for name, (value, low, high) in worths().items():
        named[name] = say.number(value, 0)
        named |= {f"{name}_low": say.number(low, 0), f"{name}_high": say.number(high, 0)}
        note = say(f"{name}_note")
        rows.append(Bar(say(name), (value,), (named[name],), note, name == "some", low, high))
    said = say("sentence", **named)
    return Bars(title=say("title"), unit=say("unit"), sentence=said, rows=tuple(rows))


def letters(say: Say) -> Bars:
    """Return how many letters of the charity were answered, by the letter before."""
    mailings, rows, named = load("charity"), [], {}
    for name, value in (("silent", 0), ("gave", 1)):
        answers = mailings.loc[mailings["resplast"] == value, "respond"]
        count, of = int(answers.sum()), len(answers)
        named[name] = say.number(100 * count / of, 1)
        note = say("note", count=say.number(count), of=say.number(of))
        printed = f"{named[name]}\u00a0%"
        rows.append(
            Bar(
                say(name),
                (100 * count / of,),
                (printed,),
                note,
                name == "gave",
                *wilson_percent(count, of),
            )
        )
    return Bars(
        title=say("title"),
        unit=say("unit"),
        sentence=say("sentence", **named),
        rows=tuple(rows),
        ends=(0.0, 100.0),
    )
