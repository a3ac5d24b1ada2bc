"""How an answer is written on paper: one form for each way, from the cell typed to the answer.

Nothing is guessed: a cell that does not say one thing is a `Mistyped` with what may be typed.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from course import kinds
from course.grading import keyfile
from course.grading.cells import points as shown_points
from course.grading.marking.marks import rubric
from course.grading.paper import Question
from course.texts import number

# Latin letters that have the shape of one of ours: a letter is read as it looks on the sheet.
_SHAPES = str.maketrans("ABCEHKMPTXY", "АВСЕНКМРТХУ")
_BETWEEN = re.compile(r"[\s,;.:()/\\+–—−-]+")
_PAIR = re.compile(r"(\d{1,2})[\s:=.)–—−-]*([^\W\d_])")
LONGEST = 200  # characters of a cell


class Mistyped(Exception):
    """A cell that is no answer; its argument says what may be typed."""


Reader = Callable[[Question, str], Any]


def span(question: Question) -> str:
    """Return the letters that a question has, as they are told to people.

    >>> from types import SimpleNamespace
    >>> span(SimpleNamespace(letters={"А": "x", "Б": "y", "В": "z"}))
    'А–В'
    """
    letters = list(question.letters)
    return f"{letters[0]}–{letters[-1]}"


def signs(words: str) -> str:
    """Return the letters of a cell as the paper prints them, without what stands between them.

    >>> signs("a, В;c"), signs("Г-Б")
    ('АВС', 'ГБ')
    """
    return _BETWEEN.sub("", words).upper().translate(_SHAPES)


def _known(question: Question, words: str, wanted: str) -> list[str]:
    """Return the public ids of the letters in a cell, each once."""
    typed = signs(words)
    if not typed or any(sign not in question.letters for sign in typed):
        raise Mistyped(wanted)
    if len(set(typed)) < len(typed):
        raise Mistyped(f"{wanted}; one letter stands twice")
    return [question.letters[sign] for sign in typed]


def _letter(question: Question, words: str) -> Any:
    wanted = f"one letter, {span(question)}; nothing when the mark is not clear"
    ids = _known(question, words, wanted)
    if len(ids) != 1:
        raise Mistyped(wanted)
    return ids[0]


def _letters(question: Question, words: str) -> Any:
    return _known(question, words, f"letters of {span(question)}, for example {_example(question)}")


def _order(question: Question, words: str) -> Any:
    wanted = f"all letters {span(question)} in the order on the sheet"
    ids = _known(question, words, wanted)
    if len(ids) != len(question.letters):
        raise Mistyped(wanted)
    return ids


def _pairs(question: Question, words: str) -> Any:
    rows = question.rows
    wanted = f"a letter of {span(question)} for each row 1–{len(rows)}, or pairs: 1Б 2А"
    if any(letter.isdigit() for letter in words):
        return _numbered(question, words, wanted)
    typed = signs(words)
    if len(typed) != len(rows) or any(sign not in question.letters for sign in typed):
        raise Mistyped(wanted)
    return {row: question.letters[sign] for row, sign in zip(rows, typed, strict=True)}


def _numbered(question: Question, words: str, wanted: str) -> dict[str, str]:
    """Read «1Б 3А»: rows that are not named stay open."""
    left, answer = _PAIR.sub(" ", words), dict[str, str]()
    for row, sign in _PAIR.findall(words):
        letter, place = signs(sign), int(row)
        if letter not in question.letters or not 1 <= place <= len(question.rows):
            raise Mistyped(wanted)
        if question.rows[place - 1] in answer:
            raise Mistyped(f"{wanted}; row {place} stands twice")
        answer[question.rows[place - 1]] = question.letters[letter]
    if _BETWEEN.sub("", left) or not answer:
        raise Mistyped(wanted)
    return answer


def _number(question: Question, words: str) -> Any:
    if kinds.kind(question.entry["kind"]).readable(question.shown, words).state == "invalid":
        unit = " or ".join(dict.fromkeys((question.shown.get("unit") or {}).values()))
        raise Mistyped("a number, with a comma or a point" + (f"; in {unit}" if unit else ""))
    return words


READERS: Mapping[str, Reader] = {
    "letter": _letter,
    "letters": _letters,
    "order": _order,
    "pairs": _pairs,
    "classes": _pairs,
    "number": _number,
}


def read(question: Question, words: str) -> Any:
    """Return the answer that a cell says.

    Raises
    ------
    Mistyped
        It says none, or more than one.
    """
    if len(words) > LONGEST:
        raise Mistyped(f"at most {LONGEST} characters")
    return READERS[question.form](question, words)


def given(words: str, levels: list[float]) -> float:
    """Return the points that a cell gives for one criterion.

    >>> given("1,5", [0, 1.5, 3])
    1.5
    """
    wanted = f"one of {', '.join(map(shown_points, levels))}"
    value = kinds.parse_number(words)
    if value is None or value not in levels or "%" in words:
        raise Mistyped(wanted)
    return value


def columns(question: Question) -> list[tuple[str, str]]:
    """Return the columns that a question takes, each with what is typed there."""
    if question.form == "words":
        return [
            (
                f"{question.number} {criterion['id']}".strip(),
                ", ".join(shown_points(level) for level in criterion["levels"]),
            )
            for criterion in rubric(question.entry)
        ]
    return [(str(question.number), _HINTS[question.form](question))]


def _example(question: Question) -> str:
    first, *_, last = question.letters
    return first + last


_HINTS: Mapping[str, Callable[[Question], str]] = {
    "letter": span,
    "letters": lambda question: f"{span(question)}: {_example(question)}",
    "order": lambda question: f"{span(question)}: {''.join(reversed(question.letters))}",
    "pairs": lambda question: f"1–{len(question.rows)}: {span(question)}",
    "classes": lambda question: f"1–{len(question.rows)}: {span(question)}",
    "number": lambda question: "0,0",
}


def right(question: Question, lang: str) -> str:
    """Return the right answer as the lecturer's key prints it; empty for what people mark."""
    reads = _KEYS.get(question.form)
    return reads(question, lang) if reads else ""


