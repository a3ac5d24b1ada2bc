"""The start page and a lesson as they are, for a learner who comes back after ten days."""

import json
import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from driver import by_keys, right, wrong
from playwright.sync_api import expect

from course import paths
from course.exercises import chapters
from course.texts import text

PICTURES = os.environ.get("LOOK")  # a folder for screenshots, for whoever wants to look
START, LESSON = "00-start.ipynb", "03-value-plan.ipynb"
DONE = ("deal-to-relationship", "when-it-pays")


def remembers(folder, slug, days, answers):
    """Let a learner have answered so many days ago, ``{exercise: answer}``."""
    time = datetime.now(UTC) - timedelta(days=days)
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / f"{slug}.jsonl", "a", encoding="utf-8") as file:
        for name, answer in answers.items():
            line = {"v": 1, "t": f"{time:%Y-%m-%dT%H:%M:%S}.000Z", "x": name, "e": "answer"}
            file.write(json.dumps(line | {"a": answer, "lang": "uk", "n": 1}) + "\n")


def marked(slug):
    every = chapters()[slug].exercises.values()
    return [entry for entry in every if not (entry.kind.by_person or entry.kind.computed)]


@pytest.fixture(params=["uk", "ru"])
def lang(request):
    return request.param


@pytest.fixture
def folder(lab, lang):
    """Both pages in a course folder, and the journals of somebody who did two lessons."""
    folder = lab.folder.parent / "course_answers"
    shutil.rmtree(folder, ignore_errors=True)
    for name in (START, LESSON):
        (lab.folder / "notebooks" / lang).mkdir(parents=True, exist_ok=True)
        shutil.copy(paths.shared("notebooks") / lang / name, lab.folder / "notebooks" / lang / name)
    for slug, days in zip(DONE, (10, 3), strict=True):
        good = {entry.id: right(entry, folder) for entry in marked(slug)}
        good[marked(slug)[0].id] = wrong(marked(slug)[0], folder)
        remembers(folder, slug, days, good)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def visit(tabs, lab, lang):
    """``visit(START, 420, "Dark")``: the page, run, its strip on top in sight."""
    opened = []

    def show(name, width=1400, theme="Light"):
        book = tabs(width=width)
        opened.append(book)
        book.open(f"notebooks/{lang}/{name}")
        book.page.evaluate("() => jupyterapp.shell.collapseLeft()")
        book.theme(f"JupyterLab {theme}")
        book.run()
        book.page.locator(".rm-today.rm-strip:visible").wait_for()
        return book

    yield show
    for book in opened:
        book.page.context.close()
    lab.end_kernels()


def look(book, place, name):
    if PICTURES:
        place.scroll_into_view_if_needed()
        place.screenshot(path=str(Path(PICTURES, f"{name}.png")))


