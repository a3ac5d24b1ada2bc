"""Graded work on a hub goes out, comes back and is given back, and nobody reads another's."""

import os
import stat

import pytest
import simulated

from course.cli import main as course
from course.grading import GradingError, hub, intake

pytestmark = pytest.mark.skipif(os.name != "posix", reason="hubs run on Linux")
USERS = {"anna": 20_001, "bohdan": 20_002}  # numbers that no login of the system has
as_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="two users need root"
)


@pytest.fixture
def top(tmp_path):
    """The folder of folders, as a hub makes it for two users."""
    top = tmp_path / "graded"
    for folder in (top, *(top / user for user in USERS)):
        folder.mkdir()
    for user, number in USERS.items():
        if os.geteuid() == 0:
            os.chown(top / user, number, number)
        (top / user).chmod(0o700)
    top.chmod(0o711)
    for folder in tmp_path.parents:  # whoever is not root has to reach it too
        if folder.stat().st_uid == os.geteuid() and not folder.stat().st_mode & 0o001:
            folder.chmod(folder.stat().st_mode | 0o011)
    tmp_path.chmod(0o711)
    return top


@pytest.fixture
def table(tmp_path, quiz):
    """Which user is which student."""
    rows = zip(USERS, quiz.names, strict=False)
    path = tmp_path / "users.csv"
    path.write_text("user,id\n" + "".join(f"{user},{student}\n" for user, student in rows))
    return path


def write(top, quiz, user, student):
    """Hand in as this user: the file that the assignment's notebook writes."""
    data = simulated.submission(quiz.key, student, quiz.names[student], skip=0)
    path = top / user / quiz.key["id"] / f"{quiz.key['id']}-{student}.jsonl"
    path.write_bytes(data)
    if os.geteuid() == 0:
        os.chown(path, USERS[user], USERS[user])
    return data


def command(act, top, *words):
    return course(["hub", act, *map(str, words), "--at", str(top)])


def files(folder):
    found = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_out_back_and_back_again(top, tmp_path, quiz, table, capsys):
    name, out, grades = quiz.key["id"], tmp_path / "submissions", tmp_path / "grades"
    assert command("hand-out", top, quiz.students) == 0
    assert capsys.readouterr().out == f"{name}: handed out to 2, 0 had it already\n"
    given = files(quiz.students)
    for user in USERS:
        inside = top / user / name
        assert files(inside) == given and len(given) > 3 and mode(inside) == 0o700
        assert {mode(inside / path) for path in given} == {0o600}
    sheet = top / "anna" / name / "assignment.json"
    sheet.write_text("hers")
    assert command("hand-out", top, quiz.students) == 0
    assert "handed out to 0, 2 had it already" in capsys.readouterr().out
    assert sheet.read_text() == "hers", "what a student has is never overwritten"

    students = dict(zip(USERS, quiz.names, strict=False))
    sent = {user: write(top, quiz, user, student) for user, student in students.items()}
    key = ("--key", quiz.private, "--users", table)
    assert command("collect", top, "--out", out, *key) == 0
    assert capsys.readouterr().out == f"{name}: collected from 2 into {out}\n"
    for user, student in students.items():
        assert (out / student / name / f"{name}-{student}.jsonl").read_bytes() == sent[user]
    assert mode(out) & 0o007 == 0
    assert course(["grade", str(out), "--key", str(quiz.private), "--out", str(grades)]) == 0
    assert course(["feedback", str(grades), "--key", str(quiz.private)]) == 0
    capsys.readouterr()
    assert command("give-back", top, grades / "feedback", *key) == 0
    assert f"{name}: 2 pages given back" in capsys.readouterr().out
    for user, student in students.items():
        (page,) = (top / user / name).glob("feedback-*.html")
        assert page.read_bytes() == (grades / "feedback" / f"{name}-{student}.html").read_bytes()
        assert mode(page) == 0o400


def tried(number, what, *words):
    """Tell whether the user with this number may do it; root becomes him and itself again."""
    groups = os.getgroups()
    os.setgroups([])
    os.setegid(number)
    os.seteuid(number)
    try:
        done = what(*words)
        if what is open:
            done.close()
        return "yes"
    except PermissionError:
        return "no"
    finally:
        os.seteuid(0)
        os.setegid(0)
        os.setgroups(groups)


@as_root
def test_nobody_reads_lists_or_writes_the_folder_of_another(top, quiz):
    command("hand-out", top, quiz.students)
    write(top, quiz, "anna", next(iter(quiz.names)))
    (file,) = (top / "anna" / quiz.key["id"]).glob("*.jsonl")
    tries = [
        (os.listdir, top),
        (os.listdir, top / "anna"),
        (open, file),
        (os.link, file, top / "bohdan" / "x.jsonl"),
        (os.rename, top / "anna", top / "x"),
        (os.mkdir, top / "carol"),
    ]
    told = {user: [tried(number, *words) for words in tries] for user, number in USERS.items()}
    assert told["bohdan"] == ["no"] * 6
    assert told["anna"] == ["no", "yes", "yes", "no", "no", "no"], "hers she sees"


@as_root
def test_what_root_puts_there_belongs_to_the_user(top, quiz):
    command("hand-out", top, quiz.students)
    for user, number in USERS.items():
        for path in (top / user).rglob("*"):
            assert (path.stat().st_uid, path.stat().st_gid) == (number, number)


