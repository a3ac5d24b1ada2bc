"""`course list` and `course preview`: what there is to set, and own exercises, keys marked."""

import tomllib
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from course.credit import lines
from course.exercises import Exercise, Fault, chapters, read, with_answer
from course.files import write_whole
from course.grading import GradingError
from course.grading.keyfile import Entry
from course.grading.pages import card_sheet, page, sheet, speaker
from course.grading.setting.assignment import entry_of, shown_of
from course.kinds import Line, Telling
from course.texts import LANGS, LANGUAGE, beginning, number, text

if TYPE_CHECKING:
    from course.grading.setting.pools import Pool

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

    what = "Show exercises as students will see them, keys marked. Keep it to yourself."
    parser = ArgumentParser("course preview", allow_abbrev=False, description=what)
    said = "exercises.toml; or the specification of an assignment, with its pools"
    parser.add_argument("file", type=Path, metavar="FILE", help=said)
    said = "the page to write (beside FILE)"
    parser.add_argument("--out", type=Path, metavar="PAGE", help=said)
    parser.add_argument("--lang", choices=LANGS, help="only this language")
    options = parser.parse_args(words)
    file, count = options.file, 0
    if _is_spec(file):
        return _assignment(file, options)
    faults = check(file)
    print("".join(f"{fault}\n" for fault in faults), end="")
    if all(fault.exercise for fault in faults):  # any other fault is one of the whole file
        count, target = len(read(file).exercises), options.out or file.with_suffix(".html")
        write_whole(target, html(file, [options.lang] if options.lang else LANGS, faults).encode())
        print(f"{target} written; open it in a browser")
    print(f"{file}: {count} exercises, {len(faults) or 'no'} fault{'s' * (len(faults) != 1)}")
    return int(bool(faults))


def _is_spec(file: Path) -> bool:
    """Tell whether a file says what an assignment has; what is no TOML is checked as exercises."""
    try:
        raw = tomllib.loads(file.read_text("utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        return False
    return "exercises" in raw and not {"lesson", "exercise"} & raw.keys()


def _assignment(file: Path, options: Namespace) -> int:
    """Show a whole assignment; return 0, or 1 with faults found."""
    from course.grading.setting import banks
    from course.grading.setting.spec import read_spec

    faults: list[Fault] = []
    spec, exercises = read_spec(file, faults)
    print("".join(f"{fault}\n" for fault in faults), end="")
    if faults or spec is None:
        return 1
    langs = [options.lang] if options.lang else list(spec.languages)
    pools = {ref: pool for pool in spec.pool for ref in pool.members}
    pairs = []
    for ref, exercise in exercises.items():
        entry = entry_of(ref, exercise, spec.points_of(ref, exercise))
        pairs.append(
            [_card(exercise, entry, lang, *_drawn(pools.get(ref), lang)) for lang in langs]
        )
    target = options.out or file.with_suffix(".html")
    credits: Sequence[Any] = banks.credits_of(exercises, banks.of(file))
    write_whole(target, _page(spec.title, langs, (), pairs, credits).encode())
    print(f"{target} written; open it in a browser")
    return 0


def _drawn(pool: "Pool | None", lang: str) -> Iterator[str]:
    """Yield which pool has an exercise, and how many of it everybody gets."""
    if pool:
        of = len(pool.members)
        yield text("preview.pool", lang, pool=pool.id, take=pool.take, of=of)


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
        own = Exercise("own", exercise.raw)
        entry = entry_of(f"own/{exercise.id}", own, exercise.points)
        pairs.append([_card(exercise, entry, lang) for lang in langs])
    credits = [credit.plain(credit.exercises) for credit in bank.credits]
    return _page(bank.title, langs, faults, pairs, credits)


def _page(
    title: Mapping[str, str],
    langs: Sequence[str],
    faults: Sequence[Fault],
    pairs: Sequence[Sequence[dict[str, Any]]],
    credits: Sequence[Mapping[str, Any]],
) -> str:
    style = card_sheet() + sheet("feedback.css", "preview.css")
    return page(
        "preview.html",
        langs[0],
        style,
        title=text("preview.title", langs[0], title=title[langs[0]]),
        notes=[
            *(text("preview.secret", lang) for lang in langs),
            *(said for lang in langs for said in lines(credits, lang)),
        ],
        faults=list(map(str, faults)),
        pairs=pairs,
        says={lang: speaker(lang) for lang in langs},
    )


def _card(exercise: Exercise, entry: Entry, lang: str, *more: str) -> dict[str, Any]:
    """Return what the page prints of one exercise: as students see it, with its key."""
    raw, kind, key = exercise.raw, exercise.kind, entry["keys"][0]
    draws = [with_answer(*pair) for pair in zip(entry["draws"], entry["keys"], strict=False)]
    telling = exercise.told(lang, draws[0] if draws else None)
    about = (exercise.id, text(f"kind.{kind.name}", lang))
    points = f"{text('progress.points', lang)}: {number(entry['points'], lang)}"
    whys = {
        part["id"]: part["why"][lang]
        for field in ("option", "row")
        for part in raw.get(field, ())
        if part.get("why")
    }
    length = raw.get("words")
    return {
        "lang": lang,
        "head": " · ".join((*about, points, *more)),
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
