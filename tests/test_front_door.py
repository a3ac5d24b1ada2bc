"""What a learner meets first: the command, the folder, the packages, the page that says how to begin."""

import errno
import json
import os
import re
import socket
import subprocess
import sys
import time
import tomllib
import urllib.error
import urllib.request
import zipfile
from dataclasses import is_dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest
from packaging.requirements import Requirement

from course import cli, kinds, lab, saved, texts
from course.authoring import checks
from course.console import latin
from course.exercises import chapter
from course.instruments import Words
from course.texts import text

PROJECT = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text("utf-8"))[
    "project"
]
LOCALES = {"uk": "uk_UA", "ru": "ru_RU"}
LESSON = "notebooks/uk/05-levels.ipynb"


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    """A small course as shipped: change its files to ship another version."""
    top = tmp_path / "shipped"
    for name in (
        LESSON,
        "notebooks/ru/05-levels.ipynb",
        "datasets/b2b.csv",
        "datasets/datapackage.json",
    ):
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_text(f"{name}, first version")
    (top / "datasets" / "make").mkdir()
    (top / "datasets" / "make" / "b2b.py").write_text("maker")
    monkeypatch.setattr(lab, "shared", lambda name: top / name)
    return top


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "my course"


@pytest.fixture
def no_server(monkeypatch):
    """Stop before JupyterLab starts, and tell how it would have been started."""
    calls = []
    monkeypatch.setattr("jupyterlab.labapp.LabApp.launch_instance", calls.append)
    # What is shipped here are no notebooks; tests/test_labextension.py signs real ones.
    monkeypatch.setattr(lab, "sign", lambda folder: 0)
    kept = (
        "JUPYTER_CONFIG_PATH",
        "JUPYTERLAB_SETTINGS_DIR",
        "JUPYTERLAB_WORKSPACES_DIR",
        "PYTHONPATH",
        "PYTHONSAFEPATH",
        "PYTHONSTARTUP",
        "COURSE_LANG",
        "COURSE_ANSWERS",
        "COURSE_STARTUP",
    )
    for name in kept:
        monkeypatch.setenv(name, os.environ.get(name, ""))
    return calls


def files(folder):
    return sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )


# --- the learner's folder ------------------------------------------------------------------------------------


def test_first_copy_brings_both_editions_and_the_data(shipped, folder):
    done = lab.bring(folder)
    assert files(folder) == [
        ".course.json",
        "datasets/b2b.csv",
        "datasets/datapackage.json",
        "notebooks/ru/05-levels.ipynb",
        LESSON,
    ]
    assert len(done["new"]) == 4
    assert not any(lab.bring(folder).values()), "a second time there is nothing to do"


def test_what_the_learner_changed_is_kept_and_the_rest_is_updated(shipped, folder):
    lab.bring(folder)
    (folder / LESSON).write_text("my work")
    (shipped / LESSON).write_text("second version")
    (shipped / "datasets/b2b.csv").write_text("second version")
    done = lab.bring(folder)
    newer = LESSON.replace(".ipynb", ".new.ipynb")
    assert (folder / LESSON).read_text() == "my work"
    assert (folder / newer).read_text() == "second version"
    assert done == {
        "new": [],
        "updated": ["datasets/b2b.csv"],
        "kept": [],
        "beside": [(LESSON, newer)],
    }
    (folder / newer).unlink()
    assert lab.bring(folder)["kept"] == [LESSON] and not (folder / newer).exists(), (
        "put beside only once"
    )


def test_a_third_version_never_replaces_the_second_one_beside(shipped, folder):
    lab.bring(folder)
    (folder / LESSON).write_text("my work")
    for version in ("second version", "third version"):
        (shipped / LESSON).write_text(version)
        lab.bring(folder)
    assert (folder / LESSON.replace(".ipynb", ".new.ipynb")).read_text() == "second version"
    assert (folder / LESSON.replace(".ipynb", ".new2.ipynb")).read_text() == "third version"


def test_a_changed_file_without_news_is_simply_kept(shipped, folder):
    lab.bring(folder)
    (folder / LESSON).write_text("my work")
    assert lab.bring(folder) == {"new": [], "updated": [], "kept": [LESSON], "beside": []}


