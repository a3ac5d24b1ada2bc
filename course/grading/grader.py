"""Grading one file: raw answers and the private key in, points and lines of tables out.

Nothing that a student wrote is executed or believed. What a file says of scores is not read at all; its times are
reported and decide on lateness, its draw numbers and resets mean nothing. Every line that the journal's own rules
reject is skipped, and every doubt becomes a flag.
"""

import math
import re
from datetime import datetime
from hashlib import sha256
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from course import answers, kinds
from course.exercises import chance
from course.grading.roster import clean
from course.grading.submissions import Owners
from course.kinds import LONGEST, score
from course.texts import LANGS

FLAGS = ("no-submission", "another-student", "tampered", "wrong-assignment", "unknown-student", "mistyped-id",
         "no-identity", "identity-changed", "duplicate", "spec-changed", "malformed", "torn-lines", "wrong-file",
         "nested-archive", "bad-archive", "too-large", "symlink", "path", "unreadable", "no-receipt", "late",
         "after-closing", "over-limit", "clock", "other-exercises")
_UNREAD = {"missing", "unattempted", "invalid"}  # states of what is no answer that counts
VOID = {"another-student", "tampered", "wrong-assignment"}  # such a file counts for nobody
_LINES = re.compile(rb'^(?:\{"v":1,"t":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)(",.*\})|(.*\S.*))$', re.M)
_RECEIPT = re.compile(rb'\{"receipt": ?"([0-9A-Z-]{1,40})"\}\s*')
_MEMORY, _LONG = 16 << 20, 4000  # bytes of lines that are remembered; of an answer that is no text, as it is told
_json = msgspec.json.encode
_LATEST = 9999  # days; more are no less late
_FORMULA = frozenset("=+-@＝＋－＠")
# where a spreadsheet that parts cells at such a sign would begin one with a formula
INSIDE = re.compile("([;,|] *|(?<=.)\t *)(?=[=+@＝＋－＠-])")
_SKIP, _IDENTITY, _BAD, _STRANGE = -1, -2, -3, -4  # in place of an exercise's number


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


