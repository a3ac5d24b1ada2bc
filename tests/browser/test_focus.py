"""Where the keyboard is: it stays in the card after feedback, and the notebook's own keys keep silent there."""

import pytest
from driver import first_of_each, opens, right, shows, wrong
from playwright.sync_api import expect

from course.texts import text

EXERCISES = first_of_each()
FOUND = [
    EXERCISES[kind] for kind in ("choice", "multi", "order", "match", "numeric", "text", "canvas")
]


@pytest.fixture(scope="module")
def book(tabs, lab, tmp_path_factory):
    folder = tmp_path_factory.mktemp("answers")
    lab.write("focus.ipynb", [opens("uk", FOUND), *map(shows, FOUND)], folder)
    found = tabs().open("focus.ipynb").run()
    found.answers = folder
    return found


def layout(book):
    """Return what the notebook's keys would change: cells, their kinds, the selected one, the counts of runs."""
    return book.page.evaluate("""() => {
      const book = window.jupyterapp.shell.currentWidget.content;
      const cells = book.widgets.map(({ model }) => [model.type, model.sharedModel.source, model.executionCount]);
      return [book.activeCellIndex, cells]; }""")


@pytest.mark.parametrize(
    ("kind", "part", "keys"),
    [
        ("choice", "input", "a b x m y d d ArrowDown ArrowUp Shift+Enter Control+Enter"),
        ("multi", "input", "a b x m y d d ArrowDown ArrowUp j k 1"),
        ("order", ".rm-grip", "a b x d d ArrowDown ArrowUp Space ArrowDown ArrowDown Escape"),
        ("order", ".rm-down", "a b x d d ArrowDown Enter"),
        ("match", "select", "a b x d d ArrowDown ArrowUp"),
        ("numeric", "input", "a b x d d ArrowUp ArrowDown Home End"),
        ("text", "textarea", "a b x d d Enter Shift+Enter ArrowUp ArrowDown Escape a b"),
        ("choice", ".rm-main", "a b x d d ArrowDown"),
    ],
)
def test_the_notebooks_keys_do_nothing_in_a_card(book, kind, part, keys):
    card = book.card(EXERCISES[kind])
    book.enter(EXERCISES[kind])
    book.tab_to(card.locator(part).first)
    before = layout(book)
    for key in keys.split():
        book.page.keyboard.press(key)
    assert layout(book) == before
    assert card.evaluate("(node) => node.contains(document.activeElement)")


def inside(card):
    return card.evaluate("(node) => node.contains(document.activeElement)")


def press(card, name):
    button = card.get_by_role("button", name=text(f"card.{name}", "uk"), exact=True)
    button.focus()
    card.page.keyboard.press("Enter")


def test_focus_stays_after_feedback_that_is_not_right(book):
    exercise = EXERCISES["choice"]
    card = book.card(exercise)
    card.locator(f'input[value="{wrong(exercise, book.answers)}"]').check()
    press(card, "check")
    expect(card).to_have_attribute("data-status", "wrong")
    expect(card.locator(".rm-main")).to_be_focused()


def test_focus_stays_in_the_card_when_its_button_goes(book):
    exercise = EXERCISES["choice"]
    card = book.card(exercise)
    for _ in exercise["hint"]:
        shown = card.locator(".rm-say").count()
        press(card, "hint")
        expect(card.locator(".rm-say")).to_have_count(shown + 1)
        assert inside(card), "lost after a hint"
    press(card, "reset")
    expect(card).to_have_attribute("data-status", "untouched")
    assert inside(card), "lost after starting anew"
    card.locator(f'input[value="{right(exercise, book.answers)}"]').check()
    press(card, "check")
    expect(card).to_have_attribute("data-status", "right")
    assert inside(card), "lost after the right answer"
    press(card, "solution")
    expect(card.locator(".rm-feedback")).to_contain_text(text("card.solution", "uk"))
    assert inside(card), "lost after the solution"


def test_enter_in_a_number_field_checks_and_keeps_the_caret_there(book):
    exercise = EXERCISES["numeric"]
    card = book.card(exercise)
    card.locator("input").fill(right(exercise, book.answers))
    card.locator("input").press("Enter")
    expect(card).to_have_attribute("data-status", "right")
    expect(card.locator("input")).to_be_focused()


@pytest.mark.parametrize("kind", ["text", "canvas"])
def test_enter_begins_a_new_line(book, kind):
    exercise = EXERCISES[kind]
    area = book.card(exercise).locator("textarea").first
    area.fill("")
    area.click()
    for key in ["a", "b", "c", "Enter", "d", "Shift+Enter", "Enter", "e"]:
        book.page.keyboard.press(key)
    assert area.input_value() == "abc\nd\n\ne"
    book.until_kept(
        exercise,
        area.input_value() if kind == "text" else {exercise["tile"][0]["id"]: "abc\nd\n\ne"},
    )
    book.page.keyboard.press("ControlOrMeta+z")
    assert area.input_value() != "abc\nd\n\ne", "undo is the field's own"
    area.fill("")


@pytest.mark.parametrize(
    "keys", ["Control+s", "Meta+s", "Control+і"], ids=["ctrl", "cmd", "ctrl-cyrillic"]
)
@pytest.mark.parametrize(
    ("kind", "part"), [("text", "textarea"), ("choice", "input"), ("order", ".rm-grip")]
)
def test_the_key_that_saves_saves_the_notebook(book, kind, part, keys):
    """JupyterLab decides which of the keys saves; the browser's own dialog opens with neither."""
    place = book.lab.folder / "focus.ipynb"
    before = place.read_bytes()  # first, for JupyterLab may save by itself at any time
    book.page.evaluate("""() => {
      window.jupyterapp.shell.currentWidget.context.model.setMetadata("touched", Math.random());
      window.passed = [];
      window.onkeydown = (event) => {
        if (event.isTrusted && event.code === "KeyS") passed.push(event.defaultPrevented); }; }""")
    book.card(EXERCISES[kind]).locator(part).first.focus()
    press_saving(book.page, keys)
    assert book.page.evaluate("() => passed") == [True]
    if keys == "Meta+s":
        return  # saves on a Mac only
    for turn in range(1, 201):
        if place.read_bytes() != before:
            break
        book.page.wait_for_timeout(50)
        if turn % 40 == 0:
            press_saving(
                book.page, keys
            )  # JupyterLab lets it pass while it still saves what came before
    assert place.read_bytes() != before, "the notebook was not saved"


def press_saving(page, keys):
    """Press modifier and S; with a Cyrillic keyboard the same key says «і»."""
    if keys.isascii():
        return page.keyboard.press(keys)
    client = page.context.new_cdp_session(page)
    for kind in ("rawKeyDown", "keyUp"):
        client.send(
            "Input.dispatchKeyEvent",
            {"type": kind, "modifiers": 2, "key": "і", "code": "KeyS", "windowsVirtualKeyCode": 83},
        )
    client.detach()
    return None
