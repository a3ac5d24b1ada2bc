"""Groups with numbers, files and times of their own: no file says whose numbers count."""

import csv
import html
import json
import os
import shutil
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from setting import SPEC, write_setting
from timed import NUMERIC, graded, handed, line, named, right

import course
from course.grading import GradingError, changes, commands, decisions, gradebook, hub, results
from course.grading.grade import Grader
from course.grading.markdown import literal
from course.grading.pages.feedback import Pages
from course.grading.pages.group import Group
from course.grading.pages.report import Report
from course.grading.paper import dealt
from course.grading.paper.printing import paper_key
from course.grading.semester.support import read_tasks
from course.grading.setting import SettingError, assignment, groups
from course.grading.setting.banks import DEVICE
from course.grading.setting.roster import Student
from course.grading.setting.spec import Spec
from course.ids import folded, seed

GROUPED = SPEC.replace("attempts = 3", 'attempts = 3\nvariants = "group"')
# Two spellings of one group, a group of one, one without any, and names that no system likes.
ROSTER = """ПІБ;Група;E-mail;№ залікової книжки
Шевченко Іван;ІМ-21;ivan@example.org;17
Ковальчук Марія;IM-21;maria@example.org;18
Мельник Олег;ІМ-22;oleg@example.org;66
Гнатюк Олена;;;67
Бойко Ігор;..;;70
Ткач Анна;CON;;71
Лис Ганна;ІМ-21/1;;72
Кравець Юрій;ІМ-21:1;;73
Олійник Віра;🎓;;74
"""
RULES = """[group."ІМ-22"]
opens = 2026-12-03T08:00:00
closes = 2026-12-09T12:00:00
"""


def made(folder, spec=GROUPED, roster=ROSTER):
    key = assignment.assign(*write_setting(folder / "setting", spec, roster), folder / "set")
    return folder / "set", key


@pytest.fixture(scope="module")
def quiz(tmp_path_factory):
    """The folder of an assignment in which groups draw, and its key."""
    return made(tmp_path_factory.mktemp("groups"), GROUPED + RULES)


def unit(key, group):
    return key["groups"][folded(group)]


def public(folder, key, group):
    path = folder / "students" / unit(key, group)["folder"] / "assignment.json"
    return json.loads(path.read_text("utf-8"))


def decided(key, tmp_path, words):
    (tmp_path / "decisions.toml").write_text(words, "utf-8")
    return decisions.read(tmp_path, key)


def test_every_group_has_a_folder_that_any_system_takes(quiz):
    folder, key = quiz
    laid = {each["name"]: each["folder"] for each in key["groups"].values()}
    assert laid["ІМ-21"] == "ІМ-21" and laid[""] == "no-group" and laid["CON"] == "_CON"
    assert len(laid) == len(set(map(str.casefold, laid.values()))) == 8
    assert {path.name for path in (folder / "students").iterdir()} == set(laid.values())
    table = (folder / "private" / "groups.csv").read_text("utf-8-sig")
    rows = list(csv.DictReader(table.splitlines(), delimiter=";"))
    assert {row["folder"]: row["students"] for row in rows}["ІМ-21"] == "2"
    assert (folder / "private").stat().st_mode & 0o007 == 0


NAMES = st.dictionaries(
    st.text(min_size=1, max_size=8),
    st.one_of(
        st.text(max_size=80),
        st.sampled_from(
            ["..", ".", "CON", "con", "lpt1", "COM¹", "a/b", "a\\b", "a:b", "a_b", "🎓"]
        ),
        st.sampled_from(["no-group", "group", "ІМ-21", "IM-21", "x" * 300, "é", "é", " ", "-rf"]),
    ),
    max_size=12,
)


@given(NAMES)
def test_any_names_make_folders_that_stay_apart(names):
    laid = groups.folders(names)
    assert laid.keys() == names.keys()
    assert len({groups._same(name) for name in laid.values()}) == len(laid)
    for name in laid.values():
        assert name and name == Path(name).name and name not in (".", "..")
        assert len(name.encode()) <= 255 and not name.startswith("-")
        assert all(letter.isalnum() or letter in "-_" for letter in name.replace("\u0301", ""))
        assert not DEVICE.fullmatch(name)


