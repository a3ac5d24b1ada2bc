"""Setting an assignment: a lecturer's list and a roster in; a folder for students and a private one out.

No key travels to the students. Their copy of an exercise names its parts by what stands in them. Options come in an
order that follows from the same words, items to be ordered in one that nobody can work out without the bank, so that
neither ids nor order tell anything; conditions of a draw, which would tell the formula, are replaced by a list of drawn
variants. Same spec, bank and roster: same bytes.
"""

import errno
import hashlib
import json
import os
import re
import shutil
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import combinations
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from course import kinds, paths
from course.exercises import Exercise, Fault, chance, chapter, draw, key, read, seal
from course.files import about, write_whole
from course.grading.keyfile import Entry, Key, peek
from course.grading.lock import alone
from course.grading.setting import SettingError
from course.grading.setting.roster import Student, read_roster
from course.grading.setting.spec import Spec, known_students, read_spec
from course.ids import folded
from course.texts import LANGS, text

__all__ = [
    "SettingError",
    "Student",
    "assign",
    "new_exercises",
    "private_key",
    "public",
    "read_roster",
    "read_spec",
]
VARIANTS = 200
_SHOWN = ("kind", "prompt")


def assign(
    spec: str | Path, roster: str | Path, out: str | Path, notes: list[str] | None = None
) -> Key:
    """Make the students' folder and the private folder of an assignment.

    Parameters
    ----------
    spec, roster : path-like
        The lecturer's TOML and the university's list.
    out : path-like
        Gets ``students/`` and ``private/``.
    notes : list of str, optional
        Gets what is no fault and should be known, as columns that are not used.

    Returns
    -------
    dict
        The private key, as written to ``private/key.json``.

    Raises
    ------
    SettingError
        With every fault found.
    """
    faults: list[Fault] = []
    out, spec = Path(out), Path(spec)
    wanted, exercises = read_spec(spec, faults)
    students = read_roster(roster, faults, notes)
    extensions = (
        known_students(spec, wanted, {folded(each.id): each.id for each in students}, faults)
        if wanted
        else {}
    )
    if faults or wanted is None:
        raise SettingError(faults)
    try:
        made = private_key(wanted, exercises, students)
    except ValueError as error:  # a draw that was not in the sample of `course check`
        raise SettingError(
            [Fault(spec.name, 1, "", "exercises", f"{error}; change its parameters")]
        ) from None
    made["outcomes"] = _outcomes(spec, exercises.values())
    made["after"]["extension"] = {
        name: {"closes": _stamp(time)} for name, time in sorted(extensions.items())
    }
    made["seal"] = seal(made)
    _write(out, _files(made, spec), made)
    return made


def _files(made: Key, spec: Path) -> dict[str, bytes]:
    """The bytes of every file of an assignment, by its path in the folder."""
    files = {"private/key.json": _json(made), "private/spec.toml": spec.read_bytes(),
             "students/assignment.json": _json(public(made))}  # fmt: skip
    for lang in made["languages"]:
        files[f"students/{made['id']}-{lang}.ipynb"] = _json(_notebook(made, lang), indent=1)
    for name in sorted({name for entry in made["exercises"] for name in entry["datasets"]}):
        files[f"students/datasets/{name}.csv"] = (
            paths.shared("datasets") / f"{name}.csv"
        ).read_bytes()
    return files


def _write(out: Path, files: Mapping[str, bytes], made: Key) -> None:
    """Write all files beside their places first: on a full disk what stood there before stays."""
    _other(out, made["id"])
    out.mkdir(parents=True, exist_ok=True)
    with alone(out):
        with about(out):
            scratch = Path(mkdtemp(prefix=".setting-", dir=out))
        try:
            for name, data in files.items():
                with about(out / name):
                    (scratch / name).parent.mkdir(parents=True, exist_ok=True)
                    (scratch / name).write_bytes(data)
            paths.close(out / "private")
            keep_older(out / "private" / "key.json", made["digest"])
            for name in files:
                with about(out / name):
                    (out / name).parent.mkdir(parents=True, exist_ok=True)
                    os.replace(scratch / name, out / name)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)


def _outcomes(spec: Path, exercises: Iterable[Exercise]) -> dict[str, dict[str, dict[str, str]]]:
    """The words of the outcomes that the exercises train, by lesson: a report has the key and no bank beside it."""
    bank = spec.parent / (
        tomllib.loads(spec.read_text("utf-8-sig")).get("bank") or "exercises.toml"
    )
    own = read(bank) if bank.is_file() else None
    outcomes: dict[str, dict[str, dict[str, str]]] = {}
    for exercise in exercises:
        home = own if exercise.lesson == "own" else chapter(exercise.lesson)
        assert home
        trained = {str(name): home.outcomes[name] for name in exercise.get("outcomes", ())}
        outcomes[exercise.lesson] = outcomes.get(exercise.lesson, {}) | trained
    return outcomes


