"""Lesson 13: its pictures show the numbers of model and data, and its prose says them."""

import csv
from statistics import fmean, variance

import pytest
from prose import unsaid
from scipy.stats import binom, norm

from course import paths, pictures
from course.lessons import Lesson
from course.models import channels as model
from course.models.satisfaction import wilson_percent
from course.pictures import channels
from course.texts import LANGS

BEFORE, AFTER, PRICE, MINUTE, MARGIN = 0.20, 0.13, 8, 5, 18


def rows(name):
    path = paths.shared("datasets") / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module", params=LANGS)
def drawn(request):
    path = Lesson("channels", request.param).chapter.folder / "figures.toml"
    return {
        name: pictures.figure(entry, request.param) for name, entry in pictures.read(path).items()
    }


def earned(chance, drivers=1):
    """Points a driver has on average when so many routes are counted together."""
    limit, shops = 4 * drivers, 20 * drivers
    counts = range(limit)
    return sum((limit - gone) * binom.pmf(gone, shops, chance) for gone in counts) / drivers


def mine(drivers):
    """Points that one minute adds to the share of him who takes it."""
    limit, others = 4 * drivers, 20 * (drivers - 1)
    left = 0.0
    for gone in range(limit):
        for own in range(min(20, limit - gone) + 1):
            both = binom.pmf(gone, others, AFTER) * binom.pmf(own, 20, BEFORE)
            left += both * (limit - gone - own)
    return earned(AFTER, drivers) - left / drivers


def talks():
    found = {}
    for row in rows("channel_contacts"):
        contacts, bad = found.get(row["department"], (0, 0))
        found[row["department"]] = contacts + int(row["contacts"]), bad + int(row["complaints"])
    return found


def trial():
    """Effect of the minute and half of its interval, points."""
    groups = [
        [int(row["left"]) for row in rows("route_trial") if row["minute"] == minute]
        for minute in "01"
    ]
    error = 1.96 * 5 * sum(variance(group) / len(group) for group in groups) ** 0.5
    return 5 * (fmean(groups[0]) - fmean(groups[1])), error


def test_lines_of_the_map_are_talks(drawn):
    found = talks()
    most = max(contacts for contacts, _ in found.values())
    assert len(drawn["contact-map"].links) == len(found) == 6
    for link in drawn["contact-map"].links:
        assert link.weight == pytest.approx(found[link.b][0] / most)


def test_dots_are_complaints_with_wilsons_intervals(drawn):
    rates = sorted(
        ((100 * bad / of, *wilson_percent(bad, of)) for of, bad in talks().values()), reverse=True
    )
    seen = [(row.value, row.low, row.high) for row in drawn["complaints"].rows]
    assert seen == [pytest.approx(rate) for rate in rates]


def test_bars_of_the_teams_are_what_a_minute_adds(drawn):
    gains = [row.values[0] for row in drawn["teams"].rows]
    assert gains == pytest.approx([PRICE * mine(drivers) for drivers in (1, 3, 5, 45)])
    assert [row.accent for row in drawn["teams"].rows] == [gain >= MINUTE for gain in gains]


def test_bars_of_the_plans_are_money(drawn):
    kept, paid = 0.07 * 900 * MARGIN, PRICE * 45 * earned(AFTER)
    expected = [
        kept - paid,
        0.4 * kept - 45 * MINUTE,
        -PRICE * 45 * earned(BEFORE, 45),
        30 * MARGIN - 600,
        -PRICE * 45 * earned(BEFORE, 5),
        -600,
    ]
    own, photo = drawn["plans"].rows[:2]
    assert [row.values[0] for row in drawn["plans"].rows] == pytest.approx(expected)
    assert own.accent and own.low == pytest.approx(-PRICE * 45 * earned(BEFORE))
    assert own.high == pytest.approx(0.115 * 900 * MARGIN - 600)
    assert photo.high == pytest.approx(0.4 * 0.115 * 900 * MARGIN - 45 * MINUTE)


