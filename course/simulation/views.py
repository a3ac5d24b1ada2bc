"""What a plan leads to, as pictures: the result, where it comes from, stages, luck, regret."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache

from course.figures import (
    Axis,
    Bar,
    Bars,
    Cell,
    Figure,
    Line,
    Lines,
    Mark,
    Matrix,
    Step,
    Tick,
    Waterfall,
)
from course.models import portfolio
from course.models.portfolio import DISCOUNT, QUARTERS, STAGES, Optimum, Outcome
from course.simulation import NAMES, STAGE_IDS, Game, Plan, worst
from course.texts import number, text

SEEDS = range(1, 6)  # the live games that are shown
_DARKEST = 4
_MILLION = 1000  # thousand UAH


class _Words:
    """The texts of the simulation in one language."""

    def __init__(self, lang: str, anybody: bool) -> None:
        self.lang, self.anybody = lang, anybody

    def __call__(self, key: str, **values: object) -> str:
        return text(f"simulation.{key}", self.lang, **values)

    def million(self, value: float) -> str:
        """Write thousands of UAH in millions."""
        return number(round(value / _MILLION, 9), self.lang, 1)

    def whole(self, value: float) -> str:
        return number(round(value, 9), self.lang, 0)

    def segment(self, name: str) -> str:
        return segment(name, self.lang, self.anybody)


def segment(name: str, lang: str, anybody: bool = False) -> str:
    """Return a segment with its letter; called by its size when it is anybody's.

    Examples
    --------
    >>> segment("A", "uk")
    'A, агрохолдинги'
    """
    words = text(f"simulation.{'anybody' if anybody else 'segment'}.{name}", lang)
    return text("simulation.named", lang, letter=name, words=words)


def hours(game: Game, plan: Plan, lang: str) -> Figure:
    """Return the gauge of hours, quarter by quarter."""
    say, needs = _Words(lang, game.anybody), game.outcome(plan).hours
    most, limit = max(needs), game.hours
    peak = needs.index(most) + 1
    said = {"first": say.whole(needs[0]), "most": say.whole(most), "quarter": peak}
    key = "none" if not most else "first" if peak == 1 else "sentence"
    sentence = say(f"hours.{key}", **said)
    if limit is not None:
        over = game.over(plan)
        key = "hours.over" if over else "hours.within"
        named = {"limit": say.whole(limit), "over": over}
        sentence = f"{sentence} {say(key, **named)}"
    marks = () if limit is None else (Mark(limit, say("hours.limit", n=say.whole(limit)), "y"),)
    line = Line(
        say("hours.line"),
        tuple(float(quarter) for quarter in range(1, QUARTERS + 1)),
        tuple(needs),
        tone="second" if limit is not None and game.over(plan) else "accent",
        dots=True,
    )
    return Lines(
        title=say("hours.title"),
        sentence=sentence,
        lines=(line,),
        x=_quarters(say),
        y=Axis(say("hours.unit"), _ticks(0, 1.12 * max(most, limit or 0, 40), say)),
        marks=marks,
    )


def _quarters(say: _Words) -> Axis:
    ticks = tuple(Tick(float(each), str(each)) for each in (1, 4, 8, 12))
    return Axis(say("quarter"), ticks)


def _ticks(low: float, high: float, say: _Words) -> tuple[Tick, ...]:
    """Return round numbers that span both ends."""
    size = (high - low) / 4
    unit = 10 ** math.floor(math.log10(size))
    step = next(unit * times for times in (1, 2, 2.5, 5, 10) if unit * times >= size)
    first, last = math.floor(low / step), math.ceil(high / step)
    digits = None if step >= 1 else 1
    return tuple(
        Tick(n * step, number(round(n * step, 9), say.lang, digits)) for n in range(first, last + 1)
    )


@lru_cache(maxsize=32)
def outcome(
    game: Game, plan: Plan, beside: Plan | None, forecast: float | None, lang: str
) -> tuple[Figure, ...]:
    """Return what a plan is expected to bring; nothing of it tells of the best there is.

    Parameters
    ----------
    game : Game
    plan, beside : Plan
        The second is compared with the first.
    forecast : float or None
        What the learner expected, million UAH.
    lang : {"uk", "ru"}
    """
    say, reached = _Words(lang, game.anybody), game.outcome(plan)
    other = game.outcome(beside) if beside else None
    return (
        _result(game, reached, other, forecast, say),
        _segments(game, reached, other, say),
        _waterfall(game, reached, say),
        _stages(game, reached, say),
    )


def _result(
    game: Game, reached: Outcome, other: Outcome | None, forecast: float | None, say: _Words
) -> Figure:
    rows = [(say("result.basic"), game.basic, False)]
    if other:
        rows.insert(0, (say("result.beside"), other.value, False))
    rows.insert(0, (say("result.plan"), reached.value, True))
    if forecast is not None:
        rows.insert(0, (say("result.forecast"), forecast * _MILLION, False))
    sentence = [
        say("result.sentence", value=say.million(reached.value), basic=say.million(game.basic))
    ]
    if forecast is not None:
        off = reached.value - forecast * _MILLION
        key = "hit" if abs(off) < 0.02 * abs(reached.value) else "more" if off > 0 else "less"
        told = {"forecast": number(round(forecast, 2), say.lang), "off": say.million(abs(off))}
        sentence.append(say(f"result.{key}", **told))
    if other:
        off = reached.value - other.value
        key = "above" if off > 0 else "below" if off < 0 else "equal"
        sentence.append(say(f"result.{key}", off=say.million(abs(off))))
    return Bars(
        title=say("result.title"),
        unit=say("million"),
        sentence=" ".join(sentence),
        rows=tuple(
            Bar(label, (value / _MILLION,), (say.million(value),), accent=accent)
            for label, value, accent in rows
        ),
    )


def _segments(game: Game, reached: Outcome, other: Outcome | None, say: _Words) -> Figure:
    if other is None:
        basic = portfolio.steady(portfolio.everybody(game.market, 1))
        other, second = portfolio.evaluate(game.market, basic), "result.basic"
    else:
        second = "result.beside"
    rows, parts = [], []
    for name in NAMES:
        values = (reached.by_segment[name], other.by_segment[name])
        printed = tuple(map(say.million, values))
        rows.append(Bar(say.segment(name), tuple(value / _MILLION for value in values), printed))
        parts.append(say("segments.part", name=name, plan=printed[0], other=printed[1]))
    return Bars(
        title=say("segments.title"),
        unit=say("million"),
        sentence=say("segments.sentence", other=say(f"{second}_of"), parts="; ".join(parts)),
        rows=tuple(rows),
        series=(say("result.plan"), say(second)),
    )


def _waterfall(game: Game, reached: Outcome, say: _Words) -> Figure:
    def discounted(quarters: Sequence[Mapping[str, float]], name: str) -> float:
        return sum(DISCOUNT**t * each[name] for t, each in enumerate(quarters))

    margin = sum(discounted(reached.margin, name) for name in NAMES)
    costs = {name: discounted(reached.cost, name) for name in NAMES}
    ending = DISCOUNT**QUARTERS * reached.ending
    steps = [(say("waterfall.margin"), margin)]
    steps += [(say("waterfall.cost", name=name), -cost) for name, cost in costs.items()]
    steps += [(say("waterfall.ending"), ending)]
    return Waterfall(
        title=say("waterfall.title"),
        unit=say("waterfall.unit"),
        sentence=say(
            "waterfall.sentence",
            margin=say.million(margin),
            cost=say.million(sum(costs.values())),
            ending=say.million(ending),
            value=say.million(reached.value),
        ),
        steps=(
            *(Step(label, value / _MILLION, say.million(value)) for label, value in steps),
            Step(
                say("waterfall.total"), reached.value / _MILLION, say.million(reached.value), True
            ),
        ),
    )


def _stages(game: Game, reached: Outcome, say: _Words) -> Figure:
    rows, parts = [], []
    for segment in game.market.segments:
        shares = []
        for place, when in ((0, "start"), (-1, "end")):
            x = [100 * count / segment.count for count in reached.customers[place][segment.name]]
            shares.append((x[4], x[3], x[1] + x[2], x[0]))
            label = say(f"stages.{when}", name=segment.name)
            printed = tuple(f"{say.whole(share)} %" for share in shares[-1])
            rows.append(Bar(label, shares[-1], printed))
        said = {"before": say.whole(shares[0][0]), "after": say.whole(shares[1][0])}
        gone = say.whole(shares[1][3])
        parts.append(say("stages.part", name=segment.name, gone=gone, **said))
    return Bars(
        title=say("stages.title"),
        unit=say("stages.unit"),
        sentence=say("stages.sentence", parts="; ".join(parts)),
        rows=tuple(rows),
        series=tuple(say(f"stages.{name}") for name in ("commit", "growth", "first", "lost")),
        way="stacked",
        ends=(0.0, 100.0),
    )


@lru_cache(maxsize=32)
def lucky(game: Game, plan: Plan, lang: str) -> tuple[Figure, ...]:
    """Return how the plan may go in fact, for each of `SEEDS`, beside what is expected."""
    say, reached = _Words(lang, game.anybody), game.outcome(plan)
    paths = {seed: portfolio.live(game.market, plan.policy, seed) for seed in SEEDS}
    spread = portfolio.luck(game.market, plan.policy)
    expected = tuple(
        sum(reached.margin[t][name] - reached.cost[t][name] for name in NAMES)
        for t in range(QUARTERS)
    )
    every = [*expected, *(profit for path in paths.values() for profit in path.profit)]
    low, high = min(0.0, *every) / _MILLION, max(0.0, *every) / _MILLION
    up = Axis(say("live.unit"), _ticks(low, max(high, low + 0.1), say))
    xs = tuple(float(quarter) for quarter in range(1, QUARTERS + 1))
    return tuple(
        Lines(
            title=say("live.title", n=seed),
            sentence=say(
                "live.sentence",
                n=seed,
                value=say.million(path.value),
                expected=say.million(reached.value),
                spread=say.million(spread),
            ),
            lines=(
                Line(say("live.expected"), xs, tuple(each / _MILLION for each in expected)),
                Line(
                    say("live.path"),
                    xs,
                    tuple(each / _MILLION for each in path.profit),
                    tone="second",
                    dashed=True,
                    dots=True,
                ),
            ),
            x=_quarters(say),
            y=up,
        )
        for seed, path in paths.items()
    )


@lru_cache(maxsize=32)
def regret(game: Game, plan: Plan, solved: bool, lang: str) -> tuple[Figure, ...]:
    """Return what every decision lost; once solved also the best plan, and an hour's worth."""
    say, best = _Words(lang, game.anybody), game.best
    figures = [_lost(game, plan, best, solved, say)]
    if solved:
        figures.insert(0, _best(game, plan, best, say))
        if any(best.prices):
            figures.append(_prices(best, say))
    return tuple(figures)


