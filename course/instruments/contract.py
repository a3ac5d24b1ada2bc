"""Cohort workshop.

A curve of two numbers laid over those who were left, and what it says of the years not yet seen;
with the club's own curve, how much to spend on a visitor.
"""

import csv
from dataclasses import dataclass
from functools import cache

from course import paths
from course.figures import Axis, Bar, Bars, Figure, Line, Lines, Mark, Tick
from course.instruments import Choice, Field, Grid, Instrument, Note, Slider, Values, Words
from course.models import contract as model
from course.models.contract import HIGH_END, REGULAR, Renewals

SERIES = ("club", "regular", "high")
YEARS = {"regular": REGULAR, "high": HIGH_END}
LAST = {"club": 23, "regular": 11, "high": 11}  # renewals there are to learn from
TARGET = 12  # the renewal whose forecast is compared with what came
TRAIN = (3, 23)
ALPHA, BETA = (0.1, 10.0), (0.2, 40.0)
SPEND = (10, 600)
TOP = 600  # UAH, of the picture of what a visitor leaves
SPEED = model.response_speed(model.SPENT, model.WON, model.CEILING)

# The first case lies beside one rate for all: nearly the same share leaves at every renewal.
CASES: dict[str, Values] = {
    "club": {"series": "club", "train": 23, "alpha": 8.0, "beta": 33.4, "spend": 100},
    "regular": {"series": "regular", "train": 4, "alpha": 0.76, "beta": 1.3, "spend": 100},
    "high": {"series": "high", "train": 4, "alpha": 1.28, "beta": 7.8, "spend": 100},
}


@cache
def club() -> Renewals:
    """Return the renewals of the club's subscribers."""
    path = paths.shared("datasets") / "subscriptions.csv"
    with path.open(encoding="utf-8", newline="") as file:  # a lesson opens fast without pandas
        return model.renewals(
            (int(row["tenure"]), int(row["churned"])) for row in csv.DictReader(file)
        )


@cache
def seen(series: str) -> tuple[float, ...]:
    """Return the shares of a cohort left after every renewal, percent; 100 to begin with."""
    if series in YEARS:
        return tuple(100 * alive / YEARS[series][0] for alive in YEARS[series])
    shares = [100.0]
    for faced, kept in club():
        shares.append(shares[-1] * kept / faced)
    return tuple(shares)


def counted(series: str, train: int) -> Renewals:
    """Return the renewals to learn from."""
    every = model.of_survivors(YEARS[series]) if series in YEARS else club()
    return every[:train]


@dataclass(frozen=True)
class Reading:
    """What the curve says. Shares in percent, money in UAH.

    lag: by how much its log-likelihood is below that of the best curve. best: that curve's alpha
    and beta. errors: by how much the best curve of every length of training misses the target.
    value: of a new subscriber of the club under the curve; 0 for the other series.
    """

    series: str
    train: int
    alpha: float
    beta: float
    lag: float
    best: tuple[float, float]
    curve: tuple[float, ...]
    data: tuple[float, ...]
    errors: tuple[tuple[int, float], ...]
    value: float
    spend: float

    @property
    def likely(self) -> bool:
        """Whether the curve is within the 95 % interval."""
        return self.lag <= model.DROP

    @property
    def left(self) -> float:
        """What a visitor leaves at the spend chosen."""
        return model.left_per_prospect(self.spend, self.value, model.CEILING, SPEED)

    @property
    def ratio(self) -> float:
        """Value of a subscriber over what one costs."""
        return model.response(self.spend, model.CEILING, SPEED) * self.value / self.spend


def controls(say: Words) -> list[Slider | Grid]:
    """Return what can be changed."""
    named = tuple((series, say(f"series.{series}")) for series in SERIES)
    return [
        Grid(
            say("whose"),
            (say("chosen"),),
            ((say("series_name"), (Choice("series", say("series_name"), named),)),),
            say("series_note"),
        ),
        Slider(Field("train", say("train"), *TRAIN), 1),
        Slider(Field("alpha", say("alpha"), *ALPHA), 0.01),
        Slider(Field("beta", say("beta"), *BETA), 0.05),
        Slider(Field("spend", say("spend"), *SPEND, say("uah")), 10),
    ]


@cache
def _errors(series: str) -> tuple[tuple[int, float], ...]:
    if series not in YEARS:
        return ()
    return tuple(
        (years, model.horizon_error(YEARS[series], years))
        for years in range(TRAIN[0], LAST[series] + 1)
    )


def read(values: Values) -> Reading:
    """Compute all that is shown."""
    series = str(values["series"])
    train = min(int(values["train"]), LAST[series])
    alpha, beta, spend = (float(values[name]) for name in ("alpha", "beta", "spend"))
    learned = counted(series, train)
    best = model.fit(learned)
    data = seen(series)
    curve, left = [], 1.0
    for t in range(len(data)):
        curve.append(100 * left)
        left *= model.sbg_retention(t + 1, alpha, beta)
    top = model.log_likelihood(*best, learned)
    value = 0.0
    if series == "club":
        value = model.sbg_clv_now(model.MARGIN, model.RATE, alpha, beta, model.HORIZON)
    return Reading(
        series=series,
        train=train,
        alpha=alpha,
        beta=beta,
        lag=max(0.0, top - model.log_likelihood(alpha, beta, learned)),
        best=best,
        curve=tuple(curve),
        data=data,
        errors=_errors(series),
        value=value,
        spend=spend,
    )


