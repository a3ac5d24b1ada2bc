"""Files below a folder."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from course.grading import intake
from course.grading.intake import Entry, Refused

_DEEPEST = 12  # folders


class Folder:
    """A folder of hand-in files; folders in it are walked, links are not."""

    def __init__(self, root: str | Path) -> None:
        self.root = os.fspath(root)

    def entries(self) -> Iterator[Entry]:
        """Yield an `Entry` for each file."""
        ahead = [("", 0)]
        while ahead:
            below, depth = ahead.pop()
            try:
                with os.scandir(os.path.join(self.root, below)) as listing:
                    inside = list(listing)
            except OSError:
                yield Entry(_readable(below), "unreadable")
                continue
            for item in inside:
                path = f"{below}/{item.name}" if below else item.name
                name, flag = _readable(path), None
                if item.is_symlink():
                    flag = "symlink"
                elif item.is_dir():
                    if depth < _DEEPEST:
                        ahead.append((path, depth + 1))
                        continue
                    flag = "path"
                else:
                    flag = intake.suspect(name) if item.is_file() else "path"
                if flag in ("path", "symlink") or not intake.noise(name):
                    yield Entry(name, flag, path)

    def read(self, entry: Entry) -> bytes:
        """Return the bytes of one file, or raise `Refused`."""
        flags = os.O_RDONLY
        for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"):
            flags |= getattr(os, name, 0)
        try:
            number = os.open(os.path.join(self.root, str(entry.place)), flags)
            with open(number, "rb", buffering=0) as file:
                about = os.fstat(number)
                if not stat.S_ISREG(about.st_mode):
                    raise Refused("path")
                data = file.read(intake.LARGEST + 1) if about.st_size <= intake.LARGEST else None
        except (OSError, ValueError):
            raise Refused("unreadable") from None
        if data is None or len(data) > intake.LARGEST:
            raise Refused("too-large")
        return data


def _readable(path: str) -> str:
    return os.fsencode(path).decode("utf-8", "replace").replace(os.sep, "/")
