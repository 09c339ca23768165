"""When a switch has really changed. gpiozero's stand-in for pins ignores bounce, so it is ours."""

from __future__ import annotations

from dataclasses import dataclass, replace

SETTLES_S = 0.05  # contacts bounce for 1 to 20 ms; a finger presses for 100


@dataclass(frozen=True, slots=True)
class Line:
    """What a switch is taken for, and since when it looks otherwise."""

    is_on: bool
    otherwise_s: float | None = None  # monotonic


def settle(was: Line | None, looks_on: bool, now_s: float) -> tuple[Line, bool]:
    """Take in one look; also returns whether the switch has changed. The first look is news."""
    if was is None:
        return Line(looks_on), True
    if looks_on is was.is_on:
        return replace(was, otherwise_s=None), False
    if was.otherwise_s is None:
        return replace(was, otherwise_s=now_s), False
    if now_s - was.otherwise_s < SETTLES_S:
        return was, False
    return Line(looks_on), True
