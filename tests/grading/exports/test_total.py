"""A semester's total: several assignments with weights, in one sheet."""

import csv
import json

import pytest

from course.cli import main


def work(student, points, maximum=20.0, **fields):
    known = {"student": student, "name": f"Студент {student}", "group": "МК-21", "email": ""}
    known |= {"claimed": student, "lang": "uk"}
    cells = {"own/a": {"state": "partial", "points": points, "maximum": maximum}}
    known |= {"flags": ["ok"], "points": points, "maximum": maximum, "exercises": cells}
    return known | fields


@pytest.fixture
def semester(tmp_path):
    """Two graded assignments; returns ``run(*words)``: the exit code and the rows of the sheet."""
    unread = {"own/text": {"state": "person", "points": 0.0, "maximum": 5.0}}
    graded = {
        "A": [
            work("1", 20.0),
            work("2", 7.0),
            work("3", 0.0, flags=["no-submission"], exercises={}),
            work("4", 5.0),
            work("5", 10.0),
            work("9", 20.0, flags=["unknown-student"]),
        ],
        "B": [
            work("1", 5.0, 10.0),
            work("2", 0.0, 10.0, flags=["no-submission"], exercises={}),
            work("3", 0.0, 10.0, flags=["no-submission"], exercises={}),
            work("4", 5.0, 10.0, exercises=unread),
            work("6", 8.0, 10.0),
        ],
    }
    for name, works in graded.items():
        (tmp_path / name).mkdir()
        lines = "".join(json.dumps(each) + "\n" for each in works)
        (tmp_path / name / "graded.jsonl").write_text(lines, "utf-8")

    def run(*words):
        out = tmp_path / "total.csv"
        out.unlink(missing_ok=True)
        named = [str(tmp_path / word) if word[:1] in "AB" else word for word in words]
        code = main(["export", "total", *named, "--out", str(out)])
        if not out.exists():
            return code, None
        text = out.read_text("utf-8-sig")
        return code, [row for row in csv.reader(text.splitlines(), delimiter=";") if row]

    return run


def test_points_are_weighed_as_shares(semester):
    code, (heads, *rows, rule) = semester("A=0.4", "B=0.6")
    assert code == 0 and heads[4:7] == ["A (40 %)", "B (60 %)", "Відсоток"]
    shown = {row[3]: row[4:] for row in rows}
    assert list(shown) == ["1", "2", "3", "4", "5", "6"], "everybody on any roster, and no stranger"
    assert shown["1"] == ["20", "5", "70", "70", "D", "задовільно"]  # 0.4 · 100 % + 0.6 · 50 %
    assert shown["2"] == ["7", "", "14", "14", "F", "незадовільно"], (
        "what was not handed in counts as nothing"
    )
    assert shown["3"] == ["", "", "", "", "", "не здано"]
    assert shown["4"] == ["5", "5", "", "", "", "не перевірено"]
    assert shown["5"][:3] == ["10", "", "20"] and shown["6"][:3] == ["", "8", "48"]
    assert "59,5 → 60" in rule[0]


def test_weights_may_be_percents_and_halves_are_rounded_up(semester, capsys):
    assert semester("A=40", "B=60%") == semester("A=0,4", "B=0.6")
    said = capsys.readouterr().out
    assert "not on the roster of" in said and "1 written answers not marked" in said
    _, rows = semester("A=0.7", "B=0.3", "--lang", "ru", "--control", "credit")
    assert rows[2][4:] == ["7", "", "24,5", "25", "F", "не зачтено"]  # 0.7 · 35 %


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["A=0.4", "B=0.5"], "the weights add up to 0.9; make it 1 or 100"),
        (["A", "B=1"], "write each folder with its weight"),
        (["A=x", "B=1"], "a weight is a number above 0"),
        (["A=-1", "B=2"], "a weight is a number above 0"),
        (["A=nan", "B=1"], "a weight is a number above 0"),
        (["A=0.5", "A=0.5"], "this folder is named twice"),
        (["A=0.5", "Bnowhere=0.5"], "graded.jsonl; run course grade"),
        (["A=0.5", "B=0.5", "--scale", "X"], "there are technical"),
    ],
)
def test_what_cannot_be_summed_is_said(semester, capsys, words, said):
    assert semester(*words) == (2, None)
    error = capsys.readouterr().err
    assert said in error and len(error.splitlines()) == 1


