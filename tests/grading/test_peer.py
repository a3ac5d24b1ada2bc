"""Peer review from files to marks: who reads whom, no name in any byte, hostile reviews, the same files the same marks."""

import csv
import html
import io
import json
import re
import shutil
import time
import zipfile
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reviewers import KINDS, simulate
from setting import SPEC, write_setting
from simulated import event, handed

import course
from course.cli import main
from course.grading import gradebook, results
from course.grading.keyfile import read_key
from course.grading.marking.marks import PEERS, Marks
from course.grading.peer import advice
from course.grading.peer.calibration import calibration, spread, weighted_median
from course.grading.peer.dealing import deal, deal_late, mixed, samples_of
from course.grading.peer.names import Names
from course.grading.peer.packets import quote

TEXT, CANVAS = "own/own-text", "own/own-canvas"
WHEN = datetime(2026, 12, 2, 9, tzinfo=UTC)
CLASS = [
    ("240011", "Шевченко Іван Петрович", "МР-31", "shev.ivan@uni.example"),
    ("240012", "Лук'яненко Марія Іванівна", "МР-31", "lukianenko@uni.example"),
    ("240013", "Мельник Олег Тарасович", "МР-32", "melnyk13@uni.example"),
    ("240014", "Гнатюк Олена Олегівна", "МР-32", "hnatiuk@uni.example"),
    ("240015", "Мороз Ольга Іванівна", "МР-32", "moroz.olha@uni.example"),
    ("240016", "Бондар-Коваль Остап Юрійович", "МР-32", "bondar@uni.example"),
    ("240017", "Ёлкина Зоя Львовна", "МР-32", "yolkina@uni.example"),
    ("240018", "Зайченко Ян Янович", "МР-32", "zaichenko@uni.example"),
    ("240019", "Пропав Хтось Десь", "МР-32", "absent@uni.example"),
]
ROSTER = "ПІБ;Група;E-mail;№ залікової книжки\n" + "".join(
    f"{name};{group};{email};{student}\n" for student, name, group, email in CLASS
)
WRITERS = [student for student, *_ in CLASS[:-1]]
NAME = {student: name for student, name, *_ in CLASS}
QUALITY = {
    student: n % 4 for n, student in enumerate(WRITERS)
}  # the level that an honest reader gives
RUBRIC = """
[[rubric]]
exercise = "own/own-canvas"
[[rubric.criterion]]
id = "clear"
title.uk = "Ясність"
title.ru = "Ясность"
levels = [0, 1, 2, 3]
[[rubric.criterion.level]]
text.uk = "ні"
text.ru = "нет"
[[rubric.criterion.level]]
text.uk = "трохи"
text.ru = "немного"
[[rubric.criterion.level]]
text.uk = "майже"
text.ru = "почти"
[[rubric.criterion.level]]
text.uk = "так"
text.ru = "да"
"""
PEER = '[peer]\nsamples = "samples.toml"\nspread = 15\n'
SAMPLES = 'secret = "0123456789abcdef-only-a-test"\n' + "".join(
    f'''
[[sample]]
id = "{name}"
[[sample.answer]]
exercise = "{TEXT}"
text = "Зразок із балами {sum(marks)}: дивіться https://lecturer.example"
marks.comparison = {marks[0]}
marks.check = {marks[1]}
[[sample.answer]]
exercise = "{CANVAS}"
tiles.who = "Ресторан {sum(marks)}"
tiles.what = "Хліб"
marks.clear = {marks[2]}
'''
    for name, marks in {"weak": (0, 0, 0), "middling": (1, 2, 1), "strong": (2, 2, 3)}.items()
)
SAMPLE_QUALITY = {"weak": 0, "middling": 1, "strong": 3}
SPEC = re.sub("(?s)exercises = .*?]", f'exercises = ["{TEXT}", "{CANVAS}"]', SPEC) + RUBRIC + PEER


def written(student):
    """Two answers that say who wrote them."""
    name, email = NAME[student], dict((one, mail) for one, _, _, mail in CLASS)[student]
    surname, first, *_ = name.split()
    text = f"Якість-{QUALITY[student]}. Я, {name} ({student}, {email}), пишу. {first[0]}. {surname}. <img src=x onerror=1>"
    return {
        TEXT: text,
        CANVAS: {
            "who": f"{first} радить: [клац](https://evil.example/{QUALITY[student]})",
            "what": "Хліб о сьомій.",
        },
    }


def work(key, student, answers, when=WHEN):
    lines = [
        event("identity", "set", {"student": student, "name": NAME.get(student, "?")}, when, "uk")
    ]
    lines += [event(ref, "answer", made, when, "uk") for ref, made in answers.items()]
    return handed(key, student, NAME.get(student, "?"), lines)


def put(folder, files):
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


def setting(folder, spec=SPEC, samples=SAMPLES, roster=ROSTER):
    (folder / "exercises.toml").unlink(missing_ok=True)
    paths = write_setting(folder, spec, roster)
    (folder / "samples.toml").write_text(samples, "utf-8")
    return [str(path) for path in paths]


def assigned(folder, **how):
    spec, roster = setting(folder / "setting", **how)
    assert main(["assign", spec, "--roster", roster, "--out", str(folder / "set")]) == 0
    return read_key(folder / "set/private")


def dealt(folder, answers=None, key=None):
    """A class that handed in, was graded, and has its packets."""
    key = key or assigned(folder)
    given = answers or {student: written(student) for student in WRITERS}
    files = {f"quiz-{student}.jsonl": work(key, student, made) for student, made in given.items()}
    graded = ["--key", str(folder / "set/private"), "--out", str(folder / "grades")]
    assert main(["grade", str(put(folder / "in", files)), *graded]) == 0
    assert main(["peer", "distribute", str(folder / "grades")]) == 0
    return SimpleNamespace(folder=folder, key=key, grades=folder / "grades", graded=graded)


@pytest.fixture(scope="module")
def group(tmp_path_factory):
    return dealt(tmp_path_factory.mktemp("peer"))


