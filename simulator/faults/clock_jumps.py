"""The time of day of kiosks, door and gateway jumps, by up to 400 days back and a year ahead.

The stopwatches go on: that is what a wrong time server, or a hand, does to a machine that runs.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from random import Random

from simulator.codes import Code
from simulator.faults import busy_shop
from simulator.faults.scenario import Run, Scenario, Tally
from simulator.night import Night
from simulator.opening import OpenShop
from simulator.premises import DOOR, DOOR_KIOSK, GATEWAY, KIOSK_NAMES, Premises
from simulator.shop import Shop

DAY_S = 86_400.0
BACK_S, AHEAD_S = -400 * DAY_S, 365 * DAY_S
RIGHT_SHARE = 0.2  # of the jumps set a clock right
GAP_S = 0.2  # real time
DOOR_EVERY = 20  # jumps; somebody comes to the door between them
BAD_CODES = (Code.SCREENSHOT, Code.FOREIGN, Code.FORGED)
FALLS_SHUT_S = 7.0  # the lock is released for 5 s
TOLD_WITHIN_S = 10.0  # the intake looks at its clock every two seconds, and tells the doors anew


class ClockJumps:
    """Sets clocks wrong, and right again; whoever comes to the door meanwhile is noted."""

    def __init__(
        self, opened: OpenShop, jumps: int, random: Random, night: Night | None = None
    ) -> None:
        self.dose = jumps
        self.done = 0
        self.wrong_opens = self.good_passes = self.good_refused = 0
        self._opened = opened
        self._random = random
        self._night = night
        self._next_s = 0.0
        # Door and the kiosk beside it are one machine, and so have one clock.
        self._machines: list[tuple[str, ...]] = [(name,) for name in (GATEWAY, *KIOSK_NAMES)]
        self._machines += [(DOOR, DOOR_KIOSK)] if night is not None else []

    def step(self) -> None:
        """Let a clock jump if it is time."""
        if time.monotonic() < self._next_s:
            return
        machine = self._random.choice(self._machines)
        is_set_right = self._random.random() < RIGHT_SHARE
        ahead_s = 0.0 if is_set_right else self._random.uniform(BACK_S, AHEAD_S)
        self._set(machine, ahead_s)
        self.done += 1
        if self._night is not None and self.done % DOOR_EVERY == 0:
            self._come_to_the_door(self._night)
        self._next_s = time.monotonic() + GAP_S

    def heal(self) -> None:
        """Set every clock right."""
        for machine in self._machines:
            self._set(machine, 0.0)

    @property
    def figures(self) -> dict[str, float]:
        """What happened at the door."""
        if self._night is None:
            return {}
        return {"wrong_opens": self.wrong_opens, "good_passes": self.good_passes}

    @property
    def broken(self) -> Sequence[str]:
        """The door opens to good passes, whatever its own clock says, and never to others."""
        found = []
        if self.wrong_opens:
            found.append(f"the door opened {self.wrong_opens} times to a pass that is not good")
        if self.good_refused:
            found.append(f"the door stayed shut to {self.good_refused} good passes")
        return found

    def _set(self, machine: Sequence[str], ahead_s: float) -> None:
        for name in machine:
            self._opened.stage.jump(name, ahead_s)

    def _come_to_the_door(self, night: Night) -> None:
        self._set((DOOR, DOOR_KIOSK), self._random.uniform(BACK_S, AHEAD_S))
        self.wrong_opens += night.comes(night.members.pop(), self._random.choice(BAD_CODES))
        # A gateway that is days behind tells lists that a door takes for old ones, held back by
        # somebody: it stays shut. So a good pass comes once the gateway's clock is right again.
        self._set((GATEWAY,), 0.0)
        night.passes(TOLD_WITHIN_S)
        self._set((DOOR, DOOR_KIOSK), self._random.uniform(BACK_S, AHEAD_S))
        is_let_in = night.comes(night.members.pop(), Code.PASS)
        self.good_passes += 1
        self.good_refused += not is_let_in
        night.passes(FALLS_SHUT_S)


def _run(run: Run) -> Tally:
    def make(opened: OpenShop, shop: Shop, random: Random) -> Sequence[ClockJumps]:
        members = [member for member in shop.members if member.has_pass]
        return [ClockJumps(opened, run.dose, random, Night(opened, members, random))]

    tally = busy_shop.serve(run, make, has_door=True)
    wrong = backward_visits(Premises(run.folder, {}).database)
    sentences = [f"{wrong} visits end before they begin"] if wrong else []
    return replace(tally, broken=(*tally.broken, *sentences))


def backward_visits(database: Path) -> int:
    """Visits that cannot have been."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as db:
        (wrong,) = db.execute(
            "SELECT count(*) FROM visit WHERE last_at_ms < first_at_ms"
        ).fetchone()
    return int(wrong)


SCENARIOS = (
    Scenario(
        name="clock-jumps",
        what="Clocks of kiosks, door and gateway jump, from 400 days back to a year ahead.",
        bar="0 lost; the door opens to good passes, whatever its clock says, and to nothing else.",
        unit="jumps",
        full=200,
        short=10,
        run=_run,
    ),
)
