"""The usual slips of Python in words: a sentence in the learner's language, and the place.

IPython hands over every exception of a cell. Those that this room knows get a sentence, all others
the usual traceback; so does whatever went through our own code: that is a fault of the course and
must not look like one of the learner's. What a cell hands over to an exercise is found in its text,
so that a slip never takes the card away.
"""

import builtins
import difflib
import linecache
import os
import re
import sys
import traceback
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

from course.texts import LANGS, text

OURS = str(Path(__file__).parent) + os.sep
GRAY, PLAIN = "\x1b[90m", "\x1b[0m"  # how a notebook is told colours
NEAR = 0.75  # of difflib's measure: one letter of four
_CYRILLIC = re.compile("[А-Яа-яЁёІіЇїЄєҐґ]")
_LATIN = re.compile("[A-Za-z]")
_QUOTES = "«»“”„‟‘’‚‹›"
_SIGNS = {
    "−": "-",
    "–": "-",
    "—": "-",
    "×": "*",
    "·": "*",
    "÷": "/",
    "≥": ">=",
    "≤": "<=",
    "≠": "!=",
}
# 12,5 but neither 1,2,3 nor 12, 5 nor x1,5
_COMMA = re.compile(r"(?<![\w.])(?<!\d,)(\d+),(\d+)(?![\w.]|,\d)")
# Errors that such a number may end in: it is two numbers to Python.
_TWO_NUMBERS = re.compile(
    r"leading zeros|invalid decimal|tuple|multiply sequence|positional arguments? but|list of cases"
    r"|InvalidIndex|broadcast|Lengths must"
)
_SAYINGS = tuple(
    (re.compile(pattern, re.S), key)
    for pattern, key in (
        (r"^(Indentation|Tab)Error", "indent"),
        (rf"invalid character '(?P<sign>[{_QUOTES}])'", "quotes"),
        (r"unterminated (triple-quoted )?string", "open_quotes"),
        (rf"invalid character '(?P<sign>[{''.join(_SIGNS)}])'", "sign"),
        (r"invalid (non-printable )?character '?(?P<sign>\S+?)'? ", "letter"),
        (r"never closed|does not match opening|unmatched '|incomplete input", "bracket"),
        (r"expected ':'", "colon"),
        (r"cannot assign to|meant '=='", "equals"),
        (r"forgot a comma|list indices must be", "between"),
        (r"^SyntaxError", "syntax"),
        (r"\bcheck\(\) missing", "missing"),
        (r"(?P<name>\w+)\(\) missing \d+ required", "arguments"),
        (r"ellipsis", "dots"),
        (
            r"truth value of a|Cannot perform 'r?(and|or|xor)_'|operand type\(s\) for [&|]:",
            "conditions",
        ),
        (r"list of cases", "select"),
        (
            r"^\w*TypeError: .*(concatenate str|multiply sequence|only string multiply"
            r"|type str doesn't|Invalid comparison between|'str' and '(int|float)"
            r"|'(int|float)' and 'str'|dtype 'str'|dtype\('<U)",
            "text_number",
        ),
        (r"could not convert string|invalid literal for int", "text_number"),
        (r"object is not callable", "callable"),
        (r"^ZeroDivisionError", "zero"),
    )
)
_HANDED = re.compile(r"""\.check\(\s*["']([a-z0-9-]+)["']""")
_lesson: Any = None  # opened last in this kernel


@dataclass(frozen=True)
class Mark:
    """A line of a cell (from 1), and where in it to look: characters from 0, the end left out."""

    number: int
    line: str
    start: int
    end: int


@dataclass(frozen=True)
class Slip:
    """What happened: the last part of its text's key, and what the sentence needs.

    A mark, where there is one, is a better place than Python's.
    """

    key: str
    values: dict[str, str] = field(default_factory=dict)
    mark: Mark | None = None


def install(lesson: Any = None) -> None:
    """Put the slips of this kernel into words; does nothing where no notebook runs.

    Parameters
    ----------
    lesson : course.lessons.Lesson, optional
        Whose language is spoken from now on, and whose exercises are shown.
    """
    global _lesson
    _lesson = lesson or _lesson
    ipython = sys.modules.get("IPython")  # whoever runs in a notebook has it
    shell = ipython and ipython.get_ipython()
    if shell:
        shell.set_custom_exc((Exception,), _handle)


def run() -> int | None:
    """Return the number of the cell run that is going on; ``None`` where no notebook runs."""
    ipython = sys.modules.get("IPython")
    shell = ipython and ipython.get_ipython()
    return shell.execution_count if shell else None


