"""What the commands on graded work take."""

from argparse import ArgumentParser
from pathlib import Path

from course.grading import GradingError
from course.grading.keyfile import Key, read_key


def parser(command: str, what: str) -> ArgumentParser:
    """Return a parser of what every command on graded work takes."""
    known = ArgumentParser(command, description=what, allow_abbrev=False)
    add = known.add_argument
    add("grades", type=Path, metavar="GRADES", help="the folder that course grade wrote")
    add("--key", type=Path, help="the assignment's private folder, when GRADES has no key.json")
    return known


def marks_parser(command: str, what: str) -> ArgumentParser:
    """Return a parser of what a command takes that reads what people marked."""
    known = parser(command, what)
    known.add_argument("--marks", type=Path, help="the journal of marks (GRADES/marks.jsonl)")
    return known


def private_key(grades: Path, key: Path | None) -> Key:
    """Return the private key of graded work; `GradingError` when there is none."""
    path = key or grades / "key.json"
    if not path.exists():
        raise GradingError(f"there is no {path}; name the assignment's private folder: --key DIR")
    return read_key(path)


def journal(grades: Path, marks: Path | None) -> Path:
    """Return the path of the marks; one that is named must be there."""
    if marks and not marks.is_file():
        raise GradingError(f"there is no file {marks}; look at the name after --marks")
    return marks or grades / "marks.jsonl"
