"""A sitting of marking in a real browser: thirty canvases, every click kept, whatever the network and the disk do."""

import json
import threading
from pathlib import Path

import pytest

from course import answers
from course.grading.marking.desk import serve
from course.grading.marking.marks import Marks
from course.grading.setting import assignment

CANVAS, TEXT = "own/own-canvas", "own/own-text"
STUDENTS = [str(101 + n) for n in range(30)]
HOSTILE = [
    "<script>window.pwned = 1</script>",
    "<img src=x onerror='window.pwned = 2'>",
    "\u202eназад\u2066",
    "a\0b",
    "слово " * 16_000,
    "{n} {of} **b** `c` &lt;",
    "</textarea></script><svg onload='window.pwned = 3'>",
]
LEVEL = '[[rubric.criterion.level]]\ntext.uk = "{uk}"\ntext.ru = "{ru}"\n'
LEVELS = "".join(
    LEVEL.format(uk=uk, ru=ru)
    for uk, ru in (("немає", "нет"), ("частково", "частично"), ("повністю", "полностью"))
)
RUBRIC = f'[[rubric]]\nexercise = "{CANVAS}"\n' + "".join(
    f'[[rubric.criterion]]\nid = "{name}"\ntitle.uk = "{uk}"\ntitle.ru = "{ru}"\nlevels = [0, 1, 2]\n{LEVELS}'
    for name, uk, ru in (
        ("group", "Група", "Группа"),
        ("offer", "Пропозиція", "Предложение"),
        ("link", "Зв’язок", "Связь"),
    )
)


@pytest.fixture(scope="module")
def setting(tmp_path_factory):
    """A folder of grades with thirty canvases, some of them hostile, and the key."""
    folder = tmp_path_factory.mktemp("marking")
    assignment.begin_file(folder / "exercises.toml", "exercises")
    (folder / "spec.toml").write_text(
        f'id = "quiz"\ntitle.uk = "Контрольна"\ntitle.ru = "Контрольная"\nexercises = ["{TEXT}", "{CANVAS}"]\n{RUBRIC}',
        "utf-8",
    )
    (folder / "roster.csv").write_text(
        "name;id\n" + "".join(f"Студент Номер;{one}\n" for one in STUDENTS), "utf-8"
    )
    key = assignment.assign(folder / "spec.toml", folder / "roster.csv", folder / "set")
    lines = []
    for n, student in enumerate(STUDENTS):
        said = HOSTILE[n] if n < len(HOSTILE) else f"Кав’ярня {n}: свіжий хліб щоранку."
        tiles = {"who": said} | ({"what": f"Що {n}"} if n % 2 else {})
        found = {
            ref: {"state": "person", "points": 0, "maximum": 5, "answer": answer}
            for ref, answer in ((TEXT, said), (CANVAS, tiles))
        }
        lines.append(
            {
                "student": student,
                "claimed": student,
                "name": f"<b>Студентка {n}</b>",
                "group": "",
                "email": "",
                "lang": "uk",
                "flags": ["ok"],
                "points": 0,
                "maximum": 10,
                "exercises": found,
            }
        )
    (folder / "graded.jsonl").write_text("".join(json.dumps(one) + "\n" for one in lines), "utf-8")
    return folder, key


class Sitting:
    """One marker's server and the page open in a browser."""

    def __init__(
        self, setting, path, browser, marker="Оля", port=None, page=None, width=1400, scheme="light"
    ):
        self.folder, self.key = setting
        self.path, self.server = path, serve(self.folder, self.key, path, marker, "uk", port)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()
        self.context = (
            page.context
            if page
            else browser.new_context(
                viewport={"width": width, "height": 1000}, color_scheme=scheme, bypass_csp=True
            )
        )
        self.page, self.errors = self.context.new_page(), []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on(
            "console",
            lambda said: (
                said.type == "error"
                and "ERR_" not in said.text
                and "status of" not in said.text
                and self.errors.append(said.text)
            ),
        )
        self.page.goto(self.server.url)
        self.choose(CANVAS)

    def choose(self, ref):
        with self.page.expect_response(lambda answer: f"work?{ref}" in answer.url):
            self.page.select_option("#exercise", ref)
        self.page.wait_for_selector(
            '[data-criterion="link"]' if ref == CANVAS else '[data-criterion="whole"]'
        )
        self.page.evaluate("document.activeElement.blur()")

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def level(self, criterion, n):
        return self.page.locator(f'[data-criterion="{criterion}"] [data-level="{n}"]')

    def kept(self, marker="Оля"):
        """{(student, criterion): points} on the disk."""
        given = Marks(self.path, self.key).refresh().given
        return {
            (student, criterion): by[marker][0]
            for (student, ref), criteria in given.items()
            if ref == CANVAS
            for criterion, by in criteria.items()
            if marker in by
        }

    def until(self, condition):
        for _ in range(400):
            if condition():
                return
            self.page.wait_for_timeout(25)
        raise AssertionError(f"never came; on the disk: {self.kept()}")

    def order(self):
        return [work.student for work in self.server.desk.works[CANVAS]]

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def sit(setting, tmp_path, chromium):
    """``sit(marker=…)`` begins a sitting; at the end nothing of ours may have failed in the browser."""
    made = []

    def begin(**how):
        made.append(Sitting(setting, tmp_path / "marks.jsonl", chromium, **how))
        return made[-1]

    yield begin
    for one in made:
        one.context.close()
        if one.thread.is_alive():
            one.stop()
    assert [error for one in made for error in one.errors] == []


