"""The style that `pyproject.toml` asks for."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_ruff_finds_nothing():
    folders = ["course", "tests", "benchmarks", "examples", "datasets"]
    words = [sys.executable, "-m", "ruff", "check", "--no-cache", *folders]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
