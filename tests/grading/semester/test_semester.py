"""Across assignments: intervals against other libraries, the bank against the answers, rules as a table."""

import csv
import json
import math
import re
import shutil
from dataclasses import replace
from datetime import datetime

import numpy as np
import pandas as pd
import pingouin
import pytest
from msgspec import structs
from scipy import stats
from setting import SPEC, write_setting
from simulated import submission
from statsmodels.stats.proportion import confint_proportions_2indep

from course.cli import main
from course.grading import GradingError, cells, gradebook
from course.grading.pages.group import Group
from course.grading.semester import bank, compare, estimates, items, support
from course.grading.setting import assignment
from course.texts import LANGS, entries

BARE = re.compile(r"\b(nan|None|inf|True|False)\b|\{\w+\}|numpy")
EXERCISES = '"own/own-choice", "own/own-multi", "own/own-numeric", "levels/levels-order"'


def year(folder, name, day, n, seed, low=0.2, bank=lambda text: text, groups=2):
    """Set, hand in and grade an assignment without written answers; returns the folder of grades."""
    spec = SPEC.partition("[[rubric]]")[0].replace('"quiz"', f'"{name}"').replace("2026-12", day)
    spec = re.sub(r"exercises = \[.*?\]", f"exercises = [{EXERCISES}]", spec, flags=re.DOTALL)
    people = "".join(f"Студент {i};МК-{20 + i % groups};{i}\n" for i in range(100, 100 + n))
    paths = write_setting(folder / "setting", spec, "ПІБ;Група;№ залікової книжки\n" + people)
    own = folder / "setting" / "exercises.toml"
    own.write_text(bank(own.read_text("utf-8")), "utf-8")
    key = assignment.assign(*paths, folder / "set")
    skill = np.random.default_rng(seed).uniform(low, 0.95, n)
    (folder / "in").mkdir()
    when = datetime.fromisoformat(f"{day}-02T09:00:00+00:00")
    for i in range(100, 100 + n - 2):
        made = submission(key, str(i), "x", skill=skill[i - 100], seed=seed, when=when)
        (folder / "in" / f"{i}.jsonl").write_bytes(made)
    gradebook.grade(folder / "in", folder / "set" / "private", folder / "out")
    return folder / "out"


@pytest.fixture(scope="module")
def stream(tmp_path_factory):
    """Two years of one quiz; in the second the question of one exercise is another."""
    folder = tmp_path_factory.mktemp("stream")
    ours = "own-choice"

    def other(text):
        start = text.index(f'id = "{ours}"')
        return text[:start] + text[start:].replace('prompt.uk = "', 'prompt.uk = "Отже, ', 1)

    first = year(folder / "a", "quiz-25", "2025-12", 40, 1)
    return first, year(folder / "b", "quiz-26", "2026-12", 44, 2, 0.5, other)


# Estimates


def test_means_and_differences_are_those_of_scipy():
    dice = np.random.default_rng(3)
    ones, others = dice.beta(4, 2, 23), dice.beta(3, 3, 9)
    ends = stats.t.interval(0.95, 22, ones.mean(), stats.sem(ones))
    assert estimates.mean(ones)[:3] == pytest.approx((ones.mean(), *ends))
    for many, level in ((1, 0.95), (20, 1 - 0.05 / 20)):
        ends = stats.ttest_ind(ones, others, equal_var=False).confidence_interval(level)
        assert estimates.difference(ones, others, many)[1:3] == pytest.approx((*ends,))


def test_sums_of_two_years_are_those_of_all_and_their_gap_is_the_same():
    dice = np.random.default_rng(6)
    parts = dice.normal(0.5, 0.1, 9), dice.normal(0.7, 0.2, 14), dice.normal(0.6, 0.1, 11)
    sums = [estimates.Sums.of(each) for each in parts]
    both, none = np.concatenate(parts[:2]), estimates.Sums(0, 0, 0)
    joined = none.joined(sums[0]).joined(sums[1]).joined(none)
    assert joined == pytest.approx((23, both.mean(), both.var(ddof=1)))
    assert estimates.gap(joined, sums[2]) == pytest.approx(estimates.difference(both, parts[2]))


