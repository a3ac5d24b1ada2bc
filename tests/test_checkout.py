"""A checkout is the same bytes everywhere, though Git for Windows offers to change line ends."""

import os
import subprocess
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


def test_every_file_has_the_bytes_that_the_editions_were_made_of(clone, root):
    """So what `course build --check` says of this folder holds of every checkout."""
    git = ["git", "-C", root, "-c", "safe.directory=*"]
    listed, changed = (
        set(
            os.fsdecode(
                subprocess.run([*git, *words, "-z"], capture_output=True, check=True).stdout
            ).split("\0")
        )
        for words in (["ls-tree", "-r", "--name-only", "HEAD"], ["diff", "--name-only", "HEAD"])
    )
    same = [name for name in sorted(listed - changed) if name]
    assert len(same) > 100
    assert [
        name for name in same if (clone / name).read_bytes() != (root / name).read_bytes()
    ] == []
