"""A lesson that comes alive when it is opened, and pages that must not."""

import json
import shutil

import driver
import nbformat
import pytest
from driver import right
from playwright.sync_api import expect
from test_page import TOP

from course import lab as course_lab
from course import paths
from course.exercises import chapters
from course.texts import text

LESSON, START = "notebooks/ru/05-levels.ipynb", "notebooks/uk/00-start.ipynb"
FOREIGN = "notebooks/uk/foreign.ipynb"
CODE = """() => jupyterapp.shell.currentWidget.content.widgets.filter(({ model }) => model.type === "code")"""
COUNTS = f"() => ({CODE})().map(({{ model }}) => model.executionCount)"
RAN = f"""() => {{
  const cells = window.jupyterapp?.shell.currentWidget?.content?.widgets && ({CODE})();
  const counts = cells?.map(({{ model }}) => model.executionCount);
  return counts?.length && counts.every(Boolean) && Math.max(...counts) === counts.length; }}"""
BROKEN = """() => [...document.querySelectorAll(".jp-OutputArea-output")].some((node) =>
  node.innerText.includes("Error displaying widget"))"""
EXECUTIONS = "get_ipython().execution_count"

# What a slow machine does to a page: something comes only after its cells, or is answered late.
HELD = """const fetched = window.fetch, waiting = new Promise((go) => { window.release = go; });
window.fetch = async (...given) => {
  const url = String(given[0]?.url ?? given[0]), method = given[0]?.method ?? given[1]?.method ?? "GET";
  const held = `${method} ${url}`.match(/WHAT/);
  if (held && !LATE) await waiting;
  const answer = await fetched(...given);
  if (held) {
    window.asked = (window.asked ?? 0) + 1;
    await waiting;
  }
  return answer;
};"""
KERNEL, LIST, SAVE = "POST .*api.sessions", "lessons.json", "PUT .*api.contents.*ipynb"


