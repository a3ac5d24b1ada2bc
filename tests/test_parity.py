"""The two languages keep step, and each check is shown to bite on a small planted fault."""

import re
import tomllib
from pathlib import Path

import pytest
from test_editions import FIRST, HEAD, PROSE

from course.authoring.editions import parity
from course.paths import shared
from course.texts import LANGS

FOREIGN = {"uk": "[ыэъё]", "ru": "[іїєґ]"}


# --- lessons -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("title", ["Де це не спрацює", "Где это не сработает"])
def test_every_lesson_has_its_limits_under_one_heading(title):
    for path in sorted(shared("lessons").glob("*/lesson.md")):
        page = path.read_text("utf-8")
        assert len(re.findall(rf"^## {title}$", page, re.M)) == 1, path.parent.name


@pytest.fixture
def page(tmp_path):
    """Check the parity of a lesson.md with these two halves."""
    for name in ("05-levels", "03-value-plan"):
        (tmp_path / "lessons" / name).mkdir(parents=True)

    def check(uk, ru, code=""):
        path = tmp_path / "lessons/05-levels/lesson.md"
        cells = f'+++ {{"tags": ["uk"]}}\n\n{uk}\n\n+++ {{"tags": ["ru"]}}\n\n{ru}\n\n'
        path.write_text(HEAD + cells + FIRST + f"```{{code-cell}}\n{code or 'df'}\n```\n", "utf-8")
        return [str(fault) for fault in parity(path)]

    return check


@pytest.mark.parametrize(
    ("uk", "ru"),
    [
        ("## Рівні\n\nТекст.", "## Уровни\n\nТекст."),
        (
            "[російською](../ru/05-levels.ipynb) і [план](03-value-plan.ipynb)",
            "[по-украински](../uk/05-levels.ipynb) и [план](03-value-plan.ipynb)",
        ),
        ("[нижче](#рівні)", "[ниже](#уровни)"),
        (r"$V_1 = \text{маржа} \cdot r$ грн", r"$V_1 = \text{прибыль} \cdot r$ грн"),
        ("![рівні](levels.png)", "![уровни](levels.png)"),
        ("`df.head()` тут", "`df.head()` здесь"),
        ("- а\n- б", "- а\n- б"),
        ("| а | б |\n|---|---|\n| 1 | 2 |", "| а | б |\n|---|---|\n| 1 | 2 |"),
        ('Кажуть <span lang="ru">это</span>.', 'Говорят <span lang="uk">є</span>.'),
        ('Код `"это"` і формула $ы$', 'Код `"это"` и формула $ы$'),
    ],
)
def test_halves_that_keep_step_are_left_alone(page, uk, ru):
    assert page(uk, ru) == []


@pytest.mark.parametrize(
    ("uk", "ru", "said"),
    [
        ("## Рівні", "### Уровни", "headings differ"),
        ("# Рівні\n\n## Далі", "# Уровни", "headings differ"),
        ("[план](03-value-plan.ipynb)", "план", "links differ"),
        ("[план](https://a.org/x)", "[план](https://a.org/y)", "links differ"),
        ("[план](04-lost.ipynb)", "[план](04-lost.ipynb)", "no lesson 04-lost"),
        ("![рівні](a.png)", "![уровни](b.png)", "images differ"),
        ("$V_1$ гривень", "$V_2$ гривен", "formulas differ"),
        ("Так: $$V_1$$", "Так:", "formulas differ"),
        ("`df.head()`", "`df.tail()`", "code differ"),
        ("- а\n- б", "- а", "number of list items differ"),
        ("Раз.\n\nДва.", "Раз. Два.", "number of paragraphs differ"),
        ("Рівень объём", "Уровень", "ъ in the uk half"),
        ("Рівень", "Уровень і", "і in the ru half"),
        ("Рівень Ё", "Уровень", "Ё in the uk half"),
    ],
)
def test_a_planted_difference_is_found(page, uk, ru, said):
    assert any(re.match(rf"05-levels/lesson\.md:13: .*{said}", fault) for fault in page(uk, ru)), (
        page(uk, ru)
    )


def test_words_in_code_are_found(page):
    assert any("Cyrillic in code" in fault for fault in page("Раз", "Раз", 'print("рівень")'))


def test_a_half_alone_and_a_lesson_alone_are_found(tmp_path):
    assert "no lesson.md" in str(parity(tmp_path / "05-levels" / "lesson.md")[0])
    path = tmp_path / "05-levels" / "lesson.md"
    path.parent.mkdir()
    path.write_text(HEAD + PROSE.split('+++ {"tags": ["ru"]}')[0] + FIRST, "utf-8")
    assert "no other half" in str(parity(path)[0])


# --- interface texts and exercises ---------------------------------------------------------------------------


