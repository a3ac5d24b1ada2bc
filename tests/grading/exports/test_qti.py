"""The QTI package: a reader written from the specification marks every answer as `score` does.

`Item` knows the IMS QTI 2.1 information model (7 Item Session Life Cycle … 15 Expressions) and nothing
of the exporter: declarations, rules with their expressions, and the two standard templates.
"""

import io
import math
import random
import re
import xml.etree.ElementTree as ET
import zipfile
from itertools import combinations, permutations

import pytest

from course import cli
from course.exercises import chapters, draw, key
from course.grading.exports.moodle_questions import load
from course.grading.exports.qti import package
from course.kinds import score

Q = "{http://www.imsglobal.org/xsd/imsqti_v2p1}"
CP = "{http://www.imsglobal.org/xsd/imscp_v1p1}"
TEMPLATES = "http://www.imsglobal.org/question/qti_v2p1/rptemplates/"
RAW = {"identifier": str, "string": str, "float": float, "integer": int, "directedPair": str}
ORDER = [
    "responseDeclaration",
    "outcomeDeclaration",
    "itemBody",
    "responseProcessing",
    "modalFeedback",
]


class Item:
    """An assessmentItem as a delivery system reads it."""

    def __init__(self, data):
        self.root = ET.fromstring(data)
        tags = [child.tag.removeprefix(Q) for child in self.root]
        assert self.root.tag == Q + "assessmentItem" and tags == sorted(tags, key=ORDER.index)
        self.response = self.root.find(f"{Q}responseDeclaration")
        self.single = self.response.get("cardinality") == "single"
        self.type = RAW[self.response.get("baseType")]
        self.body, self.rules = (
            self.root.find(f"{Q}itemBody"),
            self.root.find(f"{Q}responseProcessing"),
        )
        self.correct = [self.type(v.text) for v in self.response.iter(f"{Q}value")]
        self.shown = {m.get("identifier"): m for m in self.root.findall(f"{Q}modalFeedback")}
        (self.interaction,) = (e for e in self.body.iter() if e.tag.endswith("Interaction"))
        assert self.interaction.get("responseIdentifier") == self.response.get("identifier")

    def choices(self, tag="simpleChoice"):
        """Identifier by what is read."""
        return {seen(e): e.get("identifier") for e in self.body.iter(f"{Q}{tag}")}

    def mark(self, response):
        """Run the item's own rules."""
        declared = self.root.findall(f"{Q}outcomeDeclaration")
        self.values = {
            each.get("identifier"): RAW[each.get("baseType")](value)
            if (value := each.findtext(f"{Q}defaultValue/{Q}value"))
            else None
            for each in declared
        } | {"RESPONSE": response}
        for rule in self.rules:
            self.run(rule)
        return self.values["SCORE"]

    def by_template(self, response):
        """Mark by the standard template that is named; None where none is."""
        name = (self.rules.get("template") or "").removeprefix(TEMPLATES)
        if name == "match_correct":
            wanted = self.correct[0] if self.single else self.correct
            return float(response is not None and response == wanted)
        if not name:
            return None
        assert name == "map_response"
        return 0.0 if response is None else self.map(response)

    def map(self, response):
        mapping = self.response.find(f"{Q}mapping")
        entries = {e.get("mapKey"): float(e.get("mappedValue")) for e in mapping}
        usual = float(mapping.get("defaultValue"))
        total = sum(entries.get(value, usual) for value in set(response))
        return min(max(total, float(mapping.get("lowerBound"))), float(mapping.get("upperBound")))

    def run(self, rule):
        tag = rule.tag.removeprefix(Q)
        if tag == "setOutcomeValue":
            self.values[rule.get("identifier")] = self.value(rule[0])
        else:
            assert tag == "responseCondition", tag
            for branch in rule:
                otherwise = branch.tag == Q + "responseElse"
                if otherwise or self.value(branch[0]) is True:
                    for inner in branch if otherwise else branch[1:]:
                        self.run(inner)
                    return

    def value(self, e):
        tag, inner = e.tag.removeprefix(Q), [self.value(child) for child in e]
        if tag == "baseValue":
            return RAW[e.get("baseType")](e.text)
        if tag == "variable":
            return self.values[e.get("identifier")]
        if tag == "correct":
            return self.correct[0] if self.single else self.correct
        if tag == "mapResponse":
            return self.map(self.values[e.get("identifier")])
        if tag == "isNull":
            return inner[0] is None or inner[0] == []
        if tag == "multiple":
            return [v for part in inner for v in (part if type(part) is list else [part]) if v]
        if any(value is None for value in inner):
            return None
        if tag == "index":
            place = int(e.get("n")) - 1
            return inner[0][place] if place < len(inner[0]) else None
        if tag == "equal":
            assert e.get("toleranceMode") == "absolute"
            low, high = map(float, e.get("tolerance").split())
            return inner[1] - low <= inner[0] <= inner[1] + high
        known = {
            "match": lambda a, b: a == b,
            "not": lambda a: not a,
            "lt": lambda a, b: a < b,
            "gte": lambda a, b: a >= b,
            "sum": lambda *all: sum(all),
            "divide": lambda a, b: a / b,
        }
        return known[tag](*inner)


