"""Graded work on a JupyterHub: handed out, collected and given back through one folder of folders.

Everybody has ``TOP/USER``, closed to all others, and in it ``ID/`` for each assignment. Students
own their folders and may put anything there, also links; so every step below TOP is taken by an
open folder, no link is followed, and nothing that stands there is overwritten. Whose a folder is,
its name and the roster say; what two claim is nobody's until the lecturer decides.
"""

import csv
import errno
import os
import re
import secrets
import stat
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
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
_ALL = 4 * LARGEST  # bytes of one student; nobody fills the lecturer's disk
_STEM = 37  # letters of a name that the chart of JupyterHub leaves before its checksum
_NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS}  # a shared folder without hard links


Files = dict[tuple[str, ...], bytes]  # by the parts of their paths
FilesOf = Callable[[str], Files | None]  # of a user; None who is no student


class Home(NamedTuple):
    """The open folder of one user, and whose it is."""

    user: str
    path: Path
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
                    yield Home(user, top / user, number, about.st_uid, about.st_gid)
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
    number = os.open(folder, _FOLDER, dir_fd=outer)
    try:
        if make and os.fstat(number).st_uid == 0:  # new, or left by a run that was ended here
            _give(number, home)
        yield number
    finally:
        os.close(number)


def put(home: Home, folder: str, files: Files, mode: int = 0o600) -> int:
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
            count += _put(home, inside, parts[-1], data, mode)
    return count


def _put(home: Home, inside: int, name: str, data: bytes, mode: int) -> bool:
    """Put one file into an open folder, whole or not at all; False when the name is taken."""
    with suppress(FileNotFoundError):
        os.stat(name, dir_fd=inside, follow_symlinks=False)
        return False
    draft = f".{secrets.token_hex(8)}.tmp"
    number = os.open(draft, _NEW, mode, dir_fd=inside)
    try:
        with open(number, "wb") as file:
            file.write(data)
            file.flush()
            _give(number, home)
        try:
            os.link(draft, name, src_dir_fd=inside, dst_dir_fd=inside, follow_symlinks=False)
        except FileExistsError:
            return False
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            os.rename(draft, name, src_dir_fd=inside, dst_dir_fd=inside)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(draft, dir_fd=inside)
    return True


def handed_in(home: Home, assignment: str, notes: list[str]) -> Iterator[tuple[str, bytes]]:
    """Yield name and bytes of every answer file of an assignment that the user himself wrote."""
    about, left = home.path / assignment, _ALL
    try:
        with _inside(home, assignment, make=False) as inside:
            named = [name for name in sorted(os.listdir(inside)) if name.endswith(".jsonl")]
            if len(named) > MOST:
                notes.append(f"{about}: {len(named)} files; only the first {MOST} are taken")
            for name in named[:MOST]:
                try:
                    data = _read(home, inside, name)
                    if len(data) > left:
                        raise OSError(errno.EFBIG, f"more than {_ALL >> 20} MB in all")
                except OSError as error:
                    notes.append(f"{about / name}: {error.strerror}; left out")
                    continue
                left -= len(data)
                yield name, data
    except FileNotFoundError:
        return
    except OSError as error:
        notes.append(f"{about}: {error.strerror}; left out")


def _read(home: Home, inside: int, name: str) -> bytes:
    """Return the bytes of a plain file of the user's own; `OSError` for anything else."""
    try:
        number = os.open(name, _READ, dir_fd=inside)
    except OSError as error:
        said = {errno.ELOOP: "a link and no file", errno.ENXIO: "no plain file"}
        raise OSError(error.errno, said.get(error.errno or 0, error.strerror)) from None
    try:
        about = os.fstat(number)
        if not stat.S_ISREG(about.st_mode):
            raise OSError(errno.EINVAL, "no plain file")
        if about.st_uid not in (home.uid, os.geteuid()):
            raise OSError(errno.EPERM, "a file of somebody else")
        if about.st_nlink > 1:
            raise OSError(errno.EPERM, "a second name of a file that stands elsewhere too")
        with open(number, "rb", closefd=False) as file:
            data = file.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise OSError(errno.EFBIG, "too large")
        return data
    finally:
        os.close(number)


