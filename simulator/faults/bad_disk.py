"""Disks that refuse: full, read-only or broken for a while, from any write or sync on.

strace makes the calls fail; the process and SQLite are the unmodified ones, and try again until
the disk takes it. Afterwards, and in between, the power goes too: nothing told may be lost then.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from random import Random

from simulator.faults import gateway_work
from simulator.faults.checker import together
from simulator.faults.cut_disk import CutDisk
from simulator.faults.gateway_promise import GatewayPromise
from simulator.faults.io_log import FAILED, Failing, Op, Said, recorded
from simulator.faults.outbox_promise import OutboxPromise
from simulator.faults.power_cuts import Played, Subject
from simulator.faults.scenario import Run, Scenario, Tally, in_silence

CUTS = 4  # of the power, for each fault
LASTS_MAX = 30  # failed calls in a row; some four events
RECOVERS_WITHIN_S = 10.0
NAMES_THE_FIX = re.compile(
    "free some space|check the card|replace the card|database .* (full|I/O error)"
)


@dataclass(frozen=True, slots=True)
class Victim:
    """Whose disk refuses, and how many of these calls it makes at least when the disk is well."""

    subject: Subject
    calls: Mapping[str, int]


OUTBOX = Victim(
    Subject("simulator.faults.outbox_work", 40, OutboxPromise), {"pwrite64": 140, "fdatasync": 32}
)
GATEWAY = Victim(
    Subject("simulator.faults.gateway_work", 60, GatewayPromise, gateway_work.found),
    {"pwrite64": 140, "fdatasync": 9},
)


def spoil(victim: Victim, error: str, run: Run) -> Tally:
    """As many faults as the dose says, each in a process and a folder of its own."""
    random = Random(f"{error} {run.seed}")
    tallies = []
    for point in range(run.dose):
        call, calls = random.choice(list(victim.calls.items()))
        failing = Failing(call, error, random.randint(1, calls), random.randint(1, LASTS_MAX))
        tallies.append(_hurt(victim.subject, run, failing, run.seed + point))
        run.progress(point + 1, run.dose)
    return together(tallies)


def _folder(subject: Subject, run: Run, name: str) -> Path:
    folder = run.folder / name
    folder.mkdir()
    subject.prepare(folder)
    return folder


def _hurt(subject: Subject, run: Run, failing: Failing, seed: int) -> Tally:
    """One fault: what the process said of it, what it left, and what a power cut would have."""
    folder = _folder(subject, run, f"{failing.call}-{seed}")
    disk = CutDisk.holding(folder)
    ops = recorded(subject.command(folder, subject.events, run.seed), folder, failing)
    played = Played(ops, disk, subject.promise(), Random(seed))
    cuts = together(played.cuts(CUTS, in_silence))
    ended = subject.promise()
    for op in ops:
        if isinstance(op, Said):
            ended.hear(op.line)
    left = ended.check(folder)
    figures, broken = _answers(ops)
    return replace(
        left,
        lost=left.lost + cuts.lost,
        doubled=left.doubled + cuts.doubled,
        invented=left.invented + cuts.invented,
        figures={"points": 1, "power_cuts": CUTS, **figures},
        broken=(*left.broken, *cuts.broken, *broken),
    )


def _answers(ops: Iterable[Op]) -> tuple[dict[str, float], list[str]]:
    """What the process told people about it, and whether it went on afterwards."""
    lines = [op.line for op in ops if isinstance(op, Said)]
    refused = [line for line in lines if line.startswith("refused")]
    recovered_s = max(
        (float(one.split()[1]) for one in lines if one.startswith("recov")), default=0
    )
    broken = [f"it does not say what to fix: {line}" for line in refused if not _says_fix(line)]
    broken += [f"it did not go on: {line}" for line in lines if line.startswith(FAILED)]
    if recovered_s > RECOVERS_WITHIN_S:
        broken.append(f"it took {recovered_s} s to go on when the disk was well again")
    return {"refused": len(refused), "recovered_s": recovered_s}, broken


def _says_fix(line: str) -> bool:
    return NAMES_THE_FIX.search(line) is not None


def _scenario(name: str, victim: Victim, error: str, what: str) -> Scenario:
    return Scenario(
        name,
        f"{what} for up to {LASTS_MAX} writes or syncs, and then the power goes as well.",
        "No event that somebody was told of is lost; what the disk refused is refused in words "
        f"that name the fix; and it goes on within {RECOVERS_WITHIN_S:.0f} s of the fault's end.",
        "points",
        full=200,
        short=1,
        run=partial(spoil, victim, error),
    )


SCENARIOS = (
    _scenario("disk-full", OUTBOX, "ENOSPC", "A kiosk's disk is full"),
    _scenario("disk-read-only", OUTBOX, "EROFS", "A kiosk's disk has turned read-only"),
    _scenario("disk-error", OUTBOX, "EIO", "A kiosk's disk fails"),
    _scenario("disk-full-gateway", GATEWAY, "ENOSPC", "A gateway's disk is full"),
    _scenario("disk-error-gateway", GATEWAY, "EIO", "A gateway's disk fails"),
)
