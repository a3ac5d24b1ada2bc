"""Every kind in every state, light and dark, wide and narrow: axe, overflow, targets, language, print, HTML."""

import nbformat
import pytest
from driver import first_of_each, opens, right, shows, wrong
from playwright.sync_api import expect

from course import paths
from course.exercises import chapters
from course.record import Record
from course.widgets.card import meta

EXERCISES = first_of_each()
STATES = ("untouched", "draft", "right", "partial", "wrong", "shown")
BAD_NUMBER = "сім"


def prepare(folder, state):
    """Write journals that bring one exercise of each kind into a state."""
    for kind, one in EXERCISES.items():
        record = Record(chapters()[one.lesson], folder)
        good = right(one, folder)
        bad = (
            BAD_NUMBER
            if kind == "numeric" and state == "partial"
            else wrong(one, folder, state == "partial")
        )
        if state == "draft":
            record.write(one.id, "draft", bad)
        elif state == "right":
            record.write(one.id, "answer", good)
        elif state != "untouched":
            for number in range(3 if state == "shown" else 1):
                record.write(one.id, "hint", number) if number < len(one.get("hint", ())) else None
                record.write(one.id, "answer", bad)
            record.write(one.id, "shown") if state == "shown" else None


def named(state, exercise):
    """Return the data-status that a prepared card must have."""
    by_person = exercise.kind.by_person
    if state == "untouched":
        return "untouched"
    if state == "draft":
        return "changed"
    if state == "right" or by_person:
        return "saved" if by_person else "right"
    if state == "partial":
        return {"choice": "wrong", "numeric": "invalid", "value": "wrong"}.get(
            exercise.kind.name, "partial"
        )
    return state


@pytest.fixture(scope="module", params=["uk", "ru"])
def book(request, tabs, lab, tmp_path_factory):
    """All kinds in all states on one page."""
    top, lang, found = tmp_path_factory.mktemp("states"), request.param, list(EXERCISES.values())
    cells = []
    for state in STATES:
        prepare(top / state, state)
        cells.append(opens(lang, found).replace(")", f", {str(top / state)!r})"))
        cells += [shows(one).replace("check(", "exercise(").replace(", ...", "") for one in found]
    name = lab.write(f"look-{lang}.ipynb", cells, top)
    made = tabs(height=1400).open(name).run()
    expect(made.page.locator(".rm-card")).to_have_count(len(STATES) * len(found))
    made.lang = lang
    yield made
    made.page.context.close()
    lab.end_kernels()


@pytest.fixture(params=["Light-1400", "Light-420", "Dark-1400", "Dark-420"])
def seen(request, book):
    theme, width = request.param.split("-")
    book.page.set_viewport_size({"width": int(width), "height": 1400})
    book.theme(f"JupyterLab {theme}")
    book.page.wait_for_function(
        "() => document.querySelector('.jp-Notebook').getBoundingClientRect().right <= window.innerWidth"
    )
    return book


def test_every_state_is_as_prepared_and_names_its_language(book):
    cards = book.page.locator(".rm-card")
    wanted = [
        [one.id, named(state, one), book.lang] for state in STATES for one in EXERCISES.values()
    ]
    found = cards.evaluate_all(
        "(all) => all.map((one) => [one.dataset.exercise, one.dataset.status, one.lang])"
    )
    assert found == wanted
    states = cards.evaluate_all("""(all) => all.map((one) => [one.querySelector(".rm-state").textContent.trim(),
      Boolean(one.querySelector(".rm-state svg path").getAttribute("d"))])""")
    assert all(words and drawn for words, drawn in states), (
        "a state is a word and an icon, not a colour alone"
    )


def test_axe_finds_nothing(seen):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    found = axe.run(seen.page, context=".rm-card")
    assert found.violations_count == 0, found.generate_report()


def test_nothing_sticks_out_sideways(seen):
    out = seen.page.locator(".rm-card").evaluate_all("""(all) => all.flatMap((card) => {
      const edge = card.getBoundingClientRect().right, room = card.closest(".jp-OutputArea-output");
      const far = [...card.querySelectorAll("*")].filter((one) =>
        !one.closest(".rm-hidden, svg") && one.getBoundingClientRect().right > edge + 1);
      const bad = [];
      if (card.scrollWidth > card.clientWidth) bad.push(`${card.scrollWidth} > ${card.clientWidth}`);
      if (room.scrollWidth > room.clientWidth + 1) bad.push(`output ${room.scrollWidth} > ${room.clientWidth}`);
      if (edge > document.documentElement.clientWidth + 1) bad.push("behind the window's edge");
      const found = [...bad, ...far.map((one) => one.outerHTML.slice(0, 120))];
      return found.map((one) => `${card.dataset.exercise} ${card.dataset.status}: ${one}`);
    })""")
    assert out == []


def test_targets_are_at_least_24_pixels(seen):
    small = seen.page.locator(".rm-card").evaluate_all("""(all) => all.flatMap((card) =>
      [...card.querySelectorAll("button, select, textarea, input[type=text], label.rm-option")].filter((one) => {
        const box = one.getBoundingClientRect();
        return box.width && (box.width < 24 || box.height < 24);
      }).map((one) => `${card.dataset.exercise}: ${one.outerHTML.slice(0, 100)}`))""")
    assert small == []


def test_a_printed_page_has_prompts_and_options_and_no_buttons(book):
    book.page.set_viewport_size({"width": 900, "height": 1400})
    book.theme("JupyterLab Light")
    book.page.emulate_media(media="print")
    try:
        card = book.card(EXERCISES["choice"])
        expect(card.locator(".rm-prompt")).to_be_visible()
        expect(card.locator(".rm-option").first).to_be_visible()
        expect(card.locator(".rm-buttons")).to_be_hidden()
    finally:
        book.page.emulate_media(media="screen")


def test_nothing_moves_for_those_who_want_no_motion(book):
    moving = book.page.locator(
        ".rm-card, .rm-card *"
    ).evaluate_all("""(all) => all.map((one) => getComputedStyle(one))
      .filter((style) => style.animationName !== "none" || parseFloat(style.transitionDuration) > 0).length""")
    assert moving == 0


@pytest.mark.parametrize("lang", ["uk", "ru"])
@pytest.mark.parametrize("lesson", ["03-value-plan", "05-levels"])
def test_an_edition_exported_to_html_can_be_read(chromium, tmp_path, lesson, lang):
    exporter = pytest.importorskip("nbconvert").HTMLExporter(template_name="lab")
    source = paths.shared("notebooks") / lang / f"{lesson}.ipynb"
    html, _ = exporter.from_notebook_node(nbformat.read(source, 4))
    (tmp_path / "page.html").write_text(html, "utf-8")
    page = chromium.new_page(viewport={"width": 420, "height": 1400})
    page.route("http*://**", lambda route: route.abort())
    page.goto((tmp_path / "page.html").as_uri(), wait_until="domcontentloaded")
    words = " ".join(page.locator("body").inner_text().split())
    page.close()
    for exercise in chapters()[lesson[3:]].exercises.values():
        assert " ".join(meta(exercise, lang).split()) in words, exercise.id
        parts = [part for field in ("option", "item", "row") for part in exercise.get(field, ())]
        for part in parts:
            plain = part["text"][lang].replace("**", "").replace("`", "")
            assert " ".join(plain.split()) in words, (exercise.id, part["id"])
