"""Lesson 7: its pictures show the numbers of model and panel, and its prose says them."""

import csv
import math
import re
from collections import Counter
from dataclasses import replace

import pytest
from prose import unsaid

from course import paths, pictures
from course.lessons import Lesson
from course.models import stages as model
from course.models.satisfaction import wilson_percent
from course.models.stages import MOVES, PLANS, QUIET, STAGES, WORST, plan_values
from course.texts import LANGS


@pytest.fixture(scope="module", params=LANGS)
def drawn(request):
    entries = pictures.read(Lesson("commitments", request.param).chapter.folder / "figures.toml")
    return {name: pictures.figure(entry, request.param) for name, entry in entries.items()}


@pytest.fixture(scope="module")
def moves():
    path = paths.shared("datasets") / "pakuiko_panel.csv"
    with path.open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    pairs = zip(table, table[1:], strict=False)
    return [(one, two) for one, two in pairs if one["customer_id"] == two["customer_id"]]


def numbers(words):
    plain = re.sub(r"[\u00a0\u202f](?=\d{3})", "", words)
    return [float(found.replace(",", ".")) for found in re.findall(r"\d+(?:,\d+)?", plain)]


def rounded(value, digits=0):
    return math.floor(abs(value) * 10**digits + 0.5) / 10**digits


def lost(moves, failed=None, clause=None, to="0-lost"):
    """Return (gone to a stage, of) of the committed quarters asked for."""
    chosen = [
        two["stage"] == to
        for one, two in moves
        if one["stage"] == "4-commit"
        and failed in (None, one["failed"])
        and clause in (None, one["clause"])
    ]
    return sum(chosen), len(chosen)


def share_of(counted):
    ended, of = counted
    return ended / of


def share(moves, to, failed, clause):
    return share_of(lost(moves, failed, clause, to))


def test_the_machine_is_the_panel_rounded(moves):
    names = dict(zip(("0-lost", "1-aware", "2-trial", "3-growth", "4-commit"), STAGES, strict=True))
    counted = Counter((names[one["stage"]], names[two["stage"]]) for one, two in moves)
    for stage, row in MOVES.items():
        of = sum(count for (start, _), count in counted.items() if start == stage)
        shares = [counted[stage, to] / of for to in STAGES]
        assert row == pytest.approx(shares, abs=0.0051)
    assert PLANS["words"].often == pytest.approx(lost(moves, "1")[1] / lost(moves)[1], abs=0.005)


def test_the_row_of_the_committed_is_that_of_one_customer(moves):
    """All shares of the machine are of those without the clause: none of a mixture."""
    words = PLANS["words"]
    for failed, gone, back in (("1", words.lost, words.back), ("0", *QUIET)):
        assert gone == pytest.approx(share(moves, "0-lost", failed, "0"), abs=0.0025)
        assert back == pytest.approx(share(moves, "3-growth", failed, "0"), abs=0.0025)
    # The one share said of both groups is nearly the same in them.
    assert QUIET[1] == pytest.approx(share(moves, "3-growth", "0", "1"), abs=0.001)
    # With the clause: after a failure the effect is taken off, which moves the share back little.
    clause = PLANS["clause"]
    for to, said in (("0-lost", clause.lost), ("3-growth", clause.back)):
        hurt, safe, idle, calm = (share(moves, to, f, c) for f in "10" for c in "01")
        assert said == pytest.approx(hurt - ((hurt - safe) - (idle - calm)), abs=0.0055)


def test_arrows_of_the_machine_are_its_shares(drawn):
    machine = drawn["machine"]
    rows = {**MOVES, "commit": model.committed(PLANS["words"])}
    for link in machine.links:
        share = rows[link.a][STAGES.index(link.b)]
        assert link.weight == share and numbers(link.label) == [rounded(100 * share)]
        assert link.dashed == (link.b == "lost")
    assert sorted((link.a, link.b) for link in machine.links) == sorted(
        [(stage, "lost") for stage in rows]
        + [("aware", "trial"), ("trial", "growth"), ("growth", "commit")]
    )
    assert numbers(machine.sentence) == [33, 28, 12, 14, 19, 8, 12, 4, 8, 7]


