"""`course report`: what a group did not understand, as a page and as a notebook to go on with."""

import argparse
import hashlib
import json
import os
import re
import sys
import tomllib
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np

from course.exercises import BY_PERSON, Exercise, chance, chapter, concepts
from course.grading import statistics
from course.scoring import parse_number
from course.texts import LANGS, NBSP, number, section, text

_HERE = Path(__file__).parent
_STATES = ("right", "partial", "wrong", "invalid", "person", "missing", "unattempted")
_PROMPT, _PAIRS, _CONCEPTS, _MISTAKES, _ROUGH = 50, 30, 12, 8, 30  # characters; rows shown at most; works


class Group:
    """Graded works as arrays, students × exercises; `points` are shares of the full mark before lateness.

    Parameters
    ----------
    folder : path-like
        What `course grade` wrote.
    key : path-like, optional
        The private folder; without it the lecturer's own exercises have no words for their options.

    Raises
    ------
    ValueError, OSError
        When the folder is not what `course grade` wrote.
    """

    def __init__(self, folder, key=None):
        try:
            self.about = json.loads((Path(folder) / "assignment.json").read_bytes())
            listed = json.loads((Path(key) / "key.json").read_bytes())["exercises"] if key else self.about["exercises"]
            self.refs, self.maxima = [one["ref"] for one in listed], np.array([float(one["points"]) for one in listed])
            self.exercises, self.draws = [*map(_exercise, listed)], [len(one.get("draws") or ()) for one in listed]
            self.names, self.flags, self.late, self.roster, self.gone = [], Counter(), [], 0, 0
            self.said = [{} for _ in listed]  # of each exercise: what says the same -> (its number, an example)
            with open(Path(folder) / "graded.jsonl", "rb") as lines:
                rows = [row for row in map(self._row, map(json.loads, lines)) if row]
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise ValueError(f"{folder} is not what course grade writes ({error!r}); run it again") from None
        table = np.array(rows, float).reshape(len(rows), len(listed), 4)
        self.points, (self.states, self.answers, self.variants) = table[..., 0], table[..., 1:].astype(int).transpose(2, 0, 1)
        self.closed = ~np.isnan(self.points).any(0)  # NaN: somebody has to mark it yet
        self.earned = (self.points * self.maxima)[:, self.closed]
        self.totals = self.earned.sum(1) / (self.maxima[self.closed].sum() or 1)

    def _row(self, one):
        self.flags.update(one["flags"])
        if "unknown-student" in one["flags"]:
            return None
        self.roster, factor = self.roster + 1, 1 - one["late_days"] * (self.about["late"] or {}).get("percent_per_day", 0) / 100
        self.late += [one["late_days"]] * bool(one["late_days"])
        self.gone += bool(one["saved"]) and factor <= 0
        if not one["saved"] or factor <= 0:
            return None
        self.names.append((str(one["name"] or ""), str(one["student"])))
        seed = hashlib.sha256(f"{self.about['salt']}|{one['student']}".encode()).hexdigest()
        return [self._cell(slot, one["exercises"][ref], factor, seed) for slot, ref in enumerate(self.refs)]

    def _cell(self, slot, got, factor, seed):
        exercise, state, code, variant = self.exercises[slot], got["state"], -1, 0
        if self.draws[slot] and self.about["variants"] != "one":
            variant = chance(seed, exercise.lesson, self.refs[slot], 1) % self.draws[slot]
        if state in _STATES[:3] and exercise.kind not in BY_PERSON:
            alike = _alike(exercise, got["answer"], got["slip"]), state, got["slip"]
            code = self.said[slot].setdefault(alike, (len(self.said[slot]), got))[0]
        share = np.nan if state == "person" else min(1, got["points"] / factor / self.maxima[slot])
        return share, _STATES.index(state), code, variant

    def mistakes(self):
        """Numbers for `statistics.alike`: equal for the same wrong answer to the same variant, else -1."""
        known = [[alike[0] is not None and alike[1] != "right" for alike in said] + [False] for said in self.said]
        those = [np.array(told)[codes] for told, codes in zip(known, self.answers.T, strict=True)]  # -1 is the last
        return np.where(np.array(those).T, self.answers * (self.variants.max() + 1) + self.variants, -1)


