"""A time limit: told to students, counted from the journal, flagged and never more than that."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from setting import SPEC, write_setting
from timed import NUMERIC, graded, handed, line, named

import course
from course import assignments, clock
from course.grading import decisions, gradebook, results
from course.grading.exports.nbgrader import scores
from course.grading.grade import Grader
from course.grading.pages.feedback import Pages
from course.grading.pages.group import Group
from course.grading.pages.report import Report
from course.grading.paper.printing import paper_key
from course.grading.paper.sheets import papers
from course.grading.paper.typed import Sheet
from course.grading.paper.typed import handed as typed_in
from course.grading.setting import SettingError, assignment
from course.record import Record
from course.texts import text

TIMED = SPEC.replace("attempts = 3", "attempts = 3\nminutes = 90")


@pytest.fixture(scope="module")
def quiz(tmp_path_factory):
    """The folder of an assignment of ninety minutes, and its key."""
    folder = tmp_path_factory.mktemp("timed")
    key = assignment.assign(*write_setting(folder / "setting", TIMED), folder / "set")
    return folder / "set", key


def decided(folder, key, words):
    (folder / "private" / "decisions.toml").write_text(words, "utf-8")
    try:
        return decisions.read(folder / "private", key)
    finally:
        (folder / "private" / "decisions.toml").unlink()


@pytest.mark.parametrize(
    ("start", "end", "minutes", "over"),
    [
        ("09:00", "10:30", 90, 0),
        ("09:00", "10:30:59", 90, 0),  # nobody is over by seconds
        ("09:00", "10:31", 91, 1),
        ("09:00:59", "10:31:58", 90, 0),
        ("09:00", "2026-12-02T09:00:00", 1440, 1350),
        ("09:00", "09:00", 0, 0),
        ("10:00", "09:58", 0, 0),  # a clock put back a little
    ],
)
def test_minutes_run_from_the_name_to_the_last_answer(quiz, start, end, minutes, over):
    work = graded(quiz[1], named(start), line(end, NUMERIC, "5"))
    assert (work.minutes, work.over) == (minutes, over)
    assert ("over-time" in work.flags) == bool(over)


def test_points_stay_as_they_are(quiz):
    answers = [("own/own-multi", ["x"]), (NUMERIC, "5"), ("own/own-text", "слово " * 40)]
    early = graded(quiz[1], named("09:00"), *(line("09:30", *each) for each in answers))
    late = graded(quiz[1], named("09:00"), *(line("11:30", *each) for each in answers))
    assert late.over == 60 and not early.over
    assert late.exercises == early.exercises and late.points == early.points


@pytest.mark.parametrize("second", ["17", "18", "Олена", " 17 "])
def test_another_name_does_not_start_the_clock_anew(quiz, second):
    work = graded(
        quiz[1],
        named("09:00"),
        line("09:10", NUMERIC, "4"),
        named("10:20", second),
        line("10:40", NUMERIC, "5"),
        student=second.strip(),
    )
    assert (work.minutes, work.over) == (100, 10)


def test_an_empty_name_starts_no_clock_and_a_reset_none_anew(quiz):
    empty = graded(quiz[1], named("08:00", " "), named("09:00"), line("09:30", NUMERIC, "4"))
    assert empty.minutes == 30
    again = line("10:20", NUMERIC, None, "reset")
    work = graded(quiz[1], named("09:00"), again, line("10:40", NUMERIC, "5"))
    assert work.over == 10


def test_without_any_name_the_first_answer_starts_the_clock(quiz):
    work = graded(quiz[1], line("09:00", NUMERIC, "4"), line("10:40", "own/own-multi", ["x"]))
    assert work.minutes == 100 and "over-time" in work.flags


def test_answers_that_do_not_count_do_not_stop_it(quiz):
    tries = [line(f"09:{at}", NUMERIC, str(at)) for at in (10, 20, 30)]
    beyond = line("11:00", NUMERIC, "7")  # the fourth of three attempts
    drafts = [line("11:10", "own/own-text", "…", "draft"), line("11:20", "own/strange", "x")]
    closed = line("2026-12-10T22:30:00", "own/own-multi", ["x"])
    work = graded(quiz[1], named("09:00"), *tries, beyond, *drafts, closed)
    assert work.minutes == 30 and {"over-limit", "after-closing"} <= set(work.flags)
    assert "over-time" not in work.flags
    assert graded(quiz[1], named("09:00")).minutes is None


def test_a_clock_put_back_is_flagged_and_earns_no_traceback(quiz):
    back = graded(quiz[1], named("11:00"), line("09:30", NUMERIC, "5"))
    assert back.minutes == 0 and "clock" in back.flags
    hidden = graded(
        quiz[1],
        named("09:00"),
        line("10:50", "own/own-multi", ["x"]),
        line("09:50", NUMERIC, "5"),
    )
    assert hidden.over == 20 and {"clock", "over-time"} <= set(hidden.flags)
    never = graded(quiz[1], named("2026-02-30T09:00:00"), line("10:50", NUMERIC, "5"))
    assert never.minutes is None and "clock" in never.flags and "over-time" not in never.flags


# The night in which the clocks of Kyiv go back, and the one in which they go forward.
@pytest.mark.parametrize("night", ["2026-10-25T00:30", "2026-03-29T00:30"])
def test_a_change_of_clocks_or_of_the_zone_is_no_time(night):
    start = datetime.fromisoformat(night + "+00:00")
    end = start + timedelta(minutes=80)
    stamps = [each.strftime("%Y-%m-%dT%H:%M:%S.000Z") for each in (start, end)]
    assert clock.used(*stamps) == 80


def test_without_a_limit_nothing_is_counted(tmp_path):
    key = assignment.assign(*write_setting(tmp_path / "setting"), tmp_path / "set")
    assert "minutes" not in key
    assert "minutes" not in json.loads((tmp_path / "set/students/assignment.json").read_text())
    work = graded(key, named("09:00"), line("23:00", NUMERIC, "5"))
    assert (work.minutes, work.over) == (None, 0) and "over-time" not in work.flags


MORE = """
[[time]]
student = "17"
minutes = 120
date = 2026-12-02
reason.uk = "довідка"
reason.ru = "справка"
[[time]]
group = "mk-22"
minutes = 0
date = 2026-12-02
reason = "the power was cut"
private = true
"""


def test_more_time_takes_the_flag_away(quiz):
    folder, key = quiz
    more = decided(folder, key, MORE)
    slow = [named("09:00"), line("10:50", NUMERIC, "5")]
    assert graded(key, *slow).over == 20
    work = graded(key, *slow, decisions=more)
    assert (work.minutes, work.over) == (110, 0) and "over-time" not in work.flags
    assert work.decided[0].minutes == 120 and work.decided[0].reason["ru"] == "справка"
    slower = graded(key, named("09:00"), line("11:20", NUMERIC, "5"), decisions=more)
    assert slower.over == 20
    free = graded(
        key, named("09:00", "66"), line("20:00", NUMERIC, "5"), student="66", decisions=more
    )
    assert not free.over and free.decided[0].reason == {}
    page = Pages(key).page(work)
    assert "дав вам на роботу 120\u00a0хв" in page and "довідка" in page
    assert "не обмежив вам часу" in Pages(key).page(free) and "power" not in Pages(key).page(free)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ('student = "17"\nminutes = 90', "everybody has 90"),
        ('student = "17"\nminutes = 30', "everybody has 90"),
        ('student = "17"\nminutes = -1', "minutes: write"),
        ('student = "17"\nminutes = "120"', "minutes: write"),
        ("minutes = 120", "name one"),
        ('student = "1"\nminutes = 120', "no student '1'"),
        ('group = "МК-29"\nminutes = 120', "no group"),
        ('student = "17"\ngroup = "МК-21"\nminutes = 120', "name one"),
    ],
)
def test_a_decision_on_time_that_cannot_be_is_told(quiz, words, said):
    with pytest.raises(decisions.DecisionError, match=said):
        decided(*quiz, f'[[time]]\n{words}\ndate = 2026-12-02\nreason = "x"\n')


def test_more_time_needs_a_limit(tmp_path):
    key = assignment.assign(*write_setting(tmp_path / "setting"), tmp_path / "set")
    words = '[[time]]\nstudent = "17"\nminutes = 120\ndate = 2026-12-02\nreason = "x"\n'
    with pytest.raises(decisions.DecisionError, match="no time limit"):
        decided(tmp_path / "set", key, words)


def test_files_for_more_time_and_more_attempts(tmp_path, monkeypatch):
    spec, roster = write_setting(tmp_path / "setting", TIMED)
    assignment.assign(spec, roster, tmp_path / "set")
    more = MORE + '[[attempts]]\nstudent = "17"\nattempts = 5\ndate = 2026-12-02\nreason = "x"\n'
    (tmp_path / "set/private/decisions.toml").write_text(more, "utf-8")
    notes = []
    assignment.assign(spec, roster, tmp_path / "set", notes)
    private = tmp_path / "set" / "private"
    both = json.loads((private / "attempts-5-minutes-120" / "assignment.json").read_text("utf-8"))
    assert (both["more"], both["time"], both["minutes"]) == (5, 120, 90)
    given = [note for note in notes if "give" in note]
    assert any("more attempts and more time" in n and n.endswith("to 17") for n in given)
    assert any("minutes-0" in n and n.endswith("to 66, 67") for n in given)
    monkeypatch.setenv("COURSE_ANSWERS", str(tmp_path / "answers"))
    for folder, minutes in (("attempts-5-minutes-120", 120), ("minutes-0", 0)):
        task = course.assignment(private / folder / "assignment.json", "uk")
        assert task.minutes == minutes


@pytest.mark.parametrize("minutes", ["0", "-5", "1441", "90.5", '"90"', "true", "2026-12-01"])
def test_a_limit_that_is_none_is_told_with_its_line(tmp_path, minutes):
    spec = SPEC.replace("attempts = 3", f"attempts = 3\nminutes = {minutes}")
    with pytest.raises(SettingError, match=r"spec.toml:10: minutes: write a whole number of"):
        assignment.assign(*write_setting(tmp_path, spec), tmp_path / "set")


@pytest.mark.parametrize(
    ("lang", "said"), [("uk", "відведено 90 хвилин."), ("ru", "даётся 90 минут.")]
)
def test_the_top_of_the_notebook_says_how_long(quiz, lang, said):
    top = json.loads((quiz[0] / "students" / f"quiz-{lang}.ipynb").read_text("utf-8"))["cells"][0]
    assert said in "".join(top["source"])


def test_pages_say_how_long_in_both_languages(quiz, tmp_path):
    folder, key = quiz
    box = tmp_path / "box"
    box.mkdir()
    for student, end, lang in (("17", "10:41", "uk"), ("18", "09:50", "ru"), ("66", "10:20", "ru")):
        events = named("09:00", student), line(end, NUMERIC, "5", lang=lang)
        (box / f"quiz-{student}.jsonl").write_bytes(handed(key, *events, student=student))
    gradebook.grade(box, folder / "private", tmp_path / "grades")
    works = {work.student: work for work in results.read(tmp_path / "grades")}
    over = Pages(key).page(works["17"])
    assert "На роботу пішло 101\u00a0хв\u00a0– на 11\u00a0хв більше" in over
    assert text("grading.flag.over-time", "uk") not in over, "it is said once"
    assert "На работу ушло 50\u00a0мин." in Pages(key).page(works["18"])
    rows = (tmp_path / "grades" / "students.csv").read_text("utf-8").splitlines()
    place = rows[0].split(",").index("minutes")
    assert [row.split(",")[place] for row in rows[1:]] == ["101", "50", "80", ""]
    for lang, said in (
        ("uk", "– 80\u00a0хв (медіана; робіт: 3)"),
        ("ru", "— 80\u00a0мин (медиана; работ: 3)"),
    ):
        words = [
            getattr(block, "words", "") for block in Report(Group(tmp_path / "grades"), lang).blocks
        ]
        assert any(said in each for each in words)
        assert any("1; " in each and "11\u00a0" in each for each in words)


def test_paper_prints_the_limit_and_has_no_clock(tmp_path):
    key = paper_key(*write_setting(tmp_path, TIMED), {"variants": 2, "by": "seat"})
    assert key["minutes"] == 90
    for lang, said in (
        ("uk", "Час на роботу\u00a0– 90\u00a0хв."),
        ("ru", "Время на работу\u00a0— 90\u00a0мин."),
    ):
        first = next(document for _, document in papers(key, [lang]))
        assert repr(said)[1:-1] in repr(first)
    sheet = Sheet(2, "17", "Олена", 1, "uk", {NUMERIC: "5"})
    work = Grader(key).grade(typed_in(key, sheet), "a.jsonl").work
    assert (work.minutes, work.over) == (None, 0) and "over-time" not in work.flags


# The student's side


@pytest.fixture
def desk(quiz, tmp_path, monkeypatch):
    """A student's machine: its journal is written by `write`, its notebooks opened by `open`."""
    monkeypatch.setenv("COURSE_ANSWERS", str(tmp_path / "answers"))
    (tmp_path / "answers").mkdir()

    def write(*events):
        with (tmp_path / "answers" / "quiz.jsonl").open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(event, ensure_ascii=False) + "\n" for event in events)

    def opened(lang="uk"):
        return course.assignment(quiz[0] / "students" / "assignment.json", lang)

    return write, opened


