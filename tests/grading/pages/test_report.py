"""The report on a group: its figures are those of the answers, its words clear for any group, nothing in it runs."""

import ast
import html
import json
import re
import shutil
import warnings
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from setting import SPEC, sealed, write_setting
from simulated import event, handed, journal, submission
from test_feedback import HOSTILE, Read

from course import kinds
from course.cli import main
from course.exercises import chapters, concepts
from course.grading import gradebook
from course.grading.pages import printed, report, statistics
from course.grading.pages.group import Group
from course.grading.pages.notebook import notebook as writer
from course.grading.setting import assignment
from course.texts import LANGS, NBSP, entries, number, text

WHEN = datetime(2026, 12, 2, 9, tzinfo=UTC)
BARE = re.compile(r"\b(nan|None|inf|True|False)\b|\{\w+\}|numpy")


def grades(folder, key, private, files, marks=()):
    """Grade these files, {student: bytes}, and return the folder of grades."""
    (folder / "in").mkdir(parents=True)
    for student, data in files.items():
        (folder / "in" / f"quiz-{student}.jsonl").write_bytes(data)
    (folder / "out").mkdir()
    (folder / "out" / "marks.jsonl").write_text(
        "".join(json.dumps(mark) + "\n" for mark in marks), "utf-8"
    )
    gradebook.grade(folder / "in", private, folder / "out")
    return folder / "out"


def setting(folder, n, spec=SPEC, names=str):
    """Set the assignment for `n` students; returns its key and private folder."""
    roster = "ПІБ;Група;№ залікової книжки\n" + "".join(
        f"Студент {names(one)};М-{one % 2};{one}\n" for one in range(100, 100 + n)
    )
    key = assignment.assign(*write_setting(folder / "setting", spec, roster), folder / "set")
    return key, folder / "set" / "private"


def marks_for(students, points=2):
    return [
        {
            "v": 1,
            "t": "",
            "marker": "a",
            "student": str(student),
            "ref": ref,
            "criterion": criterion,
            "points": points,
        }
        for student in students
        for ref, criterion in (
            ("own/own-text", "comparison"),
            ("own/own-text", "check"),
            ("own/own-canvas", ""),
        )
    ]


def told(folder, private, lang="uk", **how):
    """The report, its page and its notebook."""
    made = report.Report(Group(folder, private), lang, **how)
    return made, report.html(made), json.loads(writer(made, "."))


@pytest.fixture(scope="session")
def group(tmp_path_factory):
    """A group of 40, of whom 38 handed in, two late, with all that people mark marked."""
    folder = tmp_path_factory.mktemp("group")
    key, private = setting(folder, 40)
    skill = np.random.default_rng(1).uniform(0.2, 0.95, 40)
    late = {105: WHEN.replace(day=9), 106: WHEN.replace(day=10)}
    files = {
        one: submission(
            key,
            str(one),
            "x",
            skill=skill[one - 100],
            when=late.get(one, WHEN),
            lang=LANGS[one % 2],
        )
        for one in range(100, 138)
    }
    return key, private, grades(folder, key, private, files, marks_for(files))


def lines(folder):
    return [json.loads(line) for line in (folder / "graded.jsonl").read_text("utf-8").splitlines()]


def table(made, caption):
    """Rows of the first table whose caption begins like this."""
    tables = (block for block in made.blocks if isinstance(block, report.Table))
    return next(block.rows for block in tables if block.caption.startswith(caption))


# --- figures -------------------------------------------------------------------------------------------------


def test_shares_are_those_of_the_answers_before_lateness(group):
    key, private, folder = group
    found = Group(folder, private)
    handed_in = [one for one in lines(folder) if one["saved"]]
    assert len(found.names) == 38 and found.roster == 40 and sorted(found.late) == [1, 2]
    for row, one in enumerate(handed_in):
        left = 1 - one["late_days"] / 10
        for place, ref in enumerate(found.refs):
            got = one["exercises"][ref]
            assert found.points[row, place] == pytest.approx(
                got["points"] / got["maximum"] / left, abs=1e-3
            )
    assert found.closed.all()
    assert found.totals == pytest.approx(
        [one["points"] / one["maximum"] / (1 - one["late_days"] / 10) for one in handed_in],
        abs=1e-3,
    )


