"""One lesson in one language: joins its exercises, the kept answers, and what the learner sees."""

import hashlib
import json
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING, Any

from course import (
    attempt,
    browser,
    certificate,
    handin,
    paths,
    plots,
    programme,
    progress,
    review,
    slips,
)
from course.answers import Kept, moment
from course.attempt import Result
from course.exercises import Chapter, Exercise, Values, chapter, chapters
from course.kinds import Score
from course.record import Record
from course.review import Item
from course.texts import LANGS, text
from course.widgets import card
from course.widgets.card import State

if TYPE_CHECKING:
    import pandas as pd

    from course.widgets.host import View
    from course.widgets.panel import Panel

LONGEST = 50_000
PLAN = ("value-plan", "value-plan")
REVIEW = "review"  # the name of what is asked again, in the journal of the lesson that asks
Message = dict[str, Any]  # from the browser: data, so anything unexpected changes nothing
Act = Callable[[Message], State | None]  # answers one message with the next state
Still = Callable[[State], tuple[str, str]]  # gives HTML and plain text of a state


class CourseError(Exception):
    """A mistake the learner can mend; notebooks show its sentence, without a traceback."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


@dataclass(frozen=True)
class Page:
    """A piece of HTML with its plain twin, shown as a cell's output."""

    html: str
    plain: str

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"text/html": self.html, "text/plain": self.plain}


