"""Questions to a value plan: every code can be raised in both languages, a good plan is left in peace."""

import re
from dataclasses import fields

import pytest

from course import exercises
from course.models import REMARKS, plan
from course.models.plan import EXTENSIONS, LIMIT, QUESTIONS, Remarks, value_plan
from course.texts import text

GOOD = {
    "uk": {
        "who": "70 незалежних кав'ярень Полтави на 20–40 місць, крім мережевих і тих, що самі смажать зерно",
        "what": "Хочуть, щоб зерно не закінчувалося в суботу й смак не змінювався; зараз докуповують у супермаркеті",
        "why": "Зерно свіжіше, ніж у «СуперОпту»: від обсмаження до кав'ярні три дні, дата на кожній пачці",
        "when": "Після зміни меню у вересні й березні, далі щовівторка, коли бариста рахує залишки за тиждень",
        "how": "Менеджер телефонує: «Зерно, обсмажене в понеділок, буде у вас у четвер». Відповідь – у месенджер",
        "where": "У самій кав'ярні: бариста нікуди не їде, бо водій залишає ящик дорогою",
        "competitor": "«СуперОпт»: дешевше, але зерно лежить місяць",
        "economics": "Маржа 900 грн на місяць із кав'ярні, витрати на план 40 тис. грн",
        "reciprocity": "Кав'ярня щотижня повідомляє залишки",
        "refusal": "Не беремо мережі з власною обсмажкою",
    },
    "ru": {
        "who": "70 независимых кофеен Полтавы на 20–40 мест, кроме сетевых и тех, что сами обжаривают зерно",
        "what": "Хотят, чтобы зерно не кончалось в субботу и вкус не менялся; сейчас докупают в супермаркете",
        "why": "Зерно свежее, чем у «СуперОпта»: от обжарки до кофейни три дня, дата на каждой пачке",
        "when": "После смены меню в сентябре и марте, дальше каждый вторник, когда бариста считает остатки за неделю",
        "how": "Менеджер звонит: «Зерно, обжаренное в понедельник, будет у вас в четверг». Ответ – в мессенджер",
        "where": "В самой кофейне: бариста никуда не едет, ведь водитель оставляет ящик по пути",
        "competitor": "«СуперОпт»: дешевле, но зерно лежит месяц",
        "economics": "Маржа 900 грн в месяц с кофейни, затраты на план 40 тыс. грн",
        "reciprocity": "Кофейня каждую неделю сообщает остатки",
        "refusal": "Не берём сети с собственной обжаркой",
    },
}


def codes(texts, lang):
    return [(remark.tile, remark.code) for remark in value_plan(texts, lang).remarks]


@pytest.mark.parametrize("lang", ["uk", "ru"])
def test_good_plan_is_left_in_peace(lang):
    assert value_plan(GOOD[lang], lang) == Remarks(
        completeness=6, extensions=4, cues=12, remarks=()
    )


@pytest.mark.parametrize(
    "lang, texts",
    [
        ("uk", ["усі, хто п'є каву", "кава", "якість", "завжди", "реклама", "тут"]),
        ("ru", ["все, кто пьёт кофе", "кофе", "качество", "всегда", "реклама", "тут"]),
    ],
)
def test_empty_phrases_get_questions_and_no_cues(lang, texts):
    found = value_plan(dict(zip(QUESTIONS, texts, strict=True)), lang)
    assert (found.completeness, found.extensions, found.cues) == (6, 0, 0)
    assert [remark.code for remark in found.remarks] == [
        "who_no_number",
        "who_everybody",
        "what_no_need",
        "what_no_present",
        "why_cliche",
        "why_no_rival",
        "when_no_time",
        "when_always",
        "how_no_channel",
        "how_short",
        "how_not_why",
        "where_no_place",
        "where_no_reason",
    ]


