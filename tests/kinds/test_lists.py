"""Four lists of customers: five rules, each broken by itself, and what one list for all earns."""

import pytest

from course import kinds
from course.kinds.lists import LISTS, RULES

KIND = kinds.kind("lists")
# customer: profit, worth, thin, red
KNOWN = {
    "1": (90.0, 300.0, 0, 0), "2": (60.0, 180.0, 0, 0), "3": (50.0, 150.0, 0, 1), "4": (8.0, 20.0, 0, 0),
    "5": (1.0, 2.0, 1, 0), "6": (-5.0, -9.0, 1, 0), "7": (-20.0, -30.0, 1, 0),
}  # fmt: skip
KEY = {
    "customers": {
        name: dict(zip(("profit", "worth", "thin", "red"), row, strict=True))
        for name, row in KNOWN.items()
    },
    "places": 2,
}
SOUND = {"1": "more", "2": "more", "3": "keep", "4": "keep", "5": "reprice", "6": "reprice", "7": "leave"}  # fmt: skip


def scored(**changes):
    lists = SOUND | {name[1:]: value for name, value in changes.items()}
    answer = {"index": [int(name) for name in lists], "values": list(lists.values())}
    return KIND.score(KEY, answer, 6)


def broken(score):
    return set(score.detail["broken"])


def test_lists_that_keep_every_rule_earn_everything():
    assert (scored().state, scored().points, scored().marks) == (
        "right",
        6,
        dict.fromkeys(RULES, True),
    )
    assert scored(_3="leave").state == "right", "a red flag is a reason to part, profit or not"


@pytest.mark.parametrize(
    ("rules", "changes"),
    [
        ({"served", "best"}, {"_4": "more"}),  # three on two places
        ({"served", "best"}, {"_1": "keep", "_3": "more"}),
        ({"best"}, {"_1": "keep"}),
        ({"left"}, {"_4": "leave"}),
        ({"losses"}, {"_6": "keep"}),
        ({"terms"}, {"_4": "reprice"}),
    ],
)
def test_each_rule_is_seen_by_itself(rules, changes):
    score = scored(**changes)
    assert broken(score) == rules
    assert score.fraction == pytest.approx(1 - len(rules) / 3)
    assert [rule for rule, kept in score.marks.items() if not kept] == [
        r for r in RULES if r in rules
    ]


@pytest.mark.parametrize("name", LISTS)
def test_one_list_for_everybody_earns_nothing(name):
    assert scored(**{f"_{customer}": name for customer in KNOWN}).points == 0


@pytest.mark.parametrize(
    "answer",
    [
        {"index": [1, 1, 2, 3, 4, 5, 6, 7], "values": ["more", *SOUND.values()]},
        {"index": [1, 2, 3], "values": ["more", "keep", "keep"]},
        {"index": [1, 2, 3, 4, 5, 6, 7, 8], "values": [*SOUND.values(), "keep"]},
    ],
)
def test_a_customer_twice_missing_or_strange_spoils_the_whole(answer):
    score = KIND.score(KEY, answer, 6)
    assert (score.state, broken(score)) == ("wrong", {"whole"})


def test_numbers_of_customers_may_be_whole_fractions_or_texts():
    answer = {"index": ["1", 2.0, 3, 4, 5, 6, 7], "values": list(SOUND.values())}
    assert KIND.score(KEY, answer, 6).state == "right"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"index": [1], "values": ["more!"]}, "lists"),
        ({"index": [1], "values": [3]}, "lists"),
        ({"index": [[1]], "values": ["more"]}, "wrong-type"),
        ({"index": [10**400], "values": ["more"]}, "too-large"),
        ({"index": [1, 2], "values": ["more"]}, "wrong-shape"),
        ({"index": [1] * 2000, "values": ["more"] * 2000}, "too-large"),
        (7, "wrong-shape"),
    ],
)
def test_what_is_no_lists_is_invalid(answer, reason):
    assert (KIND.score(KEY, answer).state, KIND.score(KEY, answer).reason) == ("invalid", reason)
