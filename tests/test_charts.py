"""The drawing says what the numbers say: lengths, places and order are read back from the SVG."""

import math
import re
import xml.etree.ElementTree as ET
from dataclasses import fields, is_dataclass, replace

import pytest
from gallery import GALLERY, SAID, ticks

from course import charts, figures, pictures
from course.charts import paper
from course.figures import (
    Axis,
    Bar,
    Bars,
    Figure,
    Group,
    Line,
    Lines,
    Mark,
    Pair,
    Profile,
)
from course.texts import LANGS

HOSTILE = "<script>alert(1)</script> & \"'$x^2$"
NEAR = 0.15  # coordinates are written with one decimal
ALL = pytest.mark.parametrize("name", GALLERY)
WIDTHS = pytest.mark.parametrize("width", [paper.WIDTH, 540.0])


def tree(figure, still=False, width=paper.WIDTH):
    """The picture without name spaces."""
    return ET.fromstring(
        charts.svg(figure, "uk", still, width).replace(' xmlns="http://www.w3.org/2000/svg"', "")
    )


def parts(figure, name):
    return [node for node in tree(figure).iter() if node.get("data-part") == name]


def box(rect):
    return tuple(float(rect.get(key)) for key in ("x", "y", "width", "height"))


def numbers(words):
    return [float(found) for found in re.findall(r"-?[\d.]+", words)]


def points(path):
    flat = numbers(path.get("d"))
    return list(zip(flat[::2], flat[1::2], strict=True))


def centre(node):
    """The middle of a sign: of a circle, or of what is drawn around a point."""
    if node.tag == "circle":
        return float(node.get("cx")), float(node.get("cy"))
    spots = points(node)
    if len(spots) == 10:  # a star: its middle is that of its tips
        spots = spots[::2]
        return sum(x for x, _ in spots) / 5, sum(y for _, y in spots) / 5
    xs, ys = zip(*spots, strict=True)
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


def over(figure, name):
    """Groups with a title around parts of one name."""
    return [
        group
        for group in tree(figure).iter("g")
        if any(node.get("data-part") == name for node in group)
    ]


def texts(figure, width=paper.WIDTH):
    """Every text: (x at left, y in the middle, width at most, size, words)."""
    for node in tree(figure, width=width).iter("text"):
        size, words = float(node.get("font-size")), "".join(node.itertext())
        wide = paper.measure(words, size, node.get("font-weight") == "700")
        x = float(node.get("x")) - {"middle": wide / 2, "end": wide}.get(node.get("text-anchor"), 0)
        yield x, float(node.get("y")) - 0.36 * size, wide, size, words


def where(figure, words):
    return next((x, y, wide) for x, y, wide, _, said in texts(figure) if said == words)


def plot(figure):
    """Share of the picture's width between the outermost upright lines of its grid."""
    grid = [
        points(node) for node in tree(figure).iter("path") if "grid" in (node.get("stroke") or "")
    ]
    xs = [line[0][0] for line in grid if line[0][0] == line[1][0]]
    return round((max(xs) - min(xs)) / paper.WIDTH, 3)


def ticked(figure, axis, vertical=False):
    """Return what turns a value of an axis into its place, by the first and last printed tick."""
    first, last = axis.ticks[0], axis.ticks[-1]
    same = [[t for t in texts(figure) if t[4] == tick.label] for tick in (first, last)]
    found = [min(some) if vertical else max(some, key=lambda t: t[1]) for some in same]
    ends = [t[1] if vertical else t[0] + t[2] / 2 for t in found]
    turn = math.log if axis.log else float
    unit = (ends[1] - ends[0]) / (turn(last.value) - turn(first.value))
    return lambda value: ends[0] + (turn(value) - turn(first.value)) * unit


def test_every_kind_of_picture_is_in_the_gallery():
    assert (
        {type(figure) for figure in GALLERY.values()}
        == set(figures.KINDS.values())
        == set(charts._PAINTERS)
    )


