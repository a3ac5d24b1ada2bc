"""A class on one JupyterHub: everybody opens lesson 5, answers ten exercises, and hands in ten graded ones.

It starts the hub of ``deploy/local`` for itself, on this machine only, with the environment and the proxy that
``deploy/local/start`` has put into .hub. Users are told apart by the system only when root starts it: then each has a
number of his own, and tries to read the files of all others.
"""

import argparse
import asyncio
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(Path(__file__).parent), str(ROOT / "tests" / "grading")]
PORT = 18100
TOKEN = "benchmark-only-on-this-machine"
HEAD = {"Authorization": f"token {TOKEN}", "Content-Type": "application/json"}
TARGET = 240  # MiB of one user
CONFIG = """
load_subconfig({config!r})
c.JupyterHub.services += [{{"name": "class", "api_token": {token!r}}}]
c.JupyterHub.load_roles += [{{"name": "class", "services": ["class"],
    "scopes": ["admin:users", "admin:servers", "access:servers"]}}]
c.JupyterHub.log_level = "WARN"
"""
SPEC = """id = "class"
title.uk = "Група"
title.ru = "Группа"
exercises = {refs}
attempts = 3
"""
# What a student would try who wants to know what the others wrote: it must count 0.
SPY = """
import os
_seen, _own = 0, 0
for _top in {tops!r}:
    for _user in {users!r}:
        for _path in ("", "my-course", "my-course/answers/levels.jsonl", "class", "class/class-" + _user + ".jsonl"):
            try:
                _path = os.path.join(_top, _user, _path)
                os.listdir(_path) if os.path.isdir(_path) else open(_path, "rb").read()
                _seen, _own = _seen + (_user != {me!r}), _own + (_user == {me!r})
            except OSError:
                pass
print("SEEN", _seen, _own, os.getuid())
"""


class Page:
    """One kernel of a user, as the browser has it: it runs cells, and every card is a comm."""

    def __init__(self, socket):
        self.socket, self.cards, self.number = socket, {}, 0
        self.session = f"s{random.getrandbits(64):x}"

    async def send(self, kind, content):
        self.number += 1
        name = f"{self.session}-{self.number}"
        header = {"msg_id": name, "msg_type": kind, "session": self.session, "username": ""}
        header |= {"version": "5.3", "date": ""}
        parts = {"header": header, "parent_header": {}, "metadata": {}, "content": content}
        await self.socket.write_message(json.dumps(parts | {"channel": "shell", "buffers": []}))
        return name

    async def until_idle(self, asked):
        printed = []
        while True:
            got = await asyncio.wait_for(self.socket.read_message(), 300)
            if got is None:
                raise RuntimeError("the server closed the connection")
            message = json.loads(got) if isinstance(got, str) else unpack(got)
            kind, content = message["header"]["msg_type"], message["content"]
            if kind == "comm_open":
                state = content["data"].get("state", {})
                if "spec" in state:
                    self.cards[state["spec"].get("id")] = content["comm_id"]
            if message["parent_header"].get("msg_id") != asked:
                continue
            if kind == "error":
                raise RuntimeError("\n".join(content["traceback"])[-900:])
            if kind == "stream":
                printed.append(content["text"])
            if kind == "status" and content["execution_state"] == "idle":
                return "".join(printed)

    async def run(self, code):
        content = {"code": code, "silent": False, "store_history": True, "allow_stdin": False}
        return await self.until_idle(await self.send("execute_request", content))

    async def answer(self, card, answer):
        data = {"method": "custom", "content": {"act": "check", "answer": answer}}
        content = {"comm_id": self.cards[card], "data": data}
        await self.until_idle(await self.send("comm_msg", content))


def unpack(data):
    """Return the JSON part of a message that came with buffers."""
    first, second = (int.from_bytes(data[4 * place : 4 * place + 4], "big") for place in (1, 2))
    return json.loads(data[first:second])


def refs():
    from time_page import first_ten

    return [f"{lesson}/{name}" for lesson, name in first_ten()]


def plain(entry):
    """Return an entry whose ids are those of the lesson, as its own cards have them."""
    return entry | {
        "ids": {field: {own: own for own in ids.values()} for field, ids in entry["ids"].items()}
    }


