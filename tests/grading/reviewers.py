"""Simulated reviewers: honest and noisy, lazy, hostile, generous. Seeded; everything about them is invented.

The quality of a work is one number, each criterion that number with some of its own; a level is what lies between two
quartiles. An honest reviewer sees each criterion with noise, some less and some more of it.
"""

import random
from dataclasses import dataclass
from statistics import median

from scipy.stats import kendalltau, spearmanr

from course.grading.peer.collect import Jury
from course.grading.peer.rounds import first_round, rows
from course.grading.results import Answer, Work

CUTS = (-0.67, 0.0, 0.67)  # between the levels 0, 1, 2 and 3
OWN = 0.6  # what a criterion has of its own, beside the quality of the work
NOISE = (0.3, 0.9)  # of honest reviewers, the least and the most
SAMPLES = {"weak": -1.1, "middling": 0.05, "strong": 1.1}  # their quality
KINDS = ("random", "constant", "hostile", "generous")
REF = "own/plan"


def level(value):
    return sum(value > cut for cut in CUTS)


def latent(quality, criteria, dice):
    return [(1 - OWN**2) ** 0.5 * quality + OWN * dice.gauss(0, 1) for _ in range(criteria)]


def marked(kind, seen, noise, dice):
    """What a reviewer of a kind gives to a work whose criteria are such."""
    if kind == "random":
        return [dice.randrange(4) for _ in seen]
    if kind == "constant":
        return [2] * len(seen)
    if kind == "hostile":
        return [0] * len(seen)
    honest = [level(value + dice.gauss(0, noise)) for value in seen]
    return [min(3, each + 1) for each in honest] if kind == "generous" else honest


def assignment(students, criteria, marks, secret):
    """As much of a key as a jury reads."""
    pair = {"uk": "x", "ru": "x"}
    rubric = [
        {"id": f"c{n}", "title": pair, "levels": [0, 1, 2, 3], "level": [{"text": pair}] * 4}
        for n in range(criteria)
    ]
    key = {"id": "plan", "exercises": [{"ref": REF, "rubric": rubric, "points": 3 * criteria}]}
    samples = [
        {"id": name, "answers": {REF: name}, "marks": {REF: dict(enumerated(given))}}
        for name, given in marks.items()
    ]
    peer = {
        "secret": secret,
        "exercises": [REF],
        "samples": samples,
        "closes": None,
        "spread": 15,
    }
    return key, peer, {student: {REF: {"answer": student, "draw": None}} for student in students}


def enumerated(given):
    return ((f"c{n}", points) for n, points in enumerate(given))


@dataclass
class Class:
    """One simulated class: true totals, verdicts, plain means and medians, weights, by student."""

    kinds: dict
    truth: dict
    verdicts: dict
    means: dict
    medians: dict
    weights: dict

    def settled(self):
        return [name for name, verdict in self.verdicts.items() if not verdict.why]

    def weighted(self):
        """Marks by weight; where nobody is heard, the plain median stands in, to compare all works."""
        return {
            name: verdict.mark if verdict.heard else self.medians[name]
            for name, verdict in self.verdicts.items()
        }

    def final(self):
        """What the table says in the end: the lecturer marks what is his, and marks it rightly."""
        return {name: self.truth[name] if v.why else v.mark for name, v in self.verdicts.items()}

    def agreement(self, marks, names=None):
        """Kendall's tau and Spearman's rho with the truth, and the mean error in percent of the full mark."""
        names = list(names or self.truth)
        true, given = [self.truth[n] for n in names], [marks[n] for n in names]
        error = sum(abs(a - b) for a, b in zip(true, given, strict=True)) / len(names)
        tau, rho = kendalltau(true, given)[0], spearmanr(true, given)[0]
        return tau, rho, 100 * error / self.full

    full = 0


def simulate(seed, students=60, criteria=5, bad=0.0, kinds=KINDS):
    """A class in which a share of reviewers is bad, of these kinds in turn."""
    dice = random.Random(f"peer|{seed}")
    names = [f"s{n}" for n in range(students)]
    seen = {name: latent(dice.gauss(0, 1), criteria, dice) for name in names}
    samples = {name: latent(quality, criteria, dice) for name, quality in SAMPLES.items()}
    true = {name: [level(v) for v in values] for name, values in (seen | samples).items()}
    marks = {name: true[name] for name in SAMPLES}
    key, peer, plans = assignment(names, criteria, marks, f"secret {seed}")
    dealt = first_round(peer, plans)
    jury = Jury(key, peer, dealt)
    spoilt = dice.sample(names, round(bad * students))
    kind_of = {name: "honest" for name in names}
    kind_of |= {name: kinds[n % len(kinds)] for n, name in enumerate(spoilt)}
    reviewers, plain = {}, {name: [] for name in names}
    for name in names:
        noise, slots = dice.uniform(*NOISE), dealt["packets"][name]["slots"]
        given = [marked(kind_of[name], (seen | samples)[slot["id"]], noise, dice) for slot in slots]
        for slot, levels in zip(slots, given, strict=True):
            if slot["kind"] == "plan":
                plain[slot["id"]].append(sum(levels))
        answers = {
            row.ref: Answer(
                state="right",
                points=1,
                maximum=1,
                answer=f"level-{given[row.slot][int(row.criterion['id'][1:])]}",
            )
            for row in rows(key, peer, len(slots))
        }
        reviewers[name] = jury.reviewer(
            Work(
                student=name,
                claimed=name,
                name=name,
                group="",
                email="",
                lang="uk",
                flags=["ok"],
                points=0,
                maximum=0,
                exercises=answers,
            )
        )
    made = Class(
        kind_of,
        {name: sum(true[name]) for name in names},
        {name: jury.verdict(name, reviewers, plans[name]) for name in names},
        {name: sum(totals) / len(totals) for name, totals in plain.items()},
        {name: median(totals) for name, totals in plain.items()},
        {name: reviewer.weight for name, reviewer in reviewers.items()},
    )
    made.full = 3 * criteria
    return made
