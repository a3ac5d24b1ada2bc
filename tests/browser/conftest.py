"""One JupyterLab and one Chromium for all browser tests."""

import os
import shutil
from pathlib import Path

import pytest


def pytest_collection_modifyitems(items):
    """Mark every test of this folder, so that ``-m "not browser"`` leaves them out."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium():
    """The browser; without one the tests are skipped, in CI they fail."""
    found = next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    if not found:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(
            "no chromium, chromium-browser or google-chrome here"
        )
    api = pytest.importorskip("playwright.sync_api")
    from driver import PATIENCE

    api.expect.set_options(timeout=PATIENCE)
    with api.sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=found,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def lab(chromium, tmp_path_factory):
    from driver import Lab

    server = Lab(tmp_path_factory.mktemp("lab"))
    yield server
    server.stop()


@pytest.fixture(scope="module")
def tabs(chromium, lab):
    """``tabs(width)`` opens one more browser tab; what our code said in the console fails the last test."""
    from driver import Book

    made = []

    def tab(width=1400, height=1000):
        context = chromium.new_context(viewport={"width": width, "height": height})
        made.append(Book(context.new_page(), lab))
        return made[-1]

    yield tab
    for book in made:
        book.page.context.close()
    lab.end_kernels()
    errors = [error for book in made for error in book.ours()]
    assert errors == [], "\n".join(errors)
