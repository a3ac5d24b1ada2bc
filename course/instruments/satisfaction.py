"""Satisfaction lab.

The map of importance and performance, what really moves satisfaction, who comes back, and what one
mark more would change, for the patients chosen.
"""

import csv
from collections import Counter
from dataclasses import dataclass
from functools import cache
from statistics import fmean

from course import paths
from course.figures import Axis, Bar, Bars, Dot, Dots, Figure, Mark, Scatter, Spot, Tick
from course.instruments import Choice, Field, Grid, Instrument, Note, Slider, Values, Words
from course.models import satisfaction as model
from course.models.satisfaction import COMPONENTS, LINES, QUADRANTS, Answer

MARKETS = {"all": None, "free": True, "bound": False}
GROUPS = {"all": None, "problem": True, "calm": False}
PEOPLE = 1000  # of whom the additional returns are told
SIGNS = (("accent", "circle"), ("second", "square"), ("ink", "star"), ("third", "diamond"))
CASES: dict[str, Values] = {
    market: {
        "market": market,
        "group": "all",
        "rule": "mean",
        "shift": 0,
        "lift": "core",
        "step": 1,
    }
    for market in MARKETS
}


@cache
def _answers() -> list[Answer]:
    path = paths.shared("datasets") / "satisfaction_survey.csv"
    with path.open(encoding="utf-8", newline="") as file:  # a lesson opens fast without pandas
        return [
            Answer.of({name: int(mark) for name, mark in row.items() if name != "patient_id"})
            for row in csv.DictReader(file)
        ]


@cache
def _part(market: str, group: str) -> tuple[Answer, ...]:
    free, problem = MARKETS[market], GROUPS[group]
    return tuple(
        answer
        for answer in _answers()
        if free in (None, answer.free) and problem in (None, answer.problem)
    )


@cache
def _slopes(market: str, group: str) -> dict[str, tuple[float, float]]:
    return model.slopes(_part(market, group))


@dataclass(frozen=True)
class Reading:
    """What the patients chosen say and do.

    marks: (importance, performance) by component, means. line, column: the cross-hairs. slopes:
    with half of their intervals. returns: satisfaction -> (came back, of how many). rise: by how
    much one step more of ``lift`` raises the chance of a return, 0 to 1.
    """

    market: str
    group: str
    patients: int
    marks: dict[str, tuple[float, float]]
    line: float
    column: float
    slopes: dict[str, tuple[float, float]]
    returns: dict[int, tuple[int, int]]
    lift: str
    step: float
    rise: float

    @property
    def places(self) -> dict[str, str]:
        """The quadrant of every component."""
        return {
            name: model.quadrant(*marks, self.line, self.column)
            for name, marks in self.marks.items()
        }


def controls(say: Words) -> list[Slider | Grid]:
    """Return what can be changed."""

    def choice(id: str, options: list[str]) -> tuple[str, tuple[Choice]]:
        named = tuple((option, say(f"{id}.{option}")) for option in options)
        return say(f"{id}_name"), (Choice(id, say(f"{id}_name"), named),)

    who = (choice("market", list(MARKETS)), choice("group", list(GROUPS)))
    what = (choice("rule", list(LINES)), choice("lift", list(COMPONENTS)))
    return [
        Grid(say("who"), (say("chosen"),), who, say("who_note")),
        Grid(say("what"), (say("chosen"),), what),
        Slider(Field("shift", say("shift"), -1, 1, say("points")), 0.1),
        Slider(Field("step", say("step"), 0, 2, say("points")), 0.25),
    ]


def read(values: Values) -> Reading:
    """Compute all that is shown."""
    market, group, lift = (str(values[name]) for name in ("market", "group", "lift"))
    answers = _part(market, group)
    middle = LINES[str(values["rule"])]
    marks = {
        name: (
            fmean(answer.importance[name] for answer in answers),
            fmean(answer.performance[name] for answer in answers),
        )
        for name in COMPONENTS
    }
    line, column = (middle(side) for side in zip(*marks.values(), strict=True))
    everybody = Counter(int(answer.satisfaction) for answer in answers)
    back = Counter(int(answer.satisfaction) for answer in answers if answer.returned)
    step = float(values["step"])
    return Reading(
        market=market,
        group=group,
        patients=len(answers),
        marks=marks,
        line=line + float(values["shift"]),
        column=column,
        slopes=_slopes(market, group),
        returns={score: (back[score], of) for score, of in sorted(everybody.items())},
        lift=lift,
        step=step,
        rise=model.rise(answers, lift, step),
    )


