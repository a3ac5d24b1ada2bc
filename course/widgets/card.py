"""What an exercise card shows: its fixed parts, and its state after each act. Pure, no comm."""

import re
from collections.abc import Iterable
from typing import Any

from course import attempt
from course.answers import Kept
from course.attempt import May, Now, Result, Rules
from course.exercises import Exercise, Values, with_answer
from course.figures import Figure
from course.kinds import Explained, Key, Line, Picture, Score
from course.texts import number, plural, text

State = dict[str, Any]
# What was typed, by whether a person reads it: after an answer, before any.
_CHANGED = {True: ("draft", "draft"), False: ("changed", "first")}


def meta(exercise: Exercise, lang: str) -> str:
    """Return the small line on top of a card.

    Examples
    --------
    >>> meta(Exercise("levels", {"kind": "order", "points": 2}), "uk")
    'Порядок · 2 бали'
    >>> meta(Exercise("review", {"kind": "text", "points": 0}), "uk")  # nobody marks it
    'Ваш текст'
    """
    if not exercise.points:
        return text(f"kind.{exercise.kind.name}", lang)
    forms = text("card.point_forms", lang)
    points = f"{number(exercise.points, lang)} {plural(exercise.points, lang, forms)}"
    words = [text(f"kind.{exercise.kind.name}", lang), points]
    return " · ".join(words + [text("card.person", lang)] * exercise.kind.by_person)


def spec(exercise: Exercise, lang: str, main: str | None = None) -> State:
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
    kind = exercise.kind
    changed, first = ("unsaved", "fresh") if main == "save" else _CHANGED[kind.by_person]
    return {
        "view": "card",
        "id": exercise.id,
        "kind": kind.name,
        "lang": lang,
        "meta": meta(exercise, lang),
        "main": main or ("save" if kind.by_person else "check"),
        "drawn": exercise.renewed,
        **{flag: True for flag in ("by_person", "computed") if getattr(kind, flag)},
        "states": {
            "changed": text(f"state.{changed}", lang),
            "first": text(f"state.{first}", lang),
        },
        **{part.name: list(part.entries) for part in exercise.parts(lang)},
        **kind.controls(exercise.raw, lang),
    }


def now(kept: Kept, score: Score | None, best: Result) -> Now:
    """Return where a learner stands with an exercise."""
    return Now(
        answered=kept.answer is not None,
        changed=kept.draft is not None,
        attempts=kept.attempts,
        hints=kept.hints,
        shown=kept.shown,
        state=score.state if score else "unattempted",
        succeeded=best.fraction == 1,
        done=best.done,
    )


def state(
    exercise: Exercise,
    kept: Kept,
    score: Score | None,
    best: Result,
    key: Key,
    lang: str,
    values: Values | None = None,
    error: str | None = None,
    guessed: Any = None,
) -> State:
    """Return what a card shows now.

    Parameters
    ----------
    exercise : course.exercises.Exercise
    kept : course.answers.Kept
        What the journal holds of it.
    score : course.kinds.Score or None
        Of ``kept.answer``; ``None`` when there is none.
    best : course.attempt.Result
        What counts of all answers.
    key : dict
        Marks the answer; nothing of it is told before the solution may be.
    lang : {"uk", "ru"}
    values : dict, optional
        Drawn parameters.
    error : str, optional
        Why the last act was not saved.
    guessed : object, optional
        What the learner answered before the theory.

    Returns
    -------
    dict
    """
    kind, telling = exercise.kind, exercise.told(lang, values)
    rules, stands = attempt.rules(exercise), now(kept, score, best)
    allowed, status = attempt.may(rules, stands), attempt.status(rules, stands)
    shown = _shown(exercise, kept, allowed, status, lang, values, error)
    shown["head"] = _head(exercise, score, rules, stands, lang)
    explained, lines = Explained(), list[Line]()
    if guessed is not None:
        answered = kind.answered(telling, guessed)
        words = "; ".join(f"{line.label} {line.text}".strip() for line in answered)
        lines.append(Line("plain", "", text("card.guessed", lang, words=words.rstrip("."))))
    for n, hint in enumerate(exercise.get("hint", ())[: kept.hints], 1):
        lead, fold = text("card.hint_n", lang, n=n) + ".", kept.shown or n < kept.hints
        lines.append(Line("plain", lead, telling.words(hint), fold=fold))
    if score is not None and not stands.changed:
        explained = kind.explain(telling, key, score, kept.answer)
        lines += explained.lines
        if score.fraction < best.fraction < 1:
            percent = number(100 * best.fraction, lang, 0)
            lines.append(Line("note", "", text("say.best", lang, percent=percent)))
    if score is not None and score.state == "person" and exercise.get("idea"):
        shown["ideas"] = [idea[lang] for idea in exercise["idea"]]
    if stands.state == "person" and not (allowed.solution or kept.shown or stands.changed):
        lines.append(Line("note", "", text("say.sample_waits", lang)))
    if kept.shown:
        explained = kind.solved(telling, key, explained)
        answer = with_answer(values or {}, key)
        lead = "model_answer" if kind.by_person else "solution"
        solution = exercise.say("solution", lang, answer) or ""
        solution, shown["samples"] = kind.samples(exercise.raw, solution, lang)
        lines.append(Line("plain", text(f"card.{lead}", lang) + ".", solution))
    if not allowed.answer:
        button = text("card.other_numbers" if exercise.renewed else "card.reset", lang)
        words = text("say.again" if kept.shown else "say.last", lang, button=button)
        lines.append(Line("note", "", words))
    if score is not None:
        solved = kept.shown or score.state == "right"
        seen = kind.pictures(telling, kept.answer, key if solved else None, solved)
        shown |= _pictures(seen, lang)
    shown["complete"] = _complete(exercise, score)
    if kind.marked:
        shown["marks"], shown["whys"] = dict(explained.marks), dict(explained.whys)
    shown["feedback"] = _told(exercise, kept, lines, lang)
    return shown


