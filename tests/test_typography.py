"""The typography of both languages: what is mended, what stays, and that nothing needs mending twice."""

import ast
import re
from contextlib import suppress
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course import datasets, exercises, kinds
from course.authoring import typography
from course.authoring.typography import lesson, mend, pairs
from course.kinds import Refused
from course.texts import LANGS
from course.widgets import card, fallback

N = "\u00a0"


@pytest.mark.parametrize(
    ("lang", "before", "after"),
    [
        ("uk", "П'ять", "П’ять"),
        ("uk", "Лук'яненко й об'єм", "Лук’яненко й об’єм"),
        ("ru", "съел", "съел"),
        ("uk", "рівень — це", f"рівень{N}– це"),
        ("uk", "рівень - це", f"рівень{N}– це"),
        ("ru", "уровень – это", f"уровень{N}— это"),
        ("ru", "5–10 дней", "5–10 дней"),
        ("uk", "— Скільки?", "– Скільки?"),
        ("uk", "2 400 грн", f"2400{N}грн"),
        ("uk", "12 500 грн, 12500 грн", f"12{N}500{N}грн, 12{N}500{N}грн"),
        ("uk", "1 200 300", f"1{N}200{N}300"),
        ("uk", "2026 рік", "2026 рік"),
        ("uk", "0,12345 і 0.12345", "0,12345 і 0.12345"),
        ("ru", "7,5%, 7 %", f"7,5{N}%, 7{N}%"),
        ("ru", "за 5 ч и 3 часа", f"за 5{N}ч и 3 часа"),
        ("uk", "Л. Л. Беррі, Ф. Котлер", f"Л.{N}Л.{N}Беррі, Ф.{N}Котлер"),
        ("ru", "«Слово «внутри» тут»", "«Слово „внутри“ тут»"),
        ("uk", "{n} грн і {share} %", f"{{n}}{N}грн і {{share}}{N}%"),
        ("uk", "75 тис. грн", f"75{N}тис.{N}грн"),
    ],
)
def test_what_is_mended(lang, before, after):
    assert mend(before, lang) == after


@pytest.mark.parametrize(
    "apart",
    [
        "`df['a'] - 12500`",
        "$a - 12500$",
        "[x](a'b-12500.ipynb)",
        '<span lang="ru">',
        "```\na - 12500\n```",
        "m-12500",
    ],
)
def test_what_is_no_prose_stays(apart):
    body = apart.removeprefix("[x]")
    assert body in mend(f"так {apart} так", "uk")


@given(
    st.text(alphabet=" –—-'’«»„“0123456789.,%абвгєіїАБВЄ\n`${}грнтис", max_size=60),
    st.sampled_from(LANGS),
)
def test_nothing_needs_mending_twice(words, lang):
    once = mend(words, lang)
    assert mend(once, lang) == once
    assert re.sub(r"[\W_]", "", once) == re.sub(r"[\W_]", "", words), (
        "no letter and no digit is lost"
    )
    assert once.count("\n") == words.count("\n")


def test_a_lesson_keeps_its_code():
    source = (
        '---\nkernelspec:\n  name: "п\'ять - 12500"\n---\n\n+++ {"tags": ["uk"]}\n\nП\'ять - 12500\n\n'
        '+++ {"tags": ["ru"]}\n\nПять - 12500\n\n```{code-cell}\nx = "п\'ять - 12500"\n```\n\n+++ {"tags": ["uk"]}\n\nП\'ять\n'
    )
    after = lesson(source)
    assert (
        after.count("п'ять - 12500") == 2
        and f"П’ять{N}– 12{N}500" in after
        and f"Пять{N}— 12{N}500" in after
    )
    assert after.endswith("П’ять\n")


def test_pairs_of_tables_are_found_wherever_they_stand():
    source = 'a.uk = "п\'ять - 5%"\na.ru = "пять - 5%"\n[b]\nuk = """\nп\'ять"""\nlevel = [{uk = "п\'ять", ru = "5%"}]\nid = "п\'ять - 5%"\n'
    after = pairs(source)
    assert (
        after.count("п’ять") == 3 and after.count(f"5{N}%") == 3 and 'id = "п\'ять - 5%"' in after
    )
    assert pairs('{"uk": "п\'ять", "x": "п\'ять"}') == '{"uk": "п’ять", "x": "п\'ять"}'


def test_a_planted_fault_is_named_and_mended(tmp_path):
    path = tmp_path / "lessons/05-levels/exercises.toml"
    path.parent.mkdir(parents=True)
    path.write_text('id = "one"\nprompt.uk = "П\'ять - 5%"\n', "utf-8")
    (fault,) = typography.faults(tmp_path)
    assert (fault.file, fault.line) == (
        "lessons/05-levels/exercises.toml",
        2,
    ) and "--fix" in fault.message
    assert (
        typography.fix(tmp_path) == ["lessons/05-levels/exercises.toml"]
        and typography.faults(tmp_path) == []
    )


def test_the_sources_are_mended(root):
    assert [str(fault) for fault in typography.faults(Path(root))] == []


def strings(value):
    """Every text in a value, however deep."""
    if isinstance(value, str):
        yield value
    elif is_dataclass(value):
        yield from strings([getattr(value, field.name) for field in fields(value)])
    elif isinstance(value, dict):
        yield from strings([*value.values()])
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from strings(part)


FOREIGN = {"uk": re.compile(rf"[ {N}]—|^— ", re.M), "ru": re.compile(rf"[ {N}]–[ {N}]|^– ", re.M)}


@pytest.mark.parametrize("lang", LANGS)
def test_whatever_a_kind_puts_together_has_the_dash_of_its_language(lang):
    seen = set()
    bank = exercises.read(Path(kinds.__file__).parents[1] / "grading/setting/template.toml")
    for chapter in (*exercises.chapters().values(), bank):
        for exercise in chapter.exercises.values():
            values = exercises.draw(exercise, "seed", 1)
            key, telling = exercises.key(exercise, values), exercise.told(lang, values)
            said = [card.spec(exercise, lang), fallback.exercise(exercise, lang)]
            with suppress(Refused):
                said.append(exercise.kind.moodle(telling, key, exercise.shuffled))
            bad = [words for words in strings(said) if FOREIGN[lang].search(words)]
            assert bad == [], (exercise.id, bad)
            seen.add(exercise.kind.name)
    assert seen == {*kinds.kinds()}
    for name in datasets.names():
        cells = [str(cell) for row in datasets.describe(name, lang).values.tolist() for cell in row]
        assert not [words for words in cells if FOREIGN[lang].search(words)], name


def test_code_writes_no_dash_of_one_language_into_sentences(root):
    """What is put together in code takes its dash from the language."""
    spaced, bad = re.compile(f"[ {N}][–—][ {N}]"), []
    for path in sorted((root / "course").rglob("*.py")):
        module = ast.parse(path.read_text("utf-8"))
        bodies = [node.body for node in ast.walk(module) if hasattr(node, "body")]
        documented = {
            id(body[0].value)
            for body in bodies
            if type(body) is list and body and isinstance(body[0], ast.Expr)
        }
        bad += [
            f"{path.name}:{node.lineno}"
            for node in ast.walk(module)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
            if id(node) not in documented and spaced.search(node.value)
        ]
    for path in sorted((root / "course").rglob("*.js")):
        lines = path.read_text("utf-8").splitlines()
        bad += [
            f"{path.name}:{count}"
            for count, line in enumerate(lines, 1)
            if spaced.search(line.partition("// ")[0])
        ]
    assert bad == []
