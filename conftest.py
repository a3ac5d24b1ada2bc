"""Whatever the tests run, notebooks included, keeps its answers out of the repository."""

import os
import tempfile

from hypothesis import settings

# How long an example takes is no test; on CI the same examples are tried every time.
settings.register_profile("course", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("course")

_answers = tempfile.TemporaryDirectory(prefix="course-answers-")
os.environ["COURSE_ANSWERS"] = _answers.name

# Doctests are asked of every module; a conftest.py is none, and three of one name cannot be imported side by side.
collect_ignore_glob = ["conftest.py", "tests/**/conftest.py", "tests/conftest.py"]
