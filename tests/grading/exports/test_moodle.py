"""The question bank for Moodle: its import takes the file, and its engine marks every answer as `score` does.

`Import` and the `mark_*` functions are written from Moodle 4.5's source, not from the course:
question/format/xml/format.php, question/format.php, question/engine/bank.php, lib/questionlib.php and the
questiontype.php and question.php of multichoice, match, ordering, numerical and essay.
"""

import html
import math
import random
import re
import xml.etree.ElementTree as ET
from decimal import Decimal
from itertools import chain, combinations, permutations, product

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from course.exercises import Exercise, chapters, draw, key
from course.grading import GradingError
from course.grading.exports.moodle_questions import Item, bank, load
from course.kinds import score
from course.texts import LANGS

SLUGS = list(chapters())
# question_bank::ensure_fraction_options_initialised()
RAW = (
    0.9,
    0.8333333,
    0.8,
    0.75,
    0.7,
    0.6666667,
    0.6,
    0.5,
    0.4,
    0.3333333,
    0.3,
    0.25,
    0.2,
    0.1666667,
    0.1428571,
    0.125,
    0.1111111,
    0.1,
    0.05,
)
LEGAL = (0.0, 1.0, *RAW, *(-one for one in RAW), -1.0)
FORMATS = {"html", "plain_text", "moodle_auto_format", "markdown", "wiki_like"}
NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?"


class Import:
    """What Moodle keeps of one ``<question>``; asserts what its import would complain of."""

    def __init__(self, element):
        self.element, self.type = element, element.get("type")
        assert self.type in {"category", "multichoice", "match", "ordering", "numerical", "essay"}
        for text in element.iter("text"):
            assert not len(text), "getpath: text must be a string"
        for part in element.iter():
            assert part.get("format", "html") in FORMATS
        if self.type == "category":
            path = element.findtext("category/text")  # split_category_path(); the column holds 255
            self.path = [one.replace("//", "/").strip() for one in re.split("(?<!/)/(?!/)", path)]
            assert (
                self.path[:2] == ["$course$", "top"]
                and all(self.path)
                and max(map(len, self.path)) <= 255
            )
            assert len(self.path) in (4, 5), "a name has fallen apart at its slash"
            return
        self.name = element.findtext("name/text").strip()
        self.idnumber = element.findtext("idnumber")
        assert 0 < len(self.name) <= 255 and 0 < len(self.idnumber) <= 100
        assert element.findtext("questiontext/text").strip()
        self.points = float(element.findtext("defaultgrade"))
        assert self.points > 0 and float(element.findtext("penalty")) == 0
        assert all(hint.findtext("text").strip() for hint in element.findall("hint"))
        getattr(self, self.type)()

    def answers(self):
        return [(one.findtext("text").strip(), one) for one in self.element.findall("answer")]

    def fraction(self, answer):
        """question/format.php, importprocess(): match_grade_options(…, 'error'); the known value is kept."""
        given = float(answer.get("fraction")) / 100
        known = [value for value in LEGAL if abs(given - value) < 0.00001]
        assert known, f"invalid fraction {given}"
        return known[0]

    def combined(self):
        for field in ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback"):
            assert self.element.findtext(f"{field}/text").strip()

    def multichoice(self):
        self.single = self.element.findtext("single") != "false"
        self.fractions = [self.fraction(one) for _, one in self.answers()]
        assert len(self.fractions) >= 2 and all(text for text, _ in self.answers())
        assert self.element.findtext("answernumbering") in {
            "abc",
            "ABCD",
            "123",
            "iii",
            "IIII",
            "none",
        }
        if self.single:
            assert max(self.fractions) == 1
        else:
            assert round(sum(one for one in self.fractions if one > 0), 2) == 1
        self.combined()

    def match(self):
        self.choices, self.right = [], []
        for one in self.element.findall("subquestion"):
            stem, choice = one.findtext("text").strip(), one.findtext("answer/text").strip()
            assert choice and len(choice) <= 255
            place = next(
                (n for n, old in enumerate(self.choices) if php_equal(old, choice)),
                len(self.choices),
            )
            if place == len(self.choices):
                self.choices.append(choice)
            if stem:
                self.right.append(place)
        self.stems = [one.findtext("text").strip() for one in self.element.findall("subquestion")]
        assert len(self.right) >= 2
        self.combined()

    def ordering(self):
        items = [text for text, _ in self.answers()]
        assert len(set(items)) == len(items) >= 2, "equal texts have one md5key"
        assert self.element.findtext("shownumcorrect"), (
            "without it save_hints() reads hints that are not there"
        )
        assert self.element.findtext("gradingtype") == "RELATIVE_ALL_PREVIOUS_AND_NEXT"
        assert (
            self.element.findtext("selecttype") == "ALL"
            and self.element.findtext("layouttype") == "VERTICAL"
        )
        assert int(self.element.findtext("selectcount")) == len(items)
        self.combined()

    def numerical(self):
        self.kept = []
        for text, one in self.answers():
            assert text == "*" or re.fullmatch(NUMBER, text), "apply_units would cut it"
            tolerance = one.findtext("tolerance")
            assert re.fullmatch(NUMBER, tolerance)
            self.kept.append(
                (text if text == "*" else php_float(text), self.fraction(one), php_float(tolerance))
            )
        assert [fraction for _, fraction, _ in self.kept].count(1) == 1 and self.kept[-1][0] == "*"
        assert (
            self.element.findtext("showunits") == "3"
            and self.element.findtext("unitgradingtype") == "0"
        )

    def essay(self):
        assert self.element.findtext("responseformat") == "editor"
        assert self.element.findtext("graderinfo/text").strip()
        for field in ("minwordlimit", "maxwordlimit"):
            assert (self.element.findtext(field) or "1").isdigit()


