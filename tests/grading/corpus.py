"""Hostile submissions: how each is made, and the flag, or the state of one exercise, that must come of it.

Each is made around Мельник (66): `content` gives the bytes of his file, `tree` puts things into a folder, `packed`
makes an archive of the good submissions and something else.
"""

import io
import json
import os
import pickle
import random
import struct
import zipfile
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from simulated import answer, event, handed, journal, submission

WHO, NAME = "66", "Мельник Олег Тарасович"
FOLDER = f"{NAME}_900_assignsubmission_file_"
START = datetime(2026, 12, 2, 9, tzinfo=UTC)


class Attack(NamedTuple):
    name: str
    kind: str  # "content" "tree" "packed", and "refused": an archive that is not read at all
    make: object
    flag: str | None = None  # of the student, or of the file among the problems
    state: tuple = ()  # (exercise, state): what must be said of one exercise
    points: float | None = 0.0  # what he may earn at most; None: the valid part, whatever it is


ATTACKS = []


def attack(name, kind, flag=None, state=(), points=0.0):
    def keep(make):
        ATTACKS.append(Attack(name, kind, make, flag, state, points))
        return make

    return keep


def lines(key, **how):
    return journal(key, WHO, NAME, **({"skip": 0, "saves": 0, "skill": 1} | how))


def perfect(key):
    return handed(key, WHO, NAME, lines(key))


def entry_of(key, ref):
    return next(entry for entry in key["exercises"] if entry["ref"] == ref)


def right(key, ref):
    return answer(key, entry_of(key, ref), WHO, "uk", True, random.Random(1))


def only(key, ref, made, **more):
    """A file in which one exercise is answered, `made` being JSON text or a value."""
    one = json.loads(event(ref, "answer", None, START, "uk")) | more
    text = json.dumps(one, ensure_ascii=False, separators=(",", ":"))
    made = made if isinstance(made, bytes) else json.dumps(made, separators=(",", ":")).encode()
    line = text.encode("utf-8", "surrogatepass").replace(b'"a":null', b'"a":' + made)
    return with_lines(key, [line])


def with_lines(key, raw):
    """A well receipted file with these lines, in bytes, after the identity."""
    from course.answers import receipt

    body = handed(key, WHO, NAME, lines(key)[:1]).rpartition(b'{"receipt"')[0] + b"".join(
        line + b"\n" for line in raw
    )
    return body + b'{"receipt": "%s"}\n' % receipt(body).encode()


def spoilt(name, line, flag="torn-lines"):
    """A line that is no event stands among the answers: it is left out, the rest counts."""
    attack(name, "content", flag, points=None)(
        lambda key: with_lines(key, [*(one.encode() for one in lines(key)[1:4]), line(key)])
    )


def bad_answer(name, ref, made, state="invalid", points=0.0):
    """An answer that can be read but says nothing that can be right."""
    attack(name, "content", state=(ref, state), points=points)(
        lambda key: only(key, ref, made(key) if callable(made) else made)
    )


def broken(ref, made):
    return lambda key: (
        event(ref, "answer", None, START, "uk").encode().replace(b'"a":null', b'"a":' + made)
    )


