"""Scoring: what is right earns, what is wrong does not, and what is malformed never does."""

import doctest
import math
import subprocess
import sys
from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from course import kinds as scoring
from course.kinds import Score, parse_number, score
from course.kinds.text import count_words as words

NBSP, THIN, NARROW = "\u00a0", "\u2009", "\u202f"
SERIES = {"index": ["north", "south", "east"], "values": [10.0, 20.0, None]}
FRAME = {
    "index": [1, 2],
    "columns": {"name": ["Верба", "Дніпро"], "share": [0.25, 0.75], "loyal": [True, False]},
}
KEYS = {
    "choice": {"right": "a", "options": ["a", "b", "c"]},
    "multi": {"right": ["a", "b", "c"], "options": ["a", "b", "c", "d", "e"]},
    "order": {"ranks": {"a": [0, 0], "b": [1, 1], "c": [2, 2], "d": [3, 3]}},
    "match": {"pairs": {"r1": "a", "r2": "b", "r3": "c"}, "options": ["a", "b", "c", "d"]},
    "classify": {"pairs": {"r1": "a", "r2": "a", "r3": "b"}, "options": ["a", "b"]},
    "numeric": {"value": 282.7, "digits": 1, "wrong": [150.0, 305.5], "unit": "тис. грн"},
    "value": {"value": 0.371, "digits": 3, "sorted": False, "wrong": [0.5]},
    "series": {
        "value": SERIES,
        "digits": 1,
        "sorted": False,
        "wrong": [{**SERIES, "values": [20.0, 10.0, None]}],
    },
    "frame": {"value": FRAME, "digits": 2, "sorted": True, "wrong": []},
    "text": {"words": [3, 6]},
    "canvas": {"tiles": ["who", "why", "how"]},
}
RIGHT = {
    "choice": "a",
    "multi": ["c", "a", "b"],
    "order": ["a", "b", "c", "d"],
    "match": KEYS["match"]["pairs"],
    "classify": KEYS["classify"]["pairs"],
    "numeric": "282,7",
    "value": 0.371,
    "series": SERIES,
    "frame": FRAME,
    "text": "Дбати про тих, хто вже прийшов",
    "canvas": {"who": "постійні", "why": "довіра", "how": "разом"},
}
PERSON = ("text", "canvas")


def mark(kind, answer, points=1.0, **changes):
    name = "value" if kind in ("series", "frame") else kind
    return score(name, {**KEYS[kind], **changes}, answer, points)


def reason(kind, answer, **changes):
    found = mark(kind, answer, **changes)
    assert (found.state == "invalid") == (found.reason is not None)
    assert found.state != "invalid" or (found.fraction, found.points, found.marks, found.slip) == (
        0,
        0,
        {},
        None,
    )
    return found.reason


def test_examples():
    assert doctest.testmod(scoring).failed == 0


def test_needs_nothing_heavy():
    code = "import sys, course.kinds; course.kinds.kinds(); print({'numpy', 'pandas', 'msgspec'} & set(sys.modules))"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout
        == "set()\n"
    )


# --- every kind ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [kind for kind in KEYS if kind not in PERSON])
def test_the_key_earns_everything(kind):
    found = mark(kind, RIGHT[kind], points=3)
    assert (found.state, found.fraction, found.points, found.slip) == ("right", 1.0, 3.0, None)
    assert all(found.marks.values())


@pytest.mark.parametrize("kind", KEYS)
@pytest.mark.parametrize(
    "nothing", [None, "", [], {}, (), "   ", "\n\t", NBSP, "\u200b\ufeff", "\x00"]
)
def test_unattempted_is_not_wrong(kind, nothing):
    assert mark(kind, nothing) == Score("unattempted")


def test_a_faulty_kind_or_key_is_the_author_s():
    with pytest.raises(ValueError):
        score("guess", {}, "a")
    with pytest.raises(KeyError):
        score("choice", {}, "a")


def test_choice():
    assert mark("choice", "a").marks == {"a": True}
    found = mark("choice", "b", points=2)
    assert (found.state, found.points, found.marks) == ("wrong", 0, {"b": False})
    assert reason("choice", "z") == "unknown-option" and reason("choice", ["a"]) == "wrong-type"


