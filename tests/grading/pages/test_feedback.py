"""What students read about their work: all that the spec allows, nothing that it does not, and nothing that runs."""

import csv
import io
import json
import random
import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated import answer, event, handed, submission, variant

from course.cli import main
from course.exercises import Exercise
from course.grading import GradingError, gradebook, pages, results
from course.grading.marking.marks import Click, Marks
from course.grading.pages import feedback
from course.texts import LANGS, number

WHEN = datetime(2026, 12, 2, 9, tzinfo=UTC)
SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"
HOSTILE = [
    SCRIPT,
    '"><svg onload=alert(1)>',
    "</title></style><script>alert(1)</script>",
    "\u202eтекст навпаки\u2066",
    "a\0b\x1b[31m",
    "&lt;b&gt; {m} {answer} **b** `c`",
    "=cmd|' /C calc'!A0",
    "слово " * 17_000,
    "\ufeff\u200b\u200d",
    "javascript:alert(1)",
]


class Read(HTMLParser):
    """The text of a page, its tags, and whether every tag is closed in its turn."""

    def __init__(self, page):
        super().__init__()
        self.words, self.tags, self.open = [], [], []
        self.feed(page)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in ("meta", "br", "path", "link"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.words.append(data)

    @property
    def text(self):
        return " ".join("".join(self.words).split())


def paper(quiz, student, good, lang="uk", **own):
    """The bytes of a hand-in with every answer right or wrong, some replaced by `own`."""
    dice, lines = (
        random.Random(1),
        [event("identity", "set", {"student": student, "name": "Хтось"}, WHEN, lang)],
    )
    for ref, entry in quiz.entries.items():
        given = own[ref] if ref in own else answer(quiz.key, entry, student, lang, good, dice)
        lines.append(event(ref, "answer", given, WHEN, lang))
    return handed(quiz.key, student, "Хтось", lines, lang)


def work(one):
    """The work of a line of ``graded.jsonl``."""
    return msgspec.convert(one, results.Work)


def line(quiz, student, data, marks=None):
    """What the gradebook makes of one hand-in."""
    grader = gradebook.Grader(quiz.key, marks)
    return json.loads(results.line(grader.grade(data, f"quiz-{student}.jsonl").work))


@pytest.fixture(scope="module")
def right(quiz):
    return line(quiz, "17", paper(quiz, "17", True))


@pytest.fixture(scope="module")
def wrong(quiz):
    return line(quiz, "18", paper(quiz, "18", False, "ru"))


def unmarked(quiz):
    """What people marked when nobody did."""
    return Marks("no-such-file", quiz.key)


def shows(quiz, one, show="right-wrong", keys=False, marks=None):
    return Read(
        feedback.Pages(quiz.key | {"show": show, "keys_in_feedback": keys}, marks).page(work(one))
    )


def told(words):
    """The words of an entry as a page shows them."""
    return " ".join(re.sub(r"\*\*|`", "", words).split())


@pytest.mark.parametrize("show", ["nothing", "saved", "right-wrong"])
def test_a_page_is_whole_needs_nothing_else_and_runs_nothing(quiz, right, wrong, show):
    for one in (right, wrong):
        page = feedback.Pages(quiz.key | {"show": show}).page(work(one))
        assert page == feedback.Pages(quiz.key | {"show": show}).page(work(one)), "same bytes"
        read = Read(page)
        assert ("html", {"lang": one["lang"]}) in read.tags
        assert not {tag for tag, _ in read.tags} & {
            "script",
            "link",
            "img",
            "iframe",
            "form",
            "a",
            "object",
        }
        assert not any(
            name.startswith("on") or name in ("src", "href")
            for _, attributes in read.tags
            for name in attributes
        )
        assert "url(" not in page and "@import" not in page
        policy = {
            "http-equiv": "Content-Security-Policy",
            "content": "default-src 'none'; style-src 'unsafe-inline'",
        }
        assert ("meta", policy) in read.tags
        assert "prefers-color-scheme: dark" in page and "@media print" in page


def test_the_own_answer_stands_in_words_and_with_ones_own_numbers(quiz, right, wrong):
    for one in (right, wrong):
        text, lang = shows(quiz, one).text, one["lang"]
        for ref, entry in quiz.entries.items():
            raw, said, place = (
                entry["raw"],
                one["exercises"][ref]["answer"],
                variant(quiz.key, entry, one["student"]),
            )
            values = entry["draws"][place] if entry["draws"] else None
            assert told(Exercise(entry["lesson"], raw).words(raw["prompt"], lang, values)) in text
            parts = {
                part["id"]: part["text"][lang]
                for field in ("option", "item")
                for part in raw.get(field, ())
            }
            chosen = (
                list(said.values())
                if isinstance(said, dict)
                else said
                if isinstance(said, list)
                else [said]
            )
            for name in chosen if parts else ():
                assert told(parts[name]) in text
            assert not re.search(rf"\b{re.escape(ref)}\b", text)
        assert one["receipt"] in text and number(round(one["points"], 2), lang) in text


def test_reasons_are_told_for_what_was_chosen_and_only_if_the_spec_says_so(quiz, right, wrong):
    wrong_why = shows(quiz, wrong).text
    assert "Тогда пекарня звонила бы сама" in wrong_why and "На основном уровне" not in wrong_why, (
        "only of the option chosen"
    )
    assert "Знакомая ошибка" in wrong_why, "the slip"
    assert "Посмотрите, кто делает первый шаг" in wrong_why, "general"
    assert "Перший крок робить покупець" in shows(quiz, right).text
    for one in (right, wrong):
        silent = shows(quiz, one, "saved").text
        for word in (
            "Тогда пекарня",
            "Знакомая ошибка",
            "Посмотрите, кто",
            "Так: перший крок",
            "Неверно",
            "Правильно",
            "Почему неверно",
        ):
            assert word not in silent
        assert re.search("[Зз]бережено|[Сс]охранено", silent) and re.search(r"\d (з|из) \d", silent)
    nothing = shows(quiz, right, "nothing").text
    assert "Роботу отримано" in nothing.replace("роботу", "Роботу") and right["receipt"] in nothing
    assert "Скоринка" not in nothing and "Разом" not in nothing, "a person has not marked it yet"


def test_where_to_reread_names_heading_and_lesson(quiz):
    entry = quiz.entries["audit/audit-culture-gap"]
    cells = {
        "index": entry["keys"][0]["value"]["index"],
        "values": [-99] * len(entry["keys"][0]["value"]["index"]),
    }
    one = line(quiz, "17", paper(quiz, "17", True, "ru", **{entry["ref"]: cells}))
    text = shows(quiz, one).text
    assert (
        f"Перечитайте в уроке 11: {told(entry['raw']['see']['ru'])}" in text
        and f"столбец чисел, строк: {len(cells['index'])}" in text
    )


def key_words(quiz, one):
    """What would tell the key: solutions, right options, right numbers."""
    for _ref, entry in quiz.entries.items():
        raw, lang, place = entry["raw"], one["lang"], variant(quiz.key, entry, one["student"])
        values = (
            entry["draws"][place] | {"answer": entry["keys"][place]["value"]}
            if entry["draws"]
            else None
        )
        yield told(Exercise(entry["lesson"], raw).words(raw["solution"], lang, values))
        if entry["kind"] == "choice":
            yield next(option["text"][lang] for option in raw["option"] if option.get("right"))
        if entry["kind"] == "numeric":
            yield told(number(entry["keys"][place]["value"], lang, raw["digits"]))


def test_no_key_and_no_solution_unless_the_spec_says_so(quiz, wrong):
    for show in ("nothing", "saved", "right-wrong"):
        text = shows(quiz, wrong, show).text
        assert not [word for word in key_words(quiz, wrong) if word in text]
    text = shows(quiz, wrong, keys=True).text
    assert not [word for word in key_words(quiz, wrong) if word not in text]


@pytest.mark.parametrize("typed", HOSTILE, ids=lambda words: repr(words[:12]))
def test_whatever_was_typed_is_text(quiz, typed, tmp_path):
    tiles = {"who": typed, "what": typed[::-1]}
    one = line(
        quiz,
        "17",
        paper(
            quiz,
            "17",
            False,
            **{
                "own/own-text": typed,
                "own/own-canvas": tiles,
                "own/own-numeric": typed,
                "own/own-choice": typed,
                "own/own-match": {typed: typed},
                "own/own-multi": [typed],
            },
        ),
    )
    one |= {"name": typed, "group": typed, "student": typed[:200], "email": typed}
    marks = Marks(tmp_path / "marks.jsonl", quiz.key)
    marks.given = {
        (one["student"], ref): {"comparison": {"M": Click(1, typed, None)}} for ref in quiz.entries
    }
    for ref in ("own/own-text", "own/own-canvas"):
        if one["exercises"][ref]["state"] == "person":
            one["exercises"][ref]["state"] = "partial"
    plain = re.sub("[\0-\x08\x0b\x0c\x0e-\x1f]", "\ufffd", typed)
    read = Read(
        feedback.Pages(quiz.key | {"show": "right-wrong"}, marks).page(work(one)).encode().decode()
    )
    assert not {tag for tag, _ in read.tags} & {"script", "img"} and "\0" not in "".join(read.words)
    assert [
        tag
        for tag, attributes in read.tags
        if tag == "svg" and attributes.get("class") != "rm-icon"
    ] == []
    assert plain in "".join(read.words), "every sign of it, once it is text"
    assert all(
        attributes["dir"] == "auto"
        for tag, attributes in read.tags
        if attributes.get("class") == "typed"
    )


def test_halves_of_characters_do_not_stop_the_writing(quiz, right):
    page = feedback.Pages(quiz.key).page(work(right | {"name": "a\ud800b"}))
    assert "a\ufffdb" in page and page.encode()


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda one: st.lists(one, max_size=3) | st.dictionaries(st.text(max_size=5), one, max_size=3),
    max_leaves=6,
)


