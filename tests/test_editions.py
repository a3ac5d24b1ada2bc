"""From one source to two editions: what is made, what is refused, and that the committed ones are up to date."""

import json
import re

import nbformat
import pytest

from course import cli
from course.authoring.editions import EditionError, build, pieces
from course.exercises import chapters
from course.texts import text

HEAD = """---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---

"""
PROSE = """+++ {"tags": ["uk"]}

# Рівні

[Читати російською](../ru/05-levels.ipynb)

+++ {"tags": ["ru"]}

# Уровни

[Читать по-украински](../uk/05-levels.ipynb)

"""
FIRST = """```{code-cell}
import course

lesson = course.lesson("levels", "LANG")
```

"""
CARD = """```{code-cell}
lesson.exercise("who")
```

"""
OPEN = """```{code-cell}
:tags: [raises-exception]

df = lesson.data("audit_pairs")
lesson.check("who", len(df))
```
"""
EXERCISES = """[lesson]
number = 5
slug = "levels"
minutes = 75
title.uk = "П’ять рівнів"
title.ru = "Пять уровней"

[[exercise]]
id = "who"
kind = "choice"
prompt.uk = "Хто телефонує?"
prompt.ru = "Кто звонит?"
[[exercise.option]]
id = "seller"
text.uk = "Продавець"
text.ru = "Продавец"
right = true
[[exercise.option]]
id = "buyer"
text.uk = "Покупець"
text.ru = "Покупатель"
"""
README = "# Name\n\n<!-- lessons -->\nold\n<!-- end of lessons -->\n\nrest\n"


@pytest.fixture
def source(tmp_path):
    """Write a lesson; return the root of its checkout."""

    def write(page, exercises=EXERCISES):
        folder = tmp_path / "lessons" / "05-levels"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "lesson.md").write_text(page, "utf-8")
        (folder / "exercises.toml").write_text(exercises, "utf-8")
        return tmp_path

    return write


def line_of(page, words):
    return page[: page.index(words)].count("\n") + 1


def editions(root):
    made = build(root)
    return [json.loads(made[f"notebooks/{lang}/05-levels.ipynb"]) for lang in ("uk", "ru")]


def test_the_committed_editions_are_up_to_date(root, capsys):
    assert cli.build(root, check=True) == 0, capsys.readouterr().out


def test_every_committed_notebook_is_sound(root):
    paths = sorted(root.glob("notebooks/*/*.ipynb"))
    assert len(paths) == 2 * len(chapters())
    for path in paths:
        raw = path.read_text("utf-8")
        book = nbformat.reads(raw, 4)
        nbformat.validate(book)
        assert raw.endswith("}\n") and "LANG" not in raw
        assert book.metadata.course.lang == path.parent.name
        assert len({cell.id for cell in book.cells}) == len(book.cells)
        for cell in book.cells:
            if cell.cell_type == "code":
                assert not re.search("[\u0400-\u04ff]", cell.source), path


def test_editions_differ_only_in_prose_and_in_the_opening_line(source):
    uk, ru = editions(source(HEAD + PROSE + FIRST + CARD + OPEN))
    assert [cell["id"] for cell in uk["cells"]] == [
        "levels-001",
        "levels-002",
        "levels-003",
        "levels-004",
    ]
    assert [cell["id"] for cell in ru["cells"]] == [cell["id"] for cell in uk["cells"]]
    code = [
        ["".join(cell["source"]) for cell in book["cells"] if cell["cell_type"] == "code"]
        for book in (uk, ru)
    ]
    assert code[0][0] == 'import course\n\nlesson = course.lesson("levels", "uk")'
    assert code[1][0] == code[0][0].replace('"uk"', '"ru"') and code[0][1:] == code[1][1:]
    assert "".join(ru["cells"][0]["source"]).startswith("# Уровни\n\n[Читать")
    assert uk["metadata"]["course"] == {"lesson": "levels", "lang": "uk"}
    assert uk["metadata"]["kernelspec"] == {
        "display_name": "Python 3",
        "language": "python",
        "name": "python3",
    }