def usual(best: Optimum) -> dict[str, list[tuple[int, list[int]]]]:
    """Return by segment and stage the level of most quarters, and the others that are met."""
    table: dict[str, list[tuple[int, list[int]]]] = {}
    for name in NAMES:
        table[name] = []
        for stage in STAGES:
            count = Counter[int]()
            for shares in best.shares:
                count.update(shares[name][stage])
            level = max(count, key=count.__getitem__)
            table[name].append((level, sorted(count.keys() - {level})))
    return table


def _columns(say: _Words) -> tuple[str, ...]:
    return tuple(say(f"stage.{name}") for name in STAGE_IDS)


def _best(game: Game, plan: Plan, best: Optimum, say: _Words) -> Figure:
    rows, parts, own = [], [], usual_of(plan)
    for name, cells in usual(best).items():
        row = []
        for stage, (level, others) in enumerate(cells):
            small = say("best.others", levels=", ".join(map(str, others))) if others else ""
            differs = own[name][stage] != str(level)
            row.append(Cell(str(level), small, level - 1, accent=differs))
        rows.append(tuple(row))
        levels = ", ".join(str(level) for level, _ in cells)
        parts.append(say("best.part", name=name, levels=levels))
    shown = {"value": say.million(best.value), "parts": "; ".join(parts)}
    key = "best.sentence" if game.hours is None else "best.limited"
    told = say(key, limit=say.whole(game.hours or 0), **shown)
    return _matrix("best", told, rows, say)


