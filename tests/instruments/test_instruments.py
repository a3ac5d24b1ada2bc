"""Every instrument opens, answers each change, says the same things in both languages, and survives nonsense."""

import importlib
import json
import re

import pytest

from course.texts import LANGS, entries

NAMES = ("levels", "contact_value", "audit")


@pytest.fixture(params=NAMES)
def module(request):
    return importlib.import_module(f"course.instruments.{request.param}")


@pytest.mark.parametrize("lang", LANGS)
def test_opens_with_the_sentence_of_the_page_without_a_kernel(module, lang):
    view, (title, sentence) = module.build(lang), module.still(lang)
    assert view.state["sentence"] == sentence and view.spec["title"] == title == module.still(lang)[0]
    assert re.search(r"\d", sentence) and not re.search(r"\{[a-z_]+\}", json.dumps([view.spec, view.state]))


@pytest.mark.parametrize("lang", LANGS)
def test_every_case_draws_and_the_state_travels_as_json(module, lang):
    view = module.build(lang)
    for case in view._cases:
        state = view._act({"act": "case", "case": case})
        assert state["case"] == case and not state["changed"] and state["sentence"].endswith(".")
        assert json.loads(json.dumps(state)) and all(svg for svg in state["pictures"])
        foreign = r"[ыэъё]" if lang == "uk" else r"[іїєґ]"
        assert not re.search(foreign, json.dumps(state, ensure_ascii=False))


def test_every_case_sets_every_field_within_its_limits(module):
    view = module.build("uk")
    for case, values in view._cases.items():
        assert values.keys() == view._fields.keys(), case
        for name, value in values.items():
            assert view._read(view._fields[name], value, None) == (value, None), (case, name)


def test_extremes_of_every_field_are_drawn(module):
    view = module.build("ru")
    for ends in ("min", "max"):
        for name, leaf in view._fields.items():
            if leaf["type"] == "number":
                assert view._act({"act": "set", "values": {name: leaf[ends]}})["sentence"]
    blank = {name: "" for name, leaf in view._fields.items() if leaf["type"] == "ratings"}
    assert view._act({"act": "set", "values": blank})["sentence"]


def test_both_languages_have_the_same_placeholders():
    for key, pair in entries().items():
        if key.split(".")[0] in {*NAMES, "panel"}:
            assert set(re.findall(r"\{\w+\}", pair["uk"])) == set(re.findall(r"\{\w+\}", pair["ru"])), key


class TestLevels:
    def act(self, lang="uk", **values):
        from course.instruments import levels

        return levels.build(lang)._act({"act": "set", "values": {k.replace("__", "."): v for k, v in values.items()}})

    def test_opening_sentence(self):
        from course.instruments import levels

        assert levels.still("uk")[1].replace("\u00a0", " ") == (
            "За маржі 75 тис. грн найбільшу цінність дає відповідальний рівень: 183 тис. грн. "
            "Проактивний рівень виграє за маржі понад 90,7 тис. грн.")

    @pytest.mark.parametrize("margin, level", [(9, "базовий"), (12.1, "реактивний"), (91, "проактивний"),
                                               (283, "партнерство")])
    def test_best_level_follows_the_margin(self, margin, level):
        assert f"дає {level}" in self.act(margin=margin)["sentence"]

    @pytest.mark.parametrize(("margin", "level", "following"), [
        (12, "базовий", "Реактивний рівень виграє за маржі понад 12,0"),
        (25.5, "реактивний", "Відповідальний рівень виграє за маржі понад 25,5")])
    def test_at_the_threshold_the_cheaper_level_wins_and_the_dearer_comes_next(self, margin, level, following):
        from course.instruments import levels

        sentence = levels._read(levels.CASES["farms"] | {"margin": margin}, "uk")["sentence"]
        assert f"дає {level}" in sentence and following in sentence.replace("\u00a0", " ")

    def test_of_equal_levels_the_lower_wins_and_the_other_never_does(self):
        state = self.act(margin=60, reactive__cost=4.8, reactive__kept=74)
        assert "дає реактивний" in state["sentence"]
        assert [row[3]["text"] for row in state["tables"][0]["rows"]][1] == "Реактивний"

    @pytest.mark.parametrize(("costs", "wins"), [((1, 1), 0), ((1, 2), 0), ((2, 1), 1)])
    def test_of_levels_that_keep_as_many_the_cheaper_has_the_range(self, costs, wins):
        from course.instruments.levels import ranges

        found = ranges(0.2, costs, (0.6, 0.6))
        assert found[wins] == (0.0, float("inf")) and found[1 - wins] is None

    def test_a_level_that_keeps_no_more_never_wins(self):
        from course.instruments.levels import ranges

        found = ranges(0.2, (0, 1.2, 4.8, 16, 56), (0.6, 0.66, 0.66, 0.8, 0.8))
        assert found[2] is None and found[4] is None and found[3][1] == float("inf")

    def test_scarce_hours_and_plenty(self):
        scarce, plenty = self.act(hours=1200), self.act(hours=2000)
        assert [row[3]["text"] for row in scarce["tables"][0]["rows"]] == ["Базовий", "Відповідальний", "Проактивний"]
        assert [row[3]["text"] for row in plenty["tables"][0]["rows"]] == ["Базовий", "Відповідальний", "Партнерство"]
        assert "0,22" in scarce["notes"][0]["text"] and plenty["notes"][0]["tone"] == "ok"

    def test_no_price_makes_too_few_hours_suffice(self):
        assert self.act(hours=0, basic__hours=5)["notes"][0]["tone"] == "no"

    def test_matrix_stands_beside_kotlers(self):
        table = self.act()["tables"][1]
        assert table["folded"] and table["rows"][0][1]["text"] == table["rows"][0][1]["small"] == "Партнерство"
        assert table["rows"][1][2]["small"].startswith("≈") and not table["rows"][2][1]["small"].startswith("≈")


