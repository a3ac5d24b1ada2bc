"""Levels of relationship for a portfolio of customers: the simulation as an exercise."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from course.kinds import _entry
from course.kinds._answer import Score, filled, need
from course.kinds._entry import Faults, Key, Raw, Shown, Sources
from course.kinds._kind import Kind
from course.kinds._told import Answered, Explained, Line, Part, Picture, Tabled, Telling
from course.kinds.numeric import parse_number
from course.texts import number, section, text

if TYPE_CHECKING:
    from course.simulation import Game, Plan

FORECAST, BESIDE = "forecast", "beside"
# What a learner's firm may differ in, by the first part of a parameter's name.
_GRIDS = {"margin": (0.5, 2.0), "fit": (-0.1, 0.1), "age": (-1.0, 1.0)}


@dataclass(kw_only=True)
class Entry(_entry.DrawnEntry):
    """The fields of ``kind = "portfolio"``.

    ``hours`` limits a quarter, also as a parameter; ``anybody`` calls the segments by their size,
    not as the customers of «Зернокрок».
    """

    hours: float | None = field(default=None, metadata={"write": "hours = 300, or leave it out"})
    anybody: bool = field(default=False, metadata={"write": "true or false"})


class Portfolio(Kind):
    """Nothing for everybody basic, full marks for 95 % of the best gain, and straight between."""

    Entry: type[_entry.Entry] = Entry
    own_view = True
    handed_in = True
    public: tuple[str, ...] = ("hours", "anybody")

    def faults(self, raw: Raw) -> Faults:
        from course.simulation import NAMES

        if raw.get("hours") is not None and raw["hours"] <= 0:
            yield "hours", "write hours above 0, or leave it out"
        for name, grid in raw.get("parameters", {}).items():
            if "words" in grid or raw.get("shared") and "_" not in name:
                continue  # it tells whose firm it is, or of how many hours
            number, _, segment = name.partition("_")
            if number not in _GRIDS or segment not in NAMES:
                known = ", ".join(f"{each}_A" for each in _GRIDS)
                yield "parameters", f"{name!r} changes nothing; use {known}, or B, C, D for A"
                continue
            ends, listed = [grid[end] for end in ("from", "to") if end in grid], grid.get("values")
            low, high = _GRIDS[number]
            # A list that is none is told where all grids are checked.
            ends = ends or (listed if isinstance(listed, list) else [])
            numbers = [each for each in ends if isinstance(each, (int, float))]
            if not all(low <= each <= high for each in numbers):
                yield "parameters", f"{name}: write values from {low:g} to {high:g}"
            elif number == "age" and any(each != int(each) for each in numbers):
                yield "parameters", f"{name}: write -1, 0 and 1 only"

    def key(self, raw: Raw, sources: Sources) -> Key:
        numbers = {name: sources.evaluate(name) for name in raw.get("parameters", {})}
        game = _game(numbers, raw)
        named = {"anybody": True} if game.anybody else {}
        return {
            **named,
            "numbers": numbers,
            "hours": game.hours,
            "basic": game.basic,
            "value": game.best.value,
        }

    def open_key(self, raw: Raw) -> Key:
        return {"numbers": {}, "hours": None, "basic": 0.0, "value": 1.0}

    def judge(self, key: Key, answer: Any) -> dict[str, Any]:
        from course.simulation import NAMES, share

        if not filled(answer, (*NAMES, FORECAST, BESIDE)).keys() & {*NAMES}:
            return {"state": "unattempted"}
        plan = _plan(answer)
        need(plan is not None, "levels")
        assert plan
        game = _game(key["numbers"], key)
        if quarter := game.over(plan):
            return {"fraction": 0.0, "detail": {"over": quarter}}
        percent, fraction = share(game.outcome(plan).value, key["basic"], key["value"])
        return {"fraction": fraction, "detail": {"percent": percent}}

    def refused(self, raw: Raw, answer: Any) -> str | None:
        return None if _forecast(answer) is not None else "forecast"

    def parts(self, raw: Raw, lang: str, shown: Shown) -> list[Part]:
        from course.simulation import NAMES, STAGE_IDS, levels, views

        prices = [{"id": str(n), "text": words} for n, words in enumerate(levels(lang), 1)]
        stages = [{"id": s, "text": text(f"simulation.stage.{s}", lang)} for s in STAGE_IDS]
        anybody = raw.get("anybody", False)
        segments = [{"id": name, "text": views.segment(name, lang, anybody)} for name in NAMES]
        return [
            Part("segments", tuple(segments), paper="words"),
            Part("stages", tuple(stages), inline=True),
            Part("levels", tuple(prices)),
        ]

    def controls(self, raw: Raw, lang: str) -> dict[str, Any]:
        from course.simulation import PRESETS, YEARS

        words = section("simulation.preset", lang)
        presets = [{"id": id, "text": words[id], "table": dict(PRESETS[id])} for id in PRESETS]
        return {
            "presets": presets,
            "years": YEARS,
            "words": section("simulation.view", lang),
            "open_model": text("simulation.own_model", lang),
        }

    def meter(self, score: Score, lang: str) -> str:
        percent = number(score.detail["percent"], lang, 0)
        return text("simulation.meter", lang, percent=percent)

    def explain(self, telling: Telling, key: Key, score: Score, answer: Any) -> Explained:
        explained = super().explain(telling, key, score, answer)
        if score.state not in ("partial", "wrong"):
            return explained
        from course.simulation import STAGE_IDS, views, worst

        plan, lang = _plan(answer), telling.lang
        assert plan
        game = _game(key["numbers"], key)
        if quarter := game.over(plan):
            need_there = number(game.outcome(plan).hours[quarter - 1], lang, 0)
            limit = number(key["hours"], lang, 0)
            words = text("simulation.over", lang, quarter=quarter, need=need_there, limit=limit)
            return Explained(lines=(self.line(telling, "no", "wrong", words),))
        name, stage, value = worst(game, plan)
        segment = views.segment(name, lang, game.anybody)
        cell = {"segment": segment, "value": number(value, lang, 0)}
        said = text("simulation.worst", lang, stage=_stage(STAGE_IDS[stage], lang), **cell)
        return Explained(lines=(*explained.lines, Line("plain", "", said)))

    def unreadable(self, reason: str, answer: Any, key: Key, lang: str) -> str:
        return text(f"invalid.{reason}", lang)

    def answered(self, telling: Telling, answer: Any) -> list[Answered]:
        from course.simulation import NAMES, STAGE_IDS, views

        plan, lang = _plan(answer), telling.lang
        if plan is None:
            return []
        lines = []
        for name, levels in views.usual_of(plan).items():
            cells = (
                f"{_stage(stage, lang)} {level}"
                for stage, level in zip(STAGE_IDS, levels, strict=True)
            )
            segment = views.segment(name, lang, telling.raw.get("anybody", False))
            lines.append(Answered("; ".join(cells), name, label=segment))
        assert len(lines) == len(NAMES)
        return lines

    def tabled(self, telling: Telling, answer: Any) -> Tabled | None:
        from course.simulation import STAGE_IDS, views

        plan, lang = _plan(answer), telling.lang
        if plan is None:
            return None
        usual = views.usual_of(plan).items()
        anybody = telling.raw.get("anybody", False)
        rows = tuple((views.segment(name, lang, anybody), *levels) for name, levels in usual)
        return Tabled(("", *(_stage(stage, lang) for stage in STAGE_IDS)), rows)

    def alike(self, raw: Raw, answer: Any) -> Any:
        plan = _plan(answer)
        return plan.joined if plan else repr(answer)

    def keyed(self, telling: Telling, key: Key) -> dict[str, str]:
        from course.simulation import views

        usual = views.usual(_game(key["numbers"], key).best)
        return {name: ", ".join(str(level) for level, _ in row) for name, row in usual.items()}

    def live(self, telling: Telling, answer: Any) -> Mapping[str, Any]:
        from course.simulation import PRESETS, Plan, views

        game = _game(telling.numbers, telling.raw)
        plan = _plan(answer) or Plan.read(PRESETS["basic"])
        assert plan
        return {
            "facts": game.facts(telling.lang),
            "starts": game.starts(),
            "basic": number(game.basic / 1000, telling.lang, 1),
            "hours": views.hours(game, plan, telling.lang),
        }

    def pictures(
        self, telling: Telling, answer: Any, key: Key | None, solved: bool
    ) -> Sequence[Picture]:
        from course.simulation import Plan, views

        plan = _plan(answer)
        if plan is None:
            return ()
        game, lang = _game(telling.numbers, telling.raw), telling.lang
        joined = answer.get(BESIDE)
        beside = Plan.split(joined) if type(joined) is str else None
        if beside == plan:
            beside = None
        figures = views.outcome(game, plan, beside, _forecast(answer), lang)
        shown = [Picture(figure) for figure in figures]
        shown += [Picture(figure, turn="live") for figure in views.lucky(game, plan, lang)]
        if key is not None:
            own = [Picture(figure) for figure in views.regret(game, plan, solved, lang)]
            shown = [*own, *shown]
        return shown


def _game(numbers: Mapping[str, float], raw: Mapping[str, Any]) -> "Game":
    from course.simulation import Game

    hours = numbers.get("hours", raw.get("hours"))
    return Game.of(numbers, hours, raw.get("anybody", False))


def _plan(answer: Any) -> "Plan | None":
    from course.simulation import Plan

    return Plan.read(answer) if type(answer) is dict else None


def _forecast(answer: Any) -> float | None:
    """Return what a learner expects, million UAH, or None."""
    typed = answer.get(FORECAST) if type(answer) is dict else None
    value = parse_number(typed, ["млн", "млн грн"])
    return value if value is not None and math.isfinite(value) and abs(value) < 1e6 else None


def _stage(name: str, lang: str) -> str:
    return text(f"simulation.stage.{name}", lang)


KIND: Kind = Portfolio()
