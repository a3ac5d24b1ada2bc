"""Pictures as data: what each shows, in numbers and words.

`course.charts` draws them, tests compare the numbers.

Words come ready in one language. ``sentence`` reads the picture aloud: it is its text alternative,
so it must say what a reader is to see, with the numbers. ``unit`` stands under the title. ``tone``
is one of TONES, a role and not a colour; what is accented is drawn in the accent colour and in
bold.
"""

from dataclasses import dataclass, fields, is_dataclass
from math import isfinite

TONES = ("accent", "second", "third", "ink", "muted")
SIGNS = ("circle", "ring", "square", "star", "diamond")


@dataclass(frozen=True)
class Tick:
    """A place on a scale and what is printed there."""

    value: float
    label: str


@dataclass(frozen=True)
class Mark:
    """A threshold: a line across the picture at a value, with its name.

    ``across`` names the axis it belongs to.
    """

    value: float
    label: str
    across: str = "x"


@dataclass(frozen=True)
class Axis:
    """A scale with its name and unit, from its first tick to its last.

    ``log`` needs values above 0.
    """

    label: str
    ticks: tuple[Tick, ...]
    log: bool = False

    @property
    def low(self) -> float:
        """The value at the lower end."""
        return self.ticks[0].value

    @property
    def high(self) -> float:
        """The value at the upper end."""
        return self.ticks[-1].value


@dataclass(frozen=True, kw_only=True)
class Figure:
    """What every picture has.

    A title, the unit of its numbers and the sentence that reads it aloud.

    Raises
    ------
    ValueError
        When the title or the sentence is empty, a number is not finite, or a tone or a sign is
        unknown.
    """

    title: str
    unit: str = ""
    sentence: str

    def __post_init__(self) -> None:
        for name in ("title", "sentence"):
            if not getattr(self, name).strip():
                raise ValueError(f"{type(self).__name__}: {name} is empty; every picture has one")
        _sound(self, type(self).__name__)


def _sound(part: object, where: str) -> None:
    if isinstance(part, float) and not isfinite(part):
        raise ValueError(f"{where}: {part} cannot be drawn; leave the value out or say None")
    if isinstance(part, tuple):
        for count, inner in enumerate(part, 1):
            _sound(inner, f"{where} {count}")
    elif is_dataclass(part):
        for field in fields(part):
            value = getattr(part, field.name)
            known = _NAMED.get(field.name)
            if known and value not in known:
                raise ValueError(
                    f"{where}: no {field.name} {value!r}; there are {', '.join(known)}"
                )
            _sound(value, f"{where}, {field.name}")


_NAMED = {"tone": TONES, "sign": SIGNS, "across": ("x", "y"), "way": ("grouped", "stacked")}


@dataclass(frozen=True)
class Bar:
    """A row of bars: one value for each series, each with what is printed.

    ``low`` and ``high`` end an interval.
    """

    label: str
    values: tuple[float, ...]
    printed: tuple[str, ...]
    note: str = ""
    accent: bool = False
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, kw_only=True)
class Bars(Figure):
    """Horizontal bars from the top down.

    Several series lie side by side or are stacked, named in ``series``.

    ``ends`` fixes both ends of the scale, for instance 0 and 1 for shares; otherwise it spans the
    values and 0.
    """

    rows: tuple[Bar, ...]
    series: tuple[str, ...] = ()
    way: str = "grouped"
    marks: tuple[Mark, ...] = ()
    ends: tuple[float, float] | None = None


@dataclass(frozen=True)
class Step:
    """A change, or with ``total`` the sum so far, which the caller computes as well."""

    label: str
    value: float
    printed: str
    total: bool = False


@dataclass(frozen=True, kw_only=True)
class Waterfall(Figure):
    """How changes add up, from the top down."""

    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Dot:
    """An estimate with its interval."""

    label: str
    value: float
    low: float
    high: float
    printed: str
    accent: bool = False


@dataclass(frozen=True, kw_only=True)
class Dots(Figure):
    """Estimates with intervals on one scale."""

    rows: tuple[Dot, ...]
    axis: Axis
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True)
class End:
    """A kind of point in `Pairs`: its name, sign and tone."""

    name: str
    sign: str
    tone: str


