"""Pictures of lesson 5 that take their numbers from the model and the customers."""

from bisect import bisect_right
from collections.abc import Iterable

from course.datasets import load
from course.figures import Axis, Bar, Bars, Dot, Dots, Histogram, Ladder, Mark, Rung, Tick
from course.models.levels import (
    COSTS,
    DISCOUNT,
    HOURS,
    LEVELS,
    RETENTIONS,
    best_level,
    level_threshold,
    level_value,
    thresholds,
)
from course.pictures import Say
from course.texts import number

PRICE = 0.39  # kUAH an hour: the least at which 1200 hours suffice, as in course/truths/levels.py
SEGMENTS = ("farm", "chain", "holding")
ERROR = 0.02  # of an estimated retention
EDGES = (0.5, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)  # kUAH a year


def _whole(value: float) -> str:
    return number(value, "uk", 0)  # both languages print it alike


def _edges(lam: float = 0.0) -> list[str]:
    return [number(edge, "uk", 1).removesuffix(",0") for edge in thresholds(lam=lam)]


def _ticks(*values: float) -> tuple[Tick, ...]:
    return tuple(Tick(value, number(value, "uk")) for value in values)


def ladder(say: Say) -> Ladder:
    """Return the five levels with the yearly margin from which each pays."""
    edges = _edges()
    entries = [say("first"), *(say("since", m=edge) for edge in edges)]
    rungs = tuple(
        Rung(say(level), say(f"{level}_does"), entry)
        for level, entry in zip(LEVELS, entries, strict=True)
    )
    named = dict(zip(LEVELS[1:], edges, strict=True))
    return Ladder(
        title=say("title"), unit=say("unit"), sentence=say("sentence", **named), rungs=rungs
    )


def doubts(say: Say) -> Dots:
    """Return the thresholds with what an error in the dearer level's retention makes of them."""
    rows, named = [], {}
    steps = list(zip(COSTS, RETENTIONS, strict=True))
    for (c1, r1), (c2, r2), level in zip(steps, steps[1:], LEVELS[1:], strict=False):
        low, middle, high = (
            level_threshold(c1, r1, c2, r2 + error, DISCOUNT) for error in (ERROR, 0.0, -ERROR)
        )
        named[level] = say("range", low=_whole(low), high=_whole(high))
        rows.append(Dot(say(level), middle, low, high, f"{_whole(low)}–{_whole(high)}"))
    return Dots(
        title=say("title"),
        unit=say("unit"),
        sentence=say("sentence", **named),
        rows=tuple(rows),
        axis=Axis(say("axis"), _ticks(5, 15, 50, 150, 500), log=True),
    )


def margins(say: Say) -> Histogram:
    """Return how many customers have which margin, with the thresholds when hours are free."""
    found = sorted(load("zernokrok_customers")["margin_kuah"])
    under = [bisect_right(found, edge) for edge in EDGES]
    counts = [high - low for low, high in zip(under, under[1:], strict=False)]
    edges = thresholds()
    names = [say(level, m=edge) for level, edge in zip(LEVELS[1:], _edges(), strict=True)]
    return Histogram(
        title=say("title"),
        unit=say("unit"),
        sentence=say(
            "sentence",
            n=str(len(found)),
            below=str(bisect_right(found, edges[0])),
            above=str(len(found) - bisect_right(found, edges[-1])),
        ),
        edges=tuple(map(float, EDGES)),
        counts=tuple(map(float, counts)),
        printed=tuple(map(str, counts)),
        x=Axis(say("axis"), _ticks(0.5, 2, 8, 32, 128, 512, 1024), log=True),
        marks=tuple(Mark(edge, name) for edge, name in zip(edges, names, strict=True)),
    )


def plans(say: Say) -> Bars:
    """Return what the plans that were argued about are worth, and the list."""
    customers = load("zernokrok_customers")
    pairs = list(zip(customers["segment"], customers["margin_kuah"], strict=True))

    def whole(**levels: int) -> list[tuple[float, int]]:
        return [(margin, levels.get(segment, 0)) for segment, margin in pairs]

    lists = {
        "basic": whole(),
        "holdings": whole(holding=4),
        "segments": whole(holding=3, chain=2),
        "each": [(margin, best_level(margin, lam=PRICE)) for _, margin in pairs],
    }
    rows, named = [], {}
    for name, levels in lists.items():
        value, hours = _worth(levels), sum(HOURS[level] for _, level in levels)
        named[name] = _whole(value)
        rows.append(
            Bar(say(name), (value,), (named[name],), say("hours", h=_whole(hours)), name == "each")
        )
    return Bars(
        title=say("title"), unit=say("unit"), sentence=say("sentence", **named), rows=tuple(rows)
    )


def _worth(levels: Iterable[tuple[float, int]]) -> float:
    return sum(level_value(m, COSTS[level], RETENTIONS[level], DISCOUNT) for m, level in levels)


def hours(say: Say) -> Bars:
    """Return the hours of every segment before and after the list."""
    customers = load("zernokrok_customers")
    rows: list[Bar] = []
    named: dict[str, str] = {}
    for segment in SEGMENTS:
        rows_of = customers[customers["segment"] == segment]
        before = float(rows_of["hours_now"].sum())
        after = sum(HOURS[best_level(m, lam=PRICE)] for m in rows_of["margin_kuah"])
        printed = (_whole(before), _whole(after))
        named |= {f"{segment}_before": printed[0], f"{segment}_after": printed[1]}
        rows.append(Bar(say(segment), (before, after), printed))
    return Bars(
        title=say("title"),
        unit=say("unit"),
        sentence=say("sentence", **named),
        series=(say("before"), say("after")),
        rows=tuple(rows),
    )