ONE = [
    ("who_everybody", {"who": ("Кожен мешканець міста", "Любой житель города")}),
    ("who_no_number", {"who": ("Кав'ярні, крім мережевих", "Кофейни, кроме сетевых")}),
    ("who_no_exclusion", {"who": ("70 кав'ярень Полтави", "70 кофеен Полтавы")}),
    ("what_no_need", {"what": ("Зерно арабіки", "Зерно арабики")}),
    ("what_no_present", {"what": ("Мішок арабіки", "Мешок арабики")}),
    ("why_cliche", {"why": ("Індивідуальний підхід", "Индивидуальный подход")}),
    ("why_no_comparison", {"why": ("Привозимо щодня", "Привозим ежедневно")}),
    ("why_no_rival", {"why": ("Привозимо швидше", "Привозим быстрее")}),
    ("when_always", {"when": ("Цілодобово", "Круглосуточно")}),
    ("when_no_time", {"when": ("Коли закінчується зерно", "Когда кончается зерно")}),
    ("when_no_trigger", {"when": ("Навесні", "Весной")}),
    (
        "when_rare",
        {
            "when": ("Раз на рік, після жнив", "Раз в год, после жатвы"),
            "reciprocity": ("Партнерство: спільний план", "Партнёрство: общий план"),
        },
    ),
    (
        "how_no_channel",
        {
            "how": (
                "Розповімо про свіже зерно всім знайомим",
                "Расскажем о свежем зерне всем знакомым",
            )
        },
    ),
    ("how_short", {"how": ("Дзвінок: «Свіже зерно»", "Звонок: «Свежее зерно»")}),
    (
        "how_not_why",
        {
            "why": ("Зерно свіжіше", "Зерно свежее"),
            "how": ("Лист про знижки на всі сорти", "Письмо про скидки на все сорта"),
        },
    ),
    ("where_no_place", {"where": ("Там, де зручно", "Там, где удобно")}),
    ("where_no_reason", {"where": ("Магазин", "Магазин")}),
    (
        "where_not_online",
        {
            "who": ("Купують лише онлайн", "Покупают только онлайн"),
            "where": ("У магазині на розі", "В магазине на углу"),
        },
    ),
    ("competitor_none", {"competitor": ("У нас немає конкурентів", "У нас нет конкурентов")}),
    ("competitor_bare", {"competitor": ("Майстри", "Мастера")}),
    ("economics_no_number", {"economics": ("Вигідно", "Выгодно")}),
    ("economics_alone", {"economics": ("9000 грн", "9000 грн")}),
    ("reciprocity_money", {"reciprocity": ("Гроші", "Деньги")}),
    (
        "economics_loss",
        {
            "who": ("60–70 кав'ярень", "60–70 кофеен"),
            "economics": (
                "Маржа 300,5 грн, витрати 20 тис. грн",
                "Маржа 300,5 грн, затраты 20 тыс. грн",
            ),
        },
    ),
    ("refusal_nobody", {"refusal": ("Нікому не відмовляємо", "Никому не отказываем")}),
    ("refusal_nobody", {"refusal": ("Нікому", "Никому.")}),
    ("other_language", {"what": ("Свежий кофе, чтобы был вкус", "Свіжа кава, щоб був смак")}),
    (
        "copy",
        {
            "how": ("Через наш сайт", "Через наш сайт"),
            "where": ("через наш сайт.", "через наш сайт."),
        },
    ),
    ("cut", {"who": ("кава " * 5000, "кофе " * 5000)}),
]


@pytest.mark.parametrize("lang", ["uk", "ru"])
@pytest.mark.parametrize("code, texts", ONE)
def test_every_question_can_be_asked_and_answered(code, texts, lang):
    spoken = {tile: pair[lang == "ru"] for tile, pair in texts.items()}
    assert code in [found for _, found in codes(spoken, lang)]
    assert code not in [found for _, found in codes(GOOD[lang], lang)]


def test_list_of_codes_is_whole():
    tiles = "|".join(QUESTIONS + EXTENSIONS)
    listed = re.findall(
        rf"\b(?:{tiles})_\w+|other_language|\bcopy\b|\bcut\b", plan.__doc__.split("carry:")[1]
    )
    assert set(listed) == {code for code, _ in ONE}


@pytest.mark.parametrize("lang", ["uk", "ru"])
@pytest.mark.parametrize("code, texts", ONE)
def test_every_question_has_its_sentence(code, texts, lang):
    spoken = {tile: pair[lang == "ru"] for tile, pair in texts.items()}
    remark = next(one for one in value_plan(spoken, lang).remarks if one.code == code)
    sentence = text(f"plan.{code}", lang, **remark.values)
    assert "{" not in sentence and sentence.count("?") + sentence.count(".") > 0


