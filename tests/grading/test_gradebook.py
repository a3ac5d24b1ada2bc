"""Grading: against a plain reference, which answer counts, lateness, marks by people, tables, the same again."""

import csv
import io
import json
import os
import random
import shutil
import zipfile
from datetime import UTC, datetime, timedelta

import pyarrow.parquet
import pytest
from setting import ROSTER, SPEC, sealed, write_setting
from simulated import answer, event, handed, journal, submission, variant

from course.cli import main
from course.grading import gradebook, results
from course.grading.setting import assignment
from course.ids import folded
from course.kinds import score

START = datetime(2026, 12, 2, 9, tzinfo=UTC)
WHO = "17"


def put(folder, files):
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def graded(out):
    return {
        line["student"]: line
        for line in map(json.loads, (out / "graded.jsonl").read_bytes().splitlines())
    }


def one(quiz, tmp_path, lines, key=None, name="quiz-17.jsonl", marks=None):
    """The graded line of Шевченко when his file has these lines."""
    key, private = key or quiz.key, quiz.private
    if key is not quiz.key:
        private = tmp_path / "key.json"
        private.write_text(sealed(key))
    data = handed(
        key,
        WHO,
        quiz.names[WHO],
        [event("identity", "set", {"student": WHO, "name": "x"}, START, "uk"), *lines],
    )
    if marks is not None:
        (tmp_path / "marks.jsonl").write_text(
            "".join(json.dumps(mark) + "\n" for mark in marks), "utf-8"
        )
    path = tmp_path / "marks.jsonl"
    gradebook.grade(
        put(tmp_path / "in", {name: data}),
        private,
        tmp_path / "out",
        path if path.is_file() else None,
    )
    return graded(tmp_path / "out")[WHO]


def saved(quiz, ref, right=True, when=START, seed=1):
    return event(
        ref,
        "answer",
        answer(quiz.key, quiz.entries[ref], WHO, "uk", right, random.Random(seed)),
        when,
        "uk",
    )


# --- against a reference --------------------------------------------------------------------------------------------
def reference(key, lines, student):
    """Points by the shortest way: the last answer, its ids turned back one by one, `score`."""
    last, total = {}, 0.0
    for line in map(json.loads, lines):
        if line["e"] == "answer":
            last[line["x"]] = line["a"]
    for entry in key["exercises"]:
        given, ids = (
            last.get(entry["ref"]),
            {public: own for named in entry["ids"].values() for public, own in named.items()},
        )
        if isinstance(given, list):
            given = [ids[name] for name in given]
        elif entry["kind"] in ("match", "classify") and given:
            given = {ids[row]: ids[option] for row, option in given.items()}
        elif entry["kind"] == "choice":
            given = ids.get(given)
        total += score(
            entry["kind"], entry["keys"][variant(key, entry, student)], given, entry["points"]
        ).points
    return round(total, 4)


def test_points_are_those_of_a_plain_reference(quiz, tmp_path):
    roster = ROSTER + "".join(f"Студент{n} Ім'я{n};Г;;{n}\n" for n in range(1000, 1060))
    key = assignment.assign(
        *write_setting(tmp_path / "setting", SPEC.replace("attempts = 3", ""), roster),
        tmp_path / "set",
    )
    journals = {
        row[0]: journal(key, row[0], row[1], skill=n / 64, saves=0.5, skip=0.1)
        for n, row in enumerate(key["roster"])
    }
    put(
        tmp_path / "in",
        {
            f"quiz-{student}.jsonl": handed(key, student, "x", lines)
            for student, lines in journals.items()
        },
    )
    gradebook.grade(tmp_path / "in", tmp_path / "set/private", tmp_path / "out")
    found = graded(tmp_path / "out")
    assert {student: line["points"] for student, line in found.items()} == {
        student: reference(key, lines, student) for student, lines in journals.items()
    }
    assert len({line["points"] for line in found.values()}) > 20


def test_two_processes_and_one_write_the_same_bytes_twice(quiz, tmp_path, monkeypatch):
    files = {
        f"{quiz.names[student]}_{n}_assignsubmission_file_/x{m}.jsonl": submission(
            quiz.key, student, quiz.names[student], seed=m
        )
        for n, student in enumerate(quiz.names)
        for m in range(60)
    }
    put(tmp_path / "in", files)
    told = []
    for run, alone in enumerate((10**9, 10**9, 100, 100)):
        monkeypatch.setattr(gradebook, "_ALONE", alone)
        told.append(gradebook.grade(tmp_path / "in", quiz.private, tmp_path / f"out{run}"))
    names = sorted(path.name for path in (tmp_path / "out0").iterdir())
    assert names == [
        "assignment.json",
        "graded.jsonl",
        "grades.csv",
        "grades.parquet",
        "key.json",
        "run.json",
        "students.csv",
    ]
    for run in (1, 2, 3):
        for name in names:
            assert (tmp_path / f"out{run}" / name).read_bytes() == (
                tmp_path / "out0" / name
            ).read_bytes(), name
    assert told[0] == told[3] and told[0]["flags"]["duplicate"] == 4


# --- which answer counts --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("counts", "state"), [("last", "wrong"), ("best", "right")])
def test_the_last_answer_counts_or_the_best(quiz, tmp_path, counts, state):
    lines = [saved(quiz, "own/own-choice", right) for right in (False, True, False)]
    found = one(quiz, tmp_path, lines, quiz.key | {"counts": counts})["exercises"]["own/own-choice"]
    assert (found["state"], found["attempts"], found["points"]) == (
        state,
        3,
        float(state == "right"),
    )