def packets(grades):
    """The zip of each student, as packets.csv says."""
    with open(grades / "peer/packets.csv", encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    return {row["student"]: (grades / "peer/packets" / row["file"]).read_bytes() for row in rows}


def inside(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {
            name.rpartition("/")[2]: archive.read(name) for name in archive.namelist()
        }, archive.infolist()


def slots(grades, student):
    return read_key(grades / "peer/private")["round"]["packets"][student]["slots"]


def honest(slot, criterion, count):
    quality = (SAMPLE_QUALITY if slot["kind"] == "sample" else QUALITY)[slot["id"]]
    return round(quality * (count - 1) / 3) if criterion != "check" else int(quality > 0)


def review(grades, student, choose=honest, packet=None, when=WHEN, skip=(), name=None, say=None):
    """What a student hands in after choosing a level for each row, and a comment for each work."""
    shown = json.loads(inside(packets(grades)[packet or student])[0]["assignment.json"])
    here, lines = slots(grades, packet or student), []
    who = {"student": name or student, "name": "x"}
    lines.append(event("identity", "set", who, when, "uk"))
    for entry in shown["exercises"]:
        slot, _, *rest = entry["ref"].partition("/")[2].split("-", 2)
        if not rest:
            said = say and say(here[int(slot) - 1])
            lines += [event(entry["ref"], "answer", said, when, "uk")] if said else []
        elif entry["ref"] not in skip:
            [criterion] = rest
            options = [option["id"] for option in entry["option"]]
            chosen = options[choose(here[int(slot) - 1], criterion, len(options))]
            lines.append(event(entry["ref"], "answer", chosen, when, "uk"))
    return handed(shown, name or student, "x", lines)


def collected(group, tmp_path, files, capsys=None, code=0):
    """Collect some reviews in a copy of the class: its grades, what was said, the two tables."""
    grades = tmp_path / "grades"
    if not grades.exists():
        shutil.copytree(group.grades, grades)
    shutil.rmtree(tmp_path / "reviews", ignore_errors=True)
    reviews = put(tmp_path / "reviews", files)
    assert main(["peer", "collect", str(reviews), str(grades)]) == code
    said = capsys.readouterr() if capsys else None
    tables = {
        name: {row["student"]: row for row in read_table(grades / f"peer/{name}.csv")}
        for name in ("reviewers", "works")
        if (grades / f"peer/{name}.csv").exists()
    }
    return SimpleNamespace(grades=grades, said=said, **tables)


def read_table(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def everybody(grades, **how):
    return {f"quiz-peer-{student}.jsonl": review(grades, student, **how) for student in WRITERS}


def marks_of(grades, key):
    given = Marks(grades / "marks.jsonl", key).refresh().given
    return {
        (student, criterion): by[PEERS].points
        for (student, _), criteria in given.items()
        for criterion, by in criteria.items()
    }


# --- weights ------------------------------------------------------------------------------------------------------
SHARES = st.lists(st.sampled_from([0, 0.5, 1]), min_size=2, max_size=12)


@given(SHARES, st.data())
def test_a_weight_lies_between_nothing_and_one(true, data):
    mine = data.draw(st.lists(st.sampled_from([0, 0.5, 1]), min_size=len(true), max_size=len(true)))
    found = calibration(mine, true)
    assert found.weight in (0, 0.5, 1) and found.error >= abs(found.bias) - 1e-12
    assert found.kappa <= 1 and (found.kappa == 1) == (mine == true and len(set(true)) > 1)
    again = calibration(mine[::-1], true[::-1])
    assert abs(again.kappa - found.kappa) < 1e-9, "the order of rows is nothing"


@given(SHARES, st.sampled_from([0, 0.5, 1]))
def test_one_mark_for_all_weighs_nothing(true, mark):
    assert calibration([mark] * len(true), true).kappa == 0


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 9)), min_size=1, max_size=9))
def test_the_weighted_median_is_that_of_the_values_written_out(values):
    spelt = sorted(value for value, weight in values for _ in range(weight))
    middle = (spelt[(len(spelt) - 1) // 2] + spelt[len(spelt) // 2]) / 2
    assert weighted_median(values) == middle == weighted_median(values[::-1])
    assert weighted_median([(value, weight * 0.1) for value, weight in values]) == middle


def test_a_spread_counts_by_weight():
    assert spread([(10, 1.0), (10, 0.5)], 10) == 0
    assert spread([(10, 3.0), (2, 1.0)], 10) == 2


# --- the deal -----------------------------------------------------------------------------------------------------
IDS = st.sets(st.text("0123456789ab", min_size=1, max_size=6), min_size=2, max_size=40)


@given(IDS, st.text(max_size=20), st.randoms(use_true_random=False))
def test_nobody_reads_himself_and_all_are_read_alike(students, secret, dice):
    mixed_up = sorted(students)
    dice.shuffle(mixed_up)
    made, count = deal(secret, mixed_up), min(3, len(students) - 1)
    assert made == deal(secret, sorted(students)) and made.keys() == students
    assert all(
        student not in read and len(set(read)) == len(read) == count
        for student, read in made.items()
    )
    assert all(sum(student in read for read in made.values()) == count for student in students), (
        "each plan has as many readers as any other"
    )
    if len(students) > 6:
        assert not [(a, b) for a, read in made.items() for b in read if a in made[b]]


@given(IDS, st.text(max_size=20))
def test_who_comes_late_reads_others(students, secret):
    late, *others = sorted(students)
    read = deal_late(secret, late, [*others, late])
    assert late not in read and len(set(read)) == len(read) == min(3, len(others))


def test_the_secret_decides():
    students = [str(n) for n in range(40)]
    made = deal("one", students), deal("two", students)
    same = sum(a in made[1][student] for student in students for a in made[0][student])
    assert same < 30, "of 120; by chance 9"


def test_samples_are_dealt_evenly_and_stand_anywhere():
    students = [str(n) for n in range(600)]
    pairs = [tuple(sorted(samples_of("s", student, "abc"))) for student in students]
    assert all(150 < pairs.count(pair) < 250 for pair in set(pairs)) and len(set(pairs)) == 3
    works = [("sample", "a"), ("sample", "b"), ("plan", "1"), ("plan", "2"), ("plan", "3")]
    places = [mixed("s", student, works).index(works[0]) for student in students]
    assert all(80 < places.count(place) < 160 for place in range(5))


# --- names --------------------------------------------------------------------------------------------------------
NAMES = Names([list(row) for row in CLASS], also=["t.me/olia"])


@pytest.mark.parametrize(
    ("words", "author", "hidden"),
    [
        ("Шевченко Іван", "", "#"),
        ("іван шевченко", "", "#"),
        ("Іван Петрович Шевченко.", "", "#."),
        ("І. П. Шевченко пише", "", "# пише"),
        ("Шевченко І.П. і далі", "", "# і далі"),
        ("Шевченко\nІван", "", "#"),
        ("Ше\u0301вченко Іва\u200bн", "", "#"),
        ("Лук’яненко Марія; Лукяненко М.", "", "#; #"),
        ("Елкина Зоя", "", "#"),
        ("Бондар-Коваль О.", "", "#"),
        ("Coваль Остап: Коваль", "", "Coваль Остап: Коваль"),
        ("номер 240013, не 2400135", "", "номер #, не 2400135"),
        ("MORОZ.olha@uni.example, İ", "", "#, İ"),
        ("Пошта moroz.olha@UNI.example", "", "Пошта #"),
        ("логін hnatiuk", "", "логін #"),
        ("Олена, 35 років, любить мороз. Коваль кує.", "", None),
        ("Мороз узимку, і мороз", "240015", "# узимку, і мороз"),
        ("Ольга. А ми далі", "240015", "#. А ми далі"),
        ("Іван і Петро", "240011", "# і Петро"),
        ("див. T.me/Olia", "", "див. #"),
        ("Шевченко_Іван, Шевченко/Іван, Шевченко (Іван)", "", "#)"),
        ("*Шевченко* Іван і ще", "", "*# і ще"),
        ("Підпис\n\nШевченко\n\nІван", "", "Підпис\n\n#"),
        ("Робота Івана Шевченка й Ольги Мороз", "", "Робота # й #"),
        ("Спитайте Шевченкові Івану чи Зайченка Яна", "", "Спитайте # чи Зайченка Яна"),
        ("Ivan Shevchenko; SHEVCHENKO I.", "", "#; #"),
        ("Shevchenko wrote it, shevchenko", "240011", "# wrote it, shevchenko"),
        ("id240013, ЗК240013, №240013а", "", "id#, ЗК#, №#а"),
        ("a240013_1, 1240013", "", "a240013_1, 1240013"),
        ("Івана купує, Шевченка читає; Олена. Мороз", "", None),
        ("", "", None),
    ],
)
def test_names_of_the_roster_are_hidden_and_nothing_else(words, author, hidden):
    assert NAMES.hide(words, author, "#").text == (words if hidden is None else hidden)


def test_what_only_looks_like_a_name_is_told():
    made = NAMES.hide(
        "Роботу Мороза читайте на https://x.example, +380 67 123 45 67", "240015", "#"
    )
    assert made.found == [] and made.text.startswith("Роботу Мороза")
    assert made.doubts == ["Мороза", "https://x.example,", "+380 67 123 45 67"]


def test_the_author_s_own_word_in_small_letters_is_told():
    assert NAMES.hide("це я, іван, а мороз ні", "240011", "#").doubts == ["іван"]
    assert NAMES.hide("це я, іван, а мороз ні", "240015", "#").doubts == ["мороз"]
    assert NAMES.hide("це я, іван, а мороз ні", "", "#").doubts == []


def test_names_are_found_quickly_in_a_stream_of_thousands():
    """Each work is read for each of its readers: a look at everybody's names would take days."""
    roster = [
        [f"{n:06}", f"Прізвище{n} Ім'я{n % 50} Петрович", "", f"login{n}@uni.example"]
        for n in range(4000)
    ]
    names, words = (
        Names(roster),
        "Ми пропонуємо клієнтам Кожного графіка постачання, 1200 годин. " * 20,
    )
    began = time.perf_counter()
    for n in range(10):
        made = names.hide(f"{words}{n} login{n}@uni.example {n:06}", "000003", "#")
        assert len(made.found) == 2
    assert time.perf_counter() - began < 3, "a search of each name anywhere takes a minute"


@given(st.text(max_size=60), st.text(max_size=60), st.sampled_from(CLASS))
def test_a_name_is_found_in_any_text(before, after, row):
    text = NAMES.hide(f"{before} {row[1]} {after}", "", "#").text
    surname, first, *_ = row[1].split()
    assert f"{surname} {first}" not in text


@given(st.text(max_size=200))
def test_no_sign_of_markdown_or_of_a_link_is_left_bare(words):
    shown = quote(words)
    for line in shown.splitlines():
        bare = re.sub(r"&#\d+;", "", line.removeprefix(">"))
        assert not re.search(r"[!-/:-@\[-`{-~]", bare), line


# --- packets ------------------------------------------------------------------------------------------------------
def words_in(data):
    """Every text of a packet as a reader, or a program, finds it: bytes, JSON without escapes, entities resolved."""
    yield data.decode("latin-1")
    files, infos = inside(data)
    for info in infos:
        yield f"{info.filename} {info.comment!r} {info.extra!r}"
    for content in files.values():
        plain = json.dumps(json.loads(content), ensure_ascii=False)
        yield content.decode("utf-8")
        yield plain
        yield html.unescape(plain)


def test_no_byte_of_any_packet_tells_who_wrote_or_who_reads(group):
    made = packets(group.grades)
    assert list(made) == WRITERS
    secrets = {part for row in CLASS for part in (row[0], row[1], row[3], row[3].split("@")[0])}
    secrets |= {" ".join(name.split()[:2]) for name in NAME.values()}
    secrets |= {" ".join(name.split()[1::-1]) for name in NAME.values()}
    secrets |= {group.key["peer"]["secret"], str(group.folder), "2026-12-02", "weak", "strong"}
    secrets |= {work.receipt for work in results.read(group.grades) if work.receipt}
    for student, data in made.items():
        for text in words_in(data):
            assert not [secret for secret in secrets if secret.lower() in text.lower()], student
        authors = [slot["id"] for slot in slots(group.grades, student) if slot["kind"] == "plan"]
        own = {word for author in authors for word in re.findall(r"\w{2,}", NAME[author])}
        whole = "".join(words_in(data))
        assert not [word for word in own if re.search(rf"\b{word}\b", whole)], student


def test_a_name_that_was_left_would_be_found(group):
    data = packets(group.grades)[WRITERS[0]]
    files, _ = inside(data)
    book = json.loads(files["quiz-peer-uk.ipynb"])
    book["cells"][3]["source"].append(quote("Мельник Олег, melnyk13@uni.example"))
    planted = io.BytesIO()
    with zipfile.ZipFile(planted, "w") as archive:
        archive.writestr("x.ipynb", json.dumps(book))
    found = "".join(words_in(planted.getvalue()))
    assert "Мельник Олег" in found and "melnyk13@uni.example" in found


def test_nothing_in_a_packet_can_be_linked_across_packets_but_the_texts(group):
    """No id, salt, digest or time of one packet stands in another; the zips are of no day."""
    seen = {}
    for student, data in packets(group.grades).items():
        files, infos = inside(data)
        shown = json.loads(files["assignment.json"])
        for value in (shown["salt"], shown["digest"], *shown["ids"]):
            assert seen.setdefault(value, student) == student
        assert len(shown["ids"]) == 1
        assert {info.date_time for info in infos} == {(1980, 1, 1, 0, 0, 0)}
    assert (
        len(
            {
                json.dumps(inside(d)[0]["assignment.json"].decode())
                for d in packets(group.grades).values()
            }
        )
        == 8
    )


def test_the_lecturer_is_told_what_was_hidden_and_what_to_look_at(group, capsys):
    assert main(["peer", "distribute", str(group.grades)]) == 0
    said = capsys.readouterr().out
    assert "8 packets; each work is read by 3" in said
    assert "no packet, since there is no work of theirs: 240019" in said
    for student in WRITERS:
        assert f"hidden in the work of {student}: " in said and NAME[student] in said
        assert re.search(rf"left in the work of {student}: 'https://evil", said)


def test_packets_made_again_are_the_same_bytes_and_hidden_words_go(group, tmp_path):
    shutil.copytree(group.grades, tmp_path / "grades")
    before = packets(group.grades)
    assert main(["peer", "distribute", str(tmp_path / "grades")]) == 0
    assert packets(tmp_path / "grades") == before
    assert main(["peer", "distribute", str(tmp_path / "grades"), "--hide", "evil.example"]) == 0
    hidden = packets(tmp_path / "grades")
    for student, data in hidden.items():
        assert "evil.example" not in "".join(words_in(data))
        name = "assignment.json"
        assert inside(data)[0][name] == inside(before[student])[0][name], (
            "what was begun still fits"
        )
    assert main(["peer", "distribute", str(tmp_path / "grades")]) == 0
    assert packets(tmp_path / "grades") == hidden, "what was hidden once stays hidden"


@pytest.mark.parametrize("lang", ["uk", "ru"])
def test_a_packet_is_a_notebook_that_shows_texts_as_text(group, lang):
    import nbformat

    files, _ = inside(packets(group.grades)[WRITERS[0]])
    book = nbformat.reads(files[f"quiz-peer-{lang}.ipynb"].decode(), 4)
    nbformat.validate(book)
    prose = [cell.source for cell in book.cells if cell.cell_type == "markdown"]
    assert len(prose) == 1 + 5 * 2, "what to do, and two answers of five works"
    assert not re.search(r"<img|\]\(http|https://", "".join(prose))
    assert "&#60;img src&#61;x" in "".join(prose) and "\n> " in prose[1]
    assert "".join(prose).count("Скоринк") == 1, "the task is told once"
    code = [cell.source for cell in book.cells if cell.cell_type == "code"]
    assert sum("task.exercise" in line for line in code) == 5 * (3 + 1), "and a comment each"
    assert code[-1] == "task.submit()"
    asked = json.loads(files["assignment.json"])["exercises"]
    assert [entry["points"] for entry in asked if entry["kind"] == "text"] == [0] * 5


def test_a_reviewer_answers_in_his_own_notebook(group, tmp_path, monkeypatch):
    """The cards' side and the grader's agree: from the packet to a review that counts."""
    monkeypatch.setenv("COURSE_ANSWERS", str(tmp_path / "answers"))
    student = WRITERS[2]
    with zipfile.ZipFile(io.BytesIO(packets(group.grades)[student])) as archive:
        archive.extractall(tmp_path)
    task = course.assignment(tmp_path / "quiz-peer/assignment.json", "uk")
    task.record.write("identity", "set", {"student": student, "name": ""}, "uk")
    here = slots(group.grades, student)
    for exercise in task.chapter.exercises.values():
        if exercise.kind.by_person:
            continue
        slot, _, criterion = exercise.id.partition("/")[2].split("-", 2)
        options = exercise["option"]
        chosen = options[honest(here[int(slot) - 1], criterion, len(options))]["id"]
        task.record.write(exercise.id, "answer", chosen, "uk")
    assert "quiz-peer-240013.jsonl" in str(task.submit())
    data = (tmp_path / "quiz-peer/quiz-peer-240013.jsonl").read_bytes()
    made = collected(group, tmp_path, {"quiz-peer-240013.jsonl": data})
    row = made.reviewers[student]
    assert (row["rows"], row["of"], row["weight"], row["why"]) == ("15", "15", "1", "")


# --- reviews ------------------------------------------------------------------------------------------------------
def test_honest_reviews_become_marks_and_the_marks_become_points(group, tmp_path, capsys):
    made = collected(group, tmp_path, everybody(group.grades), capsys)
    assert "8 of 8 reviews came, 8 count\n8 of 8 works are marked by students" in made.said.out
    wanted = {}
    for student in WRITERS:
        slot = {"kind": "plan", "id": student}
        levels = {"comparison": (0, 1, 2), "check": (0, 2), "clear": (0, 1, 2, 3)}
        for criterion, points in levels.items():
            wanted[student, criterion] = points[honest(slot, criterion, len(points))]
    assert marks_of(made.grades, group.key) == wanted
    graded = [*group.graded[:-1], str(made.grades), "--yes"]
    assert main(["grade", str(group.folder / "in"), *graded]) == 0
    for line in results.read(made.grades):
        if line.handed:
            total = sum(p for (student, _), p in wanted.items() if student == line.student)
            assert line.points == total and not line.waiting
            assert made.works[line.student]["mark"] == f"{total:g}"


def test_the_same_files_give_the_same_bytes_in_any_order_and_no_mark_twice(group, tmp_path):
    files = everybody(group.grades)
    made = collected(group, tmp_path / "one", files)
    journal = (made.grades / "marks.jsonl").read_bytes()
    tables = [(made.grades / f"peer/{n}.csv").read_bytes() for n in ("reviewers", "works")]
    again = collected(group, tmp_path / "one", dict(reversed(files.items())))
    assert (again.grades / "marks.jsonl").read_bytes() == journal
    assert tables == [(again.grades / f"peer/{n}.csv").read_bytes() for n in ("reviewers", "works")]
    other = collected(group, tmp_path / "two", files)
    assert marks_of(other.grades, group.key) == marks_of(made.grades, group.key)


def test_a_review_that_goes_takes_its_marks_along(group, tmp_path):
    collected(group, tmp_path, everybody(group.grades))
    made = collected(group, tmp_path, {})
    assert set(marks_of(made.grades, group.key).values()) == {None}
    assert {row["why"] for row in made.works.values()} == {"reviews"}
    assert {row["why"] for row in made.reviewers.values()} == {"nothing"}
    again = collected(group, tmp_path, everybody(group.grades))
    assert None not in marks_of(again.grades, group.key).values()


@pytest.mark.parametrize(
    "choose",
    [
        lambda slot, criterion, count: count - 1,
        lambda slot, criterion, count: 0,
        lambda slot, criterion, count: count // 2,
        lambda slot, criterion, count: count - 1 - honest(slot, criterion, count),
    ],
    ids=["all high", "all low", "all middling", "upside down"],
)
def test_who_does_not_read_is_not_heard(group, tmp_path, choose):
    files = everybody(group.grades)
    files["quiz-peer-240012.jsonl"] = review(group.grades, "240012", choose)
    made = collected(group, tmp_path, files)
    row = made.reviewers["240012"]
    assert (row["why"], row["weight"]) == ("weight", "0")
    whole = collected(group, tmp_path / "all", everybody(group.grades))
    assert marks_of(made.grades, group.key) == marks_of(whole.grades, group.key)


def test_whoever_agrees_on_samples_and_not_on_a_work_leaves_it_to_the_lecturer(
    group, tmp_path, capsys
):
    """Three careful readers who see one work quite differently: the spread, not a mark."""
    target = WRITERS[0]
    readers = [s for s in WRITERS if {"kind": "plan", "id": target} in slots(group.grades, s)]
    assert len(readers) == 3
    files = everybody(group.grades)
    for reader, share in zip(readers, (0, 0.5, 1), strict=True):

        def choose(slot, criterion, count, share=share):
            if slot["id"] == target:
                return round(share * (count - 1))
            return honest(slot, criterion, count)

        files[f"quiz-peer-{reader}.jsonl"] = review(group.grades, reader, choose)
    made = collected(group, tmp_path, files, capsys)
    row = made.works[target]
    assert (row["settled"], row["why"], row["heard"]) == ("lecturer", "spread", "3")
    assert f"yours to mark, the reviewers are too far apart: {target}" in made.said.out
    assert not [student for student, _ in marks_of(made.grades, group.key) if student == target]
    assert "course mark" in made.said.out and "--open" in made.said.out


def test_open_rows_of_samples_cost_the_weight_and_open_rows_of_a_work_that_work(group, tmp_path):
    here = slots(group.grades, "240012")
    sample = next(n for n, slot in enumerate(here, 1) if slot["kind"] == "sample")
    plan = next(n for n, slot in enumerate(here, 1) if slot["kind"] == "plan")
    files = everybody(group.grades)
    name = "quiz-peer-240012.jsonl"
    files[name] = review(group.grades, "240012", skip={f"review/{sample}-1-check"})
    made = collected(group, tmp_path / "a", files)
    assert made.reviewers["240012"]["why"] == "samples"
    assert made.reviewers["240012"]["rows"] == "14"
    files[name] = review(group.grades, "240012", skip={f"review/{plan}-2-clear"})
    made = collected(group, tmp_path / "b", files)
    assert made.reviewers["240012"]["weight"] == "1"
    heard = {student: row["heard"] for student, row in made.works.items()}
    assert heard.pop(here[plan - 1]["id"]) == "2" and set(heard.values()) == {"3"}


def test_a_lecturer_overrules_the_students(group, tmp_path):
    made = collected(group, tmp_path, everybody(group.grades))
    marks = Marks(made.grades / "marks.jsonl", group.key).refresh()
    answer = written("240014")[TEXT]
    before = marks.mean("240014", TEXT, answer).criteria
    marks.append("Павло", "240014", TEXT, "comparison", 1, "")
    after = marks.refresh().mean("240014", TEXT, answer).criteria
    assert before["comparison"].points == 2 and after["comparison"].points == 1
    assert after["check"] == before["check"], "of the other criterion the students' mark stays"
    assert main(["mark", str(made.grades), "--marker", PEERS, "--no-browser"]) == 2


def test_only_open_answers_are_shown_on_request(group, tmp_path):
    from course.grading.marking.desk import Desk

    files = {k: v for k, v in everybody(group.grades).items() if "240011" not in k}
    made = collected(group, tmp_path, files)
    path = made.grades / "marks.jsonl"
    assert len(Desk(made.grades, group.key, path, "M", "uk").works[TEXT]) == 8
    assert not any(Desk(made.grades, group.key, path, "M", "uk", True).works.values())
    made = collected(group, tmp_path, {})
    assert len(Desk(made.grades, group.key, path, "M", "uk", True).works[TEXT]) == 8


# --- hostile, torn and foreign files ------------------------------------------------------------------------------
def torn(group):
    data = review(group.grades, "240012")
    return data[: len(data) // 2]


HOSTILE = {
    "empty": (lambda group: b"", "nothing", "malformed"),
    "noise": (lambda group: bytes(range(256)) * 50, "nothing", "malformed"),
    "torn in the middle": (torn, "samples", "torn-lines"),
    "changed afterwards": (
        lambda group: review(group.grades, "240012").replace(b"2026-12-02", b"2026-12-03"),
        "file",
        "tampered",
    ),
    "another's packet": (
        lambda group: review(group.grades, "240012", packet="240013"),
        "file",
        "another-packet",
    ),
    "the assignment itself": (
        lambda group: work(group.key, "240012", written("240012")),
        "file",
        "wrong-assignment",
    ),
    "levels that are none": (
        lambda group: re.sub(
            rb'"a":"[0-9a-f]{8}"', b'"a":{"level":9}', review(group.grades, "240012")
        ),
        "file",
        "tampered",
    ),
    "levels by our own names": (
        lambda group: _signed(
            re.sub(rb'"a":"[0-9a-f]{8}"', b'"a":"level-3"', review(group.grades, "240012"))
        ),
        "samples",
        "ok",
    ),
    "deep": (
        lambda group: _signed(
            re.sub(
                rb'"a":"[0-9a-f]{8}"',
                b'"a":' + b"[" * 5000 + b"]" * 5000,
                review(group.grades, "240012"),
            )
        ),
        "samples",
        "torn-lines",
    ),
}


def _signed(data):
    from course.answers import receipt

    body = data[: data.rindex(b'{"receipt"')]
    return body + json.dumps({"receipt": receipt(body)}).encode() + b"\n"


@pytest.mark.parametrize("name", HOSTILE)
def test_a_bad_review_is_told_and_costs_nobody_else_anything(group, tmp_path, capsys, name):
    make, why, flag = HOSTILE[name]
    files = everybody(group.grades)
    alone = {key: data for key, data in files.items() if "240012" not in key}
    without = collected(group, tmp_path / "without", alone)
    capsys.readouterr()
    made = collected(
        group, tmp_path / "with", alone | {"quiz-peer-240012.jsonl": make(group)}, capsys
    )
    assert made.reviewers["240012"]["why"] == why
    assert flag in made.reviewers["240012"]["flags"] + made.said.out
    assert "Traceback" not in made.said.err
    assert "240012" in made.said.out, "it is said whose review does not count, and what to do"
    assert marks_of(made.grades, group.key) == marks_of(without.grades, group.key)
    tables = [
        {student: row for student, row in each.reviewers.items() if student != "240012"}
        for each in (made, without)
    ]
    assert tables[0] == tables[1]


def test_two_students_in_one_journal_are_not_heard(group, tmp_path):
    one, two = (review(group.grades, student) for student in ("240012", "240013"))
    head, *lines = two.splitlines()
    both = b"\n".join([head, *one.splitlines()[1:-1], *lines]) + b"\n"
    made = collected(group, tmp_path, {"quiz-peer-240013.jsonl": _signed(both)})
    row = made.reviewers["240013"]
    assert row["why"] == "file" and "identity-changed" in row["flags"]


def test_a_review_of_a_stranger_is_no_review(group, tmp_path, capsys):
    data = review(group.grades, "240012", name="999999")
    made = collected(group, tmp_path, {"x.jsonl": data}, capsys)
    assert "0 of 8 reviews came, 0 count" in made.said.out and "999999" not in made.reviewers


def test_late_reviews_count_and_are_said(tmp_path, capsys):
    spec = SPEC.replace("spread = 15", "spread = 15\ncloses = 2026-12-20T23:59:00")
    group = dealt(tmp_path, key=assigned(tmp_path, spec=spec))
    late = datetime(2026, 12, 22, 9, tzinfo=UTC)
    files = everybody(group.grades)
    files["quiz-peer-240012.jsonl"] = review(group.grades, "240012", when=late)
    made = collected(group, tmp_path / "x", files, capsys)
    assert "came late and count: 240012" in made.said.out
    assert made.reviewers["240012"]["weight"] == "1"
    sheet = inside(packets(group.grades)["240012"])[0]["quiz-peer-uk.ipynb"].decode()
    assert "20.12.2026, 23:59" in sheet


@pytest.mark.parametrize(
    "make", [b"PK\x03\x04 no archive", None], ids=["torn zip", "nothing there"]
)
def test_an_archive_that_is_none_is_one_sentence_and_writes_nothing(group, tmp_path, capsys, make):
    shutil.copytree(group.grades, tmp_path / "grades")
    if make:
        (tmp_path / "all.zip").write_bytes(make)
    assert main(["peer", "collect", str(tmp_path / "all.zip"), str(tmp_path / "grades")]) == 2
    assert "all.zip" in capsys.readouterr().err
    assert not (tmp_path / "grades/marks.jsonl").exists()


# --- what comes afterwards ----------------------------------------------------------------------------------------
def test_who_hands_in_late_reads_others_and_no_packet_changes(tmp_path, capsys):
    first = {student: written(student) for student in WRITERS if student != "240015"}
    group = dealt(tmp_path, answers=first)
    before = packets(group.grades)
    late = work(group.key, "240015", written("240015"))
    other = work(group.key, "240011", written("240011") | {TEXT: "Зовсім інша робота."})
    put(tmp_path / "in", {"quiz-240015.jsonl": late, "quiz-240011.jsonl": other})
    assert main(["grade", str(tmp_path / "in"), *group.graded, "--yes"]) == 0
    capsys.readouterr()
    assert main(["peer", "distribute", str(group.grades)]) == 0
    said = capsys.readouterr().out
    assert "came after the works were dealt out" in said and said.count("240015") >= 1
    assert re.search("another work was handed in after that .*: 240011", said)
    after = packets(group.grades)
    assert {s: after[s] for s in before} == before and len(after) == len(before) + 1
    assert "240015" not in [slot["id"] for s in after for slot in slots(group.grades, s)]
    made = collected(group, tmp_path / "x", everybody(group.grades))
    assert made.works["240015"]["why"] == "late" and made.works["240011"]["why"] == "text"
    assert made.reviewers["240015"]["weight"] == "1"
    assert not {"240015", "240011"} & {student for student, _ in marks_of(made.grades, group.key)}


def test_who_leaves_the_roster_after_the_deal_is_named_no_more_than_before(tmp_path):
    """The works are read on: a name that is no longer on the roster must not come to light."""
    group = dealt(tmp_path)
    before = packets(group.grades)
    gone = "".join(row for row in ROSTER.splitlines(True) if "240012" not in row)
    spec, roster = setting(tmp_path / "setting", roster=gone)
    assert main(["assign", spec, "--roster", roster, "--out", str(tmp_path / "set")]) == 0
    assert main(["grade", str(tmp_path / "in"), *group.graded, "--yes"]) == 0
    for _ in range(2):
        assert main(["peer", "distribute", str(group.grades)]) == 0
        after = packets(group.grades)
        assert {s: after.get(s, before[s]) for s in before} == before
        files = (group.grades / "peer/packets").glob("*.zip")
        whole = "".join(words for path in files for words in words_in(path.read_bytes()))
        assert "Лук'яненко" not in whole and "lukianenko" not in whole and "240012" not in whole
    said = "Робота Марії Лук'яненко, 240012"
    made = collected(group, tmp_path / "x", everybody(group.grades, say=lambda slot: said))
    assert made.reviewers["240012"]["weight"] == "1"
    marks = {student for student, _ in marks_of(made.grades, group.key)}
    assert marks >= set(WRITERS) - {"240012"}


@pytest.mark.parametrize("count", [2, 3])
def test_few_works_have_fewer_readers_and_that_is_said(tmp_path, capsys, count):
    group = dealt(tmp_path, answers={student: written(student) for student in WRITERS[:count]})
    assert f"each work is read by {count - 1}\nthere are too few works" in capsys.readouterr().out
    files = {f"quiz-peer-{s}.jsonl": review(group.grades, s) for s in WRITERS[:count]}
    made = collected(group, tmp_path / "x", files)
    assert {row["why"] for row in made.works.values()} == ({"reviews"} if count == 2 else {""})


@pytest.mark.parametrize("count", [0, 1])
def test_one_work_alone_cannot_be_reviewed(tmp_path, capsys, count):
    key = assigned(tmp_path)
    files = {f"quiz-{s}.jsonl": work(key, s, written(s)) for s in WRITERS[:count]}
    main(
        [
            "grade",
            str(put(tmp_path / "in", files)),
            "--key",
            str(tmp_path / "set/private"),
            "--out",
            str(tmp_path / "grades"),
        ]
    )
    assert main(["peer", "distribute", str(tmp_path / "grades")]) == 2
    assert "peer review needs two or more" in capsys.readouterr().err
    assert not (tmp_path / "grades/peer").exists()


def test_a_rubric_changed_after_the_deal_is_refused(tmp_path, capsys):
    group = dealt(tmp_path)
    spec, roster = setting(tmp_path / "setting", spec=SPEC.replace("чітке", "дуже чітке"))
    assert main(["assign", spec, "--roster", roster, "--out", str(tmp_path / "set")]) == 0
    assert main(["grade", str(tmp_path / "in"), *group.graded]) == 0
    reviews = put(tmp_path / "reviews", {})
    for words in (["distribute"], ["collect", str(reviews)]):
        capsys.readouterr()
        assert main(["peer", *words, str(group.grades)]) == 2
        assert "changed after the works were dealt out" in capsys.readouterr().err


def test_mended_marks_of_a_sample_change_the_weights(tmp_path):
    group = dealt(tmp_path)
    mended = SAMPLES.replace("marks.clear = 3", "marks.clear = 2")
    spec, roster = setting(tmp_path / "setting", samples=mended)
    assert main(["assign", spec, "--roster", roster, "--out", str(tmp_path / "set")]) == 0
    assert main(["grade", str(tmp_path / "in"), *group.graded]) == 0
    made = collected(group, tmp_path / "x", everybody(group.grades))
    kappas = {row["kappa"] for row in made.reviewers.values()}
    assert "1" in kappas and len(kappas) > 1, "who read the strong sample is off by one now"


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda grades: shutil.rmtree(grades / "peer"), "run course peer distribute"),
        (lambda grades: (grades / "peer/private/key.json").write_bytes(b"{"), "is damaged"),
        (
            lambda grades: shutil.copy(grades / "key.json", grades / "peer/private/key.json"),
            "belongs to another assignment",
        ),
    ],
)
def test_a_round_that_is_damaged_is_a_sentence(group, tmp_path, capsys, spoil, words):
    shutil.copytree(group.grades, tmp_path / "grades")
    spoil(tmp_path / "grades")
    put(tmp_path / "in", {})
    assert main(["peer", "collect", str(tmp_path / "in"), str(tmp_path / "grades")]) == 2
    assert words in capsys.readouterr().err


