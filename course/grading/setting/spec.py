"""The specification of an assignment: read, checked, every fault told with its line."""

import dataclasses
import difflib
import re
import tomllib
import typing
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar, get_args, get_origin
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import msgspec

from course.exercises import Exercise, Fault, both, chapter, chapters, read
from course.grading import keyfile
from course.grading.keyfile import Id, Pair, Share
from course.ids import folded
from course.texts import LANGS

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

# Names that Windows keeps for devices: no file and no folder can have them.
_DEVICE = re.compile("con|prn|aux|nul|(com|lpt)[0-9]")
_FOREIGN = {"uk": "[ыэъё]", "ru": "[іїєґ]"}  # letters that the other language has
Level = Annotated[int, msgspec.Meta(ge=0, le=1000)] | Annotated[float, msgspec.Meta(ge=0, le=1000)]
Mark = Annotated[int, msgspec.Meta(gt=0, le=1000)] | Annotated[float, msgspec.Meta(gt=0, le=1000)]
Table = TypeVar("Table", bound="DataclassInstance")
_ROOM = 55  # letters of an id that is to be followed by "-peer"
_NAME = "an id of small Latin letters, digits and hyphens"
_TABLES = {"late", "drop", "accept", "extension", "peer"}  # a fault in one of these names it


def _write(what: str, **default: Any) -> Any:
    """Return a field, with what to write where its type does not say that."""
    return field(metadata={"write": what}, **default)


def _wanted(name: str, shape: Any) -> str:
    """Return what to write into a field, by its type."""
    if get_origin(shape) is Literal:
        return f"one of {', '.join(get_args(shape))}"
    if shape == Pair:
        return f"{name}.uk and {name}.ru"
    if shape in (datetime, datetime | None):
        return "day and time without quotes: 2026-12-08T23:59:00"
    return "true or false" if shape is bool else f"[[{name}]]"


@dataclass(kw_only=True)
class LateRule:
    """``[late]``: what a started day costs, and until when answers are taken."""

    percent_per_day: Share = _write("a number from 0 to 100", default=0)
    until: datetime | None = None


@dataclass(kw_only=True)
class CriterionText:
    """``[[rubric.criterion.level]]``: the words of one level."""

    text: Pair


@dataclass(kw_only=True)
class Criterion:
    """``[[rubric.criterion]]``: the points of its levels and their words."""

    id: Id = _write(f"{_NAME}, each another")
    title: Pair
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
    everybody: bool = False


@dataclass(kw_only=True)
class Extension:
    """``[[extension]]``: another closing time for one student."""

    id: str = _write("the student's id in quotes, as on the roster")
    closes: datetime


@dataclass(kw_only=True)
class PeerRule:
    """``[peer]``: students mark each other's written answers.

    Without `exercises` these are all that have a rubric.
    `spread` is in percent of the full mark: reviewers farther apart leave a work to the lecturer.
    With `results` readers see what a computer counts for the numbers of each work; without
    `comments` they write nothing to its author.
    """

    samples: str = _write("the name of a file beside the spec", default="samples.toml")
    exercises: list[str] = _write("a list of exercises with a rubric", default_factory=list)
    closes: datetime | None = None
    spread: Share = _write("a number from 0 to 100", default=15)
    results: bool = False
    comments: bool = True


