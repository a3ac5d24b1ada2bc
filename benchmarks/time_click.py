"""From the click on «Перевірити» to the painted feedback, in Chromium on a JupyterLab of this machine."""

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from shared import median, p95, table, wait

CLICKS, EXERCISE = 50, "levels-first"
CODES = ('import course\nlesson = course.lesson("levels", "uk")', f'lesson.exercise("{EXERCISE}")')
CARD = f'[data-exercise="{EXERCISE}"]'
READY = """() => {
  const now = window.jupyterapp?.shell.currentWidget?.sessionContext;
  return now?.isReady && now.session?.kernel?.connectionStatus === "connected";
}"""
# From the event's own time stamp to the frame after the one in which a verdict and its feedback are in the document.
WATCH = """(card) => {
  window.took = [];
  card.querySelector(".rm-main").addEventListener("click", ({ timeStamp }) => {
    const watch = new MutationObserver(() => {
      if (!["right", "wrong"].includes(card.dataset.status) || !card.querySelector(".rm-feedback").innerText) return;
      watch.disconnect();
      requestAnimationFrame(() => {
        const painted = new MessageChannel();
        painted.port1.onmessage = () => window.took.push(performance.now() - timeStamp);
        painted.port2.postMessage(0);
      });
    });
    watch.observe(card, { attributes: true, childList: true, subtree: true });
  }, { capture: true });
}"""


@contextmanager
def lab():
    """Start JupyterLab in an empty folder with one notebook; gives the notebook's address."""
    with tempfile.TemporaryDirectory() as home, socket.socket() as probe:
        cells = [{"cell_type": "code", "id": f"c{place}", "metadata": {}, "execution_count": None, "outputs": [],
                  "source": code} for place, code in enumerate(CODES)]
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        Path(home, "click.ipynb").write_text(json.dumps(
            {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": cells}))
        probe.bind(("127.0.0.1", 0))
        port, token = probe.getsockname()[1], secrets.token_hex(16)
        probe.close()
        places = ("COURSE_ANSWERS", "IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTERLAB_SETTINGS_DIR",
                  "JUPYTERLAB_WORKSPACES_DIR")
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}",
             f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={home}", "--ServerApp.port_retries=0",
             "--LabApp.expose_app_in_browser=True"],
            env=os.environ | {name: f"{home}/.{name.lower()}" for name in places}, cwd=home,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
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
    """Return milliseconds of each check; between them another option is chosen, and the card reset."""
    page.goto(url)
    page.wait_for_function(READY, timeout=120_000)
    page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); }")
    card = page.wait_for_selector(CARD, timeout=120_000)
    page.wait_for_timeout(3000)  # JupyterLab goes on loading for a while
    card.evaluate(WATCH)
    options = card.query_selector_all("input[type=radio]")
    for click in range(CLICKS):
        options[click % len(options)].click()
        page.wait_for_timeout(500)  # time enough for the draft to be kept: the check is all that happens then
        card.query_selector(".rm-main").click()
        page.wait_for_function("made => window.took.length > made", arg=click, timeout=30_000)
        card.query_selector(".rm-buttons .rm-quiet:nth-of-type(4)").click()
        page.wait_for_selector(CARD + '[data-status="untouched"]', timeout=30_000)
    return page.evaluate("window.took")


def main():
    from playwright.sync_api import sync_playwright

    with lab() as url, sync_playwright() as play:
        found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
        browser = play.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        started = time.monotonic()
        took = measure(browser.new_page(viewport={"width": 1400, "height": 1000}), url)
        browser.close()
        lasted = time.monotonic() - started
    return table(f"click: {len(took)} checks of one choice card, in {lasted:.0f} s", [
        ("click to painted feedback: 95th percentile", f"{p95(took):.0f} ms", "≤ 100 ms", p95(took) <= 100),
        ("… median", f"{median(took):.0f} ms", "", None),
        ("… worst", f"{max(took):.0f} ms", "", None)])


if __name__ == "__main__":
    sys.exit(not main())