def test_one_group_draws_the_same_and_another_its_own(quiz):
    folder, key = quiz
    grader = Grader(key)
    seeds = {
        row[0]: grader._seed(None, row[0], grader._group(row[0], None)) for row in key["roster"]
    }
    draws = {student: tuple(grader.draws(each)) for student, each in seeds.items()}
    assert draws["17"] == draws["18"], "two spellings of one group"
    assert len(set(draws.values())) == 8
    assert seed("group", "", "ІМ-21") != seed("student", "ІМ-21"), "no id draws a group's numbers"


ID = st.text(min_size=1, max_size=12).filter(lambda words: folded(words))
LISTED = st.lists(
    st.tuples(ID, st.sampled_from(["", "ІМ-21", "IM 21", "..", "🎓", "а", "ІМ-21/1"])),
    min_size=1,
    max_size=6,
)


@settings(max_examples=25, deadline=None)
@given(
    listed=LISTED,
    variants=st.sampled_from(["student", "group", "one"]),
    was=st.sampled_from(["", "ІМ-20", "17"]),
)
def test_both_sides_draw_alike(quiz, tmp_path_factory, listed, variants, was):
    from course.grading.setting.spec import GroupRule

    assume(len({folded(each) for each, _ in listed}) == len(listed))
    students = [Student(student, "Олена", group) for student, group in listed]
    rule = {"ІМ-21": GroupRule(was=was)} if was and variants == "group" else {}
    spec = Spec(id="quiz", title={}, exercises=[], variants=variants, group=rule)
    key = {**quiz[1], "variants": variants, "opens": None, "closes": None}
    key["roster"] = [[each.id, each.name, each.group, ""] for each in students]
    key["groups"] = groups.units(spec, students)
    units = key["groups"] if variants == "group" else {"": None}
    for each in units.values():
        if each:
            each["digest"] = assignment.public(key, each)["digest"]
    key["digest"] = assignment.public(key)["digest"]
    grader, folder = Grader(key), tmp_path_factory.mktemp("any")
    for number, student in enumerate(students):
        own = units.get(folded(student.group), units.get(""))
        home = folder / str(number)
        home.mkdir()
        (home / "assignment.json").write_bytes(assignment.plain(assignment.public(key, own)))
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("COURSE_ANSWERS", str(home / "answers"))
            task = course.assignment(home / "assignment.json", "uk")
            task._identify({"act": "check", "answer": {"student": student.id, "name": "О"}})
            task._act(task._exercise(NUMERIC), {"act": "check", "answer": "5"})
            numbers = dict(task.record.values(task._exercise(NUMERIC)))
            task.submit()
        data = next(home.glob("quiz-*.jsonl")).read_bytes()
        work = grader.grade(data, "a.jsonl").work
        slot = grader.slots[NUMERIC]
        assert key["exercises"][slot]["draws"][work.exercises[NUMERIC].draw] == numbers
        assert work.student == student.id and work.exercises[NUMERIC].state != "missing"
        assert not {"another-group", "spec-changed"} & set(work.flags)


# Answers with another group's file


def by_file(key, student, group, *events, **more):
    """The work of a student who used the file of a group."""
    digest = unit(key, group)["digest"]
    began = named("2026-12-04T09:00:00", student, group=unit(key, group)["seed"])
    return graded(key, began, *events, student=student, digest=digest, **more)


def test_the_roster_says_whose_numbers_count(quiz):
    _, key = quiz
    stolen = line("2026-12-04T09:30:00", NUMERIC, right(key, "ІМ-21"))
    own = line("2026-12-04T09:30:00", NUMERIC, right(key, "ІМ-22"))
    assert right(key, "ІМ-21") != right(key, "ІМ-22")
    member = by_file(key, "17", "ІМ-21", stolen)
    assert member.exercises[NUMERIC].state == "right" and member.flags == ["ok"]
    strayed = by_file(key, "66", "ІМ-21", stolen)
    assert strayed.flags == ["another-group"] and strayed.exercises[NUMERIC].state == "wrong"
    # nothing that a file says makes the answers of another group right
    for digest in (unit(key, "ІМ-22")["digest"], unit(key, "ІМ-21")["digest"], "0" * 16):
        for group in ("ІМ-21", "ІМ-22", "", "x" * 999, 5, None):
            began = named("2026-12-04T09:00:00", "66", group=group)
            work = graded(key, began, stolen, student="66", digest=digest)
            assert work.exercises[NUMERIC].state == "wrong"
    assert by_file(key, "66", "ІМ-22", own).exercises[NUMERIC].state == "right"