@dataclass(kw_only=True)
class Spec:
    """The fields of a specification."""

    id: Id = _write(f'{_NAME}, for example "rm-quiz-1"')
    title: Pair
    exercises: list[str] = _write(
        'a list of at least one, for example exercises = ["levels/levels-order"]'
    )
    bank: str | None = _write("the name of a file", default=None)
    opens: datetime | None = None
    closes: datetime | None = None
    zone: str = _write('a zone, for example "Europe/Kyiv"', default="Europe/Kyiv")
    attempts: Annotated[int, msgspec.Meta(ge=0, le=1000)] = _write(
        "a whole number, at most 1000; 0 means without limit", default=0
    )
    counts: Literal["last", "best"] = "last"
    variants: Literal["student", "one"] = "student"
    show: Literal["saved", "nothing", "right-wrong"] = "saved"
    keys_in_feedback: bool = False
    hints: bool = False
    late: LateRule | None = _write("a table [late]", default=None)
    points: dict[str, Mark] = _write(
        "points as numbers above 0, at most 1000", default_factory=dict
    )
    rubric: list[Rubric] = field(default_factory=list)
    drop: list[Drop] = field(default_factory=list)
    accept: list[Accept] = field(default_factory=list)
    extension: list[Extension] = field(default_factory=list)
    peer: PeerRule | None = _write("a table [peer]", default=None)

    languages: tuple[str, ...] = field(default=LANGS, init=False)

    def criteria(self, ref: str) -> list[keyfile.Criterion]:
        """Return the criteria of an exercise as the key keeps them."""
        return [
            msgspec.to_builtins(criterion)
            for rubric in self.rubric
            if rubric.exercise == ref
            for criterion in rubric.criterion
        ]

    def points_of(self, ref: str, exercise: Exercise) -> Any:
        """Return the full mark of an exercise as written, so that a seal can be taken of it.

        It is the specification's, that of the rubric's highest levels, or its own.
        """
        best = sum(criterion["levels"][-1] for criterion in self.criteria(ref))
        return self.points.get(ref, best or exercise.get("points", 1))


class Source:
    """Reads one file of TOML and keeps its faults."""

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
            number = int(line[1]) if line else max(1, len(self.lines))
            quoted = "after a statement" in str(error)
            hint = "; a quotation mark inside a text? Use «»" if quoted else ""
            faults.append(Fault(path.name, number, "", "", f"not TOML: {error}{hint}"))

    def fault(self, name: str, message: str, *after: str) -> None:
        """Note a fault at the first line with the field below lines with each of `after`."""
        row = 0
        for word in (*after, name.split(".")[-1]):
            pattern = re.compile(rf"(?<![\w-]){re.escape(str(word))}(?![\w-])")
            rows = range(row, len(self.lines))
            row = next((n for n in rows if pattern.search(self.lines[n])), row)
        self.faults.append(Fault(self.path.name, row + 1, "", name, message))

    def table(self, shape: type[Table], raw: Mapping[str, Any], *after: str) -> Table | None:
        """Compare a table with its dataclass; None when a field it needs is missing or wrong."""
        hints, values, sound = typing.get_type_hints(shape, include_extras=True), {}, True
        known = {each.name: each for each in dataclasses.fields(shape) if each.init}
        where = f" in [{after[-1]}]" if after and after[-1] in _TABLES else ""
        for name in raw.keys() - known.keys():
            hint = _meant(name, known, f"known: {', '.join(known)}")
            self.fault(name, f"unknown field{where}; {hint}", *after)
        for name, each in known.items():
            needed = each.default is MISSING and each.default_factory is MISSING
            write = each.metadata.get("write") or _wanted(name, hints[name])
            if name in raw:
                value = self.value(name, raw[name], hints[name], write, after)
                if value is not None:
                    values[name] = value
            elif needed:
                self.fault(name, f"missing{where}; write {write}", *after)
            sound = sound and not (needed and name not in values)
        return shape(**values) if sound else None

    def value(self, name: str, raw: Any, shape: Any, write: str, after: tuple[str, ...]) -> Any:
        """Return one value as its type, or None after telling what to write."""
        bare = get_args(shape)[0] if get_origin(shape) is Annotated else shape
        listed = get_origin(bare) is list
        part: Any = next(filter(dataclasses.is_dataclass, get_args(bare)), None)
        if part and not listed and isinstance(raw, dict):
            return self.table(part, raw, *after, name)
        if part and listed and isinstance(raw, list) and all(isinstance(t, dict) for t in raw):
            tables = [self.table(part, table, *after, *where) for table, where in _each(name, raw)]
            return [table for table in tables if table is not None]
        if shape == Pair:
            return self.pair(name, raw, *after)
        try:
            return msgspec.convert(raw, shape, strict=True)
        except (msgspec.ValidationError, RecursionError):
            if type(raw) is date:
                write = f"day and time without quotes: {raw}T23:59:00"
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


