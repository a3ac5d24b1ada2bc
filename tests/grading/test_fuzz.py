"""Every reader on damaged input: any bytes, sound files cut and patched, values of another type. Never a traceback."""

import contextlib
import copy
import csv
import io
import json
import math
import shutil
import tomllib
import unicodedata
import zipfile
from datetime import date, datetime
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from setting import ROSTER, SPEC, write_setting
from simulated import submission

from course import exercises
from course.assignments import Assignment
from course.authoring import checks
from course.grading import GradingError, commands, gradebook, intake, keyfile
from course.grading.exports import ects, targets
from course.grading.marking import desk
from course.grading.marking.marks import Marks
from course.grading.setting import assignment, roster
from course.lessons import CourseError
from course.texts import LANGS

pytestmark = pytest.mark.slow


def fuzz(examples):
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


# --- damage: of bytes ----------------------------------------------------------------------------------------------
JUNK = [
    b"",
    b"\0",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xed\xa0\x80",
    b"\r",
    b"\n",
    b'"',
    b"'",
    b";",
    b"\t",
    b"=",
    b"[",
    b"]",
    b"{",
    b"}",
    b"\\",
    b"\\ud800",
    b"NaN",
    b"1e999",
    b"-1",
    b"9" * 5000,
    b"[" * 3000,
    b"a=" + b"[" * 3000,
    b'{"a":' * 3000,
    "\u202e".encode(),
    "\u2028".encode(),
    "ы".encode("cp1251"),
    "ї".encode("utf-16"),
    b"x" * 200_000,
]
ENCODINGS = [
    "utf-8-sig",
    "utf-16",
    "utf-16-le",
    "utf-32",
    "cp1251",
    "cp866",
    "koi8-u",
    "latin-1",
    "utf-7",
]
SHARE = st.floats(0, 1)
CUT = st.tuples(
    st.sampled_from(["replace", "delete", "double", "insert", "move", "swap"]),
    SHARE,
    st.integers(0, 60),
    SHARE,
    st.sampled_from(JUNK) | st.binary(max_size=8),
)
DAMAGE = st.tuples(
    st.lists(CUT, min_size=1, max_size=3), st.none() | st.sampled_from(ENCODINGS), st.booleans()
)


