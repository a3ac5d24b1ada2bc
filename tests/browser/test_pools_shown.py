"""The notebook of an assignment with a pool, in a browser: each student's questions, and no other's."""

import json
import shutil

import pytest
from playwright.sync_api import expect

from course.exercises import pick
from course.grading.setting import assignment
from course.ids import folded

SPEC = """id = "drawn"
title.uk = "Контрольна з набором"
title.ru = "Контрольная с набором"
exercises = ["levels/levels-call", "pool/churn"]
[[pool]]
id = "churn"
take = 2
from = ["own/own-choice", "own/own-multi", "own/own-order", "own/own-match"]
points = 2
"""


@pytest.fixture(scope="module")
def quiz(lab, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pools")
    assignment.begin_file(folder / "exercises.toml", "exercises")
    (folder / "spec.toml").write_text(SPEC, "utf-8")
    rows = "".join(f"{n},Студент {n}\n" for n in range(100, 130))
    (folder / "roster.csv").write_text("id,name\n" + rows, "utf-8")
    key = assignment.assign(folder / "spec.toml", folder / "roster.csv", folder / "set")
    shutil.copytree(folder / "set" / "students", lab.folder / "drawn")
    return key


def asked(key, who):
    import hashlib

    [pool] = key["pools"]
    token = hashlib.sha256(f"{key['salt']}|{folded(who)}".encode()).hexdigest()
    return pick("churn", pool["from"], pool["take"], token)


def identify(book, who):
    card = book.card("identity")
    card.locator("input").nth(0).fill(who)
    card.locator("input").nth(1).fill("Олена")
    card.locator(".rm-main").click()
    expect(card.locator(".rm-state")).to_contain_text("збережено", ignore_case=True)


def test_each_student_sees_the_own_questions(tabs, lab, quiz):
    book = tabs()
    book.open("drawn/drawn-uk.ipynb").run()
    empty = book.card("pool:churn:2")
    expect(empty).to_contain_text("Спершу назвіть себе")
    expect(empty.locator("button:visible")).to_have_count(0)
    identify(book, "100")
    one = asked(quiz, "100")
    for ref in one:
        expect(book.card(ref)).to_be_visible()
        expect(book.card(ref).locator(".rm-main")).to_be_visible()
    expect(book.page.locator('[data-exercise^="pool:"]')).to_have_count(0)
    # Something is typed, and at once another student takes the place: it reaches no other question.
    other = next(str(n) for n in range(101, 130) if not {*asked(quiz, str(n))} & {*one})
    first = book.card(one[0]).locator("input, select").first
    if first.evaluate("node => node.tagName") == "SELECT":
        first.select_option(index=1)
    else:
        first.check()
    identify(book, other)
    for ref in asked(quiz, other):
        expect(book.card(ref)).to_be_visible()
        assert book.card(ref).get_attribute("data-status") == "untouched"
    for ref in one:
        expect(book.page.locator(f'[data-exercise="{ref}"]')).to_have_count(0)
    answers = lab.folder.parent / "course_answers" / "drawn.jsonl"
    lines = [json.loads(line) for line in answers.read_text("utf-8").splitlines()]
    assert not {line["x"] for line in lines} & {*asked(quiz, other)}
