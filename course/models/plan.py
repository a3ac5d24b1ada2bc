"""Open questions to a value plan: six questions and four extensions. Never a mark for the prose.

Software sees whether a tile is filled, which cues of a concrete answer it holds and where two tiles
seem to disagree; whether the plan is good only a person can tell. Codes of remarks, with the values
they carry:

who          who_everybody {word}, who_no_number, who_no_exclusion
what         what_no_need, what_no_present (only without a need: «Competitor» asks for it too)
why          why_cliche {word}, why_no_comparison, why_no_rival
when         when_always {word}, when_no_time, when_no_trigger,
             when_rare (partnership, one contact a year)
how          how_no_channel, how_short {words},
             how_not_why (the message does not take up the advantage)
where        where_no_place, where_no_reason,
             where_not_online {word} (the portrait buys online only)
extensions   competitor_none {word}, competitor_bare (a name and no more), economics_no_number,
             economics_alone (one number compares nothing),
             economics_loss {customers} {margin} {cost},
             reciprocity_money {word} (nothing but payment), refusal_nobody {word}
any tile     other_language, copy {tile} (an earlier tile says the same), cut {limit}
"""

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

QUESTIONS = ("who", "what", "why", "when", "how", "where")
EXTENSIONS = ("competitor", "economics", "reciprocity", "refusal")
LIMIT = 20_000  # characters of a tile that are read
OWN = "кавалелек"  # the firm of the case is not its own rival
NUMBER = r"(\d{1,3}(?:[ \u00a0\u202f]\d{3}){1,4}|\d{1,12})(?:[.,](\d{1,6}))?"
AMOUNT = rf"{NUMBER}(?:\s?[–—-]\s?{NUMBER})?(?:\s*(тис|тыс|млн)\w*\.?)?\s*([\w'%₴]*)"
CLAUSE = re.compile(r"[;\n]|,(?!\d)|(?<!тис)(?<!тыс)(?<!млн)(?<!грн)\.(?!\d)")
SCALE = {"тис": 1000, "тыс": 1000, "млн": 1_000_000}
ENDING = re.compile(
    "(іст[ьюі]|ост[ьюи]|ого|ому|[иыая]ми|ення|ение|[иіыоаяеую][йяеюї]|[иіы]х|[оеії]в|[аяое]м|"
    "т[иь]|[аяуюіиыоеєь])$"
)
Ask = Callable[..., None]  # ask(tile, code, **values) adds a remark


@dataclass(frozen=True)
class Remark:
    """A question about one tile: its code and what its sentence needs to be said."""

    tile: str
    code: str
    values: dict[str, object]


@dataclass(frozen=True)
class Remarks:
    """What software sees of a plan.

    Attributes
    ----------
    completeness, extensions : int
        Questions answered, 0 to 6, and extensions filled, 0 to 4.
    cues : int
        Of a concrete answer, 0 to 12.
    remarks : tuple of Remark
        Open questions.
    """

    completeness: int
    extensions: int
    cues: int
    remarks: tuple[Remark, ...]


@cache
def _pattern(cue: str, lang: str) -> re.Pattern[str]:
    lists = tomllib.loads(Path(__file__).with_name("plan.toml").read_text("utf-8"))
    ends = {"*": r"[\w'-]*", " ": r"\s+", "ё": "[её]"}
    words = (
        "".join(ends.get(letter, letter) for letter in word)
        for word in lists[cue][lang].split(", ")
    )
    return re.compile(rf"(?<![\w'-])(?:{'|'.join(words)})(?![\w'-])")


class Tile:
    """One tile's text, read in the language it seems to be written in."""

    def __init__(self, text: object, lang: str) -> None:
        text = text if isinstance(text, str) else ""
        self.long = len(text) > LIMIT
        self.text = re.sub("[’ʼ`]", "'", text[:LIMIT])
        self.low = self.text.lower()
        balance = len(re.findall("[ыэъё]", self.low)) - len(re.findall("[іїєґ]", self.low))
        self.lang = "ru" if balance > 0 else "uk" if balance < 0 else lang
        self.words = re.findall(r"[^\W_](?:[\w'-]*\w)?", self.low)

    def find(self, cue: str) -> str | None:
        """Return the first words of the list in the text, or None."""
        hit = _pattern(cue, self.lang).search(self.low)
        return hit and hit[0]

    def count(self) -> int:
        """Count the numbers spelt out in words."""
        return len(_pattern("count", self.lang).findall(self.low))

    def stems(self) -> set[str]:
        """Return how the words that carry meaning begin: four letters and more, no endings."""
        return {
            ENDING.sub("", word)[:5]
            for word in self.words
            if len(word) > 3 and not _pattern("plain", self.lang).fullmatch(word)
        }

    def names(self) -> bool:
        """Tell whether somebody but the firm is named: quoted, in Latin or capital letters."""
        named = re.findall(
            r"«[^«»]{2,60}»|\b[A-Z][A-Za-z]+|(?<=[^\W_] )[А-ЯІЇЄҐЁ][\w'-]+", self.text
        )
        return any(OWN not in name.lower() for name in named)


