"""Moodle XML, as question/format/xml/format.php of Moodle 3 and 4 writes it."""

import re
from collections.abc import Callable, Iterator
from xml.etree.ElementTree import Element

from course.grading import GradingError
from course.grading.imports import _text, _xml
from course.grading.imports.question import Choice, Number, Question
from course.texts import DASH, LANGS, bold, text

NAME, ABOUT = "moodle", "Moodle XML"
_DESCRIBED = "its description"
_HTML = {"html", "moodle_auto_format", None, ""}
# What Moodle says by itself is no feedback of an author.
_USUAL = re.compile(
    r"Your answer is (partially )?(in)?correct\.|Ваша відповідь (частково )?(не)?правильна\.?|"
    r"Ваш ответ (частично )?(не)?(правильный|верный)\.?"
)
_COMBINED = ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback")
_TYPES = {
    "cloze": "gaps within a text",
    "multianswer": "Cloze: gaps within a text",
    "gapselect": "gaps with words to select",
    "ddwtos": "words to drag into a text",
    "ddimageortext": "dragging onto a picture",
    "ddmarker": "markers on a picture",
    "calculated": "a formula with drawn numbers; write it as kind numeric with parameters",
    "calculatedmulti": "options with drawn numbers",
    "calculatedsimple": "a formula with drawn numbers; write it as kind numeric with parameters",
    "description": "it asks nothing",
    "random": "a place for a question drawn from a category",
    "randomsamatch": "matching drawn from short answers",
}


def takes(name: str, data: bytes) -> bool:
    """Tell whether a file is XML."""
    return data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<" or data[:4] in (
        b"\xff\xfe<\0",
        b"\xfe\xff\0<",
    )


def read(name: str, data: bytes) -> tuple[list[Question], list[str]]:
    """Return the questions of a file, and what to say of the whole."""
    root = _xml.parse(data, name)
    if root.tag != "quiz":
        said = f"the root is <{root.tag}>, not <quiz>; in Moodle choose Export, Moodle XML format"
        raise GradingError(f"{name}: {said}")
    questions, category, notes = list[Question](), tuple[str, ...](), list[str]()
    whose, described = "", set[str]()
    languages = {text("moodle.language", lang): lang for lang in LANGS}
    for entry in root.findall("question"):
        if entry.get("type") == "category":
            category = _text.category(_text.clean(entry.findtext("category/text") or ""))
            whose = _words(entry.find("info"), [])
            described |= {whose} - {""}
            notes += [] if category and category[0] in languages else _of_category(entry, category)
            continue
        question = _question(entry, len(questions) + 1)
        question.category, question.whose = category, whose
        question.lang = languages.get(category[0], "") if category else ""
        if question.lang:
            question.category = category[1:]
            if whose and "tags" in question.lost:  # our own, which say no more
                question.lost.remove("tags")
            _ours(question, question.lang)
        questions.append(question)
    if len(described) == 1:  # then it is told in [about]
        notes = [note for note in notes if _DESCRIBED not in note]
    return questions, notes


def _of_category(entry: Element, category: tuple[str, ...]) -> Iterator[str]:
    """Yield what a category says besides its name; a topic has nothing else."""
    where = f"line {entry.get('line')}: category {'/'.join(category)[:60]!r}"
    named = {
        _DESCRIBED: _words(entry.find("info"), []),
        "its ID number": _text.clean(entry.findtext("idnumber") or ""),
    }
    for what, said in named.items():
        if said.strip():
            yield f"{where}: lost: {what} {' '.join(said.split())[:60]!r}"


def _question(entry: Element, number: int) -> Question:
    question = Question(int(entry.get("line", 0)), str(number))
    lost = question.lost
    question.name = " ".join(_text.clean(entry.findtext("name/text") or "").split()) or str(number)
    question.prompt = _words(entry.find("questiontext"), lost)
    question.solution = _words(entry.find("generalfeedback"), lost)
    question.points = _float(entry, "defaultgrade", 1)
    question.hints = [said for hint in entry.findall("hint") if (said := _words(hint, lost))]
    _common(entry, question)
    name = entry.get("type", "")
    if name not in _READERS:
        about = f": {_TYPES[name]}" if name in _TYPES else ""
        question.left_out = f"no exercise is of Moodle's type {name[:40]}{about}"
    elif not question.prompt:
        question.left_out = "its text is empty"
    else:
        _READERS[name](entry, question)
    return question


