"""One JupyterLab for all browser tests."""

from pathlib import Path

import pytest


def pytest_collection_modifyitems(items):
    """Mark every test of this folder, so that ``-m "not browser"`` leaves them out."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def lab(chromium, tmp_path_factory):
    from driver import PATIENCE, Lab
    from playwright.sync_api import expect

    expect.set_options(timeout=PATIENCE)
    server = Lab(tmp_path_factory.mktemp("lab"))
    yield server
    server.stop()


@pytest.fixture(scope="module")
def tabs(chromium, lab):
    """``tabs(width)`` opens one more browser tab; what our code said in the console fails the last test.

    A tab ``beside`` another shares its cache, which is most of what opening a page costs.
    """
    from driver import Book

    made = []

    def tab(width=1400, height=1000, beside=None):
        size = {"width": width, "height": height}
        context = beside.page.context if beside else chromium.new_context(viewport=size)
        made.append(Book(context.new_page(), lab))
        return made[-1]

    yield tab
    for context in {book.page.context for book in made}:
        context.close()
    lab.end_kernels()
    errors = [error for book in made for error in book.ours()]
    assert errors == [], "\n".join(errors)
