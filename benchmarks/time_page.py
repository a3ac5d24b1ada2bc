"""A page of ten questions, built and shown in a fresh kernel.

Beside it: ten bare anywidgets that carry the same contents, and nbautoeval's quiz of the same ten.
"""

import json
import sys

from shared import CACHE, kernel, median, python_with, run, table, wire

from course.exercises import chapters

ROUNDS = 7
TIMED = """
import sys, time
before, start, worked = set(sys.modules), time.perf_counter(), time.thread_time()
{code}
print((time.perf_counter() - start) * 1000, (time.thread_time() - worked) * 1000, *sorted(set(sys.modules) - before))
"""
IMPORTS = """
import course, course.lessons, course.models, simpleeval
from course import kinds
from course.widgets import card, fallback, host
kinds.kinds()
from IPython.display import display
"""
OPEN = "lessons = {{name: course.lesson(name, 'uk') for name in {names!r}}}"
SHOW = "for name, exercise in {page!r}: display(lessons[name].exercise(exercise))"
BARE = """
import anywidget, json, traitlets
from IPython.display import display
class Bare(anywidget.AnyWidget):
    _esm = "export default {{}}"
    spec = traitlets.Dict().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)
contents = json.loads({contents!r})
"""
SHOW_BARE = "for spec, state in contents: display(Bare(spec=spec, state=state))"


def first_ten():
    """Return the first ten exercises of lesson 5 that check themselves."""
    found = [
        ("levels", exercise.id)
        for exercise in chapters()["levels"].exercises.values()
        if not exercise.kind.by_person and exercise.kind.name != "value"
    ]
    return found[:10]


def same_ten():
    """Return the first ten exercises of the course that are a choice among four, as (lesson, id)."""
    found = [
        (chapter.slug, exercise.id)
        for chapter in chapters().values()
        for exercise in chapter.exercises.values()
        if exercise.kind.name == "choice" and len(exercise["option"]) == 4
    ]
    return found[:10]


def quiz(page, folder):
    """Write the ten questions as nbautoeval reads them, without the reasons that ours has; JSON is YAML."""
    made = {
        "ten": {"type": "Quiz", "questions": [exercise for _, exercise in page], "max_attempts": 3}
    }
    for lesson, name in page:
        exercise = chapters()[lesson].exercises[name]
        options = [
            {"text": option["text"]["uk"], "correct": option.get("right", False)}
            for option in exercise["option"]
        ]
        made[name] = {
            "type": "QuizQuestion",
            "question": exercise["prompt"]["uk"],
            "exactly_one_option": True,
            "options": options,
        }
    path = folder / "ten.yaml"
    path.write_text(json.dumps(made, ensure_ascii=False), "utf-8")
    return path


def measure(code, imports, opening="pass", python=sys.executable):
    """Return milliseconds of opening, of the page, of work in it; comm messages, bytes, and more, of one kernel."""
    with kernel(python) as client:
        run(client, imports)
        opened, _ = run(client, TIMED.format(code=opening))
        printed, messages = run(client, TIMED.format(code=code))
    took, worked, *modules = printed.split()
    comms = sum(message["msg_type"].startswith("comm_") for message in messages)
    shown = sum(message["msg_type"] == "display_data" for message in messages)
    inner = wire(messages, ("content",))
    sent = [
        message["content"]["data"].get("state", {})
        for message in messages
        if message["msg_type"] == "comm_open"
    ]
    return (
        float(opened.split()[0]),
        float(took),
        float(worked),
        comms,
        wire(messages),
        inner,
        shown,
        modules,
        json.dumps([(state["spec"], state["state"]) for state in sent if "spec" in state]),
    )