def _misshapen(raw: Any, shape: Any) -> str:
    """Return the key of a table whose value is wrong, so that its line can be told."""
    for name, value in raw.items() if get_origin(shape) is dict and isinstance(raw, dict) else ():
        try:
            msgspec.convert(value, get_args(shape)[1], strict=True)
        except msgspec.ValidationError:
            return str(name)
    return ""


def _each(name: str, tables: Iterable[Table]) -> Iterator[tuple[Table, list[str]]]:
    """Yield tables of one name with the words that stand above each."""
    for number, table in enumerate(tables, 1):
        yield table, [name] * number


def _meant(word: str, known: Iterable[str], otherwise: str) -> str:
    near = difflib.get_close_matches(word, list(known), 1)
    return f"did you mean {near[0]!r}?" if near else otherwise


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
    source, exercises = Source(Path(path), faults), dict[str, Exercise]()
    if faults:
        return None, exercises
    if {"lesson", "exercise"} & source.raw.keys():
        said = "name the specification of the assignment, for example spec.toml"
        source.fault("", f"this is a file of exercises; {said}")
        return None, exercises
    _exercises(source, exercises)
    spec = source.table(Spec, source.raw)
    if spec is None:
        return None, exercises
    spec.languages = source.langs
    _named(source, spec)
    _dated(source, spec)
    if spec.counts == "best" and not spec.attempts:
        said = 'with "best" and no limit whoever tries every option gets full marks'
        source.fault("counts", f'{said}; write attempts = 1 or more, or counts = "last"')
    _listed(source, spec, exercises)
    for rubric, where in _each("rubric", spec.rubric):
        _criteria(source, rubric, exercises, *where, rubric.exercise)
    spec.rubric += _own_rubrics(spec, exercises)
    _agreed(source, spec)
    if spec.peer:
        _reviewed(source, spec, spec.peer, exercises)
    return spec, exercises


def _named(source: Source, spec: Spec) -> None:
    if spec.id == "learner" or spec.id in chapters():
        said = f"the course keeps other answers of a learner under {spec.id!r}"
        source.fault("id", f"{said}; choose another id")
    elif _DEVICE.fullmatch(spec.id):
        source.fault("id", f"Windows lets no file be called {spec.id!r}; choose another id")


