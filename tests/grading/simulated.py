"""Simulated students: what a class hands in, from a private key. Seeded, so that every run makes the same files."""

import hashlib
import json
import random
from datetime import UTC, datetime, timedelta

from course.answers import receipt
from course.exercises import chance
from course.ids import folded

WORDS = {
    "uk": "клієнт відносини довіра увага вигода зерно кава доставка щочетверга дата обсмаження година менеджер порівняти "  # noqa: E501
    "конкурент база перевірити пакунок гривня тому отже бо ми ви".split(),
    "ru": "клиент отношения доверие внимание выгода зерно кофе доставка каждый четверг дата обжарка час менеджер сравнить "  # noqa: E501
    "конкурент база проверить пачка гривна поэтому значит ведь мы вы".split(),
}

PLAN = {"A": "44445", "B": "33344", "C": "12222", "D": "33344"}  # of the simulation


def variant(key, entry, student):
    """Number of the draw that a student sees."""
    seed = "all" if key["variants"] == "one" else folded(student)
    seed = hashlib.sha256(f"{key['salt']}|{seed}".encode()).hexdigest()
    return (
        chance(seed, entry["lesson"], entry["raw"].get("shared") or entry["ref"], 1)
        % len(entry["draws"])
        if entry["draws"]
        else 0
    )


def answer(key, entry, student, lang, right, dice):
    """One answer with the ids that students see: right, or wrong as a learner would be."""
    kind, made = entry["kind"], entry["keys"][variant(key, entry, student)]
    shown = {
        field: {own: public for public, own in ids.items()} for field, ids in entry["ids"].items()
    }
    names = shown.get("item" if kind == "order" else "option", {})
    if kind == "choice":
        wrong = sorted(set(names) - {made["right"]})
        return names[
            made["right"] if right else wrong[0] if dice.random() < 0.6 else dice.choice(wrong)
        ]
    if kind == "multi":
        chosen = list(made["right"])
        if not right:
            chosen = chosen[1:] + sorted(set(names) - set(chosen))[: dice.randint(0, 1)]
        return [names[one] for one in chosen]
    if kind == "order":
        chosen = sorted(made["ranks"], key=lambda one: made["ranks"][one])
        if not right:
            place = dice.randrange(len(chosen) - 1)
            chosen[place : place + 2] = chosen[place + 1], chosen[place]
        return [names[one] for one in chosen]
    if kind in ("match", "classify"):
        pairs = dict(made["pairs"])
        if not right:
            one, two = dice.sample(sorted(pairs), 2)
            pairs[one], pairs[two] = pairs[two], pairs[one]
        return {shown["row"][row]: names[option] for row, option in pairs.items()}
    if kind == "numeric":
        value = made["value"] if right else dice.choice(made["wrong"] or [made["value"] * 2 + 1])
        return f"{value:.{made['digits']}f}".replace(".", ",")
    if kind == "portfolio":
        return PLAN if right else PLAN | {"D": "15555"}
    if kind == "lists":
        return (
            made["value"]
            if right
            else {**made["value"], "values": ["keep"] * len(made["value"]["index"])}
        )
    if kind == "value":
        value = made["value"] if right or not made["wrong"] else dice.choice(made["wrong"])
        return value if right or made["wrong"] or isinstance(value, dict) else value + 7
    text = (
        " ".join(dice.choice(WORDS[lang]) for _ in range(dice.randint(25, 60))).capitalize() + "."
    )
    return (
        text
        if kind == "text"
        else {tile: text[:90] for tile in made["tiles"] if right or dice.random() < 0.6}
    )


def event(name, kind, made, when, lang, digest="0123456789ab"):
    """One line of a journal."""
    one = {
        "v": 1,
        "t": when.isoformat(timespec="milliseconds")[:23] + "Z",
        "x": name,
        "e": kind,
        "a": made,
        "lang": lang,
    }
    one |= {"d": digest, "n": 1} if kind in ("answer", "draft") else {}
    return json.dumps(one, ensure_ascii=False, separators=(",", ":"))


def journal(
    key,
    student,
    name,
    lang="uk",
    skill=0.7,
    seed=0,
    when=datetime(2026, 12, 2, 9, tzinfo=UTC),
    skip=0.05,
    saves=0.3,
):
    """Lines of one student's journal: identity, then each exercise, some saved wrong first."""
    dice, lines = random.Random(f"{seed}|{student}"), []
    lines.append(event("identity", "set", {"student": student, "name": name}, when, lang))
    for entry in key["exercises"]:
        if dice.random() < skip:
            continue
        right = dice.random() < skill
        for good in [False] * (dice.random() < saves) + [right]:
            when += timedelta(seconds=dice.randint(5, 200))
            lines.append(
                event(
                    entry["ref"],
                    "answer",
                    answer(key, entry, student, lang, good, dice),
                    when,
                    lang,
                )
            )
    return lines


def handed(key, student, name, lines, lang="uk", digest=None):
    """The bytes of a hand-in file."""
    head = {
        "submission": 1,
        "assignment": key["id"],
        "digest": digest or key["digest"],
        "student": {"id": student, "name": name},
        "lang": lang,
    }
    body = "".join(
        line + "\n"
        for line in [json.dumps(head, ensure_ascii=False, separators=(",", ":")), *lines]
    ).encode()
    return body + json.dumps({"receipt": receipt(body)}).encode() + b"\n"


def submission(key, student, name, **how):
    """One student's hand-in file from nothing."""
    return handed(key, student, name, journal(key, student, name, **how), how.get("lang", "uk"))