@settings(deadline=None, max_examples=80)
@given(ref=st.integers(0, 9), made=ANY)
def test_an_answer_of_any_shape_has_a_page(quiz, ref, made):
    ref = list(quiz.entries)[ref]
    try:
        one = line(quiz, "17", paper(quiz, "17", True, **{ref: made}))
    except UnicodeEncodeError:
        return
    shows(quiz, one, keys=True)


def test_marks_and_comments_of_people(quiz, tmp_path):
    journal = Marks(tmp_path / "marks.jsonl", quiz.key)
    for marker, points, said in (("Оля", 2, "Порівняння є. <b>"), ("Іван", 1, "Порівняння є. <b>")):
        journal.append(marker, "17", "own/own-text", "comparison", points, said)
    journal.append("Оля", "17", "own/own-text", "check", 2, "")
    people = journal.refresh()
    one = line(quiz, "17", paper(quiz, "17", True), people)
    for show in ("saved", "right-wrong"):
        text = shows(quiz, one, show, marks=people).text
        assert "Порівняння: 1,5 з 2 балів" in text and "Перевірка: 2 з 2 балів – так" in text
        assert text.count("Порівняння є. <b>") == 1 and "Оля" not in text and "оцінено" in text
    waiting = line(quiz, "17", paper(quiz, "17", True))
    assert "Порівняння" not in shows(quiz, waiting, marks=people).text, (
        "what the grades do not count is not told"
    )


