"""Exercises as a Moodle 4.5 question bank in which every answer earns what the course gives it.

Moodle marks so (question/type/*/question.php), and here without a penalty for another try:
multichoice – the sum of the chosen fractions, cut to 0..1;
match – the share of stems with the right choice, where choices with equal texts are one choice;
ordering by RELATIVE_ALL_PREVIOUS_AND_NEXT – for each item the others that rightly stand before or
after it, over n(n−1): the share of pairs in the right order. The order that Moodle has shuffled
counts as an answer when nobody moves anything;
numerical – the first answer within its tolerance, edges included; ``*`` takes the rest. Numbers
typed with a unit, an exponent or no-break spaces are read otherwise than here, and a comma parts
thousands when Moodle speaks English (qtype_numerical_answer_processor::apply_units), so the
question asks for the bare number with a point.
"""

import html
import re
import tomllib
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from course.exercises import Exercise, Fault, chapter, draw, key, read, with_answer
from course.grading import GradingError
from course.grading.exports import Export
from course.kinds import MoodleQuestion, Refused, Telling
from course.texts import DASH, NBSP, text

NAME, TAKES, ABOUT = "moodle", "questions", "a question bank for Moodle 4.5 (XML)"
ENDING = "xml"
LONGEST_NAME = 255  # characters of question_categories.name
LONGEST_ID = 100  # characters of question_bank_entries.idnumber; one more stops the import
# What XML 1.0 cannot hold.
_CONTROL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Item(NamedTuple):
    """One exercise to export; `rubric` holds the criteria of a specification."""

    ref: str
    exercise: Exercise
    points: float
    rubric: Sequence[Mapping[str, Any]] = ()


class Question(NamedTuple):
    """One draw of an exercise in one language, under the name that Moodle shows."""

    item: Item
    telling: Telling
    moodle: MoodleQuestion
    name: str


Category = tuple[str, list[Question]]  # its path, its questions


class Bank(NamedTuple):
    """A question bank.

    ``made`` tells by ref Moodle's type of question and how many there are in each language,
    ``refused`` why no question of Moodle gives every answer the mark that the course gives it.
    """

    xml: str
    made: Mapping[str, tuple[str, int]]
    refused: Mapping[str, str]


def options(parser: ArgumentParser) -> None:
    """Add how many draws an exercise gets."""
    said = "draws of an exercise with parameters (20)"
    parser.add_argument("--variants", type=int, default=20, metavar="N", help=said)


def write(sources: Sequence[str], options: Namespace) -> Export:
    """Make the question bank of a lesson, a lecturer's bank or a specification."""
    made = bank(*load(sources[0]), variants=max(1, options.variants))
    return Export(made.xml.encode(), told(sources[0], "Moodle", made.made, made.refused))


def told(
    source: str, system: str, made: Mapping[str, tuple[str, int]], refused: Mapping[str, str]
) -> list[str]:
    """Return a line for each exercise; `GradingError` with them when the system could mark none."""
    said = [f"{ref} left out: {why}" for ref, why in refused.items()]
    if not made:
        nothing = f"{source}: no exercise that {system} could mark, nothing written"
        raise GradingError("\n".join([*said, nothing]))
    return said + [f"{ref}: {kind} × {count}" for ref, (kind, count) in made.items()]


def load(source: str | Path) -> tuple[dict[str, str], list[Item]]:
    """Find the exercises to export.

    Parameters
    ----------
    source : str or path-like
        Short name of a lesson, or a TOML file: a bank of exercises or an assignment's spec.

    Returns
    -------
    (dict of str to str, list of Item)
        Title by language, exercises.

    Raises
    ------
    GradingError
        When there is no such lesson; or naming the faults of the file.

    Examples
    --------
    >>> [item.ref for item in load("start")[1]][:2]
    ['start/what-changes', 'start/first-call']
    """
    path = Path(source)
    faults: list[Fault] = []
    if not path.is_file():
        home = chapter(str(source))
        if not home:
            raise GradingError(f"{source}: neither a file nor the short name of a lesson")
    elif _is_bank(path.read_bytes()):
        from course.authoring.checks import check

        faults = check(path)
        home = None if faults else read(path)
    else:
        from course.grading.setting.spec import read_spec

        home, (spec, exercises) = None, read_spec(path, faults)
    if faults:
        raise GradingError("\n".join(map(str, faults)))
    if home:
        listed = home.exercises.values()
        title = {lang: home.title[lang] for lang in home.languages}
        return title, [Item(f"{home.slug}/{each.id}", each, each.points) for each in listed]
    assert spec is not None  # without faults there is one
    return {lang: spec.title[lang] for lang in spec.languages}, [
        Item(ref, exercise, spec.points.get(ref, exercise.points), tuple(spec.criteria(ref)))
        for ref, exercise in exercises.items()
    ]


def _is_bank(data: bytes) -> bool:
    try:
        return bool({"exercise", "lesson"} & tomllib.loads(data.decode("utf-8-sig")).keys())
    except (ValueError, RecursionError):  # whoever checks it says where
        return b"[[exercise" in data


