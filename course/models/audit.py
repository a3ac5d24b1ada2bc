"""Two-sided audit of a relationship: components, gap, fit, agreement, readiness, early flags.

Ratings run from 1 to 5. The eight components and the order of difficulty of six of them are I.
Gordon's; the numbers below (weights, limits, the places of leadership and structure) are
conventions of this course.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

COMPONENTS = (
    "culture",
    "leadership",
    "strategy",
    "structure",
    "people",
    "technology",
    "knowledge",
    "process",
)
DIFFICULTY = {
    "culture": 8,
    "strategy": 7,
    "leadership": 6,
    "structure": 5,
    "knowledge": 4,
    "people": 3,
    "technology": 2,
    "process": 1,
}
ITEMS = (4, 4, 3, 3, 3, 3, 3, 4)
INDICATORS = {
    f"C{k}.{n}": name
    for k, (name, count) in enumerate(zip(COMPONENTS, ITEMS, strict=True), 1)
    for n in range(1, count + 1)
}
MARKED = ("C1.4", "C2.4")  # what is celebrated, how power is used: the first to betray a clash
WIN_AT_ANY_COST = ("C1.1", "C2.4")
SIDES = ("supplier", "buyer")
Ratings = Mapping[str, Sequence[float | None]]
Side = dict[str, list[float]]
Layers = Sequence[tuple[float, float]]
_HAIR = 1e-9  # a mean of means may fall a rounding error short of a limit


def _rating(x: object) -> float:
    if isinstance(x, bool) or not isinstance(x, (int, float)) or not 1 <= x <= 5:
        raise ValueError(f"a rating must be a number from 1 to 5, not {x!r}")
    return float(x)


def gap(s: float, b: float) -> float:
    """Return ``s - b``, −4 to 4: supplier's rating less buyer's, both from 1 to 5.

    Raises
    ------
    ValueError
        When a rating is off the scale.

    Examples
    --------
    >>> round(gap(3.2, 4.6), 2)
    -1.4
    """
    return _rating(s) - _rating(b)


def fit(s: float, b: float) -> float:
    """Return ``1 - |s - b| / 4``, 0 to 1: how well two sides match; arguments as `gap`.

    Examples
    --------
    >>> round(fit(3.2, 4.6), 3), round(fit(4.0, 3.5), 3)
    (0.65, 0.875)
    """
    return 1 - abs(gap(s, b)) / 4


def r_wg(scores: Sequence[float], raw: bool = False) -> float:
    """Return how far the raters of one item agree, ``1 - s² / 2`` (L. James, R. Demaree, G. Wolf).

    Parameters
    ----------
    scores : sequence of float
        At least two ratings, 1 to 5; s² is their sample variance, 2 that of blind ticking, (5² - 1)
        / 12.
    raw : bool
        Keep a negative result; otherwise it is reported as 0, no agreement.

    Raises
    ------
    ValueError
        With fewer than two ratings, or one off the scale.

    Examples
    --------
    >>> round(r_wg([4, 4, 5]), 3), r_wg([1, 3, 5]), r_wg([1, 3, 5], raw=True)
    (0.833, 0.0, -1.0)
    """
    if len(scores) < 2:
        raise ValueError("agreement needs at least two ratings of the item")
    known = [_rating(x) for x in scores]
    mean = fmean(known)
    # statistics.variance counts in fractions: exact, and fifteen times slower than a slider can
    # wait
    agreement = 1 - math.fsum((x - mean) ** 2 for x in known) / (len(known) - 1) / 2
    return agreement if raw else max(0.0, agreement)


def _weighted(values: Mapping[str, float]) -> float:
    """Mean of {component: value} by difficulty, over the components present."""
    total = sum(DIFFICULTY[name] for name in values)
    return math.fsum(DIFFICULTY[name] * value for name, value in values.items()) / total


def weighted_fit(s: Sequence[float], b: Sequence[float]) -> float:
    """Return the fit F, 0 to 1, weighted by how hard each component is to align: ``sum w f / 36``.

    Parameters
    ----------
    s, b : sequences of 8 floats
        Ratings by supplier and buyer, 1 to 5, in the order of COMPONENTS.

    Raises
    ------
    ValueError
        When a side has not eight ratings or one is off the scale.

    Examples
    --------
    >>> supplier = [2.0, 3.7, 3.3, 3.0, 4.0, 4.3, 3.7, 4.0]
    >>> buyer = [4.3, 4.0, 3.7, 3.3, 3.7, 4.0, 3.3, 4.0]
    >>> round(weighted_fit(supplier, buyer), 3)
    0.808
    """
    if len(s) != len(COMPONENTS) or len(b) != len(COMPONENTS):
        raise ValueError(f"eight ratings a side are needed, in the order {', '.join(COMPONENTS)}")
    return _weighted({name: fit(x, y) for name, x, y in zip(COMPONENTS, s, b, strict=True)})


@dataclass(frozen=True)
class Component:
    """What an audit says of a component.

    Ratings and level (the weaker side) 1 to 5, gap −4 to 4, fit 0 to 1, agreement {side: r_wg 0 to
    1 or None}.
    """

    supplier: float
    buyer: float
    gap: float
    fit: float
    level: float
    agreement: dict[str, float | None]


@dataclass(frozen=True)
class Audit:
    """What an audit found; numbers are None while nothing they need is rated.

    components: {name: Component} of those rated by both sides; missing: the other names.
    mean_fit: plain mean, kept to show what it hides. fit: F. readiness: R, min(fit of culture, F).
    scope: L, weighted (level - 1) / 4. quick_wins, strategic: [(component, |gap| / difficulty)] and
    [(component, |gap| weight)], largest first. flags: [(code, "red" or "amber")].
    decision: "proceed", "small_step" (any red: a reversible step, a cap on what is sunk, a date) or
    "ring_fence" (two reds: ring-fence or decline). thin: {side: indicators rated by one person
    only}. agreement: {side: mean r_wg over indicators or None}.
    """

    components: dict[str, Component]
    missing: list[str]
    mean_fit: float | None
    fit: float | None
    readiness: float | None
    scope: float | None
    quick_wins: list[tuple[str, float]]
    strategic: list[tuple[str, float]]
    flags: list[tuple[str, str]]
    decision: str
    thin: dict[str, list[str]]
    agreement: dict[str, float | None]


def _side(ratings: Ratings) -> Side:
    """Clean one side: {indicator: [float, …]} without unrated ones."""
    unknown = set(ratings) - set(INDICATORS)
    if unknown:
        raise ValueError(f"no such indicator: {', '.join(sorted(map(str, unknown)))}")
    clean = {
        id: [_rating(x) for x in ratings[id] if x is not None] for id in INDICATORS if id in ratings
    }
    return {id: scores for id, scores in clean.items() if scores}


def _agreement(side: Side, component: str | None = None) -> float | None:
    values = [
        r_wg(scores)
        for id, scores in side.items()
        if len(scores) > 1 and component in (None, INDICATORS[id])
    ]
    return fmean(values) if values else None


def _mean(side: Side, component: str) -> float | None:
    items = [fmean(scores) for id, scores in side.items() if INDICATORS[id] == component]
    return fmean(items) if items else None


def _flags(
    sides: tuple[Side, Side],
    components: dict[str, Component],
    layers: Layers,
    previous_gap: float | None,
) -> list[tuple[str, str]]:
    """Early flags of culture conflict, red ones first."""
    both = {id: (fmean(sides[0][id]), fmean(sides[1][id])) for id in sides[0] if id in sides[1]}
    culture = components.get("culture")
    size = abs(culture.gap) if culture else 0.0
    low = culture is not None and max(culture.supplier, culture.buyer) <= 2 + _HAIR
    agreed = [value for value in culture.agreement.values() if value is not None] if culture else []
    rules = (
        ("gap", "red", size >= 1.5 - _HAIR),
        (
            "marked",
            "red",
            any(abs(x - y) >= 2 - _HAIR for id, (x, y) in both.items() if id in MARKED),
        ),
        (
            "any_cost",
            "red",
            any(
                min(both[id]) <= 1.5 + _HAIR and max(both[id]) >= 3.5 - _HAIR
                for id in WIN_AT_ANY_COST
                if id in both
            ),
        ),
        ("both_low", "amber", low),
        ("disagree", "amber", any(value < 0.5 - _HAIR for value in agreed)),
        ("layers", "amber", any(abs(gap(*pair)) >= 1.5 - _HAIR for pair in layers)),
        (
            "trend",
            "amber",
            bool(culture) and previous_gap is not None and size - abs(previous_gap) >= 0.5 - _HAIR,
        ),
    )
    return [(code, colour) for code, colour, raised in rules if raised]


def audit(
    supplier: Ratings, buyer: Ratings, layers: Layers = (), previous_gap: float | None = None
) -> Audit:
    """Audit a relationship: a rating is the mean over indicators of the mean over raters.

    Parameters
    ----------
    supplier, buyer : mapping of str to sequence of (float or None)
        Indicator ("C1.1" … "C8.4") to its ratings by that side; None and a missing indicator: not
        rated.
    layers : sequence of (float, float)
        For each side asked in layers: mean culture rating by its leaders and by its front line.
    previous_gap : float, optional
        Culture gap in the audit before.

    Returns
    -------
    Audit
        With components missing, F and L are weighted over those present.

    Raises
    ------
    ValueError
        When an indicator is unknown or a rating is off the scale.

    Examples
    --------
    >>> result = audit({"C1.1": [1, 2], "C8.2": [4, 4]}, {"C1.1": [4, 4], "C8.2": [4, 3]})
    >>> result.components["culture"].gap, round(result.fit, 3), result.readiness
    (-2.5, 0.431, 0.375)
    >>> result.flags, result.decision
    ([('gap', 'red'), ('any_cost', 'red')], 'ring_fence')
    """
    sides = _side(supplier), _side(buyer)
    components = {}
    for name in COMPONENTS:
        s, b = (_mean(side, name) for side in sides)
        if s is not None and b is not None:
            agreement = {
                who: _agreement(side, name) for who, side in zip(SIDES, sides, strict=True)
            }
            components[name] = Component(s, b, gap(s, b), fit(s, b), min(s, b), agreement)
    fits = {name: part.fit for name, part in components.items()}
    weighted = _weighted(fits) if fits else None
    gaps = [(name, abs(part.gap)) for name, part in components.items() if part.gap]
    flags = _flags(sides, components, layers, previous_gap)
    reds = sum(colour == "red" for _, colour in flags)

    def ranked(urgency: Callable[[float, int], float]) -> list[tuple[str, float]]:
        rows = ((name, urgency(size, DIFFICULTY[name])) for name, size in gaps)
        return sorted(rows, key=lambda row: -row[1])

    return Audit(
        components=components,
        missing=[name for name in COMPONENTS if name not in components],
        mean_fit=fmean(fits.values()) if fits else None,
        fit=weighted,
        readiness=min(fits["culture"], weighted)
        if weighted is not None and "culture" in fits
        else None,
        scope=_weighted({name: (part.level - 1) / 4 for name, part in components.items()})
        if fits
        else None,
        quick_wins=ranked(lambda size, hard: size / hard),
        strategic=ranked(lambda size, hard: size * hard / sum(DIFFICULTY.values())),
        flags=flags,
        decision=("proceed", "small_step", "ring_fence")[min(reds, 2)],
        thin={
            who: [id for id, scores in side.items() if len(scores) < 2]
            for who, side in zip(SIDES, sides, strict=True)
        },
        agreement={who: _agreement(side) for who, side in zip(SIDES, sides, strict=True)},
    )
