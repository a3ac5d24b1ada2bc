"""Does length give the answer away? The counts against brute force, and a course that leaks is caught."""

import math
from itertools import product
from pathlib import Path

import pytest
from scipy.stats import mannwhitneyu

from course import paths
from course.authoring import checks, lengths
from course.cli import main
from course.exercises import Chapter, Exercise, Fault


def item(kind, *options):
    """An exercise whose options are (length, right)."""
    parts = [
        {"text": {"uk": "x" * size, "ru": "x" * size}, "right": right} for size, right in options
    ]
    return Exercise("x", {"id": "x", "kind": kind, "option": parts})


def chapter(*exercises):
    return Chapter(
        Path("99-planted"),
        99,
        "planted",
        {},
        0,
        {},
        {str(n): one for n, one in enumerate(exercises)},
    )


GOOD = item("choice", (9, False), (5, True), (7, False))
LEAK = item("choice", (5, False), (9, True), (7, False))


def test_the_tail_is_that_of_every_outcome_counted():
    chances = [1 / 3, 1 / 4, 1 / 4, 1 / 5]
    for found in range(5):
        outcomes = product((0, 1), repeat=len(chances))
        tail = sum(
            math.prod(c if hit else 1 - c for c, hit in zip(chances, hits, strict=True))
            for hits in outcomes
            if sum(hits) >= found
        )
        assert lengths._at_least(chances, found) == pytest.approx(tail)


def test_longest_counts_ties_in_part():
    tied = item("choice", (9, True), (9, False), (3, False))
    counted = lengths.longest([GOOD, LEAK, tied], "uk")
    assert (counted.items, counted.longest, counted.expected) == (3, 1.5, pytest.approx(1.0))


@pytest.mark.parametrize(
    "rights, wrongs", [((9, 8), (3, 4, 5)), ((3, 9), (5, 6, 7)), ((4, 4), (4, 6, 2))]
)
def test_auc_is_that_of_mann_and_whitney(rights, wrongs):
    exercise = item(
        "multi", *((size, True) for size in rights), *((size, False) for size in wrongs)
    )
    share = mannwhitneyu(rights, wrongs).statistic / (len(rights) * len(wrongs))
    assert lengths.auc(exercise, "ru") == pytest.approx(share)


def test_a_course_that_leaks_is_caught_and_one_that_does_not_is_not():
    assert not list(lengths.faults([chapter(*[GOOD] * 6, *[LEAK] * 3)]))
    told = [str(fault) for fault in lengths.faults([chapter(*[LEAK] * 9)])]
    assert len(told) == 2 and all("longest in 9 of 9" in line for line in told)
    apart = item("multi", (9, True), (8, True), (3, False), (4, False))
    assert any(
        "every right option is longer" in str(fault) for fault in lengths.faults([chapter(apart)])
    )
    mixed = item("multi", (9, True), (8, True), (7, True), (8, False), (4, False), (5, False))
    assert any("length tells" in str(fault) for fault in lengths.faults([chapter(*[mixed] * 12)]))


def test_a_lesson_that_leaks_is_warned_of():
    assert not list(lengths.warnings([chapter(GOOD, LEAK, GOOD)]))
    assert "longest in 5 of 5" in next(iter(lengths.warnings([chapter(*[LEAK] * 5)])))


def test_the_command_warns_of_it_and_is_content(monkeypatch, tmp_path, capsys):
    leaks = chapter(*[LEAK] * 5)
    monkeypatch.setattr(checks, "check_all", lambda: [])
    monkeypatch.setattr(checks, "chapters", lambda: {"planted": leaks, "sound": chapter(GOOD)})
    monkeypatch.setattr(checks, "read", lambda path: leaks)
    lesson, own = paths.shared("lessons") / "05-levels" / "exercises.toml", tmp_path / "own.toml"
    own.write_bytes(lesson.read_bytes())
    words = "the right option is the longest in 5 of 5 exercises (by chance 1.7)"
    told = [f"warning: 99-planted: {lang}: {words}" for lang in ("uk", "ru")]
    for file in ([], [str(lesson)]):
        assert main(["check", *file]) == 0 and capsys.readouterr().out.splitlines() == told
    monkeypatch.setattr(checks, "check", lambda path: [])
    assert main(["check", str(own)]) == 0 and capsys.readouterr().out == ""
    monkeypatch.setattr(checks, "check_all", lambda: [Fault("lessons", 1, "", "", "a fault")])
    assert main(["check"]) == 1 and "warning:" not in capsys.readouterr().out
