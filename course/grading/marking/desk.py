"""`course mark`: the page to mark on, served to this machine alone under a secret address.

Each click is one line of ``marks.jsonl``, on the disk before the page says «saved».
"""

import contextlib
import hashlib
import json
import os
import re
import secrets
import sys
import threading
import webbrowser
import zlib
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from course import answers
from course.grading import GradingError, results
from course.grading.keyfile import Criterion, Key, exercise, pooled
from course.grading.marking.marks import LONGEST, PEERS, Marks, fingerprint, rubric, written
from course.grading.options import journal, marks_parser, private_key
from course.grading.pages import card_sheet
from course.grading.results import EMPTY, Work
from course.texts import LANGS, LANGUAGE, beginning, number, section, text

_HERE = Path(__file__).parent
_FILES = {"mark.js": "text/javascript", "mark.css": "text/css"}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_FIELDS = {"work": str, "ref": str, "criterion": str, "comment": str}  # of a click
_TITLE = 60  # characters of an exercise's name: the list has room for them
_BODY = 1 << 17  # bytes of a click; a comment is shorter
Json = dict[str, Any]


class Desk:
    """What one marker works on: written answers without names, and the marks given to them."""

    def __init__(
        self, grades: Path, key: Key, path: Path, marker: str, lang: str, only_open: bool = False
    ) -> None:
        self.key, self.marker, self.lang, self.lock = key, marker, lang, threading.Lock()
        self.entries, self.marks = written(key), Marks(path, key)
        self.exercises = {ref: exercise(entry) for ref, entry in self.entries.items()}
        self.students: dict[str, str] = {}
        self.works: dict[str, list[Work]] = {ref: [] for ref in self.entries}
        self.texts: dict[tuple[str, str], str] = {}
        if only_open:
            self.marks.refresh()
        for work in results.read(grades, self.entries.keys() - pooled(key)):
            self.students[self._hash("", work.student)] = work.student
            for ref in self.entries:
                self._take(work, ref, grades, only_open)
        for ref, all_works in self.works.items():  # an order of its own, the same each time
            all_works.sort(key=lambda work: self._hash(ref, work.student))

    def _take(self, work: Work, ref: str, grades: Path, only_open: bool) -> None:
        answer = work.exercises.get(ref)
        if answer is None or answer.state in (*EMPTY, "invalid"):
            return
        student, source = work.student, self.exercises[ref]
        if source.kind.readable(source.raw, answer.answer).state != "person":
            said = f"the answer of {student!r} to {ref} is no text; run course grade again"
            raise GradingError(f"{grades}/graded.jsonl: {said}")
        if only_open and self.marks.full(student, ref, answer.answer):
            return
        self.works[ref].append(work)
        self.texts[student, ref] = fingerprint(answer.answer)

    def _hash(self, *words: str) -> str:
        whole = "|".join((self.key["salt"], "mark", *words))
        return hashlib.sha256(whole.encode("utf-8", "replace")).hexdigest()[:16]

    def start(self) -> Json:
        """Return what the page needs before any answer."""
        exercises = []
        for place, (ref, source) in enumerate(self.exercises.items(), 1):
            asked = re.sub(r"\*\*|`", "", f"{place}. {source.say('prompt', self.lang)}")
            title = beginning(asked, _TITLE)
            exercises.append({"ref": ref, "title": title, "count": len(self.works[ref])})
        return {
            "lang": self.lang,
            "marker": self.marker,
            "title": self.key["title"][self.lang],
            "exercises": exercises,
            "store": f"{self.key['id']}|{self.key['digest']}|{self.marker}",
            "longest": LONGEST,
            "texts": section("mark", self.lang),
        }

    def work(self, ref: str, names: bool = False) -> Json:
        """Return all answers to one exercise with this marker's marks; on request whose."""
        source, lang = self.exercises[ref], self.lang
        with self.lock:
            self.marks.refresh()
        return {
            "ref": ref,
            "prompt": source.say("prompt", lang),
            "criteria": [self._criterion(criterion) for criterion in rubric(self.entries[ref])],
            "works": [self._work(work, ref, names) for work in self.works[ref]],
            "words": source.get("words"),
            "ideas": [idea[lang] for idea in source.get("idea", ())],
            "model": source.say("solution", lang),
            "agreement": self._agreement(ref),
        }

    def _agreement(self, ref: str) -> Json:
        """Return what this marker and others agree on; students together are one of these."""
        others = self.marks.agreement(ref, self.marker, self.texts)
        peers = text("mark.peers", self.lang)
        return {peers if other == PEERS else other: told for other, told in others.items()}

    def _criterion(self, criterion: Criterion) -> Json:
        levels = [
            {"points": points, "shown": number(points, self.lang), "text": level["text"][self.lang]}
            for points, level in zip(criterion["levels"], criterion["level"], strict=True)
        ]
        return {"id": criterion["id"], "title": criterion["title"][self.lang], "levels": levels}

    def _work(self, work: Work, ref: str, names: bool) -> Json:
        student = work.student
        code, clicks = self._hash("", student), self.marks.clicks(*self._text(student, ref))
        mine = {
            criterion: {"points": by[self.marker].points, "comment": by[self.marker].comment}
            for criterion, by in clicks.items()
            if self.marker in by
        }
        parts = self._parts(ref, work.exercises[ref].answer)
        shown = {"id": code, "code": code[:5].upper(), "mine": mine, "parts": parts}
        shown["lang"] = work.lang
        return shown | ({"name": work.name, "student": student} if names else {})

    def _text(self, student: str, ref: str) -> tuple[tuple[str, str], str | None]:
        return (student, ref), self.texts.get((student, ref))

    def _parts(self, ref: str, answer: Any) -> list[Json]:
        """Return the texts of an answer; a tile that was left blank is shown as such."""
        tiles = [entry for part in self.exercises[ref].parts(self.lang) for entry in part.entries]
        if not tiles:
            return [{"title": "", "text": answer}]
        return [{"title": tile["title"], "text": answer.get(tile["id"]) or ""} for tile in tiles]

    def mark(self, sent: Any) -> Json:
        """Keep one click; ValueError for what the page would never send."""
        if type(sent) is not dict or {n: type(sent.get(n)) for n in _FIELDS} != _FIELDS:
            raise ValueError("fields")
        if sent["work"] not in self.students or "points" not in sent:
            raise ValueError("work")
        (student, ref), of = self._text(self.students[sent["work"]], sent["ref"])
        criterion, points, comment = sent["criterion"], sent["points"], sent["comment"]
        with self.lock:
            self.marks.append(self.marker, student, ref, criterion, points, comment, of)
            self.marks.refresh()
        return {"agreement": self._agreement(ref)}


