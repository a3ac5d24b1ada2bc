"""The annual programme as an assignment: at most 45 points by a computer, no key with the students."""

import html
import json
import random
import re
import zipfile
from datetime import UTC, datetime

import pytest
from setting import ROSTER
from simulated import answer, event, handed, variant

import course
from course.cli import main
from course.exercises import chapter
from course.grading.keyfile import read_key
from course.grading.marking.marks import Marks
from course.grading.setting import assignment
from course.texts import LANGS, number
from course.truths import truth

CHAPTER = chapter("programme")
REFS = [f"programme/{name}" for name in CHAPTER.exercises]
SPEC = f"""id = "year"
title.uk = "Річна програма"
title.ru = "Годовая программа"
exercises = {json.dumps(REFS)}
opens = 2026-12-01T08:00:00
closes = 2030-12-08T23:59:00
zone = "Europe/Kyiv"
attempts = 3
show = "right-wrong"
[peer]
exercises = ["programme/programme-diagnosis", "programme/programme-defence"]
results = true
"""
WHEN = datetime(2026, 12, 2, 9, tzinfo=UTC)
STUDENTS = ("17", "18", "66", "67")
SAMPLED = {"firm": 2, "price": 0.95, "hour": 1.1}  # whose task the samples answer


def samples():
    """The model answer, the middling one and a weak one, all for one firm."""
    said = ['secret = "0123456789abcdef-only-a-test"']
    for name in ("weak", "middling", "strong"):
        said.append(f'[[sample]]\nid = "{name}"')
        said += [f"numbers.{number} = {value}" for number, value in SAMPLED.items()]
        for exercise in ("programme-diagnosis", "programme-defence"):
            raw = CHAPTER.exercises[exercise]
            marks = {"weak": [0, 0, 1], "middling": [2, 2, 2], "strong": [3, 3, 3]}[name]
            said.append(f'[[sample.answer]]\nexercise = "programme/{exercise}"')
            tiles = [tile["id"] for tile in raw.get("tile", ())]
            words = f"Зразок {name}: «Паперолад» має спершу порахувати."
            said += [f'tiles.{tile} = "{words}"' for tile in tiles] or [f'text = "{words}"']
            rows = zip(raw["criterion"], marks, strict=True)
            said += [f"marks.{row['id']} = {mark}" for row, mark in rows]
    return "\n".join(said)


@pytest.fixture(scope="module")
def given(tmp_path_factory):
    folder = tmp_path_factory.mktemp("programme")
    (folder / "spec.toml").write_text(SPEC, "utf-8")
    (folder / "roster.csv").write_text(ROSTER, "utf-8")
    (folder / "samples.toml").write_text(samples(), "utf-8")
    return folder, assignment.assign(folder / "spec.toml", folder / "roster.csv", folder / "set")


def entries(key):
    return {entry["ref"]: entry for entry in key["exercises"]}


def test_everybody_has_one_firm_in_the_whole_assignment(given, monkeypatch, tmp_path):
    folder, key = given
    firms = set()
    for student in STUDENTS:
        monkeypatch.setenv("COURSE_ANSWERS", str(tmp_path / student))
        task = course.assignment(folder / "set/students/assignment.json", "uk")
        before = task.data("programme_ledger")
        assert len(before) == 0, "nobody's data before there is a student"
        task._identify({"act": "check", "answer": {"student": student, "name": "Хтось"}})
        drawn = [
            {name: task.record.values(exercise)[name] for name in ("firm", "price", "hour")}
            for exercise in task.chapter.exercises.values()
        ]
        assert len(drawn) == 21 and drawn == drawn[:1] * 21
        for entry in key["exercises"]:
            own = entry["draws"][variant(key, entry, student)]
            assert drawn[0].items() <= own.items(), "the grader has the same numbers"
        number = int(drawn[0]["firm"])
        name = CHAPTER.shared["firm"].parameters["firm"]["words"][number - 1]["uk"]
        assert name in repr(task.firm())
        assert name in task._state(task._exercise("programme/programme-defence"))["prompt"]
        assert len(task.data("programme_ledger")) < 400
        firms.add(number)
    assert len(firms) > 1