def notebook(*sources, **cell):
    cells = [
        {"cell_type": "code", "metadata": {}, "source": source, "outputs": []} | cell
        for source in sources
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


RUN = {
    "execution_count": 7,
    "outputs": [{"output_type": "stream", "name": "stdout", "text": "7"}],
    "metadata": {"collapsed": True},
}


def test_a_lesson_that_was_only_run_is_updated(shipped, folder):
    (shipped / LESSON).write_text(notebook(["a = 1\n", "a"], "b"))
    lab.bring(folder)
    (folder / LESSON).write_text(
        notebook("a = 1\na", "b", "", **RUN)
    )  # Shift+Enter in the last cell adds an empty one
    assert not any(lab.bring(folder).values()), "there is no news"
    (shipped / LESSON).write_text(notebook("a = 2", "b"))
    done = lab.bring(folder)
    assert done == {"new": [], "updated": [LESSON], "kept": [], "beside": []}
    assert (folder / LESSON).read_text() == (shipped / LESSON).read_text()


def test_a_lesson_in_which_something_was_typed_is_kept(shipped, folder):
    (shipped / LESSON).write_text(notebook("a = 1", "b"))
    lab.bring(folder)
    (folder / LESSON).write_text(notebook("a = 1", "b = 7", **RUN))
    assert lab.bring(folder)["kept"] == [LESSON]
    (shipped / LESSON).write_text(notebook("a = 2", "b"))
    assert [kept for kept, _ in lab.bring(folder)["beside"]] == [LESSON]
    assert "b = 7" in (folder / LESSON).read_text()
    (shipped / LESSON).write_text(notebook("a = 1", "b = 7"))
    assert not any(lab.bring(folder).values()), "the newest version has the same"


def test_a_folder_from_before_cells_were_compared_loses_nothing(shipped, folder):
    (shipped / LESSON).write_text(notebook("a = 1"))
    lab.bring(folder)
    manifest = json.loads((folder / ".course.json").read_text())
    (folder / ".course.json").write_text(json.dumps({"files": manifest["files"]}))
    (folder / LESSON).write_text(notebook("a = 1", **RUN))
    (shipped / LESSON).write_text(notebook("a = 2"))
    assert [kept for kept, _ in lab.bring(folder)["beside"]] == [LESSON]


def test_a_deleted_file_comes_back(shipped, folder):
    lab.bring(folder)
    (folder / LESSON).unlink()
    assert lab.bring(folder)["new"] == [LESSON]


@pytest.mark.parametrize("manifest", ["", "{", "[]", '{"files": 3}', "null"])
def test_a_damaged_manifest_loses_nobodys_work(shipped, folder, manifest):
    lab.bring(folder)
    (folder / LESSON).write_text("my work")
    (folder / ".course.json").write_text(manifest)
    lab.bring(folder)
    assert (folder / LESSON).read_text() == "my work"
    assert json.loads((folder / ".course.json").read_text())["files"][LESSON]


def test_files_that_were_there_before_the_course_are_kept(shipped, folder):
    (folder / "datasets").mkdir(parents=True)
    (folder / "datasets/b2b.csv").write_text("another project's")
    lab.bring(folder)
    assert (folder / "datasets/b2b.csv").read_text() == "another project's"


def test_answers_are_never_touched(shipped, folder):
    (folder / "answers").mkdir(parents=True)
    (folder / "answers/levels.jsonl").write_text("{}\n")
    before = os.stat(folder / "answers/levels.jsonl")
    lab.bring(folder)
    lab.bring(folder)
    assert os.stat(folder / "answers/levels.jsonl") == before


def test_a_copy_broken_off_is_finished_next_time(shipped, folder, monkeypatch):
    replace, count = os.replace, []

    def full(source, target):
        count.append(target)
        if len(count) == 3:
            raise OSError(errno.ENOSPC, "No space left on device")
        replace(source, target)

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError):
        lab.bring(folder)
    assert not [name for name in files(folder) if name.endswith(".tmp")]
    monkeypatch.undo()
    monkeypatch.setattr(lab, "shared", lambda name: shipped / name)
    done = lab.bring(folder)
    assert len(done["new"]) == 2 and not done["beside"]


