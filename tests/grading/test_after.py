"""Decisions after the exam: another key, no question, more time; and nobody's file is out of date for it."""

import json
import random
import re
import shutil
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from setting import ROSTER, SPEC, write_setting
from simulated import answer, event, handed

from course.assignments import Assignment
from course.cli import main
from course.grading import GradingError, changes, decisions, gradebook, keyfile, results
from course.grading.marking.marks import Marks
from course.grading.pages import feedback
from course.grading.results import Answer, Work
from course.grading.setting import assignment
from course.ids import folded
from course.lessons import CourseError

START, CLOSES = datetime(2026, 12, 2, 9, tzinfo=UTC), datetime(2026, 12, 8, 21, 59, tzinfo=UTC)
WHY = 'date = 2026-12-10\nreason = "так вирішила кафедра"\n'
DROP = f'\n[[drop]]\nexercise = "own/own-choice"\n{WHY}'
ACCEPT = f'\n[[accept]]\nexercise = "own/own-choice"\nanswers = ["basic"]\n{WHY}'
CREDIT = f'\n[[credit]]\nexercise = "own/own-choice"\n{WHY}'
ADJUST = f'\n[[adjust]]\nstudent = "17"\nexercise = "own/own-multi"\npoints = 1.5\n{WHY}'
BONUS = f'\n[[bonus]]\nstudent = "17"\npoints = 2\n{WHY}'
MORE = f'\n[[extension]]\nstudent = "17"\ncloses = 2026-12-20T23:59:00+02:00\n{WHY}'
TRIES = f'\n[[attempts]]\nstudent = "17"\nattempts = 5\n{WHY}'


def decide(folder, decided):
    """Write the decisions beside a copy of the key."""
    folder.mkdir(exist_ok=True)
    (folder / "decisions.toml").write_text(decided, "utf-8")
    return folder


@pytest.fixture
def graded(quiz, tmp_path):
    """Grade with these decisions: student -> work; and the summary."""

    def grade(decided, files):
        private = tmp_path / "private"
        if not private.exists():
            shutil.copytree(quiz.private, private)
        decide(private, decided)
        (tmp_path / "in").mkdir(exist_ok=True)
        for name, data in files.items():
            (tmp_path / "in" / name).write_bytes(data)
        told = gradebook.grade(tmp_path / "in", private, tmp_path / "out")
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
        ("basic", CREDIT, 1, "wrong"),
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
        CREDIT, given(quiz, "17", ("own/own-multi", right(quiz, "own/own-multi", "17")))
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
        f'\n[[accept]]\nexercise = "{ref}"\nanswers = {after}\n{WHY}',
        given(quiz, "17", (ref, made)),
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
    ("decided", "points", "whole", "flags"),
    [
        (ADJUST, 1.5, 2.5, ["ok"]),
        (BONUS, 2, 5, ["ok"]),
        (BONUS.replace("2\n", "-9\n"), 2, 0, ["ok"]),  # never below nothing
        (ADJUST + BONUS, 1.5, 4.5, ["ok"]),
        (CREDIT + ADJUST.replace("multi", "choice").replace("1.5", "0.5"), 2, 2.5, ["ok"]),
    ],
)
def test_points_of_one_student_are_what_was_decided(quiz, graded, decided, points, whole, flags):
    answers = [(ref, right(quiz, ref, "17")) for ref in ("own/own-choice", "own/own-multi")]
    works, told = graded(decided, given(quiz, "17", *answers) | given(quiz, "18", *answers))
    made = works["17"]
    assert (made["exercises"]["own/own-multi"]["points"], made["points"]) == (points, whole)
    assert made["flags"] == flags and works["18"]["points"] == 3
    assert len(told["decisions"]) == len(made["decided"])


def test_who_handed_in_nothing_has_a_grade_only_by_a_decision(quiz, graded, tmp_path):
    works, told = graded(ADJUST + CREDIT, {})
    assert (works["17"]["points"], works["17"]["flags"]) == (1.5, ["no-submission"])
    earned = {work.student: work.earned for work in results.read(tmp_path / "out")}
    assert earned["17"] == 1.5 and earned["18"] is None and told["mean"] == round(1.5 / 4, 4)


def test_lateness_takes_nothing_of_points_that_were_decided(quiz, graded):
    answers = [(ref, right(quiz, ref, "17")) for ref in ("own/own-choice", "own/own-multi")]
    works, _ = graded(ADJUST, given(quiz, "17", *answers, when=CLOSES + timedelta(hours=1)))
    assert works["17"]["late_days"] == 1 and works["17"]["points"] == 0.9 + 1.5


