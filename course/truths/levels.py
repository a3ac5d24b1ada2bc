"""What there is to discover in lesson 5: levels of «Зернокрок», money in kUAH, shares in percent."""

import pandas as pd

from course.datasets import load
from course.models.levels import LEVELS, thresholds
from course.truths.declaring import computed_from


def _margin() -> pd.Series:
    return load("zernokrok_customers").set_index("customer_id")["margin_kuah"]


def _high() -> pd.Series:
    return levels_assigned().isin(["proactive", "partnership"])


@computed_from("zernokrok_customers")
def levels_assigned() -> pd.Series:
    """Level id of every customer by the thresholds of yearly margin; index customer_id."""
    edges = [float("-inf"), *thresholds(), float("inf")]
    return pd.cut(_margin(), edges, labels=list(LEVELS), right=False).astype(str).rename("level")


@computed_from("zernokrok_customers")
def levels_margin_share() -> float:
    """Percent of the yearly margin that comes from the proactive and partnership levels."""
    margin = _margin()
    return 100 * float(margin[_high()].sum() / margin.sum())


@computed_from("zernokrok_customers")
def levels_assigned_ascending() -> pd.Series:
    """A slip: the lowest threshold asked first catches every larger customer too."""
    return levels_assigned().where(lambda level: level == "basic", "reactive")


@computed_from("zernokrok_customers")
def levels_customer_share() -> float:
    """A slip: percent of customers, not of margin, at the proactive or partnership level."""
    return 100 * float(_high().mean())


@computed_from("zernokrok_customers")
def levels_margin_fraction() -> float:
    """A slip: the share of margin from 0 to 1, not in percent."""
    return levels_margin_share() / 100
