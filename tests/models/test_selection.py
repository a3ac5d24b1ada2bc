"""Selection of customers: published shares of wallet, and each result a second time by brute force."""

import random
from fractions import Fraction
from itertools import permutations

import pytest

from course.models import selection as model
from course.models.selection import Customer, Terms


@pytest.fixture
def customers():
    rng = random.Random(10)
    return [
        Customer(
            revenue=rng.uniform(100, 900),
            discount=rng.choice([0, rng.uniform(0, 60)]),
            margin=rng.uniform(1, 120),
            services=rng.uniform(0, 90),
            handling=rng.uniform(0, 80),
        )
        for _ in range(300)
    ]


def test_whale_peak_is_the_best_that_any_choice_of_customers_gives():
    profits = [31, -12, 8, 0, -3, 17]
    orders = permutations(profits)
    highest = max(max(sum(order[: size + 1]) for size in range(len(order))) for order in orders)
    assert model.whale_peak(*profits) == pytest.approx(100 * highest / sum(profits))
    assert model.whale(profits)[-1] == pytest.approx(1)
    assert model.whale_peak(*profits) == pytest.approx(
        100 * sum(profit for profit in profits if profit > 0) / sum(profits)
    )


def test_concentration_is_the_chance_that_two_hryvnias_come_of_one_customer():
    sales = [4, 3, 2, 1]
    hryvnias = [name for name, many in enumerate(sales) for _ in range(many)]
    same = sum(one == other for one in hryvnias for other in hryvnias)
    assert model.hhi(*sales) == pytest.approx(float(Fraction(same, len(hryvnias) ** 2)))
    for count in (1, 2, 7):
        assert model.effective_number(*[5.0] * count) == pytest.approx(count)


@pytest.mark.parametrize("leave", [0.0, 0.2, 1.0])
@pytest.mark.parametrize(
    "terms", [Terms(), Terms(0.02, False), Terms(1, False, False), Terms(goes=1)]
)
def test_outcome_is_the_difference_of_two_accounts(customers, terms, leave):
    """A second route: the firm's account with everybody before and after, fixed handling kept."""

    def account(part):
        """Margin and charges less services and the handling that goes, of a share of a customer."""
        customer, present, charged, price = part
        if not present:
            return 0.0
        goes = customer.services + terms.goes * customer.handling
        return present * (customer.margin + charged + price - goes)

    before = sum(account((customer, 1, 0, 0)) for customer in customers)
    after = 0.0
    for customer in customers:
        charged = max(customer.services - terms.included * customer.revenue, 0)
        price, present = 0.0, 1.0
        worth = account((customer, 1, charged, 0))
        if worth < 0 and terms.discount_off:
            price = customer.discount
        refused = terms.refuse and account((customer, 1, charged, price)) < 0
        if charged or price:
            present = 1 - leave
        after += account((customer, 0 if refused else present, charged, price))
    assert model.outcome(customers, terms, leave).gain == pytest.approx(after - before)


def test_counts_of_the_steps(customers):
    found = model.outcome(customers, Terms())
    names = [model.step(customer, Terms())[0] for customer in customers]
    assert found.raised == names.count("discount") > 0
    assert found.refused == names.count("refusal") > 0
    assert found.negative == found.raised + found.refused
    assert found.charged >= names.count("fee") > 0


def test_without_steps_nothing_changes(customers):
    found = model.outcome(customers, Terms(1, False, False), 0.9)
    assert found.gain == pytest.approx(0) and found.charged == found.refused == 0


def test_all_costs_gone_is_the_loss_on_paper(customers):
    paper = -sum(customer.profit for customer in customers if customer.profit < 0)
    only_refusal = Terms(1, False, True, 1.0)
    assert model.outcome(customers, only_refusal, 0).gain == pytest.approx(paper)


def test_limit_of_leaving_by_bisection():
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if (1 - middle) * (90 + 35) > 90 else (low, middle)
    assert model.leave_limit(90, 35) == pytest.approx(low)


@pytest.mark.parametrize(
    "call",
    [
        lambda: model.whale([1, -2]),
        lambda: model.share_of_wallet(3, 2),
        lambda: model.share_of_wallet(0, 0),
        lambda: model.hhi(0, 0),
        lambda: model.hhi(3, -1),
        lambda: model.refusal_gain(1, 1, 1, 1.5),
        lambda: model.fee(-1, 5),
        lambda: model.fee(1, 5, 2),
        lambda: model.growth(-1, True, 0.1),
        lambda: model.growth(1, True, 0.1, 1.1),
        lambda: model.leave_limit(0, 1),
        lambda: model.outcome([], Terms(), 1.2),
        lambda: Customer(1, -1, 0, 0, 0),
        lambda: Customer(1, 1, float("nan"), 0, 0),
    ],
)
def test_out_of_range_is_refused(call):
    with pytest.raises(ValueError, match="must be"):
        call()
