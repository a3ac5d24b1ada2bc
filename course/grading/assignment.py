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
import tomllib
from datetime import datetime
from itertools import combinations
from pathlib import Path

from course import paths
from course.exercises import Fault, chance, chapter, draw, key, read, seal
from course.files import write_whole
from course.grading.roster import Student, read_roster
from course.grading.spec import SettingError, read_spec
from course.texts import LANGS, text

__all__ = ["SettingError", "Student", "assign", "new_exercises", "private_key", "public", "read_roster", "read_spec"]
VARIANTS = 200
_SHOWN = ("kind", "prompt", "digits", "unit", "words", "remarks")
_PARTS = {"option": ("text",), "item": ("text",), "row": ("text",), "tile": ("icon", "title", "help")}


def assign(spec, roster, out):
    """Make the students' folder and the private folder of an assignment.

    Parameters
    ----------
    spec, roster : path-like
        The lecturer's TOML and the university's CSV.
    out : path-like
        Gets ``students/`` and ``private/``.

    Returns
    -------
    dict
        The private key, as written to ``private/key.json``.

    Raises
    ------
    SettingError
        With every fault found.
    """
    faults, out = [], Path(out)
    found, exercises = read_spec(spec, faults)
    students = read_roster(roster, faults)
    if faults:
        raise SettingError(faults)
    try:
        made = private_key(found, exercises, students) | {"outcomes": _outcomes(Path(spec), exercises.values())}
        made["seal"] = seal(made)
    except ValueError as error:  # a draw that was not in the sample of `course check`
        raise SettingError([Fault(Path(spec).name, 1, "", "exercises", f"{error}; change its parameters")]) from None
    shared = public(made)
    files = {"private/key.json": _json(made), "private/spec.toml": Path(spec).read_bytes(),
             "students/assignment.json": _json(shared)}
    for lang in LANGS:
        files[f"students/{made['id']}-{lang}.ipynb"] = _json(_notebook(made, lang), indent=1)
    for name in sorted({name for entry in made["exercises"] for name in entry["datasets"]}):
        files[f"students/datasets/{name}.csv"] = (paths.shared("datasets") / f"{name}.csv").read_bytes()
    _alone(out, made["id"])
    keep_older(out / "private" / "key.json", made["digest"])
    paths.close(out / "private")
    for name, data in files.items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, data)
    return made


def _outcomes(spec, exercises):
    """The words of the outcomes that the exercises train, by lesson: a report has the key and no bank beside it."""
    bank = spec.parent / (tomllib.loads(spec.read_text("utf-8-sig")).get("bank") or "exercises.toml")
    own, found = bank.is_file() and read(bank), {}
    for exercise in exercises:
        texts = (own if exercise.lesson == "own" else chapter(exercise.lesson)).outcomes
        trained = {str(one): texts[one] for one in exercise.get("outcomes", ())}
        found[exercise.lesson] = found.get(exercise.lesson, {}) | trained
    return found


def _alone(out, name):
    """Refuse a folder in which another assignment stands: students would get the notebooks of both."""
    try:
        other = json.loads((out / "private" / "key.json").read_bytes())["id"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return
    if other != name:
        message = f"the assignment {str(other)[:60]!r} stands there already; choose another folder after --out"
        raise SettingError([Fault(str(out / "private" / "key.json"), 1, "", "", message)])


def keep_older(path, digest):
    """A key of another version may be the one that fits what students already have; it is put aside, not lost."""
    try:
        older = json.loads(path.read_bytes())["digest"]
    except (OSError, ValueError, KeyError, TypeError):
        return
    if older != digest:
        path.replace(path.with_name(f"key-{re.sub('[^0-9a-f]', '', str(older))[:16]}.json"))


def new_exercises(file):
    """Write a commented bank with one example of each kind; FileExistsError when there is a file already."""
    if Path(file).exists():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(file))
    write_whole(file, Path(__file__).with_name("template.toml").read_bytes())


def _json(value, **style):
    style = style or {"separators": (",", ":")}
    return (json.dumps(value, ensure_ascii=False, sort_keys=True, **style) + "\n").encode()


def private_key(spec, exercises, students):
    """Return all that a grader needs, as plain JSON values; see ``docs/security.md`` for who may see it."""
    salt = hashlib.sha256(f"course-assignment|{spec['id']}".encode()).hexdigest()[:32]
    rubrics, entries = spec["rubric"], []
    for ref, exercise in exercises.items():
        best = sum(criterion["levels"][-1] for criterion in rubrics.get(ref, ()))
        entries.append(entry_of(ref, exercise) | {"points": spec["points"].get(ref, best or exercise.points),
                                                "rubric": rubrics.get(ref)})
    made = {"format": 1, **{name: value for name, value in spec.items() if name not in ("points", "rubric")},
            "salt": salt, "exercises": entries,
            "roster": [[one.id, one.name, one.group, one.email] for one in students]}
    return made | {"digest": public(made)["digest"]}


def entry_of(ref, exercise):
    """The private side of one exercise: its source, its variants with their keys, and which public id is which."""
    named = {field: {_public_id(ref, part): part["id"] for part in exercise.get(field, ())}
             for field in ("option", "item", "row")}
    draws = []
    for place in range(VARIANTS if exercise.drawn else 0):
        values = draw(exercise, f"variant-{place}", 1)
        draws += [values] * (values not in draws)
    keys = [key(exercise, values) for values in draws or [None]]
    return {"ref": ref, "lesson": exercise.lesson, "kind": exercise.kind.name, "raw": exercise.raw,
            "draws": draws, "keys": keys, "ids": {field: ids for field, ids in named.items() if ids},
            "datasets": _datasets(exercise)}


