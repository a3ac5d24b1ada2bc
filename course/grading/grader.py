"""Grading one file: raw answers and the private key in, points and lines of tables out.

Nothing that a student wrote is executed or believed. What a file says of scores is not read at all; its times are
reported and decide on lateness, its draw numbers and resets mean nothing. Every line that the journal's own rules
reject is skipped, and every doubt becomes a flag. Nothing of one file is remembered when the next is read: what a
file earns follows from its bytes, its name, the key and the marks alone.
"""

import math
import re
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from course import answers, kinds
from course.exercises import chance
from course.grading.roster import clean
from course.grading.submissions import Owners
from course.kinds import score
from course.texts import LANGS

FLAGS = ("no-submission", "another-student", "tampered", "wrong-assignment", "unknown-student", "mistyped-id",
         "no-identity", "identity-changed", "duplicate", "spec-changed", "malformed", "torn-lines", "wrong-file",
         "nested-archive", "bad-archive", "too-large", "symlink", "path", "unreadable", "no-receipt", "late",
         "after-closing", "over-limit", "clock", "other-exercises")
_UNREAD = {"missing", "unattempted", "invalid"}  # states of what is no answer that counts
VOID = {"another-student", "tampered", "wrong-assignment"}  # such a file counts for nobody
_LINES = re.compile(rb"^.*\S.*$", re.M)
_TIME = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z\Z"
_PLAIN = {"answer", "draft", "shown", "reset"}  # events of which the journal asks nothing more than their types
_RECEIPT = re.compile(rb'\{"receipt": ?"([0-9A-Z-]{1,40})"\}\s*')
_LONG = 4000  # bytes of an answer that is no text, as it is told
_json = msgspec.json.encode
_LATEST = 9999  # days; more are no less late
_FORMULA = frozenset("=+-@＝＋－＠")
# where a spreadsheet that parts cells at such a sign would begin one with a formula
INSIDE = re.compile("([;,|] *|(?<=.)\t *)(?=[=+@＝＋－＠-])")


class _Result(NamedTuple):
    """What one answer to one variant earns, and how each table says so, in bytes ready to be joined."""

    points: float
    state: str
    shown: bytes  # the points
    row: bytes  # exercise, points, maximum, state
    body: bytes  # of its JSON object, without the attempts


class _Student(msgspec.Struct):
    id: str
    name: str


class _Head(msgspec.Struct):
    """The first line of a hand-in file."""

    assignment: str
    digest: str
    student: _Student
    lang: Literal["uk", "ru"]


