"""Grading everything handed in: one pass over the files, then tables in the order of the roster.

No doubt about one file touches another. The result is a pure function of submissions, key, marks
and decisions: run again, the same bytes. People's marks are read and never written here. Grades
that a grading replaces are kept.
"""

import gc
import json
import multiprocessing
import signal
import sys
import time as clock
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, NamedTuple

from course.files import about
from course.grading import GradingError, changes, decisions, keyfile, options, results, tables
from course.grading.grade import Graded, Grader, Rank, rounded
from course.grading.intake import Entry, Refused, listed, source
from course.grading.intake.archive import Archive
from course.grading.intake.folder import Folder
from course.grading.lock import draft, publish
from course.grading.marking.marks import Marks
from course.grading.results import FLAGS, Work
from course.grading.tables import Place, Spool
from course.paths import close

_BATCH, _ALONE = 100, 1000  # files at a time; files that one process grades without a second
_GARBAGE = 100_000  # objects made between two searches for garbage: a grading makes next to none
Progress = Callable[[int, int], None]
Agree = Callable[[changes.Changes], bool]


class Kept(NamedTuple):
    """One graded file: where its lines are, and what the choice and the summary need."""

    number: int
    rank: Rank
    place: Place
    points: float
    flags: tuple[str, ...]
    waiting: int


class Left(NamedTuple):
    """One file that was not graded: whose it seems to be, and the flag that says why."""

    number: int
    student: str | None
    flag: str


class Run:
    """One run over all files; forked processes share it."""

    def __init__(self, grader: Grader, source: Folder | Archive, spool: Spool) -> None:
        self.grader, self.source, self.spool = grader, source, spool
        self.entries = listed(source, grader.owners)

    def batch(self, start: int) -> list[tuple[str, Kept] | Left]:
        """Grade some files from this one on."""
        made: list[tuple[str, Kept] | Left] = []
        for number, entry in enumerate(self.entries[start : start + _BATCH], start):
            graded = read(self.grader, self.source, entry)
            if isinstance(graded, str):
                owners = self.grader.owners
                student = owners.of(entry.name) or owners.by_file_name(entry.name)
                made.append(Left(number, student, graded))
            else:
                made.append((graded.work.student, self.keep(number, graded)))
        self.spool.flush()
        return made

    def keep(self, number: int, graded: Graded) -> Kept:
        """Put the lines of one student aside."""
        work, place = graded.work, self.spool.add(graded.work)
        return Kept(number, graded.rank, place, work.points, tuple(work.flags), work.waiting)

    def again(self, kept: Kept) -> Kept:
        """Grade once more the file that counts of several, to flag it."""
        graded = read(self.grader, self.source, self.entries[kept.number])
        if isinstance(graded, str):  # it went meanwhile
            return kept
        flags = {*graded.work.flags, "duplicate"}
        graded.work.flags = [flag for flag in FLAGS if flag in flags]
        return self.keep(kept.number, graded)

    def check(self, student: str, kept: Kept | None = None) -> None:
        """Refuse points given by a decision for a question that a pool did not give a student.

        Whose file it is, and so what was drawn, is known only when it is read.
        """
        adjusted = {ref for who, ref in self.grader.decisions.adjust if who == student}
        if not self.grader.pools or not adjusted:
            return
        graded = read(self.grader, self.source, self.entries[kept.number]) if kept else ""
        work = self.grader.absent(student, ()) if isinstance(graded, str) else graded.work
        for ref in sorted(adjusted - work.exercises.keys()):
            pool = next(each for each in self.grader.pools if ref in each["from"])
            own = ", ".join(each for each in pool["from"] if each in work.exercises)
            said = f"[[adjust]] of {student}: {ref} was not drawn for this student"
            said += f"; of the pool {pool['id']!r} that were {own}"
            raise GradingError(f"{decisions.FILE}: {said}")

    def absent(self, student: str, flags: Iterable[str]) -> tuple[Work, Place]:
        """Put aside the lines of somebody who handed in nothing."""
        work = self.grader.absent(student, {"no-submission", *flags})
        return work, self.spool.add(work)


def read(grader: Grader, source: Folder | Archive, entry: Entry) -> Graded | str:
    """Grade one file of a source, or return the flag that says why not."""
    if entry.flag:
        return entry.flag
    try:
        graded = grader.grade(source.read(entry), entry.name)
    except Refused as refused:
        return str(refused)
    if "malformed" in graded.work.flags and not graded.answered:
        return "malformed" if ".jsonl" in entry.name else "wrong-file"
    return graded if graded.work.student else "no-identity"


def choose(files: Sequence[tuple[Rank, str]]) -> tuple[int, list[int]]:
    """Choose among the files of one student, whatever their order.

    The same bytes twice, or a journal beside the file made from it, are no other work.

    Parameters
    ----------
    files : sequence of (Rank, str)
        Ranks and names.

    Returns
    -------
    int, list of int
        Place of the file that counts; places of files with another work.
    """
    counts = max(range(len(files)), key=lambda place: files[place])
    best = files[counts][0]
    others = [
        place
        for place, (rank, _) in enumerate(files)
        if rank.checksum != best.checksum and not (rank.sound and not rank.handed and best.handed)
    ]
    return counts, others