@pytest.mark.parametrize("counts", ["last", "best"])
def test_saves_beyond_the_limit_count_for_nothing(quiz, tmp_path, counts):
    lines = [saved(quiz, "own/own-choice", right) for right in (False, False, False, True)]
    line = one(quiz, tmp_path, lines, quiz.key | {"counts": counts})
    assert (
        line["flags"] == ["over-limit"]
        and line["exercises"]["own/own-choice"]["attempts"] == 3
        and line["points"] == 0
    )


def test_without_a_limit_every_save_counts(quiz, tmp_path):
    line = one(
        quiz,
        tmp_path,
        [saved(quiz, "own/own-choice", n == 29) for n in range(30)],
        quiz.key | {"attempts": 0},
    )
    assert line["flags"] == ["ok"] and line["exercises"]["own/own-choice"] == {
        "attempts": 30,
        "state": "right",
        "points": 1,
        "maximum": 1,
        "answer": "reactive",
        "draw": None,
        "slip": None,
        "marks": {"reactive": True},
        "reason": None,
    }


@pytest.mark.parametrize(("counts", "answer"), [("last", "basic"), ("best", "accountable")])
def test_of_equal_answers_the_last_counts_or_the_first_of_the_best(quiz, tmp_path, counts, answer):
    shown = {own: public for public, own in quiz.entries["own/own-choice"]["ids"]["option"].items()}
    lines = [
        event("own/own-choice", "answer", shown[name], START, "uk")
        for name in ("accountable", "basic")
    ]
    found = one(quiz, tmp_path, lines, quiz.key | {"counts": counts})["exercises"]["own/own-choice"]
    assert (found["answer"], found["attempts"]) == (answer, 2)


def test_each_exercise_has_attempts_of_its_own_and_the_same_answer_uses_one_too(quiz, tmp_path):
    lines = [
        saved(quiz, ref, False) for ref in ("own/own-choice", "own/own-numeric") for _ in range(2)
    ]
    lines += [saved(quiz, ref) for ref in ("own/own-choice", "own/own-numeric")]
    line = one(quiz, tmp_path, lines)
    assert line["flags"] == ["ok"] and line["points"] == 3
    assert [
        line["exercises"][ref]["attempts"] for ref in ("own/own-choice", "own/own-numeric")
    ] == [3, 3]


def test_drafts_hints_and_resets_use_no_attempt_and_give_none_back(quiz, tmp_path):
    right = json.loads(saved(quiz, "own/own-choice"))["a"]
    lines = [event("own/own-choice", "draft", right, START, "uk") for _ in range(5)]
    lines += [
        event("own/own-choice", "hint", 0, START, "uk"),
        event("own/own-choice", "shown", None, START, "uk"),
    ]
    lines += [saved(quiz, "own/own-choice", False)] * 2 + [
        event("own/own-choice", "reset", None, START, "uk")
    ]
    line = one(quiz, tmp_path, lines)
    assert (line["exercises"]["own/own-choice"]["attempts"], line["points"], line["flags"]) == (
        2,
        0,
        ["ok"],
    )
    line = one(
        quiz,
        tmp_path,
        [*lines, saved(quiz, "own/own-choice", False), saved(quiz, "own/own-choice")],
    )
    assert (line["exercises"]["own/own-choice"]["attempts"], line["points"], line["flags"]) == (
        3,
        0,
        ["over-limit"],
    )


def test_a_common_wrong_result_is_named(quiz, tmp_path):
    line = one(
        quiz, tmp_path, [saved(quiz, "own/own-numeric", False), saved(quiz, "own/own-value", False)]
    )
    assert [line["exercises"][ref]["slip"] for ref in ("own/own-numeric", "own/own-value")] == [
        0,
        0,
    ]


def test_one_variant_for_all_is_the_same_for_all(quiz, tmp_path):
    key = quiz.key | {"variants": "one"}
    entry = quiz.entries["own/own-numeric"]
    assert (
        len({variant(key, entry, student) for student in quiz.names})
        == 1
        < len({variant(quiz.key, entry, student) for student in quiz.names})
    )
    made = event(
        entry["ref"], "answer", answer(key, entry, WHO, "uk", True, random.Random(1)), START, "uk"
    )
    assert one(quiz, tmp_path, [made], key)["points"] == 2


# --- lateness -------------------------------------------------------------------------------------------------------
CLOSES = datetime(2026, 12, 8, 21, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("after", "days", "points", "flag"),
    [
        (timedelta(0), 0, 2, "ok"),
        (timedelta(milliseconds=1), 1, 1.8, "late"),
        (timedelta(days=1), 1, 1.8, "late"),
        (timedelta(days=1, seconds=1), 2, 1.6, "late"),
        (timedelta(days=2), 2, 1.6, "late"),
        (timedelta(days=2, seconds=1), 0, 0, "after-closing"),
    ],
)
def test_each_started_day_costs_its_share(quiz, tmp_path, after, days, points, flag):
    line = one(quiz, tmp_path, [saved(quiz, "own/own-numeric", when=CLOSES + after)])
    assert (line["late_days"], line["points"], line["flags"]) == (days, points, [flag])
    assert line["exercises"]["own/own-numeric"]["points"] == points
    rows = list(csv.DictReader((tmp_path / "out/grades.csv").open(encoding="utf-8")))
    assert (
        next(
            float(row["points"])
            for row in rows
            if row["student"] == WHO and row["exercise"] == "own/own-numeric"
        )
        == points
    )


