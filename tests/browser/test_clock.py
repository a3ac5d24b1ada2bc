"""The time left of an assignment in a real browser: told calmly, kept by the journal alone."""

import json
import re
import shutil
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from course.grading.setting import assignment
from course.texts import text

SPEC = """id = "timed"
title.uk = "Контрольна на час"
title.ru = "Контрольная на время"
exercises = ["levels/levels-order", "levels/levels-call", "levels/levels-letter"]
minutes = 90
"""
ROSTER = "id,name\n17,Олена\n"


@pytest.fixture
def desk(lab, tmp_path):
    """The name of a folder of the server's with the assignment, and a journal without a line."""
    (tmp_path / "spec.toml").write_text(SPEC, "utf-8")
    (tmp_path / "roster.csv").write_text(ROSTER, "utf-8")
    assignment.assign(tmp_path / "spec.toml", tmp_path / "roster.csv", tmp_path / "out")
    shutil.copytree(tmp_path / "out" / "students", lab.folder / tmp_path.name)
    journal = lab.data.parent / "course_answers" / "timed.jsonl"
    journal.parent.mkdir(exist_ok=True)
    journal.unlink(missing_ok=True)
    return tmp_path.name, journal


def began(journal, minutes):
    """Let the journal say that the clock has run for so long."""
    start = datetime.now(UTC) - timedelta(minutes=minutes, seconds=-20)
    event = {"v": 1, "t": start.isoformat(timespec="milliseconds")[:23] + "Z", "x": "identity"}
    event |= {"e": "set", "a": {"student": "17", "name": "Олена"}, "lang": "uk"}
    journal.write_text(json.dumps(event, ensure_ascii=False) + "\n", "utf-8")
    return start.astimezone().strftime("%H:%M")


def later(book, minutes):
    """Let the browser's clock be so much later; the kernel is not asked."""
    script = "(ms) => { Date.real ??= Date.now; Date.now = () => Date.real() + ms; }"
    book.page.evaluate(script, minutes * 60_000)


def said(key, lang, **values):
    return text(f"assignment.clock.{key}", lang, **values)


def strip(book):
    return book.page.locator(".rm-clock")


def sign(book):
    return book.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) > .rm-sign")


def agree(book, words, start):
    """Strip and sign tell the same minutes, fewer than were left at first, and the same start."""
    shown = re.escape(words.replace(" хв", "\u00a0хв").replace(" мин", "\u00a0мин"))
    shown = shown.replace(r"\{\}", r"(\d+)", 1).replace(r"\{\}", re.escape(start), 1)
    expect(strip(book).locator("p")).to_have_text(re.compile(shown))
    expect(sign(book)).to_have_count(1)
    left = re.search(shown, strip(book).locator("p").inner_text())[1]
    assert 0 < int(left) <= 35
    expect(sign(book)).to_contain_text(re.compile(rf"^({left}|{int(left) - 1})\D"))


def test_the_clock_starts_with_the_name_and_speaks_at_ten_and_five(tabs, desk):
    book = tabs().open(f"{desk[0]}/timed-uk.ipynb").run()
    line, live = strip(book).locator("p"), strip(book).locator("[role=status]")
    expect(line).to_have_text(said("before", "uk", n=90))
    expect(sign(book)).to_have_count(0)
    fields = book.card("identity").locator("input")
    fields.nth(0).fill("17")
    fields.nth(1).fill("Олена")
    fields.nth(1).press("Enter")
    expect(line).to_contain_text("Лишилося 90\u00a0хв із 90.")
    expect(sign(book)).to_have_text(said("pill", "uk", left=90))
    expect(live).to_be_empty()
    later(book, 79)
    expect(line).to_contain_text("Лишилося 11\u00a0хв")
    expect(live).to_be_empty()
    later(book, 81)
    expect(live).to_have_text(said("soon", "uk", left=9))
    later(book, 83)
    expect(line).to_contain_text("Лишилося 7\u00a0хв")
    expect(live).to_have_text(said("soon", "uk", left=9))
    later(book, 86)
    expect(live).to_have_text(said("soon", "uk", left=4))
    later(book, 95)
    expect(line).to_have_text(said("over", "uk"))
    expect(live).to_have_text(said("over", "uk"))
    expect(sign(book)).to_have_text(said("pill_over", "uk"))
    # the card that saves goes on saving
    card = book.card("levels/levels-call")
    card.locator("input").first.check()
    card.locator("button.rm-main").click()
    expect(card.locator(".rm-state")).to_contain_text("збережено", ignore_case=True)


def test_restart_reopening_and_the_other_language_show_the_same_time(tabs, desk):
    start = began(desk[1], 56)
    book = tabs(420, 800).open(f"{desk[0]}/timed-uk.ipynb").run()
    agree(book, "Лишилося {} хв із 90. Початок: {}.", start)
    book.command("notebook:restart-run-all", wait=False)
    book.page.click(".jp-Dialog button.jp-mod-accept")
    agree(book, "Лишилося {} хв із 90. Початок: {}.", start)
    book.page.reload()
    book.ready(f"{desk[0]}/timed-uk.ipynb")
    book.run()
    agree(book, "Лишилося {} хв із 90. Початок: {}.", start)
    other = tabs(420, 800, beside=book).open(f"{desk[0]}/timed-ru.ipynb").run()
    agree(other, "Осталось {} мин из 90. Начало: {}.", start)
    # nothing wider than the page, and the sign hides no card's button from the mouse
    assert other.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    assert sign(other).evaluate("(node) => getComputedStyle(node).pointerEvents") == "none"
