"""What lesson 14 discovers: what a letter adds by lot, and how many calls are best."""

import numpy as np
import pandas as pd

from course.datasets import load
from course.truths.declaring import computed_from

LETTERS = ("mens", "womens")


def mail() -> pd.DataFrame:
    """Return the test of two letters; ``bought``: 1 men's clothes only, 2 women's only, 3 both."""
    table = load("hillstrom")
    table["bought"] = table["mens"] + 2 * table["womens"]
    return table


def visits(by: str = "newbie") -> pd.DataFrame:
    """Return the share that visited, %, by a column (whether they are new) and letter."""
    return 100 * mail().pivot_table(index=by, columns="letter", values="visit")


def parabola(by_lot: int | None) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """Return the parabola of renewals by calls: of half the contracts, or of all for None."""
    log = load("contact_log")
    if by_lot is not None:
        log = log[log["by_lot"] == by_lot]
    return np.polyfit(log["calls"], log["renewed"], 2)


def _peak(by_lot: int | None) -> float:
    a, b, _ = parabola(by_lot)
    return float(-b / (2 * a))


@computed_from("hillstrom")
def portfolio_uplift() -> "pd.Series[float]":
    """Visits that the letter about women's clothes adds, points, for old and for new customers."""
    return visits()["womens"] - visits()["none"]


@computed_from("hillstrom")
def portfolio_uplift_mens() -> "pd.Series[float]":
    """Slip: the other letter."""
    return visits()["mens"] - visits()["none"]


@computed_from("hillstrom")
def portfolio_uplift_share() -> "pd.Series[float]":
    """Slip: who visits after the letter, with those who would have come anyway."""
    return visits()["womens"]


@computed_from("hillstrom")
def portfolio_uplift_letters() -> "pd.Series[float]":
    """Slip: one letter against the other."""
    return visits()["womens"] - visits()["mens"]


@computed_from("hillstrom")
def portfolio_uplift_bought() -> "pd.Series[float]":
    """Slip: by what they had bought, as in the lesson's own example."""
    shares = visits("bought")
    return shares["womens"] - shares["none"]


@computed_from("contact_log")
def portfolio_peak() -> float:
    """Return the number of calls a quarter with most renewals, where it was drawn by lot."""
    return _peak(1)


@computed_from("contact_log")
def portfolio_peak_log() -> float:
    """Slip: the half where managers chose whom to call."""
    return _peak(0)


@computed_from("contact_log")
def portfolio_peak_whole() -> float:
    """Slip: both halves together."""
    return _peak(None)
