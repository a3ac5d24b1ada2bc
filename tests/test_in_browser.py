"""What the course does in a browser's Python, tried in an ordinary one."""

import base64
import hashlib
import io
import json
import logging
import os
import random
import re
import subprocess
import sys
import tarfile
import types
import zipfile
from importlib.machinery import PathFinder
from pathlib import Path

import pytest

from course import browser, texts
from course.browser import Absent, Loader
from course.cli import main as course
from course.texts import LANGS, text


@pytest.fixture
def science(tmp_path, monkeypatch):
    """``science(waits, brings)``: the finders of a Python without scipy, which a download may bring."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "scipy", raising=False)
    asked = []

    def finders(waits, brings, lang="uk"):
        def fetch(name):
            asked.append(name)
            if brings:
                (tmp_path / "scipy.py").write_text("answer = 42")
            return waits

        return Loader(lang, fetch), asked

    return finders


def test_what_is_missing_is_downloaded_when_it_is_imported(science):
    loader, asked = science(True, True)
    assert loader.find_spec("json") is None and asked == []
    spec = loader.find_spec("scipy")
    assert spec.origin.endswith("scipy.py") and asked == ["scipy"]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(("waits", "key"), [(True, "absent"), (False, "import")])
def test_what_cannot_be_had_is_told_in_a_sentence(science, monkeypatch, lang, waits, key):
    loader, _ = science(waits, False, lang)
    monkeypatch.setattr(PathFinder, "find_spec", lambda *_: None)
    with pytest.raises(Absent) as error:
        loader.find_spec("scipy")
    said = text(f"browser.{key}", lang, package="scipy")
    assert error.value._render_traceback_() == [said] and error.value.name == "scipy"
    assert isinstance(error.value, ImportError)  # so that who can do without, does


def test_where_there_is_no_browser_nothing_is_installed(monkeypatch, capsys):
    finders = list(sys.meta_path)
    monkeypatch.setattr(sys, "meta_path", list(finders))
    monkeypatch.setattr(browser, "_said", False)
    browser.install("uk")
    assert sys.meta_path == finders and capsys.readouterr().out == ""


def test_the_loader_stands_before_the_advice_of_pyodide_and_but_once():
    advice = object()
    finders = [object(), PathFinder, advice]
    for lang in LANGS:
        browser.put(finders, Loader(lang, lambda name: True))
    assert [type(each) for each in finders[1:3]] == [type, Loader]
    assert finders[2].lang == "ru" and finders[3:] == [advice]


@pytest.mark.parametrize("lang", LANGS)
def test_where_answers_are_lost_it_is_said_once(lang, monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(browser, "HERE", True)
    monkeypatch.setattr(browser, "_said", False)
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path])
    logger = logging.getLogger("matplotlib.font_manager")
    monkeypatch.setattr(logger, "filters", [])
    monkeypatch.chdir(tmp_path)
    browser.install(lang)
    browser.install(lang)
    assert capsys.readouterr().out == text("browser.lost", lang) + "\n"
    said = "Matplotlib is building the font cache; this may take a moment."
    heard = [
        bool(logger.filter(logging.LogRecord("", 30, "", 0, words, (), None)))
        for words in (said, "findfont: Font family 'X' not found.")
    ]
    assert heard == [False, True]


@pytest.mark.parametrize("lang", LANGS)
def test_no_sentence_of_a_browser_speaks_of_a_terminal_or_a_path(lang, monkeypatch):
    pairs = texts.entries()
    own = {
        key.removeprefix("browser."): pair for key, pair in pairs.items() if key[:8] == "browser."
    }
    assert {key for key in own if key in pairs} == set(own) - {"lost", "absent", "import"}
    assert not [
        key for key, pair in own.items() if "course lab" in pair[lang] or "pandoc" in pair[lang]
    ]
    assert "{path}" not in "".join(pair[lang] for key, pair in own.items() if "journal" in key)
    monkeypatch.setattr(sys, "platform", "emscripten")
    assert text("journal.readonly", lang, path="/drive") == own["journal.readonly"][lang]
    assert text("card.check", lang) == pairs["card.check"][lang]


# --- building ------------------------------------------------------------------------------------------------


@pytest.fixture
def build():
    pytest.importorskip("jinja2")
    from course.site import build

    return build


def test_the_wheel_for_browsers_has_what_a_learner_runs(build, tmp_path):
    names = {
        "course/lessons.py": True,
        "course/shipped/lessons/05-levels/exercises.toml": True,
        "course/shipped/datasets/levels.csv": True,
        "x.dist-info/METADATA": True,
        "course/shipped/lessons/05-levels/lesson.md": False,
        "course/shipped/notebooks/uk/05-levels.ipynb": False,
        "course/grading/grade.py": False,
        "x.data/data/share/page.js": False,
    }
    with zipfile.ZipFile(tmp_path / "x.whl", "w") as wheel:
        for name in (*names, "x.dist-info/RECORD"):
            wheel.writestr(name, name)
    with zipfile.ZipFile(
        build.lighten(tmp_path / "x.whl", tmp_path / "light", build._LEFT_OUT, build._SOURCES)
    ) as light:
        kept = {name for name, stays in names.items() if stays}
        assert set(light.namelist()) == kept | {"x.dist-info/RECORD"}
        record = light.read("x.dist-info/RECORD").decode().splitlines()
        listed = dict(line.split(",", 1) for line in record)
        assert listed.pop("x.dist-info/RECORD") == ","
        assert listed.keys() == kept
        for name, entry in listed.items():  # what packaging says of each file
            digest = base64.urlsafe_b64encode(hashlib.sha256(name.encode()).digest()).decode()
            assert entry == f"sha256={digest.rstrip('=')},{len(name)}"


def test_a_wheel_lies_under_the_name_of_its_bytes(build, tmp_path):
    """Another build under the same name would be refused by a browser that keeps the older one."""
    said = []
    for words in ("old", "new"):
        with zipfile.ZipFile(tmp_path / "jedi-1.whl", "w") as wheel:
            wheel.writestr("jedi/__init__.py", words)
            wheel.writestr("jedi/third_party/typeshed/stubs/six/six.pyi", "x")
            wheel.writestr("jedi/third_party/typeshed/stdlib/os.pyi", "x")
            wheel.writestr("jedi-1.dist-info/RECORD", "")
        said.append(build._settle(tmp_path / "jedi-1.whl"))
        path = tmp_path / said[-1]["file_name"]
        assert hashlib.sha256(path.read_bytes()).hexdigest() == said[-1]["sha256"]
        with zipfile.ZipFile(path) as light:
            assert "jedi/third_party/typeshed/stdlib/os.pyi" in light.namelist()
            assert not [name for name in light.namelist() if "/stubs/" in name]
    assert said[0]["file_name"] != said[1]["file_name"]


def archive(path, files):
    with tarfile.open(path, "w:gz") as tar:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return path


RUNTIME = dict.fromkeys(
    ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip"), b"x"
)
LOCK = b'{"packages": {"numpy": {"file_name": "numpy-2-x.whl"}, "six": {"file_name": "six-1.whl"}}}'


def test_a_pyodide_is_taken_from_an_archive_and_lists_what_is_there(build, tmp_path):
    files = RUNTIME | {
        "pyodide-lock.json": LOCK,
        "six-1.whl": b"x",
        "../evil.txt": b"x",
        "README": b"x",
    }
    given = archive(tmp_path / "p.tgz", {f"package/{name}": data for name, data in files.items()})
    absent = build._pyodide(given, tmp_path / "out" / "pyodide")
    assert absent == ["matplotlib", "numpy", "pandas", "scipy"]
    target = tmp_path / "out" / "pyodide"
    assert sorted(path.name for path in target.iterdir()) == sorted(
        [*RUNTIME, "pyodide-lock.json", "six-1.whl"]
    )
    assert '"six"' in (target / "pyodide-lock.json").read_text() and not list(
        tmp_path.rglob("evil*")
    )


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (None, "neither a folder nor a whole archive"),
        ({"package/pyodide.mjs": b"x"}, "it has no pyodide.asm.mjs"),
        (RUNTIME | {"pyodide-lock.json": b"[]"}, "pyodide-lock.json cannot be read"),
        (RUNTIME | {"pyodide-lock.json": b'{"packages": {"x": 1}}'}, "cannot be read"),
    ],
)
def test_what_is_no_pyodide_is_refused(build, tmp_path, files, said):
    given = tmp_path / "p.tgz"
    if files is None:
        given.write_bytes(b"not an archive")
    else:
        archive(given, files)
    with pytest.raises(build.SiteError, match=said):
        build._pyodide(given, tmp_path / "out")


@pytest.mark.parametrize("kind", ["gz", "bz2", "xz"])
@pytest.mark.parametrize("fault", ["cut off", "spoilt", "spoilt early", "spoilt at once"])
def test_an_archive_that_came_in_part_is_refused(build, tmp_path, kind, fault):
    given, noise = tmp_path / "p", random.Random(5).randbytes(300_000).hex().encode()
    with tarfile.open(given, f"w:{kind}") as tar:
        entry = tarfile.TarInfo("package/pyodide.mjs")
        entry.size = len(noise)
        tar.addfile(entry, io.BytesIO(noise))
    data = given.read_bytes()
    begin = data[: {"spoilt early": 20_006, "spoilt at once": 22}.get(fault, len(data) // 2)]
    noise = b"" if fault == "cut off" else b"\xff" * 4000 + data[len(begin) + 4000 :]
    given.write_bytes(begin + noise)
    with pytest.raises(build.SiteError, match=r"p: neither a folder nor a whole archive; download"):
        build._pyodide(given, tmp_path / "out")


def test_an_archive_that_is_not_there_is_named(build, tmp_path):
    with pytest.raises(build.SiteError, match=r"p: No such file or directory"):
        build._pyodide(tmp_path / "p", tmp_path / "out")


def test_a_folder_with_other_things_is_left_alone(build, tmp_path):
    (tmp_path / "thesis.docx").write_bytes(b"mine")
    with pytest.raises(build.SiteError, match="holds something else"):
        build.site(tmp_path, None)
    with pytest.raises(build.SiteError, match="holds something else"):
        build.site(tmp_path / "thesis.docx", None)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.docx"]


def test_without_its_packages_the_command_says_what_to_install(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr("course.site.commands.find_spec", lambda name: None)
    assert course(["site", str(tmp_path / "out")]) == 2
    assert 'python -m pip install ".[site]"' in capsys.readouterr().err


def test_with_its_packages_an_older_python_is_told_of(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr("course.site.commands.find_spec", lambda name: name)
    monkeypatch.setattr(sys, "version_info", (3, 11, 9, "final", 0))
    assert course(["site", str(tmp_path / "out")]) == 2
    assert "Python 3.12 or newer (this is Python 3.11)" in capsys.readouterr().err


def test_only_the_pyodide_that_the_kernel_is_made_for_is_taken(build, tmp_path, monkeypatch):
    kernel = types.SimpleNamespace(PYODIDE_VERSION="314.0.6")
    monkeypatch.setitem(sys.modules, "jupyterlite_pyodide_kernel", types.SimpleNamespace())
    monkeypatch.setitem(sys.modules, "jupyterlite_pyodide_kernel.constants", kernel)
    monkeypatch.setattr(build, "find_spec", lambda name: name)
    (tmp_path / "pyodide.mjs").write_text('var x="1.2",version="314.0.6";')
    build._fits(tmp_path, tmp_path)
    (tmp_path / "pyodide.mjs").write_text('var x="1.2",version="313.9.0a1";')
    with pytest.raises(build.SiteError, match=r"is Pyodide 313\.9\.0a1; .* pyodide@314\.0\.6"):
        build._fits(tmp_path, tmp_path)


def test_the_first_page_needs_nothing_else_and_says_all_twice(build, root):
    from course.site import first

    page = first.page(33, 21, True)
    assert "http" not in page.replace("http://www.w3.org/", "").replace("https://", "", 4).replace(
        "http://localhost", ""
    )
    for lang in LANGS:
        assert f'<main lang="{lang}"' in page and text("site.lead", lang) in page
        for path in (root / "notebooks" / lang).glob("*.ipynb"):
            assert f'href="lab-{lang}/index.html?path=notebooks/{lang}/{path.name}"' in page


def test_megabytes_are_those_of_the_built_files(build, tmp_path):
    from course.site import first

    sizes = {
        "static/pyodide/pyodide.asm.wasm": 9,
        "static/pyodide/pandas-1.whl": 5,
        "static/pyodide/numpy-1.whl": 3,
        "static/pyodide/matplotlib-1.whl": 6,
        "static/pyodide/other-1.whl": 50,
        "static/pyodide-lock/0123/x-1-py3-none-any.whl": 4,
        "extensions/y/static/z.js": 2,
        "extensions/y/static/z.map": 70,
        "build/lab.js": 10,
    }
    for name, size in sizes.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        with (tmp_path / name).open("wb") as file:
            file.truncate(size * 1_000_000)

    def listed(*names):
        needs = {"pandas": ["numpy"], "matplotlib": ["numpy"], "numpy": []}
        table = {name: {"file_name": f"{name}-1.whl", "depends": needs[name]} for name in names}
        (tmp_path / "static/pyodide/pyodide-lock.json").write_text(json.dumps({"packages": table}))

    listed("pandas", "numpy", "matplotlib")
    assert first._megabytes(tmp_path, True) == round(9 + 4 + 2 + first._ASKED * 10)
    assert first._megabytes(tmp_path, False) == round(first._CORE + 4 + 2 + first._ASKED * 10)
    assert first._science(tmp_path, True) == 14
    listed("pandas", "numpy")
    assert first._science(tmp_path, True) == 0
    assert first._science(tmp_path, False) == first._SCIENCE
    for lang in LANGS:
        assert text("site.wait.none", lang) in first.page(33, 0, True)
        assert text("site.wait.later", lang, science=14) in first.page(33, 14, True)


def test_a_journal_in_a_browser_is_read_with_no_flag_that_counts_as_writing(tmp_path):
    """JupyterLite's drive: a reader's only flags are 0 and 64, all others put the file back."""
    code = """if True:
        import os, sys
        sys.platform = "emscripten"
        from course import answers
        opened, real = [], os.open
        def note(path, flags, *more):
            opened.append(flags & ~os.O_CLOEXEC)
            return real(path, flags, *more)
        os.open = note
        journal = answers.Journal("answers/x.jsonl")
        journal.append("x", "answer", "a", lang="uk")
        assert [event["a"] for event in journal.refresh()] == ["a"]
        assert opened[-2:] == [0, 0], opened
    """
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=os.environ, check=True)


# --- the guides ----------------------------------------------------------------------------------------------


def test_both_guides_give_the_same_commands_and_the_version_that_is_built(root):
    guides = {lang: (root / "docs" / f"site.{lang}.md").read_text("utf-8") for lang in LANGS}
    shape = {
        lang: (re.findall(r"^```\n(.*?)^```", said, re.M | re.S), re.findall(r"^#+", said, re.M))
        for lang, said in guides.items()
    }
    assert shape["uk"] == shape["ru"]
    tried = (root / "tests" / "site" / "test_built.py").read_text("utf-8")
    (version,) = re.findall(r"pyodide@([\d.]+)", tried)
    for said in guides.values():
        assert set(re.findall(r"\b\d{3}\.\d+\.\d+\b", said)) == {version}
        for name in re.findall(r"\]\(([^)#:]+)\)", said):
            assert (root / "docs" / name).is_file(), name
    flags = re.findall(r"course site \S+ (--\w+)", guides["uk"])
    assert flags and Path(root / "course/site/commands.py").read_text("utf-8").count(
        f'"{flags[0]}"'
    )
