"""The roster, as universities export it: who is in the class; every fault told with its line."""

import csv
import io
import re
import tomllib
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import msgspec

from course.exercises import Fault
from course.ids import LONGEST, clean, folded

# Letters of Windows-1251 that no name here has: what other encodings turn into.
_STRANGE = re.compile(
    "[\u0402\u0403\u0409-\u040f\u0452\u0453\u0459-\u045f\u20ac\u2020-\u2022\u2030]"
)
_COLUMNS = Path(__file__).with_name("columns.toml")
_TOP = 30  # rows in which the names of the columns are looked for
_TOTAL = re.compile("(усього|всього|разом|итого|всего|total)\\b", re.I)
# A column that counts the rows.
_ITEM = re.compile(r"[^:]+:\S.*\([^()]+\)")  # of Moodle's gradebook: «Завдання:Назва (Бали)»
# In its worksheet of an assignment; a student knows no such number.
_PARTICIPANT = re.compile("(participant|учасник|участник) ?[0-9]+", re.I)
_NUMBER = re.compile(r"(№|no|n|#)?\s*(з/п|п/п|пп|зп|з п|п п)?\.?", re.I)
_EXAMPLE = "ПІБ;Група;Пошта;№ залікової книжки"
_CSV = "save the list as .xlsx or as CSV UTF-8"
_OFFICE = {b"\xd0\xcf\x11\xe0": "an Excel workbook of the old kind", b"%PDF": "a PDF"}
Stems = list[tuple[str, list[list[str]]]]
Tell = Callable[[int, str, str], None]


@dataclass(frozen=True, slots=True)
class Student:
    """One line of the roster; fields that it does not have are empty."""

    id: str
    name: str
    group: str = ""
    email: str = ""


class Row(NamedTuple):
    """One row of a table: the line it begins in, and its cells."""

    line: int
    cells: list[str]


class Table(NamedTuple):
    """The row that names the columns, the rows below it, and which column is what."""

    head: Row
    rows: list[Row]
    columns: dict[str, int]


class Unreadable(Exception):
    """Why a whole file is no roster."""


def read_roster(
    path: str | Path, faults: list[Fault], notes: list[str] | None = None
) -> list[Student]:
    """Read a roster as universities export it.

    Parameters
    ----------
    path : path-like
        An Excel workbook (its first sheet), or CSV in UTF-8, UTF-16 or Windows-1251, parted by
        commas, semicolons or tabs. Columns are found by what their names mean (``columns.toml``);
        without a column of ids the e-mail is the id. Lines above the names of the columns and
        totals below are passed over.
    faults : list of Fault
        Gets what is wrong, by line.
    notes : list of str, optional
        Gets which columns are not used.

    Returns
    -------
    list of Student
        In the order of the file.
    """
    path, seen = Path(path), dict[tuple[str, str], int]()
    named = path.name or str(path)  # "." has no name
    before = len(faults)

    def fault(line: int, field: str, message: str) -> None:
        faults.append(Fault(named, line, "", field, message))

    known = _stems(faults)
    if not known:
        return []
    try:
        head, rows, columns = _table(path, known, fault)
    except Unreadable as error:
        fault(1, "", str(error))
        return []
    if why := _no_ids(rows, columns):
        told = clean(head.cells[columns.pop("id")])
        if notes is not None:
            notes.append(f"{named}:{head.line}: {told!r} {why}, so the e-mail is the id")
    missing = _missing(head, columns)
    if missing:
        fault(head.line, "", missing)
        return []
    others = [clean(cell) for n, cell in enumerate(head.cells) if n not in columns.values()]
    unused = [cell for cell in others if cell and not _NUMBER.fullmatch(cell)]
    if unused and notes is not None:
        notes.append(f"{named}:{head.line}: columns not used: {', '.join(unused)}")
    listed = [row for row in rows if not _passed(row, head, known, fault)]
    students = [_student(row, columns, seen, fault) for row in listed]
    if not students and len(faults) == before:
        fault(head.line, "", "there is no student below the names of the columns")
    return students