# --- lines that are no JSON, or not the journal's ---------------------------------------------------------------------
spoilt("deep lists", broken("own/own-choice", b"[" * 100_000 + b"]" * 100_000))
spoilt("deep objects", broken("own/own-choice", b'{"a":' * 100_000 + b"1" + b"}" * 100_000))
spoilt("deep and open", broken("own/own-choice", b"[" * 100_000))
spoilt("not a number", broken("own/own-numeric", b"NaN"))
spoilt("infinity", broken("own/own-numeric", b"-Infinity"))
spoilt("a number beyond floats", broken("own/own-numeric", b"1e999"))
spoilt("a whole number of 100,000 digits", broken("own/own-numeric", b"9" * 100_000))
spoilt("the same key twice", broken("own/own-choice", b'"x","a":"y"'))
spoilt("the same key twice inside", broken("own/own-match", b'{"r":"a","r":"b"}'))
spoilt("half a character", broken("own/own-text", rb'"\ud800"'))
spoilt(
    "half a character in the name of the exercise",
    lambda key: (
        event("own/own-text", "answer", 1, START, "uk")
        .encode()
        .replace(b'"own/own-text"', rb'"\udfff"')
    ),
)
spoilt("a NUL byte", broken("own/own-text", b'"a\0b"'))
spoilt("no UTF-8", broken("own/own-text", "текст".encode("cp1251").join([b'"'] * 2)))
spoilt("UTF-8 written too long", broken("own/own-text", b'"\xc0\xaf"'))
spoilt(
    "a look-alike event",
    lambda key: (
        event("own/own-choice", "answer", 1, START, "uk").replace("answer", "аnswer").encode()
    ),
)
spoilt("a line of a megabyte", broken("own/own-text", b'"' + b"x" * 1_100_000 + b'"'))
spoilt(
    "another version",
    lambda key: (
        event("own/own-choice", "answer", 1, START, "uk").replace('"v":1', '"v":2').encode()
    ),
)
spoilt(
    "a version that is true",
    lambda key: (
        event("own/own-choice", "answer", 1, START, "uk").replace('"v":1', '"v":true').encode()
    ),
)
spoilt(
    "two objects in a line",
    lambda key: (event("own/own-choice", "answer", 1, START, "uk") * 2).encode(),
)
spoilt(
    "a time with other digits",
    lambda key: (
        event("own/own-choice", "answer", 1, START, "uk").replace("2026", "２０２６").encode()
    ),
)
spoilt("python", lambda key: b"__import__('os').system('touch PWNED')")
spoilt("a pickle in a line", lambda key: pickle.dumps(print, 0).replace(b"\n", b" "))
spoilt("a second head", lambda key: handed(key, "17", "x", []).splitlines()[0])


# --- answers that are JSON and nothing more -----------------------------------------------------------------------
bad_answer("true for a number", "own/own-numeric", True)
bad_answer("a list for a number", "own/own-numeric", [1])
bad_answer("an object for a number", "own/own-numeric", {"value": 1})
bad_answer("python for a number", "own/own-numeric", "__import__('os').system('touch PWNED')")
bad_answer("a spreadsheet formula for a number", "own/own-numeric", "=1+1")
bad_answer("a number of 10,000 characters", "own/own-numeric", "9" * 10_000)
bad_answer("a number nobody needs", "own/own-numeric", 1e308)
bad_answer("an option that is not there", "own/own-choice", "nowhere")
bad_answer(
    "an option of another exercise", "own/own-choice", lambda key: right(key, "own/own-multi")[0]
)
bad_answer(
    "the lecturer's name of the option",
    "own/own-choice",
    lambda key: entry_of(key, "own/own-choice")["keys"][0]["right"],
)
bad_answer(
    "all options in a choice",
    "own/own-choice",
    lambda key: list(entry_of(key, "own/own-choice")["ids"]["option"]),
)
bad_answer("a choice that is an object", "own/own-choice", {"right": True})
bad_answer(
    "all options in a multi",
    "own/own-multi",
    lambda key: list(entry_of(key, "own/own-multi")["ids"]["option"]),
    "wrong",
)
bad_answer(
    "one option many times", "own/own-multi", lambda key: right(key, "own/own-multi")[:1] * 50
)
bad_answer(
    "an item twice in an order",
    "own/own-order",
    lambda key: right(key, "own/own-order")[:-1] + right(key, "own/own-order")[:1],
)
bad_answer("an item left out", "own/own-order", lambda key: right(key, "own/own-order")[:-1])
bad_answer("an order of numbers", "own/own-order", [1, 2, 3, 4])
bad_answer(
    "a row that is not there",
    "own/own-match",
    lambda key: right(key, "own/own-match") | {"ghost": "x"},
)
bad_answer(
    "an option that is a list",
    "own/own-match",
    lambda key: dict.fromkeys(right(key, "own/own-match"), ["x"]),
)
bad_answer(
    "a list for rows", "own/own-classify", lambda key: list(right(key, "own/own-classify").items())
)
bad_answer("a text that is a number", "own/own-text", 7)
bad_answer(
    "a text of nothing but direction marks", "own/own-text", "\u202e\u200b\u2066", "unattempted"
)
bad_answer(
    "script in a text",
    "own/own-text",
    "<script>alert(1)</script><img src=x onerror=alert(2)>",
    "person",
)
bad_answer("a formula in a text", "own/own-text", "=cmd|'/c calc'!A1", "person")
bad_answer("NUL and bells in a text", "own/own-text", "a\x00b\x07\x1b[2J", "person")
bad_answer("a tile that is not there", "own/own-canvas", {"who": "x", "where": "y"})
bad_answer("a tile that is a list", "own/own-canvas", {"who": ["x"]})
bad_answer("a number for a table", "audit/audit-culture-gap", 7)
bad_answer(
    "a table with every row twice",
    "audit/audit-culture-gap",
    lambda key: {name: cells * 2 for name, cells in right(key, "audit/audit-culture-gap").items()},
)
bad_answer(
    "a table of texts",
    "audit/audit-culture-gap",
    lambda key: {
        name: ["x"] * len(cells) for name, cells in right(key, "audit/audit-culture-gap").items()
    },
)
bad_answer(
    "a table for a number", "own/own-value", lambda key: right(key, "audit/audit-culture-gap")
)
bad_answer("a name of python's own", "own/own-choice", "__class__")


