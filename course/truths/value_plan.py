"""What there is to discover in lesson 3: contacts with the cafés of «Кавалелека», money in UAH."""

import pandas as pd

from course.datasets import load
from course.truths.declaring import computed_from


def _contacts() -> pd.DataFrame:
    """Offers with the value of a contact in column delta."""
    rows = load("kavaleleka_offers").merge(load("kavaleleka_customers"), on="cafe_id")
    uplift = rows["p1"] - rows["p0"]
    return rows.assign(delta=uplift * rows["margin_uah"] - rows["cost_uah"] - rows["fatigue_uah"])


@computed_from("kavaleleka_customers", "kavaleleka_offers")
def contact_positive() -> int:
    """Number of offers (café, offer, channel) whose contact adds more than it costs."""
    return int((_contacts()["delta"] > 0).sum())


@computed_from("kavaleleka_customers", "kavaleleka_offers")
def contact_best_total() -> float:
    """UAH added when every café gets its best contact, or none when none is above 0."""
    return float(_contacts().groupby("cafe_id")["delta"].max().clip(lower=0).sum())


@computed_from("kavaleleka_customers", "kavaleleka_offers")
def contact_best_by_p1() -> float:
    """UAH added when every café gets the contact that it would most likely answer (highest p1)."""
    rows = _contacts()
    return float(rows.loc[rows.groupby("cafe_id")["p1"].idxmax(), "delta"].sum())