class TestEveryPicture:
    @ALL
    @WIDTHS
    def test_no_text_leaves_the_picture(self, name, width):
        box = tree(GALLERY[name], width=width).get("viewBox").split()
        assert float(box[2]) == width
        for x, y, wide, size, words in texts(GALLERY[name], width):
            assert x >= -0.1 and x + wide <= width + 0.1, words
            assert y >= size / 2 and y + size / 2 <= float(box[3]), words

    @ALL
    @WIDTHS
    def test_no_text_lies_on_another(self, name, width):
        found = list(texts(GALLERY[name], width))
        for place, (x, y, wide, size, words) in enumerate(found):
            for x2, y2, wide2, _, other in found[:place]:
                beside = x + wide <= x2 + 0.1 or x2 + wide2 <= x + 0.1
                assert beside or abs(y - y2) >= size * 0.95, (words, other)

    @ALL
    def test_letters_are_large_enough_on_a_phone(self, name):
        assert all(size * 290 / paper.WIDTH >= 11.5 for *_, size, _ in texts(GALLERY[name]))

    @ALL
    def test_scalable_in_the_pages_colours_and_nothing_that_leaks(self, name):
        svg = charts.svg(GALLERY[name], "uk")
        root = ET.fromstring(svg)
        assert root.get("width") is None and root.get("lang") == "uk" and "var(--f-ink)" in svg
        assert not re.search(r"<style|<script|<image|href|url\(|\bid=|#[0-9a-f]{3}|nan|inf\b", svg)
        assert len(svg) < 25_000

    @ALL
    def test_a_still_stands_alone_in_literal_colours(self, name):
        svg = charts.svg(GALLERY[name], "ru", still=True)
        assert "var(" not in svg and 'lang="ru"' in svg and 'width="348"' in svg
        assert charts.svg(GALLERY[name], "ru").replace(" ", "").count("<text") == svg.count("<text")

    @ALL
    def test_labels_stay_text(self, name):
        root = tree(hostile(GALLERY[name]))
        assert not [
            node
            for node in root.iter()
            if node.tag not in ("svg", "g", "title", "text", "rect", "path", "circle", "polygon")
        ]
        assert "alert(1)" in "".join(root.itertext())

    @ALL
    def test_same_bytes_every_time(self, name):
        assert charts.svg(GALLERY[name], "uk") == charts.svg(GALLERY[name], "uk")

    def test_names_of_colours_are_those_of_the_style_sheet(self):
        used = {
            tone
            for name in GALLERY
            for tone in re.findall(r"var\(--f-(\w+)\)", charts.svg(GALLERY[name], "uk"))
        }
        light, dark = (
            dict(re.findall(r"--f-(\w+): .*?(#\w+)", rule))
            for rule in charts.style().split("}")[:2]
        )
        assert used <= set(light) == set(dark)

    @pytest.mark.parametrize("theme", [0, 1])
    def test_letters_stand_out_from_their_ground(self, theme):
        colours = dict(re.findall(r"--f-(\w+): .*?(#\w+)", charts.style().split("}")[theme]))
        for ink in ("ink", "muted", "accent", "second", "third"):
            assert contrast(colours[ink], colours["paper"]) >= 4.5, ink
        for ground in ("shade1", "shade2", "shade3", "shade4", "rest"):
            assert contrast(colours["ink"], colours[ground]) >= 4.5, ground
            assert ground == "rest" or contrast(colours["muted"], colours[ground]) >= 4.5, ground

    def test_a_picture_without_a_sentence_is_refused(self):
        for figure in GALLERY.values():
            with pytest.raises(ValueError, match="sentence is empty"):
                replace(figure, sentence=" ")

    def test_what_cannot_be_drawn_is_refused(self):
        with pytest.raises(ValueError, match="Bars, rows 1, values 1: nan"):
            Bars(title="t", sentence="s", rows=(Bar("a", (math.nan,), ("–",)),))
        with pytest.raises(ValueError, match="no tone 'red'"):
            replace(GALLERY["lines"], lines=(Line("a", (0.0,), (0.0,), tone="red"),))


def hostile(figure):
    """The same picture with a hostile label in every place."""
    if isinstance(figure, tuple):
        return tuple(hostile(part) for part in figure)
    if is_dataclass(figure):
        keep = {"tone", "sign", "across", "way", "id", "a", "b"}
        return replace(
            figure,
            **{
                f.name: hostile(getattr(figure, f.name))
                for f in fields(figure)
                if f.name not in keep
            },
        )
    return HOSTILE if isinstance(figure, str) else figure


def contrast(one, other):
    def light(colour):
        parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
        return sum(
            w * (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4)
            for w, c in zip((0.2126, 0.7152, 0.0722), parts, strict=True)
        )

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


