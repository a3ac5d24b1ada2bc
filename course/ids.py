"""Ids of students as they are compared: what looks alike on paper is alike."""

import unicodedata

LONGEST = 200  # characters of an id, a name, an address
# Latin letters that have a Cyrillic twin, in small letters: «КВ123» is typed in either alphabet.
_TWINS = str.maketrans("abcehikmoptxy", "авсенікмортху")


def clean(words: str) -> str:
    r"""Return a name, an id or an address in one line of letters that can be seen.

    Marks of direction and other letters without a shape come along with copied text; whatever parts
    lines or words becomes one space.

    Parameters
    ----------
    words : str
        From anybody.

    Returns
    -------
    str
        Of its first 200 characters, composed (NFC), those that can be printed.

    Examples
    --------
    >>> clean(" КВ 12\u200b34\n56\x07 ")
    'КВ 1234 56'
    """
    words = unicodedata.normalize("NFC", words[:LONGEST])
    if not words.isprintable():
        words = "".join(letter for letter in words if letter.isprintable() or letter.isspace())
    return " ".join(words.split())


def folded(student: str) -> str:
    """Return what two ids share that a reader takes for the same: case, alphabet, spaces aside.

    A student's numbers are drawn with it, on every machine, so that it does not matter how the id
    was typed.

    Examples
    --------
    >>> folded("KB 123") == folded("кв123"), folded("240001")
    (True, '240001')
    """
    if student.isascii() and student.isdigit() and len(student) <= LONGEST:
        return student
    return twins("".join(clean(student).casefold().split()))


def seed(variants: str, student: str, group: str = "") -> str:
    """Return the words that the numbers of an assignment are drawn with, on both sides.

    A group has words that no id has, so that nobody draws its numbers by typing its name.

    Parameters
    ----------
    variants : {"student", "group", "one"}
        Who has numbers of their own.
    student, group : str
        Whoever answers, and the group that draws.

    Examples
    --------
    >>> seed("student", "KB 12"), seed("one", "KB 12")
    ('кв12', 'all')
    >>> seed("group", "17", "МК-21") == seed("group", "18", "mk-21") != seed("student", "МК-21")
    True
    """
    if variants == "one":
        return "all"
    return f"group\x1f{folded(group)}" if variants == "group" else folded(student)


def twins(word: str) -> str:
    """Return a word of small letters, Latin ones replaced by the Cyrillic ones that look so."""
    return word.translate(_TWINS)
