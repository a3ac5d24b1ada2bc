"""Map of contacts and bonus.

Who talks with the partners of a kind; what a driver gains by a minute at the shelf when shops are
counted on so many routes together, what the firm pays for it, and how much of that is luck.
"""

import csv
from dataclasses import dataclass
from functools import cache

from course import paths
from course.figures import Bar, Bars, Mark
from course.instruments import Choice, Field, Grid, Instrument, Note, Slider, Values, Words
from course.models import channels as model

TIERS = ("all", "chain", "shop", "kiosk")
TEAMS = {"1": 1, "3": 3, "5": 5, "9": 9, "45": 45}
DEPARTMENTS = ("delivery", "service", "callcentre", "sales", "accounting", "management")

CASES: dict[str, Values] = {
    "route": {"tier": "all", "team": "1", "norm": 4, "price": 8, "effect": 7},
    "brigade": {"tier": "all", "team": "5", "norm": 4, "price": 8, "effect": 7},
    "whole": {"tier": "all", "team": "45", "norm": 4, "price": 8, "effect": 7},
}


@cache
def talks(tier: str) -> dict[str, int]:
    """Return how many conversations every department had with partners of a kind."""
    path = paths.shared("datasets") / "channel_contacts.csv"
    counted = dict.fromkeys(DEPARTMENTS, 0)
    with path.open(encoding="utf-8", newline="") as file:  # a lesson opens fast without pandas
        for row in csv.DictReader(file):
            if tier in ("all", row["tier"]):
                counted[row["department"]] += int(row["contacts"])
    return counted


@dataclass(frozen=True)
class Reading:
    """What the bonus does. Money in kUAH a year, points for all routes; effect in points of share.

    gain: what the minute brings a driver. luck: the points that come without it. paid, left: what
    the firm pays, and what the kept shops leave after it. anything: chance that one driver alone on
    his route gets a bonus, with the minute.
    """

    tier: str
    team: int
    norm: int
    price: float
    effect: float
    gain: float
    points: float
    luck: float
    paid: float
    left: float

    @property
    def taken(self) -> bool:
        """Whether the minute pays the driver."""
        return self.gain >= model.MINUTE

    @property
    def fallen(self) -> float | None:
        """The price of a point the fund can pay, when it is lower than the one promised."""
        return model.FUND / self.points if self.paid > model.FUND else None


def controls(say: Words) -> list[Slider | Grid]:
    """Return what can be changed."""
    tiers = tuple((tier, say(f"tier.{tier}")) for tier in TIERS)
    teams = tuple((team, say(f"team.{team}")) for team in TEAMS)
    return [
        Grid(
            say("whom"),
            (say("chosen"),),
            (
                (say("tier_name"), (Choice("tier", say("tier_name"), tiers),)),
                (say("team_name"), (Choice("team", say("team_name"), teams),)),
            ),
        ),
        Slider(Field("price", say("price"), 0, 40, say("kuah")), 1),
        Slider(Field("norm", say("norm"), 1, 6), 1),
        Slider(Field("effect", say("effect"), 0, 12, say("points_unit")), 0.5),
    ]


def read(values: Values) -> Reading:
    """Compute all that is shown."""
    team, norm = TEAMS[str(values["team"])], int(values["norm"])
    price, effect = float(values["price"]), float(values["effect"])
    share = effect / 100
    gain = price * model.own_points(share, team, norm)
    paid, left = model.bonus_result(share, price, team, norm)
    taken = share if gain >= model.MINUTE else 0.0
    return Reading(
        tier=str(values["tier"]),
        team=team,
        norm=norm,
        price=price,
        effect=effect,
        gain=gain,
        points=model.ROUTES * model.route_points(taken, team, norm),
        luck=model.ROUTES * model.route_points(0.0, team, norm),
        paid=paid,
        left=left,
    )


def draw(reading: Reading, say: Words) -> list[Bars]:
    """Draw what the driver and the firm get; then who talks with the partners chosen."""
    gain, cost = say.number(reading.gain, 1), say.number(model.MINUTE)
    paid, left = (say.number(value, 0) for value in (reading.paid, reading.left))
    told = say("sentence", gain=gain, cost=cost, paid=paid, left=left)
    driver = Bars(
        title=say("driver"),
        unit=say("driver_unit"),
        sentence=told,
        rows=(
            Bar(say("gain_row"), (reading.gain,), (gain,), "", reading.taken),
            Bar(say("cost_row"), (model.MINUTE,), (cost,)),
        ),
    )
    kept = reading.left + reading.paid
    firm = Bars(
        title=say("firm"),
        unit=say("firm_unit"),
        sentence=told,
        rows=(
            Bar(say("kept_row"), (kept,), (say.number(kept, 0),)),
            Bar(say("paid_row"), (reading.paid,), (paid,)),
            Bar(say("left_row"), (reading.left,), (left,), "", reading.left > 0),
        ),
        marks=(Mark(model.FUND, say("fund")),),
    )
    return [driver, firm, _map(reading, say)]


def _map(reading: Reading, say: Words) -> Bars:
    counted = talks(reading.tier)
    total = sum(counted.values())
    share = say.number(100 * model.ptm_share(counted), 0)
    return Bars(
        title=say("map"),
        unit=say("map_unit"),
        sentence=say("map_sentence", tier=say(f"tier.{reading.tier}"), share=share),
        rows=tuple(
            Bar(
                say(f"department.{name}"),
                (100 * count / total,),
                (say.number(100 * count / total, 0),),
                "",
                name == model.SALES,
            )
            for name, count in counted.items()
        ),
    )


def notes(reading: Reading, say: Words) -> list[Note]:
    """Say whether the minute is taken, how much of the bonus is luck, and who talks."""
    tone, key = ("ok", "taken") if reading.taken else ("no", "refused")
    luck = say("luck", luck=say.number(reading.luck, 0), points=say.number(reading.points, 0))
    share = say.number(100 * model.ptm_share(talks(reading.tier)), 0)
    said = say("map_sentence", tier=say(f"tier.{reading.tier}"), share=share)
    return [Note(tone, say(key)), *_over(reading, say), Note("plain", luck), Note("plain", said)]


def _over(reading: Reading, say: Words) -> list[Note]:
    """Say what happens when the fund is too small for the bonuses promised."""
    if reading.fallen is None:
        return []
    stays = model.takes_minute(reading.effect / 100, reading.fallen, reading.team, reading.norm)
    key = "over_refused" if reading.taken and not stays else "over"
    return [Note("no", say(key, price=say.number(reading.fallen, 1)))]


def _least_price(reading: Reading) -> bool:
    """Whether the price is the lowest whole one at which a brigade takes the minute."""
    effect = reading.effect / 100
    usual = reading.team == model.BRIGADE and reading.norm == model.NORM and reading.effect == 7
    return (
        usual and reading.taken and not model.takes_minute(effect, reading.price - 1, model.BRIGADE)
    )


def _least_effect(reading: Reading) -> bool:
    """Whether half a point less would stop the drivers, each on his route, at the price of 8."""
    less = (reading.effect - 0.5) / 100
    usual = reading.team == 1 and reading.norm == model.NORM and reading.price == model.PRICE
    return usual and reading.taken and not model.takes_minute(less, model.PRICE)


def _agents(reading: Reading) -> bool:
    return reading.tier == "chain"


INSTRUMENT = Instrument(
    name="bonus",
    controls=controls,
    cases=CASES,
    start="route",
    read=read,
    draw=draw,
    notes=notes,
    challenges={"agents": _agents, "brigade": _least_price, "least": _least_effect},
)
