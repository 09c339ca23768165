"""Either end is set back to an older copy of its disk: what still is on a disk arrives, once.

What is lost with a disk nobody can bring back; but nothing that was on one is forgotten because
the two ends remember different pasts under the same numbers.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from contract import codec
from contract.events import Called
from contract.messages import Receipt
from gateway.store import backups
from gateway.store.events import EventRow, Received
from kiosk.adapters.outbox import Outbox
from kiosk.core.delivery import BEHIND_MAX, STALLED_S, Rift
from kiosk.reporter import Reporter
from tests.fakes import FakeClock, FakeTime, FakeUplink
from tests.gateway.shop import STORE, Shop

KIOSK = "quay-1"
SESSION = "0123456789abcdef"


class TwoEnds:
    """A real outbox and a real database, with a network that a test can cut."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.copies = folder / "copies"
        self.copies.mkdir()
        self.clock, self.uplink = FakeClock(), FakeUplink()
        self.shop = Shop(folder)
        self.told: set[str] = set()  # everything anybody was ever told
        self.kept: set[str] = set()  # of that, what a disk still had after the last restore
        self.rifts: list[Rift] = []
        self.switch_on()
        for end in ("outbox", "hien"):
            self.copy(end)

    def switch_on(self) -> None:
        self.outbox = Outbox(self.folder / "outbox.db", STORE, KIOSK)
        self.reporter = Reporter(self.outbox, self.uplink, self.clock, FakeTime(self.clock))
        self.reporter.link(online=True)

    def switch_off(self) -> None:
        self.outbox.close()
        self.shop.engine.dispose()

    def happens(self) -> None:
        self.reporter.report(Called(SESSION))
        (event,) = self.reporter.keep()
        self.told.add(event.id)
        self.kept.add(event.id)

    def lose(self) -> None:
        """What is on its way is gone."""
        self.uplink.sent.clear()

    def talk(self) -> None:
        """The gateway takes what was sent; the kiosk hears what it says to that."""
        sent, self.uplink.sent = self.uplink.sent, []
        batch = [Received(event, codec.encode_body(event.body)) for event in sent]
        outcome = self.shop.handle(*batch)
        for _, receipt in outcome.receipts:
            self.hear(receipt)

    def hear(self, receipt: Receipt) -> None:
        rift = self.reporter.receipt(receipt)
        if rift is not None:
            self.rifts.append(rift)

    def copy(self, end: str) -> None:
        """An outbox as a person does it, with the power off; the gateway while it works."""
        copy = self.copies / f"{end}.db"
        copy.unlink(missing_ok=True)
        if end == "hien":
            backups.backup(self.shop.engine, copy)
            return
        self.switch_off()
        shutil.copy(self.folder / copy.name, copy)
        self.switch_on()

    def restore(self, end: str) -> None:
        copy = self.copies / f"{end}.db"
        if end == "hien":
            backups.restore(self.shop.engine, copy, replace=True)
        else:
            self.switch_off()
            shutil.copy(copy, self.folder)
            self.switch_on()
        self.kept = set(self.stored()) | set(self.waiting())

    def settle(self) -> None:
        """A healthy network for half a minute."""
        for _ in range(BEHIND_MAX + 6):
            self.clock.advance(STALLED_S)
            self.reporter.send_due()
            self.talk()

    def stored(self) -> list[str]:
        with self.shop.read() as db:
            return list(db.scalars(select(EventRow.id)))

    def waiting(self) -> list[str]:
        return [event.id for event, _ in self.outbox.pending(0, 1_000)]

    def close(self) -> None:
        self.switch_off()


STEPS: dict[str, Callable[[TwoEnds], None]] = {
    "happens": TwoEnds.happens,
    "talk": TwoEnds.talk,
    "lose": TwoEnds.lose,
    "copy the outbox": lambda ends: ends.copy("outbox"),
    "restore the outbox": lambda ends: ends.restore("outbox"),
    "copy the gateway": lambda ends: ends.copy("hien"),
    "restore the gateway": lambda ends: ends.restore("hien"),
}


def after(*steps: str) -> tuple[TwoEnds, Counter[str]]:
    """Both ends once they had time to agree, and how often what arrived did."""
    with TemporaryDirectory() as folder, closing(TwoEnds(Path(folder))) as ends:
        for step in steps:
            STEPS[step](ends)
        ends.settle()
        return ends, Counter(ends.stored())


@settings(max_examples=15)  # each opens and closes both files many times
@given(st.lists(st.sampled_from(sorted(STEPS)), max_size=14))
@example(["happens", "talk", "happens", "restore the outbox", "happens", "happens", "talk"])
@example(["happens", "copy the outbox", "talk", "restore the outbox", "happens", "talk"])
@example(["happens", "copy the outbox", "happens", "talk", "restore the outbox"])  # known by its id
@example(["happens", "talk", "happens", "talk", "restore the gateway", "happens", "talk"])
@example(["happens", "lose", "happens", "copy the gateway", "talk", "restore the gateway"])
def test_whatever_was_on_a_disk_arrives_once(steps: list[str]) -> None:
    ends, stored = after(*steps)

    assert ends.kept <= stored.keys() <= ends.told
    assert stored.total() == len(stored)
    assert ends.reporter.depth == 0


def test_a_restored_outbox_and_a_restored_gateway_are_told_apart() -> None:
    twice = ("happens", "talk", "happens", "talk")

    assert after(*twice, "restore the outbox", "happens")[0].rifts == [Rift.OUTBOX_RESTORED]
    assert after(*twice, "restore the gateway", "happens")[0].rifts == [Rift.GATEWAY_RESTORED]
    assert after(*twice, "lose", "happens")[0].rifts == []
