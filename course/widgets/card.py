"""What an exercise card shows: its fixed parts, and its state after each act. Pure functions, no comm in here."""

import re

from course.exercises import BY_PERSON
from course.texts import fill, number, plural, section, text

MARKED = ("choice", "multi", "match", "classify")


def meta(exercise, lang):
    """Return the small line on top of a card.

    Examples
    --------
    >>> from course.exercises import Exercise
    >>> meta(Exercise("levels", {"kind": "order", "points": 2}), "uk")
    'Порядок · 2 бали'
    """
    points = f"{number(exercise.points, lang)} {plural(exercise.points, lang, text('card.point_forms', lang))}"
    words = [text(f"kind.{exercise.kind}", lang), points]
    return " · ".join(words + [text("card.person", lang)] * (exercise.kind in BY_PERSON))


def spec(exercise, lang, main=None):
    """Return the parts of a card that never change; nothing in it tells the right answer.

    Parameters
    ----------
    exercise : course.exercises.Exercise
    lang : {"uk", "ru"}
    main : {"check", "save"}, optional
        What its main button says; written answers are saved, others checked.

    Returns
    -------
    dict
    """
    changed = "unsaved" if main == "save" else "draft" if exercise.kind in BY_PERSON else "changed"
    made = {"view": "card", "id": exercise.id, "kind": exercise.kind, "lang": lang, "meta": meta(exercise, lang),
            "main": main or ("save" if exercise.kind in BY_PERSON else "check"), "drawn": exercise.drawn,
            "states": {"changed": text(f"state.{changed}", lang)}}
    for field, name in (("option", "options"), ("item", "items"), ("row", "rows")):
        if exercise.get(field):
            entries = exercise[field] if field == "row" else exercise.shuffled(field)
            made[name] = [{"id": entry["id"], "text": entry["text"][lang]} for entry in entries]
    if exercise.kind == "numeric":
        made["unit"] = exercise.say("unit", lang)
        made["digits"] = text(f"card.digits_{exercise['digits']}", lang)
    elif exercise.kind == "text":
        made["words"] = exercise["words"]
    elif exercise.kind == "canvas":
        made["tiles"] = [{"id": tile["id"], "icon": tile["icon"], "title": tile["title"][lang],
                          "help": tile["help"][lang]} for tile in exercise["tile"]]
    elif exercise.kind == "value":
        made["call"] = text("card.value_wait", lang, call=f'`check("{exercise.id}", ...)`')
    return made


def state(exercise, kept, score, lang, values=None, key=None, error=None):
    """Return what a card shows now.

    Parameters
    ----------
    exercise : course.exercises.Exercise
    kept : course.answers.Kept
        What the journal holds of it.
    score : course.scoring.Score or None
        Of ``kept.answer``; ``None`` when there is none.
    lang : {"uk", "ru"}
    values : dict, optional
        Drawn parameters.
    key : dict, optional
        Needed once the solution may be shown: its number, its right options.
    error : str, optional
        Why the last act was not saved.

    Returns
    -------
    dict
    """
    changed = kept.draft is not None
    status = "changed" if changed else _status(kept, score)
    right = status == "right" or (score is not None and score.state == "right" and not changed)
    left = not exercise.attempts or kept.attempts < exercise.attempts or exercise.kind in BY_PERSON + ("value",)
    done = right or bool(score and score.state == "person")
    made = {
        "prompt": exercise.say("prompt", lang, values),
        "answer": kept.draft if changed else kept.answer,
        "status": status,
        "head": _head(exercise, kept, score, status, lang),
        "left": left and not kept.shown,
        "can_check": left and not kept.shown and (changed or not right),
        "can_hint": kept.hints < len(exercise.get("hint", ())) and not right,
        "can_solve": not kept.shown and (done or _tried(exercise, kept)),
        "can_reset": kept.answer is not None and exercise.kind not in BY_PERSON + ("value",),
        "time": kept.time,
        "error": error,
        "marks": {},
        "whys": {},
        "feedback": [
            {"tone": "plain", "lead": text("card.hint_n", lang, n=n) + ".", "text": exercise.words(hint, lang, values)}
            for n, hint in enumerate(exercise.get("hint", ())[: kept.hints], 1)
        ],
    }
    if score is not None and not changed:
        if exercise.kind in MARKED:
            made["marks"] = dict(score.marks)
            made["whys"] = {name: why for name, mark in score.marks.items()
                            if (why := _why(exercise, name, kept.answer, mark, lang))}
        made["feedback"] += _feedback(exercise, score, lang, values)
        if not left and not right and not kept.shown:
            made["feedback"].append({"tone": "plain", "lead": "", "text": text("say.last", lang)})
        if score.state == "person" and exercise.get("idea"):
            made["ideas"] = [idea[lang] for idea in exercise["idea"]]
    if exercise.kind == "value" and made["answer"] is not None:
        made["feedback"].insert(0, {"tone": "plain", "sign": "saved", "lead": "", "text": text(
            "card.value_last", lang, value=_passed(made["answer"], lang))})
    if kept.shown:
        made["marks"], made["whys"] = _solved(exercise, key, made["marks"], made["whys"], lang)
        shown = values and values | {"answer": key["value"]}
        lead = "model_answer" if exercise.kind in BY_PERSON else "solution"
        made["feedback"].append({"tone": "plain", "lead": text(f"card.{lead}", lang) + ".",
                                 "text": exercise.say("solution", lang, shown)})
    if exercise.kind == "canvas":
        made["remarks"] = _remarks(exercise, made["answer"], lang)
    return made


