"""Reading a journal of 100,000 lines beside a bare loop of json.loads over the same file."""

import json
import sys
import tempfile
import time
from pathlib import Path

from shared import median, table

from course.answers import Journal, state

ROUNDS, LINES = 9, 100_000
# The events a lesson makes, with answers of every shape that cards send.
ANSWERS = (
    "reactive",
    ["basic", "reactive", "accountable", "proactive", "partnership"],
    "1 234,5",
    ["spread", "few"],
    {"invoice": "basic", "sticker": "reactive", "seedlings": "accountable"},
    "Телефонує сам, коли є що сказати.",
)
MAKE = (
    "answer",
    "draft",
    "answer",
    "hint",
    "answer",
    "reset",
    "answer",
    "draft",
    "shown",
    "answer",
)


def write(path):
    with path.open("w", encoding="utf-8") as file:
        for n in range(LINES):
            event = MAKE[n % len(MAKE)]
            one = {
                "v": 1,
                "t": f"2026-11-{1 + n // 4000:02}T{n // 3600 % 24:02}:{n // 60 % 60:02}:{n % 60:02}.123Z",
                "x": f"exercise-{n % 40}",
                "e": event,
                "lang": "uk",
                "d": "0123456789ab",
                "n": 1,
            }
            if event == "hint":
                one["a"] = 0
            elif event in ("answer", "draft"):
                one["a"] = ANSWERS[n % len(ANSWERS)]
            file.write(json.dumps(one, ensure_ascii=False, separators=(",", ":")) + "\n")


def timed(work):
    start = time.perf_counter()
    made = work()
    return time.perf_counter() - start, made


def bare(path):
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def main():
    found = {"bare": [], "ours": [], "replayed": [], "again": []}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "levels.jsonl")
        write(path)
        size = path.stat().st_size
        for _ in range(ROUNDS):
            took, events = timed(lambda: bare(path))
            found["bare"].append(took)
            journal = Journal(path)
            took, read = timed(journal.refresh)
            found["ours"].append(took)
            assert read == events and not journal.faults
            found["again"].append(timed(journal.refresh)[0])
            found["replayed"].append(timed(lambda read=read: state(read))[0])
            del read, events, journal
    took = {name: median(values) for name, values in found.items()}
    return table(
        f"journal: {LINES:,} lines, {size / 1e6:.1f} MB; medians of {ROUNDS} rounds, interleaved",
        [
            ("bare json.loads loop", f"{took['bare']:.3f} s", "", None),
            (
                "Journal.refresh, every line checked",
                f"{took['ours']:.3f} s",
                "< 1 s",
                took["ours"] < 1,
            ),
            ("Journal : bare", f"{took['ours'] / took['bare']:.2f} ×", "", None),
            ("replaying the events", f"{took['replayed']:.3f} s", "", None),
            ("refresh when nothing is new", f"{took['again'] * 1e6:.0f} µs", "", None),
        ],
    )


if __name__ == "__main__":
    sys.exit(not main())