def test_without_peer_in_the_spec_there_is_nothing_to_deal(tmp_path, capsys):
    key = assigned(tmp_path, spec=SPEC.replace(PEER, ""))
    assert "peer" not in key
    files = {f"quiz-{s}.jsonl": work(key, s, written(s)) for s in WRITERS}
    graded = ["--key", str(tmp_path / "set/private"), "--out", str(tmp_path / "grades")]
    main(["grade", str(put(tmp_path / "in", files)), *graded])
    assert main(["peer", "distribute", str(tmp_path / "grades")]) == 2
    assert "course assign --peer" in capsys.readouterr().err


def test_a_dropped_exercise_is_no_longer_asked_for(tmp_path):
    group = dealt(tmp_path)
    drop = f'[[drop]]\nexercise = "{CANVAS}"\ndate = 2026-12-10\nreason = "помилка"\n'
    (tmp_path / "set/private/decisions.toml").write_text(drop, "utf-8")
    assert main(["grade", str(tmp_path / "in"), *group.graded, "--yes"]) == 0
    made = collected(group, tmp_path / "x", everybody(group.grades))
    assert {row["maximum"] for row in made.works.values()} == {"4"}
    assert {row["of"] for row in made.reviewers.values()} == {"10"}


# --- setting ------------------------------------------------------------------------------------------------------
def test_assign_begins_the_samples_and_declares_peer_review(tmp_path, capsys):
    spec, roster = write_setting(tmp_path / "setting", SPEC.replace(PEER, "").rstrip(), ROSTER)
    words = ["assign", str(spec), "--roster", str(roster), "--out", str(tmp_path / "set"), "--peer"]
    assert main(words) == 0
    assert (
        "samples.toml, then run this again" in capsys.readouterr().out
        and not (tmp_path / "set").exists()
    )
    assert spec.read_text("utf-8").count("[peer]") == 1
    samples = (tmp_path / "setting/samples.toml").read_text("utf-8")
    assert (
        samples.count("[[sample]]") == 3 and samples.count("marks.comparison = 0  # 0, 1, 2") == 3
    )
    assert re.search(r'secret = "[0-9a-f]{32}"', samples)
    assert main(words) == 2, "the samples are empty"
    told = capsys.readouterr().err
    assert "samples.toml:" in told and "write the sample's answer to own/own-text: text" in told
    assert "tiles.who, tiles.what" in told
    filled = samples.replace('"""\n"""', '"Відповідь"')
    for points, name in enumerate(("weak", "middling", "strong")):
        head, sep, rest = filled.partition(f'id = "{name}"')
        part, more, after = rest.partition("[[sample]]")
        part = part.replace("marks.comparison = 0", f"marks.comparison = {points}")
        part = part.replace("marks.clear = 0", f"marks.clear = {points}")
        filled = head + sep + part + more + after
    (tmp_path / "setting/samples.toml").write_text(filled, "utf-8")
    assert main(words) == 0
    before = {p: p.read_bytes() for p in (tmp_path / "set").rglob("*") if p.is_file()}
    assert main(words[:-1]) == 0
    assert {p: p.read_bytes() for p in before} == before, "the same files make the same bytes"
    students = b"".join(data for p, data in before.items() if p.parent.name == "students")
    secret = re.search(r'secret = "(.*)"', samples)[1].encode()
    assert "Відповідь".encode() not in students and secret not in students
    assert "без імені" in (tmp_path / "set/students/quiz-uk.ipynb").read_text("utf-8")


