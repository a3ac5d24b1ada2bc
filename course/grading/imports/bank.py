"""Questions to an ``exercises.toml``: what each becomes, what is lost, what is left to fill."""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from course.credit import LONGEST
from course.grading.imports import _text
from course.grading.imports.question import Number, Question
from course.kinds.numeric import LARGEST, close, parse_number, tolerance
from course.texts import DASH, LANGS, text

PARTS = 100  # options, rows or items of one question
FILL = "fill"  # the remark at the end of a line that a lecturer should write anew
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_NAMES = {"uk": "Ukrainian", "ru": "Russian"}
_OWN = {"uk": "іїєґ", "ru": "ыэъё"}  # letters that the other language has not


class Loss(NamedTuple):
    """What did not come over: of which question, in which line, and what."""

    line: int
    name: str
    said: str


class LeftOut(Exception):
    """Why a question cannot become an exercise."""


@dataclass
class Bank:
    """An ``exercises.toml``: its text, and what to say of it."""

    toml: str = ""
    made: int = 0
    fills: int = 0
    losses: list[Loss] = field(default_factory=list)


class _Entry:
    """One exercise while it is written."""

    def __init__(self, question: Question, lang: str, name: str) -> None:
        self.question, self.lang, self.fills = question, lang, 0
        self.lines = [f"# {question.name}", "[[exercise]]", f"id = {_string(name)}"]

    def raw(self, field: str, value: object) -> None:
        """Write a number, a flag or a list."""
        self.lines.append(f"{field} = {json.dumps(value)}")

    def string(self, field: str, words: str) -> None:
        """Write words that have no language."""
        self.lines.append(f"{field} = {_string(words)}")

    def say(self, field: str, words: str, usual: str = "", **values: str) -> None:
        """Write a text; the usual one in place of what is missing, marked to be written anew."""
        remark = ""
        if not words.strip():
            words, remark = text(f"imports.{usual}", self.lang, **values), f"  # {FILL}"
            self.fills += 1
        self.lines.append(f"{field}.{self.lang} = {_string(words)}{remark}")

    def part(self, name: str) -> None:
        """Begin a part of a list."""
        self.lines.append(f"[[exercise.{name}]]")


def write(questions: Iterable[Question], lang: str, origin: str = "") -> Bank:
    """Return the exercises that questions become.

    Parameters
    ----------
    questions : list of Question
    lang : {"uk", "ru"}
        The language they are written in: a bank that comes from elsewhere has one.
    origin : str
        The name of their file.
    """
    questions = [*questions]
    bank, taken, topics, entries = Bank(), set[str](), dict[str, str](), list[str]()
    for count, question in enumerate(questions, 1):
        try:
            _sound(question, lang)
            entry = _Entry(question, lang, _name(question, count, taken))
            _exercise(entry, topics)
        except LeftOut as reason:
            bank.losses.append(Loss(question.line, question.name, f"left out: {reason}"))
            continue
        entries.append("\n".join(entry.lines))
        bank.fills += entry.fills
        said = (f"lost: {what}" for what in question.lost)
        bank.losses += [Loss(question.line, question.name, what) for what in said]
    about = _about(questions, lang, origin)
    head = ["[lesson]", "number = 90", 'slug = "own"', "minutes = 30", f'languages = ["{lang}"]']
    head.append(f"title.{lang} = {_string(text('imports.title', lang))}")
    tables = [
        f"[[topic]]\nid = {_string(name)}\ntext.{lang} = {_string(words)}"
        for words, name in topics.items()
    ]
    bank.made, bank.toml = (
        len(entries),
        "\n\n".join([about, "\n".join(head), *tables, *entries]) + "\n",
    )
    return bank


