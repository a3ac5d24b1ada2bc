"""What levels of relationship for which customers are worth over three years.

A firm serves segments of customers. A customer is at a stage: 0 lost, 1 awareness, 2 exploration,
3 expansion, 4 commitment. Every quarter the firm chooses a level for every segment and stage: 1
basic, 2 reactive, 3 accountable, 4 proactive, 5 partnership. A level costs money and hours, and
moves customers along the stages as a Markov chain; customers do not affect each other, save through
the hours there are. Money in thousand UAH, time in quarters, hours of the firm's people. All
numbers are conventions of this course.

A *table* gives the levels of one quarter as digits by stage, ``{"A": "44445", …}``; a *policy* has
a table for each of the twelve quarters. `limited` is a linear programme and loads SciPy when it is
called; nothing else here needs more than Python.
"""

import math
import random
from bisect import bisect
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import accumulate, product

QUARTERS = 12
YEAR = 4  # quarters
STAGES = range(5)
LEVELS = range(1, 6)
LOST = 0

COST = {1: 0.0, 2: 0.3, 3: 1.2, 4: 4.0, 5: 14.0}  # thousand UAH per customer and quarter
HOURS = {1: 0.0, 2: 0.5, 3: 2.0, 4: 6.0, 5: 25.0}  # per customer and quarter
EFFECT = {1: 0.0, 2: 0.25, 3: 0.55, 4: 0.80, 5: 1.00}
MISFIT = {1: 0.0, 2: 0.0, 3: 0.15, 4: 0.40, 5: 0.80}  # how much of it a strange culture eats

SHARE = (0.0, 0.0, 0.20, 0.60, 1.00)  # of the full margin, by stage
UP = (0.0, 0.60, 0.40, 0.25, 0.0)
LOSS = (0.0, 0.15, 0.12, 0.09, 0.06)
BACK = (0.0, 0.0, 0.10, 0.15, 0.25)
PRESSURE = 0.03  # lost more, for every step of a level above the stage's comfortable one, squared
WIN_BACK, WIN_LEVEL = 0.06, 3
DISCOUNT = 1 / 1.04  # per quarter
TERMINAL = 4.0  # quarters of margin that a buyer of the firm would pay for its customers
ENOUGH = 0.95  # of the best gain: what earns the full mark

Table = Mapping[str, str]
Policy = Sequence[Table]
Chain = tuple[tuple[float, ...], ...]  # row: from a stage; column: to a stage
ByStage = tuple[float, ...]


@dataclass(frozen=True)
class Segment:
    """Customers who are alike.

    Attributes
    ----------
    name : str
    margin : float
        Of a committed customer in a quarter, thousand UAH.
    fit : float
        How well the cultures of both firms agree, 0 to 1.
    start : tuple of int
        Customers by stage before the first quarter.
    """

    name: str
    margin: float
    fit: float
    start: tuple[int, ...]

    @property
    def count(self) -> int:
        """How many customers there are, lost ones too."""
        return sum(self.start)

    def earns(self, stage: int) -> float:
        """Return the margin of a customer at a stage, thousand UAH a quarter."""
        return self.margin * SHARE[stage]