def test_without_a_policy_answers_after_the_closing_do_not_count_and_earlier_ones_do(
    quiz, tmp_path
):
    lines = [
        saved(quiz, "own/own-choice"),
        saved(quiz, "own/own-choice", False, CLOSES + timedelta(seconds=1)),
    ]
    line = one(quiz, tmp_path, lines, quiz.key | {"late": None})
    assert line["points"] == 1 and line["flags"] == ["after-closing"] and line["late_days"] == 0


@pytest.mark.parametrize(
    ("percent", "left"), [(0, 2), (10, 1.6), (33, 0.68), (50, 0), (60, 0), (100, 0)]
)
def test_no_more_is_lost_than_there_was(quiz, tmp_path, percent, left):
    key = quiz.key | {"late": {"percent_per_day": percent, "until": None}}
    line = one(
        quiz, tmp_path, [saved(quiz, "own/own-numeric", when=CLOSES + timedelta(hours=25))], key
    )
    assert (line["late_days"], line["points"], line["flags"]) == (2, left, ["late"])


def test_the_last_answer_that_counts_makes_all_of_them_late_in_whatever_order(quiz, tmp_path):
    early, late = (
        saved(quiz, "own/own-choice"),
        saved(quiz, "own/own-numeric", when=CLOSES + timedelta(hours=1)),
    )
    for lines in ([early, late], [late, early]):
        line = one(quiz, tmp_path, lines)
        assert line["late_days"] == 1 and line["saved"] == json.loads(late)["t"]
        assert [
            line["exercises"][ref]["points"] for ref in ("own/own-choice", "own/own-numeric")
        ] == [0.9, 1.8]
        assert line["points"] == 2.7


@pytest.mark.parametrize("more", ["over-limit", "after-closing"])
def test_an_answer_that_does_not_count_makes_nothing_late(quiz, tmp_path, more):
    when = CLOSES + (timedelta(hours=1) if more == "over-limit" else timedelta(days=3))
    before = [saved(quiz, "own/own-choice", right) for right in (False, False, True)]
    late = saved(quiz, "own/own-choice", False, when)
    line = one(quiz, tmp_path, [*(before if more == "over-limit" else before[2:]), late])
    assert (line["late_days"], line["points"], line["flags"]) == (0, 1, [more])


def test_people_s_points_are_reduced_like_all_others(quiz, tmp_path):
    marks = [mark("comparison", 2), mark("check", 2)]
    line = one(
        quiz, tmp_path, [saved(quiz, "own/own-text", when=CLOSES + timedelta(hours=1))], marks=marks
    )
    assert line["points"] == line["exercises"]["own/own-text"]["points"] == 3.6


def test_points_are_rounded_to_four_places_each_and_in_the_sum(quiz, tmp_path):
    key = quiz.key | {"late": {"percent_per_day": 33.3333, "until": None}}
    late = CLOSES + timedelta(hours=1)
    line = one(
        quiz,
        tmp_path,
        [saved(quiz, ref, when=late) for ref in ("own/own-choice", "own/own-numeric")],
        key,
    )
    points = [line["exercises"][ref]["points"] for ref in ("own/own-choice", "own/own-numeric")]
    assert points == [0.6667, 1.3333] and line["points"] == 2


@pytest.mark.parametrize(("back", "flags"), [(300, ["ok"]), (301, ["clock"])])
def test_a_clock_may_go_back_by_five_minutes(quiz, tmp_path, back, flags):
    lines = [saved(quiz, "own/own-choice", when=START + timedelta(hours=1)),
             saved(quiz, "own/own-numeric", when=START + timedelta(hours=1, seconds=-back))]  # fmt: skip
    line = one(quiz, tmp_path, lines)
    assert line["flags"] == flags and line["points"] == 3


def test_without_times_nothing_is_late(quiz, tmp_path):
    line = one(
        quiz,
        tmp_path,
        [saved(quiz, "own/own-choice", when=CLOSES.replace(year=2030))],
        quiz.key | {"late": None, "opens": None, "closes": None},
    )
    assert line["points"] == 1 and line["flags"] == ["ok"]


# --- marks by people ------------------------------------------------------------------------------------------------
def mark(criterion, points, marker="A", ref="own/own-text", student=WHO):
    return {
        "v": 1,
        "t": "2026-12-11T10:00:00.000Z",
        "marker": marker,
        "student": student,
        "ref": ref,
        "criterion": criterion,
        "points": points,
        "comment": "<b>",
    }


@pytest.mark.parametrize(
    ("marks", "points", "state"),
    [
        ([], 0, "person"),
        ([mark("comparison", 2)], 2, "person"),
        ([mark("comparison", 2), mark("check", 2)], 4, "right"),
        ([mark("comparison", 1), mark("check", 0)], 1, "partial"),
        ([mark("comparison", 0), mark("check", 0)], 0, "wrong"),
        ([mark("comparison", 2), mark("check", 2), mark("comparison", 1)], 3, "partial"),
        ([mark("comparison", 2), mark("check", 2), mark("comparison", 1, "B")], 3.5, "partial"),
        ([mark("comparison", 2), mark("comparison", None)], 0, "person"),
        (
            [
                mark("comparison", 99),
                mark("check", True),
                mark("other", 1),
                mark("check", -1),
                {"x": 1},
            ],
            0,
            "person",
        ),
        ([mark("comparison", 2, student="18")], 0, "person"),
    ],
)
def test_people_s_marks_are_added_up(quiz, tmp_path, marks, points, state):
    found = one(quiz, tmp_path, [saved(quiz, "own/own-text")], marks=marks)["exercises"][
        "own/own-text"
    ]
    assert (found["points"], found["maximum"], found["state"]) == (points, 4, state)


