"""What students handed in: a folder, a zip from Moodle, an nbgrader tree.

A source lists its files, each with the flag that says why it is not to be read, and gives the bytes
of one at a time. Data is read, never unpacked: nothing is written anywhere, no link is followed,
and no file can cost more than `LARGEST` bytes of memory.
"""

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from course.grading.intake.archive import Archive
    from course.grading.intake.folder import Folder
    from course.grading.intake.owners import Owners

LARGEST = 16 << 20  # bytes of one journal; a year's daily work on 30 exercises is a tenth of it
MOST = 50  # files of one student; a whole folder of journals, every version kept, is less
_DEVICES = {"con", "prn", "aux", "nul", "com", "lpt"}
_ARCHIVES = (".zip", ".rar", ".7z", ".gz", ".tgz", ".tar", ".bz2", ".xz")
_NOISE = re.compile(
    r"(^|/)(\.[^./]|__MACOSX/|(Thumbs\.db|desktop\.ini|assignment\.json|"
    r"timestamp\.txt|submission_secret\.txt)$)",
    re.I,
)
_BESIDE = re.compile(r"\.(ipynb|csv)$|(^|/)onlinetext\.html$", re.I)


class Refused(Exception):
    """A file that is not read; its argument is the flag that says why."""


class Entry(NamedTuple):
    """One file: its name as handed in, why it must not be read, and where its source finds it."""

    name: str
    flag: str | None
    place: str | int = ""


def source(path: str | Path) -> "Folder | Archive":
    """Return the reader of a folder or an archive.

    Raises
    ------
    OSError
        When there is nothing to read.
    Refused
        "bad-archive": the file is no whole zip.
    """
    from course.grading.intake.archive import Archive
    from course.grading.intake.folder import Folder

    return Folder(path) if os.path.isdir(path) else Archive(path)


def suspect(name: str) -> str | None:
    """Return the flag for a file that its name alone rules out, or None.

    Examples
    --------
    >>> suspect("../passwd.jsonl"), suspect("Бондар_1_assignsubmission_file_/all.zip")
    ('path', 'nested-archive')

    The sheet itself and its data are no fault beside an answer file, and a wrong file without one.

    >>> suspect("17/quiz/quiz-uk.ipynb")
    'beside'
    """
    parts, end = name.split("/"), name[-6:].lower()
    outside = name[:1] == "/" or name[1:2] == ":" or ".." in parts or "\\" in name
    if outside or re.search("[\0-\x1f]", name) or any(map(_device, parts)):
        return "path"
    if end == ".jsonl":
        return None
    if name.lower().endswith(_ARCHIVES):
        return "nested-archive"
    if _BESIDE.search(name):
        return "beside"
    return None if end.endswith((".txt", ".json")) or "." not in parts[-1] else "wrong-file"


def _device(part: str) -> bool:
    return part[:3].lower() in _DEVICES and bool(re.fullmatch(r"...\d?(\..*)?", part, re.S))


def noise(name: str) -> bool:
    """Tell whether a file is one of those that machines leave behind."""
    return bool(_NOISE.search(name))


def listed(folder: "Folder | Archive", owners: "Owners") -> list[Entry]:
    """Return all files in the order of their names; of one student's folder `MOST` are read."""
    entries, counts = sorted(folder.entries()), dict[str, int]()
    for number, entry in enumerate(entries):
        made = None if entry.flag else owners.folder(entry.name)
        if made:
            counts[made] = counts.get(made, 0) + 1
            if counts[made] > MOST:
                entries[number] = entry._replace(flag="too-many")
    if counts:
        owners.words()  # once, before a second process would do it again
    return entries
