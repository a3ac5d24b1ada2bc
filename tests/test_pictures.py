"""Pictures of lessons: both languages, a sentence, numbers of the model; what is written wrong is named."""

import pytest

from course import paths, pictures
from course.authoring.checks import check_figures
from course.figures import Bars, Ladder, Lines
from course.lessons import CourseError, Lesson
from course.models.levels import thresholds
from course.texts import LANGS
from course.truths import TRUTHS

WORDS = 'title.uk = "Назва"\ntitle.ru = "Название"\nsentence.uk = "Речення."\nsentence.ru = "Предложение."\n'
BARS = f"""[[figure]]
id = "two"
kind = "bars"
{WORDS}[[figure.rows]]
label.uk = "Перший"
label.ru = "Первый"
values = [12]
printed = ["12"]
accent = true
[[figure.rows]]
label.uk = "Другий"
label.ru = "Второй"
values = [3.5]
printed = ["3,5"]
"""
LINES = f"""[[figure]]
id = "line"
kind = "lines"
{WORDS}x = {{label = {{uk = "рік", ru = "год"}}, ticks = [{{value = 0, label = "0"}}, {{value = 1, label = "1"}}]}}
y = {{label = "%", ticks = [{{value = 0, label = "0"}}, {{value = 100, label = "100"}}]}}
[[figure.lines]]
name.uk = "крива"
name.ru = "кривая"
xs = [0, 1]
ys = [100, 60]
tone = "second"
"""


@pytest.fixture
def written(tmp_path):
    def write(source, page='lesson.figure("two") lesson.figure("line")'):
        path = tmp_path / "figures.toml"
        path.write_text(source, "utf-8")
        (tmp_path / "lesson.md").write_text(page, "utf-8")
        return path

    return write


def test_numbers_and_words_arrive_in_each_language(written):
    entries = pictures.read(written(BARS + LINES))
    bars, line = pictures.figure(entries["two"], "uk"), pictures.figure(entries["line"], "ru")
    assert isinstance(bars, Bars) and [row.values for row in bars.rows] == [(12.0,), (3.5,)]
    assert [row.label for row in bars.rows] == ["Перший", "Другий"] and bars.rows[0].accent
    assert (
        isinstance(line, Lines)
        and line.lines[0].name == "кривая"
        and line.lines[0].tone == "second"
    )
    assert line.x.label == "год" and line.y.label == "%" and line.lines[0].ys == (100.0, 60.0)
    assert check_figures(written(BARS + LINES)) == []


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('sentence.ru = "Предложение."\n', "", "sentence needs both languages"),
        ('sentence.uk = "Речення."\nsentence.ru = "Предложение."\n', "", "sentence is missing"),
        ('title.ru = "Название"', 'title.ru = " "', "title needs both languages"),
        (
            'label.uk = "Перший"\nlabel.ru = "Первый"',
            'label = "Перший"',
            "rows 1, label needs both languages",
        ),
        ("values = [12]", 'values = ["12"]', "rows 1, values 1 is a number"),
        ("values = [12]", "values = 12", "rows 1, values is a list"),
        ("values = [12]", "values = [nan]", "cannot be drawn"),
        ("accent = true", "accent = 1", "accent is true or false"),
        ("accent = true", "acent = true", "no field acent in rows 1"),
        ('kind = "bars"', 'kind = "pie"', "kind is one of bars, waterfall"),
        ('kind = "bars"', 'draw = "levels.leader"', "no such function"),
        ('kind = "bars"', 'draw = "../cli.main"', "there is no course/pictures/"),
        ('kind = "bars"', 'draw = "levels.ladder"', "first needs both languages"),
        ('id = "two"', 'id = ""', "picture 1 needs an id"),
        ("[[figure]]", "[figure]", "write [[figure]]"),
        ('id = "two"', 'id = "two', "not TOML"),
        ('id = "two"', 'id = "three"', 'write lesson.figure("three")'),
    ],
)
def test_a_fault_is_named_with_what_to_do(written, before, after, said):
    assert before in BARS
    faults = check_figures(written(BARS.replace(before, after, 1)))
    assert len(faults) == 1 and said in str(faults[0]), faults


def test_a_place_that_nothing_stands_for_is_named(written, root):
    source = (
        (root / "lessons/05-levels/figures.toml")
        .read_text("utf-8")
        .replace("{reactive}", "{reactiv}", 1)
    )
    page = (root / "lessons/05-levels/lesson.md").read_text("utf-8")
    (fault,) = check_figures(written(source, page))
    assert "{reactiv}" in fault.message and "accountable" in fault.message


def test_pictures_of_the_lessons_are_whole_in_both_languages(root):
    found = sorted(root.glob("lessons/*/figures.toml"))
    assert found
    for path in found:
        assert check_figures(path) == []


@pytest.mark.parametrize("lang", LANGS)
def test_the_ladder_stands_on_the_models_thresholds(lang):
    entry = pictures.read(Lesson("levels", lang).chapter.folder / "figures.toml")["ladder"]
    ladder = pictures.figure(entry, lang)
    assert isinstance(ladder, Ladder)
    said = [float(rung.entry.split()[-1].replace(",", ".")) for rung in ladder.rungs[1:]]
    assert said == pytest.approx(thresholds(), abs=0.05)
    assert all(f"{edge:g}".replace(".", ",") in ladder.sentence for edge in said)


def test_a_lesson_shows_its_picture_and_names_those_it_has():
    shown = Lesson("levels", "ru").figure("ladder")._repr_mimebundle_()
    assert "<svg " in shown["text/html"] and "var(--f-ink)" in shown["text/html"]
    assert "Лестница пяти уровней" in shown["text/plain"]
    with pytest.raises(CourseError, match="Є такі: ladder"):
        Lesson("levels", "uk").figure("leader")


@pytest.mark.parametrize("lang", LANGS)
def test_the_week_is_drawn_as_it_is_computed(lang):
    """The pictures count with the model, the truths with pandas: both find the same thirty."""
    entries = pictures.read(paths.shared("lessons") / "03-value-plan" / "figures.toml")
    ranked = pictures.figure(entries["thirty"], lang)
    called, rest = ranked.lines
    assert sum(called.ys) == pytest.approx(TRUTHS["contact_thirty"]())
    assert sum(gain < 0 for gain in rest.ys) == len(TRUTHS["contact_leave_alone"]())
    assert len(called.ys) + len(rest.ys) - 1 == 140 and called.ys[-1] == rest.ys[0]
    ways = pictures.figure(entries["three-ways"], lang)
    by_p0, by_p1, by_delta = (row.values[0] for row in ways.rows)
    assert by_p0 == pytest.approx(-251.385)
    assert by_p1 == pytest.approx(TRUTHS["contact_thirty_by_p1"]())
    assert by_delta == pytest.approx(TRUTHS["contact_thirty"]())
    assert all(row.printed[0] in ways.sentence for row in ways.rows)