def test_without_a_rubric_one_mark_is_enough_and_can_be_taken_back(quiz, tmp_path):
    lines = [saved(quiz, "own/own-canvas")]
    for marks, points, state in (
        ([mark("", 6, ref="own/own-canvas")], 6, "right"),
        ([mark("", 6, ref="own/own-canvas"), mark("", None, ref="own/own-canvas")], 0, "person"),
    ):
        found = one(quiz, tmp_path, lines, marks=marks)["exercises"]["own/own-canvas"]
        assert (found["points"], found["state"]) == (points, state)


def test_marks_are_capped_and_given_to_answers_only(quiz, tmp_path):
    key = json.loads(json.dumps(quiz.key))
    next(entry for entry in key["exercises"] if entry["ref"] == "own/own-text")["points"] = 3
    marks = [mark("comparison", 2), mark("check", 2)]
    assert one(quiz, tmp_path, [saved(quiz, "own/own-text")], key, marks=marks)["points"] == 3
    assert (
        one(quiz, tmp_path, [], key, marks=marks)["exercises"]["own/own-text"]["state"] == "missing"
    )


def test_marks_survive_and_are_only_read(quiz, tmp_path):
    files = {"quiz-17.jsonl": submission(quiz.key, WHO, quiz.names[WHO], skip=0)}
    put(tmp_path / "in", files)
    gradebook.grade(tmp_path / "in", quiz.private, tmp_path / "out")
    path = tmp_path / "out/marks.jsonl"
    path.write_text(json.dumps(mark("comparison", 2)) + "\n" + '{"torn', "utf-8")
    before = path.read_bytes()
    told = gradebook.grade(tmp_path / "in", quiz.private, tmp_path / "out")
    assert path.read_bytes() == before and told["marks_left_out"] == 1
    assert graded(tmp_path / "out")[WHO]["exercises"]["own/own-text"]["points"] == 2


# --- whose, and how often -------------------------------------------------------------------------------------------
def test_the_same_file_twice_and_a_journal_beside_it_raise_no_flag(quiz, tmp_path):
    lines = journal(quiz.key, WHO, "x", skip=0, skill=1)
    data = handed(quiz.key, WHO, "x", lines)
    loose = "".join(line + "\n" for line in lines[:4]).encode()
    put(
        tmp_path / "in",
        {
            "17/quiz/quiz-17.jsonl": data,
            "17/quiz/copy/quiz-17.jsonl": data,
            "17/quiz/answers/quiz.jsonl": loose,
        },
    )
    gradebook.grade(tmp_path / "in", quiz.private, tmp_path / "out")
    assert graded(tmp_path / "out")[WHO]["flags"] == ["ok"]


def test_a_loose_journal_is_graded_and_flagged(quiz, tmp_path):
    lines = journal(quiz.key, WHO, "x", skip=0, skill=1)
    put(tmp_path / "in", {"answers/quiz.jsonl": "".join(line + "\n" for line in lines).encode()})
    gradebook.grade(tmp_path / "in", quiz.private, tmp_path / "out")
    line = graded(tmp_path / "out")[WHO]
    assert (
        line["flags"] == ["no-receipt"] and line["exercises"]["own/own-order"]["state"] == "right"
    )


