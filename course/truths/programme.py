"""What the firm of the annual programme shows: each learner's own, in his own prices; kUAH."""

import math
from collections.abc import Mapping
from functools import lru_cache

import pandas as pd

from course import datasets
from course.models.audit import Audit, audit
from course.models.trials import Z
from course.truths.declaring import computed_from

YEAR = 52  # weeks; the second year is the last
RATE = 0.20  # a year
LOW = 0.05  # of revenue: with a smaller profit the terms are reconsidered
FEW, SOME = (0, 1), (3, 5)  # calls a quarter, compared
CARE = 1.5  # kUAH: what the calls of a year cost for a customer
PLAN = 40.0  # kUAH: the budget of a value plan for the customers of segment B
GOOD = 5  # mark of a failure that was well mended
COMPONENTS = ("core", "support", "recovery", "personal")

Values = Mapping[str, float]


@lru_cache(maxsize=1024)  # a key for a whole group asks again and again for the parts of all draws
def _own(name: str, values: tuple[tuple[str, float], ...]) -> pd.DataFrame:
    return datasets.own(name, dict(values))


def own(name: str, values: Values) -> pd.DataFrame:
    """Return the learner's part of a data set; it is not to be changed."""
    return _own(f"programme_{name}", tuple(values.items()))


def orders(values: Values) -> pd.DataFrame:
    """Return the orders with their profit and the year."""
    ledger = own("ledger", values)
    profit = ledger["margin_kuah"] - ledger["cost_kuah"]
    return ledger.assign(profit=profit, second=ledger["week"] > YEAR)


def last_year(values: Values) -> pd.DataFrame:
    """Return the customers of the second year: segment, revenue, profit. Do not change it."""
    return _last_year(tuple(values.items()))


@lru_cache(maxsize=1024)
def _last_year(values: tuple[tuple[str, float], ...]) -> pd.DataFrame:
    ledger = orders(dict(values))
    groups = ledger[ledger["second"]].groupby("customer_id")
    sums = groups[["revenue_kuah", "profit"]].sum()
    return sums.assign(segment=groups["segment"].first())


def staying(values: Values) -> pd.Series:
    """Return the share of the first year's customers that ordered in the second, by segment.

    One is added to those who stayed and one to those who went: four of four are no certainty.
    """
    ledger = orders(values)
    first = ledger[~ledger["second"]].groupby("customer_id")["segment"].first()
    kept = first.index.isin(ledger.loc[ledger["second"], "customer_id"])
    counts = pd.Series(kept, index=first.index).groupby(first).agg(["sum", "count"])
    return (counts["sum"] + 1) / (counts["count"] + 2)


def worths(values: Values) -> "pd.Series[float]":
    """Return the value of every customer of the second year: next margins, if it stays."""
    year = last_year(values)
    stay = year["segment"].map(staying(values))
    return year["profit"] * stay / (1 + RATE - stay)


def audits(values: Values) -> dict[int, Audit]:
    """Return the audit of each of the two relationships, by customer."""
    table = own("audit", values)
    audited = {}
    for customer, ratings in table.groupby("customer_id"):
        sides = {
            side: {id: list(scores) for id, scores in part.groupby("indicator")["score"]}
            for side, part in ratings.groupby("side")
        }
        audited[int(str(customer))] = audit(sides["supplier"], sides["buyer"])
    return audited


def renewals(values: Values, by_lot: int | None = 1) -> dict[str, float]:
    """Return the share that renewed with few calls and with some; of everybody for None."""
    log = own("contacts", values)
    if by_lot is not None:
        log = log[log["by_lot"] == by_lot]
    ends = {"few": FEW, "some": SOME}
    return {
        name: float(log.loc[log["calls"].between(*pair), "renewed"].mean())
        for name, pair in ends.items()
    }


def peak(values: Values, by: str) -> float:
    """Return the top of cumulative profit of the last year, percent of all, sorted by a column."""
    year = last_year(values).sort_values(by, ascending=False)
    return float(100 * year["profit"].cumsum().max() / year["profit"].sum())


def saved(values: Values, segment: str = "B", column: str = "profit") -> float:
    """Return how many customers the budget of the plan must save to pay."""
    year = last_year(values)
    return float(PLAN / year.loc[year["segment"] == segment, column].mean())


def threshold(values: Values) -> float:
    """Return the share of renewals that the calls must add to pay."""
    return CARE / float(last_year(values)["profit"].mean())


def size(share: float, error: float) -> float:
    """Return how many customers each half of a trial needs for a margin of error."""
    return math.ceil(2 * share * (1 - share) * (Z / error) ** 2)


@computed_from("programme_survey")
def programme_gaps(values: Values) -> "pd.Series[float]":
    """Return importance less performance, by component."""
    means = own("survey", values).mean()
    return pd.Series({name: means[f"imp_{name}"] - means[f"perf_{name}"] for name in COMPONENTS})


@computed_from("programme_survey")
def programme_gaps_reversed(values: Values) -> "pd.Series[float]":
    """Slip: performance less importance."""
    return -programme_gaps.compute(values)


