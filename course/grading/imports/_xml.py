"""XML from a stranger: expat as the standard library has it, with whatever could harm refused.

A doctype is what entities, and with them bombs and outside files, need; no format read here has
one, so the first is the end. Depth, elements and bytes are counted while the file is read. This is
all that a library of its own would add, and such a library does not count the depth.
"""

import re
from typing import Any
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from course.grading import GradingError
from course.grading.imports._text import LARGEST

DEPTH = 60  # Moodle's own files have eight
ELEMENTS = 500_000


def parse(data: bytes, name: str) -> Element:
    """Return the root of a document; every element keeps its line as the attribute ``line``.

    Raises
    ------
    GradingError
        When it is damaged, or holds what could harm.

    Examples
    --------
    >>> parse(b"<quiz><question/></quiz>", "q.xml")[0].get("line")
    '1'
    >>> parse(b"<!DOCTYPE a><a/>", "q.xml")
    Traceback (most recent call last):
    course.grading.GradingError: q.xml:1: a DOCTYPE; Moodle writes none: export the bank again
    """
    if len(data) > LARGEST:
        raise GradingError(f"{name}: more than {LARGEST >> 20} MiB; export fewer questions at once")
    parser, builder = expat.ParserCreate(_encoding(data)), TreeBuilder()
    depth = elements = 0

    def refuse(why: str) -> None:
        raise GradingError(f"{name}:{parser.CurrentLineNumber}: {why}")

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth, elements
        depth, elements = depth + 1, elements + 1
        if depth > DEPTH or elements > ELEMENTS:
            refuse("too many elements, or too deep in one another: no question bank is so")
        builder.start(tag, {**attributes, "line": str(parser.CurrentLineNumber)})

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(tag)

    def doctype(*declared: Any) -> None:
        refuse("a DOCTYPE; Moodle writes none: export the bank again")

    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = builder.data, doctype
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        if isinstance(error, GradingError):
            raise
        said = f"no sound XML ({error}); export it again"
        raise GradingError(f"{name}:{parser.CurrentLineNumber}: {said}") from None
    return builder.close()


def _encoding(data: bytes) -> str | None:
    """Return Windows-1251 for a file that names no encoding and is no UTF; else None."""
    if re.match(rb"\s*<\?xml[^>]*encoding", data) or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return None
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "windows-1251"
    return None
