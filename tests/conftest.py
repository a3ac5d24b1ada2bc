"""What several test files share."""

import json
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from course.authoring.editions import pieces, plain
from course.texts import LANGS

ROOT = Path(__file__).parent.parent


@pytest.fixture
def root():
    """The checkout."""
    return ROOT


@pytest.fixture
def prose(root):
    """``prose("08-contract-value", "uk")``: a lesson in one language, its numbers without TeX and no-break spaces."""

    def read(name, lang):
        page = (root / "lessons" / name / "lesson.md").read_text("utf-8")
        cells = re.findall(
            rf'\+\+\+ {{"tags": \["{lang}"\]}}\n(.*?)(?=\n\+\+\+ |\n```)', page, re.DOTALL
        )
        text = " ".join(cells).replace("{,}", ",").replace("\u00a0", " ")
        return text.replace("\\,", "")

    return read


@pytest.fixture
def need():
    """``need("hunspell")``: skip where the program is missing; in CI its absence is a failure."""

    def look(program):
        found = shutil.which(program)
        if not found and os.environ.get("CI") == "true":
            pytest.fail(f"{program} is missing, and CI must have it")
        return found or pytest.skip(f"{program} is not installed")

    return look


@pytest.fixture(scope="session")
def chromium():
    """The one browser of a run, since playwright starts but once; without one, skip, and in CI fail."""
    names = ("chromium", "chromium-browser", "google-chrome")
    program = next(filter(None, map(shutil.which, names)), None)
    if not program:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"none of {names} here")
    api = pytest.importorskip("playwright.sync_api")
    words = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
    ]
    with api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=words)
        yield browser
        browser.close()


@pytest.fixture
def disk(tmp_path):
    """A small disk of its own; skips where this user may not mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    program = shutil.which("mount")
    words = ["-t", "tmpfs", "-o", "size=600k", "tmpfs", place]
    if program is None or subprocess.run([program, *words], capture_output=True).returncode:
        pytest.skip("mounting is not permitted here")
    yield place
    subprocess.run(["umount", place], check=True)


def pairs(table, where=""):
    """Every text that stands in both languages (or should) in a table read from TOML or JSON, with its place."""
    if isinstance(table, list):
        for place, entry in enumerate(table):
            yield from pairs(
                entry, f"{where}[{entry.get('id', place) if isinstance(entry, dict) else place}]"
            )
    elif isinstance(table, dict):
        if any(isinstance(table.get(lang), str) for lang in LANGS):
            yield where, table
        else:
            for name, entry in table.items():
                yield from pairs(entry, f"{where}.{name}".strip("."))


def tables():
    """Every file of the course that holds texts in pairs, as (path relative to the checkout, its table)."""
    # not course/models: word stems to recognise in what a learner writes, which nobody reads
    for pattern in (
        "course/*.toml",
        "course/instruments/*.toml",
        "course/grading/**/*.toml",
        "course/site/*.toml",
        "course/teaching/*.toml",
        "lessons/**/*.toml",
        "bank/*/exercises.toml",
        "datasets/datapackage.json",
    ):
        for path in sorted(ROOT.glob(pattern)):
            source = path.read_text("utf-8")
            read = tomllib.loads if path.suffix == ".toml" else json.loads
            yield path.relative_to(ROOT).as_posix(), read(source)


@pytest.fixture(scope="session")
def said():
    """All that the course says: ``said["uk"]["lessons/05-levels"]`` is a list of (place, text), code left out."""
    found = {lang: {} for lang in LANGS}

    def add(lang, group, where, words):
        bare = re.sub(r"`[^`]*`|\{\w+\}|\*\*", " ", words)
        found[lang].setdefault(group, []).append((where, bare))

    for path in sorted(ROOT.glob("lessons/*/lesson.md")):
        for piece in pieces(path)[0]:
            for lang in LANGS if not piece.code else ():
                group = path.parent.relative_to(ROOT).as_posix()
                add(lang, group, f"{path.relative_to(ROOT)}:{piece.line}", plain(piece.text[lang]))
    for name, table in tables():
        group = (
            name.rpartition("/")[0] if name.startswith("lessons/") and name.count("/") > 1 else name
        )
        for where, pair in pairs(table):
            for lang in LANGS:
                add(lang, group, f"{name} {where}", pair.get(lang, ""))
    for lang in LANGS:
        add(
            lang,
            f"README.{lang}.md",
            f"README.{lang}.md",
            plain((ROOT / f"README.{lang}.md").read_text("utf-8")),
        )
    return found


@pytest.fixture
def text_tables():
    """``(name of the file, place in it, pair)`` for every text in pairs."""
    return [(name, where, pair) for name, table in tables() for where, pair in pairs(table)]