def test_one_id_with_two_names_is_told(semester, tmp_path, capsys):
    other = json.dumps(work("1", 5.0, 10.0, name="Інша Студентка"))
    (tmp_path / "B" / "graded.jsonl").write_text(other + "\n", "utf-8")
    assert semester("A=0.5", "B=0.5")[0] == 0
    assert "1 has different names: Інша Студентка, Студент 1" in capsys.readouterr().out


PLAN = """
missing = "zero"
[[part]]
title.uk = "Контрольні"
title.ru = "Контрольные"
weight = 40
grades = ["A", "B", "C"]
best = 2
[[part]]
title = "Exam"
weight = 60
grades = ["E"]
resit = ["R"]
pass = 50
[[excuse]]
student = "2"
grades = "B"
reason = "лікарняний"
"""


@pytest.fixture
def planned(tmp_path):
    """Three tests, an exam and its resit; returns ``run(plan, *words)``: code and rows."""
    absent = {"flags": ["no-submission"], "exercises": {}}
    graded = {  # of 20 points
        "A": {"1": 20, "2": 10, "3": 8},
        "B": {"1": 10, "2": None, "3": 18},
        "C": {"1": 4, "2": 6, "3": None},
        "E": {"1": 9, "2": 14, "3": 20},
        "R": {"1": 16, "2": None, "3": 10},
    }
    for name, points in graded.items():
        (tmp_path / name).mkdir()
        works = [
            work(who, 0.0, **absent) if earned is None else work(who, float(earned))
            for who, earned in points.items()
        ]
        lines = "".join(json.dumps(each) + "\n" for each in works)
        (tmp_path / name / "graded.jsonl").write_text(lines, "utf-8")

    def run(plan, *words):
        (tmp_path / "semester.toml").write_text(plan, "utf-8")
        out = tmp_path / "plan.csv"
        code = main(["export", "total", f"{tmp_path}/semester.toml", "--out", str(out), *words])
        text = out.read_text("utf-8-sig") if out.exists() else ""
        rows = [row for row in csv.reader(text.splitlines(), delimiter=";") if row]
        return code, {row[3]: row[4:] for row in rows if len(row) > 3}

    return run


@pytest.mark.parametrize(
    ("old", "new", "student", "shown"),
    [
        # best two of three: (100 + 50) / 2 = 75; the resit, 80, is better than 45
        ("", "", "1", ["75", "9", "16", "80", "78", "78", "C", "добре", ""]),
        ('"R"]', '"R"]\ncounts = "last"', "1", ["75", "9", "16", "80", "78", "78", "C", "добре", ""]),
        ('"R"]', '"R"]\ncounts = "last"', "3", ["65", "20", "10", "50", "56", "56", "FX", "незадовільно", ""]),
        # B is excused, so two of two: (50 + 30) / 2; no resit came, so the exam stays
        ("", "", "2", ["40", "14", "", "70", "58", "58", "FX", "незадовільно", ""]),
        # excused from nothing: the best two are still 50 and 30
        ('"B"\nreason', '"C"\nreason', "2", ["25", "14", "", "70", "52", "52", "FX", "незадовільно", ""]),
        ("best = 2\n", "", "3", ["43,33", "20", "10", "100", "77,33", "77", "C", "добре", ""]),
        # without the resit student 1 has 45 % in the exam: 57 in all, and the note says why
        ('resit = ["R"]\n', "", "1", ["75", "9", "57", "57", "FX", "незадовільно", "!"]),
        ('resit = ["R"]\npass = 50', "pass = 71", "2", ["40", "14", "58", "58", "FX", "незадовільно", "!"]),
        ('resit = ["R"]\npass = 50', "pass = 100", "1", ["75", "9", "57", "57", "FX", "незадовільно", "!"]),
    ],
)  # fmt: skip
def test_a_plan_counts_as_it_says(planned, old, new, student, shown):
    code, rows = planned(PLAN.replace(old, new) if old else PLAN)
    assert code == 0 and old in PLAN
    row = rows[student][3:]
    if shown[-1] == "!":
        assert row.pop() == "Не досягнуто прохідної межі: Exam"
        shown = shown[:-1]
    assert row == shown


