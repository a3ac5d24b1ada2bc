"""Make the submissions of this example: 42 invented students, 40 of whom hand in, with the mistakes that students make.

    python make_submissions.py PRIVATE FOLDER
    python make_submissions.py

PRIVATE is the private folder that `course assign` made of this spec and roster. FOLDER gets ``submissions.zip``, named
as Moodle names the files of "Download all submissions", and ``marks.jsonl``, what two invented markers gave for the
written answers. The same key makes the same files: the dice are seeded with the students' ids. Without arguments
everything in this folder that is made is made again, the report too.

A student is one ability and a few misconceptions, and the abler hold fewer of them and slip less (a logistic curve, as
in item response theory). Somebody who takes every call of the seller for the proactive level does so in each exercise
where a call occurs; that is how a report can find out more than who knows how much.
"""

import hashlib
import json
import math
import random
import shutil
import sys
import tempfile
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import NormalDist

from course.answers import receipt
from course.exercises import chance

# How many of a hundred average students hold which misconception, and what it makes them answer.
BELIEFS = {
    "call-is-offer": 42,
    "higher-is-better": 30,
    "whole-probability": 35,
    "no-rate": 30,
    "product-is-customer": 38,
    "nobody-excluded": 45,
    "turnover-is-margin": 33,
    "neighbours": 15,
}
WRONG = {  # exercise: [(belief, what is answered then)]; for match and classify what changes in the right answer
    "levels/levels-call": [("call-is-offer", "proactive")],
    "levels/levels-behaviour": [
        ("call-is-offer", {"seedlings": "proactive", "treatment": "accountable"}),
        ("higher-is-better", {"hotline": "accountable", "seedlings": "reactive"}),
    ],
    "value-plan/portraits": [
        ("product-is-customer", {"stable": "specific", "arabica": "general"}),
        ("nobody-excluded", {"weekly": "specific", "hotels": "specific"}),
    ],
    "levels/levels-segments": [("higher-is-better", ["spread", "few", "deserves"])],
    "levels/levels-order": [
        ("neighbours", ["basic", "reactive", "proactive", "accountable", "partnership"])
    ],
    "value-plan/contact-delta": [("whole-probability", 0)],  # number of the slip
    "levels/levels-threshold": [("no-rate", 3)],
    "own/visit-pays": [("turnover-is-margin", 0)],
}
COMPARED = {  # sentences of written answers, by what they are worth
    "uk": (
        [
            "Наше зерно має справді високу якість, і всі кав'ярні, які його "
            "спробували, дуже задоволені його смаком та ароматом.",
            "Ми давно на ринку, любимо свою справу й ретельно добираємо кожну "
            "партію, тому кава завжди виходить чудова.",
        ],
        [
            "Інші постачальники привозять зерно рідко, тож воно довго лежить на "
            "складі й поволі втрачає смак та аромат.",
            "На відміну від конкурентів ми возимо каву малими партіями, щоб вона "
            "не застоювалася у ваших коморах місяцями.",
        ],
        [
            "Гуртова база везе зерно раз на два тижні мішками по тридцять "
            "кілограмів, і дати обсмаження на них немає.",
            "Тепер ви берете зерно в супермаркеті на вагу: там воно бозна-скільки днів стоїть відкрите на полиці.",
        ],
    ),
    "ru": (
        [
            "Наше зерно действительно высокого качества, и все кофейни, которые "
            "его попробовали, очень довольны вкусом и ароматом.",
            "Мы давно на рынке, любим своё дело и тщательно отбираем каждую "
            "партию, поэтому кофе всегда получается отличный.",
        ],
        [
            "Другие поставщики привозят зерно редко, поэтому оно долго лежит на складе и понемногу теряет вкус.",
            "В отличие от конкурентов мы возим кофе малыми партиями, чтобы он не залёживался у вас месяцами.",
        ],
        [
            "Оптовая база везёт зерно раз в две недели мешками по тридцать килограммов, и даты обжарки на них нет.",
            "Сейчас вы берёте зерно в супермаркете на вес: там оно стоит открытым неизвестно сколько времени.",
        ],
    ),
}
CHECKED = {
    "uk": (
        [
            "Саме тому вам варто обрати нас: ви точно не пошкодуєте, а ваші гості повертатимуться знову й знову.",
            "З нами працювати приємно, надійно та вигідно, бо ми дбаємо про кожного партнера.",
        ],
        [
            "У нас зерно свіже, бо від обсмаження до доставки минає лише кілька днів, і це відчувається в чашці.",
            "Ми обсмажуємо щотижня, тому запас вам не потрібен, а гроші не лежать у коморі.",
        ],
        [
            "Щочетверга ми веземо обсмажене в середу: дата стоїть на пакунку, "
            "звірте її, перш ніж підписати накладну.",
            "Перша партія – три кілограми: зваріть поруч дві чашки, з нашого "
            "зерна й теперішнього, і самі побачите, яку гості допивають.",
        ],
    ),
    "ru": (
        [
            "Именно поэтому стоит выбрать нас: вы точно не пожалеете, а ваши гости будут возвращаться снова и снова.",
            "Работать с нами приятно, надёжно и выгодно, ведь мы заботимся о каждом партнёре.",
        ],
        [
            "Зерно у нас свежее, ведь от обжарки до доставки проходит всего "
            "несколько дней, и это чувствуется в чашке.",
            "Мы обжариваем каждую неделю, поэтому запас вам не нужен, а деньги не лежат в кладовой.",
        ],
        [
            "Мы везём каждый четверг обжаренное в среду: дата стоит на пачке, "
            "сверьте её, прежде чем подписать накладную.",
            "Первая партия три килограмма: сварите рядом две чашки, нашу и нынешнюю, и сравните сами.",
        ],
    ),
}
STEEP = 1.0  # how much ability decides: the discrimination of the two-parameter logistic model
CARELESS, BLANK, WEAK = (
    12,
    2,
    (25, 60),
)  # percent, too: a slip, an answer left out, a text that misses a level
ABSENT = {6, 28}  # places on the roster of those who hand in nothing
RUSSIAN = {4, 11, 17, 23, 25, 34, 39}
COPIED = {20: 1, 40: 2}  # these two have the choices of those two, with the numbers of their own


