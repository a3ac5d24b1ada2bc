"""``decisions.toml`` of the private folder: what a lecturer decided after the exam, and why.

Every line has its date and its reason. Students' files know nothing of them: grades follow from
what was handed in, the key, the marks and these decisions, in whatever order they stand.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from datetime import date as Day
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import msgspec

from course.exercises import Fault
from course.grading import GradingError, keyfile
from course.grading.keyfile import Entry, Key, Number, Pair
from course.grading.results import Decided, Decision
from course.grading.setting.source import Source, hinted, numbered
from course.ids import clean, folded
from course.texts import LANGS

FILE = "decisions.toml"
LONGEST = 500  # characters of a reason
_EXERCISE = "an exercise of the assignment in quotes"
_STUDENT = 'the student\'s id in quotes, as on the roster: student = "240017"'
_GROUP = "the group in quotes, as on the roster"


@dataclass(kw_only=True)
class Line:
    """What every decision says: the day, the reason, and whether students read it."""

    date: Day = hinted("the day of the decision without quotes: date = 2026-12-10")
    reason: str | Pair = hinted("why, in quotes; or reason.uk and reason.ru")
    private: bool = False


@dataclass(kw_only=True)
class Drop(Line):
    """``[[drop]]``: an exercise that counts for nobody."""

    exercise: str = hinted(_EXERCISE)


@dataclass(kw_only=True)
class Accept(Line):
    """``[[accept]]``: answers that are right too."""

    exercise: str = hinted(_EXERCISE)
    answers: Annotated[list[Any], msgspec.Meta(min_length=1)] = hinted(
        'a list of answers with the ids of the bank: answers = ["second"]'
    )


@dataclass(kw_only=True)
class Credit(Line):
    """``[[credit]]``: the points of an exercise for everybody who handed in."""

    exercise: str = hinted(_EXERCISE)


@dataclass(kw_only=True)
class Adjust(Line):
    """``[[adjust]]``: the points of one student for one exercise, whatever the answer."""

    student: str = hinted(_STUDENT)
    exercise: str = hinted(_EXERCISE)
    points: Number = hinted("a number of points: points = 1.5")


@dataclass(kw_only=True)
class Bonus(Line):
    """``[[bonus]]``: points for one student on top of the total, or off it."""

    student: str = hinted(_STUDENT)
    points: Number = hinted("a number of points: points = 2, or -1 to take one off")


@dataclass(kw_only=True)
class Extension(Line):
    """``[[extension]]``: another closing time for a student or a group."""

    student: str | None = hinted(_STUDENT, default=None)
    group: str | None = hinted(_GROUP, default=None)
    closes: datetime = hinted("day, time and zone without quotes: 2026-12-15T23:59:00+02:00")


@dataclass(kw_only=True)
class Attempts(Line):
    """``[[attempts]]``: more attempts for a student or a group; 0 is without limit."""

    student: str | None = hinted(_STUDENT, default=None)
    group: str | None = hinted(_GROUP, default=None)
    attempts: Annotated[int, msgspec.Meta(ge=0, le=1000)] = hinted(
        "a whole number, at most 1000; 0 means without limit"
    )


@dataclass(kw_only=True)
class Time(Line):
    """``[[time]]``: more minutes for a student or a group; 0 is without limit."""

    student: str | None = hinted(_STUDENT, default=None)
    group: str | None = hinted(_GROUP, default=None)
    minutes: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = hinted(
        "all the minutes, a whole number, at most 10000; 0 means without limit"
    )


@dataclass(kw_only=True)
class Numbers(Line):
    """``[[numbers]]``: a student's answers are marked with the numbers of another group."""

    student: str = hinted(_STUDENT)
    group: str = hinted(_GROUP)


@dataclass(kw_only=True)
class Book:
    """The tables of the file."""

    drop: list[Drop] = field(default_factory=list)
    accept: list[Accept] = field(default_factory=list)
    credit: list[Credit] = field(default_factory=list)
    adjust: list[Adjust] = field(default_factory=list)
    bonus: list[Bonus] = field(default_factory=list)
    extension: list[Extension] = field(default_factory=list)
    attempts: list[Attempts] = field(default_factory=list)
    time: list[Time] = field(default_factory=list)
    numbers: list[Numbers] = field(default_factory=list)