# --- what goes wrong is said, in the learner's language ------------------------------------------------------


@pytest.mark.parametrize("lang", LOCALES)
def test_a_file_in_the_way(shipped, tmp_path, capsys, lang, no_server):
    (tmp_path / "taken").write_text("a file")
    assert cli.main(["lab", str(tmp_path / "taken"), "--lang", lang]) == 2
    assert text("lab.reason.file", lang) in capsys.readouterr().err
    assert not no_server


@pytest.mark.parametrize("lang", LOCALES)
@pytest.mark.parametrize(
    ("number", "reason"),
    [(errno.ENOSPC, "space"), (errno.EROFS, "rights"), (errno.EACCES, "rights")],
)
def test_a_folder_that_cannot_be_written(
    shipped, folder, capsys, lang, number, reason, no_server, monkeypatch
):
    def fail(path, data):
        raise OSError(number, "no")

    monkeypatch.setattr(lab, "write_whole", fail)
    assert cli.main(["lab", str(folder), "--lang", lang]) == 2
    said = capsys.readouterr().err
    assert (
        text(f"lab.reason.{reason}", lang) in said
        and str(folder) in said
        and "Traceback" not in said
    )


def test_an_incomplete_installation_is_said(folder, capsys, monkeypatch, no_server):
    monkeypatch.setattr("course.paths._PACKAGE", folder)
    assert cli.main(["lab", str(folder)]) == 2
    assert text("lab.reason.incomplete", "uk") in capsys.readouterr().err


def test_an_unknown_language_is_said_in_both(capsys):
    assert cli.main(["lab", "--lang", "en"]) == 2
    said = capsys.readouterr().err
    assert (
        text("lab.unknown_lang", "uk", lang="en") in said
        and text("lab.unknown_lang", "ru", lang="en") in said
    )


def test_it_says_what_it_did(shipped, folder, capsys, no_server):
    cli.main(["lab", str(folder)])
    assert text("lab.new", "uk", count=4) in capsys.readouterr().out
    (folder / LESSON).write_text("my work")
    (shipped / LESSON).write_text("second version")
    cli.main(["lab", str(folder), "--lang", "ru"])
    newer = LESSON.replace(".ipynb", ".new.ipynb")
    assert text("lab.beside", "ru", path=LESSON, beside=newer) in capsys.readouterr().out
    cli.main(["lab", str(folder)])
    assert text("lab.kept", "uk", count=1) in capsys.readouterr().out


# --- the words of the command --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "folder", "lang", "options"),
    [
        ("", "my-course", "uk", []),
        ("--lang ru", "my-course", "ru", []),
        ("--lang=ru there --no-browser", "there", "ru", ["--no-browser"]),
        ("there --lang ru --port 9999", "there", "ru", ["--port", "9999"]),
        ("--no-browser --port 9999", "my-course", "uk", ["--no-browser", "--port", "9999"]),
        (
            "--port 9999 --lang ru --ip=0.0.0.0",
            "my-course",
            "ru",
            ["--port", "9999", "--ip=0.0.0.0"],
        ),
    ],
)
def test_the_words_after_lab(tmp_path, monkeypatch, words, folder, lang, options):
    monkeypatch.chdir(tmp_path)
    calls = []
    monkeypatch.setattr(lab, "start", lambda *given: calls.append(given) or 0)
    assert cli.main(["lab", *words.split()]) == 0
    assert [(Path(calls[0][0]).name, *calls[0][1:])] == [(folder, lang, options)]


def test_inside_a_course_folder_that_folder_is_meant(shipped, folder, monkeypatch):
    lab.bring(folder)
    monkeypatch.chdir(folder)
    assert lab.default_folder() == folder


def test_options_of_the_caller_come_last_and_so_win(shipped, folder, no_server):
    cli.main(["lab", str(folder), "--LabApp.default_url=/lab"])
    assert no_server[0][-1] == "--LabApp.default_url=/lab"
    assert f"--ServerApp.root_dir={folder}" in no_server[0]
    assert "--LabApp.default_url=/doc/tree/notebooks/uk/00-start.ipynb" in no_server[0]


