"""The specification of an assignment, as a lecturer writes it: read, checked, every fault told with its line."""

import dataclasses
import difflib
import re
import tomllib
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from course.exercises import Exercise, Fault, both, chapter, chapters, read
from course.grading.keyfile import ID
from course.ids import folded
from course.texts import LANGS

# Names that Windows keeps for devices: no file and no folder can have them.
_DEVICE = re.compile("con|prn|aux|nul|(com|lpt)[0-9]")
_FOREIGN = {"uk": "[ыэъё]", "ru": "[іїєґ]"}  # letters that the other language has
Pair = dict[str, str]
Name = Annotated[str, msgspec.Meta(pattern=ID)]
_HUNDRED, _LEVEL, _MARK = (
    msgspec.Meta(ge=0, le=100),
    msgspec.Meta(ge=0, le=1000),
    msgspec.Meta(gt=0, le=1000),
)
Share = Annotated[int, _HUNDRED] | Annotated[float, _HUNDRED]
Level = Annotated[int, _LEVEL] | Annotated[float, _LEVEL]
Mark = Annotated[int, _MARK] | Annotated[float, _MARK]
Table = TypeVar("Table")
_TIME = "day and time without quotes: 2026-12-08T23:59:00"
_NAME = "an id of small Latin letters, digits and hyphens"


def _write(what: str, **default: Any) -> Any:
    """A field, and what to write when it does not hold what it must."""
    return field(metadata={"write": what}, **default)


@dataclass(kw_only=True)
class LateRule:
    """``[late]``: what a started day costs, and until when answers are taken."""

    percent_per_day: Share = _write("a number from 0 to 100", default=0)
    until: datetime | None = _write(_TIME, default=None)


@dataclass(kw_only=True)
class CriterionText:
    """``[[rubric.criterion.level]]``: the words of one level."""

    text: Pair = _write("text.uk and text.ru")


@dataclass(kw_only=True)
class Criterion:
    """``[[rubric.criterion]]``: the points of its levels and their words."""

    id: Name = _write(f"{_NAME}, each another")
    title: Pair = _write("title.uk and title.ru")
    levels: Annotated[list[Level], msgspec.Meta(min_length=2)] = _write(
        "the points of each level, rising: [0, 1, 2]"
    )
    level: list[CriterionText] = _write(
        "[[rubric.criterion.level]] for each level", default_factory=list
    )


@dataclass(kw_only=True)
class Rubric:
    """``[[rubric]]``: how people mark one exercise."""

    exercise: str = _write("an exercise of the list that people read")
    criterion: Annotated[list[Criterion], msgspec.Meta(min_length=1)] = _write(
        "[[rubric.criterion]] at least once"
    )


@dataclass(kw_only=True)
class Drop:
    """``[[drop]]``: an exercise that counts for nobody after all."""

    exercise: str = _write("an exercise of the list")


@dataclass(kw_only=True)
class Accept:
    """``[[accept]]``: answers that are right after all, or points for everybody."""

    exercise: str = _write("an exercise of the list")
    answers: list[Any] = _write(
        'a list of answers with the ids of the bank: answers = ["second"]', default_factory=list
    )
    everybody: bool = _write("true or false", default=False)


@dataclass(kw_only=True)
class Extension:
    """``[[extension]]``: another closing time for one student."""

    id: str = _write("the student's id in quotes, as on the roster")
    closes: datetime = _write(_TIME)


