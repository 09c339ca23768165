"""From a pass to the moment the lock may move: verified, decided, written; beside a bare fsync."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from time import perf_counter, time

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.measure import Bench, Result
from contract import codec, passes
from contract.door_trust import Keyring, Revocations
from contract.events import EntryReason
from contract.messages import TrustedKey
from contract.sealed import Purpose, seal
from kiosk.adapters.clock_floor import ClockFloor
from kiosk.adapters.time_source import AssumedTime
from kiosk.core import doorway
from kiosk.core.door_keys import DoorKeys
from kiosk.core.door_wire import Answer, ShowPass
from kiosk.core.doorway import Sensed
from kiosk.core.entry import EntryRules
from kiosk.core.hours import OpeningHours
from kiosk.core.occupancy import OccupancyRules
from kiosk.door.app import DoorApp, DoorPorts, DoorRules
from kiosk.door.claims import OnlyDoor
from kiosk.door.journal import Journal
from kiosk.door.latch import Latch, NoCloser
from kiosk.door.ledger import Ledger, LedgerRules
from kiosk.door.trust_files import KEYRING, REVOCATIONS, TrustFiles
from kiosk.timekeeper import Timekeeper
from runtime.clock import SystemClock

DECISIONS = 1_000  # ten of them lie above the 99th percentile
RECORD = bytes(400)  # as large as one in the journal


def run() -> list[Result]:
    """One member after the other; the bare writes in between, so that the disk is as busy."""
    ours_ms: list[float] = []
    bare_ms: list[float] = []
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:  # /tmp may be memory
        path = Path(folder)
        members = _members(path)
        with (
            closing(Journal(path / "door.db")) as journal,
            (path / "bare").open("ab", buffering=0) as bare,
        ):
            app = _door(path, journal)
            for name, key in members.items():
                text = passes.make(key, 1, name, passes.slot_at(time()), 1)
                ours_ms.append(_timed(partial(_let_in, app, text)))
                bare_ms.append(_timed(partial(_append, bare.fileno())))
    return [
        _beside("door-p50", 50, ours_ms, bare_ms),
        _beside("door-p99", 99, ours_ms, bare_ms),
    ]


BENCH = Bench(
    what="a door's decision to let a member in, with its record on the disk, wall time",
    peer="appending 400 bytes to a file and fsync",
    goal="p50 below 5 ms, p99 below 50 ms",
    run=run,
)


class _NoLock:
    """A lock that is not there."""

    def release(self) -> None:
        """Nothing moves."""

    def secure(self) -> None:
        """Nothing moves."""

    def close(self) -> None:
        """Nothing is held."""


def _members(folder: Path) -> dict[str, Ed25519PrivateKey]:
    """As many as there are decisions, and the sealed files that make a door know them."""
    issuer = Ed25519PrivateKey.generate()
    members = {f"{number:012x}": Ed25519PrivateKey.generate() for number in range(DECISIONS)}
    keys = tuple(
        TrustedKey(name, 1, key.public_key().public_bytes_raw().hex())
        for name, key in members.items()
    )
    keyring, revoked = Keyring("hue-1", 1, keys), Revocations("hue-1", 1, 1, int(time() * 1_000))
    (folder / KEYRING).write_bytes(seal(issuer, 1, Purpose.KEYRING, codec.encode(keyring)))
    (folder / REVOCATIONS).write_bytes(seal(issuer, 1, Purpose.REVOCATIONS, codec.encode(revoked)))
    (folder / "issuer").write_bytes(issuer.public_key().public_bytes_raw())
    return members


def _door(folder: Path, journal: Journal) -> DoorApp:
    issuers = {1: (folder / "issuer").read_bytes()}
    rules = DoorRules(EntryRules("hue-1", 1, "front"), issuers)
    clock = SystemClock()
    floor = ClockFloor(folder / "floor")
    keeper = Timekeeper(rules.entry.clock, clock, AssumedTime({}), floor)
    books = LedgerRules("front", OpeningHours(), OccupancyRules(), night_h=4.0)
    ports = DoorPorts(
        latch=Latch(_NoLock(), NoCloser()),
        sense=Sensed,
        claims=OnlyDoor(),
        journal=journal,
        ledger=Ledger(books, journal, keeper),
        trust=TrustFiles(folder, "hue-1", issuers, DoorKeys()),
        time=keeper,
        clock=clock,
    )
    app = DoorApp(rules, ports)
    app.tick()
    return app


def _let_in(app: DoorApp, text: str) -> None:
    answer = app.handle(ShowPass(text))
    assert isinstance(answer, Answer)
    assert answer.reason is EntryReason.PASS, answer
    app.doorway = doorway.Doorway()  # they are in, and the door is shut again


def _append(file: int) -> None:
    os.write(file, RECORD)
    os.fsync(file)


def _timed(work: Callable[[], None]) -> float:
    began_s = perf_counter()
    work()
    return (perf_counter() - began_s) * 1_000


def _beside(name: str, percent: int, ours_ms: list[float], bare_ms: list[float]) -> Result:
    ours, bare = (sorted(ms)[len(ms) * percent // 100] for ms in (ours_ms, bare_ms))
    return Result(name, round(ours, 3), "ms", round(bare, 3), round(bare / ours, 3))
