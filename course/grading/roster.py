"""The roster, as universities export it: who is in the class; every fault told with its line."""

import csv
import io
import re
import tomllib
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from course.exercises import Fault, misfit

# Letters of Windows-1251 that no name here has: what other encodings turn into.
_STRANGE = re.compile("[\u0402\u0403\u0409-\u040f\u0452\u0453\u0459-\u045f\u20ac\u2020-\u2022\u2030]")
_COLUMNS = Path(__file__).with_name("columns.toml")
_LONGEST = 200  # characters of a name, a group, an address


@dataclass(frozen=True, slots=True)
class Student:
    """One line of the roster; fields that it does not have are empty."""

    id: str
    name: str
    group: str = ""
    email: str = ""


def read_roster(path, faults):
    """Read a roster as universities export it.

    Parameters
    ----------
    path : path-like
        CSV in UTF-8 or Windows-1251, parted by commas, semicolons or tabs. The columns are found by their
        Ukrainian, Russian or English names (``columns.toml``); without a column of ids the e-mail is the id.
    faults : list of Fault
        Gets what is wrong, by line.

    Returns
    -------
    list of Student
        In the order of the file.
    """
    path, students = Path(path), []
    named = path.name or str(path)  # "." has no name

    def fault(line, field, message):
        faults.append(Fault(named, line, "", field, message))

    try:
        lines = re.split("\r\n|\r|\n", _decoded(path.read_bytes(), fault))  # splitlines parts at more, as at U+2028
    except OSError as error:
        fault(1, "", f"cannot be read: {error.strerror}")
        return []
    first = next((n for n, line in enumerate(lines) if line.strip(",;\t ") and not line.startswith("sep=")), 0)
    columns = _columns(faults)
    best, mark, wide = {}, ",", 0
    for each in ",;\t":
        head = [_plain(cell[:_LONGEST]) for cell in next(csv.reader([lines[first][:10_000]], delimiter=each), ())]
        hits = {field: head.index(name) for field, names in columns.items() for name in reversed(names) if name in head}
        best, mark, wide = (hits, each, len(head)) if len(hits) > len(best) else (best, mark, wide)
    if not best.keys() & {"name", "surname"} or not best.keys() & {"id", "email"}:
        if not any(one.file == named for one in faults):
            fault(first + 1, "", "the first line must name the columns, for example: name;group;e-mail;id")
        return []
    seen = {}
    table, line = csv.reader(io.StringIO("\n".join(lines[first + 1:])), delimiter=mark, strict=True), first + 2
    try:
        for row in table:
            if any("\n" in cell and mark in cell for cell in row):
                fault(
                    line, "", f"one cell goes on to line {first + 1 + table.line_num}; remove the lone quotation mark"
                )
            elif any(cell.strip() for cell in row[wide:]):
                fault(line, "", f"{len(row)} cells, but the first line names {wide} columns; put \"quotation marks\" "
                                f"around a cell with {mark!r} in it")
            elif any(cell.strip() for cell in row) and _repeated(row, columns):
                fault(line, "", "the names of the columns stand here once more; two lists in one? Remove this line")
            elif any(cell.strip() for cell in row):
                students += _row(row, best, line, seen, fault)
            line = first + 2 + table.line_num
    except csv.Error as error:
        fault(line, "", f"not CSV: {error}; look for a lone quotation mark in this line and below")
    if not students:
        fault(first + 1, "", "there is no student below the names of the columns")
    return students


def clean(words):
    r"""Return a name, an id or an address in one line of letters that can be seen.

    Marks of direction and other letters without a shape come along with copied text; whatever parts lines or words
    becomes one space. The roster and what students typed are compared after this.

    Parameters
    ----------
    words : str
        From anybody.

    Returns
    -------
    str
        Its first 200 characters, composed (NFC), those that can be printed.

    Examples
    --------
    >>> clean(" КВ 12\u200b34\n56\x07 ")
    'КВ 1234 56'
    """
    words = unicodedata.normalize("NFC", words[:_LONGEST])
    if not words.isprintable():
        words = "".join(letter for letter in words if _shaped(letter))
    return " ".join(words.split())


def _shaped(letter):
    return letter.isprintable() or letter.isspace()


