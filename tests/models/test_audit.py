"""Two-sided audit against the worked case, a pandas computation and the text of every rule."""

import random
import tomllib
from pathlib import Path

import pandas as pd
import pytest

import course
from course.models.audit import (
    COMPONENTS,
    DIFFICULTY,
    INDICATORS,
    MARKED,
    audit,
    fit,
    gap,
    r_wg,
    weighted_fit,
)

SUPPLIER = (2.0, 3.7, 3.3, 3.0, 4.0, 4.3, 3.7, 4.0)
BUYER = (4.3, 4.0, 3.7, 3.3, 3.7, 4.0, 3.3, 4.0)


def flat(values):
    """Two raters of one mind on every indicator of a component."""
    return {id: [values[COMPONENTS.index(name)]] * 2 for id, name in INDICATORS.items()}


def ratings(seed):
    rng = random.Random(seed)
    return [{id: [rng.randint(1, 5) for _ in range(rng.randint(1, 4))] for id in INDICATORS} for _ in range(2)]


def test_worked_case_shows_what_the_mean_hides():
    found = audit(flat(SUPPLIER), flat(BUYER))
    assert [part.fit for part in found.components.values()] == pytest.approx(
        [0.425, 0.925, 0.9, 0.925, 0.925, 0.925, 0.9, 1])
    assert found.mean_fit == pytest.approx(0.866, abs=0.0005)
    assert found.fit == pytest.approx(weighted_fit(SUPPLIER, BUYER))
    assert found.fit == pytest.approx(0.808, abs=0.0005)
    assert found.readiness == pytest.approx(0.425)
    assert found.strategic[0] == ("culture", pytest.approx(2.3 * 8 / 36))
    assert found.agreement == {"supplier": 1, "buyer": 1}
    assert ("gap", "red") in found.flags


def test_worked_examples():
    assert (fit(3.2, 4.6), fit(4.0, 3.5)) == (pytest.approx(0.65), pytest.approx(0.875))
    assert r_wg([4, 4, 5]) == pytest.approx(0.833, abs=0.0005)
    assert r_wg([2, 2, 3, 2]) == pytest.approx(0.875)
    assert (r_wg([1, 3, 5]), r_wg([1, 3, 5], raw=True)) == (0, -1)
    assert gap(1, 5) == -4


def test_weights_and_indicators_are_those_of_the_form():
    form = tomllib.loads((Path(course.__file__).parent / "instruments" / "indicators.toml").read_text("utf-8"))
    assert {one["id"]: one["component"] for one in form["indicator"]} == INDICATORS
    assert {one["id"]: one["difficulty"] for one in form["component"]} == DIFFICULTY
    assert tuple(one["id"] for one in form["indicator"] if one["flag"]) == MARKED
    assert sum(DIFFICULTY.values()) == 36


@pytest.mark.parametrize("seed", range(10))
def test_components_by_pandas(seed):
    supplier, buyer = ratings(seed)
    long = pd.DataFrame([(side, INDICATORS[id], id, score)
                         for side, one in (("supplier", supplier), ("buyer", buyer))
                         for id, scores in one.items() for score in scores],
                        columns=["side", "component", "item", "score"])
    items = long.groupby(["side", "component", "item"])["score"].agg(["mean", "var", "count"])
    means = items["mean"].groupby(["side", "component"]).mean().unstack("side")
    found = audit(supplier, buyer)
    weight = pd.Series(DIFFICULTY) / 36
    fits = 1 - (means["supplier"] - means["buyer"]).abs() / 4
    assert {name: part.gap for name, part in found.components.items()} == pytest.approx(
        (means["supplier"] - means["buyer"]).to_dict())
    assert found.fit == pytest.approx((fits * weight).sum())
    assert found.readiness == pytest.approx(min(fits["culture"], (fits * weight).sum()))
    assert found.scope == pytest.approx(((means.min(axis=1) - 1) / 4 * weight).sum())
    agreed = (1 - items["var"] / 2).clip(lower=0).groupby("side").mean()
    assert found.agreement == pytest.approx(agreed.to_dict())
    for side in ("supplier", "buyer"):
        assert found.thin[side] == sorted(items["count"][side].loc[lambda n: n < 2].index.get_level_values("item"))


@pytest.mark.parametrize("seed", range(5))
def test_sides_may_be_swapped(seed):
    supplier, buyer = ratings(seed)
    there, back = audit(supplier, buyer), audit(buyer, supplier)
    assert (there.fit, there.readiness, there.scope, there.flags) == (back.fit, back.readiness, back.scope, back.flags)
    assert there.quick_wins == back.quick_wins


def test_actions_are_two_lists():
    found = audit(flat((3, 3, 3, 3, 3, 3, 3, 3)), flat((4, 3, 3, 3, 3, 3, 3, 4)))
    assert found.quick_wins == [("process", 1.0), ("culture", 1 / 8)]
    assert found.strategic == [("culture", 8 / 36), ("process", 1 / 36)]


def test_of_equal_actions_the_one_that_stands_first_on_the_form_comes_first():
    # Over weights 8, 6 and 1, gaps of 2, 1.5 and 0.25 are equally quick; 2 · 1 and 1 · 2 are equally strategic.
    quick = audit(flat((3, 3, 3, 3, 3, 3, 3, 3)), flat((5, 4.5, 3, 3, 3, 3, 3, 3.25)))
    assert quick.quick_wins == [("culture", 0.25), ("leadership", 0.25), ("process", 0.25)]
    strategic = audit(flat((3, 3, 3, 3, 3, 3, 3, 3)), flat((3, 3, 3, 3, 3, 4, 3, 5)))
    assert strategic.strategic == [("technology", 2 / 36), ("process", 2 / 36)]


