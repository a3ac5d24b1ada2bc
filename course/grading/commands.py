"""The commands of grading: words in, sentences out, and the one border for errors.

What a person got wrong ends with a sentence and code 2, Ctrl+C with a sentence and code 130; a
fault of ours stays a traceback.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from course.grading import GradingError
from course.ids import folded

if TYPE_CHECKING:
    from course.grading.keyfile import Key

_MANY = 12  # groups that the console names
Command = Callable[[list[str]], int]
_PAGES = ["msgspec", "pyarrow", "jinja2", "nbformat"]
# Where a command is, and what it needs that the base installation lacks.
_ROOMS = {
    "list": ("pages.preview", "listing", _PAGES),
    "preview": ("pages.preview", "preview", _PAGES),
    "feedback": ("pages.feedback", "main", _PAGES),
    "report": ("semester.commands", "main", _PAGES),
    "mark": ("marking.desk", "main", _PAGES),
    "export": ("exports", "main", _PAGES),
    "import": ("imports", "main", ["msgspec"]),
    "share": ("share", "main", ["msgspec", "packaging"]),
    "peer": ("peer.commands", "main", _PAGES),
    "paper": ("paper.commands", "main", _PAGES),
    "hub": ("hub", "main", ["msgspec"]),
    "assign": ("commands", "assign", ["msgspec"]),
    "grade": ("commands", "grade", ["msgspec", "pyarrow"]),
    "new": ("commands", "new", ["msgspec"]),
}


def main(command: str, words: list[str]) -> int:
    """Run one command.

    Returns
    -------
    int
        Exit code: 0 done, 1 faults found or --yes is missing, 2 it cannot be carried out,
        130 stopped by Ctrl+C.
    """
    missing = ", ".join(name for name in _ROOMS[command][2] if not find_spec(name))
    if missing:
        print(f'grading needs {missing}: python -m pip install ".[grading]"', file=sys.stderr)
        return 2
    return bordered(lambda: _command(command)(words), command)


def bordered(act: Callable[[], int], command: str) -> int:
    """Carry something out; an expected mistake becomes its sentence."""
    try:
        return act()
    except BrokenPipeError:
        raise  # whoever reads our output has read enough; the command line ends quietly
    except (GradingError, OSError) as error:
        print(sentence(error), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"\nstopped; run course {command} again when you like", file=sys.stderr)
        return 130


def sentence(error: Exception) -> str:
    """Return an error as a lecturer reads it: of a file its name and what is wrong, no number.

    >>> sentence(FileNotFoundError(2, "No such file or directory", "x.csv"))
    'x.csv: No such file or directory'
    """
    if not isinstance(error, OSError) or not error.strerror:
        return str(error)
    return f"{error.filename}: {error.strerror}" if error.filename else error.strerror


def _command(name: str) -> Command:
    """Return what carries a command out; the others are not loaded."""
    module, function, _ = _ROOMS[name]
    command: Command = getattr(import_module(f"course.grading.{module}"), function)
    return command


def assign(words: list[str]) -> int:
    """Run ``course assign``; return 0, or 2 when the assignment cannot be set."""
    from course.grading import keyfile
    from course.grading.setting import assignment

    what = (
        "Set an assignment: FOLDER/students to hand out, FOLDER/private to keep. "
        "The same spec and roster make the same files."
    )
    parser = argparse.ArgumentParser("course assign", allow_abbrev=False, description=what)
    add = parser.add_argument
    add("spec", metavar="SPEC.toml", help="what is asked, and for how many points")
    said = "columns name, group, e-mail, id; .xlsx, or CSV in UTF-8, UTF-16, Windows-1251"
    add("--roster", required=True, metavar="ROSTER", help=said)
    add("--out", metavar="FOLDER", help="the folder to write into")
    said = "make it an assignment of this nbgrader course: source/ID, key in private/ID"
    add("--nbgrader", metavar="COURSE_DIR", help=said)
    said = "students mark each other's written answers: begin samples.toml, declare it in the spec"
    add("--peer", action="store_true", help=said)
    options = parser.parse_args(words)
    if not options.out and not options.nbgrader:
        parser.error("name --out FOLDER, --nbgrader COURSE_DIR, or both")
    notes: list[str] = []
    if options.peer and (begun := assignment.begin_peer(options.spec)):
        said = f"write three answers and their marks into {begun}, then run this again"
        print(f"[peer] stands in {options.spec}; {said}")
        return 0
    with TemporaryDirectory() as scratch:
        folder = options.out or scratch
        key = assignment.assign(options.spec, options.roster, folder, notes, bool(options.nbgrader))
        if options.nbgrader:
            from course.grading.exports.nbgrader import write

            source = write(key, folder, options.nbgrader)
    for note in notes:
        print(note)
    name, (own, points) = key["id"], keyfile.asked(key)
    exercises, students = _count(key["exercises"], "exercise"), _count(key["roster"], "student")
    exercises += f", {own} for each student" if "pools" in key else ""
    print(f"{name}: {exercises}, {points:g} points, {students}, digest {key['digest']}")
    if options.out:
        for line in _handing(key, options.out):
            print(line)
        print(f"keep:     {options.out}/private (keys; never give it to anybody)")
    if options.nbgrader:
        private = f"{options.nbgrader}/private/{name}"
        print(f"nbgrader: {source}, with its key in {private} (never give it to anybody)")
        print(f"next:     nbgrader generate_assignment {name}")
    return 0


def _handing(key: "Key", out: str) -> Iterator[str]:
    """Yield what goes to whom: one folder to all, or one to each group."""
    if key["variants"] != "group":
        yield f"hand out: {out}/students"
        return
    units, sizes = key.get("groups", {}), Counter(folded(row[2]) for row in key["roster"])
    for group, unit in [*units.items()][:_MANY]:
        who = f"to group {unit['name']}" if unit["name"] else "to those without a group"
        students = _count(range(sizes[group]), "student")
        yield f"hand out: {out}/students/{unit.get('folder')} {who} ({students})"
    if len(units) > _MANY:
        yield f"          … and {len(units) - _MANY} more: {out}/private/groups.csv tells all"


def _count(what: Sequence[object], word: str) -> str:
    return f"{len(what)} {word}{'s' * (len(what) != 1)}"


def grade(words: list[str]) -> int:
    """Run ``course grade``; return 0, 1 when it wants --yes, 2 when nothing could be graded."""
    from course.grading import changes, gradebook, results

    what = (
        "Grade what was handed in. Answers are data: nothing in them is run. Where GRADES holds "
        "grades already, what changes for whom is shown first, and --yes writes it."
    )
    parser = argparse.ArgumentParser("course grade", allow_abbrev=False, description=what)
    add = parser.add_argument
    said = "a folder, Moodle's zip of all submissions, or nbgrader's submitted/"
    add("submissions", metavar="SUBMISSIONS", help=said)
    said = "the private folder that course assign made"
    add("--key", required=True, metavar="PRIVATE", help=said)
    add("--out", required=True, metavar="GRADES", help="the folder to write into")
    add("--marks", metavar="FILE", help="what people marked (GRADES/marks.jsonl)")
    add("--yes", action="store_true", help="write the grades though they change for somebody")
    add("--dry-run", action="store_true", help="show the grades and what changes, write nothing")
    given = parser.parse_args(words)
    bar, before = gradebook.bar(sys.stderr), (Path(given.out) / results.FILE).exists()
    made = changes.Changes()

    def agree(found: changes.Changes) -> bool:
        nonlocal made
        made = found
        return not given.dry_run and (given.yes or not (found.rows or found.fault))

    run = gradebook.grade(given.submissions, given.key, given.out, given.marks, bar, agree)
    print(gradebook.summary(run))
    if made.fault:
        print(f"the grades that stand there cannot be compared: {made.fault}")
    elif made.rows:
        print(f"this changes grades in {given.out}:\n{changes.table(made.rows)}")
    elif before:
        print(f"nothing changes in {given.out}")
    if agree(made):
        print(f"written: {given.out}/grades.csv, students.csv, grades.parquet, graded.jsonl")
        if made.rows or made.fault:
            print(f"the grades before are kept in {given.out}/{changes.FOLDER}")
        return 0
    print("nothing is written" + ("" if given.dry_run else "; to write it, add --yes"))
    return int(not given.dry_run)


def new(words: list[str]) -> int:
    """Run ``course new``; return 0, or 2 when there is a file already."""
    from course.grading.setting.assignment import begin_file

    what = "Begin a file with one example of each kind and remarks."
    parser = argparse.ArgumentParser("course new", allow_abbrev=False, description=what)
    said = "exercises of your own; decisions after the exam"
    parser.add_argument("what", choices=["exercises", "decisions"], help=said)
    parser.add_argument("file", metavar="FILE", help="the file to write")
    options = parser.parse_args(words)
    begin_file(options.file, options.what)
    print(f"{options.file} written; change the examples, leave out what you don't need")
    return 0
