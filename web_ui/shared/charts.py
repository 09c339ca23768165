"""Charts as numbers for an SVG that the server draws: where each bar stands and how high it is.

It knows pixels and no meaning. What is unknown is no bar of height 0: it is a gap, and says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

WIDTH, HEIGHT = 720, 240  # of the viewBox; CSS makes it as wide as the page
LEFT, RIGHT, BOTTOM, TOP = 56, 16, 24, 8  # room for the scale's and the days' words
STEPS = 4  # lines across
NICE = (1, 2, 2.5, 5, 10)


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


def bars(values: Sequence[float | None], labels: Sequence[str], says: Sequence[str]) -> Chart:
    """A chart of values, each with what stands below it and what is said of it."""
    top = nice(max((value for value in values if value is not None), default=0))
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
