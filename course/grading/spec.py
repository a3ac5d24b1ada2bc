"""The spec of an assignment, as a lecturer writes it: read, checked, every fault told with its line."""

import difflib
import re
import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from course import kinds
from course.exercises import Exercise, Fault, chapter, chapters, misfit, read
from course.texts import LANGS

_ID = re.compile(r"[a-z][a-z0-9-]{0,59}")
# Names that Windows keeps for devices: no file and no folder can have them.
_DEVICE = re.compile("con|prn|aux|nul|(com|lpt)[0-9]")
_KNOWN = {"id", "title", "exercises", "bank", "opens", "closes", "zone", "attempts", "counts", "variants", "show",
          "keys_in_feedback", "hints", "late", "points", "rubric"}
_CHOICES = {"counts": ("last", "best"), "variants": ("student", "one"), "show": ("saved", "nothing", "right-wrong")}


_RUBRIC = {"exercise?": str, "criterion?": [{"id?": str, "levels?": [(int, float)], "level?": [dict]}]}


class SettingError(Exception):
    """The spec, the bank or the roster cannot be used; `faults` names file, line, field and what to do."""

    def __init__(self, faults):
        self.faults = sorted(faults, key=lambda fault: (fault.file, fault.line))
        super().__init__("\n".join(map(str, self.faults)))


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
        except (ValueError, RecursionError) as error:
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
                self.fault(field, f"the letter {strange[0]!r} doesn't belong in {lang}; is this the other language?",
                           *after)

    def time(self, table, field, zone, *after):
        value = table.get(field)
        if value is None:
            return None
        if not isinstance(value, datetime):
            example = value if isinstance(value, date) else "2026-12-08"
            return self.fault(field, f"write day and time without quotes: {example}T23:59:00", *after)
        if not 2000 <= value.year <= 2200:
            return self.fault(field, f"the year {value.year}? Write day and time like 2026-12-08T23:59:00", *after)
        if value.tzinfo is None and zone:
            local, value = value, value.replace(tzinfo=zone)
            if value.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != local:
                return self.fault(field, f"{local} does not exist in {zone.key}: the clocks change; take another hour",
                                  *after)
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
    from zoneinfo import available_timezones

    spec = _Spec(path, faults)
    raw, exercises = spec.raw, {}
    if faults:
        return {}, {}
    for field in raw:
        if field not in _KNOWN:
            near = difflib.get_close_matches(field, _KNOWN, 1)
            spec.fault(field, "unknown field" + (f"; did you mean {near[0]!r}?" if near else "; remove it"))
    if type(raw.get("id")) is not str or not _ID.fullmatch(raw["id"]):
        spec.fault("id", "write an id of small Latin letters, digits and hyphens, for example \"rm-quiz-1\"")
    elif raw["id"] == "learner" or raw["id"] in chapters():
        spec.fault("id", f"the course keeps other answers of a learner under {raw['id']!r}; choose another id")
    elif _DEVICE.fullmatch(raw["id"]):
        spec.fault("id", f"Windows lets no file be called {raw['id']!r}; choose another id")
    spec.pair(raw, "title")
    zone = None
    try:
        zone = ZoneInfo(spec.of_type(raw, "zone", str, 'a zone, for example "Europe/Kyiv"', "Europe/Kyiv"))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        near = difflib.get_close_matches(raw["zone"], available_timezones(), 1)
        spec.fault("zone", f"unknown zone; did you mean {near[0]!r}?" if near else 'unknown zone; write "Europe/Kyiv"')
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
    if not 0 <= made["attempts"] <= 1000:
        spec.fault("attempts", "write a whole number, at most 1000; 0 means without limit")
    if made["counts"] == "best" and made["attempts"] == 0:
        spec.fault("counts", 'with "best" and no limit whoever tries every option gets full marks; '
                             'write attempts = 1 or more, or counts = "last"')
    made["late"] = _late(spec, raw, made, zone)
    _exercises(spec, raw, exercises)
    made["points"] = _points(spec, raw, exercises)
    made["rubric"] = _rubrics(spec, raw, exercises)
    _agreed(spec, made)
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
        from course.authoring.checks import check

        if wrong := check(bank):
            spec.faults += wrong
            return
        own = read(bank).exercises
    elif named:
        spec.fault("bank", f"there is no file {bank.name} beside the spec")
    refs = spec.of_type(raw, "exercises", list, "a list of exercises", [])
    if not refs:
        spec.fault("exercises", 'name at least one, for example exercises = ["levels/levels-order"]')
    for ref in refs:
        lesson, _, name = str(ref).partition("/")
        home = own if lesson == "own" else getattr(re.fullmatch("[a-z-]+", lesson) and chapter(lesson), "exercises", {})
        if name not in home:
            all_of = {"own": own} | {slug: each.exercises for slug, each in chapters().items()}
            known = [f"{slug}/{one}" for slug, names in all_of.items() for one in names]
            near = difflib.get_close_matches(str(ref), known, 1)
            hint = f"did you mean {near[0]!r}?" if near else "write lesson/exercise, or own/exercise for your own"
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


def _agreed(spec, made):
    """Points of an exercise with a rubric are those of its highest levels."""
    for ref in made["points"].keys() & made["rubric"].keys() if not spec.faults else ():
        value, best = made["points"][ref], sum(criterion["levels"][-1] for criterion in made["rubric"][ref])
        if abs(value - best) > 1e-9:
            spec.fault(ref, f"[points] says {value:g}, but the highest levels of its rubric add up to {best:g}; "
                            "leave the points out or make them equal", "points")


def _rubrics(spec, raw, exercises):
    found = {}
    if (wrong := misfit(raw, {"rubric?": [_RUBRIC]})) is not None:
        spec.fault("rubric", f"{wrong}: write [[rubric]] with exercise = \"…\", and for each criterion id = \"…\", "
                             "levels = [0, 1, 2] and as many [[rubric.criterion.level]]")
        return found
    for place, rubric in enumerate(raw.get("rubric", ()), 1):
        ref = rubric.get("exercise")
        where = ["rubric"] * place + [ref or "rubric"]
        if ref not in exercises or exercises[ref].kind.name not in kinds.by_person():
            spec.fault("exercise", f"rubric {place} must name an exercise of kind text or canvas from the list",
                       *["rubric"] * place)
            continue
        if ref in found:
            spec.fault("exercise", f"a second rubric for {ref!r}; remove one", *where)
        found[ref] = rubric.get("criterion")
        if not isinstance(found[ref], list) or not found[ref]:
            spec.fault("criterion", "needs at least one [[rubric.criterion]]", *where)
            continue
        seen = set()
        for criterion in found[ref]:
            name, levels = criterion.get("id", ""), criterion.get("levels", ())
            if not _ID.fullmatch(name) or name in seen:
                spec.fault("id", f"criterion {name!r} needs an id of its own: small Latin letters, digits, hyphens",
                           *where)
            seen.add(name)
            spec.pair(criterion, "title", *where, name)
            if not (len(levels) > 1 and 0 <= levels[0] and levels == sorted(set(levels)) and levels[-1] <= 1000):
                spec.fault("levels", "write the points of each level, rising: levels = [0, 1, 2]", *where, name)
                continue
            said = criterion.get("level", ())
            if len(said) != len(levels):
                spec.fault("levels", f"{len(levels)} levels, but {len(said)} texts [[rubric.criterion.level]]",
                           *where, name)
            for level in said:
                spec.pair(level, "text", *where, name)
    return found
