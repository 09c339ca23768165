"""Shows the same pass at two doors of a store in the same instant, again and again.

`python -m tests.faults.two_doors --passes 1000` is the full dose.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
from dataclasses import dataclass, replace
from pathlib import Path

from msgspec import json

from contract.events import EntryReason
from kiosk.core.doorway import DoorwayRules, Sensed
from kiosk.door.app import DoorRules
from kiosk.door.claims import ClaimLink
from tests.kiosk.door.rig import Rig
from tests.kiosk.door.shop import ISSUERS, RULES, Members
from tests.kiosk.door.test_claims import PATIENT_S, kept

DOORS = ("front", "back")
STRICT = DoorRules(RULES, ISSUERS, DoorwayRules(hold_s=0.2), opens_unclaimed=False)


@dataclass
class Outcome:
    """How often each pass let somebody in."""

    passes: int
    accepted_twice: int
    accepted_once: int
    accepted_never: int


def replay(folder: Path, passes: int) -> Outcome:
    """Two doors, each in its thread with its own journal, and one book of claims."""
    members = Members.several(passes)
    instant = threading.Barrier(len(DOORS))
    let_in: dict[str, list[bool]] = {door: [] for door in DOORS}
    with kept(folder) as claims:
        threads = [
            threading.Thread(
                target=_door, args=(folder / door, claims, members, instant, let_in[door])
            )
            for door in DOORS
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    times = [sum(both) for both in zip(*let_in.values(), strict=True)]
    return Outcome(passes, times.count(2), times.count(1), times.count(0))


def _door(
    folder: Path, claims: Path, members: Members, instant: threading.Barrier, let_in: list[bool]
) -> None:
    folder.mkdir()
    rules = replace(STRICT, entry=replace(RULES, door=folder.name))
    rig = Rig(folder, rules, members)
    rig.trust()
    link = ClaimLink(claims, folder.name, PATIENT_S)
    rig.claims = link
    with rig.running():
        for name in members.keys:
            instant.wait(600)
            let_in.append(rig.shows(name) is EntryReason.PASS)
            for is_open in (True, False):
                rig.lines.sensed = Sensed(is_open=is_open and let_in[-1])
                rig.passes(0.1)
    link.close()


def main(arguments: list[str]) -> int:
    """The full dose by default; exit status 1 if a pass was accepted twice."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passes", type=int, default=1_000)
    told = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        outcome = replay(Path(folder), told.passes)
    sys.stdout.write(json.encode(vars(outcome)).decode() + "\n")
    return int(outcome.accepted_twice > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
