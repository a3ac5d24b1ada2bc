"""Level chooser: what each of the five levels is worth, where the next one pays, what scarce hours change."""

from course.models import levels as model
from course.texts import number, text
from course.widgets import panel

START = "chains"
SEGMENTS = {"farms": (600, 9), "chains": (60, 75), "holdings": (12, 400)}  # customers, kUAH of margin a year
HOURS = 1200
MARGINS = (400, 120, 30)  # high, medium, low: the same as in the lesson
# After Ph. Kotler, few to many customers, high to low margin; retellings agree on the corners only.
KOTLER = (((4,), (3,), (2,)), ((3,), (2,), (1,)), ((2,), (1,), (0, 1)))
_TABLE = {f"{level}.{column}": value for level, *row in zip(model.LEVELS, model.COSTS, model.RETENTIONS, model.HOURS)
          for column, value in zip(("cost", "kept", "hours"), (row[0], round(100 * row[1], 9), row[2]))}
_TABLE |= {f"{segment}.{column}": value for segment, row in SEGMENTS.items() for column, value in zip(("n", "m"), row)}
CASES = {name: {"margin": margin, "rate": 20, "hours": HOURS} | _TABLE for name, (_, margin) in SEGMENTS.items()}


def build(lang, kept=None, keep=None):
    """Return the instrument as a `course.widgets.panel.Panel`."""
    def say(key):
        return text(f"levels.{key}", lang)

    def cells(row, label, limits):
        heads = {column: say(f"column.{column}") for column in limits}
        return [panel.field(f"{row}.{column}", f"{label}, {heads[column]}", *ends, heads[column].partition(", ")[2])
                for column, ends in limits.items()]

    controls = [
        panel.slider("margin", say("margin"), 1, 500, 1, say("kuah")),
        panel.slider("rate", say("rate"), 1, 40, 0.5, "%"),
        panel.slider("hours", say("hours"), 0, 6000, 50, say("h")),
        panel.grid(say("grid"), [say(f"column.{c}") for c in ("cost", "kept", "hours")], [
            (name, cells(level, name, {"cost": (0, 200), "kept": (0, 98), "hours": (0, 400)}))
            for level, name in zip(model.LEVELS, [say(f"name.{level}") for level in model.LEVELS])], say("grid_note")),
        panel.grid(say("segments"), [say(f"column.{c}") for c in ("n", "m")], [
            (say(f"case.{segment}"), cells(segment, say(f"case.{segment}"), {"n": (0, 5000), "m": (0, 1000)}))
            for segment in SEGMENTS]),
    ]
    return panel.Panel("levels", lang, controls, CASES, START, lambda values: _draw(values, lang), kept, keep)


def still(lang):
    """Return the title and the sentence of the opening case."""
    return text("levels.title", lang), _read(CASES[START], lang)["sentence"]


def _setting(values):
    """Return the discount rate and the levels' costs, retentions and hours as the model takes them."""
    columns = {c: tuple(values[f"{level}.{c}"] for level in model.LEVELS) for c in ("cost", "kept", "hours")}
    return {"i": values["rate"] / 100, "costs": columns["cost"],
            "retentions": tuple(share / 100 for share in columns["kept"]), "hours": columns["hours"]}


def ranges(i, costs, retentions):
    """Return for every level the (lowest, highest) yearly margin at which none is better, or None.

    Parameters
    ----------
    i : float
        Yearly discount rate.
    costs, retentions : sequences of float
        Yearly cost (kUAH) and retention of each level, in any order.

    Examples
    --------
    >>> [round(low, 2) for low, _ in ranges(0.2, model.COSTS, model.RETENTIONS)]
    [0.0, 12.0, 25.5, 90.67, 282.67]
    """
    found = []
    for a, (c, r) in enumerate(zip(costs, retentions)):
        low, high = 0.0, float("inf")
        for b, (other, kept) in enumerate(zip(costs, retentions)):
            if kept < r:
                low = max(low, model.level_threshold(other, kept, c, r, i))
            elif kept > r:
                high = min(high, model.level_threshold(c, r, other, kept, i))
            elif (other, b) < (c, a):
                high = -1.0
        found.append((low, high) if low < high else None)
    return found