def _other(out: Path, name: str) -> None:
    """Refuse a folder in which another assignment stands: students would get the notebooks of both."""
    other = peek(out / "private" / "key.json").get("id", name)
    if other != name:
        said = f"the assignment {str(other)[:60]!r} stands there already; choose another folder after --out"
        raise SettingError([Fault(str(out / "private" / "key.json"), 1, "", "", said)])


def keep_older(path: Path, digest: str) -> None:
    """A key of another version may be the one that fits what students already have; it is put aside, not lost."""
    older = peek(path).get("digest", digest)
    if older != digest:
        path.replace(path.with_name(f"key-{re.sub('[^0-9a-f]', '', str(older))[:16]}.json"))


def new_exercises(file: str | Path) -> None:
    """Write a commented bank with one example of each kind; FileExistsError when there is a file already."""
    if Path(file).exists():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(file))
    write_whole(file, Path(__file__).with_name("template.toml").read_bytes())


def _json(value: Any, **style: Any) -> bytes:
    style = style or {"separators": (",", ":")}
    return (json.dumps(value, ensure_ascii=False, sort_keys=True, **style) + "\n").encode()


def _stamp(time: datetime | None) -> Any:
    return time and time.strftime("%Y-%m-%dT%H:%M:%SZ")


def private_key(spec: Spec, exercises: Mapping[str, Exercise], students: Sequence[Student]) -> Key:
    """Return all that a grader needs, as plain JSON values; see ``docs/security.md`` for who may see it."""
    entries = [
        entry_of(ref, exercise, spec.points_of(ref, exercise), spec.criteria(ref) or None)
        for ref, exercise in exercises.items()
    ]
    late = spec.late and {
        "percent_per_day": spec.late.percent_per_day,
        "until": _stamp(spec.late.until),
    }
    accept = {
        each.exercise: {"answers": each.answers, "everybody": each.everybody}
        for each in spec.accept
    }
    drop = [each.exercise for each in spec.drop]
    made: Any = {
        "format": 1, "id": spec.id, "title": spec.title, "zone": spec.zone, "opens": _stamp(spec.opens),
        "closes": _stamp(spec.closes), "attempts": spec.attempts, "counts": spec.counts, "variants": spec.variants,
        "show": spec.show, "keys_in_feedback": spec.keys_in_feedback, "hints": spec.hints, "late": late,
        "languages": list(spec.languages), "after": {"drop": drop, "accept": accept, "extension": {}},
        "salt": hashlib.sha256(f"course-assignment|{spec.id}".encode()).hexdigest()[:32], "exercises": entries,
        "roster": [[each.id, each.name, each.group, each.email] for each in students],
    }  # fmt: skip
    made["digest"] = public(made)["digest"]
    key: Key = made
    return key


def entry_of(ref: str, exercise: Exercise, points: float = 1, rubric: Any = None) -> Entry:
    """The private side of one exercise: its source, its variants with their keys, and which public id is which."""
    named = {
        field: {_public_id(ref, part): part["id"] for part in exercise.get(field, ())}
        for field in exercise.kind.public_parts
        if not _own_ids(exercise.raw, field)
    }
    draws: list[dict[str, float]] = []
    for place in range(VARIANTS if exercise.drawn else 0):
        values = draw(exercise, f"variant-{place}", 1)
        draws += [values] * (values not in draws)
    return {
        "ref": ref, "lesson": exercise.lesson, "kind": exercise.kind.name, "raw": exercise.raw, "draws": draws,
        "keys": [key(exercise, values) for values in draws or [{}]],
        "ids": {field: ids for field, ids in named.items() if ids}, "datasets": _datasets(exercise),
        "points": points, "rubric": rubric,
    }  # fmt: skip


def _own_ids(raw: Mapping[str, Any], field: str) -> bool:
    """Parts without words of their own, as tiles, keep their ids: these tell nothing."""
    return not all("text" in part for part in raw.get(field, ()))


def _public_id(ref: str, part: Mapping[str, Any]) -> str:
    return hashlib.sha256(
        "\x1f".join([ref, *(part["text"][lang] for lang in LANGS)]).encode()
    ).hexdigest()[:8]


def _datasets(exercise: Exercise) -> list[str]:
    """Names of the data sets that a truth is computed from."""
    if not exercise.kind.computed:
        return []
    from course.truths import TRUTHS

    return sorted(TRUTHS[exercise["truth"]].datasets)


def public(made: Key) -> dict[str, Any]:
    """Return what students get of a private key: ``assignment.json``."""
    names = ("format", "id", "title", "opens", "closes", "zone", "attempts", "counts", "variants", "show", "salt",
             "late")  # fmt: skip
    whole: Mapping[str, Any] = made
    shared = {name: whole[name] for name in names}
    shared["exercises"] = [shown_of(entry, made["hints"]) for entry in made["exercises"]]
    checks = sorted(
        hashlib.sha256(f"{made['salt']}|{folded(row[0])}".encode()).hexdigest()[:4]
        for row in made["roster"]
    )
    return shared | {
        "digest": seal(shared)[:16],
        "ids": checks,
    }  # who is on the roster may change without a new assignment


