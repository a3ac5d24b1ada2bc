"""The journal of a learner's answers: append-only JSON lines, one event a line.

One file serves both languages. It is the truth about what was answered. It survives a kill at any
moment, two kernels writing at once, a full disk and lines written by anybody else; it needs nothing
but files, so it also runs in a browser's Python.

A last line without a newline is torn or still being written. If it is a whole event it counts (an
editor may have dropped the newline); otherwise it waits, an ``"incomplete"`` fault, until a newline
comes. A writer who finds such an end starts with a newline, so that a torn piece never swallows the
next event.
"""

import base64
import errno
import gc
import hashlib
import json
import os
import re
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from io import FileIO
from itertools import accumulate
from typing import Any

Event = dict[str, Any]  # a line of a journal
EVENTS = ("answer", "draft", "hint", "shown", "reset", "set")
LONGEST = 1_000_000  # bytes of a line
DEEPEST = 32  # nested brackets
CHUNK = 1 << 18  # bytes read at once
_TRIES = 3  # to write a line that somebody else writes over
is_time = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII).fullmatch
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
_SEED = re.compile(rb'^\{"seed": ?"([0-9a-f]{16,64})"\}\r?$', re.MULTILINE)
_FLAGS = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
# A pipe by a journal's name must not keep whoever reads it. In a browser there is none, and its
# drive takes flags that it does not know for a writer's: after each reading it would put the whole
# file back, over what another tab has written, and make it anew, empty, when its page goes away.
_NO_WAIT = 0 if sys.platform == "emscripten" else getattr(os, "O_NONBLOCK", 0)
_READ = os.O_RDONLY | _NO_WAIT | _FLAGS
_REASONS = {
    errno.ENOENT: "missing",
    errno.ENOTDIR: "missing",
    errno.EROFS: "readonly",
    errno.EACCES: "readonly",
    errno.EPERM: "readonly",
    errno.ENOSPC: "full",
    errno.EDQUOT: "full",
    errno.EFBIG: "full",
}


class JournalError(Exception):
    """The file `path` cannot be used; `reason` is "full", "readonly", "missing" or "other"."""

    def __init__(self, reason: str, path: str) -> None:
        super().__init__(reason, path)
        self.reason, self.path = reason, path


def moment(words: str) -> datetime | None:
    """Return a time of the journal; ``None`` for one that no clock shows, such as a 31 June.

    Examples
    --------
    >>> moment("2026-11-21T20:55:08.000Z").day, moment("2026-06-31T10:00:00.000Z")
    (21, None)
    """
    try:
        return datetime.fromisoformat(words)
    except ValueError:
        return None


class _Bad(ValueError):
    """A line that is no event; its argument is the reason code."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A line that was skipped: its number, from 1, and why."""

    line: int
    reason: str


@dataclass(slots=True)
class Kept:
    """What is kept of one exercise after its events."""

    answer: object = None  # last checked or saved; settings of an instrument
    draft: object = None  # typed since then, not checked
    draw: int = 1  # which draw of the parameters the learner sees
    attempts: int = 0  # answers since the last reset
    hints: int = 0  # how many hints are open
    shown: bool = False  # has the solution been shown?
    time: str | None = None  # of the last event, UTC
    digest: str | None = None  # of the exercise as it was when answered
    lang: str | None = None  # of the last event

    @property
    def written(self) -> Any:
        """What stands in the card: what was typed since the answer, else the answer."""
        return self.answer if self.draft is None else self.draft


def replay(kept: dict[str, Kept], event: Event) -> Kept:
    """Apply one event to a dict from exercise to `Kept`, in place, and return that `Kept`.

    An answer or draft that names its draw brings it back: numbers and answer always belong
    together.
    """
    entry = kept.get(event["x"])
    if entry is None:
        entry = kept[event["x"]] = Kept()
    kind, entry.time, entry.lang = event["e"], event["t"], event["lang"]
    if kind in ("answer", "draft", "set"):
        entry.draw, entry.digest = event.get("n", entry.draw), event.get("d", entry.digest)
        if kind == "draft":
            entry.draft = event.get("a")
        else:
            entry.answer, entry.draft = event.get("a"), None
            entry.attempts += kind == "answer"
    elif kind == "hint":
        entry.hints = max(entry.hints, event["a"] + 1)
    elif kind == "shown":
        entry.shown = True
    else:
        entry = kept[event["x"]] = Kept(draw=entry.draw + 1, time=entry.time, lang=entry.lang)
    return entry


