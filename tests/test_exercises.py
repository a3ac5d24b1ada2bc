"""Reading, drawing and checking exercises."""

import json
import re

import pytest

from course import exercises, paths
from course import kinds as scoring
from course.authoring import checks
from course.texts import LANGS, number

CHAPTERS = exercises.chapters()
ALL = [exercise for chapter in CHAPTERS.values() for exercise in chapter.exercises.values()]
NAMED = {f"{exercise.lesson}/{exercise.id}": exercise for exercise in ALL}
PICKED = {exercise.id: exercise for exercise in ALL}

SOUND = """
[lesson]
number = 99
slug = "planted"
minutes = 5
title.uk = "Проба"
title.ru = "Проба"
[[outcome]]
id = 1
text.uk = "знаєте"
text.ru = "знаете"
[[exercise]]
id = "one"
kind = "choice"
points = 1
covers = ["S2.levels.basic"]
outcomes = [1]
prompt.uk = "Котрий?"
prompt.ru = "Который?"
right.uk = "Так"
right.ru = "Да"
wrong.uk = "Ні"
wrong.ru = "Нет"
solution.uk = "Перший"
solution.ru = "Первый"
[[exercise.option]]
id = "a"
right = true
text.uk = "Перший"
text.ru = "Первый"
[[exercise.option]]
id = "b"
text.uk = "Другий"
text.ru = "Второй"
why.uk = "Бо ні"
why.ru = "Потому что нет"
[[exercise]]
id = "two"
kind = "numeric"
covers = ["S2.levels.basic"]
prompt.uk = "Скільки буде {m} на {n}?"
prompt.ru = "Сколько будет {m} на {n}?"
right.uk = "Так"
right.ru = "Да"
wrong.uk = "Ні"
wrong.ru = "Нет"
solution.uk = "{answer}"
solution.ru = "{answer}"
answer = "m / n"
digits = 2
[exercise.parameters]
m = {from = 10, to = 20, step = 5}
n = {values = [2, 4]}
[[exercise.slip]]
answer = "m * n"
why.uk = "Множення"
why.ru = "Умножение"
"""


def planted(tmp_path, old="", new="", page=None):
    path = tmp_path / "99-planted" / "exercises.toml"
    path.parent.mkdir(exist_ok=True)
    assert old in SOUND
    path.write_text(SOUND.replace(old, new, 1) if old else SOUND, "utf-8")
    if page is not None:
        path.with_name("lesson.md").write_text(page, "utf-8")
    return checks.check(path)


def test_sound_file_has_no_faults(tmp_path):
    assert planted(tmp_path) == []


