"""Exercises as a QTI 2.1 content package: a test for each language, an item for each question.

Every item's SCORE is the share of the full mark that the course gives; the test's weight makes
points of it. An item has rules of its own, since the standard templates know no feedback, and names
the template that marks alike, for systems that read nothing else; by the specification a system
that knows both follows the rules. An order is marked by its pairs in the right order, which no
template does. Of an exercise with drawn numbers the test selects one item for each student, of a
pool as many exercises as the specification takes.
"""

import html
import io
import re
import zipfile
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from hashlib import sha256
from itertools import combinations
from typing import Any, NamedTuple

from jinja2 import Environment

from course.credit import line, lines
from course.grading import GradingError
from course.grading.exports import Export
from course.grading.exports.moodle_questions import (
    Item,
    Question,
    again,
    bare,
    criteria,
    environment,
    load,
    questions,
    rows,
    told,
    whole,
)
from course.grading.keyfile import Pool
from course.kinds import Refused
from course.texts import LANGS, text

NAME, TAKES, ABOUT = "qti", "questions", "a content package of QTI 2.1 (zip), for Canvas and others"
ENDING = "zip"
_MIDNIGHT = (1980, 1, 1, 0, 0, 0)  # the same bytes each time


# A number has no name here: Canvas, told of a textEntryInteraction, forgets its right answer.
_INTERACTIONS = {
    "multichoice": "choiceInteraction",
    "match": "matchInteraction",
    "ordering": "orderInteraction",
    "essay": "extendedTextInteraction",
}


class File(NamedTuple):
    """One document of a package; of a question also how it is answered."""

    id: str
    name: str
    points: float = 0
    rights: tuple[tuple[str, str], ...] = ()  # language and the line that says whose it is
    interaction: str = ""


class Package(NamedTuple):
    """A content package; `made` and `refused` as those of a Moodle bank."""

    data: bytes
    made: Mapping[str, tuple[str, int]]
    refused: Mapping[str, str]


def options(parser: ArgumentParser) -> None:
    """Add how many draws an exercise gets, and the languages."""
    said = "draws of an exercise with parameters (20)"
    parser.add_argument("--variants", type=int, default=20, metavar="N", help=said)
    parser.add_argument("--lang", choices=LANGS, help="only this language (both, a test for each)")


def write(sources: Sequence[str], options: Namespace) -> Export:
    """Make the package of a lesson, a lecturer's bank or a specification."""
    title, items = load(sources[0])
    langs = (options.lang,) if options.lang else tuple(title)
    if not title.keys() >= set(langs):
        raise GradingError(f"{sources[0]}: not written in {options.lang}; leave out --lang")
    made = package(title, items, variants=max(1, options.variants), langs=langs)
    return Export(made.data, told(sources[0], "QTI", made.made, made.refused))


