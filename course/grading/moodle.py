"""Exercises as a Moodle 4.5 question bank in which every answer earns what `course.kinds.score` gives it.

Moodle marks so (question/type/*/question.php), and here without a penalty for another try:
multichoice – the sum of the chosen fractions, cut to 0..1, of which an import takes only those of `question_bank`;
match – the share of stems with the right choice, where choices with equal texts are one choice;
ordering by RELATIVE_ALL_PREVIOUS_AND_NEXT – for each item the others that rightly stand before or after it, over
n(n−1): every pair in the right order counts twice, so it is the share of pairs in the right order. The order
that Moodle has shuffled counts as an answer when nobody moves anything;
numerical – the first answer within its tolerance, edges included; ``*`` takes the rest. Numbers typed with a unit,
an exponent or no-break spaces are read otherwise than here, and a comma parts thousands when Moodle speaks English
(qtype_numerical_answer_processor::apply_units), so the question asks for the bare number with a point.
"""

import html
import re
import tomllib
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from course.exercises import Exercise, chapter, draw, key, read
from course.kinds import RELATIVE
from course.texts import LANGS, text

SHARES = {*range(1, 11), 20}  # Moodle knows the fractions 1/q of these q only
LONGEST_CHOICE = 255  # characters of qtype_match_subquestions.answertext, and of question_categories.name
LONGEST_ID = 100  # characters of question_bank_entries.idnumber; one more, and the database stops the import
_CONTROL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what XML 1.0 cannot hold
_NUMERIC = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)


class Refused(Exception):
    """Why Moodle cannot mark an exercise as the course does."""


class Item(NamedTuple):
    """One exercise to export; `rubric` holds the criteria of a specification."""

    ref: str
    exercise: Exercise
    points: float
    rubric: tuple = ()


def load(source):
    """Find the exercises to export.

    Parameters
    ----------
    source : str or path-like
        Short name of a lesson, or a TOML file: a bank of exercises or an assignment's specification.

    Returns
    -------
    (dict of str to str, list of Item)
        Title by language, exercises.

    Raises
    ------
    ValueError
        When there is no such lesson; or naming the faults of the file.

    Examples
    --------
    >>> [item.ref for item in load("start")[1]]
    ['start/first-call']
    """
    path, found, faults = Path(source), None, []
    if not path.is_file():
        if not (found := chapter(str(source))):
            raise ValueError(f"{source}: neither a file nor the short name of a lesson")
    elif _is_bank(path.read_bytes()):
        from course.authoring.checks import check

        found = (faults := check(path)) or read(path)
    else:
        from course.grading.setting.spec import read_spec

        spec, exercises = read_spec(path, faults)
    if faults:
        raise ValueError("\n".join(map(str, faults)))
    if found:
        return found.title, [Item(f"{found.slug}/{one.id}", one, one.points) for one in found.exercises.values()]
    return spec.title, [Item(ref, one, spec.points.get(ref, one.points), tuple(spec.criteria(ref)))
                        for ref, one in exercises.items()]


def _is_bank(data):
    try:
        return bool({"exercise", "lesson"} & tomllib.loads(data.decode("utf-8-sig")).keys())
    except (ValueError, RecursionError):  # whoever checks it says where
        return b"[[exercise" in data


def bank(title, items, variants=20):
    """Write a question bank: a category per language, and below it one per exercise with drawn numbers.

    Parameters
    ----------
    title : dict of str to str
    items : list of Item
    variants : int
        Different draws of an exercise with parameters; fewer when its grid is smaller.

    Returns
    -------
    xml : str
    made : dict of str to (str, int)
        By ref: Moodle's question type, questions in each language.
    refused : dict of str to str
        By ref: why no question type of Moodle gives every answer the mark that `score` gives it.
    """
    pages, made, refused = {lang: [] for lang in LANGS}, {}, {}
    for item in items:
        drawn = item.exercise.drawn
        try:
            draws = _draws(item.exercise, variants)
            both = {lang: "".join([_question(item, lang, values, place * drawn)
                                   for place, values in enumerate(draws, 1)]) for lang in LANGS}
        except Refused as reason:
            refused[item.ref] = str(reason)
        else:
            made[item.ref] = _MAKERS[item.exercise.kind.name][0], len(draws)
            for lang, questions in both.items():
                pages[lang].append((drawn, item.ref, questions))
    parts = []
    for lang, page in pages.items():
        root = [text("moodle.language", lang), title[lang]]  # a category holds for all that follows it
        parts += [_category(root), *(questions for drawn, _, questions in page if not drawn)]
        parts += [_category([*root, ref]) + questions for drawn, ref, questions in page if drawn]
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n{"".join(parts)}</quiz>\n', made, refused


