"""Questions from elsewhere: what each format becomes, what is said to be lost, marks that come back."""

import tomllib

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from course import cli
from course.authoring.checks import check
from course.exercises import chapters, draw, key, read
from course.grading import imports
from course.grading.exports.moodle_questions import bank, load
from course.grading.imports import bank as banks
from course.grading.imports import moodle
from course.grading.imports._text import from_html
from course.kinds import score

# Moodle has one type for both of each pair.
ALIKE = {"classify": "match", "canvas": "text"}
TOLD = ("prompt", "right", "wrong", "solution", "see")
TEXTS = ("text", "why", "right", "key")


def made(tmp_path, capsys, name, data, *words):
    """Import a file; return the exit code, the exercises by id and what was said."""
    path, out = tmp_path / name, tmp_path / "out.toml"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    code = cli.main(["import", str(path), "--out", str(out), *words])
    said = "".join(capsys.readouterr())
    return code, read(out).exercises if out.is_file() and code == 0 else {}, said


# --- a round trip through Moodle ------------------------------------------------------------------


def parts(exercise, field, lang):
    """The parts of a list by what is read in them; the ids are not kept."""
    names = {o["id"]: o["text"][lang] for o in exercise.get("option", ())}
    return {
        part["text"][lang]: (
            (part.get("why") or {}).get(lang),
            part.get("right", False),
            names.get(part.get("key")),
        )
        for part in exercise.get(field, ())
    }


# Of these two nothing is exported, or nothing that others have not; each costs seconds.
SLUGS = [slug for slug in chapters() if slug not in ("programme", "portfolio")]


@pytest.mark.parametrize("slug", SLUGS)
def test_marks_and_words_come_back_from_moodle(slug, tmp_path):
    title, items = load(slug)
    exported, lang = bank(title, items, variants=2), ("uk", "ru")[len(slug) % 2]
    questions, notes = moodle.read("bank.xml", exported.xml.encode())
    returned = banks.write(questions, lang)
    path = tmp_path / "exercises.toml"
    path.write_text(returned.toml, "utf-8")
    assert not notes and not check(path) and not returned.fills
    back, drawn = read(path).exercises, 0
    for item in items:
        old = item.exercise
        for number in range(exported.made.get(item.ref, ("", 0))[1]):
            new = back[f"{old.id}-{number + 1:02}" if old.drawn else old.id]
            drawn += 1
            kind = old.kind.name
            assert ALIKE.get(new.kind.name, new.kind.name) == ALIKE.get(kind, kind)
            assert new.points == item.points
            if kind == "numeric":
                mark, again = key(old, draws(old)[number]), key(new, {})
                assert (again["value"], again["digits"]) == (mark["value"], mark["digits"])
                assert sorted(again["wrong"]) == sorted(mark["wrong"])
                assert score(kind, again, f"{mark['value']:.12f}").state == "right"
            elif not old.kind.by_person:
                for field in ("option", "row", "item"):
                    assert parts(old, field, lang) == parts(new, field, lang)
                assert [i["text"][lang] for i in old.get("item", ())] == [
                    i["text"][lang] for i in new.get("item", ())
                ]
            if not old.drawn and not old.kind.by_person:
                for field in TOLD:
                    assert old.say(field, lang) == new.say(field, lang), (old.id, field)
            assert len(new.get("hint", ())) == len(old.get("hint", ()))
            if kind == "text":
                assert new["words"] == old["words"]
                assert new.say("solution", lang) == old.say("solution", lang)
                assert [i[lang] for i in old.get("idea", ())] == [
                    i[lang] for i in new.get("idea", ())
                ][: len(old.get("idea", ()))]
    assert drawn == len(back)


def draws(exercise):
    """The first draws that the exporter makes."""
    if not exercise.drawn:
        return [{}]
    listed = {}
    for attempt in range(1, 100):
        values = draw(exercise, "moodle", attempt)
        listed.setdefault(tuple(values.values()), values)
    return list(listed.values())


# --- Moodle XML as Moodle writes it ---------------------------------------------------------------

