"""A lesson that comes alive when it is opened, and pages that must not."""

import json
import os

import driver
import nbformat
import pytest
from driver import right
from playwright.sync_api import expect
from test_page import SLOW, TOP

from course import lab as course_lab
from course.exercises import chapters
from course.texts import text

LESSON, START = "notebooks/uk/05-levels.ipynb", "notebooks/uk/00-start.ipynb"
TURNS = int(os.environ.get("TURNS", 4))
CODE = """() => jupyterapp.shell.currentWidget.content.widgets.filter(({ model }) => model.type === "code")"""
COUNTS = f"() => ({CODE})().map(({{ model }}) => model.executionCount)"
RAN = f"""() => {{
  const cells = window.jupyterapp?.shell.currentWidget?.content?.widgets && ({CODE})();
  const done = cells?.length && cells.every(({{ model, promptNode }}) => model.executionCount && model.executionState !== "running");
  return done && !document.querySelector(".jp-InputPrompt")?.textContent.includes("*") && Math.max(...cells.map(({{ model }}) => model.executionCount)) === cells.length; }}"""
BROKEN = """() => [...document.querySelectorAll(".jp-OutputArea-output")].some((node) =>
  node.innerText.includes("Error displaying widget"))"""


@pytest.fixture(scope="module")
def lab(chromium, tmp_path_factory):
    """A server on a course folder as `course lab` leaves it: copied and signed."""
    expect.set_options(timeout=driver.PATIENCE)
    server = driver.Lab(tmp_path_factory.mktemp("alive"))
    course_lab.bring(server.folder)
    signed(server)
    yield server
    server.stop()


def signed(server):
    """Sign as `course lab` does, in the place where the server keeps its signatures."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_DATA_DIR", str(server.folder.parent / "jupyter_data_dir"))
        return course_lab.sign(server.folder)


@pytest.fixture
def fresh(lab):
    """Bring a lesson back to what was shipped, with no kernel."""

    def bring(name):
        lab.end_kernels()
        (lab.folder / name).unlink(missing_ok=True)
        course_lab.bring(lab.folder)
        signed(lab)
        return name

    return bring


def goes(tab, name):
    """Open a page and wait for its cells only."""
    tab.page.goto(f"{tab.lab.url}/doc/tree/{name}?reset")
    tab.page.wait_for_function(
        """(name) => {
      const now = window.jupyterapp?.shell.currentWidget;
      return now?.context?.path === name && now.content.widgets.length > 5; }""",
        arg=name,
    )
    return tab


def button(tab, lang="uk"):
    return tab.page.locator(".jp-Toolbar:visible").get_by_text(text("alive.button", lang))


def settled(tab):
    """Wait until a page has come alive, or will not by itself: only then its button is made."""
    button(tab).wait_for(state="attached")


def alive(tab):
    tab.page.wait_for_function(RAN)
    return tab


def saved(tab):
    tab.page.wait_for_function("() => !jupyterapp.shell.currentWidget.context.model.dirty")


def cell_of(tab, source):
    """Return the place of the cell in whose code this stands."""
    return tab.page.evaluate(
        """(words) => jupyterapp.shell.currentWidget.content.widgets.findIndex(
      ({ model }) => model.type === "code" && model.sharedModel.getSource().includes(words))""",
        source,
    )


def count_at(tab, place):
    return tab.page.evaluate(
        "(at) => jupyterapp.shell.currentWidget.content.widgets[at].model.executionCount", place
    )


def asks_kernel(tab, expression):
    """Return what the page's kernel says of an expression, without a trace in it."""
    return tab.page.evaluate(
        """async (words) => {
      const kernel = jupyterapp.shell.currentWidget.sessionContext.session.kernel;
      const reply = await kernel.requestExecute({ code: "", silent: true, user_expressions: { it: words } }).done;
      return reply.content.user_expressions.it.data["text/plain"]; }""",
        expression,
    )