@pytest.mark.parametrize(
    ("old", "new", "file", "words"),
    [
        ('id = "quiz"', f'id = "{"q" * 56}"', "spec", "shorten yours"),
        ("spread = 15", "spread = 101", "spec", "0 to 100"),
        ("spread = 15", 'exercises = ["own/own-none"]', "spec", "not in exercises"),
        ("spread = 15", "closes = 2026-12-01T00:00:00", "spec", "after the assignment does"),
        ("spread = 15", "speard = 15", "spec", "did you mean 'spread'"),
        ('samples = "samples.toml"', 'samples = "none.toml"', "spec", "there is no file none.toml"),
        (RUBRIC, "", "samples", "not among those that students mark"),
        ("0123456789abcdef-only-a-test", "short", "samples", "nobody can guess"),
        ('id = "middling"', 'id = "weak"', "samples", "the same id"),
        ("marks.check = 0\n", "", "samples", "marks.check = one of 0, 2"),
        ("marks.comparison = 1", "marks.comparison = 5", "samples", "one of 0, 1, 2"),
        ("marks.clear = 0", "marks.clear = 0\nmarks.none = 1", "samples", "no criterion 'none'"),
        ('tiles.who = "Ресторан 0"', 'tiles.nobody = "x"', "samples", "tiles.who, tiles.what"),
        ("text = ", "words = ", "samples", "unknown field"),
        ("[[sample]]", "[[sample", "samples", "not TOML"),
    ],
)  # fmt: skip
def test_a_fault_of_peer_review_is_told_with_its_file(tmp_path, capsys, old, new, file, words):
    files = {"spec": SPEC, "samples": SAMPLES}
    changed = {name: content.replace(old, new, 1) for name, content in files.items()}
    assert changed != files
    spec, roster = setting(tmp_path / "setting", **changed)
    assert main(["assign", spec, "--roster", roster, "--out", str(tmp_path / "set")]) == 2
    told = [line for line in capsys.readouterr().err.splitlines() if words in line]
    assert told and re.match(rf"{file}\.toml:\d+: ", told[0]), told
    assert not (tmp_path / "set").exists()


