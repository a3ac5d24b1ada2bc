"""``[[pool]]``: of some exercises of an assignment everybody gets a few, drawn for each student."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec

from course.exercises import Exercise, chapters
from course.grading import keyfile
from course.grading.keyfile import Id
from course.grading.setting.source import Source, hinted, meant, numbered

Mark = Annotated[int, msgspec.Meta(gt=0, le=1000)] | Annotated[float, msgspec.Meta(gt=0, le=1000)]
_PLACE = "pool/"  # before the id of a pool, in the list of exercises
_LIST = "exercises"
_NAMED = 8  # exercises that a fault names
_WHOLE = "take it out of the pool; everybody then gets it"


@dataclass(kw_only=True)
class Pool:
    """``[[pool]]``: everybody gets `take` of its exercises, each worth `points`."""

    id: Id = hinted('an id of small Latin letters, digits and hyphens, for example "churn"')
    take: Annotated[int, msgspec.Meta(ge=1, le=1000)] = hinted(
        "a whole number from 1 to 1000: how many of them everybody gets"
    )
    members: list[str] = hinted('a list, for example from = ["levels/levels-call"]', name="from")
    points: Mark | None = hinted("a number above 0, at most 1000: of each", default=None)


def spread(source: Source, refs: Sequence[Any]) -> Iterator[tuple[str, str]]:
    """Yield the exercises of a list, those of a pool in its place, with the field that names each.

    A pool that the list does not name comes at the end.
    """
    pools, homes, seen = _raw(source), dict[str, str](), set[str]()
    for ref in [*refs, *(_PLACE + name for name in pools if _PLACE + name not in refs)]:
        name = str(ref).removeprefix(_PLACE)
        if name == str(ref):
            yield from _alone(source, [ref], _LIST, homes)
        elif name in seen:
            source.fault(_LIST, f"{ref!r} stands twice; remove one", ref)
        elif name in pools:
            seen.add(name)
            yield from _alone(source, pools[name], name, homes)
        else:
            hint = meant(ref, map(_PLACE.__add__, pools), f'write [[pool]] with id = "{name}"')
            source.fault(_LIST, f"there is no pool {name!r}; {hint}", ref)


def _raw(source: Source) -> dict[str, list[Any]]:
    """Return the members of each pool as far as they can be read; the schema tells the rest."""
    tables, pools = source.raw.get("pool"), dict[str, list[Any]]()
    for each in tables if isinstance(tables, list) else ():
        refs = each.get("from") if isinstance(each, dict) else None
        if isinstance(refs, list):
            pools.setdefault(str(each.get("id")), []).extend(refs)
    return pools


def _alone(
    source: Source, refs: Sequence[Any], home: str, homes: dict[str, str]
) -> Iterator[tuple[str, str]]:
    """Yield exercises that stand nowhere else; of the others it is told where they stand."""
    for ref in map(str, refs):
        before = homes.setdefault(ref, "")
        if not before:
            homes[ref] = home
            yield ref, _LIST if home == _LIST else "from"
            continue
        places = [_LIST if each == _LIST else f"[[pool]] {each!r}" for each in (before, home)]
        where = f"twice in {places[0]}" if before == home else f"in {' and in '.join(places)}"
        # Of two places the pool is the one to be looked at.
        pool = home if home != _LIST else before
        field, after = (_LIST, [ref]) if pool == _LIST else ("from", ["pool", pool])
        source.fault(field, f"{ref!r} stands {where}; remove one", *after)


def worth(source: Source, pools: Sequence[Pool], points: dict[str, Any]) -> None:
    """Give the exercises of each pool its points, unless something else gives them some."""
    given = set(points)
    for pool, where in numbered("pool", pools):
        for ref in pool.members if pool.points is not None else ():
            if ref in given:
                said = f"[points] gives {ref!r} points too; remove one of the two"
                source.fault("points", said, *where)
            points.setdefault(ref, pool.points)


def sound(
    source: Source,
    pools: Sequence[Pool],
    exercises: Mapping[str, Exercise],
    points: Mapping[str, float],
) -> None:
    """Check each pool: its id, how many are drawn, what can be drawn, and that all weigh the same.

    Parameters
    ----------
    source : Source
        Gets the faults.
    pools : sequence of Pool
    exercises : mapping
        Those of the assignment, by reference.
    points : mapping
        Their full marks.
    """
    ids, before = [pool.id for pool in pools], set[str]()
    for pool, where in numbered("pool", pools):
        if pool.id in {"own", *chapters()}:
            said = f"exercises begin with {pool.id + '/'!r} already; choose another id"
            source.fault("id", said, *where)
        elif ids.index(pool.id) < len(where) - 1:
            source.fault("id", f"a second pool {pool.id!r}; choose another id", *where)
        if wrong := _amiss(pool):
            source.fault("take" if pool.members else "from", wrong, *where)
        for ref in pool.members:
            if wrong := _undrawable(exercises.get(ref)):
                source.fault("from", f"{ref!r} {wrong}", *where)
        known = [ref for ref in pool.members if ref in points and ref not in before]
        before |= {*known}
        if len({points[ref] for ref in known}) > 1:
            named = ", ".join(f"{ref} {points[ref]:g}" for ref in known[:_NAMED])
            more = f" and {len(known) - _NAMED} more" if len(known) > _NAMED else ""
            said = f"the points differ, and so would everybody's maximum: {named}{more}"
            said += "; make them equal, for example with points = 2 in this pool"
            source.fault("from", said, *where)


def _amiss(pool: Pool) -> str | None:
    """Return why nothing can be drawn of a pool."""
    count = len(pool.members)
    if not count:
        return f"is empty; name more exercises than take = {pool.take}"
    if pool.take == count:
        said = "everybody would get all of them and nothing is drawn"
        return f"{said}; take less than {count}, or name them in exercises without a pool"
    if pool.take > count:
        return f"there are only {count} in from; take less than {count}"
    return None


def _undrawable(exercise: Exercise | None) -> str | None:
    """Return why an exercise cannot stand in a pool, and what to do."""
    if exercise is None:
        return None  # told where it is read
    if exercise.kind.computed:
        said = "is computed in code, and everybody has the same cells of code in the notebook"
        return f"{said}; {_WHOLE}"
    if "shared" in exercise.raw:
        said = "shares its numbers with other exercises, which belong together"
        return f"{said}; {_WHOLE}"
    if exercise.kind.own_view:
        return f"is a whole game, which nothing else in a pool is like; {_WHOLE}"
    return None


def drawn(pools: Sequence[Pool], refs: Mapping[str, Any]) -> list[keyfile.Pool]:
    """Return pools as a key keeps them, of the exercises that it has."""
    return [
        {
            "id": pool.id,
            "take": pool.take,
            "from": [ref for ref in pool.members if ref in refs],
        }
        for pool in pools
    ]
