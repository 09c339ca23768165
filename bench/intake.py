"""What the intake takes in a second, from the broker to the receipt, beside a bare loop.

Both first find their events waiting at the broker. One intake is compared with the loop by their
CPU; two intakes, that use both cores, by the clock.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import monotonic, process_time, sleep

from msgspec import json
from sqlalchemy import text

from bench import bare_intake, by_the_clock
from bench.by_the_clock import LAST_ACKS_S, Taker
from bench.crowd import SHARDS, Crowd, settle
from bench.intake_link import Link, Publisher, broker, publish
from bench.measure import Bench, Result
from gateway.intake import Intake
from gateway.store import base
from runtime.clock import SystemClock, unix_ms
from runtime.collector import collect_rarely
from simulator.postgres import Postgres

EVENTS = 10_000
ROUNDS = 3
FEW, MANY = 1_000, 1_000_000  # profiles
PACE_S, PACED_S = 1_000, 10.0  # events a second, and for how long
SETTLED = 0.2  # of the paced ones, to warm up


def run() -> list[Result]:
    """Latencies at a pace, then rates on SQLite with few and many profiles and on PostgreSQL."""
    collect_rarely()  # as the intake's process does
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="hien-bench-")))
        port = stack.enter_context(broker(folder))
        here = f"sqlite:///{folder / 'many.db'}"
        many = _on(here, MANY)
        p50_ms, p99_ms = _paced(port, here)  # before the server, which works on when it is idle
        server = Postgres({"shared_buffers": "256MB"})  # as durable as it comes
        stack.callback(server.stop)
        there = server.new("many")
        takers = {
            "bare": (MANY, bare_intake.within(folder)),
            "few": (FEW, _on(f"sqlite:///{folder / 'few.db'}", FEW)),
            "many": (MANY, many),
            "postgresql": (MANY, _on(there, MANY)),
        }
        by_cpu = _in_turn(port, takers)
        two = _two_in_turn(port, folder, here, there)
    clock = "events/s by the clock, two processes"
    return [
        _rate("intake_sqlite", by_cpu["many"], by_cpu["bare"]),
        _rate("intake_postgresql", by_cpu["postgresql"], by_cpu["bare"]),
        _rate("intake_two_parts", two[here], two["bare"], clock),
        _rate("intake_two_parts_postgresql", two[there], two["bare"], f"{clock}, and the server"),
        _flatness(by_cpu["many"], by_cpu["few"]),
        Result("intake_latency_p50", p50_ms, "ms at 1,000 a second", None, None),
        Result("intake_latency_p99", p99_ms, "ms at 1,000 a second", None, None),
    ]


def _in_turn(port: int, takers: Mapping[str, tuple[int, Taker]]) -> dict[str, list[float]]:
    """Events a second of CPU of each, in some rounds.

    A shared machine changes its speed within seconds; one after the other they would be compared
    on different machines.
    """
    found: dict[str, list[float]] = {name: [] for name in takers}
    crowds = {name: Crowd(profiles) for name, (profiles, _) in takers.items()}
    for _ in range(ROUNDS):
        for name, (_, taker) in takers.items():
            found[name].append(_measured(port, crowds[name], taker))
    return found


def _two_in_turn(port: int, folder: Path, *urls: str) -> dict[str, list[float]]:
    """Events a second by the clock of two intakes on each database, and of one bare loop."""
    found: dict[str, list[float]] = {name: [] for name in ("bare", *urls)}
    halves = {
        url: [Crowd(MANY, seed, shard) for seed, shard in enumerate(SHARDS, 10)] for url in urls
    }
    whole = [Crowd(MANY, seed=20)]
    for _ in range(ROUNDS):
        bare = partial(bare_intake.within, folder)
        found["bare"].append(by_the_clock.rate(port, bare, whole, 2 * EVENTS))
        for url in urls:
            two = by_the_clock.rate(port, partial(intake_at, url), halves[url], 2 * EVENTS)
            found[url].append(two)
    return found


def intake_at(url: str) -> Taker:
    """Our intake on a database."""
    writers = base.writers(base.connect(url))
    with writers() as db:
        db.connection()

    def take(link: Link) -> None:
        Intake(link.inbox, writers, SystemClock(), link.publish, link.ack, sleep).run(link.is_done)

    return take


def _rate(
    name: str, ours: Sequence[float], bare: Sequence[float], unit: str = "events/s"
) -> Result:
    """Medians of the rounds, and of what each round's ratio was."""
    ratio = median(mine / its for mine, its in zip(ours, bare, strict=True))
    return Result(name, round(median(ours)), unit, round(median(bare)), round(ratio, 3))


