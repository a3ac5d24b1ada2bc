"""Keeping and winning: printed oracles, long sums, a search for the zero, a numerical derivative."""

import math

import pytest

from course.models import FORMULAS
from course.models.retention import (
    break_even_margin,
    break_even_spend,
    care_gain,
    lifetime,
    retention_elasticity,
    saved_cost,
)

CASES = [
    (1200, 40, 0.70, 0.76, 0.18),
    (11.7, 3.9, 113 / 210, 143 / 210, 0.20),
    (5, 0.2, 0.9, 0.95, 0.15),
    (60, 9, 0.30, 0.31, 0.0),
]


def stays(m, r, i):
    """A margin at the end of every period that the customer has stayed, added one by one."""
    return math.fsum(m * r**t / (1 + i) ** t for t in range(1, 3000))


def paid(c, r, i):
    """Care at the start of every period for whoever is there, added one by one."""
    return math.fsum(c * r**t / (1 + i) ** t for t in range(3000))


def path(m, c, r, i):
    """Money of 1000 customers, year after year: care for all first, then margins of who stayed."""
    there, value = 1000.0, 0.0
    for year in range(3000):
        value -= there * c / (1 + i) ** year
        there *= r
        value += there * m / (1 + i) ** (year + 1)
    return value / 1000


def test_printed_values():
    spend = break_even_spend(1200, 0.70, 0.76, 0.18)
    assert spend == pytest.approx(150)
    # The printed 232.89 is paid a year later and only by those who stayed.
    assert spend * 1.18 / 0.76 == pytest.approx(232.89, abs=0.005)
    assert stays(1200 - 232.89, 0.76, 0.18) == pytest.approx(stays(1200, 0.70, 0.18), abs=0.05)
    for r, printed in ((0.7, 2.667), (0.8, 3.500), (0.9, 5.091)):
        assert retention_elasticity(r, 0.12) == pytest.approx(printed, abs=0.0005)
    assert retention_elasticity(0.85, 0.15) == pytest.approx(3.833, abs=0.0005)
    assert (lifetime(0.9), lifetime(0.95)) == pytest.approx((10, 20))
    # Halved churn doubles the lifetime; at 15 % the multiple grows by a third.
    assert stays(1, 0.90, 0.15) == pytest.approx(3.60, abs=0.005)
    assert stays(1, 0.95, 0.15) == pytest.approx(4.75, abs=0.005)


@pytest.mark.parametrize("m, c, r0, r1, i", CASES)
def test_gain_is_the_difference_of_long_sums(m, c, r0, r1, i):
    assert care_gain(m, c, r0, r1, i) == pytest.approx(path(m, c, r1, i) - path(m, 0, r0, i))


@pytest.mark.parametrize("m, c, r0, r1, i", CASES)
def test_break_even_is_where_a_search_finds_no_gain(m, c, r0, r1, i):
    low, high = 0.0, float(m)
    for _ in range(60):
        middle = (low + high) / 2
        worth = stays(m, r1, i) - paid(middle, r1, i)
        low, high = (middle, high) if worth > stays(m, r0, i) else (low, middle)
    assert break_even_spend(m, r0, r1, i) == pytest.approx(low, rel=1e-9)
    margin = break_even_margin(c, r0, r1, i)
    assert care_gain(margin, c, r0, r1, i) == pytest.approx(0, abs=1e-9 * margin)
    assert care_gain(2 * margin, c, r0, r1, i) > 0 > care_gain(margin / 2, c, r0, r1, i)


@pytest.mark.parametrize("m, c, r0, r1, i", CASES)
def test_care_pays_when_a_saved_customer_costs_what_he_brings(m, c, r0, r1, i):
    # Saved for a year, he pays at its end for sure and then stays as all do without care.
    brings = math.fsum(r0**t / (1 + i) ** (t + 1) for t in range(3000))
    assert break_even_margin(c, r0, r1, i) * brings == pytest.approx(saved_cost(c, r0, r1))


@pytest.mark.parametrize("r, i", [(0.5, 0.1), (0.85, 0.15), (0.92, 0.25)])
def test_elasticity_is_the_slope_of_the_logarithms(r, i):
    step = 1e-6
    rise = math.log(stays(1, r * (1 + step), i)) - math.log(stays(1, r * (1 - step), i))
    fall = math.log(1 + step) - math.log(1 - step)
    assert retention_elasticity(r, i) == pytest.approx(rise / fall, rel=1e-6)


def test_lifetime_counts_the_periods_one_by_one():
    for r in (0.5, 0.8, 0.95):
        counted = math.fsum(t * r ** (t - 1) * (1 - r) for t in range(1, 3000))
        assert lifetime(r) == pytest.approx(counted)


def test_numbers_out_of_range_are_refused():
    for wrong in (
        lambda: lifetime(1),
        lambda: saved_cost(-1, 0.5, 0.6),
        lambda: saved_cost(3, 0.6, 0.6),
        lambda: saved_cost(3, 0.6, 1.1),
        lambda: break_even_spend(10, 0.5, 1.1, 0.1),
        lambda: break_even_margin(3, 0.6, 0.5, 0.1),
        lambda: care_gain(10, 1, 0.5, 1.2, 0.1),
        lambda: retention_elasticity(0.5, -0.1),
    ):
        with pytest.raises(ValueError, match="must"):
            wrong()


def test_exercises_may_use_them():
    assert FORMULAS["break_even_spend"] is break_even_spend
    assert FORMULAS["retention_elasticity"] is retention_elasticity
    assert FORMULAS["saved_cost"] is saved_cost