def test_a_lesson_runs_by_itself_and_stays_where_the_reader_is(tabs, fresh):
    tab = tabs(height=900)
    tab.page.add_init_script(SLOW.replace("LATE", "GET nothing"))
    goes(tab, fresh(LESSON))
    scroller = tab.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-WindowedPanel-outer")
    tab.page.wait_for_timeout(1500)
    scroller.evaluate("(node) => { node.scrollTop = 2600; }")
    tab.page.wait_for_timeout(300)
    before = tab.page.evaluate(TOP)
    assert before[0] > 3
    tab.page.evaluate("() => window.release()")
    alive(tab)
    tab.page.wait_for_timeout(1500)
    place, offset, active = tab.page.evaluate(TOP)
    assert (place, active) == (before[0], before[2]) and abs(offset - before[1]) < 3, before
    assert tab.page.locator(".jp-Dialog").count() == 0
    settled(tab)
    expect(button(tab)).to_be_hidden()
    stubs = tab.page.locator(".jp-InputPlaceholder")
    assert not any(stubs.nth(at).is_visible() for at in range(stubs.count()))
    assert not tab.page.evaluate(BROKEN)
    assert tab.page.evaluate(COUNTS) == list(range(1, len(tab.page.evaluate(COUNTS)) + 1))


def test_what_is_typed_before_the_kernel_answers_stays_and_is_not_run(tabs, fresh):
    tab = tabs(height=900)
    tab.page.add_init_script(SLOW.replace("LATE", "GET nothing"))
    goes(tab, fresh(LESSON))
    his, after = cell_of(tab, 'lesson.check("levels-assign"'), cell_of(tab, "levels-margin-share")
    editor = tab.page.locator(".jp-Notebook .jp-Cell").nth(his).locator(".cm-content")
    editor.scroll_into_view_if_needed()
    editor.click()
    tab.page.keyboard.press("ControlOrMeta+End")
    tab.page.keyboard.type("\nmine = 7")
    tab.page.evaluate("() => window.release()")
    last = cell_of(tab, "lesson.export(")
    tab.page.wait_for_function(
        "(at) => jupyterapp.shell.currentWidget.content.widgets[at].model.executionCount", arg=last
    )
    tab.page.keyboard.type("7")
    source = tab.page.evaluate(
        "(at) => jupyterapp.shell.currentWidget.content.widgets[at].model.sharedModel.getSource()",
        his,
    )
    assert source.endswith("mine = 77"), "typing went on in the same place"
    untouched = json.loads((tab.lab.folder / LESSON).read_text("utf-8"))["cells"]
    assert [count_at(tab, at) for at in (his, after)] == [
        untouched[at]["execution_count"] for at in (his, after)
    ], "neither his cell has run, nor what needs it"
    assert asks_kernel(tab, "'mine' in get_ipython().user_ns") == "False"


def test_a_page_whose_kernel_lives_is_not_run_again(tabs, fresh):
    tab = alive(goes(tabs(height=900), fresh(START)))
    saved(tab)
    ran = len(tab.page.evaluate(COUNTS))
    for _ in range(2):
        tab.page.reload()
        expect(tab.page.locator(".rm-card[data-exercise]").first).to_be_visible()
        tab.page.wait_for_timeout(3000)
        assert asks_kernel(tab, "get_ipython().execution_count") == str(ran + 1)
        settled(tab)
        expect(button(tab)).to_be_hidden()
    exercise = next(iter(chapters()["start"].exercises.values()))
    driver.by_mouse(tab, tab.card(exercise), exercise, right(exercise, tab.lab.folder / "answers"))
    expect(tab.card(exercise)).to_have_attribute("data-status", "right")


def test_two_pages_opened_at_once_run_it_once(tabs, fresh):
    name = fresh(START)
    pages = [tabs(height=900) for _ in range(2)]
    for tab in pages:
        tab.page.add_init_script(SLOW.replace("LATE", "GET nothing"))
        goes(tab, name)
    for tab in pages:
        tab.page.evaluate("() => window.release()")
    for tab in pages:
        tab.ready("00-start.ipynb")
    ran = len(pages[0].page.evaluate(COUNTS))
    for _ in range(100):
        if asks_kernel(pages[0], "get_ipython().execution_count") == str(ran + 1):
            break
        pages[0].page.wait_for_timeout(200)
    pages[0].page.wait_for_timeout(4000)
    kernels = {
        tab.page.evaluate("() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.id")
        for tab in pages
    }
    assert len(kernels) == 1
    assert asks_kernel(pages[0], "get_ipython().execution_count") == str(ran + 1)
    quiet = [tab for tab in pages if button(tab).is_visible()]
    assert len(quiet) == 1, "the other page offers to run it too"


