"""The journal: nothing acknowledged is ever lost, nothing foreign ever breaks it."""

import doctest
import errno
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course import answers
from course.answers import Fault, Journal, JournalError, Kept, learner_seed, replay, state

COURSE = Path(answers.__file__).parent
EVENT = {
    "v": 1,
    "t": "2026-11-21T20:55:08.123Z",
    "x": "levels-order",
    "e": "answer",
    "a": "x",
    "lang": "uk",
}
TEXTS = st.text(st.characters(codec=None, categories=None))
JSON = st.recursive(
    st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=8,
)


def line(**changes):
    return json.dumps({**EVENT, **changes}, ensure_ascii=False).encode() + b"\n"


def child(code, *arguments, **options):
    """Run a piece of Python that knows `answers`, without the packages of the environment: it starts quickly."""
    start = f"import sys; sys.path.insert(0, {str(COURSE)!r}); import answers\n"
    command = [sys.executable, "-S", "-E", "-c", start + code, *map(str, arguments)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options
    )


@pytest.fixture
def path(tmp_path):
    return tmp_path / "answers" / "levels.jsonl"


@pytest.fixture
def journal(path):
    return Journal(path)


def put(path, *lines):
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"".join(lines))


def read(path):
    journal = Journal(path)
    journal.refresh()
    return journal


def test_examples():
    assert doctest.testmod(answers).failed == 0


def test_needs_nothing_but_the_standard_library():
    code = "print(sorted({'numpy', 'pandas', 'course', 'sqlite3', 'fcntl', 'mmap'} & set(sys.modules)))"
    assert child(code).communicate()[0].strip() == "[]"


# --- writing and reading ------------------------------------------------------------------------------------------


def test_nothing_is_created_before_the_first_event(journal, path):
    assert journal.refresh() == [] and journal.events == [] and journal.faults == []
    assert not path.parent.exists()


def test_what_is_written_comes_back_once(journal, path):
    first = journal.append("levels-order", "answer", ["a", "b"], lang="uk", digest="0123", draw=2)
    assert list(first) == ["v", "t", "x", "e", "a", "lang", "d", "n"]
    assert answers.is_time(first["t"])
    second = journal.append("instrument:levels", "set", {"margin": 100, "own": None}, lang="ru")
    assert journal.refresh() == [first, second]
    assert journal.refresh() == []
    third = Journal(path).append("levels-order", "shown", lang="uk")
    assert journal.refresh() == [third]
    assert journal.events == [first, second, third] == read(path).events
    assert path.read_bytes().count(b"\n") == 3


def test_cyrillic_stays_readable_in_the_file(journal, path):
    journal.append("why", "draft", "Партнерство – це\nне знижка", lang="uk")
    assert "Партнерство – це\\nне знижка" in path.read_text("utf-8")


@given(JSON)
def test_any_json_answer_survives(answer):
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(folder + "/j.jsonl")
        written = journal.append("x", "answer", answer, lang="uk")
        assert journal.refresh() == [written] and journal.faults == []
        if "\\ud" not in json.dumps(answer):
            assert written["a"] == answer


@pytest.mark.parametrize(
    "typed, kept",
    [
        ("a\ud800b", "a\ufffdb"),
        ("\udc00", "\ufffd"),
        ("\ud83d\ude00", "\U0001f600"),
        ("\ud83d", "\ufffd"),
        ("null \x00 byte", "null \x00 byte"),
        ("line\u2028separator\x85\r\n", "line\u2028separator\x85\r\n"),
    ],
)
def test_broken_characters_do_not_stop_writing(journal, typed, kept):
    assert journal.append("why", "draft", typed, lang="uk")["a"] == kept
    assert [event["a"] for event in journal.refresh()] == [kept]


@pytest.mark.parametrize(
    "call",
    [
        {"answer": float("nan")},
        {"answer": [float("inf")]},
        {"event": "guess"},
        {"answer": {1: "a", "1": "b"}},
        {"event": "hint", "answer": True},
        {"event": "hint", "answer": -1},
        {"event": "set", "answer": [1]},
        {"draw": 0},
        {"draw": True},
        {"exercise": ""},
        {"lang": 1},
        {"digest": 5},
    ],
)
def test_what_is_no_event_is_not_written(journal, path, call):
    with pytest.raises(ValueError):
        journal.append(**{"exercise": "x", "event": "answer", "lang": "uk", **call})
    assert not path.exists()


