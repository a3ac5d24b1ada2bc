"""A grade for each student, as Moodle's gradebook imports it.

Moodle stops at a student it does not know, and gives a row that names nobody to the student of the
row before. A blank cell erases what was entered by hand; so who has no grade is left out.
"""

from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from course.grading import results
from course.grading.cells import decimal, encode, harmless
from course.grading.exports import Export
from course.grading.exports._grades import unread
from course.grading.results import Work

NAME, TAKES, ABOUT = "moodle", "grades", "Moodle's gradebook"
ENDING = "csv"
HIGHEST = 100  # Moodle takes no more, unless its site allows unlimited grades
_COLUMNS = {"email": "Email address", "student": "ID number"}
_BY = {"email": "email", "id": "student"}
_NAMED = 20  # students named in one line of the console


def options(parser: ArgumentParser) -> None:
    """Add what names a student, and whether blanks are written."""
    add = parser.add_argument
    add("--by", choices=_BY, default="email", help="what names a student (email)")
    said = "write a blank for who has no grade: Moodle then erases a grade entered by hand"
    add("--keep-blank", action="store_true", help=said)


def write(sources: Sequence[str], options: Namespace) -> Export:
    """Make the file of one folder of grades."""
    graded = list(results.read(sources[0]))
    rows, left = table(graded, _BY[options.by], options.keep_blank)
    said = ["in Moodle match the grade column with the grade item of your assignment"]
    if options.keep_blank:
        said.append("a blank cell erases a grade that was entered by hand")
    return Export(encode(rows), [*unread(graded), *left, *_fewer(graded), *said])


def _fewer(graded: Sequence[Work]) -> Iterator[str]:
    """Yield whose points are out of fewer: a question that a pool gave them was dropped."""
    most = max((work.maximum for work in graded), default=0)
    fewer = [f"{work.student} ({work.maximum:g})" for work in graded if work.maximum < most]
    if fewer:
        said = "Moodle takes one maximum for all, course export total the share of each"
        yield f"out of fewer than {most:g} points, {said}: {_names(fewer)}"


def table(
    graded: Iterable[Work], by: str = "email", blanks: bool = False
) -> tuple[list[list[str]], list[str]]:
    """Lay out grades, and say who is not in the file and why: one line for each reason."""
    rows, left = [[_COLUMNS[by], "grade"]], dict[str, list[str]]()
    graded = list(graded)
    known = [_name(work, by).casefold() for work in graded if work.listed]
    times = Counter(known)
    for work in graded:
        points, name = work.earned, _name(work, by)
        if fault := _fault(work, by, times):
            left.setdefault(fault, []).append(work.student)
        elif points is not None or blanks:
            rows.append([name, decimal(points, ".")])
        else:
            left.setdefault("no grade, so Moodle keeps what it has", []).append(work.student)
    return rows, [f"not in the file, {why}: {_names(who)}" for why, who in left.items()]


def _name(work: Work, by: str) -> str:
    return (work.email if by == "email" else work.student).strip()


def _names(students: Sequence[str]) -> str:
    more = f" and {len(students) - _NAMED} more" if len(students) > _NAMED else ""
    return ", ".join(students[:_NAMED]) + more


def _fault(work: Work, by: str, times: Counter[str]) -> str:
    """Return why Moodle could not take the row of a student; "" when it can."""
    name, by_hand = _name(work, by), "enter the grade by hand"
    if not work.listed:
        return f"not on the roster, {by_hand}"
    if not name:
        return f"no {'email' if by == 'email' else 'id'}, {by_hand}"
    if times[name.casefold()] > 1:
        return f"the same {'email' if by == 'email' else 'id'} as somebody else, {by_hand}"
    if harmless(name) != name:
        return f"a formula to spreadsheets, {by_hand}"
    if (work.earned or 0) > HIGHEST:
        return f"more points than the {HIGHEST} that Moodle takes, {by_hand}"
    return ""
