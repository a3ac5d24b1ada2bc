"""Open questions to two parts of the annual programme: where to stop, and what to measure.

Software sees only whether a tile has a number, a date, a condition; whether the rule is wise a
person judges. Codes of remarks:

stop rule    risk_no_number, step_no_cap, step_no_date, stop_no_condition, stop_no_number,
             stop_no_date, owner_no_rhythm
measures     indicator_no_formula, trial_no_lot, trial_no_size, trial_no_time, trial_no_decision,
             data_no_refusal

Words by which a text shows its cues stand in plan.toml.
"""

import re
from collections.abc import Mapping

from course.models.plan import Remark, Remarks, Tile

_SIGNS = {"number": r"\d", "money": r"\d.*", "formula": "[/÷=]"}  # where no word list is enough
_STOP = (
    ("risk", "number", "risk_no_number"),
    ("step", "money", "step_no_cap"),
    ("step", "time", "step_no_date"),
    ("stop", "condition", "stop_no_condition"),
    ("stop", "number", "stop_no_number"),
    ("stop", "time", "stop_no_date"),
    ("owner", "often", "owner_no_rhythm"),
)
_MEASURES = (
    ("first", "formula", "indicator_no_formula"),
    ("second", "formula", "indicator_no_formula"),
    ("third", "formula", "indicator_no_formula"),
    ("trial", "lot", "trial_no_lot"),
    ("trial", "number", "trial_no_size"),
    ("trial", "time", "trial_no_time"),
    ("trial", "decision", "trial_no_decision"),
    ("data", "way_out", "data_no_refusal"),
)
Cues = tuple[tuple[str, str, str], ...]  # tile, cue, code of the question without it


def _seen(tile: Tile, cue: str) -> bool:
    """Tell whether a tile has a cue: a sign, a word of its list, or for money both."""
    sign = bool(re.search(_SIGNS.get(cue, "(?!)"), tile.low))
    word = cue != "number" and tile.find(cue) is not None
    return sign and word if cue == "money" else sign or word


def _remarks(cues: Cues, texts: Mapping[str, object], lang: str) -> Remarks:
    tiles = {name: Tile(texts.get(name), lang) for name, _, _ in cues}
    filled = {name for name, tile in tiles.items() if tile.words}
    asked = [
        Remark(name, code, {})
        for name, cue, code in cues
        if name in filled and not _seen(tiles[name], cue)
    ]
    return Remarks(len(filled), 0, len(cues) - len(asked), tuple(asked))


def stop_rule(texts: Mapping[str, object], lang: str) -> Remarks:
    """Read a rule of when to stop and return open questions to it.

    Parameters
    ----------
    texts : mapping of str to object
        Tile id to what the learner wrote.
    lang : {"uk", "ru"}

    Examples
    --------
    >>> [each.code for each in stop_rule({"stop": "Зупинимося, якщо стане гірше"}, "uk").remarks]
    ['stop_no_number', 'stop_no_date']
    """
    return _remarks(_STOP, texts, lang)


def measures(texts: Mapping[str, object], lang: str) -> Remarks:
    """Read indicators, a trial and a rule about data and return open questions to them.

    Examples
    --------
    >>> [each.code for each in measures({"first": "NPS", "second": "a / b"}, "uk").remarks]
    ['indicator_no_formula']
    """
    return _remarks(_MEASURES, texts, lang)