def test_a_loose_journal_tells_the_group_too(quiz):
    _, key = quiz
    began = named("2026-12-04T09:00:00", "66", group="ІМ-21")
    answer = line("2026-12-04T09:30:00", NUMERIC, "5")
    data = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in (began, answer))
    assert "another-group" in Grader(key).grade(data.encode(), "quiz.jsonl").work.flags


def test_a_stranger_is_marked_by_the_file_he_had(quiz):
    _, key = quiz
    work = by_file(key, "999", "ІМ-22", line("2026-12-04T09:30:00", NUMERIC, right(key, "ІМ-22")))
    assert work.flags == ["unknown-student"] and work.exercises[NUMERIC].state == "right"


MOVED = """[[numbers]]
student = "66"
group = "im-21"
date = 2026-12-10
reason = "was in that group until the third of December"
"""


def test_a_decision_marks_by_the_numbers_of_the_other_group(quiz, tmp_path):
    _, key = quiz
    answer = line("2026-12-04T09:30:00", NUMERIC, right(key, "ІМ-21"))
    moved = decided(key, tmp_path, MOVED)
    work = by_file(key, "66", "ІМ-21", answer, decisions=moved)
    assert work.exercises[NUMERIC].state == "right" and work.flags == ["ok"]
    assert work.group == "ІМ-22" and work.decided[0].group == "ІМ-21"
    assert "за числами групи ІМ-21" in Pages(key).page(work)
    back = by_file(key, "66", "ІМ-22", answer, decisions=moved)
    assert back.flags == ["another-group"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ('student = "66"\ngroup = "ІМ-22"', "is in 'ІМ-22' anyway"),
        ('student = "66"\ngroup = "ІМ-29"', "no group 'ІМ-29'"),
        ('student = "6"\ngroup = "ІМ-21"', "no student '6'"),
        ('student = "66"', "group: missing"),
    ],
)
def test_a_decision_on_numbers_that_cannot_be_is_told(quiz, tmp_path, words, said):
    with pytest.raises(decisions.DecisionError, match=said):
        decided(quiz[1], tmp_path, f'[[numbers]]\n{words}\ndate = 2026-12-02\nreason = "x"\n')
    one = {**quiz[1], "variants": "one"}
    with pytest.raises(decisions.DecisionError, match="no numbers of their own here"):
        decided(one, tmp_path, MOVED)


def test_another_groups_file_sets_former_answers_aside(quiz, tmp_path, monkeypatch):
    folder, key = quiz
    monkeypatch.setenv("COURSE_ANSWERS", str(tmp_path / "answers"))

    def at(group):
        path = folder / "students" / unit(key, group)["folder"] / "assignment.json"
        return course.assignment(path, "uk")

    task = at("ІМ-22")
    who = {"act": "check", "answer": {"student": "17", "name": "О"}}
    assert "Це завдання групи ІМ-22." in task._identify(who)["feedback"][0]["text"]
    task._act(task._exercise(NUMERIC), {"act": "check", "answer": "5"})
    task._act(task._exercise("own/own-text"), {"act": "check", "answer": "слово " * 40})
    assert "Номера 17 немає в списку групи" in task._identify(who)["error"]
    right_one = at("ІМ-21")
    # the card asks anew: so the journal has whose file it is from here on
    assert right_one.submit().plain.startswith("Спершу назвіть себе")
    assert not right_one._identify(who)["error"]
    state = right_one._state(right_one._exercise(NUMERIC))
    assert state["answer"] is None and "Дайте відповідь ще раз" in state["feedback"][-1]["text"]
    assert right_one.record.of("own/own-text").answer
    right_one._act(right_one._exercise(NUMERIC), {"act": "check", "answer": right(key, "ІМ-21")})
    right_one.submit()
    path = next((folder / "students" / "ІМ-21").glob("quiz-17.jsonl"))
    work = Grader(key).grade(path.read_bytes(), path.name).work
    path.unlink()
    assert work.exercises[NUMERIC].state == "right" and "another-group" not in work.flags
    assert work.exercises[NUMERIC].attempts == 1


