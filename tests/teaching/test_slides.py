"""Slides: the lesson's own case and pictures, the seminar's questions, no key, nothing fetched."""

import numbers
import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from html import unescape

import pytest

from course import charts, pictures
from course.teaching import seminars, slides
from course.teaching.outline import outline
from course.teaching.papers import taught
from course.texts import LANGS, number
from course.truths import truth

EACH = [(chapter, lang) for chapter in taught() for lang in LANGS]
BY_SLUG = {chapter.slug: chapter for chapter in taught()}
each = pytest.mark.parametrize(
    ("chapter", "lang"), EACH, ids=[f"{chapter.slug}-{lang}" for chapter, lang in EACH]
)


def plan(chapter):
    return seminars.read(chapter.folder / "seminar.toml")


@cache
def deck_of(slug, lang):
    return slides.deck(outline(BY_SLUG[slug], lang), plan(BY_SLUG[slug]))


def deck(chapter, lang):
    return deck_of(chapter.slug, lang)


@cache
def page_of(slug, lang):
    return slides.write(outline(BY_SLUG[slug], lang), plan(BY_SLUG[slug]))


def written(chapter, lang):
    return page_of(chapter.slug, lang)


def words(page):
    """The text of a page, as it is read."""
    bare = re.sub(r"<(style|script)>.*?</\1>", " ", page, flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", bare)).split())


@each
def test_slides_show_what_the_lesson_has(chapter, lang):
    lesson, shown = outline(chapter, lang), deck(chapter, lang)
    kinds = [slide.kind for slide in shown]
    order = ["title", "case", "vote", "outcomes", "work", "roles", "debate", "again", "close"]
    assert list(dict.fromkeys(kinds)) == order
    page = words(written(chapter, lang))
    for block in lesson.story:
        beginning = re.split(r"[*$<\n]", block.lstrip("- *"))[0].strip()
        assert " ".join(beginning.split()) in page
    assert all(plain(pair[lang]) in page for pair in chapter.outcomes.values())
    assert all(plain(question.text[lang]) in page for question in plan(chapter).question)
    assert len(next(s for s in shown if s.kind == "close").items) == len(lesson.minute) >= 4
    assert kinds.count("work") == len(lesson.pictures) - len(plan(chapter).hide) >= 1


@each
def test_the_case_is_told_whole_and_nothing_of_the_page_around_it(chapter, lang):
    lesson = outline(chapter, lang)
    told = " ".join(lesson.story)
    assert 400 < len(told) < 2200
    assert "ipynb" not in told and "JupyterLab" not in told
    assert not re.search("Запустити всі клітинки|Запустить все ячейки", told)
    assert not re.search("здогад|вгадайте|догадка|угадайте|враженням|впечатлению", told)


@each
def test_no_slide_tells_a_key(chapter, lang):
    page = words(written(chapter, lang))
    for exercise in chapter.exercises.values():
        for field in ("right", "wrong", "solution"):
            if (said := exercise.say(field, lang)) and "{" not in said:
                assert plain(said) not in page, (exercise.id, field)
        for option in (*exercise.get("option", ()), *exercise.get("row", ())):
            assert "why" not in option or plain(option["why"][lang]) not in page, exercise.id
        for hint in exercise.get("hint", ()):
            assert plain(hint[lang]) not in page, exercise.id


def plain(said):
    return " ".join(re.sub(r"\*\*|`", "", said).split())


@each
def test_the_options_of_the_vote_stand_as_on_the_card_and_none_is_marked(chapter, lang):
    asked = chapter.exercises[outline(chapter, lang).guess]
    options = [option["text"][lang] for option in asked.shuffled("option")]
    for slide in deck(chapter, lang):
        if slide.kind in ("vote", "again"):
            assert [text for _, text in slide.items] == options
            assert "".join(mark for mark, _ in slide.items) == slides.LETTERS[: len(options)]


@each
def test_pictures_end_before_the_decision(chapter, lang):
    lesson = outline(chapter, lang)
    assert lesson.guess in lesson.decision.cards
    late = lesson.sections[lesson.sections.index(lesson.decision) :]
    entries = pictures.read(chapter.folder / "figures.toml")
    page = written(chapter, lang)
    for name in (name for section in late for name in section.pictures):
        assert pictures.figure(entries[name], lang).sentence not in unescape(page), name


def measured(result):
    """The numbers of a right result that are no row numbers and no counts of a few."""
    if isinstance(result, dict):
        for name, inner in result.items():
            if name != "index":
                yield from measured(inner)
    elif isinstance(result, list | tuple):
        for inner in result:
            yield from measured(inner)
    elif isinstance(result, numbers.Real) and not isinstance(result, bool | int):
        yield float(result)


@pytest.mark.slow
@pytest.mark.parametrize("chapter", taught(), ids=lambda chapter: chapter.slug)
def test_hidden_are_the_pictures_that_print_what_a_task_in_the_tables_asks_for(chapter):
    keys = []
    for exercise in chapter.exercises.values():
        if exercise.kind.name == "value":
            result = measured(truth(exercise["truth"]))
            keys.append({number(value, "uk", exercise["digits"]) for value in result})
    entries, hidden = pictures.read(chapter.folder / "figures.toml"), set()
    for _, name in outline(chapter, "uk").pictures:
        figure = pictures.figure(entries[name], "uk")
        said = f"{words(charts.svg(figure, 'uk'))} {figure.sentence}"
        printed = set(re.findall(r"(?<![\d,])\d+(?:,\d+)?(?![\d,]\d)", said))
        hidden |= {name for key in keys if key and key <= printed}
    assert set(plan(chapter).hide) == hidden


@each
def test_a_page_needs_nothing_else(chapter, lang):
    page = written(chapter, lang)
    assert page == slides.write(outline(chapter, lang), plan(chapter)), "the same bytes every time"
    assert not re.search(r"<(img|link|iframe|object|embed)\b|\bsrc=|@import|url\(", page)
    assert set(re.findall(r"https?://[^\s\"<]+", page)) <= {"http://www.w3.org/2000/svg"}
    script = re.search(r"<script>(.*?)</script>", page, re.S)[1]
    digest = b64encode(sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in unescape(page)
    assert "$" not in words(page) and "{" not in words(page)


def test_a_long_case_is_shared_out_in_its_order():
    blocks = ["а" * 400, "- б\n- в", "г" * 500, "Фірму вигадано."]
    shared = [str(body) for body in slides._story(blocks)]
    assert len(shared) == 2 and "<li>" in shared[0] and "г" in shared[1]
    assert 'class="note"' in shared[1] and "вигадано" in shared[1]
    assert [len(slides._story(["а" * size])) for size in (10, 2000)] == [1, 1]
