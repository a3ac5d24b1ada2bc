"""One file of TOML that a lecturer wrote: compared with dataclasses, every fault with its line."""

import dataclasses
import difflib
import re
import tomllib
import typing
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar, get_args, get_origin

import msgspec

from course.exercises import Fault, both
from course.grading import GradingError
from course.grading.keyfile import Pair
from course.texts import LANGS
from course.toml_hints import lines, not_toml

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_FOREIGN = {"uk": "[ыэъё]", "ru": "[іїєґ]"}  # letters that the other language has
_TIME = "day and time without quotes: {}T23:59:00, local time of zone"
_APART = {"late", "peer"}  # a fault in one of these tables names it
Table = TypeVar("Table", bound="DataclassInstance")
Struct = TypeVar("Struct", bound=msgspec.Struct)


def hinted(what: str, name: str = "", **default: Any) -> Any:
    """Return a field, with what to write where its type does not say that.

    `name` is how it is written when Python cannot call it so.
    """
    named = {"name": name} if name else {}
    return field(metadata={"write": what, **named}, **default)


def _wanted(name: str, shape: Any) -> str:
    """Return what to write into a field, by its type."""
    if get_origin(shape) is Literal:
        return f"one of {', '.join(get_args(shape))}"
    if shape == Pair:
        return f"{name}.uk and {name}.ru"
    if shape in (datetime, datetime | None):
        return _TIME.format("2026-12-08")
    return "true or false" if shape is bool else f"[[{name}]]"


class Source:
    """Reads one file of TOML and keeps its faults."""

    def __init__(self, path: Path, faults: list[Fault]) -> None:
        self.path, self.faults = path, faults
        self.langs: tuple[str, ...] = LANGS
        self.raw: dict[str, Any] = {}
        self.lines: list[str] = []
        try:
            words = path.read_bytes().decode("utf-8-sig")
            self.lines = lines(words)
            self.raw = tomllib.loads(words)
        except UnicodeDecodeError as error:
            self.fault("", f"not UTF-8 (byte {error.start}); save the file as UTF-8")
        except OSError as error:
            self.fault("", f"cannot be read: {error.strerror}")
        except (ValueError, RecursionError) as error:
            line = re.search(r"line (\d+)", str(error))
            number = min(int(line[1]) if line else len(self.lines), len(self.lines))
            hint = not_toml(error, self.lines[number - 1])
            faults.append(Fault(path.name, number, "", "", hint))

    def fault(self, name: str, message: str, *after: str) -> None:
        """Note a fault at the first line with the field below lines with each of `after`.

        A table named twice is its second, `[[pool]]` no `"pool/churn"`.
        """
        row, before = -1, ""
        for word in after:
            row, before = self._row([str(word)], row + (word == before), head=True), word
        # A group may have a point in its name; of a dotted field the last part may stand alone.
        row = self._row([name, name.split(".")[-1]], row)
        self.faults.append(Fault(self.path.name, row + 1, "", name, message))

    def _row(self, words: Sequence[str], start: int, head: bool = False) -> int:
        """Return the first row from `start` on with a word, or with a table of this name."""
        start, escaped = max(start, 0), [re.escape(word) for word in words]
        heads = [rf"^\s*\[+([\w-]+\.)*{word}(\]|\.[\"'])" for word in escaped if head]
        for pattern in map(
            re.compile, heads + [rf"(?<![\w-]){word}(?![\w/-])" for word in escaped]
        ):
            for row in range(start, len(self.lines)):
                if pattern.search(self.lines[row]):
                    return row
        return start

    def table(self, shape: type[Table], raw: Mapping[str, Any], *after: str) -> Table | None:
        """Compare a table with its dataclass; None when a field it needs is missing or wrong."""
        hints, values, sound = typing.get_type_hints(shape, include_extras=True), {}, True
        known = {
            each.metadata.get("name", each.name): each
            for each in dataclasses.fields(shape)
            if each.init
        }
        where = f" in [{after[-1]}]" if after and after[-1] in _APART else ""
        where = f' in [group."{after[1]}"]' if after[:1] == ("group",) else where
        for name in raw.keys() - known.keys():
            hint = meant(name, known, f"known: {', '.join(known)}")
            self.fault(name, f"unknown field{where}; {hint}", *after)
        for name, each in known.items():
            needed = each.default is MISSING and each.default_factory is MISSING
            write = each.metadata.get("write") or _wanted(name, hints[each.name])
            if name in raw:
                value = self.value(name, raw[name], hints[each.name], write, after)
                if value is not None:
                    values[each.name] = value
            elif needed:
                self.fault(name, f"missing{where}; write {write}", *after)
            sound = sound and not (needed and each.name not in values)
        return shape(**values) if sound else None

    def struct(self, shape: type[Struct], said: str) -> Struct | None:
        """Return the file as a struct, or None after telling the line of what is wrong with it.

        Parameters
        ----------
        shape : type
            Of `msgspec.Struct`.
        said : str
            What is known, or what to write.
        """
        try:
            return msgspec.convert(self.raw, shape)
        except (msgspec.ValidationError, RecursionError) as error:
            words = str(error)
            unknown = re.search("unknown field `(.*?)`", words)
            where = re.findall(r"\.([\w-]+)|\[(\d+)\]", words.rpartition("`$")[2])
            above = list[str]()
            for name, place in where:
                # the n-th [[part]] stands below n lines with its name
                above += above[-1:] * int(place) if place else [name]
            name = unknown[1] if unknown else (above.pop() if above else "")
            self.fault(name, f"{'unknown field' if unknown else words}; {said}", *above)
            return None

    def value(self, name: str, raw: Any, shape: Any, write: str, after: tuple[str, ...]) -> Any:
        """Return one value as its type, or None after telling what to write."""
        bare = get_args(shape)[0] if get_origin(shape) is Annotated else shape
        listed = get_origin(bare) is list
        part: Any = next(filter(dataclasses.is_dataclass, get_args(bare)), None)
        if part and get_origin(bare) is dict and _of_tables(raw):
            tables = {key: self.table(part, each, *after, name, key) for key, each in raw.items()}
            return {key: table for key, table in tables.items() if table is not None}
        if part and not listed and get_origin(bare) is not dict and isinstance(raw, dict):
            return self.table(part, raw, *after, name)
        if part and listed and isinstance(raw, list) and all(isinstance(t, dict) for t in raw):
            each = [self.table(part, table, *after, *where) for table, where in numbered(name, raw)]
            return [table for table in each if table is not None]
        if shape == Pair:
            return self.pair(name, raw, *after)
        try:
            return msgspec.convert(raw, shape, strict=True)
        except (msgspec.ValidationError, RecursionError):
            if type(raw) is date and datetime in (shape, *get_args(shape)):
                write = _TIME.format(raw)
            inner = _misshapen(raw, shape)
            self.fault(inner or name, f"write {write}", *after, *[name] * bool(inner))
            return None

    def pair(self, name: str, raw: Any, *after: str) -> Pair | None:
        """Return a text in the assignment's languages, or None after telling what is missing."""
        before = len(self.faults)
        for lang in self.langs:
            words = raw.get(lang) if isinstance(raw, dict) else None
            if not isinstance(words, str) or not words.strip():
                self.fault(name, f"{lang} is missing; write {name}.{lang}", *after)
            elif strange := re.search(_FOREIGN[lang], words.lower()):
                said = f"the letter {strange[0]!r} doesn't belong in {lang}"
                self.fault(name, f"{said}; is this the other language?", *after)
        if len(self.faults) > before:
            return None
        given = {lang: raw[lang] for lang in self.langs}
        return both(given, self.langs[0]) if len(self.langs) == 1 else given