@dataclass(frozen=True)
class Decisions:
    """What was decided, ready to grade with.

    Attributes
    ----------
    drop, credit : dict
        Exercise -> decision.
    accept : dict
        Exercise -> pairs of an answer and the decision that takes it.
    adjust : dict
        (student, exercise) -> decision.
    bonus : dict
        Student -> decisions.
    extension, attempts, time : dict
        Student -> decision; what is said of a student goes before what is said of the group.
    numbers : dict
        Student -> decision.
    record : list of dict
        Everything as plain values, for ``run.json``; with the private reasons.
    """

    drop: Mapping[str, Decided] = field(default_factory=dict)
    credit: Mapping[str, Decided] = field(default_factory=dict)
    accept: Mapping[str, Sequence[tuple[Any, Decided]]] = field(default_factory=dict)
    adjust: Mapping[tuple[str, str], Decided] = field(default_factory=dict)
    bonus: Mapping[str, Sequence[Decided]] = field(default_factory=dict)
    extension: Mapping[str, Decided] = field(default_factory=dict)
    attempts: Mapping[str, Decided] = field(default_factory=dict)
    time: Mapping[str, Decided] = field(default_factory=dict)
    numbers: Mapping[str, Decided] = field(default_factory=dict)
    record: Sequence[Mapping[str, Any]] = ()


NOTHING = Decisions()


