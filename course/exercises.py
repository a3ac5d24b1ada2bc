"""What an exercise is: reading ``exercises.toml``, drawing parameters, making the key."""

import ast
import hashlib
import json
import math
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from course import kinds, paths
from course.credit import Credit, credits_of
from course.kinds import Key, Kind, Part, Raw, Score, Telling
from course.texts import LANGS, NBSP, fill, number

_UNSEEN = re.compile(
    "[\0-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]"
)  # moves the cursor, turns words
Values = Mapping[str, float]  # drawn parameters, by name


@dataclass(frozen=True)
class Exercise:
    """One entry of ``exercises.toml``.

    Attributes
    ----------
    lesson : str
        Short name of the lesson it belongs to.
    raw : dict
        The entry as written; ``exercise["points"]`` reads from it.
    """

    lesson: str
    raw: dict[str, Any]

    def __getitem__(self, field: str) -> Any:
        return self.raw[field]

    def get(self, field: str, default: Any = None) -> Any:
        """Return a field of the entry, or the default when it has none."""
        return self.raw.get(field, default)

    @property
    def id(self) -> str:
        """The id that answers are kept under."""
        return str(self.raw["id"])

    @property
    def kind(self) -> Kind:
        """What is particular to its kind."""
        return kinds.kind(self.raw["kind"])

    @property
    def points(self) -> float:
        """Full mark."""
        return float(self.raw.get("points", 1))

    @property
    def attempts(self) -> int:
        """How many attempts practice allows; 0 is without limit."""
        return int(self.raw.get("attempts", 3))

    @property
    def drawn(self) -> bool:
        """Whether every learner gets other numbers."""
        return bool(self.raw.get("parameters"))

    @property
    def renewed(self) -> bool:
        """Whether a new start brings other numbers; shared ones stay."""
        return self.drawn and "shared" not in self.raw

    @property
    def tied(self) -> bool:
        """Whether an answer is worth nothing to other numbers; a text that a person reads is."""
        return self.drawn and not self.kind.by_person

    @cached_property
    def digest(self) -> str:
        """Twelve hex digits that change when anything in the entry changes."""
        return hashlib.sha256(json.dumps(self.raw, sort_keys=True).encode()).hexdigest()[:12]

    def say(self, field: str, lang: str, values: Values | None = None) -> str | None:
        """Return one text of the exercise, or ``None`` when the entry has no such field."""
        pair = self.raw.get(field)
        return self.words(pair, lang, values) if pair else None

    def words(self, pair: Mapping[str, str], lang: str, values: Values | None = None) -> str:
        """Return the text of a pair with the drawn numbers in it, as the language prints them."""
        if not values:
            return pair[lang]
        shown = {name: self._print(name, value, lang) for name, value in values.items()}
        return fill(pair[lang], shown)

    def told(self, lang: str, values: Values | None = None) -> Telling:
        """Return the exercise as it is told to one learner."""
        return Telling(self.raw, lang, lambda pair: self.words(pair, lang, values), values or {})

    def _print(self, name: str, value: float, lang: str) -> str:
        grid = self.raw["parameters"].get(name) if "parameters" in self.raw else None
        if grid and "words" in grid:
            words: str = grid["words"][grid["values"].index(value)][lang]
            return words
        if grid is None:
            return number(value, lang, self.raw.get("digits", 0))
        if grid.get("show") == "percent":
            return number(round(value * 100, 6), lang) + NBSP + "%"
        return number(value, lang)

    def parts(self, lang: str) -> list[Part]:
        """Return the lists that a card or a still page shows."""
        return self.kind.parts(self.raw, lang, self.shuffled)

    def shuffled(self, field: str) -> Sequence[Raw]:
        """Return the entries of ``field`` in the order shown, the same for all learners."""
        entries: list[dict[str, Any]] = self.raw[field]
        if not self.raw.get("shuffle", True):
            return entries
        mixed = sorted(entries, key=lambda entry: chance(self.lesson, self.id, entry["id"]))
        return mixed if field != "item" or mixed != entries else mixed[1:] + mixed[:1]