def test_what_windows_does_to_a_file_changes_nothing(quiz, tmp_path):
    data = submission(quiz.key, WHO, quiz.names[WHO])
    plain = graded_line(quiz, data)
    assert graded_line(quiz, b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n")) == plain
    spaced = b"".join(
        json.dumps(json.loads(line), ensure_ascii=False).encode() + b"\n"
        for line in data.splitlines()[:-1]
    )
    again = json.loads(graded_line(quiz, spaced))
    assert again["flags"] == ["no-receipt"] and again["exercises"] == json.loads(plain)["exercises"]


def graded_line(quiz, data):
    return results.line(gradebook.Grader(quiz.key).grade(data, "quiz-17.jsonl").work)


# --- tables ---------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def tables(quiz, tmp_path_factory):
    folder = tmp_path_factory.mktemp("tables")
    files = {
        f"quiz-{student}.jsonl": submission(quiz.key, student, name)
        for student, name in list(quiz.names.items())[:3]
    }
    files["x.jsonl"] = submission(quiz.key, "=1+1", 'Хтось, "Інший"')
    gradebook.grade(put(folder / "in", files), quiz.private, folder / "out")
    return folder / "out"


def test_the_tables_agree(quiz, tables):
    lines = graded(tables)
    rows = list(csv.DictReader((tables / "grades.csv").open(encoding="utf-8", newline="")))
    wide = list(csv.DictReader((tables / "students.csv").open(encoding="utf-8", newline="")))
    assert [*lines] == [*quiz.names, "=1+1"]
    assert [row["student"] for row in wide] == [*quiz.names, "'=1+1"] and wide[-1][
        "name"
    ] == 'Хтось, "Інший"'
    long = {
        (row["student"].lstrip("'"), row["exercise"]): (
            float(row["points"]),
            float(row["maximum"]),
            row["state"],
            row["flag"],
        )
        for row in rows
    }
    assert long == {
        (student, ref): (one["points"], one["maximum"], one["state"], " ".join(line["flags"]))
        for student, line in lines.items()
        for ref, one in line["exercises"].items()
    }
    for row in wide:
        line = lines[row["student"].lstrip("'")]
        assert (
            float(row["points"])
            == line["points"]
            == pytest.approx(sum(one["points"] for one in line["exercises"].values()), abs=1e-9)
        )
        assert {ref: float(row[ref]) for ref in line["exercises"]} == {
            ref: one["points"] for ref, one in line["exercises"].items()
        }


def test_parquet_is_the_long_table(tables):
    table = pyarrow.parquet.read_table(tables / "grades.parquet").to_pylist()
    rows = list(csv.DictReader((tables / "grades.csv").open(encoding="utf-8", newline="")))
    assert [
        {name: str(value) for name, value in row.items() if name not in ("points", "maximum")}
        for row in table
    ] == [
        {name: value for name, value in row.items() if name not in ("points", "maximum")}
        for row in rows
    ]
    assert [row["points"] for row in table] == [float(row["points"]) for row in rows]


def test_the_public_assignment_lies_beside_the_grades(quiz, tables):
    assert json.loads((tables / "assignment.json").read_bytes()) == json.loads(
        (quiz.students / "assignment.json").read_bytes()
    )


def test_the_run_counts_everybody(tables, quiz):
    told = json.loads((tables / "run.json").read_bytes())
    assert (told["students"], told["submitted"], told["unknown"], told["files"]) == (4, 3, 1, 4)
    assert (
        told["flags"] == {"ok": 3, "no-submission": 1, "unknown-student": 1}
        and told["problems"] == []
    )


def test_the_mean_is_that_of_the_whole_roster_and_of_nobody_else(tables, quiz):
    told, lines = json.loads((tables / "run.json").read_bytes()), graded(tables)
    points = [lines[student]["points"] for student in quiz.names]
    assert points.count(0) == 1, "one of four handed in nothing"
    assert told["mean"] == pytest.approx(sum(points) / 4, abs=1e-4)


def test_a_notebook_alone_is_a_wrong_file_and_beside_the_answers_none(quiz, tmp_path):
    data = submission(quiz.key, "17", quiz.names["17"])
    files = {
        "17/quiz/quiz-17.jsonl": data,
        "17/quiz/quiz-uk.ipynb": b"{}",
        "18/quiz/quiz-uk.ipynb": b"{}",
        "quiz-ru.ipynb": b"{}",
    }
    told = gradebook.grade(put(tmp_path / "in", files), quiz.private, tmp_path / "out")
    assert told["problems"] == [["18/quiz/quiz-uk.ipynb", "wrong-file"]] and told["files"] == 1
    lines = graded(tmp_path / "out")
    assert lines["17"]["flags"] == ["ok"] and lines["18"]["flags"] == [
        "no-submission",
        "wrong-file",
    ]


def test_thirds_add_up_before_they_are_rounded(quiz, tmp_path):
    entry = quiz.entries["own/own-order"]
    three = [entry | {"ref": f"own/third-{n}", "points": 1} for n in range(3)]
    grader = gradebook.Grader(quiz.key | {"exercises": three})
    shown = {own: public for public, own in entry["ids"]["item"].items()}
    right = sorted(entry["keys"][0]["ranks"], key=entry["keys"][0]["ranks"].get)
    swapped = [shown[one] for one in (right[1], right[0], *right[2:])]
    share = score("order", entry["keys"][0], [right[1], right[0], *right[2:]], 1).points
    lines = [event(one["ref"], "answer", swapped, START, "uk") for one in three]
    made = grader.grade(handed(grader.key, WHO, "x", lines), "x.jsonl").work
    assert made.points == round(3 * share, 4) and share not in (0, 1)


def test_a_day_is_a_day_when_the_clocks_go_back(quiz, tmp_path):
    key = quiz.key | {
        "closes": "2026-10-24T20:59:00Z",
        "opens": None,
        "zone": "Europe/Kyiv",
        "late": {"percent_per_day": 10, "until": None},
    }
    grader = gradebook.Grader(key)

    def days(time):
        line = event("own/own-choice", "answer", "x", START, "uk").replace(
            "2026-12-02T09:00:00.000Z", time
        )
        assert time in line
        return grader.grade(handed(key, WHO, "x", [line]), "x.jsonl").work.late_days

    # 24 October ends at UTC+3, 25 October at UTC+2.
    assert [
        days(f"2026-10-{time}.000Z")
        for time in ("24T20:59:00", "24T20:59:01", "25T21:59:00", "25T21:59:01")
    ] == [0, 1, 1, 2]
    assert days("9998-12-31T00:00:00.000Z") == 9999 and days("9999-12-31T23:59:59.000Z") in (
        0,
        9999,
    )


def test_a_far_clock_leaves_every_later_command_at_work(quiz, tmp_path, capsys):
    spec = SPEC.partition("until = ")[0] + "[[rubric]]" + SPEC.partition("[[rubric]]")[2]
    key = assignment.assign(*write_setting(tmp_path / "setting", spec, ROSTER), tmp_path / "set")
    far = datetime(9998, 12, 31, tzinfo=UTC)
    put(
        tmp_path / "in",
        {
            "quiz-17.jsonl": submission(key, "17", "x", when=far),
            "quiz-18.jsonl": submission(key, "18", "x"),
        },
    )
    out = str(tmp_path / "out")
    assert (
        main(["grade", str(tmp_path / "in"), "--key", str(tmp_path / "set/private"), "--out", out])
        == 0
    )
    for words in (
        ["feedback", out],
        ["report", out],
        ["export", "grades", out, "--to", "csv", "--out", out + ".csv"],
    ):
        assert main(words) == 0, capsys.readouterr().err
    assert graded(tmp_path / "out")["17"]["points"] == 0 < graded(tmp_path / "out")["18"]["points"]


def test_numbers_of_an_id_that_was_corrected_are_answered_anew(quiz):
    drawn = next(entry for entry in quiz.key["exercises"] if entry["draws"])
    plain = quiz.entries["own/own-choice"]
    name = {
        public: own for own, public in {v: k for k, v in plain["ids"]["option"].items()}.items()
    }
    right = next(public for public, own in name.items() if own == plain["keys"][0]["right"])
    value = (
        f"{drawn['keys'][variant(quiz.key, drawn, WHO)]['value']:.{drawn['keys'][0]['digits']}f}"
    )

    def who(student):
        return event("identity", "set", {"student": student, "name": "x"}, START, "uk")

    answers = [
        event(drawn["ref"], "answer", value, START, "uk"),
        event(plain["ref"], "answer", right, START, "uk"),
    ]
    grader = gradebook.Grader(quiz.key)
    before, after = (
        grader.grade(handed(quiz.key, WHO, "x", lines), "x.jsonl").work.exercises
        for lines in ([who("999"), *answers, who(WHO)], [who("999"), who(WHO), *answers])
    )
    refs = drawn["ref"], plain["ref"]
    assert [before[ref].state for ref in refs] == ["missing", "right"] and before[
        refs[0]
    ].attempts == 0
    assert [after[ref].state for ref in refs] == ["right", "right"]


@pytest.mark.parametrize(
    ("listed", "typed"),
    [
        ("17", "\u200e1\u200b7\xa0"),
        ("КВ12345602", "KB12345602"),
        ("КВ12345602", " кв 123 45602 "),
        ("Ab-1", "АB-1"),
    ],
)
def test_an_id_that_reads_the_same_is_the_same_and_so_are_its_numbers(quiz, listed, typed):
    drawn = next(entry for entry in quiz.key["exercises"] if entry["draws"])
    key = quiz.key | {"roster": [(listed, "Шевченко Іван", "", "")]}
    value = f"{drawn['keys'][variant(key, drawn, listed)]['value']:.{drawn['keys'][0]['digits']}f}"
    data = handed(key, typed, "x", [event(drawn["ref"], "answer", value, START, "uk")])
    work = gradebook.Grader(key).grade(data, "x.jsonl").work
    assert (work.student, work.claimed, work.flags) == (listed, typed.strip(), ["ok"])
    assert work.exercises[drawn["ref"]].state == "right"


@pytest.mark.parametrize(
    ("latin", "cyrillic"),
    list(zip("ABCEHIKMOPTXYaceiopxy", "АВСЕНІКМОРТХУасеіорху", strict=True)),
)
def test_a_letter_with_a_twin_in_the_other_alphabet_is_the_same_in_an_id(latin, cyrillic):
    assert latin != cyrillic and folded(f"{latin}-17") == folded(f"{cyrillic}-17")
    assert folded(f"{latin}-17") != folded("D-17") != folded("Д-17")


def test_attempts_count_anew_when_the_exercise_was_handed_out_again(quiz, tmp_path):
    entry = quiz.entries["own/own-choice"]
    right = next(
        public for public, own in entry["ids"]["option"].items() if own == entry["keys"][0]["right"]
    )
    wrong = next(public for public in entry["ids"]["option"] if public != right)
    key = quiz.key | {"attempts": 1}

    def graded_as(*versions):
        lines = [
            event("own/own-choice", "answer", given, START, "uk", digest=d) for given, d in versions
        ]
        grader = gradebook.Grader(key)
        return json.loads(results.line(grader.grade(handed(key, WHO, "x", lines), "x").work))

    once, twice = (
        graded_as((wrong, "a" * 12), (right, "a" * 12)),
        graded_as((wrong, "a" * 12), (right, "b" * 12)),
    )
    assert (once["exercises"]["own/own-choice"]["state"], once["flags"]) == (
        "wrong",
        ["over-limit"],
    )
    assert (twice["exercises"]["own/own-choice"]["state"], twice["flags"]) == ("right", ["ok"])


def test_a_mark_is_for_the_text_that_was_read(quiz, tmp_path):
    from course.grading.marking.marks import fingerprint

    first, second = "Перший текст. " * 9, "Другий текст. " * 9
    mark = {"student": WHO, "ref": "own/own-canvas", "criterion": "", "marker": "a", "points": 3}
    tiles = list(quiz.entries["own/own-canvas"]["keys"][0]["tiles"])

    def points(words, **of):
        lines = [event("own/own-canvas", "answer", {tiles[0]: words}, START, "uk")]
        made = one(quiz, tmp_path, lines, marks=[mark | of])["exercises"]["own/own-canvas"]
        return made["points"], made["state"]

    of = fingerprint({tiles[0]: first})
    assert points(first, of=of) == (3, "partial") and points(first) == (3, "partial")
    assert points(second, of=of) == (0, "person")


@pytest.mark.parametrize("folders", [True, False])
def test_of_several_files_the_one_that_names_its_owner_counts(quiz, tmp_path, folders):
    """A namesake of another group, or a file under another's name, with more answers than the owner's own."""
    name, right = (
        quiz.names[WHO],
        submission(quiz.key, WHO, quiz.names[WHO], skill=1, skip=0, saves=0),
    )
    wrong = submission(quiz.key, "777" if folders else WHO, name, skill=0, skip=0, saves=1)
    own, other = (
        (f"{name}_{n}_assignsubmission_file_/x.jsonl" for n in (2, 1))
        if folders
        else (f"quiz-{WHO}.jsonl", "quiz-18.jsonl")
    )
    gradebook.grade(
        put(tmp_path / "in", {own: right, other: wrong}), quiz.private, tmp_path / "out"
    )
    line = graded(tmp_path / "out")[WHO]
    assert line["source"] == own and line["flags"] == ["duplicate"]


MORE = [("own/own-choice", timedelta(0)), ("own/own-order", timedelta(0))]
AFTER = timedelta(days=6, hours=13)  # closed, late answers still taken
OVER = timedelta(days=20)


@pytest.mark.parametrize(
    ("counts", "less"),
    [
        (MORE, [("own/own-choice", timedelta(hours=n)) for n in range(20)]),
        (
            MORE,
            [
                (ref, OVER)
                for ref in ("own/own-choice", "own/own-order", "own/own-multi", "own/own-numeric")
            ],
        ),
        (MORE, [MORE[0], *[("own/own-numeric", OVER)] * 9]),
        (MORE, [("own/own-choice", AFTER), ("own/own-order", AFTER)]),
        ([("own/own-choice", AFTER), ("own/own-order", AFTER)], MORE[:1]),
        ([(ref, when + timedelta(minutes=1)) for ref, when in MORE], MORE),
    ],
    ids=[
        "many saves",
        "all after the end",
        "most after the end",
        "late",
        "fuller, though late",
        "older",
    ],
)
def test_of_two_files_the_one_with_more_answers_that_count_wins_in_any_order(
    quiz, tmp_path, counts, less
):
    files = [
        handed(quiz.key, WHO, "x", [saved(quiz, ref, when=START + when) for ref, when in lines])
        for lines in (counts, less)
    ]
    for run, names in enumerate((("a.jsonl", "b.jsonl"), ("b.jsonl", "a.jsonl"))):
        packed = tmp_path / f"{run}.zip"
        with zipfile.ZipFile(packed, "w") as archive:
            for name, data in zip(names, files, strict=True):
                archive.writestr(name, data)
        folder = put(tmp_path / f"in{run}", dict(zip(names, files, strict=True)))
        for source in (packed, folder):
            gradebook.grade(source, quiz.private, tmp_path / "out")
            line = graded(tmp_path / "out")[WHO]
            assert line["source"] == names[0] and "duplicate" in line["flags"]


def test_answers_that_cannot_be_read_do_not_make_a_file_fuller(quiz, tmp_path):
    junk = [event(ref, "answer", {"?": ["?"]}, START, "uk") for ref in quiz.entries]
    sound = [saved(quiz, "own/own-choice")]
    put(
        tmp_path / "in",
        {"x.jsonl": handed(quiz.key, WHO, "x", junk), "y.jsonl": handed(quiz.key, WHO, "x", sound)},
    )
    gradebook.grade(tmp_path / "in", quiz.private, tmp_path / "out")
    assert graded(tmp_path / "out")[WHO]["source"] == "y.jsonl"


def test_a_fuller_file_that_is_too_late_to_earn_anything_gives_way(quiz, tmp_path):
    key = quiz.key | {"late": {"percent_per_day": 100, "until": None}}
    grader = gradebook.Grader(key)
    timely, late = (
        grader.grade(
            handed(key, WHO, "x", [saved(quiz, ref, when=START + when) for ref, when in lines]),
            "x.jsonl",
        )
        for lines in (MORE[:1], [(ref, OVER) for ref in quiz.entries])
    )
    assert timely.rank > late.rank


def test_of_two_files_worth_the_same_the_timely_one_counts(quiz):
    key = quiz.key | {"late": {"percent_per_day": 0, "until": None}}
    timely, late = (
        gradebook.Grader(key).grade(
            handed(key, WHO, "x", [saved(quiz, ref, when=when) for ref, _ in MORE]), "x.jsonl"
        )
        for when in (START, CLOSES + timedelta(hours=1))
    )
    assert timely.rank.worth == late.rank.worth and timely.rank > late.rank


def test_many_files_of_one_student_count_the_same_in_every_order(quiz, tmp_path):
    dice, files = random.Random(5), []
    for n in range(6):
        when = dice.choice([START, START, START + AFTER])
        files.append(submission(quiz.key, WHO, "x", seed=n, skip=dice.random(), when=when))
    told = set()
    for _ in range(8):
        dice.shuffle(files)
        shutil.rmtree(tmp_path / "in", ignore_errors=True)
        put(tmp_path / "in", {f"{n}.jsonl": data for n, data in enumerate(files)})
        gradebook.grade(tmp_path / "in", quiz.private, tmp_path / "out")
        told.add(json.dumps(graded(tmp_path / "out")[WHO] | {"source": None}))
    assert len(told) == 1


def test_the_console_shows_a_file_name_as_one_line(quiz, tmp_path, capsys):
    name = "n\n 14  ok\x1b[31m\u202e.docx"
    put(tmp_path / "in", {name: b"x"})
    assert (
        main(
            [
                "grade",
                str(tmp_path / "in"),
                "--key",
                str(quiz.private),
                "--out",
                str(tmp_path / "out"),
            ]
        )
        == 0
    )
    said = capsys.readouterr().out
    assert "n? 14  ok?[31m?.docx" in said and "nothing of anybody on the roster was found" in said


@pytest.mark.skipif(os.name == "nt", reason="no modes there")
def test_keys_are_closed_to_others_on_the_machine(quiz, tables):
    for folder in (quiz.private, tables):
        assert not folder.stat().st_mode & 0o007


def test_a_torn_line_says_nothing_of_the_clock(quiz, tmp_path):
    lines = submission(quiz.key, "17", quiz.names["17"], skip=0).splitlines(True)
    data = b"".join([*lines[:5], lines[5][:40] + b"\n", *lines[5:-1]])
    assert json.loads(graded_line(quiz, data))["flags"] == ["torn-lines", "no-receipt"]


def test_blank_lines_are_no_torn_ones(quiz, tmp_path):
    lines = submission(quiz.key, "17", quiz.names["17"], skip=0).splitlines(True)
    data = b"".join([lines[0], b"\n \t\r\n", *lines[1:-1], b"\n" * 3])
    assert json.loads(graded_line(quiz, data))["flags"] == ["no-receipt"]


def test_answers_that_nobody_has_read_are_counted_until_somebody_has(quiz, tmp_path):
    written = [entry for entry in quiz.key["exercises"] if entry["kind"] in ("text", "canvas")]
    put(tmp_path / "in", {"quiz-17.jsonl": submission(quiz.key, "17", quiz.names["17"], skip=0)})
    told = gradebook.grade(tmp_path / "in", quiz.private, tmp_path / "out")
    assert told["waiting"] == len(written) > 0
    assert f"{len(written)} written answers are not marked to the end yet" in gradebook.summary(
        told
    )
    rows = [
        {"student": "17", "ref": entry["ref"], "criterion": one["id"], "marker": "a", "points": 1}
        for entry in written
        for one in entry["rubric"] or ({"id": ""},)
    ]
    (tmp_path / "out" / "marks.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    told = gradebook.grade(tmp_path / "in", quiz.private, tmp_path / "out")
    assert told["waiting"] == 0 and "not marked to the end" not in gradebook.summary(told)


# --- the command line -----------------------------------------------------------------------------------------------
def test_grade_says_what_it_found(quiz, tmp_path, capsys):
    put(
        tmp_path / "in",
        {"quiz-17.jsonl": submission(quiz.key, WHO, quiz.names[WHO]), "quiz-18.docx": b"x"},
    )
    assert (
        main(
            [
                "grade",
                str(tmp_path / "in"),
                "--key",
                str(quiz.private),
                "--out",
                str(tmp_path / "out"),
            ]
        )
        == 0
    )
    said = capsys.readouterr().out
    assert "1 of 4 students" in said and "wrong-file: quiz-18.docx" in said and "grades.csv" in said


@pytest.mark.parametrize(
    ("submissions", "key", "out", "words"),
    [
        ("none", "private", "out", "No such file"),
        ("text.txt", "private", "out", "neither a folder nor a whole zip"),
        ("in", "none", "out", "there is no"),
        ("in", "in", "out", "course assign"),
        ("in", "bad.json", "out", "no private key"),
        ("in", "private", "in/out", "lies inside"),
    ],
)
def test_what_cannot_begin_is_said_in_a_sentence(
    quiz, tmp_path, capsys, submissions, key, out, words
):
    put(tmp_path / "in", {})
    (tmp_path / "text.txt").write_text("x")
    (tmp_path / "bad.json").write_text("[]")
    key = quiz.private if key == "private" else tmp_path / key
    assert (
        main(
            ["grade", str(tmp_path / submissions), "--key", str(key), "--out", str(tmp_path / out)]
        )
        == 2
    )
    assert words in capsys.readouterr().err and not (tmp_path / out).exists()


@pytest.mark.parametrize("command", ["grade", "feedback", "mark", "report", "export"])
def test_a_missing_library_is_named_before_anything_else(monkeypatch, capsys, command):
    monkeypatch.setattr("course.grading.commands.find_spec", lambda name: None)
    assert main([command, "--help"]) == 2
    assert capsys.readouterr().err.startswith("grading needs msgspec, pyarrow")


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_the_bar_tells_how_much_is_left():
    stream = Terminal()
    show = gradebook.bar(stream)
    show(50, 200)
    show(200, 200)
    assert (
        "50 of 200" in stream.getvalue()
        and "s left" in stream.getvalue()
        and stream.getvalue().endswith("\n")
    )
    quiet = io.StringIO()
    gradebook.bar(quiet)(1, 2)
    assert quiet.getvalue() == ""


def test_every_flag_and_state_has_its_words_in_both_languages():
    from course.texts import LANGS, text

    states = ("missing", "unattempted", "right", "partial", "wrong", "person", "invalid")
    for lang in LANGS:
        assert (
            len({text(f"grading.flag.{flag}", lang) for flag in ("ok", *gradebook.FLAGS)})
            == len(gradebook.FLAGS) + 1
        )
        assert len({text(f"grading.state.{state}", lang) for state in states}) == len(states)
