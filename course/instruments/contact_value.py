"""Contact value: five cafés, three offers, two channels – the difference a contact makes, not the likelihood."""

from course.models.value import contact_value
from course.texts import number, text
from course.widgets import panel

START = "base"
OFFERS, CHANNELS = {"blend": 300, "training": 500, "service": 400}, {"call": 15, "visit": 60}  # UAH
# Chance of buying without a contact (%), harm of one contact more (UAH), chance with each contact (%).
CAFES = {"jay": (70, 5, (76, 78, 71, 73, 72, 74)), "terrace": (12, 5, (22, 30, 18, 34, 20, 24)),
         "chestnut": (30, 8, (36, 52, 42, 46, 46, 50)), "tram": (45, 12, (49, 53, 54, 57, 48, 51)),
         "attic": (4, 4, (9, 14, 14, 20, 16, 31))}
CONTACTS = [(offer, channel) for offer in OFFERS for channel in CHANNELS]
_BASE = dict(CHANNELS) | {f"{offer}.margin": margin for offer, margin in OFFERS.items()}
for _cafe, (_p0, _harm, _chances) in CAFES.items():
    _BASE |= {f"{_cafe}.p0": _p0, f"{_cafe}.fatigue": _harm}
    _BASE |= {f"{_cafe}.{offer}.{channel}": p for (offer, channel), p in zip(CONTACTS, _chances)}
CASES = {"base": _BASE, "dear": _BASE | {"visit": 140},
         "tired": _BASE | {f"{cafe}.fatigue": row[1] + 40 for cafe, row in CAFES.items()}}


def build(lang, kept=None, keep=None):
    """Return the instrument as a `course.widgets.panel.Panel`."""
    def say(key):
        return text(f"contact_value.{key}", lang)

    uah, names = say("uah"), {cafe: say(f"cafe.{cafe}") for cafe in CAFES}
    offers = {offer: say(f"offer.{offer}") for offer in OFFERS}
    controls = [panel.slider(channel, say(f"cost.{channel}"), 0, 300, 5, uah) for channel in CHANNELS]
    controls.append(panel.grid(say("cafes"), [say("p0"), say("fatigue")], [
        (name, [panel.field(f"{cafe}.p0", f"{name}, {say('p0')}", 0, 100, "%"),
                panel.field(f"{cafe}.fatigue", f"{name}, {say('fatigue')}", 0, 200, uah)])
        for cafe, name in names.items()]))
    controls.append(panel.grid(say("offers"), [say("margin")], [
        (offer, [panel.field(f"{key}.margin", f"{offer}, {say('margin')}", 0, 2000, uah)])
        for key, offer in offers.items()]))
    controls += [panel.grid(f"{say('p1')}: {name}", [say(f"channel.{channel}") for channel in CHANNELS], [
        (offer, [panel.field(".".join((cafe, *contact)), f"{name}, {_contact(contact, lang)}, p₁", 0, 100, "%")
                 for contact in CONTACTS if contact[0] == key]) for key, offer in offers.items()])
        for cafe, name in names.items()]
    return panel.Panel("contact_value", lang, controls, CASES, START, lambda values: _draw(values, lang), kept, keep)


def still(lang):
    """Return the title and the sentence of the opening case."""
    return text("contact_value.title", lang), _read(CASES[START], lang)[1]


def _contact(contact, lang):
    offer, channel = (text(f"contact_value.{key}", lang) for key in (f"offer.{contact[0]}", f"channel.{contact[1]}"))
    return f"{offer.lower()}, {channel}"


