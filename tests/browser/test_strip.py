"""Progress that lives, the hand-in, and slips in words, as a learner meets them in JupyterLab."""

import pytest
from driver import right
from playwright.sync_api import expect

from course.exercises import chapters
from course.texts import text

LESSON = chapters()["levels"]
ORDER, TEXT = LESSON.exercises["levels-order"], "why-advantage"
OPEN = 'lesson = at("{0}", "uk")'


@pytest.fixture
def course(lab, request):
    """Write a start page, a lesson and one more to hand in, as a course folder holds them; returns the answers' folder."""
    folder = lab.folder / request.node.name.replace("[", "-").strip("]") / "answers"
    lab.write("notebooks/uk/00-start.ipynb", [OPEN.format("start"), "lesson.progress()"], folder)
    cards = ['lesson.exercise("levels-order")', 'lesson.exercise("levels-value")']
    lab.write(
        "notebooks/uk/05-levels.ipynb", [OPEN.format("levels"), *cards, "lesson.progress()"], folder
    )
    hand = [OPEN.format("value-plan"), f'lesson.exercise("{TEXT}")', "lesson.export()"]
    lab.write("notebooks/uk/03-value-plan.ipynb", hand, folder)
    return folder


@pytest.fixture
def tab(tabs, lab):
    """``tab(width)``: a browser tab that is closed before its kernels end; one left open would save its notebook."""
    opened = []

    def show(width=1400):
        opened.append(tabs(width=width))
        return opened[-1]

    yield show
    for book in opened:
        book.page.context.close()
    lab.end_kernels()


def strip(book):
    found = book.page.locator(".rm-strip:visible")
    found.wait_for()
    return found


def says(book, done):
    expect(strip(book).locator(".rm-prompt")).to_contain_text(f"Виконано {done} з ")


def answer(book, exercise, folder):
    card = book.card(exercise)
    for place, name in enumerate(right(exercise, folder)):
        item = card.locator(f'.rm-item[data-id="{name}"]')
        for _ in range(
            item.evaluate("(node) => [...node.parentNode.children].indexOf(node)") - place
        ):
            item.locator(".rm-up").click()
    card.locator(".rm-main").click()


def test_the_strip_follows_answers_links_to_the_next_and_is_anew_on_the_start_page(tab, course):
    book = tab().open("notebooks/uk/00-start.ipynb").run()
    says(book, 0)
    book.page.evaluate("() => { window.same = true; }")
    link = strip(book).locator("a", has_text="рівнів відносин")
    link.click()
    book.ready("05-levels.ipynb").run()
    assert book.page.evaluate("() => window.same"), "the page was not loaded anew"
    says(book, 0)
    answer(book, ORDER, course)
    says(book, 1)
    onward = strip(book).locator(".rm-onward a")
    expect(onward).to_contain_text(list(LESSON.exercises.values())[0].say("prompt", "uk")[:20])
    book.follow("notebooks/uk/00-start.ipynb")
    says(book, 1)
    assert book.ours() == []


def test_a_link_to_an_exercise_of_this_page_leads_to_its_card(tab, course):
    book = tab().open("notebooks/uk/05-levels.ipynb").run()
    card = book.card(ORDER)
    card.locator(".rm-up").last.click()
    card.locator(".rm-main").click()
    repeat = strip(book).locator("li a", has_text=ORDER.say("prompt", "uk")[:20])
    repeat.click()
    expect(card).to_be_focused()
    expect(card).to_be_in_viewport()


@pytest.mark.parametrize(
    "name", ["00-start", "03-value-plan", "05-levels"]
)  # the map, the hand-in, a lesson's strip
def test_axe_finds_nothing(tab, course, name):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    book = tab().open(f"notebooks/uk/{name}.ipynb").run()
    strip(book)
    for theme in ("Light", "Dark"):
        book.theme(f"JupyterLab {theme}")
        found = axe.run(book.page, context=".rm-strip")
        assert found.violations_count == 0, found.generate_report()


