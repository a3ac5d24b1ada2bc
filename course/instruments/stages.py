"""Stage machine.

Where a customer is later, what each stage is worth, and what a promise changes.
"""

from dataclasses import dataclass

from course.figures import Axis, Bar, Bars, Figure, Line, Lines, Mark, Tick
from course.instruments import Field, Grid, Instrument, Note, Slider, Table, Values, Words
from course.models import stages as model
from course.models.stages import MARGINS, MOVES, PLANS, STAGES, Plan

QUARTERS = 20
STEP = 0.5  # of a share, percent
BEFORE = tuple(MOVES)  # stages before commitment
BACK = {"aware": 0.0, "trial": 0.04, "growth": 0.08}  # kept as counted
PLAN = ("often", "lost", "back", "run", "fine")


def _case(plan: Plan) -> dict[str, float]:
    rows = {
        stage: (
            round(100 * row[STAGES.index(stage) + 1], 9),
            round(100 * row[0], 9),
            MARGINS[STAGES.index(stage)],
        )
        for stage, row in MOVES.items()
    }
    shares = {name: round(100 * getattr(plan, name), 9) for name in PLAN[:3]}
    return {
        **shares,
        "run": plan.run,
        "fine": plan.fine,
        "margin": MARGINS[-1],
        "rate": round(100 * model.DISCOUNT, 9),
        "quarters": 8,
        **Grid.values(rows, ("up", "lost", "margin")),
    }


CASES = {name: _case(PLANS[name]) for name in ("words", "stock", "clause")}
WORDS, CLAUSE = (model.plan_values(PLANS[name])["commit"] for name in ("words", "clause"))


@dataclass(frozen=True)
class Reading:
    """What the machine says; money in kUAH.

    values, ever, lasting: by stage, see `course.models.stages`. path: shares of those who were
    committed at first, by quarter. next_value: of commitment with one more step of loss after a
    failure; next_often: with one more percent of quarters with a failure; nearer: of awareness if
    a contact cost 1 less. changed: controls that differ from each case.
    """

    values: tuple[float, ...]
    ever: tuple[float, ...]
    lasting: tuple[float, ...]
    path: tuple[tuple[float, ...], ...]
    quarters: int
    next_value: float
    next_often: float
    nearer: float
    changed: dict[str, frozenset[str]]


def controls(say: Words) -> list[Slider | Grid]:
    """Return what can be changed."""
    # Every stage has a way out: where nobody leaves, "quarters until the end" has no answer.
    columns = {
        say("column.up"): Field("up", say("column.up"), 0, 50, "%"),
        say("column.lost"): Field("lost", say("column.lost"), 1, 40, "%"),
        say("column.margin"): Field("margin", say("column.margin"), -200, 300, say("kuah")),
    }
    return [
        Slider(Field("often", say("often"), 0, 60, "%"), 1),
        Slider(Field("lost", say("lost"), 0, 60, "%"), STEP),
        Slider(Field("back", say("back"), 0, 40, "%"), STEP),
        Slider(Field("run", say("run"), 0, 80, say("kuah")), 1),
        Slider(Field("fine", say("fine"), 0, 100, say("kuah")), 1),
        Slider(Field("margin", say("margin"), 0, 400, say("kuah")), 5),
        Slider(Field("rate", say("rate"), 1, 15, "%"), STEP),
        Slider(Field("quarters", say("quarters"), 1, QUARTERS, say("quarters_unit")), 1),
        Grid.of(
            say("grid"),
            {stage: say(f"stage.{stage}") for stage in BEFORE},
            columns,
            say("grid_note"),
            wide=True,
        ),
    ]


def _plan(values: Values, more: float = 0.0, oftener: float = 0.0) -> Plan:
    often, lost, back = (float(values[name]) / 100 for name in PLAN[:3])
    return Plan(
        min(1.0, often + oftener), lost + more, back, float(values["run"]), float(values["fine"])
    )


def _machine(values: Values, plan: Plan) -> tuple[list[model.Row], list[float]]:
    rows: list[model.Row] = [(1.0, 0.0, 0.0, 0.0, 0.0)]
    for place, stage in enumerate(BEFORE, 1):
        up, lost = (float(values[f"{stage}.{name}"]) / 100 for name in ("up", "lost"))
        row = [0.0] * len(STAGES)
        row[0] = lost
        row[place + 1] = up
        if BACK[stage]:
            row[place - 1] = BACK[stage]
        row[place] = 1 - up - lost - BACK[stage]
        rows.append(tuple(row))
    rows.append(model.committed(plan))
    margins = [0.0, *(float(values[f"{stage}.margin"]) for stage in BEFORE)]
    return rows, [*margins, float(values["margin"]) - plan.cost]


def _worth(values: Values, plan: Plan) -> list[float]:
    matrix, rewards = _machine(values, plan)
    return model.stage_values(matrix, rewards, float(values["rate"]) / 100)


