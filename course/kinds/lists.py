"""Customers put on four lists: served more, kept, repriced, left; code hands them over.

There is no single right answer. Five rules are checked, each against what is known of the
customers: whoever breaks none of them has lists that agree with themselves and with the figures.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from course.kinds import _entry
from course.kinds._answer import Score, finite, need
from course.kinds._entry import Key, Raw, Sources
from course.kinds._kind import Kind
from course.kinds._told import Answered, Explained, Line, Telling
from course.kinds.value import Value
from course.texts import text

LISTS = ("more", "keep", "reprice", "leave")
RULES = ("served", "best", "left", "losses", "terms")
FREE = 2  # rules that one list for everybody keeps
ENOUGH = 0.8  # of the value that the best customers would have
NAMED = 4  # customers that a sentence names
MOST = 1000  # customers


@dataclass(kw_only=True)
class Entry(_entry.DrawnEntry):
    """The fields of ``kind = "lists"``; ``places``: customers that can be served more."""

    truth: str = field(metadata={"write": "the name of a function of course/truths"})
    places: int = field(metadata={"write": "places = a whole number above 0"})


class Lists(Value):
    """Earns the share of the rules kept, less what one list for everybody would earn.

    Its truth is a table of customers: profit, worth, thin (1: terms are to be reconsidered), red
    (1: a red flag of culture).
    """

    Entry: type[_entry.Entry] = Entry
    public = ("places",)

    def key(self, raw: Raw, sources: Sources) -> Key:
        table = sources.truth(raw["truth"])
        customers = {
            str(customer): {name: cells[row] for name, cells in table["columns"].items()}
            for row, customer in enumerate(table["index"])
        }
        value = _sound(customers, raw["places"])
        return {"customers": customers, "places": raw["places"], "value": value}

    def open_key(self, raw: Raw) -> Key:
        return {"customers": None, "places": raw["places"]}

    def readable(self, raw: Raw, answer: Any) -> Score:
        return self.read(self.open_key(raw), answer)

    def judge(self, key: Key, answer: Any) -> dict[str, Any]:
        lists = _lists(answer)
        if key["customers"] is None:
            return {}
        broken = dict(_broken(key, lists))
        right = len(RULES) - len(broken)
        if "whole" in broken:
            return {"fraction": 0.0, "detail": {"broken": {"whole": broken["whole"]}}}
        fraction = max(0.0, (right - FREE) / (len(RULES) - FREE))
        return {
            "fraction": fraction,
            "marks": {rule: rule not in broken for rule in RULES},
            "detail": {"broken": broken},
        }

    def meter(self, score: Score, lang: str) -> str:
        kept = sum(score.marks.values())
        return text("lists.meter", lang, n=kept, of=len(RULES))

    def explain(self, telling: Telling, key: Key, score: Score, answer: Any) -> Explained:
        if score.state == "invalid":
            return super().explain(telling, key, score, answer)
        explained = Kind.explain(self, telling, key, score, answer)
        said = [
            Line("no", "", _sentence(rule, names, telling.lang))
            for rule, names in score.detail.get("broken", {}).items()
        ]
        return Explained(lines=(*explained.lines, *said))

    def answered(self, telling: Telling, answer: Any) -> list[Answered]:
        by_list: dict[str, list[str]] = {}
        for name, value in _lists(answer):
            by_list.setdefault(value, []).append(name)
        return [
            Answered(", ".join(by_list[each]), each, label=text(f"lists.name.{each}", telling.lang))
            for each in LISTS
            if each in by_list
        ]

    def unreadable(self, reason: str, answer: Any, key: Key, lang: str) -> str:
        if reason == "lists":
            return text("lists.unknown", lang)
        return super().unreadable(reason, answer, {"value": {"index": [], "values": []}}, lang)


def _sound(customers: Mapping[str, Mapping[str, float]], places: int) -> dict[str, list[str]]:
    """Return lists that break no rule: one of many such answers."""
    fit = [name for name, each in customers.items() if each["profit"] > 0 and not each["red"]]
    best = set(sorted(fit, key=lambda name: -customers[name]["worth"])[:places])
    loss = {name for name, each in customers.items() if each["profit"] < 0}
    chosen = [
        "more" if name in best else "reprice" if name in loss else "keep" for name in customers
    ]
    return {"index": list(customers), "values": chosen}


def _sentence(rule: str, names: list[str], lang: str) -> str:
    key = f"lists.{rule}" if names or rule == "best" else f"lists.{rule}_none"
    more = "…" if len(names) > NAMED else ""
    return text(key, lang, names=", ".join(names[:NAMED]) + more)


def _lists(answer: Any) -> list[tuple[str, str]]:
    """Return customers with their list; raise `Invalid` for what is no column of names of lists."""
    need(type(answer) is dict and answer.keys() == {"index", "values"}, "wrong-shape")
    index, values = answer["index"], answer["values"]
    need(type(index) is list and type(values) is list, "wrong-shape")
    need(len(index) == len(values), "wrong-shape")
    need(len(index) <= MOST, "too-large")
    need(all(type(each) is str and each in LISTS for each in values), "lists")
    return [(_name(each), value) for each, value in zip(index, values, strict=True)]


def _name(label: Any) -> str:
    """Return the name of a customer: 7 and 7.0 are one."""
    if type(label) is str:
        return label[:40]
    number = finite(label)
    need(abs(number) < 2**53, "wrong-index")
    return f"{number:g}" if number != int(number) else str(int(number))


def _broken(key: Key, lists: list[tuple[str, str]]) -> Iterator[tuple[str, list[str]]]:
    """Yield every rule that the lists break, with the customers that break it."""
    known: Mapping[str, Mapping[str, float]] = key["customers"]
    names = [name for name, _ in lists]
    twice = [name for name, count in Counter(names).items() if count > 1]
    strange = [name for name in names if name not in known]
    there = set(names)
    missing = [name for name in known if name not in there]
    if twice or strange or missing:
        yield "whole", twice or strange or missing
        return
    by_list = {each: [name for name, value in lists if value == each] for each in LISTS}
    more = by_list["more"]
    poor = [name for name in more if known[name]["profit"] <= 0 or known[name]["red"]]
    if poor or not 0 < len(more) <= key["places"]:
        yield "served", poor or more
    fit = [each["worth"] for each in known.values() if each["profit"] > 0 and not each["red"]]
    best = sum(sorted(fit, reverse=True)[: key["places"]])
    # Of too many on the list the least valuable may get the places.
    if sum(sorted(known[name]["worth"] for name in more)[: key["places"]]) < ENOUGH * best:
        yield "best", more
    if sound := [
        name for name in by_list["leave"] if known[name]["profit"] >= 0 and not known[name]["red"]
    ]:
        yield "left", sound
    if losses := [name for name in (*by_list["keep"], *more) if known[name]["profit"] < 0]:
        yield "losses", losses
    if sound := [name for name in by_list["reprice"] if not known[name]["thin"]]:
        yield "terms", sound


KIND: Kind = Lists()
