"""Marks that people give to written answers: the journal they stand in, their agreement, the page to give them on.

The page is served to this machine alone, under an address that cannot be guessed. Each click becomes one line of
``marks.jsonl``, on the disk before the page says «saved»; the last line of a marker about a criterion counts.
"""

import argparse
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
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from textwrap import shorten

from course import answers, kinds
from course.exercises import Exercise, misfit
from course.grading import GradingError
from course.grading.exports import lines as graded
from course.grading.exports import sentence
from course.grading.grade import fingerprint
from course.grading.keyfile import read_key
from course.texts import LANGS, number, section, text

LONGEST = 4000  # characters of a comment
_HERE = Path(__file__).parent
_FILES = {"mark.js": "text/javascript", "mark.css": "text/css"}
_POLICY = ("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
           "base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
_HEADERS = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff"}


# What a page may find in an answer that is none.
DAMAGED = (KeyError, TypeError, AttributeError, IndexError, ValueError, ArithmeticError)
_WRITTEN = {"text": str, "canvas": {"": (str, None)}}


def arguments(command, what):
    """Return a parser of what every command on grades takes."""
    parser = argparse.ArgumentParser(command, description=what, allow_abbrev=False)
    parser.add_argument("grades", type=Path, help="the folder that course grade wrote")
    parser.add_argument("--key", type=Path, help="the private folder of the assignment, when GRADES holds no key.json")
    parser.add_argument("--marks", type=Path, help="the journal of marks (GRADES/marks.jsonl)")
    return parser


def keys(options):
    """Return the private key and the path of the marks that the words of a command name; ValueError without a key."""
    path = options.key or options.grades / "key.json"
    if not path.exists():
        raise ValueError(f"there is no {path}; name the private folder of the assignment: --key DIR")
    try:
        key = read_key(path)
    except GradingError as error:
        raise ValueError(error) from None
    return key, options.marks or options.grades / "marks.jsonl"


def look():
    """Return the style of the cards for a page outside JupyterLab, light or dark as the reader's system is."""
    css = (_HERE.parent / "widgets" / "view.css").read_text("utf-8").partition("/* A page with our cards")[0]
    dark = "@media screen and (prefers-color-scheme: dark) {{ {} {} }}"
    jupyter = (
        "--jp-content-font-color1: rgba(255, 255, 255, .92); --jp-layout-color0: #111; --jp-layout-color1: #1b1b1b;"
        " --jp-layout-color2: #242628;"
    )
    css = re.sub(
        r'body\[data-jp-theme-light="false"\] (\.rm-card) (\{[^}]*\})', lambda found: dark.format(*found.groups()), css
    )
    return css + dark.format(":root", "{ color-scheme: dark; " + jupyter + " }")


def rubric(entry):
    """Return the criteria of a written exercise; without a rubric it has a nameless one, marked in quarters."""
    if entry["rubric"]:
        return entry["rubric"]
    levels = [round(entry["points"] * quarter / 4, 4) for quarter in range(5)]
    said = [{"text": {lang: text(f"mark.quarter_{quarter}", lang) for lang in LANGS}} for quarter in range(5)]
    return [{"id": "", "title": {lang: text("mark.whole", lang) for lang in LANGS}, "levels": levels, "level": said}]


class Marks:
    """The journal of marks, read as it grows.

    Attributes
    ----------
    given : dict
        ``{(student, exercise): {criterion: {marker: (points or None, comment)}}}``.
    """

    def __init__(self, path, key, texts=None):
        self.path, self.given, self._offset, self.texts = os.fspath(path), {}, 0, texts or {}
        self.criteria = {entry["ref"]: {one["id"]: one["levels"] for one in rubric(entry)}
                         for entry in key["exercises"] if entry["kind"] in kinds.by_person()}

    def refresh(self):
        """Take in what any marker has written since; a line without an end may still be being written."""
        try:
            with open(self.path, "rb") as file:
                if os.fstat(file.fileno()).st_size < self._offset:
                    self.given, self._offset = {}, 0
                file.seek(self._offset)
                data = file.read()
        except FileNotFoundError:
            return self
        self._offset += data.rfind(b"\n") + 1
        for line in data.split(b"\n"):  # the rest is read again with its end: the same mark twice is one mark
            try:
                self._take(json.loads(line))
            except (ValueError, KeyError, TypeError, RecursionError):
                pass
        return self

    def _take(self, mark):
        student, ref, criterion, marker, points = (
            mark[name] for name in ("student", "ref", "criterion", "marker", "points")
        )
        highest = self.criteria[ref][criterion][-1]
        if (
            points is not None
            and (type(points) not in (int, float) or not 0 <= points <= highest)
            or type(marker) is not str
        ):
            raise ValueError
        one = self.given.setdefault((student, ref), {}).setdefault(criterion, {})
        now = self.texts.get((student, ref))
        if now and mark.get("of") not in (None, now):  # given to another text of the same student
            one.pop(marker, None)
        else:
            one[marker] = (points, str(mark.get("comment") or ""))

    def append(self, marker, student, ref, criterion, points, comment):
        """Write one mark to the disk; `points` None takes it back.

        Raises
        ------
        ValueError
            The rubric has no such criterion or level.
        course.answers.JournalError
            It could not be kept; trying again is safe.
        """
        if points is not None and (
            type(points) not in (int, float) or points not in self.criteria.get(ref, {}).get(criterion, ())
        ):
            raise ValueError("level")
        if criterion not in self.criteria.get(ref, {}) or type(comment) is not str or len(comment) > LONGEST:
            raise ValueError("criterion")
        now = datetime.now(UTC).isoformat(timespec="milliseconds")[:23] + "Z"
        mark = {"v": 1, "t": now, "marker": marker, "student": student, "ref": ref, "criterion": criterion,
                "points": points, "comment": comment}
        if (student, ref) in self.texts:
            mark["of"] = self.texts[student, ref]
        line = json.dumps(mark, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
        answers.append_line(self.path, line + b"\n")

    def agreement(self, ref, marker):
        """Return what two markers of the same answers agree on, ``{other: {criterion: {"n", "same", "kappa"}}}``."""
        pairs = {}
        for (_, exercise), criteria in self.given.items():
            for criterion, given in criteria.items() if exercise == ref else ():
                levels = self.criteria[ref][criterion]
                places = {name: levels.index(points) for name, (points, _) in given.items() if points in levels}
                for other in places.keys() - {marker} if marker in places else ():
                    pairs.setdefault(other, {}).setdefault(criterion, []).append((places[marker], places[other]))
        return {other: {criterion: {"n": len(both), "same": sum(a == b for a, b in both), "kappa": kappa(both)}
                        for criterion, both in sorted(found.items())} for other, found in sorted(pairs.items())}


def read_marks(path, key):
    """Read what people marked.

    Returns
    -------
    dict
        ``{(student, exercise): {"points", "markers", "criteria": {criterion: {"points", "by", "comments"}}}}``:
        points are means over the markers (None: not marked), ``by`` is ``{marker: points}``, comments stand in the
        order of markers.
    """
    found = {}
    for place, criteria in Marks(path, key).refresh().given.items():
        made = {}
        for criterion, given in criteria.items():
            by = {marker: points for marker, (points, _) in sorted(given.items()) if points is not None}
            said = dict.fromkeys(comment for _, (_, comment) in sorted(given.items()) if comment.strip())
            made[criterion] = {"points": sum(by.values()) / len(by) if by else None, "by": by, "comments": list(said)}
        found[place] = {"points": sum(one["points"] or 0 for one in made.values()), "criteria": made,
                        "markers": sorted({marker for one in made.values() for marker in one["by"]})}
    return found


def kappa(pairs):
    """Return Cohen's kappa with quadratic weights of two markers: 1 full agreement, 0 as much as chance gives.

    1 − Σ(a − b)² over the n pairs / its mean over all n² ways to pair their marks (J. Cohen, Psychological Bulletin
    70, 1968, 213–220, with weights (i − j)²).

    Parameters
    ----------
    pairs : list of (int, int)
        Numbers of the levels that the two gave to the same answers.

    Returns
    -------
    float or None
        None when each gave one and the same level to all: chance alone would agree.

    Examples
    --------
    Levels 0 1 2 2 and 0 1 1 2 differ once by one step, 1/4 on average; paired at random they would differ by
    9/4 + 6/4 − 2 · 5/4 · 1 = 5/4:

    >>> kappa([(0, 0), (1, 1), (2, 1), (2, 2)])
    0.8
    """
    n = len(pairs)
    apart = n * sum((a - b) ** 2 for a, b in pairs)
    chance = n * sum(a * a + b * b for a, b in pairs) - 2 * sum(a for a, _ in pairs) * sum(b for _, b in pairs)
    return 1 - apart / chance if chance else None


class Desk:
    """What one marker works on: the written answers of an assignment, without names, and the marks given to them."""

    def __init__(self, grades, key, path, marker, lang):
        self.key, self.marker, self.lang, self.lock = key, marker, lang, threading.Lock()
        self.entries = {entry["ref"]: entry for entry in key["exercises"] if entry["kind"] in kinds.by_person()}
        self.students, self.works, texts = {}, {ref: [] for ref in self.entries}, {}
        for one in graded(grades, self.entries):
            self.students[self._hash("", one["student"])] = one["student"]
            for ref in self.entries:
                found = one["exercises"].get(ref, {"state": "missing"})
                if found["state"] not in ("missing", "unattempted", "invalid"):
                    if misfit(found.get("answer"), _WRITTEN[self.entries[ref]["kind"]]) is not None:
                        raise ValueError(
                            f"{grades}/graded.jsonl: the answer of {one['student']!r} to {ref} is no text; "
                            "run course grade again"
                        )
                    self.works[ref].append((one["student"], one["name"], one.get("lang", self.lang), found["answer"]))
                    texts[one["student"], ref] = fingerprint(found["answer"])
        self.marks = Marks(path, key, texts)
        for ref, works in self.works.items():  # every exercise in an order of its own, the same each time
            works.sort(key=lambda work: self._hash(ref, work[0]))

    def _hash(self, *words):
        return hashlib.sha256("|".join((self.key["salt"], "mark", *words)).encode("utf-8", "replace")).hexdigest()[:16]

    def start(self):
        """What the page needs before any answer."""
        exercises = [
            {
                "ref": ref,
                "title": shorten(f"{place}. {entry['raw']['prompt'][self.lang]}", 80, placeholder="…"),
                "count": len(self.works[ref]),
            }
            for place, (ref, entry) in enumerate(self.entries.items(), 1)
        ]
        return {
            "lang": self.lang,
            "marker": self.marker,
            "title": self.key["title"][self.lang],
            "exercises": exercises,
            "store": f"{self.key['id']}|{self.key['digest']}|{self.marker}",
            "longest": LONGEST,
            "texts": section("mark", self.lang),
        }

    def work(self, ref, names=False):
        """All answers to one exercise, with this marker's own marks; with `names` who wrote them."""
        entry, lang = self.entries[ref], self.lang
        exercise = Exercise(entry["lesson"], entry["raw"])
        with self.lock:
            self.marks.refresh()
        criteria = [
            {
                "id": one["id"],
                "title": one["title"][lang],
                "levels": [
                    {"points": points, "shown": number(points, lang), "text": level["text"][lang]}
                    for points, level in zip(one["levels"], one["level"], strict=True)
                ],
            }
            for one in rubric(entry)
        ]
        works = []
        for student, name, written, answer in self.works[ref]:
            given, code = self.marks.given.get((student, ref), {}), self._hash("", student)
            mine = {criterion: {"points": by[self.marker][0], "comment": by[self.marker][1]}
                    for criterion, by in given.items() if self.marker in by}
            works.append(
                {
                    "id": code,
                    "code": code[:5].upper(),
                    "lang": written,
                    "mine": mine,
                    "parts": self._parts(exercise, answer),
                }
                | ({"name": name, "student": student} if names else {})
            )
        return {"ref": ref, "prompt": exercise.say("prompt", lang), "criteria": criteria, "works": works,
                "words": exercise.get("words"), "ideas": [idea[lang] for idea in exercise.get("idea", ())],
                "model": exercise.say("solution", lang), "agreement": self.marks.agreement(ref, self.marker)}

    def _parts(self, exercise, answer):
        if exercise.kind.name == "text":
            return [{"title": "", "text": answer}]
        return [{"title": tile["title"][self.lang], "text": answer.get(tile["id"]) or ""} for tile in exercise["tile"]]

    def mark(self, sent):
        """Keep one click; what is sent comes from the page and is checked all the same."""
        with self.lock:
            self.marks.append(
                self.marker,
                self.students[sent["work"]],
                sent["ref"],
                sent["criterion"],
                sent["points"],
                sent["comment"],
            )
            self.marks.refresh()
        return {"agreement": self.marks.agreement(sent["ref"], self.marker)}


class _Page(BaseHTTPRequestHandler):
    """Answers the marker's own browser and nobody else: address, Host and Origin must be this program's."""

    def do_GET(self):
        path, _, query = self.path.partition("?")
        name, desk = self._name(path), self.server.desk
        if name == "":
            start = json.dumps(desk.start(), ensure_ascii=False).replace("<", "\\u003c")
            page = (_HERE / "mark.html").read_text("utf-8").replace("{lang}", desk.lang).replace("{start}", start)
            self._send(200, page.encode("utf-8", "replace"), "text/html")
        elif name in _FILES:
            made = (look() if name.endswith("css") else "") + (_HERE / name).read_text("utf-8")
            self._send(200, made.encode(), _FILES[name])
        elif name == "work" and query.removesuffix("&names") in desk.entries:
            self._send(200, desk.work(query.removesuffix("&names"), query.endswith("&names")))
        else:
            self._send(403 if name is None else 404)

    def do_POST(self):
        length = self.headers.get("Content-Length") or ""
        own = self.headers.get("Origin") == f"http://{self.headers.get('Host')}"
        kind = self.headers.get("Content-Type", "").partition(";")[0]
        if (
            self._name(self.path) != "mark"
            or not own
            or kind != "application/json"
            or not re.fullmatch(r"\d{1,6}", length)
        ):
            self.close_connection = True
            return self._send(403)
        try:
            self._send(200, self.server.desk.mark(json.loads(self.rfile.read(int(length)))))
        except answers.JournalError as error:
            self._send(507, {"reason": error.reason})
        except (ValueError, KeyError, TypeError, RecursionError):
            self._send(400, {"reason": "rejected"})

    def _name(self, path):
        """What is asked for below the secret part of the address; None when this is not our page asking."""
        port = self.server.server_port
        known = self.headers.get("Host") in (f"127.0.0.1:{port}", f"localhost:{port}")
        start = f"/{self.server.token}/"
        return path.removeprefix(start) if known and path.startswith(start) else None

    def _send(self, status, value=b"", kind="application/json"):
        body = value if type(value) is bytes else json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
        self.send_response(status)
        for name, value in {
            **_HEADERS,
            "Content-Type": f"{kind}; charset=utf-8",
            "Content-Length": str(len(body)),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass


def serve(grades, key, path, marker, lang="uk", port=None):
    """Return a server for one marker, its address in ``url``; the caller runs ``serve_forever``.

    Without `port` it asks for the same one each time, so that a page left open keeps what it has not sent.
    """
    place = os.fsencode(Path(grades).resolve()) + b"|" + marker.encode("utf-8", "replace")
    usual = 8800 + zlib.crc32(place) % 1000
    desk = Desk(grades, key, path, marker, lang)
    for one in (port,) if port else (usual, usual + 1000, usual + 2000, 0):
        try:
            server = ThreadingHTTPServer(("127.0.0.1", one), _Page)
            break
        except OSError:  # the usual port is taken by something else
            if one in (port, 0):
                raise
    server.desk, server.token, server.daemon_threads = desk, secrets.token_urlsafe(24), True
    server.url = f"http://127.0.0.1:{server.server_port}/{server.token}/"
    return server


def main(argv):
    """Run ``course mark``; return 0, or 2 when there is nothing to mark."""
    parser = arguments("course mark", "Mark written answers in the browser.")
    parser.add_argument(
        "--marker",
        default=os.environ.get("USER") or os.environ.get("USERNAME") or "lecturer",
        help="who marks; a second marker has another name (%(default)s)",
    )
    parser.add_argument("--lang", choices=LANGS, default="uk", help="language of the page (uk)")
    parser.add_argument("--port", type=int, help="of the page on this machine")
    parser.add_argument("--no-browser", action="store_true", help="only say where the page is")
    options = parser.parse_args(argv)
    try:
        server = serve(options.grades, *keys(options), options.marker.strip()[:60], options.lang, options.port)
        if not any(server.desk.works.values()):
            raise ValueError(f"{options.grades} holds no written answers to mark")
    except (ValueError, OSError) as error:
        print(sentence(error), file=sys.stderr)
        return 2
    print(
        f"Marking as {server.desk.marker}: {server.url}\nPress Ctrl+C to end; every mark is on the disk already.",
        flush=True,
    )
    if not options.no_browser:
        webbrowser.open(server.url)
    with server, contextlib.suppress(KeyboardInterrupt):
        server.serve_forever()
    print("Marks count once course grade has run again; then course feedback and course report.")
    return 0
