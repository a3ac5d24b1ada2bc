"""Graded work on a JupyterHub: handed out, collected and given back through one folder of folders.

Everybody has ``TOP/USER``, closed to all others, and in it ``ID/`` for each assignment. Students
own their folders and may put anything there, also links; so every step below TOP is taken by an
open folder, no link is followed, and nothing that stands there is overwritten.
"""

import csv
import errno
import os
import stat
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from course.files import write_whole
from course.grading import GradingError
from course.grading.intake import LARGEST, MOST
from course.grading.keyfile import Key, read_key, read_public
from course.ids import folded
from course.paths import close

_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)
_READ = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)


class Home(NamedTuple):
    """The open folder of one user, and whose it is."""

    user: str
    number: int
    uid: int
    gid: int


def logins(user: str) -> set[str]:
    """Return what the login of a hub's user may be: the name, or what TLJH makes of it.

    Examples
    --------
    >>> sorted(logins("ivan"))
    ['ivan', 'jupyter-ivan']
    >>> "jupyter-abcdefghijklmnopqr-e375e" in logins("abcdefghijklmnopqr")
    True
    """
    name = f"jupyter-{user}"
    if len(name) >= 26:
        name = f"{name[:26]}-{sha256(name.encode()).hexdigest()[:5]}"
    return {user, name}


def homes(top: Path, notes: list[str]) -> Iterator[Home]:
    """Yield the open folder of every user below `top`; a note for what is nobody's.

    Parameters
    ----------
    top : pathlib.Path
    notes : list of str
        Gets a sentence for each folder that somebody else seems to have made in a user's name.

    Raises
    ------
    GradingError
        When there is no such folder, or the system cannot walk it safely.
    """
    if os.name != "posix":
        raise GradingError("course hub works where the hub does: on Linux")
    try:
        around = os.open(top, _FOLDER & ~getattr(os, "O_NOFOLLOW", 0))
    except OSError as error:
        raise GradingError(
            f"--at {top}: {error.strerror}; name the folder of graded work"
        ) from None
    try:
        anybody = os.fstat(around).st_mode & stat.S_IWOTH
        for user in sorted(os.listdir(around)):
            try:
                number = os.open(user, _FOLDER, dir_fd=around)
            except OSError:
                notes.append(f"{top}/{user} is no folder that can be opened; left out")
                continue
            try:
                about = os.fstat(number)
                if anybody and not _owned(user, about.st_uid):
                    notes.append(f"{top}/{user} belongs to {_login(about.st_uid)}; left out")
                else:
                    yield Home(user, number, about.st_uid, about.st_gid)
            finally:
                os.close(number)
    finally:
        os.close(around)


def _login(uid: int) -> str:
    import pwd

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _owned(user: str, uid: int) -> bool:
    """Tell whether a folder in a user's name is his, where anybody could have made it."""
    return uid == os.geteuid() or _login(uid) in logins(user)


def _give(number: int, home: Home) -> None:
    """Make an open file or folder the user's; only root can, and only root must."""
    if os.geteuid() == 0:
        os.fchown(number, home.uid, home.gid)


@contextmanager
def _inside(home: Home, folder: str, make: bool, around: int | None = None) -> Iterator[int]:
    """Open a folder in one of the user's, made closed if it is to be; `OSError` when it is none."""
    outer = home.number if around is None else around
    if make:
        with suppress(FileExistsError):
            os.mkdir(folder, 0o700, dir_fd=outer)
            fresh = os.open(folder, _FOLDER, dir_fd=outer)
            _give(fresh, home)
            os.close(fresh)
    number = os.open(folder, _FOLDER, dir_fd=outer)
    try:
        yield number
    finally:
        os.close(number)


