"""Makes the site: the wheel that browsers load, JupyterLite around it, the first page in front."""

import base64
import csv
import hashlib
import io
import json
import lzma
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
import zlib
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from course import lab, saved
from course.site import SiteError, first
from course.texts import LANGS, text

ROOT = Path(__file__).parent.parent.parent
MARK = ".course-site"  # stands in what we made: only such a folder is made anew
STORAGE = "relationship-marketing-course"  # one for both languages
SCIENCE = ("matplotlib", "numpy", "pandas", "scipy")
# What browsers never run, or find in the list of files already.
_LEFT_OUT = tuple(
    f"course/{name}/"
    for name in ("authoring", "grading", "shipped/notebooks", "site", "teaching", "overrides")
) + ("course/cli.py", "course/lab.py", "course/__main__.py")
_SOURCES = ("/lesson.md", "/seminar.toml", "/syllabus.toml")  # of the lessons
# In other people's wheels: halves of a page that the site has already, and types of packages that
# are not here. jedi alone unpacks 4,800 files of them whenever a kernel starts; it finds none of
# those in `stubs`, which lie a folder deeper than it looks.
_NEEDLESS = (
    "anywidget/labextension/",
    "anywidget/nbextension/",
    "ipywidgets/widgets/tests/",
    "jedi/third_party/django-stubs/",
    "jedi/third_party/typeshed/stubs/",
)
# Wanted by packages here, and of no use in a browser: the first two do not even exist for it, the
# others bring the page's half of ipywidgets once more.
_NO_BROWSER = ("pexpect", "psutil", "jupyterlab-widgets", "widgetsnbextension")
# Asked for while Pyodide starts, all at once.
_AT_ONCE = ("jedi", "micropip", "piplite", "relationship-marketing-course")
_RUNTIME = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
_LOCK = "pyodide-lock.json"
# What an archive raises that is none, or was cut off while it was downloaded.
_CUT = (OSError, EOFError, tarfile.TarError, zlib.error, lzma.LZMAError)
_UNREACHED = (
    "JupyterLite built no list of packages; the public address of Pyodide was not reached: try "
    "again, or name a copy with --pyodide"
)


def site(out: Path, pyodide: Path | None) -> list[str]:
    """Build the whole site.

    Parameters
    ----------
    out : pathlib.Path
        Made; made anew when it is a site already.
    pyodide : pathlib.Path, optional
        A folder or an archive; without it browsers use the public address.

    Returns
    -------
    list of str
        What to tell whoever asked for it.

    Raises
    ------
    SiteError
        With a sentence: no checkout, a folder with other things in it, an incomplete Pyodide, a
        build that failed.
    """
    if not (ROOT / "pyproject.toml").is_file():
        raise SiteError('site works in a checkout of the course (pip install -e ".[site]")')
    if out.exists() and not (out / MARK).is_file() and (not out.is_dir() or any(out.iterdir())):
        raise SiteError(f"{out} holds something else; name a new folder or an empty one")
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        absent = _pyodide(pyodide, place / "static" / "pyodide") if pyodide else []
        wheel = lighten(_wheel(place / "built"), place / "wheel", _LEFT_OUT, _SOURCES)
        lab.bring(place / "contents")
        (place / "contents" / lab.MANIFEST).unlink()
        _write(place / "jupyter-lite.json", _page())
        _write(place / "jupyter_lite_config.json", _config(wheel, absent))
        _jupyterlite(place)
        made = place / "out"
        _dress(made)
        _doors(made)
        for name in ("doc", "lab", "index.html"):
            path = made / name
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        first.write(made, own=pyodide is not None)
        (made / ".nojekyll").touch()  # GitHub Pages would leave files out
        (made / MARK).write_text("made by course site; a new build replaces this folder\n")
        if out.exists():
            shutil.rmtree(out)
        out.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(made, out)
    size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file()) / 1e6
    lines = [f"{out} written: {size:.0f} MB; open its index.html through a web server"]
    return lines + [f"without {', '.join(absent)}: cells with them will say so"] * bool(absent)


def _write(path: Path, table: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(table, ensure_ascii=False, indent=1), "utf-8")


def _page() -> dict[str, Any]:
    """Return what the pages of JupyterLite are told: where answers are kept, how a page looks."""
    told = {"contentsStorageName": STORAGE, "appName": "JupyterLab"}
    return {"jupyter-lite-schema-version": 0, "jupyter-config-data": told}


