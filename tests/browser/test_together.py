"""Cards and instruments on one page: both dressed, whichever came first, in both themes; pictures in their colours."""

import pytest
from driver import first_of_each, opens, shows

CARD = first_of_each()["choice"]
PANELS = (("audit", "audit"), ("levels", "levels"))
WAYS = ("straight", "from-another-page", "instrument-first")


@pytest.fixture(scope="module", params=WAYS)
def book(request, tabs, lab, tmp_path_factory):
    """A page with an exercise and the audit, reached in one of three ways."""
    folder, lesson = tmp_path_factory.mktemp("answers"), f"together-{request.param}.ipynb"
    parts = [shows(CARD), *(f'at("{at}", "uk").instrument("{name}")' for at, name in PANELS)]
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
    for _, name in PANELS:
        made.page.locator(f'[data-instrument="{name}"] svg').first.wait_for()
    yield made
    made.page.context.close()
    lab.end_kernels()


@pytest.fixture(params=["Light", "Dark"])
def panel(request, book):
    book.theme(f"JupyterLab {request.param}")
    return book.page.locator('[data-instrument="audit"]')


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


def test_a_field_in_an_instrument_wears_the_instruments_sheet(book, panel):
    """Both sheets speak of text fields, with equal weight: the instrument's must be the later one."""
    field = book.page.locator('[data-instrument="levels"] input[type=text]').first
    assert styles(field, "paddingLeft", "fontSize") == ["8px", "14.5px"]


def test_the_card_beside_it_wears_the_cards_sheet(book, panel):
    display, space = styles(book.card(CARD), "containerType", "paddingLeft")
    assert (display, space) == ("inline-size", "20px")


def test_every_line_of_a_picture_has_a_colour_that_shows(panel):
    """A colour variable that is not there makes a line vanish, or black on black."""
    found = panel.evaluate("""(panel) => {
      const paper = getComputedStyle(panel).backgroundColor;
      const look = (mark) => {
        const { stroke, fill } = getComputedStyle(mark);
        const used = [mark.getAttribute("fill"), mark.getAttribute("stroke")].join(" ").match(/--[-\\w]+/g) ?? [];
        const value = (name) => getComputedStyle(mark).getPropertyValue(name);
        return { paper, used, paints: [stroke, fill], unset: used.filter((name) => !value(name)) };
      };
      const pictures = [...panel.querySelectorAll(".rm-figure svg")];
      return pictures.map((svg) => [...svg.querySelectorAll("path, circle")].map(look)); }""")
    assert len(found) >= 2, "the radar and the gaps"
    for picture in found:
        assert not [mark["unset"] for mark in picture if mark["unset"]]
        used = {name for mark in picture for name in mark["used"]}
        assert {"--f-accent", "--f-second"} <= used, (
            "one colour for the supplier, one for the buyer"
        )
    theirs = {
        paint for mark in found[0] if "--f-second" in mark["used"] for paint in mark["paints"]
    }
    wanted = panel.evaluate("""(panel) => {
      const probe = panel.appendChild(document.createElement("i"));
      probe.style.color = "var(--f-second)";
      const { color } = getComputedStyle(probe);
      probe.remove();
      return color; }""")
    assert wanted in theirs and wanted not in ("rgb(0, 0, 0)", found[0][0]["paper"])