@dataclass(frozen=True)
class Market:
    """The segments a firm serves; ``terminal`` quarters of margin are paid for it at the end."""

    segments: tuple[Segment, ...]
    terminal: float = TERMINAL

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the segments."""
        return tuple(segment.name for segment in self.segments)


ZERNOKROK = Market(
    (
        Segment("A", 180.0, 0.90, (0, 4, 4, 3, 1)),
        Segment("B", 30.0, 0.60, (0, 20, 24, 12, 4)),
        Segment("C", 3.0, 0.80, (0, 200, 250, 120, 30)),
        Segment("D", 150.0, 0.15, (0, 3, 4, 2, 1)),
    )
)


def varied(market: Market, numbers: Mapping[str, float]) -> Market:
    """Return a market with other numbers.

    Parameters
    ----------
    market : Market
    numbers : mapping of str to float
        For the segment ``A``: ``margin_A`` multiplies its margin, ``fit_A`` is added to its fit,
        ``age_A`` moves a fifth of the customers of every stage one stage on (1) or back (-1).
        What is not named stays.

    Examples
    --------
    >>> varied(ZERNOKROK, {"margin_A": 1.1, "age_A": 1}).segments[0]
    Segment(name='A', margin=198.0, fit=0.9, start=(0, 3, 4, 3, 2))
    """
    segments = []
    for segment in market.segments:
        factor, shift, age = (
            numbers.get(f"{number}_{segment.name}", usual)
            for number, usual in (("margin", 1), ("fit", 0), ("age", 0))
        )
        segments.append(
            replace(
                segment,
                margin=round(segment.margin * factor, 4),
                fit=round(segment.fit + shift, 4),
                start=_aged(segment.start, int(age)),
            )
        )
    return replace(market, segments=tuple(segments))


def _aged(start: tuple[int, ...], age: int) -> tuple[int, ...]:
    moved = list(start)
    for stage in (1, 2, 3) if age > 0 else (2, 3, 4) if age < 0 else ():
        count = round(start[stage] / 5)
        moved[stage] -= count
        moved[stage + age] += count
    return tuple(moved)


def steady(table: Table) -> Policy:
    """Return the policy that keeps one table in all quarters."""
    return [table] * QUARTERS


def yearly(tables: Sequence[Table]) -> Policy:
    """Return the policy with a table for every year; a single one is for all of them.

    Raises
    ------
    ValueError
        When there are neither one nor three tables.
    """
    if len(tables) == 1:
        return steady(tables[0])
    if len(tables) * YEAR != QUARTERS:
        raise ValueError(f"a table for each of {QUARTERS // YEAR} years, not {len(tables)}")
    return [table for table in tables for _ in range(YEAR)]


def everybody(market: Market, level: int, lost: int | None = None) -> Table:
    """Return the table with one level for all; ``lost`` customers may get another.

    Examples
    --------
    >>> everybody(ZERNOKROK, 3, lost=1)["B"]
    '13333'
    """
    digits = f"{lost or level}{str(level) * (len(STAGES) - 1)}"
    return dict.fromkeys(market.names, digits)


def effectiveness(level: int, fit: float) -> float:
    """Return how much of the best that a relationship can do a level does, 0 to 1.

    Examples
    --------
    >>> round(effectiveness(5, 0.9), 2), round(effectiveness(5, 0.15), 2)
    (0.92, 0.32)
    """
    return EFFECT[level] * (1 - (1 - fit) * MISFIT[level])


@cache
def chain(level: int, fit: float) -> Chain:
    """Return the chances of going from each stage to each stage in a quarter.

    Examples
    --------
    >>> [round(chance, 2) for chance in chain(3, 0.9)[1]]
    [0.11, 0.52, 0.37, 0.0, 0.0]
    """
    effect = effectiveness(level, fit)
    back_won = WIN_BACK * effect if level >= WIN_LEVEL else 0.0
    rows: list[ByStage] = [(1 - back_won, 0.0, back_won, 0.0, 0.0)]
    for stage in STAGES[1:]:
        row = [0.0] * len(STAGES)
        up = UP[stage] * (0.15 + 0.85 * effect)
        loss = LOSS[stage] * (1 - 0.8 * effect) + PRESSURE * max(0, level - stage - 1) ** 2
        back = BACK[stage] * (1 - effect)
        row[LOST] = loss
        row[stage - 1] += back  # none from the first stage
        row[stage] = 1 - up - loss - back
        if up:
            row[stage + 1] = up
        rows.append(tuple(row))
    return tuple(rows)


def _mean(chances: Iterable[float], values: Iterable[float]) -> float:
    return sum(map(float.__mul__, chances, values))


@dataclass(frozen=True)
class Outcome:
    """What a policy is expected to bring; thousand UAH, a list by quarter from the first.

    Attributes
    ----------
    value : float
        Everything, discounted to the first quarter, with what the customers are worth at the end.
    by_segment : dict
        The same of each segment.
    customers : list of dict
        Segment -> customers by stage; thirteen of them, the last is after the last quarter.
    margin, cost : list of dict
        By segment, not discounted.
    hours : list of float
    ending : float
        What the customers are worth at the end, not discounted.
    """

    value: float
    by_segment: Mapping[str, float]
    customers: Sequence[Mapping[str, ByStage]]
    margin: Sequence[Mapping[str, float]]
    cost: Sequence[Mapping[str, float]]
    hours: Sequence[float]
    ending: float

    def over(self, limit: float) -> int | None:
        """Return the first quarter, from 1, that needs more hours than there are, or None."""
        needs = enumerate(self.hours, 1)
        return next((quarter for quarter, need in needs if need > limit * (1 + 1e-9)), None)


def evaluate(market: Market, policy: Policy) -> Outcome:
    """Return what a policy is expected to bring: customers as fractions, quarter by quarter.

    Examples
    --------
    >>> round(evaluate(ZERNOKROK, steady(everybody(ZERNOKROK, 1))).value, 1)
    12274.8
    """
    now: dict[str, ByStage] = {
        segment.name: tuple(map(float, segment.start)) for segment in market.segments
    }
    customers = [dict(now)]
    margins, costs, hours = list[dict[str, float]](), list[dict[str, float]](), list[float]()
    by_segment = dict.fromkeys(market.names, 0.0)
    for quarter, table in enumerate(policy):
        margin, cost, need = dict[str, float](), dict[str, float](), 0.0
        for segment in market.segments:
            name, there = segment.name, now[segment.name]
            levels = [int(digit) for digit in table[name]]
            margin[name] = segment.margin * _mean(there, SHARE)
            cost[name] = _mean(there, [COST[level] for level in levels])
            need += _mean(there, [HOURS[level] for level in levels])
            by_segment[name] += DISCOUNT**quarter * (margin[name] - cost[name])
            rows = [chain(level, segment.fit)[stage] for stage, level in enumerate(levels)]
            now[name] = tuple(_mean(there, column) for column in zip(*rows, strict=True))
        margins.append(margin)
        costs.append(cost)
        hours.append(need)
        customers.append(dict(now))
    ending = 0.0
    for segment in market.segments:
        worth = market.terminal * segment.margin * _mean(now[segment.name], SHARE)
        by_segment[segment.name] += DISCOUNT ** len(policy) * worth
        ending += worth
    return Outcome(sum(by_segment.values()), by_segment, customers, margins, costs, hours, ending)


@dataclass(frozen=True)
class Optimum:
    """The best there is.

    Attributes
    ----------
    value : float
        What it brings, as in `Outcome`.
    policy : list of dict
        Where two levels share a cell under a limit, the one that most customers get.
    worth : dict
        Segment -> by quarter, the last one after the end: what a customer of each stage is worth.
    prices : tuple of float
        By quarter: what one more hour would bring, thousand UAH; all 0 without a limit.
    shares : list of dict
        Segment -> by stage ``{level: share}``: who gets what.
    limit : float
        Hours a quarter; infinite without a limit.
    """

    value: float
    policy: Policy
    worth: Mapping[str, Sequence[ByStage]]
    prices: tuple[float, ...]
    shares: Sequence[Mapping[str, Sequence[Mapping[int, float]]]]
    limit: float = math.inf


@lru_cache(maxsize=64)
def optimum(market: Market, prices: tuple[float, ...] = (0.0,) * QUARTERS) -> Optimum:
    """Return the best policy, by backward recursion: nobody competes for hours, but pays for them.

    Parameters
    ----------
    market : Market
    prices : tuple of float, optional
        What an hour costs in each quarter, thousand UAH.

    Returns
    -------
    Optimum
        Its value includes what the hours cost.

    Examples
    --------
    >>> best = optimum(ZERNOKROK)
    >>> round(best.value, 2), best.policy[0]["A"], best.policy[0]["D"]
    (31263.3, '44445', '33344')
    """
    worth, levels = {}, {}
    for segment in market.segments:
        after = tuple(market.terminal * segment.earns(stage) for stage in STAGES)
        values, tables = [after], list[str]()
        for quarter in reversed(range(QUARTERS)):
            choices = [_choices(segment, s, after, prices[quarter]) for s in STAGES]
            best = [
                max(choice, key=choice.__getitem__) for choice in choices
            ]  # the cheaper, if alike
            after = tuple(choice[level] for choice, level in zip(choices, best, strict=True))
            values.append(after)
            tables.append("".join(map(str, best)))
        worth[segment.name], levels[segment.name] = values[::-1], tables[::-1]
    policy = [{name: levels[name][quarter] for name in market.names} for quarter in range(QUARTERS)]
    shares = [
        {name: [{int(digit): 1.0} for digit in digits] for name, digits in table.items()}
        for table in policy
    ]
    value = sum(_mean(map(float, each.start), worth[each.name][0]) for each in market.segments)
    return Optimum(value, policy, worth, prices, shares)


def _choices(
    segment: Segment, stage: int, after: Sequence[float], price: float = 0.0
) -> dict[int, float]:
    """Return level -> what a customer of this stage is then worth."""
    return {
        level: segment.earns(stage)
        - COST[level]
        - price * HOURS[level]
        + DISCOUNT * _mean(chain(level, segment.fit)[stage], after)
        for level in LEVELS
    }


@lru_cache(maxsize=64)
def limited(market: Market, limit: float) -> Optimum:
    """Return the best policy when a quarter has so many hours: a linear programme.

    Its unknowns are how many customers of a segment and stage get a level in a quarter (occupation
    measures of a constrained Markov decision process, E. Altman, 1999), so that a cell may be
    shared by two levels.

    Parameters
    ----------
    market : Market
    limit : float
        Hours a quarter, 0 or more.

    Returns
    -------
    Optimum
        Its value leaves out what the hours cost: they are there.

    Raises
    ------
    ValueError
        For a limit below 0.
    ModuleNotFoundError
        In a browser before SciPy is there: a cell that says ``import scipy`` loads it.
    """
    if not limit >= 0:
        raise ValueError(f"hours must be 0 or more, not {limit}")
    if limit == math.inf:
        return optimum(market)
    import numpy
    from scipy.optimize import linprog
    from scipy.sparse import csr_array

    cells = list(product(range(QUARTERS), market.segments, STAGES, LEVELS))
    rows = {key: row for row, key in enumerate(product(range(QUARTERS), market.names, STAGES))}
    gains, flows, needs = [], list[tuple[int, int, float]](), list[tuple[int, int, float]]()
    for column, (quarter, segment, stage, level) in enumerate(cells):
        moves = chain(level, segment.fit)[stage]
        gain = DISCOUNT**quarter * (segment.earns(stage) - COST[level])
        flows.append((rows[quarter, segment.name, stage], column, 1.0))
        if quarter + 1 < QUARTERS:
            flows += [
                (rows[quarter + 1, segment.name, to], column, -share)
                for to, share in enumerate(moves)
                if share
            ]
        else:
            worth = [market.terminal * segment.earns(to) for to in STAGES]
            gain += DISCOUNT**QUARTERS * _mean(moves, worth)
        gains.append(gain)
        needs.append((quarter, column, HOURS[level]))
    starts = [0.0] * len(rows)
    for segment in market.segments:
        for stage in STAGES:
            starts[rows[0, segment.name, stage]] = segment.start[stage]

    def matrix(entries: list[tuple[int, int, float]], height: int) -> csr_array:
        row, column, value = zip(*entries, strict=True)
        return csr_array((value, (row, column)), shape=(height, len(cells)))

    solved = linprog(
        -numpy.array(gains),
        A_ub=matrix(needs, QUARTERS),
        b_ub=[limit] * QUARTERS,
        A_eq=matrix(flows, len(rows)),
        b_eq=starts,
        method="highs",
    )
    if solved.status != 0:
        raise RuntimeError(solved.message)
    prices = tuple(
        max(0.0, -float(marginal)) / DISCOUNT**quarter
        for quarter, marginal in enumerate(solved.ineqlin.marginals)
    )
    priced = optimum(market, prices)
    served = dict.fromkeys(rows, 0.0)
    who: dict[tuple[int, str, int], dict[int, float]] = {key: {} for key in rows}
    for (quarter, segment, stage, level), count in zip(cells, map(float, solved.x), strict=True):
        if count > 1e-7:
            served[quarter, segment.name, stage] += count
            who[quarter, segment.name, stage][level] = count
    policy, shares = list[dict[str, str]](), list[dict[str, list[dict[int, float]]]]()
    for quarter in range(QUARTERS):
        policy.append({})
        shares.append({})
        for name in market.names:
            split = []
            for stage in STAGES:
                counts, total = who[quarter, name, stage], served[quarter, name, stage]
                alone = {int(priced.policy[quarter][name][stage]): 1.0}  # where nobody is
                split.append({a: n / total for a, n in counts.items()} if counts else alone)
            shares[-1][name] = split
            policy[-1][name] = "".join(str(max(each, key=each.__getitem__)) for each in split)
    return Optimum(-float(solved.fun), policy, priced.worth, prices, shares, limit)


def regret(market: Market, policy: Policy, best: Optimum) -> dict[str, list[float]]:
    """Return what every cell of a policy loses against the best there is.

    Returns
    -------
    dict
        Segment -> by stage: thousand UAH, discounted, over all quarters. With `idle` they sum to
        what the whole policy loses (the performance difference of S. Kakade and J. Langford, 2002).

    Examples
    --------
    >>> lost = regret(ZERNOKROK, steady(everybody(ZERNOKROK, 5)), optimum(ZERNOKROK))
    >>> max(lost, key=lambda name: sum(lost[name]))
    'C'
    """
    lost = {name: [0.0] * len(STAGES) for name in market.names}
    reached = evaluate(market, policy).customers
    for quarter, table in enumerate(policy):
        for segment in market.segments:
            name, after = segment.name, best.worth[segment.name][quarter + 1]
            for stage in STAGES:
                there = reached[quarter][name][stage]
                if not there:
                    continue
                choices = _choices(segment, stage, after, best.prices[quarter])
                chosen = choices[int(table[name][stage])]
                lost[name][stage] += DISCOUNT**quarter * there * (max(choices.values()) - chosen)
    return lost


def idle(outcome: Outcome, best: Optimum) -> float:
    """Return what the hours that nobody used would have brought, thousand UAH, discounted."""
    return sum(
        DISCOUNT**quarter * price * (best.limit - need)
        for quarter, (price, need) in enumerate(zip(best.prices, outcome.hours, strict=True))
        if price
    )


def last_quarter_worth(margin: float, fit: float, stage: float, level: float) -> float:
    """Return what a customer is worth in the last quarter under a level, thousand UAH.

    This quarter's margin less the cost of the level, and `TERMINAL` quarters of the margin he will
    then bring, discounted by a quarter.

    Examples
    --------
    >>> round(last_quarter_worth(180, 0.9, stage=4, level=4), 2)
    836.23
    """
    if stage not in STAGES or level not in LEVELS:
        raise ValueError(f"stages are 0 to 4 and levels 1 to 5, not {stage} and {level}")
    segment = Segment("", margin, fit, ())
    after = [TERMINAL * segment.earns(each) for each in STAGES]
    return _choices(segment, int(stage), after)[int(level)]


def gain_share(value: float, basic: float, best: float) -> float:
    """Return which share of the best gain over everybody basic a policy brings, percent.

    It may be below 0.

    Examples
    --------
    >>> round(gain_share(28_940, 12_274.8, 31_263.3), 1)
    87.8
    """
    if not best > basic:
        raise ValueError(f"the best must be above {basic}, not {best}")
    return 100 * (value - basic) / (best - basic)


@dataclass(frozen=True)
class Path:
    """One way that things may go; ``customers`` as in `Outcome`, but whole ones."""

    value: float
    customers: Sequence[Mapping[str, tuple[int, ...]]]
    profit: Sequence[float]


def live(market: Market, policy: Policy, seed: int | str) -> Path:
    """Return one way that things may go: every customer moves by chance, the same for a seed.

    Examples
    --------
    >>> table = steady(everybody(ZERNOKROK, 3))
    >>> live(ZERNOKROK, table, 1) == live(ZERNOKROK, table, 1) != live(ZERNOKROK, table, 2)
    True
    """
    chances = random.Random(str(seed)).random
    now = {segment.name: segment.start for segment in market.segments}
    customers, profits, value = [dict(now)], list[float](), 0.0
    for quarter, table in enumerate(policy):
        profit = 0.0
        for segment in market.segments:
            moved = [0] * len(STAGES)
            for stage, count in enumerate(now[segment.name]):
                level = int(table[segment.name][stage])
                profit += count * (segment.earns(stage) - COST[level])
                steps = list(accumulate(chain(level, segment.fit)[stage]))[:-1]
                for _ in range(count):
                    moved[bisect(steps, chances())] += 1
            now[segment.name] = tuple(moved)
        profits.append(profit)
        value += DISCOUNT**quarter * profit
        customers.append(dict(now))
    for segment in market.segments:
        for stage, count in enumerate(now[segment.name]):
            value += DISCOUNT ** len(policy) * count * market.terminal * segment.earns(stage)
    return Path(value, customers, profits)


def luck(market: Market, policy: Policy) -> float:
    """Return the standard deviation of what a policy brings: how much of a result is chance.

    Exact, since customers move one without another: the first two moments of what a single customer
    brings, by backward recursion.

    Examples
    --------
    >>> 2500 < luck(ZERNOKROK, optimum(ZERNOKROK).policy) < 2800
    True
    """
    variance = 0.0
    for segment in market.segments:
        first = tuple(market.terminal * segment.earns(stage) for stage in STAGES)
        spread = (0.0,) * len(STAGES)
        for table in reversed(policy):
            means, spreads = list[float](), list[float]()
            for stage in STAGES:
                level = int(table[segment.name][stage])
                row = chain(level, segment.fit)[stage]
                mean = _mean(row, first)
                means.append(segment.earns(stage) - COST[level] + DISCOUNT * mean)
                around = [(value - mean) ** 2 for value in first]
                spreads.append(DISCOUNT**2 * (_mean(row, spread) + _mean(row, around)))
            first, spread = tuple(means), tuple(spreads)
        variance += _mean(map(float, segment.start), spread)
    return math.sqrt(variance)
