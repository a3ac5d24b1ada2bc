"""Lesson 10: its pictures show the numbers of the model and the data, and its prose says them."""

import re

import pytest
from prose import unsaid

from course import pictures
from course.datasets import load
from course.lessons import Lesson
from course.models import selection as model
from course.texts import LANGS
from course.truths import TRUTHS
from course.truths import selection as truths


@pytest.fixture(scope="module", params=LANGS)
def drawn(request):
    folder = Lesson("selection", request.param).chapter.folder
    entries = pictures.read(folder / "figures.toml")
    return {name: pictures.figure(entry, request.param) for name, entry in entries.items()}


def numbers(words):
    plain = re.sub(r"[\u00a0\u202f](?=\d{3})", "", words).replace("\u2212", "-")
    return [float(found.replace(",", ".")) for found in re.findall(r"-?\d+(?:,\d+)?", plain)]


def test_whale_of_the_second_year(drawn):
    line = drawn["whale"].lines[0]
    profits = sorted(truths.year()["profit"], reverse=True)
    assert len(line.xs) == len(profits) + 1
    assert max(line.ys) == pytest.approx(TRUTHS["selection_peak"]())
    assert line.ys[10] == pytest.approx(100 * sum(profits[:10]) / sum(profits))
    assert {179, 70} <= set(numbers(drawn["whale"].sentence))


def test_steps_add_up_to_the_plan(drawn):
    *parts, total = drawn["steps"].steps
    assert total.total and total.value == pytest.approx(sum(part.value for part in parts))
    assert total.value == pytest.approx(model.outcome(truths.customers(), model.Terms()).gain)
    assert [numbers(step.printed)[0] for step in drawn["steps"].steps] == [
        1351,
        953,
        108,
        -350,
        2061,
    ]
    assert {1351, 953, 108, 350, 2061, 1178} <= set(numbers(drawn["steps"].sentence))


def test_a_higher_norm_is_better_when_more_than_42_percent_leave():
    base = truths.customers()

    def lead(leave):
        high, low = (model.outcome(base, model.Terms(part), leave).gain for part in (0.08, 0.05))
        return high - low

    assert lead(39 / 93) < 0 < lead(40 / 93)
    assert 0.42 < 40 / 93


def test_bars_of_the_manager(drawn):
    bars = drawn["managers"].rows
    assert [numbers(bar.printed[0])[0] for bar in bars] == [-427, -318, -133, 125]
    assert [bar.accent for bar in bars] == [False, False, False, True]


def test_steps_and_lists_that_the_lesson_tells_of():
    """Who of the largest stays and on what, who is refused, how many the lists share."""
    year, base = truths.year(), truths.customers()
    last = dict(zip(year.index, (model.step(one, model.Terms())[0] for one in base), strict=True))
    large = year.nlargest(20, "revenue")
    assert sorted(last[id] for id in large.index[large["profit"] < 0]) == [
        "discount",
        "discount",
        "same",
    ]
    assert last[265] == "refusal"
    kept = dict(zip(year.index, base, strict=True))[265]
    charge = model.fee(kept.services, kept.revenue)
    assert round(kept.kept() + charge + kept.discount) == -30
    table = truths.places()
    ten = table.nlargest(10, "added")
    assert ten["shows_plan"].sum() == 8
    assert len(set(ten.index) & set(large.index[:10])) == 3
    largest = table.nlargest(10, "revenue")
    assert (largest["profit"] < 0).sum() == 3 and (largest["elsewhere"] < 0.01).sum() == 2


