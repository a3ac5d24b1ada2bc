"""`course report`: what a group did not understand, as a page and as a notebook to go on with."""

import argparse
import json
import os
import re
import sys
import tomllib
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np

from course import charts, kinds
from course.exercises import Exercise, chapter, concepts, seal
from course.figures import Bar, Bars
from course.files import write_whole
from course.grading import GradingError, statistics
from course.grading.exports import lines, sentence
from course.grading.keyfile import read_key
from course.grading.results import STATES as _STATES
from course.kinds import parse_number
from course.texts import LANGS, NBSP, number, section, text

_HERE = Path(__file__).parent
_PROMPT, _PAIRS, _CONCEPTS, _MISTAKES, _ROUGH = 50, 30, 12, 8, 30  # characters; rows shown at most; works
_NAMED = 3  # of exercises that are alike, at most so many are named in a sentence
_HEADS = {"choice": "option", "multi": "option", "order": "item", "match": "row", "classify": "row"}
_STRANGE = "{}/graded.jsonl: answers do not fit assignment.json; course grade writes both: run it again"
_NUMBERS = ' class="n"'


class Group:
    """Graded works as arrays, students × exercises; `points` are shares of the full mark before lateness.

    Parameters
    ----------
    folder : path-like
        What `course grade` wrote.
    key : path-like, optional
        The private folder; without it the lecturer's own exercises have no words for their options and outcomes.

    Raises
    ------
    ValueError, OSError
        When the folder is not what `course grade` writes.
    """

    def __init__(self, folder, key=None):
        self.about, known = _read(Path(folder) / "assignment.json"), Path(key or folder)
        try:
            source = read_key(known) if key or (known / "key.json").is_file() else self.about
        except GradingError as error:
            raise ValueError(error) from None
        listed = source["exercises"]
        self.outcomes = {(lesson, name): words for lesson, each in source.get("outcomes", {}).items()
                         for name, words in each.items()}
        self.refs, self.exercises = [one["ref"] for one in listed], [*map(_exercise, listed)]
        self.maxima = np.array([float(one["points"]) for one in listed])
        self.names, self.flags, self.late, self.roster, self.gone = [], Counter(), [], 0, 0
        self.said = [{} for _ in listed]  # of each exercise: what says the same -> (its number, an example)
        try:
            rows = [row for row in map(self._row, lines(folder, self.refs)) if row]
        except (KeyError, TypeError, AttributeError):
            raise ValueError(_STRANGE.format(folder)) from None
        table = np.array(rows, float).reshape(len(rows), len(listed), 4)
        self.points = table[..., 0]
        self.states, self.answers, self.variants = np.moveaxis(table[..., 1:].astype(int), 2, 0)
        self.closed = ~np.isnan(self.points).any(0)  # NaN: somebody has to mark it yet
        self.earned = (self.points * self.maxima)[:, self.closed]
        self.totals = self.earned.sum(1) / (self.maxima[self.closed].sum() or 1)

    def _row(self, one):
        self.flags.update(one["flags"])
        if "unknown-student" in one["flags"]:
            return None
        lost = one["late_days"] * (self.about["late"] or {}).get("percent_per_day", 0)
        self.roster, factor = self.roster + 1, 1 - lost / 100
        self.late += [one["late_days"]] * bool(one["late_days"])
        self.gone += bool(one["saved"]) and factor <= 0
        if not one["saved"] or factor <= 0:
            return None
        self.names.append(f"{one['name'] or ''} ({one['student']})".strip())
        return [self._cell(slot, one["exercises"][ref], factor) for slot, ref in enumerate(self.refs)]

    def _cell(self, slot, got, factor):
        exercise, state, code, variant = self.exercises[slot], got["state"], -1, got["draw"] or 0
        if state in _STATES[:3] and exercise.kind.name not in kinds.by_person():
            alike = _alike(exercise, got["answer"], got["slip"]), state, got["slip"]
            code = self.said[slot].setdefault(alike, (len(self.said[slot]), got))[0]
        share = np.nan if state == "person" else min(1, got["points"] / factor / self.maxima[slot])
        return share, _STATES.index(state), code, variant

    def who(self, slot, like):
        """Tell of each student whether the answer to an exercise is one that `like(answer, what it says)` takes."""
        told = [bool(like(got, alike[0])) for alike, (_, got) in self.said[slot].items()]
        return np.array([*told, False])[self.answers[:, slot]]  # -1, no answer, is the last

    def mistakes(self):
        """Numbers for `statistics.alike`: equal for the same wrong answer to the same variant, else -1."""
        wrong = [self.who(slot, lambda got, says: says is not None and got["state"] != "right")
                 for slot in range(len(self.refs))]
        return np.where(np.transpose(wrong), self.answers * (self.variants.max() + 1) + self.variants, -1)


