"""Retention lever.

What higher retention is worth, beside what it costs and what the slogan promises.
"""

from dataclasses import dataclass
from math import ceil, floor, log10

from course.figures import Axis, Bar, Bars, Line, Lines, Mark, Tick
from course.instruments import Field, Instrument, Note, Slider, Table, Values, Words
from course.models.retention import (
    break_even_spend,
    care_gain,
    lifetime,
    retention_elasticity,
)
from course.models.value import clv_next, clv_now

# field: (least, most, step); money in thousand UAH, rates in percent
LIMITS = {
    "n": (10, 5000, 10),
    "m": (1, 200, 0.1),
    "r0": (30, 95, 0.1),
    "r1": (30, 98, 0.1),
    "i": (0, 40, 1),
    "c": (0, 30, 0.1),
    "launch": (0, 3000, 50),
}
UNITS = {"n": "", "m": "unit", "r0": "%", "r1": "%", "i": "%", "c": "unit", "launch": "unit"}
CASES: dict[str, Values] = {
    "ledger": {"n": 256, "m": 11.7, "r0": 53.8, "r1": 68.1, "i": 20, "c": 3.9, "launch": 0},
    "slogan": {"n": 1000, "m": 2, "r0": 90, "r1": 95, "i": 0, "c": 0, "launch": 0},
    "cloud": {"n": 640, "m": 12, "r0": 75, "r1": 82, "i": 20, "c": 1.4, "launch": 0},
}


@dataclass(frozen=True)
class Reading:
    """Money in kUAH, rates from 0 to 1; ``at(r1)`` of the whole programme."""

    n: float
    m: float
    r0: float
    r1: float
    i: float
    c: float
    launch: float

    @property
    def base(self) -> float:
        """Value of all customers without the programme."""
        return self.n * clv_next(self.m, self.r0, self.i)

    def at(self, r: float) -> float:
        """Return what the programme adds when it raises retention to r."""
        return self.n * care_gain(self.m, self.c, self.r0, r, self.i) - self.launch

    @property
    def net(self) -> float:
        """What the programme adds."""
        return self.at(self.r1)

    @property
    def rises(self) -> tuple[float, float, float]:
        """Growth in percent: of the lifetime, of the multiple, of the value less costs."""
        longer = lifetime(self.r1) / lifetime(self.r0)
        worth = clv_next(1, self.r1, self.i) / clv_next(1, self.r0, self.i)
        return 100 * (longer - 1), 100 * (worth - 1), 100 * self.net / self.base

    @property
    def halved(self) -> bool:
        """Whether churn has fallen at least by half."""
        return round(1 - self.r1, 9) <= round((1 - self.r0) / 2, 9)


def read(values: Values) -> Reading:
    """Compute what the programme adds, and what the slogan promises.

    Examples
    --------
    >>> reading = read(CASES["ledger"])
    >>> round(reading.net), [round(rise) for rise in reading.rises]
    (-812, [45, 61, -33])
    """
    numbers = {name: float(values[name]) for name in LIMITS}
    rates = {name: numbers[name] / 100 for name in ("r0", "r1", "i")}
    return Reading(**(numbers | rates))


def controls(say: Words) -> list[Slider]:
    """Return what can be changed."""
    units = {name: say(unit) if unit == "unit" else unit for name, unit in UNITS.items()}
    return [
        Slider(Field(name, say(name), least, most, units[name]), step)
        for name, (least, most, step) in LIMITS.items()
    ]


def sentence(reading: Reading, say: Words) -> str:
    """Read the first picture aloud."""
    years, worth = (say.number(rise, 0) for rise in reading.rises[:2])
    rest = say.number(abs(reading.rises[2]), 0)
    key = "pays" if reading.net >= 0 else "loses"
    net = say.number(abs(reading.net), 0)
    return say(key, years=years, worth=worth, rest=rest, net=net)


