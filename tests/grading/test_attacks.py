"""Hostile inputs beside good ones: no crash, nothing written elsewhere, nothing executed, every good file graded."""

import csv
import io
import itertools
import json
import os
import random
import sys

import pyarrow.parquet
import pytest
from corpus import ATTACKS, WHO, right, with_lines
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from simulated import handed, journal, submission

from course import answers
from course.grading import GradingError, gradebook, intake, results, tables
from course.grading.grade import _event
from course.grading.intake.owners import Owners
from course.grading.marking.marks import Marks

GOOD = ("17", "18")


@pytest.fixture(scope="module")
def good(quiz):
    """The good files by the names that Moodle gives them, and what they earn when nobody attacks."""
    files = {
        f"{quiz.names[student]}_{n}_assignsubmission_file_/quiz-{student}.jsonl": submission(
            quiz.key, student, quiz.names[student], skill=1, skip=0, saves=0
        )
        for n, student in enumerate(GOOD, 1)
    }
    grader = gradebook.Grader(quiz.key)
    return files, {
        name: results.line(grader.grade(data, name).work) + b"\n" for name, data in files.items()
    }


def listing(folder):
    """Every path below a folder with its size and time of change."""
    found = {}
    for place, folders, files in os.walk(folder):
        for name in folders + files:
            path = os.path.join(place, name)
            about = os.lstat(path)
            found[path] = about.st_size, about.st_mtime_ns
    return found


def test_the_corpus_is_large_and_every_attack_has_a_name_of_its_own():
    assert len({attack.name for attack in ATTACKS}) == len(ATTACKS) >= 60


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name.replace(" ", "-"))
def test_attack(attack, quiz, good, tmp_path, monkeypatch):
    files, alone = good
    place, out, beside = tmp_path / "in", tmp_path / "out", tmp_path / "cwd"
    beside.mkdir()
    monkeypatch.chdir(beside)
    if attack.kind in ("packed", "refused"):
        place.write_bytes(attack.make(files, quiz.key))
    else:
        for name, data in files.items():
            (place / name).parent.mkdir(parents=True)
            (place / name).write_bytes(data)
        if attack.kind == "tree":
            attack.make(place, quiz.key)
        else:
            (place / f"quiz-{WHO}.jsonl").write_bytes(attack.make(quiz.key))
    before = listing(tmp_path)
    if attack.kind == "refused":
        with pytest.raises(GradingError, match="download it again"):
            gradebook.grade(place, quiz.private, out)
        assert listing(tmp_path) == before
        return
    told = gradebook.grade(place, quiz.private, out)
    after = listing(tmp_path)
    out.mkdir(exist_ok=True)
    assert {path for path in before.keys() ^ after.keys() if not path.startswith(str(out))} == set()
    assert all(before[path] == after[path] for path in before)
    lines = {
        line["student"]: line
        for line in map(json.loads, (out / "graded.jsonl").read_bytes().splitlines())
    }
    for name, line in alone.items():
        assert lines[json.loads(line)["student"]] == json.loads(line), name
    flags = {
        flag for student, line in lines.items() if student not in GOOD for flag in line["flags"]
    }
    flags |= {flag for _, flag in told["problems"]}
    mine = lines[WHO]
    if attack.flag:
        assert attack.flag in flags
    if attack.state:
        assert mine["exercises"][attack.state[0]]["state"] == attack.state[1]
    if attack.points is not None:
        assert mine["points"] <= attack.points
    assert all(0 <= line["points"] <= line["maximum"] for line in lines.values())
    rows = (out / "grades.csv").read_text("utf-8").splitlines()
    assert len(rows) == 1 + len(lines) * len(quiz.key["exercises"])
    assert len((out / "students.csv").read_text("utf-8").splitlines()) == 1 + len(lines)
    assert pyarrow.parquet.read_table(out / "grades.parquet").num_rows == len(rows) - 1
    assert not any(cell[:1] in "=+-@" for row in rows for cell in row.split(",") if len(cell) > 1)
    assert not any(name.endswith("PWNED") for name in after)


