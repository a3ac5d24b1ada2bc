"""``course peer``: deal works out to students who mark them, and take their marks in."""

import sys
from argparse import ArgumentParser, Namespace
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from course.grading import gradebook
from course.grading.options import add_grades, add_marks, journal, private_key
from course.grading.peer.advice import TABLE, Comment
from course.grading.peer.collect import REVIEWERS, WORKS, Collected, collect
from course.grading.peer.dealing import PLANS
from course.grading.peer.packets import FOLDER, distribute

_WHAT = "Students mark each other's written answers; the spec says which, in [peer]."
# Why a reviewer is not heard.
_UNHEARD = {
    "nothing": "handed no review in",
    "file": "nobody can tell whose or of which works these marks are; ask for the file again",
    "samples": "left rows open, so that there is nothing to weigh the marks by",
    "weight": "marks too far from yours on the samples",
}
# Why a work goes to the lecturer.
_YOURS = {
    "reviews": "too few reviewers to rely on",
    "spread": "the reviewers are too far apart",
    "late": "came after the works were dealt out",
    "text": "another work was handed in after the deal",
}


def main(words: Sequence[str]) -> int:
    """Run ``course peer``; return 0, or 2 when it cannot be done."""
    parser = ArgumentParser("course peer", description=_WHAT, allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", metavar="command", required=True)
    what = "write a packet for each student: works to mark, without names"
    deal = commands.add_parser("distribute", help=what, description=what, allow_abbrev=False)
    what = "take returned reviews in: weights, marks, and what is left to you"
    take = commands.add_parser("collect", help=what, description=what, allow_abbrev=False)
    said = "a folder, or Moodle's zip, of the files that reviewers handed in"
    take.add_argument("reviews", type=Path, metavar="REVIEWS", help=said)
    for command in (deal, take):
        add_grades(command)
    said = "hide these words too in what students read; may be given again and again"
    deal.add_argument("--hide", action="append", default=[], metavar="WORDS", help=said)
    add_marks(take)
    said = "the author is not to read this comment of peer/comments.csv; may be given again"
    take.add_argument("--strike", action="append", default=[], metavar="ID", help=said)
    said = "the author is to read it after all"
    take.add_argument("--restore", action="append", default=[], metavar="ID", help=said)
    said = "no author reads any comment"
    take.add_argument("--no-comments", action="store_true", help=said)
    options = parser.parse_args(words)
    lines = _distribute(options) if options.command == "distribute" else _collect(options)
    for line in lines:
        print(line)
    return 0


def _distribute(options: Namespace) -> Iterator[str]:
    dealt = distribute(options.grades, private_key(options.grades, options.key), options.hide)
    yield f"{dealt.packets} packets; each work is read by {dealt.readers}"
    if dealt.readers < PLANS:
        yield f"there are too few works for {PLANS} readers each"
    yield from dealt.notes
    yield f"give out: {options.grades / FOLDER}/packets, to each his own; packets.csv says whose"
    yield f"keep:     {options.grades / FOLDER}/private (who reads whose; never give it to anybody)"


def _collect(options: Namespace) -> Iterator[str]:
    key = private_key(options.grades, options.key)
    marks = options.marks or journal(options.grades, None)
    bar = gradebook.bar(sys.stderr)
    made = collect(
        options.reviews,
        options.grades,
        key,
        marks,
        bar,
        strike=options.strike,
        restore=options.restore,
        comments=not options.no_comments,
    )
    heard = [each for each in made.reviewers if not each.why]
    settled = [each for each in made.verdicts if not each.why]
    handed = sum("no-submission" not in each.flags for each in made.reviewers)
    yield f"{handed} of {len(made.reviewers)} reviews came, {len(heard)} count"
    yield f"{len(settled)} of {len(made.verdicts)} works are marked by students"
    yield from _reasons(made)
    yield from _said(made.comments, options.grades)
    yield f"written: {options.grades / REVIEWERS}, {options.grades / WORKS}"
    yield f"         {marks} ({made.changed} marks changed)"
    if len(settled) < len(made.verdicts):
        yield f"next:    course mark {options.grades} --open, then course grade again"
    else:
        yield "next:    course grade again"


def _said(comments: Sequence[Comment], grades: Path) -> Iterator[str]:
    """Yield how many comments go to their authors, and which may name somebody."""
    if not comments:
        return
    shown = sum(each.shown == "yes" for each in comments)
    yield f"{shown} of {len(comments)} comments go to their authors; look: {grades / TABLE}"
    for each in comments:
        if each.doubts and each.shown == "yes":
            words = ", ".join(repr(_shown(word)) for word in each.doubts)
            yield f"comment {each.id} may name somebody: {words}; if so, --strike {each.id}"


def _reasons(made: Collected) -> Iterator[str]:
    """Yield who is not heard and which works are left, by the reason."""
    groups = defaultdict[str, list[str]](list)
    for reviewer in made.reviewers:
        student, flags = reviewer.student, " ".join(reviewer.flags)
        if reviewer.why == "file":
            student = f"{student} ({flags}: {_shown(reviewer.source)})"
        if reviewer.why:
            groups[f"not heard, {_UNHEARD[reviewer.why]}"].append(student)
        elif "late" in reviewer.flags:
            groups["came late and count"].append(student)
        if "torn-lines" in reviewer.flags:
            groups["damaged, only whole lines were read; ask for the file again"].append(student)
    for verdict in made.verdicts:
        if verdict.why:
            groups[f"yours to mark, {_YOURS[verdict.why]}"].append(verdict.student)
    for reason, students in groups.items():
        yield f"{reason}: {', '.join(students)}"
    problems = made.run["problems"]
    for name, flag in problems if isinstance(problems, list) else ():
        said = "one file of this student counts; look at both"
        if flag != "duplicate":
            said = "not read; ask for the .jsonl file that the last cell writes"
        yield f"{_shown(name)}: {flag}, {said}"


def _shown(name: str) -> str:
    """Return a name that moves no cursor and turns no direction of writing."""
    return "".join(sign if sign.isprintable() else "?" for sign in name)
