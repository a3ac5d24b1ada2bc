"""The learner's progress: done, right and due, by lesson and by outcome."""

from html import escape

from course.texts import number, text


def tally(record, exercises, now):
    """Count one group of exercises.

    Parameters
    ----------
    record : course.lessons.Record
    exercises : iterable of course.exercises.Exercise
    now : datetime.datetime
        Aware; decides what is due.

    Returns
    -------
    dict
        ``of``, ``done``, ``right`` of ``marked`` (those a program can mark), ``due`` (ids), ``points``, ``maximum``.
    """
    found = {"of": 0, "done": 0, "right": 0, "marked": 0, "due": [], "points": 0.0, "maximum": 0.0}
    for exercise in exercises:
        counts = record.result(exercise)
        found["of"] += 1
        found["done"] += counts.done
        found["right"] += counts.fraction == 1
        found["due"] += [exercise.id] * record.due(exercise, now)
        if not exercise.kind.by_person:
            found["marked"] += 1
            found["points"] += counts.fraction * exercise.points
            found["maximum"] += exercise.points
    return found


def page(chapter, records, lang, now):
    """Return progress as HTML and plain text: the start page lists lessons, a lesson lists its outcomes.

    Parameters
    ----------
    chapter : course.exercises.Chapter
        The lesson that asks.
    records : list of course.lessons.Record
        All lessons.
    lang : {"uk", "ru"}
    now : datetime.datetime

    Returns
    -------
    tuple of str
    """
    start = chapter.number == 0
    if start:
        groups = [
            (
                record,
                f"{record.chapter.number}. {record.chapter.title[lang]}",
                f"{record.chapter.folder.name}.ipynb",
                list(record.chapter.exercises.values()),
            )
            for record in records
            if record.chapter.number
        ]
    else:
        record = next(record for record in records if record.chapter is chapter)
        groups = [(record, f"{number}. {words[lang]}", None, [exercise for exercise in chapter.exercises.values()
                   if number in exercise.get("outcomes", ())]) for number, words in chapter.outcomes.items()]
    rows = [(title, link, tally(record, exercises, now)) for record, title, link, exercises in groups]
    whole = [tally(record, record.chapter.exercises.values(), now)
             for record in records if (record.chapter.number if start else record.chapter is chapter)]
    total = {name: sum(part[name] for part in whole) for name in ("of", "done", "right")}
    due = [name for part in whole for name in part["due"]]
    sentence = text("progress.sentence", lang, **total, due=len(due))
    heads = [
        text(f"progress.{name}", lang)
        for name in (("lesson" if start else "outcome"), "done", "right", "due", "points")
    ]
    lines = [sentence, *(_line(title, counts, lang) for title, _, counts in rows)]
    html = [f'<div lang="{lang}"><p><strong>{escape(sentence)}</strong></p><table><thead><tr>',
            *(f'<th scope="col" style="text-align:left">{escape(head)}</th>' for head in heads), "</tr></thead><tbody>",
            *(_row(title, link, counts, lang) for title, link, counts in rows), "</tbody></table>"]
    if due:
        html.append(f"<p>{escape(text('progress.due_list', lang, list=', '.join(due)))}</p>")
    html.append(f"<p><small>{escape(text('progress.due_rule', lang))}</small></p></div>")
    return "".join(html), "\n".join(lines)


def _row(title, link, counts, lang):
    name = f'<a href="{escape(link)}">{escape(title)}</a>' if link else escape(title)
    share = 100 * counts["done"] / counts["of"] if counts["of"] else 0
    bar = f'<progress max="100" value="{share:.0f}" aria-label="{escape(title)}"></progress> '
    cells = [bar + _of(counts["done"], counts["of"], lang), _of(counts["right"], counts["marked"], lang),
             str(len(counts["due"]) or text("progress.none", lang)),
             _of(number(counts["points"], lang, 1).removesuffix(",0"), number(counts["maximum"], lang), lang)]
    return (
        f'<tr><th scope="row" style="text-align:left">{name}</th>'
        + "".join(f'<td style="text-align:left">{cell}</td>' for cell in cells)
        + "</tr>"
    )


def _of(part, whole, lang):
    return text("progress.of", lang, n=part, of=whole)


def _line(title, counts, lang):
    return f"{title}: {_of(counts['done'], counts['of'], lang)}"


