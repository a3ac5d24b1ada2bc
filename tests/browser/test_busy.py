"""A kernel slower than its learner, two tabs on one kernel, two kernels on one lesson."""

import pytest
from driver import first_of_each, opens, read, right, shows, wrong
from playwright.sync_api import expect

from course.texts import text

EXERCISES = first_of_each()
CHOICE, TEXT = EXERCISES["choice"], EXERCISES["text"]
DRAFT = 400  # ms; a little longer than the pause after which a changed choice is sent

# Notes in every frame what is chosen, so that even a short flip back is seen.
WATCH = """(card) => {
  window.seen = [];
  const look = () => {
    const now = card.querySelector("input:checked")?.value ?? null;
    if (seen.at(-1) !== now) seen.push(now);
    requestAnimationFrame(look);
  };
  look(); }"""


@pytest.fixture(scope="module")
def book(tabs, lab, tmp_path_factory):
    """A notebook whose last cell keeps the kernel busy until a file appears."""
    folder = tmp_path_factory.mktemp("busy")
    gate = f"while not Path({str(folder / 'gate')!r}).exists(): time.sleep(0.02)"
    lab.write(
        "busy.ipynb",
        [opens("uk", [CHOICE, TEXT]), shows(CHOICE), shows(TEXT), gate],
        folder / "answers",
    )
    (folder / "gate").touch()
    found = tabs().open("busy.ipynb").run()
    found.gate, found.answers = folder / "gate", folder / "answers"
    found.card(TEXT)
    return found


@pytest.fixture
def busy(book):
    """Until ``book.gate.touch()`` the kernel answers nothing."""
    book.gate.unlink()
    book.start_cell(4)
    book.page.locator(".jp-CodeCell").nth(4).get_by_text("[*]:").wait_for()
    yield book
    book.gate.touch()


def line(card, name):
    return card.locator(f'.rm-option:has(input[value="{name}"]) > span').first


@pytest.mark.parametrize("pause", [0, DRAFT], ids=["at-once", "each-one-sent"])
def test_of_ten_quick_changes_the_last_one_wins(busy, pause):
    card, good = busy.card(CHOICE), right(CHOICE, busy.answers)
    bad = [option["id"] for option in CHOICE["option"] if option["id"] != good]
    card.evaluate(WATCH)
    clicked = [bad[place % len(bad)] for place in range(9)] + [good]
    for name in clicked:
        line(card, name).click()
        busy.page.wait_for_timeout(pause)
    card.locator(".rm-main").click()
    busy.page.evaluate("() => { seen.length = 0; }")
    busy.gate.touch()
    expect(card).to_have_attribute("data-status", "right")
    assert busy.page.evaluate("() => seen") in ([], [good]), "the choice flipped back"
    assert read(card, CHOICE) == good
    card.get_by_role("button", name=text("card.reset", "uk")).click()
    expect(card).to_have_attribute("data-status", "untouched")


def test_a_change_after_checking_is_not_overwritten_by_the_result(busy):
    card, good = busy.card(CHOICE), right(CHOICE, busy.answers)
    bad = wrong(CHOICE, busy.answers)
    line(card, good).click()
    card.locator(".rm-main").click()
    line(card, bad).click()
    card.evaluate(WATCH)
    busy.page.wait_for_timeout(DRAFT)
    busy.gate.touch()
    expect(card.locator(".rm-kept")).to_contain_text(text("card.saved", "uk", time="").strip())
    expect(card).to_have_attribute("data-status", "changed")
    assert busy.page.evaluate("() => seen") == [bad]
    card.get_by_role("button", name=text("card.reset", "uk")).click()
    expect(card).to_have_attribute("data-status", "untouched")