def test_what_is_no_json_is_not_written(journal, path):
    deep = nested = []
    for _ in range(100_000):
        nested.append([])
        nested = nested[0]
    with pytest.raises(ValueError):
        journal.append("x", "answer", deep, lang="uk")
    with pytest.raises(TypeError):
        journal.append("x", "answer", {1, 2}, lang="uk")
    with pytest.raises(JournalError) as caught:
        journal.append("x", "answer", "я" * answers.LONGEST, lang="uk")
    assert caught.value.reason == "other"
    assert not path.exists()


# --- replaying ----------------------------------------------------------------------------------------------------


def events(*kinds):
    return [
        {**EVENT, "e": kind, "a": answer, "t": f"2026-11-21T20:55:{second:02}.000Z"}
        for second, (kind, answer) in enumerate(kinds)
    ]


def test_an_answer_clears_the_draft_and_counts():
    kept = state(events(("draft", "p"), ("answer", "q"), ("answer", "r"), ("draft", "s")))[
        "levels-order"
    ]
    assert kept == Kept("r", "s", attempts=2, time="2026-11-21T20:55:03.000Z", lang="uk")


def test_a_reset_clears_all_and_draws_anew():
    done = [("answer", "q"), ("hint", 0), ("hint", 1), ("shown", None)]
    kept = state(events(*done))["levels-order"]
    assert (kept.attempts, kept.hints, kept.shown, kept.draw) == (1, 2, True, 1)
    kept = state(events(*done, ("reset", None)))["levels-order"]
    assert kept == Kept(draw=2, time="2026-11-21T20:55:04.000Z", lang="uk")


def test_a_hint_asked_for_again_closes_none_that_is_open():
    kept = state(events(("hint", 0), ("hint", 1), ("hint", 0)))["levels-order"]
    assert kept.hints == 2


def test_settings_are_kept_without_counting_attempts():
    kept = state([{**EVENT, "x": "instrument:levels", "e": "set", "a": {"m": 1}}])[
        "instrument:levels"
    ]
    assert kept.answer == {"m": 1} and kept.attempts == 0


def test_the_draw_and_digest_of_an_answer_come_with_it():
    kept = state([{**EVENT, "n": 3, "d": "aa"}, {**EVENT, "e": "hint", "a": 0, "n": 4, "d": "bb"}])[
        "levels-order"
    ]
    assert (kept.draw, kept.digest) == (3, "aa")


def test_replaying_one_by_one_is_replaying_all():
    made = events(("draft", 1), ("answer", 2), ("reset", None), ("hint", 0), ("answer", 3)) + [
        {**EVENT, "x": "y"}
    ]
    kept = {}
    for event in made:
        assert replay(kept, event) is kept[event["x"]]
    assert kept == state(made) and set(kept) == {"levels-order", "y"}


# --- hostile lines ------------------------------------------------------------------------------------------------