def read(values: Values) -> Reading:
    """Compute all that is shown."""
    plan = _plan(values)
    matrix, rewards = _machine(values, plan)
    rate = float(values["rate"]) / 100
    start = [0.0] * (len(STAGES) - 1) + [1.0]
    lost, aware, trial, growth, commit = model.stage_values(matrix, rewards, rate)
    cheaper = [rewards[0], rewards[1] + 1, *rewards[2:]]
    return Reading(
        values=(lost, aware, trial, growth, commit),
        ever=tuple(model.ever(matrix, STAGES.index("commit"))),
        lasting=tuple(model.lasting(matrix)),
        path=tuple(tuple(model.after(start, matrix, n)) for n in range(QUARTERS + 1)),
        quarters=int(values["quarters"]),
        next_value=_worth(values, _plan(values, more=STEP / 100))[-1],
        next_often=_worth(values, _plan(values, oftener=0.01))[-1],
        nearer=model.stage_values(matrix, cheaper, rate)[1],
        changed={
            name: frozenset(
                field for field in case if field != "quarters" and values[field] != case[field]
            )
            for name, case in CASES.items()
        },
    )


def draw(reading: Reading, say: Words) -> list[Figure]:
    """Draw what each stage is worth, and where the committed are quarter after quarter."""
    rows = tuple(
        Bar(say(f"stage.{stage}"), (value,), (say.number(value, 0),), accent=stage == "commit")
        for stage, value in zip(STAGES[1:], reading.values[1:], strict=True)
    )
    value = reading.values[-1]
    told = say(
        "sentence",
        v=say.number(value, 0),
        words=say.number(WORDS, 0),
        aware=say.number(reading.values[1], 0),
        kept=say.number(100 * reading.path[reading.quarters][-1], 0),
        quarters=say.number(reading.quarters, 0),
    )
    worth = Bars(
        title=say("worth"),
        unit=say("worth_unit"),
        sentence=told,
        rows=rows,
        marks=(Mark(WORDS, say("mark")),),
    )
    shown = {"commit": "accent", "growth": "second", "lost": "ink"}
    xs = tuple(float(n) for n in range(QUARTERS + 1))
    lines = tuple(
        Line(
            say(f"line.{stage}"),
            xs,
            tuple(100 * shares[STAGES.index(stage)] for shares in reading.path),
            tone=tone,
            dashed=stage == "lost",
        )
        for stage, tone in shown.items()
    )
    then = reading.path[reading.quarters]
    said = say(
        "path_sentence",
        quarters=say.number(reading.quarters, 0),
        **{stage: say.number(100 * then[STAGES.index(stage)], 0) for stage in shown},
    )
    path = Lines(
        title=say("path"),
        unit=say("path_unit"),
        sentence=said,
        lines=lines,
        x=Axis(say("path_x"), tuple(Tick(n, say.number(n)) for n in (0, 4, 8, 12, 16, 20))),
        y=Axis("%", tuple(Tick(n, say.number(n)) for n in (0, 20, 40, 60, 80, 100))),
        marks=(Mark(reading.quarters, say("path_mark", quarters=say.number(reading.quarters))),),
    )
    return [worth, path]


def notes(reading: Reading, say: Words) -> list[Note]:
    """Say which stage is not worth its contacts."""
    poor = [
        say(f"stage.{stage}")
        for stage, value in zip(STAGES[1:], reading.values[1:], strict=True)
        if value < 0
    ]
    return [Note("part", say("negative"), say("negative_lead"), tuple(poor))] if poor else []


def tables(reading: Reading, say: Words) -> list[Table]:
    """Return how likely and how long, by stage."""
    rows = tuple(
        (
            say(f"stage.{stage}"),
            say.number(100 * reading.ever[place], 0) if stage != "commit" else "–",
            say.number(reading.lasting[place], 1),
        )
        for place, stage in enumerate(STAGES)
        if place
    )
    head = (say("head.stage"), say("head.ever"), say("head.lasting"))
    return [Table(say("table"), head, rows)]


def _worse(reading: Reading) -> bool:
    alone = reading.changed["clause"] <= {"lost"}
    return alone and reading.next_value < WORDS <= reading.values[-1]


def _stocked(reading: Reading) -> bool:
    alone = reading.changed["stock"] <= {"often"}
    return alone and reading.next_often < CLAUSE <= reading.values[-1]


def _contact(reading: Reading) -> bool:
    alone = reading.changed["words"] <= {"aware.margin"}
    return alone and reading.values[1] < 0 <= reading.nearer


INSTRUMENT = Instrument(
    name="stages",
    controls=controls,
    cases=CASES,
    start="words",
    read=read,
    draw=draw,
    notes=notes,
    tables=tables,
    challenges={"worse": _worse, "stocked": _stocked, "contact": _contact},
)
