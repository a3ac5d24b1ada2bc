"""The strip of progress: rows add up, exercises have their question for a name, and it follows every answer."""

import re
from datetime import UTC, datetime, timedelta

import pytest

import course
from course import exercises, progress, review
from course.lessons import Lesson
from course.record import Record
from course.texts import LANGS, text

NOW = datetime.now(UTC)
LESSONS = sorted(exercises.chapters())


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_ANSWERS", str(tmp_path / "answers"))
    return tmp_path / "answers"


def right(exercise, record):
    """A right answer, as the browser sends it; of written work, a whole one."""
    key, name = record.key(exercise, record.of(exercise.id).draw), exercise.kind.name
    if name in ("choice", "multi"):
        return key["right"]
    if name == "order":
        return sorted(key["ranks"], key=key["ranks"].get)
    if name in ("match", "classify"):
        return key["pairs"]
    if name == "text":
        return "слово " * key["words"][0]
    if name == "canvas":
        return {tile: "слово" for tile in key["tiles"]}
    return str(key["value"]) if name == "numeric" else key["value"]


def click(lesson, exercise, answer=None):
    """Answer as the browser does; right, unless another answer is given."""
    view = lesson.exercise(exercise.id)
    if exercise.kind.computed:
        lesson.record.write(
            exercise.id, "answer", lesson.record.key(exercise, 1)["value"], lesson.lang
        )
    else:
        answer = right(exercise, lesson.record) if answer is None else answer
        view._receive(view, {"act": "check", "answer": answer}, [])
    return view


def counts(row, label):
    """``(3, 18)`` of a row that says «Виконано 3 з 18»."""
    said = dict(map(tuple, row["cells"]))[text(f"progress.{label}", "uk")]
    return tuple(float(part.replace(",", ".").replace("\u00a0", "")) for part in said.split(" з "))


