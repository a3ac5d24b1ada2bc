"""The code that a page may run by itself: what JupyterLab compares an open lesson with."""

import ast
import json
from collections.abc import Iterable, Mapping
from typing import Any

from course.texts import LANGS, section

LISTED = "course/widgets/lab/relationship-marketing-page/lessons.json"


def listed(lessons: Mapping[str, Iterable[tuple[str, str]]]) -> bytes:
    """Return the list of all code cells of the course, and what is said where it does not run.

    Parameters
    ----------
    lessons : dict of str to iterable of tuple of str, str
        By slug: id and code of each code cell, as ``lesson.md`` has it.

    Returns
    -------
    bytes
        JSON; of each cell its ``code``, and the cells that it ``needs`` to have run.
    """
    cells = {slug: _cells(pairs) for slug, pairs in lessons.items()}
    texts = {lang: section("alive", lang) for lang in LANGS}
    written = json.dumps({"lessons": cells, "texts": texts}, ensure_ascii=False, indent=1)
    return (written + "\n").encode()


def _cells(pairs: Iterable[tuple[str, str]]) -> dict[str, dict[str, Any]]:
    cells: dict[str, dict[str, Any]] = {}
    touched: dict[str, list[str]] = {}  # by name: the cells that set it, or might change its value
    fixed = {"lesson"}  # whoever uses these changes nothing in them
    for cell, code in pairs:
        bound, read, modules = names(code)
        opening = list(cells)[:1]
        needs = {*opening, *(other for name in read for other in touched.get(name, ()))}
        cells[cell] = {"code": code, "needs": sorted(needs)}
        fixed |= modules
        for name in bound | modules | {name for name in read - fixed if name in touched}:
            touched.setdefault(name, []).append(cell)
    return cells


def names(code: str) -> tuple[set[str], set[str], set[str]]:
    r"""Return the names that a cell sets, those that it reads, and those that it imports.

    Examples
    --------
    >>> bound, read, modules = names("import numpy as np\nshare = np.sum(hours)")
    >>> sorted(bound), sorted(read), sorted(modules)
    (['share'], ['hours', 'np'], ['np'])
    """
    bound, read, modules = set[str](), set[str](), set[str]()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Name):
            (read if isinstance(node.ctx, ast.Load) else bound).add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            bound.add(node.name)
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            read.add(node.target.id)
        elif isinstance(node, ast.alias):
            modules.add((node.asname or node.name).partition(".")[0])
    return bound, read, modules
