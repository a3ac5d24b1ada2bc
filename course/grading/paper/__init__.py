"""An exam on paper: variants to print, and what students wrote typed back to be graded.

A variant is a pure function of the key and its number. Its numbers are those that a student with
the id ``variant-2`` draws in the notebook; its options stand in an order of their own, which no
right answer has a part in, so that a printed page cannot tell what is right.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from course import ids, kinds
from course.exercises import chance, chapter
from course.grading import keyfile
from course.grading.grade import Grader, seat
from course.grading.keyfile import Entry, Key
from course.grading.setting.assignment import shown_of
from course.ids import folded
from course.kinds import Part, Telling

# Letters that both alphabets have, and nobody takes for another or for a figure when written.
LETTERS = "АБВГДЕЖЗИКЛМНПРСТУФХЦЧШЩЮЯ"


@dataclass(frozen=True)
class Question:
    """One exercise as a variant prints it.

    Attributes
    ----------
    number : int
        Its place in the exam, the same in every variant.
    entry : Entry
        The private side; papers for students read nothing of it but what `shown` has.
    shown : dict
        What students get of it, its lists in the order printed.
    draw : int or None
        Number of the draw.
    """

    number: int
    entry: Entry
    shown: dict[str, Any]
    draw: int | None

    @property
    def ref(self) -> str:
        """The reference of its exercise."""
        return self.entry["ref"]

    @property
    def form(self) -> str:
        """How it is answered on a sheet."""
        return kinds.kind(self.entry["kind"]).on_paper

    @property
    def points(self) -> float:
        """Full mark."""
        return self.entry["points"]

    @cached_property
    def key(self) -> dict[str, Any]:
        """What marks the answers to this draw."""
        return self.entry["keys"][self.draw or 0]

    @cached_property
    def field(self) -> str:
        """The list whose entries bear letters; empty where there is none."""
        return next((name for name in ("option", "item") if name in self.shown), "")

    @cached_property
    def letters(self) -> dict[str, str]:
        """Public ids of what bears letters, by its letter."""
        lettered = self.shown.get(self.field, ())
        return {LETTERS[at]: part["id"] for at, part in enumerate(lettered)}

    @property
    def rows(self) -> list[str]:
        """Public ids of the rows that letters are put to."""
        return [row["id"] for row in self.shown.get("row", ())]

    def telling(self, lang: str) -> Telling:
        """Return the question as this variant tells it; it knows what students get."""
        exercise = replace(keyfile.exercise(self.entry), raw=self.shown)
        drawn = self.entry["draws"]
        return exercise.told(lang, drawn[self.draw] if drawn and self.draw is not None else {})

    def parts(self, lang: str) -> list[Part]:
        """Return its lists in the order printed."""
        return kinds.kind(self.entry["kind"]).parts(self.shown, lang, self.shown.__getitem__)

    def story(self, lang: str) -> str:
        """Return what is told of the numbers that it shares with others; empty without any."""
        home, name = chapter(self.entry["lesson"]), self.shown.get("shared")
        told = home.shared.get(name) if home and name else None
        if told is None or not told.story or self.draw is None:
            return ""
        return told.tells(self.entry["draws"][self.draw], lang)


def carried(kind: str) -> bool:
    """Tell whether paper can carry a kind of exercise.

    >>> carried("order"), carried("portfolio")
    (True, False)
    """
    return bool(kinds.kind(kind).on_paper)


def variant(key: Key, number: int) -> list[Question]:
    """Return the questions of one variant; the same key and number make the same pages."""
    seed, grader = seat(number), Grader(key)
    same = ids.seed("one", "") if key["variants"] == "one" else seed
    draws = grader.draws(same)
    asked = [(grader.exercises[slot], draws[slot]) for slot in grader.own(same)]
    return [
        Question(at, entry, _arranged(key, entry, seed), draw)
        for at, (entry, draw) in enumerate(asked, 1)
    ]


def columns(key: Key) -> dict[str, str]:
    """Return the columns that answers are typed into, each with what is typed there.

    Where a pool gives variants different questions, a place has the columns of all of them.
    """
    from course.grading.paper import forms

    hints = dict[int, dict[str, list[str]]]()
    numbers = range(1, 1 + (key["paper"]["variants"] if "pools" in key else 1))
    for question in (each for number in numbers for each in variant(key, number)):
        for name, hint in forms.columns(question):
            known = hints.setdefault(question.number, {}).setdefault(name, [])
            known += [hint] * (hint not in known)
    listed = (each for number in sorted(hints) for each in hints[number].items())
    return {name: " / ".join(each) for name, each in listed}


def _arranged(key: Key, entry: Entry, seed: str) -> dict[str, Any]:
    """Return what students get of an exercise, what bears letters in the variant's order."""
    shown = shown_of(entry, hints=False)
    if entry["raw"].get("shuffle", True):
        for field in ("option", "item"):
            shown.get(field, []).sort(
                key=lambda part: chance(key["salt"], seed, entry["ref"], part["id"])
            )
    return shown


def dealt(key: Key, student: str) -> int:
    """Return the variant that a roster deals to a student: it follows from the id alone.

    Whoever is added to the list later changes nobody's variant. Where groups draw, everybody of one
    has the same, and groups take them in turn, in the order of the roster.
    """
    sheets = key["paper"]
    if turns := sheets.get("turns"):
        return turns[folded(next(row[2] for row in key["roster"] if row[0] == student))]
    return 1 + chance(key["salt"], "seat", folded(student)) % sheets["variants"]


def turns(key: Key, variants: int) -> dict[str, int]:
    """Return which variant each group of the roster has, by what its spellings have in common."""
    order = dict.fromkeys(folded(row[2]) for row in key["roster"])
    return {group: 1 + place % variants for place, group in enumerate(order)}


def counts(key: Key) -> Sequence[int]:
    """Return how many students the roster deals each variant to."""
    given = [dealt(key, row[0]) for row in key["roster"]]
    return [given.count(number) for number in range(1, key["paper"]["variants"] + 1)]
