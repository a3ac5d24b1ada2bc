"""Setting an assignment: a list and a roster in; a folder for students and a private one out.

No key travels to the students. Their copy of an exercise names its parts by what stands in them.
Options come in an order that follows from the same words, items to be ordered in one that nobody
can work out without the bank, so that neither ids nor order tell anything; conditions of a draw,
which would tell the formula, are replaced by a list of drawn variants. Same spec, bank and roster:
same bytes.
"""

import errno
import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import combinations
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

from course import kinds, paths
from course.credit import lines
from course.exercises import Exercise, Fault, chance, chapter, draw, key, seal
from course.files import about, write_whole
from course.grading import GradingError, decisions
from course.grading.keyfile import (
    Assignment,
    Criterion,
    Entry,
    Key,
    Lang,
    Late,
    Pair,
    Peer,
    Times,
    Unit,
    peek,
    pooled,
    stamp,
    times,
)
from course.grading.lock import draft, publish
from course.grading.markdown import literal
from course.grading.setting import SettingError, banks, groups, pools
from course.grading.setting.roster import Student, read_roster
from course.grading.setting.samples import begin, read_samples
from course.grading.setting.spec import Spec, read_spec
from course.ids import folded
from course.texts import LANGS, text

VARIANTS = 200
PYTHON = {  # what a notebook says of itself
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
_SHOWN = ("kind", "prompt")


def assign(
    spec: str | Path,
    roster: str | Path,
    out: str | Path,
    notes: list[str] | None = None,
    nbgrader: bool = False,
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
    nbgrader : bool
        Whether nbgrader is to hand it out.

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
    peer = read_samples(spec, wanted, exercises, faults) if wanted and not faults else None
    if wanted and not faults:
        groups.check(spec, wanted, students, faults, nbgrader)
    if faults or wanted is None:
        raise SettingError(faults)
    try:
        made = private_key(wanted, exercises, students, peer)
    except ValueError as error:  # a draw that was not in the sample of `course check`
        said = f"{error}; change its parameters"
        raise SettingError([Fault(spec.name, 1, "", "exercises", said)]) from None
    taken_from(made, spec, exercises, notes)
    made["seal"] = seal(made)
    files, told = _files(made, spec), list[str]()
    for name, (data, said, given) in _more(made, decisions.read(out / "private", made)).items():
        files[name] = data
        told.append(f"{said}: give {out / name} to {', '.join(given)}")
    if note := groups.renamed(peek(out / "private" / "key.json"), made):
        told.append(note)
    _write(out, files, made)
    if notes is not None:
        notes += told
    return made


def _files(made: Key, spec: Path) -> dict[str, bytes]:
    """Return the bytes of every file of an assignment, by its path in the folder."""
    from course import datasets

    files = {"private/key.json": plain(made), "private/spec.toml": spec.read_bytes()}
    if "groups" in made:
        files[f"private/{groups.TABLE}"] = groups.table(made)
    for folder, unit in students_of(made).items():
        files[f"{folder}/assignment.json"] = plain(public(made, unit))
        for lang in made["languages"]:
            files[f"{folder}/{made['id']}-{lang}.ipynb"] = notebook(made, lang, unit=unit)
        for name in sorted({name for entry in made["exercises"] for name in entry["datasets"]}):
            for place, source in datasets.handed_on(name).items():
                files[f"{folder}/datasets/{place}"] = source.read_bytes()
    return files


def students_of(made: Key) -> dict[str, Unit | None]:
    """Return the folders to hand out: one, or where groups draw one for each of them."""
    if made["variants"] != "group":
        return {"students": None}
    return {f"students/{unit['folder']}": unit for unit in made.get("groups", {}).values()}


def _more(made: Key, decided: decisions.Decisions) -> dict[str, tuple[bytes, str, list[str]]]:
    """Return the files for those who have more attempts or time: bytes, what for, for whom."""
    more: dict[str, tuple[bytes, str, list[str]]] = {}
    groups_of = {row[0]: folded(row[2]) for row in made["roster"]}
    for student in sorted({*decided.attempts, *decided.time}):
        tries, time = decided.attempts.get(student), decided.time.get(student)
        fields, names, said = dict[str, int](), list[str](), list[str]()
        if tries:
            fields["more"] = tries.attempts or 0
            names, said = [f"attempts-{fields['more']}"], ["more attempts"]
        if time:
            fields["time"] = time.minutes or 0
            names, said = [*names, f"minutes-{fields['time']}"], [*said, "more time"]
        apart = made["variants"] == "group"
        unit = made.get("groups", {}).get(groups_of[student]) if apart else None
        folder = "/".join(["private", "-".join(names), *([unit["folder"]] if unit else ())])
        data = plain(public(made, unit) | fields)
        name = f"{folder}/assignment.json"
        more.setdefault(name, (data, " and ".join(said), []))[2].append(student)
    return more


def _write(out: Path, files: Mapping[str, bytes], made: Key) -> None:
    _other(out, made["id"])
    place(out, files, made["digest"])
    _sweep(out / "students", files, made)


def _sweep(students: Path, files: Mapping[str, bytes], made: Key) -> None:
    """Take away what we made for another division into groups: it would be handed out too."""
    books, data = rf"{re.escape(made['id'])}-(uk|ru)\.ipynb", r"datasets/(real/\w+/)?\w+\.csv"
    beside = r"datasets/real/\w+/(LICENSE|README\.md)"
    ours = re.compile(rf"assignment\.json|{books}|{data}|{beside}")
    for folder in (
        students,
        *(path for path in students.iterdir() if path.is_dir() and not path.is_symlink()),
    ):
        named = "/".join(("students", *folder.relative_to(students).parts))
        if f"{named}/assignment.json" in files:
            continue
        if peek(folder / "assignment.json").get("id") != made["id"]:
            continue
        for path in [path for path in folder.rglob("*") if path.is_file()]:
            if ours.fullmatch(path.relative_to(folder).as_posix()):
                path.unlink()
        below = sorted((folder / "datasets").rglob("*"), reverse=True)
        for each in (*below, folder / "datasets", folder):
            with suppress(OSError):  # it is none, or holds something of the lecturer's
                each.rmdir()


def place(out: Path, files: Mapping[str, bytes], digest: str) -> None:
    """Write all files beside their places first: on a full disk what stood there before stays.

    Parameters
    ----------
    out : pathlib.Path
        Its folder ``private`` is closed to others, and another key in it is kept beside.
    files : mapping of str to bytes
        By their paths in `out`.
    digest : str
        Of the new key.
    """
    out.mkdir(parents=True, exist_ok=True)
    with draft(out) as scratch:
        for name, data in files.items():
            with about(out / name):
                (scratch / name).parent.mkdir(parents=True, exist_ok=True)
                (scratch / name).write_bytes(data)
        paths.close(out / "private")
        keep_older(out / "private" / "key.json", digest)
        publish(scratch, out, files)


def taken_from(
    made: Key, spec: Path, exercises: Mapping[str, Exercise], notes: list[str] | None
) -> None:
    """Put into a key what its banks say: no bank lies beside whoever reads it.

    Parameters
    ----------
    made : Key
        Gets the words of the outcomes by lesson and bank, and whose questions they are.
    spec : pathlib.Path
        As checked.
    exercises : mapping
        Those of the key, by reference.
    notes : list of str or None
        Gets what a bank leaves of two languages.
    """
    known = banks.of(spec)
    outcomes: dict[str, dict[str, Pair]] = {}
    for exercise in exercises.values():
        home = banks.home(exercise.lesson, known)
        assert home
        trained = {str(name): home.outcomes[name] for name in exercise.get("outcomes", ())}
        outcomes[exercise.lesson] = outcomes.get(exercise.lesson, {}) | trained
    made["outcomes"] = outcomes
    if named := sorted({each.lesson for each in exercises.values()} & known.keys() - {banks.OWN}):
        made["banks"] = named
    if credits := banks.credits_of(exercises, known):
        made["credits"] = credits
    if notes is not None:
        notes += banks.notes(exercises, known)


def _other(out: Path, name: str) -> None:
    """Refuse a folder with another assignment: students would get the notebooks of both."""
    stands = peek(out / "private" / "key.json")
    other = stands.get("id", name)
    if other != name or "paper" in stands:
        what = "an exam on paper," if "paper" in stands else "the assignment"
        said = f"{what} {str(other)[:60]!r} stands there already"
        said += "; choose another folder after --out"
        raise SettingError([Fault(str(out / "private" / "key.json"), 1, "", "", said)])


def keep_older(path: Path, digest: str) -> None:
    """Put a key of another version aside: it may fit what students already have."""
    older = peek(path).get("digest", digest)
    if older != digest:
        path.replace(path.with_name(f"key-{re.sub('[^0-9a-f]', '', str(older))[:16]}.json"))


def begin_peer(spec: str | Path) -> Path | None:
    """Begin a file of samples and declare peer review in a spec, unless both are there.

    Returns
    -------
    Path or None
        The file to fill in; None when there is nothing left to begin.

    Raises
    ------
    SettingError
        With every fault of the specification; then nothing is written.
    """
    faults: list[Fault] = []
    wanted, exercises = read_spec(spec, faults)
    if wanted and not any(wanted.criteria(ref) for ref in exercises):
        said = "students mark written answers by a rubric; write one, [[rubric]]"
        faults.append(Fault(Path(spec).name, 1, "", "", said))
    if faults or wanted is None:
        raise SettingError(faults)
    return begin(Path(spec), wanted, exercises)


def begin_file(file: str | Path, what: str) -> None:
    """Write a commented file of exercises or of decisions, unless there is a file already."""
    if Path(file).exists():
        raise GradingError(f"{file}: {os.strerror(errno.EEXIST)}; nothing was written")
    if not Path(file).absolute().parent.is_dir():
        raise GradingError(
            f"{file}: there is no folder {Path(file).parent} here; "
            "go to the folder of the assignment, or name another place"
        )
    template = "template.toml" if what == "exercises" else decisions.FILE
    write_whole(file, Path(__file__).with_name(template).read_bytes())


def plain(value: Any, **style: Any) -> bytes:
    """Return JSON, the same bytes each time."""
    style = style or {"separators": (",", ":")}
    return (json.dumps(value, ensure_ascii=False, sort_keys=True, **style) + "\n").encode()


def private_key(
    spec: Spec,
    exercises: Mapping[str, Exercise],
    students: Sequence[Student],
    peer: Peer | None = None,
) -> Key:
    """Return all that a grader needs, as plain values; ``docs/security.md``: who may see it."""
    entries = [
        entry_of(ref, exercise, spec.points_of(ref, exercise), spec.criteria(ref) or None)
        for ref, exercise in exercises.items()
    ]
    late: Late | None = None
    if spec.late:
        until = stamp(spec.late.until)
        late = {"percent_per_day": spec.late.percent_per_day, "until": until}
    made: Key = {
        "format": 1,
        "id": spec.id,
        "title": spec.title,
        "opens": stamp(spec.opens),
        "closes": stamp(spec.closes),
        "zone": spec.zone,
        "attempts": spec.attempts,
        "counts": spec.counts,
        "variants": spec.variants,
        "show": spec.show,
        "salt": hashlib.sha256(f"course-assignment|{spec.id}".encode()).hexdigest()[:32],
        "late": late,
        "digest": "",
        "keys_in_feedback": spec.keys_in_feedback,
        "hints": spec.hints,
        "exercises": entries,
        "roster": [[each.id, each.name, each.group, each.email] for each in students],
        "languages": cast(list[Lang], list(spec.languages)),
    }
    if spec.pool:
        made["pools"] = pools.drawn(spec.pool, exercises)
    if spec.minutes:
        made["minutes"] = spec.minutes
    if own := groups.units(spec, students):
        made["groups"] = own
    made["digest"] = public(made)["digest"]
    for unit in own.values() if made["variants"] == "group" else ():
        unit["digest"] = public(made, unit)["digest"]
    if peer:
        made["peer"] = peer
    return made


def entry_of(
    ref: str, exercise: Exercise, points: float = 1, rubric: list[Criterion] | None = None
) -> Entry:
    """Return the private side of one exercise: source, variants with keys, ids for students."""
    named = {
        field: {_public_id(ref, part): part["id"] for part in exercise.get(field, ())}
        for field in exercise.kind.public_parts
        if not _own_ids(exercise.raw, field)
    }
    draws: list[dict[str, float]] = []
    for number in range(VARIANTS if exercise.drawn else 0):
        values = draw(exercise, f"variant-{number}", 1)
        # Those who share a draw are told apart by its place in the list.
        draws += [values] * (values not in draws or "shared" in exercise.raw)
    worked: dict[tuple[tuple[str, float], ...], Any] = {}
    for values in draws or [{}]:
        if (drawn := tuple(values.items())) not in worked:
            worked[drawn] = key(exercise, values)
    return {
        "ref": ref,
        "lesson": exercise.lesson,
        "kind": exercise.kind.name,
        "raw": exercise.raw,
        "draws": draws,
        "keys": [worked[tuple(values.items())] for values in draws or [{}]],
        "ids": {field: ids for field, ids in named.items() if ids},
        "datasets": _datasets(exercise),
        "points": points,
        "rubric": rubric,
    }


def _own_ids(raw: Mapping[str, Any], field: str) -> bool:
    """Tell whether parts keep their ids: those without words of their own, as tiles, do."""
    return not all("text" in part for part in raw.get(field, ()))


def _public_id(ref: str, part: Mapping[str, Any]) -> str:
    words = "\x1f".join([ref, *(part["text"][lang] for lang in LANGS)])
    return hashlib.sha256(words.encode()).hexdigest()[:8]


def _datasets(exercise: Exercise) -> list[str]:
    """Names of the data sets that a truth is computed from."""
    if not exercise.kind.computed:
        return []
    from course.truths import TRUTHS

    return sorted(TRUTHS[exercise["truth"]].datasets)


def public(made: Key, unit: Unit | None = None) -> dict[str, Any]:
    """Return what students get of a private key: ``assignment.json``, or that of one group."""
    whole: Mapping[str, Any] = made
    named = [name for name in Assignment.__annotations__ if name != "digest" and name in whole]
    shared = {name: whole[name] for name in named}
    if unit:
        shared |= {"opens": unit["opens"], "closes": unit["closes"]}
        shared["group"] = unit["seed"]
    shared["exercises"] = [shown_of(entry, made["hints"]) for entry in made["exercises"]]
    # In a group's file those of the group: whoever took another's is told so by the first card.
    rows = [row for row in made["roster"] if not unit or folded(row[2]) == folded(unit["name"])]
    salted = (f"{made['salt']}|{folded(row[0])}".encode() for row in rows)
    ids = sorted(hashlib.sha256(words).hexdigest()[:4] for words in salted)
    # Who is on the roster may change without a new assignment, and what a group is called.
    loose: dict[str, Any] = {"digest": seal(shared)[:16], "ids": ids}
    if unit and unit["name"] != unit["seed"]:
        loose["called"] = unit["name"]
    if not unit and (others := other_times(made)):
        loose["times"] = others
    return shared | loose


def other_times(made: Key) -> dict[str, Times]:
    """Return the times of the groups that have other ones than the rest, by their names."""
    usual: Times = {"opens": made["opens"], "closes": made["closes"]}
    own = {unit["name"]: times(made, unit["name"]) for unit in made.get("groups", {}).values()}
    each = {name: Times(opens=when["opens"], closes=when["closes"]) for name, when in own.items()}
    return {name: when for name, when in each.items() if when != usual}


def shown_of(entry: Entry, hints: bool) -> dict[str, Any]:
    """Return what students get: parts under public ids, in an order that tells nothing, no key."""
    raw, kind = entry["raw"], kinds.kind(entry["kind"])
    made: dict[str, Any] = {"ref": entry["ref"], "points": entry["points"]}
    fields = (*_SHOWN, *kind.public, *("hint",) * hints)
    made |= {field: raw[field] for field in fields if field in raw}
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
            name: {
                field: grid[field]
                for field in ("show", *("values", "words") * ("words" in grid))
                if field in grid
            }
            for name, grid in raw["parameters"].items()
        }
        if "shared" in raw:
            made["shared"] = raw["shared"]
    return made


def _mixed(entry: Entry, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the items in an order that is not right, and that only the bank tells.

    Were it to follow from what students see, they could tell by the first order that is passed over
    which is right.
    """
    secret, ranks = seal(entry["raw"]), entry["keys"][0]["ranks"]

    def wrong(first: dict[str, Any], second: dict[str, Any]) -> bool:
        return bool(ranks[second["id"]][1] < ranks[first["id"]][0])

    mixed = items
    for again in range(1000):  # `course check` refuses items whose every order is right
        mixed = sorted(items, key=lambda item: chance(secret, again, item["id"]))  # noqa: B023
        if any(wrong(*pair) for pair in combinations(mixed, 2)):
            break
    return mixed


def notebook(
    made: Key,
    lang: str,
    intro: Sequence[str] = (),
    before: Mapping[str, str] | None = None,
    unit: Unit | None = None,
) -> bytes:
    """Return the notebook a student opens: title, times, who you are, exercises, hand in.

    Parameters
    ----------
    made : Key
    lang : {"uk", "ru"}
    intro : sequence of str
        Paragraphs of Markdown below the title, before those on times and handing in.
    before : mapping, optional
        Markdown that stands before an exercise, by its reference.
    unit : Unit, optional
        The group whose notebook it is, where groups draw.
    """
    cells: list[dict[str, Any]] = []

    def cell(source: str, outputs: list[Any] | None = None) -> None:
        kind: dict[str, Any] = {"cell_type": "markdown"}
        if outputs is not None:
            kind = {"cell_type": "code", "execution_count": None, "outputs": outputs}
        name = f"{made['id'][:50]}-{len(cells) + 1:03}"
        cells.append(kind | {"id": name, "metadata": {}, "source": source.splitlines(True)})

    cell("\n\n".join([f"# {made['title'][lang]}", *intro, *_instructions(made, lang, unit)]))
    cell(f'import course\n\ntask = course.assignment("assignment.json", "{lang}")', [])
    cell("task.identity()", [])
    if any(map(_tells, made["exercises"])):
        cell("task.firm()", [])
    places = {pool["from"][0]: pool for pool in made.get("pools", ())}
    drawn = pooled(made)
    for entry in made["exercises"]:
        if entry["ref"] in places:
            pool = places[entry["ref"]]
            for place in range(1, pool["take"] + 1):
                still = [text("assignment.place", lang), text("grading.sheet.drawn", lang)]
                cell(f'task.pool("{pool["id"]}", {place})', [_still(still, lang)])
        if entry["ref"] in drawn:
            continue
        if before and entry["ref"] in before:
            cell(before[entry["ref"]])
        prompt = re.sub(r"\{[a-z_]\w*\}", "…", entry["raw"]["prompt"][lang])
        still = [re.sub(r"\*\*|`", "", prompt)]
        still += [text("grading.sheet.numbers", lang)] if entry["draws"] else []
        cell(f'task.exercise("{entry["ref"]}")', [_still(still, lang)])
        if kinds.kind(entry["kind"]).computed:
            tables = "".join(f'{name} = task.data("{name}")\n' for name in entry["datasets"])
            cell(f'{tables}\ntask.check("{entry["ref"]}", ...)'.strip(), [])
    cell("task.submit()", [])
    if said := lines(made.get("credits", ()), lang):
        cell("\n\n".join(map(literal, said)))
    metadata = {"course": {"lang": lang, "assignment": made["id"]}, **PYTHON}
    whole = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return plain(whole, indent=1)


def _still(lines: Sequence[str], lang: str) -> dict[str, Any]:
    """Return what a cell shows before it has run."""
    words = "\n".join([*lines, text("grading.sheet.run", lang)])
    data = {"text/plain": words.splitlines(True)}
    return {"output_type": "display_data", "metadata": {}, "data": data}


def _tells(entry: Entry) -> bool:
    """Tell whether the course has a story of what a student draws here."""
    home, name = chapter(entry["lesson"]), entry["raw"].get("shared")
    return bool(home and name in home.shared and home.shared[name].story)


def _instructions(made: Key, lang: str, unit: Unit | None) -> Iterator[str]:
    """Yield the paragraphs below the title: when, how long, how often, how to hand in."""

    def local(time: str) -> str:
        there = datetime.fromisoformat(time).astimezone(ZoneInfo(made["zone"]))
        return f"{there:%d.%m.%Y, %H:%M} ({made['zone']})"

    late, limit = made["late"], "attempts" if made["attempts"] else "no_limit"

    def when(own: Times) -> Iterator[str]:
        if own["opens"]:
            yield text("grading.sheet.opens", lang, time=local(own["opens"]))
        if own["closes"]:
            yield text("grading.sheet.closes", lang, time=local(own["closes"]))

    if unit and unit["name"]:
        yield text("grading.sheet.group", lang, name=literal(unit["name"]))
    usual: Times = {"opens": made["opens"], "closes": made["closes"]}
    yield from when(unit or usual)
    others = {} if unit else other_times(made)
    if others:
        rows = [f"- {literal(name)}: {' '.join(when(own))}" for name, own in others.items()]
        yield "\n".join([text("grading.sheet.others", lang), "", *rows])
    if "minutes" in made:
        yield text("grading.sheet.minutes", lang, n=made["minutes"])
    if late and late["percent_per_day"]:
        percent = f"{late['percent_per_day']:g}".replace(".", ",")
        yield text("grading.sheet.late", lang, percent=percent)
    if late and late["until"]:
        yield text("grading.sheet.until", lang, time=local(late["until"]))
    yield text(f"grading.sheet.{limit}", lang, n=made["attempts"])
    yield text(f"grading.sheet.{made['counts']}", lang)
    if "peer" in made:
        yield text("peer.sheet", lang)
    yield text("grading.sheet.hand_in", lang, file=f"{made['id']}-….jsonl")