def _ticks(say: Words, *values: float) -> tuple[Tick, ...]:
    return tuple(Tick(value, say.number(value)) for value in values)


def draw(reading: Reading, say: Words) -> list[Figure]:
    """Draw the map, the slopes, and who comes back."""
    return [_map(reading, say), _drivers(reading, say), _returns(reading, say)]


def _map(reading: Reading, say: Words) -> Scatter:
    spots = [
        Spot(say(f"lift.{name}"), performance, importance, tone, sign)
        for (name, (importance, performance)), (tone, sign) in zip(
            reading.marks.items(), SIGNS, strict=True
        )
    ]
    places = []
    for quadrant in QUADRANTS:
        held = [say(f"lift.{n}").lower() for n, at in reading.places.items() if at == quadrant]
        places.append(say.pair(say(f"quadrant.{quadrant}"), ", ".join(held) or say("nothing")))
    line, column = say.number(reading.line, 2), say.number(reading.column, 2)
    return Scatter(
        title=say("map"),
        unit=say("map_unit"),
        sentence=say(
            "sentence",
            n=say.number(reading.patients),
            line=line,
            column=column,
            places="; ".join(places),
        ),
        spots=tuple(spots),
        x=Axis(say("performance"), _ticks(say, 3, 4, 5, 6, 7)),
        y=Axis(say("importance"), _ticks(say, 4, 5, 6, 7)),
        marks=(Mark(reading.column, column), Mark(reading.line, line, "y")),
        corners=tuple(say(f"quadrant.{quadrant}") for quadrant in QUADRANTS),
    )


def _drivers(reading: Reading, say: Words) -> Dots:
    top = max(reading.slopes, key=lambda name: reading.slopes[name][0])
    rows, said = [], []
    for name, (slope, margin) in reading.slopes.items():
        label, printed = say(f"lift.{name}"), say.number(slope, 2)
        rows.append(Dot(label, slope, slope - margin, slope + margin, printed, name == top))
        said.append(say.pair(label.lower(), printed))
    return Dots(
        title=say("drivers"),
        unit=say("drivers_unit"),
        sentence=say("drivers_sentence", rows="; ".join(said)),
        rows=tuple(rows),
        axis=Axis("", _ticks(say, -0.2, 0.0, 0.2, 0.4, 0.6, 0.8)),
        marks=(Mark(0.0, say("none")),),
    )


def _returns(reading: Reading, say: Words) -> Bars:
    rows, said = [], []
    for score, (back, of) in reading.returns.items():
        low, high = (100 * end for end in model.wilson(back, of))
        printed, mark = say("percent", n=say.number(100 * back / of, 0)), say.number(score)
        note = say("of", back=say.number(back), of=say.number(of))
        rows.append(Bar(mark, (100 * back / of,), (printed,), note, score == 7, low, high))
        said.append(say.pair(mark, printed))
    return Bars(
        title=say("returns"),
        unit=say("returns_unit"),
        sentence=say("returns_sentence", rows="; ".join(said)),
        rows=tuple(rows),
        ends=(0.0, 100.0),
    )


def notes(reading: Reading, say: Words) -> list[Note]:
    """Return what the step changes, and the rule behind it."""
    named = {
        "n": say.number(reading.patients),
        "lift": say(f"lift.{reading.lift}").lower(),
        "step": say.number(reading.step),
        "points": say.number(100 * reading.rise, 2),
        "more": say.number(PEOPLE * reading.rise, 0),
    }
    return [Note("ok", say("gain", **named), say("gain_lead")), Note("plain", say("rule_note"))]


INSTRUMENT = Instrument(
    name="satisfaction",
    controls=controls,
    cases=CASES,
    start="all",
    read=read,
    draw=draw,
    notes=notes,
    challenges={
        "drawn": lambda reading: (
            (reading.market, reading.group) == ("all", "all")
            and reading.places["recovery"] == "concentrate"
            and reading.places["core"] == "keep"
        ),
        "aim": lambda reading: (
            reading.group == "all" and reading.step <= 1 and reading.rise >= 0.045
        ),
        "six": lambda reading: reading.step <= 1 and reading.rise >= 0.06,
    },
)
