"""Setting: what students get holds no key, twice is the same, and every fault of spec and roster is told by line."""

import base64
import binascii
import contextlib
import io
import json
import random
import re
import zipfile
from collections import Counter

import pytest
from setting import ROSTER, SPEC, write_setting
from simulated import variant

import course
from course.authoring.checks import check
from course.cli import main
from course.exercises import Exercise, read
from course.grading import gradebook
from course.grading.setting import assignment
from course.grading.setting import roster as setting_roster
from course.kinds import kinds


# --- no key material among what students get ------------------------------------------------------------------------
def decoded(data):
    """Data in every disguise that is easily taken off: unzipped, base64, JSON escapes, up to three times over."""
    seen, ahead = set(), [(data, 0)]
    while ahead:
        data, depth = ahead.pop()
        if data in seen or depth > 3:
            continue
        seen.add(data)
        yield data
        if data[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                ahead += [(archive.read(name), depth + 1) for name in archive.namelist()]
        for chunk in re.findall(rb"[A-Za-z0-9+/_-]{24,}={0,2}", data):
            for kind in (base64.b64decode, base64.urlsafe_b64decode):
                with contextlib.suppress(binascii.Error):
                    ahead.append((kind(chunk + b"=" * (-len(chunk) % 4)), depth + 1))
        try:
            ahead.append(
                (
                    re.sub(
                        rb"\\u([0-9a-fA-F]{4})",
                        lambda found: chr(int(found[1], 16)).encode("utf-8", "replace"),
                        data,
                    ),
                    depth + 1,
                )
            )
            ahead += [
                (text.encode("utf-8", "replace"), depth + 1) for text in strings(json.loads(data))
            ]
        except (ValueError, UnicodeError):
            pass


def strings(value):
    """Every text in a JSON value, names of fields too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for inner in value:
            yield from strings(inner)
            if isinstance(value, dict):
                yield from strings(value[inner])


def secrets(key):
    """Texts that only the lecturer may read, from the private key itself."""
    for entry in key["exercises"]:
        raw = entry["raw"]
        for field in ("right", "wrong", "solution", "see"):
            yield from raw.get(field, {}).values()
        for field in ("option", "row", "confusion", "slip"):
            for part in raw.get(field, ()):
                yield from part.get("why", {}).values()
        for part in (*raw.get("hint", ()), *raw.get("idea", ())):
            yield from part.values()
        yield from (raw[field] for field in ("answer", "truth") if field in raw)
        yield from raw.get("where", ())
        yield from (
            part[field]
            for part in raw.get("slip", ())
            for field in ("answer", "truth")
            if field in part and len(part[field]) > 3
        )
        for made in entry["keys"]:
            if isinstance(made.get("value"), float) and made["value"] != round(made["value"], 2):
                yield f"{made['value']:.6f}"[:-1]
            elif isinstance(made.get("value"), dict):
                yield from (
                    f"{cell:.6f}"[:-1]
                    for cell in made["value"]["values"]
                    if isinstance(cell, float) and cell != round(cell, 3)
                )
    for texts in key["outcomes"].values():
        for pair in texts.values():
            yield from pair.values()


def test_no_byte_for_students_holds_a_key(quiz):
    hidden = [text.encode() for text in secrets(quiz.key)]
    assert len(hidden) > 100
    files = [path for path in quiz.students.rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {
        "assignment.json",
        "quiz-uk.ipynb",
        "quiz-ru.ipynb",
        "zernokrok_customers.csv",
    }
    for path in files:
        for data in decoded(path.read_bytes()):
            found = [text.decode() for text in hidden if text in data]
            assert not found, f"{path.name}: {found[:3]}"


@pytest.mark.parametrize(
    "hide",
    [
        lambda text: text.encode(),
        lambda text: base64.b64encode(text.encode()),
        lambda text: json.dumps([text]).encode(),
        lambda text: base64.b64encode(json.dumps(text).encode()),
    ],
)
def test_a_planted_key_is_found_in_every_disguise(quiz, hide):
    planted = hide(quiz.entries["own/own-choice"]["raw"]["solution"]["uk"])
    data = json.dumps({"x": planted.decode()}).encode()
    assert any(text.encode() in one for one in decoded(data) for text in secrets(quiz.key))


FIELDS = {
    "ref",
    "kind",
    "points",
    "prompt",
    "digits",
    "unit",
    "words",
    "remarks",
    "option",
    "item",
    "row",
    "tile",
    "parameters",
    "draws",
}


def test_students_get_only_fields_on_the_list(quiz):
    shared = json.loads((quiz.students / "assignment.json").read_bytes())
    assert shared.keys() == {
        "format",
        "id",
        "title",
        "opens",
        "closes",
        "zone",
        "attempts",
        "counts",
        "variants",
        "show",
        "salt",
        "late",
        "exercises",
        "digest",
        "ids",
    }
    for entry in shared["exercises"]:
        assert entry.keys() <= FIELDS
        for field in ("option", "item", "row"):
            assert all(part.keys() == {"id", "text"} for part in entry.get(field, ()))


def test_neither_ids_nor_order_tell_the_key(quiz, tmp_path):
    """The lecturer's ids and the order they wrote in change nothing but how the items of an `order` are mixed."""
    spec, roster = write_setting(tmp_path)
    bank = (tmp_path / "exercises.toml").read_text("utf-8")
    renamed = (
        bank.replace('id = "sold"', 'id = "first"')
        .replace('id = "checks"', 'id = "third"')
        .replace('id = "reactive"', 'id = "correct"')
    )
    parts = renamed.split("[[exercise.option]]\n")
    parts[1], parts[2] = (
        parts[2],
        parts[1],
    )  # the right option of the first exercise is written second now
    (tmp_path / "exercises.toml").write_text("[[exercise.option]]\n".join(parts), "utf-8")
    assignment.assign(spec, roster, tmp_path / "out")
    folders = tmp_path / "out/students", quiz.students
    found = [json.loads((folder / "assignment.json").read_bytes()) for folder in folders]
    for shared in found:
        shared.pop("digest")
        for entry in shared["exercises"]:
            entry.get("item", []).sort(key=lambda item: item["id"])
    assert found[0] == found[1]


def order_exercise(words):
    """An exercise of kind `order` with these words in the right order: the private side and the items as shown."""
    items = [
        {"id": f"i{place}", "text": {"uk": word, "ru": word}} for place, word in enumerate(words)
    ]
    pair = {"uk": "слово", "ru": "слово"}
    raw = {
        "id": "x",
        "kind": "order",
        "points": 1,
        "prompt": pair,
        "right": pair,
        "wrong": pair,
        "item": items,
    }
    entry = assignment.entry_of("own/x", Exercise("own", raw)) | {"points": 1}
    shown = assignment.shown_of(entry, False)["item"]
    assert shown == assignment.shown_of(json.loads(json.dumps(entry)), False)["item"]
    return shown, [int(entry["ids"]["item"][item["id"]][1:]) for item in shown]


def by_id(shown):
    return sorted(shown, key=lambda item: item["id"])


def test_the_order_shown_does_not_tell_which_is_right():
    """Neither sorting by id nor anything else beats guessing, and being out of order by id means nothing."""
    dice, solved, n = random.Random(4), 0, 2000
    for _ in range(n):
        words = [f"{dice.random():.12f}" for _ in range(4)]
        shown, places = order_exercise(words)
        assert places != sorted(places)
        if by_id(shown) != shown:
            solved += [item["text"]["uk"] for item in by_id(shown)] == words
    assert (
        n / 23 * 0.6 < solved < n / 23 * 1.4
    )  # one of the 23 orders that are not shown; five standard deviations


def test_two_banks_that_differ_only_in_the_right_order_show_every_wrong_one_equally_often():
    dice, n = random.Random(5), 1000
    found = {True: Counter(), False: Counter()}
    for _ in range(n):
        words = [f"{dice.random():.12f}" for _ in range(3)]
        sorted_words = [item["text"]["uk"] for item in by_id(order_exercise(words)[0])]
        found[True][tuple(order_exercise(sorted_words)[1])] += 1
        found[False][tuple(order_exercise([*sorted_words[1:], sorted_words[0]])[1])] += 1
    for counts in found.values():
        assert len(counts) == 5 and (0, 1, 2) not in counts
        assert all(abs(count - n / 5) < 65 for count in counts.values()), (
            counts
        )  # five standard deviations


def test_items_that_may_change_places_are_not_shown_solved_either():
    for name in "abcdefgh":
        items = [
            {"id": one, "text": {"uk": name + one, "ru": name + one}, "rank": rank}
            for one, rank in (("i0", [0, 1]), ("i1", [0, 1]), ("i2", 2))
        ]
        entry = assignment.entry_of(
            "own/x", Exercise("own", {"id": "x", "kind": "order", "points": 1, "item": items})
        )
        shown = assignment.shown_of(entry | {"points": 1}, False)["item"]
        assert entry["ids"]["item"][shown[-1]["id"]] != "i2"


def test_an_order_is_never_shown_solved(quiz):
    shared = json.loads((quiz.students / "assignment.json").read_bytes())
    entry = quiz.entries["own/own-order"]
    shown = [
        entry["ids"]["item"][item["id"]]
        for one in shared["exercises"]
        if one["ref"] == entry["ref"]
        for item in one["item"]
    ]
    assert sorted(shown) == sorted(entry["keys"][0]["ranks"]) and shown != [
        item["id"] for item in entry["raw"]["item"]
    ]


def test_hints_travel_only_when_the_spec_says_so(tmp_path):
    for line, there in (("", False), ("hints = true\n", True)):
        spec, roster = write_setting(
            tmp_path / line[:3],
            line + SPEC.replace("audit/audit-culture-gap", "levels/levels-order"),
        )
        assignment.assign(spec, roster, tmp_path / "out")
        assert (
            "hint"
            in json.loads((tmp_path / "out/students/assignment.json").read_bytes())["exercises"][-1]
        ) is there


# --- the same again -------------------------------------------------------------------------------------------------
def test_twice_is_the_same_bytes(quiz, tmp_path):
    assignment.assign(*write_setting(tmp_path / "setting"), tmp_path / "set")
    files = [
        path.relative_to(quiz.folder / "set")
        for path in (quiz.folder / "set").rglob("*")
        if path.is_file()
    ]
    assert len(files) == len([path for path in (tmp_path / "set").rglob("*") if path.is_file()])
    for name in files:
        assert (tmp_path / "set" / name).read_bytes() == (quiz.folder / "set" / name).read_bytes()


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        ("closes = 2026-12-08", "closes = 2026-12-09", True),
        ("attempts = 3", "attempts = 4", True),
        ('"own/own-multi", ', "", True),
        ("keys_in_feedback", "keys_in_feedback", False),
    ],
)
def test_a_change_that_students_see_changes_the_digest_and_never_their_numbers(
    quiz, tmp_path, old, new, changes
):
    key = assignment.assign(
        *write_setting(tmp_path / "setting", SPEC.replace(old, new)), tmp_path / "set"
    )
    assert (key["digest"] != quiz.key["digest"]) is changes
    entry = next(one for one in key["exercises"] if one["ref"] == "own/own-numeric")
    assert [variant(key, entry, student) for student in quiz.names] == [
        variant(quiz.key, entry, student) for student in quiz.names
    ]


