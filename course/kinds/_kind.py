"""What a kind of exercise says of itself, and the little that kinds share.

Everything that comes from a learner or a student is an untrusted plain JSON value: whatever
arrives, `Kind.score` returns a `Score`. A faulty *key* is the author's mistake and raises.
"""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from course.texts import number, text

Raw = Mapping[str, Any]  # an entry of exercises.toml
Key = dict[str, Any]  # what marks an answer: plain JSON values
Pair = dict[str, str]  # one text in both languages
Faults = Iterator[tuple[str, str]]  # field, what to do
Shown = Callable[[str], Sequence[Raw]]  # gives the list of a field in the order shown
Names = Mapping[str, Mapping[str, str]]  # by field, the ids that students saw and the bank's

_PHP_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
LONGEST = 100_000  # characters of any text, entries of any list
PERSON = "person"  # the state of an answer that somebody has to read


class Invalid(Exception):
    """An answer that cannot be read; its argument is the reason code."""


class Refused(Exception):
    """Why another system cannot mark an exercise as the course does."""


class Sources(Protocol):
    """Where a key comes from: formulas with this draw's numbers, and right results of data."""

    def evaluate(self, expression: str) -> float: ...

    def truth(self, name: str) -> Any: ...


@dataclass(frozen=True, slots=True)
class Score:
    """What one answer is worth and which feedback applies.

    Attributes
    ----------
    state : str
        "unattempted", "right", "partial", "wrong", "person" (somebody has to read it) or "invalid".
    fraction, points : float
        Share of the full mark, 0 to 1, and the marks.
    marks : Mapping
        Chosen id -> right? (`order`: on a place that it may take?)
    slip : int or None
        Which common wrong result was hit.
    detail : Mapping
        Counts for the message, e.g. ``{"right": 2, "of": 3}``.
    reason : str or None
        Why an answer is invalid, e.g. "unknown-option".
    """

    state: str
    fraction: float = 0.0
    points: float = 0.0
    marks: Mapping[str, bool] = field(default_factory=dict)
    slip: int | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One list that a card shows: ``options``, ``items``, ``rows`` or ``tiles``.

    Attributes
    ----------
    name : str
        The field of the card.
    entries : tuple of dict
        Each with ``id`` and ``text``; a tile has ``title``, ``help`` and ``icon`` instead.
    inline : bool
        A still page prints it in one line: the options that rows choose from.
    """

    name: str
    entries: tuple[dict[str, str], ...]
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Telling:
    """One exercise as it is told to somebody: in one language, with that learner's numbers.

    Attributes
    ----------
    raw : Raw
    lang : str
    words : callable
        Gives the text of a pair, numbers filled in.
    """

    raw: Raw
    lang: str
    words: Callable[[Mapping[str, str]], str]

    def say(self, name: str) -> str:
        """Return a text of the exercise; the empty string when the entry has none."""
        return self.words(self.raw[name]) if self.raw.get(name) else ""

    def names(self, field: str) -> dict[str, str]:
        """Return the texts of a list's entries by their ids; none when a copy has no such list."""
        return {part["id"]: self.words(part["text"]) for part in self.raw.get(field, ())}


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of feedback; ``lead`` stands in bold before it.

    Attributes
    ----------
    tone : str
        "ok", "part", "no", "plain", or "note" for what only says how things stand.
    lead, text : str
    see : str
        The heading to read again.
    fold : bool
        A card shows only its lead until it is asked for the rest.
    """

    tone: str
    lead: str
    text: str
    see: str = ""
    fold: bool = False


@dataclass(frozen=True, slots=True)
class Explained:
    """Why an answer earns what it does: marks and reasons by id, and sentences below the card."""

    marks: Mapping[str, bool] = field(default_factory=dict)
    whys: Mapping[str, str] = field(default_factory=dict)
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Answered:
    """One line of an answer in words; ``typed`` is what a student wrote, letter by letter."""

    text: str
    id: str | None = None
    label: str = ""
    typed: bool = False


@dataclass(frozen=True, slots=True)
class Got:
    """One graded answer, as item statistics know it."""

    answer: Any
    state: str
    slip: int | None
    marks: Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class Mistake:
    """A row of the item statistics: words, who answered so, whether that is right (or None)."""

    label: str
    like: Callable[[Got], bool]
    right: bool | None = None


@dataclass(frozen=True, slots=True)
class MoodleAnswer:
    """One answer of a Moodle question: fraction in percent (or place), words and feedback."""

    fraction: str
    text: str
    feedback: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MoodleQuestion:
    """What a kind puts into a question of Moodle's XML; texts are the course's own markup."""

    type: str
    tags: Mapping[str, str] = field(default_factory=dict)
    asks: tuple[str, ...] = ()  # paragraphs below the prompt
    combined: bool = True  # has Moodle's three feedbacks for right, partly right and wrong
    answers: tuple[MoodleAnswer, ...] = ()
    stems: tuple[tuple[str, str], ...] = ()  # (row, option) of a match
    after: Mapping[str, str] = field(default_factory=dict)
    grader: tuple[str, ...] = ()  # paragraphs for whoever reads it
    template: tuple[str, ...] = ()  # paragraphs that a student begins with


@dataclass(kw_only=True)
class Entry:
    """The fields of every kind in ``exercises.toml``."""

    id: str
    kind: str
    prompt: Pair
    solution: Pair
    points: float = field(default=1, metadata={"write": "points = a number above 0, at most 100"})
    attempts: int = field(default=3, metadata={"write": "a whole number; 0 means without limit"})
    level: str | None = None
    covers: list[str] = field(default_factory=list, metadata={"write": "a list of concept ids"})
    outcomes: list[int | str] = field(
        default_factory=list, metadata={"write": "a list of ids of outcomes"}
    )
    right: Pair | None = None
    wrong: Pair | None = None
    see: Pair | None = None
    hint: list[Pair] = field(default_factory=list)


class Kind:
    """Base of all kinds; a file of this folder ends with ``KIND = …()``.

    What a kind must say: its ``Entry``, `key`, `open_key` and `judge`. The rest has an answer here
    that suits kinds without parts.
    """

    Entry: type[Entry] = Entry
    name = ""  # the file's name, set when the folder is listed
    by_person = False  # somebody has to read it
    computed = False  # the answer comes from code, not from the card
    marked = False  # a card marks every chosen part
    public: tuple[str, ...] = ()  # fields a student's copy holds beside the prompt
    # lists a student's copy holds, with the fields of a part
    public_parts: Mapping[str, tuple[str, ...]] = {}

    # What an author wrote

    def faults(self, raw: Raw) -> Faults:
        """Yield (field, what to do) for what shows only when fields are read together."""
        yield from ()

    def key(self, raw: Raw, sources: Sources) -> Key:
        """Return what marks an answer, as plain values."""
        raise NotImplementedError

    def open_key(self, raw: Raw) -> Key:
        """Return a key that knows what a student's copy tells: it reads, it does not mark."""
        raise NotImplementedError

    # What an answer is worth

    def judge(self, key: Key, answer: Any) -> dict[str, Any]:
        """Return the fields of a `Score`; without ``state`` the fraction decides.

        Raises
        ------
        Invalid
            For what is no answer.
        """
        raise NotImplementedError

    def score(self, key: Key, answer: Any, points: float = 1.0) -> Score:
        """Score one answer; see `course.kinds.score`."""
        try:
            container = type(answer) in (list, tuple, dict)
            need(not (container or type(answer) is str) or len(answer) <= LONGEST, "too-large")
            if answer is None or (container and not answer) or blank(answer):
                return Score("unattempted")
            judged = self.judge(key, answer)
        except Invalid as fault:
            return Score("invalid", reason=fault.args[0])
        fraction = judged.get("fraction", 0.0)
        state = "right" if fraction == 1 else "partial" if fraction > 0 else "wrong"
        return Score(**{"state": state, "points": fraction * points, **judged})

    def readable(self, raw: Raw, answer: Any) -> Score:
        """Tell whether an answer can be read without the key, as "person" if it can."""
        return self.read(self.open_key(raw), answer)

    def read(self, key: Key, answer: Any) -> Score:
        """Score an answer by a key that does not mark."""
        judged = self.score(key, answer)
        return judged if judged.state in ("unattempted", "invalid") else Score(PERSON)

    def chance(self, key: Key) -> float:
        """Return the share of the mark that an answer by chance earns on average."""
        return 0.0

    def unfilled(self, raw: Raw, answer: Any) -> list[str]:
        """Return the ids of parts that an answer leaves open although some are filled."""
        return []

    def refused(self, raw: Raw, answer: Any) -> str | None:
        """Return why practice takes an answer for a guess and does not count it, or None."""
        return None

    def complete(self, score: Score) -> bool:
        """Tell whether written work is as long as asked, so that it counts as done."""
        return True

    # What people see

    def parts(self, raw: Raw, lang: str, shown: Shown) -> list[Part]:
        """Return the lists a card shows."""
        return []

    def controls(self, raw: Raw, lang: str) -> dict[str, Any]:
        """Return what else the card's controls need."""
        return {}

    def meter(self, score: Score, lang: str) -> str:
        """Return how much is right of a partly right answer, or is there of written work."""
        if "of" in score.detail:
            return text("state.partial", lang, right=score.detail["right"], of=score.detail["of"])
        return text("state.partial_multi", lang, percent=number(100 * score.fraction, lang, 0))

    def reason(self, telling: Telling, score: Score, answer: Any) -> Line:
        """Return the sentence that says why the answer is not right."""
        if score.slip is not None:
            why = telling.raw["slip"][score.slip]["why"]
            return self.line(telling, "no", "slip", telling.words(why))
        return self.line(telling, "no", "wrong", telling.say("wrong"))

    def explain(self, telling: Telling, key: Key, score: Score, answer: Any) -> Explained:
        """Return the reasons that follow a score, the same for a card and a feedback page."""
        if score.state == "right":
            words = telling.say("right")
            return Explained(lines=(Line("ok", text("lead.right", telling.lang), words),))
        if score.state == "invalid":
            words = text(f"invalid.{score.reason}", telling.lang)
            return Explained(lines=(Line("part", text("lead.invalid", telling.lang), words),))
        line = self.reason(telling, score, answer)
        if score.state == "partial" and score.slip is None:
            # Half-way from what chance gives to the full mark is «almost»; what chance gives is
            # nothing yet.
            chance, lead = self.chance(key), "some"
            if score.fraction <= chance:
                lead = "wrong"
            elif score.fraction >= (1 + chance) / 2:
                lead = "partial"
            tone = "no" if lead == "wrong" else "part"
            line = replace(line, tone=tone, lead=text(f"lead.{lead}", telling.lang))
        return Explained(lines=(line,))

    def solved(self, telling: Telling, key: Key, explained: Explained) -> Explained:
        """Mark what is right, once the solution is shown."""
        return explained

    def samples(self, raw: Raw, solution: str, lang: str) -> tuple[str, dict[str, str]]:
        """Return what a solution says of the whole, and of parts by their id."""
        return solution, {}

    def answered(self, telling: Telling, answer: Any) -> list[Answered]:
        """Return a sound answer in words."""
        return [Answered(str(answer), typed=True)]

    def passed(self, answer: Any, lang: str) -> str:
        """Return in a few words what code handed over."""
        return str(answer)[:60]

    def remarks(
        self, raw: Raw, answer: Any, lang: str, open_questions: Callable[..., Any]
    ) -> list[dict[str, str]]:
        """Return what software can ask about a text; never a mark for the prose."""
        return []

    # What grading asks

    def renamed(self, answer: Any, names: Names) -> Any:
        """Put the bank's ids in place of those that students saw."""
        return answer

    def alike(self, raw: Raw, answer: Any) -> Any:
        """Return what answers that say the same have in common: a hashable value."""
        return answer if type(answer) is str else repr(answer)

    def keyed(self, telling: Telling, key: Key) -> dict[str, str]:
        """Return what the key says of each part, in words, for whoever set the exercise."""
        return {}

    def mistakes(self, telling: Telling, gots: Iterable[Got]) -> Iterator[Mistake]:
        """Yield the rows of the item statistics."""
        yield from ()

    def moodle(self, telling: Telling, key: Key, shown: Shown) -> MoodleQuestion:
        """Return the question that Moodle marks as `score` does, or raise `Refused` with why."""
        raise Refused("Moodle has no question of this kind: keep the exercise in the notebook")

    # What kinds share

    @staticmethod
    def line(telling: Telling, tone: str, lead: str, words: str) -> Line:
        """Return a sentence of feedback that says where to reread."""
        return Line(tone, text(f"lead.{lead}", telling.lang), words, telling.say("see"))


