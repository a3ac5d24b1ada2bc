"""``marks.jsonl``, the journal of marks: one line a click.

The last line of a marker about a criterion counts.
"""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from course import answers, kinds
from course.grading.keyfile import Criterion, Entry, Key, Level
from course.grading.results import Points
from course.texts import LANGS, text

LONGEST = 4000  # characters of a comment
PEERS = "peer review"  # the marker that stands for students; whoever else marks overrules it
Place = tuple[str, str]  # student, exercise


class Line(msgspec.Struct, kw_only=True):
    """One line; points None takes the marker's mark back, `of` is the fingerprint of the text."""

    student: str
    ref: str
    criterion: str
    marker: str
    points: Points | None
    of: str | None = None
    comment: str | None = None


_decode = msgspec.json.Decoder(Line).decode
_json = msgspec.json.Encoder().encode


class Click(NamedTuple):
    """What a marker gave last; without `of` it is for whatever was handed in."""

    points: float | None
    comment: str
    of: str | None


@dataclass(frozen=True)
class Mean:
    """What all markers together say of one criterion; points are None when nobody gave any."""

    points: float | None
    comments: tuple[str, ...]


@dataclass(frozen=True)
class Mark:
    """What all markers together say of one answer."""

    points: float
    criteria: Mapping[str, Mean]


def fingerprint(answer: Any) -> str:
    """Return what tells one written answer from another, for marks: hexadecimal digits."""
    return sha256(_json(answer)).hexdigest()[:16]


def rubric(entry: Entry) -> list[Criterion]:
    """Return the criteria of a written exercise; without a rubric one, marked in quarters."""
    if entry["rubric"]:
        return list(entry["rubric"])
    levels = [round(entry["points"] * quarter / 4, 4) for quarter in range(4)]
    said: list[Level] = [
        {"text": {lang: text(f"mark.quarter_{quarter}", lang) for lang in LANGS}}
        for quarter in range(5)
    ]
    title = {lang: text("mark.whole", lang) for lang in LANGS}
    return [{"id": "", "title": title, "levels": [*levels, entry["points"]], "level": said}]


def written(key: Key) -> dict[str, Entry]:
    """Return the exercises that people mark, by reference."""
    return {
        entry["ref"]: entry for entry in key["exercises"] if kinds.kind(entry["kind"]).by_person
    }


class Marks:
    """The journal, read as it grows.

    Parameters
    ----------
    path : path-like
        There need not be a file yet.
    key : Key

    Attributes
    ----------
    given : dict
        ``{(student, exercise): {criterion: {marker: Click}}}``.
    skipped : int
        Lines of the last reading that are no mark of this assignment.
    """

    def __init__(self, path: str | os.PathLike[str], key: Key) -> None:
        self.path, self._offset, self.skipped = Path(path), 0, 0
        self.given: dict[Place, dict[str, dict[str, Click]]] = {}
        self.criteria: dict[str, dict[str, Sequence[float]]] = {
            ref: {criterion["id"]: criterion["levels"] for criterion in rubric(entry)}
            for ref, entry in written(key).items()
        }

    def refresh(self) -> "Marks":
        """Take in what any marker has written since."""
        if not self.path.is_file():
            return self
        with open(self.path, "rb") as file:
            if os.fstat(file.fileno()).st_size < self._offset:
                self.given, self._offset = {}, 0
            file.seek(self._offset)
            data = file.read()
        self._offset += data.rfind(b"\n") + 1
        # The last line is read again with its end: the same mark twice.
        lines = [line for line in data.split(b"\n") if line.strip()]
        self.skipped = sum(not self._take(line) for line in lines)
        return self

    def _take(self, data: bytes) -> bool:
        """Take in one line; False when it is no mark of this assignment."""
        try:
            line = _decode(data)
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            return False
        levels = self.criteria.get(line.ref, {}).get(line.criterion)
        if levels is None or (line.points or 0) > levels[-1]:
            return False
        given = self.given.setdefault((line.student, line.ref), {})
        click = Click(line.points, line.comment or "", line.of)
        given.setdefault(line.criterion, {})[line.marker] = click
        return True

    def append(
        self,
        marker: str,
        student: str,
        ref: str,
        criterion: str,
        points: float | None,
        comment: str,
        of: str | None = None,
    ) -> None:
        """Write one mark to the disk; `points` None takes it back, `of` tells the text it is about.

        Raises
        ------
        ValueError
            The rubric has no such criterion or level.
        course.answers.JournalError
            It could not be kept; trying again is safe.
        """
        levels = self.criteria.get(ref, {}).get(criterion)
        if levels is None or type(comment) is not str or len(comment) > LONGEST:
            raise ValueError("criterion")
        if points is not None and (type(points) not in (int, float) or points not in levels):
            raise ValueError("level")
        answers.append_line(
            str(self.path), _line(marker, student, ref, criterion, points, comment, of)
        )

    def settle(self, given: Mapping[Place, Mapping[str, tuple[float, str]]]) -> int:
        """Write what students gave in place of what they gave before; return how many changed.

        Parameters
        ----------
        given : mapping
            ``{(student, exercise): {criterion: (points, fingerprint of the text)}}``, all there is.

        Raises
        ------
        course.answers.JournalError
            It could not be kept; trying again is safe.
        """
        lines = list[bytes]()
        for place in sorted({*given, *self.given}):
            wanted = given.get(place, {})
            for criterion in self.criteria.get(place[1], ()):
                before = self.given.get(place, {}).get(criterion, {}).get(PEERS)
                points, of = wanted.get(criterion, (None, None))
                if points is None and (before is None or before.points is None):
                    continue
                if before is None or (before.points, before.of) != (points, of):
                    lines.append(_line(PEERS, *place, criterion, points, "", of))
        if lines:
            answers.append_line(str(self.path), b"".join(lines))
        return len(lines)

    def clicks(self, place: Place, of: str | None) -> dict[str, dict[str, Click]]:
        """Return what was given to this text of a student; marks of another text do not count."""
        return {
            criterion: {m: click for m, click in sorted(by.items()) if click.of in (None, of)}
            for criterion, by in self.given.get(place, {}).items()
        }

    def mean(self, student: str, ref: str, answer: Any) -> Mark | None:
        """Return the means over the markers for this answer; None when nobody said anything.

        What students gave counts only where no lecturer gave a mark.
        """
        if (student, ref) not in self.given:
            return None
        criteria = {}
        for criterion, by in self.clicks((student, ref), fingerprint(answer)).items():
            clicks = _overruled(by).values()
            given = [click.points for click in clicks if click.points is not None]
            said = dict.fromkeys(click.comment for click in clicks if click.comment.strip())
            points = sum(given) / len(given) if given else None
            if given or said:
                criteria[criterion] = Mean(points, tuple(said))
        points = sum(mean.points or 0 for mean in criteria.values())
        return Mark(points, criteria) if criteria else None

    def full(self, student: str, ref: str, answer: Any) -> bool:
        """Tell whether every criterion of this answer has points of somebody."""
        mark = self.mean(student, ref, answer)
        given = mark.criteria if mark else {}
        return all(name in given and given[name].points is not None for name in self.criteria[ref])

    def agreement(
        self, ref: str, marker: str, texts: Mapping[Place, str]
    ) -> dict[str, dict[str, dict[str, float | None]]]:
        """Return what two markers of the same answers agree on.

        Parameters
        ----------
        ref, marker : str
        texts : dict
            The fingerprints of the answers that count.

        Returns
        -------
        dict
            ``{other marker: {criterion: {"n", "same", "kappa"}}}``.
        """
        pairs: dict[str, dict[str, list[tuple[int, int]]]] = {}
        for place in self.given:
            criteria = self.clicks(place, texts.get(place)) if place[1] == ref else {}
            for criterion, by in criteria.items():
                levels = self.criteria[ref][criterion]
                ranks = {m: levels.index(c.points) for m, c in by.items() if c.points in levels}
                for other in ranks.keys() - {marker} if marker in ranks else ():
                    both = pairs.setdefault(other, {}).setdefault(criterion, [])
                    both.append((ranks[marker], ranks[other]))
        return {
            other: {criterion: _agreed(both) for criterion, both in sorted(criteria.items())}
            for other, criteria in sorted(pairs.items())
        }


