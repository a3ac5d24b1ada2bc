"""A round of reviews as an assignment: its key, who has which packet, and which row is which.

Everybody has the same exercises, the rows of the rubric for work 1, work 2 and so on; whose works
these are the key alone says, by packet. A packet has a digest of its own, so that nobody's marks
are taken for marks of other works.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import groupby
from typing import Any, NamedTuple

from course.exercises import Exercise, seal
from course.grading.keyfile import (
    Criterion,
    Entry,
    Key,
    Lang,
    Late,
    Packet,
    Peer,
    Round,
    Slot,
)
from course.grading.marking.marks import rubric
from course.grading.peer.dealing import PLANS, deal, deal_late, mixed, samples_of
from course.grading.setting.assignment import entry_of, public
from course.kinds import kind
from course.texts import DASH, LANGS, NBSP, number, text

LESSON = "review"  # that the exercises of a round belong to
COMMENT = 5, 80  # words of a comment, as asked for
Plan = dict[str, Any]  # by exercise, a student's answer, its draw and its fingerprint


class Row(NamedTuple):
    """One criterion of one exercise of one work in a packet: an exercise of the round."""

    ref: str
    slot: int
    exercise: str
    criterion: Criterion


def rows(key: Key, peer: Peer, slots: int) -> Iterator[Row]:
    """Yield every row that a reviewer fills in, in the order of the page.

    Parameters
    ----------
    key : Key
        Of the assignment that is reviewed.
    peer : Peer
        Its ``peer``.
    slots : int
        Works in a packet.
    """
    entries = {entry["ref"]: entry for entry in key["exercises"]}
    for slot in range(slots):
        for place, ref in enumerate(peer["exercises"], 1):
            for criterion in rubric(entries[ref]):
                yield Row(f"{LESSON}/{slot + 1}-{place}-{criterion['id']}", slot, ref, criterion)


def comment_ref(slot: int) -> str:
    """Return the exercise of a round in which a reader writes to the author of a work."""
    return f"{LESSON}/{slot + 1}-comment"


def _comment(slot: int) -> Entry:
    """Return the place of a comment as an exercise; it earns nothing."""
    prompt = {lang: text("peer.comment", lang, n=slot + 1) for lang in LANGS}
    ref = comment_ref(slot)
    raw = {"id": ref.partition("/")[2], "kind": "text", "points": 1, "words": list(COMMENT)}
    raw |= {"prompt": prompt, "solution": dict.fromkeys(LANGS, "")}
    return entry_of(ref, Exercise(LESSON, raw))


def _entries(key: Key, peer: Peer, slots: int) -> Iterator[Entry]:
    """Yield the exercises of a round: the rows of each work and, below them, its comment."""
    for slot, of in groupby(rows(key, peer, slots), key=lambda row: row.slot):
        yield from map(_entry, of)
        if peer.get("comments"):
            yield _comment(slot)


def _entry(row: Row) -> Entry:
    """Return a row as an exercise: choose a level; whichever it is, the row is filled in."""
    levels = zip(row.criterion["levels"], row.criterion["level"], strict=True)
    options = [
        {"id": f"level-{place}", "text": _said(points, level["text"]), "right": not place}
        for place, (points, level) in enumerate(levels)
    ]
    title = row.criterion["title"]
    prompt = {lang: text("peer.row", lang, n=row.slot + 1, title=title[lang]) for lang in LANGS}
    raw = {"id": row.ref.partition("/")[2], "kind": "choice", "points": 1, "shuffle": False}
    raw |= {"prompt": prompt, "solution": dict.fromkeys(LANGS, ""), "option": options}
    return entry_of(row.ref, Exercise(LESSON, raw))


def _said(points: float, words: Mapping[str, str]) -> dict[str, str]:
    return {lang: f"{number(points, lang)}{NBSP}{DASH[lang]} {words[lang]}" for lang in LANGS}


def first_round(peer: Peer, plans: Mapping[str, Plan]) -> Round:
    """Deal the plans of those who handed in.

    Parameters
    ----------
    peer : Peer
    plans : mapping
        Of two students or more, by id.
    """
    dealt = deal(peer["secret"], plans)
    samples = {sample["id"]: sample["answers"] for sample in peer["samples"]}
    return {
        "packets": {
            student: _packet(peer, samples, student, read) for student, read in dealt.items()
        },
        "samples": samples,
        "plans": dict(plans),
        "late": [],
        "hide": [],
        "numbers": {sample["id"]: sample.get("numbers", {}) for sample in peer["samples"]},
    }


def next_round(peer: Peer, before: Round, plans: Mapping[str, Plan]) -> Round:
    """Give packets to those whose plans came after the deal; all that was dealt stays as it was.

    Nobody reads a late plan: three packets would have to change that somebody may have begun.
    """
    late = [student for student in plans if student not in before["plans"]]
    dealt = sorted(before["plans"].keys() - set(before["late"]))
    readers = min(PLANS, len(dealt) - 1)
    packets = dict(before["packets"])
    for student in late:
        read = deal_late(peer["secret"], student, dealt)[:readers]
        packets[student] = _packet(peer, before["samples"], student, read)
    return {
        "packets": packets,
        "samples": before["samples"],
        "plans": before["plans"] | {student: plans[student] for student in late},
        "late": [*before["late"], *late],
        "hide": before["hide"],
        "numbers": before.get("numbers", {}),
    }


def _packet(peer: Peer, samples: Iterable[str], student: str, read: Iterable[str]) -> Packet:
    works = [("sample", name) for name in samples_of(peer["secret"], student, samples)]
    works += [("plan", author) for author in read]
    slots = mixed(peer["secret"], student, works)
    return {"digest": "", "slots": [_slot(*work) for work in slots]}


def _slot(kind: str, name: str) -> Slot:
    return {"kind": "sample", "id": name} if kind == "sample" else {"kind": "plan", "id": name}


def round_key(key: Key, peer: Peer, dealt: Round) -> Key:
    """Return the private key of a round; the digests of its packets are filled in.

    A row is worth one point, whatever was chosen: the sum says how much of the work was done.
    """
    slots = max(len(packet["slots"]) for packet in dealt["packets"].values())
    entries = list(_entries(key, peer, slots))
    late: Late | None = {"percent_per_day": 0, "until": None} if peer["closes"] else None
    name = f"{key['id']}-peer"
    languages: list[Lang] = key.get("languages") or ["uk", "ru"]
    made: Key = {
        "format": 1,
        "id": name,
        "title": {lang: text("peer.title", lang, title=key["title"][lang]) for lang in LANGS},
        "opens": None,
        "closes": peer["closes"],
        "zone": key["zone"],
        "attempts": 0,
        "counts": "last",
        "variants": "one",
        "show": "saved",
        "salt": sha256(f"course-assignment|{name}".encode()).hexdigest()[:32],
        "late": late,
        "digest": "",
        "keys_in_feedback": False,
        "hints": False,
        "exercises": entries,
        "roster": key["roster"],
        "outcomes": {},
        "languages": languages,
    }
    asked = {*peer["exercises"]}
    if credits := [each for each in key.get("credits", []) if asked & {*each["exercises"]}]:
        made["credits"] = credits
    made["digest"] = public(made)["digest"]
    packets: dict[str, Packet] = {
        student: {**packet, "digest": packet_of(made, peer, student)["digest"]}
        for student, packet in dealt["packets"].items()
    }
    made["round"] = {**dealt, "packets": packets}
    made["seal"] = seal(made)
    return made


def packet_of(made: Key, peer: Peer, student: str) -> dict[str, Any]:
    """Return ``assignment.json`` of one packet: it knows no student but its reader, and no name."""
    own = [row for row in made["roster"] if row[0] == student]
    salt = sha256(f"{peer['secret']}|packet|{made['id']}|{student}".encode()).hexdigest()[:32]
    shown = public({**made, "salt": salt, "roster": own})
    for entry in shown["exercises"]:
        if kind(entry["kind"]).by_person:
            entry["points"] = 0  # a comment: its card speaks of no mark
    shown["digest"] = seal(shown, "digest", "ids")[:16]
    return shown


def works_of(packet: Packet, kind: str) -> Sequence[tuple[int, str]]:
    """Return place and id of the samples or of the plans in a packet."""
    return [
        (place, slot["id"]) for place, slot in enumerate(packet["slots"]) if slot["kind"] == kind
    ]
