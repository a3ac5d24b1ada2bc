"""Putting things in order: with Space, arrows and Escape, with the pointer, and what a screen reader hears of it."""

import pytest
from driver import by_mouse, first_of_each, opens, read, right, shows
from playwright.sync_api import expect

from course.texts import text

EXERCISE = first_of_each()["order"]


@pytest.fixture(scope="module", params=["uk", "ru"])
def card(request, tabs, lab, tmp_path_factory):
    folder = tmp_path_factory.mktemp("answers")
    lab.write(
        f"order-{request.param}.ipynb", [opens(request.param, [EXERCISE]), shows(EXERCISE)], folder
    )
    book = tabs().open(f"order-{request.param}.ipynb").run()
    found = book.card(EXERCISE)
    found.book, found.lang, found.answers = book, request.param, folder
    book.answers = folder
    return found


def ids(card):
    return read(card, EXERCISE)


def item(card, place):
    return card.locator(".rm-item").nth(place)


def heard(card, key, name, place):
    words = next(one["text"][card.lang] for one in EXERCISE["item"] if one["id"] == name)
    return text(f"card.{key}", card.lang, text=words, n=place + 1, of=len(EXERCISE["item"]))


def test_space_takes_arrows_move_space_puts_down(card):
    before, press, live = ids(card), card.page.keyboard.press, card.get_by_role("status")
    name, grip = before[0], card.locator(f'.rm-item[data-id="{before[0]}"] .rm-grip')
    card.book.enter(EXERCISE)
    card.book.tab_to(grip)
    press("Space")
    expect(live).to_have_text(heard(card, "picked", name, 0))
    expect(grip).to_have_attribute("aria-pressed", "true")
    press("ArrowDown")
    expect(live).to_have_text(heard(card, "moved", name, 1))
    press("ArrowDown")
    expect(live).to_have_text(heard(card, "moved", name, 2))
    expect(grip).to_have_attribute("aria-pressed", "true")
    expect(grip).to_be_focused()
    press("Space")
    expect(live).to_have_text(heard(card, "dropped", name, 2))
    expect(grip).to_have_attribute("aria-pressed", "false")
    assert ids(card) == [before[1], before[2], name, *before[3:]]
    press("ArrowDown")
    assert ids(card)[2] == name, "an item that is not held does not move"


def test_escape_puts_everything_back(card):
    before, press = ids(card), card.page.keyboard.press
    grip = card.locator(f'.rm-item[data-id="{before[2]}"] .rm-grip')
    card.book.enter(EXERCISE)
    card.book.tab_to(grip)
    press("Space")
    press("ArrowUp")
    press("ArrowUp")
    assert ids(card)[0] == before[2]
    press("Escape")
    assert ids(card) == before
    expect(grip).to_be_focused()
    expect(grip).to_have_attribute("aria-pressed", "false")
    expect(card.get_by_role("status")).to_have_text(heard(card, "dropped", before[2], 2))


def test_buttons_move_by_one_and_end_at_the_ends(card):
    before = ids(card)
    item(card, 1).locator(".rm-up").click()
    assert ids(card)[:2] == [before[1], before[0]]
    expect(card.get_by_role("status")).to_have_text(heard(card, "moved", before[1], 0))
    expect(item(card, 0).locator(".rm-up")).to_be_disabled()
    expect(item(card, len(before) - 1).locator(".rm-down")).to_be_disabled()
    assert card.evaluate("(node) => node.contains(document.activeElement)")
    item(card, 0).locator(".rm-down").click()
    assert ids(card) == before


@pytest.mark.parametrize(("start", "goal"), [(0, 3), (-1, 0)])
def test_the_pointer_drags(card, start, goal):
    before, mouse = ids(card), card.page.mouse
    start %= len(before)
    card.scroll_into_view_if_needed()
    at, to = (item(card, place).locator(".rm-grip").bounding_box() for place in (start, goal))
    mouse.move(at["x"] + at["width"] / 2, at["y"] + at["height"] / 2)
    mouse.down()
    mouse.move(to["x"] + 8, to["y"] + to["height"] / 2 + (6 if goal > start else -6), steps=25)
    mouse.up()
    wanted = [name for name in before if name != before[start]]
    wanted.insert(goal, before[start])
    assert ids(card) == wanted
    expect(card.get_by_role("status")).to_have_text(heard(card, "moved", before[start], goal))
    expect(card.locator(".rm-picked")).to_have_count(0)
    expect(card).to_have_attribute("data-status", "changed")


