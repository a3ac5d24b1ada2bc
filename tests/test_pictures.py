"""Pictures of lessons: both languages, a sentence, numbers of the model; what is written wrong is named."""

import math
import re
from itertools import pairwise

import pytest

from course import paths, pictures
from course.authoring.checks import check_figures
from course.datasets import load
from course.figures import Bars, Ladder, Lines
from course.lessons import CourseError, Lesson
from course.models.levels import (
    COSTS,
    DISCOUNT,
    HOURS,
    LEVELS,
    RETENTIONS,
    level_values,
    thresholds,
)
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
    by_p0, by_p1, by_uplift, by_margin, by_delta = (row.values[0] for row in ways.rows)
    assert by_p0 == pytest.approx(-251.385)
    assert by_p1 == pytest.approx(TRUTHS["contact_thirty_by_p1"]())
    assert (by_uplift, by_margin) == pytest.approx((251.839, 433.484))
    assert by_delta == pytest.approx(TRUTHS["contact_thirty"]())
    assert all(row.printed[0] in ways.sentence for row in ways.rows)


@pytest.fixture(params=LANGS)
def drawn(request):
    """Gives a picture of a lesson, in both languages."""

    def draw(folder, name):
        entries = pictures.read(paths.shared("lessons") / folder / "figures.toml")
        return pictures.figure(entries[name], request.param)

    return draw


def numbers(words):
    """The numbers of a sentence as they are printed, thousands together."""
    plain = re.sub(r"(?<=\d)\u00a0(?=\d)", "", words).replace("−", "-").replace(",", ".")
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", plain)]


def accented(picture):
    """The places of the rows that are accented."""
    return [place for place, row in enumerate(picture.rows) if row.accent]


def test_of_the_fits_culture_stands_out_below_the_limit(drawn):
    fits = drawn("11-audit", "fits")
    values = [0.425, 0.925, 0.9, 0.925, 0.925, 0.925, 0.9, 1.0]
    assert [row.values[0] for row in fits.rows] == pytest.approx(values)
    assert [numbers(row.printed[0]) for row in fits.rows] == [[value] for value in values]
    assert accented(fits) == [0] and fits.ends == (0.0, 1.0)
    assert [mark.value for mark in fits.marks] == pytest.approx([0.625, sum(values) / 8])
    assert [numbers(mark.label) for mark in fits.marks] == [[0.625], [0.87]]


def test_gaps_keep_their_signs_within_their_intervals(drawn):
    gaps = drawn("11-audit", "gaps")
    values = [-2.3, -0.3, -0.4, -0.3, 0.3, 0.3, 0.4, 0.0]
    assert [row.value for row in gaps.rows] == pytest.approx(values)
    assert [numbers(row.printed) for row in gaps.rows] == [[value] for value in values]
    for row in gaps.rows:
        # 1.96 · 0.65 · √(1/n + 1/n): 20 ratings a side of culture, leadership, process
        half = {True: 0.403, False: (row.high - row.low) / 2}[row in gaps.rows[:2]]
        assert (row.low, row.high) == pytest.approx((row.value - half, row.value + half), abs=1e-3)
    assert accented(gaps) == [0] == [n for n, row in enumerate(gaps.rows) if row.high < 0]
    assert [(mark.value, numbers(mark.label)) for mark in gaps.marks] == [(-1.5, [-1.5]), (0, [])]


def test_pairs_survive_as_the_truth_says(drawn):
    survival = drawn("11-audit", "survival")
    apart = TRUTHS["audit_survival"]()
    assert [row.values[0] for row in survival.rows] == pytest.approx([68.75, *apart])
    assert [numbers(row.note) for row in survival.rows] == [[110, 160], [106, 126], [4, 34]]
    assert accented(survival) == [2]
    ends = [end for row in survival.rows for end in (row.low, row.high)]
    assert ends == pytest.approx([61.2, 75.4, 76.8, 89.5, 4.7, 26.6], abs=0.05)  # Wilson's
    (even,) = survival.marks
    assert even.value == pytest.approx(100 * 4.86 / 9.6) and numbers(even.label) == [50.6]
    printed = [numbers(row.printed[0])[0] for row in survival.rows]
    assert printed == [68.8, 84.1, 11.8] and set(printed) <= set(numbers(survival.sentence))


