"""Pictures are one scalable SVG each, in the page's colours, safe to put in a page and the same every time."""

import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest

from course import charts

HOSTILE = "<script>alert(1)</script> & $x^2$"
ROWS = [("Базовий", "від 0", 150.0, "150"), ("Проактивний", "", -20.0, "−20")]
LINE = {"a": 10, "b": 60, "text": "+5", "mark_a": ("o", charts.MUTED, False), "mark_b": ("*", charts.ACCENT, True)}
SCALE = [(0, "0"), (100, "100")]


def draw(label=""):
    return {
        "bars": charts.bars([(label or "A", "", 1.0, "1"), *ROWS], 1, "тис. грн"),
        "pairs": charts.pairs([(label or "A", [LINE, LINE])], SCALE, "%", [("○ p₀", charts.MUTED)], "Δ", 90),
        "radar": charts.radar([label or "A", *"BCDEFGH"], [("s", [3.0] * 8), ("b", [None, *[4.0] * 7])]),
    }


@pytest.mark.parametrize("kind", ["bars", "pairs", "radar"])
def test_scalable_in_page_colours_and_nothing_that_leaks(kind):
    svg = draw()[kind]
    root = ET.fromstring(svg)
    assert root.get("viewBox", "").startswith("0 0 350 ") and root.get("width") is None and root.get("height") is None
    assert "var(--accent)" in svg and "1e" not in "".join(part for part in svg.split() if part.startswith("#"))
    for banned in ("<style", "<metadata", "<?xml", "<!DOCTYPE", "DejaVu", "<g id", "Date"):
        assert banned not in svg, banned
    assert len(svg) < 25_000


@pytest.mark.parametrize("kind", ["bars", "pairs", "radar"])
def test_labels_stay_text(kind):
    root = ET.fromstring(draw(HOSTILE)[kind])
    assert HOSTILE in {"".join(node.itertext()) for node in root.iter() if node.tag.endswith("text")}
    assert not [node for node in root.iter() if node.tag.endswith("script")]


def test_same_bytes_every_time():
    assert draw() == draw()


def test_nothing_to_compare_is_still_a_picture():
    for value in (0.0, -5.0):
        ET.fromstring(charts.bars([("A", "", value, str(value))], 0, "тис. грн"))


def test_the_learners_matplotlib_is_left_alone():
    import matplotlib

    before = dict(matplotlib.rcParams)
    draw()
    assert dict(matplotlib.rcParams) == before


def test_matplotlib_loads_only_when_something_is_drawn():
    code = ("import sys, course.charts, course.instruments.levels, course.instruments.audit,"
            " course.instruments.contact_value as c; c.still('uk'); assert 'matplotlib' not in sys.modules")
    subprocess.run([sys.executable, "-c", code], check=True)