def test_what_the_kernel_says_meanwhile_does_not_disturb_a_drag(card):
    mouse = card.page.mouse
    item(card, 1).locator(".rm-up").click()
    moved = ids(card)
    card.scroll_into_view_if_needed()
    at, first, second = (
        item(card, place).locator(".rm-grip").bounding_box() for place in (0, 2, 3)
    )
    mouse.move(at["x"] + at["width"] / 2, at["y"] + at["height"] / 2)
    mouse.down()
    mouse.move(first["x"] + 8, first["y"] + first["height"] / 2 + 6, steps=10)
    card.page.wait_for_timeout(
        600
    )  # the first move is sent, and the kernel answers while the item is held
    mouse.move(second["x"] + 8, second["y"] + second["height"] / 2 + 6, steps=10)
    card.page.wait_for_timeout(600)
    mouse.up()
    now = [*moved[1:4], moved[0], *moved[4:]]
    assert ids(card) == now
    expect(card.locator(".rm-picked")).to_have_count(0)
    card.book.until_kept(EXERCISE, now)
    assert ids(card) == now


def test_the_order_that_stands_there_is_checked(card):
    by_mouse(card.book, card, EXERCISE, right(EXERCISE, card.answers))
    expect(card).to_have_attribute("data-status", "right")


def middle(place):
    box = place.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.mark.parametrize(("start", "goal"), [(2, 0), (0, 2), (-1, 1)])
def test_a_row_is_dragged_by_its_words_and_lands_where_it_is_dropped(card, start, goal):
    """Dropped on the middle of a row, it takes that very place, and no text is selected."""
    before, mouse = ids(card), card.page.mouse
    start %= len(before)
    card.scroll_into_view_if_needed()
    goes, to = middle(item(card, start).locator("> span").nth(1)), middle(item(card, goal))
    mouse.move(*goes)
    mouse.down()
    mouse.move(goes[0], goes[1] + 2)
    assert ids(card) == before, "a click is no drag"
    mouse.move(*to, steps=12)
    mouse.up()
    wanted = [name for name in before if name != before[start]]
    wanted.insert(goal, before[start])
    assert ids(card) == wanted
    assert card.page.evaluate("() => String(getSelection())") == ""
    expect(card.locator(".rm-picked")).to_have_count(0)


def test_a_click_on_a_row_moves_nothing(card):
    before = ids(card)
    item(card, 1).locator("> span").nth(1).click()
    assert ids(card) == before
    expect(card.locator(".rm-picked")).to_have_count(0)


def touch(card, kind, x, y):
    """Let the one finger that there is do something."""
    points = [] if kind == "touchEnd" else [{"x": x, "y": y}]
    card.finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


@pytest.fixture
def finger(card):
    card.scroll_into_view_if_needed()
    card.finger = card.page.context.new_cdp_session(card.page)
    card.finger.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    yield
    card.finger.send("Emulation.setTouchEmulationEnabled", {"enabled": False})


def test_a_swipe_over_a_row_does_not_take_it(card, finger):
    before, (x, y) = ids(card), middle(item(card, 2).locator("> span").nth(1))
    touch(card, "touchStart", x, y)
    for step in range(1, 9):
        touch(card, "touchMove", x, y - 12 * step)
        card.page.wait_for_timeout(20)
    card.page.wait_for_timeout(500)
    touch(card, "touchEnd", x, y)
    assert ids(card) == before
    expect(card.locator(".rm-picked")).to_have_count(0)


def test_a_long_press_takes_a_row(card, finger):
    before, (x, y) = ids(card), middle(item(card, 2).locator("> span").nth(1))
    to = middle(item(card, 0))
    touch(card, "touchStart", x, y)
    expect(card.locator(".rm-picked")).to_have_count(1)
    for step in range(1, 9):
        touch(card, "touchMove", x, y + (to[1] - y) * step / 8)
        card.page.wait_for_timeout(20)
    touch(card, "touchEnd", *to)
    expect(card.locator(".rm-picked")).to_have_count(0)
    assert ids(card) == [before[2], before[0], before[1], *before[3:]]
