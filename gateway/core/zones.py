"""How long somebody stayed in each zone of a store, from what one kiosk told of their tag.

A kiosk tells of one visit in one order: arrived, moved as often as they did, left. Two kiosks that
both hear somebody tell two stories, and both are counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Came:
    """A tag came into a zone: it arrived there, or moved."""

    zone: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class Stay:
    """From when, and how long it was in one zone."""

    zone: str
    from_ms: int
    stayed_s: int


def stays(path: Sequence[Came], dwell_s: float) -> Iterator[Stay]:
    """A whole visit's stays; it begins with the arrival, and was heard for so long since then.

    That a tag is gone is told some seconds after it was heard last: those are of no zone.
    """
    if not path:
        return
    last_ms = path[0].at_ms + int(1000 * dwell_s)
    ends_ms = [*(one.at_ms for one in path[1:]), last_ms]
    for came, end_ms in zip(path, ends_ms, strict=True):
        yield Stay(came.zone, came.at_ms, max(end_ms - came.at_ms, 0) // 1000)
