"""The learner's own course folder, and JupyterLab opened on it in the learner's language."""

import errno
import hashlib
import json
import os
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from course.files import write_whole
from course.paths import shared
from course.saved import cells
from course.texts import text

MANIFEST = ".course.json"
PAGE = Path(__file__).parent / "widgets" / "lab"  # a labextension: dresses a page, and runs it
OPTIONS = (
    f"--LabApp.extra_labextensions_path={PAGE}",
    "--ContentsManager.pre_save_hook=course.saved.keep_cards",
    "--HTMLExporter.preprocessors=course.saved.stills",
    # Nobody installs language servers here, and to look for those of Node.js npm is started.
    "--LanguageServerManager.autodetect=False",
)
_COPIED = (
    "notebooks/uk/*.ipynb",
    "notebooks/ru/*.ipynb",
    "datasets/*.csv",
    "datasets/real/*/*",
    "datasets/datapackage.json",
)
_REASONS: dict[int | None, str] = {
    errno.ENOSPC: "space",
    errno.EDQUOT: "space",
    errno.EACCES: "rights",
    errno.EPERM: "rights",
    errno.EROFS: "rights",
    errno.EEXIST: "file",
    errno.ENOTDIR: "file",
    errno.EISDIR: "file",
    errno.ENOENT: "place",
    errno.ENAMETOOLONG: "name",
    None: "incomplete",
}


def default_folder() -> Path:
    """Return the current folder when it is a course folder already, else ``my-course`` below it."""
    here = Path.cwd()
    return here if (here / MANIFEST).is_file() else here / "my-course"


def bring(folder: Path) -> dict[str, list[Any]]:
    """Copy notebooks and data sets into the learner's folder.

    Whatever the learner changed stays as it is. The manifest remembers the digest of each file as
    shipped, and of its cells: a file that still has one of them was never changed, though it may
    have been run. A newer version of a changed file is put beside it, once, as ``name.new.ipynb``.

    Parameters
    ----------
    folder : pathlib.Path

    Returns
    -------
    dict of str to list
        Paths relative to the folder: ``new``, ``updated``, ``kept``, and ``beside`` with pairs
        (kept, newer).

    Raises
    ------
    OSError
        When something cannot be read or written.
    """
    known, written = _manifest(folder, "files"), _manifest(folder, "cells")
    done: dict[str, list[Any]] = {"new": [], "updated": [], "kept": [], "beside": []}
    seen: dict[str, str] = dict(known)
    wrote: dict[str, str | None] = dict(written)
    for name, source in _shipped():
        data, target, before = source.read_bytes(), folder / name, known.get(name)
        seen[name] = now = _digest(data)
        wrote[name] = cells(data)
        present = target.read_bytes() if target.exists() else b""
        same = [_digest(present), cells(present) or ""]
        untouched = same[0] == before or same[1] == written.get(name)
        if not target.exists() or (untouched and before != now and same[0] != now):
            _put(target, data)
            done["updated" if present else "new"].append(name)
        elif not untouched and same[0] != now and same[1] != wrote[name]:
            newer = _free(folder, name, data) if before != now else None
            if newer:
                _put(folder / newer, data)
                done["beside"].append((name, newer))
            else:
                done["kept"].append(name)
    if (seen, wrote) != (known, written):
        manifest = json.dumps({"cells": wrote, "files": seen}, indent=1, sort_keys=True) + "\n"
        _put(folder / MANIFEST, manifest.encode())
    return done


def _put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, data)


def _shipped() -> Iterator[tuple[str, Path]]:
    for pattern in _COPIED:
        top, below = pattern.split("/", 1)
        root = shared(top)
        for source in sorted(root.glob(below)):
            yield f"{top}/{source.relative_to(root).as_posix()}", source


