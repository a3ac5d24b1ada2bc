"""Files that mean harm: a sentence, never a traceback, no other file read, no bomb unpacked, no TOML injected."""

import io
import tomllib
import zipfile

import docx
import pytest

from course import cli
from course.grading.imports import _text, _xml

QUIZ = '<quiz><question type="{0}"><name><text>Н</text></name><questiontext format="html"><text>{1}</text></questiontext>{2}</question></quiz>'
SECRET = "НЕ-ДЛЯ-ІМПОРТУ"
CHOICES = (
    '<answer fraction="100"><text>а</text></answer><answer fraction="0"><text>б</text></answer>'
)
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))


def xml(kind="multichoice", words="Хто?", more=CHOICES):
    return QUIZ.format(kind, words, more).encode()


def number(value, within="0", share="100"):
    return xml(
        "numerical",
        more=f'<answer fraction="{share}"><text>{value}</text><tolerance>{within}</tolerance></answer>',
    )


def zipped(**parts):
    """An archive with these parts; a dot in a name is written as two underscores."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name.replace("__", "."), data)
    return file.getvalue()


def document(change=lambda data: data, body="1. Хто?\n+ ви\n- ми"):
    """A Word file whose main part is changed."""
    file, out = io.BytesIO(), io.BytesIO()
    made = docx.Document()
    for line in body.split("\n"):
        made.add_paragraph(line)
    made.save(file)
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            data = old.read(info)
            new.writestr(
                info.filename, change(data) if info.filename == "word/document.xml" else data
            )
    return out.getvalue()


def entity(data):
    declared = b'<!DOCTYPE w [<!ENTITY x SYSTEM "file:///SECRET">]>'
    return data.replace(b"<w:document", declared + b"<w:document", 1)


# What is refused whole: name, bytes, words of the sentence.
REFUSED = {
    "laughs": ("b.xml", f'<!DOCTYPE q [<!ENTITY l0 "ха">{LAUGHS}]><quiz>&l8;</quiz>', "DOCTYPE"),
    "outside": ("b.xml", '<!DOCTYPE q [<!ENTITY x SYSTEM "SECRET">]><quiz>&x;</quiz>', "DOCTYPE"),
    "outside-dtd": ("b.xml", '<!DOCTYPE q SYSTEM "SECRET"><quiz/>', "DOCTYPE"),
    "parameter": ("b.xml", '<!DOCTYPE q [<!ENTITY % x SYSTEM "SECRET"> %x;]><quiz/>', "DOCTYPE"),
    "utf-16": (
        "b.xml",
        '<!DOCTYPE q [<!ENTITY x "y">]><quiz>&x;</quiz>'.encode("utf-16"),
        "DOCTYPE",
    ),
    "undeclared": ("b.xml", "<quiz>&harm;</quiz>", "no sound XML"),
    "deep": ("b.xml", "<quiz>" + "<a>" * 100_000, "too deep"),
    "unclosed": ("b.xml", "<quiz><question>", "no sound XML"),
    "encoding": ("b.xml", '<?xml version="1.0" encoding="utf-7"?><quiz/>', "no sound XML"),
    "no-encoding": ("b.xml", '<?xml version="1.0" encoding="harm"?><quiz/>', "no sound XML"),
    "nul": ("b.xml", b"<quiz>\0</quiz>", "no sound XML"),
    "page": ("b.xml", "<html><body/></html>", "not <quiz>"),
    "nothing": ("b.xml", "<quiz/>", "nothing written"),
    "empty": ("b.txt", "", "nothing written"),
    "binary": ("b.txt", bytes(range(256)) * 9, "no text"),
    "old-word": ("b.doc", b"\xd0\xcf\x11\xe0" + bytes(600), "save it as .docx"),
    "pdf": ("b.pdf", b"%PDF-1.7 ...", "save it as .docx"),
    "not-a-zip": ("b.docx", b"PK\3\4 nothing", "damaged archive"),
    "no-document": ("b.docx", zipped(a__txt="a"), "no Word document"),
    "half": ("b.docx", document()[:9000], "damaged archive"),
    "bomb": ("b.docx", zipped(word__xml=b"a" * 20_000_000), "too large"),
    "outside-path": ("b.docx", zipped(**{"../../harm__xml": "a"}), "damaged archive"),
    "word-entity": ("b.docx", document(entity), "DOCTYPE"),
    "word-deep": ("b.docx", document(lambda d: d.replace(b"<w:p>", b"<w:p>" * 9000, 1)), "no Word"),
    "word-torn": ("b.docx", document(lambda d: d[:-40]), "no Word document"),
}


def run(tmp_path, capsys, name, data):
    """Import a file; return the exit code, the bank and what was said."""
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET, "utf-8")
    data = data.encode() if isinstance(data, str) else data
    path, out = tmp_path / name, tmp_path / "out.toml"
    path.write_bytes(data.replace(b"SECRET", str(secret).encode()))
    code = cli.main(["import", str(path), "--out", str(out)])
    said = "".join(capsys.readouterr())
    assert SECRET not in said
    text = out.read_text("utf-8") if out.is_file() else ""
    assert SECRET not in text
    return code, tomllib.loads(text), said


@pytest.mark.parametrize("case", REFUSED)
def test_what_could_harm_is_refused_with_a_sentence(case, tmp_path, capsys):
    name, data, words = REFUSED[case]
    code, bank, said = run(tmp_path, capsys, name, data)
    assert code == 2 and not bank and words in said and name in said, said


# What is one question among others: it is left out or loses something, and this is said.
SAID = {
    "nan": (number("NaN"), "'NaN' is no plain number"),
    "huge": (number("1e999"), "is no plain number"),
    "hex": (number("0x10"), "is no plain number"),
    "code": (number("__import__('os')"), "is no plain number"),
    "wide": (number("5", "1e999"), "its tolerance '1e999'"),
    "share": (number("5", "0", "inf"), "no number earns all"),
    "braces": (xml("numerical", "{answer}?", number("5").split(b"</questiontext>")[1].split(b"</q")[0].decode()), "in braces"),
    "points": (xml(more=CHOICES + "<defaultgrade>-5</defaultgrade>"), "-5 points"),
    "type": (xml("../../harm"), "no exercise is of Moodle's type ../../harm"),
    "no-right": (xml(more=CHOICES.replace("100", "0")), "0 options are right"),
    "twins": (xml(more=CHOICES.replace("б", "а")), "two options read the same"),
    "picture": (xml(more=CHOICES.replace("б", "&lt;img src=1&gt;")), "an option has no words"),
    "many": (xml(more=CHOICES + "".join(f'<answer fraction="0"><text>{n}</text></answer>' for n in range(5000))), "at most 100"),
    "script": (xml(words="Хто?&lt;script&gt;alert(1)&lt;/script&gt;"), "lost: a program"),
    "long": (xml(words="&lt;" * 400_000), "after 20000 characters"),
    "arrow": ("Хто?{=а -> б = в}\n", "has no arrow"),
    "number": ("Скільки?{#багато}\n", "is no number"),
    "brace": ("Хто?{=а ~б\n", "a brace that is not closed"),
    "answer": ("Хто?\nA. а\nB. б\nANSWER: Z\n", "is not the letter"),
    "alone": ("Хто?{~нема =я}\n\nЩо?{=а # так ~}\n", "an option has no words"),
    "damaged": ("1. Хтось \ufffd?\n+ ви\n- ми\n", "1 letters are damaged"),
    "mixed": ("1. Хто?\n- а\n= 5\n", "stand together"),
}  # fmt: skip


@pytest.mark.parametrize("case", SAID)
def test_what_is_wrong_with_a_question_is_said(case, tmp_path, capsys):
    data, words = SAID[case]
    code, _, said = run(tmp_path, capsys, "b.xml" if isinstance(data, bytes) else "b.txt", data)
    assert words in said and code in (0, 2), said


HARM = '"""\'\'\'\\\n[[exercise]]\nid = "harm"\x1b[2J\u2028\x85 #'


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("b.gift", f"::{HARM.replace(chr(10), ' ')}::{HARM.replace(chr(10), ' ')}?{{=а ~б}}"),
        ("b.xml", xml(words=f"<![CDATA[{HARM.replace(chr(27), '')}]]>")),
        ("b.txt", f"1. {HARM}\n+ {HARM} а\n- б\n"),
        ("b.txt", '1. Хто?\n+ ви\n- ми\nТема: "]\n[harm]\n'),
    ],
    ids=["gift", "moodle", "list", "topic"],
)
def test_words_stay_words(name, data, tmp_path, capsys):
    """Whatever they hold, one exercise comes of one question, and the console gets no commands."""
    code, bank, said = run(tmp_path, capsys, name, data)
    assert code == 0 and set(bank) <= {"about", "lesson", "exercise", "topic"}, said
    (exercise,) = bank["exercise"]
    assert exercise["id"] == "q-1" and "\x1b" not in said + str(bank)


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("b.gift", "\n" * 200_000 + "a{=b ~c}"),
        ("b.gift", "<" + "a" * 200_000 + "{=b ~c}"),
        ("b.gift", "a{" + "=%" * 20_000 + "}"),
        ("b.txt", "ANSWER:" + " " * 200_000 + "!"),
        ("b.txt", "1. " + "\\(" * 100_000 + "\n+ a\n- b"),
        ("b.txt", "1. a\n" + "- " * 100_000 + "\n" + "- ->" * 50_000),
        ("b.xml", xml(words="<![CDATA[" + "<b>" * 16_000 + "]]>").decode()),
        ("b.xml", xml(words="<![CDATA[" + "<!--" * 4_000 + "<a " * 1_000 + "]]>").decode()),
    ],
    ids=["blank", "tag", "answers", "spaces", "formulas", "arrows", "bold", "comments"],
)
def test_no_file_takes_the_time_of_its_square(name, words, tmp_path, capsys):
    assert run(tmp_path, capsys, name, words)[0] in (0, 1, 2)


def test_a_file_that_is_too_large_is_not_even_read(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("course.grading.imports.LARGEST", 10)
    assert "more than 0 MiB" in run(tmp_path, capsys, "b.xml", xml())[2]
    assert _text.LARGEST == _xml.LARGEST