def state(events: Iterable[Event]) -> dict[str, Kept]:
    """Replay events from the beginning into a new dict from exercise to `Kept`.

    Examples
    --------
    >>> typed = {"x": "order", "e": "draft", "a": "x", "t": "2026-11-21T20:55:08Z", "lang": "uk"}
    >>> kept = state([typed, {**typed, "e": "answer", "a": "y"}])["order"]
    >>> kept.answer, kept.draft, kept.attempts, kept.draw
    ('y', None, 1, 1)
    """
    kept: dict[str, Kept] = {}
    for event in events:
        replay(kept, event)
    return kept


class Journal:
    """One file of events, for instance ``answers/levels.jsonl``; the first `append` creates it.

    Attributes
    ----------
    events : list of dict
        Every valid event read so far, in file order.
    faults : list of Fault
        Lines that were skipped.
    generation : int
        Grows when the file was cut, replaced or removed, so that `events` began anew.

    Examples
    --------
    >>> import tempfile
    >>> journal = Journal(tempfile.mkdtemp() + "/answers/levels.jsonl")
    >>> journal.append("levels-order", "answer", ["basic", "reactive"], lang="uk")["a"]
    ['basic', 'reactive']
    >>> [event["e"] for event in journal.refresh()], journal.refresh()
    (['answer'], [])
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path, self.generation = os.fspath(path), -1
        self._restart()

    def _restart(self) -> None:
        self.events: list[Event] = []
        self._faults: list[Fault] = []
        self._lines, self._given = 0, 0
        self._offset = 0  # bytes read
        self._last = b""  # the last 64 of them
        self._file: tuple[int, int] | None = None  # of which file
        self._tail = b""  # the line without a newline
        self.generation += 1

    @property
    def faults(self) -> list[Fault]:
        """Lines skipped so far; an unfinished last line is the last of them."""
        return self._faults + [Fault(self._lines + 1, "incomplete")] * bool(self._tail.strip())

    def append(
        self,
        exercise: str,
        event: str,
        answer: Any = None,
        *,
        lang: str,
        digest: str | None = None,
        draw: int | None = None,
    ) -> Event:
        """Write one event to the disk and return it as written; `refresh` will return it too.

        Parameters
        ----------
        exercise, event, lang : str
            Id of the exercise; one of `EVENTS`; language of the edition.
        answer : object, optional
            JSON value: for a hint its index, from 0. Broken characters in texts are replaced.
        digest, draw : str, int, optional
            Digest of the exercise; draw number, from 1.

        Raises
        ------
        JournalError
            The event could not be kept (``"other"`` when longer than `LONGEST`).
        ValueError, TypeError
            It is no event, or its answer is no JSON (NaN is none).
        """
        now = datetime.now(UTC).isoformat(timespec="milliseconds")[:23] + "Z"
        said = {"v": 1, "t": now, "x": exercise, "e": event, "a": answer, "lang": lang, "d": digest}
        said = {name: value for name, value in {**said, "n": draw}.items() if value is not None}
        try:
            text = json.dumps(said, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        except RecursionError:
            raise ValueError("too-deep") from None
        # by way of UTF-16 two halves of a character become one and a lone half U+FFFD
        line = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode()
        if len(line) > LONGEST:
            raise JournalError("other", self.path)
        written = _event(line)
        append_line(self.path, line + b"\n")
        return written

    def refresh(self) -> list[Event]:
        """Read what was written since the last call, by this or any other process.

        Returns
        -------
        list of dict
            New valid events in file order; all of them after `generation` grew.

        Raises
        ------
        JournalError
            The file is there but cannot be read.
        """
        collecting = gc.isenabled()
        gc.disable()  # many new dicts at once would set it off again and again, in vain
        try:
            with _errors(self.path):
                return self._refresh()
        finally:
            if collecting:
                gc.enable()

    def _refresh(self) -> list[Event]:
        try:
            number = os.open(self.path, _READ)
        except FileNotFoundError:
            if self._offset:
                self._restart()
            return []
        with open(number, "rb", buffering=0) as file:
            status = os.fstat(number)
            if not stat.S_ISREG(status.st_mode):
                raise OSError(errno.EINVAL, "not a file")
            file.seek(max(0, self._offset - len(self._last)))
            identity = status.st_dev, status.st_ino
            same = self._file in (None, identity) and status.st_size >= self._offset
            if not same or file.read(len(self._last)) != self._last:
                self._restart()
                file.seek(0)
            self._file = identity
            while chunk := file.read(CHUNK):
                self._take(chunk)
        if self._tail.endswith(b"}"):
            try:
                self.events.append(_event(self._tail))
                # what comes before the newline, if anything does, is a line's remainder
                self._tail = b""
            except _Bad:
                pass
        new, self._given = self.events[self._given :], len(self.events)
        return new

    def _take(self, chunk: bytes) -> None:
        self._offset, self._last = self._offset + len(chunk), (self._last + chunk[-64:])[-64:]
        first, *rest = chunk.split(b"\n")
        lines = [self._tail + first, *rest]
        self._tail = lines.pop()[: LONGEST + 1]  # enough to know that it is too long
        for number, line in enumerate(lines, self._lines + 1):
            try:
                self.events.append(_event(line))
            except _Bad as bad:
                if line.strip():
                    self._faults.append(Fault(number, bad.args[0]))
        self._lines += len(lines)


def learner_seed(folder: str | os.PathLike[str], fresh: str | None = None) -> str:
    """Return the learner's own seed (hexadecimal digits), made on first use.

    It is kept in ``learner.jsonl``. The first valid line wins, so that two who make it at the same
    moment agree.

    Parameters
    ----------
    folder : path-like
        The folder of the journals.
    fresh : str, optional
        What to keep when there is none yet; by default one made at random.

    Raises
    ------
    JournalError
        There is none and none can be kept.
    """
    path = os.path.join(folder, "learner.jsonl")
    for _ in range(2):
        with _errors(path):
            try:
                with open(path, "rb") as file:
                    line = _SEED.search(file.read(LONGEST))
            except FileNotFoundError:
                line = None
        if line:
            return line[1].decode()
        append_line(path, b'{"seed":"%s"}\n' % (fresh or os.urandom(16).hex()).encode())
    raise JournalError("other", path)


@contextmanager
def _errors(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise JournalError(_REASONS.get(error.errno or 0, "other"), path) from error


def append_line(path: str, line: bytes) -> None:
    """Add one line in one write, see it to the disk, and see that it stands there.

    On a network drive another machine's writer may put his line over it at the same moment.
    """
    with _errors(path):
        for _ in range(_TRIES):
            if _stands(path, _append(path, line), line):
                return
        raise OSError(errno.EIO, "written over again and again")


def _append(path: str, line: bytes) -> int:
    """Add one line; return where it begins."""
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | _FLAGS
    try:
        number = os.open(path, flags, 0o644)
    except FileNotFoundError:
        # on a shared machine nobody else reads a learner's answers
        os.makedirs(os.path.dirname(path) or ".", 0o700, exist_ok=True)
        number = os.open(path, flags, 0o644)
    with open(number, "r+b", buffering=0) as file:
        lead = b"" if _ends_line(file, file.seek(0, os.SEEK_END)) else b"\n"
        _put(file, lead + line)
        place = file.tell() - len(line)
        if not lead and not _ends_line(file, place):
            _put(file, b"\n" + line)  # another writer was killed within a line since we looked
            place = file.tell() - len(line)
        try:
            os.fsync(number)
        except OSError as error:
            # otherwise there is no fsync here
            if error.errno in _REASONS or error.errno == errno.EIO:
                raise
    return place


def _stands(path: str, place: int, line: bytes) -> bool:
    """Tell whether a line stands in a file, opened anew: only so a network drive asks its server.

    A file that cannot be read now, or is none, tells nothing against it.
    """
    try:
        number = os.open(path, _READ)
        with open(number, "rb", buffering=0) as file:
            if not stat.S_ISREG(os.fstat(number).st_mode):
                return True
            file.seek(max(0, place))
            return file.read(len(line)) == line
    except OSError:
        return True


def _ends_line(file: FileIO, offset: int) -> bool:
    """Tell whether a line may begin at this offset."""
    if offset > 0:
        file.seek(offset - 1)
    return offset <= 0 or file.read(1) == b"\n"


def _put(file: FileIO, data: bytes) -> None:
    if file.write(data) != len(data):
        raise OSError(errno.ENOSPC, "only a part was written")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) != len(pairs):
        raise _Bad("duplicate-key")
    return table


def _finite(text: str) -> float:
    if (number := float(text)) - number != 0:
        raise _Bad("not-finite")
    return number


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_float=_finite, parse_constant=_finite)
# What raw_decode calls, and what its stubs do not know of.
_scan: Callable[[str, int], tuple[Any, int]] = _DECODER.scan_once  # type: ignore[attr-defined]


def _event(line: bytes) -> Event:
    """Return the event that a line of bytes holds; _Bad when it holds none."""
    if len(line) > LONGEST:
        raise _Bad("too-long")
    try:
        text = line.decode().strip("\ufeff \t\r")
        event, end = _scan(text, 0)
        if "\\" in text:
            json.dumps(event, ensure_ascii=False).encode()  # an escape may be half a character
    except _Bad:
        raise
    except UnicodeError:
        raise _Bad("not-utf8") from None
    except RecursionError:
        raise _Bad("too-deep") from None
    except (ValueError, StopIteration):
        raise _Bad("not-json") from None
    if end != len(text) or type(event) is not dict:
        raise _Bad("not-json")
    get = event.get
    exercise, kind, time, draw, answer = get("x"), get("e"), get("t"), get("n", 1), get("a")
    if type(get("v")) is not int or event["v"] != 1:
        raise _Bad("unknown-version")
    if kind not in EVENTS:
        raise _Bad("unknown-event")
    if not (
        type(exercise) is str
        and 0 < len(exercise) <= 200
        and type(get("lang")) is str
        and type(time) is str
        and is_time(time)
        and type(draw) is int
        and 0 < draw <= 1_000_000
        and type(get("d", "")) is str
        and (kind != "hint" or type(answer) is int and 0 <= answer < 100)
        and (kind != "set" or type(answer) is dict)
    ):
        raise _Bad("wrong-type")
    if type(answer) in (list, dict) and line.count(b"[") + line.count(b"{") > DEEPEST:
        bare = _STRING.sub(b"", line)  # brackets inside texts do not nest
        nests = ((byte in b"[{") - (byte in b"]}") for byte in bare)
        if max(accumulate(nests)) > DEEPEST:
            raise _Bad("too-deep")
    return event


def parse(line: bytes) -> tuple[Event | None, str | None]:
    """Return ``(event, None)`` for a line of a journal, ``(None, reason)`` when it is no event.

    Parameters
    ----------
    line : bytes
        Without its newline; from anybody, it is only read.

    Examples
    --------
    >>> parse(b'{"v":1,"t":"2026-11-21')
    (None, 'not-json')
    """
    try:
        return _event(line), None
    except _Bad as bad:
        return None, bad.args[0]


# Crockford's base 32 has no I, L, O, U to misread.
_CROCKFORD = bytes.maketrans(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", b"0123456789ABCDEFGHJKMNPQRSTVWXYZ"
)


def signed(lines: Iterable[Mapping[str, Any]]) -> tuple[bytes, str]:
    """Return a file to hand in, its receipt on the last line, and the receipt's code."""
    body = "".join(
        json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines
    ).encode()
    code = receipt(body)
    return body + json.dumps({"receipt": code}).encode() + b"\n", code


def receipt(body: bytes) -> str:
    """Return the code that student and lecturer can compare: ten letters of the file's SHA-256.

    Parameters
    ----------
    body : bytes
        The submission without its last line.

    Examples
    --------
    >>> receipt(b"")
    'WERC-8GMR-ZG'
    """
    code = base64.b32encode(hashlib.sha256(body).digest()[:10])[:10].translate(_CROCKFORD).decode()
    return f"{code[:4]}-{code[4:8]}-{code[8:]}"
