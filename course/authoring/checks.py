"""`course check`: every fault of the sources with file, line, exercise, field, and what to do."""

import difflib
import math
import re
import tomllib
import types
import typing
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from itertools import islice, product
from pathlib import Path
from typing import Any, Literal

import msgspec

from course import kinds, paths, pictures
from course.authoring import about, lengths, typography
from course.authoring.editions import FOREIGN, parity, unbuildable
from course.exercises import (
    Exercise,
    Fault,
    Values,
    chapters,
    concepts,
    draw,
    evaluate,
    grid,
    key,
    read,
    share,
)
from course.kinds import Kind
from course.kinds._entry import Pair
from course.kinds.numeric import LARGEST, WITHIN
from course.teaching import TeachingError, seminars, syllabus
from course.texts import LANGS, number
from course.toml_hints import lines, not_toml

SAMPLE = 400
FEW = 8  # draws of which a programme is solved
LEVELS = ("recall", "apply", "judge")
_EXERCISE = re.compile(r"\s*\[\[\s*exercise\s*\]\]")  # a remark may follow
_HEAD = {"number": int, "slug": str, "minutes": int}
_EXAMPLES = {
    int: "a whole number",
    str: "a text in quotes",
    float: "a number",
    bool: "true or false",
}


def check_all() -> list[Fault]:
    """Check every lesson and return all faults, in file order."""
    faults, lessons = [], paths.shared("lessons")
    for path in sorted(lessons.glob("[0-9]*/exercises.toml")):
        faults += check(path) + parity(path.with_name("lesson.md"))
        faults += check_figures(path.with_name("figures.toml"))
    faults += check_classes(lessons)
    faults += typography.faults(lessons.parent)
    for page in sorted(lessons.glob("[0-9]*/lesson.md")) if not faults else ():
        faults += unbuildable(page)
    return faults or list(lengths.faults(chapters().values()))


def warnings(path: str | Path | None = None) -> Iterator[str]:
    """Yield what is no fault but worth a look: in every lesson, or in the one with this file."""
    lessons = paths.shared("lessons").resolve()
    if path is None:
        yield from lengths.warnings(chapters().values())
    elif Path(path).resolve().parent.parent == lessons:
        yield from lengths.warnings([read(path)])


def check_figures(path: Path) -> list[Fault]:
    """Find every fault in one ``figures.toml``; there need not be one.

    Returns
    -------
    list of Fault
    """
    page = path.with_name("lesson.md")
    rows = lines(path.read_text("utf-8")) if path.is_file() else []
    name = f"{path.parent.name}/{path.name}"
    faults = []
    for figure, message in pictures.faults(path, page.read_text("utf-8") if page.is_file() else ""):
        hits = (count for count, line in enumerate(rows, 1) if f'"{figure}"' in line)
        faults.append(Fault(name, next(hits, 1), figure, "", message))
    return faults


def check_classes(lessons: Path) -> list[Fault]:
    """Find every fault in the syllabus and in the plans of classes.

    Returns
    -------
    list of Fault
    """
    try:
        syllabus.read(lessons / "syllabus.toml")
    except TeachingError as error:
        return [Fault("syllabus.toml", 1, "", "", str(error))]
    return [
        Fault(f"{path.parent.name}/{path.name}", 1, "", "", message)
        for path in sorted(lessons.glob("[0-9]*/seminar.toml"))
        for message in seminars.faults(path)
    ]


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
    show: Literal["percent"] = "percent"

    def sound(self) -> bool:
        """Tell whether there are values, and not too many."""
        return 0 <= self.last - self.first < 100_000 * self.step


class Listed(msgspec.Struct, forbid_unknown_fields=True):
    """A parameter that takes one of a few numbers."""

    values: list[float]
    show: Literal["percent"] = "percent"
    words: list[dict[str, str]] | None = None  # printed in place of the numbers

    def sound(self) -> bool:
        """Tell whether there are values, and words for each if for any."""
        return bool(self.values) and len(self.words or self.values) == len(self.values)


@cache
def _schema(entry: type) -> dict[str, "tuple[Field[Any], Any]"]:
    """Return the fields of a dataclass with their types, by name."""
    hints = typing.get_type_hints(entry)
    return {field.name: (field, hints[field.name]) for field in fields(entry)}