class Listed(Kind):
    """Base of the kinds whose answer is ids of one list of the entry, or a single id."""

    field = ""

    def parts(self, raw: Raw, lang: str, shown: Shown) -> list[Part]:
        return [Part(f"{self.field}s", entries(shown(self.field), lang))]

    def answered(self, telling: Telling, answer: Any) -> list[Answered]:
        names = telling.names(self.field)
        return [Answered(names[name], name) for name in ids(answer)]

    def renamed(self, answer: Any, names: Names) -> Any:
        known = names.get(self.field, {})
        if type(answer) is list:
            return [public_name(known, name) for name in answer]
        return public_name(known, answer)


def entries(listed: Iterable[Raw], lang: str) -> tuple[dict[str, str], ...]:
    """Return the entries of a list as a card shows them."""
    return tuple({"id": entry["id"], "text": entry["text"][lang]} for entry in listed)


def ids(given: Any) -> list[Any]:
    """Return what was chosen as a list, a single id too."""
    return [given] if type(given) is str else list(given)


def need(condition: bool, reason: str) -> None:
    """Raise `Invalid` unless the condition holds."""
    if not condition:
        raise Invalid(reason)


def blank(words: Any) -> bool:
    r"""Tell whether a reader would see nothing: spaces, control and zero-width characters.

    >>> blank(" \u200b"), blank("а"), blank(0)
    (True, False, False)
    """
    return type(words) is str and not any(
        char.isprintable() and not char.isspace() for char in words
    )


