"""Pictures of lesson 14: two letters, calls by lot, the price of an hour, the end, luck."""

from dataclasses import replace

import numpy as np
import pandas as pd

from course.datasets import load
from course.figures import Axis, Bar, Bars, Dot, Dots, Line, Lines, Mark, Tick
from course.models import portfolio as model
from course.models.portfolio import ZERNOKROK
from course.models.trials import Z, difference
from course.pictures import Say
from course.truths.portfolio import LETTERS, mail, parabola

GROUPS = {1: "mens", 2: "womens", 3: "both"}
AGES = ((1, 3), (4, 6), (7, 9), (10, 12))  # months since the last purchase
LIMIT = 300  # hours a quarter
OFFER = 0.55  # kUAH an hour of the package
NOW = {"A": "14444", "B": "13333", "C": "11111", "D": "13333"}
STAGED = {"A": "44444", "B": "13333", "C": "11122", "D": "33344"}
TAIL = 1.645  # standard deviations: one result in twenty lies further out on either side


def _ticks(say: Say, *values: float) -> tuple[Tick, ...]:
    return tuple(Tick(value, say.number(value)) for value in values)


def _added(table: pd.DataFrame, letters: tuple[str, ...]) -> tuple[float, float]:
    """Return what letters add to visits against none, points, with the margin of error."""
    got = table[table["letter"].isin(letters)]["visit"]
    none = table[table["letter"] == "none"]["visit"]
    added, margin = difference(int(got.sum()), len(got), int(none.sum()), len(none))
    return 100 * added, 100 * margin


def letters(say: Say) -> Dots:
    """Return what each letter adds to visits, by what the customers had bought."""
    table, rows, named = mail(), [], dict[str, str]()
    for bought, group in GROUPS.items():
        for letter in LETTERS:
            added, margin = _added(table[table["bought"] == bought], (letter,))
            name = f"{group}_{letter}"
            named[name] = say.number(added, 1)
            label = say("row", group=say(group), letter=say(f"letter_{letter}"))
            rows.append(
                Dot(label, added, added - margin, added + margin, named[name], group == letter)
            )
    return Dots(
        title=say("title"),
        unit=say("unit"),
        sentence=say("sentence", **named),
        rows=tuple(rows),
        axis=Axis(say("axis"), _ticks(say, 0, 5, 10, 15)),
    )


def recency(say: Say) -> Bars:
    """Return who comes anyway and who comes through a letter, by the months since a purchase."""
    table, rows, named = mail(), [], dict[str, str]()
    for first, last in AGES:
        some = table[table["recency"].between(first, last)]
        anyway = 100 * float(some[some["letter"] == "none"]["visit"].mean())
        added, margin = _added(some, LETTERS)
        printed = (say.number(anyway, 1), say.number(added, 1))
        named |= {f"a{first}": printed[0], f"u{first}": printed[1]}
        note = say("note", margin=say.number(margin, 1))
        label = say("row", first=say.number(first), last=say.number(last))
        rows.append(Bar(label, (anyway, added), printed, note))
    return Bars(
        title=say("title"),
        unit=say("unit"),
        sentence=say("sentence", **named),
        series=(say("anyway"), say("added")),
        way="stacked",
        rows=tuple(rows),
    )


def renewals(calls: int, by_lot: int) -> float:
    """Return the renewals that the parabola of one half expects, %."""
    return 100 * float(np.polyval(parabola(by_lot), calls))


def calls(say: Say) -> Lines:
    """Return renewals by calls: as managers chose and as the lot did."""
    log, lines, named = load("contact_log"), [], dict[str, str]()
    for name, by_lot, tone in (("log", 0, "second"), ("lot", 1, "accent")):
        groups = log[log["by_lot"] == by_lot].groupby("calls")["renewed"]
        groups = groups.agg(["mean", "size"])
        groups = groups[groups["size"] >= 20]  # a share of fewer says little
        shares, sizes = groups["mean"], groups["size"]
        errors = Z * (shares * (1 - shares) / sizes) ** 0.5
        xs = tuple(float(number) for number in shares.index)
        band = (100 * shares - 100 * errors, 100 * shares + 100 * errors)
        low, high = (tuple(map(float, side.clip(0, 100))) for side in band)
        ys = tuple(float(100 * share) for share in shares)
        lines.append(Line(say(name), xs, ys, low, high, tone, dots=True))
        named |= {f"{name}{int(x)}": say.number(y, 0) for x, y in zip(xs, ys, strict=True)}
    return Lines(
        title=say("title"),
        unit=say("unit"),
        sentence=say("sentence", **named),
        lines=tuple(lines),
        x=Axis(say("x"), _ticks(say, *range(9))),
        y=Axis("%", _ticks(say, 0, 25, 50, 75, 100)),
    )


