"""`course list` and `course preview`: what there is to set, and a lecturer's own exercises with their keys marked."""

import argparse
import sys
from pathlib import Path

from course import kinds
from course.exercises import Exercise, Fault, chapters, read
from course.files import write_whole
from course.grading.feedback import POLICY, esc, icon, rich, say
from course.grading.marks import look
from course.grading.setting.assignment import entry_of, shown_of
from course.texts import LANGS, number, text

_STYLE = """.pair { display: grid; gap: 0 18px;
grid-template-columns: repeat(auto-fit, minmax(min(100%%, 27rem), 1fr)); }
main { max-width: %drem; } .key { color: var(--ok); font-weight: 600; }"""


def main(command, words):
    """Run one of the two commands; returns its exit code: 0 done, 1 with faults found, 2 it cannot be carried out."""
    what = {"list": "List the exercises of the course: what to write in a spec, kind, points, task.",
            "preview": "Show your own exercises as students will see them, keys marked. Keep this page to yourself."}
    parser = argparse.ArgumentParser(f"course {command}", allow_abbrev=False, description=what[command])
    if command == "list":
        parser.add_argument("lesson", nargs="?", help="only this one, for example levels")
    else:
        parser.add_argument("file", type=Path, metavar="FILE", help="exercises.toml")
        parser.add_argument("--out", type=Path, metavar="X.html", help="the page to write (beside FILE)")
    parser.add_argument("--lang", choices=LANGS, help="uk if not given" if command == "list" else "only this language")
    options = parser.parse_args(words)
    return _list(options.lesson, options.lang or "uk") if command == "list" else _preview(options)


def _list(lesson, lang):
    found = {slug: one for slug, one in chapters().items() if lesson in (None, slug)}
    for slug, one in found.items():
        for name, exercise in one.exercises.items():
            task = exercise.raw["prompt"][lang]
            print(f"{slug + '/' + name:33} {exercise.kind.name:8} {exercise.points:3g}  {task[:71]}{'…' * (len(task) > 71)}")
    if not found:
        print(f"there is no lesson {lesson}; there are {', '.join(chapters())}", file=sys.stderr)
    return 0 if found else 2


def _preview(options):
    from course.authoring.checks import check

    file, count = options.file, 0
    try:
        faults = check(file)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        faults = [Fault(file.name, 1, "", "", f"cannot be read ({error!r}); compare it with `course new exercises`")]
    except OSError as error:
        print(f"{file}: {error.strerror}", file=sys.stderr)
        return 2
    print("".join(f"{fault}\n" for fault in faults), end="")
    if all(fault.exercise for fault in faults):  # any other fault is one of the whole file
        count, target = len(read(file).exercises), options.out or file.with_suffix(".html")
        try:
            made = page(file, [options.lang] if options.lang else LANGS, faults)
            write_whole(target, made.encode("utf-8", "replace"))
        except OSError as error:
            print(f"{target}: {error.strerror}; nothing was written", file=sys.stderr)
            return 2
        print(f"{target} written; open it in a browser")
    print(f"{file}: {count} exercises, {len(faults) or 'no'} fault{'s' * (len(faults) != 1)}")
    return int(bool(faults))


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
        told = "".join(f"<li>{esc(one)}</li>" for one in faults)
        notes += f"<p>{esc(text('preview.faulty', langs[0]))}</p><ul>{told}</ul>"
    cards = ""
    for one in bank.exercises.values():
        if one.id not in bad:
            entry = entry_of(f"own/{one.id}", Exercise("own", one.raw), one.points)
            cards += '<div class="pair">' + "".join(_card(entry, lang) for lang in langs) + "</div>\n"
    style = look() + Path(__file__).with_name("feedback.css").read_text("utf-8") + _STYLE % (46 * len(langs))
    return (f'<!doctype html>\n<html lang="{langs[0]}"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
            f"<title>{title}</title><style>{style}</style></head>\n"
            f'<body><main><h1>{title}</h1><div class="who">{notes}</div>\n{cards}</main></body></html>\n')


