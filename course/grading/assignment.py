"""Setting an assignment: a lecturer's list and a roster in; a folder for students and a private one out.

No key travels to the students. Their copy of an exercise names its parts by what stands in them, in an order that
follows from the same words, so that neither ids nor order tell anything; conditions of a draw, which would tell the
formula, are replaced by a list of drawn variants. Same spec, bank and roster: same bytes.
"""

import csv
import difflib
import hashlib
import io
import json
import re
import tomllib
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from course.exercises import BY_PERSON, Exercise, Fault, chapter, chapters, draw, key, read
from course.texts import LANGS, text

VARIANTS = 200
_ID = re.compile(r"[a-z][a-z0-9-]{0,59}")
_KNOWN = {"id", "title", "exercises", "bank", "opens", "closes", "zone", "attempts", "counts", "variants", "show",
          "keys_in_feedback", "hints", "late", "points", "rubric"}
_CHOICES = {"counts": ("last", "best"), "variants": ("student", "one"), "show": ("saved", "nothing", "right-wrong")}
_SHOWN = ("kind", "prompt", "digits", "unit", "words", "remarks")
_PARTS = {"option": ("text",), "item": ("text",), "row": ("text",), "tile": ("id", "icon", "title", "help")}
_COLUMNS = Path(__file__).with_name("columns.toml")


class SettingError(Exception):
    """The spec, the bank or the roster cannot be used; `faults` names file, line, field and what to do."""

    def __init__(self, faults):
        self.faults = sorted(faults, key=lambda fault: (fault.file, fault.line))
        super().__init__("\n".join(map(str, self.faults)))


@dataclass(frozen=True, slots=True)
class Student:
    """One line of the roster; fields that it does not have are empty."""

    id: str
    name: str
    group: str = ""
    email: str = ""


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
    made = private_key(found, exercises, students)
    shared = public(made)
    files = {"private/key.json": _json(made), "private/spec.toml": Path(spec).read_bytes(),
             "students/assignment.json": _json(shared)}
    for lang in LANGS:
        files[f"students/{made['id']}-{lang}.ipynb"] = _json(_notebook(made, lang), indent=1)
    for name in sorted({name for entry in made["exercises"] for name in entry["datasets"]}):
        from course import paths

        files[f"students/datasets/{name}.csv"] = (paths.shared("datasets") / f"{name}.csv").read_bytes()
    for name, data in files.items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return made


def new_exercises(file):
    """Write a commented bank with one example of each kind; FileExistsError when there is a file already."""
    with open(file, "xb") as target:
        target.write(Path(__file__).with_name("template.toml").read_bytes())


def _json(value, **style):
    style = style or {"separators": (",", ":")}
    return (json.dumps(value, ensure_ascii=False, sort_keys=True, **style) + "\n").encode()


class _Spec:
    """Reads one SPEC.toml and keeps its faults."""

    def __init__(self, path, faults):
        self.path, self.faults, self.raw, self.lines = Path(path), faults, {}, []
        try:
            source = self.path.read_bytes().decode("utf-8-sig")
            self.lines = source.splitlines()
            self.raw = tomllib.loads(source)
        except UnicodeDecodeError as error:
            self.fault("", f"not UTF-8 (byte {error.start}); save the file as UTF-8")
        except OSError as error:
            self.fault("", f"cannot be read: {error.strerror}")
        except tomllib.TOMLDecodeError as error:
            line = re.search(r"line (\d+)", str(error))
            self.faults.append(Fault(self.path.name, int(line[1]) if line else max(1, len(self.lines)), "", "",
                                     f"not TOML: {error}"))

    def fault(self, field, message, *after):
        """Note a fault at the first line with the field that comes after lines with each of `after`."""
        place = 0
        for word in (*after, field.split(".")[-1]):
            pattern = re.compile(rf'(?<![\w-]){re.escape(str(word))}(?![\w-])')
            place = next((n for n in range(place, len(self.lines)) if pattern.search(self.lines[n])), place)
        self.faults.append(Fault(self.path.name, place + 1, "", field, message))

    def of_type(self, table, field, kinds, what, default, *after):
        value = table.get(field, default)
        wrong = isinstance(value, bool) and kinds is not bool or not isinstance(value, kinds)
        if value is not default and wrong:
            self.fault(field, f"write {what}", *after)
            return default
        return value

    def pair(self, table, field, *after):
        value = table.get(field)
        for lang in LANGS:
            words = value.get(lang) if isinstance(value, dict) else None
            if not isinstance(words, str) or not words.strip():
                self.fault(field, f"{lang} is missing; write {field}.{lang}", *after)
            elif strange := re.search("[ыэъё]" if lang == "uk" else "[іїєґ]", words.lower()):
                self.fault(field, f"the letter {strange[0]!r} doesn't belong in {lang}; is this the other language?", *after)

    def time(self, table, field, zone, *after):
        value = table.get(field)
        if value is None:
            return None
        if not isinstance(value, datetime):
            example = value if isinstance(value, date) else "2026-12-08"
            return self.fault(field, f"write day and time without quotes: {example}T23:59:00", *after)
        if value.tzinfo is None and zone:
            local, value = value, value.replace(tzinfo=zone)
            if value.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != local:
                return self.fault(field, f"{local} does not exist in {zone.key}: the clocks change; take another hour", *after)
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if value.tzinfo else None


