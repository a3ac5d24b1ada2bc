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
    Run,
    Runs,
    Table,
    fit,
    width,
)
from course.texts import NBSP

if TYPE_CHECKING:
    from docx.document import Document as File
    from docx.text.paragraph import Paragraph as Line
    from docx.text.run import Run as Letters

TAGS = {"uk": "uk-UA", "ru": "ru-RU"}
FONT, MONO, INK = "Times New Roman", "Courier New", "1F2328"
PAGE = {"width": 210, "height": 297, "left": 25, "right": 15, "top": 20, "bottom": 20}  # mm
ROOM = PAGE["width"] - PAGE["left"] - PAGE["right"]
DRAWN = 460.0  # units that a picture is wide
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
    """Set the page, fonts, language and what the file says of itself."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt, RGBColor

    tag, settings = TAGS[document.lang], file.settings.element
    for name, (size, before, after) in _STYLES.items():
        style: Any = file.styles[name]
        style.font.size, style.font.name = Pt(size), FONT
        style.font.color.rgb = RGBColor.from_string(INK)
        style.font.bold = name.startswith(("Title", "Heading"))
        style.font.italic = name == "Quote"
        fonts = style.element.rPr.rFonts
        for kind in ("ascii", "hAnsi", "eastAsia", "cs"):
            fonts.attrib.pop(qn(f"w:{kind}Theme"), None)
            fonts.set(qn(f"w:{kind}"), FONT)
        layout = style.paragraph_format
        layout.space_before, layout.space_after, layout.line_spacing = Pt(before), Pt(after), 1.15
        for line in style.element.xpath(
            "w:pPr/w:pBdr | w:pPr/w:contextualSpacing | w:rPr/w:spacing"
        ):
            line.getparent().remove(line)
    for lang in file.styles.element.xpath("w:docDefaults//w:lang"):
        for kind in ("val", "eastAsia"):
            lang.set(qn(f"w:{kind}"), tag)
    theme = OxmlElement("w:themeFontLang")
    theme.set(qn("w:val"), tag)
    for old in settings.xpath("w:themeFontLang | w:proofState | w:savePreviewPicture"):
        if old.tag == theme.tag:
            old.getparent().replace(old, theme)
        else:
            old.getparent().remove(old)
    for mode in settings.xpath("w:compat/w:compatSetting[@w:name='compatibilityMode']"):
        mode.set(qn("w:val"), "15")
    page = file.sections[0]
    page.page_width, page.page_height = Mm(PAGE["width"]), Mm(PAGE["height"])
    page.left_margin, page.right_margin = Mm(PAGE["left"]), Mm(PAGE["right"])
    page.top_margin, page.bottom_margin = Mm(PAGE["top"]), Mm(PAGE["bottom"])
    about = file.core_properties
    about.title, about.author, about.language = fit(document.title)[:255], fit(document.name), tag
    about.last_modified_by, about.comments = fit(document.name), ""
    made = document.made or _NEVER
    about.created = about.modified = made.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    package = file.part.package
    for key, rel in list(package.rels.items()):
        if rel.reltype.endswith("/thumbnail"):
            package.rels.pop(key)


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
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    field, run, shown = OxmlElement("w:fldSimple"), OxmlElement("w:r"), OxmlElement("w:t")
    field.set(qn("w:instr"), name)
    shown.text = "1"
    run.append(shown)
    field.append(run)
    line._p.append(field)


def _say(line: "Line", runs: Runs) -> "Line":
    """Write runs into a paragraph."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for run in runs:
        if run.look == "formula":
            _formula(line.add_run(), run.text, raised=True)
            continue
        letters = line.add_run(fit(run.text))
        letters.bold = True if run.look == "bold" else None
        letters.italic = True if run.look == "italic" else None
        if run.look == "code":
            letters.font.name = MONO
        if run.lang:
            lang = OxmlElement("w:lang")
            lang.set(qn("w:val"), TAGS.get(run.lang, run.lang))
            letters._r.get_or_add_rPr().append(lang)
    return line


def _formula(letters: "Letters", tex: str, raised: bool = False) -> None:
    """Put a formula as a picture, its TeX for those who cannot see it."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt

    from course.documents import formulas, raster

    drawn, size = formulas.draw(tex), 12 / formulas.SIZE
    shown = letters.add_picture(io.BytesIO(raster.png(drawn.svg)), Pt(drawn.wide * size))
    shown._inline.docPr.set("descr", tex)
    if raised and drawn.depth > 0.5:
        place = OxmlElement("w:position")
        place.set(qn("w:val"), str(-round(2 * drawn.depth * size)))
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
        line = file.add_paragraph(style="Normal")
        line.paragraph_format.left_indent = Mm(12 if block.mark == "place" else 7)
        line.paragraph_format.first_line_indent = -line.paragraph_format.left_indent
        line.paragraph_format.tab_stops.add_tab_stop(line.paragraph_format.left_indent)
        _say(line, (Run(lead + "\t"), *item))


def _table(file: "File", block: Table, lang: str) -> None:
    from docx.enum.table import WD_ROW_HEIGHT_RULE
    from docx.oxml import OxmlElement
    from docx.shared import Mm

    rows = [[(words,) for words in block.head]] if block.head else []
    rows += [list(row) for row in block.rows]
    table = file.add_table(len(rows), len(rows[0]), style="Table Grid")
    table.autofit = False
    for column in range(len(rows[0])):
        table.columns[column].width = Mm(ROOM * width(block, column))
    for at, (line, row) in enumerate(zip(table.rows, rows, strict=True)):
        top = bool(block.head) and at == 0
        properties = line._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit")) if len(str(row)) < 2000 else None
        if top:
            properties.append(OxmlElement("w:tblHeader"))
        elif block.tall > 1:
            line.height, line.height_rule = Mm(8 * block.tall), WD_ROW_HEIGHT_RULE.AT_LEAST
        for column, (box, cell) in enumerate(zip(line.cells, row, strict=True)):
            box.width = Mm(ROOM * width(block, column))
            for count, words in enumerate(cell or ((),)):
                into = box.paragraphs[0] if count == 0 else box.add_paragraph()
                into.style = file.styles["No Spacing"]
                bold = top or (column == 0 and block.named)
                _say(into, _bold(words) if bold else words)
    file.add_paragraph(style="No Spacing")


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
    _formula(line.add_run(), block.drawn)


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


_BLOCKS: dict[type[Block], Callable[["File", Any, str], None]] = {
    Heading: _heading,
    Paragraph: _paragraph,
    Points: _points,
    Table: _table,
    Drawing: _drawing,
    Formula: _display,
    Code: _code,
    Blanks: _blanks,
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
