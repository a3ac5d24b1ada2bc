"""What there is to discover in the data sets: each function returns the right number, Series or DataFrame.

Exercises of kind ``value`` name these functions; money in the unit of the columns, shares in percent.
"""

from functools import cache

import pandas as pd

from course.datasets import load
from course.models.levels import LEVELS, thresholds


def _margin():
    return load("zernokrok_customers").set_index("customer_id")["margin_kuah"]


def levels_assigned():
    """Level id of every customer of «Зернокрок» by the thresholds of yearly margin; index customer_id."""
    edges = [float("-inf"), *thresholds(), float("inf")]
    return pd.cut(_margin(), edges, labels=list(LEVELS), right=False).astype(str).rename("level")


def _high():
    return levels_assigned().isin(["proactive", "partnership"])


def levels_margin_share():
    """Percent of the yearly margin that comes from customers at the proactive or partnership level."""
    margin = _margin()
    return 100 * float(margin[_high()].sum() / margin.sum())


def levels_assigned_ascending():
    """A slip: the lowest threshold asked first catches every larger customer too."""
    return levels_assigned().where(lambda level: level == "basic", "reactive")


def levels_customer_share():
    """A slip: percent of customers, not of margin, at the proactive or partnership level."""
    return 100 * float(_high().mean())


def levels_margin_fraction():
    """A slip: the share of margin from 0 to 1, not in percent."""
    return levels_margin_share() / 100


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
    levels_assigned, levels_assigned_ascending, levels_margin_share, levels_margin_fraction,
    levels_customer_share, contact_positive, contact_best_total, contact_best_by_p1,
    audit_culture_gap, audit_flagged, audit_survival)}


@cache
def truth(name):
    """Return the right result as plain JSON values, computed once."""
    return plain(TRUTHS[name]())


def plain(value):
    """Turn what a learner hands over into plain JSON values, as the journal keeps and ``scoring`` reads it.

    Parameters
    ----------
    value : object
        A number, ``Series`` or ``DataFrame``; anything else comes back as text, which earns nothing.

    Returns
    -------
    number, dict or str

    Examples
    --------
    >>> plain(pd.Series({"a": 1.5, "b": float("nan")}))
    {'index': ['a', 'b'], 'values': [1.5, None]}
    """
    if isinstance(value, pd.DataFrame):
        columns = {str(name): [_cell(cell) for cell in value.iloc[:, place].tolist()]
                   for place, name in enumerate(value.columns)}
        return {"index": [_cell(cell) for cell in value.index.tolist()], "columns": columns}
    if isinstance(value, pd.Series):
        return {
            "index": [_cell(cell) for cell in value.index.tolist()],
            "values": [_cell(cell) for cell in value.tolist()],
        }
    return _cell(value.item() if hasattr(value, "item") and getattr(value, "size", 0) == 1 else value, lost="?")


def _cell(cell, lost=None):
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return cell if cell - cell == 0 else lost
    return lost if cell is None or cell is pd.NaT else str(cell)[:200]