@pytest.mark.parametrize("lang", LANGS)
def test_every_share_of_the_options_is_counted_from_the_answers(group, lang):
    key, private, folder = group
    made, *_ = told(folder, private, lang)
    handed_in = [one["exercises"] for one in lines(folder) if one["saved"]]
    for place, entry in enumerate(key["exercises"]):
        if entry["kind"] not in ("choice", "multi"):
            continue
        counts = Counter()
        for one in handed_in:
            chosen = one[entry["ref"]]["answer"]
            counts.update([chosen] if isinstance(chosen, str) else chosen or [])
        rows = table(made, f"№{NBSP}{place + 1}:")
        assert len(rows) == len(entry["raw"]["option"]) + any(
            one[entry["ref"]]["state"] == "missing" for one in handed_in
        )
        for option, row in zip(entry["raw"]["option"], rows, strict=False):
            assert row[0].startswith(option["text"][lang]) and ("**" in row[0]) == bool(
                option.get("right")
            )
            count = counts[option["id"]]
            assert row[1] == f"{count}{NBSP}({number(100 * count / 38, lang, 0)}{NBSP}%)"


def test_outcomes_and_concepts_weigh_their_exercises_by_points(group):
    key, private, folder = group
    made, *_ = told(folder, private)
    facility, points, by = made.facility, made.group.maxima, {}
    for place, entry in enumerate(key["exercises"]):
        for name in entry["raw"]["covers"]:
            by.setdefault(name, []).append(place)
    shares = {
        concepts()[name]["uk"]: np.dot(facility[those], points[those]) / points[those].sum()
        for name, those in by.items()
    }
    rows = [(re.sub(r"^\d+\. ", "", row[0]), row[1]) for row in table(made, "Поняття")]
    assert [made.percent(shares[name]) for name, _ in rows] == [share for _, share in rows]
    assert [shares[name] for name, _ in rows] == sorted(shares.values())[: len(rows)]


@pytest.mark.parametrize(
    ("high", "named", "top"), [(19, f"40–50{NBSP}%, 70–80{NBSP}%", 0.6), (5, f"40–50{NBSP}%", 1)]
)
def test_the_most_frequent_scores_are_all_named_and_fill_the_picture(group, high, named, top):
    key, private, folder = group
    found = Group(folder, private)
    found.totals = np.array([0.45] * (38 - high) + [0.75] * high)
    made = report.Report(found, "uk")
    picture = next(block for block in made.blocks if isinstance(block, report.Picture))
    bars, words = picture.figure, picture.words
    assert (
        f" {named} можливих балів" in words and f"({38 - high})" in words or f"по {high}," in words
    )
    assert bars.sentence == words and bars.ends == (0, top) and len(bars.rows) == 10
    shares = [(38 - high) / 38 * (place == 4) + high / 38 * (place == 7) for place in range(10)]
    assert [bar.values[0] for bar in bars.rows] == pytest.approx(shares)
    assert bars.rows[4].printed[0] == str(38 - high)


@pytest.mark.parametrize("lang", LANGS)
def test_outcomes_of_the_own_bank_have_words_and_an_older_key_gives_their_number(
    group, lang, tmp_path
):
    key, private, folder = group
    words, lessons = key["outcomes"]["own"]["1"][lang], chapters()["audit"].outcomes.values()
    caption = {"uk": "Результати навчання", "ru": "Результаты обучения"}[lang]

    def outcomes(where):
        return {
            re.sub(r"^\d+\. ", "", row[0]) for row in table(told(folder, where, lang)[0], caption)
        }

    assert words in outcomes(private) and outcomes(private) - {words} <= {
        one[lang] for one in lessons
    }
    older = {name: value for name, value in key.items() if name != "outcomes"}
    (tmp_path / "key.json").write_text(sealed(older), "utf-8")
    number_ = text("report.own_outcome", lang, id=1)
    assert outcomes(tmp_path) == outcomes(private) - {words} | {number_}


