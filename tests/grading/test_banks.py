"""Several banks in one specification, and banks shared as one file with their authors and licence."""

import hashlib
import html
import json
import os
import random
import shutil
import time
import tomllib
import xml.dom.minidom
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated import submission

from course.authoring.checks import check
from course.cli import main
from course.credit import checksum, credits_of, line
from course.exercises import chapters, read
from course.grading import GradingError, gradebook, results
from course.grading.exports import moodle_questions, qti
from course.grading.pages.feedback import Pages
from course.grading.peer.packets import literal
from course.grading.semester import bank as semester
from course.grading.semester import items
from course.grading.semester.support import read_rules
from course.grading.setting import SettingError, banks
from course.grading.setting.assignment import assign
from course.grading.share import PRIVATE, collected, written

BANK = """[lesson]
number = 90
slug = "own"
minutes = 10
title.uk = "Свої вправи"
title.ru = "Свои упражнения"

[[outcome]]
id = 1
text.uk = "Рахувати"
text.ru = "Считать"

[[exercise]]
id = "sum"
kind = "numeric"
points = 2
outcomes = [1]
digits = 1
answer = "2 * a"
prompt.uk = "Подвойте {a}."
prompt.ru = "Удвойте {a}."
right.uk = "Так, подвоєно."
right.ru = "Да, удвоено."
wrong.uk = "Помножте на два."
wrong.ru = "Умножьте на два."
solution.uk = "{answer}"
solution.ru = "{answer}"
[exercise.parameters]
a = {from = 1, to = 9, step = 1}

[[exercise]]
id = "pick"
kind = "choice"
outcomes = [1]
prompt.uk = "Що більше?"
prompt.ru = "Что больше?"
right.uk = "Сто більше за один."
right.ru = "Сто больше одного."
wrong.uk = "Порівняйте числа."
wrong.ru = "Сравните числа."
solution.uk = "Сто."
solution.ru = "Сто."
[[exercise.option]]
id = "a"
text.uk = "сто"
text.ru = "сто"
right = true
[[exercise.option]]
id = "b"
text.uk = "один"
text.ru = "один"
why.uk = "Один менший."
why.ru = "Один меньше."
"""
ABOUT = """[about]
title.uk = "Рівні відносин"
title.ru = "Уровни отношений"
authors = [{uk = "Олена Гнатюк", ru = "Елена Гнатюк"}, "І. К."]
licence = "CC-BY-SA-4.0"
version = "2"

"""
SPEC = """id = "golden"
title.uk = "Контрольна"
title.ru = "Контрольная"
exercises = ["own/sum", "own/pick"]
closes = 2026-12-08T23:59:00
[points]
"own/pick" = 3
"""
ROSTER = "ПІБ;Група;E-mail;ID\nШевченко Іван;МК-21;ivan@example.org;17\n"
STUDENTS = [str(number) for number in range(17, 29)]
HOSTILE = ["<script>alert(1)</script>", "**x** `y` [z](http://a.b)", "]]> & \"'", "$x$ {{ 7*7 }}"]


def other(text, factor=3):
    """Another bank with the same ids."""
    text = text.replace("Подвойте", f"Помножте на {factor}:").replace(
        "Удвойте", f"Умножьте на {factor}:"
    )
    text = text.replace("Що більше?", f"Що більше за {factor}?").replace(
        "Что больше?", f"Что больше {factor}?"
    )
    return text.replace('"2 * a"', f'"{factor} * a"')


def in_one(text, lang):
    """The bank in one language."""
    dropped = {"uk": ".ru", "ru": ".uk"}[lang]
    kept = (each for each in text.splitlines() if not each.partition(" = ")[0].endswith(dropped))
    return "\n".join(kept).replace("minutes = 10", f'minutes = 10\nlanguages = ["{lang}"]') + "\n"


def spec_of(*refs, **files):
    listed = ", ".join(f'"{ref}"' for ref in refs)
    head = (
        f'id = "many"\ntitle.uk = "Контрольна"\ntitle.ru = "Контрольная"\nexercises = [{listed}]\n'
    )
    return head + "[banks]\n" + "".join(f'{name} = "{file}"\n' for name, file in files.items())


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "exercises.toml").write_text(BANK, "utf-8")
    (tmp_path / "roster.csv").write_text(ROSTER, "utf-8")
    (tmp_path / "olena.toml").write_text(ABOUT + other(BANK), "utf-8")
    return tmp_path


def set_in(folder, spec, notes=None):
    (folder / "spec.toml").write_text(spec, "utf-8")
    return assign(folder / "spec.toml", folder / "roster.csv", folder / "work", notes)


def faults_of(folder, spec):
    with pytest.raises(SettingError) as caught:
        set_in(folder, spec)
    return str(caught.value)


