"""Questions drawn from pools: the draw, both sides of it, and every number that comes after."""

import csv
import hashlib
import json
import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from setting import ROSTER, sealed, write_setting
from simulated import answer, event, handed

from course.assignments import Assignment
from course.exercises import pick
from course.grading import GradingError, gradebook, keyfile, results
from course.grading.decisions import Decisions
from course.grading.exports import csv as points_csv
from course.grading.exports import moodle_grades, moodle_questions, nbgrader, qti
from course.grading.grade import Grader
from course.grading.pages.feedback import Pages
from course.grading.pages.group import Group
from course.grading.pages.report import Report
from course.grading.setting import SettingError, assignment
from course.grading.setting.spec import read_spec
from course.ids import folded
from course.lessons import CourseError

SPEC = """id = "quiz"
title.uk = "Контрольна"
title.ru = "Контрольная"
exercises = ["levels/levels-order", "pool/churn", "own/own-text"]
opens = 2026-12-01T08:00:00
closes = 2030-12-08T23:59:00
zone = "Europe/Kyiv"
attempts = 3
[[pool]]
id = "churn"
take = 2
from = ["own/own-choice", "own/own-multi", "own/own-numeric", "own/own-match"]
points = 2
"""
POOL = ["own/own-choice", "own/own-multi", "own/own-numeric", "own/own-match"]
MANY = "id,name,group,email\n" + "".join(
    f"{n},Студент {n},МК-{n % 2},s{n}@example.org\n" for n in range(100, 140)
)
WHEN = datetime(2026, 12, 2, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pools")
    assignment.assign(*write_setting(folder / "setting", SPEC, MANY), folder / "set")
    return folder / "set"


@pytest.fixture(scope="module")
def key(out):
    return keyfile.read_key(out / "private")


@pytest.fixture
def student(out, tmp_path, monkeypatch):
    """The student's side in one language."""
    monkeypatch.setenv("COURSE_ANSWERS", str(tmp_path / "answers"))

    def opened(lang="uk"):
        return Assignment(out / "students" / "assignment.json", lang)

    return opened


def faults_of(tmp_path, spec):
    path, _ = write_setting(tmp_path / f"faulty-{len(list(tmp_path.iterdir()))}", spec)
    faults = []
    read_spec(path, faults)
    return faults


def named(task, who="100"):
    return task._identify({"act": "check", "answer": {"student": who, "name": "Олена"}})


def own(key, who):
    """The questions of a pool that are a student's, by another road than the course's."""
    token = hashlib.sha256(f"{key['salt']}|{folded(who)}".encode()).hexdigest()
    words = {ref: "\x1f".join([token, "pool", "churn", ref]).encode() for ref in POOL}
    return set(sorted(POOL, key=lambda ref: hashlib.sha256(words[ref]).digest())[:2])


def journal(key, who, refs=None, right=lambda ref: True, name="Хтось"):
    """The lines of a student who answers what is his, or these questions."""
    asked = own(key, who)
    lines, when = [event("identity", "set", {"student": who, "name": name}, WHEN, "uk")], WHEN
    for entry in key["exercises"]:
        ref = entry["ref"]
        if ref in refs if refs is not None else ref not in POOL or ref in asked:
            when += timedelta(seconds=20)
            made = answer(key, entry, who, "uk", right(ref), random.Random(1))
            lines.append(event(ref, "answer", made, when, "uk"))
    return lines


def work_of(key, who, lines, decisions=None):
    data = handed(key, who, "Хтось", lines)
    grader = Grader(key, None, decisions) if decisions else Grader(key)
    return grader.grade(data, f"quiz-{who}.jsonl").work


def graded(key, out, folder, right=lambda who, ref: True, decisions=""):
    (folder / "sub").mkdir()
    for row in key["roster"][:-2]:
        lines = journal(key, row[0], right=lambda ref, who=row[0]: right(who, ref), name=row[1])
        (folder / "sub" / f"quiz-{row[0]}.jsonl").write_bytes(handed(key, row[0], row[1], lines))
    (folder / "private").mkdir()
    (folder / "private" / "key.json").write_bytes((out / "private" / "key.json").read_bytes())
    (folder / "private" / "decisions.toml").write_text(decisions, "utf-8")
    run = gradebook.grade(folder / "sub", folder / "private", folder / "grades")
    return run, {work.student: work for work in results.read(folder / "grades")}


# --- the specification ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("take = 2", "take = 4", 11, "everybody would get all of them"),
        ("take = 2", "take = 5", 11, "only 4 in from"),
        ("take = 2", "take = 1000000000", 11, "from 1 to 1000"),
        ("take = 2", "take = 0", 11, "from 1 to 1000"),
        ("take = 2", "take = -1", 11, "from 1 to 1000"),
        ("take = 2", "take = 1.5", 11, "from 1 to 1000"),
        ("take = 2\n", "", 9, "missing"),
        ("own/own-match", "own/own-choice", 12, "stands twice in [[pool]] 'churn'"),
        ("own/own-match", "levels/levels-order", 12, "in exercises and in [[pool]] 'churn'"),
        ("own/own-match", "own/own-mach", 12, "did you mean 'own/own-match'"),
        ("own/own-match", "own/own-value", 12, "computed in code"),
        ("own/own-match", "programme/programme-diagnosis", 12, "shares its numbers"),
        ('id = "churn"', 'id = "levels"', 10, "choose another id"),
        ('id = "churn"', 'id = "own"', 10, "choose another id"),
        ('id = "churn"', 'id = "Відтік"', 10, "an id of small Latin letters"),
        ("pool/churn", "pool/chum", 4, "did you mean 'pool/churn'"),
        ("points = 2\n", "", 12, "the points differ"),
        ("[[pool]]", "[points]\n'own/own-multi' = 3\n[[pool]]", 15, "remove one of the two"),
        ("points = 2", "points = 0", 13, "above 0"),
        ("points = 2", "pionts = 2", 13, "did you mean 'points'"),
    ],
)
def test_a_fault_of_a_pool_is_told_with_its_line(tmp_path, old, new, line, words):
    assert old in SPEC
    spec = SPEC.replace(old, new) if old == "pool/churn" else SPEC.replace(old, new, 1)
    found = [fault for fault in faults_of(tmp_path, spec) if words in fault.message]
    assert [(fault.file, fault.line) for fault in found] == [("spec.toml", line)]


