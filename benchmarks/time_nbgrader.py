"""The same answers graded by nbgrader's own autograder, which runs the notebooks, and by `course grade`."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from grading import ROOT, SPEC, refs

STUDENTS = 6


def prepare(folder):
    """Set the assignment in an nbgrader course and hand in one release version with answers for each student."""
    import json

    import simulated

    from course.cli import main as course_command

    (folder / "spec.toml").write_text(SPEC.format(refs=json.dumps(refs())), "utf-8")
    (folder / "roster.csv").write_text(
        "id,name\n" + "".join(f"s{n},Student {n}\n" for n in range(STUDENTS)), "utf-8"
    )
    course = folder / "course"
    course.mkdir()
    words = [
        "assign",
        str(folder / "spec.toml"),
        "--roster",
        str(folder / "roster.csv"),
        "--nbgrader",
        str(course),
    ]
    if course_command(words):
        raise SystemExit("the assignment could not be set")
    # Without our line in its configuration nbgrader grades as it always does: it runs every notebook.
    (course / "nbgrader_config.py").write_text(
        "c = get_config()\nc.CourseDirectory.course_id = 'bench'\n"
    )
    nbgrader(course, "generate_assignment", "bench", "--force")
    key = json.loads((course / "private/bench/key.json").read_text("utf-8"))
    for student, name, *_ in key["roster"]:
        there = course / "submitted" / student / "bench"
        shutil.copytree(course / "release" / "bench", there)
        (there / f"bench-{student}.jsonl").write_bytes(
            simulated.submission(key, student, name, skip=0, saves=0.1)
        )
    return course


def nbgrader(course, *words):
    path = os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"]
    subprocess.run(
        [sys.executable, "-m", "nbgrader", *words],
        cwd=course,
        check=True,
        capture_output=True,
        env=os.environ | {"PATH": path, "PYTHONPATH": str(ROOT)},
    )


def main():
    with tempfile.TemporaryDirectory() as scratch:
        course = prepare(Path(scratch))
        start = time.perf_counter()
        nbgrader(course, "autograde", "bench", "--create", "--force")
        theirs = STUDENTS / (time.perf_counter() - start)
        start = time.perf_counter()
        words = [
            "grade",
            course / "submitted",
            "--key",
            course / "private/bench",
            "--out",
            Path(scratch) / "grades",
        ]
        subprocess.run(
            [sys.executable, "-m", "course", *map(str, words)],
            cwd=ROOT,
            check=True,
            capture_output=True,
        )
        ours = STUDENTS / (time.perf_counter() - start)
        print(
            f"\nnbgrader: {STUDENTS} submissions of {len(refs())} exercises, each in a fresh process, start included"
        )
        print(f"  nbgrader autograde, running the notebooks   {theirs:9.2f} submissions/s")
        print(
            f"  course grade, the same folder               {ours:9.2f} submissions/s   {ours / theirs:7.1f} ×"
        )
        return ours > theirs


if __name__ == "__main__":
    main()