# --- references ------------------------------------------------------------------------------------------------------
def test_a_spec_without_banks_makes_the_bytes_it_always_made(folder):
    set_in(folder, SPEC)
    sums = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:16]
        for path in (folder / "work").rglob("*")
        if path.suffix in (".json", ".ipynb")
    }
    assert sums == {
        "key.json": "7101911e15f24d3a",
        "assignment.json": "5006923068a2c71d",
        "golden-ru.ipynb": "cf2b59c5bff2be6c",
        "golden-uk.ipynb": "78248f02a2760684",
    }


def test_the_same_id_in_two_banks_is_two_exercises(folder):
    (folder / "banks").mkdir()
    (folder / "banks" / "ivan.toml").write_text(other(BANK, 4), "utf-8")
    refs = ("own/sum", "olena/sum", "ivan/sum", "own/pick", "olena/pick")
    key = set_in(folder, spec_of(*refs, olena="olena.toml", ivan="banks/ivan.toml"))
    entries = {entry["ref"]: entry for entry in key["exercises"]}
    assert list(entries) == [*refs] and key["banks"] == ["ivan", "olena"]
    assert [entries[ref]["raw"]["answer"] for ref in refs[:3]] == ["2 * a", "3 * a", "4 * a"]
    assert key["outcomes"].keys() == {"own", "olena", "ivan"}
    assert entries["own/pick"]["ids"] != entries["olena/pick"]["ids"]


def graded(folder, key, private, where):
    """Points by student and exercise, of a class whose answers are right or wrong as its seed says."""
    (folder / where).mkdir()
    for student in STUDENTS:
        file = folder / where / f"{key['id']}-{student}.jsonl"
        file.write_bytes(submission(key, student, student, seed=1, saves=0, skip=0.1))
    gradebook.grade(folder / where, private, folder / f"{where}-grades")
    works = {work.student: work for work in results.read(folder / f"{where}-grades")}
    return {
        student: [answer.points for answer in works[student].exercises.values()]
        for student in STUDENTS
    }


def test_a_class_earns_the_same_wherever_the_questions_lie(folder):
    """The same answers, right or wrong alike, to the same questions as one's own and as a colleague's."""
    rows = "".join(f"Студент;МК-21;;{student}\n" for student in STUDENTS)
    (folder / "roster.csv").write_text("ПІБ;Група;E-mail;ID\n" + rows, "utf-8")
    (folder / "olena.toml").write_text(ABOUT + BANK, "utf-8")
    own = set_in(folder, SPEC)
    points = graded(folder, own, folder / "work" / "private", "own")
    shutil.rmtree(folder / "work")
    spec = spec_of("olena/sum", "olena/pick", olena="olena.toml") + '[points]\n"olena/pick" = 3\n'
    theirs = set_in(folder, spec)
    assert [entry["points"] for entry in theirs["exercises"]] == [2, 3]
    for name in ("olena.toml", "exercises.toml", "spec.toml"):
        (folder / name).unlink()  # no bank lies beside whoever grades
    again = graded(folder, theirs, folder / "work" / "private", "theirs")
    assert again == points and len({*map(tuple, points.values())}) > 2
    assert main(["report", str(folder / "theirs-grades"), "--out", str(folder / "r")]) == 0


def test_references_to_banks_grade_as_those_to_one_s_own(folder):
    """Whatever the bank is called, a right answer is right and a wrong one wrong, for the same points."""
    from course.grading.keyfile import exercise
    from course.kinds import kind

    (folder / "olena.toml").write_text(ABOUT + BANK, "utf-8")
    own = set_in(folder, SPEC)
    theirs = set_in(
        folder,
        spec_of("olena/sum", "olena/pick", olena="olena.toml").replace('"many"', '"golden"')
        + '[points]\n"olena/pick" = 3\n',
    )
    chance = random.Random(1)
    for mine, twin in zip(own["exercises"], theirs["exercises"], strict=True):
        apart = dict.fromkeys(("ref", "lesson", "ids", "draws", "keys"))
        assert mine | apart == twin | apart and exercise(twin).lesson == "olena"
        marks, same = (_marks(entry) for entry in (mine, twin))
        assert marks.keys() == same.keys()  # who gets which numbers is drawn by the name
        of = kind(mine["kind"]).score
        for draw in marks:
            for answer in ("a", "b", "", "7", *(str(chance.randint(0, 30)) for _ in range(9))):
                scores = [of(key, answer, mine["points"]) for key in (marks[draw], same[draw])]
                assert scores[0] == scores[1]


def _marks(entry):
    """The keys of an entry by its draws."""
    draws = [json.dumps(draw) for draw in entry["draws"]] or [""]
    return dict(zip(draws, entry["keys"], strict=True))


NAMES = ["../x", "levels", "start", "own", "pool", "review", "identity", "learner", "con", "lpt1",
         "__proto__", "Olena", "олена", "a" * 31, "a/b", "a.b", "", "-a", "x\\ny"]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_bank_cannot_be_called_so(folder, name):
    spec = spec_of("own/sum") + f'"{name}" = "olena.toml"\n'
    (said,) = faults_of(folder, spec).splitlines()
    assert said.startswith("spec.toml:") and ("bank" in said)
    assert int(said.split(":")[1]) == len(spec.splitlines()) or name in ("", "x\\ny")
    assert said.isprintable()


