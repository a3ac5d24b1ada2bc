"""Make satisfaction_survey.csv: 800 patients of a dental clinic, what they say and whether they return.

Run ``python datasets/make/satisfaction_survey.py [folder]``. The process and its truths stand in TRUTHS.md.
"""

import numpy as np
from common import write

PATIENTS = 800
# component: mean mark, share of the patient's general mood in it, mean importance
COMPONENTS = {
    "core": (5.9, 0.6, 6.6),
    "support": (5.0, 0.7, 5.6),
    "recovery": (4.1, 0.7, 5.4),
    "personal": (4.4, 0.6, 4.9),
}
PROBLEM, FREE = 0.35, 0.5  # shares of patients
LOSS = 1.1  # of satisfaction, by the failure itself; the mean of all stays 4.6 plus the four parts


def make(seed=390):
    """Return {file name: (columns, rows)}."""
    rng = np.random.default_rng(seed)
    mood = rng.normal(0, 1, PATIENTS)
    level, share, weight = np.array(list(COMPONENTS.values())).T
    noise = rng.normal(0, 0.9, (PATIENTS, 4))
    performance = _marks(level + mood[:, None] * share + noise)
    importance = _marks(weight + rng.normal(0, 0.8, (PATIENTS, 4)))
    problem = rng.random(PATIENTS) < PROBLEM
    free = rng.random(PATIENTS) < FREE
    core, support, recovery, personal = performance.T
    satisfaction = _marks(
        4.6
        + LOSS * (PROBLEM - problem)
        + 0.75 * np.minimum(core - 6, 0)
        + 0.30 * (support - 5)
        + np.where(problem, 0.55, 0.05) * (recovery - 4)
        + 0.38 * np.maximum(personal - 4, 0)
        + rng.normal(0, 0.7, PATIENTS)
    )
    reach = (satisfaction - 1) / 6
    returns = np.where(free, 0.06 + 0.84 * reach**3.2, 0.62 + 0.30 * reach)
    returned = rng.random(PATIENTS) < returns
    columns = (
        "patient_id",
        *(f"imp_{name}" for name in COMPONENTS),
        *(f"perf_{name}" for name in COMPONENTS),
        "had_problem",
        "competitive_market",
        "overall_sat",
        "repurchased",
    )
    answers = np.column_stack([importance, performance, problem, free, satisfaction, returned])
    rows = [(f"P{number:03d}", *map(int, row)) for number, row in enumerate(answers, 1)]
    return {"satisfaction_survey.csv": (columns, rows)}


def _marks(values):
    """Round to marks from 1 to 7."""
    return np.clip(np.rint(values), 1, 7)


if __name__ == "__main__":
    write(make())