def test_lateness_and_flags_in_plain_words(quiz):
    late = handed(
        quiz.key,
        "17",
        "Х",
        [event("own/own-choice", "answer", "x", datetime(2026, 12, 9, 21, tzinfo=UTC), "uk")],
    )
    text = shows(quiz, line(quiz, "17", late)).text
    assert (
        "розпочатих діб: 1" in text
        and "10\u00a0%" in text.replace(" %", "\u00a0%")
        and "09.12.2026, 23:00" in text
    )
    torn = paper(quiz, "17", True)[:-30] + b"x"
    text = shows(quiz, line(quiz, "17", torn)).text
    assert "немає квитанції" in text.lower()
    absent = json.loads(results.line(gradebook.Grader(quiz.key).absent("18", {"no-submission"})))
    page = shows(quiz, absent)
    assert "Роботу не отримано." in page.text and not [1 for tag, _ in page.tags if tag == "h2"]


@pytest.mark.parametrize("lang", LANGS)
def test_what_is_said_of_a_file_is_said_in_sentences(quiz, right, lang):
    flags = sorted({"ok", *gradebook.FLAGS} - {"late"})
    page = feedback.Pages(quiz.key).page(work(right | {"flags": flags, "lang": lang}))
    said = re.findall(
        "<p>([^<]+)</p>", page.partition('class="total"')[2].partition("</section")[0]
    )
    assert len(said) >= len(flags)
    assert [words for words in said if not (words[0].isupper() and words.endswith("."))] == []