def php_equal(one, two):
    """PHP's ==, which array_search() uses: numeric strings compare as numbers."""
    numeric = r"\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*"
    numbers = all(re.fullmatch(numeric, each, re.A) for each in (one, two))
    return float(one) == float(two) if numbers else one == two


def php_float(text):
    """A number after a trip through the database as a string: Moodle sets precision = 14."""
    return float(f"{float(text):.14g}")


def mark_multichoice(kept, chosen):
    if kept.single:
        return kept.fractions[chosen[0]] if chosen else 0
    return min(max(0, sum(kept.fractions[place] for place in chosen)), 1.0)


def mark_match(kept, chosen):
    """`chosen`: stem -> place of the choice, or None where nothing is chosen."""
    good = sum(
        place is not None and place == right
        for place, right in zip(chosen, kept.right, strict=True)
    )
    return good / len(kept.right)


def mark_ordering(kept, current):
    """`current`: places in the right order, as the student has put them; grading type 4."""
    correct = sorted(current)
    around = {
        name: {one: (set(line[:n]), set(line[n + 1 :])) for n, one in enumerate(line)}
        for name, line in (("current", current), ("correct", correct))
    }
    good = of = 0
    for one in correct:
        for side in (0, 1):
            good += len(around["current"][one][side] & around["correct"][one][side])
            of += len(around["correct"][one][side])
    return good / of


def mark_numerical(kept, typed, thousands="&nbsp;", point=","):
    """`thousands`, `point`: thousandssep and decsep of Moodle's language; here of uk and ru, whose words they are."""
    typed = typed.strip().replace(" ", "")
    if "." in typed or typed.count(",") > 1:
        typed = typed.replace(",", "")
    else:
        typed = typed.replace(thousands, "").replace(point, ".").replace(",", ".")
    found = re.match(NUMBER, typed)
    if not found:
        return 0
    value = float(found[0])
    for answer, fraction, tolerance in kept.kept:
        if answer == "*":
            return fraction
        epsilon = 1e-14
        width = tolerance + epsilon * max(abs(tolerance), abs(answer), epsilon)
        if answer - width <= value <= answer + width:
            return fraction
    return 0


def quiz(text):
    """Import a file: (category, question) of each question; idnumbers are one of a kind in their category."""
    root = ET.fromstring(text.encode())
    assert root.tag == "quiz" and {one.tag for one in root} == {"question"}
    found, path = [], None
    for one in map(Import, root):
        if one.type == "category":
            path = tuple(one.path)
        else:
            found.append((path, one))
    ids = [(path, one.idnumber) for path, one in found]
    assert len(set(ids)) == len(ids)
    return found


def bare(words):
    return re.sub(r"\*\*([^*]+)\*\*|`([^`]+)`", r"\1\2", words)


