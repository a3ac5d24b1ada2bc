"""Pictures of lesson 5 that take their numbers from the model and the customers."""

from bisect import bisect_right
from itertools import pairwise

from course.datasets import load
from course.figures import Axis, Bar, Bars, Dot, Dots, Histogram, Ladder, Mark, Rung, Tick
from course.models import levels as model
from course.models.levels import LEVELS, TERMS
from course.pictures import Say

PRICE = 0.39  # kUAH an hour: the least at which 1200 hours suffice, as in course/truths/levels.py
ERROR = 0.02  # of an estimated retention
EDGES = (0.5, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)  # kUAH a year


def _edges(say: Say) -> list[str]:
    return [say.number(edge, 1).removesuffix(",0") for edge in model.thresholds()]


def _ticks(say: Say, *values: float) -> tuple[Tick, ...]:
    return tuple(Tick(value, say.number(value)) for value in values)


def ladder(say: Say) -> Ladder:
    """Return the five levels with the yearly margin from which each pays."""
    edges = _edges(say)
    entries = [say("first"), *(say("since", m=edge) for edge in edges)]
    rungs = [
        Rung(say(level), say(f"{level}_does"), entry)
        for level, entry in zip(LEVELS, entries, strict=True)
    ]
    said = say("sentence", **dict(zip(LEVELS[1:], edges, strict=True)))
    return Ladder(title=say("title"), unit=say("unit"), sentence=said, rungs=tuple(rungs))


def doubts(say: Say) -> Dots:
    """Return the thresholds with what an error in the dearer level's retention makes of them."""
    rows, named = [], {}
    for level, (low, (cost, kept)) in zip(LEVELS[1:], pairwise(TERMS.priced(0)), strict=True):
        least, middle, most = (
            model.level_threshold(*low, cost, kept + error, TERMS.i)
            for error in (ERROR, 0.0, -ERROR)
        )
        ends = {"low": say.number(least, 0), "high": say.number(most, 0)}
        named[level] = say("range", **ends)
        rows.append(Dot(say(level), middle, least, most, "–".join(ends.values())))
    return Dots(
        title=say("title"),
        unit=say("unit"),
        sentence=say("sentence", **named),
        rows=tuple(rows),
        axis=Axis(say("axis"), _ticks(say, 5, 15, 50, 150, 500), log=True),
    )


def margins(say: Say) -> Histogram:
    """Return how many customers have which margin, with the thresholds when hours are free."""
    customers = sorted(load("zernokrok_customers")["margin_kuah"])
    counts = [high - low for low, high in pairwise(bisect_right(customers, e) for e in EDGES)]
    edges = model.thresholds()
    marks = [
        Mark(edge, say(level, m=printed))
        for level, edge, printed in zip(LEVELS[1:], edges, _edges(say), strict=True)
    ]
    below, above = (bisect_right(customers, edge) for edge in (edges[0], edges[-1]))
    named = {"n": len(customers), "below": below, "above": len(customers) - above}
    return Histogram(
        title=say("title"),
        unit=say("unit"),
        sentence=say("sentence", **{key: str(count) for key, count in named.items()}),
        edges=tuple(map(float, EDGES)),
        counts=tuple(map(float, counts)),
        printed=tuple(map(str, counts)),
        x=Axis(say("axis"), _ticks(say, 0.5, 2, 8, 32, 128, 512, 1024), log=True),
        marks=tuple(marks),
    )


def plans(say: Say) -> Bars:
    """Return what the plans that were argued about are worth, and the list."""
    customers = load("zernokrok_customers")
    margins, segments = list(customers["margin_kuah"]), list(customers["segment"])
    lists = {
        "basic": [0 for _ in segments],
        "holdings": [4 if segment == "holding" else 0 for segment in segments],
        "segments": [{"holding": 3, "chain": 2}.get(segment, 0) for segment in segments],
        "each": [model.best_level(margin, PRICE) for margin in margins],
    }
    rows, named = [], {}
    for plan, levels in lists.items():
        value = sum(model.level_values(m)[level] for m, level in zip(margins, levels, strict=True))
        hours = say.number(sum(TERMS.hours[level] for level in levels), 0)
        named[plan] = say.number(value, 0)
        rows.append(Bar(say(plan), (value,), (named[plan],), say("hours", h=hours), plan == "each"))
    said = say("sentence", **named)
    return Bars(title=say("title"), unit=say("unit"), sentence=said, rows=tuple(rows))


def hours(say: Say) -> Bars:
    """Return the hours of every segment before and after the list."""
    customers = load("zernokrok_customers")
    rows: list[Bar] = []
    named: dict[str, str] = {}
    for segment in ("farm", "chain", "holding"):
        part = customers[customers["segment"] == segment]
        before = float(part["hours_now"].sum())
        after = sum(TERMS.hours[model.best_level(margin, PRICE)] for margin in part["margin_kuah"])
        printed = (say.number(before, 0), say.number(after, 0))
        named |= {f"{segment}_before": printed[0], f"{segment}_after": printed[1]}
        rows.append(Bar(say(segment), (before, after), printed))
    return Bars(
        title=say("title"),
        unit=say("unit"),
        sentence=say("sentence", **named),
        series=(say("before"), say("after")),
        rows=tuple(rows),
    )
