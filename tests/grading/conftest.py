"""A small assignment with every kind of exercise, set once for all tests of grading."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from setting import write_setting

from course.grading.setting import assignment


@pytest.fixture(scope="session")
def quiz(tmp_path_factory):
    """The folders of the assignment, its key, and the names of the students by id."""
    folder: Path = tmp_path_factory.mktemp("quiz")
    key = assignment.assign(*write_setting(folder / "setting"), folder / "set")
    return SimpleNamespace(
        folder=folder,
        private=folder / "set" / "private",
        students=folder / "set" / "students",
        key=key,
        names={row[0]: row[1] for row in key["roster"]},
        entries={entry["ref"]: entry for entry in key["exercises"]},
    )
