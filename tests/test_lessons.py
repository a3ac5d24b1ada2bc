"""A lesson from the notebook's side: answers kept, re-scored, shared by both languages."""

import json
import os

import pytest

import course
from course import exercises
from course.attempt import Result
from course.lessons import CourseError, Lesson
from course.record import Record
from course.texts import LANGS, text
from course.truths import TRUTHS


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_ANSWERS", str(tmp_path / "answers"))
    return tmp_path / "answers"


def act(lesson, name, **message):
    return lesson._act(lesson._exercise(name), message)


def told(view):
    """What a view says where nothing runs, as plain text."""
    return view._repr_mimebundle_()["text/plain"]


def first(slug, kind):
    return next(e for e in exercises.chapters()[slug].exercises.values() if e.kind.name == kind)


def test_an_answer_is_there_in_the_other_language_and_after_a_restart(folder):
    exercise = first("levels", "choice")
    state = act(
        course.lesson("levels", "uk"),
        exercise.id,
        act="check",
        answer=exercises.key(exercise)["right"],
    )
    assert state["status"] == "right" and state["error"] is None
    again = course.lesson("levels", "ru")
    state = again._state(exercise)
    assert state["status"] == "right" and state["head"] == "Верно"
    assert state["answer"] == exercises.key(exercise)["right"]


def test_two_open_lessons_see_each_other(folder):
    exercise = first("levels", "choice")
    one, two = Lesson("levels", "uk"), Lesson("levels", "ru")
    act(one, exercise.id, act="draft", answer=exercises.key(exercise)["right"])
    assert act(two, exercise.id, act="hint")["answer"] == exercises.key(exercise)["right"]


def test_attempts_hints_solution_reset(folder):
    exercise, lesson = first("levels", "choice"), Lesson("levels", "uk")
    bad = [option["id"] for option in exercise["option"] if not option.get("right")]
    assert act(lesson, exercise.id, act="solution")["status"] == "untouched"
    for place in range(exercise.attempts):
        state = act(lesson, exercise.id, act="check", answer=bad[place % len(bad)])
        assert state["status"] == "wrong"
    assert not state["can_check"] and state["can_solve"]
    kept = act(lesson, exercise.id, act="check", answer=exercises.key(exercise)["right"])
    assert kept["status"] == "wrong", "no attempt is left"
    assert act(lesson, exercise.id, act="hint")["feedback"]
    assert act(lesson, exercise.id, act="solution")["status"] == "shown"
    state = act(lesson, exercise.id, act="reset")
    assert state["status"] == "untouched" and state["answer"] is None and not state["feedback"]


def test_the_same_answer_again_costs_no_attempt(folder):
    exercise, lesson = first("levels", "choice"), Lesson("levels", "uk")
    bad = next(option["id"] for option in exercise["option"] if not option.get("right"))
    for _ in range(5):
        act(lesson, exercise.id, act="check", answer=bad)
    assert lesson.record.of(exercise.id).attempts == 1


def test_other_numbers_after_reset_and_the_old_result_still_counts(folder):
    exercise, lesson = first("levels", "numeric"), Lesson("levels", "uk")
    values = lesson.record.values(exercise)
    answer = str(exercises.key(exercise, values)["value"])
    assert act(lesson, exercise.id, act="check", answer=answer)["status"] == "right"
    before = lesson._state(exercise)["prompt"]
    assert act(lesson, exercise.id, act="reset")["prompt"] != before
    assert lesson.record.result(exercise) == Result(True, 1.0)
    assert Record(lesson.chapter, folder).result(exercise) == Result(True, 1.0)


def test_after_a_reset_the_still_form_has_the_new_numbers_too(folder):
    exercise, lesson = first("levels", "numeric"), Lesson("levels", "uk")
    lesson.exercise(exercise.id)
    act(lesson, exercise.id, act="check", answer="1")
    act(lesson, exercise.id, act="reset")
    view = lesson.exercise(exercise.id)
    assert view.state["prompt"] in told(view)


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"act": None},
        {"act": "check"},
        {"act": "check", "answer": {"a": [1]}},
        {"act": "explode", "answer": 1},
        {"act": "check", "answer": "x" * 100_000},
        {"act": "check", "answer": ["\ud800"]},
        {"act": ["check"], "answer": 1},
        {"act": "check", "answer": float("nan")},
        {"act": "draft", "answer": True},
        {"act": "hint", "answer": "x"},
    ],
)
@pytest.mark.parametrize("kind", ["choice", "multi", "order", "classify", "numeric", "text"])
def test_no_message_of_a_browser_breaks_a_lesson(folder, kind, message):
    lesson, exercise = Lesson("levels", "uk"), first("levels", kind)
    state = act(lesson, exercise.id, **message)
    assert state["status"] != "right" and json.dumps(state)
    assert Lesson("levels", "ru")._state(exercise)["status"] != "right"