def test_a_threshold_moves_with_two_points_of_retention(drawn):
    doubts = drawn("05-levels", "doubts")

    def edge(level, error):
        """Where two lines cross: (m - c1)/d1 = (m - c2)/d2 with d = 1 + i - r."""
        c1, c2 = COSTS[level - 1 : level + 1]
        d1, d2 = (
            1 + DISCOUNT - kept for kept in (RETENTIONS[level - 1], RETENTIONS[level] + error)
        )
        return (c2 * d1 - c1 * d2) / (d1 - d2)

    for level, row in enumerate(doubts.rows, 1):
        ends = [edge(level, error) for error in (0.02, 0, -0.02)]
        assert [row.low, row.value, row.high] == pytest.approx(ends)
        assert numbers(row.printed.replace("–", " ")) == [
            math.floor(end + 0.5) for end in ends[::2]
        ]
    said = [number for row in doubts.rows for number in numbers(row.printed.replace("–", " "))]
    assert numbers(doubts.sentence)[-8:] == said and doubts.axis.log


def test_customers_stand_in_the_column_of_their_margin(drawn):
    margins, customers = drawn("05-levels", "margins"), load("zernokrok_customers")["margin_kuah"]
    counted = [int(((customers >= a) & (customers < b)).sum()) for a, b in pairwise(margins.edges)]
    assert list(margins.counts) == counted and sum(counted) == len(customers)
    assert list(margins.printed) == list(map(str, counted))
    assert [mark.value for mark in margins.marks] == pytest.approx(thresholds())
    below, above = (customers < thresholds()[0]).sum(), (customers > thresholds()[-1]).sum()
    assert numbers(margins.sentence) == [len(customers), below, above]


def test_plans_are_worth_what_their_levels_are(drawn):
    plans, customers = drawn("05-levels", "plans"), load("zernokrok_customers")
    segments, each = customers["segment"], TRUTHS["levels_assigned"]()
    assigned = [
        ["basic"] * len(customers),
        segments.map({"holding": "partnership"}).fillna("basic"),
        segments.map({"holding": "proactive", "chain": "accountable", "farm": "basic"}),
        each[customers["customer_id"]],
    ]
    for row, levels in zip(plans.rows, assigned, strict=True):
        places = [LEVELS.index(level) for level in levels]
        worth = sum(
            level_values(margin)[place]
            for margin, place in zip(customers["margin_kuah"], places, strict=True)
        )
        assert row.values[0] == pytest.approx(worth)
        assert numbers(row.printed[0]) == [math.floor(worth + 0.5)]
        assert numbers(row.note) == [sum(HOURS[place] for place in places)]
    assert accented(plans) == [3]
    assert numbers(plans.sentence)[-4:] == [
        number for row in plans.rows for number in numbers(row.printed[0])
    ]


def test_hours_go_from_what_is_given_now_to_what_the_list_asks(drawn):
    hours, customers = drawn("05-levels", "hours"), load("zernokrok_customers")
    asked = TRUTHS["levels_assigned"]().map(dict(zip(LEVELS, HOURS, strict=True)))
    before = customers.groupby("segment")["hours_now"].sum()
    after = asked.groupby(customers.set_index("customer_id")["segment"]).sum()
    order = ["farm", "chain", "holding"]
    assert [row.values for row in hours.rows] == [(before[name], after[name]) for name in order]
    said = [number for row in hours.rows for words in row.printed for number in numbers(words)]
    assert said == [math.floor(hour + 0.5) for row in hours.rows for hour in row.values]
    assert numbers(hours.sentence) == said
    assert hours.series[0].startswith("до ")


def test_the_mark_of_a_week_stands_where_contacts_cease_to_pay(drawn):
    thirty = drawn("03-value-plan", "thirty")
    gains = [*thirty.lines[0].ys, *thirty.lines[1].ys[1:]]
    pay = sum(gain >= 0 for gain in gains)
    assert gains == sorted(gains, reverse=True) and thirty.lines[0].dots
    assert [(mark.value, mark.across) for mark in thirty.marks] == [(pay, "x")]
    assert numbers(thirty.sentence)[-2:] == [pay, len(gains) - pay]
    assert accented(drawn("03-value-plan", "three-ways")) == [4]
