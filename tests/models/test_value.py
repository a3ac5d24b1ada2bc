"""Value of a customer and of a contact against printed values, long sums and the edges of their domain."""

import math
import subprocess
import sys

import pytest

from course.models.value import clv_next, clv_now, contact_value, relationship_index


@pytest.mark.parametrize(
    "r, i, printed",
    [
        (0.6, 0.10, 1.20),
        (0.6, 0.12, 1.15),
        (0.6, 0.14, 1.11),
        (0.6, 0.16, 1.07),
        (0.7, 0.10, 1.75),
        (0.7, 0.12, 1.67),
        (0.7, 0.14, 1.59),
        (0.7, 0.16, 1.52),
        (0.8, 0.10, 2.67),
        (0.8, 0.12, 2.50),
        (0.8, 0.14, 2.35),
        (0.8, 0.16, 2.22),
        (0.9, 0.10, 4.50),
        (0.9, 0.12, 4.09),
        (0.9, 0.14, 3.75),
        (0.9, 0.16, 3.46),
    ],
)
def test_table_of_margin_multiples(r, i, printed):
    assert clv_next(1, r, i) == pytest.approx(printed, abs=0.005 + 1e-9)


def test_worked_examples():
    assert clv_next(1200, 0.70, 0.18) == pytest.approx(1750.00, abs=0.005)
    assert clv_next(1200, 0.76, 0.18) == pytest.approx(2171.43, abs=0.005)
    assert clv_now(1200, 0.70, 0.18) == pytest.approx(2950.00, abs=0.005)
    assert clv_now(1800, 0.82, 0.17) == pytest.approx(6017.14, abs=0.005)
    assert relationship_index([2, 3, 1, 4, 2, 3, 2]) == pytest.approx(35.7, abs=0.05)


@pytest.mark.parametrize(
    "m, r, i",
    [(1000, 0.5, 0.1), (37.5, 0.93, 0.25), (-20, 0.8, 0.12), (9, 0.0, 0.3), (5, 1.0, 0.2)],
)
def test_formulas_are_the_long_sums(m, r, i):
    now = math.fsum(m * (r / (1 + i)) ** t for t in range(5000))
    assert clv_now(m, r, i) == pytest.approx(now, rel=1e-9)
    assert clv_next(m, r, i) == pytest.approx(now - m, rel=1e-9, abs=1e-9)


def test_uplift_not_likelihood_decides():
    assert contact_value(0.30, 0.29, 900, 20, 5) == pytest.approx(-16)
    assert contact_value(0.12, 0.02, 900, 20, 5) == pytest.approx(65)
    assert contact_value(0.10, 0.15, 400, 0) == pytest.approx(-20)


def test_fatigue_and_cost_are_each_taken_off_once_and_nothing_is_rounded():
    assert contact_value(0.5, 0.25, 100, 25) == contact_value(0.5, 0.25, 100, 0, 25) == 0
    assert contact_value(0.5, 0.25, 100, 12, 13) == 0 and contact_value(0.25, 0.5, 100, 0) == -25
    assert contact_value(0, 0, 0, 0) == contact_value(1, 1, 100, 0) == 0


def test_the_ends_of_the_index_and_its_middle():
    assert (relationship_index([1]), relationship_index([5, 5]), relationship_index([3])) == (
        0,
        100,
        50,
    )
    assert relationship_index([1, 5]) == 50


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: clv_now(1, 1.2, 0.1), "r must be a probability"),
        (lambda: clv_now(1, -0.1, 0.1), "r must be a probability"),
        (lambda: clv_now(1, float("nan"), 0.1), "r must be a probability"),
        (lambda: clv_now(1, 0.5, -0.1), "discount rate"),
        (lambda: clv_next(1, 1.0, 0.0), "above 0 when r = 1"),
        (lambda: clv_now(float("inf"), 0.5, 0.1), "m must be a finite number"),
        (lambda: contact_value(1.1, 0.5, 1, 0), "p1 must be a probability"),
        (lambda: contact_value(0.5, -0.5, 1, 0), "p0 must be a probability"),
        (lambda: contact_value(0.5, 0.5, 1, -1), "0 or more"),
        (lambda: contact_value(0.5, 0.4, float("nan"), 1), "margin must be a finite number"),
        (lambda: relationship_index([]), "at least one"),
        (lambda: relationship_index([3, 6]), "from 1 to 5"),
        (lambda: relationship_index([3, float("nan")]), "from 1 to 5"),
    ],
)
def test_out_of_range_numbers_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_models_load_nothing_heavy():
    code = "import sys, course.models; print(*{'numpy', 'pandas', 'scipy', 'matplotlib'} & set(sys.modules))"
    assert (
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.strip()
        == ""
    )