def _exercise(entry):
    lesson, _, name = entry["ref"].partition("/")
    known = getattr(chapter(lesson), "exercises", {}).get(name)
    return Exercise(lesson, entry["raw"]) if "raw" in entry else known or Exercise(lesson, {**entry, "bare": True})


def _alike(exercise, answer, slip):
    """What answers that say the same have in common; None for a table too long to have been kept."""
    if exercise.kind == "multi":
        return tuple(sorted(answer))
    if exercise.kind in ("match", "classify"):
        return tuple(sorted((row, option) for row, option in answer.items() if option))
    if exercise.kind == "numeric" and type(answer) is str:
        return parse_number(answer, sorted(set((exercise.get("unit") or {}).values())))
    return (slip if slip is None else f"slip {slip}") if answer is None else json.dumps(answer)


class _Report:
    """The report in one language: blocks (kind, …) that both writers understand."""

    def __init__(self, group, lang, names=True):
        self.group, self.lang, self.names, self.blocks, self.main, self.looks = group, lang, names, [], [], []
        self.n, self.title = len(group.names), self.say("title", title=group.about["title"][lang])
        self.enough = self.n >= statistics.FEW
        with np.errstate(invalid="ignore"):
            self.facility = np.nansum(group.points, 0) / (~np.isnan(group.points)).sum(0)
        self._head()
        for part in (self._scores, self._exercises, self._alpha, self._answers, self._outcomes) if self.n else ():
            part()
        if self.n:
            found = [told for _, told in sorted(self.looks)]
            self.blocks[self.spot - 2:self.spot] = [("p", self.say("look" if found else "look_none")), ("ul", found)]
        self._handing()
        if self.n > 1:
            self._pairs()

    def say(self, key, **values):
        return text(f"report.{key}", self.lang, **values)

    def p(self, *keys, **values):
        self.blocks.append(("p", " ".join(self.say(key, **values) for key in keys)))

    def head(self, key):
        self.blocks.append(("h2", self.say(key)))

    def table(self, caption, heads, rows, **values):
        self.blocks.append(("table", self.say(caption, **values), [self.say(f"head_{head}") for head in heads], rows))

    def percent(self, share):
        return "–" if np.isnan(share) else number(round(float(share) * 100, 6), self.lang, 0) + NBSP + "%"

    def r(self, value):
        return "–" if np.isnan(value) else number(round(float(value), 6), self.lang, 2)

    def between(self, ends, scale=1):
        low, high = (number(round(float(end) * scale, 6), self.lang, 0 if scale > 1 else 2) for end in ends or (0, 0))
        return f" ({low};{NBSP}{high})" if ends else ""

    def no(self, place, share=None):
        return f"№{NBSP}{place + 1}" + ("" if share is None else f" ({self.percent(share)})")

    def words(self, pair):
        return re.sub(r"\{[a-z_]\w*\}", "…", pair[self.lang])

    def look(self, place, key, **values):
        self.looks.append((place, self.say(f"look_{key}", no=self.no(place), **values)))

    def _head(self):
        group, points = self.group, number(round(float(self.group.maxima.sum()), 6), self.lang)
        self.p("handed", "before_late", n=self.n + group.gone, of=group.roster, k=len(group.refs), points=points)
        opened = ", ".join(self.no(place) for place in np.nonzero(~group.closed)[0])
        bare = any(exercise.get("bare") and exercise.kind not in BY_PERSON for exercise in group.exercises)
        for key, needed in (("private", self.names and self.n > 1), ("gone", group.gone), ("nobody", not self.n),
                            ("few", self.n and not self.enough), ("open", opened), ("bank", bare)):
            if needed:
                self.p(key, n=group.gone if key == "gone" else self.n, few=statistics.FEW, list=opened)
        if self.n:
            self.head("main")
            self.blocks.append(("ul", self.main))  # the parts below fill it

    def _scores(self):
        totals = self.group.totals
        counts = np.bincount(np.clip(np.round(totals * 10, 6).astype(int), 0, 9), minlength=10)
        bins = [f"{10 * low}–{10 * low + 10}{NBSP}%" for low in range(10)]
        mean, median, low, high = map(self.percent, (totals.mean(), *np.percentile(totals, (50, 25, 75))))
        self.main.append(self.say("main_mean", mean=mean, low=low, high=high))
        top, equal = int(counts.argmax()), np.ptp(totals) < 1e-9
        spread = "" if equal else number(round(float(totals.std(ddof=1)) * 100, 6), self.lang, 1)
        told = self.say("scores_say", n=counts[top], bin=bins[top], mean=mean, median=median)
        drawn = [(name, count / self.n, None, count) for name, count in zip(bins, counts, strict=True)]
        self.head("scores")
        self.blocks.append(("figure", _bars(drawn, self.say("scores_axis")), "scores",
                            told + " " + self.say("scores_equal" if equal else "scores_spread", sd=spread)))
        rows = [[name, str(count), self.percent(count / self.n)] for name, count in zip(bins, counts, strict=True)]
        self.table("scores_caption", ("bin", "count", "share"), rows)

    def _exercises(self):
        group, share, k = self.group, self.facility, len(self.group.refs)
        ns = (~np.isnan(group.points)).sum(0)
        blank, self.r_rest, without = (group.states >= 5).mean(0), np.full(k, np.nan), np.full(k, np.nan)
        self.alpha = statistics.alpha(group.earned) if self.enough else None
        if self.enough:
            self.r_rest[group.closed] = statistics.discrimination(group.earned)
        if self.alpha:
            without[group.closed] = self.alpha[2]
        self.head("exercises")
        known = [place for place in np.argsort(share, kind="stable") if ns[place]]
        ends = {place: statistics.interval(share[place], ns[place]) for place in known}
        if known:
            hard, easy = (self.no(place, share[place]) for place in (known[0], known[-1]))
            self.main.append(self.say("main_hard", list=", ".join(self.no(place, share[place]) for place in known[:3])))
            told = self.say("facility_say" if hard != easy else "facility_one", hard=hard, easy=easy, median=self.percent(np.median(share[known])))
            rows = [(self.no(place), share[place], ends[place], self.percent(share[place])) for place in known]
            self.blocks.append(("figure", _bars(rows, self.say("facility_axis")), "facility", told))
        self.p("facility_what")
        self.p("discrimination_what", *["rough"] * (self.enough and self.n < _ROUGH), n=self.n)
        rows = []
        for place, exercise in enumerate(group.exercises):
            prompt, r = re.sub(r"\*\*|`", "", self.words(exercise["prompt"])), self.r_rest[place]
            prompt = prompt if len(prompt) <= _PROMPT else prompt[:_PROMPT].rpartition(" ")[0] + "…"
            easy = self.percent(share[place]) + self.between(ends.get(place), 100)
            easy += f", n{NBSP}={NBSP}{ns[place]}" if ns[place] < self.n else ""
            clear = self.r(r) + self.between(None if np.isnan(r) else statistics.correlation_interval(r, self.n))
            rows.append([f"{self.no(place)}. {prompt}", easy, clear, self.percent(blank[place]), self.r(without[place])])
            self._look(place, share[place], r, blank[place])
        heads = ("exercise", "facility", "discrimination", "blank", "without")
        self.table("exercises_caption", heads, rows, n=self.n)
        self.blocks += [("p", None), ("ul", [])]
        self.spot = len(self.blocks)

    def _look(self, place, share, r, blank):
        if self.enough and self.group.closed[place]:
            key = "negative" if r < -0.1 else "weak" if r < 0.15 else "easy" if share > 0.95 else "hard" if share < 0.2 else None
            key = "same" if np.ptp(self.group.points[:, place]) < 1e-9 else key
            if key:
                self.look(place, key, r=self.r(r), share=self.percent(share))
            if blank > 0.2:
                self.look(place, "blank", share=self.percent(blank))
        if invalid := (self.group.states[:, place] == 3).sum():
            self.look(place, "invalid", n=invalid)

    def _alpha(self):
        self.head("alpha")
        self.p("alpha_what")
        if self.alpha:
            value, (low, high), without = self.alpha
            self.p("alpha_value", alpha=self.r(value), low=self.r(low), high=self.r(high), k=len(without), n=self.n)
            if value < 0:
                self.p("alpha_negative")
            if len(without) > 2 and np.nanmax(without) > value + 0.01:
                place = np.nonzero(self.group.closed)[0][np.nanargmax(without)]
                self.p("alpha_without", no=self.no(place), alpha=self.r(np.nanmax(without)))
        elif self.enough:
            self.p("alpha_none")
        self.p("alpha_limits")

    def _answers(self):
        self.head("answers")
        self.p("answers_what")
        clean, parted = [], statistics.thirds(self.group.totals) if self.enough else None
        for place, exercise in enumerate(self.group.exercises):
            if exercise.kind in BY_PERSON:
                continue
            if not (self.group.states[:, place] != 0).any():
                clean.append(self.no(place))
                continue
            prompt = self.words(exercise["prompt"])
            self.blocks += [("h3", f"{self.no(place)}. {prompt}"),
                            ("p", self.say("answers_about", kind=text(f"kind.{exercise.kind}", self.lang), ref=self.group.refs[place],
                                           share=self.percent(self.facility[place])))]
            rows, unused, once = [], [], 0
            for label, chose, right, wanted in self._labels(place, exercise):
                count = int(chose.sum())
                once += count == 1 and not wanted
                if not count and wanted:
                    unused.append(f"«{label}»")
                shares = [np.nan if parted is None else chose[part].mean() for part in parted or (0, 0)]
                if wanted and right is False and shares[0] > shares[1] + 0.1 and chose[parted[0]].sum() > 2:
                    self.look(place, "option", option=label)
                if wanted or count > 1:
                    total = self.group.totals[chose].mean() if count else np.nan
                    rows.append((count, [self.say("right", option=label) if right else label,
                                         f"{count}{NBSP}({self.percent(chose.mean())})", *map(self.percent, (total, *shares))]))
            head = {"order": "item", "match": "row", "classify": "row", "numeric": "slip", "value": "slip"}.get(exercise.kind, "option")
            if head != "option":
                rows = sorted(rows, key=lambda row: -row[0])[:_MISTAKES]
            if rows:
                self.table("answers_caption", (head, "gave", "total", "upper", "lower"), [row for _, row in rows], no=self.no(place))
            for key, found in (("unused", ", ".join(unused)), ("others", once)):
                if found:
                    self.p(key, list=found, n=found)
        if clean:
            self.p("no_mistakes", list=", ".join(clean))

    def _labels(self, place, exercise):
        """Yield (words, who answered so, whether that is right, whether to show it though nobody did)."""
        said, codes = self.group.said[place], self.group.answers[:, place]
        told = [(got, alike[0]) for alike, (_, got) in said.items()]

        def who(like):
            return np.array([like(got) for got, _ in told] + [False])[codes]

        def named(field, default=""):
            return {one["id"]: self.words(one.get("text") or one["why"]) for one in exercise.get(field, ())} if not exercise.get("bare") else {}

        options, marks = named("option"), {name: good for got, _ in told for name, good in got["marks"].items()}
        if exercise.kind in ("choice", "multi"):
            key = {one["id"]: bool(one.get("right")) for one in exercise.get("option", ())} if options else marks
            for name, right in key.items():
                yield options.get(name, name), who(lambda got: name in got["marks"]), right, True
        elif exercise.kind == "order":
            for name, words in (named("item") or dict.fromkeys(marks, "")).items():
                yield words or name, who(lambda got: got["marks"].get(name) is False), None, False
        elif exercise.kind in ("match", "classify"):
            rows, met = named("row"), {(row, got["answer"][row]) for got, _ in told for row, good in got["marks"].items() if not good}
            for row, option in sorted(met):
                label = self.say("pair", row=rows.get(row, row), option=options.get(option, option))
                yield label, who(lambda got: got["answer"].get(row) == option and not got["marks"][row]), None, False
        else:
            for slip, one in enumerate(exercise.get("slip", ())):
                yield self.say("slip", why=self.words(one["why"])), who(lambda got: got["slip"] == slip), None, False
            values = {alike: got["answer"] for got, alike in told if got["slip"] is None and got["state"] != "right" and alike}
            for value, answer in values.items() if exercise.kind == "numeric" else ():
                chose = np.array([alike == value and got["slip"] is None for got, alike in told] + [False])[codes]
                yield self.say("typed", value=str(answer)), chose, None, False
        yield self.say("blank"), self.group.states[:, place] >= 5, None, False

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
            shares = {one: float(np.average(self.facility[those], weights=group.maxima[those])) for one, those in found.items()}
            order = sorted(found, key=lambda one: (round(shares[one], 9), str(one)))
            label = {one: self._outcome(*one) if kind == "outcome" else concepts().get(one, {}).get(self.lang, one) for one in order}
            if kind == "outcome" and order:
                rows = [(str(place), shares[one], None, self.percent(shares[one])) for place, one in enumerate(order, 1)]
                low, high = order[0], order[-1]
                told = self.say("outcomes_say" if len(order) > 1 else "outcomes_one", low=label[low], high=label[high],
                                low_share=self.percent(shares[low]), high_share=self.percent(shares[high]))
                self.blocks.append(("figure", _bars(rows, self.say("outcomes_axis")), None, told))
            elif order:
                self.main.append(self.say("main_concept", list=", ".join(f"«{label[one]}» ({self.percent(shares[one])})" for one in order[:3])))
            rows = [[f"{place}. {label[one]}", self.percent(shares[one]), ", ".join(map(self.no, found[one]))]
                    for place, one in enumerate(order if kind == "outcome" else order[:_CONCEPTS], 1)]
            self.table(f"{kind}s_caption", (kind, "share", "where"), rows)
            if len(order) > len(rows):
                self.p("concepts_more", n=len(rows), of=len(order))

    def _outcome(self, lesson, name):
        known = getattr(chapter(lesson), "outcomes", {}).get(name)
        return known[self.lang] if known else self.say("own_outcome", id=name)

    def _handing(self):
        group, blank = self.group, self.group.states >= 5
        self.head("handing")
        if self.n:
            most = int(blank.mean(0).argmax())
            key = "blank_say" if blank.any() else "blank_none"
            self.p(key, share=self.percent(blank.mean()), no=self.no(most, blank.mean(0)[most]))
        self.p("late_say" if group.late else "late_none", n=len(group.late), days=max(group.late, default=0))
        flags = section("grading.flag", self.lang) | {"ok": self.say("flag_ok")}
        self.table("flags_caption", ("flag", "count"), [[flags.get(flag, flag), str(count)] for flag, count in group.flags.most_common()])

    def _pairs(self):
        found = statistics.alike(self.group.mistakes(), self.group.variants)
        self.head("alike")
        self.p("alike_what", pairs=number(self.n * (self.n - 1) // 2, self.lang))
        if not found:
            return self.p("alike_none")
        self.main.append(self.say("main_alike", n=len(found)))
        self.p("alike_proof")
        rows = []
        for place, (one, two, same, both, expected) in enumerate(found[:_PAIRS], 1):
            who = [" ".join(filter(None, (name, f"({student})"))) for name, student in (self.group.names[one], self.group.names[two])]
            label = self.say("both_names", one=who[0], two=who[1]) if self.names else self.say("no_names", no=place)
            rows.append([label, str(same), str(both), number(round(expected, 6), self.lang, 1)])
        self.table("alike_caption", ("pair", "agree", "both", "chance"), rows)
        if len(found) > len(rows):
            self.p("alike_more", n=len(rows), of=len(found))


def _bars(rows, axis):
    """Draw shares from 0 to 1 as bars with their intervals; a row is (label, share, (low, high) or None, as printed)."""
    bottom = 22 * len(rows)
    parts = [f'<path class="g" d="M{70 + 2.2 * tick:g} 0V{bottom}"/><text class="m" x="{70 + 2.2 * tick:g}" y="{bottom + 15}"'
             f' text-anchor="middle">{tick}</text>' for tick in range(0, 101, 25)]
    for y, (label, share, ends, printed) in zip(range(11, bottom, 22), rows, strict=True):
        parts.append(f'<text x="62" y="{y + 4}" text-anchor="end">{label}</text><text x="346" y="{y + 4}" text-anchor="end">{printed}</text>'
                     f'<rect class="b" x="70" y="{y - 7}" width="{220 * share:.4g}" height="14"/>')
        if ends:
            parts.append(f'<path class="l" d="M{70 + 220 * ends[0]:.4g} {y}H{70 + 220 * ends[1]:.4g}"/>')
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 350 {bottom + 36}" role="img">{"".join(parts)}'
            f'<text class="m" x="180" y="{bottom + 32}" text-anchor="middle">{axis}</text></svg>')


def _inline(words):
    """Make any text harmless in HTML and in Markdown; **bold** and `code` are kept."""
    words = "".join(one if one.isprintable() or one == NBSP else " " * one.isspace() for one in words)
    words = re.sub(r"[&<>\"*_`\[\]|~{}#$\\]", lambda found: f"&#{ord(found[0])};", words)
    words = re.sub(r"&#42;&#42;(.+?)&#42;&#42;", r"<strong>\1</strong>", words)
    return re.sub(r"&#96;(.+?)&#96;", r"<code>\1</code>", words)


def page(made):
    """Return a report as one HTML file that needs nothing else."""
    parts = []
    for place, (kind, *what) in enumerate(made.blocks):
        if kind in ("h2", "h3", "p"):
            parts.append(f"<{kind}>{_inline(what[0])}</{kind}>")
        elif kind == "ul":
            parts.append("<ul>" + "".join(f"<li>{_inline(one)}</li>" for one in what[0]) + "</ul>")
        elif kind == "figure":
            svg = what[0].replace("<svg ", f'<svg aria-labelledby="f{place}" ', 1)
            parts.append(f'<figure>{svg}<figcaption id="f{place}">{_inline(what[2])}</figcaption></figure>')
        else:
            caption, heads, rows = what
            parts.append(f'<div class="t" tabindex="0" role="region" aria-labelledby="t{place}"><table><caption id="t{place}">{_inline(caption)}</caption><thead><tr>'
                         + "".join(f'<th scope="col"{_NUMERIC * bool(column)}>{_inline(head)}</th>' for column, head in enumerate(heads)) + "</tr></thead><tbody>")
            for first, *cells in rows:
                parts.append(f'<tr><th scope="row">{_inline(first)}</th>' + "".join(f"<td{_NUMERIC}>{_inline(cell)}</td>" for cell in cells) + "</tr>")
            parts.append("</tbody></table></div>")
    style, title = (_HERE / "report.css").read_text("utf-8"), _inline(made.title)
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (f'<!doctype html>\n<html lang="{made.lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n<title>{title}</title>\n<style>\n{style}</style></head>\n'
            f"<body><main><h1>{title}</h1>\n" + "\n".join(parts) + "\n</main></body></html>\n")


_NUMERIC = ' class="n"'


def notebook(made, folder):
    """Return a report as a notebook whose cells of code read the tables of `folder` (a path, as the notebook sees it)."""
    code, cells = tomllib.loads((_HERE / "report.toml").read_text("utf-8"))["code"], []

    def cell(source, outputs=None):
        kind = {"cell_type": "markdown"} if outputs is None else {"cell_type": "code", "execution_count": None, "outputs": outputs}
        cells.append(kind | {"id": f"report-{len(cells) + 1}", "metadata": {}, "source": source.strip().splitlines(True)})

    def run(name, outputs=()):
        cell(code[name].replace("FOLDER", json.dumps(folder)), list(outputs))

    def prose(words):
        cell(words.replace("&#36;", "＄").replace("&#92;", "＼"))  # else JupyterLab takes them for a formula

    prose(f"# {_inline(made.title)}")
    prose(made.say("further_what"))
    run("load")
    for kind, *what in made.blocks:
        if kind in ("h2", "h3", "p"):
            prose({"h2": "## ", "h3": "### ", "p": ""}[kind] + _inline(what[0]))
        elif kind == "ul":
            prose("\n".join(f"- {_inline(one)}" for one in what[0]))
        elif kind == "figure":
            svg, name, sentence = what
            prose(_inline(sentence))
            if name:
                run(name, [{"output_type": "display_data", "metadata": {}, "data": {"image/svg+xml": _alone(svg).splitlines(True), "text/plain": [sentence]}}])
        else:
            caption, heads, rows = what
            lines = [heads, ["---"] + ["---:"] * (len(heads) - 1), *rows]
            prose(f"**{_inline(caption)}**\n\n" + "\n".join("| " + " | ".join(one if line is lines[1] else _inline(one) for one in line) + " |" for line in lines))
    prose(f"## {made.say('further')}")
    for name, words in section("report.cell", made.lang).items():
        prose(words)
        run(name)
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    told = {"cells": cells, "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def _alone(svg):
    """A picture that brings its light colours along."""
    style = (_HERE / "report.css").read_text("utf-8")
    colours = dict(re.findall(r"(--\w+): ([^;]+);", style.partition("}")[0]))
    rules = re.sub(r"var\((--\w+)\)", lambda name: colours[name[1]], "".join(re.findall(r"^svg .*", style, re.M)))
    return svg.replace(">", f'><style>{rules}</style><rect width="100%" height="100%" fill="#fff"/>', 1)


def main(words):
    """Run ``course report``; returns its exit code: 0 done, 2 it cannot be carried out."""
    parser = argparse.ArgumentParser("course report", description="What the group did not understand: a page and a notebook.")
    parser.add_argument("grades", metavar="GRADES", help="the folder that `course grade` wrote")
    parser.add_argument("--lang", choices=LANGS, default="uk")
    parser.add_argument("--out", metavar="DIR", help="default: GRADES")
    parser.add_argument("--key", metavar="PRIVATE", help="the private folder: words of your own exercises, as they were set")
    parser.add_argument("--no-names", action="store_true", help="leave names out, so that the report can be shown")
    options = parser.parse_args(words)
    out = Path(options.out or options.grades)
    try:
        made = _Report(Group(options.grades, options.key), options.lang, not options.no_names)
        out.mkdir(parents=True, exist_ok=True)
        folder = os.path.relpath(options.grades, out).replace(os.sep, "/")
        for name, told in ((f"report-{options.lang}.html", page(made)), (f"report-{options.lang}.ipynb", notebook(made, folder))):
            (out / name).write_text(told, "utf-8", newline="\n")
            print(out / name)
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0
