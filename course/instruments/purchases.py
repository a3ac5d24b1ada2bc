"""Is this still a customer.

One customer without a contract: how likely he is active, and the margin to expect of him.
"""

from dataclasses import dataclass

from course.figures import Axis, Line, Lines, Mark, Tick
from course.instruments import Choice, Field, Grid, Instrument, Note, Slider, Table, Values, Words
from course.models.purchases import (
    CDNOW,
    CDNOW_SPENDING,
    HLYNIANKA,
    HLYNIANKA_SPENDING,
    Rates,
    Spending,
    alive,
    expected,
    own_weight,
    spend,
)

BASES: dict[str, tuple[Rates, Spending]] = {
    "cdnow": (CDNOW, CDNOW_SPENDING),
    "hlynianka": (HLYNIANKA, HLYNIANKA_SPENDING),
}
# field: (least, most, step)
LIMITS = {
    "x": (0, 40, 1),
    "t_x": (0, 104, 0.1),
    "T": (1, 104, 0.1),
    "z": (0, 5000, 0.01),
    "weeks": (1, 104, 1),
    "margin": (5, 60, 1),
}
UNITS = {"t_x": "week", "T": "week", "z": "money", "weeks": "week", "margin": "%"}
YEAR = 52  # weeks, for which the price of a customer of «Глинянка» is paid
CASES: dict[str, Values] = {
    "first": {"shop": "cdnow", "x": 2, "t_x": 30.4, "T": 38.9, "z": 22.35},
    "sixth": {"shop": "cdnow", "x": 7, "t_x": 29.4, "T": 38.9, "z": 73.74},
    "once": {"shop": "cdnow", "x": 0, "t_x": 0, "T": 38.9, "z": 0},
    "jug": {"shop": "hlynianka", "x": 3, "t_x": 52, "T": 60, "z": 800, "weeks": YEAR},
}
SILENCE = 60  # weeks that the first picture looks over
MOST = 20  # repeat purchases that the second picture looks over
PRICE = 150  # UAH for a customer of «Глинянка»: a convention of the course
FOLLOW = 0.6  # share of purchases that come along to the new shop: a convention of the course


@dataclass(frozen=True)
class Reading:
    """A customer; shares from 0 to 1, money in that of the base; ``cut`` when t_x was too long."""

    shop: str
    x: int
    t_x: float
    T: float
    z: float
    weeks: float
    margin: float
    cut: bool

    @property
    def rates(self) -> Rates:
        """How customers of the base buy and leave."""
        return BASES[self.shop][0]

    @property
    def spending(self) -> Spending:
        """How customers of the base spend."""
        return BASES[self.shop][1]

    @property
    def silence(self) -> float:
        """Weeks since the last purchase."""
        return self.T - self.t_x

    @property
    def alive(self) -> float:
        """Chance that he is active."""
        return alive(self.x, self.t_x, self.T, self.rates)

    @property
    def expected(self) -> float:
        """Purchases in the weeks to come."""
        return expected(self.x, self.t_x, self.T, self.weeks, self.rates)

    @property
    def spend(self) -> float:
        """Mean purchase to expect."""
        return spend(self.x, self.z, self.spending)

    @property
    def worth(self) -> float:
        """Margin of the weeks to come."""
        return self.expected * self.spend * self.margin

    def after(self, silence: float) -> float:
        """Return the chance after another silence."""
        return alive(self.x, self.t_x, self.t_x + silence, self.rates)

    def having(self, x: int) -> float:
        """Return the purchases to come of one with x of them in the same time; x above 0."""
        return expected(x, self.t_x, self.T, self.weeks, self.rates)


def read(values: Values) -> Reading:
    """Read a customer: a last purchase after the end is cut, one who bought once has none.

    Examples
    --------
    >>> reading = read({**CASES["first"], "weeks": 39, "margin": 30})
    >>> round(reading.alive, 2), round(reading.expected, 2)
    (0.73, 1.22)
    """
    x, T, asked = int(values["x"]), float(values["T"]), float(values["t_x"])
    t_x = min(asked, T) if x else 0.0
    money = {"z": float(values["z"]), "margin": float(values["margin"]) / 100}
    return Reading(
        str(values["shop"]), x, t_x, T, weeks=float(values["weeks"]), cut=asked > t_x, **money
    )


def controls(say: Words) -> list[Slider | Grid]:
    """Return what can be changed."""
    shops = tuple((name, say(f"of.{name}")) for name in BASES)
    choice = Choice("shop", say("shop"), shops)
    base = Grid(say("base"), (say("shop"),), ((say("base_row"), (choice,)),))
    units = {name: unit if unit == "%" else say(unit) for name, unit in UNITS.items()}
    sliders = [
        Slider(Field(name, say(name), least, most, units.get(name, "")), step)
        for name, (least, most, step) in LIMITS.items()
    ]
    return [base, *sliders]


