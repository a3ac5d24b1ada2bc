"""`course report`: what concerns several assignments, by its first word, or one group."""

from collections.abc import Sequence
from importlib import import_module

WHAT = ("compare", "items", "support")


def main(words: Sequence[str]) -> int:
    """Run ``course report``; a folder that bears one of the words is written ``./compare``."""
    words = list(words)
    if {"-h", "--help"} & {*words[:1]}:
        print(f"Across assignments: {', '.join(f'course report {name}' for name in WHAT)}.\n")
    name = f"semester.{words.pop(0)}" if words and words[0] in WHAT else "pages.report"
    code: int = import_module(f"course.grading.{name}").main(words)
    return code