def test_questions_carry_what_their_sentences_need():
    def values(code, lang="uk"):
        texts = {tile: pair[lang == "ru"] for tile, pair in dict(ONE)[code].items()}
        return next(
            remark.values for remark in value_plan(texts, lang).remarks if remark.code == code
        )

    assert values("who_everybody", "ru") == {"word": "любой"}
    assert values("how_short") == {"words": 2}
    for lang in ("uk", "ru"):
        assert values("economics_loss", lang) == {"customers": 60, "margin": 300.5, "cost": 20000}
    assert values("where_not_online") == {"word": "магазині"}
    assert values("copy") == {"tile": "how"}
    assert values("cut") == {"limit": LIMIT}


@pytest.mark.parametrize(
    "who, size",
    [
        ("70 кав'ярень на 20–40 місць", 70),
        ("жінки 25–40 років, 300 родин", 300),
        ("12 500 господарств", 12500),
        ("близько 2 тис. господарств", 2000),
        ("на 20 місць", None),
        ("80 % кав'ярень", None),
    ],
)
def test_size_of_the_group_is_read(who, size):
    found = value_plan({"who": who, "economics": "маржа 1 грн, витрати 1 млн грн"}, "uk").remarks
    asked = [remark.values["customers"] for remark in found if remark.code == "economics_loss"]
    assert asked == ([size] if size else [])


@pytest.mark.parametrize(
    ("cost", "asked"), [("18 029", False), ("18 030", False), ("18 031", True)]
)
def test_costs_that_equal_the_margin_are_no_loss(cost, asked):
    told = codes(
        {"who": "60 кав'ярень, крім мереж", "economics": f"Маржа 300,5 грн, витрати {cost} грн"},
        "uk",
    )
    assert (("economics", "economics_loss") in told) == asked


@pytest.mark.parametrize(("words", "asked"), [(4, True), (5, False)])
def test_a_message_of_five_words_is_long_enough(words, asked):
    told = codes({"how": f"Дзвінок: «{' '.join(['зерно'] * words)}»"}, "uk")
    assert (("how", "how_short") in told) == asked


@pytest.mark.parametrize(("extra", "cut"), [(0, False), (1, True)])
def test_a_tile_is_read_up_to_the_limit(extra, cut):
    assert (("refusal", "cut") in codes({"refusal": "а" * (LIMIT + extra)}, "uk")) == cut


def test_a_copy_names_the_first_tile_that_says_the_same():
    same = "Через наш сайт удень"
    found = value_plan({"what": same, "how": same, "where": same}, "uk").remarks
    assert [(one.tile, one.values) for one in found if one.code == "copy"] == [
        ("how", {"tile": "what"}),
        ("where", {"tile": "what"}),
    ]


@pytest.mark.parametrize("lang", ["uk", "ru"])
def test_of_two_languages_in_balance_it_is_that_of_the_edition(lang):
    assert ("refusal", "other_language") not in codes({"refusal": "ыі"}, lang)
    assert ("refusal", "other_language") not in codes({"refusal": "банк"}, lang)
    assert (("refusal", "other_language") in codes({"refusal": "ыыі"}, lang)) == (lang == "uk")
    assert (("refusal", "other_language") in codes({"refusal": "ыії"}, lang)) == (lang == "ru")


def test_apostrophes_and_case_do_not_matter():
    one = {"who": "КАВ’ЯРНІ, КРІМ МЕРЕЖЕВИХ: 70"}
    assert codes(one, "uk") == [] and value_plan(one, "uk").cues == 2


@pytest.mark.parametrize("lang", ["uk", "ru"])
def test_a_word_or_a_number_alone_is_no_answer_and_more_is(lang):
    bare = {"uk": ("Майстри", "9 тис. грн", "Оплату"), "ru": ("Мастера", "9 тыс. грн", "Оплату")}
    more = {
        "uk": ("Майстри: дешевші за нас", "9 тис. грн, окуплять п'ять", "Гроші та спільну роботу"),
        "ru": ("Мастера: они дешевле", "9 тыс. грн, окупят пять", "Деньги и совместную работу"),
    }
    tiles = ("competitor", "economics", "reciprocity")
    asked = ["competitor_bare", "economics_alone", "reciprocity_money"]
    plans = [dict(zip(tiles, words[lang], strict=True)) for words in (bare, more)]
    assert [[code for _, code in codes(texts, lang)] for texts in plans] == [asked, []]


def test_no_verdict_is_given():
    assert [field.name for field in fields(Remarks)] == [
        "completeness",
        "extensions",
        "cues",
        "remarks",
    ]
    assert REMARKS["value_plan"] is value_plan


