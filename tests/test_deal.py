"""Lesson 1: its truths, pictures and instrument, counted again by another way."""

import csv
from collections import Counter
from statistics import fmean

import pytest

from course import instruments, paths
from course.models.profile import offer_gain
from course.truths.deal import (
    deal_gain,
    deal_gain_gross,
    deal_gain_level,
    deal_gain_station,
    deal_returns,
    deal_returns_fraction,
    deal_returns_money,
)

WHERE = ("district", "station")


@pytest.fixture(scope="module")
def lots():
    path = paths.shared("datasets") / "dzvinkolis_trial.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def mean(lots, place, offer, column):
    return fmean(
        float(row[column]) for row in lots if (row["place"], row["offer"]) == (place, offer)
    )


def test_who_came_again_is_who_brought_money(lots):
    assert all((row["returned"] == "1") == (row["later_uah"] != "0") for row in lots)


def test_lots_are_even_and_the_order_of_rows_tells_nothing(lots):
    counts = Counter((row["place"], row["offer"]) for row in lots)
    assert set(counts.values()) == {700, 300} and len(counts) == 6
    half = Counter(row["offer"] for row in lots[:1500])
    assert max(half.values()) - min(half.values()) < 90


def test_shares_and_money_are_those_of_the_rows(lots):
    shares = deal_returns()
    for place in WHERE:
        for offer in ("usual", "card", "open"):
            share = mean(lots, place, offer, "returned")
            assert shares.loc[place, offer] == pytest.approx(100 * share)
            assert deal_returns_fraction().loc[place, offer] == pytest.approx(share)
            money = mean(lots, place, offer, "later_uah")
            assert deal_returns_money().loc[place, offer] == pytest.approx(100 * money)
    money = {place: mean(lots, place, "open", "later_uah") for place in WHERE}
    usual = {place: mean(lots, place, "usual", "later_uah") for place in WHERE}
    assert deal_gain() == pytest.approx(money["district"] - usual["district"] - 30)
    assert deal_gain_gross() == pytest.approx(deal_gain() + 30)
    assert deal_gain_level() == pytest.approx(money["district"] - 30)
    assert deal_gain_station() == pytest.approx(money["station"] - usual["station"] - 30)


def test_the_trial_is_what_its_chances_promise():
    """The sample lies within two standard errors of the generator's expectation."""
    assert deal_gain() == pytest.approx(offer_gain(0.115, 0.235, 400, 0, 30), abs=16)
    assert deal_gain_station() == pytest.approx(offer_gain(0.03, 0.04, 400, 0, 30), abs=14)


def look(case="district", **values):
    declared = instruments.find("profile")
    changed = {key.replace("__", "."): value for key, value in values.items()}
    return declared.look({**declared.cases[case], **changed}, "uk")


def moves(*rows):
    return {f"{row}__move": "yes" for row in rows}


ODD = {"time__now": 1, "service__now": 1, "basis__now": 4}


@pytest.mark.parametrize(
    ("met", "changes"),
    [
        (["plan"], moves("basis", "goal", "quality")),
        (["broken"], moves("basis")),
        (["broken"], moves("basis", "goal", "time")),
        (["same"], ODD),
        # near, and no more
        ([], moves("goal", "quality")),
        ([], moves("basis", "goal", "quality", "time")),
        ([], {**moves("basis", "goal", "quality"), "limit": 29}),
        (
            [],
            {
                **moves("time", "goal", "service", "contacts", "involvement", "basis", "quality"),
                "limit": 84,
            },
        ),
        ([], {**ODD, "basis__now": 5}),
        ([], {"time__now": 3, "goal__now": 2, "service__now": 1}),
    ],
)
def test_challenges_are_met_by_what_they_ask_for(met, changes):
    assert look(**changes)["met"] == met


def test_card_and_honest_price_share_an_index_and_nothing_else():
    card = look("card", **moves("goal", "contacts"))["sentence"]
    board = look("station", **moves("basis"))["sentence"]
    assert "за планом – 25,0" in card.replace("\u00a0", " ")
    assert "за планом – 25,0" in board.replace("\u00a0", " ")