# --- what a file says of itself -------------------------------------------------------------------------------------
@attack("scores written by the student", "content", state=("own/own-choice", "wrong"))
def _(key):
    wrong = answer(key, entry_of(key, "own/own-choice"), WHO, "uk", False, random.Random(2))
    return only(key, "own/own-choice", wrong, points=100, state="right", score={"fraction": 1})


@attack(
    "an answer within a field that nobody reads", "content", state=("own/own-choice", "unattempted")
)
def _(key):
    start = '{"v":1,"t":"2026-12-02T09:00:00.000Z","x":"own/own-choice","e":"answer","lang":"uk","z":{"q":0,"a":"'
    inside = "x", right(key, "own/own-choice")
    return with_lines(key, [f'{start}{made}","lang":"uk"}}}}'.encode() for made in inside])


@attack("another draw of the numbers", "content", state=("own/own-numeric", "wrong"))
def _(key):
    entry = entry_of(key, "own/own-numeric")
    mine = right(key, "own/own-numeric")
    other = next(
        text
        for text in (str(int(one["value"])) for one in entry["keys"])
        if abs(int(text) / int(mine) - 1) > 0.1
    )
    return only(key, "own/own-numeric", other, n=2)


@attack("more saves than allowed", "content", "over-limit", ("own/own-choice", "wrong"))
def _(key):
    wrong = answer(key, entry_of(key, "own/own-choice"), WHO, "uk", False, random.Random(2))
    return with_lines(
        key,
        [
            event("own/own-choice", "answer", made, START, "uk").encode()
            for made in [wrong] * 3 + [right(key, "own/own-choice")]
        ],
    )


@attack("resets between the saves", "content", "over-limit", ("own/own-choice", "wrong"))
def _(key):
    wrong = answer(key, entry_of(key, "own/own-choice"), WHO, "uk", False, random.Random(2))
    saves = [
        event("own/own-choice", "answer", made, START, "uk").encode()
        for made in [wrong] * 3 + [right(key, "own/own-choice")]
    ]
    return with_lines(
        key,
        [
            part
            for one in saves
            for part in (one, event("own/own-choice", "reset", None, START, "uk").encode())
        ],
    )