def test_a_changed_key_rescores(folder):
    exercise, lesson = first("levels", "choice"), Lesson("levels", "uk")
    right = exercises.key(exercise)["right"]
    act(lesson, exercise.id, act="check", answer=right)
    edited = json.loads(json.dumps(exercise.raw))
    edited["option"] = edited["option"][::-1]
    for option in edited["option"]:
        option["right"] = option["id"] != right and not any(
            o.get("right") for o in edited["option"] if o["id"] != right
        )
    if sum(option["right"] for option in edited["option"]) != 1:
        for option in edited["option"]:
            option["right"] = False
        next(option for option in edited["option"] if option["id"] != right)["right"] = True
    changed = exercises.Exercise("levels", edited)
    assert lesson.record.score(changed, right, 1).state == "wrong"
    assert lesson._state(changed)["answer"] == right


def test_saving_fails_and_the_answer_stays_on_screen(folder):
    lesson, exercise = Lesson("levels", "uk"), first("levels", "text")
    folder.parent.mkdir(exist_ok=True)
    folder.write_text("a file where the folder should be")
    state = act(lesson, exercise.id, act="draft", answer="моя думка")
    assert "Не збережено" in state["error"] and state["answer"] == "моя думка"
    folder.unlink()
    state = act(lesson, exercise.id, act="check", answer="моя думка")
    assert (
        state["error"] is None and Lesson("levels", "ru")._state(exercise)["answer"] == "моя думка"
    )


def test_torn_line_is_reported_once_and_the_rest_kept(folder, capsys):
    exercise, lesson = first("levels", "choice"), Lesson("levels", "uk")
    act(lesson, exercise.id, act="check", answer=exercises.key(exercise)["right"])
    path = folder / "levels.jsonl"
    path.write_bytes(b'{"v":1,"torn\n' + path.read_bytes())
    again = Lesson("levels", "uk")
    assert "пропущено пошкоджені рядки: 1" in capsys.readouterr().out
    assert again._state(exercise)["status"] == "right"


def test_mistakes_are_told_without_a_traceback(folder):
    lesson = Lesson("levels", "ru")
    for mistake, says in [
        (lambda: course.lesson("nothing", "uk"), "Немає уроку"),
        (lambda: course.lesson("levels", "en"), "uk / ru"),
        (lambda: lesson.exercise("nothing"), "Нет упражнения"),
        (lambda: lesson.data("nothing"), "nothing"),
        (lambda: lesson.instrument("../cli"), "Нет инструмента"),
        (lambda: lesson.check(first("levels", "choice").id, 1), "не ждёт значения"),
    ]:
        with pytest.raises(CourseError, match=says) as raised:
            mistake()
        assert raised.value._render_traceback_() == [str(raised.value)]


def test_value_is_handed_over_once_and_ellipsis_is_no_attempt(folder):
    exercise, lesson = first("levels", "value"), Lesson("levels", "uk")
    view = lesson.check(exercise.id, ...)
    assert (
        view.state["status"] == "untouched"
        and view.state["error"] is None
        and "..." in view.spec["call"]
    )
    truth = exercises.key(exercise)["value"]
    import pandas as pd

    value = pd.Series(truth["values"], index=truth["index"]) if isinstance(truth, dict) else truth
    for _ in range(3):
        assert lesson.check(exercise.id, value).state["status"] == "right"
    assert lesson.record.of(exercise.id).attempts == 1
    assert lesson.check(exercise.id, "рядок").state["status"] == "invalid"


def test_any_value_gets_an_answer_and_none_a_traceback(folder):
    import numpy as np
    import pandas as pd

    lesson = Lesson("audit", "uk")
    name = first("audit", "value").id
    for value, says in [
        (None, ""),
        ("text", ""),
        (True, ""),
        (float("nan"), ""),
        ([1, 2], ""),
        ({1: 2}, ""),
        (print, ""),
        (np.arange(3), ""),
        (np.float64(2), ""),
        (pd.Series(dtype=float), ""),
        (pd.Timestamp("2026-01-01"), ""),
        (pd.DataFrame({"a": [1], "b": ["x"]}), ""),
        (pd.Series([1j, 2]), ""),
        (pd.Series([[1], [2]]), ""),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), ""),
        (pd.Series(range(10**6)), "завелике"),
    ]:
        state = lesson.check(name, value).state
        assert state["status"] != "right" and says in str(state["error"])