@pytest.mark.parametrize(
    "chosen, share",
    [
        ("abc", 1),
        ("ab", Fraction(2, 3)),
        ("a", Fraction(1, 3)),
        ("abcd", Fraction(1, 2)),
        ("abd", Fraction(1, 6)),
        ("ad", 0),
        ("d", 0),
        ("de", 0),
        ("abcde", 0),
        ("abde", 0),
    ],
)
def test_multi(chosen, share):
    found = mark("multi", list(chosen))
    assert math.isclose(found.fraction, share, abs_tol=1e-12)
    assert found.state == ("right" if share == 1 else "partial" if share else "wrong")
    assert found.marks == {each: each in "abc" for each in chosen}
    assert found.detail == {
        "right": len(set(chosen) & set("abc")),
        "wrong": len(set(chosen) & set("de")),
        "of": 3,
        "against": 2,
    }


def test_multi_with_nothing_wrong_to_choose():
    assert mark("multi", ["a", "b"], options=["a", "b", "c"]).fraction == 2 / 3


def test_multi_refuses():
    assert (
        reason("multi", ["a", "a"]) == "duplicate"
        and reason("multi", ["a", "z"]) == "unknown-option"
    )
    assert reason("multi", "a") == "wrong-type" and reason("multi", {"a": "b"}) == "wrong-type"
    assert (
        reason("multi", [["a"]]) == "wrong-type" and reason("multi", ["a"] * 100_001) == "too-large"
    )


@given(st.permutations("abcde"), st.integers(0, 5))
def test_multi_does_not_care_about_order(mixed, count):
    assert mark("multi", mixed[:count]) == mark("multi", sorted(mixed[:count]))


def test_order():
    for mixed in permutations("abcd"):
        good = sum(mixed[i] < mixed[j] for i in range(4) for j in range(i + 1, 4))
        found = mark("order", list(mixed), points=6)
        assert math.isclose(found.points, good) and found.detail == {"pairs": good, "of": 6}
        assert found.marks == {
            each: each == right for each, right in zip(mixed, "abcd", strict=True)
        }
    assert mark("order", list("dcba")).state == "wrong"


def test_order_with_free_places():
    ranks = {
        "a": [0, 0],
        "b": [1, 1],
        "c": [1, 1],
        "d": [0, 9],
    }  # b and c are equal, d may stand anywhere
    for mixed in (list("abcd"), list("dacb"), list("adbc")):
        found = score("order", {"ranks": ranks}, mixed)
        assert found.state == "right" and all(found.marks.values())
    found = score("order", {"ranks": ranks}, list("bacd"))
    assert found.detail == {"pairs": 1, "of": 2} and found.marks == {
        "a": True,
        "b": False,
        "c": True,
        "d": True,
    }


def test_order_refuses():
    assert (
        reason("order", list("abc")) == "wrong-shape"
        and reason("order", list("abcc")) == "duplicate"
    )
    assert (
        reason("order", list("abcz")) == "unknown-option"
        and reason("order", [0, 1, 2, 3]) == "wrong-type"
    )


@pytest.mark.parametrize("kind", ["match", "classify"])
def test_pairs(kind):
    pairs = KEYS[kind]["pairs"]
    found = mark(kind, {"r1": pairs["r1"], "r3": "b" if kind == "match" else "a"}, points=3)
    assert (found.state, found.marks, found.detail) == (
        "partial",
        {"r1": True, "r3": False},
        {"right": 1, "of": 3},
    )
    assert math.isclose(found.points, 1)
    assert mark(kind, {"r2": ""}).state == mark(kind, {"r2": None}).state == "unattempted"
    assert mark(kind, {**pairs, "r2": None}).detail == {"right": 2, "of": 3}
    assert reason(kind, {"r9": "a"}) == reason(kind, {"r1": "z"}) == "unknown-option"
    assert (
        reason(kind, {"r1": ["a"]}) == reason(kind, ["a"]) == reason(kind, {1: "a"}) == "wrong-type"
    )


