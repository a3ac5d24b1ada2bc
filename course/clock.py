"""The clock of an assignment with a time limit: when it starts, and what is over.

It starts when a student first says who he is: with the first line of the journal that does so,
whatever name follows later. Times are UTC, so neither a zone nor a change of clocks is in them.
"""

from course.answers import moment

IDENTITY = "identity"  # under this name the journal keeps who a student says that he is


def starts(exercise: str, event: str, answer: object) -> bool:
    """Tell whether an event of a journal starts the clock, where none did before.

    It names somebody; or it is an answer, in a file whose names somebody took out.

    Examples
    --------
    >>> starts("identity", "set", {"student": "17"}), starts("identity", "set", {"student": " "})
    (True, False)
    >>> starts("own/visit", "answer", "5"), starts("own/visit", "draft", "5")
    (True, False)
    """
    if exercise != IDENTITY:
        return event == "answer"
    student = answer.get("student") if isinstance(answer, dict) and event == "set" else None
    return isinstance(student, str) and bool(student.strip())


def used(start: str, end: str) -> int | None:
    """Return the whole minutes between two times of a journal; ``None`` when one is no time.

    What is left of a minute counts for nothing, so nobody is over a limit by seconds. After a clock
    was put back it is 0.

    Examples
    --------
    >>> used("2026-12-01T08:00:00.000Z", "2026-12-01T09:30:59.999Z")
    90
    """
    first, last = moment(start), moment(end)
    if first is None or last is None:
        return None
    return max(0, int((last - first).total_seconds() // 60))


def over(minutes: int | None, limit: int) -> int:
    """Return how many minutes are over a limit; 0 is no limit.

    Examples
    --------
    >>> over(90, 90), over(91, 90), over(500, 0), over(None, 90)
    (0, 1, 0, 0)
    """
    return max(0, (minutes or 0) - limit) if limit else 0
