"""Grades handed on: Moodle's gradebook, a spreadsheet, the sheet of an exam."""

import csv
import io
import json
import tomllib

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from course import cli
from course.grading import GradingError, results
from course.grading.cells import decimal, encode
from course.grading.exports import csv as spreadsheet
from course.grading.exports import ects, moodle_grades
from course.texts import LANGS

# Lowest number of A B C D E FX F, from the published regulations that the scales stand for
CUTS = {
    "technical": (90, 82, 75, 67, 60, 35, 0),
    "agrarian": (90, 82, 75, 64, 60, 35, 0),
    "pedagogical": (90, 80, 70, 65, 60, 35, 0),
    "food-technology": (88, 81, 74, 68, 60, 40, 0),
    "pass-51": (90, 83, 75, 64, 51, 26, 0),
    "common": (90, 82, 74, 64, 60, 35, 0),
}
ORDER = ("A", "B", "C", "D", "E", "FX", "F")
WORDS = {
    "exam": {
        "uk": ("відмінно", "добре", "задовільно", "незадовільно"),
        "ru": ("отлично", "хорошо", "удовлетворительно", "неудовлетворительно"),
    },
    "credit": {"uk": ("зараховано", "не зараховано"), "ru": ("зачтено", "не зачтено")},
}


def line(student, points, maximum=20.0, **fields):
    found = {
        "student": student,
        "name": f"Студент {student}",
        "group": "МК-21",
        "email": f"{student}@example.org",
        "claimed": student,
        "lang": "uk",
        "flags": ["ok"],
        "points": points,
        "maximum": maximum,
        "exercises": {
            "levels/levels-order": {"state": "partial", "points": points, "maximum": maximum}
        },
    }
    return found | fields


CLASS = [
    line("s1", 17.25),
    line("s2", 0.0),
    line("s3", 11.9),
    line("s4", 0.0, flags=["no-submission"], exercises={}),
    line("s5", 20.0, name="=cmd|' /C calc'!A0", group="@SUM(A1)", email="+a@example.org"),
    line("s6", 12.0, email=""),
    line("s7", 3.0, email="twin@example.org"),
    line("s8", 4.0, email="Twin@example.org"),
    line("s9", 9.0, flags=["unknown-student"]),
]


@pytest.fixture
def grades(tmp_path):
    folder = tmp_path / "grades"
    folder.mkdir()
    folder.joinpath("graded.jsonl").write_text(
        "".join(json.dumps(one) + "\n" for one in CLASS), "utf-8"
    )
    return folder


def work(fields):
    return msgspec.convert(fields, results.Work)


def run(capsys, folder, out, *words):
    code = cli.main(["export", "grades", str(folder), "--out", str(out), *words])
    return code, capsys.readouterr()


def cells(data, separator):
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=separator))


def test_gradebook(grades, tmp_path, capsys):
    code, said = run(capsys, grades, tmp_path / "g.csv", "--to", "moodle")
    data = (tmp_path / "g.csv").read_bytes()
    assert code == 0 and not data.startswith(b"\xef\xbb\xbf")
    assert cells(data, ",") == [
        ["Email address", "grade"],
        ["s1@example.org", "17.25"],
        ["s2@example.org", "0"],
        ["s3@example.org", "11.9"],
    ], "a blank would erase a grade that was entered by hand"
    for who, why in (
        ("s4", "no grade"),
        ("s5", "formula"),
        ("s6", "no email"),
        ("s7, s8", "same email"),
        ("s9", "roster"),
    ):
        (text,) = [text for text in said.out.splitlines() if why in text]
        assert text.endswith(f": {who}")
    _, said = run(capsys, grades, tmp_path / "g.csv", "--to", "moodle", "--keep-blank")
    assert ["s4@example.org", ""] in cells(
        (tmp_path / "g.csv").read_bytes(), ","
    ) and "erases a grade" in said.out
    code, said = run(capsys, grades, tmp_path / "g.csv", "--to", "moodle", "--by", "id")
    rows = cells((tmp_path / "g.csv").read_bytes(), ",")
    assert rows[0] == ["ID number", "grade"] and [row[0] for row in rows[1:]] == [
        "s1",
        "s2",
        "s3",
        "s5",
        "s6",
        "s7",
        "s8",
    ]


def test_gradebook_takes_at_most_a_hundred():
    rows, left = moodle_grades.table(
        [work(each) for each in [line("a", 100.0, 120.0), line("b", 101.0, 120.0)]]
    )
    assert len(rows) == 2 and "more points than the 100" in left[0]