@pytest.mark.parametrize("lang", LANGS)
def test_what_does_not_fit_is_said_in_words_with_what_to_do(folder, lang):
    import numpy as np
    import pandas as pd

    number, column, table = (
        ("when-it-pays", "pays-saved"),
        ("when-it-pays", "pays-response"),
        (
            "deal-to-relationship",
            "deal-returns",
        ),
    )
    series, frame = pd.Series([1.0, 2.0]), pd.DataFrame({"returned": [1.0, 2.0]})
    truth = TRUTHS["deal_returns"]()
    for (slug, name), value, key in [
        (number, (3, 9), "tuple"),
        (number, (3, 27.5), "tuple"),
        (column, (3, 9), "tuple"),
        (number, "3,9", "quoted"),
        (number, [3, 9], "list"),
        (number, np.arange(3), "list"),
        (number, None, "nothing"),
        (number, float("nan"), "nothing"),
        (number, print, "strange"),
        (number, series, "column_for_number"),
        (number, frame, "table_for_number"),
        (column, 5, "number_for_column"),
        (column, frame, "table_for_column"),
        (column, pd.Series([1.0, 2.0], index=["a", "a"]), "twice"),
        (table, 5, "number_for_table"),
        (table, truth["open"], "column_for_table"),
        (table, frame, "columns"),
        (table, truth.astype(str), "cells"),
    ]:
        state = Lesson(slug, lang).check(name, value).state
        said = text(f"value.{key}", lang, **({"names": "`returned`"} if key == "columns" else {}))
        assert state["status"] == "invalid" and state["feedback"][-1]["text"] == said, value
        assert state["feedback"][-1]["lead"] == text("lead.unfit", lang)


@pytest.mark.parametrize(
    ("lang", "column", "names", "table"),
    [
        ("uk", "стовпець чисел (рядків – 3)", "стовпець (рядків – 2)", "таблицю (рядків – 1,"),
        ("ru", "столбец чисел, строк: 3", "столбец, строк: 2", "таблицу, строк: 1, столбцов: 2"),
    ],
)
def test_a_column_is_not_called_a_table(folder, lang, column, names, table):
    import pandas as pd

    lesson, exercise = Lesson("levels", lang), first("levels", "value")
    for value, words in [
        (pd.Series([1.0, None, 3]), column),
        (pd.Series(["basic", "basic"]), names),
        (pd.DataFrame({"a": [1], "b": [2]}), table),
    ]:
        said = lesson.check(exercise.id, value).state["feedback"][0]["text"]
        assert words in said.replace("\u00a0", " "), said


def test_a_refused_value_leaves_no_verdict_of_the_one_before(folder):
    import pandas as pd

    lesson, exercise = Lesson("levels", "uk"), first("levels", "value")
    truth = exercises.key(exercise)["value"]
    value = pd.Series(truth["values"], index=truth["index"]) if isinstance(truth, dict) else truth
    assert lesson.check(exercise.id, value).state["status"] == "right"
    state = lesson.check(exercise.id, pd.Series(range(10**5))).state
    assert state["status"] == "invalid" and "завелике" in state["error"]
    assert [line["tone"] for line in state["feedback"]] == ["note"]
    assert "100 %" in state["feedback"][0]["text"].replace("\u00a0", " ")
    assert lesson.check(exercise.id, value).state["status"] == "right"


def test_progress_counts_and_due(folder):
    exercise, lesson = first("levels", "choice"), Lesson("levels", "uk")
    assert "0 з" in told(lesson.progress())
    bad = next(option["id"] for option in exercise["option"] if not option.get("right"))
    act(lesson, exercise.id, act="check", answer=bad)
    page = told(lesson.progress())
    assert "Виконано 1 з" in page and "Ще не вийшло:" in page
    act(lesson, exercise.id, act="check", answer=exercises.key(exercise)["right"])
    page = told(lesson.progress())
    assert "правильно\N{NO-BREAK SPACE}– 1" in page and "Ще не вийшло:" not in page
    assert "Выполнено 1 из" in told(Lesson("start", "ru").progress())


