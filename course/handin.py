"""The files of written answers that a learner hands in: what they hold, and what is empty."""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

from course.documents import (
    Block,
    Document,
    Drawing,
    Heading,
    Paragraph,
    Run,
    Runs,
    Table,
    cells,
    paragraphs,
    rich,
    typed,
    writers,
)
from course.documents.word import edited
from course.exercises import Chapter, Exercise, Values
from course.files import write_whole
from course.kinds import Answered, Tabled
from course.progress import short
from course.record import Record
from course.texts import DASH, number, quoted, text

SLOT = "hand-in:name"  # under this name the journal keeps who hands in
LONGEST = 200  # letters of a name
_ROOM = "____"  # for a mark by hand
FEW = 8  # of more works a document lists at its top only those with gaps


@dataclass(frozen=True, slots=True)
class Work:
    """One exercise that a lecturer reads.

    Attributes
    ----------
    exercise : course.exercises.Exercise
    values : Values
        The learner's own numbers, if it has any.
    prompt : str
    given : object
        The answer as kept.
    answer : tuple of Answered
        In parts, with or without a label.
    empty : tuple of str
        The labels of the parts that are empty.
    whole : bool
        Whether every part is filled, and of the length that the exercise asks for.
    earned : float or None
        Points that a program gives; None where a person has to read it.
    """

    exercise: Exercise
    values: Values
    prompt: str
    given: Any
    answer: tuple[Answered, ...]
    empty: tuple[str, ...]
    whole: bool
    earned: float | None = None

    def title(self, lang: str) -> str:
        """Return its title, or the beginning of what was asked."""
        return self.exercise.say("title", lang) or short(self.prompt)


def works(record: Record, lang: str) -> list[Work]:
    """Return what a lesson has of written exercises, drafts included, as on the screen."""
    return [
        _work(exercise, record, lang)
        for exercise in record.chapter.exercises.values()
        if exercise.kind.handed_in or record.chapter.whole
    ]


def _work(exercise: Exercise, record: Record, lang: str) -> Work:
    kept = record.on_screen(exercise.id)
    given, values = kept.written, record.values(exercise, kept.draw)
    kind = exercise.kind
    score = kind.score(kind.open_key(exercise.raw), given)  # whether it is whole needs no key
    # A column has no shape to compare with there.
    state = (score if kind.by_person else kind.readable(exercise.raw, given)).state
    sound = state not in ("unattempted", "invalid")
    answer = tuple(kind.answered(exercise.told(lang, values), given) if sound else ())
    filled = {line.id for line in answer}
    tiles = [tile for part in exercise.parts(lang) for tile in part.entries if "title" in tile]
    empty = tuple(tile["title"] for tile in tiles if tile["id"] not in filled)
    whole = sound and kind.complete(score)
    prompt = exercise.say("prompt", lang, values) or ""
    earned = None if kind.by_person else record.result(exercise).fraction * exercise.points
    return Work(exercise, values, prompt, given, answer, empty, whole, earned)


def document(
    chapter: Chapter, listed: Iterable[Work], name: str, lang: str, now: datetime
) -> list[str]:
    """Return the lines of the file, in Markdown; the last one is its date.

    Parameters
    ----------
    chapter : course.exercises.Chapter
    listed : iterable of Work
    name : str
        Of the learner.
    lang : {"uk", "ru"}
    now : datetime.datetime
    """
    numbered = list(_numbered(chapter, list(listed)))
    done = [work for _, work in numbered]
    lines = [
        f"# {_title(chapter, lang)}",
        "",
        markdown(name),
        "",
        _ready(chapter, done, lang),
        "",
    ]
    gaps = [f"- {work.title(lang)} *({_gap(work, lang)})*" for work in done if not work.whole]
    lines += [*gaps, ""] if gaps else []
    if chapter.whole:
        lines += _opening(chapter, done, lang)
    parts, deep = _parts(chapter, lang), "#" * chapter.whole
    for place, work in numbered:
        part = parts.pop(place.partition(".")[0], "") if chapter.whole else ""
        lines += [f"## {part}", ""] if part else []
        if chapter.whole:
            lines += [f"### {place} {work.title(lang)}", "", f"*{_worth(work, lang)}*", ""]
        lines += [work.prompt if chapter.whole else f"## {work.prompt}", ""]
        for line in work.answer:
            lines += [f"{deep}### {line.label}", ""] if line.label else []
            lines += [markdown(line.text), ""]
        if column := _column(work, lang):
            lines += [*(f"- {markdown(': '.join(row))}" for row in column.rows), ""]
        if not work.answer:
            lines += [f"*{text('export.unanswered', lang)}*", ""]
    return [*lines, text("export.made", lang, time=now.strftime("%d.%m.%Y %H:%M"))]