def _columns(faults):
    """Read the names of columns, to which lecturers add their own."""
    try:
        found = tomllib.loads(_COLUMNS.read_text("utf-8-sig"))
        if misfit(found, {"": [str]}) is None:
            return {field: [_plain(name) for name in names] for field, names in found.items()}
        message = 'write lists of names: group = ["group", "група"]'
    except (OSError, ValueError, RecursionError) as error:
        message = f"cannot be read: {error}"
    line = re.search(r"line (\d+)", message)
    faults.append(Fault(_COLUMNS.name, int(line[1]) if line else 1, "", "", message))
    return {}


def _repeated(row, columns):
    """Tell whether a row names columns again, perhaps others or in another order than the first."""
    known = {name for names in columns.values() for name in names}
    return sum(_plain(cell[:_LONGEST]) in known for cell in row) > 1


def _row(row, columns, line, seen, fault):
    def cell(field):
        written = row[columns[field]] if columns.get(field, len(row)) < len(row) else ""
        if len(written) > _LONGEST:
            fault(line, field, f"{written[:40]!r}… is longer than {_LONGEST} characters; shorten it")
        written = written[:_LONGEST]
        if any(not _shaped(letter) and unicodedata.category(letter) != "Cf" for letter in written):
            words = " ".join(written.split())
            fault(line, field, f"{words!r} has a character that cannot be printed; write it again")
        return clean(written)

    name = cell("name") if "name" in columns else " ".join(filter(None, map(cell, ("surname", "first", "middle"))))
    email = cell("email")
    student = Student(cell("id") if "id" in columns else email, name, cell("group"), email)
    field = "id" if "id" in columns else "email"
    if not student.id:
        fault(line, field, f"{name or 'this student'} has no {field}; write one")
    elif re.fullmatch(r"\d[.,]?\d*E\+\d+", student.id):
        fault(line, field, f"a spreadsheet has shortened this number to {student.id}; "
                           "format the column as text and export again")
    elif re.fullmatch(r"\d+[.,]0+", student.id):
        fault(line, field, f"a spreadsheet has made a fraction of this number: {student.id}; write it without "
                           f"{student.id[len(student.id.rstrip('0')) - 1:]!r}, or export the column as text")
    elif re.match("['`‘’]", student.id):
        fault(line, field, f"a spreadsheet has put an apostrophe in front: {student.id}; remove it")
    elif len(student.id) > 64 or re.search(r'[\\/:*?"<>|]', student.id):
        fault(line, field, f"the id {student.id[:70]!r} cannot be part of a file name; leave out \\ / : * ? \" < > |")
    if not name:
        fault(line, "name", f"the student {student.id!r} has no name")
    elif not any(letter.isalpha() for letter in name) or "\ufffd" in name or "??" in name:
        fault(line, "name", f"{name!r}: the letters are lost; export the roster again as CSV UTF-8")
    elif _garbled(name):
        fault(line, "name", f"{name!r} is not readable; save the file as CSV UTF-8")
    for field, value in (("id", student.id), ("email", email)):
        if value and seen.setdefault((field, value.casefold()), line) != line:
            first = seen[field, value.casefold()]
            fault(line, field, f"{value!r} stands already in line {first}; one of the two must go")
    yield student


def _decoded(data, fault):
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in data:
        fault(1, "", "this is UTF-16 or no text at all; save it as CSV UTF-8")
        return ""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        utf, line = error, data.count(b"\n", 0, error.start) + 1
    try:
        found = data.decode("cp1251")
    except UnicodeDecodeError as error:
        found, line = None, data.count(b"\n", 0, error.start) + 1
    if found is None or _STRANGE.search(found):
        fault(line, "", f"neither UTF-8 nor Windows-1251 (byte 0x{data[utf.start]:02x}); save the file as CSV UTF-8")
    return found or ""


def _garbled(name):
    """Tell whether letters were read in a wrong encoding: UTF-8 taken for Windows-1251, or KOI8 taken for it."""
    try:
        return not name.encode("cp1251").decode("utf-8").isascii()
    except UnicodeError:
        return bool(re.match("[а-яёіїєґ][А-ЯЁІЇЄҐ]{2,}", name))


def _plain(head):
    return re.sub(r"[^\w№]+", " ", unicodedata.normalize("NFC", head).casefold().replace("’", "'").replace("ʼ", "'")
                  .replace("'", "")).strip()