# Times


def test_a_group_is_graded_by_its_own_times(quiz):
    _, key = quiz

    def flags(student, group, time):
        return by_file(key, student, group, line(time, NUMERIC, "5")).flags

    assert flags("17", "ІМ-21", "2026-12-08T22:00:00") == ["late"]
    assert flags("66", "ІМ-22", "2026-12-08T22:00:00") == ["ok"]
    assert flags("66", "ІМ-22", "2026-12-09T10:01:00") == ["late"]
    early = (
        named("2026-12-02T09:00:00", "66", group="ІМ-22"),
        line("2026-12-04T09:00:00", NUMERIC, "5"),
    )
    work = graded(key, *early, student="66", digest=unit(key, "ІМ-22")["digest"])
    assert work.flags == ["clock"], "before the group's opening"
    early = named("2026-12-02T09:00:00", "17"), line("2026-12-04T09:00:00", NUMERIC, "5")
    assert graded(key, *early, digest=unit(key, "ІМ-21")["digest"]).flags == ["ok"]


def test_a_closing_time_after_the_last_day_for_late_work_still_counts(tmp_path):
    spec = GROUPED + RULES.replace("12-09T12:00", "12-12T12:00")
    _, key = made(tmp_path, spec)
    work = by_file(key, "66", "ІМ-22", line("2026-12-12T09:00:00", NUMERIC, "5"))
    assert work.flags == ["ok"] and work.exercises[NUMERIC].state != "missing"


def test_an_extension_is_compared_with_the_groups_own_closing(quiz, tmp_path):
    head = '[[extension]]\ndate = 2026-12-02\nreason = "x"\nstudent = "66"\ncloses = '
    with pytest.raises(decisions.DecisionError, match="for this group, 2026-12-09T10:00:00Z"):
        decided(quiz[1], tmp_path, head + "2026-12-09T11:00:00+02:00\n")
    more = decided(quiz[1], tmp_path, head + "2026-12-09T23:00:00+02:00\n")
    late = line("2026-12-09T20:00:00", NUMERIC, "5")
    assert by_file(quiz[1], "66", "ІМ-22", late).flags == ["late"]
    assert by_file(quiz[1], "66", "ІМ-22", late, decisions=more).flags == ["ok"]


@pytest.mark.parametrize(
    ("lang", "said"), [("uk", "Це завдання групи ІМ-22."), ("ru", "Это задание группы ІМ-22.")]
)
def test_a_groups_notebook_tells_its_group_and_times(quiz, lang, said):
    folder, key = quiz
    top = json.loads((folder / f"students/ІМ-22/quiz-{lang}.ipynb").read_text("utf-8"))["cells"][0]
    words = html.unescape("".join(top["source"]))
    assert said in words and "09.12.2026, 12:00" in words and "08.12.2026" not in words
    own = public(folder, key, "ІМ-22")
    assert own["closes"] == "2026-12-09T10:00:00Z" and "times" not in own and "groups" not in own
    other = json.loads((folder / f"students/ІМ-21/quiz-{lang}.ipynb").read_text("utf-8"))["cells"][
        0
    ]
    assert "08.12.2026, 23:59" in "".join(other["source"])


def test_where_students_draw_one_notebook_tells_the_times_of_all(tmp_path, monkeypatch):
    folder, key = made(tmp_path, SPEC + RULES + '[group."🎓"]\ncloses = 2026-12-02T10:00:00\n')
    assert {path.name for path in (folder / "students").iterdir()} == {
        "assignment.json", "quiz-uk.ipynb", "quiz-ru.ipynb", "datasets"
    }  # fmt: skip
    top = json.loads((folder / "students/quiz-uk.ipynb").read_text("utf-8"))["cells"][0]
    words = html.unescape("".join(top["source"]))
    assert "Для деяких груп строки інші:" in words and "08.12.2026, 23:59" in words
    assert "- ІМ-22: Відкрито з 03.12.2026" in words and "- 🎓: " in words
    monkeypatch.setenv("COURSE_ANSWERS", str(tmp_path / "answers"))
    task = course.assignment(folder / "students" / "assignment.json", "uk")
    assert "Для деяких груп" in repr(task)
    assert graded(
        key,
        named("2026-12-04T09:00:00", "66"),
        line("2026-12-09T09:00:00", NUMERIC, "5"),
        student="66",
    ).flags == ["ok"]
    assert (
        "late"
        in graded(
            key,
            named("2026-12-01T09:00:00", "74"),
            line("2026-12-03T09:00:00", NUMERIC, "5"),
            student="74",
        ).flags
    )