@attack("answers after the closing", "content", "after-closing", ("own/own-choice", "missing"))
def _(key):
    return with_lines(
        key,
        [
            event(
                "own/own-choice",
                "answer",
                right(key, "own/own-choice"),
                START + timedelta(days=20),
                "uk",
            ).encode()
        ],
    )


@attack("the thirtieth of February", "content", "after-closing")
def _(key):
    return with_lines(
        key,
        [
            event("own/own-choice", "answer", right(key, "own/own-choice"), START, "uk")
            .replace("2026-12-02", "2027-02-30")
            .encode()
        ],
    )


@attack("a late hour that does not exist", "content", "clock")
def _(key):
    return with_lines(
        key,
        [
            event("own/own-choice", "answer", right(key, "own/own-choice"), START, "uk")
            .replace("2026-12-02T09", "2026-12-09T77")
            .encode()
        ],
    )


@attack("a clock put back", "content", "clock", points=None)
def _(key):
    return handed(key, WHO, NAME, [*lines(key), *lines(key, when=START - timedelta(hours=3))[1:]])


@attack("answers before the opening", "content", "clock", points=None)
def _(key):
    return handed(key, WHO, NAME, lines(key, when=START - timedelta(days=9)))


@attack("the journal of another assignment", "content", "wrong-assignment")
def _(key):
    return handed(key | {"id": "rm-quiz-2"}, WHO, NAME, lines(key))


@attack("a loose journal of a lesson", "content", "wrong-assignment")
def _(key):
    return "".join(line.replace("own/", "") + "\n" for line in lines(key)[:-1]).encode()


@attack("an assignment handed out before a change", "content", "spec-changed", points=None)
def _(key):
    return handed(key, WHO, NAME, lines(key), digest="0123456789abcdef")


@attack("edited after the hand-in", "content", "tampered")
def _(key):
    return perfect(key).replace(b'"own/own-text"', b'"own/own-none"', 1)


@attack("lines after the receipt", "content", "tampered")
def _(key):
    return perfect(key) + event("own/own-choice", "answer", "x", START, "uk").encode() + b"\n"


@attack("another receipt", "content", "tampered")
def _(key):
    return perfect(key).rpartition(b'{"receipt"')[0] + b'{"receipt": "AAAA-AAAA-AA"}\n'


@attack("a receipt that is none", "content", "tampered")
def _(key):
    return perfect(key).rpartition(b'{"receipt"')[0] + b'{"receipt": {"a": [1]}}\n'


@attack("the receipt torn off", "content", "no-receipt", points=None)
def _(key):
    return perfect(key).rpartition(b'{"receipt"')[0]


@attack("torn in the middle", "content", "torn-lines", points=None)
def _(key):
    made = perfect(key).replace("–".encode(), b"-")
    return made[: made.index(b"own/own-classify") + 20]


@attack("torn within a letter", "content", "torn-lines", points=None)
def _(key):
    made = perfect(key)
    return made[: made.index("а".encode(), made.index(b"own/own-text")) + 1]


@attack("a head with my id over the journal of another", "content", "tampered")
def _(key):
    return handed(key, WHO, NAME, journal(key, "17", "Шевченко Іван Петрович", skip=0, skill=1))


@attack("two students named in one journal", "content", "identity-changed", points=None)
def _(key):
    return handed(
        key, WHO, NAME, [*journal(key, "17", "Шевченко Іван Петрович", skill=1), *lines(key)]
    )


@attack("nobody named", "content", "no-identity", points=None)
def _(key):
    return "".join(line + "\n" for line in lines(key)[1:]).encode()


@attack("an identity of wrong types", "content", "no-identity", points=None)
def _(key):
    return "".join(
        line + "\n"
        for line in [
            event("identity", "set", {"student": [WHO], "name": {}}, START, "uk"),
            *lines(key)[1:],
        ]
    ).encode()


