"""`course list` and `course preview`: what there is to set, and a lecturer's own exercises with their keys marked."""

import argparse
import sys
from pathlib import Path

from course.exercises import BY_PERSON, Exercise, Fault, chapters, read
from course.grading.assignment import _entry, _shown
from course.grading.feedback import _STYLE, _icon, _rich, _say, esc
from course.grading.marks import look
from course.texts import LANGS, number, text

_PAIR = """.pair { display: grid; gap: 0 18px; grid-template-columns: repeat(auto-fit, minmax(min(100%%, 27rem), 1fr)); }
main { max-width: %drem; } .key { color: var(--ok); font-weight: 600; }"""


def main(command, words):
    """Run one of the two commands; returns its exit code: 0 done, 1 with faults found, 2 it cannot be carried out."""
    parser = argparse.ArgumentParser(f"course {command}", allow_abbrev=False, description={
        "list": "List the exercises of the course: what to write in a spec, kind, points, the task.",
        "preview": "Show your own exercises as students will see them, the keys marked. Never give this page to students."}[command])
    if command == "list":
        parser.add_argument("lesson", nargs="?", help="only this one, for example levels")
    else:
        parser.add_argument("file", type=Path, metavar="FILE", help="exercises.toml")
        parser.add_argument("--out", type=Path, metavar="X.html", help="the page to write (beside FILE)")
    parser.add_argument("--lang", choices=LANGS, help="uk if not given" if command == "list" else "only this language")
    options = parser.parse_args(words)
    if command == "list":
        found = {slug: one for slug, one in chapters().items() if options.lesson in (None, slug)}
        for ref, one in ((f"{slug}/{name}", one) for slug, each in found.items() for name, one in each.exercises.items()):
            print(f"{ref:35} {one.kind:8} {one.points:3g}  {one.raw['prompt'][options.lang or 'uk'][:80]}")
        return 0 if found else print(f"no lesson {options.lesson}; there are {', '.join(chapters())}", file=sys.stderr) or 2
    try:
        faults = _faults(options.file)
        print("".join(f"{fault}\n" for fault in faults), end="")
        count = len(read(options.file).exercises) if not any(not fault.exercise for fault in faults) else 0
        if count:
            target = options.out or options.file.with_suffix(".html")
            target.write_bytes(page(options.file, [options.lang] if options.lang else LANGS, faults).encode("utf-8", "replace"))
            print(f"{target} written; open it in a browser")
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    print(f"{options.file}: {count} exercises, {len(faults) or 'no'} fault{'s' * (len(faults) != 1)}")
    return int(bool(faults))


def _faults(path):
    from course.checks import check

    try:
        return check(path)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        return [Fault(path.name, 1, "", "", f"cannot be read ({error!r}); compare it with `course new exercises`")]


def page(path, langs, faults):
    """Return one HTML page: each exercise of a bank as students see it, its keys marked, the languages side by side.

    Parameters
    ----------
    path : path-like
    langs : sequence of {"uk", "ru"}
    faults : list of course.exercises.Fault
        What ``course check`` found in it; an exercise with a fault is named on top instead of shown.
    """
    bank, bad = read(path), {fault.exercise for fault in faults}
    title = esc(text("preview.title", langs[0], title=bank.title[langs[0]]))
    notes = "".join(f"<p>{esc(text('preview.secret', lang))}</p>" for lang in langs)
    if faults:
        notes += f"<p>{esc(text('preview.faulty', langs[0]))}</p><ul>{''.join(f'<li>{esc(one)}</li>' for one in faults)}</ul>"
    entries = [_entry(f"own/{one.id}", Exercise("own", one.raw)) | {"points": one.points} for one in bank.exercises.values() if one.id not in bad]
    cards = "\n".join('<div class="pair">' + "".join(_card(entry, lang) for lang in langs) + "</div>" for entry in entries)
    return (f'<!doctype html>\n<html lang="{langs[0]}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, '
            'initial-scale=1"><meta http-equiv="Content-Security-Policy" content="default-src \'none\'; style-src \'unsafe-inline\'">'
            f"<title>{title}</title><style>{look()}{_STYLE}{_PAIR % (46 * len(langs))}</style></head>\n"
            f'<body><main><h1>{title}</h1><div class="who">{notes}</div>\n{cards}\n</main></body></html>\n')


