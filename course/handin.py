"""The file of written answers that a learner hands in: what it holds, and what is empty."""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

from course.exercises import Chapter, Exercise
from course.files import write_whole
from course.kinds import Answered
from course.progress import short
from course.record import Record
from course.texts import quoted, text

SLOT = "hand-in:name"  # under this name the journal keeps who hands in
LONGEST = 200  # letters of a name


@dataclass(frozen=True, slots=True)
class Work:
    """One written exercise.

    Attributes
    ----------
    exercise : course.exercises.Exercise
    prompt : str
    answer : tuple of Answered
        In parts, with or without a label.
    empty : tuple of str
        The labels of the parts that are empty.
    whole : bool
        Whether every part is filled, and of the length that the exercise asks for.
    """

    exercise: Exercise
    prompt: str
    answer: tuple[Answered, ...]
    empty: tuple[str, ...]
    whole: bool


def works(record: Record, lang: str) -> list[Work]:
    """Return what a lesson has of written exercises, drafts included, as on the screen."""
    return [
        _work(exercise, record, lang)
        for exercise in record.chapter.exercises.values()
        if exercise.kind.by_person
    ]


def _work(exercise: Exercise, record: Record, lang: str) -> Work:
    kept = record.on_screen(exercise.id)
    given = kept.written
    answer = tuple(exercise.kind.answered(exercise.told(lang), given) if given else ())
    filled = {line.id for line in answer}
    tiles = [tile for part in exercise.parts(lang) for tile in part.entries if "title" in tile]
    empty = tuple(tile["title"] for tile in tiles if tile["id"] not in filled)
    score = record.score(exercise, given, kept.draw)
    whole = score is not None and score.state == "person" and exercise.kind.complete(score)
    return Work(
        exercise, exercise.say("prompt", lang, record.values(exercise)) or "", answer, empty, whole
    )


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
    listed = list(listed)
    title = text("export.title", lang, number=chapter.number, title=chapter.title[lang])
    lines = [f"# {title}", "", markdown(name), "", _ready(listed, lang), ""]
    gaps = [f"- {short(work.prompt)} *({_gap(work, lang)})*" for work in listed if not work.whole]
    lines += [*gaps, ""] if gaps else []
    for work in listed:
        lines += [f"## {work.prompt}", ""]
        for line in work.answer:
            lines += [f"### {line.label}", ""] if line.label else []
            lines += [markdown(line.text), ""]
        if not work.answer:
            lines += [f"*{text('export.unanswered', lang)}*", ""]
    return [*lines, text("export.made", lang, time=now.strftime("%d.%m.%Y %H:%M"))]


def _ready(listed: list[Work], lang: str) -> str:
    done = sum(work.whole for work in listed)
    return text("export.ready", lang, done=done, of=len(listed))


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
            "ready": _ready(listed, self.lang),
            "works": [
                {
                    "text": short(work.prompt),
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

    def _file(self, listed: list[Work]) -> dict[str, str] | None:
        """Return the file as it lies there: its link, and whether the screen has nothing newer."""
        try:
            lines = self.path.read_text("utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            return None
        now = document(self.record.chapter, listed, self.name, self.lang, datetime.now())
        fresh = lines[:-1] == "\n".join(now).splitlines()[:-1]
        return {
            "text": self.path.name,
            "href": link(self.path),
            "path": str(self.path),
            "made": lines[-1] if lines else "",
            "stale": "" if fresh else text("export.stale", self.lang),
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
        lines = document(self.record.chapter, listed, self.name, self.lang, datetime.now())
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self.path, ("\n".join(lines) + "\n").encode("utf-8", "replace"))
        except OSError:
            return text("export.failed", self.lang, path=self.path)
        return error


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
        done = text("export.done", lang, file=file["text"])
        html += f"<p>{escape(done)} {_links(file, lang)}</p>"
        plain.append(f"{done} {file['href']}")
    for line in (file["stale"] if file else text("export.how", lang), state["error"]):
        if line:
            rich = re.sub("`([^`]*)`", r"<code>\1</code>", escape(line, quote=False))
            html += f"<p>{rich}</p>"
            plain.append(line)
    return f'<div lang="{lang}">{html}</div>', "\n".join(plain)


def _links(file: dict[str, str], lang: str) -> str:
    address, path = escape(file["href"]), escape(file["path"])
    download = escape(text("export.download", lang))
    return (
        f'<a href="{address}">{escape(file["text"])}</a> · '
        f'<a href="{address}" download>{download}</a>'
        f"<br><small>{path}</small>"
    )
