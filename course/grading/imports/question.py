"""A question as every format tells it: what readers return and what becomes an exercise."""

from dataclasses import dataclass, field
from typing import NamedTuple


class Choice(NamedTuple):
    """One option: its words, what it earns in percent, what is said to who chooses it."""

    text: str
    share: float
    why: str = ""


class Number(NamedTuple):
    """One number that is typed: how far an answer may lie off it, what it earns in percent."""

    value: str  # as written, with a point; "*" is every other number
    within: float
    share: float
    why: str = ""


@dataclass
class Question:
    """One question.

    Attributes
    ----------
    line : int
        Where it begins in its file: a line, in a Word file a paragraph.
    name : str
        As its file calls it, else its number.
    type : str
        ``choice multi true match numeric short text order``.
    left_out : str
        Why it cannot become an exercise; empty when it can.
    lost : list of str
        What the file says and an exercise cannot.
    """

    line: int
    name: str
    type: str = ""
    prompt: str = ""
    points: float = 1
    choices: list[Choice] = field(default_factory=list)
    pairs: list[tuple[str, str]] = field(default_factory=list)  # an empty stem is a spare option
    items: list[str] = field(default_factory=list)
    numbers: list[Number] = field(default_factory=list)
    unit: str = ""
    digits: int | None = None
    words: tuple[int, int] = (1, 300)
    shuffle: bool = True
    right: str = ""
    wrong: str = ""
    solution: str = ""
    grader: str = ""
    hints: list[str] = field(default_factory=list)
    ideas: list[str] = field(default_factory=list)
    whys: dict[str, str] = field(default_factory=dict)  # of the stems of `pairs`
    see: str = ""
    lang: str = ""  # where the file says it
    category: tuple[str, ...] = ()
    whose: str = ""  # what its file says of authors and licence
    left_out: str = ""
    lost: list[str] = field(default_factory=list)
