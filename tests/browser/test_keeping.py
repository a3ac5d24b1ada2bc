"""Nothing typed is lost: drafts, files that cannot be written, hostile texts, pages without a kernel."""

import shutil

import pytest
from driver import PERSON, first_of_each, opens, read, right, shows
from playwright.sync_api import expect

from course.exercises import chapters
from course.lessons import Record
from course.texts import text

EXERCISES = first_of_each()
CHOICE, NUMERIC, TEXT, CANVAS, VALUE = (
    EXERCISES[kind] for kind in ("choice", "numeric", "text", "canvas", "value")
)
HOSTILE = (
    '<img src=x onerror="window.hit = 1"> **зірки** `код` {m} \u202eпереворот\u202c '
    "<script>window.hit = 2</script> &lt;"
)


@pytest.fixture
def opened(tabs, lab, tmp_path, request):
    """``opened("uk", exercises, more_cells)``: a notebook of its own for one test."""

    def show(lang, found, *more):
        name = f"{request.node.name.split('[')[0]}-{lang}.ipynb"
        lab.write(name, [opens(lang, found), *map(shows, found), *more], tmp_path / "answers")
        book = tabs().open(name).run()
        book.answers, book.name = tmp_path / "answers", name
        for exercise in found:
            book.card(exercise)
        return book

    yield show
    lab.end_kernels()


def test_typed_text_survives_a_restart_without_saving(opened):
    found = [TEXT, CANVAS, NUMERIC]
    book = opened("uk", found)
    tile = CANVAS["tile"][0]["id"]
    book.card(TEXT).locator("textarea").type(PERSON)
    book.card(CANVAS).locator("textarea").first.type(PERSON)
    book.card(NUMERIC).locator("input").type("12,5")
    book.until_kept(TEXT, PERSON)
    book.until_kept(CANVAS, {tile: PERSON})
    book.until_kept(NUMERIC, "12,5")
    book.restart()
    for exercise, words in ((TEXT, PERSON), (CANVAS, {tile: PERSON}), (NUMERIC, "12,5")):
        card = book.card(exercise)
        expect(card).to_have_attribute("data-status", "changed")
        assert read(card, exercise) == words
    expect(book.card(TEXT).locator(".rm-state")).to_have_text(text("state.draft", "uk"))
    expect(book.card(NUMERIC).locator(".rm-state")).to_have_text(text("state.first", "uk"))


