"""`course check`: every fault of the sources with its file, line, exercise and field, and what to do about it."""

import difflib
import math
import re
import tomllib
from itertools import islice, product
from pathlib import Path

from course import paths, pictures, scoring
from course.editions import parity
from course.exercises import BY_PERSON, ICONS, KINDS, PAIR, Exercise, Fault, concepts, draw, evaluate, grid, key, misfit
from course.texts import LANGS, number

SAMPLE = 400
LARGEST = 10**12  # result of a formula: more digits than a card or a spreadsheet would show

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
# What each field is made of; whether it must be there, and what the pairs say, is looked at afterwards.
_TEXTS, _TABLES = (str, "a text in quotes"), ([dict], "[[exercise.{}]]")
_HEAD = {"number": (int, "a whole number"), "slug": _TEXTS, "minutes": (int, "a whole number")}
_TYPES = {
    "id": _TEXTS,
    "kind": _TEXTS,
    "answer": _TEXTS,
    "truth": _TEXTS,
    "remarks": _TEXTS,
    "attempts": (int, "a whole number; 0 means without limit"),
    "digits": (int, "how many decimals are asked for, 0 to 4"),
    "covers": ([str], "a list of concept ids"),
    "outcomes": ([(int, str)], "a list of ids of outcomes"),
    "where": ([str], "a list of conditions in quotes"),
    "words": ([int], "words = [least, most]"),
    "shuffle": (bool, "true or false"),
    "sorted": (bool, "true or false"),
    "parameters": ({"": dict}, "[exercise.parameters] with one line for each: m = {{from = 1, to = 9}}"),
    "hint": _TABLES,
    "idea": _TABLES,
    **{
        name: (
            [
                {
                    "id?": str,
                    "right?": bool,
                    "key?": str,
                    "row?": str,
                    "option?": str,
                    "icon?": str,
                    "answer?": str,
                    "rank?": (int, float, [(int, float)]),
                    "truth?": str,
                }
            ],
            "[[exercise.{}]] with texts in quotes, right = true, rank = [1, 2]",
        )
        for name in _PARTS
        if name not in ("hint", "idea")
    },
}


def check_all():
    """Check every lesson and return all faults, in file order."""
    faults = []
    for path in sorted(paths.shared("lessons").glob("[0-9]*/exercises.toml")):
        faults += check(path) + parity(path.with_name("lesson.md")) + check_figures(path.with_name("figures.toml"))
    return faults


