"""Times two ways of doing the same, turn by turn, so that a busy machine hurts both alike."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median
from time import process_time

from msgspec import Struct

ROUNDS = 9


class Result(Struct, frozen=True):
    """One line of `hien bench --json`. `ratio` says how much better than the peer: 2 is twice."""

    name: str
    value: float
    unit: str
    peer: float | None  # what the peer, or the raw ceiling, reached; None if there is none
    ratio: float | None


class Bench(Struct, frozen=True):
    """Something that can be measured."""

    what: str  # is measured
    peer: str  # beside what
    goal: str
    run: Callable[[], list[Result]]
    clock: str = "CPU time"  # that it was measured by


def rates(name: str, unit: str, count: int, ours: Work, peer: Work) -> Result:
    """Compare by how many of `count` things are done in a second; more is better."""
    ours_s, peer_s, ratio = turn_by_turn(ours, peer)
    return Result(name, round(count / ours_s), unit, round(count / peer_s), round(ratio, 3))


def times(name: str, unit: str, per_s: float, ours: Work, peer: Work) -> Result:
    """Compare by the time taken, `per_s` units a second of it; less is better."""
    ours_s, peer_s, ratio = turn_by_turn(ours, peer)
    value, beside = (float(f"{seconds * per_s:.3g}") for seconds in (ours_s, peer_s))
    return Result(name, value, unit, beside, round(ratio, 3))


Work = Callable[[], object]


def turn_by_turn(ours: Work, peer: Work, rounds: int = ROUNDS) -> tuple[float, float, float]:
    """Median seconds of ours and of the peer, and the median of how many times ours fits in it."""
    with _no_collection():
        pairs = [(seconds(ours), seconds(peer)) for _ in range(rounds)]
    ours_s, peer_s = (median(column) for column in zip(*pairs, strict=True))
    return ours_s, peer_s, median(theirs / mine for mine, theirs in pairs)


def seconds(work: Work) -> float:
    """CPU time of one run, which other programs on the machine change less than the wall's."""
    began = process_time()
    work()
    return process_time() - began


@contextmanager
def _no_collection() -> Iterator[None]:
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
