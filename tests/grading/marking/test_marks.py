"""The journal of marks, the agreement of two markers, and the page's server, which answers one browser alone."""

import http.client
import json
import socket
import struct
import threading
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated import submission

from course import answers
from course.cli import main
from course.grading import gradebook
from course.grading.marking.desk import serve
from course.grading.marking.marks import Click, Marks, Mean, kappa, rubric

TEXT, CANVAS = "own/own-text", "own/own-canvas"
SCRIPT = "</script><script>alert(1)</script>"


# --- agreement ------------------------------------------------------------------------------------------------


def by_matrix(pairs):
    """Weighted kappa as Cohen writes it: a table of proportions, one of what chance gives, one of weights."""
    levels = range(max(max(pair) for pair in pairs) + 1)
    share = {
        cell: sum(pair == cell for pair in pairs) / len(pairs) for cell in product(levels, levels)
    }
    one = [sum(share[i, j] for j in levels) for i in levels]
    two = [sum(share[i, j] for i in levels) for j in levels]
    weight = {(i, j): (i - j) ** 2 / max(1, len(levels) - 1) ** 2 for i, j in share}
    return 1 - sum(weight[i, j] * share[i, j] for i, j in share) / sum(
        weight[i, j] * one[i] * two[j] for i, j in share
    )


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=40))
def test_kappa_agrees_with_its_definition(pairs):
    if len({level for pair in pairs for level in pair}) == 1:
        assert kappa(pairs) is None
    else:
        assert kappa(pairs) == pytest.approx(by_matrix(pairs), abs=1e-9)
        assert kappa([(b, a) for a, b in pairs]) == kappa(pairs) <= 1


@pytest.mark.parametrize(
    ("pairs", "value"),
    [
        ([(0, 0), (1, 1), (2, 2)], 1),
        ([(0, 2), (2, 0)], -1),
        ([(0, 0), (0, 1), (1, 0), (1, 1)], 0),
        # both markers: 10 times 0, 10 times 1; the same on 15 of 20: 1 - (5/20) / (1/2)
        (
            [(0, 0)] * 8 + [(1, 1)] * 7 + [(0, 1)] * 2 + [(1, 0)] * 3,
            pytest.approx(1 - 0.25 / (0.5 * 0.45 + 0.5 * 0.55)),
        ),
        ([(1, 1)] * 5, None),
        ([], None),
    ],
)
def test_kappa_of_worked_cases(pairs, value):
    assert kappa(pairs) == value


# --- the journal ----------------------------------------------------------------------------------------------


@pytest.fixture
def journal(quiz, tmp_path):
    return Marks(tmp_path / "marks.jsonl", quiz.key)


def test_the_last_mark_counts_and_null_takes_it_back(quiz, journal):
    for points, said in ((1, "a"), (2, "b"), (None, "b")):
        journal.append("M", "17", TEXT, "comparison", points, said)
        assert journal.refresh().given["17", TEXT]["comparison"] == {"M": Click(points, said, None)}
        assert Marks(journal.path, quiz.key).refresh().given == journal.given
    journal.append("N", "17", TEXT, "comparison", 1, "")
    mark = journal.refresh().mean("17", TEXT, "any text")
    assert mark.points == 1
    assert mark.criteria == {"comparison": Mean(1, ("b",))}


def test_a_line_is_what_the_gradebook_reads(quiz, journal):
    journal.append("M", "17", TEXT, "check", 2, SCRIPT + "\n\0\u202e")
    line = json.loads(Path(journal.path).read_text("utf-8"))
    assert (
        list(line) == ["v", "t", "marker", "student", "ref", "criterion", "points", "comment"]
        and line["v"] == 1
    )
    marks = Marks(journal.path, quiz.key).refresh()
    assert marks.given["17", TEXT]["check"]["M"][:2] == (2, SCRIPT + "\n\0\u202e")
    assert marks.skipped == 0


