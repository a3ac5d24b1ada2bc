"""Documents as data: what a page on paper says, in blocks; `word`, `pdf` and `page` write them.

Words come ready in one language. What a student typed is a `Run` like any other: no writer reads
markup in it, and characters that no document may hold are left out here, once for all writers.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.util import find_spec

from course.figures import Figure

LOOKS = ("", "bold", "italic", "code", "sub", "sup", "formula")
MARKS = ("bullet", "number", "tick", "place", "sign")
# No XML may hold the controls and halves of characters; the rest turns the letters around it.
_UNFIT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    "\u202a-\u202e\u2066-\u2069]"
)
_BREAK = re.compile("\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")
_RICH = re.compile(r"\*\*([^*]+)\*\*|`([^`]+)`")


@dataclass(frozen=True, slots=True)
class Run:
    """Words of one look; of a formula that has to be drawn the TeX between its dollars.

    Attributes
    ----------
    text : str
    look : str
        One of `LOOKS`.
    lang : str
        Of a quotation in another language; else that of the document.
    """

    text: str
    look: str = ""
    lang: str = ""


Runs = tuple[Run, ...]
Cell = tuple[Runs, ...]  # paragraphs
Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; the title of the document stands above level 1."""

    runs: Runs
    level: int = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph; ``note`` is smaller, ``task`` stands out as what was asked."""

    runs: Runs
    look: str = ""


@dataclass(frozen=True, slots=True)
class Points:
    """A list; ``tick`` leaves a box before each of its items, ``place`` room for a number.

    With ``sign`` each of the items has its own of `signs` before it.
    """

    items: tuple[Runs, ...]
    mark: str = "bullet"
    signs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a head, which may be empty.

    Attributes
    ----------
    head : tuple of Runs
    rows : tuple of Row
        All of one length.
    widths : tuple of float
        Shares of the page's width; empty: alike.
    tall : int
        Lines of writing that a row has room for.
    named : bool
        Whether the first cell of a row is its name.
    """

    head: tuple[Runs, ...]
    rows: tuple[Row, ...]
    widths: tuple[float, ...] = ()
    tall: int = 1
    named: bool = True


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture, its sentence below it."""

    figure: Figure


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula on a line of its own, in TeX; its fractions are as large as its letters."""

    tex: str

    @property
    def drawn(self) -> str:
        """What is drawn."""
        return self.tex.replace(r"\frac", r"\dfrac")


@dataclass(frozen=True, slots=True)
class Code:
    """Lines of a program."""

    text: str


@dataclass(frozen=True, slots=True)
class Blanks:
    """Lines to write on, ``unit`` at the end of the last."""

    count: int
    unit: str = ""


Part = Heading | Paragraph | Points | Table | Drawing | Formula | Code | Blanks


@dataclass(frozen=True, slots=True)
class Together:
    """Blocks that stay on one page: a question with its options."""

    blocks: tuple[Part, ...]


Block = Part | Together


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document.

    Attributes
    ----------
    title : str
    lang : {"uk", "ru"}
    blocks : tuple of Block
    name : str
        Whose it is; empty: nobody's.
    made : datetime.datetime or None
        The only time that its files name; without it they name none.
    about : str
        A line below the title.
    """

    title: str
    lang: str
    blocks: tuple[Block, ...]
    name: str = ""
    made: datetime | None = None
    about: str = ""


def fit(words: str) -> str:
    r"""Return words without the characters that no document may hold.

    Examples
    --------
    >>> fit("а\x00б\u202eв")
    'абв'
    """
    return _UNFIT.sub("", words)


def typed(words: str) -> tuple[Runs, ...]:
    r"""Return what a person typed as paragraphs, one for each line; empty ones are left out.

    Examples
    --------
    >>> [run.text for (run,) in typed("Перше.\r\n\r\n**Друге**.")]
    ['Перше.', '**Друге**.']
    """
    lines = (fit(line).strip() for line in _BREAK.split(words))
    return tuple((Run(line),) for line in lines if line)


def rich(words: str) -> Runs:
    """Return a text of the course, **bold** and `code` in it, as runs.

    Examples
    --------
    >>> [(run.text, run.look) for run in rich("Позначте **всі** `df`")]
    [('Позначте ', ''), ('всі', 'bold'), (' ', ''), ('df', 'code')]
    """
    return tuple(_rich(words))


def _rich(words: str) -> Iterator[Run]:
    end = 0
    for match in _RICH.finditer(words):
        if match.start() > end:
            yield Run(fit(words[end : match.start()]))
        yield Run(fit(match[1] or match[2]), "bold" if match[1] else "code")
        end = match.end()
    if end < len(words):
        yield Run(fit(words[end:]))


def paragraphs(words: str, look: str = "") -> list[Paragraph]:
    """Return a text of the course as paragraphs, one for each line."""
    return [Paragraph(rich(line), look) for line in words.splitlines() if line.strip()]


def plain(runs: Runs) -> str:
    """Return the words of runs."""
    return "".join(run.text for run in runs)


def writers() -> dict[str, Callable[[Document], bytes]]:
    """Return what this Python can write beside HTML and Markdown, by the ending of the file.

    A browser's Python has no ``python-docx``; ``typst`` is an extra.
    """
    from course.documents import pdf, word

    needs = {"docx": ("docx", word.write), "pdf": ("typst", pdf.write)}
    return {end: write for end, (module, write) in needs.items() if find_spec(module)}


def cells(*words: str) -> tuple[Runs, ...]:
    """Return the head of a table."""
    return tuple(rich(each) for each in words)


def width(table: Table, column: int) -> float:
    """Return the share of the page's width that a column takes."""
    shares: Sequence[float] = table.widths or [1.0] * len(table.rows[0])
    return shares[column] / sum(shares)
