"""Assignments in an nbgrader course: one autograded cell per exercise, worth the journal's score.

There are two roads, and they give the same points as ``course grade submitted`` to everybody who
handed in the notebook named like the assignment, which nbgrader asks for:

- `configure`, one line of ``nbgrader_config.py`` that `write` adds. For our assignments ``nbgrader
  autograde`` then runs no notebook: it puts the scores where a run would leave them. Nothing that a
  student wrote is executed.
- Without that line nbgrader runs all that a student wrote, in one kernel with our cells and with
  the lecturer's rights: a student can read the key, put another number in place of a score, or mark
  a cell as not to be run, which nbgrader takes for full marks. No cell can prevent that. Compare
  such grades with ``course grade submitted``.

Below the course directory ``private/<assignment>`` holds the key and
``grades/<assignment>/marks.jsonl`` what people marked. Both are nbgrader's lecturers' alone:
neither is copied to ``release`` or to the exchange.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from course.files import write_whole
from course.grading import GradingError, decisions
from course.grading.grade import Grader, rounded
from course.grading.gradebook import choose, read
from course.grading.intake.folder import Folder
from course.grading.keyfile import Key, pooled, read_key
from course.grading.marking.marks import Marks
from course.grading.setting.assignment import PYTHON, keep_older
from course.paths import close
from course.texts import LANGS, text

Scored = Mapping[str, tuple[float, str]]  # exercise -> points, the reason in words
_CONFIG = """
# Scores of the course's assignments come from the journals of answers; no student's cell is run.
try:
    from course.grading.exports.nbgrader import configure

    configure(get_config())
except Exception as error:  # after any other error nbgrader goes on and runs what students wrote
    raise SystemExit(f"nbgrader_config.py: the course cannot be loaded ({error}); install it again")
"""
_CELL = """# {ref}: {points:g}
### BEGIN HIDDEN TESTS
from course.grading.exports.nbgrader import points

points("{ref}")
### END HIDDEN TESTS"""


def write(made: Key, folder: str | Path, course: str | Path) -> Path:
    """Put an assignment into an nbgrader course as ``source/<id>``, its key as ``private/<id>``.

    Parameters
    ----------
    made : Key
        The private key, as `course.grading.setting.assignment.assign` returns it.
    folder : path-like
        Where that has written ``students`` and ``private``.
    course : path-like
        nbgrader's course directory; ``nbgrader_config.py`` there gets `configure`, once.

    Returns
    -------
    pathlib.Path
        ``source/<id>``. The notebook named like the assignment has the autograded cells.
    """
    course, name = Path(course), made["id"]
    source = course / "source" / name
    _copy(Path(folder) / "students", source)
    keys = close(course / "private") / name
    keep_older(keys / "key.json", made["digest"])
    _copy(Path(folder) / "private", keys)
    import nbformat  # seconds, which no other export needs
    from nbformat.v4 import new_notebook

    notebook = new_notebook(cells=_cells(made), metadata={"kernelspec": PYTHON["kernelspec"]})
    write_whole(source / f"{name}.ipynb", (nbformat.writes(notebook) + "\n").encode())
    config = course / "nbgrader_config.py"
    before = config.read_bytes() if config.is_file() else b""
    if not _configured(before):
        write_whole(config, (before or b"c = get_config()\n") + _CONFIG.encode())
    return source


def _copy(folder: Path, target: Path) -> None:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != decisions.FILE:  # they stand in one place, here
            copy = target / path.relative_to(folder)
            copy.parent.mkdir(parents=True, exist_ok=True)
            write_whole(copy, path.read_bytes())


def _configured(config: bytes) -> bool:
    """Tell whether both our lines stand in ``nbgrader_config.py`` as code and not as comments."""
    ours = (
        rb"from course\.grading\.exports\.nbgrader import configure\b",
        rb"configure\(get_config\(\)\)",
    )
    return all(re.search(rb"(?m)^[ \t]*" + line, config) for line in ours)


def _cells(made: Key, scored: Scored | None = None) -> list[Any]:
    """Return the cells of the notebook of points; with scores as a run would leave them."""
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

    cells: list[Any] = []
    for lang in LANGS:
        said = text("nbgrader.sheet", lang, title=made["title"][lang], id=made["id"])
        whole = said if lang == LANGS[0] else f'<div lang="{lang}">\n\n{said}\n\n</div>'
        cells.append(new_markdown_cell(whole, id=f"points-{len(cells):03}"))
    fixed = {"schema_version": 3, "grade": True, "locked": True, "solution": False, "task": False}
    for ref, full in _worth(made).items():
        outputs = []
        if scored:
            points, said = scored[ref]
            value = {"text/plain": repr(points)}
            outputs = [
                new_output("stream", name="stdout", text=said + "\n"),
                new_output("execute_result", data=value, execution_count=None),
            ]
        graded = fixed | {"grade_id": ref.replace("/", "_"), "points": full}
        about = {"id": f"points-{len(cells):03}", "metadata": {"nbgrader": graded}}
        source = _CELL.format(ref=ref, points=full)
        cells.append(new_code_cell(source, outputs=outputs, **about))
    return cells


