"""The annual programme: what of its deliverables stands."""

from dataclasses import dataclass
from typing import Any

from course import progress
from course.exercises import Exercise
from course.record import Record
from course.texts import number, text


@dataclass(frozen=True, slots=True)
class Item:
    """One exercise of a deliverable.

    Attributes
    ----------
    exercise : course.exercises.Exercise
    done : bool
        Whether it counts as done: handed over, or filled and as long as asked.
    earned : float or None
        Points that a program gives; None where somebody has to read it.
    """

    exercise: Exercise
    done: bool
    earned: float | None


@dataclass(frozen=True, slots=True)
class Deliverable:
    """One of the parts that the programme is made of: an outcome of its page.

    Attributes
    ----------
    number : int or str
    title : str
    items : tuple of Item
    """

    number: int | str
    title: str
    items: tuple[Item, ...]

    @property
    def points(self) -> float:
        """The weight of the part."""
        return sum(item.exercise.points for item in self.items)

    @property
    def automatic(self) -> float:
        """The points that a program can give."""
        return sum(item.exercise.points for item in self.items if item.earned is not None)

    @property
    def earned(self) -> float:
        """The points that a program gives now."""
        return sum(item.earned or 0.0 for item in self.items)

    @property
    def done(self) -> int:
        """How many of its items are done."""
        return sum(item.done for item in self.items)


def programme(record: Record, lang: str) -> list[Deliverable]:
    """Return the whole programme of a learner, part by part, in the order of the page.

    Parameters
    ----------
    record : course.record.Record
        Of the page that asks for it.
    lang : {"uk", "ru"}
    """
    exercises = record.chapter.exercises.values()
    return [
        Deliverable(
            name,
            title[lang],
            tuple(
                _item(record, exercise)
                for exercise in exercises
                if name in exercise.get("outcomes", ())
            ),
        )
        for name, title in record.chapter.outcomes.items()
    ]


def _item(record: Record, exercise: Exercise) -> Item:
    result = record.result(exercise)
    earned = None if exercise.kind.by_person else result.fraction * exercise.points
    return Item(exercise, result.done, earned)


def state(record: Record, lang: str) -> dict[str, Any]:
    """Return what the strip of the programme shows: every part, done and earned so far."""
    parts = programme(record, lang)
    done, of = sum(part.done for part in parts), sum(len(part.items) for part in parts)
    stands = sum(part.done == len(part.items) for part in parts)
    points = sum(part.points for part in parts)
    automatic = sum(part.automatic for part in parts)
    said = {
        "stands": stands,
        "parts": len(parts),
        "earned": _points(sum(part.earned for part in parts), lang),
        "automatic": _points(automatic, lang),
        "written": _points(points - automatic, lang),
    }
    return {
        "title": text("programme.title", lang),
        "sentence": text("programme.sentence", lang, **said),
        "share": round(100 * done / of) if of else 0,
        "note": text("programme.note", lang),
        "rows": [_row(part, lang) for part in parts],
    }


def _row(part: Deliverable, lang: str) -> dict[str, Any]:
    items = len(part.items)
    written = part.points - part.automatic
    cells = [
        [text("progress.done", lang), text("progress.of", lang, n=part.done, of=items)],
        [text("programme.weight", lang), _points(part.points, lang)],
    ]
    if part.automatic:
        earned = text(
            "progress.of",
            lang,
            n=_points(part.earned, lang),
            of=_points(part.automatic, lang),
        )
        cells.append([text("programme.counted", lang), earned])
    if written:
        cells.append([text("programme.read", lang), _points(written, lang)])
    share = round(100 * part.done / items) if items else 0
    return progress.line(f"{part.number}. {part.title}", "", share, cells)


def _points(value: float, lang: str) -> str:
    return number(value, lang, 1).removesuffix(",0")
