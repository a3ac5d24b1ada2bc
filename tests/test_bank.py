"""The lecturers' bank is sound, drawn numbers are right by another route, and no learner gets it."""

import math
import re
import shutil
import statistics
import tomllib
from collections import Counter
from itertools import chain
from pathlib import Path

import pytest

from course import lab
from course.authoring import lengths, typography
from course.authoring.checks import check
from course.cli import main as course
from course.exercises import draw, key, read
from course.texts import LANGS, number

ROOT = Path(__file__).parent.parent
FILES = sorted((ROOT / "bank").glob("*/exercises.toml"))
SEEDS = [f"seed{count}" for count in range(100)]
LEAST = 8  # exercises of a lesson
DRAWN = 4  # of them with numbers of every student's own


def name(path):
    return path.parent.name


def stream(margin, keep, rate, years=150):
    """The worth of a client counted year by year; the first margin comes now."""
    worth = 0.0
    for _ in range(years):
        worth = margin + worth * keep / (1 + rate)
    return worth


def root_of(gap, low, high):
    """Where a function is nought, by secants."""
    at_low, at_high = gap(low), gap(high)
    for _ in range(60):
        if abs(high - low) < 1e-12 * (1 + abs(high)) or at_high == at_low:
            break
        step = at_high * (high - low) / (at_high - at_low)
        low, at_low, high = high, at_high, high - step
        at_high = gap(high)
    return high


def stopped(start, month, every, notice):
    """What a programme that fails from the first day takes until it ends, month by month."""
    taken, months, bad = start, 0, 0
    while bad < 2:
        months += 1
        taken += month
        bad += months % every == 0
    return taken + sum([month] * notice)


