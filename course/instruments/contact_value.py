"""Contact value.

Five cafés, three offers, two channels – the difference a contact makes, not the likelihood.
"""

from dataclasses import dataclass

from course.figures import Axis, End, Group, Pair, Pairs, Tick
from course.instruments import Entry, Field, Grid, Instrument, Slider, Table, Values, Words
from course.models.value import contact_value

OFFERS, CHANNELS = {"blend": 300, "training": 500, "service": 400}, {"call": 15, "visit": 60}  # UAH
Contact = tuple[str, str]
CONTACTS: list[Contact] = [(offer, channel) for offer in OFFERS for channel in CHANNELS]
COLUMNS = ("p0", *map(".".join, CONTACTS), "fatigue")
# Chance of buying without a contact and with each (%), harm of one contact more (UAH).
CAFES = {
    "jay": (70, 76, 78, 71, 73, 72, 74, 5),
    "terrace": (12, 22, 30, 18, 34, 20, 24, 5),
    "chestnut": (30, 36, 52, 42, 46, 46, 50, 8),
    "tram": (45, 49, 53, 54, 57, 48, 51, 12),
    "attic": (4, 9, 14, 14, 20, 16, 31, 4),
}
_MARGINS = {f"{offer}.margin": margin for offer, margin in OFFERS.items()}
_BASE: Values = {**CHANNELS, **_MARGINS, **Grid.values(CAFES, COLUMNS)}
_TIRED = {f"{cafe}.fatigue": harm + 40 for cafe, (*_, harm) in CAFES.items()}
CASES = {"base": _BASE, "dear": {**_BASE, "visit": 140}, "tired": {**_BASE, **_TIRED}}


@dataclass(frozen=True)
class Cafe:
    """What each contact does for one café: chances in percent, gains in UAH."""

    p0: float
    chances: dict[Contact, float]
    gains: dict[Contact, float]

    @property
    def best(self) -> Contact | None:
        """The most gainful contact; None to leave the café in peace."""
        best = max(self.gains, key=self.gains.__getitem__)
        return best if self.gains[best] >= 0 else None

    @property
    def likeliest(self) -> Contact:
        """The contact with the highest chance."""
        return max(self.chances, key=self.chances.__getitem__)


@dataclass(frozen=True)
class Reading:
    """What a visit costs, and the cafés by name."""

    visit: float
    cafes: dict[str, Cafe]

    @property
    def likeliest(self) -> tuple[str, Contact]:
        """The likeliest contact of all, with its café."""
        name = max(self.cafes, key=lambda name: max(self.cafes[name].chances.values()))
        return name, self.cafes[name].likeliest

    @property
    def best(self) -> tuple[str, Contact] | None:
        """The most gainful contact of all, with its café, when it pays."""
        name = max(self.cafes, key=lambda name: max(self.cafes[name].gains.values()))
        best = self.cafes[name].best
        return (name, best) if best else None


def read(values: Values) -> Reading:
    """Compute every contact's gain, and each café's best and likeliest one.

    Parameters
    ----------
    values : mapping
        As in CASES: percents and UAH.

    Returns
    -------
    Reading
        Of two equal gains the first wins; a gain of 0 still pays for the contact.

    Examples
    --------
    >>> [cafe.best for cafe in read(CASES["base"]).cafes.values()][:2]
    [None, ('training', 'visit')]
    """
    sums = {name: float(value) for name, value in values.items()}
    cafes = {}
    for cafe in CAFES:
        p0, fatigue = sums[f"{cafe}.p0"], sums[f"{cafe}.fatigue"]
        chances = {contact: sums[f"{cafe}.{'.'.join(contact)}"] for contact in CONTACTS}
        gains = {}
        for (offer, channel), p1 in chances.items():
            margin, cost = sums[f"{offer}.margin"], sums[channel]
            gain = contact_value(p1 / 100, p0 / 100, margin, cost, fatigue)
            gains[offer, channel] = round(gain, 6)
        cafes[cafe] = Cafe(p0, chances, gains)
    return Reading(sums["visit"], cafes)


