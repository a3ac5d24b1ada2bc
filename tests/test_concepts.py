"""The inventory of concepts and the glossary: complete, in both languages, and the only ids exercises may name."""

import re
import tomllib
from collections import Counter

import pytest

from course import paths

LESSONS = paths.shared("lessons")
CONCEPTS = tomllib.loads((LESSONS / "concepts.toml").read_text("utf-8"))
TERMS = tomllib.loads((LESSONS / "glossary.toml").read_text("utf-8"))["term"]
ALL_TERMS = [(id, term) for id, term in CONCEPTS.items()] + [(term["en"], term) for term in TERMS]


def test_ids_are_counted_by_source():
    assert Counter(id[:2] for id in CONCEPTS) == {"S0": 26, "S1": 13, "S2": 59, "S3": 32, "S4": 15}


def test_lists_are_whole():
    sizes = {
        "S2.5k1g": 6,
        "S2.sat4": 4,
        "S2.defs4": 4,
        "S2.valuable2": 2,
        "S2.compare7": 7,
        "S2.drivers9": 9,
        "S2.spectrum7": 7,
        "S2.task4": 4,
        "S2.traits7": 7,
        "S2.levels": 5,
        "S3.diff6": 6,
        "S3.focus6": 6,
        "S3.comp8": 8,
        "S3.rank": 7,
        "S0.strategy3": 3,
    }
    assert {name: sum(id.startswith(name + ".") for id in CONCEPTS) for name in sizes} == sizes


def test_ids_have_one_shape():
    assert [id for id in CONCEPTS if not re.fullmatch(r"S[0-4](\.[a-z0-9_]+){1,2}", id)] == []


def test_glossary_has_129_different_terms():
    assert len(TERMS) == 129
    for lang in ("uk", "ru", "en"):
        assert len({term[lang] for term in TERMS}) == 129


@pytest.mark.parametrize("id, term", ALL_TERMS)
def test_terms_stand_in_their_own_language(id, term):
    assert set(term) <= {"uk", "ru", "en"}
    assert term["uk"].strip() == term["uk"] != "" and term["ru"].strip() == term["ru"] != ""
    assert not re.search("[ыэъё]", term["uk"].lower())
    assert not re.search("[іїєґ]", term["ru"].lower())
    assert not re.search(
        r"[*/|ʼ]",
        term["uk"].replace("контрактний / неконтрактний", "")
        + term["ru"].replace("контрактный / неконтрактный", ""),
    )


def test_a_concept_is_a_term_and_not_a_term_with_its_definition():
    """It stands in a sentence of the report: «…» is understood worst."""
    told = [
        id for id, term in CONCEPTS.items() if re.search("; |крит[еи]р", term["uk"] + term["ru"])
    ]
    assert told == []


@pytest.mark.parametrize(
    "path", sorted(LESSONS.glob("*/exercises.toml")), ids=lambda path: path.parent.name
)
def test_exercises_cover_known_concepts(path):
    exercises = tomllib.loads(path.read_text("utf-8")).get("exercise", [])
    assert [(e["id"], id) for e in exercises for id in e["covers"] if id not in CONCEPTS] == []
