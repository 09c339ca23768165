"""Kills or hangs a door at random moments around a pulse, and measures how long its line stays up.

Real gpiozero, on a chip made of files that remembers what a dead process drove, as a Raspberry
Pi's does. `python -m tests.faults.door_kills --kills 300 --seed 1` is the full dose.
"""

from __future__ import annotations

import argparse
import signal
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from random import Random

from msgspec import json, structs

from contract import passes
from contract.events import Entry
from kiosk.core.door_wire import DoorHealth, HowAreYou, ShowPass
from tests.faults.chip.board import HIGH, LOW
from tests.kiosk.door.premises import HOLD_S, LOCK, Kiosk, Premises
from tests.kiosk.door.shop import Members, revocations, sealed_trust
from tests.waiting import until

MEMBERS = 100
WAYS = (signal.SIGKILL, signal.SIGSTOP)
BOUND_S = HOLD_S + 2.0
AROUND_A_PULSE_S = HOLD_S + 0.4  # from the question on: the decision, the pulse, and after it


@dataclass
class Outcome:
    """What became of the line and the books."""

    seed: int
    kills: int = 0
    pulses: int = 0
    left_up_by_the_dead: int = 0  # how often the closer was needed
    longest_up_s: float = 0.0
    too_long: int = 0
    opens_without_record: int = 0
    grants: int = 0


def kill(folder: Path, kills: int, seed: int) -> Outcome:
    """One door after the other, each killed once; the closer lives through it all."""
    random = Random(seed)
    members = Members.several(MEMBERS)
    premises = Premises(folder)
    issued_ms = int(time.time() * 1_000)
    revoked = structs.replace(revocations(), issued_ms=issued_ms)
    premises.trust(sealed_trust(members.keyring(), revoked))
    outcome = Outcome(seed)
    premises.start_closer()
    try:
        for number in range(kills):
            way = WAYS[number % 2]
            after_s = random.uniform(0.0, AROUND_A_PULSE_S)
            name = list(members.keys)[number % MEMBERS]
            _one(premises, way, after_s, members, name)
            outcome.kills += 1
    finally:
        premises.stop()
    judge(premises, outcome)
    return outcome


def _one(
    premises: Premises, way: signal.Signals, after_s: float, members: Members, name: str
) -> None:
    """One life of a door: somebody is let in, and in the middle of it the process is gone."""
    door = premises.start_door()
    kiosk = premises.meet()
    until(lambda: knows_its_members(kiosk), "the door knows its members")
    text = members.show(name, passes.slot_at(time.time()))
    kiosk.tell(ShowPass(text))
    time.sleep(after_s)  # the random moment is what this is about
    door.send_signal(way)
    until(lambda: premises.board.level(LOCK) == LOW, "the line is low")
    door.kill()  # one that hangs after its pulse is nobody's danger, and is ended here
    door.wait()
    premises.processes.remove(door)
    kiosk.close()


def knows_its_members(kiosk: Kiosk) -> bool:
    """Whether a door that was just started may let somebody in."""
    health = kiosk.ask(HowAreYou())
    return isinstance(health, DoorHealth) and health.keyring >= 0 and health.is_in_order


def judge(premises: Premises, outcome: Outcome) -> None:
    """Every time the line was up is over in time, and has its own grant from before it."""
    grants_s = _grants_s(premises.folder / "door.db")
    outcome.grants = len(grants_s)
    changes = premises.board.diary(LOCK)
    wall_minus_monotonic_s = time.time() - time.monotonic()
    for up, down in zip(changes[::2], changes[1::2], strict=True):
        assert (up.level, down.level) == (HIGH, LOW)
        up_s = down.at_s - up.at_s
        outcome.pulses += 1
        outcome.longest_up_s = round(max(outcome.longest_up_s, up_s), 3)
        outcome.too_long += up_s > BOUND_S
        outcome.left_up_by_the_dead += up.pid != down.pid
        earlier = [s for s in grants_s if -1.0 < up.at_s + wall_minus_monotonic_s - s < 30.0]
        if earlier:
            grants_s.remove(max(earlier))
        else:
            outcome.opens_without_record += 1


def _grants_s(journal: Path) -> list[float]:
    with closing(sqlite3.connect(journal)) as db:
        rows = db.execute("SELECT body FROM record WHERE kind = 'entry' AND NOT is_refusal")
        return [json.decode(body, type=Entry).decided_ms / 1_000 for (body,) in rows]


def main(arguments: list[str]) -> int:
    """The full dose by default; exit status 1 if a line was up too long or without a record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    told = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        outcome = kill(Path(folder), told.kills, told.seed)
    sys.stdout.write(json.encode(vars(outcome)).decode() + "\n")
    return int(outcome.too_long > 0 or outcome.opens_without_record > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