def _card(entry, lang):
    one = Exercise("own", entry["raw"])
    draws = [draw | {"answer": made["value"]} for draw, made in zip(entry["draws"], entry["keys"], strict=False)]
    values = draws[0] if draws else None
    head = f"{one.id} · {text(f'kind.{one.kind.name}', lang)} · {text('progress.points', lang)}: {number(one.points, lang)}"
    body = [*_parts(one, entry, lang), *_numbers(one, entry, draws, lang)]
    body += [f"<p><b>{rich(tile['title'][lang])}</b> {rich(tile['help'][lang])}</p>" for tile in one.get("tile", ())]
    said = [("plain", hint, text("card.hint_n", lang, n=n)) for n, hint in enumerate(one.get("hint", ()), 1)]
    model = "card.model_answer" if one.kind.name in kinds.by_person() else "card.solution"
    for field, tone, lead in ("right", "ok", "lead.right"), ("wrong", "no", "lead.wrong"), ("solution", "plain", model):
        said += [(tone, one[field], text(lead, lang))] if one.get(field) else []
    body += [say(tone, rich(one.words(pair, lang, values)), esc(lead).rstrip(".") + ".") for tone, pair, lead in said]
    body += [f"<p>• {rich(idea[lang])}</p>" for idea in one.get("idea", ())]
    return (f'<section class="rm-card" lang="{lang}"><div class="rm-head"><span>{esc(head)}</span></div>'
            f'<h2 class="rm-prompt">{rich(one.say("prompt", lang, values))}</h2>{"".join(body)}</section>')


def _parts(one, entry, lang):
    """Options, items or rows in the order that students see them, with the key of each in words."""
    options = {option["id"]: option["text"][lang] for option in one.get("option", ())}
    field = next((field for field in ("row", "item", "option") if one.get(field)), None)
    own = {part["id"]: {"rank": place} | part for place, part in enumerate(one.get(field, ()), 1)}
    for shown in shown_of(entry, True)[field] if field else ():
        part = own[entry["ids"][field][shown["id"]]]
        rank = str(part["rank"]).strip("[]").replace(", ", "–")
        key = {"row": options.get(part.get("key")), "item": text("preview.place", lang, place=rank),
               "option": part.get("right") and text("preview.right", lang)}[field]
        good = ' class="rm-good"' if key and field == "option" else ""
        word = f' – <span class="key">{rich(key)}</span>' if key else ""
        why = f'<span class="rm-why">{rich(part["why"][lang])}</span>' if part.get("why") else ""
        yield (f'<ul class="own"><li{good}>{icon("right" if key else "untouched")}'
               f'<span>{rich(part["text"][lang])}{word}</span>{why}</li></ul>')
    if field == "row":
        yield f"<p>{rich(' · '.join(options.values()))}</p>"


def _numbers(one, entry, draws, lang):
    """Three draws with their answers, and the results that have a feedback of their own."""
    def shown(value):
        unit = " " + one.say("unit", lang) if one.get("unit") else ""
        return esc(number(value, lang, one["digits"]) + unit)

    first = entry["keys"][0]
    if one.kind.name in ("numeric", "value") and isinstance(first["value"], (int, float)):
        for draw in draws[:3] or [{"answer": first["value"]}]:
            given = [f"{name} = {one.words({lang: '{' + name + '}'}, lang, draw)}" for name in draw if name != "answer"]
            yield f"<p>{esc('; '.join(given))} → <span class='key'>{shown(draw['answer'])}</span></p>"
        for slip, wrong in zip(one.get("slip", ()), first["wrong"], strict=True):
            if isinstance(wrong, (int, float)):
                yield say("part", rich(one.words(slip["why"], lang, draws and draws[0])), shown(wrong) + ":")
    elif one.kind.name == "text":
        yield f"<p>{esc(text('preview.words', lang, least=one['words'][0], most=one['words'][1]))}</p>"
