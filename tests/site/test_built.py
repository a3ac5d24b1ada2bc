"""The site is built from what the registries have, and a real browser learns on it without any other network."""

import functools
import http.server
import json
import os
import shutil
import subprocess
import sys
import threading
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

from course.texts import LANGS, text

ROOT = Path(__file__).parent.parent.parent
PYODIDE = "pyodide@314.0.6"
PATIENCE = int(os.environ.get("PATIENCE", 180_000))  # ms
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


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The folder that `course site` has made, of Pyodide's small package alone."""
    place = tmp_path_factory.mktemp("site")
    npm = shutil.which("npm") or pytest.skip("npm is not installed: no Pyodide from its registry")
    builder, ready = python()
    if not ready:
        run(builder, "-m", "venv", "venv", where=place)
        builder = str(place / "venv" / "bin" / "python")
        run(builder, "-m", "pip", "install", "-q", "uv", where=place)
        needs = f"{ROOT}[site]"
        run(builder, "-m", "uv", "pip", "install", "-q", "--python", builder, "-e", needs, where=place)
    run(npm, "pack", "--silent", PYODIDE, where=place)
    archive = next(place.glob("pyodide-*.tgz"))
    said = run(builder, "-m", "course", "site", str(place / "out"), "--pyodide", str(archive), where=ROOT)
    assert "without matplotlib, numpy, pandas, scipy" in said
    return place / "out"


class Files(http.server.SimpleHTTPRequestHandler):
    """Serves a folder, quietly, on connections that stay open."""

    protocol_version = "HTTP/1.1"
    extensions_map = http.server.SimpleHTTPRequestHandler.extensions_map | {
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
    }

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