def frozen(monkeypatch, time):
    """Stop the clock of the student's side."""

    class Stopped(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.fromisoformat(f"2026-12-01T{time}:00+00:00").astimezone(tz)

    monkeypatch.setattr(assignments, "datetime", Stopped)


def ticking(task):
    return task.identity().views[1].state


def test_the_clock_is_in_the_journal_and_nowhere_else(desk, monkeypatch):
    write, opened = desk
    frozen(monkeypatch, "09:20")
    first = opened("uk")
    assert ticking(first)["began"] is None
    write(named("09:00"))
    second = opened("ru")  # another kernel, the other language, after a restart
    began = datetime(2026, 12, 1, 9, tzinfo=UTC).timestamp() * 1000
    assert ticking(second) == {"began": began, "now": began + 20 * 60_000}
    # the kernel that was open before hears of it when its strip is seen again
    view = first.identity().views[1]
    view._receive(view, {"act": "refresh", "by": "x", "seq": 3}, [])
    assert view.state["began"] == began and view.state["seq"] == 3
    write(named("10:00", "18"))
    assert ticking(opened())["began"] == began


def test_a_journal_put_in_anothers_place_brings_its_own_clock(desk, tmp_path):
    write, opened = desk
    write(named("09:00"), line("09:10", NUMERIC, "5"))
    task = opened()
    assert task.record.began and task.record.saved
    (tmp_path / "answers" / "quiz.jsonl").unlink()
    task.record.refresh()
    assert not task.record.began and not task.record.saved
    assert ticking(task)["began"] is None


@pytest.mark.parametrize(
    ("lang", "end", "said"),
    [
        ("uk", "10:14", "– 74\u00a0хв із 90."),
        ("ru", "10:14", "— 74\u00a0мин из 90."),
        ("uk", "10:41", "– 101\u00a0хв, на 11\u00a0хв більше"),
        ("ru", "10:41", "— 101\u00a0мин, на 11\u00a0мин больше"),
    ],
)
def test_the_hand_in_says_how_long_it_took(quiz, desk, lang, end, said):
    write, opened = desk
    write(named("09:00"), line(end, NUMERIC, "5"))
    task = opened(lang)
    page = task.submit()
    assert said in page.plain and said in page.html
    path = next(quiz[0].glob("students/*.jsonl"))
    work = Grader(quiz[1]).grade(path.read_bytes(), path.name).work
    path.unlink()
    assert str(work.minutes) in said, "both sides count alike"


def test_saving_goes_on_after_the_limit(desk):
    write, opened = desk
    write(named("09:00"))
    task = opened()
    state = task._act(task._exercise(NUMERIC), {"act": "check", "answer": "5"})
    assert state["status"] == "saved" and not state["error"]


def test_no_limit_no_strip(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_ANSWERS", str(tmp_path / "answers"))
    assignment.assign(*write_setting(tmp_path / "setting"), tmp_path / "set")
    task = course.assignment(tmp_path / "set/students/assignment.json", "uk")
    assert task.identity().spec["kind"] == "identity"


def test_where_nothing_runs_the_strip_tells_the_limit(desk):
    _, opened = desk
    for lang, said in (("uk", "90\u00a0хв"), ("ru", "90\u00a0мин")):
        bundle = opened(lang).identity().views[1]._repr_mimebundle_()
        assert said in bundle["text/plain"] and f'lang="{lang}"' in bundle["text/html"]


TIME = st.datetimes(datetime(2026, 12, 1), datetime(2026, 12, 3)).map(
    lambda time: time.strftime("%Y-%m-%dT%H:%M:%S")
)
EVENT = st.one_of(
    st.builds(named, TIME, st.sampled_from(["17", "18", "", " ", "x"])),
    st.builds(line, TIME, st.sampled_from([NUMERIC, "own/own-multi"]), st.just("5")),
    st.builds(line, TIME, st.just(NUMERIC), st.just("5"), st.sampled_from(["draft", "reset"])),
)


@given(events=st.lists(EVENT, max_size=12))
def test_both_sides_start_the_clock_at_the_same_line(quiz, tmp_path_factory, events):
    folder = tmp_path_factory.mktemp("any")
    (folder / "quiz.jsonl").write_text(
        "".join(json.dumps(event, ensure_ascii=False) + "\n" for event in events), "utf-8"
    )
    public = json.loads((quiz[0] / "students" / "assignment.json").read_text("utf-8"))
    chapter = course.assignment(quiz[0] / "students" / "assignment.json", "uk").chapter
    sheet = assignments.Sheet(chapter, folder, public)
    assert isinstance(sheet, Record)
    journal = Grader(quiz[1])._journal(handed(quiz[1], *events))
    assert sheet.began == journal.began


@pytest.mark.parametrize("field", ["minutes", "time", "more"])
@pytest.mark.parametrize("value", ["90", 1.5, None, True, [90]])
def test_a_damaged_limit_is_told(quiz, tmp_path, field, value):
    from course.exercises import LOOSE, seal
    from course.lessons import CourseError

    public = json.loads((quiz[0] / "students" / "assignment.json").read_text("utf-8"))
    public[field] = value
    public["digest"] = seal(public, *LOOSE)[:16]
    (tmp_path / "assignment.json").write_text(json.dumps(public), "utf-8")
    with pytest.raises(CourseError, match=re.escape("assignment.json")):
        course.assignment(tmp_path / "assignment.json", "uk")


def test_nbgrader_says_the_flag_too(quiz, tmp_path):
    folder, key = quiz
    handed_in = tmp_path / "submitted"
    handed_in.mkdir()
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / "quiz").symlink_to(folder / "private")
    events = named("09:00"), line("10:50", NUMERIC, "5")
    (handed_in / "quiz-17.jsonl").write_bytes(handed(key, *events))
    _, said = scores(tmp_path, "17", "quiz", handed_in)[NUMERIC]
    assert text("grading.flag.over-time", "uk") in said
