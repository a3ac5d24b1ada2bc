"""What lesson 1 discovers: the trial of «Дзвінколіс», shares in percent, money in UAH."""

import pandas as pd

from course.datasets import load
from course.truths.declaring import computed_from

OPEN_COST = 30  # UAH for every new customer: the three rows of the open repair


def _gain(place: str, cost: float) -> float:
    means = load("dzvinkolis_trial").groupby(["place", "offer"])["later_uah"].mean()
    return float(means[place, "open"] - means[place, "usual"] - cost)


@computed_from("dzvinkolis_trial")
def deal_returns() -> pd.DataFrame:
    """Percent of new customers that came again within a year, by place and offer."""
    trial = load("dzvinkolis_trial")
    return trial.pivot_table(index="place", columns="offer", values="returned") * 100


@computed_from("dzvinkolis_trial")
def deal_returns_fraction() -> pd.DataFrame:
    """Slip: shares from 0 to 1."""
    return deal_returns() / 100


@computed_from("dzvinkolis_trial")
def deal_returns_places() -> pd.DataFrame:
    """Slip: rows are places, and no column for each offer."""
    trial = load("dzvinkolis_trial")
    return trial.pivot_table(index="place", values="returned") * 100


@computed_from("dzvinkolis_trial")
def deal_gain() -> float:
    """Gain of the open repair from a new customer in a district within a year, UAH."""
    return _gain("district", OPEN_COST)


@computed_from("dzvinkolis_trial")
def deal_gain_gross() -> float:
    """Slip: the cost of the offer is forgotten; the station as usual gives nearly the same."""
    return _gain("district", 0)


@computed_from("dzvinkolis_trial")
def deal_gain_station() -> float:
    """Slip: the example, not the districts."""
    return _gain("station", OPEN_COST)


@computed_from("dzvinkolis_trial")
def deal_gain_level() -> float:
    """Slip: income of the open repair, not its difference."""
    means = load("dzvinkolis_trial").groupby(["place", "offer"])["later_uah"].mean()
    return float(means["district", "open"] - OPEN_COST)
