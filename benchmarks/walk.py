"""One learner walks the whole course in a real browser, from the start page to a programme handed in.

Every exercise of every page is answered by mouse and keyboard, every third wrongly first, in one tab
of one JupyterLab, as somebody would who never closes a lesson. Told: minutes and memory by page, and
whatever did not go as it should.

    python benchmarks/walk.py [uk|ru] [PAGE ...]
"""

import json
import re
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), *(str(ROOT / "tests" / name) for name in ("browser", "models", "."))]

import psutil  # noqa: E402
from driver import PATIENCE, Book, Lab, right, stands, wrong  # noqa: E402
from plans import best_plan  # noqa: E402
from playwright.sync_api import Error, expect, sync_playwright  # noqa: E402

from course import lab as own_lab  # noqa: E402
from course.exercises import chapters, key  # noqa: E402
from course.record import Record  # noqa: E402

WORDS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
)
SENTENCE = "Партнерство з великими покупцями окупається, коли маржа на рік перевищує поріг рівня. "
ASKS = re.compile(r'lesson\.(?:exercise|check)\("([\w-]+)"')
# Cells far from sight are not drawn: the learner scrolls there.
GO = """(at) => { const book = jupyterapp.shell.currentWidget.content;
  book.activeCellIndex = at; return book.scrollToItem(at, "center"); }"""
COUNT = re.compile(r"(\d+) (?:з|из) (\d+)")


