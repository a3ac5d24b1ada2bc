"""`course export`: exercises to Moodle; grades to Moodle's gradebook, a spreadsheet, the sheet of an exam."""

import argparse
import csv
import io
import sys
import tomllib
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import msgspec

from course.exercises import misfit
from course.files import write_whole
from course.grading import results
from course.grading.cells import INSIDE
from course.texts import LANGS, text

NATIONAL = {"A": 5, "B": 4, "C": 4, "D": 3, "E": 3, "FX": 2, "F": 2}
HIGHEST = 100  # Moodle's import of grades takes no more, unless its site allows unlimited grades
SCALES = Path(__file__).with_name("scales.toml")
_BAND = lambda band: misfit(band, [(str, int, float)]) is None and len(band) == 3  # noqa: E731
_SCALE = {"scale": [{"id": str, "pass?": int, "bands": [_BAND]}]}
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")


def scales(path=SCALES):
    """Read scales, and make sure that each gives every whole number 0–100 one letter.

    Returns
    -------
    dict of str to list
        By id ``[[letter, lowest, highest], …]`` from A down to F; the first scale is the default.

    Raises
    ------
    ValueError
        For other letters, a hole, an overlap, or bands not from 100 down to 0 that pass at `pass` (60 unless given).

    Examples
    --------
    >>> scales()["technical"][4]
    ['E', 60, 66]
    """
    try:
        raw = tomllib.loads(Path(path).read_text("utf-8-sig"))
        if (wrong := misfit(raw, _SCALE)) is not None:
            raise ValueError(f"{wrong or 'scale'}: write [[scale]] with id = \"…\" and bands = [[\"A\", 90, 100], …]")
        found = {entry["id"]: _sound(entry["id"], entry["bands"], entry.get("pass", 60)) for entry in raw["scale"]}
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: not UTF-8 (byte {error.start}); save the file as UTF-8") from None
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path}: {error}") from None
    if not found:
        raise ValueError(f"{path}: write at least one [[scale]]")
    return found


def _sound(name, bands, passing):
    if [letter for letter, *_ in bands] != list(NATIONAL):
        raise ValueError(f"scale {name!r} needs bands for {', '.join(NATIONAL)}, in this order")
    above = 101
    for letter, low, high in bands:
        fault = ("must go from a whole number up to one" if type(low) is not int or type(high) is not int or low > high
                 else "must end at 100" if above > 100 and high != 100
                 else "leaves a hole above it" if high < above - 1 else "overlaps what is above it" if high >= above
                 else "must begin at 0" if letter == "F" and low
                 else f"must begin at pass = {passing}" if letter == "E" and low != passing else None)
        if fault:
            raise ValueError(f"scale {name!r}: {letter} {low}–{high} {fault}")
        above = low
    return bands


def hundred(points, maximum):
    """Return points as a whole number of 100, half rounded up.

    >>> hundred(59.5, 100), hundred(11.9, 20), hundred(11.8999, 20)
    (60, 60, 59)
    """
    share = Decimal(repr(points)) * 100 / Decimal(repr(maximum))
    share = share.quantize(Decimal("1e-6"))  # what is left of binary fractions must not decide
    return min(100, int(share.quantize(Decimal(1), ROUND_HALF_UP)))


def students(folder):
    """Read ``graded.jsonl`` of what `course grade` wrote; without a submission ``points`` becomes None.

    Raises
    ------
    ValueError
        When the file is missing or damaged.
    """
    return [{**one, "maximum": float(one["maximum"]),
             "points": None if "no-submission" in one["flags"] else float(one["points"])} for one in lines(folder)]


def lines(folder, refs=()):
    """Yield the lines of ``graded.jsonl`` of what `course grade` wrote, each with all of the exercises `refs`."""
    return map(msgspec.to_builtins, results.read(folder, refs))