def test_the_share_between_groups_is_pingouin_s():
    dice = np.random.default_rng(4)
    table = dice.normal(0, 1, (6, 8)) + dice.normal(0, 1, (6, 1))
    long = {
        "group": np.repeat(np.arange(6), 8),
        "judge": np.tile(np.arange(8), 6),
        "x": table.ravel(),
    }
    frame = pd.DataFrame(long)
    told = pingouin.intraclass_corr(frame, "group", "judge", "x")
    told = told[told["Type"].isin(["ICC1", "ICC(1,1)"])].iloc[0]
    made = estimates.between(list(table))
    ends = next(told[name] for name in ("CI95%", "CI95") if name in told.index)
    assert made.value == pytest.approx(told["ICC"])
    assert np.round(made[1:3], 2) == pytest.approx(np.maximum(0, ends))


def test_the_drift_is_newcombe_s_and_wider_for_many():
    years = [estimates.Sums(n, p, p * (1 - p) * n / (n - 1)) for n, p in ((80, 0.6), (70, 0.8))]
    made = estimates.shift(*years)
    ends = confint_proportions_2indep(56, 70, 48, 80, method="newcomb")
    assert made[1:3] == pytest.approx(ends)
    ends = confint_proportions_2indep(56, 70, 48, 80, method="newcomb", alpha=0.05 / 10)
    assert estimates.shift(*years, 10)[1:3] == pytest.approx(ends)


def test_partial_marks_are_held_by_their_interval_and_make_it_narrower():
    dice, held, width = np.random.default_rng(7), 0, []
    for _ in range(400):
        years = [estimates.Sums.of(np.round(dice.beta(6, 3, n) * 4) / 4) for n in (40, 60)]
        made = estimates.shift(*years)
        held += made.low <= 0 <= made.high
        width.append(made.high - made.low)
    binary = [estimates.Sums(n, 2 / 3, 2 / 9) for n in (40, 60)]
    wide = estimates.shift(*binary)
    assert 0.92 < held / 400 < 0.98 and np.mean(width) < 0.5 * (wide.high - wide.low)


def test_correlations_of_years_are_weighed_by_fisher():
    z = (np.arctanh(0.2) * 37 + np.arctanh(0.5) * 17) / 54
    made = estimates.correlation([(0.2, 40), (0.5, 20), (0.9, 3)])
    half = stats.norm.ppf(0.975) / math.sqrt(54)
    assert made[:3] == pytest.approx(np.tanh([z, z - half, z + half])) and made.n == 60
    assert estimates.correlation([(math.nan, 50)]) is None


def test_chance_alone_is_named_in_one_of_twenty_comparisons_of_a_stream():
    dice, named = np.random.default_rng(5), 0
    for _ in range(300):
        groups = dice.beta(4, 2, (10, 12))
        named += any(
            estimates.difference(own, np.delete(groups, at, 0).ravel(), 10).clear
            for at, own in enumerate(groups)
        )
    assert named / 300 < 0.09  # 5 % and what 300 draws leave open; without the correction 40 %


# Groups and years


def test_years_are_compared_in_what_both_had_unchanged(stream, tmp_path, capsys):
    cohorts = compare.read([str(folder) for folder in stream])
    assert [cohort.label for cohort in cohorts] == ["2025/26", "2026/27"]
    (pair,) = compare.years(cohorts)
    assert pair.refs == ["own/own-multi", "own/own-numeric", "levels/levels-order"]
    assert pair.changed == ["own/own-choice"]
    shares = []
    for folder in stream:  # once more from the table that a lecturer opens
        rows = list(csv.DictReader((folder / "students.csv").open(encoding="utf-8")))
        whole = {"own/own-multi": 2, "own/own-numeric": 2, "levels/levels-order": 2}
        key = json.loads((folder / "key.json").read_text("utf-8"))["exercises"]
        whole = {entry["ref"]: entry["points"] for entry in key if entry["ref"] in whole}
        came = [row for row in rows if row["saved"]]
        shares.append([sum(float(r[ref]) for ref in whole) / sum(whole.values()) for r in came])
    ends = stats.ttest_ind(*shares[::-1], equal_var=False).confidence_interval()
    assert pair.apart[:3] == pytest.approx(
        (np.mean(shares[1]) - np.mean(shares[0]), *ends), abs=1e-4
    )
    assert main(["report", "compare", *map(str, stream), "--out", str(tmp_path)]) == 0
    page = (tmp_path / "compare-uk.html").read_text("utf-8")
    assert "тому до спільних не належать: <code>own/own-choice</code>" in page
    assert "Числа в кожного студента свої: <code>own/own-numeric</code>" in page


