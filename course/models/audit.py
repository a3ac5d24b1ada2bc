"""Two-sided audit of a relationship: components, gap, fit, agreement, readiness, early flags.

Ratings run from 1 to 5. The eight components and the order of difficulty of six of them are I.
Gordon's; the numbers below (weights, limits, the places of leadership and structure) are
conventions of this course.

A red flag is counted by its source, so that one fact is not two: the ratings that make up
readiness, the use of power, and what the partner says of a side's culture.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

DIFFICULTY = {
    "culture": 8,
    "leadership": 6,
    "strategy": 7,
    "structure": 5,
    "people": 3,
    "technology": 2,
    "knowledge": 4,
    "process": 1,
}
COMPONENTS = tuple(DIFFICULTY)
ITEMS = (4, 4, 3, 3, 3, 3, 3, 4)
INDICATORS = {
    f"C{k}.{n}": name
    for k, (name, count) in enumerate(zip(COMPONENTS, ITEMS, strict=True), 1)
    for n in range(1, count + 1)
}
MARKED = ("C2.4",)  # how power is used: a source of its own, outside culture
EASIER = ("process", "people", "technology", "knowledge")  # Gordon: easier, or quite feasible
DOOR = 0.625  # readiness
GAP = 1.5  # of culture: the same limit in points
APART = 2.0  # gap of MARKED
SCOPE = 1 / 3  # of the scale: with less there is nothing to build on
# Standard deviation of one rating around its side's mean of the item, in the 160 pairs.
NOISE = 0.65
FLAGS = {
    "red": ("door", "power", "view"),
    "amber": ("both_low", "unsure", "disagree", "layers", "trend"),
}
SIDES = ("supplier", "buyer")
Ratings = Mapping[str, Sequence[float | None]]
Side = dict[str, list[float]]
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
    # statistics.variance counts in fractions: exact, and fifteen times slower than sliders can wait
    agreement = 1 - math.fsum((x - mean) ** 2 for x in known) / (len(known) - 1) / 2
    return agreement if raw else max(0.0, agreement)


def gap_margin(s: float, b: float) -> float:
    """Return half the width of a gap's 95 % interval: ``1.96 · 0.65 · sqrt(1/s + 1/b)`` points.

    Parameters
    ----------
    s, b : float
        Ratings of the component given by each side: raters times indicators, at least 1.

    Raises
    ------
    ValueError
        When a side gave no rating.

    Examples
    --------
    >>> round(gap_margin(20, 20), 2), round(gap_margin(6, 6), 2)
    (0.4, 0.74)
    """
    if min(s, b) < 1:
        raise ValueError("the interval of a gap needs a rating by each side")
    return 1.96 * NOISE * math.sqrt(1 / s + 1 / b)


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
    """Ratings and level (the weaker side) 1 to 5, gap −4 to 4, fit 0 to 1.

    agreement: {side: r_wg 0 to 1 or None}.

    margin: half the width of the gap's 95 % interval, in points.
    """

    supplier: float
    buyer: float
    gap: float
    margin: float
    fit: float
    level: float
    agreement: dict[str, float | None]

    @property
    def clear(self) -> bool:
        """Whether the interval of the gap leaves 0 out."""
        return abs(self.gap) > self.margin


@dataclass(frozen=True)
class Audit:
    """What an audit found; numbers are None while nothing they need is rated.

    components: {name: Component} of those rated by both sides; missing: the other names; widest:
    the names from the widest gap to the narrowest.
    mean_fit: plain mean, kept to show what it hides. fit: F. readiness: R, min(fit of culture, F).
    scope: L, weighted (level - 1) / 4. views: {side: mean rating of its culture by the other side
    or None}.
    flags: [(code, "red" or "amber")]; each red one has a source of its own.
    silent: names of the red flags whose source nobody rated, so that they can neither be raised nor
    ruled out.
    thin: {side: indicators rated by one person only}. agreement: {side: mean r_wg over indicators
    or None}.
    """

    components: dict[str, Component]
    missing: list[str]
    widest: list[str]
    mean_fit: float | None
    fit: float | None
    readiness: float | None
    scope: float | None
    views: dict[str, float | None]
    flags: list[tuple[str, str]]
    silent: list[str]
    thin: dict[str, list[str]]
    agreement: dict[str, float | None]

    @property
    def quarter(self) -> list[str]:
        """Components whose gap is clear and that are easier to align, widest first."""
        return [name for name in self.widest if self.components[name].clear and name in EASIER]

    @property
    def leaders(self) -> list[str]:
        """The other components whose gap is clear, widest first."""
        return [name for name in self.widest if self.components[name].clear and name not in EASIER]

    @property
    def reds(self) -> list[str]:
        """Names of the red flags."""
        return [code for code, colour in self.flags if colour == "red"]

    @property
    def poor(self) -> bool:
        """Whether the scope L is below its limit: there is nothing to build on."""
        return self.scope is not None and self.scope < SCOPE - _HAIR

    @property
    def decision(self) -> str:
        """What the flags call for.

        "proceed", "small_step" (one red: a reversible step, a cap on what is sunk, a date),
        "ring_fence" (two reds: ring-fence or decline), "one_off" (nothing to build on: single
        deals) or "unrated" (culture not rated by both sides: the door is unknown).
        """
        if len(self.reds) > 1:
            return "ring_fence"
        if self.readiness is None:
            return "unrated"
        if self.poor or ("both_low", "amber") in self.flags:
            return "one_off"
        return "small_step" if self.reds else "proceed"


def _side(ratings: Ratings) -> Side:
    """Clean one side: {indicator: [float, …]} without unrated ones."""
    unknown = set(ratings) - set(INDICATORS)
    if unknown:
        raise ValueError(f"no such indicator: {', '.join(sorted(map(str, unknown)))}")
    clean = {id: [_rating(x) for x in ratings.get(id, ()) if x is not None] for id in INDICATORS}
    return {id: scores for id, scores in clean.items() if scores}


def _of(side: Side, component: str) -> list[list[float]]:
    """Return the ratings of each indicator of a component."""
    return [scores for id, scores in side.items() if INDICATORS[id] == component]


def _mean(items: Collection[list[float]]) -> float | None:
    return fmean(map(fmean, items)) if items else None


def _agreement(items: Collection[list[float]]) -> float | None:
    values = [r_wg(scores) for scores in items if len(scores) > 1]
    return fmean(values) if values else None


def _culture_flags(
    culture: Component, views: Mapping[str, float | None], previous_gap: float | None
) -> dict[str, bool]:
    size = abs(culture.gap)
    agreed = [value for value in culture.agreement.values() if value is not None]
    # How much better a side speaks of itself than its partner does.
    own = {"supplier": culture.supplier, "buyer": culture.buyer}
    flattery = [own[side] - seen for side, seen in views.items() if seen is not None]
    return {
        "view": any(excess >= GAP - _HAIR for excess in flattery),
        "both_low": max(own.values()) <= 2 + _HAIR,
        "unsure": abs(size - GAP) <= culture.margin,
        "disagree": any(value < 0.5 - _HAIR for value in agreed),
        "trend": previous_gap is not None and size - abs(previous_gap) >= 0.5 - _HAIR,
    }


def audit(
    supplier: Ratings,
    buyer: Ratings,
    views: tuple[Ratings, Ratings] = ({}, {}),
    layers: Sequence[tuple[float, float]] = (),
    previous_gap: float | None = None,
) -> Audit:
    """Audit a relationship: a rating is the mean over indicators of the mean over raters.

    Parameters
    ----------
    supplier, buyer : mapping of str to sequence of (float or None)
        Indicator ("C1.1" … "C8.4") to its ratings by that side of itself; None and a missing
        indicator: not rated.
    views : pair of such mappings
        Culture of the supplier rated by the buyer's people, and of the buyer by the supplier's.
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
    >>> pair = audit({"C1.1": [2, 3], "C8.2": [4, 4]}, {"C1.1": [4, 5], "C8.2": [4, 4]})
    >>> pair.components["culture"].gap, round(pair.fit, 3), pair.readiness
    (-2.0, 0.556, 0.5)
    >>> pair.flags, pair.decision
    ([('door', 'red'), ('unsure', 'amber')], 'small_step')
    """
    sides = {"supplier": _side(supplier), "buyer": _side(buyer)}
    components = {}
    for name in COMPONENTS:
        items = {who: _of(side, name) for who, side in sides.items()}
        s, b = map(_mean, items.values())
        if s is not None and b is not None:
            margin = gap_margin(*(sum(map(len, scores)) for scores in items.values()))
            agreement = {who: _agreement(scores) for who, scores in items.items()}
            components[name] = Component(s, b, gap(s, b), margin, fit(s, b), min(s, b), agreement)
    fits = {name: part.fit for name, part in components.items()}
    levels = {name: (part.level - 1) / 4 for name, part in components.items()}
    weighted = _weighted(fits) if fits else None
    ready = None if weighted is None or "culture" not in fits else min(fits["culture"], weighted)
    seen = {who: _mean(_of(_side(view), "culture")) for who, view in zip(SIDES, views, strict=True)}
    powers = [
        [fmean(side[id]) for side in sides.values()]
        for id in MARKED
        if all(id in side for side in sides.values())
    ]
    raised = {
        "door": ready is not None and ready <= DOOR + _HAIR,
        "power": any(abs(s - b) >= APART - _HAIR for s, b in powers),
        "layers": any(abs(gap(*pair)) >= GAP - _HAIR for pair in layers),
    }
    if "culture" in components:
        raised |= _culture_flags(components["culture"], seen, previous_gap)
    return Audit(
        components=components,
        missing=[name for name in COMPONENTS if name not in components],
        widest=sorted(components, key=lambda name: -round(abs(components[name].gap), 9)),
        mean_fit=fmean(fits.values()) if fits else None,
        fit=weighted,
        readiness=ready,
        scope=_weighted(levels) if levels else None,
        views=seen,
        silent=[
            code
            for code, known in (
                ("door", ready is not None),
                ("power", bool(powers)),
                ("view", "culture" in components and None not in seen.values()),
            )
            if not known and not raised.get(code)
        ],
        flags=[(code, hue) for hue, codes in FLAGS.items() for code in codes if raised.get(code)],
        thin={
            who: [id for id, scores in side.items() if len(scores) < 2]
            for who, side in sides.items()
        },
        agreement={who: _agreement(side.values()) for who, side in sides.items()},
    )