def test_a_mended_key_or_a_new_student_keeps_the_digest(quiz, tmp_path):
    spec, roster = write_setting(tmp_path / "setting", roster=ROSTER + "Нова Надія;МК-22;;99\n")
    bank = tmp_path / "setting/exercises.toml"
    bank.write_text(bank.read_text("utf-8").replace('key = "how"', 'key = "where"'), "utf-8")
    key = assignment.assign(spec, roster, tmp_path / "set")
    assert key["digest"] == quiz.key["digest"]
    assert key["exercises"][3]["keys"] != quiz.key["exercises"][3]["keys"]


# --- the notebooks, and a student's way through them ----------------------------------------------------------------
@pytest.mark.parametrize("lang", ["uk", "ru"])
def test_the_notebook_is_valid_and_says_what_to_do(quiz, lang):
    import nbformat

    book = nbformat.read(quiz.students / f"quiz-{lang}.ipynb", 4)
    nbformat.validate(book)
    code = [cell.source for cell in book.cells if cell.cell_type == "code"]
    assert code[:2] == [
        f'import course\n\ntask = course.assignment("assignment.json", "{lang}")',
        "task.identity()",
    ]
    assert code[-1] == "task.submit()"
    assert [line for line in code if line.startswith("task.exercise")] == [
        f'task.exercise("{ref}")' for ref in quiz.entries
    ]
    assert (
        'zernokrok_customers = task.data("zernokrok_customers")\n\ntask.check("own/own-value", ...)'
        in code
    )
    assert (
        "08.12.2026, 23:59" in book.cells[0].source and "10.12.2026, 23:59" in book.cells[0].source
    )
    still = "".join(
        output.data["text/plain"]
        for cell in book.cells
        if cell.cell_type == "code"
        for output in cell.outputs
    )
    assert quiz.entries["own/own-text"]["raw"]["prompt"][lang] in still and "{" not in still