def test_one_option_on_every_row_earns_one_row():
    assert mark("match", dict.fromkeys(["r1", "r2", "r3"], "a")).fraction == 1 / 3


@pytest.mark.parametrize(
    "typed, state",
    [
        ("282,7", "right"),
        ("282.7 тис. грн", "right"),
        (282.7, "right"),
        (283, "right"),
        ("284,1135", "right"),
        ("281,2865", "right"),
        ("284,12", "wrong"),
        ("281,28", "wrong"),
        ("-282,7", "wrong"),
        ("0", "wrong"),
    ],
)
def test_numeric_within_half_a_percent(typed, state):
    assert mark("numeric", typed).state == state


@pytest.mark.parametrize(
    "digits, edge, outside",
    [(0, "0,5", "0,51"), (1, "0,05", "0,051"), (2, "0,005", "0,0051"), (3, "-0,0005", "-0,00051")],
)
def test_numeric_within_half_a_unit_of_the_last_digit(digits, edge, outside):
    assert mark("numeric", edge, value=0.0, digits=digits).state == "right"
    assert mark("numeric", outside, value=0.0, digits=digits).state == "wrong"


@given(st.integers(-(10**6), 10**6), st.integers(0, 4))
def test_a_rightly_rounded_answer_is_right(units, digits):
    truth = units / 10**digits
    for off in (-0.5, 0.5):  # the very edge, whatever the last bit of a float says
        assert (
            mark("value", (units + off) / 10**digits, value=truth, digits=digits, wrong=[]).state
            == "right"
        )


def test_numeric_knows_common_slips():
    assert mark("numeric", "150").slip == 0 and mark("numeric", "305,5 тис. грн").slip == 1
    assert mark("numeric", "200").slip is None
    assert mark("numeric", "282,7", wrong=[282.7]).slip is None


def test_numeric_refuses():
    for bad in ("много", "1e3", "12 штук", "٣", "1" * 65, float("nan"), float("inf"), -math.inf):
        assert reason("numeric", bad) == "not-a-number"
    assert (
        reason("numeric", 10**400) == "too-large"
        and reason("numeric", "1" * 200_000) == "too-large"
    )
    assert (
        reason("numeric", True)
        == reason("numeric", [282.7])
        == reason("numeric", {"a": 1})
        == "wrong-type"
    )


def test_value_number():
    assert mark("value", 0.3711).state == "right" and mark("value", 0.38).state == "wrong"
    assert mark("value", 0.5).slip == 0
    assert reason("value", True) == reason("value", "0.371") == "wrong-type"
    assert reason("value", float("nan")) == reason("value", math.inf) == "not-a-number"
    assert reason("value", SERIES) == reason("value", [0.371]) == "wrong-shape"


def test_value_series():
    turned = {"index": ["east", "north", "south"], "values": [float("nan"), 10.04, 20]}
    assert mark("series", turned).state == "right"
    assert mark("series", turned, sorted=True).fraction == 0
    found = mark("series", {**SERIES, "values": [10, 21, 5]})
    assert (found.state, found.detail, found.slip) == ("partial", {"right": 1, "of": 3}, None)
    assert mark("series", {**SERIES, "values": [20.0, 10.0, None]}).slip == 0
    assert mark("series", {**SERIES, "values": [10.0, 20.0, "?"]}).detail["right"] == 2


@pytest.mark.parametrize(
    "bad, why",
    [
        (5, "wrong-shape"),
        ([10, 20, None], "wrong-shape"),
        ({"values": [10, 20, None]}, "wrong-shape"),
        ({**SERIES, "name": "x"}, "wrong-shape"),
        ({**SERIES, "values": [10, 20]}, "wrong-shape"),
        ({**SERIES, "values": 10}, "wrong-shape"),
        ({**SERIES, "index": "nse"}, "wrong-shape"),
        (FRAME, "wrong-shape"),
        ({"index": ["north", "south", "west"], "values": [1, 2, 3]}, "wrong-index"),
        ({"index": ["north"], "values": [10]}, "wrong-index"),
        ({"index": [], "values": []}, "wrong-index"),
        ({"index": [["north"], 1, 2], "values": [1, 2, 3]}, "wrong-type"),
        ({"index": ["north", "north", "south", "east"], "values": [10, 10, 20, None]}, "duplicate"),
        ({**SERIES, "values": [True, 20, None]}, "wrong-type"),
        ({**SERIES, "values": ["10", 20, None]}, "wrong-type"),
        ({**SERIES, "values": [[10], 20, None]}, "wrong-type"),
        ({**SERIES, "values": [math.inf, 20, None]}, "not-a-number"),
        ({**SERIES, "values": [10**400, 20, None]}, "too-large"),
    ],
)
def test_value_series_refuses(bad, why):
    assert reason("series", bad) == why