def seen(markup):
    """What a reader sees of a piece of HTML."""
    return html.unescape(re.sub("<[^>]+>", "", markup.replace("<br>", "\n")))


def answers(exercise, values, rng, sample):
    """Pairs (our answer, Moodle's response) that cover the exercise; all of them when there are not many."""
    kind, made = exercise.kind.name, key(exercise, values)
    if kind in ("choice", "multi"):
        ids = [one["id"] for one in exercise.shuffled("option")]
        groups = (
            combinations(range(len(ids)), 1)
            if kind == "choice"
            else chain.from_iterable(
                combinations(range(len(ids)), size) for size in range(len(ids) + 1)
            )
        )
        for group in groups:
            yield (ids[group[0]] if kind == "choice" else [ids[place] for place in group]), group
    elif kind == "order":
        right = sorted(made["ranks"], key=made["ranks"].get)
        lines = (
            list(permutations(range(len(right))))
            if len(right) <= 6
            else [rng.sample(range(len(right)), len(right)) for _ in range(sample)]
        )
        for line in lines:
            yield [right[place] for place in line], list(line)
    elif kind in ("match", "classify"):
        rows, options = list(made["pairs"]), [*made["options"], None]
        lines = (
            product(options, repeat=len(rows))
            if len(options) ** len(rows) <= sample
            else chain(
                [tuple(made["pairs"].values())],
                (
                    tuple(option if one == row else made["pairs"][one] for one in rows)
                    for row in rows
                    for option in options
                ),
                (tuple(rng.choices(options, k=len(rows))) for _ in range(sample)),
            )
        )
        for line in lines:
            yield {row: option for row, option in zip(rows, line, strict=True) if option}, line
    elif kind == "numeric":
        for truth in (made["value"], *made["wrong"]):
            width = max(0.005 * abs(truth), 0.5 * 10 ** -made["digits"])
            near = [
                truth,
                *(
                    truth + sign * width * part
                    for sign in (-1, 1)
                    for part in (0.5, 1 - 1e-6, 1 - 3e-9, 1 + 3e-9, 1 + 1e-6, 1.5, 40)
                ),
            ]
            near += [round(each, made["digits"] + more) for each in near for more in (0, 1)]
            for each in near:
                typed = format(Decimal(repr(each)), "f")
                yield from ((typed, typed), (typed.replace(".", ","), typed.replace(".", ",")))


def compare(exercise, kept, lang, values, points=1.0, rng=None, sample=300):
    """Assert that both marks are the same for every answer; return how many were tried."""
    made, count = key(exercise, values), 0
    if exercise.kind.name in ("match", "classify"):
        shown = [html.unescape(one) for one in kept.choices]
        place = {
            one["id"]: shown.index(line_of(bare(one["text"][lang]))) for one in exercise["option"]
        } | {None: None}
        assert len(kept.right) == len(exercise["row"]) and len(set(place.values())) == len(place)
    if exercise.kind.name in ("choice", "multi"):
        shown = [visible(bare(one["text"][lang])) for one in exercise.shuffled("option")]
        assert [seen(text) for text, _ in kept.answers()] == [one.strip() for one in shown]
    assert kept.points == points
    for ours, theirs in answers(exercise, values, rng or random.Random(7), sample):
        if exercise.kind.name in ("match", "classify"):
            theirs = [place[option] for option in theirs]
        mark = globals()[f"mark_{kept.type}"](kept, theirs)
        assert math.isclose(
            mark * points,
            score(exercise.kind.name, made, ours, points).points,
            abs_tol=1e-6 * points,
        ), (exercise.id, ours, mark)
        count += 1
    return count


def visible(words):
    """The words as XML can hold them."""
    return re.sub(
        "\r\n?", "\n", re.sub("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", words)
    )


def line_of(words):
    return re.sub("[ \t\r\n]+", " ", visible(words)).strip()


