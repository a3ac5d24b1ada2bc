"""A change of an instrument until its new picture is ready in the kernel, for every instrument."""

import json
import sys

from shared import kernel, median, run, table

from course import instruments

ROUNDS, CHANGES = 3, 60
TIMED = """
import json, time
from course import charts, instruments
from course.widgets.panel import Panel
took = {{}}
for name in instruments.names():
    declared = instruments.find(name)
    view = Panel(declared.spec("uk"), declared.cases, declared.start, lambda values: declared.look(values, "uk"))
    fields = [leaf for leaf in view._fields.values()]
    took[name] = []
    for n in range({changes}):
        leaf = fields[n % len(fields)]
        if leaf["type"] == "number":
            value = min(leaf["max"], view._values[leaf["id"]] + 1 + n % 3)
        elif leaf["type"] == "ratings":
            value = str(1 + n % 5)
        else:
            value = leaf["options"][n % len(leaf["options"])][0]
        view._act({{"act": "case", "case": declared.start}})
        start = time.perf_counter()
        state = view._act({{"act": "set", "values": {{leaf["id"]: value}}}})
        took[name].append((time.perf_counter() - start) * 1000)
        assert state["pictures"]
start = time.perf_counter()
for _ in range(20):
    sum(n * n for n in range(20_000))
took["bare"] = [(time.perf_counter() - start) * 1000 / 20]
print(json.dumps(took))
"""


def main():
    rounds = []
    for _ in range(ROUNDS):
        with kernel() as client:
            rounds.append(json.loads(run(client, TIMED.format(changes=CHANGES))[0]))
    bare = median(found["bare"][0] for found in rounds)
    rows = []
    for name in instruments.names():
        took = median(median(found[name]) for found in rounds)
        rows += [
            (f"{name}: change → pictures", f"{took:.1f} ms", "≤ 15 ms", took <= 15),
            ("… beside a bare sum of 20,000 squares", f"{took / bare:.1f} ×", "", None),
            ("… slowest change", f"{max(max(found[name]) for found in rounds):.1f} ms", "", None),
        ]
    return table(f"instrument: medians of {CHANGES} changes in {ROUNDS} fresh kernels", rows)


if __name__ == "__main__":
    sys.exit(not main())
