"""Several of the options are right; wrong ticks take away what right ones earn."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from course.kinds import _entry
from course.kinds._answer import Got, Mistake, Score, ids, known_ids
from course.kinds._entry import Faults, Key, Pair, Raw, Shown, Sources
from course.kinds._kind import Kind, Listed
from course.kinds._moodle import MoodleAnswer, MoodleQuestion, Refused
from course.kinds._told import Explained, Line, Telling
from course.texts import number, text

SHARES = {*range(1, 11), 20}  # Moodle knows the fractions 1/q of these q only


@dataclass(kw_only=True)
class Option:
    """One option; a wrong one has its own reason, ``why``."""

    id: str
    text: Pair
    right: bool = False
    why: Pair | None = None


@dataclass(kw_only=True)
class Entry(_entry.Entry):
    """The fields of ``kind = "multi"`` and ``kind = "choice"``."""

    option: list[Option] = field(metadata={"least": 2})
    shuffle: bool = field(default=True, metadata={"write": "true or false"})


class Multi(Listed):
    """Right ticks earn 1/R each, wrong ones take 1/W each, never below nothing."""

    Entry = Entry
    field = "option"
    on_paper = "letters"
    marked = True
    public_parts: Mapping[str, tuple[str, ...]] = {"option": ("text",)}

    def faults(self, raw: Raw) -> Faults:
        yield from self.counted(raw, sum(bool(option.get("right")) for option in raw["option"]))
        for option in raw["option"]:
            if not option.get("right") and "why" not in option:
                yield "option", f"option {option['id']!r}: missing; write why.uk and why.ru"

    def counted(self, raw: Raw, right: int) -> Faults:
        """Yield what is wrong with how many options are right."""
        if not 0 < right < len(raw["option"]):
            yield "option", "needs at least one right and one wrong option"

    def key(self, raw: Raw, sources: Sources) -> Key:
        right = [option["id"] for option in raw["option"] if option.get("right")]
        return {"right": right, "options": [option["id"] for option in raw["option"]]}

    def open_key(self, raw: Raw) -> Key:
        options = [option["id"] for option in raw["option"]]
        return {"right": options[:1], "options": options}

    def judge(self, key: Key, answer: Any) -> dict[str, Any]:
        wanted = ids(key["right"])
        marks = {each: each in wanted for each in known_ids(answer, key["options"])}
        right, of = sum(marks.values()), len(wanted)
        wrong = len(marks) - right
        share = right / of - (wrong / (len(key["options"]) - of) if wrong else 0)
        detail = {"right": right, "wrong": wrong, "of": of, "against": len(key["options"]) - of}
        return {"fraction": max(0.0, share), "marks": marks, "detail": detail}

    def refused(self, raw: Raw, answer: Any) -> str | None:
        """Every option ticked is no answer."""
        return "everything" if type(answer) is list and len(answer) == len(raw["option"]) else None

    def meter(self, score: Score, lang: str) -> str:
        return text("state.partial_multi", lang, percent=number(100 * score.fraction, lang, 0))

    def reason(self, telling: Telling, score: Score, answer: Any) -> Line:
        if all(score.marks.values()):
            return self.line(telling, "no", "wrong", text("say.multi_missing", telling.lang))
        if self.guessed(score):
            return self.line(telling, "no", "wrong", text("say.multi_guessed", telling.lang))
        if score.fraction == 0 and any(score.marks.values()):
            words = text("say.multi_mixed", telling.lang) + " " + telling.say("wrong")
            return self.line(telling, "no", "wrong", words)
        return super().reason(telling, score, answer)

    def guessed(self, score: Score) -> bool:
        """Tell whether so many are ticked wrongly that marking each would give the answer away."""
        wrong = score.detail.get("wrong", 0)
        return bool(wrong > 1 and 2 * wrong > score.detail.get("against", 0))

    def explain(self, telling: Telling, key: Key, score: Score, answer: Any) -> Explained:
        explained = super().explain(telling, key, score, answer)
        if self.guessed(score):
            return explained
        whys = {
            option["id"]: option["why"][telling.lang]
            for option in telling.raw["option"]
            if option["id"] in score.marks and option.get("why")
        }
        return Explained(dict(score.marks), whys, explained.lines)

    def solved(self, telling: Telling, key: Key, explained: Explained) -> Explained:
        right = dict.fromkeys(ids(key["right"]), True)
        return Explained({**explained.marks, **right}, explained.whys, explained.lines)

    def alike(self, raw: Raw, answer: Any) -> Any:
        return tuple(sorted(ids(answer)))

    def keyed(self, telling: Telling, key: Key) -> dict[str, str]:
        return dict.fromkeys(ids(key["right"]), text("preview.right", telling.lang))

    def mistakes(self, telling: Telling, gots: Iterable[Got]) -> Iterator[Mistake]:
        words, options = telling.names("option"), telling.raw.get("option", ())
        right = {option["id"]: bool(option.get("right")) for option in options}
        if not any(right.values()):  # a copy without the key: what the marks tell
            right = {name: good for got in gots for name, good in got.marks.items()}
        for name, good in right.items():
            yield Mistake(words.get(name, name), partial(_ticked, name), good)

    def moodle(self, telling: Telling, key: Key, shown: Shown) -> MoodleQuestion:
        single, right = isinstance(key["right"], str), ids(key["right"])
        wrong = len(key["options"]) - len(right)
        good, bad = percent(len(right)), "0" if single or not wrong else "-" + percent(wrong)
        answers = (
            MoodleAnswer(
                good if option["id"] in right else bad,
                option["text"][telling.lang],
                option.get("why", {}).get(telling.lang, ""),
            )
            for option in shown("option")
        )
        shuffle = str(telling.raw.get("shuffle", True)).lower()
        tags = {"single": str(single).lower(), "shuffleanswers": shuffle, "answernumbering": "none"}
        return MoodleQuestion("multichoice", tags, answers=tuple(answers))


def percent(parts: int) -> str:
    """Return 100 divided by so many parts as Moodle writes it; `Refused` when it cannot.

    >>> percent(3)
    '33.33333'
    """
    if parts not in SHARES:
        raise Refused(
            f"Moodle has no fraction 1/{parts}: "
            "let at most 10 options, or just 20, be right, and at most 10, or just "
            "20, be wrong"
        )
    return f"{100 / parts:.5f}".rstrip("0").rstrip(".")


def _ticked(name: str, got: Got) -> bool:
    return name in got.marks


KIND: Kind = Multi()