def read_spec(path, faults):
    """Read and check a spec.

    Parameters
    ----------
    path : path-like
    faults : list of Fault
        Gets what is wrong.

    Returns
    -------
    tuple of dict, dict
        The spec with every default filled in, times in UTC; and reference -> `Exercise`.
    """
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

    spec = _Spec(path, faults)
    raw, exercises = spec.raw, {}
    if faults:
        return {}, {}
    for field in raw:
        if field not in _KNOWN:
            near = difflib.get_close_matches(field, _KNOWN, 1)
            spec.fault(field, "unknown field" + (f"; did you mean {near[0]!r}?" if near else "; remove it"))
    if not _ID.fullmatch(str(raw.get("id", ""))):
        spec.fault("id", "write an id of small Latin letters, digits and hyphens, for example \"rm-quiz-1\"")
    spec.pair(raw, "title")
    zone = None
    try:
        zone = ZoneInfo(spec.of_type(raw, "zone", str, 'a zone, for example "Europe/Kyiv"', "Europe/Kyiv"))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        near = difflib.get_close_matches(raw["zone"], available_timezones(), 1)
        spec.fault("zone", f"unknown zone {raw['zone']!r}; " + (f"did you mean {near[0]!r}?" if near else 'write "Europe/Kyiv"'))
    made = {field: spec.time(raw, field, zone) for field in ("opens", "closes")}
    if made["opens"] and made["closes"] and made["opens"] >= made["closes"]:
        spec.fault("closes", "the assignment closes before it opens")
    for field, allowed in _CHOICES.items():
        made[field] = raw.get(field, allowed[0])
        if made[field] not in allowed:
            spec.fault(field, f"write one of {', '.join(allowed)}")
    for field in ("keys_in_feedback", "hints"):
        made[field] = spec.of_type(raw, field, bool, "true or false", False)
    made["attempts"] = spec.of_type(raw, "attempts", int, "a whole number; 0 means without limit", 0)
    if made["attempts"] < 0:
        spec.fault("attempts", "write a whole number; 0 means without limit")
    made["late"] = _late(spec, raw, made, zone)
    _exercises(spec, raw, exercises)
    made["points"] = _points(spec, raw, exercises)
    made["rubric"] = _rubrics(spec, raw, exercises)
    return {"id": raw.get("id"), "title": raw.get("title"), "zone": raw.get("zone", "Europe/Kyiv")} | made, exercises


def _late(spec, raw, made, zone):
    late = spec.of_type(raw, "late", dict, "a table [late]", None)
    if late is None:
        return None
    percent = spec.of_type(late, "percent_per_day", (int, float), "percent lost per started day", 0, "late")
    until = spec.time(late, "until", zone, "late")
    if not 0 <= percent <= 100:
        spec.fault("percent_per_day", "write a number from 0 to 100", "late")
    if not made["closes"]:
        spec.fault("late", "there is no closing time to be late for; write closes = …")
    elif until and until <= made["closes"]:
        spec.fault("until", "must come after closes", "late")
    for field in set(late) - {"percent_per_day", "until"}:
        spec.fault(field, "unknown field in [late]; known: percent_per_day, until", "late")
    return {"percent_per_day": percent, "until": until}


