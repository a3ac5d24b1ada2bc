"""What weights by calibration are worth against reviewers who do not read: a simulation.

Works, reviewers and their faults are invented (tests/grading/reviewers.py); deal, weights, medians
and the rule that leaves a work to the lecturer are those of the course.

python benchmarks/peer.py [classes]
"""

import sys
from pathlib import Path
from statistics import mean

sys.path[:0] = [str(Path(__file__).parent.parent / "tests" / "grading")]
STUDENTS, CRITERIA = 60, 5
SHARES = (0.0, 0.1, 0.2, 0.3, 0.5)


def classes(count, **how):
    from reviewers import simulate

    return [simulate(seed, STUDENTS, CRITERIA, **how) for seed in range(count)]


def row(made):
    """Mean agreement of each way to make a mark, and how much is left to the lecturer."""
    ways = {
        "mean": lambda each: each.agreement(each.means),
        "median": lambda each: each.agreement(each.medians),
        "weighted": lambda each: each.agreement(each.weighted()),
        "settled, mean": lambda each: each.agreement(each.means, each.settled()),
        "settled, weighted": lambda each: each.agreement(each.weighted(), each.settled()),
        "with the lecturer": lambda each: each.agreement(each.final()),
    }
    cells = {}
    for name, way in ways.items():
        given = [way(each) for each in made]
        cells[name] = [mean(values) for values in zip(*given, strict=True)]
    left = mean(1 - len(each.settled()) / STUDENTS for each in made)
    return cells, left


def weights(made):
    """Mean weight, and the share that is not heard, of each kind of reviewer."""
    kinds = {}
    for each in made:
        for name, kind in each.kinds.items():
            kinds.setdefault(kind, []).append(each.weights[name])
    return {kind: (mean(given), mean(not w for w in given)) for kind, given in kinds.items()}


def printed(rows):
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)))
    print()


def main(count):
    lines = []
    for bad, kinds in [(share, None) for share in SHARES] + [
        (0.3, (kind,)) for kind in ("random", "constant", "hostile", "generous")
    ]:
        made = classes(count, bad=bad, **({"kinds": kinds} if kinds else {}))
        cells, left = row(made)
        name = f"{bad:.0%} bad" + (f", {kinds[0]}" if kinds else "")
        for way, (tau, rho, error) in cells.items():
            lines.append([name, way, f"{tau:.3f}", f"{rho:.3f}", f"{error:.1f} %", f"{left:.0%}"])
            name = ""
    printed([["reviewers", "mark", "tau", "rho", "error", "left"], *lines])
    shown = weights(classes(count, bad=0.5)).items()
    rows = [[kind, f"{weight:.2f}", f"{unheard:.0%}"] for kind, (weight, unheard) in shown]
    printed([["reviewer", "weight", "not heard"], *rows])


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
