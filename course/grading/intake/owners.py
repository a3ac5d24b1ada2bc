"""Whose file it is, by what an LMS wrote around it and never by what the student wrote in it."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from course.ids import clean, folded, twins

MARK = "_assignsubmission_"  # Moodle writes it behind the name of the student
_SHARED = 64  # students who share a word of their names; with rarer words at hand no look at these
_BRACKETS = re.compile(r"[(\[{][^)\]}]*[)\]}]")
_HYPHEN = re.compile(r"\s*[-\u2010-\u2015\u2212]\s*")
# Moodle takes some of these out of the name of a folder, people type any of them.
_DROPPED = re.compile("['`\"\u2018\u2019\u02bc\u02b9\u2032\u00b4\u00ab\u00bb\u201c\u201d\u0301]")
_GROUP = re.compile(r"(?=.*\d)(\w{1,4}|\w{0,5}(-\w{0,4})+|\d+)")  # «МК-21», «КБ21»
_PARTS = re.compile(r"[\s_.,;]+")


class Name:
    """The words of a person's name as they can be compared: full ones, and initials."""

    __slots__ = ("full", "initials")

    def __init__(self, name: str) -> None:
        plain = _HYPHEN.sub("-", _DROPPED.sub("", _BRACKETS.sub(" ", clean(name))))
        parts = _PARTS.split(twins(plain.casefold().replace("ё", "е")))
        words = [word for word in parts if word and not _GROUP.fullmatch(word)]
        self.full = {word for word in words if len(word) > 1}
        self.initials = [word for word in words if len(word) == 1]

    def fits(self, other: "Name") -> bool:
        """Tell whether one of two names says no more than the other, and two words are the same."""
        common = self.full & other.full
        mine, theirs = self.full - common, other.full - common
        same = (Counter(self.initials) & Counter(other.initials)).total()
        begun = _begun(mine, other.initials), _begun(theirs, self.initials)
        if not common or len(common) + sum(begun) + same < 2:
            return False
        within = len(mine) == begun[0] and len(self.initials) <= begun[1] + same
        around = len(theirs) == begun[1] and len(other.initials) <= begun[0] + same
        return within or around


def _begun(words: Iterable[str], initials: Sequence[str]) -> int:
    """Count the words that begin with an initial, each initial used once."""
    left, count = list(initials), 0
    for word in words:
        if word[0] in left:
            left.remove(word[0])
            count += 1
    return count


class Owners:
    """Says whose file it is.

    Parameters
    ----------
    assignment : str
        Its id: nbgrader's tree is ``student/assignment/…``.
    students : list of (id, name, …)
        The roster.

    Examples
    --------
    >>> owners = Owners("quiz", [("17", "Шевченко Іван Петрович"), ("18", "Лук'яненко Ольга")])
    >>> owners.of("Іван Шевченко_4711_assignsubmission_file_/a.jsonl"), owners.of("18/quiz/a.jsonl")
    ('17', '18')
    >>> owners.of("Лукяненко, Ольга (МК-21)_12_assignsubmission_file/a.jsonl")
    '18'
    """

    def __init__(self, assignment: str, students: Sequence[Sequence[str]]) -> None:
        self.assignment = assignment
        self.ids = {folded(row[0]): row[0] for row in students}
        self._names = {row[0]: row[1] for row in students}
        self._groups = {folded(row[2]) for row in students if row[2:3] and row[2]}
        self._words: dict[str, list[str]] | None = None
        self._files = {folded(_safe(row[0])): row[0] for row in students}
        self._file = re.compile(
            re.escape(assignment) + r"-(.+?)( ?\(\d+\)|_\d)?\.jsonl?(\.(txt|jsonl?))?$"
        )

    def folder(self, name: str) -> str | None:
        """Return the folder that an LMS made for one student, or None."""
        before, moodle, _ = name.partition(MARK)
        place = name.find(f"/{self.assignment}/")
        if 0 < place < len(before):
            return name[:place]
        return before if moodle else None

    def of(self, name: str) -> str | None:
        """Return the id of the student whose folder this is, or None when that is not certain.

        The outermost folder decides: what is in it was named by the student.
        """
        parts = name.split("/")
        for place, part in enumerate(parts):
            before, moodle, _ = part.partition(MARK)
            if moodle:
                called, _, number = before.rpartition("_")
                return self._called(Name(self._ungrouped(called))) if number.isdigit() else None
            inner = parts[place + 1 : -1]
            if inner[:1] == [self.assignment] and folded(part) in self.ids:
                return self.ids[folded(part)]
        return None

    def by_file_name(self, name: str) -> str | None:
        """Return the id in a name like ``quiz-17 (1).jsonl``; the student may have written it."""
        match = self._file.match(name.rpartition("/")[2])
        return self._files.get(folded(match[1])) if match else None

    def words(self) -> dict[str, list[str]]:
        """Return who has each word in the name; worked out when it is first asked for."""
        if self._words is None:
            self._words = {}
            for student, called in self._names.items():
                for word in Name(called).full:
                    self._words.setdefault(word, []).append(student)
        return self._words

    def _ungrouped(self, called: str) -> str:
        """Return a name without the group that Moodle up to 4.0 wrote before it: «МР-31-Бойко Ян».

        A group has a digit or stands on the roster; «Бондар-Коваль» is a surname.
        """
        parts = called.split("-")
        for place in range(len(parts) - 1, 0, -1):
            group, name = "-".join(parts[:place]), "-".join(parts[place:])
            grouped = re.search(r"\d", parts[place - 1]) or folded(group) in self._groups
            if grouped and len(Name(name).full) > 1:
                return name
        return called

    def _called(self, name: Name) -> str | None:
        """Return the one student whose name fits; a patronymic alone says nothing."""
        words = self.words()
        near = [words[word] for word in name.full if word in words]
        near = [students for students in near if len(students) <= _SHARED] or near
        fitting = {
            student for student in set[str]().union(*near) if name.fits(Name(self._names[student]))
        }
        return fitting.pop() if len(fitting) == 1 else None


def _safe(student: str) -> str:
    """Return an id as the notebook of the assignment writes it into the name of the file."""
    return "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in student)
