"""Every row belongs to a class; classes are used again."""

from course.kinds._kind import Kind
from course.kinds.match import Match


class Classify(Match):
    """As a match whose options are used again."""

    once = False
    on_paper = "classes"


KIND: Kind = Classify()