@pytest.mark.parametrize("lang", LANGS)
def test_the_lesson_says_the_models_numbers(prose, lang):
    text = prose("10-selection", lang)
    year, base, table = truths.year(), truths.customers(), truths.places()
    before = truths.year(first=True)["profit"].reindex(year.index)
    plan = model.outcome(base, model.Terms())
    fees = [model.fee(one.services, one.revenue) for one in base]
    paid = [charge for charge, one in zip(fees, base, strict=True) if one.profit >= 0]
    free, most = (model.outcome(base, model.Terms(), leave).gain for leave in (0, 0.4))
    touched = (
        plan.charged
        + plan.negative
        - sum(
            charge > 0 and one.kept() + charge < 0 for charge, one in zip(fees, base, strict=True)
        )
    )
    ten = table.nlargest(10, "added")
    shown, shut = ten[ten["shows_plan"] == 1], ten[ten["shows_plan"] == 0]
    rate = ten["profit"] / ten["revenue"]
    rest = (shut["won"] * rate[shut.index]).sum()
    share = (model.MANAGER - rest) / (shown["elsewhere"] * rate[shown.index]).sum()
    won = share * shown["elsewhere"].sum() + shut["won"].sum()
    one = table.loc[48]
    first = truths.year(first=True).reindex(year.index)
    early = table["won"] * first["profit"] / first["revenue"]
    group = load("b2b_customers").set_index("customer_id")["segment"]
    groups = year["profit"].groupby(group).sum()
    chosen = early.nlargest(10).index
    assert len(set(chosen) & set(ten.index)) == 9
    said = {
        "customers": (len(year), 0),
        "profit": (year["profit"].sum(), 0),
        "loss": (-year.loc[year["profit"] < 0, "profit"].sum(), 0),
        "with a loss": ((year["profit"] < 0).sum(), 0),
        "refusal": (TRUTHS["selection_refusal"](), 0),
        "charged": (plan.charged, 0),
        "of them with a loss": (plan.charged - sum(charge > 0 for charge in paid), 0),
        "below": (plan.negative, 0),
        "raised": (plan.raised, 0),
        "refused": (plan.refused, 0),
        "touched and kept": (touched - plan.refused, 0),
        "the plan": (plan.gain, 0),
        "nobody leaves": (free, 0),
        "with no handling gone": (model.outcome(base, model.Terms(goes=0)).gain, 0),
        "with all gone": (model.outcome(base, model.Terms(goes=1)).gain, 0),
        "largest": (-truths.manager("revenue"), 0),
        "most profitable": (-truths.manager("profit"), 0),
        "who add most": (truths.manager("added"), 0),
        "together": (plan.gain + truths.manager("added"), 0),
        "share won that pays": (100 * share, 1),
        "half of them": (won / 2, 0),
        "sales of 48": (one["revenue"], 0),
        "wallet of 48": (one["category_kuah"], 0),
        "elsewhere of 48": (one["elsewhere"], 0),
        "share of 48": (100 * one["revenue"] / one["category_kuah"], 0),
        "profit of 48": (one["profit"], 0),
        "rate of 48": (100 * one["profit"] / one["revenue"], 1),
        "adds with 48": (one["added"], 0),
        "equal customers": (model.effective_number(*year["revenue"]), 0),
        "profitable before": (((before >= 0) & (year["profit"] < 0)).sum(), 0),
        "chosen a year before": (table.loc[chosen, "added"].sum() - model.MANAGER, 0),
        "least of a group": (groups.min(), 0),
        "most of a group": (groups.max(), 0),
        "limit against refusing all": (
            100 * (free - TRUTHS["selection_refusal"]()) / ((free - most) / 0.4),
            0,
        ),
    }
    assert unsaid(said, text, lang) == {}


def test_the_page_finds_what_the_truths_say(root):
    """The learner's own cells, completed as the solutions say."""
    page = (root / "lessons/10-selection/lesson.md").read_text("utf-8")
    cells = re.findall(r"```\{code-cell\}\n(.*?)```", page, re.DOTALL)
    code = "\n".join(cell for cell in cells if "=" in cell and "course.lesson" not in cell)
    done = (
        code.replace('each.sort_values("revenue"', 'each.sort_values("profit"')
        .replace('loss["services"] + loss["handling"]', 'loss["services"] + 0.5 * loss["handling"]')
        .replace('nlargest(10, "revenue")', 'nlargest(10, "added")')
        .replace('"selection-peak", ...', '"selection-peak", whale.max()')
        .replace('"selection-refusal", ...', '"selection-refusal", gain')
        .replace('"selection-places", ...', '"selection-places", ten["added"].sum() - 360')
    )
    names = {"lesson": Lesson("selection", "uk")}
    exec(done, names)  # noqa: S102 - the lesson's own code
    assert names["whale"].max() == pytest.approx(TRUTHS["selection_peak"]())
    assert names["gain"] == pytest.approx(TRUTHS["selection_refusal"]())
    assert names["ten"]["added"].sum() - 360 == pytest.approx(TRUTHS["selection_places"]())