MOODLE = """<?xml version="1.0" encoding="UTF-8"?>
<quiz>
<!-- question: 0  -->
  <question type="category"><category><text>$course$/top/Відносини</text></category>
    <info format="html"><text></text></info><idnumber></idnumber></question>
<!-- question: 41  -->
  <question type="multichoice">
    <name><text>Перший крок</text></name>
    <questiontext format="html"><text><![CDATA[<p dir="ltr">Хто робить <strong>перший</strong> крок?<br></p>
<p><img src="@@PLUGINFILE@@/s.png" alt="схема" width="9"></p>]]></text>
<file name="s.png" path="/" encoding="base64">iVBORw0KGgo=</file></questiontext>
    <generalfeedback format="html"><text><![CDATA[<p>Покупець.</p>]]></text></generalfeedback>
    <defaultgrade>2.0000000</defaultgrade><penalty>0.3333333</penalty><hidden>0</hidden><idnumber></idnumber>
    <single>true</single><shuffleanswers>false</shuffleanswers><answernumbering>abc</answernumbering>
    <showstandardinstruction>0</showstandardinstruction>
    <correctfeedback format="html"><text>Ваша відповідь правильна</text></correctfeedback>
    <partiallycorrectfeedback format="html"><text>Your answer is partially correct.</text></partiallycorrectfeedback>
    <incorrectfeedback format="html"><text>Your answer is incorrect.</text></incorrectfeedback>
    <answer fraction="100" format="html"><text><![CDATA[<p>покупець</p>]]></text>
      <feedback format="html"><text><![CDATA[<p>Саме так.</p>]]></text></feedback></answer>
    <answer fraction="50" format="html"><text>обидва</text><feedback format="html"><text></text></feedback></answer>
    <answer fraction="0" format="html"><text>x &lt; y</text><feedback format="html"><text>Ні.</text></feedback></answer>
  </question>
  <question type="numerical"><name><text>Маржа</text></name>
    <questiontext format="moodle_auto_format"><text>Скільки?</text></questiontext>
    <defaultgrade>1</defaultgrade><penalty>0.3333333</penalty>
    <answer fraction="100" format="moodle_auto_format"><text>12.5</text><feedback><text></text></feedback><tolerance>0.1</tolerance></answer>
    <answer fraction="50" format="moodle_auto_format"><text>12.5</text><tolerance>1</tolerance></answer>
    <units><unit><multiplier>1</multiplier><unit_name>грн</unit_name></unit>
    <unit><multiplier>0.001</multiplier><unit_name>тис. грн</unit_name></unit></units>
    <unitgradingtype>1</unitgradingtype><unitpenalty>0.1</unitpenalty></question>
  <question type="truefalse"><name><text>П</text></name><questiontext format="html"><text>Так?</text></questiontext>
    <defaultgrade>1</defaultgrade><penalty>1</penalty>
    <answer fraction="0" format="moodle_auto_format"><text>true</text><feedback><text>Ні ж.</text></feedback></answer>
    <answer fraction="100" format="moodle_auto_format"><text>false</text><feedback><text>Еге ж.</text></feedback></answer></question>
  <question type="matching"><name><text>М</text></name><questiontext format="html"><text>Доберіть.</text></questiontext>
    <subquestion format="html"><text><![CDATA[<p>дзвінок</p>]]></text><answer><text>проактивний</text></answer></subquestion>
    <subquestion format="html"><text>скарга</text><answer><text>реактивний</text></answer></subquestion>
    <subquestion format="html"><text>порада</text><answer><text>проактивний</text></answer></subquestion>
    <subquestion format="html"><text></text><answer><text>базовий</text></answer></subquestion></question>
  <question type="shortanswer"><name><text>С</text></name><questiontext format="html"><text>Слово?</text></questiontext>
    <usecase>1</usecase><answer fraction="100"><text>довіра</text></answer><answer fraction="50"><text>віра*</text></answer></question>
  <question type="shortanswer"><name><text>Ч</text></name><questiontext format="html"><text>Число?</text></questiontext>
    <answer fraction="100"><text>12,5</text></answer></question>
  <question type="multichoice"><name><text>К</text></name><questiontext format="html"><text>Що?</text></questiontext>
    <single>false</single><answer fraction="70"><text>а</text></answer><answer fraction="30"><text>б</text></answer>
    <answer fraction="0"><text>в</text></answer></question>
  <question type="ordering"><name><text>О</text></name><questiontext format="html"><text>Порядок?</text></questiontext>
    <gradingtype>ALL_OR_NOTHING</gradingtype><answer fraction="1"><text>раз</text></answer>
    <answer fraction="2"><text>два</text></answer><answer fraction="3"><text>три</text></answer></question>
  <question type="multianswer"><name><text>Cloze</text></name><questiontext format="html"><text>{1:SA:=а}</text></questiontext></question>
  <question type="gapselect"><name><text>Gap</text></name><questiontext format="html"><text>[[1]]</text></questiontext></question>
</quiz>"""


