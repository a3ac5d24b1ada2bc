"""The panel checks what it is given, draws once for each change, and remembers only what differs from a case."""

import math

import pytest

from course.texts import LANGS, section
from course.widgets import panel

CASES = {"base": {"m": 75, "level.cost": 4.8, "C1.s": "4 4 5"}, "dear": {"m": 300, "level.cost": 9, "C1.s": ""}}


@pytest.fixture
def make(monkeypatch):
    monkeypatch.setattr(panel, "text", lambda key, lang, **names: key + "".join(f" {k}={v}" for k, v in names.items()))

    def build(kept=None, keep=None, drawn=None):
        def draw(values):
            if drawn is not None:
                drawn.append(values)
            return {"pictures": ["<svg/>"], "sentence": f"m = {values['m']}", "tables": [], "notes": []}

        controls = [panel.slider("m", "Margin", 1, 500, 1, "тис. грн"),
                    panel.grid("Levels", ["cost"], [("basic", [panel.field("level.cost", "basic, cost", 0, 200)])]),
                    panel.ratings("Culture", [("C1", ["1", "2", "3", "4", "5"], {"C1.s": "supplier"})])]
        return panel.Panel("demo", "uk", controls, CASES, "base", draw, kept, keep)
    return build


def set_(view, **values):
    return view._act({"act": "set", "values": {name.replace("__", "."): value for name, value in values.items()}})


def test_opens_with_the_case_and_its_sentence(make):
    view = make()
    assert view.state["values"] == CASES["base"] and view.state["case"] == "base" and not view.state["changed"]
    assert view.state["sentence"] == "m = 75" and "m = 75" in view._repr_mimebundle_()["text/plain"]


@pytest.mark.parametrize("typed, value", [("90,7", 90.7), ("90.7", 90.7), (" 120 тис. грн", 120), (42, 42)])
def test_numbers_are_read_as_people_type_them(make, typed, value):
    assert set_(make(), m=typed)["values"]["m"] == value


@pytest.mark.parametrize("typed", ["", "багато", None, [], {}, True, math.nan, math.inf, "1e9", "9" * 400])
def test_unreadable_keeps_the_last_value_and_says_so(make, typed):
    state = set_(make(), m=typed)
    assert state["values"]["m"] == 75 and "bad_number" in state["problems"]["m"]["text"]
    assert state["problems"]["m"]["typed"] is not None


@pytest.mark.parametrize("typed, value", [("900", 500), (-3, 1), (10**400, 500)], ids=["above", "below", "huge"])
def test_out_of_range_is_brought_inside_with_the_reason(make, typed, value):
    state = set_(make(), m=typed)
    assert state["values"]["m"] == value and "min=1 max=500" in state["problems"]["m"]["text"]


@pytest.mark.parametrize("typed, kept", [("4 4 5", "4 4 5"), ("445", "4 4 5"), ("4, 4;5", "4 4 5"), ("", ""),
                                         (" 3 ", "3")])
def test_ratings_of_several_raters(make, typed, kept):
    state = set_(make(), C1__s=typed)
    assert state["values"]["C1.s"] == kept and not state["problems"]


@pytest.mark.parametrize("typed", ["4 6", "0", "4.5", "four", None, 4, "<b>4</b>", "1 " * 40])
def test_bad_ratings_keep_the_last_good_ones(make, typed):
    state = set_(make(), C1__s=typed)
    assert state["values"]["C1.s"] == "4 4 5" and "bad_ratings" in state["problems"]["C1.s"]["text"]


def test_one_message_draws_once_and_unknown_fields_are_ignored(make):
    drawn = []
    view = make(drawn=drawn)
    drawn.clear()
    state = set_(view, m=80, level__cost="7", nonsense=5)
    assert drawn == [CASES["base"] | {"m": 80, "level.cost": 7}] and "nonsense" not in state["values"]


@pytest.mark.parametrize("message", [{}, {"act": "set"}, {"act": "set", "values": [1]}, {"act": "case", "case": "no"},
                                     {"act": "case", "case": []}, {"act": "case"}, {"act": 1}])
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


def test_a_failure_to_keep_is_told(make):
    assert set_(make(keep=lambda values: "disk full"), m=80)["error"] == "disk full"


@pytest.mark.parametrize("kept", [[], "text", 5, {"case": []}, {"case": "gone", "m": "x"}, {"m": None, "C1.s": "9"},
                                  {"m": {"deep": 1}, "other": 3}])
def test_stale_or_hostile_memory_is_survived(make, kept):
    view = make(kept=kept)
    assert view.state["values"] == CASES["base"] and view.state["problems"] == {}


@pytest.mark.parametrize("lang", LANGS)
def test_panel_texts_do_not_shadow_those_of_the_card(lang):
    assert not section("panel", lang).keys() & section("card", lang).keys()