@pytest.mark.parametrize("lang", LOCALES)
@pytest.mark.parametrize("user", [0, 1000, None])
def test_root_is_warned_and_let_in(shipped, folder, no_server, monkeypatch, capsys, lang, user):
    if user is None:  # Windows
        monkeypatch.delattr(os, "geteuid", raising=False)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: user, raising=False)
    assert cli.main(["lab", str(folder), "--lang", lang]) == 0
    assert (
        ("--allow-root" in no_server[0])
        == (text("lab.root", lang) in capsys.readouterr().out)
        == (user == 0)
    )


def test_commands_and_module_are_the_same():
    assert PROJECT["scripts"]["course"] == "course.cli:main"
    told = subprocess.run(
        [sys.executable, "-m", "course", "--help"], capture_output=True, text=True, check=True
    )
    assert {"lab", "build", "check"} <= set(re.findall(r"^ {4}(\w+)", told.stdout, re.M))
    wrong = subprocess.run(
        [sys.executable, "-m", "course", "check", "--port"], capture_output=True, text=True
    )
    assert wrong.returncode == 2 and "--port" in wrong.stderr


@pytest.mark.parametrize(
    "env",
    [
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "cp1252"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ],
    ids=["ascii", "cp1252", "C"],
)
@pytest.mark.parametrize(
    ("lang", "says"), [("uk", "Ne vdalosia pidhotuvaty teku"), ("ru", "Ne udalos podgotovit papku")]
)
def test_a_console_without_cyrillic_shows_latin_letters(root, tmp_path, env, lang, says):
    (tmp_path / "taken").write_text("a file")
    run = subprocess.run(
        [sys.executable, "-m", "course", "lab", str(tmp_path / "taken"), "--lang", lang],
        cwd=root,
        capture_output=True,
        env={**os.environ, **env},
    )
    assert run.returncode == 2 and says in run.stderr.decode(env.get("PYTHONIOENCODING", "ascii"))
    assert b"?" not in run.stderr and b"Traceback" not in run.stderr


def test_every_word_of_the_command_line_can_be_spelled(text_tables):
    said = [
        pair[lang]
        for name, _, pair in text_tables
        if name in ("course/lab.toml",)
        for lang in LOCALES
    ]
    assert len(said) > 20
    for words in said:
        assert latin(words).isascii() and latin(words).count("?") == words.count("?"), words
    assert latin("Щука й Ґава") == "Shchuka i Gava" and latin("中") == "?"


@pytest.mark.parametrize("lang", LOCALES)
@pytest.mark.parametrize(("name", "reason"), [("/proc/x", "place"), ("я" * 200, "name")])
@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
def test_every_reason_is_in_the_learner_s_language(
    tmp_path, monkeypatch, capsys, no_server, lang, name, reason
):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["lab", name, "--lang", lang]) == 2
    assert text(f"lab.reason.{reason}", lang) in capsys.readouterr().err


def test_a_reason_that_nobody_thought_of_has_its_number(
    shipped, folder, monkeypatch, capsys, no_server
):
    def fail(path, data):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(lab, "write_whole", fail)
    assert cli.main(["lab", str(folder)]) == 2
    assert text("lab.reason.other", "uk", number=errno.EIO) in capsys.readouterr().err


@pytest.mark.parametrize("home", ["/proc/nowhere", "usual"])
@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
def test_without_a_home_jupyter_lives_in_the_course_folder(
    shipped, tmp_path, folder, no_server, monkeypatch, home
):
    monkeypatch.setenv("HOME", str(tmp_path) if home == "usual" else home)
    assert cli.main(["lab", str(folder)]) == 0
    assert os.environ["HOME"] == str(tmp_path if home == "usual" else folder / ".jupyterlab/home")


# --- JupyterLab in the learner's language --------------------------------------------------------------------


def defaults(lang, root):
    path = root / "course/overrides" / lang / "labconfig/default_setting_overrides.d/course.json"
    return json.loads(path.read_text("utf-8"))


