"""What keeping a customer costs and brings, beside winning a new one.

Throughout: m margin per period; c cost of care per customer and period, in the unit of m; r
probability (0 to 1) that a customer stays one more period, r0 without care and r1 with it; i
discount rate per period. A number out of its range raises ValueError.
"""

from course.models.value import clv_next, clv_now


def lifetime(r: float) -> float:
    """Return the expected number of periods with a margin, the first one included.

    Returns
    -------
    float
        ``1 / (1 - r)``: the mean of a geometric distribution; nothing is discounted.

    Raises
    ------
    ValueError
        When r is out of range, or 1.

    Examples
    --------
    >>> round(lifetime(0.9), 6), round(lifetime(0.95), 6)
    (10.0, 20.0)
    """
    return clv_now(1, r, 0)


def retention_elasticity(r: float, i: float) -> float:
    """Return by how many percent `clv_next` grows when r grows by one percent of itself.

    Returns
    -------
    float
        ``(1 + i) / (1 + i - r)``, the logarithmic derivative of ``m r / (1 + i - r)`` in r; no
        unit. S. Gupta, D. R. Lehmann and J. A. Stuart (2004) compare such elasticities.

    Examples
    --------
    >>> round(retention_elasticity(0.85, 0.15), 3)
    3.833
    """
    return clv_now(1, r, i)


def saved_cost(c: float, r0: float, r1: float) -> float:
    """Return what it costs to keep one customer more: care is paid for all, and saves a few.

    Returns
    -------
    float
        ``c / (r1 - r0)``, in the unit of c.

    Raises
    ------
    ValueError
        When c is negative or care does not raise retention.

    Examples
    --------
    >>> round(saved_cost(3, 0.70, 0.75), 6)
    60.0
    """
    if not c >= 0:
        raise ValueError(f"cost c must be 0 or more, not {c}")
    if not 0 <= r0 < r1 <= 1:
        raise ValueError(f"care must raise retention: r1 = {r1} is not above r0 = {r0}")
    return c / (r1 - r0)


def care_gain(m: float, c: float, r0: float, r1: float, i: float) -> float:
    """Return what care adds to the value of a customer whose next margin comes in a period.

    Returns
    -------
    float
        ``(m r1 - c (1 + i)) / (1 + i - r1) - m r0 / (1 + i - r0)``, in the unit of m: care is paid
        at the start of every period for all who are there, those who then leave included.

    Examples
    --------
    >>> round(care_gain(1200, 150, 0.70, 0.76, 0.18), 6)
    0.0
    """
    return clv_next(m, r1, i) - clv_now(c, r1, i) - clv_next(m, r0, i)


def break_even_spend(m: float, r0: float, r1: float, i: float) -> float:
    """Return the yearly cost of care at which `care_gain` is 0.

    Returns
    -------
    float
        ``m (r1 - r0) / (1 + i - r0)``, in the unit of m; negative when care drives away. Were it
        paid with the margin, for those only who stayed, it might be ``(1 + i) / r1`` times that.

    Examples
    --------
    >>> round(break_even_spend(1200, 0.70, 0.76, 0.18), 6)
    150.0
    """
    return (clv_next(m, r1, i) - clv_next(m, r0, i)) / clv_now(1, r1, i)


def break_even_margin(c: float, r0: float, r1: float, i: float) -> float:
    """Return the margin from which care at a cost of c pays.

    Returns
    -------
    float
        ``c (1 + i - r0) / (r1 - r0)``, in the unit of c: a saved customer is worth
        ``m / (1 + i - r0)`` when care is paid, and costs `saved_cost`.

    Raises
    ------
    ValueError
        As `saved_cost`.

    Examples
    --------
    >>> round(break_even_margin(150, 0.70, 0.76, 0.18), 6)
    1200.0
    """
    return saved_cost(c, r0, r1) / clv_now(1, r0, i) * (1 + i)
