"""What lesson 7 discovers: the matrix of stages, and what a clause changes after a failure."""

import pandas as pd

from course.datasets import load
from course.truths.declaring import computed_from

LOST, COMMIT = "0-lost", "4-commit"


def _moves() -> pd.DataFrame:
    """Return every quarter with the stage of the same customer a quarter later."""
    panel = load("pakuiko_panel")
    panel["next"] = panel.groupby("customer_id")["stage"].shift(-1)
    return panel.dropna()


def _gone() -> pd.DataFrame:
    """Return the share of committed customers lost in the next quarter, percent.

    Rows: whether the quarter had a failure; columns: whether the contract has the clause.
    """
    moves = _moves()
    held = moves[moves["stage"] == COMMIT].assign(gone=lambda rows: 100 * (rows["next"] == LOST))
    return held.pivot_table(index="failed", columns="clause", values="gone")


@computed_from("pakuiko_panel")
def commitments_matrix() -> pd.DataFrame:
    """Shares of those who go from every stage to every stage in a quarter."""
    moves = _moves()
    return pd.crosstab(moves["stage"], moves["next"], normalize="index")


@computed_from("pakuiko_panel")
def commitments_counts() -> pd.DataFrame:
    """Slip: customers counted, not shared."""
    moves = _moves()
    return pd.crosstab(moves["stage"], moves["next"])


@computed_from("pakuiko_panel")
def commitments_all() -> pd.DataFrame:
    """Slip: shares of all moves instead of those from one stage."""
    moves = _moves()
    return pd.crosstab(moves["stage"], moves["next"], normalize="all")


@computed_from("pakuiko_panel")
def commitments_columns() -> pd.DataFrame:
    """Slip: where those who are in a stage came from."""
    moves = _moves()
    return pd.crosstab(moves["stage"], moves["next"], normalize="columns")


@computed_from("pakuiko_panel")
def commitments_effect() -> float:
    """Points by which the clause lowers loss after a failure, less the same without a failure."""
    gone = _gone()
    return float((gone.loc[1, 0] - gone.loc[1, 1]) - (gone.loc[0, 0] - gone.loc[0, 1]))


@computed_from("pakuiko_panel")
def commitments_raw() -> float:
    """Slip: the two groups compared as if they were alike."""
    gone = _gone()
    return float(gone.loc[1, 0] - gone.loc[1, 1])


@computed_from("pakuiko_panel")
def commitments_summed() -> float:
    """Slip: the difference without a failure added instead of taken off."""
    gone = _gone()
    return float((gone.loc[1, 0] - gone.loc[1, 1]) + (gone.loc[0, 0] - gone.loc[0, 1]))


@computed_from("pakuiko_panel")
def commitments_open() -> float:
    """Slip: the second difference without its brackets."""
    gone = _gone()
    return float(gone.loc[1, 0] - gone.loc[1, 1] - gone.loc[0, 0] - gone.loc[0, 1])


@computed_from("pakuiko_panel")
def commitments_turned() -> float:
    """Slip: with the clause minus without."""
    gone = _gone()
    return float((gone.loc[1, 1] - gone.loc[1, 0]) - (gone.loc[0, 1] - gone.loc[0, 0]))
