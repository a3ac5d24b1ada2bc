"""The benchmarks load, and measure exercises that the lessons have; how fast is no test."""

import importlib
from pathlib import Path

import pytest

from course.exercises import chapters

FOLDER = Path(__file__).parent.parent / "benchmarks"


@pytest.fixture
def load(monkeypatch):
    """``load("time_page")``: one file of the folder as a module."""
    monkeypatch.syspath_prepend(FOLDER)
    return importlib.import_module


def known(lesson, name):
    return name in chapters()[lesson].exercises


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.py")))
def test_every_benchmark_loads(load, name):
    assert load(name)


def test_a_page_has_ten_exercises_to_show(load):
    page = load("time_page")
    for ten in (page.first_ten(), page.same_ten()):
        assert len(set(ten)) == 10 and all(known(*ref) for ref in ten)


@pytest.mark.parametrize("table", [True, False])
def test_there_are_thirty_exercises_to_grade(load, table):
    refs = load("grading").refs(table)
    assert len(set(refs)) == 30 and all(known(*ref.split("/")) for ref in refs)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.name)
def test_an_exercise_that_is_named_is_one_of_the_lessons(path):
    words = set(path.read_text("utf-8").replace("'", '"').split('"'))
    every = {name for chapter in chapters().values() for name in chapter.exercises}
    assert {word for word in words if word.startswith("levels-")} <= every
