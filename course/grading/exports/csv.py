"""All points in one table for a spreadsheet; a decimal comma, unless commas part the cells."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Sequence
from pathlib import Path

from course.grading import results
from course.grading.cells import decimal, encode
from course.grading.exports import Export
from course.grading.exports._grades import unread
from course.grading.keyfile import peek
from course.grading.results import Work

NAME, TAKES, ABOUT = "csv", "grades", "all points for a spreadsheet"
ENDING = "csv"


def options(parser: ArgumentParser) -> None:
    """Add what parts the cells."""
    parser.add_argument("--separator", choices=(";", ","), default=";", help="between cells (;)")


def write(sources: Sequence[str], options: Namespace) -> Export:
    """Make the table of one folder of grades."""
    graded = list(results.read(sources[0]))
    rows = table(graded, "." if options.separator == "," else ",", _listed(sources[0]))
    return Export(encode(rows, options.separator, "utf-8-sig"), unread(graded))


def _listed(folder: str) -> list[str]:
    """Return the exercises in the order of the assignment; none where it cannot be read."""
    entries = peek(Path(folder) / "assignment.json").get("exercises")
    entries = entries if isinstance(entries, list) else []
    named = [each.get("ref") for each in entries if isinstance(each, dict)]
    return [ref for ref in named if isinstance(ref, str)]


def table(graded: Iterable[Work], mark: str = ",", order: Iterable[str] = ()) -> list[list[str]]:
    """Lay out all points, a row for each student; `order` is that of the exercises.

    Who handed in nothing has blank cells, and whom a pool did not give an exercise has one there.
    """
    graded = list(graded)
    had = dict.fromkeys(ref for work in graded for ref in work.exercises)
    refs = list(dict.fromkeys([*(ref for ref in order if ref in had), *had]))
    rows = [["student", "name", "group", "email", *refs, "points", "maximum", "flags"]]
    for work in graded:
        points, known = work.earned, work.exercises
        each = [known[ref].points if points is not None and ref in known else None for ref in refs]
        numbers = [decimal(value, mark) for value in (*each, points, work.maximum)]
        flags = " ".join(work.flags)
        rows.append([work.student, work.name, work.group, work.email, *numbers, flags])
    return rows