def test_moodle_xml_as_moodle_writes_it(tmp_path, capsys):
    code, exercises, said = made(tmp_path, capsys, "b.xml", MOODLE)
    assert code == 0, said
    assert [e.kind.name for e in exercises.values()] == [
        *("choice", "numeric", "choice", "classify", "text", "numeric", "multi", "order")
    ]
    first, margin, truth, pairs, word, *_ = exercises.values()
    assert first["prompt"]["uk"] == "Хто робить **перший** крок?\n[схема]"
    assert first["option"][2]["text"]["uk"] == "x < y" and first["shuffle"] is False
    assert first.points == 2 and first["right"]["uk"] == "Саме так."
    assert first["solution"]["uk"] == "Покупець." and first["wrong"]["uk"].startswith("Неправильно")
    assert key(margin, {}) | {"wrong": []} == {
        **key(margin, {}),
        "value": 12.5,
        "digits": 1,
        "within": 0.1,
    }
    assert margin["unit"]["uk"] == "грн" and "slip" not in margin.raw
    assert key(truth, {})["right"] == "b" and truth["wrong"]["uk"] == "Ні ж."
    assert list(key(pairs, {})["pairs"].values()) == ["a", "b", "a"] and len(pairs["option"]) == 3
    assert "довіра; віра* (50 %)" in word["solution"]["uk"]
    lines = said.splitlines()
    for line in (
        "b.xml:7: Перший крок: lost: a picture",
        "b.xml:7: Перший крок: lost: the file s.png",
        "b.xml:7: Перший крок: lost: 33 % off for each wrong try",
        "b.xml:7: Перший крок: lost: 50 % for 'обидва', here nothing",
        "b.xml:24: Маржа: lost: 50 % for 12.5 ± 1",
        "b.xml:24: Маржа: lost: the unit 'тис. грн'",
        "b.xml:24: Маржа: lost: points off for a wrong unit",
        "b.xml:41: С: lost: capital letters counted",
        "b.xml:41: С: lost: it was marked by a program; here a person reads it",
        "b.xml:45: К: lost: the weights 70, 30, 0 of its options: "
        "here each right one earns 50 %, each wrong one -100 %",
        "b.xml:48: О: lost: its own way of counting partly right orders; "
        "here it is pairs in the right order",
        "b.xml:51: Cloze: left out: no exercise is of Moodle's type multianswer: "
        "Cloze: gaps within a text",
    ):
        assert line in lines, f"{line}\n{said}"
    assert "8 of 10 questions, language uk; losses: 14" in said and "general texts: 22" in said


# --- GIFT -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "topic"),
    [("", None), ("/", None), ("$course$/top/ ", None), ("/a", "a"), ("a/ /b//c", "b/c")],
)
def test_gift_takes_any_path_of_a_category(tmp_path, capsys, path, topic):
    data = f"$CATEGORY: {path}\n\nСкільки?{{=два#так ~три#ні}}\n"
    code, _, said = made(tmp_path, capsys, "g.gift", data)
    assert code == 0, said
    raw = tomllib.loads((tmp_path / "out.toml").read_text("utf-8"))
    assert [each["text"]["uk"] for each in raw.get("topic", ())] == [topic] * bool(topic)


GIFT = r"""// зауваження {не питання}
$CATEGORY: $course$/top/Тема 1

::Назва\: перша::[html]Скільки буде <b>2 \= 2\\</b>?{
=два #так
~один \~ три #ні
}

Так чи ні?{F#помилка#авжеж}

Діапазон?{#1.5..2.5}

Число?{#=3:0.5#добре =%50%3:2}

Кілька?{~%50%а ~%50%б ~%-100%в#ні}

Пари?{=кіт -> тварина =дуб -> рослина = -> камінь}

Есе{}

Столиця — {~Львів =Київ} міста.

Слово{=довіра =%50%віра}

Ваги{=а ~%-25%б ~в}

{=без умови}

Дужка {=а {б}}
"""