def test_value_frame():
    columns = FRAME["columns"]
    found = mark("frame", {"index": [1.0, 2.0], "columns": {**columns, "share": [0.25, 0.7]}})
    assert found.detail == {"right": 5, "of": 6} and found.marks == {
        "name": True,
        "share": False,
        "loyal": True,
    }
    turned = {
        "index": [2, 1],
        "columns": {name: cells[::-1] for name, cells in reversed(columns.items())},
    }
    assert (
        mark("frame", turned, sorted=False).state == "right" and mark("frame", turned).fraction == 0
    )
    assert (
        mark("frame", {**FRAME, "columns": {**columns, "name": ["верба", "Дніпро "]}}).detail[
            "right"
        ]
        == 4
    )
    for bad in ({**columns, "more": [1, 2]}, {"name": columns["name"]}, {}, {1: [1, 2]}):
        assert reason("frame", {"index": [1, 2], "columns": bad}) == "wrong-columns"
    assert reason("frame", {"index": [1, 2], "columns": [1, 2]}) == "wrong-shape"
    assert reason("frame", {"index": ["1", "2"], "columns": columns}) == "wrong-index"
    assert reason("frame", {"index": [True, 2], "columns": columns}) == "wrong-index"
    assert reason("frame", {**FRAME, "columns": {**columns, "loyal": [1, 0]}}) == "wrong-type"
    assert reason("frame", {**FRAME, "columns": {**columns, "name": [1, 2]}}) == "wrong-type"


def test_a_known_wrong_table_earns_nothing_although_some_of_it_is_right():
    found = mark("series", {**SERIES, "values": [20.0, 10.0, None]})
    assert (found.slip, found.detail["right"], found.state, found.points) == (0, 1, "wrong", 0)


@pytest.mark.parametrize(
    ("labels", "earned"),
    [("aaaa", 0), ("abbb", 0), ("bbbb", 0), ("aaba", 0.5), ("aabb", 0.5), ("aabc", 1)],
)
def test_labels_earn_what_lies_above_one_label_in_every_row(labels, earned):
    key = {"index": [1, 2, 3, 4], "values": list("aabc")}
    found = mark("series", {**key, "values": list(labels)}, value=key, wrong=[])
    assert found.fraction == earned


def test_a_wrong_result_of_another_shape_is_passed_over():
    wrong = [{"index": ["x"], "values": [1]}, {**SERIES, "values": [1, 2, 3]}]
    assert mark("series", {**SERIES, "values": [1, 2, 3]}, wrong=wrong).slip == 1
    assert mark("series", {"index": ["x"], "values": [1]}, wrong=wrong).slip == 0
    assert reason("series", {"index": ["y"], "values": [1]}, wrong=wrong) == "wrong-index"


def test_a_table_where_a_number_is_asked_can_be_a_known_slip():
    wrong = [0.5, SERIES]
    assert (
        mark("value", SERIES, wrong=wrong).slip == 1 and mark("value", 0.5, wrong=wrong).slip == 0
    )
    assert reason("value", {**SERIES, "values": [1, 2, 3]}, wrong=wrong) == "wrong-shape"
    assert mark("value", 0.3711, wrong=wrong).state == "right"


def test_pandas_agrees():
    pandas = pytest.importorskip("pandas")
    series = pandas.Series(
        [10.0, 20.0, float("nan")], index=["north", "south", "east"]
    ).sort_index()
    assert (
        mark("series", {"index": series.index.tolist(), "values": series.tolist()}).state == "right"
    )