def test_from_assign_to_a_grade_through_the_student_s_own_notebook(quiz, tmp_path, monkeypatch):
    """The cards' side and the grader's side agree on ids, on draws and on the file between them."""
    monkeypatch.setenv("COURSE_ANSWERS", str(tmp_path / "work/answers"))
    timeless = re.sub("(?s)(opens|closes) = .*?\n|\\[late\\].*?(?=\\[\\[)", "", SPEC)
    assignment.assign(*write_setting(tmp_path / "setting", timeless), tmp_path)
    task = course.assignment(tmp_path / "students/assignment.json", "ru")
    task.record.write("identity", "set", {"student": "18", "name": "Мария"}, "ru")
    exercise = task.chapter.exercises["own/own-numeric"]
    values = task.record.values(exercise)
    assert f"{values['n']} раз" in exercise.say("prompt", "ru", values)
    task.record.write(exercise.id, "answer", f"{values['n'] * values['m'] - values['c']} грн", "ru")
    shown = {
        option["text"]["ru"]: option["id"]
        for option in task.chapter.exercises["own/own-choice"]["option"]
    }
    task.record.write("own/own-choice", "answer", shown["Реагирующий"], "ru")
    task.submit()
    told = gradebook.grade(tmp_path / "students", tmp_path / "private", tmp_path / "grades")
    assert told["flags"]["ok"] == 1
    line = json.loads((tmp_path / "grades/graded.jsonl").read_bytes().splitlines()[1])
    assert line["student"] == "18" and line["lang"] == "ru" and line["points"] == 3
    assert [
        line["exercises"][ref]["state"]
        for ref in ("own/own-numeric", "own/own-choice", "own/own-order")
    ] == [
        "right",
        "right",
        "missing",
    ]
    assert line["exercises"]["own/own-choice"]["answer"] == "reactive"