def _matrix(what: str, sentence: str, cells: list[tuple[Cell, ...]], say: _Words) -> Matrix:
    return Matrix(
        title=say(f"{what}.title"),
        unit=say(f"{what}.unit"),
        sentence=sentence,
        columns=_columns(say),
        rows=tuple(map(say.segment, NAMES)),
        cells=tuple(cells),
    )


def usual_of(plan: Plan) -> dict[str, list[str]]:
    """Return by segment and stage the level of a plan, or those of its years: «4» or «4-4-3»."""
    table = {}
    for name, levels in zip(NAMES, plan.levels, strict=True):
        years = zip(*levels.split(), strict=True)
        table[name] = ["-".join(digits) if len(set(digits)) > 1 else digits[0] for digits in years]
    return table


def _lost(game: Game, plan: Plan, best: Optimum, solved: bool, say: _Words) -> Figure:
    lost = portfolio.regret(game.market, plan.policy, best)
    most = max(value for row in lost.values() for value in row)
    own, right, rows = usual_of(plan), usual(best), []
    dearest = worst(game, plan)
    for name, values in lost.items():
        row = []
        for stage, value in enumerate(values):
            shade = math.ceil(_DARKEST * value / most - 1e-9) if most and value >= 0.5 else 0
            small = own[name][stage]
            if solved and small != str(right[name][stage][0]):
                small += f" → {right[name][stage][0]}"
            accent = (name, stage, value) == dearest and value >= 0.5
            row.append(Cell(say.whole(value), small, min(shade, _DARKEST), accent))
        rows.append(tuple(row))
    total = best.value - game.outcome(plan).value
    sentence = say("regret.none")
    segment, stage, value = dearest
    if value >= 0.5:
        sentence = say(
            "regret.sentence",
            total=say.whole(total),
            segment=say.segment(segment),
            stage=say(f"stage.{STAGE_IDS[stage]}"),
            value=say.whole(value),
        )
    if (unused := portfolio.idle(game.outcome(plan), best)) >= 0.5:
        sentence = f"{sentence} {say('regret.idle', value=say.whole(unused))}"
    return _matrix("regret", sentence, rows, say)


def _prices(best: Optimum, say: _Words) -> Figure:
    xs = tuple(float(quarter) for quarter in range(1, QUARTERS + 1))
    first, last = (number(round(best.prices[at], 9), say.lang, 2) for at in (0, -1))
    return Lines(
        title=say("price.title"),
        sentence=say("price.sentence", first=first, last=last),
        lines=(Line(say("price.line"), xs, best.prices, dots=True),),
        x=_quarters(say),
        y=Axis(say("price.unit"), _ticks(0, max(*best.prices, 0.1), say)),
    )