def test_what_a_person_reads_earns_nothing_here():
    found = mark("text", "Партнерство – це не знижка", points=5)
    assert (found.state, found.fraction, found.points) == ("person", 0, 0)
    assert found.detail == {"words": 4, "min": 3, "max": 6}
    assert mark("text", "…").state == "person"
    assert (
        reason("text", ["а"]) == reason("text", 5) == "wrong-type"
        and reason("text", "а" * 100_001) == "too-large"
    )
    found = mark("canvas", {"who": "постійні", "why": "  ", "how": None})
    assert (found.state, found.points, found.detail) == ("person", 0, {"filled": 1, "of": 3})
    assert mark("canvas", {"who": " "}).state == "unattempted"
    assert (
        reason("canvas", {"when": "нині"}) == "unknown-option"
        and reason("canvas", {"who": 1}) == "wrong-type"
    )
    assert (
        reason("canvas", {"who": "а" * 100_001}) == "too-large"
        and reason("canvas", "постійні") == "wrong-type"
    )


@pytest.mark.parametrize(
    "text, count",
    [
        ("", 0),
        ("–", 0),
        ("слово", 1),
        ("п’ять  об’єктів", 2),
        ("будь-що – це\nтри", 3),
        ("12 500", 2),
        ("«так», ні!", 2),
    ],
)
def test_words(text, count):
    assert words(text) == count


# --- what holds always --------------------------------------------------------------------------------------------

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=9)
    | st.binary(max_size=3)
    | st.sampled_from(["a", "b", "r1", "who", "index", "values", "282,7", "north", 10**400, 0.371])
)
JUNK = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(
            st.text(max_size=3)
            | st.sampled_from(["r1", "who", "index", "values", "columns"])
            | st.integers()
            | st.tuples(st.integers()),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.sampled_from(list(KEYS)), JUNK, st.floats(0, 100))
@example("multi", [[]], 1.0)
@example("choice", {"a": []}, 1.0)
@example("numeric", "\ud800", 1.0)
@example("choice", object(), 1.0)
@example("series", {"index": [float("nan")] * 3, "values": [float("nan")] * 3}, 1.0)
def test_junk_never_raises_and_never_exceeds(kind, answer, points):
    found = mark(kind, answer, points)
    assert found.state in ("unattempted", "right", "partial", "wrong", "person", "invalid")
    assert 0 <= found.fraction <= 1 and 0 <= found.points <= points
    assert (found.state == "right") == (found.fraction == 1)
    assert found.state in ("right", "partial") or found.fraction == 0
    assert (found.state == "invalid") == (found.reason is not None)


class Hostile:
    __hash__ = None

    def __eq__(self, other):
        raise RuntimeError

    __bool__ = __len__ = __iter__ = __float__ = __str__ = __repr__ = __getattr__ = __eq__


DEEP = []
for _ in range(100_000):
    DEEP = [DEEP]
BAD = {
    "object": Hostile,
    "bytes": b"a",
    "set": {"a"},
    "type": type,
    "complex": 1j,
    "nan": float("nan"),
    "inf": math.inf,
    "true": True,
    "huge": 10**400,
    "long": "9" * 10**6,
    "deep": DEEP,
}


@pytest.mark.parametrize("kind", KEYS)
@pytest.mark.parametrize(
    "wrap",
    [
        lambda bad: bad,
        lambda bad: [bad],
        lambda bad: {"r1": bad},
        lambda bad: {"who": bad},
        lambda bad: {"index": [bad], "values": [bad]},
        lambda bad: {"index": [1, 2], "columns": {"name": bad}},
    ],
)
@pytest.mark.parametrize("bad", BAD)
def test_nothing_malformed_scores(kind, wrap, bad):
    bad = Hostile() if bad == "object" else BAD[bad]
    found = mark(kind, wrap(bad))
    if kind == "text" and type(wrap(bad)) is str:
        assert found.reason == "too-large"
    assert (found.state, found.points) == ("invalid", 0)


