"""Pictures of lesson 3 that take their numbers from the data of «Кавалелека»."""

from course.figures import Bar, Bars
from course.pictures import Say
from course.texts import number
from course.truths.value_plan import chosen, contacts


def _signed(value: float) -> str:
    return number(value, "uk", 0)


def thirty(say: Say) -> Bars:
    """Return the gain of the best contact of the thirty best cafés."""
    best = chosen(contacts(), "delta")
    rows = tuple(
        Bar(row.cafe_id, (round(row.delta, 2),), (_signed(row.delta),), accent=place == 0)
        for place, row in enumerate(best.itertuples())
    )
    said = {
        "first": best["cafe_id"].iloc[0],
        "high": _signed(best["delta"].iloc[0]),
        "last": best["cafe_id"].iloc[-1],
        "low": _signed(best["delta"].iloc[-1]),
        "total": _signed(best["delta"].sum()),
    }
    return Bars(
        title=say("title"), unit=say("unit"), sentence=say("sentence", **said), rows=rows
    )


def three_ways(say: Say) -> Bars:
    """Return what thirty contacts bring when chosen by p0, by p1 and by their gain."""
    table = contacts()
    sums = {by: float(chosen(table, by)["delta"].sum()) for by in ("p0", "p1", "delta")}
    rows = tuple(
        Bar(say(by), (round(value, 2),), (_signed(value),), accent=by == "delta")
        for by, value in sums.items()
    )
    said = {by: _signed(value) for by, value in sums.items()}
    return Bars(
        title=say("title"), unit=say("unit"), sentence=say("sentence", **said), rows=rows
    )
