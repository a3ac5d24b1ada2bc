"""What lesson 13 discovers: who talks with the shops, and what a minute at the shelf changes."""

import pandas as pd

from course.datasets import load
from course.models.channels import SALES, SHOPS
from course.truths.declaring import computed_from


def _kiosks() -> pd.DataFrame:
    """Return the rows of kiosks: a partner and a department each."""
    table = load("channel_contacts")
    return table[table["tier"] == "kiosk"]


def _left() -> pd.Series:
    """Return how many shops of a route left on average, without the minute (0) and with it (1)."""
    return load("route_trial").groupby("minute")["left"].mean()


@computed_from("channel_contacts")
def channels_ptm_share() -> float:
    """Share of part-time marketers in the conversations with kiosks, percent."""
    talks = _kiosks().groupby("department")["contacts"].sum()
    return float(100 * (1 - talks[SALES] / talks.sum()))


@computed_from("channel_contacts")
def channels_sales_share() -> float:
    """Slip: the share of the agents themselves."""
    return 100 - float(channels_ptm_share())


@computed_from("channel_contacts")
def channels_every_partner() -> float:
    """Slip: shops and the chain counted too."""
    talks = load("channel_contacts").groupby("department")["contacts"].sum()
    return float(100 * (1 - talks[SALES] / talks.sum()))


@computed_from("channel_contacts")
def channels_part() -> float:
    """Slip: a share, not percent."""
    return float(channels_ptm_share()) / 100


@computed_from("channel_contacts")
def channels_complaints_share() -> float:
    """Slip: complaints counted instead of conversations."""
    bad = _kiosks().groupby("department")["complaints"].sum()
    return float(100 * (1 - bad[SALES] / bad.sum()))


@computed_from("route_trial")
def channels_effect() -> float:
    """Points by which the minute lowers the share of shops that leave in a year."""
    left = _left()
    return float(100 * (left[0] - left[1]) / SHOPS)


@computed_from("route_trial")
def channels_shops() -> float:
    """Slip: shops of a route, not points."""
    left = _left()
    return float(left[0] - left[1])


@computed_from("route_trial")
def channels_turned() -> float:
    """Slip: with the minute less without."""
    return -float(channels_effect())


@computed_from("route_trial")
def channels_summed() -> float:
    """Slip: sums of two groups of different size, by the size of one of them."""
    left = load("route_trial").groupby("minute")["left"].sum()
    return float(100 * (left[0] - left[1]) / (23 * SHOPS))


@computed_from("route_trial")
def channels_relative() -> float:
    """Slip: percent of those who left without the minute, not points."""
    left = _left()
    return float(100 * (left[0] - left[1]) / left[0])
