"""Pictures of lesson 11: the case of its instrument, and the fate of the 160 pairs."""

from course.datasets import load
from course.figures import Axis, Bar, Bars, Dot, Dots, Mark, Tick
from course.instruments.audit import CASES, read
from course.models.audit import DOOR, GAP
from course.models.satisfaction import wilson_percent
from course.pictures import Say

# Millions of UAH: put into the module; its income while the relationship lasts.
INVESTED, EARNED = 4.86, 9.6


def fits(say: Say) -> Bars:
    """Return the fits of eight components with their mean and the limit of readiness."""
    case = read(CASES["case"]).audit
    assert case.mean_fit is not None
    printed = {name: say.number(part.fit, 3) for name, part in case.components.items()}
    rows = [
        Bar(say(name), (part.fit,), (printed[name],), accent=name == "culture")
        for name, part in case.components.items()
    ]
    mean, limit = say.number(case.mean_fit, 2), say.number(DOOR)
    marks = (
        Mark(DOOR, say("limit", limit=limit)),
        Mark(round(case.mean_fit, 9), say("mean", mean=mean)),
    )
    return Bars(
        title=say("title"),
        unit=say("unit"),
        sentence=say("sentence", mean=mean, limit=limit, culture=printed["culture"]),
        rows=tuple(rows),
        marks=marks,
        ends=(0.0, 1.0),
    )


def gaps(say: Say) -> Dots:
    """Return the gaps of the case with their 95 % intervals."""
    components = read(CASES["case"]).audit.components
    rows = []
    for name, part in components.items():
        low, high = part.gap - part.margin, part.gap + part.margin
        rows.append(Dot(say(name), part.gap, low, high, say.number(part.gap, 1), part.clear))
    culture = components["culture"]
    said = say("sentence", gap=say.number(culture.gap, 1), margin=say.number(culture.margin, 1))
    return Dots(
        title=say("title"),
        unit=say("unit"),
        sentence=said,
        rows=tuple(rows),
        axis=Axis("", tuple(Tick(gap, say.number(gap)) for gap in (-3.0, -2.0, -1.0, 0.0, 1.0))),
        marks=(Mark(-GAP, say("limit", limit=say.number(-GAP))), Mark(0.0, say("even"))),
    )


def survival(say: Say) -> Bars:
    """Return how many pairs lived two years: all, without a red gap of culture, with one."""
    culture = load("audit_pairs").query("component == 'culture'")
    items = culture.groupby(["pair_id", "side", "item"])["score"].mean()
    means = items.groupby(["pair_id", "side"]).mean().unstack("side")
    red = (means["supplier"] - means["buyer"]).abs() >= GAP
    alive = load("audit_outcomes").set_index("pair_id")["alive_24m"]
    rows, named = [], {}
    for name, part in (("all", alive), ("quiet", alive[~red]), ("red", alive[red])):
        count, of = int(part.sum()), len(part)
        share, (low, high) = 100 * count / of, wilson_percent(count, of)
        named[name] = say.number(share, 1)
        note, printed = say("note", alive=str(count), of=str(of)), f"{named[name]}\u00a0%"
        rows.append(Bar(say(name), (share,), (printed,), note, name == "red", low, high))
    even = 100 * INVESTED / EARNED
    named["even"] = say.number(even, 1)
    return Bars(
        title=say("title"),
        unit=say("unit"),
        sentence=say("sentence", **named),
        rows=tuple(rows),
        marks=(Mark(even, say("even", even=named["even"])),),
        ends=(0.0, 100.0),
    )
