"""Grading 10,000 submissions of 30 exercises from a cold process, beside a bare loop: msgspec, score, csv."""

import argparse
import csv
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "grading")]
TABLE, NUMBER = "audit/audit-culture-gap", "audit/gap-margin"
SPEC = """id = "bench"
title.uk = "Швидкість"
title.ru = "Скорость"
exercises = {refs}
attempts = 3
"""


def refs(table=True):
    """Return thirty exercises of the lessons; the last one's answer is a table, or a number."""
    from course.exercises import chapters

    found = [
        f"{slug}/{exercise.id}"
        for slug, chapter in chapters().items()
        for exercise in chapter.exercises.values()
        if exercise.kind.name != "value"
    ]
    return [*found[:29], TABLE if table else NUMBER]


def _know(key, folder):
    """Give a worker the key once: that of a million students is too much to hand over with each."""
    global KEY, FOLDER
    KEY, FOLDER = key, folder


def _handed_in(listed):
    import simulated

    student, name, *_ = listed
    path = f"{name}_{int(student) + 1000}_assignsubmission_file_/bench-{student}.jsonl"
    return path, simulated.submission(KEY, student, name, skip=0, saves=0.1)


def _write(listed):
    path, content = _handed_in(listed)
    (FOLDER / path).parent.mkdir()
    (FOLDER / path).write_bytes(content)


def prepare(folder, count, table):
    """Set the assignment and let all hand it in; a tenth of the students saves something twice."""
    from course.grading.setting import assignment

    (folder / "spec.toml").write_text(SPEC.format(refs=json.dumps(refs(table))), "utf-8")
    with (folder / "roster.csv").open("w", encoding="utf-8") as file:
        file.write(
            "name,group,email,id\n"
            + "".join(f"Прізвище{n} Ім'я,Г-{n // 30},s{n}@example.org,{n}\n" for n in range(count))
        )
    key = assignment.assign(folder / "spec.toml", folder / "roster.csv", folder / "set")
    hand_in(folder, key)


def hand_in(folder, key):
    """Write what all students hand in: Moodle's zip, or of more than it may hold the folder that comes out of it."""
    from course.grading.intake.archive import FILES

    whole = folder / ("all.zip" if len(key["roster"]) <= FILES else "all")
    begun = whole.with_stem("begun")
    with ProcessPoolExecutor(initializer=_know, initargs=(key, begun)) as pool:
        if whole.suffix:
            made = pool.map(_handed_in, key["roster"], chunksize=500)
            with zipfile.ZipFile(begun, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                for name, content in made:
                    archive.writestr(name, content)
        else:
            begun.mkdir()
            for _ in pool.map(_write, key["roster"], chunksize=500):
                pass
    begun.rename(whole)


def contents(submissions):
    if submissions.is_dir():
        yield from (path.read_bytes() for path in submissions.glob("*/*"))
        return
    with zipfile.ZipFile(submissions) as archive:
        yield from map(archive.read, archive.namelist())


def reference(folder):
    """The bare loop: no check of anything, no flags, no variants; one process."""
    import msgspec
    from simulated import variant

    from course.kinds import kind

    class Event(msgspec.Struct):
        x: str
        e: str
        t: str
        a: object = None

    key = json.loads((folder / "set/private/key.json").read_bytes())
    (submissions,) = folder.glob("all*")
    decode, entries = (
        msgspec.json.Decoder(Event).decode,
        {entry["ref"]: entry for entry in key["exercises"]},
    )
    with (folder / "reference.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        for content in contents(submissions):
            first, *lines = content.splitlines()[:-1]
            student, last = json.loads(first)["student"], {}
            for line in lines:
                event = decode(line)
                if event.e == "answer":
                    last[event.x] = event.a
            for ref, answer in last.items():
                entry = entries[ref]
                made = entry["keys"][variant(key, entry, student["id"])]
                how = kind(entry["kind"])
                score = how.score(made, how.renamed(answer, entry["ids"]), entry["points"])
                rows.writerow(
                    [
                        student["id"],
                        student["name"],
                        ref,
                        score.points,
                        entry["points"],
                        score.state,
                    ]
                )


def timed(words, table):
    """Run a command in a fresh process.

    Returns wall seconds until `table` stands whole, wall seconds until the end, CPU seconds, highest memory of one
    process in MB.
    """
    table.unlink(missing_ok=True)
    before, start, whole = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter(), None
    with subprocess.Popen(
        [sys.executable, *map(str, words)], cwd=ROOT, stdout=subprocess.DEVNULL
    ) as process:
        while process.poll() is None:
            if whole is None and table.exists():
                whole = time.perf_counter() - start
            time.sleep(0.002)
    end, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode:
        sys.exit(process.returncode)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return whole or end, end, cpu, after.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--no-table", action="store_true", help="a number in place of the one answer of 160 rows"
    )
    parser.add_argument("--folder", type=Path, help="keep the files here and use them again")
    parser.add_argument("--reference", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.reference:
        return reference(options.reference)
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.folder or Path(scratch)
        folder.mkdir(exist_ok=True)
        if not any(folder.glob("all*")):
            prepare(folder, options.count, not options.no_table)
        (submissions,) = folder.glob("all*")
        ours = [
            "-m",
            "course",
            "grade",
            submissions,
            "--key",
            folder / "set/private",
            "--out",
            folder / "grades",
        ]
        bare = [__file__, "--reference", folder]
        kinds, rates = (
            {
                "course grade": (ours, folder / "grades/grades.csv"),
                "bare loop": (bare, folder / "reference.csv.whole"),
            },
            {},
        )
        for name in list(kinds) * options.rounds:
            whole, end, cpu, memory = timed(*kinds[name])
            rates.setdefault(name, []).append(options.count / whole)
            print(
                f"{name:14} to CSV {whole:6.2f} s {options.count / whole:8,.0f}/s   all {end:6.2f} s   "
                f"CPU {cpu:6.2f} s   memory {memory:5.0f} MB",
                flush=True,
            )
        medians = {name: statistics.median(found) for name, found in rates.items()}
        print(
            f"medians: {', '.join(f'{name} {rate:,.0f}/s' for name, rate in medians.items())}; "
            f"ratio {medians['course grade'] / medians['bare loop']:.1f}"
        )
    return None


if __name__ == "__main__":
    main()
