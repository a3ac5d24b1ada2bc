"""Grading: raw answers and the private key in, tables out. Nothing that a student wrote is executed or believed.

What a file says of scores is not read at all; its times are reported and decide on lateness, its draw numbers and
resets mean nothing. Every line that the journal's own rules reject is skipped, every doubt becomes a flag, and no
doubt about one file touches another. The result is a pure function of submissions, key and marks.
"""

import json
import math
import multiprocessing
import os
import re
import sys
import time as clock
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

from course import answers
from course.exercises import BY_PERSON, chance
from course.grading.submissions import Owners, Refused, reader
from course.scoring import LONGEST, score

FLAGS = ("no-submission", "another-student", "tampered", "wrong-assignment", "unknown-student", "mistyped-id",
         "no-identity", "identity-changed", "duplicate", "spec-changed", "malformed", "torn-lines", "wrong-file",
         "nested-archive", "bad-archive", "too-large", "symlink", "path", "unreadable", "no-receipt", "late",
         "after-closing", "over-limit", "clock", "other-exercises")
VOID = {"another-student", "tampered", "wrong-assignment"}  # such a file counts for nobody
_LINES = re.compile(rb'^\{"v":1,"t":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)(",.*\})$', re.M)
_RECEIPT = re.compile(rb'\{"receipt": ?"([0-9A-Z-]{1,40})"\}\s*')
_BATCH, _ALONE, _MEMORY, _LONG = 100, 1000, 24 << 20, 4000
_json = msgspec.json.encode
_FORMULA = frozenset("=+-@＝＋－＠")
_SKIP, _IDENTITY, _BAD, _STRANGE = -1, -2, -3, -4  # in place of an exercise's number


class GradingError(Exception):
    """The grading cannot begin; the message says why and what to do."""


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


