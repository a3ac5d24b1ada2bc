"""Each student's page about graded work, in the language of the answers.

The spec's ``show`` decides how much is said: "nothing" the total, "saved" the points too,
"right-wrong" also what was right and why the rest was not.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from course import charts, kinds
from course.credit import lines as credit_lines
from course.exercises import Exercise, chapter
from course.files import write_whole
from course.grading import GradingError, results
from course.grading.cells import encode
from course.grading.keyfile import Entry, Key, common, exercise, values
from course.grading.marking.marks import Mark, Marks, rubric
from course.grading.options import journal, marks_parser, private_key
from course.grading.pages import card_sheet, page, paint_sheet, sheet
from course.grading.peer.advice import shown
from course.grading.results import EMPTY, Answer, Decided, Work
from course.kinds import Answered, Explained, Kind, Line, Score, Telling
from course.texts import number, plural, text

# Of an answer that cannot be read, these reasons help whoever gave it.
_TOLD = {"not-a-number", "wrong-index", "wrong-columns", "wrong-shape", "wrong-type"}
_TONES = {"right": "ok", "saved": "ok", "partial": "part", "invalid": "part", "wrong": "no"}


class Pages:
    """Makes the pages of one assignment.

    Parameters
    ----------
    key : Key
    marks : Marks, optional
        What people marked.
    advice : mapping, optional
        What readers of a work wrote to its author, by student id.
    """

    def __init__(
        self,
        key: Key,
        marks: Marks | None = None,
        advice: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self.key, self.marks, self.advice = key, marks, advice or {}
        self.open, self.zone = key["show"] == "right-wrong", ZoneInfo(key["zone"])
        self.style = card_sheet() + paint_sheet() + sheet("feedback.css")
        self.exercises = [exercise(entry) for entry in key["exercises"]]

    def page(self, work: Work) -> str:
        """Return the page of one student; the same work gives the same bytes."""
        lang, cells = work.lang, work.exercises
        silent = self.key["show"] == "nothing"
        answered = any(cell.state != "missing" for cell in cells.values())
        about = list(self._about(work, lang))
        if not answered:
            about.append(text("feedback.nothing", lang))
        points = _points(work.points, work.maximum, lang)
        given = answered or any(each.what == "adjust" for each in work.decided)
        each = zip(self.key["exercises"], self.exercises, strict=True)
        shown = [pair for pair in each if given and pair[0]["ref"] in work.exercises]
        return page(
            "feedback.html",
            lang,
            self.style,
            title=self.key["title"][lang],
            who=[words for words in (work.name, work.group, work.student) if words],
            total="" if silent and work.waiting else text("feedback.total", lang, points=points),
            about=about,
            receipt=work.receipt,
            advice=self.advice.get(work.student, ()),
            cards=[] if silent else [self._card(*each, work, lang) for each in shown],
            credits=credit_lines(self.key.get("credits", ()), lang),
        )

    def _about(self, work: Work, lang: str) -> Iterator[str]:
        """Yield what came of the file, when it was handed in, what is still open."""
        for flag in work.flags:
            told = flag == "late" or flag == "over-time" and work.minutes is not None
            if not told:  # below, with its days or minutes
                words = text(f"grading.flag.{flag}", lang)
                yield f"{words[0].upper()}{words[1:]}."
        if work.late_days and self.key["late"]:
            lost = min(100, work.late_days * self.key["late"]["percent_per_day"])
            yield text("feedback.late", lang, days=work.late_days, percent=number(lost, lang))
        if work.minutes is not None:
            key = "over" if work.over else "minutes"
            yield text(f"feedback.{key}", lang, minutes=work.minutes, over=work.over)
        if work.waiting:
            yield text("feedback.waiting", lang, n=work.waiting)
        for each in work.decided:
            if not each.exercise:
                yield " ".join(filter(None, self._decided(each, work, lang)))
        if saved := self._clock(work.saved):
            yield text("feedback.saved", lang, **_moment(saved))

    def _decided(self, decided: Decided, work: Work, lang: str) -> tuple[str, str]:
        """Return what was decided after the exam, and why, as far as students are to read it."""
        key: str = decided.what
        told = dict[str, str]()
        if decided.what == "adjust":
            answer = work.exercises[decided.exercise]
            told["points"] = _points(answer.points, answer.maximum, lang)
        elif decided.what == "bonus" and decided.points is not None:
            key = "bonus" if decided.points > 0 else "fine"
            told["points"] = number(abs(decided.points), lang)
        elif decided.what == "attempts":
            key = "attempts" if decided.attempts else "no_limit"
            told["attempts"] = str(decided.attempts)
        elif decided.what == "time":
            key = "time" if decided.minutes else "no_clock"
            told["minutes"] = str(decided.minutes)
        elif decided.what == "numbers":
            told["group"] = decided.group
        elif closes := self._clock(decided.closes):
            told = _moment(closes)
        reason = decided.reason.get(lang, "")
        why = text("feedback.decided.why", lang, reason=reason) if reason else ""
        return text(f"feedback.decided.{key}", lang, **told), why

    def _clock(self, saved: str | None) -> datetime | None:
        try:
            return datetime.fromisoformat(saved).astimezone(self.zone) if saved else None
        except (ValueError, OverflowError):  # a day that no calendar has
            return None

    def _card(self, entry: Entry, source: Exercise, work: Work, lang: str) -> dict[str, Any]:
        """Return what the page prints of one exercise."""
        answer, kind = work.exercises[entry["ref"]], source.kind
        if (answer.draw or 0) >= len(entry["keys"]):
            raise _strange(entry["ref"], work)
        key = entry["keys"][answer.draw or 0]
        telling = source.told(lang, values(entry, answer.draw))
        sign, word = self._status(kind, answer.state, lang)
        answered: list[Answered] = []
        explained = Explained()
        if answer.state not in EMPTY:
            score = _score(kind, key, answer)
            if (score.state == "invalid") != (answer.state == "invalid"):
                raise _strange(entry["ref"], work)
            score = replace(score, state=answer.state, slip=answer.slip, marks=answer.marks)
            answered = _answered(telling, kind, answer)
            explained = self._explained(telling, kind, key, score, answer)
        lines = explained.lines
        if self.key["keys_in_feedback"]:
            lead = text("card.model_answer" if kind.by_person else "card.solution", lang)
            lines = (*lines, Line("plain", f"{lead}.", telling.say("solution")))
        notes = [self._decided(d, work, lang) for d in work.decided if d.exercise == entry["ref"]]
        lines = (*(Line("plain", *note) for note in notes), *lines)
        marked = kind.by_person and answer.state not in (*EMPTY, "person", "invalid")
        banks = self.key.get("banks", ())
        given = self._mark(work, entry["ref"])
        return {
            "kind": text(f"kind.{kind.name}", lang),
            "points": _earned(answer, lang),
            "sign": sign,
            "tone": _TONES.get(sign, "plain"),
            "word": word,
            "prompt": telling.say("prompt"),
            "answered": answered,
            "marks": explained.marks,
            "whys": explained.whys,
            "pictures": list(self._pictures(telling, kind, key, answer)),
            "lines": [replace(line, see=_see(source, line.see, lang, banks)) for line in lines],
            "rubric": list(_criteria(entry, given, lang)) if marked else None,
        }

    def _pictures(
        self, telling: Telling, kind: Kind, key: kinds.Key, answer: Answer
    ) -> Iterator[dict[str, str]]:
        """Yield what an answer led to; what it missed and the best as far as the spec tells."""
        if answer.state in (*EMPTY, "invalid") or answer.answer is None:
            return
        turns = set[str]()
        known = key if self.open else None
        for each in kind.pictures(telling, answer.answer, known, self.key["keys_in_feedback"]):
            if not each.turn or each.turn not in turns:
                turns.add(each.turn)
                said = each.figure.sentence
                yield {"svg": charts.svg(each.figure, telling.lang), "said": said}

    def _mark(self, work: Work, ref: str) -> Mark | None:
        answer = work.exercises[ref].answer
        return self.marks.mean(work.student, ref, answer) if self.marks else None

    def unread(self, work: Work) -> int:
        """Count the answers that were marked after the grading: the page calls them open."""
        marks = [
            self._mark(work, ref)
            for ref, answer in work.exercises.items()
            if answer.state == "person" and answer.maximum and not answer.points
        ]
        return sum(bool(mark and mark.points) for mark in marks)

    def _status(self, kind: Kind, state: str, lang: str) -> tuple[str, str]:
        """Return the sign of an answer's state and the word for it."""
        if state in EMPTY:
            return "untouched", text(f"grading.state.{state}", lang)
        if state == "person":
            return "saved", text("grading.state.person", lang)
        if kind.by_person and state != "invalid":
            return "marked", text("feedback.marked", lang)
        if self.open or state == "invalid":
            return state, text(f"grading.state.{state}", lang)
        return "saved", text("state.saved", lang)

    def _explained(
        self, telling: Telling, kind: Kind, key: kinds.Key, score: Score, answer: Answer
    ) -> Explained:
        if score.state == "invalid":
            if score.reason in _TOLD:
                return kind.explain(telling, key, score, answer.answer)
            return Explained(lines=(Line("part", "", text("feedback.invalid", telling.lang)),))
        if kind.by_person or not self.open:
            return Explained()
        if answer.answer is None:  # a table too long to have been kept: no parts to point at
            return Kind.explain(kind, telling, key, score, None)
        explained = kind.explain(telling, key, score, answer.answer)
        return kind.solved(telling, key, explained) if self.key["keys_in_feedback"] else explained


