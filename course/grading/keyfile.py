"""``key.json`` and ``assignment.json``: their schema, and readers that refuse all else.

Both are plain JSON values below typed names, so that a seal over the values tells whether anything
was changed.
"""

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal, NotRequired, TypedDict, TypeVar

import msgspec

from course import kinds
from course.exercises import LOOSE, Exercise, seal, with_answer
from course.grading import GradingError
from course.ids import folded

ID = r"^[a-z][a-z0-9-]{0,59}\Z"  # of an assignment: the beginning of file names
_TIME = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z\Z"
_WANTED = "--key wants the private folder that `course assign` or `course paper print` made"
_PLAIN = r"^[\w-]+\Z"  # of a folder that stands in the students' one
Lang = Literal["uk", "ru"]
Pair = dict[str, str]  # one text in both languages
Id = Annotated[str, msgspec.Meta(pattern=ID)]
Time = Annotated[str, msgspec.Meta(pattern=_TIME)]
Number = int | float  # as it was written, so that the seal is taken of the same text
Share = Annotated[int, msgspec.Meta(ge=0, le=100)] | Annotated[float, msgspec.Meta(ge=0, le=100)]
Points = Annotated[int, msgspec.Meta(ge=0)] | Annotated[float, msgspec.Meta(ge=0)]


class Late(TypedDict):
    """What a started day costs, and until when answers are taken."""

    percent_per_day: Share
    until: Time | None


class Level(TypedDict):
    """The words of one level of a criterion."""

    text: Pair


class Criterion(TypedDict):
    """One criterion of a rubric: the points of its levels, rising, and their words."""

    id: str
    title: Pair
    levels: Annotated[list[Points], msgspec.Meta(min_length=1)]
    level: list[Level]


class Entry(TypedDict):
    """One exercise of a key: its source, its draws with their keys, which public id is which."""

    ref: str
    lesson: str
    kind: str
    raw: dict[str, Any]
    draws: list[dict[str, Number]]
    keys: Annotated[list[dict[str, Any]], msgspec.Meta(min_length=1)]
    ids: dict[str, Pair]
    datasets: list[str]
    points: Annotated[int, msgspec.Meta(gt=0)] | Annotated[float, msgspec.Meta(gt=0)]
    rubric: list[Criterion] | None


class Credit(TypedDict):
    """Who made some of the questions, and on what terms; see `course.credit.Credit`."""

    title: Pair
    authors: list[Pair]
    licence: str
    terms: Pair | None
    version: str
    source: str
    changes: Pair | None
    changed: bool
    exercises: list[str]


class Sample(TypedDict):
    """A sample answer and what the lecturer gave it, by exercise and criterion.

    `numbers` are those of the task that it answers, where every student draws his own.
    """

    id: str
    answers: dict[str, Any]
    marks: dict[str, dict[str, Points]]
    numbers: NotRequired[dict[str, Number]]


class Peer(TypedDict):
    """What students mark of each other's work, and what the lecturer alone knows of it.

    `results`: readers see what a computer counts for the numbers of each work; `comments`: they may
    write a sentence to its author.
    """

    secret: str
    exercises: Annotated[list[str], msgspec.Meta(min_length=1)]
    samples: Annotated[list[Sample], msgspec.Meta(min_length=3)]
    closes: Time | None
    spread: Share
    results: NotRequired[bool]
    comments: NotRequired[bool]


class Slot(TypedDict):
    """One work in a packet: a sample's id, or whose plan it is."""

    kind: Literal["sample", "plan"]
    id: str


class Packet(TypedDict):
    """What one student reads, in this order, under which digest."""

    digest: str
    slots: list[Slot]


class Round(TypedDict):
    """Who reads whose work: packets by reader; works by author, and samples, as they were dealt.

    `late` are those whose works came after that, so that nobody reads them; `hide` is what the
    lecturer wants hidden; `numbers` are those of the samples.
    """

    packets: dict[str, Packet]
    samples: dict[str, dict[str, Any]]
    plans: dict[str, dict[str, Any]]
    late: list[str]
    hide: list[str]
    numbers: NotRequired[dict[str, dict[str, Number]]]


class Paper(TypedDict):
    """How an exam on paper was printed: in how many variants, and who says which one is whose.

    `turns`: where groups draw, which one each group has.
    """

    variants: Annotated[int, msgspec.Meta(ge=1, le=100)]
    by: Literal["seat", "roster"]
    turns: NotRequired[dict[str, Annotated[int, msgspec.Meta(ge=1, le=100)]]]


# Of the exercises in `from`, which stand one after the other, everybody gets `take`.
Pool = TypedDict(
    "Pool",
    {
        "id": Id,
        "take": Annotated[int, msgspec.Meta(ge=1)],
        "from": Annotated[list[str], msgspec.Meta(min_length=2)],
    },
)


