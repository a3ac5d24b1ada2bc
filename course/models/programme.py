"""Open questions to two parts of the annual programme: where to stop, and what to measure.

Software sees only whether a tile has a number, a date, a condition; whether the rule is wise a
person judges. Codes of remarks:

stop rule    risk_no_number, step_no_cap, step_no_date, stop_no_condition, stop_no_number,
             stop_no_date, owner_no_rhythm
measures     indicator_no_formula, trial_no_lot, trial_no_size, trial_no_time, trial_no_decision,
             data_no_refusal
"""

import re
from collections.abc import Callable, Iterator, Mapping

from course.models.plan import Remark, Remarks

_CUES = {
    "number": r"\d",
    "money": r"\d.*(грн|гривен|гривн|тис|тыс|₴)",
    "date": r"\d{1,2}[. ]\w*|січ|лют|берез|квіт|трав|черв|лип|серп|верес|жовт|листопад|груд"
    r"|янв|фев|март|апрел|ма[йяе]|июн|июл|август|сентяб|октяб|нояб|декаб|квартал|тиж|недел|місяц"
    r"|месяц|рок|рік|год[ау]?\b",
    "condition": r"якщо|коли|щойно|если|когда|как только",
    "rhythm": r"що(дня|тиж|міс|кварт|п.ятн|понед|серед|вівт|четв)|раз на|раз в|кожн|кажд|ежедн|еженед"
    r"|ежемес",
    "formula": r"/|поділ|делить|раздел|делён|ділен|÷|=",
    "lot": r"жереб|навмання|випадков|жреби|наугад|случайн",
    "decision": r"якщо|коли|тоді|припин|телефонуємо|лишаємо|розшир|если|тогда|прекращ|звоним"
    r"|оставл|расшир",
    "refusal": r"відмов|відпис|заперечи|відклика|отказ|отпис|возрази|отзыва",
}
_STOP = (
    ("risk", "number", "risk_no_number"),
    ("step", "money", "step_no_cap"),
    ("step", "date", "step_no_date"),
    ("stop", "condition", "stop_no_condition"),
    ("stop", "number", "stop_no_number"),
    ("stop", "date", "stop_no_date"),
    ("owner", "rhythm", "owner_no_rhythm"),
)
_MEASURES = (
    ("first", "formula", "indicator_no_formula"),
    ("second", "formula", "indicator_no_formula"),
    ("third", "formula", "indicator_no_formula"),
    ("trial", "lot", "trial_no_lot"),
    ("trial", "number", "trial_no_size"),
    ("trial", "date", "trial_no_time"),
    ("trial", "decision", "trial_no_decision"),
    ("data", "refusal", "data_no_refusal"),
)


def _asked(
    texts: Mapping[str, object], cues: tuple[tuple[str, str, str], ...]
) -> Iterator[Remark]:
    for tile, cue, code in cues:
        words = texts.get(tile)
        if isinstance(words, str) and words.strip():
            if not re.search(_CUES[cue], words[:20_000].lower(), re.S):
                yield Remark(tile, code, {})


def _remarks(
    cues: tuple[tuple[str, str, str], ...],
) -> Callable[[Mapping[str, object], str], Remarks]:
    def read(texts: Mapping[str, object], lang: str) -> Remarks:
        tiles = {tile for tile, _, _ in cues}
        filled = sum(bool(str(texts.get(tile) or "").strip()) for tile in tiles)
        asked = tuple(_asked(texts, cues))
        return Remarks(filled, 0, len(cues) - len(asked), asked)

    return read


stop_rule = _remarks(_STOP)
measures = _remarks(_MEASURES)
