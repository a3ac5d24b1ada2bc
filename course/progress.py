"""The learner's progress, as living strips show it: done and right, next, to repeat, mastery."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from html import escape
from typing import Any

from course import mastery, review
from course.exercises import Chapter, Exercise, chapters, concepts
from course.record import Record
from course.review import Item
from course.texts import NBSP, beginning, number, text

CONCEPTS = 8  # rows of a list of concepts
LONGEST = 70  # letters of a prompt that stand for an exercise
# A sentence ends before a capital letter: «20 тис. грн» goes on.
_SENTENCE = re.compile(r"(?<=[.?!])\s+(?=[«„(]?[А-ЯЁІЇЄҐA-Z])|\n")


@dataclass(frozen=True, slots=True)
class Tally:
    """A group of exercises, counted; ``marked``: a program can mark them, only they have points.

    ``missed`` were answered and never right, and are not due yet; ``mastery`` is from 0 to 1.
    """

    of: int
    done: int
    right: int
    marked: int
    points: float
    maximum: float
    due: tuple[Exercise, ...]
    missed: tuple[Exercise, ...]
    mastery: float | None


def tally(record: Record, exercises: Iterable[Exercise], now: datetime) -> Tally:
    """Count a group of exercises; ``now``, in UTC, decides what is due."""
    listed = [(exercise, record.result(exercise)) for exercise in exercises]
    marked = [(exercise, result) for exercise, result in listed if not exercise.kind.by_person]
    items = (review.item(record, exercise, now) for exercise, _ in marked)
    due = tuple(item.exercise for item in items if item and item.due(now))
    return Tally(
        of=len(listed),
        done=sum(result.done for _, result in listed),
        right=sum(result.fraction == 1 for _, result in listed),
        marked=len(marked),
        points=sum(result.fraction * exercise.points for exercise, result in marked),
        maximum=sum(exercise.points for exercise, _ in marked),
        due=due,
        missed=tuple(
            exercise
            for exercise, result in marked
            if result.done and result.fraction < 1 and exercise not in due
        ),
        mastery=mastery.mean(((record, exercise) for exercise, _ in marked), now),
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
    """Return what the strip of a lesson's end shows, and the map of the start page.

    Parameters
    ----------
    chapter : course.exercises.Chapter
        The lesson that asks; the start page, number 0, shows the whole course.
    records : list of course.record.Record
        Of that lesson, or of all lessons in their order.
    lang : {"uk", "ru"}
    now : datetime.datetime
        UTC.

    Returns
    -------
    dict
        Words and links, ready to be shown: ``title``, ``sentence``, ``share`` (percent),
        ``praise``, ``next``, ``rows`` (they add up to the sentence), ``missed``, ``due``,
        ``concepts``.
    """
    start = chapter.number == 0
    whole = [(record, tally(record, record.chapter.exercises.values(), now)) for record in records]
    done, of = sum(counts.done for _, counts in whole), sum(counts.of for _, counts in whole)
    right = sum(counts.right for _, counts in whole)
    due = [_exercise(record, exercise, lang) for record, counts in whole for exercise in counts.due]
    missed = [
        _exercise(record, exercise, lang) for record, counts in whole for exercise in counts.missed
    ]
    title = "progress.course" if start else "progress.title"
    return {
        "title": text(title, lang, number=chapter.number, title=chapter.title[lang]),
        "sentence": text("progress.sentence", lang, done=done, of=of, right=right, due=len(due)),
        "share": round(100 * done / of) if of else 0,
        "praise": _praise(start, whole, lang, now),
        "next": _next(chapter, records, lang),
        "rows": [
            _row(record.chapter.heading(lang), record.chapter.notebook, counts, lang)
            for record, counts in whole
        ]
        if start
        else list(_outcomes(records[0], lang, now)),
        "missed": missed,
        "due": due,
        **_concepts(_mastered(records, lang, now), lang),
    }


def brief(
    chapter: Chapter, records: list[Record], answered: list[Item], lang: str, now: datetime
) -> dict[str, Any]:
    """Return what the strip on top of a page shows: where I am, what is next, what is due.

    Parameters
    ----------
    chapter, records, lang, now
        As in `standing`.
    answered : list of course.review.Item
        Of the whole course.
    """
    every = [
        (record, exercise) for record in records for exercise in record.chapter.exercises.values()
    ]
    done, of = sum(record.result(exercise).done for record, exercise in every), len(every)
    title = "progress.whole" if chapter.number == 0 else "progress.title"
    return {
        "title": text(title, lang, number=chapter.number, title=chapter.title[lang]),
        "sentence": text("progress.where", lang, done=done, of=of),
        "share": round(100 * done / of) if of else 0,
        "next": _next(chapter, records, lang),
        "today": _today(answered, lang, now),
    }


def agenda(answered: list[Item], lang: str, now: datetime) -> dict[str, Any]:
    """Return what is due today: how long it takes, by lesson and by concept.

    Parameters
    ----------
    answered : list of course.review.Item
        Of the whole course.
    lang : {"uk", "ru"}
    now : datetime.datetime
        UTC.
    """
    due = [item for item in answered if item.due(now)]
    said = _today(answered, lang, now)
    more = len(due) > review.CARDS
    return {
        "title": text("review.title", lang),
        "sentence": said["text"] if said else text("review.nothing", lang),
        "note": text("review.portion", lang, n=review.CARDS) if more else "",
        "rows": [
            line(record.chapter.heading(lang), record.chapter.notebook, None, _load(count, lang))
            for record, count in review.by_lesson(due)
        ],
        **_concepts(
            [
                line(concepts()[name][lang], "", None, _load(count, lang)[:1])
                for name, count in review.by_concept(due)
            ],
            lang,
        ),
    }


def _load(count: int, lang: str) -> list[list[str]]:
    """Return how many exercises that are, and how long they take."""
    said = [("exercises", count), ("minutes", review.minutes(count))]
    return [[text(f"review.{name}", lang), str(value)] for name, value in said]


def _today(answered: list[Item], lang: str, now: datetime) -> dict[str, str] | None:
    """Return what is due, as a link to where it is asked; ``None`` before the first answer."""
    due = [item for item in answered if item.due(now)]
    if due:
        count, (head,) = len(due), review.first(due, 1)
        words = text("progress.today", lang, n=count, minutes=review.minutes(count))
        name = f"review:{head.record.chapter.slug}:{head.exercise.id}"
        return {"text": words, "href": chapters()["start"].notebook, "exercise": name}
    if after := review.following(answered, now):
        words = text("progress.rested", lang, day=_day(after[0], lang, now), n=after[1])
        return {"text": words, "href": "", "exercise": ""}
    return None


def _day(day: date, lang: str, now: datetime) -> str:
    """Return a day as one says it."""
    if day <= now.date():
        return text("progress.later", lang)
    if day == now.date() + timedelta(days=1):
        return text("progress.tomorrow", lang)
    return f"{day:%d.%m}"


def _praise(start: bool, whole: list[tuple[Record, Tally]], lang: str, now: datetime) -> str:
    counts = [counts for _, counts in whole]
    if any(each.done < each.of for each in counts):
        return ""
    perfect = all(each.right == each.marked for each in counts)
    name = f"progress.{'course' if start else 'lesson'}_{'perfect' if perfect else 'done'}"
    after = review.following(review.items((record for record, _ in whole), now), now)
    if not after or any(each.due for each in counts):
        return text(name, lang)
    back = text("progress.comes_back", lang, day=_day(after[0], lang, now))
    return f"{text(name, lang)} {back}"


def _mastered(records: list[Record], lang: str, now: datetime) -> list[dict[str, Any]]:
    """Return the mastery of the concepts met so far, the weakest first."""
    shares = [
        (mastery.mean(pairs, now) or 0.0, name) for name, pairs in mastery.concepts(records).items()
    ]
    return [
        line(concepts()[name][lang], "", round(100 * share), [_percent(share, lang)])
        for share, name in sorted(shares)
    ]


def _concepts(rows: list[dict[str, Any]], lang: str) -> dict[str, Any]:
    """Return the first concepts of a list, and how many it has beside them."""
    more = len(rows) - CONCEPTS
    said = text("progress.more", lang, n=more) if more > 0 else ""
    return {"concepts": rows[:CONCEPTS], "more": said}


def _percent(share: float, lang: str) -> list[str]:
    return [text("progress.mastery", lang), number(100 * share, lang, 0) + NBSP + "%"]


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
    if counts.mastery is not None and counts.done:
        cells.append(_percent(counts.mastery, lang))
    return line(title, link, round(100 * counts.done / counts.of) if counts.of else 0, cells)


def line(title: str, link: str, share: int | None, cells: list[list[str]]) -> dict[str, Any]:
    """Return one row of a strip; ``share``, in percent, draws a bar."""
    return {"title": title, "href": link, "share": share, "cells": cells}


def still(state: dict[str, Any], lang: str) -> tuple[str, str]:
    """Return a strip as HTML without style, and as plain text, for where nothing runs."""

    def link(entry: dict[str, Any], words: str) -> str:
        href = entry["href"]
        return f'<a href="{escape(href)}">{escape(words)}</a>' if href else escape(words)

    plain = [state["sentence"]]
    html = [f"<p><strong>{escape(state['title'])}</strong><br>{escape(state['sentence'])}</p>"]
    if praise := state.get("praise"):
        html.append(f"<p>{escape(praise)}</p>")
        plain.append(praise)
    if after := state.get("next"):
        lead = text("progress.next", lang)
        html.append(f"<p>{escape(lead)} {link(after, after['text'])}</p>")
        plain.append(f"{lead} {after['text']}")
    if today := state.get("today"):
        html.append(f"<p>{link(today, today['text'])}</p>")
        plain.append(today["text"])
    if rows := state.get("rows"):
        said = [" · ".join(" ".join(cell) for cell in row["cells"]) for row in rows]
        html.append("<ul>")
        for row, words in zip(rows, said, strict=True):
            html.append(f"<li>{link(row, row['title'])}<br><small>{escape(words)}</small></li>")
            plain.append(f"{row['title']}: {words}")
        html.append("</ul>")
    for name in ("missed", "due"):
        if entries := state.get(name):
            lead = text(f"progress.{name}_lead", lang)
            items = "".join(f"<li>{link(entry, entry['text'])}</li>" for entry in entries)
            html.append(f"<p>{escape(lead)}</p><ul>{items}</ul>")
            plain += [lead, *(f"  - {entry['text']}" for entry in entries)]
    return f'<div lang="{lang}">{"".join(html)}</div>', "\n".join(plain)