def put(home: Home, folder: str, files: dict[tuple[str, ...], bytes], mode: int = 0o600) -> int:
    """Put files into a folder of the user; what stands there already is left as it is.

    Parameters
    ----------
    home : Home
    folder : str
    files : dict
        From the parts of a path below `folder` to the bytes.
    mode : int

    Returns
    -------
    int
        How many were put there.

    Raises
    ------
    OSError
        When a folder is a link or no folder, or nothing can be written.
    """
    count = 0
    for parts, data in files.items():
        with ExitStack() as stack:
            inside = home.number
            for name in (folder, *parts[:-1]):
                inside = stack.enter_context(_inside(home, name, make=True, around=inside))
            with suppress(FileExistsError):
                number = os.open(parts[-1], _NEW, mode, dir_fd=inside)
                with open(number, "wb") as file:
                    file.write(data)
                    _give(number, home)
                count += 1
    return count


def handed_in(home: Home, assignment: str, notes: list[str]) -> Iterator[tuple[str, bytes]]:
    """Yield name and bytes of every answer file of an assignment that the user himself wrote."""
    with suppress(FileNotFoundError), _inside(home, assignment, make=False) as inside:
        named = [name for name in sorted(os.listdir(inside)) if name.endswith(".jsonl")]
        about = f"{home.user}/{assignment}"
        if len(named) > MOST:
            notes.append(f"{about}: {len(named)} files; only the first {MOST} are taken")
        for name in named[:MOST]:
            try:
                yield name, _read(home, inside, name)
            except OSError as error:
                notes.append(f"{about}/{name}: {error.strerror}; left out")


def _read(home: Home, inside: int, name: str) -> bytes:
    """Return the bytes of a plain file of the user's own; `OSError` for anything else."""
    number = os.open(name, _READ, dir_fd=inside)
    try:
        about = os.fstat(number)
        if not stat.S_ISREG(about.st_mode):
            raise OSError(errno.EINVAL, "no plain file")
        if about.st_uid not in (home.uid, os.geteuid()) or about.st_nlink > 1:
            raise OSError(errno.EPERM, "a file of somebody else")
        with open(number, "rb", closefd=False) as file:
            data = file.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise OSError(errno.EFBIG, "too large")
        return data
    finally:
        os.close(number)


def students(key: Key, table: Path | None) -> Callable[[str], str | None]:
    """Return what gives the student of the roster behind a user's name, or None.

    A name is a student's when it is the id or the e-mail, whole or before the @, of one student
    only. `table` is a CSV with the columns ``user`` and ``id``, for a hub with other names.
    """
    known: dict[str, set[str]] = {}
    ids = {folded(row[0]): row[0] for row in key["roster"]}
    for student, _, _, mail, *_ in key["roster"]:
        for name in {student, mail, mail.partition("@")[0]} - {""}:
            known.setdefault(name.casefold(), set()).add(student)
    if table:
        try:
            with table.open(encoding="utf-8-sig", newline="") as file:
                rows = list(csv.DictReader(file))
        except (UnicodeDecodeError, csv.Error):
            raise GradingError(f"{table}: save it as CSV in UTF-8 with columns user,id") from None
        for line, row in enumerate(rows, 2):
            user, student = (row.get(name) or "" for name in ("user", "id"))
            if not user or folded(student) not in ids:
                said = "is not in the roster" if user else "has no user; write columns user,id"
                raise GradingError(f"{table}:{line}: id {student!r} {said}")
            known[user.strip().casefold()] = {ids[folded(student)]}

    def student_of(user: str) -> str | None:
        fitting = known.get(user.casefold(), set())
        return next(iter(fitting)) if len(fitting) == 1 else None

    return student_of


def hand_out(source: Path, top: Path, notes: list[str]) -> tuple[str, int, int]:
    """Put a copy of an assignment's ``students`` folder into everybody's own.

    Returns
    -------
    tuple
        Its id, how many users got something, how many had it all.
    """
    assignment = read_public(source / "assignment.json")["id"]
    found = sorted(path for path in source.rglob("*") if path.is_file())
    files = {path.relative_to(source).parts: path.read_bytes() for path in found}
    given = ready = 0
    for home in homes(top, notes):
        try:
            fresh = put(home, assignment, files)
        except OSError as error:
            notes.append(f"{top}/{home.user}/{assignment}: {error.strerror}; left out")
            continue
        given, ready = given + bool(fresh), ready + (not fresh)
    return assignment, given, ready


