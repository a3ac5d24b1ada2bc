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
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from course import checks, cli, lab
from course.environment import conda, environment
from course.texts import text

PROJECT = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text("utf-8"))["project"]
LOCALES = {"uk": "uk_UA", "ru": "ru_RU"}
LESSON = "notebooks/uk/05-levels.ipynb"


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    """A small course as shipped: change its files to ship another version."""
    top = tmp_path / "shipped"
    for name in (LESSON, "notebooks/ru/05-levels.ipynb", "datasets/b2b.csv", "datasets/datapackage.json"):
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
    for name in ("JUPYTER_CONFIG_PATH", "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR"):
        monkeypatch.setenv(name, os.environ.get(name, ""))
    return calls


def files(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


# --- the learner's folder ------------------------------------------------------------------------------------


def test_first_copy_brings_both_editions_and_the_data(shipped, folder):
    done = lab.bring(folder)
    assert files(folder) == [".course.json", "datasets/b2b.csv", "datasets/datapackage.json",
                             "notebooks/ru/05-levels.ipynb", LESSON]
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
    assert done == {"new": [], "updated": ["datasets/b2b.csv"], "kept": [], "beside": [(LESSON, newer)]}
    (folder / newer).unlink()
    assert lab.bring(folder)["kept"] == [LESSON] and not (folder / newer).exists(), "put beside only once"


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

    monkeypatch.setattr(lab.os, "replace", full)
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
@pytest.mark.parametrize(("number", "reason"), [(errno.ENOSPC, "space"), (errno.EROFS, "rights"),
                                                (errno.EACCES, "rights")])
def test_a_folder_that_cannot_be_written(shipped, folder, capsys, lang, number, reason, no_server, monkeypatch):
    def fail(path, data):
        raise OSError(number, "no")

    monkeypatch.setattr(lab, "write_file", fail)
    assert cli.main(["lab", str(folder), "--lang", lang]) == 2
    said = capsys.readouterr().err
    assert text(f"lab.reason.{reason}", lang) in said and str(folder) in said and "Traceback" not in said


def test_an_incomplete_installation_is_said(folder, capsys, monkeypatch, no_server):
    monkeypatch.setattr("course.paths._PACKAGE", folder)
    assert cli.main(["lab", str(folder)]) == 2
    assert "notebooks" in capsys.readouterr().err


def test_an_unknown_language_is_said_in_both(capsys):
    assert cli.main(["lab", "--lang", "en"]) == 2
    said = capsys.readouterr().err
    assert text("lab.unknown_lang", "uk", lang="en") in said and text("lab.unknown_lang", "ru", lang="en") in said


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


@pytest.mark.parametrize(("words", "folder", "lang", "options"), [
    ("", "my-course", "uk", []),
    ("--lang ru", "my-course", "ru", []),
    ("--lang=ru there --no-browser", "there", "ru", ["--no-browser"]),
    ("there --lang ru --port 9999", "there", "ru", ["--port", "9999"]),
    ("--no-browser --port 9999", "my-course", "uk", ["--no-browser", "--port", "9999"]),
    ("--port 9999 --lang ru --ip=0.0.0.0", "my-course", "ru", ["--port", "9999", "--ip=0.0.0.0"]),
])
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


def test_commands_and_module_are_the_same():
    assert PROJECT["scripts"]["course"] == "course.cli:main"
    told = subprocess.run([sys.executable, "-m", "course", "--help"], capture_output=True, text=True, check=True)
    assert {"lab", "build", "check", "environment"} <= set(re.findall(r"^ {4}(\w+)", told.stdout, re.M))
    wrong = subprocess.run([sys.executable, "-m", "course", "check", "--port"], capture_output=True, text=True)
    assert wrong.returncode == 2 and "--port" in wrong.stderr


def test_a_console_without_cyrillic_does_not_stop_the_course(tmp_path):
    (tmp_path / "taken").write_text("a file")
    run = subprocess.run([sys.executable, "-m", "course", "lab", str(tmp_path / "taken")], capture_output=True,
                         env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert run.returncode == 2 and b"Traceback" not in run.stderr


# --- JupyterLab in the learner's language --------------------------------------------------------------------


def defaults(lang, root):
    path = root / "course/overrides" / lang / "labconfig/default_setting_overrides.d/course.json"
    return json.loads(path.read_text("utf-8"))


def test_both_languages_get_the_same_jupyterlab(root):
    found = {lang: defaults(lang, root) for lang in LOCALES}
    locales = {lang: found[lang].pop("@jupyterlab/translation-extension:plugin") for lang in LOCALES}
    assert locales == {lang: {"locale": locale} for lang, locale in LOCALES.items()}
    assert found["uk"] == found["ru"]


@pytest.mark.parametrize("lang", LOCALES)
def test_a_real_server_speaks_the_language_and_leaves_the_users_settings_alone(tmp_path, lang, root):
    """Started as a learner starts it, on a machine whose user has set JupyterLab to French."""
    own = tmp_path / ".jupyter/lab/user-settings/@jupyterlab/translation-extension/plugin.jupyterlab-settings"
    own.parent.mkdir(parents=True)
    own.write_text('{"locale": "fr_FR"}')
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [str(tmp_path / "my"), "--lang", lang, "--no-browser", f"--port={port}", "--IdentityProvider.token=t"]
    words += ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    clean = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")}
    with open(tmp_path / "log", "w") as log:
        server = subprocess.Popen([sys.executable, "-m", "course", "lab", *words], stdout=log, stderr=log, cwd=root,
                                  env={**clean, "HOME": str(tmp_path), "USERPROFILE": str(tmp_path)})

    def ask(path):
        wanted = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Authorization": "token t"})
        return urllib.request.urlopen(wanted, timeout=30)

    try:
        for _ in range(300):
            try:
                ask("/api/status")
                break
            except urllib.error.URLError:
                assert server.poll() is None, (tmp_path / "log").read_text()
                time.sleep(0.2)
        assert ask("/").geturl().endswith(f"/doc/tree/notebooks/{lang}/00-start.ipynb")
        assert ask(f"/api/contents/notebooks/{lang}/00-start.ipynb?content=0").status == 200
        for plugin, wanted in defaults(lang, root).items():
            told = json.load(ask(f"/lab/api/settings/{plugin}"))
            real = {name: entry["default"] for name, entry in told["schema"]["properties"].items()}
            assert told["settings"] == {}
            assert {name: real[name] for name in wanted} == wanted
            assert all("type" in told["schema"]["properties"][name] for name in wanted), "a setting that exists"
        pack = json.load(ask(f"/lab/api/translations/{LOCALES[lang]}"))["data"]["jupyterlab"]
        assert pack["Run All Cells"] == [{"uk": "Запустити всі клітинки", "ru": "Запустить все ячейки"}[lang]]
    finally:
        server.terminate()
        server.wait(30)
    assert own.read_text() == '{"locale": "fr_FR"}'


# --- packages ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    from hatchling.builders.wheel import WheelBuilder

    target = tmp_path_factory.mktemp("wheel")
    root = Path(__file__).parent.parent
    return Path(next(WheelBuilder(str(root)).build(directory=str(target), versions=["standard"])))


def test_the_wheel_carries_the_whole_course(wheel, root):
    inside = set(zipfile.ZipFile(wheel).namelist())
    wanted = {path.relative_to(root).as_posix() for path in (root / "course").rglob("*")
              if path.suffix in (".py", ".toml", ".json", ".js", ".css") and "__pycache__" not in path.parts}
    for pattern in ("lessons/*.toml", "lessons/*/exercises.toml", "notebooks/*/*.ipynb", "datasets/*.csv",
                    "datasets/datapackage.json"):
        found = {f"course/shipped/{path.relative_to(root).as_posix()}" for path in root.glob(pattern)}
        assert found, pattern
        wanted |= found
    assert not wanted - inside
    assert not [name for name in inside if re.search(r"datasets/make|checkpoints|__pycache__|tests/", name)]


def test_the_installed_wheel_finds_its_own_files(wheel, tmp_path):
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    code = ("import course, pathlib, course.lab, course.paths; print(course.__file__);"
            "print(len(course.lab.bring(pathlib.Path('my'))['new'])); print(course.paths.shared('lessons'))")
    told = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True,
                          env={**os.environ, "PYTHONPATH": str(tmp_path / "site")}).stdout.split()
    assert all(Path(line).is_relative_to(tmp_path / "site") for line in (told[0], told[2]))
    assert int(told[1]) > 8
    assert (tmp_path / "my/notebooks/ru/00-start.ipynb").is_file()


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


def test_the_environment_is_up_to_date_and_its_lines_mean_the_same(root):
    made = (root / "environment.yml").read_text("utf-8")
    assert made == environment((root / "pyproject.toml").read_text("utf-8"))
    lines = [Requirement(line.strip(" -").replace("matplotlib-base", "matplotlib"))
             for line in made.splitlines() if re.match(r"\s+- [a-z-]+[>=<]", line)]
    given = [Requirement(line) for line in PROJECT["dependencies"]]
    assert {need.name: need.specifier for need in lines} == {
        "python": SpecifierSet(PROJECT["requires-python"]), **{need.name: need.specifier for need in given}}
    assert made.endswith("      - .\n"), "and the course itself"


@pytest.mark.parametrize("written", ["~=8.1", "~=8.1.3", "==8.1", "==8.*", "==8.1.*", ">=2.2,<4", "!=2.1,>=2", ">1"])
def test_conda_reads_the_same_versions_as_pip(written):
    samples = [f"{a}.{b}.{c}" for a in range(10) for b in range(4) for c in range(5)]
    theirs = conda(SpecifierSet(written))
    assert not re.search(r"~|\*|(?<![<>!=])=(?!=)", theirs), "only bounds, which mean the same to both"
    assert list(SpecifierSet(theirs).filter(samples)) == list(SpecifierSet(written).filter(samples))


@pytest.mark.parametrize("written", ["!=8.*", "===8.1"])
def test_what_conda_cannot_say_is_refused(written):
    with pytest.raises(ValueError, match="conda"):
        conda(SpecifierSet(written))


def test_an_old_environment_is_noticed(tmp_path, capsys):
    (tmp_path / "pyproject.toml").write_text('[project]\nrequires-python = ">=3.11"\ndependencies = ["a>=1,<2"]\n')
    assert cli.environment(tmp_path, check=True) == 1 and not (tmp_path / "environment.yml").exists()
    assert cli.environment(tmp_path, check=False) == 0 and cli.environment(tmp_path, check=True) == 0
    (tmp_path / "environment.yml").write_text("old")
    capsys.readouterr()
    assert cli.environment(tmp_path, check=True) == 1
    assert "environment.yml is out of date" in capsys.readouterr().out


# --- the pages that say how to begin -------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["README.md", "README.uk.md", "README.ru.md"])
def test_the_front_page_opens_with_commands_that_are_real(root, page):
    said = (root / page).read_text("utf-8")
    start, tests = "python -m pip install . && course lab", 'python -m pip install -e ".[test]" && python -m pytest'
    assert said.index(start) < 2000 and tests in said
    for words in ("py -m venv", "python3 -m venv", "conda env create", "docs/lesson.png", "course lab --lang ru"):
        assert words in said, words
    linked = [goal for goal in re.findall(r"\]\(([^)#:]+)\)", said) if not (root / goal).exists()]
    assert linked in ([], ["docs/lesson.png"])


def test_ci_runs_the_command_of_the_front_page(root):
    script = (root / ".ci/run").read_text("utf-8")
    assert 'python -m pip install -e ".[test]" && python -m pytest\n' in script
    assert os.access(root / ".ci/run", os.X_OK)


def test_the_contributors_page_opens_with_the_source_folder_and_accounts_for_dependencies(root):
    said = (root / "CONTRIBUTING.md").read_text("utf-8")
    assert "`lessons/`" in said[:400]
    for line in PROJECT["dependencies"]:
        assert re.sub(r"-(uk-ua|ru-ru)$", "", Requirement(line).name) in said, line


def test_the_contributors_page_documents_every_field_and_its_example_is_sound(root, tmp_path):
    said = (root / "CONTRIBUTING.md").read_text("utf-8")
    fields = set(checks.KINDS) | checks._SHARED | set().union(*checks._FIELDS.values(), *checks._PARTS.values())
    assert not [field for field in sorted(fields) if not re.search(rf"\b{field}\b", said)]
    head, exercise, picture = re.findall(r"```toml\n(.*?)```", said, re.S)
    missing = "".join(f'{field}.{lang} = "{{answer}}"\n' if field == "solution" else f'{field}.{lang} = "…"\n'
                      for field in ("right", "wrong", "solution") for lang in LOCALES)
    path = tmp_path / "05-levels" / "exercises.toml"
    path.parent.mkdir()
    path.write_text(head + exercise.replace("[exercise.parameters]", f"{missing}\n[exercise.parameters]"), "utf-8")
    assert not checks.check(path)
    path.with_name("figures.toml").write_text(picture, "utf-8")
    path.with_name("lesson.md").write_text('lesson.figure("survival")', "utf-8")
    assert not checks.check_figures(path.with_name("figures.toml"))
