"""Lesson 9: its pictures show the numbers of the models and the data, and its prose says them."""

import math
import re
from collections import Counter

import numpy as np
import pytest
from prose import unsaid
from scipy.optimize import approx_fprime, minimize
from scipy.special import betaln, gammaln, hyp2f1

from course import pictures
from course.datasets import load
from course.lessons import Lesson
from course.models import purchases as model
from course.pictures import purchases as drawings
from course.texts import LANGS
from course.truths import purchases as truths


@pytest.fixture(scope="module", params=LANGS)
def drawn(request):
    folder = Lesson("purchase-models", request.param).chapter.folder
    entries = pictures.read(folder / "figures.toml")
    return {name: pictures.figure(entry, request.param) for name, entry in entries.items()}


def numbers(words):
    plain = re.sub(r"[\u00a0\u202f](?=\d{3})", "", words).replace("\u2212", "-")
    return [float(found.replace(",", ".")) for found in re.findall(r"-?\d+(?:,\d+)?", plain)]


def rounded(value, digits=0):
    return math.copysign(math.floor(abs(value) * 10**digits + 0.5) / 10**digits, value)


def density(logs, x, t_x, T):
    """Minus the log-likelihood, as in tests/models: twice on purpose, each file stands alone."""
    r, alpha, a, b = np.exp(logs)
    leaves = np.where(
        x > 0, np.log(a / (b + np.maximum(x, 1) - 1)) - (r + x) * np.log(alpha + t_x), -np.inf
    )
    each = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + betaln(a, b + x) - betaln(a, b)
    return -(each + np.logaddexp(-(r + x) * np.log(alpha + T), leaves)).sum()


def ahead(logs, x, t_x, T, weeks):
    """Purchases expected of every customer."""
    r, alpha, a, b = np.exp(logs)
    odds = np.where(
        x > 0, a / (b + np.maximum(x, 1) - 1) * ((alpha + T) / (alpha + t_x)) ** (r + x), 0
    )
    series = hyp2f1(r + x, b + x, a + b + x - 1, weeks / (alpha + T + weeks))
    left = ((alpha + T) / (alpha + T + weeks)) ** (r + x) * series
    return (a + b + x - 1) / (a - 1) * (1 - left) / (1 + odds)


def spread(table, chosen, weeks, follow=1.0, draws=400):
    """Standard deviations of the purchases of the chosen: of the parameters, of chance."""
    every = tuple(table[name].to_numpy(float) for name in ("x", "t_x", "T"))
    some = tuple(column[chosen] for column in every)
    best = minimize(density, np.zeros(4), args=every, method="BFGS").x

    def slope(logs):
        return approx_fprime(logs, density, 1e-6, *every)

    curve = np.array([(slope(best + s) - slope(best - s)) / 2e-3 for s in 1e-3 * np.eye(4)])
    lean = approx_fprime(best, lambda logs: follow * ahead(logs, *some, weeks).sum(), 1e-5)
    doubt = math.sqrt(lean @ np.linalg.inv((curve + curve.T) / 2) @ lean)
    r, alpha, a, b = np.exp(best)
    x, t_x, T = some
    odds = np.where(
        x > 0, a / (b + np.maximum(x, 1) - 1) * ((alpha + T) / (alpha + t_x)) ** (r + x), 0
    )
    random, totals = np.random.default_rng(1), []
    for _ in range(draws):
        active = random.random(len(x)) < 1 / (1 + odds)
        pace, leave = random.gamma(r + x, 1 / (alpha + T)), random.beta(a, b + x)
        most = random.geometric(np.clip(leave, 1e-9, 1))
        count = np.minimum(random.poisson(pace * weeks), most) * active
        totals.append(random.binomial(count, follow).sum())
    return doubt, float(np.std(totals))


def test_lines_of_silence_are_the_models(drawn):
    for line, x in zip(drawn["silence"].lines, (2, 10), strict=True):
        for week, chance in zip(line.xs, line.ys, strict=True):
            assert chance == pytest.approx(100 * model.alive(x, 25, 25 + week))
    assert set(numbers(drawn["silence"].sentence)) >= {21, 64}
    seldom, often = (line.ys for line in drawn["silence"].lines)
    frequent_is_safer = [more > less for more, less in zip(often, seldom, strict=True)]
    assert frequent_is_safer == [week < 5 for week in range(53)]  # «the first four weeks»


