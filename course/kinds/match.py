"""Every row gets the option that belongs to it; an option is used once."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from course.kinds import _entry
from course.kinds._answer import Got, Mistake, Score, filled, need, public_name
from course.kinds._entry import Faults, Key, Names, Pair, Raw, Shown, Sources
from course.kinds._kind import Kind, entries
from course.kinds._moodle import MoodleQuestion, Refused, unique
from course.kinds._told import Answered, Explained, Part, Telling
from course.texts import text

LONGEST_CHOICE = 255  # characters of qtype_match_subquestions.answertext


@dataclass(kw_only=True)
class Option:
    """What rows choose from."""

    id: str
    text: Pair


@dataclass(kw_only=True)
class Row:
    """One row: ``key`` is the id of its option, ``why`` the reason when it got another."""

    id: str
    key: str
    text: Pair
    why: Pair


@dataclass(kw_only=True)
class Confusion:
    """A sharper reason for one particular mistake."""

    row: str
    option: str
    why: Pair


@dataclass(kw_only=True)
class Entry(_entry.Entry):
    """The fields of ``kind = "match"`` and ``kind = "classify"``."""

    option: list[Option] = field(metadata={"least": 2})
    row: list[Row] = field(metadata={"least": 2})
    confusion: list[Confusion] = field(default_factory=list)
    shuffle: bool = field(default=True, metadata={"write": "true or false"})


class Match(Kind):
    """Earns the share of rows with the right option."""

    Entry = Entry
    on_paper = "pairs"
    marked = True
    public_parts: Mapping[str, tuple[str, ...]] = {"option": ("text",), "row": ("text",)}
    once = True

    def faults(self, raw: Raw) -> Faults:
        options = {option["id"] for option in raw["option"]}
        keys = [row["key"] for row in raw["row"]]
        for row in raw["row"]:
            if row["key"] not in options:
                yield "row", f"row {row['id']!r} has the key {row['key']!r}, which is no option"
            if self.once and keys.count(row["key"]) > 1:
                yield "row", f'two rows share the key {row["key"]!r}; that is kind = "classify"'
        rows = {row["id"] for row in raw["row"]}
        for part in raw.get("confusion", ()):
            if part["row"] not in rows or part["option"] not in options:
                yield "confusion", f"no row {part['row']!r} or no option {part['option']!r}"

    def key(self, raw: Raw, sources: Sources) -> Key:
        pairs = {row["id"]: row["key"] for row in raw["row"]}
        return {"pairs": pairs, "options": [option["id"] for option in raw["option"]]}

    def open_key(self, raw: Raw) -> Key:
        options = [option["id"] for option in raw["option"]]
        return {"pairs": {row["id"]: options[0] for row in raw["row"]}, "options": options}

    def judge(self, key: Key, answer: Any) -> dict[str, Any]:
        chosen = filled(answer, key["pairs"])
        need(set(chosen.values()) <= set(key["options"]), "unknown-option")
        if not chosen:
            return {"state": "unattempted"}
        marks = {row: option == key["pairs"][row] for row, option in chosen.items()}
        right, of = sum(marks.values()), len(key["pairs"])
        return {"fraction": right / of, "marks": marks, "detail": {"right": right, "of": of}}

    def chance(self, key: Key) -> float:
        return 1 / len(key["options"])

    def unfilled(self, raw: Raw, answer: Any) -> list[str]:
        chosen = answer if type(answer) is dict else {}
        return [row["id"] for row in raw["row"] if not chosen.get(row["id"])]

    def parts(self, raw: Raw, lang: str, shown: Shown) -> list[Part]:
        options = entries(shown("option"), lang)
        rows = Part("rows", entries(raw["row"], lang), paper="words")
        return [rows, Part("options", options, inline=True)]

    def explain(self, telling: Telling, key: Key, score: Score, answer: Any) -> Explained:
        lines = super().explain(telling, key, score, answer).lines
        whys = {
            row["id"]: telling.words(row["why"])
            for row in telling.raw["row"]
            if score.marks.get(row["id"]) is False
        }
        for part in telling.raw.get("confusion", ()):
            if part["row"] in whys and answer[part["row"]] == part["option"]:
                whys[part["row"]] = telling.words(part["why"])
        return Explained(dict(score.marks), whys, lines)

    def solved(self, telling: Telling, key: Key, explained: Explained) -> Explained:
        names = telling.names("option")
        whys = dict(explained.whys)
        for row, option in key["pairs"].items():
            if not explained.marks.get(row):
                right_is = text("card.right_is", telling.lang, text=names[option])
                whys[row] = " ".join(filter(None, (whys.get(row), right_is)))
        return Explained(explained.marks, whys, explained.lines)

    def answered(self, telling: Telling, answer: Any) -> list[Answered]:
        options = telling.names("option")
        return [
            Answered(options.get(answer.get(row) or "", ""), row, label=words)
            for row, words in telling.names("row").items()
        ]

    def renamed(self, answer: Any, names: Names) -> Any:
        if type(answer) is not dict:
            return answer
        rows, options = names.get("row", {}), names.get("option", {})
        return {
            public_name(rows, row): public_name(options, option) for row, option in answer.items()
        }

    def alike(self, raw: Raw, answer: Any) -> Any:
        return tuple(sorted((row, option) for row, option in answer.items() if option))

    def keyed(self, telling: Telling, key: Key) -> dict[str, str]:
        names = telling.names("option")
        return {row: names[option] for row, option in key["pairs"].items()}

    def mistakes(self, telling: Telling, gots: Iterable[Got]) -> Iterator[Mistake]:
        rows, options = telling.names("row"), telling.names("option")
        wrong = {
            (row, got.answer[row]) for got in gots for row, good in got.marks.items() if not good
        }
        for row, option in sorted(wrong):
            pair = {"row": rows.get(row, row), "option": options.get(option, option)}
            yield Mistake(text("report.pair", telling.lang, **pair), partial(_matched, row, option))

    def moodle(self, telling: Telling, key: Key, shown: Shown) -> MoodleQuestion:
        choices = telling.names("option")
        unique(choices.values())
        for name, words in choices.items():
            if len(words) > LONGEST_CHOICE:
                raise Refused(
                    f"option {name!r} has {len(words)} characters, and Moodle keeps "
                    f"{LONGEST_CHOICE}: shorten it"
                )
        stems = [(row["text"][telling.lang], choices[row["key"]]) for row in telling.raw["row"]]
        used = {row["key"] for row in telling.raw["row"]}
        stems += [("", words) for name, words in choices.items() if name not in used]
        return MoodleQuestion("match", {"shuffleanswers": "true"}, stems=tuple(stems))


def _matched(row: str, option: str, got: Got) -> bool:
    return bool(got.answer.get(row) == option)


KIND: Kind = Match()
