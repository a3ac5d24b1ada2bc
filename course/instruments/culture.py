"""Two cultures: a plant paid for by one side, and when the other begins to press."""

from dataclasses import dataclass

from course.figures import Axis, Figure, Line, Lines, Mark, Tick
from course.instruments import Choice, Field, Grid, Instrument, Note, Slider, Values, Words
from course.models import culture as model
from course.models.culture import CHAINS, QUARTERS, RATE, SUPPLIERS, Deal

WHOLE: Values = {
    "chain": "reckoner",
    "supplier": "leaves",
    "instalment": 500,
    "instalments": 6,
    "joint": 500,
    "stays": 3,
    "returned": 0,
    "penalty": 0,
}
CASES: dict[str, Values] = {
    "whole": WHOLE,
    "builder": {**WHOLE, "chain": "builder"},
    "late": {**WHOLE, "supplier": "endures"},
}


@dataclass(frozen=True)
class Reading:
    """What is played. Money in kUAH, quarters counted from 1; ``pressed`` is None for never."""

    deal: Deal
    chain: str
    supplier: str
    stays: int
    weight: float
    most: float
    pressed: int | None
    sunk: float
    gains: tuple[float, float]
    paths: tuple[tuple[float, ...], tuple[float, ...]]

    @property
    def holds(self) -> bool:
        """Whether a chain that reckons never presses, however much is sunk by this plan."""
        return self.deal.critical(self.deal.whole) <= self.weight


def controls(say: Words) -> list[Slider | Grid]:
    """Return what can be changed."""

    def choice(name: str, options: tuple[str, ...]) -> Choice:
        return Choice(name, say(name), tuple((key, say(f"as.{key}")) for key in options))

    return [
        Grid(
            say("who"),
            (say("does"),),
            (
                (say("chain_name"), (choice("chain", CHAINS),)),
                (say("supplier_name"), (choice("supplier", SUPPLIERS),)),
            ),
            say("who_note"),
        ),
        Slider(Field("instalment", say("instalment"), 50, 800, say("kuah")), 50),
        Slider(Field("instalments", say("instalments"), 1, 8), 1),
        Slider(Field("joint", say("joint"), 200, 800, say("kuah")), 10),
        Slider(Field("stays", say("stays"), 1, 12, say("quarters")), 1),
        Slider(Field("returned", say("returned"), 0, 100, "%"), 1),
        Slider(Field("penalty", say("penalty"), 0, 500, say("kuah")), 25),
    ]


def _summed(amounts: list[float]) -> tuple[float, ...]:
    total, sums = 0.0, []
    for n, amount in enumerate(amounts):
        total += amount / (1 + RATE) ** n
        sums.append(total)
    return tuple(sums)


def read(values: Values) -> Reading:
    """Play the deal."""
    chain, supplier = str(values["chain"]), str(values["supplier"])
    deal = Deal(
        instalment=float(values["instalment"]),
        instalments=int(values["instalments"]),
        joint=float(values["joint"]),
        returned=float(values["returned"]) / 100,
        penalty=float(values["penalty"]),
    )
    stays = int(values["stays"])
    weight = model.future_weight(1 - 1 / stays, RATE)
    played = model.path(deal, chain, supplier, weight)
    pressed = [q for q in played if q.supplier_keeps and not q.chain_keeps]
    share = deal.share * (1 - deal.returned)
    most = (
        model.sunk_cap(weight, deal.joint, deal.alone, share, deal.penalty)
        if share
        else float("inf")
    )
    return Reading(
        deal=deal,
        chain=chain,
        supplier=supplier,
        stays=stays,
        weight=weight,
        most=most,
        pressed=pressed[0].number + 1 if pressed else None,
        sunk=pressed[0].sunk if pressed else 0.0,
        gains=model.above_alone(deal, played),
        paths=(
            _summed([q.supplier - deal.alone for q in played]),
            _summed([q.chain - deal.alone for q in played]),
        ),
    )


def _ticks(say: Words, *values: float) -> tuple[Tick, ...]:
    return tuple(Tick(value, say.number(value)) for value in values)