def _opening(chapter: Chapter, listed: list[Work], lang: str) -> Iterator[str]:
    """Yield the points of the parts and the firm, in Markdown."""
    head, rows = _points(chapter, listed, lang)
    yield from (f"## {text('export.points', lang)}", "")
    yield from (f"| {' | '.join(head)} |", "|---|---:|---:|")
    yield from (f"| {' | '.join(row)} |" for row in rows)
    yield from ("", f"*{text('export.own_count', lang)}*", "")
    if story := _story(chapter, listed, lang):
        yield from (f"## {text('export.firm', lang)}", "")
        for words in story:
            yield from (words, "")


def sheets(
    chapter: Chapter, listed: Iterable[Work], name: str, lang: str, now: datetime
) -> Document:
    """Return the same as a document: what is empty first, then each work with its pictures.

    Parameters
    ----------
    chapter : course.exercises.Chapter
    listed : iterable of Work
    name : str
        Of the learner.
    lang : {"uk", "ru"}
    now : datetime.datetime
    """
    numbered = list(_numbered(chapter, list(listed)))
    done = [work for _, work in numbered]
    gaps = [each for each in numbered if not each[1].whole]
    states = tuple(
        ((rich(f"{place} {work.title(lang)}"),), (rich(_gap(work, lang)),))
        for place, work in (numbered if len(numbered) <= FEW else gaps)
    )
    head = cells(text("export.work", lang), text("export.standing", lang))
    blocks: list[Block] = [Paragraph(rich(_ready(chapter, done, lang)))]
    blocks += [Table(head, states, (2, 1), named=False)] if states else []
    blocks += _front(chapter, done, lang) if chapter.whole else ()
    parts = _parts(chapter, lang)
    for place, work in numbered:
        if chapter.whole and (part := parts.pop(place.partition(".")[0], "")):
            blocks.append(Heading(rich(part)))
        level = 2 if chapter.whole else 1
        blocks.append(Heading(rich(f"{place} {work.title(lang)}"), level))
        blocks += [Paragraph(rich(_worth(work, lang)), "note")] if chapter.whole else []
        blocks += [*paragraphs(work.prompt, "task"), *_sheet(work, lang)]
    made = text("export.made", lang, time=now.strftime("%d.%m.%Y %H:%M"))
    return Document(_title(chapter, lang), lang, tuple(blocks), name, now, made)


def _front(chapter: Chapter, listed: list[Work], lang: str) -> Iterator[Block]:
    """Yield what a lecturer looks at first: points by part, and for whose firm it was written."""
    head, rows = _points(chapter, listed, lang)
    yield Heading(rich(text("export.points", lang)))
    table = tuple(tuple((rich(words),) for words in row) for row in rows)
    yield Table(cells(*head), table, (3, 1, 1), named=False)
    yield Paragraph(rich(text("export.own_count", lang)), "note")
    if story := _story(chapter, listed, lang):
        yield Heading(rich(text("export.firm", lang)))
        yield from (Paragraph(rich(words)) for words in story)