def test_numbers_drawn_with_a_mistyped_id_are_those_that_the_student_saw(quiz):
    """A student whose folder says 17 wrote 71 into the sheet: the sheet drew the numbers of 71."""
    drawn = {ref: entry for ref, entry in quiz.entries.items() if entry["draws"]}
    mistyped = next(
        who
        for who in map(str, range(700, 800))
        if any(
            variant(quiz.key, entry, who) != variant(quiz.key, entry, "17")
            for entry in drawn.values()
        )
    )
    name, grader = quiz.names["17"], gradebook.Grader(quiz.key)
    folder = f"{name}_1_assignsubmission_file_/x.jsonl"
    one = json.loads(results.line(grader.grade(paper(quiz, mistyped, True), folder).work))
    assert (one["student"], one["claimed"], one["flags"]) == ("17", mistyped, ["mistyped-id"])
    text = shows(quiz, one).text
    for entry in drawn.values():
        values = entry["draws"][variant(quiz.key, entry, mistyped)]
        assert (
            told(
                Exercise(entry["lesson"], entry["raw"]).words(
                    entry["raw"]["prompt"], one["lang"], values
                )
            )
            in text
        )


IDS = [
    "17",
    "../../etc/x",
    "/abs",
    "CON",
    "a/b",
    "Ю",
    "юЮ",
    "AB",
    "ab",
    "Ab",
    "",
    ".",
    "..",
    "x" * 300,
    "a\0b",
    "a\nb",
    "17 ",
    "a:b",
    "\ufffd",
]