def test_widget_cells_are_folded_and_teaching_cells_are_open(source):
    cells = editions(source(HEAD + PROSE + FIRST + CARD + OPEN))[0]["cells"]
    assert [cell["metadata"] for cell in cells] == [
        {},
        {"jupyter": {"source_hidden": True}},
        {"jupyter": {"source_hidden": True}},
        {"tags": ["raises-exception"]},
    ]


def test_a_page_without_a_kernel_shows_the_exercise(source):
    for lang, book in zip(
        ("uk", "ru"), editions(source(HEAD + PROSE + FIRST + CARD + OPEN)), strict=True
    ):
        outputs = [cell.get("outputs", []) for cell in book["cells"]]
        assert [len(found) for found in outputs] == [0, 0, 1, 1], (
            "what is handed over in code is told as well"
        )
        assert [cell.get("execution_count") for cell in book["cells"]] == [None, None, 3, 4]
        data = outputs[2][0]["data"]
        for kind in ("text/html", "text/plain"):
            shown = "".join(data[kind])
            assert {"uk": "Покупець", "ru": "Покупатель"}[lang] in shown
            assert text("card.live", lang)[:20] in shown


def test_the_same_bytes_each_time_in_the_form_jupyter_writes(source):
    root = source(HEAD + PROSE + FIRST + CARD + OPEN)
    first = build(root)
    assert first == build(root)
    raw = first["notebooks/uk/05-levels.ipynb"].decode()
    assert (
        nbformat.writes(nbformat.reads(raw, 4)) + "\n" == raw
        or nbformat.writes(nbformat.reads(raw, 4)) == raw
    )


@pytest.mark.parametrize(
    ("page", "where", "said"),
    [
        (PROSE.split('+++ {"tags": ["ru"]}')[0] + FIRST, "# Рівні", "no other half"),
        (
            '+++ {"tags": ["ru"]}' + PROSE.split('+++ {"tags": ["ru"]}')[1] + FIRST,
            "# Уровни",
            "no other half",
        ),
        (
            PROSE.replace('"uk"', '"xx"').replace('"ru"', '"uk"').replace('"xx"', '"ru"') + FIRST,
            "# Рівні",
            "wrong order",
        ),
        (
            PROSE.replace('+++ {"tags": ["ru"]}', FIRST + '+++ {"tags": ["ru"]}'),
            "# Рівні",
            "no other half",
        ),
        (PROSE.replace('{"tags": ["ru"]}', ""), "# Уровни", "prose needs one language"),
        (PROSE.replace('["ru"]', '["ru", "uk"]'), "# Уровни", "prose needs one language"),
        (PROSE + FIRST + "Без мови.\n", "Без мови", "prose needs one language"),
        (PROSE.replace('{"tags": ["ru"]}', '{"tags": ["ru"}'), '["ru"}', "cannot be read"),
        (
            PROSE + FIRST + CARD.replace("who", "whom"),
            'lesson.exercise("whom")',
            "no such exercise",
        ),
        (PROSE + FIRST.replace("LANG", "uk"), "import course", 'course.lesson("levels", "LANG")'),
        (
            PROSE + FIRST.replace("levels", "level"),
            "import course",
            'course.lesson("levels", "LANG")',
        ),
        (PROSE + FIRST.replace("import course\n", ""), "lesson = course", "import course"),
        (PROSE + FIRST + FIRST, None, "first code cell only"),
        (
            PROSE + FIRST + '```{code-cell}\nlesson.instrument("levles")\n```\n',
            "levles",
            "no such instrument",
        ),
    ],
)
def test_a_source_with_a_fault_is_refused_by_file_and_line(source, page, where, said):
    page = HEAD + page
    with pytest.raises(EditionError) as refused:
        build(source(page))
    told = re.search(rf"^05-levels/lesson\.md:(\d+): .*{re.escape(said)}", str(refused.value), re.M)
    assert told, refused.value
    if where:
        assert abs(int(told[1]) - line_of(page, where)) <= 2


def test_all_faults_are_told_at_once(source):
    page = HEAD + PROSE.replace('{"tags": ["ru"]}', "") + FIRST + CARD.replace("who", "whom")
    with pytest.raises(EditionError) as refused:
        build(source(page))
    assert len(str(refused.value).splitlines()) == 3


