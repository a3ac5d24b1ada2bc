"""What people write into a file of TOML by mistake, and what to write there instead."""

import re

_SLIPS = (
    (r"\d+,\d+", "a fraction is written with a point: 1.5"),
    (r"\d{1,2}[./]\d{1,2}[./]\d{4}", "a day is written with the year first: 2026-12-10"),
    (r"\d{4}-\d{2}-\d{2}[T ]\d{1,2}:\d{2}", "a time has its seconds: 2026-12-15T23:59:00"),
    (r"(?i:true|yes|так|да)", "write true, in small letters"),
    (r"(?i:false|no|ні|нет)", "write false, in small letters"),
    (r"[“”„«'‘].*|[^\W\d].*", 'a text stands between straight quotation marks: "…"'),
    (r'"[^"]*', "the quotation mark at the end is missing"),
    (r'"[^"]*"\s*[^\s#].*', "a quotation mark inside a text? Use «»"),
)
_TABLE = re.compile(r"\s*\[([a-z]+)\.([^\]\"']*[^\x00-\x7f\]\"'][^\]\"']*)\]\s*(?:#.*)?")
_VALUE = re.compile(r"\s*[\w.\"/-]+\s*=\s*(.*?)\s*(?:#.*)?")


def lines(words: str) -> list[str]:
    r"""Return the lines of a file as TOML and editors count them.

    What else parts lines for Python, as a separator that comes along with copied text, parts none.

    Examples
    --------
    >>> lines("a = 1\r\nb = 2\u2028\n")
    ['a = 1', 'b = 2\u2028']
    """
    return [line.removesuffix("\r") for line in words.removesuffix("\n").split("\n")]


def not_toml(error: Exception, line: str) -> str:
    """Say that a line is not TOML, and what to write when that can be told.

    Parameters
    ----------
    error : Exception
        What the parser says.
    line : str
        The line that it names.

    Examples
    --------
    >>> not_toml(ValueError("Invalid value"), "private = True")
    'not TOML: Invalid value; write true, in small letters'
    """
    if table := _TABLE.fullmatch(line):
        return f'not TOML: {error}; put the name in quotation marks: [{table[1]}."{table[2]}"]'
    value = _VALUE.fullmatch(line)
    written = value[1] if value else ""
    hint = next((f"; {hint}" for slip, hint in _SLIPS if re.fullmatch(slip, written)), "")
    return f"not TOML: {error}{hint}"