@pytest.mark.parametrize(
    "hostile",
    [
        "1 " * 50_000,
        "111 " * 9_000,
        "9" * 30_000,
        "1.1" * 9_000,
        "не " * 50_000,
        "'" * 50_000,
        "«" * 50_000,
        "«аб " * 9_000,
        "А " * 50_000,
        "1–" * 30_000,
        "<script>" * 9_000,
        "\x00" * 30_000,
        "а-'" * 30_000,
        " \n" * 30_000,
        "раз " * 9_000,
        "İ" * 30_000,
        "\ud800" * 9,
        "маржа 1 витрати " * 5_000,
        "лише " * 9_000,
        None,
        5,
        ["x"],
    ],
)
def test_hostile_text_is_only_text(hostile):
    found = value_plan(dict.fromkeys(QUESTIONS + EXTENSIONS, hostile) | {"other": hostile}, "ru")
    assert 0 <= found.cues <= 12 and found.completeness in (0, 6)


def test_empty_plan_has_nothing_to_ask():
    assert value_plan({}, "uk") == Remarks(0, 0, 0, ())


# --- the lesson's own examples -------------------------------------------------------------------------------


def told(lang, root):
    """Yield (tile, text) of the worked plan: the last column of the lesson's table, a row a question."""
    source = (root / "lessons/03-value-plan/lesson.md").read_text("utf-8")
    ids = {tile["title"][lang]: tile["id"] for tile in lesson("value-plan")["tile"]}
    for title, words in re.findall(r"^\|[^|]*\*\*([^*|]+)\*\*[^|]*\|.*\|([^|]+)\|$", source, re.M):
        if title in ids:
            yield ids[title], words.strip()


def lesson(name):
    return exercises.chapters()["value-plan"].exercises[name]


def offered(lang):
    """Yield (tile, text) for everything that the lesson's exercises show as an answer to copy."""
    for name in ("fragments", "extensions"):
        for option in lesson(name)["option"]:
            # The rows of one question make one answer: each is a line of a draft.
            yield (
                option["id"],
                ". ".join(
                    row["text"][lang] for row in lesson(name)["row"] if row["key"] == option["id"]
                ),
            )
    for row in lesson("fragments")["row"]:
        if row["id"] != "hotel":  # says only who decides
            yield row["key"], row["text"][lang]
    for row in lesson("extensions")["row"]:
        yield row["key"], row["text"][lang]
    for row in lesson("portraits")["row"]:
        if row["key"] == "specific":
            yield "who", row["text"][lang]
    parts = {option["id"]: option["text"][lang] for option in lesson("completions")["option"]}
    for row in lesson("completions")["row"]:
        yield row["id"], f"{row['text'][lang].partition('? ')[2]}; {parts[row['key']]}"
    for option in lesson("contradiction")["option"]:
        if not option.get("right"):
            yield option["id"], option["text"][lang].partition(": ")[2]
    yield "why", lesson("why-advantage")["solution"][lang]
    # The best answer of the rubric is what its two highest levels quote.
    for criterion in lesson("value-plan")["criterion"]:
        if criterion["id"] in QUESTIONS:
            best = " ".join(level[lang] for level in criterion["level"][2:])
            yield criterion["id"], ". ".join(re.findall("«([^»]+)»", best))
    yield from sample(lang).items()


def sample(lang):
    """The sample plan, tile by tile: its bold heads are the tiles' titles."""
    canvas = lesson("value-plan")
    ids = {tile["title"][lang].strip("?"): tile["id"] for tile in canvas["tile"]}
    parts = re.split(r"\*\*([^*]+)\*\*", canvas["solution"][lang])
    heads = [head.strip("?.:") for head in parts[1::2]]
    return {ids[head]: words.strip() for head, words in zip(heads, parts[2::2], strict=True)}


@pytest.mark.parametrize("lang", ["uk", "ru"])
def test_no_example_of_the_lesson_is_questioned(lang, root):
    worked = list(told(lang, root))
    assert {tile for tile, _ in worked} == {*QUESTIONS}
    examples = [*worked, *offered(lang)]
    assert {tile for tile, _ in examples} == {*QUESTIONS, *EXTENSIONS} and len(examples) > 40
    asked = {(tile, words): codes({tile: words}, lang) for tile, words in examples}
    assert not {example: found for example, found in asked.items() if found}


@pytest.mark.parametrize("lang", ["uk", "ru"])
def test_the_sample_plan_is_left_in_peace_as_a_whole(lang):
    found = value_plan(sample(lang), lang)
    assert (found.completeness, found.extensions, found.remarks) == (6, 4, ())