@pytest.fixture(scope="module")
def lab(chromium, tmp_path_factory):
    """A server on a course folder as `course lab` leaves it: copied and signed."""
    expect.set_options(timeout=driver.PATIENCE)
    server = driver.Lab(tmp_path_factory.mktemp("alive"))
    course_lab.bring(server.folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_DATA_DIR", str(server.data))
        assert course_lab.sign(server.folder)
    yield server
    server.stop()


@pytest.fixture(scope="module")
def first(tabs):
    return tabs(height=900)


@pytest.fixture
def pages(tabs, first):
    """``pages()`` opens one more tab, for one test."""
    made = []

    def page():
        made.append(tabs(height=900, beside=first))
        return made[-1]

    yield page
    for tab in made:
        tab.page.close()


@pytest.fixture
def fresh(lab):
    """Bring a lesson back to what was shipped, which is signed already, with no kernel."""

    def bring(name):
        lab.end_kernels()
        shutil.copy(paths.shared("notebooks").parent / name, lab.folder / name)
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


def held(tab, what, late=False):
    """Hold requests back until ``release``; late: let them reach the server, and hold what it answers."""
    tab.page.add_init_script(HELD.replace("WHAT", what).replace("LATE", str(late).lower()))
    return tab


def release(tab):
    tab.page.evaluate("() => { window.release(); }")


def button(tab, lang="uk"):
    return tab.page.locator(".jp-Toolbar:visible").get_by_text(text("alive.button", lang))


def settled(tab, lang="uk"):
    """Wait until a page has come alive, or will not by itself: only then its button is made."""
    button(tab, lang).wait_for(state="attached")
    return button(tab, lang)


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


def source_at(tab, place):
    return tab.page.evaluate(
        "(at) => jupyterapp.shell.currentWidget.content.widgets[at].model.sharedModel.getSource()",
        place,
    )


def asks_kernel(tab, expression):
    """Return what the page's kernel says of an expression, without a trace in it."""
    return tab.promised(
        """async (words) => {
      const kernel = jupyterapp.shell.currentWidget.sessionContext.session.kernel;
      const reply = await kernel.requestExecute({ code: "", silent: true, user_expressions: { it: words } }).done;
      return reply.content.user_expressions.it.data["text/plain"]; }""",
        expression,
    )


def at_rest(tab):
    """Wait until nothing on the page has moved for a second; return what stands on top, and the active cell.

    Both in one frame: what a card moves as it comes is put right before it is painted, but after a
    question that comes between.
    """
    moved = f"""() => {{
      const top = ({TOP})(), now = [...top, jupyterapp.shell.currentWidget.content.outerNode.scrollHeight].join();
      if (now !== window.rested) [window.rested, window.since] = [now, performance.now()];
      return performance.now() - window.since > 1000 && top; }}"""
    return tab.page.wait_for_function(moved).json_value()


def test_a_lesson_runs_by_itself_round_a_reader_who_types(pages, fresh):
    tab = goes(held(pages(), KERNEL), fresh(LESSON))
    his = cell_of(tab, 'lesson.check("levels-assign"')
    editor = tab.page.locator(".jp-Notebook .jp-Cell").nth(his).locator(".cm-content")
    editor.scroll_into_view_if_needed()
    editor.click()
    tab.page.keyboard.press("ControlOrMeta+End")
    tab.page.keyboard.type("\nmine = 7")
    before = at_rest(tab)
    assert before[0] > 3
    release(tab)
    expect(settled(tab, "ru")).to_be_hidden()
    place, offset, active = at_rest(tab)
    assert (place, active) == (before[0], before[2]) and abs(offset - before[1]) < 3, before
    saved(tab)  # by the page itself
    tab.page.keyboard.type("7")
    assert source_at(tab, his).endswith("mine = 77"), "typing went on in the same place"
    known = "[name in get_ipython().user_ns for name in ('df', 'margin', 'mine', 'edges', 'top')]"
    given = "[True, True, False, False, False]"  # neither his cell has run, nor what needs it
    assert asks_kernel(tab, known) == given
    assert tab.page.locator(".jp-Dialog").count() == 0
    stubs = tab.page.locator(".jp-InputPlaceholder")
    assert not any(stubs.nth(at).is_visible() for at in range(stubs.count()))
    assert not tab.page.evaluate(BROKEN)
    tab.save()
    tab.page.close()
    tab.lab.end_kernels()

    # Opened again, it shows its cards before it runs, and the run makes them anew.
    tab = goes(held(pages(), LIST), LESSON)
    exercise = next(
        entry for entry in chapters()["levels"].exercises.values() if entry.kind.name == "text"
    )
    old = tab.card(exercise)
    old.evaluate("(node) => { node.dataset.old = 1; }")
    old.locator("textarea").click()
    tab.page.keyboard.type("Сначала")
    release(tab)
    expect(settled(tab, "ru")).to_be_hidden()
    expect(tab.page.locator(".rm-card[data-old]")).to_have_count(0)
    field = tab.card(exercise).locator("textarea")
    expect(field).to_have_value("Сначала")
    expect(field).to_be_focused()
    tab.page.keyboard.type(" звонок")
    expect(field).to_have_value("Сначала звонок")
    assert source_at(tab, his).endswith("mine = 77") and asks_kernel(tab, known) == given
    assert not tab.page.evaluate(BROKEN)


def test_saves_that_would_cross_wait_for_each_other(pages, lab, fresh):
    tab = goes(held(pages(), SAVE, late=True), fresh(LESSON))
    # The page's own save is on the disk, and the page does not know it yet.
    tab.page.wait_for_function("() => window.asked === 1")
    his = cell_of(tab, 'lesson.check("levels-assign"')
    editor = tab.page.locator(".jp-Notebook .jp-Cell").nth(his).locator(".cm-content")
    editor.click()
    tab.page.keyboard.press("ControlOrMeta+End")
    for typed in "\nmine = 1", "2":
        tab.page.keyboard.type(typed)
        tab.page.keyboard.press("ControlOrMeta+s")
    tab.page.wait_for_timeout(1500)  # as long as a question needs to come
    assert tab.page.locator(".jp-Dialog").count() == 0
    release(tab)
    tab.page.wait_for_function("() => window.asked > 1")
    assert tab.page.locator(".jp-Dialog").count() == 0
    cells = nbformat.read(lab.folder / LESSON, as_version=4).cells
    assert cells[his].source.endswith("mine = 12")


def test_a_page_whose_kernel_lives_is_not_run_again_nor_is_a_restarted_one(pages, fresh):
    tab = alive(goes(pages(), fresh(START)))
    saved(tab)
    ran = str(len(tab.page.evaluate(COUNTS)) + 1)
    tab.page.reload()
    expect(settled(tab)).to_be_hidden()
    assert asks_kernel(tab, EXECUTIONS) == ran and not tab.page.evaluate(BROKEN)
    exercise = next(iter(chapters()["start"].exercises.values()))
    driver.by_mouse(tab, tab.card(exercise), exercise, right(exercise, tab.lab.folder / "answers"))
    expect(tab.card(exercise)).to_have_attribute("data-status", "right")
    tab.promised("() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    expect(button(tab)).to_be_visible()
    assert asks_kernel(tab, EXECUTIONS) == "1"
    tab.anew(button(tab).click)
    expect(button(tab)).to_be_hidden()


def test_two_pages_opened_at_once_run_it_once(pages, fresh):
    name = fresh(START)
    # The kernel is there, and nothing has run in it, when the second one comes.
    both = [goes(held(pages(), LIST), name).ready(START) for _ in range(2)]
    for tab in both:
        release(tab)
    for tab in both:
        settled(tab)
    ran = len(both[0].page.evaluate(COUNTS))
    assert {asks_kernel(tab, EXECUTIONS) for tab in both} == {str(ran + 1)}
    assert [button(tab).is_visible() for tab in both].count(True) == 1, "the other offers to run"


# --- what must not run ---------------------------------------------------------------------------------------


@pytest.fixture
def foreign(lab, fresh):
    """A page that claims to be the start page, with a cell and a half that would write a file."""
    trap = f"open({str(lab.folder / 'ran')!r}, 'w').close()"
    book = nbformat.read(lab.folder / fresh(START), as_version=4)
    book.cells.insert(
        0, nbformat.v4.new_code_cell(trap, id="start-900", metadata={"trusted": True})
    )
    half = next(cell for cell in book.cells if "lesson.figure" in cell.source)
    half.source += f"\n{trap}"
    # As it is: nbformat.write would leave out that it calls itself trusted.
    (lab.folder / FOREIGN).write_text(json.dumps(book))
    yield
    (lab.folder / "ran").unlink(missing_ok=True)


def test_a_page_that_is_not_signed_runs_nothing_and_asks_before_it_runs_foreign_code(
    pages, foreign
):
    tab = goes(pages(), FOREIGN)
    expect(settled(tab)).to_be_visible()
    assert asks_kernel(tab, EXECUTIONS) == "1"
    button(tab).click()
    expect(tab.page.locator(".jp-Dialog")).to_contain_text(text("alive.strange", "uk"))
    tab.page.locator(".jp-Dialog button", has_text=text("alive.lesson", "uk")).click()
    expect(button(tab)).to_be_hidden()
    expect(tab.page.locator(".rm-card[data-exercise]").first).to_be_visible()
    assert not (tab.lab.folder / "ran").exists()


def test_on_a_signed_page_only_the_course_s_own_code_runs(pages, lab, foreign):
    """Jupyter signs whatever is saved without outputs, or was run once by hand."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_DATA_DIR", str(lab.data))
        nbformat.sign.NotebookNotary().sign(nbformat.read(lab.folder / FOREIGN, as_version=4))
    tab = goes(pages(), FOREIGN)
    expect(settled(tab)).to_be_hidden()
    assert asks_kernel(tab, EXECUTIONS) == str(len(tab.page.evaluate(COUNTS)) - 1)
    assert not (lab.folder / "ran").exists()