def _about(questions: Iterable[Question], lang: str, origin: str) -> str:
    """Return what the file says of itself; authors and licence are for the lecturer to write."""
    taken = [each for each in questions if each.lang in ("", lang)]
    categories = {each.category[0] for each in taken if each.category}
    said = {each.whose for each in taken if each.whose}
    (category,) = categories if len(categories) == 1 else ("",)
    (whose,) = said if len(said) == 1 else ("",)
    (other,) = (each for each in LANGS if each != lang)
    named = (_line(category), _line(origin.rpartition(".")[0]), text("imports.title", lang))
    title = next(each for each in named if each and not re.search(f"[{_OWN[other]}]", each, re.I))
    source = f" {DASH[lang]} ".join(filter(None, (_line(origin), _line(whose or category))))
    lines = ["[about]", f"title.{lang} = {_string(title)}"]
    lines += [f"source = {_string(_line(source))}"] * bool(source)
    lines.append('# authors = ["…"]             # who wrote the questions, each name in quotes')
    lines.append('# licence = "CC-BY-SA-4.0"    # on what terms; both before you share them')
    return "\n".join(lines)


def _line(words: str) -> str:
    """Return words as `[about]` holds them: one line, no signs that nobody sees."""
    seen = "".join(sign if sign.isprintable() else " " for sign in words)
    return " ".join(seen.split())[:LONGEST].strip()


def language(questions: Iterable[Question]) -> str:
    """Return the language that most questions are written in, by the letters the other has not.

    >>> language([Question(1, "1", prompt="Кто делает первый шаг? Мы, а не они.")])
    'ru'
    """
    counts = dict.fromkeys(LANGS, 0)
    for question in questions:
        for lang in LANGS:
            counts[lang] += question.lang == lang or _spelt(question, lang)
    return max(LANGS, key=lambda lang: counts[lang])


def _spelt(question: Question, lang: str) -> bool:
    words = " ".join([question.prompt, *(choice.text for choice in question.choices)])
    return bool(re.search(f"[{_OWN[lang]}]", words, re.I))


def _sound(question: Question, lang: str) -> None:
    """Refuse a question that is none, or is in the other language."""
    (other,) = (each for each in LANGS if each != lang)
    foreign = _spelt(question, other) and not _spelt(question, lang)
    if question.lang == other or (not question.lang and foreign):
        raise LeftOut(f"it is in {_NAMES[other]}; import the file again with --lang {other}")
    if question.left_out:
        raise LeftOut(question.left_out)


def _name(question: Question, count: int, taken: set[str]) -> str:
    """Return an id: the question's name where it can be one, else its number."""
    last = question.name.rsplit("/", 1)[-1].lower()
    slug = re.sub("[^a-z0-9]+", "-", last).strip("-")[:60] if last.isascii() else ""
    name = base = slug if re.match("[a-z]", slug) else f"q-{slug or count}"
    again = 1
    while name in taken:
        again += 1
        name = f"{base}-{again}"
    taken.add(name)
    return name


def _exercise(entry: _Entry, topics: dict[str, str]) -> None:
    question = entry.question
    kind, body = _TYPES[question.type](question, entry.lang)
    entry.string("kind", kind)
    points = question.points
    if not 0 < points <= 100:
        _text.note(question.lost, f"{points:g} points: an exercise has more than 0, at most 100")
        points = min(max(points, 1), 100)
    entry.raw("points", int(points) if points == int(points) else points)
    topic = " ".join(question.category[-1].split()) if question.category else ""
    (other,) = (each for each in LANGS if each != entry.lang)
    if topic and re.search(f"[{_OWN[other]}]", topic, re.I):
        _text.note(question.lost, f"its category {topic[:60]!r} is in {_NAMES[other]}")
    elif topic:
        entry.raw("covers", [topics.setdefault(topic, f"topic-{len(topics) + 1}")])
    body(entry)
    for hint in question.hints:
        entry.part("hint")
        entry.lines.append(f"{entry.lang} = {_string(hint)}")


