"""What lesson 4 discovers: shares in percent, satisfaction in marks of 1 to 7."""

import pandas as pd

from course.datasets import load
from course.models.satisfaction import adjusted_difference
from course.truths.declaring import computed_from


def _returns(free: int) -> pd.Series:
    survey = load("satisfaction_survey")
    part = survey[survey["competitive_market"] == free]
    return 100 * part.groupby("overall_sat")["repurchased"].mean()


def _means() -> pd.DataFrame:
    survey = load("satisfaction_survey")
    survey["well"] = survey["perf_recovery"] >= 5
    return survey.pivot_table(index="well", columns="had_problem", values="overall_sat")


@computed_from("satisfaction_survey")
def satisfaction_returns() -> pd.Series:
    """Percent who came back, by satisfaction, among those who choose; index overall_sat."""
    return _returns(1)


@computed_from("satisfaction_survey")
def satisfaction_recovery_effect() -> float:
    """Points that good recovery adds: its difference less that of those without a failure."""
    means = _means()
    return float(
        adjusted_difference(
            means.loc[True, 1], means.loc[False, 1], means.loc[True, 0], means.loc[False, 0]
        )
    )


@computed_from("satisfaction_survey")
def satisfaction_returns_fraction() -> pd.Series:
    """Slip: shares from 0 to 1."""
    return satisfaction_returns() / 100


@computed_from("satisfaction_survey")
def satisfaction_returns_insured() -> pd.Series:
    """Slip: those who cannot choose."""
    return _returns(0)


@computed_from("satisfaction_survey")
def satisfaction_returns_all() -> pd.Series:
    """Slip: both kinds of patients together."""
    return 100 * load("satisfaction_survey").groupby("overall_sat")["repurchased"].mean()


@computed_from("satisfaction_survey")
def satisfaction_recovery_naive() -> float:
    """Slip: no control group, only those who had a failure."""
    means = _means()
    return float(means.loc[True, 1] - means.loc[False, 1])


@computed_from("satisfaction_survey")
def satisfaction_recovery_loss() -> float:
    """Slip: what is left of the failure when it was repaired well, among equally generous marks."""
    means = _means()
    return float(means.loc[True, 1] - means.loc[True, 0])


@computed_from("satisfaction_survey")
def satisfaction_recovery_paradox() -> float:
    """Slip: well repaired less everybody without a failure."""
    survey = load("satisfaction_survey")
    calm = survey.loc[survey["had_problem"] == 0, "overall_sat"].mean()
    return float(_means().loc[True, 1] - calm)
