"""What there is to discover in lesson 11: gaps and survival of 160 audited pairs."""

import pandas as pd

from course.datasets import load
from course.truths.declaring import computed_from


@computed_from("audit_pairs")
def audit_culture_gap() -> pd.Series:
    """Culture gap of every pair, supplier less buyer; index pair_id.

    Mean over items of the mean over raters.
    """
    ratings = load("audit_pairs").query("component == 'culture'")
    items = ratings.groupby(["pair_id", "side", "item"])["score"].mean()
    sides = items.groupby(["pair_id", "side"]).mean().unstack("side")
    return (sides["supplier"] - sides["buyer"]).rename("culture_gap")


@computed_from("audit_pairs", "audit_outcomes")
def audit_survival() -> pd.Series:
    """Percent of pairs alive after 24 months; index: culture gap of 1.5 or more."""
    alive = load("audit_outcomes").set_index("pair_id")["alive_24m"]
    return 100 * alive.groupby(audit_culture_gap().abs() >= 1.5).mean()


@computed_from("audit_pairs", "audit_outcomes")
def audit_survival_fraction() -> pd.Series:
    """Slip: the same as fractions."""
    return audit_survival() / 100
