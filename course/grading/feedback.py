"""Each student's page about graded work: one HTML file that needs nothing else, in the language of the answers.

What a student typed is only ever text here, and the page runs no script. The spec's ``show`` decides how much is said:
"nothing" the total, "saved" the points too, "right-wrong" also what was right and why the rest was not. The same grades
make the same bytes.
"""

import json
import re
import sys
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from html import escape
from pathlib import Path
from zoneinfo import ZoneInfo

from course import kinds
from course.exercises import Exercise, chapter
from course.files import write_whole
from course.grading.exports import sentence
from course.grading.exports import write as table
from course.grading.marks import DAMAGED, arguments, graded, keys, look, read_marks, rubric
from course.texts import number, plural, text

POLICY = "default-src 'none'; style-src 'unsafe-inline'"  # a page runs and fetches nothing
_BROKEN = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_ICONS = {
    "right": "M4 9.5l3.5 3.5L14 5.5",
    "wrong": "M5 5l8 8M13 5l-8 8",
    "partial": "M4 9h10",
    "invalid": "M9 4v6M9 13.5v.01",
    "saved": "M4 3h8l2 2v10H4zM6 3v4h5V3M6 15v-5h6v5",
    "marked": "M4 14l1-3 7-7 2 2-7 7z",
    "shown": "M9 3a5 5 0 0 1 2 9v2H7v-2a5 5 0 0 1 2-9zM7.5 16h3",
    "untouched": "M9 3a6 6 0 1 0 .01 0z",
}
_TONES = {"right": "ok", "saved": "ok", "partial": "part", "invalid": "part", "wrong": "no"}


def esc(words):
    """Return a text for HTML; control characters and halves of characters, which no page may hold, become U+FFFD.

    >>> esc('<b>\\0"')
    '&lt;b&gt;\ufffd&quot;'
    """
    return escape(_BROKEN.sub("\ufffd", str(words)))


def rich(words):
    """Return an author's text as HTML: bold, code and new lines are kept, everything else is text.

    >>> rich("**a** `b` <i>")
    '<b>a</b> <code>b</code> &lt;i&gt;'
    """
    bold = re.sub(r"\*\*([^*]+)\*\*", r"<b>\1</b>", esc(words).replace("\n", "<br>"))
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", bold)


@cache
def _word(key, lang):
    return esc(text(key, lang))


@cache
def icon(name):
    """Return the sign of a state as SVG, drawn in the colour of the text around it."""
    return f'<svg class="rm-icon" viewBox="0 0 18 18" aria-hidden="true"><path d="{_ICONS[name]}"/></svg>'


def _typed(words):
    """What somebody wrote, in a block of its own, so that its direction of writing ends where it ends."""
    return f'<div class="typed" dir="auto">{esc(words)}</div>'


def say(tone, words, lead=""):
    """Return a line of feedback; `words` and `lead` are HTML, `tone` is "ok", "part", "no" or "plain"."""
    sign = icon({"ok": "right", "no": "wrong", "part": "partial"}.get(tone, "shown"))
    return f'<div class="rm-say rm-{tone}">{sign}<span>{f"<strong>{lead}</strong> " * bool(lead)}{words}</span></div>'


