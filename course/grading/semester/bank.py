"""The file of item statistics: one line of JSON for an exercise in an assignment, never a name.

Lines of two files may be put one after the other: a line that stands twice counts once, and of two
about the same exercise in the same assignment the one that was added later.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from operator import itemgetter
from pathlib import Path
from typing import Annotated, Any

import msgspec
import numpy as np

from course.exercises import Exercise, chapter
from course.files import write_whole
from course.grading import GradingError
from course.grading.pages import statistics
from course.grading.pages.group import Group
from course.grading.results import EMPTY, STATES
from course.grading.semester.estimates import Sums
from course.grading.version import version
from course.kinds import Telling
from course.texts import LANGS

_SAME = 60  # days between two closing times that no one assignment has
_MOST = 12  # answers of an item that are kept
Count = Annotated[int, msgspec.Meta(ge=0)]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Variance = Annotated[float, msgspec.Meta(ge=0)]
Text = dict[str, str]


class Choice(msgspec.Struct, kw_only=True):
    """One answer: in words, whether it is right, and how many gave it.

    `rest` and `spread` are mean and variance of their shares of the points in the rest.
    """

    text: Text
    right: bool | None = None
    n: Count
    rest: Share | None = None
    spread: Variance = 0


class Line(msgspec.Struct, kw_only=True):
    """What one assignment tells of one exercise.

    Attributes
    ----------
    item, version : str
        The exercise, and a sign that changes with its question.
    assignment, year, closes : str
        Id, academic year and closing day of the assignment; the day may be "".
    added : str
        Day on which the line was written or changed.
    handed_out : int
        Students on the roster; of an exercise of a pool those who got it.
    n : int
        Students whose answers are counted.
    blank : int
        Of these, those who left it without an answer.
    facility, spread : float
        Mean and variance of the shares of the mark.
    rest : float or None
        Correlation with the sum of the other exercises.
    parts : int
        How many exercises each student has, whose sum that is.
    public : bool
        Whether the course shows it to everybody.
    drawn : int
        How many sets of numbers it has; 0 where everybody has the same.
    """

    item: str
    version: str
    kind: str
    prompt: Text
    assignment: str
    year: str
    closes: str
    added: str
    handed_out: Count
    n: Annotated[int, msgspec.Meta(ge=1)]
    blank: Count
    facility: Share
    spread: Variance
    rest: Annotated[float, msgspec.Meta(ge=-1, le=1)] | None = None
    parts: Count
    public: bool
    drawn: Count = 0
    choices: list[Choice] = []

    @property
    def sums(self) -> Sums:
        """What it says of the marks."""
        return Sums(self.n, self.facility, self.spread)

    @property
    def place(self) -> tuple[str, str]:
        """What no two lines share."""
        return self.assignment, self.item


_decode = msgspec.json.Decoder(Line).decode
_encode = msgspec.json.Encoder().encode


def read(path: Path) -> dict[tuple[str, str], Line]:
    """Read the file; `GradingError` names the line that is not one."""
    lines: dict[tuple[str, str], Line] = {}
    if not path.exists():
        return lines
    for number, data in enumerate(path.read_bytes().removeprefix(b"\xef\xbb\xbf").splitlines(), 1):
        if not data.strip():
            continue
        try:
            line = _decode(data)
        except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
            said = "one line is one exercise as this command writes it; take this line out"
            raise GradingError(f"{path}:{number}: {error}: {said}") from None
        known = lines.get(line.place)
        if known is None or (line.added, _encode(line)) > (known.added, _encode(known)):
            lines[line.place] = line
    return lines


def write(path: Path, lines: Iterable[Line]) -> None:
    """Write the file, in an order that does not depend on when what was added."""
    ordered = sorted(lines, key=lambda line: (line.year, line.closes, *line.place))
    write_whole(path, b"".join(_encode(line) + b"\n" for line in ordered))


def add(lines: dict[tuple[str, str], Line], new: Sequence[Line]) -> int:
    """Add the lines of one assignment in place of what it said before; return how many changed.

    Raises
    ------
    GradingError
        When another assignment of the same id stands there already.
    """
    (assignment, closes), changed = (new[0].assignment, new[0].closes), 0
    before = {place: line for place, line in lines.items() if place[0] == assignment}
    for line in before.values():
        apart = closes and line.closes and _apart(closes, line.closes) > _SAME
        if apart or not closes and line.year != new[0].year:
            said = "name this one for the file: --as NAME (one folder at a time)"
            when = f"closed {line.closes}" if line.closes else f"of {line.year}"
            raise GradingError(f"{assignment} stands there already, {when}; {said}")
    for line in new:
        known = before.pop(line.place, None)
        if known is None or msgspec.structs.replace(known, added=line.added) != line:
            lines[line.place] = line
            changed += 1
    for place in before:  # taken out of the assignment meanwhile
        del lines[place]
        changed += 1
    return changed


def _apart(one: str, other: str) -> int:
    return abs((date.fromisoformat(one) - date.fromisoformat(other)).days)


def academic_year(closes: str | None) -> str:
    """Return the academic year of a time; September begins one.

    Examples
    --------
    >>> academic_year("2026-12-08T21:59:00Z"), academic_year("2027-05-20T20:00:00Z")
    ('2026/27', '2026/27')
    """
    if not closes:
        return ""
    first = int(closes[:4]) - (closes[5:7] < "09")
    return f"{first}/{(first + 1) % 100:02}"


def versions(group: Group) -> list[str]:
    """Return the versions of a group's exercises; "" where only the students' copy is known."""
    return [
        "" if bare else version(exercise.raw)
        for exercise, bare in zip(group.exercises, group.bare, strict=True)
    ]


def lines_of(group: Group, day: str, year: str = "", name: str = "") -> list[Line]:
    """Return what a finished assignment tells of each exercise whose answers are all marked.

    Parameters
    ----------
    group : Group
        Read with its key.
    day : str
        Today.
    year, name : str
        In place of the academic year of the closing day and of the assignment's id.

    Raises
    ------
    GradingError
        When nothing is handed in or marked, or the private folder is missing.
    """
    if not group.names or not group.closed.any():
        raise GradingError(f"{group.folder}: nothing is handed in and marked yet")
    if any(group.bare):
        raise GradingError(f"{group.folder} has no key.json; run course grade again")
    about = group.about
    closes = about["closes"] or about["opens"]
    closed = np.nonzero(group.closed)[0]
    rests = np.full(len(group.refs), np.nan)
    if len(group.names) > 3:
        rests[closed] = statistics.discrimination(group.earned, group.full)
        rests[group.given.sum(0) < min(statistics.FEW, len(group.names))] = np.nan
    head: dict[str, Any] = {
        "assignment": name or about["id"],
        "year": year or academic_year(closes),
        "closes": (closes or "")[:10],
        "added": day,
        "parts": int((group.full > 0).sum(1).max()),
    }
    return [
        _line(group, int(slot), float(rests[slot]), version(group.exercises[slot].raw), head)
        for slot in closed
    ]


def _line(group: Group, slot: int, rest: float, sign: str, head: Mapping[str, Any]) -> Line:
    exercise, given = group.exercises[slot], group.given[:, slot]
    points = group.points[given, slot]
    home = chapter(exercise.lesson) if exercise.lesson not in group.banks else None
    name = exercise.raw["id"]
    states = group.states[:, slot]
    empty = np.isin(states, [STATES.index(state) for state in EMPTY])
    return Line(
        item=group.refs[slot],
        version=sign,
        kind=exercise.kind.name,
        prompt={lang: exercise["prompt"][lang] for lang in LANGS},
        handed_out=group.dealt[group.refs[slot]],
        n=len(points),
        blank=int(empty.sum()),
        facility=round(float(points.mean()), 6),
        spread=round(Sums.of(points).variance, 6),
        rest=None if math.isnan(rest) else round(rest, 6),
        public=bool(home and name in home.exercises),
        drawn=len(group.entries[slot].get("draws", ())),
        choices=list(_choices(group, slot, exercise)),
        **head,
    )


def _choices(group: Group, slot: int, exercise: Exercise) -> Iterator[Choice]:
    """Yield what was answered; of the rest, the share of the points without this exercise."""
    if exercise.kind.by_person:
        return
    given = group.given[:, slot]
    own = group.points[given, slot] * group.maxima[slot]
    whole = group.full[given].sum(1) - group.maxima[slot]
    sums = np.nansum(group.earned[given], 1) - own
    rest = np.clip(sums / whole, 0, 1) if (whole > 0).all() else None
    gots = group.gots(slot)
    told = [
        list(exercise.kind.mistakes(Telling(exercise.raw, lang, itemgetter(lang)), gots))
        for lang in LANGS
    ]
    kept = []
    for each in zip(*told, strict=True):
        who = group.who(slot, each[0].like)[given]
        if each[0].right is None and not who.any():
            continue
        n, shares = int(who.sum()), rest[who] if rest is not None else np.zeros(0)
        words = {lang: mistake.label for lang, mistake in zip(LANGS, each, strict=True)}
        choice = Choice(text=words, right=each[0].right, n=n)
        if len(shares):
            sums = Sums.of(shares)
            choice.rest, choice.spread = round(sums.mean, 6), round(sums.variance, 6)
        kept.append(choice)
    listed = sorted(kept, key=lambda choice: (choice.right is None, -choice.n))
    yield from listed[:_MOST]