@pytest.mark.parametrize(
    "old, new, exercise, field, says",
    [
        ('title.ru = "Проба"', "", "", "title", "ru is missing"),
        ('prompt.ru = "Который?"', "", "one", "prompt", "ru is missing"),
        ('prompt.uk = "Котрий?"', 'prompt.uk = "Который?"', "one", "prompt", "'ы'"),
        ('kind = "choice"', 'kind = "chioce"', "one", "kind", "unknown kind"),
        ("right = true", "", "one", "option", "exactly one"),
        ('text.uk = "Другий"', 'right = true\ntext.uk = "Другий"', "one", "option", "2 options"),
        (
            'why.uk = "Бо ні"\nwhy.ru = "Потому что нет"',
            "",
            "one",
            "option",
            "missing; write why.uk",
        ),
        ('id = "b"', 'id = "a"', "one", "option", "stands twice"),
        ('id = "two"', 'id = "one"', "one", "id", "twice"),
        (
            '["S2.levels.basic"]',
            '["S2.levels.basik"]',
            "one",
            "covers",
            "did you mean 'S2.levels.basic'",
        ),
        ("outcomes = [1]", "outcomes = [7]", "one", "outcomes", "no outcome 7"),
        ("points = 1", "points = 1\npiont = 2", "one", "piont", "unknown field"),
        ("points = 1", "points = true", "one", "points", "number above 0"),
        ("points = 1", "points = 1\nlevel = 1", "one", "level", "write a text in quotes"),
        (
            "points = 1",
            'points = 1\nsee.uk = "Ніде"\nsee.ru = "Нигде"',
            "one",
            "see",
            "no heading 'Ніде'",
        ),
        (
            'answer = "m / n"',
            'answer = "m / (n - 2)"',
            "two",
            "answer",
            "fails for {'m': 10, 'n': 2}",
        ),
        ('answer = "m / n"', 'answer = "m / q"', "two", "answer", "fails"),
        ('answer = "m * n"', 'answer = "m / n"', "two", "slip", "also right"),
        (
            "Скільки буде {m} на {n}?",
            "Скільки буде {m} на {k}?",
            "two",
            "prompt",
            "{k} is no parameter",
        ),
        ("Скільки буде {m} на {n}?", "Скільки буде {m}?", "two", "prompt", "{n} is not told"),
        ("digits = 2", 'digits = "two"', "two", "digits", "how many decimals"),
        ("n = {values = [2, 4]}", "n = {from = 1, to = 4}", "two", "parameters", "step"),
    ],
)
def test_each_planted_fault_is_named(tmp_path, old, new, exercise, field, says):
    faults = planted(
        tmp_path, old, new, page='# Заголовок\nlesson.exercise("one")\nlesson.exercise("two")\n'
    )
    found = [fault for fault in faults if fault.exercise == exercise and fault.field == field]
    assert found and says in found[0].message, faults
    assert found[0].file == "99-planted/exercises.toml" and found[0].line > 1
    line = (
        (tmp_path / "99-planted/exercises.toml").read_text("utf-8").splitlines()[found[0].line - 1]
    )
    assert field.split(".")[0] in line or "[[exercise]]" in line or "[lesson]" in line


def test_exercise_no_cell_shows(tmp_path):
    faults = planted(
        tmp_path, page='# Заголовок\nlesson.exercise("one")\nlesson.exercise("three")\n'
    )
    assert [(fault.exercise, fault.message[:22]) for fault in faults] == [
        ("three", "lesson.md shows an exe"),
        ("two", "no cell of lesson.md s"),
    ]


def test_remarks_behind_the_heads_of_exercises_move_no_line(tmp_path):
    text = (paths.shared("lessons") / "05-levels/exercises.toml").read_text("utf-8")
    head, _, rest = text.rpartition("[[exercise]]")
    planted = f"{head.replace('[[exercise]]', '[[exercise]]  # mine')}[[exercise]]{rest}"
    planted = planted.replace('"', '"\u2028', 1)  # as some text is copied
    path = tmp_path / "exercises.toml"
    path.write_text(planted.replace("\npoints = ", "\npints = "), "utf-8")
    lines = path.read_text("utf-8").split("\n")
    told = [fault.line for fault in checks.check(path) if fault.field == "pints"]
    assert told == [row for row, line in enumerate(lines, 1) if line.startswith("pints = ")]


@pytest.mark.parametrize(
    "content, line, says",
    [
        (b"\xff\xfe[lesson]", 1, "UTF-8"),
        (b"[lesson]\nnumber = \n", 2, "not TOML"),
        (b"", 1, "needs number"),
    ],
)
def test_unreadable_files_are_faults_too(tmp_path, content, line, says):
    path = tmp_path / "exercises.toml"
    path.write_bytes(content)
    fault = checks.check(path)[0]
    assert fault.line == line and says in fault.message


def test_what_stops_the_build_is_found_before_it(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "shared", lambda name: tmp_path / name)
    monkeypatch.setattr(checks, "check_classes", lambda lessons: [])  # the build needs no syllabus
    lesson = tmp_path / "lessons" / "99-planted"
    lesson.mkdir(parents=True)
    cells = ('lesson = course.lesson("planted", "LANG")', 'lesson.instrument("nowhere")')
    page = "".join(f"```{{code-cell}}\n{cell}\n```\n" for cell in cells)
    lesson.joinpath("lesson.md").write_text(page, "utf-8")
    told = "\n".join(map(str, checks.check_all()))
    assert told == "99-planted/exercises.toml:1: the lesson has no exercises.toml"
    head = SOUND.partition("[[outcome]]")[0]
    lesson.joinpath("exercises.toml").write_text(head, "utf-8")
    told = "\n".join(map(str, checks.check_all()))
    assert "lesson.md:2: the first code cell must be: import course" in told
    assert "lesson.md:5: no such instrument: nowhere" in told