def check_figures(path):
    """Find every fault in one ``figures.toml``; there need not be one.

    Returns
    -------
    list of Fault
    """
    page, lines = path.with_name("lesson.md"), path.read_text("utf-8").splitlines() if path.is_file() else []
    found = pictures.faults(path, page.read_text("utf-8") if page.is_file() else "")
    name = f"{path.parent.name}/{path.name}"
    return [Fault(name, next((n for n, line in enumerate(lines, 1) if f'"{id}"' in line), 1), id, "", message)
            for id, message in found]


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
        self.name = "/".join(filter(None, (path.parent.name, path.name)))

    def fault(self, field, message):
        self.faults.append(Fault(self.name, self.line(field), self.entry, field, message))

    def line(self, field):
        """The line of the field within the entry at hand; tomllib keeps no positions, the source does."""
        parts = field.split(".")
        for place in range(self.start, len(self.lines)):
            if place > self.start and self.lines[place].strip() == "[[exercise]]":
                break
            if re.match(rf"\s*(\[+exercise\.)?{re.escape(parts[0])}\b", self.lines[place]):
                return place + 1
        return self.start + 1

    def run(self):
        try:
            source = self.path.read_text("utf-8-sig")
            self.lines = source.splitlines()
            raw = tomllib.loads(source)
        except UnicodeDecodeError as error:
            return [Fault(self.name, 1, "", "", f"not UTF-8 (byte {error.start}); save the file as UTF-8")]
        except (ValueError, RecursionError) as error:
            where = re.search(r"line (\d+)", str(error))
            return [Fault(self.name, int(where[1]) if where else max(1, len(self.lines)), "", "", f"not TOML: {error}")]
        for field, shape, what in (
            ("lesson", dict, "[lesson]"),
            ("outcome", [{"id": (int, str)}], "[[outcome]] with an id"),
            ("exercise", [dict], "[[exercise]]"),
        ):
            if misfit(raw, {field + "?": shape}) is not None:
                self.fault(field, f"write {what}")
        if self.faults:
            return self.faults
        self.head(raw)
        page = self.path.with_name("lesson.md")
        self.page = page.read_text("utf-8") if page.is_file() else None
        starts = [place for place, line in enumerate(self.lines) if line.strip() == "[[exercise]]"]
        seen = set()
        for place, entry in enumerate(raw.get("exercise", ())):
            self.start = starts[place] if place < len(starts) else 0
            self.entry = str(entry.get("id", f"number {place + 1}"))
            if self.entry in seen:
                self.fault("id", "the same id stands twice; rename one")
            seen.add(self.entry)
            before = len(self.faults)
            self.types(entry, _TYPES)
            if len(self.faults) == before:
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
        self.types(self.lesson, _HEAD)
        self.pair(self.lesson, "title")
        for outcome in raw.get("outcome", ()):
            self.pair(outcome, "text")
        used = [outcome for entry in raw.get("exercise", ()) if isinstance(entry.get("outcomes"), list)
                for outcome in entry["outcomes"]]
        for outcome in sorted((one for one in self.outcomes if one not in used), key=str):
            self.fault("outcome", f"no exercise trains outcome {outcome}; name it in some exercise's outcomes")

    def types(self, table, known):
        for field, (shape, what) in known.items():
            if misfit(table, {field + "?": shape}) is not None:
                self.fault(field, f"write {what.format(field)}")

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
                    self.fault(
                        name, f"{name} {place} has an unknown field {field!r}; known: {', '.join(sorted(fields))}"
                    )
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
        for outcome in entry.get("outcomes", ()):
            if outcome not in self.outcomes:
                self.fault("outcomes", f"the lesson has no outcome {outcome}")
        if self.page and misfit(entry, {"see": PAIR}) is None:
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
        found = self.ids(entry, "item", 3)
        if not found or None in found:
            return
        for item in entry.get("item", ()):
            self.pair(item, "text", where="item")
            rank = item.get("rank", 0)
            if isinstance(rank, list) and (len(rank) != 2 or rank[0] > rank[1]):
                return self.fault("item", f"item {item.get('id')!r}: write rank = [first, last]")
        ranks = key(Exercise("", entry))["ranks"].values()
        if not any(one[1] < two[0] for one in ranks for two in ranks):
            self.fault("item", "no item stands before another; change rank")

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
        exercise, before = Exercise(self.lesson.get("slug", ""), entry), len(self.faults)
        if not isinstance(entry.get("digits"), int) or not 0 <= entry["digits"] <= 4:
            return self.fault("digits", "say how many decimals are asked for, 0 to 4")
        if "answer" not in entry:
            return self.fault("answer", "missing; write an expression")
        self.pair(entry, "unit", needed=False)
        for place, slip in enumerate(entry.get("slip", ()), 1):
            self.pair(slip, "why", where="slip")
            if "answer" not in slip:
                self.fault("slip", f"slip {place} needs answer, an expression")
        for name, spec in entry.get("parameters", {}).items():
            self.parameter(name, spec)
        if len(self.faults) > before:
            return
        try:
            combinations = list(islice(self.draws(exercise), SAMPLE))
        except (ValueError, KeyError, TypeError, ArithmeticError) as error:
            return self.fault("parameters", f"{error}")
        if exercise.drawn and len(combinations) < 2:
            return self.fault("parameters", "the grid leaves fewer than two draws; widen it or drop it")
        if 50 * len(combinations) < min(
            SAMPLE, math.prod(len(grid(spec)) for spec in entry.get("parameters", {}).values())
        ):
            return self.fault("where", "hardly any draw fits the conditions; choose parameters that fit more often")
        self.places(exercise, combinations[0])
        hits = [0] * len(entry.get("slip", ()))
        for values in combinations:
            try:
                made = key(exercise, values)
            except ValueError as error:
                return self.fault("answer", f"{error}")
            if max(map(abs, (made["value"], *made["wrong"]))) > LARGEST:
                return self.fault("answer", f"more than {LARGEST:.0e} for {values}; choose a larger unit")
            shown = number(made["value"], "uk", entry["digits"])
            if scoring.score("numeric", made, shown).state != "right":
                return self.fault("digits", f"the printed answer {shown} scores nothing for {values}; ask more digits")
            for place, wrong in enumerate(made["wrong"]):
                hits[place] += scoring.score("numeric", made, number(wrong, "uk", 10)).state == "right"
        for place, count in enumerate(hits, 1):
            if count > len(combinations) / 5:
                self.fault(
                    "slip", f"slip {place} is also right in {count} of {len(combinations)} draws; narrow the grid"
                )

    def parameter(self, name, spec):
        """The values of one parameter; those of a grid are counted before they are written out."""
        numbers, show = ("values", "show"), spec.get("show", "percent")
        if "values" not in spec:
            numbers = ("from", "to", "step", "show")
        fits = (
            misfit(spec, {"values": [(int, float)]} if "values" in spec else dict.fromkeys(numbers[:3], (int, float)))
            is None
        )
        if not fits or show != "percent" or not set(spec) <= set(numbers):
            self.fault(
                "parameters",
                f"{name}: write {{from = 1, to = 9, step = 2}} or {{values = [1, 3, 9]}}, if needed with "
                'show = "percent"',
            )
        elif not re.fullmatch(r"[a-z_]\w*", name, re.ASCII) or name == "answer":
            self.fault("parameters", f"{name!r} cannot be the name of a parameter; use small Latin letters")
        elif not (
            spec["values"]
            if "values" in spec
            else spec["from"] <= spec["to"]
            and 0 < spec["step"]
            and (spec["to"] - spec["from"]) / spec["step"] < 100_000
        ):
            self.fault("parameters", f"{name}: needs one value at least, or steps upward, fewer than 100 000")

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

        if not isinstance(entry.get("digits"), int) or not 0 <= entry["digits"] <= 4:
            self.fault("digits", "say how many decimals are asked for, 0 to 4")
        for field, name in [("truth", entry.get("truth"))] + [("slip", s.get("truth")) for s in entry.get("slip", ())]:
            if name not in TRUTHS:
                self.fault(field, f"course/truths has no {name!r}; known: {', '.join(sorted(TRUTHS))}")
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