# Every drawn exercise once more: from the story and not from the formula.
AGAIN = {
    "bank-sat-upper": lambda n, k: root_of(
        lambda x: (x - 100 * k / n) / (x * (100 - x) / n) ** 0.5 - 1.96, 100 * k / n + 5, 60
    ),
    "bank-sat-differences": lambda a, b, c, d: (a + d) - (b + c),
    "bank-sat-threshold": lambda n, f, k, q, m: root_of(
        lambda x: n * 1000 * f * x * q / 100 * m - k, 0, 9
    ),
    "bank-sat-budget": lambda n, p, a, s, b: n * p * a + n * p * s * b,
    "bank-spectrum-most": lambda d, g, q, a, e: root_of(
        lambda i: d - g * i - q * (i - i * (1 - a) - i * a * (1 - e)), 0, 9999
    ),
    "bank-spectrum-joint": lambda z, a, u, f: root_of(
        lambda x: (35 * a + 20 * u + 15 * f + 3 * x) / 1000 - z, 0, 100
    ),
    "bank-spectrum-years": lambda d, v, s: root_of(lambda y: d * y - s - v * y, 0, 99),
    "bank-spectrum-left": lambda n, m, k, i, q, a, e: (
        (1 - q) * (n * m - k - 18 * i / 100)
        + q * (n * m - k - 18 * i / 100 - e * (i - i * (1 - a)))
    ),
    "bank-commitments-mixture": lambda f, x, y: 100 * y + 100 * f * (x - y),
    "bank-commitments-reach": lambda s, u: stream(100 * u, s, 0),
    "bank-commitments-penalty": lambda m, a, b, f, d: root_of(
        lambda fine: stream(m - f * fine, b, d) - stream(m, a, d), 0, m
    ),
    "bank-commitments-error": lambda n, k: (
        196 * statistics.pstdev([1] * k + [0] * (n - k)) / math.sqrt(n)
    ),
    "bank-levels-hours": lambda c, w, h, i, r0, r1: root_of(
        lambda m: stream(m - c - w * h, r1, i) - stream(m, r0, i), 0, 1000
    ),
    "bank-levels-cap": lambda m, r0, r1, i: root_of(
        lambda c: stream(m - c, r1, i) - stream(m, r0, i), 0, m
    ),
    "bank-levels-needed": lambda m, c, r0, i: root_of(
        lambda r: stream(m - c, r / 100, i) - stream(m, r0, i), 0, 100
    ),
    "bank-deal-moved": lambda a, b, s, k: 25 * sum((a + k - 1, b + k - 1, s - 5)) / 7,
    "bank-deal-free": lambda c, m, r: root_of(lambda x: x / 100 * m - c - r * m, 0, 100),
    "bank-deal-year": lambda r, x, m, d, c, n: (n * x * m - n * x * d - n * c - n * r * m) / 1000,
    "bank-deal-top": lambda r, x, m, p: root_of(lambda d: x * (m - p * d / 100) - r * m, 0, 100),
    "bank-plan-least": lambda p, m, c, f: root_of(
        lambda after: (after / 100 - p) * m - c - f, 0, 100
    ),
    "bank-plan-trial": lambda n, a, k, b, m, c: (a * m - n * c - b * m * n / k) / n,
    "bank-plan-discount-call": lambda q, p, m, d, c: (
        (1000 * p * m - 1000 * p * d - 1000 * c - 1000 * q * m) / 1000
    ),
    "bank-plan-keep": lambda n, w, s: root_of(lambda x: x * sum([w] * 12) - n * s, 0, n),
    "bank-pays-saved": lambda n, b, k, a, c: root_of(
        lambda x: x * n * (b / n - a / k) - c * n, 0, 99
    ),
    "bank-pays-won": lambda n, k, s, g: (s * n + g * k) / k,
    "bank-pays-cared": lambda m, r, c, i: stream(m * r / (1 + i) - c, r, i),
    "bank-pays-margin": lambda c, r0, r1, i: root_of(
        lambda m: stream(m * r1 / (1 + i) - c, r1, i) - stream(m * r0 / (1 + i), r0, i), 0, 99
    ),
    "bank-levels-hour-price": lambda m, c, h, r0, r1, i: root_of(
        lambda w: stream(m - c - w * h, r1, i) - stream(m, r0, i), -10, 100
    ),
    "bank-contract-value-cohort-rate": lambda s1, s2, s3: root_of(
        lambda r: s2 * r / 100 - s3, 0, 100
    ),
    "bank-contract-value-mix-value": lambda n1, r1, n2, r2, m, i: (
        (
            n1 * stream(m, r1, i)
            + n2 * stream(m, r2, i)
            - (n1 + n2) * stream(m, (n1 * r1 + n2 * r2) / (n1 + n2), i)
        )
        / 1000
    ),
    "bank-contract-value-sbg-later": lambda a, b, n: (
        100
        * math.exp(
            math.lgamma(b + n + 2)
            - math.lgamma(a + b + n + 2)
            - math.lgamma(b + n)
            + math.lgamma(a + b + n)
        )
    ),
    "bank-contract-value-three-payments": lambda m, r1, r2, i: (
        m + (m * r1 + m * r1 * r2 / (1 + i)) / (1 + i)
    ),
    "bank-contract-value-last-cost": lambda c, k, s: (
        2e-4 / (c * (1 - math.exp(-k * (s + 1e-4))) - c * (1 - math.exp(-k * (s - 1e-4))))
    ),
    "bank-selection-enough-goes": lambda m, s, h: root_of(lambda g: s + g * h / 100 - m, 0, 100),
    "bank-selection-after-fee": lambda v, p, m, s, h: m + max(0, s - p * v) - (s + h),
    "bank-selection-win-needed": lambda k, c, o, r: root_of(
        lambda q: q / 100 * (c - o) * r - k, 0, 100
    ),
    "bank-selection-peak": lambda a, d, c, g: (
        100
        * max(sum(sorted((a, d, -c, -g), reverse=True)[:n]) for n in range(1, 5))
        / (a + d - c - g)
    ),
    "bank-culture-weight": lambda a, p, s, h: root_of(
        lambda w: (a + h * s) * (1 - w / 100) + p * w / 100 - a, 0, 100
    ),
    "bank-culture-penalty": lambda n, i, a, p, s, h: root_of(
        lambda f: h * s - f + stream(p, 1 - 1 / n, i) - p - (stream(a, 1 - 1 / n, i) - a), 0, 9999
    ),
    "bank-culture-share-needed": lambda g, c: root_of(lambda q: q * g - (100 - q) * c, 0, 100),
    "bank-culture-together": lambda n, a, m, c, k, d: 100 * (n - a) / n * (m - c) / m * (k - d) / k,
    "bank-culture-leave-now": lambda s, h, a, p: p - (a - h * s),
    "bank-audit-mean-hides": lambda q, s, f: (
        sum([f] * 7 + [1 - abs(s - q) / 4]) / 8
        - min(1 - abs(s - q) / 4, (sum([7, 6, 5, 3, 2, 4, 1]) * f + 8 * (1 - abs(s - q) / 4)) / 36)
    ),
    "bank-audit-potential": lambda a, g, c, d: (
        sum(w * (min(pair) - 1) / 4 for w, pair in ((8, (a, g)), (7, (c, c)), (3, (d, d)))) / 18
    ),
    "bank-audit-sign-result": lambda n, k, v, c: (k * (v - c) + (n - k) * -c) / n,
    "bank-audit-trial-worth": lambda p, m, w, g: root_of(lambda x: x / 100 * g - p * m * w, 0, 100),
    "bank-channels-ptm": lambda a, d, w, c, z: 100 - 100 * a / sum((a, d, w, c)),
    "bank-channels-dependence": lambda x, y, z: x * (z - y) / (y * z),
    "bank-channels-bonds-short": lambda p, d, a, c, e: root_of(
        lambda more: (p - p * (1 - d)) - (a + c + e + more), 0, 9999
    ),
    "bank-channels-point-price": lambda c, n, g: root_of(lambda q: g * q / n - c, 0, 999),
    "bank-channels-bonus-left": lambda s, e, m, k, g, q: (s * e) * m - sum([g * q] * int(k)),
    "bank-purchase-models-missed": lambda x, t, w: root_of(lambda k: k * (t / x) - (w - t), 0, 99),
    "bank-purchase-models-still": lambda x, t, w: (
        100
        * math.exp(
            -math.log1p(
                math.exp(math.log(0.8 / (x + 1.5)) + (x + 0.3) * math.log((w + 5) / (t + 5)))
            )
        )
    ),
    "bank-purchase-models-weight-own": lambda n, p, q: (
        100 - 100 * (q - 1) / (p * (n - 1) + (q - 1))
    ),
    "bank-purchase-models-margin": lambda c, w, z, u, g: g * c * (u + w * (z - u)),
    "bank-portfolio-uplift-margin": lambda p, n, q, k: (
        196 * math.hypot((p / n - p * p / n) ** 0.5, (q / k - q * q / k) ** 0.5)
    ),
    "bank-portfolio-trial-size": lambda p, c, m: (
        1 / root_of(lambda y: 1.96**2 * 2 * p * (1 - p) * y - (c / m) ** 2, 0, 1)
    ),
    "bank-portfolio-calls-lot": lambda n, d, g, m, c: (
        (n * d / 100 * m - n * (c + c + c + c)) / 1000
    ),
    "bank-portfolio-nps-change": lambda e, g: math.hypot(e, g),
    "bank-programme-gift": lambda n, r, m, b, f: root_of(
        lambda x: (n * x / 100 * m - n * x / 100 * b - 1000 * f) - n * r * m, 0, 100
    ),
    "bank-programme-hours": lambda h, k, g, a, b, u, v: max(
        large * u + small * v
        for large in range(k + 1)
        for small in range(g + 1)
        if large * a + small * b <= h
    ),
    "bank-programme-first-step": lambda k, s, c, d: root_of(
        lambda p: (
            (p * (999 - k) + (100 - p) * (k * s - k)) - (p * (999 - c - k - d) - (100 - p) * c)
        ),
        0,
        100,
    ),
    "bank-programme-stop-price": lambda a, c, e, q, k: stopped(a, c - e, q, k),
    "bank-programme-low-end": lambda n, t, p, q, m, c: root_of(
        lambda gain: (
            (p - q - (1000 * gain / t + c) / m) * n**0.5
            - 1.96 * math.hypot(math.sqrt(p - p * p), math.sqrt(q - q * q))
        ),
        -999,
        999,
    ),
    "bank-programme-review-date": lambda n, w, s, k: root_of(
        lambda month: (month - k) * w * s - (n + n), 0, 99
    ),
    "bank-programme-slack": lambda f, c, n, d, m: root_of(
        lambda x: n * (d - d * x / 100) / 100 * 1000 * m - (1000 * f + n * c), 0, 100
    ),
}