def test_no_key_and_no_sample_travels_to_the_students(given):
    folder, key = given
    public = (folder / "set/students/assignment.json").read_text("utf-8")
    assert "Полотнянк" not in public and "ENOUGH" not in public
    for entry in json.loads(public)["exercises"]:
        assert (
            not {"right", "wrong", "solution", "keys", "truth", "criterion", "middling"}
            & entry.keys()
        )
    for own in entries(key)["programme/programme-worth"]["keys"][:20]:
        assert not any(str(value) in public for value in own["value"]["values"])
    data = {path.stem for path in (folder / "set/students/datasets").glob("*.csv")}
    assert data == {f"programme_{name}" for name in ("ledger", "contacts", "survey", "audit")}


def test_a_whole_answer_earns_forty_and_the_written_rest_waits(given):
    folder, key = given
    (folder / "in").mkdir()
    for student, right in zip(STUDENTS, (True, True, True, False), strict=True):
        lines = [event("identity", "set", {"student": student, "name": "Хтось"}, WHEN, "uk")]
        for entry in key["exercises"]:
            value = _answer(key, entry, student, right)
            lines.append(event(entry["ref"], "answer", value, WHEN, "uk"))
        file = folder / "in" / f"year-{student}.jsonl"
        file.write_bytes(handed(key, student, "Хтось", lines))
    private = str(folder / "set" / "private")
    assert main(["grade", str(folder / "in"), "--key", private, "--out", str(folder / "out")]) == 0
    works = [
        json.loads(row) for row in (folder / "out/graded.jsonl").read_text("utf-8").splitlines()
    ]
    graded = {
        work["student"]: work["exercises"] for work in works if work.get("student") in STUDENTS
    }
    for student, answers in graded.items():
        waiting = {ref for ref, each in answers.items() if each["state"] == "person"}
        assert waiting == {
            f"programme/{name}" for name, each in CHAPTER.exercises.items() if each.kind.by_person
        }
        assert sum(answers[ref]["maximum"] for ref in waiting) == 60
        points = sum(each["points"] for each in answers.values())
        assert points == 40 if student != "67" else points < 10
    journal = Marks(folder / "marks.jsonl", key)
    for ref, entry in entries(key).items():
        own = CHAPTER.exercises[ref.partition("/")[2]]
        rubric = [each["id"] for each in entry["rubric"] or ()]
        assert rubric == [each["id"] for each in own.get("criterion", ())]
        for criterion in rubric:
            journal.append("M", "17", ref, criterion, 3, "")
    marked = ["--marks", str(journal.path), "--out", str(folder / "whole")]
    assert main(["grade", str(folder / "in"), "--key", private, *marked]) == 0
    whole = [
        json.loads(row) for row in (folder / "whole/graded.jsonl").read_text("utf-8").splitlines()
    ]
    [best] = [work for work in whole if work.get("student") == "17"]
    assert sum(each["points"] for each in best["exercises"].values()) == 100
    assert main(["feedback", str(folder / "out"), "--key", private]) == 0
    page = next((folder / "out" / "feedback").glob("*67*.html")).read_text("utf-8")
    assert "Збиткових клієнтів лишено без змін" in page


@pytest.fixture(scope="module")
def packets(given):
    folder, key = given
    grades = folder / "out"  # of the test above
    assert main(["peer", "distribute", str(grades), "--key", str(folder / "set/private")]) == 0
    return {
        path.stem.rpartition("-")[2]: zipfile.ZipFile(path)
        for path in sorted((grades / "peer/packets").glob("*.zip"))
    }


def test_a_reader_sees_the_firm_and_the_numbers_of_every_work(given, packets):
    folder, key = given
    dealt = read_key(folder / "out/peer/private")["round"]["packets"]
    shared, known = CHAPTER.shared["firm"], entries(key)
    assert packets.keys() == set(STUDENTS)
    for student, archive in packets.items():
        for lang in LANGS:
            name = next(name for name in archive.namelist() if name.endswith(f"{lang}.ipynb"))
            cells = json.loads(archive.read(name))["cells"]
            page = html.unescape("\n".join("".join(cell["source"]) for cell in cells))
            works = re.split(r"\n## (?:Робота|Работа) \d\n", page)[1:]
            assert len(works) == len(dealt[student]["slots"]) == 5
            for work, slot in zip(works, dealt[student]["slots"], strict=True):
                own = SAMPLED
                if slot["kind"] == "plan":
                    entry = known["programme/programme-total"]
                    own = entry["draws"][variant(key, entry, slot["id"])]
                own = {name: own[name] for name in SAMPLED}
                told = [*shared.tells(own, lang).split("\n"), shared.counts(own, lang)]
                assert [line for line in told if line and line not in work] == []
                firm = shared.parameters["firm"]["words"][int(own["firm"]) - 1][lang]
                assert work.count(firm) >= 2, "the tasks are those of the author"
                title = CHAPTER.exercises["programme-total"]["title"][lang]
                total = number(round(truth("programme_total", own), 3), lang)
                assert f"| {title} | {total} |" in work
                assert "{" not in work


