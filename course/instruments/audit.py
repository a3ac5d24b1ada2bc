"""Two-sided audit.

27 anchored indicators, several raters a side, eight components, readiness with a gate; and culture
once more, as the partner sees it.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from course.figures import Axis, End, Figure, Group, Pair, Pairs, Profile, Radar, Tick
from course.instruments import Entry, Instrument, Item, Note, Rating, Ratings, Table, Values, Words
from course.models import audit as model
from course.models.audit import COMPONENTS, INDICATORS, SIDES

CULTURE = tuple(item for item, part in INDICATORS.items() if part == "culture")
_TICKS = tuple(Tick(rating, str(rating)) for rating in range(1, 6))
_LOOKS = (("accent", "circle"), ("second", "square"))  # of the sides
_TONES = {
    "proceed": "ok",
    "small_step": "part",
    "ring_fence": "no",
    "one_off": "part",
    "unrated": "part",
}


@cache
def _written(name: str) -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / name).read_text("utf-8"))


def _cases() -> dict[str, Values]:
    """Return the presets: ``{case: {"C1.1.supplier": "2 2 1", …}}``, one digit for each rater."""
    return {
        case: {
            f"{item}.{side}": scores.strip()
            for item, both in rows.items()
            for side, scores in zip(SIDES, both.split("|"), strict=True)
        }
        for case, rows in _written("audit.toml")["audit_cases"].items()
    }


CASES = _cases()


@dataclass(frozen=True)
class Reading:
    """What the audit found, and the components whose ratings are not those of the lesson's case."""

    audit: model.Audit
    changed: frozenset[str]


def read(values: Values) -> Reading:
    """Audit the pair."""

    def scores(items: Iterable[str], side: str, view: str = "") -> dict[str, list[int]]:
        rows = {item: str(values[f"{view}{item}.{side}"]).split() for item in items}
        return {item: [int(score) for score in row] for item, row in rows.items()}

    supplier, buyer = (scores(INDICATORS, side) for side in SIDES)
    of_supplier, of_buyer = (scores(CULTURE, side, "view-") for side in SIDES)
    fields = {f"{item}.{side}": part for item, part in INDICATORS.items() for side in SIDES}
    changed = {part for name, part in fields.items() if values[name] != CASES["case"][name]}
    return Reading(model.audit(supplier, buyer, (of_supplier, of_buyer)), frozenset(changed))


def controls(say: Words) -> list[Ratings]:
    """Return the form: a component at a time, anchors for every indicator."""
    form = _written("indicators.toml")
    sides, seen = ({side: say(f"{of}{side}") for side in SIDES} for of in ("", "seen."))
    parts = []
    for part in form["component"]:
        rows = [row for row in form["indicator"] if row["component"] == part["id"]]
        note = say("marked") if any(row["id"] in model.MARKED for row in rows) else ""
        items = tuple(_item(row, sides, say.lang) for row in rows)
        parts.append(Ratings(part["title"][say.lang], tuple(sides.values()), items, note))
        if part["id"] == "culture":
            items = tuple(_item(row, seen, say.lang, "view-") for row in rows)
            parts.append(Ratings(say("view"), tuple(seen.values()), items, say("view_note")))
    return parts


def _item(row: Mapping[str, Any], sides: Mapping[str, str], lang: str, view: str = "") -> Item:
    """Return one indicator of the form, rated by both sides."""
    title = f"{row['id']} {row['title'][lang]}{' ⚑' if row['flag'] else ''}"
    ratings = tuple(
        Rating(f"{view}{row['id']}.{side}", f"{title}, {name}") for side, name in sides.items()
    )
    return Item(title, tuple(row["anchors"][lang]), ratings)


def _around(part: model.Component, say: Words) -> str:
    """Print a gap with half of its interval."""
    return f"{say.number(part.gap, 1)} ± {say.number(part.margin, 1)}"


def _titles(lang: str) -> dict[str, str]:
    return {part["id"]: part["title"][lang] for part in _written("indicators.toml")["component"]}


def _sources(codes: Iterable[str], say: Words) -> str:
    """Name the sources of red flags."""
    return ", ".join(say(f"source.{code}") for code in codes)


def _why_one_off(audit: model.Audit, say: Words) -> str:
    """Name what speaks for single deals: the scope, the culture of both, or the two of them."""
    raised = {"scope": audit.poor, "both_low": ("both_low", "amber") in audit.flags}
    scope = say.number(audit.scope, 2)
    return f" {say('and')} ".join(say(f"why.{key}", scope=scope) for key in raised if raised[key])


def sentence(reading: Reading, say: Words) -> str:
    """Say whether the two are ready, and what decides it."""
    audit = reading.audit
    if audit.readiness is None or audit.fit is None or audit.mean_fit is None:
        return say("say.missing")
    gated = audit.components["culture"].fit < audit.fit
    if ("door", "red") in audit.flags:
        key = "gated" if gated and audit.mean_fit >= 0.8 else "apart"
    elif audit.reds:
        key = "red"
    elif audit.decision == "one_off":
        key = "low"
    else:
        key = "close" if audit.readiness >= 0.8 else "plain"
    said = say(
        f"say.{key}",
        mean=say.number(audit.mean_fit, 2),
        ready=say.number(audit.readiness, 2),
        scope=say.number(audit.scope, 2),
        sources=_sources(audit.reds, say),
        why=_why_one_off(audit, say),
    )
    others = [code for code in audit.reds if code != "door"]
    if key in ("gated", "apart") and others:
        said += f" {say('say.others', sources=_sources(others, say))}"
    return said