def _part(shape: Any) -> Any:
    """Return what a list of tables holds: a dataclass or `Pair`; None for any other type."""
    inner = typing.get_args(shape)[0] if typing.get_origin(shape) is list else None
    return inner if inner is not None and (is_dataclass(inner) or inner == Pair) else None


def _bare(shape: Any) -> Any:
    """Return the type of what may be missing; the shape itself for the rest."""
    kept = [inner for inner in typing.get_args(shape) if inner is not types.NoneType]
    return kept[0] if isinstance(shape, types.UnionType) and len(kept) == 1 else shape


def _near(name: object, known: Iterable[str]) -> str:
    """Return the question whether something near to a name is meant; empty without such."""
    near = difflib.get_close_matches(str(name), known, 1)
    return f"did you mean {near[0]!r}?" if near else ""


def _shown(part: Mapping[str, Any], lang: str) -> str:
    words = part.get("text")
    return " ".join(str(words.get(lang, "")).split()) if isinstance(words, dict) else ""


class _Checker:
    def __init__(self, path: Path) -> None:
        self.path, self.entry, self.start = path, "", 0
        self.faults: list[Fault] = []
        self.lines: list[str] = []
        self.langs: tuple[str, ...] = LANGS
        self.groups: dict[str, dict[str, Any]] = {}  # the [[shared]] of the file, by id
        self.name = "/".join(filter(None, (path.parent.name, path.name)))

    def fault(self, field: str, message: str) -> None:
        self.faults.append(Fault(self.name, self.line(field), self.entry, field, message))

    def line(self, field: str) -> int:
        """Return the line of the field in the entry at hand; tomllib keeps no positions."""
        parts = field.split(".")
        for row in range(self.start, len(self.lines)):
            if row > self.start and _EXERCISE.match(self.lines[row]):
                break
            if re.match(rf"\s*(\[+(exercise|about)\.)?{re.escape(parts[0])}\b", self.lines[row]):
                return row + 1
        return self.start + 1

    def run(self) -> list[Fault]:
        try:
            source = self.path.read_text("utf-8-sig")
            raw = tomllib.loads(source)
        except UnicodeDecodeError as error:
            message = f"not UTF-8 (byte {error.start}); save the file as UTF-8"
            return [Fault(self.name, 1, "", "", message)]
        except (ValueError, RecursionError) as error:
            named = re.search(r"line (\d+)", str(error))
            known = lines(source)
            row = min(int(named[1]) if named else len(known), len(known))
            return [Fault(self.name, row, "", "", not_toml(error, known[row - 1]))]
        self.lines = lines(source)
        if not isinstance(raw.get("lesson", {}), dict):
            self.fault("lesson", "write [lesson]")
        for field in ("outcome", "exercise", "topic", "shared"):
            tables, with_id = raw.get(field, []), "" if field == "exercise" else " with an id"
            if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
                self.fault(field, f"write [[{field}]]{with_id}")
        if self.faults:
            return self.faults
        self.head(raw)
        self.share(raw)
        page = self.path.with_name("lesson.md")
        self.page = page.read_text("utf-8") if page.is_file() else None
        starts = [count for count, line in enumerate(self.lines) if _EXERCISE.match(line)]
        seen: set[str] = set()
        for count, entry in enumerate(raw.get("exercise", ())):
            self.start = starts[count] if count < len(starts) else 0
            self.entry = str(entry.get("id", f"number {count + 1}"))
            if self.entry in seen:
                self.fault("id", "the same id stands twice; rename one")
            seen.add(self.entry)
            self.exercise(entry)
        self.shown(seen)
        self.about(raw, seen)
        return sorted(self.faults, key=lambda fault: fault.line)

    def about(self, raw: Mapping[str, Any], ids: Iterable[str]) -> None:
        """Check whose questions they are."""
        if "about" not in raw:
            return
        named = (row for row, line in enumerate(self.lines) if re.match(r"\s*\[about\]", line))
        self.entry, self.start = "", next(named, 0)
        for field, message in about.faults(raw["about"], self.langs, [*ids]):
            self.fault(field, message)

    def share(self, raw: dict[str, Any]) -> None:
        """Check the parameters that exercises share, and give them to those exercises."""
        self.groups = {str(each.get("id")): each for each in raw.get("shared", ())}
        for name, group in self.groups.items():
            parameters, story = group.get("parameters"), group.get("story", [])
            if not isinstance(parameters, dict) or not parameters:
                self.fault("shared", f"{name}: needs [shared.parameters]")
                group["parameters"] = {}
                continue
            for parameter, spec in parameters.items():
                self.parameter(parameter, spec)
            first = next(iter(parameters.values()))
            values = first.get("values") if isinstance(first, dict) else None
            count = len(values) if isinstance(values, list) else 0
            if not isinstance(story, list):
                self.fault("shared", f"{name}: write story as a list, one for each value")
                story = []
            if len(story) not in (0, count):
                self.fault("shared", f"{name}: write a story for each value of its first parameter")
            for count, pair in enumerate(story, 1):
                self.pair({f"story {count}": pair}, f"story {count}", where="shared")
            if "factors" in group:
                self.pair(group, "factors", where="shared")
                self.told(group["factors"], parameters)
        if not self.faults:
            share(raw)

    def told(self, factors: Any, parameters: Mapping[str, Any]) -> None:
        """Check that the words about shared numbers name no others."""
        for lang in self.langs if isinstance(factors, dict) else ():
            for name in re.findall(r"\{(\w+)\}", str(factors.get(lang, ""))):
                if name not in parameters:
                    self.fault("shared", f"factors: {lang}: {{{name}}} is no parameter")

    def exercise(self, entry: dict[str, Any]) -> None:
        """Check an entry: its fields, then what they say together, then what they compute."""
        kind, before = kinds.kinds().get(str(entry.get("kind"))), len(self.faults)
        if kind is None:
            known = ", ".join(kinds.kinds())
            self.fault("kind", f"unknown kind {entry.get('kind')!r}; use one of {known}")
            return
        self.table(entry, kind.Entry)
        self.common(entry, kind)
        if entry.get("shared") not in (None, *self.groups):
            self.fault("shared", f"no [[shared]] has the id {entry['shared']!r}")
        elif entry.get("shared") and entry.get("where"):
            self.fault("where", "what exercises share is drawn without conditions")
        if len(self.faults) == before:
            for field, message in kind.faults(entry):
                self.fault(field, message)
        if len(self.faults) == before:
            getattr(self, kind.name, lambda entry: None)(entry)

    def head(self, raw: Mapping[str, Any]) -> None:
        self.lesson = raw.get("lesson", {})
        self.langs = self.languages()
        self.own = self.lesson.get("slug") == "own"
        self.outcomes = {str(outcome.get("id")) for outcome in raw.get("outcome", ())}
        self.topics = {str(topic.get("id")) for topic in raw.get("topic", ())}
        for field, shape in _HEAD.items():
            if field not in self.lesson:
                self.fault("lesson", f"[lesson] needs {field}")
            elif type(self.lesson[field]) is not shape:
                self.fault(field, f"write {_EXAMPLES[shape]}")
        if type(self.lesson.get("whole", False)) is not bool:
            self.fault("whole", f"write {_EXAMPLES[bool]}")
        self.pair(self.lesson, "title")
        for outcome in raw.get("outcome", ()):
            self.pair(outcome, "text")
        for topic in raw.get("topic", ()):
            self.pair(topic, "text", where="topic")
        listed = [entry.get("outcomes") for entry in raw.get("exercise", ())]
        if self.lesson.get("whole") and not all(listed):
            self.fault("whole", "every exercise is of a part; name it in outcomes")
        used = {str(outcome) for each in listed if isinstance(each, list) for outcome in each}
        for outcome in sorted(self.outcomes - used):
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
        for name in [name for name in table if name not in schema]:
            hint = _near(name, schema) or f"known: {', '.join(sorted(schema))}"
            if where:
                self.fault(where.split()[0], f"{where} has an unknown field {name!r}; {hint}")
            else:
                self.fault(name, f"unknown field; {hint}")
        for field, shape in schema.values():
            self.field(table, field, shape, where)

    def field(
        self, table: Mapping[str, Any], field: "Field[Any]", shape: Any, where: str = ""
    ) -> None:
        name, bare = field.name, _bare(shape)
        needed = field.default is MISSING and field.default_factory is MISSING
        value, owner = table.get(name), where.partition(" ")[0] or name
        what = field.metadata.get("write") or _EXAMPLES.get(bare, f"[[exercise.{name}]]")
        if bare == Pair:
            self.pair(table, name, needed, owner)
        elif value is None:
            if needed:
                self.fault(owner, f"{where + ' ' if where else ''}needs {name}: write {what}")
        elif is_dataclass(bare):
            if isinstance(value, dict):
                self.table(value, bare, name)
            else:
                self.fault(owner, f"write [exercise.{name}]")
        elif part := _part(shape):
            if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
                self.fault(owner, f"write [[exercise.{name}]]")
            else:
                self.parts(value, name, part, field.metadata.get("least", 0))
        else:
            try:
                msgspec.convert(value, shape, strict=True)
            except (msgspec.ValidationError, RecursionError):
                self.fault(owner, f"{where + ': ' if where else ''}write {what}")

    def parts(self, listed: list[dict[str, Any]], name: str, part: Any, least: int) -> None:
        """Check a list of tables, or of texts in both languages."""
        if len(listed) < least:
            self.fault(name, f"needs at least {least}; write [[exercise.{name}]]")
        for count, item in enumerate(listed, 1):
            if part == Pair:
                self.pair({name: item}, name, where=name)
            else:
                self.table(item, part, f"{name} {count}")
        if part != Pair and "id" in _schema(part):
            self.ids(listed, name)

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
                message = (
                    f"two of them have the same words, {twice!r}; nobody could tell them apart"
                )
                self.fault(name, f"{lang}: {message}")

    def pair(
        self, table: Mapping[str, Any], field: str, needed: bool = True, where: str | None = None
    ) -> None:
        value, where = table.get(field), where or field
        both = " and ".join(f"{field}.{lang}" for lang in self.langs)
        if value is None:
            if needed:
                self.fault(where, f"missing; write {both}")
            return
        if not isinstance(value, dict):
            self.fault(where, f"needs its language; write {both}")
            return
        for lang in self.langs:
            words = value.get(lang)
            if not isinstance(words, str) or not words.strip():
                self.fault(where, f"{lang} is missing; write {field}.{lang}")
            elif strange := re.search(f"[{FOREIGN[lang]}]", words.lower()):
                message = f"the letter {strange[0]!r} doesn't belong in {lang}"
                self.fault(where, f"{message}; is this the other language?")
        known = " and ".join(self.langs)
        for other in sorted(set(value) - set(self.langs)):
            self.fault(where, f"unknown language {other!r}; this file has {known}")

    def common(self, entry: Mapping[str, Any], kind: Kind) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9-]*", str(entry.get("id", ""))):
            self.fault("id", "write an id of small Latin letters, digits and hyphens")
        points = entry.get("points", 1)
        if isinstance(points, (int, float)) and not 0 < points <= 100:
            self.fault("points", "write points = a number above 0, at most 100")
        attempts = entry.get("attempts", 3)
        if isinstance(attempts, int) and not 0 <= attempts <= 20:
            message = "attempts must be a whole number from 0 to 20; 0 means without limit"
            self.fault("attempts", message)
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
        for concept in map(str, covers if isinstance(covers, list) else ()):
            if concept not in known:
                hint = _near(concept, known)
                topic = " and no [[topic]] of this file" if self.own else ""
                self.fault("covers", f"no concept {concept!r}{topic}{hint and '; ' + hint}")
        outcomes = entry.get("outcomes", [])
        for outcome in map(str, outcomes if isinstance(outcomes, list) else ()):
            if outcome not in self.outcomes:
                self.fault("outcomes", f"the lesson has no outcome {outcome}")
        see = entry.get("see")
        if self.page and isinstance(see, dict):
            for lang in self.langs:
                title = str(see.get(lang, ""))
                if not re.search(rf"^#+ {re.escape(title)}\s*$", self.page, re.M):
                    message = (
                        f"lesson.md has no heading {title!r}; copy the heading's words exactly"
                    )
                    self.fault("see", message)

    def digits(self, entry: Mapping[str, Any]) -> None:
        if not 0 <= entry.get("digits", 0) <= 4:
            self.fault("digits", "say how many decimals are asked for, 0 to 4")

    def numeric(self, entry: dict[str, Any]) -> None:
        before = len(self.faults)
        self.digits(entry)
        if not 0 <= entry.get("within", 0) <= LARGEST:
            self.fault("within", f"write within = {WITHIN['write']}")
        exercise, sample = self.sample(entry)
        if len(self.faults) > before:
            return
        size = math.prod(len(grid(spec)) for spec in entry.get("parameters", {}).values())
        if 50 * len(sample) < min(SAMPLE, size):
            message = "hardly any draw fits the conditions; choose parameters that fit more often"
            self.fault("where", message)
        else:
            self.places(exercise, sample[0])
            self.keys(exercise, sample)

    def sample(self, entry: dict[str, Any]) -> tuple[Exercise, list[dict[str, float]]]:
        """Check the parameters and return some draws of them; after a fault none."""
        exercise, before = Exercise(self.lesson.get("slug", ""), entry), len(self.faults)
        for name, spec in entry.get("parameters", {}).items():
            self.parameter(name, spec)
        if len(self.faults) > before:
            return exercise, []
        try:
            sample = list(islice(self.draws(exercise), SAMPLE))
        except ValueError as error:
            self.fault("parameters", str(error))
            return exercise, []
        if exercise.drawn and len(sample) < 2:
            self.fault("parameters", "the grid leaves fewer than two draws; widen it or drop it")
        return exercise, sample

    def keys(self, exercise: Exercise, sample: list[dict[str, float]]) -> None:
        """Check the key of every draw: it is a number, right as printed, and no slip's."""
        hits: Counter[int] = Counter()
        for values in sample:
            try:
                marks = key(exercise, values)
            except ValueError as error:
                self.fault("answer", str(error))
                return
            if max(map(abs, (marks["value"], *marks["wrong"]))) > LARGEST:
                self.fault("answer", f"more than {LARGEST:.0e} for {values}; choose a larger unit")
                return
            shown = number(marks["value"], "uk", exercise["digits"])
            if exercise.kind.score(marks, shown).state != "right":
                more = "a wider within, or more digits" if "within" in marks else "more digits"
                message = f"the printed answer {shown} scores nothing for {values}; ask {more}"
                self.fault("digits", message)
                return
            for slip, wrong in enumerate(marks["wrong"], 1):
                state = exercise.kind.score(marks, number(wrong, "uk", 10)).state
                hits[slip] += state == "right"
        for slip, count in hits.items():
            if count > len(sample) / 5:
                message = f"slip {slip} is also right in {count} of {len(sample)} draws"
                self.fault("slip", f"{message}; narrow the grid")

    def parameter(self, name: str, spec: Mapping[str, Any]) -> None:
        """Check the values of a parameter; a grid is counted before it is written out."""
        if not re.fullmatch(r"[a-z_]\w*", name, re.ASCII) or name == "answer":
            message = f"{name!r} cannot be the name of a parameter; use small Latin letters"
            self.fault("parameters", message)
            return
        listed = isinstance(spec, Mapping) and "values" in spec
        shape: type[Listed | Steps] = Listed if listed else Steps
        try:
            sound = msgspec.convert(spec, shape).sound()
        except msgspec.ValidationError:
            message = (
                f"{name}: write {{from = 1, to = 9, step = 2}} or {{values = [1, 3, 9]}}, "
                'if needed with show = "percent"'
            )
            self.fault("parameters", message)
            return
        if not sound:
            message = f"{name}: needs one value at least, or steps upward, fewer than 100 000"
            self.fault("parameters", message)

    def draws(self, exercise: Exercise) -> Iterator[dict[str, float]]:
        """Yield a small grid whole; of a large one its corners and a seeded sample."""
        spec = exercise.get("parameters", {})
        grids = [grid(entry) for entry in spec.values()]
        combinations: Iterable[tuple[float, ...]] = product(*grids)
        if math.prod(map(len, grids)) > SAMPLE:
            corners = list(islice(product(*([g[0], g[-1]] for g in grids)), SAMPLE // 2))
            seeds = (f"check{n}" for n in range(SAMPLE - len(corners)))
            combinations = [*corners, *(tuple(draw(exercise, s, 1).values()) for s in seeds)]
        for combination in combinations:
            values = dict(zip(spec, combination, strict=True))
            if all(evaluate(condition, values) for condition in exercise.get("where", ())):
                yield values

    def places(self, exercise: Exercise, values: Values) -> None:
        known = set(values) | {"answer"}
        pairs = [(field, exercise.get(field)) for field in ("prompt", "right", "wrong", "solution")]
        pairs += [("hint", hint) for hint in exercise.get("hint", ())]
        pairs += [("slip", slip["why"]) for slip in exercise.get("slip", ())]
        for (field, pair), lang in product(pairs, self.langs):
            for name in re.findall(r"\{(\w+)\}", (pair or {}).get(lang, "")):
                if name not in known or (name == "answer" and field != "solution"):
                    message = f"{{{name}}} is no parameter; known: {', '.join(sorted(known))}"
                    self.fault(field, f"{lang}: {message}")
        shared = self.groups.get(str(exercise.get("shared")), {}).get("parameters", {})
        for name in values.keys() - shared.keys():  # what is shared is told once on the page
            if any(f"{{{name}}}" not in exercise["prompt"][lang] for lang in self.langs):
                message = f"the parameter {{{name}}} is not told to the learner in both languages"
                self.fault("prompt", message)

    def portfolio(self, entry: dict[str, Any]) -> None:
        exercise, sample = self.sample(entry)
        for values in sample[:: max(1, len(sample) // FEW)]:
            marks = key(exercise, values)
            if not marks["value"] > marks["basic"]:
                self.fault("hours", f"no plan is better than basic for everybody with {values}")
                return

    def value(self, entry: dict[str, Any]) -> None:
        from course import datasets
        from course.truths import TRUTHS

        self.digits(entry)
        self.whole(entry)
        described = datasets.names()
        slips = [("slip", slip["truth"]) for slip in entry.get("slip", ())]
        for field, name in [("truth", entry["truth"]), *slips]:
            if name not in TRUTHS:
                known = ", ".join(sorted(TRUTHS))
                self.fault(field, f"course/truths has no {name!r}; known: {known}")
                continue
            for table in sorted({*TRUTHS[name].datasets} - {*described}):
                known = ", ".join(described)
                message = f"{name} reads {table!r}, which datasets/datapackage.json does not name"
                self.fault(field, f"{message}; known: {known}")

    def whole(self, entry: dict[str, Any]) -> None:
        """Check the parameters of what is not numeric, and that a text names no others."""
        exercise, sample = self.sample(entry)
        if exercise.drawn and sample:
            self.places(exercise, sample[0])

    def lists(self, entry: dict[str, Any]) -> None:
        self.value(entry)

    def text(self, entry: dict[str, Any]) -> None:
        self.whole(entry)

    def canvas(self, entry: dict[str, Any]) -> None:
        from course.models import REMARKS

        self.whole(entry)
        name = entry.get("remarks")
        if name not in (None, *REMARKS):
            known = ", ".join(REMARKS)
            self.fault("remarks", f"course.models has no remarks {name!r}; known: {known}")

    def shown(self, ids: set[str]) -> None:
        """Check that the page shows every exercise, and no other."""
        if self.page is None:
            return
        calls = set(re.findall(r"lesson\.(?:exercise|check)\(\s*[\"']([^\"']+)", self.page))
        guesses = set(re.findall(r"lesson\.guess\(\s*[\"']([^\"']+)", self.page))
        for name in sorted(ids - calls):
            rows = (row for row, line in enumerate(self.lines) if f'"{name}"' in line)
            self.entry, self.start = name, next(rows, 0)
            self.fault("id", f'no cell of lesson.md shows it; write lesson.exercise("{name}")')
        self.start = 0
        for name in sorted((calls | guesses) - ids):
            self.entry = name
            self.fault("", "lesson.md shows an exercise that is not here")
