"""A printed lesson has all that the lesson says and asks, with room to answer, and no key."""

import json
import re
from functools import cache

import pytest

from course import paths
from course.cli import main
from course.documents import Blanks, Code, Drawing, Heading, Paragraph, Points, Table, page, plain
from course.documents.handout import handout, prose
from course.exercises import chapters
from course.texts import LANGS, text

LESSONS = [(slug, lang) for slug, each in chapters().items() if each.number for lang in LANGS]


@cache
def sheet(slug, lang):
    return handout(chapters()[slug], lang)


def words(block):
    """All that a block says."""
    if isinstance(block, Heading | Paragraph):
        return plain(block.runs)
    if isinstance(block, Points):
        return "\n".join(map(plain, block.items))
    if isinstance(block, Table):
        rows = [plain(runs) for row in block.rows for cell in row for runs in cell]
        return "\n".join([*map(plain, block.head), *rows])
    return ""


def quoted(printed):
    """What is code within its sentences: two stars are a power there."""
    return [
        run.text
        for block in printed.blocks
        if isinstance(block, Heading | Paragraph)
        for run in block.runs
        if run.look == "code"
    ]


def numbered(printed):
    """The headings of its exercises."""
    title = text("documents.exercise", printed.lang, n="")
    return [
        block
        for block in printed.blocks
        if isinstance(block, Heading) and plain(block.runs).startswith(title)
    ]


@pytest.mark.parametrize(("slug", "lang"), LESSONS)
def test_a_handout_has_every_section_exercise_and_picture_of_its_lesson(slug, lang):
    chapter = chapters()[slug]
    printed = sheet(slug, lang)
    said = "\n".join(map(words, printed.blocks))
    book = json.loads((paths.shared("notebooks") / lang / chapter.notebook).read_text("utf-8"))
    source = "\n".join("".join(cell["source"]) for cell in book["cells"])
    titles = [plain(prose(line)[0].runs) for line in re.findall("^## .*$", source, re.M)]
    shown = [plain(b.runs) for b in printed.blocks if isinstance(b, Heading) and b.level == 1]
    dropped = [title for title in titles if title not in shown]
    assert shown == [title for title in titles if title in shown]
    assert len(dropped) <= 2, f"only review and handing in are left out, not {dropped}"
    asked = re.findall(r"lesson\.(?:exercise|check)\(\s*[\"']([\w-]+)", source)
    count = len(numbered(printed))
    assert count == len(asked) > 0
    pictures = sum(isinstance(b, Drawing) for b in printed.blocks)
    assert pictures >= len(re.findall(r"lesson\.(?:figure|instrument)\(", source))
    assert not re.search("Виконати»|Выполнить»|<span|\ue000", said)
    prose_only = re.sub("|".join(map(re.escape, quoted(printed))) or "$^", "", said)
    assert not re.search(r"\*\*|\]\(", prose_only)
    page.write(printed)  # every formula can be drawn


@pytest.mark.parametrize(("slug", "lang"), LESSONS)
def test_a_handout_has_room_for_every_answer_and_tells_none(slug, lang):
    printed = sheet(slug, lang)
    said = "\n".join(map(words, printed.blocks))
    room = [
        block
        for block in printed.blocks
        if isinstance(block, Blanks)
        or (isinstance(block, Points) and block.mark in ("tick", "place"))
        or (isinstance(block, Table) and not block.named)
    ]
    exercises = numbered(printed)
    assert len(room) >= len(exercises)
    for exercise in chapters()[slug].exercises.values():
        solution = exercise.say("solution", lang)
        assert not solution or solution[:60] not in said


def test_a_formula_with_marks_of_markdown_stays_whole():
    [paragraph] = prose(r"Де $a_1*b_2*c$ і *слово* з [уроку **3**](03-value-plan.ipynb).")
    assert [(run.text, run.look) for run in paragraph.runs] == [
        ("Де ", ""),
        ("a", "italic"),
        ("1", "sub"),
        ("*", ""),
        ("b", "italic"),
        ("2", "sub"),
        ("*", ""),
        ("c", "italic"),
        (" і ", ""),
        ("слово", "italic"),
        (" з ", ""),
        ("уроку ", ""),
        ("3", "bold"),
        (".", ""),
    ]


def test_code_that_teaches_is_printed_and_code_that_shows_is_not():
    printed = handout(chapters()["levels"], "uk")
    programs = [block.text for block in printed.blocks if isinstance(block, Code)]
    assert any('lesson.data("zernokrok_customers")' in program for program in programs)
    assert not any("lesson.exercise(" in program or "LANG" in program for program in programs)


@pytest.mark.parametrize("end", ["html", "docx", "pdf"])
def test_the_command_writes_the_file_that_is_named(tmp_path, capsys, end):
    out = tmp_path / f"05.{end}"
    assert main(["export", "handout", "5", "--lang", "ru", "--out", str(out)]) == 0
    start = {"html": b"<!DOCTYPE html>", "docx": b"PK", "pdf": b"%PDF"}[end]
    assert out.read_bytes().startswith(start)
    assert "Пять уровней отношений" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("source", "name", "said"), [("99", "a.html", "13 channels"), ("05", "a.txt", ".docx")]
)
def test_what_cannot_be_written_is_a_sentence(tmp_path, capsys, source, name, said):
    assert main(["export", "handout", source, "--out", str(tmp_path / name)]) == 2
    assert said in capsys.readouterr().err and not (tmp_path / name).exists()