# --- faults of the spec ---------------------------------------------------------------------------------------------
def faults_of(tmp_path, spec=SPEC, roster=ROSTER):
    with pytest.raises(assignment.SettingError) as raised:
        assignment.assign(*write_setting(tmp_path / "setting", spec, roster), tmp_path / "set")
    assert not (tmp_path / "set").exists()
    return raised.value.faults


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ('id = "quiz"', 'id = "My Quiz"', 1, "small Latin letters"),
        ('title.ru = "Контрольная"\n', "", 2, "ru is missing"),
        ('title.uk = "Контрольна"', 'title.uk = "Контрольная ещё"', 2, "doesn't belong in uk"),
        ("own/own-choice", "own/own-chioce", 4, "did you mean 'own/own-choice'"),
        ("audit/audit-culture-gap", "audit/nothing", 5, "there is no exercise"),
        ('"own/own-choice", ', '"own/own-choice", "own/own-choice", ', 4, "stands twice"),
        ("opens = 2026-12-01T08:00:00", 'opens = "1 грудня"', 6, "without quotes"),
        ("opens = 2026-12-01T08:00:00", "opens = 2026-12-01", 6, "2026-12-01T23:59:00"),
        ("closes = 2026-12-08T23:59:00", "closes = 2026-11-08T23:59:00", 7, "before it opens"),
        ("opens = 2026-12-01T08:00:00", "opens = 2026-03-29T03:30:00", 6, "the clocks change"),
        ("Europe/Kyiv", "Europe/Kyev", 8, "did you mean 'Europe/Kyiv'"),
        ("attempts = 3", 'attempts = "three"', 9, "whole number"),
        ("attempts = 3", "attempts = true", 9, "whole number"),
        ("attempts = 3", "attempts = -1", 9, "whole number"),
        ("attempts = 3", "attempts = 1001", 9, "whole number"),
        ("closes = 2026-12-08T23:59:00", "closes = 2026-12-01T08:00:00", 7, "before it opens"),
        ("until = 2026-12-10T23:59:00", "until = 2026-12-08T23:59:00", 12, "after closes"),
        ("percent_per_day = 10", "percent_per_day = 100.5", 11, "0 to 100"),
        ("[late]", '[points]\n"own/own-choice" = 0\n[late]', 11, "above 0"),
        ("[late]", '[points]\n"own/own-choice" = 1000.5\n[late]', 11, "at most 1000"),
        ("attempts = 3", 'attempts = 3\ncounts = "first"', 10, "one of last, best"),
        ("attempts = 3", "attempts = 3\nattemps = 3", 10, "did you mean 'attempts'"),
        ("percent_per_day = 10", "percent_per_day = 110", 11, "0 to 100"),
        ("until = 2026-12-10T23:59:00", "until = 2026-12-07T23:59:00", 12, "after closes"),
        ("until = ", "untill = ", 12, "unknown field in [late]"),
        ('exercise = "own/own-text"', 'exercise = "own/own-choice"', 14, "kind text or canvas"),
        ("levels = [0, 1, 2]", "levels = [2, 1, 0]", 19, "rising"),
        ("levels = [0, 1, 2]", "levels = [0, 1]", 19, "3 texts"),
        ('id = "check"', 'id = "comparison"', 16, "an id of its own"),
        ("[late]", '[points]\n"own/own-none" = 3\n[late]', 11, "not in exercises"),
        ("[late]", '[points]\n"own/own-text" = 0\n[late]', 11, "above 0"),
        ("attempts = 3", "attempts = = 3", 9, "not TOML"),
        ("attempts = 3", 'attempts = 0\ncounts = "best"', 10, "tries every option gets full marks"),
        ("attempts = 3", 'counts = "best"', 9, "write attempts = 1 or more"),
        (
            "[late]",
            '[points]\n"own/own-text" = 3\n[late]',
            11,
            "says 3, but the highest levels of its rubric add up",
        ),
        ('id = "quiz"', 'id = "levels"', 1, "keeps other answers"),
        ('id = "quiz"', 'id = "learner"', 1, "keeps other answers"),
        ('id = "quiz"', 'id = "com1"', 1, "Windows lets no file"),
        ('id = "quiz"', 'id = "nul"', 1, "Windows lets no file"),
    ],
)
def test_a_fault_of_the_spec_is_told_with_its_line(tmp_path, old, new, line, words):
    assert old in SPEC
    found = [
        fault for fault in faults_of(tmp_path, SPEC.replace(old, new, 1)) if words in fault.message
    ]
    assert [(fault.file, fault.line) for fault in found] == [("spec.toml", line)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("attempts = 3", 'attempts = 1\ncounts = "best"'),
        ("attempts = 3", "attempts = 1000"),
        ("percent_per_day = 10", "percent_per_day = 100"),
        ("percent_per_day = 10", "percent_per_day = 0"),
        ("until = 2026-12-10T23:59:00", "until = 2026-12-08T23:59:01"),
        ("closes = 2026-12-08T23:59:00", "closes = 2026-12-01T08:00:01"),
        ("[late]", '[points]\n"own/own-choice" = 1000\n"own/own-multi" = 0.01\n[late]'),
        ("[late]", '[points]\n"own/own-text" = 4\n[late]'),
        ('id = "quiz"', 'id = "levels-1"'),
        ('id = "quiz"', 'id = "console"'),
    ],
)
def test_what_is_near_a_fault_and_none_is_accepted(tmp_path, old, new):
    assert assignment.assign(
        *write_setting(tmp_path / "setting", SPEC.replace(old, new, 1)), tmp_path / "set"
    )