@pytest.mark.parametrize("variants", ["student", "group"])
def test_a_name_of_a_group_means_nothing_in_markdown(tmp_path, variants):
    name = r"<b>$x$*[a](b)` \(a\) https://a.b"
    rules = f"[group.'{name}']\ncloses = 2026-12-02T10:00:00\n"
    spec = GROUPED.replace('"group"', f'"{variants}"') + rules
    folder, key = made(tmp_path, spec, ROSTER.replace("🎓", name))
    own = "" if variants == "student" else unit(key, name)["folder"]
    path = folder / "students" / own / "quiz-uk.ipynb"
    words = "".join(json.loads(path.read_text("utf-8"))["cells"][0]["source"])
    assert literal(name) in words
    assert not [sign for sign in ("<b>", "$", "[a]", r"\(", "https:") if sign in words]


@pytest.mark.parametrize(
    ("tail", "said"),
    [
        (
            '[group."ІМ-29"]\ncloses = 2026-12-05T10:00:00\n',
            "spec.toml:40: ІМ-29: there is no group 'ІМ-29'",
        ),
        ('[group."ІМ-22"]\n', "ІМ-22: says nothing"),
        (
            '[group."ІМ-22"]\nclosed = 2026-12-05T10:00:00\n',
            "unknown field in .group.*did you mean 'closes'",
        ),
        ('[group."ІМ-22"]\ncloses = 2026-11-05T10:00:00\n', "closes before it opens"),
        ('[group."ІМ-22"]\nopens = 2026-12-08T23:59:00\n', "closes before it opens"),
        ('[group."ІМ-22"]\ncloses = 2026-03-29T03:30:00\n', "does not exist in Europe/Kyiv"),
        ('[group."ІМ-22"]\nwas = "ІМ-12"\n', 'only with variants = "group"'),
        (RULES + '[group."IM-22"]\ncloses = 2026-12-05T10:00:00\n', "are one group"),
        (
            "[group.ІМ-22]\ncloses = 2026-12-05T10:00:00\n",
            r'write|put the name in quotation marks: \[group."ІМ-22"',
        ),
        ("[group]\ncloses = 2026-12-05T10:00:00\n", "write a table for each group"),
    ],
)
def test_a_faulty_group_is_told_with_its_line(tmp_path, tail, said):
    with pytest.raises(SettingError, match=said):
        made(tmp_path, SPEC + tail)
    assert not (tmp_path / "set").exists()


def test_a_point_in_a_groups_name_leads_to_no_other_line(tmp_path):
    roster = ROSTER.replace("ІМ-22", "ІМ-2.1")
    with pytest.raises(SettingError, match=r"spec.toml:(\d+): ІМ-2.1: says nothing") as caught:
        made(tmp_path, GROUPED + '[group."ІМ-2.1"]\n', roster)
    lines = (tmp_path / "setting/spec.toml").read_text("utf-8").splitlines()
    row = int(str(caught.value).split(":")[1])
    assert lines[row - 1] == '[group."ІМ-2.1"]', "no 1 before it, as in levels = [0, 1, 2]"


def test_groups_need_a_roster_that_has_them(tmp_path):
    with pytest.raises(SettingError, match="the roster has no column of groups"):
        made(tmp_path, GROUPED, "id;name\n17;Олена\n18;Іван\n")


# What changes later