def test_what_is_wrong_in_the_second_pool_is_told_there(tmp_path):
    more = '[[pool]]\nid = "two"\ntake = 1\nfrom = ["own/own-classify", "own/own-choice"]\npoints = 1\n'
    found = faults_of(tmp_path, SPEC + more)
    assert [(fault.line, fault.message) for fault in found] == [
        (17, "'own/own-choice' stands in [[pool]] 'churn' and in [[pool]] 'two'; remove one")
    ]
    again = SPEC + '[[pool]]\nid = "churn"\ntake = 1\nfrom = ["own/own-classify"]\n'
    said = {(fault.line, fault.message.partition(";")[0]) for fault in faults_of(tmp_path, again)}
    assert (15, "a second pool 'churn'") in said
    assert (16, "everybody would get all of them and nothing is drawn") in said


def test_an_empty_pool_and_a_place_without_a_pool_are_faults(tmp_path):
    empty = SPEC.replace(json.dumps(POOL), "[]")
    assert [(f.line, f.message) for f in faults_of(tmp_path, empty)] == [
        (12, "is empty; name more exercises than take = 2")
    ]
    alone = SPEC.partition("[[pool]]")[0]
    assert "write [[pool]] with id" in faults_of(tmp_path, alone)[0].message
    for strange in ("pool = 5\n", 'pool = ["a"]\n', "[pool]\nid = 5\n", "[[pool]]\nfrom = 3\n"):
        assert faults_of(tmp_path, alone.replace('"pool/churn", ', "") + strange)


def test_peers_need_everybodys_answers(tmp_path):
    spec = SPEC.replace(', "own/own-text"]', "]").replace('"own/own-match"', '"own/own-text"')
    spec += '[peer]\nexercises = ["own/own-text"]\n'
    assert any("not everybody gets it" in fault.message for fault in faults_of(tmp_path, spec))


def test_a_pool_stands_where_it_is_named_or_at_the_end(tmp_path):
    for listed, place in (('"pool/churn", ', 1), ("", 2)):
        spec, roster = write_setting(
            tmp_path / str(place), SPEC.replace('"pool/churn", ', listed), ROSTER
        )
        made = assignment.assign(spec, roster, tmp_path / f"set{place}")
        refs = [entry["ref"] for entry in made["exercises"]]
        assert refs[place : place + 4] == POOL and len(refs) == 6
        cells = json.loads(assignment.notebook(made, "uk"))["cells"]
        code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
        places = [line for line in code if "pool" in line]
        assert places == ['task.pool("churn", 1)', 'task.pool("churn", 2)']
        assert code.index(places[0]) == 2 + place and not any(ref in "".join(code) for ref in POOL)


def test_a_pool_alone_is_an_assignment(tmp_path):
    spec = SPEC.replace('"levels/levels-order", "pool/churn", "own/own-text"', "")
    made = assignment.assign(*write_setting(tmp_path / "s", spec), tmp_path / "set")
    assert keyfile.asked(made) == (2, 4) and len(made["exercises"]) == 4


def test_without_pools_nothing_of_them_is_written(quiz):
    shown = json.loads((quiz.students / "assignment.json").read_text("utf-8"))
    assert "pools" not in quiz.key and "pools" not in shown


