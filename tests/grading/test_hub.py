"""Graded work on a hub goes out, comes back and is given back, and nobody reads another's."""

import errno
import os
import socket
import stat

import pytest
import simulated

from course.cli import main as course
from course.grading import GradingError, hub, intake
from course.grading.intake.owners import Owners

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
    "ten gigabytes of nothing": lambda path, other: os.truncate(_made(path), 10 << 30),
    "a link to the passwords": lambda path, other: path.symlink_to("/etc/shadow"),
    "a socket": lambda path, other: _socket(path),
}


SAID = {
    "a second name of a file": "a second name of a file that stands elsewhere too",
    "a file too large": "too large",
    "ten gigabytes of nothing": "too large",
}


def _made(path):
    path.touch()
    return path


def _socket(path):
    with socket.socket(socket.AF_UNIX) as made:
        here = os.getcwd()
        os.chdir(path.parent)  # a socket's path has room for few letters
        made.bind(path.name)
        os.chdir(here)


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
    said = "a link and no file" if what.startswith("a link") else SAID.get(what, "no plain file")
    assert f"anna/{quiz.key['id']}/quiz.jsonl: {said}; left out" in told.err
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


def place(path):
    """Make a file or a folder anna's, and return it."""
    if os.geteuid() == 0:
        os.chown(path, USERS["anna"], USERS["anna"])
    return path


def collected(top, quiz, out, *words):
    assert command("collect", top, "--out", out, "--key", quiz.private, *words) == 0
    return sorted(path.relative_to(out).as_posix() for path in out.rglob("*.jsonl"))


def test_a_file_named_like_moodle_s_folder_of_another_stays_its_writer_s(
    top, quiz, tmp_path, table
):
    """A student writes another's name into his own file's: the folder around it decides."""
    command("hand-out", top, quiz.students)
    hers, his, *_ = quiz.names
    inside = top / "bohdan" / quiz.key["id"]
    (inside / f"{quiz.names[hers]}_4711_assignsubmission_file_x.jsonl").write_text("{}\n")
    (inside / "24_assignsubmission_file_.jsonl").write_text("{}\n")
    for path in inside.glob("*.jsonl"):
        if os.geteuid() == 0:
            os.chown(path, USERS["bohdan"], USERS["bohdan"])
    names = collected(top, quiz, tmp_path / "out", "--users", table)
    owners = Owners(quiz.key["id"], quiz.key["roster"])
    assert len(names) == 2 and {owners.of(name) for name in names} == {his}
    assert {owners.folder(name) for name in names} == {his}, "and they count as one student's"


def test_two_folders_that_may_be_one_student_s_are_nobody_s_until_it_is_said(top, tmp_path):
    for user in USERS:
        (top / user).rmdir()
    key = {"id": "quiz", "roster": [["КВ17", "Анна", "", "anna@one.example"]]}
    for folder in ("кв17", "Anna"):
        (top / folder).mkdir(exist_ok=True)
        (top / folder / "quiz").mkdir()
        (top / folder / "quiz" / "a.jsonl").write_text(folder)
    notes = []
    assert hub.collect(key, top, tmp_path / "out", None, notes) == 0
    (said,) = notes
    assert "КВ17 may be Anna or кв17; left out" in said and "--users" in said
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "p.html").write_text("hers")
    (pages / "index.csv").write_text("id;page\nКВ17;p.html\n", "utf-8")
    assert hub.give_back(key, pages, top, None, []) == (0, 1)
    users = tmp_path / "users.csv"
    users.write_text("user,id\nanna,кв17\n", "utf-8")
    assert hub.collect(key, top, tmp_path / "out", users, []) == 1
    (file,) = (tmp_path / "out").rglob("*.jsonl")
    assert file.read_text() == "Anna" and file.parent.parent.name == "КВ17"
    assert hub.give_back(key, pages, top, users, []) == (1, 0)


def test_whoever_is_in_no_roster_hands_in_for_nobody(top, quiz, tmp_path, capfd):
    """Neither the id in his file nor a name that looks like one makes it a student's."""
    hers = next(iter(quiz.names))
    command("hand-out", top, quiz.students)
    write(top, quiz, "anna", hers)
    assert collected(top, quiz, tmp_path / "out") == []
    told = capfd.readouterr()
    assert f"{top}/anna: handed in by nobody of the roster; left out" in told.err
    assert "collected from 0" in told.out


@pytest.mark.parametrize("name", ["a\nb.jsonl", "\x1b[2Jgone.jsonl", "\u202elnosj.x.jsonl"])
def test_a_name_moves_no_cursor_and_adds_no_line(top, quiz, tmp_path, name, capfd):
    command("hand-out", top, quiz.students)
    (top / "anna" / quiz.key["id"] / name).mkdir()
    capfd.readouterr()
    collected(top, quiz, tmp_path / "out")
    said = capfd.readouterr().err
    assert said.count("\n") == 1 and said.rstrip("\n").isprintable()
    assert "jsonl: no plain file; left out" in said