def test_every_lesson_of_the_course_is_reserved(folder):
    assert all(banks._misnamed(slug) for slug in chapters())
    assert not banks._misnamed("olena-2")


def test_what_is_wrong_with_a_file_is_told_where_it_is(folder):
    outside = folder.parent / "outside.toml"
    outside.write_text(other(BANK), "utf-8")
    (folder / "loop.toml").symlink_to("loop2.toml")
    (folder / "loop2.toml").symlink_to("loop.toml")
    (folder / "away.toml").symlink_to(outside)
    (folder / "latin.toml").write_bytes(BANK.encode("cp1251"))
    (folder / "huge.toml").write_bytes(b"#" * (10 << 20))
    (folder / "broken.toml").write_text(other(BANK).replace("digits = 1", "digits = 9"), "utf-8")
    (folder / "levels.toml").write_text(other(BANK).replace('"own"', '"levels"'), "utf-8")
    (folder / "folder").mkdir()
    lesson = chapters()["levels"].folder / "exercises.toml"
    said = {
        "../outside.toml": "lies outside the folder of the spec",
        str(outside): "write a path from the spec on",
        "C:/olena.toml": "write a path from the spec on",
        "banks\\\\olena.toml": "write a path from the spec on",
        os.path.relpath(lesson, folder): "is a lesson of the course",
        "away.toml": "lies outside the folder of the spec",
        "loop.toml": "a link that leads in a circle",
        "missing.toml": "there is no file 'missing.toml'",
        "folder": "is a folder",
        "latin.toml": "latin.toml:1: not UTF-8",
        "huge.toml": "more than 8 MiB",
        "broken.toml": "broken.toml:18: sum digits",
        "levels.toml": "is the lesson 'levels' of the course",
        "exercises.toml": "the same file as 'own'",
    }
    for file, words in said.items():
        told = faults_of(folder, spec_of("own/sum", bad=file))
        assert words in told, (file, told)
        assert len(told.splitlines()) == 1
        assert "spec.toml:6:" in told or "latin" in file or "broken" in file, told
    assert "[banks]" in faults_of(folder, 'banks = "olena.toml"\n' + SPEC)
    assert "[banks]" in faults_of(folder, SPEC + "[banks]\nolena = 5\n")


def test_an_unknown_exercise_of_a_bank_is_told_with_its_neighbour(folder):
    said = faults_of(folder, spec_of("olena/summ", olena="olena.toml"))
    assert "there is no exercise 'olena/summ'; did you mean 'olena/sum'?" in said


def test_the_same_question_in_two_banks_is_refused(folder):
    (folder / "olena.toml").write_text(BANK, "utf-8")
    said = faults_of(folder, spec_of("own/sum", "olena/sum", olena="olena.toml"))
    assert "'olena/sum' asks the same as 'own/sum'" in said
    (folder / "olena.toml").write_text(BANK.replace('"sum"', '"double"'), "utf-8")
    said = faults_of(folder, spec_of("own/sum", "olena/double", olena="olena.toml"))
    assert "'olena/double' asks the same as 'own/sum'" in said, (
        "renamed, so that both can be shared"
    )


@pytest.mark.parametrize("lang", ["uk", "ru"])
def test_a_bank_in_one_language_leaves_the_assignment_that_one(folder, lang):
    (folder / "olena.toml").write_text(in_one(other(BANK), lang), "utf-8")
    notes = []
    key = set_in(folder, spec_of("own/sum", "olena/sum", olena="olena.toml"), notes)
    assert (
        key["languages"] == [lang] and f"olena is in {lang} only, and so is the assignment" in notes
    )
    assert sorted(path.name for path in (folder / "work" / "students").glob("*.ipynb")) == [
        f"many-{lang}.ipynb"
    ]
    notes.clear()  # named but not used, it takes nothing away
    assert (
        len(set_in(folder, spec_of("own/sum", olena="olena.toml"), notes)["languages"]) == 2
        and not notes
    )


def test_banks_without_a_common_language_are_refused(folder):
    (folder / "olena.toml").write_text(in_one(other(BANK), "uk"), "utf-8")
    (folder / "ivan.toml").write_text(in_one(other(BANK, 4), "ru"), "utf-8")
    said = faults_of(folder, spec_of("olena/sum", "ivan/sum", olena="olena.toml", ivan="ivan.toml"))
    assert "olena is in uk; ivan is in ru: no student could read all of it" in said


def test_an_item_keeps_its_identity_under_another_name():
    def on(item, version, year):
        return semester.Line(
            item=item, version=version, kind="choice", prompt={"uk": "?", "ru": "?"}, assignment=year,
            year=year, closes="", added="", handed_out=9, n=9, blank=0, facility=0.5, spread=0.1, parts=2, public=False)  # fmt: skip

    lines = [
        on("own/sum", "aa", "2025/26"),
        on("olena/sum", "aa", "2026/27"),
        on("ivan/sum", "bb", "2026/27"),
    ]
    assert [(item.last.item, item.n) for item in items.items(lines)] == [
        ("ivan/sum", 9),
        ("olena/sum", 18),
    ]


