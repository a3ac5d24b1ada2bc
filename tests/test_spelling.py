"""Spelling by real dictionaries; what they do not know but is right stands in reviewed lists beside this file."""

import re
import subprocess
from pathlib import Path

import pytest

from course.texts import LANGS

HERE = Path(__file__).parent / "spelling"
DICTIONARY = {"uk": "uk_UA", "ru": "ru_RU"}
WORD = re.compile(r"[А-Яа-яЁёІіЇїЄєҐґ]+(?:['-][А-Яа-яЁёІіЇїЄєҐґ]+)*")


def listed(name):
    """The entries of one list; a trailing * stands for any ending."""
    lines = (HERE / name).read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def matches(entry, word):
    return word.startswith(entry[:-1]) if entry.endswith("*") else word == entry


_SEEN = {lang: {} for lang in LANGS}


@pytest.fixture
def unknown(need):
    """``unknown(words, "uk")``: those of the words that the dictionary of a language does not have."""
    program = need("hunspell")

    def ask(words, lang):
        seen = _SEEN[lang]  # starting the program takes seconds, so nothing is asked twice
        if new := sorted(set(words) - set(seen)):
            dictionaries = subprocess.run(
                [program, "-D"], input="", capture_output=True, text=True
            ).stderr
            if DICTIONARY[lang] not in dictionaries:
                need(f"hunspell-{lang}")
            told = subprocess.run(
                [program, "-i", "utf-8", "-d", DICTIONARY[lang], "-l"],
                check=True,
                input="\n".join(new),
                capture_output=True,
                encoding="utf-8",
            )
            wrong = set(told.stdout.split())
            seen |= {word: word in wrong for word in new}
        return {word for word in words if seen[word]}

    return ask


def everything(said, lang):
    """Every word said in a language."""
    return set().union(*map(words_of, said[lang].values()))


def words_of(entries):
    """Every word of these texts but single letters: initials and variables are no matter of spelling."""
    return {
        word
        for _, words in entries
        for word in WORD.findall(words.replace("\u0301", "").replace("’", "'"))
        if len(word) > 1
    }


def misspelt(entries, lang, unknown):
    """The words that neither the dictionary nor the list of a language knows."""
    allowed = listed(f"{lang}.txt")
    return {
        word
        for word in unknown(words_of(entries), lang)
        if not any(matches(entry, word.lower()) for entry in allowed)
    }


@pytest.mark.parametrize("lang", LANGS)
def test_every_word_is_spelt_right(lang, said, unknown):
    unknown(everything(said, lang), lang)
    found = {
        group: wrong
        for group, entries in said[lang].items()
        if (wrong := misspelt(entries, lang, unknown))
    }
    assert not found, "\n".join(
        f"{group}: {', '.join(sorted(wrong))}" for group, wrong in found.items()
    )


@pytest.mark.parametrize(
    ("lang", "words", "wrong"),
    [
        ("uk", "Покупець прийшов до продавця", set()),
        ("uk", "Покупець прийшоов до продавця", {"прийшоов"}),
        ("uk", "Обєкт і об'єкт", {"Обєкт"}),
        ("uk", "Это не наш язык", {"Это", "язык"}),
        ("ru", "Покупатель пришёл к продавцу", set()),
        ("ru", "Покупатель пришёлл к продавцу", {"пришёлл"}),
        ("ru", "Покупець", {"Покупець"}),
    ],
)
def test_a_planted_misspelling_is_found(lang, words, wrong, unknown):
    assert misspelt([("here", words)], lang, unknown) == wrong


@pytest.mark.parametrize("lang", LANGS)
def test_no_lesson_is_in_the_other_language(lang, said, unknown):
    """Short words are the same in both languages; of the others the wrong dictionary must reject most."""
    other = "ru" if lang == "uk" else "uk"
    unknown(everything(said, lang), other)
    for group, entries in said[lang].items():
        words = {word for word in words_of(entries) if len(word) > 3}
        if re.match(r"lessons/\d", group):
            share = len(unknown(words, other)) / len(words)
            assert share > 0.7, f"{group}: {share:.0%} of the words are unknown in {other}"


def bare(entries, unknown):
    """Russian words written with е that the dictionary has with ё: «еще»; «учтена» never has it."""
    with_yo = {}
    for word in {word.lower() for word in words_of(entries)}:
        if "ё" not in word and "-" not in word:
            with_yo |= {
                word[: hit.start()] + "ё" + word[hit.end() :]: word
                for hit in re.finditer("е", word)
            }
    with_yo = {yo: word for yo, word in with_yo.items() if not re.search("ён[аоы]$", yo)}
    known = set(with_yo) - unknown(set(with_yo), "ru")
    return {with_yo[word] for word in known}


def test_russian_is_written_with_yo(said, unknown):
    """A word that is right both ways is listed: «все» and «всё» are two words."""
    both, found = set(listed("ru-yo.txt")), {}
    bare([("everywhere", " ".join(everything(said, "ru")))], unknown)
    for group, entries in said["ru"].items():
        if wrong := bare(entries, unknown) - both:
            found[group] = wrong
    assert not found, "\n".join(
        f"{group}: {', '.join(sorted(wrong))}" for group, wrong in found.items()
    )


def test_a_planted_word_without_yo_is_found(unknown):
    assert bare([("here", "Еще идет счет, и он уже учтен")], unknown) == {
        "еще",
        "идет",
        "счет",
        "учтен",
    }


@pytest.mark.parametrize("lang", LANGS)
def test_the_lists_allow_nothing_needless(lang, said, unknown):
    """Every entry allows a word that the course really uses and that the dictionary really lacks."""
    words = {word.lower() for word in unknown(everything(said, lang), lang)}
    entries = listed(f"{lang}.txt")
    assert not [entry for entry in entries if not any(matches(entry, word) for word in words)]
    assert entries == sorted(set(entries)), "sorted, each once"
