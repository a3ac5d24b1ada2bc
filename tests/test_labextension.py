"""The page's extension: what is committed is what its source gives, and its list is the code of the lessons."""

import filecmp
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.sign import NotebookNotary

from course import lab, saved
from course.authoring import alive
from course.texts import LANGS

SOURCE, BUILT = "labextension", "course/widgets/lab/relationship-marketing-page"
LESSON = "notebooks/uk/05-levels.ipynb"
AGAIN = "cd labextension && jlpm install && jlpm build, and commit"


def listed(root):
    return json.loads((root / alive.LISTED).read_text("utf-8"))["lessons"]


def test_the_list_holds_every_code_cell_of_both_editions(root):
    lessons = listed(root)
    for path in sorted(root.glob("notebooks/*/*.ipynb")):
        book = nbformat.read(path, as_version=4)
        lang, slug = book.metadata.course.lang, book.metadata.course.lesson
        cells = {cell.id: cell.source for cell in book.cells if cell.cell_type == "code"}
        given = {
            name: entry["code"].replace('"LANG"', f'"{lang}"')
            for name, entry in lessons[slug].items()
        }
        assert cells == given, path.name


def test_a_cell_needs_those_whose_values_it_uses():
    code = {
        "a": 'import course\n\nlesson = course.lesson("levels", "LANG")',
        "b": "import pandas as pd\ndf = lesson.data('x')",
        "c": "df['sum'] = df['a'] + 1",
        "d": 'share = df["sum"].mean()\nlesson.check("share", ...)',
        "e": "other = pd.Series([1])\nprint(other)",
        "f": 'lesson.exercise("who")',
        "g": "print(share)",
    }
    cells = json.loads(alive.listed({"levels": code.items()}))["lessons"]["levels"]
    assert {name: cell["needs"] for name, cell in cells.items()} == {
        "a": [],
        "b": ["a"],
        "c": ["a", "b"],
        "d": ["a", "b", "c"],
        "e": ["a", "b"],
        "f": ["a"],
        "g": ["a", "d"],
    }


def test_every_need_stands_before(root):
    for cells in listed(root).values():
        before = []
        for name, cell in cells.items():
            assert set(cell["needs"]) <= set(before)
            before.append(name)


def tracked(folder):
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and path.name != Path(alive.LISTED).name
    )


def test_what_is_committed_was_made_of_the_source_that_is_committed(root):
    """What the last build has written down; whether it told the truth, the next test sees."""
    digests = json.loads((root / SOURCE / "built.json").read_text("utf-8"))
    for names in digests.values():
        for name, digest in names.items():
            data = (root / SOURCE / name).read_bytes()
            assert hashlib.sha256(data).hexdigest() == digest, f"{name}: {AGAIN}"
    sources = [path.relative_to(root / SOURCE) for path in (root / SOURCE / "src").iterdir()]
    assert set(map(Path.as_posix, sources)) < set(digests["sources"]), AGAIN
    built = {name.partition(f"{BUILT}/")[2] for name in digests["built"]}
    assert built == set(tracked(root / BUILT)), AGAIN


def test_nothing_of_it_names_a_registry(root):
    for folder in (SOURCE, BUILT):
        for path in (root / folder).rglob("*"):
            if path.is_file() and not {"node_modules", ".yarn"} & set(path.parts):
                told = re.search(
                    r"https?://[^\s\"']*(npmjs|yarnpkg|registry)", path.read_text("utf-8")
                )
                assert told is None, path


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="compared on one system is enough")
def test_what_is_committed_is_what_the_source_gives(root, tmp_path, need):
    """Installed and built anew with JupyterLab's own tooling, it is the same to a byte."""
    need("node")
    shutil.copytree(
        root / SOURCE, tmp_path / SOURCE, ignore=shutil.ignore_patterns("node_modules", ".yarn")
    )
    (tmp_path / "course/widgets").mkdir(parents=True)
    shutil.copy(root / "course/widgets/page.css", tmp_path / "course/widgets")
    # Tools of the Python that runs this, as in an activated venv.
    search = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    env = os.environ | {"PATH": search, "YARN_ENABLE_IMMUTABLE_INSTALLS": "true"}

    def do(program, *words):
        command = [shutil.which(program, path=search), *words]
        return subprocess.run(
            command, cwd=tmp_path / SOURCE, env=env, capture_output=True, text=True, timeout=180
        )

    try:
        brought = do("jlpm", "install")
    except subprocess.TimeoutExpired:
        pytest.skip("the registry of JupyterLab's builder is too slow; only digests were compared")
    assert "YN0028" not in brought.stdout, "yarn.lock does not fit package.json"
    if brought.returncode:  # no network: the digests above are what is left
        pytest.skip(f"JupyterLab's builder cannot be brought here: {brought.stdout[-300:]}")
    made = do("jupyter", "labextension", "build", "--core-path", "core", ".")
    assert made.returncode == 0, made.stdout[-3000:] + made.stderr[-3000:]
    assert tracked(tmp_path / BUILT) == tracked(root / BUILT)
    _, wrong, strange = filecmp.cmpfiles(
        tmp_path / BUILT, root / BUILT, tracked(root / BUILT), shallow=False
    )
    assert not wrong + strange, AGAIN


# --- which kernel may run a page by itself -------------------------------------------------------------------


