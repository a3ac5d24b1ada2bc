"""An exam on paper: what is printed tells no key, and what is typed earns what a notebook would."""

import csv
import io
import json
import re
import tomllib
import zipfile
from copy import deepcopy

import docx
import pytest
from openpyxl import Workbook
from setting import ROSTER, SPEC, write_setting

from course import exercises
from course.answers import signed
from course.cli import main as course
from course.documents import Together, pdf, plain, word
from course.grading.grade import Grader
from course.grading.paper import LETTERS, Question, counts, dealt, forms, sheets, typed, variant
from course.grading.paper.printing import paper_key
from course.grading.setting import SettingError, assignment
from course.texts import LANGS, text

BY = {"variants": 3, "by": "seat"}
LEFT = ("own/own-value", "audit/audit-culture-gap")  # computed in code
CARRIED = [
    exercise
    for chapter in exercises.chapters().values()
    for exercise in chapter.exercises.values()
    if exercise.kind.on_paper
]


@pytest.fixture(scope="module")
def setting(tmp_path_factory):
    return write_setting(tmp_path_factory.mktemp("paper"))


@pytest.fixture(scope="module")
def key(setting):
    return paper_key(*setting, BY)


def letter(question, public):
    return next(sign for sign, name in question.letters.items() if name == public)


def cells(question, answer):
    """What a person types for an answer, by column."""
    if question.form in ("letter", "letters", "order"):
        words = "".join(letter(question, name) for name in listed(answer))
    elif question.form in ("pairs", "classes"):
        rows = [row for row in question.rows if row in answer]
        words = " ".join(f"{question.rows.index(r) + 1}{letter(question, answer[r])}" for r in rows)
    else:
        words = str(answer)
    return {str(question.number): words}


def listed(answer):
    return [answer] if isinstance(answer, str) else answer


def some(question, student):
    """Three different answers to a question: the right one, another, a part of it."""
    public = list(question.letters.values())
    if question.form == "letter":
        return public[student % len(public)]
    if question.form in ("letters", "order"):
        turned = public[student:] + public[:student]
        return turned if question.form == "order" else turned[:2]
    if question.form in ("pairs", "classes"):
        rows = question.rows[: 1 + student]
        return {row: public[(at + student) % len(public)] for at, row in enumerate(rows)}
    return ["1234,5", str(question.key["value"]).replace(".", ","), "12 500"][student % 3]


def table(key, rows, head=None):
    """The table as a spreadsheet saves it."""
    head = head or next(
        csv.reader(io.StringIO(typed.blank(key).decode("utf-8-sig")), delimiter=";")
    )
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(head)
    names = [cell.partition(" (")[0] for cell in head]
    writer.writerows([[row.get(name, "") for name in names] for row in rows])
    return out.getvalue()


