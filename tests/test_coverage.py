"""The table of concepts: which lesson teaches each, in which section, and which exercises ask it."""

import re
from itertools import pairwise

import pytest

from course import exercises, review
from course.authoring.editions import pieces, plain
from course.exercises import chapters
from course.texts import LANGS

# Lists of concepts that are taught and asked whole, by the lesson that does it.
WHOLE = {
    "deal-to-relationship": "S2.compare7 S2.traits7 S2.defs4 S2.era S2.short",
    "when-it-pays": "S2.drivers9 S2.valuable2",
    "value-plan": "S2.5k1g S2.task4",
    "satisfaction": "S2.sat4",
    "levels": "S2.levels",
    "spectrum": "S1 S2.spectrum7",
    "commitments": "S4",
    "selection": "S3.author S3.def S3.trad S3.diff6 S3.focus6 S3.stakeholders S3.rank.strategy"
    " S0.buyer_in_chain S0.boundaries S0.reorganise S0.incentives S0.process_link S0.alignment4"
    " S0.chain",
    "audit": "S3.comp8 S3.tech4",
    "culture": "S3.comp8.culture S3.comp8.leadership S3.comp8.strategy S3.rank",
    "channels": "S0",
    "portfolio": "S2.task4 S3.comp8.knowledge S3.focus6.managers S4.policy_stage S4.adaptive",
}

# The same thought under several names: each step is asked in one exercise.
LINKS = """
S2.defs4.process S3.diff6.role S0.cocreation
S0.alignment4 S3.diff6.align
S0.chain S3.diff6.chain S3.focus6.chain
S1.personality S2.short.rm
S1.distributed S0.ptm S2.traits7.quality S2.compare7.quality
S1.b2b_process S4.policy_stage
S2.task4.customer S3.focus6.selection S3.rank.strategy
S2.drivers9.trust_commit S4.commitment
S0.bonds4 S2.drivers9.exit_barriers
S4.functional S3.comp8.process
S0.incentives S3.comp8.people
"""


def sections(chapter, lang):
    """The prose of a lesson by heading."""
    prose, heading = {}, ""
    for piece in pieces(chapter.folder / "lesson.md")[0]:
        for block in re.split(r"(?m)^(?=#{1,3} )", "" if piece.code else piece.text[lang]):
            if title := re.match(r"#{1,3} (.*)", block):
                heading = plain(title[1])
            prose[heading] = prose.get(heading, "") + block
    return prose


def speaks_of(words, term):
    """Whether a text has a word of a term, whatever its ending."""
    stems = [word[:5].lower() for word in re.findall(r"[\w’'-]{4,}", term)]
    return any(stem in words.lower() for stem in stems)


@pytest.fixture(scope="module")
def table():
    """``{concept: {(lesson, section, exercise)}}``: taught where the exercise says «reread this», asked by more than recall."""
    rows = {}
    for slug, chapter in chapters().items():
        prose = {lang: sections(chapter, lang) for lang in LANGS}
        for exercise in chapter.exercises.values():
            for concept in exercise["covers"] if exercise["level"] != "recall" else ():
                term = exercises.concepts()[concept]
                taught = [
                    speaks_of(prose[lang].get(plain(exercise["see"][lang]), ""), term[lang])
                    for lang in LANGS
                ]
                if all(taught):
                    where = (slug, exercise["see"]["uk"], exercise.id)
                    rows.setdefault(concept, set()).add(where)
    return rows


@pytest.mark.parametrize("slug", WHOLE)
def test_whole_lists_are_taught_and_asked(table, slug):
    lists = WHOLE[slug].split()
    wanted = [
        concept
        for concept in exercises.concepts()
        if any(re.match(rf"{re.escape(name)}(\.|$)", concept) for name in lists)
    ]
    assert len(wanted) >= len(lists)
    assert [concept for concept in wanted if concept not in table] == []


def test_every_concept_is_in_a_list_that_some_lesson_teaches_whole():
    lists = " ".join(WHOLE.values()).split()
    left = [
        concept
        for concept in exercises.concepts()
        if not any(re.match(rf"{re.escape(name)}(\.|$)", concept) for name in lists)
    ]
    assert left == []


def test_a_section_that_speaks_of_something_else_teaches_nothing():
    assert speaks_of("Витрати на утримання ростуть.", "витрати утримання")
    assert not speaks_of("Про довіру й зобов’язання.", "витрати утримання")


@pytest.mark.parametrize("link", LINKS.split("\n")[1:-1])
def test_a_thought_with_several_names_is_recognised_in_an_exercise_that_is_asked_again(link):
    asked = [
        set(exercise["covers"])
        for chapter in chapters().values()
        for exercise in chapter.exercises.values()
        if review.again(exercise) and exercise["level"] != "recall"
    ]
    steps = [set(step) for step in pairwise(link.split())]
    assert [step for step in steps if not any(step <= ids for ids in asked)] == []