def _draws(exercise, count):
    found = {}
    for attempt in range(1, 50 * count if exercise.drawn else 2):
        values = draw(exercise, "moodle", attempt)
        found.setdefault(tuple(values.values()), values)
        if len(found) == count:
            break
    return list(found.values())


def _question(item, lang, values, place):
    exercise, name = item.exercise, _plain(item.ref) + (f" {place:02}" if place else "")
    idnumber = f"{name} {lang}"
    if exercise.kind.name not in _MAKERS:
        raise Refused("its answer is computed in pandas, and Moodle runs no code: keep it in the notebook, or ask for "
                      "one number in an exercise of kind numeric")
    if len(idnumber) > LONGEST_ID:
        raise Refused(f"its name is too long for Moodle: shorten the id by {len(idnumber) - LONGEST_ID} characters")
    kind, maker = _MAKERS[exercise.kind.name]
    shown = values and values | {"answer": key(exercise, values)["value"]}
    general = [exercise.say("solution", lang, shown)]
    general += [f"**{row['text'][lang]}** {row['why'][lang]}" for row in exercise.get("row", ())]
    prompt = [exercise.say("prompt", lang, values)]
    if kind == "numerical":
        unit = exercise.get("unit")
        prompt += [text(f"card.digits_{exercise['digits']}", lang), text("moodle.number", lang)]
        prompt += [text("moodle.point", lang)] if exercise["digits"] else []
        prompt += [text("moodle.unit", lang, unit=unit[lang])] if unit else []
    return (f'<question type="{kind}"><name>{_text(name)}</name>\n{_field("questiontext", _paragraphs(*prompt))}'
            f'{_field("generalfeedback", _paragraphs(*general))}{_tags(defaultgrade=_decimal(item.points))}'
            f'{_tags(penalty=0, hidden=0)}<idnumber>{html.escape(idnumber)}</idnumber>\n'
            + maker(item, lang, values)
            + "".join(_field("hint", _html(exercise.words(hint, lang, values))) for hint in exercise.get("hint", ()))
            + "</question>\n")


def _multichoice(item, lang, values):
    exercise, single = item.exercise, item.exercise.kind.name == "choice"
    right = [key(exercise)["right"]] if single else key(exercise)["right"]
    wrong = len(exercise["option"]) - len(right)
    good, bad = _percent(len(right)), "0" if single or not wrong else "-" + _percent(wrong)
    return (_tags(single=str(single).lower(), shuffleanswers=str(exercise.get("shuffle", True)).lower(),
                  answernumbering="none") + _combined(exercise, lang)
            + "".join(_answer(good if one["id"] in right else bad, _html(one["text"][lang]),
                              _html(one.get("why", {}).get(lang, ""))) for one in exercise.shuffled("option")))


def _percent(parts):
    if parts not in SHARES:
        raise Refused(f"Moodle has no fraction 1/{parts}: let at most 10 options, or just 20, be right, and at most "
                      "10, or just 20, be wrong")
    return f"{100 / parts:.5f}".rstrip("0").rstrip(".")


def _match(item, lang, values):
    exercise = item.exercise
    choices = {one["id"]: _plain(one["text"][lang]) for one in exercise["option"]}
    _different(float(one) if _NUMERIC.fullmatch(one) else one for one in choices.values())  # PHP: "1.0" == "1"
    for name, words in choices.items():
        if len(words) > LONGEST_CHOICE:
            raise Refused(f"option {name!r} has {len(words)} characters, and Moodle keeps {LONGEST_CHOICE}: shorten it")
    stems = [(_html(row["text"][lang]), row["key"]) for row in exercise["row"]]
    stems += [("", name) for name in choices if name not in {name for _, name in stems}]
    return _tags(shuffleanswers="true") + _combined(exercise, lang) + "".join(
        _field("subquestion", stem, f"<answer>{_text(choices[name])}</answer>") for stem, name in stems)


def _ordering(item, lang, values):
    exercise, ranks = item.exercise, key(item.exercise)["ranks"]
    items = sorted(exercise["item"], key=lambda one: ranks[one["id"]])
    if any(ranks[one["id"]][1] >= ranks[two["id"]][0] for one, two in pairwise(items)):
        raise Refused("some of its items may stand either way round, and Moodle would compare these pairs too: give "
                      "every item a rank of its own, or keep the exercise in the notebook")
    _different(_html(one["text"][lang]) for one in items)
    return (_tags(layouttype="VERTICAL", selecttype="ALL", selectcount=len(items), numberingstyle="none",
                  gradingtype="RELATIVE_ALL_PREVIOUS_AND_NEXT", showgrading="SHOW") + _combined(exercise, lang)
            + "".join(_answer(place, _html(one["text"][lang])) for place, one in enumerate(items, 1)))