def test_fifths_are_made_by_the_order_of_the_file(drawn):
    counts = Counter()
    table = truths.shop()
    order = sorted(table.index, key=lambda id: table["x"][id])  # sorted keeps the order of ties
    for place, id in enumerate(order):
        counts[place * 5 // len(order)] += table["later"][id]
    sizes = Counter(place * 5 // len(order) for place in range(len(order)))
    bars = drawn["fifths"].rows
    for mark, bar in enumerate(bars):
        assert bar.values[0] == pytest.approx(counts[mark] / sizes[mark], rel=0.01)
        assert numbers(bar.printed[0]) == [rounded(bar.values[0], 2)]
    assert bars[4].values[0] / bars[3].values[0] == pytest.approx(3.6, abs=0.05)


def test_code_of_the_first_customer():
    orders = load("cdnow").query("day <= 273").groupby(["customer_id", "day"])["usd"].sum()
    each = orders.reset_index().groupby("customer_id")
    marks = [
        1 + (column.rank(method="first").sub(1) * 5 // len(column)).astype(int)[1]
        for column in (each["day"].max(), each["day"].count(), each["usd"].mean())
    ]
    assert marks == [5, 4, 3]


def test_bars_of_the_hold_out(drawn):
    table = truths.purchases_groups()
    for bar, row in zip(drawn["holdout"].rows, table.itertuples(index=False), strict=True):
        assert bar.values == pytest.approx(tuple(row))
        assert [numbers(words)[0] for words in bar.printed] == [rounded(v, 2) for v in row]


def test_bars_of_the_rules(drawn):
    counts = drawings.chosen()
    assert [bar.values[0] for bar in drawn["rules"].rows] == list(counts.values())
    found = [38.9, 38.6, 36.5, 34.8, 30.0, 9.0, 2.5]
    assert [rounded(value, 1) for value in counts.values()] == found
    assert numbers(drawn["rules"].sentence) == found


def test_dots_of_the_lists(drawn):
    names = list(drawings.lists())
    for dot, name in zip(drawn["paid"].rows, names, strict=True):
        ends = [drawings.gain(name, follow) for follow in (0.4, 0.6, 0.8)]
        assert (dot.low, dot.value, dot.high) == pytest.approx(tuple(ends))
        assert numbers(dot.printed) == [rounded(dot.value)]
    assert max(drawn["paid"].rows, key=lambda dot: dot.value).accent


def test_errors_that_the_lesson_states():
    """1653 ± 199, 105 ± 30 thousand hryvnias, 147 ± 28 purchases: parameters and chance."""
    table = truths.shop()
    doubt, chance = spread(table, np.ones(len(table), bool), 39)
    assert 1.96 * math.hypot(doubt, chance) == pytest.approx(199, rel=0.05)
    assert table["expected"].sum() + 199 < table["later"].sum()
    shop = truths.hlynianka()
    worth = shop["margin"] * truths.FOLLOW
    listed = (worth > truths.PRICE).to_numpy()
    doubt, chance = spread(shop, listed, 13, truths.FOLLOW, 1000)
    assert 1.96 * math.hypot(doubt, chance) == pytest.approx(28, abs=1)
    doubt, chance = spread(shop, listed, 52, truths.FOLLOW, 1000)
    each = worth[listed].sum() / (shop["expected"][listed].sum() * truths.FOLLOW) / 1000
    assert 1.96 * each * math.hypot(doubt, chance) == pytest.approx(
        27, abs=2
    )  # unequal checks add 3


@pytest.mark.parametrize("lang", LANGS)
def test_the_lesson_says_the_models_numbers(prose, lang):
    text = prose("09-purchase-models", lang)
    table, shop, lists = truths.shop(), truths.hlynianka(), drawings.lists()
    first = table.loc[1]
    bare, again = table["x"] == 0, table["x"] > 0
    worth = shop["margin"] * truths.FOLLOW
    listed, recent = worth > truths.PRICE, shop["T"] - shop["t_x"] <= drawings.RECENT
    soon = sum(
        model.expected(row.x, row.t_x, row.T, 13, model.HLYNIANKA)
        for row in shop[listed].itertuples()
    )
    share = lists["worth"][0] * truths.PRICE / 1000 / lists["worth"][1]
    said = {
        "t_x": (first["t_x"], 2),
        "T": (first["T"], 2),
        "z": (first["z"] + 1e-9, 2),
        "silence": (first["T"] - first["t_x"], 2),
        "chance": (model.still_active(2, 30.43, 38.86), 3),
        "purchases": (first["expected"], 2),
        "purchases of one who bought once": (table["expected"][3], 2),
        "weight": (model.own_weight(2, 6.25, 3.74), 4),
        "mean of all": (6.25 * 15.44 / 2.74, 2),
        "purchase to expect": (model.fair_spend(2, 22.35), 2),
        "margin": (1.23 * 24.66 * 0.3, 1),
        "correlation": (table["x"][again].corr(table["z"][again]), 2),
        "bought once": (int(bare.sum()), 0),
        "of them later": (100 * (table["later"][bare] > 0).mean(), 0),
        "share of them": (100 * bare.mean(), 0),
        "chance of all": (100 * table["alive"].mean(), 0),
        "chance of who came again": (100 * table["alive"][again].mean(), 0),
        "expected": (table["expected"].sum(), 0),
        "actual": (table["later"].sum(), 0),
        "missed": (100 * (1 - table["expected"].sum() / table["later"].sum()), 0),
        **{name: (value, 1) for name, value in drawings.chosen().items() if name != "recent"},
        "chance there": (100 * shop["alive"].mean(), 0),
        **{f"people {name}": (count, 0) for name, (count, _) in lists.items()},
        **{
            f"price {name}": (count * truths.PRICE / 1000 + 1e-6, 1)
            for name, (count, _) in lists.items()
        },
        **{f"margin {name}": (margin * truths.FOLLOW, 1) for name, (_, margin) in lists.items()},
        **{f"left {name}": (abs(drawings.gain(name)), 1) for name in lists},
        "added": (int((listed & ~recent).sum()), 0),
        "dropped": (int((recent & ~listed).sum()), 0),
        "bought once there": (int((shop["x"] == 0).sum()), 0),
        "their margin": (worth[shop["x"] == 0].mean(), 0),
        "frequency as short as recency": (
            drawings.top(shop, "x", lists["recent"][0], "margin") * truths.FOLLOW / 1000
            - lists["recent"][0] * truths.PRICE / 1000,
            0,
        ),
        "left in the till": (90 - lists["worth"][0] * 0.15, 1),
        "share that pays": (100 * share, 0),
        "if expected too high": (
            0.88 * lists["worth"][1] * truths.FOLLOW - lists["worth"][0] * 0.15,
            0,
        ),
        "weeks between purchases": (model.CDNOW.alpha / model.CDNOW.r, 0),
        "leave after one": (100 * model.CDNOW.a / (model.CDNOW.a + model.CDNOW.b), 0),
        "purchases in 13 weeks": (soon * truths.FOLLOW, 0),
        "too few of them": (soon * share, 0),
    }
    assert unsaid(said, text, lang) == {}
    shop["lost"] = (worth < truths.PRICE).astype(float)
    assert drawings.top(shop, "x", drawings.PLACES, "lost") > drawings.PLACES / 2
    assert "−9582,43" in text and "1653 ± 199" in text and "105 ± 30" in text


def test_the_page_has_the_course_of_lists(root):
    """The learner's own cells, run from top to bottom, find what the truths say."""
    page = (root / "lessons/09-purchase-models/lesson.md").read_text("utf-8")
    cells = re.findall(r"```\{code-cell\}\n(.*?)```", page, re.DOTALL)
    code = "\n".join(cell for cell in cells if "def " in cell or "orders = " in cell)
    names = {"lesson": Lesson("purchase-models", "uk")}
    exec(code, names)  # noqa: S102 - the lesson's own code
    base, rates = names["base"], names["rates"]
    assert rates == pytest.approx([0.243, 4.414, 0.793, 2.426], abs=6e-4)
    assert names["likelihood"] == pytest.approx(-9582.43, abs=0.005)
    assert names["prices"] == pytest.approx([6.25, 3.74, 15.44], abs=0.01)
    table = truths.shop()
    for name in ("x", "t_x", "T", "z", "expected"):
        assert list(base[name]) == pytest.approx(list(table[name]), rel=1e-3, abs=1e-3)
    assert list(names["alive"](rates, base)) == pytest.approx(list(table["alive"]), abs=1e-3)
    functions = re.findall(r"(?ms)^def .*?(?=^\S|\Z)", code)
    assert sum(len(part.strip().splitlines()) for part in functions) <= 45
