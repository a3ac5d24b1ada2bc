"""Level chooser.

What each of the five levels is worth, where the next one pays, what scarce hours change.
"""

import csv
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from math import fsum
from typing import Any

from course import paths
from course.figures import Bar, Bars, Cell, Figure, Matrix
from course.instruments import (
    Challenge,
    Choice,
    Control,
    Field,
    Grid,
    Instrument,
    Note,
    Slider,
    Value,
    Values,
)
from course.models import levels as model
from course.texts import number, text

SEGMENTS = {"farms": 9, "chains": 75, "holdings": 400}  # margin of a typical customer, kUAH a year
CUSTOMERS = (12, 60, 600)  # of the firms in the rows of the matrix
HOURS = 1200
STEP = 0.01  # of the price of an hour, kUAH
MARGINS = (400, 120, 30)  # high, medium, low: the same as in the lesson
# As textbooks retell Ph. Kotler, few to many customers, high to low margin.
KOTLER = (((4,), (3,), (2,)), ((3,), (2,), (1,)), ((2,), (1,), (0, 1)))
_TABLE: dict[str, Value] = {}
for _level, _cost, _kept, _hours in zip(
    model.LEVELS, model.COSTS, model.RETENTIONS, model.HOURS, strict=True
):
    _TABLE |= {f"{_level}.cost": _cost, f"{_level}.kept": round(100 * _kept, 9)}
    _TABLE[f"{_level}.hours"] = _hours
# The plan of the deputy director in the lesson: everybody is a partner.
_TABLE |= {f"{_segment}.plan": "partnership" for _segment in SEGMENTS}
CASES = {
    name: {"margin": margin, "rate": 20, "hours": HOURS, "price": 0, **_TABLE}
    for name, margin in SEGMENTS.items()
}
_LIMITS = {"cost": (0, 200), "kept": (0, 98), "hours": (0, 400)}


@cache
def _margins() -> dict[str, tuple[float, ...]]:
    """Yearly margins of the customers of every segment, rising."""
    path = paths.shared("datasets") / "zernokrok_customers.csv"
    found: dict[str, list[float]] = {name: [] for name in SEGMENTS}
    with path.open(
        encoding="utf-8", newline=""
    ) as file:  # without pandas, so that a lesson opens fast
        for row in csv.DictReader(file):
            found[f"{row['segment']}s"].append(float(row["margin_kuah"]))
    return {name: tuple(sorted(margins)) for name, margins in found.items()}


@dataclass(frozen=True)
class Share:
    """What customers take who all have their best level at one price of an hour.

    counts: customers by level; hours: a year; value: kUAH, the price of hours not charged.
    """

    counts: tuple[int, ...]
    hours: float
    value: float


@dataclass(frozen=True)
class Reading:
    """What the numbers mean; money in kUAH, levels as places in LEVELS.

    worth, best, spans: of one customer with the margin chosen, hours at their price, by level (see
    `ranges`). all, cheaper: the customers at this price of an hour and at one a step lower (None at
    0). grid: None when every level asks for more hours than there are. own_hours, own_value: of the
    learner's plan for whole segments; top_value: of the best such plan, None when none fits.
    """

    margin: float
    hours: float
    price: float
    worth: tuple[float, ...]
    best: int
    spans: list[tuple[float, float] | None]
    each: tuple[float, ...]
    all: Share
    cheaper: Share | None
    grid: list[list[int]] | None
    own_hours: float
    own_value: float
    top_value: float | None