for what, head in {
    "a head of lists": b'{"submission":[1]}',
    "a head that is torn": b'{"submission":1,"assi',
    "a deep head": b'{"submission":' + b"[" * 100_000,
    "a head of ten megabytes": b'{"submission":1,"assignment":"' + b"x" * 10_000_000 + b'"}',
    "a head with half a character": rb'{"submission":1,"assignment":"quiz","digest":"","lang":"uk","student":{"id":"\ud800","name":""}}',  # noqa: E501
    "a head in a third language": b'{"submission":1,"assignment":"quiz","digest":"","lang":"xx","student":{"id":"66","name":""}}',  # noqa: E501
}.items():
    attack(what, "content", "malformed", points=None)(
        lambda key, head=head: head + b"\n" + "".join(line + "\n" for line in lines(key)).encode()
    )
for what, data in {
    "an empty file": b"",
    "nothing but blanks": b" \n\r\n\t\n",
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9,
    "a pickle": pickle.dumps({"score": 100}),
    "UTF-16": "hello\n".encode("utf-16"),
    "a web page": b"<html><script>alert(1)</script></html>",
    "a million newlines": b"\n" * 1_000_000,
    "a list of JSON": b"[[[]]]",
    "a million brackets": b"[" * 1_000_000,
}.items():
    attack(what, "content", "malformed")(lambda key, data=data: data)


@attack("a file of 100 MB in one line", "content", "too-large")
def _(key):
    return b'{"submission":1,"assignment":"' + b"x" * 100_000_000


# --- names ----------------------------------------------------------------------------------------------------------
def stranger(name, student, called, flag="unknown-student"):
    @attack(name, "tree", flag, points=None)
    def _(folder, key):
        (folder / "stranger.jsonl").write_bytes(
            handed(key, student, called, journal(key, student, called, skill=1, skip=0))
        )


stranger("digits of another alphabet", "１７", "Шевченко Іван Петрович")
stranger("a letter that looks like a digit", "l7", "Шевченко Іван Петрович")
stranger("a name that is a formula", "900", "=cmd|' /C calc'!A0")
stranger("a name that calls a sum", "901", "@SUM(1+1)*cmd|' /C calc'!A0")
stranger("a name with lines and tabs", "902", "Іван\n17,Шевченко,МК-21,x,100,100,right,ok\t\r")
stranger("a name written backwards", "903", "\u202eнавІ\u2066")
stranger("a name of a page", "904", "<script>alert(1)</script>")
stranger("an id of a path", "../../../tmp/905", "Хтось")
stranger("an id of 100,000 letters", "9" * 3000, "Хтось")
stranger("an id of blanks", "   ", "Хтось", "no-identity")
stranger("an id without a shape", "\u200b\u2066", "Хтось", "no-identity")
for sign in "\n\r\v\x1c\x85\u2028\t,;\"'":
    stranger(f"an id with U+{ord(sign):04X} in it", f"9{sign}06", f"Хтось {sign} Інший")
for sign in "\0\x1b\u202e\u200b":
    stranger(f"my id with U+{ord(sign):04X} in it", f"6{sign}6", NAME, "ok")


@attack("an id of two lines in a loose journal", "tree", "unknown-student", points=None)
def _(folder, key):
    loose = "".join(line + "\n" for line in journal(key, "12\n34", "Хтось\nІнший", skill=1))
    (folder / "stranger.jsonl").write_bytes(loose.encode())


# --- whose file it is -------------------------------------------------------------------------------------------------
@attack("the file of another student in my folder", "tree", "another-student")
def _(folder, key):
    target = folder / FOLDER
    target.mkdir()
    (target / "quiz-17.jsonl").write_bytes(
        submission(key, "17", "Шевченко Іван Петрович", skill=1, skip=0)
    )


@attack("the file of another student in nbgrader's folder", "tree", "another-student")
def _(folder, key):
    target = folder / WHO / "quiz"
    target.mkdir(parents=True)
    (target / "quiz-66.jsonl").write_bytes(
        submission(key, "17", "Шевченко Іван Петрович", skill=1, skip=0)
    )


