"""Purchases without a contract: published values, scipy's functions and fits, and plain simulation."""

import csv
import math
import random
from collections import defaultdict
from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import betaln, gammaln, hyp2f1

from course import paths
from course.models import purchases as model
from course.models.purchases import CDNOW, CDNOW_SPENDING, Rates, Spending

PUBLISHED = Rates(0.243, 4.414, 0.793, 2.426)
CALIBRATION = 273  # days


@pytest.fixture(scope="module")
def shop():
    """(x, t_x, T, mean repeat purchase, purchases in the hold-out) of everybody at CDNOW."""
    spent = defaultdict(lambda: defaultdict(float))
    path = paths.shared("datasets") / "real/cdnow/cdnow.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            spent[row["customer_id"]][int(row["day"])] += float(row["usd"])
    base = []
    for days in spent.values():
        seen = sorted(day for day in days if day <= CALIBRATION)
        repeat = [days[day] for day in seen[1:]]
        mean = math.fsum(repeat) / len(repeat) if repeat else 0.0
        later = sum(day > CALIBRATION for day in days)
        weeks = ((day - seen[0]) / 7 for day in (seen[-1], CALIBRATION))
        base.append((len(repeat), *weeks, mean, later))
    return base


def density(logs, x, t_x, T):
    """Minus the log-likelihood, straight from the two terms of the article."""
    r, alpha, a, b = np.exp(logs)
    stays = betaln(a, b + x) - (r + x) * np.log(alpha + T)
    leaves = np.full(len(x), -np.inf)
    again = x > 0
    leaves[again] = betaln(a + 1, b + x[again] - 1) - (r + x[again]) * np.log(alpha + t_x[again])
    each = gammaln(r + x) - gammaln(r) + r * np.log(alpha) - betaln(a, b)
    return -(each + np.logaddexp(stays, leaves)).sum()


@pytest.mark.parametrize(
    "x, t_x, T, chance, later",
    [
        (2, 30.43, 38.86, 0.7266, 1.2259),
        (1, 1.71, 38.86, 0.2122, 0.2033),
        (0, 0, 38.86, 1.0, 0.1948),
        (7, 29.43, 38.86, 0.6418, 3.3372),
        (26, 30.86, 31.00, 0.9689, 20.7506),
    ],
)
def test_known_customers(x, t_x, T, chance, later):
    assert model.alive(x, t_x, T) == pytest.approx(chance, abs=6e-5)
    assert model.expected(x, t_x, T, 39) == pytest.approx(later, abs=1e-3)


@pytest.mark.parametrize(
    "weeks, later", [(13, 0.5336), (26, 0.9013), (39, 1.1950), (52, 1.4440), (78, 1.8580)]
)
def test_known_newcomers(weeks, later):
    assert model.newcomer(weeks) == pytest.approx(later, abs=1e-4)


def test_fit_is_the_published_one(shop):
    x, t_x, T = (np.array(column, float) for column in list(zip(*shop, strict=True))[:3])
    found = minimize(density, np.zeros(4), args=(x, t_x, T), method="L-BFGS-B")
    assert -found.fun == pytest.approx(-9582.43, abs=0.005)
    assert np.exp(found.x) == pytest.approx([0.243, 4.414, 0.793, 2.426], abs=6e-4)
    fitted = (CDNOW.r, CDNOW.alpha, CDNOW.a, CDNOW.b)
    assert fitted == pytest.approx(np.exp(found.x), rel=1e-3)
    base = [(whole, first, last) for whole, first, last, *_ in shop]
    assert model.log_likelihood(base, CDNOW) == pytest.approx(-found.fun, abs=1e-4)


def test_hold_out(shop):
    assert sum(later for *_, later in shop) == 1882
    total = math.fsum(model.expected(x, t_x, T, 39) for x, t_x, T, *_ in shop)
    assert total == pytest.approx(1653.4, abs=0.1)
    chances = [model.alive(x, t_x, T) for x, t_x, T, *_ in shop]
    assert math.fsum(chances) / len(chances) == pytest.approx(0.81344, abs=1e-5)


def test_spending_is_the_published_one(shop):
    again = [(x, mean) for x, _, _, mean, _ in shop if x]
    assert len(again) == 946
    found = minimize(
        lambda logs: -model.spending_likelihood(again, Spending(*np.exp(logs))),
        np.log([5.0, 4.0, 15.0]),
        method="Nelder-Mead",
    )
    assert -found.fun == pytest.approx(-4055.92, abs=0.005)
    assert np.exp(found.x) == pytest.approx([6.25, 3.74, 15.44], abs=0.02)
    fitted = (CDNOW_SPENDING.p, CDNOW_SPENDING.q, CDNOW_SPENDING.v)
    assert fitted == pytest.approx(np.exp(found.x), rel=2e-3)