def test_samples_of_one_quality_are_refused(tmp_path, capsys):
    alike = re.sub(r"marks\.(\w+) = \d", r"marks.\1 = 0", SAMPLES)
    spec, roster = setting(tmp_path / "setting", samples=alike)
    assert main(["assign", spec, "--roster", roster, "--out", str(tmp_path / "set")]) == 2
    assert "'weak' and 'middling' have nearly the same marks" in capsys.readouterr().err


def test_a_packet_may_be_graded_like_any_assignment(group, tmp_path):
    """The points say how much of the reviewing was done, whichever levels were chosen."""
    skip = {"review/1-1-check", "review/2-2-clear"}
    files = everybody(group.grades)
    files["quiz-peer-240012.jsonl"] = review(group.grades, "240012", skip=skip)
    run = gradebook.grade(
        put(tmp_path / "in", files), group.grades / "peer/private", tmp_path / "out"
    )
    points = {line.student: line.points for line in results.read(tmp_path / "out")}
    assert run["maximum"] == 15 and points["240012"] == 13 and points["240011"] == 15


# --- comments -----------------------------------------------------------------------------------------------------
def praise(slot):
    """Words to one author that name him, another student and whoever writes."""
    if slot["kind"] == "sample":
        return "Порада зразкові, якої ніхто не читає."
    name = NAME[slot["id"]].split()
    return f"{name[1]}, сильний доказ <b>. Мельник Олег (240013) краще. [x](https://evil.example)"


