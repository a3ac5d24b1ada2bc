"""Instruments, one declared file each.

What can be changed, what it means, how it is shown, what to find out with it.

A file of this folder holds one ``INSTRUMENT``; the folder is the list. Its texts are in the TOML of
the same name: ``<name>.title``, ``.question``, ``.note``, ``.case.<id>`` and ``.challenge.<id>``.
Nothing here draws or knows a widget.
"""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from course.figures import Figure
from course.texts import text

Value = float | str
Values = Mapping[str, Value]


@dataclass(frozen=True)
class Field:
    """A number that can be typed, from ``min`` to ``max`` in ``unit``."""

    id: str
    label: str
    min: float
    max: float
    unit: str = ""
    type: str = "number"


@dataclass(frozen=True)
class Choice:
    """One of several named things, (id, words) each."""

    id: str
    label: str
    options: tuple[tuple[str, str], ...]
    type: str = "choice"


@dataclass(frozen=True)
class Rating:
    """Ratings of one item by one side: a digit from 1 to 5 for each rater, with spaces between.

    "" is not rated.
    """

    id: str
    label: str
    type: str = "ratings"


@dataclass(frozen=True)
class Slider:
    """A number with a slider beside it."""

    field: Field
    step: float
    kind: ClassVar[str] = "slider"


@dataclass(frozen=True)
class Grid:
    """An open table of fields, (heading, field for each column) a row.

    A ``wide`` one stands below the picture.
    """

    label: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Field | Choice, ...]], ...]
    note: str = ""
    wide: bool = False
    kind: ClassVar[str] = "grid"


@dataclass(frozen=True)
class Item:
    """An indicator with a description of each rating, from 1 up.

    Rated by every side in ``ratings``.
    """

    label: str
    anchors: tuple[str, ...]
    ratings: tuple[Rating, ...]


@dataclass(frozen=True)
class Ratings:
    """Indicators of one component; a side can set all of them at once."""

    label: str
    sides: tuple[str, ...]
    items: tuple[Item, ...]
    note: str = ""
    kind: ClassVar[str] = "ratings"


Control = Slider | Grid | Ratings


@dataclass(frozen=True)
class Note:
    """A remark below the picture; ``tone`` is "ok", "part", "no" or "plain"."""

    tone: str
    text: str
    lead: str = ""
    items: tuple[str, ...] = ()


@dataclass(frozen=True)
class Entry:
    """A cell of a `Table`; ``signs`` are (icon, what it says)."""

    text: str
    best: bool = False
    faint: bool = False
    word: bool = False
    signs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Table:
    """Numbers that no picture holds.

    ``words`` are the columns of words, ``legend`` explains signs.
    """

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str | Entry, ...], ...]
    note: str = ""
    words: tuple[int, ...] = ()
    legend: tuple[tuple[str, str], ...] = ()
    folded: bool = False


@dataclass(frozen=True)
class Challenge:
    """Something to find out; ``met(values, reading)`` says whether it has been."""

    id: str
    met: Callable[[Values, Any], bool]


@dataclass(frozen=True, kw_only=True)
class Instrument:
    """A declared instrument.

    Parameters
    ----------
    name : str
        That of its file.
    controls : callable
        ``controls(lang)`` returns what can be changed.
    cases : mapping
        ``{case: {field: value}}``: named presets, each with a value for every field, in the order
        shown.
    start : str
        The case it opens with.
    read : callable
        ``read(values)`` computes all that the rest shows, from `course.models`; pure, the same in
        every language.
    figures : callable
        ``figures(reading, lang)``: the first stands beside the controls, the others below.
    sentence : callable
        ``sentence(reading, lang)`` reads the result aloud with its numbers.
    notes, tables : callable
        ``(reading, lang)``.
    challenges : tuple of Challenge
    """

    name: str
    controls: Callable[[str], list[Control]]
    cases: Mapping[str, Values]
    start: str
    read: Callable[[Values], Any]
    figures: Callable[[Any, str], list[Figure]]
    sentence: Callable[[Any, str], str]
    notes: Callable[[Any, str], list[Note]] = field(default=lambda reading, lang: [])
    tables: Callable[[Any, str], list[Table]] = field(default=lambda reading, lang: [])
    challenges: tuple[Challenge, ...] = ()

    def title(self, lang: str) -> str:
        """Return its name in words."""
        return text(f"{self.name}.title", lang)

    def spec(self, lang: str) -> dict[str, Any]:
        """Return what never changes, as plain values: words and controls."""
        words = {part: text(f"{self.name}.{part}", lang) for part in ("title", "question", "note")}
        named = {"cases": self.cases, "challenges": [challenge.id for challenge in self.challenges]}
        lists = {
            part: [{"id": id, "label": text(f"{self.name}.{part[:-1]}.{id}", lang)} for id in ids]
            for part, ids in named.items()
        }
        controls = [asdict(control) | {"kind": control.kind} for control in self.controls(lang)]
        return {"id": self.name, "lang": lang, **words, **lists, "controls": controls}

    def look(self, values: Values, lang: str) -> dict[str, Any]:
        """Return what the values mean.

        Figures, sentence, notes, tables, and the ids of the challenges met.
        """
        reading = self.read(values)
        return {
            "figures": self.figures(reading, lang),
            "sentence": self.sentence(reading, lang),
            "notes": [asdict(note) for note in self.notes(reading, lang)],
            "tables": [asdict(table) for table in self.tables(reading, lang)],
            "met": [each.id for each in self.challenges if each.met(values, reading)],
        }


def names() -> list[str]:
    """Return the names of all instruments: the files of this folder.

    Examples
    --------
    >>> names()
    ['audit', 'contact_value', 'levels']
    """
    return sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py"))


def find(name: str) -> Instrument:
    """Return one instrument by its name.

    Raises
    ------
    KeyError
        When there is no such file.
    """
    if name not in names():
        raise KeyError(name)
    found: Instrument = importlib.import_module(f"course.instruments.{name}").INSTRUMENT
    return found