DEEP = b"[" * 100_000 + b"]" * 100_000
HOSTILE = {
    b"{": "not-json",
    b"[1, 2]": "not-json",
    b"5": "not-json",
    b'{"v":1} {"v":1}': "not-json",
    b"\x00" * 50: "not-json",
    line()[:-1] + line()[:-1]: "not-json",
    b'{"v":1,"a":"\x00"}': "not-json",
    line(a=0).replace(b"0,", b"1" * 5000 + b","): "not-json",
    DEEP: "too-deep",
    b'{"v":1,"a":' + DEEP + b"}": "too-deep",
    b'{"a":' * 100_000: "too-deep",
    line(a=json.loads("[" * 33 + "]" * 33))[:-1]: "too-deep",
    b"[" * 900 + b"]" * 900: "not-json",
    line(a=0).replace(b"0,", b"NaN,"): "not-finite",
    line(a=0).replace(b"0,", b"-Infinity,"): "not-finite",
    line(a=0).replace(b"0,", b"1e999,"): "not-finite",
    line(a=0).replace(b"0,", b"[1e999],"): "not-finite",
    line().replace(b'"v": 1', b'"v": 1, "v": 1'): "duplicate-key",
    line(a={"r1": "x"}).replace(b'"r1"', b'"r1":"y", "r1"'): "duplicate-key",
    line().replace(b'"x",', b'"\\ud800",'): "not-utf8",
    line(a={"k": 1}).replace(b'"k"', b'"\\udfff"'): "not-utf8",
    line().replace(b'"x",', b'"\xff",'): "not-utf8",
    line().replace(b'"x",', b'"\xed\xa0\x80",'): "not-utf8",
    line().decode().encode("utf-16"): "not-utf8",
    line(v=2): "unknown-version",
    line(v=True): "unknown-version",
    line(v=1.0): "unknown-version",
    line(v="1"): "unknown-version",
    b"{}": "unknown-version",
    line(e="guess"): "unknown-event",
    line(e=None): "unknown-event",
    line(e=["answer"]): "unknown-event",
    line(x=5): "wrong-type",
    line(x=""): "wrong-type",
    line(x="x" * 201): "wrong-type",
    line(x=["x"]): "wrong-type",
    line(t=0): "wrong-type",
    line(t="yesterday"): "wrong-type",
    line(t="２026-11-21T20:55:08.123Z"): "wrong-type",
    line(lang=None): "wrong-type",
    line(d=1): "wrong-type",
    line(n=0): "wrong-type",
    line(n=True): "wrong-type",
    line(n=1.0): "wrong-type",
    line(n=10**9): "wrong-type",
    line(e="hint", a=True): "wrong-type",
    line(e="hint", a="1"): "wrong-type",
    line(e="hint", a=-1): "wrong-type",
    line(e="hint"): "wrong-type",
    line(e="set", a=[]): "wrong-type",
    line(a="я" * 600_000): "too-long",
}


@pytest.mark.parametrize("bad", HOSTILE, ids=lambda bad: repr(bad[:40]))
def test_a_hostile_line_is_a_fault_and_the_rest_is_kept(path, bad):
    bad = bad.removesuffix(b"\n")
    put(path, line(a="before"), bad + b"\n", line(a="after"))
    journal = read(path)
    assert [event["a"] for event in journal.events] == ["before", "after"]
    reasons = {fault.reason for fault in journal.faults}
    if b"\n" in bad:  # UTF-16 may hold the byte of a newline
        assert reasons <= set(HOSTILE.values())
    else:
        assert journal.faults == [Fault(2, HOSTILE.get(bad) or HOSTILE[bad + b"\n"])]


@given(st.lists(st.binary(max_size=60) | st.sampled_from(list(HOSTILE)[:6]), max_size=6))
def test_no_bytes_raise(junk):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "j.jsonl")
        path.write_bytes(b"\n".join(junk))
        read(path)
        written = Journal(path).append("x", "answer", "kept", lang="uk")
        assert read(path).events[-1] == written


def test_what_editors_do_is_harmless(path):
    first = b"\xef\xbb\xbf" + line(a=1).replace(b"\n", b"\r\n")
    put(path, first, b"\n", b"  \r\n", line(a=2, extra=[1]), line(a=3)[:-1])
    journal = read(path)
    assert [event["a"] for event in journal.events] == [1, 2, 3] and journal.faults == []
    journal.append("x", "answer", 4, lang="uk")
    assert [event["a"] for event in journal.refresh()] == [4] and journal.faults == []
    with open(path, "ab") as file:
        file.write(b"junk\n")
    journal.refresh()
    assert journal.faults == [Fault(7, "not-json")] == read(path).faults


def test_brackets_within_a_text_do_not_nest(path):
    put(path, line(a=["[{" * 100 + '\\"[']), line(a=json.loads("[" * 30 + "]" * 30)))
    assert len(read(path).events) == 2


