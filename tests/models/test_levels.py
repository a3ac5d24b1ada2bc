"""Relationship levels against printed thresholds, numeric roots, full enumeration and a linear program."""

import itertools
import math

import numpy as np
import pytest
from scipy.optimize import brentq, linprog

from course.models.levels import (
    COSTS,
    DISCOUNT,
    HOURS,
    LEVELS,
    RETENTIONS,
    Terms,
    allocate,
    best_level,
    cost_with_shadow,
    level_threshold,
    level_value,
    level_values,
    matrix,
    thresholds,
)

LIFE_HOURS = [
    h * (1 + DISCOUNT) / (1 + DISCOUNT - r) for h, r in zip(HOURS, RETENTIONS, strict=True)
]


def draw(seed):
    rng = np.random.default_rng(seed)
    count = int(rng.integers(1, 5))
    segments = [
        (float(rng.integers(1, 300)), float(math.exp(rng.normal(4, 1.6)))) for _ in range(count)
    ]
    return segments, float(rng.integers(0, 4000))


def test_printed_thresholds():
    assert thresholds() == pytest.approx((12.00, 25.50, 90.67, 282.67), abs=0.005)
    assert thresholds(lam=0.5) == pytest.approx((22.0, 46.75, 156.0, 548.0), abs=0.005)
    assert level_threshold(1.5, 0.68, 6, 0.77, 0.18) == pytest.approx(26.500, abs=0.0005)
    assert cost_with_shadow(4.0, 6, 0.639) == pytest.approx(7.834)


@pytest.mark.parametrize("seed", range(20))
def test_threshold_is_the_root_of_the_difference(seed):
    rng = np.random.default_rng(seed)
    r1, r2 = sorted(rng.uniform(0.3, 0.95, 2))
    c1, c2 = sorted(rng.uniform(0, 60, 2))
    i = rng.uniform(0.05, 0.4)
    root = brentq(
        lambda m: level_value(m, c2, r2, i) - level_value(m, c1, r1, i),
        -1e6,
        1e6,
        xtol=1e-12,
        rtol=1e-14,
    )
    assert level_threshold(c1, r1, c2, r2, i) == pytest.approx(root, rel=1e-7, abs=1e-7)


@pytest.mark.parametrize("level", range(5))
def test_value_of_a_level_is_a_long_sum(level):
    c, r = COSTS[level], RETENTIONS[level]
    years = math.fsum((100 - c) * (r / (1 + DISCOUNT)) ** t for t in range(2000))
    assert level_values(100)[level] == pytest.approx(years, rel=1e-12)


def test_best_level_changes_at_the_thresholds():
    for place, edge in enumerate(thresholds()):
        assert best_level(edge * 0.999) == place
        assert best_level(edge * 1.001) == place + 1
    assert best_level(0) == best_level(-5) == 0


def test_at_the_threshold_the_cheaper_level_is_kept():
    """Equal on paper, whatever the rounding errors say."""
    assert [best_level(edge) for edge in thresholds()] == [0, 1, 2, 3]
    assert [best_level(m) for m in (12, 25.5, 272 / 3, 848 / 3)] == [0, 1, 2, 3]
    assert [best_level(m, lam=0.5) for m in thresholds(lam=0.5)] == [0, 1, 2, 3]


@pytest.mark.parametrize("same", [(0, 1), (1, 2), (0, 1, 2), (3, 4)])
def test_of_equal_levels_the_lower_is_chosen(same):
    costs = [5.0 if level in same else 50.0 for level in range(5)]
    retentions = [0.8 if level in same else 0.5 for level in range(5)]
    terms = Terms(costs, retentions)
    assert best_level(60, terms=terms) == same[0]
    plan = allocate([(10, 60)], 1e6, terms)
    assert plan.levels == (same[0],) and plan.hours == 10 * HOURS[same[0]]


def test_hours_that_just_suffice_have_no_price():
    enough, short = allocate([(60, 75)], 480), allocate([(60, 75)], 479)
    assert (enough.levels, enough.price) == ((2,), 0)
    assert short.levels == (1,) and short.price > 0


def test_dearer_hours_never_raise_a_level():
    for m in (5, 20, 60, 150, 400, 1000):
        chosen = [best_level(m, lam=lam) for lam in (0, 0.1, 0.5, 2, 10, 100)]
        assert chosen == sorted(chosen, reverse=True)


