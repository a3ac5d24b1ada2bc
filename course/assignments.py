"""A graded assignment on the student's machine: answers are saved, nothing here knows what is right."""

import hashlib
import json
import re
from datetime import datetime
from html import escape
from pathlib import Path

from course import attempt, paths
from course.answers import Kept, receipt
from course.exercises import Chapter, Exercise, draw, seal
from course.files import write_whole
from course.ids import folded
from course.lessons import CourseError, Lesson, Page
from course.record import Record
from course.texts import LANGS, text

IDENTITY = "identity"
_ID = re.compile(r"[a-z][a-z0-9-]{0,59}").fullmatch  # of an assignment
_NOTHING = Kept()


class Sheet(Record):
    """A record in which only answers to the present version of an exercise use attempts.

    ``Kept.digest`` is that of the last answer here, never of a draft, so it tells of which version the answer is.
    Another student has other numbers: with a new id, what answered the old numbers is set aside.
    """

    def __init__(self, chapter, folder, values, same):
        self._same = same  # has everybody the same numbers?
        super().__init__(chapter, folder, values)

    @property
    def student(self):
        """Id and name as the student gave them last; empty texts before that."""
        kept = self.of(IDENTITY).answer
        kept = kept if isinstance(kept, dict) else {}
        return {"student": str(kept.get("student", "")).strip(), "name": str(kept.get("name", ""))}

    def aside(self, student):
        """Return the ids of exercises whose answers do not outlive this id of a student."""
        before = self.student["student"]
        if self._same or not before or folded(before) == folded(student):
            return []
        drawn = [exercise.id for exercise in self.chapter.exercises.values() if exercise.drawn]
        return [
            name
            for name in drawn
            if self.kept.get(name, _NOTHING) != _NOTHING or name in self.unsaved
        ]

    def take(self, event):
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
        older, draft = version != exercise.digest, event["e"] == "draft"
        lost = older and (
            exercise.drawn
            or exercise.kind.readable(exercise.raw, event.get("a")).state == "invalid"
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

    main = "save"

    def __init__(self, path, lang):
        if lang not in LANGS:
            raise CourseError(f'course.assignment("{path}", "{lang}"): uk / ru?')
        self.lang, self.folder = lang, Path(path).resolve().parent
        try:
            self.public = json.loads(Path(path).read_text("utf-8-sig"))
            sealed = seal(self.public, "digest", "ids")[:16] == self.public["digest"]
            if not sealed or not _ID(self.public["id"]):  # files are named after it
                raise ValueError  # damaged, which is told at once and not by some card later
            exercises = {
                entry["ref"]: Exercise(
                    entry["ref"].partition("/")[0], _as_shown(entry, self.public)
                )
                for entry in self.public["exercises"]
            }
            self.chapter = Chapter(
                self.folder, 0, self.public["id"], self.public["title"], 0, {}, exercises
            )
            self.title, closes = self.public["title"][lang], self.public["closes"]
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise CourseError(text("assignment.unreadable", lang, path=path)) from None
        self.closes = closes and datetime.fromisoformat(closes)
        self._shown = {}  # the numbers that each card shows
        self._open(paths.answers())

    def __repr__(self):
        return f"{self.title}. {self._times()}"

    def _record(self, folder):
        return Sheet(self.chapter, folder, self._values, self.public["variants"] == "one")

    def _values(self, exercise, attempt):
        student = "all" if self.public["variants"] == "one" else folded(self.student["student"])
        # Everybody has one draw in an assignment; another student has other numbers.
        return draw(exercise, _token(self.public, student), 1)

    @property
    def student(self):
        return self.record.student

    def identity(self):
        """Show the card in which the student says who they are."""
        if IDENTITY not in self._cards:
            from course.widgets import host

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
            self._cards[IDENTITY] = host.View(spec, self._who(), self._identify, (still, str(self)))
        else:
            self.record.refresh()  # the other notebook may have changed it
            self._cards[IDENTITY].state = self._who()
        return self._cards[IDENTITY]

    def _who(self, error=None, again=0):
        from course.widgets import card

        who, waits = self.student, self.record.unsaved.get(IDENTITY)
        told = [self._times()] + [text("assignment.other_id", self.lang, n=again)] * bool(again)
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
            "feedback": [_plain(line) for line in told],
        }
        return card.unsaved(state, waits.reason, self.lang) if waits else state

    def _times(self):
        if self.closes is None:
            return text("assignment.no_end", self.lang)
        shown = self.closes.astimezone().strftime("%d.%m.%Y %H:%M")
        now, late = datetime.now(self.closes.tzinfo), self.public["late"]
        if now <= self.closes:
            return text("assignment.closes", self.lang, time=shown)
        still = late and (not late["until"] or now <= datetime.fromisoformat(late["until"]))
        return text("assignment.closed" if still else "assignment.over", self.lang, time=shown)

    def _identify(self, message):
        answer = message.get("answer")
        if message.get("act") != "check" or not isinstance(answer, dict):
            return None
        who = {name: str(answer.get(name) or "").strip()[:200] for name in ("student", "name")}
        if not who["student"]:
            return self._who(text("assignment.no_id", self.lang)) | {"answer": who}
        self.record.refresh()
        again = len(self.record.aside(who["student"]))
        error = self.record.write(IDENTITY, "set", who, self.lang)
        known = _token(self.public, folded(who["student"]))[:4] in self.public["ids"]
        for name, view in self._cards.items():
            if name != IDENTITY:
                view.state = self._state(self.chapter.exercises[name])
        error = error or (
            None if known else text("assignment.unknown_id", self.lang, id=who["student"])
        )
        return self._who(error, 0 if IDENTITY in self.record.unsaved else again)

    def _state(self, exercise, error=None):
        from course.widgets import card

        note = None if self.student["student"] else text("assignment.name_first", self.lang)
        kept, values = self.record.on_screen(exercise.id), self._numbers(exercise)
        self._shown[exercise.id] = values
        made = card.graded(exercise, kept, self.lang, values, error, note)
        # What one student typed is not offered to the next at the same computer.
        made["about"] = self._about(
            exercise, values, _token(self.public, self.student["student"])[:12]
        )
        if kept.digest not in (None, exercise.digest):
            key = "outdated" if kept.answer is None else "changed"
            made["feedback"].append(_plain(text(f"assignment.{key}", self.lang)))
        waits = self.record.unsaved.get(exercise.id)
        return card.unsaved(made, waits.reason, self.lang) if waits else made

    def _numbers(self, exercise):
        """The drawn numbers to show; there are none before the student is known."""
        return self.record.values(exercise) if self.student["student"] else {}

    def _act(self, exercise, message):
        self.record.refresh()
        if self._shown.get(exercise.id, self._numbers(exercise)) != self._numbers(exercise):
            # The other notebook changed the student: what was typed here answers the numbers of before.
            return self._state(exercise, text("assignment.other_numbers", self.lang))
        return super()._act(exercise, message)

    def _judge(self, exercise, answer):
        """Only whether it can be read; what it is worth is the grader's to say."""
        return exercise.kind.readable(exercise.raw, answer)

    def _guess(self, exercise, answer):
        """Whatever can be read may be handed in."""
        return None

    def _may(self, exercise):
        from course.widgets import card

        stands = card.now(self.record.on_screen(exercise.id), None, attempt.Result())
        return attempt.may(attempt.rules(exercise, graded=True), stands)

    def _refused(self, exercise, answer):
        """Also what is neither a number nor a table; a lesson keeps that, and its score says what is wrong."""
        error, judged = (
            super()._refused(exercise, answer),
            exercise.kind.readable(exercise.raw, answer),
        )
        return error or (
            text(f"invalid.{judged.reason}", self.lang) if judged.state == "invalid" else None
        )

    def submit(self):
        """Write the one file to hand in, show its receipt code, and say what has no answer yet."""
        self.record.refresh()
        who = self.student
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
        lines = [head, *self.record.journal.events]
        body = "".join(
            json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines
        ).encode()
        code = receipt(body)
        safe = "".join(
            letter if letter.isalnum() or letter in "-_" else "_" for letter in who["student"]
        )
        path = self.folder / f"{self.public['id']}-{safe}.jsonl"
        try:
            write_whole(path, body + json.dumps({"receipt": code}).encode() + b"\n")
        except OSError:
            raise CourseError(text("export.failed", self.lang, path=path)) from None
        told = [
            text("assignment.written", self.lang, path=path),
            text("assignment.receipt", self.lang, code=code),
            self._times(),
        ]
        html = "".join(f"<p>{escape(line)}</p>" for line in told)
        for about, prompts in self._unfinished().items():
            if prompts:
                lead = text(f"assignment.{about}", self.lang, n=len(prompts))
                told += [lead, *(f"  - {line}" for line in prompts)]
                html += f"<p>{escape(lead)}</p><ul>{''.join(f'<li>{escape(line)}</li>' for line in prompts)}</ul>"
        return Page(f'<div lang="{self.lang}">{html}</div>', "\n".join(told))

    def _unfinished(self):
        """The prompts of what the file has not got: changes that nobody saved, exercises without an answer."""
        found = {"unsaved": [], "missing": []}
        if IDENTITY in self.record.unsaved:
            found["unsaved"].append(text("assignment.who", self.lang))
        for exercise in self.chapter.exercises.values():
            kept, waits = self.record.of(exercise.id), exercise.id in self.record.unsaved
            if waits or kept.draft is not None or kept.answer is None:
                prompt = exercise.say("prompt", self.lang, self.record.values(exercise))
                found["unsaved" if waits or kept.draft is not None else "missing"].append(prompt)
        return found


def _token(public, student):
    """Return what stands for a student in an assignment, without telling who it is."""
    return hashlib.sha256(f"{public['salt']}|{student}".encode()).hexdigest()


def _plain(line):
    return {"tone": "plain", "lead": "", "text": line}


def _as_shown(entry, public):
    """The file holds options and items in the order to show, and the assignment's own number of attempts."""
    return {**entry, "id": entry["ref"], "shuffle": False, "attempts": public["attempts"]}