def student(key, place, typed=None):
    """Return one student's journal lines, language, and what the text is worth, ``[comparison, check]``."""
    name, who = key["roster"][place][1], typed or key["roster"][place][0]
    like = COPIED.get(
        place, place
    )  # who copies has the other's ability and throws the other's dice
    ability, lang = abilities(key)[like], "ru" if place in RUSSIAN else "uk"
    dice = random.Random(key["roster"][like][0])

    def fails(percent):
        return dice.random() < chance_of(percent, ability)

    beliefs = {belief for belief, percent in BELIEFS.items() if fails(percent)}
    when = datetime(2026, 12, 1, 7, tzinfo=UTC)
    when += timedelta(days=int(dice.betavariate(4, 2) * 7.5), hours=dice.random() * 11)
    worth = [2 - fails(WEAK[0]) - fails(WEAK[1]) for _ in range(2)]
    lines = [
        line("identity", "set", {"student": who, "name": " ".join(name.split()[:2])}, when, lang)
    ]
    for entry in key["exercises"]:
        when += timedelta(seconds=dice.randint(40, 400))
        if entry["kind"] == "text":
            said = [
                dice.choice(part[lang][level])
                for part, level in ((COMPARED, worth[0]), (CHECKED, worth[1]))
            ]
            given = " ".join(said)
        else:
            wrong = [made for belief, made in WRONG[entry["ref"]] if belief in beliefs]
            given = answer(key, entry, who, wrong[:1], not fails(CARELESS), dice)
        if fails(BLANK):
            continue
        if dice.random() < 0.25:  # saved something else first; the last answer counts
            lines.append(
                line(
                    entry["ref"],
                    "answer",
                    given if entry["kind"] != "text" else given[:60],
                    when,
                    lang,
                )
            )
            when += timedelta(seconds=dice.randint(20, 90))
        lines.append(line(entry["ref"], "answer", given, when, lang))
    return lines, lang, worth


def abilities(key):
    """Return the abilities of all: a normal curve in equal parts, dealt out, so that chance makes no odd group."""
    n = len(key["roster"])
    return [
        NormalDist().inv_cdf((part + 0.5) / n)
        for part in random.Random(key["id"]).sample(range(n), n)
    ]


