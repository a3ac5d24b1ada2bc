"""What an exercise is: reading ``exercises.toml``, drawing parameters, and finding every fault in it."""

import difflib
import hashlib
import json
import math
import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import islice, product
from pathlib import Path

from course import paths, scoring
from course.texts import LANGS, NBSP, fill, number

KINDS = ("choice", "multi", "order", "match", "classify", "numeric", "text", "canvas", "value")
BY_PERSON = ("text", "canvas")
ICONS = ("person", "box", "star", "clock", "megaphone", "pin", "scales", "coins", "handshake", "ban")
SAMPLE = 400

_SHARED = {"id", "kind", "points", "covers", "outcomes", "attempts", "prompt", "right", "wrong", "see", "solution",
           "hint"}
_FIELDS = {
    "choice": {"option", "shuffle"}, "multi": {"option", "shuffle"}, "order": {"item"},
    "match": {"option", "row", "confusion"}, "classify": {"option", "row", "confusion"},
    "numeric": {"answer", "digits", "unit", "parameters", "where", "slip"},
    "value": {"truth", "digits", "sorted", "slip"}, "text": {"words", "idea"}, "canvas": {"tile", "remarks"},
}
_PARTS = {"option": {"id", "text", "right", "why"}, "item": {"id", "text", "rank"},
          "row": {"id", "key", "text", "why"}, "confusion": {"row", "option", "why"},
          "slip": {"answer", "truth", "why"}, "hint": set(LANGS), "idea": set(LANGS),
          "tile": {"id", "icon", "title", "help"}}


@dataclass(frozen=True)
class Exercise:
    """One entry of ``exercises.toml``.

    Attributes
    ----------
    lesson : str
        Short name of the lesson it belongs to.
    raw : dict
        The entry as written; ``exercise["points"]`` reads from it.
    """

    lesson: str
    raw: dict

    def __getitem__(self, field):
        return self.raw[field]

    def get(self, field, default=None):
        return self.raw.get(field, default)

    @property
    def id(self):
        return self.raw["id"]

    @property
    def kind(self):
        return self.raw["kind"]

    @property
    def points(self):
        return self.raw.get("points", 1)

    @property
    def attempts(self):
        return self.raw.get("attempts", 3)

    @property
    def drawn(self):
        """Whether every learner gets other numbers."""
        return bool(self.raw.get("parameters"))

    @property
    def digest(self):
        """Twelve hex digits that change when anything in the entry changes."""
        return hashlib.sha256(json.dumps(self.raw, sort_keys=True).encode()).hexdigest()[:12]

    def say(self, field, lang, values=None):
        """Return one text of the exercise, or ``None`` when the entry has no such field."""
        pair = self.raw.get(field)
        return pair and self.words(pair, lang, values)

    def words(self, pair, lang, values=None):
        """Return the text of one pair with the drawn numbers in it, printed as the language prints them."""
        if not values:
            return pair[lang]
        shown = {name: self._print(name, value, lang) for name, value in values.items()}
        return fill(pair[lang], shown)

    def _print(self, name, value, lang):
        grid = self.raw["parameters"].get(name)
        if grid is None:
            return number(value, lang, self.raw["digits"])
        if grid.get("show") == "percent":
            return number(round(value * 100, 6), lang) + NBSP + "%"
        return number(value, lang)

    def shuffled(self, field):
        """Return the entries of ``field`` in the order shown: fixed, the same for all learners and languages."""
        entries = self.raw[field]
        if not self.raw.get("shuffle", True):
            return entries
        mixed = sorted(entries, key=lambda entry: _digest(self.lesson, self.id, entry["id"]))
        return mixed if self.kind != "order" or mixed != entries else mixed[1:] + mixed[:1]


