"""Instruments in a real browser: anchors chosen, components set at once, challenges ticked, stills without trust."""

import shutil

import pytest
from playwright.sync_api import expect

from course import instruments, paths
from course.texts import text

LESSONS = {
    "levels": "levels",
    "contact_value": "value-plan",
    "audit": "audit",
    "stages": "commitments",
}
LONGEST = {"stages": "ru"}  # the edition whose headings are longest


@pytest.fixture(scope="module")
def book(tabs, lab, tmp_path_factory):
    cells = [
        f'at("{lesson}", "{LONGEST.get(name, "uk")}").instrument("{name}")'
        for name, lesson in LESSONS.items()
    ]
    name = lab.write("panels.ipynb", cells, tmp_path_factory.mktemp("answers"))
    made = tabs(height=2600).open(name).run()
    for instrument in LESSONS:
        made.page.locator(f'[data-instrument="{instrument}"] .rm-figure svg').first.wait_for()
    yield made
    made.page.context.close()
    lab.end_kernels()


@pytest.fixture(params=LESSONS)
def panel(request, book):
    return book.page.locator(f'[data-instrument="{request.param}"]')


@pytest.fixture(params=["Light-1400", "Light-420", "Dark-1400", "Dark-420"])
def seen(request, book):
    theme, width = request.param.split("-")
    book.page.set_viewport_size({"width": int(width), "height": 2600})
    book.theme(f"JupyterLab {theme}")
    book.page.wait_for_function(
        "() => document.querySelector('.jp-Notebook').getBoundingClientRect().right <= window.innerWidth"
    )
    return book


def test_no_column_hides_beside_the_picture(book):
    book.page.set_viewport_size({"width": 1400, "height": 2600})
    hidden = book.page.locator(".rm-panel .rm-grid").evaluate_all("""(all) => all.filter((table) => {
      const scroll = table.closest(".rm-scroll");
      return scroll && scroll.clientWidth && scroll.scrollWidth > scroll.clientWidth + 1;
    }).map((table) => table.closest(".rm-panel").dataset.instrument)""")
    assert book.page.locator('[data-instrument="stages"] .rm-grid').count() == 1
    assert hidden == []


def test_a_change_redraws_and_the_sentence_follows(book):
    panel = book.page.locator('[data-instrument="levels"]')
    panel.locator(".rm-slider input[type=text]").first.fill("283 тис. грн")
    panel.locator(".rm-slider input[type=text]").first.press("Enter")
    expect(panel.locator(".rm-reads")).to_contain_text("партнерство")
    expect(panel.get_by_role("img").first).to_have_attribute(
        "aria-label", panel.locator(".rm-reads").inner_text()
    )
    accented = panel.locator(".rm-result svg rect[fill='var(--f-accent)']")
    expect(accented).to_have_count(1)
    panel.get_by_role("button", name="Повернути початкові числа").click()
    expect(panel.locator(".rm-reads")).to_contain_text("відповідальний")
    expect(panel.get_by_role("button", name="Повернути початкові числа")).to_be_hidden()


def test_the_best_plan_ticks_its_challenge_and_it_stays_ticked(book):
    panel = book.page.locator('[data-instrument="levels"]')
    for select, level in zip(
        panel.locator("select").all(), ("basic", "accountable", "proactive"), strict=True
    ):
        select.select_option(level)
    task = panel.locator(".rm-challenges li").nth(2)
    expect(task).to_have_attribute("data-met", "true")
    expect(task).to_contain_text("виконано")
    said = f"виконано: {text('levels.challenge.spent', 'uk')}"
    expect(panel.get_by_role("status").filter(has_text=said)).to_have_count(1)
    panel.get_by_role("button", name="Малі господарства").click()
    expect(panel.locator("select").first).to_have_value("partnership")
    expect(task).to_have_attribute("data-met", "true")


def test_a_component_is_set_in_one_act_and_an_anchor_by_its_words(book):
    panel = book.page.locator('[data-instrument="audit"]')
    panel.get_by_role("button", name="Культура й цінності, постачальник, усі показники: 4").click()
    side = panel.locator(".rm-side").first
    expect(side.locator(".rm-mean")).to_have_text("4,0")
    expect(side.locator("button[aria-pressed=true]")).to_have_text("4")
    expect(panel.locator(".rm-challenges li").first).to_have_attribute("data-met", "true")
    panel.locator("details summary").first.click()
    anchor = panel.get_by_role("radio", name="C1.1 Горизонт вигоди, постачальник: 1 – ")
    anchor.check()
    expect(side.locator(".rm-mean")).to_have_text("3,3")
    expect(side.locator("button[aria-pressed=true]")).to_have_count(0)
    anchor.press("ArrowDown")
    expect(side.locator(".rm-mean")).to_have_text("3,5")
    panel.get_by_role("button", name="Повернути початкові числа").click()
    expect(side.locator(".rm-mean")).to_have_text("2,0")
    expect(panel.locator(".rm-rate").first).to_contain_text("постачальник 1,8 (респондентів: 5)")
    panel.locator("details summary").first.click()


