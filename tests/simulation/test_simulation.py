"""The pictures of a plan hold the model's numbers, in both languages and for every learner's firm."""

import json
import math

import pytest

from course import charts
from course.figures import Bars, Lines, Matrix, Waterfall
from course.models import portfolio
from course.models.portfolio import DISCOUNT, ZERNOKROK
from course.simulation import NAMES, PRESETS, Game, Plan, levels, share, views, worst
from course.texts import LANGS, entries, number

GAME, TIGHT = Game(ZERNOKROK), Game(ZERNOKROK, 300)
PLANS = {name: Plan.read(table) for name, table in PRESETS.items()}
YEARS = Plan.read({"A": "44445 44445 34444", "B": "33344", "C": "12222", "D": "33333"})


def drawn(seed):
    """A firm of one learner, from the corners of what may be drawn."""
    bits = [(seed >> shift) % 2 for shift in range(12)]
    numbers = {}
    for place, name in enumerate(NAMES):
        margin, fit, age = bits[3 * place : 3 * place + 3]
        numbers[f"margin_{name}"] = (0.85, 1.15)[margin]
        numbers[f"fit_{name}"] = (-0.05, 0.05)[fit]
        numbers[f"age_{name}"] = (-1, 1)[age]
    return numbers


def of(figures, kind):
    return [figure for figure in figures if isinstance(figure, kind)]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("plan", [*PLANS.values(), YEARS], ids=[*PLANS, "years"])
@pytest.mark.parametrize("game", [GAME, TIGHT], ids=["free", "tight"])
def test_every_picture_is_drawn_and_says_its_numbers(game, plan, lang):
    reached = game.outcome(plan)
    shown = views.outcome(game, plan, YEARS, 20.0, lang)
    shown += views.lucky(game, plan, lang) + views.regret(game, plan, True, lang)
    for figure in (*shown, views.hours(game, plan, lang)):
        assert "{" not in figure.title + figure.unit + figure.sentence
        assert charts.svg(figure, lang).startswith("<svg")
    [result, *_] = of(shown, Bars)
    assert number(reached.value / 1000, lang, 1) in result.sentence
    values = {row.values[0] for row in result.rows}
    assert {20.0, reached.value / 1000, game.basic / 1000} <= values
    [fall] = of(shown, Waterfall)
    *parts, total = fall.steps
    assert math.fsum(step.value for step in parts) == pytest.approx(total.value)
    assert total.value == pytest.approx(reached.value / 1000)


def test_segments_and_stages_are_those_of_the_plan():
    plan = PLANS["fitting"]
    reached = GAME.outcome(plan)
    _, segments, _, stages = views.outcome(GAME, plan, None, None, "uk")
    for row, name in zip(segments.rows, NAMES, strict=True):
        assert row.values[0] == pytest.approx(reached.by_segment[name] / 1000)
    for row, name in zip(stages.rows[1::2], NAMES, strict=True):
        after = reached.customers[-1][name]
        assert sum(row.values) == pytest.approx(100)
        assert row.values[0] == pytest.approx(100 * after[4] / sum(after))
        assert row.values[3] == pytest.approx(100 * after[0] / sum(after))


def test_a_forecast_is_compared_only_when_there_is_one():
    plan = PLANS["fitting"]
    for forecast, word in ((10.0, "більше"), (40.0, "менше"), (28.9, "влучили"), (None, None)):
        said = views.outcome(GAME, plan, None, forecast, "uk")[0].sentence
        assert (word in said) if word else ("прогноз" not in said)


@pytest.mark.parametrize("game", [GAME, TIGHT], ids=["free", "tight"])
@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_the_table_of_regret_is_the_models(game, plan):
    lost = portfolio.regret(game.market, plan.policy, game.best)
    figures = of(views.regret(game, plan, False, "uk"), Matrix)
    assert len(figures) == 1, "only what was lost, before it is solved"
    for row, name in zip(figures[0].cells, NAMES, strict=True):
        assert [cell.text for cell in row] == [number(round(x, 9), "uk", 0) for x in lost[name]]
        assert not any("→" in cell.small for cell in row)
    name, stage, value = worst(game, plan)
    assert value == max(map(max, lost.values())) == lost[name][stage]
    accents = [cell for row in figures[0].cells for cell in row if cell.accent]
    assert len(accents) == 1


def test_the_solution_tells_the_best_and_the_price_of_an_hour():
    best, lost, price = views.regret(TIGHT, PLANS["fitting"], True, "ru")
    assert number(TIGHT.best.value / 1000, "ru", 1) in best.sentence
    assert isinstance(price, Lines) and price.lines[0].ys == TIGHT.best.prices
    assert "0,64" in price.sentence and any("→" in c.small for row in lost.cells for c in row)
    free = views.regret(GAME, PLANS["fitting"], True, "ru")
    assert len(free) == 2, "without a limit an hour has no price"