def test_file_names_stay_inside_and_apart(tmp_path, quiz, right):
    (tmp_path / "grades").mkdir()
    lines = [json.dumps(right | {"student": student, "name": f"={student}"}) for student in IDS]
    (tmp_path / "grades" / "graded.jsonl").write_text("".join(one + "\n" for one in lines), "utf-8")
    assert feedback.write(
        tmp_path / "grades", tmp_path / "out" / "pages", quiz.key, unmarked(quiz)
    ) == (len(IDS), 0)
    names = sorted(path.name for path in (tmp_path / "out" / "pages").iterdir())
    assert len(names) == len({name.casefold() for name in names}) == len(IDS) + 1
    assert all(
        re.fullmatch(r"quiz-[\w@.-]*\.html|index\.csv", name, re.A) and len(name) < 90
        for name in names
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["grades", "out"]
    rows = list(
        csv.reader(
            io.StringIO((tmp_path / "out" / "pages" / "index.csv").read_text("utf-8-sig")),
            delimiter=";",
        )
    )
    assert rows[1] == ["17", "'=17", right["group"], "quiz-17.html"] and {
        row[3] for row in rows[1:]
    } == set(names) - {"index.csv"}


@pytest.mark.parametrize("name", ["../../pwn", "/abs", "a\\b", "..", "a/b", "x" * 300])
def test_a_key_of_somebody_else_leads_no_page_out_of_the_folder(tmp_path, quiz, right, name):
    (tmp_path / "grades").mkdir()
    (tmp_path / "grades" / "graded.jsonl").write_text(json.dumps(right) + "\n", "utf-8")
    out, key = tmp_path / "deep" / "er" / "out", quiz.key | {"id": name}
    assert feedback.write(tmp_path / "grades", out, key, unmarked(quiz)) == (1, 0)
    outside = {path.relative_to(tmp_path).parts[0] for path in tmp_path.rglob("*")}
    assert outside == {"grades", "deep"} and len([*out.glob("*.html")]) == 1
    assert not Path("/abs-17.html").exists()


def test_an_answer_that_does_not_fit_the_key_is_a_sentence(tmp_path, quiz, right):
    cells = {**right["exercises"]}
    cells["own/own-match"] = cells["own/own-match"] | {"answer": ["x"]}
    (tmp_path / "graded.jsonl").write_text(json.dumps(right | {"exercises": cells}) + "\n", "utf-8")
    with pytest.raises(
        GradingError,
        match=r"graded\.jsonl: the answer to own/own-match of '17' does not fit",
    ):
        feedback.write(tmp_path, tmp_path / "out", quiz.key, unmarked(quiz))


def test_marks_of_another_text_count_neither_in_the_grade_nor_on_the_page(quiz, tmp_path):
    journal, ref = Marks(tmp_path / "marks.jsonl", quiz.key), "own/own-text"
    for criterion in ("comparison", "check"):
        journal.append("Оля", "17", ref, criterion, 2, "Добре.", of="0" * 16)
    graded = line(quiz, "17", paper(quiz, "17", True), journal.refresh())
    assert graded["exercises"][ref]["state"] == "person"
    graded["exercises"][ref]["state"] = "partial"
    assert "Добре." not in shows(quiz, graded, marks=journal.refresh()).text


def test_a_mark_of_nobody_counts_neither_in_the_grade_nor_on_the_page(quiz, tmp_path):
    mark = {"v": 1, "marker": None, "student": "17", "ref": "own/own-text", "points": 2}
    mark |= {"criterion": "check", "comment": "Добре."}
    (tmp_path / "marks.jsonl").write_text(json.dumps(mark) + "\n", "utf-8")
    marks = Marks(tmp_path / "marks.jsonl", quiz.key).refresh()
    assert (marks.given, marks.skipped) == ({}, 1)


def test_what_was_decided_afterwards_is_told(quiz, right, wrong):
    """An exercise taken out has no points and no fault of the student's in it."""
    cells = {ref: cell | {"points": 0, "maximum": 0} for ref, cell in wrong["exercises"].items()}
    assert shows(quiz, wrong | {"exercises": cells}).text.count(
        "упражнение никому не засчитано"
    ) == len(cells)
    assert "не зараховано" not in shows(quiz, right).text


def test_a_file_of_marks_that_is_named_must_be_there(quiz, tmp_path, capsys):
    (tmp_path / "graded.jsonl").write_text("", "utf-8")
    for command in ("feedback", "mark"):
        words = [
            str(tmp_path),
            "--key",
            str(quiz.private),
            "--marks",
            str(tmp_path / "markz.jsonl"),
        ]
        assert main([command, *words]) == 2
        assert "there is no file" in (said := capsys.readouterr().err) and "markz.jsonl" in said


def test_the_command_from_submissions_to_pages(quiz, tmp_path, capsys):
    (tmp_path / "in").mkdir()
    for student, lang in (("17", "uk"), ("18", "ru")):
        data = submission(quiz.key, student, quiz.names[student], lang=lang, skip=0)
        (tmp_path / "in" / f"quiz-{student}.jsonl").write_bytes(data)
    grades = tmp_path / "grades"
    gradebook.grade(tmp_path / "in", quiz.private, grades)
    assert main(["feedback", str(grades), "--key", str(quiz.private)]) == 0
    assert "4 pages" in capsys.readouterr().out
    first = {path.name: path.read_bytes() for path in (grades / "feedback").iterdir()}
    assert (
        main(
            ["feedback", str(grades), "--key", str(quiz.private), "--out", str(tmp_path / "again")]
        )
        == 0
    )
    assert first == {path.name: path.read_bytes() for path in (tmp_path / "again").iterdir()}
    assert b'<html lang="ru">' in first["quiz-18.html"] and len(first) == 5
    for criterion in ("comparison", "check"):
        Marks(grades / "marks.jsonl", quiz.key).append(
            "Оля", "17", "own/own-text", criterion, 2, ""
        )
    capsys.readouterr()
    main(["feedback", str(grades), "--key", str(quiz.private)])
    assert "answers marked after the grading: 1" in capsys.readouterr().out
    assert main(["feedback", str(tmp_path / "none"), "--key", str(quiz.private)]) == 2
    assert main(["feedback", str(tmp_path / "none")]) == 2 and "--key" in capsys.readouterr().err


def test_a_stream_gets_a_page_each(quiz, right, wrong, tmp_path):
    (tmp_path / "graded.jsonl").write_text(
        "".join(json.dumps((right, wrong)[n % 2] | {"student": str(n)}) + "\n" for n in range(400)),
        "utf-8",
    )
    feedback.write(tmp_path, tmp_path / "out", quiz.key | {"show": "right-wrong"}, unmarked(quiz))
    assert (
        sum(1 for _ in results.read(tmp_path))
        == len(list((tmp_path / "out").glob("*.html")))
        == 400
    )


@pytest.mark.parametrize("lang", ["uk", "ru"])
def test_every_flag_has_words(quiz, right, lang):
    text = shows(
        quiz, right | {"flags": ["ok", *gradebook.FLAGS], "lang": lang, "late_days": 0}
    ).text
    assert not [flag for flag in gradebook.FLAGS if flag in text]


def test_no_template_prints_the_dash_of_one_language():
    sheets = [*pages.HERE.glob("*.html"), *pages.HERE.parent.glob("marking/*.html")]
    assert [sheet.name for sheet in sheets if re.search("[–—]", sheet.read_text("utf-8"))] == []