class TestBars:
    def test_lengths_are_in_proportion_and_negative_ones_go_left(self):
        figure = replace(GALLERY["bars"], marks=())
        found = [box(rect) for rect in parts(figure, "bar")]
        values = [row.values[0] for row in figure.rows]
        unit = found[0][2] / values[0]
        assert unit > 0.3
        for (_, _, wide, _), value in zip(found, values, strict=True):
            assert wide == pytest.approx(abs(value) * unit, abs=NEAR)
        zero = found[0][0]
        assert found[1][0] == zero and found[2][0] + found[2][2] == pytest.approx(zero, abs=NEAR)
        assert [y for _, y, _, _ in found] == sorted(y for _, y, _, _ in found)

    def test_the_accented_bar_is_the_one_that_is_named(self):
        tones = [rect.get("fill") for rect in parts(GALLERY["bars"], "bar")]
        assert tones == ["var(--f-rest)", "var(--f-accent)", "var(--f-rest)"]

    def test_each_label_and_number_is_beside_its_bar(self):
        figure = GALLERY["bars-shares"]
        for rect, row in zip(parts(figure, "bar"), figure.rows, strict=True):
            _, top, _, height = box(rect)
            for words in (row.label, row.printed[0]):
                assert where(figure, words)[1] == pytest.approx(top + height / 2, abs=1), words

    def test_thresholds_and_intervals_are_at_their_values(self):
        figure = GALLERY["bars"]
        zero, _, wide, _ = box(parts(figure, "bar")[0])
        marks = sorted(points(line)[0][0] for line in parts(figure, "mark"))
        assert marks == pytest.approx([zero + wide * mark / 150 for mark in (100, 120)], abs=NEAR)
        shares = GALLERY["bars-shares"]
        zero, _, wide, _ = box(parts(shares, "bar")[1])
        ends = [
            points(node) for node in tree(shares).iter("path") if node.get("stroke-width") == "1.6"
        ]
        level = [line for line in ends if line[0][1] == line[1][1]][1]
        assert [x for x, _ in level] == pytest.approx(
            [zero + wide * end / 82 for end in (75, 88)], abs=NEAR
        )

    def test_fixed_ends_hold(self):
        full = replace(
            GALLERY["bars-shares"],
            rows=(Bar("a", (100.0,), ("12 %",)), Bar("b", (50.0,), ("82 %",))),
        )
        first, second = (box(rect) for rect in parts(full, "bar"))
        assert second[2] == pytest.approx(first[2] / 2, abs=NEAR)
        wide = {
            name: box(parts(replace(full, ends=ends), "bar")[0])[2]
            for name, ends in (("a", (0.0, 100.0)), ("b", (0.0, 200.0)))
        }
        assert wide["a"] == pytest.approx(2 * wide["b"], abs=NEAR)

    def test_series_keep_their_order_and_colour(self):
        figure = GALLERY["bars-grouped"]
        found = parts(figure, "bar")
        values = [value for row in figure.rows for value in row.values]
        unit = box(found[1])[2] / values[1]
        assert [box(rect)[2] for rect in found] == pytest.approx(
            [value * unit for value in values], abs=NEAR
        )
        assert [rect.get("fill")[8:-1] for rect in found] == ["accent", "second", "third"] * 2

    def test_a_stack_adds_up(self):
        found = [box(rect) for rect in parts(GALLERY["bars-stacked"], "bar")]
        start, unit = found[0][0], (found[2][0] + found[2][2] + 0.6 - found[0][0]) / 1200
        edges = [start + unit * total for total in (0, 100, 400)]
        assert [x for x, *_ in found[:3]] == pytest.approx(edges, abs=0.4)
        assert found[5][0] + found[5][2] + 0.6 - start == pytest.approx(480 * unit, abs=0.4)

    def test_the_number_of_a_negative_bar_stands_on_its_left(self):
        figure = replace(GALLERY["bars"], marks=())
        for rect, row in zip(parts(figure, "bar"), figure.rows, strict=True):
            x, _, wide, _ = box(rect)
            left, _, said = where(figure, row.printed[0])
            gap = left - x - wide if row.values[0] >= 0 else x - left - said
            assert gap == pytest.approx(5, abs=NEAR), row.printed

    @pytest.mark.parametrize("name", ["bars", "bars-shares", "bars-grouped", "bars-stacked"])
    def test_the_pointer_reads_the_number_of_the_bar_below_it(self, name):
        figure = GALLERY[name]
        names = [f", {name}" for name in figure.series] or [""]
        said = [
            f"{row.label}{name}: {printed}"
            for row in figure.rows
            for name, printed in zip(names, row.printed, strict=False)
        ]
        assert [group.find("title").text for group in over(figure, "bar")] == said

    def test_a_number_in_a_stack_stands_in_its_own_part(self):
        figure = GALLERY["bars-stacked"]
        words = [words for row in figure.rows for words in row.printed[: len(figure.series)]]
        shown = {said: (x, y, wide) for x, y, wide, _, said in texts(figure)}
        inside = [
            (box(rect), *shown[said])
            for rect, said in zip(parts(figure, "bar"), words, strict=True)
            if said in shown
        ]
        assert len(inside) == 2
        for (left, top, room, height), x, y, wide in inside:
            assert left < x and x + wide < left + room and top < y < top + height

    def test_nothing_to_compare_is_still_a_picture(self):
        for value in (0.0, -5.0):
            ET.fromstring(
                charts.svg(Bars(title="t", sentence="s", rows=(Bar("A", (value,), ("0",)),)), "uk")
            )