@pytest.mark.parametrize(
    ("ref", "criterion", "points", "comment"),
    [
        (TEXT, "comparison", 3, ""),
        (TEXT, "comparison", -1, ""),
        (TEXT, "check", 1, ""),
        (TEXT, "nothing", 1, ""),
        ("own/own-choice", "", 1, ""),
        (TEXT, "comparison", True, ""),
        (TEXT, "comparison", "1", ""),
        (TEXT, "comparison", 1, None),
        (TEXT, "comparison", 1, "x" * 4001),
        (TEXT, "comparison", float("nan"), ""),
        ([], "comparison", 1, ""),
    ],
)
def test_what_the_rubric_does_not_have_is_not_written(
    journal, tmp_path, ref, criterion, points, comment
):
    with pytest.raises((ValueError, TypeError)):
        journal.append("M", "17", ref, criterion, points, comment)
    assert not (tmp_path / "marks.jsonl").exists()


def test_damaged_lines_cost_only_themselves(quiz, journal, tmp_path):
    journal.append("M", "17", TEXT, "comparison", 1, "")
    deep = b"[" * 100_000
    with open(journal.path, "ab") as file:
        file.write(
            b'\n{"v":1\nnull\n"x"\n\xff\xfe\n'
            + deep
            + b'\n{"student":[],"ref":{},"criterion":1,"marker":2,"points":1}\n'
            + b'{"v":1,"marker":"M","student":"17","ref":"own/own-text","criterion":"comparison","points":99}\n{"torn":'
        )
    journal.append("M", "18", TEXT, "comparison", 2, "")
    assert {key: given["comparison"]["M"][0] for key, given in journal.refresh().given.items()} == {
        ("17", TEXT): 1,
        ("18", TEXT): 2,
    }
    (tmp_path / "marks.jsonl").write_bytes(b"")
    assert journal.refresh().given == {}


MARK = st.fixed_dictionaries(
    {
        "marker": st.sampled_from(["M", "N", None, 5]),
        "student": st.sampled_from(["17", "18"]),
        "ref": st.sampled_from([TEXT, CANVAS, "x/y"]),
        "criterion": st.sampled_from(["comparison", "check", "", "z"]),
        "points": st.none()
        | st.integers(-1, 6)
        | st.floats()
        | st.booleans()
        | st.text(max_size=2),
        "comment": st.text(max_size=5),
    }
)


@settings(deadline=None)
@given(lines=st.lists(MARK, max_size=12))
def test_the_last_sound_line_of_each_marker_counts(quiz, tmp_path_factory, lines):
    path = tmp_path_factory.mktemp("m") / "marks.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8", "replace")
    highest = {(TEXT, "comparison"): 2, (TEXT, "check"): 2, (CANVAS, ""): 6}
    last, skipped = {}, 0
    for line in lines:
        most, points = highest.get((line["ref"], line["criterion"]), -1), line["points"]
        number = type(points) in (int, float) and 0 <= points <= most
        if type(line["marker"]) is str and most > 0 and (number or points is None):
            last[line["student"], line["ref"], line["criterion"], line["marker"]] = points
        else:
            skipped += 1
    marks = Marks(path, quiz.key).refresh()
    assert marks.skipped == skipped
    assert last == {
        (*place, criterion, marker): click.points
        for place, given in marks.given.items()
        for criterion, by in given.items()
        for marker, click in by.items()
    }


def test_two_markers_at_once_lose_nothing(quiz, journal):
    def work(marker):
        own = Marks(journal.path, quiz.key)
        for n in range(60):
            own.append(marker, str(n), TEXT, "comparison", n % 3, "слово " * n)

    threads = [threading.Thread(target=work, args=(name,)) for name in "MN"]
    [one.start() for one in threads]
    [one.join() for one in threads]
    assert (
        all(set(given["comparison"]) == {"M", "N"} for given in journal.refresh().given.values())
        and len(journal.given) == 60
    )
    assert journal.agreement(TEXT, "M", {}) == {
        "N": {"comparison": {"n": 60, "same": 60, "kappa": 1.0}}
    }


# --- the server -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def grades(quiz, tmp_path_factory):
    """What two students handed in, graded."""
    folder = tmp_path_factory.mktemp("graded")
    (folder / "in").mkdir()
    for student in ("17", "18"):
        data = submission(quiz.key, student, quiz.names[student], lang="ru", skip=0, skill=1)
        (folder / "in" / f"quiz-{student}.jsonl").write_bytes(data)
    gradebook.grade(folder / "in", quiz.private, folder / "grades")
    return folder / "grades"


