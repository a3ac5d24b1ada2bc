"""What a document says, Word, PDF and a page say too, in its language; nobody's text becomes markup."""

import io
import json
import re
import zipfile
from datetime import datetime
from html.parser import HTMLParser

import docx
import pytest

from course import documents
from course.documents import (
    Blanks,
    Code,
    Document,
    Drawing,
    Formula,
    Heading,
    Paragraph,
    Points,
    Run,
    Table,
    cells,
    formulas,
    page,
    pdf,
    raster,
    rich,
    typed,
    word,
)
from course.figures import Bar, Bars
from course.texts import LANGS

MADE = datetime(2026, 11, 29, 12, 28)
HOSTILE = (
    '<script>alert(1)</script> #read("/etc/passwd") $ x $ *a* _b_ \\ @ref // = h #eval("1") '
    "]] #panic() {{x}} &amp; \"'`"
)
BARS = Bars(
    title="Два рядки",
    sentence="Другий довший удвічі.",
    rows=(Bar("a", (1.0,), ("1",)), Bar("b", (2.0,), ("2",), accent=True)),
)


def document(lang="uk", name="Олена Коваль", words="Текст"):
    """One of every block."""
    return Document(
        "Урок 5. План",
        lang,
        (
            Paragraph(rich("Готово **1** з `2`.")),
            Table(cells("Робота", "Стан"), (((rich("1. План"),), (rich("відповідь є"),)),), (2, 1)),
            Heading(rich("1. План")),
            Paragraph(rich("Складіть план."), "task"),
            *(Paragraph(runs) for runs in typed(words)),
            Table((), (((rich("Хто?"),), typed(words)), ((rich("Як?"),), ())), tall=2),
            Points((rich("перше"), rich("друге")), "bullet"),
            Points((rich("перше"), rich("друге")), "number"),
            Points((rich("варіант"),), "tick"),
            Points((rich("крок"),), "place"),
            Heading(rich("Підсумок"), 2),
            Paragraph((Run("Де "), Run(r"\frac{m}{1+i}", "formula"), Run(" ещё", lang="ru"))),
            Paragraph((Run("r", "italic"), Run("0", "sub"), Run("2", "sup"))),
            Formula(r"V=\frac{(m-c)(1+i)}{1+i-r}"),
            Code("df.head()\n"),
            Drawing(BARS),
            Blanks(3),
            Blanks(1, "тис. грн"),
            Paragraph(rich("Примітка"), "note"),
        ),
        name,
        MADE,
        "Складено 29.11.2026 12:28",
    )


def opened(told):
    return docx.Document(io.BytesIO(word.write(told)))


@pytest.mark.parametrize("lang", LANGS)
def test_word_has_headings_lists_tables_pictures_and_its_language(lang):
    file = opened(document(lang))
    styles = {line.text: line.style.name for line in file.paragraphs}
    assert styles["Урок 5. План"] == "Title" and styles["Олена Коваль"] == "Subtitle"
    assert styles["1. План"] == "Heading 1" and styles["Підсумок"] == "Heading 2"
    assert "List Bullet" in styles.values()
    first, second = file.tables
    assert [cell.text for cell in first.rows[0].cells] == ["Робота", "Стан"]
    assert first.rows[0]._tr.xpath("w:trPr/w:tblHeader"), "the head is repeated on every page"
    assert [cell.text for cell in second.columns[0].cells] == ["Хто?", "Як?"]
    [line] = [line for line in file.paragraphs if line.text == "r02"]
    assert [(r.italic, r.font.subscript, r.font.superscript) for r in line.runs] == [
        (True, None, None),
        (None, True, False),
        (None, False, True),
    ]
    shares = [round(column.width.mm / word.ROOM, 2) for column in first.columns]
    assert shares == [0.67, 0.33] == [round(c.width.mm / word.ROOM, 2) for c in first.rows[0].cells]
    told = [shape._inline.docPr.get("descr") for shape in file.inline_shapes]
    assert told == [r"\frac{m}{1+i}", r"V=\frac{(m-c)(1+i)}{1+i-r}", BARS.sentence]
    tags = {
        each
        for element in (file.styles.element, file.settings.element, file.element)
        for each in element.xpath("//w:docDefaults//w:lang/@w:val | //w:themeFontLang/@w:val")
    }
    assert tags == {word.TAGS[lang]} and file.core_properties.language == word.TAGS[lang]
    assert file.element.xpath("//w:r/w:rPr/w:lang/@w:val") == ["ru-RU"]
    page = file.sections[0]
    assert (round(page.page_width.mm), round(page.page_height.mm)) == (210, 297)
    assert page.footer.paragraphs[0].text.startswith("Олена Коваль")