@pytest.mark.parametrize("reds, decision", [(0, "proceed"), (1, "small_step"), (2, "ring_fence"), (3, "ring_fence")])
def test_red_flags_decide_and_amber_ones_do_not(reds, decision):
    supplier, buyer = {"C1.2": [3, 3]}, {"C1.2": [3, 3]}
    if reds:
        supplier, buyer = {"C1.2": [2, 2]}, {"C1.2": [4, 4]}
    if reds > 1:
        supplier, buyer = {"C1.4": [2, 2]}, {"C1.4": [5, 5]}
    if reds > 2:
        supplier["C2.4"], buyer["C2.4"] = [1, 1], [5, 5]
    found = audit(supplier, buyer, layers=[(5, 1)], previous_gap=0)
    assert sum(colour == "red" for _, colour in found.flags) == reds and ("layers", "amber") in found.flags
    assert found.decision == decision


def test_readiness_is_the_lesser_and_the_level_that_of_the_weaker_side():
    low = audit(flat((3, 3, 3, 3, 3, 3, 3, 3)), flat((5, 3, 3, 3, 3, 3, 3, 3)))
    high = audit(flat((3, 3, 3, 3, 3, 3, 3, 3)), flat((3, 5, 5, 5, 5, 5, 5, 5)))
    assert low.readiness == low.components["culture"].fit == 0.5 < low.fit
    assert high.readiness == high.fit < high.components["culture"].fit == 1
    assert low.components["culture"].level == high.components["process"].level == 3


def test_two_firms_that_win_at_any_cost_match_but_have_no_scope():
    found = audit(flat([1] * 8), flat([1] * 8))
    assert (found.fit, found.readiness, found.scope) == (1, 1, 0)
    assert found.flags == [("both_low", "amber")] and found.decision == "proceed"


@pytest.mark.parametrize("supplier, buyer, options, flags, decision", [
    ({"C1.1": [4.1, 4.1]}, {"C1.1": [2.6, 2.6]}, {}, ["gap"], "small_step"),
    ({"C1.1": [4.0, 4.0]}, {"C1.1": [2.6, 2.6]}, {}, [], "proceed"),
    ({"C1.4": [3, 3], "C1.1": [3, 3], "C1.2": [3, 3]}, {"C1.4": [5, 5], "C1.1": [3, 3], "C1.2": [3, 3]}, {},
     ["marked"], "small_step"),
    ({"C2.4": [1, 2]}, {"C2.4": [3, 4]}, {}, ["marked", "any_cost"], "ring_fence"),
    ({"C2.4": [2, 2]}, {"C2.4": [4, 3]}, {}, [], "proceed"),
    ({"C1.1": [1.5]}, {"C1.1": [3.5]}, {}, ["gap", "any_cost"], "ring_fence"),
    ({"C1.2": [2, 2]}, {"C1.2": [2, 2]}, {}, ["both_low"], "proceed"),
    ({"C1.2": [1, 5]}, {"C1.2": [3, 3]}, {}, ["disagree"], "proceed"),
    ({}, {}, {"layers": [(4.5, 3.0)]}, ["layers"], "proceed"),
    ({}, {}, {"layers": [(4.4, 3.0), (2, 2)]}, [], "proceed"),
    ({"C1.2": [4]}, {"C1.2": [3]}, {"previous_gap": -0.5}, ["trend"], "proceed"),
    ({"C1.2": [4]}, {"C1.2": [3]}, {"previous_gap": -0.6}, [], "proceed"),
])
def test_flags_and_decision(supplier, buyer, options, flags, decision):
    found = audit(supplier, buyer, **options)
    assert [code for code, _ in found.flags] == flags
    assert found.decision == decision


def test_what_is_not_rated_is_not_invented():
    found = audit({"C1.1": [None, None], "C8.1": [4, None, 4]}, {"C1.1": [3], "C8.1": [3]})
    assert list(found.components) == ["process"] and found.missing == list(COMPONENTS[:-1])
    assert found.fit == 0.75 and found.readiness is None
    assert found.thin == {"supplier": [], "buyer": ["C1.1", "C8.1"]}
    nothing = audit({}, {})
    assert (nothing.fit, nothing.mean_fit, nothing.readiness, nothing.scope) == (None,) * 4
    assert nothing.agreement == {"supplier": None, "buyer": None} and nothing.decision == "proceed"


@pytest.mark.parametrize("call, message", [
    (lambda: fit(0.5, 3), "rating must be a number from 1 to 5"),
    (lambda: gap(3, float("nan")), "rating must be a number from 1 to 5"),
    (lambda: r_wg([4]), "at least two ratings"),
    (lambda: r_wg([4, 6]), "rating must be a number"),
    (lambda: weighted_fit([3] * 7, [3] * 8), "eight ratings a side"),
    (lambda: audit({"C9.1": [3]}, {}), "no such indicator: C9.1"),
    (lambda: audit({"C1.1": ["4"]}, {}), "rating must be a number"),
    (lambda: audit({"C1.1": [True]}, {}), "rating must be a number"),
    (lambda: audit({}, {}, layers=[(0, 3)]), "rating must be a number"),
])
def test_nonsense_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