def test_a_line_of_100_megabytes_is_not_loaded(path):
    put(path, line())
    with open(path, "ab") as file:
        file.write(b'{"v":1,"a":"')
        for _ in range(100):
            file.write(b"x" * 1_000_000)
        file.write(b'"}\n' + line(a="after"))
    code = (
        "import resource; journal = answers.Journal(sys.argv[1]); before = resource.getrusage(0).ru_maxrss\n"
        "journal.refresh(); print(len(journal.events), journal.faults, resource.getrusage(0).ru_maxrss - before)"
    )
    out = child(code, path).communicate()[0]
    count, grown = out.split()[0], int(out.split()[-1])
    assert count == "2" and "Fault(line=2, reason='too-long')" in out
    assert grown < 20_000  # kilobytes


def test_an_endless_line_without_a_newline_waits_as_incomplete(path):
    put(path, line(), b"x" * 3_000_000)
    journal = read(path)
    assert journal.faults == [Fault(2, "incomplete")] and len(journal._tail) <= answers.LONGEST + 1
    journal.append("x", "answer", lang="uk")
    assert len(journal.refresh()) == 1 and journal.faults == [Fault(2, "too-long")]


# --- torn lines, other writers, other files -----------------------------------------------------------------------


def test_a_line_torn_at_any_byte(path):
    first, last = line(a="перша"), line(a="остання – «дві»")
    for cut in range(len(last)):
        put(path, first, last[:cut])
        journal = read(path)
        whole = cut == len(last) - 1
        assert [event["a"] for event in journal.events] == ["перша", "остання – «дві»"][: 1 + whole]
        assert journal.faults == [Fault(2, "incomplete")] * (0 < cut < len(last) - 1)
        written = journal.append("x", "answer", "нова", lang="ru")
        assert journal.refresh() == [written] == read(path).events[1 + whole :]
        assert [fault.line for fault in journal.faults] == [2] * (0 < cut < len(last) - 1)


def test_a_torn_line_completed_by_its_writer_is_not_lost(path):
    last = line(a="остання")
    for cut in range(len(last)):
        put(path, line(), last[:cut])
        journal = read(path)
        with open(path, "ab") as file:
            file.write(last[cut:])
        journal.refresh()
        assert [event["a"] for event in journal.events] == ["x", "остання"] and journal.faults == []


def test_a_file_that_shrinks_or_changes_is_read_anew(journal, path, tmp_path):
    for answer in "abc":
        journal.append("x", "answer", answer, lang="uk")
    journal.refresh()
    assert journal.generation == 0
    put(path, line(a="only"))  # shorter, in place
    assert [event["a"] for event in journal.refresh()] == ["only"] and journal.generation == 1
    put(tmp_path / "other", *[line(a=n) for n in range(50)])
    os.replace(tmp_path / "other", path)  # another file
    assert len(journal.refresh()) == 50 == len(journal.events) and journal.generation == 2
    put(path, *[line(a=-n) for n in range(60)])  # longer, in place
    assert len(journal.refresh()) == 60 == len(journal.events) and journal.generation == 3
    path.unlink()
    assert journal.refresh() == journal.events == journal.faults == [] and journal.generation == 4
    written = journal.append("x", "answer", "again", lang="uk")
    assert journal.refresh() == [written] and journal.generation == 4


def test_a_writer_killed_between_look_and_write_does_not_swallow_the_line(
    journal, path, monkeypatch
):
    put(path, line())
    write = answers._put

    def late(file, data):
        monkeypatch.setattr(answers, "_put", write)
        with open(path, "ab") as other:
            other.write(line(a="torn")[:30])
        write(file, data)

    monkeypatch.setattr(answers, "_put", late)
    written = journal.append("x", "answer", "mine", lang="uk")
    assert journal.refresh()[1:] == [written] and len(journal.faults) == 1


WRITER = """
journal = answers.Journal(sys.argv[1])
for number in range(int(sys.argv[3])):
    journal.append(sys.argv[2], "answer", "ж" * (number % 90 * 40), lang="uk", draw=number + 1)
print("done")
"""


