"""``marks.jsonl``: what people marked, one line a mark.

The last line of each marker about a criterion counts.
"""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from course import kinds
from course.grading import GradingError
from course.grading.keyfile import Key
from course.grading.results import Points

Given = dict[str, dict[str, dict[str, dict[str, tuple[float, str | None]]]]]


class Mark(msgspec.Struct, kw_only=True):
    """One mark.

    Attributes
    ----------
    points : float or None
        None takes the marker's mark back.
    of : str or None
        Fingerprint of the text that was read; a mark without one is for whatever was handed in.
    """

    student: str
    ref: str
    criterion: str
    marker: str
    points: Points | None
    of: str | None = None
    comment: str | None = None


_decode = msgspec.json.Decoder(Mark).decode


def limits(key: Key) -> dict[str, dict[str, float]]:
    """Return the highest points of every criterion of what people read.

    Without a rubric an exercise has a nameless one.
    """
    return {
        entry["ref"]: {each["id"]: each["levels"][-1] for each in entry["rubric"] or ()}
        or {"": entry["points"]}
        for entry in key["exercises"]
        if kinds.kind(entry["kind"]).by_person
    }


def parse(line: bytes, highest: Mapping[str, Mapping[str, float]]) -> Mark | None:
    """Return the mark of one line, or None when it is no mark of this assignment."""
    try:
        mark = _decode(line)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None
    most = highest.get(mark.ref, {}).get(mark.criterion)
    return None if most is None or (mark.points or 0) > most else mark


def read(path: str | Path, key: Key, must: bool = False) -> tuple[Given, int]:
    """Read what people marked.

    Parameters
    ----------
    path : path-like
    key : Key
    must : bool
        Whether somebody named this file, so that it has to be there.

    Returns
    -------
    tuple of dict, int
        ``{student: {exercise: {criterion: {marker: (points, fingerprint of the text or
        None)}}}}``, and the number of lines that were left out.

    Raises
    ------
    GradingError
    """
    path, given, skipped, highest = Path(path), Given(), 0, limits(key)
    if not path.is_file():
        if must:
            raise GradingError(f"there is no file {path}; look at the name after --marks")
        return given, 0
    for line in filter(bytes.strip, path.read_bytes().split(b"\n")):
        mark = parse(line, highest)
        if mark is None:
            skipped += 1
            continue
        by = (
            given.setdefault(mark.student, {})
            .setdefault(mark.ref, {})
            .setdefault(mark.criterion, {})
        )
        by.pop(mark.marker, None)
        if mark.points is not None:
            by[mark.marker] = mark.points, mark.of
    kept = {
        student: {
            ref: {name: by for name, by in marks.items() if by} for ref, marks in refs.items()
        }
        for student, refs in given.items()
    }
    return kept, skipped