def test_a_renamed_group_keeps_its_numbers(tmp_path):
    _, before = made(tmp_path)
    renamed = ROSTER.replace("ІМ-22", "ІМ-32")
    (tmp_path / "setting/roster.csv").write_text(renamed, "utf-8")
    notes: list[str] = []
    spec, roster = tmp_path / "setting/spec.toml", tmp_path / "setting/roster.csv"
    lost = assignment.assign(spec, roster, tmp_path / "set", notes)
    assert any('[group."ІМ-32"] was = "ІМ-22"' in note for note in notes)
    answer = line("2026-12-04T09:30:00", NUMERIC, right(before, "ІМ-22"))
    old = unit(before, "ІМ-22")["digest"]
    began = named("2026-12-04T09:00:00", "66", group="ІМ-22")
    assert "spec-changed" in graded(lost, began, answer, student="66", digest=old).flags
    spec.write_text(GROUPED + '[group."ІМ-32"]\nwas = "ІМ-22"\n', "utf-8")
    notes.clear()
    key = assignment.assign(spec, roster, tmp_path / "set", notes)
    assert not notes
    work = graded(key, began, answer, student="66", digest=old)
    assert work.flags == ["ok"] and work.exercises[NUMERIC].state == "right"
    assert work.group == "ІМ-32"
    fresh = public(tmp_path / "set", key, "ІМ-32")
    assert (fresh["group"], fresh["called"], fresh["digest"]) == ("ІМ-22", "ІМ-32", old)


def test_what_was_made_for_other_groups_does_not_stay_to_be_handed_out(tmp_path):
    spec, roster = write_setting(tmp_path / "setting", SPEC, ROSTER)
    out = tmp_path / "set"
    assignment.assign(spec, roster, out)
    (out / "students" / "note.txt").write_text("of the lecturer", "utf-8")
    spec.write_text(GROUPED, "utf-8")
    assignment.assign(spec, roster, out)
    assert (out / "students" / "note.txt").exists()
    assert not (out / "students" / "assignment.json").exists()
    assert not (out / "students" / "datasets").exists()
    roster.write_text(ROSTER.replace("ІМ-22", "ІМ-32"), "utf-8")
    assignment.assign(spec, roster, out)
    assert not (out / "students" / "ІМ-22").exists() and (out / "students" / "ІМ-32").exists()
    spec.write_text(SPEC, "utf-8")
    assignment.assign(spec, roster, out)
    left = {path.name for path in (out / "students").iterdir()}
    assert left == {"assignment.json", "quiz-uk.ipynb", "quiz-ru.ipynb", "datasets", "note.txt"}


def test_real_data_go_to_students_with_their_licence_and_go_away_with_them(tmp_path):
    real = SPEC.replace('"own/own-value"', '"purchase-models/purchases-actual"')
    spec, roster = write_setting(tmp_path / "setting", real, ROSTER)
    assignment.assign(spec, roster, tmp_path / "set")
    students = tmp_path / "set" / "students"
    assert {path.name for path in (students / "datasets/real/cdnow").iterdir()} == {
        "cdnow.csv", "LICENSE", "README.md"
    }  # fmt: skip
    spec.write_text(GROUPED, "utf-8")
    assignment.assign(spec, roster, tmp_path / "set")
    assert not (students / "datasets").exists()


def test_a_newcomer_changes_nobodys_file(tmp_path):
    _, before = made(tmp_path)
    _, after = made(tmp_path / "b", GROUPED, ROSTER + "Новий Петро;ІМ-99;;99\n")
    for key, each in before["groups"].items():
        assert after["groups"][key]["digest"] == each["digest"]


def test_three_hundred_groups(tmp_path):
    rows = "".join(f"Студент {n};Г-{n // 2};;{1000 + n}\n" for n in range(600))
    folder, key = made(tmp_path, GROUPED, ROSTER.splitlines()[0] + "\n" + rows)
    assert len(key["groups"]) == len(list((folder / "students").iterdir())) == 300
    said = list(commands._handing(key, "DIR"))
    assert len(said) == 13 and "288 more" in said[-1]


# What comes after


def test_regrading_and_the_pages_know_the_flag(quiz, tmp_path):
    folder, key = quiz
    box = tmp_path / "box"
    box.mkdir()
    answer = line("2026-12-04T09:30:00", NUMERIC, right(key, "ІМ-21"))
    began = named("2026-12-04T09:00:00", "66", group="ІМ-21")
    data = handed(key, began, answer, student="66", digest=unit(key, "ІМ-21")["digest"])
    (box / "quiz-66.jsonl").write_bytes(data)
    private = tmp_path / "private"
    shutil.copytree(folder / "private", private)
    gradebook.grade(box, private, tmp_path / "grades")
    before = {work.student: work for work in results.read(tmp_path / "grades")}["66"]
    assert "відповіді дано у файлі іншої групи" in Pages(key).page(before).lower()
    (private / "decisions.toml").write_text(MOVED, "utf-8")
    seen: list[changes.Changes] = []
    gradebook.grade(box, private, tmp_path / "grades", agree=lambda each: not seen.append(each))
    assert [(row.student, "numbers" in row.why) for row in seen[0].rows] == [("66", True)]
    after = {work.student: work for work in results.read(tmp_path / "grades")}["66"]
    assert after.points > before.points and after.flags == ["ok"]
    for lang, said in (
        ("uk", "оцінено за числами іншої групи"),
        ("ru", "оценено по числам другой группы"),
    ):
        blocks = Report(Group(tmp_path / "grades"), lang).blocks
        assert said in str([block.rows for block in blocks if hasattr(block, "rows")])
    [task] = read_tasks([tmp_path / "grades"])
    assert not task.due("66", "2026-12-09T09:00:00Z") and task.due("17", "2026-12-09T09:00:00Z")


