"""Where the course's own files and the learner's files are."""

import os
from contextlib import suppress
from pathlib import Path

_PACKAGE = Path(__file__).parent


def shared(name: str) -> Path:
    """Return the folder of shipped material: ``lessons``, ``notebooks`` or ``datasets``.

    In a checkout it stands beside ``course/``; an installed wheel carries it in
    ``course/shipped/``.

    Parameters
    ----------
    name : str
        One of the three folder names.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    FileNotFoundError
        When the installation is incomplete.

    Examples
    --------
    >>> shared("lessons").name
    'lessons'
    """
    for folder in (_PACKAGE / "shipped" / name, _PACKAGE.parent / name):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"the installed course has no folder {name!r}; install it again")


def close(folder: str | os.PathLike[str]) -> Path:
    """Make a folder and keep other users of this machine out of it; returns it as a path.

    Only its owner can close a folder: one that a colleague shares stays as the colleague left it.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    mode = folder.stat().st_mode
    if mode & 0o007:
        with suppress(PermissionError):
            folder.chmod(mode & ~0o007)
    return folder


def answers() -> Path:
    """Return the folder where this learner's answers are kept (it need not exist yet).

    ``COURSE_ANSWERS`` names it outright; otherwise it is ``answers/`` in the course folder around
    the notebook that is running. A kernel that a hub started elsewhere finds the course folder at
    home; without one, answers are kept beside the notebook.

    Returns
    -------
    pathlib.Path
    """
    named = os.environ.get("COURSE_ANSWERS")
    if named:
        return Path(named)
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / ".course.json").is_file() or (folder / "notebooks" / "uk").is_dir():
            return folder / "answers"
    own = Path(os.path.expanduser("~/my-course"))
    if (own / ".course.json").is_file() and not (here / "answers").is_dir():
        return own / "answers"
    return here / "answers"
