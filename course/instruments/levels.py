"""Level chooser.

What each of the five levels is worth, where the next one pays, what scarce hours change.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from course.figures import Bar, Bars, Cell, Figure, Matrix
from course.instruments import (
    Challenge,
    Choice,
    Control,
    Entry,
    Field,
    Grid,
    Instrument,
    Note,
    Slider,
    Table,
    Value,
    Values,
)
from course.models import levels as model
from course.texts import number, text

SEGMENTS = {"farms": (600, 9), "chains": (60, 75), "holdings": (12, 400)}  # customers, kUAH a year
HOURS = 1200
MARGINS = (400, 120, 30)  # high, medium, low: the same as in the lesson
# After Ph. Kotler, few to many customers, high to low margin; retellings agree on the corners only.
KOTLER = (((4,), (3,), (2,)), ((3,), (2,), (1,)), ((2,), (1,), (0, 1)))
_TABLE: dict[str, Value] = {}
for _level, _cost, _kept, _hours in zip(
    model.LEVELS, model.COSTS, model.RETENTIONS, model.HOURS, strict=True
):
    _TABLE |= {f"{_level}.cost": _cost, f"{_level}.kept": round(100 * _kept, 9)}
    _TABLE[f"{_level}.hours"] = _hours
for _segment, (_n, _m) in SEGMENTS.items():
    # The plan of the deputy director in the lesson: everybody is a partner.
    _TABLE |= {f"{_segment}.n": _n, f"{_segment}.m": _m, f"{_segment}.plan": "partnership"}
CASES = {
    name: {"margin": margin, "rate": 20, "hours": HOURS, **_TABLE}
    for name, (_, margin) in SEGMENTS.items()
}
_LIMITS = {"cost": (0, 200), "kept": (0, 98), "hours": (0, 400), "n": (0, 5000), "m": (0, 1000)}


@dataclass(frozen=True)
class Reading:
    """What the numbers mean; money in kUAH, levels as places in LEVELS.

    worth, best, spans: of one customer with the margin chosen, by level (see `ranges`). plan, grid:
    None when every level asks for more hours than there are. own, own_hours, own_value: the
    learner's plan; top_value: of the best plan that moves segments as a whole, None when none fits.
    """

    margin: float
    hours: float
    worth: tuple[float, ...]
    best: int
    spans: list[tuple[float, float] | None]
    segments: list[tuple[float, float]]
    each: tuple[float, ...]
    free: list[int]
    wanted: float
    plan: model.Allocation | None
    counts: list[float]
    grid: list[list[int]] | None
    own: list[int]
    own_hours: float
    own_value: float
    top_value: float | None


def controls(lang: str) -> list[Control]:
    """Return what can be changed."""

    def say(key: str) -> str:
        return text(f"levels.{key}", lang)

    def cells(row: str, label: str, columns: Sequence[str]) -> tuple[Field, ...]:
        heads = {column: say(f"column.{column}") for column in columns}
        return tuple(
            Field(f"{row}.{c}", f"{label}, {head}", *_LIMITS[c], head.partition(", ")[2])
            for c, head in heads.items()
        )

    names = {level: say(f"name.{level}") for level in model.LEVELS}
    segments = {segment: say(f"case.{segment}") for segment in SEGMENTS}
    sizes = [(name, cells(segment, name, ("n", "m"))) for segment, name in segments.items()]
    table = [(name, cells(level, name, ("cost", "kept", "hours"))) for level, name in names.items()]
    plans = [
        (name, (Choice(f"{segment}.plan", f"{say('own')}: {name}", tuple(names.items())),))
        for segment, name in segments.items()
    ]
    costs = _heads(lang, "cost", "kept", "hours")
    return [
        Slider(Field("margin", say("margin"), 1, 500, say("kuah")), 1),
        Slider(Field("rate", say("rate"), 1, 40, "%"), 0.5),
        Slider(Field("hours", say("hours"), 0, 6000, say("h")), 50),
        Grid(say("own"), (say("own_level"),), tuple(plans), say("own_note")),
        Grid(say("segments"), _heads(lang, "n", "m"), tuple(sizes), wide=True),
        Grid(say("grid"), costs, tuple(table), say("grid_note"), wide=True),
    ]


def _heads(lang: str, *columns: str) -> tuple[str, ...]:
    return tuple(text(f"levels.column.{column}", lang) for column in columns)


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


def read(values: Mapping[str, Any]) -> Reading:
    """Compute all that is shown."""
    columns = {
        column: tuple(float(values[f"{level}.{column}"]) for level in model.LEVELS)
        for column in ("cost", "kept", "hours")
    }
    i, hours = values["rate"] / 100, columns["hours"]
    kept = tuple(share / 100 for share in columns["kept"])
    setting = {"i": i, "costs": columns["cost"], "retentions": kept, "hours": hours}
    worth = model.level_values(values["margin"], **setting)
    segments = [(values[f"{name}.n"], values[f"{name}.m"]) for name in SEGMENTS]
    free = [model.best_level(m, **setting) for _, m in segments]
    own = [model.LEVELS.index(values[f"{name}.plan"]) for name in SEGMENTS]
    # Of every segment at every level: hours in a year, and value.
    taken = [[n * hours[level] for level in range(5)] for n, _ in segments]
    valued = [[n * value for value in model.level_values(m, **setting)] for n, m in segments]
    fitting = [
        sum(valued[s][level] for s, level in enumerate(levels))
        for levels in product(range(5), repeat=len(segments))
        if sum(taken[s][level] for s, level in enumerate(levels)) <= values["hours"]
    ]
    counts = sorted(n for n, _ in segments)
    plan, grid = None, None
    try:
        plan = model.allocate(segments, values["hours"], **setting)
        grid = model.matrix(counts, MARGINS, values["hours"], **setting)
    except model.TooFewHours:  # the learner gave every level more hours than there are
        plan = None
    return Reading(
        margin=values["margin"],
        hours=values["hours"],
        worth=worth,
        best=model.best_level(values["margin"], **setting),
        spans=ranges(i, columns["cost"], kept),
        segments=segments,
        each=hours,
        free=free,
        wanted=sum(taken[s][level] for s, level in enumerate(free)),
        plan=plan,
        counts=counts,
        grid=grid,
        own=own,
        own_hours=sum(taken[s][level] for s, level in enumerate(own)),
        own_value=sum(valued[s][level] for s, level in enumerate(own)),
        top_value=max(fitting, default=None),
    )


def sentence(reading: Reading, lang: str) -> str:
    """Read the first picture aloud: the best level, and where the next one pays."""

    def level(place: int) -> str:
        return text(f"levels.level.{model.LEVELS[place]}", lang)

    value = number(reading.worth[reading.best], lang, 0)
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
    return [bars, *([_matrix(reading, reading.grid, lang)] if reading.grid else [])]


def _matrix(reading: Reading, grid: list[list[int]], lang: str) -> Matrix:
    def say(key: str, **names: str) -> str:
        return text(f"levels.{key}", lang, **names)

    names = [say(f"name.{level}") for level in model.LEVELS]
    cells = []
    for row, levels in enumerate(grid):
        line = []
        for column, level in enumerate(levels):
            kotler = KOTLER[row][column]
            sure = row != 1 and column != 1
            said = say("or").join(names[k] for k in kotler).lower()
            corner = "" if sure else "≈"
            line.append(Cell(names[level], said, shade=level, check=level in kotler, corner=corner))
        cells.append(tuple(line))
    rows = tuple(
        say(f"many.{row}", n=number(count, lang)) for row, count in enumerate(reading.counts)
    )
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
    """Return what the learner's plan and the best one do with the hours."""

    def say(key: str, **names: str) -> str:
        return text(f"levels.{key}", lang, **names)

    def whole(value: float) -> str:
        return number(value, lang, 0)

    plan = reading.plan
    if plan is None or reading.top_value is None:
        return [Note("no", say("short"))]
    over = reading.own_hours > reading.hours
    tone = "no" if over else "ok" if _is_best(reading) else "part"
    own = say(
        "own_over" if over else "own_fits",
        used=whole(reading.own_hours),
        hours=whole(reading.hours),
        value=whole(reading.own_value),
        top=whole(reading.top_value),
    )
    enough = reading.wanted <= reading.hours
    told = say(
        "enough" if enough else "scarce",
        wanted=whole(reading.wanted),
        hours=whole(reading.hours),
        used=whole(plan.hours),
        price=number(plan.price, lang, 2),
    )
    if plan.lift:
        segment, level, n = plan.lift
        told += " " + say(
            "lift",
            left=whole(reading.hours - plan.hours),
            n=whole(n),
            of=whole(reading.segments[segment][0]),
            level=say(f"level.{model.LEVELS[level]}"),
            segment=say(f"case.{list(SEGMENTS)[segment]}"),
        )
    matrix = Note("plain", say("matrix_note", hours=whole(reading.hours)))
    return [Note(tone, own, say("own_lead")), Note("ok" if enough else "part", told), matrix]


