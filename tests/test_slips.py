"""The usual slips of Python are told in words, the card stays, and a fault of the course is never dressed up."""

import os
import re
import runpy
import sys
from html import unescape
from pathlib import Path

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

import course
from course import slips
from course.lab import startup
from course.texts import LANGS, section, text

GROUND = """
import numpy as np
import pandas as pd
df = pd.DataFrame({"customer_id": [1, 2], "segment": ["small", "large"], "margin_kuah": [3.0, 20.0]})
margin = df["margin_kuah"]
assigned = pd.Series(["basic", "basic"])
gap = ...
price = 3,9
"""
# The cell, the slip, and what is marked in it.
CELLS = [
    ("asigned", "misspelt", "asigned"),
    ("margin.groupby(by=segment_of)", "unknown", "segment_of"),
    ("сума + 1", "cyrillic", "сума"),
    ("lesson.chеck('levels-assign', 1)", "cyrillic", "lesson.chеck"),
    ("df['sеgment']", "cyrillic", "df['sеgment']"),
    ('lesson.check("levels-assign")', "missing", 'lesson.check("levels-assign")'),
    ('lesson.check("levels-assign", )', "missing", 'lesson.check("levels-assign", )'),
    ("lesson.exercise()", "arguments", "lesson.exercise()"),
    ("gap * 2", "dots", "gap * 2"),
    ("margin >= gap", "dots", "margin >= gap"),
    ("gap['x']", "dots", "gap['x']"),
    ("x = 1\ntotal =", "nothing", None),
    ("df['x'] = # later", "nothing", None),
    ("np.select([margin >= 12,00], ['a'], default='b')", "comma", "12,00"),
    ("limits = [margin >= 12,00, margin > 5]\nnp.select(limits, ['a', 'b'])", "comma", "12,00"),
    ("margin >= 12,05", "comma", "12,05"),
    ("df[margin >= 12,00]", "comma", "12,00"),
    ('lesson.check("levels-margin-share", 12,5)', "comma", "12,5"),
    ("float('12,5')", "comma", None),
    ("rate = 3,9\nrate * 1.2", "comma", "3,9"),
    ("price * 1.2", "pair", "price * 1.2"),
    ("1.2 - price", "pair", "1.2 - price"),
    ("df[«segment»]", "quotes", "«"),
    ("df[“segment”]", "quotes", "“"),
    ("df[‘segment’]", "quotes", "‘"),
    ('df["segment”]', "open_quotes", None),
    ('lesson.check("levels-assign, 1)', "open_quotes", None),
    ("margin ≥ 12", "sign", "≥"),
    ("margin − 12", "sign", "−"),
    ("№ = 5", "letter", "№"),
    ("df['segment'", "bracket", None),
    ("x = df['segment'\ny = 2", "bracket", "["),
    ("(margin + [1, 2)", "bracket", ")"),
    ("margin.sum())", "bracket", ")"),
    ("if margin.sum() > 5\n    1", "colon", None),
    ("for x in margin:\nx", "indent", None),
    ("x = 1\n  y = 2", "indent", None),
    ("if margin.sum() > 5:", "indent", None),
    ("if margin.sum() = 5: 1", "equals", None),
    ("df['a' = 'b']", "equals", None),
    ('lesson.check("levels-assign" assigned)', "between", '"levels-assign" assigned'),
    ("x = 1 2", "syntax", "2"),
    ("df['margn_kuah']", "column", "df['margn_kuah']"),
    ("df[['margn_kuah', 'segment']]", "column", None),
    ("df[['margn_kuah']]", "column", None),
    ("df.groupby('segmen')['margin_kuah'].mean()", "column", None),
    ("df.groupby('segment')['margin_kua'].mean()", "column", None),
    ("df.groupby('segment')[['margin_kua']].mean()", "column", None),
    ("df.sort_values('margin_kua')", "column", None),
    ("df['hours']", "columns", None),
    ("{'a': 1}['b']", "key", None),
    (
        "df[df['segment'] == 'ферма'].pivot_table(index='customer_id', columns='segment')['farm']",
        "empty",
        None,
    ),
    ("margin[7]", "key", None),
    ("np.where(margin > 5, 'a', 'b').map({})", "array", None),
    ("print(df).head()", "none", None),
    ("df.grupby('segment')", "attribute", "df.grupby"),
    ("df.margn_kuah", "attribute", "df.margn_kuah"),
    ("pd.Dataframe", "attribute", "pd.Dataframe"),
    ("margin.turn_over()", "no_attribute", None),
    ("'a' + 1", "text_number", None),
    ("1 + 'a'", "text_number", None),
    ("margin > '12'", "text_number", None),
    ("margin + 'a'", "text_number", None),
    ("df['segment'] + 1", "text_number", None),
    ("df['segment'] * 1.5", "text_number", None),
    ("df['segment'] > 5", "text_number", None),
    ("round('a')", "text_number", None),
    ("int('twelve')", "text_number", None),
    ("df('segment')", "callable", "df('segment')"),
    ("1 / 0", "zero", "1 / 0"),
    ("np.select([margin >= 12.0, margin > 5], ['a'], default='b')", "select", None),
    ("df[margin > 1 and margin < 5]", "conditions", None),
    ("df[margin > 1 & margin < 5]", "conditions", None),
]