@attack("an id mistyped, in my folder", "tree", "mistyped-id", points=None)
def _(folder, key):
    target = folder / FOLDER
    target.mkdir()
    (target / "quiz-60.jsonl").write_bytes(
        handed(key, "60", NAME, journal(key, "60", NAME, skill=1))
    )


@attack("an exercise of another assignment among mine", "tree", "other-exercises", points=None)
def _(folder, key):
    more = event("levels/levels-letter-of-another", "answer", "own", START, "uk")
    (folder / "quiz-66.jsonl").write_bytes(handed(key, WHO, NAME, [*lines(key), more]))


@attack("the file of a namesake of another group", "tree", "duplicate", points=None)
def _(folder, key):
    surname, first, _ = NAME.split()
    for number, lines_, who in ((1, lines(key, skill=0), "777"), (2, lines(key), WHO)):
        target = folder / f"{first} {surname}_{number}_assignsubmission_file_"
        target.mkdir()
        (target / f"quiz-{who}.jsonl").write_bytes(handed(key, who, NAME, lines_))


@attack("a file of another name with my id, longer than mine", "tree", "duplicate", points=None)
def _(folder, key):
    (folder / "quiz-66.jsonl").write_bytes(perfect(key))
    (folder / "quiz-17.jsonl").write_bytes(handed(key, WHO, NAME, lines(key, seed=3, skill=0) * 3))


@attack("script in a tile of a canvas", "tree", None, points=None)
def _(folder, key):
    tile = key["exercises"][[one["ref"] for one in key["exercises"]].index("own/own-canvas")][
        "keys"
    ][0]["tiles"][0]
    evil = {tile: "<script>alert(1)</script><img src=x onerror=alert(2)>"}
    evil = event("own/own-canvas", "answer", evil, START, "uk")
    (folder / "quiz-66.jsonl").write_bytes(handed(key, WHO, NAME, [*lines(key), evil]))


@attack("look-alike letters in the name of the folder", "tree", None, points=None)
def _(folder, key):
    target = folder / "Mельник Oлег Тарасович_900_assignsubmission_file_"
    target.mkdir()
    (target / "quiz-66.jsonl").write_bytes(perfect(key))


@attack("two different files", "tree", "duplicate", points=None)
def _(folder, key):
    (folder / "quiz-66.jsonl").write_bytes(perfect(key))
    (folder / "quiz-66 (1).jsonl").write_bytes(handed(key, WHO, NAME, lines(key, seed=3, skill=0)))


@attack("a stranger hands in for me", "tree", "duplicate", points=None)
def _(folder, key):
    target = folder / FOLDER
    target.mkdir()
    (target / "quiz-66.jsonl").write_bytes(perfect(key))
    (folder / "zzz.jsonl").write_bytes(
        handed(key, WHO, NAME, lines(key, seed=3, skill=0) + lines(key, seed=4, skill=0))
    )


# --- folders --------------------------------------------------------------------------------------------------------
def in_folder(name, flag, put, points=0.0):
    @attack(name, "tree", flag, points=points)
    def _(folder, key):
        target = folder / FOLDER
        target.mkdir()
        put(target, key)


def _long_way(target, key):
    for place in range(40):
        target = target / f"d{place}"
        target.mkdir()
    (target / "quiz-66.jsonl").write_bytes(perfect(key))


def _sparse(target, key):
    with open(target / "quiz-66.jsonl", "wb") as file:
        file.truncate(100 << 30)