def _manifest(folder: Path, part: str) -> dict[str, str]:
    """Return the digests of the files as shipped; none of a damaged manifest: nothing is lost."""
    try:
        return dict(json.loads((folder / MANIFEST).read_text("utf-8"))[part])
    except (FileNotFoundError, NotADirectoryError, ValueError, KeyError, TypeError):
        return {}


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _free(folder: Path, name: str, data: bytes) -> str | None:
    """Return the first unused name for a newer version, or None when it lies there already."""
    stem, dot, ending = name.rpartition(".")
    count = 1
    while (folder / (newer := f"{stem}.new{count if count > 1 else ''}{dot}{ending}")).exists():
        if (folder / newer).read_bytes() == data:
            return None
        count += 1
    return newer


def sign(folder: Path) -> int:
    """Sign the notebooks that are as they were shipped, so that Jupyter trusts them here.

    Only a trusted page comes alive by itself. What somebody changed is never signed: it shows a
    button, and Jupyter signs it itself when all of it was run and saved.

    Parameters
    ----------
    folder : pathlib.Path

    Returns
    -------
    int
        How many are signed; none where Jupyter has no place of its own to keep signatures.
    """
    from jupyter_core.paths import jupyter_data_dir
    from nbformat import reads
    from nbformat.sign import NotebookNotary

    shipped = {_digest(path.read_bytes()) for name, path in _shipped() if name.endswith(".ipynb")}
    count = 0
    try:
        home = Path(jupyter_data_dir())
        home.mkdir(parents=True, exist_ok=True)
        notary = NotebookNotary(data_dir=str(home))
        with closing(notary.store):
            for path in sorted(folder.glob("notebooks/*/*.ipynb")):
                data = path.read_bytes()
                if _digest(data) in shipped:
                    notary.sign(reads(data.decode(), as_version=4))
                    count += 1
    except (OSError, sqlite3.Error):
        return count
    return count


def _settle(folder: Path) -> None:
    """Give Jupyter a home in the course folder where the user has none that can be written to."""
    try:
        Path.home().mkdir(parents=True, exist_ok=True)
        usable = os.access(Path.home(), os.W_OK)
    except (OSError, RuntimeError):
        usable = False
    if not usable:
        os.environ["HOME"] = str(folder / ".jupyterlab" / "home")


def startup(lang: str) -> dict[str, str]:
    """Return the environment in which every kernel puts slips into words from its first cell on.

    Nor does a kernel take its code from the page's folder: Jupyter starts it there, and Python
    would look there first for each module that starting needs.

    Parameters
    ----------
    lang : {"uk", "ru"}
        Spoken until a lesson is opened.

    Returns
    -------
    dict of str to str
        The user's own startup file, if any, runs after ours.
    """
    ours, own = str(Path(__file__).with_name("startup.py")), os.environ.get("PYTHONSTARTUP")
    theirs = {"COURSE_STARTUP": own} if own and own != ours else {}
    path = os.environ.get("PYTHONPATH", "")  # an empty entry in it is the page's folder too
    theirs["PYTHONPATH"] = os.pathsep.join(filter(None, path.split(os.pathsep)))
    return {"PYTHONSTARTUP": ours, "PYTHONSAFEPATH": "1", "COURSE_LANG": lang, **theirs}


def copy(folder: Path, lang: str) -> bool:
    """Bring the course into the learner's folder and say what was done.

    On a hub, ``COURSE_GRADED`` names the learner's folder for graded work: it is made, closed, and
    linked as ``graded`` into the course folder.

    Parameters
    ----------
    folder : pathlib.Path
        Absolute.
    lang : {"uk", "ru"}

    Returns
    -------
    bool
        False when the folder cannot be prepared; why is said.
    """
    try:
        done = bring(folder)
        if (folder / "answers").is_dir():
            with suppress(PermissionError):  # somebody else's, lent to this learner
                (folder / "answers").chmod(0o700)
        graded = _graded(folder)
    except OSError as error:
        said = text(f"lab.reason.{_REASONS.get(error.errno, 'other')}", lang, number=error.errno)
        print(text("lab.failed", lang, folder=folder, reason=said), file=sys.stderr)
        return False
    print(text("lab.folder", lang, folder=folder))
    for name in ("new", "updated", "kept"):
        if done[name]:
            print(text(f"lab.{name}", lang, count=len(done[name])))
    for path, newer in done["beside"]:
        print(text("lab.beside", lang, path=path, beside=newer))
    if not any(done.values()):
        print(text("lab.same", lang))
    if graded:
        print(text("lab.graded", lang, folder=graded))
    return True