def test_a_truth_of_a_data_set_that_nobody_described_is_named(tmp_path, monkeypatch):
    from course.truths import TRUTHS, Truth

    monkeypatch.setitem(TRUTHS, "planted_mean", Truth(lambda: 1, ("audit_pairs", "ledger")))
    entry = """
[[exercise]]
id = "mean"
kind = "value"
covers = ["S2.levels.basic"]
outcomes = [1]
truth = "planted_mean"
digits = 1
"""
    words = "".join(
        f'{field}.{lang} = "1"\n'
        for field in ("prompt", "right", "wrong", "solution")
        for lang in LANGS
    )
    (tmp_path / "99-planted").mkdir()
    path = tmp_path / "99-planted" / "exercises.toml"
    path.write_text(SOUND + entry + words, "utf-8")
    (fault,) = checks.check(path)
    assert fault.field == "truth"
    assert "planted_mean reads 'ledger'" in fault.message and "audit_pairs" in fault.message


@pytest.mark.parametrize("lang", LANGS)
def test_praise_does_not_say_yes_twice(lang):
    """The card already begins with its own word: «Так. Так: …» reads as a slip."""
    yes = re.compile(r"(Так|Да|Верно|Правильно)\b[.,:!]")
    told = {name: exercise.say("right", lang) for name, exercise in NAMED.items()}
    assert [name for name, words in told.items() if yes.match(words or "")] == []


def test_the_course_is_sound():
    assert [str(fault) for fault in checks.check_all()] == []


@pytest.mark.parametrize("name", NAMED)
def test_key_scores_full_marks_and_no_distractor_does(name):
    exercise = NAMED[name]
    key = exercises.key(exercise, exercises.draw(exercise, "key", 1))
    marks = lambda answer: scoring.score(exercise.kind.name, key, answer, exercise.points)  # noqa: E731
    if exercise.kind.name == "choice":
        assert marks(key["right"]).points == exercise.points
        for wrong in set(key["options"]) - {key["right"]}:
            assert marks(wrong).points == 0
    elif exercise.kind.name == "multi":
        assert marks(key["right"]).points == exercise.points
        assert marks(key["options"]).points == 0
        for option in key["options"]:
            flipped = sorted(set(key["right"]) ^ {option})
            assert marks(flipped).points < exercise.points
    elif exercise.kind.name == "order":
        items = list(key["ranks"])
        assert marks(items).points == exercise.points
        assert marks(items[::-1]).points < exercise.points / 2
        assert marks([item["id"] for item in exercise.shuffled("item")]).state != "right"
    elif exercise.kind.name in ("match", "classify"):
        assert marks(key["pairs"]).points == exercise.points
        for row, right in key["pairs"].items():
            for wrong in set(key["options"]) - {right}:
                assert marks(key["pairs"] | {row: wrong}).points < exercise.points
    elif exercise.kind.name == "value":
        assert marks(key["value"]).points == exercise.points
        for place, wrong in enumerate(key["wrong"]):
            assert marks(wrong).slip == place
    elif exercise.kind.name in scoring.by_person():
        assert (
            marks("щось написано" if exercise.kind.name == "text" else {key["tiles"][0]: "є"}).state
            == "person"
        )