@pytest.fixture
def shell(monkeypatch, tmp_path):
    """A notebook's Python, in this process."""
    monkeypatch.setenv("COURSE_ANSWERS", str(tmp_path / "answers"))
    monkeypatch.setattr(slips, "_lesson", None)
    InteractiveShell.clear_instance()
    yield InteractiveShell.instance(colors="nocolor")
    InteractiveShell.clear_instance()


def run(shell, cell):
    """Run a cell; returns what it displays, as bundles, and the error that it is told to the notebook."""
    errors = []
    shell._showtraceback = lambda kind, error, lines: errors.append("\n".join(lines))
    with capture_output() as shown:
        done = shell.run_cell(cell, store_history=True)
    assert not shown.stderr, shown.stderr
    return [output.data for output in shown.outputs], errors, done


def patterns(lang):
    """Each sentence as a regular expression."""
    return {
        key: re.compile(re.sub(r"\\\{\w+\\\}", "(.+)", re.escape(pattern)))
        for key, pattern in section("slips", lang).items()
        if key != "line"
    }


def slip_of(bundle, lang="uk"):
    sentence = bundle["text/plain"].partition("\n")[0]
    fits = [key for key, pattern in patterns(lang).items() if pattern.fullmatch(sentence)]
    assert len(fits) == 1, (sentence, fits)
    return fits[0], sentence


@pytest.mark.filterwarnings("ignore::SyntaxWarning")
@pytest.mark.parametrize(("cell", "key", "marked"), CELLS, ids=lambda value: str(value)[:40])
def test_a_slip_is_told_in_one_sentence_with_its_place(shell, cell, key, marked):
    run(shell, f'{GROUND}\nimport course\nlesson = course.lesson("levels", "uk")')
    (told, *_), errors, done = run(shell, cell)
    assert not done.success, "a run of all cells stops here as ever"
    assert slip_of(told)[0] == key
    assert len(errors) == 1 and errors[0].count("\n") == 0 and "Traceback" not in errors[0]
    assert errors[0].startswith(slips.GRAY) and "Error" in errors[0]
    mark = re.search(r"<pre>(.*)<mark>(.+)</mark>(.*)</pre>", told["text/html"], re.S)
    line = unescape("".join(mark.groups())).strip()
    assert line and line in cell
    if marked:
        assert unescape(mark[2]) == marked


@pytest.mark.parametrize("lang", LANGS)
def test_every_sentence_is_said_somewhere_and_in_the_lesson_s_language(shell, lang):
    keys = {key for _, key, _ in CELLS} | {"first", "line"}
    assert keys == set(section("slips", lang))
    run(shell, f'{GROUND}\nimport course\nlesson = course.lesson("levels", "{lang}")')
    for cell, key, _ in CELLS:
        assert slip_of(run(shell, cell)[0][0], lang)[0] == key


