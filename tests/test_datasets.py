"""Data sets: as their descriptor says, made again byte for byte, and refused with a clear word when damaged."""

import hashlib
import json
import re
import subprocess
import sys

import pytest

from course import datasets, paths
from course.datasets import DatasetError, describe, load

FOLDER = paths.shared("datasets")
PACKAGE = json.loads((FOLDER / "datapackage.json").read_text("utf-8"))
NAMES = [resource["name"] for resource in PACKAGE["resources"]]
MAKERS = sorted(path for path in FOLDER.glob("make/*.py") if path.stem not in ("all", "common"))


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """A copy of the folder that a test may damage."""
    for path in [*FOLDER.rglob("*.csv"), FOLDER / "datapackage.json"]:
        target = tmp_path / path.relative_to(FOLDER)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    monkeypatch.setattr(datasets.paths, "shared", lambda name: tmp_path)
    return tmp_path


def test_every_file_is_described_and_every_description_has_a_file():
    assert {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.csv")} == {
        resource["path"] for resource in PACKAGE["resources"]
    }


def test_real_data_lie_apart_with_their_licence_and_their_source():
    real = [part for part in PACKAGE["resources"] if part["path"].startswith("real/")]
    assert {path.parent for path in FOLDER.glob("real/*/*.csv")} == {
        (FOLDER / part["path"]).parent for part in real
    }
    for part in real:
        folder = (FOLDER / part["path"]).parent
        assert (FOLDER / part["licence"]["path"]).parent == folder
        assert (FOLDER / part["licence"]["path"]).read_text("utf-8").strip()
        assert "**Source**" in (folder / "README.md").read_text("utf-8")
        for lang in ("uk", "ru"):
            assert describe(part["name"], lang).attrs["licence"] == part["licence"]["title"]


@pytest.mark.parametrize("name", NAMES)
def test_loads_as_described(name):
    table = load(name)
    fields = next(one for one in PACKAGE["resources"] if one["name"] == name)["schema"]["fields"]
    assert list(table.columns) == [field["name"] for field in fields]
    assert not table.isna().any().any()
    for field in fields:
        kind = {"integer": "int64", "number": "float64"}.get(field["type"])
        assert kind in (None, str(table[field["name"]].dtype))


def test_a_loaded_table_is_the_learners_own():
    table = load("audit_outcomes")
    table["alive_24m"] = 0
    assert load("audit_outcomes")["alive_24m"].any()


@pytest.mark.parametrize("lang, foreign", [("uk", "[ыэъё]"), ("ru", "[іїєґ]")])
@pytest.mark.parametrize("name", NAMES)
def test_describe_speaks_the_language(name, lang, foreign):
    table = describe(name, lang)
    text = " ".join([table.to_string(), *table.attrs.values(), *table.columns]).lower()
    assert list(table.iloc[:, 0]) == list(load(name).columns)
    assert not re.search(foreign, text)
    assert re.search("[а-я]", " ".join(table.iloc[:, 1]))


@pytest.mark.skipif(not MAKERS, reason="makers are for a checkout, not for an installed course")
def test_makers_make_every_data_set_and_the_same_bytes(tmp_path):
    for maker in MAKERS:
        subprocess.run([sys.executable, maker, tmp_path], check=True)
    made = {path.name: path.read_bytes() for path in tmp_path.glob("*.csv")}
    kept = {path.name: path.read_bytes() for path in FOLDER.glob("*.csv")}
    assert made.keys() == kept.keys()
    assert [name for name in made if made[name] != kept[name]] == []


def test_windows_line_ends_do_not_matter(copy):
    path = copy / "audit_outcomes.csv"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert len(load("audit_outcomes")) == 160


@pytest.mark.parametrize(
    "old, new, message",
    [
        (
            b"1,supplier,1,culture,1,",
            b"1,supplier,1,culture,1,7",
            r"audit_pairs\.csv, column score, line 2: '7\d' is not between 1 and 5",
        ),
        (
            b"1,supplier,1,culture,1,",
            b"1,supplier,1,culture,1,0.",
            r"column score, line 2: '0\.\d' is not of type integer",
        ),
        (
            b"1,supplier,1,culture,1,",
            b"1,supplier,1,culture,1,x",
            r"column score, line 2: 'x\d' is not of type integer",
        ),
        (
            b"\n1,supplier,1,culture,2,",
            b"\n1,seller,1,culture,2,",
            r"column side, line 3: 'seller' is not one of",
        ),
        (
            b"\n1,supplier,1,culture,2,",
            b"\n1,supplier,1,culture,1,",
            r"line 3: .* is not in the only row with its pair_id",
        ),
        (b"pair_id,side", b"pair,side", r"audit_pairs\.csv: columns are"),
    ],
)
def test_damage_is_named(copy, old, new, message):
    path = copy / "audit_pairs.csv"
    data = path.read_bytes()
    assert data.count(old) >= 1
    path.write_bytes(data.replace(old, new, 1))
    with pytest.raises(DatasetError, match=message):
        load("audit_pairs")


def test_infinite_and_empty_numbers_are_refused(copy):
    path = copy / "zernokrok_customers.csv"
    lines = path.read_text().splitlines()
    for damaged in ("inf", "", "nan"):
        row = lines[1].split(",")
        row[2] = damaged
        path.write_text("\n".join([lines[0], ",".join(row), *lines[2:]]) + "\n")
        with pytest.raises(DatasetError, match="column margin_kuah, line 2"):
            load("zernokrok_customers")


def test_missing_rows_and_quiet_changes_are_refused(copy):
    path = copy / "audit_outcomes.csv"
    lines = path.read_text().splitlines()
    path.write_text("\n".join(lines[:-1]) + "\n")
    with pytest.raises(DatasetError, match="159 rows; expected 160"):
        load("audit_outcomes")
    flipped = lines[1][:-1] + ("0" if lines[1].endswith("1") else "1")
    path.write_text("\n".join([lines[0], flipped, *lines[2:]]) + "\n")
    with pytest.raises(DatasetError, match="differ from the published file"):
        load("audit_outcomes")


def test_missing_file_and_unknown_set_are_named(copy):
    (copy / "audit_outcomes.csv").unlink()
    with pytest.raises(DatasetError, match=r"audit_outcomes\.csv cannot be read"):
        load("audit_outcomes")
    with pytest.raises(DatasetError, match="no data set 'ledger'; there are .*audit_pairs"):
        load("ledger")


def test_digests_are_of_the_files():
    for resource in PACKAGE["resources"]:
        data = (FOLDER / resource["path"]).read_bytes().replace(b"\r\n", b"\n")
        assert resource["hash"] == "sha256:" + hashlib.sha256(data).hexdigest()
        assert resource["rows"] == data.count(b"\n") - 1
