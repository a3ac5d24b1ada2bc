"""A document as one HTML file that needs no other: to read, to print, to save as PDF."""

from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

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
    Row,
    Run,
    Runs,
    Table,
    Together,
    fit,
    width,
)

_STYLE = Path(__file__).with_suffix(".css")
DRAWN = 420.0  # units that a picture is wide
_TAGS = {"bold": "strong", "italic": "em", "code": "code", "sub": "sub", "sup": "sup"}


def write(document: Document) -> bytes:
    """Return a document as HTML, the same bytes for the same document.

    Parameters
    ----------
    document : course.documents.Document
    """
    lang, title = document.lang, escape(fit(document.title))
    lines = [
        "<!DOCTYPE html>",
        f'<html lang="{lang}"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{title}</title><style>{_STYLE.read_text('utf-8')}</style></head><body><main>",
        f"<h1>{title}</h1>",
        *(
            f'<p class="who">{escape(fit(said))}</p>'
            for said in (document.name, document.about)
            if said
        ),
        *(_BLOCKS[type(block)](block, lang) for block in document.blocks),
        "</main></body></html>",
    ]
    return ("\n".join(lines) + "\n").encode()


def _runs(runs: Runs) -> str:
    return "".join(map(_run, runs))


def _run(run: Run) -> str:
    if run.look == "formula":
        return _formula(run.text, run.text)
    words = escape(fit(run.text))
    if tag := _TAGS.get(run.look):
        words = f"<{tag}>{words}</{tag}>"
    return f'<span lang="{escape(run.lang)}">{words}</span>' if run.lang else words


def _formula(tex: str, said: str) -> str:
    from course.documents import formulas

    drawn = formulas.draw(tex)
    tall, depth = drawn.tall / formulas.SIZE, drawn.depth / formulas.SIZE
    style = f"height: {tall:.3f}em; vertical-align: {-depth:.3f}em"
    return drawn.svg.replace(
        "<svg ", f'<svg role="img" aria-label="{escape(said)}" style="{style}" class="tex" ', 1
    )


def _heading(block: Heading, lang: str) -> str:
    return f"<h{block.level + 1}>{_runs(block.runs)}</h{block.level + 1}>"


def _paragraph(block: Paragraph, lang: str) -> str:
    kind = f' class="{block.look}"' if block.look else ""
    return f"<p{kind}>{_runs(block.runs)}</p>"


def _points(block: Points, lang: str) -> str:
    tag = "ol" if block.mark == "number" else "ul"
    signs = [f"<b>{escape(sign)}</b> " for sign in block.signs] or [""] * len(block.items)
    items = "".join(
        f"<li>{sign}{_runs(item)}</li>" for sign, item in zip(signs, block.items, strict=True)
    )
    return f'<{tag} class="{block.mark}">{items}</{tag}>'


def _table(block: Table, lang: str) -> str:
    columns = "".join(
        f'<col style="width: {100 * width(block, at):.1f}%">' for at in range(len(block.rows[0]))
    )
    head = "".join(f'<th scope="col">{_runs(words)}</th>' for words in block.head)
    tall = f' style="height: {8 * block.tall}mm"' if block.tall > 1 else ""
    body = "".join(f"<tr{tall}>{_row(row, block.named)}</tr>" for row in block.rows)
    top = f"<thead><tr>{head}</tr></thead>" if head else ""
    return f"<table><colgroup>{columns}</colgroup>{top}<tbody>{body}</tbody></table>"


def _row(row: Row, named: bool) -> str:
    cells = ["".join(f"<p>{_runs(words)}</p>" for words in cell) for cell in row]
    name = f'<th scope="row">{cells.pop(0)}</th>' if named else ""
    return name + "".join(f"<td>{cell}</td>" for cell in cells)


def _drawing(block: Drawing, lang: str) -> str:
    from course import charts

    said = escape(fit(block.figure.sentence))
    svg = charts.svg(block.figure, lang, still=True, width=DRAWN)
    shown = svg.replace("<svg ", f'<svg role="img" aria-label="{said}" ', 1)
    return f"<figure>{shown}<figcaption>{said}</figcaption></figure>"


def _display(block: Formula, lang: str) -> str:
    return f'<p class="display">{_formula(block.drawn, block.tex)}</p>'


def _code(block: Code, lang: str) -> str:
    return f"<pre><code>{escape(fit(block.text))}</code></pre>"


def _blanks(block: Blanks, lang: str) -> str:
    unit = f" {escape(fit(block.unit))}" if block.unit else ""
    kind = "blank short" if block.unit else "blank"
    last = block.count - 1
    return "".join(
        f'<p class="{kind}"><i></i>{unit if at == last else ""}</p>' for at in range(block.count)
    )


def _together(block: Together, lang: str) -> str:
    parts = "".join(_BLOCKS[type(part)](part, lang) for part in block.blocks)
    return f'<div class="together">{parts}</div>'


_BLOCKS: dict[type[Block], Callable[[Any, str], str]] = {
    Heading: _heading,
    Paragraph: _paragraph,
    Points: _points,
    Table: _table,
    Drawing: _drawing,
    Formula: _display,
    Code: _code,
    Blanks: _blanks,
    Together: _together,
}
