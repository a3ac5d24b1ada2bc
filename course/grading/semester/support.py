"""`course report support`: who needs help, by plain rules, with the reasons in words."""

import statistics
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import msgspec

from course.grading import GradingError, results
from course.grading.cells import decimal
from course.grading.grade import VOID
from course.grading.keyfile import read_public, times
from course.grading.results import EMPTY, Work
from course.grading.semester.board import Board
from course.grading.setting.source import lined
from course.texts import LANGS, LANGUAGE, number, text

Percent = Annotated[float, msgspec.Meta(ge=0, le=100)]
Times = Annotated[int, msgspec.Meta(ge=0)]
_MANY = 1 / 3  # of a stream; a longer list says more of the rules or of the work than of people


class Rules(msgspec.Struct, forbid_unknown_fields=True):
    """When a student is on the list; 0 switches a rule off.

    Attributes
    ----------
    missed : int
        The last so many works in a row were not handed in.
    gaps : int
        So many works in all were not handed in.
    below : float
        Percent of the points, on average of what was handed in.
    fall : float
        Percentage points that the last work lies below the earlier ones, more than the stream's.
    blank : float
        Percent of the exercises of the last work without an answer.
    late : int
        So many works came late.
    """

    missed: Times = 1
    gaps: Times = 2
    below: Percent = 60
    fall: Percent = 25
    blank: Percent = 40
    late: Times = 2


@dataclass(frozen=True)
class Task:
    """One graded assignment: until when it had to come, and everybody's work."""

    folder: Path
    title: Mapping[str, str]
    closes: str | None
    taken: str | None  # until when late work is taken
    fee: float  # percent that a late day costs
    extended: Mapping[str, str]
    works: Mapping[str, Work]

    def due(self, student: str, now: str) -> bool:
        """Tell whether a student's work should have come by now."""
        closes = self.extended.get(student, self.closes)
        return closes is None or closes < now

    def share(self, student: str) -> float | None:
        """Return the share of the points in what is marked, before lateness; None without any."""
        work = self.works.get(student)
        if work is None or not work.handed or VOID & {*work.flags}:
            return None
        marked = [each for each in work.exercises.values() if each.state != "person"]
        maximum = sum(each.maximum for each in marked)
        factor = 1 - work.late_days * self.fee / 100
        if not maximum or factor <= 0:
            return None
        return min(1.0, sum(each.points for each in marked) / factor / maximum)


@dataclass(frozen=True)
class Reason:
    """Why a student is on the list: a rule, and what its sentence needs."""

    rule: str
    values: Mapping[str, object]


@dataclass(frozen=True)
class Case:
    """A student who needs help."""

    work: Work
    shares: Sequence[float | None]
    reasons: Sequence[Reason]

    @property
    def known(self) -> float:
        """The mean share of all works that were due; what did not come counts as nothing."""
        return statistics.fmean(share or 0 for share in self.shares)


def read_rules(path: Path | None) -> Rules:
    """Read the lecturer's rules; what the file leaves out stays as it is here."""
    if path is None:
        return Rules()
    known = f"the rules are {', '.join(Rules.__struct_fields__)}"
    return lined(path, Rules, known, "look at the name after --rules")


def read_tasks(folders: Sequence[Path]) -> list[Task]:
    """Read graded assignments, in the order in which they closed."""
    tasks = [_task(folder) for folder in folders]
    if len({folder.resolve() for folder in folders}) < len(folders):
        raise GradingError("a folder is named twice; name each assignment once")
    return sorted(tasks, key=lambda task: task.closes or "")  # equal ones stay as they were named


def _task(folder: Path) -> Task:
    works = {work.student: work for work in results.read(folder) if work.listed}
    about, late = read_public(folder / "assignment.json"), None
    late = about["late"]
    groups = {student: times(about, work.group)["closes"] for student, work in works.items()}
    extended = {
        student: closes
        for student, closes in groups.items()
        if closes and closes != about["closes"]
    } | {
        student: decided.closes
        for student, work in works.items()
        for decided in work.decided
        if decided.closes
    }
    taken, fee = (late["until"], late["percent_per_day"]) if late else (None, 0)
    return Task(folder, about["title"], about["closes"], taken, fee, extended, works)


