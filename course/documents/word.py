"""A document as DOCX: real headings, lists and tables, so that Word shows their outline."""

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from course.documents import (
    Blanks,
    Block,
    Code,
    Document,
    Drawing,
    Formula,
    Heading,
    Paragraph,
    Points,
    Row,
    Run,
    Runs,
    Table,
    Together,
    fit,
    plain,
    width,
)
from course.texts import NBSP

if TYPE_CHECKING:
    from docx.document import Document as File
    from docx.table import _Row as Filled
    from docx.text.paragraph import Paragraph as Line
    from docx.text.run import Run as Letters

TAGS = {"uk": "uk-UA", "ru": "ru-RU"}
FONT, MONO, INK = "Times New Roman", "Courier New", "1F2328"
PAGE = {"width": 210, "height": 297, "left": 25, "right": 15, "top": 20, "bottom": 20}  # mm
ROOM = PAGE["width"] - PAGE["left"] - PAGE["right"]
DRAWN = 460.0  # units that a picture is wide
PAGEFUL = 1500  # letters: a row with more of them goes on on the next page
MANY = 5  # columns that need smaller letters
_UNIT = 0.72  # points of a unit of a picture: its letters are then as high as small print
_STYLES = {  # points: size, space before and after
    "Normal": (12, 0, 6),
    "Title": (18, 0, 4),
    "Subtitle": (12, 0, 10),
    "Heading 1": (15, 18, 6),
    "Heading 2": (13, 12, 4),
    "Heading 3": (12, 10, 4),
    "Caption": (10, 2, 10),
    "Quote": (12, 0, 8),
    "List Bullet": (12, 0, 3),
    "List Number": (12, 0, 3),
    "No Spacing": (11, 0, 2),
    "Footer": (9, 0, 0),
}
_NEVER = datetime(2000, 1, 1)


def write(document: Document) -> bytes:
    """Return a document as DOCX, the same bytes for the same document.

    Parameters
    ----------
    document : course.documents.Document
    """
    import docx

    file = docx.Document()
    _dress(file, document)
    file.add_paragraph(fit(document.title), "Title")
    if document.name:
        file.add_paragraph(fit(document.name), "Subtitle")
    if document.about:
        file.add_paragraph(fit(document.about), "Subtitle")
    for block in document.blocks:
        _BLOCKS[type(block)](file, block, document.lang)
    _foot(file, document)
    packed = io.BytesIO()
    file.save(packed)
    return _undated(packed.getvalue())


def edited(path: Path) -> bool:
    """Tell whether somebody saved a file that `write` made: an editor notes when it was changed.

    What is no such file at all, is nobody's but its owner's.
    """
    from docx import Document as read
    from docx.opc.exceptions import PackageNotFoundError

    try:
        about = read(str(path)).core_properties
    except (PackageNotFoundError, zipfile.BadZipFile, KeyError, ValueError):
        return True
    return about.created is None or about.created != about.modified


def _dress(file: "File", document: Document) -> None:
    """Set styles, language and page, and what the file says of itself."""
    from docx.shared import Mm

    for name, (size, before, after) in _STYLES.items():
        _style(file.styles[name], size, before, after)
    _speak(file, TAGS[document.lang])
    page = file.sections[0]
    page.page_width, page.page_height = Mm(PAGE["width"]), Mm(PAGE["height"])
    page.left_margin, page.right_margin = Mm(PAGE["left"]), Mm(PAGE["right"])
    page.top_margin, page.bottom_margin = Mm(PAGE["top"]), Mm(PAGE["bottom"])
    about, made = file.core_properties, document.made or _NEVER
    about.title, about.author = fit(document.title)[:255], fit(document.name)
    about.last_modified_by, about.comments = fit(document.name), ""
    about.language = TAGS[document.lang]
    about.created = about.modified = made.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    package = file.part.package
    for key, rel in list(package.rels.items()):
        if rel.reltype.endswith("/thumbnail"):
            package.rels.pop(key)


def _style(style: Any, size: float, before: float, after: float) -> None:
    """Give a style of the template the course's look."""
    from docx.shared import Mm, Pt, RGBColor

    style.font.size, style.font.name = Pt(size), FONT
    style.font.color.rgb = RGBColor.from_string(INK)
    style.font.bold = style.name.startswith(("Title", "Heading"))
    style.font.italic = False
    fonts = style.element.rPr.rFonts
    fonts.attrib.clear()
    for kind in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(_tag(kind), FONT)
    layout = style.paragraph_format
    layout.space_before, layout.space_after, layout.line_spacing = Pt(before), Pt(after), 1.15
    for line in style.element.xpath("w:pPr/w:pBdr | w:pPr/w:contextualSpacing | w:rPr/w:spacing"):
        line.getparent().remove(line)
    if style.name == "Quote":
        layout.left_indent = Mm(4)
        border = _element("pBdr")
        border.append(_element("left", val="single", sz="18", space="8", color="B9C0C8"))
        style.element.pPr.insert_element_before(border, "w:shd", "w:tabs", "w:spacing", "w:ind")


