"""The roster, as universities export it: who is in the class; every fault told with its line."""

import csv
import io
import re
import tomllib
import unicodedata
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from course.exercises import Fault
from course.ids import LONGEST, clean, folded

# Letters of Windows-1251 that no name here has: what other encodings turn into.
_STRANGE = re.compile(
    "[\u0402\u0403\u0409-\u040f\u0452\u0453\u0459-\u045f\u20ac\u2020-\u2022\u2030]"
)
_COLUMNS = Path(__file__).with_name("columns.toml")
_TOP = 30  # rows in which the names of the columns are looked for
_TOTAL = re.compile("(усього|всього|разом|итого|всего|total)\\b", re.I)
_NUMBER = re.compile(
    r"(№|no|n|#)?\s*(з/п|п/п|пп|зп|з п|п п)?\.?", re.I
)  # a column that counts the rows
_EXAMPLE = "ПІБ;Група;Пошта;№ залікової книжки"
_OFFICE = {b"PK\3\4": "xlsx", b"\xd0\xcf\x11\xe0": "xls", b"%PDF": "pdf"}
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


def read_roster(
    path: str | Path, faults: list[Fault], notes: list[str] | None = None
) -> list[Student]:
    """Read a roster as universities export it.

    Parameters
    ----------
    path : path-like
        An Excel workbook (its first sheet), or CSV in UTF-8, UTF-16 or Windows-1251, parted by commas, semicolons or
        tabs. Columns are found by what their names mean (``columns.toml``); without a column of ids the e-mail is the
        id. Lines above the names of the columns and totals below are passed over.
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
    table = _table(path, known, fault) if known else None
    if table is None:
        return []
    head, rows, columns = table
    missing = _missing(head, columns)
    if missing:
        fault(head.line, "", missing)
        return []
    unused = [
        cell for place, cell in enumerate(map(clean, head.cells))
        if cell and place not in columns.values() and not _NUMBER.fullmatch(cell)
    ]  # fmt: skip
    if unused and notes is not None:
        notes.append(f"{named}:{head.line}: columns not used: {', '.join(unused)}")
    students = []
    for row in rows:
        if not _passed(row, head, known, fault):
            students.append(_student(row, columns, seen, fault))
    if not students and len(faults) == before:
        fault(head.line, "", "there is no student below the names of the columns")
    return students


# --- the table ------------------------------------------------------------------------------------------------------


def _table(path: Path, known: Stems, fault: Tell) -> tuple[Row, list[Row], dict[str, int]] | None:
    """Read a file: the row that names the columns, the rows below it, and which column is what."""
    try:
        data = path.read_bytes()
    except OSError as error:
        fault(1, "", f"cannot be read: {error.strerror}")
        return None
    office = _OFFICE.get(data[:4])
    if office == "xlsx":
        rows = _workbook(path, fault)
        return None if rows is None else _parted(rows, known)
    if office:
        said = {"xls": "an Excel workbook of the old kind", "pdf": "a PDF"}[office]
        fault(1, "", f"this is {said}; save the list as .xlsx or as CSV UTF-8")
        return None
    words = _decoded(data, fault)
    if words is None:
        return None
    lines = re.split("\r\n|\r|\n", words)  # splitlines parts at more, as at U+2028
    if lines[0].startswith("sep="):
        lines[0] = ""
    return _best(lines, known, fault)


def _best(
    lines: list[str], known: Stems, fault: Tell
) -> tuple[Row, list[Row], dict[str, int]] | None:
    """Part lines at the sign by which most rows have as many cells as there are columns, and most columns a meaning."""
    tables: dict[tuple[bool, int, int], tuple[str, Row]] = {}
    for mark in ";\t,":
        head, rows, columns = _parted(_cells(lines, mark), known)
        fit = sum(len(row.cells) == len(head.cells) > 1 for row in rows)
        tables.setdefault((bool(_missing(head, columns)), -fit, -len(columns)), (mark, head))
    mark, head = tables[min(tables)]
    return _parted(_cells(lines, mark, head.line, fault), known)


def _cells(lines: list[str], mark: str, start: int = 0, fault: Tell | None = None) -> list[Row]:
    """Part lines into cells; from line `start` on a lone quotation mark and a cell too many are told."""
    rows, first = [], max(0, start - 1)
    rows += [Row(number, line.split(mark)) for number, line in enumerate(lines[:first], 1)]
    table = csv.reader(
        io.StringIO("\n".join(lines[first:])), delimiter=mark, strict=fault is not None
    )
    line = first + 1
    try:
        for cells in table:
            rows.append(Row(line, cells))
            if fault and any("\n" in cell and mark in cell for cell in cells):
                fault(
                    line,
                    "",
                    f"one cell goes on to line {first + table.line_num}; remove the lone quotation mark",
                )
                rows.pop()
            line = first + table.line_num + 1
    except csv.Error as error:
        if fault:
            fault(
                line, "", f"not CSV: {error}; look for a lone quotation mark in this line and below"
            )
    return rows


def _workbook(path: Path, fault: Tell) -> list[Row] | None:
    """Read the first sheet of an Excel workbook."""
    try:
        from openpyxl import load_workbook
        from openpyxl.utils.exceptions import InvalidFileException
    except ModuleNotFoundError:
        fault(
            1,
            "",
            'an Excel workbook needs openpyxl: python -m pip install ".[grading]", or save it as CSV UTF-8',
        )
        return None
    try:
        sheet = load_workbook(path, read_only=True, data_only=True).worksheets[0]
        return [
            Row(line, [_shown(cell) for cell in cells])
            for line, cells in enumerate(sheet.values, 1)
        ]
    except (
        InvalidFileException,
        zipfile.BadZipFile,
        KeyError,
        IndexError,
        ValueError,
        TypeError,
        OSError,
    ):
        # whatever the library meets in a file that only begins like a workbook
        fault(
            1,
            "",
            "this is no Excel workbook that can be read; save the list as .xlsx or as CSV UTF-8",
        )
        return None


def _shown(cell: object) -> str:
    """A cell as Excel shows it: whole numbers without a fraction."""
    if cell is None:
        return ""
    return str(int(cell)) if isinstance(cell, float) and cell == int(cell) else str(cell)


def _parted(rows: list[Row], known: Stems) -> tuple[Row, list[Row], dict[str, int]]:
    """Find the row that names the columns; what stands above it is a title."""
    best: tuple[int, int] = 0, 0
    for place, row in enumerate(rows[:_TOP]):
        meaning = len(_meaning(row.cells, known))
        if meaning > best[0]:
            best = meaning, place
    if not best[0]:  # the first row with anything in it stands for the names that are missing
        best = (
            0,
            next((place for place, row in enumerate(rows) if any(map(str.strip, row.cells))), 0),
        )
    head = rows[best[1]] if rows else Row(1, [])
    cells = list(head.cells)
    while cells and not cells[-1].strip():
        cells.pop()
    return Row(head.line, cells), rows[best[1] + 1 :], _meaning(cells, known)


# --- what columns mean ----------------------------------------------------------------------------------------------


def _stems(faults: list[Fault]) -> Stems:
    """The beginnings of words by which each field is known, in the order in which they are preferred."""
    message = 'write lists of words: group = ["group", "груп"]'
    try:
        fields = tomllib.loads(_COLUMNS.read_text("utf-8-sig"))
        if all(
            isinstance(listed, list) and {*map(type, listed)} <= {str} for listed in fields.values()
        ):
            return [
                (field, [_plain(stems).split() for stems in listed])
                for field, listed in fields.items()
            ]
    except (OSError, ValueError, RecursionError) as error:
        message = f"cannot be read: {error}"
    line = re.search(r"line (\d+)", message)
    faults.append(Fault(_COLUMNS.name, int(line[1]) if line else 1, "", "", message))
    return []


def _field(cell: str, known: Stems) -> tuple[str, int] | None:
    """What one column holds, and how much its name is preferred to others for the same; lower is better."""
    words = _plain(cell[:LONGEST]).split()
    best: tuple[int, str, int] | None = None
    for field, listed in known:
        for place, stems in enumerate(listed):
            whole = all(any(word.startswith(stem) for word in words) for stem in stems)
            if words and whole and (best is None or len(stems) > best[0]):
                best = len(stems), field, place
    return best[1:] if best else None


def _meaning(cells: Sequence[str], known: Stems) -> dict[str, int]:
    """Which column holds what, by the names of the columns."""
    columns: dict[str, tuple[int, int]] = {}
    for place, cell in enumerate(cells):
        found = _field(cell, known)
        if found and (found[0] not in columns or found[1] < columns[found[0]][0]):
            columns[found[0]] = found[1], place
    return {field: place for field, (_, place) in columns.items()}


def _missing(head: Row, columns: Mapping[str, int]) -> str:
    """Which column a roster lacks, as a sentence; empty when it has what is needed."""
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
    return f"this line names the columns; known are {shown}, but there is none with {' and none with '.join(lacks)}"


def _plain(head: str) -> str:
    """The words of a column's name: small letters, no marks, no apostrophes."""
    words = re.sub("['’ʼ`]", "", unicodedata.normalize("NFC", head).casefold().replace("ё", "е"))
    words = re.sub(r"\b([пф])[. ]+([іи])[. ]+([бпо])\b", r"\1\2\3", words)  # П.І.Б.
    return re.sub(r"[^\w№]+", " ", words).strip()


