"""The forty lines of lesson 9 beside the package lifetimes: the same customers, the same parameters.

Both fit BG/NBD to CDNOW in fresh processes, in turn; imports are told apart from the fits. The
package is installed once into an environment of its own in benchmarks/.cache.
"""

import json
import re
import subprocess
import sys

from shared import ROOT, median, python_with, table

ROUNDS = 7
DATA = f"""
import json, time
import pandas as pd
orders = pd.read_csv({str(ROOT / "datasets/real/cdnow/cdnow.csv")!r})
"""
OURS = """
import numpy as np
start = time.perf_counter()
from scipy.optimize import minimize
from scipy.special import betaln, gammaln, hyp2f1
imported = time.perf_counter() - start
{lesson}
base = summary(orders, 273)
start = time.perf_counter()
rates, _ = fit(purchases, base, 4)
fitted = time.perf_counter() - start
start = time.perf_counter()
total = forecast(rates, base, 39).sum()
told = time.perf_counter() - start
print(json.dumps([imported, fitted, told, float(total), *map(float, rates)]))
"""
THEIRS = """
import warnings
warnings.filterwarnings("ignore")
start = time.perf_counter()
from lifetimes import BetaGeoFitter
imported = time.perf_counter() - start
seen = orders[orders["day"] <= 273].drop_duplicates(["customer_id", "day"])
each = seen.groupby("customer_id")["day"]
x, t_x, T = each.count() - 1, (each.max() - each.min()) / 7, (273 - each.min()) / 7
start = time.perf_counter()
fitter = BetaGeoFitter().fit(x, t_x, T)
fitted = time.perf_counter() - start
start = time.perf_counter()
total = fitter.conditional_expected_number_of_purchases_up_to_time(39, x, t_x, T).sum()
told = time.perf_counter() - start
print(json.dumps([imported, fitted, told, float(total), *map(float, fitter.params_)]))
"""


def lesson():
    """Return the functions that the learner reads, as they stand in the lesson."""
    page = (ROOT / "lessons/09-purchase-models/lesson.md").read_text("utf-8")
    cells = re.findall(r"```\{code-cell\}\n(.*?)```", page, re.DOTALL)
    code = "\n".join(cell for cell in cells if "\ndef " in f"\n{cell}")
    return "\n".join(re.findall(r"(?ms)^def .*?(?=^\S|\Z)", code))


def timed(code, python):
    """Run one side in a fresh process and return its numbers."""
    done = subprocess.run([python, "-c", DATA + code], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


def main():
    theirs, ours = (
        python_with("lifetimes", "lifetimes==0.11.3", "pandas", "scipy"),
        OURS.replace("{lesson}", lesson()),
    )
    sides = {"ours": (ours, sys.executable), "theirs": (THEIRS, theirs)}
    rounds = {name: [] for name in sides}
    for _ in range(ROUNDS):
        for name, side in sides.items():
            rounds[name].append(timed(*side))
    found = {
        name: [median(column) for column in zip(*runs, strict=True)]
        for name, runs in rounds.items()
    }
    near = max(abs(a / b - 1) for a, b in zip(found["ours"][3:], found["theirs"][3:], strict=True))
    rows = []
    for place, what in enumerate(("import", "fit of 2357 customers", "forecast of 39 weeks")):
        ours, theirs = (1000 * found[name][place] for name in ("ours", "theirs"))
        rows.append((f"{what}: forty lines", f"{ours:.0f} ms", "", None))
        rows.append((f"{what}: lifetimes 0.11.3", f"{theirs:.0f} ms", "", None))
    ratio = found["ours"][1] / found["theirs"][1]
    rows.append(("fit alone: forty lines to lifetimes", f"{ratio:.2f} ×", "", None))
    waits = sum(found["ours"][:2]) / sum(found["theirs"][:2])
    rows.append(("import and fit: forty lines to lifetimes", f"{waits:.2f} ×", "≤ 1", waits <= 1))
    rows.append(("largest difference of a parameter", f"{100 * near:.3f} %", "≤ 0.1", near <= 1e-3))
    rows.append(
        ("purchases expected, both", " ".join(f"{found[n][3]:.1f}" for n in found), "", None)
    )
    return table("fit: BG/NBD on CDNOW, fresh processes in turn", rows)


if __name__ == "__main__":
    main()