_head = msgspec.json.Decoder(_Head).decode


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
        self.heads = [_Heads(ref) for ref in self.refs]
        self.missing = [self._pieces(slot, "missing", 0.0, b"null") for slot in range(len(self.refs))]
        # chance() joins its words with this; here once instead of once for each student
        self.drawn = [(slot, "\x1f".join([entry["lesson"], entry["ref"], "1"]), len(entry["draws"]))
                      for slot, entry in enumerate(self.exercises) if entry["draws"]]
        self.read = [slot for slot, entry in enumerate(self.exercises) if entry["kind"] in kinds.by_person()]
        self.unread = {slot: _around(self._pieces(slot, "person", 0.0, b"null")) for slot in self.read}
        self.nothing = [0] * len(self.refs)
        self._memo, self._shapes, self._room = {}, {}, _MEMORY
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
        flags, checksum = set(), sha256(data).digest()
        data = data.removeprefix(b"\xef\xbb\xbf")
        if b"\r" in data:
            data = data.replace(b"\r\n", b"\n")  # a mail program or a Windows editor
        data, receipt = _receipt(data, flags)
        head, data = self._head(data, flags)
        who, ids, chosen, tries, saved, last = None, set(), {}, [0] * len(self.refs), b"", None
        versions = [None] * len(self.refs)
        latest, answered, strange, limit = self.opens or b"", 0, 0, self.key["attempts"] or len(data)
        memo, cut, best = self._memo.get, self.cut or b"~", self.key["counts"] == "best"
        for time, rest, other in _LINES.findall(data):
            if other:
                time, rest = _rewritten(other)
                if not rest:
                    flags.add("torn-lines")
                    continue
            one = memo(rest) or self._learn(time, rest)
            slot = one[0]
            if time >= latest:
                latest = time
            elif _earlier(time, latest):
                flags.add("clock")
            if slot >= 0:
                answered += 1
                if time > cut:
                    flags.add("after-closing")
                    continue
                if versions[slot] != one[4]:  # an exercise changed after it was handed out is tried anew
                    if versions[slot] is not None:
                        chosen.pop(slot, None)
                        tries[slot] = 0
                    versions[slot] = one[4]
                if tries[slot] == limit:
                    flags.add("over-limit")
                else:
                    tries[slot] += 1
                    chosen[slot] = (*chosen[slot], one) if best and slot in chosen else (one,)
                    last = one
                    if time > saved:
                        saved = time
            elif slot == _IDENTITY:
                if who and who[0] != one[1][0] and self.key["variants"] != "one":
                    for drawn, _, _ in self.drawn:  # these answers were to other numbers
                        chosen.pop(drawn, None)
                        tries[drawn] = 0
                who = one[1]
                ids.add(who[0])
            elif slot == _STRANGE:
                strange += 1
            elif slot == _BAD:
                flags.add("torn-lines")
        if strange:
            flags.add("other-exercises" if answered or head else "wrong-assignment")
        if not head and not who and not answered and not strange:
            flags.add("malformed")
        return self._work(head, who, ids, chosen, tries, saved, last, answered, receipt, flags, name, checksum)

    def _work(self, head, who, ids, chosen, tries, saved, last, answered, receipt, flags, name, checksum):
        """Join what the file says of itself with what the roster and the folder around it say."""
        owner = self.owners.of(name)
        typed = _typed(head.student.id) if head else who[0] if who else ""
        claimed = clean(typed)
        if head and who and who[0] != typed:
            flags.add("tampered")  # the hand-in file was made from another journal
        if head and head.assignment != self.key["id"]:
            flags.add("wrong-assignment")
        elif head and head.digest != self.key["digest"]:
            flags.add("spec-changed")
        if len({clean(each) for each in ids} & self.places.keys()) > 1:
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
        called = head.student.name if head else who[1] if who else ""
        agrees = bool(claimed) and claimed == (owner or self.owners.by_file_name(name))
        days, factor, results = 0, 1.0, tuple(self.missing)
        if flags & VOID:
            saved, tries = b"", self.nothing
        else:
            days, factor = self._lateness(saved, flags)
            results = self._results(typed or student, student, chosen)
        worth = round(factor * sum([result.state not in _UNREAD for result in results]), 6)
        rank = Rank(not flags & VOID, bool(owner), agrees, bool(head), receipt is not None, worth, -days,
                    saved.decode(), checksum)
        lang = last[3] if last else head.lang if head else LANGS[0]
        return Work(student, typed or student, self.places.get(student), clean(called), lang, frozenset(flags), rank,
                    answered, receipt, saved.decode() or None, days, factor, results, tuple(tries))

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

    def _learn(self, time, rest):
        """Read one line strictly; returns (number of the exercise, answer, results by variant, language, version).

        The same bytes are not read again; of an answer between bytes known already only the answer is.
        """
        before, _, tail = rest.partition(b',"a":')
        body, _, after = tail.rpartition(b',"lang":')
        shape, answer = self._shapes.get((before, after)), _plain(body)
        if shape is None or answer is _BAD:
            event, _ = answers.parse(b'{"v":1,"t":"' + time + rest)
            if event is None:
                return (_BAD,)
            name, kind = event["x"], event["e"]
            if kind != ("set" if name == "identity" else "answer"):
                return (_SKIP,)
            lang = event["lang"] if event["lang"] in LANGS else LANGS[0]
            shape = _IDENTITY if name == "identity" else self.slots.get(name, _STRANGE), lang, event.get("d", "")
            if answer is not _BAD:
                self._keep(self._shapes, (before, after), shape, len(before) + len(after))
            answer, body = event.get("a"), None
        slot, lang, version = shape
        if slot == _IDENTITY:
            return _who(answer)
        if slot < 0 or self.exercises[slot]["kind"] not in kinds.by_person():
            made = (slot, own(self.exercises[slot], answer), {}, lang, version) if slot >= 0 else shape
            self._keep(self._memo, rest, made, len(rest))
            return made
        at_once = body and _written(self.exercises[slot], answer)  # nobody asks here how many words there are
        if not at_once:
            return slot, answer, {}, lang, version
        row, before, after = self.unread[slot]
        return slot, answer, {0: _Result(0.0, "person", b"0", row, before + body + after)}, lang, version

    def _keep(self, memo, name, value, size):
        """Remember something, as long as there is room for it."""
        self._room -= size + 2000
        if self._room < 0:
            self._memo.clear()
            self._shapes.clear()
            self._room = _MEMORY
        memo[name] = value

    def _results(self, claimed, student, chosen):
        """What each exercise earns: of the answers that count the best, or the only one."""
        seed = "all" if self.key["variants"] == "one" else claimed
        seed, results = sha256(f"{self.key['salt']}|{seed}".encode()).hexdigest(), self.missing[:]
        variants = self.nothing[:]
        for slot, words, count in self.drawn:
            variants[slot] = chance(seed, words) % count
        for slot, ones in chosen.items():
            variant, found = variants[slot], None
            for _, answer, known, *_ in ones:
                one = known.get(variant)
                if one is None:
                    one = known[variant] = self._score(slot, variant, answer)
                if found is None or one.points > found.points:
                    found = one
            results[slot] = found
        for ref, marks in self.marks.get(student, {}).items():
            slot = self.slots[ref]
            if marks and results[slot].state == "person":
                results[slot] = self._marked(slot, chosen[slot][-1][1], marks) or results[slot]
        return tuple(results)

    def _score(self, slot, variant, answer):
        entry = self.exercises[slot]
        if _written(entry, answer):
            return self._pieces(slot, "person", 0.0, _json(answer))  # nobody asks here how many words there are
        found = score(entry["kind"], entry["keys"][variant], answer, entry["points"])
        said = _json(answer)
        if len(said) > _LONG and entry["kind"] not in kinds.by_person():
            said = b"null"  # a whole table; what is right in it is told by slip and marks
        return self._pieces(slot, found.state, found.points, said, found)

    def _marked(self, slot, answer, marks):
        """The points of those who read it: the mean of the markers, and still open while a criterion lacks a mark.

        What somebody gave to another text of the same student does not count.
        """
        entry, now = self.exercises[slot], fingerprint(answer)
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
        return datetime.fromisoformat(time.decode()).astimezone(self.zone).replace(tzinfo=None)

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
        heads = zip(self.heads, work.tries, results, strict=True)
        parts = b",".join([head[tries] + result.body for head, tries, result in heads])
        before, after = _cells(work.student, name, group).encode() + b",", f",{' '.join(said)}\n".encode()
        rows = before + (after + before).join([result.row for result in results]) + after
        about = (f"{_cells(work.student, name, group, email, work.lang)},{_text(total)},{_text(self.maximum)},"
                 f"{work.late_days},{work.saved or ''},{work.receipt or ''},{' '.join(said)},").encode()
        wide = about + b",".join([result.shown for result in results]) + b"\n"
        return line[:-1] + b',"exercises":{' + parts + b"}}\n", rows, wide, total, flags

    def absent(self, student, flags):
        """The `Work` of somebody who handed in nothing that could be read."""
        return Work(student, student, self.places.get(student), "", LANGS[0], frozenset(flags), None, 0, None, None, 0, 1.0,
                    tuple(self.missing), self.nothing)