def controls(say: Words) -> list[Slider | Grid]:
    """Return what can be changed."""
    uah = say("uah")
    offers = {offer: say(f"offer.{offer}") for offer in OFFERS}
    cafes = {cafe: say(f"cafe.{cafe}") for cafe in CAFES}
    columns = {say("p0"): Field("p0", say("p0"), 0, 100, "%")}
    for contact in CONTACTS:
        words = _contact(contact, say)
        columns[f"p₁: {words}"] = Field(".".join(contact), f"{words}, p₁", 0, 100, "%")
    columns[say("fatigue")] = Field("fatigue", say("fatigue"), 0, 200, uah)
    margin = {say("margin"): Field("margin", say("margin"), 0, 2000, uah)}
    return [
        *(Slider(Field(channel, say(f"cost.{channel}"), 0, 300, uah), 5) for channel in CHANNELS),
        Grid.of(say("offers"), offers, margin),
        Grid.of(say("cafes"), cafes, columns, note=say("cafes_note"), wide=True),
    ]


def _contact(contact: Contact, say: Words) -> str:
    offer, channel = contact
    return f"{say(f'offer.{offer}').lower()}, {say(f'channel.{channel}')}"


def _gain(value: float, say: Words) -> str:
    return ("+" if value > 0 else "") + say.number(value, 0)


def sentence(reading: Reading, say: Words) -> str:
    """Read the picture aloud: the likeliest contact, its gain, and the most gainful one."""

    def words(cafe: str, contact: Contact) -> dict[str, str]:
        gain = _gain(reading.cafes[cafe].gains[contact], say)
        return {"cafe": say(f"cafe.{cafe}"), "contact": _contact(contact, say), "gain": gain}

    cafe, contact = reading.likeliest
    chance = say.number(reading.cafes[cafe].chances[contact])
    said = say("likeliest", p=chance, **words(cafe, contact))
    if not reading.best:
        return f"{said} {say('nobody')}"
    key = "same" if reading.best == reading.likeliest else "other"
    return f"{said} {say(key, **words(*reading.best))}"


def draw(reading: Reading, say: Words) -> list[Pairs]:
    """Draw how the likeliest and the best contact of each café change its chance of buying."""
    groups = []
    for name, cafe in reading.cafes.items():
        lines = []
        for contact in dict.fromkeys((cafe.likeliest, cafe.best or cafe.likeliest)):
            best, gain = contact == cafe.best, _gain(cafe.gains[contact], say)
            lines.append(Pair(cafe.p0, cafe.chances[contact], gain, (0, 2 if best else 1), best))
        groups.append(Group(say(f"cafe.{name}"), tuple(lines)))
    ends = (
        End(say("without"), "ring", "muted"),
        End(say("likely_mark"), "star", "ink"),
        End(say("best_mark"), "circle", "accent"),
    )
    return [
        Pairs(
            title=say("chart"),
            sentence=sentence(reading, say),
            ends=ends,
            groups=tuple(groups),
            axis=Axis(say("axis"), tuple(Tick(p, str(p)) for p in range(0, 101, 25))),
            column=say("delta"),
        )
    ]


def tables(reading: Reading, say: Words) -> list[Table]:
    """Return the gain of every contact, and the decision about every café."""
    cafes = reading.cafes.values()
    rows: list[tuple[str | Entry, ...]] = []
    for contact in CONTACTS:
        cells = []
        for cafe in cafes:
            best, gain = contact == cafe.best, cafe.gains[contact]
            signs = [("right", say("best"))] if best else []
            signs += [("star", say("top"))] if contact == cafe.likeliest else []
            cells.append(Entry(_gain(gain, say), best=best, faint=gain < 0, signs=tuple(signs)))
        rows.append((_contact(contact, say), *cells))
    decisions = [_contact(cafe.best, say) if cafe.best else say("leave") for cafe in cafes]
    rows.append((say("decision"), *(Entry(decision, word=True) for decision in decisions)))
    legend = (("right", say("best")), ("star", say("top")))
    names = ("", *(say(f"cafe.{cafe}") for cafe in reading.cafes))
    return [Table(say("table"), names, tuple(rows), note=say("rule"), legend=legend)]


def _last_visit(reading: Reading) -> bool:
    """Whether a visit dearer than in the case still pays, but would not for 1 UAH more."""
    visits = [(offer, "visit") for offer in OFFERS]
    top = max(cafe.gains[visit] for cafe in reading.cafes.values() for visit in visits)
    return reading.visit > CHANNELS["visit"] and 0 <= top < 1


def _alone(reading: Reading) -> bool:
    return sum(cafe.best is not None for cafe in reading.cafes.values()) == 1


INSTRUMENT = Instrument(
    name="contact_value",
    controls=controls,
    cases=CASES,
    start="base",
    read=read,
    draw=draw,
    tables=tables,
    challenges={
        "visit": _last_visit,
        "alone": _alone,
        "coincide": lambda reading: reading.best == reading.likeliest,
    },
)
