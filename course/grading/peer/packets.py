"""`course peer distribute`: one zip for each student with the works to mark, and nobody's name.

A packet is an assignment as `course assign` makes it: ``assignment.json`` and a notebook in each
language. The works stand in the notebook as text, every sign of them escaped: what somebody wrote
runs nothing, loads nothing and links to nothing on the reader's machine.
"""

import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from course.exercises import Values, chapter
from course.exercises import key as source_key
from course.files import about
from course.grading import GradingError, keyfile, results
from course.grading.cells import encode
from course.grading.keyfile import Entry, Key, Peer, Round, exercise, values
from course.grading.lock import draft, publish
from course.grading.markdown import literal as markdown_of
from course.grading.marking.marks import fingerprint
from course.grading.pages import printed
from course.grading.pages.feedback import file_name
from course.grading.pages.notebook import markdown
from course.grading.peer.names import Names
from course.grading.peer.rounds import Plan, first_round, next_round, packet_of, round_key, rows
from course.grading.results import EMPTY, Work
from course.grading.setting.assignment import notebook, plain
from course.paths import close
from course.texts import beginning, text

FOLDER, KEY = "peer", "peer/private/key.json"  # in the folder of the grades
_LINE = 70  # letters of a prompt that stand for a title


@dataclass
class Dealt:
    """What was written, for the console.

    Attributes
    ----------
    packets, readers : int
        Packets; how many read each plan.
    notes : list of str
        Sentences on whom there is no packet for and on names in the texts.
    """

    packets: int
    readers: int
    notes: list[str] = field(default_factory=list)


def peer_of(key: Key) -> Peer:
    """Return what a key says of peer review; GradingError when it says nothing."""
    peer = key.get("peer")
    if peer is None:
        said = "run course assign --peer before the work is handed out, then course grade again"
        raise GradingError(f"{key['id']} has no peer review: {said}")
    return peer


def distribute(grades: Path, key: Key, hide: Sequence[str] = ()) -> Dealt:
    """Write a packet for everybody whose work is there, and the key of the round.

    Parameters
    ----------
    grades : Path
        What `course grade` wrote; gets ``peer/packets``, ``peer/packets.csv``, ``peer/private``.
    key : Key
        Of the assignment.
    hide : sequence of str
        Words to hide in the works besides the names of the roster; what was hidden stays so.

    Raises
    ------
    GradingError
        With fewer than two works, or when the rubric or the samples changed after the first deal.
    """
    peer, key = peer_of(key), with_gone(grades, key)
    works = list(results.read(grades, peer["exercises"]))
    plans = plans_of(works, peer)
    dealt = _round(grades, key, peer, plans)
    dealt["hide"] = sorted({*dealt["hide"], *hide})
    made = round_key(key, peer, dealt)
    _unchanged(grades, made)
    packer = _Packer(key, peer, made, Names(key["roster"], dealt["hide"]))
    files, taken = dict[str, bytes](), set[str]()
    index = [["student", "name", "group", "file"]]
    for student, name, group, _ in key["roster"]:
        if student in dealt["packets"]:
            file = file_name(made["id"], student, taken).removesuffix(".html") + ".zip"
            files[f"{FOLDER}/packets/{file}"] = packer.packet(student)
            index.append([student, name, group, file])
    files[f"{FOLDER}/packets.csv"] = encode(index, ";", "utf-8-sig")
    files[KEY] = plain(made)
    _write(grades, files)
    slots = made["round"]["packets"].values()
    readers = min(sum(slot["kind"] == "plan" for slot in packet["slots"]) for packet in slots)
    return Dealt(len(index) - 1, readers, [*_left_out(works, dealt, plans), *packer.notes()])


