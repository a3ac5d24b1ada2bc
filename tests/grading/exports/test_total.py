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
