"""Lessons as notebook files: which cards are kept, what is exported, what counts as changed."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

VIEW, STATES = (f"application/vnd.jupyter.widget-{part}+json" for part in ("view", "state"))


def keep_cards(*, model: dict[str, Any], path: str, contents_manager: Any, **_: Any) -> None:
    """Put back the cards that JupyterLab leaves out when it saves a notebook.

    A ``pre_save_hook`` of its server. JupyterLab saves only what the present kernel has made. Who
    opens a lesson again, changes one cell and saves it would find "model not found" in place of
    every other card. Their states still stand in the file.

    Parameters
    ----------
    model : dict
        What is to be saved; changed in place.
    path : str
        Below the server's folder.
    contents_manager : jupyter_server.services.contents.filemanager.FileContentsManager
    """
    if model.get("type") != "notebook":
        return
    book = model["content"]
    kept = book["metadata"].get("widgets", {}).get(STATES, {}).get("state", {})
    wanted = {data[VIEW]["model_id"] for data in _data(book) if VIEW in data} - set(kept)
    file = Path(contents_manager.root_dir, path)
    if not wanted or not file.is_file():
        return
    before = (
        json.loads(file.read_bytes())["metadata"]
        .get("widgets", {})
        .get(STATES, {})
        .get("state", {})
    )
    while wanted := wanted & before.keys() - kept.keys():
        kept |= {name: before[name] for name in wanted}
        said = json.dumps([before[name] for name in wanted])
        wanted = {name for name in before if name in said}  # the models that these are made of
    if kept:
        shared = {"state": kept, "version_major": 2, "version_minor": 0}
        book["metadata"]["widgets"] = {**book["metadata"].get("widgets", {}), STATES: shared}


def stills(book: Any, resources: Any) -> tuple[Any, Any]:
    """Leave the still form of cards and instruments where both stand; a preprocessor of nbconvert.

    The live form needs the internet in an exported page; the still one is there without.

    Parameters
    ----------
    book : nbformat.NotebookNode
        Changed in place.
    resources : dict

    Returns
    -------
    tuple
        Both, as given.
    """
    for data in _data(book):
        if "text/html" in data:
            data.pop(VIEW, None)
    if not any(VIEW in data for data in _data(book)):
        book["metadata"].pop("widgets", None)
    return book, resources


def cells(data: bytes) -> str | None:
    """Return a digest of what is written in a notebook's cells.

    Whatever has been run, folded or added empty changes nothing in it.

    Parameters
    ----------
    data : bytes
        Of a file.

    Returns
    -------
    str or None
        ``None`` when it is no notebook.

    Examples
    --------
    >>> empty = b'{"cells": [{"cell_type": "code", "source": [], "execution_count": 7}]}'
    >>> cells(empty) == cells(b'{"cells": []}'), cells(b"a,b")
    (True, None)
    """
    try:
        book = json.loads(data)
    except (ValueError, RecursionError):
        return None
    listed = book.get("cells") if isinstance(book, dict) else None
    if not isinstance(listed, list) or not all(isinstance(cell, dict) for cell in listed):
        return None
    sources = [(cell.get("cell_type"), cell.get("source")) for cell in listed]
    lines = [
        (kind, source.splitlines(True) if isinstance(source, str) else source)
        for kind, source in sources
    ]
    return hashlib.sha256(json.dumps([line for line in lines if line[1]]).encode()).hexdigest()


def _data(book: Any) -> Iterator[Any]:
    for cell in book["cells"]:
        for output in cell.get("outputs", ()):
            yield output.get("data", {})
