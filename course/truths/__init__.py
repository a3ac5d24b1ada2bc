"""Right results of pandas exercises: one file for each lesson, found by listing this folder.

Exercises of kind ``value`` name these functions; each declares the data sets it needs. Money is in
the unit of the columns, shares in percent.
"""

import importlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from course.truths.declaring import TRUTHS, Truth, computed_from

for _path in sorted(Path(__file__).parent.glob("[a-z]*.py")):
    importlib.import_module(f"course.truths.{_path.stem}")

__all__ = ["TRUTHS", "Truth", "computed_from", "plain", "truth"]


def truth(name: str, values: Mapping[str, float] | None = None) -> Any:
    """Return the right result as plain JSON values, for who drew ``values``; computed once."""
    drawn = values if TRUTHS[name].drawn and values else {}
    return _truth(name, tuple(drawn.items()))


@cache
def _truth(name: str, drawn: tuple[tuple[str, float], ...]) -> Any:
    return plain(TRUTHS[name](dict(drawn)))


def plain(value: Any) -> Any:
    """Turn what a learner hands over into the plain JSON values that the journal keeps.

    Parameters
    ----------
    value : object
        A number, ``Series`` or ``DataFrame``; anything else comes back as text, which earns
        nothing.

    Returns
    -------
    number, dict or str

    Examples
    --------
    >>> plain(pd.Series({"a": 1.5, "b": float("nan")}))
    {'index': ['a', 'b'], 'values': [1.5, None]}
    """
    if isinstance(value, pd.DataFrame):
        columns = {str(name): _cells(cells) for name, cells in value.items()}
        return {"index": _cells(value.index), "columns": columns}
    if isinstance(value, pd.Series):
        return {"index": _cells(value.index), "values": _cells(value)}
    if hasattr(value, "item") and getattr(value, "size", 0) == 1:
        value = value.item()
    return _cell(value, lost="?")


def _cells(column: "pd.Series[Any] | pd.Index[Any]") -> list[Any]:
    return [_cell(cell) for cell in column.tolist()]


def _cell(cell: Any, lost: str | None = None) -> Any:
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return cell if cell - cell == 0 else lost
    return lost if cell is None or cell is pd.NaT else str(cell)[:200]