def test_attacks_all_at_once(quiz, good, tmp_path):
    """Every hostile file in one batch, in two processes; the good ones get what they earn alone."""
    place = tmp_path / "in"
    for number, attack in enumerate(
        one for one in ATTACKS if one.kind == "content" and one.flag != "too-large"
    ):
        target = place / f"Хтось {number}_{number}_assignsubmission_file_"
        target.mkdir(parents=True)
        (target / "quiz-66.jsonl").write_bytes(attack.make(quiz.key))
    for number in range(1000):
        target = place / f"junk-{number}.jsonl"
        target.write_bytes(b"{}" * number)
    for name, data in good[0].items():
        (place / name).parent.mkdir(parents=True)
        (place / name).write_bytes(data)
    gradebook.grade(place, quiz.private, tmp_path / "out")
    found = (tmp_path / "out" / "graded.jsonl").read_bytes().splitlines(keepends=True)
    assert set(good[1].values()) <= set(found)


def test_a_file_earns_the_same_whatever_was_read_before_it(quiz, good):
    """The grades are those of one file at a time: in any order, and by a grader that has read nothing else."""
    files = [
        attack.make(quiz.key)
        for attack in ATTACKS
        if attack.kind == "content" and attack.flag != "too-large"
    ]
    for ref in (
        quiz.entries
    ):  # of every exercise a hidden right answer, then lines that differ only in the answer
        head, lines = (
            b'{"v":1,"t":"2026-12-02T09:00:00.000Z","x":"%b","e":"answer",' % ref.encode(),
            [],
        )
        for made in (right(quiz.key, ref), None, [], {}, "x", 7, {"a": 1, "lang": "uk"}):
            said = json.dumps(made, separators=(",", ":")).encode()
            lines += [
                head + b'"lang":"uk","z":{"q":0,"a":%b,"lang":"uk"}}' % said,
                head + b'"a":%b,"lang":"uk"}' % said,
                head + b'"a":%b,"lang":"uk","q":{"a":%b,"lang":"uk"}}' % (said, said),
            ]
        files += [with_lines(quiz.key, [line]) for line in lines]
        files.append(with_lines(quiz.key, [line for line in lines for _ in range(2)]))
    files += good[0].values()

    def graded(grader, data):
        return results.line(grader.grade(data, "x.jsonl").work)

    alone = {data: graded(gradebook.Grader(quiz.key), data) for data in files}
    for order in (files, files[::-1], random.Random(1).sample(files, len(files))):
        grader = gradebook.Grader(quiz.key)
        assert all(graded(grader, data) == alone[data] for data in order)


def test_a_missing_attempt_is_zero_everywhere(quiz, tmp_path):
    (tmp_path / "in").mkdir()
    told = gradebook.grade(tmp_path / "in", quiz.private, tmp_path / "out")
    lines = [
        json.loads(line) for line in (tmp_path / "out" / "graded.jsonl").read_bytes().splitlines()
    ]
    assert told["flags"] == {"no-submission": 4} and all(line["points"] == 0 for line in lines)


# --- fuzzing: any bytes, and good files with some bytes changed -----------------------------------------------------
FUZZ = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def sound(quiz):
    grader = gradebook.Grader(quiz.key)
    data = handed(
        quiz.key, WHO, quiz.names[WHO], journal(quiz.key, WHO, quiz.names[WHO], skill=1, skip=0)
    )
    return grader, data


def judged(grader, data, name="quiz-66.jsonl"):
    work = grader.grade(data, name).work
    rows, wide = tables.long(work), tables.wide(work)
    assert 0 <= work.points <= grader.maximum and set(work.flags) <= {"ok", *gradebook.FLAGS}
    assert rows.count(b"\n") == len(grader.refs) and wide.count(b"\n") == 1
    assert json.loads(results.line(work))["points"] == work.points
    return work, work.points


@FUZZ
@given(data=st.binary(max_size=2000))
def test_any_bytes(sound, data):
    assert judged(sound[0], data)[1] == 0


