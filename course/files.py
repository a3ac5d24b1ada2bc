"""Files written whole: nobody ever sees half a file, and an error names the file it is about."""

import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

OUT = "the file to write, or the folder to write into (this folder)"  # what --out of an export says


@contextmanager
def about(path: str | os.PathLike[str]) -> Iterator[None]:
    """Make every ``OSError`` of a block name this file: some name none, some a draft beside it.

    Parameters
    ----------
    path : path-like
        The file that a person knows of.

    Raises
    ------
    OSError
        What the block raised, with `path` as its ``filename`` and the system's words as its
        ``strerror``.

    Examples
    --------
    >>> with about("grades.csv"):
    ...     raise OSError(28, "No space left on device")
    Traceback (most recent call last):
      ...
    OSError: [Errno 28] No space left on device: 'grades.csv'
    """
    try:
        yield
    except OSError as error:
        if error.errno:
            error.strerror = os.strerror(error.errno)
        error.filename = os.fspath(path)
        del error.filename2  # the draft, of a renaming
        raise


def meant(out: str, name: str, endings: Collection[str] = ()) -> Path:
    """Return the file that ``--out`` means: the file it names, or one in the folder it names.

    A folder is what is one already, what ends with a slash, and what has no ending of a file.

    Parameters
    ----------
    out : str
        As it was typed: a path object would lose the slash at its end.
    name : str
        What the file is called in a folder.
    endings : collection of str, optional
        Those that a new file may have, ``.html``; a name with another is a folder. Without them any
        ending makes it a file.

    Returns
    -------
    pathlib.Path

    Examples
    --------
    >>> meant("05.html", "slides-05.html").as_posix()
    '05.html'
    >>> meant("", "slides-05.html").as_posix(), meant("week 5", "slides-05.html").as_posix()
    ('slides-05.html', 'week 5/slides-05.html')
    """
    path, slashes = Path(out), tuple(filter(None, (os.sep, os.altsep)))
    ending = path.suffix.lower()
    file = ending in endings if endings else bool(ending) or path.exists()
    return path if file and not path.is_dir() and not out.endswith(slashes) else path / name


def write_meant(out: str, path: Path, data: bytes) -> None:
    """Write the file that `meant` returned; a folder that `out` names is made where there is none.

    Raises
    ------
    OSError
        Naming what could not be made.
    """
    if path != Path(out):
        path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, data)


def write_whole(path: str | os.PathLike[str], data: bytes) -> None:
    """Write a file beside its place first, then into it.

    What stood there stays until the new file is whole.

    Parameters
    ----------
    path : path-like
        In a folder that exists. A link is followed; what is no file (``/dev/stdout``) is simply
        written to.
    data : bytes

    Raises
    ------
    OSError
        Naming `path`, which is still as it was.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "grades.csv"
    >>> write_whole(path, b"student,points")
    >>> path.read_bytes()
    b'student,points'
    """
    with about(path):
        target = Path(os.path.realpath(path))
        if target.exists() and not target.is_file():
            target.write_bytes(data)
            return
        # a long name must not become too long
        draft = target.with_name(f".{target.name[:40]}.{os.getpid()}.tmp")
        try:
            draft.write_bytes(data)
            os.replace(draft, target)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
