"""The page that lists what a learner has done, to print or to show; it claims nothing beyond it."""

from dataclasses import dataclass
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any

from course.files import write_whole
from course.handin import HandIn
from course.record import Record
from course.texts import NBSP, number, text

_STYLE = Path(__file__).with_suffix(".css")


@dataclass(frozen=True, slots=True)
class Part:
    """What was done of one lesson, or of all of them.

    Attributes
    ----------
    title : str
    done, of : int
        Exercises that were answered; written work when it is whole.
    right, marked : int
        Exercises that a program marks, and how many came out wholly right.
    points, maximum : float
        The best share of the points of each exercise that a program marks.
    written, works : int
        Written works, which nobody has marked.
    began, ended : str
        Times of the first and the last answer, UTC.
    """

    title: str
    done: int
    of: int
    right: int
    marked: int
    points: float
    maximum: float
    written: int
    works: int
    began: str
    ended: str


def part(record: Record, lang: str) -> Part | None:
    """Return what was done of a lesson; ``None`` when nothing was."""
    listed = [(entry, record.result(entry)) for entry in record.chapter.exercises.values()]
    done = [entry for entry, result in listed if result.done]
    if not done:
        return None
    marked = [(entry, result) for entry, result in listed if not entry.kind.by_person]
    tries = (answer for entry in done for answer in record.tries(entry))
    times = sorted(answer.time for answer in tries if answer.moment()) or [""]
    return Part(
        title=record.chapter.heading(lang),
        done=len(done),
        of=len(listed),
        right=sum(result.fraction == 1 for _, result in marked),
        marked=len(marked),
        points=sum(result.fraction * entry.points for entry, result in marked),
        maximum=sum(entry.points for entry, _ in marked),
        written=sum(entry.kind.by_person for entry in done),
        works=len(listed) - len(marked),
        began=times[0],
        ended=times[-1],
    )


def total(parts: list[Part], lang: str) -> Part:
    """Return the sum of what was done."""

    def sums(name: str) -> Any:
        return sum(getattr(each, name) for each in parts)

    counted = ("done", "of", "right", "marked", "points", "maximum", "written", "works")
    return Part(
        title=text("certificate.total", lang),
        began=min((each.began for each in parts if each.began), default=""),
        ended=max(each.ended for each in parts),
        **{name: sums(name) for name in counted},
    )


def document(parts: list[Part], name: str, lang: str, now: datetime) -> str:
    """Return the page as HTML that stands alone; its last line but one is its date.

    Parameters
    ----------
    parts : list of Part
        Not empty.
    name : str
        Of the learner, as typed.
    lang : {"uk", "ru"}
    now : datetime.datetime
        Aware; days are those of its time zone.
    """

    def say(key: str, **values: object) -> str:
        return escape(text(f"certificate.{key}", lang, **values))

    heads = ("done", "right", "points", "written", "when")
    labels = {head: say(head) for head in heads}

    def row(each: Part) -> str:
        cells = zip(heads, _cells(each, lang, now), strict=True)
        shown = "".join(f'<td data-label="{labels[of]}">{cell}</td>' for of, cell in cells)
        return f'<tr><th scope="row">{escape(each.title)}</th>{shown}</tr>'

    columns = "".join(f'<th scope="col">{labels[head]}</th>' for head in heads)
    lines = [
        "<!DOCTYPE html>",
        f'<html lang="{lang}"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{say('title')}</title><style>{_STYLE.read_text('utf-8')}</style></head><body>",
        f"<h1>{say('title')}</h1>",
        f"<p>{say('course')}</p>",
        f'<p class="who">{escape(name)}</p><hr class="rule">',
        f'<table><thead><tr><th scope="col">{say("lesson")}</th>{columns}</tr></thead><tbody>',
        *map(row, parts),
        f"</tbody><tfoot>{row(total(parts, lang))}</tfoot></table>",
        f'<p class="note">{say("how")}</p>',
        f'<p class="note">{say("limits")}</p>',
        f"<p>{say('made', date=now.strftime('%d.%m.%Y'))}</p>",
        "</body></html>",
    ]
    return "\n".join(lines) + "\n"


