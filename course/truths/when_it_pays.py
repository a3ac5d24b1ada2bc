"""What lesson 2 discovers: costs and gains of «БджоМед-Опт» in kUAH, answers in percent."""

import pandas as pd

from course.datasets import load
from course.models.value import clv_next, clv_now
from course.truths.declaring import computed_from

CARE = 3.9  # kUAH a customer and year: a convention of the course
DISCOUNT = 0.20  # a year: a convention of the course
YEAR = 52  # weeks; whoever ordered later has stayed for the second year


def kept() -> "pd.Series[float]":
    """Return the share who ordered in the second year, by care (0 without, 1 with)."""
    customers, ledger = load("b2b_customers"), load("b2b_ledger")
    stayed = customers["customer_id"].isin(ledger.loc[ledger["week"] > YEAR, "customer_id"])
    return stayed.groupby(customers["care"]).mean()


def profits() -> "pd.Series[float]":
    """Return margin less cost to serve of every customer of the second year, by customer_id."""
    ledger = load("b2b_ledger")
    second = ledger[ledger["week"] > YEAR]
    profit = second["gross_margin_kuah"] - second["cost_to_serve_kuah"]
    return profit.groupby(second["customer_id"]).sum()


def gains(cost: float = CARE) -> "pd.Series[float]":
    """Return what care at this cost adds to the value of every customer of the second year."""
    without, care = kept()
    rise = clv_next(1, care, DISCOUNT) - clv_next(1, without, DISCOUNT)
    return profits() * rise - clv_now(cost, care, DISCOUNT)


@computed_from("b2b_prospects")
def pays_winning_cost() -> float:
    """Spending on all who were courted, for each who became a customer."""
    prospects = load("b2b_prospects")
    return float(prospects["spent_kuah"].sum() / (prospects["customer_id"] > 0).sum())


@computed_from("b2b_prospects")
def pays_winning_cost_won() -> float:
    """Slip: only what was spent on those who were won; the failures are forgotten."""
    prospects = load("b2b_prospects")
    return float(prospects.loc[prospects["customer_id"] > 0, "spent_kuah"].mean())


@computed_from("b2b_prospects")
def pays_winning_cost_courted() -> float:
    """Slip: spending for each who was courted, customer or not."""
    return float(load("b2b_prospects")["spent_kuah"].mean())


@computed_from("b2b_customers", "b2b_ledger")
def pays_saved_cost() -> float:
    """Cost of care for each customer whom care has kept."""
    without, care = kept()
    return float(CARE / (care - without))


@computed_from("b2b_customers", "b2b_ledger")
def pays_saved_cost_stayed() -> float:
    """Slip: cost of care for each who stayed, though most would have stayed without."""
    return float(CARE / kept()[1])


@computed_from("b2b_customers", "b2b_ledger")
def pays_saved_cost_percent() -> float:
    """Slip: the difference in percent points, not as a share."""
    return float(pays_saved_cost()) / 100


@computed_from("b2b_customers", "b2b_ledger")
def pays_list_gain() -> float:
    """Gain of care given only to those whom it makes more valuable."""
    gain = gains()
    return float(gain[gain > 0].sum())


@computed_from("b2b_customers", "b2b_ledger")
def pays_list_gain_all() -> float:
    """Slip: gain of care given to all customers of the second year."""
    return float(gains().sum())


@computed_from("b2b_customers", "b2b_ledger")
def pays_list_gain_free() -> float:
    """Slip: the same as if care cost nothing."""
    gain = gains(cost=0)
    return float(gain[gain > 0].sum())


@computed_from("b2b_customers", "b2b_ledger")
def pays_list_gain_stayed() -> float:
    """Slip: care is taken from the margin, so that those who left have cost nothing."""
    without, care = kept()
    gain = (profits() - CARE) * clv_next(1, care, DISCOUNT) - profits() * clv_next(
        1, without, DISCOUNT
    )
    return float(gain[gain > 0].sum())


@computed_from("charity")
def pays_response() -> "pd.Series[float]":
    """Percent of letters that were answered, by whether the letter before was; index resplast."""
    letters = load("charity")
    return letters.groupby("resplast")["respond"].mean() * 100


@computed_from("charity")
def pays_response_fraction() -> "pd.Series[float]":
    """Slip: shares from 0 to 1, not percent."""
    return pays_response() / 100


@computed_from("charity")
def pays_response_reversed() -> "pd.Series[float]":
    """Slip: percent answered before, by whether they answer now: groups swapped."""
    letters = load("charity")
    return letters.groupby("respond")["resplast"].mean() * 100
