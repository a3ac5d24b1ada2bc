"""The specification of an assignment: read, checked, every fault told with its line."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import msgspec

from course.exercises import Chapter, Exercise, Fault, chapters
from course.grading import keyfile
from course.grading.keyfile import Id, Pair, Share
from course.grading.setting import banks, pools
from course.grading.setting.pools import Mark, Pool
from course.grading.setting.source import Source, hinted, meant, numbered
from course.texts import LANGS

Level = Annotated[int, msgspec.Meta(ge=0, le=1000)] | Annotated[float, msgspec.Meta(ge=0, le=1000)]
File = Annotated[str, msgspec.Meta(min_length=1)]
_AFTER = {"drop", "accept", "extension"}
MOST = 1440  # minutes; whoever gives more than a day sets a closing time
_ROOM = 55  # letters of an id that is to be followed by "-peer"
_NAME = "an id of small Latin letters, digits and hyphens"


@dataclass(kw_only=True)
class LateRule:
    """``[late]``: what a started day costs, and until when answers are taken."""

    percent_per_day: Share = hinted("a number from 0 to 100", default=0)
    until: datetime | None = None


@dataclass(kw_only=True)
class CriterionText:
    """``[[rubric.criterion.level]]``: the words of one level."""

    text: Pair


@dataclass(kw_only=True)
class Criterion:
    """``[[rubric.criterion]]``: the points of its levels and their words."""

    id: Id = hinted(f"{_NAME}, each another")
    title: Pair
    levels: Annotated[list[Level], msgspec.Meta(min_length=2)] = hinted(
        "the points of each level, rising: [0, 1, 2]"
    )
    level: list[CriterionText] = hinted(
        "[[rubric.criterion.level]] for each level", default_factory=list
    )


@dataclass(kw_only=True)
class Rubric:
    """``[[rubric]]``: how people mark one exercise."""

    exercise: str = hinted("an exercise of the list that people read")
    criterion: Annotated[list[Criterion], msgspec.Meta(min_length=1)] = hinted(
        "[[rubric.criterion]] at least once"
    )


@dataclass(kw_only=True)
class PeerRule:
    """``[peer]``: students mark each other's written answers.

    Without `exercises` these are all that have a rubric.
    `spread` is in percent of the full mark: reviewers farther apart leave a work to the lecturer.
    With `results` readers see what a computer counts for the numbers of each work; without
    `comments` they write nothing to its author.
    """

    samples: str = hinted("the name of a file beside the spec", default="samples.toml")
    exercises: list[str] = hinted("a list of exercises with a rubric", default_factory=list)
    closes: datetime | None = None
    spread: Share = hinted("a number from 0 to 100", default=15)
    results: bool = False
    comments: bool = True


@dataclass(kw_only=True)
class GroupRule:
    """``[group."МК-21"]``: other times for a group of the roster, or the name it had before.

    With `was` it keeps the numbers of the group of that name: its files are handed out already.
    """

    opens: datetime | None = None
    closes: datetime | None = None
    was: str = hinted('the name it had when its files were made: was = "МК-20"', default="")


@dataclass(kw_only=True)
class Spec:
    """The fields of a specification."""

    id: Id = hinted(f'{_NAME}, for example "rm-quiz-1"')
    title: Pair
    exercises: list[str] = hinted(
        'a list of at least one, for example exercises = ["levels/levels-order"]'
    )
    bank: str | None = hinted("the name of a file", default=None)
    banks: dict[str, File] = hinted(
        'a table [banks] with a line for each: olena = "olena.toml"', default_factory=dict
    )
    opens: datetime | None = None
    closes: datetime | None = None
    zone: str = hinted('a zone, for example "Europe/Kyiv"', default="Europe/Kyiv")
    attempts: Annotated[int, msgspec.Meta(ge=0, le=1000)] = hinted(
        "a whole number, at most 1000; 0 means without limit", default=0
    )
    counts: Literal["last", "best"] = "last"
    minutes: Annotated[int, msgspec.Meta(ge=1, le=MOST)] | None = hinted(
        f"a whole number of minutes from 1 to {MOST}: minutes = 90", default=None
    )
    variants: Literal["student", "group", "one"] = "student"
    show: Literal["saved", "nothing", "right-wrong"] = "saved"
    keys_in_feedback: bool = False
    hints: bool = False
    late: LateRule | None = hinted("a table [late]", default=None)
    points: dict[str, Mark] = hinted(
        "points as numbers above 0, at most 1000", default_factory=dict
    )
    rubric: list[Rubric] = field(default_factory=list)
    peer: PeerRule | None = hinted("a table [peer]", default=None)
    pool: list[Pool] = field(default_factory=list)
    group: dict[str, GroupRule] = hinted(
        'a table for each group: [group."МК-21"]', default_factory=dict
    )

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
    _moved(source)
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
    pools.worth(source, spec.pool, spec.points)
    _listed(source, spec, exercises)
    for rubric, where in numbered("rubric", spec.rubric):
        _criteria(source, rubric, exercises, *where, rubric.exercise)
    spec.rubric += _own_rubrics(spec, exercises)
    _agreed(source, spec)
    full = {ref: spec.points_of(ref, exercise) for ref, exercise in exercises.items()}
    pools.sound(source, spec.pool, exercises, full)
    if spec.peer:
        _reviewed(source, spec, spec.peer, exercises)
    return spec, exercises


def _moved(source: Source) -> None:
    """Refuse what is decided after the exam: a specification says what is handed out."""
    for name in _AFTER & source.raw.keys():
        said = f"[[{name}]] is a decision; move it, with its date and a reason, into"
        source.fault(name, f"{said} decisions.toml of the private folder")
        del source.raw[name]


def _named(source: Source, spec: Spec) -> None:
    if spec.id == "learner" or spec.id in chapters():
        said = f"the course keeps other answers of a learner under {spec.id!r}"
        source.fault("id", f"{said}; choose another id")
    elif banks.DEVICE.fullmatch(spec.id):
        source.fault("id", f"Windows lets no file be called {spec.id!r}; choose another id")


def _dated(source: Source, spec: Spec) -> None:
    """Put all times into UTC."""
    try:
        zone = ZoneInfo(spec.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        hint = meant(spec.zone, available_timezones(), 'write "Europe/Kyiv"')
        source.fault("zone", f"unknown zone; {hint}")
        return
    spec.opens = _utc(source, "opens", spec.opens, zone)
    spec.closes = _utc(source, "closes", spec.closes, zone)
    for name, rule in spec.group.items():
        rule.opens = _utc(source, "opens", rule.opens, zone, "group", name)
        rule.closes = _utc(source, "closes", rule.closes, zone, "group", name)
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
    """Fill in reference -> Exercise; the banks are checked whole and say the languages."""
    refs, before = source.raw.get("exercises"), len(source.faults)
    known = banks.homes(source)
    if len(source.faults) > before:
        return
    listed = [*pools.spread(source, refs if isinstance(refs, list) else [])]
    banks.languages(source, (ref for ref, _ in listed), known)
    if refs == [] and not source.raw.get("pool"):
        said = 'name at least one, for example exercises = ["levels/levels-order"]'
        source.fault("exercises", said)
    for ref, place in listed:
        lesson, _, name = ref.partition("/")
        home = banks.home(lesson, known)
        if home is None or name not in home.exercises:
            said = f"there is no exercise {ref!r}; {_near(ref, known)}"
            source.fault(place, said, ref)
        else:
            exercises[ref] = Exercise(lesson, home.exercises[name].raw)
    banks.twins(source, exercises, known)


def _near(ref: str, own: Mapping[str, Chapter]) -> str:
    everywhere = [*own.items(), *chapters().items()]
    known = (f"{slug}/{name}" for slug, each in everywhere for name in each.exercises)
    otherwise = "write lesson/exercise, or own/exercise for your own"
    if others := [name for name in own if name != banks.OWN]:
        otherwise += f", or {others[0]}/exercise for a bank of [banks]"
    return meant(ref, known, otherwise)


def _listed(source: Source, spec: Spec, exercises: Mapping[str, Exercise]) -> None:
    """Check that points are given to exercises of the list."""
    for ref in spec.points if exercises else ():
        if ref not in exercises:
            source.fault(ref, f"[points] names {ref!r}, which is not in exercises", "points")


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
    if once := [ref for pool in spec.pool for ref in pool.members if ref in peer.exercises]:
        said = "not everybody gets it; take it out of its [[pool]], or name others in [peer]"
        source.fault("exercises", f"students mark {once[0]!r}: {said}", "peer")
    if not peer.exercises:
        said = "students mark written answers by a rubric; write one, [[rubric]]"
        source.fault("peer", said)