def test_old_right_answers_become_due(folder):
    exercise, lesson = first("levels", "choice"), Lesson("levels", "uk")
    act(lesson, exercise.id, act="check", answer=exercises.key(exercise)["right"])
    path = folder / "levels.jsonl"
    year = path.read_text("utf-8")[12:]
    path.write_text(
        path.read_text("utf-8").replace(
            json.loads(path.read_text("utf-8"))["t"], "2020-01-01T00:00:00.000Z"
        ),
        "utf-8",
    )
    assert year and "варто повторити – 1" in told(Lesson("levels", "uk").progress())


def test_the_plan_returns_in_lesson_11_and_is_exported_as_typed(folder):
    act(
        Lesson("value-plan", "uk"),
        "value-plan",
        act="draft",
        answer={"who": "Кав’ярні <b>на 20</b> місць", "why": "*свіжість*"},
    )
    page = Lesson("audit", "ru").plan()
    assert "&lt;b&gt;на 20" in page.html and "<b>на 20" not in page.html
    Lesson("value-plan", "uk").export(name="Олена Коваль")
    path = folder.parent / "hand-in" / "03-value-plan-uk.md"
    assert r"\<b\>на 20\</b\>" in path.read_text("utf-8") and r"\*свіжість\*" in path.read_text(
        "utf-8"
    )
    assert Lesson("audit", "uk").plan().plain != Lesson("audit", "ru").plan().plain


def test_seed_is_one_for_a_folder(folder):
    from course import record as lessons

    exercise = first("levels", "numeric")
    values = Lesson("levels", "uk").record.values(exercise)
    lessons._kept.cache_clear()
    lessons._proposed.cache_clear()
    assert Lesson("levels", "ru").record.values(exercise) == values
    assert os.path.isfile(folder / "learner.jsonl")


def test_what_cannot_be_read_costs_no_attempt_and_stays_as_a_draft(folder):
    exercise, lesson = first("levels", "numeric"), Lesson("levels", "uk")
    for _ in range(exercise.attempts + 1):
        state = act(lesson, exercise.id, act="check", answer="сім")
        assert (
            "Потрібне одне число" in state["error"]
            and state["can_check"]
            and state["answer"] == "сім"
        )
    assert lesson.record.of(exercise.id).attempts == 0


def test_half_a_mark_is_done_but_not_right(folder):
    exercise, lesson = first("levels", "order"), Lesson("levels", "uk")
    items = [item["id"] for item in exercise["item"]]
    assert (
        act(lesson, exercise.id, act="check", answer=[items[1], items[0], *items[2:]])["status"]
        == "partial"
    )
    page = told(lesson.progress())
    assert "Виконано 1 з" in page and "правильно\N{NO-BREAK SPACE}– 0" in page
    assert "Ще не вийшло:" in page


def test_an_instrument_is_found_as_it_was_left_in_the_other_language_too(folder):
    panel = Lesson("levels", "uk").instrument("levels")
    name, value = next(
        (name, value)
        for name, value in panel.state["values"].items()
        if isinstance(value, (int, float))
    )
    panel._act({"act": "set", "values": {name: value + 1}})
    assert Lesson("levels", "ru").instrument("levels").state["values"][name] == value + 1


@pytest.mark.parametrize("kind", ["choice", "numeric", "order"])
def test_the_best_answer_counts_whatever_is_tried_after_it(folder, kind):
    lesson, exercise = Lesson("levels", "uk"), first("levels", kind)
    key = exercises.key(exercise, lesson.record.values(exercise))
    if kind == "choice":
        good, bad = key["right"], [name for name in key["options"] if name != key["right"]]
    elif kind == "numeric":
        good, bad = str(key["value"]), ["123456", "234567"]
    else:
        good = sorted(key["ranks"], key=key["ranks"].get)
        bad = [good[::-1], good[1:] + good[:1]]
    for answer in (bad[0], bad[1], good):  # right at the last attempt
        state = act(lesson, exercise.id, act="check", answer=answer)
    assert state["status"] == "right" and lesson.record.of(exercise.id).attempts == 3
    assert act(lesson, exercise.id, act="draft", answer=bad[0])["can_check"]
    for answer in (bad[0], bad[1], good, bad[0]):
        state = act(lesson, exercise.id, act="check", answer=answer)
        assert (state["status"] == "right") == (answer == good)
        assert state["left"] and ("зараховано" in state["head"]) == (answer != good)
    assert Record(lesson.chapter, folder).result(exercise) == Result(True, 1.0)
    assert "правильно – 1, варто повторити – 0" in told(lesson.progress())