def _dated(source: Source, spec: Spec) -> None:
    """Put all times into UTC."""
    try:
        zone = ZoneInfo(spec.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        hint = _meant(spec.zone, available_timezones(), 'write "Europe/Kyiv"')
        source.fault("zone", f"unknown zone; {hint}")
        return
    spec.opens = _utc(source, "opens", spec.opens, zone)
    spec.closes = _utc(source, "closes", spec.closes, zone)
    if spec.opens and spec.closes and spec.opens >= spec.closes:
        source.fault("closes", "the assignment closes before it opens")
    if spec.late and not spec.closes:
        source.fault("late", "there is no closing time to be late for; write closes = …")
    elif spec.late:
        spec.late.until = _utc(source, "until", spec.late.until, zone, "late")
        if spec.late.until and spec.closes and spec.late.until <= spec.closes:
            source.fault("until", "must come after closes", "late")
    if spec.peer:
        spec.peer.closes = _utc(source, "closes", spec.peer.closes, zone, "peer")
        if spec.peer.closes and spec.closes and spec.peer.closes <= spec.closes:
            source.fault("closes", "reviews close after the assignment does", "peer")
    for extension, where in _each("extension", spec.extension):
        moment = _utc(source, "closes", extension.closes, zone, *where)
        extension.closes = moment or extension.closes
        if not spec.closes:
            said = "the assignment never closes, so nobody needs an extension"
            source.fault("closes", said, *where)
        elif extension.closes.tzinfo and extension.closes <= spec.closes:
            source.fault("closes", "an extension ends after closes of the assignment", *where)


def _utc(
    source: Source, name: str, time: datetime | None, zone: ZoneInfo, *after: str
) -> datetime | None:
    if time is None:
        return None
    if not 2000 <= time.year <= 2200:
        said = f"the year {time.year}? Write day and time like 2026-12-08T23:59:00"
        source.fault(name, said, *after)
        return None
    local, time = time, time if time.tzinfo else time.replace(tzinfo=zone)
    moment = time.astimezone(UTC)
    if local.tzinfo is None and moment.astimezone(zone).replace(tzinfo=None) != local:
        said = f"{local} does not exist in {zone.key}: the clocks change; take another hour"
        source.fault(name, said, *after)
        return None
    return moment


def _exercises(source: Source, exercises: dict[str, Exercise]) -> None:
    """Fill in reference -> Exercise; the bank is checked whole and says the languages."""
    named, refs = source.raw.get("bank"), source.raw.get("exercises")
    bank = source.path.parent / (named if isinstance(named, str) else "exercises.toml")
    own: Mapping[str, Exercise] = {}
    if bank.is_file():
        from course.authoring.checks import check

        if wrong := check(bank):
            source.faults += wrong
            return
        lectured = read(bank)
        own = lectured.exercises
        if isinstance(refs, list) and any(str(ref).startswith("own/") for ref in refs):
            source.langs = lectured.languages
    elif isinstance(named, str):
        source.fault("bank", f"there is no file {bank.name} beside the spec")
    if refs == []:
        said = 'name at least one, for example exercises = ["levels/levels-order"]'
        source.fault("exercises", said)
    for ref in refs if isinstance(refs, list) else ():
        lesson, _, name = str(ref).partition("/")
        home = own
        if lesson != "own":
            known = chapter(lesson) if re.fullmatch("[a-z-]+", lesson) else None
            home = known.exercises if known else {}
        if name not in home:
            said = f"there is no exercise {str(ref)!r}; {_near(str(ref), own)}"
            source.fault("exercises", said, str(ref))
        elif ref in exercises:
            source.fault("exercises", f"{ref!r} stands twice; remove one")
        else:
            exercises[ref] = Exercise(lesson, home[name].raw)


def _near(ref: str, own: Mapping[str, Exercise]) -> str:
    everywhere = {"own": own} | {slug: each.exercises for slug, each in chapters().items()}
    known = (f"{slug}/{name}" for slug, names in everywhere.items() for name in names)
    return _meant(ref, known, "write lesson/exercise, or own/exercise for your own")


def _listed(source: Source, spec: Spec, exercises: Mapping[str, Exercise]) -> None:
    """Check that whatever names an exercise names one of the list, once."""
    for ref in spec.points if exercises else ():
        if ref not in exercises:
            source.fault(ref, f"[points] names {ref!r}, which is not in exercises", "points")
    listed: dict[str, Sequence[Drop | Accept]] = {"drop": spec.drop, "accept": spec.accept}
    for name, tables in listed.items():
        seen = set[str]()
        for table, where in _each(name, tables):
            if exercises and table.exercise not in exercises:
                said = f"[[{name}]] names {table.exercise!r}, which is not in exercises"
                source.fault("exercise", said, *where)
            elif table.exercise in seen:
                said = f"a second [[{name}]] for {table.exercise!r}; remove one"
                source.fault("exercise", said, *where)
            seen.add(table.exercise)
    for accept, where in _each("accept", spec.accept):
        if not accept.answers and not accept.everybody and accept.exercise in exercises:
            said = 'write which answers are right too: answers = ["…"], or everybody = true'
            source.fault("accept", said, *where[1:])
        elif accept.exercise in exercises:
            _answers(source, accept, exercises[accept.exercise], *where)
    if exercises and {each.exercise for each in spec.drop} >= exercises.keys():
        source.fault("drop", "nothing is left to be graded; leave one exercise")


def _answers(source: Source, accept: Accept, exercise: Exercise, *after: str) -> None:
    for answer in accept.answers:
        judged = exercise.kind.readable(exercise.raw, answer)
        if exercise.kind.by_person or judged.state != "person":
            said = f"is no answer to {accept.exercise} ({judged.reason or 'people read it'})"
            said = f"{answer!r} {said}; write it with the ids of the bank"
            source.fault("answers", said, *after)


def _criteria(
    source: Source, rubric: Rubric, exercises: Mapping[str, Exercise], *where: str
) -> None:
    exercise = exercises.get(rubric.exercise)
    if exercise is None or not exercise.kind.by_person:
        said = "must name an exercise of kind text or canvas from the list"
        source.fault("exercise", f"rubric {where.count('rubric')} {said}", *where[:-1])
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
            said = "write the points of each level, rising: levels = [0, 1, 2]"
            source.fault("levels", said, *where, name)
        elif len(criterion.level) != len(levels):
            texts = f"{len(criterion.level)} texts [[rubric.criterion.level]]"
            said = f"{len(levels)} levels, but {texts}"
            source.fault("levels", said, *where, name)


def _own_rubrics(spec: Spec, exercises: Mapping[str, Exercise]) -> Iterator[Rubric]:
    """Yield the rubric that an exercise brings, where the specification has none and no points."""
    written = {*spec.points, *(rubric.exercise for rubric in spec.rubric)}
    for ref, exercise in exercises.items():
        if ref not in written and exercise.get("criterion"):
            yield Rubric(
                exercise=ref,
                criterion=[
                    Criterion(
                        id=each["id"],
                        title=each["title"],
                        levels=list(range(len(each["level"]))),
                        level=[CriterionText(text=words) for words in each["level"]],
                    )
                    for each in exercise["criterion"]
                ],
            )


def _agreed(source: Source, spec: Spec) -> None:
    """Check that an exercise has one rubric, and the points of its highest levels."""
    marked = [rubric.exercise for rubric in spec.rubric]
    for ref in sorted(set(marked)):
        if marked.count(ref) > 1:
            source.fault("exercise", f"a second rubric for {ref!r}; remove one", "rubric", ref)
    for ref in spec.points.keys() & set(marked) if not source.faults else ():
        value = spec.points[ref]
        best = sum(criterion["levels"][-1] for criterion in spec.criteria(ref))
        if abs(value - best) > 1e-9:
            said = f"but the highest levels of its rubric add up to {best:g}"
            said += "; leave the points out or make them equal"
            source.fault(ref, f"[points] says {value:g}, {said}", "points")


def _reviewed(
    source: Source, spec: Spec, peer: PeerRule, exercises: Mapping[str, Exercise]
) -> None:
    """Check what students are to mark, and until when; the exercises are then all named."""
    if len(spec.id) > _ROOM:
        said = f"the reviews get the id {spec.id[:20]}…-peer; shorten yours to {_ROOM} letters"
        source.fault("id", said)
    for ref in peer.exercises:
        if ref not in exercises:
            said = f"[peer] names {ref!r}, which is not in exercises"
            source.fault("exercises", said, "peer")
        elif not spec.criteria(ref):
            said = f"students mark {ref!r} by a rubric; write one, [[rubric]]"
            source.fault("exercises", said, "peer")
        elif peer.exercises.count(ref) > 1:
            source.fault("exercises", f"[peer] names {ref!r} twice; remove one", "peer")
    peer.exercises = peer.exercises or [ref for ref in exercises if spec.criteria(ref)]
    if not peer.exercises:
        said = "students mark written answers by a rubric; write one, [[rubric]]"
        source.fault("peer", said)


def known_students(
    path: Path, spec: Spec, ids: Mapping[str, str], faults: list[Fault]
) -> dict[str, datetime]:
    """Return the closing time of every student with an extension; ids as on the roster."""
    extensions, source = {}, Source(path, [])
    for extension, where in _each("extension", spec.extension):
        student = ids.get(folded(extension.id))
        if student is None:
            said = f"[[extension]] names {extension.id!r}, who is not on the roster"
            source.fault("id", said, *where)
        elif student in extensions:
            said = f"a second [[extension]] for {student!r}; remove one"
            source.fault("id", said, *where)
        else:
            extensions[student] = extension.closes
    faults += source.faults
    return extensions
