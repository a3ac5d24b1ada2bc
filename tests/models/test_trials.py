"""A trial by lot and a survey: their margins of error, by other roads."""

import math
from statistics import pvariance

import numpy as np
import pytest

from course.models import trials


def test_a_trial_agrees_with_the_draws():
    random = np.random.default_rng(1)
    added = random.binomial(900, 0.31, 20000) / 900 - random.binomial(600, 0.22, 20000) / 600
    value, margin = trials.difference(279, 900, 132, 600)
    assert value == pytest.approx(added.mean(), abs=2e-3)
    assert margin == pytest.approx(1.96 * added.std(), rel=0.02)


def test_the_letters_of_hillstrom():
    value, margin = trials.difference(7132, 42694, 2262, 21306)
    assert (value, value - margin, value + margin) == pytest.approx(
        (0.06088, 0.05544, 0.06633), abs=1e-5
    )


@pytest.mark.parametrize("up, down, size", [(90, 40, 200), (96, 34, 200), (30, 30, 80)])
def test_the_score_is_a_mean_of_answers(up, down, size):
    answers = [1] * up + [-1] * down + [0] * (size - up - down)
    assert trials.nps(up / size, down / size) == pytest.approx(100 * sum(answers) / size)
    error = math.sqrt(pvariance(answers) / size)
    assert trials.nps_margin(up / size, down / size, size) == pytest.approx(196 * error)


def test_a_score_of_two_hundred_is_wide_and_nine_hundred_are_five_points():
    assert trials.nps(0.45, 0.20) - trials.nps_margin(0.45, 0.20, 200) == pytest.approx(
        14.4, abs=0.05
    )
    assert trials.nps_margin(0.45, 0.20, 903) == pytest.approx(5, abs=0.03)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: trials.difference(5, 4, 1, 4),
        lambda: trials.difference(1, 4, 0, 0),
        lambda: trials.nps(0.7, 0.4),
        lambda: trials.nps_margin(-0.1, 0.4, 10),
        lambda: trials.nps_margin(0.5, 0.4, 0),
    ],
)
def test_what_is_no_share_is_refused(wrong):
    with pytest.raises(ValueError):
        wrong()
