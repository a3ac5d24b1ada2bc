"""The index of closeness against hand sums, the plans against a chance played out."""

import math
import random
from dataclasses import replace
from fractions import Fraction

import pytest
from scipy.optimize import brentq

from course.models.satisfaction import wilson_percent
from course.models.spectrum import (
    BREAK,
    FORMS,
    LIMITS,
    MONEY,
    OPEN_VENTURE,
    PLANS,
    WEIGHTS,
    advised,
    break_even,
    expected_loss,
    form_of,
    frequency,
    needed_margin,
    plan_result,
    specificity,
    spectrum_index,
)


def test_printed_index():
    assert spectrum_index(7, 5, 8, 6) == pytest.approx(0.645)
    assert FORMS[form_of(0.645)] == "alliance"


@pytest.mark.parametrize("seed", range(20))
def test_index_is_the_exact_weighted_mean(seed):
    rng = random.Random(seed)
    tenths = [rng.randint(0, 100) for _ in range(4)]
    exact = sum(Fraction(f"{w}") * Fraction(n, 10) for w, n in zip(WEIGHTS, tenths, strict=True))
    index = spectrum_index(*(n / 10 for n in tenths))
    assert index == pytest.approx(float(exact / 10), abs=1e-12)
    assert form_of(index) == sum(exact / 10 >= Fraction(f"{limit}") for limit in LIMITS)
    doubled = [2 * weight for weight in WEIGHTS]
    assert spectrum_index(*(n / 10 for n in tenths), doubled) == pytest.approx(index)


def test_weights_add_up_and_every_limit_opens_a_form():
    assert math.fsum(WEIGHTS) == pytest.approx(1) and sorted(LIMITS) == list(LIMITS)
    assert [form_of(limit) for limit in LIMITS] == list(range(1, 7))
    assert [form_of(limit - 1e-6) for limit in LIMITS] == list(range(6))


def test_the_case_lies_on_the_border_of_two_forms():
    custom, modular = specificity(3600, 720), specificity(3900, 2340)
    often = frequency(24)
    assert (custom, modular, often) == pytest.approx((8, 4, 4.8))
    found = [spectrum_index(a, 5, often, 5) for a in (custom, 7, modular)]
    assert found == pytest.approx([0.602, 0.567, 0.462])
    assert [FORMS[form_of(z)] for z in found] == ["alliance", "partnership", "partnership"]
    root = brentq(lambda a: spectrum_index(a, 5, often, 5) - 0.58, 0, 10)
    assert root == pytest.approx(7.371, abs=0.001)


@pytest.mark.parametrize("a, hold_up, form", [(8, True, 6), (8, False, 5), (7.9, True, 5)])
def test_ownership_is_guarded(a, hold_up, form):
    assert advised(0.95, a, hold_up) == form
    assert advised(0.5, a, hold_up) == form_of(0.5)


def by_hand(plan, q):
    """Years played out: in a share q of them the relation ends and the stake is gone."""
    years, ends = 1000, round(1000 * q)
    rows = [plan.units * plan.margin - plan.run - plan.closed - 0.18 * plan.invested] * years
    gone = plan.invested * plan.lost * plan.uncovered
    return math.fsum(row - (year < ends) * gone for year, row in enumerate(rows)) / years


@pytest.mark.parametrize("q", [0, 0.052, 0.15, 0.36])
@pytest.mark.parametrize("name", PLANS)
def test_result_is_the_mean_of_years_played_out(name, q):
    assert plan_result(PLANS[name], q) == pytest.approx(by_hand(PLANS[name], q))


def test_numbers_of_the_case():
    results = {name: plan_result(plan) for name, plan in PLANS.items()}
    assert results == pytest.approx(
        {"tender": 936, "contract": 1680, "custom": 1912.8, "modular": 1977.6, "venture": 375}
    )
    assert plan_result(OPEN_VENTURE) == pytest.approx(1875)
    assert plan_result(PLANS["venture"], 0) == pytest.approx(690)
    low, high = (end / 100 for end in wilson_percent(3, 20))
    assert (BREAK, low, high) == pytest.approx((0.15, 0.052, 0.360), abs=5e-4)
    at_high = {name: plan_result(plan, high) for name, plan in PLANS.items()}
    assert max(at_high, key=at_high.get) == "modular"
    assert at_high["custom"] < at_high["contract"] < at_high["modular"]
    at_low = {name: plan_result(plan, low) for name, plan in PLANS.items()}
    assert at_low["custom"] > at_low["modular"] > at_low["contract"]
    assert MONEY == 0.18


@pytest.mark.parametrize(
    "one, other, q",
    [
        (PLANS["custom"], PLANS["contract"], 0.2847),
        (PLANS["modular"], PLANS["contract"], 0.4679),
        (PLANS["custom"], PLANS["modular"], 0.0682),
        (OPEN_VENTURE, PLANS["modular"], 0.0619),
    ],
)
def test_break_even_is_the_root_of_the_difference(one, other, q):
    root = brentq(lambda x: plan_result(one, x) - plan_result(other, x), 0, 1)
    assert break_even(one, other) == pytest.approx(root, abs=1e-9)
    assert break_even(one, other) == pytest.approx(q, abs=5e-5)


def test_needed_margin_is_the_root_too():
    wanted = plan_result(PLANS["modular"])
    venture = PLANS["venture"]
    root = brentq(lambda m: plan_result(replace(venture, margin=m)) - wanted, 0, 1000)
    assert needed_margin(venture, wanted) == pytest.approx(root)
    assert root == pytest.approx(266.775)


def test_expected_loss_is_the_stake_in_a_share_of_years():
    assert expected_loss(3600, 0.8, 0.6, 0.15) == pytest.approx(3600 * 0.8 * 0.6 * 0.15)


@pytest.mark.parametrize(
    "call",
    [
        lambda: specificity(100, 101),
        lambda: specificity(0, 0),
        lambda: frequency(-1),
        lambda: spectrum_index(11, 0, 0, 0),
        lambda: spectrum_index(1, 1, 1, 1, (0, 0, 0, 0)),
        lambda: form_of(1.01),
        lambda: plan_result(PLANS["custom"], 1.5),
        lambda: expected_loss(100, 1.2, 0.5, 0.1),
        lambda: break_even(PLANS["tender"], PLANS["contract"]),
    ],
)
def test_out_of_range_is_refused(call):
    with pytest.raises(ValueError):
        call()