def finite(value: Any) -> float:
    """Return a number of ours; raise `Invalid` for what is none."""
    if type(value) in (int, float) and -1e300 < value < 1e300:
        return float(value)
    need(type(value) in (int, float), "wrong-type")
    need(value == value and abs(value) != math.inf, "not-a-number")
    raise Invalid("too-large")


def known_ids(answer: Any, known: Iterable[str]) -> list[str]:
    """Return a list of different known ids; raise `Invalid` for anything else."""
    need(type(answer) in (list, tuple) and all(type(each) is str for each in answer), "wrong-type")
    names = set(known)
    need(all(each in names for each in answer), "unknown-option")
    need(len(set(answer)) == len(answer), "duplicate")
    return list(answer)


def filled(answer: Any, known: Iterable[str]) -> dict[str, str]:
    """Return those entries of a mapping from known ids to texts that are not blank."""
    need(type(answer) is dict and {*map(type, answer.values())} <= {str, type(None)}, "wrong-type")
    need(all(len(words or "") <= LONGEST for words in answer.values()), "too-large")
    return {
        each: answer[each] for each in known_ids([*answer], known) if not blank(answer[each] or "")
    }


def public_name(names: Mapping[str, str], name: Any) -> Any:
    """Return the bank's id of a public one; what no student saw stays unknown."""
    return names.get(name, f"?{name}"[:60]) if type(name) is str and name else name


def unique(options: Iterable[str]) -> None:
    """Refuse options that Moodle could not tell apart: it drops spaces, and to PHP "1.0" is "1"."""
    shown = [" ".join(re.sub(r"\*\*|`", "", words).split()) for words in options]
    listed = [float(words) if _PHP_NUMBER.fullmatch(words) else words for words in shown]
    if len(set(listed)) < len(listed):
        raise Refused(
            "two of its options read the same, and Moodle could not tell them apart: change one"
        )
