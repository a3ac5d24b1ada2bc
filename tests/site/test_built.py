"""The site is built from what the registries have, and a real browser learns on it without any other network."""

import functools
import hashlib
import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import threading
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

from course import instruments
from course.exercises import chapters
from course.texts import LANGS, text

ROOT = Path(__file__).parent.parent.parent
PYODIDE = "pyodide@314.0.6"
PATIENCE = int(os.environ.get("PATIENCE", 180_000))  # ms
OWN = os.environ.get("COURSE_PYODIDE")  # an unpacked Pyodide with its scientific wheels
pytestmark = [pytest.mark.browser, pytest.mark.slow]


def python():
    """A Python that can build the site, with a word on whether it has all it needs already."""
    if sys.version_info >= (3, 12) and find_spec("jupyterlite_pyodide_kernel"):
        return sys.executable, True
    names = [shutil.which(f"python3.{minor}") for minor in (13, 12, 14)]
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for name in [*filter(None, names), *sorted(map(str, pyenv.glob("3.1[2-4].*/bin/python")))]:
        code = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 12))"
        if not subprocess.run([name, "-c", code], capture_output=True).returncode:
            return name, False
    pytest.skip("the lock of JupyterLite's packages needs Python 3.12 or newer; none is here")


def run(*words, where):
    done = subprocess.run(words, cwd=where, capture_output=True, text=True, timeout=500)
    if done.returncode:
        pytest.fail(f"{words}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


def pretend(folder):
    """Give a Pyodide an empty scipy: the registries have no real one for its Python."""
    lock = json.loads((folder / "pyodide-lock.json").read_text("utf-8"))
    entry = lock["packages"]["scipy"]
    info, files = f"scipy-{entry['version']}.dist-info", {"scipy/__init__.py": "# nothing\n"}
    head = f"Metadata-Version: 2.1\nName: scipy\nVersion: {entry['version']}\n"
    tag = entry["file_name"].removesuffix(".whl").split("-", 2)[2]
    files[f"{info}/METADATA"] = head
    files[f"{info}/WHEEL"] = f"Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: {tag}\n"
    files[f"{info}/RECORD"] = "".join(f"{name},,\n" for name in (*files, f"{info}/RECORD"))
    with zipfile.ZipFile(folder / entry["file_name"], "w") as wheel:
        for name, words in files.items():
            wheel.writestr(name, words)
    data = (folder / entry["file_name"]).read_bytes()
    entry |= {"sha256": hashlib.sha256(data).hexdigest(), "depends": []}
    (folder / "pyodide-lock.json").write_text(json.dumps(lock), "utf-8")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The folder that `course site` has made, of Pyodide's small package unless a whole one is here."""
    place = tmp_path_factory.mktemp("site")
    npm = shutil.which("npm") or pytest.skip("npm is not installed: no Pyodide from its registry")
    builder, ready = python()
    if not ready:
        run(builder, "-m", "venv", "venv", where=place)
        builder = str(place / "venv" / "bin" / "python")
        run(builder, "-m", "pip", "install", "-q", "uv", where=place)
        needs = f"{ROOT}[site]"
        run(
            builder,
            "-m",
            "uv",
            "pip",
            "install",
            "-q",
            "--python",
            builder,
            "-e",
            needs,
            where=place,
        )
    pyodide = OWN
    if not pyodide:
        run(npm, "pack", "--silent", PYODIDE, where=place)
        with tarfile.open(next(place.glob("pyodide-*.tgz"))) as archive:
            archive.extractall(place, filter="data")
        pyodide = place / "package"
        pretend(pyodide)
    words = ("-m", "course", "site", str(place / "out"), "--pyodide", str(pyodide))
    said = run(builder, *words, where=ROOT)
    assert ("without matplotlib, numpy, pandas:" in said) is not bool(OWN)
    told = json.loads((place / "out" / "jupyter-lite.json").read_text("utf-8"))
    told["jupyter-config-data"]["exposeAppInBrowser"] = True
    (place / "out" / "jupyter-lite.json").write_text(json.dumps(told), "utf-8")
    return place / "out"


class Files(http.server.SimpleHTTPRequestHandler):
    """Serves a folder, quietly, on connections that stay open; counts the bytes of its files."""

    protocol_version = "HTTP/1.1"
    sent, counting = 0, threading.Lock()
    extensions_map = http.server.SimpleHTTPRequestHandler.extensions_map | {
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
    }

    def copyfile(self, source, outputfile):
        with Files.counting:
            Files.sent += os.fstat(source.fileno()).st_size
        super().copyfile(source, outputfile)

    def log_message(self, *words):
        pass


@pytest.fixture(scope="module")
def address(site):
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Files, directory=site)
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture(scope="module")
def browser(chromium, address):
    """A browser for which there is no network but the site; by another name it is no secure address."""
    names = ("chromium", "chromium-browser", "google-chrome")
    program = next(filter(None, map(shutil.which, names)))
    shut = "MAP plain.test 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
    words = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        f"--host-resolver-rules={shut}",
    ]
    browser = chromium.browser_type.launch(executable_path=program, args=words)
    yield browser
    browser.close()


