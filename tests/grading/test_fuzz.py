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
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from setting import ROSTER, SPEC, write_setting
from simulated import submission

from course import checks, exercises
from course.assignments import Assignment
from course.grading import assignment, commands, exports, feedback, gradebook, marks, moodle, preview, report, roster, submissions
from course.lessons import CourseError
from course.texts import LANGS


def fuzz(examples):
    return settings(max_examples=examples, deadline=None, derandomize=True, database=None,
                    suppress_health_check=list(HealthCheck))


# --- damage: of bytes ----------------------------------------------------------------------------------------------
JUNK = [b"", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\r", b"\n", b'"', b"'", b";", b"\t", b"=", b"[", b"]",
        b"{", b"}", b"\\", b"\\ud800", b"NaN", b"1e999", b"-1", b"9" * 5000, b"[" * 3000, b"a=" + b"[" * 3000, b'{"a":' * 3000,
        "\u202e".encode(), "\u2028".encode(), "ы".encode("cp1251"), "ї".encode("utf-16"), b"x" * 200_000]
ENCODINGS = ["utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1251", "cp866", "koi8-u", "latin-1", "utf-7"]
SHARE = st.floats(0, 1)
CUT = st.tuples(st.sampled_from(["replace", "delete", "double", "insert", "move", "swap"]), SHARE, st.integers(0, 60), SHARE,
                st.sampled_from(JUNK) | st.binary(max_size=8))
DAMAGE = st.tuples(st.lists(CUT, min_size=1, max_size=3), st.none() | st.sampled_from(ENCODINGS), st.booleans())


