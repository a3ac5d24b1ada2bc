"""The instrument panel: named cases, controls with checked values, a picture and the sentence that reads it."""

import math
import re

from course.kinds import parse_number
from course.texts import number, text
from course.widgets import fallback
from course.widgets.host import View

RATERS = 12
_RATINGS = re.compile(r"[\s,;]*(?:[1-5][\s,;]*)*")


def field(name, label, low, high, unit=""):
    """Return one number the learner may change, for a `grid`; ``low`` and ``high`` are its limits in ``unit``."""
    return {"id": name, "type": "number", "label": label, "min": low, "max": high, "unit": unit}


def slider(name, label, low, high, step, unit):
    """Return a slider with a typed number beside it."""
    return field(name, label, low, high, unit) | {"kind": "slider", "step": step}


def grid(label, columns, rows, note=""):
    """Return a folded table of numbers: ``rows`` are (heading, [field, …]), one field per column."""
    return {"kind": "grid", "label": label, "columns": columns, "note": note,
            "rows": [{"label": head, "cells": cells} for head, cells in rows]}


def ratings(label, items, note=""):
    """Return a folded form: ``items`` are (title, [anchor of 1, …, anchor of 5], {field id: side})."""
    return {"kind": "ratings", "label": label, "note": note, "items": [
        {"label": title, "anchors": anchors, "cells": [
            {"id": name, "type": "ratings", "label": f"{title}, {side}", "side": side}
            for name, side in sides.items()]} for title, anchors, sides in items]}


def _leaves(part):
    if isinstance(part, dict) and "type" in part:
        yield part
    elif isinstance(part, (dict, list)):
        for inner in part.values() if isinstance(part, dict) else part:
            yield from _leaves(inner)


class Panel(View):
    """An instrument the learner plays with.

    Parameters
    ----------
    name : str
        Its texts are ``<name>.title``, ``.question``, ``.note`` and ``.case.<id>``.
    lang : {"uk", "ru"}
    controls : list of dict
        Made by `slider`, `grid` and `ratings`.
    cases : dict
        ``{case: {field id: value}}``: the presets, each with a value for every field, in the order shown.
    start : str
        The case it opens with.
    draw : callable
        ``draw(values)`` returns ``{"pictures": [svg], "sentence": str, "tables": [...], "notes": [...]}``.
    kept : dict or None
        What ``keep`` was given last; it may be stale or damaged, and only sound values are taken from it.
    keep : callable or None
        ``keep(values)`` remembers the case and what differs from it; returns a sentence when that failed.
    """

    def __init__(self, name, lang, controls, cases, start, draw, kept=None, keep=None):
        self._lang, self._cases, self._draw, self._keep = lang, cases, draw, keep
        self._fields = {leaf["id"]: leaf for leaf in _leaves(controls)}
        kept = kept if isinstance(kept, dict) else {}
        self._choose(next((case for case in cases if case == kept.get("case")), start))
        self._take(kept)
        say = {part: text(f"{name}.{part}", lang) for part in ("title", "question", "note")}
        spec = {"view": "panel", "id": name, "lang": lang, "controls": controls, **say,
                "cases": [{"id": case, "label": text(f"{name}.case.{case}", lang)} for case in cases]}
        state = self._state()
        super().__init__(spec, state, self._act, fallback.panel(say["title"], state["sentence"], lang))

    def _choose(self, case):
        self._case, self._values = case, dict(self._cases[case])

    def _take(self, given):
        """Take in what is sound; return what was wrong with the rest, by field."""
        problems = {}
        for name, raw in given.items():
            if name in self._fields:
                self._values[name], problem = self._read(self._fields[name], raw, self._values[name])
                if problem:
                    problems[name] = problem
        return problems

    def _read(self, leaf, raw, before):
        """Return the value to go on with, and what was wrong with the one given (or None)."""
        def say(key, value, typed):
            words = {"label": leaf["label"], "value": value}
            if leaf["type"] == "number":
                words |= {"min": number(leaf["min"], self._lang), "max": number(leaf["max"], self._lang)}
            return {"text": text(f"panel.{key}", self._lang, **words), "typed": typed}

        if leaf["type"] == "ratings":
            scores = re.findall(r"\d", raw) if isinstance(raw, str) and _RATINGS.fullmatch(raw) else None
            if scores is None or len(scores) > RATERS:
                return before, say("bad_ratings", before or "–", str(raw)[:64])
            return " ".join(scores), None
        # Thousands typed with spaces, a comma or a point, the unit behind: all is read as in an exercise.
        typed = parse_number(raw, leaf["unit"]) if isinstance(raw, str) else raw
        if isinstance(typed, bool) or not isinstance(typed, (int, float)) or not abs(typed) < math.inf:
            return before, say("bad_number", number(before, self._lang), str(raw)[:64])
        value = min(max(typed, leaf["min"]), leaf["max"])
        return value, say("bad_range", number(value, self._lang), None) if value != typed else None

    def _state(self, problems=None, error=None):
        changed = self._values != self._cases[self._case]
        return {"values": self._values.copy(), "case": self._case, "changed": changed, "problems": problems or {},
                "error": error, **self._draw(self._values.copy())}

    def _act(self, message):
        problems, error = {}, None
        if message.get("act") == "set" and isinstance(message.get("values"), dict):
            problems = self._take(message["values"])
        elif message.get("act") == "case" and message.get("case") in list(self._cases):
            self._choose(message["case"])
        else:
            return None
        if self._keep and not message.get("moving"):  # a slider on its way is not worth remembering
            own = self._cases[self._case]
            error = self._keep({"case": self._case} | {n: v for n, v in self._values.items() if v != own[n]})
        return self._state(problems, error)