def test_points_keep_every_decimal_that_grading_gives():
    assert [decimal(points, ",") for points in (13.3333, 0.0001, 20.0, 0.0)] == [
        "13,3333",
        "0,0001",
        "20",
        "0",
    ]
    rows, _ = moodle_grades.table([work(line("s1", 13.3333))])
    assert rows[1] == ["s1@example.org", "13.3333"]


def test_many_without_an_email_are_one_line():
    rows, (left,) = moodle_grades.table(
        [work(each) for each in [line(f"s{n}", 1.0, email="") for n in range(50)]]
    )
    assert (
        len(rows) == 1
        and left.startswith("not in the file, no email")
        and left.endswith("s19 and 30 more")
    )


@pytest.mark.parametrize(("separator", "half"), [(";", "17,25"), (",", "17.25")])
def test_spreadsheet(grades, tmp_path, capsys, separator, half):
    assert run(capsys, grades, tmp_path / "t.csv", "--to", "csv", "--separator", separator)[0] == 0
    data = (tmp_path / "t.csv").read_bytes()
    assert data.startswith("\ufeff".encode()) and data.count(b"\r\n") == len(CLASS) + 1
    rows = cells(data, separator)
    assert rows[0] == [
        "student",
        "name",
        "group",
        "email",
        "levels/levels-order",
        "points",
        "maximum",
        "flags",
    ]
    assert rows[1][4:] == [half, half, "20", "ok"] and rows[4][4:] == [
        "",
        "",
        "20",
        "no-submission",
    ]
    assert rows[5][1:4] == ["'=cmd|' /C calc'!A0", "'@SUM(A1)", "'+a@example.org"]


def test_who_handed_in_nothing_has_blanks_in_a_spreadsheet_and_no_noughts():
    graded = [work(line("s2", 0.0)), work(line("s4", 0.0, flags=["no-submission"]))]
    assert [row[4:7] for row in spreadsheet.table(graded)[1:]] == [["0", "0", "20"], ["", "", "20"]]


def test_no_formula_hides_behind_another_separator():
    for separator in ",;\t":
        for sign in "=+-@":
            made = encode([[f"x{other} {sign}1+1" for other in ",;\t"]], separator).decode()
            for other in ",;\t":
                assert not any(cell.strip(' "').startswith(sign) for cell in made.split(other)), (
                    made
                )


@pytest.mark.parametrize(
    "cell", ["=1", "+1+2", "-1+2", "@A1", " =1", "\u00a0=1", "＝1", "-", "+1", "--1", "-1e5", '"=1']
)
def test_no_formula_reaches_a_spreadsheet(cell):
    assert cells(encode([[cell, "x"]]), ",")[0][0] == "'" + cell


def opened(data, separator):
    """Cells as a spreadsheet reads them that parts at this sign, whatever the file was written with."""
    return [
        cell
        for row in csv.reader(io.StringIO(data.decode(), newline=""), delimiter=separator)
        for cell in row
    ]


HIDDEN = [
    'x";"=1+1',
    'x"; "=1+1',
    "x;=1",
    "x\n=1",
    'a;"b\n=1',
    "x\t=1",
    "\t=1",
    "\r=1",
    "\n=1",
    'x|"=1',
    "x,@A1",
    'x";"\u00a0-1+1',
]


@pytest.mark.parametrize("separator", ",;\t|")
@pytest.mark.parametrize("written", ",;")
@pytest.mark.parametrize("cell", HIDDEN)
def test_no_formula_behind_another_separator_a_quote_or_a_line(cell, written, separator):
    for row in ([cell, "x"], ["17", cell], ["17", cell, "x"]):
        for each in opened(encode([row], written), separator):
            assert not each.strip().startswith(("=", "+", "-", "@")), each


@given(
    st.lists(st.text("ab=+-@;,|\t\"'\n\r 1", max_size=12), min_size=1, max_size=3),
    st.sampled_from(",;"),
    st.sampled_from(",;\t|"),
)
@example(row=["-1", ""], written=";", separator=",")
def test_whatever_parts_the_cells_none_is_a_formula(row, written, separator):
    for each in opened(encode([row], written), separator):
        # A number before a separator that this table does not part at, «-1;», is a text.
        number = each.strip().partition(written)[0]
        bare = number.removeprefix("-").replace(",", "").replace(".", "")
        assert not each.strip().startswith(("=", "+", "-", "@")) or bare.isdigit(), each