def test_two_processes_writing_at_once_lose_nothing(path):
    reader, numbers = Journal(path), {"a": [], "b": []}
    writers = [child(WRITER, path, name, 2000) for name in numbers]
    while any(writer.poll() is None for writer in writers):
        reader.refresh()  # while they write
        time.sleep(0.02)
    assert [writer.communicate() for writer in writers] == [("done\n", "")] * 2
    reader.refresh()
    assert reader.faults == read(path).faults == [] and reader.generation == 0
    for event in reader.events:
        numbers[event["x"]].append(event["n"])
    assert numbers["a"] == numbers["b"] == list(range(1, 2001))
    assert reader.events == read(path).events


# --- a network drive ----------------------------------------------------------------------------------------------
def overwriting(path, times, monkeypatch):
    """The drive of a hub on which another machine's writer, whose end of the file is an old one, puts his line
    over ours as soon as it is there."""
    fsync, left, theirs = os.fsync, [times], line(a="theirs")

    def late(number):
        fsync(number)
        if left[0]:
            left[0] -= 1
            size = os.fstat(number).st_size
            with open(path, "r+b") as other:
                ours = len(other.read().splitlines(True)[-1])
                other.seek(size - ours)
                other.write(theirs)

    monkeypatch.setattr(answers.os, "fsync", late)
    return theirs


@pytest.mark.parametrize("answer", ["m", "mine, and longer than theirs: " + "ж" * 99])
def test_a_line_that_another_machine_writes_over_is_written_again(
    journal, path, monkeypatch, answer
):
    put(path, line(a="before"))
    overwriting(path, 1, monkeypatch)
    journal.append("x", "answer", answer, lang="uk")
    kept = [event["a"] for event in read(path).events]
    assert kept[0] == "before" and kept.count("theirs") == 1 and kept.count(answer) == 1


def test_a_line_that_is_written_over_again_and_again_is_not_called_saved(
    journal, path, monkeypatch
):
    put(path, line(a="before"))
    overwriting(path, 99, monkeypatch)
    with pytest.raises(JournalError) as caught:
        journal.append("x", "answer", "mine", lang="uk")
    assert caught.value.reason == "other"
    assert read(path).events[0]["a"] == "before"


# --- disks and folders that refuse --------------------------------------------------------------------------------

LIMITED = """
import resource, signal
resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))
journal, kept = answers.Journal(sys.argv[1]), 0
try:
    while True:
        journal.append("x", "answer", "ж" * 40, lang="uk")
        kept += 1
except answers.JournalError as error:
    print(kept, error.reason, error.path == sys.argv[1])
try:
    journal.append("x", "answer", "again", lang="uk")
except answers.JournalError as error:
    print(error.reason)
"""


def test_a_full_disk_says_so_and_the_torn_piece_is_skipped(path):
    out, errors = child(LIMITED, path).communicate()
    kept, *said = out.split()
    assert said == ["full", "True", "full"], errors
    journal = read(path)
    assert len(journal.events) == int(kept) > 5 and journal.faults == [
        Fault(int(kept) + 1, "incomplete")
    ]
    written = journal.append("x", "answer", "room again", lang="uk")
    assert journal.refresh() == [written] and len(journal.faults) == 1


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no such device")
def test_the_device_that_is_always_full():
    journal = Journal("/dev/full")
    with pytest.raises(JournalError) as caught:
        journal.append("x", "answer", "a", lang="uk")
    assert caught.value.reason == "full"
    with pytest.raises(JournalError):
        journal.refresh()  # not a file; reading it would never end


@pytest.mark.parametrize(
    "code, reason",
    [
        ("EROFS", "readonly"),
        ("EACCES", "readonly"),
        ("EPERM", "readonly"),
        ("ENOSPC", "full"),
        ("EDQUOT", "full"),
        ("EFBIG", "full"),
        ("ENOTDIR", "missing"),
        ("EIO", "other"),
    ],
)
@pytest.mark.parametrize("where", ["open", "makedirs", "fsync"])
def test_every_refusal_has_its_reason(journal, path, monkeypatch, where, code, reason):
    def refuse(*_, **__):
        raise OSError(getattr(errno, code), os.strerror(getattr(errno, code)))

    monkeypatch.setattr(answers.os, where, refuse)
    with pytest.raises(JournalError) as caught:
        journal.append("x", "answer", "a", lang="uk")
    assert (caught.value.reason, caught.value.path) == (reason, str(path)) and reason in str(
        caught.value
    )