def bank(title: Mapping[str, str], items: Iterable[Item], variants: int = 20) -> Bank:
    """Write a question bank: a category per language, below it one per exercise with drawn numbers.

    Parameters
    ----------
    title : dict of str to str
    items : list of Item
    variants : int
        Different draws of an exercise with parameters; fewer when its grid is smaller.
    """
    common: dict[str, list[Question]] = {lang: [] for lang in title}
    drawn: dict[str, list[Category]] = {lang: [] for lang in title}
    made, refused = {}, {}
    for item in items:
        try:
            drawings = {lang: questions(item, lang, variants) for lang in title}
        except Refused as reason:
            refused[item.ref] = str(reason)
            continue
        for lang, each in drawings.items():
            made[item.ref] = each[0].moodle.type, len(each)
            if item.exercise.drawn:
                drawn[lang].append((_path(title, lang, item.ref), each))
            else:
                common[lang] += each
    categories: list[Category] = []
    for lang in title:
        categories += [(_path(title, lang), common[lang]), *drawn[lang]]
    return Bank(_template().render(categories=categories), made, refused)


def questions(item: Item, lang: str, variants: int) -> list[Question]:
    """Return a question for each draw of an exercise; `Refused` says why there is none."""
    exercise, drawings = item.exercise, list[Question]()
    if "shared" in exercise.raw:
        raise Refused(
            "it shares its numbers with other exercises, and Moodle draws each question apart: "
            "keep it in the notebook"
        )
    for number, values in enumerate(_draws(exercise, variants), 1):
        name = bare(item.ref) + (f" {number:02}" if exercise.drawn else "")
        over = len(f"{name} {lang}") - LONGEST_ID
        if over > 0:
            said = f"its name is too long for Moodle: shorten the id by {over} characters"
            raise Refused(said)
        # What code computes Moodle cannot mark: its data need not be read to be refused.
        own = {} if exercise.kind.computed else key(exercise, values)
        telling = exercise.told(lang, with_answer(values, own))
        moodle = exercise.kind.moodle(telling, own, exercise.shuffled)
        drawings.append(Question(item, telling, moodle, name))
    return drawings


def _draws(exercise: Exercise, count: int) -> list[Mapping[str, Any]]:
    drawn: dict[tuple[Any, ...], Mapping[str, Any]] = {}
    for attempt in range(1, 50 * count if exercise.drawn else 2):
        values = draw(exercise, "moodle", attempt)
        drawn.setdefault(tuple(values.values()), values)
        if len(drawn) == count:
            break
    return list(drawn.values())


def environment() -> Environment:
    """Return what renders the templates of this room, with the filters of every question."""
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        keep_trailing_newline=True,
        lstrip_blocks=True,
        trim_blocks=True,
        undefined=StrictUndefined,
    )
    made.filters |= {"html": markup, "paragraphs": paragraphs, "decimal": decimal}
    return made


@cache
def _template() -> Template:
    """Return the template of a bank; Moodle wants the fields of a question in no special order."""
    bank = environment()
    bank.filters |= {"plain": bare, "escaped": html.escape}
    bank.globals |= {"rows": rows, "again": again, "criteria": criteria}
    return bank.get_template("moodle.xml")


def rows(telling: Telling) -> list[str]:
    """Return each row of a match, in bold, with the reason when it got another option."""
    lang = telling.lang
    return [f"**{row['text'][lang]}** {row['why'][lang]}" for row in telling.raw.get("row", ())]


def again(telling: Telling) -> list[str]:
    """Return the line that says what to reread, if any."""
    see = telling.say("see")
    return [text("card.see", telling.lang, title=see)] if see else []


def criteria(item: Item, lang: str) -> list[str]:
    """Return what a specification's rubric says to whoever marks."""
    said = [f"**{text('moodle.criteria', lang)}**"] if item.rubric else []
    for criterion in item.rubric:
        levels = zip(criterion["levels"], criterion["level"], strict=True)
        dash = f"{NBSP}{DASH[lang]} "
        named = "; ".join(f"{points:g}{dash}{level['text'][lang]}" for points, level in levels)
        said.append(f"{criterion['title'][lang]}: {named}")
    return said


def _path(title: Mapping[str, str], lang: str, *below: str) -> str:
    """Return the path of a category; a name is cut where Moodle's column ends.

    A slash at its end is parted from the next name.
    """
    names = (text("moodle.language", lang), title[lang], *below)
    cut = [bare(name)[:LONGEST_NAME].replace("/", "//") for name in names]
    return "/".join(["$course$", "top", *(re.sub("^(?=/)|(?<=/)$", " ", name) for name in cut)])


def paragraphs(parts: Iterable[str]) -> str:
    """Return paragraphs of HTML."""
    return "".join(f"<p>{markup(part)}</p>" for part in parts)


def markup(words: str) -> str:
    """Return the course's own marks as HTML."""
    words = html.escape(re.sub("\r\n?", "\n", _CONTROL.sub("", words)), quote=False)
    words = re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", words)
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", words).replace("\n", "<br>")


def bare(words: str) -> str:
    """Return words in one line without marks, as a name that HTML may hold."""
    shown = re.sub(r"\*\*([^*]+)\*\*|`([^`]+)`", r"\1\2", _CONTROL.sub("", words))
    return re.sub("[ \t\r\n]+", " ", shown).strip().replace("<", "&lt;").replace(">", "&gt;")


def decimal(value: float) -> str:
    """Write a number with a point and without an exponent, as Moodle reads it everywhere."""
    return format(Decimal(repr(value)), "f")