@pytest.mark.parametrize(("lang", "words"), [("uk", "випадає 2 з 4"), ("ru", "выпадает 2 из 4")])
def test_a_preview_shows_the_pools(tmp_path, capsys, lang, words):
    from course.grading.pages.preview import preview

    spec, _ = write_setting(tmp_path / "s", SPEC)
    assert preview([str(spec), "--lang", lang]) == 0
    page = spec.with_suffix(".html").read_text("utf-8")
    assert page.count(words) == 4 and page.count("<section") == 6
    faulty, _ = write_setting(tmp_path / "f", SPEC.replace("take = 2", "take = 9"))
    assert preview([str(faulty)]) == 1 and "spec.toml:11" in capsys.readouterr().out
    assert not faulty.with_suffix(".html").exists()


# --- the draw ---------------------------------------------------------------------------------------------------------


def test_every_pair_is_drawn_as_often_as_any_other():
    """Chi-square of 20,000 draws over the pairs; 99.9 % of fair draws are below 20.5 (5 degrees)."""
    count = Counter(tuple(pick("churn", POOL, 2, f"seed-{n}")) for n in range(20_000))
    assert set(count) == set(combinations(POOL, 2))
    expected = 20_000 / 6
    assert sum((n - expected) ** 2 / expected for n in count.values()) < 20.5


def test_the_draw_of_questions_says_nothing_of_the_draw_of_numbers(key):
    grader = Grader(key)
    slot = grader.slots["own/own-numeric"]
    table = Counter()
    for n in range(4000):
        table[slot in grader.own(f"s{n}"), grader.draws(f"s{n}")[slot] % 2] += 1
    rows = [[table[had, odd] for odd in (0, 1)] for had in (True, False)]
    together = np.array(rows, float)
    fair = together.sum(1, keepdims=True) * together.sum(0) / together.sum()
    assert ((together - fair) ** 2 / fair).sum() < 10.8  # 99.9 %, one degree


def test_one_more_question_moves_nobody_to_another_old_one():
    for n in range(300):
        before = set(pick("churn", POOL, 2, f"s{n}"))
        after = set(pick("churn", [*POOL, "own/new"], 2, f"s{n}"))
        assert len(before - after) == ("own/new" in after) and after - before <= {"own/new"}


def test_one_more_student_changes_nobody(key, tmp_path):
    spec, roster = write_setting(tmp_path / "s", SPEC, MANY + "900,Новий,МК-1,n@example.org\n")
    more = assignment.assign(spec, roster, tmp_path / "set")
    for who in range(100, 140):
        assert Grader(more).own(str(who)) == Grader(key).own(str(who))


@given(
    st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=40), min_size=1, max_size=5)
)
def test_both_sides_draw_the_same(key, tmp_path_factory, ids):
    """The student's own side and the grader agree on whoever it is, and so does a third road."""
    from course.assignments import Sheet
    from course.exercises import Chapter, Exercise

    grader, public = Grader(key), assignment.public(key)
    exercises = {
        entry["ref"]: Exercise("own", {**entry, "id": entry["ref"]})
        for entry in public["exercises"]
    }
    chapter = Chapter(tmp_path_factory.getbasetemp(), 0, "quiz", {}, 0, {}, exercises)

    class Anybody(Sheet):
        student = {"student": "", "name": ""}

    sheet = Anybody(chapter, tmp_path_factory.getbasetemp() / "nobody", public)
    for each in ids:
        who = each.strip()
        if not who:
            continue
        sheet.student = {"student": who, "name": ""}
        theirs = [grader.refs[slot] for slot in grader.own(folded(who))]
        assert sheet.picked("churn") == [ref for ref in theirs if ref in POOL]
        assert set(sheet.picked("churn")) == own(key, who)


@pytest.mark.parametrize("variants", ["one", "student"])
def test_who_has_the_same_numbers_has_the_same_questions(tmp_path, variants):
    spec = SPEC.replace("attempts = 3", f'attempts = 3\nvariants = "{variants}"')
    made = assignment.assign(*write_setting(tmp_path / "s", spec, MANY), tmp_path / "set")
    grader = Grader(made)
    sets = {tuple(grader.absent(row[0], []).exercises) for row in made["roster"]}
    assert len(sets) == 1 if variants == "one" else len(sets) == 6


def test_a_group_has_its_questions_and_its_own_file(tmp_path, monkeypatch):
    """Groups, pools, another bank and a time limit in one assignment."""
    monkeypatch.setenv("COURSE_ANSWERS", str(tmp_path / "answers"))
    spec = SPEC.replace("attempts = 3", 'attempts = 3\nminutes = 60\nvariants = "group"')
    spec = spec.replace('"own/own-match"', '"theirs/first-step"')
    spec += '[banks]\ntheirs = "theirs.toml"\n'
    path, roster = write_setting(tmp_path / "s", spec, MANY)
    own = path.with_name("exercises.toml").read_text("utf-8")
    (tmp_path / "s/theirs.toml").write_text(own.replace('"own-match"', '"first-step"'), "utf-8")
    made = assignment.assign(path, roster, tmp_path / "set")
    grader, drawn = Grader(made), {}
    for student, _, group, _ in made["roster"]:
        drawn.setdefault(group, set()).add(tuple(grader.absent(student, []).exercises))
    assert {len(each) for each in drawn.values()} == {1} and len(drawn) == 2
    for student, group in (("100", "МК-0"), ("101", "МК-1")):
        task = Assignment(tmp_path / "set/students" / group / "assignment.json", "uk")
        assert task.minutes == 60 and not task.record.picked("churn")
        named(task, student)
        assert tuple(each.id for each in task.record.own()) in drawn[group]


