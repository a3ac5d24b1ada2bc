"""A graded assignment on the student's machine: saved answers; nothing here knows what is right."""

import hashlib
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from html import escape
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from course import attempt, clock, ids, paths
from course.answers import Kept, moment, signed
from course.clock import IDENTITY
from course.exercises import LOOSE, Chapter, Exercise, Values, draw, pick, seal
from course.files import write_whole
from course.ids import folded
from course.kinds import Score
from course.lessons import Cards, CourseError, Lesson, Message, Page
from course.record import Event, Record
from course.texts import LANGS, section, text
from course.widgets import card
from course.widgets.card import State

if TYPE_CHECKING:
    from course.widgets.host import View

_ID = re.compile(r"[a-z][a-z0-9-]{0,59}").fullmatch  # of an assignment
_NOTHING = Kept()


class Sheet(Record):
    """A record in which only answers to the present version of an exercise use attempts.

    ``Kept.digest`` is that of the last answer here, never of a draft, so it tells of which version
    the answer is. Another student has other numbers: with a new id, what answered the old numbers
    is set aside.

    Parameters
    ----------
    chapter, folder
        As of a `Record`.
    public : dict
        ``assignment.json``.
    """

    seeded = False

    def __init__(self, chapter: Chapter, folder: Path, public: dict[str, Any]) -> None:
        self.public = public
        self.pools: dict[str, dict[str, Any]] = {each["id"]: each for each in _pools(public)}
        self.same = public["variants"] != "student"  # an id does not decide the numbers
        self.group: str = public["group"] if public["variants"] == "group" else ""
        super().__init__(chapter, folder)

    @property
    def student(self) -> dict[str, str]:
        """Id and name as the student gave them last; empty texts before that.

        Whoever takes another group's file says anew who he is, so that the journal has it.
        """
        who = self.settings(IDENTITY)
        if folded(str(who.get("group", ""))) != folded(self.group):
            who = {}
        return {"student": str(who.get("student", "")).strip(), "name": str(who.get("name", ""))}

    @property
    def began(self) -> str:
        """When the clock started; empty before that."""
        events = self.journal.events
        starts = (e["t"] for e in events if clock.starts(e["x"], e["e"], e.get("a")))
        return next(starts, "")

    @property
    def saved(self) -> str:
        """When the last answer was saved, by the clock of this machine; empty before any."""
        known = self.chapter.exercises
        times = (e["t"] for e in self.journal.events if e["e"] == "answer" and e["x"] in known)
        return max(times, default="")

    def token(self, student: str) -> str:
        """Return what stands for a student in an assignment, without telling who it is."""
        return hashlib.sha256(f"{self.public['salt']}|{student}".encode()).hexdigest()

    def values(self, exercise: Exercise, number: int | None = None) -> Values:
        """Return the student's numbers, one draw for each; none before the student is known."""
        seed = self.seed()
        return {} if seed is None else draw(exercise, self.token(seed), 1)

    def seed(self) -> str | None:
        """Return the words that numbers are drawn with; None before the student is known.

        They are empty for an id without a letter or a figure.
        """
        student = self.student["student"]
        return ids.seed(self.public["variants"], student, self.group) if student else None

    def picked(self, pool: str) -> list[str]:
        """Return the exercises that the student gets of a pool; none before it is known who."""
        each, seed = self.pools[pool], self.seed()
        return [] if seed is None else pick(pool, each["from"], each["take"], self.token(seed))

    def own(self) -> list[Exercise]:
        """Return the student's exercises, those of pools as far as it is known who it is."""
        pooled = {ref for pool in self.pools.values() for ref in pool["from"]}
        picked = {ref for name in self.pools for ref in self.picked(name)}
        exercises = self.chapter.exercises.items()
        return [each for ref, each in exercises if ref not in pooled or ref in picked]

    def score(self, exercise: Exercise, answer: Any, number: int) -> Score | None:
        """Return only whether it can be read; what it is worth is the grader's to say."""
        return None if answer is None else exercise.kind.readable(exercise.raw, answer)

    def result(self, exercise: Exercise) -> attempt.Result:
        """Return nothing: what counts is the grader's to say."""
        return attempt.Result()

    def aside(self, student: str) -> list[str]:
        """Return the ids of exercises whose answers do not outlive this id of a student."""
        before = self.student["student"]
        if self.same or not before or folded(before) == folded(student):
            return []
        return [
            exercise.id
            for exercise in self.chapter.exercises.values()
            if exercise.tied and (self.of(exercise.id) != _NOTHING or exercise.id in self.unsaved)
        ]

    def take(self, event: Event) -> None:
        """Replay one event."""
        if event["x"] == IDENTITY and event["e"] == "set":
            for name in self.aside(str(event["a"].get("student", "")).strip()):
                self.kept.pop(name, None)
                self.unsaved.pop(name, None)
        before, exercise = self.of(event["x"]), self.chapter.exercises.get(event["x"])
        digest, attempts = before.digest, before.attempts  # replaying changes them in place
        super().take(event)
        if exercise is None or event["e"] not in ("answer", "draft"):
            return
        kept, version = self.kept[event["x"]], event.get("d") or exercise.digest
        older, draft, answer = version != exercise.digest, event["e"] == "draft", event.get("a")
        lost = older and (
            exercise.tied or exercise.kind.readable(exercise.raw, answer).state == "invalid"
        )
        kept.digest = digest if draft else version
        if lost and draft:
            kept.draft = None
        elif lost:
            kept.answer = None
        if older and not draft:
            kept.attempts = attempts