def test_gift(tmp_path, capsys):
    code, exercises, said = made(tmp_path, capsys, "b.txt", GIFT)
    assert code == 0, said
    first, truth, span, number, several, pairs, essay, gap, word, _ = exercises.values()
    assert first["prompt"]["uk"] == "Скільки буде **2 = 2\\**?" and first["right"]["uk"] == "так"
    assert [o["text"]["uk"] for o in first["option"]] == ["два", "один ~ три"]
    assert first["option"][1]["why"]["uk"] == "ні" and first["covers"] == ["topic-1"]
    assert key(truth, {})["right"] == "b"
    assert (truth["wrong"]["uk"], truth["right"]["uk"]) == ("помилка", "авжеж")
    assert key(span, {})["value"] == 2 and score("numeric", key(span, {}), "2,5").state == "right"
    assert key(number, {})["value"] == 3 and number["right"]["uk"] == "добре"
    assert key(several, {})["right"] == ["a", "b"]
    assert key(pairs, {})["pairs"] == {"row-1": "a", "row-2": "b"} and len(pairs["option"]) == 3
    assert essay.kind.name == word.kind.name == "text"
    assert gap["prompt"]["uk"] == "Столиця — _____ міста."
    assert key(gap, {})["right"] == "b"
    for line in (
        "b.txt:13: 4: lost: 50 % for 3 ± 2",
        "b.txt:25: 10: lost: -25 % for 'б', here nothing",
        "b.txt:27: 11: left out: no text before its answers",
        "b.txt:29: 12: left out: braces within the answers; write \\{ and \\}",
    ):
        assert line in said.splitlines(), said


# --- Aiken, and the plain form ----------------------------------------------------------------------

AIKEN = "Хто?\r\nA) продавець\r\nВ. покупець\r\nANSWER: B\r\n\r\nЩо?\nA. а\nB. б\nANSWER: C\nДе?\nA. а\nB. б\nANSWER: В\nКоли?\nA. а\n"


def test_aiken_also_with_cyrillic_letters_and_windows_1251(tmp_path, capsys):
    code, exercises, said = made(tmp_path, capsys, "b.txt", AIKEN.encode("cp1251"))
    assert code == 0, said
    assert [key(exercises[name], {})["right"] for name in ("q-1", "q-3")] == ["b", "b"]
    assert "b.txt: read as Windows-1251" in said
    assert "b.txt:6: 2: left out: ANSWER: 'C' is not the letter of one of its options" in said
    assert "b.txt:14: 4: left out: no line ANSWER: after it" in said


PLAIN = """\ufeffКонтрольна з маркетингу
1. Хто робить перший крок
на реактивному рівні?
a) продавець
Чому: він лише відповідає.
*b) покупець
c) обидва
Пояснення: продавець відповідає.
Бали: 2

2) Які вчинки проактивні?
- відповісти на скаргу
+ подзвонити першим
+ порадити
Тема: рівні
3. Доберіть.
- дзвінок → проактивний
- скарга -> реактивний
4. Скільки?
= 1 250,5 ± 5 грн
5. Упорядкуйте.
> раз
> два
> три
6. Чому це так?
Підказка: згадайте.
7. Без правильної
- а
- б
"""


def plain_form(exercises, said):
    one, several, pairs, number, order, essay = exercises.values()
    assert one["prompt"]["uk"] == "Хто робить перший крок\nна реактивному рівні?"
    assert key(one, {})["right"] == "b" and one.points == 2
    assert one["option"][0]["why"]["uk"] == "він лише відповідає."
    assert one["solution"]["uk"] == "продавець відповідає."
    assert key(several, {})["right"] == ["b", "c"] and "covers" not in several.raw
    assert pairs.kind.name == "match" and pairs["covers"] == ["topic-1"]
    assert key(number, {})["value"] == 1250.5 and number["unit"]["uk"] == "грн"
    assert [i["text"]["uk"] for i in order["item"]] == ["раз", "два", "три"]
    assert essay.kind.name == "text" and essay["hint"] == [{"uk": "згадайте.", "ru": "згадайте."}]
    assert "left out, it stands before the first number: Контрольна з маркетингу" in said
    assert "7: left out: no option is marked as right: begin it with + or *" in said


def test_a_list_in_the_plain_form(tmp_path, capsys):
    code, exercises, said = made(tmp_path, capsys, "b.txt", PLAIN)
    assert code == 0, said
    plain_form(exercises, said)


