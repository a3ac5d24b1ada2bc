"""The first page: it reads whole before anything is loaded, and hands answers over as a file."""

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
    (made / "index.html").write_text(page(_megabytes(made, own), own), "utf-8")


def page(size: int, own: bool) -> str:
    """Return the first page.

    Parameters
    ----------
    size : int
        Megabytes that are loaded before the first card.
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
        halves=[_half(lang, size, own) for lang in LANGS],
        style=Markup(charts.style()) + sheet,
        script=script,
        words={lang: section("site.js", lang) for lang in LANGS},
    )


def _half(lang: str, size: int, own: bool) -> dict[str, Any]:
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
        "science": number(_SCIENCE, lang),
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
    core = list((made / "static" / "pyodide").glob("py*[!l]")) if own else []
    wheels = (made / "static" / "pyodide-lock").glob("*/*-none-any.whl")
    size = sum(path.stat().st_size for path in (*core, *wheels)) / 1e6
    return round(size + _LAB + (0 if own else _CORE))