def load(count, lang):
    minutes = -(-count * 3 // 2)
    return text("progress.today", lang, n=count, minutes=minutes)


def wear(book, width, theme):
    """Make the window as wide as that, in light or dark, and wait until the page has followed."""
    book.page.set_viewport_size({"width": width, "height": 1000})
    book.theme(f"JupyterLab {theme}")
    book.page.wait_for_function("""() => {
      const page = document.querySelector(".jp-Notebook").getBoundingClientRect();
      return page.right <= innerWidth && page.width > 0.6 * Math.min(innerWidth, 900); }""")


def fits(place, width):
    """Nothing sticks out of a strip, and the strip not out of the page."""
    over, edge = place.evaluate(
        "(node) => [node.scrollWidth - node.clientWidth, node.getBoundingClientRect().right]"
    )
    return over <= 1 and edge <= width


def test_the_start_page_says_what_is_due_and_asks_it(visit, folder, lang):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    book = visit(START, 420, "Dark")
    count = sum(len(marked(slug)) for slug in DONE)
    top = book.page.locator(".rm-strip.rm-today:visible")
    agenda = book.page.locator(".rm-strip.rm-agenda:visible")
    map_ = book.page.locator(".rm-strip.rm-progress:visible")
    expect(top).to_contain_text(load(count, lang))
    expect(agenda).to_contain_text(load(count, lang))
    expect(agenda.locator("> div > .rm-rows > li")).to_have_count(2)
    cards = book.page.locator('.rm-card[data-exercise^="review:"]:visible')
    expect(cards).to_have_count(4)
    for summary in (agenda, map_):
        summary.locator("summary", has_text=text("progress.concepts", lang)).click()
    for width, theme in [(420, "Dark"), (1400, "Dark"), (1400, "Light")]:
        wear(book, width, theme)
        for name, place in (
            ("today", top),
            ("agenda", agenda),
            ("map", map_),
            ("card", cards.first),
        ):
            look(book, place, f"{name}-{lang}-{width}-{theme}")
            assert fits(place, width), name
        found = axe.run(book.page, context=".rm-strip")
        assert found.violations_count == 0, found.generate_report()
    assert book.ours() == []


def test_with_the_keyboard_a_card_that_is_due_is_reached_answered_and_gone(visit, folder, lang):
    book = visit(START)
    count = sum(len(marked(slug)) for slug in DONE)
    top = book.page.locator(".rm-strip.rm-today:visible")
    link = top.locator(".rm-today a")
    link.focus()
    book.page.keyboard.press("Enter")
    focused = book.page.locator('.rm-card[data-exercise^="review:"]:focus')
    expect(focused).to_have_count(1)
    _, slug, name = focused.get_attribute("data-exercise").split(":")
    exercise = chapters()[slug].exercises[name]
    card = book.page.locator(f'[data-exercise="review:{slug}:{name}"]:visible')
    if exercise.kind.name in ("choice", "multi", "order", "match", "classify"):
        by_keys(book, card, _named(exercise, card), right(exercise, folder))
        expect(card).to_have_attribute("data-status", "right")
        expect(top).to_contain_text(load(count - 1, lang))
    assert book.ours() == []


def _named(exercise, card):
    """The exercise under the name that its card bears on this page."""
    from dataclasses import replace

    return replace(exercise, raw=exercise.raw | {"id": card.get_attribute("data-exercise")})


def test_a_lesson_says_on_top_where_i_am_and_asks_what_is_due_first(visit, folder, lang):
    book = visit(LESSON, 420)
    top = book.page.locator(".rm-strip.rm-today:visible")
    expect(top).to_contain_text(chapters()["value-plan"].title[lang])
    expect(top.locator(".rm-onward a")).to_have_count(1)
    for width, theme in [(420, "Light"), (1400, "Light"), (1400, "Dark")]:
        wear(book, width, theme)
        look(book, top, f"lesson-{lang}-{width}-{theme}")
        if PICTURES:
            book.page.evaluate("""() => {
              const area = document.querySelector(".jp-WindowedPanel-outer, .jp-Notebook");
              area.scrollTop = 0; }""")
            book.page.wait_for_timeout(500)
            book.page.screenshot(path=str(Path(PICTURES, f"page-{lang}-{width}-{theme}.png")))
        assert fits(top, width)
    top.locator(".rm-today a").click()
    expect(book.page.locator('.rm-card[data-exercise^="review:"]:focus')).to_have_count(1)
    assert book.ours() == []


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_a_lesson_that_is_done_lights_up_once_and_stands_still_for_who_wants_it(
    tabs, lab, tmp_path, motion
):
    cells = ['runs, lesson = 0, at("levels", "uk")', "lesson.progress()"]
    done = """runs += 1
if runs > 1:
    strip = lesson.progress()
    strip.state = strip.state | {"praise": "Урок пройдено."}"""
    lab.write("notebooks/uk/done.ipynb", [*cells, done], tmp_path / "answers")
    book = tabs()
    book.page.emulate_media(reduced_motion=motion)
    book.open("notebooks/uk/done.ipynb").run()
    strip = book.page.locator(".rm-strip:visible")
    strip.wait_for()
    status = strip.locator('[role="status"]')
    expect(status).to_be_empty()
    book.start_cell(3)
    expect(status).to_have_text("Урок пройдено.")
    name = status.locator("p").evaluate("(node) => getComputedStyle(node).animationName")
    assert name == ("none" if motion == "reduce" else "rm-cheer")
    book.page.context.close()
    lab.end_kernels()
