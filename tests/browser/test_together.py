"""Cards and instruments on one page: both dressed, whichever came first, in both themes; pictures in their colours."""

import pytest
from driver import first_of_each, opens, shows

CARD = first_of_each()["choice"]
WAYS = ("straight", "from-another-page", "instrument-first")


@pytest.fixture(scope="module", params=WAYS)
def book(request, tabs, lab, tmp_path_factory):
    """A page with an exercise and the audit, reached in one of three ways."""
    folder, lesson = tmp_path_factory.mktemp("answers"), f"together-{request.param}.ipynb"
    parts = [shows(CARD), 'at("audit", "uk").instrument("audit")']
    lab.write(
        lesson,
        [opens("uk", [CARD]), *(parts[::-1] if request.param == "instrument-first" else parts)],
        folder,
    )
    made = tabs()
    if request.param == "from-another-page":
        other = first_of_each()["numeric"]
        lab.write("before.ipynb", [opens("uk", [other]), shows(other)], folder)
        made.open("before.ipynb").run().card(other)
        made.follow(lesson)
    else:
        made.open(lesson)
    made.run().card(CARD)
    made.page.locator(".rm-panel svg").first.wait_for()
    yield made
    made.page.context.close()
    lab.end_kernels()


@pytest.fixture(params=["Light", "Dark"])
def panel(request, book):
    book.theme(f"JupyterLab {request.param}")
    return book.page.locator(".rm-panel:visible")


def styles(place, *names):
    return place.evaluate(
        "(node, names) => names.map((name) => getComputedStyle(node)[name])", list(names)
    )


def test_the_instrument_wears_its_own_sheet(panel):
    display, columns = styles(panel.locator(".rm-split"), "display", "gridTemplateColumns")
    assert display == "grid" and len(columns.split()) == 2, columns
    assert styles(panel.locator(".rm-chips"), "display") == ["flex"]
    chosen, other = (
        panel.locator(".rm-chips [aria-pressed=true]"),
        panel.locator(".rm-chips [aria-pressed=false]"),
    )
    assert styles(chosen, "backgroundColor") != styles(other.first, "backgroundColor")
    panel.locator(".rm-fold summary").first.click()
    # Both sheets speak of text fields, with equal weight: the instrument's must be the later one.
    assert styles(panel.locator(".rm-sides input").first, "paddingLeft", "fontSize") == [
        "8px",
        "14.5px",
    ]
    panel.locator(".rm-fold summary").first.click()


def test_the_card_beside_it_wears_the_cards_sheet(book, panel):
    display, space = styles(book.card(CARD), "containerType", "paddingLeft")
    assert (display, space) == ("inline-size", "20px")


def test_every_line_of_a_picture_has_a_colour_that_shows(panel):
    """A colour variable that is not there makes a line vanish, or black on black."""
    found = panel.evaluate("""(panel) => {
      const paper = getComputedStyle(panel).backgroundColor;
      const look = (mark) => {
        const { stroke, fill } = getComputedStyle(mark);
        const used = mark.closest("[style]").getAttribute("style").match(/--\\w+/g) ?? [];
        const value = (name) => getComputedStyle(mark).getPropertyValue(name);
        return { paper, used, paints: [stroke, fill], unset: used.filter((name) => !value(name)) };
      };
      const pictures = [...panel.querySelectorAll(".rm-figure svg")];
      return pictures.map((svg) => [...svg.querySelectorAll("path, use")].map(look)); }""")
    assert len(found) >= 2, "the radar and the gaps"
    for picture in found:
        assert not [mark["unset"] for mark in picture if mark["unset"]]
        used = {name for mark in picture for name in mark["used"]}
        assert {"--accent", "--second"} <= used, "one colour for the supplier, one for the buyer"
    theirs = {paint for mark in found[0] if "--second" in mark["used"] for paint in mark["paints"]}
    wanted = panel.evaluate("""(panel) => {
      const probe = panel.appendChild(document.createElement("i"));
      probe.style.color = "var(--second)";
      const { color } = getComputedStyle(probe);
      probe.remove();
      return color; }""")
    assert wanted in theirs and wanted not in ("rgb(0, 0, 0)", found[0][0]["paper"])
