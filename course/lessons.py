"""One lesson in one language: joins its exercises, the kept answers, and what the learner sees."""

import json
import re
from datetime import datetime, timedelta
from functools import cache
from html import escape

from course import paths
from course.answers import Journal, JournalError, Kept, learner_seed, replay
from course.exercises import BY_PERSON, chapter, chapters, draw, key
from course.scoring import Score, score
from course.texts import LANGS, text

LONGEST = 50_000
DUE_AFTER = timedelta(days=14)
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


class Record:
    """What one learner has done in one lesson: the journal, replayed, and each exercise's best result.

    Parameters
    ----------
    chapter : course.exercises.Chapter
    folder : pathlib.Path
        Where the journals are.
    values : callable, optional
        ``values(exercise, draw)`` gives the drawn numbers; by default those of the learner's own seed.
    """

    def __init__(self, chapter, folder, values=None):
        self.chapter, self.folder = chapter, folder
        self._values = values or (lambda exercise, attempt: draw(exercise, seed(str(folder)), attempt))
        self.journal = Journal(folder / f"{chapter.slug}.jsonl")
        self.generation = None
        self.refresh()

    def refresh(self):
        """Take in what any kernel has written since; a file put in another's place is read anew."""
        try:
            events = self.journal.refresh()
        except JournalError:
            events = []  # the next act that cannot be saved says why
        if self.generation != self.journal.generation:
            self.kept, self.past, self.generation = {}, {}, self.journal.generation
        for event in events:
            self.take(event)

    def take(self, event):
        """Replay one event; the answer that a reset sets aside still counts as done."""
        before = self.of(event["x"])
        if event["e"] == "reset" and before.answer is not None:
            self.past.setdefault(event["x"], []).append((before.answer, before.draw))
        replay(self.kept, event)

    def of(self, name):
        return self.kept.get(name, Kept())

    def write(self, name, event, answer=None, lang="uk"):
        """Append one event; returns the sentence that says why it was not saved, or ``None``."""
        exercise, kept = self.chapter.exercises.get(name), self.of(name)
        try:
            self.journal.append(name, event, answer, lang=lang, digest=exercise and exercise.digest, draw=kept.draw)
        except JournalError as error:
            # The act still counts on screen; only the file does not have it.
            self.take({"x": name, "e": event, "a": answer, "n": kept.draw, "lang": lang, "t": None, "d": None})
            return text(f"journal.{error.reason}", lang, path=str(error.path))
        self.refresh()
        return None

    def values(self, exercise, attempt=None):
        return self._values(exercise, attempt or self.of(exercise.id).draw) if exercise.drawn else {}

    def score(self, exercise, answer, attempt):
        if answer is None:
            return None
        return score(exercise.kind, key(exercise, self.values(exercise, attempt)), answer, exercise.points)

    def best(self, exercise):
        """Return ``(done, fraction)``: whether it was ever answered, and the best share of points."""
        kept = self.of(exercise.id)
        tries = [*self.past.get(exercise.id, ()), (kept.answer, kept.draw)]
        scores = [self.score(exercise, answer, attempt) for answer, attempt in tries if answer is not None]
        scores = [found for found in scores if found and found.state not in ("unattempted", "invalid")]
        return bool(scores), max((found.fraction for found in scores), default=0.0)

    def due(self, exercise, now):
        """Whether it is worth doing again: not right yet, or answered long ago (a convention of the course)."""
        done, fraction = self.best(exercise)
        if not done or exercise.kind in BY_PERSON:
            return False
        time = self.of(exercise.id).time
        return fraction < 1 or bool(time and now - datetime.fromisoformat(time) > DUE_AFTER)


