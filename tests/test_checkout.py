"""A checkout is the same bytes everywhere, though Git for Windows offers to change line ends."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """What git makes of this repository's last commit where it is set to Windows' line ends."""
    root, target = Path(__file__).parent.parent, tmp_path_factory.mktemp("clone") / "course"
    if not (root / ".git").exists():
        pytest.skip("not a git checkout")
    git = ["git", "-c", "core.autocrlf=true", "-c", "safe.directory=*"]
    made = subprocess.run(
        [*git, "clone", "-q", "-c", "core.autocrlf=true", root, target], capture_output=True
    )
    return target if made.returncode == 0 else pytest.skip(made.stderr.decode())


def test_line_ends_are_those_of_the_source(clone, root):
    names = subprocess.run(
        ["git", "-C", clone, "ls-files", "-z"], capture_output=True, check=True
    ).stdout
    listed = {
        name: (clone / name).read_bytes() for name in os.fsdecode(names).strip("\0").split("\0")
    }
    assert len(listed) > 100
    with_cr = {name for name, data in listed.items() if b"\r\n" in data and b"\0" not in data}
    assert with_cr == {"examples/rm-quiz/roster.csv"}, "what a spreadsheet exported; nothing else"
    assert not subprocess.run(
        ["git", "-C", clone, "status", "--porcelain"], capture_output=True, check=True
    ).stdout


def test_the_editions_are_up_to_date_there_too(clone):
    told = subprocess.run(
        [sys.executable, "-m", "course", "build", "--check"],
        cwd=clone,
        capture_output=True,
        env=os.environ | {"PYTHONPATH": str(clone)},
    )
    assert (told.returncode, told.stdout) == (0, b"")