def test_nobody_fills_the_lecturer_s_disk(top, quiz, tmp_path, table, monkeypatch, capfd):
    monkeypatch.setattr(hub, "_ALL", 2500)
    command("hand-out", top, quiz.students)
    inside = top / "anna" / quiz.key["id"]
    for number in range(4):
        place(_made(inside / f"{number}.jsonl")).write_bytes(b"x" * 1000)
    names = collected(top, quiz, tmp_path / "out", "--users", table)
    assert [name[-7:] for name in names] == ["0.jsonl", "1.jsonl"]
    assert "2.jsonl: more than 0 MB in all; left out" in capfd.readouterr().err


def test_what_is_collected_stays_when_it_is_deleted_and_grows_when_it_is_changed(
    top, quiz, tmp_path, table
):
    command("hand-out", top, quiz.students)
    file = top / "anna" / quiz.key["id"] / "a.jsonl"
    place(_made(file)).write_text("first")
    (name,) = collected(top, quiz, tmp_path / "out", "--users", table)
    file.write_text("second")
    collected(top, quiz, tmp_path / "out", "--users", table)
    assert (tmp_path / "out" / name).read_text() == "second"
    file.unlink()
    assert collected(top, quiz, tmp_path / "out", "--users", table) == [name]
    assert (tmp_path / "out" / name).read_text() == "second"


def test_a_file_replaced_by_a_link_behind_the_list_is_left_out(
    top, quiz, tmp_path, table, monkeypatch, capfd
):
    command("hand-out", top, quiz.students)
    file = top / "anna" / quiz.key["id"] / "a.jsonl"
    place(_made(file)).write_text("hers")
    secret, listdir = tmp_path / "secret", os.listdir
    secret.write_text("the lecturer's")

    def listed(where):
        names = listdir(where)
        if "a.jsonl" in names:
            file.unlink()
            file.symlink_to(secret)
        return names

    monkeypatch.setattr(os, "listdir", listed)
    assert collected(top, quiz, tmp_path / "out", "--users", table) == []
    assert "a.jsonl: " in capfd.readouterr().err


def test_a_full_quota_leaves_no_half_file_and_the_next_time_it_comes_whole(
    top, quiz, monkeypatch, capfd
):
    """Root has no quota: the user's is asked when the file is made his."""

    def refused(number, home):
        if home.user == "anna":
            raise OSError(errno.EDQUOT, os.strerror(errno.EDQUOT))

    with monkeypatch.context() as patch:
        patch.setattr(hub, "_give", refused)
        (top / "anna" / quiz.key["id"]).mkdir()
        place(top / "anna" / quiz.key["id"])
        command("hand-out", top, quiz.students)
    assert "anna" in capfd.readouterr().err and not files(top / "anna")
    command("hand-out", top, quiz.students)
    assert files(top / "anna" / quiz.key["id"]) == files(quiz.students)


def test_a_shared_folder_without_hard_links_gets_the_same(top, quiz, monkeypatch):
    def refused(*words, **more):
        raise OSError(errno.EOPNOTSUPP, os.strerror(errno.EOPNOTSUPP))

    monkeypatch.setattr(os, "link", refused)
    command("hand-out", top, quiz.students)
    assert files(top / "anna" / quiz.key["id"]) == files(quiz.students)


@as_root
def test_a_folder_left_by_a_run_that_was_killed_becomes_the_user_s(top, quiz):
    (top / "anna" / quiz.key["id"]).mkdir(0o700)  # root's: the run ended before it gave it away
    command("hand-out", top, quiz.students)
    assert (top / "anna" / quiz.key["id"]).stat().st_uid == USERS["anna"]
    assert files(top / "anna" / quiz.key["id"]) == files(quiz.students)


@pytest.mark.parametrize(
    "folder",
    [
        "st.01@lnu.ua",  # as on one machine
        "st-01-lnu-ua---303a113f",  # chart 4 of Zero to JupyterHub
        "st-2e01-40lnu-2eua",  # chart 3
        "240001",
        "x-240001---55fb4b76",
        "ST.01",
    ],
)
def test_the_folder_that_kubernetes_makes_is_its_student_s(folder):
    key = {"roster": [["240001", "А", "", "st.01@lnu.ua"], ["240002", "Б", "", "st.02@lnu.ua"]]}
    assert hub.students(key, None)(folder) == "240001"
    assert hub.students(key, None)(folder + "0") is None


def test_a_table_with_the_hub_s_own_names_holds_on_kubernetes_too(tmp_path):
    path = tmp_path / "users.csv"
    path.write_text("user,id\nst.01@lnu.ua,17\n", "utf-8")
    key = {"roster": [["17", "А", "", "a@one.example"], ["18", "Б", "", "b@one.example"]]}
    student = hub.students(key, path)
    assert student("st-01-lnu-ua---303a113f") == "17"
    assert student("a") is None and student("17") is None, "he goes by no other name"
    assert student("b") == "18"