def _graded(folder: Path) -> Path | None:
    """Make, close and link the learner's folder for graded work; return it if it is not his."""
    own, link = Path(os.environ.get("COURSE_GRADED", "")), folder / "graded"
    if not own.is_absolute() or not own.parent.is_dir():
        return None
    if not os.path.lexists(own):
        own.mkdir(0o700)
    if own.is_symlink() or not own.is_dir() or own.stat().st_uid != os.geteuid():
        return own
    own.chmod(0o700)
    if not os.path.lexists(link):
        link.symlink_to(own, target_is_directory=True)
    return None


def overrides(lang: str) -> Path:
    """Return the folder for ``JUPYTER_CONFIG_PATH`` that sets the menus' language."""
    return Path(__file__).parent / "overrides" / lang


def settings(lang: str) -> dict[str, Any]:
    """Return the settings of JupyterLab that the course changes, its menus' language among them."""
    path = overrides(lang) / "labconfig" / "default_setting_overrides.d" / "course.json"
    return dict(json.loads(path.read_text("utf-8")))


def start(folder: str | os.PathLike[str], lang: str, options: Sequence[str]) -> int:
    """Prepare the learner's folder, say what was done, and run JupyterLab until it ends.

    It opens on the start page; started by a JupyterHub, it is that user's server. The user's own
    JupyterLab settings are neither changed nor needed: the defaults, the menus' language among
    them, come from ``course/overrides``, and changes are kept in the folder's ``.jupyterlab/``.

    Parameters
    ----------
    folder : path-like
    lang : {"uk", "ru"}
    options : list of str
        Handed to ``jupyter lab`` as they are; they win over ours.

    Returns
    -------
    int
        Exit code: 2 when the folder cannot be prepared.
    """
    folder = Path(folder).absolute()
    if not copy(folder, lang):
        return 2
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    if root:  # a container, or a server's first login: Jupyter would stop here
        print(text("lab.root", lang))
    print(text("lab.open", lang), flush=True)

    layers = [str(overrides(lang)), os.environ.get("JUPYTER_CONFIG_PATH")]
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, layers))
    os.environ |= startup(lang)
    # a console, or a notebook elsewhere, starts its kernel outside of the folder
    os.environ["COURSE_ANSWERS"] = os.environ.get("COURSE_ANSWERS") or str(folder / "answers")
    os.environ["JUPYTERLAB_SETTINGS_DIR"] = str(folder / ".jupyterlab" / "settings")
    os.environ["JUPYTERLAB_WORKSPACES_DIR"] = str(folder / ".jupyterlab" / "workspaces")
    _settle(folder)
    sign(folder)
    page = f"notebooks/{lang}/00-start.ipynb"
    ours = ["--allow-root"] * root + [f"--ServerApp.root_dir={folder}"]
    if "JUPYTERHUB_API_TOKEN" in os.environ:  # a hub started us, and asks who comes
        from jupyterhub.singleuser import main

        ours.append(f"--ServerApp.default_url=/lab/tree/{page}")
        sys.argv[1:] = [*ours, *OPTIONS, *options]
        # a socket's path has room for 107 letters: below a home with a long name it would not fit
        with TemporaryDirectory(prefix="course-", ignore_cleanup_errors=True) as runtime:
            os.environ["JUPYTER_RUNTIME_DIR"] = runtime
            main()
        return 0
    from jupyterlab.labapp import LabApp  # only now: imported, it reads these variables

    ours.append(f"--LabApp.default_url=/doc/tree/{page}")
    LabApp.launch_instance([*ours, *OPTIONS, *options])
    return 0
