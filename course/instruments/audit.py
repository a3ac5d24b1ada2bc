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
from course.instruments import (
    Challenge,
    Control,
    Entry,
    Instrument,
    Item,
    Note,
    Rating,
    Ratings,
    Table,
    Values,
)
from course.models import audit as model
from course.texts import number, text

SIDES = model.SIDES
_HERE = Path(__file__).parent
CULTURE = tuple(item for item, part in model.INDICATORS.items() if part == "culture")
_TICKS = tuple(Tick(rating, str(rating)) for rating in range(1, 6))


@cache
def _form() -> dict[str, Any]:
    """Return components and indicators as written in indicators.toml."""
    return tomllib.loads((_HERE / "indicators.toml").read_text("utf-8"))


def _cases() -> dict[str, Values]:
    """Return the presets: ``{case: {"C1.1.supplier": "2 2 1", …}}``, one digit for each rater."""
    written = tomllib.loads((_HERE / "audit.toml").read_text("utf-8"))["audit_cases"]
    return {
        case: {
            f"{item}.{side}": scores.strip()
            for item, both in rows.items()
            for side, scores in zip(SIDES, both.split("|"), strict=True)
        }
        for case, rows in written.items()
    }


CASES = _cases()


@dataclass(frozen=True)
class Reading:
    """What the audit found, and the components whose ratings are not those of the lesson's case."""

    audit: model.Audit
    changed: frozenset[str]

    @property
    def reds(self) -> int:
        """How many red flags there are."""
        return sum(colour == "red" for _, colour in self.audit.flags)

    @property
    def ordered(self) -> list[tuple[str, model.Component]]:
        """Components from the widest gap to the narrowest."""
        return sorted(self.audit.components.items(), key=lambda row: -round(abs(row[1].gap), 9))


def read(values: Mapping[str, Any]) -> Reading:
    """Audit the pair."""

    def scores(items: Iterable[str], side: str, view: str = "") -> dict[str, list[int]]:
        return {
            item: [int(score) for score in values[f"{view}{item}.{side}"].split()] for item in items
        }

    supplier, buyer = (scores(model.INDICATORS, side) for side in SIDES)
    views = tuple(scores(CULTURE, side, "view-") for side in SIDES)
    changed = {
        part
        for item, part in model.INDICATORS.items()
        for side in SIDES
        if values[f"{item}.{side}"] != CASES["case"][f"{item}.{side}"]
    }
    return Reading(model.audit(supplier, buyer, (views[0], views[1])), frozenset(changed))


def controls(lang: str) -> list[Control]:
    """Return the form: a component at a time, anchors for every indicator."""
    sides = {side: text(f"audit.{side}", lang) for side in SIDES}
    seen = {side: text(f"audit.seen.{side}", lang) for side in SIDES}
    marked = {part for item, part in model.INDICATORS.items() if item in model.MARKED}
    parts: list[Control] = []
    for part in _form()["component"]:
        items = tuple(
            _item(indicator, sides, lang)
            for indicator in _form()["indicator"]
            if indicator["component"] == part["id"]
        )
        note = text("audit.marked", lang) if part["id"] in marked else ""
        parts.append(Ratings(part["title"][lang], tuple(sides.values()), items, note))
        if part["id"] == "culture":
            again = tuple(
                _item(indicator, seen, lang, "view-")
                for indicator in _form()["indicator"]
                if indicator["id"] in CULTURE
            )
            view = text("audit.view", lang)
            note = text("audit.view_note", lang)
            parts.append(Ratings(view, tuple(seen.values()), again, note))
    return parts


def _item(
    indicator: Mapping[str, Any], sides: Mapping[str, str], lang: str, view: str = ""
) -> Item:
    """Return one indicator of the form, rated by both sides."""
    title = f"{indicator['id']} {indicator['title'][lang]}{' ⚑' if indicator['flag'] else ''}"
    both = tuple(
        Rating(f"{view}{indicator['id']}.{side}", f"{title}, {name}")
        for side, name in sides.items()
    )
    return Item(title, tuple(indicator["anchors"][lang]), both)


def _tidy(value: float | None, lang: str, digits: int) -> str:
    """Print a number; means of means may sit a hair below the half they should round up from."""
    return "–" if value is None else number(round(value, 9), lang, digits)


def _around(part: model.Component, lang: str) -> str:
    """Print a gap with half of its interval."""
    return f"{_tidy(part.gap, lang, 1)} ± {_tidy(part.margin, lang, 1)}"


def _titles(lang: str) -> dict[str, str]:
    return {part["id"]: part["title"][lang] for part in _form()["component"]}


def sentence(reading: Reading, lang: str) -> str:
    """Say whether the two are ready, and what decides it."""
    audit = reading.audit
    if audit.readiness is None or audit.fit is None or audit.mean_fit is None:
        return text("audit.say.missing", lang)
    gated = audit.components["culture"].fit < audit.fit
    if ("door", "red") in audit.flags:
        key = "gated" if gated and audit.mean_fit >= 0.8 else "apart"
    elif reading.reds:
        key = "red"
    elif audit.decision == "one_off":
        key = "low"
    else:
        key = "close" if audit.readiness >= 0.8 else "plain"
    shown = {
        "mean": audit.mean_fit,
        "fit": audit.fit,
        "ready": audit.readiness,
        "scope": audit.scope,
    }
    return text(f"audit.say.{key}", lang, **{name: _tidy(x, lang, 2) for name, x in shown.items()})