def _flatness(many: Sequence[float], few: Sequence[float]) -> Result:
    unit = "us an event, 1 M profiles beside 1 k"
    both = (round(1e6 / median(rates), 1) for rates in (many, few))
    ratio = median(much / little for much, little in zip(many, few, strict=True))
    return Result("intake_flatness", next(both), unit, next(both), round(ratio, 3))


def _measured(port: int, crowd: Crowd, taker: Taker) -> float:
    """Events a second of this process's CPU, for events that wait at the broker."""
    Link(port, 0).close()  # from now on the broker keeps what comes
    publish(port, crowd, EVENTS)
    link = Link(port, EVENTS)
    try:
        began_s = process_time()
        taker(link)
        return EVENTS / (process_time() - began_s)
    finally:
        sleep(LAST_ACKS_S)
        link.close()


def _on(url: str, profiles: int) -> Taker:
    """Our intake on a database of so many profiles, which is made first."""
    engine = base.connect(url)
    settle(engine, profiles, unix_ms(SystemClock().utc()))
    intake = intake_at(url)

    def stored() -> int:
        with engine.connect() as db:
            return db.scalar(text("SELECT count(*) FROM event")) or 0

    def take(link: Link) -> None:
        before = stored()
        intake(link)
        assert stored() - before == EVENTS

    return take


def _paced(port: int, url: str) -> tuple[float, float]:
    """From publishing an event to saying what its screen shows, p50 and p99 in ms."""
    events = int(PACE_S * PACED_S)
    link = Link(port, events)
    engine = base.connect(url)
    os.sync()  # making a million left the disk much to write
    publisher = get_context("spawn").Process(target=publish_paced, args=(port, events))
    publisher.start()
    Intake(link.inbox, base.writers(engine), SystemClock(), link.publish, link.ack, sleep).run(
        link.is_done
    )
    publisher.join()
    sleep(LAST_ACKS_S)
    link.close()
    engine.dispose()
    late_ms = [said - _published_ms(show) for said, show in link.shows]
    cuts = quantiles(late_ms[int(len(late_ms) * SETTLED) :], n=100, method="inclusive")
    return round(cuts[49], 1), round(cuts[98], 1)


def _published_ms(show: bytes) -> int:
    """An event's id begins with when it was made, and it is published at once."""
    return int(json.decode(show)["in_reply_to"][:12], 16)


def publish_paced(port: int, events: int) -> None:
    """In a process of its own, as kiosks are."""
    publisher, crowd, clock = Publisher(port), Crowd(MANY, seed=2), SystemClock()
    began_s = monotonic()
    for number in range(events):
        sleep(max(began_s + number / PACE_S - monotonic(), 0))
        publisher.publish(*crowd.next(number, unix_ms(clock.utc())))
    publisher.close()


BENCH = Bench(
    what=f"{EVENTS:,} events waiting at the broker: matched among a million profiles, decided on "
    "50 offers, committed with synchronous=FULL, receipted; events a second of the "
    "process's CPU, of two processes by the clock",
    peer="a bare loop that reads, keeps and receipts",
    goal="8,000 a second with SQLite, 6,000 with PostgreSQL, half of the bare loop; at most 1.3 "
    "times the time at a million profiles; p50 10 ms and p99 60 ms at 1,000 a second",
    run=run,
)
