"""Charts as numbers for an SVG that the server draws: where each bar or cell stands, and how big.

It knows pixels and no meaning. What is unknown is no bar of height 0: it is a gap, and says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

WIDTH, HEIGHT = 720, 240  # of the viewBox; CSS makes it as wide as the page
LEFT, RIGHT, BOTTOM, TOP = 56, 16, 24, 8  # room for the scale's and the days' words
STEPS = 4  # lines across
SHADES = 5  # more than that nobody tells apart
CELL_WIDE, CELL_HIGH, GAP = 26, 22, 2  # 24 hours in WIDTH, and a number of three digits in each
HEAT_LEFT, HEAT_TOP = 46, 20  # room for a day's short name, and for the hours
NICE = (1, 2, 2.5, 5, 10)
WHOLE = (1, 2, 3, 5, 10)  # from line to line, where nothing is counted in halves


@dataclass(frozen=True, slots=True)
class Bar:
    """One value's place; a gap has none and reaches from top to bottom."""

    x: float
    y: float
    width: float
    height: float
    is_gap: bool
    label: str  # below it; empty where there is no room
    says: str  # for whoever points at it


@dataclass(frozen=True, slots=True)
class Line:
    """One line across, with its value."""

    y: float
    value: float


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars from left to right over a scale that begins at 0."""

    bars: Sequence[Bar]
    lines: Sequence[Line]


def nice(highest: float) -> float:
    """A scale's end: the first round number that is not below the highest value."""
    if highest <= 0:
        return float(STEPS)
    power = 10.0 ** floor(log10(highest))
    return next(step * power for step in NICE if step * power >= highest * (1 - 1e-9))


def whole(highest: float) -> float:
    """A scale's end for whole numbers: no line across stands for a part of one."""
    step = max(ceil(highest / STEPS - 1e-9), 1)
    power = 10 ** floor(log10(step))
    return float(STEPS * next(nth * power for nth in WHOLE if nth * power >= step))


def bars(values: Sequence[float | None], labels: Sequence[str], says: Sequence[str]) -> Chart:
    """A chart of values, each with what stands below it and what is said of it."""
    known = [value for value in values if value is not None]
    scale = whole if all(value == floor(value) for value in known) else nice
    top = scale(max(known, default=0))
    tall, wide = HEIGHT - TOP - BOTTOM, (WIDTH - LEFT - RIGHT) / max(len(values), 1)
    every = max(ceil(len(values) / 10), 1)
    found = []
    for number, value in enumerate(values):
        high = tall if value is None else tall * value / top
        found.append(
            Bar(
                x=round(LEFT + number * wide + wide * 0.1, 2),
                y=round(TOP + tall - high, 2),
                width=round(wide * 0.8, 2),
                height=round(high, 2),
                is_gap=value is None,
                label=labels[number] if number % every == 0 else "",
                says=says[number],
            )
        )
    across = [
        Line(round(TOP + tall - tall * step / STEPS, 2), top * step / STEPS)
        for step in range(STEPS + 1)
    ]
    return Chart(found, across)


@dataclass(frozen=True, slots=True)
class Word:
    """Something written beside the cells of a heat map."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One value's place in a heat map: darker and with its number; a gap is neither."""

    x: float
    y: float
    shade: int  # 0 is none, SHADES the highest of all
    is_gap: bool
    text: str  # in it: nobody needs to tell shades apart
    says: str  # for whoever points at it

    @property
    def middle(self) -> tuple[float, float]:
        """Where the number stands."""
        return round(self.x + CELL_WIDE / 2, 2), round(self.y + CELL_HIGH / 2, 2)


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Cells in rows from top to bottom, all of one size."""

    cells: Sequence[Cell]
    rows: Sequence[Word]
    columns: Sequence[Word]
    height: int

    width, cell_wide, cell_high = WIDTH, CELL_WIDE, CELL_HIGH


def shade(value: float, most: float) -> int:
    """How dark a value is beside the highest of all."""
    return ceil(SHADES * value / most) if most > 0 else 0


def heat(
    values: Sequence[Sequence[float | None]],
    rows: Sequence[str],
    columns: Sequence[str],
    says: Callable[[int, int], tuple[str, str]],
) -> HeatMap:
    """A map of values; `says` is, of a row and column, what stands there and what is said of it."""
    most = max((one for line in values for one in line if one is not None), default=0)
    cells = []
    for row, line in enumerate(values):
        for column, value in enumerate(line):
            text, said = says(row, column)
            x, y = HEAT_LEFT + column * (CELL_WIDE + GAP), HEAT_TOP + row * (CELL_HIGH + GAP)
            cells.append(Cell(x, y, shade(value or 0, most), value is None, text, said))
    down = [HEAT_TOP + row * (CELL_HIGH + GAP) + CELL_HIGH / 2 for row in range(len(values))]
    across = [HEAT_LEFT + at * (CELL_WIDE + GAP) + CELL_WIDE / 2 for at in range(len(columns))]
    return HeatMap(
        cells,
        [Word(HEAT_LEFT - 6, y, text) for y, text in zip(down, rows, strict=True)],
        [Word(x, HEAT_TOP - 6, text) for x, text in zip(across, columns, strict=True)],
        HEAT_TOP + len(values) * (CELL_HIGH + GAP),
    )