def damaged(data, how):
    """A sound file with slices replaced, left out, doubled, put elsewhere; maybe in another encoding or torn off."""
    cuts, encoding, torn = how
    if encoding:
        data = data.decode("utf-8").encode(encoding, "replace")
    for act, place, size, other, junk in cuts:
        start, aim = int(place * len(data)), int(other * len(data))
        piece = data[start : start + size]
        if act in ("replace", "delete", "move"):
            data = data[:start] + junk * (act == "replace") + data[start + size :]
        if act in ("double", "move"):
            data = data[:aim] + piece + data[aim:]
        if act == "insert":
            data = data[:start] + junk + data[start:]
        if act == "swap":
            data = data[start:] + data[:start]
    return data[: len(data) * 9 // 10] if torn else data


# --- damage: of values ---------------------------------------------------------------------------------------------
DEEP = json.loads("[" * 40 + "]" * 40)
STRANGE = [
    None,
    True,
    False,
    0,
    -1,
    1,
    7,
    10**30,
    -(10**30),
    0.5,
    1e308,
    math.nan,
    math.inf,
    "",
    " ",
    "x",
    "\0",
    "\ud800",
    "\u202eabc",
    "<script>",
    "=1+1",
    "../../x",
    "{answer}",
    "2026-02-30T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "x" * 5000,
    [],
    [None],
    [[]],
    {},
    {"": {}},
    {"uk": 1},
    ["a", "a"],
    DEEP,
    datetime(2026, 1, 1),
    date(2026, 1, 1),
    {"uk": "а", "ru": "а"},
    [0, 1],
    [1, "x"],
    [{}],
    "own",
    "student",
    1000,
]
CHANGE = st.tuples(
    st.sampled_from(["put", "put", "put", "leave out", "double", "rename", "from"]),
    st.integers(0, 10**6),
    st.sampled_from(STRANGE),
    st.integers(0, 10**6),
)
CHANGES = st.lists(CHANGE, min_size=1, max_size=3)


def places(value, where=()):
    """Every place in a value, the whole included."""
    yield where
    inside = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for name, one in inside:
        yield from places(one, (*where, name))


def changed(value, changes):
    """A copy of a value in which something stands that is not meant to be there, or lacks."""
    value = copy.deepcopy(value)
    for act, number, strange, other in changes:
        known = list(places(value))
        *where, name = known[number % len(known)] or (None,)
        if name is None:
            value = copy.deepcopy(strange)
            continue
        home = value
        for step in where:
            home = home[step]
        if act == "put":
            home[name] = copy.deepcopy(strange)
        elif act == "leave out":
            del home[name]
        elif act == "from":
            aim = value
            for step in known[other % len(known)]:
                aim = aim[step]
            home[name] = copy.deepcopy(aim)
        elif isinstance(home, list):
            home.insert(name, home[name])
        else:
            home[f"{name}x" if act == "rename" else "x"] = home.pop(name)
    return value


def toml(value):
    """Write a value as TOML of one line; what TOML has no word for is left out."""
    if isinstance(value, dict):
        return (
            "{"
            + ", ".join(
                f"{json.dumps(str(name))} = {toml(one)}"
                for name, one in value.items()
                if one is not None
            )
            + "}"
        )
    if isinstance(value, list):
        return "[" + ", ".join(toml(one) for one in value if one is not None) + "]"
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return (
        "true"
        if value is True
        else "false"
        if value is False
        else json.dumps(value, ensure_ascii=False)
        if isinstance(value, str)
        else repr(value)
    )


def toml_file(value):
    if not isinstance(value, dict):
        return b"x = 1\n"
    lines = "".join(
        f"{json.dumps(str(name))} = {toml(one)}\n" for name, one in value.items() if one is not None
    )
    return lines.encode("utf-8", "surrogatepass")


def json_file(value):
    return json.dumps(value, ensure_ascii=False, default=str).encode("utf-8", "surrogatepass")


# --- what is asked of a command ------------------------------------------------------------------------------------
SLIPPED = (
    "Error(",
    "Traceback",
    "object has no attribute",
    "object is not",
    "NoneType",
    "indices must be",
    "unhashable",
)


def run(main, *words):
    """Run a command as the console does: its exit code is 0, or 2 with one plain message."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(*words)
    said = err.getvalue()
    assert code in (0, 1, 2)
    assert not any(slip in said + out.getvalue() for slip in SLIPPED), said + out.getvalue()
    if code == 2:
        assert said.strip() and len(said) < 20_000
    return code, said


# --- rosters -------------------------------------------------------------------------------------------------------
ROWS = st.lists(
    st.lists(
        st.text(max_size=12)
        | st.sampled_from(["17", "Шевченко Іван", "=1+1", "a@b", '"', "\u202e", "1E+11"]),
        max_size=6,
    ),
    max_size=8,
)


def judged(data, folder):
    """Read a roster: whoever stands in it is a student or is reported, and no student has letters that nobody sees."""
    (folder / "roster.csv").write_bytes(data)
    faults = []
    students = assignment.read_roster(folder / "roster.csv", faults)
    assert students or faults
    assert all(
        fault.file == "roster.csv" and 1 <= fault.line <= data.count(b"\n") + data.count(b"\r") + 9
        for fault in faults
    )
    assert all(str(fault).isprintable() for fault in faults)
    if not faults:
        for one in students:
            assert (
                one.id
                and one.name
                and not [
                    letter
                    for words in (one.id, one.name, one.group, one.email)
                    for letter in words
                    if unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp", "Cn", "Co")
                ]
            )
        assert len({one.id.casefold() for one in students}) == len(students)
    return students, faults


@fuzz(400)
@given(data=st.binary(max_size=300) | DAMAGE.map(lambda how: damaged(ROSTER.encode(), how)))
def test_any_roster(tmp_path_factory, data):
    judged(data, tmp_path_factory.getbasetemp())


@fuzz(200)
@given(rows=ROWS, mark=st.sampled_from(";,\t"), quoted=st.booleans())
def test_any_rows_of_a_roster(tmp_path_factory, rows, mark, quoted):
    """Every row that is not blank comes out as a student, or its line is told."""
    made = io.StringIO()
    csv.writer(
        made, delimiter=mark, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
    ).writerows([["name", "id", "group", "email"], *rows])
    students, faults = judged(
        made.getvalue().encode("utf-8", "replace"), tmp_path_factory.getbasetemp()
    )
    if not faults:
        assert len(students) == sum(any(cell.strip() for cell in row) for row in rows)


# --- banks and specs -----------------------------------------------------------------------------------------------
BANK = (Path(assignment.__file__).parent / "template.toml").read_bytes()
PIECES = [
    tomllib.loads(BANK.decode()) | {"exercise": [one]}
    for one in tomllib.loads(BANK.decode())["exercise"]
]
SETTING = tomllib.loads(SPEC)
BANKS = DAMAGE.map(lambda how: damaged(BANK, how)) | st.tuples(
    st.sampled_from(PIECES), CHANGES
).map(lambda both: toml_file(changed(*both)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (f"{name} = {grid}", f"{name} = {wrong}")
        for name, grid in (
            ("age_A", "{values = [-1, 0, 1]}"),
            ("n", "{from = 1, to = 9, step = 1}"),
        )
        for wrong in ("true", "{values = true}", "{values = 5}", "{from = true, to = [1]}", "[]")
    ]
    + [("story = []", f"story = {wrong}") for wrong in ("5", "true", "{uk = 1}", '"words"')],
)
def test_a_grid_that_is_none_is_a_fault(tmp_path, old, new):
    """Of a drawn exercise, of the game, and of parameters that exercises share."""
    shared = '[[shared]]\nid = "firm"\nstory = []\n[shared.parameters]\n'
    shared += "n = {from = 1, to = 9, step = 1}\n"
    words = BANK.decode() + shared
    assert old in words
    path = tmp_path / "exercises.toml"
    path.write_text(words.replace(old, new), "utf-8")
    faults = checks.check(path)
    assert faults and not any(slip in str(fault) for fault in faults for slip in SLIPPED)


@fuzz(150)
@given(data=BANKS)
def test_any_bank(tmp_path_factory, data):
    """Faults with their lines, or a bank that can be set, shown and exported."""
    path = tmp_path_factory.mktemp("bank") / "exercises.toml"
    path.write_bytes(data)
    faults = checks.check(path)
    assert all(
        fault.file.endswith("exercises.toml") and fault.line >= 1 and str(fault).strip()
        for fault in faults
    )
    assert not any(slip in str(fault) for fault in faults for slip in SLIPPED), faults
    code, _ = run(commands.main, "preview", [str(path)])
    assert code == (1 if faults else 0), faults
    code, said = run(
        commands.main,
        "export",
        ["questions", str(path), "--out", str(path.with_name("x.xml")), "--variants", "2"],
    )
    assert code == 2 if faults else code == 0 or "nothing written" in said, (faults, code, said)
    if not faults:
        write_setting(path.parent / "set", SPEC.partition("[[rubric]]")[0])
        (path.parent / "set" / "exercises.toml").write_bytes(data)
        refs = (
            json.dumps([f"own/{name}" for name in exercises.read(path).exercises])
            if exercises.read(path).exercises
            else '["levels/levels-order"]'
        )
        spec = f'id = "x"\ntitle.uk = "а"\ntitle.ru = "а"\nexercises = {refs}\n'
        (path.parent / "set" / "spec.toml").write_text(spec, "utf-8")
        set_it(path.parent / "set")


@pytest.fixture(autouse=True, scope="module")
def few_draws():
    """Enough to go through every line, in a time that allows for hundreds of banks."""
    with mock.patch.object(checks, "SAMPLE", 12), mock.patch.object(assignment, "VARIANTS", 4):
        yield


def set_it(folder):
    """Set an assignment as the command does: exit code and what it said."""
    words = [
        str(folder / "spec.toml"),
        "--roster",
        str(folder / "roster.csv"),
        "--out",
        str(folder / "out"),
    ]
    return run(commands.main, "assign", words)


@fuzz(200)
@given(
    data=DAMAGE.map(lambda how: damaged(SPEC.encode(), how))
    | CHANGES.map(lambda how: toml_file(changed(SETTING, how)))
)
def test_any_spec(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("spec")
    write_setting(folder)
    (folder / "spec.toml").write_bytes(data)
    code, said = set_it(folder)
    if code:
        assert all(
            line.startswith(("spec.toml:", "exercises.toml:", folder.name))
            for line in said.splitlines()
        ), said
        assert not (folder / "out").exists()
    else:
        gradebook.Grader(keyfile.read_key(folder / "out" / "private"))
        for lang in LANGS:
            Assignment(folder / "out" / "students" / "assignment.json", lang)
    if code:
        assert (
            run(
                commands.main,
                "export",
                ["questions", str(folder / "spec.toml"), "--out", str(folder / "x.xml")],
            )[0]
            == 2
        )


SCALES = ects.SCALES.read_bytes()


@fuzz(300)
@given(
    data=DAMAGE.map(lambda how: damaged(SCALES, how))
    | CHANGES.map(lambda how: toml_file(changed(tomllib.loads(SCALES.decode()), how)))
)
def test_any_scale(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "my-scales.toml"
    path.write_bytes(data)
    try:
        found = ects.scales.__wrapped__(path)
    except GradingError as error:
        assert str(path) in str(error) and not any(slip in str(error) for slip in SLIPPED), error
    else:
        for bands in found.values():
            assert all(
                sum(low <= whole <= high for _, low, high in bands) == 1 for whole in range(101)
            )


COLUMNS = (Path(assignment.__file__).parent / "columns.toml").read_bytes()


@fuzz(150)
@given(
    data=DAMAGE.map(lambda how: damaged(COLUMNS, how))
    | CHANGES.map(lambda how: toml_file(changed(tomllib.loads(COLUMNS.decode()), how)))
)
def test_any_names_of_columns(tmp_path_factory, data):
    """Lecturers add names to this file."""
    path = tmp_path_factory.getbasetemp() / "columns.toml"
    path.write_bytes(data)
    with mock.patch.object(roster, "_COLUMNS", path):
        (path.parent / "class.csv").write_text(ROSTER, "utf-8")
        faults = []
        students = assignment.read_roster(path.parent / "class.csv", faults)
    assert faults or len(students) == 4
    assert {fault.file for fault in faults} <= {"columns.toml", "class.csv"} and all(
        fault.line >= 1 for fault in faults
    )


# --- grades, keys and marks ----------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def graded(quiz, tmp_path_factory):
    """What `course grade` wrote of three works, and two marks."""
    folder = tmp_path_factory.mktemp("graded")
    (folder / "in").mkdir()
    for student in ("17", "18", "66"):
        (folder / "in" / f"quiz-{student}.jsonl").write_bytes(
            submission(quiz.key, student, quiz.names[student], skip=0.1, skill=0.5)
        )
    (folder / "marks.jsonl").write_bytes(MARKS)
    gradebook.grade(folder / "in", quiz.private, folder / "out", folder / "marks.jsonl")
    (folder / "out" / "marks.jsonl").write_bytes(MARKS)
    return folder / "out"


MARKS = "".join(
    json.dumps(
        {
            "v": 1,
            "t": "2026-12-09T09:00:00.000Z",
            "marker": marker,
            "student": "17",
            "ref": "own/own-text",
            "criterion": "check",
            "points": 2,
            "comment": "Так",
        },
        ensure_ascii=False,
    )
    + "\n"
    for marker in "АБ"
).encode()
COMMANDS = [
    ("feedback", []),
    ("report", ["--lang", "uk"]),
    ("report", ["--lang", "ru", "--no-names"]),
    *(("export", ["grades", "--to", to, "--out"]) for to in targets("grades")),
]


class NoServer:
    """In place of the server of the marking page."""

    url = ""

    def __init__(self, own, port):
        self.desk = own

    def server_close(self):
        pass

    def __enter__(self):
        desk = self.desk
        desk.start()
        for ref in desk.entries:
            json.dumps(desk.work(ref, True))
        return self

    def __exit__(self, *about):
        pass

    def serve_forever(self):
        pass


def every_command(folder):
    """Run every command on grades: exit code 0, or 2 with a message that names the file."""
    codes = []
    for command, words in COMMANDS:
        first = words[:1] if command == "export" else []
        more = [*words[1:], str(folder / "x.csv")] if command == "export" else words
        codes.append(run(commands.main, command, [*first, str(folder), *more]))
    with mock.patch.object(desk, "Server", NoServer):
        codes.append(run(commands.main, "mark", [str(folder), "--no-browser"]))
    for code, said in codes:
        assert code == 0 or any(name in said for name in (*GRADES, "no written answers")), said
        assert code == 0 or len(said.splitlines()) == 1 and str(folder) in said, said
    return [code for code, _ in codes]


GRADES = ("graded.jsonl", "assignment.json", "key.json", "marks.jsonl", "students.csv", "run.json")


def test_sound_grades_are_taken_by_every_command(graded):
    assert every_command(graded) == [0] * (len(COMMANDS) + 1)


def copied(source, tmp_path_factory):
    folder = tmp_path_factory.getbasetemp() / "grades"
    folder.mkdir(exist_ok=True)
    for name in GRADES:
        shutil.copy(source / name, folder)
    return folder


@fuzz(60)
@given(name=st.sampled_from(GRADES), how=DAMAGE)
def test_any_bytes_among_the_grades(graded, tmp_path_factory, name, how):
    folder = copied(graded, tmp_path_factory)
    (folder / name).write_bytes(damaged((graded / name).read_bytes(), how))
    codes = every_command(folder)
    if name in ("students.csv", "run.json", "marks.jsonl"):
        assert codes == [0] * (len(COMMANDS) + 1)


@fuzz(60)
@given(name=st.sampled_from(GRADES[:3]), how=CHANGES, number=st.integers(0, 3))
def test_any_values_among_the_grades(graded, tmp_path_factory, name, how, number):
    folder = copied(graded, tmp_path_factory)
    lines = (graded / name).read_bytes().splitlines()
    number %= len(lines)
    lines[number] = json_file(changed(json.loads(lines[number]), how))
    (folder / name).write_bytes(b"\n".join(lines) + b"\n")
    every_command(folder)


@fuzz(200)
@given(how=CHANGES)
def test_marks_of_any_values(quiz, tmp_path_factory, how):
    """Some lines are left out, and none stops the reader."""
    path = tmp_path_factory.getbasetemp() / "any-marks.jsonl"
    lines = MARKS.splitlines()
    path.write_bytes(json_file(changed(json.loads(lines[0]), how)) + b"\n" + lines[1] + b"\n")
    found = Marks(path, quiz.key).refresh()
    assert "Б" in found.given["17", "own/own-text"]["check"]


@fuzz(100)
@given(how=DAMAGE | CHANGES)
def test_a_changed_key_grades_nobody(quiz, tmp_path_factory, how):
    data, path = (
        (quiz.private / "key.json").read_bytes(),
        tmp_path_factory.mktemp("key") / "key.json",
    )
    path.write_bytes(
        damaged(data, how) if isinstance(how, tuple) else json_file(changed(json.loads(data), how))
    )
    try:
        same = json.loads(path.read_bytes()) == json.loads(data)
    except (ValueError, RecursionError):
        same = False
    try:
        assert keyfile.read_key(path) == json.loads(data) and same
    except GradingError as error:
        assert str(path) in str(error) and not same


# --- archives ------------------------------------------------------------------------------------------------------
HEADS = (b"PK\1\2", b"PK\3\4", b"PK\5\6", b"PK\6\6", b"PK\6\7")
FIELD = st.tuples(
    st.sampled_from(HEADS),
    st.integers(0, 9),
    st.integers(4, 60),
    st.sampled_from([1, 2, 4, 8]),
    st.sampled_from([0, 1, 0xFFFF, 0xFFFFFFFF, 2**64 - 1, 0x7FFFFFFF, 8, 12, 99])
    | st.integers(0, 2**32),
)


@fuzz(400)
@given(
    fields=st.lists(FIELD, min_size=1, max_size=4),
    cut=st.integers(0, 80),
    method=st.sampled_from([0, 8]),
    wide=st.booleans(),
)
def test_any_head_in_an_archive(tmp_path_factory, fields, cut, method, wide):
    """Numbers in the directory and before the files: each file is read as it was, or refused with a flag."""
    path, made = tmp_path_factory.getbasetemp() / "heads.zip", io.BytesIO()
    files = {
        "17/quiz/a.jsonl": b"one" * 99,
        "18/quiz/b.jsonl": b"",
        "66/quiz/c.jsonl": bytes(range(256)) * 9,
    }
    with zipfile.ZipFile(made, "w", compression=method) as archive:
        for name, data in files.items():
            with archive.open(name, "w", force_zip64=wide) as file:
                file.write(data)
    data = bytearray(made.getvalue())
    for sign, number, place, size, value in fields:
        found = [at for at in range(len(data)) if data.startswith(sign, at)]
        if found and (start := found[number % len(found)] + place) + size <= len(data):
            data[start : start + size] = (value % 256**size).to_bytes(size, "little")
    path.write_bytes(data[: len(data) - cut] if cut < 5 else data)
    try:
        source = intake.source(path)
    except intake.Refused as refused:
        assert refused.args[0] == "bad-archive"
        return
    for entry in source.entries():
        assert entry.flag in (None, *gradebook.FLAGS, "beside")
        if not entry.flag:
            try:
                assert source.read(entry) in files.values()
            except intake.Refused as refused:
                assert refused.args[0] in gradebook.FLAGS


# --- the students' side --------------------------------------------------------------------------------------------
def opened(path, folder):
    """Open an assignment and every card of it, as a notebook does; what is wrong with the file is one sentence."""
    with mock.patch("course.paths.answers", lambda: folder):
        try:
            task = Assignment(path, "uk")
        except CourseError as error:
            assert "Не вдалося прочитати" in str(error) and str(path) in str(error)
            return None
        assert (folder / "x").parent == (folder / f"{task.public['id']}.jsonl").parent
        repr(task)
        task.identity()
        task._identify({"act": "check", "answer": {"student": "17", "name": "Іван"}})
        for ref in task.chapter.exercises:
            view = task.exercise(ref)
            json.dumps([view.spec, view.state])
            task._act(task._exercise(ref), {"act": "check", "answer": "x"})
        task.submit()
    return task


@fuzz(120)
@given(how=DAMAGE | CHANGES)
def test_any_assignment_of_a_student(quiz, tmp_path_factory, how):
    source, folder = quiz.students / "assignment.json", tmp_path_factory.mktemp("student")
    path = folder / "work" / "assignment.json"
    path.parent.mkdir()
    data = source.read_bytes()
    path.write_bytes(
        damaged(data, how) if isinstance(how, tuple) else json_file(changed(json.loads(data), how))
    )
    opened(path, folder / "answers")
    assert {one.name for one in folder.iterdir()} <= {"work", "answers"}


def test_a_sound_assignment_opens(quiz, tmp_path):
    shutil.copy(quiz.students / "assignment.json", tmp_path)
    assert opened(tmp_path / "assignment.json", tmp_path / "answers") is not None
    assert len(list(tmp_path.glob("*.jsonl"))) == 1


# --- what fuzzing had found ----------------------------------------------------------------------------------------
def of_roster(tmp_path, words):
    (tmp_path / "r.csv").write_text(words, "utf-8", newline="")
    faults = []
    return assignment.read_roster(tmp_path / "r.csv", faults), [
        (fault.line, fault.message) for fault in faults
    ]


def test_an_open_quotation_mark_swallows_no_student(tmp_path):
    found, faults = of_roster(tmp_path, 'name;id\nІван;1\n"Олег;2\nОльга;3\nОлена";4\nЮрій;5\n')
    assert [one.id for one in found] == ["1", "5"]
    assert [line for line, _ in faults] == [3] and "line 5" in faults[0][1]


def test_a_name_with_the_separator_in_it_is_no_other_id(tmp_path):
    found, faults = of_roster(tmp_path, "name,id\nШевченко, Іван, 17\n")
    assert not found and faults[0][0] == 2 and "quotation marks" in faults[0][1]


def test_marks_that_nobody_sees_are_left_out_and_other_control_characters_told(tmp_path):
    found, faults = of_roster(tmp_path, "name;id\n\u202eІван\u200b;1\u200b7\u2028\n")
    assert [(one.name, one.id) for one in found] == [("Іван", "17")] and not faults
    assert "\\x07" in of_roster(tmp_path, "name;id\nІв\x07ан;17\n")[1][0][1]


def test_a_bank_without_exercises_leaves_those_of_the_course(tmp_path):
    write_setting(tmp_path)
    head = BANK.decode().partition("[[outcome]]")[0]
    (tmp_path / "exercises.toml").write_text(head, "utf-8-sig")  # as Windows saves it
    spec = 'id = "x"\ntitle.uk = "а"\ntitle.ru = "а"\nexercises = ["levels/levels-order"]\n'
    (tmp_path / "spec.toml").write_text(spec, "utf-8")
    assert set_it(tmp_path) == (0, "")
    assert (
        len(json.loads((tmp_path / "out" / "private" / "key.json").read_bytes())["exercises"]) == 1
    )


def test_a_number_is_no_id_and_an_order_of_nothing_no_exercise(tmp_path):
    write_setting(tmp_path)
    (tmp_path / "spec.toml").write_text(SPEC.replace('id = "quiz"', "id = nan"), "utf-8")
    assert set_it(tmp_path)[1].startswith("spec.toml:1: id: write an id")
    bank = json.loads(
        json.dumps(next(one for one in PIECES if one["exercise"][0]["kind"] == "order"))
    )
    del bank["exercise"][0]["item"]
    (tmp_path / "exercises.toml").write_bytes(toml_file(bank))
    assert [fault.field for fault in checks.check(tmp_path / "exercises.toml")] == ["item"]


def test_a_line_of_grades_without_its_language_is_marked(graded, tmp_path_factory):
    folder = copied(graded, tmp_path_factory)
    one, *rest = (folder / "graded.jsonl").read_bytes().splitlines(keepends=True)
    (folder / "graded.jsonl").write_bytes(b"".join([one.replace(b'"lang":"uk",', b"", 1), *rest]))
    codes = every_command(folder)
    assert codes == [2] * (len(COMMANDS) + 1)


def test_a_large_grid_is_drawn_without_writing_it_out(tmp_path):
    data = BANK.decode()
    line = next(
        line
        for line in data.splitlines()
        if line.startswith(("m = {", "price = {")) or "{from" in line
    )
    (tmp_path / "exercises.toml").write_text(
        data.replace(line, line.partition("{")[0] + "{from = 1, to = 1e9, step = 1}"), "utf-8"
    )
    faults = checks.check(tmp_path / "exercises.toml")
    assert [fault.field for fault in faults] == ["parameters"] and "fewer than 100 000" in faults[
        0
    ].message
    assert (
        exercises.draw(
            exercises.Exercise(
                "a", {"id": "b", "parameters": {"m": {"from": 1, "to": 10**14, "step": 1}}}
            ),
            "s",
            1,
        )["m"]
        > 1
    )