@given(st.sampled_from(["choice", "multi", "order", "match", "classify"]), st.data())
def test_only_the_key_earns_everything(kind, data):
    key, ids = KEYS[kind], KEYS[kind].get("options")
    answer = data.draw(
        {
            "choice": lambda: st.sampled_from(ids),
            "multi": lambda: st.lists(st.sampled_from(ids), unique=True, min_size=1),
            "order": lambda: st.permutations(list(key["ranks"])),
        }.get(
            kind,
            lambda: st.dictionaries(
                st.sampled_from(list(key["pairs"])), st.sampled_from(ids), min_size=1
            ),
        )()
    )
    found = mark(kind, answer)
    right = RIGHT[kind]
    same = sorted(answer) == sorted(right) if kind == "multi" else answer == right
    assert (found.state == "right") == (found.fraction == 1) == same
    assert set(found.marks) == set([answer] if kind == "choice" else answer)


# --- numbers as people type them ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text, number",
    [
        ("12 500,5", 12500.5),
        ("1 234 567", 1234567),
        (f"12{NBSP}500", 12500),
        (f"12{THIN}500{NARROW}000", 12500000),
        ("1'234'567,8", 1234567.8),
        ("12’500", 12500),
        ("1,234.5", 1234.5),
        ("1.234,5", 1234.5),
        ("1,234,567", 1234567),
        ("1.234.567", 1234567),
        ("1.234.567,25", 1234567.25),
        ("1,234", 1.234),
        ("1.234", 1.234),
        ("−3", -3),
        ("–3", -3),
        ("- 3,5", -3.5),
        ("+2", 2),
        (",5", 0.5),
        (".5", 0.5),
        ("007", 7),
        ("0", 0),
        (" 7 ", 7),
        ("7\n", 7),
        ("7,5%", 0.075),
        ("7,5 %", 0.075),
        ("−7,5 %", -0.075),
        ("1 234,567", 1234.567),
    ],
)
def test_numbers_are_read(text, number):
    assert parse_number(text) == pytest.approx(number, rel=1e-15)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "-",
        "%",
        ",",
        "5.",
        "5,",
        "1e5",
        "1E5",
        "inf",
        "nan",
        "0x10",
        "1_000",
        "1 2",
        "12 34",
        "1 2345",
        "1,2,3",
        "12,34,567",
        "1,234,5",
        "1,234 567",
        "0,123,456",
        "1..2",
        "--3",
        "3-",
        "1/2",
        "٣",
        "１２",
        "②",
        "5 грн",
        "5 % %",
        "1\n2",
        "9" * 65,
        "—3",
        "1 234'567",
        None,
        5,
        5.0,
        b"5",
        ["5"],
    ],
)
def test_other_things_are_no_numbers(text):
    assert parse_number(text) is None


def test_units_after_the_number():
    assert parse_number("7,5 %", "%") == parse_number("7,5", "%") == 7.5
    assert (
        parse_number("20,57 тис. грн", "тис. грн")
        == parse_number("20,57тис грн", "тис. грн")
        == 20.57
    )
    assert parse_number(f"20,57{NBSP}ТИС.{NBSP}ГРН.", "тис. грн") == 20.57
    assert parse_number("20,57 тыс. грн", ["тис. грн", "тыс. грн"]) == 20.57
    assert parse_number("20,57 грн", "тис. грн") is None and parse_number("5 %", "тис. грн") is None


@given(
    st.decimals(-(10**12), 10**12, places=4, allow_nan=False),
    st.sampled_from(["", " ", NBSP, NARROW, THIN, "'"]),
    st.sampled_from(".,"),
    st.sampled_from("-−–"),
)
def test_what_is_printed_is_read(number, gap, point, minus):
    text = (
        f"{number:,.4f}".replace(",", "g").replace(".", point).replace("g", gap).replace("-", minus)
    )
    assert parse_number(text) == float(number)


@given(st.text() | st.text("0123456789.,' -−%", max_size=12), st.none() | st.text(max_size=5))
def test_reading_never_raises(text, unit):
    number = parse_number(text, unit)
    assert number is None or math.isfinite(number)
