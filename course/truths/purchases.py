"""What lesson 9 discovers: purchases at CDNOW after week 39, and which customers to pay for."""

import pandas as pd

from course.datasets import load
from course.models.purchases import (
    HLYNIANKA,
    HLYNIANKA_SPENDING,
    alive,
    expected,
    spend,
)
from course.truths.declaring import computed_from

CALIBRATION = 273  # days, 39 weeks; as many follow
WEEKS = 39
MANY = 7  # customers with as many repeat purchases or more are one group
YEAR = 52  # weeks
MARGIN = 0.3  # of a purchase: a convention of the course
FOLLOW = 0.6  # share of purchases that come along to the new shop: a convention of the course
PRICE = 150  # UAH for a customer, parcel included: a convention of the course


def shop() -> pd.DataFrame:
    """Return CDNOW by customer: x, t_x, T, mean of repeat purchases, expected, chance, later.

    ``later`` counts the purchase days of the hold-out, ``usd`` what was spent on them; ``spent`` is
    what was spent before, ``worth`` what the models expect to be spent.
    """
    orders = load("cdnow")
    days = orders.groupby(["customer_id", "day"], as_index=False)["usd"].sum()
    early, late = days[days["day"] <= CALIBRATION], days[days["day"] > CALIBRATION]
    each = early.groupby("customer_id")
    first, last = each["day"].min(), each["day"].max()
    table = pd.DataFrame(
        {"x": each["day"].count() - 1, "t_x": (last - first) / 7, "T": (CALIBRATION - first) / 7}
    )
    repeat = early[early["day"] > early["customer_id"].map(first)]
    table["z"] = repeat.groupby("customer_id")["usd"].mean()
    table["later"] = late.groupby("customer_id")["day"].count()
    table["usd"] = late.groupby("customer_id")["usd"].sum()
    table["spent"] = each["usd"].sum()
    table = table.fillna(0)
    lives = [(row.x, row.t_x, row.T) for row in table.itertuples()]
    table["alive"] = [alive(*life) for life in lives]
    table["expected"] = [expected(*life, WEEKS) for life in lives]
    means = zip(table["x"], table["z"], strict=True)
    table["worth"] = table["expected"] * [spend(x, z) for x, z in means]
    return table


def hlynianka() -> pd.DataFrame:
    """Return the table of «Глинянка» with the chance, and a year's purchases and margin (UAH)."""
    table = load("hlynianka_customers")
    lives = [(row.x, row.t_x, row.T) for row in table.itertuples()]
    table["alive"] = [alive(*life, HLYNIANKA) for life in lives]
    table["expected"] = [expected(*life, YEAR, HLYNIANKA) for life in lives]
    means = zip(table["x"], table["mean_uah"], strict=True)
    table["spend"] = [spend(x, z, HLYNIANKA_SPENDING) for x, z in means]
    table["margin"] = table["expected"] * table["spend"] * MARGIN
    return table


@computed_from("cdnow")
def purchases_actual() -> int:
    """Purchases in the hold-out: orders of one customer on one day are one."""
    return int(shop()["later"].sum())


@computed_from("cdnow")
def purchases_actual_rows() -> int:
    """Slip: orders of the hold-out, several on one day counted apart."""
    return int((load("cdnow")["day"] > CALIBRATION).sum())


@computed_from("cdnow")
def purchases_actual_customers() -> int:
    """Slip: customers who bought in the hold-out."""
    return int((shop()["later"] > 0).sum())


@computed_from("cdnow")
def purchases_groups() -> pd.DataFrame:
    """Mean purchases in the hold-out, expected and actual, by x; seven and more are one group."""
    table = shop()
    return table.groupby(table["x"].clip(upper=MANY))[["expected", "later"]].mean()


@computed_from("cdnow")
def purchases_groups_sum() -> pd.DataFrame:
    """Slip: purchases of whole groups, not of a customer."""
    table = shop()
    return table.groupby(table["x"].clip(upper=MANY))[["expected", "later"]].sum()


@computed_from("cdnow")
def purchases_groups_alone() -> pd.DataFrame:
    """Slip: only what was expected, as the cell has it before it is mended."""
    return purchases_groups()[["expected"]]


@computed_from("hlynianka_customers")
def purchases_list() -> float:
    """Margin of a year less the price, kUAH, of those who are worth more than their price."""
    gains = hlynianka()["margin"] * FOLLOW - PRICE
    return float(gains[gains > 0].sum()) / 1000


@computed_from("hlynianka_customers")
def purchases_list_all() -> float:
    """Slip: all customers taken."""
    return float((hlynianka()["margin"] * FOLLOW - PRICE).sum()) / 1000


@computed_from("hlynianka_customers")
def purchases_list_free() -> float:
    """Slip: the price of the list not taken off."""
    worth = hlynianka()["margin"] * FOLLOW
    return float(worth[worth > PRICE].sum()) / 1000


@computed_from("hlynianka_customers")
def purchases_list_uah() -> float:
    """Slip: hryvnias, not thousands."""
    return float(purchases_list()) * 1000