def test_fit_of_the_invented_shop():
    path = paths.shared("datasets") / "hlynianka_customers.csv"
    table = np.genfromtxt(path, delimiter=",", skip_header=1)
    x, t_x, T, mean = table.T[1:]
    found = minimize(density, np.zeros(4), args=(x, t_x, T), method="L-BFGS-B")
    fitted = model.HLYNIANKA
    assert np.exp(found.x) == pytest.approx((fitted.r, fitted.alpha, fitted.a, fitted.b), rel=1e-3)
    again = list(zip(x[x > 0], mean[x > 0], strict=True))
    best = model.spending_likelihood(again, model.HLYNIANKA_SPENDING)
    for name in ("p", "q", "v"):
        for step in (0.98, 1.02):
            near = replace(
                model.HLYNIANKA_SPENDING, **{name: getattr(model.HLYNIANKA_SPENDING, name) * step}
            )
            assert model.spending_likelihood(again, near) < best


@pytest.mark.parametrize(
    "x, z, mean", [(1, 11.77, 18.911), (2, 22.35, 24.659), (7, 73.74, 71.463), (3, 42.5, 41.569)]
)
def test_known_spending(x, z, mean):
    assert model.spend(x, z) == pytest.approx(mean, abs=0.005)
    assert model.fair_spend(x, z) == pytest.approx(mean, abs=0.01)
    assert CDNOW_SPENDING.mean == pytest.approx(35.171, abs=0.001)


def test_spending_is_a_weighted_mean():
    base = Spending(4.0, 3.0, 500.0)
    weight = 4 * 5 / (4 * 5 + 3 - 1)
    assert model.spend(5, 900, base) == pytest.approx(weight * 900 + (1 - weight) * 1000)
    assert model.spend(0, 0, base) == base.mean == 1000


@pytest.mark.parametrize("weeks", [0, 1, 13, 104, 500])
@pytest.mark.parametrize("x, t_x, T", [(0, 0, 1), (1, 0.5, 1), (3, 20, 80), (30, 70, 104)])
@pytest.mark.parametrize("rates", [CDNOW, Rates(0.357, 6.631, 0.721, 2.153), Rates(3, 1, 2.5, 9)])
def test_expected_purchases_by_scipy(rates, x, t_x, T, weeks):
    r, alpha, a, b = rates.r, rates.alpha, rates.a, rates.b
    odds = a / (b + x - 1) * ((alpha + T) / (alpha + t_x)) ** (r + x) if x else 0
    series = hyp2f1(r + x, b + x, a + b + x - 1, weeks / (alpha + T + weeks))
    left = ((alpha + T) / (alpha + T + weeks)) ** (r + x) * series
    whole = (a + b + x - 1) / (a - 1) * (1 - left) / (1 + odds)
    assert model.expected(x, t_x, T, weeks, rates) == pytest.approx(whole, rel=1e-6, abs=1e-9)


def test_the_formulas_are_the_story():
    """Customers are drawn as the model tells; those who look alike are counted."""
    random.seed(1)
    rates, T, weeks = Rates(1.5, 6.0, 1.6, 4.0), 20.0, 20.0
    there, later, count = 0, 0, 0
    for _ in range(60_000):
        pace = random.gammavariate(rates.r, 1 / rates.alpha)
        leaves = random.betavariate(rates.a, rates.b)
        time, before, after, active, last = 0.0, 0, 0, True, 0.0
        while active:
            time += random.expovariate(pace)
            if time > T + weeks:
                break
            before, after = before + (time <= T), after + (time > T)
            last = time if time <= T else last
            active = random.random() >= leaves
            if not active and time > T:
                active = True  # he was active when observation ended
                break
        if before == 2 and 8 <= last <= 12:
            count, there, later = count + 1, there + active, later + after
    assert count > 1000
    assert there / count == pytest.approx(model.alive(2, 10, T, rates), abs=0.04)
    assert later / count == pytest.approx(model.expected(2, 10, T, weeks, rates), rel=0.08)


def test_more_purchases_before_the_same_silence_are_worse_news():
    chances = [model.alive(x, 25, 39) for x in range(1, 11)]
    assert chances[1:] == sorted(chances[1:], reverse=True)
    values = [model.expected(x, 25, 39, 39) for x in range(1, 11)]
    assert max(values) > values[-1] > values[0]


def test_long_silence_underflows_to_nothing_and_not_to_an_error():
    assert 0 <= model.alive(400, 1, 104) < 1e-200


@pytest.mark.parametrize(
    "call",
    [
        lambda: model.alive(-1, 0, 5),
        lambda: model.alive(1.5, 1, 5),
        lambda: model.alive(1, 6, 5),
        lambda: model.alive(0, 1, 5),
        lambda: model.alive(1, 1, math.inf),
        lambda: model.expected(1, 1, 5, -1),
        lambda: model.newcomer(math.nan),
        lambda: model.spend(1, -1),
        lambda: model.own_weight(-1),
        lambda: model.spending_likelihood([(0, 0)], CDNOW_SPENDING),
        lambda: Rates(0.3, 4, 1, 2),
        lambda: Rates(0.3, 0, 0.8, 2),
        lambda: Spending(6, 1, 15),
    ],
)
def test_out_of_range_raises(call):
    with pytest.raises(ValueError):
        call()


def test_published_parameters_are_those_of_the_exercises():
    assert model.still_active(2, 30.43, 38.86) == model.alive(2, 30.43, 38.86, PUBLISHED)