def every():
    return [exercise for path in FILES for exercise in read(path).exercises.values()]


@pytest.mark.parametrize("path", FILES, ids=name)
def test_a_bank_is_sound_and_full(path):
    assert [str(fault) for fault in check(path)] == []
    source = path.read_text("utf-8")
    assert typography.pairs(source) == source
    exercises = list(read(path).exercises.values())
    drawn = [exercise for exercise in exercises if exercise.drawn]
    assert len(exercises) >= LEAST and len(drawn) >= DRAWN
    for exercise in exercises:
        assert exercise.drawn or exercise["level"] == "judge", exercise.id
        assert exercise["hint"] and (not exercise.drawn or len(exercise["slip"]) >= 3), exercise.id
        page = next((ROOT / "lessons").glob(f"{path.parent.name}/lesson.md")).read_text("utf-8")
        for lang in LANGS:
            title = re.escape(exercise["see"][lang])
            assert re.search(rf"^#+ {title}$", page, re.M), (exercise.id, lang)


@pytest.mark.parametrize("path", FILES, ids=name)
def test_a_key_earns_everything_and_no_mistake_does(path):
    for exercise in read(path).exercises.values():
        if exercise.drawn:
            continue
        marks, kind = key(exercise), exercise.kind
        if "item" in exercise.raw:
            right = [item["id"] for item in exercise["item"]]
            wrongs = [
                [*right[:place], right[place + 1], right[place], *right[place + 2 :]]
                for place in range(len(right) - 1)
            ]
        elif "row" in exercise.raw:
            right = {row["id"]: row["key"] for row in exercise["row"]}
            wrongs = [
                right | {row["id"]: option["id"]}
                for row in exercise["row"]
                for option in exercise["option"]
                if option["id"] != row["key"]
            ]
        else:
            ids = [option["id"] for option in exercise["option"]]
            rights = [option["id"] for option in exercise["option"] if option.get("right")]
            single = kind.name == "choice"
            right = rights[0] if single else rights
            wrongs = (
                [each for each in ids if each != right]
                if single
                else [sorted(set(rights) ^ {each}) for each in ids]
            )
        assert kind.score(marks, right).state == "right", exercise.id
        for wrong in wrongs:
            assert kind.score(marks, wrong).state != "right", (exercise.id, wrong)