def executed(states, shown="card"):
    """A lesson's notebook as JupyterLab hands it over to be saved, with the states of these models."""
    card = {
        saved.VIEW: {"model_id": shown, "version_major": 2, "version_minor": 0},
        "text/html": "<p>the still card</p>",
        "text/plain": "card",
    }
    output = {"output_type": "display_data", "data": card, "metadata": {}}
    book = json.loads(notebook("lesson.exercise()", outputs=[output], execution_count=1, id="one"))
    book["metadata"]["widgets"] = {
        saved.STATES: {"state": states, "version_major": 2, "version_minor": 0}
    }
    return book


def states_of(book):
    return book["metadata"]["widgets"][saved.STATES]["state"]


def hand_over(folder, book, kind="notebook"):
    """Save as the server does, with our hook."""
    saved.keep_cards(
        model={"type": kind, "content": book},
        path="a.ipynb",
        contents_manager=SimpleNamespace(root_dir=str(folder)),
    )
    (folder / "a.ipynb").write_text(json.dumps(book))
    return book


def test_cards_of_a_kernel_that_has_ended_are_not_lost_by_saving(tmp_path):
    first = {
        "card": {"state": {"host": "code", "layout": "IPY_MODEL_box"}},
        "code": {},
        "box": {},
        "gone": {},
    }
    assert states_of(hand_over(tmp_path, executed(first))) == first
    wanted = {name: first[name] for name in ("card", "code", "box")}
    for newer in ({}, {"other": {}}):
        assert states_of(hand_over(tmp_path, executed(newer))) == wanted | newer
    book = executed({})
    del book["metadata"]["widgets"]  # the setting is off
    assert states_of(hand_over(tmp_path, book)) == wanted
    assert states_of(hand_over(tmp_path, executed({"new": {}}, "new"))) == {"new": {}}, (
        "run anew: nothing piles up"
    )


def test_what_has_no_cards_is_saved_as_it_is(tmp_path):
    for book in (executed({}), json.loads(notebook("1")), json.loads(notebook("1"))):
        assert hand_over(tmp_path, json.loads(json.dumps(book))) == book
    assert hand_over(tmp_path, "text", "file") == "text"


@pytest.mark.slow
@pytest.mark.parametrize("page", ["README.md", "README.uk.md", "README.ru.md"])
def test_an_executed_lesson_exported_as_the_front_page_says_keeps_its_exercises(
    root, tmp_path, page
):
    lang = "ru" if ".ru" in page else "uk"
    told = re.search(r"`jupyter (nbconvert [^`]+) \w+\.ipynb`", (root / page).read_text("utf-8"))[1]
    words = ["--execute", f"--output-dir={tmp_path}", root / f"notebooks/{lang}/00-start.ipynb"]
    subprocess.run(
        [sys.executable, "-m", *told.split(), *words],
        check=True,
        capture_output=True,
        env=os.environ | {"PYTHONPATH": str(root), "COURSE_ANSWERS": str(tmp_path)},
    )
    made = (tmp_path / "00-start.html").read_text("utf-8")
    for exercise in chapter("start").exercises.values():
        assert exercise.say("prompt", lang)[:40] in made
    assert "relationshipCourse" not in made, "the live form, which wants the internet"


def test_both_languages_get_the_same_jupyterlab(root):
    found = {lang: defaults(lang, root) for lang in LOCALES}
    locales = {
        lang: found[lang].pop("@jupyterlab/translation-extension:plugin") for lang in LOCALES
    }
    assert locales == {lang: {"locale": locale} for lang, locale in LOCALES.items()}
    assert found["uk"] == found["ru"]