def _points(
    chapter: Chapter, listed: list[Work], lang: str
) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return head and rows: what a program gave in each part, room for what a person gives."""
    head = tuple(text(f"export.{name}", lang) for name in ("part", "computer", "person"))
    rows, numbered = [], list(_numbered(chapter, listed))
    for name, title in _parts(chapter, lang).items():
        own = [work for place, work in numbered if place.partition(".")[0] == name]
        rows.append((title, *_halves(own, lang)))
    return head, [*rows, (text("export.all", lang), *_halves(listed, lang))]


def _halves(listed: list[Work], lang: str) -> tuple[str, str]:
    """Return the points of a computer and those of a person, «4 з 6» and «___ з 9»."""
    counted = [work for work in listed if work.earned is not None]
    most = sum(work.exercise.points for work in counted)
    read = sum(work.exercise.points for work in listed) - most
    earned = sum(work.earned or 0.0 for work in counted)
    gave = text("export.share", lang, n=_plain(earned, lang), of=_plain(most, lang))
    asks = text("export.share", lang, n=_ROOM, of=_plain(read, lang))
    return gave if most else DASH[lang], asks if read else DASH[lang]


def _worth(work: Work, lang: str) -> str:
    """Return what a program gave for a work, or what a person may give."""
    most = _plain(work.exercise.points, lang)
    if work.earned is None:
        return text("export.to_give", lang, n=_ROOM, of=most)
    return text("export.gave", lang, n=_plain(work.earned, lang), of=most)


def _plain(points: float, lang: str) -> str:
    return number(round(points, 1), lang)


def _story(chapter: Chapter, listed: list[Work], lang: str) -> list[str]:
    """Return what the learner was told of his firm, in paragraphs; the course may have none."""
    for work in listed:
        shared = chapter.shared.get(work.exercise.get("shared", ""))
        if shared and shared.story and work.values:
            told = (*shared.tells(work.values, lang).splitlines(), shared.counts(work.values, lang))
            return [words for words in told if words]
    return []


def _parts(chapter: Chapter, lang: str) -> dict[str, str]:
    return {str(name): f"{name}. {title[lang]}" for name, title in chapter.outcomes.items()}


def _title(chapter: Chapter, lang: str) -> str:
    if chapter.whole:
        return chapter.title[lang]
    return text("export.title", lang, number=chapter.number, title=chapter.title[lang])


def _numbered(chapter: Chapter, listed: list[Work]) -> Iterator[tuple[str, Work]]:
    """Yield works with their numbers: «1.», or where a lesson is one piece of work «2.1»."""
    if not chapter.whole:
        yield from ((f"{at}.", work) for at, work in enumerate(listed, 1))
        return
    for name in chapter.outcomes:
        part = [work for work in listed if work.exercise.get("outcomes", [None])[0] == name]
        yield from ((f"{name}.{at}", work) for at, work in enumerate(part, 1))


def _sheet(work: Work, lang: str) -> Iterator[Block]:
    """Yield what a work says: its table or its paragraphs, and what it leads to in pictures."""
    kind, telling = work.exercise.kind, work.exercise.told(lang, work.values)
    if not work.answer:
        yield Paragraph((Run(text("export.unanswered", lang), "italic"),))
        return
    if tabled := kind.tabled(telling, work.given) or _labelled(work) or _column(work, lang):
        rows = tuple(tuple(_cell(words, lang) for words in row) for row in tabled.rows)
        columns = len(rows[0])
        shares = (1.0, 2.0) if columns == 2 else (1.3, *[1.0] * (columns - 1))
        yield Table(cells(*tabled.head), rows, shares)
    else:
        for line in work.answer:
            yield from (Paragraph(runs) for runs in typed(line.text))
    for picture in kind.pictures(telling, work.given, None, False):
        if not picture.turn:
            yield Drawing(picture.figure)


def _column(work: Work, lang: str) -> Tabled | None:
    """Return the numbers of an answer that its words only count."""
    if not work.answer:
        return None
    return work.exercise.kind.listed(work.exercise.told(lang, work.values), work.given)


def _labelled(work: Work) -> Tabled | None:
    """Return an answer in parts as a table."""
    rows = tuple((line.label, line.text) for line in work.answer)
    return Tabled((), rows) if any(label for label, _ in rows) else None


def _cell(words: str, lang: str) -> tuple[Runs, ...]:
    return typed(words) or ((Run(text("plan.empty", lang), "italic"),),)


def _ready(chapter: Chapter, listed: list[Work], lang: str) -> str:
    done, what = sum(work.whole for work in listed), "whole" if chapter.whole else "ready"
    return text(f"export.{what}", lang, done=done, of=len(listed))


def _gap(work: Work, lang: str) -> str:
    """Return what an exercise still lacks, or that it lacks nothing."""
    if not work.answer:
        return text("export.unanswered", lang)
    if work.empty:
        titles = ", ".join(map(quoted, work.empty))
        return text("export.parts_left", lang, titles=titles)
    return text("export.answered" if work.whole else "export.length", lang)


def markdown(words: str) -> str:
    r"""Escape what a learner typed, so that Markdown shows it as typed.

    Examples
    --------
    >>> markdown("# <b>5*5</b>")
    '\\# \\<b\\>5\\*5\\</b\\>'
    """
    return re.sub(r"([\\`*_{}\[\]<>#|~$^])", r"\\\1", words)


class HandIn:
    """A lesson's hand-in: nothing is written until it is asked for.

    Parameters
    ----------
    record : course.record.Record
        Of the lesson.
    lang : {"uk", "ru"}
    others : iterable of course.record.Record
        Of other lessons; the name is asked for once.
    """

    def __init__(self, record: Record, lang: str, others: Iterable[Record] = ()) -> None:
        self.record, self.lang = record, lang
        latest = max((record, *others), key=lambda each: each.of(SLOT).time or "")
        self.name = _tidy(latest.settings(SLOT).get("name"))
        self.error: str | None = None
        self.note = ""  # what else is to be said of the files
        self.path = record.folder.parent / "hand-in" / f"{record.chapter.folder.name}-{lang}.md"

    def words(self) -> dict[str, str]:
        """Return what never changes on the page."""
        names = ("page", "write", "download", "privacy")
        return {name: text(f"export.{name}", self.lang) for name in names} | {
            "name": text("assignment.name", self.lang),
            "asleep": text("card.dead", self.lang),
        }

    def state(self) -> dict[str, Any]:
        """Return what the page shows: the name, what is empty, and the file if there is any."""
        listed = works(self.record, self.lang)
        return {
            "name": self.name,
            "ready": _ready(self.record.chapter, listed, self.lang),
            "works": [
                {
                    "text": work.title(self.lang),
                    "href": self.record.chapter.notebook,
                    "exercise": work.exercise.id,
                    "status": _gap(work, self.lang),
                    "whole": work.whole,
                }
                for work in listed
            ],
            "file": self._file(listed),
            "error": self.error,
        }

    def _file(self, listed: list[Work]) -> dict[str, Any] | None:
        """Return the files as they lie there: links, and whether the screen has nothing newer."""
        try:
            lines = self.path.read_text("utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            return None
        now = document(self.record.chapter, listed, self.name, self.lang, datetime.now())
        fresh = lines[:-1] == "\n".join(now).splitlines()[:-1]
        return self._lying(
            [self.path.with_suffix(f".{end}") for end in (*writers(), "md")],
            lines[-1] if lines else "",
            "" if fresh else text("export.stale", self.lang),
        )

    def _lying(self, paths: list[Path], made: str, stale: str) -> dict[str, Any]:
        """Return what the page shows of files: those that are there, and where."""
        return {
            "links": [
                {"text": path.name, "href": link(path), "opens": path.suffix != ".docx"}
                for path in paths
                if path.is_file()
            ],
            "lie": text("export.lie", self.lang, folder=self.path.parent),
            "made": made,
            "stale": stale,
            "note": self.note,
        }

    def act(self, message: dict[str, Any]) -> dict[str, Any] | None:
        """Answer one message of the browser; it is data, so anything unexpected changes nothing."""
        act = message.get("act")
        if act not in ("name", "write", "refresh"):
            return None
        self.record.refresh()
        if act != "refresh":  # looking again takes no sentence away
            self.error = self._call(message.get("name"))
        if act == "write":
            self.error = self.write() or self.error
        return self.state()

    def _call(self, given: object) -> str | None:
        """Keep the learner's name; return the sentence that says why it was not kept, or None."""
        name = _tidy(given)
        if name == self.name:
            return None
        self.name = name
        return self.record.write(SLOT, "set", {"name": name}, self.lang)

    def write(self, name: str | None = None) -> str | None:
        """Write the file; returns the sentence that says why it could not be, or ``None``."""
        error = self._call(name) if name is not None else None
        if not self.name:
            return text("export.no_name", self.lang)
        listed = works(self.record, self.lang)
        told = self.record.chapter, listed, self.name, self.lang, datetime.now()
        target = self.path
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            lines = "\n".join(document(*told)) + "\n"
            write_whole(target, lines.encode("utf-8", "replace"))
            known, page = writers(), sheets(*told)
            kept = ""
            for end, writer in known.items():
                target = self.path.with_suffix(f".{end}")
                kept = kept or _set_aside(target, self.lang)
                write_whole(target, writer(page))
        except OSError:
            return text("export.failed", self.lang, path=target)
        self.note = kept or ("" if "docx" in known else text("export.no_word", self.lang))
        return error


