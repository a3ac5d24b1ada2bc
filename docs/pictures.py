"""Take every picture of the guides and of the front page anew: ``python docs/pictures.py``.

The group, its answers and its marks are those of ``examples/rm-quiz``. It needs the test extra and
chromium and takes about two minutes. The day does not matter: all clocks stand still, and the same
fonts give the same files.
"""

import io
import json
import os
import random
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.request import Request, urlopen

from PIL import Image
from playwright.sync_api import Browser, FloatRect, Locator, Page, expect, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "browser"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "examples" / "rm-quiz"))

import make_submissions
from driver import PATIENCE, Book, Lab

from course.assignments import IDENTITY, Assignment
from course.cli import main as course
from course.grading.keyfile import read_key
from course.grading.marking.desk import Desk, serve
from course.texts import LANGS

ROOT = Path(__file__).resolve().parents[1]
QUIZ = ROOT / "examples" / "rm-quiz"
ZONE = "Europe/Kyiv"
NOW = "2026-12-07T18:40:00+02:00"  # while the quiz is open
STUDENT = "240020"
NAMES = {"uk": "Коваль Вероніка", "ru": "Коваль Вероника"}
LOCALES = {"uk": "uk_UA", "ru": "ru_RU"}
# They come with nbgrader and jupytext, which a learner has not got.
NOT_LEARNERS = ("@jupyter/nbgrader", "@jupyter-notebook/lab-extension", "jupyterlab-jupytext")
UNANSWERED = ("levels/levels-behaviour", "levels/levels-segments", "value-plan/portraits")
SHOWN_ANSWER = "levels/levels-call"
WRITTEN = "value-plan/why-advantage"
PARTLY = "levels/levels-behaviour"
MARKER, MARKED, CRITERION = "Олена", 12, "comparison"
# Root has no sandbox; without the rest a few pixels differ from run to run.
SAME_PIXELS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-partial-raster",
    "--num-raster-threads=1",
)
LARGEST = 150_000  # bytes of one picture

# Run first by every kernel: whatever is saved or said there is of that evening.
CLOCK = f"""
import course.answers, course.assignments, course.record
from datetime import datetime
class Then(datetime):
    @classmethod
    def now(cls, tz=None):
        return datetime.fromisoformat({NOW!r}).astimezone(tz)
for room in (course.answers, course.assignments, course.record):
    room.datetime = Then
"""


def keep(name: str, shot: bytes) -> None:
    """Write one picture below ``docs/``, with a palette: text and plain areas lose nothing."""
    with Image.open(io.BytesIO(shot)) as image:
        few = image.convert("RGB").quantize(256, dither=Image.Dither.NONE)
    path = ROOT / "docs" / name
    few.save(path, optimize=True)
    size = path.stat().st_size
    if size > LARGEST:
        raise SystemExit(f"{name} has {size} bytes, more than {LARGEST}; show less in it")
    print(f"{name} {few.width} × {few.height}, {size // 1000} kB", flush=True)


@contextmanager
def paper(browser: Browser, lang: str, width: int, height: int) -> Iterator[Page]:
    """Open a tab as the pictures show it: light, of this size, on that evening in Kyiv."""
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="light",
        reduced_motion="reduce",
        locale=lang,
        timezone_id=ZONE,
    )
    context.clock.set_fixed_time(NOW)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    yield page
    context.close()


def settled(page: Page) -> Page:
    """Leave no pointer over a button, and wait until fonts and layout stand still."""
    page.mouse.move(1, 1)
    page.evaluate("document.fonts.ready.then(() => new Promise(requestAnimationFrame))")
    page.wait_for_timeout(300)
    return page


def box(part: Locator) -> FloatRect:
    """Return where something stands on the page."""
    found = part.bounding_box()
    if found is None:
        raise RuntimeError(f"{part} is not on the page")
    return found


# --- pages that are files -------------------------------------------------------------------------


def run(*words: object) -> None:
    """Run one command of the course as the guide does."""
    code = course([str(word) for word in words])
    if code:
        raise SystemExit(f"course {words[0]} ended with {code}")


def set_and_grade(work: Path) -> None:
    """Do in a copy of the example what the guide says, up to the pages for students."""
    shutil.copytree(QUIZ, work)
    run("preview", work / "exercises.toml", "--out", work / "exercises.html")
    run("assign", work / "spec.toml", "--roster", work / "roster.csv", "--out", work / "work")
    key, marks = ("--key", work / "work/private"), ("--marks", work / "marks.jsonl")
    run("grade", work / "submissions.zip", *key, "--out", work / "grades", *marks)
    run("feedback", work / "grades", *marks)
    for lang in LANGS:
        run("report", work / "grades", "--lang", lang)


def preview(browser: Browser, work: Path) -> None:
    """Show the lecturer's own exercise, both languages side by side."""
    with paper(browser, "uk", 1100, 900) as page:
        page.goto((work / "exercises.html").as_uri())
        keep("teach-preview.png", settled(page).screenshot(full_page=True))


