"""``key.json`` and ``assignment.json``: their schema, and readers that refuse all else.

Both are plain JSON values below typed names, so that a seal over the values tells whether anything
was changed.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, NotRequired, TypedDict, TypeVar

import msgspec

from course import kinds
from course.exercises import Exercise, seal, with_answer
from course.grading import GradingError

ID = r"^[a-z][a-z0-9-]{0,59}\Z"  # of an assignment: the beginning of file names
_TIME = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z\Z"
_WANTED = "--key wants the private folder that `course assign` or `course paper print` made"
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
    """How an exam on paper was printed: in how many variants, and who says which one is whose."""

    variants: Annotated[int, msgspec.Meta(ge=1, le=100)]
    by: Literal["seat", "roster"]


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
    variants: Literal["student", "one"]
    show: Literal["saved", "nothing", "right-wrong"]
    salt: str
    late: Late | None
    digest: str


class Public(Assignment):
    """``assignment.json``, as students get it."""

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
    if not raw or raw.get("digest") != seal(raw, "digest", "ids")[:16]:
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


def values(entry: Entry, draw: int | None) -> dict[str, float]:
    """Return the numbers of one draw together with the answer, for texts that tell them.

    >>> values({"draws": [{"n": 2}], "keys": [{"value": 4.0}]}, 0)
    {'n': 2, 'answer': 4.0}
    """
    if draw is None or draw >= len(entry["draws"]):
        return {}
    return dict(with_answer(entry["draws"][draw], entry["keys"][draw]))
