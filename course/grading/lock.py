"""One at a time: two that write into the same folder would mix their files."""

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from course.grading import GradingError

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