def collect(key: Key, top: Path, out: Path, table: Path | None, notes: list[str]) -> int:
    """Copy what everybody handed in to ``OUT/STUDENT/ID/``: so ``course grade`` knows the owner.

    Returns
    -------
    int
        From how many users something was taken.
    """
    student_of, count = students(key, table), 0
    close(out)
    for home in homes(top, notes):
        student = student_of(home.user)
        try:
            taken = dict(handed_in(home, key["id"], notes))
        except OSError as error:
            notes.append(f"{top}/{home.user}/{key['id']}: {error.strerror}; left out")
            continue
        if taken and not student:
            notes.append(f"{home.user} is no student of the roster; the id in the file decides")
        for name, data in taken.items():
            target = out / (student or home.user).replace("/", "_") / key["id"] / name
            target.parent.mkdir(parents=True, exist_ok=True)
            write_whole(target, data)
        count += bool(taken)
    return count


def give_back(
    key: Key, pages: Path, top: Path, table: Path | None, notes: list[str]
) -> tuple[int, int]:
    """Put each student's page into his own folder, and into nobody else's.

    Whose page it is ``index.csv`` says, whose folder the roster: never the file handed in.

    Returns
    -------
    tuple of int
        How many pages were put there, and how many stay because nobody's folder is known for them.
    """
    try:
        with (pages / "index.csv").open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file, delimiter=";"))[1:]
    except FileNotFoundError:
        raise GradingError(f"{pages} has no index.csv; run course feedback first") from None
    names = {row[0]: row[-1] for row in rows if row}
    student_of, count = students(key, table), 0
    for home in homes(top, notes):
        name = names.get(student_of(home.user) or "")
        if not name or Path(name).name != name:
            continue
        data = (pages / name).read_bytes()
        sign = sha256(data).hexdigest()[:8]  # a page written anew stands beside the former
        try:
            put(home, key["id"], {(f"feedback-{sign}.html",): data}, 0o400)
        except OSError as error:
            notes.append(f"{top}/{home.user}/{key['id']}: {error.strerror}; left out")
            continue
        count += 1
    return count, len(names) - count


def main(words: Sequence[str]) -> int:
    """Run ``course hub``; return 0, or 2 when it cannot be carried out."""
    what = "Graded work on a JupyterHub, through the folders that everybody has below TOP."
    parser = ArgumentParser("course hub", description=what, allow_abbrev=False)
    acts = parser.add_subparsers(dest="act", metavar="command", required=True)

    def act(name: str, said: str) -> ArgumentParser:
        return acts.add_parser(name, help=said, description=said, allow_abbrev=False)

    one = act("hand-out", "put an assignment into everybody's folder")
    one.add_argument(
        "source", type=Path, metavar="STUDENTS", help="the students folder that course assign made"
    )
    two = act("collect", "take what everybody handed in")
    said = "the folder to write into"
    two.add_argument("--out", type=Path, required=True, metavar="SUBMISSIONS", help=said)
    three = act("give-back", "put each student's page into his own folder")
    three.add_argument(
        "pages", type=Path, metavar="PAGES", help="the folder that course feedback wrote"
    )
    for each in (one, two, three):
        said = "the folder of everybody's folders for graded work"
        each.add_argument("--at", type=Path, required=True, metavar="TOP", help=said)
    for each in (two, three):
        said = "the private folder that course assign made"
        each.add_argument("--key", type=Path, required=True, metavar="PRIVATE", help=said)
        said = "CSV, columns user,id: for who has another name on the hub"
        each.add_argument("--users", type=Path, metavar="FILE", help=said)
    given = parser.parse_args(words)
    notes: list[str] = []
    if given.act == "hand-out":
        name, fresh, ready = hand_out(given.source, given.at, notes)
        said = f"{name}: handed out to {fresh}, {ready} had it already"
    elif given.act == "collect":
        key = read_key(given.key)
        count = collect(key, given.at, given.out, given.users, notes)
        said = f"{key['id']}: collected from {count} into {given.out}"
    else:
        key = read_key(given.key)
        count, left = give_back(key, given.pages, given.at, given.users, notes)
        said = f"{key['id']}: {count} pages given back, {left} without a folder"
    for note in notes:
        print(note, file=sys.stderr)
    print(said)
    return 0
