"""The syllabus adds up, and says of every lesson what it teaches."""

from html import unescape

import pytest

from course import paths
from course.cli import main
from course.grading.exports import ects
from course.teaching import TeachingError, papers, syllabus
from course.teaching.papers import taught
from course.texts import LANGS

SOURCE = paths.shared("lessons") / "syllabus.toml"


def test_hours_are_those_of_the_credits():
    told = syllabus.read()
    hours = {load.kind: 0.0 for load in told.load}
    for load in told.load:
        hours[load.kind] += load.total(len(taught()))
    assert sum(hours.values()) == told.hours == 4 * 30
    assert hours["lesson"] + hours["capstone"] == 60, "lessons and capstone are half of the load"
    assert hours["class"] == len(taught()) * told.class_minutes / 40, "academic hours of 40 minutes"


def test_the_lessons_fit_into_the_hours_given_to_them():
    reading = syllabus.read().load[2].hours_a_lesson
    assert all(chapter.minutes <= reading * 60 for chapter in taught())


def test_weights_make_a_hundred_and_admission_is_the_border_of_the_scale():
    told = syllabus.read()
    assert sum(weight.points for weight in told.weight) == 100
    assert (
        told.admission == dict((letter, low) for letter, low, _ in ects.scales()["technical"])["FX"]
    )
    assert all(str(told.admission) in told.rule[0][lang] for lang in LANGS)


def test_every_week_has_something_and_comes_once():
    numbers = [week.number for week in syllabus.read().week]
    weeks = sorted({*numbers, *(chapter.number for chapter in taught())})
    assert weeks == list(range(1, weeks[-1] + 1)) and len(set(numbers)) == len(numbers)


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_names_each_lesson_with_all_its_outcomes(lang):
    page = unescape(papers.syllabus(lang))
    for chapter in taught():
        assert chapter.title[lang] in page
        assert all(pair[lang] in page for pair in chapter.outcomes.values())
    for weight in syllabus.read().weight:
        assert weight.title[lang] in page
    assert page == unescape(papers.syllabus(lang))
    assert "script" not in page and "{" not in page.partition("</style>")[2]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("points = 28", "points = 27", "99, not 100"),
        ("hours = 18", "hours = 17", "119 hours, credits 120"),
        ("credits = 4", "credits = 3", "120 hours, credits 90"),
        ("about.uk", "about.en", "en"),
        ("credits = 4", "credits = ", "syllabus.toml"),
    ],
)
def test_a_planted_fault_is_named(tmp_path, old, new, said):
    path = tmp_path / "syllabus.toml"
    path.write_text(SOURCE.read_text("utf-8").replace(old, new, 1), "utf-8")
    with pytest.raises(TeachingError, match=said):
        syllabus.read(path)


# --- the command ----------------------------------------------------------------------------------------------


def test_files_are_written_where_they_are_asked_for(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["export", "slides", "05", "--lang", "ru"]) == 0
    assert main(["export", "seminar", "levels", "5", "--out", str(tmp_path)]) == 0
    assert main(["export", "syllabus"]) == 0
    assert {path.name for path in tmp_path.iterdir()} == {
        "slides-05-levels-ru.html",
        "seminar-05-levels-uk.html",
        "syllabus-uk.html",
    }
    assert capsys.readouterr().out.splitlines()[-1] == "syllabus-uk.html written"


@pytest.mark.slow
def test_without_a_number_all_lessons_are_written(tmp_path):
    assert main(["export", "seminar", "--out", str(tmp_path)]) == 0
    assert len(list(tmp_path.iterdir())) == len(taught()) == 14


@pytest.mark.parametrize("name", ["15", "0", "level", "00-start"])
def test_an_unknown_lesson_is_named(tmp_path, capsys, name):
    assert main(["export", "slides", name, "--out", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert repr(name) in said and "levels" in said and not list(tmp_path.iterdir())


def test_a_folder_is_made_and_one_that_cannot_be_is_named(tmp_path, capsys):
    folder = tmp_path / "new" / "papers"
    assert main(["export", "syllabus", "--out", str(folder)]) == 0
    assert (folder / "syllabus-uk.html").is_file()
    (tmp_path / "file").touch()
    assert main(["export", "syllabus", "--out", str(tmp_path / "file")]) == 2
    assert "file: " in capsys.readouterr().err