def _exercises(spec, raw, exercises):
    """Fill in reference -> Exercise; the bank is checked whole."""
    named = spec.of_type(raw, "bank", str, "the name of a file", None)
    bank, own = spec.path.parent / (named or "exercises.toml"), {}
    if bank.is_file():
        from course.checks import check

        try:
            spec.faults += (wrong := check(bank))
            own = {} if wrong else read(bank).exercises
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            spec.faults.append(Fault(bank.name, 1, "", "", f"cannot be read ({error!r}); compare it with `course new exercises`"))
        if not own:
            return
    elif named:
        spec.fault("bank", f"there is no file {bank.name} beside the spec")
    refs = spec.of_type(raw, "exercises", list, "a list of exercises", [])
    if not refs:
        spec.fault("exercises", 'name at least one, for example exercises = ["levels/levels-order"]')
    for ref in refs:
        lesson, _, name = str(ref).partition("/")
        home = own if lesson == "own" else getattr(re.fullmatch("[a-z-]+", lesson) and chapter(lesson), "exercises", {})
        if name not in home:
            known = [f"own/{one}" for one in own] + [f"{slug}/{one}" for slug, each in chapters().items() for one in each.exercises]
            near = difflib.get_close_matches(str(ref), known, 1)
            hint = f"did you mean {near[0]!r}?" if near else "write lesson/exercise, or own/exercise for one of your bank"
            spec.fault("exercises", f"there is no exercise {str(ref)!r}; {hint}", ref)
        elif ref in exercises:
            spec.fault("exercises", f"{ref!r} stands twice; remove one")
        else:
            exercises[ref] = Exercise(lesson, home[name].raw)
            for problem in _telling(ref, exercises[ref]):
                spec.fault("exercises", problem, ref)


def _telling(ref, exercise):
    """Two parts with the same words could not be told apart."""
    for field in ("option", "item", "row"):
        texts = [tuple(part["text"][lang] for lang in LANGS) for part in exercise.get(field, ())]
        if len(set(texts)) < len(texts):
            yield f"{ref} has two entries {field} with the same words; change one"


def _points(spec, raw, exercises):
    points = spec.of_type(raw, "points", dict, "a table [points]", {})
    for ref, value in points.items():
        if exercises and ref not in exercises:
            spec.fault(ref, f"[points] names {ref!r}, which is not in exercises", "points")
        elif isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value <= 1000:
            spec.fault(ref, "points must be a number above 0, at most 1000", "points")
    return points


def _rubrics(spec, raw, exercises):
    found = {}
    for place, rubric in enumerate(spec.of_type(raw, "rubric", list, "[[rubric]]", []), 1):
        ref = rubric.get("exercise") if isinstance(rubric, dict) else None
        where = ["rubric"] * place + [ref or "rubric"]
        if ref not in exercises or exercises[ref].kind not in BY_PERSON:
            spec.fault("exercise", f"rubric {place} must name an exercise of kind text or canvas from the list", *["rubric"] * place)
            continue
        if ref in found:
            spec.fault("exercise", f"a second rubric for {ref!r}; remove one", *where)
        found[ref] = rubric.get("criterion")
        if not isinstance(found[ref], list) or not found[ref]:
            spec.fault("criterion", "needs at least one [[rubric.criterion]]", *where)
            continue
        seen = set()
        for criterion in found[ref]:
            name, levels = str(criterion.get("id", "")), criterion.get("levels")
            if not _ID.fullmatch(name) or name in seen:
                spec.fault("id", f"criterion {name!r} needs an id of its own, of small Latin letters, digits and hyphens", *where)
            seen.add(name)
            spec.pair(criterion, "title", *where, name)
            if not (isinstance(levels, list) and len(levels) > 1 and all(type(level) in (int, float) for level in levels)
                    and 0 <= levels[0] and levels == sorted(set(levels)) and levels[-1] <= 1000):
                spec.fault("levels", "write the points of each level, rising: levels = [0, 1, 2]", *where, name)
                continue
            said = criterion.get("level", ())
            if len(said) != len(levels):
                spec.fault("levels", f"{len(levels)} levels, but {len(said)} texts [[rubric.criterion.level]]", *where, name)
            for level in said:
                spec.pair(level, "text", *where, name)
    return found