class Pages:
    """Makes the pages of one assignment.

    Parameters
    ----------
    key : dict
        Its private key.
    marks : dict, optional
        As from ``course.grading.marks.read_marks``.
    """

    def __init__(self, key, marks=None):
        self.key, self.marks, self._memo = key, marks or {}, {}
        self.style = look() + Path(__file__).with_suffix(".css").read_text("utf-8")
        self.told, self.zone = key["show"] == "right-wrong", ZoneInfo(key["zone"])

    def page(self, one):
        """Return the page of one line of ``graded.jsonl``."""
        lang, key, exercises = one["lang"], self.key, one["exercises"]
        waiting = sum(found["state"] == "person" for found in exercises.values())
        total = text("feedback.total", lang, points=self._points(one["points"], one["maximum"], lang))
        about = [f'<p class="total">{esc(total)}</p>'] * (key["show"] != "nothing" or not waiting)
        about += [f"<p>{esc(line)}</p>" for line in self._about(one, waiting, lang)]
        answered = any(found["state"] != "missing" for found in exercises.values())
        about += [f"<p>{_word('feedback.nothing', lang)}</p>"] * (not answered)
        if one["receipt"]:
            about.append(f'<p>{_word("feedback.receipt", lang)} <span class="code">{esc(one["receipt"])}</span></p>')
        cards = (
            [self._card(place, entry, exercises[entry["ref"]], one) for place, entry in enumerate(key["exercises"], 1)]
            if answered and key["show"] != "nothing"
            else ()
        )
        who = " · ".join(f"<bdi>{esc(one[field])}</bdi>" for field in ("name", "group", "student") if one[field])
        title = esc(key["title"][lang])
        return (
            f'<!doctype html>\n<html lang="{lang}"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
            f"<title>{title}</title><style>{self.style}</style></head>\n"
            f'<body><main><h1>{title}</h1><p class="who">{who}</p>\n'
            f'<section class="rm-card sum" aria-label="{_word("feedback.summary", lang)}">{"".join(about)}</section>\n'
            + "\n".join(cards)
            + "\n</main></body></html>\n"
        )

    def _about(self, one, waiting, lang):
        """The sentences on top: what came of the file, when it was handed in, what is still open."""
        for flag in one["flags"]:
            if flag != "late":
                yield text(f"grading.flag.{flag}", lang) + "."
        if one["late_days"]:
            lost = min(100, one["late_days"] * self.key["late"]["percent_per_day"])
            yield text("feedback.late", lang, days=one["late_days"], percent=number(lost, lang))
        if waiting:
            yield text("feedback.waiting", lang, n=waiting)
        try:
            saved = one["saved"] and datetime.fromisoformat(one["saved"]).astimezone(self.zone)
        except (ValueError, OverflowError):  # a day that no calendar has
            saved = None
        if saved:
            yield text("feedback.saved", lang, date=saved.strftime("%d.%m.%Y"), time=saved.strftime("%H:%M"))

    def _points(self, points, maximum, lang, key="feedback.points"):
        form = plural(maximum, lang, text("feedback.of_forms", lang))
        points, maximum = (number(round(one, 2), lang) for one in (points, maximum))
        return text(key, lang, points=points, maximum=maximum, form=form)

    def _said(self, entry, pair, lang, variant):
        """A text of an exercise with this student's numbers."""
        if (found := self._memo.get((id(pair), lang, variant))) is None:
            values = (
                entry["draws"][variant] | {"answer": entry["keys"][variant]["value"]} if variant is not None else None
            )
            words = Exercise(entry["lesson"], entry["raw"]).words(pair, lang, values)
            found = self._memo[id(pair), lang, variant] = rich(words)
        return found

    def _card(self, place, entry, found, one):
        lang, raw, kind, state = one["lang"], entry["raw"], entry["kind"], found["state"]
        variant, by_person, empty = found["draw"], kind in kinds.by_person(), state in ("missing", "unattempted")
        word, status = (
            text(f"grading.state.{state}", lang),
            "untouched" if empty else "saved" if state == "person" else state,
        )
        if not empty and state not in ("person", "invalid") and (by_person or not self.told):
            status = "marked" if by_person else "saved"
            word = text("feedback.marked" if by_person else "state.saved", lang)
        points = self._points(
            found["points"], found["maximum"], lang, "feedback.up_to" if state == "person" else "feedback.points"
        )
        body = (
            []
            if empty
            else [f'<p class="label">{_word("feedback.own", lang)}</p>', self._answer(entry, found, lang, variant)]
        )
        if by_person and state not in ("person", "invalid") and not empty:
            body.append(self._rubric(entry, self.marks.get((one["student"], entry["ref"])), lang))
        elif state == "invalid":
            shown = found.get("reason") in ("not-a-number", "wrong-index", "wrong-columns", "wrong-shape", "wrong-type")
            body.append(say("part", _word(f"invalid.{found['reason']}" if shown else "feedback.invalid", lang)))
        elif self.told and not by_person and not empty:
            body.append(self._reason(entry, found, lang, variant))
        if self.key["keys_in_feedback"]:
            body.append(self._solution(entry, lang, variant))
        return (
            f'<section class="rm-card" aria-labelledby="e{place}"><div class="rm-head">'
            f"<span>{place}. {_word(f'kind.{kind}', lang)} · {esc(points)}</span>"
            f'<span class="rm-state rm-{_TONES.get(status, "plain")}">{icon(status)}'
            f"<span>{esc(word)}</span></span></div>"
            f'<h2 class="rm-prompt" id="e{place}">{self._said(entry, raw["prompt"], lang, variant)}</h2>'
            f"{''.join(body)}</section>"
        )

    def _answer(self, entry, found, lang, variant):
        """The student's own answer in words; with the reasons against what was chosen, if they may be told."""
        kind, raw, answer, marks = entry["kind"], entry["raw"], found["answer"], found["marks"] if self.told else {}
        if found["state"] == "invalid" or answer is None or kind in ("text", "numeric"):
            unit = f" {raw['unit'][lang]}" if kind == "numeric" and raw.get("unit") else ""
            whole = answer if type(answer) is str else json.dumps(answer, ensure_ascii=False)
            whole = text("feedback.table", lang) if answer is None else whole
            return _typed(whole + unit if found["state"] != "invalid" else whole[:500])
        if kind == "value":
            return _typed(text("card.value_table", lang, n=len(answer["index"])) if type(answer) is dict
                          else number(round(answer, raw["digits"] + 2), lang))
        if kind == "canvas":
            return "".join(f'<p class="label">{esc(tile["title"][lang])}</p>{_typed(answer[tile["id"]])}'
                           for tile in raw["tile"] if (answer.get(tile["id"]) or "").strip())
        if kind in ("match", "classify"):
            options = {option["id"]: option["text"][lang] for option in raw["option"]}
            sharper = {(one["row"], one["option"]): one["why"] for one in raw.get("confusion", ())}
            lines = []
            for row in raw["row"]:
                chosen, mark = answer.get(row["id"]), marks.get(row["id"])
                put = rich(options[chosen]) if chosen else _word("feedback.none", lang)
                why = sharper.get((row["id"], chosen), row.get("why")) if mark is False else None
                lines.append((f"{rich(row['text'][lang])} → <b>{put}</b>", mark, why))
        else:
            parts = {part["id"]: part for part in raw["item" if kind == "order" else "option"]}
            lines = []
            for place, name in enumerate([answer] if kind == "choice" else answer, 1):
                words = self._said(entry, parts[name]["text"], lang, None)
                lead = f'<span class="n">{place}.</span> ' if kind == "order" else ""
                mark = marks.get(name) or (None if kind == "order" else marks.get(name))
                lines.append((lead + words, mark, parts[name].get("why")))
        return '<ul class="own">' + "".join(self._line(*line, lang) for line in lines) + "</ul>"

    def _line(self, words, mark, why, lang):
        told = _word("card.mark_right" if mark else "card.mark_wrong", lang)
        word = "" if mark is None else f'<span class="rm-hidden">{told}: </span>'
        lead = f"<b>{_word('card.why_not', lang)}</b> " if mark is False else ""
        reason = f'<span class="rm-why">{lead}{rich(why[lang])}</span>' if why and self.told else ""
        cls = "" if mark is None else ' class="rm-good"' if mark else ' class="rm-bad"'
        sign = icon("untouched" if mark is None else "right" if mark else "wrong")
        return f"<li{cls}>{sign}<span>{word}{words}</span>{reason}</li>"

    def _reason(self, entry, found, lang, variant):
        """Why it is right or not, and where to read it again."""
        raw, state, lead = entry["raw"], found["state"], ""
        if state == "right":
            return say("ok", self._said(entry, raw["right"], lang, variant))
        words = self._said(entry, raw["wrong"], lang, variant)
        if found["slip"] is not None:
            words, lead = self._said(entry, raw["slip"][found["slip"]]["why"], lang, variant), _word("lead.slip", lang)
        elif entry["kind"] == "multi" and all(found["marks"].values()):
            words = _word("say.multi_missing", lang)
        if raw.get("see"):
            home = entry["lesson"] != "own" and chapter(entry["lesson"])
            see = text(
                "feedback.see_lesson" if home else "card.see", lang, title=raw["see"][lang], n=home and home.number
            )
            words += f' <span class="rm-see">{esc(see)}</span>'
        return say("part" if state == "partial" else "no", words, lead)

    def _rubric(self, entry, marks, lang):
        lines = []
        for one in rubric(entry):
            given = (marks or {"criteria": {}})["criteria"].get(one["id"], {"points": None, "comments": []})
            if given["points"] is not None:
                level = dict(zip(one["levels"], one["level"], strict=True)).get(given["points"])
                said = f" – {esc(level['text'][lang])}" if level else ""
                points = self._points(given["points"], one["levels"][-1], lang)
                lines.append(f"<p><b>{esc(one['title'][lang])}:</b> {esc(points)}{said}</p>")
            lines += [
                f'<p class="label">{_word("feedback.comment", lang)}</p>{_typed(one)}' for one in given["comments"]
            ]
        return f'<div class="rubric">{"".join(lines)}</div>'

    def _solution(self, entry, lang, variant):
        lead = text("card.model_answer" if entry["kind"] in kinds.by_person() else "card.solution", lang)
        return say("plain", self._said(entry, entry["raw"]["solution"], lang, variant), esc(lead) + ".")