def _cells(each: Part, lang: str, now: datetime) -> list[str]:
    """Return the cells of a row, as HTML."""

    def out_of(some: object, whole: object, share: float | None = None) -> str:
        words = escape(text("progress.of", lang, n=some, of=whole)).replace(" ", NBSP)
        if share is None:
            return words
        return f"{words} <small>({number(100 * share, lang, 0)}{NBSP}%)</small>"

    none = "–" if lang == "uk" else "—"

    def day(words: str) -> str:
        if not words:
            return none
        return datetime.fromisoformat(words).astimezone(now.tzinfo).strftime("%d.%m.%Y")

    points = number(each.points, lang, 1).removesuffix(",0")
    maximum = number(each.maximum, lang, 1).removesuffix(",0")
    began, ended = day(each.began), day(each.ended)
    return [
        out_of(each.done, each.of, each.done / each.of),
        out_of(each.right, each.marked) if each.marked else none,
        out_of(points, maximum, each.points / each.maximum) if each.maximum else none,
        out_of(each.written, each.works) if each.works else none,
        began if began == ended else f"{began}–{ended}",
    ]


class Certificate(HandIn):
    """The page of what was done: nothing is written until it is asked for.

    Parameters
    ----------
    record : course.record.Record
        Of the page that shows it; the learner's name is kept there.
    lang : {"uk", "ru"}
    records : list of course.record.Record
        Of the whole course.
    """

    def __init__(self, record: Record, lang: str, records: list[Record]) -> None:
        super().__init__(record, lang, records)
        self.records = records
        self.path = record.folder.parent / "certificate" / f"certificate-{lang}.html"

    def words(self) -> dict[str, str]:
        """Return what never changes on the page."""
        own = {name: text(f"certificate.{name}", self.lang) for name in ("page", "privacy")}
        return super().words() | own

    def state(self) -> dict[str, Any]:
        """Return what the page shows: the name, what would be listed, and the file if any."""
        parts = self._parts()
        ready = text("certificate.nothing", self.lang)
        if parts:
            every = total([each for _, each in parts], self.lang)
            ready = text("certificate.ready", self.lang, done=every.done, of=every.of)
        return {
            "name": self.name,
            "ready": ready,
            "works": [
                {
                    "text": each.title,
                    "href": record.chapter.notebook,
                    "exercise": "",
                    "status": text("progress.of", self.lang, n=each.done, of=each.of),
                    "whole": each.done == each.of,
                }
                for record, each in parts
            ],
            "file": self._written(),
            "error": self.error,
        }

    def _parts(self) -> list[tuple[Record, Part]]:
        return [(record, done) for record in self.records if (done := part(record, self.lang))]

    def _document(self) -> str:
        now = datetime.now().astimezone()
        return document([each for _, each in self._parts()], self.name, self.lang, now)

    def _written(self) -> dict[str, Any] | None:
        """Return the page as it lies there: its link, and whether something was done since."""
        try:
            kept = self.path.read_text("utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            return None
        fresh = self._parts() and _undated(kept) == _undated(self._document().splitlines())
        return self._lying([self.path], "", "" if fresh else text("certificate.stale", self.lang))

    def act(self, message: dict[str, Any]) -> dict[str, Any] | None:
        """Answer one message of the browser; it is data, so anything unexpected changes nothing."""
        for record in self.records:
            record.refresh()
        return super().act(message)

    def write(self, name: str | None = None) -> str | None:
        """Write the page; returns the sentence that says why it could not be, or ``None``."""
        error = self._call(name) if name is not None else None
        if not self.name:
            return text("certificate.no_name", self.lang)
        if not self._parts():
            return text("certificate.nothing", self.lang)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self.path, self._document().encode("utf-8", "replace"))
        except OSError:
            return text("export.failed", self.lang, path=self.path)
        return error


def _undated(lines: list[str]) -> list[str]:
    """Return a page without the line that says when it was made."""
    return lines[:-2] + lines[-1:]
