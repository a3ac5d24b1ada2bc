"""Run the benchmarks named on the command line, or all of them, and print a table of each.

python benchmarks/run.py [import|page|click|instrument|lesson|journal|fit|portfolio|nbgrader] ...
"""

import argparse
import importlib
import os

NAMES = (
    "import",
    "page",
    "click",
    "instrument",
    "lesson",
    "journal",
    "fit",
    "portfolio",
    "nbgrader",
)


def main():
    parser = argparse.ArgumentParser(
        description="Measure the course beside what it is compared with."
    )
    parser.add_argument("names", nargs="*", metavar="|".join(NAMES), help="default: all")
    names = parser.parse_args().names
    if unknown := set(names) - set(NAMES):
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    if hasattr(os, "getloadavg"):
        print(
            f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors; trust figures of a quiet machine only"
        )
    met = [importlib.import_module(f"time_{name}").main() for name in names or NAMES]
    print(f"\n{sum(met)} of {len(met)} met every target")


if __name__ == "__main__":
    main()