@dataclass(frozen=True)
class Cards:
    """Several cards of one cell, each with its own twin for where nothing runs."""

    views: "list[View]"

    def _ipython_display_(self) -> None:
        for view in self.views:
            view._ipython_display_()


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

    graded = False
    record: Record

    def __init__(self, name: str, lang: str) -> None:
        if lang not in LANGS:
            raise CourseError(f'course.lesson("{name}", "{lang}"): uk / ru?')
        known = chapter(name) if re.fullmatch("[a-z-]+", str(name)) else None
        if known is None:
            raise CourseError(
                text("lesson.no_lesson", lang, name=name, known=", ".join(chapters()))
            )
        self._open(Record(known, paths.answers()), lang)

    def _open(self, record: Record, lang: str) -> None:
        self.record, self.chapter, self.lang = record, record.chapter, lang
        self.number, self.title = self.chapter.number, self.chapter.title[lang]
        self._records = {self.chapter.slug: record}
        self._cards: dict[str, View] = {}
        self._pages: dict[str, tuple[View, Callable[[], State]]] = {}  # they follow every answer
        self._asked: list[str] = []  # of earlier lessons, as «lesson/exercise»
        self._hand_in: handin.HandIn | None = None
        self._lost: dict[str, str] = {}  # why the last run of a cell handed nothing over
        self._runs: dict[str, int | None] = {}  # which run of a cell handed over last
        slips.install(self)
        browser.install(lang)
        plots.install(lang)
        if record.journal.faults:
            lines = ", ".join(str(fault.line) for fault in record.journal.faults)
            print(text("journal.faults", lang, path=record.journal.path, lines=lines))

    def __repr__(self) -> str:
        return text(
            "lesson.open", self.lang, number=self.number, title=self.title, path=self.record.folder
        )

    def exercise(self, name: str) -> "View":
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
        return self._card(
            exercise,
            card.spec(exercise, self.lang, "save" if self.graded else None),
            self._state(exercise),
            lambda message: self._react(exercise, message),
        )

    def guess(self, name: str) -> "View":
        """Ask an exercise before the theory; the answer is shown again beside the one at the end.

        Parameters
        ----------
        name : str
            Id of an exercise that `exercise` shows later.
        """
        exercise, slot = self._exercise(name), f"guess:{name}"
        self.record.refresh()
        meta = text("card.guess", self.lang)
        return self._card(
            exercise,
            card.spec(exercise, self.lang, "keep") | {"id": slot, "meta": meta},
            self._guess_state(exercise, slot),
            lambda message: self._remember(exercise, slot, message),
        )

    def review(self) -> "Cards | Page":
        """Ask exercises of earlier lessons again: what is due first, by FSRS, then what soon is.

        A card is empty until it is answered here; from the first answer on the same cards stay for
        half a day. The start page asks only what is due, of all lessons, and goes on until nothing
        is.

        Returns
        -------
        Cards or Page
            A sentence where nothing was answered in any earlier lesson.
        """
        start, now = self.chapter.number == 0, datetime.now(UTC)
        earlier = [each for each in chapters().values() if start or 0 < each.number < self.number]
        records = {record.chapter.slug: record for record in self._others(earlier)}
        self.record.refresh()
        began, kept = self._sitting()
        chosen = [
            (records[slug], records[slug].chapter.exercises[name])
            for slug, _, name in (each.partition("/") for each in kept)
            if slug in records and name in records[slug].chapter.exercises
        ]
        answered = review.items(records.values(), now)
        if start and all(_tried(record, exercise, began) for record, exercise in chosen):
            due = [item for item in answered if item.due(now)]
            chosen = [(item.record, item.exercise) for item in review.first(due)] or chosen
        elif not chosen:
            chosen = [(item.record, item.exercise) for item in review.first(answered)]
        if not chosen and not start:
            words = text("review.none", self.lang)
            return Page(f'<p lang="{self.lang}">{escape(words)}</p>', words)
        self._asked = [f"{record.chapter.slug}/{exercise.id}" for record, exercise in chosen]
        cards = [Again(record, self).exercise(exercise.id) for record, exercise in chosen]
        return Cards([self._agenda(), *cards] if start else cards)

    def _sitting(self) -> tuple[str, list[str]]:
        """Return since when (UTC, empty: not yet) which cards of earlier lessons are asked."""
        began, cards = self.record.of(REVIEW).time, self.record.settings(REVIEW).get("cards")
        time = moment(began) if began else None
        if not began or not time or datetime.now(UTC) - time > review.SITTING:
            return "", []
        return began, list(map(str, cards)) if isinstance(cards, list) else []

    def _agenda(self) -> "View":
        """Show what is due today, by lesson and by concept."""
        return self._strip("agenda", lambda: progress.agenda(self._answered(), *self._moment()))

    def _answered(self) -> list[Item]:
        """Return what of the whole course was answered and can be asked again."""
        return review.items(self._others(chapters().values()), datetime.now(UTC))

    def _moment(self) -> tuple[str, datetime]:
        return self.lang, datetime.now(UTC)

    def _card(self, exercise: Exercise, spec: State, state: State, act: Act) -> "View":
        from course.widgets import fallback

        return self._view(
            spec, state, act, lambda now: fallback.exercise(exercise, self.lang, now["prompt"])
        )

    def _view(self, spec: State, state: State, act: Act, still: Still) -> "View":
        """Show a card as it stands now; it is made at first use."""
        from course.widgets import host

        name = spec["id"]
        if name in self._cards:
            self._cards[name].state = state
        else:
            self._cards[name] = host.View(spec, state, act, still)
        return self._cards[name]

    def _guess_state(self, exercise: Exercise, slot: str, error: str | None = None) -> State:
        kept, waits = self.record.of(slot), self.record.unsaved.get(slot)
        answer = (waits.answer if waits else self.record.settings(slot)).get("guess")
        values = self.record.values(exercise)
        state = card.guess(exercise, answer, kept.time, self.lang, values, error)
        return self._waiting(slot, state | {"about": f"{self.chapter.slug}/{slot}"})

    def _remember(self, exercise: Exercise, slot: str, message: Message) -> State | None:
        self.record.refresh()
        if message.get("act") != "check":
            return None
        answer, error = message.get("answer"), None
        if _sound(answer):
            readable = self._judge(exercise, answer).state not in ("unattempted", "invalid")
            error = None if readable else text("card.empty", self.lang)
            error = error or self.record.write(slot, "set", {"guess": answer}, self.lang)
            if exercise.id in self._cards:
                self._cards[exercise.id].state = self._state(exercise)
        return self._guess_state(exercise, slot, error)

    def check(self, name: str, value: object) -> "View":
        """Hand over a value computed in code, and show what is right about it.

        Parameters
        ----------
        name : str
            Id of an exercise of kind ``value``.
        value : number, pandas.Series or pandas.DataFrame
            ``...`` stands for «not computed yet».
        """
        exercise, error = self._exercise(name), None
        if not exercise.kind.computed:
            raise CourseError(text("lesson.not_value", self.lang, name=name))
        self._lost.pop(name, None)
        self._runs[name] = slips.run()
        if value is not ...:
            from course.truths import plain

            answer = plain(value)
            if error := self._refused(exercise, answer):
                self._lost[name] = error
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

    def stopped(self, name: str) -> "View":
        """Show an exercise whose cell ended in an error; a verdict stands only for its own run.

        Parameters
        ----------
        name : str
            Its id.
        """
        if self._exercise(name).kind.computed and self._runs.get(name, -1) != slips.run():
            self._lost[name] = text("say.stopped", self.lang)
        return self.exercise(name)

    def instrument(self, name: str) -> "Panel":
        """Show an instrument, set as the learner left it."""
        from course import instruments
        from course.widgets import panel

        self._need("no_instrument", name, instruments.names())
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

    def figure(self, name: str) -> Page:
        """Show one of the lesson's own pictures, as ``figures.toml`` describes it."""
        from course import pictures
        from course.widgets import fallback

        entries = pictures.read(self.chapter.folder / "figures.toml")
        self._need("no_figure", name, entries)
        return Page(*fallback.live_figure(pictures.figure(entries[name], self.lang), self.lang))

    def data(self, name: str) -> "pd.DataFrame":
        """Return one of the course's data sets as a ``pandas.DataFrame``."""
        from course import datasets

        self._need("no_data", name, datasets.names())
        try:
            drawn = self._drawn(datasets.shared(name))
            if drawn is None:
                return datasets.load(name)
            if not drawn:  # nobody has said yet whose numbers these are
                print(text("assignment.name_first", self.lang))
            return datasets.own(name, drawn)
        except datasets.DatasetError as error:
            raise CourseError(str(error)) from None

    def _drawn(self, group: str | None) -> Values | None:
        """Return what the learner drew for exercises that share it; None where none of them is."""
        exercises = self.chapter.exercises.values()
        sharing = (each for each in exercises if group and each.get("shared") == group)
        exercise = next(sharing, None)
        return self.record.values(exercise) if exercise else None

    def firm(self) -> Page:
        """Tell of the firm that the learner drew, for which the exercises here are."""
        sharing = (each for each in self.chapter.exercises.values() if each.get("shared"))
        homes = ((each, chapter(each.lesson)) for each in sharing)
        stories = ((each, home.shared.get(each["shared"])) for each, home in homes if home)
        exercise, known = next(
            (pair for pair in stories if pair[1] and pair[1].story), (None, None)
        )
        if exercise is None or known is None:
            raise CourseError(text("lesson.no_firm", self.lang, lesson=self.chapter.slug))
        values = self.record.values(exercise)
        said = (
            known.tells(values, self.lang) if values else text("assignment.name_first", self.lang)
        )
        paragraphs = said.split("\n")
        html = "".join(f"<p>{escape(words)}</p>" for words in paragraphs)
        return Page(f'<div lang="{self.lang}">{html}</div>', said)

    def today(self) -> "View":
        """Show in three lines where I am, what is next, and what is due today.

        Returns
        -------
        course.widgets.host.View
            It follows every answer, and looks again whenever it is seen.
        """

        def state() -> State:
            listed = self._counted()
            return progress.brief(self.chapter, listed, self._answered(), *self._moment())

        return self._strip("today", state)

    def progress(self) -> "View":
        """Show what is done, what is next, what to repeat, and how firmly it is learned.

        Of this lesson, or of all on the start page.

        Returns
        -------
        course.widgets.host.View
            It follows every answer, and looks again whenever it is seen.
        """
        return self._strip(
            "progress",
            lambda: progress.standing(self.chapter, self._counted(), *self._moment()),
        )

    def programme(self) -> "View":
        """Show what of the annual programme stands, and how many points it has so far.

        Returns
        -------
        course.widgets.host.View
            It follows every answer, and looks again whenever it is seen.
        """
        return self._strip("programme", lambda: programme.state(self.record, self.lang))

    def certificate(self) -> "View":
        """Show what was done in the course, and a button that writes it as a page to print."""
        records = self._others(chapters().values())
        page = certificate.Certificate(self.record, self.lang, records)
        return self._page("handin", "certificate", page.words(), page.state, page.act, handin.still)

    def _strip(self, name: str, state: Callable[[], State]) -> "View":
        words = (
            "next",
            "missed_lead",
            "due_lead",
            "due_rule",
            "concepts",
            "mastery_rule",
            "asleep",
        )
        return self._page(
            "strip",
            name,
            {word: text(f"progress.{word}", self.lang) for word in words},
            state,
            lambda message: state() if message.get("act") == "refresh" else None,
            progress.still,
        )

    def _page(
        self,
        view: str,
        name: str,
        words: dict[str, str],
        state: Callable[[], State],
        act: Act,
        still: Callable[[State, str], tuple[str, str]],
    ) -> "View":
        """Show a page that follows every answer; it is made at first use."""
        from course.widgets import host

        if name not in self._pages:
            spec = {"view": view, "name": name, "lang": self.lang, "words": words}
            page = host.View(spec, state(), act, lambda now: still(now, self.lang))
            self._pages[name] = page, state
        self._follow()
        return self._pages[name][0]

    def _follow(self) -> None:
        """Let the strip of progress and the hand-in show what has changed."""
        for view, state in self._pages.values():
            view.state = state()

    def _counted(self) -> list[Record]:
        """Return what a strip counts: this lesson, or on the start page all of them."""
        return self._others(chapters().values() if self.chapter.number == 0 else [self.chapter])

    def _others(self, shown: Collection[Chapter]) -> list[Record]:
        """Return what the learner has done in these lessons, this one or others."""
        for each in shown:
            if each.slug in self._records:
                self._records[each.slug].refresh()
            else:
                self._records[each.slug] = Record(each, self.record.folder)
        return [self._records[each.slug] for each in shown]

    def _react(self, exercise: Exercise, message: Message) -> State:
        """Answer one message of a card, and let the other views follow."""
        state = self._act(exercise, message)
        self._follow()
        return state

    def plan(self) -> Page:
        """Show the value plan kept from lesson 3."""
        source = chapters()[PLAN[0]]
        exercise, [record] = source.exercises[PLAN[1]], self._others([source])
        texts = record.on_screen(PLAN[1]).written
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

    def export(self, name: str | None = None) -> "View | Page":
        """Hand in: show what is written and what is empty, and a button that writes the files.

        Parameters
        ----------
        name : str, optional
            The learner's; with it the files are written at once, which needs no button.

        Returns
        -------
        course.widgets.host.View or Page
        """
        if self._hand_in is None:
            self._hand_in = handin.HandIn(self.record, self.lang, self._others(chapters().values()))
        self.record.refresh()
        if name is None:
            page = self._hand_in
            return self._page("handin", "handin", page.words(), page.state, page.act, handin.still)
        if error := self._hand_in.write(str(name)):
            raise CourseError(error)
        self._follow()
        return Page(*handin.still(self._hand_in.state(), self.lang))

    def _exercise(self, name: str) -> Exercise:
        self._need("unknown", name, self.chapter.exercises)
        return self.chapter.exercises[name]

    def _need(self, key: str, name: str, names: Collection[str]) -> None:
        """Raise the sentence that says what there is, unless there is what is named."""
        if name not in names:
            known, lesson = ", ".join(names) or "–", self.chapter.slug
            raise CourseError(
                text(f"lesson.{key}", self.lang, name=name, lesson=lesson, known=known)
            )

    def _state(self, exercise: Exercise, error: str | None = None) -> State:
        record = self.record
        kept, values = record.on_screen(exercise.id), record.values(exercise)
        lost = exercise.id in self._lost
        state = card.state(
            exercise,
            replace(kept, answer=None, draft=None) if lost else kept,
            None if lost else record.latest(exercise),
            self._best(exercise),
            record.key(exercise, kept.draw) if kept.answer is not None or kept.shown else {},
            self.lang,
            values,
            error,
            record.settings(f"guess:{exercise.id}").get("guess"),
        )
        return self._waiting(exercise.id, state | {"about": self._about(exercise, values)})

    def _waiting(self, name: str, state: State) -> State:
        """Return a state that says so when its answer is not on the disk, or never came."""
        waits = self.record.unsaved.get(name)
        if name in self._lost:
            exercise, best = self.chapter.exercises[name], None
            if not self.graded:
                best = self.record.result(exercise)
            earlier = self.record.of(name).answer
            return card.lost(state, self._lost[name], exercise, earlier, best, self.lang)
        return card.unsaved(state, waits.reason, self.lang) if waits else state

    def _about(self, exercise: Exercise, values: Values, student: str = "") -> str:
        """Name what an answer is about, alike in both languages: an exercise with its numbers."""
        whose = student
        if exercise.tied:
            whose = hashlib.sha256(json.dumps(values).encode()).hexdigest()[:12]
        return "/".join((self.chapter.slug, exercise.id, exercise.kind.name, whose))

    def _may(self, exercise: Exercise) -> attempt.May:
        """Return what the rules of attempts allow now."""
        kept, record = self.record.on_screen(exercise.id), self.record
        stands = card.now(kept, record.latest(exercise), self._best(exercise))
        return attempt.may(attempt.rules(exercise, self.graded), stands)

    def _best(self, exercise: Exercise) -> Result:
        """Return what counts of all answers."""
        return self.record.result(exercise)

    def _refused(self, exercise: Exercise, answer: object) -> str | None:
        """Return the sentence that says why a value handed over is not kept, or ``None``."""
        if not _sound(answer):
            return text("invalid.too-large", self.lang)
        judged = self._judge(exercise, answer)
        # A lesson keeps what is neither a number nor a table: its score says what is wrong.
        invalid = self.graded and judged.state == "invalid"
        if not invalid:
            return None
        return exercise.kind.unreadable(str(judged.reason), answer, {}, self.lang)

    def _judge(self, exercise: Exercise, answer: object) -> Score:
        """Return what an answer is worth, as far as this machine may know."""
        number = self.record.of(exercise.id).draw
        return self.record.score(exercise, answer, number) or Score("unattempted")

    def _hold(self, exercise: Exercise, answer: object) -> str | None:
        """Return the sentence for an answer that is no attempt yet, or ``None``."""
        judged = self._judge(exercise, answer)
        if judged.state == "unattempted":
            return text("card.empty", self.lang)
        if judged.state == "invalid":
            return text(f"invalid.{judged.reason}", self.lang)
        if self.graded:
            return None  # whatever can be read may be handed in
        # Practice marks a whole answer, and one that says something.
        if reason := exercise.kind.refused(exercise.raw, answer):
            return text(f"invalid.{reason}", self.lang)
        open_rows = exercise.kind.unfilled(exercise.raw, answer)
        return text("say.rows_left", self.lang, n=len(open_rows)) if open_rows else None

    def _act(self, exercise: Exercise, message: Message) -> State:
        """Answer one message of a card."""
        self.record.refresh()
        act, answer = message.get("act"), message.get("answer")
        if not _sound(answer):
            return self._state(exercise, text("card.too_long", self.lang))
        if exercise.tied:
            about = self._about(exercise, self.record.values(exercise))
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

    def _draft(self, exercise: Exercise, answer: object) -> str | None:
        """Keep what is typed; the sentence that says why it could not be kept, or ``None``."""
        written = self.record.of(exercise.id).written
        if answer == written or (written is None and not answer):
            self.record.unsaved.pop(exercise.id, None)
            return None
        return self.record.write(exercise.id, "draft", answer, self.lang)


