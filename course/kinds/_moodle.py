"""What a kind puts into a question of Moodle, or why it cannot."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

_PHP_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)


class Refused(Exception):
    """Why another system cannot mark an exercise as the course does."""


@dataclass(frozen=True, slots=True)
class MoodleAnswer:
    """One answer of a Moodle question: fraction in percent (or place), words and feedback."""

    fraction: str
    text: str
    feedback: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MoodleQuestion:
    """What a kind puts into a question of Moodle's XML; texts are the course's own markup."""

    type: str
    tags: Mapping[str, str] = field(default_factory=dict)
    asks: tuple[str, ...] = ()  # paragraphs below the prompt
    combined: bool = True  # has Moodle's three feedbacks for right, partly right and wrong
    answers: tuple[MoodleAnswer, ...] = ()
    stems: tuple[tuple[str, str], ...] = ()  # (row, option) of a match
    after: Mapping[str, str] = field(default_factory=dict)
    grader: tuple[str, ...] = ()  # paragraphs for whoever reads it
    template: tuple[str, ...] = ()  # paragraphs that a student begins with


def unique(options: Iterable[str]) -> None:
    """Refuse options that Moodle could not tell apart: it drops spaces, and to PHP "1.0" is "1"."""
    shown = [" ".join(re.sub(r"\*\*|`", "", words).split()) for words in options]
    listed = [float(words) if _PHP_NUMBER.fullmatch(words) else words for words in shown]
    if len(set(listed)) < len(listed):
        raise Refused(
            "two of its options read the same, and Moodle could not tell them apart: change one"
        )