def _numerical(item, lang, values):
    exercise, made = item.exercise, key(item.exercise, values)
    whys = [exercise["right"], *(slip["why"] for slip in exercise.get("slip", ()))]
    answers = ""
    for value, why in zip([made["value"], *made["wrong"]], whys, strict=True):
        # a billionth wider, as in `score`, so that the edge is in
        tolerance = max(RELATIVE * abs(value), 0.5 * 10.0 ** -made["digits"]) * (1 + 1e-9)
        answers += _answer(0 if answers else 100, _decimal(value), _html(exercise.words(why, lang, values)),
                           _tags(tolerance=_decimal(tolerance)))
    return (answers + _answer(0, "*", _wrong(exercise, lang, values), _tags(tolerance=0))
            + _tags(unitgradingtype=0, unitpenalty=0, showunits=3, unitsleft=0))


def _essay(item, lang, values):
    exercise = item.exercise
    info = [f"**{text('moodle.criteria', lang)}**"] if item.rubric else []
    for one in item.rubric:
        levels = [f"{mark:g} – {said['text'][lang]}" for mark, said in zip(one["levels"], one["level"], strict=True)]
        info.append(f"{one['title'][lang]}: {'; '.join(levels)}")
    ideas = [f"– {idea[lang]}" for idea in exercise.get("idea", ())]
    info += [f"**{text('moodle.ideas', lang)}**", *ideas] if ideas else []
    info += [f"**{text('card.model_answer', lang)}**", exercise["solution"][lang]]
    tiles = [f"**{tile['title'][lang]}** {tile['help'][lang]}" for tile in exercise.get("tile", ())]
    frame = [part for tile in tiles for part in (tile, "")]
    limits = dict(zip(("minwordlimit", "maxwordlimit"), exercise.get("words", ()), strict=False))
    return (_tags(responseformat="editor", responserequired=1, responsefieldlines=15, attachments=0, **limits)
            + _field("graderinfo", _paragraphs(*info)) + _field("responsetemplate", _paragraphs(*frame)))


_MAKERS = {"choice": ("multichoice", _multichoice), "multi": ("multichoice", _multichoice), "match": ("match", _match),
           "classify": ("match", _match), "order": ("ordering", _ordering), "numeric": ("numerical", _numerical),
           "text": ("essay", _essay), "canvas": ("essay", _essay)}


def _different(options):
    options = list(options)
    if len(set(options)) < len(options):
        raise Refused("two of its options read the same, and Moodle could not tell them apart: change one")


def _combined(exercise, lang):
    wrong = _wrong(exercise, lang)  # ordering aborts the import without shownumcorrect
    return (_field("correctfeedback", _html(exercise["right"][lang])) + _field("partiallycorrectfeedback", wrong)
            + _field("incorrectfeedback", wrong) + _tags(shownumcorrect=1))


def _wrong(exercise, lang, values=None):
    see = exercise.say("see", lang)
    return _paragraphs(exercise.say("wrong", lang, values), *([text("card.see", lang, title=see)] if see else []))


def _answer(fraction, words, why="", more=""):
    feedback = _field("feedback", why) if why else ""
    return f'<answer fraction="{fraction}" format="html">{_text(words)}{feedback}{more}</answer>\n'


def _field(tag, words, more=""):
    return f'<{tag} format="html">{_text(words)}{more}</{tag}>\n'


def _text(words):
    return f"<text><![CDATA[{words}]]></text>" if words else "<text></text>"  # no "]]>" in it: > is escaped


def _tags(**values):
    return "".join(f"<{tag}>{value}</{tag}>\n" for tag, value in values.items())


def _category(names):
    """Switch to a category; a name is cut where Moodle's column ends, and a slash at its end parted from the next."""
    names = [_plain(name)[:LONGEST_CHOICE].replace("/", "//") for name in names]
    path = "/".join(["$course$", "top", *(re.sub("^(?=/)|(?<=/)$", " ", name) for name in names)])
    return f'<question type="category"><category>{_text(path)}</category></question>\n'


def _paragraphs(*parts):
    return "".join(f"<p>{_html(part)}</p>" for part in parts)


def _html(words):
    words = html.escape(_CONTROL.sub("", words), quote=False)
    words = re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", words)
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", words).replace("\n", "<br>")


def _plain(words):
    bare = re.sub(r"\*\*([^*]+)\*\*|`([^`]+)`", r"\1\2", _CONTROL.sub("", words))
    return re.sub("[ \t\r\n]+", " ", bare).strip().replace("<", "&lt;").replace(">", "&gt;")


def _decimal(value):
    """Write a number exactly, with a point and without an exponent, as Moodle reads it in every language."""
    return format(Decimal(repr(value)), "f")