def write(grades, out, key, marks=None):
    """Write every student's page and ``index.csv`` into `out`.

    Parameters
    ----------
    grades, out : path-like
        What `course grade` wrote; the folder for the pages.
    key : dict
        The private key.
    marks : dict, optional
        As from ``course.grading.marks.read_marks``.

    Returns
    -------
    tuple of int
        How many pages; how many answers were marked since they were graded.
    """

    pages, out, taken, stale = Pages(key, marks), Path(out), set(), 0
    rows = [["student", "name", "group", "file"]]
    out.mkdir(parents=True, exist_ok=True)
    for one in graded(grades, [entry["ref"] for entry in key["exercises"]]):
        name = file_name(key["id"], one["student"], taken)
        try:
            made = pages.page(one)
        except DAMAGED:
            raise ValueError(f"{grades}/graded.jsonl: the answers of {one['student']!r} do not fit the key; "
                             "run course grade again") from None
        write_whole(out / name, made.encode("utf-8", "replace"))
        rows.append([one["student"], one["name"], one["group"], name])
        stale += sum(
            found["state"] == "person"
            and not found["points"]
            and pages.marks.get((one["student"], ref), {}).get("points", 0) > 0
            for ref, found in one["exercises"].items()
        )
    write_whole(out / "index.csv", table(rows, ";", "utf-8-sig"))
    return len(rows) - 1, stale