def with_gone(grades: Path, key: Key) -> Key:
    """Return a key whose roster has those too who left it after the works were dealt out.

    Their works are read on, and their names are to be hidden on; their marks of others count.
    """
    if not (grades / KEY).exists():
        return key
    former(grades, key)
    there = {row[0] for row in key["roster"]}
    dealt = keyfile.read_key(grades / KEY)["roster"]
    return {**key, "roster": [*key["roster"], *(row for row in dealt if row[0] not in there)]}


def plans_of(works: Iterable[Work], peer: Peer) -> dict[str, Plan]:
    """Return what students are to read, by author; who wrote nothing, or is a stranger, is not."""
    plans = dict[str, Plan]()
    for work in works:
        plan = {
            ref: {
                "answer": answer.answer,
                "draw": answer.draw,
                "of": fingerprint(answer.answer),  # of the answer as it came, tiles in their order
            }
            for ref in peer["exercises"]
            if (answer := work.exercises.get(ref)) and answer.state not in (*EMPTY, "invalid")
        }
        if plan and work.listed:
            plans[work.student] = plan
    return plans


def _round(grades: Path, key: Key, peer: Peer, plans: dict[str, Plan]) -> Round:
    """Return the deal: the former one with late packets, or a first one."""
    if (grades / KEY).exists():
        return next_round(peer, former(grades, key), plans)
    if len(plans) < 2:
        said = f"there {'is 1 work' if plans else 'are none'} to read in {grades}"
        raise GradingError(f"{said}; peer review needs two or more")
    return first_round(peer, plans)


def former(grades: Path, key: Key) -> Round:
    """Return the round that was dealt out; GradingError when there is none that fits the key."""
    path = grades / KEY
    if not path.exists():
        raise GradingError(f"there is no {path}; run course peer distribute {grades}")
    anew = f"remove {grades / FOLDER} and run course peer distribute {grades}"
    try:
        made = keyfile.read_key(path)
    except GradingError:
        said = "the same files give everybody the same works"
        raise GradingError(f"{path} is damaged; put it back, or {anew}: {said}") from None
    dealt = made.get("round")
    if dealt is None or made["id"] != f"{key['id']}-peer":
        raise GradingError(f"{path} belongs to another assignment; {anew}")
    return dealt


def _unchanged(grades: Path, made: Key) -> None:
    """Refuse to change packets that somebody may have begun."""
    path = grades / KEY
    before = keyfile.peek(path).get("round", {}).get("packets", {})
    packets = made["round"]["packets"]
    if any(packets[student]["digest"] != packet["digest"] for student, packet in before.items()):
        said = "the rubric, the times or the secret changed after the works were dealt out"
        said += "; put them back, or, if no packet was given out yet, remove"
        raise GradingError(f"{said} {grades / FOLDER} and deal anew")


def _write(grades: Path, files: dict[str, bytes]) -> None:
    close(grades)
    with draft(grades) as scratch:
        for name, data in files.items():
            with about(grades / name):
                (scratch / name).parent.mkdir(parents=True, exist_ok=True)
                (scratch / name).write_bytes(data)
        close(grades / FOLDER)
        publish(scratch, grades, files)


def _left_out(works: Sequence[Work], dealt: Round, plans: dict[str, Plan]) -> Iterator[str]:
    nothing = [w.student for w in works if w.listed and w.student not in dealt["packets"]]
    if nothing:
        yield f"no packet, since there is no work of theirs: {', '.join(nothing)}"
    strange = [work.student for work in works if not work.listed]
    if strange:
        yield f"not on the roster, so nobody reads them: {', '.join(strange)}"
    if dealt["late"]:
        said = "they read others, nobody reads them; yours to mark"
        yield f"came after the works were dealt out ({said}): {', '.join(dealt['late'])}"
    other = [name for name, plan in plans.items() if plan != dealt["plans"].get(name, plan)]
    if other:
        said = "the packets keep the former one"
        yield f"another work was handed in after that ({said}): {', '.join(other)}"


