"""`course check`: every fault of the sources with file, line, exercise, field, and what to do."""

import difflib
import math
import re
import tomllib
import types
import typing
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from itertools import islice, product
from pathlib import Path
from typing import Any

import msgspec

from course import kinds, paths, pictures
from course.authoring import lengths, typography
from course.authoring.editions import parity
from course.exercises import Exercise, Fault, Values, chapters, concepts, draw, evaluate, grid, key
from course.kinds import Kind
from course.kinds._kind import Pair
from course.texts import LANGS, number

SAMPLE = 400
LARGEST = 10**12  # result of a formula: more digits than a card or a spreadsheet would show
LEVELS = ("recall", "apply", "judge")
_HEAD = {"number": int, "slug": str, "minutes": int}
_EXAMPLES = {
    int: "a whole number",
    str: "a text in quotes",
    float: "a number",
    bool: "true or false",
}


def check_all() -> list[Fault]:
    """Check every lesson and return all faults, in file order."""
    faults = []
    for path in sorted(paths.shared("lessons").glob("[0-9]*/exercises.toml")):
        faults += check(path) + parity(path.with_name("lesson.md"))
        faults += check_figures(path.with_name("figures.toml"))
    faults += typography.faults(paths.shared("lessons").parent)
    return faults or list(lengths.faults(chapters().values()))


def check_figures(path: Path) -> list[Fault]:
    """Find every fault in one ``figures.toml``; there need not be one.

    Returns
    -------
    list of Fault
    """
    page = path.with_name("lesson.md")
    lines = path.read_text("utf-8").splitlines() if path.is_file() else []
    name = f"{path.parent.name}/{path.name}"
    faults = []
    for figure, message in pictures.faults(path, page.read_text("utf-8") if page.is_file() else ""):
        hits = (count for count, line in enumerate(lines, 1) if f'"{figure}"' in line)
        faults.append(Fault(name, next(hits, 1), figure, "", message))
    return faults


def check(path: str | Path) -> list[Fault]:
    """Find every fault in one ``exercises.toml``.

    Parameters
    ----------
    path : path-like
        The file; ``lesson.md`` beside it, when there is one, must show each exercise.

    Returns
    -------
    list of Fault
        Each names file, line, exercise, field, and says what to do.
    """
    return _Checker(Path(path)).run()


class Steps(msgspec.Struct, rename={"first": "from", "last": "to"}, forbid_unknown_fields=True):
    """A parameter that goes from one number to another."""

    first: float
    last: float
    step: float
    show: str = "percent"

    def sound(self) -> bool:
        """Tell whether there are values, and not too many."""
        return (
            self.first <= self.last
            and self.step > 0
            and (self.last - self.first) / self.step < 100_000
        )


class Listed(msgspec.Struct, forbid_unknown_fields=True):
    """A parameter that takes one of a few numbers."""

    values: list[float]
    show: str = "percent"

    def sound(self) -> bool:
        """Tell whether there are values."""
        return bool(self.values)


@cache
def _schema(entry: type) -> dict[str, "tuple[Field[Any], Any]"]:
    """Return the fields of a dataclass with their types, by name."""
    hints = typing.get_type_hints(entry)
    return {field.name: (field, hints[field.name]) for field in fields(entry)}


def _part(shape: Any) -> Any:
    """Return what a list of tables holds: a dataclass or `Pair`; None for any other type."""
    inner = typing.get_args(shape)[0] if typing.get_origin(shape) is list else None
    return inner if inner is not None and (is_dataclass(inner) or inner == Pair) else None


def _table(shape: Any) -> Any:
    """Return the dataclass of a table that may be missing; the shape itself for the rest."""
    kept = [inner for inner in typing.get_args(shape) if inner is not types.NoneType]
    return (
        kept[0]
        if typing.get_origin(shape) in (types.UnionType, typing.Union) and len(kept) == 1
        else shape
    )


def _shown(part: Mapping[str, Any], lang: str) -> str:
    words = part.get("text")
    return " ".join(str(words.get(lang, "")).split()) if isinstance(words, dict) else ""