@pytest.mark.parametrize(
    "cell", ["-2", "-2.5", "-2,5", "0", "17,25", "Іваненко-Петренко", "О'Ніл", ""]
)
def test_what_is_no_formula_stays(cell):
    assert cells(encode([[cell, "x"]], ";"), ";")[0][0] == cell


@given(st.lists(st.lists(st.text(), min_size=2, max_size=3), max_size=4), st.sampled_from(",;"))
def test_any_text_can_be_written_and_none_is_a_formula(rows, separator):
    made = cells(encode(rows, separator, "utf-8-sig"), separator)
    assert len(made) == len(rows)
    for row in made:
        for cell in row:
            bare = cell.strip("-").replace(",", "").replace(".", "")
            assert not cell.lstrip().startswith(("=", "+", "@", "-")) or bare.isdigit()


def test_lone_surrogates_and_nul_are_written():
    assert encode([["\ud800\0а", "б"]]) == "?а,б\r\n".encode()


def test_scales_are_those_of_the_regulations():
    found = ects.scales()
    assert list(found) == list(CUTS)
    for name, bands in found.items():
        assert tuple(low for _, low, _ in bands) == CUTS[name]
        for whole in range(101):
            assert [letter for letter, low, high in bands if low <= whole <= high] == [
                next(letter for letter, low in zip(ORDER, CUTS[name], strict=True) if whole >= low)
            ]


BANDS = '[["A", 90, 100], ["B", 82, 89], ["C", 75, 81], ["D", 67, 74], ["E", 60, 66], ["FX", 35, 59], ["F", 0, 34]]'


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("82, 89", "82, 88", "hole"),
        ("82, 89", "82, 90", "overlaps"),
        ("90, 100", "90, 99", "end at 100"),
        ("90, 100", "90, 101", "end at 100"),
        ("0, 34", "1, 34", "begin at 0"),
        ("60, 66", "66, 60", "whole number"),
        ("60, 66", "60.0, 66", "whole number"),
        ('60, 66], ["FX", 35, 59', '61, 66], ["FX", 35, 60', "pass = 60"),
        ('["B", 82, 89], ["C", 75, 81]', '["C", 75, 81], ["B", 82, 89]', "in this order"),
        (', ["F", 0, 34]', "", "in this order"),
        ('"FX"', '"F"', "in this order"),
        ('["A", 90, 100]', '["A", 90]', "write"),
        (BANDS, "3", "bands"),
        ("bands", "band", "bands"),
    ],
)
def test_unsound_scales_are_named(tmp_path, old, new, fault):
    path = tmp_path / "scale.toml"
    path.write_text(f'[[scale]]\nid = "ours"\nbands = {BANDS}\n'.replace(old, new), "utf-8")
    with pytest.raises(GradingError, match=fault) as found:
        ects.scales(path)
    assert "scale.toml" in str(found.value)


@pytest.mark.parametrize(
    "source",
    ["", "scale = []", "scale = 3", "= 1", "[scale]\nid = 1", f"pass = {'9' * 5000}"],
)
def test_no_scale_at_all(tmp_path, source):
    path = tmp_path / "scale.toml"
    path.write_text(source)
    with pytest.raises(GradingError, match="scale.toml"):
        ects.scales(path)


@pytest.mark.parametrize(
    ("points", "maximum", "whole"),
    [
        (59.5, 100, 60),
        (59.4999, 100, 59),
        (89.5, 100, 90),
        (0.0, 7, 0),
        (7.0, 7, 100),
        (2.5, 7, 36),
        (17.9, 20, 90),
        (0.1 + 0.2 + 0.295, 1.0, 60),
        (0.081 + 0.093 + 0.571, 1.0, 75),  # 0.7449999999999999
        (11.9, 20.0, 60),
        (8.4, 7, 100),
    ],
)
def test_half_is_rounded_up_before_the_band(points, maximum, whole):
    assert ects.hundred(points, maximum) == whole


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("control", ["exam", "credit"])
def test_sheet_of_an_exam_and_of_a_credit(lang, control):
    bands = ects.scales()["technical"]
    graded = [work(line(f"s{whole}", float(whole), 100.0)) for whole in range(101)]
    rows = ects.sheet(graded, bands, lang, control)
    for whole, row in enumerate(rows[1:102]):
        place = ORDER.index(row[5])
        five = (0, 1, 1, 2, 2, 3, 3)[place]
        assert (
            row[0] == str(whole + 1) and row[4] == str(whole) and CUTS["technical"][place] <= whole
        )
        assert row[6] == WORDS[control][lang][five if control == "exam" else whole < 60]
    assert rows[102] == [] and "59,5 → 60" in rows[103][0] and "E 60–66" in rows[103][0]