def _set_aside(path: Path, lang: str) -> str:
    """Leave alone a document that its owner has changed: it gets another name, which is told."""
    if path.suffix != ".docx" or not path.is_file() or not edited(path):
        return ""
    names = (path.with_name(f"{path.stem}-own-{count}.docx") for count in range(1, 1000))
    own = next(other for other in names if not other.exists())
    path.rename(own)
    return text("export.set_aside", lang, file=path.name, own=own.name)


def _tidy(name: object) -> str:
    return " ".join(name.split())[:LONGEST] if isinstance(name, str) else ""


def link(path: Path) -> str:
    """Return a file's address from the notebook; JupyterLab opens what is in its folder."""
    if Path.cwd().is_relative_to(path.parent.parent):
        return quote(Path(os.path.relpath(path)).as_posix())
    return path.as_uri()


def still(state: dict[str, Any], lang: str) -> tuple[str, str]:
    """Return the page as HTML without style, and as plain text, for where nothing runs."""
    rows = [f"{work['text']} ({work['status']})" for work in state["works"]]
    items = "".join(f"<li>{escape(row)}</li>" for row in rows)
    title = escape(text("export.page", lang))
    html = f"<p><strong>{title}</strong><br>{escape(state['ready'])}</p><ul>{items}</ul>"
    plain = [state["ready"], *(f"  - {row}" for row in rows)]
    file = state["file"]
    if file:
        done = text("export.done", lang)
        html += f"<p>{escape(done)} {escape(file['lie'])}</p><ul>{_links(file, lang)}</ul>"
        plain += [f"{done} {file['lie']}", *(f"  - {each['href']}" for each in file["links"])]
    told = (file["note"], file["stale"]) if file else (text("export.how", lang),)
    for line in (*told, state["error"]):
        if line:
            rich = re.sub("`([^`]*)`", r"<code>\1</code>", escape(line, quote=False))
            html += f"<p>{rich}</p>"
            plain.append(line)
    return f'<div lang="{lang}">{html}</div>', "\n".join(plain)


def _links(file: dict[str, Any], lang: str) -> str:
    download = escape(text("export.download", lang))
    items = []
    for each in file["links"]:
        address, name = escape(each["href"]), escape(each["text"])
        items.append(
            f'<li><a href="{address}">{name}</a> · <a href="{address}" download>{download}</a></li>'
        )
    return "".join(items)