def test_a_copied_paper_is_named_soberly_and_without_names_on_request(group, tmp_path):
    key, private, folder = group
    copied = [
        json.loads(line) for line in (folder / "graded.jsonl").read_text("utf-8").splitlines()
    ]
    shutil.copytree(folder, tmp_path / "out", ignore=shutil.ignore_patterns("key.json"))
    dice = np.random.default_rng(7)
    for one in (
        copied
    ):  # twenty more choices, answered by chance; the third and the thirtieth student answer alike
        if one["saved"]:
            own = np.random.default_rng(99) if one is copied[3] or one is copied[30] else dice
            for number_ in range(20):
                chosen = "abcd"[own.integers(4)]
                one["exercises"][f"own/more-{number_}"] = {
                    "state": "right" if chosen == "a" else "wrong",
                    "points": float(chosen == "a"),
                    "maximum": 1,
                    "answer": chosen,
                    "attempts": 1,
                    "slip": None,
                    "marks": {chosen: chosen == "a"},
                }
        else:
            one["exercises"] = {}
    (tmp_path / "out" / "graded.jsonl").write_text(
        "".join(json.dumps(one) + "\n" for one in copied), "utf-8"
    )
    about = json.loads((folder / "assignment.json").read_text("utf-8"))
    more = [
        {"ref": f"own/more-{n}", "kind": "choice", "points": 1, "prompt": {"uk": "?", "ru": "?"}}
        for n in range(20)
    ]
    (tmp_path / "out" / "assignment.json").write_text(
        sealed({**about, "exercises": about["exercises"] + more}), "utf-8"
    )
    made = report.Report(Group(tmp_path / "out"), "uk")
    (row,) = table(made, "Пари робіт")
    assert (
        row[0] == "Студент 103 (103) і Студент 130 (130)"
        and row[1] == row[2]
        and float(row[3].replace(",", ".")) < 8
    )
    said = report.html(made)
    assert "не доказ" in said and not re.search("списа|шахра|обман|плагіат|списув", said, re.I)
    hidden = report.html(report.Report(Group(tmp_path / "out"), "uk", names=False))
    assert "Студент 1" not in hidden and "пара 1" in hidden and "є імена" not in hidden


def test_without_the_key_own_options_keep_their_ids_and_the_page_says_why(group, tmp_path):
    key, private, folder = group
    shutil.copytree(folder, tmp_path / "out", ignore=shutil.ignore_patterns("key.json"))
    open_, closed = (report.Report(Group(one), "uk") for one in (folder, tmp_path / "out"))
    assert "--key" in report.html(closed) and "--key" not in report.html(open_)
    assert open_.facility == pytest.approx(closed.facility)
    assert printed(closed.say("exercises_caption", n=38)) in report.html(closed)


# --- any group -----------------------------------------------------------------------------------------------


def small(folder, n, handing, skill=0.6, marked=True, **how):
    key, private = setting(folder, n)
    files = {
        one: submission(key, str(one), "x", skill=skill, skip=0, saves=0, **how)
        for one in range(100, 100 + handing)
    }
    return grades(folder, key, private, files, marks_for(files) if marked else ()), private


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(
    ("n", "handing", "how", "keys"),
    [
        (3, 0, {}, ["nobody", "late_none"]),
        (1, 1, {}, ["few", "scores_equal"]),
        (9, 9, {}, ["few", "alpha_limits"]),
        (12, 12, {}, ["rough"]),
        (12, 12, {"skill": 1.0}, ["no_mistakes", "alpha_none", "scores_equal"]),
        (12, 12, {"marked": False}, ["open"]),
    ],
)
def test_any_group_gets_clear_sentences_and_no_nan(tmp_path, lang, n, handing, how, keys):
    folder, private = small(tmp_path, n, handing, **how)
    made, page, notebook = told(folder, private, lang)
    read, cells = (
        Read(page),
        "".join(
            "".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "markdown"
        ),
    )
    assert not BARE.search(read.text) and not BARE.search(html.unescape(cells))
    for key in keys:
        pattern = entries()[f"report.{key}"][lang].replace(NBSP, " ")
        words = max(re.split(r"\{\w+\}|\*\*", pattern), key=len).strip()
        assert words in read.text.replace(NBSP, " "), key
        assert words in html.unescape(cells).replace(NBSP, " "), key


def of(*exercises, late=10):
    """The spec with these exercises of the bank only; without a rubric."""
    listed = json.dumps([f"own/own-{one}" for one in exercises])
    spec = re.sub(r"exercises = \[.*?\]", f"exercises = {listed}", SPEC, flags=re.S)
    return spec.split("[[rubric]]")[0].replace("percent_per_day = 10", f"percent_per_day = {late}")


