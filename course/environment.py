"""``environment.yml`` for conda and Binder, derived from the requirements in ``pyproject.toml``."""

import tomllib

# What conda-forge calls differently, and what only pip is sure to have.
_CONDA = {"matplotlib": "matplotlib-base"}
_PIP = ("jupyterlab-language-pack-",)


def conda(specifiers):
    """Write a version set the way conda reads it.

    ``~=8.1`` and ``==8.*`` mean other things to conda than to pip, so both are spelled out as bounds.

    Parameters
    ----------
    specifiers : packaging.specifiers.SpecifierSet

    Returns
    -------
    str

    Raises
    ------
    ValueError
        When conda has no words for it (``===``, ``!=8.*``).

    Examples
    --------
    >>> from packaging.specifiers import SpecifierSet
    >>> conda(SpecifierSet("~=8.1"))
    '>=8.1,<9'
    >>> conda(SpecifierSet("==2.3.*"))
    '>=2.3,<2.4'
    """
    from packaging.version import Version

    parts = []
    for one in specifiers:
        version, wild = one.version.removesuffix(".*"), one.version.endswith(".*")
        release = Version(version).release if one.operator != "===" else ()
        if one.operator == "~=":
            parts += [f">={version}", "<" + _next(release[:-1])]
        elif one.operator == "==" and wild:
            parts += [f">={version}", "<" + _next(release)]
        elif wild or not release:
            raise ValueError(f"conda cannot say {one}")
        else:
            parts.append(f"{one.operator}{version}")
    return ",".join(sorted(parts, key=lambda part: (part[0] != ">", part)))


def _next(release):
    return ".".join(map(str, (*release[:-1], release[-1] + 1)))


def environment(pyproject):
    """Return the text of ``environment.yml``.

    Parameters
    ----------
    pyproject : str
        Text of ``pyproject.toml``.

    Returns
    -------
    str
    """
    from packaging.requirements import Requirement
    from packaging.specifiers import SpecifierSet

    project = tomllib.loads(pyproject)["project"]
    wanted = [(need.name, conda(need.specifier)) for need in map(Requirement, project["dependencies"])]
    by_conda = [_CONDA.get(name, name) + versions for name, versions in wanted if not name.startswith(_PIP)]
    by_pip = [name + versions for name, versions in wanted if name.startswith(_PIP)]
    python = "python" + conda(SpecifierSet(project["requires-python"]))
    lines = ["# Derived from pyproject.toml by `course environment`; edit that file, not this one.",
             "name: relationship-marketing", "channels:", "  - conda-forge", "dependencies:"]
    lines += [f"  - {need}" for need in [python, "pip", *by_conda]]
    lines += ["  - pip:", *(f"      - {need}" for need in [*by_pip, "."])]
    return "\n".join(lines) + "\n"
