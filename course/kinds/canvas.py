"""A plan in tiles, each a text; software asks what is missing, a person judges."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from course.kinds._answer import PERSON, Score, filled
from course.kinds._entry import Faults, Key, Pair, Raw, Shown
from course.kinds._kind import Kind
from course.kinds._moodle import MoodleQuestion
from course.kinds._told import Answered, Line, Part, Tabled, Telling
from course.kinds.text import ESSAY, Written, WrittenEntry
from course.texts import bold, fill, number, quoted, section, text

ICONS = (
    "person",
    "box",
    "star",
    "clock",
    "megaphone",
    "pin",
    "scales",
    "coins",
    "handshake",
    "ban",
)


@dataclass(kw_only=True)
class Tile:
    """One tile; ``icon`` is one of `ICONS`."""

    id: str
    icon: str
    title: Pair
    help: Pair


@dataclass(kw_only=True)
class Entry(WrittenEntry):
    """The fields of ``kind = "canvas"``; ``remarks`` names a function of ``course.models``."""

    tile: list[Tile] = field(metadata={"least": 2})
    remarks: str | None = None


class Canvas(Written):
    """Read by a person; done when every tile is filled."""

    Entry = Entry
    public = ("remarks",)
    public_parts: Mapping[str, tuple[str, ...]] = {"tile": ("icon", "title", "help")}

    def faults(self, raw: Raw) -> Faults:
        yield from super().faults(raw)
        for tile in raw["tile"]:
            if tile["icon"] not in ICONS:
                yield "tile", f"unknown icon {tile['icon']!r}; use one of {', '.join(ICONS)}"

    def open_key(self, raw: Raw) -> Key:
        return {"tiles": [tile["id"] for tile in raw["tile"]]}

    def judge(self, key: Key, answer: Any) -> dict[str, Any]:
        texts, of = len(filled(answer, key["tiles"])), len(key["tiles"])
        return {"state": PERSON if texts else "unattempted", "detail": {"filled": texts, "of": of}}

    def complete(self, score: Score) -> bool:
        return bool(score.detail["filled"] == score.detail["of"])

    def meter(self, score: Score, lang: str) -> str:
        return text("state.tiles", lang, **score.detail)

    def samples(self, raw: Raw, solution: str, lang: str) -> tuple[str, dict[str, str]]:
        """Cut a solution at «**Title?**» when it names every tile so, in their order."""
        titles = [re.escape(tile["title"][lang].rstrip("?")) for tile in raw["tile"]]
        cut = re.fullmatch(
            "(.*?)" + "".join(rf"\*\*{title}[?:.]\*\*(.*?)" for title in titles),
            solution,
            re.DOTALL,
        )
        if not cut:
            return solution, {}
        whole, *parts = (part.strip() for part in cut.groups())
        return whole, dict(zip((tile["id"] for tile in raw["tile"]), parts, strict=True))

    def measure(self, telling: Telling, score: Score) -> Line:
        lang, detail = telling.lang, score.detail
        words = text("say.tiles", lang, filled=detail["filled"], of=detail["of"])
        tone = "ok" if self.complete(score) else "part"
        return Line(tone, text("lead.saved", lang), f"{words} {text('say.saved', lang)}")

    def parts(self, raw: Raw, lang: str, shown: Shown) -> list[Part]:
        tiles = (
            {**tile, "title": tile["title"][lang], "help": tile["help"][lang]}
            for tile in raw["tile"]
        )
        return [Part("tiles", tuple(tiles), paper="words")]

    def tabled(self, telling: Telling, answer: Any) -> Tabled | None:
        tiles = ((tile["title"][telling.lang], tile["id"]) for tile in telling.raw["tile"])
        return Tabled((), tuple((title, str(answer.get(name) or "")) for title, name in tiles))

    def answered(self, telling: Telling, answer: Any) -> list[Answered]:
        return [
            Answered(answer[tile["id"]], tile["id"], label=tile["title"][telling.lang], typed=True)
            for tile in telling.raw["tile"]
            if (answer.get(tile["id"]) or "").strip()
        ]

    def remarks(
        self, raw: Raw, answer: Any, lang: str, open_questions: Callable[..., Any]
    ) -> list[dict[str, str]]:
        answer = answer if isinstance(answer, dict) else {}
        titles = {tile["id"]: tile["title"][lang] for tile in raw["tile"]}
        empty = [title for name, title in titles.items() if not str(answer.get(name) or "").strip()]
        if len(empty) == len(titles):
            return []
        said, patterns = [], section("plan", lang)
        for remark in open_questions(raw["remarks"], answer, lang) if raw.get("remarks") else ():
            words = fill(patterns[remark.code], _printed(remark.values, titles, lang))
            said.append((remark.tile, words))
        if empty:
            titled = ", ".join(map(quoted, empty))
            said.append(("", text("say.tiles_empty", lang, titles=titled)))
        return [
            {"tile": tile, "title": titles.get(tile, ""), "text": words} for tile, words in said
        ]

    def moodle(self, telling: Telling, key: Key, shown: Shown) -> MoodleQuestion:
        lang = telling.lang
        tiles = [
            f"{bold(tile['title'][lang])} {tile['help'][lang]}" for tile in telling.raw["tile"]
        ]
        template = tuple(part for tile in tiles for part in (tile, ""))
        return MoodleQuestion(
            "essay", ESSAY, combined=False, grader=self.guidance(telling), template=template
        )


def _printed(values: Mapping[str, Any], titles: Mapping[str, str], lang: str) -> dict[str, Any]:
    return {
        name: number(value, lang) if isinstance(value, (int, float)) else titles.get(value, value)
        for name, value in values.items()
    }


KIND: Kind = Canvas()