# --- the student's side -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("lang", "first"), [("uk", "Спершу"), ("ru", "Сначала")])
def test_before_a_name_a_place_says_what_to_do(student, lang, first):
    task = student(lang)
    view = task.pool("churn", 1)
    assert view.spec["kind"] == "place" and not view.state["can_check"]
    assert view.state["feedback"][0]["text"].startswith(first)
    assert not any(words in json.dumps(view.state) for words in ("own-", "option"))


def test_a_name_brings_the_questions_and_another_one_others(student, key):
    task = student()
    views = [task.pool("churn", place) for place in (1, 2)]
    named(task, "100")
    assert {view.spec["id"] for view in views} == own(key, "100")
    other = next(str(n) for n in range(101, 140) if own(key, str(n)).isdisjoint(own(key, "100")))
    said = named(task, other)
    assert {view.spec["id"] for view in views} == own(key, other)
    assert any("інші" in line["text"] or "змінилися" in line["text"] for line in said["feedback"])
    named(task, "100")
    assert {view.spec["id"] for view in views} == own(key, "100")
    same = task.pool("churn", 1)
    assert same is views[0] and same.spec["kind"] != "place"


def test_what_is_typed_for_one_question_never_answers_another(student, key):
    task = student()
    view = task.pool("churn", 1)
    named(task, "100")
    before, about = view.spec["id"], view.state["about"]
    other = next(str(n) for n in range(101, 140) if own(key, str(n)).isdisjoint(own(key, "100")))
    named(student("ru"), other)  # the other notebook
    made = task._answered_at("pool:churn:1", {"act": "check", "answer": "x", "about": about})
    assert "інше запитання" in made["error"] and view.spec["id"] != before
    late = task._answered_at("pool:churn:1", {"act": "draft", "answer": "x", "about": about})
    assert not late.get("error")
    assert all(task.record.of(ref).written is None for ref in POOL)


def test_only_the_own_questions_are_missing_and_a_stranger_is_refused(student, key, out):
    task = student()
    named(task, "100")
    assert len(task._unfinished()["missing"]) == 4
    ref = next(iter(own(key, "100")))
    slot = f"pool:churn:{1 + task.record.picked('churn').index(ref)}"
    task.pool("churn", int(slot[-1]))
    entry = next(entry for entry in key["exercises"] if entry["ref"] == ref)
    made = answer(key, entry, "100", "uk", True, random.Random(1))
    assert task._answered_at(slot, {"act": "check", "answer": made})["status"] == "saved"
    assert len(task._unfinished()["missing"]) == 3
    for call in (
        lambda: task.exercise(ref),
        lambda: task.pool("chum", 1),
        lambda: task.pool("churn", 3),
        lambda: task.pool("churn", 0),
        lambda: task.pool("churn", True),
        lambda: task.pool("churn", "1"),
    ):
        with pytest.raises(CourseError):
            call()
    said = task.submit().plain
    assert "Ще без відповіді (3)" in said
    (out / "students" / "quiz-100.jsonl").unlink()


@pytest.mark.parametrize(
    "spoilt",
    [
        [{"id": "churn", "take": 2, "from": ["own/nobody", "own/own-multi", "own/own-match"]}],
        [{"id": "churn", "take": 4, "from": POOL}],
        [{"id": "churn", "take": 0, "from": POOL}],
        [{"id": "churn", "take": True, "from": POOL}],
        [{"id": "../x", "take": 1, "from": POOL}],
        [{"take": 1}],
        "pools",
        [5],
    ],
)
def test_a_spoilt_file_of_students_is_told_at_once(out, tmp_path, monkeypatch, spoilt):
    monkeypatch.setenv("COURSE_ANSWERS", str(tmp_path / "answers"))
    made = json.loads((out / "students" / "assignment.json").read_text("utf-8"))
    (tmp_path / "assignment.json").write_text(sealed(made | {"pools": spoilt}), "utf-8")
    with pytest.raises(CourseError):
        Assignment(tmp_path / "assignment.json", "uk")


@pytest.mark.parametrize(
    "spoilt",
    [
        [{"id": "churn", "take": 4, "from": POOL}],
        [{"id": "churn", "take": 2, "from": [*POOL, POOL[0]]}],
        [{"id": "churn", "take": 2, "from": [*POOL, "own/nobody"]}],
        [
            {"id": "churn", "take": 1, "from": POOL[:2]},
            {"id": "churn", "take": 1, "from": POOL[2:]},
        ],
        [{"id": "churn", "take": -1, "from": POOL}],
    ],
)
def test_a_spoilt_key_is_refused(out, tmp_path, spoilt):
    made = json.loads((out / "private" / "key.json").read_text("utf-8"))
    (tmp_path / "key.json").write_text(sealed(made | {"pools": spoilt}), "utf-8")
    with pytest.raises(GradingError, match="run `course assign` again"):
        keyfile.read_key(tmp_path)


