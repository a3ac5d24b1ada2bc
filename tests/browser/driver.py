"""Drives a real JupyterLab in a real Chromium: opens notebooks, runs them, answers exercises by mouse or keyboard."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import nbformat

import course
from course import kinds, paths
from course.exercises import chapters, key
from course.lab import OPTIONS, startup
from course.record import Record

LESSONS = ("value-plan", "levels", "audit")
PATIENCE = int(os.environ.get("PATIENCE", 60_000))  # ms; a slow machine is no fault of the course
PERSON = "Партнерство окупається, коли маржа на рік перевищує поріг."

# Some notebooks keep answers in several folders, and hand over right values: one folded cell provides both.
HEAD = """import os, time, course
from pathlib import Path

def at(name, lang, folder={folder!r}):
    os.environ["COURSE_ANSWERS"] = str(folder)
    return course.lesson(name, lang)

def right(name, id):
    import pandas
    from course.exercises import chapters, key
    value = key(chapters()[name].exercises[id])["value"]
    if not isinstance(value, dict):
        return value
    if "values" in value:
        return pandas.Series(value["values"], index=value["index"])
    return pandas.DataFrame(value["columns"], index=value["index"])"""

OURS = (
    "blob:",
    "rm-",
    "widget",
    "Widget",
    "model",
)  # what an error message of our making would mention


def first_of_each():
    """Return the first exercise of each kind in the lessons, ``{kind: Exercise}``."""
    found = {}
    for name in LESSONS:
        for exercise in chapters()[name].exercises.values() if name in chapters() else ():
            found.setdefault(exercise.kind.name, exercise)
    return {kind: found[kind] for kind in kinds.kinds() if kind in found}


def right(exercise, folder):
    """Return an answer as the journal would hold it: the right one, or for a person to read, some text."""
    record = Record(chapters()[exercise.lesson], Path(folder))
    values, kind = key(exercise, record.values(exercise)), exercise.kind.name
    if kind in ("choice", "multi"):
        return values["right"]
    if kind == "order":
        return sorted(values["ranks"], key=lambda name: values["ranks"][name])
    if kind in ("match", "classify"):
        return values["pairs"]
    if kind == "numeric":
        return f"{values['value']:.{values['digits']}f}".replace(".", ",")
    if kind == "text":
        return PERSON
    if kind == "canvas":
        return {name: f"{PERSON} {name}" for name in values["tiles"][:2]}
    return values["value"]


def wrong(exercise, folder, partly=False):
    """Return a wrong answer, or a partly right one where the kind knows such."""
    good, kind = right(exercise, folder), exercise.kind.name
    if kind in ("choice", "multi"):
        others = [option["id"] for option in exercise["option"] if not option.get("right")]
        return others[0] if kind == "choice" else good[:1] if partly else others[:1]
    if kind == "order":
        return [good[1], good[0], *good[2:]] if partly else good[::-1]
    if kind in ("match", "classify"):
        ids = [option["id"] for option in exercise["option"]]
        keep = next(iter(good)) if partly else None
        return {
            row: option if row == keep else ids[ids.index(option) - 1]
            for row, option in good.items()
        }
    if kind == "numeric":
        return "999999"
    if kind == "value":
        return 999999.0
    return good


def var(name):
    return name.replace("-", "_")


def opens(lang, found):
    """Return the cell that opens the lessons of these exercises."""
    return "\n".join(
        f"{var(name)} = at({name!r}, {lang!r})" for name in sorted({one.lesson for one in found})
    )


def shows(exercise):
    """Return the cell that shows one exercise, as the lessons write it."""
    if exercise.kind.name == "value":
        return f'{var(exercise.lesson)}.check("{exercise.id}", ...)'
    return f'{var(exercise.lesson)}.exercise("{exercise.id}")'


class Lab:
    """One JupyterLab server on a free port, with its own folder and settings, set up as ``course lab`` does."""

    def __init__(self, folder):
        self.folder, self.log = folder / "course", folder / "lab.log"
        self.data = folder / "jupyter_data_dir"
        (self.folder / "notebooks" / "uk").mkdir(parents=True)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        own = (
            "JUPYTER_CONFIG_DIR",
            "JUPYTER_DATA_DIR",
            "JUPYTER_RUNTIME_DIR",
            "JUPYTERLAB_SETTINGS_DIR",
            "JUPYTERLAB_WORKSPACES_DIR",
            "IPYTHONDIR",
            "COURSE_ANSWERS",
        )
        env = os.environ | startup("uk") | {name: str(folder / name.lower()) for name in own}
        env["JUPYTER_CONFIG_PATH"] = str(Path(course.__file__).parent / "overrides" / "uk")
        env["PYTHONPATH"] = os.pathsep.join(
            filter(None, [str(paths.shared("lessons").parent), env.get("PYTHONPATH")])
        )
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "jupyterlab",
                "--no-browser",
                "--allow-root",
                f"--port={self.port}",
                "--ServerApp.token=",
                "--ServerApp.password=",
                "--ServerApp.port_retries=0",
                "--ServerApp.disable_check_xsrf=True",
                f"--ServerApp.root_dir={self.folder}",
                *OPTIONS,
                "--LabApp.expose_app_in_browser=True",
            ],
            env=env,
            stdout=self.log.open("w"),
            stderr=subprocess.STDOUT,
        )
        for _ in range(480):
            if self.process.poll() is not None:
                break
            try:
                return self.ask("api").close()
            except OSError:
                time.sleep(0.25)
        self.stop()
        raise RuntimeError("JupyterLab did not start:\n" + self.log.read_text()[-3000:])

    def ask(self, path, method="GET"):
        request = urllib.request.Request(f"{self.url}/{path}", method=method)
        return urllib.request.urlopen(request, timeout=PATIENCE / 1000)

    def end_kernels(self):
        for session in json.load(self.ask("api/sessions")):
            self.ask(f"api/sessions/{session['id']}", "DELETE").close()

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(30)

    def write(self, name, cells, answers):
        """Write a notebook of code cells; those that only show a card are folded, as in the editions."""
        made = []
        for source in (HEAD.format(folder=str(answers)), *cells):
            folded = source.startswith("import os") or (
                ".exercise(" in source and "\n" not in source
            )
            metadata = {"jupyter": {"source_hidden": True}} if folded else {}
            made.append(nbformat.v4.new_code_cell(source, metadata=metadata))
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(
            nbformat.v4.new_notebook(cells=made, metadata={"kernelspec": kernel}),
            self.folder / name,
        )
        return name


class Book:
    """A notebook open in one browser tab."""

    def __init__(self, page, lab):
        self.page, self.lab, self.errors = page, lab, []
        page.set_default_timeout(PATIENCE)
        page.on(
            "console",
            lambda said: (
                said.type == "error"
                and self.errors.append(f"{said.text} @ {said.location.get('url', '')[:120]}")
            ),
        )
        # Views come from the kernel as blobs; what JupyterLab itself throws has no such line.
        page.on("pageerror", lambda error: self.errors.append(f"{error} @ {error.stack}"))

    def open(self, name):
        self.page.goto(f"{self.lab.url}/doc/tree/{name}")
        return self.ready(name)

    def follow(self, name):
        """Open one more notebook on the same page, as a link in a lesson does."""
        self.command("docmanager:open", path=name)
        return self.ready(name)

    def ready(self, name):
        self.page.wait_for_function(
            """(name) => {
          const now = window.jupyterapp?.shell.currentWidget, kernel = now?.sessionContext?.session?.kernel;
          const ready = now?.sessionContext.isReady && kernel?.connectionStatus === "connected";
          return ready && now.context.path.endsWith(name) && now.content.widgets.length; }""",
            arg=name,
        )
        return self

    def command(self, name, wait=True, **arguments):
        """Execute a command of JupyterLab; one that does not end, behind a dialog say, fails and is not waited for."""
        self.page.evaluate(
            """([name, wait, given, patience]) => {
          const done = window.jupyterapp.commands.execute(name, given).then(() => null);
          if (!wait) return null;
          const tired = new Promise((go) => setTimeout(go, patience)).then(() => {
            const asked = [...document.querySelectorAll(".jp-Dialog")].map((one) => one.innerText);
            throw new Error(`${name} did not end; on the page: ${JSON.stringify(asked)}`); });
          return Promise.race([done, tired]); }""",
            [name, wait, arguments, 5 * PATIENCE],  # a whole lesson may run
        )

    def promised(self, script, arg=None):
        """Evaluate what gives a promise; one that is not kept fails, since playwright would wait for ever."""
        return self.page.evaluate(
            f"""([arg, patience]) => Promise.race([({script})(arg), new Promise((_, fail) =>
              setTimeout(() => fail(new Error("the page did not do it in time")), patience))])""",
            [arg, PATIENCE],
        )

    def run(self):
        """Do what the course tells learners to do: run all cells."""
        self.command("notebook:run-all-cells")
        return self

    def restart(self):
        """Restart the kernel and run all cells, as the menu does, its question included; wait for the new cards."""

        def agree():
            self.command("notebook:restart-run-all", wait=False)
            self.page.click(".jp-Dialog button.jp-mod-accept")

        self.anew(agree)

    def lose_kernel(self):
        """Restart the kernel and run nothing: the cards on the page have nobody to talk to."""
        self.promised(
            "() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()"
        )
        self.page.wait_for_function("""() => {
          const cards = [...document.querySelectorAll(".rm-card")];
          return cards.every((card) => card.querySelector(".rm-warning").textContent); }""")

    def anew(self, act):
        """Do something that shows all cards anew, and wait until none of the old ones is left."""
        before = self.page.evaluate("""() => {
          const old = document.querySelectorAll(".rm-card");
          old.forEach((card) => card.dataset.old = 1);
          return old.length; }""")
        act()
        self.page.wait_for_function(
            """(before) => !document.querySelector(".rm-card[data-old]")
          && document.querySelectorAll(".rm-card").length === before""",
            arg=before,
        )

    def restored(self, count):
        """Wait until a saved page shows its cards; no when JupyterLab's widget manager lost its race.

        It reads the widgets saved in the notebook and asks the new kernel for its own at the same time. When the
        kernel answers first, it takes the empty answer for the whole truth: "model not found", until the next reload.
        """
        self.page.wait_for_function(
            """(count) => document.querySelectorAll(".rm-card").length === count
          || document.querySelector(".jp-Notebook").innerText.includes("Error displaying widget")""",
            arg=count,
        )
        return self.page.locator(".rm-card").count() == count

    def save(self):
        self.command("docmanager:save")

    def card(self, exercise):
        found = self.page.locator(
            f'.rm-card[data-exercise="{getattr(exercise, "id", exercise)}"]'
        ).first
        found.wait_for()
        return found

    def cell(self, exercise):
        return self.page.locator(".jp-CodeCell", has=self.card(exercise)).first

    def start_cell(self, place):
        """Run one cell and do not wait for it."""
        self.page.evaluate(
            "(at) => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = at; }", place
        )
        self.command("notebook:run-cell", wait=False)

    def until_kept(self, exercise, words):
        """Wait until the journal in ``self.answers`` holds this draft or answer."""
        for _ in range(PATIENCE // 50):
            kept = Record(chapters()[exercise.lesson], Path(self.answers)).of(exercise.id)
            if words in (kept.draft, kept.answer):
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"{words!r} was not kept; the journal has {kept}")

    def focused(self):
        return self.page.evaluate("() => document.activeElement.outerHTML.slice(0, 120)")

    def tab_to(self, target):
        """Press Tab until ``target`` has the focus."""
        for _ in range(80):
            if target.evaluate("(node) => node === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"80 times Tab did not reach {target}; focus is on {self.focused()}")

    def enter(self, exercise):
        """Select the exercise's cell as the arrow keys of JupyterLab's command mode do."""
        self.cell(exercise).evaluate("""(node) => {
          const book = window.jupyterapp.shell.currentWidget.content;
          book.activeCellIndex = book.widgets.findIndex((cell) => cell.node === node);
          book.mode = "command"; node.focus(); }""")

    def theme(self, name):
        self.command("apputils:change-theme", theme=name)
        self.page.wait_for_function(
            "(light) => document.body.dataset.jpThemeLight === light",
            arg="false" if "Dark" in name else "true",
        )

    def ours(self):
        """Return the errors in the browser's console that come from our code."""
        found = [error for error in self.errors if any(word in error for word in OURS)]
        # See `restored`; and anywidget gives a widget's code two seconds, which a busy machine does
        # not keep: cards hear their kernel all the same. The third is the widgets' manager drawing an
        # old output again that a run has just replaced.
        known = ("widget model not found", "Failed to initialize model", "reading 'addWidget'")
        return [error for error in found if not any(words in error for words in known)]