in_folder(
    "a link to a file of the system",
    "symlink",
    lambda target, key: (target / "quiz-66.jsonl").symlink_to("/etc/passwd"),
)
in_folder(
    "a link to another student's file",
    "symlink",
    lambda target, key: (target / "quiz-66.jsonl").symlink_to("../quiz-17.jsonl"),
)
in_folder("a link to a folder", "symlink", lambda target, key: (target / "more").symlink_to("/etc"))
in_folder("a link in a circle", "symlink", lambda target, key: (target / "loop").symlink_to("."))
in_folder("a pipe", "path", lambda target, key: os.mkfifo(target / "quiz-66.jsonl"))
in_folder(
    "a name with a line break",
    "path",
    lambda target, key: (target / "quiz\n-66.jsonl").write_bytes(perfect(key)),
)
in_folder(
    "a name of a device",
    "path",
    lambda target, key: (target / "NUL.jsonl").write_bytes(perfect(key)),
)
in_folder(
    "a name that is no UTF-8",
    None,
    lambda target, key: Path(os.fsdecode(os.fsencode(target) + b"/\xff\xfe.jsonl")).write_bytes(
        perfect(key)
    ),
    points=None,
)
in_folder("a folder below forty", "path", _long_way)
in_folder("a hundred gigabytes of nothing", "too-large", _sparse)
in_folder(
    "an archive in the folder",
    "nested-archive",
    lambda target, key: (target / "all.zip").write_bytes(b"PK\5\6" + bytes(18)),
)
in_folder(
    "a text document",
    "wrong-file",
    lambda target, key: (target / "answers.docx").write_bytes(b"PK"),
)
in_folder(
    "a notebook with code",
    None,
    lambda target, key: (target / "quiz-uk.ipynb").write_text(
        '{"cells":[{"source":"import os; os.system(1)"}]}'
    ),
)
in_folder(
    "a text file of prose",
    "wrong-file",
    lambda target, key: (target / "answers.txt").write_text("Я все зробив"),
)
in_folder(
    "a folder named as a file",
    "no-submission",
    lambda target, key: (target / "quiz-66.jsonl").mkdir(),
)