def test_a_kernel_that_does_not_answer_is_named_and_the_text_stays(busy):
    card, words = busy.card(TEXT), "Це речення має лишитися."
    card.locator("textarea").fill(words)
    card.locator(".rm-main").click()
    expect(card.locator(".rm-warning")).to_have_text(text("card.slow", "uk"))
    card.locator("textarea").press("End")
    card.locator("textarea").type(" І це.")
    busy.gate.touch()
    expect(card.locator(".rm-warning")).to_be_empty()
    card.locator(".rm-main").click()
    expect(card).to_have_attribute("data-status", "saved")
    assert read(card, TEXT) == words + " І це."


def test_saving_in_the_background_leaves_the_caret_where_it_is(book):
    card = book.card(TEXT)
    area = card.locator("textarea")
    area.fill("початок кінець")
    book.until_kept(TEXT, "початок кінець")
    for _ in range(6):
        area.press("ArrowLeft")
    for words, there in (("се", "секінець"), ("ре", "серекінець"), ("дина ", "середина кінець")):
        area.type(words)
        book.until_kept(TEXT, f"початок {there}")
    assert area.input_value() == "початок середина кінець"
    expect(area).to_be_focused()


def test_two_tabs_on_one_kernel_show_the_same(book, tabs):
    book.save()
    second = tabs().open("busy.ipynb")
    mine, other = book.card(CHOICE), second.card(CHOICE)
    good, bad = right(CHOICE, book.answers), wrong(CHOICE, book.answers)
    line(mine, bad).click()
    mine.locator(".rm-main").click()
    expect(mine).to_have_attribute("data-status", "wrong")
    expect(other).to_have_attribute("data-status", "wrong")
    assert read(other, CHOICE) == bad
    line(other, good).click()
    other.locator(".rm-main").click()
    expect(other).to_have_attribute("data-status", "right")
    expect(mine).to_have_attribute("data-status", "right")
    assert read(mine, CHOICE) == good
    second.page.context.close()


def test_two_kernels_on_one_lesson_lose_nothing(tabs, lab, tmp_path):
    folder, found = tmp_path / "answers", [EXERCISES["choice"], EXERCISES["multi"]]
    books = []
    for lang in ("uk", "ru"):
        lab.write(f"two-{lang}.ipynb", [opens(lang, found), *map(shows, found)], folder)
        books.append(tabs().open(f"two-{lang}.ipynb").run())
    (uk, ru), good = [book.card(CHOICE) for book in books], right(CHOICE, folder)
    line(uk, wrong(CHOICE, folder)).click()
    uk.locator(".rm-main").click()
    expect(uk).to_have_attribute("data-status", "wrong")
    line(ru, good).click()
    ru.locator(".rm-main").click()
    expect(ru).to_have_attribute("data-status", "right")
    second = books[0].card(EXERCISES["multi"])
    for name in right(EXERCISES["multi"], folder):
        line(second, name).click()
    second.locator(".rm-main").click()
    expect(second).to_have_attribute("data-status", "right")
    for book in books:
        book.run()
    for book in books:
        for exercise in found:
            expect(book.card(exercise)).to_have_attribute("data-status", "right")
        assert read(book.card(CHOICE), CHOICE) == good


# A busy machine takes longer for a card's code than anywidget waits.
LATE = """const timeout = AbortSignal.timeout;
AbortSignal.timeout = (ms) => timeout.call(AbortSignal, ms === 2000 ? 0 : ms);"""


def test_a_card_whose_code_came_late_hears_its_kernel_all_the_same(tabs, lab, tmp_path):
    lab.write("late.ipynb", [opens("uk", [CHOICE, TEXT]), shows(CHOICE), shows(TEXT)], tmp_path)
    late = tabs()
    late.page.add_init_script(LATE)
    late.open("late.ipynb").run()
    card, good = late.card(CHOICE), right(CHOICE, tmp_path)
    late.card(TEXT)
    assert any("Failed to initialize model" in error for error in late.errors), "it was not late"
    line(card, good).click()
    card.locator(".rm-main").click()
    expect(card).to_have_attribute("data-status", "right")
    late.restart()
    expect(late.card(CHOICE)).to_have_attribute("data-status", "right")
