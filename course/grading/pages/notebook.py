"""The report once more as a notebook; its cells of code read the tables of the grades."""

import json
import re
import tomllib
from collections.abc import Sequence
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from course import charts
from course.grading.pages import HERE, printed, statistics
from course.grading.pages.report import Bullets, Heading, Paragraph, Picture, Report, Table
from course.grading.setting.assignment import PYTHON
from course.texts import section


def notebook(report: Report, folder: str) -> str:
    """Return a report as a notebook.

    Parameters
    ----------
    report : Report
    folder : str
        Where the tables are, seen from the notebook.
    """
    return str(nbformat.writes(_Writer(report, folder).notebook())) + "\n"


class _Writer:
    def __init__(self, report: Report, folder: str) -> None:
        self.report, self.cells = report, list[Any]()
        self.code = tomllib.loads((HERE / "report.toml").read_text("utf-8"))["code"]
        rule = report.group.about["late"]
        late = rule["percent_per_day"] if rule else 0
        named = {"FEW": statistics.FEW, "LATE": late, "FOLDER": json.dumps(folder)}
        self.values = {name: str(value) for name, value in named.items()}

    def notebook(self) -> Any:
        """Return the notebook: the report's blocks, between them the code that computes them."""
        report = self.report
        self.prose(f"# {markdown(report.title)}")
        if report.n:  # else there is nothing to compute
            self.prose(report.say("further_what"))
            self.run("load")
            if report.group.pools:
                self.prose(report.say("pools_what"))
                self.run("pools")
        for block in report.blocks:
            self.block(block)
        if report.n:
            self.prose(f"## {report.say('further')}")
            for name, words in section("report.cell", report.lang).items():
                self.prose(words)
                self.run(name)
        return new_notebook(cells=self.cells, metadata=PYTHON)

    def block(self, block: object) -> None:
        """Write one block of the report."""
        match block:
            case Heading():
                self.prose("#" * block.level + " " + markdown(block.words))
            case Paragraph():
                self.prose(markdown(block.words))
            case Bullets():
                self.prose("\n".join(f"- {markdown(words)}" for words in block.entries))
            case Table():
                self.prose(f"**{markdown(block.caption)}**\n\n{_rows(block)}")
            case Picture():
                self.prose(markdown(block.words))
                if block.code:
                    still = charts.svg(block.figure, self.report.lang, still=True)
                    data = {"image/svg+xml": still, "text/plain": self.report.say("run")}
                    self.run(block.code, [new_output("display_data", data=data)])

    def prose(self, words: str) -> None:
        """Add a cell of text; JupyterLab would take some entities for a formula."""
        words = words.replace("&#36;", "＄").replace("&#92;", "＼")
        self.cells.append(new_markdown_cell(words.strip(), id=self.id))

    def run(self, name: str, outputs: Sequence[Any] = ()) -> None:
        """Add a cell of code with the numbers of this group."""
        source = re.sub(r"\b(FEW|LATE|FOLDER)\b", lambda m: self.values[m[0]], self.code[name])
        self.cells.append(new_code_cell(source.strip(), id=self.id, outputs=list(outputs)))

    @property
    def id(self) -> str:
        """The id of the next cell."""
        return f"report-{len(self.cells) + 1}"


def markdown(words: str) -> str:
    """Make any text harmless in Markdown; **bold** and `code` are kept.

    Examples
    --------
    >>> markdown("**a** <b> $x$")
    '<strong>a</strong> &#60;b&#62; &#36;x&#36;'
    """
    safe = re.sub(r"[&<>\"*_`\[\]|~{}#$\\]", lambda sign: f"&#{ord(sign[0])};", printed(words))
    safe = re.sub(r"&#42;&#42;(.+?)&#42;&#42;", r"<strong>\1</strong>", safe)
    return re.sub(r"&#96;(.+?)&#96;", r"<code>\1</code>", safe)


def _rows(table: Table) -> str:
    """Return a table in Markdown; the columns after the first hold numbers."""
    heads, *rows = ([markdown(cell) for cell in row] for row in (table.heads, *table.rows))
    lines = [heads, ["---"] + ["---:"] * (len(heads) - 1), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