@dataclass(kw_only=True)
class Spec:
    """The fields of a specification."""

    id: Name = _write(f'{_NAME}, for example "rm-quiz-1"')
    title: Pair = _write("title.uk and title.ru")
    exercises: list[str] = _write(
        'a list of at least one, for example exercises = ["levels/levels-order"]'
    )
    bank: str | None = _write("the name of a file", default=None)
    opens: datetime | None = _write(_TIME, default=None)
    closes: datetime | None = _write(_TIME, default=None)
    zone: str = _write('a zone, for example "Europe/Kyiv"', default="Europe/Kyiv")
    attempts: Annotated[int, msgspec.Meta(ge=0, le=1000)] = _write(
        "a whole number, at most 1000; 0 means without limit", default=0
    )
    counts: Literal["last", "best"] = _write("one of last, best", default="last")
    variants: Literal["student", "one"] = _write("one of student, one", default="student")
    show: Literal["saved", "nothing", "right-wrong"] = _write(
        "one of saved, nothing, right-wrong", default="saved"
    )
    keys_in_feedback: bool = _write("true or false", default=False)
    hints: bool = _write("true or false", default=False)
    late: LateRule | None = _write("a table [late]", default=None)
    points: dict[str, Mark] = _write(
        "points as numbers above 0, at most 1000", default_factory=dict
    )
    rubric: list[Rubric] = _write("[[rubric]]", default_factory=list)
    drop: list[Drop] = _write("[[drop]]", default_factory=list)
    accept: list[Accept] = _write("[[accept]]", default_factory=list)
    extension: list[Extension] = _write("[[extension]]", default_factory=list)

    languages: tuple[str, ...] = field(default=LANGS, init=False)

    def criteria(self, ref: str) -> list[dict[str, Any]]:
        """Return the criteria of an exercise as the key keeps them."""
        return [
            msgspec.to_builtins(criterion)
            for rubric in self.rubric
            if rubric.exercise == ref
            for criterion in rubric.criterion
        ]

    def points_of(self, ref: str, exercise: Exercise) -> Any:
        """Return the full mark of an exercise: the specification's, the rubric's highest levels', or its own."""
        best = sum(criterion["levels"][-1] for criterion in self.criteria(ref))
        return self.points.get(
            ref, best or exercise.get("points", 1)
        )  # as written: a seal is taken of it


