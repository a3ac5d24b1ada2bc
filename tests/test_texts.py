"""Counts and numbers as both languages write them."""

import re
from pathlib import Path

import pytest

from course import texts
from course.exercises import Exercise
from course.texts import LANGS, entries, fill, number, plural, text
from course.widgets import card

COUNTS = {
    "uk": {
        "бал": (1, 21, 31, 91, 101, 121, 1001, 1.0),
        "бали": (2, 3, 4, 22, 23, 24, 34, 102, 122, 1002),
        "балів": (0, *range(5, 21), 25, 30, 100, *range(111, 116), 211, 1011, 1014),
        "бала": (0.5, 1.5, 2.25, 11.5, 21.1),
    },
    "ru": {
        "балл": (1, 21, 31, 91, 101, 121, 1001, 1.0),
        "балла": (2, 3, 4, 22, 23, 24, 34, 102, 122, 1002, 0.5, 1.5, 2.25, 11.5, 21.1),
        "баллов": (0, *range(5, 21), 25, 30, 100, *range(111, 116), 211, 1011, 1014),
    },
}
CASES = [
    (lang, count, form)
    for lang, forms in COUNTS.items()
    for form, counts in forms.items()
    for count in counts
]
# After «з» and «до»: «2 з 21 бала», «до 5 балів».
OF = {
    "uk": {"бала": (1, 21, 101, 0.5, 1.5, 11.5), "балів": (2, 4, 5, 11, 12, 14, 22, 25, 100, 111)},
    "ru": {
        "балла": (1, 21, 101, 0.5, 1.5, 11.5),
        "баллов": (2, 4, 5, 11, 12, 14, 22, 25, 100, 111),
    },
}
CASES_OF = [
    (lang, count, form)
    for lang, forms in OF.items()
    for form, counts in forms.items()
    for count in counts
]


@pytest.mark.parametrize(("lang", "count", "form"), CASES)
def test_points_agree_with_their_number(lang, count, form):
    assert plural(count, lang, text("card.point_forms", lang)) == form


@pytest.mark.parametrize(("lang", "count", "form"), CASES)
def test_a_card_says_its_points(lang, count, form):
    said = card.meta(Exercise("levels", {"id": "x", "kind": "order", "points": count}), lang)
    points = f" · {number(count, lang)} {form}" if count else ""  # nobody marks it
    assert said == text("kind.order", lang) + points


@pytest.mark.parametrize(("lang", "count", "form"), CASES_OF)
def test_out_of_how_many_points(lang, count, form):
    assert plural(count, lang, text("feedback.of_forms", lang)) == form


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(("value", "digits", "said"), [
    (0, None, "0"), (7, None, "7"), (999, None, "999"), (1000, None, "1000"), (1234567, None, "1 234 567"),
    (12500.5, None, "12 500,5"), (0.1, None, "0,1"), (2.0, None, "2"), (2.50, None, "2,5"), (1e-7, None, "0,0000001"),
    (0.5, 0, "1"), (1.5, 0, "2"), (2.5, 0, "3"), (2.4999, 0, "2"), (0.125, 2, "0,13"), (1.005, 2, "1,01"),
    (999.95, 1, "1000,0"), (3, 2, "3,00"), (-3, None, "−3"), (-1234.5, 1, "−1234,5"), (-2.5, 0, "−3"),
    (-0.4, 0, "0"), (-0.04, 1, "0,0"), (-0.05, 1, "−0,1"), (0, 1, "0,0"),
])  # fmt: skip
def test_numbers(lang, value, digits, said):
    assert number(value, lang, digits) == said.replace(" ", "\u00a0")