def figures(reading: Reading, lang: str) -> list[Figure]:
    """Return both profiles around a circle, and the gaps from the widest down."""

    def say(key: str, **names: str) -> str:
        return text(f"audit.{key}", lang, **names)

    parts, titles = reading.audit.components, _titles(lang)
    looks = (("accent", "circle"), ("second", "square"))
    profiles = tuple(
        Profile(
            say(side),
            tuple(getattr(parts.get(name), side, None) for name in model.COMPONENTS),
            *look,
        )
        for side, look in zip(SIDES, looks, strict=True)
    )
    radar = Radar(
        title=say("chart"),
        unit=say("axis"),
        sentence=sentence(reading, lang),
        axes=tuple(say(f"short.{name}") for name in model.COMPONENTS),
        profiles=profiles,
        rings=_TICKS,
    )
    if not parts:
        return [radar]
    ends = tuple(
        End(say(side), sign, tone) for side, (tone, sign) in zip(SIDES, looks, strict=True)
    )
    groups = tuple(
        Group(
            titles[name], (Pair(part.supplier, part.buyer, _around(part, lang), accent=part.clear),)
        )
        for name, part in reading.ordered
    )
    worst = "; ".join(f"{titles[name]} {_around(part, lang)}" for name, part in reading.ordered)
    gaps = Pairs(
        title=say("gaps"),
        unit=say("axis"),
        sentence=say("gaps_label", worst=worst),
        ends=ends,
        groups=groups,
        axis=Axis("", _TICKS),
        column=say("head.gap"),
    )
    return [radar, gaps]


def notes(reading: Reading, lang: str) -> list[Note]:
    """Return the flags with the rule they call for, what is thin, and what is worth doing."""

    def say(key: str, **names: str) -> str:
        return text(f"audit.{key}", lang, **names)

    audit, titles = reading.audit, _titles(lang)
    signs = tuple(
        say("flag_line", colour=say(f"colour.{colour}"), flag=say(f"flag.{code}"))
        for code, colour in audit.flags
    )
    tone = {"proceed": "ok", "small_step": "part", "ring_fence": "no", "one_off": "part"}[
        audit.decision
    ]
    rule = say(f"decision_why.{audit.decision}")
    said = [Note(tone, rule, say("decision", n=str(reading.reds)), signs)]
    thin = [f"{item} ({say(side)})" for side in SIDES for item in audit.thin[side]]
    words = []
    if thin:
        few = len(thin) <= 4
        words.append(
            say("thin", items=", ".join(thin)) if few else say("thin_many", n=str(len(thin)))
        )
    if audit.missing:
        words.append(say("missing", parts=", ".join(titles[name] for name in audit.missing)))
    if words:
        said.append(Note("part", " ".join(words)))
    for key, names in (("leaders", audit.leaders), ("quarter", audit.quarter)):
        rows = tuple(f"{titles[name]}: {_around(audit.components[name], lang)}" for name in names)
        if rows:
            said.append(Note("plain", say(f"{key}_why"), say(key), rows))
    if audit.components and not audit.leaders + audit.quarter:
        said.append(Note("plain", say("nothing_clear")))
    return said


def tables(reading: Reading, lang: str) -> list[Table]:
    """Return the four totals, and all numbers of the eight components."""

    def say(key: str) -> str:
        return text(f"audit.{key}", lang)

    def show(value: float | None, digits: int = 2) -> str:
        return _tidy(value, lang, digits)

    audit, titles = reading.audit, _titles(lang)
    rows: list[tuple[str | Entry, ...]] = []
    for name in model.COMPONENTS:
        part = audit.components.get(name)
        cells = ("–",) * 6
        if part:
            agreed = " / ".join(show(part.agreement[side]) for side in SIDES)
            gap, fit, level = _around(part, lang), show(part.fit, 3), show(part.level, 1)
            cells = (show(part.supplier, 1), show(part.buyer, 1), gap, fit, level, agreed)
        rows.append((titles[name], *cells))
    ready = Entry(show(audit.readiness, 3), best=True)
    totals = (
        say("total"),
        show(audit.mean_fit, 3),
        show(audit.fit, 3),
        ready,
        show(audit.scope, 3),
    )
    heads = ("", *(say(f"head.{key}") for key in ("mean", "fit", "ready", "scope")))
    columns = (
        "",
        *(say(side) for side in SIDES),
        *(say(f"head.{key}") for key in ("gap", "one_fit", "level", "agree")),
    )
    return [
        Table(say("totals"), heads, (totals,), note=say("totals_note")),
        Table(say("parts"), columns, tuple(rows), note=say("parts_note")),
    ]


def _one_component(values: Values, reading: Reading) -> bool:
    return len(reading.changed) == 1 and (reading.audit.readiness or 0) >= 0.8


def _hidden(values: Values, reading: Reading) -> bool:
    audit = reading.audit
    return (audit.mean_fit or 0) >= 0.85 and audit.readiness is not None and audit.readiness < 0.3


INSTRUMENT = Instrument(
    name="audit",
    controls=controls,
    cases=CASES,
    start="case",
    read=read,
    figures=figures,
    sentence=sentence,
    notes=notes,
    tables=tables,
    challenges=(
        Challenge("one", _one_component),
        Challenge("two", lambda values, reading: reading.audit.decision == "ring_fence"),
        Challenge("hidden", _hidden),
    ),
)