def shown_of(entry: Entry, hints: bool) -> dict[str, Any]:
    """What students get of one exercise: its parts under public ids, in an order that tells nothing, and no key."""
    raw, kind = entry["raw"], kinds.kind(entry["kind"])
    made: dict[str, Any] = {"ref": entry["ref"], "points": entry["points"]}
    made |= {
        field: raw[field] for field in (*_SHOWN, *kind.public, *("hint",) * hints) if field in raw
    }
    for field, names in kind.public_parts.items():
        parts = [{name: part[name] for name in ("id", *names)} for part in raw.get(field, ())]
        if field == "item" and parts:
            parts = _mixed(entry, parts)
        for part in parts if not _own_ids(raw, field) else ():
            part["id"] = _public_id(entry["ref"], part)
        if field == "option" and raw.get("shuffle", True):
            parts.sort(key=lambda part: str(part["id"]))
        if parts:
            made[field] = parts
    if entry["draws"]:
        made["draws"] = entry["draws"]
        made["parameters"] = {
            name: {field: grid[field] for field in ("show",) if field in grid}
            for name, grid in raw["parameters"].items()
        }
    return made


def _mixed(entry: Entry, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the items in an order that is not right, and that only somebody who has the bank can work out.

    Were it to follow from what students see, they could tell by the first order that is passed over which is right.
    """
    secret, ranks = seal(entry["raw"]), entry["keys"][0]["ranks"]
    for place in range(1000):  # `course check` refuses items whose every order is right
        mixed = sorted(items, key=lambda item: chance(secret, place, item["id"]))
        if any(
            ranks[second["id"]][1] < ranks[first["id"]][0]
            for first, second in combinations(mixed, 2)
        ):
            break
    return mixed


def _notebook(made: Key, lang: str) -> dict[str, Any]:
    """The notebook a student opens: title and times, who you are, every exercise, hand in."""
    cells: list[dict[str, Any]] = []

    def cell(source: str, outputs: list[Any] | None = None) -> None:
        kind: dict[str, Any] = {"cell_type": "markdown"}
        if outputs is not None:
            kind = {"cell_type": "code", "execution_count": None, "outputs": outputs}
        name = f"{made['id'][:50]}-{len(cells) + 1:03}"
        cells.append(kind | {"id": name, "metadata": {}, "source": source.splitlines(True)})

    cell("\n\n".join([f"# {made['title'][lang]}", *_instructions(made, lang)]))
    cell(f'import course\n\ntask = course.assignment("assignment.json", "{lang}")', [])
    cell("task.identity()", [])
    for entry in made["exercises"]:
        prompt = re.sub(r"\{[a-z_]\w*\}", "…", entry["raw"]["prompt"][lang])
        note = [text("grading.sheet.numbers", lang)] * bool(entry["draws"]) + [
            text("grading.sheet.run", lang)
        ]
        still = "\n".join([re.sub(r"\*\*|`", "", prompt), *note])
        cell(f'task.exercise("{entry["ref"]}")', [{"output_type": "display_data", "metadata": {},
                                                   "data": {"text/plain": still.splitlines(True)}}])  # fmt: skip
        if kinds.kind(entry["kind"]).computed:
            tables = "".join(f'{name} = task.data("{name}")\n' for name in entry["datasets"])
            cell(f'{tables}\ntask.check("{entry["ref"]}", ...)'.strip(), [])
    cell("task.submit()", [])
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    about = {"lang": lang, "assignment": made["id"]}
    metadata = {"course": about, "kernelspec": kernel, "language_info": {"name": "python"}}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def _instructions(made: Key, lang: str) -> Iterator[str]:
    """The paragraphs below the title: when, how often, how to hand in."""
    from zoneinfo import ZoneInfo

    def local(time: str) -> str:
        there = datetime.fromisoformat(time).astimezone(ZoneInfo(made["zone"]))
        return f"{there:%d.%m.%Y, %H:%M} ({made['zone']})"

    for name, time in (("opens", made["opens"]), ("closes", made["closes"])):
        if time:
            yield text(f"grading.sheet.{name}", lang, time=local(time))
    if made["late"]:
        percent = f"{made['late']['percent_per_day']:g}".replace(".", ",")
        if made["late"]["percent_per_day"]:
            yield text("grading.sheet.late", lang, percent=percent)
        if made["late"]["until"]:
            yield text("grading.sheet.until", lang, time=local(made["late"]["until"]))
    yield text(
        "grading.sheet.attempts" if made["attempts"] else "grading.sheet.no_limit",
        lang,
        n=made["attempts"],
    )
    yield text(f"grading.sheet.{made['counts']}", lang)
    yield text("grading.sheet.hand_in", lang, file=f"{made['id']}-….jsonl")