def folders(user: str) -> set[str]:
    """Return the names that the folder of a hub's user may have: his own, or what Kubernetes makes.

    The chart of JupyterHub writes ``{username}`` so that Kubernetes can take it: since chart 4
    what is left of the name and a checksum, before it each other sign as its number.

    Examples
    --------
    >>> sorted(folders("240001"))
    ['240001', 'x-240001---55fb4b76']
    >>> sorted(folders("st.01@lnu.ua"))
    ['st-01-lnu-ua---303a113f', 'st-2e01-40lnu-2eua', 'st.01@lnu.ua']
    """
    old = "".join(
        sign if re.match("[a-z0-9]", sign) else "".join(f"-{byte:02x}" for byte in sign.encode())
        for sign in user
    )
    if re.fullmatch("[a-z]([a-z0-9-]{0,46}[a-z0-9])?", user) and "--" not in user:
        return {user, old}
    stem = re.sub("[^a-z0-9]+", "-", user).lstrip("-")[:_STEM].rstrip("-") or "x"
    stem = stem if stem[0].isalpha() else f"x-{stem[: _STEM - 2]}"
    return {user, old, f"{stem}---{sha256(user.encode()).hexdigest()[:8]}"}


def students(key: Key, table: Path | None) -> Callable[[str], str | None]:
    """Return what gives the student of the roster behind the name of a folder, or None.

    A name is a student's when it is the id or the e-mail, whole or before the @, of one student
    only, or what the hub makes of it. `table` is a CSV with the columns ``user`` and ``id``, for a
    hub with other names; whoever stands in it goes by no other name.
    """
    known: dict[str, set[str]] = {}
    ids = {folded(row[0]): row[0] for row in key["roster"]}
    told: dict[str, set[str]] = {}
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
            for name in folders(user.strip().casefold()):
                told.setdefault(name, set()).add(ids[folded(student)])
    named = set[str]().union(*told.values())
    for student, _, _, mail, *_ in key["roster"]:
        for user in {student, mail, mail.partition("@")[0]} - {""} if student not in named else ():
            for name in folders(user.casefold()):
                known.setdefault(name, set()).add(student)
    known |= told

    def student_of(user: str) -> str | None:
        fitting = known.get(user.casefold(), set())
        return next(iter(fitting)) if len(fitting) == 1 else None

    return student_of


def _whose(key: Key, top: Path, table: Path | None, notes: list[str]) -> dict[str, str]:
    """Return the student behind each folder; "" and a note where two folders fit one."""
    student_of, claims = students(key, table), dict[str, list[str]]()
    for home in homes(top, []):
        if student := student_of(home.user):
            claims.setdefault(student, []).append(home.user)
    for student, users in claims.items():
        if len(users) > 1:
            said = f"{student} may be {' or '.join(users)}; left out"
            notes.append(f"{said}: write user,id of the right one into --users FILE.csv")
    return {
        user: student if len(users) == 1 else ""
        for student, users in claims.items()
        for user in users
    }


def hand_out(
    source: Path,
    top: Path,
    notes: list[str],
    private: Path | None = None,
    table: Path | None = None,
) -> tuple[str, int, int]:
    """Put a copy of an assignment's ``students`` folder into everybody's own.

    Where groups draw, everybody gets the folder of the group that the roster says; `private` is
    then needed, and `table` as of `students` for a hub with other names.

    Returns
    -------
    tuple
        Its id, how many users got something, how many had it all.
    """
    if (source / "assignment.json").is_file():
        assignment, files_of = _same(source)
    elif private is None:
        said = "name the students' folder; where groups have their own, name --key PRIVATE too"
        raise GradingError(f"there is no {source / 'assignment.json'}; {said}")
    else:
        assignment, files_of = _each(source, read_key(private), table)
    given = ready = 0
    for home in homes(top, notes):
        files = files_of(home.user)
        if files is None:
            notes.append(f"{home.user} is no student of the roster; gets nothing")
            continue
        try:
            fresh = put(home, assignment, files)
        except OSError as error:
            notes.append(f"{home.path / assignment}: {error.strerror}; left out")
            continue
        given, ready = given + bool(fresh), ready + (not fresh)
    return assignment, given, ready