def draw(reading: Reading, say: Words) -> list[Figure]:
    """Draw both profiles around a circle, and the gaps from the widest down."""
    audit, titles = reading.audit, _titles(say.lang)
    profiles = [
        Profile(
            say(side),
            tuple(getattr(audit.components.get(name), side, None) for name in COMPONENTS),
            *look,
        )
        for side, look in zip(SIDES, _LOOKS, strict=True)
    ]
    radar = Radar(
        title=say("chart"),
        unit=say("axis"),
        sentence=sentence(reading, say),
        axes=tuple(say(f"short.{name}") for name in COMPONENTS),
        profiles=tuple(profiles),
        rings=_TICKS,
    )
    if not audit.components:
        return [radar]
    groups, widest = [], []
    for name in audit.widest:
        part, around = audit.components[name], _around(audit.components[name], say)
        pair = Pair(part.supplier, part.buyer, around, accent=part.clear)
        groups.append(Group(titles[name], (pair,)))
        widest.append(f"{titles[name]} {around}")
    gaps = Pairs(
        title=say("gaps"),
        unit=say("axis"),
        sentence=say("gaps_label", worst="; ".join(widest)),
        ends=tuple(End(profile.name, profile.sign, profile.tone) for profile in profiles),
        groups=tuple(groups),
        axis=Axis("", _TICKS),
        column=say("head.gap"),
    )
    return [radar, gaps]


def notes(reading: Reading, say: Words) -> list[Note]:
    """Return the flags with the rule they call for, what is thin, and what is worth doing."""
    audit, titles = reading.audit, _titles(say.lang)
    signs = tuple(
        say("flag_line", colour=say(f"colour.{colour}"), flag=say(f"flag.{code}"))
        for code, colour in audit.flags
    )
    rule = say(f"decision_why.{audit.decision}", why=_why_one_off(audit, say))
    lead = say("decision", n=str(len(audit.reds)))
    remarks = [Note(_TONES[audit.decision], rule, lead, signs)]
    thin = [f"{item} ({say(side)})" for side in SIDES for item in audit.thin[side]]
    lacks = []
    if len(thin) > 4:
        lacks.append(say("thin_many", n=str(len(thin))))
    elif thin:
        lacks.append(say("thin", items=", ".join(thin)))
    if audit.missing:
        lacks.append(say("missing", parts=", ".join(titles[name] for name in audit.missing)))
    if audit.silent:
        lacks.append(say("silent", sources=_sources(audit.silent, say)))
    if lacks:
        remarks.append(Note("part", " ".join(lacks)))
    for key, names in (("leaders", audit.leaders), ("quarter", audit.quarter)):
        rows = tuple(f"{titles[name]}: {_around(audit.components[name], say)}" for name in names)
        if rows:
            remarks.append(Note("plain", say(f"{key}_why"), say(key), rows))
    if audit.components and not audit.leaders + audit.quarter:
        remarks.append(Note("plain", say("nothing_clear")))
    return remarks


def tables(reading: Reading, say: Words) -> list[Table]:
    """Return the four totals, and all numbers of the eight components."""
    audit, show, titles = reading.audit, say.number, _titles(say.lang)
    rows: list[tuple[str, ...]] = []
    for name in COMPONENTS:
        part = audit.components.get(name)
        cells: tuple[str, ...] = ("–",) * 5
        if part:
            both = (show(part.supplier, 1), show(part.buyer, 1))
            cells = (*both, _around(part, say), show(part.fit, 3), show(part.level, 1))
        rows.append((titles[name], *cells))
    columns = [say(side) for side in SIDES]
    columns += [say(f"head.{key}") for key in ("gap", "one_fit", "level")]
    ready = Entry(show(audit.readiness, 3), best=True)
    fits = (show(audit.mean_fit, 3), show(audit.fit, 3))
    totals = (say("total"), *fits, ready, show(audit.scope, 3))
    heads = [say(f"head.{key}") for key in ("mean", "fit", "ready", "scope")]
    return [
        Table(say("totals"), ("", *heads), (totals,), note=say("totals_note")),
        Table(say("parts"), ("", *columns), tuple(rows), note=say("parts_note")),
    ]


def _one_component(reading: Reading) -> bool:
    return len(reading.changed) == 1 and (reading.audit.readiness or 0) >= 0.8


def _hidden(reading: Reading) -> bool:
    mean, ready = reading.audit.mean_fit, reading.audit.readiness
    return mean is not None and mean >= 0.85 and ready is not None and ready < 0.3


INSTRUMENT = Instrument(
    name="audit",
    controls=controls,
    cases=CASES,
    start="case",
    read=read,
    draw=draw,
    notes=notes,
    tables=tables,
    challenges={
        "one": _one_component,
        "two": lambda reading: reading.audit.decision == "ring_fence",
        "hidden": _hidden,
    },
)
