"""A lesson on paper: its prose, pictures and exercises, with room to write the answers."""

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from course import credit, instruments, paths, pictures
from course.credit import lines
from course.documents import (
    Blanks,
    Block,
    Code,
    Document,
    Drawing,
    Formula,
    Heading,
    Paragraph,
    Points,
    Run,
    Runs,
    Table,
    fit,
    formulas,
    paragraphs,
    plain,
    rich,
)
from course.exercises import Chapter, Exercise, draw
from course.kinds import Part
from course.texts import text

if TYPE_CHECKING:
    from markdown_it.token import Token

_CALL = re.compile(r"lesson\.(\w+)\((?:[\"']([\w-]+)[\"'])?.*\)", re.S)
_HANDED = re.compile(r"lesson\.check\(\s*[\"']([\w-]+)[\"']")
_SCREEN = ("today", "review", "progress", "plan", "export", "certificate")  # nothing to print
_SHOWN = ("guess", "figure", "instrument", "exercise")
_PARTING = ("review", "export")  # the section around them speaks of nothing else
_FORMULA = re.compile(r"\$\$(.+?)\$\$|\$([^$\n]+?)\$", re.S)
_HOLE = re.compile("\ue000(\\d+)\ue001")
_SPAN = re.compile(r"<\w+ lang=[\"'](\w+)[\"']>")
_EDITION = re.compile(r"^\[[^\]]*\]\(\.\./[^)]*\)$", re.M)
_MENU = re.compile("«(Виконати|Выполнить)»")
Blocks = Iterator[Block]


def handout(chapter: Chapter, lang: str) -> Document:
    """Return a lesson to print.

    Parameters
    ----------
    chapter : course.exercises.Chapter
        Of the course, not its start page; its notebook is what is read.
    lang : {"uk", "ru"}
    """
    book = json.loads((paths.shared("notebooks") / lang / chapter.notebook).read_text("utf-8"))
    blocks: list[Block] = []
    count = 0
    for at, cell in enumerate(book["cells"]):
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            blocks += _opening(source) if at == 0 else prose(source)
            continue
        call = _CALL.fullmatch(source.strip())
        verb, name = (call[1], call[2]) if call else ("", None)
        if verb in _PARTING:
            while blocks and not (isinstance(blocks[-1], Heading) and blocks[-1].level == 1):
                blocks.pop()
            blocks.pop()
        if verb in _SCREEN or cell["metadata"].get("jupyter", {}).get("source_hidden") and not name:
            continue
        handed = _HANDED.search(source)
        if verb not in _SHOWN:
            blocks.append(Code(fit(source)))
        if verb == "guess":
            blocks += _guess(chapter.exercises[str(name)], lang)
        elif verb == "figure":
            entries = pictures.read(chapter.folder / "figures.toml")
            blocks.append(Drawing(pictures.figure(entries[str(name)], lang)))
        elif verb == "instrument":
            declared = instruments.find(str(name))
            reading = declared.read(declared.cases[declared.start])
            blocks += [Drawing(figure) for figure in declared.figures(reading, lang)]
        elif verb == "exercise" or handed:
            count += 1
            blocks += _exercise(chapter.exercises[handed[1] if handed else str(name)], count, lang)
    whose = lines((each.plain([]) for each in chapter.credits), lang) or [credit.course(lang)]
    blocks += [Paragraph((Run(fit(said)),), "note") for said in whose]
    title = text("documents.lesson", lang, number=chapter.number, title=chapter.title[lang])
    return Document(title, lang, tuple(blocks), about=text("documents.who", lang))


def _opening(source: str) -> Blocks:
    """Yield what of the first cell is not about the page on the screen."""
    for block in prose(_EDITION.sub("", source)):
        words = block.runs if isinstance(block, Heading | Paragraph) else ()
        if not isinstance(block, Heading) and not _MENU.search(plain(words)):
            yield block


def _guess(exercise: Exercise, lang: str) -> Blocks:
    """Yield what is asked before the theory; the exercise itself comes after it."""
    first, *rest = _asked(exercise, lang)
    yield Paragraph((Run(text("documents.guess", lang), "bold"), Run(" "), *first.runs))
    yield from rest
    yield from _room(exercise, lang)


def _exercise(exercise: Exercise, count: int, lang: str) -> Blocks:
    yield Heading((Run(text("documents.exercise", lang, n=count)),), 2)
    yield from _asked(exercise, lang, "task")
    yield from _room(exercise, lang)


def _asked(exercise: Exercise, lang: str, look: str = "") -> list[Paragraph]:
    return paragraphs(exercise.say("prompt", lang, draw(exercise, "still", 1)) or "", look)


def _room(exercise: Exercise, lang: str) -> Blocks:
    parts = exercise.parts(lang)
    yield from map(_part, sorted(parts, key=lambda part: not part.inline))
    if not any(part.paper for part in parts):
        yield Blanks(exercise.kind.blanks(exercise.raw), exercise.say("unit", lang) or "")