# What a learner reads about a count; «вправ» and «плиток» follow «з»: «з 21 вправи».
SAID = {
    "say.rows_open": {
        "uk": ("рядок", "рядки", "рядків"),
        "ru": ("строка", "строки", "строк"),
    },
    "say.rows_left": {
        "uk": ("рядок", "рядки", "рядків"),
        "ru": ("строка", "строки", "строк"),
    },
    "say.short": {"uk": ("слово", "слова", "слів"), "ru": ("слово", "слова", "слов")},
    "say.long": {"uk": ("слово", "слова", "слів"), "ru": ("слово", "слова", "слов")},
    "say.tiles": {"uk": ("плитки", "плиток", "плиток"), "ru": ("плитки", "плиток", "плиток")},
    "progress.sentence": {
        "uk": ("вправи", "вправ", "вправ"),
        "ru": ("упражнения", "упражнений", "упражнений"),
    },
}
FORM = {0: 2, 1: 0, 2: 1, 5: 2, 11: 2, 21: 0, 22: 1}  # of one, few, many


# What a learner, and what a lecturer reads about counts; «в. п.» and «п. п.» do not bend.
COUNTED = set("say progress export support items compare paper peer mark qti".split())


def counted():
    """Every sentence with a number in it."""
    for key, pair in entries().items():
        if key.partition(".")[0] in COUNTED and "{" in pair["uk"]:
            yield key


def holes(pattern):
    return set(re.findall(r"\{(\w+)", pattern))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("count", FORM)
@pytest.mark.parametrize("key", SAID)
def test_a_count_has_its_word_form(key, count, lang):
    said = text(key, lang, **dict.fromkeys(holes(entries()[key][lang]), count))
    assert f"{count} {SAID[key][lang][FORM[count]]}" in said, said
    others = {*SAID[key][lang]} - {SAID[key][lang][FORM[count]]}
    assert not [word for word in others if re.search(rf"\d {word}\b", said)], said


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("key", counted())
def test_no_word_stands_beside_a_count_without_its_forms(key, lang):
    """A number may be followed by a word that bends with it, by a sign, by «з» or «із», or by nothing."""
    pattern = entries()[key][lang]
    numbers = ("n", "of", "done", "right", "due", "filled", "least", "most", "count", "seen")
    for hole, word in re.findall(r"\{(\w+)\} (\S+)", pattern):
        follows = r"\{\w+:|[%·–(]|(з|із|из|[вп]\.)$|[^\w]"
        assert hole not in numbers or re.match(follows, word), (key, word)


@pytest.mark.parametrize("path", ["card.toml", "instruments/panel.toml"])
def test_what_the_browser_fills_in_has_no_word_forms(path):
    """The views know places with a name only."""
    source = (Path(__file__).parent.parent / "course" / path).read_text("utf-8")
    assert not re.search(r"\{\w+:", source)


SAID_WITH_TEXT = sorted(
    (key, lang)
    for key, pair in entries().items()
    for lang in LANGS
    if re.search(r"\{[a-z_]\w*\}", pair[lang])
)


@pytest.mark.parametrize(("key", "lang"), SAID_WITH_TEXT)
def test_a_sentence_holds_whatever_is_put_into_it(key, lang):
    """A title that asks, a text with quotes of its own, a number: no doubled mark, no quotes in like quotes."""
    pattern = entries()[key][lang]
    names = set(re.findall(r"\{([a-z_]\w*)", pattern))
    for value in (
        "Що це?",
        "План «Б»",
        "Стій!",
        "і так далі…",
        "Кінець.",
        "0",
        "1,5",
        "11:00",
        "11",
    ):
        said = fill(re.sub(r"\{\w+:[^}]*\}", "", pattern), dict.fromkeys(names, value), lang)
        said = re.sub(r"`[^`]*`", "", said)
        assert not re.search(r"[.?!…]\.(?!\.)|«[^»]*«", said), said
        assert not re.search(r"\bо 11", said), "the hour asks for «об»"


def test_quotes_around_a_value_are_put_where_those_within_it_are_turned():
    bare = [
        f"{path.name}:{number}"
        for path in sorted(Path(texts.__file__).parent.rglob("*.py"))
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if re.search(r"""f["'][^"']*«\{""", line)
    ]
    assert bare == [], "course.texts.quoted turns inner quotes"
