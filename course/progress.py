"""The learner's progress, as a living strip shows it: done and right, next, to repeat."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

from course.exercises import Chapter, Exercise, chapters
from course.record import Record
from course.texts import beginning, number, text

LONGEST = 70  # letters of a prompt that stand for an exercise
# A sentence ends before a capital letter: «20 тис. грн» goes on.
_SENTENCE = re.compile(r"(?<=[.?!])\s+(?=[«„(]?[А-ЯЁІЇЄҐA-Z])|\n")


@dataclass(frozen=True, slots=True)
class Tally:
    """A group of exercises, counted; ``marked``: a program can mark them, only they have points."""

    of: int
    done: int
    right: int
    marked: int
    points: float
    maximum: float
    due: tuple[Exercise, ...]


def tally(record: Record, exercises: Iterable[Exercise], now: datetime) -> Tally:
    """Count a group of exercises; ``now``, aware, decides what is due."""
    listed = [(exercise, record.result(exercise)) for exercise in exercises]
    marked = [(exercise, result) for exercise, result in listed if not exercise.kind.by_person]
    return Tally(
        of=len(listed),
        done=sum(result.done for _, result in listed),
        right=sum(result.fraction == 1 for _, result in listed),
        marked=len(marked),
        points=sum(result.fraction * exercise.points for exercise, result in marked),
        maximum=sum(exercise.points for exercise, _ in marked),
        due=tuple(exercise for exercise, _ in listed if record.due(exercise, now)),
    )


def short(prompt: str) -> str:
    """Return the first sentence of a prompt without its marks, cut at a word when it is long.

    Examples
    --------
    >>> short("Позначте **всі** 20 тис. грн. Потім перевірте.")
    'Позначте всі 20 тис. грн.'
    >>> short("слово " * 20)
    'слово слово слово слово слово слово слово слово слово слово слово…'
    """
    first = _SENTENCE.split(re.sub(r"\*\*|`", "", prompt).strip())[0]
    return beginning(first, LONGEST)


def standing(chapter: Chapter, records: list[Record], lang: str, now: datetime) -> dict[str, Any]:
    """Return what the strip shows.

    Parameters
    ----------
    chapter : course.exercises.Chapter
        The lesson that asks; the start page, number 0, shows the whole course.
    records : list of course.record.Record
        Of that lesson, or of all lessons in their order.
    lang : {"uk", "ru"}
    now : datetime.datetime
        Aware.

    Returns
    -------
    dict
        Words and links, ready to be shown: ``title``, ``sentence``, ``share`` (percent),
        ``praise``, ``next``, ``rows`` (they add up to the sentence), ``due``.
    """
    start = chapter.number == 0
    whole = [(record, tally(record, record.chapter.exercises.values(), now)) for record in records]
    done, of = sum(counts.done for _, counts in whole), sum(counts.of for _, counts in whole)
    right = sum(counts.right for _, counts in whole)
    due = [_exercise(record, exercise, lang) for record, counts in whole for exercise in counts.due]
    title = "progress.course" if start else "progress.title"
    return {
        "title": text(title, lang, number=chapter.number, title=chapter.title[lang]),
        "sentence": text("progress.sentence", lang, done=done, of=of, right=right, due=len(due)),
        "share": round(100 * done / of) if of else 0,
        "praise": _praise(start, [counts for _, counts in whole], lang),
        "next": _next(chapter, records, lang),
        "rows": [
            _row(record.chapter.heading(lang), record.chapter.notebook, counts, lang)
            for record, counts in whole
        ]
        if start
        else list(_outcomes(records[0], lang, now)),
        "due": due,
    }


def _praise(start: bool, counts: list[Tally], lang: str) -> str:
    if any(each.done < each.of for each in counts):
        return ""
    perfect = all(each.right == each.marked for each in counts)
    return text(
        f"progress.{'course' if start else 'lesson'}_{'perfect' if perfect else 'done'}", lang
    )


def _exercise(record: Record, exercise: Exercise, lang: str) -> dict[str, str]:
    """Return an exercise as a link: named by its question, with the learner's own numbers in it."""
    prompt = exercise.say("prompt", lang, record.values(exercise)) or ""
    return {"text": short(prompt), "href": record.chapter.notebook, "exercise": exercise.id}