def tables(reading: Reading, lang: str) -> list[Table]:
    """Return the best plan, folded: the learner makes one first."""
    if reading.plan is None:
        return []
    names = [text(f"levels.name.{level}", lang) for level in model.LEVELS]
    rows = tuple(
        (
            text(f"levels.case.{segment}", lang),
            number(n, lang, 0),
            names[free],
            Entry(names[level], best=True),
            number(n * reading.each[level], lang, 0),
        )
        for segment, (n, _), free, level in zip(
            SEGMENTS, reading.segments, reading.free, reading.plan.levels, strict=True
        )
    )
    head = ("", *(text(f"levels.head.{c}", lang) for c in ("n", "free", "plan", "used")))
    return [Table(text("levels.plan", lang), head, rows, words=(2, 3), folded=True)]


def _is_best(reading: Reading) -> bool:
    fits = reading.own_hours <= reading.hours
    return fits and reading.top_value is not None and reading.own_value >= reading.top_value - 1e-6


def _close(values: Values, reading: Reading) -> bool:
    proactive, partnership = reading.worth[3:]
    return 0 < proactive - partnership <= 5


def _spent(values: Values, reading: Reading) -> bool:
    return reading.hours == HOURS and _is_best(reading)


def _just_enough(values: Values, reading: Reading) -> bool:
    return 0 < reading.wanted <= reading.hours < reading.wanted + 50


INSTRUMENT = Instrument(
    name="levels",
    controls=controls,
    cases=CASES,
    start="chains",
    read=read,
    figures=figures,
    sentence=sentence,
    notes=notes,
    tables=tables,
    challenges=(
        Challenge("close", _close),
        Challenge("enough", _just_enough),
        Challenge("spent", _spent),
    ),
)