@pytest.mark.parametrize(("cell", "words"), [
    ("asigned", ["`asigned`", "`assigned`"]),
    ("margin >= 12,05", ["`12,05`", "`12.05`"]),
    ("df['margn_kuah']", ["`margn_kuah`", "`margin_kuah`"]),
    ("df['hours']", ["`hours`", "`customer_id`", "`segment`", "`margin_kuah`"]),
    ("df.grupby('segment')", ["`.grupby`", "`.groupby`"]),
    ("margin ≥ 12", ["«≥»", "`>=`"]),
    ("float('12,5')", ["`12,5`", "`12.5`"]),
    ("price - 1.5", ["`price`", "`price = 3.9`"]),
])  # fmt: skip
def test_the_sentence_names_what_was_written_and_what_to_write(shell, cell, words):
    run(shell, f'{GROUND}\nimport course\nlesson = course.lesson("levels", "uk")')
    sentence = slip_of(run(shell, cell)[0][0])[1]
    assert all(word in sentence for word in words), sentence


@pytest.mark.parametrize(
    "numbers", ["[1,2,3]", "df.iloc[0, 1]", "x1,5", "'12,5'", "(1, 5)", "5  # 1,5", "1.2,5.0"]
)
def test_two_numbers_are_not_taken_for_one_with_a_comma(numbers):
    assert slips.recognise(ValueError("list of cases must be"), numbers) == slips.Slip("select", {})


@pytest.mark.parametrize("source", ["1,2\n[3]", "[2,5]", "f(12,00)", "x >= 12,00, y", "3,14;"])
def test_a_number_with_a_comma_is_found(source):
    assert slips.recognise(ValueError("list of cases must be"), source).key == "comma"


def test_what_is_no_usual_slip_keeps_its_traceback(shell):
    run(shell, f'{GROUND}\nimport course\nlesson = course.lesson("levels", "uk")')
    for cell in (
        "open('nothing.csv')",
        "[].pop()",
        "raise RuntimeError('x')",
        "df.query('segment = 5')",
    ):
        shown, errors, _ = run(shell, cell)
        assert (
            not shown and len(errors) == 1 and ("Cell In" in errors[0] or "line 1" in errors[0])
        ), errors


def test_a_fault_of_the_course_keeps_its_traceback_and_shows_no_card(shell, monkeypatch):
    run(shell, f'{GROUND}\nimport course\nlesson = course.lesson("levels", "uk")')
    monkeypatch.setattr("course.truths.plain", lambda value: value.nothing_like_this)
    shown, errors, _ = run(shell, 'lesson.check("levels-assign", 5)')
    assert not shown and "lessons.py" in errors[0] and "AttributeError" in errors[0]


def test_a_mistake_that_the_course_tells_stays_as_it_is(shell):
    run(shell, f'{GROUND}\nimport course\nlesson = course.lesson("levels", "uk")')
    shown, errors, _ = run(shell, 'lesson.exercise("levels-odrer")')
    assert not shown and errors[0].startswith("Немає вправи «levels-odrer»")


@pytest.mark.parametrize("cell", [
    'lesson.check("levels-assign", asigned)',
    "lesson.check('levels-assign'",
    'level = np.select([margin >= 12,00], ["reactive"])\nlesson.check("levels-assign", level)',
    'open("nothing.csv")\nlesson.check("levels-assign", 1)',
])  # fmt: skip
def test_the_card_is_shown_below_a_slip(shell, cell):
    run(shell, f'{GROUND}\nimport course\nlesson = course.lesson("levels", "uk")')
    shown, errors, _ = run(shell, cell)
    assert len(errors) == 1 and course.lesson("levels", "uk").exercise("levels-assign").spec["call"]
    assert "Обчислення в pandas" in shown[-1]["text/plain"] and len(shown) == 1 + (
        "open" not in cell
    )


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("broken", ["asigned", "(1", "margin >= 12,05", "open('nothing.csv')"])
def test_a_verdict_stands_for_its_own_run_alone(shell, lang, broken):
    run(shell, f'{GROUND}\nimport course\nlesson = course.lesson("levels", "{lang}")')
    hand = 'lesson.check("levels-margin-share", {})'.format
    truth = "course.exercises.key(lesson._exercise('levels-margin-share'))['value']"
    run(shell, f"import course.exercises\nright = {truth}")
    ask, state = (
        "lesson._state(lesson._exercise('levels-margin-share'))",
        lambda: shell.user_ns["lesson"]._cards["levels-margin-share"].state,
    )
    run(shell, hand("right"))
    assert state()["status"] == "right"
    run(shell, hand(broken))
    assert state()["status"] == "invalid" and state()["head"] == text("state.lost", lang)
    said = [line["text"] for line in state()["feedback"]]
    assert not any(line["tone"] in ("ok", "no") for line in state()["feedback"])
    assert "100" in said[-1] and state()["error"] == text("say.stopped", lang)
    assert run(shell, ask)[2].result["status"] == "invalid", "no other view knows it better"
    run(shell, hand("right"))
    assert state()["status"] == "right" and state()["error"] is None
    run(shell, hand("right") + "\n1 / 0")
    assert state()["status"] == "right", "this run has handed it over"
    run(shell, hand("right * 2"))
    assert state()["status"] == "wrong" and text("state.counted", lang) in state()["head"]


