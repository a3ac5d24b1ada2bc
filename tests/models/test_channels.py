"""Channels: the bonus against scipy's distributions and a simulation, shares and edges by hand."""

import random

import pytest
from scipy.stats import binom

from course.models import channels as model
from course.models.channels import (
    LEAVING,
    NORM,
    ROUTES,
    SHOPS,
    bonus_result,
    leaving,
    own_points,
    photo_result,
    points,
    price_edge,
    ptm_share,
    relative_dependence,
    route_points,
    takes_minute,
)


def test_shares_by_hand():
    assert ptm_share({"sales": 120, "delivery": 260, "service": 90, "office": 30}) == 0.76
    assert ptm_share({"delivery": 3}) == 1
    assert relative_dependence(0.9, 0.01) == pytest.approx(0.89)
    assert price_edge(0, 10) == 0


@pytest.mark.parametrize(
    "call",
    [
        lambda: ptm_share({}),
        lambda: relative_dependence(1.2, 0),
        lambda: relative_dependence(0, -0.1),
        lambda: price_edge(1, 0),
        lambda: price_edge(-1, 10),
        lambda: leaving(20, 1.1),
        lambda: photo_result(1.5),
    ],
)
def test_what_is_out_of_range_is_refused(call):
    with pytest.raises(ValueError):
        call()


@pytest.mark.parametrize("shops, chance", [(20, 0.2), (20, 0.13), (100, 0.2), (900, 0.13)])
def test_chances_are_scipys(shops, chance):
    assert leaving(shops, chance) == pytest.approx(binom.pmf(range(shops + 1), shops, chance))


@pytest.mark.parametrize("drivers", [1, 3, 5, 45])
@pytest.mark.parametrize("norm", [2, 4, 6])
def test_points_of_a_team_are_means_of_scipys(drivers, norm):
    shops, limit = drivers * SHOPS, drivers * norm
    mean = sum((limit - gone) * binom.pmf(gone, shops, LEAVING) for gone in range(limit))
    assert route_points(0, drivers, norm) == pytest.approx(mean / drivers)


def test_own_points_are_found_by_throwing_dice():
    rng = random.Random(3)

    def gone(shops, chance):
        return sum(rng.random() < chance for _ in range(shops))

    throws = 20_000
    gained = 0.0
    for _ in range(throws):
        others, tried, idle = gone(80, 0.13), gone(20, 0.13), gone(20, 0.20)
        gained += max(0, 20 - others - tried) - max(0, 20 - others - idle)
    assert gained / throws / 5 == pytest.approx(own_points(0.07, 5), abs=0.015)


def test_two_groups_are_one_where_their_chances_are_equal():
    assert points(((40, 0.2), (60, 0.2)), 20) == pytest.approx(points(((100, 0.2),), 20))


def test_a_driver_takes_what_pays_and_the_firm_pays_for_luck_otherwise():
    assert takes_minute(0.07, 5.82) and not takes_minute(0.07, 5.81)
    paid, left = bonus_result(0.07, 8)
    assert paid == pytest.approx(8 * ROUTES * route_points(0.07))
    assert left == pytest.approx(63 * 18 - paid)
    paid, left = bonus_result(0.0, 8)
    assert left == -paid == pytest.approx(-8 * ROUTES * route_points(0))


def test_a_larger_team_moves_each_driver_less_and_pays_less_for_luck():
    own = [own_points(0.07, drivers) for drivers in (1, 3, 5, 9, 45)]
    luck = [route_points(0, drivers) for drivers in (1, 3, 5, 9, 45)]
    assert own == sorted(own, reverse=True) and luck == sorted(luck, reverse=True)


def test_a_photo_pays_from_the_honesty_named_in_the_lesson():
    assert photo_result(0.704) > bonus_result(0.07, 8)[1] > photo_result(0.703)
    assert model.commission_result() == 30 * 18 - 600
    assert NORM == 4