class _Source:
    """Reads one specification and keeps its faults."""

    def __init__(self, path: Path, faults: list[Fault]) -> None:
        self.path, self.faults = path, faults
        self.langs: tuple[str, ...] = LANGS
        self.raw: dict[str, Any] = {}
        self.lines: list[str] = []
        try:
            words = path.read_bytes().decode("utf-8-sig")
            self.lines = words.splitlines()
            self.raw = tomllib.loads(words)
        except UnicodeDecodeError as error:
            self.fault("", f"not UTF-8 (byte {error.start}); save the file as UTF-8")
        except OSError as error:
            self.fault("", f"cannot be read: {error.strerror}")
        except (ValueError, RecursionError) as error:
            line = re.search(r"line (\d+)", str(error))
            hint = (
                "; a quotation mark inside a text? Use «»"
                if "after a statement" in str(error)
                else ""
            )
            number = int(line[1]) if line else max(1, len(self.lines))
            faults.append(Fault(path.name, number, "", "", f"not TOML: {error}{hint}"))

    def fault(self, name: str, message: str, *after: str) -> None:
        """Note a fault at the first line with the field that comes after lines with each of `after`."""
        place = 0
        for word in (*after, name.split(".")[-1]):
            pattern = re.compile(rf"(?<![\w-]){re.escape(str(word))}(?![\w-])")
            place = next(
                (n for n in range(place, len(self.lines)) if pattern.search(self.lines[n])), place
            )
        self.faults.append(Fault(self.path.name, place + 1, "", name, message))

    def table(self, shape: type[Table], raw: Any, *after: str) -> Table | None:
        """Compare a table with the dataclass that describes it; None when a field it needs is missing or wrong."""
        hints, values, sound = typing.get_type_hints(shape, include_extras=True), {}, True
        known = {each.name: each for each in dataclasses.fields(shape) if each.init}  # type: ignore[arg-type]
        where = (
            f" in [{after[-1]}]"
            if after and after[-1] in ("late", "drop", "accept", "extension")
            else ""
        )
        for name in set(raw) - known.keys():
            near = difflib.get_close_matches(name, known, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"
            self.fault(name, f"unknown field{where}; {hint}", *after)
        for name, each in known.items():
            needed = (
                each.default is dataclasses.MISSING and each.default_factory is dataclasses.MISSING
            )
            if name not in raw:
                if needed:
                    self.fault(name, f"missing{where}; write {each.metadata['write']}", *after)
                    sound = False
                continue
            value = self.value(name, raw[name], hints[name], each.metadata["write"], after)
            if value is None:
                sound = sound and not needed
            else:
                values[name] = value
        return shape(**values) if sound else None

    def value(self, name: str, raw: Any, shape: Any, write: str, after: tuple[str, ...]) -> Any:
        """Return one value as its type, or None after telling what to write."""
        inner = _inner(shape)
        if inner is not None and isinstance(raw, dict if inner[1] else list):
            tables = [raw] if inner[1] else raw
            if all(isinstance(each, dict) for each in tables):
                made = [
                    self.table(inner[0], each, *after, *([name] * (1 if inner[1] else place)))
                    for place, each in enumerate(tables, 1)
                ]
                made = [each for each in made if each is not None]
                return (made[0] if made else None) if inner[1] else made
        if shape == Pair:
            return self.pair(name, raw, *after)
        try:
            return msgspec.convert(raw, shape, strict=True)
        except (msgspec.ValidationError, RecursionError):
            example = f"{raw}T23:59:00" if type(raw) is date else ""
            said = f"write day and time without quotes: {example}" if example else f"write {write}"
            self.fault(
                self.part(raw, shape) or name,
                said,
                *after,
                *([name] if self.part(raw, shape) else []),
            )
            return None

    @staticmethod
    def part(raw: Any, shape: Any) -> str:
        """The key of a table whose value is wrong, so that its line can be told."""
        inner = typing.get_args(shape)
        if typing.get_origin(shape) is not dict or not isinstance(raw, dict):
            return ""
        for name, value in raw.items():
            try:
                msgspec.convert(value, inner[1], strict=True)
            except msgspec.ValidationError:
                return str(name)
        return ""

    def pair(self, name: str, raw: Any, *after: str) -> Pair | None:
        """Return a text in the languages of the assignment, or None after telling what is missing."""
        before = len(self.faults)
        for lang in self.langs:
            words = raw.get(lang) if isinstance(raw, dict) else None
            if not isinstance(words, str) or not words.strip():
                self.fault(name, f"{lang} is missing; write {name}.{lang}", *after)
            elif strange := re.search(_FOREIGN[lang], words.lower()):
                said = f"the letter {strange[0]!r} doesn't belong in {lang}; is this the other language?"
                self.fault(name, said, *after)
        if len(self.faults) > before:
            return None
        given = {lang: raw[lang] for lang in self.langs}
        return both(given, self.langs[0]) if len(self.langs) == 1 else given


def _inner(shape: Any) -> tuple[Any, bool] | None:
    """The dataclass that a field holds, and whether it is one table; None for any other type."""
    if typing.get_origin(shape) is Annotated:
        shape = typing.get_args(shape)[0]
    for part in (shape, *typing.get_args(shape)):
        if dataclasses.is_dataclass(part):
            return part, typing.get_origin(shape) is not list
    return None


def read_spec(path: str | Path, faults: list[Fault]) -> tuple[Spec | None, dict[str, Exercise]]:
    """Read and check a specification.

    Parameters
    ----------
    path : path-like
    faults : list of Fault
        Gets what is wrong.

    Returns
    -------
    tuple of Spec or None, dict
        The specification, times in UTC; and reference -> `Exercise`.
    """
    source, exercises = _Source(Path(path), faults), dict[str, Exercise]()
    if faults:
        return None, exercises
    if {"lesson", "exercise"} & source.raw.keys():
        source.fault(
            "",
            "this is a file of exercises; name the specification of the assignment, for example spec.toml",
        )
        return None, exercises
    _exercises(source, exercises)
    spec = source.table(Spec, source.raw)
    if spec is None:
        return None, exercises
    spec.languages = source.langs
    _named(source, spec)
    _dated(source, spec)
    if spec.counts == "best" and not spec.attempts:
        said = ('with "best" and no limit whoever tries every option gets full marks; '
                'write attempts = 1 or more, or counts = "last"')  # fmt: skip
        source.fault("counts", said)
    _listed(source, spec, exercises)
    for place, rubric in enumerate(spec.rubric, 1):
        _criteria(source, rubric, exercises, *["rubric"] * place, rubric.exercise)
    _agreed(source, spec)
    return spec, exercises


def _named(source: _Source, spec: Spec) -> None:
    if spec.id == "learner" or spec.id in chapters():
        source.fault(
            "id",
            f"the course keeps other answers of a learner under {spec.id!r}; choose another id",
        )
    elif _DEVICE.fullmatch(spec.id):
        source.fault("id", f"Windows lets no file be called {spec.id!r}; choose another id")


def _dated(source: _Source, spec: Spec) -> None:
    """Put all times into UTC."""
    from zoneinfo import available_timezones

    try:
        zone = ZoneInfo(spec.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        near = difflib.get_close_matches(spec.zone, available_timezones(), 1)
        source.fault(
            "zone",
            f"unknown zone; did you mean {near[0]!r}?"
            if near
            else 'unknown zone; write "Europe/Kyiv"',
        )
        return
    spec.opens, spec.closes = (
        _utc(source, name, getattr(spec, name), zone) for name in ("opens", "closes")
    )
    if spec.opens and spec.closes and spec.opens >= spec.closes:
        source.fault("closes", "the assignment closes before it opens")
    if spec.late and not spec.closes:
        source.fault("late", "there is no closing time to be late for; write closes = …")
    elif spec.late:
        spec.late.until = _utc(source, "until", spec.late.until, zone, "late")
        if spec.late.until and spec.closes and spec.late.until <= spec.closes:
            source.fault("until", "must come after closes", "late")
    for place, extension in enumerate(spec.extension, 1):
        where = ["extension"] * place
        extension.closes = (
            _utc(source, "closes", extension.closes, zone, *where) or extension.closes
        )
        if not spec.closes:
            source.fault(
                "closes", "the assignment never closes, so nobody needs an extension", *where
            )
        elif extension.closes.tzinfo and extension.closes <= spec.closes:
            source.fault("closes", "an extension ends after closes of the assignment", *where)


def _utc(
    source: _Source, name: str, time: datetime | None, zone: ZoneInfo, *after: str
) -> datetime | None:
    if time is None:
        return None
    if not 2000 <= time.year <= 2200:
        source.fault(
            name, f"the year {time.year}? Write day and time like 2026-12-08T23:59:00", *after
        )
        return None
    local, time = time, time if time.tzinfo else time.replace(tzinfo=zone)
    moment = time.astimezone(UTC)
    if local.tzinfo is None and moment.astimezone(zone).replace(tzinfo=None) != local:
        said = f"{local} does not exist in {zone.key}: the clocks change; take another hour"
        source.fault(name, said, *after)
        return None
    return moment


def _exercises(source: _Source, exercises: dict[str, Exercise]) -> None:
    """Fill in reference -> Exercise; the bank is checked whole, and its languages are those of the assignment."""
    named, refs = source.raw.get("bank"), source.raw.get("exercises")
    bank = source.path.parent / (named if isinstance(named, str) else "exercises.toml")
    own: Mapping[str, Exercise] = {}
    if bank.is_file():
        from course.authoring.checks import check

        if wrong := check(bank):
            source.faults += wrong
            return
        chapter_of_own = read(bank)
        own = chapter_of_own.exercises
        if isinstance(refs, list) and any(str(ref).startswith("own/") for ref in refs):
            source.langs = chapter_of_own.languages
    elif isinstance(named, str):
        source.fault("bank", f"there is no file {bank.name} beside the spec")
    if refs == []:
        source.fault(
            "exercises", 'name at least one, for example exercises = ["levels/levels-order"]'
        )
    for ref in refs if isinstance(refs, list) else ():
        lesson, _, name = str(ref).partition("/")
        home: Mapping[str, Exercise] = own
        if lesson != "own":
            found = chapter(lesson) if re.fullmatch("[a-z-]+", lesson) else None
            home = found.exercises if found else {}
        if name not in home:
            source.fault(
                "exercises", f"there is no exercise {str(ref)!r}; {_near(str(ref), own)}", str(ref)
            )
        elif ref in exercises:
            source.fault("exercises", f"{ref!r} stands twice; remove one")
        else:
            exercises[ref] = Exercise(lesson, home[name].raw)


def _near(ref: str, own: Mapping[str, Exercise]) -> str:
    everywhere = {"own": own} | {slug: each.exercises for slug, each in chapters().items()}
    known = [f"{slug}/{name}" for slug, names in everywhere.items() for name in names]
    near = difflib.get_close_matches(ref, known, 1)
    return (
        f"did you mean {near[0]!r}?"
        if near
        else "write lesson/exercise, or own/exercise for your own"
    )


def _listed(source: _Source, spec: Spec, exercises: Mapping[str, Exercise]) -> None:
    """Whatever names an exercise must name one of the list, once."""
    for ref in spec.points if exercises else ():
        if ref not in exercises:
            source.fault(ref, f"[points] names {ref!r}, which is not in exercises", "points")
    for name in ("drop", "accept"):
        seen = set[str]()
        for place, each in enumerate(getattr(spec, name), 1):
            if exercises and each.exercise not in exercises:
                said = f"[[{name}]] names {each.exercise!r}, which is not in exercises"
                source.fault("exercise", said, *[name] * place)
            elif each.exercise in seen:
                source.fault(
                    "exercise",
                    f"a second [[{name}]] for {each.exercise!r}; remove one",
                    *[name] * place,
                )
            seen.add(each.exercise)
    for place, accept in enumerate(spec.accept, 1):
        if not accept.answers and not accept.everybody and accept.exercise in exercises:
            said = 'write which answers are right too: answers = ["…"], or everybody = true'
            source.fault("accept", said, *["accept"] * (place - 1))
        elif accept.exercise in exercises:
            _answers(source, accept, exercises[accept.exercise], *["accept"] * place)
    if exercises and {each.exercise for each in spec.drop} >= exercises.keys():
        source.fault("drop", "nothing is left to be graded; leave one exercise")


def _answers(source: _Source, accept: Accept, exercise: Exercise, *after: str) -> None:
    for answer in accept.answers:
        judged = exercise.kind.readable(exercise.raw, answer)
        if exercise.kind.by_person or judged.state != "person":
            said = f"{answer!r} is no answer to {accept.exercise} ({judged.reason or 'people read it'})"
            source.fault("answers", f"{said}; write it with the ids of the bank", *after)


def _criteria(
    source: _Source, rubric: Rubric, exercises: Mapping[str, Exercise], *where: str
) -> None:
    exercise = exercises.get(rubric.exercise)
    if exercise is None or not exercise.kind.by_person:
        said = f"rubric {where.count('rubric')} must name an exercise of kind text or canvas from the list"
        source.fault("exercise", said, *where[:-1])
        return
    if not rubric.criterion:
        source.fault("criterion", "needs at least one [[rubric.criterion]]", *where)
    seen = set[str]()
    for criterion in rubric.criterion:
        levels, name = criterion.levels, criterion.id
        if name in seen:
            source.fault("id", f"criterion {name!r} needs an id of its own", *where)
        seen.add(name)
        if levels != sorted(set(levels)):
            source.fault(
                "levels", "write the points of each level, rising: levels = [0, 1, 2]", *where, name
            )
        elif len(criterion.level) != len(levels):
            said = (
                f"{len(levels)} levels, but {len(criterion.level)} texts [[rubric.criterion.level]]"
            )
            source.fault("levels", said, *where, name)


def _agreed(source: _Source, spec: Spec) -> None:
    """Points of an exercise with a rubric are those of its highest levels, and it has one rubric."""
    marked = [rubric.exercise for rubric in spec.rubric]
    for ref in sorted(set(marked)):
        if marked.count(ref) > 1:
            source.fault("exercise", f"a second rubric for {ref!r}; remove one", "rubric", ref)
    for ref in spec.points.keys() & set(marked) if not source.faults else ():
        value, best = (
            spec.points[ref],
            sum(criterion["levels"][-1] for criterion in spec.criteria(ref)),
        )
        if abs(value - best) > 1e-9:
            said = (f"[points] says {value:g}, but the highest levels of its rubric add up to {best:g}; "
                    "leave the points out or make them equal")  # fmt: skip
            source.fault(ref, said, "points")


def known_students(
    path: Path, spec: Spec, ids: Mapping[str, str], faults: list[Fault]
) -> dict[str, datetime]:
    """Return the closing time of every student with an extension; ids as on the roster."""
    extensions, source = {}, _Source(path, [])
    for place, extension in enumerate(spec.extension, 1):
        student = ids.get(folded(extension.id))
        if student is None:
            said = f"[[extension]] names {extension.id!r}, who is not on the roster"
            source.fault("id", said, *["extension"] * place)
        elif student in extensions:
            source.fault(
                "id", f"a second [[extension]] for {student!r}; remove one", *["extension"] * place
            )
        else:
            extensions[student] = extension.closes
    faults += source.faults
    return extensions
