"""The first card on the site in a browser, beside a bare slider on a bare JupyterLite: seconds and bytes.

``python benchmarks/browser.py build/site``: a site made with ``--pyodide``, so that nothing comes from elsewhere. The bare
site is built from the same Pyodide, with nothing of ours in it. Each opening has a fresh browser profile; cards and
sliders take turns.
"""

import contextlib
import functools
import http.server
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROUNDS = int(os.environ.get("ROUNDS", 7))
LESSONS = int(os.environ.get("LESSONS", 3))  # rounds with a whole lesson
PATIENCE = int(os.environ.get("PATIENCE", 120_000))  # ms
CARD = ["import course\nlesson = course.lesson('levels', 'uk')", "lesson.exercise('levels-call')"]
SLIDER = ["import ipywidgets", "ipywidgets.IntSlider()"]
READY = """() => { const now = window.jupyterapp?.shell.currentWidget;
  return now?.context?.isReady && now.sessionContext?.session?.kernel; }"""
DONE = """() => { const cells = jupyterapp.shell.currentWidget.content.widgets.filter((cell) => cell.model.type === "code");
  return cells.every((cell) => cell.model.executionCount || cell.outputArea.model.length); }"""


class Counted(http.server.SimpleHTTPRequestHandler):
    """Serves a folder and counts the bytes that it sends."""

    protocol_version = "HTTP/1.1"
    sent, counting = 0, threading.Lock()
    extensions_map = http.server.SimpleHTTPRequestHandler.extensions_map | {
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
    }

    def copyfile(self, source, outputfile):
        with Counted.counting:
            Counted.sent += os.fstat(source.fileno()).st_size
        super().copyfile(source, outputfile)

    def log_message(self, *words):
        pass