def _no_ids(rows: Sequence[Row], columns: Mapping[str, int]) -> str:
    """Return why a column of ids holds none, where the e-mail can be the id; else ""."""
    if not columns.keys() >= {"id", "email"}:
        return ""
    filled = [row.cells for row in rows if any(map(str.strip, row.cells))]
    ids, emails = (
        ["".join(cells[columns[field] :][:1]).strip() for cells in filled]
        for field in ("id", "email")
    )
    if not any(ids):
        return "is empty" if emails and all(emails) else ""
    return "counts Moodle's participants" if all(map(_PARTICIPANT.fullmatch, ids)) else ""


def opened(path: Path, fault: Tell) -> tuple[list[str], list[Row]]:
    """Return the lines of a CSV file, or the rows of a workbook; the other one is empty.

    Raises
    ------
    Unreadable
        It is neither.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Unreadable(f"cannot be read: {error.strerror}") from None
    if data.startswith(b"PK\3\4"):
        return [], _workbook(path)
    if data[:4] in _OFFICE:
        raise Unreadable(f"this is {_OFFICE[data[:4]]}; {_CSV}")
    lines = re.split("\r\n|\r|\n", _decoded(data, fault))  # splitlines parts at U+2028 too
    if lines[0].startswith("sep="):
        lines[0] = ""
    return lines, []


def _table(path: Path, known: Stems, fault: Tell) -> Table:
    lines, sheet = opened(path, fault)
    if not lines:
        return _parted(sheet, known)

    def rank(mark: str) -> tuple[bool, int, int]:
        head, rows, columns = _parted(cells_of(lines, mark), known)
        fit = sum(len(row.cells) == len(head.cells) > 1 for row in rows)
        return bool(_missing(head, columns)), -fit, -len(columns)

    # Most rows have as many cells as there are columns, and most columns a meaning.
    mark = min(";\t,", key=rank)
    start = _parted(cells_of(lines, mark), known).head.line
    return _parted(cells_of(lines, mark, start, fault), known)


def cells_of(lines: list[str], mark: str, start: int = 1, fault: Tell | None = None) -> list[Row]:
    """Part lines into cells; from line `start` on `fault` is told of lone quotation marks."""
    rows = [Row(number, line.split(mark)) for number, line in enumerate(lines[: start - 1], 1)]
    below = io.StringIO("\n".join(lines[start - 1 :]))
    table, line = csv.reader(below, delimiter=mark, strict=fault is not None), start
    try:
        for cells in table:
            last = start + table.line_num - 1
            if fault and any("\n" in cell and mark in cell for cell in cells):
                said = f"one cell goes on to line {last}; remove the lone quotation mark"
                fault(line, "", said)
            else:
                rows.append(Row(line, cells))
            line = last + 1
    except csv.Error as error:
        if fault:
            said = "look for a lone quotation mark in this line and below"
            fault(line, "", f"not CSV: {error}; {said}")
    return rows


def _workbook(path: Path) -> list[Row]:
    """Read the first sheet of an Excel workbook."""
    try:
        from openpyxl import load_workbook
    except ModuleNotFoundError:
        said = 'an Excel workbook needs openpyxl: python -m pip install ".[grading]"'
        raise Unreadable(f"{said}, or save it as CSV UTF-8") from None
    try:
        sheet = list(load_workbook(path, read_only=True, data_only=True).worksheets[0].values)
    except Exception:  # whatever it meets in a file that only begins like a workbook
        raise Unreadable(f"this is no Excel workbook that can be read; {_CSV}") from None
    return [Row(line, [_shown(cell) for cell in cells]) for line, cells in enumerate(sheet, 1)]


def _shown(cell: object) -> str:
    """Return a cell as Excel shows it: whole numbers without a fraction."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)


def _parted(rows: list[Row], known: Stems) -> Table:
    """Find the row that names the columns; what stands above it is a title."""
    meanings = [len(_meaning(row.cells, known)) for row in rows[:_TOP]]
    # Without names of columns the first row with anything in it stands for them.
    filled = (place for place, row in enumerate(rows) if any(map(str.strip, row.cells)))
    place = meanings.index(max(meanings)) if any(meanings) else next(filled, 0)
    head = rows[place] if rows else Row(1, [])
    cells = list(head.cells)
    while cells and not cells[-1].strip():
        cells.pop()
    return Table(Row(head.line, cells), rows[place + 1 :], _meaning(cells, known))


