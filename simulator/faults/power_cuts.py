"""Power cuts: what a process wrote is recorded, and the power goes at many points of it.

At each point one of the disks that could be left is opened by the product's own code. The process
runs once, so a hundred thousand cuts take minutes.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from shutil import rmtree
from tempfile import mkdtemp
from typing import Protocol

from simulator.faults import gateway_work
from simulator.faults.checker import together
from simulator.faults.cut_disk import CutDisk
from simulator.faults.door_promise import DoorPromise
from simulator.faults.gateway_promise import GatewayPromise
from simulator.faults.io_log import Op, Said, recorded
from simulator.faults.outbox_promise import OutboxPromise
from simulator.faults.scenario import Progress, Run, Scenario, Tally

MEMORY = Path("/dev/shm")  # noqa: S108 - where a sync costs nothing: what it is worth is played here
POINTS_A_LOG = 20_000  # then another seed records another log


class Promise(Protocol):
    """What a workload promised so far."""

    def hear(self, line: str) -> None:
        """The workload said something."""

    def check(self, folder: Path) -> Tally:
        """Whether what lies in a folder keeps it."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose power is cut."""

    module: str  # run as `python -m module FOLDER EVENTS SEED`
    events: int  # a log of POINTS_A_LOG points
    promise: Callable[[], Promise]
    prepare: Callable[[Path], None] = lambda _folder: None  # what lies there long before

    def command(self, folder: Path, events: int, seed: int) -> list[str]:
        """How to start it, in this very Python."""
        return [sys.executable, "-P", "-m", self.module, str(folder), str(events), str(seed)]


def cut(subject: Subject, run: Run) -> Tally:
    """As many cuts as the dose says, in logs of at most POINTS_A_LOG."""
    tallies = []
    for number, done in enumerate(range(0, run.dose, POINTS_A_LOG)):
        points = min(POINTS_A_LOG, run.dose - done)
        seed = run.seed + number
        folder = run.folder / f"seed-{seed}"
        folder.mkdir()
        subject.prepare(folder)
        disk = CutDisk.holding(folder)
        # Half as many for a quarter of the points: a short dose still sees checkpoints.
        events = max(round(subject.events * (points / POINTS_A_LOG) ** 0.5), 1)
        ops = recorded(subject.command(folder, events, seed), folder)
        played = Played(ops, disk, subject.promise(), Random(seed))
        tallies.append(together(played.cuts(points, _behind(run.progress, done, run.dose))))
    return together(tallies)


def _behind(progress: Progress, before: int, total: int) -> Progress:
    return lambda done, _total: progress(before + done, total)


@dataclass(frozen=True, slots=True)
class Played:
    """One log, played onto a disk whose power goes again and again."""

    ops: list[Op]
    disk: CutDisk
    promise: Promise
    random: Random

    def cuts(self, points: int, progress: Progress) -> Iterator[Tally]:
        """What was left each time."""
        cut_after = sorted(self.random.randrange(len(self.ops) + 1) for _ in range(points))
        done = 0
        for point, at in enumerate(cut_after, 1):
            for op in self.ops[done:at]:
                self._do(op)
            done = at
            yield self._found()
            progress(point, points)

    def _do(self, op: Op) -> None:
        if isinstance(op, Said):
            self.promise.hear(op.line)
        else:
            self.disk.do(op)

    def _found(self) -> Tally:
        folder = Path(mkdtemp(prefix="hien-cut-", dir=MEMORY if MEMORY.is_dir() else None))
        for name, content in self.disk.after_cut(self.random).items():
            (folder / name).write_bytes(content)
        try:
            return self.promise.check(folder)
        finally:
            rmtree(folder)


OUTBOX = Subject("simulator.faults.outbox_work", 1_500, OutboxPromise)
DOOR = Subject("simulator.faults.door_work", 1_000, DoorPromise)
GATEWAY = Subject("simulator.faults.gateway_work", 800, GatewayPromise, gateway_work.found)

SCENARIOS = (
    Scenario(
        "power-cut-outbox",
        "The power goes while a kiosk's outbox appends, forgets and begins epochs; of what was not "
        "synced any part is lost, down to single sectors of 512 bytes.",
        "No event that a shopper was told of is lost, no file damaged, no number given twice.",
        "points",
        full=100_000,
        short=120,
        run=lambda run: cut(OUTBOX, run),
    ),
    Scenario(
        "power-cut-door",
        "The power goes while a door writes what it decides, and any part of what was not synced "
        "is lost.",
        "No record of an open door is lost, and no pass that opened it opens it again.",
        "points",
        full=20_000,
        short=60,
        run=lambda run: cut(DOOR, run),
    ),
    Scenario(
        "power-cut-gateway",
        "The power goes while a gateway's intake commits to SQLite, and any part of what was not "
        "synced is lost.",
        "No event that was receipted is lost, none is there twice, and the database is whole.",
        "points",
        full=5_000,
        short=20,
        run=lambda run: cut(GATEWAY, run),
    ),
)