class Times(TypedDict):
    """When an assignment opens and closes."""

    opens: Time | None
    closes: Time | None


class Unit(Times):
    """What one group of the roster has of its own: times, numbers, a folder for its students.

    Numbers are drawn with `seed`, the name that the group had when its files were made. `folder`
    and `digest` are there only where groups get different files.
    """

    name: str
    seed: str
    folder: NotRequired[Annotated[str, msgspec.Meta(pattern=_PLAIN)]]
    digest: NotRequired[str]


class Assignment(TypedDict):
    """What a key and the students' file have in common."""

    format: Literal[1]
    id: Id
    title: Pair
    opens: Time | None
    closes: Time | None
    zone: str
    attempts: Annotated[int, msgspec.Meta(ge=0)]
    counts: Literal["last", "best"]
    variants: Literal["student", "group", "one"]
    show: Literal["saved", "nothing", "right-wrong"]
    salt: str
    late: Late | None
    digest: str
    pools: NotRequired[list[Pool]]
    minutes: NotRequired[Annotated[int, msgspec.Meta(gt=0)]]


class Public(Assignment):
    """``assignment.json``, as students get it.

    Where groups draw, `group` is the name that the numbers are drawn with, and `called` what the
    group is called now, where that is another. `times` are those of the groups that have other
    ones than the rest, by name, where all have one file.
    """

    group: NotRequired[str]
    called: NotRequired[str]
    times: NotRequired[dict[str, Times]]
    exercises: list[dict[str, Any]]
    ids: list[str]


class Key(Assignment):
    """``private/key.json``: everything that a grader needs."""

    keys_in_feedback: bool
    hints: bool
    exercises: Annotated[list[Entry], msgspec.Meta(min_length=1)]
    # id, name, group, e-mail
    roster: list[Annotated[list[str], msgspec.Meta(min_length=4, max_length=4)]]
    outcomes: NotRequired[dict[str, dict[str, Pair]]]
    banks: NotRequired[list[str]]  # names of [banks], which no later lesson of the course takes
    credits: NotRequired[list[Credit]]
    languages: NotRequired[list[Lang]]
    groups: NotRequired[dict[str, Unit]]  # by what the names of one group have in common
    peer: NotRequired[Peer]
    paper: NotRequired[Paper]
    round: NotRequired[Round]  # of the reviews of another assignment: any mark is a right answer
    seal: NotRequired[str]


Shape = TypeVar("Shape", Key, Public)


def read_key(path: str | Path) -> Key:
    """Read a private folder or its ``key.json``.

    Raises
    ------
    GradingError
        When it is missing, is no key, or is not as it was made.
    """
    path = Path(path)
    path = path / "key.json" if path.is_dir() else path
    if not path.is_file():
        raise GradingError(f"there is no {path}; {_WANTED}")
    raw = peek(path)
    if not raw:
        raise GradingError(f"{path} is no private key; {_WANTED}")
    if raw.get("seal") != seal(raw, "seal"):
        said = "run that again, the same spec and roster make the same key"
        raise GradingError(f"{path} was changed after `course assign` made it; {said}")
    if "after" in raw:
        said = "move them from the spec into decisions.toml, then run `course assign` again"
        raise GradingError(f"{path} holds decisions of an older version; {said}")
    return checked(raw, Key, path)


def read_public(path: str | Path) -> Public:
    """Read the ``assignment.json`` of `course grade`; GradingError when it is not as written."""
    path = Path(path)
    if not path.is_file():
        raise GradingError(f"there is no {path}; run course grade")
    raw = peek(path)
    if not raw or raw.get("digest") != seal(raw, *LOOSE)[:16]:
        raise GradingError(f"{path} is not what course grade writes; run it again")
    return checked(raw, Public, path)


def checked(raw: Mapping[str, Any], shape: type[Shape], path: str | Path) -> Shape:
    """Compare values with the schema; GradingError names the field that is not as it must be."""
    try:
        values: Shape = msgspec.convert(raw, shape)
    except (msgspec.ValidationError, RecursionError) as error:
        raise GradingError(f"{path}: {error}; run `course assign` again") from None
    for entry in values["exercises"] if shape is Key else ():
        if said := _faulty(entry):
            raise GradingError(f"{path}: {entry['ref'][:60]!r}: {said}; run `course assign` again")
    if said := _mixed_up(values):
        raise GradingError(f"{path}: {said}; run `course assign` again")
    return values


