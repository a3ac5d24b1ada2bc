"""Pictures of lesson 11: the case of its instrument, and the fate of the 160 pairs."""

from math import sqrt

from course.datasets import load
from course.figures import Axis, Bar, Bars, Dot, Dots, Mark, Tick
from course.instruments.audit import CASES, read
from course.models.audit import DOOR, GAP, Audit
from course.pictures import Say
from course.texts import number

INVESTED, EARNED = (
    4.86,
    9.6,
)  # millions of UAH: put into the module; its income while the relationship lasts


def _case() -> Audit:
    return read(CASES["case"]).audit


def fits(say: Say) -> Bars:
    """Return the fits of eight components with their mean and the limit of readiness."""
    case = _case()
    assert case.mean_fit is not None
    rows = tuple(
        Bar(
            say(name), (part.fit,), (number(round(part.fit, 9), "uk", 3),), accent=name == "culture"
        )
        for name, part in case.components.items()
    )
    mean, limit = number(case.mean_fit, "uk", 2), number(DOOR, "uk")
    culture = number(round(case.components["culture"].fit, 9), "uk", 3)
    return Bars(
        title=say("title"),
        unit=say("unit"),
        sentence=say("sentence", mean=mean, limit=limit, culture=culture),
        rows=rows,
        marks=(
            Mark(DOOR, say("limit", limit=limit)),
            Mark(round(case.mean_fit, 9), say("mean", mean=mean)),
        ),
        ends=(0.0, 1.0),
    )


def gaps(say: Say) -> Dots:
    """Return the gaps of the case with their 95 % intervals."""
    case = _case()
    rows = tuple(
        Dot(
            say(name),
            part.gap,
            part.gap - part.margin,
            part.gap + part.margin,
            number(round(part.gap, 9), "uk", 1),
            part.clear,
        )
        for name, part in case.components.items()
    )
    ticks = tuple(Tick(place, number(place)) for place in (-3.0, -2.0, -1.0, 0.0, 1.0))
    culture = case.components["culture"]
    said = {
        "gap": number(round(culture.gap, 9), "uk", 1),
        "margin": number(culture.margin, "uk", 1),
    }
    return Dots(
        title=say("title"),
        unit=say("unit"),
        sentence=say("sentence", **said),
        rows=rows,
        axis=Axis("", ticks),
        marks=(Mark(-GAP, say("limit", limit=number(-GAP, "uk"))), Mark(0.0, say("even"))),
    )


def wilson(alive: int, of: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (E. Wilson, 1927), both ends in percent.

    Examples
    --------
    >>> [round(end, 1) for end in wilson(4, 34)]
    [4.7, 26.6]
    """
    z, share = 1.96, alive / of
    middle = share + z**2 / (2 * of)
    half = z * sqrt(share * (1 - share) / of + z**2 / (4 * of**2))
    return tuple(100 * (middle + way * half) / (1 + z**2 / of) for way in (-1, 1))  # type: ignore[return-value]


def survival(say: Say) -> Bars:
    """Return how many pairs lived two years: all, without a red gap of culture, with one."""
    culture = load("audit_pairs").query("component == 'culture'")
    items = culture.groupby(["pair_id", "side", "item"])["score"].mean()
    means = items.groupby(["pair_id", "side"]).mean().unstack("side")
    red = (means["supplier"] - means["buyer"]).abs() >= GAP
    alive = load("audit_outcomes").set_index("pair_id")["alive_24m"]
    rows, said = [], {}
    for name, part in (("all", alive), ("quiet", alive[~red]), ("red", alive[red])):
        count, of = int(part.sum()), len(part)
        share, (low, high) = 100 * count / of, wilson(count, of)
        said[name] = number(share, "uk", 1)
        note = say("note", alive=number(count), of=number(of))
        rows.append(
            Bar(say(name), (share,), (f"{said[name]}\u00a0%",), note, name == "red", low, high)
        )
    even = 100 * INVESTED / EARNED
    said["even"] = number(even, "uk", 1)
    return Bars(
        title=say("title"),
        unit=say("unit"),
        sentence=say("sentence", **said),
        rows=tuple(rows),
        marks=(Mark(even, say("even", even=said["even"])),),
        ends=(0.0, 100.0),
    )