def sentence(reading: Reading, say: Words) -> str:
    """Read the first picture aloud."""
    return say(
        "said",
        silence=say.number(reading.silence, 1),
        alive=say.number(100 * reading.alive, 0),
        weeks=say.number(reading.weeks),
        expected=say.number(reading.expected, 2),
        worth=say.number(reading.worth, 0 if reading.worth >= 100 else 1),
        unit=say(f"unit.{reading.shop}"),
    )


def _ticks(most: float, parts: int, say: Words, digits: int | None = None) -> tuple[Tick, ...]:
    return tuple(
        Tick(most * part / parts, say.number(most * part / parts, digits))
        for part in range(parts + 1)
    )


def draw(reading: Reading, say: Words) -> list[Lines]:
    """Draw the chance over silence, and what more purchases in the same time would mean."""
    weeks = [float(week) for week in range(SILENCE + 1)]
    chances = tuple(100 * reading.after(week) for week in weeks)
    now = min(reading.silence, float(SILENCE))
    first = Lines(
        title=say("chart"),
        unit=say("chart_unit", x=say.number(reading.x)),
        sentence=sentence(reading, say),
        lines=(Line(say("chance"), tuple(weeks), chances),),
        x=Axis(say("axis_silence"), _ticks(SILENCE, 4, say)),
        y=Axis(say("axis_chance"), _ticks(100, 4, say)),
        marks=(Mark(now, say("now")),),
    )
    xs = range(1, MOST + 1)
    later = tuple(reading.having(x) for x in xs)
    top = max(later)
    step = next(size for size in (0.2, 0.5, 1, 2, 5, 10, 20, 50) if top <= 5 * size)
    second = Lines(
        title=say("curve"),
        unit=say(
            "curve_unit", t_x=say.number(reading.t_x, 1), silence=say.number(reading.silence, 1)
        ),
        sentence=say(
            "curve_said",
            most=say.number(top, 2),
            best=say.number(xs[later.index(top)]),
            last=say.number(later[-1], 2),
            x=say.number(MOST),
        ),
        lines=(Line(say("purchases"), tuple(map(float, xs)), later),),
        x=Axis(say("axis_x"), tuple(Tick(x, say.number(x)) for x in (1, 5, 10, 15, 20))),
        y=Axis(say("axis_later"), _ticks(5 * step, 5, say)),
        marks=(Mark(reading.x, say("now")),) if reading.x in xs else (),
    )
    return [first, second]


def notes(reading: Reading, say: Words) -> list[Note]:
    """Say what the model cannot know, and how much of the purchase is the customer's own."""
    said = []
    if reading.x == 0:
        said.append(Note("no", say("never")))
    elif reading.cut:
        said.append(Note("part", say("cut", age=say.number(reading.T, 1))))
    weight = own_weight(reading.x, reading.spending.p, reading.spending.q)
    mean = say.number(reading.spending.mean, 0)
    unit = say(f"unit.{reading.shop}")
    said.append(Note("plain", say("weight", own=say.number(100 * weight, 0), mean=mean, unit=unit)))
    return said


def tables(reading: Reading, say: Words) -> list[Table]:
    """Return the way from the chance to the margin."""
    chance = reading.alive
    lines = {
        "alive": (chance, 3),
        "active": (reading.expected / chance if chance else 0.0, 2),
        "later": (reading.expected, 2),
        "spend": (reading.spend, 2),
        "worth": (reading.worth, 2),
    }
    unit = say(f"unit.{reading.shop}")
    rows = tuple(
        (say(f"row.{name}", unit=unit), say.number(value, digits))
        for name, (value, digits) in lines.items()
    )
    return [Table(say("table"), ("", say("value")), rows, note=say("table_note"))]


INSTRUMENT = Instrument(
    name="purchases",
    controls=controls,
    cases={name: {"weeks": 39, "margin": 30, **case} for name, case in CASES.items()},
    start="first",
    read=read,
    draw=draw,
    notes=notes,
    tables=tables,
    challenges={
        "rhythm": lambda reading: reading.x >= 8 and reading.silence <= 10 and reading.alive < 0.5,
        "patient": lambda reading: (
            reading.x >= 1 and reading.silence >= 26 and reading.alive >= 0.66
        ),
        "worth": lambda reading: (
            reading.shop == "hlynianka"
            and reading.weeks <= YEAR
            and reading.alive < 0.5
            and FOLLOW * reading.worth > PRICE
        ),
    },
)