class _Packer:
    """Makes packets and remembers what was hidden in whose work."""

    def __init__(self, key: Key, peer: Peer, made: Key, names: Names) -> None:
        self.key, self.peer, self.made, self.names = key, peer, made, names
        self.entries = {entry["ref"]: entry for entry in key["exercises"]}
        numbers = made["round"].get("numbers", {})
        self.samples = {
            name: {
                ref: {"answer": answer, "draw": None, "numbers": numbers.get(name, {})}
                for ref, answer in answers.items()
            }
            for name, answers in made["round"]["samples"].items()
        }
        self.found: dict[str, list[str]] = {}
        self.doubts: dict[str, list[str]] = {}

    def packet(self, student: str) -> bytes:
        """Return the zip for one student; the same bytes each time."""
        shown, name = packet_of(self.made, self.peer, student), self.made["id"]
        files = {"assignment.json": plain(shown)}
        for lang in self.made.get("languages", ()):
            intro, before = self._intro(lang), dict(self._before(student, lang))
            files[f"{name}-{lang}.ipynb"] = notebook(self.made, lang, intro, before)
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for file, data in files.items():
                info = zipfile.ZipInfo(f"{name}/{file}")  # of 1980, whenever and by whom it is made
                info.create_system, info.external_attr = 3, 0o644 << 16
                archive.writestr(info, data)
        return packed.getvalue()

    def _intro(self, lang: str) -> list[str]:
        slots = next(iter(self.made["round"]["packets"].values()))["slots"]
        said = text("peer.intro", lang, n=len(slots))
        return [said, text("peer.calibrated", lang), text("peer.rows", lang)]

    def _asked(self, place: int, own: Values, lang: str) -> str:
        """Return the words of a task, with somebody's numbers."""
        entry = self.entries[self.peer["exercises"][place]]
        asked = markdown(exercise(entry).say("prompt", lang, own) or "")
        number = f"**{text('peer.task', lang, n=place + 1)}.** "
        return number * (len(self.peer["exercises"]) > 1) + asked

    def _tasks(self, lang: str) -> list[str]:
        """Return what was asked of everybody; tasks with other numbers stand with each work."""
        asked = [
            self._asked(place, {}, lang)
            for place, ref in enumerate(self.peer["exercises"])
            if not self.entries[ref]["draws"]
        ]
        return [f"## {text('peer.asked', lang)}", *asked] if asked else []

    def _before(self, student: str, lang: str) -> Iterator[tuple[str, str]]:
        """Yield what stands before the first row of each work and of each of its answers."""
        slots, seen = self.made["round"]["packets"][student]["slots"], set[tuple[int, str]]()
        for row in rows(self.key, self.peer, len(slots)):
            if (row.slot, row.exercise) in seen:
                continue
            slot, place = slots[row.slot], self.peer["exercises"].index(row.exercise)
            sample = slot["kind"] == "sample"
            works = self.samples if sample else self.made["round"]["plans"]
            given = works[slot["id"]].get(row.exercise)
            blocks = [] if seen else self._tasks(lang)
            if not place:
                blocks.append(f"## {text('peer.work', lang, n=row.slot + 1)}")
                blocks += self._firm(next(iter(works[slot["id"]].items())), lang)
            if len(self.peer["exercises"]) > 1:
                blocks.append(f"### {text('peer.task', lang, n=place + 1)}")
            if self.entries[row.exercise]["draws"] and given:
                own = _numbers(self.entries[row.exercise], given)
                blocks.append(self._asked(place, own, lang))
            author = "" if sample else slot["id"]
            blocks += self._answer(self.entries[row.exercise], given, author, lang)
            seen.add((row.slot, row.exercise))
            yield row.ref, "\n\n".join(blocks)

    def _firm(self, work: tuple[str, dict[str, Any]], lang: str) -> Iterator[str]:
        """Yield for whose firm a work was written, and what a computer counts of its numbers."""
        ref, given = work
        entry = self.entries[ref]
        home, group = chapter(entry["lesson"]), entry["raw"].get("shared")
        shared = home.shared.get(group) if home and group else None
        if shared is None or not shared.story:
            return
        own = _numbers(entry, given)
        yield f"### {text('peer.firm', lang)}"
        yield from (literal(words) for words in shared.tells(own, lang).splitlines() if words)
        if factors := shared.counts(own, lang):
            yield literal(factors)
        if self.peer.get("results"):
            rows = [
                row
                for each in self.key["exercises"]
                if (each["lesson"], each["raw"].get("shared")) == (entry["lesson"], group)
                for row in _counted(each, given, lang)
            ]
            head = f"| {text('peer.what', lang)} | {text('peer.value', lang)} |\n|---|---:|"
            lines = "\n".join(f"| {literal(what)} | {literal(value)} |" for what, value in rows)
            yield from (f"**{text('peer.counted', lang)}**", f"{head}\n{lines}") if rows else ()

    def _answer(
        self, entry: Entry, given: dict[str, Any] | None, author: str, lang: str
    ) -> Iterator[str]:
        if given is None:
            yield f"*{text('grading.state.missing', lang)}*"
            return
        source = exercise(entry)
        telling = source.told(lang, _numbers(entry, given))
        for part in source.kind.answered(telling, given["answer"]):
            if part.label:
                yield f"**{literal(part.label)}**"
            hidden = self.names.hide(part.text, author, text("peer.masked", lang))
            if author:
                self.found.setdefault(author, []).extend(hidden.found)
                self.doubts.setdefault(author, []).extend(hidden.doubts)
            yield quote(hidden.text)

    def notes(self) -> Iterator[str]:
        """Yield what was hidden in whose work, and what may name somebody and was left."""
        for student, words in sorted(self.found.items()):
            if words:
                yield f"hidden in the work of {student}: {_listed(words)}"
        for student, words in sorted(self.doubts.items()):
            if words:
                said = "look at it, and if it names somebody, run this again with --hide WORDS"
                yield f"left in the work of {student}: {_listed(words)}; {said}"