def test_students_get_the_questions_and_no_key(out, key):
    shown = (out / "students" / "assignment.json").read_text("utf-8")
    made = json.loads(shown)
    assert made["pools"] == key["pools"] and len(made["exercises"]) == 6
    for entry in key["exercises"]:
        for part in entry["raw"].get("option", []):
            assert "why" not in part or part["why"]["uk"] not in shown


# --- grading ----------------------------------------------------------------------------------------------------------


def test_the_own_questions_make_the_maximum(key):
    for who in ("100", "117", "139"):
        work = work_of(key, who, journal(key, who))
        assert work.maximum == 10 and work.points == 6 and work.flags == ["ok"]
        assert {*work.exercises} & {*POOL} == own(key, who) and len(work.exercises) == 4
        nothing = Grader(key).absent(who, ["no-submission"])
        assert list(nothing.exercises) == list(work.exercises) and nothing.maximum == 10


def test_who_answers_all_earns_no_more_and_is_flagged(key):
    refs = [entry["ref"] for entry in key["exercises"]]
    work = work_of(key, "100", journal(key, "100", refs))
    assert work.points == 6 and work.flags == ["not-drawn"] and len(work.exercises) == 4
    strangers = work_of(key, "100", journal(key, "100", set(POOL) - own(key, "100")))
    assert strangers.points == 0 and strangers.flags == ["not-drawn"] and strangers.saved is None


def test_a_forged_draw_in_the_file_means_nothing(key):
    """Neither pools nor a draw number nor another variant that a file names is believed."""
    wanted = [*(set(POOL) - own(key, "100"))]
    lines = journal(key, "100", wanted)
    head, _, rest = handed(key, "100", "Хтось", lines).partition(b"\n")
    made = json.loads(head) | {"variant": 3, "pools": [{"id": "churn", "from": wanted}]}
    work = Grader(key).grade(json.dumps(made).encode() + b"\n" + rest, "quiz-100.jsonl").work
    assert work.points == 0 and {*work.exercises} & {*POOL} == own(key, "100")


def test_what_came_after_closing_for_another_question_makes_nobody_late(key):
    lines = journal(key, "100")
    ref = next(ref for ref in POOL if ref not in own(key, "100"))
    lines.append(event(ref, "answer", "x", datetime(2031, 1, 1, tzinfo=UTC), "uk"))
    work = work_of(key, "100", lines)
    assert "after-closing" not in work.flags and work.points == 6 and "not-drawn" in work.flags


def test_answers_under_a_mistyped_id_are_taken_as_far_as_they_are_ones_own(key):
    """Who corrects his id is not flagged for what the wrong one had been asked."""
    wrong = next(f"10o{n}" for n in range(99) if len(own(key, f"10o{n}") - own(key, "100")) == 1)
    lines = journal(key, wrong, POOL) + journal(key, "100", ["levels/levels-order"])
    work = work_of(key, "100", lines)
    assert "not-drawn" not in work.flags
    both = own(key, "100") - {"own/own-numeric"}
    assert {ref for ref in POOL if work.exercises.get(ref) and work.exercises[ref].points} == both
    later = work_of(key, "100", lines + journal(key, "100", POOL)[1:])
    assert "not-drawn" in later.flags


def test_the_student_and_the_grader_count_the_same_after_a_new_id(student, key, out):
    task = student()
    wrong = next(f"10o{n}" for n in range(99) if len(own(key, f"10o{n}") & own(key, "100")) == 1)
    for who in (wrong, "100"):
        named(task, who)
        for place in (1, 2) if who == wrong else ():
            view = task.pool("churn", place)
            entry = next(each for each in key["exercises"] if each["ref"] == view.spec["id"])
            made = answer(key, entry, wrong, "uk", True, random.Random(1))
            task._answered_at(f"pool:churn:{place}", {"act": "check", "answer": made})
    missing = len(task._unfinished()["missing"])
    task.submit()
    path = out / "students" / "quiz-100.jsonl"
    work = Grader(key).grade(path.read_bytes(), path.name).work
    path.unlink()
    assert missing == sum(each.state == "missing" for each in work.exercises.values())
    assert "not-drawn" not in work.flags


def test_a_dropped_question_lowers_only_the_maximum_of_those_who_got_it(key, out, tmp_path):
    rule = '[[drop]]\nexercise = "own/own-choice"\ndate = 2026-12-10\nreason = "хибна"\n'
    run, works = graded(key, out, tmp_path, decisions=rule)
    for who, work in works.items():
        had = "own/own-choice" in own(key, who)
        assert work.maximum == (8 if had else 10)
        assert [each.what for each in work.decided] == ["drop"] * had
    assert run["maximum"] == 10
    _, notes = moodle_grades.table(works.values()), [*moodle_grades._fewer([*works.values()])]
    assert "out of fewer than 10 points" in notes[0]
    group = Group(tmp_path / "grades")
    assert group.totals.max() <= 1 and "own/own-choice" not in group.refs


