"""Cells of CSV files that no spreadsheet takes for anything but text and numbers."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

_SIGN = "[=+@＝＋－＠-]"
_BEGINS = re.compile(rf'["\s]*{_SIGN}')
# A spreadsheet that parts cells at such a sign begins one here; a quote after it is swallowed.
_INSIDE = re.compile(rf'([;,|\t]["\s]*)(?={_SIGN})')
_BREAKS = re.compile(r"[\r\n]+")
_NUMBER = re.compile(r"-?\d+([.,]\d+)?", re.ASCII)


def harmless(words: str) -> str:
    r"""Return a text that no spreadsheet runs, by whichever sign it parts cells.

    Examples
    --------
    >>> harmless("=1+1"), harmless('x";"=1+1'), harmless("Ковальчук, Оля"), harmless("-2.5")
    ("'=1+1", 'x";"\'=1+1', 'Ковальчук, Оля', '-2.5')
    >>> harmless("\0=1+1")  # a spreadsheet takes no NUL, so none may hide a formula
    "'=1+1"
    """
    line = _BREAKS.sub(" ", words.replace("\0", ""))
    safe = _INSIDE.sub(r"\1'", line)
    return "'" + safe if _BEGINS.match(safe) and not _NUMBER.fullmatch(safe) else safe


def joined(*values: str) -> str:
    r'''Join texts for CSV; one that a spreadsheet would run as a formula gets an apostrophe.

    Examples
    --------
    >>> print(joined("=1+1", 'Ковальчук, "Оля"'))
    '=1+1,"Ковальчук, ""Оля"""
    '''
    safe = [harmless(value) for value in values]
    quoted = ['"' + s.replace('"', '""') + '"' if '"' in s or "," in s else s for s in safe]
    return ",".join(quoted)


def encode(rows: Iterable[Sequence[str]], separator: str = ",", encoding: str = "utf-8") -> bytes:
    r"""Return rows as a CSV file of harmless texts.

    Examples
    --------
    >>> encode([["=1+1", "-2.5", "-"]])
    b"'=1+1,-2.5,'-\r\n"
    """
    table = io.StringIO()
    writer = csv.writer(table, delimiter=separator)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return table.getvalue().encode(encoding, "replace")


def points(value: float) -> str:
    """Write points without a fraction that is none.

    Examples
    --------
    >>> points(2.0), points(0.3333)
    ('2', '0.3333')
    """
    return str(value).removesuffix(".0")


def decimal(value: float | None, mark: str) -> str:
    """Write points with at most five decimals, as many as Moodle keeps; "" for None.

    Examples
    --------
    >>> decimal(7.5, ","), decimal(2.0, "."), decimal(None, ",")
    ('7,5', '2', '')
    """
    if value is None:
        return ""
    return f"{Decimal(repr(value)):.5f}".rstrip("0").rstrip(".").replace(".", mark)