def test_a_restarted_kernel_runs_nothing_until_asked(tabs, fresh):
    tab = alive(goes(tabs(height=900), fresh(START)))
    saved(tab)
    tab.page.evaluate(
        "() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()"
    )
    expect(button(tab)).to_be_visible()
    tab.page.wait_for_timeout(2000)
    assert asks_kernel(tab, "get_ipython().execution_count") == "1"
    tab.anew(button(tab).click)
    alive(tab)
    expect(button(tab)).to_be_hidden()


def test_run_all_pressed_while_it_comes_alive_runs_it_once(tabs, fresh):
    tab = tabs(height=900)
    tab.page.add_init_script(SLOW.replace("LATE", "GET nothing"))
    goes(tab, fresh(START))
    tab.command("notebook:run-all-cells", wait=False)
    tab.page.wait_for_timeout(500)
    tab.page.evaluate("() => window.release()")
    alive(tab)
    tab.page.wait_for_timeout(2000)
    ran = len(tab.page.evaluate(COUNTS))
    assert asks_kernel(tab, "get_ipython().execution_count") == str(ran + 1)


def test_what_the_learner_wrote_waits_for_him_when_the_lesson_is_opened_again(tabs, fresh):
    tab = alive(goes(tabs(height=900), fresh(LESSON)))
    his = cell_of(tab, 'lesson.check("levels-margin-share"')
    tab.page.evaluate(
        """(at) => {
      const { sharedModel } = jupyterapp.shell.currentWidget.content.widgets[at].model;
      sharedModel.setSource(`import os\\nos.environ["HIS"] = "1"\\n${sharedModel.getSource()}`); }""",
        his,
    )
    tab.start_cell(his)
    tab.page.wait_for_timeout(1500)
    tab.save()
    tab.page.close()
    tab.lab.end_kernels()
    again = goes(tabs(height=900), LESSON)
    settled(again)
    assert asks_kernel(again, "__import__('os').environ.get('HIS')") == "None"
    assert asks_kernel(again, "'df' in get_ipython().user_ns") == "True"
    assert not again.page.evaluate(BROKEN)
    expect(button(again)).to_be_hidden()


def test_what_is_typed_in_a_card_comes_back_with_its_caret(tabs, fresh):
    """A lesson opened again shows its cards before there is a kernel; the run makes them anew."""
    tab = alive(goes(tabs(height=900), fresh(LESSON)))
    saved(tab)
    tab.lab.end_kernels()
    exercise = next(
        one for one in chapters()["levels"].exercises.values() if one.kind.name == "text"
    )
    tab.page.add_init_script(SLOW.replace("LATE", "GET nothing"))
    tab.page.reload()
    tab.page.wait_for_function("() => window.jupyterapp?.shell.currentWidget?.content?.widgets")
    tab.page.evaluate("() => window.release()")
    card = tab.card(exercise)
    card.locator("textarea").click()
    tab.page.keyboard.type("Спершу")
    alive(tab)
    field = tab.card(exercise).locator("textarea")
    expect(field).to_have_value("Спершу")
    expect(field).to_be_focused()
    tab.page.keyboard.type(" дзвінок")
    expect(field).to_have_value("Спершу дзвінок")


# --- what must not run ---------------------------------------------------------------------------------------


def foreign(server, name, change):
    """Put a page there that claims to be the lesson, and would write a file."""
    book = nbformat.read(server.folder / START, as_version=4)
    change(book)
    nbformat.write(book, server.folder / name)
    return name


def trap(server, name):
    return f"open({str(server.folder / name)!r}, 'w').close()"


def in_first_cell(code):
    def change(book):
        first = next(cell for cell in book.cells if cell.cell_type == "code")
        first.source += f"\n{code}"

    return change


def one_more_cell(code):
    def change(book):
        book.cells.insert(0, nbformat.v4.new_code_cell(code, id="start-900"))

    return change


def byte_in_prose(book):
    book.cells[0].source = book.cells[0].source.replace("а", "a", 1)


def byte_in_output(book):
    output = next(one for cell in book.cells for one in cell.get("outputs", ()) if "data" in one)
    output.data["text/html"] += " "


def trusted_by_metadata(book):
    for cell in book.cells:
        cell.metadata.trusted = True