def test_a_group_is_compared_with_all_the_others_and_few_with_nobody(stream):
    (cohort,) = compare.read([str(stream[0])])
    made = compare.units(cohort)
    own = np.array(cohort.group.units) == "МК-20"
    assert [(unit.name, unit.n, unit.of) for unit in made] == [("МК-20", 19, 20), ("МК-21", 19, 20)]
    ones, others = cohort.group.totals[own], cohort.group.totals[~own]
    ends = stats.ttest_ind(ones, others, equal_var=False).confidence_interval(0.975)
    assert made[0].apart[1:3] == pytest.approx((*ends,))
    cohort.group.units = ["МК-20"] * 35 + ["МК-21"] * 3
    assert [unit.apart for unit in compare.units(cohort)] == [None, None]


def test_groups_stand_in_the_order_of_their_numbers(stream):
    (cohort,) = compare.read([str(stream[0])])
    cohort.group.listed = dict.fromkeys(["МК-10", "МК-2", "МК-21м", "А-3", "", "МК-2²"], 1)
    named = [unit.name for unit in compare.units(cohort)]
    assert named == ["А-3", "МК-2", "МК-2²", "МК-10", "МК-21м"]


def test_names_are_text_wherever_they_stand(stream, tmp_path):
    (cohort,) = compare.read([f"{stream[0]}=<b>1"])
    group = cohort.group
    odd = {"МК-20": "<script>alert(1)</script>", "МК-21": "=1+1"}
    group.units = [odd[name] for name in group.units]
    group.listed = {odd[name]: count for name, count in group.listed.items()}
    made = compare.Page([cohort], "uk")
    assert "<script" not in made.html() and "<b>1" not in made.html()
    assert b";'=1+1;" in cells.encode(compare.table(made), ";")


# The bank


def test_a_line_says_what_the_answers_say_and_no_name(stream, tmp_path):
    group = Group(stream[0])
    lines = {line.item: line for line in bank.lines_of(group, "2026-01-10")}
    frame = pd.read_csv(stream[0] / "students.csv")
    frame = frame[frame["saved"].notna()]
    refs = list(lines)
    for ref, line in lines.items():
        others = frame[[other for other in refs if other != ref]].sum(axis=1)
        r = pingouin.corr(frame[ref], others)["r"].iloc[0]
        assert line.rest == pytest.approx(r, abs=1e-5) and line.n == 38 and line.handed_out == 40
        full = group.maxima[group.refs.index(ref)]
        assert line.facility == pytest.approx(frame[ref].mean() / full, abs=1e-5)
    choice = lines["own/own-choice"]
    right = [each.n for each in choice.choices if each.right]
    assert sum(right) / choice.n == pytest.approx(choice.facility)
    assert sum(each.n for each in choice.choices) + choice.blank == choice.n
    (own,) = [each for each in choice.choices if each.right]
    shares = frame[refs[1:]].sum(axis=1) / (group.maxima.sum() - group.maxima[0])
    shares = shares[frame[refs[0]] > 0]
    assert (own.rest, own.spread) == pytest.approx((shares.mean(), shares.var()), abs=1e-5)
    assert (choice.public, lines["levels/levels-order"].public) == (False, True)
    assert choice.year == "2025/26" and lines["own/own-numeric"].drawn > 1
    path = tmp_path / "items.jsonl"
    bank.write(path, lines.values())
    assert bank.read(path) == {line.place: line for line in lines.values()}
    assert not re.search(r"Студент|\b1[0-3]\d\b[^.,]", path.read_text("utf-8").replace("0.", ""))


def test_the_same_assignment_twice_counts_once_and_files_may_be_joined(stream, tmp_path, capsys):
    paths = [tmp_path / name for name in ("a.jsonl", "b.jsonl", "both.jsonl")]
    for path, folder in zip(paths, stream, strict=False):
        assert main(["report", "items", str(folder), "--bank", str(path)]) == 0
    before = paths[0].read_bytes()
    assert main(["report", "items", str(stream[0]), "--bank", str(paths[0])]) == 0
    assert paths[0].read_bytes() == before
    assert "4 exercises of quiz-25, 0 lines changed" in capsys.readouterr().out
    paths[2].write_bytes(paths[1].read_bytes() + before + paths[1].read_bytes())
    lines = bank.read(paths[2])
    listed = {(i.last.item, len(i.lines)) for i in items.items(lines.values())}
    assert len(lines) == 8 and ("own/own-multi", 2) in listed
    assert ("own/own-choice", 2) not in listed, "another question is another item"
    multi = next(i for i in items.items(lines.values()) if i.last.item == "own/own-multi")
    (_, (n, a, _)), (_, (m, b, _)) = multi.years().items()
    assert multi.facility.value == pytest.approx((a * n + b * m) / (n + m)) and multi.seen == 84
    assert multi.drift()[2].value == pytest.approx(b - a)