def _common(entry: Element, question: Question) -> None:
    """Read what most types have, and say what of it has no place here."""
    lost = question.lost
    if entry.findtext("hidden") == "1":
        _text.note(lost, "it was hidden in Moodle, here it is not")
    penalty = _float(entry, "penalty", 0)
    if penalty:
        _text.note(lost, f"{100 * penalty:.0f} % off for each wrong try")
    if entry.findtext("tags/tag/text"):
        _text.note(lost, "tags")
    own = (entry.findtext("idnumber") or "").strip()
    if own and own not in (f"{question.name} {lang}" for lang in LANGS):
        _text.note(lost, f"the ID number {own[:60]!r}")
    question.shuffle = _flag(entry, "shuffleanswers", True)
    right, partly, wrong = (_words(entry.find(name), lost) for name in _COMBINED)
    question.right, question.wrong = (
        "" if _USUAL.fullmatch(said) else said for said in (right, wrong)
    )
    if partly and partly != wrong and not _USUAL.fullmatch(partly):
        _text.note(lost, "what is said of a partly right answer")


def _choices(entry: Element, question: Question) -> None:
    question.type = "choice" if _flag(entry, "single", True) else "multi"
    for answer in entry.findall("answer"):
        words, why = _words(answer, question.lost), _words(answer.find("feedback"), question.lost)
        question.choices.append(Choice(words, _share(answer), why))


def _truth(entry: Element, question: Question) -> None:
    question.type = "true"
    shares = {"true": Choice("", 0), "false": Choice("", 0)}
    for answer in entry.findall("answer"):
        name = (answer.findtext("text") or "").strip().lower()
        why = _words(answer.find("feedback"), question.lost)
        if name in shares:
            shares[name] = Choice("", _share(answer), why)
    question.choices = list(shares.values())
    for choice in question.choices:
        if choice.share > 0:
            question.right = question.right or choice.why
        else:
            question.wrong = question.wrong or choice.why


def _match(entry: Element, question: Question) -> None:
    question.type = "match"
    for part in entry.findall("subquestion"):
        option = _text.clean(part.findtext("answer/text") or "")
        option = option.replace("&lt;", "<").replace("&gt;", ">")  # so the exporter wrote them
        stem = _words(part, question.lost)
        question.pairs.append((stem, " ".join(re.split("[ \t\n]+", option)).strip(" ")))


def _numbers(entry: Element, question: Question) -> None:
    question.type = "numeric"
    for answer in entry.findall("answer"):
        why, within = _words(answer.find("feedback"), question.lost), _float(answer, "tolerance", 0)
        wide = (answer.findtext("tolerance") or "0").strip()
        if not within and not re.fullmatch(r"[+-]?0*\.?0*", wide):
            _text.note(question.lost, f"its tolerance {wide[:20]!r}: here it is ±0")
        value = (answer.findtext("text") or "").strip().replace(",", ".")
        question.numbers.append(Number(value, abs(within), _share(answer), why))
    for unit in entry.findall("units/unit"):
        name = _text.clean(unit.findtext("unit_name") or "").strip()
        if not question.unit and _float(unit, "multiplier", 1) == 1:
            question.unit = name
        else:
            _text.note(question.lost, f"the unit {name[:40]!r}")
    if _float(entry, "unitgradingtype", 0):
        _text.note(question.lost, "points off for a wrong unit")


def _short(entry: Element, question: Question) -> None:
    question.type = "short"
    for answer in entry.findall("answer"):
        why = _words(answer.find("feedback"), question.lost)
        words = _text.plain(_text.clean(answer.findtext("text") or ""), question.lost)
        question.choices.append(Choice(words, _share(answer), why))
    if _flag(entry, "usecase", False):
        _text.note(question.lost, "capital letters counted")


def _essay(entry: Element, question: Question) -> None:
    question.type = "text"
    question.grader = _words(entry.find("graderinfo"), question.lost)
    least, most = (int(_float(entry, f"{name}wordlimit", 0)) for name in ("min", "max"))
    question.words = max(1, least), most if most > max(1, least) else max(300, 2 * least)
    if entry.findtext("responsetemplate/text"):
        _text.note(question.lost, "the text that an answer begins with")
    if _float(entry, "attachments", 0):
        _text.note(question.lost, "files that a student may attach")
    if entry.findtext("responseformat") == "noinline":
        question.left_out = "it takes files only, and an exercise takes words"


def _order(entry: Element, question: Question) -> None:
    question.type = "order"
    question.items = [_words(answer, question.lost) for answer in entry.findall("answer")]
    if any(_words(answer.find("feedback"), question.lost) for answer in entry.findall("answer")):
        _text.note(question.lost, "what is said of each of its items")
    if (entry.findtext("gradingtype") or "").strip() not in ("RELATIVE_ALL_PREVIOUS_AND_NEXT", "4"):
        said = "its own way of counting partly right orders; here it is pairs in the right order"
        _text.note(question.lost, said)
    if (entry.findtext("selecttype") or "ALL").strip() not in ("ALL", "0"):
        _text.note(question.lost, "a part of its items was shown; here it is all of them")