def test_credit_and_accept_reach_those_who_got_it(key, out, tmp_path):
    rule = '[[credit]]\nexercise = "own/own-multi"\ndate = 2026-12-10\nreason = "двозначна"\n'
    _, works = graded(key, out, tmp_path, right=lambda who, ref: ref not in POOL, decisions=rule)
    for who, work in works.items():
        had = "own/own-multi" in own(key, who) and work.handed
        assert [each.what for each in work.decided] == ["credit"] * had
        if had:
            assert work.exercises["own/own-multi"].points == 2


def test_points_for_a_question_that_was_not_drawn_are_refused(key, out, tmp_path):
    ref = next(ref for ref in POOL if ref not in own(key, "100"))
    rule = f'[[adjust]]\nstudent = "100"\nexercise = "{ref}"\npoints = 1\n'
    with pytest.raises(GradingError, match="was not drawn for this student"):
        graded(key, out, tmp_path, decisions=rule + 'date = 2026-12-10\nreason = "р"\n')
    assert not (tmp_path / "grades" / "graded.jsonl").exists()


def test_points_for_a_drawn_question_are_given(key, out, tmp_path):
    ref = min(own(key, "100"))
    rule = f'[[adjust]]\nstudent = "100"\nexercise = "{ref}"\npoints = 1\n'
    rule += 'date = 2026-12-10\nreason = "р"\n'
    _, works = graded(key, out, tmp_path, decisions=rule)
    assert works["100"].exercises[ref].points == 1 and works["100"].points == 5


def test_somebody_must_be_left_with_something(out, tmp_path):
    spec = SPEC.replace('"levels/levels-order", "pool/churn", "own/own-text"', "")
    made = assignment.assign(*write_setting(tmp_path / "s", spec), tmp_path / "set")
    from course.grading import decisions

    book = "".join(
        f'[[drop]]\nexercise = "{ref}"\ndate = 2026-12-10\nreason = "р"\n' for ref in POOL[:2]
    )
    (tmp_path / "set" / "private" / "decisions.toml").write_text(book, "utf-8")
    with pytest.raises(GradingError, match="of those to whom the pools gave these"):
        decisions.read(tmp_path / "set" / "private", made)


def test_regrading_tells_only_whom_it_concerns(key, out, tmp_path):
    graded(key, out, tmp_path)
    rule = '[[drop]]\nexercise = "own/own-choice"\ndate = 2026-12-10\nreason = "хибна"\n'
    (tmp_path / "private" / "decisions.toml").write_text(rule, "utf-8")
    told = []
    gradebook.grade(
        tmp_path / "sub",
        tmp_path / "private",
        tmp_path / "grades",
        agree=lambda made: told.append(made) or False,
    )
    had = {row[0] for row in key["roster"] if "own/own-choice" in own(key, row[0])}
    assert {row.student for row in told[0].rows} == had
    assert all(row.why.startswith("decision: drop own/own-choice") for row in told[0].rows)


# --- what comes after -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def class_of(key, out, tmp_path_factory):
    folder = tmp_path_factory.mktemp("class")
    dice = random.Random(7)
    lucky = {(str(n), ref): dice.random() < 0.6 for n in range(100, 140) for ref in [*POOL, "x"]}
    run, works = graded(key, out, folder, lambda who, ref: lucky[who, ref if ref in POOL else "x"])
    return folder / "grades", works


def test_facility_counts_only_who_got_a_question(key, class_of):
    folder, works = class_of
    group = Group(folder)
    for ref in POOL:
        had = [w for w in works.values() if w.handed and ref in own(key, w.student)]
        mean = sum(work.exercises[ref].points / 2 for work in had) / len(had)
        slot = group.refs.index(ref)
        report = Report(group, "uk")
        assert report.ns[slot] == len(had) and report.facility[slot] == pytest.approx(mean)
        assert not report.blank[:, slot].any()
        # among those who have it, by another road: the correlation with their share of the rest
        rest = [(w.points - w.exercises[ref].points) / (6 - 2) for w in had]
        earned = [work.exercises[ref].points for work in had]
        from course.grading.pages.statistics import discrimination

        found = discrimination(group.earned, group.full)
        place = int(np.nonzero(np.nonzero(group.closed)[0] == slot)[0][0])
        assert found[place] == pytest.approx(np.corrcoef(earned, rest)[0, 1])


@pytest.mark.parametrize("lang", ["uk", "ru"])
def test_the_report_says_what_was_drawn(class_of, lang):
    from course.grading.pages.report import html

    page = html(Report(Group(class_of[0]), lang))
    assert "churn" in page and "n = 1" in page.replace("\u00a0", " ") or "n&nbsp;" in page
    assert {"uk": "випало", "ru": "выпало"}[lang] in page