def _public_id(ref, part):
    return hashlib.sha256("\x1f".join([ref, *(part["text"][lang] for lang in LANGS)]).encode()).hexdigest()[:8]


def _datasets(exercise):
    """Names of the data sets that a truth is computed from."""
    if not exercise.kind.computed:
        return []
    from course.truths import TRUTHS

    return sorted(TRUTHS[exercise["truth"]].datasets)


def public(made):
    """Return what students get of a private key: ``assignment.json``."""
    shared = {name: made[name] for name in ("format", "id", "title", "opens", "closes", "zone", "attempts", "counts",
                                            "variants", "show", "salt", "late")}
    shared["exercises"] = [shown_of(entry, made["hints"]) for entry in made["exercises"]]
    checks = sorted(hashlib.sha256(f"{made['salt']}|{row[0]}".encode()).hexdigest()[:4] for row in made["roster"])
    return shared | {
        "digest": seal(shared)[:16],
        "ids": checks,
    }  # who is on the roster may change without a new assignment


def shown_of(entry, hints):
    """What students get of one exercise: its parts under public ids, in an order that tells nothing, and no key."""
    raw, made = entry["raw"], {"ref": entry["ref"], "points": entry["points"]}
    made |= {field: raw[field] for field in _SHOWN + ("hint",) * hints if field in raw}
    for field, names in _PARTS.items():
        parts = [{name: part[name] for name in ("id", *names)} for part in raw.get(field, ())]
        if field == "item" and parts:
            parts = _mixed(entry, parts)
        for part in parts if field != "tile" else ():
            part["id"] = _public_id(entry["ref"], part)
        if field == "option" and raw.get("shuffle", True):
            parts.sort(key=lambda part: part["id"])
        if parts:
            made[field] = parts
    if entry["draws"]:
        made |= {"draws": entry["draws"], "parameters": {
            name: {"show": grid["show"]} if "show" in grid else {} for name, grid in raw["parameters"].items()}}
    return made


def _mixed(entry, items):
    """Return the items in an order that is not right, and that only somebody who has the bank can work out.

    Were it to follow from what students see, they could tell by the first order that is passed over which is right.
    """
    secret, ranks = seal(entry["raw"]), entry["keys"][0]["ranks"]
    for place in range(1000):  # `course check` refuses items whose every order is right
        mixed = sorted(items, key=lambda item: chance(secret, place, item["id"]))
        if any(ranks[two["id"]][1] < ranks[one["id"]][0] for one, two in combinations(mixed, 2)):
            break
    return mixed


def _notebook(made, lang):
    """The notebook a student opens: title and times, who you are, every exercise, hand in."""
    def cell(source, outputs=None):
        made_of = {"cell_type": "markdown"}
        if outputs is not None:
            made_of = {"cell_type": "code", "execution_count": None, "outputs": outputs}
        name = f"{made['id'][:50]}-{len(cells) + 1:03}"
        cells.append(made_of | {"id": name, "metadata": {}, "source": source.splitlines(True)})

    cells = []
    cell("\n\n".join([f"# {made['title'][lang]}", *_instructions(made, lang)]))
    cell(f'import course\n\ntask = course.assignment("assignment.json", "{lang}")', [])
    cell("task.identity()", [])
    for entry in made["exercises"]:
        prompt = re.sub(r"\{[a-z_]\w*\}", "…", entry["raw"]["prompt"][lang])
        note = [text("grading.sheet.numbers", lang)] * bool(entry["draws"]) + [text("grading.sheet.run", lang)]
        still = "\n".join([re.sub(r"\*\*|`", "", prompt), *note])
        cell(f'task.exercise("{entry["ref"]}")', [{"output_type": "display_data", "metadata": {},
                                                   "data": {"text/plain": still.splitlines(True)}}])
        if entry["kind"] == "value":
            tables = "".join(f'{name} = task.data("{name}")\n' for name in entry["datasets"])
            cell(f'{tables}\ntask.check("{entry["ref"]}", ...)'.strip(), [])
    cell("task.submit()", [])
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {"cells": cells, "metadata": {"course": {"lang": lang, "assignment": made["id"]}, "kernelspec": kernel,
                                         "language_info": {"name": "python"}}, "nbformat": 4, "nbformat_minor": 5}


def _instructions(made, lang):
    """The paragraphs below the title: when, how often, how to hand in."""
    from zoneinfo import ZoneInfo

    def local(time):
        there = datetime.fromisoformat(time).astimezone(ZoneInfo(made["zone"]))
        return f"{there:%d.%m.%Y, %H:%M} ({made['zone']})"

    for field in ("opens", "closes"):
        if made[field]:
            yield text(f"grading.sheet.{field}", lang, time=local(made[field]))
    if made["late"]:
        percent = f"{made['late']['percent_per_day']:g}".replace(".", ",")
        if made["late"]["percent_per_day"]:
            yield text("grading.sheet.late", lang, percent=percent)
        if made["late"]["until"]:
            yield text("grading.sheet.until", lang, time=local(made["late"]["until"]))
    yield text("grading.sheet.attempts" if made["attempts"] else "grading.sheet.no_limit", lang, n=made["attempts"])
    yield text(f"grading.sheet.{made['counts']}", lang)
    yield text("grading.sheet.hand_in", lang, file=f"{made['id']}-….jsonl")