def _means(values: Values) -> pd.DataFrame:
    survey = own("survey", values)
    well = (survey["perf_recovery"] >= GOOD).rename("well")
    return survey.pivot_table(index=well, columns="had_problem", values="overall_sat")


@computed_from("programme_survey")
def programme_recovery(values: Values) -> float:
    """Points that good recovery adds: its difference less that of those without a failure."""
    means = _means(values)
    difference = means.loc[True] - means.loc[False]
    return float(difference[1] - difference[0])


@computed_from("programme_survey")
def programme_recovery_naive(values: Values) -> float:
    """Slip: without those who had no failure."""
    means = _means(values)
    return float(means.loc[True, 1] - means.loc[False, 1])


@computed_from("programme_ledger")
def programme_stayed(values: Values) -> float:
    """Percent of the first year's customers that ordered in the second."""
    ledger = orders(values)
    first = set(ledger.loc[~ledger["second"], "customer_id"])
    return 100 * len(first & set(ledger.loc[ledger["second"], "customer_id"])) / len(first)


@computed_from("programme_ledger")
def programme_stayed_share(values: Values) -> float:
    """Slip: a share instead of percent."""
    return float(programme_stayed.compute(values)) / 100


@computed_from("programme_ledger")
def programme_saved(values: Values) -> float:
    """Return how many customers of segment B the value plan must save."""
    return saved(values)


@computed_from("programme_ledger")
def programme_saved_revenue(values: Values) -> float:
    """Slip: revenue instead of profit."""
    return saved(values, column="revenue_kuah")


@computed_from("programme_ledger")
def programme_whale(values: Values) -> float:
    """Peak of the whale curve of the second year, percent."""
    return peak(values, "profit")


@computed_from("programme_ledger")
def programme_whale_revenue(values: Values) -> float:
    """Slip: customers sorted by revenue."""
    return peak(values, "revenue_kuah")


@computed_from("programme_ledger")
def programme_worth(values: Values) -> "pd.Series[float]":
    """Value of every customer of the second year."""
    return worths(values)


@computed_from("programme_ledger")
def programme_worth_now(values: Values) -> "pd.Series[float]":
    """Slip: the margin of the last year counted in."""
    return worths(values) + last_year(values)["profit"]


@computed_from("programme_ledger", "programme_audit")
def programme_customers(values: Values) -> pd.DataFrame:
    """Return what lists are judged by: profit, value, thin or not, red culture or not."""
    year = last_year(values)
    red = [customer for customer, done in audits(values).items() if done.reds]
    return pd.DataFrame(
        {
            "profit": year["profit"].round(2),
            "worth": worths(values).round(2),
            "thin": (year["profit"] < LOW * year["revenue_kuah"]).astype(int),
            "red": year.index.isin(red).astype(int),
        }
    )


@computed_from("programme_audit")
def programme_gap(values: Values) -> "pd.Series[float]":
    """Gap of culture, supplier less buyer, by customer."""
    done = audits(values)
    return pd.Series({customer: done[customer].components["culture"].gap for customer in done})


@computed_from("programme_audit")
def programme_ready(values: Values) -> "pd.Series[float]":
    """Readiness by customer: the smaller of the fit of culture and the weighted fit of all."""
    done = audits(values)
    return pd.Series({customer: done[customer].readiness for customer in done})


@computed_from("programme_audit")
def programme_ready_open(values: Values) -> "pd.Series[float]":
    """Slip: the weighted fit, without the door."""
    done = audits(values)
    return pd.Series({customer: done[customer].fit for customer in done})


@computed_from("programme_audit")
def programme_flags(values: Values) -> "pd.Series[int]":
    """Red flags by customer."""
    done = audits(values)
    return pd.Series({customer: len(done[customer].reds) for customer in done})


@computed_from("programme_contacts")
def programme_added(values: Values) -> float:
    """Points of renewals that some calls add to few, by lot."""
    shares = renewals(values)
    return 100 * (shares["some"] - shares["few"])


@computed_from("programme_contacts")
def programme_added_all(values: Values) -> float:
    """Slip: with those whose calls the managers chose."""
    shares = renewals(values, None)
    return 100 * (shares["some"] - shares["few"])


@computed_from("programme_contacts")
def programme_added_chosen(values: Values) -> float:
    """Slip: only those whose calls the managers chose."""
    shares = renewals(values, 0)
    return 100 * (shares["some"] - shares["few"])


@computed_from("programme_contacts", "programme_ledger")
def programme_size(values: Values) -> float:
    """Return how many each half of a trial needs for a margin of error at the threshold."""
    return size(renewals(values)["few"], threshold(values))


@computed_from("programme_contacts", "programme_ledger")
def programme_size_single(values: Values) -> float:
    """Slip: the margin of one share, as if the other half had none."""
    share = renewals(values)["few"]
    return math.ceil(share * (1 - share) * (Z / threshold(values)) ** 2)


@computed_from("programme_ledger")
def programme_total(values: Values) -> float:
    """Profit of all customers in the second year, kUAH."""
    return float(last_year(values)["profit"].sum())


@computed_from("programme_ledger")
def programme_total_both(values: Values) -> float:
    """Slip: both years."""
    return float(orders(values)["profit"].sum())