def _overruled(by: Mapping[str, Click]) -> Mapping[str, Click]:
    """Return the clicks that count: without the students' when a lecturer gave points."""
    lecturers = {marker: click for marker, click in by.items() if marker != PEERS}
    return lecturers if any(each.points is not None for each in lecturers.values()) else by


def _line(
    marker: str,
    student: str,
    ref: str,
    criterion: str,
    points: float | None,
    comment: str,
    of: str | None,
) -> bytes:
    now = datetime.now(UTC).isoformat(timespec="milliseconds")[:23] + "Z"
    mark = {"v": 1, "t": now, "marker": marker, "student": student, "ref": ref}
    mark |= {"criterion": criterion, "points": points, "comment": comment}
    if of:
        mark["of"] = of
    line = json.dumps(mark, ensure_ascii=False, separators=(",", ":"))
    return line.encode("utf-8", "replace") + b"\n"


def _agreed(pairs: Sequence[tuple[int, int]]) -> dict[str, float | None]:
    return {"n": len(pairs), "same": sum(a == b for a, b in pairs), "kappa": kappa(pairs)}


def kappa(pairs: Iterable[tuple[int, int]]) -> float | None:
    """Return Cohen's kappa of two markers with quadratic weights.

    1 is full agreement, 0 as much as chance gives: 1 − Σ(a − b)² over the n pairs / its mean over
    all n² ways to pair their marks (J. Cohen, Psychological Bulletin 70, 1968, 213–220, with
    weights (i − j)²).

    Parameters
    ----------
    pairs : list of (int, int)
        Numbers of the levels that the two gave to the same answers.

    Returns
    -------
    float or None
        None when each gave one and the same level to all: chance alone would agree.

    Examples
    --------
    Levels 0 1 2 2 and 0 1 1 2 differ once by one step, 1/4 on average; paired at random they would
    differ by 9/4 + 6/4 − 2 · 5/4 · 1 = 5/4:

    >>> kappa([(0, 0), (1, 1), (2, 1), (2, 2)])
    0.8
    """
    levels = list(pairs)
    n, apart = len(levels), len(levels) * sum((a - b) ** 2 for a, b in levels)
    squares = n * sum(a * a + b * b for a, b in levels)
    chance = squares - 2 * sum(a for a, _ in levels) * sum(b for _, b in levels)
    return 1 - apart / chance if chance else None
