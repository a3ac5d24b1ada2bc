"""Written work: what is too short is no tick, a long text scrolls, a plan is told tile by tile."""

import pytest
from driver import first_of_each, opens, shows
from playwright.sync_api import expect

from course.texts import text

EXERCISES = first_of_each()
TEXT, PLAN = EXERCISES["text"], EXERCISES["canvas"]


@pytest.fixture(scope="module", params=["uk", "ru"])
def book(request, tabs, lab, tmp_path_factory):
    folder, name = tmp_path_factory.mktemp("answers"), f"written-{request.param}.ipynb"
    lab.write(name, [opens(request.param, [TEXT, PLAN]), shows(TEXT), shows(PLAN)], folder)
    book = tabs().open(name).run()
    book.lang = request.param
    return book


def colour(place):
    return place.evaluate("(node) => getComputedStyle(node).color")


def test_a_text_of_the_wrong_length_is_no_tick(book):
    card, area = book.card(TEXT), book.card(TEXT).locator("textarea")
    least, most = TEXT["words"]
    area.fill("слово " * (least - 1))
    card.locator(".rm-main").click()
    expect(card).to_have_attribute("data-status", "saved")
    count = text("card.words", book.lang, n=least - 1, least=least, most=most)
    expect(card.locator(".rm-state")).to_contain_text(count)
    assert (
        card.locator(".rm-state.rm-ok").count() == 0 and card.locator(".rm-say.rm-ok").count() == 0
    )
    expect(card.locator(".rm-next")).to_be_hidden()
    area.fill("слово " * least)
    card.locator(".rm-main").click()
    expect(card.locator(".rm-state.rm-ok")).to_have_text(text("state.saved", book.lang))


def test_a_long_text_scrolls_in_its_box(book):
    area = book.card(TEXT).locator("textarea")
    area.fill("Один рядок\n" * 200)
    height, inner = area.evaluate("(node) => [node.offsetHeight, node.scrollHeight]")
    assert height < 400 < inner


def test_remarks_and_ticks_stand_in_their_tiles(book):
    card, ids = book.card(PLAN), [tile["id"] for tile in PLAN["tile"]]
    place = ids.index("reciprocity")
    tiles = card.locator(".rm-tile")
    tiles.nth(0).locator("textarea").fill("усі" if book.lang == "uk" else "все")
    expect(tiles.nth(0).locator(".rm-remarks li")).not_to_have_count(0)
    expect(tiles.nth(0).locator(".rm-tick svg")).to_have_count(0)
    tiles.nth(place).locator("textarea").fill(
        "відгук про кожну партію" if book.lang == "uk" else "отзыв о каждой партии"
    )
    expect(tiles.nth(place).locator(".rm-tick svg")).to_have_count(1)
    expect(tiles.nth(place).locator(".rm-remarks li")).to_have_count(0)
    titles = [tile["title"][book.lang] for tile in PLAN["tile"]]
    below = card.locator("> .rm-remarks li")
    expect(below).to_have_count(1)
    expect(below).to_contain_text(titles[-1])


def test_the_sample_of_a_plan_stands_tile_by_tile(book):
    card = book.card(PLAN)
    expect(card.locator(".rm-sample").first).to_be_hidden()
    for field in card.locator("textarea").all():
        if not field.input_value():
            field.fill("щотижня" if book.lang == "uk" else "еженедельно")
    card.locator(".rm-main").click()
    expect(card).to_have_attribute("data-status", "saved")
    card.get_by_role("button", name=text("card.model_answer", book.lang)).click()
    expect(card.locator(".rm-sample").first).to_be_visible()
    samples = [
        words.removeprefix(text("card.sample", book.lang)).strip()
        for words in card.locator(".rm-sample").all_inner_texts()
    ]
    solution = PLAN["solution"][book.lang]
    assert len(samples) == len(PLAN["tile"]) and all(
        words and words in solution for words in samples
    )
    assert not [words for words in samples if words in card.locator(".rm-feedback").inner_text()]
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    for theme in ("Light", "Dark"):
        book.theme(f"JupyterLab {theme}")
        found = axe.run(book.page, context=".rm-card")
        assert found.violations_count == 0, found.generate_report()