@dataclass(frozen=True)
class _Amount:
    """A number as written (of a range the lower end), the word after it; scaled: «тис.»."""

    value: float
    noun: str
    scaled: bool


def _amounts(text: str) -> Iterator[_Amount]:
    for whole, part, _, _, scale, noun in re.findall(AMOUNT, text):
        value = float(re.sub(r"\D", "", whole) + "." + (part or "0")) * SCALE.get(scale, 1)
        yield _Amount(int(value) if value == int(value) else value, noun, bool(scale))


def _buyers(amounts: Iterable[_Amount], lang: str) -> float | None:
    """Return the first number that may count buyers: neither money nor a size of something else."""
    others = _pattern("money", lang), _pattern("not_a_size", lang)
    for amount in amounts:
        if not any(other.fullmatch(amount.noun) for other in others):
            return amount.value
    return None


def _money(tile: Tile, cue: str) -> tuple[float | None, float | None]:
    """Return the first sum in a clause with a word of the list, and the buyers counted there.

    "38 кав'ярень по 9000 грн маржі" is a margin of 9000 and 38 buyers. When it is not clear which
    number is the sum, there is none: a remark must be true.
    """
    for clause in CLAUSE.split(tile.low):
        if _pattern(cue, tile.lang).search(clause):
            amounts = list(_amounts(clause))
            sums = [
                amount.value
                for amount in amounts
                if _pattern("money", tile.lang).fullmatch(amount.noun)
                or (amount.scaled and not amount.noun)
            ]
            if sums:
                return sums[0], _buyers([amount for amount in amounts if amount.noun], tile.lang)
            if len(amounts) == 1 and len(amounts[0].noun) < 4:
                alone = _buyers(amounts, tile.lang)
                if alone is not None:
                    return alone, None
    return None, None


def _message(tile: Tile) -> int:
    """Count the words of the message: those in quotes, or all but the channel."""
    quoted = re.findall(r"«([^«»]*)»", tile.low)
    text = " ".join(quoted) or _pattern("channel", tile.lang).sub(" ", tile.low)
    return len(Tile(text, tile.lang).words)


def _cues(tiles: dict[str, Tile], ask: Ask) -> int:
    """Ask for the cues that a question lacks; returns how many of them are there."""
    who, what, why, when, how, where, competitor, *_ = tiles.values()
    cues = 0
    message, rival_known = _message(how), competitor.words and not competitor.find("none")
    for tile, missing, cue, sharper in (
        ("who", "who_no_number", re.search(r"\d", who.low) or who.find("count"), None),
        ("who", "who_no_exclusion", who.find("exclusion"), "everybody"),
        ("what", "what_no_need", what.find("need"), None),
        ("what", "what_no_present", what.find("present"), None),
        ("why", "why_no_comparison", why.find("comparison"), "cliche"),
        ("why", "why_no_rival", why.find("rival") or why.names() or rival_known, None),
        ("when", "when_no_time", when.find("time"), None),
        ("when", "when_no_trigger", when.find("trigger"), "always"),
        ("how", "how_no_channel", how.find("channel"), None),
        ("how", "how_short", message >= 5, None),
        ("where", "where_no_place", where.find("place"), None),
        ("where", "where_no_reason", where.find("reason"), None),
    ):
        if not tiles[tile].words:
            continue
        word = sharper and tiles[tile].find(sharper)
        if cue:
            cues += 1
        elif missing == "what_no_present" and what.find("need"):
            continue
        elif word:
            ask(tile, f"{tile}_{sharper}", word=word)
        else:
            ask(tile, missing, **({"words": message} if missing == "how_short" else {}))
    return cues