def differences(name, where, pair):
    """What is wrong with one text in two languages."""
    missing = [
        lang for lang in LANGS if not (isinstance(pair.get(lang), str) and pair[lang].strip())
    ]
    if missing:
        return [f"{name} {where}: {missing[0]} is missing"]
    holes = [sorted(re.findall(r"\{(\w+)(:)?", pair[lang])) for lang in LANGS]
    found = [] if holes[0] == holes[1] else [f"{name} {where}: placeholders differ: {holes}"]
    if not name.startswith(("lessons/glossary", "lessons/concepts")):
        codes = [sorted(re.findall(r"`[^`]*`", pair[lang])) for lang in LANGS]
        found += [] if codes[0] == codes[1] else [f"{name} {where}: code differs: {codes}"]
    for lang in LANGS:
        if strange := re.search(FOREIGN[lang], pair[lang], re.I):
            found.append(f"{name} {where}: {strange[0]} in the {lang} text")
    return found


def untranslated(name, where, pair, shared):
    """A text that is the same in both languages was most likely copied, unless both languages have its words."""
    if pair.get("uk") != pair.get("ru"):
        return []
    words = re.findall(r"[\u0400-\u04ff]{4,}", re.sub("«[^»]*»", "", pair["uk"]).lower())
    return [
        f"{name} {where}: {word!r} is the same in both languages"
        for word in words
        if word not in shared
    ]


def test_every_text_stands_in_both_languages(text_tables):
    assert len(text_tables) > 300
    found = [one for entry in text_tables for one in differences(*entry)]
    assert not found, "\n".join(found)


def test_no_text_was_left_untranslated(text_tables, root):
    """Words that both languages have are listed in same.txt."""
    shared = (root / "tests/spelling/same.txt").read_text("utf-8").split()
    found = [one for entry in text_tables for one in untranslated(*entry, shared)]
    assert not found, "\n".join(found)
    told = " ".join(pair["uk"].lower() for _, _, pair in text_tables if pair["uk"] == pair["ru"])
    assert not [word for word in shared if word not in told], "the list allows nothing needless"
    assert shared == sorted(set(shared))


@pytest.mark.parametrize(
    ("pair", "said"),
    [
        ({"uk": "Рівень"}, "ru is missing"),
        ({"uk": " ", "ru": "Уровень"}, "uk is missing"),
        ({"uk": "Рівень {n}", "ru": "Уровень"}, "placeholders differ"),
        ({"uk": "{n} {n:а|б|в|г}", "ru": "{n}"}, "placeholders differ"),
        ({"uk": "Рівень `df`", "ru": "Уровень"}, "code differs"),
        ({"uk": "Уровень", "ru": "Рівень"}, "і in the ru text"),
        ({"uk": "Объём", "ru": "Объём"}, "ъ in the uk text"),
    ],
)
def test_a_planted_fault_in_a_pair_is_found(pair, said):
    assert any(said in one for one in differences("texts.toml", "a.b", pair))


def test_a_planted_copy_is_found():
    copied = {"uk": "План клієнта", "ru": "План клієнта"}
    assert untranslated("texts.toml", "a.b", copied, {"план"})
    assert not untranslated("texts.toml", "a.b", copied, {"план", "клієнта"})
    assert not untranslated(
        "texts.toml", "a.b", {"uk": "CLV, грн «Сойка»", "ru": "CLV, грн «Сойка»"}, set()
    )


# --- one thing, one name -------------------------------------------------------------------------------------

TRAPS = tomllib.loads((Path(__file__).parent / "spelling/traps.toml").read_text("utf-8"))


def caught(trap, words):
    """The passages of a text that fall into the trap."""
    for hit in re.finditer(trap["pattern"], words, 0 if trap.get("case") else re.I):
        around = words[max(0, hit.start() - 200) : hit.end() + 200]
        if not ("near" in trap and re.search(trap["near"], around)):
            yield hit[0]


@pytest.mark.parametrize("lang", LANGS)
def test_terms_are_used_one_way(lang, said):
    found = [
        f"{where}: «{passage}», must be: {trap['say']}"
        for trap in TRAPS[lang] + TRAPS["both"]
        for entries in said[lang].values()
        for where, words in entries
        for passage in caught(trap, words)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "trap", TRAPS["uk"] + TRAPS["ru"] + TRAPS["both"], ids=lambda trap: trap["example"]
)
def test_each_trap_catches_its_example(trap):
    assert list(caught(trap, trap["example"]))


def test_the_glossary_names_each_thing_once(root):
    terms = tomllib.loads((root / "lessons/glossary.toml").read_text("utf-8"))["term"]
    for lang in (*LANGS, "en"):
        names = [term[lang] for term in terms]
        assert len(set(names)) == len(names) and all(names), lang