@pytest.mark.parametrize("exercises", ["[lesson", "[lesson]\nnumber = 5\n"])
def test_unreadable_exercises_are_refused(source, exercises):
    with pytest.raises(EditionError, match="05-levels/exercises.toml"):
        build(source(HEAD + PROSE + FIRST, exercises))


def test_fences_and_rules_inside_prose_stay_prose(source):
    page = (
        HEAD
        + PROSE.replace("# Рівні", "# Рівні\n\n```\n+++ a\n```").replace(
            "# Уровни", "# Уровни\n\n```\n+++ a\n```"
        )
        + FIRST
    )
    found, faults = pieces(source(page) / "lessons/05-levels/lesson.md")
    assert not faults and [piece.code for piece in found] == [False, True]


def test_tables_of_lessons_are_derived(source):
    root = source(HEAD + PROSE + FIRST)
    for name in ("README.md", "README.uk.md", "README.ru.md"):
        (root / name).write_text(README, "utf-8")
    made = build(root)
    assert (
        "[П’ять рівнів](notebooks/uk/05-levels.ipynb) | [Пять уровней](notebooks/ru/05-levels.ipynb) | 75"
        in (made["README.md"].decode())
    )
    assert (
        "| 5 | [Пять уровней](notebooks/ru/05-levels.ipynb) | 75 |" in made["README.ru.md"].decode()
    )
    assert "notebooks/ru" not in made["README.uk.md"].decode()
    assert made["README.uk.md"].startswith(b"# Name\n\n<!--") and made["README.uk.md"].endswith(
        b"-->\n\nrest\n"
    )


@pytest.mark.parametrize(("lang", "title"), [("uk", "П’ять рівнів"), ("ru", "Пять уровней")])
def test_the_map_leads_to_every_lesson_before_anything_has_run(source, lang, title):
    strip = "```{code-cell}\nlesson.progress()\n```\n"
    start = source(HEAD + PROSE + FIRST + strip) / "lessons" / "00-start"
    start.mkdir()
    page = HEAD + PROSE + FIRST.replace("levels", "start") + strip
    (start / "lesson.md").write_text(page, "utf-8")
    head = EXERCISES.replace("number = 5", "number = 0").replace(
        'slug = "levels"', 'slug = "start"'
    )
    (start / "exercises.toml").write_text(head, "utf-8")
    made = build(start.parent.parent)
    page, lesson = (
        json.loads(made[f"notebooks/{lang}/{name}.ipynb"]) for name in ("00-start", "05-levels")
    )
    html = "".join(page["cells"][-1]["outputs"][0]["data"]["text/html"])
    assert f'<li><a href="05-levels.ipynb">5. {title}</a></li>' in html
    assert html.count("<li>") == 1, "the page does not lead to itself"
    assert lesson["cells"][-1]["outputs"] == []


def test_check_names_what_is_out_of_date_and_writes_nothing(source, capsys):
    root = source(HEAD + PROSE + FIRST)
    assert cli.build(root, check=True) == 1
    assert (
        "notebooks/ru/05-levels.ipynb is out of date: run course build" in capsys.readouterr().out
    )
    assert not (root / "notebooks").exists()
    assert cli.build(root, check=False) == 0 and cli.build(root, check=True) == 0
    edition = root / "notebooks/uk/05-levels.ipynb"
    edition.write_bytes(edition.read_bytes() + b" ")
    (root / "notebooks/uk/06-gone.ipynb").write_text("{}")
    capsys.readouterr()
    assert cli.build(root, check=True) == 1
    told = capsys.readouterr().out
    assert (
        "notebooks/uk/05-levels.ipynb is out of date" in told
        and "06-gone.ipynb belongs to no lesson" in told
    )
    assert "notebooks/ru" not in told
    assert cli.build(root, check=False) == 0 and not (root / "notebooks/uk/06-gone.ipynb").exists()


def test_a_faulty_source_leaves_the_editions_as_they_are(source, capsys):
    root = source(HEAD + PROSE + FIRST)
    cli.build(root, check=False)
    before = (root / "notebooks/uk/05-levels.ipynb").read_bytes()
    source(HEAD + PROSE + FIRST + FIRST)
    assert cli.build(root, check=False) == 1 and "05-levels/lesson.md" in capsys.readouterr().err
    assert (root / "notebooks/uk/05-levels.ipynb").read_bytes() == before
