"""Decisions after the exam: another key, no question, more time; and nobody's file is out of date for it."""

import json
import random
from datetime import UTC, datetime, timedelta

import pytest
from setting import ROSTER, SPEC, write_setting
from simulated import answer, event, handed

from course.cli import main
from course.grading import GradingError, gradebook, keyfile
from course.grading.setting import assignment

START, CLOSES = datetime(2026, 12, 2, 9, tzinfo=UTC), datetime(2026, 12, 8, 21, 59, tzinfo=UTC)
DROP = '\n[[drop]]\nexercise = "own/own-choice"\n'
ACCEPT = '\n[[accept]]\nexercise = "own/own-choice"\nanswers = ["basic"]\n'
EVERYBODY = '\n[[accept]]\nexercise = "own/own-choice"\neverybody = true\n'
MORE = '\n[[extension]]\nid = "17"\ncloses = 2026-12-20T23:59:00\n'


@pytest.fixture
def graded(quiz, tmp_path):
    """Grade with this at the end of the specification: student -> work; and the summary."""

    def grade(after, files):
        setting = write_setting(tmp_path / f"setting{len(list(tmp_path.iterdir()))}", SPEC + after)
        key = assignment.assign(*setting, tmp_path / "set")
        assert key["digest"] == quiz.key["digest"]
        assert (tmp_path / "set/students/assignment.json").read_bytes() == (
            quiz.students / "assignment.json"
        ).read_bytes()
        (tmp_path / "in").mkdir(exist_ok=True)
        for name, data in files.items():
            (tmp_path / "in" / name).write_bytes(data)
        told = gradebook.grade(tmp_path / "in", tmp_path / "set/private", tmp_path / "out")
        lines = (tmp_path / "out" / "graded.jsonl").read_bytes().splitlines()
        return {line["student"]: line for line in map(json.loads, lines)}, told

    return grade


def given(quiz, student, *answers, when=START):
    lines = [event(ref, "answer", made, when, "uk") for ref, made in answers]
    return {f"quiz-{student}.jsonl": handed(quiz.key, student, quiz.names[student], lines)}


def shown(quiz, ref, name):
    ids = quiz.entries[ref]["ids"]["option"]
    return next(public for public, own in ids.items() if own == name)


def right(quiz, ref, student):
    return answer(quiz.key, quiz.entries[ref], student, "uk", True, random.Random(1))


def test_a_dropped_exercise_counts_for_nobody_and_nothing_is_flagged(quiz, graded):
    files = given(
        quiz, "17", *[(ref, right(quiz, ref, "17")) for ref in ("own/own-choice", "own/own-multi")]
    )
    before, told = graded("", files)
    works, after = graded(DROP, files)
    assert (before["17"]["points"], works["17"]["points"]) == (3, 2)
    assert (told["maximum"], after["maximum"]) == (told["maximum"], told["maximum"] - 1)
    assert works["17"]["maximum"] == after["maximum"] and works["17"]["flags"] == ["ok"]
    dropped = works["17"]["exercises"]["own/own-choice"]
    assert (dropped["state"], dropped["points"], dropped["maximum"]) == ("right", 0, 0)


@pytest.mark.parametrize(
    ("name", "after", "points", "state"),
    [
        ("basic", "", 0, "wrong"),
        ("basic", ACCEPT, 1, "right"),
        ("accountable", ACCEPT, 0, "wrong"),
        ("reactive", ACCEPT, 1, "right"),
        ("basic", EVERYBODY, 1, "wrong"),
    ],
)
def test_another_answer_is_taken_or_everybody_gets_the_points(
    quiz, graded, name, after, points, state
):
    works, _ = graded(
        after, given(quiz, "17", ("own/own-choice", shown(quiz, "own/own-choice", name)))
    )
    made = works["17"]["exercises"]["own/own-choice"]
    assert (made["points"], made["state"], works["17"]["points"]) == (points, state, points)
    assert (
        works["17"]["flags"] == ["ok"] and works["18"]["points"] == 0
    )  # who handed in nothing gets nothing


def test_an_accepted_answer_is_told_as_right(quiz, graded):
    works, _ = graded(
        ACCEPT, given(quiz, "17", ("own/own-choice", shown(quiz, "own/own-choice", "basic")))
    )
    assert works["17"]["exercises"]["own/own-choice"]["marks"] == {"basic": True}


def test_everybody_is_also_who_left_the_exercise_out(quiz, graded):
    works, _ = graded(
        EVERYBODY, given(quiz, "17", ("own/own-multi", right(quiz, "own/own-multi", "17")))
    )
    made = works["17"]["exercises"]["own/own-choice"]
    assert (made["state"], made["points"], works["17"]["points"]) == ("missing", 1, 3)


@pytest.mark.parametrize("ref", ["own/own-multi", "own/own-numeric", "own/own-match"])
def test_whatever_says_the_same_is_accepted(quiz, graded, ref):
    if ref == "own/own-multi":
        after, made = (
            '[["answer", "season"]]',
            [shown(quiz, ref, name) for name in ("season", "answer")],
        )
    elif ref == "own/own-numeric":
        after, made = '["7"]', "7,0"
    else:
        row = {own: public for public, own in quiz.entries[ref]["ids"]["row"].items()}
        after = '[{chef = "where", tasting = "when"}]'
        made = {row["tasting"]: shown(quiz, ref, "when"), row["chef"]: shown(quiz, ref, "where")}
    works, _ = graded(
        f'\n[[accept]]\nexercise = "{ref}"\nanswers = {after}\n', given(quiz, "17", (ref, made))
    )
    assert works["17"]["exercises"][ref]["state"] == "right" and works["17"]["points"] == 2


