"""A lesson's own pictures: ``figures.toml`` beside its ``lesson.md``, words in both languages.

An entry has ``id``, ``title`` and ``sentence``, as a rule ``unit``, and one of two things. ``kind``
with the fields of that kind of `course.figures`: every number and label is written there. Or
``draw``, the name of a function of ``course/pictures/<lesson>.py`` that takes the numbers from a
model or a data set; it gets the entry's other words through ``say``.
"""

import importlib
import json
import re
import tomllib
import types
from dataclasses import MISSING, dataclass, fields, is_dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

from course.figures import KINDS, Figure
from course.instruments import Words
from course.texts import LANGS, fill

OWN = ("id", "kind", "draw")


class PictureError(ValueError):
    """A picture that is not written as it should be; the message says where and what to do."""


@dataclass(frozen=True)
class Say(Words):
    """The words of an entry in one language."""

    entry: dict[str, Any]

    def __call__(self, key: str, **values: str) -> str:
        """Return one text, each ``{place}`` of it filled."""
        words = _words(self.entry.get(key), self.lang, key)
        for hole in sorted(set(re.findall(r"\{(\w+)\}", words)) - set(values)):
            known = ", ".join(sorted(values)) or "none"
            raise PictureError(f"{key}, {self.lang}: nothing stands for {{{hole}}}; known: {known}")
        return fill(words, values)


def read(path: Path) -> dict[str, dict[str, Any]]:
    """Return the entries of a ``figures.toml`` by id; none when the lesson has no such file.

    Raises
    ------
    PictureError
        When it cannot be read, or an id is missing or stands twice.
    """
    if not path.is_file():
        return {}
    try:
        entries = tomllib.loads(path.read_text("utf-8")).get("figure", [])
    except ValueError as error:
        raise PictureError(f"not TOML: {error}") from None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise PictureError("write [[figure]] with an id")
    by_id: dict[str, dict[str, Any]] = {}
    for count, entry in enumerate(entries, 1):
        name = entry.get("id")
        if not isinstance(name, str) or not name or name in by_id:
            raise PictureError(f"picture {count} needs an id of its own")
        by_id[name] = entry
    return by_id


def figure(entry: dict[str, Any], lang: str) -> Figure:
    """Return a picture in one language.

    Parameters
    ----------
    entry : dict
        One of those that `read` returns.
    lang : {"uk", "ru"}

    Raises
    ------
    PictureError
        When a field is missing, unknown or of another shape; the message names it.
    """
    try:
        if "draw" in entry:
            return _drawn(json.dumps(entry, default=str), lang)
        if entry.get("kind") not in KINDS:
            raise PictureError(f"kind is one of {', '.join(KINDS)}; or write draw")
        raw = {field: value for field, value in entry.items() if field not in OWN}
        picture: Figure = _convert(KINDS[entry["kind"]], raw, lang, "")
    except ValueError as error:  # ours, or said by the figure about its numbers
        raise PictureError(f"{entry['id']}: {error}") from None
    return picture


@lru_cache(maxsize=512)  # whoever checks, builds or prints a lesson draws it more than once
def _drawn(written: str, lang: str) -> Figure:
    entry = json.loads(written)
    module, _, function = str(entry["draw"]).partition(".")
    folder = Path(__file__).parent
    if module not in {path.stem for path in folder.glob("[a-z]*.py")}:
        raise PictureError(f"draw = {entry['draw']!r}: there is no course/pictures/{module}.py")
    draw = getattr(importlib.import_module(f"course.pictures.{module}"), function, None)
    if draw is None:
        raise PictureError(f"draw = {entry['draw']!r}: the file has no such function")
    picture: Figure = draw(Say(entry["id"], lang, entry))
    return picture


def _words(value: object, lang: str, where: str) -> str:
    """Return a text in one language; a number or a sign, the same in both, may stand alone."""
    if isinstance(value, dict) and set(value) == set(LANGS):
        value = value[lang]
    elif isinstance(value, str) and any(character.isalpha() for character in value):
        value = None
    if not isinstance(value, str) or not value.strip():
        raise PictureError(f"{where} needs both languages; write {where}.uk and {where}.ru")
    return value


def _convert(shape: Any, value: object, lang: str, where: str) -> Any:
    """Turn what TOML gives into the shape that a field of a figure has."""
    if get_origin(shape) in (Union, types.UnionType):
        shape = next(part for part in get_args(shape) if part is not type(None))
    if shape is str:
        return value if _is_name(where, value) else _words(value, lang, where)
    if shape in (float, int, bool):
        numeric = isinstance(value, (int, float)) and (shape is bool) == isinstance(value, bool)
        if not numeric:
            raise PictureError(f"{where} is {'true or false' if shape is bool else 'a number'}")
        return shape(value)
    if get_origin(shape) is tuple:
        if not isinstance(value, list):
            raise PictureError(f"{where} is a list")
        inner = get_args(shape)[0]
        return tuple(_convert(inner, part, lang, f"{where} {n}") for n, part in enumerate(value, 1))
    if not is_dataclass(shape) or not isinstance(value, dict):
        raise PictureError(f"{where} is a table of {', '.join(get_type_hints(shape))}")
    hints = get_type_hints(shape)
    for unknown in sorted(set(value) - set(hints)):
        raise PictureError(
            f"no field {unknown} {where and 'in ' + where}; known: {', '.join(hints)}"
        )
    given = {}
    for field in fields(shape):
        path = f"{where}, {field.name}" if where else field.name
        if field.name in value:
            given[field.name] = _convert(hints[field.name], value[field.name], lang, path)
        elif field.default is MISSING:
            raise PictureError(f"{path} is missing")
    build: Any = shape
    return build(**given)


def _is_name(where: str, value: object) -> bool:
    """Whether a text is no words but a name: a tone, a sign, a node."""
    last = where.rpartition(", ")[2]
    return isinstance(value, str) and last in ("tone", "sign", "across", "way", "id", "a", "b")


def faults(path: Path, page: str) -> list[tuple[str, str]]:
    """Find what is wrong with a lesson's pictures, (id, what to do) each.

    Parameters
    ----------
    path : pathlib.Path
        Its ``figures.toml``, which need not exist.
    page : str
        Its ``lesson.md``.
    """
    try:
        entries = read(path)
    except PictureError as error:
        return [("", str(error))]
    listed = []
    for name, entry in entries.items():
        try:
            for lang in LANGS:
                figure(entry, lang)
        except PictureError as error:
            listed.append((name, str(error).removeprefix(f"{name}: ")))
        if f'lesson.figure("{name}")' not in page:
            listed.append((name, f'no cell of lesson.md shows it; write lesson.figure("{name}")'))
    return listed
