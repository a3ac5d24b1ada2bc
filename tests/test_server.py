"""The course on a server: copied without JupyterLab, closed to others, found from any kernel, served by a hub."""

import os
import stat
import sys
from types import ModuleType

import pytest

from course import cli, lab, paths
from course.answers import Journal
from course.texts import LANGS, text

LESSON = "notebooks/uk/05-levels.ipynb"


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    """Two files as the course ships them."""
    top = tmp_path / "shipped"
    for name in (LESSON, "datasets/b2b.csv"):
        (top / name).parent.mkdir(parents=True)
        (top / name).write_text(name)
    (top / "notebooks" / "ru").mkdir()
    monkeypatch.setattr(lab, "shared", lambda name: top / name)
    for name in ("COURSE_GRADED", "COURSE_ANSWERS", "COURSE_LANG", "JUPYTERHUB_USER"):
        monkeypatch.delenv(name, raising=False)
    return top


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "home" / "my-course"


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("lang", LANGS)
def test_a_copy_keeps_what_was_changed_and_prints_the_folder_of_the_menus(
    shipped, folder, capsys, lang
):
    assert cli.main(["copy", str(folder), "--lang", lang]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[:2] == [text("lab.folder", lang, folder=folder), text("lab.new", lang, count=2)]
    menus = lab.overrides(lang)
    assert told[-1] == text("lab.menus", lang, folder=menus)
    assert (menus / "labconfig" / "default_setting_overrides.d" / "course.json").is_file()
    (folder / LESSON).write_text("mine")
    assert cli.main(["copy", str(folder), "--lang", lang]) == 0
    assert text("lab.kept", lang, count=1) in capsys.readouterr().out
    assert (folder / LESSON).read_text() == "mine"


def test_without_a_name_it_is_my_course_here(shipped, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["copy"]) == 0
    assert (tmp_path / "my-course" / LESSON).is_file()


def test_bad_words_end_with_a_sentence(shipped, folder, tmp_path, capsys):
    assert cli.main(["copy", str(folder), "--lang", "en"]) == 2
    assert text("lab.unknown_lang", "uk", lang="en") in capsys.readouterr().err
    (tmp_path / "taken").touch()
    assert cli.main(["copy", str(tmp_path / "taken")]) == 2
    assert text("lab.reason.file", "uk") in capsys.readouterr().err
    with pytest.raises(SystemExit) as end:
        cli.main(["copy", str(folder), "more"])
    assert end.value.code == 2 and not folder.exists()


# --- whose answers they are ---------------------------------------------------------------------------------

posix = pytest.mark.skipif(os.name != "posix", reason="modes are those of POSIX")


@posix
def test_answers_are_closed_to_others_new_and_old(shipped, folder):
    Journal(folder / "answers" / "levels.jsonl").append("x", "answer", 1, lang="uk")
    assert mode(folder / "answers") == 0o700
    (folder / "answers").chmod(0o755)
    lab.copy(folder, "uk")
    assert mode(folder / "answers") == 0o700


def test_a_kernel_outside_of_the_course_finds_the_answers(shipped, folder, tmp_path, monkeypatch):
    lab.copy(folder, "uk")
    monkeypatch.setenv("HOME", str(folder.parent))
    monkeypatch.setenv("USERPROFILE", str(folder.parent))
    monkeypatch.chdir(folder.parent)
    assert paths.answers() == folder / "answers"
    monkeypatch.chdir(folder / "notebooks" / "uk")
    assert paths.answers() == folder / "answers"
    other = tmp_path / "other"
    (other / "answers").mkdir(parents=True)
    monkeypatch.chdir(other)
    assert paths.answers() == other / "answers", "kept here before there was a folder at home"
    (other / "answers").rmdir()
    (folder / ".course.json").unlink()
    assert paths.answers() == other / "answers"


@posix
def test_the_folder_for_graded_work_is_made_closed_and_linked(
    shipped, folder, tmp_path, monkeypatch, capsys
):
    own = tmp_path / "graded" / "ivan"
    monkeypatch.setenv("COURSE_GRADED", str(own))
    lab.copy(folder, "uk")
    assert not own.exists() and not (folder / "graded").exists(), "there is no place for it"
    own.parent.mkdir()
    lab.copy(folder, "uk")
    assert mode(own) == 0o700 and (folder / "graded").readlink() == own
    own.chmod(0o777)
    lab.copy(folder, "uk")
    assert mode(own) == 0o700
    assert str(own) not in capsys.readouterr().out


@posix
@pytest.mark.parametrize("lang", LANGS)
def test_a_folder_made_by_somebody_else_is_not_used(
    shipped, folder, tmp_path, monkeypatch, capsys, lang
):
    own = tmp_path / "ivan"
    own.mkdir()
    monkeypatch.setenv("COURSE_GRADED", str(own))
    monkeypatch.setattr(os, "geteuid", lambda: 77_777)
    lab.copy(folder, lang)
    assert not (folder / "graded").exists()
    assert text("lab.graded", lang, folder=own) in capsys.readouterr().out
    own.rmdir()
    own.symlink_to(shipped)
    lab.copy(folder, lang)
    assert not (folder / "graded").exists()


# --- a hub's command ----------------------------------------------------------------------------------------


@pytest.fixture
def hub(shipped, monkeypatch):
    """A hub that started us for a user who chose Russian, and how its server was called."""
    calls, module = [], ModuleType("jupyterhub.singleuser")
    module.main = lambda: calls.append((sys.argv[1:], dict(os.environ)))
    monkeypatch.setitem(sys.modules, "jupyterhub", ModuleType("jupyterhub"))
    monkeypatch.setitem(sys.modules, "jupyterhub.singleuser", module)
    monkeypatch.setattr(sys, "argv", ["course"])
    given = {"JUPYTERHUB_API_TOKEN": "x", "JUPYTERHUB_USER": "ivan", "COURSE_LANG": "ru"}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    before = dict(os.environ)
    yield calls
    os.environ.clear()
    os.environ.update(before)


def test_a_hub_gets_its_server_with_the_course_in_the_user_s_language(hub, folder, monkeypatch):
    signed = []
    monkeypatch.setattr(lab, "sign", signed.append)
    assert cli.main(["lab", str(folder), "--KernelManager.transport=ipc"]) == 0
    ((words, environment),) = hub
    assert signed == [folder], "so that its pages come alive"
    assert f"--ServerApp.root_dir={folder}" in words
    assert "--ServerApp.default_url=/lab/tree/notebooks/ru/00-start.ipynb" in words
    assert words[-1] == "--KernelManager.transport=ipc" and set(lab.OPTIONS) <= set(words)
    assert environment["JUPYTER_CONFIG_PATH"].split(os.pathsep)[0] == str(lab.overrides("ru"))
    assert environment["COURSE_ANSWERS"] == str(folder / "answers")
    runtime = environment["JUPYTER_RUNTIME_DIR"]
    longest = f"{runtime}/kernel-9b540ef0-6c66-4d2b-b6e7-e8dcf65f7aa1-ipc-1"
    assert sys.platform != "linux" or len(longest) <= 107, "room for a socket's path"
    assert not os.path.exists(runtime), "gone with the server"


def test_a_language_left_over_elsewhere_changes_nothing(hub, folder, monkeypatch, capsys):
    monkeypatch.delenv("JUPYTERHUB_USER")
    assert cli.main(["copy", str(folder)]) == 0
    assert text("lab.folder", "uk", folder=folder) in capsys.readouterr().out
