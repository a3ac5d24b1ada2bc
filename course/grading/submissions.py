"""Readers of what students handed in: a folder, a zip from Moodle, an nbgrader tree. Data is read, never unpacked.

A reader lists its files with the reason why one is not to be read, and gives the bytes of one file at a time.
Nothing is written anywhere, no link is followed, and no file can cost more than `LARGEST` bytes of memory.
"""

import bisect
import os
import re
import stat
import struct
import unicodedata
import zlib
from itertools import combinations
from typing import NamedTuple

LARGEST = 16 << 20  # bytes of one journal; a year of daily work on thirty exercises is a tenth of it
_RATIO = 400  # of a deflated file to its size in the archive; journals stay below 100
_DEEPEST = 12  # folders
_MANY = 64  # students who share two words of their names
_DEVICES = {"con", "prn", "aux", "nul", "com", "lpt"}
_ARCHIVES = (".zip", ".rar", ".7z", ".gz", ".tgz", ".tar", ".bz2", ".xz")
_NOISE = re.compile(r"(^|/)(\.[^./]|__MACOSX/|(Thumbs\.db|desktop\.ini|assignment\.json|"
                    r"timestamp\.txt|submission_secret\.txt)$)", re.I)
_BESIDE = re.compile(r"\.(ipynb|csv)$|(^|/)onlinetext\.html$", re.I)
_END, _END64, _LOCATOR = b"PK\5\6", b"PK\6\6", b"PK\6\7"


class Refused(Exception):
    """A file that is not read; its argument is the flag that says why."""


class Entry(NamedTuple):
    """One file: its name as handed in, where its bytes are, and the flag when it must not be read."""

    name: str
    flag: str | None
    place: tuple = ()


def reader(path):
    """Return the reader for a folder or an archive.

    Raises
    ------
    OSError
        When there is nothing to read.
    Refused
        "bad-archive": the file is no zip.
    """
    return Folder(path) if os.path.isdir(path) else Archive(path)


def suspect(name):
    """Return the flag for a file that its name alone rules out, or None.

    Examples
    --------
    >>> suspect("../../etc/passwd.jsonl"), suspect("Бондар_1_assignsubmission_file_/all.zip"), suspect("a/b.jsonl")
    ('path', 'nested-archive', None)

    The sheet itself and its data are no fault beside an answer file, and a wrong file without one.

    >>> suspect("17/quiz/quiz-uk.ipynb")
    'beside'
    """
    parts, end = name.split("/"), name[-6:].lower()
    if (name[:1] == "/" or name[1:2] == ":" or ".." in parts or "\\" in name
            or not name.isprintable() and re.search("[\0-\x1f]", name)
            or any([part[:3].lower() in _DEVICES and re.fullmatch(r"...\d?(\..*)?", part, re.S) for part in parts])):
        return "path"
    if end == ".jsonl":
        return None
    if name.lower().endswith(_ARCHIVES):
        return "nested-archive"
    if _BESIDE.search(name):
        return "beside"
    return None if end.endswith((".txt", ".json")) or "." not in parts[-1] else "wrong-file"


class Folder:
    """Files below a folder, in the order of their names."""

    def __init__(self, root):
        self.root = os.fspath(root)

    def entries(self):
        """Yield an `Entry` for each file; folders are walked, links are not."""
        ahead = [("", 0)]
        while ahead:
            below, depth = ahead.pop()
            try:
                with os.scandir(os.path.join(self.root, below)) as found:
                    inside = sorted((one.name, one.is_symlink(), one.is_dir(follow_symlinks=False),
                                     one.is_file(follow_symlinks=False)) for one in found)
            except OSError:
                yield Entry(_readable(below), "unreadable")
                continue
            for name, link, folder, file in reversed(inside):
                path = below + "/" + name if below else name
                if folder and depth < _DEEPEST:
                    ahead.append((path, depth + 1))
            for name, link, folder, file in inside:
                path = below + "/" + name if below else name
                shown = _readable(path)
                flag = "symlink" if link else "path" if folder or not file else suspect(shown)
                if folder and depth < _DEEPEST or flag not in ("path", "symlink") and _NOISE.search(shown):
                    continue
                yield Entry(shown, flag, (path,))

    def read(self, entry):
        """Return the bytes of one file, or raise `Refused`."""
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        try:
            number = os.open(os.path.join(self.root, entry.place[0]), flags)
            with open(number, "rb", buffering=0) as file:
                found = os.fstat(number)
                if not stat.S_ISREG(found.st_mode):
                    raise Refused("path")
                if found.st_size > LARGEST:
                    raise Refused("too-large")
                data = file.read(LARGEST + 1)
        except (OSError, ValueError):
            raise Refused("unreadable") from None
        if len(data) > LARGEST:
            raise Refused("too-large")
        return data


