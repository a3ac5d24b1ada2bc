"""Setting an assignment: specification, bank and roster in; files to hand out and a key out."""

from course.exercises import Fault
from course.grading import GradingError


class SettingError(GradingError):
    """The specification, the bank or the roster cannot be used.

    `faults` name file, line, field and what to do.
    """

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = sorted(faults, key=lambda fault: (fault.file, fault.line))
        super().__init__("\n".join(map(str, self.faults)))