@pytest.mark.parametrize(
    ("after", "student", "flags", "points"),
    [
        ("", "17", ["after-closing"], 0),
        (MORE, "17", ["ok"], 1),
        (MORE, "18", ["after-closing"], 0),
        (MORE.replace("12-20", "12-11"), "17", ["after-closing"], 0),
    ],
)
def test_one_student_has_more_time(quiz, graded, after, student, flags, points):
    when = CLOSES + timedelta(days=3, hours=1)
    works, _ = graded(
        after,
        given(quiz, student, ("own/own-choice", right(quiz, "own/own-choice", student)), when=when),
    )
    assert (works[student]["flags"], works[student]["points"]) == (flags, points)


@pytest.mark.parametrize(
    ("after", "words"),
    [
        (
            DROP.replace("own-choice", "nothing"),
            "[[drop]] names 'own/nothing', which is not in exercises",
        ),
        (DROP * 2, "a second [[drop]] for 'own/own-choice'"),
        (ACCEPT.replace("basic", "nowhere"), "is no answer to own/own-choice (unknown-option)"),
        (ACCEPT.replace('answers = ["basic"]\n', ""), "write which answers are right too"),
        ('\n[[accept]]\nexercise = "own/own-text"\nanswers = ["слово"]\n', "people read it"),
        (MORE.replace('"17"', '"99"'), "'99', who is not on the roster"),
        (MORE * 2, "a second [[extension]] for '17'"),
        (MORE.replace("12-20", "12-01"), "an extension ends after closes"),
        (MORE.replace("2026-12-20T23:59:00", '"завтра"'), "write day and time without quotes"),
        (MORE.replace("closes", "close"), "did you mean 'closes'"),
    ],
)
def test_a_decision_that_says_nothing_is_told_with_its_line(tmp_path, after, words):
    with pytest.raises(GradingError) as raised:
        assignment.assign(*write_setting(tmp_path / "setting", SPEC + after), tmp_path / "set")
    assert words in str(raised.value)
    line = int(str(raised.value).splitlines()[0].split(":")[1])
    assert line > SPEC.count("\n")


def test_an_id_on_the_roster_is_found_however_it_is_written(tmp_path):
    spec = SPEC + MORE.replace('"17"', '"kb 1"')
    key = assignment.assign(
        *write_setting(tmp_path / "setting", spec, ROSTER + "Іван;А;;КВ1\n"), tmp_path / "set"
    )
    assert key["after"]["extension"].keys() == {"КВ1"}
    assert key["after"]["drop"] == []


# --- one language ---------------------------------------------------------------------------------------------------
BANK = """[lesson]
number = 90
slug = "own"
minutes = 10
languages = ["uk"]
title.uk = "Мої вправи"
[[topic]]
id = "loyalty"
text.uk = "лояльність"
[[exercise]]
id = "one"
kind = "choice"
covers = ["loyalty"]
prompt.uk = "Що таке лояльність?"
right.uk = "Так."
wrong.uk = "Ні."
solution.uk = "Звичка повертатися."
[[exercise.option]]
id = "a"
text.uk = "Звичка"
right = true
[[exercise.option]]
id = "b"
text.uk = "Знижка"
why.uk = "Це ціна."
"""


def test_a_bank_in_one_language_makes_an_assignment_in_one(tmp_path, capsys):
    (tmp_path / "exercises.toml").write_text(BANK, "utf-8")
    (tmp_path / "roster.csv").write_text(ROSTER, "utf-8")
    spec = 'id = "mono"\ntitle.uk = "Контрольна"\nexercises = ["own/one", "levels/levels-order"]\n'
    (tmp_path / "spec.toml").write_text(spec, "utf-8")
    words = [
        "assign",
        str(tmp_path / "spec.toml"),
        "--roster",
        str(tmp_path / "roster.csv"),
        "--out",
    ]
    assert main(["check", str(tmp_path / "exercises.toml")]) == 0, capsys.readouterr().out
    assert main([*words, str(tmp_path / "set")]) == 0, capsys.readouterr().err
    assert {path.name for path in (tmp_path / "set/students").iterdir()} == {
        "assignment.json",
        "mono-uk.ipynb",
    }
    key = keyfile.read_key(tmp_path / "set/private")
    assert key["languages"] == ["uk"] and key["title"] == dict.fromkeys(("uk", "ru"), "Контрольна")
    raw = key["exercises"][0]["raw"]
    assert raw["option"][1]["why"] == dict.fromkeys(("uk", "ru"), "Це ціна.")
    (tmp_path / "spec.toml").write_text(spec.replace("title.uk", "title.ru"), "utf-8")
    assert main([*words, str(tmp_path / "set")]) == 2
    assert "spec.toml:2: title: uk is missing" in capsys.readouterr().err


def test_exercises_of_the_course_alone_stay_in_both(tmp_path):
    (tmp_path / "exercises.toml").write_text(BANK, "utf-8")
    (tmp_path / "roster.csv").write_text(ROSTER, "utf-8")
    spec = 'id = "both"\ntitle.uk = "а"\ntitle.ru = "а"\nexercises = ["levels/levels-order"]\n'
    (tmp_path / "spec.toml").write_text(spec, "utf-8")
    key = assignment.assign(tmp_path / "spec.toml", tmp_path / "roster.csv", tmp_path / "set")
    assert (
        key["languages"] == ["uk", "ru"]
        and len(list((tmp_path / "set/students").glob("*.ipynb"))) == 2
    )
