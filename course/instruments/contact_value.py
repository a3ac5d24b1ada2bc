"""Contact value.

Five cafés, three offers, two channels – the difference a contact makes, not the likelihood.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from course.figures import Axis, End, Figure, Group, Pair, Pairs, Tick
from course.instruments import (
    Challenge,
    Control,
    Entry,
    Field,
    Grid,
    Instrument,
    Slider,
    Table,
    Value,
    Values,
)
from course.models.value import contact_value
from course.texts import number, text

OFFERS, CHANNELS = {"blend": 300, "training": 500, "service": 400}, {"call": 15, "visit": 60}  # UAH
# Chance of buying without a contact (%), harm of one contact more (UAH), chance with each contact.
CAFES = {
    "jay": (70, 5, (76, 78, 71, 73, 72, 74)),
    "terrace": (12, 5, (22, 30, 18, 34, 20, 24)),
    "chestnut": (30, 8, (36, 52, 42, 46, 46, 50)),
    "tram": (45, 12, (49, 53, 54, 57, 48, 51)),
    "attic": (4, 4, (9, 14, 14, 20, 16, 31)),
}
CONTACTS = [(offer, channel) for offer in OFFERS for channel in CHANNELS]
_BASE: dict[str, Value] = {**CHANNELS, **{f"{offer}.margin": m for offer, m in OFFERS.items()}}
_TIRED: dict[str, Value] = {}
for _cafe, (_p0, _harm, _chances) in CAFES.items():
    _BASE |= {f"{_cafe}.p0": _p0, f"{_cafe}.fatigue": _harm}
    _BASE |= {f"{_cafe}.{'.'.join(c)}": p for c, p in zip(CONTACTS, _chances, strict=True)}
    _TIRED[f"{_cafe}.fatigue"] = _harm + 40
CASES = {"base": _BASE, "dear": _BASE | {"visit": 140}, "tired": _BASE | _TIRED}


@dataclass(frozen=True)
class Cafe:
    """What contacts do for one café: chances in percent, gains in UAH, for each of CONTACTS.

    best is the place of the most gainful contact, None to leave the café in peace; likeliest that
    of the highest chance.
    """

    p0: float
    chances: tuple[float, ...]
    gains: tuple[float, ...]
    best: int | None
    likeliest: int


Reading = Mapping[str, Cafe]


def read(values: Mapping[str, Any]) -> Reading:
    """Compute every contact's gain, and each café's best and likeliest one.

    Parameters
    ----------
    values : mapping
        As in CASES: percents and UAH.

    Returns
    -------
    mapping of str to Cafe
        Of two equal gains the first wins; a gain of 0 still pays for the contact.

    Examples
    --------
    >>> places = [cafe.best for cafe in read(CASES["base"]).values()][:2]
    >>> [CONTACTS[place] if place is not None else None for place in places]
    [None, ('training', 'visit')]
    """
    cafes = {}
    for cafe in CAFES:
        p0, fatigue = values[f"{cafe}.p0"], values[f"{cafe}.fatigue"]
        chances = tuple(float(values[f"{cafe}.{offer}.{channel}"]) for offer, channel in CONTACTS)
        gains = tuple(
            round(contact_value(p / 100, p0 / 100, values[f"{o}.margin"], values[c], fatigue), 6)
            for p, (o, c) in zip(chances, CONTACTS, strict=True)
        )
        best = gains.index(max(gains))
        likeliest = chances.index(max(chances))
        cafes[cafe] = Cafe(p0, chances, gains, best if gains[best] >= 0 else None, likeliest)
    return cafes


def controls(lang: str) -> list[Control]:
    """Return what can be changed."""

    def say(key: str) -> str:
        return text(f"contact_value.{key}", lang)

    uah, contacts = say("uah"), [_contact(contact, lang) for contact in CONTACTS]
    margins = tuple(
        (
            say(f"offer.{offer}"),
            (Field(f"{offer}.margin", f"{say(f'offer.{offer}')}, {say('margin')}", 0, 2000, uah),),
        )
        for offer in OFFERS
    )
    rows = []
    for cafe in CAFES:
        name = say(f"cafe.{cafe}")
        chances = tuple(
            Field(f"{cafe}.{offer}.{channel}", f"{name}, {words}, p₁", 0, 100, "%")
            for (offer, channel), words in zip(CONTACTS, contacts, strict=True)
        )
        before = Field(f"{cafe}.p0", f"{name}, {say('p0')}", 0, 100, "%")
        harm = Field(f"{cafe}.fatigue", f"{name}, {say('fatigue')}", 0, 200, uah)
        rows.append((name, (before, *chances, harm)))
    heads = (say("p0"), *(f"p₁: {words}" for words in contacts), say("fatigue"))
    return [
        *(Slider(Field(channel, say(f"cost.{channel}"), 0, 300, uah), 5) for channel in CHANNELS),
        Grid(say("offers"), (say("margin"),), margins),
        Grid(say("cafes"), heads, tuple(rows), say("cafes_note"), wide=True),
    ]


def _contact(contact: tuple[str, str], lang: str) -> str:
    offer, channel = contact
    offered = text(f"contact_value.offer.{offer}", lang).lower()
    return f"{offered}, {text(f'contact_value.channel.{channel}', lang)}"


def _gain(value: float, lang: str) -> str:
    return ("+" if value > 0 else "") + number(value, lang, 0)


def _top(reading: Reading) -> tuple[str, str | None]:
    """Return the café with the likeliest contact of all.

    And the one with the most gainful that pays.
    """
    likeliest = max(reading, key=lambda cafe: max(reading[cafe].chances))
    paying = [cafe for cafe in reading if reading[cafe].best is not None]
    return likeliest, max(paying, key=lambda cafe: max(reading[cafe].gains), default=None)


def _coincide(reading: Reading) -> bool:
    likeliest, best = _top(reading)
    return likeliest == best and reading[likeliest].best == reading[likeliest].likeliest


def sentence(reading: Reading, lang: str) -> str:
    """Read the picture aloud: the likeliest contact, its gain, and the most gainful one."""

    def words(cafe: str, place: int) -> dict[str, str]:
        gain = _gain(reading[cafe].gains[place], lang)
        name = text(f"contact_value.cafe.{cafe}", lang)
        return {"cafe": name, "contact": _contact(CONTACTS[place], lang), "gain": gain}

    likeliest, best = _top(reading)
    place = reading[likeliest].likeliest
    chance = number(reading[likeliest].chances[place], lang)
    said = text("contact_value.likeliest", lang, p=chance, **words(likeliest, place)) + " "
    if best is None:
        return said + text("contact_value.nobody", lang)
    place = reading[best].best or 0
    key = "same" if _coincide(reading) else "other"
    return said + text(f"contact_value.{key}", lang, **words(best, place))


def figures(reading: Reading, lang: str) -> list[Figure]:
    """Return how the likeliest and the best contact of each café change its chance of buying."""

    def say(key: str) -> str:
        return text(f"contact_value.{key}", lang)

    groups = []
    for name, cafe in reading.items():
        shown = dict.fromkeys((cafe.likeliest, cafe.likeliest if cafe.best is None else cafe.best))
        lines = tuple(
            Pair(
                cafe.p0,
                cafe.chances[k],
                _gain(cafe.gains[k], lang),
                (0, 2 if k == cafe.best else 1),
                k == cafe.best,
            )
            for k in shown
        )
        groups.append(Group(say(f"cafe.{name}"), lines))
    ends = (
        End(say("without"), "ring", "muted"),
        End(say("likely_mark"), "star", "ink"),
        End(say("best_mark"), "circle", "accent"),
    )
    axis = Axis(say("axis"), tuple(Tick(p, str(p)) for p in range(0, 101, 25)))
    said = sentence(reading, lang)
    figure = Pairs(
        title=say("chart"),
        sentence=said,
        ends=ends,
        groups=tuple(groups),
        axis=axis,
        column=say("delta"),
    )
    return [figure]


def tables(reading: Reading, lang: str) -> list[Table]:
    """Return the gain of every contact, and the decision about every café."""

    def say(key: str) -> str:
        return text(f"contact_value.{key}", lang)

    columns = []
    for cafe in reading.values():
        column = [
            Entry(
                _gain(gain, lang),
                best=k == cafe.best,
                faint=gain < 0,
                signs=tuple(
                    (icon, say(key))
                    for icon, key, on in (
                        ("right", "best", k == cafe.best),
                        ("star", "top", k == cafe.likeliest),
                    )
                    if on
                ),
            )
            for k, gain in enumerate(cafe.gains)
        ]
        decision = say("leave") if cafe.best is None else _contact(CONTACTS[cafe.best], lang)
        columns.append([*column, Entry(decision, word=True)])
    heads = [*(_contact(contact, lang) for contact in CONTACTS), say("decision")]
    rows = tuple((head, *cells) for head, *cells in zip(heads, *columns, strict=True))
    legend = (("right", say("best")), ("star", say("top")))
    names = ("", *(say(f"cafe.{cafe}") for cafe in reading))
    return [Table(say("table"), names, rows, note=say("rule"), legend=legend)]


def _last_visit(values: Values, reading: Reading) -> bool:
    """Whether a visit dearer than in the case still pays, by less than the slider's step."""
    if float(values["visit"]) <= CHANNELS["visit"]:
        return False
    visits = [place for place, (_, channel) in enumerate(CONTACTS) if channel == "visit"]
    return 0 <= max(cafe.gains[place] for cafe in reading.values() for place in visits) < 5


def _alone(values: Values, reading: Reading) -> bool:
    return sum(cafe.best is not None for cafe in reading.values()) == 1


INSTRUMENT = Instrument(
    name="contact_value",
    controls=controls,
    cases=CASES,
    start="base",
    read=read,
    figures=figures,
    sentence=sentence,
    tables=tables,
    challenges=(
        Challenge("visit", _last_visit),
        Challenge("alone", _alone),
        Challenge("coincide", lambda values, reading: _coincide(reading)),
    ),
)
