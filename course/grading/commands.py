"""The commands of grading: words of the command line in, sentences out, and the one border for errors.

What a person got wrong ends with a sentence and code 2, Ctrl+C with a sentence and code 130; a fault of ours stays a
traceback.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from tempfile import TemporaryDirectory

from course.grading import GradingError

Command = Callable[[list[str]], int]
# What the base installation lacks.
NEED: dict[str, tuple[str, ...]] = dict.fromkeys(
    ("feedback", "mark", "report", "export", "list", "preview"),
    ("msgspec", "pyarrow", "jinja2", "nbformat"),
)
NEED |= {"grade": ("msgspec", "pyarrow"), "assign": ("msgspec",), "new": ("msgspec",)}

_ROOMS = {
    "list": ("pages.preview", "listing"),
    "preview": ("pages.preview", "preview"),
    "feedback": ("pages.feedback", "main"),
    "report": ("pages.report", "main"),
    "mark": ("marking.desk", "main"),
    "export": ("exports", "main"),
}


def lacking(command: str) -> str | None:
    """Return what to install before a command can run, as a sentence; None when everything is there."""
    missing = [name for name in NEED[command] if not find_spec(name)]
    return (
        f'grading needs {", ".join(missing)}: python -m pip install ".[grading]"'
        if missing
        else None
    )


def main(command: str, words: list[str]) -> int:
    """Run one command.

    Returns
    -------
    int
        Exit code: 0 done, 1 faults found, 2 it cannot be carried out, 130 stopped by Ctrl+C.
    """
    said = lacking(command)
    if said:
        print(said, file=sys.stderr)
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
    """Return an error as a lecturer reads it: of a file its name and what is wrong with it, without a number.

    >>> sentence(FileNotFoundError(2, "No such file or directory", "x.csv"))
    'x.csv: No such file or directory'
    """
    if not isinstance(error, OSError) or not error.strerror:
        return str(error)
    return f"{error.filename}: {error.strerror}" if error.filename else error.strerror


def _command(name: str) -> Command:
    """Return what carries a command out; the others are not loaded."""
    if name in _ROOMS:
        module, function = _ROOMS[name]
        command: Command = getattr(import_module(f"course.grading.{module}"), function)
        return command
    return {"assign": _assign, "grade": _grade, "new": _new}[name]


def _assign(words: list[str]) -> int:
    from course.grading.setting.assignment import assign

    parser = argparse.ArgumentParser(
        "course assign", allow_abbrev=False,
        description="Set an assignment: DIR/students to hand out, DIR/private to keep. The same spec and roster make "
        "the same files.",
    )  # fmt: skip
    add = parser.add_argument
    add("spec", metavar="SPEC.toml")
    add("--roster", required=True, metavar="ROSTER",
        help="columns name, group, e-mail, id; .xlsx, or CSV in UTF-8, UTF-16, Windows-1251")  # fmt: skip
    add("--out", metavar="DIR")
    add("--nbgrader", metavar="COURSE_DIR",
        help="make it an assignment of this nbgrader course: source/ID, key in private/ID")  # fmt: skip
    options = parser.parse_args(words)
    if not options.out and not options.nbgrader:
        parser.error("name --out DIR, --nbgrader COURSE_DIR, or both")
    notes: list[str] = []
    with TemporaryDirectory() as scratch:
        made = assign(options.spec, options.roster, options.out or scratch, notes)
        if options.nbgrader:
            from course.grading.exports.nbgrader import write

            source = write(made, options.out or scratch, options.nbgrader)
    print(*notes, sep="\n", end="\n" * bool(notes))
    points = sum(entry["points"] for entry in made["exercises"])
    print(
        f"{made['id']}: {_count(made['exercises'], 'exercise')}, {points:g} points, "
        f"{_count(made['roster'], 'student')}, digest {made['digest']}"
    )
    if options.out:
        print(
            f"hand out: {options.out}/students\nkeep:     {options.out}/private (keys; never give it to anybody)"
        )
    if options.nbgrader:
        print(
            f"nbgrader: {source}, with its key in {options.nbgrader}/private/{made['id']} (never give it to anybody)\n"
            f"next:     nbgrader generate_assignment {made['id']}"
        )
    return 0


def _count(what: Sequence[object], word: str) -> str:
    return f"{len(what)} {word}{'s' * (len(what) != 1)}"


def _grade(words: list[str]) -> int:
    from course.grading.gradebook import bar, grade, summary

    parser = argparse.ArgumentParser(
        "course grade", allow_abbrev=False,
        description="Grade what was handed in. Answers are data: nothing in them is run.",
    )  # fmt: skip
    add = parser.add_argument
    add(
        "submissions",
        metavar="SUBMISSIONS",
        help="a folder, Moodle's zip of all submissions, or nbgrader's submitted/",
    )
    add(
        "--key",
        required=True,
        metavar="PRIVATE",
        help="the private folder that `course assign` made",
    )
    add("--out", required=True, metavar="GRADES")
    add("--marks", metavar="FILE", help="what people marked; GRADES/marks.jsonl if not given")
    options = parser.parse_args(words)
    print(
        summary(
            grade(options.submissions, options.key, options.out, options.marks, bar(sys.stderr))
        )
    )
    print(f"written: {options.out}/grades.csv, students.csv, grades.parquet, graded.jsonl")
    return 0


def _new(words: list[str]) -> int:
    from course.grading.setting.assignment import new_exercises

    parser = argparse.ArgumentParser(
        "course new",
        description="Begin a file of your own exercises: one example of each kind, with remarks.",
    )
    parser.add_argument("what", choices=["exercises"])
    parser.add_argument("file", metavar="FILE")
    options = parser.parse_args(words)
    try:
        new_exercises(options.file)
    except FileExistsError as error:
        raise GradingError(f"{options.file}: {error.strerror}; nothing was written") from None
    print(f"{options.file} written; change the examples, leave out what you don't need")
    return 0