def _told(entry: _Entry, answer: str) -> None:
    """Write the texts that every exercise a program marks has."""
    question = entry.question
    entry.say("prompt", question.prompt)
    entry.say("right", question.right, "right")
    entry.say("wrong", question.wrong, "wrong")
    entry.say("solution", question.solution, "solution", answer=answer.rstrip(". "))
    if question.see:
        entry.say("see", question.see)


_Body = Callable[[_Entry], None]


def _choice(question: Question, lang: str) -> tuple[str, _Body]:
    best = max((choice.share for choice in question.choices), default=0)
    right = [choice for choice in question.choices if choice.share == best]
    if best <= 0 or len(right) != 1:
        raise LeftOut(f"{len(right) if best > 0 else 0} options are right, and one must be")
    if best < 99.99:
        _text.note(question.lost, f"its best option earned {best:g} %, here all")
    for choice in question.choices:
        if choice.share and choice is not right[0]:
            _text.note(question.lost, f"{choice.share:g} % for {_short(choice.text)}, here nothing")
    return "choice", lambda entry: _options(entry, {right[0].text})


def _multi(question: Question, lang: str) -> tuple[str, _Body]:
    right = [choice for choice in question.choices if choice.share > 0]
    wrong = [choice for choice in question.choices if choice.share <= 0]
    if not right or not wrong:
        raise LeftOut("needs at least one right and one wrong option")
    wanted = [100 / len(right)] * len(right) + [-100 / len(wrong)] * len(wrong)
    listed = [choice.share for choice in (*right, *wrong)]
    if any(abs(share - want) > 0.01 for share, want in zip(listed, wanted, strict=True)):
        earns = f"here each right one earns {wanted[0]:.4g} %, each wrong one {wanted[-1]:.4g} %"
        weights = ", ".join(f"{choice.share:g}" for choice in question.choices)
        _text.note(question.lost, f"the weights {weights} of its options: {earns}")
    return "multi", lambda entry: _options(entry, {choice.text for choice in right})


def _options(entry: _Entry, right: set[str]) -> None:
    question = entry.question
    _apart([choice.text for choice in question.choices])
    only = [choice.why for choice in question.choices if choice.text in right]
    if len(only) == 1 and not question.right:
        question.right, moved = only[0], True
    else:
        moved = False
    _told(entry, "; ".join(c.text for c in question.choices if c.text in right))
    if not question.shuffle:
        entry.raw("shuffle", False)
    for count, choice in enumerate(question.choices):
        entry.part("option")
        entry.string("id", _letter(count))
        entry.say("text", choice.text)
        if choice.text in right:
            entry.raw("right", True)
            if choice.why and not moved:
                entry.say("why", choice.why)
        else:
            entry.say("why", choice.why, "why")


def _true(question: Question, lang: str) -> tuple[str, _Body]:
    words = [text(f"imports.{name}", lang) for name in ("true", "false")]
    question.choices = [
        choice._replace(text=said, why="" if choice.share > 0 else question.wrong)
        for choice, said in zip(question.choices, words, strict=True)
    ]
    question.shuffle = False
    return _choice(question, lang)


def _match(question: Question, lang: str) -> tuple[str, _Body]:
    options = list(dict.fromkeys(option for _, option in question.pairs))
    rows = [(stem, option) for stem, option in question.pairs if stem]
    if len(rows) < 2 or len(options) < 2:
        raise LeftOut("needs two rows and two options")
    _apart([stem for stem, _ in rows])
    _apart(options)
    used = [option for _, option in rows]
    kind = "match" if len(set(used)) == len(used) else "classify"

    def body(entry: _Entry) -> None:
        _told(entry, "; ".join(f"{stem} → {option}" for stem, option in rows))
        if not question.shuffle:
            entry.raw("shuffle", False)
        for count, option in enumerate(options):
            entry.part("option")
            entry.string("id", _letter(count))
            entry.say("text", option)
        for count, (stem, option) in enumerate(rows, 1):
            entry.part("row")
            entry.string("id", f"row-{count}")
            entry.string("key", _letter(options.index(option)))
            entry.say("text", stem)
            entry.say("why", question.whys.get(stem, ""), "row")

    return kind, body


