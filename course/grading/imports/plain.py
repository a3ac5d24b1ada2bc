"""A list of questions as text, in the plain form of `_listed`."""

from course.grading.imports import _text
from course.grading.imports._listed import Paragraph, questions
from course.grading.imports.question import Question

NAME, ABOUT = "list", "a list of questions as text (see docs/exchange)"


def takes(name: str, data: bytes) -> bool:
    """Tell whether a file is text; asked last."""
    return not data.startswith((b"PK", b"\xd0\xcf\x11\xe0", b"%PDF"))


def read(name: str, data: bytes) -> tuple[list[Question], list[str]]:
    """Return the questions of a file, and what to say of the whole."""
    words, notes = _text.decode(data, name)
    listed, outside = questions(map(_paragraph, enumerate(words.split("\n"), 1)))
    return listed, [*notes, *outside]


def _paragraph(line: tuple[int, str]) -> Paragraph:
    return Paragraph(*line)