def _strange(ref: str, work: Work) -> GradingError:
    said = "does not fit the key; run course grade again"
    return GradingError(f"the answer to {ref} of {work.student!r} {said}")


def _score(kind: Kind, key: kinds.Key, answer: Answer) -> Score:
    """Return the score with the counts that explain it; of a table not kept what is known."""
    if answer.answer is None:
        fraction = answer.points / (answer.maximum or 1)
        return Score(answer.state, fraction, answer.points, reason=answer.reason)
    return kind.score(key, answer.answer)


def _answered(telling: Telling, kind: Kind, given: Answer) -> list[Answered]:
    """Return the student's own answer in words."""
    answer = given.answer
    if answer is None:
        return [Answered(text("feedback.table", telling.lang))]
    if given.state == "invalid":
        whole = answer if type(answer) is str else json.dumps(answer, ensure_ascii=False)
        return [Answered(whole[:500], typed=True)]
    return kind.answered(telling, answer)


def _moment(time: datetime) -> dict[str, str]:
    return {"date": time.strftime("%d.%m.%Y"), "time": time.strftime("%H:%M")}


def _earned(answer: Answer, lang: str) -> str:
    """Return the points of an answer in words."""
    if not answer.maximum:
        return text("feedback.dropped", lang)
    key = "feedback.up_to" if answer.state == "person" else "feedback.points"
    return _points(answer.points, answer.maximum, lang, key)