class Again(Lesson):
    """An earlier lesson, some of whose exercises another lesson asks again.

    Parameters
    ----------
    record : course.record.Record
        Of the earlier lesson: there every answer is kept.
    host : Lesson
        The lesson that asks.
    """

    def __init__(self, record: Record, host: Lesson) -> None:
        self.record, self.chapter, self.lang = record, record.chapter, host.lang
        self._host = host
        self._cards, self._pages, self._lost = host._cards, host._pages, {}

    def exercise(self, name: str) -> "View":
        """Show one exercise, empty until it is answered in this sitting."""
        exercise = self._exercise(name)
        slug = self.chapter.slug
        spec = card.spec(exercise, self.lang)
        own = {"id": f"{REVIEW}:{slug}:{name}", "book": self.chapter.notebook}
        meta = self.chapter.title[self.lang]
        if self.chapter.number:
            meta = text("review.meta", self.lang, number=self.chapter.number, title=meta)
        return self._card(
            exercise,
            spec | own | {"meta": f"{meta} · {spec['meta']}"},
            self._state(exercise),
            lambda message: self._react(exercise, message),
        )

    def _about(self, exercise: Exercise, values: Values, student: str = "") -> str:
        return super()._about(exercise, values, student) + "/" + REVIEW

    def _began(self) -> str:
        """Return since when the cards are asked that the page shows; empty: not yet."""
        began, cards = self._host._sitting()
        return began if cards == self._host._asked else ""

    def _best(self, exercise: Exercise) -> Result:
        """Return what counts here: what was right long ago closes no hint of today."""
        return self.record.recent(exercise)

    def _fresh(self, exercise: Exercise) -> bool:
        """Tell whether nothing was done with an exercise in this sitting."""
        began, kept = self._began(), self.record.of(exercise.id)
        done = began and (kept.time or "") >= began
        return not done and exercise.id not in self.record.unsaved

    def _state(self, exercise: Exercise, error: str | None = None) -> State:
        if not self._fresh(exercise):
            return super()._state(exercise, error)
        kept = self.record.of(exercise.id)
        values = self.record.values(exercise, kept.draw + _touched(kept))
        shown = card.state(exercise, Kept(), None, Result(), {}, self.lang, values, error)
        return shown | {"about": self._about(exercise, values)}

    def _act(self, exercise: Exercise, message: Message) -> State:
        self.record.refresh()
        self._host.record.refresh()
        act, answer = message.get("act"), message.get("answer")
        if not self._fresh(exercise) or not _sound(answer):
            return super()._act(exercise, message)
        hold = self._hold(exercise, answer) if act == "check" else None
        if hold or act not in ("check", "hint", "draft") or (act == "draft" and not answer):
            return self._state(exercise, hold) | {"answer": answer, "calm": True}
        error = None
        if not self._began():
            cards = {"cards": self._host._asked}
            error = self._host.record.write(REVIEW, "set", cards, self.lang)
        if not error and _touched(self.record.of(exercise.id)):
            error = self.record.write(exercise.id, "reset", None, self.lang)
        if error:
            return card.unsaved(self._state(exercise) | {"answer": answer}, error, self.lang)
        return super()._act(exercise, message)


def _tried(record: Record, exercise: Exercise, since: str) -> bool:
    """Tell whether an exercise was answered since a moment."""
    return any(answer.time >= since for answer in record.tries(exercise))


def _touched(kept: Kept) -> bool:
    """Tell whether an exercise has something that a new start would put away."""
    return bool(kept.attempts or kept.hints or kept.shown or kept.written is not None)


def _sound(answer: object) -> bool:
    try:
        return len(json.dumps(answer, ensure_ascii=False, allow_nan=False)) <= LONGEST
    except (TypeError, ValueError, RecursionError):
        return False
