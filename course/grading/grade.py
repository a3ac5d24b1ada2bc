"""Grading one file: its bytes and the private key in, one student's `Work` out.

Nothing that a student wrote is executed or believed. What a file says of scores is not read at all;
its times are reported and decide on lateness, its draw numbers and resets mean nothing. Every line
that the journal's own rules reject is skipped, and every doubt becomes a flag. Nothing of one file
is remembered when the next is read: what a file earns follows from its bytes, its name, the key,
the marks and the decisions alone.
"""

import math
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any, Literal, NamedTuple, cast
from zoneinfo import ZoneInfo

import msgspec

from course import answers, clock, kinds
from course.exercises import chance, pick
from course.grading.decisions import NOTHING, Decisions
from course.grading.intake.owners import MARK, Owners
from course.grading.keyfile import Entry, Key, Lang, common, times
from course.grading.marking.marks import Mark, Marks
from course.grading.results import EMPTY, FLAGS, Answer, Decided, State, Work
from course.ids import clean, folded, seed
from course.kinds import Score

VOID = {
    "another-student",
    "another-packet",
    "tampered",
    "wrong-assignment",
}  # such a file counts for nobody
TORN = 1000  # lines that are no events: what comes after so many is not read
_UNREAD = {*EMPTY, "invalid"}  # states of what is no answer that counts
# Events of which the journal asks nothing more than their types.
_PLAIN = {"answer", "draft", "shown", "reset"}
_LINES = re.compile(rb"[^ \t\r\n].*")  # blanks before an event are nothing to the journal either
_RECEIPT = re.compile(rb'\{"receipt": ?"([0-9A-Z-]{1,40})"\}\s*')
_LONG = 4000  # bytes of an answer that is no text, as it is kept
_LATEST = 9999  # days; more are no less late
_BACK = 300  # seconds that a clock may be put back
_json = msgspec.json.Encoder().encode


class _Student(msgspec.Struct):
    id: str
    name: str


class _Head(msgspec.Struct):
    """The first line of a hand-in file."""

    assignment: str
    digest: str
    student: _Student
    lang: Lang
    variant: int = 0  # of a paper exam, which lecturers type in


