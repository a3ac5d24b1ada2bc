"""Whom a text names: what stands on the roster is hidden, the lecturer is told what looks so."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise
from typing import NamedTuple

from course.console import latin
from course.ids import twins

SHORTEST = 5  # characters of an id or a login; a shorter one is found in any text
_STEM = 4  # letters that another form of a name shares with it; side by side one less is enough
_LONGER = 3  # letters that another form may add
_WORD = re.compile(r"[^\W\d_]+(?:['’ʼ`][^\W\d_]+)*")
_GAP = re.compile(r"[\s_.,/|()\[\]*~\"«»“”„\-\u2010-\u2015]{0,6}")  # within one name
_ACCENTS = re.compile("[\u0300\u0301]")
_MARKS = re.compile("['’ʼ`]")
_ENDS = "аеєиіїоуюяйьыэё"
_ADDRESS = re.compile(
    r"[\w.+-]+@[\w-]+\.[\w.-]+|(?:https?://|www\.)\S+|(?<![\w@.])@\w{3,}|\+?\d[\d ()-]{8,}\d"
)


class _Token(NamedTuple):
    start: int
    end: int
    word: str  # as it is compared
    capital: bool


@dataclass
class Hidden:
    """A text with names hidden.

    Attributes
    ----------
    text : str
    found : list of str
        What was hidden, as it was written.
    doubts : list of str
        What may name the author too: other forms of the name, addresses.
    """

    text: str
    found: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


class Names:
    """Hides the students of a roster.

    Two words of a name side by side, a word with initials, an id or an address of anybody is
    hidden; of the author any single word of the name too. A lone first name may be a customer's.

    Parameters
    ----------
    roster : sequence of (id, name, group, e-mail)
    also : iterable of str
        What the lecturer wants hidden besides.

    Examples
    --------
    >>> names = Names([["240017", "Мороз Ольга Іванівна", "", "moroz.o@example.org"]])
    >>> names.hide("О. Мороз: мороз і Ольга, 35 років", "", "…").text
    '…: мороз і Ольга, 35 років'
    >>> names.hide("Пише Ольга, 240017, Морозова", "240017", "…")
    Hidden(text='Пише …, …, Морозова', found=['Ольга', '240017'], doubts=['Морозова'])
    """

    def __init__(self, roster: Sequence[Sequence[str]], also: Iterable[str] = ()) -> None:
        self.words = {row[0]: list(_named(row[1])) for row in roster}
        self.students: dict[str, set[str]] = {}
        for student, words in self.words.items():
            for word in {word for word in words if len(word) > 1}:
                self.students.setdefault(word, set()).add(student)
        self._near: dict[str, list[tuple[str, str]]] = {}
        for word in self.students:
            if len(stem := word.rstrip(_ENDS)) >= _STEM - 1:
                self._near.setdefault(stem[: _STEM - 1], []).append((stem, word))
        logins = (row[3].partition("@")[0] for row in roster)
        ids = (name for name in (*(row[0] for row in roster), *logins) if len(name) >= SHORTEST)
        self._exact: dict[str, list[str]] = {}
        for name in sorted({*map(_alike, (*ids, *(row[3] for row in roster)))}, key=len):
            if name:
                self._exact.setdefault(name[:SHORTEST], []).insert(0, name)
        hidden = [re.escape(_alike(plain(words))) for words in also if words.strip()]
        self._also = re.compile("|".join(hidden)) if hidden else None
        self._known = dict[tuple[str, str], tuple[str, list[tuple[int, int]], list[str]]]()

    def hide(self, words: str, author: str, mask: str) -> Hidden:
        """Return a text in which `mask` stands for each name.

        Parameters
        ----------
        words : str
            From anybody.
        author : str
            Id; "" for a text of the lecturer's.
        mask : str
        """
        if (words, author) not in self._known:  # each work is shown to several readers
            bare = plain(words)
            found = [*self._ids(bare), *self._names(bare, author), *self._forms(bare)]
            spans = list(_merged(found))
            gaps = pairwise([0, *(end for span in spans for end in span), len(bare)])
            left = "\n".join(bare[start:stop] for start, stop in islice(gaps, 0, None, 2))
            doubts = list(dict.fromkeys(self._doubts(left, author)))
            self._known[words, author] = bare, spans, doubts
        bare, spans, doubts = self._known[words, author]
        hidden, end = Hidden("", doubts=list(doubts)), 0
        for start, stop in spans:
            hidden.text += bare[end:start] + mask
            hidden.found.append(bare[start:stop])
            end = stop
        hidden.text += bare[end:]
        return hidden

    def _ids(self, words: str) -> Iterator[tuple[int, int]]:
        alike = _alike(words)
        for match in self._also.finditer(alike) if self._also else ():
            yield match.span()
        for start in range(len(alike) - SHORTEST + 1) if self._exact else ():
            for name in self._exact.get(alike[start : start + SHORTEST], ()):
                stop = start + len(name)
                if alike.startswith(name, start) and _apart(alike, start) and _apart(alike, stop):
                    yield start, stop
                    break

    def _names(self, words: str, author: str) -> Iterator[tuple[int, int]]:
        tokens = list(_tokens(words))
        for place, token in enumerate(tokens):
            for student in self.students.get(token.word, ()):
                first, last = self._run(words, tokens, place, self.words[student])
                if last > first or (student == author and token.capital):
                    stop = tokens[last].end + _initial(words, tokens[last])  # and its full stop
                    yield tokens[first].start, stop

    def _forms(self, words: str) -> Iterator[tuple[int, int]]:
        """Yield two words side by side that are forms of one name: «Івана Шевченка»."""
        tokens = list(_tokens(words))
        for one, other in pairwise(tokens):
            gap = words[one.end : other.start]
            if not (one.capital and other.capital and _GAP.fullmatch(gap)):
                continue
            lefts, rights = self._like(one.word), self._like(other.word)
            pairs = ((a, b) for a in lefts for b in rights if a != b)
            if any(self.students[a] & self.students[b] for a, b in pairs):
                yield one.start, other.end

    def _like(self, word: str) -> list[str]:
        """Return the words of names that a word may be a form of."""
        near = self._near.get(word[: _STEM - 1], ())
        return [name for stem, name in near if _form(word, stem)]

    def _run(
        self, text: str, tokens: Sequence[_Token], place: int, name: Sequence[str]
    ) -> tuple[int, int]:
        """Return the first and the last of the words around one that belong to the same name."""

        def fits(before: int, after: int, new: int) -> bool:
            gap = text[tokens[before].end : tokens[after].start]
            token = tokens[new]
            short = _initial(text, token) and any(word[0] == token.word for word in name)
            return bool(_GAP.fullmatch(gap)) and (
                short or token.word in name and len(token.word) > 1
            )

        first = last = place
        while first and fits(first - 1, first, first - 1):
            first -= 1
        while last + 1 < len(tokens) and fits(last, last + 1, last + 1):
            last += 1
        return first, last

    def _doubts(self, words: str, author: str) -> Iterator[str]:
        own = self.words.get(author, ())
        stems = [stem for word in own if len(stem := word.rstrip(_ENDS)) >= _STEM]
        for token in _tokens(words):
            formed = token.capital and any(_form(token.word, stem) for stem in stems)
            if formed or (len(token.word) >= _STEM and token.word in own):
                yield words[token.start : token.end]
        for match in _ADDRESS.finditer(words):
            yield match[0].strip()


def plain(words: str) -> str:
    """Return a text composed, without stress marks and signs that nobody sees: they hide a name."""
    words = _ACCENTS.sub("", unicodedata.normalize("NFC", words))
    return "".join(sign for sign in words if sign.isprintable() or sign.isspace())


def _merged(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield spans in their order, those that overlap as one."""
    first, last = 0, 0
    for start, stop in sorted(spans):
        if start >= last:
            if last:
                yield first, last
            first = start
        last = max(last, stop)
    if last:
        yield first, last