@pytest.fixture
def desk(quiz, grades, tmp_path):
    """A server over two students' answers, and ``ask(method, path, body, **headers)``."""
    server = serve(grades, quiz.key, tmp_path / "marks.jsonl", SCRIPT, "uk")
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()

    def ask(method, path, body=None, **headers):
        link = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        link.request(method, path.replace("TOKEN", server.token), body, sent)
        answer = link.getresponse()
        return answer.status, answer.read().decode(), answer.headers

    server.ask, server.origin = ask, f"http://127.0.0.1:{server.server_port}"
    yield server
    server.shutdown()
    server.server_close()


def click(server, **change):
    work = json.loads(server.ask("GET", f"/TOKEN/work?{TEXT}")[1])["works"][0]["id"]
    sent = {
        "work": work,
        "ref": TEXT,
        "criterion": "comparison",
        "points": 2,
        "comment": "",
    } | change
    return server.ask(
        "POST",
        "/TOKEN/mark",
        json.dumps(sent),
        Origin=server.origin,
        Content_Type="application/json",
    )


def test_the_page_comes_with_a_policy_and_shows_markup_as_text(desk):
    status, page, headers = desk.ask("GET", "/TOKEN/")
    assert status == 200 and SCRIPT not in page and "\\u003c/script>\\u003cscript>alert(1)" in page
    assert (
        "default-src 'none'" in headers["Content-Security-Policy"]
        and "unsafe" not in headers["Content-Security-Policy"]
    )
    assert headers["Cache-Control"] == "no-store" and headers["Referrer-Policy"] == "no-referrer"
    assert (
        "prefers-color-scheme: dark" in desk.ask("GET", "/TOKEN/mark.css")[1]
        and "http" not in desk.ask("GET", "/TOKEN/mark.css")[1]
    )


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/", {}, 403),
        ("/x/", {}, 403),
        ("/TOKENx/", {}, 403),
        ("/TOKEN/", {"Host": "evil.example"}, 403),
        ("/TOKEN/", {"Host": "127.0.0.1:1"}, 403),
        ("/TOKEN/../marks.py", {}, 404),
        ("/TOKEN/mark.html", {}, 404),
        ("/TOKEN/marks.py", {}, 404),
        ("/TOKEN/work?x", {}, 404),
        ("/TOKEN/work", {}, 404),
        ("/TOKEN/work?own/own-choice", {}, 404),
    ],
)
def test_nobody_else_is_answered(desk, path, headers, status):
    assert desk.ask("GET", path, **headers)[:2] == (status, "")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "OWN", "Content_Type": "text/plain"},
        {"Origin": "OWN", "Content_Type": "application/x-www-form-urlencoded"},
        {"Origin": "OWN", "Content_Type": "application/json", "Content_Length": "9999999"},
        {"Origin": "OWN", "Content_Type": "application/json", "Content_Length": "-1"},
    ],
)
def test_no_other_page_can_mark(desk, headers):
    own = {name: desk.origin if value == "OWN" else value for name, value in headers.items()}
    work = json.loads(desk.ask("GET", f"/TOKEN/work?{TEXT}")[1])["works"][0]["id"]
    body = json.dumps(
        {"work": work, "ref": TEXT, "criterion": "comparison", "points": 2, "comment": ""}
    )
    assert (
        desk.ask("POST", "/TOKEN/mark", body, **({"Content_Type": "application/json"} | own))[0]
        == 403
    )
    assert not Marks(desk.desk.marks.path, desk.desk.key).refresh().given


def test_names_are_sent_only_when_asked_for_and_pseudonyms_stay(desk, quiz):
    status, said, _ = desk.ask("GET", f"/TOKEN/work?{TEXT}")
    assert (
        status == 200
        and not [name for name in quiz.names.values() if name in said]
        and '"student"' not in said
    )
    named = desk.ask("GET", f"/TOKEN/work?{TEXT}&names")[1]
    assert quiz.names["17"] in named and quiz.names["18"] in named
    codes = {
        work["id"]: work["code"]
        for ref in (TEXT, CANVAS)
        for work in json.loads(desk.ask("GET", f"/TOKEN/work?{ref}")[1])["works"]
    }
    assert len(codes) == 2 and "17" not in codes.values()