class Walk:
    """A learner with a browser tab; what went wrong is kept, and the walk goes on."""

    def __init__(self, book: Book, lang: str, answers: Path) -> None:
        self.book, self.lang, self.answers = book, lang, answers
        self.faults: list[str] = []
        self.answered = self.wrong_first = 0

    def good(self, exercise):
        """The right answer of this learner's draw; to a person, some text of the length asked for."""
        record = Record(chapters()[exercise.lesson], self.answers)
        kind = exercise.kind.name
        if kind == "text":
            least, most = exercise["words"]
            return " ".join((SENTENCE.split() * most)[: (least + most) // 2])
        if kind == "canvas":
            return {tile["id"]: SENTENCE for tile in exercise["tile"]}
        if kind == "portfolio":
            return best_plan(key(exercise, record.values(exercise)))
        return right(exercise, self.answers)

    def answer(self, card, exercise, answer) -> None:
        """Fill the controls of a card, whatever stands in them, and press the main button."""
        kind = exercise.kind.name
        if kind == "choice":
            card.locator(f'.rm-option:has(input[value="{answer}"]) > span').first.click()
        elif kind == "multi":
            for box in card.locator("input[type=checkbox]").all():
                box.set_checked(box.get_attribute("value") in answer, force=True)
        elif kind == "order":
            for place, name in enumerate(answer):
                item = card.locator(f'.rm-item[data-id="{name}"]')
                for _ in range(max(0, stands(item) - place)):
                    item.locator(".rm-up").click()
        elif kind in ("match", "classify"):
            for place, row in enumerate(exercise["row"]):
                card.locator("select").nth(place).select_option(answer[row["id"]])
        elif kind == "portfolio":
            levels = "".join(answer[name] for name in "ABCD")
            for place, level in enumerate(levels):
                card.locator("select").nth(place).select_option(level)
            card.locator(".rm-forecast input").fill(answer["forecast"])
        elif kind in ("value", "lists"):
            self.hand_over(card, exercise, answer)
            return
        elif kind == "canvas":
            for place, tile in enumerate(exercise["tile"]):
                card.locator("textarea").nth(place).fill(answer.get(tile["id"], ""))
        else:
            card.locator("textarea, input").first.fill(answer)
        card.locator(".rm-main").click()

    def hand_over(self, card, exercise, answer) -> None:
        """Write the result into the cell's code and run the cell, as pandas exercises want it."""
        if isinstance(answer, dict) and "columns" in answer:
            code = f"pd.DataFrame({answer['columns']!r}, index={answer['index']!r})"
        elif isinstance(answer, dict):
            code = f"pd.Series({answer['values']!r}, index={answer['index']!r})"
        else:
            code = repr(answer)
        cell = self.book.cell(exercise)
        card.evaluate("(node) => node.dataset.old = 1")
        cell.evaluate(
            """(node, code) => {
              const book = jupyterapp.shell.currentWidget.content;
              const at = book.widgets.findIndex((cell) => cell.node === node);
              book.activeCellIndex = at;
              book.widgets[at].model.sharedModel.setSource(code); }""",
            f'import pandas as pd\nlesson.check("{exercise.id}", {code})',
        )
        self.book.command("notebook:run-cell")

    def exercise(self, name: str, exercise, badly: bool) -> None:
        """Answer one exercise, wrongly first if asked, and see that the page says so."""
        card = self.book.page.locator(f'.rm-card[data-exercise="{name}"]:visible').first
        card.scroll_into_view_if_needed()
        state = card.get_attribute("data-status")
        checked = not exercise.kind.by_person
        if badly and checked and exercise.kind.name not in ("portfolio", "lists"):
            self.answer(card, exercise, wrong(exercise, self.answers))
            fresh = self.book.page.locator(
                f'.rm-card[data-exercise="{name}"]:not([data-old])'
            ).first
            expect(fresh).to_have_attribute("data-status", re.compile("wrong|partial|invalid"))
            card, state = fresh, "wrong"
            self.wrong_first += 1
        if state in ("right", "saved"):
            return
        self.answer(card, exercise, self.good(exercise))
        fresh = self.book.page.locator(f'.rm-card[data-exercise="{name}"]:not([data-old])').first
        # For some draws of the simulation no simple table earns the last tenths.
        done = "right|partial" if exercise.kind.name == "portfolio" else "right"
        expect(fresh).to_have_attribute("data-status", re.compile(done if checked else "saved"))
        self.answered += 1

    def page(self, path: str, slug: str) -> dict[str, float]:
        """Walk one page; returns its figures."""
        begin, book = time.perf_counter(), self.book
        book.follow(path) if book.page.url.startswith("http") else book.open(path)
        book.run()
        opened = time.perf_counter() - begin
        sources = book.page.evaluate("""() => jupyterapp.shell.currentWidget.content.widgets.map(
          (cell) => cell.model.type === "code" ? cell.model.sharedModel.getSource() : "")""")
        known = chapters()[slug].exercises if slug in chapters() else {}
        asked = [(at, found[1]) for at, code in enumerate(sources) if (found := ASKS.search(code))]
        names = {name for _, name in asked}
        for place, (at, name) in enumerate(asked):
            try:
                book.page.evaluate(GO, at)
                self.exercise(name, known[name], place % 3 == 0)
            except (AssertionError, Error, KeyError) as fault:
                said = book.page.locator(f'.rm-card[data-exercise="{name}"]:visible').first
                words = said.inner_text(timeout=1000)[-200:] if said.count() else ""
                self.faults.append(f"{path} {name}: {str(fault)[:300]} | {words}")
        if missed := known.keys() - names:
            self.faults.append(f"{path}: no card for {', '.join(sorted(missed))}")
        book.page.evaluate(GO, 0)
        strip = book.page.locator(".rm-strip.rm-progress:visible, .rm-strip.rm-today:visible")
        said = " ".join(strip.all_inner_texts())
        done = COUNT.search(said)
        whole = slug != "start" or self.answered > len(known)  # its map counts the whole course
        if whole and not (done and done[1] == done[2]):
            self.faults.append(f"{path}: not all is done: {said[:200]}")
        for error in book.ours():
            self.faults.append(f"{path}: console: {error[:200]}")
        book.errors.clear()
        return {"cards": len(names), "opened": opened, "seconds": time.perf_counter() - begin}

    def hand_in(self) -> None:
        """Hand in what was written on this page."""
        page = self.book.page
        box = page.locator(".rm-strip:visible", has=page.locator(".rm-works"))
        box.locator("input").first.fill("Олена Коваль")
        box.locator(".rm-main").click()
        expect(box.locator("a[download]").first).to_be_visible()


def memory(process: psutil.Process) -> float:
    """Proportional memory of a process and all below it, MB."""
    total = 0
    for each in [process, *process.children(recursive=True)]:
        try:
            total += each.memory_full_info().pss
        except psutil.Error:
            continue
    return total / 1e6


def main(lang: str, pages: list[str]) -> int:
    """Walk, and print a table; 1 when anything went wrong."""
    folder = Path(tempfile.mkdtemp(prefix="walk-"))
    server = Lab(folder)
    own_lab.bring(server.folder)
    answers = folder / "course_answers"
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=WORDS)
        book = Book(browser.new_context(viewport={"width": 1400, "height": 900}).new_page(), server)
        walk = Walk(book, lang, answers)
        me, lab_process = psutil.Process(), psutil.Process(server.process.pid)
        print("page | cards | ready, s | whole, s | browser, MB | server and kernels, MB")
        begin = time.perf_counter()
        paths = sorted((server.folder / "notebooks" / lang).glob("*.ipynb"))
        for path in paths if pages else [*paths, paths[0]]:
            if pages and not any(path.stem.startswith(page) for page in pages):
                continue
            known = len(walk.faults)
            told = walk.page(f"notebooks/{lang}/{path.name}", path.stem[3:])
            if path.stem.startswith("15"):
                walk.hand_in()
            kernels = memory(lab_process)
            print(
                f"{path.stem} | {told['cards']} | {told['opened']:.1f} | {told['seconds']:.0f} "
                f"| {memory(me) - kernels:.0f} | {kernels:.0f}",
                *walk.faults[known:],
                sep="\n",
                flush=True,
            )
        print(
            f"{lang}: {walk.answered} answered, {walk.wrong_first} of them wrongly first, "
            f"{time.perf_counter() - begin:.0f} s, faults: {len(walk.faults)}"
        )
        lines = [
            json.loads(line)
            for file in answers.glob("*.jsonl")
            for line in file.read_text("utf-8").splitlines()
        ]
        print(f"{len(lines)} lines of {len(list(answers.glob('*.jsonl')))} journals in {answers}")
        browser.close()
    server.stop()
    return bool(walk.faults)


if __name__ == "__main__":
    words = sys.argv[1:]
    raise SystemExit(main(words[0] if words else "uk", words[1:]))