@FUZZ
@given(
    places=st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=4
    )
)
def test_a_changed_file_is_noticed_and_earns_nothing(sound, places):
    grader, data = sound
    made = bytearray(data)
    for share, byte in places:
        made[int(share * len(made))] = byte
    work, points = judged(grader, bytes(made))
    if bytes(made).rstrip() != data.rstrip():
        assert work.flags != ["ok"]
    if "tampered" in work.flags:
        assert points == 0


@FUZZ
@given(cut=st.floats(0, 1))
def test_a_torn_file_of_answers_given_once_earns_no_more_than_the_whole(sound, cut):
    """An answer that was changed for a worse one may be lost; then the better one is all that there is."""
    grader, data = sound
    assert judged(grader, data[: int(cut * len(data))])[1] <= judged(grader, data)[1]


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=10), inner, max_size=5)
    ),
    max_leaves=15,
)


@FUZZ
@given(made=json_values, slot=st.integers(0, 9), data=st.data())
def test_any_answer(sound, made, slot, data):
    """Any JSON at all, also built from the ids of the exercise itself."""
    grader = sound[0]
    entry = grader.exercises[slot]
    ids = [name for named in entry["ids"].values() for name in named] or ["who"]
    if data.draw(st.booleans()):
        names = st.sampled_from(ids)
        made = data.draw(
            names | st.lists(names, max_size=6) | st.dictionaries(names, names, max_size=6)
        )
    line = json.dumps(
        {
            "v": 1,
            "t": "2026-12-02T09:00:00.000Z",
            "x": entry["ref"],
            "e": "answer",
            "a": made,
            "lang": "uk",
        },
        separators=(",", ":"),
    )
    judged(grader, (line + "\n").encode("utf-8", "surrogatepass"), "66/quiz/quiz-66.jsonl")


@FUZZ
@given(student=st.text(max_size=9), name=st.text(max_size=9), head=st.booleans())
def test_any_id_and_name_stay_in_their_cells(sound, student, name, head):
    grader = sound[0]
    data = handed(grader.key, student, name, journal(grader.key, student, name))
    data = data if head else data.partition(b"\n")[2]
    work = grader.grade(data, "x.jsonl").work
    long, wide = (
        list(csv.reader(io.StringIO(table.decode(), "")))
        for table in (tables.long(work), tables.wide(work))
    )
    assert len(long) == len(grader.refs) and {len(row) for row in long} == {8}
    assert len(wide) == 1 and len(wide[0]) == 13 + len(grader.refs)
    assert all(cell.isprintable() for row in (*long, *wide) for cell in row)


# --- lines: the quick way and the strict one ------------------------------------------------------------------------
SOUND = (
    b'{"v":1,"t":"2026-12-02T09:00:00.000Z","x":"own/own-choice","e":"answer","a":{"r":["x",1.5,null]},'
    b'"lang":"uk","d":"0123456789ab","n":1}'
)
PIECES = [
    b'"a":1,',
    b'"n":1.0,',
    b'"v":true,',
    b'"e":"draft",',
    b'"e":"hint","a":0,',
    b'"e":"set",',
    b'"q":{"a":1},',
    b" ",
    b"\t",
    b"\xef\xbb\xbf",
    b"\\u0061",
    b"\\ud83d",
    b"\\ude00",
    b"1e5",
    b"1e999",
    b"NaN",
    b"-0",
    b"9" * 25,
    b"[" * 33,
    b"]" * 33,
    b"\xff",
    b"\0",
    b"}",
    b"{",
    b'"',
    b",",
    b":",
    b"null",
    b'""',
    "я".encode(),
]


@pytest.mark.parametrize("piece", PIECES)
def test_a_line_is_read_as_the_journal_itself_reads_it(piece):
    """Each piece at each place, beside what stands there and instead of it."""
    for place, size in itertools.product(range(len(SOUND) + 1), (0, 1, 4, 6)):
        line = SOUND[:place] + piece + SOUND[place + size :]
        same_event(line)
        same_event(line.replace(b",", piece, 1))


