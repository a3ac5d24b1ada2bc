"""The figures of the report beside other people's programs and published examples, and what must hold of any group."""

import math
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from course.grading.pages.statistics import (
    alike,
    alpha,
    correlation_interval,
    discrimination,
    interval,
    thirds,
)

# C. Zaiontz, "Cronbach's alpha", real-statistics.com: answers of fifteen people to ten questions, alpha 0.5917.
ZAIONTZ = [
    "3241451432",
    "5463512555",
    "7355643365",
    "2433222663",
    "6565444675",
    "1234252352",
    "4353521243",
    "2443722465",
    "6555165232",
    "5464353172",
    "4352532341",
    "4232534234",
    "5562332445",
    "6554221465",
    "4355313234",
]
MARKS = arrays(
    float,
    st.tuples(st.integers(4, 12), st.integers(3, 6)),
    elements=st.sampled_from([0, 0.25, 0.5, 1]),
)
FEW = settings(max_examples=60, deadline=None)


def group(n, k, seed=0, ability=1.0):
    """Marks 0 and 1 of students of different ability."""
    dice = np.random.default_rng(seed)
    return (
        dice.normal(size=(n, 1)) * ability + dice.normal(size=(n, k)) > np.linspace(-1, 1, k)
    ).astype(float)


# --- beside others -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hits", "n"), [(0, 1), (1, 1), (0, 12), (3, 10), (8, 10), (40, 40), (17, 400)]
)
def test_the_interval_is_the_one_of_scipy(hits, n):
    told = stats.binomtest(hits, n).proportion_ci(0.95, method="wilson")
    assert interval(hits / n, n) == pytest.approx((told.low, told.high), abs=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_discrimination_and_its_interval_are_those_of_scipy(seed):
    marks = group(25, 8, seed) * [1, 2, 1, 3, 1, 1, 2, 5]
    for place, found in enumerate(discrimination(marks)):
        told = stats.pearsonr(marks[:, place], np.delete(marks, place, 1).sum(1))
        assert found == pytest.approx(told.statistic)
        assert correlation_interval(found, 25) == pytest.approx(tuple(told.confidence_interval()))


def test_alpha_is_that_of_a_published_example():
    value, (low, high), _ = alpha(np.array([list(map(float, row)) for row in ZAIONTZ]))
    assert value == pytest.approx(0.5917188485995826)
    half = 1.959964 * math.sqrt(
        2 * 10 / (9 * 13)
    )  # of ln(1 - alpha): ten questions, fifteen people
    assert (low, high) == pytest.approx(
        (1 - 0.40828 * math.exp(half), 1 - 0.40828 * math.exp(-half)), abs=1e-4
    )


@pytest.mark.parametrize("seed", range(5))
def test_alpha_is_that_of_pingouin(seed):
    pingouin = pytest.importorskip("pingouin")
    import pandas as pd

    marks = group(30, 6, seed)
    value, ends, without = alpha(marks)
    told, interval_told = pingouin.cronbach_alpha(pd.DataFrame(marks))
    assert value == pytest.approx(told)
    assert ends == pytest.approx(tuple(interval_told), abs=0.07), (
        "Feldt's interval is another, and near"
    )
    for place, one in enumerate(without):
        assert one == pytest.approx(
            pingouin.cronbach_alpha(pd.DataFrame(np.delete(marks, place, 1)))[0]
        )


@pytest.mark.parametrize("seed", range(5))
def test_alpha_follows_from_mean_covariance_and_variance(seed):
    marks = group(30, 6, seed) * [1, 1, 2, 2, 3, 3]
    covariance = np.cov(marks.T)
    variance, between = covariance.trace() / 6, covariance[~np.eye(6, dtype=bool)].mean()
    value, _, _ = alpha(marks)
    assert value == pytest.approx(6 * between / (variance + 5 * between))


def test_the_interval_of_alpha_holds_what_it_is_of_nineteen_times_in_twenty():
    dice, k, r = (
        np.random.default_rng(5),
        5,
        0.4,
    )  # parallel exercises: alpha = k r / (1 + (k - 1) r)
    true, hits = k * r / (1 + (k - 1) * r), 0
    for _ in range(2000):
        marks = math.sqrt(r) * dice.normal(size=(40, 1)) + math.sqrt(1 - r) * dice.normal(
            size=(40, k)
        )
        low, high = alpha(marks)[1]
        hits += low <= true <= high
    assert 0.93 < hits / 2000 < 0.97


# --- what must hold ------------------------------------------------------------------------------------------


@FEW
@given(MARKS, st.randoms())
def test_the_order_of_the_students_does_not_matter(marks, dice):
    order = list(range(len(marks)))
    dice.shuffle(order)
    assert discrimination(marks[order]) == pytest.approx(
        discrimination(marks), nan_ok=True, abs=1e-9
    )
    one, two = alpha(marks), alpha(marks[order])
    assert (one is None) == (two is None)
    assert one is None or one[0] == pytest.approx(two[0])
    parts, mixed = thirds(marks.sum(1)), thirds(marks[order].sum(1))
    assert (parts is None) == (mixed is None)
    for part, other in zip(parts or (), mixed or (), strict=True):
        assert part[order].tolist() == other.tolist()


@FEW
@given(MARKS)
def test_every_figure_is_a_figure_or_plainly_none(marks):
    found = discrimination(marks)
    assert all(math.isnan(one) or -1 <= one <= 1 for one in found)
    assert all(
        math.isnan(one) for one, column in zip(found, marks.T, strict=True) if np.ptp(column) == 0
    )
    if told := alpha(marks):
        value, (low, high), without = told
        assert low <= value <= high <= 1 and np.nanmax(without, initial=-9) <= 1 + 1e-9
    else:
        assert np.ptp(marks.sum(1)) < 1e-9
    if parts := thirds(marks.sum(1)):
        upper, lower = parts
        assert not (upper & lower).any() and min(upper.sum(), lower.sum()) >= len(marks) // 3
        assert marks.sum(1)[upper].min() > marks.sum(1)[lower].max()


def test_parallel_exercises_have_the_alpha_of_spearman_and_brown():
    own = np.random.default_rng(1).normal(size=50)
    assert alpha(np.column_stack([own] * 4))[0] == pytest.approx(1)
    marks = group(400, 2, 3)
    r = np.corrcoef(marks.T)[0, 1]
    marks = (marks - marks.mean(0)) / marks.std(0)
    assert alpha(marks)[0] == pytest.approx(2 * r / (1 + r))


def test_discrimination_has_the_sign_of_what_it_measures():
    marks = group(200, 6, 4, ability=2)
    assert (discrimination(marks) > 0.3).all()
    marks[:, 2] = 1 - marks[:, 2]  # a wrong key
    found = discrimination(marks)
    assert found[2] < -0.3 and (np.delete(found, 2) > 0).all()
    assert alpha(marks)[2].argmax() == 2


@pytest.mark.parametrize(
    "marks",
    [
        np.zeros((0, 3)),
        np.ones((1, 3)),
        np.ones((9, 3)),
        np.ones((9, 1)),
        np.zeros((3, 0)),
        np.eye(2),
    ],
)
def test_nothing_is_told_of_nothing(marks):
    assert np.isnan(discrimination(marks)).all()
    assert alpha(marks) is None
    assert alike(np.full(marks.shape, -1), np.zeros(marks.shape, int)) == ([], 0)
    assert thirds(np.ones(12)) is None and thirds(np.array([1.0, 2.0])) is None


# --- wrong answers alike -------------------------------------------------------------------------------------


def mistakes(n, k, seed, share=0.5):
    """Wrong answers of students who know nothing of each other: one of four, the first much liked; -1 is right."""
    dice = np.random.default_rng(seed)
    answers = dice.choice(4, p=[0.5, 0.25, 0.15, 0.1], size=(n, k))
    return np.where(dice.random((n, k)) < share, answers, -1)


def slowly(answers, variants):
    """The pairs of `alike` by the book, one by one."""
    n, k = answers.shape

    def often(one, place):
        others = [
            row
            for row in range(n)
            if row != one
            and answers[row, place] >= 0
            and variants[row, place] == variants[one, place]
        ]
        return max(
            0.05, sum(answers[row, place] == answers[one, place] for row in others) / len(others)
        )

    found = {}
    for a in range(n):
        for b in range(a + 1, n):
            both = [
                p
                for p in range(k)
                if min(answers[a, p], answers[b, p]) >= 0 and variants[a, p] == variants[b, p]
            ]
            chances = [max(often(a, place), often(b, place)) for place in both]
            hits, of, p = sum(answers[a, p] == answers[b, p] for p in both), len(both), sum(chances)
            if stats.poisson_binom(chances or [0]).sf(hits - 1) * n * (n - 1) / 2 < 0.05:
                found[a, b] = (hits, of, pytest.approx(p, abs=1e-5))
    return found


@pytest.mark.skipif(
    not hasattr(stats, "poisson_binom"), reason="scipy has this distribution since 1.15"
)
@pytest.mark.parametrize("seed", range(3))
def test_pairs_are_those_counted_one_by_one(seed):
    answers, dice = mistakes(30, 14, seed, 0.7), np.random.default_rng(seed)
    variants = np.where(np.arange(14) < 10, 0, dice.integers(3, size=(30, 14)))
    answers = np.where(answers >= 0, answers + 4 * variants, -1)
    answers[4], variants[4] = answers[9], variants[9]
    answers[7, :12], variants[7, :12] = answers[20, :12], variants[20, :12]
    pairs, total = alike(answers, variants)
    told = {(a, b): rest for a, b, *rest in pairs}
    assert total == len(told) == len(pairs) and alike(answers, variants, 1) == (pairs[:1], total)
    assert {pair: tuple(rest) for pair, rest in told.items()} == slowly(answers, variants)


def test_two_who_share_rare_mistakes_are_found_and_only_they():
    answers = mistakes(40, 20, 1)
    dice = np.random.default_rng(2)
    answers[8] = answers[31] = np.where(dice.random(20) < 0.7, dice.choice([2, 3], size=20), -1)
    ((one, two, same, both, expected),), total = alike(answers, np.zeros_like(answers))
    assert (
        (one, two) == (8, 31)
        and same == both == (answers[8] >= 0).sum()
        and expected < 0.5 * same
        and total == 1
    )
    order = dice.permutation(40)
    ((a, b, *_),), _ = alike(answers[order], np.zeros_like(answers))
    assert {order[a], order[b]} == {8, 31}


def test_chance_names_nobody_in_nineteen_groups_of_twenty():
    named = sum(
        alike(mistakes(40, 20, seed, 0.6), np.zeros((40, 20), int))[1] > 0 for seed in range(200)
    )
    assert named <= 10


def test_mistakes_that_everybody_makes_and_other_variants_are_no_likeness():
    same = np.zeros((30, 25), int)
    assert alike(same, same) == ([], 0)
    answers = mistakes(30, 25, 3)
    answers[3] = answers[4]
    variants = np.zeros_like(answers)
    variants[3] = 1
    answers = np.where(answers >= 0, answers + 4 * variants, -1)
    assert not any({a, b} == {3, 4} for a, b, *_ in alike(answers, variants)[0])


def test_a_copied_pair_is_found_among_ten_thousand():
    answers = mistakes(10_000, 30, 5)
    answers[77] = answers[4242] = np.where(np.arange(30) < 26, 3, -1)
    found, _ = alike(answers, np.zeros_like(answers))
    assert found[0][:2] == (77, 4242)


def test_grading_loads_no_scipy():
    code = "import sys, course.grading.pages.report, course.grading.gradebook; print('scipy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "False\n", done.stderr