def test_a_correction_replaces_and_an_id_used_again_is_refused(stream):
    new = bank.lines_of(Group(stream[0]), "2026-01-10")
    lines = {}
    assert bank.add(lines, new) == 4
    better = [structs.replace(new[0], facility=0.5, added="2026-02-01"), *new[1:3]]
    assert bank.add(lines, better) == 2, "one is other, one has been taken out"
    assert lines[new[0].place].facility == 0.5 and len(lines) == 3
    again = [structs.replace(line, closes="2026-12-08") for line in new]
    with pytest.raises(GradingError, match="--as NAME"):
        bank.add(lines, again)
    paper = [structs.replace(line, closes="", year="2027/28") for line in new]
    with pytest.raises(GradingError, match="--as NAME"):
        bank.add(lines, paper)  # an exam on paper has no closing day, only its year


def test_a_day_as_people_write_it_is_answered_with_the_day_to_write(capsys):
    with pytest.raises(SystemExit):
        main(["report", "support", "a", "--on", "20.12.2026"])
    assert "write the year first: 2026-12-09" in capsys.readouterr().err


def line(n=200, facility=0.6, rest=0.4, choices=(), **fields):
    known = {"item": "own/a", "version": "v", "kind": "choice", "prompt": {"uk": "?", "ru": "?"}}
    known |= {"assignment": "q1", "year": "2025/26", "closes": "", "added": "2026-01-01"}
    known |= {
        "handed_out": n,
        "blank": 0,
        "parts": 9,
        "public": False,
        "spread": facility * (1 - facility),
    }
    listed = [
        bank.Choice(text={"uk": name, "ru": name}, right=right, n=count, rest=mean, spread=0.02)
        for name, right, count, mean in choices
    ]
    return bank.Line(n=n, facility=facility, rest=rest, choices=listed, **known | fields)


GOOD = (("a", True, 120, 0.7), ("b", False, 50, 0.5), ("c", False, 30, 0.5))


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([line(choices=GOOD)], []),
        ([line(n=29, rest=-0.9)], ["few"]),
        ([line(rest=-0.2)], ["key"]),
        ([line(rest=-0.1)], ["weak"]),  # its interval reaches zero: no word of the key
        ([line(rest=0.1)], ["weak"]),
        ([line(n=40, rest=0.1)], []),  # so few bear nothing out
        ([line(n=40, rest=0.1), line(n=160, rest=0.1, assignment="q2")], ["weak"]),
        ([line(facility=0.95)], ["easy"]),
        ([line(facility=0.2)], ["hard"]),
        ([line(choices=(*GOOD[:1], ("b", False, 60, 0.8), GOOD[2]))], ["tempting"]),
        ([line(choices=(*GOOD[:1], ("b", False, 60, 0.72), GOOD[2]))], []),
        ([line(choices=(*GOOD[:1], ("b", False, 10, 0.95), GOOD[2]))], []),
        ([line(choices=(*GOOD, ("d", False, 2, 0.1)))], ["dead"]),
        ([line(choices=(*GOOD, ("d", False, 6, 0.1)))], []),
        ([line(public=True)], ["public"]),
        ([line(handed_out=300)], ["seen"]),
        ([line(), line(facility=0.8, year="2026/27", assignment="q2", n=99)], ["easier"]),
        ([line(), line(facility=0.4, year="2026/27", assignment="q2", n=99)], ["harder"]),
        ([line(), line(facility=0.65, year="2026/27", assignment="q2", n=99)], []),
    ],
)
def test_an_exercise_is_warned_of_when_the_numbers_bear_it_out(lines, said):
    (item,) = items.items(lines)
    assert [key for key, _ in items.warnings(item, 1, 300)] == said


# Who needs help


def task(*rows, closes="2026-10-08T20:59:00Z", taken=None, title="К"):
    """An assignment of 10 exercises; of each student: percent or None, more fields."""
    works = {}
    for student, percent, more in rows:
        blank = more.pop("blank", 0)
        states = ["partial"] * (10 - blank) + ["unattempted"] * blank
        cells = {
            f"own/{at}": support.results.Answer(
                state=state, points=0 if state == "unattempted" else percent or 0, maximum=100
            )
            for at, state in enumerate(states)
        }
        flags = ["ok"] if percent is not None else ["no-submission"]
        works[student] = support.Work(
            **{"student": student, "claimed": student, "name": student, "group": "", "email": ""}
            | {"lang": "uk", "flags": flags, "points": 0, "maximum": 1000, "exercises": cells}
            | more
        )
    titles = dict.fromkeys(LANGS, title)
    return support.Task(support.Path(), titles, closes, taken, 0, {"extended": "2027"}, works)


