"""How an exercise, an instrument or a picture reads where nothing runs: on GitHub, in print."""

import re
from collections.abc import Sequence
from html import escape

from course import charts
from course.exercises import Chapter, Exercise, draw
from course.figures import Figure
from course.texts import text
from course.widgets.card import meta

_BOLD, _CODE = re.compile(r"\*\*([^*]+)\*\*"), re.compile(r"`([^`]+)`")


def exercise(entry: Exercise, lang: str, prompt: str | None = None) -> tuple[str, str]:
    """Return one exercise as still text, with a line that says how to make it live.

    Parameters
    ----------
    entry : course.exercises.Exercise
    lang : {"uk", "ru"}
    prompt : str, optional
        The task with the learner's own numbers in it; by default with nobody's.

    Returns
    -------
    tuple of str
        HTML (no style, so that any sanitiser keeps it whole) and plain text. No key, the same bytes
        every time.
    """
    if prompt is None:
        prompt = entry.say("prompt", lang, draw(entry, "still", 1)) or ""
    top = meta(entry, lang)
    html = [f"<p><small>{escape(top)}</small><br><strong>{_rich(prompt)}</strong></p>"]
    plain = [top, prompt]
    for part in entry.parts(lang):
        words = [item.get("text") or f"{item['title']} {item['help']}" for item in part.entries]
        if part.inline:
            html.append(f"<p><em>{_rich(' · '.join(words))}</em></p>")
        else:
            html.append("<ul>" + "".join(f"<li>{_rich(line)}</li>" for line in words) + "</ul>")
        plain += [f"  - {line}" for line in words]
    live = text("card.live", lang)
    html.append(f"<p><em>{escape(live)}</em></p>")
    return f'<div lang="{lang}">{"".join(html)}</div>', "\n".join([*plain, live])


def instrument(title: str, figures: Sequence[Figure], lang: str) -> tuple[str, str]:
    """Return an instrument as it opens, as HTML and plain text.

    Its pictures, and the sentence of the first.
    """
    first, live = figures[0], text("card.live", lang)
    parts = [f"<p><strong>{escape(title)}</strong></p>", _image(first, lang)]
    parts += [f"<p>{escape(first.sentence)}</p>", *(_image(other, lang) for other in figures[1:])]
    html = "".join(parts) + f"<p><em>{escape(live)}</em></p>"
    return f'<div lang="{lang}">{html}</div>', "\n".join((title, first.sentence, live))


def figure(picture: Figure, lang: str) -> tuple[str, str]:
    """Return a lesson's picture as HTML and plain text."""
    html = f"{_image(picture, lang)}<p>{escape(picture.sentence)}</p>"
    return f'<div lang="{lang}">{html}</div>', f"{picture.title}\n{picture.sentence}"


def contents(lessons: Sequence[Chapter], lang: str) -> tuple[str, str]:
    """Return the lessons as links, as HTML and plain text: the map before anything has run."""
    titles = [lesson.heading(lang) for lesson in lessons]
    rows = zip(lessons, titles, strict=True)
    html = "".join(f'<li><a href="{at.notebook}">{escape(title)}</a></li>' for at, title in rows)
    return f'<ul lang="{lang}">{html}</ul>', "\n".join(titles)


def live_figure(picture: Figure, lang: str) -> tuple[str, str]:
    """Return a lesson's picture in the page's colours, light or dark, as HTML and plain text."""
    said = escape(picture.sentence)
    html = (
        f"<style>{charts.style()}</style>"
        f'<figure class="rm-figure rm-paint" role="img" aria-label="{said}" lang="{lang}">'
        f"{charts.svg(picture, lang)}</figure>"
        f'<p lang="{lang}" style="max-width: 46rem">{said}</p>'
    )
    return html, f"{picture.title}\n{picture.sentence}"


def _image(picture: Figure, lang: str) -> str:
    return f"<p>{charts.image(picture, lang)}</p>"


def _rich(words: str) -> str:
    words = _BOLD.sub(lambda bold: f"<b>{bold[1]}</b>", escape(words).replace("\n", "<br>"))
    return _CODE.sub(lambda code: f"<code>{code[1]}</code>", words)