def _of_tables(raw: Any) -> bool:
    return isinstance(raw, dict) and all(isinstance(each, dict) for each in raw.values())


def lined(path: Path, shape: type[Struct], said: str, missing: str) -> Struct:
    """Return a file of TOML as a struct; `GradingError` names the line of what is wrong with it.

    Parameters
    ----------
    path : pathlib.Path
    shape : type
        Of `msgspec.Struct`.
    said : str
        What is known, or what to write.
    missing : str
        What to do when there is no such file.
    """
    if not path.exists():
        raise GradingError(f"there is no file {path}; {missing}")
    faults: list[Fault] = []
    source = Source(path, faults)
    made = None if faults else source.struct(shape, said)
    if made is None:
        named = (dataclasses.replace(fault, file=str(path)) for fault in faults)
        raise GradingError("\n".join(map(str, named)))
    return made


def _misshapen(raw: Any, shape: Any) -> str:
    """Return the key of a table whose value is wrong, so that its line can be told."""
    for name, value in raw.items() if get_origin(shape) is dict and isinstance(raw, dict) else ():
        try:
            msgspec.convert(value, get_args(shape)[1], strict=True)
        except msgspec.ValidationError:
            return str(name)
    return ""


def numbered(name: str, tables: Iterable[Table]) -> Iterator[tuple[Table, list[str]]]:
    """Yield tables of one name with the words that stand above each."""
    for number, table in enumerate(tables, 1):
        yield table, [name] * number


def meant(word: str, known: Iterable[str], otherwise: str) -> str:
    """Return what a misspelled word may mean, or else what to write."""
    near = difflib.get_close_matches(word, list(known), 1)
    return f"did you mean {near[0]!r}?" if near else otherwise
