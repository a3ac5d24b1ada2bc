"""What lesson 12 discovers: how long pairs last by the signs seen early, and whom a talk helps."""

import pandas as pd

from course.datasets import load
from course.truths.declaring import computed_from

SIGNS = ["late_pay", "reopened", "bonus_cut", "no_forecast", "beaten_story", "turnover"]
MANY, SOME = (4, 6), (2, 3)  # signs, least and most
QUARTER = 8


def group(least: int, most: int) -> pd.DataFrame:
    """Return the pairs with so many signs."""
    pairs = load("yahidna_pairs")
    return pairs[pairs[SIGNS].sum(axis=1).between(least, most)]


def _table(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return who was watched and who parted, quarter by quarter, and the share alive."""
    table = pd.DataFrame(index=range(1, 13))
    table["at_risk"] = [(pairs["quarters"] >= q).sum() for q in table.index]
    table["ended"] = [((pairs["quarters"] == q) & (pairs["ended"] == 1)).sum() for q in table.index]
    table["kept"] = 1 - table["ended"] / table["at_risk"]
    table["alive"] = table["kept"].cumprod()
    return table


def _alive(pairs: pd.DataFrame) -> float:
    return 100 * float(_table(pairs)["alive"][QUARTER])


def _upper(error: pd.Series) -> float:
    alive = _table(group(*MANY))["alive"]
    return float(100 * (alive + 1.96 * error)[QUARTER])


@computed_from("yahidna_pairs")
def culture_alive() -> pd.Series:
    """Share of pairs with four signs or more still together after each quarter, percent."""
    return 100 * _table(group(*MANY))["alive"]


@computed_from("yahidna_pairs")
def culture_alive_raw() -> pd.Series:
    """Slip: of those watched in a quarter only, not chained."""
    return 100 * _table(group(*MANY))["kept"]


@computed_from("yahidna_pairs")
def culture_alive_uncensored() -> pd.Series:
    """Slip: those who parted so far of all pairs, as if everybody had been watched to the end."""
    pairs = group(*MANY)
    return 100 * (1 - _table(pairs)["ended"].cumsum() / len(pairs))


@computed_from("yahidna_pairs")
def culture_upper() -> float:
    """Upper end of the interval in the eighth quarter, percent."""
    table = _table(group(*MANY))
    part = table["ended"] / (table["at_risk"] * (table["at_risk"] - table["ended"]))
    return _upper(table["alive"] * part.cumsum() ** 0.5)


@computed_from("yahidna_pairs")
def culture_upper_last() -> float:
    """Slip: the part of the eighth quarter alone, not summed."""
    table = _table(group(*MANY))
    part = table["ended"] / (table["at_risk"] * (table["at_risk"] - table["ended"]))
    return _upper(table["alive"] * part**0.5)


@computed_from("yahidna_pairs")
def culture_talk() -> float:
    """How many more pairs with two or three signs a talk keeps to the eighth quarter, points."""
    pairs = group(*SOME)
    return _alive(pairs[pairs["talk"] == 1]) - _alive(pairs[pairs["talk"] == 0])


@computed_from("yahidna_pairs")
def culture_talk_many() -> float:
    """Slip: of the pairs with four signs or more."""
    pairs = group(*MANY)
    return _alive(pairs[pairs["talk"] == 1]) - _alive(pairs[pairs["talk"] == 0])
