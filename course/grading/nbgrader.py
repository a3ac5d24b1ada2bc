"""Assignments in an nbgrader course: one autograded cell per exercise, whose value is the score of the journal.

There are two roads, and they give the same points as ``course grade submitted`` to everybody who handed in the
notebook named like the assignment, which nbgrader asks for:

- `configure`, one line of ``nbgrader_config.py`` that `write` adds. For our assignments ``nbgrader autograde`` then
  runs no notebook: it puts the scores where a run would leave them. Nothing that a student wrote is executed.
- Without that line nbgrader runs all that a student wrote, in one kernel with our cells and with the lecturer's
  rights: a student can read the key, put another number in place of a score, or mark a cell as not to be run, which
  nbgrader takes for full marks. No cell can prevent that. Compare such grades with ``course grade submitted``.

Below the course directory ``private/<assignment>`` holds the key and ``grades/<assignment>/marks.jsonl`` what people
marked. Both are nbgrader's lecturers' alone: neither is copied to ``release`` or to the exchange.
"""

import json
import re
from pathlib import Path

from course.files import write_whole
from course.grading import GradingError, markfile
from course.grading.grade import Grader
from course.grading.gradebook import choose, read
from course.grading.intake.folder import Folder
from course.grading.keyfile import read_key
from course.grading.setting.assignment import keep_older
from course.paths import close
from course.texts import LANGS, text

_CONFIG = """
# Scores of the course's assignments come from the journals of answers; no cell of a student is run for them.
try:
    from course.grading.nbgrader import configure

    configure(get_config())
except Exception as error:  # after any other error nbgrader goes on without this and runs what students wrote
    raise SystemExit(f"nbgrader_config.py: the course cannot be loaded ({error}); install it here again")
"""
_CELL = """# {ref}: {points:g}
### BEGIN HIDDEN TESTS
from course.grading.nbgrader import points

points("{ref}")
### END HIDDEN TESTS"""