def damaged(data, how):
    """A sound file with slices replaced, left out, doubled, put elsewhere; maybe in another encoding or torn off."""
    cuts, encoding, torn = how
    if encoding:
        data = data.decode("utf-8").encode(encoding, "replace")
    for act, place, size, other, junk in cuts:
        start, aim = int(place * len(data)), int(other * len(data))
        piece = data[start:start + size]
        if act in ("replace", "delete", "move"):
            data = data[:start] + junk * (act == "replace") + data[start + size:]
        if act in ("double", "move"):
            data = data[:aim] + piece + data[aim:]
        if act == "insert":
            data = data[:start] + junk + data[start:]
        if act == "swap":
            data = data[start:] + data[:start]
    return data[:len(data) * 9 // 10] if torn else data


# --- damage: of values ---------------------------------------------------------------------------------------------
DEEP = json.loads("[" * 40 + "]" * 40)
STRANGE = [None, True, False, 0, -1, 1, 7, 10**30, -(10**30), 0.5, 1e308, math.nan, math.inf, "", " ", "x", "\0", "\ud800", "\u202eabc",
           "<script>", "=1+1", "../../x", "{answer}", "2026-02-30T00:00:00Z", "9999-12-31T23:59:59Z", "x" * 5000, [], [None], [[]], {}, {"": {}},
           {"uk": 1}, ["a", "a"], DEEP, datetime(2026, 1, 1), date(2026, 1, 1), {"uk": "а", "ru": "а"}, [0, 1], [1, "x"], [{}], "own", "student", 1000]
CHANGE = st.tuples(st.sampled_from(["put", "put", "put", "leave out", "double", "rename", "from"]), st.integers(0, 10**6),
                   st.sampled_from(STRANGE), st.integers(0, 10**6))
CHANGES = st.lists(CHANGE, min_size=1, max_size=3)


def places(value, where=()):
    """Every place in a value, the whole included."""
    yield where
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
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
        return "{" + ", ".join(f"{json.dumps(str(name))} = {toml(one)}" for name, one in value.items() if one is not None) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(toml(one) for one in value if one is not None) + "]"
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return "true" if value is True else "false" if value is False else json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def toml_file(value):
    if not isinstance(value, dict):
        return b"x = 1\n"
    lines = "".join(f"{json.dumps(str(name))} = {toml(one)}\n" for name, one in value.items() if one is not None)
    return lines.encode("utf-8", "surrogatepass")


def json_file(value):
    return json.dumps(value, ensure_ascii=False, default=str).encode("utf-8", "surrogatepass")


# --- what is asked of a command ------------------------------------------------------------------------------------
SLIPPED = ("Error(", "Traceback", "object has no attribute", "object is not", "NoneType", "indices must be", "unhashable")


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
ROWS = st.lists(st.lists(st.text(max_size=12) | st.sampled_from(["17", "Шевченко Іван", "=1+1", "a@b", '"', "\u202e", "1E+11"]),
                         max_size=6), max_size=8)


def judged(data, folder):
    """Read a roster: whoever stands in it is a student or is reported, and no student has letters that nobody sees."""
    (folder / "roster.csv").write_bytes(data)
    faults = []
    students = assignment.read_roster(folder / "roster.csv", faults)
    assert students or faults
    assert all(fault.file == "roster.csv" and 1 <= fault.line <= data.count(b"\n") + data.count(b"\r") + 9 for fault in faults)
    assert all(str(fault).isprintable() for fault in faults)
    if not faults:
        for one in students:
            assert one.id and one.name and not [letter for words in (one.id, one.name, one.group, one.email) for letter in words
                                                if unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp", "Cn", "Co")]
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
    csv.writer(made, delimiter=mark, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL).writerows([["name", "id", "group", "email"], *rows])
    students, faults = judged(made.getvalue().encode("utf-8", "replace"), tmp_path_factory.getbasetemp())
    if not faults:
        assert len(students) == sum(any(cell.strip() for cell in row) for row in rows)


# --- banks and specs -----------------------------------------------------------------------------------------------
BANK = (Path(assignment.__file__).parent / "template.toml").read_bytes()
PIECES = [tomllib.loads(BANK.decode()) | {"exercise": [one]} for one in tomllib.loads(BANK.decode())["exercise"]]
SETTING = tomllib.loads(SPEC)
BANKS = DAMAGE.map(lambda how: damaged(BANK, how)) | st.tuples(st.sampled_from(PIECES), CHANGES).map(
    lambda both: toml_file(changed(*both)))


@fuzz(150)
@given(data=BANKS)
def test_any_bank(tmp_path_factory, data):
    """Faults with their lines, or a bank that can be set, shown and exported."""
    path = tmp_path_factory.mktemp("bank") / "exercises.toml"
    path.write_bytes(data)
    faults = checks.check(path)
    assert all(fault.file.endswith("exercises.toml") and fault.line >= 1 and str(fault).strip() for fault in faults)
    assert not any(slip in str(fault) for fault in faults for slip in SLIPPED), faults
    code, _ = run(preview.main, "preview", [str(path)])
    assert code == (1 if faults else 0)
    code, said = run(exports.main, ["moodle", str(path), "--out", str(path.with_name("x.xml")), "--variants", "2"])
    assert code == 2 if faults else code == 0 or "nothing written" in said
    if not faults:
        write_setting(path.parent / "set", SPEC.partition("[[rubric]]")[0])
        (path.parent / "set" / "exercises.toml").write_bytes(data)
        refs = json.dumps([f"own/{name}" for name in exercises.read(path).exercises]) if exercises.read(path).exercises else '["levels/levels-order"]'
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
    words = [str(folder / "spec.toml"), "--roster", str(folder / "roster.csv"), "--out", str(folder / "out")]
    return run(commands.main, "assign", words)


@fuzz(200)
@given(data=DAMAGE.map(lambda how: damaged(SPEC.encode(), how)) | CHANGES.map(lambda how: toml_file(changed(SETTING, how))))
def test_any_spec(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("spec")
    write_setting(folder)
    (folder / "spec.toml").write_bytes(data)
    code, said = set_it(folder)
    if code:
        assert all(line.startswith(("spec.toml:", "exercises.toml:", folder.name)) for line in said.splitlines()), said
        assert not (folder / "out").exists()
    else:
        gradebook.Grader(gradebook.read_key(folder / "out" / "private"))
        for lang in LANGS:
            Assignment(folder / "out" / "students" / "assignment.json", lang)
    if code:
        assert run(exports.main, ["moodle", str(folder / "spec.toml"), "--out", str(folder / "x.xml")])[0] == 2


SCALES = exports.SCALES.read_bytes()


@fuzz(300)
@given(data=DAMAGE.map(lambda how: damaged(SCALES, how)) | CHANGES.map(lambda how: toml_file(changed(tomllib.loads(SCALES.decode()), how))))
def test_any_scale(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "my-scales.toml"
    path.write_bytes(data)
    try:
        found = exports.scales(path)
    except ValueError as error:
        assert str(path) in str(error) and not any(slip in str(error) for slip in SLIPPED), error
    else:
        for bands in found.values():
            assert all(sum(low <= whole <= high for _, low, high in bands) == 1 for whole in range(101))


COLUMNS = (Path(assignment.__file__).parent / "columns.toml").read_bytes()


@fuzz(150)
@given(data=DAMAGE.map(lambda how: damaged(COLUMNS, how)) | CHANGES.map(lambda how: toml_file(changed(tomllib.loads(COLUMNS.decode()), how))))
def test_any_names_of_columns(tmp_path_factory, data):
    """Lecturers add names to this file."""
    path = tmp_path_factory.getbasetemp() / "columns.toml"
    path.write_bytes(data)
    with mock.patch.object(roster, "_COLUMNS", path):
        (path.parent / "class.csv").write_text(ROSTER, "utf-8")
        faults = []
        students = assignment.read_roster(path.parent / "class.csv", faults)
    assert faults or len(students) == 4
    assert {fault.file for fault in faults} <= {"columns.toml", "class.csv"} and all(fault.line >= 1 for fault in faults)