def test_a_waterfall_goes_on_where_it_stopped():
    figure = GALLERY["waterfall"]
    found = [box(rect) for rect in parts(figure, "bar")]
    unit = found[0][2] / 120
    assert [wide for _, _, wide, _ in found] == pytest.approx(
        [abs(s.value) * unit for s in figure.steps], abs=NEAR
    )
    starts = [found[0][0] + unit * start for start in (0, 85, 37, 37, 0)]
    assert [x for x, *_ in found] == pytest.approx(starts, abs=NEAR)


def test_a_waterfall_falls_in_another_colour_than_it_rises():
    tones = [rect.get("fill")[8:-1] for rect in parts(GALLERY["waterfall"], "bar")]
    assert tones == ["muted", "second", "second", "accent", "muted"]


def test_the_accented_dot_is_the_one_that_is_named():
    tones = [node.get("fill")[8:-1] for node in parts(GALLERY["dots"], "point")]
    assert tones == ["muted", "accent"]


def test_dots_and_their_intervals_are_at_their_values():
    figure = GALLERY["dots"]
    at = ticked(figure, figure.axis)
    for node, row in zip(parts(figure, "point"), figure.rows, strict=True):
        assert centre(node)[0] == pytest.approx(at(row.value), abs=0.3)
        assert centre(node)[1] == pytest.approx(where(figure, row.printed)[1], abs=NEAR)
    assert points(parts(figure, "mark")[0])[0][0] == pytest.approx(at(0), abs=0.3)
    lines = [
        points(node) for node in tree(figure).iter("path") if node.get("stroke-width") == "1.6"
    ]
    spans = [[x for x, _ in line] for line in lines if line[0][1] == line[1][1]]
    assert spans == [pytest.approx([at(row.low), at(row.high)], abs=0.3) for row in figure.rows]


def test_both_ends_of_a_pair_are_at_their_values_under_their_signs():
    figure = GALLERY["pairs"]
    signs = parts(figure, "point")[3:]  # the first three explain the signs
    legend = parts(figure, "point")[:3]
    at = ticked(figure, figure.axis)
    ends = [
        (value, end)
        for g in figure.groups
        for p in g.pairs
        for value, end in ((p.a, p.ends[0]), (p.b, p.ends[1]))
    ]
    for node, (value, end) in zip(signs, ends, strict=True):
        assert centre(node)[0] == pytest.approx(at(value), abs=0.5)
        assert (node.tag, node.get("fill")) == (legend[end].tag, legend[end].get("fill"))
    rows = [centre(node)[1] for node in signs[::2]]
    assert rows == pytest.approx(
        [where(figure, p.printed)[1] for g in figure.groups for p in g.pairs], abs=NEAR
    )
    assert rows == sorted(rows) and rows == pytest.approx(
        [centre(node)[1] for node in signs[1::2]], abs=NEAR
    )


@pytest.mark.parametrize("name", ["dots", "pairs"])
def test_the_plot_keeps_its_share_however_long_the_words_beside_it(name):
    """Long names wrap, and the name of the numbers takes a row: the axis gives nothing away."""
    figure = GALLERY[name]
    long = "Знання й розуміння покупця, якого ще не питали"
    if name == "pairs":
        groups = tuple(replace(group, label=long) for group in figure.groups)
        for column in ("Δ", "різниця ± похибка", "різниця, гривень на одну пару ± похибка"):
            assert plot(replace(figure, groups=groups, column=column)) >= 0.4, column
    else:
        rows = tuple(replace(row, label=long, printed="−2,3 ± 0,4") for row in figure.rows)
        assert plot(replace(figure, rows=rows)) >= 0.4


def test_no_threshold_strikes_a_number_at_the_end_of_its_bar():
    """What is printed comes after the thresholds, on a plate that breaks them."""
    root = tree(GALLERY["bars"])
    order = list(root.iter())
    last = max(index for index, node in enumerate(order) if node.get("data-part") == "mark")
    printed = {row.printed[0] for row in GALLERY["bars"].rows}
    numbers = [(index, node) for index, node in enumerate(order) if node.text in printed]
    numbers = [(index, node) for index, node in numbers if node.tag == "text"]
    assert len(numbers) == len(printed)
    assert all(index > last and _plated(order, index) for index, node in numbers)


def _plated(order, index):
    """Whether the element before a text hides what runs behind it."""
    return order[index - 1].get("data-part") == "plate"


def test_a_number_stands_beyond_the_end_of_its_interval():
    row = replace(GALLERY["bars"].rows[0], values=(-5.0,), printed=("−5",), low=-9.0, high=-1.0)
    figure = Bars(
        title="x",
        sentence=SAID,
        rows=(row, replace(row, values=(5.0,), printed=("5",), low=1.0, high=9.0)),
    )
    ends = [points(node) for node in tree(figure).iter("path") if node.get("stroke-width") == "1.6"]
    low, high = min(x for end in ends for x, _ in end), max(x for end in ends for x, _ in end)
    (number,) = (node for node in tree(figure).iter("text") if node.text == "−5")
    assert number.get("text-anchor") == "end" and float(number.get("x")) < low
    (number,) = (node for node in tree(figure).iter("text") if node.text == "5")
    assert float(number.get("x")) > high