def _readable(path):
    return os.fsencode(path).decode("utf-8", "replace").replace(os.sep, "/")


class Archive:
    """Files of a zip archive, in the order of its directory, inflated one by one."""

    def __init__(self, path):
        self.path, self._file, self._owner = os.fspath(path), None, None
        with open(self.path, "rb") as file:
            self.size = file.seek(0, os.SEEK_END)
            start = max(0, self.size - 66_000)
            file.seek(start)
            tail = file.read()
            place = tail.rfind(_END)
            if place < 0 or len(tail) - place < 22:
                raise Refused("bad-archive")
            self.count, size, offset = struct.unpack_from("<HII", tail, place + 10)
            end = start + place
            if tail[place - 20 : place - 16] == _LOCATOR and place >= 20:
                wide = struct.unpack_from("<Q", tail, place - 12)[0]
                file.seek(min(wide, self.size))
                record = file.read(56)
                if record[:4] != _END64 or len(record) < 56:
                    raise Refused("bad-archive")
                (self.count, size, offset), end = struct.unpack_from("<QQQ", record, 32), wide
        self.shift = end - size - offset  # bytes that somebody put before the archive
        self.start, self.end = end - size, end
        if self.start < 0 or self.shift < 0:
            raise Refused("bad-archive")

    def entries(self):
        """Yield an `Entry` for each file that the directory names, and one flagged when the directory breaks off."""
        taken = []  # (start, end) of what is to be read; two files in one place are a bomb
        with open(self.path, "rb") as file:
            file.seek(self.start)
            while file.tell() + 46 <= self.end:
                head = file.read(46)
                (sign, system, flags, method, crc, packed, size, name, extra, comment, mode, offset) = struct.unpack(
                    "<4sxB2xHH4xIIIHHH4xII", head)
                words = file.read(name + extra + comment)
                if sign != b"PK\1\2" or len(words) < name + extra + comment:
                    yield Entry(os.path.basename(self.path), "bad-archive")
                    return
                if 0xFFFFFFFF in (packed, size, offset):
                    size, packed, offset = _wide(words[name : name + extra], size, packed, offset)
                shown = _zip_name(words[:name], flags)
                place = self.shift + offset
                flag = "symlink" if system == 3 and stat.S_ISLNK(mode >> 16) else suspect(shown)
                if flag not in ("path", "symlink") and (shown.endswith("/") or _NOISE.search(shown)):
                    continue
                if not flag and (size > LARGEST or packed > LARGEST or size > (1 << 20) and size > _RATIO * packed):
                    flag = "too-large"
                if not flag and (flags & 1 or method not in (0, 8) or not _free(taken, place, place + 30 + packed)):
                    flag = "bad-archive"
                yield Entry(shown, flag, (place, packed, size, method, crc))

    def read(self, entry):
        """Return the bytes of one file, or raise `Refused`."""
        place, packed, size, method, crc = entry.place
        if self._owner != os.getpid():  # a forked process must not share the place in the file
            self._file, self._owner = open(self.path, "rb", 1 << 17), os.getpid()
        self._file.seek(place)
        head = self._file.read(30)
        if head[:4] != b"PK\3\4" or len(head) < 30:
            raise Refused("bad-archive")
        name, extra = struct.unpack_from("<HH", head, 26)
        self._file.seek(name + extra, os.SEEK_CUR)
        data = self._file.read(packed)
        if method:
            try:
                data = zlib.decompressobj(-15).decompress(data, size + 1)
            except zlib.error:
                raise Refused("bad-archive") from None
        if len(data) != size or zlib.crc32(data) != crc:
            raise Refused("bad-archive")
        return data


