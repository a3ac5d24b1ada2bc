"""Spectrum dial.

Which form of relation four factors suggest, and what the forms in question leave in a year.
"""

from dataclasses import dataclass, replace

from course.figures import Bar, Bars, Figure, Ladder, Rung
from course.instruments import Choice, Field, Grid, Instrument, Note, Slider, Values, Words
from course.models import spectrum as model
from course.models.spectrum import FORMS, LIMITS, PLANS, WEIGHTS

FACTORS = ("a", "u", "f", "j")
STEP = 0.1  # of a factor
CHANCE = 0.5  # step of the chance of an end, percent
OTHERS = 20  # substations a year that other developers take
MARGIN = PLANS["contract"].margin  # of one of them, kUAH
_DIAL = {"a": 8, "u": 5, "f": 4.8, "j": 5}
_TERMS = {"q": 15, "invested": 3600, "margin": 200, "others": OTHERS}
_WEIGHED = {f"weight.{f}": round(100 * w) for f, w in zip(FACTORS, WEIGHTS, strict=True)}
_GUARD: dict[str, float | str] = {**_WEIGHED, "hold_up": "no"}
CASES: dict[str, dict[str, float | str]] = {
    "custom": {**_DIAL, **_TERMS, **_GUARD},
    "modular": {**_DIAL, "a": 4, **_TERMS, "invested": 3900, **_GUARD},
}


@dataclass(frozen=True)
class Reading:
    """What the dial says; money in kUAH a year.

    form, advised: places in FORMS before and after the guard of ownership; higher: the form if
    specificity were a step higher; alone: whether nothing but specificity and money was changed.
    results: of the plans by name; before: the same with an end one step less likely; cheaper: of
    the venture if a unit brought 1 less. custom, modular: whether the tooling is that of the case.
    """

    index: float
    form: int
    advised: int
    higher: int
    alone: bool
    results: dict[str, float]
    before: dict[str, float]
    cheaper: float
    q: float
    custom: bool
    modular: bool


def controls(say: Words) -> list[Slider | Grid]:
    """Return what can be changed."""
    sliders = [Slider(Field(factor, say(factor), 0, 10, say("of_ten")), STEP) for factor in FACTORS]
    sliders += [
        Slider(Field("q", say("q"), 0, 50, "%"), CHANCE),
        Slider(Field("invested", say("invested"), 0, 7000, say("kuah")), 100),
        Slider(Field("margin", say("margin"), 100, 400, say("kuah")), 1),
        Slider(Field("others", say("others"), 0, OTHERS, say("units")), 1),
    ]
    rows: list[tuple[str, tuple[Field | Choice, ...]]] = []
    for factor in FACTORS:
        label = say(f"weight.{factor}")
        rows.append((label, (Field(f"weight.{factor}", label, 0, 100, "%"),)))
    answers = (("no", say("no")), ("yes", say("yes")))
    rows.append((say("hold_up"), (Choice("hold_up", say("hold_up"), answers),)))
    return [*sliders, Grid(say("guard"), (say("value"),), tuple(rows), say("guard_note"))]


def _results(a: float, invested: float, margin: float, others: float, q: float) -> dict[str, float]:
    plans = {
        "tender": PLANS["tender"],
        "contract": PLANS["contract"],
        "partnership": replace(PLANS["custom"], lost=a / 10, invested=invested),
        "venture": replace(PLANS["venture"], margin=margin, closed=others * MARGIN),
    }
    return {name: model.plan_result(plan, q / 100) for name, plan in plans.items()}


def read(values: Values) -> Reading:
    """Compute all that is shown."""
    a, u, f, j = (float(values[factor]) for factor in FACTORS)
    weights = [float(values[f"weight.{factor}"]) for factor in FACTORS]
    if not any(weights):
        weights = list(WEIGHTS)  # nothing can be weighed by nothing
    q, invested, margin, others = (float(values[name]) for name in _TERMS)
    index = model.spectrum_index(a, u, f, j, weights)
    above = model.spectrum_index(min(a + STEP, 10), u, f, j, weights)
    fixed = [*FACTORS[1:], *_GUARD]
    return Reading(
        index=index,
        form=model.form_of(index),
        advised=model.advised(index, a, values["hold_up"] == "yes"),
        higher=model.form_of(above),
        alone=all(values[name] == CASES["custom"][name] for name in fixed),
        results=_results(a, invested, margin, others, q),
        before=_results(a, invested, margin, others, max(0.0, q - CHANCE)),
        cheaper=_results(a, invested, margin - 1, others, q)["venture"],
        q=q,
        custom=(a, invested) == (8, 3600),
        modular=(a, invested, q, others) == (4, 3900, _TERMS["q"], OTHERS),
    )


def _lower(name: str) -> str:
    return name[0].lower() + name[1:]


def draw(reading: Reading, say: Words) -> list[Figure]:
    """Draw the seven forms with the one advised, and what four plans leave in a year."""
    rungs = []
    for place, form in enumerate(FORMS):
        entry = say("since", z=say.number(LIMITS[place - 1], 2)) if place else say("first")
        rungs.append(Rung(say(f"form.{form}"), "", entry, place == reading.advised))
    index, name = say.number(reading.index, 3), say(f"form.{FORMS[reading.advised]}")
    said = say("sentence", z=index, form=_lower(name))
    line = Ladder(title=say("line"), unit=say("line_unit"), sentence=said, rungs=tuple(rungs))
    best = max(reading.results, key=reading.results.__getitem__)
    digits = int(len({round(result) for result in reading.results.values()}) < len(reading.results))
    named = {plan: say.number(result, digits) for plan, result in reading.results.items()}
    rows = tuple(
        Bar(say(f"plan.{plan}"), (result,), (named[plan],), accent=plan == best)
        for plan, result in reading.results.items()
    )
    told = say("money_sentence", q=say.number(reading.q), **named)
    return [line, Bars(title=say("money"), unit=say("money_unit"), sentence=told, rows=rows)]


def notes(reading: Reading, say: Words) -> list[Note]:
    """Tell how near the next form is, and when ownership or a network asks for a second look."""
    listed = []
    if reading.form != reading.advised:
        listed.append(Note("part", say("guarded"), say("guarded_lead")))
    if FORMS[reading.advised] == "network":
        listed.append(Note("part", say("pair"), say("pair_lead")))
    limits = (0.0, *LIMITS, 1.0)
    down, up = reading.index - limits[reading.form], limits[reading.form + 1] - reading.index
    told = {"form": _lower(say(f"form.{FORMS[reading.form]}"))}
    told |= {"down": say.number(down, 3), "up": say.number(up, 3)}
    listed.append(Note("plain", say("near", **told), say("near_lead")))
    return listed


def _edge(reading: Reading) -> bool:
    partnership = FORMS.index("partnership")
    return reading.alone and reading.form == partnership < reading.higher


def _lost(reading: Reading) -> bool:
    now, before = (
        results["partnership"] - results["contract"]
        for results in (reading.results, reading.before)
    )
    return reading.custom and now < 0 <= before


def _paid(reading: Reading) -> bool:
    wanted = reading.results["partnership"]
    return reading.modular and reading.cheaper < wanted <= reading.results["venture"]


INSTRUMENT = Instrument(
    name="spectrum",
    controls=controls,
    cases=CASES,
    start="custom",
    read=read,
    draw=draw,
    notes=notes,
    challenges={"edge": _edge, "lost": _lost, "paid": _paid},
)