def controls(lang: str) -> list[Control]:
    """Return what can be changed."""

    def say(key: str) -> str:
        return text(f"levels.{key}", lang)

    columns = ("cost", "kept", "hours")
    heads = {column: say(f"column.{column}") for column in columns}
    names = {level: say(f"name.{level}") for level in model.LEVELS}
    table = []
    for level, name in names.items():
        fields = [
            Field(f"{level}.{c}", f"{name}, {head}", *_LIMITS[c], head.partition(", ")[2])
            for c, head in heads.items()
        ]
        table.append((name, tuple(fields)))
    plans = []
    for segment in SEGMENTS:
        name = say(f"case.{segment}")
        choice = Choice(f"{segment}.plan", f"{say('own')}: {name}", tuple(names.items()))
        plans.append((name, (choice,)))
    return [
        Slider(Field("margin", say("margin"), 1, 500, say("kuah")), 1),
        Slider(Field("rate", say("rate"), 1, 40, "%"), 0.5),
        Slider(Field("price", say("price"), 0, 3, say("kuah_hour")), STEP),
        Slider(Field("hours", say("hours"), 0, 6000, say("h")), 50),
        Grid(say("own"), (say("own_level"),), tuple(plans), say("own_note")),
        Grid(say("grid"), tuple(heads.values()), tuple(table), say("grid_note"), wide=True),
    ]


def ranges(
    i: float, costs: Sequence[float], retentions: Sequence[float]
) -> list[tuple[float, float] | None]:
    """Return for every level the (lowest, highest) yearly margin at which none is better, or None.

    Parameters
    ----------
    i : float
        Yearly discount rate.
    costs, retentions : sequences of float
        Yearly cost (kUAH) and retention of each level, in any order.

    Examples
    --------
    >>> [round(low, 2) for low, _ in ranges(0.2, model.COSTS, model.RETENTIONS)]
    [0.0, 12.0, 25.5, 90.67, 282.67]
    """
    spans: list[tuple[float, float] | None] = []
    for a, (cost, kept) in enumerate(zip(costs, retentions, strict=True)):
        low, high = 0.0, float("inf")
        for b, (other_cost, other_kept) in enumerate(zip(costs, retentions, strict=True)):
            if other_kept < kept:
                low = max(low, model.level_threshold(other_cost, other_kept, cost, kept, i))
            elif other_kept > kept:
                high = min(high, model.level_threshold(cost, kept, other_cost, other_kept, i))
            elif (other_cost, b) < (cost, a):
                high = -1.0
        spans.append((low, high) if low < high else None)
    return spans


def share(
    margins: Sequence[float],
    i: float,
    lam: float,
    costs: Sequence[float],
    retentions: Sequence[float],
    hours: Sequence[float],
) -> Share:
    """Give every customer the best level when an hour costs ``lam``, kUAH.

    Parameters
    ----------
    margins : sequence of float
        Yearly margin of every customer, kUAH, rising.
    i, lam : float
        Yearly discount rate; price of an hour, kUAH.
    costs, retentions, hours : sequences of float
        Yearly cost (kUAH), retention and yearly hours of each level.

    Examples
    --------
    >>> found = share([9, 75, 400], 0.2, 0.5, model.COSTS, model.RETENTIONS, model.HOURS)
    >>> found.counts, found.hours, round(found.value, 1)
    ((1, 0, 1, 1, 0), 32.0, 1353.1)
    """
    full = [model.cost_with_shadow(c, h, lam) for c, h in zip(costs, hours, strict=True)]
    counts, value = [], 0.0
    for span, cost, kept in zip(ranges(i, full, retentions), costs, retentions, strict=True):
        low, high = (bisect_right(margins, edge) for edge in span) if span else (0, 0)
        counts.append(high - low)
        value += fsum(margins[low:high]) * model.level_value(1, 0, kept, i)
        value += (high - low) * model.level_value(0, cost, kept, i)
    used = fsum(n * h for n, h in zip(counts, hours, strict=True))
    return Share(tuple(counts), used, value)


