"""Make every data set anew and bring row counts and digests in datapackage.json up to date.

Every other program of this folder but ``common.py`` is a maker; the folder is the list.
Run ``python datasets/make/all.py`` after a change to one; then read TRUTHS.md and its test again.
"""

import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
MAKERS = sorted(path for path in HERE.glob("*.py") if path.stem not in ("all", "common"))

if __name__ == "__main__":
    for maker in MAKERS:
        subprocess.run([sys.executable, maker], check=True)
    path = HERE.parent / "datapackage.json"
    text = path.read_text("utf-8")
    for resource in json.loads(text)["resources"]:
        data = (HERE.parent / resource["path"]).read_bytes()
        rows, digest = len(data.splitlines()) - 1, hashlib.sha256(data).hexdigest()
        facts = f'"rows": {rows},\n   "hash": "sha256:{digest}"'
        old = rf'("path": "{resource["path"]}".*?)"rows": \d+,\s+"hash": "[^"]*"'
        text = re.sub(old, rf"\g<1>{facts}", text, count=1, flags=re.DOTALL)
    path.write_text(text, "utf-8")