class _Event(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A line of a journal, its fields in the order in which the course writes them."""

    v: Literal[1]
    t: str
    x: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    e: str
    a: Any = None
    lang: str
    d: str = ""
    n: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] | msgspec.UnsetType = msgspec.UNSET


_head = msgspec.json.Decoder(_Head).decode
_decode = msgspec.json.Decoder(_Event).decode


@dataclass(slots=True)
class _Journal:
    """What one file holds: of its events those that answer or name a student, in their order."""

    flags: set[str]
    receipt: str | None = None
    head: _Head | None = None
    events: list[tuple[_Event, int]] = field(default_factory=list)  # with the length of the line
    ids: list[str] = field(default_factory=list)  # as the identities name them
    name: str = ""  # of the last identity
    group: str | None = None  # whose file it was made in, as the last identity says
    earliest: str = ""  # time of any line that a calendar has
    began: str = ""  # when the clock of a time limit started


@dataclass(slots=True)
class _Choice:
    """Which answers of a journal count."""

    tries: list[int]
    # exercise -> answers, bytes of lines
    chosen: dict[int, list[tuple[Any, int]]] = field(default_factory=dict)
    saved: str = ""
    lang: str = ""
    answered: int = 0  # lines that answer an exercise
    strange: int = 0  # lines that answer one of another assignment
    void: bool = False  # the whole file counts for nobody

    def forget(self, slots: Collection[int]) -> None:
        """Set aside the answers to exercises that are then tried anew."""
        for slot in slots:
            self.chosen.pop(slot, None)
            self.tries[slot] = 0


class Rank(NamedTuple):
    """Which of several files of one student counts: the highest, in whatever order they come."""

    sound: bool
    owned: bool  # the folder says whose it is
    agrees: bool  # it names the student whom its folder or its own name names
    handed: bool  # a file to hand in and no loose journal
    receipt: bool
    worth: float  # exercises whose answers count, less what lateness takes
    early: int  # days late, below zero
    saved: str  # when the last answer that counts was
    checksum: bytes  # two files with one checksum are one file


class Graded(NamedTuple):
    """One graded file: its work, its rank among a student's files, how many lines are answers."""

    work: Work
    rank: Rank
    answered: int


class Grader:
    """Grades files one by one with one key.

    Parameters
    ----------
    key : Key
        ``private/key.json``.
    marks : Marks, optional
        What people marked.
    decisions : Decisions, optional
        What the lecturer decided after the exam.
    """

    def __init__(
        self, key: Key, marks: Marks | None = None, decisions: Decisions = NOTHING
    ) -> None:
        self.key, self.marks, self.roster = key, marks, key["roster"]
        self.decisions = decisions
        self.exercises, self.refs = key["exercises"], [entry["ref"] for entry in key["exercises"]]
        self.slots = {ref: slot for slot, ref in enumerate(self.refs)}
        self.ids = {folded(row[0]): row[0] for row in self.roster}
        self.places = {row[0]: place for place, row in enumerate(self.roster)}
        self.owners = Owners(key["id"], self.roster)
        self.kinds = [kinds.kind(entry["kind"]) for entry in self.exercises]
        dealt = key.get("round")
        self.packets = dealt and {name: each["digest"] for name, each in dealt["packets"].items()}
        self.accepted = [decisions.accept.get(ref, ()) for ref in self.refs]
        full = {entry["ref"]: entry["points"] for entry in self.exercises}
        # In a round of reviews people read comments, and a comment earns nothing.
        free = [bool(dealt) and each.by_person for each in self.kinds]
        self.maxima = [
            0.0 if none or ref in decisions.drop else full[ref]
            for ref, none in zip(self.refs, free, strict=True)
        ]
        self.pools = key.get("pools", [])
        self.common = [self.slots[ref] for ref in common(key)]
        self.maximum = rounded(self._most())
        # chance() joins its words with this; here once instead of once for each student
        self.drawn = [
            (
                slot,
                "\x1f".join([entry["lesson"], entry["raw"].get("shared") or entry["ref"], "1"]),
                count,
            )
            for slot, entry in enumerate(self.exercises)
            if (count := len(entry["draws"]))
        ]
        self.opens, self.closes = _stamp(key["opens"]), _stamp(key["closes"])
        self.zone = ZoneInfo(key["zone"])
        self.until = _stamp(key["late"]["until"]) if key["late"] else None
        # On paper a clock on the wall ends the exam.
        self.minutes = 0 if "paper" in key else key.get("minutes", 0)
        self.groups = key.get("groups", {})
        self.apart = key["variants"] == "group" and "paper" not in key
        self.files = {unit["digest"]: unit for unit in self.groups.values() if "digest" in unit}

    def _most(self) -> float:
        """Return the points of one student's exercises; who got a dropped one has fewer."""
        whole = sum([self.maxima[slot] for slot in self.common])
        for pool in self.pools:
            each = sorted((self.maxima[self.slots[ref]] for ref in pool["from"]), reverse=True)
            whole += sum(each[: pool["take"]])
        return whole

    def grade(self, data: bytes, name: str) -> Graded:
        """Grade the bytes of one file.

        Parameters
        ----------
        data : bytes
            From anybody.
        name : str
            Its name as handed in, with the folders around it.
        """
        journal = self._journal(data)
        flags, head = journal.flags, journal.head
        typed = _typed(head.student.id) if head else journal.ids[-1] if journal.ids else ""
        student, owner = self._student(journal, typed, name)
        if self._foreign(head, student):
            flags.add("another-packet")
        opens, closes, cut = self._times(student)
        if opens and journal.earliest and _back(journal.earliest, opens):
            flags.add("clock")
        made_in = self._made_in(journal)
        if self._strays(made_in, student):
            flags.add("another-group")
        drawn = self._seed(head, typed or student, self._group(student, made_in))
        own = self.own(drawn)
        choice = self._choose(journal, cut, self._limit(student), own)
        if choice.strange:
            flags.add("other-exercises" if choice.answered or head else "wrong-assignment")
        if not (head or journal.ids or choice.answered or choice.strange):
            flags.add("malformed")
        void, days, factor = bool(flags & VOID), 0, 1.0
        spent: tuple[int | None, int] = None, 0
        if void:
            choice = _Choice([0] * len(self.refs), answered=choice.answered, void=True)
        else:
            days, factor = self._lateness(choice.saved, closes, flags)
            spent = self._spent(journal, choice.saved, student)
        earned, decided = self._answers(drawn, own, student, choice)
        worth = round(factor * sum([each.state not in _UNREAD for each in earned.values()]), 6)
        claimed = self.ids.get(folded(typed))
        agrees = bool(claimed) and claimed == (owner or self.owners.by_file_name(name))
        who = not void, bool(owner), agrees, bool(head), journal.receipt is not None
        rank = Rank(*who, worth, -days, choice.saved, sha256(data).digest())
        work = self._work(student, flags, earned, factor, decided)
        work.claimed = typed or student
        if student not in self.places:
            work.name = clean(head.student.name if head else journal.name)
        work.lang = "ru" if (choice.lang or head and head.lang) == "ru" else "uk"
        work.receipt, work.saved = journal.receipt, choice.saved or None
        work.late_days, work.source = days, name
        work.minutes, work.over = spent
        return Graded(work, rank, choice.answered)

    def absent(self, student: str, flags: Collection[str]) -> Work:
        """Return the work of somebody who handed in nothing that could be read."""
        nothing = _Choice([0] * len(self.refs))
        drawn = self._seed(None, student, self._group(student, None))
        earned, decided = self._answers(drawn, self.own(drawn), student, nothing)
        return self._work(student, flags, earned, 1.0, decided)

    def _work(
        self,
        student: str,
        flags: Collection[str],
        earned: dict[str, Answer],
        factor: float,
        decided: list[Decided],
    ) -> Work:
        place = self.places.get(student)
        _, name, group, email = ("", "", "", "") if place is None else self.roster[place]
        for answer in earned.values() if factor != 1 else ():
            answer.points *= factor
        decided = [*decided, *self._adjust(student, earned)]
        # Thirds add up before they are rounded.
        total, maximum = rounded(sum([answer.points for answer in earned.values()])), self.maximum
        for answer in earned.values():
            answer.points = rounded(answer.points)
        if self.pools:
            maximum = rounded(sum([answer.maximum for answer in earned.values()]))
        if bonus := self.decisions.bonus.get(student):
            whole = total + sum([each.points or 0 for each in bonus])
            total, decided = rounded(min(max(whole, 0.0), maximum)), [*decided, *bonus]
        return Work(
            student=student,
            claimed=student,
            name=name,
            group=group,
            email=email,
            lang="uk",
            flags=[flag for flag in FLAGS if flag in flags] or ["ok"],
            points=total,
            maximum=maximum,
            exercises=earned,
            decided=decided,
        )

    def _adjust(self, student: str, earned: dict[str, Answer]) -> list[Decided]:
        """Give a student the points that were decided; lateness takes nothing of them."""
        adjusted = []
        for ref, answer in earned.items() if self.decisions.adjust else ():
            decided = self.decisions.adjust.get((student, ref))
            if decided and decided.points is not None:
                _settle(answer, decided.points)
                adjusted.append(decided)
        return adjusted

    def _journal(self, data: bytes) -> _Journal:
        """Read the bytes of one file line by line."""
        data = data.removeprefix(b"\xef\xbb\xbf")
        if b"\r" in data:
            data = data.replace(b"\r\n", b"\n")  # a mail program or a Windows editor
        flags: set[str] = set()
        data, receipt = _receipt(data, flags)
        head, data = _split_head(data, flags)
        journal = _Journal(flags, receipt, head)
        latest, torn = "", 0
        for line in _LINES.finditer(data):
            event = _event(line[0])
            if event is None:
                flags.add("torn-lines")
                torn += 1
                if torn == TORN:
                    break
                continue
            latest = _watch(event.t, latest, journal)
            if not journal.began and clock.starts(event.x, event.e, event.a):
                journal.began = event.t
            if event.x == "identity":
                _identify(journal, event)
            elif event.e == "answer":
                journal.events.append((event, len(line[0])))
        return journal

    def _student(self, journal: _Journal, typed: str, name: str) -> tuple[str, str | None]:
        """Return whose work it is, "" when nobody says so, and whom the folder around it names."""
        flags, head = journal.flags, journal.head
        if head and journal.ids and journal.ids[-1] != typed:
            flags.add("tampered")  # the hand-in file was made from another journal
        if head and head.assignment != self.key["id"]:
            flags.add("wrong-assignment")
        elif head and self.packets is None and not self._known(head.digest):
            flags.add("spec-changed")
        if len({folded(each) for each in journal.ids} & self.ids.keys()) > 1:
            flags.add("identity-changed")
        owner, claimed = self.owners.of(name), self.ids.get(folded(typed))
        if owner is None and MARK in name:
            flags.add("unknown-folder")  # an LMS names somebody whom the roster does not know
        if not folded(typed):
            flags.add("no-identity")
            return owner or self.owners.by_file_name(name) or "", owner
        if owner and claimed != owner:
            flags.add("another-student" if claimed else "mistyped-id")
        elif not claimed:
            flags.add("unknown-student")
        return owner or claimed or clean(typed), owner

    def _known(self, digest: str) -> bool:
        """Tell whether this is the digest of a file that was handed out."""
        return digest in self.files if self.apart else digest == self.key["digest"]

    def _foreign(self, head: _Head | None, student: str) -> bool:
        """Tell whether these are marks of works that somebody else was to read."""
        if head is None or self.packets is None or head.assignment != self.key["id"]:
            return False
        return self.packets.get(student) != head.digest

    def _times(self, student: str) -> tuple[str | None, str | None, str]:
        """Return when it opens and closes for a student, and after when nothing counts."""
        opens, closes = self.opens, self.closes
        if self.groups:
            own = times(self.key, self._listed(student))
            opens, closes = _stamp(own["opens"]), _stamp(own["closes"])
        cut = (self.until if self.key["late"] else closes) or "~"
        extension = self.decisions.extension.get(student)
        if extension and closes:
            closes = max(closes, _stamp(extension.closes) or "")
        return opens, closes, max(cut, closes or "")

    def _listed(self, student: str) -> str:
        """Return the group of a student as the roster has it; empty when it has none."""
        place = self.places.get(student)
        return "" if place is None else self.roster[place][2]

    def _group(self, student: str, made_in: str | None) -> str:
        """Return with whose numbers answers are marked: never by what a file says of the listed."""
        if not self.apart:
            return ""
        decided = self.decisions.numbers.get(student)
        if decided is None and student not in self.places:
            return made_in or ""
        group = decided.group if decided else self._listed(student)
        unit = self.groups.get(folded(group))
        return unit["seed"] if unit else group

    def _made_in(self, journal: _Journal) -> str | None:
        """Return with whose numbers a file says that it was made; None when it does not say."""
        unit = self.files.get(journal.head.digest) if journal.head else None
        return unit["seed"] if unit else journal.group

    def _strays(self, made_in: str | None, student: str) -> bool:
        """Tell whether somebody on the roster answered to another group's numbers."""
        if not self.apart or made_in is None or student not in self.places:
            return False
        return folded(made_in) != folded(self._group(student, made_in))

    def _spent(self, journal: _Journal, saved: str, student: str) -> tuple[int | None, int]:
        """Return the minutes up to the last answer that counts, and how many are too many."""
        if not self.minutes or not saved:
            return None, 0
        decided = self.decisions.time.get(student)
        limit = self.minutes if decided is None else decided.minutes or 0
        minutes = clock.used(journal.began, saved)
        over = clock.over(minutes, limit)
        if over:
            journal.flags.add("over-time")
        return minutes, over

    def _limit(self, student: str) -> int:
        """Return how many attempts a student has; 0 is without limit."""
        more = self.decisions.attempts.get(student)
        return self.key["attempts"] if more is None else more.attempts or 0

    def _choose(self, journal: _Journal, cut: str, limit: int, own: Collection[int]) -> _Choice:
        """Return which answers count: the last, or all that may be the best.

        What answers a question that a pool did not give this student is passed over. Only if it was
        saved under the last id it is flagged: another id may have had that question.
        """
        foreign = False
        choice, best = _Choice([0] * len(self.refs)), self.key["counts"] == "best"
        versions: dict[int, str] = {}
        limit, who = limit or len(journal.events), None
        for event, size in journal.events:
            if event.x == "identity":
                if who not in (None, event.a) and self.key["variants"] == "student":
                    # these answers were to other numbers
                    choice.forget([s for s, _, _ in self.drawn if not self.kinds[s].by_person])
                    foreign = False
                who = event.a
                continue
            slot = self.slots.get(event.x)
            if slot is None:
                choice.strange += 1
                continue
            choice.answered += 1
            if self.pools and slot not in own:
                foreign = True
                continue
            if event.t > cut:
                journal.flags.add("after-closing")
                continue
            if versions.setdefault(slot, event.d) != event.d:
                # an exercise changed after it was handed out is tried anew
                versions[slot] = event.d
                choice.forget([slot])
            if choice.tries[slot] == limit:
                journal.flags.add("over-limit")
                continue
            choice.tries[slot] += 1
            if best:
                choice.chosen.setdefault(slot, []).append((event.a, size))
            else:
                choice.chosen[slot] = [(event.a, size)]
            choice.lang, choice.saved = event.lang, max(choice.saved, event.t)
        if foreign:
            journal.flags.add("not-drawn")
        return choice

    def _answers(
        self, seed: str, own: Collection[int], student: str, choice: _Choice
    ) -> tuple[dict[str, Answer], list[Decided]]:
        """Return what each exercise earns, of the answers that count the best; and by what."""
        draws, earned = self.draws(seed), dict[str, Answer]()
        decided = [each for ref, each in self.decisions.drop.items() if self.slots[ref] in own]
        for slot in own:
            ref, draw = self.refs[slot], draws[slot]
            if slot not in choice.chosen:
                maximum = self.maxima[slot]
                earned[ref] = Answer(state="missing", points=0.0, maximum=maximum, draw=draw)
                continue
            earned[ref], taken = self._score(slot, draw, choice)
            decided += [taken] if taken else []
        for ref, answer in earned.items():
            waits = answer.state == "person" and answer.maximum
            if self.marks and waits:
                mark = self.marks.mean(student, ref, answer.answer)
                _give(mark, answer, self.exercises[self.slots[ref]])
        if choice.answered and not choice.void:
            for ref, credit in self.decisions.credit.items():
                if ref in earned:
                    _settle(earned[ref], earned[ref].maximum)
                    decided.append(credit)
        of = self.decisions
        for known in (of.extension, of.attempts, of.time, of.numbers):
            decided += [known[student]] if student in known else []
        return earned, decided

    def _seed(self, head: _Head | None, student: str, group: str) -> str:
        """Return the words that all was drawn with; on paper those of a variant."""
        sheets, variants = self.key.get("paper"), self.key["variants"]
        if sheets and variants != "one":
            printed = head and 0 < head.variant <= sheets["variants"]
            return seat(head.variant) if head and printed else folded(student)
        return seed(variants, student, group)

    def _token(self, seed: str) -> str:
        return sha256(f"{self.key['salt']}|{seed}".encode("utf-8", "replace")).hexdigest()

    def own(self, seed: str) -> Collection[int]:
        """Return the places of the exercises that a seed leads to, in the order of the key."""
        if not self.pools:
            return range(len(self.refs))
        token, own = self._token(seed), list(self.common)
        for pool in self.pools:
            picked = pick(pool["id"], pool["from"], pool["take"], token)
            own += [self.slots[ref] for ref in picked]
        return dict.fromkeys(sorted(own))  # in order, and looked up at once

    def draws(self, seed: str) -> list[int | None]:
        """Return the number of the draw of each exercise that a seed leads to."""
        draws: list[int | None] = [None] * len(self.refs)
        seed = self._token(seed)
        for slot, words, count in self.drawn:
            draws[slot] = chance(seed, words) % count
        return draws

    def _score(self, slot: int, draw: int | None, choice: _Choice) -> tuple[Answer, Decided | None]:
        """Return what an answer earns, and the decision that took it for right."""
        entry, kind = self.exercises[slot], self.kinds[slot]
        key, best, counts, size = entry["keys"][draw or 0], None, None, 0
        decided: Decided | None = None
        for given, length in choice.chosen[slot]:
            answer = kind.renamed(given, entry["ids"])
            score = kind.score(key, answer, entry["points"])
            taken = self._taken(slot, score, answer) if self.accepted[slot] else None
            if taken or self.packets is not None and score.state not in _UNREAD:
                # of a round of reviews every mark is right: it was given
                score = Score("right", 1.0, entry["points"], dict.fromkeys(score.marks, True))
            if best is None or score.points > best.points:  # of equal ones the first
                best, counts, size, decided = score, answer, length, taken
        assert best is not None
        if size > _LONG and not kind.by_person and len(_json(counts)) > _LONG:
            counts = None  # a whole table; what is right in it is told by slip and marks
        earned = Answer(
            attempts=choice.tries[slot],
            state=cast(State, best.state),
            points=best.points if self.maxima[slot] else 0.0,
            maximum=self.maxima[slot],
            answer=counts,
            draw=draw,
            slip=best.slip,
            marks=dict(best.marks),
            reason=best.reason,
        )
        return earned, decided

    def _taken(self, slot: int, score: Score, answer: Any) -> Decided | None:
        """Return the decision that takes an answer for right that the key does not."""
        raw, kind = self.exercises[slot]["raw"], self.kinds[slot]
        if score.state in _UNREAD or score.fraction >= 1:
            return None
        said = kind.alike(raw, answer)
        taken = (each for other, each in self.accepted[slot] if kind.alike(raw, other) == said)
        return next(taken, None) if said is not None else None

    def _lateness(self, saved: str, closes: str | None, flags: set[str]) -> tuple[int, float]:
        """Return started days late and the share of points that is left."""
        late = self.key["late"]
        if not closes or not late or saved <= closes:
            return 0, 1.0
        flags.add("late")
        over = self._clock(saved), self._clock(closes)
        if not over[0] or not over[1]:  # the thirtieth of February
            return 0, 0.0
        days = min(_LATEST, math.ceil((over[0] - over[1]).total_seconds() / 86_400))
        return days, max(0.0, 1 - days * late["percent_per_day"] / 100)

    def _clock(self, time: str) -> datetime | None:
        """Return what a clock on the lecturer's wall shows: a day of 25 hours is one day there."""
        moment = answers.moment(time)
        try:
            return moment and moment.astimezone(self.zone).replace(tzinfo=None)
        except OverflowError:  # the last hours of the year 9999
            return None


def _give(mark: Mark | None, answer: Answer, entry: Entry) -> None:
    """Give the points of those who read it; it stays open while a criterion lacks a mark."""
    criteria = mark.criteria.items() if mark else ()
    read = {name for name, mean in criteria if mean.points is not None}
    if not mark or not read:
        return
    answer.points = points = min(entry["points"], mark.points)
    done = read >= {criterion["id"] for criterion in entry["rubric"] or ()}
    if done:
        answer.state = "right" if points >= entry["points"] else "partial" if points else "wrong"


def seat(variant: int) -> str:
    """Return what a variant on paper draws with: the same as a student ``variant-2`` would."""
    return folded(f"variant-{variant}")


def _settle(answer: Answer, points: float) -> None:
    """Give an answer its points by a decision; then nobody has to mark it any more."""
    answer.points = points
    if answer.state == "person":
        full = points >= answer.maximum
        answer.state = "right" if full else "partial" if points else "wrong"


def _stamp(time: str | None) -> str | None:
    """Return a moment as the journal writes it: the order of such texts is that of time."""
    return time and time.replace("Z", ".000Z")


def _watch(time: str, latest: str, journal: _Journal) -> str:
    """Return the latest time so far; flag a clock put back or with what no calendar has."""
    if answers.moment(time) is None:
        journal.flags.add("clock")
        return latest
    if time < latest and _back(time, latest):
        journal.flags.add("clock")
    journal.earliest = min(journal.earliest or time, time)
    return max(time, latest)


def _back(time: str, before: str) -> bool:
    """Tell whether a clock was put back by more than what no clock errs by."""
    moment, then = answers.moment(time), answers.moment(before)
    return bool(moment and then and (then - moment).total_seconds() > _BACK)


def _identify(journal: _Journal, event: _Event) -> None:
    """Take in a line that says whose journal it is."""
    said = event.a if event.e == "set" else {}
    student, name = said.get("student"), said.get("name")
    if type(student) is str and type(name) is str:
        journal.ids.append(_typed(student))
        journal.name, group = name, said.get("group")
        journal.group = group if type(group) is str else None
        event.a = folded(student)
        journal.events.append((event, 0))


def _typed(student: str) -> str:
    """Return an id as the card of the assignment keeps it."""
    return student.strip()[:200]


def _split_head(data: bytes, flags: set[str]) -> tuple[_Head | None, bytes]:
    """Split off the first line of a hand-in file; None when there is none that can be read."""
    if not data.startswith(b'{"submission"'):
        return None, data
    line, _, rest = data.partition(b"\n")
    try:
        return _head(line), rest
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        flags.add("malformed")
        return None, rest


def _receipt(data: bytes, flags: set[str]) -> tuple[bytes, str | None]:
    """Split off the receipt; a body that it does not fit was changed after the hand-in."""
    place = data.rfind(b'\n{"receipt"') + 1
    if not place:
        flags.add("no-receipt")
        return data, None
    receipt = _RECEIPT.fullmatch(data, place)
    if not receipt or answers.receipt(data[:place]) != receipt[1].decode():
        flags.add("tampered")
    return data[:place], receipt[1].decode() if receipt else None


def _event(line: bytes) -> _Event | None:
    """Return the event of a line, or None: it holds one exactly when `answers.parse` finds it.

    A line that comes out the same when it is read and written again leaves no doubt: no name stands
    in it twice, nothing is left over. Any other goes to the journal's own reader, strict and slow.
    """
    try:
        event = _decode(line)
        nests = type(event.a) in (list, dict) and line.count(b"[") + line.count(b"{")
        plain = event.e in _PLAIN and nests <= answers.DEEPEST and len(line) <= answers.LONGEST
        if plain and answers.is_time(event.t) and _json(event) == line:
            return event
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        pass
    read, _ = answers.parse(line)
    if read is None:
        return None
    return _Event(**{name: read[name] for name in _Event.__struct_fields__ if name in read})


def rounded(points: float) -> float:
    """Return points as every table tells them, with at most four decimals."""
    return round(points, 4) + 0.0
