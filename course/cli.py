"""The ``course`` command: for a learner ``course lab``, for those who write lessons the rest."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from course import __version__, lab
from course.console import spell
from course.files import write_whole
from course.texts import LANGS, text

_ROOT = Path(__file__).parent.parent
GRADING = {
    "export": "lessons to print and show; exercises and grades to Moodle, a spreadsheet, a sheet",
    "assign": "set graded work: a folder for students, a private one with the keys",
    "grade": "grade what students handed in",
    "new": "begin a file of your own exercises, or of decisions after the exam",
    "import": "questions of Moodle, GIFT, Aiken or Word as your own exercises",
    "share": "a bank of yours for colleagues: one file with its authors and its licence",
    "list": "the exercises that you can set",
    "preview": "your own exercises with keys",
    "feedback": "write each student's page about graded work",
    "mark": "mark written answers in the browser",
    "paper": "print an exam in variants, grade what is typed from its sheets",
    "peer": "let students mark each other's written answers",
    "hub": "on a server: hand out, collect and give back graded work",
    "report": "see what the group did not understand",
}

SITE = {"site": "the course as files for a web server: learners need only a browser"}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; end quietly when whoever reads its output (``| head``) has read enough."""
    try:
        code = _main(argv)
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _main(argv: Sequence[str] | None) -> int:
    """Run one command; the words of the command line unless `argv` gives others.

    Returns
    -------
    int
        Exit code: 0 done, 1 something is out of step, 2 the command cannot be carried out.
    """
    spell(sys.stdout, sys.stderr)  # a console without Cyrillic must not stop the course
    parser = argparse.ArgumentParser(
        "course", description="Relationship marketing in Ukrainian and Russian."
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", metavar="command", required=True)
    one = commands.add_parser(
        "lab",
        help="open the course in JupyterLab",
        allow_abbrev=False,
        usage="course lab [--lang {uk,ru}] [FOLDER] "
        "[options of jupyter lab: --no-browser --port 9999]",
        description="Copy the course into FOLDER (the current one if it is a course folder, else "
        "./my-course), keeping everything you changed, and open it in JupyterLab.",
    )
    one.add_argument(
        "--lang", default=_lang(), help="language of the course and the menus: uk (default) or ru"
    )
    one = commands.add_parser(
        "copy",
        help="copy the course into a folder, without JupyterLab: for a server",
        allow_abbrev=False,
        description="Copy the course into FOLDER (the current one if it is a course folder, else "
        "./my-course), keeping everything that was changed there, and print the folder of settings "
        "for JUPYTER_CONFIG_PATH.",
    )
    one.add_argument("folder", nargs="?", metavar="FOLDER")
    one.add_argument("--lang", default=_lang(), help="language of the menus: uk (default) or ru")
    what = "make both editions and the tables in the READMEs from lessons/"
    one = commands.add_parser("build", help=what, description=what, allow_abbrev=False)
    one.add_argument(
        "--check", action="store_true", help="write nothing; fail if a file is out of date"
    )
    what = "find every fault in lessons/, or in one file of exercises"
    one = commands.add_parser("check", help=what, description=what, allow_abbrev=False)
    said = "a lecturer's own exercises.toml"
    one.add_argument("file", nargs="?", metavar="FILE", help=said)
    one.add_argument(
        "--fix", action="store_true", help="write each language's typography into the sources"
    )
    for name, what in {**GRADING, **SITE}.items():
        commands.add_parser(name, add_help=False, help=what)
    options, rest = parser.parse_known_args(argv)
    if options.command == "lab":
        return _lab(options.lang, rest)
    if options.command == "copy" and not rest:
        return _copy(options.folder, options.lang)
    if options.command == "export":
        from course.teaching import commands as teaching

        if rest and rest[0] in teaching.WHAT:
            return teaching.main(rest)
    if options.command in SITE:
        from course.site.commands import main as site

        return site(rest)
    if options.command in GRADING:
        from course.grading.commands import main as grading

        return grading(options.command, rest)
    if rest:
        commands.choices[options.command].error(f"unrecognized arguments: {' '.join(rest)}")
    if options.command == "check":
        from course.authoring import about
        from course.authoring.checks import check, check_all, warnings

        if options.file and not Path(options.file).is_file():
            commands.choices["check"].error(f"there is no file {options.file}")
        if options.fix:
            from course.authoring import typography

            changed = typography.fix(_ROOT)
            print("".join(f"{name} mended\n" for name in changed), end="")
        faults = check(options.file) if options.file else check_all()
        notes = [] if faults else [f"warning: {words}" for words in warnings(options.file)]
        if options.file and not faults:
            notes += about.told(options.file)
        print("".join(f"{line}\n" for line in [*faults, *notes]), end="")
        return 1 if faults else 0
    if not (_ROOT / "pyproject.toml").is_file():
        commands.choices["build"].error(
            "build works in a checkout of the course (pip install -e .)"
        )
    return build(_ROOT, options.check)


def _lang() -> str:
    """Return the language that a hub's user chose; elsewhere Ukrainian."""
    return os.environ.get("JUPYTERHUB_USER") and os.environ.get("COURSE_LANG") or "uk"


def _known(lang: str) -> bool:
    if lang not in LANGS:
        print(
            *(text("lab.unknown_lang", one, lang=lang) for one in LANGS), sep="\n", file=sys.stderr
        )
    return lang in LANGS


def _copy(named: str | None, lang: str) -> int:
    if not _known(lang) or not lab.copy(Path(named or lab.default_folder()).absolute(), lang):
        return 2
    print(text("lab.menus", lang, folder=lab.overrides(lang)))
    return 0


def _lab(lang: str, rest: list[str]) -> int:
    if not _known(lang):
        return 2
    # FOLDER stands first: of the words after an option only jupyter knows which are its value
    named = rest.pop(0) if rest and not rest[0].startswith("-") else None
    return lab.start(named or lab.default_folder(), lang, rest)


def build(root: Path, check: bool) -> int:
    """Derive editions and tables below `root`, or with `check` say which are out of date."""
    from course.authoring import editions

    try:
        derived = editions.build(root)
    except editions.EditionError as error:
        print(error, file=sys.stderr)
        return 1
    present = {path.relative_to(root).as_posix() for path in root.glob("notebooks/*/*.ipynb")}
    stale = sorted(present - set(derived))
    for name in stale:
        print(f"{name} belongs to no lesson" + ("" if check else ": removed"))
        if not check:
            (root / name).unlink()
    for name, data in derived.items():
        path = root / name
        if path.is_file() and path.read_bytes() == data:
            continue
        stale.append(name)
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, data)
        print(f"{name} is out of date: run course build" if check else f"{name} written")
    return int(check and bool(stale))