@pytest.mark.slow
@pytest.mark.parametrize("lang", LOCALES)
def test_a_real_server_speaks_the_language_and_leaves_the_users_settings_alone(
    tmp_path, lang, root
):
    """Started as a learner starts it, on a machine whose user has set JupyterLab to French."""
    own = (
        tmp_path
        / ".jupyter/lab/user-settings/@jupyterlab/translation-extension/plugin.jupyterlab-settings"
    )
    own.parent.mkdir(parents=True)
    own.write_text('{"locale": "fr_FR"}')
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [
        str(tmp_path / "my"),
        "--lang",
        lang,
        "--no-browser",
        f"--port={port}",
        "--IdentityProvider.token=t",
    ]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")}
    tools = tmp_path / "tools"  # where somebody has Node.js
    tools.mkdir()
    for name in ("node", "npm"):
        (tools / name).write_text(f'#!/bin/sh\necho "{name} $*" >> {tmp_path}/node.log\n')
        (tools / name).chmod(0o755)
    clean["PATH"] = os.pathsep.join((str(tools), clean["PATH"]))
    with open(tmp_path / "log", "w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "course", "lab", *words],
            stdout=log,
            stderr=log,
            cwd=root,
            env={**clean, "HOME": str(tmp_path), "USERPROFILE": str(tmp_path)},
        )

    def ask(path, data=None):
        wanted = urllib.request.Request(
            f"http://127.0.0.1:{port}{path}",
            headers={"Authorization": "token t"},
            data=data and json.dumps(data).encode(),
            method="PUT" if data else "GET",
        )
        return urllib.request.urlopen(wanted, timeout=60)

    try:
        for _ in range(300):
            try:
                ask("/api/status")
                break
            except urllib.error.URLError:
                assert server.poll() is None, (tmp_path / "log").read_text()
                time.sleep(0.2)
        assert ask("/").geturl().endswith(f"/doc/tree/notebooks/{lang}/00-start.ipynb")
        assert '"buildCheck": false' in ask("/lab").read().decode(), "no page starts Node.js"
        assert ask(f"/api/contents/notebooks/{lang}/00-start.ipynb?content=0").status == 200
        for plugin, wanted in defaults(lang, root).items():
            told = json.load(ask(f"/lab/api/settings/{plugin}"))
            real = {name: entry["default"] for name, entry in told["schema"]["properties"].items()}
            assert told["settings"] == {}
            assert {name: real[name] for name in wanted} == wanted
            known = told["schema"]["properties"]
            assert all(set(known[name]) > {"default"} for name in wanted), "a setting that exists"
        pack = json.load(ask(f"/lab/api/translations/{LOCALES[lang]}"))["data"]["jupyterlab"]
        assert pack["Run All Cells"] == [
            {"uk": "Запустити всі клітинки", "ru": "Запустить все ячейки"}[lang]
        ]
        for states in (
            {"card": {"state": {"host": "code"}}, "code": {}},
            {},
        ):  # saved again by another kernel
            ask(
                "/api/contents/saved.ipynb",
                {"type": "notebook", "format": "json", "content": executed(states)},
            )
            assert states_of(json.load(ask("/api/contents/saved.ipynb"))["content"]).keys() == {
                "card",
                "code",
            }
        page = ask("/nbconvert/html/saved.ipynb").read().decode()
        assert "the still card" in page and "widget-state" not in page, (
            "nothing of it wants the internet"
        )
    finally:
        server.terminate()
        server.wait(30)
    assert own.read_text() == '{"locale": "fr_FR"}'
    called = tmp_path / "node.log"
    assert not called.exists() or "prefix -g" not in called.read_text(), "nobody's language servers"


# --- packages ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    from hatchling.builders.wheel import WheelBuilder

    target = tmp_path_factory.mktemp("wheel")
    root = Path(__file__).parent.parent
    return Path(next(WheelBuilder(str(root)).build(directory=str(target), versions=["standard"])))


def test_the_wheel_carries_the_whole_course(wheel, root):
    inside = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        path.relative_to(root).as_posix()
        for path in (root / "course").rglob("*")
        if path.suffix in (".py", ".toml", ".json", ".js", ".css", ".typed")
        and "__pycache__" not in path.parts
    }
    for pattern in (
        "lessons/*.toml",
        "lessons/*/exercises.toml",
        "notebooks/*/*.ipynb",
        "datasets/*.csv",
        "datasets/real/*/*",
        "datasets/datapackage.json",
    ):
        found = {
            f"course/shipped/{path.relative_to(root).as_posix()}" for path in root.glob(pattern)
        }
        assert found, pattern
        wanted |= found
    assert not wanted - inside
    assert not [
        name for name in inside if re.search(r"datasets/make|checkpoints|__pycache__|tests/", name)
    ]


