"""A lesson as its own page tells it: the case, the sections with their pictures, the last minute.

The page read is the built edition, which is the lesson's source byte for byte and needs no parser
of MyST.
"""

import json
import re
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markupsafe import Markup

from course import paths
from course.exercises import Chapter

MINUTE = {"uk": "За одну хвилину", "ru": "За одну минуту"}
SOURCES = {"uk": "Джерела", "ru": "Источники"}
_SHOWN = re.compile(r"lesson\.(exercise|guess|figure)\(\"([\w-]+)\"\)")
# Of the page and not of the case: the link to the other edition, how to make the page live.
_ABOUT_PAGE = re.compile(r"^\[|«Запустити всі клітинки»|«Запустить все ячейки»")
_ABOUT_GUESS = re.compile(
    r"(^|\s)(Спершу|Сначала|Відповідайте за першим|Отвечайте по первому)\b[^.]*\.\s*$"
)
_SYMBOL = re.compile(r"\$([A-Za-z])(?:_\{?\\?(\w+)\}?)?\$")


@dataclass(frozen=True)
class Section:
    """What stands under one heading of the second level; before the first, under the title.

    Attributes
    ----------
    title : str
    prose : str
        Markdown, without the heading.
    pictures, cards, guesses : tuple of str
        Ids of the figures, of the exercises, and of those asked before the theory.
    """

    title: str
    prose: str
    pictures: tuple[str, ...]
    cards: tuple[str, ...]
    guesses: tuple[str, ...]


@dataclass(frozen=True)
class Outline:
    """One lesson in one language."""

    chapter: Chapter
    lang: str
    sections: tuple[Section, ...]

    @property
    def case(self) -> Section:
        """The section that ends with the guess."""
        return next(section for section in self.sections if section.guesses)

    @property
    def guess(self) -> str:
        """The id of the exercise that asks for the decision before the theory."""
        return self.case.guesses[0]

    @property
    def decision(self) -> Section:
        """The section in which the lesson asks again, and decides."""
        return next(section for section in self.sections if self.guess in section.cards)

    @property
    def pictures(self) -> list[tuple[Section, str]]:
        """The pictures that come before the decision, each with its section."""
        before = self.sections[: self.sections.index(self.decision)]
        return [(section, name) for section in before for name in section.pictures]

    @property
    def story(self) -> list[str]:
        """The paragraphs and lists of the case, as Markdown."""
        blocks = [_ABOUT_GUESS.sub("", block) for block in re.split(r"\n\s*\n", self.case.prose)]
        return [block for block in blocks if block.strip() and not _ABOUT_PAGE.search(block)]

    @property
    def minute(self) -> list[str]:
        """The sentences to remember, as Markdown."""
        return self._listed(MINUTE)

    @property
    def sources(self) -> list[str]:
        """The works that the lesson rests on, each with what it took from them, as Markdown."""
        return self._listed(SOURCES)

    def _listed(self, titles: dict[str, str]) -> list[str]:
        section = next(s for s in self.sections if s.title == titles[self.lang])
        return re.findall(r"^- (.+)$", section.prose, re.M)


def outline(chapter: Chapter, lang: str) -> Outline:
    """Read one lesson.

    Parameters
    ----------
    chapter : course.exercises.Chapter
    lang : {"uk", "ru"}
    """
    path = paths.shared("notebooks") / lang / chapter.notebook
    lines: list[str] = []
    for cell in json.loads(path.read_text("utf-8"))["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            lines += [*source.splitlines(), ""]
        elif shown := _SHOWN.fullmatch(source.strip()):
            lines.append(f"\0{shown[1]} {shown[2]}")
    parts = re.split(r"^##? (.+)$", "\n".join(lines), flags=re.M)
    titled = zip(parts[1::2], parts[2::2], strict=True)
    return Outline(chapter, lang, tuple(_section(title, body) for title, body in titled))


def _section(title: str, body: str) -> Section:
    shown = re.findall(r"^\0(\w+) (.+)$", body, re.M)
    ids = {verb: tuple(name for said, name in shown if said == verb) for verb, _ in shown}
    return Section(
        title=title,
        prose=re.sub(r"^\0.*$", "", body, flags=re.M).strip(),
        pictures=ids.get("figure", ()),
        cards=ids.get("exercise", ()),
        guesses=ids.get("guess", ()),
    )


def html(prose: str) -> Markup:
    r"""Return a lesson's Markdown as HTML; of formulas it knows single symbols.

    Examples
    --------
    >>> print(html(r"Менше ніж $I_{\max}$ – **вперед**."))
    <p>Менше ніж <i>I</i><sub>max</sub> – <strong>вперед</strong>.</p>
    <BLANKLINE>
    """
    return Markup(MarkdownIt("commonmark").enable("table").render(_symbols(prose)))


def line(prose: str) -> Markup:
    """Return Markdown within a line as HTML, without a paragraph around it."""
    return Markup(MarkdownIt("commonmark").renderInline(_symbols(prose)))


def _symbols(prose: str) -> str:
    def put(hit: re.Match[str]) -> str:
        return f"<i>{hit[1]}</i>" + (f"<sub>{hit[2]}</sub>" if hit[2] else "")

    return _SYMBOL.sub(put, prose)