@pytest.mark.parametrize("slug", SLUGS)
def test_every_answer_of_the_lessons_is_marked_alike(slug):
    title, items = load(slug)
    text, made, refused = bank(title, items, variants=6)
    assert set(made) | set(refused) == {item.ref for item in items}
    found = quiz(text)
    for item in items:
        kind = item.exercise.kind.name
        assert (item.ref in refused) == (
            kind in ("value", "lists", "portfolio")
            or "shared" in item.exercise.raw
            or kind == "order"
            and any("rank" in one for one in item.exercise["item"])
        ), refused.get(item.ref)
        for lang in LANGS if item.ref in made else ():
            mine = [
                one
                for path, one in found
                if one.idnumber.endswith(lang) and one.name.split()[0] == item.ref
            ]
            assert len(mine) == made[item.ref][1] == (6 if item.exercise.drawn else 1)
            for kept in mine:
                values = drawn_for(item.exercise, kept, lang)
                assert (
                    kind in ("text", "canvas")
                    or compare(item.exercise, kept, lang, values, item.points) > 1
                )


def drawn_for(exercise, kept, lang):
    """The draw whose prompt this question prints."""
    if not exercise.drawn:
        return {}
    prompt = seen(kept.element.findtext("questiontext/text"))
    for attempt in range(1, 300):
        values = draw(exercise, "moodle", attempt)
        if prompt.startswith(bare(exercise.say("prompt", lang, values))):
            return values
    raise AssertionError("no draw prints so")


def test_languages_are_categories_and_draws_have_their_own():
    found = quiz(bank(*load("levels"), variants=3)[0])
    paths = list(dict.fromkeys(path for path, _ in found))
    assert paths[0] == ("$course$", "top", "Українською", chapters()["levels"].title["uk"])
    assert {path[2] for path in paths} == {"Українською", "По-русски"}
    assert paths[1][4:] == ("levels/levels-value",)
    assert [one.name for path, one in found if path == paths[1]] == [
        f"levels/levels-value {n:02}" for n in (1, 2, 3)
    ]
    prompts = {one.element.findtext("questiontext/text") for path, one in found if path == paths[1]}
    assert len(prompts) == 3


@pytest.mark.parametrize("slug", SLUGS)
def test_a_point_is_read_alike_in_every_language_of_moodle(slug):
    title, items = load(slug)
    exercises = {item.ref: item.exercise for item in items}
    for _, kept in quiz(bank(title, items, variants=3)[0]) if items else ():
        if kept.type != "numerical":
            continue
        exercise, lang = exercises[kept.name.split()[0]], kept.idnumber.split()[-1]
        made = key(exercise, drawn_for(exercise, kept, lang))
        for number in (made["value"], *made["wrong"]):
            typed = format(Decimal(repr(number)), "f")
            theirs = {
                mark_numerical(kept, typed, *separators)
                for separators in (("&nbsp;", ","), (",", "."), (".", ","))
            }
            assert theirs == {score("numeric", made, typed).fraction}
        asked = "крапкою" if lang == "uk" else "точкой"  # an English Moodle takes 12,5 for 125
        assert asked in seen(kept.element.findtext("questiontext/text")), (
            "19,75 for a whole number, too"
        )


def test_an_english_moodle_takes_a_comma_for_thousands():
    kept = only(made_up("numeric", answer="12.5", digits=1))[0][0]
    assert mark_numerical(kept, "12,5") == 1 and mark_numerical(kept, "12,5", ",", ".") == 0


def test_same_file_twice():
    assert bank(*load("audit"), variants=2) == bank(*load("audit"), variants=2)


def test_texts_reach_the_reader():
    title, items = load("levels")
    kept = {
        one.name: one.element
        for _, one in quiz(bank(title, items, variants=1)[0])
        if one.idnumber.endswith("uk")
    }
    value = kept["levels/levels-value 01"]
    assert "тис.\u00a0грн" in value.findtext("questiontext/text") and "десятих" in value.findtext(
        "questiontext/text"
    )
    assert "{" not in "".join(value.itertext()), "a placeholder was left"
    slips = chapters()["levels"].exercises["levels-value"]["slip"]
    assert [seen(one.findtext("feedback/text")) for one in value.findall("answer")[1:-1]] == [
        bare(one["why"]["uk"]) for one in slips
    ]
    first = chapters()["levels"].exercises["levels-first"]
    said = [
        seen(one.findtext("feedback/text"))
        for one in kept["levels/levels-first"].findall("answer")
        if one.get("fraction") == "0"
    ]
    assert said == [
        bare(one["why"]["uk"]) for one in first.shuffled("option") if not one.get("right")
    ]
    letter = kept["levels/levels-letter"]
    least, most = chapters()["levels"].exercises["levels-letter"]["words"]
    assert (letter.findtext("minwordlimit"), letter.findtext("maxwordlimit")) == (
        str(least),
        str(most),
    )
    ideas = chapters()["levels"].exercises["levels-letter"]["idea"]
    assert all(bare(idea["uk"]) in seen(letter.findtext("graderinfo/text")) for idea in ideas)


