"""A list of questions in a Word document, in the plain form of `_listed`.

Automatic lists count: bullets and letters are options, numbers on the first level questions. Bold
options are the right ones where none is marked by a sign.
"""

import io
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from course.grading import GradingError
from course.grading.imports import _text
from course.grading.imports._listed import Paragraph, questions
from course.grading.imports.question import Question
from course.grading.intake import Refused
from course.grading.intake.archive import Archive

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph as Written

NAME, ABOUT = "word", "a list of questions as a Word document (see docs/exchange)"
TOTAL = 128 << 20  # bytes of all parts of a document
MOST = 20_000  # paragraphs
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LOST = {
    f"{_W}drawing": "a picture",
    f"{_W}pict": "a picture",
    f"{_W}object": "an embedded object",
    f"{_W}txbxContent": "a box of text",
    f"{_W}footnoteReference": "a footnote",
    f"{_W}ins": "words inserted with tracked changes: accept the changes in Word first",
    "{http://schemas.openxmlformats.org/officeDocument/2006/math}oMath": "a formula",
}
_OLD = {b"\xd0\xcf\x11\xe0": "a Word file of the old kind (.doc)", b"%PDF": "a PDF"}


def takes(name: str, data: bytes) -> bool:
    """Tell whether a file is an archive or a document that only Word could read."""
    return data.startswith((b"PK", *_OLD))


def read(name: str, data: bytes) -> tuple[list[Question], list[str]]:
    """Return the questions of a file, and what to say of the whole."""
    for magic, what in _OLD.items():
        if data.startswith(magic):
            raise GradingError(f"{name}: {what}; open it and save it as .docx")
    document = _open(name, data)
    body, notes = document.element.body, list[str]()
    if len(body) > MOST:
        raise GradingError(f"{name}: more than {MOST} paragraphs; split the document")
    if tables := len(body.findall(f"{_W}tbl")):
        notes.append(f"{tables} tables are not read; write their questions as paragraphs")
    if body.findall(f"{_W}sdt"):
        notes.append("fields of a form are not read; write their questions as paragraphs")
    listed, outside = questions(_paragraphs(document))
    return listed, [*notes, *outside]


def _open(name: str, data: bytes) -> "Document":
    """Return a document whose parts are of a sound size; python-docx reads no entity in them."""
    from docx import Document
    from docx.opc.exceptions import OpcError

    _sizes(name, data)
    try:
        return Document(io.BytesIO(data))
    except (OpcError, SyntaxError, KeyError, ValueError, AttributeError, OSError) as error:
        said = str(error).strip("'\"")[:80]
        raise GradingError(f"{name}: no Word document ({said}); save it as .docx again") from None


def _sizes(name: str, data: bytes) -> None:
    """Refuse an archive whose parts are too large, too many or not what they are called."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "document.zip")
        path.write_bytes(data)
        try:
            archive, total = Archive(path), 0
            for entry in archive.entries():
                if entry.flag in ("too-large", "path", "symlink", "bad-archive"):
                    raise Refused(entry.flag)
                part = archive.read(entry)
                if b"<!DOCTYPE" in part:
                    raise Refused("doctype")
                total += len(part)
                if total > TOTAL:
                    raise Refused("too-large")
        except Refused as refused:
            what = {
                "too-large": "too large once unpacked; take the pictures out",
                "too-many": "too many parts",
                "doctype": "a DOCTYPE, which Word never writes; save the document as .docx again",
            }.get(refused.args[0], "a damaged archive; save the document as .docx again")
            raise GradingError(f"{name}: {what}") from None


def _paragraphs(document: "Document") -> Iterator[Paragraph]:
    formats = _formats(document)
    for count, paragraph in enumerate(document.paragraphs, 1):
        lost = list[str]()
        for tag, what in _LOST.items():
            if next(paragraph._p.iter(tag), None) is not None:
                _text.note(lost, what)
        words, bold = _words(paragraph, lost)
        role = _role(paragraph, formats)
        yield Paragraph(count, _text.clean(words), role, bold, lost)


def _words(paragraph: "Written", lost: list[str]) -> tuple[str, bool]:
    """Return a paragraph's words, a part in bold between marks, and whether all of it is bold."""
    from docx.text.hyperlink import Hyperlink

    runs = list[tuple[str, bool]]()
    for piece in paragraph.iter_inner_content():
        if isinstance(piece, Hyperlink):
            _text.note(lost, "the address of a link")
        for run in piece.runs if isinstance(piece, Hyperlink) else [piece]:
            if run.font.superscript or run.font.subscript:
                _text.note(lost, "a superscript or subscript")
            runs.append((run.text, _bold(run, paragraph)))
    spoken = [heavy for words, heavy in runs if words.strip()]
    if all(spoken) or not any(spoken):
        return "".join(words for words, _ in runs), bool(spoken) and all(spoken)
    return "".join(_marked(words) if heavy else words for words, heavy in runs), False


def _marked(words: str) -> str:
    bare = words.strip()
    return words.replace(bare, f"**{bare}**") if bare and "*" not in bare else words


def _bold(run: Any, paragraph: "Written") -> bool:
    for said in (run.bold, run.style.font.bold if run.style else None):
        if said is not None:
            return bool(said)
    return bool(paragraph.style and paragraph.style.font.bold)


def _formats(document: "Document") -> dict[tuple[str, str], str]:
    """Return the sort of number of each level of each automatic list."""
    try:
        numbering = document.part.numbering_part.element
    except (KeyError, NotImplementedError):  # a document without lists
        return {}
    sorts = dict[tuple[str, str], str]()
    for abstract in numbering.findall(f"{_W}abstractNum"):
        for level in abstract.findall(f"{_W}lvl"):
            sort = level.find(f"{_W}numFmt")
            held = abstract.get(f"{_W}abstractNumId", ""), level.get(f"{_W}ilvl", "")
            sorts[held] = sort.get(f"{_W}val", "") if sort is not None else ""
    formats = dict[tuple[str, str], str]()
    for number in numbering.findall(f"{_W}num"):
        link = number.find(f"{_W}abstractNumId")
        wanted = link.get(f"{_W}val", "") if link is not None else ""
        for (name, level), sort in sorts.items():
            if name == wanted:
                formats[number.get(f"{_W}numId", ""), level] = sort
    return formats


def _role(paragraph: "Written", formats: dict[tuple[str, str], str]) -> str:
    """Return what the automatic list of a paragraph, or of its style, makes of it."""
    holders = [paragraph._p.find(f"{_W}pPr")]
    style = paragraph.style
    if style is not None:
        holders.append(style.element.find(f"{_W}pPr"))
    for holder in holders:
        list_of = holder.find(f"{_W}numPr") if holder is not None else None
        if list_of is None:
            continue
        number, level = list_of.find(f"{_W}numId"), list_of.find(f"{_W}ilvl")
        depth = level.get(f"{_W}val", "0") if level is not None else "0"
        sort = formats.get((number.get(f"{_W}val", "") if number is not None else "", depth), "")
        if sort:
            return "question" if sort == "decimal" and depth == "0" else "option"
    return ""