class Learner:
    """Somebody with a browser of his own, and all that it asked for."""

    def __init__(self, browser, address):
        self.context, self.address = browser.new_context(locale="uk"), address
        self.asked, self.errors = [], []
        self.context.set_default_timeout(PATIENCE)
        self.context.on("request", lambda request: self.asked.append(request.url))

    def open(self, path):
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.goto(f"{self.address}/{path}")
        return page

    def lesson(self, lang):
        """Open lesson 5, which comes alive by itself; until then the page grows under a click."""
        page = self.open(f"lab-{lang}/index.html?path=notebooks/{lang}/05-levels.ipynb")
        page.locator(".rm-alive").wait_for(state="attached")
        return page


@pytest.fixture(scope="module")
def learner(browser, address):
    return Learner(browser, address)


def test_the_first_page_reads_whole_and_asks_for_nothing(browser, address, learner):
    page = learner.open("index.html")
    for lang in LANGS:
        page.locator(f"label[lang={lang}]").click()
        half = page.locator(f"main[lang={lang}]")
        assert half.get_by_role("heading", name=text("site.name", lang)).is_visible()
        assert half.locator(".lessons li").count() == 15
        assert text("site.js.none", lang) == half.locator("[data-state]").inner_text()
        assert half.locator(".warning:visible").count() == 0
    assert {url.rpartition("/")[2] for url in learner.asked} <= {"index.html", "icon-120x120.png"}
    stranger = Learner(browser, address.replace("127.0.0.1", "plain.test"))
    plain = stranger.open("index.html")
    assert text("site.js.lost", "uk") == plain.locator("main[lang=uk] [data-lost]").inner_text()
    assert plain.locator("[data-kept]:visible").count() == 0
    plain = stranger.open("lab-ru/index.html?path=notebooks/ru/00-start.ipynb")
    plain.locator(".jp-Dialog").get_by_text(text("site.js.lost", "ru")).wait_for()
    stranger.context.close()


