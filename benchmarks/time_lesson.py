"""Lesson 5, all cells one after another as «run all» sends them, in a fresh kernel and again when it is warm."""

import json
import sys
import time

from shared import ROOT, kernel, median, run, table, wire

ROUNDS, NAME = 3, "notebooks/uk/05-levels.ipynb"


def cells():
    """Return the code cells of the built edition; of a checkout without one, of the edition as it would be."""
    path = ROOT / NAME
    if path.is_file():
        book = path.read_bytes()
    else:
        from course.authoring.editions import build

        book = build(ROOT)[NAME]
    return [
        "".join(cell["source"]) for cell in json.loads(book)["cells"] if cell["cell_type"] == "code"
    ]


def run_all(client, codes):
    """Return the seconds of each cell and the bytes that all of them sent."""
    took, size = [], 0
    for code in codes:
        start = time.perf_counter()
        _, messages = run(client, code)
        took.append(time.perf_counter() - start)
        size += wire(messages)
    return took, size


def main():
    codes, first, warm, sizes = cells(), [], [], []
    for _ in range(ROUNDS):
        with kernel() as client:
            first.append(sum(run_all(client, codes)[0]))
            took, size = run_all(client, codes)
            warm.append(took)
            sizes.append(size)
    total = median(map(sum, warm))
    slowest = sorted(zip(map(median, zip(*warm, strict=True)), codes, strict=True), reverse=True)[
        :3
    ]
    return table(
        f"lesson: {len(codes)} code cells of {NAME}; medians of {ROUNDS} kernels",
        [
            ("run all, warm kernel", f"{total:.2f} s", "≤ 3 s", total <= 3),
            ("run all, fresh kernel (imports included)", f"{median(first):.2f} s", "", None),
            ("on the wire, warm kernel", f"{median(sizes) / 1000:.0f} KB", "", None),
            *(
                (
                    f"warm, slow cell: {code.splitlines()[-1][:44]}",
                    f"{took * 1000:.0f} ms",
                    "",
                    None,
                )
                for took, code in slowest
            ),
        ],
    )


if __name__ == "__main__":
    sys.exit(not main())