HOSTILE = {
    "a link to a file": lambda path, other: path.symlink_to(other),
    "a link to nothing": lambda path, other: path.symlink_to(other.parent / "nothing"),
    "a folder": lambda path, other: path.mkdir(),
    "a pipe": lambda path, other: os.mkfifo(path),
    "a second name of a file": lambda path, other: path.hardlink_to(other),
    "a file too large": lambda path, other: os.truncate(_made(path), intake.LARGEST + 1),
}


def _made(path):
    path.touch()
    return path


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_no_file_of_the_user_s_own_is_left_out_and_named(top, quiz, tmp_path, what, capfd):
    other = tmp_path / "other.jsonl"
    other.write_text("somebody else's")
    command("hand-out", top, quiz.students)
    inside = top / "anna" / quiz.key["id"]
    HOSTILE[what](inside / "quiz.jsonl", other)
    if os.geteuid() == 0 and not (inside / "quiz.jsonl").is_symlink():
        os.chown(inside / "quiz.jsonl", USERS["anna"], USERS["anna"])
    out = tmp_path / "out"
    assert command("collect", top, "--out", out, "--key", quiz.private) == 0
    told = capfd.readouterr()
    assert f"anna/{quiz.key['id']}/quiz.jsonl: " in told.err and "left out" in told.err
    assert "collected from 0" in told.out and not list(out.rglob("*.jsonl"))


@pytest.mark.parametrize("name", ["", "quiz"])
def test_a_link_in_place_of_a_folder_leads_nowhere(top, quiz, tmp_path, name, capfd):
    """The folder of the user, or of the assignment, is a link to somebody else's."""
    target = tmp_path / "target"
    target.mkdir()
    (target / "answers.jsonl").write_text("somebody else's")
    place = top / "anna" / quiz.key["id"] if name else top / "anna"
    if not name:
        place.rmdir()
    place.symlink_to(target)
    command("hand-out", top, quiz.students)
    out = tmp_path / "out"
    command("collect", top, "--out", out, "--key", quiz.private)
    assert str(place) in capfd.readouterr().err
    assert [path.name for path in target.iterdir()] == ["answers.jsonl"]
    assert not list(out.rglob("*.jsonl"))


def test_a_folder_made_in_the_name_of_another_is_left_out(top, quiz, monkeypatch, capfd):
    """Where everybody makes his own folder, the login of its owner says whose it is."""
    top.chmod(0o1733)
    (top / "jupyter").mkdir()  # made by whoever runs this: the lecturer
    monkeypatch.setattr(hub, "_login", lambda uid: {20_001: "jupyter-anna"}.get(uid, "mallory"))
    if os.geteuid() != 0:
        monkeypatch.setattr(os, "geteuid", lambda: 1)
        monkeypatch.setattr(hub, "_give", lambda number, home: None)
        monkeypatch.setattr(hub, "_login", lambda uid: "anna")
    command("hand-out", top, quiz.students)
    assert (top / "anna" / quiz.key["id"]).is_dir()
    assert not (top / "bohdan" / quiz.key["id"]).exists()
    assert f"{top}/bohdan belongs to" in capfd.readouterr().err


def test_a_name_is_a_student_s_only_when_it_fits_one(quiz):
    key = {
        "roster": [
            ["17", "Анна", "", "anna@one.example"],
            ["18", "Анна", "", "anna@two.example"],
            ["кв19", "Богдан", "", "bohdan@one.example"],
        ]
    }
    student = hub.students(key, None)
    names = ("17", "anna", "anna@two.example", "Bohdan", "кв19", "nobody", "")
    assert [student(name) for name in names] == ["17", None, "18", "кв19", "кв19", None, None]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("user,id\nanna,99\n", ":2: id '99' is not in the roster"),
        ("name;id\nanna;17\n", ":2: id '' has no user; write columns user,id"),
        ("user,id\n,17\n", ":2: id '17' has no user"),
        ("user,id\nanna\n", ":2: id '' is not in the roster"),
        (b"user,id\n\xff,17\n", ": save it as CSV in UTF-8 with columns user,id"),
    ],
)
def test_a_table_of_users_is_refused_with_its_line(tmp_path, rows, said):
    path = tmp_path / "users.csv"
    path.write_bytes(rows if isinstance(rows, bytes) else rows.encode())
    with pytest.raises(GradingError) as refused:
        hub.students({"roster": [["17", "Анна", "", ""]]}, path)
    assert said in str(refused.value) and str(path) in str(refused.value)


def test_a_page_goes_by_the_roster_and_not_by_what_was_handed_in(top, quiz, tmp_path, table):
    """Bohdan hands in under Anna's id: her page stays hers."""
    command("hand-out", top, quiz.students)
    hers, his, *_ = quiz.names
    write(top, quiz, "bohdan", hers)
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "quiz-1.html").write_text("hers")
    (pages / "index.csv").write_text(f"id;name;group;page\n{hers};A;G;quiz-1.html\n", "utf-8-sig")
    command("give-back", top, pages, "--key", quiz.private, "--users", table)
    found = [path.relative_to(top).parts[0] for path in top.rglob("feedback-*.html")]
    assert found == ["anna"]


def test_a_missing_folder_is_said(quiz, tmp_path, capsys):
    assert command("collect", tmp_path / "no", "--out", tmp_path, "--key", quiz.private) == 2
    assert (
        "no: No such file or directory; name the folder of graded work" in capsys.readouterr().err
    )
    assert command("hand-out", tmp_path, quiz.private) == 2, "the private folder is no sheet"
    assert not list(tmp_path.iterdir())
