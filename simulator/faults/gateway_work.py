"""A gateway's intake at work, in a process to be watched: `gateway_work FOLDER EVENTS SEED`.

The database and the intake are the product's; what the broker would carry is handed over here.
It says in the file SAID what was sent to it and what it receipted; `gateway_promise` reads it.
"""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from random import Random
from time import sleep

from sqlalchemy import Engine

from contract import codec
from contract.events import Called, ClockTrust, Event
from contract.identifiers import uuid7
from contract.messages import Receipt
from contract.topics import KioskAddress, Leaf
from gateway.intake import Intake
from gateway.store import base
from gateway.store.stores import KioskRow, StoreRow
from gateway.store.tables import Base
from runtime.clock import SystemClock
from runtime.inbox import Inbox
from runtime.mqtt_link import Delivery
from simulator.faults.outbox_work import REFUSALS_MAX, Diary

DATABASE = "hien.db"
STORE, KIOSKS = "hue-1", ("porch", "quay", "till")
AT_MS = 1_800_000_000_000
BATCH_MAX = 12  # events; small batches are many commits
AGAIN_S = 0.01  # a shop's intake waits a second until it tries again


class _Complaints(logging.Handler):
    """Whatever a person would read in the log while the database does not answer."""

    def __init__(self, diary: Diary) -> None:
        super().__init__(logging.WARNING)
        self._diary = diary

    def emit(self, record: logging.LogRecord) -> None:
        """One line of it."""
        self._diary.refused(record.getMessage().partition("\n")[0])


class Kiosk:
    """Numbers and chains events as an outbox does."""

    def __init__(self, name: str, epoch: str) -> None:
        self.address = KioskAddress(STORE, name)
        self._epoch = epoch
        self.seq, self._chain = 0, codec.GENESIS

    def says(self) -> Delivery:
        """The next event, as it comes from the broker."""
        self.seq += 1
        body = Called(session=f"{self.seq:016x}")
        data, at_ms = codec.encode_body(body), AT_MS + self.seq
        event_id = uuid7(at_ms, f"{self.address.kiosk[0]:4}{self._epoch[0]}{self.seq:05}".encode())
        self._chain = codec.link(self._chain, event_id, self.seq, at_ms, data)
        event = Event(
            id=event_id,
            store=STORE,
            kiosk=self.address.kiosk,
            epoch=self._epoch,
            seq=self.seq,
            at_ms=at_ms,
            clock=ClockTrust.TRUSTED,
            body=body,
            chain=self._chain,
        )
        return Delivery(self.address.topic(Leaf.UP), codec.encode_envelope(event, data), self.seq)


def found(folder: Path) -> None:
    """A database with one store, before anything happens."""
    engine = opened(folder)
    Base.metadata.create_all(engine)
    with base.writers(engine).begin() as db:
        db.add(StoreRow(store=STORE, name="An Nhiên", store_no=7))
        db.flush()
        for kiosk in KIOSKS:
            db.add(KioskRow(store=STORE, kiosk=kiosk, name=kiosk))
    engine.dispose()


def opened(folder: Path) -> Engine:
    """The database in a folder, as the gateway opens it."""
    return base.connect(f"sqlite:///{folder / DATABASE}")


def work(engine: Engine, diary: Diary, events: int, seed: int) -> None:
    """Let the intake take events, a few at a time, from kiosks that begin an epoch for it."""
    random = Random(seed)
    kiosks = [Kiosk(name, f"{seed:016x}"[::-1]) for name in KIOSKS]
    inbox = Inbox[Delivery](BATCH_MAX)
    waiting: list[Delivery] = []  # for its acknowledgement

    def publish(topic: str, payload: bytes, *, qos: int = 1) -> bool:
        del qos
        if topic.endswith(Leaf.RECEIPT):
            receipt = codec.decode(Receipt, payload)
            diary.recovered()
            diary.say("receipt", topic.split("/")[-2], receipt.upto)
        return True

    patience = iter(range(REFUSALS_MAX))

    def pause(_wanted_s: float) -> None:
        next(patience)
        sleep(AGAIN_S)

    intake = Intake(inbox, base.writers(engine), SystemClock(), publish, waiting.remove, pause)
    sent = 0
    while sent < events:
        for kiosk in random.choices(kiosks, k=random.randint(1, min(BATCH_MAX, events - sent))):
            diary.say("sent", kiosk.address.kiosk, kiosk.seq + 1)
            waiting.append(kiosk.says())
            inbox.put(waiting[-1])
            sent += 1
        intake.run(lambda: not waiting)


def main() -> None:
    """As a process of its own."""
    folder, events, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    diary, engine = Diary(folder), opened(folder)
    logging.getLogger("gateway").addHandler(_Complaints(diary))
    work(engine, diary, events, seed)
    engine.dispose()
    diary.close()


if __name__ == "__main__":
    main()
