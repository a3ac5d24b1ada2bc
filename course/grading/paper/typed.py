"""What students wrote on paper, typed into a table: read, checked, handed in like a notebook.

Whoever types makes mistakes: each is told with its row, its column, what stands there and what may
stand there, and while there is one nothing is written. What is typed becomes the very lines that a
notebook hands in, so that everything after that is the ordinary grading.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from course.answers import signed
from course.exercises import Fault
from course.grading.cells import encode
from course.grading.keyfile import Key
from course.grading.marking.marks import Marks, rubric
from course.grading.paper import Question, columns, dealt, forms, variant
from course.grading.setting import SettingError
from course.grading.setting.roster import Row, Unreadable, cells_of, opened
from course.ids import clean, folded
from course.texts import LANGS, text

TABLE = "answers.csv"
MARKER = "paper"  # who gave the points that stand in the table
_HEAD = ("id", "name", "variant", "lang")
_COLUMN = re.compile(r"(\d{1,3})(?: ([a-z][a-z0-9-]*))?(?: *\(.*\))?")
_WHOLE = re.compile(r"0*(\d{1,3})([.,]0+)?")


@dataclass
class Sheet:
    """What one student's sheet says.

    Attributes
    ----------
    line : int
        Row of the table.
    student, name : str
        As on the roster.
    variant : int
    lang : {"uk", "ru"}
    answers : dict
        By the reference of the exercise, with the ids that students see.
    points : dict
        By reference and criterion; None where nobody has marked yet.
    """

    line: int
    student: str
    name: str
    variant: int
    lang: str
    answers: dict[str, Any] = field(default_factory=dict)
    points: dict[tuple[str, str], float | None] = field(default_factory=dict)


def blank(key: Key) -> bytes:
    """Return the empty table: a row for each student, a column for each question.

    It opens in a Ukrainian or Russian Excel by a double click: semicolons, and the mark that says
    UTF-8.
    """
    head = [*_HEAD]
    head += [f"{name} ({hint})" for name, hint in columns(key).items()]
    by_roster = key["paper"]["by"] == "roster"
    rows = [
        [student, name, str(dealt(key, student)) if by_roster else ""]
        for student, name, _, _ in key["roster"]
    ]
    padded = [row + [""] * (len(head) - len(row)) for row in rows]
    return encode([head, *padded], ";", "utf-8-sig")


def read(path: str | Path, key: Key, notes: list[str] | None = None) -> list[Sheet]:
    """Read the table with what students wrote.

    Parameters
    ----------
    path : path-like
        CSV as Excel or LibreOffice saves it, or a workbook.
    key : Key
        Of an exam on paper.
    notes : list of str, optional
        Gets what is no fault and should be known.

    Raises
    ------
    SettingError
        With every cell that cannot be read.
    """
    reader = _Reader(Path(path), key)
    sheets = reader.sheets()
    if reader.faults:
        raise SettingError(reader.faults)
    if notes is not None:
        notes += reader.notes()
    return sheets


class _Reader:
    """Reads one table and keeps its faults."""

    def __init__(self, path: Path, key: Key) -> None:
        self.path, self.key, self.faults = path, key, list[Fault]()
        self.ids = {folded(row[0]): row for row in key["roster"]}
        self.variants: dict[int, list[Question]] = {}
        self.seen: dict[str, int] = {}
        self.strayed: list[str] = []  # who wrote another variant than the roster dealt
        self.shaped = 0  # cells with a Latin letter whose shape and place differ

    def fault(self, line: int, name: str, message: str) -> None:
        """Note a fault."""
        self.faults.append(Fault(self.path.name, line, "", name, message))

    def notes(self) -> Iterator[str]:
        """Yield what is no fault and should be known."""
        if self.strayed:
            yield f"another variant than the roster dealt: {', '.join(self.strayed)}"
        if self.shaped:
            said = "read as В, the third letter, by its shape"
            yield f"cells with a Latin B, {said}: {self.shaped}"

    def sheets(self) -> list[Sheet]:
        """Return what stands in the table, row by row."""
        try:
            lines, rows = opened(self.path, self.fault)
        except Unreadable as error:
            self.fault(1, "", str(error))
            return []
        if lines:
            head = next((line for line in lines if line.strip()), "")
            mark = max(";\t,", key=head.count)
            rows = cells_of(lines, mark, 1, self.fault)
        rows = [row for row in rows if any(cell.strip() for cell in row.cells)]
        if self.faults or not rows:
            if not self.faults:
                self.fault(1, "", "the table is empty")
            return []
        columns = self._columns(rows[0])
        if self.faults:
            return []
        read = [self._sheet(row, columns) for row in rows[1:]]
        return [sheet for sheet in read if sheet]

    def _columns(self, head: Row) -> dict[str, int]:
        """Return the place of every column by its name."""
        wanted, known = list(columns(self.key)), dict[str, int]()
        for place, cell in enumerate(head.cells):
            name = clean(cell).casefold()
            if match := _COLUMN.fullmatch(name):
                name = " ".join(filter(None, match.groups()))
            if name not in (*_HEAD, *wanted):
                if name:
                    said = f"unknown column {clean(cell)[:60]!r}; it is in no question of this exam"
                    self.fault(head.line, "", said)
            elif name in known:
                self.fault(head.line, name, "two columns have this name; remove one")
            else:
                known[name] = place
        missing = [name for name in ("id", "variant", *wanted) if name not in known]
        if missing:
            said = "the first row names the columns, as course paper print wrote them"
            self.fault(head.line, "", f"no column {', '.join(missing)}; {said}")
        return known

    def _sheet(self, row: Row, columns: Mapping[str, int]) -> Sheet | None:
        """Return the sheet of a row; None when it is empty or faulty."""

        def cell(name: str) -> str:
            place = columns.get(name, len(row.cells))
            words = row.cells[place] if place < len(row.cells) else ""
            return " ".join(words.split()).removeprefix("'")

        width = max(columns.values()) + 1
        if any(words.strip() for words in row.cells[width:]):
            said = "more cells than columns; is a comma or a semicolon in a cell? Take it out"
            self.fault(row.line, "", said)
            return None
        written = [name for name in columns if name not in _HEAD and cell(name)]
        if not written and not cell("variant") or not written and self._by_roster():
            return None  # nobody's sheet came
        student = self._student(row.line, cell("id"))
        number = self._variant(row.line, cell("variant"))
        lang = cell("lang").casefold() or self.key.get("languages", LANGS)[0]
        if lang not in LANGS:
            self.fault(row.line, "lang", f"{cell('lang')[:40]!r}; type uk or ru, or nothing")
        if student is None or number is None or lang not in LANGS:
            return None
        if self._by_roster() and number != dealt(self.key, student[0]):
            self.strayed.append(student[0])
        sheet = Sheet(row.line, student[0], student[1], number, lang)
        questions = self._questions(number)
        asked = {name for question in questions for name, _ in forms.columns(question)}
        for name in (name for name in written if name not in asked):
            said = f"variant {number} asks nothing that is typed here; another variant does"
            self.fault(row.line, f"question {name}", said)
        for question in questions:
            if question.form == "words":
                self._points(sheet, question, cell)
            elif words := cell(str(question.number)):
                self._answer(sheet, question, words)
        return sheet

    def _by_roster(self) -> bool:
        return self.key["paper"]["by"] == "roster"

    def _questions(self, number: int) -> list[Question]:
        if number not in self.variants:
            self.variants[number] = variant(self.key, number)
        return self.variants[number]

    def _student(self, line: int, words: str) -> list[str] | None:
        """Return the row of the roster; a student has one row of the table."""
        student = self.ids.get(folded(words)) if words else None
        if student is None:
            said = "is on no line of the roster" if words else "there is no id"
            near = [row[0] for row in self.key["roster"] if words and row[0].lstrip("0") == words]
            hint = f"; did a spreadsheet take the zeros off {near[0]}?" if near else ""
            self.fault(line, "id", f"{words[:40]!r} {said}{hint}" if words else said)
            return None
        first = self.seen.setdefault(student[0], line)
        if first != line:
            said = f"{student[0]} stands already in row {first}; one of the two must go"
            self.fault(line, "id", said)
            return None
        return student

    def _variant(self, line: int, words: str) -> int | None:
        most, match = self.key["paper"]["variants"], _WHOLE.fullmatch(words)
        if match and 1 <= int(match[1]) <= most:
            return int(match[1])
        stands = f"{words[:40]!r}" if words else "nothing"
        self.fault(line, "variant", f"{stands} stands here; type a number from 1 to {most}")
        return None

    def _answer(self, sheet: Sheet, question: Question, words: str) -> None:
        """Take in one answer, or the fault that says what may be typed."""
        try:
            sheet.answers[question.ref] = forms.read(question, words)
        except forms.Mistyped as wanted:
            said = f"{words[:40]!r} stands here; type {wanted}"
            self.fault(sheet.line, f"question {question.number}", said)
            return
        if question.letters and "B" in words.upper():
            self.shaped += 1

    def _points(self, sheet: Sheet, question: Question, cell: Any) -> None:
        """Take in what a person gave for one written answer, criterion by criterion."""
        sheet.answers[question.ref] = placeholder(question, sheet.lang)
        for (name, _), criterion in zip(
            forms.columns(question), rubric(question.entry), strict=True
        ):
            words, place = cell(name), (question.ref, criterion["id"])
            sheet.points[place] = None
            if not words:
                continue
            try:
                sheet.points[place] = forms.given(words, list(criterion["levels"]))
            except forms.Mistyped as wanted:
                said = f"{words[:40]!r} stands here; type {wanted}"
                self.fault(sheet.line, f"question {name}", said)


def handed(key: Key, sheet: Sheet) -> bytes:
    """Return a sheet as the file that a notebook would hand in."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds")[:23] + "Z"
    head = {
        "submission": 1,
        "assignment": key["id"],
        "digest": key["digest"],
        "student": {"id": sheet.student, "name": sheet.name},
        "lang": sheet.lang,
        "variant": sheet.variant,
    }
    lines = [
        {"v": 1, "t": now, "x": ref, "e": "answer", "a": answer, "lang": sheet.lang}
        for ref, answer in sheet.answers.items()
    ]
    return signed([head, *lines])[0]


def mark(path: Path, key: Key, sheets: Sequence[Sheet]) -> int:
    """Write the points of written answers into a journal of marks; return how many changed.

    What other markers gave stays: the journal is only added to.
    """
    marks, changed = Marks(path, key).refresh(), 0
    for sheet in sheets:
        for (ref, criterion), points in sheet.points.items():
            given = marks.given.get((sheet.student, ref), {}).get(criterion, {}).get(MARKER)
            if points != (given.points if given else None):
                marks.append(MARKER, sheet.student, ref, criterion, points, "")
                changed += 1
    return changed


def placeholder(question: Question, lang: str) -> Any:
    """Return what stands for a text that is on paper, in the shape that its kind reads."""
    tiles = [each["id"] for each in question.shown.get("tile", ())]
    words = text("paper.placeholder", lang)
    return dict.fromkeys(tiles, words) if tiles else words
