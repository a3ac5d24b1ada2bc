"""Pictures of lesson 1 that take their numbers from the model and the trial."""

from math import hypot

from course.datasets import load
from course.figures import Axis, Bar, Bars, Dot, Dots, End, Group, Mark, Pair, Pairs, Tick
from course.instruments.profile import NOW, TARGETS
from course.models.profile import ROWS
from course.models.satisfaction import wilson_percent
from course.pictures import Say

OFFERS = ("usual", "card", "open")
COSTS = {"card": 8, "open": 30}  # UAH for every new customer; open as in course/truths/deal.py
NEW = {"district": 4200, "station": 1800}  # new customers in a year
BOARD = 4  # thousand UAH: prices on the wall at the station
LIMIT = 130  # thousand UAH
Z = 1.96


def profile(say: Say) -> Pairs:
    """Return where the firm stands on every row, and where it should for each kind of customer."""
    (district, _), (station, _) = TARGETS["district"], TARGETS["station"]
    groups = []
    for row, now, here, there in zip(ROWS, NOW, district, station, strict=True):
        pairs = (
            Pair(now, here, f"+{here - now}", (0, 1), accent=here - now > 1),
            Pair(now, there, f"+{there - now}" if there > now else "0", (0, 2)),
        )
        groups.append(Group(say(row), pairs))
    ends = (
        End(say("now"), "ring", "muted"),
        End(say("district"), "circle", "accent"),
        End(say("station"), "square", "second"),
    )
    ticks = tuple(Tick(place, str(place)) for place in range(1, 6))
    return Pairs(
        title=say("title"),
        unit=say("unit"),
        sentence=say("sentence"),
        ends=ends,
        groups=tuple(groups),
        axis=Axis(say("axis"), ticks),
        column=say("column"),
    )


def returns(say: Say) -> Bars:
    """Return the share that came again within a year, with its interval, by place and offer."""
    came = load("dzvinkolis_trial").groupby(["place", "offer"])["returned"].agg(["sum", "size"])
    rows, named = [], {}
    for place in NEW:
        for offer in OFFERS:
            back, of = (int(count) for count in came.loc[(place, offer)])
            share, (low, high) = 100 * back / of, wilson_percent(back, of)
            named[f"{place}_{offer}"] = say.number(share, 1)
            printed = f"{named[f'{place}_{offer}']}\u00a0%"
            label = f"{say(place)}: {say(offer)}"
            note = say("note", back=str(back), of=str(of))
            accent = (place, offer) == ("district", "open")
            rows.append(Bar(label, (share,), (printed,), note, accent, low, high))
    return Bars(
        title=say("title"),
        unit=say("unit"),
        sentence=say("sentence", **named),
        rows=tuple(rows),
        ends=(0.0, 30.0),
    )


def gain(place: str, offer: str) -> tuple[float, float]:
    """Return what an offer changes for a new customer, UAH a year, and half of its interval."""
    later = load("dzvinkolis_trial").groupby(["place", "offer"])["later_uah"].agg(["mean", "sem"])
    new, usual = later.loc[(place, offer)], later.loc[(place, "usual")]
    middle = new["mean"] - usual["mean"] - COSTS[offer]
    return float(middle), Z * hypot(new["sem"], usual["sem"])


def gains(say: Say) -> Dots:
    """Return what card and open repair change for a new customer, by place."""
    rows, named = [], {}
    for place in NEW:
        for offer in COSTS:
            middle, half = gain(place, offer)
            named[f"{place}_{offer}"] = say.number(middle, 0)
            printed = ("+" if middle > 0 else "") + say.number(middle, 0)
            ends = (middle - half, middle + half)
            label = f"{say(place)}: {say(offer)}"
            rows.append(Dot(label, middle, *ends, printed, accent=ends[0] > 0))
    return Dots(
        title=say("title"),
        unit=say("unit"),
        sentence=say("sentence", **named),
        rows=tuple(rows),
        axis=Axis(say("axis"), tuple(Tick(v, say.number(v)) for v in (-40, -20, 0, 20, 40))),
        marks=(Mark(0.0, say("zero")),),
    )


def yearly() -> dict[str, float]:
    """Return what every plan changes in a year, thousand UAH."""
    worth = {
        (place, offer): NEW[place] * gain(place, offer)[0] / 1000
        for place in NEW
        for offer in COSTS
    }
    return {
        "card": sum(worth[place, "card"] for place in NEW),
        "all": sum(worth[place, "open"] for place in NEW),
        "five": worth["district", "open"] - BOARD,
        "nothing": 0.0,
    }


def spent() -> dict[str, float]:
    """Return what every plan costs in a year before anybody comes again, thousand UAH."""
    everybody = sum(NEW.values())
    return {
        "card": COSTS["card"] * everybody / 1000,
        "all": COSTS["open"] * everybody / 1000,
        "five": COSTS["open"] * NEW["district"] / 1000 + BOARD,
        "nothing": 0.0,
    }


def plans(say: Say) -> Bars:
    """Return what the plans that were argued about change in a year, and what they cost."""
    costs, rows, named = spent(), [], {}
    for plan, worth in yearly().items():
        named[plan] = say.number(worth, 0)
        printed = ("+" if worth > 0 else "") + named[plan]
        note = say("over" if costs[plan] > LIMIT else "cost", cost=say.number(costs[plan], 0))
        rows.append(Bar(say(plan), (worth,), (printed,), note, plan == "five"))
    said = say("sentence", **named)
    return Bars(title=say("title"), unit=say("unit"), sentence=said, rows=tuple(rows))