def test_lateness_that_costs_nothing_is_told_without_percents(tmp_path):
    spec = SPEC.replace("percent_per_day = 10\n", "")
    assignment.assign(*write_setting(tmp_path / "setting", spec), tmp_path / "set")
    for lang in ("uk", "ru"):
        sheet = json.loads((tmp_path / f"set/students/quiz-{lang}.ipynb").read_bytes())["cells"][0][
            "source"
        ]
        assert "10.12.2026, 23:59" in "".join(sheet) and "%" not in "".join(sheet)


def test_faults_of_the_bank_are_told_as_course_check_tells_them(tmp_path):
    spec, roster = write_setting(tmp_path)
    bank = tmp_path / "exercises.toml"
    bank.write_text(bank.read_text("utf-8").replace("right = true\n", "", 1), "utf-8")
    with pytest.raises(assignment.SettingError, match="exactly one must"):
        assignment.assign(spec, roster, tmp_path / "set")


@pytest.mark.parametrize(
    "bank",
    [
        "exercise = 5",
        "[[exercise]]\nid = 5",
        '[lesson]\n[[exercise]]\nid = "x"\nkind = "choice"\noption = 3',
    ],
)
def test_a_bank_of_wrong_shape_is_no_traceback(tmp_path, bank):
    spec, roster = write_setting(tmp_path)
    (tmp_path / "exercises.toml").write_text(bank, "utf-8")
    with pytest.raises(assignment.SettingError):
        assignment.assign(spec, roster, tmp_path / "set")


def test_options_with_the_same_words_are_refused(tmp_path):
    spec, roster = write_setting(tmp_path)
    bank = tmp_path / "exercises.toml"
    bank.write_text(
        bank.read_text("utf-8")
        .replace('"Базовий"', '"Реактивний"')
        .replace('"Основной"', '"Реагирующий"'),
        "utf-8",
    )
    with pytest.raises(assignment.SettingError, match="the same words"):
        assignment.assign(spec, roster, tmp_path / "set")


# --- rosters --------------------------------------------------------------------------------------------------------
PEOPLE = [
    assignment.Student("17", "Шевченко Іван Петрович", "МК-21", "ivan@example.org"),
    assignment.Student("18", "Ковальчук Марія", "МК-21", "maria@example.org"),
]


def roster(tmp_path, data):
    path, faults = tmp_path / "roster.csv", []
    path.write_bytes(data)
    return assignment.read_roster(path, faults), faults


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize(
    "head",
    [
        ["ПІБ", "Група", "E-mail", "№ залікової книжки"],
        ["П.І.Б.", "Академічна група", "Електронна пошта", "Ідентифікатор"],
        ["ФИО", "Группа", "Почта", "Номер зачётной книжки"],
        ["Full name", "Group", "Email address", "ID number"],
        ["Повне ім'я", "Групи", "Електронна пошта", "ID-номер"],
        ["Полное имя", "Группы", "Электронная почта", "Id номер"],
        ["ПІБ", "Групи", "Пошта", "Ід. номер"],
        ["П. І. Б. студента", "Навчальна група", "Корпоративна пошта", "Номер залікової книжки"],
        ["Прізвище та ініціали", "Шифр групи", "E-mail студента", "Студентський квиток №"],
        ["Здобувач вищої освіти", "Академічна група", "Адреса електронної пошти", "Код ЄДЕБО"],
        ["Фамилия и инициалы", "Учебная группа", "Корпоративная почта", "№ студенческого билета"],
    ],
)
def test_every_encoding_mark_and_language_is_read_alike(tmp_path, encoding, mark, head):
    rows = [head, *([one.name, one.group, one.email, one.id] for one in PEOPLE)]
    found, faults = roster(tmp_path, "\r\n".join(mark.join(row) for row in rows).encode(encoding))
    assert not faults and found == PEOPLE


def test_moodle_s_list_of_participants_is_a_roster(tmp_path):
    text = '"First name",Surname,"ID number","Email address",Groups\nІван,Шевченко,17,i@example.org,"МК-21, МК-22"\n'
    found, faults = roster(tmp_path, text.encode())
    assert not faults and found == [
        assignment.Student("17", "Шевченко Іван", "МК-21, МК-22", "i@example.org")
    ]


