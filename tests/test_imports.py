"""Imports point downward only, and ``import course`` stays cheap."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "course"
# Who may know whom; a room that is not named here may know nobody of ours.
ALLOWED = {
    "paths": set(),
    "texts": set(),
    "files": set(),
    "browser": {"texts"},
    "plots": {"texts"},
    "slips": {"texts"},
    "startup": {"slips"},
    "saved": set(),
    "console": set(),
    "answers": set(),
    "ids": set(),
    "clock": {"answers"},
    "toml_hints": set(),
    "models": set(),
    "simulation": {"models", "figures", "texts"},
    "kinds": {"texts", "figures", "simulation"},
    "credit": {"texts"},
    "exercises": {"credit", "paths", "texts", "kinds", "models", "truths"},
    "attempt": {"exercises", "kinds"},
    "record": {"answers", "texts", "kinds", "exercises", "attempt"},
    "datasets": {"paths", "texts"},
    "figures": set(),
    "charts": {"figures", "texts"},
    "pictures": {"figures", "models", "instruments", "datasets", "texts", "truths"},
    "truths": {"datasets", "models"},
    "documents": {
        "charts",
        "credit",
        "exercises",
        "figures",
        "instruments",
        "kinds",
        "paths",
        "pictures",
        "texts",
    },
    "handin": {"documents", "exercises", "files", "kinds", "progress", "record", "texts"},
    "review": {"exercises", "record"},
    "mastery": {"exercises", "record", "review"},
    "progress": {"exercises", "mastery", "record", "review", "texts"},
    "certificate": {"files", "handin", "record", "texts"},
    "programme": {"exercises", "kinds", "progress", "record", "texts"},
    "widgets": {
        "kinds",
        "attempt",
        "answers",
        "exercises",
        "texts",
        "paths",
        "models",
        "charts",
        "figures",
    },
    "instruments": {"paths", "models", "figures", "texts"},
    "lessons": {
        "browser",
        "certificate",
        "programme",
        "handin",
        "plots",
        "slips",
        "files",
        "paths",
        "texts",
        "kinds",
        "answers",
        "models",
        "exercises",
        "attempt",
        "record",
        "datasets",
        "charts",
        "truths",
        "progress",
        "review",
        "widgets",
        "instruments",
        "pictures",
    },
    "assignments": {
        "clock",
        "ids",
        "files",
        "paths",
        "texts",
        "answers",
        "kinds",
        "exercises",
        "attempt",
        "record",
        "lessons",
        "widgets",
    },
    "authoring": {
        "credit",
        "toml_hints",
        "files",
        "paths",
        "texts",
        "kinds",
        "models",
        "truths",
        "exercises",
        "datasets",
        "widgets",
        "instruments",
        "pictures",
        "teaching",
    },
    # never widgets or instruments; pandas only to set an assignment, late
    "grading": {
        "credit",
        "console",
        "toml_hints",
        "clock",
        "ids",
        "files",
        "paths",
        "texts",
        "kinds",
        "answers",
        "attempt",
        "exercises",
        "authoring",
        "datasets",
        "truths",
        "charts",
        "documents",
        "figures",
    },
    "teaching": {
        "charts",
        "exercises",
        "figures",
        "files",
        "grading",
        "paths",
        "pictures",
        "texts",
    },
    "lab": {"files", "saved", "paths", "texts"},
    "site": {"charts", "exercises", "lab", "pictures", "saved", "texts"},
    "cli": {"console", "files", "lab", "authoring", "grading", "site", "teaching", "texts"},
    "__main__": {"cli"},
    "__init__": {"lessons", "assignments"},
}
# Only inside a function, so that a lesson opens without pandas.
LATE = {
    ("kinds", "simulation"),
    ("exercises", "truths"),
    ("exercises", "models"),
    ("__init__", "lessons"),
    ("__init__", "assignments"),
    ("grading", "authoring"),
    ("grading", "datasets"),
    ("grading", "truths"),
}
HEAVY = [
    "numpy",
    "pandas",
    "matplotlib",
    "scipy",
    "anywidget",
    "ipywidgets",
    "nbformat",
    "jupytext",
    "IPython",
    "fsrs",
    "docx",
    "typst",
    "markdown_it",
]


def room(path):
    parts = path.relative_to(PACKAGE).parts
    return parts[0] if len(parts) > 1 else path.stem


def imports(source):
    """Yield (room of ours that is imported, whether at the top of the file)."""
    tree = ast.parse(source)
    top = {id(node) for node in tree.body}
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are written out"
            inner = [f"{node.module}.{alias.name}" for alias in node.names]
            names = inner if node.module == "course" else [node.module]
        for name in names:
            parts = name.split(".")
            if parts[0] == "course" and len(parts) > 1 and not parts[1].startswith("__"):
                yield parts[1], id(node) in top


def upward(name, source):
    """What this room imports but may not."""
    for other, at_top in imports(source):
        if other != name and (
            other not in ALLOWED.get(name, set()) or (at_top and (name, other) in LATE)
        ):
            yield other


@pytest.mark.parametrize(
    "path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.relative_to(PACKAGE).as_posix()
)
def test_imports_point_downward(path):
    assert room(path) in ALLOWED, "say in this file whom the new room may know"
    assert not list(upward(room(path), path.read_text("utf-8")))


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("kinds", "from course.exercises import draw"),
        ("kinds", "def f():\n    import course.models.value"),
        ("exercises", "from course.truths import truth"),
        ("exercises", "def f():\n    from course.authoring.editions import parity"),
        ("widgets", "from course import instruments"),
    ],
)
def test_a_planted_import_upward_is_found(name, source):
    assert list(upward(name, source))


def test_the_rooms_at_the_top_import_nothing_in_a_circle():
    """At the top of the files nobody imports, even through others, somebody who imports him."""
    graph = {}
    for path in PACKAGE.rglob("*.py"):
        found = {other for other, at_top in imports(path.read_text("utf-8")) if at_top}
        graph.setdefault(room(path), set()).update(found - {room(path)})
    done = set()
    while ready := {
        name for name in graph if name not in done and graph[name] & set(graph) <= done
    }:
        done |= ready
    assert done == set(graph)


def test_importing_the_course_loads_nothing_heavy():
    code = "import course, course.exercises, course.cli, sys; print([n for n in sys.argv[1:] if n in sys.modules])"
    told = subprocess.run(
        [sys.executable, "-c", code, *HEAVY], capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == "[]"


def test_no_export_pays_for_another():
    """Each ran six seconds longer while one of them loaded nbformat for all."""
    code = "from course.grading.exports import targets; targets('total'); import sys; print(sys.modules.keys() & {'nbformat'})"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "set()"


def test_a_drawn_picture_needs_no_table():
    """In a browser pandas is twenty megabytes, and a site without it would stop there."""
    code = "import sys; sys.modules['pandas'] = None; from course.pictures import figure, read; from course.exercises import chapters"
    code += "; print(type(figure(read(chapters()['levels'].folder / 'figures.toml')['ladder'], 'uk')).__name__)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert told.stdout.strip() == "Ladder", told.stderr
