"""The simulation as an assignment: no key on the students' side, scored as data, regret at the end."""

import json
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from setting import ROSTER
from simulated import PLAN, event, handed, variant

import course
from course.cli import main
from course.grading.setting import assignment
from course.simulation import PRESETS, Game, Plan, share
from course.texts import number

SPEC = """id = "game"
title.uk = "Гра"
title.ru = "Игра"
exercises = ["own/own-portfolio"]
opens = 2026-12-01T08:00:00
closes = 2030-12-08T23:59:00
zone = "Europe/Kyiv"
attempts = 2
show = "right-wrong"
keys_in_feedback = {keys}
"""
REF = "own/own-portfolio"
WHEN = datetime(2026, 12, 2, 9, tzinfo=UTC)


def given(folder, keys="true"):
    folder.mkdir(exist_ok=True)
    assignment.begin_file(folder / "exercises.toml", "exercises")
    (folder / "spec.toml").write_text(SPEC.format(keys=keys), "utf-8")
    (folder / "roster.csv").write_text(ROSTER, "utf-8")
    return assignment.assign(folder / "spec.toml", folder / "roster.csv", folder / "set")


@pytest.fixture(scope="module")
def game(tmp_path_factory):
    folder = tmp_path_factory.mktemp("game")
    return folder, given(folder)


def firm(key, student):
    """The key of a student's own draw, and the game that he plays."""
    own = key["exercises"][0]["keys"][variant(key, key["exercises"][0], student)]
    return own, Game.of(own["numbers"], own["hours"])


def graded(folder, key, plans):
    (folder / "in").mkdir(exist_ok=True)
    for student, plan in plans.items():
        lines = [
            event("identity", "set", {"student": student, "name": "Хтось"}, WHEN, "uk"),
            event(REF, "answer", plan, WHEN, "uk"),
        ]
        (folder / "in" / f"game-{student}.jsonl").write_bytes(handed(key, student, "Хтось", lines))
    private = str(folder / "set" / "private")
    assert main(["grade", str(folder / "in"), "--key", private, "--out", str(folder / "out")]) == 0
    rows = (folder / "out" / "graded.jsonl").read_text("utf-8").splitlines()
    works = [json.loads(row) for row in rows]
    return {work["student"]: work for work in works if work.get("student") in plans}


def test_the_students_side_knows_neither_the_best_nor_the_regret(game):
    folder, key = game
    entry = key["exercises"][0]
    public = (folder / "set/students/assignment.json").read_text("utf-8")
    for own in entry["keys"]:
        assert str(own["value"]) not in public
    [shown] = json.loads(public)["exercises"]
    assert not {"right", "wrong", "solution", "keys", "value", "basic"} & shown.keys()
    assert len(entry["draws"]) > 100 and shown["draws"] == entry["draws"]


def test_a_student_sees_what_his_plan_brings_within_his_attempts(game, monkeypatch, tmp_path):
    folder, key = game
    monkeypatch.setenv("COURSE_ANSWERS", str(tmp_path))
    task = course.assignment(folder / "set/students/assignment.json", "ru")
    task._identify({"act": "check", "answer": {"student": "17", "name": "Іван"}})
    exercise = task._exercise(REF)
    own, played = firm(key, "17")
    first = task._state(exercise)
    assert first["facts"] == played.facts("ru") and "pictures" not in first
    saved = task._act(exercise, {"act": "check", "answer": PRESETS["fitting"]})
    assert saved["status"] == "saved" and len(saved["pictures"]) == 9
    value = played.outcome(Plan.read(PRESETS["fitting"])).value
    assert number(value / 1000, "ru", 1) in saved["pictures"][0]["label"]
    assert number(own["value"] / 1000, "ru", 1) not in json.dumps(saved, ensure_ascii=False)
    task._act(exercise, {"act": "check", "answer": PLAN})
    last = task._act(exercise, {"act": "check", "answer": PRESETS["basic"]})
    assert not last["left"] and task.record.of(REF).answer == PLAN
    code = "import sys; assert 'scipy' not in sys.modules, 'a student needs no programme'"
    subprocess.run([sys.executable, "-c", f"import course.simulation.views; {code}"], check=True)


def test_grades_are_the_models_and_hostile_plans_are_data(game, tmp_path):
    folder, key = game
    plans = {
        "17": PLAN,
        "18": PRESETS["fitting"] | {"forecast": "=1+1", "beside": "<script>"},
        "66": PRESETS["stages"],
        "67": {**PLAN, "A": "__import__('os')"},
    }
    works = graded(folder, key, plans)
    for student in ("17", "18", "66"):
        own, played = firm(key, student)
        value = played.outcome(Plan.read(plans[student])).value
        wanted = 10 * share(value, own["basic"], own["value"])[1]
        answer = works[student]["exercises"][REF]
        assert answer["points"] == pytest.approx(wanted, abs=0.01)
    assert works["66"]["exercises"][REF]["points"] == 0
    assert works["67"]["exercises"][REF]["state"] == "invalid"


@pytest.mark.parametrize("keys", ["true", "false"])
def test_the_page_after_closing_shows_what_each_decision_lost(tmp_path, keys):
    folder = tmp_path
    key = given(folder, keys)
    graded(folder, key, {"17": PRESETS["matrix"] | {"beside": "<script>alert(1)</script>"}})
    private = ["--key", str(folder / "set" / "private")]
    assert main(["feedback", str(folder / "out"), *private]) == 0
    page = next((folder / "out" / "feedback").glob("*17*.html")).read_text("utf-8")
    own, _ = firm(key, "17")
    assert "Скільки недобрало кожне рішення" in page and "<script>alert" not in page
    assert ("Найкращий план" in page) == (keys == "true")
    assert (number(own["value"] / 1000, "uk", 1) in page) == (keys == "true")
    assert page.count("<svg xmlns") >= 6
