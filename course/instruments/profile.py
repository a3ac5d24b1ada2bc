"""Relationship profile.

Seven rows between deal and relationship: as they are, as they should be, and which to move first.
"""

from dataclasses import dataclass

from course.figures import Axis, End, Group, Pair, Pairs, Tick
from course.instruments import Choice, Field, Grid, Instrument, Note, Slider, Values, Words
from course.models import profile as model
from course.models.profile import ROWS
from course.models.value import relationship_index

LIMIT = 30  # UAH for every new customer: 126 000 for 4200 of them
MOST = 60  # UAH
ENOUGH = 20  # UAH: a plan at odds with itself is a plan, not a first click
NOW = (2, 1, 3, 2, 2, 1, 1)
# Customers of the districts; passers-by at the station; what a discount card changes. Targets, and
# what moving a row there costs, UAH for every new customer.
TARGETS = {
    "district": ((3, 3, 4, 3, 3, 4, 3), (6, 8, 25, 9, 14, 10, 12)),
    "station": ((2, 1, 3, 2, 2, 3, 1), (6, 8, 25, 9, 14, 2.2, 12)),
    "card": ((2, 2, 3, 3, 2, 1, 1), (6, 4, 25, 4, 14, 10, 12)),
}
COLUMNS = ("now", "target", "cost", "move")
CASES: dict[str, Values] = {
    case: {
        "limit": LIMIT,
        **Grid.values(dict(zip(ROWS, zip(NOW, *numbers, strict=True), strict=True)), COLUMNS[:3]),
        **{f"{row}.move": "no" for row in ROWS},
    }
    for case, numbers in TARGETS.items()
}


@dataclass(frozen=True)
class Reading:
    """The three profiles and the rows to move, places in ROWS; money in UAH a new customer."""

    now: tuple[float, ...]
    target: tuple[float, ...]
    after: tuple[float, ...]
    costs: tuple[float, ...]
    limit: float
    rows: frozenset[int]

    @property
    def cost(self) -> float:
        """What moving the chosen rows costs."""
        return sum(self.costs[row] for row in self.rows)

    @property
    def fits(self) -> bool:
        """Whether the limit suffices for them."""
        return self.cost <= self.limit

    @property
    def closed(self) -> float:
        """How much of the distance they close."""
        return model.closed(self.now, self.target, self.rows)

    @property
    def whole(self) -> float:
        """How much distance there is."""
        return model.closed(self.now, self.target, range(len(ROWS)))

    @property
    def best(self) -> float:
        """How much of it the limit can close."""
        rows = model.best_rows(self.now, self.target, self.costs, self.limit)
        return model.closed(self.now, self.target, rows)


def controls(say: Words) -> list[Slider | Grid]:
    """Return what can be changed."""
    heads = tuple(say(f"column.{column}") for column in COLUMNS)
    answers = (("no", say("no")), ("yes", say("yes")))
    rows = []
    for row in ROWS:
        name = say(f"row.{row}")
        labels = dict(zip(COLUMNS, (f"{name}: {head}" for head in heads), strict=True))
        rows.append(
            (
                name,
                (
                    Field(f"{row}.now", labels["now"], 1, 5),
                    Field(f"{row}.target", labels["target"], 1, 5),
                    Field(f"{row}.cost", labels["cost"], 0, MOST, say("uah")),
                    Choice(f"{row}.move", labels["move"], answers),
                ),
            )
        )
    return [
        Slider(Field("limit", say("limit"), 0, 7 * MOST, say("uah")), 1),
        Grid(say("grid"), heads, tuple(rows), say("grid_note"), wide=True),
    ]


def read(values: Values) -> Reading:
    """Compute all that is shown."""
    now, target, costs = (
        tuple(float(values[f"{row}.{column}"]) for row in ROWS) for column in COLUMNS[:3]
    )
    rows = frozenset(k for k, row in enumerate(ROWS) if values[f"{row}.move"] == "yes")
    after = tuple(model.moved(now, target, rows))
    return Reading(now, target, after, costs, float(values["limit"]), rows)


def _index(profile: tuple[float, ...], say: Words) -> str:
    return say.number(relationship_index(profile), 1)


def sentence(reading: Reading, say: Words) -> str:
    """Read the picture aloud: the index of each profile, and what the plan costs."""
    return say(
        "sentence",
        now=_index(reading.now, say),
        after=_index(reading.after, say),
        target=_index(reading.target, say),
        rows=str(len(reading.rows)),
        cost=say.number(reading.cost),
    )


def draw(reading: Reading, say: Words) -> list[Pairs]:
    """Draw where every row stands and where it should; rows of the plan stand out."""
    groups = []
    for k, row in enumerate(ROWS):
        now, target, chosen = reading.now[k], reading.target[k], k in reading.rows
        apart = say.number(target - now)
        printed = f"+{apart}" if target > now else apart
        pair = Pair(now, target, printed, (0, 2 if chosen else 1), chosen)
        groups.append(Group(say(f"row.{row}"), (pair,)))
    ends = (
        End(say("is"), "ring", "muted"),
        End(say("should"), "square", "ink"),
        End(say("moved"), "circle", "accent"),
    )
    ticks = tuple(Tick(place, str(place)) for place in range(1, 6))
    return [
        Pairs(
            title=say("chart"),
            unit=say("chart_unit"),
            sentence=sentence(reading, say),
            ends=ends,
            groups=tuple(groups),
            axis=Axis(say("axis"), ticks),
            column=say("distance"),
        )
    ]


def notes(reading: Reading, say: Words) -> list[Note]:
    """Return whether the limit suffices, how much is closed, and whether rows contradict."""
    money = {"cost": say.number(reading.cost), "limit": say.number(reading.limit)}
    paid = Note("ok" if reading.fits else "no", say("fits" if reading.fits else "over", **money))
    way = say("closed", closed=say.number(reading.closed), whole=say.number(reading.whole))
    return [paid, Note("plain", way), *_contradiction(reading, say)]


def _contradiction(reading: Reading, say: Words) -> list[Note]:
    after = reading.after
    if not model.contradicts(after):
        return []
    low, high = (after.index(end(after)) for end in (min, max))
    words = {
        "high": say(f"row.{ROWS[high]}").lower(),
        "low": say(f"row.{ROWS[low]}").lower(),
        "top": say.number(after[high]),
        "bottom": say.number(after[low]),
    }
    return [Note("part", say("contradiction", **words), say("contradiction_lead"))]


def _plan(reading: Reading) -> bool:
    """Whether the plan closes most of the distance that a tight limit allows, in harmony."""
    scarce = reading.best < reading.whole
    best = reading.fits and reading.closed == reading.best > 0
    return scarce and best and not model.contradicts(reading.after)


def _broken(reading: Reading) -> bool:
    """Whether a plan of some size within the limit makes a sound profile contradict itself."""
    sound = not model.contradicts(reading.now)
    sized = reading.fits and reading.cost >= ENOUGH
    return sound and sized and model.contradicts(reading.after)


def _same(reading: Reading) -> bool:
    """Whether another profile, at odds with itself, has the index of the case."""
    same = abs(relationship_index(reading.now) - relationship_index(NOW)) < 1e-9
    return same and model.contradicts(reading.now)


INSTRUMENT = Instrument(
    name="profile",
    controls=controls,
    cases=CASES,
    start="district",
    read=read,
    draw=draw,
    notes=notes,
    challenges={"plan": _plan, "broken": _broken, "same": _same},
)