# --- [about] ---------------------------------------------------------------------------------------------------------
def about_faults(folder, about):
    path = folder / "b.toml"
    path.write_text(about + BANK, "utf-8")
    return [str(fault) for fault in check(path)]


@pytest.mark.parametrize(("old", "new", "says"), [
    ('licence = "CC-BY-SA-4.0"', 'licence = "CC BY-SA 4.0"', "5: licence: no licence 'CC BY-SA 4.0' in the list of SPDX; did you mean 'CC-BY-SA-4.0'"),
    ('licence = "CC-BY-SA-4.0"', 'licence = "cc-by-sa-4.0"', "5: licence: write it as the list of SPDX does: 'CC-BY-SA-4.0'"),
    ('licence = "CC-BY-SA-4.0"', 'licence = "MIT OR CC-BY-4.0"', "5: licence: write one id"),
    ('licence = "CC-BY-SA-4.0"', 'licence = ["MIT", "CC-BY-4.0"]', "5: licence: write an id of SPDX"),
    ('licence = "CC-BY-SA-4.0"', 'licence = "<b>"', "5: licence: no licence '<b>'"),
    ('licence = "CC-BY-SA-4.0"', 'licence-text = "мої умови"', "5: licence-text: unknown field; did you mean 'licence_text'?"),
    ('version = "2"', 'licence_text = "мої умови"', "6: licence_text: stands beside licence"),
    ('version = "2"', 'version = 2', "6: version: write words"),
    ('version = "2"', 'version = 2026-01-01', "6: version: write words"),
    ('version = "2"', '__proto__ = "x"', "6: __proto__: unknown field"),
    ('version = "2"', 'seal = "12"', "6: seal: course share writes it"),
    ('title.ru = "Уровни отношений"\n', '', "2: title: ru: write title.ru"),
    ('title.ru', 'title.en', "unknown language 'en'"),
    ('"І. К."', '"а\\u202eб"', "4: authors: write a list of names"),
    ('"І. К."', '""', "4: authors: write a list"),
    ('"І. К."', '{uk = "а"}', "4: authors: write a list"),
    ('version = "2"', 'part = 5', "6: part: write [[about.part]]"),
    ('version = "2"\n', '[[about.part]]\ntitle.uk = "а"\ntitle.ru = "а"\nexercises = ["no"]\n', "6: part: exercises: there is no exercise 'no'"),
    ('[about]', 'about = 5\n[other]', "write [about]"),
])  # fmt: skip
def test_each_fault_of_about_is_named(folder, old, new, says):
    assert old in ABOUT
    said = about_faults(folder, ABOUT.replace(old, new))
    assert any(says in each for each in said), said


@pytest.mark.parametrize(
    "licence", ["CC0-1.0", "CC-BY-4.0", "CC-BY-NC-ND-4.0", "MIT", "GFDL-1.3-only", "ODbL-1.0"]
)
def test_a_licence_of_the_list_is_one(folder, licence):
    assert not about_faults(folder, ABOUT.replace("CC-BY-SA-4.0", licence))


def test_about_is_optional_and_may_be_short(folder):
    assert not about_faults(folder, "") and not about_faults(folder, '[about]\nauthors = ["Я"]\n')
    assert not about_faults(folder, '[about]\nlicence_text = "https://example.org/terms"\n')


def test_check_tells_what_a_bank_says_of_itself(folder, capsys):
    assert main(["check", str(folder / "exercises.toml")]) == 0 and not capsys.readouterr().out
    assert main(["check", str(folder / "olena.toml")]) == 0
    said = capsys.readouterr().out
    assert (
        "Рівні відносин; version 2; authors: Олена Гнатюк, І. К.; licence: CC-BY-SA-4.0 (ShareAlike); 2 exercises"
        in said
    )


# --- sharing ---------------------------------------------------------------------------------------------------------
def share(folder, *names):
    (text, said) = collected([folder / name for name in names])
    (folder / "shared.toml").write_text(text, "utf-8")
    return text, said


def told(folder, capsys, name="shared.toml"):
    assert main(["check", str(folder / name)]) == 0
    return capsys.readouterr().out


def test_a_shared_bank_says_the_same_and_is_sealed(folder, capsys):
    (folder / "olena.toml").write_text(ABOUT + "# a private remark\n" + other(BANK), "utf-8")
    text, said = share(folder, "olena.toml")
    assert "private remark" not in text and any("CC-BY-SA-4.0" in each for each in said)
    before, after = (
        tomllib.loads(each) for each in ((folder / "olena.toml").read_text("utf-8"), text)
    )
    assert after["about"].pop("seal") and before == after
    assert "the seal fits" in told(folder, capsys)
    assert collected([folder / "shared.toml"])[0] == text, "sharing it on changes nothing"