def chance_of(percent, ability):
    """Return how likely somebody is to do what `percent` of a hundred average students do; the abler, the less."""
    return 1 / (1 + (100 / percent - 1) * math.exp(STEEP * ability))


def answer(key, entry, who, wrong, careful, dice):
    """Return one answer with the ids that students see: right, a misconception's, or careless."""
    seed = hashlib.sha256(f"{key['salt']}|{who}".encode()).hexdigest()
    variant = (
        chance(seed, entry["lesson"], entry["ref"], 1) % len(entry["draws"])
        if entry["draws"]
        else 0
    )
    made, kind = entry["keys"][variant], entry["kind"]
    shown = {
        field: {own: public for public, own in ids.items()} for field, ids in entry["ids"].items()
    }
    names = shown.get("item" if kind == "order" else "option", {})
    if kind == "numeric":
        value = (
            made["wrong"][wrong[0]]
            if wrong
            else made["value"]
            if careful
            else dice.choice(made["wrong"])
        )
        return f"{value:.{made['digits']}f}".replace(".", ",")
    if kind == "choice":
        return names[
            wrong[0] if wrong else made["right"] if careful else dice.choice(sorted(names))
        ]
    if kind == "multi":
        chosen = wrong[0] if wrong else made["right"] if careful else dice.sample(sorted(names), 3)
        return [names[one] for one in chosen]
    if kind == "order":
        right = sorted(made["ranks"], key=lambda one: made["ranks"][one])
        return [
            names[one]
            for one in (wrong[0] if wrong else right if careful else dice.sample(right, len(right)))
        ]
    pairs = made["pairs"] | (wrong[0] if wrong else {})
    if not careful:
        one, two = dice.sample(sorted(pairs), 2)
        pairs[one], pairs[two] = pairs[two], pairs[one]
    return {shown["row"][row]: names[option] for row, option in pairs.items()}


def line(name, kind, given, when, lang):
    time = when.isoformat(timespec="milliseconds")[:23] + "Z"
    event = {"v": 1, "t": time, "x": name, "e": kind, "a": given, "lang": lang}
    event |= {"d": "0" * 12, "n": 1} if kind == "answer" else {}
    return json.dumps(event, ensure_ascii=False, separators=(",", ":"))


def handed_in(key, who, name, lines, lang, assignment=None):
    """Return the bytes that ``task.submit()`` writes."""
    head = {
        "submission": 1,
        "assignment": assignment or key["id"],
        "digest": key["digest"],
        "student": {"id": who, "name": name},
        "lang": lang,
    }
    body = "".join(
        one + "\n" for one in [json.dumps(head, ensure_ascii=False, separators=(",", ":")), *lines]
    ).encode()
    return body + json.dumps({"receipt": receipt(body)}).encode() + b"\n"


def later(lines, days):
    """The same journal, worked on some days later."""
    events = [json.loads(one) for one in lines]
    ahead = (
        datetime(2026, 12, 8, 21, 59, tzinfo=UTC)
        + timedelta(days=days)
        - datetime.fromisoformat(events[-1]["t"])
    )
    return [
        line(one["x"], one["e"], one["a"], datetime.fromisoformat(one["t"]) + ahead, one["lang"])
        for one in events
    ]


