"""Journals written by hand, at times that the test says: no clock of this machine is in them."""

from course.answers import signed
from course.grading import keyfile
from course.grading.grade import Grader

NUMERIC = "own/own-numeric"


def line(time, name, answer, event="answer", lang="uk", **more):
    """One event; the time is «09:30» of the day of the exam, in UTC, or a whole one."""
    stamp = time if "T" in time else f"2026-12-01T{time if time.count(':') == 2 else time + ':00'}"
    stamp = stamp if stamp.endswith("Z") else f"{stamp}.000Z"
    return {"v": 1, "t": stamp, "x": name, "e": event, "a": answer, "lang": lang, **more}


def named(time, student="17", **more):
    """The line in which a student says who he is."""
    return line(time, "identity", {"student": student, "name": "Олена", **more}, "set")


def handed(key, *events, student="17", digest=None):
    """A file to hand in."""
    head = {
        "submission": 1,
        "assignment": key["id"],
        "digest": digest or key["digest"],
        "student": {"id": student, "name": "Олена"},
        "lang": "uk",
    }
    return signed([head, *events])[0]


def graded(key, *events, decisions=None, name="a.jsonl", **more):
    """The work that such a file earns."""
    grader = Grader(key, None, decisions) if decisions else Grader(key)
    return grader.grade(handed(key, *events, **more), name).work


def right(key, group, ref=NUMERIC):
    """The right answer to the numbers of a group."""
    from course.ids import seed

    slot = next(n for n, entry in enumerate(key["exercises"]) if entry["ref"] == ref)
    grader, name = Grader(key), keyfile.times(key, group).get("seed", group)
    draw = grader.draws(seed(key["variants"], "17", name))[slot]
    return str(key["exercises"][slot]["keys"][draw]["value"])