def _ticks(say: Words, *values: float) -> tuple[Tick, ...]:
    return tuple(Tick(value, say.number(value)) for value in values)


def draw(reading: Reading, say: Words) -> list[Figure]:
    """Draw those left with the curve; then errors by length, or what a visitor leaves."""
    xs = tuple(float(t) for t in range(len(reading.data)))
    unit = "months" if reading.series == "club" else "years"
    told = say(
        "sentence",
        alpha=say.number(reading.alpha, 2),
        beta=say.number(reading.beta, 2),
        forecast=say.number(reading.curve[TARGET], 1),
        came=say.number(reading.data[TARGET], 1),
        lag=say.number(reading.lag, 1),
    )
    x_ticks = (0, 4, 8, 12, 16, 20, 24) if reading.series == "club" else (0, 2, 4, 6, 8, 10, 12)
    left = Lines(
        title=say("left"),
        unit=say(f"left_unit.{unit}"),
        sentence=told,
        lines=(
            Line(say("data"), xs, reading.data, tone="ink", dots=True),
            Line(say("curve"), xs, reading.curve, dashed=True),
        ),
        x=Axis(say(f"x.{unit}"), _ticks(say, *x_ticks)),
        y=Axis("%", _ticks(say, 0, 20, 40, 60, 80, 100)),
        marks=(Mark(reading.train, say("trained")),),
    )
    return [left, _visitor(reading, say) if reading.series == "club" else _missed(reading, say)]


def _missed(reading: Reading, say: Words) -> Bars:
    rows = tuple(
        Bar(
            say("missed_row", years=say.number(years)),
            (error,),
            (say.number(error, 1),),
            accent=years == reading.train,
        )
        for years, error in reading.errors
    )
    now = dict(reading.errors)[reading.train]
    return Bars(
        title=say("missed"),
        unit=say("missed_unit"),
        sentence=say("missed_sentence", years=say.number(reading.train), error=say.number(now, 1)),
        rows=rows,
    )


def _said(reading: Reading, say: Words) -> str:
    return say(
        "visitor_sentence",
        value=say.number(reading.value, 0),
        spend=say.number(reading.spend, 0),
        left=say.number(reading.left, 0),
        ratio=say.number(reading.ratio, 2),
    )


def _visitor(reading: Reading, say: Words) -> Lines:
    xs = tuple(float(spend) for spend in range(0, TOP + 1, 10))
    ys = tuple(model.left_per_prospect(x, reading.value, model.CEILING, SPEED) for x in xs)
    low, high = 250 * (min(ys) // 250), 250 * (max(ys) // 250 + 1)
    step = 250 if high - low <= 1500 else 500 if high - low <= 3000 else 1000
    low, high = step * (low // step), step * -(-high // step)
    y_ticks = [low + step * n for n in range(round((high - low) / step) + 1)]
    return Lines(
        title=say("visitor"),
        unit=say("visitor_unit"),
        sentence=_said(reading, say),
        lines=(Line(say("visitor_line"), xs, ys),),
        x=Axis(say("spend_axis"), _ticks(say, 0, 100, 200, 300, 400, 500, 600)),
        y=Axis(say("uah"), _ticks(say, *y_ticks)),
        marks=(Mark(reading.spend, say("yours")),),
    )


def notes(reading: Reading, say: Words) -> list[Note]:
    """Say whether the curve is likely, and of the club what a visitor leaves by it."""
    tone, key = ("ok", "likely") if reading.likely else ("part", "unlikely")
    likely = Note(tone, say(key, lag=say.number(reading.lag, 1), train=say.number(reading.train)))
    return [likely, Note("plain", _said(reading, say))] if reading.series == "club" else [likely]


def _near(reading: Reading) -> bool:
    return reading.series == "high" and reading.train == 8 and reading.likely


def _hindsight(reading: Reading) -> bool:
    missed = abs(reading.curve[TARGET] - reading.data[TARGET])
    return reading.series == "high" and reading.train == 4 and missed <= 1


def _most(reading: Reading) -> bool:
    opening = CASES["club"]
    same = (reading.series, reading.alpha, reading.beta) == tuple(
        opening[name] for name in ("series", "alpha", "beta")
    )
    best = model.best_spend(reading.value, model.CEILING, SPEED)
    return same and abs(reading.spend - best) <= 5


INSTRUMENT = Instrument(
    name="contract",
    controls=controls,
    cases=CASES,
    start="club",
    read=read,
    draw=draw,
    notes=notes,
    challenges={"near": _near, "hindsight": _hindsight, "most": _most},
)