TASKS = ("choice", "multi", "order", "match", "classify", "numeric", "value")


@pytest.mark.parametrize(
    ("exercises", "n", "how"),
    [
        (("choice", "multi"), 14, {}),  # one left out of two is one
        (("choice", "multi"), 2, {}),
        (("choice",), 14, {}),
        (TASKS, 14, {"skill": 1.0}),
        (TASKS, 14, {"skill": 0.0}),
        (TASKS, 9, {}),
        (TASKS, 14, {}),
        (TASKS, 1, {}),
        (("canvas", "choice"), 12, {}),
        (("canvas",), 12, {}),
    ],
)
def test_the_notebook_of_any_group_tells_what_the_page_tells(tmp_path, exercises, n, how):
    key, private = setting(tmp_path, 14, of(*exercises))
    skill = np.random.default_rng(3).uniform(0.2, 0.9, n) if not how else [how["skill"]] * n
    files = {
        100 + one: submission(key, str(100 + one), "x", skill=skill[one], skip=0, saves=0)
        for one in range(n)
    }
    folder = grades(tmp_path, key, private, files)
    made, _, _ = told(folder, private)
    values, shown = run(made, folder)
    cells = [[place, *row[1:3], row[4]] for place, row in enumerate(table(made, "Показники вправ"))]
    indices = values["shown"](values["indices"])
    for (place, *theirs), mine in zip(cells, indices.to_numpy().tolist(), strict=True):
        assert [one == "–" for one in theirs] == [one == "–" for one in mine], made.group.refs[
            place
        ]
        assert values["indices"]["facility"].iloc[place] == pytest.approx(
            made.facility[place], abs=1e-3, nan_ok=True
        )
        for told_, counted in zip(theirs[1:], mine[1:], strict=True):
            if counted != "–":
                first = told_.split(" ")[0].replace("−", "-").replace(",", ".")
                assert float(first) == pytest.approx(counted, abs=0.011)
    assert all(not one.empty for one in shown if hasattr(one, "empty"))
    assert (
        "nan" not in " ".join(one.to_string() for one in shown if hasattr(one, "to_string")).lower()
    )


@pytest.mark.parametrize("lang", LANGS)
def test_with_nothing_to_count_the_notebook_has_sentences_and_no_cells(tmp_path, lang):
    key, private = setting(tmp_path, 3, of("choice", "multi", late=100))
    files = {one: submission(key, str(one), "x", when=WHEN.replace(day=9)) for one in (100, 101)}
    made, page, notebook = told(grades(tmp_path, key, private, files), private, lang)
    assert not made.group.names and made.say("nobody") in html.unescape(page)
    assert {cell["cell_type"] for cell in notebook["cells"]} == {"markdown"}
    assert not {made.say("further"), made.say("further_what")} & {
        "".join(cell["source"]).lstrip("# ") for cell in notebook["cells"]
    }


def test_the_notebook_leaves_out_whom_lateness_left_nothing(tmp_path):
    key, private = setting(tmp_path, 4, of(*TASKS, late=100))
    late = {100: WHEN, 101: WHEN.replace(day=9), 102: WHEN}
    files = {
        one: submission(key, str(one), "x", skill=0.7, when=when) for one, when in late.items()
    }
    folder = grades(tmp_path, key, private, files)
    made, _, _ = told(folder, private)
    values, _ = run(made, folder)
    assert list(values["points"].index) == ["100", "102"] and made.n == 2
    assert values["indices"]["facility"].to_numpy() == pytest.approx(made.facility, abs=1e-3)


