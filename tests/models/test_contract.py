"""Customers by contract: published oracles, scipy's own fit and distributions, long sums, searches."""

import math
import random

import pytest
from scipy.optimize import minimize, minimize_scalar
from scipy.special import betaln
from scipy.stats import betabinom

from course.models import FORMULAS
from course.models.contract import (
    DROP,
    HIGH_END,
    REGULAR,
    best_spend,
    edge,
    fit,
    horizon_error,
    interval,
    last_cost,
    left_per_prospect,
    log_likelihood,
    mixed_retention,
    of_survivors,
    rate_clv_now,
    ratio_spend,
    renewals,
    response,
    response_speed,
    sbg_clv_next,
    sbg_clv_now,
    sbg_retention,
    sbg_survival,
    undervaluation,
)
from course.models.value import clv_next, clv_now

SERIES = {"regular": REGULAR, "high": HIGH_END}


def by_scipy(alive):
    """Fit by the density of the time of leaving, B(alpha + 1, beta + t - 1) / B(alpha, beta)."""

    def loss(logs):
        a, b = map(math.exp, logs)
        gone = sum(
            (alive[t - 1] - alive[t]) * (betaln(a + 1, b + t - 1) - betaln(a, b))
            for t in range(1, len(alive))
        )
        return -gone - alive[-1] * (betaln(a, b + len(alive) - 1) - betaln(a, b))

    best = minimize(loss, [0, 1], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-9})
    return [math.exp(x) for x in best.x], -best.fun


@pytest.mark.parametrize(
    "name, years, pair, top",
    [
        ("regular", 7, (0.704, 1.182), -1680.3),
        ("high", 7, (0.668, 3.806), -1611.2),
        ("regular", 4, (0.764, 1.296), None),
        ("high", 4, (1.281, 7.790), None),
    ],
)
def test_fits_are_those_published_and_scipys(name, years, pair, top):
    alive = SERIES[name][: years + 1]
    found = fit(of_survivors(alive))
    theirs, largest = by_scipy(alive)
    assert found == pytest.approx(pair, abs=0.0006)
    assert found == pytest.approx(theirs, rel=1e-4)
    mine = log_likelihood(*found, of_survivors(alive))
    assert mine == pytest.approx(largest, abs=1e-6)
    assert top is None or mine == pytest.approx(top, abs=0.06)


@pytest.mark.parametrize(
    "alive", [(4218, 3403, 2843, 2444), (1000, 869, 743, 653), (10_000, 8000, 6450, 5240, 4290)]
)
def test_a_long_ridge_is_climbed_to_its_top(alive):
    counted = of_survivors(alive)
    _, largest = by_scipy(alive)
    assert log_likelihood(*fit(counted), counted) == pytest.approx(largest, abs=1e-5)


@pytest.mark.parametrize(
    "name, years, seen", [("regular", 7, 17.0), ("high", 7, 37.8), ("regular", 4, 16.0)]
)
def test_forecasts_of_the_twelfth_year(name, years, seen):
    alive = SERIES[name]
    forecast = 100 * alive[12] / 1000 + horizon_error(alive, years)
    assert forecast == pytest.approx(seen, abs=0.05)


def test_short_records_miss_more():
    errors = [horizon_error(HIGH_END, years) for years in range(3, 12)]
    assert errors == sorted(errors) and errors[1] == pytest.approx(-8.7, abs=0.05)


def test_the_interval_of_four_years_does_not_hold_what_came():
    low, high = interval(of_survivors(HIGH_END[:5]), lambda a, b: 100 * sbg_survival(12, a, b))
    assert high < 39.4
    low, high = interval(of_survivors(HIGH_END[:8]), lambda a, b: 100 * sbg_survival(12, a, b))
    assert low < 39.4 < high


def test_every_pair_of_the_edge_is_as_likely():
    counted = of_survivors(HIGH_END[:8])
    top = log_likelihood(*fit(counted), counted)
    for pair in edge(counted):
        assert top - log_likelihood(*pair, counted) == pytest.approx(DROP, abs=1e-4)


def test_an_interval_is_what_a_search_finds():
    """The profile likelihood of the first retention, by scipy."""
    counted = of_survivors(REGULAR[:8])
    top = log_likelihood(*fit(counted), counted)

    def profile(r):
        best = minimize_scalar(
            lambda log: -log_likelihood((1 - r) * math.exp(log), r * math.exp(log), counted),
            bounds=(-3, 5),
            method="bounded",
        )
        return top + best.fun - DROP

    for end in interval(counted, lambda a, b: b / (a + b)):
        assert profile(end) == pytest.approx(0, abs=0.03)


@pytest.mark.parametrize("alpha, beta", [(0.8, 3.2), (1.281, 7.79), (3, 0.5)])
def test_survival_is_the_chance_of_no_leaving(alpha, beta):
    for t in range(1, 30):
        assert sbg_survival(t, alpha, beta) == pytest.approx(betabinom.pmf(0, t, alpha, beta))
        kept = sbg_survival(t, alpha, beta) / sbg_survival(t - 1, alpha, beta)
        assert sbg_retention(t, alpha, beta) == pytest.approx(kept)


