"""Grading everything handed in: one pass over the files, the tables in the order of the roster.

No doubt about one file touches another. The result is a pure function of submissions, key and marks: run again, the
same bytes. People's marks are read and never written here.
"""

import gc
import json
import multiprocessing
import os
import sys
import time as clock
from collections import Counter, deque
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, suppress
from itertools import chain, islice
from pathlib import Path

from course import kinds
from course.exercises import seal
from course.files import about, write_whole
from course.grading.grader import FLAGS, Grader, rounded
from course.grading.submissions import Refused, reader
from course.paths import close

_WANTED = "--key wants the private folder that `course assign` made"
_BATCH, _ALONE = 100, 1000  # files at a time; files that one process grades without a second
_GARBAGE = 100_000  # objects made between two searches for garbage: a grading makes next to none


class GradingError(Exception):
    """The grading cannot begin; the message says why and what to do."""


def read_key(path):
    """Read a private folder or its ``key.json``; raise `GradingError` when that is no key, or not as it was made."""
    path = Path(path)
    path = path / "key.json" if path.is_dir() else path
    try:
        key = json.loads(path.read_bytes())
        sound = key["seal"] == seal(key, "seal")
    except OSError as error:
        raise GradingError(f"{path}: {error.strerror}; {_WANTED}") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise GradingError(f"{path} is no private key; {_WANTED}") from None
    if not sound:
        raise GradingError(f"{path} was changed after `course assign` made it; run that again, "
                           "the same spec and roster make the same key")
    return key


def read_marks(path, key):
    """Read what people marked: append-only lines, of which the last for each marker and criterion counts.

    Returns
    -------
    tuple of dict, int
        ``{student: {exercise: {criterion: {marker: (points, fingerprint of the text or None)}}}}`` and the number of
        lines that were left out.
    """
    limits = {entry["ref"]: {one["id"]: one["levels"][-1] for one in entry["rubric"] or ()} or {"": entry["points"]}
              for entry in key["exercises"] if entry["kind"] in kinds.by_person()}
    found, skipped = {}, 0
    try:
        lines = Path(path).read_bytes().split(b"\n")
    except OSError:
        return found, 0
    for line in filter(bytes.strip, lines):
        try:
            mark = json.loads(line)
            student, ref, criterion = mark["student"], mark["ref"], mark["criterion"]
            marker, points = mark["marker"], mark["points"]
            if points is not None and (type(points) not in (int, float) or not 0 <= points <= limits[ref][criterion]):
                raise ValueError
            given = found.setdefault(student, {}).setdefault(ref, {}).setdefault(criterion, {})
            given.pop(marker, None)
            if points is not None:  # null takes a mark back
                given[marker] = points, mark.get("of")
        except (ValueError, KeyError, TypeError, RecursionError):
            skipped += 1
    kept = {student: {ref: {name: given for name, given in marks.items() if given} for ref, marks in refs.items()}
            for student, refs in found.items()}
    return kept, skipped


class Run:
    """One run over all files; forked processes share it and each keeps the lines it made in a file of its own."""

    def __init__(self, grader, source, out=None):
        self.grader, self.source, self.out = grader, source, out
        self.count, self.spool, self.owner = 0, None, None

    def lots(self):
        """Yield the files some at a time, each lot with the number of its first; counts them the first time."""
        entries, start = self.source.entries(), 0
        while lot := list(islice(entries, _BATCH)):
            self.count = max(self.count, start + len(lot))
            yield start, lot
            start += len(lot)

    def batch(self, start, lot):
        """Grade some files; returns one short tuple for each."""
        made = []
        for number, entry in enumerate(lot, start):
            work, flag = self.one(entry)
            if work is None:
                owners = self.grader.owners
                made.append((number, owners.of(entry.name) or owners.by_file_name(entry.name), flag, entry.name))
            else:
                made.append((number, work.student, None, work.rank, *self.keep(work, entry.name)))
        if self.spool:
            self.spool.flush()
        return made

    def keep(self, work, source=None, extra=()):
        """Put the lines of one student aside; returns (where they are, points, flags, answers to be read yet)."""
        if self.owner != os.getpid():
            self.owner, self.spool = os.getpid(), open(self.out / f".part-{os.getpid()}", "wb", 1 << 18)
        *lines, points, flags = self.grader.render(work, source, extra)
        at = self.spool.tell()
        self.spool.writelines(lines)
        unread = sum([work.results[slot].state == "person" for slot in self.grader.read])
        return (self.owner, at, *map(len, lines)), points, tuple(flags), unread

    def one(self, entry):
        """Grade one file: its `Work`, or None with the flag that says why not."""
        if entry.flag:
            return None, entry.flag
        try:
            data = self.source.read(entry)
        except Refused as refused:
            return None, refused.args[0]
        except OSError:
            return None, "unreadable"
        work = self.grader.grade(data, entry.name)
        if "malformed" in work.flags and not work.answers:
            return None, "malformed" if ".jsonl" in entry.name else "wrong-file"
        return (work, None) if work.student else (None, "no-identity")


