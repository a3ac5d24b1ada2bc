"""From the lessons' source to the two editions, and whether its two languages keep step."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from course import instruments, pictures
from course.authoring import alive
from course.exercises import Chapter, Fault, read
from course.texts import LANGS

if TYPE_CHECKING:
    from markdown_it.token import Token

Book = dict[str, Any]  # a notebook as JSON
FOREIGN = {"uk": "ыэъё", "ru": "іїєґ"}
_SHOW = re.compile(
    r"lesson\.(exercise|guess|instrument|figure|progress|plan|export|review|today|certificate|firm|programme)"
    r"\((?:[\"']([^\"']*)[\"'])?[^()]*\)"
)
_HANDED = re.compile(r"lesson\.(check)\(\s*[\"']([^\"']+)")
_FORMULA = re.compile(r"\$\$.+?\$\$|\$[^$\n]+?\$", re.S)
_QUOTED = re.compile(r"<(\w+) lang=[\"']\w+[\"']>.*?</\1>", re.S)
_SILENT = ("code_inline", "html_inline", "softbreak", "hardbreak")
_MARKS = "<!-- lessons -->", "<!-- end of lessons -->"


class EditionError(Exception):
    """A lesson that cannot be built; the message names file and line of every fault."""


@dataclass(frozen=True)
class Piece:
    """A cell of both editions: ``text`` holds the prose per language, or the same code for both."""

    line: int
    code: bool
    text: dict[str, str]
    tags: tuple[str, ...] = ()


def pieces(path: str | PathLike[str]) -> tuple[list[Piece], list[Fault]]:
    """Read one ``lesson.md`` into the cells that its editions have.

    Parameters
    ----------
    path : pathlib.Path

    Returns
    -------
    tuple of list of Piece, list of course.exercises.Fault
        Faults: a half without its other half, halves apart or in the wrong order, a cell without a
        language.
    """
    import jupytext.myst

    cells: list[Piece] = []
    faults: list[Fault] = []
    half: tuple[str, int, str] | None = None  # language, line, source

    def fault(line: int, message: str) -> None:
        faults.append(_fault(path, line, message))

    try:
        book = jupytext.myst.myst_to_notebook(Path(path).read_text("utf-8"), add_source_map=True)
    except Exception as error:  # whatever the parser stumbles on is the writer's to mend
        line = re.search(r"line (\d+)", str(error))
        return [], [_fault(path, int(line[1]) if line else 1, f"cannot be read: {error}")]
    for cell, start in [*zip(book.cells, book.metadata["source_map"], strict=True), (None, 0)]:
        langs = [tag for tag in cell.metadata.get("tags", ()) if tag in LANGS] if cell else []
        prose = cell is not None and cell.cell_type == "markdown"
        if half and prose and len(langs) == 1 and langs[0] != half[0]:
            if half[0] != LANGS[0]:
                fault(half[1], f"wrong order: the {LANGS[0]} half comes first")
            cells.append(Piece(half[1], False, {half[0]: half[2], langs[0]: cell.source}))
            half = None
            continue
        if half:
            fault(half[1], f"no other half right after this {half[0]} cell; add it")
        half = (langs[0], start + 1, cell.source) if prose and len(langs) == 1 else None
        if prose and not half:
            fault(start + 1, 'prose needs one language: +++ {"tags": ["uk"]} or ["ru"]')
        elif cell and not prose:
            tags = tuple(cell.metadata.get("tags", ()))
            cells.append(Piece(start + 1, True, dict.fromkeys(LANGS, cell.source), tags))
    return cells, faults


def _fault(path: str | PathLike[str], line: int, message: str, exercise: str = "") -> Fault:
    path = Path(path)
    return Fault(f"{path.parent.name}/{path.name}", line, exercise, "", message)


def plain(prose: str) -> str:
    """Return prose as a reader hears it: without code, formulas, addresses and quotations.

    A quotation in another language names it: ``<span lang="ru">…</span>``.

    Examples
    --------
    >>> plain("Див. [урок **3**](03-value-plan.ipynb) і `df`, $x_1$, <i lang='ru'>ещё</i>.")
    'Див. урок 3 і , , .'
    """
    blocks = (
        "".join(" " if child.type in _SILENT else child.content for child in token.children or ())
        for token in _parse(_QUOTED.sub(" ", prose))
    )
    words = re.sub(" +", " ", _FORMULA.sub(" ", "\n".join(blocks)))
    return re.sub(" *\n[ \n]*", "\n", words).strip()


def _parse(prose: str) -> "list[Token]":
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable("table").parse(prose)


def shape(prose: str) -> dict[str, object]:
    r"""Return what both halves of a cell must share, by name.

    The language of a link's edition, its anchor and the words in a formula may differ.

    Examples
    --------
    >>> shape("## Де\n\n[тут](../ru/05-levels.ipynb) `df` і $m_1$")["links"]
    ['../05-levels.ipynb']
    """
    parts: dict[str, list[str]] = {"headings": [], "links": [], "images": [], "code": []}
    count: Counter[str] = Counter()
    for token in (token for block in _parse(prose) for token in (block, *(block.children or ()))):
        if token.type == "heading_open":
            parts["headings"].append(token.tag)
        elif token.type == "link_open":
            address = re.sub("#.*", "#", str(token.attrGet("href")))
            parts["links"].append(re.sub(r"^\.\./(uk|ru)/", "../", address))
        elif token.type == "image":
            parts["images"].append(str(token.attrGet("src")))
        elif token.type == "code_inline":
            parts["code"].append(token.content)
        elif token.type in ("paragraph_open", "list_item_open", "tr_open", "fence"):
            count[token.type.removesuffix("_open").replace("_", " ")] += 1
    worded = re.sub(r"\\text\w*\{[^}]*\}", r"\\text{}", re.sub(r"`[^`]*`", "", prose))
    parts["formulas"] = _FORMULA.findall(worded)
    shared = {name: part if name == "headings" else sorted(part) for name, part in parts.items()}
    return shared | {
        f"number of {name}s": count[name] for name in ("paragraph", "list item", "tr", "fence")
    }


def parity(path: str | PathLike[str]) -> list[Fault]:
    """Find every place where the two languages of one lesson do not keep step.

    Parameters
    ----------
    path : path-like
        A ``lesson.md``.

    Returns
    -------
    list of course.exercises.Fault
    """
    path = Path(path)
    if not path.is_file():
        return [_fault(path, 1, "the lesson has no lesson.md")]
    cells, faults = pieces(path)
    lessons = {other.name for other in path.parent.parent.glob("[0-9]*")}
    for piece in cells:
        wrong, halves = [], piece.text
        if piece.code and (letter := re.search("[\u0400-\u04ff]", halves["uk"])):
            wrong.append(f"Cyrillic in code ({letter[0]}); prose belongs in a prose cell")
        elif not piece.code:
            ru = shape(halves["ru"])
            for part, uk in shape(halves["uk"]).items():
                if uk != ru[part]:
                    wrong.append(f"{part} differ: uk {uk}, ru {ru[part]}")
            for lang in LANGS:
                if strange := re.search(f"[{FOREIGN[lang]}]", plain(halves[lang]), re.I):
                    advice = 'mark a quotation: <span lang="…">'
                    wrong.append(f"{strange[0]} in the {lang} half; {advice}")
            goals = re.findall(r"\]\((?:\.\./(?:uk|ru)/)?([\w-]+)\.ipynb", halves["uk"])
            wrong += [f"there is no lesson {goal}" for goal in goals if goal not in lessons]
        faults += [_fault(path, piece.line, message) for message in wrong]
    return sorted(faults, key=lambda fault: fault.line)


def build(root: str | PathLike[str]) -> dict[str, bytes]:
    """Make all that is derived from the lessons: editions, tables in the READMEs, the listed code.

    Parameters
    ----------
    root : path-like
        A checkout, with ``lessons/`` in it.

    Returns
    -------
    dict of str to bytes
        Path relative to `root` -> content, the same bytes on every Python.

    Raises
    ------
    EditionError
        When a lesson has a fault that stops it; file and line of each are named.
    """
    root, sources = Path(root), list[tuple[Chapter, list[Piece]]]()
    files: dict[str, bytes] = {}
    faults: list[Fault] = []
    for path in sorted((root / "lessons").glob("[0-9]*/lesson.md")):
        chapter, cells, wrong = _lesson(path)
        faults += wrong
        if chapter is not None:
            sources.append((chapter, cells))
    if faults:
        raise EditionError("\n".join(map(str, faults)))
    chapters = [chapter for chapter, _ in sources]
    code = {
        chapter.slug: [
            (_id(chapter, count), piece.text[LANGS[0]])
            for count, piece in enumerate(cells, 1)
            if piece.code
        ]
        for chapter, cells in sources
    }
    files[alive.LISTED] = alive.listed(code)
    for chapter, cells in sources:
        for lang in LANGS:
            book = _notebook(chapter, cells, lang, chapters)
            written = json.dumps(book, ensure_ascii=False, indent=1, sort_keys=True)
            files[f"notebooks/{lang}/{chapter.notebook}"] = (written + "\n").encode()
    for path in sorted(root.glob("README*.md")):
        text = path.read_text("utf-8")
        if all(mark in text for mark in _MARKS):
            before, after = text.split(_MARKS[0])[0], text.split(_MARKS[1])[1]
            table = _table(chapters, path.name.split(".")[1])
            files[path.name] = f"{before}{_MARKS[0]}\n{table}{_MARKS[1]}{after}".encode()
    return files


def unbuildable(path: str | PathLike[str]) -> list[Fault]:
    """Find what stops the build of one lesson.

    Parameters
    ----------
    path : path-like
        A ``lesson.md``.

    Returns
    -------
    list of course.exercises.Fault
    """
    return _lesson(Path(path))[2]


def _lesson(path: Path) -> tuple[Chapter | None, list[Piece], list[Fault]]:
    beside = path.with_name("exercises.toml")
    if not beside.is_file():
        return None, [], [_fault(beside, 1, "the lesson has no exercises.toml")]
    try:
        chapter = read(beside)
    except (OSError, ValueError, KeyError) as error:
        return None, [], [_fault(beside, 1, f"cannot be read: {error}")]
    cells, faults = pieces(path)
    return chapter, cells, [*faults, *_unbuildable(path, chapter, cells)]


def _unbuildable(path: Path, chapter: Chapter, cells: list[Piece]) -> Iterator[Fault]:
    try:
        entries = pictures.read(path.with_name("figures.toml"))
        drawn = {
            name: pictures.figure(entry, lang) for name, entry in entries.items() for lang in LANGS
        }
    except pictures.PictureError as error:
        drawn = {}
        yield _fault(path.with_name("figures.toml"), 1, str(error))
    needed = f'lesson = course.lesson("{chapter.slug}", "LANG")'
    for count, piece in enumerate([piece for piece in cells if piece.code]):
        code, shown = piece.text["uk"], _shown(piece)
        try:
            alive.names(code)
        except SyntaxError as error:
            line = piece.line + (error.lineno or 1)
            yield _fault(path, line, f"this code cannot be read: {error.msg}")
        if count == 0 and not {"import course", needed} <= set(code.splitlines()):
            message = f"the first code cell must be: import course, and below it {needed}"
            yield _fault(path, piece.line, message)
        elif count and '"LANG"' in code:
            yield _fault(path, piece.line, '"LANG" belongs in the first code cell only')
        if shown and shown[1] in ("exercise", "guess") and shown[2] not in chapter.exercises:
            yield _fault(path, piece.line, "no such exercise in exercises.toml", shown[2] or "")
        if shown and shown[1] == "instrument" and shown[2] not in instruments.names():
            yield _fault(path, piece.line, f"no such instrument: {shown[2]}")
        if shown and shown[1] == "figure" and shown[2] not in drawn:
            yield _fault(path, piece.line, f"no such picture in figures.toml: {shown[2]}")


def _shown(piece: Piece) -> re.Match[str] | None:
    return _SHOW.fullmatch(piece.text["uk"].strip()) if piece.code else None


def _notebook(chapter: Chapter, pieces: list[Piece], lang: str, lessons: list[Chapter]) -> Book:
    first = next((piece for piece in pieces if piece.code), None)
    cells = []
    for count, piece in enumerate(pieces, 1):
        shown, source = _shown(piece), piece.text[lang]
        cell: Book = {"id": _id(chapter, count), "cell_type": "markdown", "metadata": {}}
        if piece.code:
            # A notebook has outputs only on a cell with a number.
            outputs = _outputs(chapter, shown or _HANDED.search(source), lang, lessons)
            number = count if outputs else None
            cell |= {"cell_type": "code", "execution_count": number, "outputs": outputs}
            if piece.tags:
                cell["metadata"]["tags"] = list(piece.tags)
            if shown or piece is first:
                cell["metadata"]["jupyter"] = {"source_hidden": True}
            source = source.replace('"LANG"', f'"{lang}"')
        cells.append(cell | {"source": source.splitlines(True)})
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {
        "course": {"lang": lang, "lesson": chapter.slug},
        "kernelspec": kernel,
        "language_info": {"name": "python"},
    }
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def _id(chapter: Chapter, count: int) -> str:
    return f"{chapter.slug}-{count:03}"


def _outputs(
    chapter: Chapter, shown: re.Match[str] | None, lang: str, lessons: list[Chapter]
) -> list[Book]:
    """Return what a page without a kernel shows in place of the widget."""
    still = ("exercise", "guess", "check", "instrument", "figure")
    if not shown or shown[1] not in (still if chapter.number else (*still, "progress")):
        return []
    from course.widgets import fallback

    if shown[1] == "instrument":
        declared = instruments.find(shown[2])
        reading = declared.read(declared.cases[declared.start])
        figures = declared.figures(reading, lang)
        html, text = fallback.instrument(declared.title(lang), figures, lang)
    elif shown[1] == "figure":
        entry = pictures.read(chapter.folder / "figures.toml")[shown[2]]
        html, text = fallback.figure(pictures.figure(entry, lang), lang)
    elif shown[1] == "progress":
        html, text = fallback.contents([other for other in lessons if other.number], lang)
    else:
        html, text = fallback.exercise(chapter.exercises[shown[2]], lang)
    data = {"text/html": html.splitlines(True), "text/plain": text.splitlines(True)}
    return [{"output_type": "display_data", "data": data, "metadata": {}}]


def _table(chapters: Iterable[Chapter], lang: str) -> str:
    """Return the table of lessons: in one language, or in both for the English page."""
    langs = [lang] if lang in LANGS else LANGS
    words = {"uk": ("Урок", "Хвилин"), "ru": ("Урок", "Минут")}
    heads = words.get(lang) or ("Українською", "По-русски", "Minutes")
    rows = [["№", *heads], ["---:", *["---"] * len(langs), "---:"]]
    for chapter in chapters:
        name = chapter.notebook
        links = [f"[{chapter.title[of]}](notebooks/{of}/{name})" for of in langs]
        rows.append([str(chapter.number), *links, str(chapter.minutes)])
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)