def test_a_file_that_counts_for_nobody_is_credited_nothing(quiz, graded):
    ((name, data),) = given(
        quiz, "17", ("own/own-choice", right(quiz, "own/own-choice", "17"))
    ).items()
    works, _ = graded(CREDIT, {name: data.replace(b'"answer"', b'"answer" ', 1)})
    assert works["17"]["flags"] == ["tampered"] and works["17"]["points"] == 0


@pytest.mark.parametrize("ref", ["own/own-text", "own/own-canvas"])
def test_written_work_that_was_dropped_or_credited_waits_for_nobody(quiz, graded, ref):
    for decided in (DROP, CREDIT):
        files = given(quiz, "17", (ref, right(quiz, ref, "17")))
        works, told = graded(decided.replace("own/own-choice", ref), files)
        assert (
            told["waiting"] == 0
            and works["17"]["points"]
            == works["17"]["maximum"] - told["maximum"] + (works["17"]["exercises"][ref]["maximum"])
        )


@pytest.mark.parametrize(
    ("decided", "points", "flags"),
    [
        ("", 0, ["over-limit"]),
        (TRIES, 1, ["ok"]),
        (TRIES.replace("5", "0"), 1, ["ok"]),
        (TRIES.replace('student = "17"', 'group = "мк-21"'), 1, ["ok"]),
        (TRIES.replace('student = "17"', 'group = "МК-22"'), 0, ["over-limit"]),
    ],
)
def test_more_attempts_for_a_student_or_a_group(quiz, graded, decided, points, flags):
    ref = "own/own-choice"
    tries = [(ref, shown(quiz, ref, "basic"))] * 4 + [(ref, right(quiz, ref, "17"))]
    works, _ = graded(decided, given(quiz, "17", *tries))
    assert (works["17"]["points"], works["17"]["flags"]) == (points, flags)


def test_whoever_has_more_attempts_gets_a_page_that_lets_him(quiz, tmp_path):
    (tmp_path / "set").mkdir()
    decide(tmp_path / "set/private", TRIES)
    notes = []
    assignment.assign(*write_setting(tmp_path / "setting"), tmp_path / "set", notes)
    assert [note.rpartition(" to ")[2] for note in notes] == ["17"]
    own = tmp_path / "set/private/attempts-5/assignment.json"
    page = Assignment(own, "uk")
    assert {each.attempts for each in page.chapter.exercises.values()} == {5}
    assert page.public["digest"] == quiz.key["digest"]
    own.write_text(own.read_text("utf-8").replace('"more":5', '"more":"5"'), "utf-8")
    with pytest.raises(CourseError):
        Assignment(own, "uk")


def test_what_is_said_of_a_student_goes_before_what_is_said_of_the_group(quiz, graded):
    group = MORE.replace('student = "17"', 'group = "МК-21"').replace("12-20", "12-18")
    answer = ("own/own-choice", right(quiz, "own/own-choice", "17"))
    works, _ = graded(MORE + group, given(quiz, "17", answer, when=CLOSES + timedelta(days=11)))
    assert works["17"]["points"] == 1 and works["18"]["decided"][0]["closes"].startswith(
        "2026-12-18"
    )


def test_decisions_in_any_order_give_the_same_bytes_and_a_private_reason_stays(
    quiz, graded, tmp_path
):
    files = given(quiz, "17", ("own/own-choice", shown(quiz, "own/own-choice", "basic")))
    secret = BONUS.replace("вирішила кафедра", "сталося вдома") + "private = true\n"
    two = [DROP.replace("choice", name) for name in ("order", "match")]
    each, seen = [*two, ACCEPT, secret, BONUS.replace("12-10", "12-11"), MORE, ADJUST, TRIES], set()
    for order in (each, each[::-1]):
        graded("".join(order), files)
        names = ("graded.jsonl", "students.csv", "grades.csv", "run.json")
        seen.add(tuple((tmp_path / "out" / name).read_bytes() for name in names))
    (made,) = seen
    assert "сталося вдома" not in made[0].decode() and "сталося вдома" in made[3].decode()
    assert b"bonus +2; bonus +2" in made[1] and b"accept own/own-choice" in made[1]
    pages = feedback.Pages(quiz.key)
    (work,) = [work for work in results.read(tmp_path / "out") if work.student == "17"]
    page = pages.page(work)
    assert "сталося вдома" not in page and "так вирішила кафедра" in page