def test_where_there_is_no_fsync_answers_are_kept(journal, monkeypatch):
    def refuse(_):
        raise OSError(errno.EINVAL, "unsupported")

    monkeypatch.setattr(answers.os, "fsync", refuse)
    journal.append("x", "answer", "a", lang="uk")
    assert len(journal.refresh()) == 1


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs POSIX users")
def test_a_folder_without_the_right_to_write():
    folder = Path(tempfile.mkdtemp())  # pytest's own folders are closed to others
    folder.chmod(0o555)
    code = """
import os
"".encode("utf-16-le")  # a codec is loaded when first used, and the library may be closed to others
if os.geteuid() == 0:
    os.setuid(65534)  # rights do not bind root
try:
    answers.Journal(sys.argv[1] + "/answers/x.jsonl").append("x", "answer", 1, lang="uk")
except answers.JournalError as error:
    print(error.reason)
"""
    try:
        assert child(code, folder).communicate() == ("readonly\n", "")
    finally:
        folder.chmod(0o755)
        folder.rmdir()


def test_a_file_where_the_folder_should_be(tmp_path):
    (tmp_path / "answers").write_text("")
    journal = Journal(tmp_path / "answers" / "levels.jsonl")
    with pytest.raises(JournalError) as caught:
        journal.append("x", "answer", "a", lang="uk")
    assert caught.value.reason == "missing"


def test_a_folder_where_the_file_should_be(path):
    path.mkdir(parents=True)
    for act in (Journal(path).refresh, lambda: Journal(path).append("x", "answer", 1, lang="uk")):
        with pytest.raises(JournalError) as caught:
            act()
        assert caught.value.reason == "other"


# --- size and the seed --------------------------------------------------------------------------------------------


def test_a_hundred_thousand_lines_are_read_whole(path):
    made = [
        "a",
        ["a", "b", "c"],
        {"r1": "core", "r2": "support"},
        "7,5",
        "Партнерство – це не знижка. " * 4,
    ]
    put(path, *[line(x=f"x{n % 12}", a=made[n % 5], d="0123456789ab", n=1) for n in range(100_000)])
    journal = read(path)
    assert len(journal.events) == 100_000 and len(state(journal.events)) == 12


def test_the_seed_is_made_once(tmp_path):
    folder = tmp_path / "answers"
    seed = learner_seed(folder)
    assert len(seed) == 32 and int(seed, 16) >= 0
    assert (
        learner_seed(folder) == seed and (folder / "learner.jsonl").read_bytes().count(b"\n") == 1
    )
    assert learner_seed(tmp_path / "elsewhere") != seed


@pytest.mark.parametrize(
    "before",
    [
        b'{"seed":"0123',
        b'{"seed":5}\n',
        b'{"seed":"' + b"g" * 32 + b'"}\n',
        b"junk\n\xff\n",
        b'["seed"]\n',
        b"",
    ],
)
def test_the_first_valid_seed_wins(tmp_path, before):
    (tmp_path / "learner.jsonl").write_bytes(before)
    seed = learner_seed(tmp_path)
    with open(tmp_path / "learner.jsonl", "ab") as file:
        file.write(b'{"seed": "00000000000000000000000000000000"}\n')
    assert learner_seed(tmp_path) == seed != "0" * 32


def test_two_who_make_a_seed_at_once_agree(tmp_path):
    for attempt in range(10):
        makers = [
            child("print(answers.learner_seed(sys.argv[1]))", tmp_path / str(attempt))
            for _ in range(3)
        ]
        assert len({maker.communicate()[0] for maker in makers}) == 1


def test_a_seed_that_cannot_be_kept(tmp_path):
    (tmp_path / "answers").write_text("")
    with pytest.raises(JournalError) as caught:
        learner_seed(tmp_path / "answers")
    assert caught.value.reason == "missing"