@pytest.mark.parametrize("lang", LANGS)
def test_what_was_taken_out_afterwards_is_left_out_and_numbers_stay(tmp_path, lang):
    key, private = setting(tmp_path, 12, of("choice", "multi", "order"))
    drop = '[[drop]]\nexercise = "own/own-multi"\ndate = 2026-12-10\nreason = "двозначна"\n'
    bonus = '[[bonus]]\nstudent = "100"\npoints = -3\ndate = 2026-12-10\nreason = "хвороба"\n'
    (private / "decisions.toml").write_text(drop + bonus, "utf-8")
    files = {n: submission(key, str(n), "x", skip=0, saves=0, skill=0.6) for n in range(100, 112)}
    folder = grades(tmp_path, key, private, files)
    made, page, _ = told(folder, private, lang)
    assert made.group.refs == ["own/own-choice", "own/own-order"] and made.group.numbers == [1, 3]
    assert made.nos([0, 1]) == f"№{NBSP}1, №{NBSP}3" and "own/own-multi" not in page
    assert made.group.totals[1:] == pytest.approx(
        [row["points"] / row["maximum"] for row in lines(folder)][1:], abs=1e-3
    )
    rows = {block.caption: block.rows for block in made.blocks if isinstance(block, report.Table)}
    bonus, drop = rows[made.say("decided_caption")]
    assert drop == [made.say("decided_drop"), f"№{NBSP}2", "10.12.2026", "12", "двозначна"]
    assert bonus == [made.say("decided_bonus"), "–", "–", "1", "–"] and "хвороба" not in page


@pytest.mark.parametrize("lang", LANGS)
def test_where_people_have_yet_to_mark_everything_no_scores_are_told(tmp_path, lang):
    key, private = setting(tmp_path, 12, of("canvas"))
    files = {one: submission(key, str(one), "x", skip=0, saves=0) for one in range(100, 112)}
    made, page, _ = told(grades(tmp_path, key, private, files), private, lang)
    assert made.main == [made.say("open_all")] and page.count(made.say("open_all")) == 1
    heads = [block.words for block in made.blocks if isinstance(block, report.Heading)]
    assert (
        not {made.say("scores"), made.say("answers")} & set(heads)
        and made.say("exercises") in heads
    )
    assert (
        "<svg" not in page
        and made.say("scores_equal") not in page
        and made.say("look_none") not in page
    )


@pytest.mark.parametrize("lang", LANGS)
def test_quotes_within_a_quoted_term_or_option_are_inner_ones(group, lang, monkeypatch):
    key, private, folder = group
    named = {name: dict.fromkeys(LANGS, f"«{name}» чи ні") for name in concepts()}
    monkeypatch.setattr(report, "concepts", lambda: named)
    found = Group(folder, private)
    choice = next(one for one in found.exercises if one.kind.name == "choice")
    option = {"id": "none", "text": dict.fromkeys(LANGS, "«ніхто»"), "why": {}}
    choice.raw["option"].append(option)
    made = report.Report(found, lang)
    words = " ".join(
        [*made.main, *(b.words for b in made.blocks if isinstance(b, report.Paragraph))]
    )
    assert "«„ніхто“»" in words and "«„S" in words and not re.search("«[^»]*«", words)


@pytest.mark.parametrize("lang", LANGS)
def test_full_marks_leave_nothing_hard_and_nothing_weak(tmp_path, lang):
    spec = of(*TASKS).replace('"own/own-choice"', '"own/own-choice", "audit/audit-culture-gap"')
    key, private = setting(tmp_path, 12, spec)
    files = {
        one: submission(key, str(one), "x", skill=1.0, skip=0, saves=0) for one in range(100, 112)
    }
    made, page, _ = told(grades(tmp_path, key, private, files), private, lang)
    full = f"100{NBSP}%"
    assert made.main == [
        made.say("main_mean_only", mean=full),
        made.say("main_none_hard", share=full),
    ]
    assert (
        made.say("facility_same", median=full) in page
        and made.say("outcomes_same", low_share=full) in page
    )
    assert made.say("rough", n=12) not in html.unescape(page)  # no exercise has a discrimination


def test_what_has_full_marks_is_not_among_the_hardest_or_weakest(group):
    key, private, folder = group
    found = Group(folder, private)
    found.points[:, 1:] = 1
    made = report.Report(found, "uk")
    (hard,) = [one for one in made.main if one.startswith("Найважчі")]
    assert hard == made.say("main_hard", list=made.no(0, made.facility[0]))
    assert not any(f"(100{NBSP}%)" in one for one in made.main)


@pytest.mark.parametrize("lang", LANGS)
def test_one_student_has_no_middle_half(tmp_path, lang):
    folder, private = small(tmp_path, 2, 1)
    made, _, _ = told(folder, private, lang)
    mean = made.percent(made.group.totals[0])
    assert made.main[0] == made.say("main_mean_only", mean=mean) and made.main[0].count("%") == 1