def test_every_column_of_a_histogram_that_a_threshold_crosses_has_its_number():
    figure = GALLERY["histogram"]
    place = (figure.edges[2] + figure.edges[3]) / 2
    crossed = replace(figure, marks=(replace(figure.marks[0], value=place),))
    order = list(tree(crossed).iter())
    last = max(index for index, node in enumerate(order) if node.get("data-part") == "mark")
    shown = [index for index, node in enumerate(order) if node.text == figure.printed[2]]
    assert any(index > last and _plated(order, index) for index in shown)


def test_a_histogram_stands_on_its_edges():
    figure = GALLERY["histogram"]
    found, at = [box(rect) for rect in parts(figure, "bar")], ticked(figure, figure.x)
    unit = found[1][3] / 310
    assert [height for *_, height in found] == pytest.approx(
        [count * unit for count in figure.counts], abs=NEAR
    )
    assert len({round(y + height) for _, y, _, height in found}) == 1
    for (x, _, wide, _), low, high in zip(found, figure.edges[:-1], figure.edges[1:], strict=True):
        assert [x, x + wide] == pytest.approx([at(low), at(high)], abs=0.5)
    marks = [points(line)[0][0] for line in parts(figure, "mark")]
    edge = {value: x for value, (x, *_) in zip(figure.edges, found, strict=False)}
    for x, mark in zip(marks, figure.marks, strict=True):
        share = (math.log(mark.value) - math.log(10)) / (math.log(100) - math.log(10))
        assert x == pytest.approx(edge[10.0] - 0.4 + share * (edge[100.0] - edge[10.0]), abs=0.3)


def test_lines_pass_through_their_points_and_are_named_at_their_ends():
    figure = GALLERY["lines"]
    at, rise = ticked(figure, figure.x), ticked(figure, figure.y, vertical=True)
    for node, line in zip(parts(figure, "line"), figure.lines, strict=True):
        wanted = [(at(x), rise(y)) for x, y in zip(line.xs, line.ys, strict=True)]
        assert points(node) == [pytest.approx(spot, abs=0.4) for spot in wanted]
        assert node.get("stroke") == f"var(--f-{line.tone})"
    names = [where(figure, words)[1] for words in ("преміальні", "сталою", "звичайні")]
    assert names == sorted(names)
    upright, level = (points(line) for line in parts(figure, "mark"))
    assert upright[0][0] == pytest.approx(at(2.5), abs=0.3) and level[0][1] == pytest.approx(
        rise(50), abs=0.3
    )
    band = tree(figure).find(".//polygon")
    spots = list(zip(*[iter(numbers(band.get("points")))] * 2, strict=True))
    line = figure.lines[1]
    edges = [
        *zip(line.xs, line.high, strict=True),
        *zip(line.xs[::-1], line.low[::-1], strict=True),
    ]
    assert spots == [pytest.approx((at(x), rise(y)), abs=0.4) for x, y in edges]


def test_spots_are_at_their_places():
    figure = GALLERY["scatter"]
    at, rise = ticked(figure, figure.x), ticked(figure, figure.y, vertical=True)
    for node, spot in zip(parts(figure, "point"), figure.spots, strict=True):
        assert centre(node) == pytest.approx((at(spot.x), rise(spot.y)), abs=0.7)
        x, y, wide = where(figure, spot.label)
        assert (
            math.hypot(max(x - centre(node)[0], centre(node)[0] - x - wide, 0), y - centre(node)[1])
            < 40
        )


def test_corners_are_named_clockwise_from_the_upper_left():
    figure = GALLERY["scatter"]
    names = [where(figure, words) for words in figure.corners]
    rights = [x + wide / 2 > paper.WIDTH / 2 for x, _, wide in names]
    levels = [y for _, y, _ in names]
    assert rights == [False, True, True, False]
    assert levels[0] == levels[1] < levels[2] == levels[3]


def test_each_ring_of_a_radar_bears_its_own_number():
    figure = GALLERY["radar"]
    grid = [node for node in tree(figure).iter("path") if node.get("stroke") == "var(--f-grid)"]
    rim, spoke = points(grid[4]), points(grid[5])
    middle, radius = spoke[0], spoke[0][1] - rim[0][1]
    shown = [t for t in texts(figure) if t[4] in "12345"]
    assert [words for *_, words in shown] == list("135")  # there is room for these
    for x, y, wide, _, words in shown:
        # beside the first axis, in the middle of the ring's edge
        away = math.hypot(x + wide / 2 - middle[0], y - middle[1])
        edge = radius * float(words) / 5 * math.cos(math.pi / 8)
        assert away == pytest.approx(edge, abs=0.3) and x < middle[0]


