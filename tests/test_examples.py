"""The worked example runs and gives what it says; the lecturers' documents name only commands that exist and work."""

import csv
import importlib.util
import json
import re
import shlex
import shutil
import tomllib
import zipfile
from pathlib import Path

import pytest

from course.cli import main as course
from course.grading import gradebook
from course.grading.pages import preview, report
from course.grading.pages.group import Group
from course.kinds import kinds
from course.texts import LANGS, text

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "examples" / "rm-quiz"
PAPER = [ROOT / "docs" / f"paper.{lang}.md" for lang in LANGS]
DOCUMENTS = [*(ROOT / "docs" / f"teach.{lang}.md" for lang in LANGS), EXAMPLE / "README.md"]
NAMED = ("teach", "decisions")  # guides in each language
DECISIONS = [ROOT / "docs" / f"decisions.{lang}.md" for lang in LANGS]
REMAKE = "out of date: run python examples/rm-quiz/make_submissions.py"
SERVERS = ("lab", "mark")  # they run until somebody ends them
KINDS = len(kinds())  # the bank has an example of each


def maker():
    spec = importlib.util.spec_from_file_location(
        "make_submissions", EXAMPLE / "make_submissions.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def contents(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def files(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    """A copy of the example, set, graded and reported."""
    work = tmp_path_factory.mktemp("example") / "rm-quiz"
    shutil.copytree(EXAMPLE, work)
    key, grades = ["--key", f"{work}/work/private"], f"{work}/grades"
    assert (
        course(
            [
                "assign",
                f"{work}/spec.toml",
                "--roster",
                f"{work}/roster.csv",
                "--out",
                f"{work}/work",
            ]
        )
        == 0
    )
    assert (
        course(
            [
                "grade",
                f"{work}/submissions.zip",
                *key,
                "--out",
                grades,
                "--marks",
                f"{work}/marks.jsonl",
            ]
        )
        == 0
    )
    assert course(["feedback", grades, *key, "--marks", f"{work}/marks.jsonl"]) == 0
    assert course(["report", grades, *key]) == 0
    return work


def test_only_the_named_folders_are_written(work):
    made = files(work)
    kept = {name: data for name, data in made.items() if not name.startswith(("work/", "grades/"))}
    assert kept == {
        name: data for name, data in files(EXAMPLE).items() if "__pycache__" not in name
    }
    assert sorted(name for name in made if name.startswith("work/")) == [
        "work/private/key.json",
        "work/private/spec.toml",
        "work/students/assignment.json",
        "work/students/rm-quiz-1-ru.ipynb",
        "work/students/rm-quiz-1-uk.ipynb",
    ]


def test_setting_again_gives_the_same_bytes(work, tmp_path):
    course(
        [
            "assign",
            f"{EXAMPLE}/spec.toml",
            "--roster",
            f"{EXAMPLE}/roster.csv",
            "--out",
            str(tmp_path),
        ]
    )
    assert files(tmp_path) == files(work / "work")


def test_the_submissions_are_those_of_this_assignment(work, tmp_path):
    maker().main(work / "work" / "private", tmp_path)
    assert contents(tmp_path / "submissions.zip") == contents(EXAMPLE / "submissions.zip"), REMAKE
    assert (tmp_path / "marks.jsonl").read_bytes() == (EXAMPLE / "marks.jsonl").read_bytes(), REMAKE


def test_forty_of_forty_two_hand_in_and_the_flags_are_those_of_the_readme(work):
    told = {}
    for line in (EXAMPLE / "README.md").read_text("utf-8").splitlines():
        if re.match(r"\| 24\d{4}", line):
            cells = line.split("|")
            told |= {
                student: set(re.findall("`([a-z-]+)`", cells[3]))
                for student in re.findall(r"24\d{4}", cells[1])
            }
    with open(work / "grades" / "students.csv", encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert (
        len(rows) == 42
        and len({name.partition("/")[0] for name in contents(EXAMPLE / "submissions.zip")}) == 40
    )
    assert {
        row["student"]: set(row["flags"].split()) for row in rows if row["flags"] != "ok"
    } == told


def test_misconceptions_are_common_enough_to_be_seen(work):
    lines = (work / "grades" / "graded.jsonl").read_text("utf-8").splitlines()
    graded = [json.loads(line)["exercises"] for line in lines]
    called = [one["levels/levels-call"]["answer"] for one in graded]
    assert called.count("proactive") >= 5
    assert sum(one["own/visit-pays"]["slip"] == 0 for one in graded) >= 4
    assert sum(one["value-plan/contact-delta"]["slip"] == 0 for one in graded) >= 5


@pytest.mark.parametrize("lang", LANGS)
def test_the_group_is_believable_and_of_the_copies_the_one_with_rare_mistakes_is_named(work, lang):
    made = report.Report(Group(work / "grades"), lang)
    alpha, mean = made.alpha[0], made.group.totals.mean()
    assert 0.6 < alpha < 0.8 and 0.55 < mean < 0.75
    assert f"alpha {alpha:.2f}, mean {100 * mean:.0f} %" in (EXAMPLE / "README.md").read_text(
        "utf-8"
    ), REMAKE
    rows = {block.caption: block.rows for block in made.blocks if isinstance(block, report.Table)}
    (pair,) = rows[made.say("alike_caption")]
    assert "(240002)" in pair[0] and "(240021)" in pair[0]
    upper, lower = next(
        row[3:] for row in rows[made.say("answers_caption", no=made.no(2))] if "роактивн" in row[0]
    )
    assert int(lower[:-2]) > 2 * int(upper[:-2]), "a misconception is held by the weaker"
    assert made.look_list == [made.say("look_none")]
    own = tomllib.loads((EXAMPLE / "exercises.toml").read_text("utf-8"))["outcome"][0]["text"][lang]
    assert any(row[0].endswith(own) for row in rows[made.say("outcomes_caption")])
    cut = [row[0] for row in rows[made.say("exercises_caption", n=made.n)]]
    assert not [words for words in cut if re.search(r" \w{1,2}…$", words)], (
        "cut after a preposition"
    )


def test_the_report_is_one_of_this_quiz(work):
    title = tomllib.loads((EXAMPLE / "spec.toml").read_text("utf-8"))["title"]["uk"]
    for page in (work / "grades" / "report-uk.html", EXAMPLE / "report-uk.html"):
        assert title in page.read_text("utf-8")


# --- the documents --------------------------------------------------------------------------------------------


def blocks(path):
    """Yield (kind, text) of each fenced block."""
    return re.findall(r"^```(\w*)\n(.*?)^```$", path.read_text("utf-8"), re.M | re.S)


def same(line):
    """A line without its mean, which is that of the marks at hand."""
    return re.sub(r"\bmean \d+\.\d+", "mean #", line).strip()


@pytest.mark.parametrize("path", DOCUMENTS[:2], ids=lambda path: path.name)
def test_every_digest_of_a_guide_is_that_of_the_example(path, work):
    key = json.loads((work / "work" / "private" / "key.json").read_text("utf-8"))
    printed = re.findall(r"\b[0-9a-f]{16}\b", path.read_text("utf-8"))
    assert printed == [key["digest"]] * 3


# The commands of the other guide to paper are the same, as a test below says.
@pytest.mark.parametrize("path", [*DOCUMENTS, *DECISIONS, PAPER[0]], ids=lambda path: path.name)
def test_every_command_of_a_document_works_and_says_what_is_printed(
    path, tmp_path, monkeypatch, capsys
):
    work = tmp_path / "rm-quiz"
    shutil.copytree(EXAMPLE, work)
    if path in DOCUMENTS[:2]:
        (work / "submissions.zip").unlink()  # the reader makes them
    monkeypatch.chdir(work)
    said, ran = "", 0
    for kind, block in blocks(path):
        if kind == "sh":
            for line in block.splitlines():
                program, *words = shlex.split(line)
                if program == "python":
                    assert words.pop(0) == "make_submissions.py"
                    maker().main(*words)
                elif words[0] in SERVERS:
                    help_of(words[0], [word for word in words if word.startswith("--")], capsys)
                else:
                    assert program == "course" and course(words) == 0, line
                ran += 1
            said = "".join(capsys.readouterr())
        elif kind == "toml" and (written := re.match("# ([a-z/]+[.]toml)\n", block)):
            Path(written[1]).write_text(block, "utf-8")  # its first line says which file it is
        elif kind == "text" and said:
            missing = [
                line
                for line in block.splitlines()
                if same(line) not in map(same, [*said.splitlines(), "…"])
            ]
            assert not missing, f"{missing}\n{said}"
            said = ""
    assert ran >= 4
    inline = re.findall(r"`course (\w+)([^`]*)`", path.read_text("utf-8"))
    for command, rest in inline:
        help_of(command, re.findall(r"--\w+", rest), capsys)


def help_of(command, named, capsys):
    """Ask a command for its options; those named must be among them."""
    with pytest.raises(SystemExit) as end:
        course([command, "--help"])
    told = capsys.readouterr().out
    assert end.value.code == 0 and all(option in told for option in named), command


def test_the_two_guides_to_paper_are_built_alike():
    uk, ru = ([re.sub(r"\b(uk|ru)\b", "", words) for kind, words in blocks(path)] for path in PAPER)
    assert uk == ru
    rows = [re.findall(r"^(#+|\||\*\*)", path.read_text("utf-8"), re.M) for path in PAPER]
    assert rows[0] == rows[1]


@pytest.mark.parametrize("guides", [DOCUMENTS[:2], DECISIONS], ids=["teach", "decisions"])
def test_the_two_documents_are_built_alike(guides):
    shape = {}
    for path, lang in zip(guides, LANGS, strict=True):
        guide = path.read_text("utf-8")
        commands = "".join(block for kind, block in blocks(path) if kind == "sh")
        shape[lang] = {
            "headings": re.findall(r"^(#+ (?:\d+\.)?)", guide, re.M),
            "commands": re.sub(r" --lang ru|\w+\.csv$", "", commands, flags=re.M),
            "pictures": [
                name.replace(f"-{lang}.", ".")
                for name in re.findall(r"!\[[^]]+\]\(([^)]+)\)", guide)
            ],
            "rows": re.findall(r"^\| (`[^|]+`) \|", guide, re.M),
            "questions": len(re.findall(r"^\*\*.*?[.?]\*\*", guide, re.M)),
        }
    assert shape["uk"] == shape["ru"]


@pytest.mark.parametrize(
    "path",
    [*DOCUMENTS, *DECISIONS, *PAPER, ROOT / "docs" / "security.md"],
    ids=lambda path: path.name,
)
def test_links_and_pictures_are_there_and_small(path):
    for name in re.findall(r"\]\(([^)#:]+)\)", path.read_text("utf-8")):
        target = path.parent / name
        assert target.is_file(), name
        assert target.suffix != ".png" or target.stat().st_size < 250_000
    for name in re.findall(r"`(tests/[\w/]+\.py)`", path.read_text("utf-8")):
        assert (ROOT / name).is_file(), name


def slug(heading):
    """The anchor that a heading has on GitHub."""
    return re.sub(r"[^\w -]", "", heading.strip().lower()).replace(" ", "-")


@pytest.mark.parametrize("path", sorted((ROOT / "docs").glob("*.md")), ids=lambda path: path.name)
def test_links_into_a_guide_lead_to_a_heading(path):
    for name, anchor in re.findall(r"\]\(([^)#:]*)#([^)]+)\)", path.read_text("utf-8")):
        guide = (path.parent / name if name else path).read_text("utf-8")
        assert anchor in map(slug, re.findall(r"^#+ (.+)$", guide, re.M)), f"{name}#{anchor}"


@pytest.mark.parametrize("lang", LANGS)
def test_pools_time_and_groups_of_the_guides_can_be_set_and_decided(
    lang, tmp_path, monkeypatch, capsys
):
    teach, decided = ([*blocks(ROOT / "docs" / f"{name}.{lang}.md")] for name in NAMED)
    shutil.copytree(EXAMPLE, tmp_path / "quiz")
    monkeypatch.chdir(tmp_path / "quiz")

    def block(guide, start):
        (found,) = [words for _, words in guide if start in words]
        return found

    listed, _, pool = block(teach, "[[pool]]").partition("\n")
    others = re.sub(
        r"exercises = \[.*?^\]\n", "", Path("spec.toml").read_text("utf-8"), flags=re.M | re.S
    )
    plain = f"{listed}\nminutes = 90\n{others.partition('[points]')[0]}{pool}"
    setting = ["assign", "spec.toml", "--roster", "roster.csv", "--out", "work"]
    for spec, wanted, decision in (
        (plain, "more time:", "[[time]]"),
        (
            plain.replace('variants = "student"', 'variants = "group"') + block(teach, "[group."),
            "hand out: work/students/МР",
            "[[numbers]]",
        ),
    ):
        shutil.rmtree("work", ignore_errors=True)
        Path("work/private").mkdir(parents=True)
        Path("spec.toml").write_text(spec, "utf-8")
        Path("work/private/decisions.toml").write_text(block(decided, f"{decision}\n"), "utf-8")
        assert course(setting) == 0
        said = capsys.readouterr().out.splitlines()
        shown = block([*teach, *decided], wanted).splitlines()
        assert shown and not {*shown} - {*said}, said


@pytest.mark.parametrize("lang", LANGS)
def test_the_card_of_a_student_is_told_with_its_own_words(lang):
    guide = (ROOT / "docs" / f"teach.{lang}.md").read_text("utf-8")
    seen = " ".join(re.search(r"^## 8\.(.*?)^## 9\.", guide, re.M | re.S)[1].split())
    for key in ("card.save", "card.next"):
        assert f"«{text(key, lang)}»" in seen, key


@pytest.mark.parametrize("path", DOCUMENTS[:2], ids=lambda path: path.name)
def test_every_flag_is_explained(path):
    explained = re.findall(
        r"^\| (`[a-z].*?`) \|", path.read_text("utf-8").partition("### ")[2], re.M
    )
    assert set(re.findall("[a-z][a-z-]+", " ".join(explained))) == {"ok", *gradebook.FLAGS}


# --- the lecturer's own exercises -----------------------------------------------------------------------------


def test_a_preview_shows_both_languages_with_the_keys_and_runs_nothing(tmp_path, capsys):
    bank, target = tmp_path / "exercises.toml", tmp_path / "x.html"
    course(["new", "exercises", str(bank)])
    harm = bank.read_text("utf-8").replace(
        'text.uk = "Базовий"', 'text.uk = "<script>alert(1)</script>"'
    )
    bank.write_text(harm, "utf-8")
    assert course(["preview", str(bank), "--out", str(target)]) == 0
    page = target.read_text("utf-8")
    assert "<script" not in page and "&lt;script&gt;" in page and "default-src 'none'" in page
    assert 'lang="uk"' in page and 'lang="ru"' in page and page.count("<section") == 2 * KINDS
    for words in (
        'Реактивний – <span class="key">правильно</span>',
        "верно</span>",
        "місце 2",
        "На базовому рівні",
    ):
        assert words in page, words
    assert not re.search(r"\{\w+\}", re.sub("<style>.*?</style>", "", page, flags=re.S)), (
        "a number is not filled in"
    )
    assert course(["preview", str(bank), "--out", str(target), "--lang", "ru"]) == 0
    assert target.read_text("utf-8").count("<section") == KINDS


def test_the_preview_of_a_drawn_exercise_has_three_draws_and_its_mistakes(tmp_path):
    page = preview.html(EXAMPLE / "exercises.toml", ["uk"], [])
    assert len(re.findall(r"v = \d+; s = \d+\s%", page)) == 3 and page.count("rm-part") >= 3


def test_whatever_leads_a_sentence_of_the_preview_ends_before_it():
    bank = ROOT / "lessons" / "05-levels" / "exercises.toml"
    leads = re.findall("<strong>([^<]+)</strong> [^<]", preview.html(bank, LANGS, []))
    for lang in LANGS:
        assert text("card.hint_n", lang, n=1) + "." in leads
    assert [lead for lead in leads if not lead.endswith((".", ":"))] == []


def test_faults_come_first_with_file_and_line_and_the_sound_exercises_are_shown(tmp_path, capsys):
    bank, target = tmp_path / "exercises.toml", tmp_path / "x.html"
    course(["new", "exercises", str(bank)])
    bank.write_text(bank.read_text("utf-8").replace('kind = "multi"', 'kind = "mutli"'), "utf-8")
    assert course(["preview", str(bank), "--out", str(target)]) == 1
    told = capsys.readouterr().out.splitlines()
    assert re.search(r"exercises\.toml:\d+: own-multi kind: unknown kind", told[1])
    assert target.read_text("utf-8").count("<section") == 2 * (KINDS - 1)
    bank.write_text("a = = 1", "utf-8")
    target.unlink()
    assert course(["preview", str(bank), "--out", str(target)]) == 1 and not target.exists()
    assert course(["preview", str(tmp_path / "none.toml")]) == 2


def test_the_list_names_every_exercise_as_a_spec_does(capsys):
    assert course(["list"]) == 0
    listed = {line.split()[0] for line in capsys.readouterr().out.splitlines()}
    spec = tomllib.loads((EXAMPLE / "spec.toml").read_text("utf-8"))
    assert {ref for ref in spec["exercises"] if not ref.startswith("own/")} <= listed
    assert course(["list", "nothing"]) == 2