def test_paper_deals_groups_their_variants_in_turn(tmp_path):
    key = paper_key(
        *write_setting(tmp_path, GROUPED + RULES, ROSTER), {"variants": 8, "by": "roster"}
    )
    given = {row[0]: dealt(key, row[0]) for row in key["roster"]}
    assert given["17"] == given["18"] == 1 and sorted(set(given.values())) == list(range(1, 9))
    assert "groups" not in key and key["closes"] is None
    work = Grader(key).grade(handed(key, line("09:00", NUMERIC, "5")), "a.jsonl").work
    assert work.flags == ["ok"]


def test_nbgrader_is_refused_with_the_reason(tmp_path, capsys):
    spec, roster = write_setting(tmp_path / "setting", GROUPED, ROSTER)
    words = [str(spec), "--roster", str(roster), "--nbgrader", str(tmp_path / "course")]
    assert commands.main("assign", words) == 2
    assert "nbgrader hands one folder to everybody" in capsys.readouterr().err
    assert not (tmp_path / "course").exists()


@pytest.mark.skipif(os.name != "posix", reason="course hub works on Linux")
def test_a_hub_hands_everybody_the_folder_of_his_group(quiz, tmp_path):
    folder, key = quiz
    top = tmp_path / "top"
    for user in ("17", "oleg", "67", "teacher"):
        (top / user).mkdir(parents=True)
    notes: list[str] = []
    with pytest.raises(GradingError, match="name --key PRIVATE too"):
        hub.hand_out(folder / "students", top, notes)
    name, fresh, ready = hub.hand_out(folder / "students", top, notes, folder / "private")
    assert (name, fresh, ready) == ("quiz", 3, 0)
    for user, group in (("17", "ІМ-21"), ("oleg", "ІМ-22"), ("67", "")):
        own = json.loads((top / user / "quiz" / "assignment.json").read_text("utf-8"))
        assert own["group"] == group
    (tmp_path / "empty").mkdir()
    none = hub.hand_out(folder / "students", tmp_path / "empty", [], folder / "private")
    assert none == ("quiz", 0, 0), "nobody has logged in yet"
    assert not (top / "teacher" / "quiz").exists() and "teacher is no student" in notes[0]
    assert hub.hand_out(folder / "students", top, [], folder / "private")[1:] == (0, 3)
    other, _ = made(tmp_path, GROUPED.replace('id = "quiz"', 'id = "other"'), ROSTER)
    with pytest.raises(GradingError, match="not of this key"):
        hub.hand_out(other / "students", top, [], folder / "private")


def test_a_key_cannot_name_a_folder_elsewhere(quiz, tmp_path):
    from setting import sealed

    from course.grading.keyfile import read_key

    key = json.loads(json.dumps(quiz[1]))
    key["groups"][folded("ІМ-21")]["folder"] = "../../etc"
    (tmp_path / "key.json").write_text(sealed(key), "utf-8")
    with pytest.raises(GradingError, match="key.json"):
        read_key(tmp_path)


def test_no_key_and_no_other_group_is_in_a_groups_folder(quiz):
    folder, key = quiz
    for name in ("ІМ-21", "ІМ-22"):
        said = (folder / "students" / name / "assignment.json").read_text("utf-8")
        assert "Шевченко" not in said and "example.org" not in said and "🎓" not in said
        entries = json.loads(said)["exercises"]
        assert all("key" not in entry and "answer" not in entry for entry in entries)