def test_the_installed_wheel_finds_its_own_files(wheel, tmp_path):
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    code = (
        "import course, pathlib, course.lab, course.paths; print(course.__file__);"
        "print(len(course.lab.bring(pathlib.Path('my'))['new'])); print(course.paths.shared('lessons'))"
    )
    told = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "site")},
    ).stdout.split()
    assert all(Path(line).is_relative_to(tmp_path / "site") for line in (told[0], told[2]))
    assert int(told[1]) > 8
    assert (tmp_path / "my/notebooks/ru/00-start.ipynb").is_file()


def test_a_browser_s_python_is_not_asked_for_what_it_cannot_have():
    left_out = [
        need.name
        for need in map(Requirement, PROJECT["dependencies"])
        if need.marker and not need.marker.evaluate({"sys_platform": "emscripten"})
    ]
    assert sorted(left_out) == [
        "jupyterlab",
        "jupyterlab-language-pack-ru-ru",
        "jupyterlab-language-pack-uk-ua",
        "matplotlib",
        "numpy",
        "pandas",
        "python-docx",
        "scipy",
    ]
    assert all(
        need.marker is None or need.marker.evaluate({"sys_platform": system})
        for need in map(Requirement, PROJECT["dependencies"])
        for system in ("linux", "darwin", "win32")
    )


def test_every_dependency_is_bounded_on_both_sides():
    extras = PROJECT["optional-dependencies"]
    for line in PROJECT["dependencies"] + extras["test"]:
        need = Requirement(line)
        if need.name != PROJECT["name"]:
            assert sorted(one.operator for one in need.specifier) == ["<", ">="], line


def test_versions_agree(root):
    import course

    assert course.__version__ == PROJECT["version"]
    assert f"## {PROJECT['version']}" in (root / "CHANGELOG.md").read_text("utf-8")


# --- environment.yml -----------------------------------------------------------------------------------------


def test_the_environment_names_what_the_project_needs(root):
    lines = (root / "environment.yml").read_text("utf-8").splitlines()
    needs = [
        Requirement(line.strip(" -")) for line in lines if re.match(r"  - [a-z]+[>=.0-9]*$", line)
    ]
    given = {
        Requirement(line).name
        for line in PROJECT["dependencies"] + PROJECT["optional-dependencies"]["test"]
    }
    assert {need.name for need in needs} - given == {"python", "pip"}
    assert [str(need.specifier) for need in needs if need.specifier] == [PROJECT["requires-python"]]
    assert lines[-1] == "      - .", "and the course itself"


# --- the pages that say how to begin -------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["README.md", "README.uk.md", "README.ru.md"])
def test_the_front_page_opens_with_commands_that_are_real(root, page):
    said = (root / page).read_text("utf-8")
    start, tests = (
        "python -m pip install . && course lab",
        'python -m pip install -e ".[test]" && python -m pytest',
    )
    assert said.index(start) < 2000 and tests in said
    wanted = (
        "py -m venv",
        "python3 -m venv",
        "root",
        "conda env create",
        "docs/lesson-ru.png" if ".ru." in page else "docs/lesson-uk.png",
        "course lab --lang ru",
    )
    assert not [words for words in wanted if words not in said]
    linked = [goal for goal in re.findall(r"\]\(([^)#:]+)\)", said) if not (root / goal).exists()]
    assert linked == []


def test_ci_runs_the_command_of_the_front_page(root):
    script = (root / ".ci/run").read_text("utf-8")
    assert (
        'python -m pip install -e ".[test]" && python -m pytest\n' in script
        and "\n.ci/lowest\n" in script
    )
    assert os.access(root / ".ci/run", os.X_OK) and os.access(root / ".ci/lowest", os.X_OK)
    tested = re.findall(r"(?:tests|notebooks)/[\w/.-]+", (root / ".ci/lowest").read_text("utf-8"))
    assert len(tested) > 10 and not [path for path in tested if not (root / path).exists()]