# --- archives -------------------------------------------------------------------------------------------------------
def archive(good, *entries, **style):
    """A zip of the good files and of (name or ZipInfo, data)."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, **style) as target:
        for name, data in [*good.items(), *entries]:
            target.writestr(name, data)
    return made.getvalue()


def patched(data, name, local=(), central=()):
    """Change fields of the headers of one entry: (offset in the header, format, value)."""
    data, raw = bytearray(data), name.encode()
    for sign, start, fields in ((b"PK\3\4", 30, local), (b"PK\1\2", 46, central)):
        place = data.rfind(sign + b"", 0, data.index(raw) if sign == b"PK\3\4" else data.rfind(raw))
        assert data[place + start : place + start + len(raw)] == raw
        for offset, style, value in fields:
            struct.pack_into(style, data, place + offset, value)
    return bytes(data)


MINE = f"{FOLDER}/quiz-66.jsonl"


def named(what, name, flag="path"):
    @attack(what, "packed", flag)
    def _(good, key):
        info = zipfile.ZipInfo("placeholder")
        info.filename = name
        return archive(good, (info, perfect(key)))


named("zip slip", "../../../../tmp/course-slip/quiz-66.jsonl")
named("zip slip in my folder", f"{FOLDER}/../../quiz-66.jsonl")
named("an absolute path", "/tmp/course-slip/quiz-66.jsonl")
named("a drive", "C:/course-slip/quiz-66.jsonl")
named("backslashes", "..\\..\\course-slip\\quiz-66.jsonl")
named("a device in the archive", "con.jsonl")
named("a name with an end sign", f"{FOLDER}/quiz\x1a-66.jsonl")
named("an archive in the archive", f"{FOLDER}/quiz-66.zip", "nested-archive")


@attack("a NUL in a name", "packed", "path")
def _(good, key):
    return archive(good, ("quizX-66.jsonl", perfect(key))).replace(b"quizX-66", b"quiz\0-66")


@attack("a link in the archive", "packed", "symlink")
def _(good, key):
    info = zipfile.ZipInfo(MINE)
    info.create_system, info.external_attr = 3, 0o120777 << 16
    return archive(good, (info, "/etc/passwd"))


@attack("a zip bomb", "packed", "too-large")
def _(good, key):
    return archive(good, (MINE, bytes(15 << 20)))


@attack("a bigger zip bomb", "packed", "too-large")
def _(good, key):
    return archive(good, (MINE, bytes(200 << 20)))


@attack("a size that lies low", "packed", "bad-archive")
def _(good, key):
    return patched(archive(good, (MINE, bytes(15 << 20))), MINE, central=[(24, "<I", 100)])


@attack("a size that lies high", "packed", "too-large")
def _(good, key):
    return patched(archive(good, (MINE, perfect(key))), MINE, central=[(24, "<I", 0xFFFFFFF0)])


@attack("two files in one place", "packed", "bad-archive")
def _(good, key):
    first = next(iter(good))
    made = archive(good, (MINE, perfect(key)))
    place = made.index(first.encode()) - 30
    return patched(made, MINE, central=[(42, "<I", place)])


@attack("a place outside", "packed", "bad-archive")
def _(good, key):
    return patched(archive(good, (MINE, perfect(key))), MINE, central=[(42, "<I", 0xFFFFFF00)])


@attack("a wrong checksum", "packed", "bad-archive")
def _(good, key):
    return patched(archive(good, (MINE, perfect(key))), MINE, central=[(16, "<I", 0)])


@attack("garbage instead of deflate", "packed", "bad-archive")
def _(good, key):
    made = bytearray(archive(good, (MINE, perfect(key))))
    place = made.index(MINE.encode()) + len(MINE.encode())
    made[place : place + 40] = b"\xff" * 40
    return bytes(made)


@attack("an encrypted file", "packed", "bad-archive")
def _(good, key):
    return patched(archive(good, (MINE, perfect(key))), MINE, central=[(8, "<H", 0x801)])


@attack("a method nobody knows", "packed", "bad-archive")
def _(good, key):
    return patched(archive(good, (MINE, perfect(key))), MINE, central=[(10, "<H", 99)])


@attack("a name twice in the archive", "packed", "duplicate", points=None)
def _(good, key):
    info = zipfile.ZipInfo(MINE)
    return archive(
        good, (MINE, perfect(key)), (info, handed(key, WHO, NAME, lines(key, seed=3, skill=0)))
    )


@attack("a directory that breaks off", "refused")
def _(good, key):
    made = bytearray(archive(good, ("quiz-66.jsonl", perfect(key))))
    place = made.rfind(b"PK\1\2")
    made[place : place + 4] = b"XXXX"
    return bytes(made)


@attack("a self-extracting archive", "packed", points=None)
def _(good, key):
    return b"MZ" + bytes(5000) + archive(good, (MINE, perfect(key)))


@attack("names in the letters of old Windows", "packed", points=None)
def _(good, key):
    name = "Melnik_900_assignsubmission_file_quiz-66.jsonl"
    old = "Мельник Олег"
    made = archive(good, (name, perfect(key)))
    assert len(old.encode("cp866")) == 12
    return made.replace(name.encode(), (old.encode("cp866") + name.encode()[12:]))


@attack("a million files", "refused")
def _(good, key):
    made = archive(good)
    end = made.rfind(b"PK\5\6")
    size, start = struct.unpack_from("<II", made, end + 12)
    data = b"{}\n"
    local = (
        struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 20, 0, 0, 0, 0, zlib.crc32(data), 3, 3, 5, 0)
        + b"x.csv"
        + data
    )
    central = (
        struct.pack(
            "<4sBBHHHHHIIIHHHHHII",
            b"PK\1\2",
            20,
            3,
            20,
            0,
            0,
            0,
            0,
            zlib.crc32(data),
            3,
            3,
            5,
            0,
            0,
            0,
            0,
            0,
            start,
        )
        + b"x.csv"
    )
    body, directory, count = (
        made[:start] + local,
        made[start:end] + central * 1_000_000,
        len(good) + 1_000_000,
    )
    at = len(body)
    wide = struct.pack(
        "<4sQHHIIQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, count, count, len(directory), at
    )
    place = at + len(directory)
    return (
        body
        + directory
        + wide
        + struct.pack("<4sIQI", b"PK\6\7", 0, place, 1)
        + struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    )