def _card(entry, lang):
    one, draws = Exercise("own", entry["raw"]), [draw | {"answer": key["value"]} for draw, key in zip(entry["draws"], entry["keys"], strict=False)]
    values = draws[0] if draws else None
    model = "card.model_answer" if one.kind in BY_PERSON else "card.solution"
    head = f"{one.id} · {text(f'kind.{one.kind}', lang)} · {text('progress.points', lang)}: {number(one.points, lang)}"
    body = [*_parts(one, entry, lang), *_numbers(one, entry, draws, lang)]
    body += [f"<p><b>{_rich(tile['title'][lang])}</b> {_rich(tile['help'][lang])}</p>" for tile in one.get("tile", ())]
    said = [("plain", hint, "card.hint_n", {"n": n}) for n, hint in enumerate(one.get("hint", ()), 1)]
    said += [(tone, one[field], lead, {}) for field, tone, lead in (("right", "ok", "lead.right"), ("wrong", "no", "lead.wrong"),
                                                                   ("solution", "plain", model)) if one.get(field)]
    body += [_say(tone, _rich(one.words(pair, lang, values)), esc(text(lead, lang, **n)).rstrip(".") + ".") for tone, pair, lead, n in said]
    ideas = "".join(f"<li>{_rich(idea[lang])}</li>" for idea in one.get("idea", ()))
    return (f'<section class="rm-card" lang="{lang}"><div class="rm-head"><span>{esc(head)}</span></div>'
            f'<h2 class="rm-prompt">{_rich(one.say("prompt", lang, values))}</h2>{"".join(body)}{"<ul>" * bool(ideas)}{ideas}{"</ul>" * bool(ideas)}</section>')


def _parts(one, entry, lang):
    """Options, items or rows in the order that students see them, with the key of each in words."""
    shown, options = _shown(entry, True), {option["id"]: option["text"][lang] for option in one.get("option", ())}
    field = next((field for field in ("row", "item", "option") if one.get(field)), "tile")
    for name in [entry["ids"][field][part["id"]] for part in shown[field]] if field in entry["ids"] else ():
        place, part = next((place, part) for place, part in enumerate(one[field], 1) if part["id"] == name)
        rank = str(part.get("rank", place)).strip("[]").replace(", ", "–")
        key = {"row": options.get(part.get("key")), "item": text("preview.place", lang, place=rank),
               "option": part.get("right") and text("preview.right", lang)}[field]
        why = f'<span class="rm-why">{_rich(part["why"][lang])}</span>' if part.get("why") else ""
        yield (f'<ul class="own"><li{" class=rm-good" * (field == "option" and bool(key))}>{_icon("right" if key else "untouched")}'
               f'<span>{_rich(part["text"][lang])}' + f' – <span class="key">{_rich(key)}</span>' * bool(key) + f"</span>{why}</li></ul>")
    if field == "row":
        yield f"<p>{_rich(' · '.join(options.values()))}</p>"


def _numbers(one, entry, draws, lang):
    """Three draws with their answers, and the results that have a feedback of their own."""
    def shown(value):
        return esc(" ".join([number(value, lang, one["digits"]), *([one.say("unit", lang)] if one.get("unit") else [])]))

    value = entry["keys"][0].get("value")
    if one.kind in ("numeric", "value") and isinstance(value, (int, float)):
        given = ["; ".join(f"{name} = {one.words({lang: f'{{{name}}}'}, lang, draw)}" for name in draw if name != "answer") for draw in draws[:3]]
        yield "<ul>" + "".join(f'<li>{esc(words)} → <span class="key">{shown(draw["answer"])}</span></li>' for words, draw in zip(
            given, draws, strict=False)) + f'<li><span class="key">{shown(value)}</span></li>' * (not draws) + "</ul>"
        for slip, wrong in zip(one.get("slip", ()), entry["keys"][0]["wrong"], strict=True):
            if isinstance(wrong, (int, float)):
                yield _say("part", _rich(one.words(slip["why"], lang, draws[0] if draws else None)), shown(wrong) + ":")
    elif one.kind == "text":
        yield f"<p>{esc(text('preview.words', lang, least=one['words'][0], most=one['words'][1]))}</p>"
