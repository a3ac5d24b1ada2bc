"""Rows with a choice each: what is left open is marked, and a long choice can be read whole."""

import pytest
from driver import opens, read, shows
from playwright.sync_api import expect

from course.exercises import chapters
from course.texts import text

EXERCISES = [
    chapters()["levels"].exercises["levels-behaviour"],
    chapters()["value-plan"].exercises["portraits"],
]
SHORT, LONG = EXERCISES


@pytest.fixture(scope="module")
def book(tabs, lab, tmp_path_factory):
    folder = tmp_path_factory.mktemp("answers")
    lab.write("rows.ipynb", [opens("uk", EXERCISES), *map(shows, EXERCISES)], folder)
    return tabs().open("rows.ipynb").run()


def marked(card):
    return card.locator(".rm-row").evaluate_all("""(rows) => rows.map((row) => [
      row.classList.contains("rm-open"), row.querySelector(".rm-blank").textContent,
      row.querySelector("select").getAttribute("aria-invalid")])""")


def test_rows_left_open_are_marked_until_they_are_filled(book):
    card, word = book.card(SHORT), text("card.open_row", "uk")
    count = len(SHORT["row"])
    expect(card.locator(".rm-open")).to_have_count(0)
    for place in (0, 2):
        card.locator("select").nth(place).select_option(SHORT["option"][place]["id"])
    card.locator(".rm-main").click()
    expect(card.locator(".rm-warning")).to_contain_text(str(count - 2))
    expect(card.locator(".rm-open")).to_have_count(count - 2)
    assert marked(card) == [
        [False, "", "false"] if place in (0, 2) else [True, word, "true"] for place in range(count)
    ]
    card.locator("select").nth(1).select_option(SHORT["option"][1]["id"])
    expect(card.locator(".rm-kept")).not_to_have_text(text("card.saving", "uk"))
    book.page.wait_for_timeout(
        800
    )  # the kernel has the draft now, and what is empty is still marked
    assert [row[0] for row in marked(card)] == [False] * 3 + [True] * (count - 3)
    for place in range(3, count):
        card.locator("select").nth(place).select_option(SHORT["option"][place]["id"])
    card.locator(".rm-main").click()
    expect(card).not_to_have_attribute("data-status", "changed")
    expect(card.locator(".rm-open")).to_have_count(0)


@pytest.mark.parametrize("width", [1400, 420])
def test_a_long_choice_is_shown_whole(book, width):
    book.page.set_viewport_size({"width": width, "height": 1000})
    card = book.card(LONG)
    choices = sorted(LONG["option"], key=lambda option: len(option["text"]["uk"]))
    for option in (choices[0], choices[-1]):
        card.locator("select").first.select_option(option["id"])
        book.page.wait_for_timeout(200)
        room = card.locator("select").first.evaluate("""(select) => {
          const probe = document.body.appendChild(document.createElement("span"));
          probe.style.cssText = `position: absolute; white-space: nowrap; font: ${getComputedStyle(select).font}`;
          probe.textContent = select.selectedOptions[0].textContent;
          const { width } = probe.getBoundingClientRect();
          probe.remove();
          return select.clientWidth - width; }""")
        whole = card.locator(".rm-whole").first
        assert room > 20 or whole.inner_text() == option["text"]["uk"], (room, option["id"])
        assert whole.inner_text() in ("", option["text"]["uk"])
    assert width == 1400 or card.locator(".rm-whole").first.inner_text()
    assert read(card, LONG) == {LONG["row"][0]["id"]: choices[-1]["id"]}
    book.page.set_viewport_size({"width": 1400, "height": 1000})


def test_axe_finds_nothing_in_marked_and_long_rows(book):
    card = book.card(LONG)
    card.locator(".rm-main").click()
    expect(card.locator(".rm-open").first).to_be_visible()
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    for theme in ("Light", "Dark"):
        book.theme(f"JupyterLab {theme}")
        found = axe.run(book.page, context=".rm-card")
        assert found.violations_count == 0, found.generate_report()
