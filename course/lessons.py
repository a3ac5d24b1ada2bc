"""One lesson in one language: joins its exercises, the kept answers, and what the learner sees."""

import hashlib
import json
import re
from datetime import datetime
from html import escape

from course import attempt, paths, slips
from course.exercises import chapter, chapters
from course.kinds import Score
from course.record import Record
from course.texts import LANGS, text

LONGEST = 50_000
PLAN = ("value-plan", "value-plan")


class CourseError(Exception):
    """A mistake the learner can mend; notebooks show its sentence, without a traceback."""

    def _render_traceback_(self):
        return [str(self)]


class Page:
    """A piece of HTML with its plain twin, shown as a cell's output."""

    def __init__(self, html, plain):
        self.html, self.plain = html, plain

    def _repr_mimebundle_(self, **_):
        return {"text/html": self.html, "text/plain": self.plain}


class Lesson:
    """What a notebook holds: ``lesson.exercise("levels-order")`` and the other verbs.

    Parameters
    ----------
    name : str
        Short name, for example ``"levels"``.
    lang : {"uk", "ru"}

    Raises
    ------
    CourseError
        When there is no such lesson or language.
    """

    main = None

    def __init__(self, name, lang):
        if lang not in LANGS:
            raise CourseError(f'course.lesson("{name}", "{lang}"): uk / ru?')
        if not re.fullmatch("[a-z-]+", str(name)) or chapter(name) is None:
            raise CourseError(
                text("lesson.no_lesson", lang, name=name, known=", ".join(chapters()))
            )
        self.lang, self.chapter = lang, chapter(name)
        self.number, self.title = self.chapter.number, self.chapter.title[lang]
        self._open(paths.answers())

    def _open(self, folder):
        self._cards, self._pages, self._records, self._hand_in = {}, {}, [], None
        self.record = self._record(folder)
        slips.install(self)
        if self.record.journal.faults:
            lines = ", ".join(str(fault.line) for fault in self.record.journal.faults)
            print(text("journal.faults", self.lang, path=self.record.journal.path, lines=lines))

    def _record(self, folder):
        return Record(self.chapter, folder)

    def __repr__(self):
        return text(
            "lesson.open", self.lang, number=self.number, title=self.title, path=self.record.folder
        )

    def exercise(self, name):
        """Show one exercise, with the kept answer already in it.

        Parameters
        ----------
        name : str
            Its id.

        Returns
        -------
        course.widgets.host.View
        """
        exercise = self._exercise(name)
        self.record.refresh()
        if name not in self._cards:
            from course.widgets import card, fallback, host

            state = self._state(exercise)
            self._cards[name] = host.View(
                card.spec(exercise, self.lang, self.main),
                state,
                lambda message: self._react(exercise, message),
                fallback.exercise(exercise, self.lang, state["prompt"]),
            )
        else:
            self._cards[name].state = self._state(exercise)
        return self._cards[name]

    def guess(self, name):
        """Ask an exercise before the theory: the answer is kept and shown beside the one given at the end.

        Parameters
        ----------
        name : str
            Id of an exercise that `exercise` shows later.
        """
        from course.widgets import card, fallback, host

        exercise, slot = self._exercise(name), f"guess:{name}"
        self.record.refresh()
        if slot not in self._cards:
            spec = card.spec(exercise, self.lang, "keep") | {
                "id": slot,
                "meta": text("card.guess", self.lang),
            }
            self._cards[slot] = host.View(
                spec,
                self._guess_state(exercise, slot),
                lambda message: self._remember(exercise, slot, message),
                fallback.exercise(
                    exercise,
                    self.lang,
                    exercise.say("prompt", self.lang, self.record.values(exercise)),
                ),
            )
        else:
            self._cards[slot].state = self._guess_state(exercise, slot)
        return self._cards[slot]

    def _guess_state(self, exercise, slot, error=None):
        from course.widgets import card

        kept, waits = self.record.of(slot), self.record.unsaved.get(slot)
        answer = (waits.answer if waits else kept.answer or {}).get("guess")
        state = card.guess(
            exercise, answer, kept.time, self.lang, self.record.values(exercise), error
        )
        state["about"] = f"{self.chapter.slug}/{slot}"
        return card.unsaved(state, waits.reason, self.lang) if waits else state

    def _remember(self, exercise, slot, message):
        self.record.refresh()
        act, answer, error = message.get("act"), message.get("answer"), None
        if act == "check" and _sound(answer):
            readable = self._judge(exercise, answer).state not in ("unattempted", "invalid")
            error = None if readable else text("card.empty", self.lang)
            error = error or self.record.write(slot, "set", {"guess": answer}, self.lang)
            if exercise.id in self._cards:
                self._cards[exercise.id].state = self._state(exercise)
        return self._guess_state(exercise, slot, error) if act == "check" else None

    def check(self, name, value):
        """Hand over a value computed in code, and show what is right about it.

        Parameters
        ----------
        name : str
            Id of an exercise of kind ``value``.
        value : number, pandas.Series or pandas.DataFrame
            ``...`` stands for «not computed yet».
        """
        exercise = self._exercise(name)
        if not exercise.kind.computed:
            raise CourseError(text("lesson.not_value", self.lang, id=name))
        error = None
        if value is not ...:
            from course.truths import plain

            answer = plain(value)
            error = self._refused(exercise, answer)
            # Running all cells again hands over the same value; that is no new attempt.
            if error is None and answer == self.record.of(name).answer:
                self.record.unsaved.pop(name, None)
            elif error is None and self._may(exercise).answer:
                error = self.record.write(name, "answer", answer, self.lang)
        view = self.exercise(name)
        if error:
            view.state = self._state(exercise, error)
        self._follow()
        return view

    def instrument(self, name):
        """Show an instrument, set as the learner left it."""
        from course import instruments
        from course.widgets import panel

        known = instruments.names()
        if name not in known:
            raise CourseError(
                text("lesson.no_instrument", self.lang, name=name, known=", ".join(known))
            )
        declared, slot = instruments.find(name), f"instrument:{name}"
        waits, error = self.record.unsaved.get(slot), None
        if waits:
            error = self.record.write(slot, "set", waits.answer, self.lang)
        shown = panel.Panel(
            declared.spec(self.lang),
            declared.cases,
            declared.start,
            lambda values: declared.look(values, self.lang),
            waits.answer if waits else self.record.of(slot).answer,
            lambda kept: self.record.write(slot, "set", kept, self.lang),
        )
        if error:
            shown.state = {**shown.state, "error": error}
        return shown

    def figure(self, name):
        """Show one of the lesson's own pictures, as ``figures.toml`` describes it."""
        from course import pictures
        from course.widgets import fallback

        entries = pictures.read(self.chapter.folder / "figures.toml")
        if name not in entries:
            known = ", ".join(entries) or "–"
            raise CourseError(
                text("lesson.no_figure", self.lang, id=name, lesson=self.chapter.slug, known=known)
            )
        return Page(*fallback.live_figure(pictures.figure(entries[name], self.lang), self.lang))

    def data(self, name):
        """Return one of the course's data sets as a ``pandas.DataFrame``."""
        from course import datasets

        if name not in datasets.names():
            raise CourseError(
                text("lesson.no_data", self.lang, name=name, known=", ".join(datasets.names()))
            )
        try:
            return datasets.load(name)
        except datasets.DatasetError as error:
            raise CourseError(str(error)) from None

    def progress(self):
        """Show what is done, what is next and what to repeat: of this lesson, or of all on the start page.

        Returns
        -------
        course.widgets.host.View
            It follows every answer, and looks again whenever it is seen.
        """
        from course import progress
        from course.widgets import host

        if "strip" not in self._pages:
            words = {
                name: text(f"progress.{name}", self.lang)
                for name in ("next", "due_lead", "due_rule", "asleep")
            }
            view = host.View(
                {"view": "strip", "lang": self.lang, "words": words},
                self._standing(),
                lambda message: self._standing() if message.get("act") == "refresh" else None,
                lambda state: progress.still(state, self.lang),
            )
            self._pages["strip"] = view, self._standing
        self._follow()
        return self._pages["strip"][0]

    def _follow(self):
        """Let the strip of progress and the hand-in show what has changed."""
        for view, state in self._pages.values():
            view.state = state()

    def _standing(self):
        from course import progress

        if not self._records:
            shown = chapters().values() if self.chapter.number == 0 else [self.chapter]
            self._records = [
                self.record if one is self.chapter else Record(one, self.record.folder)
                for one in shown
            ]
        for record in self._records:
            record.refresh()
        return progress.standing(
            self.chapter, self._records, self.lang, datetime.now().astimezone()
        )

    def _react(self, exercise, message):
        """Answer one message of a card, and let the other views follow."""
        state = self._act(exercise, message)
        self._follow()
        return state

    def plan(self):
        """Show the value plan kept from lesson 3."""
        source = chapter(PLAN[0])
        record = self.record if source is self.chapter else Record(source, self.record.folder)
        exercise, answer = source.exercises[PLAN[1]], record.on_screen(PLAN[1])
        texts = answer.draft if answer.draft is not None else answer.answer
        if not isinstance(texts, dict) or not any(texts.values()):
            words = text("plan.none", self.lang)
            return Page(f"<p>{escape(words)}</p>", words)
        rows = [
            (tile["title"][self.lang], str(texts.get(tile["id"]) or text("plan.empty", self.lang)))
            for tile in exercise["tile"]
        ]
        html = "".join(
            f"<dt><strong>{escape(title)}</strong></dt><dd>{escape(words)}</dd>"
            for title, words in rows
        )
        title = text("plan.title", self.lang)
        return Page(
            f'<div lang="{self.lang}"><h4>{escape(title)}</h4><dl>{html}</dl></div>',
            "\n".join([title, *(f"{name} {words}" for name, words in rows)]),
        )

    def export(self, name=None):
        """Hand in: show what is written and what is empty, and a button that writes the file.

        Parameters
        ----------
        name : str, optional
            The learner's; with it the file is written at once, which needs no button.

        Returns
        -------
        course.widgets.host.View or Page
        """
        from course.handin import HandIn, still
        from course.widgets import host

        if self._hand_in is None:
            others = [
                Record(one, self.record.folder)
                for one in chapters().values()
                if one is not self.chapter
            ]
            self._hand_in = HandIn(self.record, self.lang, others)
        self.record.refresh()
        if name is not None:
            if error := self._hand_in.write(str(name)):
                raise CourseError(error)
            self._follow()
            return Page(*still(self._hand_in.state(), self.lang))
        if "handin" not in self._pages:
            spec = {"view": "handin", "lang": self.lang, "words": self._hand_in.words()}
            self._pages["handin"] = (
                host.View(
                    spec,
                    self._hand_in.state(),
                    self._hand_in.act,
                    lambda state: still(state, self.lang),
                ),
                self._hand_in.state,
            )
        self._follow()
        return self._pages["handin"][0]

    def _exercise(self, name):
        exercises = self.chapter.exercises
        if name not in exercises:
            raise CourseError(
                text(
                    "lesson.unknown",
                    self.lang,
                    id=name,
                    lesson=self.chapter.slug,
                    known=", ".join(exercises),
                )
            )
        return exercises[name]

    def _state(self, exercise, error=None):
        from course.widgets import card

        record, waits = self.record, self.record.unsaved.get(exercise.id)
        kept, values = record.on_screen(exercise.id), record.values(exercise)
        state = card.state(
            exercise,
            kept,
            record.latest(exercise),
            record.result(exercise),
            record.key(exercise, kept.draw) if kept.answer is not None or kept.shown else {},
            self.lang,
            values,
            error,
            (record.of(f"guess:{exercise.id}").answer or {}).get("guess"),
        )
        state["about"] = self._about(exercise, values)
        return card.unsaved(state, waits.reason, self.lang) if waits else state

    def _about(self, exercise, values, student=""):
        """Name what an answer is about, the same in both languages: the exercise, and the numbers in it."""
        whose = (
            hashlib.sha256(json.dumps(values).encode()).hexdigest()[:12]
            if exercise.drawn
            else student
        )
        return "/".join((self.chapter.slug, exercise.id, exercise.kind.name, whose))

    def _may(self, exercise):
        """What the rules of attempts allow now."""
        from course.widgets import card

        kept, record = self.record.on_screen(exercise.id), self.record
        stands = card.now(kept, record.latest(exercise), record.result(exercise))
        return attempt.may(attempt.rules(exercise), stands)

    def _refused(self, exercise, answer):
        """Return the sentence that says why a value handed over is not kept, or ``None``."""
        return None if _sound(answer) else text("invalid.too-large", self.lang)

    def _judge(self, exercise, answer):
        """What an answer is worth, as far as this machine may know."""
        return self.record.score(exercise, answer, self.record.of(exercise.id).draw) or Score(
            "unattempted"
        )

    def _hold(self, exercise, answer):
        """Return the sentence for an answer that is no attempt yet, or ``None``."""
        judged = self._judge(exercise, answer)
        if judged.state == "unattempted":
            return text("card.empty", self.lang)
        if judged.state == "invalid":
            return text(f"invalid.{judged.reason}", self.lang)
        return self._guess(exercise, answer)

    def _guess(self, exercise, answer):
        """Practice marks a whole answer, and one that says something."""
        if reason := exercise.kind.refused(exercise.raw, answer):
            return text(f"invalid.{reason}", self.lang)
        open_rows = exercise.kind.unfilled(exercise.raw, answer)
        return text("say.rows_left", self.lang, n=len(open_rows)) if open_rows else None

    def _act(self, exercise, message):
        """Answer one message of the browser; it is data, so anything unexpected changes nothing."""
        self.record.refresh()
        act, answer = message.get("act"), message.get("answer")
        if not _sound(answer):
            return self._state(exercise, text("card.too_long", self.lang))
        if exercise.drawn:
            about = self._state(exercise)["about"]
            if message.get("about", about) != about:
                return self._state(exercise)  # it answers other numbers
        if act in ("check", "draft") and exercise.kind.computed:
            return self._state(exercise)
        kept, may, error = self.record.of(exercise.id), self._may(exercise), None
        if act == "check" and (hold := self._hold(exercise, answer)):
            error = self._draft(exercise, answer) or hold
            open_rows = exercise.kind.unfilled(exercise.raw, answer)
            return self._state(exercise, error) | {"open": open_rows, "calm": error == hold}
        if act == "check" and answer == kept.answer and kept.draft is None:
            self.record.unsaved.pop(exercise.id, None)  # back to what is on the disk
        elif act == "check" and may.answer:
            error = self.record.write(exercise.id, "answer", answer, self.lang)
        elif act == "draft":
            error = self._draft(exercise, answer)
        elif act == "hint" and may.hint:
            error = self.record.write(exercise.id, "hint", kept.hints, self.lang)
        elif act == "solution" and may.solution:
            error = self.record.write(exercise.id, "shown", None, self.lang)
        elif act == "reset" and may.reset:
            error = self.record.write(exercise.id, "reset", None, self.lang)
        return self._state(exercise, error)

    def _draft(self, exercise, answer):
        """Keep what is typed; the sentence that says why it could not be kept, or ``None``."""
        kept = self.record.of(exercise.id)
        written = kept.answer if kept.draft is None else kept.draft
        if answer == written or (written is None and not answer):
            self.record.unsaved.pop(exercise.id, None)
            return None
        return self.record.write(exercise.id, "draft", answer, self.lang)


def _sound(answer):
    try:
        return len(json.dumps(answer, ensure_ascii=False, allow_nan=False)) <= LONGEST
    except (TypeError, ValueError, RecursionError):
        return False