def test_alpha_takes_a_pool_as_one(key, class_of):
    folder, works = class_of
    group = Group(folder)
    assert group.wholes.shape == (38, 2)  # the text waits for a person
    came = [work for work in works.values() if work.handed]
    pool = [sum(work.exercises[ref].points for ref in own(key, work.student)) for work in came]
    assert group.wholes[:, 1].tolist() == pool


def test_the_notebook_of_the_report_computes_the_same(class_of):
    """Its cells of pandas are another road to the numbers of the page."""
    import tomllib

    from course.grading.pages import HERE, statistics

    code = tomllib.loads((HERE / "report.toml").read_text("utf-8"))["code"]
    names = {"FEW": statistics.FEW, "LATE": 0, "FOLDER": str(class_of[0])}
    for cell in ("load", "pools", "exercises"):
        exec(code[cell], names)
    group = Group(class_of[0])
    report = Report(group, "uk")
    found = names["indices"].loc[group.refs]
    assert np.allclose(found["facility"], report.facility, equal_nan=True)
    own = statistics.discrimination(group.earned, group.full)
    assert np.allclose(found["discrimination"][group.closed], own, equal_nan=True)
    assert names["cronbach"](names["whole"]) == pytest.approx(report.alpha[0])


def test_tables_leave_the_cell_empty(key, class_of):
    folder, works = class_of
    rows = list(csv.DictReader((folder / "students.csv").open(encoding="utf-8")))
    for row in rows:
        assert {ref for ref in POOL if row[ref] != ""} == own(key, row["student"])
    long = list(csv.DictReader((folder / "grades.csv").open(encoding="utf-8")))
    assert len(long) == 40 * 4
    import pyarrow.parquet

    assert pyarrow.parquet.read_table(folder / "grades.parquet").num_rows == 160
    refs = [entry["ref"] for entry in key["exercises"]]
    head, first, *_ = points_csv.table(works.values(), ",", refs)
    assert head[4:10] == refs
    asked = {ref for ref, cell in zip(head[4:10], first[4:10], strict=True) if cell}
    assert asked & {*POOL} == own(key, "100")


def test_feedback_shows_the_own_questions(key, class_of):
    pages = Pages(key)
    for who in ("100", "101"):
        page = pages.page(class_of[1][who])
        assert page.count('class="rm-card"') == 4
        for entry in key["exercises"]:
            shown = entry["ref"] not in POOL or entry["ref"] in own(key, who)
            words = entry["raw"]["prompt"]["uk"][:12]
            assert "{" in words or (words in page) == shown
    flagged = work_of(key, "100", journal(key, "100", POOL))
    assert "не випали" in pages.page(flagged)


def test_the_bank_of_items_counts_who_got_it(key, class_of):
    from course.grading.semester import bank

    lines = {line.item: line for line in bank.lines_of(Group(class_of[0]), "2026-12-20", "2026/27")}
    for ref in POOL:
        had = [row[0] for row in key["roster"] if ref in own(key, row[0])]
        came = [who for who in had if class_of[1][who].handed]
        assert (lines[ref].handed_out, lines[ref].n, lines[ref].blank) == (len(had), len(came), 0)
        assert all(choice.n <= len(came) for choice in lines[ref].choices)


def test_years_are_compared_by_who_got_a_question(class_of):
    from course.grading.semester.compare import Cohort

    cohort = Cohort("one", Group(class_of[0]))
    alone = cohort.share(["own/own-choice"], np.ones(1))
    assert len(alone) == cohort.group.given[:, cohort.group.refs.index("own/own-choice")].sum()
    assert not np.isnan(cohort.share(POOL, np.full(4, 2.0))).any()


def test_support_counts_blanks_among_the_own(key, out, tmp_path):
    from course.grading.semester import support

    _, works = graded(key, out, tmp_path)
    reasons = support._reasons(
        "100",
        support.read_tasks([tmp_path / "grades"]),
        support.Rules(blank=1),
        [0.5],
        "2031-01-01T00:00:00Z",
    )
    assert not [reason for reason in reasons if reason.rule == "blank"]


def test_nbgrader_has_one_cell_for_a_pool(key, out, tmp_path):
    course = tmp_path / "course"
    nbgrader.write(key, out, course)
    points = {
        cell["metadata"]["nbgrader"]["grade_id"]: cell["metadata"]["nbgrader"]["points"]
        for cell in json.loads((course / "source/quiz/quiz.ipynb").read_text("utf-8"))["cells"]
        if "nbgrader" in cell["metadata"]
    }
    assert points == {"levels_levels-order": 2, "pool_churn": 4, "own_own-text": 4}
    folder = course / "submitted" / "100" / "quiz"
    folder.mkdir(parents=True)
    (folder / "quiz-100.jsonl").write_bytes(handed(key, "100", "Хтось", journal(key, "100")))
    scored = nbgrader.scores(course, "100", "quiz", folder)
    assert {ref: points for ref, (points, _) in scored.items()} == {
        "levels/levels-order": 2,
        "pool/churn": 4,
        "own/own-text": 0,
    }