def prices(say: Say) -> Lines:
    """Return what one more hour brings in each quarter, beside what the package asks."""
    found = model.limited(ZERNOKROK, LIMIT).prices
    quarters = tuple(float(quarter) for quarter in range(1, model.QUARTERS + 1))
    named = {f"p{int(q)}": say.number(1000 * p, 0) for q, p in zip(quarters, found, strict=True)}
    offer = say.number(1000 * OFFER, 0)
    return Lines(
        title=say("title"),
        unit=say("unit"),
        sentence=say("sentence", offer=offer, **named),
        lines=(Line(say("line"), quarters, tuple(1000 * price for price in found), dots=True),),
        x=Axis(say("x"), _ticks(say, 1, 3, 6, 9, 12)),
        y=Axis(say("y"), _ticks(say, 0, 200, 400, 600)),
        marks=(Mark(1000 * OFFER, say("offer", offer=offer), "y"),),
    )


def used(terminal: float) -> tuple[list[float], float]:
    """Return the hours of the best plan by quarter, and what it brings with the customers' worth.

    Parameters
    ----------
    terminal : float
        Quarters of margin that the planner counts at the end; the worth returned always counts
        those of the firm.
    """
    market = replace(ZERNOKROK, terminal=terminal)
    best = model.limited(market, LIMIT)
    now = {segment.name: [float(n) for n in segment.start] for segment in market.segments}
    hours = []
    for shares in best.shares:
        spent = 0.0
        for segment in market.segments:
            moved = [0.0] * len(model.STAGES)
            for stage in model.STAGES:
                for level, share in shares[segment.name][stage].items():
                    count = now[segment.name][stage] * share
                    spent += count * model.HOURS[level]
                    for to, chance in enumerate(model.chain(level, segment.fit)[stage]):
                        moved[to] += count * chance
            now[segment.name] = moved
        hours.append(spent)
    margins = sum(
        count * segment.earns(stage)
        for segment in market.segments
        for stage, count in enumerate(now[segment.name])
    )
    uncounted = (model.TERMINAL - terminal) * margins * model.DISCOUNT**model.QUARTERS
    return hours, best.value + uncounted


def ending(say: Say) -> Lines:
    """Return the hours that the best plan spends, with the customers' worth counted and without."""
    quarters = tuple(float(quarter) for quarter in range(1, model.QUARTERS + 1))
    lines, named = [], dict[str, str]()
    for name, terminal, tone in (("kept", model.TERMINAL, "accent"), ("milked", 0.0, "second")):
        hours, _ = used(terminal)
        lines.append(Line(say(name), quarters, tuple(hours), tone=tone, dots=True))
        named |= {f"{name}{q}": say.number(h, 0) for q, h in enumerate(hours, 1)}
    return Lines(
        title=say("title"),
        unit=say("unit"),
        sentence=say("sentence", **named),
        lines=tuple(lines),
        x=Axis(say("x"), _ticks(say, 1, 3, 6, 9, 12)),
        y=Axis(say("y"), _ticks(say, 0, 100, 200, 300)),
    )


def luck(say: Say) -> Dots:
    """Return what two tables bring: expected, and where nine results of ten lie."""
    rows, named = [], dict[str, str]()
    for name, table in (("now", NOW), ("staged", STAGED)):
        policy = model.steady(table)
        value = model.evaluate(ZERNOKROK, policy).value / 1000
        spread = TAIL * model.luck(ZERNOKROK, policy) / 1000
        low, high = value - spread, value + spread
        words = {"": value, "_low": low, "_high": high}
        named |= {f"{name}{part}": say.number(number, 1) for part, number in words.items()}
        rows.append(Dot(say(name), value, low, high, named[name], name == "staged"))
    return Dots(
        title=say("title"),
        unit=say("unit"),
        sentence=say("sentence", **named),
        rows=tuple(rows),
        axis=Axis(say("axis"), _ticks(say, 24, 26, 28, 30, 32, 34)),
    )
