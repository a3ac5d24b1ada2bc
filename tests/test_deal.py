"""Lesson 1: its truths, pictures and instrument, counted again by another way."""

import csv
import re
from collections import Counter
from statistics import fmean, variance

import pytest

from course import instruments, paths, pictures
from course.models.profile import ROWS, offer_gain, return_needed
from course.models.value import relationship_index
from course.texts import LANGS
from course.truths.deal import (
    deal_gain,
    deal_gain_gross,
    deal_gain_level,
    deal_gain_station,
    deal_returns,
    deal_returns_fraction,
    deal_returns_places,
)

FOLDER = "01-deal-to-relationship"
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
        back = [row["returned"] == "1" for row in lots if row["place"] == place]
        assert deal_returns_places().loc[place, "returned"] == pytest.approx(100 * fmean(back))
    money = {place: mean(lots, place, "open", "later_uah") for place in WHERE}
    usual = {place: mean(lots, place, "usual", "later_uah") for place in WHERE}
    assert deal_gain() == pytest.approx(money["district"] - usual["district"] - 30)
    assert deal_gain_gross() == pytest.approx(deal_gain() + 30)
    # Compared with the station by half: the reason told must fit this slip as well.
    assert money["district"] - usual["station"] - 30 == pytest.approx(deal_gain_gross(), rel=0.005)
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
        (["broken"], moves("basis", "quality")),
        (["broken"], moves("basis", "goal", "time")),
        (["same"], ODD),
        # near, and no more
        ([], moves("goal", "quality")),
        ([], moves("basis")),
        ([], moves("basis", "goal")),
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


@pytest.fixture(params=LANGS)
def drawn(request):
    """Gives a picture of the lesson, in both languages."""
    entries = pictures.read(paths.shared("lessons") / FOLDER / "figures.toml")
    return lambda name: pictures.figure(entries[name], request.param)


def numbers(words):
    """The numbers of a sentence as they are printed."""
    plain = words.replace("−", "-").replace(",", ".").replace("-1985", " 1985")
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", plain)]


def test_the_profile_is_that_of_the_instrument(drawn):
    groups = drawn("profile").groups
    here, there = ([group.pairs[k].b for group in groups] for k in (0, 1))
    for case, places in (("district", here), ("station", there)):
        values = instruments.find("profile").cases[case]
        assert places == [values[f"{row}.target"] for row in ROWS]
        assert [group.pairs[0].a for group in groups] == [values[f"{row}.now"] for row in ROWS]


def test_pictures_print_what_the_rows_say(drawn, lots):
    shares = [
        100 * mean(lots, place, offer, "returned")
        for place in WHERE
        for offer in ("usual", "card", "open")
    ]
    bars = drawn("returns")
    assert [row.values[0] for row in bars.rows] == pytest.approx(shares)
    assert all(row.low < row.values[0] < row.high for row in bars.rows)
    assert numbers(bars.sentence) == pytest.approx(shares, abs=0.051)
    gains = [
        mean(lots, place, offer, "later_uah") - mean(lots, place, "usual", "later_uah") - cost
        for place in WHERE
        for offer, cost in (("card", 8), ("open", 30))
    ]
    dots = drawn("gains")
    assert [row.value for row in dots.rows] == pytest.approx(gains)
    assert numbers(dots.sentence) == pytest.approx(gains, abs=0.51)
    assert [row.accent for row in dots.rows] == [False, True, False, False]
    district_card, district, station_card, station = gains
    plans = {
        "card": 4.2 * district_card + 1.8 * station_card,
        "all": 4.2 * district + 1.8 * station,
        "five": 4.2 * district - 4,
        "nothing": 0,
    }
    rows = drawn("plans").rows
    assert [row.values[0] for row in rows] == pytest.approx(list(plans.values()))
    assert [numbers(row.note)[0] for row in rows] == [48, 180, 130, 0]


def test_the_lesson_prints_what_the_trial_says(lots):
    """Numbers that stand in the text, in both languages."""
    money = {
        (place, offer): [
            float(row["later_uah"])
            for row in lots
            if (row["place"], row["offer"]) == (place, offer)
        ]
        for place in WHERE
        for offer in ("usual", "card", "open")
    }

    def gain(place, offer, cost):
        new, usual = money[place, offer], money[place, "usual"]
        half = 1.96 * (variance(new) / len(new) + variance(usual) / len(usual)) ** 0.5
        return fmean(new) - fmean(usual) - cost, half

    district, half = gain("district", "open", 30)
    station, wide = gain("station", "open", 30)
    cards = [gain(place, "card", 8) for place in WHERE]
    came, before = (mean(lots, "district", offer, "returned") for offer in ("card", "usual"))
    sway = 196 * sum(share * (1 - share) / 700 for share in (came, before)) ** 0.5
    low, high = (4.2 * (district + sign * half) - 4 for sign in (-1, 1))
    usual = mean(lots, "district", "usual", "returned")
    fifth = 196 * (usual * (1 - usual) / (4200 / 4 / 5)) ** 0.5  # of three months' clients
    said = {
        "index now": "17.9",
        "index of the target": f"{relationship_index((3, 3, 4, 3, 3, 4, 3)):.1f} %",
        "share for the card": f"{100 * return_needed(0.09, 400, 120, 8):.1f}",
        "share for the open repair": f"{100 * return_needed(0.09, 400, 0, 30):.1f} %",
        "share next year": f"{100 * return_needed(round(usual, 3), 400, 0, 30):.1f}",
        "districts": f"{district:.1f} ± {half:.1f}",
        "station": f"−{-station:.1f}",
        "half of the station": f"{wide:.1f}",
        "cards": f"−{-cards[0][0]:.1f} ± {cards[0][1]:.1f}",
        "cards at the station": f"−{-cards[1][0]:.1f} ± {cards[1][1]:.1f}",
        "came again with the card": f"{100 * (came - before):.1f} ± {sway:.1f}",
        "range of the plan": f"{low:.0f}",
        "upper end of the plan": f"{high:.0f}",
        "all rows": f"{84 * 4.2:.0f}",
        "what the first repair may lose": f" на {(4.2 * district - 4) / 4.2:.0f} грн",
        "sway of every fifth kept as before": f"±{fifth:.0f} пункт",
    }
    text = (paths.shared("lessons") / FOLDER / "lesson.md").read_text("utf-8")
    text = text.replace("\u00a0", " ").replace("\\ \\%", " %").replace("$", "").replace("{,}", ",")
    missing = {
        name: words for name, words in said.items() if text.count(words.replace(".", ",")) < 2
    }
    assert missing == {}