class Assignment(Lesson):
    """What a notebook of an assignment holds.

    Parameters
    ----------
    path : path-like
        ``assignment.json`` as handed out, beside the notebook.
    lang : {"uk", "ru"}

    Raises
    ------
    CourseError
        When the file is missing or not an assignment.
    """

    graded = True
    record: Sheet

    def __init__(self, path: str | PathLike[str], lang: str) -> None:
        if lang not in LANGS:
            raise CourseError(f'course.assignment("{path}", "{lang}"): uk / ru?')
        self.folder = Path(path).resolve().parent
        try:
            self.public = json.loads(Path(path).read_text("utf-8-sig"))
            sealed = seal(self.public, *LOOSE)[:16] == self.public["digest"]
            numbers = [self.public.get(name, 0) for name in ("more", "minutes", "time")]
            whole = all(type(number) is int for number in numbers)
            grouped = self.public["variants"] == "group"
            whole = whole and (not grouped or type(self.public["group"]) is str)
            if not sealed or not whole or not _ID(self.public["id"]):  # files are named after it
                raise ValueError  # damaged, which is told at once and not by some card later
            exercises = {
                entry["ref"]: Exercise(
                    entry["ref"].partition("/")[0], _as_shown(entry, self.public)
                )
                for entry in self.public["exercises"]
            }
            if not all(ref in exercises for pool in _pools(self.public) for ref in pool["from"]):
                raise ValueError
            title, closes = {lang: self.public["title"][lang]}, self.public["closes"]
            chapter = Chapter(self.folder, 0, self.public["id"], title, 0, {}, exercises)
            self.closes = datetime.fromisoformat(closes) if closes else None
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise CourseError(text("assignment.unreadable", lang, path=path)) from None
        self._shown: dict[str, Values] = {}  # the numbers that each card shows
        self._places: dict[str, str] = {}  # the exercise that each place of a pool shows, or ""
        self._open(Sheet(chapter, paths.answers(), self.public), lang)

    def __repr__(self) -> str:
        return f"{self.title}. {self._times()}"

    def exercise(self, name: str) -> "View":
        """Show one exercise that everybody gets.

        Parameters
        ----------
        name : str
            Its reference.
        """
        for pool in self.record.pools.values():
            if name in pool["from"]:
                raise CourseError(text("assignment.in_pool", self.lang, pool=pool["id"]))
        return super().exercise(name)

    def pool(self, name: str, place: int) -> "View":
        """Show the question that stands at a place of a pool: a student's own, drawn.

        Before it is known who the student is, a card says what to do.

        Parameters
        ----------
        name : str
            Id of the pool.
        place : int
            From 1.
        """
        from course.widgets import fallback, host

        pools = self.record.pools
        if name not in pools:
            known = ", ".join(pools) or "–"
            raise CourseError(text("assignment.no_pool", self.lang, name=name, known=known))
        if type(place) is not int or not 1 <= place <= pools[name]["take"]:
            most = pools[name]["take"]
            raise CourseError(text("assignment.no_place", self.lang, pool=name, most=most))
        self.record.refresh()
        slot = f"pool:{name}:{place}"
        if slot in self._cards:
            self._place(slot)
            return self._cards[slot]

        def still(state: State) -> tuple[str, str]:
            exercise = self._at(slot)
            if exercise:
                return fallback.exercise(exercise, self.lang, state["prompt"])
            return f'<p lang="{self.lang}">{escape(state["prompt"])}</p>', state["prompt"]

        spec, state = self._standing(slot)
        view = host.View(spec, state, lambda said: self._answered_at(slot, said), still)
        return self._cards.setdefault(slot, view)

    def _at(self, slot: str) -> Exercise | None:
        """Return the exercise that stands at a place now."""
        _, name, place = slot.split(":")
        picked = self.record.picked(name)
        return self.chapter.exercises[picked[int(place) - 1]] if picked else None

    def _standing(self, slot: str, error: str | None = None) -> tuple[State, State]:
        """Return the fixed parts and the state of the card at a place."""
        exercise = self._at(slot)
        self._places[slot] = exercise.id if exercise else ""
        if exercise:
            return card.spec(exercise, self.lang, "save"), self._state(exercise, error)
        about = {"about": f"{self.chapter.slug}/{slot}"}
        state = card.nobody(text("assignment.drawn", self.lang), self.lang)
        state["feedback"] = [_plain(text("assignment.name_first", self.lang))]
        return card.place(slot, text("assignment.place", self.lang), self.lang), state | about

    def _place(self, slot: str, error: str | None = None) -> State:
        """Let the card at a place show what stands there now."""
        view, (spec, state) = self._cards[slot], self._standing(slot, error)
        with view.hold_sync():  # else the parts of one question had the state of another
            if view.spec != spec:
                view.spec = spec
            view.state = state
        return state

    def _answered_at(self, slot: str, message: Message) -> State:
        """Answer one message of the card at a place."""
        self.record.refresh()
        exercise, before = self._at(slot), self._places[slot]
        if exercise is None or exercise.id != before:
            # The other notebook changed the student: what was typed answers another question.
            return self._place(slot, text("assignment.other_question", self.lang))
        about = self._about(exercise, self.record.values(exercise))
        if message.get("about", about) != about:
            return self._state(exercise)
        return self._react(exercise, message)

    @property
    def minutes(self) -> int:
        """How many minutes there are for the work; 0 is without limit."""
        minutes: int = self.public.get("time", self.public.get("minutes", 0))
        return minutes

    def _ticking(self) -> State:
        """Return since when the clock runs, and what the clock of this machine shows now."""
        began = moment(self.record.began) if self.record.began else None
        return {"began": began and _milliseconds(began), "now": _milliseconds(datetime.now(UTC))}

    def identity(self) -> "View | Cards":
        """Show the card in which the student says who they are, and below it the time left."""
        self.record.refresh()  # the other notebook may have changed it
        fields = [
            {"id": name, "label": text(f"assignment.{name}", self.lang)}
            for name in ("student", "name")
        ]
        spec = {
            "view": "card",
            "id": IDENTITY,
            "kind": "identity",
            "lang": self.lang,
            "meta": self.title,
            "main": "save",
            "drawn": False,
            "fields": fields,
            "states": {"changed": text("state.unsaved", self.lang)},
        }
        still = f'<p lang="{self.lang}">{escape(str(self))}</p>'
        shown = self._view(spec, self._who(), self._identify, lambda _: (still, str(self)))
        return Cards([shown, self._clock()]) if self.minutes else shown

    def _clock(self) -> "View":
        """Show the strip that tells the time left; it follows the journal."""
        words = section("assignment.clock", self.lang) | {"n": str(self.minutes)}
        before = text("assignment.clock.before", self.lang, n=self.minutes)
        still = f'<p lang="{self.lang}">{escape(before)}</p>', before

        def look(message: Message) -> State | None:
            self.record.refresh()
            return self._ticking() if message.get("act") == "refresh" else None

        return self._page("clock", "clock", words, self._ticking, look, lambda *_: still)

    def _who(self, error: str | None = None, again: int = 0, other: bool = False) -> State:
        who, waits = self.record.student, self.record.unsaved.get(IDENTITY)
        lines = [*self._group(), self._times()]
        lines += [text("assignment.other_id", self.lang, n=again)] * bool(again)
        lines += [text("assignment.other_pools", self.lang)] * other
        status = "changed" if waits else "saved" if who["student"] else "untouched"
        state = {
            "prompt": text("assignment.who", self.lang),
            "answer": waits.answer if waits else who,
            "about": f"{self.public['id']}/{IDENTITY}",
            "status": status,
            "left": True,
            "can_check": True,
            "can_hint": False,
            "can_solve": False,
            "can_reset": False,
            "error": error,
            "time": self.record.of(IDENTITY).time,
            "head": text(f"state.{status}", self.lang),
            "feedback": [_plain(line) for line in lines],
        }
        return self._waiting(IDENTITY, state)

    def _group(self) -> list[str]:
        """Return whose file it is, so that nobody works in that of another group."""
        name = str(self.public.get("called", self.record.group))
        return [text("assignment.group", self.lang, name=name)] if name else []

    def _times(self) -> str:
        usual = self._usual_times()
        if not self.public.get("times"):
            return usual
        return f"{usual} {text('assignment.other_times', self.lang)}"

    def _usual_times(self) -> str:
        if self.closes is None:
            return text("assignment.no_end", self.lang)
        shown = self.closes.astimezone().strftime("%d.%m.%Y %H:%M")
        now, late = datetime.now(self.closes.tzinfo), self.public["late"]
        if now <= self.closes:
            return text("assignment.closes", self.lang, time=shown)
        still = late and (not late["until"] or now <= datetime.fromisoformat(late["until"]))
        return text("assignment.closed" if still else "assignment.over", self.lang, time=shown)

    def _identify(self, message: Message) -> State | None:
        answer = message.get("answer")
        if message.get("act") != "check" or not isinstance(answer, dict):
            return None
        who = {name: str(answer.get(name) or "").strip()[:200] for name in ("student", "name")}
        if not who["student"]:
            return self._who(text("assignment.no_id", self.lang)) | {"answer": who}
        self.record.refresh()
        again, before = len(self.record.aside(who["student"])), self._pooled()
        own = {"group": self.record.group} if self.record.group else {}
        error = self.record.write(IDENTITY, "set", who | own, self.lang)
        self._follow()
        for name, view in self._cards.items():
            if name in self._places:
                self._place(name)
            elif name != IDENTITY:
                view.state = self._state(self.chapter.exercises[name])
        if not error and self.record.token(folded(who["student"]))[:4] not in self.public["ids"]:
            error = text("assignment.unknown_id", self.lang, id=who["student"])
        if IDENTITY in self.record.unsaved:
            return self._who(error)
        other = any(before) and before != self._pooled()
        return self._who(error, again, other)

    def _pooled(self) -> list[str]:
        """Return what pools give to the student; none before it is known who it is."""
        return [ref for name in self.record.pools for ref in self.record.picked(name)]

    def _state(self, exercise: Exercise, error: str | None = None) -> State:
        note = None if self.record.student["student"] else text("assignment.name_first", self.lang)
        kept, values = self.record.on_screen(exercise.id), self.record.values(exercise)
        self._shown[exercise.id] = values
        on_card = replace(kept, answer=None, draft=None) if exercise.id in self._lost else kept
        state = card.graded(exercise, on_card, self.lang, values, error, note)
        if kept.digest not in (None, exercise.digest):
            key = "outdated" if kept.answer is None else "changed"
            state["feedback"].append(_plain(text(f"assignment.{key}", self.lang)))
        return self._waiting(exercise.id, state | {"about": self._about(exercise, values)})

    def _about(self, exercise: Exercise, values: Values, student: str = "") -> str:
        """Name the student too: what one typed is not offered to the next at the same computer."""
        token = self.record.token(self.record.student["student"])
        return super()._about(exercise, values, token[:12])

    def _act(self, exercise: Exercise, message: Message) -> State:
        self.record.refresh()
        values = self.record.values(exercise)
        if exercise.tied and self._shown.get(exercise.id, values) != values:
            # The other notebook changed the student: what was typed answers the former numbers.
            return self._state(exercise, text("assignment.other_numbers", self.lang))
        return super()._act(exercise, message)

    def submit(self) -> Page:
        """Write the one file to hand in, show its receipt code, and say what has no answer yet."""
        self.record.refresh()
        who = self.record.student
        if not who["student"]:
            # «Run all cells» comes here before anybody could fill the card in; that is no mistake.
            first = text("assignment.name_first", self.lang)
            return Page(f"<p>{escape(first)}</p>", first)
        head = {
            "submission": 1,
            "assignment": self.public["id"],
            "digest": self.public["digest"],
            "student": {"id": who["student"], "name": who["name"]},
            "lang": self.lang,
        }
        handed, code = signed((head, *self.record.journal.events))
        safe = re.sub(r"[^\w-]", "_", who["student"])
        path = self.folder / f"{self.public['id']}-{safe}.jsonl"
        try:
            write_whole(path, handed)
        except OSError:
            raise CourseError(text("export.failed", self.lang, path=path)) from None
        lines = [
            text("assignment.written", self.lang, path=path, name=path.name),
            text("assignment.receipt", self.lang, code=code),
            self._times(),
            *self._used(),
        ]
        html = "".join(f"<p>{escape(line)}</p>" for line in lines)
        for about, prompts in self._unfinished().items():
            if prompts:
                lead = text(f"assignment.{about}", self.lang, n=len(prompts))
                lines += [lead, *(f"  - {prompt}" for prompt in prompts)]
                items = "".join(f"<li>{escape(prompt)}</li>" for prompt in prompts)
                html += f"<p>{escape(lead)}</p><ul>{items}</ul>"
        return Page(f'<div lang="{self.lang}">{html}</div>', "\n".join(lines))

    def _used(self) -> list[str]:
        """Return how long it took, where there is a time limit."""
        began, saved, limit = self.record.began, self.record.saved, self.minutes
        used = clock.used(began, saved) if limit and began and saved else None
        if used is None:
            return []
        over = clock.over(used, limit)
        key = "assignment.used_over" if over else "assignment.used"
        return [text(key, self.lang, used=used, n=limit, over=over)]

    def _unfinished(self) -> dict[str, list[str]]:
        """Return the prompts of what the file has not got: unsaved changes, missing answers."""
        unsaved, missing = list[str](), list[str]()
        if IDENTITY in self.record.unsaved:
            unsaved.append(text("assignment.who", self.lang))
        for exercise in self.record.own():
            kept, values = self.record.of(exercise.id), self.record.values(exercise)
            prompt = exercise.words(exercise["prompt"], self.lang, values)
            if exercise.id in self.record.unsaved or kept.draft is not None:
                unsaved.append(prompt)
            elif kept.answer is None:
                missing.append(prompt)
        return {"unsaved": unsaved, "missing": missing}


def _pools(public: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the pools of a file; ValueError when they are not as they are written."""
    pools: list[dict[str, Any]] = public.get("pools", [])
    for pool in pools:
        sound = type(pool["id"]) is str and _ID(pool["id"]) and type(pool["take"]) is int
        if not sound or not 0 < pool["take"] < len(set(pool["from"])) == len(pool["from"]):
            raise ValueError
    return pools


def _milliseconds(time: datetime) -> int:
    return int(time.timestamp() * 1000)


def _plain(line: str) -> dict[str, str]:
    return {"tone": "plain", "lead": "", "text": line}


def _as_shown(entry: dict[str, Any], public: dict[str, Any]) -> dict[str, Any]:
    """Return an entry of the file: options stand in the order to show, attempts are its own."""
    attempts = public.get("more", public["attempts"])  # more by a decision, for one student
    shown = {**entry, "id": entry["ref"], "shuffle": False, "attempts": attempts}
    # Numbers of another group are another version of the exercise: what answered them is outdated.
    group = public["variants"] == "group" and "parameters" in entry
    return shown | {"group": public["group"]} if group else shown
