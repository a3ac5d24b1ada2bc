"""The instrument panel.

Named cases, controls with checked values, pictures, and challenges that tick themselves.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from course import charts
from course.kinds import parse_number
from course.texts import number, text
from course.widgets import fallback
from course.widgets.card import State
from course.widgets.host import View

RATERS = 12
_RATINGS = re.compile(r"([1-5]( [1-5])*)?")
Values = Mapping[str, Any]


def _leaves(part: object) -> Iterator[dict[str, Any]]:
    """Yield every field in the controls, however deep."""
    if isinstance(part, dict) and "type" in part:
        yield part
    elif isinstance(part, (dict, list, tuple)):
        for inner in part.values() if isinstance(part, dict) else part:
            yield from _leaves(inner)


def _units(unit: str) -> list[str]:
    """Return what may be typed behind a number.

    The unit, or as much of its beginning as people write.

    Examples
    --------
    >>> _units("тис. грн на рік")
    ['тис.', 'тис. грн', 'тис. грн на', 'тис. грн на рік']
    """
    words = unit.split()
    return [" ".join(words[: count + 1]) for count in range(len(words))]


class Panel(View):
    """An instrument the learner plays with.

    Parameters
    ----------
    spec : dict
        What never changes: ``id``, ``lang``, ``title``, ``question``, ``note``, ``cases``,
        ``challenges``, ``controls``.
    cases : mapping
        ``{case: {field id: value}}``: the presets, each with a value for every field, in the order
        shown.
    start : str
        The case it opens with.
    look : callable
        ``look(values)`` returns ``figures``, ``sentence``, ``notes``, ``tables`` and ``met``, the
        ids of challenges met.
    kept : dict or None
        What ``keep`` was given last; it may be stale or damaged, and only sound values are taken
        from it.
    keep : callable or None
        ``keep(kept)`` remembers the case, what differs from it and what was met; returns a sentence
        when that failed.
    """

    def __init__(
        self,
        spec: dict[str, Any],
        cases: Mapping[str, Values],
        start: str,
        look: Callable[[Values], dict[str, Any]],
        kept: object = None,
        keep: Callable[[dict[str, Any]], str | None] | None = None,
    ) -> None:
        self._lang, self._cases, self._look, self._keep = spec["lang"], cases, look, keep
        self._fields = {leaf["id"]: leaf for leaf in _leaves(spec["controls"])}
        known = kept if isinstance(kept, dict) else {}
        met = known.get("met")
        ids = [challenge["id"] for challenge in spec["challenges"]]
        self._met = [id for id in ids if isinstance(met, list) and id in met]
        self._choose(next((case for case in cases if case == known.get("case")), start))
        self._take(known)
        state = self._state({})
        still = fallback.instrument(spec["title"], look(self._values.copy())["figures"], self._lang)
        super().__init__({"view": "panel", **spec}, state, self._act, lambda _: still)

    def _choose(self, case: str) -> None:
        self._case, self._values = case, dict(self._cases[case])

    def _take(self, given: Values) -> dict[str, dict[str, Any]]:
        """Take in what is sound; return what was wrong with the rest, by field."""
        problems = {}
        for name, raw in given.items():
            if name in self._fields:
                leaf = self._fields[name]
                self._values[name], problem = self._read(leaf, raw, self._values[name])
                if problem:
                    problems[name] = problem
        return problems

    def _read(self, leaf: State, raw: object, before: Any) -> tuple[Any, State | None]:
        """Return the value to go on with, and what was wrong with the one given (or None)."""
        if leaf["type"] != "number":
            if leaf["type"] == "choice":
                sound = raw in [id for id, _ in leaf["options"]]
            else:
                sound = (
                    isinstance(raw, str) and len(raw) < 2 * RATERS and bool(_RATINGS.fullmatch(raw))
                )
            # Buttons send nothing else: what is unsound comes from an old or damaged file.
            return (raw, None) if sound else (before, {"text": "", "typed": None})
        # Thousands typed with spaces, a comma or a point, the unit behind: all is read as in an
        # exercise.
        typed = parse_number(raw, _units(leaf["unit"])) if isinstance(raw, str) else raw
        if (
            not isinstance(typed, (int, float))
            or isinstance(typed, bool)
            or not abs(typed) < math.inf
        ):
            return before, self._problem("bad_number", leaf, before, str(raw)[:64])
        value = min(max(typed, leaf["min"]), leaf["max"])
        return value, self._problem("bad_range", leaf, value, None) if value != typed else None

    def _problem(self, key: str, leaf: State, value: float, typed: str | None) -> State:
        ends = {end: number(leaf[end], self._lang) for end in ("min", "max")}
        shown = number(value, self._lang)
        words = text(f"panel.{key}", self._lang, label=leaf["label"], value=shown, **ends)
        return {"text": words, "typed": typed}

    def _state(self, problems: dict[str, State]) -> State:
        look = dict(self._look(self._values.copy()))
        self._met += [id for id in look.pop("met") if id not in self._met]
        pictures = [
            {"svg": charts.svg(figure, self._lang), "label": figure.sentence}
            for figure in look.pop("figures")
        ]
        return {
            "values": self._values.copy(),
            "case": self._case,
            "changed": self._values != self._cases[self._case],
            "problems": problems,
            "error": None,
            "pictures": pictures,
            "met": self._met.copy(),
            **look,
        }

    def _act(self, message: dict[str, Any]) -> dict[str, Any] | None:
        problems: dict[str, State] = {}
        if message.get("act") == "set" and isinstance(message.get("values"), dict):
            problems = self._take(message["values"])
        elif message.get("act") == "case" and message.get("case") in list(self._cases):
            self._choose(message["case"])
        else:
            return None
        met = len(self._met)
        state = self._state(problems)
        # A slider on its way is not worth remembering, unless it has just met a challenge.
        if self._keep and (not message.get("moving") or len(self._met) > met):
            state["error"] = self._keep(self._kept())
        return state

    def _kept(self) -> dict[str, Any]:
        own = self._cases[self._case]
        differs = {name: value for name, value in self._values.items() if value != own[name]}
        return {"case": self._case, **differs} | ({"met": self._met.copy()} if self._met else {})