class TestContactValue:
    def test_the_likeliest_is_not_the_best(self):
        from course.instruments.contact_value import CASES, CONTACTS, choose

        gains, best, likeliest = choose(CASES["base"])["jay"]
        assert best is None and CONTACTS[likeliest] == ("blend", "visit") and gains[likeliest] == -41
        gains, best, likeliest = choose(CASES["base"])["chestnut"]
        assert gains[best] == 41 and best != likeliest

    def test_a_gain_of_zero_still_pays(self):
        from course.instruments.contact_value import CASES, choose

        values = CASES["base"] | {name: 0 for name in CASES["base"]}
        assert all(best == 0 for _, best, _ in choose(values).values())

    def test_of_equal_contacts_and_equal_chances_the_first_wins(self):
        from course.instruments.contact_value import CASES, CONTACTS, OFFERS, choose

        same = {name: 20 for name in CASES["base"] if name.count(".") == 2}
        same |= {f"{offer}.margin": 500 for offer in OFFERS} | {"call": 15, "visit": 15}
        for gains, best, likeliest in choose(CASES["base"] | same).values():
            assert len(set(gains)) == 1 and likeliest == 0 and best == (0 if gains[0] >= 0 else None)
        two = same | {"terrace.training.visit": 60, "terrace.service.call": 60}
        _, best, likeliest = choose(CASES["base"] | two)["terrace"]
        assert CONTACTS[best] == CONTACTS[likeliest] == ("training", "visit")

    def test_of_equal_cafes_the_first_is_named(self):
        from course.instruments.contact_value import CAFES, CASES, build

        base = CASES["base"]
        own = [name.partition(".")[2] for name in base if name.startswith("chestnut.")]
        same = {f"{cafe}.{name}": base[f"chestnut.{name}"] for cafe in CAFES for name in own}
        sentence = build("uk")._act({"act": "set", "values": same})["sentence"]
        assert re.findall("«([^»]*)»", sentence) == ["Сойка", "Сойка"]

    @pytest.mark.parametrize("case, words", [("base", "«Тераса» (навчання, візит), +45"),
                                             ("dear", "«Каштан» (обслуговування, дзвінок), +41"),
                                             ("tired", "«Тераса» (навчання, візит), +5")])
    def test_sentences(self, case, words):
        from course.instruments import contact_value

        assert words in contact_value.build("uk")._act({"act": "case", "case": case})["sentence"]

    def test_when_nothing_pays_and_when_both_coincide(self):
        from course.instruments import contact_value

        view = contact_value.build("ru")
        dear = view._act({"act": "set", "values": {"call": 300, "visit": 300}})
        assert "никого не беспокоить" in dear["sentence"]
        view._act({"act": "case", "case": "base"})
        same = view._act({"act": "set", "values": {"attic.service.visit": 90}})
        assert "совпала" in same["sentence"]


class TestAudit:
    def test_the_case_is_the_one_of_the_lesson(self):
        from course.instruments import audit

        found = audit._found(audit.cases()["case"])
        parts, totals = found.components.values(), (found.mean_fit, found.fit, found.readiness, found.scope)
        assert [round(part.supplier, 9) for part in parts] == [2.0, 3.7, 3.3, 3.0, 4.0, 4.3, 3.7, 4.0]
        assert [round(part.buyer, 9) for part in parts] == [4.3, 4.0, 3.7, 3.3, 3.7, 4.0, 3.3, 4.0]
        assert [round(total, 3) for total in totals] == [0.866, 0.808, 0.425, 0.532]
        assert found.decision == "ring_fence" and [code for code, _ in found.flags] == ["gap", "marked"]
        assert "0,87" in audit.still("uk")[1] and "0,43" in audit.still("uk")[1]

    def test_balanced_and_win_at_any_cost(self):
        from course.instruments import audit

        fine, low = (audit._found(audit.cases()[case]) for case in ("balanced", "sharks"))
        assert not fine.flags and fine.readiness > 0.9
        assert low.readiness == 1 and low.scope < 0.3 and low.flags == [("both_low", "amber")]

    @pytest.mark.parametrize("culture, key", [({"s": "4", "b": "4"}, "close"), ({"s": "1", "b": "1"}, "low"),
                                              ({"s": "1", "b": "5"}, "apart"), ({"s": "", "b": "4"}, "missing")])
    def test_sentence_follows_the_culture(self, culture, key):
        from course.instruments import audit

        values = {f"C1.{n}.{side}": culture[side[0]] for n in range(1, 5) for side in audit.SIDES}
        view = audit.build("uk")
        sentence = view._act({"act": "set", "values": values})["sentence"]
        start = entries()[f"audit.say.{key}"]["uk"].split("{")[0]
        assert sentence.startswith(start)

    def test_one_rater_is_named(self):
        from course.instruments import audit

        notes = audit.build("uk")._act({"act": "set", "values": {"C3.1.buyer": "4"}})["notes"]
        assert any("C3.1 (покупець)" in note["text"] for note in notes)

    def test_a_bad_score_names_the_indicator_and_the_side(self):
        from course.instruments import audit

        state = audit.build("uk")._act({"act": "set", "values": {"C1.4.supplier": "4 7"}})
        assert "C1.4 Що святкують" in state["problems"]["C1.4.supplier"]["text"]
        assert "постачальник" in state["problems"]["C1.4.supplier"]["text"]
