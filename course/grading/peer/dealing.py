"""Who reads whose work: a function of the roster and a secret of the lecturer's, nothing else.

The same people and the same secret give the same deal on every machine; without the secret nobody
can work it out.
"""

from collections.abc import Iterable

from course.exercises import chance

PLANS, SAMPLES = 3, 2  # what each student reads


def deal(secret: str, authors: Iterable[str]) -> dict[str, list[str]]:
    """Return whose plans each author reads.

    The authors stand in a circle in an order of the secret; everybody reads those who stand so and
    so many places further on, the same numbers for all. So nobody reads his own plan, each plan has
    as many readers as any other, three where there are enough, and no two read each other's where
    there are more than seven.

    Parameters
    ----------
    secret : str
    authors : iterable of str
        Ids of those who handed a plan in, in any order.

    Examples
    --------
    >>> dealt = deal("secret", ["17", "18", "66", "67"])
    >>> sorted(dealt["17"])
    ['18', '66', '67']
    >>> deal("secret", ["17"])
    {'17': []}
    """
    circle = sorted(set(authors), key=lambda student: (chance(secret, "circle", student), student))
    steps = _steps(secret, len(circle))
    return {
        student: [circle[(place + step) % len(circle)] for step in steps]
        for place, student in enumerate(circle)
    }


def _steps(secret: str, count: int) -> list[int]:
    """Return how many places further on the plans stand that somebody reads."""
    steps = list[int]()
    mixed = sorted(range(1, count), key=lambda step: chance(secret, "step", step))
    for mutual in (False, True):  # a step and its opposite make two read each other
        for step in mixed:
            opposite = (count - step) % count
            if len(steps) < PLANS and step not in steps:
                steps += [step] * (mutual or opposite not in (*steps, step))
    return steps


def deal_late(secret: str, student: str, authors: Iterable[str]) -> list[str]:
    """Return whose plans somebody reads whose own came after the others were dealt.

    >>> deal_late("secret", "99", ["17", "18", "66", "67"]) == deal_late(
    ...     "secret", "99", ["67", "66", "18", "17"]
    ... )
    True
    """
    others = {author for author in authors if author != student}
    order = sorted(others, key=lambda other: (chance(secret, "late", student, other), other))
    return order[:PLANS]


def samples_of(secret: str, student: str, samples: Iterable[str]) -> list[str]:
    """Return which samples somebody reads: two of them, every two about as often."""
    return sorted(samples, key=lambda name: chance(secret, "sample", student, name))[:SAMPLES]


def mixed(secret: str, student: str, works: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return works in the order in which a student reads them: it does not tell the samples.

    Parameters
    ----------
    secret, student : str
    works : iterable of (str, str)
        Sample or plan, and which.
    """
    return sorted(works, key=lambda work: chance(secret, "place", student, *work))
