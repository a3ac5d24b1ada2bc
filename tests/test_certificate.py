"""The page of what was done: what the journal says, with dates and shares, and nothing beyond it."""

import json
import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest

from course import certificate
from course.exercises import chapters
from course.lessons import Lesson
from course.record import Record
from course.texts import LANGS, text
from tests.test_progress import click

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_ANSWERS", str(tmp_path / "answers"))
    return tmp_path / "answers"


@pytest.fixture
def page(folder):
    """The view on the start page of somebody who did a part of lesson 5."""
    lesson = Lesson("levels", "uk")
    for exercise in lesson.chapter.exercises.values():
        if exercise.kind.name in ("order", "choice", "text"):
            click(lesson, exercise)
    return Lesson("start", "uk").certificate()


def send(view, act, name=None):
    view._receive(view, {"act": act, "name": name}, [])
    return view.state


def cells(html):
    """The rows of the table, as lists of words."""
    rows = re.findall(r"<tr>(.*?)</tr>", html, re.DOTALL)
    strip = lambda cell: re.sub(r"<[^>]+>", "", cell).replace("\u00a0", " ")  # noqa: E731
    return [[strip(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)] for row in rows]


class Sound(HTMLParser):
    """Every tag that opens closes, in its order."""

    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, attributes):
        if tag not in ("meta", "hr"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_without_a_name_or_without_work_nothing_is_written(folder, page):
    assert send(page, "write", " ")["error"] == text("certificate.no_name", "uk")
    assert page.state["file"] is None and not (folder.parent / "certificate").exists()


def test_before_anything_is_done_there_is_nothing_to_list(folder):
    page = Lesson("start", "ru").certificate()
    assert page.state["ready"] == text("certificate.nothing", "ru") and not page.state["works"]
    assert send(page, "write", "Анна")["error"] == text("certificate.nothing", "ru")
    assert not (folder.parent / "certificate").exists()


def test_the_page_lists_what_was_done_with_dates_and_shares(folder, page):
    state = send(page, "write", "Олена Коваль")
    assert state["error"] is None and state["file"]["stale"] == ""
    html = (folder.parent / "certificate" / "certificate-uk.html").read_text("utf-8")
    record = Record(chapters()["levels"], folder)
    done = [entry for entry in record.chapter.exercises.values() if record.result(entry).done]
    marked = [entry for entry in record.chapter.exercises.values() if not entry.kind.by_person]
    right = [entry for entry in marked if record.result(entry).fraction == 1]
    head, row, whole = cells(html)
    of, today = len(record.chapter.exercises), f"{datetime.now():%d.%m.%Y}"
    assert row[0] == record.chapter.heading("uk") and whole[0] == text("certificate.total", "uk")
    assert row[1] == f"{len(done)} з {of} ({round(100 * len(done) / of)} %)"
    assert row[2] == f"{len(right)} з {len(marked)}"
    points = sum(entry.points for entry in right)
    assert row[3].startswith(f"{points:g} з {sum(entry.points for entry in marked):g} (")
    assert row[4] == "1 з 1" and row[5] == today
    assert row[1:] == whole[1:] and len(head) == len(row) == 6
    assert "Олена Коваль" in html and text("certificate.limits", "uk") in html


@pytest.mark.parametrize("lang", LANGS)
def test_each_language_has_its_page_and_the_numbers_are_the_same(folder, page, lang):
    view = Lesson("start", lang).certificate()
    send(view, "write", "Олена")
    html = (folder.parent / "certificate" / f"certificate-{lang}.html").read_text("utf-8")
    sound = Sound()
    sound.feed(html)
    assert sound.open == [] and f'<html lang="{lang}">' in html and "@page" in html
    foreign = {"uk": "ыэъё", "ru": "іїєґ"}[lang]
    words = re.sub(r"<style>.*?</style>|<[^>]+>|Олена", "", html, flags=re.DOTALL).lower()
    assert not set(foreign) & set(words)
    send(page, "write", "Олена")
    other = (folder.parent / "certificate" / "certificate-uk.html").read_text("utf-8")
    numbers = [re.findall(r"\d+", " ".join(row[1:])) for row in cells(html)[1:]]
    assert numbers == [re.findall(r"\d+", " ".join(row[1:])) for row in cells(other)[1:]]


def test_it_claims_nothing_beyond_what_was_done(folder, page):
    """No course finished, no skill, no grade: only where it says what it is not."""
    for lang in LANGS:
        words = " ".join(
            text(f"certificate.{name}", lang, **values)
            for name, values in (
                ("page", {}),
                ("title", {}),
                ("course", {}),
                ("how", {}),
                ("made", {"date": ""}),
            )  # fmt: skip
        )
        assert not re.search(
            "засвідчу|свідоцтв|сертифікат|успішно|опанува|квалі|свидетельств|сертификат|успешно|освоил",
            words.lower(),
        )
        limits = text("certificate.limits", lang).lower()
        assert re.search("не (оцінка|оценка)", limits) and "диплом" in limits


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", '"><img src=x>', "Ім’я & Co", "а" * 300]
)
def test_a_name_is_text(folder, page, name):
    send(page, "write", name)
    html = (folder.parent / "certificate" / "certificate-uk.html").read_text("utf-8")
    assert "<script" not in html and "<img" not in html
    sound = Sound()
    sound.feed(html)
    assert sound.open == []


def test_the_page_says_when_something_was_done_since(folder, page):
    send(page, "write", "Олена")
    lesson = Lesson("levels", "uk")
    exercise = next(e for e in lesson.chapter.exercises.values() if e.kind.name == "numeric")
    click(lesson, exercise)
    assert send(page, "refresh")["file"]["stale"] == text("certificate.stale", "uk")
    assert send(page, "write", "Олена")["file"]["stale"] == ""
    assert send(page, "name", "Ольга")["file"]["stale"]


def test_the_name_is_asked_once_for_the_hand_in_and_for_this(folder, page):
    send(page, "write", "Олена Коваль")
    assert Lesson("value-plan", "ru").export().state["name"] == "Олена Коваль"


def test_what_cannot_be_written_is_said(folder, page, monkeypatch):
    def full(path, data):
        raise OSError(28, "full")

    monkeypatch.setattr(certificate, "write_whole", full)
    assert "certificate-uk.html" in send(page, "write", "Олена")["error"]


@pytest.mark.parametrize(
    "strange", [{}, "write", None, {"act": ["write"]}, {"act": "write", "name": 3}]
)
def test_strange_messages_write_nothing(folder, page, strange):
    page._receive(page, strange, [])
    assert not (folder.parent / "certificate").exists()


def test_dates_are_those_of_the_learner(folder):
    """An answer at one in the night in Kyiv is of that day, though in UTC it is the day before."""
    exercise = next(e for e in chapters()["levels"].exercises.values() if e.kind.name == "choice")
    right = next(option["id"] for option in exercise["option"] if option.get("right"))
    folder.mkdir(parents=True)
    lines = [{"v": 1, "t": time, "x": exercise.id, "e": "answer", "a": right, "lang": "uk", "n": 1}
             for time in ("2026-11-03T23:30:00.000Z", "2026-11-01T10:00:00.000Z")]  # fmt: skip
    (folder / "levels.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    done = certificate.part(Record(chapters()["levels"], folder), "uk")
    html = certificate.document([done], "Олена", "uk", NOW.astimezone(ZoneInfo("Europe/Kyiv")))
    assert cells(html)[1][5] == "01.11.2026–04.11.2026" and "Складено 29.11.2026" in html
