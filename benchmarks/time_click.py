"""From the click on «Перевірити» to the painted feedback, in Chromium on a JupyterLab of this machine."""

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from shared import median, p95, table, wait

CLICKS = 50
# What anywidget alone needs for a click, a message to the kernel, a changed trait and a changed text.
BARE = """
import anywidget, traitlets
from IPython.display import display

class Bare(anywidget.AnyWidget):
    _esm = '''export default { render({ model, el }) {
      const button = document.createElement("button");
      button.className = "bare";
      button.textContent = "0";
      button.onclick = () => model.send({});
      model.on("change:n", () => { button.textContent = model.get("n"); });
      el.append(button);
    } };'''
    n = traitlets.Int().tag(sync=True)

bare = Bare()
bare.on_msg(lambda *_: setattr(bare, "n", bare.n + 1))
display(lesson.exercise("levels-first"), bare)
"""
# Both stand in one cell: JupyterLab works longer on a click that goes to another cell than the last one.
CODES = ('import course\nlesson = course.lesson("levels", "uk")', BARE)
CARD = '[data-exercise="levels-first"]'
READY = """() => {
  const now = window.jupyterapp?.shell.currentWidget?.sessionContext;
  return now?.isReady && now.session?.kernel?.connectionStatus === "connected";
}"""
# From the event's own time stamp until the frame is painted in which the answer is in the document.
WATCH = """([button, shown]) => {
  const verdict = () => ["right", "wrong"].includes(shown.dataset.status)
    && shown.querySelector(".rm-feedback").innerText;
  button.took = [];
  button.addEventListener("click", ({ timeStamp }) => {
    const watch = new MutationObserver(() => {
      if (shown !== button && !verdict()) return;
      watch.disconnect();
      requestAnimationFrame(() => {
        const painted = new MessageChannel();
        painted.port1.onmessage = () => button.took.push(performance.now() - timeStamp);
        painted.port2.postMessage(0);
      });
    });
    watch.observe(shown, { attributes: true, childList: true, subtree: true });
  }, { capture: true });
}"""


@contextmanager
def lab():
    """Start JupyterLab in an empty folder with one notebook; gives the notebook's address."""
    with tempfile.TemporaryDirectory() as home, socket.socket() as probe:
        cells = [
            {
                "cell_type": "code",
                "id": f"c{place}",
                "metadata": {},
                "execution_count": None,
                "outputs": [],
                "source": code,
            }
            for place, code in enumerate(CODES)
        ]
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        Path(home, "click.ipynb").write_text(
            json.dumps(
                {
                    "nbformat": 4,
                    "nbformat_minor": 5,
                    "metadata": {"kernelspec": kernel},
                    "cells": cells,
                }
            )
        )
        probe.bind(("127.0.0.1", 0))
        port, token = probe.getsockname()[1], secrets.token_hex(16)
        probe.close()
        places = (
            "COURSE_ANSWERS",
            "IPYTHONDIR",
            "JUPYTER_CONFIG_DIR",
            "JUPYTER_RUNTIME_DIR",
            "JUPYTERLAB_SETTINGS_DIR",
            "JUPYTERLAB_WORKSPACES_DIR",
        )
        server = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "jupyterlab",
                "--no-browser",
                "--allow-root",
                f"--port={port}",
                f"--IdentityProvider.token={token}",
                f"--ServerApp.root_dir={home}",
                "--ServerApp.port_retries=0",
                "--LabApp.expose_app_in_browser=True",
            ],
            env=os.environ | {name: f"{home}/.{name.lower()}" for name in places},
            cwd=home,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait(lambda: answers(f"http://127.0.0.1:{port}/api"), 120, "JupyterLab")
            yield f"http://127.0.0.1:{port}/doc/tree/click.ipynb?token={token}"
        finally:
            server.terminate()
            server.wait()


def answers(url):
    try:
        return urllib.request.urlopen(url, timeout=5).status == 200
    except OSError:
        return False


def measure(page, url):
    """Return milliseconds of each check and of each bare click; for a check another option is chosen, then reset."""
    page.goto(url)
    page.set_default_timeout(120_000)
    page.wait_for_function(READY)
    page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); }")
    card, bare = (page.wait_for_selector(what) for what in (CARD, "button.bare"))
    page.wait_for_timeout(3000)  # JupyterLab goes on loading for a while
    check, options = card.query_selector(".rm-main"), card.query_selector_all("input[type=radio]")
    reset = card.query_selector(".rm-buttons .rm-quiet:nth-of-type(4)")
    for button, shown in ((check, card), (bare, bare)):
        page.evaluate(WATCH, [button, shown])
    for click in range(CLICKS):
        options[click % len(options)].click()
        page.wait_for_timeout(
            500
        )  # time enough for the draft to be kept: the check is all that happens then
        for button in (check, bare) if click % 2 else (bare, check):
            page.wait_for_timeout(300)
            button.click()
            page.wait_for_function(
                "([button, made]) => button.took.length > made", arg=[button, click]
            )
        reset.click()
        page.wait_for_selector(CARD + '[data-status="untouched"]')
    return check.evaluate("(button) => button.took"), bare.evaluate("(button) => button.took")


def main():
    from playwright.sync_api import sync_playwright

    with lab() as url, sync_playwright() as play:
        found = next(
            filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
        )
        browser = play.chromium.launch(
            executable_path=found, args=["--no-sandbox", "--disable-gpu"]
        )
        ours, bare = measure(browser.new_page(viewport={"width": 1400, "height": 1800}), url)
        browser.close()
    return table(
        f"click: {CLICKS} checks of one choice card, {CLICKS} clicks on a bare anywidget, in turn",
        [
            (
                "click to painted feedback: 95th percentile",
                f"{p95(ours):.0f} ms",
                "≤ 100 ms",
                p95(ours) <= 100,
            ),
            ("… median", f"{median(ours):.0f} ms", "", None),
            ("a bare anywidget: 95th percentile", f"{p95(bare):.0f} ms", "", None),
            ("… median", f"{median(bare):.0f} ms", "", None),
            ("card : bare anywidget, medians", f"{median(ours) / median(bare):.2f} ×", "", None),
        ],
    )


if __name__ == "__main__":
    sys.exit(not main())
