"""What several test files share."""

import os
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture
def root():
    """The checkout."""
    return ROOT


@pytest.fixture
def need():
    """``need("hunspell")``: skip where the program is missing; in CI its absence is a failure."""

    def look(program):
        found = shutil.which(program)
        if not found and os.environ.get("CI") == "true":
            pytest.fail(f"{program} is missing, and CI must have it")
        return found or pytest.skip(f"{program} is not installed")

    return look
