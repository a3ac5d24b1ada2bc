"""`course report`: what a group did not understand, as a page and as a notebook to go on with."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from os.path import relpath
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from course import charts
from course.charts.paper import WIDTH
from course.credit import lines
from course.exercises import Exercise, chapter, concepts
from course.figures import Bar, Bars
from course.files import write_whole
from course.grading.keyfile import asked
from course.grading.options import parser
from course.grading.pages import page, printed, sheet, statistics
from course.grading.pages.group import Group
from course.kinds import Telling
from course.texts import LANGS, LANGUAGE, NBSP, beginning, number, quoted, section, text

_PROMPT, _PAIRS, _CONCEPTS, _MISTAKES, _ROUGH = 50, 30, 12, 8, 30  # characters; rows at most; works
_NAMED = 3  # of exercises that are alike, at most so many are named in a sentence
_PARTS = ("row", "item", "option")  # what a table of answers is about
# Cells of the notebook that draw a picture anew.
_CODE = {"scores_title": "scores", "facility_title": "facility"}
_SIZES = {"wide": 540.0, "narrow": WIDTH}  # the page shows the one it has room for
_TOPS = (0.2, 0.4, 0.6, 0.8, 1.0)
_DECIDED = {
    "drop": "decided_drop",
    "credit": "decided_credit",
    "accept": "decided_accept",
    "adjust": "decided_adjust",
    "bonus": "decided_bonus",
    "extension": "decided_extension",
    "attempts": "decided_attempts",
    "time": "decided_time",
    "numbers": "decided_numbers",
}
Where = dict[Any, list[int]]  # an outcome or a concept -> its exercises
Aim = tuple[str, float, list[int]]  # its words, its share, its exercises


@dataclass(frozen=True)
class Heading:
    """A heading of level 2 or 3."""

    kind: ClassVar[str] = "heading"
    level: int
    words: str


@dataclass(frozen=True)
class Paragraph:
    """A paragraph."""

    kind: ClassVar[str] = "paragraph"
    words: str


@dataclass(frozen=True)
class Bullets:
    """A list of sentences, filled while the report is written."""

    kind: ClassVar[str] = "bullets"
    entries: list[str]


@dataclass(frozen=True)
class Table:
    """A table whose first column names its rows."""

    kind: ClassVar[str] = "table"
    caption: str
    heads: list[str]
    rows: list[list[str]]


@dataclass(frozen=True)
class Picture:
    """A picture with the sentence below it; ``code`` names the notebook's cell that draws it."""

    kind: ClassVar[str] = "picture"
    figure: Bars
    words: str
    code: str | None


Block = Heading | Paragraph | Bullets | Table | Picture


def bar(label: str, share: float, printed: str, ends: Sequence[float] = ()) -> Bar:
    """Return a share as a figure has it, as printed, with its interval."""
    low, high = ends or (None, None)
    return Bar(label, (float(share),), (printed,), low=low, high=high)


