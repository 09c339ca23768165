"""A door's main path in this process: real journal and books, a lock that keeps a diary."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from msgspec import json

from contract.events import BODIES, Entry, EntryReason, Incident, Kind, Passage, Record
from kiosk.adapters.clock_floor import ClockFloor
from kiosk.core.clock_trust import ClockRules
from kiosk.core.door_keys import DoorKeys
from kiosk.core.door_wire import Answer, DoorHealth, HowAreYou, PassOrder, ShowPass
from kiosk.core.doorway import DoorwayRules, Sensed
from kiosk.core.entry import Spend
from kiosk.core.occupancy import OccupancyRules
from kiosk.door.app import DoorApp, DoorPorts, DoorRules
from kiosk.door.claims import Claim, Claims
from kiosk.door.journal import Journal
from kiosk.door.latch import Latch
from kiosk.door.ledger import Ledger, LedgerRules
from kiosk.door.trust_files import KEYRING, REVOCATIONS, TrustFiles
from kiosk.timekeeper import Timekeeper
from runtime.errors import DeviceError
from tests.kiosk.door.shop import (
    DOOR,
    ISSUERS,
    MEMBERS,
    NOW_S,
    RULES,
    STORE,
    Members,
    revocations,
    sealed_trust,
)

LOOK_S = 0.02
STARTED_S = 1_000.0  # the stopwatch at NOW_S


class DoorClock:
    """Stands still until a test moves it; the time of day may be set wrong."""

    def __init__(self) -> None:
        self.elapsed_s = STARTED_S
        self.off_s = 0.0

    def advance(self, seconds: float) -> None:
        self.elapsed_s += seconds

    def monotonic_s(self) -> float:
        return self.elapsed_s

    def utc(self) -> datetime:
        return datetime.fromtimestamp(NOW_S + self.elapsed_s - STARTED_S + self.off_s, UTC)


@dataclass
class Source:
    """Somebody who knows the time, or not."""

    synced: bool = True

    def is_synced(self) -> bool:
        return self.synced


@dataclass
class DiaryLock:
    """A lock that keeps a diary, and may refuse."""

    journal: Journal | None = None
    level: bool = False
    disobeys: bool = False
    pulses: list[int] = field(default_factory=list)  # the newest record when each began

    def is_up(self) -> bool:
        return self.level

    def release(self) -> None:
        if self.disobeys:
            raise DeviceError("lock on GPIO17: it is stuck")
        assert self.journal is not None
        assert not self.level, "a second pulse while one is active"
        self.level = True
        self.pulses.append(self.journal.pending(self.journal.last - 1, 1)[0].number)

    def secure(self) -> None:
        if self.disobeys and self.level:
            raise DeviceError("lock on GPIO17: it is stuck")
        self.level = False

    def close(self) -> None:
        self.secure()


@dataclass
class FakeCloser:
    """A closer that may go away, and knows whether it is armed."""

    is_gone: bool = False
    is_armed: bool = False

    def arm(self, hold_s: float) -> None:
        self.check()
        self.is_armed = True

    def disarm(self) -> None:
        self.is_armed = False

    def check(self) -> None:
        if self.is_gone:
            raise DeviceError("no closer")

    def close(self) -> None:
        self.is_gone = True


@dataclass
class FakeClaims:
    """The store's other doors."""

    answer: Claim = Claim.OURS
    asked: list[Spend] = field(default_factory=list)

    def claim(self, spend: Spend) -> Claim:
        self.asked.append(spend)
        return self.answer


@dataclass
class Lines:
    """The door's wires."""

    sensed: Sensed = field(default_factory=Sensed)
    is_cut: bool = False

    def read(self) -> Sensed:
        if self.is_cut:
            raise DeviceError("switch on GPIO27: it cannot be read")
        return self.sensed