def seen(element):
    return "".join(element.itertext()).strip()


def plain(words):
    return words.replace("**", "").replace("`", "").strip()


def answers(exercise, made, item, lang, rng):
    """Pairs (our answer, QTI's response), among them the right one."""
    kind = exercise.kind.name
    if kind in ("choice", "multi"):
        names = item.choices()
        ids = {o["id"]: names[plain(o["text"][lang])] for o in exercise["option"]}
        if kind == "choice":
            yield from ids.items()
        else:
            for size in range(1, len(ids) + 1):
                for group in combinations(ids, size):
                    yield list(group), [ids[name] for name in group]
    elif kind == "order":
        names = item.choices()
        ids = {o["id"]: names[plain(o["text"][lang])] for o in exercise["item"]}
        for line in [list(ids), *rng.sample(list(permutations(ids)), 20)]:
            yield list(line), [ids[name] for name in line]
    elif kind in ("match", "classify"):
        names = item.choices("simpleAssociableChoice")
        options = {o["id"]: names[plain(o["text"][lang])] for o in exercise["option"]}
        rows = {o["id"]: names[plain(o["text"][lang])] for o in exercise["row"]}
        yield made["pairs"], [f"{rows[row]} {options[name]}" for row, name in made["pairs"].items()]
        for _ in range(20):
            chosen = {row: rng.choice(list(options)) for row in rows if rng.random() < 0.9}
            pairs = [f"{rows[row]} {options[name]}" for row, name in chosen.items()]
            yield chosen, pairs or None
    elif kind == "numeric":
        for truth in (made["value"], *made["wrong"]):
            width = max(0.005 * abs(truth), 0.5 * 10 ** -made["digits"])
            for part in (0, 0.5, -0.5, 1 - 1e-6, 1 + 1e-6, -1 - 1e-6, 40):
                value = truth + part * width
                yield f"{value:.12f}", value