def graded(exercise, kept, lang, values=None, error=None, note=None):
    """Return what a card of a graded assignment shows: saved or not, never right or wrong.

    Parameters
    ----------
    exercise, kept, lang, values, error
        As in `state`.
    note : str, optional
        Why nothing can be saved yet.

    Returns
    -------
    dict
    """
    changed = kept.draft is not None
    left = note is None and (not exercise.attempts or kept.attempts < exercise.attempts)
    status = "changed" if changed else "untouched" if kept.answer is None else "saved"
    head = text("state.unsaved" if changed else f"state.{status}", lang)
    if kept.answer is not None and exercise.attempts:
        head += " · " + text("state.attempt", lang, n=kept.attempts, of=exercise.attempts)
    feedback = [{"tone": "plain", "lead": "", "text": note}] if note else []
    answer = kept.draft if changed else kept.answer
    if exercise.kind == "value" and answer is not None:
        feedback.append(
            {
                "tone": "plain",
                "sign": "saved",
                "lead": "",
                "text": text("card.value_last", lang, value=_passed(answer, lang)),
            }
        )
    prompt = exercise.say("prompt", lang, values)
    if exercise.drawn and not values:  # nobody's numbers yet
        prompt = re.sub(r"\{[a-z_]\w*\}", "…", prompt)
    made = {
        "prompt": prompt,
        "answer": answer,
        "status": status,
        "head": head,
        "left": left,
        "can_check": left,
        "can_hint": False,
        "can_solve": False,
        "can_reset": False,
        "time": kept.time if status == "saved" else None,  # a draft that is kept is not what the student saved
        "error": error,
        "marks": {},
        "whys": {},
        "feedback": feedback,
    }
    if exercise.kind == "canvas":
        made["remarks"] = _remarks(exercise, made["answer"], lang)
    return made


def unsaved(state, reason, lang):
    """Return the same state, said to be only on the screen.

    Parameters
    ----------
    state : dict
        Made by `state` or `graded`, with what could not be saved as its answer.
    reason : str
        Why it could not be saved.
    lang : {"uk", "ru"}

    Returns
    -------
    dict

    Examples
    --------
    >>> unsaved({"head": "чернетка", "error": None, "time": "…"}, "Немає місця.", "uk")["head"]
    'не збережено'
    """
    return state | {"head": text("state.unwritten", lang), "time": None, "error": state["error"] or reason}


def _status(kept, score):
    if kept.shown and (score is None or score.state not in ("right", "person")):
        return "shown"
    if score is None or score.state == "unattempted":
        return "untouched"
    return "saved" if score.state == "person" else score.state


def _tried(exercise, kept):
    """The solution opens after the attempts allowed; without a limit, after three."""
    return exercise.kind not in BY_PERSON and kept.attempts >= (exercise.attempts or 3)


def _head(exercise, kept, score, status, lang):
    if status == "changed":
        return text("state.draft" if exercise.kind in BY_PERSON else "state.changed", lang)
    if status == "partial":
        detail = score.detail
        if exercise.kind == "multi":
            words = text("state.partial_multi", lang, percent=number(100 * score.fraction, lang, 0))
        elif exercise.kind == "order":
            words = text("state.partial_pairs", lang, right=detail["pairs"], of=detail["of"])
        else:
            words = text("state.partial", lang, right=detail["right"], of=detail["of"])
    else:
        words = text(f"state.{status}", lang)
    if status in ("partial", "wrong") and exercise.attempts and exercise.kind != "value":
        words += " · " + text("state.attempt", lang, n=kept.attempts, of=exercise.attempts)
    return words