class _Heads(dict):
    """How the JSON of one exercise begins, by the number of attempts."""

    def __init__(self, ref):
        self.ref = ref

    def __missing__(self, tries):
        made = self[tries] = f'"{self.ref}":{{"attempts":{tries},'.encode()
        return made


def _stamp(time):
    """A moment as the journal writes it, in bytes: the order of such bytes is the order of time."""
    return time and time.replace("Z", ".000Z").encode()


def _earlier(time, latest):
    """Tell whether the clock went back by more than five minutes."""
    try:
        return (datetime.fromisoformat(latest.decode()) - datetime.fromisoformat(time.decode())).total_seconds() > 300
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


def _rewritten(line):
    """A line that is not written as the course writes it: the same event as the course would, or nothing."""
    event, _ = answers.parse(line)
    if event is None:
        return b"", b""
    return _LINES.fullmatch(_json({"v": 1, "t": event.pop("t"), **event})).groups()[:2]


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


def _plain(body):
    """Return the value of JSON that is written as the course writes it, which leaves no doubt; else `_BAD`."""
    try:
        value = msgspec.json.decode(body)
        sound = _json(value) == body and (type(value) is str or body.count(b"[") + body.count(b"{") <= answers.DEEPEST)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        sound = False
    return value if sound and len(body) < LONGEST else _BAD


def _who(answer):
    """Return what a line says of whose journal it is."""
    if type(answer) is not dict:
        return (_BAD,)
    student, name = answer.get("student"), answer.get("name")
    return (_IDENTITY, (_typed(student), name)) if type(student) is type(name) is str else (_SKIP,)


def _around(result):
    """The row of a result whose answer is null, and its JSON before and after that answer."""
    before, _, after = result.body.partition(b"null")
    return result.row, before, after


def _written(entry, answer):
    """Tell at a glance that somebody has to read an answer; what is not plain is left to `score`."""
    if entry["kind"] == "canvas" and type(answer) is dict and answer.keys() <= set(entry["keys"][0]["tiles"]):
        texts = list(answer.values())
    else:
        texts = [answer] if entry["kind"] == "text" else []
    return bool(texts) and all([type(text) is str and text[:1].isalnum() and len(text) < LONGEST for text in texts])


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
