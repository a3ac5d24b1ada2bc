"""Two-sided audit: 27 anchored indicators, several raters a side, eight components, readiness with a gate."""

import tomllib
from functools import cache
from pathlib import Path

from course.models import audit as model
from course.texts import number, text
from course.widgets import panel

START = "case"
SIDES = ("supplier", "buyer")
_HERE = Path(__file__).parent


@cache
def _form():
    """Return components and indicators as written in indicators.toml."""
    return tomllib.loads((_HERE / "indicators.toml").read_text("utf-8"))


@cache
def cases():
    """Return the presets: ``{case: {"C1.1.supplier": "2 2 1", …}}``, one digit per rater."""
    written = tomllib.loads((_HERE / "audit.toml").read_text("utf-8"))["audit_cases"]
    return {case: {f"{item}.{side}": scores.strip() for item, both in rows.items()
                   for side, scores in zip(SIDES, both.split("|"))} for case, rows in written.items()}


def build(lang, kept=None, keep=None):
    """Return the instrument as a `course.widgets.panel.Panel`."""
    sides = {side: text(f"audit.{side}", lang) for side in SIDES}
    controls = [panel.ratings(part["title"][lang], [
        (f"{item['id']} {item['title'][lang]}{' ⚑' if item['flag'] else ''}", item["anchors"][lang],
         {f"{item['id']}.{side}": name for side, name in sides.items()})
        for item in _form()["indicator"] if item["component"] == part["id"]],
        text("audit.marked", lang) if any(model.INDICATORS[item] == part["id"] for item in model.MARKED) else "")
        for part in _form()["component"]]
    return panel.Panel("audit", lang, controls, cases(), START, lambda values: _draw(values, lang), kept, keep)


def still(lang):
    """Return the title and the sentence of the opening case."""
    return text("audit.title", lang), _sentence(_found(cases()[START]), lang)


def _found(values):
    return model.audit(*({item: [int(score) for score in values[f"{item}.{side}"].split()] for item in model.INDICATORS}
                         for side in SIDES))


def _tidy(value, lang, digits):
    """Print a number; means of means may sit a hair below the half they should round up from."""
    return "–" if value is None else number(round(value, 9), lang, digits)


def _sentence(found, lang):
    names = {"mean": found.mean_fit, "fit": found.fit, "ready": found.readiness, "scope": found.scope}
    names = {name: _tidy(value, lang, 2) for name, value in names.items()}
    if found.readiness is None:
        return text("audit.say.missing", lang)
    reds = sum(colour == "red" for _, colour in found.flags)
    gated = found.components["culture"].fit < found.fit
    if gated and reds:
        key = "gated" if found.mean_fit >= 0.8 else "apart"
    elif reds:
        key = "red"
    elif any(code == "both_low" for code, _ in found.flags):
        key = "low"
    else:
        key = "close" if found.readiness >= 0.8 else "plain"
    return text(f"audit.say.{key}", lang, **names)


def _draw(values, lang):
    from course import charts

    def say(key, **names):
        return text(f"audit.{key}", lang, **names)

    def show(value, digits=2):
        return _tidy(value, lang, digits)

    found = _found(values)
    titles = {part["id"]: part["title"][lang] for part in _form()["component"]}
    ordered = sorted(found.components.items(), key=lambda row: -round(abs(row[1].gap), 9))
    looks = {"mark_a": ("o", charts.ACCENT, True), "mark_b": ("s", charts.SECOND, True)}
    groups = [(titles[name], [{"a": part.supplier, "b": part.buyer, "text": show(part.gap, 1), **looks}])
              for name, part in ordered]
    profile = [(say(side), [getattr(found.components.get(name), side, None) for name in model.COMPONENTS])
               for side in SIDES]
    heads = [(f"● {say('supplier')}", charts.ACCENT), (f"■ {say('buyer')}", charts.SECOND)]
    gaps = charts.pairs(groups, [(k, str(k)) for k in range(1, 6)], say("axis"), heads, say("head.gap"), 148)
    radar = charts.radar([say(f"short.{name}") for name in model.COMPONENTS], profile)
    rows = []
    for name in model.COMPONENTS:
        part = found.components.get(name)
        rows.append([titles[name]] + (["–"] * 6 if part is None else [
            show(part.supplier, 1), show(part.buyer, 1), show(part.gap, 1), show(part.fit, 3), show(part.level, 1),
            " / ".join(show(part.agreement[side]) for side in SIDES)]))
    total = [[say("total")] + [show(value, 3) for value in (found.mean_fit, found.fit)]
             + [{"text": show(found.readiness, 3), "best": True}, show(found.scope, 3)]]
    lists = [{"tone": "plain", "lead": say(key), "text": say(f"{key}_why"), "items": [
        f"{titles[name]}: {show(urgency)}" for name, urgency in ranked[:3]]}
        for key, ranked in (("quick", found.quick_wins), ("strategic", found.strategic)) if ranked]
    tone = {"proceed": "ok", "small_step": "part", "ring_fence": "no"}[found.decision]
    reds = sum(colour == "red" for _, colour in found.flags)
    signs = [say("flag_line", colour=say(f"colour.{colour}"), flag=say(f"flag.{code}")) for code, colour in found.flags]
    notes = [{"tone": tone, "lead": say("decision", n=str(reds)), "items": signs,
              "text": say(f"decision_why.{found.decision}")}]
    thin = [f"{item} ({say(side)})" for side in SIDES for item in found.thin[side]]
    if thin or found.missing:
        words = [say("thin", items=", ".join(thin))] if thin else []
        words += [say("missing", parts=", ".join(titles[name] for name in found.missing))] if found.missing else []
        notes.append({"tone": "part", "lead": "", "text": " ".join(words)})
    return {"pictures": [radar, {"svg": gaps, "label": say("gaps_label", worst=_worst(ordered, titles, lang))}],
            "sentence": _sentence(found, lang), "notes": notes + lists,
            "tables": [{"title": say("totals"), "rows": total, "note": say("totals_note"),
                        "head": ["", *(say(f"head.{key}") for key in ("mean", "fit", "ready", "scope"))]},
                       {"title": say("parts"), "rows": rows, "note": say("parts_note"),
                        "head": ["", say("supplier"), say("buyer"), *(say(f"head.{key}") for key in (
                            "gap", "one_fit", "level", "agree"))]}]}


def _worst(ordered, titles, lang):
    """Return the widest gaps in words, for those who cannot see the picture."""
    return "; ".join(f"{titles[name]} {_tidy(part.gap, lang, 1)}" for name, part in ordered)
