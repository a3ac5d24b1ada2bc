"""Slides in a real browser: keys turn them, nothing overflows, each prints on a page of its own."""

import re

import pytest

from course.teaching import papers, seminars, slides
from course.teaching.outline import outline
from course.teaching.papers import taught
from course.texts import LANGS

pytestmark = pytest.mark.browser
EACH = [(chapter, lang) for chapter in taught() for lang in LANGS]
# What sticks out of its slide, or lies over the footer.
OVER = """() => [...document.querySelectorAll(".slide")].flatMap((slide, count) => {
  document.querySelectorAll(".slide").forEach((other, place) => other.classList.toggle("now", place === count));
  const foot = slide.querySelector("footer").getBoundingClientRect();
  const parts = [...slide.children].filter((part) => part.tagName !== "FOOTER" && part.getBoundingClientRect().height);
  const low = Math.max(...parts.map((part) => part.getBoundingClientRect().bottom));
  const wide = parts.some((part) => part.scrollWidth > part.clientWidth + 1);
  return low > foot.top + 1 || foot.bottom > innerHeight + 1 || wide ? [count + 1] : [];
})"""

OUTSIDE = """() => [...document.querySelectorAll(".slide *")].filter((part) =>
  part.getBoundingClientRect().bottom > part.closest(".slide").getBoundingClientRect().bottom + 1).length"""


def plan(chapter):
    return seminars.read(chapter.folder / "seminar.toml")


@pytest.fixture(scope="module")
def opened(chromium, tmp_path_factory):
    """``opened(html, width, height)``: a page from a file, without a network, and what it complained of."""
    folder, contexts = tmp_path_factory.mktemp("slides"), []

    def show(page, width=1400, height=788, name="page.html"):
        (folder / name).write_text(page, "utf-8")
        contexts.append(
            chromium.new_context(offline=True, viewport={"width": width, "height": height})
        )
        tab = contexts[-1].new_page()
        tab.complaints = []
        tab.on("console", lambda said: tab.complaints.append(said.text))
        tab.on("pageerror", lambda said: tab.complaints.append(str(said)))
        tab.goto((folder / name).as_uri())
        return tab

    yield show
    for context in contexts:
        context.close()


@pytest.mark.parametrize(
    ("chapter", "lang"), EACH, ids=[f"{chapter.slug}-{lang}" for chapter, lang in EACH]
)
def test_every_slide_fits_the_screen_and_prints_on_its_own_page(chapter, lang, opened):
    tab = opened(slides.write(outline(chapter, lang), plan(chapter)))
    assert tab.evaluate(OVER) == []
    many = tab.locator(".slide").count()
    printed = tab.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", printed)) == many
    tab.emulate_media(media="print")
    tab.set_viewport_size({"width": 1123, "height": 794})
    assert tab.evaluate(OVER.replace("innerHeight + 1", "1e9")) == []
    assert tab.complaints == []
    tab.context.close()


def test_keys_turn_the_slides(opened):
    tab = opened(slides.write(outline(taught()[4], "uk"), plan(taught()[4])))
    many = tab.locator(".slide").count()
    seen = lambda: tab.locator(".slide:visible").get_attribute("id")  # noqa: E731
    steps = [("ArrowRight", 2), ("Space", 3), ("PageDown", 4), ("ArrowLeft", 3), ("Shift+Space", 2)]
    steps += [("End", many), ("ArrowDown", many), ("Home", 1), ("PageUp", 1)]
    for key, at in steps:
        tab.keyboard.press(key)
        assert seen() == f"slide-{at}", key
    tab.locator("#on").click()
    tab.keyboard.press("Enter")
    assert seen() == "slide-3", "a button that has the focus turns once"
    tab.reload()
    assert seen() == "slide-3", "the place is kept"


def test_on_a_phone_the_slides_stand_one_below_the_other(opened):
    tab = opened(slides.write(outline(taught()[8], "ru"), plan(taught()[8])), 420, 900)
    assert tab.locator(".slide:visible").count() == tab.locator(".slide").count()
    assert tab.evaluate("document.documentElement.scrollWidth") <= 420
    assert tab.evaluate(OUTSIDE) == 0, "something lies over the next slide"


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("width", [1400, 420])
def test_plan_and_syllabus_keep_to_the_page(lang, width, opened):
    for page in (
        papers.seminar(outline(taught()[6], lang), plan(taught()[6])),
        papers.syllabus(lang),
    ):
        tab = opened(page, width, 900)
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
        assert tab.complaints == []


@pytest.mark.parametrize("what", ["slides", "seminar", "syllabus"])
def test_what_a_lecturer_gets_is_accessible(what, opened):
    from axe_playwright_python.sync_playwright import Axe

    chapter = taught()[4]
    lesson = outline(chapter, "uk")
    pages = {"slides": slides.write, "seminar": papers.seminar}
    page = pages[what](lesson, plan(chapter)) if what in pages else papers.syllabus("uk")
    tab = opened(re.sub(r"<meta http-equiv=[^>]+>", "", page))  # axe is injected as a script
    found = Axe().run(tab).response["violations"]
    assert [rule["id"] for rule in found] == []