def test_nobody_changes_and_yet_retention_rises():
    rng, paid = random.Random(8), []
    for _ in range(20_000):
        leaving, months = rng.betavariate(0.8, 3.2), 1
        while months < 13 and rng.random() >= leaving:
            months += 1
        paid.append((months, int(months < 13)))
    counted = renewals(paid)
    shares = [kept / faced for faced, kept in counted]
    for t, share in enumerate(shares, 1):
        assert share == pytest.approx(sbg_retention(t, 0.8, 3.2), abs=0.012)
    assert fit(counted) == pytest.approx((0.8, 3.2), rel=0.08)


def test_who_has_not_come_to_a_renewal_does_not_face_it():
    assert renewals([(1, 0)]) == ()
    assert renewals([(1, 1)]) == ((1, 0),)
    assert renewals([(3, 0), (3, 1), (1, 1)]) == ((3, 2), (2, 2), (1, 0))


def test_retention_that_does_not_rise_has_no_fit():
    with pytest.raises(ValueError, match="one rate for all"):
        fit(((1000, 800), (800, 560), (560, 336)))
    with pytest.raises(ValueError, match="two renewals"):
        fit(((1000, 800),))


@pytest.mark.parametrize("n", [0, 1, 12])
def test_the_two_timings(n):
    now = sbg_clv_now(280, 0.015, 0.81, 3.27, 36)
    assert now == pytest.approx(280 + sbg_clv_next(280, 0.015, 0.81, 3.27, 0, 35))
    by_hand = math.fsum(
        280 * sbg_survival(n + t, 0.81, 3.27) / sbg_survival(n, 0.81, 3.27) / 1.015**t
        for t in range(1, 37)
    )
    assert sbg_clv_next(280, 0.015, 0.81, 3.27, n, 36) == pytest.approx(by_hand)


def test_equal_customers_are_worth_what_the_formulas_of_one_rate_say():
    same = 1e7  # all leave alike: r = 0.8
    assert sbg_clv_now(280, 0.015, 0.2 * same, 0.8 * same, 2000) == pytest.approx(
        clv_now(280, 0.8, 0.015), rel=1e-3
    )
    assert rate_clv_now(280, 0.015, 0.8, 2000) == pytest.approx(clv_now(280, 0.8, 0.015))
    assert rate_clv_now(280, 0.015, 0.8, 2000) - 280 == pytest.approx(clv_next(280, 0.8, 0.015))


def test_two_kinds_mixed():
    seen = [round(mixed_retention(6000, 0.6, 4000, 0.9, t), 4) for t in range(1, 7)]
    assert seen == [0.72, 0.75, 0.78, 0.8077, 0.8314, 0.8505]
    assert round(mixed_retention(500, 0.55, 300, 0.88, 2), 4) == 0.7116
    true = sum(n * clv_now(1, r, 0.1) for n, r in ((6000, 0.6), (4000, 0.9)))
    assert true == pytest.approx(35_200)
    assert 10_000 * clv_now(1, 0.72, 0.1) == pytest.approx(28_947, abs=1)
    assert undervaluation(6000, 0.6, 4000, 0.9, 0.1) == pytest.approx(17.76, abs=0.01)


@pytest.mark.parametrize(
    "ceiling, spent, won, value, k, best",
    [(0.40, 5, 0.15, 60, 0.0940, 8.655), (0.35, 8, 0.12, 140, 0.05248, 17.997)],
)
def test_best_spend_is_that_published_and_that_of_a_search(ceiling, spent, won, value, k, best):
    speed = response_speed(spent, won, ceiling)
    assert speed == pytest.approx(k, abs=0.00005)
    found = best_spend(value, ceiling, speed)
    assert found == pytest.approx(best, abs=0.001)
    top = minimize_scalar(lambda a: -left_per_prospect(a, value, ceiling, speed)).x
    assert found == pytest.approx(top, rel=1e-5)
    slope = (response(found + 1e-4, ceiling, speed) - response(found, ceiling, speed)) / 1e-4
    assert (
        last_cost(found, ceiling, speed)
        == pytest.approx(value)
        == pytest.approx(1 / slope, rel=1e-4)
    )


def test_three_to_one_stops_before_the_best():
    k = response_speed(100, 0.15, 0.40)
    spend = ratio_spend(2541, 0.40, k)
    assert response(spend, 0.40, k) * 2541 / spend == pytest.approx(3)
    assert spend < best_spend(2541, 0.40, k)
    assert left_per_prospect(spend, 2541, 0.40, k) < left_per_prospect(300, 2541, 0.40, k)


@pytest.mark.parametrize(
    "call",
    [
        lambda: sbg_retention(0, 1, 1),
        lambda: sbg_retention(1, 0, 1),
        lambda: sbg_survival(1.5, 1, 1),
        lambda: sbg_clv_now(1, -0.1, 1, 1, 3),
        lambda: sbg_clv_now(1, 0.1, 1, 1, -3),
        lambda: rate_clv_now(1, 0.1, 1.1, 3),
        lambda: response_speed(5, 0.4, 0.4),
        lambda: response(-1, 0.4, 0.1),
        lambda: log_likelihood(-1, 1, ((2, 1),)),
    ],
)
def test_numbers_out_of_range_are_refused(call):
    with pytest.raises(ValueError):
        call()


def test_exercises_may_use_them():
    assert {"best_spend", "sbg_retention", "sbg_clv_next", "undervaluation"} <= set(FORMULAS)
