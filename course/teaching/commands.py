"""``course export slides``, ``seminar`` and ``syllabus``: words in, files and sentences out."""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec

from course.exercises import Chapter
from course.files import OUT, meant, write_meant
from course.grading import GradingError
from course.teaching import TeachingError
from course.texts import LANGS, LANGUAGE

WHAT = {
    "slides": "slides of a lesson; they turn by keys and print one a page",
    "seminar": "the plan of a class: minutes, roles, questions, what goes wrong",
    "syllabus": "the syllabus of the course",
}
_ASK = "name a folder with --out"
_NEEDED = ("jinja2", "markdown_it", "msgspec")


def main(words: Sequence[str]) -> int:
    """Run one command; return 0, or 2 when it cannot be carried out."""
    missing = ", ".join(name for name in _NEEDED if not find_spec(name))
    if missing:
        print(f'this needs {missing}: python -m pip install ".[grading]"', file=sys.stderr)
        return 2
    what, *rest = words
    options = _parser(what).parse_args(rest, argparse.Namespace(what=what))
    try:
        pages = list(_pages(options))
        paths = [meant(options.out, name, [".html"]) for name, _ in pages]
        if len({*paths}) < len({name for name, _ in pages}):
            raise TeachingError(f"{options.out}: {len(pages)} pages, one file; {_ASK}")
        for path, (_, page) in zip(paths, pages, strict=True):
            write_meant(options.out, path, page().encode())
            print(f"{path} written")
    except (TeachingError, GradingError) as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    return 0


def _parser(what: str) -> argparse.ArgumentParser:
    said = WHAT[what][0].upper() + WHAT[what][1:] + "."
    parser = argparse.ArgumentParser(f"course export {what}", allow_abbrev=False, description=said)
    if what != "syllabus":
        said = "numbers or short names of lessons (all of them)"
        parser.add_argument("lesson", nargs="*", help=said)
    parser.add_argument("--lang", choices=LANGS, default="uk", help=LANGUAGE)
    parser.add_argument("--out", default="", metavar="PATH", help=OUT)
    return parser


def _pages(options: argparse.Namespace) -> Iterator[tuple[str, Callable[[], str]]]:
    """Yield the name of each file, and what makes it."""
    from course.teaching import papers, seminars, slides
    from course.teaching.outline import outline

    lang = options.lang
    if options.what == "syllabus":
        yield f"syllabus-{lang}.html", lambda: papers.syllabus(lang)
        return
    make = {"slides": slides.write, "seminar": papers.seminar}[options.what]
    for chapter in _chosen(options.lesson):
        plan = seminars.read(chapter.folder / "seminar.toml")
        lesson = outline(chapter, lang)
        name = f"{options.what}-{chapter.folder.name}-{lang}.html"
        yield name, lambda lesson=lesson, plan=plan: make(lesson, plan)  # type: ignore[misc]


def _chosen(names: Sequence[str]) -> list[Chapter]:
    """Return the lessons that a person named; without names all of them."""
    from course.teaching.papers import taught

    known = taught()
    chosen = []
    for name in names:
        hits = [c for c in known if name in (c.slug, c.folder.name) or _number(name) == c.number]
        if not hits:
            slugs = ", ".join(chapter.slug for chapter in known)
            raise TeachingError(f"there is no lesson {name!r}; there are 1–{len(known)}: {slugs}")
        chosen += hits
    return chosen or known


def _number(name: str) -> int:
    return int(name) if name.isascii() and name.isdigit() else -1