def files(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


# Between them they have every kind that is exported, drawn numbers and thirds.
SLUGS = ["start", "deal-to-relationship", "value-plan", "levels", "spectrum", "selection"]


@pytest.mark.parametrize("slug", SLUGS)
def test_every_answer_of_the_lessons_is_marked_alike(slug):
    title, items = load(slug)
    made = package(title, items, variants=1)
    documents, rng, tried = files(made.data), random.Random(3), 0
    for count, each in enumerate(items, 1):
        if each.ref not in made.made or each.exercise.kind.by_person:
            continue
        exercise, lang = each.exercise, rng.choice(("uk", "ru"))
        values = draw(exercise, "moodle", 1)
        marks = key(exercise, values)
        item = Item(documents[f"I{count:03}_01_{lang}.xml"])
        for ours, theirs in answers(exercise, marks, item, lang, rng):
            want = score(exercise.kind.name, marks, ours)
            share = item.mark(theirs)
            assert math.isclose(share, want.fraction, abs_tol=1e-6), (each.ref, ours)
            if (template := item.by_template(theirs)) is not None:
                assert math.isclose(template, share, abs_tol=1e-6)
            right = want.fraction == 1
            said = [
                seen(item.shown[name]) for name in item.values["FEEDBACK"] if name in item.shown
            ]
            if exercise.get("right") and "{" not in exercise["right"][lang]:
                assert any(plain(exercise["right"][lang]) in each for each in said) == right, ours
            tried += 1
        assert item.mark(None) == 0
    assert tried > 3 or not made.made


def test_the_manifest_names_every_file_and_a_test_gives_each_exercise_its_points():
    title, items = load("levels")
    made = package(title, items, variants=3)
    documents = files(made.data)
    assert made == package(title, items, variants=3) and next(iter(documents)) == "imsmanifest.xml"
    manifest = ET.fromstring(documents["imsmanifest.xml"])
    named = {e.get("href") for e in manifest.iter(f"{CP}file")}
    assert named | {"imsmanifest.xml"} == set(documents)
    known = {e.get("identifier") for e in manifest.iter(f"{CP}resource")}
    assert {e.get("identifierref") for e in manifest.iter(f"{CP}dependency")} <= known
    points = {item.ref: item.points for item in items if item.ref in made.made}
    for lang in ("uk", "ru"):
        test = ET.fromstring(documents[f"test-{lang}.xml"])
        whole = test.find(f".//{Q}assessmentSection")
        earned = []
        for part in whole:
            drawn = part.tag == f"{Q}assessmentSection"
            assert not drawn or part.find(f"{Q}selection").get("select") == "1"
            refs = part.findall(f"{Q}assessmentItemRef") if drawn else [part]
            assert len(refs) == (3 if drawn else 1) and all(
                r.get("href") in documents for r in refs
            )
            earned.append(float(refs[0].find(f"{Q}weight").get("value")))
        assert earned == list(points.values())
        assert title[lang] == test.get("title")


# What Canvas finds out by itself, or is told in the manifest: an order it knows only when told; told
# of a number's field it forgets the answer; a comment it knows by the letters of its identifier.
GUESSED = ["choiceInteraction", "extendedTextInteraction", "textEntryInteraction"]
GUESSED += ["matchInteraction", "associateInteraction"]


def test_an_importer_that_runs_no_rules_finds_type_answer_and_comments():
    title, items = load("levels")
    documents = files(package(title, items, variants=2).data)
    told = {
        resource.get("href"): resource.findtext(f".//{Q}interactionType")
        for resource in ET.fromstring(documents["imsmanifest.xml"]).iter(f"{CP}resource")
    }
    kinds = {item.ref: item.exercise for item in items}
    seen_tags = set()
    for name, data in documents.items():
        if not name.startswith("I"):
            continue
        item = Item(data)
        tag = item.interaction.tag.removeprefix(Q)
        seen_tags.add(tag)
        assert told[name] == (None if tag == "textEntryInteraction" else tag)
        assert told[name] or tag in GUESSED
        exercise = kinds[item.root.get("title").split()[0]]
        if tag == "textEntryInteraction":  # its letters are compared with what was typed
            value = item.response.findtext(f".//{Q}value")
            assert len(value.partition(".")[2]) == exercise["digits"]
            assert item.mark(float(value)) == 1
        if tag != "extendedTextInteraction":
            assert {"CORRECT", "INCORRECT"} <= set(item.shown)
    assert len(seen_tags) == 5


def test_identifiers_are_of_the_question_and_of_its_bank():
    """A system that knows the identifier puts the new question in place of the old one."""

    def known(title, items):
        documents = files(package(title, items, variants=2).data)
        roots = [ET.fromstring(d) for name, d in documents.items() if name != "imsmanifest.xml"]
        names = {
            (r.get("title"), r.get("{http://www.w3.org/XML/1998/namespace}lang")): r.get(
                "identifier"
            )
            for r in roots
        }
        sections = [s.get("identifier") for r in roots for s in r.iter(f"{Q}assessmentSection")]
        return names, {name for name in sections if name != "ALL"}

    title, items = load("levels")
    (whole, drawn), (fewer, _) = known(title, items), known(title, items[1:])
    kept = whole.keys() & fewer.keys()
    assert len(kept) > 20 and all(whole[name] == fewer[name] for name in kept)
    other, elsewhere = known({lang: f"{words}!" for lang, words in title.items()}, items)
    assert not set(whole.values()) & set(other.values()) and not drawn & elsewhere and drawn
    assert all(re.fullmatch("[A-Z][A-Za-z0-9_]{1,31}", name) for name in (*whole.values(), *drawn))


def test_a_written_answer_has_what_a_marker_needs_and_tells_the_student_nothing(tmp_path, capsys):
    out = tmp_path / "bank.zip"
    words = ["export", "questions", "levels", "--to", "qti", "--lang", "uk", "--out", str(out)]
    assert cli.main(words) == 0
    said = capsys.readouterr().out
    assert "runs no code" in said and "Moodle" not in said
    documents = files(out.read_bytes())
    assert not [name for name in documents if "ru" in name]
    letter = next(data for data in documents.values() if b'title="levels/levels-letter"' in data)
    item, exercise = Item(letter), chapters()["levels"].exercises["levels-letter"]
    rubric = item.body.find(f"{Q}rubricBlock")
    assert rubric.get("view") == "scorer" and not item.shown and item.rules is None
    assert all(plain(idea["uk"]) in seen(rubric) for idea in exercise["idea"])
    least, most = exercise["words"]
    assert f"слів: {least}–{most}" in seen(item.body)
    assert b"Moodle" not in b"".join(documents.values())
