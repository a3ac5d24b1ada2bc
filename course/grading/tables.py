"""The tables of a grading: lines kept on the disk while files are graded, then put in order."""

import os
from collections.abc import Iterable, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple

from course.files import about
from course.grading import results
from course.grading.cells import joined, points
from course.grading.decisions import told
from course.grading.results import Work

LONG, WIDE, PARQUET = "grades.csv", "students.csv", "grades.parquet"
_HEAD = (
    "student,name,group,email,lang,points,maximum,late_days,minutes,saved,receipt,flags,decisions"
)


class Place(NamedTuple):
    """Where one student's lines stand: whose spool, the first byte, the sizes of the three."""

    owner: int
    start: int
    sizes: tuple[int, int, int]


class Spool:
    """Lines put aside, by every process in a file of its own, so that memory stays flat."""

    def __init__(self, folder: Path, refs: Sequence[str]) -> None:
        self.folder, self.refs, self._owner = folder, refs, 0
        self._file: BinaryIO | None = None

    def add(self, work: Work) -> Place:
        """Put the lines of one student aside."""
        if self._file is None or self._owner != os.getpid():
            self._owner = os.getpid()
            name = self.folder / f"spool-{self._owner}"
            self._file = open(name, "wb", 1 << 18)  # noqa: SIM115, stays open for the next student
        lines = results.line(work) + b"\n", long(work), wide(work, self.refs)
        start = self._file.tell()
        self._file.writelines(lines)
        return Place(self._owner, start, (len(lines[0]), len(lines[1]), len(lines[2])))

    def flush(self) -> None:
        """See to it that whoever opens the file finds all lines."""
        if self._file:
            self._file.flush()

    def close(self) -> None:
        """Close the file of this process."""
        if self._file:
            with suppress(OSError):  # on a full disk it cannot even be closed
                self._file.close()

    def table(self, name: str, head: str, places: Iterable[Place], part: int) -> None:
        """Put one table together from everybody's lines."""
        spools: dict[int, BinaryIO] = {}
        with ExitStack() as opened, open(self.folder / name, "wb", 1 << 20) as table:
            table.write(head.encode())
            for owner, start, sizes in places:
                if owner not in spools:
                    path = self.folder / f"spool-{owner}"
                    spools[owner] = opened.enter_context(open(path, "rb", 0))
                spools[owner].seek(start + sum(sizes[:part]))
                table.write(spools[owner].read(sizes[part]))


def long(work: Work) -> bytes:
    """Return the lines of one student in the long table: one for each exercise that is theirs."""
    before = joined(work.student, work.name, work.group) + ","
    after = f",{' '.join(work.flags)}\n"
    lines = [
        f"{before}{ref},{points(answer.points)},{points(answer.maximum)},{answer.state}{after}"
        for ref, answer in work.exercises.items()
    ]
    return "".join(lines).encode("utf-8", "replace")


def wide(work: Work, refs: Iterable[str] | None = None) -> bytes:
    """Return the line of one student in the table of students.

    A cell is empty where a pool gave the student another exercise.
    """
    who = joined(work.student, work.name, work.group, work.email, work.lang)
    whole = points(work.points), points(work.maximum)
    spent = "" if work.minutes is None else str(work.minutes)
    about = str(work.late_days), spent, work.saved or "", work.receipt or "", " ".join(work.flags)
    decided = joined("; ".join(" ".join(told(each)) for each in work.decided))
    known = work.exercises
    cells = known if refs is None else refs
    earned = [points(known[ref].points) if ref in known else "" for ref in cells]
    return (",".join([who, *whole, *about, decided, *earned]) + "\n").encode("utf-8", "replace")


def write(spool: Spool, places: Sequence[Place], out: Path) -> list[str]:
    """Write the tables into the folder of the spool; errors name files as they will be in `out`."""
    with about(out / results.FILE):
        spool.flush()
    heads = {
        results.FILE: "",
        LONG: "student,name,group,exercise,points,maximum,state,flag\n",
        WIDE: ",".join([_HEAD, *spool.refs]) + "\n",
    }
    for part, (name, head) in enumerate(heads.items()):
        with about(out / name):
            spool.table(name, head, places, part)
    with about(out / PARQUET):
        _parquet(spool.folder)
    return [*heads, PARQUET]


def _parquet(folder: Path) -> None:
    """Write the long table once more, for statistics; in pieces, so that memory stays flat."""
    import pyarrow
    import pyarrow.csv
    import pyarrow.parquet

    kinds = {"points": pyarrow.float64(), "maximum": pyarrow.float64()}
    names = ("student", "name", "group", "exercise", "state", "flag")
    kinds |= dict.fromkeys(names, pyarrow.dictionary(pyarrow.int32(), pyarrow.string()))
    pieces = pyarrow.csv.ReadOptions(block_size=1 << 20)
    options = pyarrow.csv.ConvertOptions(column_types=kinds, strings_can_be_null=False)
    with pyarrow.csv.open_csv(folder / LONG, pieces, convert_options=options) as table:
        # Without Arrow's schema the file says "text", not "dictionary": only how it is kept.
        how = {"compression": "zstd", "store_schema": False}
        with pyarrow.parquet.ParquetWriter(folder / PARQUET, table.schema, **how) as target:
            for batch in table:
                target.write_batch(batch)
