"""An exercise as its author wrote it: what every entry of ``exercises.toml`` may say."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

Raw = Mapping[str, Any]  # an entry of exercises.toml
Key = dict[str, Any]  # what marks an answer: plain JSON values
Pair = dict[str, str]  # one text in both languages
Faults = Iterator[tuple[str, str]]  # field, what to do
Shown = Callable[[str], Sequence[Raw]]  # gives the list of a field in the order shown
Names = Mapping[str, Mapping[str, str]]  # by field, the ids that students saw and the bank's


class Sources(Protocol):
    """Where a key comes from: formulas with this draw's numbers, and right results of data."""

    def evaluate(self, expression: str) -> float: ...

    def truth(self, name: str) -> Any: ...


@dataclass(kw_only=True)
class Entry:
    """The fields of every kind in ``exercises.toml``."""

    id: str
    kind: str
    prompt: Pair
    solution: Pair
    title: Pair | None = None
    points: float = field(default=1, metadata={"write": "points = a number above 0, at most 100"})
    attempts: int = field(default=3, metadata={"write": "a whole number; 0 means without limit"})
    level: str | None = None
    covers: list[str] = field(default_factory=list, metadata={"write": "a list of concept ids"})
    outcomes: list[int | str] = field(
        default_factory=list, metadata={"write": "a list of ids of outcomes"}
    )
    right: Pair | None = None
    wrong: Pair | None = None
    see: Pair | None = None
    hint: list[Pair] = field(default_factory=list)


@dataclass(kw_only=True)
class DrawnEntry(Entry):
    """The fields of kinds whose numbers every learner draws.

    ``shared`` names the ``[[shared]]`` parameters that it has with other exercises: there everybody
    draws once for all of them.
    """

    parameters: dict[str, dict[str, Any]] = field(
        default_factory=dict,
        metadata={"write": "[exercise.parameters] with one line for each: m = {from = 1, to = 9}"},
    )
    where: list[str] = field(
        default_factory=list, metadata={"write": "a list of conditions in quotes"}
    )
    shared: str | None = field(
        default=None, metadata={"write": "the id of a [[shared]] of this file"}
    )