def test_a_radar_grows_outwards_and_clockwise():
    figure = GALLERY["radar"]
    signs = [centre(node) for node in parts(figure, "point")[2:]]
    rings = [
        points(node) for node in tree(figure).iter("path") if node.get("stroke") == "var(--f-grid)"
    ][:5]
    middle = ((rings[4][0][0] + rings[4][4][0]) / 2, (rings[4][0][1] + rings[4][4][1]) / 2)
    rim = middle[1] - rings[4][0][1]
    values = [
        (k, value)
        for profile in figure.profiles
        for k, value in enumerate(profile.values)
        if value is not None
    ]
    assert len(signs) == len(values) == 15
    for (x, y), (k, value) in zip(signs, values, strict=True):
        assert math.hypot(x - middle[0], y - middle[1]) == pytest.approx(rim * value / 5, abs=0.4)
        turned = math.atan2(x - middle[0], middle[1] - y) % (2 * math.pi)
        assert turned == pytest.approx(2 * math.pi * k / 8, abs=0.02)
    names = [where(figure, axis) for axis in figure.axes]
    angles = [
        math.atan2(x + wide / 2 - middle[0], middle[1] - y) % (2 * math.pi) for x, y, wide in names
    ]
    assert angles == [pytest.approx(2 * math.pi * k / 8, abs=0.25) for k in range(8)]


def test_a_ladder_rises_to_the_right():
    figure = GALLERY["ladder"]
    steps = [box(rect) for rect in parts(figure, "level")][::-1]
    assert [x for x, *_ in steps] == sorted(x for x, *_ in steps) and len(
        {x for x, *_ in steps}
    ) == 5
    assert [y for _, y, *_ in steps] == sorted((y for _, y, *_ in steps), reverse=True)
    for (x, y, _, height), rung in zip(steps, figure.rungs, strict=True):
        for words in (rung.label, rung.entry):
            left, middle, _ = where(figure, words)
            assert left >= x and y < middle < y + height, words


def test_the_edge_of_a_ladder_marks_the_accented_level_alone():
    figure = GALLERY["ladder"]
    edges = [
        node.get("fill")[8:-1] for node in tree(figure).iter("rect") if node.get("width") == "4"
    ]
    tones = ["accent" if rung.accent else "line" for rung in figure.rungs]
    assert edges[::-1] == tones and tones.count("accent") == 1


def test_the_edge_and_the_tick_of_a_cell_are_its_own():
    figure = GALLERY["matrix"]
    grounds, cells = parts(figure, "cell"), [cell for row in figure.cells for cell in row]
    edges = [rect.get("stroke")[8:-1] for rect in grounds]
    assert edges == ["accent" if cell.accent else "grid" for cell in cells]
    (tick,) = [
        points(node)
        for node in tree(figure).iter("path")
        if node.get("stroke") == "var(--f-accent)"
    ]
    (checked,) = [rect for rect, cell in zip(grounds, cells, strict=True) if cell.check]
    left, top, wide, height = box(checked)
    assert all(left < x < left + wide and top < y < top + height for x, y in tick)


def test_every_cell_of_a_matrix_holds_its_own_words():
    figure = GALLERY["matrix"]
    grounds, all_cells = parts(figure, "cell"), [cell for row in figure.cells for cell in row]
    for rect, cell in zip(grounds, all_cells, strict=True):
        x, y, wide, height = box(rect)
        inside = [
            words
            for left, middle, w, _, words in texts(figure)
            if x <= left + w / 2 <= x + wide and y < middle < y + height
        ]
        said = "".join(inside).replace("-", "").replace(" ", "")
        assert said == (cell.text + cell.small).replace(" ", ""), cell
        assert rect.get("fill") == (
            f"var(--f-shade{cell.shade})" if cell.shade else "var(--f-paper)"
        )
    columns = [box(rect)[0] for rect in grounds]
    assert columns[:3] == sorted(columns[:3]) == columns[3:]
    assert (
        where(figure, figure.rows[0])[1]
        < box(grounds[0])[1]
        < where(figure, figure.rows[1])[1]
        < box(grounds[3])[1]
    )


def test_events_are_at_their_times():
    figure = GALLERY["timeline"]
    ys = [centre(node)[1] for node in parts(figure, "point")]
    assert ys == pytest.approx(
        [ys[0] + (ys[-1] - ys[0]) * event.at / 90 for event in figure.events], abs=NEAR
    )
    names = [where(figure, event.label)[1] for event in figure.events]
    assert names == sorted(names)