def _ticks(low: float, high: float, say: Words) -> tuple[Tick, ...]:
    """Return round places from at most ``low`` to at least ``high``, three to seven of them."""
    size = 10 ** floor(log10(high - low))
    step = next(size * part for part in (0.2, 0.5, 1, 2, 5) if (high - low) / (size * part) <= 5)
    places = range(floor(low / step), ceil(high / step) + 1)
    return tuple(Tick(place * step, say.number(place * step)) for place in places)


def draw(reading: Reading, say: Words) -> list[Bars | Lines]:
    """Draw the three growths, and the net value over all retentions that may be reached."""
    rises = dict(zip(("years", "worth", "rest"), reading.rises, strict=True))
    rows = tuple(
        Bar(
            say(name),
            (rise,),
            (("+" if rise > 0 else "") + say.number(rise, 0) + "\u00a0%",),
            say(f"{name}_note"),
            name == "rest",
        )
        for name, rise in rises.items()
    )
    bars = Bars(title=say("chart"), unit="%", sentence=sentence(reading, say), rows=rows)
    low = 100 * min(reading.r0, reading.r1)
    span = [low + (98 - low) * part / 40 for part in range(41)]
    nets = [reading.at(r / 100) for r in span]
    floor, top = min(0.0, *nets), max(1.0, *nets)
    line = Line(say("net"), tuple(span), tuple(nets))
    marks = (
        Mark(100 * reading.r1, say("now", r1=say.number(100 * reading.r1))),
        Mark(0, say("zero"), "y"),
    )
    return [
        bars,
        Lines(
            title=say("curve"),
            unit=say("unit"),
            sentence=say(
                "curve_said",
                low=say.number(nets[0], 0),
                r0=say.number(low),
                high=say.number(nets[-1], 0),
            ),
            lines=(line,),
            x=Axis(say("x"), _ticks(low, 98, say)),
            y=Axis(say("y"), _ticks(floor, top, say)),
            marks=marks,
        ),
    ]


def notes(reading: Reading, say: Words) -> list[Note]:
    """Say what care may cost at most, and what a percent of retention is worth."""
    most = break_even_spend(reading.m, reading.r0, reading.r1, reading.i)
    key = "most" if most > 0 else "never"
    steep = retention_elasticity(reading.r0, reading.i)
    tone = "ok" if most >= reading.c else "no"
    said = say(key, most=say.number(most, 2), c=say.number(reading.c))
    return [Note(tone, said), Note("plain", say("steep", e=say.number(steep, 2)))]


def tables(reading: Reading, say: Words) -> list[Table]:
    """Return lifetime, multiple and both values, without the programme and with it."""
    sides = ((reading.r0, 0.0), (reading.r1, reading.c))
    m, i = reading.m, reading.i  # care is paid now, whenever the first margin comes
    lines = {
        "lifetime": [lifetime(r) for r, _ in sides],
        "multiple": [clv_next(1, r, i) for r, _ in sides],
        "next": [clv_next(m, r, i) - clv_now(c, r, i) for r, c in sides],
        "first": [clv_now(m - c, r, i) for r, c in sides],
    }
    rows = tuple(
        (say(name), *(say.number(value, 2) for value in values)) for name, values in lines.items()
    )
    return [Table(say("table"), ("", say("without"), say("with")), rows, note=say("table_note"))]


def _even(reading: Reading) -> bool:
    """Whether a programme that costs something pays for itself within 1 % of the base."""
    costs = reading.c * reading.n + reading.launch >= 100
    return costs and reading.r1 > reading.r0 and 0 <= reading.net <= 0.01 * reading.base


INSTRUMENT = Instrument(
    name="retention",
    controls=controls,
    cases=CASES,
    start="ledger",
    read=read,
    draw=draw,
    notes=notes,
    tables=tables,
    challenges={
        "even": _even,
        "third": lambda reading: reading.halved and 0 < reading.rises[1] < reading.rises[0] / 3,
        "loses": lambda reading: reading.r1 - reading.r0 >= 0.1999 and reading.net < 0,
    },
)