@dataclass
class Rig:
    """Everything around a door, and the door."""

    folder: Path
    rules: DoorRules = field(default_factory=lambda: DoorRules(RULES, ISSUERS))
    members: Members = MEMBERS
    was_cut_off: bool = False

    def __post_init__(self) -> None:
        self.clock, self.source = DoorClock(), Source()
        self.lock, self.closer = DiaryLock(), FakeCloser()
        self.asked = FakeClaims()
        self.claims: Claims = self.asked
        self.lines = Lines()

    @contextmanager
    def running(self) -> Iterator[DoorApp]:
        """One life of the door process."""
        self.lock.level = False  # the line is taken low
        with closing(Journal(self.folder / "door.db")) as journal:
            self.lock.journal = journal
            self.app = DoorApp(self.rules, self._ports(journal))
            self.app.tick()
            yield self.app

    def _ports(self, journal: Journal) -> DoorPorts:
        floor = ClockFloor(self.folder / "floor")
        time = Timekeeper(ClockRules(), self.clock, self.source, floor)
        hours = self.rules.entry.hours
        keyring, revoked = journal.epochs()
        return DoorPorts(
            latch=Latch(self.lock, self.closer),
            sense=self.lines.read,
            claims=self.claims,
            journal=journal,
            ledger=Ledger(LedgerRules(DOOR, hours, OccupancyRules(), 4.0), journal, time),
            trust=TrustFiles(
                self.folder,
                STORE,
                ISSUERS,
                DoorKeys(keyring_epoch=keyring, revocations_epoch=revoked - 1),
            ),
            time=time,
            clock=self.clock,
            was_cut_off=self.was_cut_off,
        )

    def trust(self, revoked: bytes = b"", epoch: int = 1) -> None:
        documents = sealed_trust(self.members.keyring(), revocations(epoch, members=revoked))
        (self.folder / KEYRING).write_bytes(documents[0])
        (self.folder / REVOCATIONS).write_bytes(documents[1])

    def passes(self, seconds: float) -> None:
        """Time goes by, and the door looks as often as it does."""
        for _ in range(round(seconds / LOOK_S)):
            self.clock.advance(LOOK_S)
            self.app.tick()

    def waits(self, seconds: float) -> None:
        """Time goes by at once, with one look at its end."""
        self.clock.advance(seconds)
        self.app.tick()

    def slot(self) -> int:
        return int(self.clock.utc().timestamp() // 15)

    def shows(self, name: str, age: int = 0) -> EntryReason:
        return self.says(self.members.show(name, self.slot() - age))

    def says(self, text: str) -> EntryReason:
        answer = self.app.handle(ShowPass(text))
        assert isinstance(answer, Answer)
        return answer.reason

    def orders(self, sealed: bytes) -> EntryReason:
        answer = self.app.handle(PassOrder(sealed.decode()))
        assert isinstance(answer, Answer)
        return answer.reason

    def goes_in(self) -> None:
        """Whoever was let in opens the door, goes through and lets it fall shut."""
        for is_open, for_s in ((False, 0.5), (True, 1.0), (False, 0.2)):
            self.lines.sensed = Sensed(is_open=is_open)
            self.passes(for_s)

    def goes_out(self) -> None:
        for sensed in (Sensed(is_exit_asked=True), Sensed(is_open=True), Sensed()):
            self.lines.sensed = sensed
            self.passes(0.3)

    def health(self) -> DoorHealth:
        health = self.app.handle(HowAreYou())
        assert isinstance(health, DoorHealth)
        return health

    def records(self) -> list[Record]:
        """Everything in the journal, by the contract's own types."""
        assert self.lock.journal is not None
        found: list[Record] = []
        for row in self.lock.journal.pending(0, 1_000_000):
            body = json.decode(row.body, type=BODIES[Kind(row.kind)])
            assert isinstance(body, Record)
            found.append(body)
        return found

    def entries(self) -> list[Entry]:
        return [record for record in self.records() if isinstance(record, Entry)]

    def passages(self) -> list[Passage]:
        return [record for record in self.records() if isinstance(record, Passage)]

    def incidents(self) -> list[tuple[str, bool]]:
        return [
            (str(record.trouble), record.is_over)
            for record in self.records()
            if isinstance(record, Incident)
        ]


SHORT = DoorwayRules(hold_s=1.0)
