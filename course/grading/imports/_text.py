"""Bytes to text, HTML to the two marks that exercises know."""

import re
from html.parser import HTMLParser

from course.grading import GradingError

LARGEST = 32 << 20  # bytes of one file; pictures in it are lost anyway
LONGEST = 20_000  # characters of one text
# What neither TOML nor a page holds.
_CONTROL = re.compile("[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BLOCKS = {
    "p",
    "div",
    "br",
    "li",
    "tr",
    "ul",
    "ol",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "pre",
    "table",
}
_MARKS = {"b": "**", "strong": "**", "code": "`", "tt": "`"}
_LOST = {
    "img": "a picture",
    "svg": "a picture",
    "audio": "a recording",
    "video": "a video",
    "iframe": "an embedded page",
    "object": "an embedded object",
    "table": "the lines of a table (its words stay)",
    "a": "the address of a link",
    "script": "a program",
    "sub": "a subscript",
    "sup": "a superscript",
    "math": "a formula's layout",
    "i": "italics",
    "em": "italics",
    "u": "underlining",
    "ol": "the numbers of a list",
    "pre": "the spaces within a program's text",
    "font": "colours and sizes",
}
_TEX = re.compile(r"\$\$|\\[(\[]")
_INLINE = re.compile(r"data:[\w/+.-]+;base64,[A-Za-z0-9+/=\s]*")


def decode(data: bytes, name: str) -> tuple[str, list[str]]:
    """Return the words of a file, and what to say of its encoding.

    Raises
    ------
    GradingError
        When it is no text.

    Examples
    --------
    >>> decode("Чому?".encode("cp1251"), "q.txt")
    ('Чому?', ['read as Windows-1251: look whether the letters are right'])
    """
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    words, notes = data.decode(encoding, "replace"), list[str]()
    damaged, letters = words.count("\ufffd"), sum(byte > 127 for byte in data)
    if damaged and 20 * damaged > letters:
        words = data.decode("cp1251", "replace")
        notes = ["read as Windows-1251: look whether the letters are right"]
    elif damaged:
        notes = [f"{damaged} letters are damaged and stand as \ufffd"]
    if "\0" in words or 20 * words.count("\ufffd") > max(20, len(words)):
        raise GradingError(f"{name}: this is no text; save it as UTF-8 text, Moodle XML or .docx")
    return clean(words), notes


def clean(words: str) -> str:
    r"""Drop what no text holds, and write every end of a line as ``\n``.

    >>> clean("a\r\nb\x00c\x7f")
    'a\nbc'
    """
    return _CONTROL.sub("", re.sub("\r\n?", "\n", words))


def category(path: str) -> tuple[str, ...]:
    """Return the names on the path of a category; what Moodle itself writes there is none.

    Examples
    --------
    >>> category("$course$/top/Тема 1/Так//ні"), category("$course$/ ")
    (('Тема 1', 'Так/ні'), ())
    """
    names = (part.replace("//", "/").strip() for part in re.split("(?<!/)/(?!/)", path))
    return tuple(name for name in names if name not in ("top", "") and name[0] != "$")


def plain(words: str, lost: list[str]) -> str:
    """Return text without spaces around its lines, and tell what of it will not be drawn."""
    words = _cut(words, lost)
    words = "\n".join(" ".join(re.split("[ \t]+", line)).strip(" ") for line in words.split("\n"))
    if _TEX.search(words):
        note(lost, "a formula in TeX is shown as it is typed")
    return re.sub("\n{2,}", "\n", words).strip("\n ")


def _cut(words: str, lost: list[str]) -> str:
    if len(words) > LONGEST:
        note(lost, f"what follows after {LONGEST} characters of a text")
    return words[:LONGEST]


def note(lost: list[str], said: str) -> None:
    """Say something once."""
    if said not in lost:
        lost.append(said)


class _Reader(HTMLParser):
    def __init__(self, lost: list[str]) -> None:
        super().__init__()
        self.lost, self.words, self.opened = lost, [""], [""]
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _LOST:
            note(self.lost, _LOST[tag])
        if re.search("color|size|family", dict(attrs).get("style") or ""):
            note(self.lost, _LOST["font"])
        if "multilang" in (dict(attrs).get("class") or ""):
            note(self.lost, "which words are of which language: they stand one after the other")
        if tag == "img" and (alt := dict(attrs).get("alt")):
            self.words[-1] += f"[{alt}]"
        if tag in ("script", "style"):
            self.silent += 1
        if tag in _BLOCKS:
            self.words[-1] += "\n"
        if tag == "li":
            self.words[-1] += "• "
        if tag in ("td", "th"):
            self.words[-1] += " "
        if tag in _MARKS and len(self.opened) == 1:  # marks do not stand in one another
            self.opened.append(tag)
            self.words.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self.silent = max(0, self.silent - 1)
        if tag in _BLOCKS:
            self.words[-1] += "\n"
        if tag == self.opened[-1]:
            self.shut()

    def shut(self) -> None:
        """End the mark that is open; what stands in it keeps its spaces outside."""
        mark, inner = _MARKS[self.opened.pop()], self.words.pop()
        bare = inner.strip(" \n")
        before, _, after = inner.partition(bare) if bare else (inner, "", "")
        self.words[-1] += before + (f"{mark}{bare.replace(mark[0], '')}{mark}" if bare else "")
        self.words[-1] += after

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.words[-1] += re.sub("[ \t\r\n]+", " ", data)


def from_html(markup: str, lost: list[str]) -> str:
    r"""Return the words of a piece of HTML; what cannot stand in an exercise is added to `lost`.

    Examples
    --------
    >>> lost = []
    >>> from_html("<p>Хто <b>перший</b>&nbsp;– 5&lt;6?</p><p><img src='a.png'></p>", lost), lost
    ('Хто **перший**\xa0– 5<6?', ['a picture'])
    """
    reader = _Reader(lost)
    reader.feed(_cut(_INLINE.sub("", markup), lost))
    reader.close()
    while len(reader.opened) > 1:
        reader.shut()
    return plain(clean(reader.words[0]), lost)