def page_of(grades, student):
    assert main(["feedback", str(grades)]) == 0
    return (grades / "feedback" / f"quiz-{student}.html").read_text("utf-8")


def test_comments_reach_their_author_without_names_and_a_lecturer_decides(group, tmp_path, capsys):
    files = everybody(group.grades, say=praise)
    lazy = WRITERS[0]
    files[f"quiz-peer-{lazy}.jsonl"] = review(
        group.grades, lazy, choose=lambda *_: 0, say=lambda slot: "Нечутно сказане."
    )
    made = collected(group, tmp_path, files, capsys)
    rows = read_table(made.grades / "peer/comments.csv")
    assert len(rows) == 24 and f"{21} of 24 comments go to their authors" in made.said.out
    assert {row["shown"] for row in rows if row["reader"] == lazy} == {"unheard"}
    author = "240012"
    own = [row for row in rows if row["author"] == author and row["shown"] == "yes"]
    page = page_of(made.grades, author)
    assert own and page.count("сильний доказ &lt;b&gt;") == len(own)
    told = [row for row in rows if row["author"] == author]
    words = html.unescape(page)[html.unescape(page).index('id="advice"') :].partition("</section>")[
        0
    ]
    forbidden = {part for row in CLASS for part in (row[0], *row[1].split(), row[3])}
    assert not [word for word in forbidden if word in words], "nobody's name, the reader's least"
    assert "Нечутно" not in page and "зразкові" not in page and "<a " not in words
    files_too = (made.grades / "peer/comments.json").read_text("utf-8")
    assert not [
        row["reader"] for row in told if row["reader"] in json.loads(files_too)["shown"][author][0]
    ]
    again = [str(tmp_path / "reviews"), str(made.grades)]
    strike = own[0]["id"]
    assert main(["peer", "collect", *again, "--strike", strike]) == 0
    assert page_of(made.grades, author).count("сильний доказ") == len(own) - 1
    assert main(["peer", "collect", *again]) == 0
    assert page_of(made.grades, author).count("сильний доказ") == len(own) - 1, "it stays struck"
    assert main(["peer", "collect", *again, "--restore", strike]) == 0
    assert page_of(made.grades, author).count("сильний доказ") == len(own)
    assert main(["peer", "collect", *again, "--no-comments"]) == 0
    assert 'id="advice"' not in page_of(made.grades, author)
    capsys.readouterr()
    assert main(["peer", "collect", *again, "--strike", "nobody"]) == 2
    assert "no comment has the id 'nobody'" in capsys.readouterr().err
    (made.grades / "peer/comments.json").write_text("[", "utf-8")
    assert main(["feedback", str(made.grades)]) == 2
    assert "comments.json is damaged" in capsys.readouterr().err


