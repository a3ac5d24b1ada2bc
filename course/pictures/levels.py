"""Pictures of lesson 5 that take their numbers from the model."""

from course.figures import Ladder, Rung
from course.models.levels import LEVELS, thresholds
from course.pictures import Say
from course.texts import number


def ladder(say: Say) -> Ladder:
    """Return the five levels with the yearly margin from which each pays."""
    edges = [number(edge, "uk", 1).removesuffix(",0") for edge in thresholds()]
    entries = [say("first"), *(say("since", m=edge) for edge in edges)]
    rungs = tuple(
        Rung(say(level), say(f"{level}_does"), entry)
        for level, entry in zip(LEVELS, entries, strict=True)
    )
    named = dict(zip(LEVELS[1:], edges, strict=True))
    return Ladder(
        title=say("title"), unit=say("unit"), sentence=say("sentence", **named), rungs=rungs
    )