def choose(values):
    """Return for each café its gains, its best contact (None: leave in peace) and its likeliest one.

    Parameters
    ----------
    values : dict
        As in CASES: percents and UAH.

    Returns
    -------
    dict
        ``{café: (gains, best, likeliest)}``: UAH per contact and places in CONTACTS. Of two equal gains the
        first wins; a gain of 0 still pays for the contact.

    Examples
    --------
    >>> [best and CONTACTS[best] for _, best, _ in choose(CASES["base"]).values()][:2]
    [None, ('training', 'visit')]
    """
    found = {}
    for cafe in CAFES:
        chances = [values[f"{cafe}.{offer}.{channel}"] for offer, channel in CONTACTS]
        gains = [round(contact_value(p / 100, values[f"{cafe}.p0"] / 100, values[f"{offer}.margin"], values[channel],
                                     values[f"{cafe}.fatigue"]), 6) for p, (offer, channel) in zip(chances, CONTACTS)]
        best = max(range(len(gains)), key=lambda k: (gains[k], -k))
        found[cafe] = gains, best if gains[best] >= 0 else None, max(range(len(gains)), key=lambda k: (chances[k], -k))
    return found


def _gain(value, lang):
    return ("+" if value > 0 else "") + number(value, lang, 0)


def _read(values, lang):
    """Return what `choose` found and the sentence that reads it."""
    found = choose(values)

    def words(cafe, k):
        return {"cafe": text(f"contact_value.cafe.{cafe}", lang), "contact": _contact(CONTACTS[k], lang),
                "gain": _gain(found[cafe][0][k], lang)}

    chance = {cafe: values[".".join((cafe, *CONTACTS[row[2]]))] for cafe, row in found.items()}
    likeliest = max(found, key=chance.get)
    top = text("contact_value.likeliest", lang, p=number(chance[likeliest], lang),
               **words(likeliest, found[likeliest][2]))
    paying = [cafe for cafe in found if found[cafe][1] is not None]
    if not paying:
        return found, top + " " + text("contact_value.nobody", lang)
    best = max(paying, key=lambda cafe: found[cafe][0][found[cafe][1]])
    key = "same" if best == likeliest and found[best][1] == found[best][2] else "other"
    return found, top + " " + text(f"contact_value.{key}", lang, **words(best, found[best][1]))


def _draw(values, lang):
    from course import charts

    def say(key, **names):
        return text(f"contact_value.{key}", lang, **names)

    found, sentence = _read(values, lang)
    groups, columns, without = [], [], ("o", charts.MUTED, False)
    for cafe, (gains, best, likeliest) in found.items():
        name, p0 = say(f"cafe.{cafe}"), values[f"{cafe}.p0"]
        lines = []
        for k in dict.fromkeys((likeliest, likeliest if best is None else best)):
            mark = ("o", charts.ACCENT, True) if k == best else ("*", charts.INK, True)
            lines.append({"a": p0, "b": values[".".join((cafe, *CONTACTS[k]))], "text": _gain(gains[k], lang),
                          "mark_a": without, "mark_b": mark, "bold": k == best})
        groups.append((name, lines))
        columns.append([
            {"text": _gain(gain, lang), "best": k == best, "faint": gain < 0,
             "signs": [(icon, say(part)) for icon, part, on in (("right", "best", k == best),
                                                                ("star", "top", k == likeliest)) if on]}
            for k, gain in enumerate(gains)
        ] + [{"text": say("leave") if best is None else _contact(CONTACTS[best], lang), "word": True}])
    ticks = [(p, str(p)) for p in range(0, 101, 25)]
    heads = [(say("without"), charts.MUTED), (say("likely_mark"), charts.INK), (say("best_mark"), charts.ACCENT)]
    picture = charts.pairs(groups, ticks, say("axis"), heads, say("delta"), 88)
    rows = zip([*(_contact(contact, lang) for contact in CONTACTS), say("decision")], *columns)
    return {"pictures": [picture], "sentence": sentence, "notes": [], "tables": [
        {"title": say("table"), "head": ["", *(name for name, _ in groups)], "rows": [*map(list, rows)],
         "note": say("rule"),
         "legend": [{"icon": "right", "text": say("best")}, {"icon": "star", "text": say("top")}]}]}