def recognise(
    error: BaseException,
    source: str = "",
    names: Iterable[str] = (),
    frames: Iterable[FrameType] = (),
    opened: bool = True,
) -> Slip | None:
    """Name the slip behind an error.

    Parameters
    ----------
    error : BaseException
    source : str
        Of the cell.
    names : iterable of str
        Known in the notebook.
    frames : iterable of frame
        Of the libraries that the cell called; a table is looked for in them.
    opened : bool
        A lesson is open; before that nothing can be known.

    Returns
    -------
    Slip or None
        ``None`` for what is no usual slip.

    Examples
    --------
    >>> recognise(NameError("name 'asigned' is not defined", name="asigned"), names=["assigned"])
    Slip(key='misspelt', values={'name': 'asigned', 'near': 'assigned'}, mark=None)
    >>> recognise(OSError("disk")) is None
    True
    """
    if type(error) is NameError:
        return _name(error.name or "", names, opened)
    if isinstance(error, KeyError):
        return _key(error, frames)
    if isinstance(error, AttributeError):
        return _attribute(error)
    said = f"{type(error).__name__}: {error}"
    return _comma(said, source) or _pair(said, source, names) or _unfinished(error) or _said(said)


def _name(name: str, names: Iterable[str], opened: bool) -> Slip:
    if _CYRILLIC.search(name):
        return Slip("cyrillic", {"name": name})
    if not opened or name in ("course", "lesson"):
        return Slip("first", {"name": name})
    near = _near(name, [*names, *(other for other in dir(builtins) if other.islower())])
    if near:
        return Slip("misspelt", {"name": name, "near": near})
    return Slip("unknown", {"name": name})


def _near(name: str, others: Iterable[object]) -> str:
    listed = [other for other in others if isinstance(other, str) and not other.startswith("_")]
    return next(iter(difflib.get_close_matches(name, listed, 1, NEAR)), "")


def _key(error: KeyError, frames: Iterable[FrameType]) -> Slip:
    key = error.args[0] if error.args else ""
    if not isinstance(key, str):
        return Slip("key", {"name": str(key)[:60]})
    if re.search("not in index|in the .?columns|not found:", key):  # pandas names several at once
        key = next(iter(re.findall("'([^']*)'", key)), key.rpartition(": ")[2])
    if _CYRILLIC.search(key) and _LATIN.search(key):
        return Slip("cyrillic", {"name": key})
    known = next((columns for columns in map(list, _tables(frames)) if key not in columns), None)
    if known == []:  # what a selection without rows leaves of a pivot table
        return Slip("empty", {"name": key[:60]})
    near = _near(key, known or [])
    if near:
        return Slip("column", {"name": key, "near": near})
    if known:
        listed = ", ".join(f"`{name}`" for name in known[:12])
        return Slip("columns", {"name": key, "known": listed})
    return Slip("key", {"name": key[:60]})


def _tables(frames: Iterable[FrameType]) -> Iterator[Any]:
    """Yield the column names of the tables that these frames work at."""
    for frame in frames:
        own = frame.f_locals.get("self")
        for thing in (own, getattr(own, "obj", None), frame.f_locals.get("obj")):
            # Its name is looked at, nothing is imported: there may be no pandas here.
            if thing is not None and type(thing).__name__ == "DataFrame":
                yield thing.columns


def _attribute(error: AttributeError) -> Slip | None:
    named = re.search(r"has no attribute '(\w+)'", str(error))
    if not named:
        return None
    name, thing = named[1], error.obj
    if _CYRILLIC.search(name):
        return Slip("cyrillic", {"name": name})
    if type(thing).__name__ == "ndarray":
        return Slip("array", {"name": name})
    if "'NoneType'" in str(error):
        return Slip("none", {"name": name})
    if near := _near(name, dir(thing)) if thing is not None else "":
        return Slip("attribute", {"name": name, "near": near})
    return Slip("no_attribute", {"name": name})


def _comma(said: str, source: str) -> Slip | None:
    """Find a decimal comma, in the code or in what was to become a number."""
    if number := re.search(r"^ValueError: .*'((\d+),(\d+))'$", said):
        return Slip("comma", {"typed": number[1], "right": f"{number[2]}.{number[3]}"})
    if not _TWO_NUMBERS.search(said):
        return None
    for place, line in enumerate(source.splitlines(), 1):
        bare = re.sub(r"\"[^\"]*\"|'[^']*'|#.*", lambda quoted: " " * len(quoted[0]), line)
        if number := _COMMA.search(bare):
            values = {"typed": number[0], "right": f"{number[1]}.{number[2]}"}
            return Slip("comma", values, Mark(place, line, *number.span()))
    return None


