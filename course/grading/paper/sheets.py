"""What an exam prints: question papers, answer sheets, the key by variant, who gets which."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from course import kinds
from course.credit import lines
from course.documents import (
    Blanks,
    Block,
    Document,
    Heading,
    Paragraph,
    Points,
    Run,
    Runs,
    Table,
    Together,
    cells,
    fit,
    paragraphs,
    plain,
    rich,
)
from course.documents import Part as Piece
from course.grading.keyfile import Key
from course.grading.paper import LETTERS, Question, dealt, forms, variant
from course.texts import NBSP, bold, number, text

_ABREAST = 4  # variants in one table of the key
_BOX, _GAP = "☐", NBSP * 4
_ABOVE: Runs = (Run(NBSP),)  # room for letters written by hand
_WIDE, _TALL = 75, 36  # letters of a line, lines of a page that is nearly full
_LINES, _PAGEFUL = 6, 24  # lines of writing for a tile, and those that one page has room for


def paper(key: Key, questions: Sequence[Question], n: int, lang: str) -> Document:
    """Return the question paper of one variant."""
    total = sum(question.points for question in questions)
    about = text("paper.about", lang, n=len(questions), points=total, shown=number(total, lang))
    blocks: list[Block] = [_who(lang)]
    limit = [text("paper.minutes", lang, n=key["minutes"])] if "minutes" in key else []
    said = (about, *limit, text("paper.where", lang), text("paper.same", lang))
    blocks.append(Points(tuple(rich(line) for line in said)))
    stories = set[str]()
    for question in questions:
        story = question.story(lang)
        if story and story not in stories:
            blocks += paragraphs(story)
        stories.add(story)
        asked = tuple(_asked(question, lang))
        # What is taller than a page must break; all else stays with its options.
        blocks += asked if _lines_of(asked) > _TALL else [Together(asked)]
    refs = {question.ref for question in questions}
    credits = [each for each in key.get("credits", ()) if refs & {*each["exercises"]}]
    blocks += [Paragraph(_verbatim(fit(line)), "note") for line in lines(credits, lang)]
    return Document(_title("title", key, n, lang), lang, tuple(blocks))


def sheet(key: Key, questions: Sequence[Question], n: int, lang: str) -> Document:
    """Return the answer sheet of one variant: it tells nothing but how to answer."""
    marked = [question for question in questions if question.form != "words"]
    blocks: list[Block] = [_who(lang)]
    if marked:
        blocks.append(Paragraph(rich(text("paper.marking", lang)), "note"))
        rows = tuple(
            ((rich(str(question.number)),), _ROOMS[question.form](question, lang))
            for question in marked
        )
        head = cells(text("paper.number", lang), text("paper.answer", lang))
        blocks.append(Table(head, rows, (1, 12)))
    for question in questions:
        if question.form == "words":
            blocks += _lines(question, lang)
    return Document(_title("sheet", key, n, lang), lang, tuple(blocks))


def answer_key(key: Key, variants: Mapping[int, Sequence[Question]], lang: str) -> Document:
    """Return the right answers by variant, for the lecturer alone."""
    blocks: list[Block] = [Paragraph(rich(text("paper.key_about", lang)), "note")]
    numbers = list(variants)
    for start in range(0, len(numbers), _ABREAST):
        abreast = numbers[start : start + _ABREAST]
        shown = [f"{text('paper.variant', lang)} {n}" for n in abreast]
        rows = tuple(
            _keyed([variants[n][at] for n in abreast], lang)
            for at, _ in enumerate(variants[abreast[0]])
        )
        head = cells(text("paper.number", lang), *shown)
        blocks.append(Table(head, rows, (3, *[2] * len(abreast)), named=False))
    return Document(text("paper.keys", lang, title=key["title"][lang]), lang, tuple(blocks))


def _keyed(questions: Sequence[Question], lang: str) -> tuple[tuple[Runs, ...], ...]:
    """Return the row of one place in the exam: where variants differ, each cell names its own."""
    refs = dict.fromkeys(question.ref for question in questions)
    head = f"{questions[0].number}." + (f" {questions[0].ref}" if len(refs) == 1 else "")
    rights = [rich(_right(question, lang)) for question in questions]
    if len(refs) == 1:
        return ((rich(head),), *((right,) for right in rights))
    named = zip(questions, rights, strict=True)
    return ((rich(head),), *((rich(question.ref), right) for question, right in named))


def dealing(key: Key, lang: str) -> Document:
    """Return who on the roster gets which variant, to be read at the door."""
    names = ("number", "name", "group", "student", "variant")
    rows = tuple(
        tuple(
            (_verbatim(words),)
            for words in (str(at), name, group, student, str(dealt(key, student)))
        )
        for at, (student, name, group, _) in enumerate(key["roster"], 1)
    )
    head = cells(*(text(f"paper.{name}", lang) for name in names))
    table = Table(head, rows, (1, 6, 2, 3, 2), named=False)
    return Document(text("paper.dealt", lang, title=key["title"][lang]), lang, (table,))


def papers(key: Key, langs: Sequence[str]) -> Iterator[tuple[str, Document]]:
    """Yield every page to print under its path in the folder, without its ending."""
    variants = {n: variant(key, n) for n in range(1, key["paper"]["variants"] + 1)}
    for lang in langs:
        for n, questions in variants.items():
            stem = f"print/{key['id']}-{n}-{lang}"
            yield stem, paper(key, questions, n, lang)
            yield f"{stem}-answers", sheet(key, questions, n, lang)
        yield f"private/key-{lang}", answer_key(key, variants, lang)
        if key["paper"]["by"] == "roster":
            yield f"print/{key['id']}-variants-{lang}", dealing(key, lang)


def _verbatim(words: str) -> Runs:
    """Return words of somebody else as they stand: no sign in them means anything."""
    return (Run(words),)


def _title(name: str, key: Key, n: int, lang: str) -> str:
    return text(f"paper.{name}", lang, title=key["title"][lang], n=n)


def _who(lang: str) -> Table:
    """Return room for whose sheet it is."""
    labels = ("name", "group", "student")
    rows = tuple(((rich(text(f"paper.{label}", lang)),), ()) for label in labels)
    return Table((), rows, (1, 2), named=False)


def _asked(question: Question, lang: str) -> Iterator[Piece]:
    """Yield a question as it is printed; nothing here knows the key."""
    shown = number(question.points, lang)
    lead = text("paper.question", lang, n=question.number, points=question.points, shown=shown)
    yield Heading((Run(lead),), 2)
    yield from paragraphs(question.telling(lang).say("prompt"))
    if how := _how(question, lang):
        yield Paragraph(rich(how), "note")
    for part in question.parts(lang):
        if part.name == "tiles":
            tiles = (f"{bold(each['title'])} {each['help']}" for each in part.entries)
            yield Points(tuple(rich(words) for words in tiles))
            continue
        items = tuple(rich(each["text"]) for each in part.entries)
        numbered = tuple(f"{at}." for at in range(1, len(items) + 1))
        lettered = tuple(LETTERS[: len(items)])
        yield Points(items, "sign", numbered if part.name == "rows" else lettered)


def _lines_of(pieces: Sequence[Piece]) -> int:
    """Return about how many lines blocks of words take."""
    said = [plain(each.runs) for each in pieces if isinstance(each, Heading | Paragraph)]
    lists = [each.items for each in pieces if isinstance(each, Points)]
    said += [plain(item) for items in lists for item in items]
    return sum(1 + len(words) // _WIDE for words in said)


def _how(question: Question, lang: str) -> str:
    """Return how a question is answered, as its card would say."""
    if question.form == "words":
        words = question.shown.get("words")
        return text("paper.words", lang, least=words[0], most=words[1]) if words else ""
    if question.form == "number":
        kind = kinds.kind(question.entry["kind"])
        return str(kind.controls(question.shown, lang)["digits"])
    return text(f"paper.how.{question.form}", lang)


def _boxes(question: Question, lang: str) -> tuple[Runs, ...]:
    return (_row(question),)


def _row(question: Question, lead: str = "") -> Runs:
    runs = [Run(f"{lead}{NBSP}{NBSP}")] if lead else []
    for letter in question.letters:
        runs += [Run(letter, "bold"), Run(f"{NBSP}{_BOX}{_GAP} ")]
    return tuple(runs)


def _places(question: Question, lang: str) -> tuple[Runs, ...]:
    blank = "_" * 5
    return _ABOVE, (Run(f" {NBSP}→{NBSP} ".join([blank] * len(question.letters))),)


def _rows(question: Question, lang: str) -> tuple[Runs, ...]:
    return tuple(_row(question, f"{at}.") for at in range(1, len(question.rows) + 1))


def _figure(question: Question, lang: str) -> tuple[Runs, ...]:
    unit = (question.shown.get("unit") or {}).get(lang, "")
    return _ABOVE, (Run(f"{'_' * 24} {unit}".rstrip()),)


_ROOMS: Mapping[str, Callable[[Question, str], tuple[Runs, ...]]] = {
    "letter": _boxes,
    "letters": _boxes,
    "order": _places,
    "pairs": _rows,
    "classes": _rows,
    "number": _figure,
}


def _lines(question: Question, lang: str) -> Iterator[Block]:
    """Yield room to write."""
    lead = Heading((Run(text("paper.written", lang, n=question.number)),), 2)
    tiles = [each for part in question.parts(lang) for each in part.entries]
    if tiles:
        rows = tuple(((rich(each["title"]),), ()) for each in tiles)
        yield from (lead, Table((), rows, (1, 4), _LINES))
        return
    lines = Blanks(kinds.kind(question.entry["kind"]).blanks(question.shown))
    yield from (Together((lead, lines)),) if lines.count <= _PAGEFUL else (lead, lines)


def _right(question: Question, lang: str) -> str:
    return forms.right(question, lang) or text("paper.by_hand", lang)