_RUN: Run | None = None


def _batch(start: int) -> list[tuple[str, Kept] | Left]:
    assert _RUN
    return _RUN.batch(start)


def _begin() -> None:
    """Leave Ctrl+C to the first process, and look for garbage seldom."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(_GARBAGE)


def grade(
    submissions: str | Path,
    key: str | Path,
    out: str | Path,
    marks: str | Path | None = None,
    progress: Progress | None = None,
    agree: Agree | None = None,
) -> dict[str, Any]:
    """Grade everything handed in and write the tables.

    Parameters
    ----------
    submissions : path-like
        A folder, Moodle's zip of all submissions, or an nbgrader ``submitted/`` tree.
    key : path-like
        The private folder of the assignment, with ``decisions.toml`` where something was decided.
    out : path-like
        Gets ``graded.jsonl``, ``grades.csv``, ``grades.parquet``, ``students.csv``,
        ``assignment.json``, ``key.json``, ``run.json``.
    marks : path-like, optional
        What people marked; ``marks.jsonl`` in `out` unless named.
    progress : callable, optional
        Called with (files done, files).
    agree : callable, optional
        Called with what changes for whom; False leaves everything as it was.

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
    private, out = keyfile.read_key(key), Path(out)
    folder = _source(submissions)
    _may_write(out, Path(submissions), private)
    journal = options.journal(out, Path(marks) if marks else None)
    given, decided = Marks(journal, private).refresh(), decisions.read(key, private)
    close(out)  # as private as the key: feedback, marking and the report need the exercises
    with draft(out) as scratch:
        grader = Grader(private, given, decided)
        spool = Spool(scratch, grader.refs)
        try:
            _RUN = Run(grader, folder, spool)
            with about(out / results.FILE):
                places, summary = _placed(_RUN, *_sorted(_RUN, progress))
            summary["marks_left_out"] = given.skipped
            summary["decisions"] = list(decided.record)
            _RUN = None
            del folder, grader  # a stream's names are many, and the tables need the room
            names = tables.write(spool, places, out)
            names += _beside(scratch, out, key, private, summary)
            made = changes.between(out, scratch, private)
            agreed = agree is None or agree(made)
            if agreed:
                if made.rows or made.fault:
                    changes.keep(out, made)
                publish(scratch, out, names)
        finally:
            _RUN = None
            spool.close()
    if not agreed:
        with suppress(OSError):  # it holds something
            out.rmdir()
    return summary


def _source(submissions: str | Path) -> Folder | Archive:
    try:
        return source(submissions)
    except Refused as refused:
        said = "is neither a folder nor a whole zip archive"
        if str(refused) == "too-many":
            said = "names far more files than a class hands in"
        raise GradingError(f"{submissions} {said}; download it again") from None


def _may_write(out: Path, submissions: Path, key: keyfile.Key) -> None:
    """Refuse a folder with files to hand out, or with those of another assignment."""
    if out.resolve().is_relative_to(submissions.resolve()):
        raise GradingError(f"{out} lies inside {submissions}; name another folder for --out")
    for folder in (out, out.parent):
        if (folder / "assignment.json").is_file() and not (folder / "key.json").is_file():
            said = "name another one for --out: it gets keys and grades"
            raise GradingError(f"{folder} is a folder for students; {said}")
    other = keyfile.peek(out / "key.json").get("id", key["id"])
    if other != key["id"]:
        said = "name another folder for --out"
        raise GradingError(f"{out} holds the grades of {str(other)[:60]!r}; {said}")


def _beside(
    scratch: Path, out: Path, key: str | Path, private: keyfile.Key, summary: dict[str, Any]
) -> list[str]:
    """Write what stands beside the tables."""
    from course.grading.setting.assignment import public

    path = Path(key) / "key.json" if Path(key).is_dir() else Path(key)
    shown = json.dumps(public(private), ensure_ascii=False) + "\n"
    told = json.dumps(summary, ensure_ascii=False, indent=1) + "\n"
    files = {"key.json": path.read_bytes(), "assignment.json": shown.encode()}
    files["run.json"] = told.encode("utf-8", "replace")
    for name, data in files.items():
        with about(out / name):
            (scratch / name).write_bytes(data)
    return list(files)


def _batches(run: Run) -> Iterator[list[tuple[str, Kept] | Left]]:
    """Yield what was made of each batch, in order; two processes share a large number of files."""
    starts, done = range(0, len(run.entries), _BATCH), 0
    if len(run.entries) > _ALONE and sys.platform not in ("win32", "darwin", "emscripten"):
        gc.freeze()  # what both share stays shared when neither looks through it for garbage
        fork = multiprocessing.get_context("fork")
        pool = ProcessPoolExecutor(2, fork, _begin)
        try:
            for batch in pool.map(_batch, starts):
                done += 1
                yield batch
        except BrokenProcessPool:  # somebody killed one; go on alone
            pass
        finally:
            pool.shutdown(cancel_futures=True)
            gc.unfreeze()
    for start in starts[done:]:
        yield run.batch(start)