class Class:
    """So many students on one hub, and what came of it."""

    def __init__(self, count, folder):
        self.names = [f"stud{number:02}" for number in range(count)]
        self.folder, self.spawned, self.opened, self.errors, self.seen = folder, [], [], [], []
        self.answers = {}

    def lang(self, name):
        return ("uk", "ru")[int(name[4:]) % 2]

    async def spawn(self, name):
        start = time.perf_counter()
        url = f"/hub/api/users/{name}"
        await ask("POST", url, {})
        await ask("POST", url + "/server", {"lang": self.lang(name)})
        while time.perf_counter() - start < 300:
            if (await ask("GET", url))["servers"].get("", {}).get("ready"):
                self.spawned.append(time.perf_counter() - start)
                return
            await asyncio.sleep(0.25)
        raise RuntimeError("not there after 300 s")

    async def work(self, name, key):
        import simulated
        from tornado.httpclient import HTTPRequest
        from tornado.websocket import websocket_connect

        start, lang, dice = time.perf_counter(), self.lang(name), random.Random(name)
        url = f"/user/{name}/api"
        lesson, sheet = f"notebooks/{lang}/05-levels.ipynb", f"graded/class/class-{lang}.ipynb"
        asked = {"path": lesson, "name": "", "type": "notebook", "kernel": {"name": "python3"}}
        kernel = (await ask("POST", url + "/sessions", asked))["kernel"]["id"]
        cells = {}
        for path in (lesson, sheet):
            book = (await ask("GET", f"{url}/contents/{path}"))["content"]["cells"]
            cells[path] = [cell["source"] for cell in book if cell["cell_type"] == "code"]
        sent = self.answers[name] = {"lesson": {}, "graded": {}}
        place = f"ws://127.0.0.1:{PORT}{url}/kernels/{kernel}/channels"
        socket = await websocket_connect(
            HTTPRequest(place, headers=HEAD, request_timeout=300), max_message_size=1 << 30
        )
        try:
            page = Page(socket)
            for code in cells[lesson]:
                await page.run(code)
            self.opened.append(time.perf_counter() - start)
            for entry in key["exercises"]:
                own = plain(entry)
                made = simulated.answer(key, own, name, lang, dice.random() < 0.7, dice)
                sent["lesson"][entry["ref"].partition("/")[2]] = made
                await page.answer(entry["ref"].partition("/")[2], made)
            page.cards.clear()
            await page.run("import os; os.chdir(os.path.expanduser('~/my-course/graded/class'))")
            for code in cells[sheet]:
                await page.run(code)
            await page.answer("identity", {"student": name, "name": name})
            for entry in key["exercises"]:
                made = simulated.answer(key, entry, name, lang, dice.random() < 0.7, dice)
                sent["graded"][entry["ref"]] = made
                await page.answer(entry["ref"], made)
            await page.run(cells[sheet][-1])
            tops = [str(self.folder / "homes"), str(self.folder / "graded")]
            told = await page.run(SPY.format(tops=tops, users=self.names, me=name))
            others, own, number = (int(word) for word in told.split()[1:])
            if own != 6:  # his home, course and journal, his folder, sheet folder and file
                raise RuntimeError(f"sees {own} of the six places that are his own")
            self.seen.append((others, number))
        finally:
            socket.close()

    async def every(self, what, *more):
        """Do it for all at once; a failure is a line of `errors` and stops nobody else."""
        start = time.perf_counter()
        given = [what(name, *more) for name in self.names]
        done = await asyncio.gather(*given, return_exceptions=True)
        for name, failure in zip(self.names, done, strict=True):
            if failure:
                self.errors.append(f"{name}: {type(failure).__name__} {failure}")
        return time.perf_counter() - start


async def ask(method, path, body=None):
    """Ask the hub or a user's server; return what it answers, `RuntimeError` when it refuses."""
    from tornado.httpclient import AsyncHTTPClient, HTTPRequest

    AsyncHTTPClient.configure(None, max_clients=500)
    body = body if body is None else json.dumps(body)
    given = {"headers": HEAD, "connect_timeout": 300, "request_timeout": 300}
    asked = HTTPRequest(f"http://127.0.0.1:{PORT}{path}", method, body=body, **given)
    done = await AsyncHTTPClient().fetch(asked, raise_error=False)
    if done.code >= 400:
        raise RuntimeError(f"{method} {path}: {done.code} {done.body[:200]}")
    return json.loads(done.body or b"{}")


def memory(root):
    """Return MiB of each user: the proportional share of all processes below the hub's process."""
    parents, shares = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int(
                (folder / "stat").read_text().rpartition(")")[2].split()[1]
            )
        except OSError:
            continue
    for process in parents:
        try:
            owner = dict(
                pair.split("=", 1)
                for pair in Path(f"/proc/{process}/environ").read_text("utf-8").split("\0")
                if "=" in pair
            ).get("JUPYTERHUB_USER")
            rows = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        except (OSError, UnicodeDecodeError):
            continue
        if owner and below(process, root, parents):
            pss = next(int(row.split()[1]) for row in rows if row.startswith("Pss:"))
            shares[owner] = shares.get(owner, 0) + pss / 1024
    return shares


def below(process, root, parents):
    while process in parents and process != root:
        process = parents[process]
    return process == root


