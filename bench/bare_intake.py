"""The bare loop beside which the intake is measured: it believes everything and decides nothing.

It reads, keeps and receipts: paho, msgspec, one executemany a batch with synchronous=FULL.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import mkdtemp
from time import monotonic

from msgspec import json

from bench.by_the_clock import Taker
from bench.intake_link import Link
from contract import codec, topics
from contract.events import Envelope
from contract.messages import Receipt
from contract.topics import Leaf
from gateway.intake import BATCH, LINGER_S
from runtime.inbox import Inbox
from runtime.mqtt_link import Delivery

TABLES = """
PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
CREATE TABLE event (id TEXT PRIMARY KEY, kiosk TEXT, seq INT, at_ms INT, kind TEXT, body TEXT);
CREATE TABLE mark (store TEXT, kiosk TEXT, epoch TEXT, upto INT, PRIMARY KEY (store, kiosk, epoch));
"""


def within(folder: Path) -> Taker:
    """Keeps all that waits for a link, each time in a new database of that folder."""
    return lambda link: _take(link, Path(mkdtemp(dir=folder)) / "bare.db")


def _take(link: Link, path: Path) -> None:
    decoder = json.Decoder(Envelope)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.executescript(TABLES)
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