def test_dots_are_the_panels_shares(drawn, moves):
    cells = [("1", "0"), ("1", "1"), ("0", "0"), ("0", "1")]
    for dot, cell in zip(drawn["gone"].rows, cells, strict=True):
        ended, of = lost(moves, *cell)
        assert dot.value == pytest.approx(100 * ended / of)
        assert (dot.low, dot.high) == pytest.approx(wilson_percent(ended, of))
        assert numbers(dot.label) == [of] and numbers(dot.printed) == [rounded(dot.value, 1)]
    assert numbers(drawn["gone"].sentence) == [32.8, 9.2, 5.2, 0.9]


def test_bars_are_what_the_plans_are_worth(drawn):
    worth = [model.ordinary_value(), *(plan_values(plan)["commit"] for plan in PLANS.values())]
    rows = drawn["plans"].rows
    assert [row.values[0] for row in rows] == pytest.approx(worth)
    assert [numbers(row.printed[0]) for row in rows] == [[rounded(value)] for value in worth]
    (best,) = [row for row in rows if row.accent]
    ends = [plan_values(replace(PLANS["clause"], lost=x))["commit"] for x in (WORST, 0.0)]
    assert (best.low, best.high) == pytest.approx(ends)
    assert best.values[0] == max(worth)


@pytest.mark.parametrize("lang", LANGS)
def test_the_lesson_says_the_models_numbers(prose, lang, moves):
    text = prose("07-commitments", lang)
    words, clause = PLANS["words"], PLANS["clause"]
    ever = model.ever(model.matrix_of(words), STAGES.index("commit"))
    hurt, safe, idle, calm = (
        100 * ended / of for ended, of in (lost(moves, f, c) for f in "10" for c in "01")
    )
    effect = (hurt - safe) - (idle - calm)
    said = {
        **{f"ever from {stage}": (100 * ever[n], 0) for n, stage in enumerate(STAGES[1:4], 1)},
        "two quarters from trial": (0.49 * 0.28 + 0.28 * 0.72, 3),
        "two quarters from aware": (model.after([0, 1, 0, 0, 0], model.matrix_of(words), 2)[2], 3),
        "lost by words": (model.committed(words)[0], 4),
        "back by words": (model.committed(words)[3], 4),
        "stay by words": (model.committed(words)[4], 4),
        "lost by the clause": (model.committed(clause)[0], 4),
        "back by the clause": (model.committed(clause)[3], 4),
        "stay by the clause": (model.committed(clause)[4], 4),
        "growth by words": (plan_values(words)["growth"], 0),
        "growth by the clause": (plan_values(clause)["growth"], 0),
        "ordinary orders": (model.ordinary_value(), 0),
        **{name: (plan_values(plan)["commit"], 0) for name, plan in PLANS.items()},
        **{f"most of {name}": (plan.most, 0) for name, plan in PLANS.items()},
        "cost of the fine": (clause.cost, 1),
        "just failed, words": (model.failed_value(words), 0),
        "just failed, clause": (model.failed_value(clause), 0),
        "gain": (plan_values(clause)["commit"] - plan_values(words)["commit"], 0),
        "worth at worst": (plan_values(replace(clause, lost=WORST))["commit"], 0),
        # A clause without effect leaves every share as it is without one; only the fine remains.
        "worth without any effect": (plan_values(replace(words, fine=clause.fine))["commit"], 0),
        "a year of the buyer by the clause": (4 * model.dairy_cost(clause), 0),
        "the buyer by the stock": (model.dairy_cost(PLANS["stock"]), 0),
        "times fewer without a failure": (idle / calm, 1),
        "times fewer after a failure": (hurt / safe, 1),
        "lost in the table": (100 * share_of(lost(moves)), 1),
        "lost in the table without the clause": (100 * share_of(lost(moves, clause="0")), 1),
        "lost by words, percent": (100 * model.committed(words)[0], 1),
        "tender": (4 / (1 - 0.6 / 1.04), 1),
        "tender with a status": (2 / (1 - 0.7 / 1.04), 1),
        "share that would pay for it": (100 * 1.04 * (1 - 2 / (4 / (1 - 0.6 / 1.04))), 0),
        "the buyer by words": (model.dairy_cost(words), 0),
        "the buyer by the clause": (model.dairy_cost(clause), 0),
        "break-even": (
            100 * model.break_even_loss(clause, plan_values(words)["commit"]),
            0,
        ),
        "lost after a failure": (hurt, 1),
        "the same with the clause": (safe, 1),
        "their difference": (hurt - safe, 1),
        "effect": (effect, 1),
        "assumed": (hurt - effect, 1),
    }
    assert unsaid(said, text, lang) == {}
