"""Whatever the tests run, notebooks included, keeps its answers out of the repository."""

import os
import tempfile

_answers = tempfile.TemporaryDirectory(prefix="course-answers-")
os.environ["COURSE_ANSWERS"] = _answers.name