def _money(say: Words, low: float, high: float) -> tuple[Tick, ...]:
    step = next(s for s in (250, 500, 1000, 2000, 5000, 10000, 20000) if (high - low) / s <= 8)
    first, last = int(low // step), -int(-high // step)
    return _ticks(say, *(float(step * n) for n in range(first, last + 1)))


def draw(reading: Reading, say: Words) -> list[Figure]:
    """Draw the money of both sides quarter by quarter, then the temptation by what is sunk."""
    deal = reading.deal
    quarters = tuple(float(n) for n in range(1, QUARTERS + 1))
    lowest = min(0.0, *(min(line) for line in reading.paths))
    highest = max(0.0, *(max(line) for line in reading.paths))
    supplier, chain = (say.number(round(gain), 0) for gain in reading.gains)
    told = (
        say("calm_sentence", supplier=supplier, chain=chain)
        if reading.pressed is None
        else say(
            "pressed_sentence",
            quarter=say.number(reading.pressed),
            sunk=say.number(reading.sunk),
            supplier=supplier,
            chain=chain,
        )
    )
    money = Lines(
        title=say("money"),
        unit=say("money_unit"),
        sentence=told,
        lines=(
            Line(say("supplier_line"), quarters, reading.paths[0]),
            Line(say("chain_line"), quarters, reading.paths[1], tone="second", dashed=True),
        ),
        x=Axis(say("quarter"), _ticks(say, 1, 5, 10, 15, 20)),
        y=Axis(say("kuah"), _money(say, lowest, highest)),
        marks=(Mark(reading.pressed, say("first_press")),) if reading.pressed else (),
    )
    paid = tuple(deal.instalment * n for n in range(deal.instalments + 1))
    needed = tuple(deal.critical(sunk) for sunk in paid)
    bend = Lines(
        title=say("needed"),
        unit=say("needed_unit"),
        sentence=say(
            "needed_sentence",
            weight=say.number(reading.weight, 3),
            sunk=say.number(paid[-1]),
            needed=say.number(needed[-1], 3),
        ),
        lines=(
            Line(say("needed_line"), paid, needed, dots=True),
            Line(say("weight"), paid, (reading.weight,) * len(paid), tone="second", dashed=True),
        ),
        x=Axis(say("sunk"), _ticks(say, *paid[:: max(1, deal.instalments // 4)])),
        y=Axis("δ", _ticks(say, 0, 0.2, 0.4, 0.6, 0.8, 1)),
    )
    return [money, bend]


def notes(reading: Reading, say: Words) -> list[Note]:
    """Say whether one who reckons would press at all, and how much may be sunk."""
    if reading.most == float("inf"):
        return [Note("ok", say("no_share"))]
    tone, key = ("ok", "under") if reading.holds else ("part", "over")
    most = say.number(round(reading.most), 0)
    return [Note(tone, say(key, whole=say.number(reading.deal.whole), most=most))]


def _plan(reading: Reading) -> bool:
    """Whether the plan is the whole plant."""
    return (reading.deal.instalment, reading.deal.instalments, reading.deal.joint) == (500, 6, 500)


def _step(reading: Reading) -> bool:
    deal = reading.deal
    bare = deal.returned == 0 and deal.penalty == 0 and reading.stays == 3
    return bare and deal.joint == 230 and reading.holds and reading.gains[0] >= 700


def _duty(reading: Reading) -> bool:
    free = reading.stays == 3 and reading.deal.penalty == 0
    least = reading.holds and reading.deal.returned < 0.315
    return _plan(reading) and free and least and reading.chain == "reckoner"


def _tenure(reading: Reading) -> bool:
    free = reading.deal.returned == 0 and reading.deal.penalty == 0
    return (
        _plan(reading)
        and free
        and reading.holds
        and reading.stays == 4
        and reading.chain == "reckoner"
    )


INSTRUMENT = Instrument(
    name="culture",
    controls=controls,
    cases=CASES,
    start="whole",
    read=read,
    draw=draw,
    notes=notes,
    challenges={"step": _step, "duty": _duty, "tenure": _tenure},
)
