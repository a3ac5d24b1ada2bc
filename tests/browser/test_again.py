"""Cards of earlier lessons on the page of a later one, as a learner meets them in JupyterLab."""

import pytest
from driver import by_mouse, right, wrong
from playwright.sync_api import expect

from course.answers import Journal
from course.exercises import chapters

EARLIER = chapters()["value-plan"]
EXERCISES = [
    next(entry for entry in EARLIER.exercises.values() if entry.kind.name == kind)
    for kind in ("choice", "match", "numeric")
]


@pytest.fixture
def folder(lab, request):
    """The answers' folder of a learner who has done three exercises of lesson 3."""
    folder = lab.folder / request.node.name.replace("[", "-").strip("]") / "answers"
    journal = Journal(folder / "value-plan.jsonl")
    for exercise in EXERCISES:
        journal.append(exercise.id, "answer", right(exercise, folder), lang="uk")
    cells = ['lesson = at("levels", "uk")', "lesson.review()", "lesson.progress()"]
    lab.write("notebooks/uk/05-levels.ipynb", cells, folder)
    lab.write("notebooks/uk/03-value-plan.ipynb", ['lesson = at("value-plan", "uk")'], folder)
    return folder


@pytest.mark.parametrize("width", [1400, 420])
def test_earlier_exercises_are_asked_anew_and_stay_answered(tabs, lab, folder, width):
    book = tabs(width=width).open("notebooks/uk/05-levels.ipynb")
    book.page.evaluate("() => jupyterapp.shell.collapseLeft()")
    book.run()
    cards = book.page.locator('.rm-card[data-exercise^="review:"]:visible')
    expect(cards).to_have_count(3)
    for number in range(3):
        expect(cards.nth(number)).to_have_attribute("data-status", "untouched")
        expect(cards.nth(number)).to_contain_text(EARLIER.title["uk"])
    card, exercise = cards.nth(0), EXERCISES[0]
    by_mouse(book, card, exercise, wrong(exercise, folder))
    expect(card).to_have_attribute("data-status", "wrong")
    link = card.locator(".rm-see a")
    if link.count():
        assert link.first.get_attribute("href").startswith("03-value-plan.ipynb#")
    by_mouse(book, card, exercise, right(exercise, folder))
    expect(card).to_have_attribute("data-status", "right")
    book.run()
    expect(cards.nth(0)).to_have_attribute("data-status", "right")
    expect(cards.nth(1)).to_have_attribute("data-status", "untouched")
    wide = cards.evaluate_all("(all) => all.map((node) => node.scrollWidth - node.clientWidth)")
    assert max(wide) <= 1
    assert book.ours() == []


def test_a_word_to_reread_leads_into_the_earlier_lesson(tabs, lab, folder):
    exercise = next(entry for entry in EXERCISES if entry.get("see"))
    book = tabs().open("notebooks/uk/05-levels.ipynb").run()
    card = book.page.locator('.rm-card[data-exercise^="review:"]:visible').nth(
        EXERCISES.index(exercise)
    )
    by_mouse(book, card, exercise, wrong(exercise, folder))
    card.locator(".rm-see a").first.click()
    book.ready("03-value-plan.ipynb")
    assert book.ours() == []