def graded(
    exercise: Exercise,
    kept: Kept,
    lang: str,
    values: Values | None = None,
    error: str | None = None,
    note: str | None = None,
) -> State:
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
    rules, stands = attempt.rules(exercise, graded=True), now(kept, None, Result())
    allowed, status = attempt.may(rules, stands), attempt.status(rules, stands)
    if note:
        allowed = May(answer=False, hint=False, solution=False, reset=False)
    shown = _shown(exercise, kept, allowed, status, lang, values, error)
    unsaved = "unsaved" if stands.answered else "fresh"
    shown["head"] = text(f"state.{unsaved if stands.changed else status}", lang)
    if kept.answer is not None and exercise.attempts:
        shown["head"] += " · " + text("state.attempt", lang, n=kept.attempts, of=exercise.attempts)
    lines = [Line("plain", "", note)] if note else []
    kind = exercise.kind
    if kind.by_person and status == "saved":
        judged = kind.score(kind.open_key(exercise.raw), kept.answer)
        shown["complete"] = _complete(exercise, judged)
        if not shown["complete"]:
            shown["head"] += " · " + kind.meter(judged, lang)
    open_rows = kind.unfilled(exercise.raw, kept.answer) if status == "saved" else []
    shown["open"] = open_rows
    if open_rows:
        lines.append(Line("plain", "", text("say.rows_open", lang, n=len(open_rows))))
    if kept.answer is not None and not note:
        seen = kind.pictures(exercise.told(lang, values), kept.answer, None, False)
        shown |= _pictures(seen, lang)
    if not allowed.answer and not note:
        key = "say.unsaved_last" if stands.changed else "say.graded_last"
        lines.append(Line("plain", "", text(key, lang)))
    shown["feedback"] = _told(exercise, kept, lines, lang)
    if exercise.drawn and not values:  # nobody's numbers yet
        shown["prompt"] = re.sub(r"\{[a-z_]\w*\}", "…", shown["prompt"])
    if status != "saved":
        shown["time"] = None  # a draft that is kept is not what the student saved
    return shown


def place(name: str, meta: str, lang: str) -> State:
    """Return the parts of a card in which no exercise stands yet."""
    # Computed: there is nothing to be checked.
    parts = {"view": "card", "id": name, "kind": "place", "lang": lang, "meta": meta}
    states = {"changed": "", "first": ""}
    return {**parts, "main": "save", "drawn": False, "computed": True, "states": states}


def nobody(prompt: str, lang: str) -> State:
    """Return the state of a card in which no exercise stands yet."""
    can = dict.fromkeys(("left", "can_check", "can_hint", "can_solve", "can_reset"), False)
    head = text("state.untouched", lang)
    return {"prompt": prompt, "answer": None, "status": "untouched", "head": head, **can} | {
        "feedback": [],
        "time": None,
        "error": None,
        "marks": {},
        "whys": {},
    }


def guess(
    exercise: Exercise,
    answer: Any,
    time: str | None,
    lang: str,
    values: Values,
    error: str | None = None,
) -> State:
    """Return what a card shows that asks before the theory: kept or not, never right or wrong."""
    kept = Kept(answer=answer, time=time)
    allowed = May(answer=True, hint=False, solution=False, reset=False)
    status = "untouched" if answer is None else "saved"
    shown = _shown(exercise, kept, allowed, status, lang, values, error)
    shown["head"], shown["feedback"] = text(f"state.{status}", lang), []
    if answer is not None:
        line = Line("plain", "", text("card.guess_kept", lang))
        shown["feedback"] = _told(exercise, kept, [line], lang)
    return shown