@pytest.mark.parametrize(("kind", "button"), [("numeric", "Інші числа"), ("order", "Спочатку")])
def test_attempts_that_ran_out_say_which_button_to_press(folder, kind, button):
    lesson, exercise = Lesson("levels", "uk"), first("levels", kind)
    if kind == "order":
        ranks = exercises.key(exercise)["ranks"]
        names = sorted(ranks, key=ranks.get)
        bad = [names[turn:] + names[:turn] for turn in range(1, 5)]
    else:
        bad = ["123456", "234567", "345678", "456789"]
    for answer in bad[: exercise.attempts]:
        state = act(lesson, exercise.id, act="check", answer=answer)
    assert not state["left"] and button in state["feedback"][-1]["text"]
    state = act(lesson, exercise.id, act="draft", answer=bad[-1])
    assert button in state["feedback"][-1]["text"], "also while the answer is being changed"
    state = act(lesson, exercise.id, act="solution")
    assert f"натисніть «{button}»" in state["feedback"][-1]["text"] and state["can_reset"]


def test_a_text_is_saved_again_after_the_sample_was_read(folder):
    lesson, exercise = Lesson("levels", "uk"), first("levels", "text")
    whole = "слово " * exercise["words"][0]
    act(lesson, exercise.id, act="check", answer=whole)
    assert act(lesson, exercise.id, act="solution")["can_reset"]
    act(lesson, exercise.id, act="draft", answer="Перша думка. Друга.")
    state = act(lesson, exercise.id, act="check", answer="Перша думка. Друга.")
    assert state["status"] == "saved" and state["answer"] == "Перша думка. Друга."
    assert act(lesson, exercise.id, act="reset")["answer"] is None
    assert lesson.record.of(exercise.id).answer is None


def test_a_guess_is_kept_and_stands_beside_the_answer_at_the_end(folder):
    lesson, exercise = Lesson("levels", "uk"), first("levels", "choice")
    options = {option["id"]: option["text"] for option in exercise["option"]}
    right = exercises.key(exercise)["right"]
    wrong = next(name for name in options if name != right)
    before = lesson.exercise(exercise.id).state["feedback"]
    view = lesson.guess(exercise.id)
    assert view.spec["main"] == "keep" and view.state["status"] == "untouched"
    for message in (
        {"act": "check", "answer": "nothing of the kind"},
        {"act": "check", "answer": [1]},
    ):
        view._receive(None, message, None)
        assert view.state["status"] == "untouched" and view.state["error"]
    view._receive(None, {"act": "draft", "answer": wrong}, None)
    assert view.state["status"] == "untouched"
    view._receive(None, {"act": "check", "answer": wrong}, None)
    assert (
        view.state["status"] == "saved" and not view.state["marks"] and not view.state["can_solve"]
    )
    assert "Виконано 0 з" in told(lesson.progress()), "a guess is no answer"
    for lang in ("uk", "ru"):
        again = Lesson("levels", lang)
        assert again.guess(exercise.id).state["answer"] == wrong
        feedback = again.exercise(exercise.id).state["feedback"]
        assert len(feedback) == len(before) + 1
        assert options[wrong][lang].rstrip(".") in feedback[0]["text"]
    state = act(lesson, exercise.id, act="check", answer=right)
    assert (
        state["status"] == "right"
        and options[wrong]["uk"].rstrip(".") in state["feedback"][0]["text"]
    )


def test_a_line_of_the_journal_that_sets_an_exercise_breaks_no_card(folder):
    exercise = first("levels", "choice")
    journal = Lesson("levels", "uk").record.journal
    journal.append(exercise.id, "set", {"a": 1}, lang="uk")
    state = Lesson("levels", "uk")._state(exercise)
    assert state["status"] == "untouched"
    journal.append(f"guess:{exercise.id}", "answer", ["x"], lang="uk")
    assert Lesson("levels", "uk").guess(exercise.id).state["answer"] is None


@pytest.mark.slow
def test_a_plot_on_the_page_has_a_text():
    """In a kernel, where matplotlib takes the formatters of figures away once it begins."""
    from nbclient import NotebookClient
    from nbformat.v4 import new_code_cell, new_notebook

    plot = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.title('A <b>')\nplt.ylabel('h');"
    sources = ("import course\nlesson = course.lesson('levels', 'ru')", plot, plot)
    book = new_notebook(cells=[new_code_cell(source) for source in sources])
    NotebookClient(book, kernel_name="python3").execute()
    for cell in book.cells[1:]:
        shown = [output["data"].get("text/html", "") for output in cell.outputs if "data" in output]
        assert any('alt="График. Подписи: A &lt;b&gt;, h."' in html for html in shown)