def test_an_essay_loses_neither_hints_nor_what_is_said_of_right_and_wrong():
    """Moodle's essay has no such fields and drops them without a word; whoever marks reads them."""
    said = {
        "right": pair("Порівняно."),
        "wrong": pair("Самі прикметники."),
        "hint": [pair("З ким порівняти?")],
    }
    for kind, fields in {"text": {"words": [1, 9]}, "canvas": {"tile": TILES}}.items():
        element = only(made_up(kind, **fields, **said))[0][0].element
        grader = seen(element.findtext("graderinfo/text"))
        assert all(
            words in grader for words in ("Порівняно.", "Самі прикметники.", "З ким порівняти?")
        )
        assert not element.findall("hint") and not element.findall("correctfeedback")


TILES = [
    {
        "id": name,
        "icon": "person",
        "title": {"uk": name, "ru": name},
        "help": {"uk": "?", "ru": "?"},
    }
    for name in ("who", "what")
]


def pair(words):
    return {"uk": words, "ru": words}


def made_up(kind, **fields):
    return Exercise(
        "own",
        {
            "id": "one",
            "kind": kind,
            "prompt": pair("?"),
            "right": pair("так"),
            "wrong": pair("ні"),
            "solution": pair("!"),
            **fields,
        },
    )


def only(exercise, points=1.0):
    text, made, refused = bank(pair("A/B & C"), [Item("own/one", exercise, points)], variants=1)
    return [one for _, one in quiz(text)], refused.get("own/one")


def test_ids_longer_than_the_column_are_refused_and_the_rest_is_kept():
    for kind, drawn in (("choice", {}), ("numeric", {"parameters": {"n": {"values": [1, 2, 3]}}})):
        fields = (
            {"option": [*options(1, right=True), *options(3)[1:]]}
            if kind == "choice"
            else {"answer": "n + 1", "digits": 0, "prompt": pair("{n}?"), **drawn}
        )
        for size in range(80, 100):
            ref, exercise = "own/" + "a" * size, made_up(kind, **fields)
            text, made, refused = bank(
                pair("Т"), [Item(ref, exercise, 1.0), Item("own/b", exercise, 1.0)], variants=3
            )
            found = quiz(text)
            longest = len(ref) + len(" 01 uk" if drawn else " uk")
            assert (ref in refused) == (longest > 100) and "own/b" in made
            assert ref not in refused or f"by {longest - 100} characters" in refused[ref]
            assert {one.name.split()[0] for _, one in found} == set(made)


@pytest.mark.parametrize("title", ["Ї" * 300, "А/", "/А", "А//Б/В", "<b>А</b> & Б", "$course$"])
def test_titles_that_a_category_could_not_be_called(title):
    exercise = made_up(
        "numeric",
        answer="n + 1",
        digits=0,
        prompt=pair("{n}?"),
        parameters={"n": {"values": [1, 2]}},
    )
    text = bank(pair(title), [Item("own/one", exercise, 1.0)], variants=2)[0]
    paths = {path for path, _ in quiz(text)}
    assert {path[-1] for path in paths} == {"own/one"} and {path[2] for path in paths} == {
        "Українською",
        "По-русски",
    }
    assert {html.unescape(path[3]) for path in paths} == {title[:255]}


def options(count, **fields):
    return [
        {"id": f"o{n}", "text": pair(f"варіант {n}"), "why": pair("бо"), **fields}
        for n in range(count)
    ]


@pytest.mark.parametrize("right", range(1, 9))
@pytest.mark.parametrize("wrong", range(1, 9))
def test_all_subsets_of_all_sizes(right, wrong):
    if right + wrong > 10:
        right, wrong = right // 2 + 1, wrong // 2
    entries = options(right + wrong)
    for one in entries[:right]:
        one["right"] = True
    exercise = made_up("multi", option=entries)
    kept, refused = only(exercise, 3.0)
    assert not refused and compare(exercise, kept[0], "uk", {}, 3.0) == 2 ** (right + wrong)