def _speak(file: "File", tag: str) -> None:
    """Set the language of the words, and what keeps Word from taking them for older ones."""
    settings = file.settings.element
    for lang in file.styles.element.xpath("w:docDefaults//w:lang"):
        lang.set(_tag("val"), tag)
        lang.set(_tag("eastAsia"), tag)
    for theme in settings.xpath("w:themeFontLang"):
        theme.attrib.clear()
        theme.set(_tag("val"), tag)
    for old in settings.xpath("w:proofState | w:savePreviewPicture"):
        old.getparent().remove(old)
    for mode in settings.xpath("w:compat/w:compatSetting[@w:name='compatibilityMode']"):
        mode.set(_tag("val"), "15")


def _tag(name: str) -> str:
    from docx.oxml.ns import qn

    return qn(f"w:{name}")


def _element(name: str, **attributes: str) -> Any:
    """Return an element that python-docx has no name for."""
    from docx.oxml import OxmlElement

    element: Any = OxmlElement(f"w:{name}")
    for attribute, value in attributes.items():
        element.set(_tag(attribute), value)
    return element


def _foot(file: "File", document: Document) -> None:
    """Write whose it is and the number of the page at the foot of every page."""
    from docx.enum.text import WD_TAB_ALIGNMENT
    from docx.shared import Mm

    line = file.sections[0].footer.paragraphs[0]
    line.paragraph_format.tab_stops.clear_all()
    for stop in line.style.element.xpath("w:pPr/w:tabs") if line.style else ():
        stop.getparent().remove(stop)
    line.paragraph_format.tab_stops.add_tab_stop(Mm(ROOM), WD_TAB_ALIGNMENT.RIGHT)
    line.add_run(fit(document.name or document.title) + "\t")
    _field(line, "PAGE")
    line.add_run(f"{NBSP}/{NBSP}")
    _field(line, "NUMPAGES")


def _field(line: "Line", name: str) -> None:
    """Put what Word counts by itself."""
    field, run, shown = _element("fldSimple", instr=name), _element("r"), _element("t")
    shown.text = "1"
    run.append(shown)
    field.append(run)
    line._p.append(field)


def _say(line: "Line", runs: Runs) -> "Line":
    """Write runs into a paragraph."""
    for run in runs:
        if run.look == "formula":
            _formula(line.add_run(), run.text, run.text)
            continue
        letters = line.add_run(fit(run.text))
        letters.bold = True if run.look == "bold" else None
        letters.italic = True if run.look == "italic" else None
        if run.look == "sub":
            letters.font.subscript = True
        if run.look == "sup":
            letters.font.superscript = True
        if run.look == "code":
            letters.font.name = MONO
        if run.lang:
            lang = _element("lang", val=TAGS.get(run.lang, run.lang))
            letters._r.get_or_add_rPr().append(lang)
    return line


def _formula(letters: "Letters", tex: str, said: str) -> None:
    """Put a formula as a picture, its TeX for those who cannot see it."""
    from docx.shared import Pt

    from course.documents import formulas, raster

    drawn, size = formulas.draw(tex), 12 / formulas.SIZE
    shown = letters.add_picture(io.BytesIO(raster.png(drawn.svg)), Pt(drawn.wide * size))
    shown._inline.docPr.set("descr", said)
    if drawn.depth > 1:
        place = _element("position", val=str(-round(2 * drawn.depth * size)))
        letters._r.get_or_add_rPr().append(place)


def _heading(file: "File", block: Heading, lang: str) -> None:
    _say(file.add_heading("", block.level), block.runs)


def _paragraph(file: "File", block: Paragraph, lang: str) -> None:
    style = {"note": "Caption", "task": "Quote"}.get(block.look, "Normal")
    line = _say(file.add_paragraph(style=style), block.runs)
    line.paragraph_format.keep_with_next = True if block.look == "task" else None


def _points(file: "File", block: Points, lang: str) -> None:
    from docx.shared import Mm

    for count, item in enumerate(block.items, 1):
        if block.mark == "bullet":
            _say(file.add_paragraph(style="List Bullet"), item)
            continue
        # Word counts on from list to list: numbers are written out.
        lead = {"tick": "☐", "place": "____"}.get(block.mark, f"{count}.")
        lead = block.signs[count - 1] if block.signs else lead
        line = file.add_paragraph(style="Normal")
        line.paragraph_format.left_indent = Mm(12 if block.mark == "place" else 7)
        line.paragraph_format.first_line_indent = -line.paragraph_format.left_indent
        line.paragraph_format.tab_stops.add_tab_stop(line.paragraph_format.left_indent)
        _say(line, (Run(lead, "bold" if block.signs else ""), Run("\t"), *item))


