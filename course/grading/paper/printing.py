"""Printing an exam: a list and a roster in; papers to print, a key and an empty table to keep."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from course.documents import writers
from course.exercises import Exercise, Fault, seal
from course.grading import GradingError
from course.grading.keyfile import Key, Paper, peek
from course.grading.paper import LETTERS, carried, turns
from course.grading.paper.sheets import papers
from course.grading.paper.typed import TABLE, blank
from course.grading.setting import SettingError, groups
from course.grading.setting.assignment import place, plain, private_key, taken_from
from course.grading.setting.roster import read_roster
from course.grading.setting.spec import Spec, read_spec

MOST = 30  # variants: more are no harder to copy from, and nobody can sort them


def paper_key(
    spec: str | Path, roster: str | Path, sheets: Paper, notes: list[str] | None = None
) -> Key:
    """Return the private key of an exam on paper.

    Parameters
    ----------
    spec, roster : path-like
        As of ``course assign``.
    sheets : Paper
    notes : list of str, optional
        Gets what is no fault and should be known: exercises that paper cannot carry.

    Raises
    ------
    SettingError
        With every fault found.
    """
    faults: list[Fault] = []
    spec = Path(spec)
    wanted, exercises = read_spec(spec, faults)
    students = read_roster(roster, faults, notes)
    if wanted and not faults:
        groups.check(spec, wanted, students, faults)
    kept = {ref: each for ref, each in exercises.items() if carried(each.kind.name)}
    if wanted and not faults:
        faults += _crowded(spec, kept)
        if not kept:
            said = "paper can carry none of these exercises; see docs/paper.uk.md"
            faults.append(Fault(spec.name, 1, "", "exercises", said))
    if faults or wanted is None:
        raise SettingError(faults)
    if notes is not None:
        left = (f"{ref} ({exercises[ref].kind.name})" for ref in exercises if ref not in kept)
        notes += [f"left out: {name}: paper cannot carry it" for name in left]
    try:
        key = private_key(_timeless(wanted), kept, students)
    except ValueError as error:  # a draw that was not in the sample of `course check`
        said = f"{error}; change its parameters"
        raise SettingError([Fault(spec.name, 1, "", "exercises", said)]) from None
    key.pop("groups", None)  # they have no files of their own here
    taken_from(key, spec, kept, notes)
    key["paper"] = sheets
    if key["variants"] == "group":
        key["paper"] = {**sheets, "turns": turns(key, sheets["variants"])}
    key["seal"] = seal(key)
    return key


def _crowded(spec: Path, exercises: Mapping[str, Exercise]) -> list[Fault]:
    """Return a fault for each exercise with more options than there are letters."""
    most = {
        ref: max(len(each.get("option", ())), len(each.get("item", ())))
        for ref, each in exercises.items()
    }
    said = f"options or items, and paper has {len(LETTERS)} letters; leave some out"
    return [
        Fault(spec.name, 1, ref, "", f"{count} {said}")
        for ref, count in most.items()
        if count > len(LETTERS)
    ]


def _timeless(spec: Spec) -> Spec:
    """Take the times off: a clock on the wall ends an exam on paper; a limit is printed."""
    spec.opens = spec.closes = spec.late = None
    spec.group = {}
    spec.attempts, spec.counts = 0, "last"
    return spec


def print_exam(key: Key, spec: str | Path, out: str | Path, langs: Sequence[str]) -> list[str]:
    """Write papers, sheets, the key and the empty table; return the names, in order.

    A table that somebody has begun to fill in is left as it stands.

    Raises
    ------
    GradingError
        When something else stands in the folder, or nothing here can write a document.
    """
    out = Path(out)
    _other(out, key)
    endings = writers()
    if not endings:
        raise GradingError("python-docx is missing: python -m pip install python-docx")
    files = {"private/key.json": plain(key), "private/spec.toml": Path(spec).read_bytes()}
    for stem, document in papers(key, langs):
        files |= {f"{stem}.{ending}": write(document) for ending, write in endings.items()}
    if not (out / "private" / TABLE).exists():
        files[f"private/{TABLE}"] = blank(key)
    place(out, files, key["digest"])
    ours = re.compile(rf"{key['id']}-(\d+-(uk|ru)(-answers)?|variants-(uk|ru))\.(pdf|docx)")
    for path in (out / "print").iterdir():  # of more variants, or of another language
        if ours.fullmatch(path.name) and f"print/{path.name}" not in files:
            path.unlink()
    return list(files)


def _other(out: Path, key: Key) -> None:
    """Refuse a folder with another exam, or with notebooks: their keys are not the same."""
    stands = peek(out / "private" / "key.json")
    if stands and (stands.get("id") != key["id"] or "paper" not in stands):
        said = f"the assignment {str(stands.get('id'))[:60]!r} stands there already"
        raise GradingError(f"{out / 'private'}: {said}; choose another folder after --out")