def report(browser: Browser, work: Path, lang: str) -> None:
    """Show the report from its title to the end of its first chart."""
    with paper(browser, lang, 820, 1200) as page:
        page.goto((work / f"grades/report-{lang}.html").as_uri())
        chart = box(page.locator("figure").first)
        clip = FloatRect(x=0, y=0, width=820, height=round(chart["y"] + chart["height"]) + 16)
        keep(f"teach-report-{lang}.png", settled(page).screenshot(clip=clip, full_page=True))


def feedback(browser: Browser, work: Path, lang: str) -> None:
    """Show the first answer of this language that is right in most rows, not in all."""
    key = read_key(work / "work/private")
    place = [entry["ref"] for entry in key["exercises"]].index(PARTLY)
    with paper(browser, lang, 800, 1000) as page:
        for path in sorted((work / "grades/feedback").glob("*.html")):
            page.goto(path.as_uri())
            card = page.locator(f"section:has(#e{place + 1})")
            spoken = page.locator("html").get_attribute("lang") == lang
            if spoken and card.locator(".rm-bad").count() in (1, 2):
                settled(page)
                return keep(f"teach-feedback-{lang}.png", card.screenshot())
    raise SystemExit(f"nobody of the example answered {PARTLY} partly in {lang}")


def mark(browser: Browser, work: Path, lang: str) -> None:
    """Show a work in the marker's language, marked as in the example; so are those before."""
    path, key = work / f"marks-{lang}.jsonl", read_key(work / "work/private")
    lines = (work / "marks.jsonl").read_text("utf-8").splitlines()
    clicks = [click for click in map(json.loads, lines) if click["marker"] == MARKER]
    works = Desk(work / "grades", key, path, MARKER, lang).works[WRITTEN]
    place = next(n for n, one in enumerate(works) if n >= MARKED and one.lang == lang)
    before = {one.student for one in works[:place]}
    done = [click for click in clicks if click["student"] in before]
    path.write_text("".join(json.dumps(click) + "\n" for click in done), "utf-8")
    (points,) = [
        click["points"]
        for click in clicks
        if (click["student"], click["criterion"]) == (works[place].student, CRITERION)
    ]
    with serve(work / "grades", key, path, MARKER, lang) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        with paper(browser, lang, 1000, 820) as page:
            page.goto(server.url)
            expect(page.locator("[data-work]")).to_contain_text(f"{place + 1} ")
            level = page.locator(f'[data-criterion="{CRITERION}"] [data-level="{points + 1}"]')
            level.click()
            expect(page.locator("[data-kept]")).to_contain_text("18:40")
            keep(f"teach-mark-{lang}.png", settled(page).screenshot(full_page=True))
        server.shutdown()


# --- pages of JupyterLab --------------------------------------------------------------------------


@contextmanager
def laboratory(home: Path, lang: str) -> Iterator[Lab]:
    """Start JupyterLab in this language on the folder ``my-course`` of a learner."""
    (home / "my-course").mkdir(parents=True)
    (home / "course").symlink_to("my-course")  # the driver's name for it is on no picture
    config = home / "jupyter_config_dir" / "labconfig" / "page_config.json"
    config.parent.mkdir(parents=True)
    config.write_text(json.dumps({"disabledExtensions": dict.fromkeys(NOT_LEARNERS, True)}))
    lab = Lab(home)
    try:
        prefer(lab, "translation-extension", locale=LOCALES[lang])
        prefer(lab, "docmanager-extension", autosave=False)  # the list of files says when
        yield lab
    finally:
        lab.stop()


def prefer(lab: Lab, extension: str, **values: object) -> None:
    """Change what JupyterLab's settings say."""
    address = f"{lab.url}/lab/api/settings/@jupyterlab/{extension}:plugin"
    body = json.dumps({"raw": json.dumps(values)}).encode()
    urlopen(Request(address, body, method="PUT")).close()


def answers(home: Path, work: Path, lang: str) -> None:
    """Hand out the assignment, say who the student is, and answer rightly all but a few exercises.

    They are written and not typed: how often a draft is kept while somebody types depends on the
    speed of the machine, and with it the code of the receipt.
    """
    quiz = home / "my-course" / "rm-quiz-1"
    shutil.copytree(work / "work/students", quiz)
    then = datetime.fromisoformat(NOW).timestamp() - 300
    for path in quiz.iterdir():
        os.utime(path, (then, then))
    os.environ["COURSE_ANSWERS"] = str(home / "course_answers")  # where the driver's kernels look
    record = Assignment(quiz / "assignment.json", lang).record
    record.write(IDENTITY, "set", {"student": STUDENT, "name": NAMES[lang]}, lang)
    key = json.loads((work / "work/private/key.json").read_text("utf-8"))
    for entry in key["exercises"]:
        if entry["kind"] == "text":
            parts = (make_submissions.COMPARED, make_submissions.CHECKED)
            given = " ".join(part[lang][-1][0] for part in parts)
        else:
            given = make_submissions.answer(key, entry, STUDENT, [], True, random.Random(0))
        if entry["ref"] not in UNANSWERED:
            record.write(entry["ref"], "answer", given, lang)