class Work(NamedTuple):
    """One graded file."""

    student: str
    place: int | None  # on the roster
    name: str
    lang: str
    flags: frozenset
    rank: tuple  # which of several files of one student counts: the highest
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
        self.owners = Owners(key["id"], [(row[0], row[1]) for row in self.roster])
        self.maximum = _round(sum(entry["points"] for entry in self.exercises))
        self.heads = [_Heads(ref) for ref in self.refs]
        self.missing = [self._pieces(slot, "missing", 0.0, b"null") for slot in range(len(self.refs))]
        self.drawn = [(slot, entry["lesson"], entry["ref"], len(entry["draws"]))
                      for slot, entry in enumerate(self.exercises) if entry["draws"]]
        self.nothing = (0,) * len(self.refs)
        self._memo, self._room = {}, _MEMORY
        self.closes, self.opens = _stamp(key["closes"]), _stamp(key["opens"])
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
        flags = set()
        data = data.removeprefix(b"\xef\xbb\xbf")
        if b"\r" in data:
            data = data.replace(b"\r\n", b"\n")  # a mail program or a Windows editor
        data, receipt = _receipt(data, flags)
        head, data = self._head(data, flags)
        found = _LINES.findall(data)
        torn = len(found) != data.count(b"\n") + (data[-1:] not in (b"\n", b""))
        who, ids, chosen, tries, saved, lang = None, set(), {}, [0] * len(self.refs), b"", None
        latest, answered, strange, limit = self.opens or b"", 0, 0, self.key["attempts"]
        memo, cut, best = self._memo.get, self.cut or b"~", self.key["counts"] == "best"
        for time, rest in self._slowly(data, flags) if torn else found:
            one = memo(rest) or self._learn(time, rest)
            slot = one[0]
            if time < latest:
                if _earlier(time, latest):
                    flags.add("clock")
            else:
                latest = time
            if slot >= 0:
                answered += 1
                if time > cut:
                    flags.add("after-closing")
                    continue
                tries[slot] += 1
                if limit and tries[slot] > limit:
                    tries[slot] = limit
                    flags.add("over-limit")
                    continue
                chosen[slot] = chosen[slot] + (one,) if best and slot in chosen else (one,)
                lang = one[3]
                if time > saved:
                    saved = time
            elif slot == _IDENTITY:
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
        return self._work(head, who, ids, chosen, tries, saved, lang, answered, receipt, flags, name)

    def _work(self, head, who, ids, chosen, tries, saved, lang, answered, receipt, flags, name):
        """Join what the file says of itself with what the roster and the folder around it say."""
        owner = self.owners.of(name)
        claimed = head.student.id.strip() if head else who and who[0]
        if head and who and who[0] != claimed:
            flags.add("tampered")  # the hand-in file was made from another journal
        if head and head.assignment != self.key["id"]:
            flags.add("wrong-assignment")
        elif head and head.digest != self.key["digest"]:
            flags.add("spec-changed")
        if len(ids & self.places.keys()) > 1:
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
        called = head.student.name if head else who[1] if who else ""
        rank = (not flags & VOID, bool(owner), bool(head), receipt is not None, answered)
        days, factor, results = 0, 1.0, tuple(self.missing)
        if flags & VOID:
            saved, tries = b"", self.nothing
        else:
            days, factor = self._lateness(saved, flags)
            results = self._results(claimed or student, student, chosen)
        return Work(student, self.places.get(student), _clean(called), lang or (head.lang if head else "uk"), frozenset(flags),
                    rank, receipt, saved.decode() or None, days, factor, results, tuple(tries))

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

    def _slowly(self, data, flags):
        """The lines of a file that is not all as the course writes it; what is no event is left out and flagged."""
        for line in data.split(b"\n"):
            as_written = _LINES.fullmatch(line)
            if as_written:
                yield as_written.groups()
            elif line.strip():
                event, _ = answers.parse(line)
                if event is None:
                    flags.add("torn-lines")
                else:
                    line = json.dumps({"v": 1, "t": event.pop("t"), **event}, ensure_ascii=False, separators=(",", ":")).encode()
                    yield _LINES.fullmatch(line).groups()

    def _learn(self, time, rest):
        """Read one line strictly; the same bytes need not be read again.

        Returns (number of the exercise, answer, results by variant, language).
        """
        event, _ = answers.parse(b'{"v":1,"t":"' + time + rest)
        if event is None:
            return (_BAD,)
        slot, answer, kind = self.slots.get(event["x"], _STRANGE), event.get("a"), event["e"]
        if event["x"] == "identity":
            good = kind == "set" and all(type(answer.get(name)) is str for name in ("student", "name"))
            return (_IDENTITY, (answer["student"].strip(), answer["name"])) if good else (_SKIP,)
        if kind != "answer":
            return (_SKIP,)
        lang = event["lang"] if event["lang"] in ("uk", "ru") else "uk"
        made = (slot, _own(self.exercises[slot], answer), {}, lang) if slot >= 0 else (slot,)
        if slot < 0 or self.exercises[slot]["kind"] not in BY_PERSON:
            self._room -= len(rest) + 2000
            if self._room < 0:
                self._memo.clear()
                self._room = _MEMORY
            self._memo[rest] = made
        return made

    def _results(self, claimed, student, chosen):
        """What each exercise earns: of the answers that count the best, or the only one."""
        seed = "all" if self.key["variants"] == "one" else claimed
        seed, results = sha256(f"{self.key['salt']}|{seed}".encode()).hexdigest(), self.missing[:]
        variants = {slot: chance(seed, lesson, ref, 1) % count for slot, lesson, ref, count in self.drawn}
        for slot, ones in chosen.items():
            variant = variants.get(slot, 0)
            for one in ones:
                found = one[2].get(variant)
                if found is None:
                    found = one[2][variant] = self._score(slot, variant, one[1])
                if results[slot].state == "missing" or found.points > results[slot].points:
                    results[slot] = found
        for ref, marks in self.marks.get(student, {}).items():
            slot = self.slots[ref]
            if marks and results[slot].state == "person":
                results[slot] = self._marked(slot, chosen[slot][-1][1], marks)
        return tuple(results)

    def _score(self, slot, variant, answer):
        entry = self.exercises[slot]
        if _written(entry, answer):
            return self._pieces(slot, "person", 0.0, _json(answer))  # nobody asks here how many words there are
        found = score(entry["kind"], entry["keys"][variant], answer, entry["points"])
        said = _json(answer)
        if len(said) > _LONG and entry["kind"] not in BY_PERSON:
            said = b"null"  # a whole table; what is right in it is told by slip and marks
        return self._pieces(slot, found.state, found.points, said, found)

    def _marked(self, slot, answer, marks):
        """The points of those who read it: the mean of the markers, and still open while a criterion lacks a mark."""
        entry = self.exercises[slot]
        points = min(entry["points"], sum(sum(given.values()) / len(given) for given in marks.values()))
        done = marks.keys() >= {one["id"] for one in entry["rubric"] or ()}
        state = "person" if not done else "right" if points >= entry["points"] else "partial" if points else "wrong"
        return self._pieces(slot, state, points, _json(answer))

    def _pieces(self, slot, state, points, said, found=None):
        entry, points = self.exercises[slot], _round(points)
        shown, maximum = _text(points), _text(entry["points"])
        more = b'"slip":null,"marks":{}}'
        if found:
            reason = {"reason": found.reason} if found.reason else {}
            more = _json({"slip": found.slip, "marks": dict(found.marks), **reason})[1:]
        body = f'"state":"{state}","points":{shown},"maximum":{maximum},"answer":'.encode() + said + b"," + more
        return _Result(points, state, shown.encode(), f"{entry['ref']},{shown},{maximum},{state}".encode(), body)

    def _reduced(self, result, slot, factor):
        """The result of a late hand-in."""
        points, maximum = _round(result.points * factor), _text(self.exercises[slot]["points"])
        shown, before = _text(points), b'"points":%b,' % result.shown
        return _Result(points, result.state, shown.encode(), f"{self.refs[slot]},{shown},{maximum},{result.state}".encode(),
                       result.body.replace(before, f'"points":{shown},'.encode(), 1))

    def _lateness(self, saved, flags):
        """Return started days late and the share of points that is left."""
        if not self.closes or saved <= self.closes:
            return 0, 1.0
        flags.add("late")
        try:
            over = datetime.fromisoformat(saved.decode()) - datetime.fromisoformat(self.closes.decode())
        except ValueError:  # the thirtieth of February
            flags.add("clock")
            return 0, 0.0
        days = math.ceil(over.total_seconds() / 86_400)
        return days, max(0.0, 1 - days * self.key["late"]["percent_per_day"] / 100)

    def render(self, work, source=None, extra=()):
        """Return the lines of one student: of ``graded.jsonl``, of ``grades.csv`` and of ``students.csv``."""
        flags = [flag for flag in FLAGS if flag in work.flags or flag in extra]
        said, results = flags or ["ok"], work.results
        _, name, group, email = self.roster[work.place] if work.place is not None else (None, work.name, "", "")
        if work.factor != 1:
            results = [self._reduced(result, slot, work.factor) for slot, result in enumerate(results)]
        total = _round(sum([result.points for result in results]))
        line = _json({"student": work.student, "name": name, "group": group, "email": email, "lang": work.lang, "flags": said,
                      "receipt": work.receipt, "saved": work.saved, "late_days": work.late_days, "points": total,
                      "maximum": self.maximum, "source": source})
        parts = b",".join([head[tries] + result.body for head, tries, result in zip(self.heads, work.tries, results, strict=True)])
        before, after = _cells(work.student, name, group).encode() + b",", f",{' '.join(said)}\n".encode()
        rows = before + (after + before).join([result.row for result in results]) + after
        about = (f"{_cells(work.student, name, group, email, work.lang)},{_text(total)},{_text(self.maximum)},{work.late_days},"
                 f"{work.saved or ''},{work.receipt or ''},{' '.join(said)},").encode()
        wide = about + b",".join([result.shown for result in results]) + b"\n"
        return line[:-1] + b',"exercises":{' + parts + b"}}\n", rows, wide, total, flags

    def absent(self, student, flags):
        """The `Work` of somebody who handed in nothing that could be read."""
        return Work(student, self.places.get(student), "", "uk", frozenset(flags), (), None, None, 0, 1.0,
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


def _own(entry, answer):
    """Put the bank's ids in place of those the students saw; what no student saw stays unknown."""
    kind, ids = entry["kind"], entry["ids"]
    names = ids.get("item" if kind == "order" else "option", {})

    def own(name, names=names):
        return names.get(name, f"?{name}"[:60]) if type(name) is str and name else name

    if kind == "choice":
        return own(answer)
    if kind in ("multi", "order") and type(answer) is list:
        return [own(name) for name in answer]
    if kind in ("match", "classify") and type(answer) is dict:
        return {own(row, ids["row"]): own(option) for row, option in answer.items()}
    return answer


def _written(entry, answer):
    """Tell at a glance that somebody has to read an answer; what is not plain is left to `score`."""
    if entry["kind"] == "canvas" and type(answer) is dict and answer.keys() <= set(entry["keys"][0]["tiles"]):
        texts = list(answer.values())
    else:
        texts = [answer] if entry["kind"] == "text" else []
    return bool(texts) and all([type(text) is str and text[:1].isalnum() and len(text) < LONGEST for text in texts])


def _round(points):
    return round(points, 4) + 0.0


def _text(points):
    return str(int(points)) if points == int(points) else str(points)


def _clean(name):
    """A name that a student wrote: without control characters and marks that turn the direction of writing."""
    return " ".join("".join(letter for letter in name[:200] if letter.isprintable() or letter == " ").split())


def _cells(*values):
    r'''Join texts for CSV; one that a spreadsheet would run as a formula gets an apostrophe.

    >>> print(_cells("=1+1", 'Ковальчук, "Оля"'))
    '=1+1,"Ковальчук, ""Оля"""
    '''
    safe = ["'" + one if one[:1] in _FORMULA and len(one) > 1 else one for one in values]
    return ",".join(['"' + one.replace('"', '""') + '"' if '"' in one or "," in one else one for one in safe])


def read_key(path):
    """Read a private folder or its ``key.json``; raise `GradingError` when that is no key."""
    path = Path(path)
    path = path / "key.json" if path.is_dir() else path
    try:
        key = json.loads(path.read_bytes())
        if key["format"] != 1 or not key["exercises"]:
            raise ValueError
    except OSError as error:
        raise GradingError(f"{path}: {error.strerror}; --key wants the private folder that `course assign` made") from None
    except (ValueError, KeyError, TypeError):
        raise GradingError(f"{path} is no private key; --key wants the private folder that `course assign` made") from None
    return key


def read_marks(path, key):
    """Read what people marked: append-only lines, of which the last for each marker and criterion counts.

    Returns
    -------
    tuple of dict, int
        ``{student: {exercise: {criterion: {marker: points}}}}`` and the number of lines that were left out.
    """
    limits = {entry["ref"]: {one["id"]: one["levels"][-1] for one in entry["rubric"] or ()} or {"": entry["points"]}
              for entry in key["exercises"] if entry["kind"] in BY_PERSON}
    found, skipped = {}, 0
    try:
        lines = Path(path).read_bytes().split(b"\n")
    except OSError:
        return found, 0
    for line in filter(bytes.strip, lines):
        try:
            mark = json.loads(line)
            student, ref, criterion, marker, points = (mark[name] for name in ("student", "ref", "criterion", "marker", "points"))
            if points is not None and (type(points) not in (int, float) or not 0 <= points <= limits[ref][criterion]):
                raise ValueError
            given = found.setdefault(student, {}).setdefault(ref, {}).setdefault(criterion, {})
            given.pop(marker, None)
            if points is not None:  # null takes a mark back
                given[marker] = points
        except (ValueError, KeyError, TypeError, RecursionError):
            skipped += 1
    kept = {student: {ref: {name: given for name, given in marks.items() if given} for ref, marks in refs.items()}
            for student, refs in found.items()}
    return kept, skipped


class _Run:
    """One run over all files; forked processes share it and each keeps the lines it made in a file of its own."""

    def __init__(self, grader, source, entries, out):
        self.grader, self.source, self.entries, self.out, self.spool, self.owner = grader, source, entries, out, None, None

    def batch(self, start):
        """Grade some files; returns one short tuple for each."""
        if self.owner != os.getpid():
            self.owner, self.spool = os.getpid(), open(self.out / f".part-{os.getpid()}", "wb")
        made = []
        for number in range(start, min(start + _BATCH, len(self.entries))):
            entry = self.entries[number]
            work, flag = self.one(entry)
            if work is None:
                owners = self.grader.owners
                made.append((number, owners.of(entry.name) or owners.by_file_name(entry.name), flag))
                continue
            *lines, points, flags = self.grader.render(work, entry.name)
            at = self.spool.tell()
            self.spool.write(b"".join(lines))
            made.append((number, work.student, None, work.rank, (self.owner, at, *map(len, lines)), points, tuple(flags)))
        self.spool.flush()
        return made

    def one(self, entry):
        """Grade one file: its `Work`, or None with the flag that says why not."""
        if entry.flag:
            return None, entry.flag
        try:
            data = self.source.read(entry)
        except Refused as refused:
            return None, refused.args[0]
        work = self.grader.grade(data, entry.name)
        if "malformed" in work.flags and not work.rank[-1]:
            return None, "malformed" if ".jsonl" in entry.name else "wrong-file"
        return (work, None) if work.student else (None, "no-identity")


_RUN = None


def _batch(start):
    return _RUN.batch(start)


def grade(submissions, key, out, marks=None, progress=None):
    """Grade everything handed in and write the tables.

    Parameters
    ----------
    submissions : path-like
        A folder, Moodle's zip of all submissions, or an nbgrader ``submitted/`` tree.
    key : path-like
        The private folder of the assignment.
    out : path-like
        Gets ``graded.jsonl``, ``grades.csv``, ``grades.parquet``, ``students.csv``, ``assignment.json`` and ``run.json``.
    marks : path-like, optional
        What people marked; ``marks.jsonl`` in `out` unless named.
    progress : callable, optional
        Called with (files done, files).

    Returns
    -------
    dict
        The contents of ``run.json``.

    Raises
    ------
    GradingError
        Before anything is written.
    """
    global _RUN
    private, out = read_key(key), Path(out)
    try:
        source = reader(submissions)
    except OSError as error:
        raise GradingError(f"{submissions}: {error.strerror}") from None
    except Refused:
        raise GradingError(f"{submissions} is neither a folder nor a whole zip archive; download it again") from None
    if out.resolve().is_relative_to(Path(submissions).resolve()):
        raise GradingError(f"{out} lies inside {submissions}; name another folder for --out")
    entries = list(source.entries())
    given, skipped = read_marks(marks or out / "marks.jsonl", private)
    out.mkdir(parents=True, exist_ok=True)
    run = _RUN = _Run(Grader(private, given), source, entries, out)
    try:
        made = []
        for batch in _batches(len(entries)):
            made += batch
            if progress:
                progress(len(made), len(entries))
        run.spool and run.spool.close()
        told = _write(run, made)
    finally:
        for path in out.glob(".part-*"):
            path.unlink()
    told["marks_left_out"] = skipped
    (out / "run.json").write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return told


def _batches(count):
    """Yield what was made of each batch, in any order; a large number of files is shared by two processes."""
    starts = range(0, count, _BATCH)
    if count <= _ALONE or sys.platform in ("win32", "darwin", "emscripten"):
        yield from map(_batch, starts)
        return
    with ProcessPoolExecutor(2, multiprocessing.get_context("fork")) as pool:
        yield from pool.map(_batch, starts)


def _write(run, made):
    """Choose the file that counts for each student and write the tables in the order of the roster."""
    grader, out, problems, files = run.grader, run.out, [], {}
    trouble = {}
    for number, student, flag, *graded in made:
        if flag:
            problems.append([run.entries[number].name, flag])
            trouble.setdefault(student, set()).add(flag)
        else:
            files.setdefault(student, []).append((graded[0], number, graded))
    spools = {int(path.name.removeprefix(".part-")): path.open("rb", buffering=0) for path in out.glob(".part-*")}
    counts, points, submitted = Counter(), 0.0, 0
    strangers = sorted(files.keys() - grader.places.keys())
    head = ["student", "name", "group", "email", "lang", "points", "maximum", "late_days", "saved", "receipt", "flags"]
    with ExitStack() as opened:
        lines, rows, wide = (opened.enter_context(open(out / name, "wb", 1 << 20)) for name in ("graded.jsonl", "grades.csv", "students.csv"))
        rows.write(b"student,name,group,exercise,points,maximum,state,flag\n")
        wide.write((",".join([*head, *grader.refs]) + "\n").encode())
        for student in (*grader.places, *strangers):
            found = files.get(student)
            if not found:
                flags = trouble.get(student, set()) | {"no-submission"}
                *texts, earned, flags = grader.render(grader.absent(student, flags))
            elif len(found) > 1:
                *texts, earned, flags = _one_of(run, sorted(found, reverse=True), problems)
            else:
                owner, at, *sizes = found[0][2][1]
                spools[owner].seek(at)
                text = memoryview(spools[owner].read(sum(sizes)))
                texts = text[: sizes[0]], text[sizes[0] : -sizes[2]], text[-sizes[2] :]
                earned, flags = found[0][2][2:]
            for file, text in zip((lines, rows, wide), texts, strict=True):
                file.write(text)
            counts.update(flags or ["ok"])
            submitted += bool(found) and student in grader.places
            points += earned if student in grader.places else 0
    (out / "assignment.json").write_text(json.dumps(_about(grader.key), ensure_ascii=False) + "\n", "utf-8")
    _parquet(out)
    return {"assignment": grader.key["id"], "digest": grader.key["digest"], "students": len(grader.places),
            "unknown": len(strangers), "files": len(run.entries), "submitted": submitted, "maximum": grader.maximum,
            "mean": _round(points / len(grader.places)) if grader.places else None,
            "flags": {flag: counts[flag] for flag in ("ok", *FLAGS) if counts[flag]}, "problems": sorted(problems)}


def _one_of(run, found, problems):
    """Several files of one student: the best founded one counts; the same bytes twice, or a journal beside the
    file made from it, are no reason for a flag."""
    number, first = found[0][1], run.source.read(run.entries[found[0][1]])
    differ = False
    for rank, other, _ in found[1:]:
        same = run.source.read(run.entries[other]) == first or (rank[:3] == (True, rank[1], False) and found[0][0][2])
        differ |= not same
        if not same:
            problems.append([run.entries[other].name, "duplicate"])
    entry = run.entries[number]
    return run.grader.render(run.one(entry)[0], entry.name, ("duplicate",) * differ)


def _about(key):
    from course.grading.assignment import public

    return public(key)


def _parquet(out):
    """The long table once more, for statistics; read back in pieces so that memory stays flat."""
    import pyarrow
    import pyarrow.csv
    import pyarrow.parquet

    kinds = {"points": pyarrow.float64(), "maximum": pyarrow.float64()}
    names = ("student", "name", "group", "exercise", "state", "flag")
    options = pyarrow.csv.ConvertOptions(column_types=kinds | dict.fromkeys(names, pyarrow.string()), strings_can_be_null=False)
    with pyarrow.csv.open_csv(out / "grades.csv", pyarrow.csv.ReadOptions(block_size=4 << 20), convert_options=options) as table:
        with pyarrow.parquet.ParquetWriter(out / "grades.parquet", table.schema, compression="zstd") as target:
            for batch in table:
                target.write_batch(batch)


def bar(stream, start=None):
    """Return a `progress` for `grade` that draws a bar with the time left, if the stream is a terminal."""
    start = start or clock.monotonic()

    def show(done, of):
        if stream.isatty():
            left = (clock.monotonic() - start) / done * (of - done)
            full = 30 * done // of
            stream.write(f"\r[{'#' * full}{'.' * (30 - full)}] {done:,} of {of:,}, {left:.0f} s left " + "\n" * (done == of))
            stream.flush()
    return show


def summary(told):
    """Return the lines for the console after a grading."""
    lines = [f"{told['assignment']}: {told['submitted']} of {told['students']} students handed in ({told['files']} files)"]
    if told["mean"] is not None:
        lines.append(f"mean {told['mean']:g} of {told['maximum']:g} points")
    lines += [f"  {count:6,}  {flag}" for flag, count in told["flags"].items()]
    lines += [f"  {flag}: {name}" for name, flag in told["problems"][:20]]
    if len(told["problems"]) > 20:
        lines.append(f"  … and {len(told['problems']) - 20} more in run.json")
    if told["marks_left_out"]:
        lines.append(f"{told['marks_left_out']} lines of marks.jsonl fit no exercise or criterion and were left out")
    return "\n".join(lines)