def unsaved(shown: State, reason: str, lang: str) -> State:
    """Return a state whose answer is not on the disk: it says so and can be saved again."""
    head, again = text("state.unwritten", lang), {"can_check": True, "time": None}
    return shown | {"status": "changed", "head": head, "error": reason} | again


def lost(
    shown: State,
    reason: str,
    exercise: Exercise,
    earlier: Any,
    best: Result | None,
    lang: str,
) -> State:
    """Return a state whose cell, run last, handed no answer over: no verdict of an earlier one.

    Parameters
    ----------
    shown : dict
        The state without any answer.
    reason : str
        Why there is none.
    exercise : course.exercises.Exercise
    earlier : object
        The answer that is kept; ``None`` when there is none.
    best : course.attempt.Result or None
        What counts of all answers; ``None`` where nothing is marked yet.
    lang : {"uk", "ru"}
    """
    feedback = list(shown["feedback"])
    if earlier is not None:
        value = exercise.kind.passed(earlier, lang)
        words = text("say.earlier_kept", lang, value=value)
        if best:
            percent = number(100 * best.fraction, lang, 0)
            words = text("say.earlier", lang, value=value, percent=percent)
        feedback.append({"tone": "note", "lead": "", "text": words})
    head, calm = text("state.lost", lang), {"calm": True, "time": None}
    return shown | {"status": "invalid", "head": head, "error": reason, "feedback": feedback} | calm


def _shown(
    exercise: Exercise,
    kept: Kept,
    allowed: May,
    status: str,
    lang: str,
    values: Values | None,
    error: str | None,
) -> State:
    """Return what every card has, graded or not."""
    remarks = exercise.kind.remarks(exercise.raw, kept.written, lang, _open_questions)
    live: State = {}
    if values or not exercise.drawn:
        live = dict(exercise.kind.live(exercise.told(lang, values), kept.written))
    for name, value in live.items():
        if isinstance(value, Figure):
            live[name] = _drawn(value, lang)
    return (
        live
        | {
            "prompt": exercise.say("prompt", lang, values),
            "answer": kept.written,
            "status": status,
            "fresh": kept.answer is None,
            "left": allowed.answer,
            "can_check": allowed.answer and status != "right",
            "can_hint": allowed.hint,
            "can_solve": allowed.solution,
            "can_reset": allowed.reset,
            "time": kept.time,
            "error": error,
            "marks": {},
            "whys": {},
        }
        | ({"remarks": remarks} if remarks else {})
    )


def _drawn(figure: Figure, lang: str) -> State:
    from course import charts

    return {"svg": charts.svg(figure, lang), "label": figure.sentence}


def _pictures(pictures: Iterable[Picture], lang: str) -> State:
    """Return what a card shows of what an answer leads to."""
    shown = [_drawn(each.figure, lang) | {"turn": each.turn} for each in pictures]
    return {"pictures": shown} if shown else {}


def _told(exercise: Exercise, kept: Kept, lines: Iterable[Line], lang: str) -> list[State]:
    """Return lines of feedback as the browser gets them; a computed value is on top."""
    feedback: list[State] = [
        {"tone": line.tone, "lead": line.lead, "text": line.text}
        | ({"see": line.see} if line.see else {})
        | ({"fold": True} if line.fold else {})
        for line in lines
    ]
    if exercise.kind.computed and kept.written is not None:
        value = text("card.value_last", lang, value=exercise.kind.passed(kept.written, lang))
        feedback.insert(0, {"tone": "plain", "sign": "saved", "lead": "", "text": value})
    return feedback


def _complete(exercise: Exercise, score: Score | None) -> bool:
    """Tell whether nothing is missing of written work, as far as software sees."""
    return score is None or score.state != "person" or exercise.kind.complete(score)


def _head(exercise: Exercise, score: Score | None, rules: Rules, stands: Now, lang: str) -> str:
    """Return the words of the state, with the attempt's number while attempts are counted."""
    status = attempt.status(rules, stands)
    if status == "changed":
        words = text(f"state.{_CHANGED[rules.by_person][not stands.answered]}", lang)
    elif status == "partial" and score:
        words = exercise.kind.meter(score, lang)
    else:
        words = text(f"state.{status}", lang)
    if score and status == "saved" and not _complete(exercise, score):
        words += " · " + exercise.kind.meter(score, lang)
    if stands.succeeded and status not in ("right", "saved"):
        words += " · " + text("state.counted", lang)
    elif status in ("partial", "wrong") and rules.limit:
        words += " · " + text("state.attempt", lang, n=stands.attempts, of=rules.limit)
    return words


def _open_questions(name: str, answer: object, lang: str) -> Any:
    from course.models import REMARKS

    return REMARKS[name](answer, lang).remarks
