"""What a lecturer shows and prints: slides, seminar plans, the syllabus; all drawn from lessons."""


class TeachingError(ValueError):
    """An expected mistake of a person; its sentence says what to do."""