class Report:
    """The report on a `Group` in one language: `title` and `blocks`."""

    def __init__(self, group: Group, lang: str, names: bool = True) -> None:
        self.group, self.lang, self.names = group, lang, names
        self.blocks: list[Block] = []
        self.main: list[str] = []
        self.looks: list[tuple[int, str]] = []
        self.look_list: list[str] = []
        self.n, self.title = len(group.names), self.say("title", title=group.about["title"][lang])
        self.enough, self.blank = self.n >= statistics.FEW, group.states >= 5
        self.ns, self.had = (~np.isnan(group.points)).sum(0), group.given.sum(0)
        sums = np.nansum(group.points, 0)
        self.facility = np.where(self.ns, sums / np.maximum(self.ns, 1), np.nan)
        self.alpha = statistics.alpha(group.wholes) if self.enough else None
        self._head()
        if self.n:
            self._scores()
            self._exercises()
            self._alpha()
            self._answers()
            self._outcomes()
        self._handing()
        if group.decided:
            self._decided()
        if self.n > 1:
            self._pairs()
        self.blocks += map(Paragraph, lines(group.credits, lang))
        self.look_list += [words for _, words in sorted(self.looks)] or [self.say("look_none")]

    # Words

    def say(self, key: str, **values: Any) -> str:
        """Return a sentence of the report."""
        return text(f"report.{key}", self.lang, **values)

    def head(self, key: str) -> None:
        """Begin a part."""
        self.blocks.append(Heading(2, self.say(key)))

    def p(self, key: str, **values: Any) -> None:
        """Add a paragraph."""
        self.blocks.append(Paragraph(self.say(key, **values)))

    def table(self, caption: str, heads: Sequence[str], rows: list[list[str]], **on: Any) -> None:
        """Add a table."""
        named = [self.say(f"head_{head}") for head in heads]
        self.blocks.append(Table(self.say(caption, **on), named, rows))

    def bars(self, title: str, rows: Iterable[Bar], words: str, top: float = 1.0) -> None:
        """Add a picture of shares, up to `top`."""
        figure = Bars(title=self.say(title), sentence=words, rows=tuple(rows), ends=(0.0, top))
        self.blocks.append(Picture(figure, words, _CODE.get(title)))

    def number(self, value: float, digits: int = 2, after: str = "") -> str:
        """Return a number as printed; a dash for what cannot be told."""
        if np.isnan(value):
            return "–"
        return number(round(float(value), 6), self.lang, digits) + after

    def percent(self, share: float) -> str:
        """Return a share as printed."""
        return self.number(share * 100, 0, NBSP + "%")

    def lost(self, share: float) -> bool:
        """Tell whether any of the points are seen to be lost: it is not printed as 100 %."""
        return self.percent(share) != self.percent(1)

    def between(self, ends: Sequence[float], digits: int = 2, scale: float = 1) -> str:
        """Return an interval in brackets."""
        if not ends:
            return ""
        return f" ({f';{NBSP}'.join(self.number(end * scale, digits) for end in ends)})"

    def no(self, place: int, share: float | None = None) -> str:
        """Return an exercise by its number."""
        name = f"№{NBSP}{self.group.numbers[place]}"
        return name if share is None else f"{name} ({self.percent(share)})"

    def nos(self, places: Iterable[int]) -> str:
        """Return exercises by their numbers."""
        return ", ".join(self.no(place) for place in places)

    def words(self, pair: Mapping[str, str]) -> str:
        """Return a text of an exercise; everybody has other numbers."""
        return re.sub(r"\{[a-z_]\w*\}", "…", pair[self.lang])

    def look(self, place: int, key: str, **values: Any) -> None:
        """Add something about an exercise that is worth a look."""
        self.looks.append((place, self.say(f"look_{key}", no=self.no(place), **values)))

    # Parts

    def _head(self) -> None:
        group, opened = self.group, self.nos(np.nonzero(~self.group.closed)[0])
        count, most = asked(group.about, group.places.keys() - set(group.refs))
        points = number(float(most), self.lang)
        self.p("handed", n=self.n + group.gone, of=group.roster, k=count, points=points)
        for name, places in group.pools.items():
            listed = self.nos(places)
            take = next(pool["take"] for pool in group.about["pools"] if pool["id"] == name)
            self.p("pool", pool=name, list=listed, n=take)
        bare = any(each.get("bare") and not each.kind.by_person for each in group.exercises)
        if self.names and self.n > 1:
            self.p("private")
        if group.gone:
            self.p("gone", n=group.gone)
        if not self.n:
            self.p("nobody")
        elif not self.enough:
            self.p("few", n=self.n, few=statistics.FEW)
        if opened and group.closed.any():
            self.p("open", list=opened)
        if bare:
            self.p("bank")
        if self.n:
            self.head("main")
            self.blocks.append(Bullets(self.main))  # the parts below fill it

    def _scores(self) -> None:
        if not self.group.closed.any():
            self.main.append(self.say("open_all"))
            return
        totals, equal = self.group.totals, np.ptp(self.group.totals) < 1e-9
        places = np.clip(np.round(totals * 10, 6).astype(int), 0, 9)
        counts = np.bincount(places, minlength=10)
        bins = [f"{10 * low}–{10 * low + 10}{NBSP}%" for low in range(10)]
        ends = np.percentile(totals, (50, 25, 75))
        mean, median, low, high = map(self.percent, (totals.mean(), *ends))
        key = "main_mean_only" if low == high else "main_mean"
        self.main.append(self.say(key, mean=mean, low=low, high=high))
        self.head("scores")
        most = [name for name, count in zip(bins, counts, strict=True) if count == counts.max()]
        key = "scores_most" if len(most) == 1 else "scores_several"
        words = self.say(key, n=counts.max(), bins=", ".join(most))
        spread = "" if equal else self.number(100 * totals.std(ddof=1), 1)
        words += f" {self.say('scores_say', mean=mean, median=median)} "
        words += self.say("scores_equal" if equal else "scores_spread", sd=spread)
        shares = counts / self.n
        rows = [
            bar(name, share, str(n)) for name, share, n in zip(bins, shares, counts, strict=True)
        ]
        top = next(top for top in _TOPS if top * self.n >= counts.max())
        self.bars("scores_title", rows, words, top)
        cells = [[row.label, *row.printed, self.percent(row.values[0])] for row in rows]
        self.table("scores_caption", ("bin", "count", "share"), cells)

    def _exercises(self) -> None:
        group, rest, without = self.group, *np.full((2, len(self.facility)), np.nan)
        if self.enough:
            rest[group.closed] = statistics.discrimination(group.earned, group.full)
            rest[self.had < statistics.FEW] = np.nan
        if self.alpha:
            without[group.singles] = self.alpha[2][: len(group.singles)]
        self.head("exercises")
        self._facility()
        self.p("facility_what")
        self.p("discrimination_what")
        if self.n < _ROUGH and not np.isnan(rest).all():
            self.p("rough", n=self.n)
        rows = [
            [*self._index(place, rest[place]), self.number(without[place])]
            for place in range(len(group.refs))
        ]
        heads = ("exercise", "facility", "discrimination", "blank", "without")
        self.table("exercises_caption", heads, rows, n=self.n)
        if group.closed.any() or self.looks:
            self.p("look")
            self.blocks.append(Bullets(self.look_list))  # the answers, below, add to it

    def _facility(self) -> None:
        share = self.facility
        known = [int(place) for place in np.argsort(share, kind="stable") if self.ns[place]]
        if not known:
            return
        hard = [self.no(place, share[place]) for place in known if self.lost(share[place])]
        key = "main_hard" if hard else "main_none_hard"
        self.main.append(self.say(key, list=", ".join(hard[:3]), share=self.percent(1)))
        rows = [
            bar(self.no(place), share[place], self.percent(share[place]), self._ends(place))
            for place in known
        ]
        first, last = known[0], known[-1]
        same = self.percent(share[first]) == self.percent(share[last])
        key = "facility_one" if len(known) == 1 else "facility_same" if same else "facility_say"
        named = {"hard": self.no(first, share[first]), "easy": self.no(last, share[last])}
        words = self.say(key, **named, median=self.percent(float(np.median(share[known]))))
        self.bars("facility_title", rows, words)

    def _ends(self, place: int) -> Sequence[float]:
        n = int(self.ns[place])
        return statistics.interval(float(self.facility[place]), n) if n else ()

    def _index(self, place: int, r: float) -> list[str]:
        """Return the row of an exercise, and note what is worth a look."""
        exercise, had = self.group.exercises[place], int(self.had[place])
        blank = self.blank[:, place].sum() / had if had else np.nan
        prompt = beginning(re.sub(r"\*\*|`", "", self.words(exercise["prompt"])), _PROMPT)
        ends = () if np.isnan(r) else statistics.correlation_interval(r, had)
        n, easy = self.ns[place], self.percent(self.facility[place])
        if had >= statistics.FEW and self.group.closed[place]:
            self._looks(place, r, ends)
            if blank > 0.2:
                self.look(place, "blank", share=self.percent(blank))
        if unread := (self.group.states[:, place] == 3).sum():
            self.look(place, "invalid", n=unread)
        fewer = f", n{NBSP}={NBSP}{n}" if n < self.n else ""
        clear = self.number(r) + self.between(ends)
        shown = easy + self.between(self._ends(place), 0, 100) + fewer
        left = self.number(blank * 100, 0, NBSP + "%")
        return [f"{self.no(place)}. {prompt}", shown, clear, left]

    def _looks(self, place: int, r: float, ends: Sequence[float]) -> None:
        share, points = self.facility[place], self.group.points[:, place]
        signs = {
            "same": np.nanmax(points) - np.nanmin(points) < 1e-9,
            "negative": bool(ends and ends[1] < 0),
            "weak": r < 0.15,
            "easy": share > 0.95,
            "hard": share < 0.2,
        }
        for key, needed in signs.items():
            if needed:
                self.look(place, key, r=self.number(r), share=self.percent(share))
                return

    def _alpha(self) -> None:
        self.head("alpha")
        self.p("alpha_what")
        if self.alpha:
            value, (low, high), without = self.alpha
            ends = {"low": self.number(low), "high": self.number(high)}
            k, single = len(without), without[: len(self.group.singles)]
            self.p("alpha_value", alpha=self.number(value), **ends, k=k, n=self.n)
            if value < 0:
                self.p("alpha_negative")
            if k > len(single):
                self.p("alpha_pools")
            if k > 2 and not np.isnan(single).all() and np.nanmax(single) > value + 0.01:
                place = self.group.singles[np.nanargmax(single)]
                most = self.number(np.nanmax(single))
                self.p("alpha_without", no=self.no(place), alpha=most)
        elif self.enough:
            self.p("alpha_none")
        self.p("alpha_limits")

    def _answers(self) -> None:
        kinds = [exercise.kind for exercise in self.group.exercises]
        marked = [
            place for place, kind in enumerate(kinds) if not kind.by_person and self.had[place]
        ]
        if not marked:
            return
        self.head("answers")
        self.p("answers_what")
        clean = [place for place in marked if not (self.group.states[:, place] > 0).any()]
        for place in marked:
            if place not in clean:
                self._mistakes(place)
        if clean:
            self.p("no_mistakes", list=self.nos(clean))

    def _mistakes(self, place: int) -> None:
        group, exercise = self.group, self.group.exercises[place]
        had, enough = group.given[:, place], self.had[place] >= statistics.FEW
        parted = statistics.thirds(group.totals[had]) if enough else None
        self.blocks.append(Heading(3, f"{self.no(place)}. {self.words(exercise['prompt'])}"))
        about = {"kind": text(f"kind.{exercise.kind.name}", self.lang), "ref": group.refs[place]}
        self.p("answers_about", **about, share=self.percent(self.facility[place]))
        rows, unused = [], []
        for label, chose, right in self._labels(place, exercise):
            chose = chose[had]
            count = int(chose.sum())
            upper, lower = (chose[part].mean() for part in parted) if parted else (np.nan, np.nan)
            if right is False and parted and upper > lower + 0.1 and chose[parted[0]].sum() > 2:
                self.look(place, "option", option=label)
            if right is not None and not count:
                unused.append(quoted(label))
            if right is not None or count:
                total = group.totals[had][chose].mean() if count else np.nan
                shares = map(self.percent, (total, upper, lower))
                named = self.say("right", option=label) if right else label
                gave = f"{count}{NBSP}({self.percent(chose.mean())})"
                rows.append((-count, [named, gave, *shares]))
        parts = exercise.kind.public_parts
        head = next((part for part in _PARTS if part in parts), "slip")
        if head != "option":
            rows = sorted(rows, key=lambda row: row[0])[:_MISTAKES]
        heads, cells = (head, "gave", "total", "upper", "lower"), [row for _, row in rows]
        self.table("answers_caption", heads, cells, no=self.no(place))
        if unused and enough:
            self.p("unused", list=", ".join(unused))

    def _labels(
        self, place: int, exercise: Exercise
    ) -> Iterator[tuple[str, NDArray[np.bool_], bool | None]]:
        """Yield words, who answered so, and whether that is right; None: a mistake of its own."""
        telling, gots = Telling(exercise.raw, self.lang, self.words), self.group.gots(place)
        explained = {place for place, got in enumerate(gots) if got.state == "right"}
        for mistake in exercise.kind.mistakes(telling, gots):
            explained |= {place for place, got in enumerate(gots) if mistake.like(got)}
            yield mistake.label, self.group.who(place, mistake.like), mistake.right
        codes, rest = self.group.answers[:, place], []
        for code, got in enumerate(gots):
            if code in explained:
                continue
            said = exercise.kind.answered(telling, got.answer) if got.answer is not None else []
            if (codes == code).sum() > 1 and any(line.typed for line in said):
                yield self.say("typed", value=said[0].text), codes == code, None
            else:
                rest.append(code)
        yield self.say("others"), np.isin(codes, rest), None
        yield self.say("blank"), self.blank[:, place], None

    def _outcomes(self) -> None:
        outcomes: Where = defaultdict(list)
        covered: Where = defaultdict(list)
        for place, exercise in enumerate(self.group.exercises):
            if np.isnan(self.facility[place]):
                continue
            for name in exercise.get("outcomes", ()):
                outcomes[exercise.lesson, name].append(place)
            for name in exercise.get("covers", ()):
                covered[name].append(place)
        if not outcomes and not covered:
            return
        self.head("outcomes")
        self.p("outcomes_what")
        trained = self._weakest(outcomes, lambda each: self._outcome(*each))
        if trained:
            self._outcome_bars(trained)
        self._where("outcome", trained)
        known = self._weakest(covered, lambda name: concepts().get(name, {}).get(self.lang, name))
        weak = [
            f"{quoted(label)} ({self.percent(share)})"
            for label, share, _ in known
            if self.lost(share)
        ]
        if weak:
            self.main.append(self.say("main_concept", list=", ".join(weak[:3])))
        self._where("concept", known[:_CONCEPTS])
        if len(known) > _CONCEPTS:
            self.p("concepts_more", n=_CONCEPTS, of=len(known))

    def _weakest(self, where: Where, label: Callable[[Any], str]) -> list[Aim]:
        """Return labels, shares weighted by points, and exercises, from the weakest."""
        maxima = self.group.maxima
        shares = {
            name: float(np.average(self.facility[places], weights=maxima[places]))
            for name, places in where.items()
        }
        order = sorted(shares, key=lambda name: (round(shares[name], 9), str(name)))
        return [(label(name), shares[name], where[name]) for name in order]

    def _outcome_bars(self, trained: Sequence[Aim]) -> None:
        (low, least, _), (high, most, _) = trained[0], trained[-1]
        ends = {"low_share": self.percent(least), "high_share": self.percent(most)}
        same = ends["low_share"] == ends["high_share"]
        key = "outcomes_one" if len(trained) == 1 else "outcomes_same" if same else "outcomes_say"
        words = self.say(key, low=low, high=high, **ends)
        shares = enumerate((share for _, share, _ in trained), 1)
        rows = [bar(str(place), share, self.percent(share)) for place, share in shares]
        self.bars("outcomes_title", rows, words)

    def _where(self, what: str, aims: Sequence[Aim]) -> None:
        rows = [
            [f"{place}. {label}", self.percent(share), self.nos(places)]
            for place, (label, share, places) in enumerate(aims, 1)
        ]
        self.table(f"{what}s_caption", (what, "share", "where"), rows)

    def _outcome(self, lesson: str, name: int | str) -> str:
        home = chapter(lesson) if lesson not in self.group.banks else None
        known = self.group.outcomes.get((lesson, str(name))) or (home and home.outcomes.get(name))
        return known[self.lang] if known else self.say("own_outcome", id=name)

    def _handing(self) -> None:
        group = self.group
        self.head("handing")
        if self.n:
            blank = self.blank.sum(0) / np.maximum(self.had, 1)
            most = [int(place) for place in np.nonzero(blank > blank.max() - 1e-9)[0]]
            several = "blank_several" if len(most) <= _NAMED else "blank_even"
            key = "blank_say" if len(most) == 1 else several
            named = ", ".join(self.no(place, blank.max()) for place in most)
            key = key if blank.any() else "blank_none"
            self.p(key, share=self.percent(self.blank.sum() / self.group.given.sum()), no=named)
        key = "late_say" if group.late else "late_none"
        self.p(key, n=len(group.late), days=max(group.late, default=0))
        if group.minutes:
            median = number(float(np.median(group.minutes)), self.lang)
            limit = group.about.get("minutes", 0)
            self.p("minutes_say", median=median, n=len(group.minutes), limit=limit)
            key = "over_say" if group.over else "over_none"
            self.p(key, n=len(group.over), most=max(group.over, default=0))
        flags = section("grading.flag", self.lang) | {"ok": self.say("flag_ok")}
        rows = [[flags.get(flag, flag), str(count)] for flag, count in group.flags.most_common()]
        self.table("flags_caption", ("flag", "count"), rows)

    def _decided(self) -> None:
        """Tell what was decided; of single students only how many: the group may read this."""
        self.head("decided")
        rows = []
        for decided, count in sorted(self.group.decided.values(), key=lambda each: repr(each)):
            what, ref = self.say(_DECIDED[decided.what]), decided.exercise
            name = f"№{NBSP}{self.group.places[ref]}" if ref else "–"
            day = ".".join(reversed(decided.date.split("-"))) or "–"
            reason = decided.reason.get(self.lang, "–")
            rows.append([what, name, day, str(count), reason])
        heads = ("decided", "about", "day", "count", "reason")
        self.table("decided_caption", heads, rows)

    def _pairs(self) -> None:
        group = self.group
        pairs, total = statistics.alike(group.mistakes(), group.variants, _PAIRS)
        self.head("alike")
        self.p("alike_what", pairs=number(self.n * (self.n - 1) // 2, self.lang))
        if not pairs:
            self.p("alike_none")
            return
        self.main.append(self.say("main_alike", n=number(total, self.lang)))
        self.p("alike_proof")
        rows = []
        for place, (first, second, same, both, expected) in enumerate(pairs, 1):
            label = self.say("no_names", no=place)
            if self.names:
                who = {"one": group.names[first], "two": group.names[second]}
                label = self.say("both_names", **who)
            rows.append([label, str(same), str(both), self.number(expected, 1)])
        self.table("alike_caption", ("pair", "agree", "both", "chance"), rows)
        if total > len(rows):
            self.p("alike_more", n=len(rows), of=number(total, self.lang))


def html(report: Report) -> str:
    """Return a report as one HTML file that needs nothing else."""
    blocks = report.blocks
    drawn = {
        place: {
            size: charts.svg(block.figure, report.lang, width=width)
            for size, width in _SIZES.items()
        }
        for place, block in enumerate(blocks)
        if isinstance(block, Picture)
    }
    values = {"title": printed(report.title), "blocks": blocks, "drawn": drawn}
    return page("report.html", report.lang, sheet("report.css"), **values)


def main(words: Sequence[str], more: str = "") -> int:
    """Run ``course report``; return 0, or 2 when it cannot be carried out.

    The help ends with `more`.
    """
    from course.grading.pages.notebook import notebook

    what = "Write what the group did not understand: a page and a notebook."
    command = parser("course report", what)
    command.epilog = more
    add = command.add_argument
    add("--lang", choices=LANGS, default="uk", help=LANGUAGE)
    add("--out", type=Path, metavar="FOLDER", help="the folder to write into (GRADES)")
    add("--no-names", action="store_true", help="leave names out: it can be shown to others")
    options = command.parse_args(words)
    out = options.out or options.grades
    report = Report(Group(options.grades, options.key), options.lang, not options.no_names)
    out.mkdir(parents=True, exist_ok=True)
    folder = relpath(options.grades, out).replace("\\", "/")
    for ending, made in (("html", html(report)), ("ipynb", notebook(report, folder))):
        path = out / f"report-{options.lang}.{ending}"
        write_whole(path, made.encode())
        print(path)
    return 0