def _points(points: float, maximum: float, lang: str, key: str = "feedback.points") -> str:
    form = plural(maximum, lang, text("feedback.of_forms", lang))
    shown = {"points": number(round(points, 2), lang), "maximum": number(round(maximum, 2), lang)}
    return text(key, lang, **shown, form=form)


def _see(source: Exercise, title: str, lang: str, banks: Sequence[str] = ()) -> str:
    """Return where to reread, with the number of the lesson when it is one of the course's."""
    if not title:
        return ""
    home = chapter(source.lesson) if source.lesson not in ("own", *banks) else None
    if home:
        return text("feedback.see_lesson", lang, title=title, n=home.number)
    return text("card.see", lang, title=title)


def _criteria(entry: Entry, given: Mark | None, lang: str) -> Iterator[dict[str, Any]]:
    for criterion in rubric(entry):
        mark = given.criteria.get(criterion["id"]) if given else None
        if mark is None:
            continue
        named = dict(zip(criterion["levels"], criterion["level"], strict=True))
        points, said = "", ""
        if mark.points is not None:
            points = _points(mark.points, criterion["levels"][-1], lang)
            said = named[mark.points]["text"][lang] if mark.points in named else ""
        title = criterion["title"][lang]
        yield {"title": title, "points": points, "level": said, "comments": mark.comments}


