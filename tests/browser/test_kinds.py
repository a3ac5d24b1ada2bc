"""Every kind of exercise, by mouse and by keyboard, in both languages; kept over a restart and a change of language."""

import pytest
from driver import WAYS, first_of_each, opens, read, right, shows
from playwright.sync_api import expect

from course import kinds
from course.texts import text

EXERCISES = first_of_each()
# The simulation has tests of its own.
KINDS, BY_PERSON = [*EXERCISES], kinds.by_person()
OTHER = {"uk": "ru", "ru": "uk"}


@pytest.fixture(scope="module")
def learner(request, tabs, lab, tmp_path_factory):
    """A learner with a notebook that shows one exercise of each kind, and a folder of answers."""
    lang, way = request.param.split("-")
    folder = tmp_path_factory.mktemp("answers") / "kept"
    for each in (lang, OTHER[lang]):
        lab.write(
            f"{request.param}-{each}.ipynb",
            [opens(each, EXERCISES.values()), *map(shows, EXERCISES.values())],
            folder,
        )
    book = tabs().open(f"{request.param}-{lang}.ipynb").run()
    book.lang, book.way, book.answers, book.other = (
        lang,
        WAYS[way],
        folder,
        f"{request.param}-{OTHER[lang]}.ipynb",
    )
    book.given = {}
    yield book
    book.page.context.close()
    lab.end_kernels()


@pytest.mark.parametrize("learner", ["uk-mouse", "ru-keys", "uk-keys", "ru-mouse"], indirect=True)
@pytest.mark.parametrize("kind", KINDS)
def test_a_right_answer_is_given_and_said_to_be_right(learner, kind):
    exercise = EXERCISES[kind]
    card = learner.card(exercise)
    expect(card).to_have_attribute("data-status", "untouched")
    learner.given[kind] = right(exercise, learner.answers)
    learner.way(learner, card, exercise, learner.given[kind])
    if kind == "value":
        learner.page.locator(".rm-card[data-old]").wait_for(state="detached")
        card = learner.card(exercise)
    expect(card).to_have_attribute("data-status", "saved" if kind in BY_PERSON else "right")
    expect(card).to_have_attribute("lang", learner.lang)
    state = text("state.saved" if kind in BY_PERSON else "state.right", learner.lang)
    expect(card.locator(".rm-state")).to_contain_text(state)
    if kind not in BY_PERSON:
        expect(card.locator(".rm-feedback")).to_contain_text(text("lead.right", learner.lang))
    expect(card.locator(".rm-warning")).to_be_empty()


def kept(learner, lang):
    for kind, exercise in EXERCISES.items():
        card = learner.card(exercise)
        expect(card).to_have_attribute("data-status", "saved" if kind in BY_PERSON else "right")
        expect(card).to_have_attribute("lang", lang)
        if kind != "value":
            found = read(card, exercise)
            assert (sorted(found) if kind == "multi" else found) == (
                sorted(learner.given[kind]) if kind == "multi" else learner.given[kind]
            )


@pytest.mark.parametrize("learner", ["uk-mouse", "ru-keys"], indirect=True)
def test_answers_are_there_after_the_kernel_restarts(learner):
    learner.restart()
    kept(learner, learner.lang)


@pytest.mark.parametrize("learner", ["uk-mouse", "ru-keys"], indirect=True)
def test_answers_are_there_in_the_other_language(learner):
    learner.open(learner.other).run()
    kept(learner, OTHER[learner.lang])
