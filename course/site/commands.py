"""``course site``: words in, a folder for a web server out."""

import argparse
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from course.site import SiteError

_NEEDED = ("jupyterlite_core", "jupyterlite_pyodide_kernel", "pyodide_lock", "hatchling", "jinja2")


def main(words: Sequence[str]) -> int:
    """Build the site; return 0, or 2 when it cannot be built."""
    options = _parser().parse_args(words)
    missing = ", ".join(name for name in _NEEDED if not find_spec(name))
    if missing or sys.version_info < (3, 12):
        here = f"this is Python {sys.version_info[0]}.{sys.version_info[1]}"
        print(
            f"course site needs Python 3.12 or newer ({here}) and its own packages"
            + (f" (missing: {missing})" if missing else "")
            + ': python -m pip install ".[site]"',
            file=sys.stderr,
        )
        return 2
    from course.site import build

    try:
        lines = build.site(options.out, options.pyodide)
    except SiteError as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    print("".join(f"{line}\n" for line in lines), end="")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "course site",
        allow_abbrev=False,
        description="Build the course as a folder of files for any web server; learners need "
        "nothing but a browser.",
    )
    parser.add_argument("out", type=Path, metavar="FOLDER", help="the folder to make or make anew")
    parser.add_argument(
        "--pyodide",
        type=Path,
        metavar="PATH",
        help="serve Python for browsers from the site itself: the archive of a release of Pyodide, "
        "the folder it was unpacked into, or the archive that `npm pack pyodide` writes; without "
        "it learners' browsers fetch it from its public address",
    )
    return parser
