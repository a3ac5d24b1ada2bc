"""The portfolio against its oracles, by matrices, enumeration, a dense programme and simulation."""

import itertools
import math

import numpy as np
import pytest
from scipy.optimize import linprog

from course.exercises import evaluate as formula
from course.models import portfolio
from course.models.portfolio import QUARTERS, ZERNOKROK, Market, Segment, steady

BETA = 1 / 1.04
COST = np.array([0, 0.3, 1.2, 4, 14])
HOURS = np.array([0, 0.5, 2, 6, 25])
WEIGHT = np.array([0, 0, 0.2, 0.6, 1])
BASIC = 12_274.80
KOTLER = {"A": "15555", "B": "13333", "C": "12222", "D": "15555"}
FITTING = KOTLER | {"D": "13333"}
STATIONARY = {"A": "44445", "B": "33344", "C": "12222", "D": "33344"}


def chains(fit):
    """The chains of all levels as the domain writes them, [level, from, to]."""
    p = np.zeros((5, 5, 5))
    for a in range(5):
        e = [0, 0.25, 0.55, 0.8, 1][a] * (1 - (1 - fit) * [0, 0, 0.15, 0.4, 0.8][a])
        win = 0.06 * e if a + 1 >= 3 else 0
        p[a, 0, [0, 2]] = 1 - win, win
        for s in range(1, 5):
            u = [None, 0.6, 0.4, 0.25, 0][s] * (0.15 + 0.85 * e)
            d = [None, 0.15, 0.12, 0.09, 0.06][s] * (1 - 0.8 * e) + 0.03 * max(0, a - s) ** 2
            g = 0 if s == 1 else [None, 0, 0.1, 0.15, 0.25][s] * (1 - e)
            p[a, s, 0] += d
            p[a, s, s - 1] += g
            p[a, s, s] += 1 - u - d - g
            p[a, s, min(s + 1, 4)] += u
    return p


def simple_value(segment, tables, tau=4):
    """The value of one segment by products of matrices."""
    p, x, total = chains(segment.fit), np.array(segment.start, float), 0.0
    for t, digits in enumerate(tables):
        a = np.array([int(digit) - 1 for digit in digits])
        total += BETA**t * x @ (segment.margin * WEIGHT - COST[a])
        x = x @ p[a, np.arange(5)]
    return total + BETA ** len(tables) * tau * segment.margin * x @ WEIGHT


def backward(segment, prices=(0,) * QUARTERS, tau=4):
    """The best value of one customer by stage, and the best levels, [quarter, stage]."""
    p, v, levels = chains(segment.fit), tau * segment.margin * WEIGHT, []
    for t in reversed(range(QUARTERS)):
        q = segment.margin * WEIGHT - (COST + prices[t] * HOURS)[:, None] + BETA * p @ v
        levels.append(q.argmax(0) + 1)
        v = q.max(0)
    return v, np.array(levels[::-1])


def matrices(market, limit):
    """The limit as a dense programme, what `scipy.optimize.linprog` takes."""
    sizes = (QUARTERS, len(market.segments), 5, 5)
    c, n = np.zeros(sizes), math.prod(sizes)
    equal, hours = np.zeros((*sizes[:3], *sizes)), np.zeros((QUARTERS, *sizes))
    right = np.zeros(sizes[:3])
    for k, segment in enumerate(market.segments):
        p = chains(segment.fit)
        right[0, k] = segment.start
        for t, s, a in itertools.product(range(QUARTERS), range(5), range(5)):
            c[t, k, s, a] = BETA**t * (segment.margin * WEIGHT[s] - COST[a])
            hours[t, t, k, s, a] = HOURS[a]
            equal[t, k, s, t, k, s, a] = 1
            if t + 1 < QUARTERS:
                equal[t + 1, k, :, t, k, s, a] -= p[a, s]
            else:
                c[t, k, s, a] += BETA**QUARTERS * 4 * segment.margin * p[a, s] @ WEIGHT
    return {
        "c": -c.ravel(),
        "A_ub": hours.reshape(QUARTERS, n),
        "b_ub": np.full(QUARTERS, float(limit)),
        "A_eq": equal.reshape(-1, n),
        "b_eq": right.ravel(),
    }


def programme(market, limit):
    return -linprog(**matrices(market, limit), method="highs-ds").fun


def percent(table):
    value = portfolio.evaluate(ZERNOKROK, steady(table)).value
    return value, portfolio.gain_share(value, BASIC, 31_263.30)


def drawn(seed):
    """A market as a learner may draw it."""
    rng = np.random.default_rng(seed)
    numbers = {}
    for name in ZERNOKROK.names:
        numbers |= {
            f"margin_{name}": rng.choice([0.85, 0.9, 0.95, 1, 1.05, 1.1, 1.15]),
            f"fit_{name}": rng.choice([-0.05, 0, 0.05]),
            f"age_{name}": rng.choice([-1, 0, 1]),
        }
    return portfolio.varied(ZERNOKROK, numbers)