def _worth(made: Key) -> dict[str, float]:
    """Return what each cell is worth: exercises that everybody has, and each pool as a whole."""
    points = {entry["ref"]: entry["points"] for entry in made["exercises"]}
    drawn, worth = pooled(made), dict[str, float]()
    for ref, full in points.items():
        if ref not in drawn:
            worth[ref] = full
            continue
        pool = next(each for each in made["pools"] if ref in each["from"])
        worth[f"pool/{pool['id']}"] = full * pool["take"]
    return worth


def scores(
    course: str | Path, student: str, assignment: str, folder: str | Path
) -> dict[str, tuple[float, str]]:
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
        Exercise -> (points as in ``course grade submitted``, the reason in the student's language);
        a pool is one exercise, whatever it gave the student.
        Without a key there is a `GradingError`.
    """
    private = read_key(Path(course) / "private" / assignment)
    marks = Marks(Path(course) / "grades" / assignment / "marks.jsonl", private)
    decided = decisions.read(Path(course) / "private" / assignment, private)
    grader = Grader(private, marks.refresh(), decided)
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
        files = [(graded.rank, graded.work.source or "") for graded in works]
        work = works[choose(files)[0]].work
    flags = [text(f"grading.flag.{flag}", work.lang) for flag in work.flags if flag != "ok"]
    earned = {
        ref: [(answer.points, text(f"grading.state.{answer.state}", work.lang))]
        for ref, answer in work.exercises.items()
    }
    for pool in private.get("pools", ()):
        each = [earned.pop(ref) for ref in pool["from"] if ref in earned]
        earned[f"pool/{pool['id']}"] = [one for known in each for one in known]
    said = {ref: "; ".join([*(words for _, words in each), *flags]) for ref, each in earned.items()}
    return {
        ref: (rounded(sum(points for points, _ in each)), said[ref]) for ref, each in earned.items()
    }


def points(ref: str) -> float:
    """Print the reason and return the points of one exercise.

    A hidden test calls it in nbgrader's autograder. It raises `GradingError` when there is no key
    above the current folder; nbgrader then gives 0.
    """
    here = Path.cwd()  # autograded/<student>/<assignment>
    student, assignment = here.parts[-2:]
    keys = (above / "private" / assignment / "key.json" for above in here.parents)
    key = next(filter(Path.is_file, keys), None)
    if key is None:
        raise GradingError(f"no private/{assignment}/key.json in a folder above {here}")
    course = key.parents[2]
    # Running a notebook saves its answers once more, so what counts is the file as handed in.
    handed = course / "submitted" / student / assignment
    earned, said = scores(course, student, assignment, handed if handed.is_dir() else here)[ref]
    print(said)
    return earned


def configure(c: Any) -> None:
    """Let ``nbgrader autograde`` score our assignments without running a notebook.

    Other assignments it runs as ever. `c` is the traitlets `Config` that ``get_config()`` gives in
    ``nbgrader_config.py``.
    """
    from nbconvert.preprocessors import ClearMetadataPreprocessor
    from nbgrader import preprocessors as own

    class Scores(own.Execute):  # type: ignore[misc]
        """Stands where nbgrader's execution would."""

        # And not preprocess: with --no-execute that would not be called.
        def __call__(self, nb: Any, resources: Any) -> Any:
            at, names = self.parent.parent.coursedir, resources["nbgrader"]
            student, assignment = names["student"], names["assignment"]
            source = Path(at.format_path(at.source_directory, ".", assignment))
            key = Path(at.root, "private", assignment)
            ours = source / "assignment.json", key / "key.json"
            if not any(path.is_file() for path in ours):
                return super().__call__(nb, resources)
            if names["notebook"] == assignment:
                handed = at.format_path(at.submitted_directory, student, assignment)
                nb.cells = _cells(read_key(key), scores(at.root, student, assignment, handed))
            return nb, resources

    c.Autograde.autograde_preprocessors = [
        Scores,
        own.IgnorePattern,
        ClearMetadataPreprocessor,
        own.LimitOutput,
        own.SaveAutoGrades,
        own.AssignLatePenalties,
        own.CheckCellMetadata,
    ]
