"""Write what a maker made: CSV with line feeds, numbers as given."""

import sys
from pathlib import Path


def write(tables):
    """Write {file name: (columns, rows)} into the folder named on the command line, or into datasets/."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent)
    for name, (columns, rows) in tables.items():
        lines = [",".join(columns), *(",".join(map(str, row)) for row in rows)]
        (folder / name).write_bytes(("\n".join(lines) + "\n").encode("ascii"))