def test_a_click_is_on_the_disk_before_the_answer(desk, quiz):
    status, said, _ = click(desk, comment="Порівняйте \ud800")
    assert status == 200 and json.loads(said) == {"agreement": {}}
    ((place, given),) = Marks(desk.desk.marks.path, quiz.key).refresh().given.items()
    assert place[0] in ("17", "18") and given["comparison"][SCRIPT][0] == 2
    assert any(
        work["mine"] == {"comparison": {"points": 2, "comment": "Порівняйте ?"}}
        for work in json.loads(desk.ask("GET", f"/TOKEN/work?{TEXT}")[1])["works"]
    )
    other = Marks(desk.desk.marks.path, quiz.key)
    other.append("N", *place, "comparison", 1, "")
    assert json.loads(click(desk)[1])["agreement"] == {
        "N": {"comparison": {"n": 1, "same": 0, "kappa": 0.0}}
    }


@pytest.mark.parametrize(
    "change",
    [
        {"work": "x"},
        {"work": None},
        {"work": []},
        {"ref": "own/own-choice"},
        {"criterion": "z"},
        {"points": 99},
        {"points": "2"},
        {"comment": 5},
        {"comment": "x" * 5000},
    ],
)
def test_what_the_page_would_never_send_is_refused(desk, change):
    assert click(desk, **change)[0] == 400
    assert (
        desk.ask(
            "POST", "/TOKEN/mark", "[" * 50_000, Origin=desk.origin, Content_Type="application/json"
        )[0]
        == 400
    )
    assert click(desk)[0] == 200


@pytest.mark.parametrize("reason", ["full", "readonly", "missing", "other"])
def test_a_disk_that_refuses_is_told_and_trying_again_helps(desk, monkeypatch, reason):
    def refuse(path, line):
        raise answers.JournalError(reason, path)

    with monkeypatch.context() as patch:
        patch.setattr(answers, "append_line", refuse)
        assert click(desk)[:2] == (507, f'{{"reason": "{reason}"}}')
    assert click(desk)[0] == 200


def test_a_browser_that_goes_away_is_no_traceback(desk, capfd):
    for _ in range(20):
        link = socket.create_connection(("127.0.0.1", desk.server_port))
        link.setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
        )  # close with a reset
        link.sendall(
            f"GET /{desk.token}/mark.js HTTP/1.1\r\nHost: 127.0.0.1:{desk.server_port}\r\n\r\n".encode()
        )
        link.close()
    assert desk.ask("GET", "/TOKEN/")[0] == 200
    try:
        raise BrokenPipeError
    except BrokenPipeError:
        desk.handle_error(None, None)
    assert capfd.readouterr().err == ""
    try:
        raise ZeroDivisionError
    except ZeroDivisionError:
        desk.handle_error(None, ("127.0.0.1", 1))
    assert "ZeroDivisionError" in capfd.readouterr().err, "a bug of ours stays a traceback"


def test_an_exercise_without_a_rubric_is_marked_in_quarters(quiz):
    assert [one["levels"] for one in rubric({"rubric": None, "points": 3})] == [
        [0, 0.75, 1.5, 2.25, 3]
    ]
    assert rubric(quiz.entries[TEXT]) == quiz.entries[TEXT]["rubric"]


def test_a_second_server_takes_another_port(desk, quiz, grades, tmp_path):
    second = serve(grades, quiz.key, tmp_path / "marks.jsonl", "N", "ru")
    try:
        assert second.server_port != desk.server_port and second.token != desk.token
        with pytest.raises(OSError):
            serve(grades, quiz.key, tmp_path / "m", "N", "ru", second.server_port)
    finally:
        second.server_close()


def test_the_command_says_what_is_missing(quiz, tmp_path, capsys):
    assert main(["mark", str(tmp_path)]) == 2 and "--key" in capsys.readouterr().err
    assert (
        main(["mark", str(tmp_path), "--key", str(quiz.private)]) == 2
        and "graded.jsonl" in capsys.readouterr().err
    )
    (tmp_path / "graded.jsonl").write_text("", "utf-8")
    assert (
        main(["mark", str(tmp_path), "--key", str(quiz.private)]) == 2
        and "no written answers" in capsys.readouterr().err
    )