def moodle(graded, by="email", title="grade"):
    """Lay out grades for Moodle's gradebook, and say whom Moodle could not find by `by` ("email" or "student").

    Moodle stops at a student it doesn't know, and gives a row that names nobody to the student of the row before:
    rows only for those whom the column names, blank for no grade; the others are in the second list.
    """
    rows, left = [[{"email": "Email address", "student": "ID number"}[by], title]], []
    times = Counter(str(one.get(by) or "").strip().casefold() for one in graded if _listed(one))
    for one in graded:
        name = str(one.get(by) or "").strip()
        fault = ("is not on the roster" if not _listed(one) else f"has no {by}" if not name
                 else f"shares the {by} {name!r}" if times[name.casefold()] > 1
                 else f"has the {by} {name!r}, a formula to spreadsheets" if _risky(name)
                 else f"has more points than the {HIGHEST} that Moodle takes" if (one["points"] or 0) > HIGHEST else "")
        if fault:
            left.append(f"{one['student']} {fault}: not in the file, enter the grade by hand")
        else:
            rows.append([name, _number(one["points"], ".")])
    return rows, left


def table(graded, separator=";"):
    """Lay out all points for a spreadsheet: decimal comma, but a point where commas part the cells."""
    mark = "." if separator == "," else ","
    refs = list(dict.fromkeys(ref for one in graded for ref in one["exercises"]))
    rows = [["student", "name", "group", "email", *refs, "points", "maximum", "flags"]]
    for one in graded:
        known = {} if one["points"] is None else one["exercises"]
        points = [*(known.get(ref, {}).get("points") for ref in refs), one["points"], one["maximum"]]
        rows.append([*_who(one, "student", "name", "group", "email"), *(_number(each, mark) for each in points),
                     " ".join(one["flags"])])
    return rows


def sheet(graded, bands, lang="uk", control="exam"):
    """Lay out the sheet of an "exam" or a "credit": 100-point, ECTS and national grade.

    Whose written answers nobody has marked yet stays open. The last row tells how points were rounded.
    """
    heads = ("number", "name", "group", "student", "hundred", "ects", "national")
    rows = [[text(f"sheet.{head}", lang) for head in heads]]
    for place, one in enumerate(filter(_listed, graded), 1):
        marks = ["", "", text("sheet.unmarked" if _unmarked(one) else "sheet.absent", lang)]
        if one["points"] is not None and one["maximum"] and not _unmarked(one):
            whole = hundred(one["points"], one["maximum"])
            letter = next(letter for letter, low, _ in bands if whole >= low)
            word = NATIONAL[letter] if control == "exam" else "passed" if NATIONAL[letter] > 2 else "failed"
            marks = [str(whole), letter, text(f"sheet.{control}.{word}", lang)]
        rows.append([str(place), *_who(one, "name", "group", "student"), *marks])
    named = ", ".join(f"{letter} {low}–{high}" for letter, low, high in bands)
    return [*rows, [], [text("sheet.rule", lang, bands=named)]]


def _listed(one):
    return "unknown-student" not in one["flags"]


def _unmarked(one):
    """Count written answers that still wait for a person."""
    return sum(found.get("state") == "person" for found in one["exercises"].values())


def _who(one, *fields):
    return [str(one.get(field) or "") for field in fields]


def _number(value, mark):
    """Write points with at most five decimals, as many as Moodle keeps; "" for None."""
    return "" if value is None else f"{Decimal(repr(value)):.5f}".rstrip("0").rstrip(".").replace(".", mark)


def _risky(cell):
    return cell.startswith(_FORMULA) or cell.lstrip().startswith(_FORMULA)


def _is_number(cell):
    return all(part.isascii() and part.isdigit() for part in cell.removeprefix("-").replace(",", ".").split(".", 1))


