"""Pictures of lesson 9: silence, marks of frequency, the hold-out, rules, lists to pay for."""

import pandas as pd

from course.figures import Axis, Bar, Bars, Dot, Dots, Line, Lines, Tick
from course.models.purchases import alive
from course.pictures import Say
from course.truths.purchases import (
    FOLLOW,
    MANY,
    PRICE,
    hlynianka,
    purchases_groups,
    shop,
)

AGE = 25  # weeks from the first purchase to the last of both customers of the first picture
OFTEN, SELDOM = 10, 2
TAKEN = 300  # customers of CDNOW that every rule chooses
PLACES = 600  # customers of «Глинянка» that the money would pay for
RECENT = 13  # weeks
FOLLOWS = (0.4, 0.8)  # shares of purchases that may come along


def top(table: pd.DataFrame, by: str, count: int, what: str) -> float:
    """Return the sum of a column over the customers first by another.

    Of those who tie for the last places, as many as fit are taken at their mean: no order of the
    file decides.
    """
    edge = table[by].nlargest(count).iloc[-1]
    sure = table[table[by] > edge]
    tied = table.loc[table[by] == edge, what]
    return float(sure[what].sum() + (count - len(sure)) * tied.mean())


def silence(say: Say) -> Lines:
    """Return how the chance falls for one who bought often and one who bought seldom."""
    weeks = [float(week) for week in range(53)]
    named: dict[str, str] = {}
    lines = []
    for name, x in (("seldom", SELDOM), ("often", OFTEN)):
        chances = [100 * alive(x, AGE, AGE + week) for week in weeks]
        tone = "accent" if name == "often" else "second"
        lines.append(Line(say(name), tuple(weeks), tuple(chances), tone=tone))
        named |= {f"{name}_{week}": say.number(chances[week], 0) for week in (4, 14, 26)}
    return Lines(
        title=say("title"),
        unit=say("unit"),
        sentence=say("sentence", **named),
        lines=tuple(lines),
        x=Axis(say("x"), tuple(Tick(week, say.number(week)) for week in (0, 13, 26, 39, 52))),
        y=Axis(say("y"), tuple(Tick(share, say.number(share)) for share in range(0, 101, 25))),
    )


def quintiles() -> pd.DataFrame:
    """Return (fewest, most, mean later) of the fifths by number of purchases, ties by the file."""
    table = shop()
    fifth = pd.qcut(table["x"].rank(method="first"), 5, labels=range(1, 6))
    groups = table.groupby(fifth, observed=True)
    both = groups["x"].agg(["min", "max"]) + 1  # with the first purchase
    both["later"] = groups["later"].mean()
    return both


def fifths(say: Say) -> Bars:
    """Return what customers with every mark of frequency bought later."""
    rows, named = [], {}
    for mark, row in quintiles().iterrows():
        few, many = (say.number(row[name], 0) for name in ("min", "max"))
        later = say.number(row["later"], 2)
        named[f"f{mark}"] = later
        note = say("one") if few == many == "1" else say("note", few=few, many=many)
        rows.append(Bar(f"F = {mark}", (float(row["later"]),), (later,), note, mark == 5))
    return Bars(
        title=say("title"),
        unit=say("unit"),
        sentence=say("sentence", **named),
        rows=tuple(rows),
    )


def holdout(say: Say) -> Bars:
    """Return purchases in the hold-out, expected and actual, by purchases before."""
    named: dict[str, str] = {}
    rows = []
    for x, (expected, later) in purchases_groups().iterrows():
        both = (say.number(expected, 2), say.number(later, 2))
        named |= {f"e{x}": both[0], f"a{x}": both[1]}
        label = say("many", x=say.number(x)) if x == MANY else f"x = {x}"
        rows.append(Bar(label, (float(expected), float(later)), both))
    return Bars(
        title=say("title"),
        unit=say("unit"),
        sentence=say("sentence", **named),
        series=(say("expected"), say("actual")),
        rows=tuple(rows),
    )


def chosen() -> dict[str, float]:
    """Return what 300 customers spent later, thousand dollars, by the rule that chose them."""
    table = shop()
    table["since"] = table["t_x"] - table["T"]
    rules = {"spent": "spent", "worth": "worth", "often": "x", "recent": "since", "check": "z"}
    found = {name: top(table, by, TAKEN, "usd") for name, by in rules.items()}
    found["lot"] = TAKEN * float(table["usd"].mean())
    found["alive"] = top(table, "alive", TAKEN, "usd")
    return {name: dollars / 1000 for name, dollars in found.items()}


def rules(say: Say) -> Bars:
    """Return how well each rule chose at CDNOW."""
    counts = chosen()
    named = {name: say.number(value, 1) for name, value in counts.items()}
    rows = tuple(
        Bar(say(name), (value,), (named[name],), accent=name == "worth")
        for name, value in counts.items()
    )
    return Bars(title=say("title"), unit=say("unit"), sentence=say("sentence", **named), rows=rows)


def lists() -> dict[str, tuple[int, float]]:
    """Return of every list of «Глинянка» how many are on it and their margin of a year, kUAH.

    The margin is that of all purchases, before some are lost on the way to the new shop.
    """
    table = hlynianka()
    table["since"] = table["T"] - table["t_x"]
    recent = table[table["since"] <= RECENT]
    worth = table[table["margin"] * FOLLOW > PRICE]
    found = {"worth": (len(worth), float(worth["margin"].sum()) / 1000)}
    found["recent"] = (len(recent), float(recent["margin"].sum()) / 1000)
    for name, by in (("often", "x"), ("check", "mean_uah"), ("alive", "alive")):
        found[name] = (PLACES, top(table, by, PLACES, "margin") / 1000)
    return found


def gain(name: str, follow: float = FOLLOW) -> float:
    """Return what a list brings in a year after its price, kUAH."""
    count, margin = lists()[name]
    return margin * follow - count * PRICE / 1000


def paid(say: Say) -> Dots:
    """Return what every list brings, from few to many of the purchases coming along."""
    rows, named = [], {}
    for name, (count, _) in lists().items():
        value, low, high = (gain(name, follow) for follow in (FOLLOW, *FOLLOWS))
        named[name] = say.number(value, 0)
        label = say(name, count=say.number(count))
        rows.append(Dot(label, value, low, high, named[name], name == "worth"))
    return Dots(
        title=say("title"),
        unit=say("unit"),
        sentence=say("sentence", **named),
        rows=tuple(rows),
        axis=Axis(
            say("axis"), tuple(Tick(place, say.number(place)) for place in (-100, 0, 100, 200))
        ),
    )
