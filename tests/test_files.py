"""Files are written whole or not at all, and an error names the file in words."""

import errno
import os
import stat
import sys

import pytest

from course import cli
from course.files import about, write_whole


def test_what_stood_there_stays_when_it_cannot_be_written(tmp_path, monkeypatch):
    path = tmp_path / "grades.csv"
    path.write_bytes(b"old")

    def refuse(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(OSError) as raised:
        write_whole(path, b"new")
    assert (raised.value.filename, raised.value.filename2) == (str(path), None)
    assert path.read_bytes() == b"old" and os.listdir(tmp_path) == ["grades.csv"]


@pytest.mark.parametrize("name", ["п" * 100 + ".csv", ".hidden", "пробіл і 'лапки'"])
def test_any_name_that_a_file_can_have(tmp_path, name):
    write_whole(tmp_path / name, b"data")
    write_whole(tmp_path / name, b"more")
    assert (tmp_path / name).read_bytes() == b"more" and os.listdir(tmp_path) == [name]


@pytest.mark.skipif(os.name == "nt", reason="links and devices of Unix")
def test_links_are_followed_devices_written_to_and_rights_are_the_usual_ones(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real" / "file")
    write_whole(tmp_path / "link", b"data")
    assert (tmp_path / "link").is_symlink() and (tmp_path / "real/file").read_bytes() == b"data"
    write_whole("/dev/null", b"data")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
    (tmp_path / "usual").write_bytes(b"")
    assert os.stat(tmp_path / "real/file").st_mode == os.stat(tmp_path / "usual").st_mode


def test_a_folder_in_the_way_and_a_folder_that_is_not_there_are_named(tmp_path):
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / "folder", tmp_path / "none" / "file"):
        with pytest.raises(OSError) as raised:
            write_whole(path, b"data")
        assert raised.value.filename == str(path)


def test_a_library_that_puts_the_number_into_its_words():
    with pytest.raises(OSError, match="^.Errno 28. No space left on device: 'x'$"), about("x"):
        raise OSError(errno.ENOSPC, "[Errno 28] Error writing bytes to file")


COMMANDS = {
    "assign": "assign {work}/spec.toml --roster {work}/roster.csv --out {disk}/out",
    "nbgrader": "assign {work}/spec.toml --roster {work}/roster.csv --nbgrader {disk}/out",
    "grade": "grade {work}/work/students --key {work}/work/private --out {disk}/out",
    "feedback": "feedback {work}/grades --key {work}/work/private --out {disk}/out",
    "report": "report {work}/grades --out {disk}/out",
    "grades": "export grades {work}/grades --to csv --out {disk}/out/grades.csv",
    "moodle": "export questions levels --variants 1 --out {disk}/out/levels.xml",
    "new": "new exercises {disk}/out/new.toml",
    "preview": "preview {root}/course/grading/setting/template.toml --out {disk}/out/page.html",
}
ANEW = {"new"}  # never replaces a file


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    """An assignment and its grades."""
    pytest.importorskip("pyarrow")
    work = tmp_path_factory.mktemp("work")
    (work / "spec.toml").write_text(
        'id = "quiz"\ntitle.uk = "Проба"\ntitle.ru = "Проба"\nexercises = ["levels/levels-order", '
        '"levels/levels-letter"]\nzone = "UTC"\nopens = 2026-01-01T08:00:00\ncloses = 2030-01-01T08:00:00\n',
        "utf-8",
    )
    (work / "roster.csv").write_text(
        "id,name\n" + "".join(f"{n},Студент {n}\n" for n in range(100, 130)), "utf-8"
    )
    for command in (
        "assign {work}/spec.toml --roster {work}/roster.csv --out {work}/work",
        "grade {work}/work/students --key {work}/work/private --out {work}/grades",
    ):
        assert cli.main(command.format(work=work).split()) == 0
    return work


@pytest.mark.parametrize("free", [0, 2])
@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.skipif(sys.platform != "linux", reason="mounts of Linux")
def test_a_full_disk_keeps_what_was_there_and_names_the_file(work, root, disk, capsys, name, free):
    words = COMMANDS[name].format(work=work, disk=disk, root=root).split()
    (disk / "out").mkdir()
    if name not in ANEW:
        assert cli.main(words) in (0, 1)
    before = {path: path.read_bytes() for path in disk.rglob("*") if path.is_file()}
    with (disk / "filler").open("wb", buffering=0) as filler, pytest.raises(OSError):
        while True:
            filler.write(b"x" * 4096)
    os.truncate(disk / "filler", os.stat(disk / "filler").st_size - free * 4096)
    capsys.readouterr()
    code, said = cli.main(words), capsys.readouterr().err
    left = {
        path: path.read_bytes()
        for path in disk.rglob("*")
        if path.is_file() and path.name != "filler"
    }
    if code == 0:  # there was room for a file or two
        assert free
        return
    assert code == 2 and "No space left on device" in said and f"{disk}/out" in said, said
    assert (
        "Errno" not in said and "errno" not in said and "None" not in said and ".tmp" not in said
    ), said
    assert {path: left.get(path) for path in before} == before
    assert not [path for path in left if path not in before and path.suffix in (".tmp", ".part")], (
        left
    )
    assert not [path for path in left if path.name.startswith(".")], left
