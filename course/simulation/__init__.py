"""The simulation «Портфель відносин»: one learner's game, a plan for it, and what both mean.

Pure: nothing here draws, keeps or marks. `course.kinds.portfolio` is its exercise.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from course.models import portfolio
from course.models.portfolio import QUARTERS, YEAR, ZERNOKROK, Market, Optimum, Outcome, Table
from course.texts import number, text

YEARS = QUARTERS // YEAR
NAMES = ZERNOKROK.names
LEVEL_IDS = ("basic", "reactive", "accountable", "proactive", "partnership")
STAGE_IDS = ("lost", "aware", "trial", "growth", "commit")
# What the chips of the page put into the table, by the id of their words.
PRESETS: Mapping[str, Table] = {
    "basic": portfolio.everybody(ZERNOKROK, 1),
    "accountable": portfolio.everybody(ZERNOKROK, 3, lost=1),
    "matrix": {"A": "15555", "B": "13333", "C": "12222", "D": "15555"},
    "fitting": {"A": "15555", "B": "13333", "C": "12222", "D": "13333"},
    "stages": dict.fromkeys(NAMES, "12345"),
}
_DIGITS = re.compile(rf"[1-5]{{5}}(?: [1-5]{{5}}){{{YEARS - 1}}}|[1-5]{{5}}")


@dataclass(frozen=True)
class Plan:
    """The levels of every segment.

    Attributes
    ----------
    levels : tuple of str
        By segment: five digits by stage, once for all years or once for each, with spaces between.
    """

    levels: tuple[str, ...]

    @classmethod
    def read(cls, given: Mapping[str, object]) -> "Plan | None":
        """Return the plan in an answer, or None when a segment's levels cannot be read.

        Examples
        --------
        >>> Plan.read({"A": "44445", "B": "33344", "C": "12222", "D": "33344"}).joined
        '44445/33344/12222/33344'
        >>> Plan.read({"A": "44446"})
        """
        levels = [given.get(name) for name in NAMES]
        sound = [level for level in levels if type(level) is str and _DIGITS.fullmatch(level)]
        return cls(tuple(sound)) if len(sound) == len(NAMES) else None

    @classmethod
    def split(cls, joined: str) -> "Plan | None":
        """Return the plan that stands in one line, as `joined` gives it."""
        return cls.read(dict(zip(NAMES, joined.split("/"), strict=False)))

    @property
    def joined(self) -> str:
        """The plan in one line."""
        return "/".join(self.levels)

    @property
    def policy(self) -> Sequence[Table]:
        """A table for every quarter."""
        years = [level.split() for level in self.levels]
        tables = [
            {name: each[year % len(each)] for name, each in zip(NAMES, years, strict=True)}
            for year in range(YEARS)
        ]
        return portfolio.yearly(tables)


@dataclass(frozen=True)
class Game:
    """What one learner plays with: a market, and the hours of a quarter if they are limited.

    ``anybody``: the segments are called by their size, not as the customers of «Зернокрок».
    """

    market: Market
    hours: float | None = None
    anybody: bool = False

    @classmethod
    def of(cls, numbers: Mapping[str, float], hours: float | None, anybody: bool = False) -> "Game":
        """Return the game with a learner's own numbers."""
        return cls(portfolio.varied(ZERNOKROK, numbers), hours, anybody)

    @property
    def best(self) -> Optimum:
        """The best there is."""
        if self.hours is None:
            return portfolio.optimum(self.market)
        return portfolio.limited(self.market, self.hours)

    @cached_property
    def basic(self) -> float:
        """What everybody basic brings, thousand UAH."""
        everybody = portfolio.everybody(self.market, 1)
        return portfolio.evaluate(self.market, portfolio.steady(everybody)).value

    def outcome(self, plan: Plan) -> Outcome:
        """Return what a plan is expected to bring."""
        return _outcome(self.market, plan)

    def over(self, plan: Plan) -> int | None:
        """Return the first quarter, from 1, that needs more hours than there are, or None."""
        return None if self.hours is None else self.outcome(plan).over(self.hours)

    def facts(self, lang: str) -> dict[str, str]:
        """Return what is known of every segment, in words."""
        return {
            segment.name: text(
                "simulation.facts",
                lang,
                count=segment.count,
                margin=number(round(segment.margin, 2), lang),
                fit=number(segment.fit, lang, 2),
            )
            for segment in self.market.segments
        }

    def starts(self) -> dict[str, list[int]]:
        """Return the customers by stage before the first quarter, by segment."""
        return {segment.name: list(segment.start) for segment in self.market.segments}


@lru_cache(maxsize=256)
def _outcome(market: Market, plan: Plan) -> Outcome:
    return portfolio.evaluate(market, plan.policy)


def levels(lang: str) -> list[str]:
    """Return every level with what it costs, in words, from the lowest."""
    said = []
    for level, name in enumerate(LEVEL_IDS, 1):
        words = {"n": level, "name": text(f"simulation.name.{name}", lang)}
        words["cost"] = number(portfolio.COST[level], lang)
        words["hours"] = number(portfolio.HOURS[level], lang)
        said.append(
            text("simulation.level" if level > 1 else "simulation.level_free", lang, **words)
        )
    return said


def share(value: float, basic: float, best: float) -> tuple[float, float]:
    """Return the percent of the best gain, not below 0, and the share of the points it earns.

    Examples
    --------
    >>> share(28_940, 12_274.8, 31_263.3)[1] < 1 == share(31_000, 12_274.8, 31_263.3)[1]
    True
    """
    percent = max(0.0, portfolio.gain_share(value, basic, best))
    return percent, min(1.0, percent / (100 * portfolio.ENOUGH))


def worst(game: Game, plan: Plan) -> tuple[str, int, float]:
    """Return the cell that costs most against the best there is: segment, stage, thousand UAH.

    Examples
    --------
    >>> game = Game(ZERNOKROK)
    >>> worst(game, Plan.read(PRESETS["matrix"]))[:2]
    ('D', 2)
    """
    lost = portfolio.regret(game.market, plan.policy, game.best)
    cells = [(name, stage, value) for name, row in lost.items() for stage, value in enumerate(row)]
    return max(cells, key=lambda cell: cell[2])
