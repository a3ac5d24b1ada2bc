"""Whatever the tests run, notebooks included, keeps its answers out of the repository."""

import os
import tempfile

_answers = tempfile.TemporaryDirectory(prefix="course-answers-")
os.environ["COURSE_ANSWERS"] = _answers.name

# Doctests are asked of every module; a conftest.py is none, and three of one name cannot be imported side by side.
collect_ignore_glob = ["conftest.py", "tests/**/conftest.py", "tests/conftest.py"]
