"""What people are told of an exercise: its parts, reasons, an answer in words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from course.figures import Figure
from course.kinds._entry import Raw


@dataclass(frozen=True, slots=True)
class Part:
    """One list that a card shows: ``options``, ``items``, ``rows`` or ``tiles``.

    Attributes
    ----------
    name : str
        The field of the card.
    entries : tuple of dict
        Each with ``id`` and ``text``; a tile has ``title``, ``help`` and ``icon`` instead.
    inline : bool
        A still page prints it in one line: the options that rows choose from.
    paper : str
        How it is answered on paper: "tick" before an entry, its "place" there, or "words" beside
        it; empty where it only tells.
    """

    name: str
    entries: tuple[dict[str, str], ...]
    inline: bool = False
    paper: str = ""


@dataclass(frozen=True, slots=True)
class Telling:
    """One exercise as it is told to somebody: in one language, with that learner's numbers.

    Attributes
    ----------
    raw : Raw
    lang : str
    words : callable
        Gives the text of a pair, numbers filled in.
    numbers : Mapping
        Those of the learner's draw, by parameter.
    """

    raw: Raw
    lang: str
    words: Callable[[Mapping[str, str]], str]
    numbers: Mapping[str, float] = field(default_factory=dict)

    def say(self, name: str) -> str:
        """Return a text of the exercise; the empty string when the entry has none."""
        return self.words(self.raw[name]) if self.raw.get(name) else ""

    def names(self, field: str) -> dict[str, str]:
        """Return the texts of a list's entries by their ids; none when a copy has no such list."""
        return {part["id"]: self.words(part["text"]) for part in self.raw.get(field, ())}


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of feedback; ``lead`` stands in bold before it.

    Attributes
    ----------
    tone : str
        "ok", "part", "no", "plain", or "note" for what only says how things stand.
    lead, text : str
    see : str
        The heading to read again.
    fold : bool
        A card shows only its lead until it is asked for the rest.
    """

    tone: str
    lead: str
    text: str
    see: str = ""
    fold: bool = False


@dataclass(frozen=True, slots=True)
class Explained:
    """Why an answer earns what it does: marks and reasons by id, and sentences below the card."""

    marks: Mapping[str, bool] = field(default_factory=dict)
    whys: Mapping[str, str] = field(default_factory=dict)
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of what an answer leads to; of those with the same ``turn`` one is seen."""

    figure: Figure
    turn: str = ""


@dataclass(frozen=True, slots=True)
class Tabled:
    """An answer as a table; an empty cell is one that the learner left so."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """One line of an answer in words; ``typed`` is what a student wrote, letter by letter."""

    text: str
    id: str | None = None
    label: str = ""
    typed: bool = False