def package(
    title: Mapping[str, str],
    items: Iterable[Item],
    variants: int = 20,
    langs: Sequence[str] = LANGS,
) -> Package:
    """Write a content package.

    Parameters
    ----------
    title : dict of str to str
    items : list of Item
    variants : int
        Different draws of an exercise with parameters; fewer when its grid is smaller.
    langs : tuple of str
        A test is written for each.
    """
    made, refused, documents = dict[str, tuple[str, int]](), dict[str, str](), dict[str, str]()
    listed = [*items]
    sections: dict[str, dict[str, list[File]]] = {lang: {} for lang in langs}
    pools = dict[str, Pool]()
    sign = _sign("|".join(title.values()))
    for number, item in enumerate(listed, 1):
        try:
            drawings = {lang: questions(item, lang, variants) for lang in langs}
        except Refused as reason:
            refused[item.ref] = str(reason).replace("Moodle", "QTI")
            continue
        pools |= {item.ref: item.pool} if item.pool else {}
        for lang, each in drawings.items():
            made[item.ref] = each[0].moodle.type, len(each)
            for draw, question in enumerate(each, 1):
                place, named = f"{draw:02}_{lang}", _sign(f"{sign}|{item.ref}")
                rights = ((lang, line(item.credit, lang)),) if item.credit else ()
                interaction = _INTERACTIONS.get(question.moodle.type, "")
                name = f"I{number:03}_{place}.xml"
                file = File(f"I_{named}_{place}", name, item.points, rights, interaction)
                sections[lang].setdefault(item.ref, []).append(file)
                documents[file.name] = _item(question, file.id)
    tests = dict[File, list[File]]()
    for lang in langs:
        test = File(f"TEST_{sign}_{lang}", f"test-{lang}.xml")
        tests[test] = [file for files in sections[lang].values() for file in files]
        parts = list(_parts(sections[lang], pools))
        values = {"id": test.id, "title": title[lang], "parts": parts}
        documents[test.name] = _render("qti_test.xml", values)
    credits = [item.credit for item in listed if item.credit]
    whose = [(lang, " ".join(lines(credits, lang))) for lang in langs if credits]
    told = {"tests": tests, "sign": sign, "rights": whose}
    documents["imsmanifest.xml"] = _render("qti_manifest.xml", told)
    return Package(_zipped(documents), made, refused)


def _sign(words: str) -> str:
    """Return what identifiers bear: a system replaces a question by the next one of its name."""
    return sha256(words.encode()).hexdigest()[:10]


def _parts(
    sections: Mapping[str, list[File]], pools: Mapping[str, Pool]
) -> Iterator[tuple[str, int, dict[str, list[File]]]]:
    """Yield the parts of a test: how many of its exercises are selected, 0 for all; and these."""
    places = dict[str, dict[str, list[File]]]()
    for ref, files in sections.items():
        name = f"pool/{pools[ref]['id']}" if ref in pools else ref
        places.setdefault(name, {})[ref] = files
    for name, each in places.items():
        pool = pools.get(next(iter(each)))
        yield name, pool["take"] if pool and pool["take"] < len(each) else 0, each


def _item(question: Question, name: str) -> str:
    """Return one assessmentItem; what marks it depends on the type that Moodle would have."""
    item, telling, moodle, _ = question
    lang, tags = telling.lang, moodle.tags
    asks = [telling.say("prompt"), *(_ask(words, lang) for words in moodle.asks)]
    if tags.get("minwordlimit"):
        limits = {"least": tags["minwordlimit"], "most": tags["maxwordlimit"]}
        asks.append(text("qti.words", lang, **limits))
    values: dict[str, Any] = {
        "id": name,
        "name": question.name,
        "lang": lang,
        "type": moodle.type,
        "asks": [*asks, *filter(None, moodle.template)],
        "shuffle": tags.get("shuffleanswers", "true"),
        "cardinality": "single",
        "base_type": "identifier",
        "grader": [*criteria(item, lang), *moodle.grader],
        **dict.fromkeys(("correct", "mapping", "choices", "places", "standard"), ()),
    }
    said = {
        "CORRECT": [telling.say("right")],
        "INCORRECT": [telling.say("wrong"), *again(telling)],
        "SOLUTION": [telling.say("solution"), *rows(telling)],
    }
    values |= _MARKED[moodle.type](question, said)
    if moodle.type == "essay":  # a person marks it, and nothing is told before
        said = {}
    shown = {name: list(filter(None, words)) for name, words in said.items()}
    values["feedback"] = {name: words for name, words in shown.items() if words}
    return _render("qti.xml", values)