def plant(site, name, cells):
    """Put a notebook among the files of a site, and let its pages be driven."""
    book = {
        "cells": [
            {
                "cell_type": "code",
                "id": f"c{at}",
                "metadata": {},
                "outputs": [],
                "source": cell,
                "execution_count": None,
            }
            for at, cell in enumerate(cells)
        ],
        "metadata": {
            "kernelspec": {"name": "python", "display_name": "Python", "language": "python"}
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    path = site / "files" / "notebooks" / "uk" / name
    path.write_text(json.dumps(book), "utf-8")
    listed = site / "api" / "contents" / "notebooks" / "uk" / "all.json"
    table = json.loads(listed.read_text("utf-8"))
    entry = dict(
        table["content"][0], name=name, path=f"notebooks/uk/{name}", size=path.stat().st_size
    )
    table["content"] = [*(each for each in table["content"] if each["name"] != name), entry]
    listed.write_text(json.dumps(table), "utf-8")
    told = json.loads((site / "jupyter-lite.json").read_text("utf-8"))
    told["jupyter-config-data"]["exposeAppInBrowser"] = True
    (site / "jupyter-lite.json").write_text(json.dumps(told), "utf-8")


def bare(site, place):
    """Build a JupyterLite with the same Pyodide and ipywidgets, and nothing of the course."""
    (place / "static").mkdir(parents=True)
    shutil.copytree(site / "static" / "pyodide", place / "static" / "pyodide")
    folder = place / "contents" / "notebooks" / "uk"
    folder.mkdir(parents=True)
    (folder / "00-start.ipynb").write_bytes(
        (site / "files/notebooks/uk/00-start.ipynb").read_bytes()
    )
    lock = {
        "enabled": True,
        "specs": ["micropip", "ipywidgets"],
        "excludes_extra": ["pexpect", "psutil"],
        "prefetch_extra": ["micropip", "piplite", "jedi"],
    }
    lite = {"contents": ["contents"], "output_dir": "out", "no_sourcemaps": True, "apps": ["lab"]}
    extensions = {"LiteBuildConfig": lite, "PyodideLockAddon": lock}
    (place / "jupyter_lite_config.json").write_text(json.dumps(extensions), "utf-8")
    subprocess.run(
        [sys.executable, "-m", "jupyterlite_core", "build"],
        cwd=place,
        check=True,
        capture_output=True,
    )
    return place / "out"


def spent():
    """Return the seconds of a processor that our own children, the browser's processes, have used; Linux tells them."""
    rows = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            words = path.read_text().rpartition(")")[2].split()
            rows[int(path.parent.name)] = int(words[1]), sum(map(int, words[11:15]))
    ours, found = {os.getpid()}, True
    while found:
        found = {each for each, (parent, _) in rows.items() if parent in ours} - ours
        ours |= found
    ticks = sum(rows[each][1] for each in ours - {os.getpid()} if each in rows)
    return ticks / os.sysconf("SC_CLK_TCK")


def opened(browser, address, path, sign, alone=False):
    """Return seconds until the sign is seen and until all cells are done, and until the sign megabytes and the processor's seconds.

    A lesson comes alive by itself, alone; its button stands there when it has run.
    """
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    Counted.sent, start, before = 0, time.perf_counter(), spent()
    page.goto(f"{address}/{path}")
    if not alone:
        page.wait_for_function(READY)
        page.evaluate("() => { jupyterapp.commands.execute('notebook:run-all-cells'); }")
    page.locator(sign).first.wait_for()
    first, sent, work = time.perf_counter() - start, Counted.sent / 1e6, spent() - before
    if alone:
        page.locator(".rm-alive").wait_for(state="attached")
    else:
        page.wait_for_function(DONE)
    whole = time.perf_counter() - start
    context.close()
    return first, whole, sent, work


def main(site):
    """Measure and print."""
    from playwright.sync_api import sync_playwright

    names = ("chromium", "chromium-browser", "google-chrome")
    program = next(filter(None, map(shutil.which, names)))
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as play:
        place = Path(scratch)
        shutil.copytree(site, place / "ours")
        other = bare(place / "ours", place / "bare")
        plant(place / "ours", "one.ipynb", CARD)
        plant(other, "one.ipynb", SLIDER)
        os.rename(other, place / "slider")
        server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), functools.partial(Counted, directory=place)
        )
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        shut = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
        browser = play.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu", shut]
        )
        tries = {
            "card": ("ours/lab-uk/index.html?path=notebooks/uk/one.ipynb", ".rm-card"),
            "slider": ("slider/lab/index.html?path=notebooks/uk/one.ipynb", ".widget-slider"),
            "lesson 3 whole": (
                "ours/lab-uk/index.html?path=notebooks/uk/03-value-plan.ipynb",
                ".rm-card[data-exercise]",
                True,
            ),
        }
        rows = {name: [] for name in tries}
        print(f"load {os.getloadavg()[0]:.1f}, {ROUNDS} rounds")
        for at in range(ROUNDS):
            for name, tried in tries.items():
                if name in ("card", "slider") or at < LESSONS:
                    rows[name].append(opened(browser, address, *tried))
                    print(name, *(f"{value:.1f}" for value in rows[name][-1]), flush=True)
        browser.close()
        server.shutdown()
    middle = {
        name: [statistics.median(column) for column in zip(*each, strict=True)]
        for name, each in rows.items()
        if each
    }
    for name, (first, whole, sent, work) in middle.items():
        print(
            f"{name:15} first {first:5.1f} s, all cells {whole:5.1f} s, {sent:5.1f} MB, processor {work:5.1f} s"
        )
    ratio = middle["card"][0] / middle["slider"][0]
    print(
        f"card / slider {ratio:.2f} (target 1.15), {middle['card'][2] - middle['slider'][2]:+.1f} MB (target 1)"
    )
    # On a machine that does other things too, this is the ratio to believe.
    print(f"processor: card / slider {middle['card'][3] / middle['slider'][3]:.2f}")
    if rows["lesson 3 whole"]:
        print(f"whole lesson / slider {middle['lesson 3 whole'][1] / middle['slider'][1]:.2f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