@pytest.mark.parametrize("path", FILES, ids=name)
def test_a_hundred_students_get_numbers_that_another_route_confirms(path):
    for exercise in read(path).exercises.values():
        if not exercise.drawn:
            continue
        collisions = Counter()
        for seed in SEEDS:
            values = draw(exercise, seed, 1)
            marks = key(exercise, values)
            truth = AGAIN[exercise.id](**values)
            assert math.isclose(marks["value"], truth, rel_tol=1e-6), (exercise.id, values)
            shown = number(truth, "uk", exercise["digits"])
            assert exercise.kind.score(marks, shown).state == "right", (exercise.id, values)
            for slip, wrong in enumerate(marks["wrong"], 1):
                collisions[slip] += exercise.kind.score(marks, wrong).state == "right"
        assert not [slip for slip, count in collisions.items() if count > 5], (
            exercise.id,
            collisions,
        )


def numbers(words):
    """The numbers of a sentence, in their order, as either language prints them."""
    return [
        float(each.replace("−", "-").replace(",", "."))
        for each in re.findall(r"[+−]?\d+(?:,\d+)?", words)
    ]


def by_id(name):
    return next(exercise for exercise in every() if exercise.id == name)


@pytest.mark.parametrize("lang", LANGS)
def test_a_cell_moves_when_its_money_beats_the_price_of_its_hours(lang):
    cells = by_id("bank-programme-cells")
    (price,) = numbers(cells["prompt"][lang])
    for row in cells["row"]:
        _, told = row["text"][lang].split(": ")
        up, more_hours, down, fewer_hours = numbers(told)
        lower = "down" if down + price * fewer_hours > 0 else "stay"
        assert row["key"] == ("up" if up > price * more_hours else lower), row["id"]