def files(key):
    """Yield (path in Moodle's archive, bytes) of what the 40 handed in, and (student, lang, worth) to mark them by."""
    marked = []
    for place, (who, full, _, _) in enumerate(key["roster"]):
        if place in ABSENT:
            continue
        lines, lang, worth = student(key, place)
        surname, first = full.split()[:2]
        folder = f"{first} {surname}_{48211 + 7 * place}_assignsubmission_file_/"
        data, name = (
            handed_in(key, who, f"{surname} {first}", lines, lang),
            f"{key['id']}-{who}.jsonl",
        )
        if place in (
            9,
            33,
        ):  # 9 saves the last answers half a day after closing, 33 a day and a half
            lines = later(lines, 0.5 if place == 9 else 1.5)
            data = handed_in(key, who, f"{surname} {first}", lines, lang)
        elif place == 13:  # the upload broke off in the middle
            data = data[: len(data) * 3 // 5]
        elif (
            place == 16
        ):  # sent the work, saved one answer again on the last evening, sent a second file
            yield folder + name, data
            again = later([lines[0], lines[-2]], 0)[1:]
            data = handed_in(key, who, f"{surname} {first}", [*lines, *again], lang)
            name = f"{key['id']}-{who} (1).jsonl"
        elif place == 21:  # the file of another assignment
            data, name = (
                handed_in(key, who, f"{surname} {first}", lines, lang, "rm-quiz-0"),
                f"rm-quiz-0-{who}.jsonl",
            )
        elif place == 26:  # two digits of the number changed places
            wrong = who[:-2] + who[-1] + who[-2]
            lines = student(key, place, wrong)[0]
            data, name = (
                handed_in(key, wrong, f"{surname} {first}", lines, lang),
                f"{key['id']}-{wrong}.jsonl",
            )
        elif place == 30:  # a text document instead of the file
            data, name = b"PK\3\4 not the file that was asked for", "Контрольна.docx"
        elif place == 31:  # somebody else's file, unchanged
            other, full = key["roster"][29][:2]
            lines, lang, _ = student(key, 29)
            data, name = (
                handed_in(key, other, " ".join(full.split()[:2]), lines, lang),
                f"{key['id']}-{other}.jsonl",
            )
        elif place == 36:  # corrected an answer in the file, after the receipt
            data = data.replace(b'"a":"', b'"a":" ', 1)
        elif place == 37:  # the journal from the folder answers/ instead of the file to hand in
            data, name = "".join(one + "\n" for one in lines).encode(), f"{key['id']}.jsonl"
        if place not in (21, 30, 31, 36):
            marked.append((who, worth, lang))
        yield folder + name, data
    yield None, marked


def marks(marked):
    """Return the lines of ``marks.jsonl``: the first marker read every text, the second every third."""
    dice, when = random.Random("marks"), datetime(2026, 12, 11, 9, tzinfo=UTC)
    for turn, marker in enumerate(("Олена", "Павло")):
        for who, worth, _ in marked[:: 1 + 2 * turn]:
            for criterion, level in zip(("comparison", "check"), worth, strict=True):
                when += timedelta(seconds=dice.randint(4, 40))
                given = min(
                    2,
                    max(
                        0,
                        level + dice.choice([0, 0, 0, 0, 0, 1, -1]) * (turn or dice.random() < 0.2),
                    ),
                )
                yield json.dumps(
                    {
                        "v": 1,
                        "t": when.isoformat(timespec="milliseconds")[:23] + "Z",
                        "marker": marker,
                        "student": who,
                        "ref": "value-plan/why-advantage",
                        "criterion": criterion,
                        "points": given,
                        "comment": "",
                    },
                    ensure_ascii=False,
                    separators=(",", ":"),
                )


def main(private, folder):
    """Write both files."""
    key, folder = json.loads((Path(private) / "key.json").read_text("utf-8")), Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(
        folder / "submissions.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9
    ) as archive:
        for name, data in files(key):
            if name is None:
                (folder / "marks.jsonl").write_text(
                    "".join(one + "\n" for one in marks(data)), "utf-8"
                )
            else:
                archive.writestr(
                    zipfile.ZipInfo(name, (2026, 12, 11, 9, 0, 0)), data, zipfile.ZIP_DEFLATED
                )


def again(here):
    """Set, hand in, grade and report, and keep the three files that are made."""
    from course.cli import main as course

    with tempfile.TemporaryDirectory() as place:
        course(
            [
                "assign",
                f"{here}/spec.toml",
                "--roster",
                f"{here}/roster.csv",
                "--out",
                f"{place}/work",
            ]
        )
        main(f"{place}/work/private", here)
        course(
            [
                "grade",
                f"{here}/submissions.zip",
                "--key",
                f"{place}/work/private",
                "--out",
                f"{place}/grades",
                "--marks",
                f"{here}/marks.jsonl",
            ]
        )
        course(["report", f"{place}/grades", "--key", f"{place}/work/private"])
        shutil.copy(f"{place}/grades/report-uk.html", here)


if __name__ == "__main__":
    main(*sys.argv[1:]) if sys.argv[1:] else again(Path(__file__).parent)
