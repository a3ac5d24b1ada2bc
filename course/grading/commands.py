"""`course assign`, `course grade` and `course new`: words of the command line in, sentences out."""

import argparse
import sys
from importlib.util import find_spec
from tempfile import TemporaryDirectory


def lacking():
    """Return what to install before grades can be made or read, as a sentence; None when everything is there."""
    missing = [name for name in ("msgspec", "pyarrow") if not find_spec(name)]
    return f'grading needs {" and ".join(missing)}: python -m pip install ".[grading]"' if missing else None


def main(command, words):
    """Run one command; returns its exit code: 0 done, 2 it cannot be carried out."""
    return {"assign": _assign, "grade": _grade, "new": _new}[command](words)


def _assign(words):
    from course.grading.assignment import SettingError, assign

    parser = argparse.ArgumentParser("course assign", description="Set an assignment: DIR/students to hand out, "
                                     "DIR/private to keep. The same spec and roster make the same files.")
    parser.add_argument("spec", metavar="SPEC.toml")
    parser.add_argument(
        "--roster", required=True, metavar="ROSTER.csv", help="columns name, group, e-mail, id; UTF-8 or Windows-1251"
    )
    parser.add_argument("--out", metavar="DIR")
    parser.add_argument(
        "--nbgrader",
        metavar="COURSE_DIR",
        help="make it an assignment of this nbgrader course: source/ID, key in private/ID",
    )
    options = parser.parse_args(words)
    if not options.out and not options.nbgrader:
        parser.error("name --out DIR, --nbgrader COURSE_DIR, or both")
    try:
        with TemporaryDirectory() as scratch:
            made = assign(options.spec, options.roster, options.out or scratch)
            if options.nbgrader:
                from course.grading.nbgrader import write

                source = write(made, options.out or scratch, options.nbgrader)
    except SettingError as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        print(f"{error.filename or options.out or options.nbgrader}: {error.strerror}", file=sys.stderr)
        return 2
    points = sum(entry["points"] for entry in made["exercises"])
    print(
        f"{made['id']}: {_count(made['exercises'], 'exercise')}, {points:g} points, "
        f"{_count(made['roster'], 'student')}, digest {made['digest']}"
    )
    if options.out:
        print(f"hand out: {options.out}/students\nkeep:     {options.out}/private (keys; never give it to anybody)")
    if options.nbgrader:
        print(
            f"nbgrader: {source}, with its key in {options.nbgrader}/private/{made['id']} (never give it to anybody)\n"
            f"next:     nbgrader generate_assignment {made['id']}"
        )
    return 0


def _count(what, word):
    return f"{len(what)} {word}{'s' * (len(what) != 1)}"


def _grade(words):
    from course.grading.gradebook import GradingError, bar, grade, summary

    parser = argparse.ArgumentParser(
        "course grade", description="Grade what was handed in. Answers are data: nothing in them is run."
    )
    parser.add_argument(
        "submissions", metavar="SUBMISSIONS", help="a folder, Moodle's zip of all submissions, or nbgrader's submitted/"
    )
    parser.add_argument("--key", required=True, metavar="PRIVATE", help="the private folder that `course assign` made")
    parser.add_argument("--out", required=True, metavar="GRADES")
    parser.add_argument("--marks", metavar="FILE", help="what people marked; GRADES/marks.jsonl if not given")
    options = parser.parse_args(words)
    try:
        told = grade(options.submissions, options.key, options.out, options.marks, bar(sys.stderr))
    except GradingError as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        print(f"{error.filename or options.out}: {error.strerror}", file=sys.stderr)
        return 2
    print(summary(told))
    print(f"written: {options.out}/grades.csv, students.csv, grades.parquet, graded.jsonl")
    return 0


def _new(words):
    from course.grading.assignment import new_exercises

    parser = argparse.ArgumentParser(
        "course new", description="Begin a file of your own exercises: one example of each kind, with remarks."
    )
    parser.add_argument("what", choices=["exercises"])
    parser.add_argument("file", metavar="FILE")
    options = parser.parse_args(words)
    try:
        new_exercises(options.file)
    except OSError as error:
        print(f"{options.file}: {error.strerror}; nothing was written", file=sys.stderr)
        return 2
    print(f"{options.file} written; change the examples, leave out what you don't need")
    return 0
