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
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from course.credit import lines
from course.exercises import Exercise, Fault, chapter, draw, key, read, with_answer
from course.grading import GradingError
from course.grading.exports import Export
from course.grading.keyfile import Pool
from course.kinds import MoodleQuestion, Refused, Telling
from course.texts import DASH, NBSP, bold, text

NAME, TAKES, ABOUT = "moodle", "questions", "a question bank for Moodle 4.5 (XML)"
ENDING = "xml"
LONGEST_NAME = 255  # characters of question_categories.name
LONGEST_TAG = 50  # characters of a tag; Moodle cuts what is longer
LONGEST_ID = 100  # characters of question_bank_entries.idnumber; one more stops the import
_PLACE = "pool/"  # before the id of a pool, as in a specification
# What XML 1.0 cannot hold.
_CONTROL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Item(NamedTuple):
    """One exercise to export; `rubric` holds the criteria of a specification.

    `credit`: whose question it is, as `course.credit.Credit.plain`; None where nobody says.
    `pool` is that of the specification which has it, if any.
    """

    ref: str
    exercise: Exercise
    points: float
    rubric: Sequence[Mapping[str, Any]] = ()
    credit: Mapping[str, Any] | None = None
    pool: Pool | None = None


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
    title, items = load(sources[0])
    made = bank(title, items, variants=max(1, options.variants))
    said = told(sources[0], "Moodle", made.made, made.refused)
    return Export(made.xml.encode(), said + list(random(items, made.made)))


def random(items: Iterable[Item], made: Mapping[str, object]) -> Iterator[str]:
    """Yield what a lecturer does in Moodle with the category of each pool."""
    listed = [item for item in items if item.pool]
    for pool in {item.pool["id"]: item.pool for item in listed if item.pool}.values():
        name, count = _PLACE + pool["id"], sum(ref in made for ref in pool["from"])
        if count < pool["take"]:
            yield f"{name}: only {count} of its questions are here, and {pool['take']} are taken"
        elif count:
            said = f"in the quiz, add {pool['take']} random questions from the category {name!r}"
            yield f"{name}: {said}, which is below each language"
    for item in listed:
        if item.exercise.drawn and item.ref in made:
            said = "one set of numbers: Moodle draws each question of a category equally often"
            yield f"{item.ref}: {said}"


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
        from course.grading.setting import banks
        from course.grading.setting.pools import drawn
        from course.grading.setting.spec import read_spec

        home, (spec, exercises) = None, read_spec(path, faults)
    if faults:
        raise GradingError("\n".join(map(str, faults)))
    if home:
        listed = home.exercises.values()
        title = {lang: home.title[lang] for lang in home.languages}
        whose = {name: each.plain([]) for each in home.credits for name in each.exercises}
        return title, [
            Item(f"{home.slug}/{each.id}", each, each.points, credit=whose.get(each.id))
            for each in listed
        ]
    assert spec is not None  # without faults there is one
    pools = {ref: pool for pool in drawn(spec.pool, exercises) for ref in pool["from"]}
    credits = banks.credits_of(exercises, banks.of(path))
    theirs: dict[str, Any] = {ref: credit for credit in credits for ref in credit["exercises"]}
    return {lang: spec.title[lang] for lang in spec.languages}, [
        Item(
            ref,
            exercise,
            spec.points.get(ref, exercise.points),
            tuple(spec.criteria(ref)),
            theirs.get(ref),
            pool=pools.get(ref),
        )
        for ref, exercise in exercises.items()
    ]


def _is_bank(data: bytes) -> bool:
    try:
        return bool({"exercise", "lesson"} & tomllib.loads(data.decode("utf-8-sig")).keys())
    except (ValueError, RecursionError):  # whoever checks it says where
        return b"[[exercise" in data


def bank(title: Mapping[str, str], items: Iterable[Item], variants: int = 20) -> Bank:
    """Write a question bank: a category per language, below it one per exercise with drawn numbers.

    A pool has a category too, with one question for each of its exercises: Moodle draws from it.

    Parameters
    ----------
    title : dict of str to str
    items : list of Item
    variants : int
        Different draws of an exercise with parameters; fewer when its grid is smaller.
    """
    common: dict[str, list[Question]] = {lang: [] for lang in title}
    drawn: dict[str, list[Category]] = {lang: [] for lang in title}
    pools: dict[str, dict[str, list[Question]]] = {lang: {} for lang in title}
    made, refused = {}, {}
    for item in items:
        try:
            count = 1 if item.pool else variants
            drawings = {lang: questions(item, lang, count) for lang in title}
        except Refused as reason:
            refused[item.ref] = str(reason)
            continue
        for lang, each in drawings.items():
            made[item.ref] = each[0].moodle.type, len(each)
            if item.pool:
                pools[lang].setdefault(_PLACE + item.pool["id"], []).extend(each)
            elif item.exercise.drawn:
                drawn[lang].append((_path(title, lang, item.ref), each))
            else:
                common[lang] += each
    categories: list[Category] = []
    for lang in title:
        categories += [(_path(title, lang), common[lang]), *drawn[lang]]
        categories += [(_path(title, lang, name), each) for name, each in pools[lang].items()]
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
    bank.filters |= {"plain": bare, "escaped": html.escape, "verbatim": verbatim}
    bank.globals |= {"rows": rows, "again": again, "criteria": criteria}
    bank.globals |= {"credits": _credits, "labels": labels}
    return bank.get_template("moodle.xml")


def rows(telling: Telling) -> list[str]:
    """Return each row of a match, in bold, with the reason when it got another option."""
    lang = telling.lang
    return [f"{bold(row['text'][lang])} {row['why'][lang]}" for row in telling.raw.get("row", ())]


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


def _credits(drawn: Sequence[Question]) -> list[str]:
    """Return whose the questions of a category are: those who mark read it, students never."""
    return lines((each.item.credit for each in drawn if each.item.credit), drawn[0].telling.lang)


def labels(item: Item, lang: str) -> list[str]:
    """Return the tags of a question, which it keeps in whatever category: licence and authors."""
    credit = item.credit or {}
    words = [credit.get("licence", ""), *(name[lang] for name in credit.get("authors", ()))]
    return [bare(each)[:LONGEST_TAG].strip() for each in words if each]


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


def whole(words: str) -> str:
    """Return words without what XML cannot hold."""
    return _CONTROL.sub("", words)


def verbatim(listed: Iterable[str]) -> str:
    """Return paragraphs of somebody else's words: no sign in them means anything."""
    return "".join(f"<p>{html.escape(whole(words))}</p>" for words in listed)


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
