"""What review is worth after 60 days, by FSRS's own model: a simulation, no measurement of people.

The model that plans the reviews also plays the learners, so this shows what its rules amount to
and cannot show that they are right.

python benchmarks/recall.py [learners]
"""

import random
import sys
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from shared import table

from course import review
from course.review import AGAIN, GOOD, HARD, Item

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
DAYS = 60  # after the lesson
CARDS = 12  # of a lesson that can be asked again
LESSONS = 8  # one a week
# First answers, as we suppose them: right at once, right with a hint or by half, not right.
FIRST = ((GOOD, 0.6), (HARD, 0.2), (AGAIN, 0.2))


class Learner:
    """Somebody who takes lessons and remembers by FSRS's model; ``chance`` decides what."""

    def __init__(self, seed):
        self.chance, self.rated, self.asked = random.Random(seed), {}, 0

    def takes(self, lesson, now):
        rates, weights = zip(*FIRST, strict=True)
        for card in range(CARDS):
            self.rated[lesson, card] = ((now, self.chance.choices(rates, weights)[0]),)

    def items(self):
        return [
            Item(None, SimpleNamespace(id=name), review.memory(rated))
            for name, rated in self.rated.items()
        ]

    def repeats(self, items, now):
        for item in items:
            rate = GOOD if self.chance.random() < item.recall(now) else AGAIN
            self.rated[item.exercise.id] += ((now, rate),)
            self.asked += 1

    def recall(self, now, lesson=None):
        """Return the mean chance to remember, of one lesson or of all."""
        known = [item for item in self.items() if lesson in (None, item.exercise.id[0])]
        return sum(item.recall(now) for item in known) / len(known)


def nothing(learner, now):
    """Read on and never come back."""
    return []


def due(learner, now):
    """Do all that is due, every day."""
    return [item for item in learner.items() if item.due(now)]


def four_a_day(learner, now):
    """Do four of what is due, every day: six minutes."""
    return review.first(due(learner, now), 4)


def four_a_week(learner, now):
    """Do the five minutes back of a weekly lesson."""
    return review.first(learner.items(), 4) if weekly(now) else []


def simple(learner, now):
    """Do four a week by the rule without a model: never right first, then longest ago."""

    def rank(item):
        rated = learner.rated[item.exercise.id]
        return any(rate == GOOD for _, rate in rated), rated[-1][0]

    return sorted(learner.items(), key=rank)[:4] if weekly(now) else []


def weekly(now):
    return (now - START).days % 7 == 0


def one_lesson(policy, seed):
    """Return recall 60 days after one lesson, and how many cards were repeated."""
    learner = Learner(seed)
    learner.takes(0, START)
    for day in range(1, DAYS):
        now = START + timedelta(days=day)
        learner.repeats(policy(learner, now), now)
    return learner.recall(START + timedelta(days=DAYS)), learner.asked


def course(policy, seed):
    """Return the mean recall of each lesson 60 days after it, and how many cards were repeated."""
    learner, recalls = Learner(seed), []
    for day in range(7 * (LESSONS - 1) + DAYS + 1):
        now = START + timedelta(days=day)
        recalls += [
            learner.recall(now, lesson) for lesson in range(LESSONS) if day == 7 * lesson + DAYS
        ]
        if learner.rated:
            learner.repeats(policy(learner, now), now)
        if day % 7 == 0 and day // 7 < LESSONS:
            learner.takes(day // 7, now)
    return sum(recalls) / len(recalls), learner.asked


def told(run, policy, learners):
    """Return a row's result: mean recall, and minutes of review a learner."""
    outcomes = [run(policy, seed) for seed in range(learners)]
    recall = sum(each[0] for each in outcomes) / learners
    minutes = review.MINUTES * sum(each[1] for each in outcomes) / learners
    return recall, minutes


def main(learners=100):
    """Print both tables."""
    met = True
    for title, run, policies in (
        (f"one lesson of {CARDS} cards", one_lesson, (nothing, four_a_week, four_a_day, due)),
        (f"{LESSONS} lessons, one a week", course, (nothing, simple, four_a_week, four_a_day, due)),
    ):
        shares = {policy: told(run, policy, learners) for policy in policies}
        rows = [
            (policy.__doc__.rstrip("."), f"{recall:.0%}, {minutes:.0f} min of review", "", None)
            for policy, (recall, minutes) in shares.items()
        ]
        met &= table(f"{title}: remembered {DAYS} days after, by FSRS's model", rows)
    return met


if __name__ == "__main__":
    sys.exit(not main(*map(int, sys.argv[1:])))
