"""Level chooser.

What each of the five levels is worth, where the next one pays, what scarce hours change.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import chain, product

from course import paths
from course.figures import Bar, Bars, Cell, Figure, Matrix
from course.instruments import Choice, Field, Grid, Instrument, Note, Slider, Values, Words
from course.models import levels as model
from course.models.levels import LEVELS, Range, Share, Terms

SEGMENTS = {"farms": 9, "chains": 75, "holdings": 400}  # margin of a typical customer, kUAH a year
CUSTOMERS = (12, 60, 600)  # of the firms in the rows of the matrix
HOURS = 1200
FEWER = 900  # of a challenge: the list for 1200 hours is the learner's own to find in pandas
STEP = 0.01  # of the price of an hour, kUAH
MARGINS = (400, 120, 30)  # high, medium, low: the same as in the lesson
# As textbooks retell Ph. Kotler, few to many customers, high to low margin.
KOTLER = (((4,), (3,), (2,)), ((3,), (2,), (1,)), ((2,), (1,), (0, 1)))
COLUMNS = {"cost": 200, "kept": 98, "hours": 400}  # how much may be typed
_KEPT = [round(100 * share, 9) for share in model.RETENTIONS]
_TERMS = dict(zip(LEVELS, zip(model.COSTS, _KEPT, model.HOURS, strict=True), strict=True))
# The plan of the deputy director in the lesson: everybody is a partner.
_PLAN = {f"{segment}.plan": "partnership" for segment in SEGMENTS}
_TABLE = {**Grid.values(_TERMS, COLUMNS), **_PLAN}
CASES = {
    segment: {"margin": margin, "rate": 20, "hours": HOURS, "price": 0, **_TABLE}
    for segment, margin in SEGMENTS.items()
}


@cache
def _margins() -> dict[str, list[float]]:
    """Yearly margins of the customers of every segment, rising."""
    margins: dict[str, list[float]] = {segment: [] for segment in SEGMENTS}
    path = paths.shared("datasets") / "zernokrok_customers.csv"
    with path.open(encoding="utf-8", newline="") as file:  # a lesson opens fast without pandas
        for row in csv.DictReader(file):
            margins[f"{row['segment']}s"].append(float(row["margin_kuah"]))
    return {segment: sorted(rows) for segment, rows in margins.items()}


@dataclass(frozen=True)
class Reading:
    """What the numbers mean; money in kUAH, levels as places in LEVELS.

    worth, best, spans: of one customer with the margin chosen, hours at their price, by level (see
    `course.models.levels.ranges`). all, cheaper: the customers at this price of an hour and at one
    a step lower (None at 0). grid: None when every level asks for more hours than there are.
    own_hours, own_value: of the learner's plan for whole segments; top_value: of the best such
    plan, None when none fits.
    """

    margin: float
    hours: float
    price: float
    worth: tuple[float, ...]
    best: int
    spans: list[Range | None]
    each: tuple[float, ...]
    all: Share
    cheaper: Share | None
    grid: list[list[int]] | None
    own_hours: float
    own_value: float
    top_value: float | None

    @property
    def fits(self) -> bool:
        """Whether the hours suffice at this price."""
        return self.all.hours <= self.hours

    @property
    def least(self) -> bool:
        """Whether no lower price makes the hours suffice."""
        return self.fits and (self.cheaper is None or self.cheaper.hours > self.hours)

    @property
    def own_fits(self) -> bool:
        """Whether the hours suffice for the learner's plan."""
        return self.own_hours <= self.hours

    @property
    def own_best(self) -> bool:
        """Whether no plan for whole segments that fits is worth more than the learner's."""
        top = self.top_value
        return self.own_fits and top is not None and self.own_value >= top - 1e-6