def _config(wheel: Path, absent: list[str]) -> dict[str, Any]:
    extension = next(path.name for path in lab.PAGE.iterdir())
    installed = (Path(sys.prefix) / "share" / "jupyter" / "labextensions" / extension).exists()
    ours = [] if installed else [str(lab.PAGE)]  # twice is an error
    return {
        "LiteBuildConfig": {
            "contents": ["contents"],
            "output_dir": "out",
            "no_sourcemaps": True,
            "apps": ["lab"],
        },
        "FederatedExtensionAddon": {"extra_labextensions_path": ours},
        "PyodideLockAddon": {
            "enabled": True,
            "wheels": [str(wheel)],
            # What Pyodide's own list has stays in it; named here it would be looked for on PyPI.
            "specs": ["anywidget", "ipywidgets", "micropip"],
            "excludes_extra": [*_NO_BROWSER, *absent],
            "prefetch_extra": list(_AT_ONCE),
        },
    }


def _pyodide(given: Path, target: Path) -> list[str]:
    """Copy what browsers need of a Pyodide, its list shortened; return what of SCIENCE it lacks."""
    target.mkdir(parents=True)
    if given.is_dir():
        for path in given.iterdir():
            if path.is_file():
                shutil.copy(path, target)
    else:
        try:
            with tarfile.open(given) as archive:
                for member in archive:
                    data = archive.extractfile(member) if member.isfile() else None
                    if data:
                        (target / Path(member.name).name).write_bytes(data.read())
                while archive.fileobj and archive.fileobj.read(1 << 20):
                    pass  # what was spoilt on its way shows only at the end
        except _CUT as error:
            why = getattr(error, "strerror", None) or "neither a folder nor a whole archive"
            raise SiteError(f"{given}: {why}; download Pyodide again, or name it right") from None
    missing = [name for name in (*_RUNTIME, _LOCK) if not (target / name).is_file()]
    if missing:
        raise SiteError(f"{given} is no Pyodide: it has no {', '.join(missing)}")
    _fits(given, target)
    path = target / _LOCK
    try:
        lock = json.loads(path.read_text("utf-8"))
        listed = lock["packages"]
        files = {name: Path(str(entry["file_name"])).name for name, entry in listed.items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise SiteError(f"{given}: {_LOCK} cannot be read") from None
    lock["packages"] = {}
    for name, file in files.items():
        if (target / file).is_file():  # by its address the lock add-on finds it
            lock["packages"][name] = listed[name] | {"file_name": (target / file).as_uri()}
    path.write_text(json.dumps(lock), "utf-8")
    for other in target.iterdir():
        if other.name not in (*_RUNTIME, _LOCK, *files.values()):
            other.unlink()
    return [name for name in SCIENCE if name not in lock["packages"]]


def _fits(given: Path, target: Path) -> None:
    """Refuse another Pyodide than the kernel is made for: its Python may be another."""
    if not find_spec("jupyterlite_pyodide_kernel"):
        return
    from jupyterlite_pyodide_kernel.constants import PYODIDE_VERSION

    has = re.search(r'="(\d+\.\d+\.\d+\w*)"', (target / "pyodide.mjs").read_text("utf-8"))
    if has and has[1] != PYODIDE_VERSION:
        raise SiteError(
            f"{given} is Pyodide {has[1]}; JupyterLite here works with {PYODIDE_VERSION}: take "
            f"that one, for example by `npm pack pyodide@{PYODIDE_VERSION}`"
        )


def _wheel(folder: Path) -> Path:
    words = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    _run(words, ROOT)
    return next(folder.glob("*.whl"))


def lighten(wheel: Path, folder: Path, starts: tuple[str, ...], ends: tuple[str, ...] = ()) -> Path:
    """Copy a wheel without what a browser never runs.

    Parameters
    ----------
    wheel, folder : pathlib.Path
        The wheel keeps its name in the new folder.
    starts, ends : tuple of str
        Of the names that are left out, beside those that pip puts outside of Python's folder.

    Returns
    -------
    pathlib.Path
    """
    folder.mkdir(parents=True)
    light = folder / wheel.name
    with zipfile.ZipFile(wheel) as source, zipfile.ZipFile(light, "w") as target:
        record = next(name for name in source.namelist() if name.endswith(".dist-info/RECORD"))
        rows = []
        for entry in source.infolist():
            name = entry.filename
            needless = name.startswith(starts) or name.endswith(ends) or ".data/data/" in name
            if needless or name == record:
                continue
            data = source.read(entry)
            target.writestr(entry, data, zipfile.ZIP_DEFLATED, 9)
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            rows.append((name, f"sha256={digest}", len(data)))
        table = io.StringIO()
        csv.writer(table, lineterminator="\n").writerows([*rows, (record, "", "")])
        target.writestr(record, table.getvalue(), zipfile.ZIP_DEFLATED)
    return light


def _jupyterlite(place: Path) -> None:
    try:
        _run([sys.executable, "-m", "jupyterlite_core", "build"], place)
    except SiteError as error:
        if "URLError" not in str(error):
            raise
        raise SiteError(_UNREACHED) from None
    if not (place / "out" / "static" / "pyodide-lock" / _LOCK).is_file():
        raise SiteError(_UNREACHED)
    path = place / "out" / "static" / "pyodide-lock" / _LOCK
    lock = json.loads(path.read_text("utf-8").replace((place / "static").as_uri(), ".."))
    for entry in lock["packages"].values():
        wheel = path.parent / Path(entry["file_name"]).name
        if wheel.is_file():
            entry |= _settle(wheel)
    _write(path, lock)


def _lock(made: Path) -> dict[str, Any]:
    path = made / "static" / "pyodide-lock" / _LOCK
    return dict(json.loads(path.read_text("utf-8")))


def _settle(wheel: Path) -> dict[str, str]:
    """Put a wheel into a folder named after its bytes; return what changes in the list.

    A browser may keep the wheel of an older site under its address, and would refuse it where the
    list tells of other bytes.
    """
    light = lighten(wheel, wheel.parent / "new", _NEEDLESS)
    digest = hashlib.sha256(light.read_bytes()).hexdigest()
    wheel.unlink()
    (wheel.parent / "new").rename(wheel.parent / digest[:12])
    return {"file_name": f"{digest[:12]}/{wheel.name}", "sha256": digest}


def _run(words: list[str], folder: Path) -> None:
    done = subprocess.run(
        words, cwd=folder, capture_output=True, text=True, errors="replace", env={**os.environ}
    )
    if done.returncode:
        said = "\n".join((done.stdout + done.stderr).strip().splitlines()[-12:])
        raise SiteError(f"{' '.join(words[1:])} failed in {folder}:\n{said}")


def _dress(made: Path) -> None:
    """Put our extension as it is now: where the course is installed, JupyterLite took that one."""
    path, told = made / "jupyter-lite.json", json.loads((made / "jupyter-lite.json").read_text())
    for folder in lab.PAGE.iterdir():
        shutil.rmtree(made / "extensions" / folder.name)
        shutil.copytree(folder, made / "extensions" / folder.name)
        package = json.loads((folder / "package.json").read_text("utf-8"))
        for entry in told["jupyter-config-data"]["federated_extensions"]:
            if entry["name"] == package["name"]:
                entry["load"] = package["jupyterlab"]["_build"]["load"]
        _publish(made, made / "extensions" / folder.name / "lessons.json")
    plugin = "@jupyterlite/pyodide-kernel-extension:kernel"
    options = told["jupyter-config-data"]["litePluginSettings"][plugin]["loadPyodideOptions"]
    # Kernels start as under `course lab`: none takes a module from the page's folder.
    version = ".".join(_lock(made)["info"]["python"].split(".")[:2])
    startup = f"/lib/python{version}/site-packages/course/startup.py"
    options["env"] = {"HOME": "/home/pyodide", "PYTHONSAFEPATH": "1", "PYTHONSTARTUP": startup}
    _write(path, told)


def _publish(made: Path, listed: Path) -> None:
    """List the notebooks that are the site's own, and what is said where nothing lasts."""
    books = sorted((made / "files").glob("notebooks/*/*.ipynb"))
    table = json.loads(listed.read_text("utf-8"))
    table["published"] = sorted(filter(None, (saved.cells(path.read_bytes()) for path in books)))
    table["site"] = {
        lang: {
            "title": first.say("warning.title", lang),
            "lost": text("site.js.lost", lang),
            "closed": text("site.js.closed", lang),
            "ok": first.say("warning.ok", lang),
        }
        for lang in LANGS
    }
    _write(listed, table)


def _doors(made: Path) -> None:
    """Make the page of each language out of the one that JupyterLite built, with its menus."""
    for lang in LANGS:
        door = made / f"lab-{lang}"  # JupyterLite opens a `?path=` only below "/lab"
        door.mkdir()
        page = (made / "lab" / "index.html").read_text("utf-8")
        page = page.replace("<html>", f'<html lang="{lang}">', 1)
        page = page.replace("Loading JupyterLite...", first.say("loading", lang), 1)
        page = page.replace(
            "<title>JupyterLite</title>", f"<title>{first.say('name', lang)}</title>", 1
        )
        (door / "index.html").write_text(page, "utf-8")
        shutil.copy(made / "lab" / "jupyter-lite.ipynb", door)  # empty, and asked for
        told = json.loads((made / "lab" / "jupyter-lite.json").read_text("utf-8"))
        told["jupyter-config-data"] |= {
            "appUrl": f"/lab-{lang}",
            "faviconUrl": "../icon-120x120.png",
            "settingsOverrides": lab.settings(lang),
            "settingsStorageName": f"{STORAGE}-settings-{lang}",
            "workspacesStorageName": f"{STORAGE}-workspaces-{lang}",
            "mode": "single-document",
        }
        _write(door / "jupyter-lite.json", told)