_READERS: dict[str, Callable[[Element, Question], None]] = {
    "multichoice": _choices,
    "truefalse": _truth,
    "matching": _match,
    "match": _match,
    "numerical": _numbers,
    "shortanswer": _short,
    "essay": _essay,
    "ordering": _order,
}


def _words(element: Element | None, lost: list[str]) -> str:
    """Return the text of an element in its format; its files are lost."""
    if element is None:
        return ""
    files = [str(file.get("name")) for file in element.findall("file")]
    if files:
        _text.note(lost, f"the file {', '.join(files)[:80]}")
    words, form = _text.clean(element.findtext("text") or ""), element.get("format")
    return _text.from_html(words, lost) if form in _HTML else _text.plain(words, lost)


def _float(element: Element, name: str, usual: float) -> float:
    """Return a number of Moodle's; the usual one where there is none."""
    words = (element.findtext(name) or "").strip()
    return float(words) if re.fullmatch(r"[+-]?\d{1,15}(\.\d*)?(e-?\d\d?)?", words) else usual


def _share(answer: Element) -> float:
    words = answer.get("fraction", "0").strip()
    return float(words) if re.fullmatch(r"[+-]?\d{1,9}(\.\d*)?(e-?\d\d?)?", words) else 0.0


def _flag(element: Element, name: str, usual: bool) -> bool:
    words = element.findtext(name)
    return usual if words is None else words.strip().lower() in ("1", "true", "")


def _ours(question: Question, lang: str) -> None:
    """Take apart the paragraphs that ``course export questions`` put together."""
    unit = _pattern("moodle.unit", lang, "unit")
    digits = {text(f"card.digits_{count}", lang): count for count in range(5)}
    asked, kept = {text("moodle.number", lang), text("moodle.point", lang)}, list[str]()
    for line in question.prompt.split("\n"):
        if line in digits and question.type == "numeric":
            question.digits = digits[line]
        elif measured := unit.fullmatch(line):
            question.unit = measured[1]
        elif line not in asked:
            kept.append(line)
    question.prompt = "\n".join(kept)
    lines = list[str]()
    for line in question.solution.split("\n"):
        for stem, _ in question.pairs:
            head = f"{bold(stem)} "
            if stem and line.startswith(head):
                question.whys[stem] = line.removeprefix(head)
                break
            # so an earlier version wrote a stem with bold words of its own
            head, bare = f"{stem} ".replace("**", ""), line.replace("**", "")
            if stem and line.startswith("**") and bare.startswith(head):
                question.whys[stem] = bare.removeprefix(head)
                break
        else:
            lines.append(line)
    question.solution = "\n".join(lines)
    question.wrong = _see(question, question.wrong, lang)
    question.numbers = [
        number._replace(why=_see(question, number.why, lang)) if number.value == "*" else number
        for number in question.numbers
    ]
    _graded(question, lang)


def _see(question: Question, said: str, lang: str) -> str:
    """Return what is said without its last line, where that tells what to reread."""
    words, _, last = said.rpartition("\n")
    if heading := _pattern("card.see", lang, "title").fullmatch(last):
        question.see = heading[1]
        return words
    return said


def _graded(question: Question, lang: str) -> None:
    """Give what stands before a marker back to the exercise: ideas, solution, what is said."""
    leads = {
        text("moodle.ideas", lang): "ideas",
        text("card.model_answer", lang): "solution",
        text("lead.right", lang): "right",
        text("lead.wrong", lang): "wrong",
        text("card.hint", lang): "hints",
    }
    field, kept = "", dict[str, list[str]]()
    for line in question.grader.split("\n"):
        head = re.match(r"\*\*(.+?)\.?\*\* ?", line)
        name = leads.get(head[1]) if head else None
        if head and name:
            field, line = name, line[head.end() :]
        elif head and field == "ideas":  # a criterion of a rubric
            _text.note(question.lost, "the rubric: its lines stand among the ideas")
        if line:
            kept.setdefault(field, []).append(line.removeprefix(f"{DASH[lang]} "))
    if set(kept) - {""}:
        question.ideas, question.hints = kept.get("ideas", []), kept.get("hints", [])
        question.solution, question.right, question.wrong = (
            "\n".join(kept.get(name, ())) for name in ("solution", "right", "wrong")
        )
        question.grader = "\n".join(kept.get("", ()))


def _pattern(key: str, lang: str, name: str) -> re.Pattern[str]:
    """Return what an interface sentence with one gap looks like."""
    return re.compile(re.escape(text(key, lang, **{name: "\0"})).replace("\0", "(.+)"))