def find(tasks: Sequence[Task], rules: Rules, now: str) -> tuple[list[Case], int]:
    """Find who needs help.

    Parameters
    ----------
    tasks : sequence of Task
        From the first to the last.
    rules : Rules
    now : str
        Time in UTC, as keys have it.

    Returns
    -------
    list of Case, int
        More reasons first, then fewer points; and how many students there are.
    """
    middles = [_middle(task) for task in tasks]
    latest = {who: work for task in tasks for who, work in task.works.items()}
    cases = []
    for student, work in latest.items():
        own = [
            place
            for place, task in enumerate(tasks)
            if student in task.works and (task.works[student].handed or task.due(student, now))
        ]
        reasons = list(
            _reasons(student, [tasks[at] for at in own], rules, [middles[at] for at in own], now)
        )
        if reasons:
            cases.append(Case(work, [tasks[at].share(student) for at in own], reasons))
    order = sorted(cases, key=lambda case: (-len(case.reasons), case.known, case.work.name))
    return order, len(latest)


def _middle(task: Task) -> float:
    """Return the stream's median share."""
    shares = [share for who in task.works if (share := task.share(who)) is not None]
    return statistics.median(shares) if shares else 0.0


def _reasons(
    student: str, tasks: Sequence[Task], rules: Rules, middles: Sequence[float], now: str
) -> Iterator[Reason]:
    came = [task.works[student].handed for task in tasks]
    shares = [task.share(student) for task in tasks]
    row = next((count for count, handed in enumerate(reversed(came)) if handed), len(came))
    if rules.missed and row >= rules.missed:
        yield Reason("missed", {"n": row, "tasks": tasks[-row:], **_broken(student, tasks[-row:])})
        if tasks[-1].taken and tasks[-1].taken > now:
            yield Reason("open", {"until": tasks[-1].taken})
    elif rules.gaps and came.count(False) >= rules.gaps:
        yield Reason("gaps", {"n": came.count(False), "of": len(came)})
    for task in tasks:
        for flag in sorted(VOID & {*task.works[student].flags}):
            yield Reason("void", {"tasks": [task], "flag": flag})
    known = [share for share in shares if share is not None]
    if rules.below and known and statistics.fmean(known) * 100 < rules.below:
        yield Reason("below", {"share": statistics.fmean(known), "n": len(known)})
    if len(known) > 1 and rules.fall and shares[-1] is not None:
        earlier = [
            share - mid
            for share, mid in zip(shares[:-1], middles, strict=False)
            if share is not None
        ]
        fall = statistics.fmean(earlier) - (shares[-1] - middles[-1])
        if fall * 100 >= rules.fall - 1e-9:
            before = statistics.fmean(known[:-1])
            yield Reason("fall", {"last": shares[-1], "before": before, "fall": fall})
    late = sum(task.works[student].late_days > 0 for task in tasks)
    if rules.late and late >= rules.late:
        yield Reason("late", {"n": late, "of": len(tasks)})
    if shares and shares[-1] is not None and rules.blank:
        states = [each.state in EMPTY for each in tasks[-1].works[student].exercises.values()]
        if states and sum(states) / len(states) * 100 >= rules.blank - 1e-9:
            yield Reason("blank", {"n": sum(states), "of": len(states)})


def _broken(student: str, tasks: Sequence[Task]) -> dict[str, object]:
    """Tell whether a file came that could not be read."""
    return {"broken": any(len(task.works[student].flags) > 1 for task in tasks)}


def _day(time: str) -> str:
    """Return the day of a time as both languages write it.

    >>> _day("2026-12-08T21:59:00Z")
    '08.12.2026'
    """
    return ".".join(reversed(time[:10].split("-")))


