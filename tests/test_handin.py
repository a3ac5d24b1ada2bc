"""Handing in: nothing is written unasked, the file has a name, a date and what is empty, and the page follows."""

import re
from dataclasses import replace
from pathlib import Path

import docx
import pytest

from course import documents, exercises, handin
from course.lessons import CourseError, Lesson
from course.texts import LANGS, text

NAME = "Олена Коваль"
TEXT = "why-advantage"  # lesson 3 has this text and the plan


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A course folder; the notebook runs in it as JupyterLab runs it."""
    here = tmp_path / "notebooks" / "uk"
    here.mkdir(parents=True)
    monkeypatch.chdir(here)
    monkeypatch.delenv("COURSE_ANSWERS", raising=False)
    return tmp_path


@pytest.fixture
def lesson(folder):
    return Lesson("value-plan", "uk")


def files(folder):
    return (
        sorted(path.name for path in (folder / "hand-in").glob("*"))
        if (folder / "hand-in").exists()
        else []
    )


def click(lesson, act, name=NAME):
    view = lesson.export()
    view._receive(view, {"act": act, "name": name}, [])
    return view.state


def answer(lesson, name, given, act="check"):
    view = lesson.exercise(name)
    view._receive(view, {"act": act, "answer": given}, [])


def test_running_all_cells_writes_nothing(folder, lesson):
    for _ in range(3):
        view = lesson.export()
    assert files(folder) == [] and view.state["file"] is None
    click(lesson, "refresh")
    click(lesson, "name")
    assert files(folder) == []


def test_the_button_writes_the_file_with_name_date_and_what_is_empty(folder, lesson):
    answer(lesson, TEXT, "На відміну від бази *ми* <b>швидші</b>" + " слово" * 30)
    answer(lesson, "value-plan", {"who": "38 кав’ярень", "why": ""}, "draft")
    state = click(lesson, "write", "  Олена \n Коваль ")
    assert files(folder) == [f"03-value-plan-uk.{end}" for end in ("docx", "md", "pdf")]
    assert state["error"] is None
    lines = (folder / "hand-in" / "03-value-plan-uk.md").read_text("utf-8").splitlines()
    assert lines[0] == f"# Письмові роботи. Урок 3. {lesson.title}" and lines[2] == NAME
    assert re.fullmatch(r"Складено \d\d\.\d\d\.\d{4} \d\d:\d\d", lines[-1])
    body = "\n".join(lines)
    assert (
        r"На відміну від бази \*ми\* \<b\>швидші\</b\>" in body
        and "### Хто?\n\n38 кав’ярень" in body
    )
    assert "Готово 1 з 2 письмових робіт." in body
    gap = next(line for line in lines if "«Яка причина?»" in line)
    assert "«Яка причина?»" in gap and "«Відмова»" in gap and "«Хто?»" not in gap
    for exercise in lesson.chapter.exercises.values():
        assert (f"## {exercise.say('prompt', 'uk')}" in lines) == exercise.kind.by_person


@pytest.mark.parametrize("lang", LANGS)
def test_an_empty_hand_in_says_so_in_its_language(folder, lang):
    lesson = Lesson("audit", lang)
    lesson.export(name=NAME)
    body = (folder / "hand-in" / f"11-audit-{lang}.md").read_text("utf-8")
    written = [one for one in lesson.chapter.exercises.values() if one.kind.by_person]
    nothing = text("export.unanswered", lang)
    assert body.count(f"*{nothing}*") == len(written) and body.count(f"*({nothing})*") == len(
        written
    )
    assert text("export.ready", lang, done=0, of=len(written)) in body
    assert not re.search("[ыэъё]" if lang == "uk" else "[іїєґ]", body.replace(NAME, ""), re.I)


def test_without_a_name_nothing_is_written(folder, lesson):
    for name in ("", "   ", None, 5, ["Олена"], {"a": 1}):
        assert click(lesson, "write", name)["error"] == text("export.no_name", "uk")
        assert click(lesson, "refresh")["error"] == text("export.no_name", "uk"), (
            "it stays to be read"
        )
    assert files(folder) == []
    for name in ("", " "):
        with pytest.raises(CourseError, match="Впишіть"):
            lesson.export(name=name)


@pytest.mark.parametrize("message", [
    None, "write", {}, {"act": "check", "name": NAME}, {"act": ["write"], "name": NAME}, {"act": {"write": 1}},
])  # fmt: skip
def test_a_strange_message_writes_nothing(folder, lesson, message):
    view = lesson.export()
    before = view.state
    view._receive(view, message, [])
    assert files(folder) == [] and view.state == before


def test_the_name_is_kept_for_every_lesson_and_both_languages(folder, lesson):
    click(lesson, "name", "Олена К.")
    click(lesson, "name", NAME)
    assert Lesson("value-plan", "ru").export().state["name"] == NAME
    other = Lesson("audit", "uk")
    assert other.export().state["name"] == NAME
    click(other, "name", "Олена Мельник")
    assert Lesson("levels", "uk").export().state["name"] == "Олена Мельник"
    assert len(click(other, "name", "а" * 900)["name"]) == 200


def test_the_link_leads_from_the_notebook_to_the_file(folder, lesson):
    file = click(lesson, "write")["file"]
    assert [(each["href"], each["opens"]) for each in file["links"]] == [
        ("../../hand-in/03-value-plan-uk.docx", False),  # JupyterLab shows no Word: it is fetched
        ("../../hand-in/03-value-plan-uk.pdf", True),
        ("../../hand-in/03-value-plan-uk.md", True),
    ]
    assert all(Path(each["href"]).resolve().is_file() for each in file["links"])
    assert str(folder / "hand-in") in file["lie"]
    page = lesson.export(name=NAME)
    assert '<a href="../../hand-in/03-value-plan-uk.md">03-value-plan-uk.md</a>' in page.html
    assert " download>Завантажити</a>" in page.html and "pandoc" not in page.html + page.plain
    assert not page.plain.startswith("Файл") and "/hand-in/03-value-plan-uk.md" in page.plain
    assert page.html.count("<li><a href=") == 3
    bundle = lesson.export()._repr_mimebundle_()
    assert bundle["text/html"] == page.html and bundle["text/plain"] == page.plain


def test_a_file_outside_the_course_has_a_whole_address(folder, lesson, monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_ANSWERS", str(tmp_path / "деінде" / "answers"))
    elsewhere = Lesson("value-plan", "uk")
    file = click(elsewhere, "write")["file"]
    path = tmp_path / "деінде" / "hand-in" / "03-value-plan-uk.md"
    assert file["links"][-1]["href"] == path.as_uri() and str(path.parent) in file["lie"]


def test_before_it_is_written_the_still_form_tells_how(folder, lesson):
    bundle = lesson.export()._repr_mimebundle_()
    assert '<code>lesson.export(name="...")</code>' in bundle["text/html"]
    assert "без відповіді" in bundle["text/plain"] and "<a " not in bundle["text/html"]


def test_a_file_older_than_the_answers_is_called_so(folder, lesson):
    assert click(lesson, "write")["file"]["stale"] == ""
    view = lesson.export()
    answer(lesson, TEXT, "Нова думка", "draft")
    assert view.state["file"]["stale"] == text("export.stale", "uk")
    assert click(lesson, "write")["file"]["stale"] == ""
    assert click(lesson, "name", "Інше Ім’я")["file"]["stale"], "its name is another's"
    assert Lesson("value-plan", "uk").export().state["file"]["stale"]
    assert click(lesson, "write")["file"]["stale"] == ""
    (folder / "hand-in" / "03-value-plan-uk.md").write_bytes(b"\xff")
    assert click(lesson, "refresh")["file"] is None


def test_an_answer_in_several_paragraphs_is_not_taken_for_a_change(folder, lesson):
    answer(lesson, TEXT, "Перше.\n\nДруге.\r\nТретє.\u2028Четверте.", "draft")
    assert click(lesson, "write")["file"]["stale"] == ""


def test_the_page_follows_the_answers(folder, lesson):
    view = lesson.export()
    assert (
        view.state["ready"].startswith("Готово 0 з 2")
        and view.state["works"][0]["status"] == "без відповіді"
    )
    answer(lesson, TEXT, "Думка", "draft")
    assert (
        view.state["works"][0]["status"] == text("export.length", "uk")
        and not view.state["works"][0]["whole"]
    )
    answer(lesson, TEXT, "Думка " * 40, "draft")
    assert view.state["works"][0]["status"] == text("export.answered", "uk")
    assert view.state["ready"].startswith("Готово 1 з 2") and view.state["works"][0]["whole"]
    answer(lesson, "value-plan", {"who": "38"}, "draft")
    assert view.state["works"][1]["status"].startswith("ще не заповнено: «Які?», ")
    tiles = {tile["id"]: "слово" for tile in lesson.chapter.exercises["value-plan"]["tile"]}
    answer(lesson, "value-plan", tiles, "draft")
    assert (
        view.state["ready"].startswith("Готово 2 з 2")
        and view.state["works"][1]["status"] == "відповідь є"
    )


def test_a_file_that_cannot_be_written_is_told(folder, lesson):
    (folder / "hand-in").write_text("")
    assert "Файл не записано" in click(lesson, "write")["error"]
    with pytest.raises(CourseError, match="Файл не записано"):
        lesson.export(name=NAME)
    (folder / "hand-in").unlink()
    assert click(lesson, "write")["error"] is None and files(folder)


def test_a_name_that_cannot_be_kept_is_told_and_the_file_written_all_the_same(folder, lesson):
    (folder / "answers").write_text("a file where the folder should be")
    assert "Не збережено" in click(lesson, "write")["error"] and files(folder)


def test_markdown_escapes():
    assert handin.markdown("a_b [x](y) # <i>") == r"a\_b \[x\](y) \# \<i\>"


def test_every_written_exercise_of_the_course_can_be_handed_in(folder):
    for slug, chapter in exercises.chapters().items():
        lesson = Lesson(slug, "ru")
        listed = handin.works(lesson.record, "ru")
        assert [work.exercise for work in listed] == [
            e for e in chapter.exercises.values() if e.kind.handed_in or chapter.whole
        ]
        assert {e.id for e in chapter.exercises.values() if e.kind.by_person} <= {
            work.exercise.id for work in listed
        }


def paper(folder, lesson):
    name = f"{lesson.chapter.folder.name}-{lesson.lang}.docx"
    return docx.Document(folder / "hand-in" / name)


def table(of):
    return [[cell.text for cell in row.cells] for row in of.rows]


@pytest.mark.parametrize("lang", LANGS)
def test_the_document_says_first_what_is_empty_then_shows_each_work(folder, lang):
    lesson = Lesson("value-plan", lang)
    answer(lesson, TEXT, "Перший абзац.\n\nДругий **абзац** <b>.")
    answer(lesson, "value-plan", {"who": "38 кав’ярень", "why": ""}, "draft")
    click(lesson, "write")
    file = paper(folder, lesson)
    lines = [(line.style.name, line.text) for line in file.paragraphs]
    assert lines[:2] == [
        ("Title", text("export.title", lang, number=3, title=lesson.title)),
        ("Subtitle", NAME),
    ]
    states, plan = map(table, file.tables)
    assert states[0] == [text("export.work", lang), text("export.standing", lang)]
    assert states[1][1] == text("export.length", lang) and text("plan.empty", lang) not in states
    entry = lesson.chapter.exercises["value-plan"]
    assert [row[0] for row in plan] == [tile["title"][lang] for tile in entry["tile"]]
    assert plan[0][1] == "38 кав’ярень" and plan[1][1] == text("plan.empty", lang)
    said = [line for style, line in lines if style == "Normal"]
    assert "Перший абзац." in said and "Другий **абзац** <b>." in said
    heads = [line for style, line in lines if style == "Heading 1"]
    assert len(heads) == 2 and heads[0].startswith("1. ")
    asked = [line for style, line in lines if style == "Quote"]
    assert "".join(asked).replace(" ", "") in "".join(
        e.say("prompt", lang).replace("**", "").replace("\n", "")
        for e in lesson.chapter.exercises.values()
        if e.kind.handed_in
    ).replace(" ", "")
    made = (folder / "hand-in" / f"03-value-plan-{lang}.md").read_text("utf-8").splitlines()[-1]
    assert made in [line for style, line in lines if style == "Subtitle"], "one date in all files"


@pytest.mark.parametrize("lang", LANGS)
def test_a_plan_of_levels_is_a_table_with_its_pictures(folder, lang):
    lesson = Lesson("portfolio", lang)
    plan = {"A": "44445", "B": "33344", "C": "12222", "D": "33344", "forecast": "25"}
    answer(lesson, "portfolio-plan", plan, "draft")
    listed = {work.exercise.id: work for work in handin.works(lesson.record, lang)}
    assert listed["portfolio-plan"].whole and not listed["portfolio-note"].answer
    click(lesson, "write")
    file = paper(folder, lesson)
    levels = next(rows for rows in map(table, file.tables) if len(rows[0]) == 6)
    assert [row[1:] for row in levels[1:]] == [list(plan[name]) for name in "ABCD"]
    assert len(file.inline_shapes) >= 3
    told = [shape._inline.docPr.get("descr") for shape in file.inline_shapes]
    assert all(re.search(r"\d", sentence) for sentence in told)


def test_a_browser_s_python_writes_markdown_and_says_so(folder, lesson, monkeypatch):
    monkeypatch.setattr(documents, "find_spec", lambda name: None)
    file = click(lesson, "write")["file"]
    assert files(folder) == ["03-value-plan-uk.md"]
    assert [each["text"] for each in file["links"]] == ["03-value-plan-uk.md"]
    assert file["note"] == text("export.no_word", "uk")
    assert file["note"] in lesson.export(name=NAME).plain


def test_a_document_that_its_owner_changed_is_kept_beside_the_new_one(folder, lesson):
    click(lesson, "write")
    path = folder / "hand-in" / "03-value-plan-uk.docx"
    file = docx.Document(path)
    file.add_paragraph("Дописано вручну")
    file.core_properties.modified = file.core_properties.created.replace(year=2030)
    file.save(path)
    own = path.read_bytes()
    note = click(lesson, "write")["file"]["note"]
    kept = path.with_name("03-value-plan-uk-own-1.docx")
    assert kept.read_bytes() == own and path.read_bytes() != own
    assert path.name in note and kept.name in note
    assert click(lesson, "write")["file"]["note"] == "", "what is ours is written anew"


def test_a_page_that_is_one_piece_of_work_hands_in_every_exercise_part_by_part(folder, monkeypatch):
    lesson = Lesson("value-plan", "uk")
    lesson.chapter = lesson.record.chapter = replace(lesson.chapter, whole=True)
    answer(lesson, "contact-delta", "12,5", "draft")
    answer(lesson, "fragments", {"why": "x"}, "draft")
    click(lesson, "write")
    file = paper(folder, lesson)
    lines = [(line.style.name, line.text) for line in file.paragraphs]
    assert lines[0] == ("Title", lesson.title)
    parts = [line for style, line in lines if style == "Heading 1"]
    titles = [title["uk"].replace("**", "") for title in lesson.chapter.outcomes.values()]
    assert parts == [
        text("export.points", "uk"), *(f"{at}. {title}" for at, title in enumerate(titles, 1))
    ]  # fmt: skip
    heads = [line for style, line in lines if style == "Heading 2"]
    assert len(heads) == len(lesson.chapter.exercises) and heads[0].startswith("1.1 ")
    assert any(line.startswith("12,5") for style, line in lines if style == "Normal")
    states = table(file.tables[0])
    assert len(states) == len(heads), "all but the one that is answered, and the head"
