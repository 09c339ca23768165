"""What works in processes of their own take together: two intakes on one database, a bare loop.

By the clock and not by their CPU: they wait for each other's transactions, and the broker works.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from multiprocessing import get_context
from time import monotonic, sleep
from typing import Any

from bench.crowd import Crowd
from bench.intake_link import Link, publish
from runtime.collector import collect_rarely

START_S = 60.0  # for a process to be ready on a slow machine
LAST_ACKS_S = 0.5  # until the broker has them: what it has not comes again, in the next round

Taker = Callable[[Link], None]
"""Takes all that waits for a link."""

Maker = Callable[[], Taker]
"""Makes ready where it is to be kept. Another process must be able to receive it."""


def rate(port: int, make: Maker, crowds: Sequence[Crowd], events: int) -> float:
    """Events a second, from when all start until the last is through; a process for each crowd."""
    each = events // len(crowds)
    for crowd in crowds:
        Link(port, 0, crowd.shard).close()  # from now on the broker keeps what comes
        publish(port, crowd, each)
    context = get_context("spawn")
    ready, took, go = context.Queue(), context.Queue(), context.Event()
    parts = [
        context.Process(target=take, args=(make, (port, each, crowd.shard), ready, go, took))
        for crowd in crowds
    ]
    for part in parts:
        part.start()
    for _ in parts:
        ready.get(timeout=START_S)
    os.sync()  # what others left for the disk to write, they do not write at our expense
    began_s = monotonic()
    go.set()
    ends_s = [took.get(timeout=START_S) for _ in parts]
    for part in parts:
        part.join()
    took_s: float = max(ends_s) - began_s
    return each * len(crowds) / took_s


def take(make: Maker, link: tuple[int, int, str], ready: Any, go: Any, took: Any) -> None:
    """One process; says when it is ready, and when it was through."""
    collect_rarely()
    taker = make()
    ready.put(None)
    go.wait()
    session = Link(*link)
    taker(session)
    took.put(monotonic())
    sleep(LAST_ACKS_S)
    session.close()