def _why(exercise, name, answer, mark, lang):
    if exercise.kind in ("choice", "multi"):
        option = next(option for option in exercise["option"] if option["id"] == name)
        return option.get("why", {}).get(lang)
    if mark:
        return None
    for part in exercise.get("confusion", ()):
        if part["row"] == name and part["option"] == answer.get(name):
            return part["why"][lang]
    return next(row for row in exercise["row"] if row["id"] == name)["why"][lang]


def _solved(exercise, key, marks, whys, lang):
    """Mark what is right, once the solution is shown."""
    if exercise.kind in ("choice", "multi"):
        right = [key["right"]] if exercise.kind == "choice" else key["right"]
        return {**marks, **dict.fromkeys(right, True)}, whys
    if exercise.kind not in ("match", "classify"):
        return marks, whys
    names = {option["id"]: option["text"][lang] for option in exercise["option"]}
    told = {
        row: text("card.right_is", lang, text=names[option])
        for row, option in key["pairs"].items()
        if not marks.get(row)
    }
    return marks, {**whys, **{row: " ".join(filter(None, (whys.get(row), words))) for row, words in told.items()}}


def _feedback(exercise, score, lang, values):
    def line(tone, lead, words, see=None):
        found = {"tone": tone, "lead": text(f"lead.{lead}", lang), "text": words}
        return [found | ({"see": text("card.see", lang, title=see.replace("«", "„").replace("»", "“"))} if see else {})]

    see = exercise.say("see", lang)
    if score.state == "right":
        return line("ok", "right", exercise.say("right", lang, values))
    if score.state == "invalid":
        return line("part", "invalid", text(f"invalid.{score.reason}", lang))
    if score.state == "person":
        return line("ok", "saved", " ".join(_measures(exercise, score.detail, lang) + [text("say.saved", lang)]))
    if score.slip is not None:
        return line("no", "slip", exercise.words(exercise["slip"][score.slip]["why"], lang, values), see)
    if score.state == "partial":
        missing = exercise.kind == "multi" and all(score.marks.values())
        lead = "partial" if score.fraction >= 0.5 else "some"
        return line(
            "part", lead, text("say.multi_missing", lang) if missing else exercise.say("wrong", lang, values), see
        )
    return line("no", "wrong", exercise.say("wrong", lang, values), see)


def _measures(exercise, detail, lang):
    if exercise.kind == "canvas":
        return [text("say.tiles", lang, filled=detail["filled"], of=detail["of"])]
    least, most = exercise["words"]
    if detail["words"] < least:
        return [text("say.short", lang, n=detail["words"], least=least)]
    return [text("say.long", lang, n=detail["words"], most=most)] if detail["words"] > most else []


def _passed(answer, lang):
    if isinstance(answer, dict):
        return text("card.value_table", lang, n=len(answer.get("index", ())))
    return number(answer, lang) if isinstance(answer, (int, float)) else str(answer)[:60]


def _remarks(exercise, answer, lang):
    """Say what is missing and what to ask oneself, once something is written; never a mark for the prose."""
    answer = answer if isinstance(answer, dict) else {}
    titles = {tile["id"]: tile["title"][lang] for tile in exercise["tile"]}
    empty = [title for name, title in titles.items() if not str(answer.get(name) or "").strip()]
    if len(empty) == len(titles):
        return []
    made = []
    if exercise.get("remarks"):
        from course.models import REMARKS

        patterns = section("plan", lang)
        made = [
            {"title": titles.get(one.tile, ""), "text": fill(patterns[one.code], _printed(one.values, titles, lang))}
            for one in REMARKS[exercise["remarks"]](answer, lang).remarks
        ]
    left = (
        [{"title": "", "text": text("say.tiles_empty", lang, titles=", ".join(f"«{title}»" for title in empty))}]
        if empty
        else []
    )
    return made + left


def _printed(values, titles, lang):
    return {name: number(value, lang) if isinstance(value, (int, float)) else titles.get(value, value) if name == "tile"
            else value for name, value in values.items()}