def stream_of(*percents, who="x", **more):
    """Assignments in which the others always have 70 and one student these percents."""
    others = [(f"o{at}", 70, {}) for at in range(4)]
    last = len(percents) - 1
    return [
        task(*others, (who, percent, dict(more) if at == last else {}), title=f"К{at}")
        for at, percent in enumerate(percents)
    ]


@pytest.mark.parametrize(
    ("tasks", "rules", "said"),
    [
        (stream_of(70, 70), {}, []),
        (stream_of(70, None), {}, ["missed"]),
        (stream_of(70, None), {"missed": 2}, []),
        (stream_of(70, None), {"missed": 0}, []),
        (stream_of(None, None), {"missed": 2}, ["missed"]),
        (stream_of(None, 70, None), {"missed": 2}, ["gaps"]),
        (stream_of(None, 70), {}, []),
        (stream_of(None, None, 70), {}, ["gaps"]),
        (stream_of(70, None, who="extended"), {}, []),
        (stream_of(59.9), {}, ["below"]),
        (stream_of(60), {}, []),
        (stream_of(59.9), {"below": 0}, []),
        (stream_of(90, 90, 65), {}, ["fall"]),
        (stream_of(90, 90, 65.1), {}, []),
        (stream_of(90, 65), {"fall": 30}, []),
        (stream_of(None, 65), {}, []),  # nothing to fall from
        (stream_of(100, blank=4), {"below": 0}, ["blank"]),
        (stream_of(100, blank=3), {"below": 0}, []),
        (stream_of(70, late_days=1), {}, []),
        (stream_of(70, late_days=1), {"late": 1}, ["late"]),
        (stream_of(40, 10, blank=5), {}, ["below", "fall", "blank"]),
    ],
)
def test_the_rules_are_as_they_are_written(tasks, rules, said):
    cases, of = support.find(tasks, support.Rules(**rules), "2026-12-01T00:00:00Z")
    assert [(case.work.student, [r.rule for r in case.reasons]) for case in cases] == (
        [("x", said)] if said else []
    )
    assert of == 5


def test_a_work_that_is_not_due_yet_is_not_missed_and_late_work_may_still_come():
    tasks = stream_of(70, None)
    assert support.find(tasks, support.Rules(), "2026-10-08T12:00:00Z")[0] == []
    tasks[-1] = replace(tasks[-1], taken="2026-12-31T20:59:00Z")
    ((case,), _) = support.find(tasks, support.Rules(), "2026-12-01T00:00:00Z")
    assert [reason.rule for reason in case.reasons] == ["missed", "open"]
    page = support.Page(tasks, support.Rules(), "2026-12-01T00:00:00Z", "uk", "2026-12-01")
    assert "Станом на 01.12.2026" in page.html() and "приймають до 31.12.2026" in page.html()
    assert page.of == 5 and "o1" not in page.html(), "who is all right is only counted"


def test_a_file_that_counts_for_nobody_is_a_question_and_no_bad_mark():
    tasks = stream_of(90, 0, flags=["tampered"])
    ((case,), _) = support.find(tasks, support.Rules(), "2026-12-01T00:00:00Z")
    assert [reason.rule for reason in case.reasons] == ["void"] and case.shares == [0.9, None]


def test_a_stream_that_fell_is_not_a_student_who_fell():
    others = [(f"o{at}", 70, {}) for at in range(4)]
    tasks = [task(*others, ("x", 90, {})), task(*((o, 45, {}) for o, *_ in others), ("x", 65, {}))]
    rules = support.Rules(below=0)
    assert support.find(tasks, rules, "2026-12-01T00:00:00Z")[0] == []


def test_more_reasons_come_first_then_fewer_points():
    rows = [("a", 50, {}), ("b", 30, {}), ("c", 55, {"blank": 9}), ("d", None, {}), ("e", 90, {})]
    cases, _ = support.find([task(*rows)], support.Rules(), "2026-12-01T00:00:00Z")
    assert [case.work.student for case in cases] == ["c", "d", "b", "a"]


# Pages


