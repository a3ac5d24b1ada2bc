"""What reviewers write to authors: cleaned of names, struck out by the lecturer, told on a page.

An id tells neither who wrote a comment nor to whom; comments stand in the order of their ids.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from course.grading import GradingError
from course.grading.cells import encode
from course.grading.keyfile import Peer
from course.grading.peer.names import Names
from course.texts import text

FILE, TABLE = "peer/comments.json", "peer/comments.csv"
LONGEST = 1200  # characters of a comment; the card asks for far fewer
_HEAD = ["id", "shown", "author", "reader", "comment", "doubts"]


@dataclass(frozen=True)
class Comment:
    """One reader's words to one author.

    Attributes
    ----------
    id : str
    author, reader : str
        Student ids; the reader's is for the lecturer alone.
    words : str
        Without names.
    doubts : tuple of str
        What may name somebody all the same.
    shown : str
        "yes", or why not: "unheard" of a reader whose marks do not count, "struck", "off".
    """

    id: str
    author: str
    reader: str
    words: str
    doubts: tuple[str, ...] = ()
    shown: str = "yes"


def cleaned(
    peer: Peer, names: Names, author: str, reader: str, words: str, lang: str
) -> Comment | None:
    """Return a comment without the names of the roster, of its author and of its reader.

    Parameters
    ----------
    peer : Peer
    names : Names
        Of the roster, with the words that the lecturer hides.
    author, reader : str
        Ids.
    words : str
        As written.
    lang : {"uk", "ru"}
        Of the words that stand for a name.
    """
    mask, doubts = text("peer.masked", lang), list[str]()
    for student in (reader, author):
        hidden = names.hide(words, student, mask)
        words = hidden.text
        doubts += hidden.doubts
    words = words.strip()
    if not words:
        return None
    sign = sha256(f"{peer['secret']}|comment|{author}|{reader}".encode()).hexdigest()[:10]
    shorter = words if len(words) <= LONGEST else words[: LONGEST - 1] + "…"
    return Comment(sign, author, reader, shorter, tuple(dict.fromkeys(doubts)))


def decided(comments: Iterable[Comment], struck: Iterable[str], on: bool) -> list[Comment]:
    """Return comments as the lecturer decided, in the order of their ids."""
    struck = set(struck)
    made = sorted(comments, key=lambda comment: comment.id)
    return [
        replace(each, shown="struck" if each.id in struck else "off" if not on else each.shown)
        for each in made
    ]


def strikes(grades: Path, strike: Iterable[str], restore: Iterable[str]) -> set[str]:
    """Return the ids that are struck out: those of former runs, and what is asked for now."""
    raw = _kept(grades).get("struck")
    former = [each for each in raw if isinstance(each, str)] if isinstance(raw, list) else []
    return {*former, *strike} - set(restore)


def known(comments: Iterable[Comment], ids: Iterable[str]) -> None:
    """Refuse an id that no comment has."""
    there = {comment.id for comment in comments}
    for name in ids:
        if name not in there:
            raise GradingError(f"no comment has the id {name[:20]!r}; {TABLE} lists them")


def table(comments: Iterable[Comment]) -> bytes:
    """Return what the lecturer looks through: every comment, and whether its author reads it."""
    rows = (
        [each.id, each.shown, each.author, each.reader, each.words, " ".join(each.doubts)]
        for each in comments
    )
    return encode([_HEAD, *rows], ";", "utf-8-sig")


def kept(comments: Iterable[Comment], struck: Iterable[str]) -> bytes:
    """Return what `course feedback` reads: comments by author, nobody's id beside them."""
    shown = dict[str, list[str]]()
    for each in comments:
        if each.shown == "yes":
            shown.setdefault(each.author, []).append(each.words)
    made = {"struck": sorted(struck), "shown": shown}
    return (json.dumps(made, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")


def shown(grades: Path) -> dict[str, list[str]]:
    """Return what authors read, by student id; nothing before `course peer collect`."""
    return dict(_strings(_kept(grades).get("shown")))


def _strings(raw: object) -> Iterator[tuple[str, list[str]]]:
    for student, words in raw.items() if isinstance(raw, dict) else ():
        if isinstance(words, list):
            yield student, [each for each in words if isinstance(each, str)]


def _kept(grades: Path) -> Mapping[str, object]:
    path = grades / FILE
    if not path.exists():
        return {}
    try:
        raw = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        raw = None
    if not isinstance(raw, dict):
        raise GradingError(f"{path} is damaged; remove it and run course peer collect again")
    return raw