def _read(path):
    """Read the assignment that `course grade` wrote; ValueError when it is not as it was written."""
    try:
        made = json.loads(path.read_bytes())
        sound = made["digest"] == seal(made, "digest", "ids")[:16]
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror}; run course grade") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        sound = False
    if not sound:
        raise ValueError(f"{path} is not what course grade writes; run it again")
    return made


def _exercise(entry):
    lesson, _, name = entry["ref"].partition("/")
    known = getattr(chapter(lesson), "exercises", {}).get(name)
    return Exercise(lesson, entry["raw"]) if "raw" in entry else known or Exercise(lesson, {**entry, "bare": True})


def _alike(exercise, answer, slip):
    """What answers that say the same have in common; None for a table too long to have been kept."""
    if exercise.kind.name == "multi":
        return tuple(sorted(answer))
    if exercise.kind.name in ("match", "classify"):
        return tuple(sorted((row, option) for row, option in answer.items() if option))
    if exercise.kind.name == "numeric" and type(answer) is str:
        return parse_number(answer, sorted(set((exercise.get("unit") or {}).values())))
    if answer is None:
        return slip if slip is None else f"slip {slip}"
    return answer if type(answer) is str else json.dumps(answer)


class Report:
    """The report on a `Group` in one language: `title` and `blocks`, (kind, …), which both writers understand."""

    def __init__(self, group, lang, names=True):
        self.group, self.lang, self.names, self.blocks, self.main, self.looks = group, lang, names, [], [], []
        self.n, self.title = len(group.names), self.say("title", title=group.about["title"][lang])
        self.enough, self.blank = self.n >= statistics.FEW, group.states >= 5
        self.ns = (~np.isnan(group.points)).sum(0)
        self.facility = np.where(self.ns, np.nansum(group.points, 0) / np.maximum(self.ns, 1), np.nan)
        self._head()
        for part in (self._scores, self._exercises, self._alpha, self._answers, self._outcomes) if self.n else ():
            part()
        self._handing()
        if self.n > 1:
            self._pairs()
        self.looks[:] = [words for _, words in sorted(self.looks)] or [self.say("look_none")]

    def say(self, key, **values):
        return text(f"report.{key}", self.lang, **values)

    def add(self, kind, *what):
        self.blocks.append((kind, *what))

    def head(self, key):
        self.add("h2", self.say(key))

    def p(self, key, **values):
        self.add("p", self.say(key, **values))

    def table(self, caption, heads, rows, **values):
        self.add("table", self.say(caption, **values), [self.say(f"head_{head}") for head in heads], rows)

    def number(self, value, digits=2, after=""):
        return "–" if np.isnan(value) else number(round(float(value), 6), self.lang, digits) + after

    def percent(self, share):
        return self.number(share * 100, 0, NBSP + "%")

    def lost(self, share):
        """Whether any of the points are seen to be lost: the share is not printed as 100 %."""
        return self.percent(share) != self.percent(1)

    def between(self, ends, digits=2, scale=1):
        return f" ({f';{NBSP}'.join(self.number(end * scale, digits) for end in ends)})" if ends else ""

    def no(self, place, share=None):
        return f"№{NBSP}{place + 1}" + ("" if share is None else f" ({self.percent(share)})")

    def nos(self, places):
        return ", ".join(self.no(place) for place in places)

    def words(self, pair):
        return re.sub(r"\{[a-z_]\w*\}", "…", pair[self.lang])  # everybody has other numbers

    def look(self, place, key, **values):
        self.looks.append((place, self.say(f"look_{key}", no=self.no(place), **values)))

    def _head(self):
        group, opened = self.group, self.nos(np.nonzero(~self.group.closed)[0])
        points = number(float(group.maxima.sum()), self.lang)
        self.p("handed", n=self.n + group.gone, of=group.roster, k=len(group.refs), points=points)
        bare = any(exercise.get("bare") and exercise.kind.name not in kinds.by_person() for exercise in group.exercises)
        for key, needed in (("private", self.names and self.n > 1), ("gone", group.gone), ("nobody", not self.n),
                            ("few", self.n and not self.enough), ("open", opened and group.closed.any()),
                            ("bank", bare)):
            if needed:
                self.p(key, n=group.gone if key == "gone" else self.n, few=statistics.FEW, list=opened)
        if self.n:
            self.head("main")
            self.add("ul", self.main)  # the parts below fill it

    def _scores(self):
        if not self.group.closed.any():
            self.main.append(self.say("open_all"))
            return
        totals, equal = self.group.totals, np.ptp(self.group.totals) < 1e-9
        counts = np.bincount(np.clip(np.round(totals * 10, 6).astype(int), 0, 9), minlength=10)
        bins = [f"{10 * low}–{10 * low + 10}{NBSP}%" for low in range(10)]
        mean, median, low, high = map(self.percent, (totals.mean(), *np.percentile(totals, (50, 25, 75))))
        key = "main_mean_only" if low == high else "main_mean"
        self.main.append(self.say(key, mean=mean, low=low, high=high))
        self.head("scores")
        most = [name for name, count in zip(bins, counts, strict=True) if count == counts.max()]
        told = self.say("scores_most" if len(most) == 1 else "scores_several", n=counts.max(), bins=", ".join(most))
        spread = "" if equal else self.number(100 * totals.std(ddof=1), 1)
        told += f" {self.say('scores_say', mean=mean, median=median)} "
        told += self.say("scores_equal" if equal else "scores_spread", sd=spread)
        rows = [[name, str(count), self.percent(count / self.n)] for name, count in zip(bins, counts, strict=True)]
        drawn = [(name, count / self.n, None, count) for name, count in zip(bins, counts, strict=True)]
        top = next(top for top in (0.2, 0.4, 0.6, 0.8, 1) if top * self.n >= counts.max())
        self.add("figure", _bars(drawn, self.say("scores_axis"), told, top), told, "scores")
        self.table("scores_caption", ("bin", "count", "share"), rows)

    def _exercises(self):
        group, share, blank = self.group, self.facility, self.blank.mean(0)
        rest, without = np.full((2, len(share)), np.nan)
        self.alpha = statistics.alpha(group.earned) if self.enough else None
        if self.enough:
            rest[group.closed] = statistics.discrimination(group.earned)
        if self.alpha:
            without[group.closed] = self.alpha[2]
        self.head("exercises")
        known = [place for place in np.argsort(share, kind="stable") if self.ns[place]]
        ends = {place: statistics.interval(share[place], self.ns[place]) for place in known}
        if shown := [self.no(place, share[place]) for place in known]:
            hard = [self.no(place, share[place]) for place in known if self.lost(share[place])]
            self.main.append(self.say("main_hard" if hard else "main_none_hard", list=", ".join(hard[:3]),
                                      share=self.percent(1)))
            rows = [(self.no(place), share[place], ends[place], self.percent(share[place])) for place in known]
            same = self.percent(share[known[0]]) == self.percent(share[known[-1]])
            key = "facility_one" if len(shown) == 1 else "facility_same" if same else "facility_say"
            told = self.say(key, hard=shown[0], easy=shown[-1], median=self.percent(np.median(share[known])))
            self.add("figure", _bars(rows, self.say("facility_axis"), told), told, "facility")
        self.p("facility_what")
        self.p("discrimination_what")
        if self.n < _ROUGH and not np.isnan(rest).all():
            self.p("rough", n=self.n)
        rows = []
        for place, exercise in enumerate(group.exercises):
            prompt, r = re.sub(r"\*\*|`", "", self.words(exercise["prompt"])), rest[place]
            if len(prompt) > _PROMPT:  # cut after a whole word, not after a preposition
                prompt = re.sub(r"( \w{1,2})+$", "", prompt[:_PROMPT].rpartition(" ")[0]).rstrip(" .,:;–…") + "…"
            ends_r = None if np.isnan(r) else statistics.correlation_interval(r, self.n)
            fewer = f", n{NBSP}={NBSP}{self.ns[place]}" if self.ns[place] < self.n else ""
            easy, clear = self.percent(share[place]), self.number(r) + self.between(ends_r)
            rows.append([f"{self.no(place)}. {prompt}", easy + self.between(ends.get(place), 0, 100) + fewer, clear,
                         self.percent(blank[place]), self.number(without[place])])
            if self.enough and group.closed[place]:
                same = np.ptp(group.points[:, place]) < 1e-9
                for key, needed in (("same", same), ("negative", ends_r and ends_r[1] < 0), ("weak", r < 0.15),
                                    ("easy", share[place] > 0.95), ("hard", share[place] < 0.2)):
                    if needed:
                        self.look(place, key, r=self.number(r), share=easy)
                        break
                if blank[place] > 0.2:
                    self.look(place, "blank", share=self.percent(blank[place]))
            if unread := (group.states[:, place] == 3).sum():
                self.look(place, "invalid", n=unread)
        self.table("exercises_caption", ("exercise", "facility", "discrimination", "blank", "without"), rows, n=self.n)
        if group.closed.any() or self.looks:
            self.p("look")
            self.add("ul", self.looks)  # the answers, below, add to it

    def _alpha(self):
        self.head("alpha")
        self.p("alpha_what")
        if self.alpha:
            value, (low, high), without = self.alpha
            ends = {"low": self.number(low), "high": self.number(high)}
            self.p("alpha_value", alpha=self.number(value), **ends, k=len(without), n=self.n)
            if value < 0:
                self.p("alpha_negative")
            if len(without) > 2 and np.nanmax(without) > value + 0.01:
                place = np.nonzero(self.group.closed)[0][np.nanargmax(without)]
                self.p("alpha_without", no=self.no(place), alpha=self.number(np.nanmax(without)))
        elif self.enough:
            self.p("alpha_none")
        self.p("alpha_limits")

    def _answers(self):
        if all(exercise.kind.name in kinds.by_person() for exercise in self.group.exercises):
            return
        self.head("answers")
        self.p("answers_what")
        group, clean, parted = self.group, [], statistics.thirds(self.group.totals) if self.enough else None
        for place, exercise in enumerate(group.exercises):
            if exercise.kind.name in kinds.by_person():
                continue
            if not group.states[:, place].any():
                clean.append(place)
                continue
            self.add("h3", f"{self.no(place)}. {self.words(exercise['prompt'])}")
            self.p("answers_about", kind=text(f"kind.{exercise.kind.name}", self.lang), ref=group.refs[place],
                   share=self.percent(self.facility[place]))
            rows, unused = [], []
            for label, chose, right in self._labels(place, exercise):
                count = int(chose.sum())
                upper, lower = (chose[part].mean() for part in parted) if parted else (np.nan, np.nan)
                if right is False and upper > lower + 0.1 and chose[parted[0]].sum() > 2:
                    self.look(place, "option", option=label)
                if right is not None and not count:
                    unused.append(f"«{label}»")
                if right is not None or count:
                    total = group.totals[chose].mean() if count else np.nan
                    shares = map(self.percent, (total, upper, lower))
                    rows.append((-count, [self.say("right", option=label) if right else label,
                                          f"{count}{NBSP}({self.percent(chose.mean())})", *shares]))
            head = _HEADS.get(exercise.kind.name, "slip")
            if head != "option":
                rows = sorted(rows, key=lambda row: row[0])[:_MISTAKES]
            heads = (head, "gave", "total", "upper", "lower")
            self.table("answers_caption", heads, [row for _, row in rows], no=self.no(place))
            if unused and self.enough:
                self.p("unused", list=", ".join(unused))
        if clean:
            self.p("no_mistakes", list=self.nos(clean))

    def _labels(self, place, exercise):
        """Yield (words, who answered so, whether that is right or None where it is a mistake of some other kind)."""
        def named(field):
            found = () if exercise.get("bare") else exercise.get(field, ())
            return {one["id"]: self.words(one["text"]) for one in found}

        def who(like):
            return self.group.who(place, like)

        told = [got for _, got in self.group.said[place].values()]
        options, marks = named("option"), {name: good for got in told for name, good in got["marks"].items()}
        if exercise.kind.name in ("choice", "multi"):
            known = {one["id"]: bool(one.get("right")) for one in exercise["option"]} if options else marks
            for name, right in known.items():
                yield options.get(name, name), who(lambda got, _: name in got["marks"]), right
        elif exercise.kind.name == "order":
            for name, words in (named("item") or {name: name for name in marks}).items():
                yield words, who(lambda got, _: got["marks"].get(name) is False), None
        elif exercise.kind.name in ("match", "classify"):
            rows = named("row")
            wrong = {(row, got["answer"][row]) for got in told for row, good in got["marks"].items() if not good}
            for row, option in sorted(wrong):
                label = self.say("pair", row=rows.get(row, row), option=options.get(option, option))
                yield label, who(lambda got, _: got["answer"].get(row) == option), None
        else:
            for slip, one in enumerate(exercise.get("slip", ())):
                yield self.say("slip", why=self.words(one["why"])), who(lambda got, _: got["slip"] == slip), None
            codes, rest = self.group.answers[:, place], []
            for code, got in self.group.said[place].values():
                if got["state"] != "right" and got["slip"] is None:
                    if exercise.kind.name == "numeric" and (codes == code).sum() > 1:
                        yield self.say("typed", value=str(got["answer"])), codes == code, None
                    else:
                        rest.append(code)
            yield self.say("others"), np.isin(codes, rest), None
        yield self.say("blank"), self.blank[:, place], None

    def _outcomes(self):
        group, places = self.group, {"outcome": defaultdict(list), "concept": defaultdict(list)}
        for place, exercise in enumerate(group.exercises):
            if not np.isnan(self.facility[place]):
                for one in exercise.get("outcomes", ()):
                    places["outcome"][exercise.lesson, one].append(place)
                for one in exercise.get("covers", ()):
                    places["concept"][one].append(place)
        if not places["outcome"] and not places["concept"]:
            return
        self.head("outcomes")
        self.p("outcomes_what")
        for kind, found in places.items():
            shares = {one: float(np.average(self.facility[those], weights=group.maxima[those]))
                      for one, those in found.items()}
            order = sorted(found, key=lambda one: (round(shares[one], 9), str(one)))
            label = {one: self._outcome(*one) if kind == "outcome" else concepts().get(one, {}).get(self.lang, one)
                     for one in order}
            if kind == "outcome" and order:
                rows = [(place, shares[one], None, self.percent(shares[one])) for place, one in enumerate(order, 1)]
                low, high = order[0], order[-1]
                ends = {"low_share": self.percent(shares[low]), "high_share": self.percent(shares[high])}
                key = "outcomes_same" if ends["low_share"] == ends["high_share"] else "outcomes_say"
                told = self.say(key if len(order) > 1 else "outcomes_one", low=label[low], high=label[high], **ends)
                self.add("figure", _bars(rows, self.say("outcomes_axis"), told), told, None)
            elif weak := [one for one in order if self.lost(shares[one])]:
                least = ", ".join(f"«{label[one]}» ({self.percent(shares[one])})" for one in weak[:3])
                self.main.append(self.say("main_concept", list=least))
            rows = [[f"{place}. {label[one]}", self.percent(shares[one]), self.nos(found[one])]
                    for place, one in enumerate(order if kind == "outcome" else order[:_CONCEPTS], 1)]
            self.table(f"{kind}s_caption", (kind, "share", "where"), rows)
            if len(order) > len(rows):
                self.p("concepts_more", n=len(rows), of=len(order))

    def _outcome(self, lesson, name):
        known = self.group.outcomes.get((lesson, str(name))) or getattr(chapter(lesson), "outcomes", {}).get(name)
        return known[self.lang] if known else self.say("own_outcome", id=name)

    def _handing(self):
        group = self.group
        self.head("handing")
        if self.n:
            blank = self.blank.mean(0)
            most = np.nonzero(blank > blank.max() - 1e-9)[0]
            key = "blank_say" if len(most) == 1 else "blank_several" if len(most) <= _NAMED else "blank_even"
            self.p(key if blank.any() else "blank_none", share=self.percent(blank.mean()),
                   no=", ".join(self.no(place, blank.max()) for place in most))
        self.p("late_say" if group.late else "late_none", n=len(group.late), days=max(group.late, default=0))
        flags = section("grading.flag", self.lang) | {"ok": self.say("flag_ok")}
        rows = [[flags.get(flag, flag), str(count)] for flag, count in group.flags.most_common()]
        self.table("flags_caption", ("flag", "count"), rows)

    def _pairs(self):
        found, total = statistics.alike(self.group.mistakes(), self.group.variants, _PAIRS)
        self.head("alike")
        self.p("alike_what", pairs=number(self.n * (self.n - 1) // 2, self.lang))
        if not found:
            return self.p("alike_none")
        self.main.append(self.say("main_alike", n=number(total, self.lang)))
        self.p("alike_proof")
        rows = []
        for place, (one, two, same, both, expected) in enumerate(found, 1):
            who = {"one": self.group.names[one], "two": self.group.names[two]}
            label = self.say("both_names", **who) if self.names else self.say("no_names", no=place)
            rows.append([label, str(same), str(both), self.number(expected, 1)])
        self.table("alike_caption", ("pair", "agree", "both", "chance"), rows)
        if total > len(rows):
            self.p("alike_more", n=len(rows), of=number(total, self.lang))


def _bars(rows, axis, told, top=1):
    """Return shares, up to `top`, as bars with intervals; a row is (label, share, (low, high) or None, as printed)."""
    bars = tuple(Bar(str(label), (float(share),), (str(printed),), low=ends and float(ends[0]),
                     high=ends and float(ends[1])) for label, share, ends, printed in rows)
    return Bars(title=axis[0].upper() + axis[1:], sentence=told, rows=bars, ends=(0.0, float(top)))


def _inline(words):
    """Make any text harmless in HTML and in Markdown; **bold** and `code` are kept."""
    words = "".join(one if one.isprintable() or one == NBSP else " " * one.isspace() for one in words)
    words = re.sub(r"[&<>\"*_`\[\]|~{}#$\\]", lambda found: f"&#{ord(found[0])};", words)
    words = re.sub(r"&#42;&#42;(.+?)&#42;&#42;", r"<strong>\1</strong>", words)
    return re.sub(r"&#96;(.+?)&#96;", r"<code>\1</code>", words)


def page(report):
    """Return a report as one HTML file that needs nothing else."""
    style, title, parts = (_HERE / "report.css").read_text("utf-8"), _inline(report.title), []
    for place, (kind, first, *more) in enumerate(report.blocks):
        if kind == "ul":
            parts.append("<ul>" + "".join(f"<li>{_inline(one)}</li>" for one in first) + "</ul>")
        elif kind == "figure":
            svg = charts.svg(first, report.lang).replace("<svg ", f'<svg role="img" aria-labelledby="f{place}" ', 1)
            parts.append(f'<figure>{svg}<figcaption id="f{place}">{_inline(more[0])}</figcaption></figure>')
        elif kind == "table":
            heads = [f'<th scope="col"{_NUMBERS * bool(at)}>{_inline(head)}</th>' for at, head in enumerate(more[0])]
            rows = [[f'<th scope="row">{_inline(one)}</th>', *(f"<td{_NUMBERS}>{_inline(cell)}</td>" for cell in cells)]
                    for one, *cells in more[1]]
            head, *body = (f"<tr>{''.join(row)}</tr>\n" for row in (heads, *rows))
            parts.append(f'<div class="t" tabindex="0" role="region" aria-labelledby="t{place}"><table>'
                         f'<caption id="t{place}">{_inline(first)}</caption>\n<thead>{head}</thead>\n'
                         f"<tbody>{''.join(body)}</tbody></table></div>")
        else:
            parts.append(f"<{kind}>{_inline(first)}</{kind}>")
    return (f'<!doctype html>\n<html lang="{report.lang}"><head><meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            """<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">\n"""
            f"<title>{title}</title>\n<style>\n{style}</style></head>\n<body><main><h1>{title}</h1>\n"
            + "\n".join(parts) + "\n</main></body></html>\n")


def notebook(report, folder):
    """Return a report as a notebook; its cells of code read the tables of `folder`, a path seen from the notebook."""
    code, cells = tomllib.loads((_HERE / "report.toml").read_text("utf-8"))["code"], []
    late = (report.group.about["late"] or {}).get("percent_per_day", 0)
    known = {"FEW": str(statistics.FEW), "LATE": str(late), "FOLDER": json.dumps(folder)}

    def cell(source, **more):
        cells.append({"cell_type": "markdown", "id": f"report-{len(cells) + 1}", "metadata": {},
                      "source": source.strip().splitlines(True), **more})

    def prose(words):
        cell(words.replace("&#36;", "＄").replace("&#92;", "＼"))  # JupyterLab would take them for a formula

    def run(name, outputs=()):
        source = re.sub(r"\b(FEW|LATE|FOLDER)\b", lambda found: known[found[0]], code[name])
        cell(source, cell_type="code", execution_count=None, outputs=list(outputs))

    prose(f"# {_inline(report.title)}")
    if report.n:  # else there is nothing to compute
        prose(report.say("further_what"))
        run("load")
    for kind, first, *more in report.blocks:
        if kind == "ul":
            prose("\n".join(f"- {_inline(one)}" for one in first))
        elif kind == "figure":
            prose(_inline(more[0]))
            if more[1]:
                still = charts.svg(first, report.lang, still=True)
                data = {"image/svg+xml": still.splitlines(True), "text/plain": [report.say("run")]}
                run(more[1], [{"output_type": "display_data", "metadata": {}, "data": data}])
        elif kind == "table":
            heads, rows = ([[_inline(one) for one in row] for row in part] for part in ([more[0]], more[1]))
            lines = [*heads, ["---"] + ["---:"] * (len(more[0]) - 1), *rows]
            prose(f"**{_inline(first)}**\n\n" + "\n".join(f"| {' | '.join(line)} |" for line in lines))
        else:
            prose({"h2": "## ", "h3": "### ", "p": ""}[kind] + _inline(first))
    if report.n:
        prose(f"## {report.say('further')}")
    for name, words in section("report.cell", report.lang).items() if report.n else ():
        prose(words)
        run(name)
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    made = {"cells": cells, "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}}}
    return json.dumps({**made, "nbformat": 4, "nbformat_minor": 5}, ensure_ascii=False, indent=1) + "\n"


def main(words):
    """Run ``course report``; returns its exit code: 0 done, 2 it cannot be carried out."""
    parser = argparse.ArgumentParser("course report", description="Write what the group did not understand: a page "
                                     "and a notebook.")
    parser.add_argument("grades", metavar="GRADES", help="the folder that `course grade` wrote")
    parser.add_argument("--lang", choices=LANGS, default="uk")
    parser.add_argument("--out", metavar="DIR", help="default: GRADES")
    parser.add_argument("--key", metavar="PRIVATE", help="the private folder: the words of your own exercises")
    parser.add_argument("--no-names", action="store_true", help="leave names out, so that the report can be shown")
    options = parser.parse_args(words)
    out = Path(options.out or options.grades)
    try:
        report = Report(Group(options.grades, options.key), options.lang, not options.no_names)
        out.mkdir(parents=True, exist_ok=True)
        folder = os.path.relpath(options.grades, out).replace(os.sep, "/")
        for ending, made in (("html", page(report)), ("ipynb", notebook(report, folder))):
            path = out / f"report-{options.lang}.{ending}"
            write_whole(path, made.encode("utf-8", "replace"))
            print(path)
    except (KeyError, TypeError, AttributeError, IndexError):
        print(_STRANGE.format(options.grades), file=sys.stderr)
        return 2
    except (ValueError, OSError) as error:
        print(sentence(error), file=sys.stderr)
        return 2
    return 0
