"""What the intake takes in a second, from the broker to the receipt, beside a bare loop.

The bare loop reads, keeps and receipts the same events and decides nothing: paho, msgspec, one
executemany a batch with synchronous=FULL. Both first find their events waiting at the broker.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import monotonic, process_time, sleep

from msgspec import json
from sqlalchemy import text

from bench import two_intakes
from bench.crowd import SHARDS, Crowd, settle
from bench.intake_link import Link, Publisher, broker, publish
from bench.measure import Bench, Result
from contract import codec, topics
from contract.events import Envelope
from contract.messages import Receipt
from contract.topics import Leaf
from gateway.intake import BATCH, LINGER_S, Intake
from gateway.store import base
from runtime.clock import SystemClock, unix_ms
from runtime.collector import collect_rarely
from runtime.inbox import Inbox
from runtime.mqtt_link import Delivery
from simulator.postgres import Postgres

EVENTS = 10_000
ROUNDS = 3
LAST_ACKS_S = 0.5  # until the broker has them: what it has not comes again, in the next round
FEW, MANY = 1_000, 1_000_000  # profiles
PACE_S, PACED_S = 1_000, 10.0  # events a second, and for how long
BY_THE_CLOCK = "events/s by the clock, two processes"
SETTLED = 0.2  # of the paced ones, to warm up


def run() -> list[Result]:
    """Rates on SQLite with few and many profiles and on PostgreSQL, then latencies at a pace."""
    collect_rarely()  # as the intake's process does
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="hien-bench-")))
        port = stack.enter_context(broker(folder))
        server = Postgres({"shared_buffers": "256MB"})  # as durable as it comes
        stack.callback(server.stop)
        there = server.new("many")
        takers = {
            "bare": (MANY, _bare_in(folder)),
            "few": (FEW, _on(f"sqlite:///{folder / 'few.db'}", FEW)),
            "many": (MANY, _on(f"sqlite:///{folder / 'many.db'}", MANY)),
            "postgresql": (MANY, _on(there, MANY)),
        }
        rates, bare = _in_turn(port, takers)
        two = two_intakes.rate(port, f"sqlite:///{folder / 'many.db'}", _halves(), EVENTS)
        two_there = two_intakes.rate(port, there, _halves(), EVENTS)
        p50_ms, p99_ms = _paced(port, f"sqlite:///{folder / 'many.db'}")
    return [
        _rate("intake_sqlite", rates["many"], bare),
        _rate("intake_postgresql", rates["postgresql"], bare),
        _rate("intake_two_parts", two, bare, BY_THE_CLOCK),
        _rate("intake_two_parts_postgresql", two_there, bare, f"{BY_THE_CLOCK}, and the server"),
        Result(
            "intake_flatness",
            round(1e6 / rates["many"], 1),
            "us an event, 1 M profiles beside 1 k",
            round(1e6 / rates["few"], 1),
            round(rates["many"] / rates["few"], 3),
        ),
        Result("intake_latency_p50", p50_ms, "ms at 1,000 a second", None, None),
        Result("intake_latency_p99", p99_ms, "ms at 1,000 a second", None, None),
    ]


def _in_turn(
    port: int, takers: Mapping[str, tuple[int, Callable[[Link], None]]]
) -> tuple[dict[str, float], float]:
    """Events a second of each, and of the bare loop: the median of some rounds, all in each.

    A shared machine changes its speed within seconds; one after the other they would be compared
    on different machines.
    """
    found: dict[str, list[float]] = {name: [] for name in takers}
    crowds = {name: Crowd(profiles) for name, (profiles, _) in takers.items()}
    for _ in range(ROUNDS):
        for name, (_, taker) in takers.items():
            found[name].append(_measured(port, crowds[name], taker))
    rates = {name: median(some) for name, some in found.items()}
    return rates, rates["bare"]


def _halves() -> list[Crowd]:
    return [Crowd(MANY, seed, shard) for seed, shard in enumerate(SHARDS, 10)]


def _rate(name: str, ours: float, bare: float, unit: str = "events/s") -> Result:
    return Result(name, round(ours), unit, round(bare), round(ours / bare, 3))


def _measured(port: int, crowd: Crowd, taker: Callable[[Link], None]) -> float:
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


def _on(url: str, profiles: int) -> Callable[[Link], None]:
    """Our intake on a database of so many profiles, which is made first."""
    engine = base.connect(url)
    settle(engine, profiles, unix_ms(SystemClock().utc()))

    def stored() -> int:
        with engine.connect() as db:
            return db.scalar(text("SELECT count(*) FROM event")) or 0

    def take(link: Link) -> None:
        before = stored()
        Intake(link.inbox, base.writers(engine), SystemClock(), link.publish, link.ack, sleep).run(
            link.is_done
        )
        assert stored() - before == EVENTS

    return take


_BARE_TABLES = """
PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
CREATE TABLE event (id TEXT PRIMARY KEY, kiosk TEXT, seq INT, at_ms INT, kind TEXT, body TEXT);
CREATE TABLE mark (store TEXT, kiosk TEXT, epoch TEXT, upto INT, PRIMARY KEY (store, kiosk, epoch));
"""


def _bare_in(folder: Path) -> Callable[[Link], None]:
    rounds = count()
    return lambda link: _bare(link, folder / f"bare-{next(rounds)}.db")


def _bare(link: Link, path: Path) -> None:
    """Reads, keeps, receipts; believes everything and decides nothing."""
    decoder = json.Decoder(Envelope)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.executescript(_BARE_TABLES)
        while not link.is_done():
            taken = _batch(link.inbox)
            events = [decoder.decode(one.payload) for one in taken]
            rows = [(e.id, e.kiosk, e.seq, e.at_ms, str(e.kind), bytes(e.body)) for e in events]
            marks = {(e.store, e.kiosk, e.epoch): e for e in events}
            db.execute("BEGIN IMMEDIATE")
            db.executemany("INSERT OR IGNORE INTO event VALUES (?, ?, ?, ?, ?, ?)", rows)
            ends = [(*outbox, last.seq) for outbox, last in marks.items()]
            db.executemany("INSERT OR REPLACE INTO mark VALUES (?, ?, ?, ?)", ends)
            db.execute("COMMIT")
            for one in taken:
                link.ack(one)
                link.inbox.done()
            for (store, kiosk, epoch), last in marks.items():
                topic = topics.KioskAddress(store, kiosk).topic(Leaf.RECEIPT)
                link.publish(topic, codec.encode(Receipt(epoch, last.seq, last.chain)), qos=0)


def _batch(inbox: Inbox[Delivery]) -> list[Delivery]:
    taken: list[Delivery] = []
    deadline_s = monotonic() + LINGER_S
    while len(taken) < BATCH:
        one = inbox.take(max(deadline_s - monotonic(), 0) if taken else 0.5)
        if one is None:
            break
        taken.append(one)
    return taken


def _paced(port: int, url: str) -> tuple[float, float]:
    """From publishing an event to saying what its screen shows, p50 and p99 in ms."""
    events = int(PACE_S * PACED_S)
    link = Link(port, events)
    engine = base.connect(url)
    publisher = get_context("spawn").Process(target=publish_paced, args=(port, events))
    publisher.start()
    Intake(link.inbox, base.writers(engine), SystemClock(), link.publish, link.ack, sleep).run(
        link.is_done
    )
    publisher.join()
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