def select(book: Book, cell: Locator) -> None:
    """Select a cell, and bring it to the top of the page."""
    # While a page is run it stays where it is, until its reader scrolls.
    book.page.mouse.move(600, 300)
    book.page.mouse.wheel(0, 100)
    settled(book.page)
    cell.evaluate("""(node) => {
      const book = window.jupyterapp.shell.currentWidget.content;
      book.activeCellIndex = book.widgets.findIndex((cell) => cell.node === node);
      node.scrollIntoView({block: "start"}); }""")
    settled(book.page)


def receipt(book: Book, home: Path, lang: str) -> None:
    """Show the last cell with what it says."""
    cell = book.page.locator(".jp-CodeCell").last
    said = cell.locator(".jp-OutputArea-output", has_text=f"rm-quiz-1-{STUDENT}.jsonl")
    said.wait_for()
    # Where this program happens to work is no learner's folder.
    said.evaluate(
        """(said, [ours, theirs]) => said.querySelectorAll("p").forEach((line) => {
          line.textContent = line.textContent.replace(ours, theirs); })""",
        [str(home.resolve()), "/home/veronika"],
    )
    select(book, cell)
    whole, source = box(cell), box(cell.locator(".jp-InputArea-editor"))
    clip = whole | {"width": source["x"] + source["width"] - whole["x"] + 6}
    keep(f"teach-receipt-{lang}.png", book.page.screenshot(clip=clip))


def save(book: Book, ref: str) -> Locator:
    """Press the one button of a card; it then leads on to the next."""
    card = book.card(ref)
    card.locator(".rm-main").click()
    expect(card).to_have_attribute("data-status", "saved")
    card.locator(".rm-next").wait_for()
    return card


def saved(book: Book, lang: str) -> None:
    """Show an answer that is saved."""
    card = save(book, SHOWN_ANSWER)
    settled(book.page)
    keep(f"teach-saved-{lang}.png", card.screenshot())


def identity(book: Book, quiz: Path, lang: str) -> None:
    """Show the whole window with the card in which the student says who they are."""
    book.page.set_viewport_size({"width": 1100, "height": 480})
    save(book, IDENTITY)
    for path in quiz.glob("*.jsonl"):  # at this moment nothing is handed in
        path.unlink()
    book.command("filebrowser:refresh")
    expect(book.page.locator(".jp-DirListing-item")).to_have_count(len(list(quiz.glob("[!.]*"))))
    select(book, book.cell(IDENTITY))
    keep(f"teach-identity-{lang}.png", book.page.screenshot())


def lesson(browser: Browser, lab: Lab, lang: str) -> None:
    """Show a lesson at work: a wrong answer with its reason, and the text that follows."""
    shutil.copy(ROOT / f"notebooks/{lang}/05-levels.ipynb", lab.folder)
    with paper(browser, lang, 978, 1200) as page:
        book = Book(page, lab).open("05-levels.ipynb")
        book.run()
        card = book.card("levels-call")
        card.locator('.rm-option:has(input[value="proactive"]) > span').first.click()
        card.locator(".rm-main").click()
        expect(card).to_have_attribute("data-status", "wrong")
        cell = book.cell("levels-call")
        select(book, cell)
        prose = cell.locator("xpath=following-sibling::*").filter(visible=True).first
        top, end = box(card), box(prose.locator("p").nth(1))
        height = round(end["y"] + end["height"] - top["y"]) + 22
        clip = FloatRect(x=top["x"] - 19, y=top["y"] - 10, width=772, height=height)
        keep(f"lesson-{lang}.png", page.screenshot(clip=clip))


def student(browser: Browser, work: Path, home: Path, lang: str) -> None:
    """Take the pictures of what a student sees, and that of a lesson."""
    with laboratory(home, lang) as lab:
        answers(home, work, lang)
        with paper(browser, lang, 1165, 1000) as page:
            book = Book(page, lab).open(f"rm-quiz-1/rm-quiz-1-{lang}.ipynb")
            book.command("filebrowser:go-to-path", path="rm-quiz-1", dontShowBrowser=False)
            book.run()
            receipt(book, home, lang)
            saved(book, lang)
            identity(book, home / "my-course/rm-quiz-1", lang)
        lesson(browser, lab, lang)


def main() -> None:
    """Take them all."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
    if chromium is None:
        raise SystemExit("there is no chromium; install it")
    os.environ["TZ"] = ZONE
    exec(CLOCK, {})
    with TemporaryDirectory() as place, sync_playwright() as play:
        work = Path(place) / "rm-quiz"
        (Path(place) / "clock.py").write_text(CLOCK, "utf-8")
        os.environ["PYTHONSTARTUP"] = f"{place}/clock.py"
        set_and_grade(work)
        browser = play.chromium.launch(executable_path=chromium, args=SAME_PIXELS)
        preview(browser, work)
        for lang in LANGS:
            report(browser, work, lang)
            feedback(browser, work, lang)
            mark(browser, work, lang)
        for lang in LANGS:
            student(browser, work, Path(place) / lang, lang)
        browser.close()


if __name__ == "__main__":
    main()
