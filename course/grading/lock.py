"""One at a time, and all or nothing: how a command fills a folder with files."""

import errno
import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from course.files import about
from course.grading import GradingError

_DRAFT = ".grading-"

_TAKEN = {errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES, errno.EDEADLK}


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold a folder for this process.

    The system lets go of it when the process ends, however it ends.

    Raises
    ------
    GradingError
        When another process holds it.
    """
    if sys.platform == "win32":
        number = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_TEMPORARY)
    else:
        number = os.open(folder, os.O_RDONLY)
    try:
        try:
            _hold(number)
        except OSError as error:
            if error.errno in _TAKEN:  # some network drives know no locks: then there is none
                said = f"another course grade is writing into {folder}; wait until it has ended"
                raise GradingError(said) from None
        yield
    finally:
        os.close(number)


def _hold(number: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(number, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def draft(out: Path) -> Iterator[Path]:
    """Hold a folder and give one in it for what is being made; it goes, however this ends."""
    with alone(out):
        for stale in out.glob(f"{_DRAFT}*"):  # of a run that was killed
            shutil.rmtree(stale, ignore_errors=True)
        with about(out):
            folder = Path(mkdtemp(prefix=_DRAFT, dir=out))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def publish(folder: Path, out: Path, names: Iterable[str]) -> None:
    """Move files of a draft to their places; errors name the files as they will stand there."""
    for name in names:
        with about(out / name):
            (out / name).parent.mkdir(parents=True, exist_ok=True)
            os.replace(folder / name, out / name)
