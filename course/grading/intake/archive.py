"""Files of a zip archive, inflated one by one, with limits."""

import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from course.grading import intake
from course.grading.intake import Entry, Refused

RATIO = 200  # of a file to its size in the archive; journals stay below 100
SMALL = 20_000  # bytes; of so few even a bomb costs nothing
TOTAL = 8 << 30  # bytes of all files together
FILES = 400_000  # names in one archive
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# What the library raises for an archive that is none.
_DAMAGED = zipfile.BadZipFile, zlib.error, struct.error
_BROKEN = (*_DAMAGED, ValueError, RuntimeError, EOFError, OSError)


class Archive:
    """A zip archive of hand-in files, as Moodle makes it."""

    def __init__(self, path: str | Path) -> None:
        self.path, self._owner = os.fspath(path), os.getpid()
        if _names(self.path) > FILES:
            raise Refused("too-many")
        try:
            self._zip = zipfile.ZipFile(self.path)
        except _BROKEN:
            raise Refused("bad-archive") from None
        self._infos = self._zip.infolist()

    def entries(self) -> Iterator[Entry]:
        """Yield an `Entry` for each file that the directory names."""
        total = 0
        for number, info in enumerate(self._infos):
            name = _name(info)
            flag = _flag(info, name)
            if flag in ("path", "symlink") or not (name.endswith("/") or intake.noise(name)):
                total += 0 if flag else info.file_size
                yield Entry(name, flag or ("too-large" if total > TOTAL else None), number)

    def read(self, entry: Entry) -> bytes:
        """Return the bytes of one file, or raise `Refused`."""
        if self._owner != os.getpid():  # a forked process must not share the place in the file
            self._zip.fp = open(self.path, "rb")  # noqa: SIM115, stays open as long as the archive
            self._owner = os.getpid()
        try:
            with self._zip.open(self._infos[int(entry.place)]) as file:
                data = file.read(intake.LARGEST + 1)
        except _BROKEN:
            raise Refused("bad-archive") from None
        if len(data) > intake.LARGEST:
            raise Refused("too-large")
        return data


def _names(path: str) -> int:
    """Count the files that an archive names, all but a few, without reading its directory."""
    with open(path, "rb") as file:
        return sum(piece.count(b"PK\1\2") for piece in iter(lambda: file.read(1 << 20), b""))


def _flag(info: zipfile.ZipInfo, name: str) -> str | None:
    if info.create_system == 3 and stat.S_ISLNK(info.external_attr >> 16):
        return "symlink"
    flag = intake.suspect(name)
    if flag:
        return flag
    bomb = info.file_size > SMALL and info.file_size > RATIO * info.compress_size
    if info.file_size > intake.LARGEST or bomb:
        return "too-large"
    return "bad-archive" if info.flag_bits & 1 or info.compress_type not in _METHODS else None


def _name(info: zipfile.ZipInfo) -> str:
    """Return the name as given: UTF-8, or the letters of a Windows in Ukrainian or Russian."""
    if info.flag_bits & 0x800:
        return info.orig_filename
    raw = info.orig_filename.encode("cp437")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp866", "replace")
