"""`course report`: what concerns several assignments, by its first word, or one group."""

from collections.abc import Sequence
from importlib import import_module

from course.grading.pages import report

WHAT = ("compare", "items", "support")


def main(words: Sequence[str]) -> int:
    """Run ``course report``; a folder that bears one of the words is written ``./compare``."""
    words = list(words)
    if words and words[0] in WHAT:
        code: int = import_module(f"course.grading.semester.{words[0]}").main(words[1:])
        return code
    across = ", ".join(f"course report {name}" for name in WHAT)
    return report.main(words, f"Across assignments: {across}.")