def levels(n):
    """The levels that the n-th work gets."""
    return [n % 3 + 1, (n + 1) % 3 + 1, (n // 3) % 3 + 1]


def expected(order):
    return {
        (student, criterion): level - 1
        for n, student in enumerate(order)
        for criterion, level in zip(("group", "offer", "link"), levels(n), strict=True)
    }


def test_thirty_canvases_by_keyboard_without_a_lost_click(sit):
    one = sit()
    for n in range(30):
        for level in levels(n):
            one.press(str(level))
        one.press("Enter")
    one.until(lambda: one.kept() == expected(one.order()))
    assert "30 з 30" in one.page.inner_text(
        "[data-progress]"
    ) and "збережено: " in one.page.inner_text("[data-kept]")
    assert len(Path(one.path).read_bytes().splitlines()) == 90, "one line for each click"
    one.page.reload()
    one.choose(CANVAS)
    assert "30 з 30" in one.page.inner_text("[data-progress]")
    assert one.page.get_attribute("progress", "aria-label") == one.page.inner_text(
        "[data-progress]"
    )
    assert one.level("group", levels(0)[0]).get_attribute("aria-pressed") == "true"


def test_a_dozen_canvases_by_mouse(sit):
    one = sit()
    for n in range(12):
        for criterion, level in zip(("group", "offer", "link"), levels(n), strict=True):
            one.level(criterion, level).click()
        one.page.locator(".foot .rm-main").click()
    one.until(lambda: one.kept() == expected(one.order()[:12]))


def test_keys_work_in_any_layout_and_never_in_a_comment(sit):
    one = sit()
    how = "{ key, code, bubbles: true, cancelable: true }"
    send = f"([key, code]) => document.body.dispatchEvent(new KeyboardEvent('keydown', {how}))"
    at = lambda: one.page.locator("[data-work]").get_attribute("data-work")  # noqa: E731
    first = at()
    one.page.evaluate(send, ["о", "KeyJ"])
    assert at() != first
    one.page.evaluate(send, ["л", "KeyK"])
    assert at() == first
    one.press("2", "Backspace", "3")
    one.page.evaluate(send, ["с", "KeyC"])
    one.page.keyboard.type("1 jkc 2?")
    one.press("Escape", "j")
    student = one.order()[0]
    of = one.server.desk.texts[student, CANVAS]
    one.until(
        lambda: (
            Marks(one.path, one.key).refresh().given.get((student, CANVAS), {}).get("group")
            == {"Оля": (2, "1 jkc 2?", of)}
        )
    )
    one.press("?")
    assert one.page.locator("dialog[open]").count() == 1
    one.press("Escape", "k", "Backspace")
    one.until(lambda: one.kept()[student, "group"] is None)


def test_a_key_moves_on_and_comment_and_taking_back_are_about_what_it_marked(sit):
    one = sit()
    who = one.order()[0]
    now = lambda: one.page.locator(".criterion.now").get_attribute("data-criterion")  # noqa: E731
    one.press("3")
    assert now() == "offer"
    one.press("c")
    one.page.keyboard.type("Кому саме?")
    one.press("Escape", "2")
    assert now() == "link", "the comment is done, and the next criterion waits"
    one.until(lambda: one.kept() == {(who, "group"): 2, (who, "offer"): 1})
    one.press("1", "Backspace", "2")
    one.until(lambda: one.kept() == {(who, "group"): 2, (who, "offer"): 1, (who, "link"): 1})
    assert now() == "link" and one.page.inner_text("[data-work] .rm-head").startswith("1 з 30")
    one.press("9")
    assert now() == "link", "there is no ninth level"


def test_hostile_texts_are_texts(sit):
    one = sit()
    one.page.check("#names")
    one.page.wait_for_selector("[data-work] h2 bdi")
    seen = set()
    for _ in range(30):
        seen |= set(one.page.locator(".typed").all_text_contents())
        assert one.page.inner_text("[data-work] h2").count("<b>Студентка") == 1
        one.press("j")
    assert {text.replace("\0", "\ufffd") for text in HOSTILE} <= seen
    one.press("c")
    one.page.keyboard.insert_text(HOSTILE[1])
    one.press("Escape", "k", "c")
    assert one.page.locator('[data-criterion="group"] .bank button').inner_text() == HOSTILE[1]
    assert (
        one.page.evaluate("window.pwned") is None
        and one.page.locator("main img, main .typed *").count() == 0
    )


def test_a_comment_is_used_again_with_one_click(sit):
    one = sit()
    one.press("1", "c")
    one.page.keyboard.insert_text("Назвіть групу точніше.")
    one.press("Escape", "j", "2", "c")
    one.page.locator('[data-criterion="group"] .bank button').click()
    one.press("Escape")
    order, texts = one.order(), one.server.desk.texts
    one.until(
        lambda: (
            [
                Marks(one.path, one.key).refresh().given.get((who, CANVAS), {}).get("group")
                for who in order[:2]
            ]
            == [
                {"Оля": (n, "Назвіть групу точніше.", texts[who, CANVAS])}
                for n, who in enumerate(order[:2])
            ]
        )
    )


def test_the_name_of_an_exercise_is_cut_after_a_word_and_fits_the_list(sit):
    """The browser would cut it in the middle of a letter."""
    names = (
        sit()
        .page.locator("#exercise")
        .evaluate("""(list) => {
      const style = getComputedStyle(list), pen = document.createElement("canvas").getContext("2d");
      pen.font = style.font;
      const room = list.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - 20;
      return [...list.options].map(({ text }) => [text, pen.measureText(text).width <= room]); }""")
    )
    assert names == [
        ["1. Чому ресторан має купувати хліб саме в «Скоринки»?… (30)", True],
        ["2. Складіть пропозицію для одного ресторану. (30)", True],
    ]


def test_names_and_the_filter(sit):
    one = sit()
    assert "Студентка" not in one.page.content() and one.page.inner_text(
        "[data-work] h2"
    ).startswith("Робота ")
    code = one.page.inner_text("[data-work] h2")
    one.page.check("#names")
    one.page.wait_for_selector("[data-work] h2 bdi")
    assert one.page.inner_text("[data-work] h2").startswith(code)
    one.page.uncheck("#names")
    one.page.wait_for_selector("[data-work] h2:not(:has(bdi))")
    one.press("1", "1", "1", "Enter", "j", "k", "k")
    one.page.check("#unmarked")
    assert one.page.inner_text("[data-work] .rm-head").startswith("2 з 30"), "the first is marked"
    one.press("k")
    assert one.page.inner_text("[data-work] .rm-head").startswith("2 з 30")


def test_a_lost_connection_loses_nothing(sit):
    one = sit()
    order, port = one.order(), one.server.server_port
    one.press("1")
    one.until(lambda: len(one.kept()) == 1)
    one.stop()
    one.press("2", "3", "Enter", "1")
    one.page.wait_for_selector('.rm-warning:has-text("Немає зв’язку"):has-text("оцінок: 3")')
    assert len(one.kept()) == 1
    again = sit(
        port=port, page=one.page
    )  # the same marker starts the program again; the old page stays open
    again.until(lambda: len(again.kept()) == 4)
    assert again.kept() == {
        (order[0], "group"): 0,
        (order[0], "offer"): 1,
        (order[0], "link"): 2,
        (order[1], "group"): 0,
    }
    one.page.wait_for_function(
        "!document.querySelector('.rm-warning') || document.querySelector('.rm-warning').textContent.includes('знову')"
    )


def test_a_full_disk_is_told_and_tried_again(sit, monkeypatch):
    one = sit()
    real = answers.append_line

    def refuse(path, line):
        raise answers.JournalError("full", path)

    monkeypatch.setattr(answers, "append_line", refuse)
    one.press("3", "2")
    one.page.wait_for_selector('.rm-warning:has-text("На диску немає місця")')
    assert one.kept() == {}
    monkeypatch.setattr(answers, "append_line", real)
    one.until(lambda: sorted(one.kept().values()) == [1, 2])
    one.page.wait_for_function("!document.querySelector('.rm-warning')")


def test_two_markers_at_once_see_how_far_they_agree(sit):
    one, two = sit(), sit(marker="Іван")
    for n in range(6):
        one.press(str(n % 3 + 1), "j")
        two.press(str(min(3, n % 3 + 1 + (n == 0))), "j")
    one.until(lambda: len(one.kept()) == 6 and len(two.kept("Іван")) == 6)
    one.press("k", "1")
    one.page.wait_for_selector("details.agree:not([hidden])")
    one.page.locator("details.agree summary").click()
    row = one.page.locator("details.agree tbody tr").first.inner_text().split("\t")
    found = (
        Marks(one.path, one.key)
        .refresh()
        .agreement(CANVAS, "Оля", one.server.desk.texts)["Іван"]["group"]
    )
    assert row == [
        "Група",
        "6",
        str(found["same"]),
        f"{found['kappa']:.2f}".replace(".", ",").replace("-", "−"),
    ]
    assert all(two.level("group", n).get_attribute("aria-pressed") == "false" for n in (1, 2, 3)), (
        "nobody sees the other's marks"
    )


@pytest.mark.parametrize(("width", "scheme"), [(1400, "light"), (420, "dark")])
def test_axe_finds_nothing(sit, width, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    one = sit(width=width, scheme=scheme)
    sit(marker="Іван").press("1")
    one.press("2", "c")
    one.page.keyboard.insert_text("Коментар")
    one.press("Escape", "j", "1", "c")
    for summary in one.page.locator("summary:visible").all():
        summary.click()
    assert [found["id"] for found in axe.run(one.page).response["violations"]] == []
    assert one.page.evaluate("document.documentElement.scrollWidth") <= width