def test_the_effect_of_the_lesson_is_that_of_the_trial_rounded():
    effect, error = trial()
    assert round(effect) == 7 == round(100 * model.EFFECT)
    assert (round(effect - error, 1), round(effect + error, 1)) == (2.5, 11.5)


def test_the_plan_weighed_over_all_effects_is_what_the_lesson_says():
    effect, error = trial()
    chances = norm(effect, error / 1.96)
    steps = [step / 10 for step in range(-20, 181)]

    def left(x, price):
        paid, left = model.bonus_result(max(0, x) / 100, price)
        return left + max(0, paid - model.FUND)

    def weighed(price):
        whole = sum(map(chances.pdf, steps))
        return sum(chances.pdf(x) * left(x, price) for x in steps) / whole

    def least(price):
        return min(x for x in steps if model.takes_minute(max(0, x) / 100, price))

    assert left(11.5, PRICE) == channels.result(0.115)
    assert [round(weighed(price), -1) for price in (PRICE, 6)] == [480, 400]
    assert [least(price) for price in (PRICE, 6)] == [5.5, 6.9]
    refusal = [chances.cdf(least(price) - 0.1) for price in (PRICE, 6)]
    assert refusal == [pytest.approx(0.25, abs=0.02), pytest.approx(0.48, abs=0.02)]


@pytest.mark.parametrize("lang", LANGS)
def test_the_lesson_says_the_models_numbers(prose, lang):
    text = prose("13-channels", lang)
    effect, error = trial()
    found = talks()
    every = sum(of for of, _ in found.values())
    kept, paid = 0.07 * 900 * MARGIN, PRICE * 45 * earned(AFTER)
    least = next(step / 2 for step in range(25) if model.takes_minute(step / 200, PRICE))
    said = {
        "wallet less sales": (abs(0.15 - 0.24), 2),
        "bonds": (350 + 480 + 15_600 / 12 * 0.18, 0),
        "edge": (1064 / 15_600 * 100, 1),
        "rival": (0.06 * 15_600, 0),
        "effect": (effect, 1),
        "error": (error, 1),
        "from": (effect - error, 1),
        "to": (effect + error, 1),
        "shops kept": (63, 0),
        "kept": (kept, 0),
        "paid": (paid, 0),
        "points": (45 * earned(AFTER), 0),
        "own plan": (kept - paid, 0),
        "photo, pay": (45 * MINUTE, 0),
        "photo plan": (0.4 * kept - 45 * MINUTE, 0),
        "photo, even": (100 * (kept - paid + 45 * MINUTE) / kept, 0),
        "honest, from": (wilson_percent(40, 100)[0], 0),
        "honest, to": (wilson_percent(40, 100)[1], 0),
        "brigade": (PRICE * 45 * earned(BEFORE, 5), 0),
        "whole": (PRICE * 45 * earned(BEFORE, 45), 0),
        "luck": (PRICE * 45 * earned(BEFORE), 0),
        "weighed": (480, 0),
        "least effect": (least, 1),
        "paid at 9": (9 * 45 * earned(AFTER), 0),
        "left at 6": (kept - 6 * 45 * earned(AFTER), 0),
        "least effect at 6": (6.9, 1),
        "weighed at 6": (400, 0),
        "error of a year": (196 * (0.17 * 0.83 / 900) ** 0.5, 1),
        "agents' talks": (100 * found["sales"][0] / every, 0),
        "talks of accounting": (100 * found["accounting"][0] / every, 0),
        "its complaints": (
            100 * found["accounting"][1] / sum(bad for _, bad in found.values()),
            0,
        ),
        "leave after it": (117, 0),
    }
    for drivers in (1, 5, 45):
        said |= {
            f"luck of {drivers}": (earned(BEFORE, drivers), 2),
            f"points of {drivers}": (earned(AFTER, drivers), 2),
            f"mine of {drivers}": (mine(drivers), 2),
        }
    said |= {f"money of {drivers}": (PRICE * mine(drivers), 1) for drivers in (1, 5)}
    assert unsaid(said, text, lang) == {}
