"""The plans of classes: they last as long as a class, their questions are open, their roles live in the case."""

import re

import pytest

from course.teaching import TeachingError, papers, seminars, slides, syllabus
from course.teaching.outline import outline
from course.teaching.papers import taught
from course.texts import LANGS

EACH = [(chapter, lang) for chapter in taught() for lang in LANGS]
each = pytest.mark.parametrize(
    ("chapter", "lang"), EACH, ids=[f"{chapter.slug}-{lang}" for chapter, lang in EACH]
)
# Questions that ask to recall, or only for yes or no.
CLOSED = {
    "uk": r"^(Чи |Назвіть|Перелічіть|Скільки |Що таке|Який автор|Які (дві|три|чотири|п’ять|шість|сім|вісім|дев’ять)\b)",
    "ru": r"^(Назовите|Перечислите|Сколько |Что такое|Какой автор|Какие (две|три|четыре|пять|шесть|семь|восемь|девять)\b|\w+ ли\b)",
}


def plan(chapter):
    return seminars.read(chapter.folder / "seminar.toml")


def stems(words):
    return {word[:5] for word in re.findall(r"[\w’+-]{5,}", words.lower())}


def case(chapter, lang):
    lesson = outline(chapter, lang)
    return " ".join(lesson.story) + chapter.exercises[lesson.guess].say("prompt", lang)


def test_every_lesson_before_the_capstone_has_a_plan():
    assert [chapter.number for chapter in taught()] == list(range(1, 15))


@pytest.mark.parametrize("chapter", taught(), ids=lambda chapter: chapter.slug)
def test_every_plan_lasts_one_class(chapter):
    steps = plan(chapter).step
    assert sum(step.minutes for step in steps) == syllabus.read().class_minutes == 80
    kinds = [step.kind for step in steps]
    assert kinds.index("vote") < kinds.index("roles") < kinds.index("again") < kinds.index("close")
    assert len(set(kinds)) == len(kinds)
    assert min(step.minutes for step in steps) >= 4
    own = {step.kind for step in steps if step.text}
    assert {"work", "debate"} <= own, "what to do with the pictures, and who leads the meeting"


@each
def test_questions_are_open_and_about_the_case(chapter, lang):
    told = stems(case(chapter, lang))
    for question in plan(chapter).question:
        said = question.text[lang]
        assert said.endswith("?"), said
        assert not re.search(CLOSED[lang], said), said
        assert stems(said) & told, f"nothing of the case: {said}"
        assert question.listen[lang] != said


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("uk", "Чи варто фірмі будувати відносини?"),
        ("uk", "Які сім характеристик має угода?"),
        ("ru", "Стоит ли фирме строить отношения?"),
        ("ru", "Назовите пять уровней."),
    ],
)
def test_a_closed_question_is_found(lang, said):
    assert re.search(CLOSED[lang], said)


@each
def test_roles_are_people_of_the_case_without_names(chapter, lang):
    roles = plan(chapter).role
    told = stems(case(chapter, lang))
    for role in roles:
        assert stems(role.who[lang]) & told, role.who[lang]
        assert not re.search(r"\b[А-ЯІЇЄҐЁ]\.", role.who[lang]), "a role has no initials"
    assert len({role.who[lang] for role in roles}) == len(roles)


@each
def test_the_printed_plan_says_when_what_and_with_which_slides(chapter, lang):
    page = papers.seminar(outline(chapter, lang), plan(chapter))
    shown = slides.numbers(slides.deck(outline(chapter, lang), plan(chapter)))
    start = 0
    for step in plan(chapter).step:
        row = re.search(
            rf'<td class="clock">{start}–{start + step.minutes}</td>.*?</tr>', page, re.S
        )
        assert row and f'<td class="n">{shown.get(step.kind, "")}</td>' in row[0]
        start += step.minutes
    for role in plan(chapter).role:
        assert role.knows[lang] in page


def write(folder, old, new):
    source = (taught()[0].folder / "seminar.toml").read_text("utf-8")
    assert old in source
    path = folder / "seminar.toml"
    path.write_text(source.replace(old, new, 1), "utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("minutes = 6", "minutes = 7", "81 minutes"),
        (
            "minutes = 6",
            "minutes = 86\n[[step]]\nkind = 'entry'\nminutes = -80",
            "at least a minute",
        ),
        ('kind = "case"', 'kind = "lunch"', "lunch"),
        ("bring.uk", "bring.en", "en"),
        ("[[role]]\nwho.uk", "[[role]]\nname = 'x'\nwho.uk", "name"),
        ("minutes = 6", 'minutes = "six"', "int"),
        ("[[step]]", "[[step", "line"),
        ("hide = [", "hide = [1, ", "str"),
    ],
)
def test_a_planted_fault_is_named(tmp_path, old, new, said):
    with pytest.raises(TeachingError, match=said):
        seminars.read(write(tmp_path, old, new))


def test_one_language_alone_is_a_fault(tmp_path):
    source = (taught()[0].folder / "seminar.toml").read_text("utf-8")
    path = tmp_path / "seminar.toml"
    path.write_text(re.sub(r"^bring\.ru.*\n", "", source, flags=re.M), "utf-8")
    with pytest.raises(TeachingError, match="write uk and ru, not uk"):
        seminars.read(path)
