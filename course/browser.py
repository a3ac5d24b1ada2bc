"""The learner's half in a browser's Python: what is missing is loaded, what will not last is said.

There numbers, tables and plots are downloaded when something asks for them, so that a page with
cards alone opens without them. A cell that imports pandas itself is served by the notebook's own
kernel; this room serves everything that the course imports behind a cell.
"""

import logging
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import invalidate_caches
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

from course.texts import text

HERE = sys.platform == "emscripten"
KEPT = Path("/drive")  # what the page keeps in the browser's storage; without it all is in memory
_SCIENCE = ("numpy", "pandas", "matplotlib", "scipy")
_said = False


class Absent(ModuleNotFoundError):
    """A package cannot be had here; notebooks show its sentence, without a traceback."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


class Loader(MetaPathFinder):
    """Finds a package of numbers by downloading it, where the browser can wait for that.

    Parameters
    ----------
    lang : {"uk", "ru"}
        Of the sentence where it cannot be had.
    fetch : callable
        Downloads a package by name; tells whether it could wait for it.
    """

    def __init__(self, lang: str, fetch: Callable[[str], bool]) -> None:
        self.lang, self._fetch = lang, fetch

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return where a package lies after its download; `Absent` where it cannot be had."""
        if name not in _SCIENCE:
            return None
        waited = self._fetch(name)
        invalidate_caches()
        spec = PathFinder.find_spec(name)
        if spec is None:
            key = "browser.absent" if waited else "browser.import"
            raise Absent(text(key, self.lang, package=name), name=name)
        return spec


def install(lang: str) -> None:
    """Prepare a kernel in a browser; elsewhere do nothing.

    Parameters
    ----------
    lang : {"uk", "ru"}
        Of the lesson that is opened.
    """
    global _said
    if not HERE:
        return
    put(sys.meta_path, Loader(lang, _download))
    logging.getLogger("matplotlib.font_manager").addFilter(quiet)
    if not _said and not lasts(Path.cwd()):
        _said = True
        print(text("browser.lost", lang))


def put(finders: list[Any], loader: Loader) -> None:
    """Put a loader behind what finds installed packages, in place of one put there before.

    Pyodide's own last finder answers with English advice for programmers; ours comes before it.
    """
    finders[:] = [each for each in finders if not isinstance(each, Loader)]
    at = finders.index(PathFinder) if PathFinder in finders else len(finders) - 1
    finders.insert(at + 1, loader)


def lasts(folder: Path) -> bool:
    """Tell whether what is written in a folder outlives the page.

    Examples
    --------
    >>> lasts(Path("/drive/notebooks/uk")), lasts(Path("/home/pyodide"))
    (True, False)
    """
    return folder.is_relative_to(KEPT)


def quiet(record: logging.LogRecord) -> bool:
    """Leave out what matplotlib says in every session: that it makes its list of fonts."""
    return "font cache" not in record.getMessage()


def _download(name: str) -> bool:
    """Load a package of Pyodide from within Python; false where this browser cannot wait for it."""
    import pyodide_js
    from pyodide.ffi import JsException, can_run_sync, run_sync

    if not can_run_sync():
        return False
    with suppress(JsException):  # no such package on this site, or no network
        run_sync(pyodide_js.loadPackage(name))
    return True
