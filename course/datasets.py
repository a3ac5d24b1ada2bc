"""The course's data sets: read, and checked against ``datasets/datapackage.json``."""

import hashlib
import json
from collections.abc import Mapping
from functools import cache, lru_cache
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from course import paths
from course.texts import DASH, NBSP

if TYPE_CHECKING:  # pictures that need no data are drawn without it, which spares a browser 20 MB
    import pandas as pd

Described = dict[str, Any]  # the descriptor, or its part about a data set


class DatasetError(ValueError):
    """A data set is not what its descriptor says; the message names file, column and line."""


@cache
def _package() -> Described:
    package: Described = json.loads(
        (paths.shared("datasets") / "datapackage.json").read_text("utf-8")
    )
    return package


def names() -> list[str]:
    """Return the names of all data sets."""
    return [resource["name"] for resource in _package()["resources"]]


def _resource(name: str) -> Described:
    resources: dict[str, Described] = {
        resource["name"]: resource for resource in _package()["resources"]
    }
    if name not in resources:
        raise DatasetError(f"no data set {name!r}; there are {', '.join(resources)}")
    return resources[name]


def handed_on(name: str) -> dict[str, Path]:
    """Return the files that go along where a data set is handed on, by their place among the data.

    Real data go with their licence and with what is told of them.

    Examples
    --------
    >>> list(handed_on("audit_pairs")), sorted(handed_on("cdnow"))[0]
    (['audit_pairs.csv'], 'real/cdnow/LICENSE')
    """
    folder = paths.shared("datasets")
    own = folder / _resource(name)["path"]
    beside = [own] if own.parent == folder else sorted(own.parent.iterdir())
    return {path.relative_to(folder).as_posix(): path for path in beside if path.is_file()}


def load(name: str) -> "pd.DataFrame":
    """Read one data set.

    Parameters
    ----------
    name : str
        Name in the descriptor, for example ``"audit_pairs"``.

    Returns
    -------
    pandas.DataFrame
        Columns as described: integers, floats and text. A new table at every call.

    Raises
    ------
    DatasetError
        When the set is unknown, its file is missing, or it differs from its descriptor.

    Examples
    --------
    >>> load("kavaleleka_customers").shape
    (140, 3)
    """
    resource = _resource(name)
    path = paths.shared("datasets") / resource["path"]
    try:
        state = path.stat()
    except OSError as error:
        raise DatasetError(f"{path.name} cannot be read: {error}") from error
    return _checked(name, path, state.st_mtime_ns, state.st_size).copy()


@lru_cache(maxsize=8)  # checks and pictures of a lesson ask for the same few again and again
def _checked(name: str, path: Path, changed: int, size: int) -> "pd.DataFrame":
    import pandas as pd

    resource = _resource(name)
    try:
        # git on Windows may have changed line ends
        data = path.read_bytes().replace(b"\r\n", b"\n")
        table = pd.read_csv(StringIO(data.decode("utf-8")), dtype=str, keep_default_na=False)
    except (OSError, ValueError) as error:
        raise DatasetError(f"{path.name} cannot be read: {error}") from error
    result = _typed(table, resource)
    if len(result) != resource["rows"]:
        raise DatasetError(f"{path.name}: {len(result)} rows; expected {resource['rows']}")
    if resource["hash"] != f"sha256:{hashlib.sha256(data).hexdigest()}":
        raise DatasetError(f"{path.name}: some values differ from the published file; restore it")
    return result


def _typed(table: "pd.DataFrame", resource: Described) -> "pd.DataFrame":
    """Turn a table of text into its types, or raise at the first value that is not as described."""
    import pandas as pd

    fields, key = resource["schema"]["fields"], resource["schema"]["primaryKey"]
    columns = [field["name"] for field in fields]
    if list(table.columns) != columns:
        raise DatasetError(
            f"{resource['path']}: columns are {list(table.columns)}; expected {columns}"
        )

    def demand(good: "pd.Series[bool]", column: str, what: str) -> None:
        if not good.all():
            row = int((~good).to_numpy().argmax())
            raise DatasetError(
                f"{resource['path']}, column {column}, line {row + 2}: "
                f"{table[column].iloc[row]!r} is not {what}"
            )

    series = {}
    for field in fields:
        name, kind, values = field["name"], field["type"], table[field["name"]]
        if kind == "string":
            allowed = [category["value"] for category in field.get("categories", [])]
            demand(values.isin(allowed) | (not allowed), name, f"one of {allowed}")
        else:
            low, high = field["constraints"]["minimum"], field["constraints"]["maximum"]
            values = pd.to_numeric(values, errors="coerce")
            demand(
                (values % 1 == 0) | (values.notna() & (kind == "number")), name, f"of type {kind}"
            )
            demand(values.between(low, high), name, f"between {low} and {high}")
            values = values.astype("int64" if kind == "integer" else "float64")
        series[name] = values
    result = pd.DataFrame(series)
    demand(~result.duplicated(key), key[0], f"in the only row with its {', '.join(key)}")
    return result


def shared(name: str) -> str | None:
    """Return the name of the draw that decides which part of a data set is whose, or None."""
    drawn = _resource(name).get("drawn")
    return str(drawn["shared"]) if drawn else None


def own(name: str, values: Mapping[str, float]) -> "pd.DataFrame":
    """Return a learner's own part of a data set that many learners share.

    Parameters
    ----------
    name : str
    values : mapping of str to float
        What the learner drew: the number of the part, and factors of some columns. Without a
        number there is no row.

    Returns
    -------
    pandas.DataFrame
        Without the column that parts it; figures times their factor, to two decimals.

    Examples
    --------
    >>> whole, part = load("programme_ledger"), own("programme_ledger", {"firm": 3, "price": 1.1})
    >>> int(whole["firm"].eq(3).sum()) == len(part), "firm" in part
    (True, False)
    """
    drawn, table = _resource(name)["drawn"], load(name)
    column = drawn["rows"]
    rows = table[column] == values.get(column, 0)
    part = table[rows].drop(columns=column).reset_index(drop=True)
    for figure, factor in drawn.get("times", {}).items():
        part[figure] = (part[figure] * values.get(factor, 1)).round(2)
    return part


def describe(name: str, lang: str) -> "pd.DataFrame":
    """Return what the columns of a data set mean, in "uk" or "ru".

    A DataFrame with one row per column. Its ``attrs`` hold the title, description and licence of
    the set. Raises DatasetError as `load`.

    Examples
    --------
    >>> describe("audit_outcomes", "ru").attrs["title"]
    'Двусторонний аудит: что было потом'
    """
    import pandas as pd

    package, resource = _package(), _resource(name)
    rows = [
        (
            field["name"],
            field["title"][lang],
            field.get("unit", {}).get(lang, ""),
            package["types"][field["type"]][lang],
            ", ".join(
                f"{category['value']}{NBSP}{DASH[lang]} {category['label'][lang]}"
                for category in field.get("categories", [])
            ),
        )
        for field in resource["schema"]["fields"]
    ]
    table = pd.DataFrame(rows, columns=package["headings"][lang])
    table.attrs.update(
        title=resource["title"][lang],
        description=resource["description"][lang],
        licence=resource.get("licence", package["licenses"][0])["title"],
    )
    return table