@pytest.mark.parametrize(("right", "wrong"), [(11, 2), (2, 11), (19, 1), (1, 13)])
def test_counts_without_a_fraction_are_refused(right, wrong):
    entries = options(right + wrong)
    for one in entries[:right]:
        one["right"] = True
    kept, refused = only(made_up("multi", option=entries))
    assert not kept and "fraction 1/" in refused


@pytest.mark.parametrize("count", range(2, 8))
def test_all_orders(count):
    exercise = made_up(
        "order", item=[{"id": f"i{n}", "text": pair(f"крок {n}")} for n in range(count)]
    )
    kept, _ = only(exercise, 2.0)
    assert compare(exercise, kept[0], "ru", {}, 2.0) >= min(math.factorial(count), 300)


@pytest.mark.parametrize(
    ("ranks", "fine"),
    [
        ([3, 1, 2], True),
        ([[1, 2], [3, 4], 5], True),
        ([1, [2, 3], [2, 3]], False),
        ([1, 1, 2], False),
        ([[1, 3], [3, 4], 5], False),
    ],
)
def test_orders_with_ranks(ranks, fine):
    exercise = made_up(
        "order",
        item=[
            {"id": f"i{n}", "text": pair(f"крок {n}"), "rank": rank} for n, rank in enumerate(ranks)
        ],
    )
    kept, refused = only(exercise)
    assert bool(kept) == fine and bool(refused) != fine
    assert not fine or compare(exercise, kept[0], "uk", {}) == 6


@pytest.mark.parametrize(
    "words", [("1", "1.0", "2"), ("так", " так", "ні"), ("10", "1e1", "2"), ("**а**", "а", "б")]
)
def test_choices_that_moodle_would_merge_are_refused(words):
    entries = [{"id": f"o{n}", "text": pair(one)} for n, one in enumerate(words)]
    rows = [
        {"id": f"r{n}", "text": pair(f"рядок {n}"), "why": pair("бо"), "key": f"o{n}"}
        for n in range(3)
    ]
    assert "read the same" in only(made_up("match", option=entries, row=rows))[1]


def test_what_moodle_cannot_keep_is_refused():
    rows = [{"id": "r0", "text": pair("р"), "why": pair("бо"), "key": "o0"}]
    entries = [{"id": "o0", "text": pair("ї" * 256)}, {"id": "o1", "text": pair("і")}]
    assert "option 'o0' has 256 characters" in only(made_up("match", option=entries, row=rows))[1]
    assert "pandas" in only(made_up("value", truth="whale_peak", digits=2))[1]
    assert (
        "read the same"
        in only(made_up("order", item=[{"id": n, "text": pair("крок")} for n in "abc"]))[1]
    )


hard = st.sampled_from("&<>]\"'`*$/{}%=\\\x00\x1f\ufffe\u00a0\r\n\tі«»−😀")
words = st.text(hard | st.characters(codec="utf-8"), min_size=1, max_size=30).map(
    lambda drawn: "ж" + drawn + "ж"
)
figures = st.floats(-1e6, 1e6).map(lambda drawn: round(drawn, 12))
soon = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@soon
@given(
    st.lists(st.tuples(words, words, st.booleans()), min_size=2, max_size=7),
    st.sampled_from(["choice", "multi"]),
)
@example([("ж\r\nж", "бо", True), ("ж\rж", "бо", False), ("ж\nж", "бо", False)], "choice")
def test_any_choice(drawn, kind):
    right = [
        kind == "choice" and place == 0 or kind == "multi" and one
        for place, (_, _, one) in enumerate(drawn)
    ]
    assume(any(right) and not all(right))
    exercise = made_up(
        kind,
        option=[
            {"id": f"o{n}", "text": pair(text), "why": pair(why), "right": right[n]}
            for n, (text, why, _) in enumerate(drawn)
        ],
        prompt=pair(drawn[0][1]),
    )
    assume(
        all("`" not in text and "*" not in text for text, _, _ in drawn)
    )  # their rendering has a test of its own
    kept, refused = only(exercise)
    assert not refused and len(kept) == 2 and compare(exercise, kept[0], "uk", {}) >= len(drawn)


