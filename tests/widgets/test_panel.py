"""The panel checks what it is given, draws once for each change.

And remembers only what differs from a case.
"""

import math

import pytest

from course.figures import Bar, Bars
from course.texts import LANGS, section
from course.widgets import panel

CASES = {
    "base": {"m": 75, "level.cost": 4.8, "plan": "low", "C1.s": "4 4 5"},
    "dear": {"m": 300, "level.cost": 9, "plan": "high", "C1.s": ""},
}
FIGURE = Bars(title="t", sentence="read aloud", rows=(Bar("a", (1.0,), ("1",)),))
FIELD = {"label": "Margin", "min": 1, "max": 500, "type": "number"}
CONTROLS = [
    {"kind": "slider", "step": 1, "field": {"id": "m", "unit": "тис. грн на рік", **FIELD}},
    {"kind": "grid", "rows": (("basic", ({"id": "level.cost", "unit": "", **FIELD, "min": 0},)),)},
    {
        "kind": "grid",
        "rows": (
            (
                "plan",
                (
                    {
                        "id": "plan",
                        "type": "choice",
                        "label": "Plan",
                        "options": (("low", "Low"), ("high", "High")),
                    },
                ),
            ),
        ),
    },
    {
        "kind": "ratings",
        "items": ({"ratings": ({"id": "C1.s", "type": "ratings", "label": "C1"},)},),
    },
]
CHALLENGES = [{"id": "rich", "label": "…"}, {"id": "poor", "label": "…"}]


@pytest.fixture
def make(monkeypatch):
    monkeypatch.setattr(
        panel,
        "text",
        lambda key, lang, **names: key + "".join(f" {k}={v}" for k, v in names.items()),
    )

    def build(kept=None, keep=None, drawn=None):
        def look(values):
            if drawn is not None:
                drawn.append(values)
            met = [
                name
                for name, on in (("rich", values["m"] >= 400), ("poor", values["m"] <= 2))
                if on
            ]
            return {
                "figures": [FIGURE],
                "sentence": f"m = {values['m']}",
                "tables": [],
                "notes": [],
                "met": met,
            }

        spec = {
            "id": "demo",
            "lang": "uk",
            "title": "Demo",
            "question": "?",
            "note": "",
            "controls": CONTROLS,
            "cases": [],
            "challenges": CHALLENGES,
        }
        return panel.Panel(spec, CASES, "base", look, kept, keep)

    return build


def set_(view, **values):
    return view._act(
        {"act": "set", "values": {name.replace("__", "."): value for name, value in values.items()}}
    )


def test_opens_with_the_case_and_its_sentence(make):
    view = make()
    assert (
        view.state["values"] == CASES["base"]
        and view.state["case"] == "base"
        and not view.state["changed"]
    )
    assert (
        view.state["sentence"] == "m = 75"
        and "read aloud" in view._repr_mimebundle_()["text/plain"]
    )


@pytest.mark.parametrize(
    "typed, value",
    [
        ("90,7", 90.7),
        ("90.7", 90.7),
        (42, 42),
        (" 120 тис. грн", 120),
        ("75 тис. грн на рік", 75),
        ("1,5 тис", 1.5),
        ("12 ТИС. ГРН", 12),
    ],
)
def test_numbers_are_read_as_people_type_them(make, typed, value):
    assert set_(make(), m=typed)["values"]["m"] == value


@pytest.mark.parametrize(
    "typed",
    ["", "багато", "75 кг", "75 грн", None, [], {}, True, math.nan, math.inf, "1e9", "9" * 400],
)
def test_unreadable_keeps_the_last_value_and_says_so(make, typed):
    state = set_(make(), m=typed)
    assert state["values"]["m"] == 75 and "bad_number" in state["problems"]["m"]["text"]
    assert state["problems"]["m"]["typed"] is not None


@pytest.mark.parametrize(
    "typed, value", [("900", 500), (-3, 1), (10**400, 500)], ids=["above", "below", "huge"]
)
def test_out_of_range_is_brought_inside_with_the_reason(make, typed, value):
    state = set_(make(), m=typed)
    assert state["values"]["m"] == value and "min=1 max=500" in state["problems"]["m"]["text"]


@pytest.mark.parametrize("given", ["4", "4 4 5", "", "1 2 3 4 5 1 2 3 4 5 1 2"])
def test_ratings_of_one_rater_or_several(make, given):
    state = set_(make(), C1__s=given)
    assert state["values"]["C1.s"] == given and not state["problems"]