def test_a_page_that_is_not_live_says_that_its_numbers_are_old(tab, course):
    book = tab().open("notebooks/uk/00-start.ipynb").run()
    expect(strip(book).locator(".rm-warning")).to_have_count(0)
    book.lose_kernel()
    expect(strip(book).locator(".rm-warning")).to_have_text(text("progress.asleep", "uk"))


def test_a_file_is_handed_in_by_a_button(tab, course):
    book = tab(420).open("notebooks/uk/03-value-plan.ipynb")
    book.page.evaluate("() => jupyterapp.shell.collapseLeft()")
    book.run()
    page, folder = strip(book), course.parent / "hand-in"
    expect(page.locator(".rm-works li")).to_have_count(2)
    page.locator(".rm-main").click()
    expect(page.locator(".rm-warning")).to_have_text(text("export.no_name", "uk"))
    assert not folder.exists()
    page.locator("input").fill("Олена Коваль")
    page.locator(".rm-main").click()
    expect(page.locator("a[download]")).to_have_count(3)  # Word, PDF, Markdown
    expect(page).to_contain_text(str(folder))
    (file,) = folder.glob("*.md")
    assert "Олена Коваль" in file.read_text("utf-8") and not page.locator(".rm-stale").count()
    book.card(TEXT).locator("textarea").type("Швидше, ніж гуртова база.")
    expect(page.locator(".rm-stale")).to_have_text(text("export.stale", "uk"))
    page.locator(".rm-main").click()
    expect(page.locator(".rm-stale")).to_have_count(0)
    assert "гуртова база" in file.read_text("utf-8")
    for width in (420, 1400):
        book.page.set_viewport_size({"width": width, "height": 1000})
        book.page.wait_for_function(
            "() => document.querySelector('.jp-Notebook').getBoundingClientRect().right <= innerWidth"
        )
        over, edge = page.evaluate(
            "(node) => [node.scrollWidth - node.clientWidth, node.getBoundingClientRect().right]"
        )
        assert over <= 0 and edge <= width
    assert book.ours() == []


def test_the_file_of_a_course_folder_opens_from_its_link(tab, lab, course):
    answers = lab.folder / "answers"
    lab.write(
        "notebooks/uk/03-value-plan.ipynb", [OPEN.format("value-plan"), "lesson.export()"], answers
    )
    book = tab().open("notebooks/uk/03-value-plan.ipynb").run()
    strip(book).locator("input").fill("Олена Коваль")
    strip(book).locator(".rm-main").click()
    for at, end in enumerate(("docx", "pdf", "md")):
        with book.page.expect_download() as got:
            strip(book).locator("a[download]").nth(at).click()
        file = lab.folder / "hand-in" / f"03-value-plan-uk.{end}"
        assert got.value.path().read_bytes() == file.read_bytes()
    link = strip(book).locator("a", has_text="03-value-plan-uk.md")
    link.click()
    book.page.wait_for_function(
        "() => jupyterapp.shell.currentWidget.context?.path === 'hand-in/03-value-plan-uk.md'"
    )


def test_a_slip_is_one_sentence_with_the_card_below(tab, lab, course):
    cells = [
        'lesson.exercise("levels-order")',
        OPEN.format("levels"),
        'lesson.check("levels-assign", lessn)',
    ]
    lab.write("notebooks/uk/slip.ipynb", cells, course)
    book = tab().open("notebooks/uk/slip.ipynb")
    book.start_cell(1)
    expect(book.page.locator(".jp-RenderedHTMLCommon")).to_contain_text("«Запустити всі клітинки»")
    for place in (0, 2, 3):
        book.start_cell(place)
        book.page.wait_for_function(
            "(at) => jupyterapp.shell.currentWidget.content.widgets[at].model.executionState === 'idle'"
            " && jupyterapp.shell.currentWidget.content.widgets[at].model.executionCount",
            arg=place,
        )
    last = book.cell("levels-assign")
    expect(last.locator("mark")).to_have_text("lessn")
    outputs = last.locator(".jp-OutputArea-output")
    expect(outputs).to_have_count(3)
    expect(outputs.nth(0)).to_contain_text("lessn")
    expect(outputs.nth(1)).to_have_text("NameError: name 'lessn' is not defined")
    assert "Traceback" not in last.inner_text()