def _table(file: "File", block: Table, lang: str) -> None:
    from docx.shared import Mm

    rows: list[Row] = [tuple((words,) for words in block.head)] if block.head else []
    rows += block.rows
    table = file.add_table(len(rows), len(rows[0]), style="Table Grid")
    table.autofit = False
    for column in range(len(rows[0])):
        table.columns[column].width = Mm(ROOM * width(block, column))
    for at, (line, row) in enumerate(zip(table.rows, rows, strict=True)):
        _row(line, row, block, bool(block.head) and at == 0)
    file.add_paragraph(style="No Spacing")


def _row(line: "Filled", row: Row, block: Table, top: bool) -> None:
    """Fill a row; the top one is repeated on every page."""
    from docx.enum.table import WD_ROW_HEIGHT_RULE
    from docx.shared import Mm, Pt

    properties: Any = line._tr.get_or_add_trPr()
    if sum(len(plain(words)) for cell in row for words in cell) < PAGEFUL:
        properties.append(_element("cantSplit"))
    if top:
        properties.append(_element("tblHeader"))
    elif block.tall > 1:
        line.height, line.height_rule = Mm(8 * block.tall), WD_ROW_HEIGHT_RULE.AT_LEAST
    for column, (box, cell) in enumerate(zip(line.cells, row, strict=True)):
        box.width = Mm(ROOM * width(block, column))
        bold = top or (column == 0 and block.named)
        for count, words in enumerate(cell or ((),)):
            into = box.paragraphs[0] if count == 0 else box.add_paragraph()
            into.style = "No Spacing"
            _say(into, _bold(words) if bold else words)
            if len(row) >= MANY:
                for letters in into.runs:
                    letters.font.size = Pt(8.5)


def _bold(runs: Runs) -> Runs:
    return tuple(Run(run.text, run.look or "bold", run.lang) for run in runs)


def _drawing(file: "File", block: Drawing, lang: str) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    from course import charts
    from course.documents import raster

    svg = charts.svg(block.figure, lang, still=True, width=DRAWN)
    line = file.add_paragraph(style="Normal")
    line.alignment, line.paragraph_format.keep_with_next = WD_ALIGN_PARAGRAPH.CENTER, True
    shown = line.add_run().add_picture(io.BytesIO(raster.png(svg)), Pt((DRAWN + 28) * _UNIT))
    shown._inline.docPr.set("descr", fit(block.figure.sentence))
    caption = file.add_paragraph(fit(block.figure.sentence), "Caption")
    caption.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _display(file: "File", block: Formula, lang: str) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    line = file.add_paragraph(style="Normal")
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _formula(line.add_run(), block.drawn, block.tex)


def _code(file: "File", block: Code, lang: str) -> None:
    from docx.shared import Pt

    line = file.add_paragraph(style="No Spacing")
    letters = line.add_run(fit(block.text))
    letters.font.name, letters.font.size = MONO, Pt(9)
    line.paragraph_format.space_after = Pt(8)


def _blanks(file: "File", block: Blanks, lang: str) -> None:
    from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER
    from docx.shared import Mm, Pt

    for count in range(block.count):
        line = file.add_paragraph(style="No Spacing")
        line.paragraph_format.space_before = Pt(10)
        end = Mm(60 if block.unit else ROOM)
        line.paragraph_format.tab_stops.add_tab_stop(
            end, WD_TAB_ALIGNMENT.LEFT, WD_TAB_LEADER.LINES
        )
        last = f" {fit(block.unit)}" if block.unit and count == block.count - 1 else ""
        line.add_run(f"\t{last}")


def _together(file: "File", block: Together, lang: str) -> None:
    """Tie each paragraph to the next one, and let the last go."""
    body = file.element.body
    start = len(body) - 1  # what a section is, stands last
    for part in block.blocks:
        _BLOCKS[type(part)](file, part, lang)
    lines = [line for part in body[start:-1] for line in part.xpath("descendant-or-self::w:p")]
    for line in lines[:-1]:
        line.get_or_add_pPr().get_or_add_keepNext()


_BLOCKS: dict[type[Block], Callable[["File", Any, str], None]] = {
    Heading: _heading,
    Paragraph: _paragraph,
    Points: _points,
    Table: _table,
    Drawing: _drawing,
    Formula: _display,
    Code: _code,
    Blanks: _blanks,
    Together: _together,
}


def _undated(packed: bytes) -> bytes:
    """Return an archive whose entries bear no time of their own."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as source, zipfile.ZipFile(out, "w") as target:
        for entry in source.infolist():
            plain = zipfile.ZipInfo(entry.filename)  # of 1980, as the format begins
            plain.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(plain, source.read(entry))
    return out.getvalue()