def _stems(faults: list[Fault]) -> Stems:
    """Return the beginnings of words by which each field is known, the preferred ones first."""
    message = 'write lists of words: group = ["group", "груп"]'
    try:
        raw = tomllib.loads(_COLUMNS.read_text("utf-8-sig"))
        fields = msgspec.convert(raw, dict[str, list[str]])
        return [(field, [_plain(s).split() for s in listed]) for field, listed in fields.items()]
    except msgspec.ValidationError:
        line = None
    except (OSError, ValueError, RecursionError) as error:
        message = f"cannot be read: {error}"
        line = re.search(r"line (\d+)", message)
    faults.append(Fault(_COLUMNS.name, int(line[1]) if line else 1, "", "", message))
    return []


def _field(cell: str, known: Stems) -> tuple[str, int] | None:
    """Return what one column holds, and how far down the list its name stands."""
    words = _plain(cell[:LONGEST]).split()
    best: tuple[int, str, int] | None = None
    for field, listed in known:
        for place, stems in enumerate(listed):
            whole = all(any(word.startswith(stem) for word in words) for stem in stems)
            if words and whole and (best is None or len(stems) > best[0]):
                best = len(stems), field, place
    return best[1:] if best else None


def _meaning(cells: Sequence[str], known: Stems) -> dict[str, int]:
    """Return which column holds what, by the names of the columns."""
    columns: dict[str, tuple[int, int]] = {}
    for place, cell in enumerate(cells):
        found = None if _ITEM.fullmatch(cell.strip()) else _field(cell, known)
        if found and (found[0] not in columns or found[1] < columns[found[0]][0]):
            columns[found[0]] = found[1], place
    return {field: place for field, (_, place) in columns.items()}


def _missing(head: Row, columns: Mapping[str, int]) -> str:
    """Return which column a roster lacks, as a sentence; empty when it has what is needed."""
    if not columns:
        return f"no line names the columns; write above the list, for example: {_EXAMPLE}"
    lacks = []
    if not columns.keys() & {"name", "surname"}:
        lacks.append("names of students (ПІБ, ФИО, name)")
    if not columns.keys() & {"id", "email"}:
        lacks.append("ids or e-mail addresses (№ залікової книжки, Пошта, id, e-mail)")
    if not lacks:
        return ""
    shown = ", ".join(f"{clean(head.cells[place])!r} ({field})" for field, place in columns.items())
    lacking = " and none with ".join(lacks)
    return f"this line names the columns; known are {shown}, but there is none with {lacking}"


def _plain(head: str) -> str:
    """Return the words of a column's name: small letters, no marks, no apostrophes."""
    words = re.sub("['’ʼ`]", "", unicodedata.normalize("NFC", head).casefold().replace("ё", "е"))
    words = re.sub(r"\b([пф])[. ]+([іи])[. ]+([бпо])\b", r"\1\2\3", words)  # П.І.Б.
    return re.sub(r"[^\w№]+", " ", words).strip()


def _passed(row: Row, head: Row, known: Stems, fault: Tell) -> bool:
    """Tell whether a row holds no student: it is empty, a total, or faulty."""
    filled = [cell for cell in row.cells if cell.strip()]
    if not filled or any(_TOTAL.match(cell.strip()) for cell in filled):
        return True
    wide = len(head.cells)
    if any(cell.strip() for cell in row.cells[wide:]):
        said = f"{len(row.cells)} cells, but line {head.line} names {wide} columns"
        said += '; put "quotation marks" around a cell with a sign in it that parts cells'
        fault(row.line, "", said)
        return True
    if not re.search(r"[\d@]", " ".join(filled)) and len(_meaning(filled, known)) > 1:
        said = "the names of the columns stand here once more; two lists in one? Remove this line"
        fault(row.line, "", said)
        return True
    return False


