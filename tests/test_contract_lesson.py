"""Lesson 8: its pictures show the numbers of model and data, and its prose says them."""

import csv
import math

import pytest
from prose import unsaid
from scipy.optimize import brentq

from course import paths, pictures
from course.lessons import Lesson
from course.models import contract as model
from course.models.contract import CEILING, HIGH_END, MARGIN, PAIR, RATE, REGULAR, SPENT, WON
from course.models.value import clv_now
from course.texts import LANGS, number

VISITORS, BUDGET = 4000, 300


@pytest.fixture(scope="module")
def people():
    path = paths.shared("datasets") / "subscriptions.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return [
            (int(row["cohort_month"]), int(row["tenure"]), int(row["churned"]))
            for row in csv.DictReader(file)
        ]


@pytest.fixture(scope="module", params=LANGS)
def drawn(request):
    path = Lesson("contract-value", request.param).chapter.folder / "figures.toml"
    return {
        name: pictures.figure(entry, request.param) for name, entry in pictures.read(path).items()
    }


def worth(a, b, months=36):
    """Add up the margins of a new subscriber month by month."""
    total, there = 0.0, 1.0
    for t in range(months):
        total += MARGIN * there / (1 + RATE) ** t
        there *= (b + t) / (a + b + t)
    return total


def present(n):
    """Add up the margins of one who has renewed n times, the first of them in a month."""
    a, b = PAIR
    total, there = 0.0, 1.0
    for t in range(1, 37):
        there *= (b + n + t - 1) / (a + b + n + t - 1)
        total += MARGIN * there / (1 + RATE) ** t
    return total


def won(spend, ceiling=CEILING):
    return ceiling * (1 - (1 - WON / ceiling) ** (spend / SPENT))


def left(spend, ceiling=CEILING):
    """What a year of visitors leaves, kUAH."""
    return VISITORS * (won(spend, ceiling) * worth(*PAIR) - spend) / 1000


def averages(people):
    faced = sum(paid + cohort >= 23 for cohort, paid, _ in people)
    still = sum(not gone for _, _, gone in people)
    every = sum(paid - 1 + gone for _, paid, gone in people)
    return {
        "first": sum(paid > 1 for _, paid, _ in people) / len(people),
        "december": still / faced,
        "all": sum(paid - 1 for _, paid, _ in people) / every,
    }


def test_the_pair_of_the_lesson_is_the_fitted_one_rounded(people):
    fitted = model.fit(model.renewals((paid, gone) for _, paid, gone in people))
    assert tuple(round(value, 2) for value in fitted) == PAIR


def test_bars_of_the_rates_are_sums_of_margins(drawn, people):
    rates = averages(people)
    rows = drawn["rates"].rows
    for row, r in zip(rows, rates.values(), strict=False):
        new = sum(MARGIN * (r / (1 + RATE)) ** t for t in range(36))
        later = sum(MARGIN * (r / (1 + RATE)) ** t for t in range(1, 37))
        assert row.values == pytest.approx((new, later))
    stayed = [paid - 1 for _, paid, gone in people if not gone]
    mean = sum(present(n) for n in stayed) / len(stayed)
    assert rows[-1].accent and rows[-1].values == pytest.approx((worth(*PAIR), mean))


def test_two_kinds_are_sorted(drawn):
    weak, strong = 6000.0, 4000.0
    for row in drawn["sorting"].rows:
        assert row.values == pytest.approx((weak, strong))
        kept = 100 * (0.6 * weak + 0.9 * strong) / (weak + strong)
        assert number(round(kept), "uk", 0) in row.note
        weak, strong = 0.6 * weak, 0.9 * strong


def test_errors_are_forecast_less_what_came(drawn):
    for line, alive in zip(drawn["training"].lines, (HIGH_END, REGULAR), strict=True):
        for years, error, low, high in zip(line.xs, line.ys, line.low, line.high, strict=True):
            a, b = model.fit(model.of_survivors(alive[: int(years) + 1]))
            forecast = 100 * math.exp(
                math.lgamma(b + 12) - math.lgamma(b) + math.lgamma(a + b) - math.lgamma(a + b + 12)
            )
            assert error == pytest.approx(forecast - alive[12] / 10)
            assert low < error < high


def test_dots_are_those_who_paid_again(drawn, people):
    data, curve, whole = drawn["retention"].lines
    for t, share in zip(data.xs, data.ys, strict=True):
        kept = sum(paid > t for _, paid, _ in people)
        gone = sum(paid == t and bool(out) for _, paid, out in people)
        assert share == pytest.approx(100 * kept / (kept + gone))
    assert curve.ys[0] == pytest.approx(100 * 3.27 / 4.08)
    assert whole.ys == pytest.approx([100 * averages(people)["all"]] * 23)


def test_bars_of_the_plans_are_what_visitors_leave(drawn):
    for row in drawn["plans"].rows:
        (spend,) = (
            spend
            for spend in (100, 213, 216, 300, 478)
            if row.values[0] == pytest.approx(left(spend))
        )
        assert row.accent == (spend == BUDGET)
        if row.low is not None:
            assert (row.low, row.high) == pytest.approx((left(spend, 0.3), left(spend, 0.5)))


