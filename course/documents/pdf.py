"""A document as PDF, by typst; what anybody wrote goes to it as data, never as its markup."""

import json
import re
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from course.documents import Document, Drawing, Formula, Table, Together, fit, width

_TEMPLATE = Path(__file__).with_name("paper.typ")
_REGIONS = {"uk": "UA", "ru": "RU"}
DRAWN = 460.0  # units that a picture is wide
_LONG = re.compile(r"(\S{24})(?=\S{8})")


def write(document: Document) -> bytes:
    """Return a document as PDF, the same bytes for the same document.

    Its letters are Libertinus Serif, which typst brings, and DejaVu Sans, which matplotlib brings:
    fonts of the machine are left alone.

    Parameters
    ----------
    document : course.documents.Document
    """
    import typst

    from course.documents import formulas

    made = document.made
    told = {
        "title": fit(document.title),
        "name": fit(document.name),
        "about": fit(document.about),
        "foot": fit(document.name or document.title),
        "lang": document.lang,
        "region": _REGIONS[document.lang],
        "em": formulas.SIZE,
        "made": made
        and {
            name: getattr(made, name)
            for name in ("year", "month", "day", "hour", "minute", "second")
        },
        "blocks": [_told(block, document.lang) for block in document.blocks],
    }
    compiled: bytes = typst.compile(  # type: ignore[misc]  # mypy finds no answer for its Input
        _TEMPLATE.read_bytes(),
        root=str(_TEMPLATE.parent),
        font_paths=[_fonts()],
        ignore_system_fonts=True,
        sys_inputs={"document": json.dumps(told, ensure_ascii=False)},
    )
    return compiled


@cache
def _fonts() -> str:
    import matplotlib

    return str(Path(matplotlib.get_data_path()) / "fonts" / "ttf")


def _told(block: Any, lang: str) -> dict[str, Any]:
    """Return a block as plain values, under the name of its kind."""
    from course import charts
    from course.documents import formulas

    kind = type(block).__name__.lower()
    if isinstance(block, Drawing):
        svg = charts.svg(block.figure, lang, still=True, width=DRAWN)
        return {
            "block": kind,
            "svg": svg,
            "wide": DRAWN + 28,
            "sentence": fit(block.figure.sentence),
        }
    if isinstance(block, Formula):
        drawn = formulas.draw(block.drawn)
        return {"block": kind, "svg": drawn.svg, "wide": drawn.wide, "text": block.tex}
    if isinstance(block, Together):
        return {"block": kind, "blocks": [_told(part, lang) for part in block.blocks]}
    told = {"block": kind, **_plain(asdict(block))}
    if isinstance(block, Table):
        told["widths"] = [width(block, column) for column in range(len(block.rows[0]))]
    return told


def _plain(value: Any) -> Any:
    """Return runs ready to be shown, and the rest as it is."""
    from course.documents import formulas

    if isinstance(value, dict) and value.keys() == {"text", "look", "lang"}:
        if value["look"] != "formula":
            # A word without an end breaks, as it does on a screen.
            return {**value, "text": _LONG.sub("\\1\u200b", fit(value["text"]))}
        drawn = formulas.draw(value["text"])
        return {**value, "svg": drawn.svg, "wide": drawn.wide, "depth": drawn.depth}
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    return fit(value) if isinstance(value, str) else value
