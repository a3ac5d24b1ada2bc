"""`course list` and `course preview`: what there is to set, and own exercises, keys marked."""

from argparse import ArgumentParser
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from course.exercises import Exercise, Fault, chapters, read, with_answer
from course.files import write_whole
from course.grading import GradingError
from course.grading.keyfile import Entry
from course.grading.pages import card_sheet, page, sheet, speaker
from course.grading.setting.assignment import entry_of, shown_of
from course.kinds import Line, Telling
from course.texts import LANGS, LANGUAGE, beginning, number, text

_DRAWS = 3  # sets of numbers shown
_TASK = 72  # characters of a task in a list


def listing(words: Sequence[str]) -> int:
    """Run ``course list``; return 0, or 2 when there is no such lesson."""
    what = "List the exercises of the course: what to write in a spec, kind, points, task."
    parser = ArgumentParser("course list", allow_abbrev=False, description=what)
    parser.add_argument("lesson", nargs="?", help="only this one, for example levels")
    parser.add_argument("--lang", choices=LANGS, default="uk", help=LANGUAGE)
    options = parser.parse_args(words)
    known = chapters()
    if options.lesson not in (None, *known):
        raise GradingError(f"there is no lesson {options.lesson}; there are {', '.join(known)}")
    for slug, home in known.items():
        for name, exercise in home.exercises.items() if options.lesson in (None, slug) else ():
            task = beginning(exercise.raw["prompt"][options.lang], _TASK)
            ref = f"{slug}/{name}"
            print(f"{ref:33} {exercise.kind.name:8} {exercise.points:3g}  {task}")
    return 0


def preview(words: Sequence[str]) -> int:
    """Run ``course preview``; return 0, 1 with faults found, 2 when it cannot be carried out."""
    from course.authoring.checks import check

    what = "Show your own exercises as students will see them, keys marked. Keep it to yourself."
    parser = ArgumentParser("course preview", allow_abbrev=False, description=what)
    parser.add_argument("file", type=Path, metavar="FILE", help="exercises.toml")
    said = "the page to write (beside FILE)"
    parser.add_argument("--out", type=Path, metavar="PAGE", help=said)
    parser.add_argument("--lang", choices=LANGS, help="only this language")
    options = parser.parse_args(words)
    file, count = options.file, 0
    faults = check(file)
    print("".join(f"{fault}\n" for fault in faults), end="")
    if all(fault.exercise for fault in faults):  # any other fault is one of the whole file
        count, target = len(read(file).exercises), options.out or file.with_suffix(".html")
        write_whole(target, html(file, [options.lang] if options.lang else LANGS, faults).encode())
        print(f"{target} written; open it in a browser")
    print(f"{file}: {count} exercises, {len(faults) or 'no'} fault{'s' * (len(faults) != 1)}")
    return int(bool(faults))


def html(path: Path, langs: Sequence[str], faults: Sequence[Fault]) -> str:
    """Return one page: each exercise of a bank with its key, the languages side by side.

    Parameters
    ----------
    path : path-like
    langs : sequence of {"uk", "ru"}
    faults : list of course.exercises.Fault
        What ``course check`` found in it; an exercise with a fault is named on top instead of
        shown.
    """
    bank, bad = read(path), {fault.exercise for fault in faults}
    sound = [exercise for exercise in bank.exercises.values() if exercise.id not in bad]
    pairs = []
    for exercise in sound:
        entry = entry_of(f"own/{exercise.id}", Exercise("own", exercise.raw))
        pairs.append([_card(exercise, entry, lang) for lang in langs])
    style = card_sheet() + sheet("feedback.css", "preview.css")
    return page(
        "preview.html",
        langs[0],
        style,
        title=text("preview.title", langs[0], title=bank.title[langs[0]]),
        notes=[text("preview.secret", lang) for lang in langs],
        faults=list(map(str, faults)),
        pairs=pairs,
        says={lang: speaker(lang) for lang in langs},
    )


def _card(exercise: Exercise, entry: Entry, lang: str) -> dict[str, Any]:
    """Return what the page prints of one exercise: as students see it, with its key."""
    raw, kind, key = exercise.raw, exercise.kind, entry["keys"][0]
    draws = [with_answer(*pair) for pair in zip(entry["draws"], entry["keys"], strict=False)]
    telling = exercise.told(lang, draws[0] if draws else None)
    about = (exercise.id, text(f"kind.{kind.name}", lang))
    points = f"{text('progress.points', lang)}: {number(exercise.points, lang)}"
    whys = {
        part["id"]: part["why"][lang]
        for field in ("option", "row")
        for part in raw.get(field, ())
        if part.get("why")
    }
    length = raw.get("words")
    return {
        "lang": lang,
        "head": " · ".join((*about, points)),
        "prompt": telling.say("prompt"),
        "parts": kind.parts(raw, lang, _shown(entry)),
        "keyed": kind.keyed(telling, key),
        "whys": whys,
        "draws": list(_numbers(exercise, draws, key, lang)),
        "words": text("preview.words", lang, least=length[0], most=length[1]) if length else "",
        "lines": [*_slips(telling, key), *_said(exercise, telling)],
        "ideas": [idea[lang] for idea in raw.get("idea", ())],
    }


def _shown(entry: Entry) -> Any:
    """Return what gives the parts in the order that students see."""
    public, raw = shown_of(entry, True), entry["raw"]

    def shown(field: str) -> list[Mapping[str, Any]]:
        own = {part["id"]: part for part in raw[field]}
        return [own[entry["ids"][field][part["id"]]] for part in public[field]]

    return shown


def _numbers(
    exercise: Exercise, draws: Sequence[Mapping[str, Any]], key: Mapping[str, Any], lang: str
) -> Iterator[tuple[str, str]]:
    """Yield some draws with the answers to them; nothing for answers that are no numbers."""
    if not isinstance(key.get("value"), (int, float)):
        return
    for draw in draws[:_DRAWS] or [{"answer": key["value"]}]:
        names = [name for name in draw if name != "answer"]
        given = (f"{n} = {exercise.words({lang: '{' + n + '}'}, lang, draw)}" for n in names)
        yield "; ".join(given), _value(exercise.told(lang), draw["answer"])


def _value(telling: Telling, value: float) -> str:
    unit = f" {telling.say('unit')}" if telling.raw.get("unit") else ""
    return number(value, telling.lang, telling.raw.get("digits", 0)) + unit


def _slips(telling: Telling, key: Mapping[str, Any]) -> Iterator[Line]:
    """Yield the wrong results that have a feedback of their own."""
    for slip, wrong in zip(telling.raw.get("slip", ()), key.get("wrong", ()), strict=True):
        if isinstance(wrong, (int, float)):
            yield Line("part", f"{_value(telling, wrong)}:", telling.words(slip["why"]))


def _said(exercise: Exercise, telling: Telling) -> Iterator[Line]:
    lang = telling.lang
    for place, hint in enumerate(telling.raw.get("hint", ()), 1):
        yield Line("plain", text("card.hint_n", lang, n=place) + ".", telling.words(hint))
    model = "card.model_answer" if exercise.kind.by_person else "card.solution"
    leads = {
        "right": ("ok", "lead.right"),
        "wrong": ("no", "lead.wrong"),
        "solution": ("plain", model),
    }
    for field, (tone, lead) in leads.items():
        if telling.raw.get(field):
            yield Line(tone, text(lead, lang).rstrip(".") + ".", telling.say(field))