def _link(chapter: Chapter, lang: str) -> dict[str, str]:
    return {"text": chapter.heading(lang), "href": chapter.notebook, "exercise": ""}


def _next(chapter: Chapter, records: list[Record], lang: str) -> dict[str, str] | None:
    """Return what to do next: an exercise of this page, else a lesson."""
    for record in records:
        for exercise in record.chapter.exercises.values():
            if not record.result(exercise).done:
                if record.chapter is chapter:
                    return _exercise(record, exercise, lang)
                return _link(record.chapter, lang)
    later = [each for each in chapters().values() if each.number > chapter.number > 0]
    return _link(min(later, key=lambda each: each.number), lang) if later else None


def _outcomes(record: Record, lang: str, now: datetime) -> Iterable[dict[str, Any]]:
    """Yield one row an outcome.

    An exercise counts once, for the last of its outcomes: on the way to the others it helps.
    """
    for name, words in record.chapter.outcomes.items():
        own = [
            exercise
            for exercise in record.chapter.exercises.values()
            if exercise.get("outcomes", (None,))[-1] == name
        ]
        if own:
            yield _row(f"{name}. {words[lang]}", "", tally(record, own, now), lang)


def _row(title: str, link: str, counts: Tally, lang: str) -> dict[str, Any]:

    def cell(name: str, part: object, whole: object) -> list[str]:
        return [text(f"progress.{name}", lang), text("progress.of", lang, n=part, of=whole)]

    cells = [cell("done", counts.done, counts.of)]
    if counts.marked:
        points = number(counts.points, lang, 1).removesuffix(",0")
        cells.append(cell("right", counts.right, counts.marked))
        cells.append(cell("points", points, number(counts.maximum, lang)))
    if counts.due:
        cells.append([text("progress.due", lang), str(len(counts.due))])
    return {
        "title": title,
        "href": link,
        "share": round(100 * counts.done / counts.of) if counts.of else 0,
        "cells": cells,
    }


def still(state: dict[str, Any], lang: str) -> tuple[str, str]:
    """Return the strip as HTML without style, and as plain text, for where nothing runs."""

    def link(href: str, words: str) -> str:
        return f'<a href="{escape(href)}">{escape(words)}</a>' if href else escape(words)

    rows = [" · ".join(" ".join(cell) for cell in row["cells"]) for row in state["rows"]]
    plain = [state["sentence"]]
    html = [f"<p><strong>{escape(state['title'])}</strong><br>{escape(state['sentence'])}</p>"]
    if state["praise"]:
        html.append(f"<p>{escape(state['praise'])}</p>")
        plain.append(state["praise"])
    if after := state["next"]:
        lead = text("progress.next", lang)
        html.append(f"<p>{escape(lead)} {link(after['href'], after['text'])}</p>")
        plain.append(f"{lead} {after['text']}")
    html.append("<ul>")
    for row, words in zip(state["rows"], rows, strict=True):
        html.append(f"<li>{link(row['href'], row['title'])}<br><small>{escape(words)}</small></li>")
        plain.append(f"{row['title']}: {words}")
    html.append("</ul>")
    if state["due"]:
        lead, rule = text("progress.due_lead", lang), text("progress.due_rule", lang)
        links = (link(entry["href"], entry["text"]) for entry in state["due"])
        items = "".join(f"<li>{each}</li>" for each in links)
        html.append(f"<p>{escape(lead)}</p><ul>{items}</ul><p><small>{escape(rule)}</small></p>")
        plain += [lead, *(f"  - {entry['text']}" for entry in state["due"])]
    return f'<div lang="{lang}">{"".join(html)}</div>', "\n".join(plain)
