"""What a terminal without Cyrillic shows: the same words in Latin letters, no question marks."""

import codecs
from collections.abc import Mapping
from typing import TextIO

# Resolution 55 of Ukraine's Cabinet (2010), inside a word; Russian letters that sound otherwise
# stand in `_RUSSIAN`.
_CYRILLIC = "абвгґдеєжзиіїйклмнопрстуфхцчшщьюяёъыэ"
_LATIN = "a,b,v,h,g,d,e,ie,zh,z,y,i,i,i,k,l,m,n,o,p,r,s,t,u,f,kh,ts,ch,sh,shch,,iu,ia,e,,y,e"
_SIGNS = {
    "’": "'",
    "«": '"',
    "»": '"',
    "“": '"',
    "”": '"',
    "„": '"',
    "–": "-",
    "—": "-",
    "−": "-",
    "…": "...",
    "№": "No.",
    "×": "x",
    "·": "-",
    "₴": "UAH",
    "→": "->",
    "\N{NO-BREAK SPACE}": " ",
}
_LETTERS = dict(zip(_CYRILLIC, _LATIN.split(","), strict=True)) | _SIGNS
_RUSSIAN = _LETTERS | {"г": "g", "и": "i"}


def latin(words: str) -> str:
    """Write Ukrainian or Russian words in Latin letters.

    What has no such form becomes a question mark.

    Parameters
    ----------
    words : str

    Returns
    -------
    str
        ASCII.

    Examples
    --------
    >>> latin("Тека курсу: /home/Ганна, її файли")
    'Teka kursu: /home/Hanna, ii faily'
    >>> latin("Папка курса: откройте главу, файлы здесь")
    'Papka kursa: otkroite glavu, faily zdes'
    """
    return _written(words, words)


def _written(words: str, whole: str) -> str:
    """Write a part of a sentence; the whole of it tells the language."""
    used = set(whole.lower())
    letters = _RUSSIAN if used & set("ёъыэ") and not used & set("ґєії") else _LETTERS
    return "".join(letter if letter.isascii() else _letter(letter, letters) for letter in words)


def _letter(letter: str, letters: Mapping[str, str]) -> str:
    written = letters.get(letter, letters.get(letter.lower(), "?"))
    return written.capitalize() if letter.isupper() else written


def _spell(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return _written(error.object[error.start : error.end], error.object), error.end


def spell(*streams: TextIO) -> None:
    """Let text streams write in Latin letters what their encoding has no letters for.

    Parameters
    ----------
    *streams : io.TextIOWrapper
        ``sys.stdout``, ``sys.stderr``; what cannot be reconfigured stays as it is.
    """
    codecs.register_error("course", _spell)
    for stream in streams:
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="course")
