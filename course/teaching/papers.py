"""What a lecturer prints: the plan of a class, and the syllabus."""

import re
from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from course.exercises import Chapter, chapters
from course.grading.exports import ects
from course.grading.pages import sheet
from course.teaching import slides
from course.teaching import syllabus as syllabuses
from course.teaching.outline import Outline, line, outline
from course.teaching.pages import own, page
from course.teaching.seminars import Seminar
from course.texts import number, quoted, text


def taught() -> list[Chapter]:
    """Return the lessons that have a class, in their order: those with a ``seminar.toml``."""
    return [known for known in chapters().values() if (known.folder / "seminar.toml").is_file()]


def _page(template: str, lang: str, **values: Any) -> str:
    return page(template, lang, sheet("report.css") + own("paper.css"), values)


def seminar(lesson: Outline, plan: Seminar) -> str:
    """Return the plan of a class as one HTML page, the role cards at its end."""
    return _page(
        "seminar.html",
        lesson.lang,
        title=lesson.chapter.heading(lesson.lang),
        minutes=sum(step.minutes for step in plan.step),
        decision=quoted(lesson.decision.title),
        plan=plan,
        steps=list(_steps(lesson, plan)),
    )


def _steps(lesson: Outline, plan: Seminar) -> Iterator[dict[str, str]]:
    shown, start, lang = slides.numbers(slides.deck(lesson, plan)), 0, lesson.lang
    decision = quoted(lesson.decision.title)
    for step in plan.step:
        yield {
            "clock": f"{start}–{start + step.minutes}",
            "title": text(f"teaching.step.{step.kind}", lang),
            "usual": text(f"teaching.usual.{step.kind}", lang, title=decision),
            "own": step.text[lang] if step.text else "",
            "slides": shown.get(step.kind, ""),
        }
        start += step.minutes


def syllabus(lang: str) -> str:
    """Return the syllabus as one HTML page."""
    told = syllabuses.read()
    lessons = taught()
    return _page(
        "syllabus.html",
        lang,
        title=text("teaching.name", lang),
        syllabus=told,
        loads=[_load(load, len(lessons), lang) for load in told.load],
        weeks=list(_weeks(told, lang)),
        bands=list(_bands(lang)),
        reading=list(_reading(lessons, lang)),
    )


def _load(load: syllabuses.Load, lessons: int, lang: str) -> tuple[str, str, str]:
    each = load.hours_a_lesson
    how = f"{lessons} × {number(each, lang)} =" if each else ""
    return load.text[lang], how, number(load.total(lessons), lang)


def _weeks(told: syllabuses.Syllabus, lang: str) -> Iterator[dict[str, Any]]:
    """Yield the weeks: each brings the lesson of its number, what `told` says of it, or both."""
    beside = {week.number: week.text[lang] for week in told.week}
    by_week = {chapter.number: chapter for chapter in chapters().values() if chapter.number}
    for number_ in sorted(beside | by_week):
        chapter = by_week.get(number_)
        yield {
            "number": number_,
            "title": chapter.title[lang] if chapter else "",
            "outcomes": [pair[lang] for pair in chapter.outcomes.values()] if chapter else [],
            "text": beside.get(number_, ""),
        }


def _bands(lang: str) -> Iterator[tuple[str, str, str, str]]:
    for letter, low, high in next(iter(ects.scales().values())):
        band = [(letter, low, high)]
        exam, credit = (ects.grades(low, band, lang, how)[2] for how in ("exam", "credit"))
        yield f"{low}–{high}", letter, exam, credit


def _reading(lessons: list[Chapter], lang: str) -> Iterator[tuple[Markup, str]]:
    """Yield the works that more than one lesson names, with the numbers of these lessons.

    A lesson may shorten what another tells in full; a work is known by its first name and year.
    """
    works: dict[tuple[str, str], tuple[str, list[int]]] = {}
    for chapter in lessons:
        for source in outline(chapter, lang).sources:
            if named := re.match(r"([A-Z]\S+).*?\((\d{4})\)", source):
                work = re.split(r"(?<=[.)])\s+(?=[А-ЯІЇЄҐЁ«])", source)[0]
                key = str(named[1]), str(named[2])
                longest, places = works.get(key, ("", []))
                works[key] = max(longest, work, key=len), [*places, chapter.number]
    for _, (work, places) in sorted(works.items()):
        if len(places) > 1:
            yield line(work), ", ".join(map(str, places))
