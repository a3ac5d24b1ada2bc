"""What lesson 8 discovers: retention renewal by renewal, and what a new subscriber is worth."""

import numpy as np
import pandas as pd

from course.datasets import load
from course.models.contract import DROP
from course.truths.declaring import computed_from

LAST = 23  # the last renewal that anybody faced
ALPHAS = np.arange(0.70, 0.92, 0.01)
BETAS = np.arange(2.70, 3.90, 0.01)
MARGIN, GROWTH, MONTHS = 280, 1.015, 36


def _counts() -> pd.DataFrame:
    """Return how many faced each renewal and how many paid again."""
    table = load("subscriptions")
    rows = {}
    for t in range(1, LAST + 1):
        kept = table["tenure"] > t
        left = (table["tenure"] == t) & (table["churned"] == 1)
        rows[t] = (kept.sum() + left.sum(), kept.sum())
    return pd.DataFrame.from_dict(rows, orient="index", columns=["faced", "kept"])


def _likely() -> dict[tuple[float, float], float]:
    """Return the pairs of the lesson's grid that are likely, with their log-likelihood."""
    counts = _counts()
    t, n, k = (x.to_numpy() for x in (counts.index, counts["faced"], counts["kept"]))
    tried = {}
    for a in ALPHAS:
        for b in BETAS:
            r = (b + t - 1) / (a + b + t - 1)
            tried[float(a), float(b)] = float((k * np.log(r) + (n - k) * np.log(1 - r)).sum())
    floor = max(tried.values()) - DROP
    return {pair: likely for pair, likely in tried.items() if likely > floor}


def best_pair() -> tuple[float, float]:
    """Return the likeliest alpha and beta of the grid that the lesson tries."""
    likely = _likely()
    return max(likely, key=lambda pair: likely[pair])


def _worth(pair: tuple[float, float], now: bool = True, discounted: bool = True) -> float:
    """Return the margins of a new subscriber; `now` counts the one that he pays at once."""
    a, b = pair
    t = np.arange(1, MONTHS)
    survival = np.cumprod((b + t - 1) / (a + b + t - 1))
    later = survival / GROWTH**t if discounted else survival
    return float(MARGIN * (now + later.sum()))


@computed_from("subscriptions")
def contract_retention() -> pd.Series:
    """Share of those who faced each renewal that paid again, percent."""
    counts = _counts()
    return 100 * counts["kept"] / counts["faced"]


@computed_from("subscriptions")
def contract_retention_all() -> pd.Series:
    """Slip: of all subscribers, whether or not they came to this renewal."""
    counts = _counts()
    return 100 * counts["kept"] / len(load("subscriptions"))


@computed_from("subscriptions")
def contract_retention_unseen() -> pd.Series:
    """Slip: those whose renewal has not come yet counted as if they had left."""
    table = load("subscriptions")
    rows = {
        t: 100 * (table["tenure"] > t).sum() / (table["tenure"] >= t).sum()
        for t in range(1, LAST + 1)
    }
    return pd.Series(rows)


@computed_from("subscriptions")
def contract_worth_low() -> float:
    """Lower end of the 95 % interval of the value over 36 months, the first margin now, UAH."""
    return min(_worth(pair) for pair in _likely())


@computed_from("subscriptions")
def contract_worth_best() -> float:
    """Slip: the value under the likeliest pair, not the lower end."""
    return _worth(best_pair())


@computed_from("subscriptions")
def contract_worth_later() -> float:
    """Slip: the margin paid now left out."""
    return min(_worth(pair, now=False) for pair in _likely())


@computed_from("subscriptions")
def contract_worth_plain() -> float:
    """Slip: no discount."""
    return min(_worth(pair, discounted=False) for pair in _likely())


@computed_from("subscriptions")
def contract_worth_raw() -> float:
    """Slip: neither the margin paid now nor the discount."""
    return min(_worth(pair, now=False, discounted=False) for pair in _likely())