DEEP = {n: json.loads("[" * n + "]" * n) for n in (answers.DEEPEST, answers.DEEPEST + 1)}
WHATS = (0, 99, 100, -1, True, "x", [], {}, None)
LARGE = ("[" * 99, ["{"] * 99, 10**18, 2**64, 10**30, 1e16, "x" * answers.LONGEST)
TIMES = ("", "2026-12-02T09:00:00.000Z\n", "2026-12-02T09:00:00Z", "２026-12-02T09:00:00.000Z", 1)
EDGES = [
    *({"e": kind, "a": made} for kind in (*answers.EVENTS, "guess") for made in WHATS),
    *({"a": made} for made in (*DEEP.values(), *LARGE)),
    *({"n": made} for made in (0, 1, 1_000_000, 1_000_001, 1.0, True, None, "1")),
    *({"x": made} for made in ("", "x" * 200, "я" * 200, "x" * 201, 1, None)),
    *({"d": made} for made in ("", "x", 1, None)),
    *({"lang": made} for made in ("", "xx", 1, None)),
    *({"v": made} for made in (0, 2, 1.0, True, "1")),
    *({"t": made} for made in TIMES),
]


@pytest.mark.parametrize("change", EDGES, ids=lambda change: str(change)[:30])
def test_an_event_at_the_edge_is_read_as_the_journal_itself_reads_it(change):
    same_event(
        json.dumps(json.loads(SOUND) | change, ensure_ascii=False, separators=(",", ":")).encode()
    )


def same_event(line):
    read, expected = _event(line), answers.parse(line)[0]
    assert (read is None) == (expected is None)
    if read:
        assert [read.t, read.x, read.e, read.lang, read.d] == [
            *(expected[name] for name in ("t", "x", "e", "lang")),
            expected.get("d", ""),
        ]
        assert repr(read.a) == repr(expected.get("a"))


@FUZZ
@given(
    data=st.binary(max_size=400),
    places=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=6),
    cut=st.floats(0.5, 1),
)
def test_any_archive(good, tmp_path_factory, data, places, cut):
    from corpus import archive

    made = bytearray(archive(good[0], (f"{WHO}/x.jsonl", data)))
    for share, byte in places:
        made[int(share * len(made))] = byte
    path = tmp_path_factory.getbasetemp() / "fuzz.zip"
    path.write_bytes(made[: int(len(made) * cut)])
    try:
        source = intake.source(path)
    except intake.Refused:
        return
    for entry in source.entries():
        if not entry.flag:
            try:
                assert len(source.read(entry)) <= intake.LARGEST
            except intake.Refused as refused:
                assert refused.args[0] in gradebook.FLAGS


@FUZZ
@given(
    name=st.text(max_size=60)
    | st.from_regex(r"[Іі]ван( [А-Я]{1,4})?_\d+_assignsubmission_file_/?.{0,9}", fullmatch=True)
)
def test_any_name(quiz, name):
    owners = Owners("quiz", list(quiz.names.items()))
    assert owners.of(name) in (None, *quiz.names) and owners.by_file_name(name) in (
        None,
        *quiz.names,
    )
    assert intake.suspect(name) in (None, "beside", *gradebook.FLAGS)


@FUZZ
@given(data=st.binary(max_size=600))
def test_any_marks(quiz, tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "fuzz-marks.jsonl"
    path.write_bytes(data)
    assert Marks(path, quiz.key).refresh().given == {}


def test_deep_json_stops_at_no_depth_of_the_stack(sound):
    """Also when the caller is deep already."""
    grader, _ = sound
    line = (
        b'{"v":1,"t":"2026-12-02T09:00:00.000Z","x":"own/own-choice","e":"answer","a":'
        + b"[" * 31
        + b"]" * 31
        + b',"lang":"uk"}\n'
    )

    def down(left):
        return judged(grader, line) if left == 0 else down(left - 1)

    assert down(sys.getrecursionlimit() // 2)[1] == 0
