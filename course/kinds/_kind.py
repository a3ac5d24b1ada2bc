"""What a kind of exercise says of itself."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from course.kinds._answer import (
    LONGEST,
    PERSON,
    Got,
    Invalid,
    Mistake,
    Score,
    blank,
    ids,
    need,
    public_name,
)
from course.kinds._entry import Entry, Faults, Key, Names, Raw, Shown, Sources
from course.kinds._moodle import MoodleQuestion, Refused
from course.kinds._told import Answered, Explained, Line, Part, Picture, Tabled, Telling
from course.texts import number, text


class Kind:
    """Base of all kinds; a file of this folder ends with ``KIND = …()``.

    What a kind must say: its ``Entry``, `key`, `open_key` and `judge`. The rest has an answer here
    that suits kinds without parts.
    """

    Entry: type[Entry] = Entry
    name = ""  # the file's name, set when the folder is listed
    by_person = False  # somebody has to read it
    handed_in = False  # a lecturer reads it in the file that a learner hands in
    computed = False  # the answer comes from code, not from the card
    marked = False  # a card marks every chosen part
    # How an answer is written on an answer sheet: "letter", "letters", "order", "pairs", "classes",
    # "number" or "words"; empty: paper cannot carry it.
    on_paper = ""
    own_view = False  # its view is large: only its own cards bring it, with the sheet beside it
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

    def live(self, telling: Telling, answer: Any) -> Mapping[str, Any]:
        """Return what a card shows of what is typed, at once: plain values and figures, no key."""
        return {}

    def pictures(
        self, telling: Telling, answer: Any, key: Key | None, solved: bool
    ) -> Sequence[Picture]:
        """Return what an answer leads to; of what it misses only with a key, the best once solved.

        Without a key it may know only what a learner's copy of the exercise tells.
        """
        return ()

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
            words = self.unreadable(str(score.reason), answer, key, telling.lang)
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

    def unreadable(self, reason: str, answer: Any, key: Key, lang: str) -> str:
        """Return the sentence that says why an answer cannot be marked, and what to do.

        The key may be empty: then nothing is told of what is wanted.
        """
        return text(f"invalid.{reason}", lang)

    def samples(self, raw: Raw, solution: str, lang: str) -> tuple[str, dict[str, str]]:
        """Return what a solution says of the whole, and of parts by their id."""
        return solution, {}

    def answered(self, telling: Telling, answer: Any) -> list[Answered]:
        """Return a sound answer in words."""
        return [Answered(str(answer), typed=True)]

    def tabled(self, telling: Telling, answer: Any) -> Tabled | None:
        """Return a sound answer as the table that a document shows, where it is one."""
        return None

    def listed(self, telling: Telling, answer: Any) -> Tabled | None:
        """Return the numbers that an answer in words only counts, where they are few."""
        return None

    def blanks(self, raw: Raw) -> int:
        """Return how many lines an answer takes on paper, where no part has room for it."""
        return 1

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
    paper = "tick"  # as in `Part`

    def parts(self, raw: Raw, lang: str, shown: Shown) -> list[Part]:
        return [Part(f"{self.field}s", entries(shown(self.field), lang), paper=self.paper)]

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
