"""What lesson 5 discovers: levels of «Зернокрок», money in kUAH, shares in percent."""

import pandas as pd

from course.datasets import load
from course.models.levels import LEVELS, thresholds
from course.truths.declaring import computed_from

# Of an hour, kUAH: the least, in steps of STEP, at which 672 customers need at most 1200 hours.
PRICE = 0.39
STEP = 0.01


def _margin() -> pd.Series:
    return load("zernokrok_customers").set_index("customer_id")["margin_kuah"]


def _assigned(lam: float) -> pd.Series:
    edges = [float("-inf"), *thresholds(lam=lam), float("inf")]
    return pd.cut(_margin(), edges, labels=list(LEVELS), right=False).astype(str).rename("level")


def _share(assigned: pd.Series) -> float:
    margin = _margin()
    return 100 * float(margin[_high(assigned)].sum() / margin.sum())


def _high(assigned: pd.Series) -> pd.Series:
    return assigned.isin(["proactive", "partnership"])


@computed_from("zernokrok_customers")
def levels_assigned() -> pd.Series:
    """Level id of every customer at the price of an hour that 1200 hours ask; index customer_id."""
    return _assigned(PRICE)


@computed_from("zernokrok_customers")
def levels_margin_share() -> float:
    """Percent of the yearly margin that comes from the proactive and partnership levels."""
    return _share(levels_assigned())


@computed_from("zernokrok_customers")
def levels_assigned_free() -> pd.Series:
    """Slip: hours cost nothing, so the list asks for more than twice as many as there are."""
    return _assigned(0.0)


@computed_from("zernokrok_customers")
def levels_assigned_unfinished() -> pd.Series:
    """Slip: the cell as it stands, with hours for nothing and the two highest levels only."""
    free = levels_assigned_free()
    return free.where(_high(free), "basic")


@computed_from("zernokrok_customers")
def levels_assigned_cheap() -> pd.Series:
    """Slip: the price of an hour one step too low, so the list still asks for too many."""
    return _assigned(PRICE - STEP)


@computed_from("zernokrok_customers")
def levels_assigned_dear() -> pd.Series:
    """Slip: the price of an hour one step higher than the hours ask."""
    return _assigned(PRICE + STEP)


@computed_from("zernokrok_customers")
def levels_assigned_ascending() -> pd.Series:
    """Slip: the lowest threshold asked first catches every larger customer too."""
    return levels_assigned().where(lambda level: level == "basic", "reactive")


@computed_from("zernokrok_customers")
def levels_customer_share() -> float:
    """Slip: percent of customers, not of margin, at the proactive or partnership level."""
    return 100 * float(_high(levels_assigned()).mean())


@computed_from("zernokrok_customers")
def levels_margin_share_free() -> float:
    """Slip: the share at thresholds that know no price of an hour."""
    return _share(levels_assigned_free())


@computed_from("zernokrok_customers")
def levels_margin_fraction() -> float:
    """Slip: the share of margin from 0 to 1, not in percent."""
    return float(levels_margin_share()) / 100
