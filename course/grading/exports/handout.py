"""A lesson to print, with room for the answers: HTML, DOCX or PDF, as the file's name says."""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from importlib.util import find_spec

from course.documents import Document, page, writers
from course.documents.handout import handout
from course.exercises import Chapter, chapters
from course.grading import GradingError
from course.grading.exports import Export
from course.texts import LANGS, LANGUAGE

NAME, TAKES = "file", "handout"
ABOUT, ENDING = "a lesson to print, with blank lines, in --lang uk or ru", "html"
_INSTALL = {
    "docx": "python -m pip install python-docx",
    "pdf": 'python -m pip install ".[documents]"',
}


def options(parser: ArgumentParser) -> None:
    """Add the target's own words to the command line."""
    parser.add_argument("--lang", choices=LANGS, default="uk", help=LANGUAGE)


def write(sources: Sequence[str], options: Namespace) -> Export:
    """Make the file; `GradingError` says why it cannot be made."""
    if not find_spec("markdown_it"):
        raise GradingError('a handout needs markdown-it-py: python -m pip install ".[grading]"')
    document = handout(_chapter(sources[0]), options.lang)
    return Export(
        _written(document, options.out.suffix.lower().removeprefix(".")), [document.title]
    )


def _chapter(source: str) -> Chapter:
    """Return the lesson of a number or a short name."""
    lessons = [chapter for chapter in chapters().values() if chapter.number]
    for chapter in lessons:
        number = chapter.number
        if source in (chapter.slug, chapter.folder.name, str(number), f"{number:02}"):
            return chapter
    known = ", ".join(f"{chapter.number:02} {chapter.slug}" for chapter in lessons)
    raise GradingError(f"there is no lesson {source!r}; there are {known}")


def _written(document: Document, end: str) -> bytes:
    known = {"html": page.write, **writers()}
    if end in known:
        return known[end](document)
    if end in _INSTALL:
        raise GradingError(f".{end} needs more: {_INSTALL[end]}")
    raise GradingError("name the file to write with .html, .docx or .pdf at its end")