@pytest.mark.parametrize("disguise", ["bom", "crlf", "remark"])
def test_what_mail_does_to_a_file_breaks_no_seal(folder, capsys, disguise):
    text, _ = share(folder, "olena.toml")
    data = {
        "bom": b"\xef\xbb\xbf" + text.encode(),
        "crlf": text.replace("\n", "\r\n").encode(),
        "remark": b"# mine\n" + text.encode(),
    }[disguise]
    (folder / "shared.toml").write_bytes(data)
    assert "the seal fits" in told(folder, capsys)


@pytest.mark.parametrize(
    ("old", "new"), [("3 * a", "4 * a"), ("Олена", "Оксана"), ("CC-BY-SA-4.0", "CC0-1.0")]
)
def test_a_change_breaks_the_seal_and_is_said_to_students(folder, capsys, old, new):
    text, _ = share(folder, "olena.toml")
    assert text.count(old)
    (folder / "shared.toml").write_text(text.replace(old, new), "utf-8")
    assert "the seal does not fit" in told(folder, capsys)
    (credit,) = read(folder / "shared.toml").credits
    assert "зі змінами" in line(credit.plain([]), "uk") and "с изменениями" in line(
        credit.plain([]), "ru"
    )
    with pytest.raises(GradingError, match="say what you changed"):
        share(folder, "shared.toml")


def test_nobody_gives_on_a_changed_bank_without_derivatives(folder):
    (folder / "olena.toml").write_text(
        ABOUT.replace("CC-BY-SA-4.0", "CC-BY-ND-4.0") + other(BANK), "utf-8"
    )
    text, _ = share(folder, "olena.toml")
    (folder / "shared.toml").write_text(
        text.replace("3 * a", "4 * a").replace("[lesson]", 'changes = "інше число"\n[lesson]'),
        "utf-8",
    )
    with pytest.raises(GradingError, match="lets nobody give on what is changed"):
        share(folder, "shared.toml")


@pytest.mark.parametrize(("old", "new", "says"), [
    ('licence = "CC-BY-SA-4.0"\n', "", "about licence: [about] needs it"),
    ('title.uk = "Рівні відносин"\ntitle.ru = "Уровни отношений"\n', "", "about title: [about] needs it"),
    ('authors = [{uk = "Олена Гнатюк", ru = "Елена Гнатюк"}, "І. К."]\n', "", "about authors: [about] needs it"),
    ('"І. К."', '"ivan.k@univ.edu.ua"', "olena.toml:4: authors: an e-mail address, 'ivan.k@univ.edu.ua'"),
    ('version = "2"', 'source = "C:\\\\Users\\\\olena\\\\b.xml"', "olena.toml:6: source: a path on this computer"),
    ('version = "2"', 'source = "/home/olena/b.xml"', "a path on this computer"),
    ('version = "2"', 'source = "file:///b.xml"', "a path on this computer"),
    ('version = "2"', 'source = "\\\\\\\\server\\\\banks"', "a path on this computer"),
    ('version = "2"', 'source = "https://me:pw@example.com/"', "a password in an address"),
    ('version = "2"', 'changes = "питайте +380 44 123-45-67"', "a telephone number"),
    ('version = "2"', 'digits = 9', "unknown field"),
])  # fmt: skip
def test_what_keeps_a_bank_at_home(folder, old, new, says, capsys):
    assert old in ABOUT
    (folder / "olena.toml").write_text(ABOUT.replace(old, new) + other(BANK), "utf-8")
    out = folder / "out.toml"
    assert main(["share", str(folder / "olena.toml"), "--out", str(out)]) == 2 and not out.exists()
    assert says in capsys.readouterr().err


PART = """[[about.part]]
title.uk = "Частина"
title.ru = "Часть"
exercises = ["sum", "pick"]
"""


def test_a_bank_made_of_parts_alone_is_shared(folder):
    """What it is made of has names and terms; of itself nothing is left to be told."""
    (folder / "olena.toml").write_text(
        "[about]\n" + PART + 'authors = ["А"]\nlicence = "MIT"\n' + other(BANK), "utf-8"
    )
    text, _ = share(folder, "olena.toml")
    assert check(folder / "shared.toml") == [] and tomllib.loads(text)["about"]["part"]


@pytest.mark.parametrize("head", ["[about] # mine\n", ""])
def test_what_keeps_a_bank_at_home_is_told_with_its_folder_and_line(folder, head, capsys):
    for name in ("anna", "ivan"):
        (folder / name).mkdir()
        bank = f"\n\n{head}\n{PART}{other(BANK)}"
        (folder / name / "exercises.toml").write_text(bank, "utf-8")
    paths = [str(folder / name / "exercises.toml") for name in ("anna", "ivan")]
    assert main(["share", *paths, "--out", str(folder / "out.toml")]) == 2
    said, row = capsys.readouterr().err, 5 if head else 4
    assert all(f"{path}:{row}: part 1 authors:" in said for path in paths)