def test_the_marks_of_pictures_are_painted_in_the_colours_of_the_theme(seen):
    light = "Light" in seen.page.evaluate("() => document.body.dataset.jpThemeName")
    audit = seen.page.locator('[data-instrument="audit"] .rm-figure svg').first
    strokes = audit.evaluate(
        "(svg) => [...new Set([...svg.querySelectorAll('path')].map((path) => getComputedStyle(path).stroke))]"
    )
    wanted = (
        {"rgb(21, 101, 192)", "rgb(168, 72, 10)"}
        if light
        else {"rgb(130, 184, 245)", "rgb(242, 166, 94)"}
    )
    assert wanted <= set(strokes), strokes


def test_axe_finds_nothing(seen):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    found = axe.run(seen.page, context=".rm-panel")
    assert found.violations_count == 0, found.generate_report()


def test_nothing_sticks_out_and_targets_are_large(seen):
    wrong = seen.page.locator(".rm-panel").evaluate_all("""(all) => all.flatMap((panel) => {
      const edge = panel.getBoundingClientRect().right;
      const far = [...panel.querySelectorAll("*")].filter((node) =>
        !node.closest(".rm-hidden, svg, .rm-scroll") && node.getBoundingClientRect().right > edge + 1);
      const small = [...panel.querySelectorAll("button, select, summary, input[type=text], .rm-pin")].filter((node) => {
        const box = node.getBoundingClientRect();
        return box.width && (box.width < 24 || box.height < 24);
      });
      return [...far, ...small].map((node) => `${panel.dataset.instrument}: ${node.outerHTML.slice(0, 120)}`);
    })""")
    assert wrong == []


@pytest.mark.parametrize("lang", ["uk", "ru"])
def test_an_edition_nobody_trusts_shows_the_stills(tabs, lab, lang):
    """A fresh notebook is not trusted: JupyterLab refuses its SVG, but shows an image in its HTML."""
    shutil.copy(
        paths.shared("notebooks") / lang / "05-levels.ipynb", lab.folder / f"still-{lang}.ipynb"
    )
    page = tabs(height=2600).open(f"still-{lang}.ipynb").page
    declared = instruments.find("levels")
    reading = declared.read(declared.cases[declared.start])
    stills = page.locator("img[src^='data:image/svg+xml']")
    expect(stills.first).to_be_attached()
    trusted = page.evaluate("""() => [...window.jupyterapp.shell.currentWidget.content.model.cells]
      .filter((cell) => cell.type === "code" && cell.outputs?.length).some((cell) => cell.trusted)""")
    assert not trusted
    seen = stills.evaluate_all(
        "(all) => all.map((one) => [one.alt, one.naturalWidth, one.complete])"
    )
    lesson_md = (paths.shared("lessons") / "05-levels/lesson.md").read_text("utf-8")
    shown = lesson_md.count("lesson.figure(") + len(declared.figures(reading, lang))
    assert len(seen) == shown and all(wide == 348 and done for _, wide, done in seen)
    assert declared.sentence(reading, lang) in [alt for alt, *_ in seen]


def test_nothing_is_wider_than_the_box_it_stands_in(seen):
    """A picture drawn into the padding of its panel looks right, and its boxes still overflow."""
    wide = seen.page.locator(".rm-panel, .rm-panel *").evaluate_all("""(all) => all.filter((node) =>
      !node.closest("svg") && node.clientWidth > 40 && getComputedStyle(node).display !== "inline"
      && getComputedStyle(node).overflowX === "visible" && node.scrollWidth > node.clientWidth + 2)
      .map((node) => node.outerHTML.slice(0, 100))""")
    assert wide == []


def test_what_is_typed_at_once_and_while_an_answer_is_on_its_way_stays(tabs, lab, tmp_path):
    """The kernel is held until a gate opens: an answer must not write over a number half typed."""
    gate = tmp_path / "gate"
    held = f"import time\nwhile not os.path.exists({str(gate)!r}): time.sleep(0.02)"
    name = lab.write("typed.ipynb", ['at("levels", "uk").instrument("levels")', held], tmp_path)
    book = tabs(height=2600).open(name)
    book.command("notebook:run-all-cells", wait=False)
    panel = book.page.locator('[data-instrument="levels"]')
    price, hours = (panel.locator(".rm-slider input[type=text]").nth(place) for place in (2, 3))
    hours.fill("900")
    hours.press("Tab")
    price.fill("0.5")
    gate.touch()
    expect(panel.locator(".rm-more")).to_contain_text("а є 900")
    expect(hours).to_have_value("900")
    expect(price).to_have_value("0.5")
    price.press("Tab")
    expect(panel.locator(".rm-reads")).to_contain_text("ціни години 0,50")
    expect(price).to_have_value("0,5")
    price.fill("0.7")
    panel.get_by_role("button", name="Повернути початкові числа").click()
    expect(price).to_have_value("0")
    expect(hours).to_have_value("1200")
