"""Instruments, one declared file each.

What can be changed, what it means, how it is shown, what to find out with it.

A file of this folder holds one ``INSTRUMENT``; the folder is the list. Its texts are in the TOML of
the same name: ``<name>.title``, ``.question``, ``.note``, ``.case.<id>`` and ``.challenge.<id>``.
Nothing here draws or knows a widget.
"""

import importlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Generic, TypeVar

from course.figures import Figure
from course.texts import number, text

Values = Mapping[str, float | str]
Reading = TypeVar("Reading")


@dataclass(frozen=True)
class Words:
    """The texts of an instrument in one language.

    Examples
    --------
    >>> Words("levels", "uk")("level.basic")
    'базовий рівень'
    """

    name: str
    lang: str

    def __call__(self, key: str, **values: str) -> str:
        """Return one text, each ``{place}`` of it filled."""
        return text(f"{self.name}.{key}", self.lang, **values)

    def pair(self, name: str, value: str) -> str:
        """Join a name and what is said of it by the dash of the language."""
        return text("panel.pair", self.lang, name=name, value=value)

    def number(self, value: float | None, digits: int | None = None) -> str:
        """Write a number, a dash for None.

        Means of means may sit a hair below the half that they should round up from.
        """
        return "–" if value is None else number(round(value, 9), self.lang, digits)


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
    kind: str = "slider"


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
    kind: str = "grid"

    @classmethod
    def of(
        cls,
        label: str,
        rows: Mapping[str, str],
        columns: Mapping[str, Field],
        note: str = "",
        wide: bool = False,
    ) -> "Grid":
        """Return a table with the same fields in every row.

        Parameters
        ----------
        label, note, wide
            Of the table.
        rows : mapping of str to str
            Their ids and headings.
        columns : mapping of str to Field
            Their headings and fields; in the row ``r`` named ``R`` the field ``f`` named ``F`` has
            the id ``r.f`` and the name "R, F".
        """
        table = []
        for row, name in rows.items():
            fields = (
                replace(field, id=f"{row}.{field.id}", label=f"{name}, {field.label}")
                for field in columns.values()
            )
            table.append((name, tuple(fields)))
        return cls(label, tuple(columns), tuple(table), note, wide)

    @staticmethod
    def values(rows: Mapping[str, Sequence[float]], columns: Collection[str]) -> Values:
        """Return what stands in the fields of such a table, for a case.

        Examples
        --------
        >>> Grid.values({"basic": (0, 60), "reactive": (1.2, 66)}, ("cost", "kept"))
        {'basic.cost': 0, 'basic.kept': 60, 'reactive.cost': 1.2, 'reactive.kept': 66}
        """
        return {
            f"{row}.{column}": value
            for row, values in rows.items()
            for column, value in zip(columns, values, strict=True)
        }


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
    kind: str = "ratings"


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
    """Numbers that no picture holds; ``legend`` explains signs."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str | Entry, ...], ...]
    note: str = ""
    legend: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Instrument(Generic[Reading]):
    """A declared instrument; ``say`` are its `Words`.

    Parameters
    ----------
    name : str
        That of its file.
    controls : callable
        ``controls(say)`` returns what can be changed.
    cases : mapping
        ``{case: {field: value}}``: named presets, each with a value for every field, in the order
        shown; it opens with ``start``.
    read : callable
        ``read(values)`` computes all that the rest shows, from `course.models`; pure, the same in
        every language.
    draw : callable
        ``draw(reading, say)`` returns pictures: the first stands beside the controls, and its
        sentence reads the result aloud with its numbers; the others stand below.
    notes, tables : callable
        ``(reading, say)``.
    challenges : mapping
        What there is to find out: ``{id: met}``; ``met(reading)`` says whether it has been.
    """

    name: str
    controls: Callable[[Words], Sequence[Control]]
    cases: Mapping[str, Values]
    start: str
    read: Callable[[Values], Reading]
    draw: Callable[[Reading, Words], Sequence[Figure]]
    notes: Callable[[Reading, Words], Sequence[Note]] = field(default=lambda reading, say: ())
    tables: Callable[[Reading, Words], Sequence[Table]] = field(default=lambda reading, say: ())
    challenges: Mapping[str, Callable[[Reading], bool]] = field(default_factory=dict)

    def title(self, lang: str) -> str:
        """Return its name in words."""
        return Words(self.name, lang)("title")

    def figures(self, reading: Reading, lang: str) -> list[Figure]:
        """Return its pictures of a reading."""
        return list(self.draw(reading, Words(self.name, lang)))

    def sentence(self, reading: Reading, lang: str) -> str:
        """Return what reads a reading aloud."""
        return self.figures(reading, lang)[0].sentence

    def spec(self, lang: str) -> dict[str, Any]:
        """Return what never changes, as plain values: words and controls."""
        say = Words(self.name, lang)
        return {
            "id": self.name,
            "lang": lang,
            **{part: say(part) for part in ("title", "question", "note")},
            "cases": [{"id": id, "label": say(f"case.{id}")} for id in self.cases],
            "challenges": [{"id": id, "label": say(f"challenge.{id}")} for id in self.challenges],
            "controls": [asdict(control) for control in self.controls(say)],
        }

    def look(self, values: Values, lang: str) -> dict[str, Any]:
        """Return what the values mean.

        Figures, sentence, notes, tables, and the ids of the challenges met.
        """
        reading, say = self.read(values), Words(self.name, lang)
        pictures = list(self.draw(reading, say))
        return {
            "figures": pictures,
            "sentence": pictures[0].sentence,
            "notes": [asdict(note) for note in self.notes(reading, say)],
            "tables": [asdict(table) for table in self.tables(reading, say)],
            "met": [id for id, met in self.challenges.items() if met(reading)],
        }


def names() -> list[str]:
    """Return the names of all instruments: the files of this folder.

    Examples
    --------
    >>> "levels" in names(), "panel" in names()
    (True, False)
    """
    return sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py"))


def find(name: str) -> Instrument[Any]:
    """Return one instrument by its name.

    Raises
    ------
    KeyError
        When there is no such file.
    """
    if name not in names():
        raise KeyError(name)
    instrument: Instrument[Any] = importlib.import_module(f"course.instruments.{name}").INSTRUMENT
    return instrument