def test_typed_answers_earn_what_the_same_answers_earn_in_a_notebook(
    setting, key, tmp_path, capsys
):
    roster = "ПІБ;id\n" + "".join(f"Номер {n};variant-{n}\n" for n in (1, 2, 3))
    digital = assignment.assign(*write_setting(tmp_path / "nb", roster=roster), tmp_path / "set")
    digital |= {"opens": None, "closes": None, "late": None}
    rows, wanted = [], {}
    for at, (student, number) in enumerate((("17", 1), ("18", 2), ("66", 3))):
        row, lines = {"id": student, "variant": str(number), "lang": LANGS[at % 2]}, []
        for question in variant(key, number):
            if question.form == "words":
                continue
            answer = some(question, at)
            row |= cells(question, answer)
            lines.append(
                {
                    "v": 1,
                    "t": "2026-12-05T10:00:00.000Z",
                    "x": question.ref,
                    "e": "answer",
                    "a": answer,
                    "lang": "uk",
                }
            )
        rows.append(row)
        who = {"id": f"variant-{number}", "name": "Номер"}
        head = {
            "submission": 1,
            "assignment": "quiz",
            "digest": digital["digest"],
            "student": who,
            "lang": "uk",
        }
        wanted[student] = Grader(digital).grade(signed([head, *lines])[0], "x.jsonl").work
    rows[0] |= {"7 comparison": "2", "7 check": "0", "8": "1,5"}
    private, out = tmp_path / "private", tmp_path / "typed"
    private.mkdir()
    (private / "key.json").write_bytes(assignment.plain(key))
    (tmp_path / "answers.csv").write_text(table(key, rows), "utf-8-sig")
    named = ["--key", str(private)]
    assert course(["paper", "read", str(tmp_path / "answers.csv"), *named, "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert "quiz: 3 sheets, 1 of the roster without one" in said and "6 cells for points" in said
    assert (
        course(said.rsplit("course ", 1)[1].replace("GRADES", str(tmp_path / "grades")).split())
        == 0
    )
    assert "4 written answers are not marked" in capsys.readouterr().out
    lines = (tmp_path / "grades" / "graded.jsonl").read_text("utf-8").splitlines()
    works = {work["student"]: work for work in map(json.loads, lines)}
    assert works["67"]["flags"] == ["no-submission"]
    states = set()
    for at, (student, expected) in enumerate(wanted.items()):
        assert works[student]["flags"] == ["ok"] and works[student]["lang"] == LANGS[at % 2]
        for question in variant(key, at + 1):
            earned, same = (
                works[student]["exercises"][question.ref],
                expected.exercises[question.ref],
            )
            assert earned["draw"] == same.draw, question.ref
            if question.form != "words":
                assert (earned["points"], earned["state"], earned["answer"]) == (
                    same.points,
                    same.state,
                    same.answer,
                )
                states.add(earned["state"])
    assert states == {"right", "partial", "wrong"}
    assert works["17"]["exercises"]["own/own-text"]["points"] == 2
    assert works["17"]["exercises"]["own/own-canvas"]["points"] == 1.5


def test_what_is_typed_twice_changes_only_what_changed_and_leaves_others_marks(key, tmp_path):
    path = tmp_path / "marks.jsonl"
    sheet = typed.Sheet(2, "17", "І", 1, "uk", {}, {("own/own-text", "check"): 2.0})
    assert typed.mark(path, key, [sheet]) == 1 and typed.mark(path, key, [sheet]) == 0
    marks = typed.Marks(path, key)
    marks.append("second reader", "17", "own/own-text", "check", 0, "")
    sheet.points["own/own-text", "check"] = None
    assert typed.mark(path, key, [sheet]) == 1
    mean = marks.refresh().mean("17", "own/own-text", "x")
    assert mean.criteria["check"].points == 0


# --- what is printed ------------------------------------------------------------------------------


def other_key(key):
    """A key with everything that is right or explained replaced."""
    changed = deepcopy(key)
    for entry in changed["exercises"]:
        raw = entry["raw"]
        for option in raw.get("option", ()):
            option["right"] = not option.get("right")
            option["why"] = {"uk": "SECRET", "ru": "SECRET"}
        raw.get("item", []).reverse()
        for row in raw.get("row", ()):
            row |= {"key": raw["option"][0]["id"], "why": {"uk": "SECRET", "ru": "SECRET"}}
        raw |= dict.fromkeys(("right", "wrong", "solution"), {"uk": "SECRET", "ru": "SECRET"})
        raw |= {"answer": "1"} if "answer" in raw else {}
        raw |= {"slip": [], "idea": [], "hint": [], "where": []}
        if "ranks" not in entry["keys"][0]:
            entry["keys"] = [{}] * len(entry["keys"])
    return changed


@pytest.mark.parametrize("lang", LANGS)
def test_nothing_that_is_printed_depends_on_what_is_right(key, lang):
    for number in (1, 2, 3):
        for page in (sheets.paper, sheets.sheet):
            printed = page(key, variant(key, number), number, lang)
            changed = other_key(key)
            assert page(changed, variant(changed, number), number, lang) == printed
            assert f"{number}" in printed.title


def test_no_byte_of_a_paper_says_why_or_under_which_id(setting, key):
    bank = tomllib.loads((setting[0].parent / "exercises.toml").read_text("utf-8"))["exercise"]
    questions = variant(key, 1)
    made = sheets.paper(key, questions, 1, "uk")
    with zipfile.ZipFile(io.BytesIO(word.write(made))) as packed:
        data = b"\n".join(packed.read(name) for name in packed.namelist()).decode(
            "utf-8", "replace"
        )
    data += pdf.write(made).decode("latin-1") + repr(made)
    assert "Реактивний" in data and text("paper.how.letters", "uk") in data
    for entry in bank:
        parts = [part for name in ("option", "row", "slip") for part in entry.get(name, ())]
        for pair in filter(None, [entry["solution"], *(part.get("why") for part in parts)]):
            assert pair["uk"] not in data
        assert not any(f"'{part['id']}'" in repr(made) for part in parts if "id" in part)
        assert entry["id"] not in data
    assert not [public for each in questions for public in each.letters.values() if public in data]


def test_a_paper_in_word_is_a4_with_letters_and_the_variant_on_every_page(key):
    file = docx.Document(io.BytesIO(word.write(sheets.paper(key, variant(key, 2), 2, "ru"))))
    page = file.sections[0]
    assert (round(page.page_width.mm), round(page.page_height.mm)) == (210, 297)
    assert "Контрольная. Вариант 2" in page.footer.paragraphs[0].text
    lettered = [line.text for line in file.paragraphs if re.match("[А-В]\t", line.text)]
    assert (
        "А\tРеагирующий" in lettered or "Б\tРеагирующий" in lettered or "В\tРеагирующий" in lettered
    )
    at = next(
        n for n, line in enumerate(file.paragraphs) if line.text.startswith("Вопрос 1 (1 балл)")
    )
    tied = [bool(line._p.xpath("w:pPr/w:keepNext")) for line in file.paragraphs[at + 1 : at + 6]]
    assert tied == [True, True, True, True, False], "a question and its options stay on one page"


def test_a_question_breaks_only_when_it_is_taller_than_a_page(key):
    def tied(words):
        question = variant(key, 1)[0]
        question.shown["prompt"] = dict.fromkeys(LANGS, words)
        return isinstance(sheets.paper(key, [question], 1, "uk").blocks[-1], Together)

    assert tied("слово " * 300) and not tied("слово " * 600)


def test_variants_differ_and_depend_on_nothing_but_their_number(setting, key):
    def shown(made, number):
        return [(each.letters, each.draw) for each in variant(made, number)]

    assert shown(key, 1) == shown(paper_key(*setting, BY | {"variants": 9, "by": "roster"}), 1)
    assert len({str(shown(key, number)) for number in (1, 2, 3)}) == 3
    assert [each.ref for each in variant(key, 1)] == [each.ref for each in variant(key, 2)]
    grown = {**key, "roster": [["5", "Нова Людина", "", ""], *key["roster"]]}
    assert [dealt(key, row[0]) for row in key["roster"]] == [
        dealt(grown, row[0]) for row in key["roster"]
    ]
    assert sum(counts(grown)) == 5


def test_what_paper_cannot_carry_is_said_and_left_out(setting, tmp_path):
    notes = []
    made = paper_key(*setting, BY, notes)
    refs = [entry["ref"] for entry in made["exercises"]]
    assert not {*refs} & {*LEFT} and len(refs) == 8 and made["closes"] is None
    assert [note for note in notes if "paper" in note] == [
        f"left out: {ref} (value): paper cannot carry it" for ref in LEFT
    ]
    only = SPEC.replace(
        SPEC[SPEC.index("exercises = ") : SPEC.index("opens")], 'exercises = ["own/own-value"]\n'
    )
    only = only[: only.index("[[rubric]]")]
    with pytest.raises(SettingError, match="paper can carry none"):
        paper_key(*write_setting(tmp_path, only), BY)


@pytest.mark.parametrize("exercise", CARRIED, ids=lambda each: f"{each.lesson}/{each.id}")
def test_the_printed_key_typed_back_earns_everything(exercise, monkeypatch):
    monkeypatch.setattr(assignment, "VARIANTS", 2)
    entry = assignment.entry_of(f"{exercise.lesson}/{exercise.id}", exercise, exercise.points)
    shown = assignment.shown_of(entry, hints=False)
    question = Question(1, entry, shown, 0 if entry["draws"] else None)
    assert question.form in sheets._ROOMS or question.form == "words"
    assert len(question.letters) <= len(LETTERS)
    for lang in LANGS:
        printed = " ".join(
            plain(block.runs) for block in sheets._asked(question, lang) if hasattr(block, "runs")
        )
        assert "{" not in printed and text("paper.written", lang, n=1) in printed
    if question.form != "words" and "(" not in (right := forms.right(question, "uk")):
        answer = exercise.kind.renamed(forms.read(question, right), entry["ids"])
        assert exercise.kind.score(question.key, answer).fraction == 1, right


# --- what is typed --------------------------------------------------------------------------------

GOOD = {
    "id": "17",
    "variant": "1",
    "1": "А",
    "2": "АВ",
    "3": "ВГБА",
    "4": "БА",
    "5": "1А 3Б",
    "6": "12,5",
}


def answers(key, path, **changed):
    row = GOOD | {name.lstrip("_"): value for name, value in changed.items()}
    path.write_text(table(key, [row]), "utf-8")
    return typed.read(path, key)[0].answers


@pytest.mark.parametrize(
    ("column", "words", "same"),
    [
        ("1", "a", "А"), ("1", " В. ", "В"), ("2", "a; B", "АВ"), ("2", "В А", "АВ"), ("3", "в,г,б,а", "ВГБА"),
        ("3", "B-Г-б-A", "ВГБА"), ("4", "1Б 2А", "БА"), ("4", "1-Б, 2-а", "БА"), ("4", "1) б; 2) A", "БА"), ("5", "3б 1a", "1А 3Б"),
    ],
)  # fmt: skip
def test_letters_are_read_in_either_alphabet(key, tmp_path, column, words, same):
    def asked(value):
        return answers(key, tmp_path / "a.csv", **{f"_{column}": value})

    ref = variant(key, 1)[int(column) - 1].ref
    read, wanted = asked(words)[ref], asked(same)[ref]
    assert (sorted(read) == sorted(wanted)) if column == "2" else read == wanted


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1251", "xlsx", "commas"])
def test_the_table_is_read_as_any_spreadsheet_saves_it(key, tmp_path, encoding):
    path = tmp_path / ("a.xlsx" if encoding == "xlsx" else "a.csv")
    words = table(key, [GOOD])
    rows = list(csv.reader(io.StringIO(words), delimiter=";"))
    if encoding == "xlsx":
        book = Workbook()
        for row in rows:
            book.active.append(
                [int(cell) if cell.isdigit() and len(cell) < 3 else cell for cell in row]
            )
        book.save(path)
    elif encoding == "commas":
        out = io.StringIO()
        csv.writer(out).writerows(rows)
        path.write_text(out.getvalue(), "utf-8")
    else:
        path.write_bytes(words.encode(encoding))
    (sheet,) = typed.read(path, key)
    assert sheet.student == "17" and len(sheet.answers) == 8
    assert sheet.answers["own/own-numeric"] == "12,5"


HOSTILE = [
    ({"1": "Ж"}, "a.csv:2: question 1: 'Ж' stands here; type one letter, А–В"),
    ({"1": "АБ"}, "one letter, А–В; nothing when the mark is not clear"),
    ({"1": "D"}, "question 1: 'D'"), ({"1": "Б?"}, "question 1: 'Б?'"), ({"1": "2"}, "question 1: '2'"),
    ({"1": "#NAME?"}, "'#NAME?' stands here"), ({"1": "=1+1"}, "'=1+1'"), ({"1": "А" * 5000}, "at most 200 characters"),
    ({"2": "АА"}, "one letter stands twice"), ({"3": "АБВ"}, "all letters А–Г"), ({"3": "АББГ"}, "one letter stands twice"),
    ({"4": "Б"}, "a letter of А–В for each row 1–2"), ({"4": "3Б"}, "or pairs: 1Б 2А"), ({"4": "1А 1Б"}, "row 1 stands twice"),
    ({"4": "1А щось"}, "question 4"), ({"6": "12.05.2026"}, "question 6: '12.05.2026' stands here; type a number"), ({"6": "багато"}, "with a comma or a point; in"),
    ({"7 check": "1"}, "question 7 check: '1' stands here; type one of 0, 2"), ({"7 check": "200%"}, "one of 0, 2"), ({"8": "-1"}, "one of 0, 1.5"),
    ({"variant": "4"}, "variant: '4' stands here; type a number from 1 to 3"), ({"variant": ""}, "nothing stands here"), ({"variant": "1e0"}, "from 1 to 3"),
    ({"id": "999"}, "id: '999' is on no line of the roster"), ({"id": ""}, "there is no id"), ({"lang": "en"}, "type uk or ru"), ({"id": "../17"}, "on no line"),
]  # fmt: skip


@pytest.mark.parametrize(("changed", "said"), HOSTILE, ids=lambda each: str(each)[:40])
def test_what_cannot_be_read_is_told_and_nothing_is_guessed(key, tmp_path, changed, said):
    path = tmp_path / "a.csv"
    path.write_text(table(key, [GOOD | changed]), "utf-8")
    with pytest.raises(SettingError) as refused:
        typed.read(path, key)
    assert said in str(refused.value) and len(refused.value.faults) == 1


WHOLE = [
    (lambda words: "", "the table is empty"), (lambda words: words.replace("variant", "варіант"), "no column variant"),
    (lambda words: words.replace("3 (", "33 ("), "unknown column '33 (А–Г: ГВБА)'"), (lambda words: words + words.splitlines()[1], "stands already in row 2"),
    (lambda words: words.replace("12,5", '12,5;;;;;"x"'), "more cells than columns"), (lambda words: words.replace("12,5", '"12,5'), "lone quotation mark"),
    (lambda words: words.replace("2 (", "1 ("), "two columns have this name"), (lambda words: "%PDF-1.7", "this is a PDF"), (lambda words: "PK\3\4nothing", "no Excel workbook"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "said"), WHOLE, ids=[said for _, said in WHOLE])
def test_a_whole_table_that_is_none_is_told(key, tmp_path, capsys, change, said):
    (tmp_path / "key.json").write_bytes(assignment.plain(key))
    path = tmp_path / "a.csv"
    path.write_text(change(table(key, [GOOD])), "utf-8")
    assert (
        course(["paper", "read", str(path), "--key", str(tmp_path), "--out", str(tmp_path / "t")])
        == 2
    )
    assert said in capsys.readouterr().err and not (tmp_path / "t").exists()


def test_a_latin_b_and_another_variant_than_dealt_are_told(setting, tmp_path):
    made, notes = paper_key(*setting, BY | {"by": "roster"}), []
    stray = 1 + dealt(made, "17") % 3
    path = tmp_path / "a.csv"
    path.write_text(table(made, [GOOD | {"1": "b", "variant": str(stray)}]), "utf-8")
    (sheet,) = typed.read(path, made, notes)
    assert sheet.variant == stray and "another variant than the roster dealt: 17" in notes
    assert any("a Latin B, read as В, the third letter, by its shape: 1" in note for note in notes)


def test_an_exam_is_printed_once_and_a_table_that_is_filled_in_stays(tmp_path, capsys):
    spec, roster = write_setting(tmp_path / "s", roster=ROSTER)
    out = tmp_path / "exam"
    words = [
        "paper",
        "print",
        str(spec),
        "--roster",
        str(roster),
        "--out",
        str(out),
        "--lang",
        "uk",
    ]
    assert course([*words, "--variants", "1"]) == 0
    names = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    pages = {
        f"{stem}.{end}"
        for stem in ("print/quiz-1-uk", "print/quiz-1-uk-answers", "private/key-uk")
        for end in ("pdf", "docx")
    }
    assert names == pages | {"private/key.json", "private/spec.toml", "private/answers.csv"}
    first = {name: (out / name).read_bytes() for name in names}
    assert (
        first["private/answers.csv"].decode("utf-8-sig").startswith("id;name;variant;lang;1 (А–В);")
    )
    (out / "private" / "answers.csv").write_text("filled in", "utf-8")
    assert course([*words, "--variants", "1"]) == 0
    assert "is left as it was" in capsys.readouterr().out
    assert {name: (out / name).read_bytes() for name in names} == first | {
        "private/answers.csv": b"filled in"
    }
    assert course(["assign", str(spec), "--roster", str(roster), "--out", str(out)]) == 2
    assert "an exam on paper, 'quiz' stands there already" in capsys.readouterr().err


def test_a_student_cannot_choose_a_variant_in_a_notebook(quiz):
    question = next(entry for entry in quiz.key["exercises"] if entry["ref"] == "own/own-numeric")
    head = {
        "submission": 1,
        "assignment": "quiz",
        "digest": quiz.key["digest"],
        "student": {"id": "17", "name": ""},
        "lang": "uk",
    }
    grader = Grader(replace_times(quiz.key))
    draws = {
        grader.grade(signed([head | more])[0], "x.jsonl").work.exercises[question["ref"]].draw
        for more in ({}, {"variant": 1}, {"variant": 2}, {"variant": 3})
    }
    assert len(draws) == 1


def replace_times(key):
    return {**key, "opens": None, "closes": None, "late": None}