def test_no_byte_of_such_a_packet_names_anybody(given, packets):
    folder, key = given
    assert all(len(row[0]) > 1 for row in key["roster"])
    names = {word for row in key["roster"] for word in (row[1], row[3]) if word}
    for archive in packets.values():
        for name in archive.namelist():
            raw = archive.read(name).decode()
            texts = (raw, html.unescape(raw), html.unescape(raw.encode().decode("unicode_escape")))
            for words in texts:
                assert not [each for each in names if each in words]
            assert "Хтось" not in raw and "year-17" not in raw and key["peer"]["secret"] not in raw
            assert not re.search(r'"(numbers|draw|slots|kind": "plan)', raw)


def test_a_sample_says_whose_task_it_answers(given, tmp_path):
    from course.grading.setting.samples import begin, read_samples
    from course.grading.setting.spec import read_spec

    folder, _ = given
    (tmp_path / "spec.toml").write_text(SPEC, "utf-8")
    spec, exercises = read_spec(tmp_path / "spec.toml", [])
    begun = begin(tmp_path / "spec.toml", spec, exercises).read_text("utf-8")
    assert begun.count("numbers.firm = 1  # 1 («Ліфтоград»), 2 («Паперолад»)") == 3
    wrong = {
        "numbers.firm = 2\n": ("", "numbers.firm = one of 1 («Ліфтоград»), 2"),
        "numbers.price = 0.95": ("numbers.price = 0.97", "one of 0.9, 0.95, 1, 1.05, 1.1"),
        "numbers.hour": ("numbers.hours", "no number 'hours'"),
    }
    for old, (new, said) in wrong.items():
        (tmp_path / "samples.toml").write_text(samples().replace(old, new, 1), "utf-8")
        faults = []
        assert read_samples(tmp_path / "spec.toml", spec, exercises, faults) is None
        assert said in "\n".join(map(str, faults)), old


def _answer(key, entry, student, right):
    if entry["kind"] == "portfolio":
        from plans import best_plan

        own = entry["keys"][variant(key, entry, student)]
        return best_plan(own) if right else dict.fromkeys("ABCD", "11111")
    if entry["kind"] == "value" and not right:
        return {"index": [1], "values": [0]} if isinstance(entry["keys"][0]["value"], dict) else -1
    return answer(key, entry, student, "uk", right, random.Random(1))


def test_a_text_outlives_a_corrected_id_and_numbers_do_not(given, monkeypatch, tmp_path):
    folder, _ = given
    monkeypatch.setenv("COURSE_ANSWERS", str(tmp_path))
    task = course.assignment(folder / "set/students/assignment.json", "uk")
    task._identify({"act": "check", "answer": {"student": "17", "name": "Хтось"}})
    text, number = "programme/programme-cell", "programme/programme-total"
    task._react(task._exercise(text), {"act": "check", "answer": "Клітинка B. " * 25})
    task.check(number, 312.4)
    said = task._identify({"act": "check", "answer": {"student": "18", "name": "Хтось"}})
    assert task.record.of(text).answer and task.record.of(number).answer is None
    assert "1" in str(said["feedback"])
    assert not task._state(task._exercise(text))["can_reset"]


def test_another_students_answer_is_not_right_for_this_one(given):
    _, key = given
    entry = entries(key)["programme/programme-total"]
    values = {student: entry["keys"][variant(key, entry, student)]["value"] for student in STUDENTS}
    assert len({round(value) for value in values.values()}) == len(STUDENTS)
