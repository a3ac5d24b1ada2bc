"""What a grading changes for whom, before it is written; what stood there before is kept."""

import os
import shutil
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

from course.files import about
from course.grading import GradingError, results
from course.grading.cells import encode, points
from course.grading.decisions import told
from course.grading.keyfile import Key
from course.grading.marking.marks import written
from course.grading.results import Answer, Work
from course.ids import clean

FOLDER, FILE = "earlier", "changes.csv"
_SHOWN = 50  # rows on the console; the others stand in the file
_HEAD = ("student", "before", "after", "why")
# Of one grading, to be kept when the next is written; the other table follows from these.
_KEPT = ("graded.jsonl", "students.csv", "grades.csv", "run.json", "key.json")


class Change(NamedTuple):
    """One student whose line is not what it was; points are "" off the roster, "–" ungraded."""

    student: str
    before: str
    after: str
    why: str


class Changes(NamedTuple):
    """What a grading changes; `fault` says why the grades before cannot be compared."""

    rows: Sequence[Change] = ()
    fault: str = ""


def between(old: Path, new: Path, key: Key) -> Changes:
    """Compare two folders of grades, in the order of the new roster; at last who has gone."""
    if not (old / results.FILE).exists():
        return Changes()
    read, rows = set(written(key)), list[Change]()
    try:
        for before, now in _pairs(results.read(old), results.read(new)):
            known = now or before
            if known and before != now:
                why = "; ".join(_why(before, now, read))
                rows.append(Change(known.student, _points(before), _points(now), why))
    except GradingError as error:
        return Changes(fault=str(error))
    return Changes(rows)


def _pairs(old: Iterable[Work], new: Iterable[Work]) -> Iterator[tuple[Work | None, Work | None]]:
    """Yield who is the same in both; where the roster has not changed memory stays flat."""
    before: dict[str, Work] = {}
    after: dict[str, Work] = {}
    for was, now in zip_longest(old, new):
        if was and now and was.student == now.student:
            yield was, now
            continue
        if was:
            before[was.student] = was
        if now:
            after[now.student] = now
        for student in [each.student for each in (was, now) if each]:
            if student in before and student in after:
                yield before.pop(student), after.pop(student)
    yield from ((None, now) for now in after.values())
    yield from ((was, None) for was in before.values())


def _points(work: Work | None) -> str:
    if work is None:
        return ""
    return "–" if work.earned is None else points(work.earned)


def _why(before: Work | None, now: Work | None, read: Collection[str]) -> Iterator[str]:
    """Yield what made a grade another; `read` are the exercises that people mark."""
    if before is None or now is None:
        yield "roster: gone" if now is None else "roster: new"
        return
    other = _handed(before) != _handed(now)
    if other:
        yield "new file"
    new = [each for each in now.decided if each not in before.decided]
    gone = [each for each in before.decided if each not in now.decided]
    yield from (f"decision: {' '.join(told(each))}" for each in new)
    yield from (f"decision taken back: {' '.join(told(each))}" for each in gone)
    decided = {each.exercise for each in (*new, *gone) if each.what != "bonus"}
    late = before.late_days != now.late_days
    refs = [
        ref
        for ref, answer in now.exercises.items()
        if ref not in decided and _differs(before.exercises.get(ref), answer)
    ]
    marked = [ref for ref in refs if ref in read and not late]
    if marked:
        yield f"marks: {', '.join(marked)}"
    keys = [ref for ref in refs if ref not in read]
    if keys and not (other or late or "" in decided):
        yield f"key: {', '.join(keys)}"
    if late and not other and "" not in decided:
        yield "spec: another closing time"
    if _person(before) != _person(now):
        yield "roster"
    flags = set(before.flags) ^ set(now.flags)
    if flags - {"ok"}:
        yield f"flags: {' '.join(sorted(flags - {'ok'}))}"


def _handed(work: Work) -> tuple[object, ...]:
    answers = [(each.answer, each.attempts) for each in work.exercises.values()]
    return work.receipt, work.saved, work.claimed, work.source, answers


def _differs(before: Answer | None, now: Answer) -> bool:
    """Tell whether the same answer has earned something else."""
    if before is None:
        return True
    same = before.answer == now.answer
    told = (before.state, before.points, before.maximum), (now.state, now.points, now.maximum)
    return same and told[0] != told[1]


def _person(work: Work) -> tuple[str, ...]:
    return work.name, work.group, work.email


def keep(out: Path, changes: Changes) -> Path:
    """Keep the grades that stand in a folder below its ``earlier``, with what changed then."""
    moment = datetime.now(UTC).strftime("%Y-%m-%dT%H-%M-%SZ")
    names = (moment, *(f"{moment}-{number}" for number in range(2, 1000)))
    folder = next(out / FOLDER / name for name in names if not (out / FOLDER / name).exists())
    with about(folder):
        folder.mkdir(parents=True)
        for name in _KEPT:
            if (out / name).is_file():
                _copy(out / name, folder / name)
        (folder / FILE).write_bytes(encode([_HEAD, *changes.rows]))
    return folder


def _copy(path: Path, copy: Path) -> None:
    """Give a file a second name: the new one takes the first, and a million lines are not moved."""
    try:
        os.link(path, copy)
    except OSError:  # a file system without links
        shutil.copyfile(path, copy)


def table(changes: Sequence[Change]) -> str:
    """Return the changes as they stand on the console.

    Examples
    --------
    >>> print(table([Change("240001", "9.5", "10", "decision: bonus +0.5")]))
    student  before  after  why
    240001   9.5     10     decision: bonus +0.5
    """
    # Nothing in an id may move the cursor or turn the direction of writing.
    rows = [_HEAD, *([clean(cell) for cell in change] for change in changes[:_SHOWN])]
    wide = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = []
    for *cells, why in rows:
        padded = [cell.ljust(width) for cell, width in zip(cells, wide, strict=True)]
        lines.append("  ".join([*padded, why]))
    more = len(changes) - _SHOWN
    return "\n".join([*lines, *[f"… and {more} more"] * (more > 0)])