@pytest.mark.parametrize("lang", LANGS)
def test_pages_are_whole_and_say_nothing_bare(stream, tmp_path, lang, capsys):
    folders, out = [*map(str, stream)], ["--lang", lang, "--out", str(tmp_path)]
    words = {
        "compare": folders,
        "items": [*folders, "--bank", f"{tmp_path}/items.jsonl"],
        "support": [*folders, "--on", "2026-12-20"],
    }
    for name, given in words.items():
        assert main(["report", name, *given, *out]) == 0
        page = (tmp_path / f"{name}-{lang}.html").read_text("utf-8")
        assert not BARE.search(re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL))
        assert "script" not in page and page.count("<h1>") == 1
        sheet = (tmp_path / f"{name}-{lang}.csv").read_text("utf-8-sig")
        assert (
            not BARE.search(sheet)
            and len({len(r) for r in csv.reader(sheet.splitlines(), delimiter=";")}) == 1
        )
        first = (page, sheet)
        assert main(["report", name, *given, *out]) == 0
        assert first[0] == (tmp_path / f"{name}-{lang}.html").read_text("utf-8")
    said = (tmp_path / f"support-{lang}.html").read_text("utf-8")
    assert "Студент" in said and "Студент 1" not in (tmp_path / f"compare-{lang}.html").read_text(
        "utf-8"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["compare", "{a}", "{a}"], "two folders are called 2025/26; name them apart"),
        (["compare", "{a}=one", "{a}/.=two"], "this folder is named twice"),
        (["compare", "nowhere"], "nowhere"),
        (["items", "--bank", "{tmp}/none.jsonl"], "has nothing in it yet"),
        (["items", "--bank", "{tmp}/bad.jsonl"], "bad.jsonl:2: JSON is malformed"),
        (["items", "--bank", "{tmp}/short.jsonl"], "short.jsonl:1: Object missing required field"),
        (["support", "{a}", "{a}"], "a folder is named twice"),
        (["support", "{a}", "--rules", "{tmp}/none.toml"], "there is no file"),
        (
            ["support", "{a}", "--rules", "{tmp}/odd.toml"],
            "odd.toml:1: misssed: unknown field; the rules are missed",
        ),
        (
            ["support", "{a}", "--rules", "{tmp}/high.toml"],
            "Expected `float` <= 100.0 - at `$.below`",
        ),
    ],
)
def test_what_a_lecturer_gets_wrong_is_said(stream, tmp_path, words, said, capsys):
    good = json.dumps(json.loads(bank._encode(line())))
    (tmp_path / "bad.jsonl").write_text(f"{good}\n<<<<<<< mine\n", "utf-8")
    (tmp_path / "short.jsonl").write_text('{"item": "a"}\n', "utf-8")
    (tmp_path / "odd.toml").write_text("misssed = 1\n", "utf-8")
    (tmp_path / "high.toml").write_text("below = 600\n", "utf-8")
    named = [word.format(a=stream[0], tmp=tmp_path) for word in words]
    assert main(["report", *named]) == 2
    error = capsys.readouterr().err
    assert said in error and len(error.splitlines()) == 1


def test_who_was_given_more_time_has_missed_nothing_yet(stream, tmp_path):
    folder = shutil.copytree(stream[0], tmp_path / "later")
    lines = (folder / "graded.jsonl").read_text("utf-8").splitlines()
    late = json.loads(lines[-1])
    assert late["flags"] == ["no-submission"]
    late["decided"] = [
        {"what": "extension", "date": "2025-12-07", "closes": "2026-01-10T21:59:00Z"}
    ]
    (folder / "graded.jsonl").write_text("\n".join([*lines[:-1], json.dumps(late)]) + "\n", "utf-8")
    (task,) = support.read_tasks([folder])
    other = json.loads(lines[-2])["student"]
    due = {who: task.due(who, "2026-01-01T00:00:00Z") for who in (late["student"], other)}
    assert due == {late["student"]: False, other: True}


@pytest.mark.parametrize("name", ["compare", "items", "support"])
def test_every_sentence_is_said_somewhere(name):
    source = support.Path(support.__file__).parent.joinpath(f"{name}.py").read_text("utf-8")
    source += support.Path(support.__file__).with_name("board.py").read_text("utf-8")
    for key in (key.removeprefix(f"{name}.") for key in entries() if key.startswith(f"{name}.")):
        short = re.sub("^(head|look|cell|row|rule)_", "", key)
        said = re.search(rf"""["']({key}|{short})["']""", source)
        assert said or short in ("True", "False", *support.Rules.__struct_fields__), key
