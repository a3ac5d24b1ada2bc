"""Slides of one lesson: the case, a vote, pictures, roles and questions; never a key."""

import re
from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256

from markupsafe import Markup

from course import charts, pictures
from course.figures import Figure
from course.grading.pages import rich
from course.teaching.outline import Outline, html, line
from course.teaching.pages import own, page
from course.teaching.seminars import Seminar
from course.texts import quoted, text

LETTERS = "АБВГД"
ROOM, GAP = 600, 40  # characters of the case that a slide holds; what a paragraph takes beside
NOTE = 280  # characters of a last paragraph that stands small below the others
# A picture's width in its own units, the free space in hundredths of a slide's width, and how many
# of these a unit should have: then letters are as big as those of the text.
WIDTHS, FREE, LEGIBLE = range(320, 700, 60), (90.0, 42.0), 0.18


@dataclass(frozen=True)
class Slide:
    """One slide.

    Attributes
    ----------
    kind : str
        What it is for; the plan of the class names slides by it.
    title : str
    above : str
        Small, over the title.
    body : str
        Text or HTML.
    items : tuple
        Lines of a list: texts, or (mark, text).
    picture : str
        The id of a figure of the lesson.
    """

    kind: str
    title: str
    above: str = ""
    body: str = ""
    items: tuple[str | tuple[str, str], ...] = ()
    picture: str = ""


def deck(lesson: Outline, seminar: Seminar) -> list[Slide]:
    """Return the slides of a lesson.

    The pictures end where the lesson decides its case, and the class decides instead.
    """
    chapter, lang = lesson.chapter, lesson.lang

    def say(key: str, **values: object) -> str:
        return text(f"teaching.{key}", lang, **values)

    asked = chapter.exercises[lesson.guess]
    prompt = rich(asked.say("prompt", lang) or "")
    options = tuple(
        (LETTERS[place], option["text"])
        for place, option in enumerate(asked.parts(lang)[0].entries)
    )
    outcomes = tuple(pair[lang] for pair in chapter.outcomes.values())
    slides = [Slide("title", chapter.title[lang], say("lesson", number=chapter.number))]
    slides += [Slide("case", lesson.case.title, body=body) for body in _story(lesson.story)]
    slides.append(Slide("vote", say("vote"), body=prompt, items=options))
    slides.append(Slide("outcomes", say("outcomes"), items=outcomes))
    slides += [
        Slide("work", section.title, picture=name)
        for section, name in lesson.pictures
        if name not in seminar.hide
    ]
    roles = tuple((role.who[lang], role.wants[lang]) for role in seminar.role)
    slides.append(Slide("roles", say("roles"), items=roles))
    for count, question in enumerate(seminar.question, 1):
        slides.append(Slide("debate", question.text[lang], say("question", n=count)))
    slides.append(Slide("again", say("again"), body=say("changed"), items=options))
    title = quoted(lesson.decision.title)
    closing = say("decision", number=chapter.number, title=title)
    slides.append(
        Slide("close", say("minute"), body=closing, items=tuple(map(line, lesson.minute)))
    )
    return slides


def _story(blocks: list[str]) -> list[Markup]:
    """Share the paragraphs and list items of a case out evenly among few slides, in their order."""
    note = blocks.pop() if len(blocks) > 1 and len(blocks[-1]) <= NOTE else ""
    parts = [part for block in blocks for part in re.split(r"\n(?=- )", block)]
    few = len(_filled(parts, ROOM))
    even = next(room for room in range(1, ROOM + 1) if len(_filled(parts, room)) == few)
    told = [html("\n\n".join(filled)) for filled in _filled(parts, even)]
    told[-1] += Markup('<div class="note">{}</div>').format(html(note)) if note else ""
    return told


def _filled(parts: list[str], room: int) -> list[list[str]]:
    """Fill slides one after the other; a part too long for any has one of its own."""
    filled: list[list[str]] = []
    for part in parts:
        if filled and sum(len(other) + GAP for other in (*filled[-1], part)) <= room:
            filled[-1].append(part)
        else:
            filled.append([part])
    return filled


def drawn(figure: Figure, lang: str) -> dict[str, Markup]:
    """Draw a picture for a phone, and so wide that its letters are best read on a slide."""

    def unit(svg: str) -> float:
        across, down = re.findall(r'viewBox="[\d.-]+ [\d.-]+ ([\d.]+) ([\d.]+)"', svg)[0]
        return min(FREE[0] / float(across), FREE[1] / float(down), LEGIBLE)

    widest_first = (charts.svg(figure, lang, width=width) for width in reversed(WIDTHS))
    wide = max(widest_first, key=unit)
    return {"wide": Markup(wide), "narrow": Markup(charts.svg(figure, lang))}


def numbers(slides: list[Slide]) -> dict[str, str]:
    """Return which slides there are of each kind, as a plan names them.

    Examples
    --------
    >>> numbers([Slide("title", "a"), Slide("case", "b"), Slide("case", "c")])
    {'title': '1', 'case': '2–3'}
    """
    places: dict[str, list[int]] = {}
    for place, slide in enumerate(slides, 1):
        places.setdefault(slide.kind, []).append(place)
    return {
        kind: str(at[0]) if len(at) == 1 else f"{at[0]}–{at[-1]}" for kind, at in places.items()
    }


def write(lesson: Outline, seminar: Seminar) -> str:
    """Return the slides as one HTML page that needs nothing else."""
    shown, lang = deck(lesson, seminar), lesson.lang
    entries = pictures.read(lesson.chapter.folder / "figures.toml")
    named = {slide.picture for slide in shown if slide.picture}
    figures = {name: pictures.figure(entries[name], lang) for name in sorted(named)}
    code, style = own("slides.js"), charts.style() + own("slides.css")
    digest = b64encode(sha256(code.encode()).digest()).decode()
    policy = Markup(f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'")
    values = {
        "title": lesson.chapter.heading(lang),
        "slides": shown,
        "drawings": {name: drawn(figure, lang) for name, figure in figures.items()},
        "said": {name: figure.sentence for name, figure in figures.items()},
        "script": Markup(code),
    }
    return page("slides.html", lang, style, values, policy)
