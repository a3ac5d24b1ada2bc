"""The simulation in a real browser: played by keyboard alone, kept over a restart, whole on a phone."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from course.grading.setting import assignment
from course.texts import section, text

BANK = Path(assignment.__file__).with_name("template.toml")
OPEN = f"""from course.exercises import read
from course.lessons import Lesson
from course.record import Record

def bank(lang):
    lesson = Lesson.__new__(Lesson)
    lesson._open(Record(read({str(BANK)!r}), Path({{folder!r}})), lang)
    return lesson
"""
GAME = "own-portfolio"
NOTHING, FITTING = "1" * 20, "15555133331222213333"


@pytest.fixture(scope="module")
def page(tabs, lab, tmp_path_factory):
    """A notebook with the game in one language, opened in a tab as wide as asked."""

    def shown(lang, width=1400):
        folder = tmp_path_factory.mktemp("answers") / "kept"
        cells = [
            OPEN.replace("{folder!r}", repr(str(folder))),
            f'bank("{lang}").exercise("{GAME}")',
        ]
        book = tabs(width).open(lab.write(f"game-{lang}-{width}.ipynb", cells, folder)).run()
        book.words = section("simulation.view", lang)
        book.lang = lang
        expect(book.card(GAME).locator("select")).to_have_count(20)
        return book

    return shown


def plan(card):
    return "".join(card.locator("select").evaluate_all("(all) => all.map((each) => each.value)"))


def button(card, words):
    return card.get_by_role("button", name=words, exact=True)


def test_it_is_played_by_keyboard_alone_and_kept(page):
    book = page("uk")
    card, press = book.card(GAME), book.page.keyboard.press
    assert plan(card) == NOTHING
    book.cell(GAME).evaluate("""(node) => {
      const cells = window.jupyterapp.shell.currentWidget.content;
      cells.activeCellIndex = cells.widgets.findIndex((cell) => cell.node === node);
      cells.mode = "command"; node.focus(); }""")
    book.tab_to(button(card, text("simulation.preset.fitting", "uk")))
    press("Enter")
    assert plan(card) == FITTING
    book.tab_to(card.locator("select").nth(0))
    press("4")
    press("Tab")
    press("ArrowUp")
    assert plan(card) == "4" + "4" + FITTING[2:]
    press("Shift+Tab")
    press("Shift+Tab")
    press("Shift+Tab")
    expect(button(card, book.words["undo"])).to_be_focused()
    press("Enter")
    assert plan(card) == "4" + FITTING[1:]
    book.tab_to(card.locator(".rm-main"))
    press("Enter")
    expect(card.locator(".rm-warning")).to_contain_text(text("invalid.forecast", "uk")[:20])
    press("Shift+Tab")
    expect(card.locator(".rm-forecast input")).to_be_focused()
    book.page.keyboard.type("27,5")
    press("Enter")
    expect(card.locator(".rm-results figure").first).to_be_visible()
    expect(card.locator(".rm-results")).to_contain_text("27,5")
    assert card.get_attribute("data-status") in ("partial", "right")
    book.restart()
    card = book.card(GAME)
    expect(card.locator(".rm-results figure").first).to_be_visible()
    assert plan(card) == "4" + FITTING[1:]
    expect(card.locator(".rm-forecast input")).to_have_value("27,5")


def test_years_two_plans_and_another_course_of_events(page):
    book = page("ru", 420)
    card, words = book.card(GAME), book.words
    button(card, text("simulation.preset.fitting", "ru")).click()
    button(card, words["pin"]).click()
    card.locator(".rm-years input").check()
    button(card, words["year"].replace("{n}", "3")).click()
    card.locator("select").nth(4).select_option("4")
    assert plan(card)[4] == "4"
    button(card, words["year"].replace("{n}", "1")).click()
    assert plan(card) == FITTING
    button(card, words["swap"]).click()
    expect(card.locator(".rm-years input")).not_to_be_checked()
    expect(card).to_contain_text("15555-15555-15554")
    button(card, words["swap"]).click()
    expect(card.locator(".rm-years input")).to_be_checked()
    card.locator(".rm-forecast input").fill("20")
    card.locator(".rm-main").click()
    results = card.locator(".rm-results")
    expect(results).to_contain_text(text("simulation.result.beside", "ru"))
    first = results.locator(".rm-turn [role=img]").get_attribute("aria-label")
    button(card, words["turn"]).click()
    assert results.locator(".rm-turn [role=img]").get_attribute("aria-label") != first
    assert card.evaluate("(node) => node.scrollWidth <= node.clientWidth")
    table = card.locator(".rm-plan")
    assert table.evaluate("(node) => node.scrollWidth <= node.parentNode.clientWidth")
    heads = table.locator("thead th").evaluate_all(
        "(all) => all.every((th) => th.scrollWidth <= th.clientWidth)"
    )
    assert heads, "a head of the table is wider than its column"


def test_nobody_is_kept_out(page):
    from axe_playwright_python.sync_playwright import Axe

    book = page("uk", 1300)
    card = book.card(GAME)
    button(card, text("simulation.preset.matrix", "uk")).click()
    card.locator(".rm-forecast input").fill("20")
    card.locator(".rm-main").click()
    expect(card.locator(".rm-results figure").first).to_be_visible()
    for theme in ("JupyterLab Light", "JupyterLab Dark"):
        book.theme(theme)
        found = Axe().run(book.page, context=".rm-card").response["violations"]
        assert not [fault["id"] for fault in found], theme
