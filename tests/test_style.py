"""The style and the types that `pyproject.toml` asks for."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FOLDERS = ["course", "tests", "benchmarks", "examples", "datasets"]


def run(*words):
    """Run a module of Python in the checkout; what it says when it finds something, else nothing."""
    command = [sys.executable, "-m", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    return done.stdout + done.stderr if done.returncode else ""


def test_ruff_finds_nothing():
    assert not run("ruff", "check", "--no-cache", *FOLDERS)


def test_ruff_would_write_it_so():
    assert not run("ruff", "format", "--check", "--no-cache", *FOLDERS)


@pytest.mark.slow
def test_mypy_finds_nothing(tmp_path):
    assert not run("mypy", "--cache-dir", str(tmp_path))


def test_no_two_files_of_tests_share_a_name():
    """Without packages pytest imports them as one module, and collects nothing at all where both are named."""
    names = Counter(
        path.name for path in Path(__file__).parent.rglob("*.py") if path.name != "conftest.py"
    )
    assert [name for name, count in names.items() if count > 1] == []


def test_no_test_is_skipped_because_a_module_of_ours_has_moved():
    """What a missing library may skip, a module that was renamed would skip unseen, for ever."""
    written = {path: path.read_text("utf-8") for path in Path(__file__).parent.rglob("*.py")}
    assert [path for path, source in written.items() if 'importorskip("' + "course" in source] == []