def main():
    page = same_ten()
    python, path = python_with("nbautoeval", "nbautoeval==1.8.0", "ipykernel"), quiz(page, CACHE)
    kinds = {
        "mixed": (
            SHOW.format(page=first_ten()),
            IMPORTS,
            OPEN.format(names=["levels"]),
        ),
        "same": (
            SHOW.format(page=page),
            IMPORTS,
            OPEN.format(names=sorted({lesson for lesson, _ in page})),
        ),
        "theirs": (
            f"display(run_yaml_quiz({str(path)!r}, 'ten'))",
            "from nbautoeval import run_yaml_quiz\nfrom IPython.display import display",
            "pass",
            python,
        ),
    }
    *_, contents = measure(*kinds["mixed"])
    kinds["bare"] = (SHOW_BARE, BARE.format(contents=contents), "pass")
    found = {name: [] for name in kinds}
    for _ in range(ROUNDS):
        for name, what in kinds.items():
            found[name].append(measure(*what))
    assert all(
        row[6] == (1 if name == "theirs" else 10) for name, rows in found.items() for row in rows
    )
    opened, took, worked, comms, size, inner = (
        {name: median(row[column] for row in rows) for name, rows in found.items()}
        for column in range(6)
    )
    rows = []
    for name, what in (("mixed", "ten exercises of lesson 5"), ("same", "the same ten questions")):
        rows += [
            (f"{what}: time", f"{took[name]:.1f} ms", "≤ 25 ms", took[name] <= 25),
            ("… of it the kernel's own work", f"{worked[name]:.1f} ms", "", None),
            ("… fastest round", f"{min(row[1] for row in found[name]):.1f} ms", "", None),
            (
                "… comm messages for each exercise",
                f"{comms[name] / 10:.1f}",
                "≤ 2",
                comms[name] <= 20,
            ),
            (
                "… on the wire",
                f"{size[name] / 1000:.1f} KB",
                "≤ 150 KB (wish 30)",
                size[name] <= 150_000,
            ),
            ("… of it without Jupyter's headers", f"{inner[name] / 1000:.1f} KB", "", None),
            ("… before that: opening the lessons", f"{opened[name]:.1f} ms", "", None),
        ]
        if modules := found[name][0][7]:
            rows.append(
                (
                    "… imported on the way",
                    " ".join(modules[:6]) + " …" * (len(modules) > 6),
                    "",
                    None,
                )
            )
    rows += [
        ("ten bare anywidgets, contents of lesson 5: time", f"{took['bare']:.1f} ms", "", None),
        ("… fastest round", f"{min(row[1] for row in found['bare']):.1f} ms", "", None),
        ("… of it the kernel's own work", f"{worked['bare']:.1f} ms", "", None),
        ("ours : bare, time", f"{took['mixed'] / took['bare']:.2f} ×", "", None),
        ("… the kernel's own work", f"{worked['mixed'] / worked['bare']:.2f} ×", "", None),
        ("nbautoeval 1.8.0: time", f"{took['theirs']:.1f} ms", "", None),
        ("… fastest round", f"{min(row[1] for row in found['theirs']):.1f} ms", "", None),
        ("… of it the kernel's own work", f"{worked['theirs']:.1f} ms", "", None),
        ("… comm messages", f"{comms['theirs']:.0f}", "", None),
        ("… on the wire", f"{size['theirs'] / 1000:.1f} KB", "", None),
        ("… of it without Jupyter's headers", f"{inner['theirs'] / 1000:.1f} KB", "", None),
        (
            "nbautoeval : the same ten of ours, time",
            f"{took['theirs'] / took['same']:.1f} ×",
            "",
            None,
        ),
        ("… the kernel's own work", f"{worked['theirs'] / worked['same']:.1f} ×", "", None),
        (
            "… time with opening the lessons",
            f"{took['theirs'] / (took['same'] + opened['same']):.1f} ×",
            "",
            None,
        ),
        ("… comm messages", f"{comms['theirs'] / comms['same']:.1f} ×", "", None),
        ("… bytes", f"{size['theirs'] / size['same']:.1f} ×", "", None),
    ]
    return table(f"page: medians of {ROUNDS} fresh kernels each, interleaved", rows)


if __name__ == "__main__":
    sys.exit(not main())