def _choices(question: Question, said: dict[str, list[str]]) -> dict[str, Any]:
    answers = question.moodle.answers
    names = [f"CHOICE_{count}" for count in range(1, len(answers) + 1)]
    for name, answer in zip(names, answers, strict=True):
        said[name] = [answer.feedback]
    right = [name for name, each in zip(names, answers, strict=True) if float(each.fraction) > 0]
    made = {
        "choices": {name: each.text for name, each in zip(names, answers, strict=True)},
        "correct": right,
    }
    if question.moodle.tags["single"] == "true":
        return made | {"standard": "match_correct"}
    wrong = [name for name in names if name not in right]
    shares = dict.fromkeys(right, 1 / len(right)) | {name: -1 / len(wrong) for name in wrong}
    standard = {"standard": "map_response", "cardinality": "multiple"}
    return made | standard | {"mapping": {name: shares[name] for name in names}}


def _stems(question: Question, said: dict[str, list[str]]) -> dict[str, Any]:
    listed = question.moodle.stems
    options = sorted({choice for _, choice in listed})  # the order must not tell the pairs
    choices = {f"CHOICE_{count}": choice for count, choice in enumerate(options, 1)}
    stems = [(stem, choice) for stem, choice in listed if stem]
    names = {choice: name for name, choice in choices.items()}
    pairs = [f"ROW_{count} {names[choice]}" for count, (_, choice) in enumerate(stems, 1)]
    return {
        "choices": choices,
        "stems": {f"ROW_{count}": stem for count, (stem, _) in enumerate(stems, 1)},
        "correct": pairs,
        "mapping": dict.fromkeys(pairs, 1 / len(pairs)),
        "standard": "map_response",
        "cardinality": "multiple",
        "base_type": "directedPair",
    }


def _items(question: Question, said: dict[str, list[str]]) -> dict[str, Any]:
    shown = sorted(answer.text for answer in question.moodle.answers)
    names = {words: f"CHOICE_{count}" for count, words in enumerate(shown, 1)}
    right = [names[answer.text] for answer in question.moodle.answers]
    return {
        "choices": {name: words for words, name in names.items()},
        "correct": right,
        "places": right,
        "pairs": list(combinations(right, 2)),
        "cardinality": "ordered",
    }


def _numbers(question: Question, said: dict[str, list[str]]) -> dict[str, Any]:
    numbers = list[tuple[str, str, str, float]]()
    for count, answer in enumerate(question.moodle.answers):
        if answer.text == "*":
            said["INCORRECT"] = answer.feedback.split("\n")
            continue
        share = float(answer.fraction) / 100
        name = f"SLIP_{count}" if count else "CORRECT"
        said[name] = [answer.feedback]
        numbers.append((name, answer.text, answer.tags["tolerance"], share))
    # Systems that compare letters know only this one: as the digits that are asked for are typed.
    digits = question.item.exercise["digits"]
    shown = f"{round(float(numbers[0][1]), digits) + 0.0:.{digits}f}"
    return {"numbers": numbers, "correct": [shown], "base_type": "float"}


def _written(question: Question, said: dict[str, list[str]]) -> dict[str, Any]:
    return {"base_type": "string"}


_MARKED = {
    "multichoice": _choices,
    "match": _stems,
    "ordering": _items,
    "numerical": _numbers,
    "essay": _written,
}


def _ask(words: str, lang: str) -> str:
    """Return a paragraph below the prompt; the one about Moodle's own reading is put otherwise."""
    return text("qti.point", lang) if words == text("moodle.point", lang) else words


@cache
def _environment() -> Environment:
    made = environment()
    made.filters |= {"attribute": _attribute, "xhtml": _xhtml, "verbatim": _verbatim}
    return made


def _render(template: str, values: Mapping[str, Any]) -> str:
    return _environment().get_template(template).render(**values).lstrip()


def _attribute(words: str) -> str:
    return html.escape(html.unescape(bare(words)))


def _verbatim(words: str) -> str:
    return html.escape(whole(words))


def _xhtml(words: str) -> str:
    return re.sub("<br>", "<br/>", words)


def _zipped(documents: Mapping[str, str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(documents, key=lambda name: (name != "imsmanifest.xml", name)):
            info = zipfile.ZipInfo(name, _MIDNIGHT)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, documents[name].encode())
    return file.getvalue()
