"""Two-sided audit against the worked case, a pandas computation and the text of every rule."""

import random
import tomllib
from pathlib import Path

import pandas as pd
import pytest

import course
from course.datasets import load
from course.models.audit import (
    COMPONENTS,
    DIFFICULTY,
    INDICATORS,
    MARKED,
    NOISE,
    audit,
    fit,
    gap,
    gap_margin,
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
    return [
        {id: [rng.randint(1, 5) for _ in range(rng.randint(1, 4))] for id in INDICATORS}
        for _ in range(2)
    ]


def test_worked_case_shows_what_the_mean_hides():
    found = audit(flat(SUPPLIER), flat(BUYER))
    assert [part.fit for part in found.components.values()] == pytest.approx(
        [0.425, 0.925, 0.9, 0.925, 0.925, 0.925, 0.9, 1]
    )
    assert found.mean_fit == pytest.approx(0.866, abs=0.0005)
    assert found.fit == pytest.approx(weighted_fit(SUPPLIER, BUYER))
    assert found.fit == pytest.approx(0.808, abs=0.0005)
    assert found.readiness == pytest.approx(0.425)
    assert found.leaders == ["culture"] and found.quarter == []
    assert found.agreement == {"supplier": 1, "buyer": 1}
    assert found.flags == [("door", "red")] and found.decision == "small_step"


def test_worked_examples():
    assert (fit(3.2, 4.6), fit(4.0, 3.5)) == (pytest.approx(0.65), pytest.approx(0.875))
    assert r_wg([4, 4, 5]) == pytest.approx(0.833, abs=0.0005)
    assert r_wg([2, 2, 3, 2]) == pytest.approx(0.875)
    assert (r_wg([1, 3, 5]), r_wg([1, 3, 5], raw=True)) == (0, -1)
    assert gap(1, 5) == -4


def test_weights_and_indicators_are_those_of_the_form():
    form = tomllib.loads(
        (Path(course.__file__).parent / "instruments" / "indicators.toml").read_text("utf-8")
    )
    assert {one["id"]: one["component"] for one in form["indicator"]} == INDICATORS
    assert {one["id"]: one["difficulty"] for one in form["component"]} == DIFFICULTY
    assert tuple(one["id"] for one in form["indicator"] if one["flag"]) == MARKED
    assert sum(DIFFICULTY.values()) == 36


@pytest.mark.parametrize("seed", range(10))
def test_components_by_pandas(seed):
    supplier, buyer = ratings(seed)
    long = pd.DataFrame(
        [
            (side, INDICATORS[id], id, score)
            for side, one in (("supplier", supplier), ("buyer", buyer))
            for id, scores in one.items()
            for score in scores
        ],
        columns=["side", "component", "item", "score"],
    )
    items = long.groupby(["side", "component", "item"])["score"].agg(["mean", "var", "count"])
    means = items["mean"].groupby(["side", "component"]).mean().unstack("side")
    found = audit(supplier, buyer)
    weight = pd.Series(DIFFICULTY) / 36
    fits = 1 - (means["supplier"] - means["buyer"]).abs() / 4
    assert {name: part.gap for name, part in found.components.items()} == pytest.approx(
        (means["supplier"] - means["buyer"]).to_dict()
    )
    assert found.fit == pytest.approx((fits * weight).sum())
    assert found.readiness == pytest.approx(min(fits["culture"], (fits * weight).sum()))
    assert found.scope == pytest.approx(((means.min(axis=1) - 1) / 4 * weight).sum())
    agreed = (1 - items["var"] / 2).clip(lower=0).groupby("side").mean()
    assert found.agreement == pytest.approx(agreed.to_dict())
    for side in ("supplier", "buyer"):
        assert found.thin[side] == sorted(
            items["count"][side].loc[lambda n: n < 2].index.get_level_values("item")
        )


@pytest.mark.parametrize("seed", range(5))
def test_sides_may_be_swapped(seed):
    supplier, buyer = ratings(seed)
    there, back = audit(supplier, buyer), audit(buyer, supplier)
    assert (there.fit, there.readiness, there.scope, there.flags) == (
        back.fit,
        back.readiness,
        back.scope,
        back.flags,
    )
    assert (there.quarter, there.leaders) == (back.quarter, back.leaders)


def test_a_gap_is_ranked_only_when_its_interval_leaves_nought_out():
    # Two raters on four indicators: 1.96 · 0.65 · sqrt(1/8 + 1/8) = 0.637 points.
    assert gap_margin(8, 8) == pytest.approx(0.637, abs=0.0005)
    near, beyond = (audit(flat([3] * 8), flat([3] * 7 + [3 + size])) for size in (0.63, 0.64))
    assert not near.components["process"].clear and near.quarter == []
    assert beyond.quarter == ["process"] and beyond.leaders == []


def test_the_interval_follows_the_ratings_that_were_given():
    found = audit({"C1.1": [4] * 5, "C1.2": [4] * 3}, {"C1.1": [3] * 2})
    assert found.components["culture"].margin == pytest.approx(gap_margin(8, 2))
    assert gap_margin(5, 1) > gap_margin(5, 4) == gap_margin(4, 5)


def test_what_is_easier_stands_apart_and_the_widest_gap_first():
    found = audit(flat([3] * 8), flat((4, 3, 5, 3, 4, 3, 3, 5)))
    assert found.leaders == ["strategy", "culture"] and found.quarter == ["process", "people"]


def test_of_equal_gaps_the_one_that_stands_first_on_the_form_comes_first():
    found = audit(flat([3] * 8), flat([4] * 8))
    assert found.leaders == list(COMPONENTS[:4]) and found.quarter == list(COMPONENTS[4:])


def test_noise_of_a_rating_is_that_of_the_pairs():
    ratings = (
        load("audit_pairs")
        .groupby(["pair_id", "side", "component", "item"])["score"]
        .agg(["var", "count"])
    )
    free = ratings["count"] - 1
    assert ((ratings["var"] * free).sum() / free.sum()) ** 0.5 == pytest.approx(NOISE, abs=0.005)


@pytest.mark.parametrize(
    "reds, decision", [(0, "proceed"), (1, "small_step"), (2, "ring_fence"), (3, "ring_fence")]
)
def test_red_flags_decide_and_amber_ones_do_not(reds, decision):
    supplier, buyer, seen = {"C1.2": [3, 3]}, {"C1.2": [3, 3]}, {}
    if reds:
        supplier, buyer = {"C1.2": [3, 3]}, {"C1.2": [5, 5]}
    if reds > 1:
        supplier["C2.4"], buyer["C2.4"] = [3, 3], [5, 5]
    if reds > 2:
        seen = {"C1.2": [1, 1]}
    found = audit(supplier, buyer, views=(seen, {}), layers=[(5, 1)], previous_gap=0)
    assert (
        sum(colour == "red" for _, colour in found.flags) == reds
        and ("layers", "amber") in found.flags
    )
    assert found.decision == decision


@pytest.mark.parametrize("item", ["C1.1", "C1.2", "C1.3", "C1.4"])
def test_one_fact_about_culture_is_one_red_flag(item):
    """However far apart the sides are on one indicator of culture, its gap is counted once."""
    agreed = {f"C1.{n}": [3, 3] for n in range(1, 5)}
    found = audit({**agreed, item: [1, 1]}, {**agreed, item: [5, 5]})
    assert [code for code, colour in found.flags if colour == "red"] == []
    wide = audit(flat((2, *[4] * 7)), flat([4] * 8))
    wider = audit({**flat((2, *[4] * 7)), item: [1, 1]}, flat([4] * 8))
    assert [flag for flag in wider.flags if "red" in flag] == [
        flag for flag in wide.flags if "red" in flag
    ]
    assert wide.decision == wider.decision == "small_step"


def test_a_partners_praise_is_no_signal_and_his_doubt_is():
    own = flat([3] * 8)
    praised = audit(own, own, views=({"C1.1": [5, 5]}, {}))
    doubted = audit(own, own, views=({}, {"C1.1": [1.5, 1.5]}))
    assert praised.flags == [] and praised.views == {"supplier": 5, "buyer": None}
    assert doubted.flags == [("view", "red")] and doubted.decision == "small_step"


def test_with_little_to_build_on_the_rule_advises_single_deals():
    poor, enough = (audit(flat([rating] * 8), flat([rating] * 8)) for rating in (2.3, 2.34))
    assert poor.decision == "one_off" and poor.flags == [] and enough.decision == "proceed"


def test_readiness_is_the_lesser_and_the_level_that_of_the_weaker_side():
    low = audit(flat((3, 3, 3, 3, 3, 3, 3, 3)), flat((5, 3, 3, 3, 3, 3, 3, 3)))
    high = audit(flat((3, 3, 3, 3, 3, 3, 3, 3)), flat((3, 5, 5, 5, 5, 5, 5, 5)))
    assert low.readiness == low.components["culture"].fit == 0.5 < low.fit
    assert high.readiness == high.fit < high.components["culture"].fit == 1
    assert low.components["culture"].level == high.components["process"].level == 3


def test_two_firms_that_win_at_any_cost_match_but_have_no_scope():
    found = audit(flat([1] * 8), flat([1] * 8))
    assert (found.fit, found.readiness, found.scope) == (1, 1, 0)
    assert found.flags == [("both_low", "amber")] and found.decision == "one_off"


@pytest.mark.parametrize(
    "supplier, buyer, options, flags, decision",
    [
        ({"C1.1": [4.1, 4.1] * 9}, {"C1.1": [2.6, 2.6] * 9}, {}, ["door", "unsure"], "small_step"),
        ({"C1.1": [4.0, 4.0] * 9}, {"C1.1": [2.6, 2.6] * 9}, {}, ["unsure"], "proceed"),
        ({"C1.1": [4.6, 4.6] * 9}, {"C1.1": [2.6, 2.6] * 9}, {}, ["door"], "small_step"),
        ({"C1.1": [3.4, 3.4] * 9}, {"C1.1": [2.6, 2.6] * 9}, {}, [], "proceed"),
        ({"C2.4": [2, 3]}, {"C2.4": [4, 5]}, {}, ["power"], "unrated"),
        ({"C2.4": [2, 3]}, {"C2.4": [4, 4]}, {}, [], "unrated"),
        ({"C1.2": [2, 2]}, {"C1.2": [2, 2]}, {}, ["both_low"], "one_off"),
        ({"C1.2": [1, 5] * 9}, {"C1.2": [3, 3] * 9}, {}, ["disagree"], "proceed"),
        ({}, {}, {"layers": [(4.5, 3.0)]}, ["layers"], "unrated"),
        ({}, {}, {"layers": [(4.4, 3.0), (2, 2)]}, [], "unrated"),
        (
            {"C1.2": [4] * 9},
            {"C1.2": [3] * 9},
            {"previous_gap": -0.5},
            ["unsure", "trend"],
            "proceed",
        ),
        ({"C1.2": [4] * 20}, {"C1.2": [3] * 20}, {"previous_gap": -0.6}, [], "proceed"),
    ],
)
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
    assert nothing.agreement == {"supplier": None, "buyer": None} and nothing.decision == "unrated"


def test_a_source_that_nobody_rated_is_neither_red_nor_ruled_out():
    own, other = flat([3] * 8), flat([4] * 8)
    assert audit({}, {}).silent == ["door", "power", "view"]
    assert audit(own, other).silent == ["view"]
    assert audit(own, other, views=(own, {})).silent == ["view"]
    assert audit(own, other, views=(own, own)).silent == []
    silent = audit({**own, "C2.4": [None]}, other, views=(own, own))
    assert silent.silent == ["power"] and silent.reds == []


def test_one_red_flag_is_no_verdict_while_culture_is_not_rated_by_both_sides():
    supplier, buyer = {"C1.1": [5, 5], "C2.4": [4, 4]}, {"C2.4": [2, 2]}
    found = audit(supplier, buyer, views=({"C1.1": [3, 3]}, {"C1.1": [3, 3]}))
    assert found.readiness is None and found.reds == ["power"]
    assert found.silent == ["door", "view"] and found.decision == "unrated"


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: fit(0.5, 3), "rating must be a number from 1 to 5"),
        (lambda: gap(3, float("nan")), "rating must be a number from 1 to 5"),
        (lambda: r_wg([4]), "at least two ratings"),
        (lambda: r_wg([4, 6]), "rating must be a number"),
        (lambda: gap_margin(0, 4), "a rating by each side"),
        (lambda: weighted_fit([3] * 7, [3] * 8), "eight ratings a side"),
        (lambda: audit({"C9.1": [3]}, {}), "no such indicator: C9.1"),
        (lambda: audit({"C1.1": ["4"]}, {}), "rating must be a number"),
        (lambda: audit({"C1.1": [True]}, {}), "rating must be a number"),
        (lambda: audit({}, {}, layers=[(0, 3)]), "rating must be a number"),
    ],
)
def test_nonsense_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
