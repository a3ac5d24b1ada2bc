"""The style sheet with which learners draw: one line turns it on, its colours are those of the course's pictures."""

import re
import warnings

import pytest

from course import charts

matplotlib = pytest.importorskip("matplotlib")


@pytest.fixture
def style():
    from matplotlib import pyplot

    matplotlib.use("agg")
    with matplotlib.rc_context(), warnings.catch_warnings():
        warnings.simplefilter("error")
        pyplot.style.use("course.style")
        yield pyplot
        pyplot.close("all")


def test_one_line_turns_it_on_and_cyrillic_is_drawn_without_a_warning(style):
    figure, axes = style.subplots()
    axes.plot([0, -1], label="Ґрунт, її, ё, №, 12 грн ₴ – «маржа», %")
    axes.set_title("Маржа, тис. грн")
    axes.legend()
    figure.canvas.draw()


def test_colours_are_those_of_the_courses_pictures(style):
    colours = dict(re.findall(r"--f-(\w+): (#\w+)", charts.style().partition("}")[0]))
    cycle = [
        "#" + each["color"].removeprefix("#") for each in matplotlib.rcParams["axes.prop_cycle"]
    ]
    assert cycle == [colours[tone] for tone in ("accent", "second", "third", "ink", "line")]
    for name, tone in (
        ("axes.labelcolor", "muted"),
        ("grid.color", "grid"),
        ("axes.edgecolor", "line"),
    ):
        assert "#" + matplotlib.rcParams[name].removeprefix("#") == colours[tone], name
