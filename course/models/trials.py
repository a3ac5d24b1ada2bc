"""What a trial by lot and a survey tell, each number with its margin of error.

The margins are those of large samples: 1.96 standard errors, 95 %.
"""

from math import sqrt

Z = 1.96


def difference(hits: int, size: int, hits_without: int, size_without: int) -> tuple[float, float]:
    """Return how much a contact adds to a share, and its margin of error.

    Parameters
    ----------
    hits, size : int
        Of those contacted: how many did it, how many there are.
    hits_without, size_without : int
        The same of those left alone.

    Returns
    -------
    tuple of float
        Shares: 0.06 is six points.

    Raises
    ------
    ValueError
        When a group is empty, or fewer than none or more than all did it.

    Examples
    --------
    Any letter of K. Hillstrom's test against none.

    >>> [round(100 * value, 2) for value in difference(7132, 42694, 2262, 21306)]
    [6.09, 0.54]
    """
    added, error = 0.0, 0.0
    for sign, did, there in ((1, hits, size), (-1, hits_without, size_without)):
        if not 0 <= did <= there or there == 0:
            raise ValueError(f"{did} of {there} is no share")
        share = did / there
        added += sign * share
        error += share * (1 - share) / there
    return added, Z * sqrt(error)


def nps(promoters: float, detractors: float) -> float:
    """Return the net promoter score, points.

    Examples
    --------
    >>> round(nps(0.45, 0.20), 6)
    25.0
    """
    _shares(promoters, detractors)
    return 100 * (promoters - detractors)


def nps_margin(promoters: float, detractors: float, size: int) -> float:
    """Return the margin of error of a net promoter score, points.

    One answer counts +1, 0 or -1, so that its variance is p + d - (p - d)^2.

    Parameters
    ----------
    promoters, detractors : float
        Shares of those asked: marks 9 and 10, marks 0 to 6.
    size : int
        How many were asked.

    Raises
    ------
    ValueError
        When the shares are none, or nobody was asked.

    Examples
    --------
    >>> round(nps_margin(0.45, 0.20, 200), 1)
    10.6
    """
    _shares(promoters, detractors)
    if size < 1:
        raise ValueError(f"somebody must be asked, not {size}")
    variance = promoters + detractors - (promoters - detractors) ** 2
    return 100 * Z * sqrt(variance / size)


def _shares(promoters: float, detractors: float) -> None:
    if promoters < 0 or detractors < 0 or promoters + detractors > 1:
        raise ValueError(f"{promoters} and {detractors} are no shares of one whole")