@pytest.mark.parametrize("slug", LESSONS)
def test_rows_add_up_to_the_sentence(folder, slug):
    lesson = Lesson(slug, "uk")
    for place, exercise in enumerate(lesson.chapter.exercises.values()):
        if place % 2:
            click(lesson, exercise)
    state = lesson.progress().state
    of = sum(len(one.exercises) for one in exercises.chapters().values())
    if slug != "start":
        of = len(lesson.chapter.exercises)
    done, whole = (sum(counts(row, "done")[part] for row in state["rows"]) for part in (0, 1))
    assert (done, whole) == (len(lesson.chapter.exercises) // 2, of)
    assert f"Виконано {done:.0f} з {of} " in state["sentence"]
    assert all(counts(row, "done")[1] for row in state["rows"]), "no row is empty"
    if slug != "start":
        last = [exercise["outcomes"][-1] for exercise in lesson.chapter.exercises.values()]
        wanted = {name: last.count(name) for name in lesson.chapter.outcomes if name in last}
        rows = {
            int(row["title"].partition(".")[0]): counts(row, "done")[1] for row in state["rows"]
        }
        assert rows == wanted


def test_the_first_exercise_of_the_course_is_on_the_map(folder):
    lesson = Lesson("start", "uk")
    exercise = next(iter(lesson.chapter.exercises.values()))
    assert lesson.progress().state["next"]["exercise"] == exercise.id
    click(lesson, exercise)
    state = lesson.progress().state
    of = len(lesson.chapter.exercises)
    assert state["rows"][0]["href"] == "00-start.ipynb"
    assert counts(state["rows"][0], "done") == (1, of)
    for other in lesson.chapter.exercises.values():
        click(lesson, other)
    state = lesson.progress().state
    assert state["next"] == {
        "text": state["rows"][1]["title"],
        "href": "01-deal-to-relationship.ipynb",
        "exercise": "",
    }


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("slug", LESSONS)
def test_what_to_repeat_has_its_question_for_a_name_and_a_link(folder, slug, lang):
    lesson = Lesson(slug, lang)
    for exercise in lesson.chapter.exercises.values():
        if exercise.kind.name in ("numeric", "choice"):
            wrong = next(
                (one["id"] for one in exercise.get("option", ()) if not one.get("right")), "987654"
            )
            click(lesson, exercise, wrong)
        elif exercise.kind.computed and slug == "programme":  # it asks for nothing by clicks
            lesson.check(exercise.id, 987654)
    state = lesson.progress().state
    assert state["missed"] and not state["due"]
    for entry in state["missed"]:
        exercise = lesson.chapter.exercises[entry["exercise"]]
        prompt = (
            exercise.say("prompt", lang, lesson.record.values(exercise))
            .replace("**", "")
            .replace("`", "")
        )
        assert entry["href"] == f"{lesson.chapter.folder.name}.ipynb" and len(entry["text"]) <= 70
        assert prompt.startswith(entry["text"].rstrip("…")) and "{" not in entry["text"]
        assert entry["exercise"] not in entry["text"]
    html, plain = progress.still(state, lang)
    assert (
        f'<a href="{state["missed"][0]["href"]}">' in html and state["missed"][0]["text"] in plain
    )
    assert not re.search(rf">({'|'.join(lesson.chapter.exercises)})<", html)


@pytest.mark.parametrize(("prompt", "said"), [
    ("Одне речення", "Одне речення"),
    ("Перше. Друге.", "Перше."),
    ("Чи так? «Ні» – теж відповідь.", "Чи так?"),
    ("Маржа 20 тис. грн на рік. Далі.", "Маржа 20 тис. грн на рік."),
    ("Рядків `table` **більше** за 0,05", "Рядків table більше за 0,05"),
    ("Позначте все\nДалі", "Позначте все"),
    ("а" * 70, "а" * 70),
    ("слово, " * 20, ("слово, " * 10)[:-2] + "…"),
])  # fmt: skip
def test_a_prompt_is_cut_at_a_sentence_or_a_word(prompt, said):
    assert progress.short(prompt) == said


@pytest.mark.parametrize("lang", LANGS)
def test_every_prompt_of_the_course_can_stand_in_a_strip(lang):
    for chapter in exercises.chapters().values():
        for exercise in chapter.exercises.values():
            words = progress.short(
                exercise.say("prompt", lang, exercises.draw(exercise, "still", 1))
            )
            assert 8 <= len(words) <= 70 and words[-1] in ".?!:…", words


def test_the_strip_follows_each_answer(folder):
    lesson = Lesson("levels", "uk")
    strip, exercise = lesson.progress(), lesson.chapter.exercises["levels-order"]
    assert "Виконано 0 з" in strip.state["sentence"]
    click(lesson, exercise)
    assert "Виконано 1 з" in strip.state["sentence"] and strip is lesson.progress()
    lesson.check("levels-margin-share", 5)
    assert "Виконано 2 з" in strip.state["sentence"]


def test_the_strip_looks_again_when_it_is_asked(folder):
    start, other = Lesson("start", "uk"), Lesson("levels", "uk")
    strip = start.progress()
    click(other, other.chapter.exercises["levels-order"])
    assert "Виконано 0 з" in strip.state["sentence"]
    strip._receive(strip, {"act": "refresh"}, [])
    assert "Виконано 1 з" in strip.state["sentence"]
    before = strip.state
    for strange in ({}, {"act": "check", "answer": 1}, "refresh", None, {"act": ["refresh"]}):
        strip._receive(strip, strange, [])
        assert strip.state == before


def test_next_is_the_first_exercise_without_an_answer_then_the_next_lesson(folder):
    lesson = Lesson("levels", "uk")
    listed = list(lesson.chapter.exercises.values())
    for place, exercise in enumerate(listed):
        assert lesson.progress().state["next"]["exercise"] == exercise.id
        assert lesson.progress().state["praise"] == ""
        click(lesson, exercise)
        lesson.progress()
        assert place < len(listed)
    state = lesson.progress().state
    title = exercises.chapter("spectrum").title["uk"]
    assert state["next"] == {"text": f"6. {title}", "href": "06-spectrum.ipynb", "exercise": ""}
    back = review.following(review.items([lesson.record], datetime.now(UTC)), datetime.now(UTC))[0]
    said = text("progress.comes_back", "uk", day=f"{back:%d.%m}")
    assert state["praise"] == f"{text('progress.lesson_perfect', 'uk')} {said}"
    assert state["share"] == 100


def test_after_a_lesson_comes_the_next_one_and_not_a_later_one(folder):
    lesson = Lesson("value-plan", "uk")
    for exercise in lesson.chapter.exercises.values():
        click(lesson, exercise)
    assert lesson.progress().state["next"]["href"] == "04-satisfaction.ipynb"


def test_a_lesson_done_but_not_all_right_is_praised_more_quietly(folder):
    lesson = Lesson("start", "ru")
    exercise = lesson.chapter.exercises["first-call"]
    for other in lesson.chapter.exercises.values():
        if other is not exercise:
            click(lesson, other)
    wrong = next(option["id"] for option in exercise["option"] if not option.get("right"))
    click(lesson, exercise, wrong)
    record = Record(lesson.chapter, folder)
    state = progress.standing(lesson.chapter, [record], "ru", NOW)
    assert state["praise"] == text("progress.course_done", "ru")
    click(lesson, exercise)
    record.refresh()
    assert progress.standing(lesson.chapter, [record], "ru", NOW)["praise"] == text(
        "progress.course_perfect", "ru"
    )


@pytest.mark.parametrize("lang", LANGS)
def test_the_still_form_says_what_the_strip_says(folder, lang):
    lesson = course.lesson("start", lang)
    bundle = lesson.progress()._repr_mimebundle_()
    state = lesson.progress().state
    assert state["sentence"] in bundle["text/html"] and bundle["text/plain"].startswith(
        state["sentence"]
    )
    assert 'href="05-levels.ipynb"' in bundle["text/html"] and "<table" not in bundle["text/html"]
    click(lesson, next(iter(lesson.chapter.exercises.values())))
    assert lesson.progress()._repr_mimebundle_()["text/plain"] != bundle["text/plain"]


# --- on top of a page -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("lang", LANGS)
def test_the_strip_on_top_says_where_i_am_and_what_is_next(folder, lang):
    lesson = Lesson("levels", lang)
    top, listed = lesson.today(), list(lesson.chapter.exercises.values())
    said = text("progress.where", lang, done=0, of=len(listed))
    assert top.state["sentence"] == said and top.state["today"] is None
    assert top.state["next"]["exercise"] == listed[0].id
    click(lesson, listed[0])
    assert top.state["sentence"] == text("progress.where", lang, done=1, of=len(listed))
    assert top.state["next"]["exercise"] == listed[1].id and top.state["today"]["text"]
    bundle = top._repr_mimebundle_()
    assert top.state["today"]["text"] in bundle["text/plain"]
    assert f'lang="{lang}"' in bundle["text/html"]


def test_every_lesson_begins_with_the_strip(root):
    for path in sorted((root / "lessons").glob("*/lesson.md")):
        cells = re.findall(r"```\{code-cell\}\n(.*?)```", path.read_text("utf-8"), re.DOTALL)
        assert cells[1].strip() == "lesson.today()", path


def test_the_rows_of_a_lesson_tell_how_firmly_each_outcome_is_learned(folder):
    lesson = Lesson("levels", "uk")
    for exercise in lesson.chapter.exercises.values():
        click(lesson, exercise)
    cells = [dict(map(tuple, row["cells"])) for row in lesson.progress().state["rows"]]
    assert {row[text("progress.mastery", "uk")] for row in cells} == {"100\u00a0%"}
    state = lesson.progress().state
    assert len(state["concepts"]) == progress.CONCEPTS and state["more"]
    assert {row["share"] for row in state["concepts"]} == {100}


def test_the_weakest_concept_comes_first(folder):
    lesson = Lesson("levels", "uk")
    for exercise in list(lesson.chapter.exercises.values())[:5]:
        wrong = exercise.kind.name == "choice"
        options = [option["id"] for option in exercise.get("option", ()) if not option.get("right")]
        click(lesson, exercise, options[0] if wrong else None)
    shares = [row["share"] for row in lesson.progress().state["concepts"]]
    assert shares == sorted(shares) and shares[0] < 100


def test_what_was_answered_wrongly_is_missed_until_it_is_due(folder):
    lesson = Lesson("start", "uk")
    click(lesson, lesson.chapter.exercises["what-changes"], "987654")
    record = Record(lesson.chapter, folder)
    for days, missed in ((0, 1), (1.1, 0)):
        now = datetime.now(UTC) + timedelta(days=days)
        state = progress.standing(lesson.chapter, [record], "uk", now)
        assert (len(state["missed"]), len(state["due"])) == (missed, 1 - missed)