def controls(say: Words) -> list[Slider | Grid]:
    """Return what can be changed."""
    levels = {level: say(f"name.{level}") for level in LEVELS}
    columns = {}
    for column, most in COLUMNS.items():
        head = say(f"column.{column}")
        columns[head] = Field(column, head, 0, most, head.partition(", ")[2])
    own, plans = say("own"), []
    for segment in SEGMENTS:
        name = say(f"case.{segment}")
        choice = Choice(f"{segment}.plan", f"{own}: {name}", tuple(levels.items()))
        plans.append((name, (choice,)))
    return [
        Slider(Field("margin", say("margin"), 1, 500, say("kuah")), 1),
        Slider(Field("rate", say("rate"), 1, 40, "%"), 0.5),
        Slider(Field("price", say("price"), 0, 3, say("kuah_hour")), STEP),
        Slider(Field("hours", say("hours"), 0, 6000, say("h")), 50),
        Grid(own, (say("own_level"),), tuple(plans), say("own_note")),
        Grid.of(say("grid"), levels, columns, note=say("grid_note"), wide=True),
    ]


def read(values: Values) -> Reading:
    """Compute all that is shown."""
    costs, kept, each = (
        tuple(float(values[f"{level}.{column}"]) for level in LEVELS) for column in COLUMNS
    )
    margin, rate, hours, lam = (float(values[x]) for x in ("margin", "rate", "hours", "price"))
    terms = Terms(costs, [share / 100 for share in kept], each, rate / 100)
    segments = _margins()
    margins = sorted(chain(*segments.values()))
    # Of every segment: hours in a year and value, at every level.
    offers = []
    for rows in segments.values():
        worth = model.level_values(sum(rows) / len(rows), terms=terms)
        offers.append([(len(rows) * h, len(rows) * v) for h, v in zip(each, worth, strict=True)])
    plans = [_total(plan) for plan in product(*offers)]
    own = [LEVELS.index(str(values[f"{segment}.plan"])) for segment in segments]
    own_hours, own_value = _total(offer[level] for offer, level in zip(offers, own, strict=True))
    try:
        grid = model.matrix(CUSTOMERS, MARGINS, hours, terms)
    except model.TooFewHours:  # the learner gave every level more hours than there are
        grid = None
    return Reading(
        margin=margin,
        hours=hours,
        price=lam,
        worth=model.level_values(margin, lam, terms),
        best=model.best_level(margin, lam, terms),
        spans=model.ranges(lam, terms),
        each=each,
        all=model.share(margins, lam, terms),
        cheaper=model.share(margins, max(0.0, lam - STEP), terms) if lam else None,
        grid=grid,
        own_hours=own_hours,
        own_value=own_value,
        top_value=max((value for used, value in plans if used <= hours), default=None),
    )


def _total(plan: Iterable[tuple[float, float]]) -> tuple[float, float]:
    """Add up hours and values of segments."""
    hours, value = zip(*plan, strict=True)
    return sum(hours), sum(value)


def sentence(reading: Reading, say: Words) -> str:
    """Read the first picture aloud: the best level, and where the next one pays."""
    best, worth = reading.best, reading.worth[reading.best]
    said = say(
        "sentence" if worth >= 0 else "loss",
        margin=say.number(reading.margin),
        price=say.number(reading.price, 2),
        level=say(f"level.{LEVELS[best]}"),
        value=say.number(abs(worth), 0),
    )
    lows = [(span[0], level) for level, span in enumerate(reading.spans) if span]
    # At the threshold itself the cheaper level is still the best, and the dearer one comes next.
    above = [low for low in lows if low[1] != best and low[0] > reading.margin - 1e-9]
    own = reading.spans[best]
    since, level = min(above, default=(own[0] if own else 0.0, best))
    if since <= 0:
        return said
    name, key = say(f"level.{LEVELS[level]}"), "next" if above else "own_since"
    name = name[0].upper() + name[1:]
    return f"{said} {say(key, level=name, threshold=say.number(since, 1))}"


def draw(reading: Reading, say: Words) -> list[Figure]:
    """Draw the values by level, the customers by level, and the matrix beside Kotler's."""
    names = [say(f"name.{level}") for level in LEVELS]
    rows = []
    levels = zip(names, reading.worth, reading.spans, strict=True)
    for level, (name, value, span) in enumerate(levels):
        since = say("since", m=say.number(span[0], 1 if span[0] else 0)) if span else say("never")
        rows.append(Bar(name, (value,), (say.number(value, 0),), since, level == reading.best))
    said = sentence(reading, say)
    worth = Bars(title=say("chart"), unit=say("axis"), sentence=said, rows=tuple(rows))
    grid = [_matrix(reading.grid, names, say)] if reading.grid else []
    return [worth, _crowd(reading, names, say), *grid]