def _order(question: Question, lang: str) -> tuple[str, _Body]:
    if len(question.items) < 3:
        raise LeftOut("an order needs three items")
    _apart(question.items)

    def body(entry: _Entry) -> None:
        _told(entry, " → ".join(question.items))
        for count, item in enumerate(question.items):
            entry.part("item")
            entry.string("id", _letter(count))
            entry.say("text", item)

    return "order", body


def _numeric(question: Question, lang: str) -> tuple[str, _Body]:
    numbers = [number for number in question.numbers if number.value != "*"]
    for number in numbers:
        if not re.fullmatch(
            r"[+-]?(\d{1,20}\.?\d{0,20}|\.\d{1,20})(e[+-]?\d)?", number.value, re.I
        ):
            raise LeftOut(f"{number.value[:30]!r} is no plain number")
    full = [number for number in numbers if number.share >= 99.99]
    if not full:
        raise LeftOut("no number earns all of its points")
    truth = full[0]
    value = float(truth.value)
    digits = question.digits if question.digits is not None else _digits(truth)
    own = _within(truth, digits)
    if own is None and not _same(tolerance(value, digits), truth.within):
        said = f"its tolerance ±{truth.within:g}: here it is ±{tolerance(value, digits):.4g}"
        _text.note(question.lost, said)
    slips = _slips(
        question, numbers, truth, lambda number: close(float(number.value), value, digits, own)
    )
    question.right = question.right or truth.why
    rest = [number for number in question.numbers if number.value == "*"]
    if rest:
        question.wrong = question.wrong or rest[0].why
        if rest[0].share > 0:
            _text.note(question.lost, f"{rest[0].share:g} % for any number")
    if re.search(r"\{\w+\}", " ".join(_texts(question, slips))):
        raise LeftOut("a word in braces would be the name of a drawn number; write it otherwise")

    def body(entry: _Entry) -> None:
        entry.raw("digits", digits)
        if own is not None:
            entry.raw("within", int(own) if own == int(own) else own)
        entry.string("answer", _exact(truth.value))
        if question.unit:
            entry.say("unit", question.unit)
        _told(entry, " ".join(filter(None, (truth.value.replace(".", ","), question.unit))))
        for slip in slips:
            entry.part("slip")
            entry.string("answer", _exact(slip.value))
            entry.say("why", slip.why, "slip")

    return "numeric", body


def _slips(
    question: Question, numbers: list[Number], truth: Number, near: Callable[[Number], bool]
) -> list[Number]:
    """Return the wrong numbers with words of their own; what is near the right one is lost."""
    slips = list[Number]()
    for number in numbers:
        if number is truth or len(slips) == PARTS:
            continue
        if near(number) or number.share > 0:
            _text.note(question.lost, f"{number.share:g} % for {number.value} ± {number.within:g}")
        if not near(number) and number.share < 99.99:
            slips.append(number)
    return slips


def _same(one: float, other: float) -> bool:
    return abs(one - other) <= 1e-6 * max(one, other)


def _within(number: Number, digits: int) -> float | None:
    """Return how far off an answer may lie, where that is not the usual.

    None, too, where the number has more decimals than are asked for: its own rounding would be
    wrong.

    >>> _within(Number("1250", 5, 100), 0), _within(Number("7", 0, 100), 0)
    (5, 0)
    >>> _within(Number("3", 0.5, 100), 0), _within(Number("3.14159", 0, 100), 4)
    (None, None)
    """
    value, within = float(number.value), number.within
    usual = _same(tolerance(value, digits), within)
    sound = within <= LARGEST and close(round(value, digits), value, digits, within)
    return within if sound and not usual else None