@pytest.mark.parametrize(
    "words", ["a" * 200_000, "a." * 100_000, "a@" + "b." * 100_000, "+1" * 100_000]
)
def test_a_text_of_any_length_is_looked_through_at_once(words):
    start = time.process_time()
    assert not any(pattern.search(words) for pattern in PRIVATE.values())
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    "words",
    [
        "ivan@example.org",
        "https://example.org/home/x",
        "1+1 і 5/7",
        "а/home",
        "+5 балів із 10 000 000",
    ],
)
def test_what_only_looks_private_may_go(folder, words):
    (folder / "olena.toml").write_text(
        ABOUT + other(BANK).replace("Сто більше за один.", words), "utf-8"
    )
    share(folder, "olena.toml")


def test_sharing_writes_over_nothing_unasked(folder, capsys):
    own, out = str(folder / "olena.toml"), str(folder / "out.toml")
    assert (
        main(["share", own, "--out", own, "--replace"]) == 2
        and "the bank itself" in capsys.readouterr().err
    )
    assert main(["share", own, "--out", out]) == 0
    assert (
        main(["share", own, "--out", out]) == 2
        and "stands there already" in capsys.readouterr().err
    )
    assert main(["share", own, "--out", out, "--replace"]) == 0
    assert main(["share", str(folder / "no.toml"), "--out", out, "--replace"]) == 2


def renamed(text):
    return text.replace('"sum"', '"sum-2"').replace('"pick"', '"pick-2"')


def test_a_collection_keeps_everybody_s_authors_and_licence(folder, capsys):
    ivan = (
        ABOUT.replace("Рівні відносин", "Ще")
        .replace("Уровни отношений", "Ещё")
        .replace("CC-BY-SA-4.0", "CC-BY-4.0")
        .replace("І. К.", "Іван")
    )
    more = renamed(other(BANK, 4)).replace("Рахувати", "Множити").replace("Считать", "Умножать")
    (folder / "ivan.toml").write_text(ivan + more, "utf-8")
    text, said = share(folder, "olena.toml", "ivan.toml")
    assert not check(folder / "shared.toml") and "the seal fits" in told(folder, capsys)
    whole = read(folder / "shared.toml")
    assert [(c.licence, len(c.authors), [*c.exercises]) for c in whole.credits] == [
        ("CC-BY-SA-4.0", 2, ["sum", "pick"]), ("CC-BY-4.0", 2, ["sum-2", "pick-2"])]  # fmt: skip
    assert [whole.outcomes[each["outcomes"][0]]["uk"] for each in whole.exercises.values()] == [
        "Рахувати"
    ] * 2 + ["Множити"] * 2
    assert sum("CC-BY-SA-4.0" in each for each in said) == 1
    key = set_in(folder, spec_of("all/sum-2", all="shared.toml"))
    assert [credit["licence"] for credit in key["credits"]] == ["CC-BY-4.0"], (
        "only what is used is named"
    )


def test_a_collection_has_no_id_twice_and_one_pair_of_languages(folder):
    (folder / "ivan.toml").write_text(ABOUT + other(BANK, 4), "utf-8")
    with pytest.raises(GradingError, match="each has the id 'sum'"):
        share(folder, "olena.toml", "ivan.toml")
    only = ABOUT.replace('title.ru = "Уровни отношений"\n', "").replace(', ru = "Елена Гнатюк"', "")
    (folder / "ivan.toml").write_text(only + in_one(renamed(other(BANK, 4)), "uk"), "utf-8")
    with pytest.raises(GradingError, match="banks of different languages"):
        share(folder, "olena.toml", "ivan.toml")