def _crowd(reading: Reading, names: list[str], say: Words) -> Bars:
    """How many customers every level gets at this price of an hour."""
    counts = [say.number(n) for n in reading.all.counts]
    rows = []
    for name, n, count, each in zip(names, reading.all.counts, counts, reading.each, strict=True):
        rows.append(Bar(name, (n,), (count,), say("takes", h=say.number(n * each, 0))))
    shares = [say.pair(name.lower(), n) for name, n in zip(names, counts, strict=True)]
    used, price = say.number(reading.all.hours, 0), say.number(reading.price, 2)
    return Bars(
        title=say("crowd", n=say.number(sum(reading.all.counts))),
        unit=say("crowd_unit", price=price),
        sentence=say("crowd_sentence", price=price, rows=", ".join(shares), used=used),
        rows=tuple(rows),
    )


def _matrix(grid: list[list[int]], names: list[str], say: Words) -> Matrix:
    cells = []
    for levels, kotlers in zip(grid, KOTLER, strict=True):
        row = []
        for level, kotler in zip(levels, kotlers, strict=True):
            small, agrees = say("or").join(names[k] for k in kotler).lower(), level in kotler
            small = small if agrees else say("differs", level=small)
            row.append(Cell(names[level], small, shade=level, check=agrees))
        cells.append(tuple(row))
    rows = tuple(say(f"many.{row}", n=say.number(count)) for row, count in enumerate(CUSTOMERS))
    same = sum(cell.check for row in cells for cell in row)
    lines = [
        f"{row}: {', '.join(cell.text.lower() for cell in line)}"
        for row, line in zip(rows, cells, strict=True)
    ]
    return Matrix(
        title=say("matrix"),
        unit=say("matrix_unit"),
        sentence=say("matrix_sentence", n=str(same), rows="; ".join(lines)),
        columns=tuple(say(f"high.{column}", m=str(m)) for column, m in enumerate(MARGINS)),
        rows=rows,
        cells=tuple(cells),
    )


def notes(reading: Reading, say: Words) -> list[Note]:
    """Return what the price of an hour and the plan for whole segments do with the hours."""
    hours = say.number(reading.hours, 0)
    crowd = {
        "price": say.number(reading.price, 2),
        "n": say.number(sum(reading.all.counts), 0),
        "used": say.number(reading.all.hours, 0),
        "value": say.number(reading.all.value, 0),
    }
    tone, key = ("ok", "all_least") if reading.least else ("part", "all_dear")
    if not reading.fits:
        tone, key = "no", "all_over"
    price = Note(tone, say(key, hours=hours, **crowd), say("all_lead"))
    if reading.top_value is None or reading.grid is None:
        return [price, Note("no", say("short"))]
    own = {
        "used": say.number(reading.own_hours, 0),
        "value": say.number(reading.own_value, 0),
        "top": say.number(reading.top_value, 0),
    }
    tone, key = ("ok" if reading.own_best else "part"), "own_fits"
    if not reading.own_fits:
        tone, key = "no", "own_over"
    plan = Note(tone, say(key, hours=hours, **own), say("own_lead"))
    return [price, plan, Note("plain", say("matrix_note", hours=hours), say("matrix_lead"))]


def _close(reading: Reading) -> bool:
    proactive, partnership = reading.worth[3:]
    return reading.price == 0 and 0 < proactive - partnership <= 5


INSTRUMENT = Instrument(
    name="levels",
    controls=controls,
    cases=CASES,
    start="chains",
    read=read,
    draw=draw,
    notes=notes,
    challenges={
        "close": _close,
        "least": lambda reading: reading.hours == FEWER and reading.least,
        "spent": lambda reading: reading.hours == HOURS and reading.own_best,
    },
)