# Gradebook and worksheets as Moodle writes them in both languages: a BOM or none, any separator, decimal commas.
MOODLE = {
    "gradebook-uk": (
        'Ім\'я,Прізвище,"Індивідуальний номер",Заклад,Відділ,"Електронна пошта","Загальне за курс (Бали)",'
        '"Завдання:Групова робота (Бали)","Тест:Код честі (Відсоток)"\n'
        'Іван,Шевченко,17,ХНУ,МК,i@example.org,"90,50",10,"7,00 %"\nОля,Бойко,18,ХНУ,МК,o@example.org,-,-,-\n',
        ["17", "18"],
    ),
    "gradebook-ru": (
        "\ufeffИмя;Фамилия;Индивидуальный номер;Учреждение (организация);Отдел;Адрес электронной почты;"
        "Задание:Групповая работа (Значение)\nИван;Шевченко;17;;МК;i@example.org;90,5\nОля;Бойко;18;;;o@example.org;-\n",
        ["17", "18"],
    ),
    "nobody has an ID number": (
        "Ім'я\tПрізвище\tІндивідуальний номер\tЕлектронна пошта\n"
        "Іван\tШевченко\t\ti@example.org\nОля\tБойко\t \to@example.org\n",
        ["i@example.org", "o@example.org"],
    ),
    "worksheet-uk": (
        'Ідентифікатор,"Повне ім\'я","Електронна пошта",Статус,Оцінка,"Максимальна оцінка"\n'
        '"Учасник 4711","Шевченко Іван",i@example.org,"Подано для оцінювання",,"100,00"\n'
        '"Учасник 4712","Бойко Оля",o@example.org,"Немає подання",,"100,00"\n',
        ["i@example.org", "o@example.org"],
    ),
    "worksheet-ru": (
        '\ufeffИдентификатор;"Полное имя";"Адрес электронной почты";Состояние;Оценка\n'
        'Участник4711;"Шевченко Иван";i@example.org;"Отправлено для оценивания";"7,50"\n'
        'Участник4712;"Бойко Оля";o@example.org;Черновик;\n',
        ["i@example.org", "o@example.org"],
    ),
}


@pytest.mark.parametrize("name", MOODLE)
def test_what_moodle_exports_is_a_roster_in_either_language(tmp_path, name):
    """A grade is no group, and a number that no student knows is no id."""
    text, ids = MOODLE[name]
    path, faults, notes = tmp_path / "roster.csv", [], []
    path.write_text(text, "utf-8")
    found = assignment.read_roster(path, faults, notes)
    assert not faults and [student.id for student in found] == ids
    assert [student.email for student in found] == ["i@example.org", "o@example.org"]
    assert [student.name.split()[0] for student in found] == ["Шевченко", "Бойко"]
    assert not any(student.group for student in found)
    assert any("so the e-mail is the id" in note for note in notes) == ("@" in ids[0])


def test_a_roster_in_which_some_have_an_id_says_who_has_none(tmp_path):
    text = "ПІБ;id;Пошта\nШевченко Іван;17;i@example.org\nБойко Оля;;o@example.org\n"
    found, faults = roster(tmp_path, text.encode())
    assert [(fault.line, fault.field) for fault in faults] == [(3, "id")]


@pytest.mark.parametrize(
    ("head", "row"),
    [
        ("Прізвище, ім'я та по батькові;Номер залікової книжки", "Шевченко Іван Петрович;17"),
        ("Прізвище, ім'я, по батькові;Номер залікової книжки", "Шевченко Іван Петрович;17"),
        ("Прізвище, ім'я, курс;Номер залікової книжки", "Шевченко Іван Петрович;17"),
        ('"Прізвище, ім\'я та по батькові",№ залікової книжки', "Шевченко Іван Петрович,17"),
        ("Номер залікової книжки\tФамилия, имя, отчество", "17\tШевченко Іван Петрович"),
        ("Прізвище;Ім'я, по батькові;id", "Шевченко;Іван Петрович;17"),
        ("Прізвище;Ім'я;По батькові;id", "Шевченко;Іван;Петрович;17"),
        ("id;ПІБ;Посада, кафедра, телефон", "17;Шевченко Іван Петрович;а, б, в"),
    ],
)
def test_a_column_may_have_a_comma_in_its_name(tmp_path, head, row):
    found, faults = roster(tmp_path, f"{head}\n{row}\n".encode())
    assert not faults and found == [assignment.Student("17", "Шевченко Іван Петрович")]


TITLED = (
    "Київський університет;;;\nСписок студентів групи МР-31, осінь;;;\n;;;\n"
    "№ з/п;Прізвище, ім'я та по батькові;Телефон;Номер залікової книжки\n"
    "1;Шевченко Іван Петрович;050;17\n2;Ковальчук Марія;067;18\n;Всього: 2;;2\nРазом;;;\n"
)


def test_titles_above_and_totals_below_are_passed_over_and_unused_columns_said(tmp_path):
    path, faults, notes = tmp_path / "roster.csv", [], []
    path.write_text(TITLED, "utf-8")
    found = assignment.read_roster(path, faults, notes)
    assert not faults and [student.id for student in found] == ["17", "18"]
    assert notes == ["roster.csv:4: columns not used: Телефон"]