class _Event(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A line of a journal, its fields in the order in which the course writes them."""

    v: Literal[1]
    t: Annotated[str, msgspec.Meta(pattern=_TIME)]
    x: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    e: Literal[answers.EVENTS]
    a: Any = None
    lang: str
    d: str = ""
    n: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] | msgspec.UnsetType = msgspec.UNSET


@dataclass(slots=True)
class _Reading:
    """What one file says."""

    flags: set
    receipt: str | None = None
    head: _Head | None = None
    who: tuple | None = None  # (id, name) of the last identity
    ids: set = field(default_factory=set)
    chosen: dict = field(default_factory=dict)  # exercise's number -> the answers that count
    tries: list = field(default_factory=list)
    saved: str = ""
    lang: str | None = None
    answers: int = 0  # lines that answer an exercise
    strange: int = 0  # lines that answer one of another assignment

    def forget(self, slots):
        """Set aside the answers to exercises that are then tried anew."""
        for slot in slots:
            self.chosen.pop(slot, None)
            self.tries[slot] = 0


_head = msgspec.json.Decoder(_Head).decode
_decode = msgspec.json.Decoder(_Event).decode


class Rank(NamedTuple):
    """Which of several files of one student counts: the highest, whatever the order in which they are read."""

    sound: bool
    owned: bool  # the folder says whose it is
    agrees: bool  # it names the student whom its folder or its own name names
    handed: bool  # a file to hand in and no loose journal
    receipt: bool
    worth: float  # exercises whose answers count, less what lateness takes
    early: int  # days late, below zero
    saved: str  # when the last answer that counts was
    checksum: bytes  # two files with one checksum are one file


class Work(NamedTuple):
    """One graded file."""

    student: str
    claimed: str  # the id as the student typed it: the numbers were drawn with it; for no table and no page
    place: int | None  # on the roster
    name: str
    lang: str
    flags: frozenset
    rank: Rank | None  # of nothing handed in
    answers: int  # lines that answer an exercise, whether they count or not
    receipt: str | None
    saved: str | None
    late_days: int
    factor: float
    results: tuple
    tries: tuple


class Grader:
    """Grades files one by one with one key.

    Parameters
    ----------
    key : dict
        ``private/key.json``.
    marks : dict, optional
        As from `read_marks`.
    """

    def __init__(self, key, marks=None):
        self.key, self.marks, self.roster = key, marks or {}, key["roster"]
        self.exercises, self.refs = key["exercises"], [entry["ref"] for entry in key["exercises"]]
        self.slots = {ref: slot for slot, ref in enumerate(self.refs)}
        self.places = {row[0]: place for place, row in enumerate(self.roster)}
        self.owners = Owners(key["id"], self.roster)
        self.full = [_text(entry["points"]) for entry in self.exercises]
        self.maximum = rounded(sum(entry["points"] for entry in self.exercises))
        self.missing = [self._pieces(slot, "missing", 0.0, b"null") for slot in range(len(self.refs))]
        # chance() joins its words with this; here once instead of once for each student
        self.drawn = [(slot, "\x1f".join([entry["lesson"], entry["ref"], "1"]), len(entry["draws"]))
                      for slot, entry in enumerate(self.exercises) if entry["draws"]]
        self.read = [slot for slot, entry in enumerate(self.exercises) if entry["kind"] in kinds.by_person()]
        self.nothing = [0] * len(self.refs)
        self.closes, self.opens, self.zone = _stamp(key["closes"]), _stamp(key["opens"]), ZoneInfo(key["zone"])
        late = key["late"]
        self.cut = _stamp(late["until"]) if late else self.closes

    def grade(self, data, name):
        """Grade the bytes of one file.

        Parameters
        ----------
        data : bytes
            From anybody.
        name : str
            Its name as handed in, with the folders around it.

        Returns
        -------
        Work
        """
        reading = self._read(data)
        flags, head, who = reading.flags, reading.head, reading.who
        owner = self.owners.of(name)
        typed = _typed(head.student.id) if head else who[0] if who else ""
        claimed = clean(typed)
        if head and who and who[0] != typed:
            flags.add("tampered")  # the hand-in file was made from another journal
        if head and head.assignment != self.key["id"]:
            flags.add("wrong-assignment")
        elif head and head.digest != self.key["digest"]:
            flags.add("spec-changed")
        if len({clean(each) for each in reading.ids} & self.places.keys()) > 1:
            flags.add("identity-changed")
        student = claimed
        if not claimed:
            flags.add("no-identity")
            student = owner or self.owners.by_file_name(name) or ""
        elif owner and claimed != owner:
            flags.add("another-student" if claimed in self.places else "mistyped-id")
            student = owner
        elif claimed not in self.places:
            flags.add("unknown-student")
        elif claimed != typed:
            flags.add("mistyped-id")
        days, factor, results, saved, tries = 0, 1.0, tuple(self.missing), "", self.nothing
        if not flags & VOID:
            saved, tries = reading.saved, reading.tries
            days, factor = self._lateness(saved, flags)
            results = self._results(typed or student, student, reading.chosen)
        agrees = bool(claimed) and claimed == (owner or self.owners.by_file_name(name))
        worth = round(factor * sum([result.state not in _UNREAD for result in results]), 6)
        handed, receipt = bool(head), reading.receipt is not None
        rank = Rank(not flags & VOID, bool(owner), agrees, handed, receipt, worth, -days, saved,
                    sha256(data).digest())
        called = head.student.name if head else who[1] if who else ""
        lang = reading.lang or head and head.lang
        return Work(student, typed or student, self.places.get(student), clean(called),
                    lang if lang in LANGS else LANGS[0], frozenset(flags), rank, reading.answers, reading.receipt,
                    saved or None, days, factor, results, tuple(tries))

    def _read(self, data):
        """Read the bytes of one file line by line."""
        data = data.removeprefix(b"\xef\xbb\xbf")
        if b"\r" in data:
            data = data.replace(b"\r\n", b"\n")  # a mail program or a Windows editor
        flags = set()
        data, receipt = _receipt(data, flags)
        head, data = self._head(data, flags)
        reading = _Reading(flags, receipt, head, tries=self.nothing[:])
        versions, latest, limit = {}, self.opens or "", self.key["attempts"] or len(data)
        cut, best = self.cut or "~", self.key["counts"] == "best"
        for line in _LINES.finditer(data):
            event = _event(line[0])
            if event is None:
                flags.add("torn-lines")
                continue
            time = event.t
            if time >= latest:
                latest = time
            elif _earlier(time, latest):
                flags.add("clock")
            if event.x == "identity":
                self._identify(reading, event)
            elif event.e == "answer":
                slot = self.slots.get(event.x)
                if slot is None:
                    reading.strange += 1
                    continue
                reading.answers += 1
                if time > cut:
                    flags.add("after-closing")
                    continue
                if versions.setdefault(slot, event.d) != event.d:
                    versions[slot] = event.d  # an exercise changed after it was handed out is tried anew
                    reading.forget([slot])
                if reading.tries[slot] == limit:
                    flags.add("over-limit")
                    continue
                reading.tries[slot] += 1
                if best:
                    reading.chosen.setdefault(slot, []).append(event.a)
                else:
                    reading.chosen[slot] = [event.a]
                reading.lang, reading.saved = event.lang, max(reading.saved, time)
        if reading.strange:
            flags.add("other-exercises" if reading.answers or head else "wrong-assignment")
        if not (head or reading.who or reading.answers or reading.strange):
            flags.add("malformed")
        return reading

    def _identify(self, reading, event):
        """Take in a line that says whose journal it is."""
        told = event.a if event.e == "set" else {}
        student, name = told.get("student"), told.get("name")
        if type(student) is type(name) is str:
            who = _typed(student), name
            if reading.who and reading.who[0] != who[0] and self.key["variants"] != "one":
                reading.forget([slot for slot, _, _ in self.drawn])  # these answers were to other numbers
            reading.who = who
            reading.ids.add(who[0])

    def _head(self, data, flags):
        """Split off the first line of a hand-in file; None when there is none that can be read."""
        if not data.startswith(b'{"submission"'):
            return None, data
        line, _, rest = data.partition(b"\n")
        try:
            return _head(line), rest
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            flags.add("malformed")
            return None, rest

    def _results(self, claimed, student, chosen):
        """What each exercise earns: of the answers that count the best, or the only one."""
        seed = "all" if self.key["variants"] == "one" else claimed
        seed, results = sha256(f"{self.key['salt']}|{seed}".encode()).hexdigest(), self.missing[:]
        variants = self.nothing[:]
        for slot, words, count in self.drawn:
            variants[slot] = chance(seed, words) % count
        for slot, given in chosen.items():
            scored = [self._score(slot, variants[slot], answer) for answer in given]
            results[slot] = max(scored, key=lambda result: result.points)  # of equal ones the first
        for ref, marks in self.marks.get(student, {}).items():
            slot = self.slots[ref]
            if marks and results[slot].state == "person":
                results[slot] = self._marked(slot, chosen[slot][-1], marks) or results[slot]
        return tuple(results)

    def _score(self, slot, variant, answer):
        entry = self.exercises[slot]
        answer = own(entry, answer)
        found = score(entry["kind"], entry["keys"][variant], answer, entry["points"])
        said = _json(answer)
        if len(said) > _LONG and entry["kind"] not in kinds.by_person():
            said = b"null"  # a whole table; what is right in it is told by slip and marks
        return self._pieces(slot, found.state, found.points, said, found)

    def _marked(self, slot, answer, marks):
        """The points of those who read it: the mean of the markers, and still open while a criterion lacks a mark.

        What somebody gave to another text of the same student does not count.
        """
        entry, answer = self.exercises[slot], own(self.exercises[slot], answer)
        now = fingerprint(answer)
        read = {name: [points for points, of in given.values() if of in (None, now)] for name, given in marks.items()}
        read = {name: given for name, given in read.items() if given}
        if not read:
            return None
        points = min(entry["points"], sum(sum(given) / len(given) for given in read.values()))
        done = read.keys() >= {one["id"] for one in entry["rubric"] or ()}
        state = "person" if not done else "right" if points >= entry["points"] else "partial" if points else "wrong"
        return self._pieces(slot, state, points, _json(answer))

    def _pieces(self, slot, state, points, said, found=None):
        shown, maximum, more = _text(rounded(points)), self.full[slot], b'"slip":null,"marks":{}}'
        if found:
            reason = {"reason": found.reason} if found.reason else {}
            more = _json({"slip": found.slip, "marks": dict(found.marks), **reason})[1:]
        body = f'"state":"{state}","points":{shown},"maximum":{maximum},"answer":'.encode() + said + b"," + more
        return _Result(points, state, shown.encode(), f"{self.refs[slot]},{shown},{maximum},{state}".encode(), body)

    def _reduced(self, result, slot, factor):
        """The result of a late hand-in."""
        points, maximum = result.points * factor, self.full[slot]
        shown, before = _text(rounded(points)), b'"points":%b,' % result.shown
        row = f"{self.refs[slot]},{shown},{maximum},{result.state}".encode()
        return _Result(points, result.state, shown.encode(), row,
                       result.body.replace(before, f'"points":{shown},'.encode(), 1))

    def _lateness(self, saved, flags):
        """Return started days late and the share of points that is left."""
        if not self.closes or saved <= self.closes:
            return 0, 1.0
        flags.add("late")
        try:
            over = self._clock(saved) - self._clock(self.closes)
        except (ValueError, OverflowError):  # the thirtieth of February
            flags.add("clock")
            return 0, 0.0
        days = min(_LATEST, math.ceil(over.total_seconds() / 86_400))
        return days, max(0.0, 1 - days * self.key["late"]["percent_per_day"] / 100)

    def _clock(self, time):
        """What a clock on the wall of the lecturer's zone shows: a day is a day when it is an hour longer."""
        return datetime.fromisoformat(time).astimezone(self.zone).replace(tzinfo=None)

    def render(self, work, source=None, extra=()):
        """Return the lines of one student: of ``graded.jsonl``, of ``grades.csv`` and of ``students.csv``."""
        flags = [flag for flag in FLAGS if flag in work.flags or flag in extra]
        said, results = flags or ["ok"], work.results
        _, name, group, email = self.roster[work.place] if work.place is not None else (None, work.name, "", "")
        if work.factor != 1:
            results = [self._reduced(result, slot, work.factor) for slot, result in enumerate(results)]
        total = rounded(sum([result.points for result in results]))
        seen = {"claimed": work.claimed} if work.claimed != work.student else {}
        line = _json({"student": work.student, **seen, "name": name, "group": group, "email": email, "lang": work.lang,
                      "flags": said, "receipt": work.receipt, "saved": work.saved, "late_days": work.late_days,
                      "points": total, "maximum": self.maximum, "source": source})
        parts = b",".join([f'"{ref}":{{"attempts":{tries},'.encode() + result.body
                           for ref, tries, result in zip(self.refs, work.tries, results, strict=True)])
        before, after = _cells(work.student, name, group).encode() + b",", f",{' '.join(said)}\n".encode()
        rows = before + (after + before).join([result.row for result in results]) + after
        about = (f"{_cells(work.student, name, group, email, work.lang)},{_text(total)},{_text(self.maximum)},"
                 f"{work.late_days},{work.saved or ''},{work.receipt or ''},{' '.join(said)},").encode()
        wide = about + b",".join([result.shown for result in results]) + b"\n"
        return line[:-1] + b',"exercises":{' + parts + b"}}\n", rows, wide, total, flags

    def absent(self, student, flags):
        """The `Work` of somebody who handed in nothing that could be read."""
        return Work(student, student, self.places.get(student), "", LANGS[0], frozenset(flags), None, 0, None, None,
                    0, 1.0, tuple(self.missing), self.nothing)


def _stamp(time):
    """A moment as the journal writes it: the order of such texts is the order of time."""
    return time and time.replace("Z", ".000Z")


def _earlier(time, latest):
    """Tell whether the clock went back by more than five minutes."""
    try:
        return (datetime.fromisoformat(latest) - datetime.fromisoformat(time)).total_seconds() > 300
    except ValueError:
        return True


def _receipt(data, flags):
    """Split off the receipt and check it; a body that it does not fit was changed after the hand-in."""
    place = data.rfind(b'\n{"receipt"') + 1
    if not place:
        flags.add("no-receipt")
        return data, None
    found = _RECEIPT.fullmatch(data, place)
    if not found or answers.receipt(data[:place]) != found[1].decode():
        flags.add("tampered")
    return data[:place], found and found[1].decode()


def _event(line):
    """Return the event of a line, or None: the line holds one exactly when `answers.parse` finds it.

    A line that comes out the same when it is read and written again leaves no doubt: no name stands
    in it twice, nothing is left over. Any other goes to the journal's own reader, strict and slow.
    """
    try:
        event = _decode(line) if line.startswith(b'{"v":1,') else None
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        event = None
    plain = event and event.e in _PLAIN and line.count(b"[") + line.count(b"{") <= answers.DEEPEST
    if plain and len(line) <= answers.LONGEST and _json(event) == line:
        return event
    read, _ = answers.parse(line)
    if read is None:
        return None
    names = ("t", "x", "e", "a", "lang", "d")
    return _Event(v=1, **{name: read[name] for name in names if name in read})


def own(entry, answer):
    """Put the bank's ids in place of those the students saw; what no student saw stays unknown."""
    kind, ids = entry["kind"], entry["ids"]
    names = ids.get("item" if kind == "order" else "option", {})

    def named(name, names=names):
        return names.get(name, f"?{name}"[:60]) if type(name) is str and name else name

    if kind == "choice":
        return named(answer)
    if kind in ("multi", "order") and type(answer) is list:
        return [named(name) for name in answer]
    if kind in ("match", "classify") and type(answer) is dict:
        return {named(row, ids["row"]): named(option) for row, option in answer.items()}
    return answer


def fingerprint(answer):
    """Return what tells one written answer from another, for marks: hexadecimal digits."""
    return sha256(_json(answer)).hexdigest()[:16]


def harmless(words):
    r"""Return a text that no spreadsheet runs, by whichever sign it parts cells.

    >>> harmless("=1+1"), harmless("x;=1+1"), harmless("Ковальчук, Оля")
    ("'=1+1", "x;'=1+1", 'Ковальчук, Оля')
    """
    words = INSIDE.sub(r"\1'", words)
    return "'" + words if words[:1] in _FORMULA and len(words) > 1 else words


def rounded(points):
    return round(points, 4) + 0.0


def _text(points):
    return str(int(points)) if points == int(points) else str(points)


def _typed(student):
    """An id as the card of the assignment keeps it."""
    return student.strip()[:200]


def _cells(*values):
    r'''Join texts for CSV; one that a spreadsheet would run as a formula gets an apostrophe.

    >>> print(_cells("=1+1", 'Ковальчук, "Оля"'))
    '=1+1,"Ковальчук, ""Оля"""
    '''
    safe = [harmless(one) for one in values]
    return ",".join(['"' + one.replace('"', '""') + '"' if '"' in one or "," in one else one for one in safe])