@dataclass(frozen=True)
class Pair:
    """Two points joined by a line; ``ends`` are their places in `Pairs.ends`."""

    a: float
    b: float
    printed: str
    ends: tuple[int, int] = (0, 1)
    accent: bool = False


@dataclass(frozen=True)
class Group:
    """Pairs under one label."""

    label: str
    pairs: tuple[Pair, ...]


@dataclass(frozen=True, kw_only=True)
class Pairs(Figure):
    """Dumb-bells in groups, with a column of texts named ``column`` on the right."""

    ends: tuple[End, ...]
    groups: tuple[Group, ...]
    axis: Axis
    column: str


@dataclass(frozen=True)
class Profile:
    """A value for every axis of a `Radar`; None leaves a gap."""

    name: str
    values: tuple[float | None, ...]
    tone: str = "accent"
    sign: str = "circle"


@dataclass(frozen=True, kw_only=True)
class Radar(Figure):
    """Profiles over axes that run from ``low`` in the middle to ``high`` at the rim.

    Clockwise from the top.
    """

    axes: tuple[str, ...]
    profiles: tuple[Profile, ...]
    rings: tuple[Tick, ...]
    low: float = 0.0


@dataclass(frozen=True)
class Line:
    """A series; ``low`` and ``high``, one for each point, make a band around it."""

    name: str
    xs: tuple[float, ...]
    ys: tuple[float, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    tone: str = "accent"
    dashed: bool = False
    dots: bool = False


@dataclass(frozen=True, kw_only=True)
class Lines(Figure):
    """Series over two axes, each named at its right end."""

    lines: tuple[Line, ...]
    x: Axis
    y: Axis
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True)
class Spot:
    """A named point."""

    label: str
    x: float
    y: float
    tone: str = "accent"
    sign: str = "circle"


@dataclass(frozen=True, kw_only=True)
class Scatter(Figure):
    """Points over two axes.

    Marks across both make quadrants, ``corners`` names them clockwise from the upper left.
    """

    spots: tuple[Spot, ...]
    x: Axis
    y: Axis
    marks: tuple[Mark, ...] = ()
    corners: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Histogram(Figure):
    """How many fall between each two ``edges`` (one more than ``counts``).

    Axis x is that of the values.
    """

    edges: tuple[float, ...]
    counts: tuple[float, ...]
    printed: tuple[str, ...]
    x: Axis
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True)
class Rung:
    """A level: its name, what it means, and what it takes to reach it."""

    label: str
    text: str = ""
    entry: str = ""
    accent: bool = False


@dataclass(frozen=True, kw_only=True)
class Ladder(Figure):
    """Levels from the lowest to the highest."""

    rungs: tuple[Rung, ...]


@dataclass(frozen=True)
class Cell:
    """A text in a `Matrix` on a ground from 0 (paper) to 4 (darkest).

    ``check`` ticks it off.
    """

    text: str
    small: str = ""
    shade: int = 0
    accent: bool = False
    check: bool = False


@dataclass(frozen=True, kw_only=True)
class Matrix(Figure):
    """Cells under columns, a tuple for each row."""

    columns: tuple[str, ...]
    rows: tuple[str, ...]
    cells: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Event:
    """Something at a time, or lasting until ``end``; ``when`` is how the time is printed."""

    at: float
    when: str
    label: str
    text: str = ""
    end: float | None = None
    accent: bool = False


@dataclass(frozen=True, kw_only=True)
class Timeline(Figure):
    """Events from the top down, at their places in time."""

    events: tuple[Event, ...]


@dataclass(frozen=True)
class Node:
    """Somebody in a network; x runs from 0 (left) to 1, y from 0 (top) to 1."""

    id: str
    label: str
    x: float
    y: float
    tone: str = "muted"


@dataclass(frozen=True)
class Link:
    """A line between two nodes; ``weight`` from 0 to 1 makes it thicker."""

    a: str
    b: str
    label: str = ""
    weight: float = 0.0
    arrow: bool = False
    dashed: bool = False


@dataclass(frozen=True, kw_only=True)
class Network(Figure):
    """Nodes and links; ``height`` is that of the picture as a share of its width."""

    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    height: float = 0.8


KINDS: dict[str, type[Figure]] = {kind.__name__.lower(): kind for kind in Figure.__subclasses__()}