def write(made, folder, course):
    """Put an assignment into an nbgrader course as ``source/<id>`` and its key as ``private/<id>``.

    Parameters
    ----------
    made : dict
        The private key, as `course.grading.assignment.assign` returns it.
    folder : path-like
        Where that has written ``students`` and ``private``.
    course : path-like
        nbgrader's course directory; ``nbgrader_config.py`` there gets `configure`, once.

    Returns
    -------
    pathlib.Path
        ``source/<id>``. The notebook named like the assignment is the one with the autograded cells.
    """
    course, name = Path(course), made["id"]
    source = course / "source" / name
    _copy(Path(folder) / "students", source)
    keys = close(course / "private") / name
    keep_older(keys / "key.json", made["digest"])
    _copy(Path(folder) / "private", keys)
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook = {"cells": _cells(made), "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    written = json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    write_whole(source / f"{name}.ipynb", written.encode())
    config = course / "nbgrader_config.py"
    before = config.read_bytes() if config.is_file() else b""
    if not _configured(before):
        write_whole(config, (before or b"c = get_config()\n") + _CONFIG.encode())
    return source


def _copy(folder, target):
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            copy = target / path.relative_to(folder)
            copy.parent.mkdir(parents=True, exist_ok=True)
            write_whole(copy, path.read_bytes())


def _configured(config):
    """Tell whether both our lines stand in ``nbgrader_config.py`` as code; in a comment they have no effect."""
    ours = rb"from course\.grading\.nbgrader import configure\b", rb"configure\(get_config\(\)\)"
    return all(re.search(rb"(?m)^[ \t]*" + line, config) for line in ours)


def _cells(made, found=None):
    """The notebook of the points; with what `scores` found each cell has the output that running it would give."""
    def cell(kind, source, **more):
        cells.append({"cell_type": kind, "id": f"points-{len(cells):03}", "metadata": {}, "source": source, **more})

    cells = []
    for lang in LANGS:
        said = text("nbgrader.sheet", lang, title=made["title"][lang], id=made["id"])
        cell("markdown", said if lang == LANGS[0] else f'<div lang="{lang}">\n\n{said}\n\n</div>')
    for entry in made["exercises"]:
        ref, outputs = entry["ref"], []
        if found:
            points, said = found[ref]
            value = {"output_type": "execute_result", "execution_count": None, "metadata": {}}
            outputs = [{"output_type": "stream", "name": "stdout", "text": said + "\n"},
                       value | {"data": {"text/plain": repr(points)}}]
        cell("code", _CELL.format(ref=ref, points=entry["points"]), execution_count=None, outputs=outputs)
        cells[-1]["metadata"]["nbgrader"] = {
            "schema_version": 3, "grade_id": ref.replace("/", "_"), "points": entry["points"],
            "grade": True, "locked": True, "solution": False, "task": False}
    return cells


def scores(course, student, assignment, folder):
    """Grade what one student handed in.

    Parameters
    ----------
    course, folder : path-like
        nbgrader's course directory; the student's directory of the assignment.
    student, assignment : str
        As nbgrader's directories say: a journal that names another student earns nothing.

    Returns
    -------
    dict
        Exercise -> (points as in ``course grade submitted``, the reason in the student's language).
        Without a key there is a `GradingError`.
    """
    private = read_key(Path(course) / "private" / assignment)
    grader = Grader(private, markfile.read(Path(course) / "grades" / assignment / "marks.jsonl", private)[0])
    known, source, works = student in grader.places, Folder(folder), []
    trouble = {"no-submission" if known else "unknown-student"}
    for entry in sorted(source.entries()) if known else ():
        graded = read(grader, source, entry._replace(name=f"{student}/{assignment}/{entry.name}"))
        if isinstance(graded, str):
            trouble.add(graded)
        else:
            works.append(graded)
    work = grader.absent(student, trouble)
    if works:
        work = works[choose([(graded.rank, graded.work.source) for graded in works])[0]].work
    flags = [text(f"grading.flag.{flag}", work.lang) for flag in work.flags if flag != "ok"]
    return {ref: (answer.points, "; ".join([text(f"grading.state.{answer.state}", work.lang), *flags]))
            for ref, answer in work.exercises.items()}


def points(ref):
    """Print the reason and return the points of one exercise: what a hidden test calls in nbgrader's autograder.

    It raises `GradingError` when there is no key above the current folder; nbgrader then gives 0.
    """
    here = Path.cwd()  # autograded/<student>/<assignment>
    student, assignment = here.parts[-2:]
    course = next((one for one in here.parents if (one / "private" / assignment / "key.json").is_file()), None)
    if course is None:
        raise GradingError(f"no private/{assignment}/key.json in a folder above {here}")
    # Running a notebook saves its answers once more, so what counts is the file as handed in.
    handed = course / "submitted" / student / assignment
    found, said = scores(course, student, assignment, handed if handed.is_dir() else here)[ref]
    print(said)
    return found


def configure(c):
    """Let ``nbgrader autograde`` score our assignments without running a notebook; others it runs as ever.

    `c` is the traitlets `Config` that ``get_config()`` gives in ``nbgrader_config.py``.
    """
    from nbconvert.preprocessors import ClearMetadataPreprocessor
    from nbformat import from_dict
    from nbgrader import preprocessors as own

    class Scores(own.Execute):
        """Stands where nbgrader's execution would."""

        def __call__(self, nb, resources):  # and not preprocess: with --no-execute that would not be called
            at, names = self.parent.parent.coursedir, resources["nbgrader"]
            student, assignment = names["student"], names["assignment"]
            source, key = at.format_path(at.source_directory, ".", assignment), Path(at.root, "private", assignment)
            if not (Path(source, "assignment.json").is_file() or (key / "key.json").is_file()):
                return super().__call__(nb, resources)
            if names["notebook"] == assignment:
                handed = at.format_path(at.submitted_directory, student, assignment)
                nb.cells = [
                    from_dict(one) for one in _cells(read_key(key), scores(at.root, student, assignment, handed))
                ]
            return nb, resources

    c.Autograde.autograde_preprocessors = [Scores, own.IgnorePattern, ClearMetadataPreprocessor, own.LimitOutput,
                                           own.SaveAutoGrades, own.AssignLatePenalties, own.CheckCellMetadata]