class DecisionError(GradingError):
    """The decisions cannot be used; `faults` name file, line, field and what to do."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = sorted(faults, key=lambda fault: fault.line)
        super().__init__("\n".join(map(str, self.faults)))


class _File(Source):
    """Finds the line of a field in its own table: a reason may hold any word."""

    def fault(self, name: str, message: str, *after: str) -> None:
        head = after[0] if after else name
        heads = [n for n, line in enumerate(self.lines) if re.match(rf"\s*\[\[\s*{head}\b", line)]
        if not after or len(heads) < len(after):
            super().fault(name, message, *after)
            return
        row = start = heads[len(after) - 1]
        for place, line in enumerate(self.lines[start + 1 :], start + 1):
            if re.match(r"\s*\[", line):
                break
            if re.match(rf'\s*"?{re.escape(name)}"?\s*[.=]', line):
                row = place
                break
        self.faults.append(Fault(self.path.name, row + 1, "", f"[[{head}]] {name}", message))


def read(folder: str | Path, key: Key) -> Decisions:
    """Read the decisions that lie beside a key; without a file there are none.

    Parameters
    ----------
    folder : path-like
        The private folder, or the key in it.
    key : Key

    Raises
    ------
    DecisionError
        With every fault found.
    """
    folder = Path(folder)
    path = (folder.parent if folder.is_file() else folder) / FILE
    if not path.exists():
        _misnamed(path)
        return NOTHING
    faults: list[Fault] = []
    source = _File(path, faults)
    source.langs = tuple(key.get("languages") or LANGS)
    book = None if faults else source.table(Book, source.raw)
    if book is None or faults:
        raise DecisionError(faults)
    decisions = _Reader(source, key, book).decisions()
    if faults:
        raise DecisionError(faults)
    return decisions


def _misnamed(path: Path) -> None:
    """Refuse decisions under a name that nobody reads, as editors and browsers make them."""
    beside = sorted(path.parent.iterdir()) if path.parent.is_dir() else []
    for other in beside:
        if other.name.casefold().startswith("decision"):
            raise GradingError(f"{other}: nobody reads this name; rename the file {FILE}")


class _Reader:
    """Compares decisions with the key, and with each other."""

    def __init__(self, source: Source, key: Key, book: Book) -> None:
        self.source, self.key, self.book = source, key, book
        self.entries = {entry["ref"]: entry for entry in key["exercises"]}
        self.ids = {folded(row[0]): row[0] for row in key["roster"]}
        self.groups = dict[str, str]()  # two spellings that look alike are one group
        for row in key["roster"]:
            if folded(row[2]):
                self.groups.setdefault(folded(row[2]), row[2])
        self.zone = ZoneInfo(key["zone"])
        self.record: list[dict[str, Any]] = []

    def decisions(self) -> Decisions:
        """Return everything, resolved; what is wrong stands in the faults of the source."""
        drop, credit = self._exercises("drop"), self._exercises("credit")
        for ref in drop.keys() & credit.keys():
            self._fault("credit", self._nth("credit", ref), "exercise", _both(ref, "drop"))
        if drop and not self._least(drop):
            whom = " of those to whom the pools gave these" if "pools" in self.key else ""
            said = f"nothing is left to be graded{whom}; leave one exercise"
            self._fault("drop", len(self.book.drop), "exercise", said)
        most = keyfile.asked(self.key, drop)[1]
        accept = self._accepted(drop, credit)
        return Decisions(
            drop=drop,
            credit=credit,
            accept=accept,
            adjust=self._adjusted(drop),
            bonus=self._bonus(most),
            extension=self._people("extension", self._closing),
            attempts=self._people("attempts", self._limit),
            time=self._people("time", self._minutes),
            numbers=self._numbers(),
            record=sorted(self.record, key=lambda row: [str(value) for value in row.values()]),
        )

    def _least(self, drop: Mapping[str, Decided]) -> int:
        """Return how many exercises are left to who got as many of the dropped ones as can be."""
        least = sum(ref not in drop for ref in keyfile.common(self.key))
        for pool in self.key.get("pools", ()):
            least += max(0, pool["take"] - sum(ref in drop for ref in pool["from"]))
        return least

    def _fault(self, kind: str, number: int, name: str, message: str) -> None:
        self.source.fault(name, message, *[kind] * number)

    def _nth(self, kind: str, ref: str) -> int:
        return next(n for n, each in enumerate(getattr(self.book, kind), 1) if each.exercise == ref)

    def _decided(self, kind: Decision, number: int, line: Line, **about: Any) -> Decided:
        """Return a decision as grades carry it; a private reason stays out of it."""
        tell = partial(self._fault, kind, number)
        if not 2000 <= line.date.year <= 2200:
            tell("date", f"the year {line.date.year}? Write the day of the decision: 2026-12-10")
        reason = self._reason(line, tell, *[kind] * number)
        told = {} if line.private else reason
        decided = Decided(what=kind, date=line.date.isoformat(), reason=told, **about)
        named = {name: getattr(line, name, None) for name in ("student", "group", "answers")}
        row: dict[str, Any] = {"date": decided.date, "what": kind, **named, **about}
        alike = len(set(reason.values())) == 1
        row |= {"reason": reason[LANGS[0]] if alike else reason, "private": line.private or None}
        self.record.append({name: value for name, value in row.items() if value is not None})
        return decided

    def _reason(self, line: Line, tell: partial[None], *after: str) -> dict[str, str]:
        """Return a reason in both languages; one that stands alone is for readers of either."""
        if isinstance(line.reason, dict):
            strange = sorted(line.reason.keys() - set(self.source.langs))
            if strange:
                tell("reason", f"there is no language {strange[0]!r} here; write reason.uk")
            words = self.source.pair("reason", line.reason, *after) or {}
        else:
            words = dict.fromkeys(LANGS, line.reason)
        if any(len(said) > LONGEST for said in words.values()):
            tell("reason", f"longer than {LONGEST} characters; shorten it")
        told = {
            lang: " ".join(filter(None, map(clean, said.split()))) for lang, said in words.items()
        }
        if words and not all(told.values()):
            tell("reason", "is empty; write why, in quotes")
        return told

    def _exercise(self, kind: str, number: int, ref: str) -> Entry | None:
        if ref in self.entries:
            return self.entries[ref]
        near = get_close_matches(ref, self.entries, 1)
        hint = f"did you mean {near[0]!r}?" if near else f"it has {', '.join(self.entries)}"
        said = f"there is no exercise {ref[:80]!r} in {self.key['id']}; {hint}"
        self._fault(kind, number, "exercise", said)
        return None

    def _exercises(self, kind: Decision) -> dict[str, Decided]:
        """Return the decisions on whole exercises, each at most once."""
        decided: dict[str, Decided] = {}
        for number, line in enumerate(getattr(self.book, kind), 1):
            ref = line.exercise
            if self._exercise(kind, number, ref) is None:
                continue
            if ref in decided:
                said = f"a second [[{kind}]] for {ref!r}; remove one"
                self._fault(kind, number, "exercise", said)
            decided[ref] = self._decided(kind, number, line, exercise=ref)
        return dict(sorted(decided.items()))

    def _accepted(
        self, drop: Mapping[str, Decided], credit: Mapping[str, Decided]
    ) -> dict[str, list[tuple[Any, Decided]]]:
        taken: dict[str, list[tuple[Any, Decided]]] = {}
        for number, line in enumerate(self.book.accept, 1):
            entry = self._exercise("accept", number, line.exercise)
            if entry is None:
                continue
            tell = partial(self._fault, "accept", number)
            for other, known in (("drop", drop), ("credit", credit)):
                if line.exercise in known:
                    tell("exercise", _both(line.exercise, other))
            decided = self._decided("accept", number, line, exercise=line.exercise)
            exercise, before = keyfile.exercise(entry), taken.setdefault(line.exercise, [])
            kind, raw = exercise.kind, exercise.raw
            for answer in line.answers:
                judged = kind.readable(raw, answer)
                if kind.by_person or judged.state != "person":
                    why = "people read it" if kind.by_person else judged.reason or judged.state
                    said = f"{answer!r} is no answer to {line.exercise} ({why})"
                    ids = ", ".join(str(each["id"]) for each in raw.get("option", ()))
                    listed = f": {ids}" if ids else ""
                    tell("answers", f"{said[:300]}; write it with the ids of the bank{listed}")
                elif kind.alike(raw, answer) in [kind.alike(raw, known) for known, _ in before]:
                    tell("answers", f"{answer!r} is accepted already; remove one of the two")
                else:
                    before.append((answer, decided))
        return taken

    def _adjusted(self, drop: Mapping[str, Decided]) -> dict[tuple[str, str], Decided]:
        adjusted: dict[tuple[str, str], Decided] = {}
        for number, line in enumerate(self.book.adjust, 1):
            student = self._student("adjust", number, line.student)
            entry = self._exercise("adjust", number, line.exercise)
            if student is None or entry is None:
                continue
            tell, place = partial(self._fault, "adjust", number), (student, line.exercise)
            if line.exercise in drop:
                tell("exercise", _both(line.exercise, "drop"))
            if place in adjusted:
                tell("student", f"a second [[adjust]] for {' and '.join(place)}; remove one")
            if not 0 <= line.points <= entry["points"]:
                said = f"{line.points:g} points? {line.exercise} has {entry['points']:g}"
                tell("points", f"{said}; write a number from 0 to {entry['points']:g}")
            about = {"exercise": line.exercise, "points": line.points}
            adjusted[place] = self._decided("adjust", number, line, **about)
        return adjusted

    def _bonus(self, maximum: float) -> dict[str, list[Decided]]:
        given: dict[str, list[Decided]] = {}
        seen = set[tuple[str, Day, float]]()
        for number, line in enumerate(self.book.bonus, 1):
            student = self._student("bonus", number, line.student)
            if student is None:
                continue
            tell = partial(self._fault, "bonus", number)
            if not math.isfinite(line.points) or not 0 < abs(line.points) <= maximum:
                said = f"{line.points:g} points? The assignment has {maximum:g}"
                tell("points", f"{said}; write a number up to it, less than 0 to take points off")
            if (student, line.date, line.points) in seen:
                said = f"the same [[bonus]] for {student} on the same day; remove one"
                tell("student", said)
            seen.add((student, line.date, line.points))
            decided = self._decided("bonus", number, line, points=line.points)
            given.setdefault(student, []).append(decided)
        for each in given.values():
            each.sort(key=lambda decided: (decided.date, decided.points))
        return given

    def _people(self, kind: Decision, about: Any) -> dict[str, Decided]:
        """Return what is decided for students, and for groups where not for the student."""
        own: dict[str, Decided] = {}
        groups: dict[str, Decided] = {}
        for line, where in numbered(kind, getattr(self.book, kind)):
            number, tell = len(where), partial(self._fault, kind, len(where))
            if (line.student is None) == (line.group is None):
                tell("student", 'name one: student = "…" or group = "…"')
                continue
            known, who = (groups, self._group(kind, number, line.group))
            if line.student is not None:
                known, who = own, self._student(kind, number, line.student)
            values = about(line, tell)
            if who is None or values is None:
                continue
            if who in known:
                field = "group" if known is groups else "student"
                tell(field, f"a second [[{kind}]] for {who!r}; remove one")
            known[who] = self._decided(kind, number, line, **values)
        of = {row[0]: self.groups.get(folded(row[2]), "") for row in self.key["roster"]}
        members = {student: groups[group] for student, group in of.items() if group in groups}
        return members | own

    def _closing(self, line: Extension, tell: partial[None]) -> dict[str, str | None] | None:
        """Return a later closing time in UTC."""
        closes, time = keyfile.times(self.key, self._group_of(line))["closes"], line.closes
        if not 2000 <= time.year <= 2200:
            tell("closes", f"the year {time.year}? Write 2026-12-15T23:59:00+02:00")
        elif time.tzinfo is None:
            meant = time.replace(tzinfo=self.zone).isoformat()
            tell("closes", f"has no zone; for {self.key['zone']} write closes = {meant}")
        elif closes is None:
            tell("closes", "the assignment never closes, so nobody needs an extension")
        elif time <= datetime.fromisoformat(closes):
            own = " for this group" if closes != self.key["closes"] else ""
            tell("closes", f"an extension ends after closes of the assignment{own}, {closes}")
        else:
            return {"closes": keyfile.stamp(time.astimezone(UTC))}
        return None

    def _limit(self, line: Attempts, tell: partial[None]) -> dict[str, int] | None:
        """Return a higher number of attempts."""
        usual = self.key["attempts"]
        if not usual:
            tell("attempts", "the assignment has no limit, so nobody needs more attempts")
        elif not line.attempts and self.key["counts"] == "best":
            said = 'with counts = "best" and no limit whoever tries everything gets full marks'
            tell("attempts", f"{said}; write a number")
        elif 0 < line.attempts <= usual:
            tell("attempts", f"everybody has {usual}; write more, or 0 for no limit")
        else:
            return {"attempts": line.attempts}
        return None

    def _group_of(self, line: Extension) -> str:
        """Return the group of the roster that a decision is about, or whose member."""
        if line.student is None:
            return line.group or ""
        named = folded(line.student)
        return next((row[2] for row in self.key["roster"] if folded(row[0]) == named), "")

    def _minutes(self, line: Time, tell: partial[None]) -> dict[str, int] | None:
        """Return a higher number of minutes."""
        usual = self.key.get("minutes")
        if not usual:
            tell("minutes", "the assignment has no time limit, so nobody needs more time")
        elif "paper" in self.key:
            tell("minutes", "an exam on paper is timed by a clock on the wall; remove it")
        elif 0 < line.minutes <= usual:
            tell("minutes", f"everybody has {usual}; write all the minutes, or 0 for no limit")
        else:
            return {"minutes": line.minutes}
        return None

    def _numbers(self) -> dict[str, Decided]:
        """Return with the numbers of which other group a student's answers are marked."""
        given: dict[str, Decided] = {}
        units = self.key.get("groups", {}) if self.key["variants"] == "group" else {}
        for number, line in enumerate(self.book.numbers, 1):
            tell = partial(self._fault, "numbers", number)
            if not units:
                tell("group", "groups have no numbers of their own here; remove it")
                continue
            student = self._student("numbers", number, line.student)
            unit = units.get(folded(line.group))
            if unit is None:  # one that is gone from the roster has no draw any more
                self._group("numbers", number, line.group)
            if student is None or unit is None:
                continue
            own = next(row[2] for row in self.key["roster"] if row[0] == student)
            if folded(own) == folded(unit["name"]):
                tell("group", f"{student} is in {unit['name']!r} anyway; remove it")
            if student in given:
                tell("student", f"a second [[numbers]] for {student!r}; remove one")
            given[student] = self._decided("numbers", number, line, group=unit["name"])
        return given

    def _student(self, kind: str, number: int, student: str) -> str | None:
        known = self.ids.get(folded(student))
        if known is None:
            names = {row[1].casefold(): row[0] for row in self.key["roster"]}
            near = get_close_matches(student, self.ids.values(), 1)
            hint = f"did you mean {near[0]!r}?" if near else "write an id of the roster"
            if clean(student).casefold() in names:
                hint = f"write the id of this student, {names[clean(student).casefold()]!r}"
            said = f"there is no student {clean(student)[:80]!r} on the roster; {hint}"
            self._fault(kind, number, "student", said)
        return known

    def _group(self, kind: str, number: int, group: str | None) -> str | None:
        if group is None:
            return None
        known = self.groups.get(folded(group))
        if known is None:
            near = get_close_matches(group, self.groups.values(), 1)
            listed = f"it has {', '.join(sorted(self.groups.values()))[:300]}"
            hint = f"did you mean {near[0]!r}?" if near else listed
            hint = hint if self.groups else "it has no column of groups"
            said = f"there is no group {clean(group)[:80]!r} on the roster; {hint}"
            self._fault(kind, number, "group", said)
        return known


def _both(ref: str, other: str) -> str:
    return f"{ref!r} stands under [[{other}]] too, and the two contradict; remove one"


def told(decided: Decided) -> Iterator[str]:
    """Yield the words of a decision for tables and for the console.

    Examples
    --------
    >>> " ".join(told(Decided(what="bonus", date="2026-12-10", points=2)))
    'bonus +2'
    """
    yield decided.what
    if decided.exercise:
        yield decided.exercise
    if decided.points is not None:
        yield f"{decided.points:g}" if decided.exercise else f"{decided.points:+g}"
    if decided.attempts is not None:
        yield str(decided.attempts)
    if decided.minutes is not None:
        yield str(decided.minutes)
    if decided.group:
        yield decided.group
    if decided.closes:
        yield decided.closes
