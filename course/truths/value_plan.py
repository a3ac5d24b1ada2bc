"""What there is to discover in lesson 3: contacts with the cafés of «Кавалелека», money in UAH."""

import pandas as pd

from course.datasets import load
from course.truths.declaring import computed_from

WEEK = 30  # contacts that two managers have time for
SETS = ("kavaleleka_customers", "kavaleleka_offers")


def _contacts() -> pd.DataFrame:
    """Return the offers with p0 and the value of a contact in column delta."""
    rows = load("kavaleleka_offers").merge(load("kavaleleka_customers"), on="cafe_id")
    uplift = rows["p1"] - rows["p0"]
    return rows.assign(delta=uplift * rows["margin_uah"] - rows["cost_uah"] - rows["fatigue_uah"])


def _best() -> pd.Series:
    return _contacts().groupby("cafe_id")["delta"].max()


@computed_from(*SETS)
def contact_thirty() -> float:
    """UAH added by the thirty cafés with the highest value of their best contact."""
    return float(_best().nlargest(WEEK).sum())


@computed_from(*SETS)
def contact_thirty_apart() -> pd.Series:
    """UAH of each of the same thirty, not yet added up."""
    return _best().nlargest(WEEK)


@computed_from(*SETS)
def contact_thirty_gross() -> float:
    """UAH of the thirty when neither cost nor fatigue has been taken off."""
    rows = _contacts()
    gross = (rows["p1"] - rows["p0"]) * rows["margin_uah"]
    return float(gross.groupby(rows["cafe_id"]).max().nlargest(WEEK).sum())


@computed_from(*SETS)
def contact_thirty_rows() -> float:
    """UAH of the thirty highest rows, some cafés twice."""
    return float(_contacts()["delta"].nlargest(WEEK).sum())


@computed_from(*SETS)
def contact_thirty_by_p1() -> float:
    """UAH added by the thirty cafés with the highest p1, each with its likeliest contact."""
    rows = _contacts()
    likeliest = rows.loc[rows.groupby("cafe_id")["p1"].idxmax()]
    return float(likeliest.nlargest(WEEK, "p1")["delta"].sum())


@computed_from(*SETS)
def contact_best_total() -> float:
    """UAH added when every café gets its best contact, or none when none pays."""
    return float(_best().clip(lower=0).sum())


@computed_from(*SETS)
def contact_leave_alone() -> pd.Series:
    """Cafés for which no contact pays, and the least loss of each, UAH."""
    best = _best()
    return best[best < 0]


@computed_from(*SETS)
def contact_pays() -> pd.Series:
    """Cafés for which a contact pays, and the most that it adds to each, UAH."""
    best = _best()
    return best[best >= 0]