# --- one row --------------------------------------------------------------------------------------------------------


def _passed(row: Row, head: Row, known: Stems, fault: Tell) -> bool:
    """Tell whether a row holds no student: it is empty, a total, or faulty."""
    filled = [cell for cell in row.cells if cell.strip()]
    if not filled or any(_TOTAL.match(cell.strip()) for cell in filled):
        return True
    wide = len(head.cells)
    if any(cell.strip() for cell in row.cells[wide:]):
        said = f'{len(row.cells)} cells, but line {head.line} names {wide} columns; put "quotation marks" around a cell'
        fault(row.line, "", f"{said} with a sign in it that parts cells")
        return True
    if len(_meaning(filled, known)) > 1 and not any(
        letter.isdigit() for cell in filled for letter in cell
    ):
        fault(
            row.line,
            "",
            "the names of the columns stand here once more; two lists in one? Remove this line",
        )
        return True
    return False


def _student(
    row: Row, columns: Mapping[str, int], seen: dict[tuple[str, str], int], fault: Tell
) -> Student:
    def cell(field: str) -> str:
        place = columns.get(field, len(row.cells))
        written = row.cells[place] if place < len(row.cells) else ""
        if len(written) > LONGEST:
            fault(
                row.line,
                field,
                f"{written[:40]!r}… is longer than {LONGEST} characters; shorten it",
            )
        if any(
            not _shaped(letter) and unicodedata.category(letter) != "Cf"
            for letter in written[:LONGEST]
        ):
            words = " ".join(written[:LONGEST].split())
            fault(
                row.line, field, f"{words!r} has a character that cannot be printed; write it again"
            )
        return clean(written)

    name = cell("name") if "name" in columns else ""
    name = name or " ".join(filter(None, map(cell, ("surname", "first", "middle"))))
    email = cell("email")
    student = Student(cell("id") if "id" in columns else email, name, cell("group"), email)
    said = _faulty_id(student.id, name, "id" if "id" in columns else "email")
    if said:
        fault(row.line, "id" if "id" in columns else "email", said)
    said = _faulty_name(name, student.id)
    if said:
        fault(row.line, "name", said)
    for field, value, key in (
        ("id", student.id, folded(student.id)),
        ("email", email, email.casefold()),
    ):
        first = seen.setdefault((field, key), row.line) if value else row.line
        if first != row.line:
            fault(
                row.line, field, f"{value!r} stands already in line {first}; one of the two must go"
            )
    return student