def _part(part: Part) -> Block:
    entries = [
        (entry.get("title") or entry["text"], entry.get("help", "")) for entry in part.entries
    ]
    if part.inline:
        return Paragraph(rich(" · ".join(words for words, _ in entries)))
    if part.paper == "words":
        helped = any(said for _, said in entries)
        rows = tuple((_asks(words, said), ()) for words, said in entries)
        return Table((), rows, (1, 1) if helped else (3, 2), 2 if helped else 1, named=False)
    return Points(tuple(rich(words) for words, _ in entries), part.paper or "bullet")


def _asks(words: str, said: str) -> tuple[Runs, ...]:
    return ((Run(words, "bold"),), rich(said)) if said else (rich(words),)


def prose(source: str) -> list[Block]:
    r"""Return what a cell of Markdown says as blocks.

    Examples
    --------
    >>> [type(block).__name__ for block in prose("## Де\n\nТут $m$.\n\n- так\n- ні")]
    ['Heading', 'Paragraph', 'Points']
    """
    from markdown_it import MarkdownIt

    formulas: list[tuple[str, bool]] = []

    def keep(match: re.Match[str]) -> str:
        formulas.append((match[1] or match[2], bool(match[1])))
        return f"\ue000{len(formulas) - 1}\ue001"

    tokens = MarkdownIt("commonmark").enable("table").parse(_FORMULA.sub(keep, source))
    return list(_Reader(formulas).blocks(tokens))


class _Reader:
    """Reads the tokens of one cell; formulas stand in them by their number."""

    def __init__(self, formulas: list[tuple[str, bool]]) -> None:
        self._formulas = formulas

    def blocks(self, tokens: "list[Token]") -> Blocks:
        at = 0
        while at < len(tokens):
            token = tokens[at]
            end = self._end(tokens, at)
            inside = tokens[at + 1 : end]
            if token.type == "heading_open":
                yield Heading(self.runs(inside[0]), max(1, int(token.tag[1]) - 1))
            elif token.type == "paragraph_open":
                yield from self._paragraph(inside[0])
            elif token.type in ("bullet_list_open", "ordered_list_open"):
                items = tuple(
                    self._joined(inside[first : self._end(inside, first)])
                    for first, inner in enumerate(inside)
                    if inner.type == "list_item_open" and inner.level == token.level + 1
                )
                yield Points(items, "bullet" if token.tag == "ul" else "number")
            elif token.type == "table_open":
                yield self._table(inside)
            elif token.type in ("fence", "code_block"):
                yield Code(fit(token.content))
            elif token.type == "blockquote_open":
                yield from self.blocks(inside)
            at = end + 1

    @staticmethod
    def _end(tokens: "list[Token]", at: int) -> int:
        """Return where a block ends that is opened at a place; itself when it opens nothing."""
        if tokens[at].nesting != 1:
            return at
        return next(
            later
            for later in range(at + 1, len(tokens))
            if tokens[later].level == tokens[at].level and tokens[later].nesting == -1
        )

    def _paragraph(self, inline: "Token") -> Blocks:
        alone = _HOLE.fullmatch(inline.content.strip())
        if alone and self._formulas[int(alone[1])][1]:
            yield Formula(self._tex(int(alone[1])))
            return
        yield Paragraph(self.runs(inline))

    def _joined(self, tokens: "list[Token]") -> Runs:
        return tuple(run for token in tokens if token.type == "inline" for run in self.runs(token))

    def _table(self, tokens: "list[Token]") -> Table:
        rows: list[list[Runs]] = []
        for token in tokens:
            if token.type == "tr_open":
                rows.append([])
            elif token.type == "inline":
                rows[-1].append(self.runs(token))
        body = tuple(tuple((words,) for words in row) for row in rows[1:])
        return Table(tuple(rows[0]), body)

    def runs(self, inline: "Token") -> Runs:
        """Return the words of one line of Markdown; of a link only its words."""
        runs: list[Run] = []
        looks: list[str] = []
        lang = ""
        for token in inline.children or ():
            if token.type in ("strong_open", "em_open"):
                looks.append("bold" if token.type == "strong_open" else "italic")
            elif token.type in ("strong_close", "em_close"):
                looks.pop()
            elif token.type == "code_inline":
                runs.append(Run(fit(token.content), "code", lang))
            elif token.type in ("softbreak", "hardbreak"):
                runs.append(Run(" "))
            elif token.type == "html_inline":
                span = _SPAN.match(token.content)
                lang = span[1] if span else ""
            elif token.type == "text":
                runs += self._words(token.content, looks[-1] if looks else "", lang)
        return tuple(runs)

    def _words(self, words: str, look: str, lang: str) -> Iterator[Run]:
        for at, part in enumerate(_HOLE.split(words)):
            if at % 2:
                tex = self._tex(int(part))
                yield from formulas.letters(tex) or (Run(tex, "formula"),)
            elif part:
                yield Run(fit(part), look, lang)

    def _tex(self, number: int) -> str:
        return " ".join(self._formulas[number][0].split())