def test_a_list_without_numbers_is_parted_by_blank_lines(tmp_path, capsys):
    code, exercises, _ = made(tmp_path, capsys, "b.txt", "Хто?\n+ ви\n- ми\n\nЩо?\n+ це\n- те\n")
    assert code == 0 and [e["prompt"]["uk"] for e in exercises.values()] == ["Хто?", "Що?"]


def word(lines, path):
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    document.save(path)
    return path.read_bytes()


def test_the_same_list_in_word(tmp_path, capsys):
    data = word(PLAIN.removeprefix("\ufeff").split("\n"), tmp_path / "b.docx")
    code, exercises, said = made(tmp_path, capsys, "b.docx", data)
    assert code == 0, said
    plain_form(exercises, said)


def test_word_lists_number_by_themselves_and_bold_options_are_right(tmp_path, capsys):
    document = docx.Document()
    document.add_heading("Тест")
    document.add_paragraph("Хто робить крок?", "List Number")
    document.add_paragraph("продавець", "List Bullet")
    document.add_paragraph(style="List Bullet").add_run("покупець").bold = True
    second = document.add_paragraph("Яка це ", "List Number")
    second.add_run("міра").bold = True
    second.add_run("?").italic = True
    document.add_paragraph("+ така", "List Bullet")
    document.add_paragraph("не така", "List Bullet")
    picture = f"<w:r {nsdecls('w')}><w:drawing/></w:r>"
    document.paragraphs[-1]._p.append(parse_xml(picture))
    document.add_table(1, 1)
    document.save(tmp_path / "b.docx")
    data = (tmp_path / "b.docx").read_bytes()
    code, exercises, said = made(tmp_path, capsys, "b.docx", data)
    assert code == 0, said
    first, second = exercises.values()
    assert first["prompt"]["uk"] == "Хто робить крок?" and key(first, {})["right"] == "b"
    assert second["prompt"]["uk"] == "Яка це **міра**?" and key(second, {})["right"] == "a"
    assert "b.docx:5: 2: lost: a picture" in said and "1 tables are not read" in said


# --- the command ------------------------------------------------------------------------------------


def test_a_russian_file_makes_a_russian_bank_and_the_other_language_is_left_out(tmp_path, capsys):
    text = "Кто мы?{=вы ~они}\n\nЭто так?{T}\n\nХто це?{=ґазда ~їжак}\n"
    code, exercises, said = made(tmp_path, capsys, "b.gift", text)
    assert code == 0 and len(exercises) == 2
    assert tomllib.loads((tmp_path / "out.toml").read_text("utf-8"))["lesson"]["languages"] == [
        "ru"
    ]
    assert "b.gift:5: 3: left out: it is in Ukrainian; import the file again with --lang uk" in said
    assert exercises["q-1"]["wrong"]["ru"] == "Неверно. Прочитайте условие ещё раз."


def test_what_check_finds_is_said_and_a_file_is_never_written_over(tmp_path, capsys):
    code, _, said = made(tmp_path, capsys, "b.gift", "Їжак?{=їж ~объект}\n")
    assert code == 1 and "the letter 'ъ' doesn't belong in uk" in said
    before = (tmp_path / "out.toml").read_bytes()
    code, _, said = made(tmp_path, capsys, "b.gift", "Хто?{=а ~б}\n")
    assert code == 2 and "File exists; nothing was written" in said
    assert (tmp_path / "out.toml").read_bytes() == before


def test_what_html_loses_is_said_and_its_words_stay():
    lost = []
    page = (
        '<p style="color: red">Хто?</p><ol><li>ми<li>x<sub>1</sub></ol><style>p {}</style>'
        '<a href="h">тут</a><table><tr><td>1<td>2</table><b>a <b>b</b> c</b> 5 &lt; 6 <pre>q  r'
    )
    words = from_html(page, lost)
    assert words == "Хто?\n• ми\n• x1\nтут\n1 2\n**a b** c 5 < 6\nq r"
    said = ("colours and sizes", "the numbers of a list", "a subscript", "the address of a link")
    assert set(said) < set(lost) and any("table" in what for what in lost)


def test_what_many_lose_alike_is_one_line():
    losses = [banks.Loss(line, "q", "lost: a picture") for line in range(1, 6)]
    assert list(imports.lines("b.xml", losses)) == [
        "b.xml: 5 questions (at 1, 2, 3, 4, 5): lost: a picture"
    ]


