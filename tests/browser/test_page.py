"""A whole lesson in JupyterLab: where it stands, what it hides, where «run all» leaves the reader, who is greeted."""

import re
import shutil

import driver
import pytest
from playwright.sync_api import expect

from course import paths
from course.exercises import chapters
from course.texts import text

LESSON = "notebooks/uk/05-levels.ipynb"
TABLES = "notebooks/uk/03-value-plan.ipynb"  # its instrument has a table wider than a telephone
TOP = """() => {
  const book = jupyterapp.shell.currentWidget.content, top = book.outerNode.getBoundingClientRect().top;
  const place = book.widgets.findIndex(({ node }) => node.getBoundingClientRect().bottom > top + 1);
  const offset = book.widgets[place].node.getBoundingClientRect().top - top;
  return [place, Math.round(offset), book.activeCellIndex]; }"""


@pytest.fixture(scope="module")
def folder(lab):
    for name in (LESSON, TABLES, "notebooks/uk/00-start.ipynb"):
        (lab.folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(paths.shared("notebooks") / "uk" / name.rsplit("/", 1)[1], lab.folder / name)
    return lab.folder


@pytest.fixture(scope="module")
def book(tabs, folder):
    """The lesson as it opens, before anything is run."""
    return tabs(height=900).open(LESSON)


def columns(book, what):
    """Return the left and right edges of what is on the page, and those of the notebook."""
    return book.page.evaluate(
        """(what) => {
      const edges = (node) => { const { left, right } = node.getBoundingClientRect(); return [left, right]; };
      const room = jupyterapp.shell.currentWidget.content.outerNode;
      return [[...room.querySelectorAll(what)].map(edges).filter(([left, right]) => right > left),
        [edges(room)[0], edges(room)[0] + room.clientWidth]]; }""",
        what,
    )


def run_all(book):
    """Choose «run all cells» in the menu, and wait for the cards."""
    book.page.locator(".lm-MenuBar-itemLabel", has_text="Виконати").click()
    book.page.get_by_text("Запустити всі клітинки", exact=True).click()
    book.page.wait_for_function("""() => {
      const cells = jupyterapp.shell.currentWidget.content.widgets.filter((cell) => cell.model.type === "code");
      return cells.every((cell) => cell.model.executionCount); }""")
    expect(book.page.locator(".rm-card[data-exercise]").last).to_be_attached()


def test_folded_code_leaves_no_stub_before_the_first_run(book):
    with_still = book.page.locator(".jp-CodeCell .jp-InputPlaceholder")
    assert with_still.count() > 10 and not any(
        with_still.nth(place).is_visible() for place in range(with_still.count())
    )


def test_the_side_panels_are_folded(book):
    assert (
        book.page.evaluate(
            "() => [jupyterapp.shell.leftCollapsed, jupyterapp.shell.rightCollapsed]"
        )
        == [True] * 2
    )


def test_run_all_leaves_the_reader_where_he_was(book):
    scroller = book.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-WindowedPanel-outer")
    book.page.wait_for_timeout(1000)
    scroller.evaluate("(node) => { node.scrollTop = 2600; }")
    book.page.wait_for_timeout(300)
    before = book.page.evaluate(TOP)
    assert before[0] > 3
    run_all(book)
    book.page.wait_for_timeout(1500)
    place, offset, active = book.page.evaluate(TOP)
    assert (place, active) == (before[0], before[2]) and abs(offset - before[1]) < 3, (
        before,
        offset,
    )


def test_the_page_stands_in_the_middle(book):
    (prose, room), (cards, _) = (
        columns(book, ".jp-RenderedMarkdown"),
        columns(book, ".rm-card[data-exercise]"),
    )
    assert len(prose) > 10 and len(cards) > 10
    for left, right in prose + cards:
        assert abs((left - room[0]) - (room[1] - right)) < 24, (left, right, room)
        assert right - left <= 52 * 16 + 8
    wide = {round(right - left) for left, right in cards}
    assert wide == {round(prose[0][1] - prose[0][0])}, "cards are as wide as prose"


def test_folded_code_leaves_no_stub_after_the_run_and_can_be_unfolded(book):
    stubs = book.page.locator(".jp-InputPlaceholder")
    assert not any(stubs.nth(place).is_visible() for place in range(stubs.count()))
    cell = book.page.locator(".jp-CodeCell", has=book.page.locator(".rm-card[data-exercise]")).first
    book.enter(cell_id := cell.locator(".rm-card").get_attribute("data-exercise"))
    book.command("notebook:show-cell-code")
    expect(cell.locator(".jp-InputArea-editor")).to_contain_text(cell_id.removeprefix("guess:"))
    book.command("notebook:hide-cell-code")
    expect(cell.locator(".jp-Cell-inputWrapper")).to_be_hidden()


def test_a_cell_without_output_keeps_its_stub(book):
    """Else an exercise whose output was cleared would be gone from the page."""
    cell = book.page.locator(".jp-CodeCell", has=book.page.locator(".rm-card[data-exercise]")).nth(
        1
    )
    place = cell.evaluate(
        "(node) => jupyterapp.shell.currentWidget.content.widgets.findIndex((cell) => cell.node === node)"
    )
    book.enter(cell.locator(".rm-card").get_attribute("data-exercise"))
    book.command("notebook:clear-cell-output")
    stub = book.page.locator(".jp-Cell:visible").nth(place).locator(".jp-InputPlaceholder")
    expect(stub).to_be_visible()
    book.start_cell(place)
    expect(stub).to_be_hidden()


CALL, PRICE, FIRST = (
    chapters()["levels"].exercises[name] for name in ("levels-call", "levels-price", "levels-first")
)


def answer(card, exercise, right):
    wanted = next(
        option["id"] for option in exercise["option"] if bool(option.get("right")) == right
    )
    card.locator(f'input[value="{wanted}"]').check()
    card.locator(".rm-main").click()
    expect(card).to_have_attribute("data-status", "right" if right else "wrong")


def test_read_again_is_a_link_to_the_heading(book):
    card = book.card(CALL)
    answer(card, CALL, right=False)
    link = card.locator(".rm-see a")
    expect(link).to_have_text(CALL["see"]["uk"])
    for act in (link.click, lambda: (link.focus(), book.page.keyboard.press("Enter"))):
        card.scroll_into_view_if_needed()
        act()
        heading = book.page.locator("h2:visible, h3:visible", has_text=CALL["see"]["uk"]).first
        expect(heading).to_be_focused()
        expect(heading).to_be_in_viewport()


def test_after_a_right_answer_the_next_exercise_is_one_press_away(book):
    card, ids = book.card(PRICE), list(chapters()["levels"].exercises)
    expect(card.locator(".rm-next")).to_be_hidden()
    answer(card, PRICE, right=True)
    card.locator(".rm-next").click()
    following = book.card(ids[ids.index(PRICE.id) + 1])
    expect(following).to_be_focused()
    expect(following.locator(".rm-prompt")).to_be_in_viewport()


def test_the_way_on_is_there_when_the_lesson_is_opened_again(book):
    """The card is shown before those below it; it must not take itself for the last."""
    book.restart()
    card = book.card(PRICE)
    expect(card).to_have_attribute("data-status", "right")
    expect(card.locator(".rm-next")).to_be_visible()
    last = book.page.locator(".rm-card[data-exercise]").last
    exercise = chapters()["levels"].exercises[last.get_attribute("data-exercise")]
    answers = book.lab.folder.parent / "course_answers"
    driver.by_mouse(book, last, exercise, driver.right(exercise, answers))
    expect(last).to_have_attribute("data-status", re.compile("right|saved"))
    expect(last.locator(".rm-next")).to_be_hidden()


def test_of_a_long_prompt_only_the_question_is_bold(book):
    parts = book.card(FIRST).locator(".rm-prompt b").all_inner_texts()
    assert parts == [FIRST["prompt"]["uk"].rsplit(". ", 1)[1]] and parts[0].endswith("?")
    short = chapters()["levels"].exercises["levels-order"]
    assert book.card(short).locator(".rm-prompt b").inner_text() == short["prompt"]["uk"]
    for exercise in chapters()["levels"].exercises.values():
        if not exercise.drawn and "`" not in exercise["prompt"]["uk"]:
            words = book.card(exercise).locator(".rm-prompt").inner_text()
            assert words.split() == exercise["prompt"]["uk"].replace("**", "").split()


def test_older_hints_fold_and_open_by_keyboard(book):
    exercise = next(
        one
        for one in chapters()["levels"].exercises.values()
        if len(one.get("hint", ())) > 1 and one.kind.name == "numeric"
    )
    card = book.card(exercise)
    for _ in range(2):
        card.get_by_role("button", name=text("card.hint", "uk"), exact=True).click()
    fold = card.locator(".rm-folded")
    expect(fold).to_have_count(1)
    expect(fold.locator("p")).to_be_hidden()
    fold.locator("summary").focus()
    book.page.keyboard.press("Enter")
    expect(fold.locator("p")).to_be_visible()
    card.locator("input").fill("1")
    card.locator(".rm-main").click()
    expect(card).to_have_attribute("data-status", "wrong")
    expect(fold.locator("p")).to_be_visible()


def test_marked_options_do_not_touch(book):
    gaps = (
        book.card(CALL)
        .locator(".rm-option")
        .evaluate_all("""(all) => all.slice(1).map((node, at) =>
      node.getBoundingClientRect().top - all[at].getBoundingClientRect().bottom)""")
    )
    assert min(gaps) >= 3


def test_nothing_is_wider_than_a_narrow_page(book):
    book.page.set_viewport_size({"width": 420, "height": 900})
    book.page.wait_for_timeout(500)
    try:
        for what in (".jp-RenderedMarkdown, .jp-RenderedMarkdown > *", ".jp-OutputArea-output"):
            found, room = columns(book, what)
            assert found and [edges for edges in found if edges[1] > room[1] + 1] == []
        cards, room = columns(book, ".rm-card")
        assert min(right - left for left, right in cards) > 0.9 * (room[1] - room[0])
    finally:
        book.page.set_viewport_size({"width": 1400, "height": 900})


def test_a_wide_table_of_an_instrument_scrolls_in_its_own_box(tabs, folder):
    book = tabs(width=420).open(TABLES).run()
    book.page.locator(".rm-panel:visible .rm-scroll").first.wait_for(state="attached")
    wide = """(all) => all.map((box) => box.scrollWidth - box.clientWidth)"""
    tables = book.page.locator(".rm-panel .rm-scroll:visible").evaluate_all(wide)
    assert max(tables) > 20, "no table is wide any more; take another lesson"
    boxes = book.page.locator(".jp-OutputArea-output:has(.rm-panel):visible").evaluate_all(wide)
    assert boxes and max(boxes) <= 1


def test_an_empty_lab_shows_the_start_page(tabs, folder):
    tab = tabs()
    tab.page.goto(f"{tab.lab.url}/lab/workspaces/newcomer")
    tab.ready("00-start.ipynb")


def test_a_page_that_its_address_names_is_opened_alone(tabs, folder):
    """With the start page behind it, «run all» ran the start page."""
    tab = tabs()
    for name in (LESSON, TABLES):
        tab.page.goto(f"{tab.lab.url}/doc/tree/{name}?reset")
        tab.ready(name.rsplit("/", 1)[1])
        tab.page.wait_for_timeout(2500)
        opened = "() => [...jupyterapp.shell.widgets('main')].map((one) => one.context?.path)"
        assert tab.page.evaluate(opened) == [name]


WIDE = """() => [...document.querySelectorAll(".jp-Notebook table")].flatMap((table) => {
  const box = [table, table.parentElement, table.closest(".rm-scroll")].find((node) =>
    node && node.scrollWidth > node.clientWidth + 1 && getComputedStyle(node).overflowX === "auto");
  const edge = (box ?? table).getBoundingClientRect().right;
  const name = table.innerText.slice(0, 40);
  if (edge > document.documentElement.clientWidth + 1) return [["behind the edge", name]];
  if (!box) return [];
  const shadows = getComputedStyle(box).backgroundAttachment, bar = getComputedStyle(box, "::-webkit-scrollbar").height;
  box.scrollLeft = 9999;
  const seen = shadows.includes("local") && shadows.includes("scroll") && bar === "8px" && box.scrollLeft > 0;
  const colour = (node) => getComputedStyle(node).backgroundColor;
  let behind = box.parentElement;
  while (/, 0\\)$|transparent/.test(colour(behind))) behind = behind.parentElement;
  const probe = box.appendChild(document.createElement("i"));
  probe.style.background = "var(--rm-ground)";
  const ground = colour(probe);
  probe.remove();
  if (ground !== colour(behind)) return [[`on ${colour(behind)} stands ${ground}`, name]];
  return [[seen ? "scrolls" : "unseen", name]]; })"""


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_a_wide_table_shows_that_it_scrolls(tabs, folder, theme):
    made = tabs(width=420, height=900).open(TABLES)
    made.theme(theme)
    run_all_by_command(made)
    made.page.evaluate(
        """() => { for (const part of document.querySelectorAll("details")) part.open = true; }"""
    )
    made.page.wait_for_function("() => document.querySelector('.jp-RenderedHTML table.dataframe')")
    tables = made.page.evaluate(WIDE)
    assert {"scrolls"} == {state for state, _ in tables}, tables


def run_all_by_command(book):
    book.command("notebook:run-all-cells")
    expect(book.page.locator(".rm-card[data-exercise]").last).to_be_attached()


# What a slow machine does to a page: its cells are there long before its kernel.
SLOW = """const fetched = window.fetch, released = new Promise((go) => { window.release = go; });
window.fetch = async (...given) => {
  const url = String(given[0]?.url ?? given[0]), method = given[0]?.method ?? given[1]?.method ?? "GET";
  const asked = `${method} ${new URL(url, location.href).pathname.split("api/")[1]}`;
  if (asked.startsWith("LATE")) await new Promise((done) => setTimeout(done, 3000));
  if (asked.startsWith("POST sessions")) await released;
  return fetched(...given);
};"""
EVERY_CELL_RAN = """() => jupyterapp.shell.currentWidget.content.widgets.every(({ model }) =>
  model.type !== "code" || model.executionCount)"""


@pytest.mark.parametrize("late", ["GET kernelspecs", "GET sessions"])
def test_run_all_on_a_slow_machine_runs_all_and_asks_nothing(tabs, folder, late):
    made = tabs(height=900)
    made.lab.end_kernels()  # of the pages before: this one would take up its own again
    made.page.add_init_script(SLOW.replace("LATE", late))
    made.page.goto(f"{made.lab.url}/doc/tree/{LESSON}?reset")
    made.page.wait_for_selector(".jp-Notebook .jp-Cell")
    made.page.wait_for_function(
        "() => window.jupyterapp?.shell.currentWidget?.content.widgets?.length > 5"
    )
    assert not made.page.evaluate(
        "() => Boolean(jupyterapp.shell.currentWidget.sessionContext.session?.kernel)"
    ), "the kernel must not be there yet"
    made.command("notebook:run-all-cells", wait=False)
    made.page.wait_for_timeout(1000)
    made.page.evaluate("() => window.release()")
    made.page.wait_for_function("""() => document.querySelector(".jp-Dialog")
      || document.querySelector(".rm-card[data-exercise]")""")
    made.page.wait_for_timeout(1000)
    assert made.page.locator(".jp-Dialog").all_inner_texts() == []
    made.page.wait_for_function(EVERY_CELL_RAN)


# What a busy machine does to the question for the widgets of a kernel: it leaves late.
LATE_WIDGETS = """const send = WebSocket.prototype.send;
WebSocket.prototype.send = function (data) {
  const late = new TextDecoder().decode(typeof data === "string" ? new TextEncoder().encode(data) : data).includes("request_states");
  late ? setTimeout(() => send.call(this, data), 3000) : send.call(this, data);
};"""


def test_a_reopened_page_that_is_run_at_once_keeps_its_cards(tabs, folder):
    # The pages of the tests before are still open; the autosave of one would change the lesson under this one.
    again = LESSON.replace("levels", "levels-again")
    shutil.copy(paths.shared("notebooks") / "uk" / LESSON.rsplit("/", 1)[1], folder / again)
    first = tabs(height=900).open(again)
    run_all_by_command(first)
    first.command("docmanager:save")
    cards = first.page.locator(".rm-card[data-exercise]").count()
    first.page.close()
    second = tabs(height=900)
    second.page.add_init_script(LATE_WIDGETS)
    second.page.goto(f"{second.lab.url}/doc/tree/{again}?reset")
    second.page.wait_for_function(
        "() => window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel"
    )
    second.command("notebook:run-all-cells")
    expect(second.page.locator(".rm-card[data-exercise]")).to_have_count(cards)
    second.page.wait_for_timeout(5000)
    expect(second.page.locator(".rm-card[data-exercise]")).to_have_count(cards)