@cache
def seed(folder):
    """Return the learner's seed; a folder that cannot be written gets the same numbers for everybody."""
    try:
        return learner_seed(paths.Path(folder))
    except JournalError:
        return "unkept"


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
            raise CourseError(f"course.lesson(\"{name}\", \"{lang}\"): uk / ru?")
        if not re.fullmatch("[a-z-]+", str(name)) or chapter(name) is None:
            raise CourseError(text("lesson.no_lesson", lang, name=name, known=", ".join(chapters())))
        self.lang, self.chapter = lang, chapter(name)
        self.number, self.title = self.chapter.number, self.chapter.title[lang]
        self._open(paths.answers())

    def _open(self, folder):
        self._cards, self.record = {}, self._record(folder)
        if self.record.journal.faults:
            lines = ", ".join(str(fault.line) for fault in self.record.journal.faults)
            print(text("journal.faults", self.lang, path=self.record.journal.path, lines=lines))

    def _record(self, folder):
        return Record(self.chapter, folder)

    def __repr__(self):
        return text("lesson.open", self.lang, number=self.number, title=self.title, path=self.record.folder)

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

            self._cards[name] = host.View(card.spec(exercise, self.lang, self.main), self._state(exercise),
                                          lambda message: self._act(exercise, message),
                                          fallback.exercise(exercise, self.lang)[1])
        else:
            self._cards[name].state = self._state(exercise)
        return self._cards[name]

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
        if exercise.kind != "value":
            raise CourseError(text("lesson.not_value", self.lang, id=name))
        error = None
        if value is not ...:
            from course.truths import plain

            answer = plain(value)
            error = self._refused(exercise, answer)
            # Running all cells again hands over the same value; that is no new attempt.
            if error is None and answer != self.record.of(name).answer and self._state(exercise)["left"]:
                error = self.record.write(name, "answer", answer, self.lang)
        view = self.exercise(name)
        if error:
            view.state = self._state(exercise, error)
        return view

    def instrument(self, name):
        """Show an instrument, set as the learner left it."""
        from course import instruments
        from course.widgets import panel

        known = instruments.names()
        if name not in known:
            raise CourseError(text("lesson.no_instrument", self.lang, name=name, known=", ".join(known)))
        declared, slot = instruments.find(name), f"instrument:{name}"
        return panel.Panel(
            declared.spec(self.lang), declared.cases, declared.start,
            lambda values: declared.look(values, self.lang), self.record.of(slot).answer,
            lambda kept: self.record.write(slot, "set", kept, self.lang))

    def figure(self, name):
        """Show one of the lesson's own pictures, as ``figures.toml`` describes it."""
        from course import pictures
        from course.widgets import fallback

        entries = pictures.read(self.chapter.folder / "figures.toml")
        if name not in entries:
            known = ", ".join(entries) or "–"
            raise CourseError(text("lesson.no_figure", self.lang, id=name, lesson=self.chapter.slug, known=known))
        return Page(*fallback.live_figure(pictures.figure(entries[name], self.lang), self.lang))

    def data(self, name):
        """Return one of the course's data sets as a ``pandas.DataFrame``."""
        from course import datasets

        if name not in datasets.names():
            raise CourseError(text("lesson.no_data", self.lang, name=name, known=", ".join(datasets.names())))
        try:
            return datasets.load(name)
        except datasets.DatasetError as error:
            raise CourseError(str(error)) from None

    def progress(self):
        """Show what is done, right and due: in this lesson by outcome, on the start page by lesson."""
        from course import progress

        records = [Record(one, self.record.folder) for one in chapters().values()]
        return Page(*progress.page(self.chapter, records, self.lang, datetime.now().astimezone()))

    def plan(self):
        """Show the value plan kept from lesson 3."""
        source = chapter(PLAN[0])
        record = self.record if source is self.chapter else Record(source, self.record.folder)
        exercise, answer = source.exercises[PLAN[1]], record.of(PLAN[1])
        texts = answer.draft if answer.draft is not None else answer.answer
        if not isinstance(texts, dict) or not any(texts.values()):
            words = text("plan.none", self.lang)
            return Page(f"<p>{escape(words)}</p>", words)
        rows = [
            (tile["title"][self.lang], str(texts.get(tile["id"]) or text("plan.empty", self.lang)))
            for tile in exercise["tile"]
        ]
        html = "".join(f"<dt><strong>{escape(title)}</strong></dt><dd>{escape(words)}</dd>" for title, words in rows)
        title = text("plan.title", self.lang)
        return Page(f'<div lang="{self.lang}"><h4>{escape(title)}</h4><dl>{html}</dl></div>',
                    "\n".join([title, *(f"{name} {words}" for name, words in rows)]))

    def export(self):
        """Write the lesson's written answers to one Markdown file to hand in, and say where it is."""
        self.record.refresh()
        lines = ["# " + text("export.title", self.lang, number=self.number, title=self.title), ""]
        for exercise in self.chapter.exercises.values():
            if exercise.kind in BY_PERSON:
                lines += [f"## {exercise.say('prompt', self.lang)}", "", *self._written(exercise)]
        lines.append(text("export.made", self.lang, time=datetime.now().strftime("%d.%m.%Y %H:%M")))
        path = self.record.folder.parent / "hand-in" / f"{self.chapter.folder.name}-{self.lang}.md"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("\n".join(lines) + "\n", "utf-8")
        except OSError:
            raise CourseError(text("export.failed", self.lang, path=path)) from None
        said = text("export.done", self.lang, path=path, name=path.name, stem=path.stem)
        return Page(f"<p>{escape(said)}</p>", said)

    def _written(self, exercise):
        kept = self.record.of(exercise.id)
        answer = kept.draft if kept.draft is not None else kept.answer
        if not answer:
            return [f"*{text('export.unanswered', self.lang)}*", ""]
        if exercise.kind == "text":
            return [markdown(str(answer)), ""]
        parts = [
            (tile["title"][self.lang], answer.get(tile["id"]) if isinstance(answer, dict) else None)
            for tile in exercise["tile"]
        ]
        return [
            line
            for title, words in parts
            for line in (
                f"### {title}",
                "",
                markdown(str(words)) if words else f"*{text('plan.empty', self.lang)}*",
                "",
            )
        ]

    def _exercise(self, name):
        exercises = self.chapter.exercises
        if name not in exercises:
            raise CourseError(
                text("lesson.unknown", self.lang, id=name, lesson=self.chapter.slug, known=", ".join(exercises))
            )
        return exercises[name]

    def _state(self, exercise, error=None):
        from course.widgets import card

        kept = self.record.of(exercise.id)
        values = self.record.values(exercise)
        found = self.record.score(exercise, kept.answer, kept.draw)
        made = key(exercise, values) if kept.shown else None
        return card.state(exercise, kept, found, self.lang, values, made, error)

    def _refused(self, exercise, answer):
        """Return the sentence that says why a value handed over is not kept, or ``None``."""
        return None if _sound(answer) else text("invalid.too-large", self.lang)

    def _judge(self, exercise, answer, kept):
        return self.record.score(exercise, answer, kept.draw) or Score("unattempted")

    def _act(self, exercise, message):
        """Answer one message of the browser; it is data, so anything unexpected changes nothing."""
        self.record.refresh()
        kept, act, answer = self.record.of(exercise.id), message.get("act"), message.get("answer")
        now, error = self._state(exercise), None
        if not _sound(answer):
            act = None
        if act == "check" and exercise.kind != "value":
            judged = self._judge(exercise, answer, kept)
            if judged.state == "unattempted":
                error = text("card.empty", self.lang)
            elif judged.state == "invalid":
                # What cannot be read costs no attempt.
                error = self.record.write(exercise.id, "draft", answer, self.lang) or text(
                    f"invalid.{judged.reason}", self.lang
                )
            elif now["left"] and (answer != kept.answer or kept.draft is not None):
                error = self.record.write(exercise.id, "answer", answer, self.lang)
        elif act == "draft" and exercise.kind != "value":
            if answer != now["answer"] and not (kept.answer is None and not answer and kept.draft is None):
                error = self.record.write(exercise.id, "draft", answer, self.lang)
        elif act == "hint" and now["can_hint"]:
            error = self.record.write(exercise.id, "hint", kept.hints, self.lang)
        elif act == "solution" and now["can_solve"]:
            error = self.record.write(exercise.id, "shown", None, self.lang)
        elif act == "reset" and now["can_reset"]:
            error = self.record.write(exercise.id, "reset", None, self.lang)
        return self._state(exercise, error)


def _sound(answer):
    try:
        return len(json.dumps(answer, ensure_ascii=False, allow_nan=False)) <= LONGEST
    except (TypeError, ValueError, RecursionError):
        return False


def markdown(words):
    r"""Escape what a learner typed, so that Markdown shows it as typed.

    Examples
    --------
    >>> markdown("# <b>5*5</b>")
    '\\# \\<b\\>5\\*5\\</b\\>'
    """
    return re.sub(r"([\\`*_{}\[\]<>#|~$^])", r"\\\1", words)
