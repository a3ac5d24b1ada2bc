"""``python -m course`` is the ``course`` command."""

import sys

from course.cli import main

if __name__ == "__main__":
    sys.exit(main())