_RUN = None


def _batch(lot):
    return _RUN.batch(*lot)


def grade(submissions, key, out, marks=None, progress=None):
    """Grade everything handed in and write the tables.

    Parameters
    ----------
    submissions : path-like
        A folder, Moodle's zip of all submissions, or an nbgrader ``submitted/`` tree.
    key : path-like
        The private folder of the assignment.
    out : path-like
        Gets ``graded.jsonl``, ``grades.csv``, ``grades.parquet``, ``students.csv``, ``assignment.json``, ``key.json``,
        ``run.json``.
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
    given, skipped = read_marks(marks or out / "marks.jsonl", private)
    close(out)  # as private as the key: feedback, marking and the report need the exercises
    path = Path(key) / "key.json" if Path(key).is_dir() else Path(key)
    write_whole(out / "key.json", path.read_bytes())
    _RUN = Run(Grader(private, given), source, out)
    try:
        places, told = _placed(_RUN, *_sorted(_RUN, progress))
        _write(_RUN, places)
    finally:
        if _RUN.spool:
            with suppress(OSError):  # on a full disk it cannot even be closed
                _RUN.spool.close()
        _RUN = None
        for path in out.glob(".part-*"):
            path.unlink()
    told["marks_left_out"] = skipped
    write_whole(out / "run.json", (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode())
    return told


def _batches(run):
    """Yield what was made of each batch, in order; a large number of files is shared by two processes."""
    lots, done = run.lots(), 0
    ahead = list(islice(lots, _ALONE // _BATCH + 1))
    lots = chain(ahead, lots)
    if run.count > _ALONE and sys.platform not in ("win32", "darwin", "emscripten"):
        gc.freeze()  # what both processes share stays shared when neither looks through it for garbage
        fork = multiprocessing.get_context("fork")
        try:
            with ProcessPoolExecutor(2, fork, gc.set_threshold, (_GARBAGE,)) as pool:
                for batch in pool.map(_batch, lots):  # they begin while the rest is being listed
                    done += 1
                    yield batch
        except BrokenProcessPool:  # somebody killed one; go on alone
            lots = islice(run.lots(), done, None)
        gc.unfreeze()
    elif run.count > _ALONE:
        deque(lots, 0)  # how many there are is to be told
        lots = run.lots()
    for lot in lots:
        yield run.batch(*lot)


def _sorted(run, progress):
    """Grade everything; returns the graded files by student, what else there is by student, how much lies beside."""
    files, others, besides, seen, same = {}, {}, 0, 0, {}
    for batch in _batches(run):
        for number, student, flag, *more in batch:
            besides += flag == "beside"
            if not flag:
                rank, place, points, flags, unread = more
                flags = same.setdefault(flags, flags)  # kept once, not for each
                files.setdefault(student, []).append((rank, number, place, points, flags, unread))
            elif student or flag != "beside":
                others.setdefault(student, []).append((more[0], flag))
        seen += len(batch)
        if progress:
            progress(seen, run.count)
    return files, others, besides


def _placed(run, files, others, besides):
    """Choose the file that counts for each student; returns where each one's lines are, by roster, and the summary."""
    grader, places, flagged, problems = run.grader, [], Counter(), []
    for student, each in others.items():
        alone = student not in files  # so what lies beside an answer file is all that there is
        others[student] = each = [[name, "wrong-file" if flag == "beside" else flag] for name, flag in each
                                  if flag != "beside" or alone]
        problems += each
    several = {one[1] for found in files.values() if len(found) > 1 for one in found}
    several = {number: entry for start, lot in (run.lots() if several else ())
               for number, entry in enumerate(lot, start) if number in several}
    points, submitted, waiting = 0.0, 0, 0
    strangers = sorted(files.keys() - grader.places.keys())
    for student in (*grader.places, *strangers):
        found = files.get(student, ())
        if len(found) == 1:
            place, earned, flags, unread = found[0][2:]
        elif found:
            place, earned, flags, unread = _one_of(run, found, several, problems)
        else:
            flags = {flag for _, flag in others.get(student, ())} | {"no-submission"}
            place, earned, flags, unread = run.keep(grader.absent(student, flags))
        places.append(place)
        flagged.update(flags or ["ok"])
        if student in grader.places:
            submitted, points, waiting = submitted + bool(found), points + earned, waiting + unread
    return places, {
        "assignment": grader.key["id"],
        "digest": grader.key["digest"],
        "students": len(grader.places),
        "unknown": len(strangers),
        "files": run.count - besides,
        "submitted": submitted,
        "maximum": grader.maximum,
        "mean": rounded(points / len(grader.places)) if grader.places else None,
        "waiting": waiting,
        "flags": {flag: flagged[flag] for flag in ("ok", *FLAGS) if flagged[flag]},
        "problems": sorted(problems),
    }