def write(folder: Path, out: Path, key: Key, marks: Marks) -> tuple[int, int]:
    """Write every student's page and ``index.csv``.

    Parameters
    ----------
    folder, out : Path
        What `course grade` wrote; the folder for the pages.
    key : Key
    marks : Marks
        What people marked.

    Returns
    -------
    tuple of int
        How many pages; how many answers were marked since they were graded.
    """
    advice = shown(folder) if "peer" in key else {}
    pages, taken, stale = Pages(key, marks, advice), set[str](), 0
    rows = [["student", "name", "group", "file"]]
    out.mkdir(parents=True, exist_ok=True)
    for work in results.read(folder, common(key)):
        name = file_name(key["id"], work.student, taken)
        try:
            html = pages.page(work)
        except GradingError as error:
            raise GradingError(f"{folder}/graded.jsonl: {error}") from None
        write_whole(out / name, html.encode())
        rows.append([work.student, work.name, work.group, name])
        stale += pages.unread(work)
    write_whole(out / "index.csv", encode(rows, ";", "utf-8-sig"))
    return len(rows) - 1, stale


def file_name(assignment: str, student: str, taken: set[str]) -> str:
    """Return a name for a student's page that every system takes and no other student has.

    It is added to `taken`. Neither id, be it from somebody else's key, leads out of the folder.

    Examples
    --------
    >>> file_name("quiz", "101", set()), file_name("quiz", "../Ю", set())
    ('quiz-101.html', 'quiz-___-812a82a3.html')
    >>> file_name("../../pwn", "101", set())
    '____pwn-101-03d2a811.html'
    """
    name = f"{_plain(assignment)[:80]}-{_plain(student)[:60]}"
    again = name.casefold() in taken
    if again or name != f"{assignment}-{student}":
        sign = f"{student}|{len(taken) if again else ''}".encode("utf-8", "replace")
        name += "-" + sha256(sign).hexdigest()[:8]
    taken.add(name.casefold())
    return name + ".html"


def _plain(words: str) -> str:
    return re.sub(r"[^A-Za-z0-9@.-]", "_", words).replace("..", "_")


def _closing(key: Key) -> str | None:
    """Return until when answers of anybody are taken; None without an end."""
    each = [unit["closes"] for unit in key.get("groups", {}).values()]
    ends = [(key["late"]["until"] if key["late"] else None) or key["closes"], *each]
    return max((end for end in ends if end), default=None) if all(ends) else None


def main(words: Sequence[str]) -> int:
    """Run ``course feedback``; return 0, or 2 when nothing could be written."""
    parser = marks_parser("course feedback", "Write each student's page and index.csv.")
    said = "the folder to write into (GRADES/feedback)"
    parser.add_argument("--out", type=Path, metavar="FOLDER", help=said)
    options = parser.parse_args(words)
    out = options.out or options.grades / "feedback"
    key = private_key(options.grades, options.key)
    marks = Marks(journal(options.grades, options.marks), key).refresh()
    count, stale = write(options.grades, out, key, marks)
    print(f"{count} pages and index.csv written to {out}")
    closing = _closing(key)
    opened = closing and datetime.now(UTC) < datetime.fromisoformat(closing)
    if key["show"] == "right-wrong" and opened:
        said = "these pages tell what is right; give them out after that"
        print(f"note: answers are taken until {closing} and {said}")
    if stale:
        said = "run course grade again, then course feedback"
        print(f"answers marked after the grading: {stale}; {said}")
    return 0
