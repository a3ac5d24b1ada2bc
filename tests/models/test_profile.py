"""Seven rows and the worth of an offer, against counting customers one by one."""

import random

import pytest

from course.models.profile import (
    ROWS,
    best_rows,
    closed,
    contradicts,
    moved,
    offer_gain,
    return_needed,
    spread,
)
from course.models.value import relationship_index

NOW, TARGET = [2, 1, 3, 2, 2, 1, 1], [3, 3, 4, 3, 3, 4, 3]
COSTS = [6, 8, 25, 9, 14, 10, 12]


def named(rows):
    return {ROWS[k] for k in rows}


def test_the_case_of_the_lesson():
    rows = best_rows(NOW, TARGET, COSTS, 130 / 4.2)
    assert named(rows) == {"goal", "basis", "quality"}
    after = moved(NOW, TARGET, rows)
    assert [round(relationship_index(p), 1) for p in (NOW, after, TARGET)] == [17.9, 42.9, 57.1]
    assert closed(NOW, TARGET, rows) == 7 and closed(NOW, TARGET, range(7)) == 11
    assert [contradicts(p) for p in (NOW, after, TARGET)] == [False] * 3
    alone = [named({k}) for k in range(7) if contradicts(moved(NOW, TARGET, {k}))]
    assert alone == [{"service"}, {"basis"}]


def test_places_are_checked():
    with pytest.raises(ValueError, match="from 1 to 5"):
        spread([1, 6])


@pytest.mark.parametrize("seed", range(20))
def test_no_plan_within_the_limit_closes_more(seed):
    rng = random.Random(seed)
    now, target = ([rng.randint(1, 5) for _ in ROWS] for _ in range(2))
    costs, limit = [rng.randint(0, 20) for _ in ROWS], rng.randint(0, 60)
    # Bit by bit instead of by combinations.
    best, cheapest = max(
        (
            sum(abs(t - n) for n, t, bit in zip(now, target, bits, strict=True) if bit == "1"),
            -sum(c for c, bit in zip(costs, bits, strict=True) if bit == "1"),
        )
        for bits in (f"{mask:07b}" for mask in range(128))
        if sum(c for c, bit in zip(costs, bits, strict=True) if bit == "1") <= limit
    )
    rows = best_rows(now, target, costs, limit)
    assert closed(now, target, rows) == best and sum(costs[k] for k in rows) == -cheapest


def test_an_offer_is_worth_what_counted_customers_bring():
    """1000 customers: 90 come again without a card, 157 with it, each of them with a discount."""
    without = sum([400] * 90)
    with_card = sum([400 - 120] * 157) - 8 * 1000
    assert offer_gain(0.09, 0.157, 400, 120, 8) == pytest.approx((with_card - without) / 1000)


@pytest.mark.parametrize(
    ("terms", "needed"),
    [((0.09, 400, 120, 8), 0.1571), ((0.09, 400, 0, 30), 0.165), ((0.2, 300, 0, 0), 0.2)],
)
def test_at_the_needed_share_an_offer_changes_nothing(terms, needed):
    share = return_needed(*terms)
    assert share == pytest.approx(needed, abs=5e-5)
    assert offer_gain(terms[0], share, *terms[1:]) == pytest.approx(0)
    low, high = 0.0, 1.0  # the same by halving
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (
            (low, middle) if offer_gain(terms[0], middle, *terms[1:]) > 0 else (middle, high)
        )
    assert low == pytest.approx(share)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: offer_gain(1.2, 0, 1, 0, 0), "from 0 to 1"),
        (lambda: offer_gain(0.1, 0.2, 400, -1, 0), "0 or more"),
        (lambda: return_needed(0.1, 400, 400, 8), "whole margin"),
    ],
)
def test_impossible_numbers_are_refused(wrong, said):
    with pytest.raises(ValueError, match=said):
        wrong()