@dataclass(frozen=True)
class Chapter:
    """All that ``exercises.toml`` says of one lesson: its name, outcomes and exercises."""

    folder: Path
    number: int
    slug: str
    title: dict[str, str]
    minutes: int
    outcomes: dict[int | str, dict[str, str]]
    exercises: dict[str, Exercise]
    languages: tuple[str, ...] = LANGS
    topics: dict[str, dict[str, str]] = field(default_factory=dict)
    whole: bool = False  # one piece of work: its outcomes are parts, every exercise is handed in
    shared: dict[str, "Shared"] = field(default_factory=dict)
    credits: tuple[Credit, ...] = ()  # of a bank: who made its exercises

    @property
    def notebook(self) -> str:
        """The name of the lesson's notebook; those of one language lie in one folder."""
        return f"{self.folder.name}.ipynb"

    def heading(self, lang: str) -> str:
        """Return the lesson's title with its number; the start page has none."""
        title = self.title[lang]
        return f"{self.number}. {title}" if self.number else title


@dataclass(frozen=True)
class Shared:
    """Parameters that several exercises share: a learner draws once for all of them.

    Attributes
    ----------
    parameters : dict
        As those of an exercise.
    story : list of dict
        What is told of every value of the first parameter, in both languages.
    factors : dict
        What is told of the other parameters, in both languages; empty: nothing.
    """

    parameters: dict[str, dict[str, Any]]
    story: list[dict[str, str]] = field(default_factory=list)
    factors: dict[str, str] = field(default_factory=dict)

    def tells(self, values: Values, lang: str) -> str:
        """Return what is told to who drew these values."""
        name, spec = next(iter(self.parameters.items()))
        place: int = spec["values"].index(values[name])
        return self.story[place][lang]

    def counts(self, values: Values, lang: str) -> str:
        """Return what is told of the numbers behind the story, or an empty text.

        Examples
        --------
        >>> Shared({}, factors={"uk": "Ціни – на {price}."}).counts({"price": 0.95}, "uk")
        'Ціни – на 0,95.'
        """
        if not self.factors:
            return ""
        return fill(self.factors[lang], {name: number(values[name], lang) for name in values})


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a source file, and what to do about it."""

    file: str
    line: int
    exercise: str
    field: str
    message: str

    def __str__(self) -> str:
        where = " ".join(part for part in (self.exercise, self.field) if part)
        said = f"{self.file}:{self.line}: {where + ': ' if where else ''}{self.message}"
        said = _UNSEEN.sub("\ufffd", said)  # a key of TOML may hold anything
        return said if len(said) < 1000 else said[:999] + "…"


# Fields of an assignment.json that may differ between students, or change while it runs.
LOOSE = ("digest", "ids", "called", "times", "more", "time")


def seal(content: Mapping[str, Any], *apart: str) -> str:
    """Return the hexadecimal digits that tell whether a file was changed after it was written.

    Parameters
    ----------
    content : dict
        Of plain JSON values.
    *apart : str
        Fields that may change, and the one that holds the seal.

    Examples
    --------
    >>> sealed = {"id": "quiz", "points": 3}
    >>> seal(sealed) == seal({**sealed, "seal": "…"}, "seal") != seal({**sealed, "points": 4})
    True
    """
    sealed = {name: value for name, value in content.items() if name not in apart}
    return hashlib.sha256(json.dumps(sealed, sort_keys=True).encode()).hexdigest()


def chance(*words: object) -> int:
    """Return a large whole number that only the words decide, the same on every machine."""
    return int.from_bytes(hashlib.sha256("\x1f".join(map(str, words)).encode()).digest())


@cache
def chapter(slug: str) -> Chapter | None:
    """Return one lesson by its short name, or ``None``; the others are not read for it."""
    for path in paths.shared("lessons").glob(f"[0-9]*-{slug}/exercises.toml"):
        return read(path)
    return None


@cache
def chapters() -> dict[str, Chapter]:
    """Return every lesson by its short name, in the order of their numbers.

    Examples
    --------
    >>> list(chapters())[0]
    'start'
    """
    slugs = [
        path.parent.name.partition("-")[2]
        for path in sorted(paths.shared("lessons").glob("[0-9]*/exercises.toml"))
    ]
    return {slug: known for slug in slugs if (known := chapter(slug))}


def read(path: str | Path) -> Chapter:
    """Read one ``exercises.toml`` that ``course check`` found sound.

    Parameters
    ----------
    path : path-like

    Returns
    -------
    Chapter

    Raises
    ------
    KeyError, tomllib.TOMLDecodeError
        When the file has faults; ``check`` names them.
    """
    path = Path(path)
    raw = parsed(path)
    languages = tuple(lang for lang in LANGS if lang in raw["lesson"].get("languages", LANGS))
    credits = credits_of(raw)  # before the texts below: a seal is of what the file says
    if len(languages) == 1:
        raw = both(raw, languages[0])
    share(raw)
    head = raw["lesson"]
    return Chapter(
        path.parent,
        head["number"],
        head["slug"],
        head["title"],
        head["minutes"],
        {outcome["id"]: outcome["text"] for outcome in raw.get("outcome", [])},
        {
            entry["id"]: Exercise(head["slug"], entry)
            for entry in raw.get("exercise", [])
            if type(entry.get("id")) is str
        },  # `course preview` shows what is sound beside what is not
        languages,
        {topic["id"]: topic["text"] for topic in raw.get("topic", [])},
        whole=head.get("whole", False),
        shared={
            each["id"]: Shared(each["parameters"], each.get("story", []), each.get("factors", {}))
            for each in raw.get("shared", [])
        },
        credits=credits,
    )


def parsed(path: str | Path) -> dict[str, Any]:
    """Return a sound ``exercises.toml`` as it stands in the file."""
    return tomllib.loads(Path(path).read_text("utf-8-sig"))


def share(raw: dict[str, Any]) -> None:
    """Put the parameters that exercises share into each of them.

    Examples
    --------
    >>> raw = {
    ...     "shared": [{"id": "firm", "parameters": {"firm": {"values": [1, 2]}}}],
    ...     "exercise": [{"id": "size", "shared": "firm"}],
    ... }
    >>> share(raw)
    >>> raw["exercise"][0]["parameters"]
    {'firm': {'values': [1, 2]}}
    """
    groups = {each["id"]: each["parameters"] for each in raw.get("shared", ())}
    for entry in raw.get("exercise", ()):
        if entry.get("shared") in groups:
            entry["parameters"] = groups[entry["shared"]] | entry.get("parameters", {})


def both(value: Any, lang: str) -> Any:
    """Return a value in which every text that stands in one language stands in the other one too.

    A lecturer may write in one language; whatever reads an exercise finds both.

    Examples
    --------
    >>> both({"prompt": {"uk": "Коли?"}, "points": 1}, "uk")
    {'prompt': {'uk': 'Коли?', 'ru': 'Коли?'}, 'points': 1}
    """
    if isinstance(value, list):
        return [both(each, lang) for each in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {lang} and isinstance(value[lang], str):
        return dict.fromkeys(LANGS, value[lang])
    return {name: both(each, lang) for name, each in value.items()}


def grid(spec: Mapping[str, Any]) -> list[float]:
    """Return the values that one parameter may take.

    Parameters
    ----------
    spec : dict
        ``{"from": a, "to": b, "step": s}`` (both ends included) or ``{"values": [...]}``.

    Returns
    -------
    list of int or float

    Examples
    --------
    >>> grid({"from": 0.1, "to": 0.3, "step": 0.1})
    [0.1, 0.2, 0.3]
    """
    count, value = _steps(spec)
    return [value(step) for step in range(count)]


def _steps(spec: Mapping[str, Any]) -> tuple[int, Callable[[int], float]]:
    """Return how many values a parameter may take, and the function that gives the n-th."""
    if "values" in spec:
        return len(spec["values"]), spec["values"].__getitem__
    low, high, step = (Decimal(str(spec[name])) for name in ("from", "to", "step"))
    kind = int if all(isinstance(spec[name], int) for name in ("from", "step")) else float
    return int((high - low) / step) + 1, lambda count: kind(low + count * step)


def draw(exercise: Exercise, seed: str, attempt: int) -> dict[str, float]:
    """Draw the parameters of one exercise: the same on every machine and every Python.

    Parameters
    ----------
    exercise : Exercise
    seed : str
        The learner's seed.
    attempt : int
        Number of the draw, from 1.

    Returns
    -------
    dict of str to number
        Empty when the exercise has no parameters.

    Raises
    ------
    ValueError
        When a thousand tries meet no combination that satisfies ``where``.
    """
    spec = exercise.get("parameters")
    if not spec:
        return {}
    name = exercise.id
    if exercise.get("shared"):  # one draw for all of them, and for good
        name, attempt = exercise["shared"], 1
    # An assignment lists its draws: their conditions would tell the formula.
    listed: list[dict[str, float]] = exercise.get("draws", [])
    if listed:
        return listed[chance(seed, exercise.lesson, name, attempt) % len(listed)]
    for again in range(1000):
        values = {}
        for parameter, entry in spec.items():
            count, value = _steps(entry)
            values[parameter] = value(
                chance(seed, exercise.lesson, name, attempt, parameter, again) % count
            )
        if all(evaluate(condition, values) for condition in exercise.get("where", ())):
            return values
    raise ValueError(f"{exercise.id}: no draw satisfies {exercise['where']}")


def pick(pool: str, members: Sequence[str], take: int, seed: str) -> list[str]:
    """Return which members of a pool a seed leads to: each is equally likely.

    Parameters
    ----------
    pool : str
        Its id.
    members : sequence of str
        References; who else is in the pool changes nobody's place in the queue.
    take : int
        How many.
    seed : str
        As of `draw`; numbers are drawn with other words, so neither tells anything of the other.

    Returns
    -------
    list of str
        In the order of the pool.

    Examples
    --------
    >>> pick("churn", ["own/a", "own/b", "own/c"], 2, "ivan")
    ['own/a', 'own/b']
    >>> pick("churn", ["own/a", "own/b", "own/c"], 2, "maria")
    ['own/b', 'own/c']
    """
    queue = sorted(members, key=lambda ref: chance(seed, "pool", pool, ref))
    taken = set(queue[:take])
    return [ref for ref in members if ref in taken]


def with_answer(values: Values, key: Key) -> Values:
    """Return drawn numbers with the answer to them where it is one number, for texts that tell it.

    Examples
    --------
    >>> with_answer({"n": 2}, {"value": 4.0}), with_answer({"n": 2}, {"words": [5, 9]})
    ({'n': 2, 'answer': 4.0}, {'n': 2})
    """
    answer = key.get("value")
    return {**values, "answer": answer} if values and isinstance(answer, (int, float)) else values


def evaluate(expression: str, values: Values) -> float | bool:
    """Evaluate an expression of the course: arithmetic and the course's formulas, nothing else.

    Parameters
    ----------
    expression : str
        May call the functions of ``course.models.FORMULAS`` and ``min max abs sqrt exp log``.
    values : dict
        Names that it may use.

    Returns
    -------
    float or bool

    Raises
    ------
    ValueError
        When it cannot be evaluated to a finite number.

    Examples
    --------
    >>> evaluate("m * r", {"m": 10, "r": 0.5})
    5.0
    """
    from simpleeval import DEFAULT_OPERATORS, EvalWithCompoundTypes

    from course.models import FORMULAS

    functions = {
        "min": min,
        "max": max,
        "abs": abs,
        "sqrt": math.sqrt,
        "exp": math.exp,
        "log": math.log,
        **FORMULAS,
    }
    try:
        # A power of whole numbers may have millions of digits; as a decimal it is too large at
        # once.
        operators = DEFAULT_OPERATORS | {ast.Pow: lambda base, power: float(base) ** float(power)}
        result = EvalWithCompoundTypes(operators, functions, dict(values)).eval(expression)
    except Exception as error:
        raise ValueError(f"{expression!r} fails for {values}: {error}") from error
    if isinstance(result, bool):
        return result
    if not isinstance(result, (int, float)) or not math.isfinite(result):
        raise ValueError(f"{expression!r} gives {result!r} for {values}, not a finite number")
    return float(result)


@dataclass(frozen=True)
class _Sources:
    """Where a key comes from: this draw's formulas, and the right results of pandas exercises."""

    values: Values

    def evaluate(self, expression: str) -> float:
        return float(evaluate(expression, self.values))

    def truth(self, name: str) -> Any:
        from course.truths import truth

        return truth(name, self.values)


def key(exercise: Exercise, values: Values | None = None) -> Key:
    """Return what ``course.kinds.score`` needs to mark an answer.

    Parameters
    ----------
    exercise : Exercise
    values : dict, optional
        The drawn parameters of a numeric exercise.

    Returns
    -------
    dict
        Plain values only.
    """
    return exercise.kind.key(exercise.raw, _Sources(values or {}))


def score(exercise: Exercise, answer: Any, values: Values | None = None) -> Score:
    """Score one answer to one draw of an exercise, in its own points."""
    return exercise.kind.score(key(exercise, values), answer, exercise.points)


@cache
def concepts() -> dict[str, dict[str, str]]:
    """Return the concept ids of the course with their terms, ``{id: {"uk": …, "ru": …}}``."""
    return tomllib.loads((paths.shared("lessons") / "concepts.toml").read_text("utf-8"))
