"""A writer killed at any moment loses nothing that it had acknowledged."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from course import answers
from course.answers import Journal

pytestmark = pytest.mark.slow
TRIALS, PAIRS = 200, 20
WRITER = f"""
import sys; sys.path.insert(0, {str(Path(answers.__file__).parent)!r})
import os, answers
journal, number = answers.Journal(sys.argv[1]), 0
while True:
    number += 1
    # from one byte to dozens of pages: the kernel may stop a long write between two pages
    journal.append(sys.argv[2], "answer", "ж" * (7 ** (number % 6)), lang="uk", draw=number)
    os.write(1, b"%d\\n" % number)
"""


def start(path, name):
    command = [sys.executable, "-S", "-E", "-c", WRITER, path, name]
    writer = subprocess.Popen(command, stdout=subprocess.PIPE, bufsize=0)
    assert writer.stdout.readline() == b"1\n"
    return writer


def finish(writer):
    """Kill -9; return the last number that was acknowledged."""
    writer.kill()
    said = writer.stdout.read().split(b"\n")
    writer.stdout.close()
    assert writer.wait() == -9
    assert said[-1] == b""  # an acknowledgement itself is one short write
    return int(said[-2]) if said[1:] else 1


def check(journal, last):
    """Every acknowledged event is there, in order, with at most one more; and the journal goes on."""
    found = {name: [] for name in last}
    for event in journal.refresh():
        found[event["x"]].append(event)
    for name, number in last.items():
        numbers = [event["n"] for event in found[name]]
        assert numbers == list(range(1, len(numbers) + 1)) and number <= len(numbers) <= number + 1
        assert all(event["a"] == "ж" * (7 ** (event["n"] % 6)) for event in found[name])
    written = journal.append("after", "answer", "kept", lang="ru")
    assert journal.refresh()[-1] == written
    assert all(fault.reason != "incomplete" for fault in journal.faults)


def test_kill_while_writing(tmp_path):
    chance, killed = random.Random(2026), 0
    for trial in range(TRIALS):
        if trial % 20 == 0:
            journal = Journal(tmp_path / f"{trial}.jsonl")
        name = f"trial-{trial}"
        writer = start(journal.path, name)
        time.sleep(chance.uniform(0, 0.02))
        check(journal, {name: finish(writer)})
        killed += 1
        assert len(journal.faults) <= trial % 20 + 1
    assert killed == TRIALS >= 200


def test_kill_one_of_two(tmp_path):
    chance = random.Random(11)
    journal = Journal(tmp_path / "two.jsonl")
    for trial in range(PAIRS):
        names = [f"{trial}-one", f"{trial}-two"]
        one, two = (start(journal.path, name) for name in names)
        time.sleep(chance.uniform(0, 0.01))
        last = {names[0]: finish(one)}
        time.sleep(chance.uniform(0, 0.01))
        last[names[1]] = finish(two)
        check(journal, last)