def _pair(said: str, source: str, names: Iterable[str]) -> Slip | None:
    """Find a name that an earlier cell gave two numbers, because of a decimal comma."""
    if not (_TWO_NUMBERS.search(said) and isinstance(names, Mapping)):
        return None
    for name in re.findall(r"[^\W\d]\w*", source):
        value = names.get(name)
        if type(value) is tuple and [*map(type, value)] == [int, int]:
            return Slip("pair", {"name": name, "right": "{}.{}".format(*value)})
    return None


def _unfinished(error: BaseException) -> Slip | None:
    """Find a line that stops early: nothing behind a sign of equality, no line below a colon."""
    line = isinstance(error, SyntaxError) and (error.text or "").partition("#")[0].rstrip()
    if line and re.search(r"[\w\]] *=$", line):
        return Slip("nothing")
    return Slip("indent") if line and line.endswith(":") and "incomplete" in str(error) else None


def _said(said: str) -> Slip | None:
    for pattern, key in _SAYINGS:
        if hit := pattern.search(said):
            values = hit.groupdict()
            if key == "sign":
                values["right"] = _SIGNS[values["sign"]]
            return Slip(key, values)
    return None


def page(slip: Slip, mark: Mark | None, lang: str) -> dict[str, str]:
    """Return the sentence and the place as a bundle of HTML and plain text.

    Examples
    --------
    >>> print(page(Slip("colon"), Mark(2, "if x", 4, 5), "uk")["text/plain"])
    Наприкінці цього рядка бракує двокрапки `:`.
    Рядок 2
      if x
          ^
    """
    sentence = text(f"slips.{slip.key}", lang, **slip.values)
    rich = re.sub("`([^`]*)`", r"<code>\1</code>", escape(sentence, quote=False))
    html = f"<p>{rich}</p>"
    plain = [sentence]
    if mark:
        where, line = text("slips.line", lang, n=mark.number), mark.line.rstrip()
        start, end = mark.start, max(mark.end, mark.start + 1)
        parts = [escape(part, quote=False) for part in (line[:start], line[start:end], line[end:])]
        html += f"<p><small>{where}</small></p><pre>"
        html += f"{parts[0]}<mark>{parts[1] or ' '}</mark>{parts[2]}</pre>"
        plain += [where, f"  {line}", "  " + " " * start + "^" * (end - start)]
    return {"text/html": f'<div lang="{lang}">{html}</div>', "text/plain": "\n".join(plain)}


def _handle(
    shell: Any,
    kind: type[BaseException],
    error: BaseException,
    trail: TracebackType,
    tb_offset: int | None = None,
) -> None:
    """Show what went wrong in a cell, and below it the card that the cell would have shown."""
    from IPython.display import display

    frames = [frame for frame, _ in traceback.walk_tb(trail)]
    mine = [place for place, frame in enumerate(frames) if frame.f_globals is shell.user_global_ns]
    inside = any(frame.f_code.co_filename.startswith(OURS) for frame in frames)
    slip, mark = None, None
    if mine and not inside:
        mark, source = _place(traceback.extract_tb(trail)[mine[-1]])
        slip = recognise(error, source, shell.user_ns, frames[mine[-1] :], _lesson is not None)
    elif not mine and isinstance(error, SyntaxError):
        mark = _syntax_place(error)
        slip = recognise(error, "".join(linecache.getlines(error.filename or "")))
    if slip:
        lang = _lesson.lang if _lesson else os.environ.get("COURSE_LANG")
        display(page(slip, slip.mark or mark, lang if lang in LANGS else LANGS[0]), raw=True)
        english = f"{kind.__name__}: {error}".partition("\n")[0]
        shell._showtraceback(kind, error, [f"{GRAY}{english}{PLAIN}"])
    else:
        whole = kind, error, trail
        shell.showtraceback(whole, tb_offset=tb_offset, running_compiled_code=bool(mine))
    if not inside and _lesson:
        for name in _HANDED.findall(shell.history_manager.input_hist_raw[-1]):
            if name in _lesson.chapter.exercises:
                display(_lesson.stopped(name))


def _place(step: traceback.FrameSummary) -> tuple[Mark, str]:
    """Where in its cell a step of a traceback is, and the cell's source."""
    lines = linecache.getlines(step.filename)
    number = step.lineno or 1
    line = lines[number - 1] if number <= len(lines) else ""
    # Python counts bytes here, and a Cyrillic letter has two.
    start, end = (
        len(line.encode()[:column].decode("utf-8", "ignore"))
        for column in (step.colno, step.end_colno)
    )
    if step.end_lineno != step.lineno:
        end = len(line.rstrip())
    return Mark(number, line, start, end), "".join(lines)


def _syntax_place(error: SyntaxError) -> Mark:
    line, start = error.text or "", (error.offset or 1) - 1
    end = start + 1
    if error.end_lineno == error.lineno and error.end_offset:
        end = error.end_offset - 1
    return Mark(error.lineno or 1, line, start, end)