def nothing_runs(tab, name, file):
    tab.ready(name.rsplit("/", 1)[1])
    expect(button(tab)).to_be_visible()
    tab.page.wait_for_timeout(2500)
    assert asks_kernel(tab, "get_ipython().execution_count") == "1"
    assert not (tab.lab.folder / file).exists()


@pytest.mark.parametrize("what", ["prose", "output", "code", "cell", "metadata"])
def test_a_changed_or_foreign_page_runs_nothing(tabs, lab, fresh, what):
    fresh(START)
    file = f"ran-{what}"
    change = {
        "prose": byte_in_prose,
        "output": byte_in_output,
        "code": in_first_cell(trap(lab, file)),
        "cell": one_more_cell(trap(lab, file)),
        "metadata": lambda book: (
            trusted_by_metadata(book),
            in_first_cell(trap(lab, file))(book),
        ),
    }[what]
    name = foreign(lab, f"notebooks/uk/{what}.ipynb", change)
    nothing_runs(goes(tabs(height=900), name), name, file)


@pytest.mark.parametrize("change", [in_first_cell, one_more_cell])
def test_code_that_is_not_the_courses_runs_not_even_on_a_page_that_jupyter_trusts(
    tabs, lab, fresh, change
):
    """Jupyter signs whatever is saved without outputs, or was run once by hand."""
    fresh(START)
    file = f"ran-{change.__name__}"
    name = foreign(lab, f"notebooks/uk/{change.__name__}.ipynb", change(trap(lab, file)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_DATA_DIR", str(lab.folder.parent / "jupyter_data_dir"))
        nbformat.sign.NotebookNotary().sign(nbformat.read(lab.folder / name, as_version=4))
    tab = goes(tabs(height=900), name)
    tab.ready(name.rsplit("/", 1)[1])
    if change is in_first_cell:
        nothing_runs(tab, name, file)
    settled(tab)
    assert not (lab.folder / file).exists()
    assert tab.page.evaluate(COUNTS)[0] is None


def test_a_page_with_foreign_code_asks_before_it_runs_that(tabs, lab, fresh):
    fresh(START)
    name = foreign(lab, "notebooks/uk/asks.ipynb", one_more_cell(trap(lab, "asked")))
    tab = goes(tabs(height=900), name)
    button(tab).click()
    expect(tab.page.locator(".jp-Dialog")).to_contain_text(text("alive.strange", "uk"))
    tab.page.locator(".jp-Dialog button", has_text=text("alive.lesson", "uk")).click()
    expect(tab.page.locator(".rm-card[data-exercise]").first).to_be_visible()
    tab.page.wait_for_timeout(1500)
    assert not (lab.folder / "asked").exists()
    tab.page.evaluate(
        "() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()"
    )
    button(tab).click()
    tab.page.locator(".jp-Dialog button", has_text=text("alive.whole", "uk")).click()
    for _ in range(100):
        if (lab.folder / "asked").exists():
            break
        tab.page.wait_for_timeout(100)
    assert (lab.folder / "asked").exists()


def test_a_file_beside_the_lesson_is_not_imported_in_place_of_the_course(tabs, lab, fresh):
    fresh(START)
    beside = [lab.folder / "notebooks" / "uk" / name for name in ("course.py", "pandas.py")]
    for path in beside:
        path.write_text(trap(lab, f"ran-{path.name}"))
    try:
        alive(goes(tabs(height=900), START))
        assert not list(lab.folder.glob("ran-*.py"))
    finally:
        for path in beside:
            path.unlink()


def test_opened_and_reopened_no_widget_breaks(tabs, lab, fresh):
    """Every second time with a new kernel."""
    tab = alive(goes(tabs(height=900), fresh(START)))
    cards = tab.page.locator(".rm-card[data-exercise]")
    count = cards.count()
    assert count
    broken = []
    for turn in range(TURNS):
        if turn % 2:
            lab.end_kernels()
        else:
            saved(tab)
        tab.page.reload()
        settled(tab)
        expect(cards).to_have_count(count)
        tab.page.wait_for_timeout(1000)
        if tab.page.evaluate(BROKEN) or cards.count() != count or button(tab).is_visible():
            broken.append(turn)
        print(turn, broken, flush=True)
    assert broken == []