def test_sheet_as_a_file(grades, tmp_path, capsys):
    assert (
        run(
            capsys, grades, tmp_path / "e.csv", "--to", "ects", "--lang", "ru", "--scale", "common"
        )[0]
        == 0
    )
    rows = cells((tmp_path / "e.csv").read_bytes(), ";")
    assert rows[0] == [
        "№",
        "Фамилия и имя",
        "Группа",
        "Номер студента",
        "100-балльная шкала",
        "ECTS",
        "Национальная шкала",
    ]
    assert rows[1] == ["1", "Студент s1", "МК-21", "s1", "86", "B", "хорошо"]
    assert rows[3][4:] == ["60", "E", "удовлетворительно"]
    assert (
        rows[4][4:] == ["", "", "не сдано"] and rows[5][1].startswith("'=") and len(rows) == 8 + 3
    )
    own = tmp_path / "own.toml"
    own.write_text(
        f'[[scale]]\nid = "ours"\nbands = {BANDS}\n'.replace("60, 66", "60, 70").replace(
            "67, 74", "71, 74"
        )
    )
    assert run(capsys, grades, tmp_path / "e.csv", "--to", "ects", "--scale", str(own))[0] == 0
    assert "E 60–70" in (tmp_path / "e.csv").read_text("utf-8")


@pytest.mark.parametrize(
    "source",
    [None, "{", "[]", '{"flags": []}', '{"flags": ["ok"], "points": "x", "maximum": 1}', "\udcff"],
)
def test_damaged_grades_are_named(tmp_path, capsys, source):
    if source is not None:
        (tmp_path / "graded.jsonl").write_bytes(source.encode("utf-8", "surrogateescape"))
    code, said = run(capsys, tmp_path, tmp_path / "x.csv", "--to", "csv")
    assert code == 2 and "graded.jsonl" in said.err and not (tmp_path / "x.csv").exists()


def test_unmarked_answers_are_told(grades, tmp_path, capsys):
    written = {"value-plan/why-advantage": {"state": "person", "points": 0.0, "maximum": 5.0}}
    with grades.joinpath("graded.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(line("t1", 1.0, exercises=written)) + "\n")
    assert "1 written answers" in run(capsys, grades, tmp_path / "x.csv", "--to", "ects")[1].out
    assert cells((tmp_path / "x.csv").read_bytes(), ";")[9][3:] == ["t1", "", "", "не перевірено"]


def test_questions_from_the_command_line(tmp_path, capsys):
    out = tmp_path / "bank.xml"
    assert cli.main(["export", "moodle", "levels", "--out", str(out), "--variants", "2"]) == 0
    said = capsys.readouterr().out
    assert "levels/levels-value: numerical × 2" in said and "levels/levels-assign left out" in said
    assert out.read_bytes().startswith(b'<?xml version="1.0" encoding="UTF-8"?>')
    assert cli.main(["export", "moodle", "nowhere", "--out", str(out)]) == 2
    with pytest.raises(SystemExit):
        cli.main(["export", "grades", str(tmp_path), "--out", str(out)])


def test_texts_of_the_exports_stand_in_both_languages():
    for name in ("scales.toml", "moodle.toml"):
        raw = tomllib.loads(ects.SCALES.with_name(name).read_text("utf-8"))
        tables = [raw]
        while tables:
            table = tables.pop()
            for value in table.values():
                if isinstance(value, dict):
                    tables.append(value)
                    assert not {*LANGS} & {*value} or {*LANGS} == {*value}


def test_what_cannot_be_written_or_found_is_said_without_a_number(grades, tmp_path, capsys):
    for words, said in (
        (
            ["--to", "csv", "--out", str(tmp_path / "none" / "x.csv")],
            "x.csv: No such file or directory",
        ),
        (
            ["--to", "ects", "--scale", "Other", "--out", str(tmp_path / "x.csv")],
            "there are technical",
        ),
    ):
        assert cli.main(["export", "grades", str(grades), *words]) == 2
        told = capsys.readouterr().err
        assert said in told and "Errno" not in told
