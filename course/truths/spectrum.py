"""What lesson 6 discovers: contacts of every pair of firms, lasting ties of every firm."""

import pandas as pd

from course.datasets import load
from course.models.spectrum import MONTHLY
from course.truths.declaring import computed_from


def _pairs(contacts: pd.DataFrame) -> "pd.Series[int]":
    """Count contacts by pair, whoever began them; index "one-other" in alphabetical order."""
    ends = contacts[["caller", "called"]]
    names = ends.min(axis=1) + "-" + ends.max(axis=1)
    return names.value_counts().sort_index().rename("contacts")


def _degree(pairs: "pd.Series[int]") -> "pd.Series[int]":
    """Count pairs by firm."""
    return pairs.index.to_series().str.split("-").explode().value_counts().rename("degree")


def lasting(contacts: pd.DataFrame, least: int = MONTHLY) -> "pd.Series[int]":
    """Return the number of ties of every firm that has one with at least so many contacts."""
    pairs = _pairs(contacts)
    return _degree(pairs[pairs >= least])


@computed_from("teploriven_contacts")
def spectrum_pairs() -> "pd.Series[int]":
    """Contacts of every pair of firms in the year."""
    return _pairs(load("teploriven_contacts"))


@computed_from("teploriven_contacts")
def spectrum_degree() -> "pd.Series[int]":
    """Partners of every firm with whom it had at least twelve contacts."""
    return lasting(load("teploriven_contacts"))


@computed_from("teploriven_contacts")
def spectrum_pairs_directed() -> "pd.Series[int]":
    """Slip: a call back counted as another pair."""
    contacts = load("teploriven_contacts")
    return (contacts["caller"] + "-" + contacts["called"]).value_counts().rename("contacts")


@computed_from("teploriven_contacts")
def spectrum_pairs_reversed() -> "pd.Series[int]":
    """Slip: the names of a pair the other way round."""
    pairs = spectrum_pairs()
    return pairs.rename(lambda name: "-".join(reversed(name.split("-"))))


@computed_from("teploriven_contacts")
def spectrum_degree_any() -> "pd.Series[int]":
    """Slip: a greeting once a year counted as a tie."""
    return lasting(load("teploriven_contacts"), 1)


@computed_from("teploriven_contacts")
def spectrum_contacts_of_firms() -> "pd.Series[int]":
    """Slip: contacts in lasting ties instead of partners."""
    pairs = _pairs(load("teploriven_contacts"))
    strong = pairs[pairs >= MONTHLY]
    ends = strong.index.to_series().str.split("-").explode()
    return strong.reindex(ends.index).groupby(ends.to_numpy()).sum().rename("contacts")