@pytest.mark.parametrize("lang", LANGS)
def test_all_exercises_left_out_most_often_are_named_or_none(group, lang):
    key, private, folder = group
    found, most = Group(folder, private), f"(5{NBSP}%)"
    for tied, name in (
        (1, "blank_say"),
        (2, "blank_several"),
        (3, "blank_several"),
        (4, "blank_even"),
    ):
        found.states[:] = 0
        found.states[:2, [0, 4, 5, 7][:tied]] = 5
        made = report.Report(found, lang)
        named = ", ".join(f"№{NBSP}{one} {most}" for one in [1, 5, 6, 8][:tied])
        said = made.say(name, share=made.percent(2 * tied / 38 / len(found.refs)), no=named)
        assert report.Paragraph(said) in made.blocks


def test_who_saved_nothing_counts_as_absent_and_blank_answers_as_missing(tmp_path):
    key, private = setting(tmp_path, 3)
    who = [event("identity", "set", {"student": "100", "name": "x"}, WHEN, "uk")]
    blank = who + [event("own/own-text", "answer", "  ", WHEN, "uk")]
    folder = grades(
        tmp_path,
        key,
        private,
        {
            100: handed(key, "100", "x", who),
            101: handed(key, "101", "x", [one.replace('"100"', '"101"') for one in blank]),
        },
    )
    made, page, _ = told(folder, private)
    assert made.group.names == ["Студент 101 (101)"]
    assert made.facility.tolist() == [0] * len(key["exercises"]) and made.blank.all()
    assert f"100{NBSP}%" in page and not BARE.search(Read(page).text)


def test_lateness_that_leaves_nothing_is_told_and_not_counted(tmp_path):
    key, private = setting(
        tmp_path, 2, SPEC.replace("percent_per_day = 10", "percent_per_day = 100")
    )
    files = {
        100: submission(key, "100", "x"),
        101: submission(key, "101", "x", when=WHEN.replace(day=9)),
    }
    made, page, _ = told(grades(tmp_path, key, private, files), private)
    assert (
        len(made.group.names) == 1
        and made.say("gone", n=1) in page.replace("&#", "&#")
        and made.group.late == [1]
    )


def test_a_folder_of_something_else_is_refused_in_one_sentence(tmp_path, capsys):
    for name, data in (
        ("assignment.json", "{}"),
        ("assignment.json", "[1]"),
        ("graded.jsonl", "rubbish\n"),
    ):
        (tmp_path / name).write_text(data, "utf-8")
        assert main(["report", str(tmp_path)]) == 2
        assert "run it again" in capsys.readouterr().err
    assert main(["report", str(tmp_path / "nowhere")]) == 2
    assert not list(tmp_path.glob("report*"))


# --- both writers --------------------------------------------------------------------------------------------