def test_before_a_lesson_is_open_the_page_is_to_be_made_live(shell, monkeypatch):
    slips.install()
    for lang, says in (
        ("uk", "«Запустити всі клітинки»"),
        ("ru", "«Запустить все ячейки»"),
        ("en", "«Запустити"),
    ):
        monkeypatch.setenv("COURSE_LANG", lang)
        for cell in ('lesson.exercise("levels-order")', "df.head()"):
            (told,), errors, _ = run(shell, cell)
            assert says in told["text/plain"] and "is not defined" in errors[0]


def test_where_no_notebook_runs_nothing_is_installed(monkeypatch):
    InteractiveShell.clear_instance()
    slips.install()
    monkeypatch.delitem(sys.modules, "IPython")
    slips.install()
    assert "IPython" not in sys.modules


def test_the_startup_file_is_set_for_every_kernel_and_runs_the_user_s_own(monkeypatch):
    monkeypatch.setenv("PYTHONSTARTUP", "/home/me/start.py")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(["", "/home/me/lib", ""]))
    added = startup("ru")
    assert added["PYTHONPATH"] == "/home/me/lib", "an empty entry is the folder of the page"
    assert added["COURSE_LANG"] == "ru" and added["COURSE_STARTUP"] == "/home/me/start.py"
    assert Path(added["PYTHONSTARTUP"]).is_file()
    monkeypatch.setenv("PYTHONSTARTUP", added["PYTHONSTARTUP"])
    assert "COURSE_STARTUP" not in startup("ru"), "it must not run itself"
    monkeypatch.delenv("PYTHONSTARTUP")
    assert "COURSE_STARTUP" not in startup("uk")
    # IPython before 9.7 puts the page's folder there all the same.
    monkeypatch.setattr(sys, "path", [*sys.path, ""])
    runpy.run_path(added["PYTHONSTARTUP"])
    assert "" not in sys.path


def test_a_real_kernel_speaks_from_its_first_cell_on(tmp_path, monkeypatch, root):
    from nbclient import NotebookClient

    own, ran = tmp_path / "own.py", tmp_path / "ran"
    own.write_text("mine = 5\n")
    # What a kernel starts with, what a lesson imports, and what pandas looks for in vain.
    for name in ("ipykernel_launcher", "pathlib", "course", "pandas", "bottleneck", "numexpr"):
        (tmp_path / f"{name}.py").write_text(f"open({str(ran)!r}, 'a').write(__name__)\n")
    monkeypatch.setenv("PYTHONSTARTUP", str(own))
    env = (
        os.environ
        | startup("ru")
        | {"COURSE_ANSWERS": str(tmp_path / "answers"), "PYTHONPATH": str(root)}
    )
    cells = [
        "lesson.exercise('x')",
        "print(mine, [name for name in globals() if 'slips' in name or 'file' in name])",
        "import course, pandas\nlesson = course.lesson('levels', 'uk')",
        "lesson.check('levels-assign', asigned)",
    ]
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(book, allow_errors=True, kernel_name="python3").execute(
        cwd=str(tmp_path), env=env
    )
    first, mine, opened, last = (cell.outputs for cell in book.cells)
    assert (
        "«Запустить все ячейки»" in first[0].data["text/html"] and first[1].output_type == "error"
    )
    assert mine[0].text == "5 []\n"
    assert opened == [] and not ran.exists(), "a file beside the notebook"
    assert [output.output_type for output in last] == ["display_data", "error", "display_data"]
    assert "`asigned`" in last[0].data["text/plain"]
    assert "application/vnd.jupyter.widget-view+json" in last[2].data