def _form(word: str, stem: str) -> bool:
    return word.startswith(stem) and len(word) <= len(stem) + _LONGER + 1


def _apart(words: str, place: int) -> bool:
    """Tell whether a word, or a number, ends where another one begins: «№240017», «id240017»."""
    before, after = words[max(0, place - 1) : place], words[place : place + 1]
    if not re.fullmatch(r"\w\w", before + after):
        return True
    return before.isdigit() != after.isdigit() and "_" not in before + after


def _named(name: str) -> Iterator[str]:
    """Yield the words of a name as they are compared, and as they are written in Latin letters."""
    for word in _WORD.findall(name):
        yield _folded(word)
        if (foreign := latin(word)) != word:
            yield from (_folded(part) for part in _WORD.findall(foreign))


def _alike(words: str) -> str:
    """Return a text as ids are compared, letter by letter, so that places stay the same."""
    small = (sign.lower() for sign in words)
    return twins("".join(a if len(a) == 1 else b for a, b in zip(small, words, strict=True)))


def _folded(word: str) -> str:
    return twins(_MARKS.sub("", word).casefold().replace("ё", "е"))


def _tokens(words: str) -> Iterator[_Token]:
    for match in _WORD.finditer(words):
        yield _Token(match.start(), match.end(), _folded(match[0]), match[0][0].isupper())


def _initial(words: str, token: _Token) -> bool:
    """Tell whether a letter stands for a name: a capital one before a full stop."""
    return (
        token.capital and token.end - token.start == 1 and words[token.end : token.end + 1] == "."
    )