def test_hostile_words_are_words(group, tmp_path):
    key, private, folder = group
    raw = json.loads((private / "key.json").read_text("utf-8"))
    evil = (
        " ".join(one for one in HOSTILE if len(one) < 1000)
        + " [x](javascript:1) | ![](x) `y` $z$ \\(a\\) \ud800 <!-- </table>"
    )
    for entry in raw["exercises"]:
        for part in [
            entry["raw"],
            *(entry["raw"].get("option") or ()),
            *(entry["raw"].get("row") or ()),
            *(entry["raw"].get("item") or ()),
        ]:
            for field in ("prompt", "text", "why"):
                if field in part:
                    part[field] = {lang: f"{evil} {part.get('id')}" for lang in LANGS}
    shutil.copytree(folder, tmp_path / "out")
    (tmp_path / "out" / "key.json").write_text(sealed(raw), "utf-8")
    about = json.loads((folder / "assignment.json").read_text("utf-8"))
    about["title"] = dict.fromkeys(LANGS, evil)
    (tmp_path / "out" / "assignment.json").write_text(sealed(about), "utf-8")
    rows = lines(folder)
    rows = [{**one, "name": evil.replace("\ud800", "")} for one in rows]
    (tmp_path / "out" / "graded.jsonl").write_text(
        "".join(json.dumps(one) + "\n" for one in rows), "utf-8"
    )
    made = report.Report(Group(tmp_path / "out", tmp_path / "out"), "uk")
    found = Read(report.html(made))
    policy = {
        "http-equiv": "Content-Security-Policy",
        "content": "default-src 'none'; style-src 'unsafe-inline'",
    }
    assert ("meta", policy) in found.tags
    allowed = {
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "main",
        "h1",
        "h2",
        "h3",
        "p",
        "ul",
        "li",
        "figure",
        "figcaption",
        "svg",
        "path",
        "rect",
        "text",
        "g",
        "div",
        "table",
        "caption",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "b",
        "code",
    }
    assert {tag for tag, _ in found.tags} <= allowed
    assert not any(
        name.startswith("on") or name in ("href", "src")
        for _, attributes in found.tags
        for name in attributes
    )
    assert (
        "<script>alert(1)</script>" in found.text
        and "\u202e" not in found.text
        and "\0" not in found.text
    )
    for cell in json.loads(writer(made, "."))["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            plain = re.sub(r"</?(strong|code)>|\*\*", "", source)
            assert not re.search(r"<|\]\(|[$\\`]", plain), source
            assert "\n" not in re.sub(r"(?m)^(\||- |\*\*).*\n?\n?", "", source)
            if "| --- |" in source:
                heights = {line.count("|") for line in source.split("\n\n")[1].splitlines()}
                assert len(heights) == 1


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_is_whole_and_its_tables_and_pictures_are_accessible(group, lang):
    key, private, folder = group
    made, page, _ = told(folder, private, lang)
    found = Read(page)
    assert page.startswith("<!doctype html>") and ("html", {"lang": lang}) in found.tags
    assert not re.search(
        r"(?:src|href|url\()\W*(?:https?:)?//", page.replace("http://www.w3.org/2000/svg", "")
    )
    assert page.count("<table>") == page.count("<caption ") == page.count("<thead>") > 8
    assert {attributes["scope"] for tag, attributes in found.tags if tag == "th"} == {"col", "row"}
    ids = {attributes["id"] for _, attributes in found.tags if "id" in attributes}
    assert all(
        attributes["aria-labelledby"] in ids
        for _, attributes in found.tags
        if "aria-labelledby" in attributes
    )
    assert page.count("<svg ") == 2 * page.count("<figcaption ") == 6
    for block in made.blocks:  # a sentence says the numbers of its picture
        if isinstance(block, report.Picture):
            assert len(re.findall(r"\d", block.words)) >= 2 and block.words.endswith(".")
    assert not BARE.search(found.text)


@pytest.mark.parametrize("lang", LANGS)
def test_no_line_ends_within_a_range_or_between_a_dash_and_its_number(group, lang):
    key, private, folder = group
    made, page, notebook = told(folder, private, lang)
    cells = ("".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] != "code")
    for words in (re.sub("<(style|svg).*?</\\1>", "", page, flags=re.S), "\n".join(cells)):
        assert "0\u2060–\u2060" in words and f"{NBSP}{'–' if lang == 'uk' else '—'}{NBSP}" in words
        assert not re.search(r"\d–\d|[–—] \d", words)


@pytest.mark.browser
@pytest.mark.parametrize(("width", "least"), [(1000, 600), (600, 420), (400, 300)])
def test_one_picture_of_each_is_seen_as_wide_as_the_page_lets_it_be(
    group, chromium, tmp_path, width, least
):
    key, private, folder = group
    made, page, _ = told(folder, private, "ru")
    (tmp_path / "report.html").write_text(page, "utf-8")
    tab = chromium.new_page(viewport={"width": width, "height": 900})
    tab.goto((tmp_path / "report.html").as_uri())
    boxes = tab.locator("svg").evaluate_all("""(all) => all.map((svg) => {
      const { width } = svg.getBoundingClientRect(), size = svg.querySelector("text").getCTM().a;
      return [width, 12.9 * size]; }).filter(([width]) => width)""")
    tab.close()
    assert len(boxes) == sum(isinstance(block, report.Picture) for block in made.blocks)
    assert all(width - 24 >= wide >= least and letters >= 11.5 for wide, letters in boxes), boxes


@pytest.mark.parametrize("lang", LANGS)
def test_titles_of_wide_pictures_stand_on_one_line(group, lang):
    key, private, folder = group
    made, _, _ = told(folder, private, lang)
    titles = [block.figure.title for block in made.blocks if isinstance(block, report.Picture)]
    page = report.html(made)
    assert [f">{title}</text>" in page for title in titles] == [True, True, False]