def read(card, exercise):
    """Return the answer that stands in the controls."""
    kind = exercise.kind.name
    if kind in ("choice", "multi"):
        found = card.locator("input:checked").evaluate_all("(all) => all.map((one) => one.value)")
        return found if kind == "multi" else found[0] if found else None
    if kind == "order":
        return card.locator(".rm-item").evaluate_all("(all) => all.map((one) => one.dataset.id)")
    if kind == "numeric":
        return card.locator("input").input_value()
    if kind == "text":
        return card.locator("textarea").input_value()
    if kind == "value":
        return None
    part, names = ("select", "row") if kind in ("match", "classify") else ("textarea", "tile")
    values = card.locator(part).evaluate_all("(all) => all.map((one) => one.value)")
    return {one["id"]: value for one, value in zip(exercise[names], values, strict=True) if value}


def by_mouse(book, card, exercise, answer):
    """Give an answer and press the main button, with the mouse (and the keys only where one types)."""
    page, kind = book.page, exercise.kind.name
    if kind in ("choice", "multi"):
        for name in [answer] if kind == "choice" else answer:
            card.locator(f'.rm-option:has(input[value="{name}"]) > span').first.click()
    elif kind == "order":
        for place, name in enumerate(answer):
            item = card.locator(f'.rm-item[data-id="{name}"]')
            for _ in range(stands(item) - place):
                item.locator(".rm-up").click()
    elif kind in ("match", "classify"):
        for place, row in enumerate(exercise["row"]):
            if row["id"] in answer:
                card.locator("select").nth(place).select_option(answer[row["id"]])
    elif kind == "value":
        cell = book.cell(exercise)
        cell.locator(".cm-content").click()
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.insert_text(hands_over(exercise))
        card.evaluate("(node) => node.dataset.old = 1")
        page.locator('.jp-Toolbar [data-jp-item-name="run"]').first.click()
    else:
        for place, words in fields(exercise, answer):
            card.locator("textarea, input").nth(place).click()
            page.keyboard.type(words)
    if kind != "value":
        card.locator(".rm-main").click()


