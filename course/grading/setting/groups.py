"""Groups of the roster with files or times of their own: checked, named, laid into folders.

Two names of a group that a reader takes for one are one group, as two ids are one student.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from course.exercises import Fault
from course.grading.cells import encode
from course.grading.keyfile import Key, Unit, stamp
from course.grading.setting.banks import DEVICE
from course.grading.setting.roster import Student
from course.grading.setting.source import Source, meant
from course.grading.setting.spec import GroupRule, Spec
from course.ids import folded

TABLE = "groups.csv"  # of the private folder: which folder of students is whose
NOBODY = "no-group"  # the folder of those without a group
LONGEST = 60  # letters of a folder's name


def check(
    path: Path,
    spec: Spec,
    students: Sequence[Student],
    faults: list[Fault],
    nbgrader: bool = False,
) -> None:
    """Compare the groups of a specification with the roster, and each with the times of all.

    Parameters
    ----------
    path : pathlib.Path
        The specification, whose lines are told.
    spec : Spec
    students : sequence of Student
    faults : list of Fault
        Gets what is wrong.
    nbgrader : bool
        Whether it is to be handed out by nbgrader, which has one folder for everybody.
    """
    source = Source(path, faults)
    known = {folded(each.group): each.group for each in students if folded(each.group)}
    if spec.variants == "group" and not known:
        wanted = 'the roster has no column of groups; add one, or write variants = "student"'
        source.fault("variants", wanted)
    if spec.variants == "group" and nbgrader:
        one = "nbgrader hands one folder to everybody, and each group would need its own"
        source.fault("variants", f'{one}; write variants = "student", or leave --nbgrader out')
    seen = dict[str, str]()
    for name, rule in spec.group.items():
        for field, said in _faults(spec, name, rule, known):
            source.fault(field or name, said, "group", *[name] * bool(field))
        if (first := seen.setdefault(folded(name), name)) != name:
            source.fault(name, f"{name!r} and {first!r} are one group; remove one", "group")


def _faults(
    spec: Spec, name: str, rule: GroupRule, known: Mapping[str, str]
) -> Iterable[tuple[str, str]]:
    """Yield field and message of what is wrong with one group."""
    if folded(name) not in known:
        listed = f"it has {', '.join(sorted(set(known.values())))[:300]}"
        hint = meant(name, known.values(), listed) if known else "it has no column of groups"
        yield "", f"there is no group {name[:80]!r} on the roster; {hint}"
    if rule == GroupRule():
        yield "", "says nothing; write opens, closes or was, or remove it"
    opens, closes = rule.opens or spec.opens, rule.closes or spec.closes
    if opens and closes and opens >= closes and (rule.opens or rule.closes):
        yield ("closes" if rule.closes else "opens"), "for this group it closes before it opens"
    if rule.was and spec.variants != "group":
        yield "was", 'only with variants = "group" has a group numbers to keep; remove it'
    if spec.peer and spec.peer.closes and rule.closes and spec.peer.closes <= rule.closes:
        yield "closes", "reviews close after the assignment does, for every group"


def units(spec: Spec, students: Sequence[Student]) -> dict[str, Unit]:
    """Return what each group has of its own; where all have one file only those with other times.

    Examples
    --------
    >>> from course.grading.setting.roster import Student
    >>> spec = Spec(id="a", title={}, exercises=[], variants="group")
    >>> listed = [Student("1", "A", "МК-21"), Student("2", "B"), Student("3", "C", "mk-21")]
    >>> [(unit["name"], unit["folder"]) for unit in units(spec, listed).values()]
    [('МК-21', 'МК-21'), ('', 'no-group')]
    """
    rules = {folded(name): rule for name, rule in spec.group.items()}
    names = dict[str, str]()
    for student in students:  # as it is first spelt
        names.setdefault(folded(student.group), student.group if folded(student.group) else "")
    apart = spec.variants == "group"
    laid = folders(names) if apart else {}
    made = dict[str, Unit]()
    for key, name in names.items():
        rule = rules.get(key, GroupRule())
        unit: Unit = {
            "name": name,
            "seed": rule.was or name,
            "opens": stamp(rule.opens or spec.opens),
            "closes": stamp(rule.closes or spec.closes),
        }
        if apart:
            unit["folder"] = laid[key]
        if apart or rule.opens or rule.closes:
            made[key] = unit
    return made


def folders(names: Mapping[str, str]) -> dict[str, str]:
    """Return a folder for each group: any system takes the name, and no two are one.

    Parameters
    ----------
    names : mapping
        Names of groups by what the spellings of each have in common.

    Examples
    --------
    >>> list(folders({"a": "ІМ-21/1", "b": "..", "c": "CON", "": ""}).values())
    ['ІМ-21_1', 'group', '_CON', 'no-group']
    >>> list(folders({"a": "ІМ/1", "b": "ІМ:1"}).values())
    ['ІМ_1-ca978112', 'ІМ_1-3e23e816']
    """
    plain = {key: _plain(name) if key else NOBODY for key, name in names.items()}
    alike = Counter(map(_same, plain.values()))
    made = {
        key: name if alike[_same(name)] == 1 else f"{name}-{sha256(key.encode()).hexdigest()[:8]}"
        for key, name in plain.items()
    }
    again = Counter(map(_same, made.values()))
    for key, name in made.items():  # a group may be called as another's folder
        if again[_same(name)] > 1:
            made[key] = f"group-{sha256(key.encode()).hexdigest()}"
    return made


def _plain(name: str) -> str:
    """Return the letters, digits and hyphens of a name; the rest becomes a line."""
    shown = unicodedata.normalize("NFC", name)
    words = re.sub(r"_{2,}", "_", re.sub(r"[^\w-]", "_", shown))[:LONGEST].strip("_-")
    return f"_{words}" if DEVICE.fullmatch(words) else words or "group"


def _same(name: str) -> str:
    """Return what two names have in common that some system takes for one."""
    return unicodedata.normalize("NFKC", name.casefold())


def table(made: Key) -> bytes:
    """Return which folder is whose, with how many students and which times."""
    count = Counter(folded(row[2]) for row in made["roster"])
    rows = [["folder", "group", "students", "opens", "closes"]]
    rows += [
        [
            unit.get("folder", ""),
            unit["name"],
            str(count[key]),
            unit["opens"] or "",
            unit["closes"] or "",
        ]
        for key, unit in made.get("groups", {}).items()
    ]
    return encode(rows, ";", "utf-8-sig")


def renamed(before: Mapping[str, Any], made: Key) -> str | None:
    """Return a note where groups of an earlier key are gone and others came."""
    old, new = before.get("groups"), made.get("groups", {})
    if not isinstance(old, dict) or made["variants"] != "group":
        return None
    kept = {folded(unit["seed"]) for unit in new.values()}
    gone = [each for key, each in old.items() if key not in kept and isinstance(each, dict)]
    came = [unit["name"] for key, unit in new.items() if key not in old and unit["name"]]
    lost = [str(each.get("name"))[:80] for each in gone if each.get("name")]
    came = [name for name in came if folded(new[folded(name)]["seed"]) == folded(name)]
    if not lost or not came:
        return None
    said = f'write [group."{came[0]}"] was = "{lost[0]}" and the numbers stay'
    return (
        f"groups that are gone: {', '.join(lost)[:300]}; new: {', '.join(came)[:300]}. "
        f"If one was renamed after its files were handed out, {said}"
    )