def _files(source: Path) -> Files:
    found = sorted(path for path in source.rglob("*") if path.is_file())
    return {path.relative_to(source).parts: path.read_bytes() for path in found}


def _same(source: Path) -> tuple[str, FilesOf]:
    """Return the id of an assignment, and what gives everybody the same files."""
    files = _files(source)
    return read_public(source / "assignment.json")["id"], lambda user: files


def _each(source: Path, key: Key, table: Path | None) -> tuple[str, FilesOf]:
    """Return the id of an assignment, and what gives a user the files of his group."""
    units, student_of = key.get("groups", {}), students(key, table)
    if key["variants"] != "group" or not units:
        raise GradingError(f"{source} has no assignment.json; name what course assign made")
    group_of = {row[0]: folded(row[2]) for row in key["roster"]}
    for unit in units.values():
        digest = read_public(source / unit.get("folder", "") / "assignment.json")["digest"]
        if digest != unit.get("digest"):
            said = "is not of this key; run course assign again"
            raise GradingError(f"{source / unit.get('folder', '')} {said}")

    files = cache(_files)

    def files_of(user: str) -> Files | None:
        student = student_of(user)
        return files(source / units[group_of[student]].get("folder", "")) if student else None

    return key["id"], files_of


def collect(key: Key, top: Path, out: Path, table: Path | None, notes: list[str]) -> int:
    """Copy what everybody handed in to ``OUT/STUDENT/ID/``: so ``course grade`` knows the owner.

    Returns
    -------
    int
        From how many users something was taken.
    """
    whose, count = _whose(key, top, table, notes), 0
    close(out)
    for home in homes(top, notes):
        student, taken = whose.get(home.user), False
        for name, data in handed_in(home, key["id"], notes):
            if not student:
                if student is None:
                    notes.append(f"{home.path}: handed in by nobody of the roster; left out")
                break
            target = out / student.replace("/", "_") / key["id"] / name
            target.parent.mkdir(parents=True, exist_ok=True)
            write_whole(target, data)
            taken = True
        count += taken
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
    whose, count = _whose(key, top, table, notes), 0
    for home in homes(top, notes):
        name = names.get(whose.get(home.user, ""))
        if not name or Path(name).name != name:
            continue
        data = (pages / name).read_bytes()
        sign = sha256(data).hexdigest()[:8]  # a page written anew stands beside the former
        try:
            put(home, key["id"], {(f"feedback-{sign}.html",): data}, 0o400)
        except OSError as error:
            notes.append(f"{home.path / key['id']}: {error.strerror}; left out")
            continue
        count += 1
    return count, len(names) - count


def _shown(note: str) -> str:
    r"""Return a note in one line: a name that a student gave moves no cursor and adds no line.

    >>> _shown("quiz/a\nb.jsonl: no plain file")
    'quiz/a\\nb.jsonl: no plain file'
    """
    signs = (sign if sign.isprintable() else ascii(sign)[1:-1] for sign in note)
    return "".join(signs)


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
        said = "the private folder that course assign made"
        said += ", where groups have files of their own" if each is one else ""
        each.add_argument(
            "--key", type=Path, required=each is not one, metavar="PRIVATE", help=said
        )
        said = "CSV, columns user,id: for who has another name on the hub"
        each.add_argument("--users", type=Path, metavar="FILE", help=said)
    given = parser.parse_args(words)
    notes: list[str] = []
    if given.act == "hand-out":
        name, fresh, ready = hand_out(given.source, given.at, notes, given.key, given.users)
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
        print(_shown(note), file=sys.stderr)
    print(said)
    return 0