def by_keys(book, card, exercise, answer):
    """Give an answer and press the main button, from the cell on with the keyboard alone."""
    page, kind, press = book.page, exercise.kind.name, book.page.keyboard.press
    book.enter(exercise)
    values = card.locator("input").evaluate_all("(all) => all.map((one) => one.value)")
    if kind == "choice":
        book.tab_to(card.locator("input").first)
        press("Space")
        for _ in range(values.index(answer)):
            press("ArrowDown")
    elif kind == "multi":
        for name in filter(answer.__contains__, values):
            book.tab_to(card.locator(f'input[value="{name}"]'))
            press("Space")
    elif kind == "order":
        for place, name in enumerate(answer):
            item = card.locator(f'.rm-item[data-id="{name}"]')
            book.enter(exercise)
            book.tab_to(item.locator(".rm-grip"))
            press("Space")
            for _ in range(stands(item) - place):
                press("ArrowUp")
            press("Space")
    elif kind in ("match", "classify"):
        for place, row in enumerate(exercise["row"]):
            select = card.locator("select").nth(place)
            book.tab_to(select)
            options = [option["id"] for option in exercise.shuffled("option")]
            for _ in range(options.index(answer[row["id"]]) + 1):
                press("ArrowDown")
    elif kind == "value":
        press("Enter")
        press("ControlOrMeta+a")
        page.keyboard.insert_text(hands_over(exercise))
        card.evaluate("(node) => node.dataset.old = 1")
        press("Shift+Enter")
    else:
        for place, words in fields(exercise, answer):
            book.tab_to(card.locator("textarea, input").nth(place))
            page.keyboard.type(words)
    if kind == "numeric":
        press("Enter")
    elif kind != "value":
        book.tab_to(card.locator(".rm-main"))
        press("Enter")


def stands(item):
    """Return the place of a list item, from 0."""
    return item.evaluate("(node) => [...node.parentNode.children].indexOf(node)")


def fields(exercise, answer):
    """Return ``(place, words)`` of each field to type in."""
    if exercise.kind.name != "canvas":
        return [(0, answer)]
    return [
        (place, answer[tile["id"]])
        for place, tile in enumerate(exercise["tile"])
        if tile["id"] in answer
    ]


def hands_over(exercise):
    return f'{var(exercise.lesson)}.check("{exercise.id}", right("{exercise.lesson}", "{exercise.id}"))'


WAYS = {"mouse": by_mouse, "keys": by_keys}