@pytest.mark.parametrize(
    ("lang", "signal", "decisions"),
    [
        ("uk", "червоний", {"more": "більше уваги", "terms": "нові умови", "keep": "як є"}),
        (
            "ru",
            "красный",
            {"more": "больше внимания", "terms": "новые условия", "keep": "как есть"},
        ),
    ],
)
def test_a_draft_of_lists_breaks_the_rules_where_the_key_says(lang, signal, decisions):
    draft = by_id("bank-programme-lists")
    places, share = 2, numbers(draft["prompt"][lang])[0] / 100
    told = {option["id"]: option["text"][lang] for option in draft["option"]}
    worth = {
        name: numbers(words)[2]
        for name, words in told.items()
        if numbers(words)[0] > 0 and signal not in words
    }
    best = sorted(worth, key=worth.__getitem__, reverse=True)[:places]
    for option in draft["option"]:
        profit, revenue, *_ = numbers(told[option["id"]])
        terms = "terms" if profit < share * revenue else "keep"  # nobody has refused them yet
        chosen = option["id"] in best
        assert not (chosen and terms == "terms"), "two rules would fit one client"
        due = decisions["more" if chosen else terms]
        breaks = not told[option["id"]].endswith(due)
        assert breaks == option.get("right", False), option["id"]


def test_ids_are_nowhere_twice():
    chapters = [read(path) for path in [*FILES, *(ROOT / "lessons").glob("*/exercises.toml")]]
    ids = Counter(chain.from_iterable(chapter.exercises for chapter in chapters))
    assert [each for each, count in ids.items() if count > 1] == []


def test_length_does_not_tell_the_right_option():
    assert [str(fault) for fault in lengths.faults([read(path) for path in FILES])] == []


def test_a_spec_names_the_exercises_of_its_own_lesson():
    assigned = Counter()
    for path in FILES:
        spec = tomllib.loads((path.parent / "spec.toml").read_text("utf-8"))
        assert sorted(spec["exercises"]) == sorted(f"own/{each}" for each in read(path).exercises)
        assert set(spec["title"]) == set(LANGS)
        assigned[spec["id"]] += 1
    assert set(assigned.values()) == {1}


def test_a_spec_can_be_assigned(tmp_path, capsys):
    spec, roster = FILES[0].parent / "spec.toml", ROOT / "examples" / "rm-quiz" / "roster.csv"
    assert course(["assign", str(spec), "--roster", str(roster), "--out", str(tmp_path)]) == 0
    assert sorted(path.suffix for path in (tmp_path / "students").iterdir()) == [
        ".ipynb",
        ".ipynb",
        ".json",
    ]


@pytest.mark.parametrize("lang", LANGS)
def test_every_command_of_the_guide_answers_what_is_printed(lang, tmp_path, monkeypatch, capsys):
    guide = (ROOT / "docs" / f"bank.{lang}.md").read_text("utf-8")
    assert typography.mend(guide, lang) == guide
    shutil.copytree(ROOT / "bank" / "05-levels", tmp_path / "copy")
    shutil.copy(ROOT / "examples" / "rm-quiz" / "roster.csv", tmp_path / "copy")
    monkeypatch.chdir(tmp_path / "copy")
    blocks = re.findall(r"^```(\w+)\n(.*?)^```$", guide, re.M | re.S)
    kinds = [kind for kind, _ in blocks if kind != "toml"]
    assert kinds == ["sh", "text"] * 5
    for kind, block in blocks:
        if kind == "sh":
            assert course(block.split()[1:]) == 0
            answer = capsys.readouterr().out
        elif kind == "toml":
            assert tomllib.loads(block), "what is shown can be read"
        else:
            assert block in answer


def test_no_wheel_and_no_copy_of_a_learner_has_the_bank(tmp_path):
    from hatchling.builders.wheel import WheelBuilder

    packed = [file.path for file in WheelBuilder(str(ROOT)).recurse_included_files()]
    assert packed and not [each for each in packed if str(ROOT / "bank") in each]
    lab.bring(tmp_path)
    slugs = [read(path).slug.encode() for path in FILES]
    copied = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert copied and slugs
    for path in copied:
        data = path.read_bytes()
        assert not [slug for slug in slugs if slug in data], path
