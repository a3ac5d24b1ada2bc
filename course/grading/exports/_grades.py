"""What every table of grades asks of a student's graded work."""

from collections.abc import Iterable

from course.grading.results import Work


def unread(graded: Iterable[Work]) -> list[str]:
    """Return the warning that some written answers are not marked yet, if so."""
    count = sum(work.waiting for work in graded if work.listed)
    said = "they count 0, and the sheet leaves their students open"
    return [f"{count} written answers that nobody has marked: {said}"] if count else []