def test_a_time_stands_beside_its_dot_whatever_its_text_takes():
    long = "Довге пояснення, яке займає кілька рядків і тому відсуває назви подій одну від одної. "
    events = tuple(
        replace(GALLERY["timeline"].events[0], at=float(year), when=str(year), text=long * 2)
        for year in (1982, 1983, 1998)
    )
    figure = replace(GALLERY["timeline"], events=events)
    dots = [centre(node)[1] for node in parts(figure, "point")]
    for event, dot in zip(events, dots, strict=True):
        assert where(figure, event.when)[1] == pytest.approx(dot, abs=10), event.when


def test_what_lasts_reaches_from_its_beginning_to_its_end():
    figure = GALLERY["timeline"]
    ys = [centre(node)[1] for node in parts(figure, "point")]
    (span,) = [
        points(node) for node in tree(figure).iter("path") if node.get("stroke-width") == "6"
    ]
    assert [y for _, y in span] == pytest.approx(
        [ys[0] + (ys[-1] - ys[0]) * at / 90 for at in (30, 60)], abs=NEAR
    )
    assert ys == sorted(ys)


def test_nodes_stand_where_they_are_put_from_the_upper_left():
    figure = GALLERY["network"]
    grounds = [node for node in tree(figure).iter("rect") if node.get("rx") == "6"]
    xs, ys = zip(
        *((x + wide / 2, y + tall / 2) for x, y, wide, tall in map(box, grounds)), strict=True
    )
    assert xs == pytest.approx(
        [min(xs) + (max(xs) - min(xs)) * node.x for node in figure.nodes], abs=NEAR
    )
    assert ys == pytest.approx(
        [min(ys) + (max(ys) - min(ys)) * node.y for node in figure.nodes], abs=NEAR
    )


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("керівництво", ["керівництво", "5 %"]),
        ("обслуговування", ["обслугову-", "вання 5 %"]),
    ],
)
def test_a_name_is_hyphenated_only_where_a_third_of_a_network_is_too_little(name, lines):
    nodes = (figures.Node("a", f"{name} 5 %", 0.0, 0.5), figures.Node("b", "магазин", 1.0, 0.5))
    drawn = tree(figures.Network(title="Хто", sentence=SAID, nodes=nodes, links=()))
    texts = ["".join(text.itertext()) for text in drawn.iter("text")]
    assert texts == ["Хто", *lines, "магазин"]


def test_an_arrow_points_at_the_end_of_its_link():
    figure = GALLERY["network"]
    heads = [numbers(node.get("points")) for node in tree(figure).iter("polygon")]
    links = [points(path) for path in parts(figure, "link")]
    pointed = [ends for ends, link in zip(links, figure.links, strict=True) if link.arrow]
    for (x, y, *sides), (start, end) in zip(heads, pointed, strict=True):
        middle = (sides[0] + sides[2]) / 2, (sides[1] + sides[3]) / 2
        assert math.dist((x, y), end) < math.dist((x, y), start)
        assert math.dist(middle, start) < math.dist((x, y), start)


def test_links_join_their_nodes():
    figure = GALLERY["network"]
    at = {}
    for node in figure.nodes:
        lines = [where(figure, word) for word in node.label.split()]
        x, _, wide = lines[0]
        at[node.id] = (x + wide / 2, sum(y for _, y, _ in lines) / len(lines))
    for path, link in zip(parts(figure, "link"), figure.links, strict=True):
        assert points(path) == [pytest.approx(at[end], abs=1.2) for end in (link.a, link.b)]
    thick = [float(path.get("stroke-width")) for path in parts(figure, "link")]
    assert thick[0] > thick[1] > thick[2]
    said = [title.text for title in tree(figure).iter("title")]
    assert said[1] == "Торговий представник · Крамниця: щомісяця"


def test_what_the_pointer_reads_has_decimal_commas_and_leaves_words_alone():
    pairs = replace(GALLERY["pairs"], groups=(Group("Вул. Мала", (Pair(1.5, 2, ""),)),))
    profile = Profile("ст. бал", (*[None] * 7, 2.25))
    radar = replace(GALLERY["radar"], axes=("Орг. лад",) * 8, profiles=(profile,))
    titles = [[title.text for title in tree(figure).iter("title")] for figure in (pairs, radar)]
    assert titles[0] == ["Вул. Мала: без контакту, p₀ 1,5, найвища p₁ 2"]
    assert titles[1] == ["ст. бал", "Орг. лад, ст. бал: 2,25"]


def test_a_wide_picture_uses_all_of_its_width():
    figure = GALLERY["bars"]
    far = {
        width: max(sum(box(bar)[::2]) for bar in tree(figure, width=width).iter("rect"))
        for width in (paper.WIDTH, 540.0)
    }
    assert far[540.0] > far[paper.WIDTH] + 200