def _sorted(
    run: Run, progress: Progress | None
) -> tuple[dict[str, list[Kept]], dict[str | None, list[Left]]]:
    """Grade everything; returns the graded files by student, and by student what else there is."""
    files: dict[str, list[Kept]] = {}
    others: dict[str | None, list[Left]] = {}
    same: dict[tuple[str, ...], tuple[str, ...]] = {}
    seen = 0
    for batch in _batches(run):
        for item in batch:
            if isinstance(item, Left):
                others.setdefault(item.student, []).append(item)
            else:
                student, kept = item
                flags = same.setdefault(kept.flags, kept.flags)  # kept once, not for each
                files.setdefault(student, []).append(kept._replace(flags=flags))
        seen += len(batch)
        if progress:
            progress(seen, len(run.entries))
    return files, others


def _placed(
    run: Run, files: dict[str, list[Kept]], others: dict[str | None, list[Left]]
) -> tuple[list[Place], dict[str, Any]]:
    """Return where the lines of the file that counts are, by student, and the summary."""
    grader, places, flagged = run.grader, [], Counter[str]()
    besides = sum(left.flag == "beside" for each in others.values() for left in each)
    problems = _problems(run, files, others)
    counted: list[Kept] = []
    given = 0.0
    strangers = sorted(files.keys() - grader.places.keys())
    for student in (*grader.places, *strangers):
        if student in files:
            found = files[student]
            named = [(kept.rank, run.entries[kept.number].name) for kept in found]
            counts, rest = choose(named)
            problems += [[named[place][1], "duplicate"] for place in rest]
            kept = run.again(found[counts]) if rest else found[counts]
            run.check(student, kept)
            places.append(kept.place)
            flagged.update(kept.flags)
            counted += [kept] if student in grader.places else []
        else:
            run.check(student)
            work, place = run.absent(student, [left.flag for left in others.get(student, ())])
            places.append(place)
            flagged.update(work.flags)
            given += work.points  # by a decision
    points, students = given + sum(kept.points for kept in counted), len(grader.places)
    return places, {
        "assignment": grader.key["id"],
        "digest": grader.key["digest"],
        "students": students,
        "unknown": len(strangers),
        "files": len(run.entries) - besides,
        "submitted": len(counted),
        "maximum": grader.maximum,
        "mean": rounded(points / students) if students else None,
        "waiting": sum(kept.waiting for kept in counted),
        "flags": {flag: flagged[flag] for flag in ("ok", *FLAGS) if flagged[flag]},
        "problems": sorted(problems),
    }


def _problems(
    run: Run, files: dict[str, list[Kept]], others: dict[str | None, list[Left]]
) -> list[list[str]]:
    """Return names and flags of files that were not graded, without what lies beside an answer."""
    problems = []
    for student, each in others.items():
        kept = [left for left in each if left.flag != "beside"]
        if student is not None and student not in files:  # what lies beside is all that there is
            kept += [left._replace(flag="wrong-file") for left in each if left.flag == "beside"]
        others[student] = kept
        problems += [[run.entries[left.number].name, left.flag] for left in kept]
    return problems


def bar(stream: IO[str], start: float | None = None) -> Progress:
    """Return a `progress` for `grade` that draws a bar with the time left on a terminal."""
    start = start or clock.monotonic()

    def show(done: int, of: int) -> None:
        if stream.isatty():
            left = (clock.monotonic() - start) / done * (of - done)
            drawn = "#" * (30 * done // of)
            end = "\n" * (done == of)
            stream.write(f"\r[{drawn:.<30}] {done:,} of {of:,}, {left:.0f} s left {end}")
            stream.flush()

    return show


def summary(run: dict[str, Any]) -> str:
    """Return the lines for the console after a grading."""
    lines = ["{assignment}: {submitted} of {students} students handed in ({files} files)"]
    lines[0] = lines[0].format(**run)
    if run["mean"] is not None:
        lines.append(f"mean {run['mean']:g} of {run['maximum']:g} points")
    lines += [f"  {count:6,}  {flag}" for flag, count in run["flags"].items()]
    if run["students"] and not run["submitted"]:
        said = "name the zip or the folder with the answer files"
        lines.append(f"nothing of anybody on the roster was found: {said}")
    for name, flag in run["problems"][:20]:
        # Nothing in a name may move the cursor or turn the direction of writing.
        printed = "".join(letter if letter.isprintable() else "?" for letter in name)
        lines.append(f"  {flag}: {printed}")
    if len(run["problems"]) > 20:
        lines.append(f"  … and {len(run['problems']) - 20} more in run.json")
    if run["waiting"]:
        said = "written answers are not marked to the end yet"
        lines.append(f"{run['waiting']:,} {said}: run course mark, then course grade again")
    if run["marks_left_out"]:
        said = "lines of marks.jsonl fit no exercise or criterion and were left out"
        lines.append(f"{run['marks_left_out']} {said}")
    if run["decisions"]:
        lines.append(f"decisions that count: {len(run['decisions'])}")
    return "\n".join(lines)