def file_name(assignment, student, taken):
    """Return a name for a student's page that every system takes and no other student has; adds it to `taken`.

    >>> file_name("quiz", "101", set()), file_name("quiz", "../Ю", set())
    ('quiz-101.html', 'quiz-___-812a82a3.html')
    """
    plain = re.sub(r"[^A-Za-z0-9@.-]", "_", student).replace("..", "_")[:60]
    name = f"{assignment}-{plain}"
    if plain != student or name.casefold() in taken:
        name += (
            "-"
            + sha256(
                f"{student}|{len(taken) if name.casefold() in taken else ''}".encode("utf-8", "replace")
            ).hexdigest()[:8]
        )
    taken.add(name.casefold())
    return name + ".html"


def main(argv):
    """Run ``course feedback``; return 0, or 2 when nothing could be written."""
    parser = arguments("course feedback", "Write each student's page and index.csv.")
    parser.add_argument("--out", type=Path, help="the folder for the pages (GRADES/feedback)")
    options = parser.parse_args(argv)
    out = options.out or options.grades / "feedback"
    try:
        key, path = keys(options)
        count, stale = write(options.grades, out, key, read_marks(path, key))
    except (ValueError, OSError) as error:
        print(sentence(error), file=sys.stderr)
        return 2
    print(f"{count} pages and index.csv written to {out}")
    closing = (key["late"] or {}).get("until") or key["closes"]
    if key["show"] == "right-wrong" and closing and datetime.now(UTC) < datetime.fromisoformat(closing):
        print(f"note: answers are taken until {closing} and these pages tell what is right; give them out after that")
    if stale:
        print(f"answers marked after the grading: {stale}; run course grade again, then course feedback")
    return 0