@soon
@given(
    st.lists(
        words.filter(lambda text: not {"`", "*"} & {*text}),
        min_size=2,
        max_size=4,
        unique_by=line_of,
    ),
    st.data(),
)
def test_any_match(texts, data):
    rows = data.draw(
        st.lists(st.tuples(words, st.integers(0, len(texts) - 1)), min_size=2, max_size=4)
    )
    exercise = made_up(
        "classify",
        option=[{"id": f"o{n}", "text": pair(text)} for n, text in enumerate(texts)],
        row=[
            {"id": f"r{n}", "text": pair(text), "why": pair("бо"), "key": f"o{right}"}
            for n, (text, right) in enumerate(rows)
        ],
    )
    kept, refused = only(exercise)
    assert not refused and compare(exercise, kept[1], "ru", {}, sample=700) == (
        len(texts) + 1
    ) ** len(rows)


@soon
@given(figures, st.integers(0, 4), st.lists(figures, max_size=3))
def test_any_number(value, digits, slips):
    exercise = made_up(
        "numeric",
        answer=format(Decimal(repr(value)), "f"),
        digits=digits,
        slip=[{"answer": format(Decimal(repr(one)), "f"), "why": pair("майже")} for one in slips],
    )
    kept, refused = only(exercise)
    assert not refused and compare(exercise, kept[0], "uk", {}) > 10


def test_bold_and_code_are_shown_and_markup_of_a_text_is_not():
    exercise = made_up(
        "choice",
        prompt=pair("**Так** `a & b` <script>]]>"),
        option=[
            {"id": "a", "text": pair("x < y"), "right": True},
            {"id": "b", "text": pair("`]]>`"), "why": pair("R&D")},
        ],
    )
    kept, _ = only(exercise)
    assert kept[0].element.findtext("questiontext/text") == (
        "<p><strong>Так</strong> <code>a &amp; b</code> &lt;script&gt;]]&gt;</p>"
    )
    assert {text for text, _ in kept[0].answers()} == {"x &lt; y", "<code>]]&gt;</code>"}


def test_a_specification_a_bank_and_nonsense(tmp_path):
    (tmp_path / "exercises.toml").write_text(
        """
[lesson]
number = 90
minutes = 10
slug = "mine"
title = {uk = "Моє", ru = "Моё"}
[[exercise]]
covers = ["S2.levels.basic"]
id = "q"
kind = "text"
points = 4
words = [10, 20]
prompt = {uk = "Чому?", ru = "Почему?"}
solution = {uk = "Бо так.", ru = "Потому."}
""",
        "utf-8",
    )
    (tmp_path / "spec.toml").write_text(
        """
id = "quiz"
title = {uk = "Тест", ru = "Тест"}
opens = 2026-12-01T08:00:00
closes = 2026-12-08T23:59:00
zone = "Europe/Kyiv"
exercises = ["levels/levels-order", "own/q"]
[points]
"levels/levels-order" = 7
[[rubric]]
exercise = "own/q"
[[rubric.criterion]]
id = "idea"
title = {uk = "Думка", ru = "Мысль"}
levels = [0, 2]
[[rubric.criterion.level]]
text = {uk = "немає", ru = "нет"}
[[rubric.criterion.level]]
text = {uk = "є", ru = "есть"}
""",
        "utf-8",
    )
    title, items = load(tmp_path / "spec.toml")
    found = [one for _, one in quiz(bank(title, items)[0])]
    assert [(one.name, one.points) for one in found[:2]] == [
        ("levels/levels-order", 7),
        ("own/q", 4),
    ]
    assert "Думка: 0\u00a0– немає; 2\u00a0– є" in found[1].element.findtext("graderinfo/text")
    assert load(tmp_path / "exercises.toml")[1][0].ref == "mine/q"
    assert set(title) == {"uk", "ru"}
    (tmp_path / "broken.toml").write_text("= 1")
    (tmp_path / "lost.toml").write_text('exercises = ["levels/no-such"]')
    for source in (tmp_path / "broken.toml", tmp_path / "lost.toml", "no-such-lesson"):
        with pytest.raises(GradingError, match="not TOML|no exercise|neither"):
            load(source)
