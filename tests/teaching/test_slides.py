"""Slides: the lesson's own case and pictures, the seminar's questions, no key, nothing fetched."""

import re
from base64 import b64encode
from hashlib import sha256
from html import unescape

import pytest

from course import pictures
from course.teaching import seminars, slides
from course.teaching.outline import outline
from course.teaching.papers import taught
from course.texts import LANGS, number
from course.truths import truth

EACH = [(chapter, lang) for chapter in taught() for lang in LANGS]
each = pytest.mark.parametrize(
    ("chapter", "lang"), EACH, ids=[f"{chapter.slug}-{lang}" for chapter, lang in EACH]
)


def plan(chapter):
    return seminars.read(chapter.folder / "seminar.toml")


def deck(chapter, lang):
    return slides.deck(outline(chapter, lang), plan(chapter))


def written(chapter, lang):
    return slides.write(outline(chapter, lang), plan(chapter))


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
    assert all(pair[lang] in page for pair in chapter.outcomes.values())
    assert all(question.text[lang] in page for question in plan(chapter).question)
    assert len(next(s for s in shown if s.kind == "close").items) == len(lesson.minute) >= 4
    assert kinds.count("work") == len(lesson.pictures) - len(plan(chapter).hide) >= 1
    assert set(plan(chapter).hide) <= {name for _, name in lesson.pictures}


@each
def test_the_case_is_told_whole_and_nothing_of_the_page_around_it(chapter, lang):
    lesson = outline(chapter, lang)
    told = " ".join(lesson.story)
    assert 400 < len(told) < 2200
    assert "ipynb" not in told and "JupyterLab" not in told
    assert not re.search("Запустити всі клітинки|Запустить все ячейки", told)


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


@pytest.mark.slow
@pytest.mark.parametrize("chapter", taught(), ids=lambda chapter: chapter.slug)
def test_no_picture_prints_the_number_that_a_table_exercise_asks_for(chapter):
    keys = {}
    for exercise in chapter.exercises.values():
        if exercise.kind.name == "value" and isinstance(result := truth(exercise["truth"]), float):
            keys[exercise.id] = number(result, "uk", exercise["digits"])
    for slide in deck(chapter, "uk"):
        said = f"{words(slide.drawing)} {slide.said}"
        found = [id for id, key in keys.items() if re.search(rf"(?<![\d,]){key}(?!\d|,\d)", said)]
        assert not found, f"{slide.title}: {found}; name the picture in hide"


@each
def test_a_page_needs_nothing_else(chapter, lang):
    page = written(chapter, lang)
    assert page == written(chapter, lang), "the same bytes every time"
    assert not re.search(r"<(img|link|iframe|object|embed)\b|\bsrc=|@import|url\(", page)
    assert set(re.findall(r"https?://[^\s\"<]+", page)) <= {"http://www.w3.org/2000/svg"}
    script = re.search(r"<script>(.*?)</script>", page, re.S)[1]
    digest = b64encode(sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in unescape(page)
    assert "$" not in words(page) and "{" not in words(page)


def test_a_long_case_is_shared_out_in_its_order():
    blocks = ["а" * 400, "б" * 200, "в" * 300]
    shared = [str(body) for body in slides._story(blocks)]
    assert len(shared) == 2 and "б" in shared[0] and "в" in shared[1]