def _ids(question: Question, field: str) -> dict[str, str]:
    """Return the bank's ids by those that students see."""
    return question.entry["ids"].get(field, {})


def _by_bank(question: Question) -> dict[str, str]:
    """Return letters by the ids of the bank."""
    names = _ids(question, question.field)
    return {names[public]: letter for letter, public in question.letters.items()}


def _right_letters(question: Question, lang: str) -> str:
    letters, wanted = _by_bank(question), question.key["right"]
    names = [wanted] if isinstance(wanted, str) else wanted
    return " ".join(sorted(letters[name] for name in names))


def _right_order(question: Question, lang: str) -> str:
    letters, ranks = _by_bank(question), question.key["ranks"]
    ordered = sorted(ranks, key=lambda name: (ranks[name], letters[name]))
    places = [tuple(ranks[name]) for name in ordered]
    if all(first[1] < second[0] for first, second in zip(places, places[1:], strict=False)):
        return " ".join(letters[name] for name in ordered)
    kind, telling = kinds.kind(question.entry["kind"]), keyfile.exercise(question.entry).told(lang)
    said = kind.keyed(telling, question.key)
    return ", ".join(f"{letters[name]} ({said[name]})" for name in ordered)


def _right_pairs(question: Question, lang: str) -> str:
    letters, names = _by_bank(question), _ids(question, "row")
    pairs = question.key["pairs"]
    return " ".join(f"{at}{letters[pairs[names[row]]]}" for at, row in enumerate(question.rows, 1))


def _right_number(question: Question, lang: str) -> str:
    unit = (question.shown.get("unit") or {}).get(lang, "")
    shown = number(question.key["value"], lang, question.key["digits"])
    return f"{shown} {unit}".strip()


_KEYS: Mapping[str, Callable[[Question, str], str]] = {
    "letter": _right_letters,
    "letters": _right_letters,
    "order": _right_order,
    "pairs": _right_pairs,
    "classes": _right_pairs,
    "number": _right_number,
}