@pytest.mark.parametrize("seed", range(25))
def test_allocation_is_best_among_all_with_no_more_hours_of_life(seed):
    segments, capacity = draw(seed)
    plan = allocate(segments, capacity)
    assert plan.hours <= capacity
    assert plan.hours == pytest.approx(
        sum(n * HOURS[k] for (n, _), k in zip(segments, plan.levels, strict=True))
    )

    def life(levels):
        return sum(n * LIFE_HOURS[k] for (n, _), k in zip(segments, levels, strict=True))

    def worth(levels):
        return sum(n * level_values(m)[k] for (n, m), k in zip(segments, levels, strict=True))

    assert plan.value == pytest.approx(worth(plan.levels))
    allowed = life(plan.levels) + 1e-6
    best = max(
        worth(levels)
        for levels in itertools.product(range(5), repeat=len(segments))
        if life(levels) <= allowed
    )
    assert plan.value == pytest.approx(best, rel=1e-9)


@pytest.mark.parametrize("seed", range(25))
def test_price_is_the_smallest_that_fits(seed):
    segments, capacity = draw(seed)
    plan = allocate(segments, capacity)
    if plan.price == 0:
        assert list(plan.levels) == [best_level(m) for _, m in segments]
        return
    cheaper = plan.price * (1 - 1e-9)
    assert sum(n * HOURS[best_level(m, lam=cheaper)] for n, m in segments) > capacity


@pytest.mark.parametrize("seed", range(25))
def test_price_is_the_dual_of_a_linear_program(seed):
    """Let the segment that just missed a level be split so that the hours are used up: an exact optimum."""
    segments, capacity = draw(seed)
    plan = allocate(segments, capacity)
    if plan.price == 0:
        pytest.skip("the limit does not bind")
    lower = [best_level(m, lam=plan.price * (1 - 1e-9)) for _, m in segments]
    (place,) = [k for k in range(len(segments)) if lower[k] != plan.levels[k]]
    n, m = segments[place]
    moved = (capacity - plan.hours) / (HOURS[lower[place]] - HOURS[plan.levels[place]])
    assert 0 <= moved <= n
    gain = level_values(m)[lower[place]] - level_values(m)[plan.levels[place]]
    life = sum(k * LIFE_HOURS[a] for (k, _), a in zip(segments, plan.levels, strict=True))
    limit = life + moved * (LIFE_HOURS[lower[place]] - LIFE_HOURS[plan.levels[place]])

    value = np.array([level_values(m) for _, m in segments]).ravel()
    one = np.kron(np.eye(len(segments)), np.ones(5))
    program = linprog(
        -value,
        A_ub=[LIFE_HOURS * len(segments)],
        b_ub=[limit],
        A_eq=one,
        b_eq=[n for n, _ in segments],
    )
    assert program.success
    assert -program.fun == pytest.approx(plan.value + moved * gain, rel=1e-7)
    assert -program.fun >= plan.value - 1e-6
    if 0.01 < moved < n - 0.01:
        assert -program.ineqlin.marginals[0] == pytest.approx(plan.price, rel=1e-6)


def test_no_hours_leave_everybody_basic():
    plan = allocate([(12, 420), (60, 70), (600, 9)], 0)
    assert plan.levels == (0, 0, 0) and plan.hours == 0 and plan.price > 0
    assert allocate([], 100).levels == ()


def test_hours_enough_cost_nothing():
    plan = allocate([(12, 420), (60, 70), (600, 9)], 1e6)
    assert [LEVELS[k] for k in plan.levels] == [
        "partnership",
        "accountable",
        "basic",
    ] and plan.price == 0


def test_level_that_takes_hours_everywhere_may_not_fit():
    with pytest.raises(ValueError, match="do not suffice"):
        allocate([(10, 100)], 5, Terms(hours=(1, 2, 8, 24, 100)))


def test_matrix_rises_with_margin_and_with_fewer_customers():
    rows = matrix([600, 60, 12], [400, 60, 9], 1200)
    assert rows[2][0] == 4 and rows[0][2] == 0
    assert all(row == sorted(row, reverse=True) for row in rows)
    assert all(column == tuple(sorted(column)) for column in zip(*rows, strict=True))


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: level_threshold(1, 0.7, 5, 0.7, 0.2), "must keep more customers"),
        (lambda: level_threshold(1, 0.7, 5, 1.7, 0.2), "r must be a probability"),
        (lambda: level_value(10, -1, 0.7, 0.2), "cost c must be 0 or more"),
        (lambda: level_value(10, float("nan"), 0.7, 0.2), "cost c must be 0 or more"),
        (lambda: cost_with_shadow(1, 1, -0.1), "0 or more"),
        (
            lambda: thresholds(terms=Terms(retentions=(0.6, 0.6, 0.7, 0.8, 0.9))),
            "must keep more customers",
        ),
        (lambda: level_values(10, terms=Terms(costs=(0, 1))), "argument"),
        (lambda: allocate([(1, 10)], -1), "0 or more"),
        (lambda: allocate([(-1, 10)], 10), "0 or more"),
        (lambda: allocate([(1, float("nan"))], 10), "finite"),
        (lambda: allocate([(1, 10)], float("inf")), "finite"),
    ],
)
def test_out_of_range_numbers_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
