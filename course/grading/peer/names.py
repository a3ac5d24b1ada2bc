"""Whom a text names: what stands on the roster is hidden, the lecturer is told what looks so."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from course.ids import twins

SHORTEST = 5  # characters of an id or a login; a shorter one is found in any text
_STEM = 4  # letters that another form of a name shares with it
_LONGER = 3  # letters that another form may add
_WORD = re.compile(r"[^\W\d_]+(?:['’ʼ`][^\W\d_]+)*")
_GAP = re.compile(r"[ \t\xa0]*[.,\-–\u2010\u2011]?[ \t\xa0]*\n?[ \t\xa0]*")  # within one name
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
        self.words = {row[0]: [_folded(word) for word in _WORD.findall(row[1])] for row in roster}
        self.students: dict[str, list[str]] = {}
        for student, words in self.words.items():
            for word in {word for word in words if len(word) > 1}:
                self.students.setdefault(word, []).append(student)
        logins = (row[3].partition("@")[0] for row in roster)
        ids = [name for name in (*(row[0] for row in roster), *logins) if len(name) >= SHORTEST]
        exact = sorted({row[3] for row in roster if row[3]} | set(ids), key=lambda name: -len(name))
        named = [rf"(?<!\w){re.escape(_alike(name))}(?!\w)" for name in exact]
        named += [re.escape(_alike(plain(words))) for words in also if words.strip()]
        self._exact = re.compile("|".join(named)) if named else None

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
        words = plain(words)
        spans = sorted({*self._ids(words), *self._names(words, author)})
        hidden, end = Hidden(""), 0
        for start, stop in spans:
            if start >= end:
                hidden.text += words[end:start] + mask
                hidden.found.append(words[start:stop])
            end = max(end, stop)
        hidden.text += words[end:]
        hidden.doubts = list(dict.fromkeys(self._doubts(hidden.text, author)))
        return hidden

    def _ids(self, words: str) -> Iterator[tuple[int, int]]:
        for match in self._exact.finditer(_alike(words)) if self._exact else ():
            yield match.span()

    def _names(self, words: str, author: str) -> Iterator[tuple[int, int]]:
        tokens = list(_tokens(words))
        for place, token in enumerate(tokens):
            for student in self.students.get(token.word, ()):
                first, last = self._run(words, tokens, place, self.words[student])
                if last > first or (student == author and token.capital):
                    stop = tokens[last].end + _initial(words, tokens[last])  # and its full stop
                    yield tokens[first].start, stop

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
        stems = [word.rstrip(_ENDS) for word in self.words.get(author, ())]
        stems = [stem for stem in stems if len(stem) >= _STEM]
        for token in _tokens(words):
            near = (s for s in stems if token.word.startswith(s))
            if token.capital and any(len(token.word) <= len(stem) + _LONGER + 1 for stem in near):
                yield words[token.start : token.end]
        for match in _ADDRESS.finditer(words):
            yield match[0].strip()


def plain(words: str) -> str:
    """Return a text composed, without stress marks and signs that nobody sees: they hide a name."""
    words = _ACCENTS.sub("", unicodedata.normalize("NFC", words))
    return "".join(sign for sign in words if sign.isprintable() or sign.isspace())


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