@pytest.mark.parametrize(
    "given", ["4 6", "0", "4.5", "four", None, 4, "<b>4</b>", "1 " * 40, "445", [], {}, "4 ", "٣"]
)
def test_bad_ratings_keep_the_last_good_ones(make, given):
    assert set_(make(), C1__s=given)["values"]["C1.s"] == "4 4 5"


@pytest.mark.parametrize("given", ["mid", "", None, 1, ["high"], {"high": 1}])
def test_a_choice_takes_only_what_it_offers(make, given):
    view = make()
    assert set_(view, plan=given)["values"]["plan"] == "low"
    assert set_(view, plan="high")["values"]["plan"] == "high"


def test_a_picture_comes_with_its_sentence(make):
    (picture,) = make().state["pictures"]
    assert picture["label"] == "read aloud" and picture["svg"].startswith("<svg ")


def test_one_message_draws_once_and_unknown_fields_are_ignored(make):
    drawn = []
    view = make(drawn=drawn)
    drawn.clear()
    state = set_(view, m=80, level__cost="7", nonsense=5)
    assert (
        drawn == [CASES["base"] | {"m": 80, "level.cost": 7}] and "nonsense" not in state["values"]
    )


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"act": "set"},
        {"act": "set", "values": [1]},
        {"act": "case", "case": "no"},
        {"act": "case", "case": []},
        {"act": "case"},
        {"act": 1},
    ],
)
def test_damaged_messages_change_nothing(make, message):
    view = make()
    assert view._act(message) is None and view._values == CASES["base"]


def test_a_case_brings_all_its_values_back(make):
    view = make()
    assert set_(view, m=80)["changed"]
    state = view._act({"act": "case", "case": "dear"})
    assert state["values"] == CASES["dear"] and state["case"] == "dear" and not state["changed"]


def test_keeps_the_case_and_the_difference_but_not_every_step_of_a_slider(make):
    kept = []
    view = make(keep=kept.append)
    view._act({"act": "set", "values": {"m": 80}, "moving": True})
    assert kept == []
    view._act({"act": "set", "values": {"m": 81}})
    view._act({"act": "case", "case": "dear"})
    assert kept == [{"case": "base", "m": 81}, {"case": "dear"}]
    assert make(kept=kept[0]).state["values"] == CASES["base"] | {"m": 81}


class TestChallenges:
    def test_what_was_met_stays_met_and_is_kept(self, make):
        kept = []
        view = make(keep=kept.append)
        assert view.state["met"] == [] and set_(view, m=450)["met"] == ["rich"]
        assert set_(view, m=75)["met"] == ["rich"] and kept[-1] == {"case": "base", "met": ["rich"]}
        assert view._act({"act": "case", "case": "dear"})["met"] == ["rich"]
        assert make(kept=kept[-1]).state["met"] == ["rich"]

    def test_one_met_on_the_way_is_kept_at_once(self, make):
        kept = []
        view = make(keep=kept.append)
        view._act({"act": "set", "values": {"m": 450}, "moving": True})
        view._act({"act": "set", "values": {"m": 460}, "moving": True})
        assert kept == [{"case": "base", "m": 450, "met": ["rich"]}]

    def test_both_in_the_order_they_were_met(self, make):
        view = make(kept={"met": ["poor"]})
        assert set_(view, m=450)["met"] == ["poor", "rich"]

    @pytest.mark.parametrize("met", [None, 5, "rich", {"rich": 1}, [["rich"]], ["gone", 3]])
    def test_a_damaged_memory_meets_nothing(self, make, met):
        assert make(kept={"met": met}).state["met"] == []


def test_a_failure_to_keep_is_told(make):
    assert set_(make(keep=lambda values: "disk full"), m=80)["error"] == "disk full"


@pytest.mark.parametrize(
    "kept",
    [
        [],
        "text",
        5,
        {"case": []},
        {"case": "gone", "m": "x"},
        {"m": None, "C1.s": "9"},
        {"m": {"deep": 1}, "other": 3},
    ],
)
def test_stale_or_hostile_memory_is_survived(make, kept):
    view = make(kept=kept)
    assert view.state["values"] == CASES["base"] and view.state["problems"] == {}


@pytest.mark.parametrize("lang", LANGS)
def test_panel_texts_do_not_shadow_those_of_the_card(lang):
    assert not section("panel", lang).keys() & section("card", lang).keys()