def test_another_browser_takes_the_file(browser, address, tmp_path):
    other = Learner(browser, address)
    page = other.open("index.html#ru")
    half = page.locator("main[lang=ru]")

    def add(**files):
        with zipfile.ZipFile(tmp_path / "some.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            for name, words in files.items():
                archive.writestr(f"answers/{name}.jsonl", words)
        half.locator("[data-add]").set_input_files(tmp_path / "some.zip")

    def says(key, **values):
        half.locator("[data-said]").get_by_text(text(f"site.js.{key}", "ru", **values)).wait_for()

    half.locator("[data-add]").set_input_files(ROOT / "README.md")
    says("foreign")
    (tmp_path / "bomb.zip").write_bytes(one_piece_under_many_names())
    half.locator("[data-said]").evaluate("(node) => { node.textContent = '' }")
    half.locator("[data-add]").set_input_files(tmp_path / "bomb.zip")
    says("foreign")
    add(levels=event() + "\nhalf of a li", learner=SEED % ("a" * 32))
    says("added", n=1)
    says("skipped", n=1)
    add(levels=event(), learner=SEED % ("a" * 32))
    says("same")
    add(levels="nothing\n", learner=SEED % ("b" * 32))
    says("other")
    half.locator("[data-replace]").click()
    says("foreign")
    assert text("site.js.none", "ru") != half.locator("[data-state]").inner_text()
    add(levels=event(a="basic"), learner=SEED % ("b" * 32))
    says("other")
    half.locator("[data-replace]").click()
    says("added", n=1)
    add(levels=event(t="2026-11-21T20:55:09.000Z"), learner=SEED % ("b" * 32))
    says("added", n=1)
    # of a later version of the course: nothing of it can be read, so nothing here may go
    add(levels=event(v=2) + "\n" + event(v=2, a="x"), learner=SEED % ("c" * 32))
    says("other")
    half.locator("[data-replace]").click()
    says("skipped", n=2)
    add(levels=event(t="2026-11-21T20:55:09.000Z"), learner=SEED % ("b" * 32))
    says("same")
    assert other.errors == []


def test_a_lesson_lives_and_its_answers_are_there_in_the_other_language(
    browser, site, address, tmp_path
):
    learner = Learner(browser, address)
    Files.sent = 0
    page = learner.open("lab-uk/index.html?path=notebooks/uk/05-levels.ipynb")
    page.locator(".rm-card[data-exercise]").first.wait_for()
    (told,) = re.findall(
        r"приблизно\D{1,2}(\d+)\D{1,2}МБ", (site / "index.html").read_text("utf-8")
    )
    assert abs(int(told) - Files.sent / 1e6) < 2.5
    page.locator(".rm-alive").wait_for(state="attached")
    # Without tables a cell of theirs ends in a sentence, and what needs none of them lives.
    absent = page.get_by_text(text("browser.absent", "uk", package="matplotlib"))
    (page.locator("table.dataframe") if OWN else absent).first.wait_for()
    live = {
        node.get_attribute("data-exercise")
        for node in page.locator(".rm-card[data-exercise]").all()
    }
    plain = {
        exercise.id
        for exercise in chapters()["levels"].exercises.values()
        if not exercise.kind.computed
    }
    assert plain <= live
    card = page.locator(f'.rm-card[data-exercise="{CHOICE}"]')
    card.locator(f'.rm-option:has(input[value="{RIGHT}"]) > span').first.click()
    card.locator(f'input[value="{RIGHT}"]:checked').wait_for()
    card.locator(".rm-main").click()
    card.get_by_text(text("state.right", "uk")).first.wait_for()
    panel = page.locator('[data-instrument="levels"]')
    field, reads = panel.locator(".rm-slider input[type=text]").first, panel.locator(".rm-reads")
    assert "партнерство" not in reads.inner_text()
    field.fill("283 тис. грн")
    field.press("Enter")
    panel.locator(".rm-reads", has_text="партнерство").wait_for()
    assert page.locator(".jp-Dialog").count() == 0
    assert page.get_by_text("Error displaying widget").count() == 0
    assert page.get_by_role("button", name=text("alive.button", "uk")).count() == 0
    assert not page.evaluate(SAVED), "nobody has written in it"
    page.evaluate(MORE, INSTRUMENTS)
    assert page.evaluate(SAVED)
    for name in instruments.names():
        page.locator(f'[data-instrument="{name}"]:visible .rm-reads').first.wait_for()
    page.evaluate(PLANT)

    # The other edition of a lesson that is open has a kernel of its own.
    page.get_by_role("link", name="Читати російською").first.click()
    card = page.locator(f'.rm-card[lang=ru][data-exercise="{CHOICE}"]')
    card.get_by_text(text("state.right", "ru")).first.wait_for()
    page.close()

    page = learner.open("index.html")
    page.locator("main[lang=uk] [data-state]").get_by_text("записів").wait_for()
    with page.expect_download() as download:
        page.locator("main[lang=uk] [data-save]").click()
    download.value.save_as(tmp_path / "answers.zip")
    with zipfile.ZipFile(tmp_path / "answers.zip") as archive:
        lines = archive.read("answers/levels.jsonl").decode().splitlines()
        assert "answers/learner.jsonl" in archive.namelist()
    answers = [line for line in map(json.loads, lines) if line["e"] == "answer"]
    assert [(line["x"], line["a"]) for line in answers] == [(CHOICE, RIGHT)]
    page.close()

    page = learner.lesson("ru")
    card = page.locator(f'.rm-card[data-exercise="{CHOICE}"]')
    card.get_by_text(text("state.right", "ru")).first.wait_for()
    assert card.locator("input:checked").get_attribute("value") == RIGHT
    assert page.get_by_role("menuitem", name="Выполнить").is_visible()
    page.reload()
    page.wait_for_function(f"() => {BOOK}?.context.path === 'notebooks/ru/05-levels.ipynb'")
    page.close()

    # Neither a stranger's page nor a file beside one runs by itself.
    page = learner.open("lab-ru/index.html?path=notebooks/ru/foreign.ipynb")
    page.get_by_role("button", name=text("alive.button", "ru")).wait_for()
    code = f"{BOOK}.content.widgets.filter(({{ model }}) => model.type === 'code')"
    counts = page.evaluate(f"() => {code}.map(({{ model }}) => model.executionCount)")
    assert counts[0] is None and counts[-1] is None
    there = "(name) => jupyterapp.serviceManager.contents.get(name).then(() => true, () => false)"
    assert page.evaluate(there, "notebooks/ru/foreign.ipynb") is True
    assert page.evaluate(there, "stolen.txt") is False
    page.close()
    assert learner.errors == []
    inside = (address, "blob:", "data:")
    assert [url for url in learner.asked if not url.startswith(inside)] == []


CHOICE, RIGHT = "levels-call", "accountable"
BOOK = "window.jupyterapp?.shell.currentWidget"
INSTRUMENTS = """import course
for name in course.instruments.names():
    display(lesson.instrument(name))"""
# One more cell on the page, and run.
MORE = """async (code) => {
  const { model } = jupyterapp.shell.currentWidget.content, place = model.cells.length;
  model.sharedModel.insertCell(place, { cell_type: "code", source: code, outputs: [] });
  jupyterapp.shell.currentWidget.content.activeCellIndex = place;
  await jupyterapp.commands.execute("notebook:run-cell");
}"""
# Saves the page; returns whether the browser has it now.
SAVED = """async () => {
  const { context } = jupyterapp.shell.currentWidget;
  context.model.dirty = true;
  await jupyterapp.commands.execute("docmanager:save");
  const files = await new Promise((go) => { indexedDB.open("relationship-marketing-course").onsuccess = ({ target }) => go(target.result); });
  const asked = files.transaction("files").objectStore("files").getKey(context.path);
  const found = await new Promise((go) => { asked.onsuccess = () => go(asked.result); });
  files.close();
  return !context.model.dirty && found === context.path;
}"""
# A lesson with a cell of somebody else's, and files that Python would take for packages: who runs them leaves a trace.
PLANT = """async () => {
  const { contents } = jupyterapp.serviceManager, { content } = await contents.get("notebooks/ru/05-levels.ipynb", { content: true });
  const code = (name) => `open("/drive/stolen.txt", "w").write("${name}")`;
  content.cells.push({ cell_type: "code", id: "theirs", metadata: { trusted: true }, source: code("page"), outputs: [], execution_count: null });
  await contents.save("notebooks/ru/foreign.ipynb", { type: "notebook", format: "json", content });
  for (const name of ["course", "psygnal", "fsrs", "html", "tomllib", "difflib", "pandas", "bottleneck", "sitecustomize"]) {
    await contents.save(`notebooks/ru/${name}.py`, { type: "file", format: "text", mimetype: "text/plain", content: code(name) });
  }
}"""
SEED = '{"seed":"%s"}' + "\n"


def one_piece_under_many_names():
    """A ZIP of 100 kB that names one piece of 90 kB a thousand times: 90 MB for whoever believes it."""
    piece = event(a="x" * 90_000).encode() + b"\n"
    size, index = len(piece).to_bytes(4, "little"), b""
    head = b"PK\3\4" + bytes(14) + size + size + (0).to_bytes(2, "little") * 2
    for number in range(1000):
        name = f"{number:04}.jsonl".encode()
        entry = b"PK\1\2" + bytes(16) + size + size + len(name).to_bytes(2, "little")
        index += entry + bytes(16) + name
    at = len(head) + len(piece)
    end = b"PK\5\6" + bytes(4) + (1000).to_bytes(2, "little") * 2
    return (
        head
        + piece
        + index
        + end
        + len(index).to_bytes(4, "little")
        + at.to_bytes(4, "little")
        + b"\0\0"
    )


def event(**more):
    """A line of a journal."""
    line = {
        "v": 1,
        "t": "2026-11-21T20:55:08.000Z",
        "x": CHOICE,
        "e": "answer",
        "a": RIGHT,
        "lang": "uk",
    }
    return json.dumps(line | more)