@pytest.mark.parametrize(
    "name", [name for name, exercise in NAMED.items() if exercise.kind.name == "numeric"]
)
def test_numerics_survive_a_hundred_learners(name):
    exercise, seen, misses = NAMED[name], set(), 0
    for seed in range(100):
        values = exercises.draw(exercise, f"learner{seed}", 1)
        seen.add(json.dumps(values))
        key = exercises.key(exercise, values)
        for lang in LANGS:
            shown = number(key["value"], lang, key["digits"])
            assert scoring.score("numeric", key, shown).state == "right", (values, shown)
            for field in ("prompt", "solution", "right", "wrong"):
                assert "{" not in exercise.say(field, lang, values | {"answer": key["value"]}), (
                    field
                )
        for place, wrong in enumerate(key["wrong"]):
            misses += scoring.score("numeric", key, number(wrong, "uk", 8)).slip != place
    assert len(seen) > 20 or not exercise.drawn
    assert misses <= 20 * len(exercise.get("slip", [0]))


def test_draw_is_the_same_everywhere():
    made = exercises.Exercise(
        "levels",
        {
            "id": "fixed",
            "kind": "numeric",
            "parameters": {
                "m": {"from": 20, "to": 200, "step": 5},
                "r": {"from": 0.5, "to": 0.9, "step": 0.01},
                "k": {"values": [1, 2, 3]},
            },
        },
    )
    assert exercises.draw(made, "00ff", 1) == {"m": 130, "r": 0.62, "k": 1}
    assert exercises.draw(made, "00ff", 2) != exercises.draw(made, "00ff", 1)
    assert exercises.draw(made, "00fe", 1) != exercises.draw(made, "00ff", 1)


def test_grid_is_exact():
    assert exercises.grid({"from": 0.1, "to": 0.7, "step": 0.1}) == [
        0.1,
        0.2,
        0.3,
        0.4,
        0.5,
        0.6,
        0.7,
    ]
    assert exercises.grid({"from": 1, "to": 3, "step": 1}) == [1, 2, 3]


@pytest.mark.parametrize(
    "expression",
    [
        "__import__('os').system('true')",
        "().__class__.__mro__",
        "9**9**9**9",
        "3999999**3999999",
        "'a' * 10**9",
        "[x for x in ()]",
        "lambda: 1",
        "open('/etc/passwd')",
        "m.__class__",
        "1/0",
        "1e999",
        "'text'",
        "m if q else 1",
        "",
    ],
)
def test_hostile_expressions_are_refused(expression):
    with pytest.raises(ValueError):
        exercises.evaluate(expression, {"m": 1.0})


def test_shuffle_never_shows_the_right_order_and_is_the_same_for_all():
    for exercise in ALL:
        if exercise.kind.name == "order":
            shown = [item["id"] for item in exercise.shuffled("item")]
            assert shown != [item["id"] for item in exercise["item"]]
            assert shown == [item["id"] for item in exercise.shuffled("item")]


def test_every_kind_is_taught():
    assert {exercise.kind.name for exercise in ALL} == set(scoring.kinds())


def test_concepts_of_the_lessons_are_covered():
    promised = {
        "value-plan": "S2.5k1g S2.task4 S0.old_view S0.new_value S0.cocreation S2.valuable2",
        "levels": "S2.levels S0.price_role S1.seg_limits S1.b2b_buyers S2.traits7.contact",
        "spectrum": "S1 S2.spectrum7 S0.bonds4 S0.price_role S2.drivers9.risk",
        "commitments": "S4 S2.drivers9.trust_commit S2.drivers9.closeness S2.task4.time S2.compare7.basis",
        "contract-value": "S2.valuable2.firm S2.drivers9.acq_cost S3.diff6.lifetime S3.comp8.knowledge",
        "audit": "S3.comp8 S3.tech4 S3.rank.easier S3.rank.feasible S3.rank.unranked S4.functional S4.standards",
    }
    for slug, prefixes in promised.items():
        covered = {
            concept
            for exercise in CHAPTERS[slug].exercises.values()
            for concept in exercise["covers"]
        }
        wanted = {
            concept
            for concept in exercises.concepts()
            for prefix in prefixes.split()
            if re.match(rf"{re.escape(prefix)}(\.|$)", concept)
        }
        assert wanted and not wanted - covered, wanted - covered


def test_shared_folders_are_found():
    assert (paths.shared("lessons") / "concepts.toml").is_file()
    with pytest.raises(FileNotFoundError):
        paths.shared("nothing")
