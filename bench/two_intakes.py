"""Two intakes on one database, each with a part of the shards: what they take together.

By the clock and not by their CPU: they wait for each other's transactions, and the broker works.
"""

from __future__ import annotations

from collections.abc import Sequence
from multiprocessing import get_context
from statistics import median
from time import monotonic, sleep
from typing import Any

from bench.crowd import Crowd
from bench.intake_link import Link, publish
from gateway.intake import Intake
from gateway.store import base
from runtime.clock import SystemClock
from runtime.collector import collect_rarely

ROUNDS = 3
START_S = 60.0  # for a process to be ready on a slow machine
LAST_ACKS_S = 0.5  # as in bench.intake


def rate(port: int, url: str, crowds: Sequence[Crowd], events: int) -> float:
    """Events a second, from when all start until the last is through; so many for each."""
    return median(_once(port, url, crowds, events) for _ in range(ROUNDS))


def _once(port: int, url: str, crowds: Sequence[Crowd], events: int) -> float:
    for crowd in crowds:
        Link(port, 0, crowd.shard).close()
        publish(port, crowd, events)
    context = get_context("spawn")
    ready, took, go = context.Queue(), context.Queue(), context.Event()
    parts = [
        context.Process(target=take, args=((port, events, crowd.shard), url, ready, go, took))
        for crowd in crowds
    ]
    for part in parts:
        part.start()
    for _ in parts:
        ready.get(timeout=START_S)
    began_s = monotonic()
    go.set()
    ends_s = [took.get(timeout=START_S) for _ in parts]
    for part in parts:
        part.join()
    took_s: float = max(ends_s) - began_s
    return events * len(crowds) / took_s


def take(link: tuple[int, int, str], url: str, ready: Any, go: Any, took: Any) -> None:
    """One intake, in a process of its own; says when it was through."""
    collect_rarely()
    engine = base.connect(url)
    with engine.connect():
        ready.put(None)
    go.wait()
    session = Link(*link)
    Intake(
        session.inbox, base.writers(engine), SystemClock(), session.publish, session.ack, sleep
    ).run(session.is_done)
    took.put(monotonic())
    sleep(LAST_ACKS_S)
    session.close()
    engine.dispose()