@pytest.mark.parametrize("lang", ["uk", "ru"])
def test_hints_and_helps_are_not_answers_and_yet_rightly_read(lang):
    """A learner who begins with the words of a hint is not told that they are missing."""
    hint = lesson("why-advantage")["hint"][0][lang]
    assert codes({"why": hint}, lang) == []
    canvas = lesson("value-plan")
    for hint in (entry[lang] for entry in canvas["hint"]):
        assert not [
            code
            for _, code in codes({"refusal": hint, "reciprocity": hint + "!"}, lang)
            if code != "copy"
        ]
    for tile in canvas["tile"]:
        sharp = (
            "everybody",
            "cliche",
            "always",
            "none",
            "nobody",
            "other_language",
            "loss",
            "copy",
            "cut",
        )
        assert not [
            code
            for _, code in codes({tile["id"]: tile["help"][lang]}, lang)
            if code.endswith(sharp)
        ]


@pytest.mark.parametrize(("tile", "words", "lang"), [
    ("when", "По средам, когда привозят молоко", "ru"),
    ("when", "В выходные, если касса пустует", "ru"),
    ("when", "Как сменится бариста, на следующий же день", "ru"),
    ("when", "Едва закончится партия, в пятницу", "ru"),
    ("why", "Дегустация быстрее, чем у оптовой базы: бариста проверяет её в качестве первого шага", "ru"),
    ("why", "Зерно свежее, чем у местного обжарщика", "ru"),
    ("refusal", "Никого не обманываем: объясняем, почему сетям отказываем", "ru"),
    ("when", "Щовівторка, коли рахують залишки", "uk"),
    ("when", "У вихідні, якщо зерно скінчилося", "uk"),
    ("when", "Як зміниться бариста, наступного дня", "uk"),
    ("why", "Якісь кав'ярні беруть каву в супермаркеті, а ми возимо її швидше, ніж він", "uk"),
    ("refusal", "Нікого не дуримо: пояснюємо мережам, чому їх не беремо", "uk"),
    ("who", "Дев'ять готелів області, крім мережевих", "uk"),
    ("who", "Девять отелей области, кроме сетевых", "ru"),
])  # fmt: skip
def test_words_that_were_misread_are_read(tile, words, lang):
    assert codes({tile: words}, lang) == []


@pytest.mark.parametrize(("economics", "read"), [
    ("38 кав'ярень по 9000 грн маржі на рік кожна; план коштує 400 000 грн на рік", (38, 9000, 400_000)),
    ("38 кав'ярень по 2 400 грн маржі на рік – 91,2 тис. грн; витрати 100 тис. грн", (38, 2400, 100_000)),
    ("Маржа 9 тис. грн із кожної з 38 кав'ярень. Витрати – 1 млн грн", (38, 9000, 1_000_000)),
    ("Маржа 900, витрати 99 000", (70, 900, 99_000)),
    ("38 кофеен по 9000 грн маржи в год каждая; план стоит 400 000 грн", (38, 9000, 400_000)),
    ("38 кав'ярень по 9000 грн маржі на рік кожна; план коштує 60 000 грн на рік", None),
    ("Група приносить 410 тис. грн маржі на рік, програма для неї коштує 96 тис. грн", None),
    ("Маржа від 38 кав'ярень і 12 готелів, витрати 1 млн грн", None),
    ("Маржа 38 кав'ярень, витрати 1 млн грн", None),
])  # fmt: skip
def test_sums_are_told_from_the_number_of_buyers(economics, read):
    lang = "ru" if "кофеен" in economics else "uk"
    who = {"uk": "70 кав'ярень, крім мереж", "ru": "70 кофеен, кроме сетей"}[lang]
    found = value_plan({"who": who, "economics": economics}, lang).remarks
    asked = [tuple(remark.values.values()) for remark in found if remark.code == "economics_loss"]
    assert asked == ([read] if read else [])


@pytest.mark.parametrize(("when", "asked"), [
    ("Раз на рік, після жнив", True), ("Нарада щороку, дзвінок щомісяця, після жнив", False),
    ("Після жнив, раз на рік; далі щотижня", False),
])  # fmt: skip
def test_a_yearly_meeting_beside_monthly_calls_is_not_rare(when, asked):
    found = codes({"when": when, "reciprocity": "Партнерство: спільний план"}, "uk")
    assert (("when", "when_rare") in found) == asked