def test_every_comment_of_a_stream_has_an_id_of_its_own():
    """What is struck out by its id must be one comment; of ids of 24 bits a dozen would meet here."""
    names = Names([])
    made = {
        advice.cleaned({"secret": "s"}, names, str(author), "17", "Добре", "uk").id
        for author in range(20_000)
    }
    assert len(made) == 20_000


def test_a_spec_without_comments_asks_for_none(tmp_path):
    key = assigned(tmp_path, spec=SPEC + "comments = false\n")
    made = dealt(tmp_path, key=key)
    shown = inside(packets(made.grades)["240011"])[0]["assignment.json"].decode()
    assert "comment" not in shown
    collected(made, tmp_path / "x", everybody(made.grades))
    assert not (tmp_path / "x/grades/peer/comments.csv").exists()


# --- simulated classes --------------------------------------------------------------------------------------------
SEEDS = range(12)


def classes(**how):
    return [simulate(seed, students=60, criteria=5, **how) for seed in SEEDS]


def mean(values):
    values = list(values)
    return sum(values) / len(values)


def gains(made):
    """By how much the marks by weight agree better with the truth than the plain means: tau, error in percent."""
    pairs = [(each.agreement(each.weighted()), each.agreement(each.means)) for each in made]
    return [a[0] - b[0] for a, b in pairs], [b[2] - a[2] for a, b in pairs]