def read(values: Mapping[str, Any]) -> Reading:
    """Compute all that is shown."""
    columns = {
        column: tuple(float(values[f"{level}.{column}"]) for level in model.LEVELS)
        for column in ("cost", "kept", "hours")
    }
    i, hours, lam = values["rate"] / 100, columns["hours"], values["price"]
    kept = tuple(share / 100 for share in columns["kept"])
    setting = {"i": i, "costs": columns["cost"], "retentions": kept, "hours": hours}
    segments = _margins()
    margins = sorted(margin for segment in segments.values() for margin in segment)
    own = [model.LEVELS.index(values[f"{name}.plan"]) for name in SEGMENTS]
    # Of every segment at every level: hours in a year, and value.
    taken = [[len(segment) * hours[level] for level in range(5)] for segment in segments.values()]
    valued = [
        [
            len(segment) * value
            for value in model.level_values(sum(segment) / len(segment), **setting)
        ]
        for segment in segments.values()
    ]
    fitting = [
        sum(valued[s][level] for s, level in enumerate(levels))
        for levels in product(range(5), repeat=len(segments))
        if sum(taken[s][level] for s, level in enumerate(levels)) <= values["hours"]
    ]
    grid = None
    try:
        grid = model.matrix(CUSTOMERS, MARGINS, values["hours"], **setting)
    except model.TooFewHours:  # the learner gave every level more hours than there are
        grid = None
    full = [model.cost_with_shadow(c, h, lam) for c, h in zip(columns["cost"], hours, strict=True)]
    return Reading(
        margin=values["margin"],
        hours=values["hours"],
        price=lam,
        worth=model.level_values(values["margin"], lam=lam, **setting),
        best=model.best_level(values["margin"], lam=lam, **setting),
        spans=ranges(i, full, kept),
        each=hours,
        all=share(margins, lam=lam, **setting),
        cheaper=share(margins, lam=max(0.0, lam - STEP), **setting) if lam else None,
        grid=grid,
        own_hours=sum(taken[s][level] for s, level in enumerate(own)),
        own_value=sum(valued[s][level] for s, level in enumerate(own)),
        top_value=max(fitting, default=None),
    )


def sentence(reading: Reading, lang: str) -> str:
    """Read the first picture aloud: the best level, and where the next one pays."""

    def level(place: int) -> str:
        return text(f"levels.level.{model.LEVELS[place]}", lang)

    value = number(abs(reading.worth[reading.best]), lang, 0)
    key = "sentence" if reading.worth[reading.best] >= 0 else "loss"
    said = text(
        f"levels.{key}",
        lang,
        margin=number(reading.margin, lang),
        level=level(reading.best),
        value=value,
    )
    lows = [(span[0], place) for place, span in enumerate(reading.spans) if span]
    # At the threshold itself the cheaper level is still the best, and the dearer one comes next.
    above = [low for low in lows if low[1] != reading.best and low[0] > reading.margin - 1e-9]
    own = reading.spans[reading.best]
    since, place = min(above, default=(own[0] if own else 0.0, reading.best))
    if since > 0:
        name = level(place)
        key = "next" if above else "own_since"
        threshold = number(since, lang, 1)
        name = name[0].upper() + name[1:]
        said += " " + text(f"levels.{key}", lang, level=name, threshold=threshold)
    return said


def figures(reading: Reading, lang: str) -> list[Figure]:
    """Return the values by level, and the matrix beside Kotler's."""

    def say(key: str, **names: str) -> str:
        return text(f"levels.{key}", lang, **names)

    rows = []
    for place, (level, value, span) in enumerate(
        zip(model.LEVELS, reading.worth, reading.spans, strict=True)
    ):
        low = number(span[0], lang, 1 if span[0] else 0) if span else ""
        since = say("since", m=low) if span else say("never")
        printed = number(value, lang, 0)
        rows.append(Bar(say(f"name.{level}"), (value,), (printed,), since, place == reading.best))
    bars = Bars(
        title=say("chart"), unit=say("axis"), sentence=sentence(reading, lang), rows=tuple(rows)
    )
    return [bars, _crowd(reading, lang), *([_matrix(reading.grid, lang)] if reading.grid else [])]


def _crowd(reading: Reading, lang: str) -> Bars:
    """How many customers every level gets at this price of an hour."""

    def say(key: str, **names: str) -> str:
        return text(f"levels.{key}", lang, **names)

    rows, told = [], []
    for level, n, each in zip(model.LEVELS, reading.all.counts, reading.each, strict=True):
        name, count = say(f"name.{level}"), number(n, lang)
        rows.append(Bar(name, (n,), (count,), say("takes", h=number(n * each, lang, 0))))
        told.append(f"{name.lower()} – {count}")
    used, price = number(reading.all.hours, lang, 0), number(reading.price, lang, 2)
    return Bars(
        title=say("crowd", n=number(sum(reading.all.counts), lang)),
        unit=say("crowd_unit", price=price),
        sentence=say("crowd_sentence", price=price, rows=", ".join(told), used=used),
        rows=tuple(rows),
    )


