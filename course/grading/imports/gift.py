"""GIFT: Moodle's text format, one block of lines for a question.

Read as question/format/gift/format.php of Moodle 4.5 does: ``//`` begins a comment, a blank line
ends a question, the outermost braces hold the answers, and ``= ~ # { } :`` are ordinary after a
backslash.
"""

import re
from collections.abc import Iterator

from course.grading.imports import _text
from course.grading.imports.question import Choice, Number, Question

NAME, ABOUT = "gift", "Moodle's text format GIFT"
_ESCAPED = "\\~=#{}:"  # stand as control characters meanwhile: no text holds those
_HIDDEN = {f"\\{mark}": chr(code) for code, mark in enumerate(_ESCAPED, 1)}
_SHOWN = {chr(code): mark for code, mark in enumerate(_ESCAPED, 1)}
_TRUTH = re.compile(r"\s*(T|TRUE|F|FALSE)\s*(#.*)?", re.I | re.S)
_SHARE = re.compile(r"\s*%(-?\d+(?:\.\d+)?)%")
_NUMBER = r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*"
_TAGGED = re.compile(r"\[(?:tag|id):[^\]]+\]")  # in a comment, as Moodle writes them
_FORMAT = re.compile(r"\s*\[(html|moodle|plain|markdown)\]")


def takes(name: str, data: bytes) -> bool:
    """Tell whether a file looks like GIFT: answers in braces with marks, or its own extension."""
    if name.lower().endswith(".gift"):
        return True
    words = data.decode("utf-8", "replace")
    return bool(re.search(r"(?m)^[ \t]*::|\$CATEGORY:|\{\s*([=~#]|T|F|TRUE|FALSE)", words))


def read(name: str, data: bytes) -> tuple[list[Question], list[str]]:
    """Return the questions of a file, and what to say of the whole."""
    words, notes = _text.decode(data, name)
    questions, category = list[Question](), tuple[str, ...]()
    for line, block, lost in _blocks(words):
        if block.startswith("$CATEGORY:"):
            head, _, block = block.partition("\n")
            category = _text.category(head[10:])
            line += 1
            if not block.strip():
                continue
        question = _question(line, block.strip(), len(questions) + 1)
        question.category = category
        for said in lost:
            _text.note(question.lost, said)
        questions.append(question)
    return questions, notes


def _blocks(words: str) -> Iterator[tuple[int, str, list[str]]]:
    """Yield the line and the words of each question without comments, and what these lose."""
    start, block, lost = 0, list[str](), list[str]()
    for line, text in enumerate([*words.split("\n"), ""], 1):
        if text.lstrip().startswith("//"):
            lost += (f"the mark {mark[0][:60]}" for mark in _TAGGED.finditer(text))
            continue
        if text.strip():
            start = start if block else line
            block.append(text)
        elif block:
            yield start, "\n".join(block), lost
            block, lost = [], []


def _question(line: int, block: str, number: int) -> Question:
    for written, hidden in _HIDDEN.items():
        block = block.replace(written, hidden)
    block = block.replace("\\n", "\n")
    question = Question(line, str(number))
    titled = re.match(r"::(.*?)::", block, re.S)
    if titled:
        question.name = _plain(titled[1], question) or question.name
        block = block[titled.end() :]
    first, last = block.find("{"), block.rfind("}")
    if first < 0 and last < 0:
        question.left_out = "a description: it asks nothing"
        return question
    if first < 0 or last < first:
        question.left_out = "a brace that is not closed; write \\{ for a brace in the text"
        return question
    answers, after = block[first + 1 : last], block[last + 1 :]
    if re.search("[{}]", answers):
        question.left_out = "braces within the answers; write \\{ and \\}"
        return question
    head, styled = block[:first], ""
    if form := _FORMAT.match(head):
        head, styled = head[form.end() :], form[1]
    prompt = head.rstrip() + " _____ " + after.strip() if after.strip() else head
    question.prompt = _shown(prompt, styled, question)
    answers, _, general = answers.partition("####")
    question.solution = _shown(general, styled, question)
    if not question.prompt:
        question.left_out = "no text before its answers"
    else:
        _answers(question, answers, styled)
    return question