def check(group, key, work):
    """Collect, grade and compare: return how many answers are lost, here and there."""
    from course.answers import Journal, state
    from course.cli import main as course

    out, grades = work / "submissions", work / "grades"
    private = str(work / "set/private")
    top = str(group.folder / "graded")
    course(["hub", "collect", "--key", private, "--at", top, "--out", str(out)])
    course(["grade", str(out), "--key", private, "--out", str(grades)])
    graded, table = {}, grades / "graded.jsonl"
    for line in table.read_text("utf-8").splitlines() if table.is_file() else ():
        row = json.loads(line)
        graded[row["student"]] = row["exercises"]
    lost = [0, 0]
    for name, sent in group.answers.items():
        path = group.folder / "homes" / name / "my-course/answers/levels.jsonl"
        kept = state(Journal(path).refresh())
        lost[0] += sum(
            exercise not in kept or kept[exercise].answer != answer
            for exercise, answer in sent["lesson"].items()
        )
        cells = graded.get(name, {})
        lost[1] += sum(
            cells.get(ref, {}).get("state") in (None, "missing") for ref in sent["graded"]
        )
        journal = group.folder / "graded" / name / "class" / f"class-{name}.jsonl"
        events = [json.loads(line) for line in journal.read_text("utf-8").splitlines()[1:-1]]
        written = {event["x"]: event["a"] for event in events if event["e"] == "answer"}
        lost[1] += sum(written.get(ref) != answer for ref, answer in sent["graded"].items())
    return lost


def measure(count, state):
    """Run one class from an empty hub; print what it took."""
    from course.cli import main as course
    from course.grading.setting import assignment

    with tempfile.TemporaryDirectory(dir=state) as scratch:
        work, folder = Path(scratch), Path(scratch, "hub")
        work.chmod(0o711)
        for name in ("homes", "graded"):
            (folder / name).mkdir(parents=True)
            (folder / name).chmod(0o711)
        folder.chmod(0o711)
        (folder / "node_modules").symlink_to(state / "node_modules")
        config = work / "config.py"
        config.write_text(
            CONFIG.format(config=str(ROOT / "deploy/local/jupyterhub_config.py"), token=TOKEN)
        )
        (work / "spec.toml").write_text(SPEC.format(refs=json.dumps(refs())), "utf-8")
        group = Class(count, folder)
        rows = "".join(f"{name},G,{name}@example.org,{name}\n" for name in group.names)
        (work / "roster.csv").write_text("name,group,email,id\n" + rows, "utf-8")
        key = assignment.assign(work / "spec.toml", work / "roster.csv", work / "set")
        given = {"COURSE_HUB": str(folder), "COURSE_PASSWORD": TOKEN, "COURSE_PORT": str(PORT)}
        path = f"{state}/env/bin{os.pathsep}{os.environ['PATH']}"
        log = (state / f"hub-{count}.log").open("w")
        hub = subprocess.Popen(
            [str(state / "env/bin/jupyterhub"), "-f", str(config)],
            cwd=folder,
            env=os.environ | given | {"PATH": path},
            stdout=log,
            stderr=log,
        )
        try:
            came = asyncio.run(arrive(group))
            idle = memory(hub.pid)
            course(["hub", "hand-out", str(work / "set/students"), "--at", str(folder / "graded")])
            worked = asyncio.run(group.every(group.work, key))
            busy = memory(hub.pid)
            lost = check(group, key, work)
        finally:
            hub.terminate()
            hub.wait(60)
        tell(group, came, worked, idle, busy, lost)


async def arrive(group):
    for _ in range(1200):
        try:
            await ask("GET", "/hub/api/")
            break
        except (OSError, RuntimeError, ValueError):
            await asyncio.sleep(0.25)
    return await group.every(group.spawn)


def tell(group, came, worked, idle, busy, lost):
    from shared import p95, table

    load, mid = os.getloadavg()[0], statistics.median
    numbers = len({uid for _, uid in group.seen})
    apart = sum(count for count, _ in group.seen)
    spawn, opened = sorted(group.spawned) or [0], group.opened or [0]
    most = max(busy.values(), default=0)
    table(
        f"{len(group.names)} users, {os.cpu_count()} cores, load {load:.1f} at the end",
        [
            ("spawn, median", f"{mid(spawn):.1f} s", "", None),
            ("spawn, 95 of 100", f"{p95(spawn):.1f} s", "", None),
            ("all servers there after", f"{came:.1f} s", "", None),
            ("lesson 5 run whole, median", f"{mid(opened):.1f} s", "", None),
            ("all answered and handed in after", f"{worked:.1f} s", "", None),
            ("memory of a server alone, mean", f"{mid(idle.values() or [0]):.0f} MiB", "", None),
            ("memory of a user, median", f"{mid(busy.values() or [0]):.0f} MiB", "", None),
            ("memory of a user, most", f"{most:.0f} MiB", f"≤ {TARGET} MiB", most <= TARGET),
            ("memory of all", f"{sum(busy.values()):.0f} MiB", "", None),
            ("errors", f"{len(group.errors)}", "0", not group.errors),
            ("answers lost: lesson, graded", f"{lost[0]}, {lost[1]}", "0, 0", lost == [0, 0]),
            ("files of others read", f"{apart}", "0", apart == 0 if numbers > 1 else None),
        ],
    )
    for line in group.errors[:5]:
        print(line)
    if numbers < 2:
        print("  all users have one number here: start it as root to see them kept apart")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("users", type=int, nargs="*", default=[10])
    said = "where deploy/local/start has put env and node_modules"
    parser.add_argument("--state", type=Path, default=ROOT / ".hub", help=said)
    given = parser.parse_args()
    for count in given.users:
        measure(count, given.state.resolve())


if __name__ == "__main__":
    main()
