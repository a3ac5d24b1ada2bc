"""Handing in: nothing is written unasked, the file has a name, a date and what is empty, and the page follows."""

import re
from pathlib import Path

import pytest

from course import exercises, handin
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
    assert files(folder) == ["03-value-plan-uk.md"] and state["error"] is None
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
    state = click(lesson, "write")
    assert state["file"]["href"] == "../../hand-in/03-value-plan-uk.md"
    assert Path(state["file"]["href"]).resolve() == Path(state["file"]["path"]).resolve()
    page = lesson.export(name=NAME)
    assert '<a href="../../hand-in/03-value-plan-uk.md">03-value-plan-uk.md</a>' in page.html
    assert " download>Завантажити</a>" in page.html and "pandoc" not in page.html + page.plain
    assert not page.plain.startswith("Файл") and "/hand-in/03-value-plan-uk.md" in page.plain
    bundle = lesson.export()._repr_mimebundle_()
    assert bundle["text/html"] == page.html and bundle["text/plain"] == page.plain


def test_a_file_outside_the_course_has_a_whole_address(folder, lesson, monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_ANSWERS", str(tmp_path / "деінде" / "answers"))
    elsewhere = Lesson("value-plan", "uk")
    file = click(elsewhere, "write")["file"]
    assert file["href"] == Path(file["path"]).as_uri() and file["href"].startswith("file://")


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
            e for e in chapter.exercises.values() if e.kind.by_person
        ]