def _faulty(entry: Mapping[str, Any]) -> str | None:
    """Return what is wrong with one exercise of a key beyond the types of its fields."""
    if entry["kind"] not in kinds.kinds():
        return f"unknown kind {entry['kind'][:40]!r}"
    if len(entry["keys"]) != max(1, len(entry["draws"])):
        return "not one key for each draw"
    try:
        msgspec.convert(entry["raw"], kinds.kind(entry["kind"]).Entry)
    except msgspec.ValidationError as error:
        return str(error)
    return None


def _mixed_up(values: Assignment) -> str | None:
    """Return what is wrong with the pools: two have one exercise, or one leaves nothing to draw."""
    refs, pools = [entry["ref"] for entry in _entries(values)], values.get("pools", [])
    pooled = [ref for pool in pools for ref in pool["from"]]
    if len(set(pooled)) < len(pooled) or not set(pooled) <= set(refs):
        return "its pools name exercises twice, or such as it has not"
    if len({pool["id"] for pool in pools}) < len(pools):
        return "two of its pools have one id"
    if any(pool["take"] >= len(pool["from"]) for pool in pools):
        return "one of its pools leaves nothing to draw"
    return None


def _entries(values: Assignment) -> list[Mapping[str, Any]]:
    """Return the exercises of a key or of the students' copy."""
    whole: Mapping[str, Any] = values
    entries: list[Mapping[str, Any]] = whole["exercises"]
    return entries


def pooled(values: Assignment) -> set[str]:
    """Return the exercises that only some get, because a pool has them."""
    return {ref for pool in values.get("pools", ()) for ref in pool["from"]}


def common(values: Assignment) -> list[str]:
    """Return the exercises that everybody gets."""
    drawn = pooled(values)
    return [entry["ref"] for entry in _entries(values) if entry["ref"] not in drawn]


def asked(values: Assignment, dropped: Collection[str] = ()) -> tuple[int, float]:
    """Return how many exercises one student gets, and for how many points at most.

    Parameters
    ----------
    values : Key or Public
    dropped : collection of str
        Exercises that count no longer: whoever got another one of the pool has more points.

    Examples
    --------
    >>> entries = [{"ref": "own/a", "points": 3}, {"ref": "own/b", "points": 2}]
    >>> entries.append({"ref": "own/c", "points": 2})
    >>> pool = {"id": "churn", "take": 1, "from": ["own/b", "own/c"]}
    >>> asked({"exercises": entries, "pools": [pool]})
    (2, 5)
    >>> asked({"exercises": entries, "pools": [pool]}, ["own/a", "own/b"])
    (1, 2)
    """
    points = {
        entry["ref"]: entry["points"] for entry in _entries(values) if entry["ref"] not in dropped
    }
    own = [points[ref] for ref in common(values) if ref in points]
    for pool in values.get("pools", ()):
        left = sorted((points[ref] for ref in pool["from"] if ref in points), reverse=True)
        own += left[: pool["take"]]
    return len(own), sum(own)


def peek(path: str | Path) -> dict[str, Any]:
    """Return the values of a key that may be damaged or missing; then there are none."""
    try:
        raw = json.loads(Path(path).read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return raw if type(raw) is dict else {}


def exercise(entry: Entry) -> Exercise:
    """Return the exercise of an entry."""
    return Exercise(entry["lesson"], entry["raw"])


def times(made: Key | Public, group: str) -> Times:
    """Return when an assignment opens and closes for a group of the roster.

    >>> made = {"opens": None, "closes": "2026-12-08T21:59:00Z"}
    >>> early = {"opens": None, "closes": "2026-12-01T21:59:00Z"}
    >>> times({**made, "times": {"МК-21": early}}, "mk-21")["closes"][:10]
    '2026-12-01'
    """
    units: Mapping[str, Times] = made.get("groups") or {}  # type: ignore[assignment]
    own: Mapping[str, Times] = made.get("times") or {}  # type: ignore[assignment]
    units = units or {folded(name): each for name, each in own.items()}
    return units.get(folded(group)) or {"opens": made["opens"], "closes": made["closes"]}


def stamp(time: datetime | None) -> str | None:
    """Return a time of UTC as a key has it.

    >>> stamp(datetime(2026, 12, 8, 21, 59))
    '2026-12-08T21:59:00Z'
    """
    return time.strftime("%Y-%m-%dT%H:%M:%SZ") if time else None


def values(entry: Entry, draw: int | None) -> dict[str, float]:
    """Return the numbers of one draw together with the answer, for texts that tell them.

    >>> values({"draws": [{"n": 2}], "keys": [{"value": 4.0}]}, 0)
    {'n': 2, 'answer': 4.0}
    """
    if draw is None or draw >= len(entry["draws"]):
        return {}
    return dict(with_answer(entry["draws"][draw], entry["keys"][draw]))
