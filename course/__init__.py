"""Relationship marketing in Ukrainian and Russian: the helper module behind the notebooks.

A notebook needs one line, ``lesson = course.lesson("levels", "uk")``; everything else hangs on the
lesson. Nothing heavy is imported here: numbers, charts and widgets load when a lesson first asks
for them.
"""

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from course.assignments import Assignment
    from course.lessons import Lesson

__version__ = "0.1.0"


def lesson(name: str, lang: str) -> "Lesson":
    """Open one lesson in one language.

    Parameters
    ----------
    name : str
        Short name of the lesson, for example ``"levels"``.
    lang : {"uk", "ru"}
        Language of everything the learner reads. Answers are shared by both.

    Returns
    -------
    course.lessons.Lesson

    Examples
    --------
    >>> import course
    >>> course.lesson("levels", "uk").number
    5
    """
    from course.lessons import Lesson

    return Lesson(name, lang)


def assignment(path: str | os.PathLike[str], lang: str) -> "Assignment":
    """Open a graded assignment as handed out by a lecturer.

    Parameters
    ----------
    path : path-like
        ``assignment.json`` beside the notebook.
    lang : {"uk", "ru"}

    Returns
    -------
    course.assignments.Assignment
    """
    from course.assignments import Assignment

    return Assignment(path, lang)