def test_moodle_gets_a_category_of_equal_questions_for_a_pool(tmp_path):
    spec, _ = write_setting(tmp_path / "s", SPEC)
    title, items = moodle_questions.load(spec)
    made = moodle_questions.bank(title, items)
    lines = made.xml.split('<question type="category">')
    pool = [part for part in lines if "pool//churn" in part]
    assert len(pool) == 2 and all(part.count("<question type=") == 4 for part in pool)
    notes = list(moodle_questions.random(items, made.made))
    assert "add 2 random questions from the category 'pool/churn'" in notes[0]


def test_qti_selects_from_a_pool(tmp_path):
    import io
    import zipfile
    from xml.etree import ElementTree

    spec, _ = write_setting(tmp_path / "s", SPEC)
    title, items = moodle_questions.load(spec)
    archive = zipfile.ZipFile(io.BytesIO(qti.package(title, items, variants=3).data))
    q = "{http://www.imsglobal.org/xsd/imsqti_v2p1}"
    for lang in title:
        tree = ElementTree.fromstring(archive.read(f"test-{lang}.xml"))
        [section] = [
            s for s in tree.iter(f"{q}assessmentSection") if s.get("title") == "pool/churn"
        ]
        assert section[0].tag == f"{q}selection" and section[0].get("select") == "2"
        kinds = [child.tag.removeprefix(q) for child in section[1:]]
        assert kinds.count("assessmentItemRef") == 3 and kinds.count("assessmentSection") == 1
        named = [each.get("identifier") for each in tree.iter(f"{q}assessmentSection")]
        assert len(named) == len({*named})


# --- paper ------------------------------------------------------------------------------------------------------------


def test_a_variant_on_paper_has_its_own_questions_and_its_answers_count(tmp_path):
    from course.grading.paper import columns, typed, variant
    from course.grading.paper.printing import paper_key
    from course.grading.paper.sheets import answer_key

    spec = SPEC.replace('"own/own-match"', '"own/own-classify"')
    path, roster = write_setting(tmp_path / "s", spec, MANY)
    made = paper_key(path, roster, {"variants": 8, "by": "seat"})
    asked = {n: variant(made, n) for n in range(1, 9)}
    assert all([q.number for q in questions] == [1, 2, 3, 4] for questions in asked.values())
    sets = {tuple(question.ref for question in questions) for questions in asked.values()}
    assert len(sets) > 2
    for n, questions in asked.items():
        token = hashlib.sha256(f"{made['salt']}|{folded(f'variant-{n}')}".encode()).hexdigest()
        refs = made["pools"][0]["from"]
        words = {ref: "\x1f".join([token, "pool", "churn", ref]).encode() for ref in refs}
        mine = sorted(refs, key=lambda ref: hashlib.sha256(words[ref]).digest())[:2]
        assert {question.ref for question in questions[1:3]} == set(mine)
    assert list(columns(made))[:3] == ["1", "2", "3"]
    answer_key(made, asked, "uk")  # each cell names its own question
    from course.grading.paper import forms

    table = list(csv.reader(typed.blank(made).decode("utf-8-sig").splitlines(), delimiter=";"))
    head, rows = table[0], []
    for n, row in enumerate(table[1:9], 1):
        row[2] = str(n)
        for question in asked[n][:3]:
            words = forms.right(question, "uk").replace(" грн", "").replace("\u00a0", "")
            place = next(
                at for at, name in enumerate(head) if name.startswith(f"{question.number} ")
            )
            row[place] = words.split("(")[0].strip()
        rows.append(row)
    text = "\n".join(";".join(row) for row in [head, *rows])
    (tmp_path / "answers.csv").write_text(text, "utf-8")
    sheets = typed.read(tmp_path / "answers.csv", made)
    assert len(sheets) == 8
    for sheet in sheets:
        work = Grader(made).grade(typed.handed(made, sheet), "x.jsonl").work
        assert work.points == 6 and work.maximum == 10 and "not-drawn" not in work.flags


# --- size -------------------------------------------------------------------------------------------------------------


def test_a_pool_of_two_hundred_is_drawn_and_graded():
    refs = [f"own/q{n}" for n in range(200)]
    assert len(pick("big", refs, 199, "seed")) == 199
    counts = Counter(ref for n in range(600) for ref in pick("big", refs, 10, f"s{n}"))
    assert len(counts) == 200 and max(counts.values()) < 60  # 30 each are expected


def test_faults_end_the_command_with_a_sentence(tmp_path):
    spec, roster = write_setting(tmp_path / "s", SPEC.replace("take = 2", "take = 4"))
    with pytest.raises(SettingError, match=r"spec\.toml:11: take: everybody would get all"):
        assignment.assign(spec, roster, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert Decisions().drop == {}