def _student(
    row: Row, columns: Mapping[str, int], seen: dict[tuple[str, str], int], fault: Tell
) -> Student:
    def cell(field: str) -> str:
        place = columns.get(field, len(row.cells))
        written = row.cells[place] if place < len(row.cells) else ""
        if len(written) > LONGEST:
            said = f"{written[:40]!r}… is longer than {LONGEST} characters; shorten it"
            fault(row.line, field, said)
        if not all(map(_shaped, written[:LONGEST])):
            words = " ".join(written[:LONGEST].split())
            said = f"{words!r} has a character that cannot be printed; write it again"
            fault(row.line, field, said)
        return clean(written)

    name = cell("name") if "name" in columns else ""
    name = name or " ".join(filter(None, map(cell, ("surname", "first", "middle"))))
    email, ids = cell("email"), "id" if "id" in columns else "email"
    student = Student(cell("id") if ids == "id" else email, name, cell("group"), email)
    if said := _faulty_id(student.id, name, ids):
        fault(row.line, ids, said)
    if said := _faulty_name(name, student.id):
        fault(row.line, "name", said)
    compared = {"id": folded(student.id), "email": email.casefold()}
    for field, value in (("id", student.id), ("email", email)):
        first = seen.setdefault((field, compared[field]), row.line) if value else row.line
        if first != row.line:
            said = f"{value!r} stands already in line {first}; one of the two must go"
            fault(row.line, field, said)
    return student


def _faulty_id(student: str, name: str, field: str) -> str | None:
    if not student:
        return f"{name or 'this student'} has no {field}; write one"
    if re.fullmatch(r"\d[.,]?\d*E\+\d+", student):
        said = "format the column as text and export again"
        return f"a spreadsheet has shortened this number to {student}; {said}"
    if re.fullmatch(r"\d+[.,]0+", student):
        fraction = student[len(student.rstrip("0")) - 1 :]
        said = f"write it without {fraction!r}, or export the column as text"
        return f"a spreadsheet has made a fraction of this number: {student}; {said}"
    if re.match("['`‘’]", student):
        return f"a spreadsheet has put an apostrophe in front: {student}; remove it"
    if len(student) > 64 or re.search(r'[\\/:*?"<>|]', student):
        said = 'leave out \\ / : * ? " < > |'
        return f"the id {student[:70]!r} cannot be part of a file name; {said}"
    return None


def _faulty_name(name: str, student: str) -> str | None:
    if not name:
        return f"the student {student!r} has no name"
    if not any(letter.isalpha() for letter in name) or "\ufffd" in name or "??" in name:
        return f"{name!r}: the letters are lost; export the roster again as CSV UTF-8"
    return f"{name!r} is not readable; save the file as CSV UTF-8" if _garbled(name) else None


def _shaped(letter: str) -> bool:
    return letter.isprintable() or letter.isspace() or unicodedata.category(letter) == "Cf"


def _decoded(data: bytes, fault: Tell) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):  # what Excel calls Unicode text
        words = data.decode("utf-16", "replace")
        if "\0" not in words and "\ufffd" not in words:
            return words
    if b"\0" in data:
        raise Unreadable(f"this is no text; {_CSV}")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        start, line = error.start, data.count(b"\n", 0, error.start) + 1
    words = data.decode("cp1251", "replace")
    if "\ufffd" in words:
        line = words[: words.index("\ufffd")].count("\n") + 1
    if "\ufffd" in words or _STRANGE.search(words):
        said = f"neither UTF-8 nor Windows-1251 (byte 0x{data[start]:02x})"
        fault(line, "", f"{said}; save the file as CSV UTF-8")
    return words


def _garbled(name: str) -> bool:
    """Tell whether letters were read in a wrong encoding: UTF-8 or KOI8 taken for Windows-1251."""
    try:
        return not name.encode("cp1251").decode("utf-8").isascii()
    except UnicodeError:
        return bool(re.match("[а-яёіїєґ][А-ЯЁІЇЄҐ]{2,}", name))