class _Checker:
    def __init__(self, path: Path) -> None:
        self.path, self.entry, self.start = path, "", 0
        self.faults: list[Fault] = []
        self.lines: list[str] = []
        self.langs: tuple[str, ...] = LANGS
        self.name = "/".join(filter(None, (path.parent.name, path.name)))

    def fault(self, field: str, message: str) -> None:
        self.faults.append(Fault(self.name, self.line(field), self.entry, field, message))

    def line(self, field: str) -> int:
        """Return the line of the field in the entry at hand; tomllib keeps no positions."""
        parts = field.split(".")
        for row in range(self.start, len(self.lines)):
            if row > self.start and self.lines[row].strip() == "[[exercise]]":
                break
            if re.match(rf"\s*(\[+exercise\.)?{re.escape(parts[0])}\b", self.lines[row]):
                return row + 1
        return self.start + 1

    def run(self) -> list[Fault]:
        try:
            source = self.path.read_text("utf-8-sig")
            self.lines = source.splitlines()
            raw = tomllib.loads(source)
        except UnicodeDecodeError as error:
            return [
                Fault(
                    self.name, 1, "", "", f"not UTF-8 (byte {error.start}); save the file as UTF-8"
                )
            ]
        except (ValueError, RecursionError) as error:
            where = re.search(r"line (\d+)", str(error))
            return [
                Fault(
                    self.name,
                    int(where[1]) if where else max(1, len(self.lines)),
                    "",
                    "",
                    f"not TOML: {error}",
                )
            ]
        if not isinstance(raw.get("lesson", {}), dict):
            self.fault("lesson", "write [lesson]")
        for field, what in (
            ("outcome", "[[outcome]] with an id"),
            ("exercise", "[[exercise]]"),
            ("topic", "[[topic]] with an id"),
        ):
            tables = raw.get(field, [])
            if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
                self.fault(field, f"write {what}")
        if self.faults:
            return self.faults
        self.head(raw)
        page = self.path.with_name("lesson.md")
        self.page = page.read_text("utf-8") if page.is_file() else None
        starts = [count for count, line in enumerate(self.lines) if line.strip() == "[[exercise]]"]
        seen: set[str] = set()
        for count, entry in enumerate(raw.get("exercise", ())):
            self.start = starts[count] if count < len(starts) else 0
            self.entry = str(entry.get("id", f"number {count + 1}"))
            if self.entry in seen:
                self.fault("id", "the same id stands twice; rename one")
            seen.add(self.entry)
            before = len(self.faults)
            kind = kinds.kinds().get(str(entry.get("kind")))
            if kind is None:
                known = ", ".join(kinds.kinds())
                self.fault("kind", f"unknown kind {entry.get('kind')!r}; use one of {known}")
                continue
            self.table(entry, kind.Entry)
            self.common(entry, kind)
            if len(self.faults) == before:
                for field, message in kind.faults(entry):
                    self.fault(field, message)
            if len(self.faults) == before:
                getattr(self, kind.name, lambda entry: None)(entry)
        self.shown(seen)
        return sorted(self.faults, key=lambda fault: fault.line)

    def head(self, raw: Mapping[str, Any]) -> None:
        self.lesson = raw.get("lesson", {})
        self.langs = self.languages()
        self.own = self.lesson.get("slug") == "own"
        self.outcomes = {outcome.get("id") for outcome in raw.get("outcome", ())}
        self.topics = {str(topic.get("id")) for topic in raw.get("topic", ())}
        for field, shape in _HEAD.items():
            if field not in self.lesson:
                self.fault("lesson", f"[lesson] needs {field}")
            elif type(self.lesson[field]) is not shape:
                self.fault(field, f"write {_EXAMPLES[shape]}")
        self.pair(self.lesson, "title")
        for outcome in raw.get("outcome", ()):
            self.pair(outcome, "text")
        for topic in raw.get("topic", ()):
            self.pair(topic, "text", where="topic")
        used = [
            outcome
            for entry in raw.get("exercise", ())
            if isinstance(entry.get("outcomes"), list)
            for outcome in entry["outcomes"]
        ]
        for outcome in sorted((known for known in self.outcomes if known not in used), key=str):
            message = f"no exercise trains outcome {outcome}; name it in some exercise's outcomes"
            self.fault("outcome", message)

    def languages(self) -> tuple[str, ...]:
        """Return the languages of a bank: a lecturer may write in one, the course has both."""
        langs = self.lesson.get("languages", list(LANGS))
        if isinstance(langs, list) and langs and set(map(str, langs)) <= set(LANGS):
            return tuple(lang for lang in LANGS if lang in langs)
        self.fault("languages", 'write languages = ["uk"], ["ru"], or leave it out for both')
        return LANGS

    def table(self, table: Mapping[str, Any], entry: Any, where: str = "") -> None:
        """Compare a table with its dataclass: unknown, missing and misshapen fields."""
        schema = _schema(entry)
        for name in table:
            if name not in schema:
                near = difflib.get_close_matches(name, schema, 1)
                known = (
                    f"did you mean {near[0]!r}?" if near else f"known: {', '.join(sorted(schema))}"
                )
                if where:
                    self.fault(
                        where.partition(" ")[0], f"{where} has an unknown field {name!r}; {known}"
                    )
                else:
                    self.fault(name, f"unknown field; {known}")
        for name, (field, shape) in schema.items():
            needed = field.default is MISSING and field.default_factory is MISSING
            self.field(table, name, field, shape, needed, where)

    def field(
        self,
        table: Mapping[str, Any],
        name: str,
        field: "Field[Any]",
        shape: Any,
        needed: bool,
        where: str,
    ) -> None:
        value, owner = table.get(name), where.partition(" ")[0] or name
        if shape == Pair or shape == Pair | None:
            self.pair(table, name, needed, owner)
        elif value is None:
            if needed:
                what = field.metadata.get("write") or _EXAMPLES.get(shape, f"[[exercise.{name}]]")
                self.fault(owner, f"{where + ' ' if where else ''}needs {name}: write {what}")
        elif is_dataclass(inner := _table(shape)):
            if isinstance(value, dict):
                self.table(value, inner, name)
            else:
                self.fault(owner, f"write [exercise.{name}]")
        elif _part(shape):
            part, least = _part(shape), field.metadata.get("least", 0)
            if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
                self.fault(owner, f"write [[exercise.{name}]]")
                return
            if len(value) < least:
                self.fault(name, f"needs at least {least}; write [[exercise.{name}]]")
            for count, item in enumerate(value, 1):
                if part is Pair:
                    self.pair({name: item}, name, where=name)
                else:
                    self.table(item, part, f"{name} {count}")
            if part is not Pair and "id" in _schema(part):
                self.ids(value, name)
        else:
            try:
                msgspec.convert(value, shape, strict=True)
            except (msgspec.ValidationError, RecursionError):
                what = field.metadata.get("write") or _EXAMPLES.get(shape, str(shape))
                self.fault(owner, f"{where + ': ' if where else ''}write {what}")

    def ids(self, parts: list[dict[str, Any]], name: str) -> None:
        listed = [part.get("id") for part in parts]
        for count, part in enumerate(listed, 1):
            if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", str(part)):
                self.fault(
                    name, f"{name} {count} needs an id of small Latin letters, digits and hyphens"
                )
        for twice in sorted({str(part) for part in listed if part and listed.count(part) > 1}):
            self.fault(name, f"the id {twice!r} stands twice")
        for lang in self.langs:
            words = [_shown(part, lang) for part in parts]
            for twice in sorted({word for word in words if word and words.count(word) > 1}):
                self.fault(
                    name,
                    f"{lang}: two of them have the same words, {twice!r}; "
                    "nobody could tell them apart",
                )

    def pair(
        self, table: Mapping[str, Any], field: str, needed: bool = True, where: str | None = None
    ) -> None:
        value, where = table.get(field), where or field
        if value is None:
            if needed:
                self.fault(
                    where,
                    "missing; write " + " and ".join(f"{field}.{lang}" for lang in self.langs),
                )
            return
        if not isinstance(value, dict):
            both = " and ".join(f"{field}.{lang}" for lang in self.langs)
            self.fault(where, f"needs its language; write {both}")
            return
        for lang in self.langs:
            words = value.get(lang)
            if not isinstance(words, str) or not words.strip():
                self.fault(where, f"{lang} is missing; write {field}.{lang}")
            elif strange := re.search("[ыэъё]" if lang == "uk" else "[іїєґ]", words.lower()):
                message = (
                    f"the letter {strange[0]!r} doesn't belong in {lang}; "
                    "is this the other language?"
                )
                self.fault(where, message)
        for other in sorted(set(value) - set(self.langs)):
            self.fault(
                where, f"unknown language {other!r}; this file has {' and '.join(self.langs)}"
            )

    def common(self, entry: Mapping[str, Any], kind: Kind) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9-]*", str(entry.get("id", ""))):
            self.fault("id", "write an id of small Latin letters, digits and hyphens")
        points = entry.get("points", 1)
        if isinstance(points, (int, float)) and not 0 < points <= 100:
            self.fault("points", "write points = a number above 0, at most 100")
        if isinstance(entry.get("attempts", 3), int) and not 0 <= entry.get("attempts", 3) <= 20:
            self.fault(
                "attempts", "attempts must be a whole number from 0 to 20; 0 means without limit"
            )
        if entry.get("level") not in (None, *LEVELS):
            self.fault("level", f"write one of {', '.join(LEVELS)}")
        if not kind.by_person:
            for field in ("right", "wrong"):
                if entry.get(field) is None:
                    self.pair(entry, field)
        self.aims(entry)

    def aims(self, entry: Mapping[str, Any]) -> None:
        """Check what an exercise trains, and where to reread."""
        known = {*concepts(), *self.topics}
        covers = entry.get("covers", [])
        if not covers and not self.own:
            self.fault("covers", "name at least one concept id of lessons/concepts.toml")
        for concept in covers if isinstance(covers, list) else ():
            if concept not in known:
                near = difflib.get_close_matches(str(concept), known, 1)
                hint = f"; did you mean {near[0]!r}?" if near else ""
                topic = " and no [[topic]] of this file" if self.own else ""
                self.fault("covers", f"no concept {concept!r}{topic}{hint}")
        outcomes = entry.get("outcomes", [])
        for outcome in outcomes if isinstance(outcomes, list) else ():
            if outcome not in self.outcomes:
                self.fault("outcomes", f"the lesson has no outcome {outcome}")
        see = entry.get("see")
        if self.page and isinstance(see, dict):
            for lang in self.langs:
                title = str(see.get(lang, ""))
                if not re.search(rf"^#+ {re.escape(title)}\s*$", self.page, re.M):
                    self.fault(
                        "see",
                        f"lesson.md has no heading {title!r}; copy the heading's words exactly",
                    )

    def digits(self, entry: Mapping[str, Any]) -> bool:
        if 0 <= entry["digits"] <= 4:
            return True
        self.fault("digits", "say how many decimals are asked for, 0 to 4")
        return False

    def numeric(self, entry: dict[str, Any]) -> None:
        exercise, before = Exercise(self.lesson.get("slug", ""), entry), len(self.faults)
        if not self.digits(entry):
            return
        for name, spec in entry.get("parameters", {}).items():
            self.parameter(name, spec)
        if len(self.faults) > before:
            return
        try:
            combinations = list(islice(self.draws(exercise), SAMPLE))
        except ValueError as error:
            self.fault("parameters", f"{error}")
            return
        if exercise.drawn and len(combinations) < 2:
            self.fault("parameters", "the grid leaves fewer than two draws; widen it or drop it")
            return
        size = math.prod(len(grid(spec)) for spec in entry.get("parameters", {}).values())
        if 50 * len(combinations) < min(SAMPLE, size):
            message = "hardly any draw fits the conditions; choose parameters that fit more often"
            self.fault("where", message)
            return
        self.places(exercise, combinations[0])
        hits = [0] * len(entry.get("slip", ()))
        for values in combinations:
            try:
                marks = key(exercise, values)
            except ValueError as error:
                self.fault("answer", f"{error}")
                return
            if max(map(abs, (marks["value"], *marks["wrong"]))) > LARGEST:
                self.fault("answer", f"more than {LARGEST:.0e} for {values}; choose a larger unit")
                return
            shown = number(marks["value"], "uk", entry["digits"])
            if kinds.score("numeric", marks, shown).state != "right":
                message = f"the printed answer {shown} scores nothing for {values}; ask more digits"
                self.fault("digits", message)
                return
            for slip, wrong in enumerate(marks["wrong"]):
                hits[slip] += (
                    kinds.score("numeric", marks, number(wrong, "uk", 10)).state == "right"
                )
        for slip, count in enumerate(hits, 1):
            if count > len(combinations) / 5:
                message = (
                    f"slip {slip} is also right in {count} of {len(combinations)} draws; "
                    "narrow the grid"
                )
                self.fault("slip", message)

    def parameter(self, name: str, spec: Mapping[str, Any]) -> None:
        """Check the values of a parameter; a grid is counted before it is written out."""
        if not re.fullmatch(r"[a-z_]\w*", name, re.ASCII) or name == "answer":
            message = f"{name!r} cannot be the name of a parameter; use small Latin letters"
            self.fault("parameters", message)
            return
        shape: type[Listed] | type[Steps] = Listed if "values" in spec else Steps
        try:
            spelt: Listed | Steps | None = msgspec.convert(spec, shape)
        except msgspec.ValidationError:
            spelt = None
        if spelt is None or spec.get("show", "percent") != "percent":
            message = (
                f"{name}: write {{from = 1, to = 9, step = 2}} or {{values = [1, 3, 9]}}, "
                'if needed with show = "percent"'
            )
            self.fault("parameters", message)
        elif not spelt.sound():
            message = f"{name}: needs one value at least, or steps upward, fewer than 100 000"
            self.fault("parameters", message)

    def draws(self, exercise: Exercise) -> Iterator[dict[str, float]]:
        """Yield a small grid whole; of a large one its corners and a seeded sample."""
        spec = exercise.get("parameters", {})
        grids = [grid(entry) for entry in spec.values()]
        if math.prod(map(len, grids)) <= SAMPLE:
            combinations: Iterable[tuple[float, ...]] = product(*grids)
        else:
            corners = list(islice(product(*([g[0], g[-1]] for g in grids)), SAMPLE // 2))
            combinations = corners + [
                tuple(draw(exercise, f"check{n}", 1).values()) for n in range(SAMPLE - len(corners))
            ]
        for values in (dict(zip(spec, combination, strict=True)) for combination in combinations):
            if all(evaluate(condition, values) for condition in exercise.get("where", ())):
                yield values

    def places(self, exercise: Exercise, values: Values) -> None:
        known = set(values) | {"answer"}
        pairs = [(field, exercise.get(field)) for field in ("prompt", "right", "wrong", "solution")]
        pairs += [
            (name, part.get("why", part))
            for name in ("hint", "slip")
            for part in exercise.get(name, ())
        ]
        for field, pair in pairs:
            for lang in self.langs:
                for name in re.findall(r"\{(\w+)\}", (pair or {}).get(lang, "")):
                    if name not in known or (name == "answer" and field != "solution"):
                        self.fault(
                            field,
                            f"{lang}: {{{name}}} is no parameter; "
                            f"known: {', '.join(sorted(known))}",
                        )
        for name in values:
            if any(f"{{{name}}}" not in exercise["prompt"][lang] for lang in self.langs):
                self.fault(
                    "prompt",
                    f"the parameter {{{name}}} is not told to the learner in both languages",
                )

    def value(self, entry: dict[str, Any]) -> None:
        from course.truths import TRUTHS

        self.digits(entry)
        named = [
            ("truth", entry["truth"]),
            *(("slip", slip["truth"]) for slip in entry.get("slip", ())),
        ]
        for field, name in named:
            if name not in TRUTHS:
                self.fault(
                    field, f"course/truths has no {name!r}; known: {', '.join(sorted(TRUTHS))}"
                )

    def canvas(self, entry: dict[str, Any]) -> None:
        from course.models import REMARKS

        if entry.get("remarks", "value_plan") not in REMARKS:
            known = ", ".join(REMARKS)
            self.fault(
                "remarks", f"course.models has no remarks {entry['remarks']!r}; known: {known}"
            )

    def shown(self, ids: set[str]) -> None:
        if self.page is None:
            return
        calls = re.findall(r"lesson\.(?:exercise|check)\(\s*[\"']([^\"']+)", self.page)
        guesses = re.findall(r"lesson\.guess\(\s*[\"']([^\"']+)", self.page)
        for name in sorted(ids - set(calls)):
            self.entry, self.start = (
                name,
                next((n for n, line in enumerate(self.lines) if f'"{name}"' in line), 0),
            )
            self.fault("id", f'no cell of lesson.md shows it; write lesson.exercise("{name}")')
        self.start = 0
        for name in sorted({*calls, *guesses} - ids):
            self.entry = name
            self.fault("", "lesson.md shows an exercise that is not here")
