"""`import course` beside `import anywidget`, each in fresh processes."""

import subprocess
import sys

from shared import ROOT, median, seconds, table

ROUNDS = 21
HEAVY = ("nbformat", "jsonschema", "pandas", "matplotlib", "scipy", "numpy", "fsrs")
TIMED = "import time; start = time.perf_counter(); {}; print((time.perf_counter() - start) * 1000)"
CODES = {
    "nothing": TIMED.format("pass"),
    "anywidget": TIMED.format("import anywidget"),
    "course": TIMED.format("import course"),
    "Lesson": TIMED.format("from course.lessons import Lesson"),
    "exercise": "import course; lesson = course.lesson('levels', 'uk')\n"
    + TIMED.format("lesson.exercise('levels-first')"),
    "fsrs": TIMED.format("import fsrs"),
}


def main():
    found = {name: [] for name in CODES}
    for _ in range(ROUNDS):
        for name, code in CODES.items():
            found[name].append(seconds(code))
    took = {name: median(values) for name, values in found.items()}
    loaded = subprocess.run(
        [sys.executable, "-c", "import sys, course; print(*sys.modules)"],
        cwd=ROOT,
        text=True,
        capture_output=True,
        check=True,
    ).stdout.split()
    heavy = [name for name in (*HEAVY, "anywidget") if name in loaded]
    ratio = took["course"] / took["anywidget"]
    return table(
        f"import: medians of {ROUNDS} fresh processes each, interleaved",
        [
            ("import anywidget", f"{took['anywidget']:.1f} ms", "", None),
            ("import course", f"{took['course']:.2f} ms", "", None),
            ("import course : import anywidget", f"{ratio:.3f} ×", "≤ 1.15 ×", ratio <= 1.15),
            ("of " + ", ".join(HEAVY) + " it loads", ", ".join(heavy) or "none", "none", not heavy),
            ("from course.lessons import Lesson", f"{took['Lesson']:.1f} ms", "", None),
            ("first lesson.exercise(…), with its imports", f"{took['exercise']:.1f} ms", "", None),
            ("import fsrs, at the first answer", f"{took['fsrs']:.1f} ms", "", None),
        ],
    )


if __name__ == "__main__":
    sys.exit(not main())