class Server(ThreadingHTTPServer):
    """Answers the marker's own browser; its address is in ``url``."""

    daemon_threads = True

    def __init__(self, desk: Desk, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Page)
        self.desk, self.token = desk, secrets.token_urlsafe(24)
        self.url = f"http://127.0.0.1:{self.server_port}/{self.token}/"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a browser that went away."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Page(BaseHTTPRequestHandler):
    """Answers nobody else: address, Host and Origin must be this program's."""

    server: Server

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        name, desk = self._name(path), self.server.desk
        ref = query.removesuffix("&names")
        if name == "":
            start = json.dumps(desk.start(), ensure_ascii=False).replace("<", "\\u003c")
            html = (_HERE / "mark.html").read_text("utf-8")
            html = html.replace("{lang}", desk.lang).replace("{start}", start)
            self._send(200, html.encode("utf-8", "replace"), "text/html")
        elif name in _FILES:
            style = card_sheet() if name.endswith("css") else ""
            self._send(200, (style + (_HERE / name).read_text("utf-8")).encode(), _FILES[name])
        elif name == "work" and ref in desk.entries:
            self._send(200, desk.work(ref, names=ref != query))
        else:
            self._send(403 if name is None else 404)

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length") or ""
        own = self.headers.get("Origin") == f"http://{self.headers.get('Host')}"
        kind = self.headers.get("Content-Type", "").partition(";")[0]
        sound = own and kind == "application/json" and re.fullmatch(r"\d{1,6}", length)
        if self._name(self.path) != "mark" or not sound or int(length) > _BODY:
            self.close_connection = True
            return self._send(403)
        try:
            sent = json.loads(self.rfile.read(int(length)))
            self._send(200, self.server.desk.mark(sent))
        except answers.JournalError as error:
            self._send(507, {"reason": error.reason})
        except (ValueError, RecursionError):
            self._send(400, {"reason": "rejected"})

    def _name(self, path: str) -> str | None:
        """Return what is asked for below the secret address; None when not our page asks."""
        port = self.server.server_port
        known = self.headers.get("Host") in (f"127.0.0.1:{port}", f"localhost:{port}")
        start = f"/{self.server.token}/"
        return path.removeprefix(start) if known and path.startswith(start) else None

    def _send(self, status: int, value: bytes | Json = b"", kind: str = "application/json") -> None:
        body = (
            value
            if isinstance(value, bytes)
            else json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
        )
        self.send_response(status)
        sizes = {"Content-Type": f"{kind}; charset=utf-8", "Content-Length": str(len(body))}
        for name, words in (_HEADERS | sizes).items():
            self.send_header(name, words)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Keep the console free."""


def serve(
    grades: Path,
    key: Key,
    path: Path,
    marker: str,
    lang: str = "uk",
    port: int | None = None,
    only_open: bool = False,
) -> Server:
    """Return a server for one marker; the caller runs ``serve_forever``.

    Without `port` it asks for the same one each time, so that a page left open keeps what it has
    not sent.
    """
    whose = os.fsencode(Path(grades).resolve()) + b"|" + marker.encode("utf-8", "replace")
    usual = 8800 + zlib.crc32(whose) % 1000
    desk = Desk(grades, key, path, marker, lang, only_open)
    for free in () if port else (usual, usual + 1000, usual + 2000):
        with contextlib.suppress(OSError):  # taken by something else
            return Server(desk, free)
    return Server(desk, port or 0)


def main(words: Sequence[str]) -> int:
    """Run ``course mark``; return 0, or 2 when there is nothing to mark."""
    parser = marks_parser("course mark", "Mark written answers in the browser.")
    add = parser.add_argument
    usual = os.environ.get("USER") or os.environ.get("USERNAME") or "lecturer"
    add(
        "--marker",
        default=usual,
        metavar="NAME",
        help="who marks; a second marker has another name (%(default)s)",
    )
    add("--lang", choices=LANGS, default="uk", help=LANGUAGE)
    add("--port", type=int, metavar="PORT", help="of the page on this machine")
    add("--open", action="store_true", help="only answers that have no full mark of anybody yet")
    add("--no-browser", action="store_true", help="only say where the page is")
    options = parser.parse_args(words)
    key = private_key(options.grades, options.key)
    path, marker = journal(options.grades, options.marks), options.marker.strip()[:60]
    if marker == PEERS:
        raise GradingError(f"{PEERS!r} stands for students; name yourself: --marker NAME")
    server = serve(options.grades, key, path, marker, options.lang, options.port, options.open)
    if not any(server.desk.works.values()):
        server.server_close()
        said = "that have no full mark yet" if options.open else "to mark"
        raise GradingError(f"{options.grades} holds no written answers {said}")
    said = "Press Ctrl+C to end; every mark is on the disk already."
    print(f"Marking as {server.desk.marker}: {server.url}\n{said}", flush=True)
    if not options.no_browser:
        webbrowser.open(server.url)
    with server, contextlib.suppress(KeyboardInterrupt):
        server.serve_forever()
    print("Marks count once course grade has run again; then course feedback and course report.")
    return 0
