"""The repeated game and the survival table, against sums by hand and a published table."""

import math

import pytest

from course.models import culture as model
from course.models.culture import STEP, WHOLE, Deal

# Weeks in remission of 21 patients on 6-MP (E. Freireich and others, 1963), the set of every
# textbook on survival; 0 for those still watched.
REMISSION = (
    [(6, 1)] * 3 + [(6, 0), (7, 1), (9, 0), (10, 1), (10, 0), (11, 0), (13, 1), (16, 1), (17, 0)]
    + [(19, 0), (20, 0), (22, 1), (23, 1), (25, 0), (32, 0), (32, 0), (34, 0), (35, 0)]
)  # fmt: skip
PUBLISHED = {
    6: (0.857, 0.0764),
    7: (0.807, 0.0869),
    10: (0.753, 0.0963),
    13: (0.690, 0.1068),
    16: (0.627, 0.1141),
    22: (0.538, 0.1282),
    23: (0.448, 0.1346),
}


@pytest.mark.parametrize(
    ("payoffs", "weight"), [((5, 3, 1), 0.5), ((7, 3, 1), 2 / 3), ((8, 5, 2), 0.5)]
)
def test_critical_weight(payoffs, weight):
    assert model.critical_weight(*payoffs) == pytest.approx(weight)


@pytest.mark.parametrize(("r", "i", "weight"), [(0.9, 0.15, 0.783), (0.88, 0.14, 0.7719)])
def test_weight_of_the_future(r, i, weight):
    assert model.future_weight(r, i) == pytest.approx(weight, abs=5e-4)


@pytest.mark.parametrize("payoffs", [(5, 3, 1), (9, 4, 0), (500, 400, 150)])
def test_at_the_critical_weight_pressing_once_brings_as_much_as_keeping_on(payoffs):
    t, r, p = payoffs
    weight = model.critical_weight(t, r, p)
    rounds = range(1, 2000)
    assert t + sum(p * weight**n for n in rounds) == pytest.approx(
        r + sum(r * weight**n for n in rounds)
    )


@pytest.mark.parametrize(("deal", "penalty"), [(WHOLE, 0), (STEP, 0), (WHOLE, 100)])
def test_at_the_cap_the_critical_weight_is_ones_own(deal, penalty):
    weight = model.future_weight(2 / 3, 0.04)
    most = model.sunk_cap(weight, deal.joint, deal.alone, deal.share, penalty)
    same = Deal(deal.instalment, deal.instalments, deal.joint, penalty=penalty)
    assert same.critical(most) == pytest.approx(weight)
    assert same.critical(most - 1) < weight < same.critical(most + 1)


def test_path_of_the_whole_plan_by_hand():
    played = model.path(WHOLE, "reckoner", "leaves", model.future_weight(2 / 3, 0.04))
    assert [q.supplier for q in played] == [0, 0, 0, 0, 500 - 750 - 500] + [150] * 15
    assert [q.chain for q in played] == [500, 500, 500, 500, 1250] + [150] * 15
    assert [q.sunk for q in played[:6]] == [500, 1000, 1500, 2000, 2500, 2500]


def test_a_patient_chain_never_presses():
    played = model.path(WHOLE, "builder", "leaves", 0)
    by_hand = sum(500 / 1.04**n for n in range(20)) - sum(500 / 1.04**n for n in range(6))
    assert model.present(q.supplier for q in played) == pytest.approx(by_hand)
    assert all(q.chain_keeps for q in played)


def test_who_pauses_is_pressed_again_and_who_endures_always():
    weight = model.future_weight(2 / 3, 0.04)
    pressed = {
        how: sum(
            q.supplier_keeps and not q.chain_keeps
            for q in model.path(WHOLE, "reckoner", how, weight)
        )
        for how in model.SUPPLIERS
    }
    assert pressed == {"leaves": 1, "pauses": 8, "endures": 16}


def test_the_small_step_holds_and_its_worst_is_known():
    weight = model.future_weight(2 / 3, 0.04)
    assert all(q.chain_keeps for q in model.path(STEP, "reckoner", "leaves", weight))
    worst = model.above_alone(STEP, model.path(STEP, "hunter", "leaves", weight))[0]
    assert worst == pytest.approx(230 - 0.3 * 200 - 200 - 150)


@pytest.mark.parametrize("deal", [WHOLE, STEP])
@pytest.mark.parametrize("quarter", [0, 1, 4, 7])
def test_pressed_once_by_hand(deal, quarter):
    paid = [deal.instalment * (n < deal.instalments) for n in range(quarter + 1)]
    money = [deal.joint - deal.alone - cost for cost in paid]
    money[-1] -= deal.share * sum(paid)
    assert model.pressed_in(deal, quarter) == pytest.approx(
        sum(amount / 1.04**n for n, amount in enumerate(money))
    )


def test_guarantee_and_penalty_lower_what_pressing_brings():
    assert WHOLE.gain(3000) == pytest.approx(900)
    assert Deal(500, 6, 500, returned=0.5).gain(3000) == pytest.approx(450)
    assert Deal(500, 6, 500, penalty=100).gain(3000) == pytest.approx(800)
    assert Deal(500, 6, 500, penalty=100).gain(100) == 0


def test_what_is_taken_from_one_the_other_has():
    for deal in (WHOLE, Deal(500, 6, 500, returned=0.4, penalty=50)):
        for q in model.path(deal, "hunter", "endures", 0):
            paid = deal.instalment if q.number < deal.instalments else 0
            assert q.supplier + q.chain + paid == pytest.approx(2 * deal.joint)


def test_survival_is_the_published_one():
    rows = {s.quarter: s for s in model.kaplan_meier(REMISSION)}
    for week, (alive, error) in PUBLISHED.items():
        assert rows[week].alive == pytest.approx(alive, abs=6e-4)
        assert rows[week].error == pytest.approx(error, abs=6e-5)


def test_without_censoring_the_table_is_shares_with_their_usual_error():
    rows = model.kaplan_meier([(t, 1) for t in (1, 1, 2, 3, 3, 3, 4, 5, 5, 6)])
    for s, share in zip(rows, (0.8, 0.7, 0.4, 0.3, 0.1, 0), strict=True):
        assert s.alive == pytest.approx(share)
        assert s.error == pytest.approx(math.sqrt(share * (1 - share) / 10))


@pytest.mark.parametrize(
    "call",
    [
        lambda: model.future_weight(1.2, 0.04),
        lambda: model.critical_weight(3, 3, 3),
        lambda: model.payoff_stream(1, 1, 0.04, 0),
        lambda: Deal(500, 6, 100),
        lambda: model.sunk_cap(1, 500, 150, 0.3),
        lambda: model.path(WHOLE, "builder", "shouts", 0.5),
        lambda: model.expected(1.1, 1, 0),
        lambda: model.least_lasting(0, 0, 1),
        lambda: model.kaplan_meier([(0, 1)]),
    ],
)
def test_out_of_range_is_told(call):
    with pytest.raises(ValueError):
        call()