def test_a_workbook_is_a_roster(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for line in TITLED.splitlines():
        book.active.append(
            [int(cell) if cell.isdigit() else cell or None for cell in line.split(";")]
        )
    book.save(tmp_path / "roster.xlsx")
    faults = []
    found = assignment.read_roster(tmp_path / "roster.xlsx", faults)
    assert not faults and [(student.id, student.name) for student in found] == [
        ("17", "Шевченко Іван Петрович"),
        ("18", "Ковальчук Марія"),
    ]
    book.active["D6"] = 17
    book.save(tmp_path / "roster.xlsx")
    assignment.read_roster(tmp_path / "roster.xlsx", faults)
    assert [(fault.line, "stands already in line 5" in fault.message) for fault in faults] == [
        (6, True)
    ]


def test_the_command_says_which_columns_it_did_not_use(tmp_path, capsys):
    spec, roster = write_setting(tmp_path, roster=TITLED)
    assert main(["assign", str(spec), "--roster", str(roster), "--out", str(tmp_path / "set")]) == 0
    assert "columns not used: Телефон" in capsys.readouterr().out


def test_without_ids_the_mail_address_is_the_id(tmp_path):
    found, faults = roster(
        tmp_path, "№ з/п;ПІБ;Пошта\n1;Шевченко Іван;i@example.org\n;;\n".encode()
    )
    assert not faults and found == [
        assignment.Student("i@example.org", "Шевченко Іван", "", "i@example.org")
    ]


HEAD = "ПІБ;Група;E-mail;id\n"


@pytest.mark.parametrize(
    ("data", "line", "words"),
    [
        ((HEAD + "Іван;А;;17\nОля;А;;17\n").encode(), 3, "stands already in line 2"),
        ((HEAD + "Іван;А;;аб1\nОля;А;;АБ1\n").encode(), 3, "stands already in line 2"),
        ((HEAD + "Іван;А;i@e.org;17\nОля;А;I@e.org;18\n").encode(), 3, "stands already in line 2"),
        ((HEAD + "Іван;А;;\n").encode(), 2, "has no id"),
        ((HEAD + ";А;;17\n").encode(), 2, "has no name"),
        ((HEAD + "Іван;А;;1,2E+11\n").encode(), 2, "shortened"),
        ((HEAD + "Іван;А;;12,0\n").encode(), 2, "made a fraction"),
        ((HEAD + "Іван;А;;13.0\n").encode(), 2, "write it without '.0'"),
        ((HEAD + "Іван;А;;240.00\n").encode(), 2, "write it without '.00'"),
        ((HEAD + "Іван;А;;'0012\n").encode(), 2, "apostrophe in front"),
        ((HEAD + "Іван;А;;17\n" + HEAD + "Оля;А;;18\n").encode(), 3, "once more"),
        ((HEAD + "Іван;А;;17\n" + HEAD.upper() + "Оля;А;;18\n").encode(), 3, "once more"),
        (("name;id\nІван;17\nІм’я та прізвище;id\nОля;18\n").encode(), 3, "once more"),
        ((HEAD + "Іван;А;;../17\n").encode(), 2, "file name"),
        ((HEAD + "????;А;;17\n").encode(), 2, "letters are lost"),
        ((HEAD + "\n\nІван;А;;17\n;;;\nОля;А;;\n").encode(), 6, "has no id"),
        ((HEAD + 'Іван;А;;17\n"Оля;А;;18\n').encode(), 3, "not CSV"),
        (HEAD.encode(), 1, "no student"),
        (b"", 1, "names the columns"),
        ("Прізвисько;Клас\nІван;А\n".encode(), 1, "names the columns"),
        ("ПІБ;Група\nІван;А\n".encode(), 1, "none with ids or e-mail addresses"),
        ("Список\n\nГрупа;id\nА;17\n".encode(), 3, "none with names of students"),
        ((HEAD + "Іван;А;;17\n").encode("utf-16-le"), 1, "no text"),
        (b"PK\3\4" + bytes(40), 1, "no Excel workbook that can be read"),
        (b"\xd0\xcf\x11\xe0" + bytes(40), 1, "an Excel workbook of the old kind"),
        ((HEAD + "Іван;А;;KB1\nОля;А;;кв 1\n").encode(), 3, "stands already in line 2"),
        ((HEAD + "Іван;А;;17;зайве\n").encode(), 2, "5 cells, but line 1 names 4 columns"),
        ((HEAD + "Шевченко Іван;А;;17\n").encode("cp866", "replace"), 2, "neither UTF-8 nor"),
        ((HEAD.encode() + "Шевченко Іван;А;;17\n".encode("cp1251")), 2, "neither UTF-8 nor"),
        (("name;id\n" + "Шевченко Петро;17\n").encode("koi8-u"), 2, "not readable"),
        (
            (
                "name;id\n"
                + "Шевченко Іван;17\n".encode().decode("cp1251", "replace").replace("\ufffd", "°")
            ).encode(),
            2,
            "not readable",
        ),
    ],
)
def test_a_fault_of_the_roster_is_told_with_its_line(tmp_path, data, line, words):
    _, faults = roster(tmp_path, data)
    assert (line, True) in [(fault.line, words in fault.message) for fault in faults], faults


@pytest.mark.parametrize("row", ["Шевченко Іван;МР;;1{}\n", "Шевченко Іван;МР;{}@e.org;\n"])
def test_a_row_that_cannot_name_columns_is_not_asked_whether_it_does(tmp_path, monkeypatch, row):
    """The question costs a millisecond a row: 20 seconds for a stream of 20,000."""
    asked, ask = [], setting_roster._meaning
    monkeypatch.setattr(setting_roster, "_meaning", lambda *given: asked.append(1) or ask(*given))
    for count in 50, 100:
        asked.append(0)
        rows = "".join(
            row.format(f"{n:b}".replace("0", "o").replace("1", "i")) for n in range(count)
        )
        found, faults = roster(tmp_path, (HEAD + rows).encode())
        assert len(found) == count and not faults
    assert asked.index(0, 1) * 2 == len(asked), "as many for 50 rows as for 100"


@pytest.mark.parametrize("one", ["10.5", "0012", "1200", "A-0", "i.0"])
def test_an_id_that_no_spreadsheet_damaged_is_kept(tmp_path, one):
    found, faults = roster(tmp_path, f"{HEAD}Група Ід;Група;;{one}\n".encode())
    assert not faults and [student.id for student in found] == [one]


def test_a_roster_without_a_name_of_its_own_is_named_all_the_same(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    faults = []
    assert not assignment.read_roster(".", faults) and str(faults[0]).startswith(
        ".:1: cannot be read"
    )


def test_both_files_are_read_to_the_end_before_anything_is_said(tmp_path):
    faults = faults_of(tmp_path, SPEC.replace('id = "quiz"', 'id = "?"'), ROSTER + "Іван;А;;17\n")
    assert [fault.file for fault in faults] == ["roster.csv", "spec.toml"]


# --- the command line -----------------------------------------------------------------------------------------------
def test_the_template_has_every_kind_and_no_fault(tmp_path, capsys):
    path = tmp_path / "exercises.toml"
    assert main(["new", "exercises", str(path)]) == 0 and main(["check", str(path)]) == 0
    assert not check(path)
    assert {each.kind.name for each in read(path).exercises.values()} == {*kinds()}
    assert main(["new", "exercises", str(path)]) == 2
    assert "nothing was written" in capsys.readouterr().err


def test_assign_says_what_to_hand_out_and_what_to_keep(tmp_path, capsys):
    spec, roster = write_setting(tmp_path)
    assert main(["assign", str(spec), "--roster", str(roster), "--out", str(tmp_path / "set")]) == 0
    assert "10 exercises" in (said := capsys.readouterr().out) and "never give it" in said
    roster.write_text(HEAD, "utf-8")
    assert main(["assign", str(spec), "--roster", str(roster), "--out", str(tmp_path / "set")]) == 2
    assert "roster.csv:1" in capsys.readouterr().err
    assert (
        main(
            [
                "assign",
                str(tmp_path / "none.toml"),
                "--roster",
                str(roster),
                "--out",
                str(tmp_path / "x"),
            ]
        )
        == 2
    )


def test_the_private_key_has_the_words_of_the_outcomes_and_students_get_the_same_without_them(
    quiz, tmp_path
):
    assert quiz.key["outcomes"].keys() == {"own", "audit"}
    own = "Розпізнати рівень відносин і пояснити вибір"
    assert quiz.key["outcomes"]["own"]["1"]["uk"] == own
    trained = {str(one) for one in quiz.entries["audit/audit-culture-gap"]["raw"]["outcomes"]}
    assert quiz.key["outcomes"]["audit"].keys() == trained
    spec, roster = write_setting(tmp_path / "setting", 'bank = "mine.toml"\n' + SPEC)
    bank = (tmp_path / "setting" / "exercises.toml").read_text("utf-8").replace(own, "інші слова")
    (tmp_path / "setting" / "mine.toml").write_text(bank, "utf-8")
    other = assignment.assign(spec, roster, tmp_path / "set")
    assert other["outcomes"]["own"]["1"]["uk"] == "інші слова"
    assert other["digest"] == quiz.key["digest"]
    shared = (tmp_path / "set/students/assignment.json").read_bytes()
    assert shared == (quiz.students / "assignment.json").read_bytes()


def test_a_key_that_was_handed_out_is_put_aside_not_overwritten(tmp_path):
    first = assignment.assign(*write_setting(tmp_path / "setting"), tmp_path / "out")
    again = assignment.assign(
        *write_setting(tmp_path / "changed", SPEC.replace("attempts = 3", "attempts = 2")),
        tmp_path / "out",
    )
    kept = json.loads(
        (tmp_path / "out" / "private" / f"key-{first['digest']}.json").read_text("utf-8")
    )
    assert kept["digest"] == first["digest"] != again["digest"]
    assert (
        json.loads((tmp_path / "out" / "private" / "key.json").read_text("utf-8"))["digest"]
        == again["digest"]
    )


def test_another_assignment_in_the_same_folder_is_refused(tmp_path, capsys):
    assignment.assign(*write_setting(tmp_path / "setting"), tmp_path / "out")
    before = {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    spec, roster = write_setting(tmp_path / "changed", SPEC.replace('id = "quiz"', 'id = "exam"'))
    assert main(["assign", str(spec), "--roster", str(roster), "--out", str(tmp_path / "out")]) == 2
    assert (
        "'quiz' stands there already; choose another folder after --out" in capsys.readouterr().err
    )
    assert {
        path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()
    } == before
    (tmp_path / "out/private/key.json").write_bytes(
        b"{"
    )  # what cannot be read stands in nobody's way
    assert main(["assign", str(spec), "--roster", str(roster), "--out", str(tmp_path / "out")]) == 0
