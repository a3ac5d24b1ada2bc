"""What there is to discover in the data sets: each function returns the right number, Series or DataFrame.

Exercises of kind ``value`` name these functions; money in the unit of the columns, shares in percent.
"""

import pandas as pd

from course.datasets import load
from course.models.levels import LEVELS, thresholds


def levels_assigned():
    """Level id of every customer of «Зернокрок» by the thresholds of yearly margin; index customer_id."""
    customers = load("zernokrok_customers").set_index("customer_id")
    edges = [float("-inf"), *thresholds(), float("inf")]
    return pd.cut(customers["margin_kuah"], edges, labels=list(LEVELS), right=False).astype(str).rename("level")


def levels_margin_share():
    """Percent of the yearly margin that comes from customers at the proactive or partnership level."""
    margin = load("zernokrok_customers").set_index("customer_id")["margin_kuah"]
    return 100 * float(margin[levels_assigned().isin(["proactive", "partnership"])].sum() / margin.sum())


def _contacts():
    """Offers of «Кавалелека» with the value of a contact, UAH, in column delta."""
    rows = load("kavaleleka_offers").merge(load("kavaleleka_customers"), on="cafe_id")
    uplift = rows["p1"] - rows["p0"]
    return rows.assign(delta=uplift * rows["margin_uah"] - rows["cost_uah"] - rows["fatigue_uah"])


def contact_positive():
    """Number of offers (café, offer, channel) whose contact adds more than it costs."""
    return int((_contacts()["delta"] > 0).sum())


def contact_best_total():
    """UAH added when every café gets its best offer and channel, or no contact when none is above 0."""
    return float(_contacts().groupby("cafe_id")["delta"].max().clip(lower=0).sum())


def contact_best_by_p1():
    """UAH added when every café gets the offer and channel it would most likely answer (highest p1)."""
    rows = _contacts()
    return float(rows.loc[rows.groupby("cafe_id")["p1"].idxmax(), "delta"].sum())


def audit_culture_gap():
    """Culture gap of every pair, supplier less buyer (mean over items of mean over raters); index pair_id."""
    ratings = load("audit_pairs").query("component == 'culture'")
    items = ratings.groupby(["pair_id", "side", "item"])["score"].mean()
    sides = items.groupby(["pair_id", "side"]).mean().unstack("side")
    return (sides["supplier"] - sides["buyer"]).rename("culture_gap")


def _flagged():
    return audit_culture_gap().abs() >= 1.5


def audit_flagged():
    """Number of pairs whose culture gap is 1.5 or more either way (the first red flag)."""
    return int(_flagged().sum())


def audit_survival():
    """Percent of the flagged pairs whose relationship was alive after 24 months."""
    alive = load("audit_outcomes").set_index("pair_id")["alive_24m"]
    return 100 * float(alive[_flagged()].mean())


TRUTHS = {function.__name__: function for function in (
    levels_assigned, levels_margin_share, contact_positive, contact_best_total, contact_best_by_p1,
    audit_culture_gap, audit_flagged, audit_survival)}