# What a file of decisions must not be: (file, line, what the sentence says).
HOSTILE = {
    "no TOML": ("[[drop]\n", 1, "not TOML"),
    "deep": ("a = " + "[" * 5000, 1, "not TOML"),
    "a bare quote": ('[[drop]]\nreason = "так "і" ні"\n', 2, "Use «»"),
    "a comma": (DROP + "points = 1,5\n", 6, "with a point: 1.5"),
    "a day as people write it": (DROP.replace("2026-12-10", "10.12.2026"), 4, "the year first"),
    "a time without seconds": (DROP + "closes = 2026-12-15 23:59\n", 6, "has its seconds"),
    "curly quotes": (re.sub('".*кафедра"', "«так вирішила кафедра»", DROP), 5, "straight quotation"),
    "a capital letter": (DROP + "private = True\n", 6, "write true"),
    "unknown table": (DROP.replace("drop", "dorp"), 2, "did you mean 'drop'?"),
    "a table, not a list": (DROP.replace("[[drop]]", "[drop]"), 2, "write [[drop]]"),
    "unknown field": (DROP + 'student = "17"\n', 6, "unknown field"),
    "unknown exercise": (DROP.replace("own-choice", "own-choise"), 3, "did you mean 'own/own-choice'?"),
    "exercise is a number": (DROP.replace('"own/own-choice"', "7"), 3, "write an exercise"),
    "no date": (DROP.replace("date = 2026-12-10\n", ""), 2, "missing; write the day"),
    "a date in quotes": (DROP.replace("2026-12-10", '"10.12.2026"'), 4, "write the day"),
    "a date with time": (DROP.replace("2026-12-10", "2026-12-10T10:00:00"), 4, "write the day"),
    "a year of typing": (DROP.replace("2026-12-10", "0202-12-10"), 4, "the year 202?"),
    "no reason": (re.sub("reason.*\n", "", DROP), 2, "write why"),
    "an empty reason": (re.sub('".*кафедра"', '" \\\\u200b "', DROP), 5, "is empty"),
    "a long reason": (re.sub("так", "так " * 200, DROP), 5, "shorten it"),
    "a reason in one language": (re.sub("reason", "reason.uk", DROP), 5, "ru is missing"),
    "a reason in German": (DROP + 'x = 1\n'.replace("x = 1", "private = 1"), 6, "true or false"),
    "twice": (DROP * 2, 8, "a second [[drop]]"),
    "drop and credit": (DROP + CREDIT, 8, "the two contradict"),
    "drop and accept": (DROP + ACCEPT, 8, "the two contradict"),
    "credit and accept": (CREDIT + ACCEPT, 8, "the two contradict"),
    "drop and adjust": (DROP.replace("choice", "multi") + ADJUST, 9, "the two contradict"),
    "no such answer": (ACCEPT.replace("basic", "nowhere"), 4, "is no answer to own/own-choice (unknown-option); write it with the ids of the bank: "),
    "no answer": (ACCEPT.replace('"basic"', ""), 4, "a list of answers"),
    "an answer twice": (ACCEPT * 2, 10, "is accepted already"),
    "an answer that people read": (ACCEPT.replace("own-choice", "own-text"), 4, "people read it"),
    "unknown student": (BONUS.replace("17", "177"), 3, "did you mean '17'?"),
    "a name for an id": (BONUS.replace("17", "Шевченко Іван Петрович"), 3, "write the id of this student, '17'"),
    "an id without quotes": (BONUS.replace('"17"', "17"), 3, "the student's id in quotes"),
    "unknown group": (MORE.replace('student = "17"', 'group = "МК-12"'), 3, "did you mean 'МК-2"),
    "nobody": (MORE.replace('student = "17"\n', ""), 2, "name one"),
    "both": (MORE + 'group = "МК-21"\n', 3, "name one"),
    "two extensions": (MORE * 2, 9, "a second [[extension]] for '17'"),
    "no zone": (MORE.replace("+02:00", ""), 4, "write closes = 2026-12-20T23:59:00+02:00"),
    "closes before": (MORE.replace("12-20", "12-01"), 4, "ends after closes"),
    "the end of time": (MORE.replace("2026-12-20", "9999-12-31"), 4, "the year 9999?"),
    "a word for a time": (re.sub("2026-12-20.*", '"завтра"', MORE), 4, "day, time and zone"),
    "too many points": (ADJUST.replace("1.5", "2.5"), 5, "own/own-multi has 2; write a number from 0"),
    "fewer than none": (ADJUST.replace("1.5", "-1"), 5, "write a number from 0"),
    "not a number": (ADJUST.replace("1.5", "nan"), 5, "write a number from 0"),
    "points in quotes": (ADJUST.replace("1.5", '"1,5"'), 5, "a number of points"),
    "adjusted twice": (ADJUST * 2, 10, "a second [[adjust]]"),
    "no bonus": (BONUS.replace("2\n", "0\n"), 4, "0 points?"),
    "a bonus without end": (BONUS.replace("2\n", "inf\n"), 4, "inf points?"),
    "the same bonus": (BONUS * 2, 9, "the same [[bonus]]"),
    "fewer attempts": (TRIES.replace("5", "3"), 4, "everybody has 3"),
    "half an attempt": (TRIES.replace("5", "4.5"), 4, "a whole number"),
    "true attempts": (TRIES.replace("= 5", "= true"), 4, "a whole number"),
    "a word of a table in a reason": (
        DROP.replace("так", "[[extension]] closes = ") + MORE.replace("+02:00", ""), 9, "has no zone",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_decision_that_cannot_be_is_told_with_its_line(quiz, tmp_path, name):
    decided, line, words = HOSTILE[name]
    with pytest.raises(GradingError) as raised:
        decisions.read(decide(tmp_path / "private", decided), quiz.key)
    told = str(raised.value).splitlines()
    assert words in told[0] and told[0].startswith(f"decisions.toml:{line}: "), told


def test_bytes_that_are_no_text_and_a_folder_of_that_name_are_told(quiz, tmp_path):
    (decide(tmp_path, "") / "decisions.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(GradingError, match="not UTF-8"):
        decisions.read(tmp_path, quiz.key)
    (tmp_path / "decisions.toml").unlink()
    (tmp_path / "decisions.toml").mkdir()
    with pytest.raises(GradingError, match="cannot be read"):
        decisions.read(tmp_path, quiz.key)


def test_every_example_of_a_new_file_is_a_decision(quiz, tmp_path):
    main(["new", "decisions", str(tmp_path / "decisions.toml")])
    words = (tmp_path / "decisions.toml").read_text("utf-8")
    assert not decisions.read(tmp_path, quiz.key).record
    words = re.sub(r"(?m)^# (?=\[\[|\w+ = )", "", words).replace("240017", "17")
    words = re.sub('exercise = "[a-z/-]+"', "exercise = {}", words).replace("МР-31", "МК-21")
    names = ("numeric", "choice", "order", "multi")
    words = words.format(*(f'"own/own-{name}"' for name in names))
    before, numbers, other = words.partition("[[numbers]]")
    words = before + numbers + other.replace("МК-21", "МК-22")
    unit = {"opens": None, "closes": quiz.key["closes"]}
    units = {folded(name): unit | {"name": name, "seed": name} for name in ("МК-21", "МК-22")}
    key = {**quiz.key, "minutes": 90, "variants": "group", "groups": units}
    made = decisions.read(decide(tmp_path, words), key)
    assert len(made.record) == len(decisions.Book.__dataclass_fields__)


@pytest.mark.parametrize("name", ["decisions.toml.txt", "Decision.toml", "decisions (1).toml"])
def test_decisions_under_another_name_are_not_passed_over(quiz, tmp_path, name):
    (tmp_path / name).write_text(DROP, "utf-8")
    with pytest.raises(GradingError, match=r"rename the file decisions.toml"):
        decisions.read(tmp_path, quiz.key)


def test_nothing_is_left_when_every_exercise_is_dropped(quiz, tmp_path):
    every = "".join(DROP.replace("own/own-choice", ref) for ref in quiz.entries)
    with pytest.raises(GradingError, match="nothing is left to be graded"):
        decisions.read(decide(tmp_path, every), quiz.key)


def test_a_decision_in_the_spec_is_sent_to_its_place(tmp_path):
    with pytest.raises(
        GradingError, match=r"spec.toml:\d+: drop: \[\[drop\]\] is a decision; move"
    ):
        assignment.assign(*write_setting(tmp_path / "setting", SPEC + DROP), tmp_path / "set")


def test_an_id_on_the_roster_is_found_however_it_is_written(quiz, tmp_path):
    key = quiz.key | {"roster": [*quiz.key["roster"], ["КВ1", "Іван", "А", ""]]}
    made = decisions.read(decide(tmp_path, MORE.replace('"17"', '"kb 1"')), key)
    assert made.extension.keys() == {"КВ1"}


# --- what a regrade changes -----------------------------------------------------------------------------------------
def test_a_regrade_says_what_changes_for_whom_before_it_writes(quiz, tmp_path, capsys):
    shutil.copytree(quiz.private, tmp_path / "private")
    (tmp_path / "in").mkdir()
    ref, text = "own/own-choice", "own/own-text"
    for student in ("17", "18"):
        answers = [(ref, shown(quiz, ref, "basic")), (text, right(quiz, text, student))]
        for name, data in given(quiz, student, *answers).items():
            (tmp_path / "in" / name).write_bytes(data)
    out = tmp_path / "out"
    words = ["grade", str(tmp_path / "in"), "--key", str(tmp_path / "private"), "--out", str(out)]

    def grade(*more):
        code = main([*words, *more])
        stand = (
            {p.name: p.read_bytes() for p in out.iterdir() if p.is_file()} if out.exists() else {}
        )
        return code, capsys.readouterr().out, stand

    code, said, stand = grade("--dry-run")
    assert (code, stand) == (0, {}) and not out.exists() and "nothing is written" in said
    first = grade()
    assert first[0] == 0 and "written" in first[1] and not (out / "earlier").exists()
    assert "nothing changes" in grade()[1]
    decide(tmp_path / "private", ACCEPT + BONUS + MORE.replace("17", "66"))
    code, said, stand = grade()
    assert code == 1 and stand == first[2] and "add --yes" in said
    lines = [line.split(maxsplit=3) for line in said.splitlines()]
    why = "decision: accept own/own-choice; decision: bonus +2"
    assert ["17", "0", "3", why] in lines and ["18", "0", "1", why.partition(";")[0]] in lines
    assert [line[:3] for line in lines if line[0] == "66"] == [["66", "–", "–"]]
    assert grade("--dry-run")[2] == first[2]
    code, said, stand = grade("--yes")
    assert code == 0 and "kept in" in said and stand["graded.jsonl"] != first[2]["graded.jsonl"]
    (kept,) = (out / "earlier").iterdir()
    assert (kept / "graded.jsonl").read_bytes() == first[2]["graded.jsonl"]
    assert why in (kept / "changes.csv").read_text("utf-8")
    # a mark, another file, a decision taken back
    decide(tmp_path / "private", BONUS)
    marks = Marks(out / "marks.jsonl", quiz.key)
    marks.append("Оля", "17", text, "comparison", 2, "")
    marks.append("Оля", "17", text, "check", 2, "")
    late = given(quiz, "18", (ref, right(quiz, ref, "18")), when=CLOSES + timedelta(hours=1))
    (tmp_path / "in" / "quiz-18.jsonl").write_bytes(late["quiz-18.jsonl"])
    said = {line.split(maxsplit=3)[0]: line for line in grade()[1].splitlines() if line[:1] == "1"}
    assert re.fullmatch(rf"17 +3 +6 +decision taken back: accept {ref}; marks: {text}", said["17"])
    assert re.fullmatch(r"18 +1 +0\.9 +new file; decision taken back.*; flags: late", said["18"])
    (out / "graded.jsonl").write_text("{}", "utf-8")
    code, said, _ = grade()
    assert code == 1 and "cannot be compared" in said and grade("--yes")[0] == 0


def test_another_key_is_the_reason_of_what_it_changes(quiz):
    def work(points, **other):
        made = Answer(state="right" if points else "wrong", points=points, maximum=1, answer="a")
        return Work(student="17", claimed="17", name="", group="", email="", lang="uk", points=points,
                    maximum=1, exercises={"own/x": made}, **{"flags": ["ok"]} | other)  # fmt: skip

    def why(*pair):
        return "; ".join(changes._why(*pair, ()))

    assert why(work(0), work(1)) == "key: own/x"
    assert (
        why(work(0), work(1, flags=["late"], late_days=1))
        == "spec: another closing time; flags: late"
    )
    assert (why(None, work(1)), why(work(1), None)) == ("roster: new", "roster: gone")


def test_whose_line_has_moved_is_compared_with_his_own():
    def work(student):
        return SimpleNamespace(student=student)

    pairs = changes._pairs(map(work, "abcd"), map(work, "xbdac"))
    known = {tuple(each and each.student for each in pair) for pair in pairs}
    assert known == {("b", "b"), ("a", "a"), ("c", "c"), ("d", "d"), (None, "x")}


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


def test_a_file_is_begun_only_in_a_folder_that_is_there(tmp_path):
    with pytest.raises(GradingError, match="no folder .* go to the folder of the assignment"):
        assignment.begin_file(tmp_path / "work" / "decisions.toml", "decisions")
