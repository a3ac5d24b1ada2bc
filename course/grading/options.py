"""What the commands on graded work take."""

from argparse import ArgumentParser
from pathlib import Path

from course.grading import GradingError
from course.grading.keyfile import Key, read_key


def parser(command: str, what: str) -> ArgumentParser:
    """Return a parser of what every command on graded work takes."""
    known = ArgumentParser(command, description=what, allow_abbrev=False)
    add_grades(known)
    return known


def add_grades(known: ArgumentParser) -> None:
    """Add the folder of graded work and its key."""
    add = known.add_argument
    add("grades", type=Path, metavar="GRADES", help="the folder that course grade wrote")
    said = "the private folder that course assign made, when GRADES has no key.json"
    add("--key", type=Path, metavar="PRIVATE", help=said)


def add_marks(known: ArgumentParser) -> None:
    """Add the journal of marks."""
    said = "what people marked (GRADES/marks.jsonl)"
    known.add_argument("--marks", type=Path, metavar="FILE", help=said)


def marks_parser(command: str, what: str) -> ArgumentParser:
    """Return a parser of what a command takes that reads what people marked."""
    known = parser(command, what)
    add_marks(known)
    return known


def private_key(grades: Path, key: Path | None) -> Key:
    """Return the private key of graded work; `GradingError` when there is none."""
    path = key or grades / "key.json"
    if not path.exists():
        raise GradingError(
            f"there is no {path}; name the assignment's private folder: --key PRIVATE"
        )
    return read_key(path)


def journal(grades: Path, marks: Path | None) -> Path:
    """Return the path of the marks; one that is named must be there."""
    if marks and not marks.is_file():
        raise GradingError(f"there is no file {marks}; look at the name after --marks")
    return marks or grades / "marks.jsonl"
