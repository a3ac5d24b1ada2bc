"""What lesson 10 discovers: whom «БджоМед-Опт» should serve on which terms; kUAH of a year."""

import pandas as pd

from course.datasets import load
from course.models.selection import (
    CREDIT,
    GOES,
    MANAGER,
    PLACES,
    URGENT,
    VISIT,
    WON,
    WON_SHUT,
    Customer,
)
from course.truths.declaring import computed_from

YEAR = 52  # weeks; the second year is the last


def year(first: bool = False) -> pd.DataFrame:
    """Return customers of the second year (or of the first): revenue, discount, margin, costs."""
    ledger = load("b2b_ledger")
    ledger = ledger[(ledger["week"] <= YEAR) == first]
    listed = ledger["revenue_kuah"] / (1 - ledger["discount_pct"] / 100)
    credit = ledger["revenue_kuah"] * CREDIT * ledger["days_late"] / 365
    table = pd.DataFrame(
        {
            "revenue": ledger["revenue_kuah"],
            "discount": listed - ledger["revenue_kuah"],
            "margin": ledger["gross_margin_kuah"],
            "services": VISIT * ledger["visits"] + URGENT * ledger["urgent_order"] + credit,
            "cost": ledger["cost_to_serve_kuah"],
        }
    )
    table = table.groupby(ledger["customer_id"]).sum()
    table["handling"] = table["cost"] - table["services"]
    table["profit"] = table["margin"] - table["cost"]
    return table


def customers() -> list[Customer]:
    """Return the customers of the second year as the model has them."""
    columns = ["revenue", "discount", "margin", "services", "handling"]
    return [Customer(*row) for row in year()[columns].itertuples(index=False)]


def places(won: float = WON, shut: float = WON_SHUT) -> pd.DataFrame:
    """Return the second year with wallets: purchases elsewhere and what a manager would add."""
    table = year().join(load("b2b_wallets").set_index("customer_id"))
    table["elsewhere"] = table["category_kuah"] - table["revenue"]
    table["won"] = table["elsewhere"] * table["shows_plan"].map({1: won, 0: shut})
    table["added"] = table["won"] * table["profit"] / table["revenue"]
    return table


def manager(by: str, first: int = PLACES) -> float:
    """Return what a manager adds with the customers first by a column, less his cost."""
    table = places()
    return float(table.nlargest(first, by)["added"].sum()) - MANAGER


def peak(by: str, table: pd.DataFrame) -> float:
    """Return the highest point of cumulative profit, percent, with customers sorted by a column."""
    ordered = table.sort_values(by, ascending=False)["profit"].cumsum()
    return float(100 * ordered.max() / table["profit"].sum())


@computed_from("b2b_ledger")
def selection_peak() -> float:
    """Peak of the whale curve of the second year, percent."""
    return peak("profit", year())


@computed_from("b2b_ledger")
def selection_peak_revenue() -> float:
    """Slip: customers sorted by revenue."""
    return peak("revenue", year())


@computed_from("b2b_ledger")
def selection_peak_share() -> float:
    """Slip: a share instead of percent."""
    return peak("profit", year()) / 100


@computed_from("b2b_ledger")
def selection_refusal() -> float:
    """Gain of refusing all with a loss, when half of their handling stays."""
    table = year()
    loss = table[table["profit"] < 0]
    return float((loss["services"] + GOES * loss["handling"] - loss["margin"]).sum())


@computed_from("b2b_ledger")
def selection_refusal_paper() -> float:
    """Slip: as if all their costs went."""
    table = year()
    return float(-table.loc[table["profit"] < 0, "profit"].sum())


@computed_from("b2b_ledger")
def selection_refusal_free() -> float:
    """Slip: as if no handling went."""
    table = year()
    loss = table[table["profit"] < 0]
    return float((loss["services"] - loss["margin"]).sum())


@computed_from("b2b_ledger")
def selection_refusal_margin() -> float:
    """Slip: the costs that go, the lost margin forgotten."""
    table = year()
    loss = table[table["profit"] < 0]
    return float((loss["services"] + GOES * loss["handling"]).sum())


@computed_from("b2b_ledger", "b2b_wallets")
def selection_places() -> float:
    """Gain of the manager with the ten who add most, his cost paid."""
    return manager("added")


@computed_from("b2b_ledger", "b2b_wallets")
def selection_places_free() -> float:
    """Slip: his cost not taken off."""
    return manager("added") + MANAGER


@computed_from("b2b_ledger", "b2b_wallets")
def selection_places_elsewhere() -> float:
    """Slip: the ten who buy most of others."""
    return manager("elsewhere")


@computed_from("b2b_ledger", "b2b_wallets")
def selection_places_won() -> float:
    """Slip: purchases won, not the profit of them."""
    return float(places().nlargest(PLACES, "added")["won"].sum()) - MANAGER