@pytest.mark.parametrize(
    "fit, level, stage, row",
    [
        (0.9, 3, 1, {0: 0.11, 1: 0.52, 2: 0.37}),
        (0.9, 5, 4, {0: 0.02, 3: 0.02, 4: 0.96}),
        (0.15, 5, 4, {0: 0.04, 3: 0.17, 4: 0.79}),
    ],
)
def test_rows_of_the_chain(fit, level, stage, row):
    shown = [round(chance, 2) for chance in portfolio.chain(level, fit)[stage]]
    assert shown == [row.get(to, 0) for to in range(5)]


@pytest.mark.parametrize("fit", [0, 0.1, 0.15, 0.6, 0.8, 0.9, 1])
def test_chains_are_the_domains_and_rows_are_chances(fit):
    ours = np.array([portfolio.chain(level, fit) for level in portfolio.LEVELS])
    assert ours == pytest.approx(chains(fit), abs=1e-15)
    assert ours.sum(2) == pytest.approx(np.ones((5, 5)), abs=1e-12) and (ours >= 0).all()


@pytest.mark.parametrize(
    "name, best, basic, worth, usual",
    [
        ("A", 13195.10, 3850.05, (204.58, 697.42, 1044.30, 1468.09, 1823.96), "44445"),
        ("B", 7676.73, 2930.05, (10.96, 75.78, 122.53, 187.84, 241.58), "33344"),
        ("C", 3736.50, 2815.38, (0.00, 2.16, 5.65, 11.45, 17.31), "12222"),
        ("D", 6654.98, 2679.32, (86.97, 384.17, 609.89, 926.41, 1210.07), "33344"),
    ],
)
def test_oracles_of_every_segment(name, best, basic, worth, usual):
    found = portfolio.optimum(ZERNOKROK)
    by_segment = portfolio.evaluate(ZERNOKROK, found.policy).by_segment
    assert round(by_segment[name], 2) == best
    assert [round(value, 2) for value in found.worth[name][0]] == list(worth)
    tables = [table[name] for table in found.policy]
    assert max(set(tables), key=tables.count) == usual
    everybody = steady(portfolio.everybody(ZERNOKROK, 1))
    assert round(portfolio.evaluate(ZERNOKROK, everybody).by_segment[name], 2) == basic


def test_ends_of_the_optimum():
    policy = portfolio.optimum(ZERNOKROK).policy
    last = [policy[quarter] for quarter in (9, 10, 11)]
    assert [table["A"] for table in last] == ["44445", "44445", "35445"]
    assert [table["B"] for table in last] == ["33344", "13343", "13343"]
    assert [table["C"] for table in last] == ["12222", "12222", "11222"]
    assert [table["D"] for table in last] == ["33344", "33344", "34344"]
    assert not any("5" in table["D"] for table in policy)


@pytest.mark.parametrize("market", [ZERNOKROK, *map(drawn, range(6))], ids=range(7))
def test_recursion_forward_and_programme_agree(market):
    best = portfolio.optimum(market)
    total = 0.0
    for segment in market.segments:
        worth, levels = backward(segment)
        assert best.worth[segment.name][0] == pytest.approx(worth, rel=1e-12)
        ours = [[int(digit) for digit in table[segment.name]] for table in best.policy]
        assert (np.array(ours) == levels).all()
        total += worth @ np.array(segment.start)
        value = simple_value(segment, [table[segment.name] for table in best.policy])
        assert value == pytest.approx(worth @ np.array(segment.start), rel=1e-12)
    assert best.value == pytest.approx(total, rel=1e-12)
    assert portfolio.evaluate(market, best.policy).value == pytest.approx(total, rel=1e-12)
    assert portfolio.limited(market, 1e6).value == pytest.approx(total, rel=1e-9)
    assert portfolio.limited(market, math.inf) == best


def test_total_of_the_optimum():
    assert round(portfolio.optimum(ZERNOKROK).value, 2) == 31_263.30
    basic = portfolio.evaluate(ZERNOKROK, steady(portfolio.everybody(ZERNOKROK, 1)))
    assert round(basic.value, 2) == BASIC and not any(basic.hours)


def test_no_policy_of_a_short_game_is_better():
    """Every policy of the last two quarters is tried, for a customer of every stage."""
    for segment in ZERNOKROK.segments:
        best = portfolio.optimum(ZERNOKROK).worth[segment.name][QUARTERS - 2]
        tables = ["".join(levels) for levels in itertools.product("12345", repeat=5)]
        last = {
            table: np.array([
                simple_value(Segment("", segment.margin, segment.fit, tuple(row)), [table])
                for row in np.eye(5)
            ])
            for table in tables
        }  # fmt: skip
        after = np.max(list(last.values()), 0)
        p, s = chains(segment.fit), np.arange(5)
        first = [
            segment.margin * WEIGHT - COST[list(levels)] + BETA * p[list(levels), s] @ after
            for levels in itertools.product(range(5), repeat=5)
        ]
        assert np.max(first, 0) == pytest.approx(best, rel=1e-12)