def _faulty_id(student: str, name: str, field: str) -> str | None:
    if not student:
        return f"{name or 'this student'} has no {field}; write one"
    if re.fullmatch(r"\d[.,]?\d*E\+\d+", student):
        return f"a spreadsheet has shortened this number to {student}; format the column as text and export again"
    if re.fullmatch(r"\d+[.,]0+", student):
        fraction = student[len(student.rstrip("0")) - 1 :]
        return (f"a spreadsheet has made a fraction of this number: {student}; write it without {fraction!r}, "
                "or export the column as text")  # fmt: skip
    if re.match("['`‘’]", student):
        return f"a spreadsheet has put an apostrophe in front: {student}; remove it"
    if len(student) > 64 or re.search(r'[\\/:*?"<>|]', student):
        return (
            f'the id {student[:70]!r} cannot be part of a file name; leave out \\ / : * ? " < > |'
        )
    return None


def _faulty_name(name: str, student: str) -> str | None:
    if not name:
        return f"the student {student!r} has no name"
    if not any(letter.isalpha() for letter in name) or "\ufffd" in name or "??" in name:
        return f"{name!r}: the letters are lost; export the roster again as CSV UTF-8"
    return f"{name!r} is not readable; save the file as CSV UTF-8" if _garbled(name) else None


def _shaped(letter: str) -> bool:
    return letter.isprintable() or letter.isspace()


# --- letters --------------------------------------------------------------------------------------------------------


def _decoded(data: bytes, fault: Tell) -> str | None:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):  # what Excel calls Unicode text
        words = data.decode("utf-16", "replace")
        if "\0" not in words and "\ufffd" not in words:
            return words
    if b"\0" in data:
        fault(1, "", "this is no text; save the list as .xlsx or as CSV UTF-8")
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        utf, line = error, data.count(b"\n", 0, error.start) + 1
    words = data.decode("cp1251", "replace")
    if "\ufffd" in words:
        line = words[: words.index("\ufffd")].count("\n") + 1
    if "\ufffd" in words or _STRANGE.search(words):
        fault(
            line,
            "",
            f"neither UTF-8 nor Windows-1251 (byte 0x{data[utf.start]:02x}); save the file as CSV UTF-8",
        )
    return words


def _garbled(name: str) -> bool:
    """Tell whether letters were read in a wrong encoding: UTF-8 taken for Windows-1251, or KOI8 taken for it."""
    try:
        return not name.encode("cp1251").decode("utf-8").isascii()
    except UnicodeError:
        return bool(re.match("[а-яёіїєґ][А-ЯЁІЇЄҐ]{2,}", name))