@dataclass(frozen=True)
class Chapter:
    """All that ``exercises.toml`` says of one lesson: its name, outcomes and exercises."""

    folder: Path
    number: int
    slug: str
    title: dict
    minutes: int
    outcomes: dict
    exercises: dict


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a source file, and what to do about it."""

    file: str
    line: int
    exercise: str
    field: str
    message: str

    def __str__(self):
        place = " ".join(part for part in (self.exercise, self.field) if part)
        return f"{self.file}:{self.line}: {place + ': ' if place else ''}{self.message}"


def _digest(*words):
    return hashlib.sha256("\x1f".join(map(str, words)).encode()).hexdigest()


@cache
def chapters():
    """Return every lesson by its short name, in the order of their numbers.

    Examples
    --------
    >>> list(chapters())[0]
    'start'
    """
    found = [read(path) for path in sorted(paths.shared("lessons").glob("[0-9]*/exercises.toml"))]
    return {chapter.slug: chapter for chapter in found}


def read(path):
    """Read one ``exercises.toml`` that ``course check`` found sound.

    Parameters
    ----------
    path : path-like

    Returns
    -------
    Chapter

    Raises
    ------
    KeyError, tomllib.TOMLDecodeError
        When the file has faults; ``check`` names them.
    """
    path = Path(path)
    raw = tomllib.loads(path.read_text("utf-8"))
    head = raw["lesson"]
    return Chapter(path.parent, head["number"], head["slug"], head["title"], head["minutes"],
                   {outcome["id"]: outcome["text"] for outcome in raw.get("outcome", [])},
                   {entry["id"]: Exercise(head["slug"], entry) for entry in raw.get("exercise", [])})


def grid(spec):
    """Return the values that one parameter may take.

    Parameters
    ----------
    spec : dict
        ``{"from": a, "to": b, "step": s}`` (both ends included) or ``{"values": [...]}``.

    Returns
    -------
    list of int or float

    Examples
    --------
    >>> grid({"from": 0.1, "to": 0.3, "step": 0.1})
    [0.1, 0.2, 0.3]
    """
    if "values" in spec:
        return list(spec["values"])
    low, high, step = (Decimal(str(spec[name])) for name in ("from", "to", "step"))
    kind = int if all(isinstance(spec[name], int) for name in ("from", "step")) else float
    return [kind(low + place * step) for place in range(int((high - low) / step) + 1)]


def draw(exercise, seed, attempt):
    """Draw the parameters of one exercise: the same on every machine and every Python.

    Parameters
    ----------
    exercise : Exercise
    seed : str
        The learner's seed.
    attempt : int
        Number of the draw, from 1.

    Returns
    -------
    dict of str to number
        Empty when the exercise has no parameters.

    Raises
    ------
    ValueError
        When a thousand tries meet no combination that satisfies ``where``.
    """
    spec = exercise.get("parameters")
    if not spec:
        return {}
    for again in range(1000):
        values = {}
        for name, entry in spec.items():
            choices = grid(entry)
            chance = int(_digest(seed, exercise.lesson, exercise.id, attempt, name, again), 16)
            values[name] = choices[chance % len(choices)]
        if all(evaluate(condition, values) for condition in exercise.get("where", ())):
            return values
    raise ValueError(f"{exercise.id}: no draw satisfies {exercise['where']}")


def evaluate(expression, values):
    """Evaluate an arithmetic expression of the course; nothing but arithmetic and the course's formulas.

    Parameters
    ----------
    expression : str
        May call the functions of ``course.models.FORMULAS`` and ``min max abs sqrt exp log``.
    values : dict
        Names that it may use.

    Returns
    -------
    float or bool

    Raises
    ------
    ValueError
        When it cannot be evaluated to a finite number.

    Examples
    --------
    >>> evaluate("m * r", {"m": 10, "r": 0.5})
    5.0
    """
    from simpleeval import EvalWithCompoundTypes

    from course.models import FORMULAS

    functions = {"min": min, "max": max, "abs": abs, "sqrt": math.sqrt, "exp": math.exp, "log": math.log, **FORMULAS}
    try:
        found = EvalWithCompoundTypes(functions=functions, names=dict(values)).eval(expression)
    except Exception as error:
        raise ValueError(f"{expression!r} fails for {values}: {error}") from error
    if isinstance(found, bool):
        return found
    if not isinstance(found, (int, float)) or not math.isfinite(found):
        raise ValueError(f"{expression!r} gives {found!r} for {values}, not a finite number")
    return float(found)


def key(exercise, values=None):
    """Return what ``course.scoring.score`` needs to mark an answer.

    Parameters
    ----------
    exercise : Exercise
    values : dict, optional
        The drawn parameters of a numeric exercise.

    Returns
    -------
    dict
        Plain values only.
    """
    raw, kind = exercise.raw, exercise.kind
    ids = [option["id"] for option in raw.get("option", ())]
    if kind == "choice":
        return {"right": next(option["id"] for option in raw["option"] if option.get("right")), "options": ids}
    if kind == "multi":
        return {"right": [option["id"] for option in raw["option"] if option.get("right")], "options": ids}
    if kind == "order":
        ranks = {item["id"]: item.get("rank", place) for place, item in enumerate(raw["item"])}
        return {"ranks": {name: rank if isinstance(rank, list) else [rank, rank] for name, rank in ranks.items()}}
    if kind in ("match", "classify"):
        return {"pairs": {row["id"]: row["key"] for row in raw["row"]}, "options": ids}
    if kind == "numeric":
        return {"value": evaluate(raw["answer"], values or {}), "digits": raw["digits"],
                "wrong": [evaluate(slip["answer"], values or {}) for slip in raw.get("slip", ())],
                "unit": sorted(set(raw["unit"].values())) if raw.get("unit") else None}
    if kind == "value":
        from course.truths import truth

        return {"value": truth(raw["truth"]), "digits": raw["digits"], "sorted": raw.get("sorted", False),
                "wrong": [truth(slip["truth"]) for slip in raw.get("slip", ())]}
    if kind == "text":
        return {"words": raw["words"]}
    return {"tiles": [tile["id"] for tile in raw["tile"]]}


# --- course check -----------------------------------------------------------------------------------------------


def check_all():
    """Check every lesson and return all faults, in file order."""
    from course.editions import parity

    faults = []
    for path in sorted(paths.shared("lessons").glob("[0-9]*/exercises.toml")):
        faults += check(path) + parity(path.with_name("lesson.md"))
    return faults


def check(path):
    """Find every fault in one ``exercises.toml``.

    Parameters
    ----------
    path : path-like
        The file; ``lesson.md`` beside it, when there is one, must show each exercise.

    Returns
    -------
    list of Fault
        Each names file, line, exercise, field, and says what to do.
    """
    return _Checker(Path(path)).run()


class _Checker:
    def __init__(self, path):
        self.path, self.faults, self.entry, self.start = path, [], "", 0
        self.name = f"{path.parent.name}/{path.name}"

    def fault(self, field, message):
        self.faults.append(Fault(self.name, self.line(field), self.entry, field, message))

    def line(self, field):
        """The line of the field within the entry at hand; tomllib keeps no positions, the source does."""
        parts = field.split(".")
        for number in range(self.start, len(self.lines)):
            if number > self.start and self.lines[number].strip() == "[[exercise]]":
                break
            if re.match(rf"\s*(\[+exercise\.)?{re.escape(parts[0])}\b", self.lines[number]):
                return number + 1
        return self.start + 1

    def run(self):
        try:
            source = self.path.read_text("utf-8")
            self.lines = source.splitlines()
            raw = tomllib.loads(source)
        except UnicodeDecodeError as error:
            return [Fault(self.name, 1, "", "", f"not UTF-8 (byte {error.start}); save the file as UTF-8")]
        except tomllib.TOMLDecodeError as error:
            where = re.search(r"line (\d+)", str(error))
            return [Fault(self.name, int(where[1]) if where else len(self.lines), "", "", f"not TOML: {error}")]
        self.head(raw)
        page = self.path.with_name("lesson.md")
        self.page = page.read_text("utf-8") if page.is_file() else None
        starts = [number for number, line in enumerate(self.lines) if line.strip() == "[[exercise]]"]
        seen = set()
        for place, entry in enumerate(raw.get("exercise", ())):
            self.start = starts[place] if place < len(starts) else 0
            self.entry = str(entry.get("id", f"number {place + 1}"))
            if self.entry in seen:
                self.fault("id", "the same id stands twice; rename one")
            seen.add(self.entry)
            before = len(self.faults)
            self.common(entry)
            if len(self.faults) == before:
                getattr(self, entry["kind"], self.choice)(entry)
        self.shown(seen)
        return sorted(self.faults, key=lambda fault: fault.line)

    def head(self, raw):
        self.lesson, self.outcomes = raw.get("lesson", {}), {o.get("id") for o in raw.get("outcome", ())}
        for field in ("number", "slug", "minutes", "title"):
            if field not in self.lesson:
                self.fault("lesson", f"[lesson] needs {field}")
        self.pair(self.lesson, "title")
        for outcome in raw.get("outcome", ()):
            self.pair(outcome, "text")
        used = {number for entry in raw.get("exercise", ()) for number in entry.get("outcomes", ())}
        for number in sorted(self.outcomes - used):
            self.fault("outcome", f"no exercise trains outcome {number}; name it in some exercise's outcomes")

    def pair(self, table, field, needed=True, where=None):
        value, where = table.get(field), where or field
        if value is None:
            if needed:
                self.fault(where, f"missing; write {field}.uk and {field}.ru")
            return
        if not isinstance(value, dict):
            return self.fault(where, f"needs two languages; write {field}.uk and {field}.ru")
        for lang in LANGS:
            words = value.get(lang)
            if not isinstance(words, str) or not words.strip():
                self.fault(where, f"{lang} is missing; write {field}.{lang}")
            elif found := re.search("[ыэъё]" if lang == "uk" else "[іїєґ]", words.lower()):
                self.fault(where, f"the letter {found[0]!r} doesn't belong in {lang}; is this the other language?")
        for other in sorted(set(value) - set(LANGS)):
            self.fault(where, f"unknown language {other!r}; the course has uk and ru")

    def common(self, entry):
        kind = entry.get("kind")
        if kind not in KINDS:
            return self.fault("kind", f"unknown kind {kind!r}; use one of {', '.join(KINDS)}")
        if not re.fullmatch(r"[a-z][a-z0-9-]*", str(entry.get("id", ""))):
            self.fault("id", "write an id of small Latin letters, digits and hyphens")
        known = _SHARED | _FIELDS[kind]
        for field in entry:
            if field not in known:
                near = difflib.get_close_matches(field, known, 1)
                self.fault(field, "unknown field" + (f"; did you mean {near[0]!r}?" if near else "; remove it"))
        for name, fields in _PARTS.items():
            for place, part in enumerate(entry.get(name, ()), 1):
                for field in sorted(set(part) - fields):
                    self.fault(name, f"{name} {place} has an unknown field {field!r}; known: {', '.join(sorted(fields))}")
        points = entry.get("points", 1)
        if not isinstance(points, (int, float)) or isinstance(points, bool) or not 0 < points <= 100:
            self.fault("points", "points must be a number above 0, at most 100")
        if not isinstance(entry.get("attempts", 3), int) or not 0 <= entry.get("attempts", 3) <= 20:
            self.fault("attempts", "attempts must be a whole number; 0 means without limit")
        self.pair(entry, "prompt")
        self.pair(entry, "solution")
        for field in ("right", "wrong"):
            self.pair(entry, field, needed=kind not in BY_PERSON)
        self.pair(entry, "see", needed=False)
        for name in ("hint", "idea"):
            for place, part in enumerate(entry.get(name, ()), 1):
                self.pair({name: part}, name, where=name)
        if not entry.get("covers"):
            self.fault("covers", "name at least one concept id")
        for concept in entry.get("covers", ()):
            if concept not in concepts():
                near = difflib.get_close_matches(str(concept), concepts(), 1)
                self.fault("covers", f"no concept {concept!r}" + (f"; did you mean {near[0]!r}?" if near else ""))
        for number in entry.get("outcomes", ()):
            if number not in self.outcomes:
                self.fault("outcomes", f"the lesson has no outcome {number}")
        if self.page and "see" in entry:
            for lang in LANGS:
                title = entry["see"].get(lang, "")
                if not re.search(rf"^#+ {re.escape(title)}\s*$", self.page, re.M):
                    self.fault("see", f"lesson.md has no heading {title!r}; copy the heading's words exactly")

    def ids(self, entry, name, least):
        parts = entry.get(name, ())
        found = [part.get("id") for part in parts]
        if len(parts) < least:
            self.fault(name, f"needs at least {least}; write [[exercise.{name}]]")
        for place, part in enumerate(parts, 1):
            if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", str(part.get("id", ""))):
                self.fault(name, f"{name} {place} needs an id of small Latin letters, digits and hyphens")
        for twice in sorted({i for i in found if found.count(i) > 1 and i}):
            self.fault(name, f"the id {twice!r} stands twice")
        return found

    def choice(self, entry):
        self.ids(entry, "option", 2)
        right = [option for option in entry.get("option", ()) if option.get("right")]
        if entry["kind"] == "choice" and len(right) != 1:
            self.fault("option", f"{len(right)} options have right = true; exactly one must")
        if entry["kind"] == "multi" and not 0 < len(right) < len(entry.get("option", ())):
            self.fault("option", "needs at least one right and one wrong option")
        for option in entry.get("option", ()):
            self.pair(option, "text", where="option")
            self.pair(option, "why", needed=not option.get("right"), where="option")

    def order(self, entry):
        self.ids(entry, "item", 3)
        for item in entry.get("item", ()):
            self.pair(item, "text", where="item")

    def match(self, entry):
        options, rows = self.ids(entry, "option", 2), self.ids(entry, "row", 2)
        keys = [row.get("key") for row in entry.get("row", ())]
        for row in entry.get("row", ()):
            self.pair(row, "text", where="row")
            self.pair(row, "why", where="row")
            if row.get("key") not in options:
                self.fault("row", f"row {row.get('id')!r} has the key {row.get('key')!r}, which is no option")
            if entry["kind"] == "match" and keys.count(row.get("key")) > 1:
                self.fault("row", f"two rows share the key {row.get('key')!r}; that is kind = \"classify\"")
        for option in entry.get("option", ()):
            self.pair(option, "text", where="option")
        for part in entry.get("confusion", ()):
            self.pair(part, "why", where="confusion")
            if part.get("row") not in rows or part.get("option") not in options:
                self.fault("confusion", f"no row {part.get('row')!r} or no option {part.get('option')!r}")

    classify = match

    def numeric(self, entry):
        exercise = Exercise(self.lesson.get("slug", ""), entry)
        if not isinstance(entry.get("digits"), int) or not 0 <= entry["digits"] <= 8:
            return self.fault("digits", "say how many decimals are asked for, 0 to 8")
        if "answer" not in entry:
            return self.fault("answer", "missing; write an expression")
        self.pair(entry, "unit", needed=False)
        for slip in entry.get("slip", ()):
            self.pair(slip, "why", where="slip")
        try:
            combinations = list(islice(self.draws(exercise), SAMPLE))
        except (ValueError, KeyError, TypeError, ArithmeticError) as error:
            return self.fault("parameters", f"{error}")
        if exercise.drawn and len(combinations) < 2:
            return self.fault("parameters", "the grid leaves fewer than two draws; widen it or drop it")
        self.places(exercise, combinations[0])
        hits = [0] * len(entry.get("slip", ()))
        for values in combinations:
            try:
                made = key(exercise, values)
            except ValueError as error:
                return self.fault("answer", f"{error}")
            shown = number(made["value"], "uk", entry["digits"])
            if scoring.score("numeric", made, shown).state != "right":
                return self.fault("digits", f"the printed answer {shown} scores nothing for {values}; ask more digits")
            for place, wrong in enumerate(made["wrong"]):
                hits[place] += scoring.score("numeric", made, number(wrong, "uk", 10)).state == "right"
        for place, count in enumerate(hits, 1):
            if count > len(combinations) / 5:
                self.fault("slip", f"slip {place} is also right in {count} of {len(combinations)} draws; narrow the grid")

    def draws(self, exercise):
        """Every combination of a small grid, a seeded sample of a large one, always with the grid's corners."""
        spec = exercise.get("parameters", {})
        grids = [grid(entry) for entry in spec.values()]
        if math.prod(map(len, grids)) <= SAMPLE:
            made = product(*grids)
        else:
            corners = list(islice(product(*([g[0], g[-1]] for g in grids)), SAMPLE // 2))
            made = corners + [tuple(draw(exercise, f"check{n}", 1).values()) for n in range(SAMPLE - len(corners))]
        for values in (dict(zip(spec, combination)) for combination in made):
            if all(evaluate(condition, values) for condition in exercise.get("where", ())):
                yield values

    def places(self, exercise, values):
        known = set(values) | {"answer"}
        pairs = [(field, exercise.get(field)) for field in ("prompt", "right", "wrong", "solution")]
        pairs += [(name, part.get("why", part)) for name in ("hint", "slip") for part in exercise.get(name, ())]
        for field, pair in pairs:
            for lang in LANGS:
                for name in re.findall(r"\{(\w+)\}", (pair or {}).get(lang, "")):
                    if name not in known or (name == "answer" and field != "solution"):
                        self.fault(field, f"{lang}: {{{name}}} is no parameter; known: {', '.join(sorted(known))}")
        for name in values:
            if any(f"{{{name}}}" not in exercise["prompt"][lang] for lang in LANGS):
                self.fault("prompt", f"the parameter {{{name}}} is not told to the learner in both languages")

    def value(self, entry):
        from course.truths import TRUTHS

        if not isinstance(entry.get("digits"), int):
            self.fault("digits", "say how many decimals are asked for")
        for field, name in [("truth", entry.get("truth"))] + [("slip", s.get("truth")) for s in entry.get("slip", ())]:
            if name not in TRUTHS:
                self.fault(field, f"course/truths.py has no {name!r}; known: {', '.join(sorted(TRUTHS))}")
        for slip in entry.get("slip", ()):
            self.pair(slip, "why", where="slip")

    def text(self, entry):
        words = entry.get("words")
        if not (isinstance(words, list) and len(words) == 2 and 0 < words[0] < words[1]):
            self.fault("words", "write words = [least, most]")

    def canvas(self, entry):
        from course.models import REMARKS

        if entry.get("remarks", "value_plan") not in REMARKS:
            self.fault("remarks", f"course.models has no remarks {entry['remarks']!r}; known: {', '.join(REMARKS)}")
        self.ids(entry, "tile", 2)
        for tile in entry.get("tile", ()):
            self.pair(tile, "title", where="tile")
            self.pair(tile, "help", where="tile")
            if tile.get("icon") not in ICONS:
                self.fault("tile", f"unknown icon {tile.get('icon')!r}; use one of {', '.join(ICONS)}")

    def shown(self, ids):
        if self.page is None:
            return
        calls = re.findall(r"lesson\.(?:exercise|check)\(\s*[\"']([^\"']+)", self.page)
        for name in sorted(ids - set(calls)):
            self.entry, self.start = name, next((n for n, line in enumerate(self.lines) if f'"{name}"' in line), 0)
            self.fault("id", f"no cell of lesson.md shows it; write lesson.exercise(\"{name}\")")
        self.start = 0
        for name in sorted(set(calls) - ids):
            self.entry = name
            self.fault("", "lesson.md shows an exercise that is not here")


@cache
def concepts():
    """Return the concept ids of the course with their terms, ``{id: {"uk": …, "ru": …}}``."""
    return tomllib.loads((paths.shared("lessons") / "concepts.toml").read_text("utf-8"))