def read_roster(path, faults):
    """Read a roster as universities export it.

    Parameters
    ----------
    path : path-like
        CSV in UTF-8 or Windows-1251, parted by commas, semicolons or tabs. The columns are found by their
        Ukrainian, Russian or English names (``columns.toml``); without a column of ids the e-mail is the id.
    faults : list of Fault
        Gets what is wrong, by line.

    Returns
    -------
    list of Student
        In the order of the file.
    """
    path, students = Path(path), []

    def fault(line, field, message):
        faults.append(Fault(path.name, line, "", field, message))

    try:
        lines = _decoded(path.read_bytes(), fault).splitlines()
    except OSError as error:
        fault(1, "", f"cannot be read: {error.strerror}")
        return []
    first = next((n for n, line in enumerate(lines) if line.strip(",;\t ") and not line.startswith("sep=")), 0)
    columns = tomllib.loads(_COLUMNS.read_text("utf-8"))
    best, mark = {}, ","
    for each in ",;\t":
        head = [_plain(cell) for cell in next(csv.reader(lines[first:first + 1], delimiter=each), ())]
        hits = {field: head.index(name) for field, names in columns.items() for name in reversed(names) if name in head}
        best, mark = (hits, each) if len(hits) > len(best) else (best, mark)
    if not best.keys() & {"name", "surname"} or not best.keys() & {"id", "email"}:
        if not any(one.file == path.name for one in faults):
            fault(first + 1, "", "the first line must name the columns, for example: name;group;e-mail;id")
        return []
    seen = {}
    table = csv.reader(io.StringIO("\n".join(lines[first + 1:])), delimiter=mark, strict=True)
    try:
        for row in table:
            if any(cell.strip() for cell in row):
                students += _row(row, best, first + 1 + table.line_num, seen, fault)
    except csv.Error as error:
        fault(first + 1 + table.line_num, "", f"not CSV: {error}")
    if not students:
        fault(first + 1, "", "there is no student below the names of the columns")
    return students


def _row(row, columns, line, seen, fault):
    def cell(field):
        place = columns.get(field, len(row))
        return " ".join(unicodedata.normalize("NFC", row[place]).split()) if place < len(row) else ""

    name = cell("name") if "name" in columns else " ".join(filter(None, map(cell, ("surname", "first", "middle"))))
    email = cell("email")
    student = Student(cell("id") if "id" in columns else email, name, cell("group"), email)
    field = "id" if "id" in columns else "email"
    if not student.id:
        fault(line, field, f"{name or 'this student'} has no {field}; write one")
    elif re.fullmatch(r"\d[.,]?\d*E\+\d+", student.id):
        fault(line, field, f"a spreadsheet has shortened this number to {student.id}; format the column as text and export again")
    elif len(student.id) > 64 or re.search(r'[\x00-\x1f\\/:*?"<>|]', student.id):
        fault(line, field, f"the id {student.id[:70]!r} cannot be part of a file name; leave out \\ / : * ? \" < > |")
    if not name:
        fault(line, "name", f"the student {student.id!r} has no name")
    elif not any(letter.isalpha() for letter in name) or "\ufffd" in name or "??" in name:
        fault(line, "name", f"{name!r}: the letters are lost; export the roster again as CSV UTF-8")
    elif _garbled(name):
        fault(line, "name", f"{name!r} is not readable; save the file as CSV UTF-8")
    for field, value in (("id", student.id), ("email", email)):
        if value and seen.setdefault((field, value.casefold()), line) != line:
            fault(line, field, f"{value!r} stands already in line {seen[field, value.casefold()]}; one of the two must go")
    yield student


def _decoded(data, fault):
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in data:
        fault(1, "", "this is UTF-16 or no text at all; save it as CSV UTF-8")
        return ""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        utf, line = error, data.count(b"\n", 0, error.start) + 1
    try:
        found = data.decode("cp1251")
    except UnicodeDecodeError as error:
        found, line = None, data.count(b"\n", 0, error.start) + 1
    if found is None or re.search("[\u0402-\u0403\u0409-\u040f\u0452-\u0453\u0459-\u045f\u20ac\u2020-\u2022\u2030]", found):
        fault(line, "", f"neither UTF-8 nor Windows-1251 (byte 0x{data[utf.start]:02x}); save the file as CSV UTF-8")
    return found or ""


def _garbled(name):
    """Tell whether letters were read in a wrong encoding: UTF-8 taken for Windows-1251, or KOI8 taken for it."""
    try:
        return not name.encode("cp1251").decode("utf-8").isascii()
    except UnicodeError:
        return bool(re.match("[а-яёіїєґ][А-ЯЁІЇЄҐ]{2,}", name))


def _plain(head):
    return re.sub(r"[^\w№]+", " ", unicodedata.normalize("NFC", head).casefold().replace("’", "'").replace("ʼ", "'")
                  .replace("'", "")).strip()


def private_key(spec, exercises, students):
    """Return all that a grader needs, as plain JSON values; see ``docs/security.md`` for who may see it."""
    salt = hashlib.sha256(f"course-assignment|{spec['id']}".encode()).hexdigest()[:32]
    rubrics, entries = spec["rubric"], []
    for ref, exercise in exercises.items():
        best = sum(criterion["levels"][-1] for criterion in rubrics.get(ref, ()))
        entries.append(_entry(ref, exercise) | {"points": spec["points"].get(ref, best or exercise.points),
                                                "rubric": rubrics.get(ref)})
    made = {"format": 1, **{name: value for name, value in spec.items() if name not in ("points", "rubric")},
            "salt": salt, "exercises": entries,
            "roster": [[one.id, one.name, one.group, one.email] for one in students]}
    return made | {"digest": public(made)["digest"]}


