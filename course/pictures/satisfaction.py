"""Pictures of lesson 4: who comes back, the map and what it hides, recovery, four programmes."""

from collections.abc import Sequence
from math import sqrt
from statistics import fmean, variance

from course.datasets import load
from course.figures import (
    Axis,
    Bar,
    Bars,
    Dot,
    Dots,
    End,
    Group,
    Line,
    Lines,
    Mark,
    Pair,
    Pairs,
    Scatter,
    Spot,
    Tick,
)
from course.models import satisfaction as model
from course.models.satisfaction import COMPONENTS, QUADRANTS, Answer, Z
from course.pictures import Say

REACH = 10  # patients for each one asked
MARGIN = 4  # kUAH a year from a patient who comes back
COST = 300  # kUAH a year, of every programme
WELL = 5  # mark of recovery from which it counts as good


def _answers() -> list[Answer]:
    survey = load("satisfaction_survey").drop(columns="patient_id")
    rows: list[dict[str, float]] = survey.to_dict("records")
    return [Answer.of(row) for row in rows]


def _ticks(say: Say, *values: float) -> tuple[Tick, ...]:
    return tuple(Tick(value, say.number(value)) for value in values)


def curve(say: Say) -> Lines:
    """Return the share that comes back by satisfaction, with a choice of clinic and without."""
    lines, named = [], {}
    for name, free, tone in (("free", True, "accent"), ("bound", False, "second")):
        shares, lows, highs = [], [], []
        for score in range(1, 8):
            came = [a.returned for a in _answers() if (a.satisfaction, a.free) == (score, free)]
            low, high = model.wilson(sum(came), len(came))
            shares.append(100 * fmean(came))
            lows.append(100 * low)
            highs.append(100 * high)
            named[f"{name}{score}"] = say.number(shares[-1], 0)
        scores = tuple(map(float, range(1, 8)))
        lines.append(
            Line(say(name), scores, tuple(shares), tuple(lows), tuple(highs), tone, dots=True)
        )
    return Lines(
        title=say("title"),
        unit=say("unit"),
        sentence=say("sentence", **named),
        lines=tuple(lines),
        x=Axis(say("x"), _ticks(say, 1, 2, 3, 4, 5, 6, 7)),
        y=Axis("%", _ticks(say, 0, 25, 50, 75, 100)),
    )


def importance(say: Say) -> Scatter:
    """Return the map of importance and performance of all patients."""
    answers = _answers()
    weight = {name: fmean(a.importance[name] for a in answers) for name in COMPONENTS}
    marks = {name: fmean(a.performance[name] for a in answers) for name in COMPONENTS}
    line, column = fmean(weight.values()), fmean(marks.values())
    signs = (("accent", "circle"), ("second", "square"), ("ink", "star"), ("third", "diamond"))
    spots, named = [], {"line": say.number(line, 2), "column": say.number(column, 2)}
    for name, (tone, sign) in zip(COMPONENTS, signs, strict=True):
        spots.append(Spot(say(name), marks[name], weight[name], tone, sign))
        named[f"{name}_i"] = say.number(weight[name], 2)
        named[f"{name}_p"] = say.number(marks[name], 2)
    return Scatter(
        title=say("title"),
        unit=say("unit"),
        sentence=say("sentence", **named),
        spots=tuple(spots),
        x=Axis(say("x"), _ticks(say, 3.5, 4.0, 4.5, 5.0, 5.5, 6.0, 6.5)),
        y=Axis(say("y"), _ticks(say, 4.5, 5.0, 5.5, 6.0, 6.5, 7.0)),
        marks=(Mark(column, named["column"]), Mark(line, named["line"], "y")),
        corners=tuple(say(quadrant) for quadrant in QUADRANTS),
    )


def drivers(say: Say) -> Pairs:
    """Return what moves satisfaction with a failure and without one."""
    answers = _answers()
    calm, hit = (
        model.slopes([a for a in answers if a.problem == problem]) for problem in (False, True)
    )
    groups, named = [], {}
    for name in COMPONENTS:
        before, after = calm[name][0], hit[name][0]
        named[f"{name}0"], named[f"{name}1"] = say.number(before, 2), say.number(after, 2)
        printed = f"{named[f'{name}0']} · {named[f'{name}1']}"
        groups.append(Group(say(name), (Pair(before, after, printed, accent=name == "recovery"),)))
    return Pairs(
        title=say("title"),
        unit=say("unit"),
        sentence=say("sentence", **named),
        ends=(End(say("calm"), "ring", "second"), End(say("hit"), "circle", "accent")),
        groups=tuple(groups),
        axis=Axis("", _ticks(say, 0.0, 0.2, 0.4, 0.6)),
        column=say("column"),
    )


def recovery(say: Say) -> Dots:
    """Return satisfaction after a failure beside that of two control groups."""
    answers = _answers()

    def those(problem: bool, well: bool | None) -> list[float]:
        return [
            a.satisfaction
            for a in answers
            if a.problem == problem and well in (None, a.performance["recovery"] >= WELL)
        ]

    rows, named = [], {}
    for name, part in (
        ("bad", those(True, False)),
        ("good", those(True, True)),
        ("calm", those(False, None)),
        ("fair", those(False, True)),
    ):
        mean, half = fmean(part), _half(part)
        named[name] = say.number(mean, 2)
        label = say(name, n=say.number(len(part)))
        rows.append(Dot(label, mean, mean - half, mean + half, named[name], name == "good"))
    return Dots(
        title=say("title"),
        unit=say("unit"),
        sentence=say("sentence", **named),
        rows=tuple(rows),
        axis=Axis(say("x"), _ticks(say, 3, 4, 5, 6)),
    )


def _half(values: Sequence[float]) -> float:
    """Half of the 95 % interval of a mean."""
    return Z * sqrt(variance(values) / len(values))


def programmes(say: Say) -> Bars:
    """Return the margin that four programmes bring, if they raise a mark by a half or by one."""
    answers = _answers()
    hit = [a for a in answers if a.problem]
    rows, named = [], {}
    for name in ("recovery", "personal", "support", "core"):
        part = hit if name == "recovery" else answers
        sums = [REACH * len(hit) * MARGIN * model.rise(part, name, step) for step in (0.5, 1)]
        printed = tuple(say.number(value, 0) for value in sums)
        named[f"{name}_half"], named[name] = printed
        rows.append(Bar(say(name), tuple(sums), printed, accent=name == "recovery"))
    return Bars(
        title=say("title"),
        unit=say("unit"),
        sentence=say("sentence", **named),
        rows=tuple(rows),
        series=(say("half"), say("one")),
        marks=(Mark(float(COST), say("cost")),),
    )