def test_the_best_plan_loses_nothing():
    levels = {
        name: "".join(str(level) for level, _ in row)
        for name, row in views.usual(GAME.best).items()
    }
    assert levels == {"A": "44445", "B": "33344", "C": "12222", "D": "33344"}
    table = views.regret(GAME, Plan.read(levels), True, "uk")[1]
    total = GAME.best.value - GAME.outcome(Plan.read(levels)).value
    assert number(total, "uk", 0) in table.sentence


def test_a_live_path_is_one_of_the_seeds_and_luck_is_told():
    figures = views.lucky(GAME, PLANS["fitting"], "uk")
    assert len(figures) == len(views.SEEDS)
    spread = portfolio.luck(ZERNOKROK, PLANS["fitting"].policy)
    for seed, figure in zip(views.SEEDS, figures, strict=True):
        path = portfolio.live(ZERNOKROK, PLANS["fitting"].policy, seed)
        assert number(path.value / 1000, "uk", 1) in figure.sentence
        assert number(spread / 1000, "uk", 1) in figure.sentence
        assert figure.lines[1].ys == tuple(profit / 1000 for profit in path.profit)


def test_the_gauge_says_when_hours_run_short():
    over = views.hours(TIGHT, PLANS["accountable"], "uk")
    assert "1-му" in over.sentence and over.marks[0].value == 300
    assert over.lines[0].ys == tuple(TIGHT.outcome(PLANS["accountable"]).hours)
    assert over.lines[0].tone == "second"
    assert "жодної" in views.hours(GAME, PLANS["basic"], "uk").sentence


def test_a_plan_is_read_from_digits_only():
    good = PRESETS["fitting"]
    assert Plan.split(Plan.read(good).joined) == Plan.read(good)
    for bad in ("", "1234", "123456", "12340", "1２345", "11111 11111", "11111  11111 11111",
                "11111\n", None, 11111, ["1"] * 5):  # fmt: skip
        assert Plan.read({**good, "A": bad}) is None
    assert Plan.read({}) is None and Plan.split("x") is None
    assert [table["A"] for table in YEARS.policy[3:9]] == ["44445"] * 5 + ["34444"]


def test_what_is_told_of_a_firm():
    for lang in LANGS:
        facts = Game.of({"margin_A": 0.9, "fit_A": -0.05}, None).facts(lang)
        assert "162" in facts["A"] and "0,85" in facts["A"] and "12" in facts["A"]
        assert len(levels(lang)) == 5 and "25" in levels(lang)[4]
    json.dumps(GAME.starts())


@pytest.mark.parametrize("seed", [0, 7, 73, 1365, 2730, 4095])
@pytest.mark.parametrize("hours", [None, 200, 300, 450])
def test_one_table_for_all_years_can_earn_full_marks(seed, hours):
    """What a person can enter is enough, whatever was drawn and however tight the hours are."""
    game = Game.of(drawn(seed), hours)
    usual = views.usual(game.best)
    table = {name: "".join(str(level) for level, _ in row) for name, row in usual.items()}
    limit = math.inf if hours is None else hours

    def value(table):
        return game.outcome(Plan.read(table)).value

    def need(table):
        return sum(max(0, each - limit) for each in game.outcome(Plan.read(table)).hours)

    while need(table) > 1e-9:  # take a level where that costs least for an hour
        lower = [
            table | {name: digits[:at] + str(int(digits[at]) - 1) + digits[at + 1 :]}
            for name, digits in table.items()
            for at in range(5)
            if digits[at] != "1"
        ]
        helps = [each for each in lower if need(each) < need(table) - 1e-9]
        table = min(
            helps, key=lambda each: (value(table) - value(each)) / (need(table) - need(each))
        )
    assert share(value(table), game.basic, game.best.value)[1] == 1


def test_a_discounted_waterfall_is_the_models_sum():
    reached = GAME.outcome(PLANS["matrix"])
    margin = sum(DISCOUNT**t * sum(each.values()) for t, each in enumerate(reached.margin))
    fall = views.outcome(GAME, PLANS["matrix"], None, None, "uk")[2]
    assert fall.steps[0].value == pytest.approx(margin / 1000)


def test_both_languages_name_the_same_things():
    said = {key for key in entries() if key.startswith("simulation.")}
    assert {f"simulation.preset.{name}" for name in PRESETS} <= said
    assert len(said) > 60
