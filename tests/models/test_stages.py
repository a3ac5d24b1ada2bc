"""Stages as a chain: values against summed series, chances against a chain run on for centuries."""

import math
import random
from dataclasses import replace

import pytest
from scipy.optimize import brentq

from course.models.stages import (
    DISCOUNT,
    MARGINS,
    PLANS,
    QUIET,
    STAGES,
    WORST,
    after,
    break_even_loss,
    commitment_value,
    committed,
    dairy_cost,
    ever,
    failed_value,
    lasting,
    matrix_of,
    mixed,
    ordinary_value,
    plan_values,
    rewards_of,
    stage_values,
)

THREE = [[0.7, 0.2, 0.1], [0.3, 0.5, 0.2], [0, 0, 1]]


def stepped(shares, matrix):
    size = range(len(matrix))
    return [math.fsum(shares[i] * matrix[i][j] for i in size) for j in size]


def summed(matrix, rewards, d, place, periods=4000):
    """Add up what somebody brings, period after period."""
    shares = [float(i == place) for i in range(len(matrix))]
    total, factor = 0.0, 1.0
    for _ in range(periods):
        total += factor * math.fsum(a * b for a, b in zip(shares, rewards, strict=True))
        shares, factor = stepped(shares, matrix), factor / (1 + d)
    return total


def drawn(seed):
    rng = random.Random(seed)
    rows = [[1.0, 0, 0, 0, 0]]
    for _ in range(4):
        parts = [rng.random() + 0.05 for _ in range(5)]
        rows.append([part / math.fsum(parts) for part in parts])
    return rows, [0.0, *(rng.uniform(-20, 200) for _ in range(4))]


def mailing(stop):
    """Recency 1 to 4: bought again with p, otherwise one later; nobody is written to from stop."""
    bought = (0.30, 0.20, 0.15, 0.05)[: stop - 1]
    size = len(bought)
    matrix = [[0.0] * (size + 1) for _ in range(size + 1)]
    for place, p in enumerate(bought):
        matrix[place][0] += p
        matrix[place][place + 1] += 1 - p
    matrix[size][size] = 1
    return matrix, [36, *[-4] * (size - 1), 0]


@pytest.mark.parametrize(
    "stop, values",
    [
        (5, (52.320, 5.554, 1.251, -1.820, 0)),
        (4, (53.149, 6.621, 2.644, 0)),
        (3, (51.574, 4.596, 0)),
    ],
)
def test_mailing_by_recency(stop, values):
    assert stage_values(*mailing(stop), 0.2) == pytest.approx(values, abs=5e-4)


def test_printed_values_of_three_places():
    assert stage_values(THREE, [30, 10, 0], 0.10) == pytest.approx((122.22, 79.44, 0), abs=5e-3)
    assert after([1, 0, 0], THREE, 2) == pytest.approx((0.55, 0.24, 0.21))


@pytest.mark.parametrize("seed", range(10))
def test_values_are_summed_series(seed):
    matrix, rewards = drawn(seed)
    found = stage_values(matrix, rewards, 0.05)
    assert found == pytest.approx([summed(matrix, rewards, 0.05, n, 700) for n in range(5)])


@pytest.mark.parametrize("seed", range(5))
def test_chances_and_times_are_those_of_a_chain_run_on(seed):
    matrix, _ = drawn(seed)
    kept = [list(row) for row in matrix]
    kept[4] = [0, 0, 0, 0, 1.0]  # who has arrived stays
    for place in range(5):
        shares = [float(n == place) for n in range(5)]
        periods, arrived = 0.0, list(shares)
        for _ in range(3000):
            periods += 1 - shares[0]
            shares, arrived = stepped(shares, matrix), stepped(arrived, kept)
        assert ever(matrix, 4)[place] == pytest.approx(arrived[4])
        assert lasting(matrix)[place] == pytest.approx(periods)


@pytest.mark.parametrize("name", PLANS)
def test_plans_are_summed_series_and_own_equations(name):
    plan = PLANS[name]
    values = plan_values(plan)
    found = [summed(matrix_of(plan), rewards_of(plan), DISCOUNT, n) for n in range(5)]
    assert [values[stage] for stage in STAGES] == pytest.approx(found)
    _, _, _, back, stay = committed(plan)
    margin = MARGINS[-1] - plan.cost
    alone = commitment_value(margin, stay, back, values["growth"], DISCOUNT)
    assert alone == pytest.approx(values["commit"])


def test_numbers_of_the_case():
    worth = {name: plan_values(plan)["commit"] for name, plan in PLANS.items()}
    assert {name: round(value) for name, value in worth.items()} == {
        "words": 840,
        "stock": 840,
        "clause": 990,
        "both": 911,
    }
    assert {name: plan.most for name, plan in PLANS.items()} == {
        "words": 0,
        "stock": 160,
        "clause": 160,
        "both": 320,
    }
    clause = PLANS["clause"]
    least, best = (plan_values(replace(clause, lost=x))["commit"] for x in (WORST, 0))
    assert (round(least), round(best)) == (810, 1249)
    assert round(ordinary_value()) == 403
    assert [round(100 * chance) for chance in ever(matrix_of(PLANS["words"]), 4)[1:4]] == [
        21,
        30,
        51,
    ]


@pytest.mark.parametrize("name", PLANS)
def test_failed_and_quiet_quarters_mix_to_the_value(name):
    plan = PLANS[name]
    worth = plan_values(plan)
    later = (1 - sum(QUIET)) * worth["commit"] + QUIET[1] * worth["growth"]
    calm = MARGINS[-1] - plan.run + later / (1 + DISCOUNT)
    mean = plan.often * failed_value(plan) + (1 - plan.often) * calm
    assert mean == pytest.approx(worth["commit"])


def test_break_even_is_the_root():
    words = plan_values(PLANS["words"])["commit"]
    root = brentq(lambda x: plan_values(replace(PLANS["clause"], lost=x))["commit"] - words, 0, 0.7)
    assert break_even_loss(PLANS["clause"], words) == pytest.approx(root)
    assert root == pytest.approx(0.2510, abs=5e-5)


def test_what_the_buyer_pays():
    assert dairy_cost(PLANS["words"]) == pytest.approx(0.26 * 70 + 0.12428 * 400)
    assert dairy_cost(PLANS["clause"]) == pytest.approx(0.26 * 30 + 0.07358 * 400)
    assert mixed(0.26, 0.33, 0.052) == pytest.approx(0.26 * 0.33 + 0.74 * 0.052)


@pytest.mark.parametrize(
    "call",
    [
        lambda: after([1, 0], [[0.5, 0.4], [0, 1]], 1),
        lambda: stage_values([[1.2, -0.2], [0, 1]], [1, 0], 0.1),
        lambda: stage_values([[1.0]], [1], 0),
        lambda: commitment_value(100, 0.8, 0.3, 50, 0.04),
        lambda: commitment_value(100, 0.8, 0.1, 50, 0),
        lambda: mixed(1.2, 0.1, 0.1),
        lambda: ever([[1, 0, 0], [0, 1, 0], [0, 0.5, 0.5]], 2),
        lambda: lasting([[1, 0], [0, 1]]),
    ],
)
def test_out_of_range_is_refused(call):
    with pytest.raises(ValueError):
        call()