class Page(Board):
    """The list in one language."""

    def __init__(self, tasks: Sequence[Task], rules: Rules, now: str, lang: str, day: str) -> None:
        super().__init__("support", lang)
        self.tasks, self.rules = tasks, rules
        self.cases, self.of = find(tasks, rules, now)
        n = len(self.cases)
        self.p("private")
        titles = ", ".join(task.title[lang] for task in tasks)
        self.p("about", day=_day(day), list=titles, of=self.of, n=n, rest=self.of - n)
        if n > self.of * _MANY:
            self.p("many")
        self._list()
        self._rules()

    def _list(self) -> None:
        parts: dict[str, list[Case]] = {"first": [], "then": []}
        for case in self.cases:
            counted = [reason for reason in case.reasons if reason.rule != "open"]
            parts["first" if len(counted) > 1 else "then"].append(case)
        for part, cases in parts.items():
            if cases:
                self.head(part, n=len(cases))
            for case in cases:
                who = f"{case.work.name} ({case.work.student})"
                group = f", {case.work.group}" if case.work.group else ""
                self.head("who", 3, who=who + group)
                self.bullets(self.reasons(case))

    def reasons(self, case: Case) -> list[str]:
        """Return the reasons in words."""
        return [sentence for reason in case.reasons for sentence in self._sentences(reason)]

    def _sentences(self, reason: Reason) -> Iterator[str]:
        values = dict(reason.values)
        for name in ("share", "last", "before"):
            if name in values:
                values[name] = self.percent(float(str(values[name])))
        if "fall" in values:
            values["fall"] = number(round(100 * float(str(values["fall"])), 6), self.lang, 0)
        if "until" in values:
            values["until"] = _day(str(values["until"]))
        if "flag" in values:
            values["flag"] = text(f"grading.flag.{values['flag']}", self.lang)
        tasks = values.pop("tasks", ())
        if isinstance(tasks, Sequence) and tasks:
            values["list"] = ", ".join(task.title[self.lang] for task in tasks)
        yield self.say(reason.rule, **values)
        if values.get("broken"):
            yield self.say("broken")

    def _rules(self) -> None:
        self.head("rules")
        self.p("rules_what")
        limits = [(name, getattr(self.rules, name)) for name in Rules.__struct_fields__]
        self.bullets(
            self.say(f"rule_{name}", n=number(limit, self.lang)) for name, limit in limits if limit
        )
        self.p("void_rule")
        self.p("limits")


def table(page: Page, mark: str = ",") -> list[list[str]]:
    """Lay the list out for a spreadsheet."""
    heads = ("student", "name", "group", "email", "reasons", "share", "why")
    rows = [[page.say(f"cell_{head}") for head in heads]]
    for case in page.cases:
        work, share = case.work, decimal(round(100 * case.known, 1), mark)
        why = " ".join(page.reasons(case))
        count = str(len([reason for reason in case.reasons if reason.rule != "open"]))
        rows.append([work.student, work.name, work.group, work.email, count, share, why])
    return rows


def _given(words: str) -> date:
    try:
        return date.fromisoformat(words)
    except ValueError:
        raise ArgumentTypeError(f"{words!r}; write the year first: 2026-12-09") from None


def main(words: Iterable[str]) -> int:
    """Run ``course report support``; return 0, or 2 when it cannot be carried out."""
    what = "Who needs help, by plain rules, from the assignments so far."
    parser = ArgumentParser("course report support", allow_abbrev=False, description=what)
    add = parser.add_argument
    said = "folders that course grade wrote, one for each assignment"
    add("grades", nargs="+", type=Path, metavar="GRADES", help=said)
    known = ", ".join(Rules.__struct_fields__)
    add("--rules", type=Path, metavar="FILE", help=f"your own limits (TOML): {known}")
    add("--on", type=_given, metavar="DAY", help="as of this day: 2026-12-09 (today)")
    add("--lang", choices=LANGS, default="uk", help=LANGUAGE)
    said = "the folder to write into (this folder)"
    add("--out", type=Path, metavar="FOLDER", default=Path(), help=said)
    options = parser.parse_args(list(words))
    day = options.on or datetime.now(UTC).date()
    now = (
        f"{day.isoformat()}T23:59:59Z" if options.on else f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    )
    made = Page(
        read_tasks(options.grades), read_rules(options.rules), now, options.lang, day.isoformat()
    )
    made.write(options.out / f"support-{options.lang}", table(made))
    print(f"{len(made.cases)} of {made.of} students are on the list; show it to nobody else")
    return 0