@pytest.mark.parametrize("lang", LANGS)
def test_the_command_writes_the_same_bytes_twice(group, lang, tmp_path, capsys):
    key, private, folder = group
    made = []
    for out in (tmp_path / "a", tmp_path / "b"):
        assert (
            main(["report", str(folder), "--lang", lang, "--out", str(out), "--key", str(private)])
            == 0
        )
        made.append({path.name: path.read_bytes() for path in out.iterdir()})
    assert made[0] == made[1] and set(made[0]) == {f"report-{lang}.html", f"report-{lang}.ipynb"}
    assert str(tmp_path / "a" / f"report-{lang}.html") in capsys.readouterr().out


def run(made, folder):
    """Run the cells of the notebook, a warning being an error; returns their variables and what they show."""
    import matplotlib
    from matplotlib import pyplot

    matplotlib.use("agg")
    values, shown = {}, []
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for cell in json.loads(writer(made, str(folder)))["cells"]:
            if cell["cell_type"] == "code":
                *body, last = ast.parse("".join(cell["source"])).body
                exec(compile(ast.Module(body, []), "cell", "exec"), values)
                shown.append(eval(compile(ast.Expression(last.value), "cell", "eval"), values))
    pyplot.close("all")
    return values, shown


def test_the_notebook_is_one_and_its_cells_find_the_same_figures(group, tmp_path):
    import nbformat

    key, private, folder = group
    made, _, notebook = told(folder, private)
    nbformat.validate(notebook)
    values, _ = run(made, folder)
    last = values["indices"]
    late = [one for one, name in enumerate(made.group.names) if name[-4:] in ("105)", "106)")]
    assert values["share"].shape == made.group.points.shape
    mine = np.delete(made.group.points, late, 0)
    theirs = values["share"].drop(["105", "106"]).to_numpy()
    assert theirs == pytest.approx(mine, abs=1e-3)
    assert last["facility"].to_numpy() == pytest.approx(made.facility, abs=0.02)
    assert last["discrimination"].to_numpy() == pytest.approx(
        statistics.discrimination(made.group.earned), abs=0.1
    )
    assert last["alpha_without"].to_numpy() == pytest.approx(made.alpha[2], abs=0.06)


def test_every_sentence_of_the_report_is_said_somewhere():
    source = "".join(path.read_text("utf-8") for path in Path(report.__file__).parent.glob("*.py"))
    source += "".join(
        path.read_text("utf-8") for path in Path(kinds.__file__).parent.glob("*.py")
    ).replace('"report.', '"')
    for key in entries():
        if key.startswith("report.") and not key.startswith("report.cell."):
            name = key.removeprefix("report.")
            short = re.sub("^(head|look)_|_caption$", "", name)
            assert re.search(rf"""["']({name}|{short})["']""", source) or short in (
                "outcomes",
                "concepts",
            ), key


def test_a_stream_of_ten_thousand_has_a_report(group, tmp_path):
    key, private, folder = group
    shutil.copy(folder / "assignment.json", tmp_path)
    rows = [one for one in lines(folder) if one["saved"]]
    with open(tmp_path / "graded.jsonl", "w", encoding="utf-8") as file:
        for place, those in enumerate(
            np.random.default_rng(3).integers(len(rows), size=(10_000, len(key["exercises"])))
        ):
            mixed = {
                ref: rows[those[slot]]["exercises"][ref]
                for slot, ref in enumerate(rows[0]["exercises"])
            }
            file.write(
                json.dumps(
                    {**rows[those[0]], "student": str(place), "exercises": mixed},
                    ensure_ascii=False,
                )
                + "\n"
            )
    assert len(report.html(report.Report(Group(tmp_path, private), "uk"))) > 10_000


def test_journals_alone_make_a_report_too(tmp_path):
    key, private = setting(tmp_path, 10)
    files = {
        one: ("\n".join(journal(key, str(one), "x", seed=2)) + "\n").encode()
        for one in range(100, 110)
    }
    made, page, _ = told(grades(tmp_path, key, private, files), private)
    assert len(made.group.names) == 10 and made.say("head_flag") in page