def write(rows, separator=",", encoding="utf-8"):
    """Return rows as a CSV file in which text that looks like a formula has an apostrophe before it.

    >>> write([["=1+1", "-2.5", "-"]])
    b"'=1+1,-2.5,'-\\r\\n"
    >>> write([["\\0=1+1"]])  # a spreadsheet takes no NUL, so none may hide a formula
    b"'=1+1\\r\\n"
    """
    made = io.StringIO()
    safe = ([INSIDE.sub(r"\1'", cell.replace("\0", "")) for cell in row] for row in rows)
    csv.writer(made, delimiter=separator).writerows(
        ["'" + cell if _risky(cell) and not _is_number(cell) else cell for cell in row] for row in safe)
    return made.getvalue().encode(encoding, "replace")


def sentence(error):
    """Return an error as a lecturer reads it: of a file its name and what is wrong with it, without a number.

    >>> sentence(FileNotFoundError(2, "No such file or directory", "x.csv"))
    'x.csv: No such file or directory'
    """
    if not isinstance(error, OSError) or not error.strerror:
        return str(error)
    return f"{error.filename}: {error.strerror}" if error.filename else error.strerror


def main(argv):
    """Run ``course export``; return 0, or 2 when nothing could be written."""
    parser = argparse.ArgumentParser("course export", allow_abbrev=False)
    add = parser.add_argument
    add("what", choices=("moodle", "grades"), help="exercises as a question bank for Moodle 4.5, or grades")
    add("source", help="moodle: a lesson's short name, a bank of exercises or an assignment's specification (TOML); "
                       "grades: the folder that course grade wrote")
    add("--out", required=True, type=Path, help="the file to write")
    add("--variants", type=int, default=20, help="moodle: draws of an exercise with parameters (20)")
    add("--to", choices=("moodle", "csv", "ects"), help="grades: gradebook, spreadsheet, sheet of an exam")
    add("--by", choices=("email", "id"), default="email", help="gradebook: what names a student (email)")
    add("--separator", choices=(";", ","), default=";", help="csv, ects: between cells (;)")
    add("--lang", choices=LANGS, default="uk", help="ects: language of the sheet (uk)")
    add("--control", choices=("exam", "credit"), default="exam", help="ects: exam (default) or credit")
    add("--scale", default="technical", help="ects: " + ", ".join(scales()) + ", or your own file like scales.toml")
    options = parser.parse_args(argv)
    if options.what == "grades" and not options.to:
        parser.error("say where the grades go: --to moodle, csv or ects")
    try:
        data, said = (_questions if options.what == "moodle" else _grades)(options)
        write_whole(options.out, data)
    except (ValueError, OSError) as error:
        print(sentence(error), file=sys.stderr)
        return 2
    print(*said, f"{options.out} written", sep="\n")
    return 0


def _questions(options):
    from course.grading.moodle import bank, load

    xml, made, refused = bank(*load(options.source), max(1, options.variants))
    said = [f"{ref} left out: {why}" for ref, why in refused.items()]
    if not made:
        raise ValueError("\n".join([*said, f"{options.source}: no exercise that Moodle could mark, nothing written"]))
    return xml.encode(), said + [f"{ref}: {kind} × {count}" for ref, (kind, count) in made.items()]


def _grades(options):
    graded = students(options.source)
    waiting = sum(map(_unmarked, filter(_listed, graded)))
    said = [f"{waiting} written answers that nobody has marked: they count 0, and the sheet leaves their students open"]
    said = said if waiting else []
    if options.to == "moodle":
        rows, left = moodle(graded, {"email": "email", "id": "student"}[options.by])
        return write(rows), [*said, *left, "in Moodle choose an existing grade item: in a new one blanks become 0"]
    if options.to == "csv":
        return write(table(graded, options.separator), options.separator, "utf-8-sig"), said
    known = scales()
    if options.scale not in known and not Path(options.scale).exists():
        raise ValueError(f"--scale {options.scale}: no such scale or file; there are {', '.join(known)}")
    bands = known.get(options.scale) or [*scales(options.scale).values()][0]
    rows = sheet(graded, bands, options.lang, options.control)
    return write(rows, options.separator, "utf-8-sig"), said