def test_names_of_close_thresholds_find_room():
    marks = tuple(Mark(value, f"поріг {value:g}") for value in (10.0, 11.0, 50.0, 52.0, 97.0))
    figure = Lines(
        title="t",
        sentence=SAID,
        x=Axis("x", ticks(0, 100)),
        y=Axis("y", ticks(0, 1)),
        marks=marks,
        lines=(Line("лінія", (0.0, 100.0), (0.0, 1.0)),),
    )
    found = [t for t in texts(figure) if t[4].startswith("поріг")]
    assert len(found) == 5
    lines = {points(line)[0][0]: points(line)[0][1] for line in parts(figure, "mark")}
    for x, y, wide, _, words in found:
        assert x >= 0 and x + wide <= paper.WIDTH
        assert not [at for at, top in lines.items() if x + 3 < at < x + wide - 3 and top < y - 8], (
            words
        )


@pytest.mark.browser
@pytest.mark.parametrize("width", [290, 420])
def test_a_browser_finds_every_text_inside_and_apart(chromium, width):
    page = chromium.new_page()
    assert seen(page, GALLERY.items(), width) == []
    page.close()


@pytest.mark.browser
@pytest.mark.parametrize("width", [290, 400])
@pytest.mark.parametrize("lang", LANGS)
def test_a_browser_finds_every_text_of_the_lessons_pictures(chromium, root, lang, width):
    drawn = [
        (f"{path.parent.name}-{name}", pictures.figure(entry, lang))
        for path in sorted(root.glob("lessons/*/figures.toml"))
        for name, entry in pictures.read(path).items()
    ]
    page = chromium.new_page()
    assert seen(page, drawn, width) == []
    page.close()


def seen(page, pictures: list[tuple[str, Figure]], width: int) -> list[str]:
    """Return what a browser finds wrong.

    Text outside its picture, on other text, on a sign, struck by a threshold, or too small; a frame
    that is cut off.
    """
    drawn = "".join(
        f'<figure class="rm-figure rm-paint" id="{name}" style="width:{width}px">'
        f"{charts.svg(figure, 'uk')}</figure>"
        for name, figure in pictures
    )
    style = f"<style>{charts.style()} body {{ font-family: sans-serif }}</style>"
    page.set_content(f"<meta charset=utf-8>{style}<body>{drawn}")
    return page.evaluate("""() => [...document.querySelectorAll(".rm-figure svg")].flatMap((svg) => {
      const room = svg.viewBox.baseVal, share = svg.getBoundingClientRect().width / room.width;
      const wrong = [], all = [...svg.querySelectorAll("text")].map((node) =>
        [node.textContent, node.getBBox(), parseFloat(node.getAttribute("font-size"))]);
      const shared = (a, b, start, size) =>
        Math.min(a[start] + a[size], b[start] + b[size]) - Math.max(a[start], b[start]);
      all.forEach(([words, box, size], k) => {
        if (box.x < -0.5 || box.x + box.width > room.width + 0.5 || box.y < -0.5
            || box.y + box.height > room.height + 0.5) wrong.push("outside: " + words);
        if (size * share < 11.5) wrong.push("small: " + words);
        for (const [other, next] of all.slice(k + 1))
          if (shared(box, next, "x", "width") > 0.5 && shared(box, next, "y", "height") > 3)
            wrong.push(`on each other: ${words}, ${other}`);
      });
      // What is drawn later hides what was drawn before.
      const order = [...svg.querySelectorAll("*")], texts = [...svg.querySelectorAll("text")];
      const over = (a, b, least) => shared(a, b, "x", "width") > least && shared(a, b, "y", "height") > least;
      for (const text of texts) {
        const box = text.getBBox(), plate = text.previousElementSibling?.dataset.part === "plate" && text.previousElementSibling;
        for (const mark of svg.querySelectorAll('[data-part="mark"]')) {
          const line = mark.getBBox(), area = { x: line.x - 0.6, y: line.y - 0.6, width: line.width + 1.2, height: line.height + 1.2 };
          const struck = shared(box, area, "x", "width") > 1 && shared(box, area, "y", "height") > 1;
          if (struck && !(plate && order.indexOf(plate) > order.indexOf(mark))) wrong.push("struck: " + text.textContent);
        }
        for (const point of svg.querySelectorAll('[data-part="point"]'))
          if (over(box, point.getBBox(), 2)) wrong.push("on a sign: " + text.textContent);
      }
      for (const frame of svg.querySelectorAll("rect[stroke]")) {
        const box = frame.getBBox(), half = parseFloat(frame.getAttribute("stroke-width")) / 2;
        if (box.x - half < -0.1 || box.x + box.width + half > room.width + 0.1 || box.y + box.height + half > room.height + 0.1)
          wrong.push("cut off: " + frame.getAttribute("x"));
      }
      return wrong.map((words) => svg.parentNode.id + ": " + words);
    })""")
