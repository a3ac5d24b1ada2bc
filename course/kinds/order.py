"""Items to be put in order; several may share a place."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import combinations, pairwise
from typing import Any

from course.kinds import _entry
from course.kinds._answer import Got, Mistake, Score, known_ids, need
from course.kinds._entry import Faults, Key, Pair, Raw, Shown, Sources
from course.kinds._kind import Kind, Listed
from course.kinds._moodle import MoodleAnswer, MoodleQuestion, Refused, unique
from course.kinds._told import Answered, Telling
from course.texts import text


@dataclass(kw_only=True)
class Item:
    """One item; ``rank`` (a number, or [first, last]) where several places are right."""

    id: str
    text: Pair
    rank: float | list[float] | None = field(
        default=None, metadata={"write": "rank = a place, or rank = [first, last]"}
    )


@dataclass(kw_only=True)
class Entry(_entry.Entry):
    """The fields of ``kind = "order"``; items stand in the right order."""

    item: list[Item] = field(metadata={"least": 3})


def comparable(ranks: Mapping[str, Sequence[float]], first: str, second: str) -> bool:
    """Tell whether the first item must stand before the second."""
    return ranks[first][1] < ranks[second][0]


class Order(Listed):
    """Earns the share of comparable pairs that stand in the right order."""

    Entry = Entry
    field = "item"
    paper = "place"
    on_paper = "order"
    public_parts: Mapping[str, tuple[str, ...]] = {"item": ("text",)}

    def faults(self, raw: Raw) -> Faults:
        ranks = self._ranks(raw)
        for name, rank in ranks.items():
            if len(rank) != 2 or rank[0] > rank[1]:
                yield "item", f"item {name!r}: write rank = [first, last]"
                return
        if not any(comparable(ranks, first, second) for first in ranks for second in ranks):
            yield "item", "no item stands before another; change rank"

    @staticmethod
    def _ranks(raw: Raw) -> dict[str, list[float]]:
        ranks = {item["id"]: item.get("rank", count) for count, item in enumerate(raw["item"])}
        return {
            name: rank if isinstance(rank, list) else [rank, rank] for name, rank in ranks.items()
        }

    def key(self, raw: Raw, sources: Sources) -> Key:
        return {"ranks": self._ranks(raw)}

    def open_key(self, raw: Raw) -> Key:
        return {"ranks": {item["id"]: [count, count] for count, item in enumerate(raw["item"])}}

    def judge(self, key: Key, answer: Any) -> dict[str, Any]:
        ranks, items = key["ranks"], known_ids(answer, key["ranks"])
        need(len(items) == len(ranks), "wrong-shape")
        good = sum(comparable(ranks, first, second) for first, second in combinations(items, 2))
        bad = sum(comparable(ranks, second, first) for first, second in combinations(items, 2))
        marks = {}
        for position, item in enumerate(items):
            before = sum(comparable(ranks, other, item) for other in items)
            after = sum(comparable(ranks, item, other) for other in items)
            marks[item] = before <= position < len(items) - after
        detail = {"pairs": good, "of": good + bad}
        return {"fraction": good / (good + bad), "marks": marks, "detail": detail}

    def chance(self, key: Key) -> float:
        return 0.5

    def meter(self, score: Score, lang: str) -> str:
        return text("state.partial_pairs", lang, right=score.detail["pairs"], of=score.detail["of"])

    def answered(self, telling: Telling, answer: Any) -> list[Answered]:
        lines = super().answered(telling, answer)
        return [replace(line, label=f"{place}.") for place, line in enumerate(lines, 1)]

    def keyed(self, telling: Telling, key: Key) -> dict[str, str]:
        places = {}
        for place, item in enumerate(telling.raw["item"], 1):
            rank = str(item.get("rank", place)).strip("[]").replace(", ", "–")
            places[item["id"]] = text("preview.place", telling.lang, place=rank)
        return places

    def mistakes(self, telling: Telling, gots: Iterable[Got]) -> Iterator[Mistake]:
        words = telling.names("item")
        for name in words or dict.fromkeys(name for got in gots for name in got.marks):
            yield Mistake(words.get(name, name), partial(_misplaced, name))

    def moodle(self, telling: Telling, key: Key, shown: Shown) -> MoodleQuestion:
        ranks = key["ranks"]
        items = sorted(telling.raw["item"], key=lambda item: ranks[item["id"]])
        if not all(comparable(ranks, one["id"], next["id"]) for one, next in pairwise(items)):
            raise Refused(
                "some of its items may stand either way round, "
                "and Moodle would compare these pairs too: give every "
                "item a rank of its own, or keep the exercise in the notebook"
            )
        words = [item["text"][telling.lang] for item in items]
        unique(words)
        tags = {
            "layouttype": "VERTICAL",
            "selecttype": "ALL",
            "selectcount": str(len(items)),
            "numberingstyle": "none",
            "gradingtype": "RELATIVE_ALL_PREVIOUS_AND_NEXT",
            "showgrading": "SHOW",
        }
        answers = (MoodleAnswer(str(place), item) for place, item in enumerate(words, 1))
        return MoodleQuestion("ordering", tags, answers=tuple(answers))


def _misplaced(name: str, got: Got) -> bool:
    return got.marks.get(name) is False


KIND: Kind = Order()
