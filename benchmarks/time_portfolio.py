"""The portfolio beside the same numbers from numpy: a policy, and the optimum under a limit of hours.

The matrices of the programme and of the chains are made before the clock starts, so that the other
side is numpy and HiGHS alone.
"""

import sys
import time

from shared import ROOT, median, table

sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "models")]
ROUNDS, LIMITS = 60, (200, 250, 300, 350, 400, 450, 500)


def timed(function):
    """Return the milliseconds of one call."""
    start = time.perf_counter()
    function()
    return 1000 * (time.perf_counter() - start)


def main():
    import numpy as np
    import test_portfolio as domain
    from scipy.optimize import linprog

    from course.models import portfolio

    market, policy = portfolio.ZERNOKROK, portfolio.optimum(portfolio.ZERNOKROK).policy
    chains = {segment.name: domain.chains(segment.fit) for segment in market.segments}
    levels = [
        {name: [int(digit) - 1 for digit in digits] for name, digits in quarter.items()}
        for quarter in policy
    ]

    def by_numpy():
        total, stages = 0.0, np.arange(5)
        for segment in market.segments:
            x = np.array(segment.start, float)
            for quarter, chosen_by in enumerate(levels):
                chosen = chosen_by[segment.name]
                gain = x @ (segment.margin * domain.WEIGHT - domain.COST[chosen])
                total += domain.BETA**quarter * gain
                x = x @ chains[segment.name][chosen, stages]
            total += domain.BETA**12 * 4 * segment.margin * x @ domain.WEIGHT
        return total

    policies = [
        (timed(lambda: portfolio.evaluate(market, policy)), timed(by_numpy)) for _ in range(ROUNDS)
    ]
    programmes = {limit: domain.matrices(market, limit) for limit in LIMITS}
    portfolio.limited(market, 100)  # scipy is loaded by now
    limits = [
        (
            timed(lambda limit=limit: portfolio.limited(market, limit)),
            timed(lambda limit=limit: linprog(**programmes[limit], method="highs")),
        )
        for limit in LIMITS
    ]
    rows = []
    for what, rounds, most, others in (
        ("a policy", policies, 20, "numpy"),
        ("the optimum under a limit", limits, 1000, "HiGHS on ready matrices"),
    ):
        ours, theirs = (median(column) for column in zip(*rounds, strict=True))
        rows.append((f"{what}: the model", f"{ours:.2f} ms", f"≤ {most} ms", ours <= most))
        rows.append((f"{what}: {others}", f"{theirs:.2f} ms", "", None))
        rows.append((f"{what}: ratio", f"{ours / theirs:.2f} ×", "", None))
    return table("portfolio: twelve quarters, four segments", rows)


if __name__ == "__main__":
    main()
