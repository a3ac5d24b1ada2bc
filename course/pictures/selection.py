"""Pictures of lesson 10: the whale, the steps of the plan, whom a manager is given."""

from course.figures import Axis, Bar, Bars, Line, Lines, Mark, Step, Tick, Waterfall
from course.models.selection import Terms, outcome, whale
from course.pictures import Say
from course.truths.selection import customers, manager, selection_refusal, year

LISTS = ("revenue", "elsewhere", "profit", "added")


def curve(say: Say) -> Lines:
    """Return the whale curve of the second year."""
    profits = list(year()["profit"])
    shares = [0.0, *(100 * part for part in whale(profits))]
    places = [100 * place / len(profits) for place in range(len(shares))]
    top = max(shares)
    at = places[shares.index(top)]
    return Lines(
        title=say("title"),
        unit=say("unit"),
        sentence=say("sentence", top=say.number(top, 0), at=say.number(at, 0)),
        lines=(Line(say("line"), tuple(places), tuple(shares)),),
        x=Axis(say("x"), tuple(Tick(part, say.number(part)) for part in (0, 25, 50, 75, 100))),
        y=Axis(say("y"), tuple(Tick(part, say.number(part)) for part in (0, 50, 100, 150, 200))),
        marks=(Mark(100, say("all"), "y"), Mark(at, say("turn"))),
    )


def gains() -> dict[str, float]:
    """Return what every further step adds, kUAH: fees, discounts off, refusals, who goes away."""
    base = customers()
    fees = outcome(base, Terms(discount_off=False, refuse=False), 0).gain
    raised = outcome(base, Terms(refuse=False), 0).gain
    refused = outcome(base, Terms(), 0).gain
    return {
        "fees": fees,
        "discount": raised - fees,
        "refusal": refused - raised,
        "leave": outcome(base, Terms()).gain - refused,
    }


def steps(say: Say) -> Waterfall:
    """Return the plan of the steps as a waterfall."""
    parts = gains()
    printed = {name: say.number(value, 0) for name, value in parts.items()}
    total = sum(parts.values())
    printed["total"] = say.number(total, 0)
    rows = [Step(say(name), value, printed[name]) for name, value in parts.items()]
    rows.append(Step(say("total"), total, printed["total"], total=True))
    printed["refusal_step"] = printed.pop("refusal")
    printed["leave"] = say.number(-parts["leave"], 0)
    return Waterfall(
        title=say("title"),
        unit=say("unit"),
        sentence=say("sentence", refusal=say.number(selection_refusal(), 0), **printed),
        steps=tuple(rows),
    )


def managers(say: Say) -> Bars:
    """Return what a manager leaves after his cost, by the list of his ten."""
    values = {name: manager(name) for name in LISTS}
    printed = {name: say.number(value, 0) for name, value in values.items()}
    rows = tuple(
        Bar(say(name), (value,), (printed[name],), accent=name == "added")
        for name, value in values.items()
    )
    return Bars(
        title=say("title"), unit=say("unit"), sentence=say("sentence", **printed), rows=rows
    )