def _write(run, places):
    """Write the tables; the longest, which a spreadsheet does not need, beside the others."""
    if run.spool:
        run.spool.flush()
    head = ["student", "name", "group", "email", "lang", "points", "maximum", "late_days", "saved", "receipt", "flags"]
    with ThreadPoolExecutor(1) as aside:
        longest = aside.submit(_table, run.out, "graded.jsonl", "", places, 0)
        _table(run.out, "grades.csv", "student,name,group,exercise,points,maximum,state,flag\n", places, 1)
        _table(run.out, "students.csv", ",".join([*head, *run.grader.refs]) + "\n", places, 2)
        shown = json.dumps(_about(run.grader.key), ensure_ascii=False) + "\n"
        write_whole(run.out / "assignment.json", shown.encode())
        _parquet(run.out)
        longest.result()


def _table(out, name, head, places, part):
    """Put one table together; it takes its name when it is whole."""
    spools, made = {}, out / f".part-{name}"
    with about(out / name), ExitStack() as opened, open(made, "wb", 1 << 20) as table:
        table.write(head.encode())
        for owner, at, *sizes in places:
            if owner not in spools:
                spools[owner] = opened.enter_context(open(out / f".part-{owner}", "rb", 0))
            spools[owner].seek(at + sum(sizes[:part]))
            table.write(spools[owner].read(sizes[part]))
    made.replace(out / name)


def _one_of(run, found, entries, problems):
    """Several files of one student: that of the highest rank counts; the same bytes twice, or a journal beside the
    file made from it, are no reason for a flag."""
    best, counts = max((rank, entries[number].name, number) for rank, number, *_ in found)[::2]
    others = [number for rank, number, *_ in found
              if rank.checksum != best.checksum and not (rank.sound and not rank.handed and best.handed)]
    problems += [[entries[number].name, "duplicate"] for number in others]
    return run.keep(run.one(entries[counts])[0], entries[counts].name, ("duplicate",) * bool(others))


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
    kinds |= dict.fromkeys(names, pyarrow.dictionary(pyarrow.int32(), pyarrow.string()))
    pieces = pyarrow.csv.ReadOptions(block_size=1 << 20)
    options = pyarrow.csv.ConvertOptions(column_types=kinds, strings_can_be_null=False)
    with about(out / "grades.parquet"), pyarrow.csv.open_csv(
        out / "grades.csv", pieces, convert_options=options
    ) as table:
        # Without Arrow's schema the file says "text" and not "dictionary", which is only how it is kept.
        how = {"compression": "zstd", "store_schema": False}
        with pyarrow.parquet.ParquetWriter(out / ".part-parquet", table.schema, **how) as target:
            for batch in table:
                target.write_batch(batch)
    (out / ".part-parquet").replace(out / "grades.parquet")


def bar(stream, start=None):
    """Return a `progress` for `grade` that draws a bar with the time left, if the stream is a terminal."""
    start = start or clock.monotonic()

    def show(done, of):
        if stream.isatty():
            left = (clock.monotonic() - start) / done * (of - done)
            full = 30 * done // of
            drawn = "#" * full + "." * (30 - full)
            stream.write(f"\r[{drawn}] {done:,} of {of:,}, {left:.0f} s left " + "\n" * (done == of))
            stream.flush()
    return show


def _printed(name):
    """A file name without what could move the cursor or turn the direction of writing."""
    return "".join(letter if letter.isprintable() else "?" for letter in name)


def summary(told):
    """Return the lines for the console after a grading."""
    lines = ["{assignment}: {submitted} of {students} students handed in ({files} files)".format(**told)]
    if told["mean"] is not None:
        lines.append(f"mean {told['mean']:g} of {told['maximum']:g} points")
    lines += [f"  {count:6,}  {flag}" for flag, count in told["flags"].items()]
    if told["students"] and not told["submitted"]:
        lines.append("nothing of anybody on the roster was found: name the zip or the folder with the answer files")
    lines += [f"  {flag}: {_printed(name)}" for name, flag in told["problems"][:20]]
    if len(told["problems"]) > 20:
        lines.append(f"  … and {len(told['problems']) - 20} more in run.json")
    if told["waiting"]:
        lines.append(
            f"{told['waiting']:,} written answers are not marked to the end yet: "
            "run course mark, then course grade again"
        )
    if told["marks_left_out"]:
        lines.append(f"{told['marks_left_out']} lines of marks.jsonl fit no exercise or criterion and were left out")
    return "\n".join(lines)