TEXTS = st.text(st.characters(blacklist_categories=["Cs"]), max_size=20)
SCALARS = st.one_of(TEXTS, st.booleans(), st.integers(-(2**53), 2**53), st.floats(allow_nan=False))
PAIRS = st.fixed_dictionaries({"uk": TEXTS, "ru": TEXTS})
FLAT = st.dictionaries(TEXTS, st.one_of(SCALARS, st.lists(SCALARS, max_size=3), PAIRS), max_size=4)
TREES = st.recursive(
    FLAT,
    lambda inner: st.dictionaries(
        TEXTS, st.one_of(SCALARS, inner, st.lists(inner, max_size=2)), max_size=3
    ),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(TREES)
def test_what_is_written_reads_as_the_same_values(raw):
    again = tomllib.loads(written(raw))
    assert again == raw
    assert checksum({"about": {}, **again}) == checksum({"about": {}, **raw})


# --- whose questions they are, wherever they go -----------------------------------------------------------------------
@pytest.fixture
def hostile(folder):
    listed = json.dumps(HOSTILE, ensure_ascii=False)
    about = ABOUT.replace('[{uk = "Олена Гнатюк", ru = "Елена Гнатюк"}, "І. К."]', listed)
    (folder / "olena.toml").write_text(about + other(BANK), "utf-8")
    (folder / "spec.toml").write_text(
        spec_of("own/pick", "olena/sum", "olena/pick", olena="olena.toml"), "utf-8"
    )
    return folder


@pytest.mark.parametrize("lang", ["uk", "ru"])
def test_the_notebook_ends_with_the_line_letter_by_letter(hostile, lang):
    assign(hostile / "spec.toml", hostile / "roster.csv", hostile / "work")
    book = json.loads((hostile / "work" / "students" / f"many-{lang}.ipynb").read_text("utf-8"))
    last = "".join(book["cells"][-1]["source"])
    whole = line(read(hostile / "olena.toml").credits[0].plain([]), lang)
    assert last == literal(whole) and whole.startswith(
        {"uk": "Питання: «", "ru": "Вопросы: «"}[lang]
    )
    assert "CC BY-SA 4.0 (https://creativecommons.org/licenses/by-sa/4.0/)" in whole
    assert not set("<>*[]`$") & set(last), last
    assert "".join(book["cells"][-2]["source"]) == "task.submit()"


def test_moodle_tells_lecturers_and_stays_xml(hostile):
    made = moodle_questions.bank(*moodle_questions.load(hostile / "spec.toml"), variants=2)
    root = xml.dom.minidom.parseString(made.xml)
    texts = [
        "".join(n.data for n in e.getElementsByTagName("text")[0].childNodes)
        for e in root.getElementsByTagName("info")
    ]
    assert len(texts) == 4 and all(
        "&lt;script&gt;" in each and "<script" not in each for each in texts
    )
    tagged = [
        len(q.getElementsByTagName("tag"))
        for q in root.getElementsByTagName("question")
        if q.getAttribute("type") != "category"
    ]
    assert tagged == [0, 5, 5, 5, 0, 5, 5, 5], "one's own question has none"
    words = [tag.firstChild.firstChild.data for tag in root.getElementsByTagName("tag")]
    assert "CC-BY-SA-4.0" in words and max(map(len, words)) <= 50


def test_qti_has_its_rights_for_the_package_and_each_item(hostile):
    made = qti.package(*moodle_questions.load(hostile / "spec.toml"), variants=2)
    (hostile / "q.zip").write_bytes(made.data)
    with zipfile.ZipFile(hostile / "q.zip") as package:
        root = xml.dom.minidom.parseString(package.read("imsmanifest.xml"))
    said = [node.firstChild.data for node in root.getElementsByTagName("lom:string")]
    assert len(said) == 2 + 6 and all("<script>alert(1)</script>" in each for each in said)
    assert root.documentElement.getElementsByTagName("metadata")[0].getElementsByTagName(
        "lom:rights"
    )


def test_the_last_line_of_a_paper_says_whose_it_is(hostile):
    docx = pytest.importorskip("docx")
    words = [
        "paper",
        "print",
        str(hostile / "spec.toml"),
        "--roster",
        str(hostile / "roster.csv"),
        "--out",
        str(hostile / "p"),
        "--lang",
        "uk",
    ]
    assert main(words) == 0
    last = docx.Document(str(hostile / "p" / "print" / "many-1-uk.docx")).paragraphs[-1].text
    assert last == line(read(hostile / "olena.toml").credits[0].plain([]), "uk")
    sheet = docx.Document(str(hostile / "p" / "print" / "many-1-uk-answers.docx"))
    assert not any("CC BY-SA" in each.text for each in sheet.paragraphs)


def test_pages_of_feedback_say_it_as_text(hostile):
    key = assign(hostile / "spec.toml", hostile / "roster.csv", hostile / "work")
    (hostile / "in").mkdir()
    gradebook.grade(hostile / "in", hostile / "work" / "private", hostile / "g")
    page = Pages(key).page(next(iter(results.read(hostile / "g"))))
    assert "&lt;script&gt;alert(1)" in page and "<script>alert(1)" not in page
    assert main(["report", str(hostile / "g"), "--out", str(hostile / "r"), "--lang", "ru"]) == 0
    (report,) = (path for path in (hostile / "r").glob("*.html"))
    text = report.read_text("utf-8")
    assert "Вопросы: «Уровни отношений»" in text and "<script>alert(1)" not in text


def test_the_lecturers_bank_says_whose_it_is():
    for path in sorted((Path(__file__).parents[2] / "bank").glob("*/exercises.toml")):
        (credit,) = credits_of(tomllib.loads(path.read_text("utf-8")))
        assert credit.licence == "CC-BY-SA-4.0" and len(credit.exercises) >= 8, path


def test_an_import_says_where_it_is_from_and_what_is_not_known(folder, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    Path("q.gift").write_text(
        "$CATEGORY: $course$/top/Рівні\n\n::a::Скільки це буде?{#5}\n", "utf-8"
    )
    assert main(["import", "q.gift", "--out", "new.toml"]) == 0
    assert "lost: who wrote them, on what terms" in capsys.readouterr().out
    raw = tomllib.loads(Path("new.toml").read_text("utf-8"))
    assert raw["about"] == {"title": {"uk": "Рівні"}, "source": "q.gift – Рівні"}
    assert main(["share", "new.toml", "--out", "out.toml"]) == 2
    assert raw["exercise"][0]["within"] == 0


def test_our_own_export_comes_back_with_its_line_and_loses_no_tags(folder, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    assert main(["export", "questions", "olena.toml", "--out", "m.xml", "--variants", "2"]) == 0
    capsys.readouterr()
    assert main(["import", "m.xml", "--out", "new.toml", "--lang", "uk"]) == 0
    assert "tags" not in capsys.readouterr().out
    assert "Олена Гнатюк" in tomllib.loads(Path("new.toml").read_text("utf-8"))["about"]["source"]


# --- neighbours: numbers, marks, hints -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("within", "right", "wrong"),
    [(0, ["1250", "1 250,0"], ["1250,01", "1249"]), (5, ["1245", "1255"], ["1255,1", "1244"])],
)
def test_an_exercise_may_say_how_far_off_an_answer_lies(within, right, wrong):
    from course.kinds import kind

    numeric = kind("numeric")
    key = {"value": 1250.0, "digits": 0, "wrong": [], "unit": None, "within": within}
    assert all(numeric.score(key, answer, 1).state == "right" for answer in right)
    assert all(numeric.score(key, answer, 1).state == "wrong" for answer in wrong)
    del key["within"]
    assert numeric.score(key, "1256", 1).state == "right"


@pytest.mark.parametrize("within", ["-1", "nan", '"0"', "true", "1e13"])
def test_a_tolerance_that_is_none_is_a_fault(folder, within):
    path = folder / "exercises.toml"
    path.write_text(BANK.replace("digits = 1", f"digits = 1\nwithin = {within}"), "utf-8")
    (fault,) = check(path)
    assert (fault.line, fault.field) == (
        19,
        "within",
    ) and "0 wants the exact number" in fault.message


def test_an_exact_number_stays_exact_from_gift_to_moodle_and_back(folder, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    shown = "::a::Скільки їх?{#5}\n\n::b::Скільки ще?{#1250:5}\n\n::c::Скільки вже?{#12.5:0.0625}\n\n::d::Від і до?{#1..5}\n"
    Path("q.gift").write_text(shown, "utf-8")
    assert main(["import", "q.gift", "--out", "one.toml", "--lang", "uk"]) == 0
    assert "losses: 0" in capsys.readouterr().out
    assert main(["export", "questions", "one.toml", "--out", "m.xml"]) == 0
    assert main(["import", "m.xml", "--out", "two.toml"]) == 0
    for name in ("one.toml", "two.toml"):
        listed = [each.get("within") for each in read(name).exercises.values()]
        assert listed == [0, 5, None, 2], name


def test_no_bold_stands_within_bold():
    """A row with a bold word of its own is bold as a whole: its word once stood out by being plain."""
    _, listed = moodle_questions.load("selection")
    made = moodle_questions.bank({"uk": "Вибір"}, listed, variants=1).xml
    rows = [row["text"]["uk"] for item in listed for row in item.exercise.get("row", ())]
    marked = [words for words in rows if "**" in words]
    assert marked and "**" not in made
    for words in marked:
        bare = html.escape(words.replace("**", ""), quote=False)
        assert f"<strong>{bare}</strong> " in made, words


def test_a_day_without_a_time_is_told_with_its_zone(folder):
    said = faults_of(folder, SPEC.replace("2026-12-08T23:59:00", "2026-12-15"))
    assert (
        said
        == "spec.toml:5: closes: write day and time without quotes: 2026-12-15T23:59:00, local time of zone"
    )


def test_rules_and_plans_tell_the_line(folder, capsys):
    rules, plan = folder / "rules.toml", folder / "plan.toml"
    rules.write_text("missed = 1\n\nbelow = 600\n", "utf-8")
    with pytest.raises(GradingError, match=r"rules.toml:3: below: .*; the rules are missed"):
        read_rules(rules)
    part = '[[part]]\nweight = 50\ngrades = ["a"]\n'
    plan.write_text(f"{part}{part}colour = 1\n", "utf-8")
    assert main(["export", "total", str(plan), "--out", str(folder / "x.csv")]) == 2
    assert f"{plan}:7: colour: unknown field" in capsys.readouterr().err
    plan.write_text("[part.м//я]\n", "utf-8")
    assert main(["export", "total", str(plan), "--out", str(folder / "x.csv")]) == 2
    assert '[part."м//я"]' in capsys.readouterr().err, "what to write is no path"
    plan.write_text(part + part.replace("50", '"x"'), "utf-8")
    assert main(["export", "total", str(plan), "--out", str(folder / "x.csv")]) == 2
    assert f"{plan}:5: weight: " in capsys.readouterr().err