def folder_is_a_file(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.write_text("")


def journal_is_a_folder(folder):
    journal = folder / f"{CHOICE.lesson}.jsonl"
    journal.unlink(missing_ok=True)
    journal.mkdir(parents=True)


DISK_IS_FULL = (
    "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))"
)


@pytest.mark.parametrize(
    ("breaks", "lang"),
    [
        pytest.param(folder_is_a_file, "uk", id="folder-uk"),
        pytest.param(journal_is_a_folder, "ru", id="journal-ru"),
        pytest.param(None, "uk", id="disk-uk"),
        pytest.param(None, "ru", id="disk-ru"),
    ],
)
def test_what_cannot_be_saved_is_said_and_stays_on_screen(opened, breaks, lang):
    book = opened(lang, [CHOICE, TEXT], *([] if breaks else [DISK_IS_FULL]))
    if breaks:
        breaks(book.answers)
    else:
        book.page.locator(".jp-CodeCell").last.get_by_text("[5]:").wait_for()
    choice, area, good = book.card(CHOICE), book.card(TEXT), right(CHOICE, "/tmp/nobody")
    choice.locator(f'input[value="{good}"]').check()
    choice.locator(".rm-main").click()
    area.locator("textarea").type(PERSON)
    area.locator(".rm-main").click()
    for card in (choice, area):
        expect(card.locator(".rm-warning")).not_to_be_empty()
        expect(card.locator(".rm-warning")).not_to_have_text(text("card.slow", lang))
        expect(card.locator(".rm-state")).to_have_text(text("state.unwritten", lang))
        expect(card.locator(".rm-main")).to_be_enabled()
    assert read(area, TEXT) == PERSON
    assert read(choice, CHOICE) == good
    if breaks:
        book.answers.unlink() if book.answers.is_file() else shutil.rmtree(book.answers)
        for card, status in ((choice, "right"), (area, "saved")):
            card.locator(".rm-main").click()
            expect(card).to_have_attribute("data-status", status)
            expect(card.locator(".rm-warning")).to_be_empty()
        book.until_kept(TEXT, PERSON)


@pytest.mark.parametrize(
    "breaks", [folder_is_a_file, journal_is_a_folder], ids=["folder", "journal"]
)
def test_a_lesson_opens_though_its_answers_cannot_be_read(opened, tmp_path, breaks):
    (tmp_path / "answers").mkdir()
    breaks(tmp_path / "answers")
    book = opened("uk", [TEXT])
    card = book.card(TEXT)
    card.locator("textarea").type(PERSON)
    card.locator(".rm-main").click()
    expect(card.locator(".rm-warning")).not_to_be_empty()
    assert read(card, TEXT) == PERSON


def test_hostile_text_is_shown_as_text(opened):
    made = f"""
from course.answers import Kept
from course.attempt import result
from course.exercises import Exercise
from course.kinds import score
from course.widgets import card, host
bad = {HOSTILE.replace("**", "*").replace("`", "'")!r}
pair = dict(uk=bad, ru=bad)
raw = dict(id="hostile", kind="choice", points=1, attempts=1,
           prompt=pair, right=pair, wrong=pair, see=pair, solution=pair,
           option=[dict(id="a", text=pair, right=True), dict(id="b", text=pair, why=pair)], hint=[pair])
one = Exercise("levels", raw)
kept = Kept(answer="b", attempts=1, hints=1, shown=True, time="2026-11-21T20:55:08.123Z")
key = dict(right="a", options=["a", "b"])
mark = score("choice", key, "b")
state = card.state(one, kept, mark, result(one, [mark]), key, "uk")
host.View(card.spec(one, "uk"), state, lambda message: None)"""
    hands = f'{VALUE.lesson.replace("-", "_")}.check("{VALUE.id}", {HOSTILE[:60]!r})'
    plan = 'at("value-plan", "uk").plan()'
    book = opened("uk", [TEXT, CANVAS], made, hands, plan)
    places = [book.card(TEXT).locator("textarea"), book.card(CANVAS).locator("textarea").first]
    for area in places:
        area.type(HOSTILE)
    for exercise in (TEXT, CANVAS):
        book.card(exercise).locator(".rm-main").click()
        expect(book.card(exercise)).to_have_attribute("data-status", "saved")
    stranger = book.card("hostile")
    book.card(VALUE)
    book.restart()
    for area in places:
        expect(area).to_have_value(HOSTILE)
    assert stranger.get_by_text("<img src=x onerror=").count() >= 6, (
        "prompt, options, why, hint, see, solution"
    )
    expect(book.card(VALUE)).to_contain_text("<img src=x onerror=")
    page = book.page.locator(".jp-RenderedHTMLCommon dl")
    expect(page).to_contain_text(HOSTILE)
    assert book.page.locator(".jp-OutputArea-output :is(img, script)").count() == 0
    assert book.page.evaluate("() => window.hit") is None


def test_saving_a_lesson_that_was_not_run_again_loses_no_card(opened, lab, tabs):
    book = opened("uk", [CHOICE, TEXT])
    book.save()
    for change in (1, 2):  # each time another kernel, which has run nothing
        book.page.context.close()
        for _ in range(4):
            lab.end_kernels()
            again = tabs().open(book.name)
            if again.restored(2):
                break
            again.page.context.close()
        assert again.page.locator(".rm-card").count() == 2
        again.page.evaluate(
            "n => window.jupyterapp.shell.currentWidget.content.model.setMetadata('n', n)", change
        )
        again.save()
        again.page.wait_for_function(
            "() => !window.jupyterapp.shell.currentWidget.context.model.dirty"
        )
        book.page = again.page


def test_a_page_opened_again_can_be_read_and_comes_to_life_by_running_all_cells(opened, lab, tabs):
    book = opened("uk", [CHOICE, TEXT])
    card = book.card(CHOICE)
    card.locator(f'input[value="{right(CHOICE, book.answers)}"]').check()
    card.locator(".rm-main").click()
    expect(card).to_have_attribute("data-status", "right")
    book.save()
    book.page.context.close()

    for _ in range(4):
        lab.end_kernels()
        again = tabs().open(book.name)  # a new kernel, which has run nothing yet
        if again.restored(2):
            break
    for exercise in (CHOICE, TEXT):
        expect(again.card(exercise)).to_contain_text(exercise["prompt"]["uk"])
        expect(again.card(exercise).locator(".rm-warning")).to_have_text(text("card.dead", "uk"))
    expect(again.card(CHOICE)).to_have_attribute("data-status", "right")

    again.anew(again.run)
    expect(again.card(CHOICE)).to_have_attribute("data-status", "right")
    expect(again.card(CHOICE).locator(".rm-warning")).to_be_empty()
    again.card(TEXT).locator("textarea").type(PERSON)
    again.card(TEXT).locator(".rm-main").click()
    expect(again.card(TEXT)).to_have_attribute("data-status", "saved")


TYPED = "Ніде ще не збережене речення."


def tile(words):
    return {CANVAS["tile"][0]["id"]: words}


def type_everywhere(book):
    """Type into a card of each kind while no kernel hears, and press its button."""
    chosen = right(CHOICE, book.answers)
    found = [(TEXT, TYPED), (CANVAS, tile(TYPED)), (NUMERIC, "12,5"), (CHOICE, chosen)]
    for exercise, answer in found:
        card = book.card(exercise)
        if exercise is CHOICE:
            card.locator(f'input[value="{answer}"]').check()
        else:
            card.locator("textarea, input").first.type(TYPED if exercise is CANVAS else answer)
        expect(card.locator(".rm-main")).to_be_disabled()
        expect(card.locator(".rm-warning")).to_have_text(text("card.dead", book.lang))
        expect(card.locator(".rm-kept")).to_have_text(text("card.in_browser", book.lang))
    return found


def is_back(book, found):
    for exercise, answer in found:
        expect(book.card(exercise)).to_have_attribute("data-status", "changed")
        assert read(book.card(exercise), exercise) == answer


def give_back(card):
    return card.locator(".rm-back")


@pytest.mark.parametrize("lang", ["uk", "ru"])
def test_what_was_typed_to_a_dead_kernel_is_there_after_running_all_cells(opened, lang):
    book = opened(lang, [TEXT, CANVAS, NUMERIC, CHOICE])
    book.lang = lang
    book.lose_kernel()
    found = type_everywhere(book)
    book.anew(book.run)
    is_back(book, found)
    for exercise, answer in found:
        book.until_kept(exercise, answer)
        expect(give_back(book.card(exercise))).to_be_hidden()
    book.card(TEXT).locator(".rm-main").click()
    expect(book.card(TEXT)).to_have_attribute("data-status", "saved")
    # Once the kernel has it, the browser has no copy.
    book.page.wait_for_function(
        "() => !Object.keys(localStorage).some((name) => name.startsWith('rm-'))"
    )


def test_what_was_typed_to_a_dead_kernel_is_there_after_a_reload(opened):
    book = opened("uk", [TEXT, CANVAS, NUMERIC, CHOICE])
    book.lang = "uk"
    book.save()
    book.lose_kernel()
    found = type_everywhere(book)
    for _ in range(4):
        book.open(book.name)
        if book.restored(4):
            break
    expect(book.card(TEXT).locator(".rm-warning")).to_have_text(text("card.dead", "uk"))
    is_back(book, found)
    book.anew(book.run)
    is_back(book, found)
    for exercise, answer in found:
        book.until_kept(exercise, answer)


def test_an_older_text_never_replaces_a_newer_one_but_is_offered(opened):
    book, newer = opened("uk", [TEXT, NUMERIC]), "Новіше речення, збережене в іншому вікні."
    book.lose_kernel()
    book.card(TEXT).locator("textarea").type(TYPED)
    book.card(NUMERIC).locator("input").type("12,5")
    record = Record(chapters()[TEXT.lesson], book.answers)
    record.write(TEXT.id, "answer", newer)
    assert NUMERIC.drawn and NUMERIC.lesson == TEXT.lesson
    record.write(NUMERIC.id, "reset")  # other numbers: 12,5 answers the former ones
    book.anew(book.run)
    card = book.card(TEXT)
    expect(card).to_have_attribute("data-status", "saved")
    assert read(card, TEXT) == newer
    assert read(book.card(NUMERIC), NUMERIC) == ""
    expect(give_back(book.card(NUMERIC))).to_be_hidden()

    expect(give_back(card)).to_have_text(text("card.give_back", "uk"))
    give_back(card).click()
    book.until_kept(TEXT, TYPED)
    assert read(card, TEXT) == TYPED
    give_back(card).click()
    assert read(card, TEXT) == newer, "the one that gave way can be had back as well"
    give_back(card).click()
    book.until_kept(TEXT, TYPED)
    card.locator(".rm-main").click()
    expect(card).to_have_attribute("data-status", "saved")
    expect(give_back(card)).to_be_hidden()


def test_another_tab_only_offers_what_was_typed_here(opened):
    book = opened("uk", [TEXT])
    book.lose_kernel()
    book.card(TEXT).locator("textarea").type(TYPED)
    other = type(book)(book.page.context.new_page(), book.lab).open(book.name).run()
    expect(give_back(other.card(TEXT))).to_be_visible()
    assert read(other.card(TEXT), TEXT) == ""
    give_back(other.card(TEXT)).click()
    assert read(other.card(TEXT), TEXT) == TYPED


def test_a_hint_does_not_bring_back_what_was_there_before(opened):
    exercise = next(one for one in (NUMERIC, CHOICE) if one.get("hint"))
    book = opened("uk", [exercise])
    card, answer = (
        book.card(exercise),
        "12,5" if exercise is NUMERIC else right(exercise, book.answers),
    )
    hint = card.get_by_role("button", name=text("card.hint", "uk"))
    if exercise is NUMERIC:
        card.locator("input").fill(answer)
    else:
        card.locator(f'input[value="{answer}"]').check()
    hint.dispatch_event("click")
    expect(card.locator(".rm-say")).to_have_count(1)
    assert read(card, exercise) == answer


def test_a_text_longer_than_can_be_kept_stays_on_screen(opened):
    book, words = opened("uk", [TEXT]), "слово " * 10_000
    card = book.card(TEXT)
    card.locator("textarea").fill(words)
    expect(card.locator(".rm-warning")).to_have_text(text("card.too_long", "uk"))
    assert read(card, TEXT) == words


def test_a_text_goes_on_after_the_sample_and_comes_back_after_starting_anew(opened):
    book = opened("uk", [TEXT])
    card = book.card(TEXT)
    area, save = card.locator("textarea"), card.locator(".rm-main")
    whole = " ".join(["слово"] * TEXT["words"][0])  # the sample waits for a whole text
    area.fill(whole)
    save.click()
    expect(card).to_have_attribute("data-status", "saved")
    card.get_by_role("button", name=text("card.model_answer", "uk")).click()
    expect(card.locator(".rm-feedback")).to_contain_text(text("card.model_answer", "uk"))
    area.press("ControlOrMeta+End")
    area.type(" І ще одне.")
    book.until_kept(TEXT, whole + " І ще одне.")
    expect(card.locator(".rm-feedback")).to_contain_text(text("card.ideas", "uk"))
    expect(save).to_be_enabled()
    save.click()
    expect(card).to_have_attribute("data-status", "saved")
    card.get_by_role("button", name=text("card.reset", "uk")).click()
    expect(card).to_have_attribute("data-status", "untouched")
    assert read(card, TEXT) == ""
    give_back(card).click()
    assert read(card, TEXT) == whole + " І ще одне."
    book.until_kept(TEXT, whole + " І ще одне.")