def _free(taken, start, end):
    """Take a stretch of the archive for one file; False when another file has a part of it."""
    place = bisect.bisect(taken, (start, end))
    if place and taken[place - 1][1] > start or place < len(taken) and taken[place][0] < end:
        return False
    taken.insert(place, (start, end))
    return True


def _zip_name(raw, flags):
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("utf-8" if flags & 0x800 else "cp866", "replace")  # cp866: zipped by Windows in uk or ru


def _wide(extra, *values):
    """Put the 64-bit values of a zip64 field where the 32-bit ones are full."""
    place = 0
    while place + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, place)
        if kind == 1:
            inside = extra[place + 4 : place + 4 + size]  # it may break off
            body = [*struct.iter_unpack("<Q", inside[: len(inside) // 8 * 8])]
            return [body.pop(0)[0] if value == 0xFFFFFFFF and body else value for value in values]
        place += 4 + size
    return values


class Owners:
    """Says whose file it is by what the LMS wrote around it, never by what the student wrote in it.

    Parameters
    ----------
    assignment : str
        Its id: nbgrader's tree is ``student/assignment/…``.
    students : list of (id, name, …)
        The roster.

    Examples
    --------
    >>> owners = Owners("quiz", [("17", "Шевченко Іван Петрович"), ("18", "Бондар Ольга")])
    >>> owners.of("Іван Шевченко_4711_assignsubmission_file_/a.jsonl"), owners.of("18/quiz/a.jsonl")
    ('17', '18')
    """

    def __init__(self, assignment, students):
        self.assignment, self.students, self._names = assignment, {row[0]: row[1] for row in students}, None
        self._file = re.compile(re.escape(assignment) + r"-(.+?)( ?\(\d+\)|_\d)?\.jsonl?(\.(txt|jsonl?))?$")

    def of(self, name):
        """Return the id of the student whose folder this is, or None when that is not certain."""
        before, moodle, _ = name.partition("_assignsubmission_")
        if moodle:
            called, _, number = before.rpartition("/")[2].rpartition("_")
            return self._called(_words(called)) if number.isdigit() else None
        parts = name.split("/")
        for student, folder in zip(parts, parts[1:-1], strict=False):
            if folder == self.assignment and student in self.students:
                return student
        return None

    def by_file_name(self, name):
        """Return the id in a name like ``quiz-17.jsonl`` or ``quiz-17 (1).jsonl``; the student may have written it."""
        found = self._file.match(name.rpartition("/")[2])
        return found[1] if found and found[1] in self.students else None

    def _called(self, words):
        """The one student whose name has all of these words, or is all in them; a patronymic alone says nothing."""
        if self._names is None:
            self._names = {}  # two words of a name -> the student who has them both, or a list of several
            for student, name in self.students.items():
                for pair in _pairs(_words(name)):
                    others = self._names.setdefault(pair, student)
                    if type(others) is list:
                        others.append(student)
                    elif others != student:
                        self._names[pair] = [others, student]
        near = [self._names[pair] for pair in _pairs(words) if pair in self._names]
        near = [{one} if type(one) is str else one for one in near]
        # A first name and a patronymic that hundreds share need no look when rarer words are there.
        near = [some for some in near if len(some) <= _MANY] or near
        found = set()
        for student in set().union(*near):
            whole = _words(self.students[student])
            if whole <= words or words <= whole:
                found.add(student)
        return found.pop() if len(found) == 1 else None


def _words(name):
    plain = unicodedata.normalize("NFC", name).casefold().replace("’", "'").replace("ʼ", "'").replace("_", " ")
    return set(plain.split())


def _pairs(words):
    words = sorted(words)[:6]
    if len(words) == 2:
        return (f"{words[0]} {words[1]}",)
    return [" ".join(pair) for pair in combinations(words, 2)] or words