@pytest.mark.parametrize(
    ("bad", "kinds", "least", "points"),
    [  # measured over 100 classes: 0.08, 0.11, 0.16; 0.08, 0.05, 0.16
        (0.2, KINDS, 0.05, 2),
        (0.3, KINDS, 0.07, 3),
        (0.5, KINDS, 0.11, 4),
        (0.3, ["random"], 0.05, 3),
        (0.3, ["constant"], 0.02, 3),
        (0.3, ["hostile"], 0.1, 6),
    ],
)
def test_weights_beat_the_plain_mean_where_some_do_not_read(bad, kinds, least, points):
    tau, error = gains(classes(bad=bad, kinds=kinds))
    assert mean(tau) > least and mean(error) > points
    assert sum(gain > 0 for gain in error) >= 11, "in nearly every class, not only on average"


def test_weights_cost_little_where_all_read_and_generous_readers_spoil_less():
    tau, error = gains(classes())
    assert mean(tau) > -0.025 and abs(mean(error)) < 0.5
    tau, error = gains(classes(bad=0.3, kinds=["generous"]))
    assert mean(error) > 0.4, "too high by less; the order alone the mean tells as well"
    assert mean(tau) > -0.04


def test_who_does_not_read_is_told_from_who_does():
    weights = {}
    for each in classes(bad=0.5):
        for name, kind in each.kinds.items():
            weights.setdefault(kind, []).append(each.weights[name])
    assert set(weights["hostile"]) == set(weights["constant"]) == {0}
    assert mean(not weight for weight in weights["random"]) > 0.75
    assert mean(weights["honest"]) > 0.7 > 0.6 > mean(weights["generous"])
    assert mean(not weight for weight in weights["honest"]) < 0.12


def test_what_students_settle_is_near_the_truth_and_the_rest_is_left():
    """Three of ten do not read, and the table is as good as where all do: the lecturer has marked what was left."""
    spoilt, sound = classes(bad=0.3), classes()
    for made, most in ((sound, 0.12), (spoilt, 0.36)):
        left = mean(1 - len(each.settled()) / 60 for each in made)
        assert 0.02 < left < most
        assert mean(each.agreement(each.weighted(), each.settled())[2] for each in made) < 8
    final = [mean(each.agreement(each.final())[0] for each in made) for made in (spoilt, sound)]
    assert min(final) > 0.84 and abs(final[0] - final[1]) < 0.03


@settings(deadline=None, max_examples=5)
@given(st.integers(0, 10**6))
def test_a_simulated_class_is_the_same_each_time(seed):
    one, two = (simulate(seed, students=12, bad=0.3) for _ in range(2))
    assert one.verdicts == two.verdicts and one.truth == two.truth