def _texts(question: Question, slips: list[Number]) -> list[str]:
    said = [question.prompt, question.right, question.wrong, question.solution, *question.hints]
    return [*said, *(slip.why for slip in slips)]


def _digits(number: Number) -> int:
    """Return how many decimals to ask for: the fewest whose usual tolerance is the one wanted.

    Without such it is as many as the number has, and the exercise says its tolerance.

    >>> _digits(Number("12.5", 0.0625, 100)), _digits(Number("3", 0.5, 100))
    (1, 0)
    """
    value = float(number.value)
    exponent = Decimal(number.value).normalize().as_tuple().exponent
    written = min(4, max(0, -exponent if isinstance(exponent, int) else 0))
    usual = (n for n in range(written, 5) if _same(tolerance(value, n), number.within))
    return next(usual, written)


def _shortanswer(question: Question, lang: str) -> tuple[str, _Body]:
    full = [choice for choice in question.choices if choice.share >= 99.99]
    values = {parse_number(choice.text) for choice in full}
    (value,) = values if len(values) == 1 else (None,)
    if value is not None and len(full) == len(question.choices):
        _text.note(question.lost, "it compared typed words; here it is a number")
        question.numbers = [Number(_exact(repr(value)), 0, 100, full[0].why)]
        return _numeric(question, lang)
    if not full:
        raise LeftOut("no answer earns all of its points")
    _text.note(question.lost, "it was marked by a program; here a person reads it")
    if any(choice.why for choice in question.choices):
        _text.note(question.lost, "what is said to who typed one of its answers")
    shares = {100.0: ""}
    listed = "; ".join(
        choice.text + shares.get(choice.share, f" ({choice.share:g} %)")
        for choice in question.choices
        if choice.share > 0
    )
    accepted = text("imports.accepted", lang, answer=listed.rstrip(". "))
    question.solution = "\n".join(filter(None, (question.solution, accepted)))
    question.words = (1, 30)
    return _written(question, lang)


def _written(question: Question, lang: str) -> tuple[str, _Body]:
    def body(entry: _Entry) -> None:
        entry.raw("words", list(question.words))
        entry.say("prompt", question.prompt)
        for name in ("right", "wrong", "see"):
            if words := getattr(question, name):
                entry.say(name, words)
        entry.say("solution", question.solution, "read")
        for idea in [*question.ideas, *filter(None, question.grader.split("\n"))]:
            entry.part("idea")
            entry.lines.append(f"{lang} = {_string(idea)}")

    return "text", body


_TYPES: dict[str, Callable[[Question, str], tuple[str, _Body]]] = {
    "choice": _choice,
    "multi": _multi,
    "true": _true,
    "match": _match,
    "order": _order,
    "numeric": _numeric,
    "short": _shortanswer,
    "text": _written,
}


def _apart(listed: list[str]) -> None:
    """Refuse parts that nobody could tell apart, or that have no words."""
    if len(listed) < 2:
        raise LeftOut("needs two options")
    if len(listed) > PARTS:
        raise LeftOut(f"{len(listed)} options or rows; an exercise has at most {PARTS}")
    shown = [" ".join(words.split()) for words in listed]
    if not all(shown):
        raise LeftOut("an option has no words (a picture?); give it some")
    twice = next((words for words in shown if shown.count(words) > 1), None)
    if twice:
        raise LeftOut(f"two options read the same: {_short(twice)}")


def _short(words: str) -> str:
    return repr(words if len(words) < 50 else words[:49] + "…")


def _letter(count: int) -> str:
    return _LETTERS[count] if count < len(_LETTERS) else f"o{count + 1}"


def _exact(words: str) -> str:
    """Write a number with a point and without an exponent."""
    return format(Decimal(words), "f")


def _string(words: str) -> str:
    r"""Write a string of TOML.

    >>> print(_string('«Ліс» коштує "5"\n'))
    "«Ліс» коштує \"5\"\n"
    """
    return json.dumps(_text.clean(words), ensure_ascii=False)
