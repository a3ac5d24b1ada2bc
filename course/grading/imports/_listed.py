"""The plain form of a list of questions, whoever typed it: `plain` reads text, `word` a document.

::

    1. Who makes the first step on the reactive level?
    - the seller
    + the customer
    Explanation: the seller answers when he is asked.

A question begins with its number; in a list without numbers a blank line parts the questions. An
option begins with a dash, a bullet or a letter, the right one with ``+`` or ``*`` (in Word it may
be bold). ``- stem -> option`` is a row to match, ``> item`` one of a right order, ``= 12,5 ± 0,5
грн`` a number; without any of them it is a written answer. `FIELDS` are lines of their own.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from course.grading.imports import _text
from course.grading.imports.question import Choice, Number, Question

FIELDS = {
    "points": ("бали", "баллы", "points"),
    "solution": ("пояснення", "пояснение", "explanation"),
    "right": ("правильно", "верно", "right"),
    "wrong": ("неправильно", "неверно", "wrong"),
    "why": ("чому", "почему", "why"),
    "hint": ("підказка", "подсказка", "hint"),
    "topic": ("тема", "topic"),
}
_NAMES = {name: field for field, names in FIELDS.items() for name in names}
_FIELD = re.compile(rf"\s*({'|'.join(_NAMES)})\s*:\s*(.*)", re.I)
_NUMBERED = re.compile(r"\s*\d{1,4}\s?[.)]\s+(?=\S)")
_OPTION = re.compile(
    r"\s*(?:(?P<before>[*+])\s*)?(?:[-–—•●▪]|[A-Za-zА-Яа-яІЇЄҐіїєґ]\s?[.)])\s+(?P<after>[*+]\s*)?(?P<words>.*)"
    r"|\s*(?P<alone>[*+])\s*(?P<rest>[^*+\s].*)"
)
_ARROW = re.compile(r"\s*(?:->|→|=>)\s*")
_DIGITS = r"[+\-−]?\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:[.,]\d+)?|[+\-−]?\d+(?:[.,]\d+)?"
_NUMBER = re.compile(rf"\s*=\s*({_DIGITS})\s*(?:(?:±|\+-|\+/-)\s*({_DIGITS}))?\s*(.*)")


class Paragraph(NamedTuple):
    """A line or a paragraph; Word says of its lists what a mark says in text."""

    place: int
    words: str
    role: str = ""  # "question" or "option" by the automatic list it stands in
    bold: bool = False
    lost: Sequence[str] = ()


def questions(paragraphs: Iterable[Paragraph]) -> tuple[list[Question], list[str]]:
    """Return the questions of a list, and what stands outside of them."""
    listed = list(paragraphs)
    numbered = any(each.role == "question" or _NUMBERED.match(each.words) for each in listed)
    blocks, notes, topic = list[list[Paragraph]](), list[str](), ""
    topics, parted = list[str](), True
    for each in listed:
        field = _FIELD.fullmatch(each.words)
        if not each.words.strip() and not each.lost:
            parted = parted or not numbered
        elif field and _NAMES[field[1].lower()] == "topic":
            topic = field[2].strip()
        elif each.role == "question" or _NUMBERED.match(each.words) or (parted and not numbered):
            blocks.append([each])
            topics.append(topic)
            parted = False
        elif blocks:
            blocks[-1].append(each)
        else:
            notes.append(f"left out, it stands before the first number: {each.words.strip()[:60]}")
    asked = [_question(block, count) for count, block in enumerate(blocks, 1)]
    for question, name in zip(asked, topics, strict=True):
        question.category = (name,) if name else ()
    return asked, notes


def _question(block: list[Paragraph], number: int) -> Question:
    head = _NUMBERED.match(block[0].words)
    name = head[0].strip().rstrip(".)").strip() if head else str(number)
    question = Question(block[0].place, name, "text")
    prompt, bolds = list[str](), list[bool]()
    for count, each in enumerate(block):
        for said in each.lost:
            _text.note(question.lost, said)
        words = each.words
        if not count:
            prompt.append(words[head.end() if head else 0 :])
        elif field := _FIELD.fullmatch(words):
            _field(question, _NAMES[field[1].lower()], _text.plain(field[2], question.lost))
        elif typed := _NUMBER.fullmatch(words):
            value, within = (_point(each or "0") for each in typed.group(1, 2))
            question.numbers.append(Number(value, abs(float(within)), 100))
            question.unit = typed[3].strip()
        elif re.match(r"\s*>\s*\S", words):
            question.items.append(_text.plain(words.strip()[1:], question.lost))
        elif (option := _OPTION.fullmatch(words)) or each.role == "option":
            bolds.append(each.bold)
            _option(question, option, words)
        elif question.choices:
            last = question.choices[-1]
            question.choices[-1] = last._replace(text=f"{last.text}\n{words.strip()}")
        else:
            prompt.append(words)
    question.prompt = _text.plain("\n".join(prompt), question.lost)
    _type(question, bolds)
    return question


def _option(question: Question, option: re.Match[str] | None, words: str) -> None:
    marked = bool(option and (option["before"] or option["after"] or option["alone"]))
    bare = (option["words"] or option["rest"] or "") if option else words
    if not option and (mark := re.match(r"\s*[*+]\s*", words)):
        marked, bare = True, words[mark.end() :]
    text = _text.plain(bare, question.lost)
    question.choices.append(Choice(text, 100.0 * marked))


def _type(question: Question, bolds: list[bool]) -> None:
    """Say what was asked, by what stands below the question."""
    choices = question.choices
    if not question.prompt:
        question.left_out = "no words after its number"
    elif sum(map(bool, (choices, question.items, question.numbers))) > 1:
        question.left_out = "options, items and numbers stand together; keep one of them"
    elif question.items:
        question.type = "order"
    elif question.numbers:
        question.type = "numeric"
    elif choices and all(_ARROW.search(choice.text) for choice in choices):
        question.type = "match"
        parts = [_ARROW.split(choice.text, maxsplit=1) for choice in choices]
        question.pairs = [(stem, option) for stem, option in parts]
        question.whys = {
            stem: choice.why
            for (stem, _), choice in zip(question.pairs, choices, strict=True)
            if choice.why
        }
    elif choices:
        if not any(choice.share for choice in choices) and not all(bolds):
            choices[:] = [
                choice._replace(share=100.0 * bold)
                for choice, bold in zip(choices, bolds, strict=True)
            ]
        right = sum(choice.share > 0 for choice in choices)
        question.type = "multi" if right > 1 else "choice"
        wrong = len(choices) - right
        if question.type == "multi":
            choices[:] = [
                choice._replace(share=100 / right if choice.share else -100 / max(1, wrong))
                for choice in choices
            ]
        if not right:
            question.left_out = "no option is marked as right: begin it with + or *"


def _field(question: Question, field: str, words: str) -> None:
    if field == "points":
        number = re.fullmatch(r"(\d{1,3}(?:[.,]\d+)?).*", words)
        if number:
            question.points = float(_point(number[1]))
        else:
            _text.note(question.lost, f"points {words[:20]!r}: not a number")
    elif field == "hint":
        question.hints.append(words)
    elif field != "why":
        setattr(question, field, words)
    elif question.choices:
        question.choices[-1] = question.choices[-1]._replace(why=words)
    else:
        _text.note(question.lost, f"a reason without an option above it: {words[:40]!r}")


def _point(words: str) -> str:
    return re.sub("[ \u00a0\u202f]", "", words).replace(",", ".").replace("−", "-")
