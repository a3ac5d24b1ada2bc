"""For lecturers: setting assignments, grading what students hand in, and what follows."""


class GradingError(ValueError):
    """An expected mistake of a person; its sentence names file, line or id and says what to do."""
