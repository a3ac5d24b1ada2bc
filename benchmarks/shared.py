"""What the benchmarks share: fresh kernels, what they send, medians, and the table at the end."""

import json
import os
import queue
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from contextlib import contextmanager
from pathlib import Path

from jupyter_client import KernelManager
from jupyter_client.kernelspec import KernelSpecManager

ROOT = Path(__file__).parent.parent
CACHE = Path(__file__).parent / ".cache"
median = statistics.median


def p95(values):
    """Return the 95th percentile: of 50 values the third highest."""
    return sorted(values)[max(0, -(-len(values) * 95 // 100) - 1)]


def seconds(code, python=sys.executable, **environment):
    """Run code in a fresh process and return what it prints last, a number."""
    done = subprocess.run(
        [python, "-c", code], capture_output=True, text=True, cwd=ROOT, env=os.environ | environment
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    return float(done.stdout.split()[-1])


def python_with(name, *packages):
    """Return the Python of an environment of its own in .cache, made at the first call."""
    home = CACHE / name
    python = home / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if not (home / "ready").is_file():
        venv.create(home, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *packages], check=True)
        (home / "ready").touch()
    return python


@contextmanager
def kernel(python=sys.executable, **environment):
    """Start a kernel of its own for any Python, in an empty home, and give its client."""
    with tempfile.TemporaryDirectory() as home:
        spec = Path(home, "kernels", "bench")
        spec.mkdir(parents=True)
        argv = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        (spec / "kernel.json").write_text(
            json.dumps({"argv": argv, "display_name": "bench", "language": "python"})
        )
        manager = KernelManager(
            kernel_name="bench",
            kernel_spec_manager=KernelSpecManager(
                kernel_dirs=[str(spec.parent)], ensure_native_kernel=False
            ),
        )
        manager.start_kernel(
            cwd=home,
            env=os.environ
            | {"HOME": home, "IPYTHONDIR": home + "/ipython", "COURSE_ANSWERS": home + "/answers"}
            | environment,
        )
        client = manager.client()
        client.start_channels()
        try:
            client.wait_for_ready(timeout=60)
            yield client
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)


def run(client, code):
    """Execute code; returns what it printed, and every message that the browser would get because of it."""
    asked, messages, printed = client.execute(code), [], []
    while True:
        try:
            message = client.get_iopub_msg(timeout=60)
        except queue.Empty:
            raise SystemExit("the kernel says nothing any more") from None
        if message["parent_header"].get("msg_id") != asked:
            continue
        messages.append(message)
        kind, content = message["msg_type"], message["content"]
        if kind == "stream":
            printed.append(content["text"])
        elif kind == "error":
            raise SystemExit("\n".join(content["traceback"]))
        elif kind == "status" and content["execution_state"] == "idle":
            client.get_shell_msg(timeout=60)
            return "".join(printed), messages


def wire(messages, parts=("header", "parent_header", "metadata", "content")):
    """Return how many bytes the messages take: their JSON parts as Jupyter packs them, and their buffers."""
    return sum(
        len(json.dumps(message[part], ensure_ascii=False, default=str).encode())
        for message in messages
        for part in parts
    ) + sum(memoryview(buffer).nbytes for message in messages for buffer in message["buffers"])


def table(title, rows):
    """Print rows of (what, result, target, met); met is None for what is only told."""
    said = {True: "met", False: "MISSED", None: ""}
    cells = [("", "result", "target", ""), *((*row, said[met]) for *row, met in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(4)]
    print(f"\n{title}")
    for row in cells:
        print(
            "  "
            + "  ".join(word.ljust(width) for word, width in zip(row, widths, strict=True)).rstrip()
        )
    return all(met is not False for *_, met in rows)


def wait(until, timeout, what):
    """Ask until() again and again; what it returned, once that is true."""
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        if found := until():
            return found
        time.sleep(0.1)
    raise SystemExit(f"waited {timeout} s for {what} in vain")
