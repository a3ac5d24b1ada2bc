"""A text that a person reads; software only counts its words."""

import re
from dataclasses import dataclass, field
from typing import Any

from course.kinds import _entry
from course.kinds._answer import PERSON, Score, need
from course.kinds._entry import Faults, Key, Pair, Raw, Shown, Sources
from course.kinds._kind import Kind
from course.kinds._moodle import MoodleQuestion
from course.kinds._told import Explained, Line, Telling
from course.texts import DASH, NBSP, bold, text

LEVELS = 4  # 0, 1, 2 and 3 points
WORDS_OF_A_LINE = 7  # written by hand
_WORD = re.compile(r"[^\W_]+(?:[-'’ʼ][^\W_]+)*")


@dataclass(kw_only=True)
class Criterion:
    """What a reader judges by: a sample line for 0, 1, 2 and 3 points."""

    id: str
    title: Pair
    level: list[Pair] = field(
        metadata={"least": 4, "write": "level = [{uk = …, ru = …}, …], for 0, 1, 2 and 3 points"}
    )


@dataclass(kw_only=True)
class Middling:
    """An answer of middling quality, scored: points by criterion, in their order, and why."""

    text: Pair
    marks: list[int] = field(metadata={"write": "marks = [2, 1], points of each criterion"})
    why: Pair


@dataclass(kw_only=True)
class WrittenEntry(_entry.DrawnEntry):
    """What `text` and `canvas` share."""

    idea: list[Pair] = field(default_factory=list)
    criterion: list[Criterion] = field(default_factory=list)
    middling: Middling | None = None


@dataclass(kw_only=True)
class Entry(WrittenEntry):
    """The fields of ``kind = "text"``."""

    words: list[int] = field(metadata={"write": "words = [least, most]"})


def count_words(words: str) -> int:
    """Count the words of a text.

    >>> count_words("Партнерство – це не знижка, а 2 роки роботи.")
    8
    """
    return len(_WORD.findall(words))


class Written(Kind):
    """Base of `text` and `canvas`: a person judges, software measures."""

    by_person = True
    handed_in = True
    on_paper = "words"

    def faults(self, raw: Raw) -> Faults:
        criteria, middling = raw.get("criterion", ()), raw.get("middling")
        points = (LEVELS - 1) * len(criteria)
        for criterion in criteria:
            if len(criterion["level"]) != LEVELS:
                yield "criterion", f"{criterion['id']}: write a line for 0, 1, 2 and 3 points"
        if criteria and raw.get("points", 1) != points:
            yield "points", f"write points = {points}: three for each criterion"
        if bool(criteria) != bool(middling):
            both = "[[exercise.criterion]] and [exercise.middling]"
            yield "middling", f"a rubric has {both}, an answer that is scored"
        elif middling:
            marks = middling["marks"]
            if len(marks) != len(criteria) or not set(marks) <= set(range(LEVELS)):
                yield "middling", "write marks = [2, 1]: 0 to 3 for each criterion, in their order"

    def controls(self, raw: Raw, lang: str) -> dict[str, Any]:
        if not raw.get("criterion"):
            return {}
        rows = [
            {"title": item["title"][lang], "levels": [level[lang] for level in item["level"]]}
            for item in raw["criterion"]
        ]
        middling = raw["middling"]
        sample = {**middling, "text": middling["text"][lang], "why": middling["why"][lang]}
        return {"rubric": {"rows": rows, "sample": sample}}

    def key(self, raw: Raw, sources: Sources) -> Key:
        return self.open_key(raw)

    def measure(self, telling: Telling, score: Score) -> Line:
        """Return what software can say of the length."""
        raise NotImplementedError

    def explain(self, telling: Telling, key: Key, score: Score, answer: Any) -> Explained:
        if score.state != PERSON:
            return super().explain(telling, key, score, answer)
        return Explained(lines=(self.measure(telling, score),))

    def guidance(self, telling: Telling) -> tuple[str, ...]:
        """Return what a marker in another system needs to know."""
        lang, raw = telling.lang, telling.raw
        ideas = [f"{DASH[lang]} {idea[lang]}" for idea in raw.get("idea", ())]
        lead = [f"**{text('moodle.ideas', lang)}**", *ideas] if ideas else []
        for criterion in raw.get("criterion", ()):
            levels = "; ".join(
                f"{points}{NBSP}{DASH[lang]} {level[lang]}"
                for points, level in enumerate(criterion["level"])
            )
            lead.append(f"{bold(criterion['title'][lang] + '.')} {levels}")
        model = [f"**{text('card.model_answer', lang)}**", raw["solution"][lang]]
        said = [(name, telling.say(name)) for name in ("right", "wrong")]
        leads = [f"**{text(f'lead.{name}', lang)}.** {words}" for name, words in said if words]
        hints = [
            f"**{text('card.hint', lang)}.** {telling.words(hint)}" for hint in raw.get("hint", ())
        ]
        return (*lead, *model, *leads, *hints)


class Text(Written):
    """Read by a person; done when it has the length asked for."""

    Entry = Entry
    public = ("words",)

    def blanks(self, raw: Raw) -> int:
        return -(-int(raw["words"][1]) // WORDS_OF_A_LINE)

    def faults(self, raw: Raw) -> Faults:
        yield from super().faults(raw)
        if not (len(raw["words"]) == 2 and 0 < raw["words"][0] < raw["words"][1]):
            yield "words", "write words = [least, most]"

    def open_key(self, raw: Raw) -> Key:
        return {"words": raw["words"]}

    def judge(self, key: Key, answer: Any) -> dict[str, Any]:
        need(type(answer) is str, "wrong-type")
        least, most = key["words"]
        detail = {"words": count_words(answer), "min": least, "max": most}
        return {"state": PERSON, "detail": detail}

    def complete(self, score: Score) -> bool:
        detail = score.detail
        return bool(detail["min"] <= detail["words"] <= detail["max"])

    def meter(self, score: Score, lang: str) -> str:
        detail = score.detail
        return text("card.words", lang, n=detail["words"], least=detail["min"], most=detail["max"])

    def measure(self, telling: Telling, score: Score) -> Line:
        detail, lang = score.detail, telling.lang
        if detail["words"] < detail["min"]:
            words = text("say.short", lang, n=detail["words"], least=detail["min"])
        elif detail["words"] > detail["max"]:
            words = text("say.long", lang, n=detail["words"], most=detail["max"])
        else:
            return Line("ok", text("lead.saved", lang), text("say.saved", lang))
        return Line("part", text("lead.saved", lang), f"{words} {text('say.saved', lang)}")

    def controls(self, raw: Raw, lang: str) -> dict[str, Any]:
        return {"words": raw["words"], **super().controls(raw, lang)}

    def moodle(self, telling: Telling, key: Key, shown: Shown) -> MoodleQuestion:
        least, most = map(str, telling.raw["words"])
        tags = {**ESSAY, "minwordlimit": least, "maxwordlimit": most}
        return MoodleQuestion("essay", tags, combined=False, grader=self.guidance(telling))


ESSAY = {
    "responseformat": "editor",
    "responserequired": "1",
    "responsefieldlines": "15",
    "attachments": "0",
}
KIND: Kind = Text()
