"""Satisfaction against the published interval, a regression of another library, and the rule's own knees."""

import math

import numpy as np
import pingouin
import pytest
from scipy import stats

from course.datasets import load
from course.models import FORMULAS
from course.models.satisfaction import (
    COMPONENTS,
    Answer,
    adjusted_difference,
    effect,
    quadrant,
    return_chance,
    rise,
    slopes,
    wilson,
    wilson_low,
)


@pytest.fixture(scope="module")
def survey():
    return load("satisfaction_survey")


@pytest.fixture(scope="module")
def answers(survey):
    return [Answer.of(row) for row in survey.drop(columns="patient_id").to_dict("records")]


@pytest.mark.parametrize("k, n", [(0, 1), (1, 1), (22, 24), (18, 20), (4, 34), (119, 400)])
def test_wilson_is_that_of_another_library_to_the_rounding_of_196(k, n):
    found = stats.binomtest(k, n).proportion_ci(0.95, method="wilson")
    assert wilson(k, n) == pytest.approx((found.low, found.high), abs=2e-5)
    assert wilson_low(k, n) == wilson(k, n)[0]


@pytest.mark.parametrize("k, n", [(1, 9), (22, 24), (50, 120)])
def test_ends_of_wilson_are_the_shares_that_are_196_errors_away(k, n):
    for end in wilson(k, n):
        assert abs(k / n - end) == pytest.approx(1.96 * math.sqrt(end * (1 - end) / n))


@pytest.mark.parametrize("k, n", [(-1, 5), (6, 5), (0, 0)])
def test_no_share_no_interval(k, n):
    with pytest.raises(ValueError, match="from 0 to n"):
        wilson(k, n)


def test_map_of_the_worked_example():
    """NE09: means 5.30 and 5.10; the second attribute is what to concentrate on."""
    marks = list(zip((6.2, 5.5, 5.1, 4.4), (5.9, 4.6, 4.9, 5.0), strict=True))
    line, column = (sum(side) / 4 for side in zip(*marks, strict=True))
    assert (line, column) == (pytest.approx(5.30), pytest.approx(5.10))
    placed = [quadrant(*mark, line, column) for mark in marks]
    assert placed == ["keep", "concentrate", "low", "low"]
    assert quadrant(4.0, 6.0, line, column) == "overkill"
    assert quadrant(line, column, line, column) == "keep"


def test_map_of_the_design():
    """Means of the specification: nothing to concentrate on, recovery low with the widest gap."""
    importance, performance = (6.45, 5.61, 5.40, 4.93), (5.80, 4.98, 4.08, 4.37)
    line, column = sum(importance) / 4, sum(performance) / 4
    assert (line, column) == (pytest.approx(5.5975), pytest.approx(4.8075))
    placed = [quadrant(*mark, line, column) for mark in zip(importance, performance, strict=True)]
    assert placed == ["keep", "keep", "low", "low"]
    gaps = [i - p for i, p in zip(importance, performance, strict=True)]
    assert max(gaps) == gaps[2] == pytest.approx(1.32)


def test_difference_of_differences():
    assert adjusted_difference(4.97, 3.27, 5.43, 4.56) == pytest.approx(0.83)
    assert adjusted_difference(5, 3, 5, 3) == 0


@pytest.mark.parametrize("problem", [False, True])
def test_effects_are_those_of_the_process(problem):
    """By differences of the formula that makes the data set."""

    def satisfaction(core, support, recovery, personal):
        after = 0.55 if problem else 0.05
        return (
            0.75 * min(core - 6, 0)
            + 0.3 * (support - 5)
            + after * (recovery - 4)
            + 0.38 * max(personal - 4, 0)
        )

    for place, name in enumerate(COMPONENTS):
        for mark in range(1, 8):
            for step in (0, 0.5, 1, 2):
                before, after = [5.0] * 4, [5.0] * 4
                before[place], after[place] = mark, min(mark + step, 7)
                change = satisfaction(*after) - satisfaction(*before)
                assert effect(name, mark, step, problem) == pytest.approx(change, abs=1e-12)


def test_curve_of_the_design():
    free = [return_chance(score, True) for score in (4, 5, 6, 7)]
    assert free == pytest.approx([0.16, 0.28, 0.53, 0.91], abs=0.02)
    bound = [return_chance(score, False) for score in (4, 5, 6, 7)]
    assert bound == pytest.approx([0.77, 0.81, 0.87, 0.91], abs=0.02)
    assert return_chance(9, True) == return_chance(7, True) == pytest.approx(0.90)
    assert return_chance(0, False) == pytest.approx(0.62)


@pytest.mark.parametrize("problem", [0, 1])
def test_slopes_are_those_of_another_library(survey, answers, problem):
    part = survey[survey["had_problem"] == problem]
    columns = [f"perf_{name}" for name in COMPONENTS]
    table = pingouin.linear_regression(part[columns], part["overall_sat"]).iloc[1:]
    found = slopes([a for a in answers if a.problem == bool(problem)])
    names = list(table["names"])
    for name in COMPONENTS:
        row = table.iloc[names.index(f"perf_{name}")]
        assert found[name][0] == pytest.approx(row["coef"])
        assert found[name][1] == pytest.approx(1.96 * row["se"])


def test_slopes_need_answers(answers):
    with pytest.raises(ValueError, match="at least 10"):
        slopes(answers[:9])


def test_rise_is_the_mean_over_the_table(survey, answers):
    """The same in numpy over columns."""
    hit = survey[(survey["had_problem"] == 1) & (survey["competitive_market"] == 1)]

    def chance(score):
        return 0.06 + 0.84 * ((np.clip(score, 1, 7) - 1) / 6) ** 3.2

    change = 0.55 * (np.minimum(hit["perf_recovery"] + 1, 7) - hit["perf_recovery"])
    expected = (chance(hit["overall_sat"] + change) - chance(hit["overall_sat"])).mean()
    part = [a for a in answers if a.problem and a.free]
    assert rise(part, "recovery", 1) == pytest.approx(expected)
    assert rise(part, "recovery", 0) == 0


@pytest.mark.parametrize("bad", [(0, 1), (8, 1), (5, -1)])
def test_marks_out_of_range(bad):
    with pytest.raises(ValueError, match="from 1 to 7"):
        effect("core", *bad, False)


def test_an_exercise_may_use_it():
    assert "wilson_low" in FORMULAS
