"""`course peer collect`: returned reviews in; marks, a table of reviewers and one of works out.

Reviews are read as `course grade` reads anything handed in: as data, one file at a time. What a
work earns is a pure function of the reviews, the samples' marks and the round.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from course.files import write_whole
from course.grading import GradingError, gradebook, keyfile, results
from course.grading.cells import decimal, encode
from course.grading.grade import VOID, rounded
from course.grading.keyfile import Criterion, Key, Packet, Peer, Round
from course.grading.marking.marks import Marks, rubric
from course.grading.peer.advice import (
    FILE,
    TABLE,
    Comment,
    cleaned,
    decided,
    kept,
    known,
    strikes,
    table,
)
from course.grading.peer.calibration import (
    ENOUGH,
    Calibration,
    calibration,
    spread,
    weighted_median,
)
from course.grading.peer.names import Names
from course.grading.peer.packets import FOLDER, KEY, former, peer_of, plans_of, with_gone
from course.grading.peer.rounds import Row, comment_ref, round_key, rows, works_of
from course.grading.results import Work

REVIEWERS, WORKS = "peer/reviewers.csv", "peer/works.csv"
_REVIEWER = [
    *("student", "name", "group", "rows", "of"),
    *("error", "bias", "kappa", "weight", "why", "flags"),
]
_WORK = [
    *("student", "name", "group", "readers", "heard"),
    *("mark", "maximum", "spread_percent", "settled", "why"),
]
_UNSURE = {*VOID, "identity-changed"}  # whose marks these are, or of which works, nobody can tell
Levels = Mapping[str, float]  # points by the row's reference


@dataclass(frozen=True)
class Reviewer:
    """What came of one packet.

    Attributes
    ----------
    done, of : int
        Rows filled in; rows there are.
    calibration : Calibration or None
        None while a row of the samples is open.
    why : str
        Why the marks are not heard; empty when they are.
    flags, source : tuple of str, str
        As `course grade` found the file that counts.
    levels : mapping
        Points by row.
    """

    student: str
    done: int
    of: int
    calibration: Calibration | None
    why: str
    flags: tuple[str, ...]
    source: str
    levels: Levels = field(default_factory=dict)

    @property
    def weight(self) -> float:
        """What the marks weigh; 0 when they are not heard."""
        return self.calibration.weight if self.calibration and not self.why else 0.0


@dataclass(frozen=True)
class Verdict:
    """What the reviewers make of one work.

    Attributes
    ----------
    readers, heard : int
        Who were to read it; whose marks count.
    marks : mapping
        Weighted medians by exercise and criterion; empty when nobody was heard.
    mark, maximum, apart : float
        Sum of the marks, full mark, spread in percent of it.
    why : str
        Why it goes to the lecturer; empty when the reviewers settled it.
    """

    student: str
    readers: int
    heard: int
    marks: Mapping[tuple[str, str], float]
    mark: float
    maximum: float
    apart: float
    why: str


@dataclass(frozen=True)
class Collected:
    """What was written, for the console."""

    reviewers: Sequence[Reviewer]
    verdicts: Sequence[Verdict]
    changed: int
    run: Mapping[str, object]
    comments: Sequence[Comment] = ()


class Jury:
    """Reads reviewers and works of one round."""

    def __init__(self, key: Key, peer: Peer, dealt: Round, dropped: Collection[str] = ()) -> None:
        self.key, self.peer, self.dealt = key, peer, dealt
        self.rubrics: dict[str, list[Criterion]] = {
            entry["ref"]: rubric(entry)
            for entry in key["exercises"]
            if entry["ref"] in peer["exercises"] and entry["ref"] not in dropped
        }
        slots = max(len(packet["slots"]) for packet in dealt["packets"].values())
        self.rows = [list[Row]() for _ in range(slots)]
        for row in rows(key, peer, slots):
            if row.exercise in self.rubrics:
                self.rows[row.slot].append(row)
        self.samples = {sample["id"]: sample["marks"] for sample in peer["samples"]}
        self.readers: dict[str, list[tuple[str, int]]] = {author: [] for author in dealt["plans"]}
        for reader, packet in dealt["packets"].items():
            for place, author in works_of(packet, "plan"):
                self.readers[author].append((reader, place))

    def reviewer(self, work: Work) -> Reviewer:
        """Return what came of a packet."""
        levels = dict(self._levels(work))
        packet = self.dealt["packets"][work.student]
        of = sum(len(self.rows[place]) for place in range(len(packet["slots"])))
        given = self._calibration(packet, levels)
        why = _unheard(work, given)
        whence = tuple(work.flags), work.source or ""
        return Reviewer(work.student, len(levels), of, given, why, *whence, levels)

    def _levels(self, work: Work) -> Iterator[tuple[str, float]]:
        for row in (row for slot in self.rows for row in slot):
            answer = work.exercises.get(row.ref)
            names = [f"level-{place}" for place in range(len(row.criterion["levels"]))]
            if answer and answer.answer in names:
                yield row.ref, row.criterion["levels"][names.index(answer.answer)]

    def _calibration(self, packet: Packet, levels: Levels) -> Calibration | None:
        given, true = list[float](), list[float]()
        for place, name in works_of(packet, "sample"):
            for row in self.rows[place]:
                if row.ref not in levels:
                    return None
                best = row.criterion["levels"][-1]
                given.append(levels[row.ref] / best)
                true.append(self.samples[name][row.exercise][row.criterion["id"]] / best)
        return calibration(given, true)

    def verdict(
        self, student: str, reviewers: Mapping[str, Reviewer], now: object = None
    ) -> Verdict:
        """Return what the reviewers make of one work; `now` is what its author has handed in."""
        answered = self.dealt["plans"][student]
        readers = len(self.readers[student])
        heard = [
            given
            for reader, place in self.readers[student]
            for given in self._heard(reviewers.get(reader), place, answered)
        ]
        maximum = sum(
            each["levels"][-1]
            for ref, criteria in self.rubrics.items()
            if ref in answered
            for each in criteria
        )
        if not heard:
            why = "late" if student in self.dealt["late"] else "reviews"
            return Verdict(student, readers, 0, {}, 0.0, maximum, 0.0, why)
        marks = {
            row: weighted_median([(given[row], weight) for given, weight in heard])
            for row in heard[0][0]
        }
        mark = sum(marks.values())
        totals = [(sum(given.values()), weight) for given, weight in heard]
        apart = 100 * spread(totals, mark) / maximum
        why = "spread" if rounded(apart) > self.peer["spread"] else ""
        why = "reviews" if sum(weight for _, weight in heard) < ENOUGH else why
        why = why if now == answered else "text"
        return Verdict(student, readers, len(heard), marks, mark, maximum, apart, why)

    def _heard(
        self, reviewer: Reviewer | None, place: int, answered: Mapping[str, object]
    ) -> Iterator[tuple[dict[tuple[str, str], float], float]]:
        """Yield the marks of one work and their weight, when they count and are complete."""
        if reviewer is None or not reviewer.weight:
            return
        wanted = [row for row in self.rows[place] if row.exercise in answered]
        if wanted and all(row.ref in reviewer.levels for row in wanted):
            given = {
                (row.exercise, row.criterion["id"]): reviewer.levels[row.ref] for row in wanted
            }
            yield given, reviewer.weight


def _unheard(work: Work, given: Calibration | None) -> str:
    if not work.handed:
        return "nothing"
    if _UNSURE & set(work.flags):
        return "file"
    if given is None:
        return "samples"
    return "" if given.weight else "weight"


def collect(
    reviews: Path,
    grades: Path,
    key: Key,
    marks: Path,
    progress: gradebook.Progress | None = None,
    *,
    strike: Sequence[str] = (),
    restore: Sequence[str] = (),
    comments: bool = True,
) -> Collected:
    """Read the reviews and write marks and tables.

    Parameters
    ----------
    reviews : Path
        A folder or an archive of what reviewers handed in.
    grades : Path
        What `course grade` wrote and `distribute` dealt from; gets ``peer/reviewers.csv``,
        ``peer/works.csv`` and ``peer/reviews``.
    key : Key
        Of the assignment that is reviewed.
    marks : Path
        The journal of marks.
    strike, restore : sequence of str
        Ids of comments that their authors are not to read, or are to read after all.
    comments : bool
        Whether authors read any.

    Raises
    ------
    GradingError
        Before any mark is written.
    """
    peer, dealt = peer_of(key), former(grades, key)
    key = with_gone(grades, key)
    _same_rubric(grades, key, peer, dealt)
    anybody = next(results.read(grades), None)
    jury = Jury(key, peer, dealt, anybody.dropped if anybody else ())
    if not jury.rubrics:
        raise GradingError(f"{key['id']}: everything that students marked was dropped")
    run = gradebook.grade(reviews, grades / KEY, grades / FOLDER / "reviews", progress=progress)
    now = plans_of(results.read(grades, peer["exercises"]), peer)
    given = list(results.read(grades / FOLDER / "reviews"))
    reviewers = {
        work.student: jury.reviewer(work) for work in given if work.student in dealt["packets"]
    }
    names = Names(key["roster"], dealt["hide"])
    said = [each for work in given for each in _comments(work, reviewers, peer, dealt, names)]
    known(said, [*strike, *restore])
    struck = strikes(grades, strike, restore)
    said = decided(said, struck, comments)
    verdicts = [jury.verdict(student, reviewers, now.get(student)) for student in dealt["plans"]]
    written = Marks(marks, key).refresh()
    changed = written.settle(_settled(verdicts, dealt))
    people = {row[0]: row[1:3] for row in key["roster"]}
    write_whole(grades / REVIEWERS, _reviewers(reviewers.values(), people))
    write_whole(grades / WORKS, _works(verdicts, people))
    if peer.get("comments"):
        write_whole(grades / TABLE, table(said))
        write_whole(grades / FILE, kept(said, struck))
    return Collected(list(reviewers.values()), verdicts, changed, run, said)


def _comments(
    work: Work, reviewers: Mapping[str, Reviewer], peer: Peer, dealt: Round, names: Names
) -> Iterator[Comment]:
    """Yield what a reader wrote to the authors of the plans in his packet."""
    reviewer = reviewers.get(work.student)
    if reviewer is None or reviewer.why in ("nothing", "file"):
        return
    for place, author in works_of(dealt["packets"][work.student], "plan"):
        answer = work.exercises.get(comment_ref(place))
        if answer is None or not isinstance(answer.answer, str):
            continue
        made = cleaned(peer, names, author, work.student, answer.answer, work.lang)
        if made:
            yield replace(made, shown="unheard") if reviewer.why else made


def _same_rubric(grades: Path, key: Key, peer: Peer, dealt: Round) -> None:
    """Refuse marks by a rubric, or of samples, that are no longer those of the key."""
    made, now = keyfile.read_key(grades / KEY), round_key(key, peer, dealt)
    same = [e["raw"] for e in made["exercises"]] == [e["raw"] for e in now["exercises"]]
    if not same or not dealt["samples"].keys() <= {sample["id"] for sample in peer["samples"]}:
        said = "the rubric or the samples changed after the works were dealt out"
        said += "; put them back, then course assign and course grade again"
        raise GradingError(f"{grades / KEY}: {said}")


def _settled(
    verdicts: Sequence[Verdict], dealt: Round
) -> dict[tuple[str, str], dict[str, tuple[float, str]]]:
    """Return the marks that reviewers settled, as the journal of marks keeps them."""
    settled = dict[tuple[str, str], dict[str, tuple[float, str]]]()
    for verdict in verdicts:
        if verdict.why:
            continue
        for (ref, criterion), points in verdict.marks.items():
            of = dealt["plans"][verdict.student][ref]["of"]
            settled.setdefault((verdict.student, ref), {})[criterion] = points, of
    return settled


def _reviewers(reviewers: Iterable[Reviewer], names: Mapping[str, list[str]]) -> bytes:
    table = [_REVIEWER]
    for each in reviewers:
        given = each.calibration
        measured = [given.error, given.bias, given.kappa] if given else [None] * 3
        shown = [decimal(None if x is None else rounded(x), ",") for x in measured]
        who = [each.student, *names.get(each.student, ["", ""])]
        counted = [str(each.done), str(each.of)]
        heard = [decimal(each.weight, ","), each.why, " ".join(each.flags)]
        table.append([*who, *counted, *shown, *heard])
    return encode(table, ";", "utf-8-sig")


def _works(verdicts: Sequence[Verdict], names: Mapping[str, list[str]]) -> bytes:
    table = [_WORK]
    for each in verdicts:
        who = [each.student, *names.get(each.student, ["", ""]), str(each.readers), str(each.heard)]
        known = bool(each.heard)
        mark = [each.mark if known else None, each.maximum, each.apart if known else None]
        shown = [decimal(None if x is None else rounded(x), ",") for x in mark]
        table.append([*who, *shown, "lecturer" if each.why else "students", each.why])
    return encode(table, ";", "utf-8-sig")