def test_a_kernel_that_takes_code_from_the_page_s_folder_is_refused(root, tmp_path, monkeypatch):
    """The page asks its kernel this; what it asks is evaluated here."""
    question = re.search(
        r"guarded: `(.*?)`", (root / SOURCE / "src/alive.js").read_text(), re.DOTALL
    )
    guarded = compile(question[1], "alive.js", "eval")
    monkeypatch.chdir(tmp_path)
    known = [path for path in sys.path if path and Path(path) != tmp_path]
    monkeypatch.setattr(sys, "path", known)
    assert eval(guarded) is True
    (tmp_path.parent / "link").symlink_to(tmp_path)
    for path in ("", ".", str(tmp_path), str(tmp_path.parent / "link")):
        monkeypatch.setattr(sys, "path", [*known, path])
        assert eval(guarded) is False, path
    monkeypatch.setattr(sys, "path", known)
    (tmp_path / "matplotlibrc").write_text("axes.prop_cycle: cycler(color=[])\n")
    assert eval(guarded) is False


# --- what the site knows as its own ----------------------------------------------------------------------------


ODD = ["a\r\nb\rc\n", "\x0b\x0c\x1c\x85\u2028x\u2029", 'ї"\\\x7f\x01\t', "😀\n\n", "", "\n"]


def test_the_page_makes_the_same_digest_of_its_cells_as_python(root, tmp_path, need):
    """JupyterLab holds a cell's text in one piece; a file has its lines, as nbformat splits them."""
    node = need("node")
    shutil.copy(root / SOURCE / "src/digest.js", tmp_path / "digest.mjs")
    (tmp_path / "run.mjs").write_text(
        'import { cells } from "./digest.mjs"; import { readFileSync } from "node:fs";\n'
        "const books = JSON.parse(readFileSync(0));\n"
        "console.log(JSON.stringify(await Promise.all(books.map(cells))));"
    )
    books = [
        [(cell.cell_type, cell.source) for cell in nbformat.read(path, as_version=4).cells]
        for path in sorted(root.glob("notebooks/*/*.ipynb"))
    ]
    files = [path.read_bytes() for path in sorted(root.glob("notebooks/*/*.ipynb"))]
    odd = [("code", words) for words in ODD] + [("markdown", "".join(ODD))]
    listed = [{"cell_type": kind, "source": words.splitlines(True)} for kind, words in odd]
    done = subprocess.run(
        [node, tmp_path / "run.mjs"],
        input=json.dumps([odd, *books]),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    known = [saved.cells(data) for data in (json.dumps({"cells": listed}).encode(), *files)]
    assert json.loads(done.stdout) == known
    assert len(set(known)) == len(known)


# --- what course lab signs -----------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    lab.bring(tmp_path / "my")
    for path in (tmp_path / "my").glob("notebooks/*/*.ipynb"):
        if path.name not in ("00-start.ipynb", Path(LESSON).name):  # signing all takes long
            path.unlink()
    return tmp_path / "my"


def is_signed(path):
    return NotebookNotary().check_signature(nbformat.read(path, as_version=4))


def test_copies_are_signed(folder):
    paths = sorted(folder.glob("notebooks/*/*.ipynb"))
    assert lab.sign(folder) == len(paths) == 2 * len(LANGS)
    assert all(map(is_signed, paths))
    assert lab.sign(folder) == len(paths)


def test_the_command_signs_before_the_server_starts(folder, monkeypatch):
    for name in (
        "JUPYTER_CONFIG_PATH",
        "PYTHONSTARTUP",
        "PYTHONPATH",
        "PYTHONSAFEPATH",
        "COURSE_LANG",
        "HOME",
    ):
        monkeypatch.setenv(name, os.environ.get(name, ""))
    for name in ("JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR"):
        monkeypatch.setenv(name, str(folder))
    seen = []
    monkeypatch.setattr(
        lab, "bring", lambda folder: {"new": [], "updated": [], "kept": [], "beside": []}
    )
    monkeypatch.setattr(
        "jupyterlab.labapp.LabApp.launch_instance",
        lambda options: seen.append(is_signed(folder / LESSON)),
    )
    assert lab.start(folder, "uk", []) == 0
    assert seen == [True]


@pytest.mark.parametrize("change", [b' "x",\n', b" "])
def test_a_changed_file_is_not_signed(folder, change):
    path = folder / LESSON
    data = path.read_bytes()
    place = data.index(b'"source": [\n') + len(b'"source": [\n')
    path.write_bytes(data[:place] + change + data[place:])
    others = len(list(folder.glob("notebooks/*/*.ipynb"))) - 1
    assert lab.sign(folder) == others
    if change.strip():
        assert not is_signed(path)


def test_a_foreign_notebook_is_not_signed(folder):
    book = nbformat.read(folder / LESSON, as_version=4)
    book.cells[-1].source += "\nprint(1)"
    nbformat.write(book, folder / "notebooks/uk/99-foreign.ipynb")
    lab.sign(folder)
    assert not is_signed(folder / "notebooks/uk/99-foreign.ipynb")


def test_where_signatures_cannot_be_kept_the_course_opens_all_the_same(folder, monkeypatch):
    (folder / "file").write_text("")
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(folder / "file" / "below"))
    assert lab.sign(folder) == 0


ASKED = """
const stays = { _manager: { promise: new Promise(() => {}) } };
const turns = (views) => ({ createRenderer: () => views.length > 1 ? views.shift() : views[0] });
const there = { _manager: { promise: Promise.resolve("manager") } };
(async () => {
  console.log(await managed(turns([stays, stays, there])), await managed(turns([there])), await managed(turns([{}])));
})();
"""


def test_the_manager_of_widgets_is_asked_for_until_it_is_there(root):
    """A renderer made before ipywidgets has taken the page never hears of it: the page stayed asleep."""
    node = shutil.which("node") or pytest.skip("node is not installed here")
    source = (root / SOURCE / "src/index.js").read_text("utf-8")
    (code,) = re.findall(r"^async function managed\(.*?^}$", source, re.M | re.S)
    done = subprocess.run([node, "-e", code + ASKED], capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == ["manager", "manager", "undefined"], done.stderr