def _between(tiles: dict[str, Tile], ask: Ask) -> None:
    """Ask where two tiles seem to disagree, and where nobody is a rival, gives or is refused."""
    who, _, why, when, how, where, competitor, _, reciprocity, refusal = tiles.values()
    if why.stems() and how.words and not why.stems() & how.stems():
        ask("how", "how_not_why")
    if who.find("online") and where.find("shop") and not where.find("online"):
        ask("where", "where_not_online", word=where.find("shop"))
    partnership = any(tile.find("partnership") for tile in tiles.values())
    rhythm = [tile for tile in (when, how) if tile.find("yearly")]
    if partnership and rhythm and not (when.find("often") or how.find("often")):
        ask("when", "when_rare")
    for name, cue in (("competitor", "none"), ("refusal", "nobody")):
        if tiles[name].find(cue):
            ask(name, f"{name}_{cue}", word=tiles[name].find(cue))
    if 0 < len(competitor.words) < 3 and not competitor.find("none"):
        ask("competitor", "competitor_bare")
    if len(reciprocity.words) < 3 and reciprocity.find("payment"):
        ask("reciprocity", "reciprocity_money", word=reciprocity.find("payment"))
    if len(refusal.words) < 3 and not refusal.find("nobody") and refusal.find("nobody_alone"):
        ask("refusal", "refusal_nobody", word=refusal.find("nobody_alone"))


def _sums(tiles: dict[str, Tile], ask: Ask) -> None:
    """Ask about economics without a number, with a single one, or with a loss."""
    who, economics = tiles["who"], tiles["economics"]
    margin, buyers = _money(economics, "margin")
    cost, _ = _money(economics, "cost")
    customers = buyers if buyers is not None else _buyers(_amounts(who.low), who.lang)
    if economics.words and not re.search(r"\d", economics.low):
        ask("economics", "economics_no_number")
    elif economics.words and len(re.findall(NUMBER, economics.low)) + economics.count() < 2:
        ask("economics", "economics_alone")
    elif customers is None or margin is None or cost is None:
        return
    elif cost > customers * margin:
        ask("economics", "economics_loss", customers=customers, margin=margin, cost=cost)


def _copies(tiles: dict[str, Tile], lang: str, ask: Ask) -> list[str]:
    """Ask about tiles in another language, cut off, or said twice; returns the filled ones."""
    filled = [name for name, tile in tiles.items() if tile.words]
    bags = {name: Counter(tiles[name].words) for name in filled}
    for k, name in enumerate(filled):
        if tiles[name].lang != lang:
            ask(name, "other_language")
        if tiles[name].long:
            ask(name, "cut", limit=LIMIT)
        for other in filled[:k]:
            same = (
                2 * (bags[name] & bags[other]).total() / (bags[name].total() + bags[other].total())
            )
            if same > 0.9:
                ask(name, "copy", tile=other)
                break
    return filled


def value_plan(texts: Mapping[str, object], lang: str) -> Remarks:
    """Read a value plan and return open questions to it.

    Parameters
    ----------
    texts : mapping of str to object
        Tile id (QUESTIONS and EXTENSIONS) to what the learner wrote; other ids are passed over.
    lang : {"uk", "ru"}
        Language of the edition.

    Returns
    -------
    Remarks
        Counts and questions, in the order of the tiles; no judgement of quality.

    Notes
    -----
    Two cues a question, by word lists in plan.toml; conventions of this course.

    Examples
    --------
    >>> read = value_plan({"who": "Усі, хто п'є каву", "why": "Висока якість"}, "uk")
    >>> read.completeness, read.cues, [remark.code for remark in read.remarks]
    (2, 0, ['who_no_number', 'who_everybody', 'why_cliche', 'why_no_rival'])
    >>> read.remarks[1].values
    {'word': 'усі'}
    """
    texts = {name: texts.get(name) for name in QUESTIONS + EXTENSIONS}
    spoken = Tile(
        " ".join(text[:LIMIT] for text in texts.values() if isinstance(text, str)), lang
    ).lang
    tiles = {name: Tile(text, spoken) for name, text in texts.items()}
    asked: list[Remark] = []

    def ask(tile: str, code: str, /, **values: object) -> None:
        asked.append(Remark(tile, code, values))

    cues = _cues(tiles, ask)
    _between(tiles, ask)
    _sums(tiles, ask)
    filled = _copies(tiles, lang, ask)
    order = {name: k for k, name in enumerate(tiles)}
    return Remarks(
        completeness=sum(name in QUESTIONS for name in filled),
        extensions=sum(name in EXTENSIONS for name in filled),
        cues=cues,
        remarks=tuple(sorted(asked, key=lambda remark: order[remark.tile])),
    )