@pytest.mark.parametrize(
    "table, value, share",
    [
        (portfolio.everybody(ZERNOKROK, 1), 12_274.8, 0),
        (KOTLER, 25_702.0, 70.7),
        (FITTING, 28_940.0, 87.8),
        ({"A": "14444", "B": "14444", "C": "12222", "D": "13333"}, None, 92.5),
        (STATIONARY, 31_249.6, 99.93),
        (portfolio.everybody(ZERNOKROK, 3, lost=1), 26_328.0, 74.0),
        (dict.fromkeys("ABCD", "12345"), 7_013.0, -27.7),
        (portfolio.everybody(ZERNOKROK, 5, lost=1), -25_726.5, -200.1),
    ],
)
def test_oracles_of_policies(table, value, share):
    reached, percents = percent(table)
    assert value is None or round(reached, 1) == value
    assert round(percents, 2 if share == 99.93 else 1) == share
    independent = sum(
        simple_value(segment, [table[segment.name]] * QUARTERS) for segment in ZERNOKROK.segments
    )
    assert reached == pytest.approx(independent, rel=1e-12)


def test_the_best_tables_that_never_change_by_enumeration():
    for segment in ZERNOKROK.segments:
        tables = ["".join(levels) for levels in itertools.product("12345", repeat=5)]
        market = Market((segment,))
        values = {t: portfolio.evaluate(market, steady({segment.name: t})).value for t in tables}
        best = max(values, key=values.get)
        assert best == STATIONARY[segment.name] or values[best] == pytest.approx(
            values[STATIONARY[segment.name]], rel=1e-9
        )
        single = {level: values[f"1{str(level) * 4}"] for level in range(1, 6)}
        assert max(single, key=single.get) == {"A": 4, "B": 4, "C": 2, "D": 3}[segment.name]


@pytest.mark.parametrize(
    "limit, value, share", [(200, 29_636.5, 91.4), (300, 30_219.0, 94.5), (400, 30_700.4, 97.0), (600, 31_249.7, 99.9)]
)  # fmt: skip
def test_oracles_of_limits(limit, value, share):
    best = portfolio.limited(ZERNOKROK, limit)
    assert round(best.value, 1) == value
    assert round(portfolio.gain_share(best.value, BASIC, 31_263.30), 1) == share
    assert best.value == pytest.approx(programme(ZERNOKROK, limit), rel=1e-9)


@pytest.mark.parametrize("limit", [0, 150, 300, 450])
@pytest.mark.parametrize("market", [ZERNOKROK, drawn(1), drawn(2)], ids=range(3))
def test_prices_prove_the_limits_value(market, limit):
    """Strong duality: with hours paid at their prices nobody needs the limit."""
    best = portfolio.limited(market, limit)
    dual = sum(BETA**t * price * limit for t, price in enumerate(best.prices))
    for segment in market.segments:
        dual += backward(segment, best.prices)[0] @ np.array(segment.start)
    assert best.value == pytest.approx(dual, rel=1e-9)
    assert all(price >= 0 for price in best.prices)
    for t, shares in enumerate(best.shares):
        for split in itertools.chain(*shares.values()):
            assert sum(split.values()) == pytest.approx(1, abs=1e-6), t


def test_the_price_of_an_hour_is_what_one_more_brings():
    best = portfolio.limited(ZERNOKROK, 300)
    assert round(best.prices[0], 3) == 0.639
    more = portfolio.limited(ZERNOKROK, 300.001).value - best.value
    assert more / 0.001 == pytest.approx(
        sum(BETA**t * price for t, price in enumerate(best.prices)), rel=1e-3
    )


def test_under_300_hours_small_farms_are_served_basically_and_holdings_stay():
    best = portfolio.limited(ZERNOKROK, 300)
    assert all(table["A"][1:4].count("4") >= 2 for table in best.policy[:8])
    first = [max(split, key=split.get) for split in best.shares[0]["C"]]
    assert first[:4].count(1) >= 3


def test_without_a_limit_hours_are_as_told():
    outcome = portfolio.evaluate(ZERNOKROK, portfolio.optimum(ZERNOKROK).policy)
    assert round(outcome.hours[0]) == 607 and round(max(outcome.hours)) == 620
    assert outcome.over(900) is None and outcome.over(606.9) == 1
    assert portfolio.limited(ZERNOKROK, 900).prices == (0.0,) * QUARTERS