# --- what Moodle's own files have -----------------------------------------------------------------


def test_what_moodle_says_beside_its_questions_is_said_to_be_lost(tmp_path, capsys):
    """A category's description, comments on typed answers and on items: exercises have no place for them."""
    data = """<quiz>
  <question type="category"><category><text>$course$/Альфа</text></category>
    <info format="moodle_auto_format"><text>Про  &lt;b&gt;що&lt;/b&gt; ця категорія</text></info>
    <idnumber>A &lt; B</idnumber></question>
  <question type="category"><category><text>$course$/Бета</text></category>
    <info format="html"><text>Друга</text></info></question>
  <question type="ordering"><name><text>О</text></name><questiontext format="html"><text>Порядок?</text></questiontext>
    <gradingtype>4</gradingtype>
    <answer fraction="1"><text>раз</text><feedback format="html"><text>Це перше.</text></feedback></answer>
    <answer fraction="2"><text>два</text></answer><answer fraction="3"><text>три</text></answer></question>
  <question type="shortanswer"><name><text>С</text></name><questiontext format="html"><text>Слово?</text></questiontext>
    <answer fraction="100"><text>жаба</text><feedback format="html"><text>Дуже добре.</text></feedback></answer>
    <answer fraction="0"><text>*</text></answer></question>
  <question type="essay"><name><text>Е</text></name><questiontext format="html"><text><![CDATA[
    <span lang="uk" class="multilang">Чому?</span><span lang="en" class="multilang">Why?</span>]]></text></questiontext></question>
  <question type="cloze"><name><text>К</text></name><questiontext format="html"><text>{1:SA:=а}</text></questiontext></question>
</quiz>"""
    code, exercises, said = made(tmp_path, capsys, "b.xml", data)
    assert code == 0 and len(exercises) == 3, said
    for line in (
        "b.xml: line 2: category 'Альфа': lost: its description 'Про **що** ця категорія'",
        "b.xml: line 2: category 'Альфа': lost: its ID number 'A < B'",
        "b.xml: line 5: category 'Бета': lost: its description 'Друга'",
        "b.xml:7: О: lost: what is said of each of its items",
        "b.xml:11: С: lost: what is said to who typed one of its answers",
        "b.xml:14: Е: lost: which words are of which language: they stand one after the other",
        "b.xml:16: К: left out: no exercise is of Moodle's type cloze: gaps within a text",
    ):
        assert line in said.splitlines(), said


def test_gift_as_moodle_writes_it(tmp_path, capsys):
    """Marks in comments, what is said of every other number, a question of two parts."""
    data = """// question: 31  name: Число
// [id:N-7] [tag:маржа] [tag:тиждень 2]
::Число::Скільки від 1 до 5? {#3:2~#Зовсім ні}

// просто [так]
::Ще::Скільки?{#=3:0.02#Так =%50%3:0.5 ~7#Ні}
"""
    code, exercises, said = made(tmp_path, capsys, "b.txt", data)
    first, second = exercises.values()
    assert code == 0 and key(first, {})["value"] == key(second, {})["value"] == 3, said
    assert (first["wrong"]["uk"], second["wrong"]["uk"]) == ("Зовсім ні", "Ні")
    assert second["right"]["uk"] == "Так"
    lost = [line for line in said.splitlines() if "lost: the " in line]
    assert lost == [
        "b.txt:3: Число: lost: the mark [id:N-7]",
        "b.txt:3: Число: lost: the mark [tag:маржа]",
        "b.txt:3: Число: lost: the mark [tag:тиждень 2]",
        "b.txt:6: Ще: lost: the wrong answer '7'",
    ]


def test_aiken_without_a_space_after_the_letter(tmp_path, capsys):
    """Moodle takes it; an author's initial at the head of a question is no option."""
    data = "А.Сміт чи Ф.Котлер?\nB.C. чи після?\nA)обидва\nБ.Р. не рахуємо\nB)жоден\nANSWER: B\n"
    code, exercises, said = made(tmp_path, capsys, "b.txt", data + "Хто?\nА)я\nB)він\nANSWER: A\n")
    (other,) = exercises.values()
    assert [option["text"]["uk"] for option in other["option"]] == ["я", "він"]
    assert key(other, {})["right"] == "a"
    assert "b.txt:1: 1: left out: line 4 stands between its options and ANSWER" in said