def test_a_pass_mark_keeps_the_grade_below_the_first_that_passes(planned):
    high = PLAN.replace("weight = 40", "weight = 80").replace("weight = 60", "weight = 20")
    _, rows = planned(high.replace('resit = ["R"]\npass = 50', "pass = 50"))
    assert rows["1"][-5:-1] == ["69", "59", "FX", "незадовільно"]


def test_who_lacks_a_part_may_stay_open(planned):
    lone = PLAN.replace('["A", "B", "C"]', '["C", "B"]').replace("best = 2\n", "")
    _, rows = planned(lone.replace('"zero"', '"open"').replace('grades = "B"', 'grades = "C"'))
    assert rows["2"][-2] == "не здано" and rows["1"][-2] == "задовільно"


def test_who_is_excused_from_everything_has_no_grade(planned):
    """Nothing to count is no failed exam."""
    everything = "".join(
        f'[[excuse]]\nstudent = "3"\ngrades = "{name}"\nreason = "довідка"\n' for name in "ABCE"
    )
    plan = PLAN.replace('resit = ["R"]\npass = 50', "pass = 50")
    code, rows = planned(plan + everything)
    assert code == 0 and rows["3"][-5:] == ["", "", "", "звільнено", ""]
    assert rows["2"][-2] == "незадовільно"


def test_the_same_student_twice_is_no_last_one_wins(semester, tmp_path, capsys):
    graded = tmp_path / "A/graded.jsonl"
    graded.write_text(graded.read_text("utf-8") + json.dumps(work("2", 20.0)) + "\n", "utf-8")
    assert semester("A=0.4", "B=0.6") == (2, None)
    assert (
        "A/graded.jsonl:7: 2 stands there twice; run course grade again" in capsys.readouterr().err
    )


def test_what_changed_since_the_last_sheet_is_told(planned, tmp_path, capsys):
    planned(PLAN)
    assert "since the last sheet" not in capsys.readouterr().out
    planned(PLAN)
    assert "since the last sheet: 0 changed, 0 new, 0 gone" in capsys.readouterr().out
    planned(PLAN.replace('resit = ["R"]\n', ""))
    said = capsys.readouterr().out
    assert "excused: 2, B: лікарняний" in said
    assert "since the last sheet: 1 changed, 0 new, 0 gone\n  1: 78 C -> 57 FX\n" in said


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("weight = 40", "weight = 50", "the weights add up to 110"),
        ("best = 2", "best = 4", "best = 4 of 3 folders"),
        ("best", "bset", ": bset: unknown field"),
        ('["E"]', '["A"]', "the folder A is named twice"),
        ('["E"]', '["./A"]', "the folder A is named twice"),
        ("weight = 40", "weight = 1e308", "the weights add up to 1e+308"),
        ('student = "2"', 'student = "99"', "nobody on the rosters has this number"),
        ('grades = "B"', 'grades = "X"', "no part has the folder X"),
        ('title.ru = "Контрольные"\n', "", "write title.ru too"),
        ("[[part]]", "[[part", "semester.toml"),
        ("pass = 50", "pass = 500", "at `$.part[1].pass`"),
    ],
)
def test_a_faulty_plan_is_said(planned, capsys, old, new, said):
    assert old in PLAN and planned(PLAN.replace(old, new, 1))[0] == 2
    error = capsys.readouterr().err
    assert said in error and len(error.splitlines()) == 1