def _numbers(entry: Entry, given: Mapping[str, Any]) -> Values:
    """Return the numbers of the task that a work answers: its author's, or a sample's own."""
    if not entry["draws"]:
        return {}
    if "numbers" in given:
        own = given["numbers"]
        return {name: own[name] for name in entry["raw"]["parameters"] if name in own}
    return values(entry, given["draw"] or 0)


def _counted(entry: Entry, given: Mapping[str, Any], lang: str) -> Iterator[tuple[str, str]]:
    """Yield what a computer counts for shared numbers, line by line; long tables are left out."""
    source, own = exercise(entry), _numbers(entry, given)
    if not source.kind.computed or entry["raw"]["parameters"].keys() - own.keys():
        return
    # Who shares a draw has the same place in every list.
    made = source_key(source, own) if "numbers" in given else entry["keys"][given["draw"] or 0]
    telling, right = source.told(lang, own), made.get("value")
    title = telling.say("title") or beginning(telling.say("prompt"), _LINE)
    if type(right) in (int, float):
        yield title, " ".join(line.text for line in source.kind.answered(telling, right))
    elif table := source.kind.listed(telling, right):
        yield from ((f"{title}: {label}", value) for label, value in table.rows)


def _listed(words: Sequence[str]) -> str:
    """Return different words in quotes; nothing in them may move the cursor of a terminal."""
    return ", ".join(repr(printed(each)) for each in dict.fromkeys(words))


def literal(words: str) -> str:
    """Return one line of anybody's as Markdown that shows it letter by letter.

    Signs that nobody sees are left out.
    """
    return markdown_of(printed(words))


def quote(words: str) -> str:
    r"""Return a text as a quotation, line by line.

    >>> quote("a\n\n# b")
    '> a  \n>\n> &#35; b'
    """
    lines = [literal(line) for line in words.strip().splitlines()]
    return "\n".join(f"> {line}  " if line else ">" for line in lines).rstrip()