def test_every_style_of_word_speaks_with_the_font_that_its_page_names():
    file = opened(document())
    for name in word._STYLES:
        fonts = file.styles[name].element.rPr.rFonts
        assert set(fonts.attrib.values()) == {word.FONT}, f"{name} keeps a font of the template"


def test_word_names_no_time_but_that_of_the_document():
    file = opened(document())
    about = file.core_properties
    assert about.created == about.modified and about.author == "Олена Коваль"
    packed = zipfile.ZipFile(io.BytesIO(word.write(document())))
    assert {entry.date_time for entry in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert not any("thumbnail" in name for name in packed.namelist())


@pytest.mark.parametrize("writer", [word.write, pdf.write, page.write])
def test_the_same_document_makes_the_same_bytes(writer):
    first = writer(document())
    assert first == writer(document())
    assert first != writer(document(words="Інше"))


def test_a_document_that_somebody_saved_is_told_from_ours(tmp_path):
    path = tmp_path / "a.docx"
    path.write_bytes(word.write(document()))
    assert not word.edited(path)
    file = docx.Document(path)
    file.core_properties.modified = datetime(2026, 11, 30)
    file.save(path)
    assert word.edited(path)
    path.write_bytes(b"no archive")
    assert word.edited(path)


@pytest.mark.parametrize("words", [HOSTILE, "\x00\x07\x1b[31m\ud800\ufffe\u202eабв", "а" * 3000])
def test_what_a_student_typed_is_shown_as_typed(words):
    told = document(name=words[:200], words=words)
    fitting = documents.fit(words)
    assert fitting in [line.text for line in opened(told).paragraphs]
    assert fitting in opened(told).tables[1].rows[0].cells[1].text
    seen = Seen()
    seen.feed(page.write(told).decode())
    assert fitting in seen.said and "script" not in seen.tags
    assert pdf.write(told).startswith(b"%PDF-")


class Seen(HTMLParser):
    """What a page says, and by which tags."""

    def __init__(self):
        super().__init__()
        self.tags, self.said = [], ""

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.said += data


def test_the_template_gets_what_a_student_typed_as_a_value(monkeypatch):
    """Whatever is typed, typst reads the same program; only its input differs."""
    import typst

    programs = []
    monkeypatch.setattr(typst, "compile", lambda source, **more: programs.append((source, more)))
    pdf.write(document(words=HOSTILE))
    pdf.write(document())
    (first, hostile), (second, tame) = programs
    assert first == second and hostile["sys_inputs"] != tame["sys_inputs"]
    assert {**hostile, "sys_inputs": 0} == {**tame, "sys_inputs": 0}


@pytest.mark.parametrize("lang", LANGS)
def test_a_pdf_has_its_language_its_time_and_the_course_s_fonts(lang):
    made = pdf.write(document(lang))
    assert f"/Lang({word.TAGS[lang]})".encode() in made.replace(b"/Lang (", b"/Lang(")
    assert b"D:20261129" in made
    fonts = {name.partition(b"+")[2] for name in re.findall(rb"/BaseFont */([\w+-]+)", made)}
    assert {b"LibertinusSerif-Regular", b"DejaVuSans"} <= {
        name.removesuffix(b"-Identity-H") for name in fonts
    }


def test_a_pdf_has_headings_tables_and_pictures_with_their_sentences(monkeypatch):
    """What typst made of the document, asked of typst: a reader of PDF is no dependency."""
    import typst

    inputs = {}
    compiled = typst.compile
    monkeypatch.setattr(typst, "compile", lambda *a, **k: inputs.update(k) or compiled(*a, **k))
    made = pdf.write(document(words=HOSTILE))

    def query(selector, field):
        asked = typst.query(
            pdf._TEMPLATE.read_bytes(),
            selector,
            field=field,
            **{
                name: inputs[name]
                for name in ("root", "font_paths", "ignore_system_fonts", "sys_inputs")
            },
        )
        return json.loads(asked)

    assert [said(body) for body in query("heading", "body")] == [
        "Урок 5. План",
        "1. План",
        "Підсумок",
    ]
    tables = query("table", "children")
    assert len(tables) == 2 and documents.fit(HOSTILE) in said(tables[1]).replace("\u200b", "")
    alts = query("image", "alt")
    assert BARS.sentence in alts and r"\frac{m}{1+i}" in alts
    assert made.count(b"/Alt") >= len(alts) and b"/StructTreeRoot" in made


def said(body):
    """All the words in a piece of typst's content."""
    if isinstance(body, dict):
        return body.get("text", "") if body.get("func") == "text" else said(list(body.values()))
    return "".join(map(said, body)) if isinstance(body, list) else ""


def test_a_letter_without_a_glyph_is_rare():
    """Both alphabets, the hryvnia and what lessons print stand in the fonts that are embedded."""
    import typst

    every = "абвгґдеєёжзиіїйклмнопрстуфхцчшщьъыэюя₴№«»„“’–—−×·≈≤≥→✓☐"
    for letter in every + every.upper():
        typst.compile(
            b'#set text(font: ("Libertinus Serif", "DejaVu Sans"), fallback: false)\n'
            b"#context assert(measure(sys.inputs.it).width > 0pt)\n#sys.inputs.it",
            font_paths=[pdf._fonts()],
            ignore_system_fonts=True,
            sys_inputs={"it": letter},
        )


def test_a_page_stands_alone():
    told = page.write(document()).decode()
    assert not re.search(r"(src|href)=|url\(|@import", told)
    assert '<html lang="uk">' in told and '<span lang="ru"> ещё</span>' in told


def test_a_picture_in_pixels_shows_what_its_drawing_has(lang="uk"):
    from PIL import Image

    from course import charts

    svg = charts.svg(BARS, lang, still=True)
    wide, tall = (
        float(each) for each in re.search(r'width="([\d.]+)" height="([\d.]+)"', svg).groups()
    )
    image = Image.open(io.BytesIO(raster.png(svg))).convert("RGB")
    assert (
        abs(image.width - raster.DOTS * wide) <= 1 and abs(image.height - raster.DOTS * tall) <= 1
    )
    colours = {"#{:02x}{:02x}{:02x}".format(*each) for _, each in image.getcolors(1 << 24)}
    assert set(re.findall(r'fill="(#\w+)"', svg)) <= colours


def test_a_formula_hangs_below_the_line_and_a_wrong_one_is_named():
    flat, deep = formulas.draw("m"), formulas.draw(r"\frac{m}{r}")
    assert deep.depth > flat.depth and deep.tall > flat.tall
    with pytest.raises(formulas.FormulaError, match="frac"):
        formulas.draw(r"\frac{m}")


@pytest.mark.parametrize(
    ("module", "left"), [("docx", ["pdf"]), ("typst", ["docx"]), ("", ["docx", "pdf"])]
)
def test_what_python_lacks_is_not_offered(monkeypatch, module, left):
    known = documents.find_spec
    monkeypatch.setattr(
        documents, "find_spec", lambda name: None if name == module else known(name)
    )
    assert list(documents.writers()) == left