@pytest.mark.parametrize("lang", LANGS)
def test_the_lesson_says_the_models_numbers(prose, lang, people):
    text = prose("08-contract-value", lang)
    rates = averages(people)
    a, b = PAIR
    k = -math.log(1 - WON / CEILING) / SPENT
    value, last = worth(a, b), math.exp(300 * k) / (CEILING * k)
    stayed = [paid - 1 for _, paid, gone in people if not gone]
    weak, strong = worth(a + 1, b, 35), worth(a, b + 1, 35)
    high, regular = (
        [100 * model.sbg_survival(12, *model.fit(model.of_survivors(s[: y + 1]))) for y in (4, 7)]
        for s in (HIGH_END, REGULAR)
    )
    finance, director = (
        round(math.log(CEILING * k * MARGIN / (1 - rates[name])) / k)
        for name in ("first", "december")
    )
    ratio = math.floor(model.ratio_spend(value, CEILING, k))
    called = 2000 * won(300 - 7.5)  # half of those who would be won for the rest of the money
    half = 2 * called  # of the newcomers of two years

    def noise(share):
        return 196 * math.sqrt(2 * share * (1 - share) / half)

    added = VISITORS * (won(300) - won(100))
    enough = (300 - 100) * VISITORS / added
    leaving = brentq(lambda other: worth(other, b) - enough, a, 10)
    mixed = (VISITORS * won(100) * b / (a + b) + added * b / (leaving + b)) / (VISITORS * won(300))
    # who paid after the call is there six months later after five renewals more
    half_year = [model.sbg_survival(5, *pair) for pair in ((a + 1, b), (a, b + 1))]
    loses = value / last * 50
    # a plan is of whole hryvnias, so a reader who takes it from the table gets the same numbers
    table = {
        f"{name} at {spend}": (amount, 0)
        for spend in (200, ratio, 300, director)
        for name, amount in {
            "newcomers": VISITORS * won(spend),
            "price": spend / won(spend),
            "last": math.exp(spend * k) / (CEILING * k),
            "left": left(spend),
        }.items()
    }
    said = {
        "subscribers": (len(people), 0),
        "still there": (len(stayed), 0),
        "left in December": (100 - 100 * rates["december"], 1),
        "left at first": (100 - 100 * rates["first"], 1),
        "worth by December": (MARGIN / (1 - rates["december"]), 0),
        "worth by the first month": (MARGIN / (1 - rates["first"]), 0),
        "spend of finance": (finance, 0),
        "spend of the director": (director, 0),
        "what she lacks": (4 * director - 1200, 0),
        "all renewals": (100 * rates["all"], 1),
        "whole by kinds": (6000 * clv_now(1, 0.6, 0.1) + 4000 * clv_now(1, 0.9, 0.1), 0),
        "whole by one rate": (10_000 * clv_now(1, 0.72, 0.1), 0),
        "r1": (b / (a + b), 3),
        "r2": ((b + 1) / (a + b + 1), 3),
        "r3": ((b + 2) / (a + b + 2), 3),
        "S2": (b / (a + b) * (b + 1) / (a + b + 1), 3),
        "second margin": (MARGIN * b / (a + b) / 1.015, 0),
        "regular, 4 years": (regular[0], 1),
        "high, 4 years": (high[0], 1),
        "high, 7 years": (high[1], 1),
        "new": (value, 0),
        "new, 24 months": (worth(a, b, 24), 0),
        "new, 60 months": (worth(a, b, 60), 0),
        "after 12 renewals": (present(12), 0),
        "after none": (present(0), 0),
        "best spend": (math.log(CEILING * k * value) / k, 0),
        "by the director": (left(director), 0),
        "by the ratio": (left(ratio), 0),
        "ratio spend": (ratio, 0),
        "the plan": (left(300), 0),
        "as last year": (left(100), 0),
        "last one": (last, 0),
        "a hryvnia": (value / last, 2),
        "a saved one like who stayed": (strong, 0),
        "a saved one like who left": (weak, 0),
        "returned": (0.04 * strong / 50, 2),
        "returned at worst": (0.04 * weak / 50, 2),
        "by the curve more": (left(300) - left(finance), 0),
        "best spend, 24 months": (math.log(CEILING * k * worth(a, b, 24)) / k, 0),
        "price of the calls": (50 * called / 1000, 0),
        "calls' money spent on visitors": (50 * called / 1000 * value / last, 0),
        "error of two years, points": (noise(rates["first"]), 1),
        "after six months at worst, points": (4 * half_year[0], 1),
        "after six months at best, points": (4 * half_year[1], 1),
        "error after six months, points": (noise(model.sbg_survival(6, a, b)), 1),
        "points below which calls stop": (100 * loses / strong, 0),
        "calling all at best": ((0.04 * strong / 50 - value / last) * 60, 0),
        "added newcomers": (added, 0),
        "what they must be worth": (enough, 0),
        "half of the value": (value / 2, 0),
        "first renewal if they are worth just that": (100 * mixed, 0),
        "left in the model": (100 * a / (a + b), 0),
        "left in the model, who would have left": (100 * (a + 1) / (a + 1 + b), 0),
    } | table
    assert unsaid(said, text, lang) == {}