def test_the_contributors_page_opens_with_the_source_folder_and_accounts_for_dependencies(root):
    said = (root / "CONTRIBUTING.md").read_text("utf-8")
    assert "`lessons/`" in said[:400]
    for line in PROJECT["dependencies"]:
        assert re.sub(r"-(uk-ua|ru-ru)$", "", Requirement(line).name) in said, line


def test_the_contributors_page_names_files_of_grading_that_exist(root):
    said = (root / "CONTRIBUTING.md").read_text("utf-8")
    said = said.partition("\n## Grading\n")[2].partition("\n## Exports\n")[0]
    known = {f"/{path.relative_to(root).as_posix()}" for path in root.glob("*/**/*.py")}
    named = set(re.findall(r"`((?:\w+/)*\w+\.py)`", said))
    assert len(named) > 15
    assert not [name for name in named if not any(path.endswith(f"/{name}") for path in known)]


def test_the_contributors_page_documents_every_field_and_its_example_is_sound(root, tmp_path):
    said = (root / "CONTRIBUTING.md").read_text("utf-8")
    fields = set(kinds.kinds())
    for kind in kinds.kinds().values():
        for name, (_, shape) in checks._schema(kind.Entry).items():
            part = checks._part(shape)
            fields |= {name} | (set(checks._schema(part)) if is_dataclass(part) else set())
    assert not [field for field in sorted(fields) if not re.search(rf"\b{field}\b", said)]
    head, exercise, _, picture, _ = re.findall(r"```toml\n(.*?)```", said, re.S)
    missing = "".join(
        f'{field}.{lang} = "{{answer}}"\n' if field == "solution" else f'{field}.{lang} = "…"\n'
        for field in ("right", "wrong", "solution")
        for lang in LOCALES
    )
    path = tmp_path / "05-levels" / "exercises.toml"
    path.parent.mkdir()
    path.write_text(
        head + exercise.replace("[exercise.parameters]", f"{missing}\n[exercise.parameters]"),
        "utf-8",
    )
    assert not checks.check(path)
    path.with_name("figures.toml").write_text(picture, "utf-8")
    path.with_name("lesson.md").write_text('lesson.figure("survival")', "utf-8")
    assert not checks.check_figures(path.with_name("figures.toml"))


def test_the_contributors_kind_and_instrument_run(root, monkeypatch):
    said = (root / "CONTRIBUTING.md").read_text("utf-8")
    blocks = re.findall(r"```python\n(.*?)```", said, re.S)
    kind, instrument = (
        next(block for block in blocks if block.startswith(f'"""{title}'))
        for title in ("An estimate on a scale", "Payback of a loyalty programme")
    )
    scale: dict = {}
    exec(kind, scale)
    scale, raw = scale["KIND"], {"answer": 60, "ends": [0, 100]}
    key = scale.key(raw, None)
    assert [scale.score(key, answer).fraction for answer in (60, 80, 0)] == [1, 0.6, 0]
    assert scale.score(key, 101).state == scale.score(key, "x").state == "invalid"
    assert not [*scale.faults(raw)] and [*scale.faults({**raw, "answer": 101})]
    assert "KINDS.scale = " in said and "[kind.scale]" in said

    known, own = texts.entries(), {}
    texts._flatten(
        "", tomllib.loads(re.search(r"```toml\n([^`]*\[payback.*?)```", said, re.S)[1]), own
    )
    monkeypatch.setattr(texts, "entries", lambda: known | own)
    payback: dict = {}
    exec(instrument, payback)
    payback = payback["INSTRUMENT"]
    values, used = payback.cases[payback.start], set(payback.controls(Words("payback", "uk")))
    for lang in LOCALES:
        assert payback.spec(lang)["title"] and len(used) == 3
        assert payback.look(values, lang)["met"] == []
        assert payback.look({**values, "reward": 4}, lang)["met"] == ["year"]
        never = payback.look({**values, "reward": 20}, lang)
        assert never["met"] == ["never"] and never["sentence"].endswith(".")
