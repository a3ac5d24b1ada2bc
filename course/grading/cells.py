"""Cells of CSV files that no spreadsheet takes for anything but text and numbers."""

import re

_FORMULA = frozenset("=+-@＝＋－＠")
# where a spreadsheet that parts cells at such a sign would begin one with a formula
INSIDE = re.compile("([;,|] *|(?<=.)\t *)(?=[=+@＝＋－＠-])")


def harmless(words: str) -> str:
    r"""Return a text that no spreadsheet runs, by whichever sign it parts cells.

    >>> harmless("=1+1"), harmless("x;=1+1"), harmless("Ковальчук, Оля")
    ("'=1+1", "x;'=1+1", 'Ковальчук, Оля')
    """
    words = INSIDE.sub(r"\1'", words)
    return "'" + words if words[:1] in _FORMULA and len(words) > 1 else words


def joined(*values: str) -> str:
    r'''Join texts for CSV; one that a spreadsheet would run as a formula gets an apostrophe.

    >>> print(joined("=1+1", 'Ковальчук, "Оля"'))
    '=1+1,"Ковальчук, ""Оля"""
    '''
    safe = [harmless(value) for value in values]
    return ",".join(
        [
            '"' + cell.replace('"', '""') + '"' if '"' in cell or "," in cell else cell
            for cell in safe
        ]
    )


def points(value: float) -> str:
    """Write points without a fraction that is none.

    >>> points(2.0), points(0.3333)
    ('2', '0.3333')
    """
    return str(int(value)) if value == int(value) else str(value)