def _entry(ref, exercise):
    """The private side of one exercise: its source, its variants with their keys, and which public id is which."""
    named = {field: {_public_id(ref, part): part["id"] for part in exercise.get(field, ())} for field in ("option", "item", "row")}
    draws = []
    for place in range(VARIANTS if exercise.drawn else 0):
        values = draw(exercise, f"variant-{place}", 1)
        draws += [values] * (values not in draws)
    keys = [key(exercise, values) for values in draws or [None]]
    return {"ref": ref, "lesson": exercise.lesson, "kind": exercise.kind, "raw": exercise.raw, "draws": draws, "keys": keys,
            "ids": {field: ids for field, ids in named.items() if ids}, "datasets": _datasets(exercise)}


def _public_id(ref, part):
    return hashlib.sha256("\x1f".join([ref, *(part["text"][lang] for lang in LANGS)]).encode()).hexdigest()[:8]


def _datasets(exercise):
    """Names of the data sets that a truth is computed from, as its code names them."""
    if exercise.kind != "value":
        return []
    from course import datasets, truths

    found, ahead, known = set(), [exercise["truth"]], set(datasets.names())
    while ahead:
        code = getattr(getattr(truths, ahead.pop(), None), "__code__", None)
        codes = [code, *(one for one in code.co_consts if hasattr(one, "co_names"))] if code else []
        found |= {one for each in codes for one in each.co_consts if isinstance(one, str) and one in known}
        ahead += [name for each in codes for name in each.co_names if getattr(getattr(truths, name, None), "__module__", "") == truths.__name__]
    return sorted(found)


def public(made):
    """Return what students get of a private key: ``assignment.json``."""
    shared = {name: made[name] for name in ("format", "id", "title", "opens", "closes", "zone", "attempts", "counts", "variants", "show", "salt", "late")}
    shared["exercises"] = [_shown(entry, made["hints"]) for entry in made["exercises"]]
    digest = hashlib.sha256(json.dumps(shared, sort_keys=True).encode()).hexdigest()[:16]
    checks = sorted(hashlib.sha256(f"{made['salt']}|{row[0]}".encode()).hexdigest()[:4] for row in made["roster"])
    return shared | {"digest": digest, "ids": checks}  # who is on the roster may change without a new assignment


def _shown(entry, hints):
    raw, made = entry["raw"], {"ref": entry["ref"], "points": entry["points"]}
    made |= {field: raw[field] for field in _SHOWN + ("hint",) * hints if field in raw}
    for field, names in _PARTS.items():
        parts = [{"id": _public_id(entry["ref"], part) if field != "tile" else part["id"]} | {name: part[name] for name in names}
                 for part in raw.get(field, ())]
        if field == "item" or field == "option" and raw.get("shuffle", True):
            mixed = sorted(parts, key=lambda part: part["id"])
            parts = mixed[1:] + mixed[:1] if field == "item" and mixed == parts else mixed
        if parts:
            made[field] = parts
    if entry["draws"]:
        made |= {"draws": entry["draws"], "parameters": {
            name: {"show": grid["show"]} if "show" in grid else {} for name, grid in raw["parameters"].items()}}
    return made


def _notebook(made, lang):
    """The notebook a student opens: title and times, who you are, every exercise, hand in."""
    def cell(source, outputs=None):
        kind = {"cell_type": "markdown"} if outputs is None else {"cell_type": "code", "execution_count": None, "outputs": outputs}
        cells.append(kind | {"id": f"{made['id'][:50]}-{len(cells) + 1:03}", "metadata": {}, "source": source.splitlines(True)})

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
        return datetime.fromisoformat(time).astimezone(ZoneInfo(made["zone"])).strftime("%d.%m.%Y, %H:%M") + f" ({made['zone']})"

    for field in ("opens", "closes"):
        if made[field]:
            yield text(f"grading.sheet.{field}", lang, time=local(made[field]))
    if made["late"]:
        percent = f"{made['late']['percent_per_day']:g}".replace(".", ",")
        yield text("grading.sheet.late", lang, percent=percent)
        if made["late"]["until"]:
            yield text("grading.sheet.until", lang, time=local(made["late"]["until"]))
    yield text("grading.sheet.attempts" if made["attempts"] else "grading.sheet.no_limit", lang, n=made["attempts"])
    yield text(f"grading.sheet.{made['counts']}", lang)
    yield text("grading.sheet.hand_in", lang, file=f"{made['id']}-….jsonl")