def _matrix(grid: list[list[int]], lang: str) -> Matrix:
    def say(key: str, **names: str) -> str:
        return text(f"levels.{key}", lang, **names)

    names = [say(f"name.{level}") for level in model.LEVELS]
    cells = []
    for row, levels in enumerate(grid):
        line = []
        for column, level in enumerate(levels):
            kotler = KOTLER[row][column]
            said = say("or").join(names[k] for k in kotler).lower()
            line.append(Cell(names[level], said, shade=level, check=level in kotler))
        cells.append(tuple(line))
    rows = tuple(say(f"many.{row}", n=number(count, lang)) for row, count in enumerate(CUSTOMERS))
    columns = tuple(say(f"high.{column}", m=str(margin)) for column, margin in enumerate(MARGINS))
    same = sum(cell.check for line in cells for cell in line)
    told = [
        f"{row}: {', '.join(cell.text.lower() for cell in line)}"
        for row, line in zip(rows, cells, strict=True)
    ]
    return Matrix(
        title=say("matrix"),
        unit=say("matrix_unit"),
        sentence=say("matrix_sentence", n=str(same), rows="; ".join(told)),
        columns=columns,
        rows=rows,
        cells=tuple(cells),
    )


def notes(reading: Reading, lang: str) -> list[Note]:
    """Return what the price of an hour and the plan for whole segments do with the hours."""

    def say(key: str, **names: str) -> str:
        return text(f"levels.{key}", lang, **names)

    def whole(value: float) -> str:
        return number(value, lang, 0)

    shown = {
        "price": number(reading.price, lang, 2),
        "n": whole(sum(reading.all.counts)),
        "used": whole(reading.all.hours),
        "hours": whole(reading.hours),
        "value": whole(reading.all.value),
    }
    fits = reading.all.hours <= reading.hours
    key = "all_over" if not fits else "all_least" if _is_least(reading) else "all_dear"
    tone = "no" if not fits else "ok" if _is_least(reading) else "part"
    found = [Note(tone, say(key, **shown), say("all_lead"))]
    over = reading.own_hours > reading.hours
    if reading.top_value is None or reading.grid is None:
        return [*found, Note("no", say("short"))]
    own = say(
        "own_over" if over else "own_fits",
        used=whole(reading.own_hours),
        hours=whole(reading.hours),
        value=whole(reading.own_value),
        top=whole(reading.top_value),
    )
    tone = "no" if over else "ok" if _is_best(reading) else "part"
    matrix = Note("plain", say("matrix_note", hours=whole(reading.hours)), say("matrix_lead"))
    return [*found, Note(tone, own, say("own_lead")), matrix]


def _is_least(reading: Reading) -> bool:
    """Whether no lower price makes the hours suffice."""
    return reading.all.hours <= reading.hours and (
        reading.cheaper is None or reading.cheaper.hours > reading.hours
    )


def _is_best(reading: Reading) -> bool:
    fits = reading.own_hours <= reading.hours
    return fits and reading.top_value is not None and reading.own_value >= reading.top_value - 1e-6


def _close(values: Values, reading: Reading) -> bool:
    proactive, partnership = reading.worth[3:]
    return reading.price == 0 and 0 < proactive - partnership <= 5


def _least(values: Values, reading: Reading) -> bool:
    return reading.hours == HOURS and _is_least(reading)


def _spent(values: Values, reading: Reading) -> bool:
    return reading.hours == HOURS and _is_best(reading)


INSTRUMENT = Instrument(
    name="levels",
    controls=controls,
    cases=CASES,
    start="chains",
    read=read,
    figures=figures,
    sentence=sentence,
    notes=notes,
    challenges=(Challenge("close", _close), Challenge("least", _least), Challenge("spent", _spent)),
)