def _read(values, lang):
    """Return what the figures say: the sentence, and what the picture needs."""
    setting = _setting(values)
    i, costs, kept = setting["i"], setting["costs"], setting["retentions"]
    worth, margin = model.level_values(values["margin"], **setting), values["margin"]
    best, spans = model.best_level(margin, **setting), ranges(i, costs, kept)
    # At the threshold itself the cheaper level is still the best, and the dearer one comes next.
    above = [(span[0], a) for a, span in enumerate(spans) if span and a != best and span[0] > margin - 1e-9]
    since, level = min(above, default=(spans[best][0] if spans[best] else 0, best))
    sentence = text("levels.sentence" if worth[best] >= 0 else "levels.loss", lang, margin=number(margin, lang),
                    level=text(f"levels.level.{model.LEVELS[best]}", lang), value=number(worth[best], lang, 0))
    if since > 0:
        name = text(f"levels.level.{model.LEVELS[level]}", lang)
        sentence += " " + text("levels.next" if above else "levels.own", lang, level=name[0].upper() + name[1:],
                               threshold=number(since, lang, 1))
    return {"worth": worth, "best": best, "spans": spans, "sentence": sentence}


def _draw(values, lang):
    from course import charts

    found = _read(values, lang)
    rows = []
    for level, value, span in zip(model.LEVELS, found["worth"], found["spans"]):
        low = span and number(span[0], lang, 1 if span[0] else 0)
        since = text("levels.since", lang, m=low) if span else text("levels.never", lang)
        rows.append((text(f"levels.name.{level}", lang), since, value, number(value, lang, 0)))
    picture = charts.bars(rows, found["best"], text("levels.axis", lang))
    return {"pictures": [picture], "sentence": found["sentence"], **_capacity(values, lang)}


def _capacity(values, lang):
    """Return tables and notes about segments that share the managers' hours."""
    def say(key, **names):
        return text(f"levels.{key}", lang, **names)

    def whole(value):
        return number(value, lang, 0)

    setting, hours = _setting(values), values["hours"]
    segments = [(values[f"{name}.n"], values[f"{name}.m"]) for name in SEGMENTS]
    names = [say(f"name.{level}") for level in model.LEVELS]
    free = [model.best_level(m, **setting) for _, m in segments]
    wanted = sum(n * setting["hours"][a] for (n, _), a in zip(segments, free))
    try:
        plan = model.allocate(segments, hours, **setting)
        counts = sorted(n for n, _ in segments)
        grid = model.matrix(counts, MARGINS, hours, **setting)
    except ValueError:  # the learner gave every level more hours than there are
        return {"tables": [], "notes": [{"tone": "no", "text": say("short")}]}
    rows = [[say(f"case.{name}"), whole(n), names[a], {"text": names[b], "best": True},
             whole(n * setting["hours"][b])] for name, (n, _), a, b in zip(SEGMENTS, segments, free, plan.levels)]
    enough = wanted <= hours
    words = say("enough" if enough else "scarce", wanted=whole(wanted), hours=whole(hours), used=whole(plan.hours),
                price=number(plan.price, lang, 2))
    if plan.lift:
        segment, level, n = plan.lift
        words += " " + say("lift", left=whole(hours - plan.hours), n=whole(n), of=whole(segments[segment][0]),
                           level=say(f"level.{model.LEVELS[level]}"), segment=say(f"case.{list(SEGMENTS)[segment]}"))
    same = [[level in kotler for level, kotler in zip(*pair)] for pair in zip(grid, KOTLER)]
    cells = [[f"{say(f'many.{row}')}: {whole(counts[row])}"] + [
        {"text": names[grid[row][col]], "shade": grid[row][col],
         "small": f"{'' if row != 1 and col != 1 else '≈ '}{say('or').join(names[k] for k in KOTLER[row][col])}",
         "signs": [("right", say("same"))] if same[row][col] else []} for col in range(3)] for row in range(3)]
    return {
        "notes": [{"tone": "ok" if enough else "part", "text": words}],
        "tables": [
            {"title": say("plan"), "words": [2, 3], "rows": rows,
             "head": ["", *(say(f"head.{c}") for c in ("n", "free", "plan", "used"))]},
            {"title": say("matrix"), "folded": True, "rows": cells,
             "head": [say("matrix_head"), *(f"{say(f'high.{k}')}: {m}" for k, m in enumerate(MARGINS))],
             "legend": [{"icon": "right", "text": say("same_count", n=str(sum(map(sum, same))))}],
             "note": say("matrix_note", hours=whole(hours))}]}
