"""``course paper``: print an exam in variants, and take in what is typed from the sheets."""

import re
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path

from course import paths
from course.documents import writers
from course.files import about
from course.grading import GradingError
from course.grading.keyfile import Key, Paper, asked, read_key
from course.grading.lock import draft, publish
from course.grading.paper import counts
from course.grading.paper.printing import MOST, paper_key, print_exam
from course.grading.paper.typed import TABLE, Sheet, handed, mark, read
from course.texts import LANGS

_WHAT = "An exam on paper: variants to print, and what students wrote typed back to be graded."
_FOLDER, _MARKS = "handed", "marks.jsonl"


def main(words: Sequence[str]) -> int:
    """Run ``course paper``; return 0, or 2 when it cannot be done."""
    parser = ArgumentParser("course paper", description=_WHAT, allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", metavar="command", required=True)
    what = "write question papers, answer sheets, a key, and a table to type answers into"
    out = commands.add_parser("print", help=what, description=what, allow_abbrev=False)
    add = out.add_argument
    add("spec", metavar="SPEC.toml", help="as of course assign")
    add("--roster", required=True, metavar="ROSTER", help="as of course assign")
    said = f"how many, at most {MOST} (2)"
    add("--variants", type=int, default=2, metavar="N", help=said)
    said = "who says whose variant is whose: the place in the room (default), or the roster"
    add("--by", choices=("seat", "roster"), default="seat", help=said)
    add("--lang", choices=LANGS, help="only this language")
    add("--out", required=True, type=Path, metavar="FOLDER", help="the folder to write into")
    what = "make files for course grade of the table with what students wrote"
    back = commands.add_parser("read", help=what, description=what, allow_abbrev=False)
    add = back.add_argument
    add("table", type=Path, metavar="ANSWERS.csv", help=f"the table {TABLE}, filled in; or .xlsx")
    add(
        "--key",
        required=True,
        metavar="PRIVATE",
        help="the private folder that course paper print made",
    )
    add("--out", required=True, type=Path, metavar="TYPED", help="the folder to write into")
    options = parser.parse_args(words)
    if options.command == "print" and not 1 <= options.variants <= MOST:
        parser.error(f"--variants takes a number from 1 to {MOST}")
    for line in _print(options) if options.command == "print" else _read(options):
        print(line)
    return 0


def _print(options: Namespace) -> Iterator[str]:
    notes = list[str]()
    sheets: Paper = {"variants": options.variants, "by": options.by}
    key = paper_key(options.spec, options.roster, sheets, notes)
    written = key.get("languages", list(LANGS))
    if options.lang and options.lang not in written:
        raise GradingError(f"the exercises are in {', '.join(written)} only; leave --lang out")
    langs = [options.lang] if options.lang else written
    began = (options.out / "private" / TABLE).exists()
    names = print_exam(key, options.spec, options.out, langs)
    yield from notes
    count, points = asked(key)
    said = f"{count} questions, {points:g} points, {options.variants} variants"
    yield f"{key['id']}: {said}, {len(key['roster'])} students"
    printed = sum(name.startswith("print/") for name in names)
    yield f"print:    {options.out}/print ({printed} files: papers, and -answers for the sheets)"
    if options.by == "roster":
        copies = (f"{count} of variant {n}" for n, count in enumerate(counts(key), 1))
        yield f"copies:   {', '.join(copies)}"
    yield f"keep:     {options.out}/private (keys; never give it to anybody)"
    if began:
        yield f"kept:     {options.out}/private/{TABLE} stood there and is left as it was"
    if "pdf" not in writers():
        yield 'no PDF:   python -m pip install ".[documents]"'
    table = f"{options.out}/private/{TABLE}"
    yield f"next:     type answers into {table}, then"
    yield f"          course paper read {table} --key {options.out}/private --out TYPED"


def _read(options: Namespace) -> Iterator[str]:
    key, notes = read_key(options.key), list[str]()
    if "paper" not in key:
        said = "name the private folder that course paper print made"
        raise GradingError(f"{options.key} is the key of notebooks; {said}")
    sheets = read(options.table, key, notes)
    if not sheets:
        raise GradingError(f"{options.table}: no student has an answer in it yet")
    changed = _hand_in(options.out, key, sheets)
    yield from notes
    absent = len(key["roster"]) - len(sheets)
    yield f"{key['id']}: {len(sheets)} sheets, {absent} of the roster without one"
    waiting = sum(points is None for sheet in sheets for points in sheet.points.values())
    if waiting:
        yield f"{waiting} cells for points of written answers are empty; these answers wait"
    if changed:
        yield f"{changed} marks changed in {options.out}/{_MARKS}"
    yield f"written:  {options.out}/{_FOLDER}"
    marks = f" --marks {options.out}/{_MARKS}" if (options.out / _MARKS).exists() else ""
    named = f"--key {options.key}{marks}"
    yield f"next:     course grade {options.out}/{_FOLDER} {named} --out GRADES"


def _hand_in(out: Path, key: Key, sheets: Sequence[Sheet]) -> int:
    """Write a file for each sheet in place of those written before; return how many marks changed.

    The folder names students, so others on this machine are kept out of it.
    """
    files = dict[str, bytes]()
    for sheet in sheets:
        safe = re.sub(r"[^\w-]", "_", sheet.student)
        name = f"{_FOLDER}/{key['id']}-{safe}.jsonl"
        if name in files:  # «а 1» and «а_1»
            name = f"{_FOLDER}/{key['id']}-{safe}-{sheet.line}.jsonl"
        files[name] = handed(key, sheet)
    paths.close(out)
    with draft(out) as scratch:
        for name, data in files.items():
            with about(out / name):
                (scratch / name).parent.mkdir(parents=True, exist_ok=True)
                (scratch / name).write_bytes(data)
        for old in (out / _FOLDER).glob(f"{key['id']}-*.jsonl"):
            old.unlink()
        publish(scratch, out, files)
    return mark(out / _MARKS, key, sheets)
