"""Aiken: a line of question, lettered lines of options, ``ANSWER: B``."""

import re

from course.grading.imports import _text
from course.grading.imports.question import Choice, Question

NAME, ABOUT = "aiken", "Aiken: options A. B. C. and ANSWER: B"
_OPTION = re.compile(r"\s*([A-ZА-ЯІЇЄҐ])\s?[.)]\s+(.*)")
_CLOSE = re.compile(r"\s*([A-ZА-ЯІЇЄҐ])[.)](\S.*)")  # "А.Сміт" begins a question
_ANSWER = re.compile(r"ANSWER\s*:\s*(.*)", re.I)
# A keyboard that was not switched: these letters look alike.
_ALIKE = str.maketrans("АВСЕНІКМОРТХ", "ABCEHIKMOPTX")


def takes(name: str, data: bytes) -> bool:
    """Tell whether a file has the line that only Aiken has."""
    return bool(re.search(rb"(?mi)^[ \t]*ANSWER[ \t]*:", data)) and b"::" not in data


def read(name: str, data: bytes) -> tuple[list[Question], list[str]]:
    """Return the questions of a file, and what to say of the whole."""
    words, notes = _text.decode(data, name)
    questions, question, letters = list[Question](), Question(0, "1"), list[str]()

    def finish(asked: str) -> None:
        nonlocal question, letters
        wanted = asked.upper().translate(_ALIKE)
        question.type = "choice"
        if not question.prompt or len(question.choices) < 2:
            question.left_out = "needs a question and two options, each with a letter: A. …"
        elif letters.count(wanted) != 1:
            question.left_out = f"ANSWER: {asked[:20]!r} is not the letter of one of its options"
        else:
            right = letters.index(wanted)
            question.choices[right] = question.choices[right]._replace(share=100)
        questions.append(question)
        question, letters = Question(0, str(len(questions) + 1)), []

    line = 0
    for line, text in enumerate(words.split("\n"), 1):
        if not text.strip():
            continue
        question.line = question.line or line
        if answer := _ANSWER.fullmatch(text.strip()):
            finish(answer[1])
        elif option := _OPTION.fullmatch(text) or _close(
            text, letters if question.prompt else None
        ):
            letters.append(option[1].upper().translate(_ALIKE))
            question.choices.append(Choice(_text.plain(option[2], question.lost), 0))
        elif question.choices:
            question.left_out = f"line {line} stands between its options and ANSWER"
            questions.append(question)
            question, letters = Question(line, str(len(questions) + 1)), []
            question.prompt = _text.plain(text, question.lost)
        else:
            question.prompt = _text.plain(f"{question.prompt}\n{text}", question.lost)
    if question.prompt or question.choices:
        question.line, question.left_out = question.line or line, "no line ANSWER: after it"
        questions.append(question)
    return questions, notes


def _close(text: str, letters: list[str] | None) -> re.Match[str] | None:
    """Return an option without a space after its letter, where the letter is the next one."""
    option = _CLOSE.fullmatch(text)
    if option is None or letters is None:
        return None
    turn = chr(ord(letters[-1]) + 1) if letters else "A"
    return option if option[1].translate(_ALIKE) == turn else None