def _answers(question: Question, answers: str, styled: str) -> None:
    """Read what stands between the braces."""
    if not answers.strip():
        question.type = "text"
    elif truth := _TRUTH.fullmatch(answers):
        question.type, yes = "true", truth[1][0] in "Tt"
        wrong, _, right = (truth[2] or "")[1:].partition("#")
        question.wrong = _shown(wrong, styled, question)
        question.right = _shown(right, styled, question)
        question.choices = [Choice("", 100 * yes), Choice("", 100 * (not yes))]
    elif answers.lstrip().startswith("#"):
        question.type = "numeric"
        _numbers(question, answers.lstrip()[1:], styled)
    elif "~" not in answers and "->" in answers:
        question.type = "match"
        for part in answers.split("=")[1:]:
            stem, arrow, option = part.partition("->")
            if not arrow:
                question.left_out = f"{_plain(part, question)[:40]!r} has no arrow ->"
            pair = _shown(stem, styled, question), _plain(option, question)
            question.pairs.append(pair)
    else:
        parts = re.findall(r"([=~])([^=~]*)", answers)
        single, sole = "=" in answers, "~" not in answers
        question.type = "short" if sole else "choice" if single else "multi"
        for mark, part in parts:
            share = _SHARE.match(part)
            words, _, why = part[share.end() if share else 0 :].partition("#")
            earns = float(share[1]) if share else 100.0 * (mark == "=")
            text = _shown(words, styled, question)
            question.choices.append(Choice(text, earns, _shown(why, styled, question)))
        if not parts:
            question.left_out = "its answers begin with neither = nor ~"


def _numbers(question: Question, answers: str, styled: str) -> None:
    """Read ``3:0.5``, ``1..5``, or several of them, each after ``=``."""
    answers, _, missed = answers.partition("~")  # what stands after it is said to all others
    other, _, why = missed.partition("#")
    question.wrong = _shown(why, styled, question)
    if other.strip():
        _text.note(question.lost, f"the wrong answer {_plain(other, question)[:40]!r}")
    several = answers.lstrip().startswith("=")
    for part in answers.strip().split("=")[1:] if several else [answers]:
        share = _SHARE.match(part)
        words, _, why = part[share.end() if share else 0 :].partition("#")
        earns, why = float(share[1]) if share else 100.0, _shown(why, styled, question)
        words = words.replace(",", ".") if words.count(",") == 1 else words
        if span := re.fullmatch(_NUMBER + r"\.\." + _NUMBER, words):
            low, high = float(span[1]), float(span[2])
            number = Number(f"{(low + high) / 2:.12g}", abs(high - low) / 2, earns, why)
        elif near := re.fullmatch(_NUMBER + f"(?::{_NUMBER})?", words):
            number = Number(near[1], abs(float(near[2] or 0)), earns, why)
        elif words.strip() == "*":
            number = Number("*", 0, earns, why)
        else:
            question.left_out = f"{_plain(words, question)[:40]!r} is no number"
            return
        question.numbers.append(number)


def _plain(words: str, question: Question) -> str:
    for hidden, mark in _SHOWN.items():
        words = words.replace(hidden, mark)
    return " ".join(_text.plain(words, question.lost).split("\n"))


def _shown(words: str, styled: str, question: Question) -> str:
    """Return a text; without a format Moodle takes it for HTML where it has tags."""
    if form := _FORMAT.match(words):
        words, styled = words[form.end() :], form[1]
    for hidden, mark in _SHOWN.items():
        words = words.replace(hidden, mark)
    if styled == "html" or (styled in ("", "moodle") and re.search(r"</?\w[^<>]*>|&\w+;", words)):
        return _text.from_html(words, question.lost)
    return _text.plain(words, question.lost)
