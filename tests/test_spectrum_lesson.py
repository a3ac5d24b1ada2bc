"""Lesson 6: its pictures show the model's numbers, and its prose says them in both languages."""

import math
import re
from dataclasses import replace

import pytest
from prose import unsaid

from course import pictures
from course.lessons import Lesson
from course.models import spectrum as model
from course.models.satisfaction import wilson_percent
from course.models.spectrum import OPEN_VENTURE, PLANS
from course.texts import LANGS
from course.truths import TRUTHS


@pytest.fixture(scope="module", params=LANGS)
def drawn(request):
    entries = pictures.read(Lesson("spectrum", request.param).chapter.folder / "figures.toml")
    return {name: pictures.figure(entry, request.param) for name, entry in entries.items()}


def numbers(words):
    plain = re.sub(r"[\u00a0\u202f](?=\d{3})", "", words)
    return [float(found.replace(",", ".")) for found in re.findall(r"\d+(?:,\d+)?", plain)]


def rounded(value, digits=0):
    return math.floor(abs(value) * 10**digits + 0.5) / 10**digits


def test_lines_of_the_network_are_the_lasting_pairs(drawn):
    network, pairs = drawn["contacts"], TRUTHS["spectrum_pairs"]()
    strong = pairs[pairs >= 12]
    assert {f"{link.a}-{link.b}": link.weight for link in network.links} == {
        name: count / 141 for name, count in strong.items()
    }
    assert {node.id for node in network.nodes} == set(TRUTHS["spectrum_degree"]().index)
    assert [node.id for node in network.nodes if node.tone == "accent"] == ["kresliarnia"]
    assert numbers(network.sentence) == [7, 6, 141]


def test_a_step_too_close_adds_up(drawn):
    step = drawn["step"]
    first, *changes, last = [one.value for one in step.steps]
    assert first + math.fsum(changes) == pytest.approx(last)
    assert (first, last) == pytest.approx(
        (model.plan_result(PLANS["modular"]), model.plan_result(PLANS["venture"]))
    )
    assert [one.total for one in step.steps] == [True, *[False] * 5, True]
    assert numbers(step.sentence) == [rounded(one.value) for one in step.steps]
    for one in step.steps:
        assert numbers(one.printed) == [rounded(one.value)]
        assert one.total or (one.printed[0] == "+") == (one.value > 0)


def test_lines_of_the_forms_are_what_they_leave(drawn):
    chances, plans = drawn["chances"], [*map(PLANS.get, ("contract", "modular", "custom"))]
    for line, plan in zip(chances.lines, [*plans, OPEN_VENTURE], strict=True):
        wanted = [model.plan_result(plan, x / 100) for x in line.xs]
        assert list(line.ys) == pytest.approx(wanted)
        assert all(chances.y.low <= y <= chances.y.high for y in line.ys)
    low, high = wilson_percent(3, 20)
    assert [mark.value for mark in chances.marks] == pytest.approx([low, 15, high])
    at_high = {name: model.plan_result(PLANS[name], high / 100) for name in PLANS}
    said = [at_high["custom"], at_high["contract"], at_high["modular"]]
    said.append(model.plan_result(OPEN_VENTURE, high / 100))
    assert numbers(chances.sentence) == [
        rounded(high),
        *map(rounded, said),
    ]


def _elsewhere():
    """What modular tooling must be worth elsewhere to beat the custom one, mln UAH."""
    custom, modular = PLANS["custom"], PLANS["modular"]
    safe = model.plan_result(replace(modular, lost=0.0))
    lost = (safe - model.plan_result(custom)) / (0.15 * modular.uncovered * modular.invested)
    return modular.invested * (1 - lost) / 1000


def test_the_ways_to_other_developers():
    pairs = TRUTHS["spectrum_pairs"]()
    lasting = {frozenset(name.split("-")) for name in pairs[pairs >= 12].index}
    between = {
        firm: {other for pair in lasting if firm in pair for other in pair - {firm}}
        & {other for pair in lasting if "teploriven" in pair for other in pair}
        for firm in ("sadyba", "vysota", "zatyshok")
    }
    assert between == {
        "sadyba": {"kresliarnia"},
        "vysota": {"kresliarnia", "montazhnyk"},
        "zatyshok": {"kresliarnia", "montazhnyk"},
    }
    assert not any(7 <= count < 25 for count in pairs)


@pytest.mark.parametrize("lang", LANGS)
def test_the_lesson_says_the_models_numbers(prose, lang):
    text = prose("06-spectrum", lang)
    low, high = (end / 100 for end in wilson_percent(3, 20))
    custom, modular = PLANS["custom"], PLANS["modular"]
    often = model.frequency(24)
    said = {
        "index of the case": (model.spectrum_index(8, 5, often, 5), 3),
        "index a point lower": (model.spectrum_index(model.specificity(3.6, 1.08), 5, often, 5), 3),
        "index of modular tooling": (model.spectrum_index(4, 5, often, 5), 3),
        **{f"result of {name}": (model.plan_result(plan), 0) for name, plan in PLANS.items()},
        "the venture without an end": (model.plan_result(PLANS["venture"], 0), 0),
        "the venture without the ban": (model.plan_result(OPEN_VENTURE), 0),
        "modular at the upper end": (model.plan_result(modular, high), 0),
        "modular at the lower end": (model.plan_result(modular, low), 0),
        "custom ahead at the lower end": (
            model.plan_result(custom, low) - model.plan_result(modular, low),
            0,
        ),
        "margin that pays for the venture": (
            math.ceil(model.needed_margin(PLANS["venture"], model.plan_result(modular))),
            0,
        ),
        "the venture without the ban at the lower end": (model.plan_result(OPEN_VENTURE, low), 0),
        "margin below which the contract is better": (
            model.needed_margin(modular, model.plan_result(PLANS["contract"])),
            1,
        ),
        "wear of modular tooling in five years": (modular.invested / 5, 0),
        "modular tooling with that wear": (model.plan_result(modular) - modular.invested / 5, 0),
        "modular tooling elsewhere at which custom is as good": (_elsewhere(), 2),
        "money in modular tooling": (0.18 * modular.invested, 0),
        "risk of modular tooling": (0.15 * modular.stake, 0),
        "risk of custom tooling": (0.15 * custom.stake, 0),
    }
    assert unsaid(said, text, lang) == {}


def test_no_line_passes_behind_the_office(drawn):
    network = drawn["contacts"]
    place = {node.id: (node.x, node.y) for node in network.nodes}
    x, y = place["kresliarnia"]
    for link in network.links:
        (x1, y1), (x2, y2) = place[link.a], place[link.b]
        if "kresliarnia" not in (link.a, link.b) and min(y1, y2) < y < max(y1, y2):
            crossed = x1 + (x2 - x1) * (y - y1) / (y2 - y1)
            assert abs(crossed - x) > 0.23, (link.a, link.b)  # half the name's box at 440 px
