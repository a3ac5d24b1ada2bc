"""The first page: it reads whole before anything is loaded, and hands answers over as a file."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from course import charts, pictures
from course.exercises import chapters
from course.texts import LANGS, number, section, text

HERE = Path(__file__).parent
# Megabytes, where they are not on the site: Pyodide's core, and what tables and plots load later.
_CORE, _SCIENCE = 13, 20
_ASKED = 0.47  # of JupyterLab's own scripts a lesson asks for about so much; the rest is for others


def say(key: str, lang: str, **values: object) -> str:
    """Return a text of the site."""
    return text(f"site.{key}", lang, **values)


def write(made: Path, own: bool) -> None:
    """Write ``index.html`` beside the built files.

    Parameters
    ----------
    made : pathlib.Path
    own : bool
        Whether Python comes from the site itself, or from Pyodide's public address.
    """
    words = page(_megabytes(made, own), _science(made, own), own)
    (made / "index.html").write_text(words, "utf-8")


def page(size: int, science: int, own: bool) -> str:
    """Return the first page.

    Parameters
    ----------
    size : int
        Megabytes that are loaded before the first card.
    science : int
        Megabytes that tables and plots load later; 0 where the site has none of their packages.
    own : bool

    Returns
    -------
    str
        HTML in both languages, that needs nothing else.
    """
    room = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    sheet, script = (Markup((HERE / name).read_text("utf-8")) for name in ("first.css", "first.js"))
    return room.get_template("first.html").render(
        halves=[_half(lang, size, science, own) for lang in LANGS],
        style=Markup(charts.style()) + sheet,
        script=script,
        words={lang: section("site.js", lang) for lang in LANGS},
    )


def _half(lang: str, size: int, science: int, own: bool) -> dict[str, Any]:
    start, *lessons = chapters().values()
    picture = pictures.figure(pictures.read(start.folder / "figures.toml")["year"], lang)
    return {
        "lang": lang,
        "say": lambda key, **values: say(key, lang, **values),
        "start": _link(start.folder.name, lang),
        "lessons": [
            {
                "number": lesson.number,
                "title": lesson.title[lang],
                "time": _time(lesson.minutes, lang),
                "link": _link(lesson.folder.name, lang),
            }
            for lesson in lessons
        ],
        "count": sum(not lesson.whole for lesson in lessons),
        "picture": Markup(charts.svg(picture, lang)),
        "caption": picture.sentence,
        "size": number(size, lang),
        "science": number(science, lang) if science else "",
        "own": own,
    }


def _time(minutes: int, lang: str) -> str:
    if minutes < 120:
        return say("minutes", lang, n=minutes)
    return say("hours", lang, n=number(minutes / 60, lang))


def _link(name: str, lang: str) -> str:
    return f"lab-{lang}/index.html?path=notebooks/{lang}/{name}.ipynb"


def _megabytes(made: Path, own: bool) -> int:
    """Return what a browser loads before the first card, in whole megabytes."""
    static = made / "static"
    whole = [
        *((static / "pyodide").glob("py*[!l]") if own else ()),
        *(static / "pyodide-lock").glob("*/*-none-any.whl"),
        *(made / "extensions").rglob("*.js"),
        made / "api" / "translations" / "uk_UA.json",
    ]
    scripts = _ASKED * _size((made / "build").glob("*.js"))
    return round((_size(whole) + scripts) / 1e6 + (0 if own else _CORE))


def _science(made: Path, own: bool) -> int:
    """Return what tables and plots load later, in whole megabytes; none where they cannot."""
    if not own:
        return _SCIENCE
    lock = json.loads((made / "static" / "pyodide" / "pyodide-lock.json").read_text("utf-8"))
    if not {"matplotlib", "pandas"} <= lock["packages"].keys():
        return 0
    wanted, files = ["matplotlib", "pandas"], set[str]()
    for name in wanted:
        entry = lock["packages"].get(name, {"depends": []})
        wanted += [each for each in entry["depends"] if each not in wanted]
        files.add(Path(entry.get("file_name", "")).name)
    packages = made / "static" / "pyodide"
    return max(1, round(_size(packages / name for name in files if name) / 1e6))


def _size(paths: Iterable[Path]) -> int:
    return sum(path.stat().st_size for path in paths if path.is_file())