BAD = [
    ("who", "Усі, хто п'є каву", "Все, кто пьёт кофе", "who_everybody"),
    ("who", "Будь-який заклад міста", "Любое заведение города, любой зал", "who_everybody"),
    ("who", "Кожен, хто любить добру каву", "Каждый, кто любит хороший кофе", "who_everybody"),
    ("who", "Сучасні заклади для гостя", "Современные заведения, где ценят гостя", "who_no_number"),
    ("who", "Поціновувачі нашої арабіки", "Ценители нашей арабики", "who_no_exclusion"),
    (
        "who",
        "Кав'ярні на 20–40 місць; таких 52",
        "Кофейни на 20–40 мест; таких 52",
        "who_no_exclusion",
    ),
    ("what", "Моносорт преміум", "Моносорт премиум", "what_no_need"),
    ("what", "Наша кава та сиропи", "Наш кофе и сиропы", "what_no_need"),
    ("what", "Зерно, арабіка", "Зерно, арабика", "what_no_present"),
    ("why", "Висока якість", "Высокое качество", "why_cliche"),
    ("why", "Ми лідери ринку кави", "Мы лидеры рынка кофе", "why_cliche"),
    (
        "why",
        "Індивідуальний підхід і гнучкі ціни",
        "Индивидуальный подход и гибкие цены",
        "why_cliche",
    ),
    ("why", "Наша кава дуже смачна", "Наш кофе очень вкусный", "why_no_comparison"),
    ("why", "Наша кава смачна й свіжіша", "Наш кофе вкуснее и свежее", "why_no_rival"),
    ("when", "Завжди: ми працюємо щодня", "Всегда: мы работаем каждый день", "when_always"),
    ("when", "Цілодобово приймаємо замовлення", "Принимаем заказы круглосуточно", "when_always"),
    (
        "when",
        "Якнайшвидше, поки не випередили конкуренти",
        "Как можно быстрее, пока не опередили конкуренты",
        "when_no_time",
    ),
    ("when", "Навесні та влітку", "Весной и летом", "when_no_trigger"),
    (
        "how",
        "Розкажемо всім про наші переваги якнайкраще",
        "Расскажем всем о наших преимуществах",
        "how_no_channel",
    ),
    ("how", "Розсилка", "Рассылка", "how_short"),
    ("where", "Там, де покупцеві буде добре", "Там, где покупателю будет хорошо", "where_no_place"),
    ("where", "На складі", "На складе", "where_no_reason"),
    ("competitor", "Конкурентів немає", "Конкурентов нет", "competitor_none"),
    ("economics", "План точно окупиться", "План точно окупится", "economics_no_number"),
    (
        "refusal",
        "Нікого не відсіюємо, раді всім",
        "Никого не отсеиваем, рады всем",
        "refusal_nobody",
    ),
]


@pytest.mark.parametrize("lang", ["uk", "ru"])
@pytest.mark.parametrize(("tile", "uk", "ru", "code"), BAD)
def test_a_bad_answer_is_still_questioned(tile, uk, ru, code, lang):
    assert (tile, code) in codes({tile: uk if lang == "uk" else ru}, lang)


@pytest.mark.parametrize("lang", ["uk", "ru"])
def test_the_portraits_that_the_lesson_rejects_are_questioned(lang):
    for row in lesson("portraits")["row"]:
        if row["key"] in ("general", "product"):
            assert codes({"who": row["text"][lang]}, lang), row["id"]


@pytest.mark.parametrize("lang", ["uk", "ru"])
def test_a_remark_says_which_tile_it_is_for(lang):
    texts = {"who": "Усі" if lang == "uk" else "Все", "economics": "?!"}
    canvas = lesson("value-plan")
    listed = canvas.kind.remarks(
        canvas.raw, texts, lang, lambda name, answer, lang: REMARKS[name](answer, lang).remarks
    )
    assert [(remark["tile"], bool(remark["title"])) for remark in listed] == [("who", True)] * 2 + [
        ("", False)
    ]


@pytest.mark.parametrize(
    "lang, words",
    [
        ("uk", "у котельні, підписом в акті: голова й так підписує там акт"),
        ("ru", "в котельной, подписью в акте: председатель и так подписывает там акт"),
    ],
)
def test_an_order_signed_on_the_spot_has_its_place(lang, words):
    assert codes({"where": words}, lang) == []