def test_without_a_sale_at_the_end_the_last_quarter_is_milked():
    best = portfolio.optimum(Market(ZERNOKROK.segments, terminal=0))
    assert set(best.policy[-1].values()) == {"11111"}


@pytest.mark.parametrize("limit", [math.inf, 300])
@pytest.mark.parametrize(
    "table", [KOTLER, FITTING, STATIONARY, portfolio.everybody(ZERNOKROK, 5)], ids=range(4)
)
def test_regret_sums_to_what_is_lost(table, limit):
    best = portfolio.limited(ZERNOKROK, limit)
    policy = steady(table)
    lost = portfolio.regret(ZERNOKROK, policy, best)
    outcome = portfolio.evaluate(ZERNOKROK, policy)
    total = sum(map(sum, lost.values())) + portfolio.idle(outcome, best)
    assert total == pytest.approx(best.value - outcome.value, rel=1e-9)
    assert min(map(min, lost.values())) >= 0


def test_regret_names_the_partnership_with_hunters():
    lost = portfolio.regret(ZERNOKROK, steady(KOTLER), portfolio.optimum(ZERNOKROK))
    assert max(lost, key=lambda name: sum(lost[name])) == "D"


def simulate(policy, runs, seed):
    """Values of many live games, drawn by numpy."""
    rng, total = np.random.default_rng(seed), np.zeros(runs)
    for segment in ZERNOKROK.segments:
        p, x = chains(segment.fit), np.tile(segment.start, (runs, 1))
        for t, table in enumerate(policy):
            a = np.array([int(digit) - 1 for digit in table[segment.name]])
            total += BETA**t * (x @ (segment.margin * WEIGHT - COST[a]))
            x = sum(rng.multinomial(x[:, s], p[a[s], s]) for s in range(5))
        total += BETA**QUARTERS * 4 * segment.margin * (x @ WEIGHT)
    return total


def test_luck_of_the_optimum():
    policy = portfolio.optimum(ZERNOKROK).policy
    values = simulate(policy, 20_000, 1)
    exact = portfolio.luck(ZERNOKROK, policy)
    assert values.std() == pytest.approx(exact, rel=0.02)
    assert exact == pytest.approx(2639, rel=0.035)  # of 2000 runs: their own error is 1.6 %
    assert values.mean() == pytest.approx(31_263.3, abs=4 * exact / math.sqrt(20_000))
    low, high = np.quantile(values, [0.05, 0.95])
    assert low == pytest.approx(26_839, rel=0.01) and high == pytest.approx(35_780, rel=0.01)
    fitting = simulate(steady(FITTING), 20_000, 2)
    assert (fitting > 31_263.3).mean() == pytest.approx(0.2, abs=0.03)


def test_a_live_game_moves_whole_customers_and_averages_to_what_is_expected():
    policy = portfolio.optimum(ZERNOKROK).policy
    games = [portfolio.live(ZERNOKROK, policy, seed) for seed in range(150)]
    for game in games[:5]:
        for stages in game.customers:
            assert {name: sum(x) for name, x in stages.items()} == {
                segment.name: segment.count for segment in ZERNOKROK.segments
            }
    values = np.array([game.value for game in games])
    sd = portfolio.luck(ZERNOKROK, policy)
    assert values.mean() == pytest.approx(31_263.3, abs=4 * sd / math.sqrt(len(games)))
    assert values.std() == pytest.approx(sd, rel=0.25)
    assert len(set(values)) == len(games)


def test_a_policy_by_years():
    tables = [{"A": f"1111{level}"} for level in "123"]
    policy = portfolio.yearly(tables)
    assert [table["A"][4] for table in policy] == [*"111122223333"]
    assert portfolio.yearly(tables[:1]) == steady(tables[0])
    with pytest.raises(ValueError, match="three|3 years"):
        portfolio.yearly(tables[:2])


def test_a_market_of_ones_own_keeps_its_customers():
    for seed in range(20):
        market = drawn(seed)
        for segment, usual in zip(market.segments, ZERNOKROK.segments, strict=True):
            assert segment.count == usual.count and min(segment.start) >= 0
            assert 0 <= segment.fit <= 1
    assert portfolio.varied(ZERNOKROK, {}) == ZERNOKROK


def test_formulas_of_exercises():
    assert round(formula("last_quarter_worth(180, 0.9, 4, 4)", {}), 2) == 836.23
    p = chains(0.9)
    partnership = 180 - 14 + BETA * p[4, 4] @ (4 * 180 * WEIGHT)
    assert formula("last_quarter_worth(180, 0.9, 4, 5)", {}) == pytest.approx(partnership)
    with pytest.raises(ValueError, match="levels"):
        portfolio.last_quarter_worth(180, 0.9, 4, 6)
    with pytest.raises(ValueError, match="best"):
        portfolio.gain_share(1, 2, 2)
